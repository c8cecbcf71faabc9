"""Adam's update, in place: one compiled pass, or NumPy's passes over blocks that stay in the processor's cache."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.kernels import compiled

BLOCK = 65_536  # elements of each of the five arrays that are in use at a time
Array = npt.NDArray[Any]


@lru_cache(16)
def _factors(dtype: Any, beta1: float, beta2: float, step_size: float, correction: float, eps: float) -> Any:
    # sqrt(v) / c + e over s is (sqrt(v) + e c) / (s c): one pass less
    numbers = (beta1, beta2, 1 - beta1, (1 - beta2) / (1 - beta1), eps * correction, step_size * correction)
    return [np.array(number, dtype) for number in numbers]


def adam(
    param: Array, grad: Array, exp_avg: Array, exp_avg_sq: Array, max_exp_avg_sq: Array | None,
    beta1: float, beta2: float, step_size: float, correction: float, eps: float,
) -> None:  # fmt: skip
    """param -= step_size * exp_avg / (sqrt(exp_avg_sq) / correction + eps), with the averages moved on first.

    Kingma and Ba (2014), arXiv:1412.6980; with `max_exp_avg_sq` AMSGrad, Reddi et al. (2018),
    arXiv:1904.09237. step_size is the rate over 1 - beta1^t, correction is sqrt(1 - beta2^t). The
    arrays have one dtype, which the result keeps.
    """
    factors = _factors(param.dtype, beta1, beta2, step_size, correction, eps)
    target = param if param.flags.c_contiguous else param.copy()
    whole: Any = (target, grad, exp_avg, exp_avg_sq, max_exp_avg_sq)
    large = param.size >= compiled.LEAST or compiled.loop.cache_info().currsize  # once it is loaded, small ones, too
    loop = compiled.loop(compiled.adam) if large and max_exp_avg_sq is None else None
    if loop is not None and param.dtype != np.float16:
        one, two, share1, share2, small, scale = (each[()] for each in factors)
        loop(*(each.reshape(-1) for each in whole[:4]), one, two, share1, share2 * share1, small, scale)
    else:
        flat: Any = [each if each is None else each.reshape(-1) for each in whole]
        scratch = np.empty(min(BLOCK, param.size), param.dtype)
        for start in range(0, param.size, BLOCK):
            end = start + BLOCK
            parts: Any = flat if param.size <= BLOCK else [each if each is None else each[start:end] for each in flat]
            _block(parts, scratch[: parts[0].size], factors)
    if target is not param:
        param[...] = target


def _block(arrays: Any, s: Array, factors: Any) -> None:
    (p, g, m, v, top), (one, two, share1, share2, small, scale) = arrays, factors
    # results as third argument, factors as 0-d arrays: NumPy is slower to take keywords and numbers
    np.multiply(g, share1, s)
    np.multiply(m, one, m)
    np.add(m, s, m)
    np.multiply(s, g, s)
    np.multiply(s, share2, s)
    np.multiply(v, two, v)
    np.add(v, s, v)
    if top is not None:
        np.maximum(top, v, out=top)
    np.sqrt(v if top is None else top, s)
    np.add(s, small, s)
    np.divide(m, s, s)
    np.multiply(s, scale, s)
    np.subtract(p, s, p)
