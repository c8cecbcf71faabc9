"""The table of operations: a row for each, from which its tests are made."""

from __future__ import annotations

import importlib
import math
import pkgutil
from itertools import combinations, combinations_with_replacement, groupby, product
from typing import Any

import numpy as np
from hypothesis import strategies as st

import tests.ops
from tests.ops import references
from tests.ops.rows import (
    BOOL,
    REAL,
    Row,
    alike,
    along,
    axes,
    axis,
    between_integers,
    bools,
    broadcast,
    distinct,
    indexed,
    integers,
    lettered,
    new_axis,
    one_of_lettered,
    outside,
    single,
    within,
)
from tests.optional import HAS_SCIPY, NEEDS_SCIPY, optional, special
from tinygrad_mnist.kernels.network import dropout as drop
from tinygrad_mnist.nn import functional as nw
from tinygrad_mnist.ops import einsum as es
from tinygrad_mnist.ops import indexing as ix
from tinygrad_mnist.ops import joining as jn
from tinygrad_mnist.ops import norms as nm
from tinygrad_mnist.ops import pointwise as pw
from tinygrad_mnist.ops import products as pd
from tinygrad_mnist.ops import random
from tinygrad_mnist.ops import reduction as rd
from tinygrad_mnist.ops import shape as sh
from tinygrad_mnist.ops import special as sp
from tinygrad_mnist.ops import statistics as stat

one_of = st.sampled_from
integrate, linalg = optional("scipy.integrate"), optional("scipy.linalg")
POSITIVE = within(0.3, 3.0)
COUNTS, COUNTS_FROM_0 = integers(-4, 5), integers(0, 5)


def sometimes(*values: float) -> Any:
    """Real numbers, with one of the values here and there."""
    return lambda rng, shape: np.where(
        rng.random(shape) < 0.6, rng.uniform(-2, 2, shape), rng.choice(values, shape)
    )


ZEROS, NAN, SPECIAL = sometimes(0.0), sometimes(np.nan), sometimes(np.nan, np.inf, -np.inf)

# pointwise ---------------------------------------------------------------------------------

UNARY = [
    (pw.abs, np.abs, outside(0.1)),
    (pw.acos, np.arccos, within(-0.9, 0.9)),
    (pw.acosh, np.arccosh, within(1.2, 3)),
    (pw.asin, np.arcsin, within(-0.9, 0.9)),
    (pw.asinh, np.arcsinh, REAL),
    (pw.atan, np.arctan, REAL),
    (pw.atanh, np.arctanh, within(-0.9, 0.9)),
    (pw.ceil, np.ceil, between_integers()),
    (pw.cos, np.cos, REAL),
    (pw.cosh, np.cosh, REAL),
    (pw.deg2rad, np.deg2rad, REAL),
    (pw.erf, references.erf, within(-4, 4)),
    (pw.erfc, references.erfc, REAL),
    (sp.erfinv, special.erfinv, within(-0.9, 0.9)),
    (sp.erfcx, special.erfcx, REAL),
    (sp.ndtr, references.ndtr, REAL),
    (sp.ndtri, special.ndtri, within(0.1, 0.9)),
    (sp.log_ndtr, special.log_ndtr, REAL),
    (sp.lgamma, special.gammaln, POSITIVE),
    (sp.digamma, special.digamma, POSITIVE),
    (sp.i0, special.i0, REAL),
    (sp.i0e, special.i0e, outside(0.1)),
    (sp.i1, special.i1, outside(0.1)),
    (sp.i1e, special.i1e, outside(0.1)),
    (sp.logit, references.logit, within(0.1, 0.9)),
    (sp.entr, references.entr, POSITIVE),
    (pw.exp, np.exp, REAL),
    (pw.exp2, np.exp2, REAL),
    (pw.expm1, np.expm1, REAL),
    (pw.floor, np.floor, between_integers()),
    (pw.frac, lambda x: np.modf(x)[0], between_integers()),
    (pw.log, np.log, POSITIVE),
    (pw.log10, np.log10, POSITIVE),
    (pw.log1p, np.log1p, within(-0.7, 3)),
    (pw.log2, np.log2, POSITIVE),
    (pw.log_sigmoid, references.log_expit, within(-5, 5)),
    (pw.nan_to_num, np.nan_to_num, REAL),
    (pw.neg, np.negative, REAL),
    (pw.positive, np.positive, REAL),
    (pw.rad2deg, np.rad2deg, REAL),
    (pw.reciprocal, np.reciprocal, outside(0.4)),
    (pw.relu, lambda x: np.where(x > 0, x, 0), outside(0.1)),
    (pw.rsqrt, lambda x: x**-0.5, POSITIVE),
    (pw.sigmoid, references.expit, within(-5, 5)),
    (pw.sign, np.sign, outside(0.1)),
    (pw.angle, np.angle, outside(0.1)),
    (pw.sin, np.sin, REAL),
    (pw.sinc, np.sinc, outside(0.1)),
    (pw.sinh, np.sinh, REAL),
    (pw.softplus, lambda x: np.log1p(np.exp(x)), within(-5, 5)),
    (pw.sqrt, np.sqrt, POSITIVE),
    (pw.square, np.square, REAL),
    (pw.tan, np.tan, within(-1, 1)),
    (pw.tanh, np.tanh, REAL),
    (pw.trunc, np.trunc, between_integers()),
]
TESTS = [
    (getattr(pw, name), getattr(np, name))
    for name in ("isnan", "isinf", "isposinf", "isneginf", "isfinite", "signbit")
]
COMPARISONS = [
    (pw.eq, np.equal), (pw.ne, np.not_equal), (pw.lt, np.less), (pw.le, np.less_equal),
    (pw.gt, np.greater), (pw.ge, np.greater_equal),
]  # fmt: skip
LOGICAL = [
    (getattr(pw, f"logical_{name}"), getattr(np, f"logical_{name}"))
    for name in ("and", "or", "xor")
]
BITWISE = [
    (getattr(pw, f"bitwise_{name}"), getattr(np, f"bitwise_{name}"))
    for name in ("and", "or", "xor")
]
SHIFTS = [(pw.bitwise_left_shift, np.left_shift), (pw.bitwise_right_shift, np.right_shift)]


def _rounded(x: Any, y: Any, rounding_mode: Any) -> Any:
    return {None: lambda q: q, "trunc": np.trunc, "floor": np.floor}[rounding_mode](x / y)


def _clip(x: Any, min: Any, max: Any) -> Any:
    return (
        np.clip(x, min, max)
        if min is None or max is None or np.ndim(min) + np.ndim(max)
        else np.minimum(np.maximum(x, min), max)
    )


PLAIN = {"bessel_j0": special.j0, "bessel_j1": special.j1, "bessel_y0": special.y0, "bessel_y1": special.y1,
         "modified_bessel_i0": special.i0, "modified_bessel_i1": special.i1, "modified_bessel_k0": special.k0,
         "modified_bessel_k1": special.k1, "scaled_modified_bessel_k0": special.k0e,
         "scaled_modified_bessel_k1": special.k1e, "airy_ai": lambda x: special.airy(x)[0],
         "spherical_bessel_j0": lambda x: special.spherical_jn(0, x)}  # fmt: skip
POLYNOMIALS = {"chebyshev_polynomial_t": special.eval_chebyt, "chebyshev_polynomial_u": special.eval_chebyu,
               "shifted_chebyshev_polynomial_t": special.eval_sh_chebyt,
               "shifted_chebyshev_polynomial_u": special.eval_sh_chebyu, "hermite_polynomial_h": special.eval_hermite,
               "hermite_polynomial_he": special.eval_hermitenorm, "laguerre_polynomial_l": special.eval_laguerre,
               "legendre_polynomial_p": special.eval_legendre}  # fmt: skip


def _half_angle(function: Any, ratio: Any) -> Any:
    """Chebyshev's polynomials of the third and fourth kind, by their definition at x = cos(t)."""
    return lambda x, n: ratio(function((n + 0.5) * np.arccos(x)), function(np.arccos(x) / 2))


def _shift(reference: Any) -> Any:
    return lambda x, n: reference(2 * x - 1, n)


THIRD, FOURTH = _half_angle(np.cos, np.divide), _half_angle(np.sin, np.divide)
POINTWISE = [
    *(Row(op, reference, single(domain)) for op, reference, domain in UNARY),
    *(Row(getattr(sp, name), reference, single(POSITIVE), 0, ties=False)
      for name, reference in PLAIN.items()),
    *(Row(getattr(sp, name), lambda x, n, f=f: f(n, x), alike(within(-0.9, 0.9), COUNTS_FROM_0), 0, ties=False) for name, f in POLYNOMIALS.items()),
    *(Row(getattr(sp, name), f, alike(within(0.1, 0.9), COUNTS_FROM_0), 0, ties=False)
      for name, f in (("chebyshev_polynomial_v", THIRD), ("chebyshev_polynomial_w", FOURTH),
                      ("shifted_chebyshev_polynomial_v", _shift(THIRD)),
                      ("shifted_chebyshev_polynomial_w", _shift(FOURTH)))),
    *(Row(op, lambda a, x, f=f: f(a, x), broadcast(POSITIVE, POSITIVE), constant=(0,), ties=False)
      for op, f in ((sp.igamma, special.gammainc), (sp.igammac, special.gammaincc))),
    Row(sp.zeta, special.zeta, broadcast(within(1.5, 3), POSITIVE), constant=(0,), ties=False),
    Row(sp.xlog1py, references.xlog1py, broadcast(ZEROS, POSITIVE), ties=False),
    Row(sp.polygamma, lambda x, n: special.polygamma(n, x), single(POSITIVE, args=one_of([(0,), (1,), (2,)])),
        call=lambda op, x, n: op(n, x), ties=False),
    Row(sp.mvlgamma, np.vectorize(lambda a, d: special.multigammaln(a, d), [float]), single(within(2.1, 4), min_side=1,
        args=one_of([(1,), (3,)])), ties=False),
    Row(sp.logit, lambda x, eps: references.logit(np.clip(x, eps, 1 - eps)), single(within(0.3, 0.7),
        args=st.just((0.2,))), note="eps"),
    Row(pw.fill, lambda x, v: np.full_like(x, v), lettered("nk", "")),
    Row(pw.rsub, lambda x, y, alpha: y - alpha * x, broadcast(REAL, REAL, alpha=one_of([1, 2, -0.5]))),
    Row(pw.float_power, np.power, broadcast(POSITIVE, REAL), 0, call=lambda op, x, y: op(x, y).to(x.dtype)),
    Row(pw.gcd, np.gcd, broadcast(COUNTS, COUNTS), 0), Row(pw.lcm, np.lcm, broadcast(COUNTS, COUNTS), 0),
    Row(pw.ldexp, lambda x, n: x * 2.0**n, alike(REAL, COUNTS_FROM_0, min_dims=1)),
    Row(pw.frexp, np.frexp, single(outside(0.6, 0.9)), ties=False),
    Row(pw.nextafter, np.nextafter, broadcast(REAL, REAL), 1, ties=False),
    Row(pw.isreal, np.isreal, single(), 0),
    *(Row(op, reference, single(SPECIAL), 0) for op, reference in TESTS),
    *(Row(op, reference, broadcast(COUNTS, COUNTS), 0) for op, reference in COMPARISONS + LOGICAL),
    *(Row(op, reference, broadcast(REAL, REAL), 0, note="float") for op, reference in COMPARISONS),
    *(Row(op, reference, broadcast(COUNTS, COUNTS), 0) for op, reference in BITWISE),
    *(Row(op, reference, broadcast(bools, bools), 0, note="bool") for op, reference in BITWISE),
    *(Row(op, reference, broadcast(COUNTS, integers(0, 5)), 0) for op, reference in SHIFTS),
    Row(pw.logical_not, np.logical_not, single(COUNTS), 0),
    Row(pw.bitwise_not, np.bitwise_not, single(COUNTS), 0),
    Row(pw.round, lambda x, decimals: np.round(x, decimals), single(between_integers(), decimals=0), ties=False),
    Row(pw.add, lambda x, y, alpha: x + alpha * y, broadcast(REAL, REAL, alpha=one_of([1, 2, -0.5]))),
    Row(pw.sub, lambda x, y, alpha: x - alpha * y, broadcast(REAL, REAL, alpha=one_of([1, 2, -0.5]))),
    Row(pw.mul, np.multiply, broadcast(REAL, REAL)),
    Row(pw.div, lambda x, y: x / y, broadcast(REAL, outside(0.4))),
    Row(pw.div, _rounded, broadcast(between_integers(), outside(0.99, 1.01),
        rounding_mode=one_of([None, "trunc", "floor"])),
        note="rounded"),
    Row(pw.floor_divide, np.floor_divide, broadcast(within(0.1, 0.8), within(0.9, 2)), torch=None),
    Row(pw.floor_divide, np.floor_divide, broadcast(REAL, outside(0.9)), 0, note="values"),
    Row(pw.remainder, np.remainder, broadcast(within(2.2, 2.7), within(0.9, 1.1))),
    Row(pw.fmod, np.fmod, broadcast(within(-2.7, -2.3), within(0.9, 1.1))),
    Row(pw.pow, np.power, broadcast(POSITIVE, REAL)),
    Row(pw.pow, lambda x, p: np.power(x, p), single(POSITIVE, args=one_of([(p,) for p in (0, 1, 2, 3, 0.5, -1.5)])),
        note="number"),
    Row(pw.pow, lambda x, p: np.power(p, x), single(REAL, args=st.just((2.5,))), call=lambda op, x, p: op(p, x),
        note="base"),
    *(Row(op, reference, broadcast(distinct(), distinct(0.2)))
      for op, reference in ((pw.maximum, np.maximum), (pw.minimum, np.minimum), (pw.fmax, np.fmax),
      (pw.fmin, np.fmin))),
    Row(pw.atan2, np.arctan2, broadcast(outside(0.3), outside(0.3))),
    Row(pw.hypot, np.hypot, broadcast(outside(0.3), outside(0.3))),
    Row(pw.logaddexp, np.logaddexp, broadcast(REAL, REAL)),
    Row(pw.logaddexp2, np.logaddexp2, broadcast(REAL, REAL)),
    Row(pw.xlogy, references.xlogy, broadcast(ZEROS, POSITIVE), ties=False),
    Row(pw.copysign, np.copysign, broadcast(outside(0.1), outside(0.1))),
    Row(pw.lerp, lambda x, y, w: x + w * (y - x), broadcast(REAL, REAL, REAL), ties=False),
    Row(pw.lerp, lambda x, y, w: x + w * (y - x), broadcast(REAL, REAL, args=st.just((0.3,))), note="number"),
    Row(pw.addcmul, lambda x, y, z, value: x + value * y * z, broadcast(REAL, REAL, REAL, value=one_of([1, -0.5]))),
    Row(pw.addcdiv, lambda x, y, z, value: x + value * y / z,
        broadcast(REAL, REAL, outside(0.6), value=one_of([1, -0.5]))),
    Row(pw.where, np.where, broadcast(bools, REAL, REAL)),
    Row(pw.where, lambda c, x: np.where(c, x, 0.5), broadcast(bools, REAL), call=lambda op, c, x: op(c, x, 0.5),
        note="number"),
    Row(pw.where, lambda c: np.nonzero(c), single(bools, min_dims=1), 0, note="condition"),
    Row(pw.clamp, _clip, single(distinct(), min=one_of([None, -0.2]), max=st.just(0.6))),
    Row(pw.clamp, lambda x, low, high: np.minimum(np.maximum(x, low), high),
        alike(distinct(), distinct(0.2), distinct(0.3)), note="tensors", ties=False),
    Row(pw.clamp_min, np.maximum, single(distinct(), args=st.just((0.2,)))),
    Row(pw.clamp_max, np.minimum, single(distinct(), args=st.just((0.2,)))),
    Row(pw.clamp_min, np.maximum, broadcast(distinct(), distinct(0.2)), note="tensor"),
    Row(pw.clamp_max, np.minimum, broadcast(distinct(), distinct(0.2)), note="tensor"),
    Row(pw.heaviside, np.heaviside, broadcast(REAL, REAL), 0),
    Row(pw.isclose, lambda x, y, atol: np.isclose(x, y, atol=atol), broadcast(COUNTS, COUNTS, atol=one_of([0.0, 1.5])),
        0),
    Row(pw.allclose, lambda x, y, atol: np.allclose(x, y, atol=atol), alike(REAL, REAL, atol=one_of([0.1, 4.0])), 0),
    Row(pw.equal, np.array_equal, alike(bools, bools), 0),
]  # fmt: skip

# reduction ---------------------------------------------------------------------------------


def _dims(x: Any, dim: Any) -> Any:
    """PyTorch takes () for every dimension, NumPy for none; and a scalar has a dimension 0 of its own."""
    return None if dim == () or not x.ndim else dim


def _reducer(function: Any) -> Any:
    return lambda x, dim, keepdim=False: function(x, axis=_dims(x, dim), keepdims=keepdim)


def _tester(function: Any) -> Any:
    """Unlike sums, tests along no dimension test each element."""
    plain = _reducer(function)
    return lambda x, dim, keepdim: x if dim == () else plain(x, dim, keepdim)


def _scalar_too(function: Any) -> Any:
    """A NumPy function along an axis, which a scalar lacks."""

    def reference(x: Any, *args: Any, dim: int = -1, **options: Any) -> Any:
        out = function(np.atleast_1d(x), *args, axis=dim, **options)
        return out if x.ndim else out.reshape(())

    return reference


def _at(order: Any, keepdim_always: bool = False) -> Any:
    """Values and indices at `order(x, axis)`, indices that keep their dimension."""

    def reference(x: Any, *args: Any, dim: int = -1, keepdim: bool = True) -> Any:
        if not x.ndim:
            return x, np.zeros((), np.int64)
        index = order(x, *args, dim)
        values = np.take_along_axis(x, index, dim)
        return (values, index) if keepdim else (np.squeeze(values, dim), np.squeeze(index, dim))

    return reference


def _take(order: Any, *places: int) -> Any:
    return lambda x, d: np.take(order(x, d), places, d)


def _sorted_places(x: Any, d: int) -> Any:
    return np.argsort(x, d)


def _moments(x: Any, dim: Any, correction: int, keepdim: bool) -> Any:
    how = {"axis": _dims(x, dim), "keepdims": keepdim}
    return np.var(x, ddof=correction, **how), np.mean(x, **how)


def _std(x: Any, **options: Any) -> Any:
    v, m = _moments(x, **options)
    return np.sqrt(v), m


def _norm(x: Any, p: Any, dim: Any, keepdim: bool) -> Any:
    size, dims = np.abs(x), _dims(x, dim)
    if math.isinf(p):
        return (np.max if p > 0 else np.min)(size, axis=dims, keepdims=keepdim)
    if p == 0:
        return np.sum(x != 0, axis=dims, keepdims=keepdim).astype(x.dtype)
    return np.sum(size**p, axis=dims, keepdims=keepdim) ** (1 / p)


def _running(better: Any) -> Any:
    def reference(x: Any, dim: int) -> Any:
        if not x.ndim:
            return x, np.zeros((), np.int64)
        rows = np.moveaxis(x, dim, -1)
        index = np.zeros(rows.shape, np.int64)
        for place in np.ndindex(rows.shape):
            index[place] = better(rows[place[:-1]][: place[-1] + 1])
        index = np.moveaxis(index, -1, dim)
        return np.take_along_axis(x, index, dim), index

    return reference


def _mode(x: Any, dim: int, keepdim: bool) -> Any:
    def smallest_most_frequent(row: Any) -> Any:
        return min(row.tolist(), key=lambda v: (-(row == v).sum(), v))

    values = np.apply_along_axis(smallest_most_frequent, dim, x)
    index = x.shape[dim] - 1 - np.argmax(np.flip(x == np.expand_dims(values, dim), dim), dim)
    return (np.expand_dims(values, dim), np.expand_dims(index, dim)) if keepdim else (values, index)


def _renorm(x: Any, p: float, dim: int, maxnorm: float) -> Any:
    out = np.moveaxis(np.array(x), dim, 0)
    for part in out:
        size = (np.abs(part) ** p).sum() ** (1 / p)
        part *= maxnorm / (size + 1e-7) if size > maxnorm else 1
    return np.moveaxis(out, 0, dim)


def _diff(x: Any, n: int, dim: int) -> Any:
    return np.diff(x, n, dim)


def _listed(found: Any) -> Any:
    return found if isinstance(found, tuple | list) else [found]


def _consecutive(x: Any) -> Any:
    flat = x.ravel().tolist()
    groups = [[v, 1] for i, v in enumerate(flat) if i == 0 or flat[i - 1] != v]
    inverse = np.cumsum([0] + [a != b for a, b in zip(flat[1:], flat, strict=False)])[: len(flat)]
    return (
        np.array([v for v, _ in groups], x.dtype),
        inverse.reshape(x.shape),
        np.bincount(inverse, minlength=0),
    )


def _levels(shape: Any, dim: Any) -> Any:
    return one_of([(0.0,), (0.3,), (1.0,)])


DIMS = {"dims": "many", "keepdim": BOOL}
FULL = {"min_side": 1, "keepdim": BOOL}
MANY = {"dims": "many", **FULL}
MOMENTS = {"min_side": 2, "dims": "many", "keepdim": BOOL, "correction": one_of([0, 1])}

REDUCTION = [
    Row(rd.sum, _reducer(np.sum), along(**DIMS)),
    Row(rd.mean, _reducer(np.mean), along(**MANY)),
    Row(stat.nansum, _reducer(np.nansum), along(**DIMS)),
    Row(stat.nansum, _reducer(np.nansum), along(NAN, **DIMS), 0, note="nan"),
    Row(stat.nanmean, _reducer(np.nanmean), along(**MANY)),
    Row(stat.nanmean, _reducer(np.nanmean), along(NAN, **MANY), 0, note="nan"),
    Row(stat.var, lambda x, **o: _moments(x, **o)[0], along(**MOMENTS, min_dims=1)),
    Row(stat.std, lambda x, **o: _std(x, **o)[0], along(**MOMENTS, min_dims=1)),
    Row(stat.var_mean, _moments, along(**MOMENTS, min_dims=1)),
    Row(stat.std_mean, _std, along(**MOMENTS, min_dims=1)),
    Row(rd.prod, np.prod, single(outside(0.3))),
    Row(rd.prod, _scalar_too(lambda x, keepdim, axis: np.prod(x, axis, keepdims=keepdim and x.ndim > 0)),
        along(outside(0.3), min_dims=1, keepdim=BOOL), note="dim"),
    Row(rd.prod, np.prod, single(ZEROS), note="zeros"),
    Row(sp.logsumexp, _reducer(lambda x, axis, keepdims: np.log(np.sum(np.exp(x), axis, keepdims=keepdims))),
        along(**FULL)),
    Row(sp.logsumexp, _reducer(references.logsumexp), along(within(200, 1000), min_dims=1, min_side=1), 1, note="large"),
    Row(sp.softmax, lambda x, dim: references.softmax(x, axis=dim), along(min_dims=1, min_side=1)),
    Row(sp.log_softmax, lambda x, dim: references.log_softmax(x, axis=dim), along(min_dims=1, min_side=1)),
    Row(stat.softmin, lambda x, dim: references.softmax(-x, axis=dim), along(min_dims=1, min_side=1)),
    Row(nm.norm, _norm, along(outside(0.2), p=one_of([1, 2, 3, 1.5]), **MANY)),
    Row(nm.norm, _norm, along(distinct(3.0), p=one_of([math.inf, -math.inf]), **MANY), note="inf"),
    Row(nm.norm, _norm, along(ZEROS, p=0, **MANY), 0, note="count"),
    Row(nm.dist, lambda x, y, p: _norm(x - y, p, None, False),
        alike(distinct(), distinct(0.2), min_side=1, p=one_of([1, 2, 3]))),
    Row(nm.renorm, _renorm, along(outside(0.2), min_dims=2, min_side=1, p=2, maxnorm=one_of([0.7, 50.0])),
        call=lambda op, x, p, dim, maxnorm: op(x, p, dim, maxnorm)),
    Row(rd.all, _tester(np.all), along(bools, **DIMS), 0),
    Row(rd.any, _tester(np.any), along(bools, **DIMS), 0),
    Row(stat.count_nonzero, lambda x, dim: np.count_nonzero(x, axis=_dims(x, dim)), along(integers(0, 2), dims="many"),
        0),
    Row(rd.amax, _reducer(np.amax), along(distinct(), **MANY)),
    Row(rd.amin, _reducer(np.amin), along(distinct(), **MANY)),
    Row(stat.aminmax, lambda x, dim, keepdim: (np.amin(x, dim, keepdims=keepdim), np.amax(x, dim, keepdims=keepdim)),
        along(distinct(), dims="optional", min_dims=1, **FULL)),
    Row(rd.argmax, _scalar_too(lambda x, axis, keepdims: np.argmax(x, axis, keepdims=keepdims)),
        along(distinct(), keepdims=st.just(False), min_side=1), 0, call=lambda op, x, dim, keepdims: op(x, dim)),
    Row(rd.argmin, lambda x, dim, keepdim: np.argmin(x, dim, keepdims=keepdim),
        along(distinct(), dims="optional", min_dims=1, **FULL), 0),
    Row(rd.argmax, lambda x, dim, keepdim: np.argmax(x, dim, keepdims=keepdim),
        along(distinct(), dims="optional", min_dims=1, **FULL), 0, note="keepdim"),
    Row(rd.max, np.max, single(distinct(), min_side=1)),
    Row(rd.min, np.min, single(distinct(), min_side=1)),
    Row(rd.max, _at(lambda x, d: np.argmax(x, d, keepdims=True)), along(distinct(), **FULL), note="dim"),
    Row(rd.min, _at(lambda x, d: np.argmin(x, d, keepdims=True)), along(distinct(), **FULL), note="dim"),
    Row(rd.max, np.maximum, broadcast(distinct(), distinct(0.2)), note="two"),
    Row(rd.min, np.minimum, broadcast(distinct(), distinct(0.2)), note="two"),
    Row(rd.sort, _at(_sorted_places), along(distinct()), ties=False),
    Row(rd.sort, _at(lambda x, d: np.flip(np.argsort(x, d), d)), along(distinct()), ties=False, note="descending",
        call=lambda op, x, dim: op(x, dim, True)),
    Row(stat.argsort, lambda x, dim: _at(_sorted_places)(x, dim=dim)[1], along(distinct()), 0, ties=False),
    Row(stat.msort, lambda x: np.sort(x, 0), single(distinct(), min_dims=1), ties=False),
    Row(rd.topk, _at(lambda x, d: np.flip(np.argsort(x, d), d).take(range(1), d)), along(distinct(), min_side=1),
        ties=False, call=lambda op, x, dim: op(x, 1, dim)),
    Row(rd.topk, _at(lambda x, d: np.argsort(x, d).take(range(2), d)), along(distinct(), min_dims=1, min_side=2),
        ties=False, call=lambda op, x, dim: op(x, 2, dim, False), note="smallest"),
    Row(stat.kthvalue, _at(_take(_sorted_places, 1)), along(distinct(), min_dims=1, min_side=2, keepdim=BOOL), ties=False,
        call=lambda op, x, dim, keepdim: op(x, 2, dim, keepdim)),
    Row(stat.median, lambda x: np.sort(x, None)[(x.size - 1) // 2], single(distinct(), min_side=1), ties=False),
    Row(stat.median, _at(lambda x, d: np.argsort(x, d).take([(x.shape[d] - 1) // 2], d)), along(distinct(), **FULL),
        ties=False, note="dim"),
    Row(stat.nanmedian, lambda x: np.nanquantile(x, 0.5, method="lower"), single(NAN, min_side=1), 0, ties=False),
    Row(stat.nanmedian, lambda x, dim: np.nanquantile(x, 0.5, dim, method="lower"), along(NAN, min_dims=1, min_side=1), 0,
        call=lambda op, x, dim: op(x, dim).values, ties=False, note="dim", torch=None),
    Row(stat.mode, _mode, along(integers(0, 3), min_dims=1, **FULL), 0),
    Row(stat.mode, lambda x, dim: _at(lambda x, d: np.argmin(x, d, keepdims=True))(x, dim=dim, keepdim=False),
        along(distinct(), min_side=1), ties=False, note="float"),
    Row(stat.quantile, lambda x, q, dim, keepdim, interpolation: np.quantile(x, q, dim, keepdims=keepdim,
        method=interpolation),
        along(distinct(), dims="optional", interpolation=one_of(["linear", "lower", "higher", "midpoint", "nearest"]),
        args=_levels, **FULL, min_dims=1),
        call=lambda op, x, q, dim, keepdim, interpolation: op(x, q, dim, keepdim, interpolation=interpolation),
        ties=False),
    Row(stat.quantile, lambda x, q: np.quantile(x, q, 0), lettered("nm", "k", domains=[distinct(), within(0.05, 0.95)],
        low=1), ties=False, call=lambda op, x, q: op(x, q, 0), note="levels"),
    Row(stat.nanquantile, lambda x, q, dim: np.nanquantile(x, q, dim), along(NAN, min_dims=1, min_side=1, args=_levels),
        0, ties=False),
    Row(stat.nanquantile, lambda x, q, dim: np.nanquantile(x, q, dim), along(distinct(), dims="optional", min_side=1,
        min_dims=1, args=_levels), ties=False, note="numbers"),
    Row(stat.unique, lambda x: np.unique(x, return_inverse=True, return_counts=True), single(integers(0, 3)), 0,
        call=lambda op, x: op(x, True, True, True)),
    Row(stat.unique, lambda x, dim: np.unique(x, axis=dim), along(integers(0, 2), min_dims=1, min_side=1), 0, note="dim"),
    Row(stat.unique_consecutive, _consecutive, single(integers(0, 2)), 0, call=lambda op, x: op(x, True, True)),
    Row(stat.unique_consecutive, lambda x: np.array([r for r, _ in groupby(x.tolist())]).reshape(-1, 2),
        lettered("52", domains=[integers(0, 2)]), 0, call=lambda op, x: op(x, dim=0), note="dim"),
    Row(stat.searchsorted, lambda a, v, side: np.searchsorted(np.sort(a), v, side),
        lettered("n", "km", domains=[integers(0, 4)] * 2, side=one_of(["left", "right"])), 0,
        call=lambda op, a, v, side: op(a.sort()[0], v, side=side)),
    Row(stat.searchsorted, lambda a, v: np.searchsorted(np.sort(a), v), lettered("n", "km", domains=[integers(0, 4)] * 2),
        0, call=lambda op, a, v: op(a, v, sorter=a.argsort()), note="sorter", ties=False),
    Row(stat.bucketize, lambda v, a, right: np.searchsorted(np.sort(a), v, "right" if right else "left"),
        lettered("km", "n", domains=[integers(0, 4)] * 2, right=BOOL), 0,
        call=lambda op, v, a, right: op(v, a.sort()[0], right=right)),
    Row(stat.bincount, lambda x, minlength: np.bincount(x, minlength=minlength),
        lettered("n", domains=[integers(0, 5)], minlength=st.integers(0, 7)), 0),
    Row(stat.histc, lambda x, bins, min, max: np.histogram(x, bins, (min, max))[0].astype(x.dtype),
        single(min_side=1, bins=st.integers(1, 5), min=-1.0, max=1.5), 0),
    Row(stat.histogram, lambda x, bins, range: [a.astype(x.dtype) for a in np.histogram(x, bins, range)],
        single(min_side=1, bins=st.integers(1, 5), range=st.just((-1.0, 1.5))), 0),
    Row(rd.cumsum, _scalar_too(np.cumsum), along()),
    Row(rd.cumprod, _scalar_too(np.cumprod), along(outside(0.3))),
    Row(rd.cumprod, _scalar_too(np.cumprod), along(ZEROS, min_side=1), note="zeros"),
    Row(stat.cummax, _running(np.argmax), along(distinct(), min_side=1), ties=False),
    Row(stat.cummin, _running(np.argmin), along(distinct(), min_side=1), ties=False),
    Row(rd.logcumsumexp, _scalar_too(lambda x, axis: np.log(np.cumsum(np.exp(x), axis))), along(min_side=1)),
    Row(rd.logcumsumexp, _scalar_too(np.logaddexp.accumulate), along(within(-900, 900), min_side=1), 1, note="large"),
    Row(stat.diff, _diff, along(min_dims=1, min_side=1, n=st.integers(0, 3))),
    Row(stat.diff, lambda x, before, after: np.diff(x, prepend=before, append=after), lettered("nm", "nk", "nj", low=1),
        call=lambda op, x, before, after: op(x, prepend=before, append=after), note="joined"),
    Row(stat.trapezoid, lambda y, dim, dx: np.trapezoid(y, dx=dx, axis=dim),
        along(min_dims=1, min_side=1, dx=one_of([1, 0.5]))),
    Row(stat.trapezoid, np.trapezoid, alike(REAL, REAL, min_dims=1, min_side=1), note="x", ties=False),
    Row(stat.trapezoid, lambda y, x: np.trapezoid(y, x, axis=0), lettered("kn", "k", low=1), note="shared x", ties=False,
        call=lambda op, y, x: op(y, x, dim=0)),
    Row(stat.cumulative_trapezoid, lambda y, x: integrate.cumulative_trapezoid(y, x), alike(REAL, REAL, min_dims=1,
        min_side=1), ties=False),
    Row(stat.gradient, lambda x, spacing, edge_order: _listed(np.gradient(x, spacing, edge_order=edge_order)),
        one_of_lettered(("3",), ("35",), spacing=one_of([1, 0.5]), edge_order=one_of([1, 2]))),
    Row(stat.gradient, lambda y, x: np.gradient(y, np.cumsum(x), axis=0), lettered("4k", "4", domains=[REAL, POSITIVE]),
        call=lambda op, y, x: op(y, spacing=(x.cumsum(0),), dim=0), ties=False, constant=(1,), note="coordinates"),
    Row(stat.cov, lambda x, f, a: np.cov(x, fweights=f, aweights=a), lettered("k4", "4", "4", low=2,
        domains=[REAL, integers(1, 4), POSITIVE]), call=lambda op, x, f, a: op(x, fweights=f, aweights=a), ties=False,
        constant=(2,), note="weights"),
    Row(stat.cov, lambda x, correction: np.cov(x, ddof=correction),
        one_of_lettered(("k3",), ("3",), low=2, correction=one_of([0, 1]))),
    Row(stat.corrcoef, np.corrcoef, lettered("k4", low=2, domains=[distinct()])),
]  # fmt: skip

# movement ----------------------------------------------------------------------------------


def _factorings(shape: tuple[int, ...]) -> Any:
    count = math.prod(shape)
    if not count:
        return st.just((shape[::-1],))
    found = [(count,), (-1, 1), (1, count, 1), shape[::-1], (*shape, 1)]
    return one_of([(f,) for f in found + [(k, -1) for k in range(1, count + 1) if count % k == 0]])


def _permutations(shape: tuple[int, ...]) -> Any:
    return st.permutations(range(len(shape))).map(lambda order: (order,))


def _two_axes(shape: tuple[int, ...]) -> Any:
    return st.tuples(axis(shape), axis(shape))


def _cuts(shape: tuple[int, ...], dim: int) -> Any:
    n = shape[dim]
    return st.lists(st.integers(0, n), max_size=3).map(lambda cuts: (sorted(cuts),))


def _sections(shape: tuple[int, ...], dim: int) -> Any:
    n = shape[dim]
    return st.integers(1, max(n, 1)).map(lambda k: (k,)) | st.integers(0, n).map(
        lambda k: ([k, n - k],)
    )


def _split(x: Any, sections: Any, dim: int) -> Any:
    n = x.shape[dim]
    cuts = (
        range(sections, n, sections)
        if isinstance(sections, int)
        else np.cumsum(sections)[:-1].tolist()
    )
    return np.split(x, list(cuts), dim)


def _chunk(x: Any, chunks: int, dim: int) -> Any:
    n = x.shape[dim]
    each = -(-n // chunks)
    return np.split(x, list(range(each, n, each)), dim)


def _squeeze(x: Any, dim: Any) -> Any:
    wanted = (
        range(x.ndim)
        if dim is None
        else [d % max(x.ndim, 1) for d in (dim if isinstance(dim, tuple) else (dim,))]
    )
    return x.reshape([n for d, n in enumerate(x.shape) if n != 1 or d not in wanted])


def _flat_range(shape: tuple[int, ...]) -> Any:
    n = max(len(shape), 1)
    return _two_axes(shape).map(lambda pair: tuple(sorted(d % n for d in pair)))


def _flatten(x: Any, first: int, last: int) -> Any:
    shape = x.shape or (1,)
    return x.reshape((*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def _expansions(shape: tuple[int, ...]) -> Any:
    sizes = [st.integers(0, 3) if n == 1 else one_of([-1, n]) for n in shape]
    return st.tuples(
        st.tuples(*[st.integers(1, 2)] * 0, *sizes) | st.tuples(st.integers(0, 2), *sizes)
    )


def _expand(x: Any, goal: Any) -> Any:
    new = len(goal) - x.ndim
    return np.broadcast_to(x, [x.shape[d - new] if n == -1 else n for d, n in enumerate(goal)])


def _windows(shape: tuple[int, ...]) -> Any:
    return axis(shape).flatmap(
        lambda d: st.tuples(st.just(d), st.integers(1, shape[d]), st.integers(1, 2))
    )


def _unfold(x: Any, dim: int, size: int, step: int) -> Any:
    every = np.lib.stride_tricks.sliding_window_view(x, size, dim)
    return every[(slice(None),) * (dim % x.ndim) + (slice(None, None, step),)]


def _basic_index(shape: tuple[int, ...]) -> Any:
    def part(n: int) -> Any:
        bound = st.none() | st.integers(-n - 1, n + 1)
        cut = st.builds(slice, bound, bound, st.none() | st.integers(1, 2))
        return cut | (st.integers(-n, n - 1) if n else cut) | st.just(slice(None))

    parts = st.integers(0, len(shape)).flatmap(lambda k: st.tuples(*(part(n) for n in shape[:k])))
    return (
        parts.map(lambda t: (t,))
        | parts.map(lambda t: ((None, *t, ...),))
        | (part(shape[-1]).map(lambda p: ((..., p),)) if shape else st.just(((...,),)))
    )


def _slices(shape: tuple[int, ...], dim: int) -> Any:
    n = shape[dim]
    return st.integers(0, n).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(0, n - start))
    )


def _select(x: Any, dim: int, index: int) -> Any:
    return np.take(x, index, dim)


def _scatter(x: Any, index: Any, *more: Any, combine: Any = None) -> Any:
    *sources, dim = more
    out = np.array(x)
    for place in np.ndindex(index.shape):
        goal = list(place)
        goal[dim] = index[place]
        value = sources[0][place] if sources else 0.7
        out[tuple(goal)] = combine(out[tuple(goal)], value) if combine else value
    return out


def _gather(x: Any, index: Any, dim: int) -> Any:
    out = np.empty(index.shape, x.dtype)
    for place in np.ndindex(index.shape):
        source = list(place)
        source[dim] = index[place]
        out[place] = x[tuple(source)]
    return out


def _masked_scatter(x: Any, mask: Any, source: Any) -> Any:
    out, where = (np.array(a) for a in np.broadcast_arrays(x, mask))
    out[where] = source.ravel()[: where.sum()]
    return out


def _repeats(shape: tuple[int, ...]) -> Any:
    return st.lists(st.integers(0, 2), min_size=len(shape), max_size=len(shape) + 1).map(
        lambda r: (tuple(r),)
    )


def _shifts(shape: tuple[int, ...]) -> Any:
    some = axes(shape).filter(lambda d: d is None or isinstance(d, int)) if shape else st.none()
    both = st.permutations(range(len(shape))).map(
        lambda order: (tuple(range(1, len(shape) + 1)), tuple(order))
    )
    return st.tuples(st.integers(-4, 4), some) | (both if shape else st.just((0, None)))


def _diag(x: Any, k: int) -> Any:
    return np.diag(x, k).copy()


def _diag_embed(x: Any, offset: int) -> Any:
    out = np.zeros((*x.shape, 0)[: x.ndim - 1] + (x.shape[-1] + abs(offset),) * 2)
    for place in np.ndindex(x.shape):
        *lead, i = place
        out[(*lead, i + max(-offset, 0), i + max(offset, 0))] = x[place]
    return out


def _pairs(shape: tuple[int, ...]) -> Any:
    n = len(shape)
    both = st.permutations(range(n)).map(lambda order: (order[0], order[1]))
    return st.tuples(st.integers(-2, 2), both).map(lambda t: (t[0], *t[1]))


def _put_reference(x: Any, i: Any, j: Any, values: Any) -> Any:
    out = np.array(x)
    np.add.at(out, (i, slice(None), j), values)
    return out


def _overwritten(x: Any, i: Any, value: Any) -> Any:
    out = np.array(x)
    out[i] = value
    return out


LIST = {"listed": True}
NONEMPTY = {"min_dims": 1, "min_side": 1}


def _copied(write: Any) -> Any:
    """A copy of the first array, written to."""

    def reference(x: Any, *args: Any, **options: Any) -> Any:
        out = x.copy()
        write(out, *args, **options)
        return out

    return reference


COMBINE = {
    "sum": np.add,
    "prod": np.multiply,
    "mean": np.add,
    "amax": np.maximum,
    "amin": np.minimum,
}


def _reduced(
    x: Any, index: Any, source: Any, reduce: str, include_self: bool, dim: int | None = None
) -> Any:
    out, places = x.copy(), np.arange(x.size).reshape(x.shape)
    places = places[index] if dim is None else _gather(places, index, dim=dim)
    neutral = {"prod": 1, "amax": -np.inf, "amin": np.inf}.get(reduce, 0)
    if not include_self:
        out.flat[places] = neutral
    corner = source[tuple(map(slice, places.shape))]
    COMBINE[reduce].at(out.reshape(-1), places.ravel(), corner.ravel())
    if reduce == "mean":
        out /= np.maximum(
            np.bincount(places.ravel(), minlength=x.size).reshape(x.shape) + include_self, 1
        )
    return out


def _select_to(x: Any, src: Any) -> None:
    x[:, 1] = src


def _slice_to(x: Any, src: Any) -> None:
    x[:, 0:3:2] = src


def _diagonal_to(x: Any, src: Any) -> None:
    x[range(2), range(1, 3)] = src


def _index_add(x: Any, i: Any, src: Any) -> None:
    np.add.at(x, (slice(None), i), 2 * src)


def _index_copy(x: Any, i: Any, src: Any) -> None:
    x[:, i] = src


MOVEMENT = [
    Row(sh.reshape, np.reshape, single(args=_factorings)),
    Row(sh.view, np.reshape, single(args=_factorings), call=lambda op, x, shape: op(x.contiguous(), shape)),
    Row(sh.flatten, _flatten, single(args=_flat_range)),
    Row(sh.unflatten, lambda x, dim, sizes: x.reshape(*x.shape[:1], 2, -1),
        lettered("n4", low=1, dim=one_of([1, -1]), sizes=one_of([(2, 2), (2, -1), (-1, 2)]))),
    Row(sh.permute, np.transpose, single(args=_permutations)),
    Row(sh.transpose, np.swapaxes, single(args=_two_axes, min_dims=1)),
    Row(sh.t, np.transpose, single(max_dims=2)),
    Row(sh.ravel, np.ravel, single()),
    Row(sh.adjoint, lambda x: np.swapaxes(x, -1, -2), single(min_dims=2)),
    Row(sh.swapaxes, np.swapaxes, single(args=_two_axes, min_dims=1)),
    Row(sh.split_with_sizes, lambda x: np.split(x, [1], 0), lettered("3k"), call=lambda op, x: op(x, (1, 2))),
    Row(sh.unsafe_split, lambda x: np.split(x, [2], 0), lettered("3k"), call=lambda op, x: op(x, 2)),
    Row(sh.movedim, np.moveaxis, single(args=_two_axes, min_dims=1)),
    Row(sh.movedim, lambda x, a, b: np.moveaxis(x, a, b), lettered("nkm", args=st.just(((0, 1), (2, -3)))),
        note="several"),
    Row(sh.squeeze, _squeeze, along(dims="optional"), call=lambda op, x, dim: op(x) if dim is None else op(x, dim)),
    Row(sh.unsqueeze, np.expand_dims, single(args=lambda shape: st.tuples(new_axis(shape)))),
    Row(sh.expand, _expand, single(args=_expansions), call=lambda op, x, goal: op(x, goal), torch="Tensor.expand"),
    Row(sh.broadcast_to, lambda x: np.broadcast_to(x, (2, 3, x.shape[1])), lettered("1k"), call=lambda op,
        x: op(x, (2, 3, x.shape[1]))),
    Row(sh.expand_as, lambda x, y: np.broadcast_to(x, y.shape), lettered("1k", "n2k"), constant=(1,),
        torch="Tensor.expand_as"),
    Row(sh.view_as, lambda x, y: x.reshape(y.shape), lettered("kn", "nk"), constant=(1,), call=lambda op, x,
        y: op(x.contiguous(), y), torch="Tensor.view_as"),
    Row(sh.reshape_as, lambda x, y: x.reshape(y.shape), lettered("kn", "nk"), constant=(1,), torch="Tensor.reshape_as"),
    Row(sh.broadcast_tensors, np.broadcast_arrays, broadcast(REAL, REAL, REAL)),
    Row(sh.sum_to_size, lambda x: x.sum((0, 2), keepdims=True)[0], lettered("nkm"), call=lambda op,
        x: op(x, (x.shape[1], 1)), torch="Tensor.sum_to_size"),
    Row(sh.diagonal, np.diagonal, single(min_dims=2, args=_pairs)),
    Row(sh.select, _select, along(**NONEMPTY, index=lambda shape, dim: st.integers(-shape[dim], shape[dim] - 1)),
        call=lambda op, x, dim, index: op(x, dim, index)),
    Row(sh.narrow, lambda x, start, length, dim: np.take(x, range(start, start + length), dim),
        along(min_dims=1, args=_slices), call=lambda op, x, start, length, dim: op(x, dim, start, length)),
    Row(sh.unbind, lambda x, dim: [np.take(x, i, dim) for i in range(x.shape[dim])], along(**NONEMPTY)),
    Row(sh.split, _split, along(min_dims=1, min_side=1, args=_sections)),
    Row(sh.chunk, _chunk, along(**NONEMPTY, args=st.tuples(st.integers(1, 4)))),
    Row(sh.tensor_split, lambda x, cuts, dim: np.array_split(x, cuts, dim), along(min_dims=1, args=_cuts)),
    Row(sh.tensor_split, lambda x, cuts, dim: np.array_split(x, cuts, dim),
        along(min_dims=1, args=st.tuples(st.integers(1, 4))), note="number"),
    Row(sh.unfold, _unfold, single(**NONEMPTY, args=_windows), torch="Tensor.unfold"),
    Row(ix.getitem, lambda x, index: x[index], single(args=_basic_index), torch="Tensor.__getitem__"),
    Row(ix.getitem, lambda x, i, j: x[i, :, j], lettered("3k2", "ab", "b",
        domains=[REAL, integers(-3, 3), integers(0, 2)]), call=lambda op, x, i, j: op(x, (i, slice(None), j)),
        torch="Tensor.__getitem__", note="advanced"),
    Row(ix.getitem, lambda x, i: x[i], lettered("3k", "n", domains=[REAL, integers(-3, 3)]), torch="Tensor.__getitem__",
        note="rows"),
    Row(ix.getitem, lambda x, m: x[m], lettered("nk", "nk", domains=[REAL, bools]), torch="Tensor.__getitem__",
        note="mask"),
    Row(ix.getitem, lambda x, m: x[:, m, None], lettered("nk", "k", domains=[REAL, bools]), call=lambda op, x,
        m: op(x, (slice(None), m, None)), torch="Tensor.__getitem__", note="mixed"),
    Row(ix.index_put, _put_reference, lettered("3k2", "ab", "b", "abk",
        domains=[REAL, integers(0, 3), integers(0, 2), REAL]),
        call=lambda op, x, i, j, v: op(x.movedim(1, 2), (i, j), v, True).movedim(2, 1)),
    Row(ix.index_put, _overwritten, lettered("4k", "3", "3k",
        domains=[REAL, lambda rng, shape: rng.permutation(4)[:3], REAL]), call=lambda op, x, i, v: op(x, (i,), v),
        note="overwrite"),
    Row(ix.gather, _gather, indexed(), call=lambda op, x, i, dim: op(x, dim, i)),
    Row(ix.scatter, _scatter, indexed(REAL, unique=True), call=lambda op, x, i, src, dim: op(x, dim, i, src)),
    Row(ix.scatter, _scatter, indexed(), call=lambda op, x, i, dim: op(x, dim, i, 0.7), note="number"),
    Row(ix.scatter_add, lambda *a: _scatter(*a, combine=np.add), indexed(REAL), call=lambda op, x, i, src,
        dim: op(x, dim, i, src)),
    Row(ix.scatter, lambda *a: _scatter(*a, combine=np.multiply), indexed(REAL), constant=(2,), call=lambda op, x, i,
        src, dim: op(x, dim, i, src, reduce="multiply"), note="multiply", torch=None),
    Row(ix.index_select, lambda x, i: np.take(x, i, 1), lettered("n3m", "k", domains=[REAL, integers(0, 3)]),
        call=lambda op, x, i: op(x, 1, i)),
    Row(ix.take_along_dim, lambda x, i: np.take_along_axis(x, i, 1),
        lettered("n3", "1k", domains=[REAL, integers(0, 3)], low=1), call=lambda op, x, i: op(x, i, 1)),
    Row(ix.take_along_dim, lambda x, i: x.ravel()[i.ravel()],
        lettered("n3", "1k", domains=[REAL, integers(0, 3)], low=1), note="flat"),
    Row(ix.take, np.take, lettered("n3", "mk", domains=[REAL, integers(-3, 3)], low=1)),
    Row(ix.masked_fill, lambda x, m, v: np.where(m, v, x), broadcast(REAL, bools, args=st.just((0.5,)))),
    Row(ix.masked_fill, lambda x, m, v: np.where(m, v, x), lettered("nk", "nk", "", domains=[REAL, bools, REAL]),
        note="tensor"),
    Row(ix.masked_select, lambda x, m: np.broadcast_arrays(x, m)[0][np.broadcast_arrays(x, m)[1]],
        broadcast(REAL, bools)),
    Row(ix.masked_scatter, _masked_scatter, lettered("nk", "nk", "nk", domains=[REAL, bools, REAL])),
    Row(ix.nonzero, lambda x: np.argwhere(x), single(bools, min_dims=1), 0),
    Row(ix.nonzero, lambda x, as_tuple: np.nonzero(x), single(ZEROS, min_dims=1, as_tuple=True), 0, note="tuple"),
    Row(jn.cat, lambda *xs, dim: np.concatenate(xs, dim), one_of_lettered(("nkm", "nk2", "nk1"), ("n1", "n2"),
        ("n", "m"), dim=st.just(-1)), **LIST),
    Row(jn.stack, lambda *xs, dim: np.stack(xs, dim), along(REAL, REAL, REAL), **LIST),
    Row(jn.hstack, lambda *xs: np.hstack(xs), one_of_lettered(("n", "m"), ("", ""), ("nk", "nm"), ("nkj", "nmj")),
        **LIST),
    Row(jn.vstack, lambda *xs: np.vstack(xs), one_of_lettered(("n", "n"), ("", ""), ("nk", "mk"), ("k", "mk")), **LIST),
    Row(jn.dstack, lambda *xs: np.dstack(xs), one_of_lettered(("n", "n"), ("", ""), ("nk", "nk"), ("nkj", "nkm")),
        **LIST),
    Row(jn.column_stack, lambda *xs: np.column_stack(xs), one_of_lettered(("n", "n"), ("", ""), ("n", "nk")), **LIST),
    Row(jn.atleast_1d, np.atleast_1d, single()),
    Row(jn.atleast_2d, np.atleast_2d, single()),
    Row(jn.atleast_3d, np.atleast_3d, single()),
    Row(jn.tile, np.tile, single(args=st.lists(st.integers(0, 2), max_size=4).map(lambda r: (tuple(r),)))),
    Row(jn.repeat, np.tile, single(args=_repeats), torch="Tensor.repeat"),
    Row(jn.repeat_interleave, lambda x, repeats, dim: np.repeat(x, repeats, dim),
        along(dims="optional", min_dims=1, args=st.tuples(st.integers(0, 3)))),
    Row(jn.repeat_interleave, lambda x, r: np.repeat(x, r, 1), lettered("nk", "k", domains=[REAL, integers(0, 3)]),
        call=lambda op, x, r: op(x, r, 1), note="counts"),
    Row(jn.flip, np.flip, single(args=lambda shape: st.lists(axis(shape),
        unique_by=lambda d: d % len(shape)).map(lambda d: (tuple(d),)), min_dims=1)),
    Row(jn.fliplr, np.fliplr, single(min_dims=2)),
    Row(jn.flipud, np.flipud, single(min_dims=1)),
    Row(jn.roll, np.roll, single(args=_shifts)),
    Row(jn.rot90, np.rot90, single(min_dims=2, args=st.tuples(st.integers(-1, 5), one_of([(0, 1), (1, 0)])))),
    Row(jn.tril, np.tril, single(min_dims=2, args=st.tuples(st.integers(-3, 3)))),
    Row(jn.triu, np.triu, single(min_dims=2, args=st.tuples(st.integers(-3, 3)))),
    Row(jn.diag, _diag, single(min_dims=1, max_dims=2, min_side=1, args=st.tuples(st.integers(-1, 0)))),
    Row(jn.diag_embed, _diag_embed, single(min_dims=1, args=st.tuples(st.integers(-2, 2)))),
    Row(jn.meshgrid, lambda *xs, indexing: np.meshgrid(*xs, indexing=indexing),
        lettered("n", "m", "k", indexing=one_of(["ij", "xy"]))),
    Row(jn.cartesian_prod, lambda *xs: np.array(list(product(*xs))).reshape(-1, 3), lettered("n", "m", "k")),
    Row(sh.as_strided, lambda x: x.ravel()[[[1, 2], [2, 3]]], lettered("32"), torch="as_strided", note="overlap",
        call=lambda op, x: op(x.clone(), (2, 2), (1, 1), 1)),
    Row(ix.as_strided_scatter, _copied(lambda x, y: x.ravel().put([1, 3, 2, 4], y)), lettered("32", "22"),
        call=lambda op, x, y: op(x.clone(), y, (2, 2), (1, 2), 1), torch=None),
    Row(ix.select_scatter, _copied(_select_to), lettered("n3", "n"), call=lambda op, x, y: op(x, y, 1, 1)),
    Row(ix.slice_scatter, _copied(_slice_to), lettered("n3", "n2"), call=lambda op, x, y: op(x, y, 1, 0, 3, 2)),
    Row(ix.diagonal_scatter, _copied(_diagonal_to), lettered("23", "2"), call=lambda op, x, y: op(x, y, 1)),
    Row(sh.narrow_copy, lambda x: x[:, 1:3].copy(), lettered("n3"), call=lambda op, x: op(x, 1, 1, 2)),
    Row(sh.hsplit, lambda x: np.split(x, [1, 2], 0 if x.ndim == 1 else 1), one_of_lettered(("3",), ("n3",), ("n3m",)),
        call=lambda op, x: op(x, [1, 2])),
    Row(sh.vsplit, lambda x: np.split(x, 2, 0), one_of_lettered(("2n",), ("2nm",)), call=lambda op, x: op(x, 2)),
    Row(sh.dsplit, lambda x: np.split(x, 3, 2), lettered("nm3"), call=lambda op, x: op(x, 3)),
    Row(pw.fill, lambda x, v: np.full(x.shape, v), lettered("nk", "")),
    Row(ix.put, _copied(lambda x, i, y: x.put(i, y)), lettered("n4", "3", "3",
        domains=[REAL, lambda rng, shape: rng.permutation(4)[:3], REAL], low=1)),
    Row(ix.index_add, _copied(_index_add), lettered("n3", "k", "nk", domains=[REAL, integers(0, 3), REAL]),
        call=lambda op, x, i, y: op(x, 1, i, y, alpha=2)),
    Row(ix.index_copy, _copied(_index_copy), lettered("n4", "3", "n3",
        domains=[REAL, lambda rng, shape: rng.permutation(4)[:3], REAL]), call=lambda op, x, i, y: op(x, 1, i, y)),
    Row(ix.index_fill, _copied(_index_copy), lettered("n3", "k", "", domains=[REAL, integers(0, 3), REAL]),
        call=lambda op, x, i, y: op(x, 1, i, y)),
    Row(ix.index_reduce, lambda x, i, y, **options: _reduced(x, i, y, **options), lettered("3n", "k", "kn",
        domains=[distinct(), integers(0, 3), distinct(0.2)], reduce=one_of(["prod", "mean", "amax", "amin"]),
        include_self=BOOL), call=lambda op, x, i, y, **options: op(x, 0, i, y, **options), ties=False),
    *(Row(ix.scatter_reduce, lambda x, i, y, dim, reduce=reduce, kept=kept: _reduced(x, i, y, reduce, kept, dim),
          indexed(REAL if reduce != "amax" else distinct(0.2), domain=REAL if reduce != "amax" else distinct()),
          call=lambda op, x, i, y, dim, reduce=reduce, kept=kept: op(x, dim, i, y, reduce, include_self=kept),
          note=f"{reduce}-{kept}", ties=kept or reduce != "amax") for reduce in COMBINE if reduce != "amin" for kept in (True, False)),
    Row(jn.unravel_index, lambda i: np.unravel_index(i, (2, 3)), lettered("nk", domains=[integers(0, 6)]), 0,
        call=lambda op, i: op(i, (2, 3))),
    Row(jn.block_diag, lambda *xs: linalg.block_diag(*xs), lettered("nk", "3", "jj", "")),
    Row(jn.diagflat, np.diagflat, single(args=st.tuples(st.integers(-2, 2)))),
    Row(jn.combinations, lambda x, r, with_replacement: np.array(list((combinations_with_replacement if with_replacement
        else combinations)(x, r))).reshape(-1, r), lettered("4", r=st.integers(1, 3), with_replacement=BOOL)),
    Row(jn.vander, lambda x, N, increasing: np.vander(x, N, increasing), lettered("n", low=1, N=one_of([None, 2, 4]),
        increasing=BOOL), torch=None),
    Row(sh.clone, np.array, single()),
    Row(sh.contiguous, np.ascontiguousarray, single(min_dims=1), torch="Tensor.contiguous"),
]  # fmt: skip

# linear algebra ----------------------------------------------------------------------------

SCALES = {"beta": one_of([0, 1, 0.5]), "alpha": one_of([1, -2])}
EQUATIONS = [
    ("ij,jk->ik", "nk", "km"), ("ij,jk", "nk", "km"), ("bij,bjk->bik", "bnk", "bkm"), ("ij->ji", "nk"), ("ii", "nn"),
    ("ii->i", "nn"), ("iij->j", "nnk"), ("ij,ij->", "nk", "nk"), ("i,j,k->kji", "n", "k", "m"),
    ("...ij,...jk->...ik", "bnk", "km"),
    ("...i->...", "bnk"), ("i...,i...", "nk", "nk"), ("ij->", "nk"), ("ij->j", "nk"), ("ij,j,jk->i", "nk", "k", "km"),
]  # fmt: skip


@st.composite
def _einsums(draw: Any) -> Any:
    equation, *names = draw(one_of(EQUATIONS))
    return draw(lettered(*names, low=1, equation=st.just(equation)))


LINEAR = [
    Row(pd.matmul, np.matmul, one_of_lettered(("nk", "km"), ("k", "k"), ("k", "km"), ("nk", "k"), ("bnk", "km"),
        ("bnk", "k"),
                                              ("k", "bkm"), ("nk", "bkm"), ("bnk", "bkm"), ("a1nk", "bkm"),
                                              ("1nk", "bkm"))),
    Row(pd.mm, np.matmul, lettered("nk", "km")),
    Row(pd.bmm, np.matmul, lettered("bnk", "bkm")),
    Row(pd.mv, np.matmul, lettered("nk", "k")),
    Row(pd.dot, np.dot, lettered("k", "k")),
    Row(pd.vdot, np.vdot, lettered("k", "k")),
    Row(pd.inner, np.inner, one_of_lettered(("k", "k"), ("nk", "mk"), ("nbk", "mk"), ("", "nk"), ("", ""))),
    Row(pd.outer, np.outer, lettered("n", "m")),
    Row(pd.addmm, lambda x, a, b, beta, alpha: beta * x + alpha * (a @ b),
        one_of_lettered(("nm", "nk", "km"), ("m", "nk", "km"), ("", "nk", "km"), **SCALES)),
    Row(pd.addmv, lambda x, a, b, beta, alpha: beta * x + alpha * (a @ b), lettered("n", "nk", "k", **SCALES)),
    Row(pd.addr, lambda x, a, b, beta, alpha: beta * x + alpha * np.outer(a, b), lettered("nm", "n", "m", **SCALES),
        ties=False),
    Row(pd.baddbmm, lambda x, a, b, beta, alpha: beta * x + alpha * (a @ b), lettered("bnm", "bnk", "bkm", **SCALES)),
    Row(pd.addbmm, lambda x, a, b, beta, alpha: beta * x + alpha * (a @ b).sum(0),
        lettered("nm", "bnk", "bkm", **SCALES)),
    Row(pd.linear, lambda x, w: x @ w.T, one_of_lettered(("nk", "mk"), ("k", "mk"), ("bnk", "mk"), ("nk", "k")),
        note="plain"),
    Row(pd.linear, lambda x, w, b: x @ w.T + b, one_of_lettered(("nk", "mk", "m"), ("k", "mk", "m"),
        ("bnk", "mk", "m"))),
    Row(es.bilinear, lambda x, y, w, b: np.einsum("ni,oij,nj->no", x, w, y) + b,
        lettered("ni", "nj", "oij", "o", low=1)),
    Row(es.tensordot, lambda a, b, dims: np.tensordot(a, b, dims),
        lettered("bnk", "nkm", dims=one_of([2, ([1, 2], [0, 1]), ([-1], [1])]), low=1)),
    Row(pd.kron, np.kron, one_of_lettered(("nk", "km"), ("n", "km"), ("", "k"), low=1)),
    Row(pd.trace, np.trace, lettered("nk")),
    Row(pd.cross, lambda a, b: np.cross(a, b), lettered("n3", "n3"), call=lambda op, a, b: op(a, b, dim=-1)),
    Row(pd.chain_matmul, lambda a, b, c: a @ b @ c, lettered("nk", "km", "mn")),
    Row(es.einsum, lambda *xs, equation: np.einsum(equation, *xs), _einsums(), call=lambda op, *xs,
        equation: op(equation, *xs), ties=False),
]  # fmt: skip

# network -----------------------------------------------------------------------------------


def _dropout(op: Any, x: Any, p: float, training: bool) -> Any:
    random.manual_seed(3)
    return op(x, p, training)


def _dropped(x: Any, p: float, training: bool) -> Any:
    random.manual_seed(3)
    return drop(x, random.bits16(x.size), 1 - p)[0] if training else x


def _weighted(losses: Any, weights: Any, reduction: str) -> Any:
    return {"none": losses, "sum": losses.sum(), "mean": losses.sum() / weights.sum()}[reduction]


def _nll(
    x: Any, target: Any, weight: Any = None, *, reduction: str, ignore_index: int = -100
) -> Any:
    if x.ndim == 1:
        return -x[target] * 1.0
    kept = target != ignore_index
    safe = np.where(kept, target, 0)
    weights = kept * (1.0 if weight is None else weight[safe])
    losses = -np.take_along_axis(x, safe[:, None], 1)[:, 0] * weights
    return _weighted(losses, weights, reduction)


def _cross_entropy(
    x: Any,
    target: Any,
    weight: Any = None,
    *,
    reduction: str,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
) -> Any:
    logs = references.log_softmax(x, axis=1)
    hard = _nll(logs, target, weight, reduction=reduction, ignore_index=ignore_index)
    kept = target != ignore_index
    spread = (
        -(logs * (1.0 if weight is None else weight.reshape(-1, *[1] * (x.ndim - 2)))).sum(1)
        * kept
        / x.shape[1]
    )
    weights = kept * (1.0 if weight is None else weight[np.where(kept, target, 0)])
    return hard * (1 - label_smoothing) + label_smoothing * _weighted(spread, weights, reduction)


HOW = one_of(["none", "mean", "sum"])
CLASS = integers(0, 3)
WEIGHTS = [REAL, CLASS, POSITIVE]

NETWORK = [
    Row(nw.dropout, _dropped, single(args=one_of([(0.5, True), (0.2, True), (0.0, True), (1.0, True), (0.5, False)])),
        call=_dropout, torch=None),
    Row(nw.nll_loss, _nll, one_of_lettered(("n3", "n"), ("n3k", "nk"), ("3", ""), domains=[REAL, CLASS], reduction=HOW,
        low=1)),
    Row(nw.nll_loss, _nll, one_of_lettered(("n3", "n", "3"), ("n3k", "nk", "3"), domains=WEIGHTS, reduction=HOW, low=1),
        constant=(2,), note="weight"),
    Row(nw.nll_loss, _nll, lettered("n3", "n", domains=[REAL, lambda rng, shape: np.arange(math.prod(shape)) % 3],
        reduction=HOW, ignore_index=1, low=1), note="ignore"),
    Row(nw.cross_entropy, _cross_entropy, one_of_lettered(("n3", "n"), ("n3k", "nk"), domains=[REAL, CLASS],
        reduction=HOW, label_smoothing=one_of([0.0, 0.1]), low=1)),
    Row(nw.cross_entropy, _cross_entropy, one_of_lettered(("n3", "n", "3"), ("n3k", "nk", "3"), domains=WEIGHTS,
        reduction=HOW, label_smoothing=one_of([0.0, 0.1]), low=1), constant=(2,), ties=False, note="weight"),
    Row(nw.cross_entropy, _cross_entropy, lettered("n3", "n",
        domains=[REAL, lambda rng, shape: np.arange(math.prod(shape)) % 3], reduction=HOW, ignore_index=1,
        label_smoothing=one_of([0.0, 0.1]), low=1), note="ignore"),
    Row(nw.cross_entropy, lambda x, t, reduction: _weighted(-(references.log_softmax(x, axis=1) * t).sum(1),
        np.ones(len(x)), reduction), lettered("n3", "n3", low=1, domains=[REAL, POSITIVE], reduction=HOW), note="soft"),
    Row(nw.mse_loss, lambda x, y, reduction: _weighted((x - y) ** 2, np.ones(x.shape), reduction),
        alike(REAL, REAL, min_side=1, reduction=HOW)),
    Row(nw.embedding, lambda i, w: w[i], one_of_lettered(("nm", "4k"), ("", "4k"), ("n", "4k"),
        domains=[integers(0, 4), REAL]), torch="nn.functional.embedding"),
]  # fmt: skip

ROWS: list[Row] = [*POINTWISE, *REDUCTION, *MOVEMENT, *LINEAR, *NETWORK]
for _found in pkgutil.iter_modules(tests.ops.__path__):
    if _found.name.startswith("table_"):
        ROWS += importlib.import_module(f"tests.ops.{_found.name}").ROWS

if not HAS_SCIPY:
    ROWS = [row for row in ROWS if row.operation.__name__ not in NEEDS_SCIPY]
