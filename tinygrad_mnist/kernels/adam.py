"""Adam's update, in place, in blocks that stay in the processor's cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK = 131_072  # elements of each of the five arrays that are in use at a time
Array = npt.NDArray[Any]


def adam(
    param: Array,
    grad: Array,
    exp_avg: Array,
    exp_avg_sq: Array,
    max_exp_avg_sq: Array | None,
    beta1: float,
    beta2: float,
    step_size: float,
    correction: float,
    eps: float,
) -> None:
    """param -= step_size * exp_avg / (sqrt(exp_avg_sq) / correction + eps), with the averages moved on first.

    Kingma and Ba (2014), arXiv:1412.6980; with `max_exp_avg_sq` AMSGrad, Reddi et al. (2018),
    arXiv:1904.09237. step_size is the rate over 1 - beta1^t, correction is sqrt(1 - beta2^t). The
    arrays have one dtype, which the result keeps.
    """
    kind = param.dtype.type
    one, two, share1, share2 = kind(beta1), kind(beta2), kind(1 - beta1), kind((1 - beta2) / (1 - beta1))
    # sqrt(v) / c + e over s is (sqrt(v) + e c) / (s c): one pass less
    small, scale = kind(eps * correction), kind(step_size * correction)
    arrays = grad, exp_avg, exp_avg_sq, max_exp_avg_sq
    flat: list[Any] = [each if each is None else each.reshape(-1) for each in arrays]
    target = param if param.flags.c_contiguous else param.copy()
    whole = target.reshape(-1)
    scratch = np.empty(min(BLOCK, whole.size), param.dtype)
    for start in range(0, whole.size, BLOCK):
        p = whole[start : start + BLOCK]
        parts: Any = (each if each is None else each[start : start + BLOCK] for each in flat)
        g, m, v, top = parts
        s = scratch[: p.size]
        np.multiply(g, share1, out=s)
        m *= one
        m += s
        s *= g
        s *= share2
        v *= two
        v += s
        if top is not None:
            np.maximum(top, v, out=top)
        np.sqrt(v if top is None else top, out=s)
        s += small
        np.divide(m, s, out=s)
        s *= scale
        p -= s
    if target is not param:
        param[...] = target
