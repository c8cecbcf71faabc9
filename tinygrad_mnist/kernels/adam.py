"""Adam's update, in place: one compiled pass, or NumPy's passes over blocks that stay in the
processor's cache.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.kernels import compiled

BLOCK = 65_536  # elements of each of the five arrays that are in use at a time
Array = npt.NDArray[Any]


class Factors(NamedTuple):
    """The numbers of a step, as 0-d arrays of the parameter's dtype.

    Attributes:
        beta1: what is kept of the average of gradients.
        beta2: what is kept of the average of squares.
        grad_share: 1 - beta1.
        square_share: (1 - beta2) / (1 - beta1).
        eps: times the correction.
        step_size: times the correction.
    """

    beta1: Array
    beta2: Array
    grad_share: Array
    square_share: Array
    eps: Array
    step_size: Array


@lru_cache(16)
def _factors(
    dtype: Any, beta1: float, beta2: float, step_size: float, correction: float, eps: float
) -> Factors:
    # sqrt(v) / c + e over s is (sqrt(v) + e c) / (s c): one pass less
    square_share = (1 - beta2) / (1 - beta1)
    numbers = (beta1, beta2, 1 - beta1, square_share, eps * correction, step_size * correction)
    return Factors(*(np.array(number, dtype) for number in numbers))


def adam(
    param: Array,
    grad: Array,
    exp_avg: Array,
    exp_avg_sq: Array,
    max_exp_avg_sq: Array | None,
    *,
    beta1: float,
    beta2: float,
    step_size: float,
    correction: float,
    eps: float,
) -> None:
    """param -= step_size * exp_avg / (sqrt(exp_avg_sq) / correction + eps), with the averages moved
    on first.

    Kingma and Ba (2014), arXiv:1412.6980; with `max_exp_avg_sq` AMSGrad, Reddi et al. (2018),
    arXiv:1904.09237. step_size is the rate over 1 - beta1^t, correction is sqrt(1 - beta2^t). The
    arrays have one dtype, which the result keeps.
    """
    factors = _factors(param.dtype, beta1, beta2, step_size, correction, eps)
    target = param if param.flags.c_contiguous else param.copy()
    flat = [each.reshape(-1) for each in (target, grad, exp_avg, exp_avg_sq)]
    loop = _loop(param) if max_exp_avg_sq is None else None
    if loop is not None:
        numbers = [each[()] for each in factors]
        numbers[3] = numbers[3] * numbers[2]
        loop(*flat, *numbers)
    else:
        largest = None if max_exp_avg_sq is None else max_exp_avg_sq.reshape(-1)
        _in_blocks(flat, largest, factors)
    if target is not param:
        param[...] = target


def _loop(param: Array) -> Any:
    """The compiled loop, where there is one and it pays; once it is loaded, for small arrays
    too.
    """
    pays = param.size >= compiled.LEAST or compiled.loop.cache_info().currsize
    if not pays or param.dtype == np.float16:
        return None
    return compiled.loop(compiled.adam)


def _in_blocks(flat: list[Array], largest: Array | None, factors: Factors) -> None:
    size = flat[0].size
    scratch = np.empty(min(BLOCK, size), flat[0].dtype)
    if size <= BLOCK:
        _block(flat, largest, scratch, factors)
        return
    for start in range(0, size, BLOCK):
        parts = [each[start : start + BLOCK] for each in flat]
        top = None if largest is None else largest[start : start + BLOCK]
        _block(parts, top, scratch[: parts[0].size], factors)


def _block(parts: list[Array], largest: Array | None, s: Array, factors: Factors) -> None:
    """The step on a part of the arrays, with s for scratch."""
    p, g, m, v = parts
    # results as third argument, factors as 0-d arrays: NumPy is slower to take keywords and numbers
    np.multiply(g, factors.grad_share, s)
    np.multiply(m, factors.beta1, m)
    np.add(m, s, m)
    np.multiply(s, g, s)
    np.multiply(s, factors.square_share, s)
    np.multiply(v, factors.beta2, v)
    np.add(v, s, v)
    if largest is not None:
        np.maximum(largest, v, out=largest)
    np.sqrt(v if largest is None else largest, s)
    np.add(s, factors.eps, s)
    np.divide(m, s, s)
    np.multiply(s, factors.step_size, s)
    np.subtract(p, s, p)
