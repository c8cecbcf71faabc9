"""Rows for `linalg.py`. SciPy, or a formula that goes another way, is the reference."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.ops.rows import BOOL, REAL, Row, axes, axis, lettered, one_of_lettered, outside, single
from tests.optional import optional
from tinygrad_mnist.ops import decompositions as dc
from tinygrad_mnist.ops import linalg as la

scipy_linalg = optional("scipy.linalg")

one_of = st.sampled_from
Array = np.ndarray


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.linalg.qr(rng.standard_normal(shape))[0]


def full_rank(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Matrices with singular values in [0.7, 3], a good distance apart."""
    *batch, m, n = shape
    k = min(m, n)
    s = 0.7 * np.arange(1, k + 1) + rng.uniform(0, 0.2, (*batch, k))
    return (
        orthogonal(rng, (*batch, m, k))
        * s[..., None, :]
        @ np.swapaxes(orthogonal(rng, (*batch, n, k)), -1, -2)
    )


def of_positive_determinant(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    a = full_rank(rng, shape)
    return np.where(
        np.linalg.det(a)[..., None, None] < 0, a[..., ::-1, :] if shape[-1] in (2, 3) else -a, a
    )


def symmetric(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Eigenvalues of either sign, apart from each other in value and size."""
    v = orthogonal(rng, shape)
    w = (np.arange(shape[-1]) * 0.7 + 0.5) * rng.choice([-1, 1], shape[:-1])
    return v * w[..., None, :] @ np.swapaxes(v, -1, -2)


def positive_definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    a = full_rank(rng, shape)
    return a @ np.swapaxes(a, -1, -2)


def each(signature: str, function: Any) -> Any:
    """SciPy's function of one matrix, for batches."""
    return np.vectorize(
        function, signature=signature, otypes=[float] * (signature.split("->")[1].count("("))
    )


def heavy_diagonal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(-1, 1, shape) + 2 * np.eye(shape[-1])


def halved(op: Any, a: Any, *args: Any, **options: Any) -> Any:
    """Of the symmetric part, so that a difference in one triangle is one in both."""
    return op((a + a.mT) * 0.5, *args, **options)


def without_signs(*factors: Any) -> Any:
    """Eigenvectors and singular vectors are as good with the other sign; their squares have none."""
    return tuple(x * x for x in factors)


def transposed(f: Any) -> Any:
    return lambda a, **options: np.swapaxes(f(a), -1, -2) if options.get("upper") else f(a)


def _solve(A: Array, B: Array, left: bool = True) -> Array:
    if B.ndim == 1 or B.shape == A.shape[:-1]:
        return np.einsum("...ij,...j->...i", np.linalg.inv(A), B)
    return np.linalg.inv(A) @ B if left else B @ np.linalg.inv(A)


def _triangle(A: Array, B: Array, upper: bool, unitriangular: bool) -> Array:
    half = np.triu(A) if upper else np.tril(A)
    if unitriangular:
        half = half * (1 - np.eye(A.shape[-1])) + np.eye(A.shape[-1])
    return np.linalg.inv(half) @ B


def _lstsq(A: Array, B: Array, driver: str) -> Any:
    x = np.linalg.pinv(A) @ (B[..., None] if B.ndim == A.ndim - 1 else B)
    missed = ((A @ x - (B[..., None] if B.ndim == A.ndim - 1 else B)) ** 2).sum(-2)
    x = x[..., 0] if B.ndim == A.ndim - 1 else x
    rank = np.zeros(0, int) if driver == "gels" else np.full(A.shape[:-2], min(A.shape[-2:]))
    s = np.linalg.svd(A, compute_uv=False) if driver == "gelsd" else np.zeros(0)
    return x, missed if A.shape[-2] > A.shape[-1] and driver != "gelsy" else np.zeros(0), rank, s


def _det(a: Array) -> Array:
    return np.prod(np.linalg.eigvals(a), -1).real


def _singular_values(a: Array) -> Array:
    small = np.swapaxes(a, -1, -2) @ a if a.shape[-1] < a.shape[-2] else a @ np.swapaxes(a, -1, -2)
    return np.sqrt(np.linalg.eigvalsh(small))[..., ::-1]


def _ordered_norm(x: Array, ord: Any, dim: Any, keepdim: bool) -> Array:
    return np.linalg.norm(x, ord, dim, keepdims=keepdim)


def _vector_norm(x: Array, ord: Any, dim: Any, keepdim: bool) -> Array:
    return np.linalg.vector_norm(x, ord=ord, axis=None if dim == () else dim, keepdims=keepdim)


SQUARE, BATCHED = ("nn",), ("bnn",)
MATRIX = [("nm",), ("bnm",), ("n3",), ("3n",)]
ORDERS = ["fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf]


def square(domain: Any = full_rank, **options: Any) -> Any:
    return one_of_lettered(SQUARE, BATCHED, ("33",), domains=[domain], low=1, **options)


def matrices(domain: Any = full_rank, **options: Any) -> Any:
    return one_of_lettered(*MATRIX, domains=[domain], low=1, **options)


def systems(*shapes: tuple[str, str], domain: Any = full_rank, **options: Any) -> Any:
    return one_of_lettered(*shapes, domains=[domain, REAL], low=1, **options)


_ROWS = [
    Row(la.inv, each("(n,n)->(n,n)", scipy_linalg.inv), square()),
    Row(la.solve, _solve, systems(("nn", "nk"), ("bnn", "bnk"), ("bnn", "nk"), ("nn", "bnk"))),
    Row(la.solve, _solve, systems(("nn", "kn"), ("bnn", "bkn"), left=one_of([False])), note="right"),
    Row(la.solve, _solve, systems(("nn", "n"), ("bnn", "bn")), note="vector"),
    Row(la.solve_triangular, _triangle, systems(("nn", "nk"), ("bnn", "bnk"), domain=heavy_diagonal, upper=BOOL,
        unitriangular=BOOL)),
    Row(la.pinv, each("(m,n)->(n,m)", scipy_linalg.pinv), matrices()),
    Row(la.lstsq, _lstsq, systems(("nk", "nm"), ("bnk", "bnm"), ("3n", "3"), driver=one_of(["gelsy", "gels", "gelsd"]))),
    Row(la.cholesky, transposed(each("(n,n)->(n,n)", lambda a: scipy_linalg.cholesky(a, lower=True))),
        square(positive_definite, upper=BOOL), call=halved),
    Row(la.qr, each("(m,n)->(m,k),(k,n)", lambda a: scipy_linalg.qr(a, mode="economic")), matrices()),
    Row(la.svd, each("(m,n)->(m,k),(k),(k,n)", lambda a: without_signs(*scipy_linalg.svd(a, full_matrices=False))),
        matrices(),
        call=lambda op, a: without_signs(*op(a, full_matrices=False))),
    Row(la.svdvals, _singular_values, matrices()),
    Row(la.eigh, each("(n,n)->(n),(n,n)", lambda a: without_signs(*scipy_linalg.eigh(a))), square(symmetric),
        call=lambda op, a: without_signs(*halved(op, a))),
    Row(la.eigvalsh, each("(n,n)->(n)", lambda a: np.sort(scipy_linalg.eigvals(a).real)), square(symmetric),
        call=halved),
    Row(la.det, _det, square()),
    Row(la.slogdet, lambda a: (np.sign(_det(a)), np.log(np.abs(_det(a)))), square()),
    Row(dc.logdet, lambda a: np.log(_det(a)), square(of_positive_determinant)),
    Row(la.matrix_rank, lambda a: np.linalg.matrix_rank(a), matrices(), order=0),
    Row(la.vector_norm, _vector_norm, single(outside(0.2), 1, 3, 1, ord=one_of([2, 1, 3, 0.5, math.inf, -math.inf]),
        dim=axes, keepdim=BOOL), ties=False),
    Row(la.vector_norm, _vector_norm, single(lambda rng, shape: rng.integers(-1, 2, shape) * 1.0, 1, 3, 1,
        ord=one_of([0]), dim=axes, keepdim=BOOL), order=0, note="count"),
    Row(la.matrix_norm, lambda a, ord, keepdim: np.linalg.norm(a, ord, (-2, -1), keepdims=keepdim),
        matrices(ord=one_of(ORDERS), keepdim=BOOL), ties=False),
    Row(la.matrix_norm, _ordered_norm, lettered("bnm", domains=[outside(0.2)], low=1, ord=one_of(["fro", 1, math.inf]),
        dim=one_of([(0, 1), (2, 0), (-2, 0)]), keepdim=BOOL), ties=False, note="dim"),
    Row(la.norm, _ordered_norm, single(outside(0.2), 1, 3, 1, ord=one_of([None, 2, 1, math.inf]), dim=axis,
        keepdim=BOOL), ties=False),
    Row(la.norm, lambda a, ord: np.linalg.norm(a, ord), one_of_lettered(("nm",), domains=[full_rank], low=1,
        ord=one_of([None, *ORDERS])), ties=False, note="matrix"),
    Row(la.matrix_power, lambda a, n: np.linalg.matrix_power(a, n), square(n=one_of([0, 1, 2, 3, 5, -1, -2]))),
    Row(la.multi_dot, lambda *xs: functools.reduce(np.matmul, xs),
        one_of_lettered(("nk", "km"), ("nk", "km", "m1", "1n"), ("n", "nk", "k"), ("n2", "2k", "k")), listed=True),
    Row(la.cross, lambda a, b, dim: np.cross(a, b, axis=dim),
        one_of_lettered(("n3", "n3"), ("3", "3"), ("n3", "13"), ("1k3", "n13"), dim=one_of([-1]))),
    Row(la.vecdot, lambda a, b, dim: (a * b).sum(dim), one_of_lettered(("nm", "nm"), ("nm", "1m"),
        dim=one_of([-1, 1]))),
    Row(la.diagonal, lambda a, offset, dim1, dim2: np.diagonal(a, offset, dim1, dim2),
        one_of_lettered(("bnm",), low=1, offset=one_of([0, 1]), dim1=one_of([0, -2]), dim2=one_of([-1]))),
]  # fmt: skip
ROWS = [
    replace(
        row, torch="logdet" if row.operation is dc.logdet else f"linalg.{row.operation.__name__}"
    )
    for row in _ROWS
]
