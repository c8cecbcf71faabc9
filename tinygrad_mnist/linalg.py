"""Linear algebra by LAPACK: solving, decompositions and the functions made of them (`linalg`).

Matrices are the last two dimensions, the ones before are batches. A decomposition that is not unique
(repeated singular values or eigenvalues) has infinite or NaN gradients, as in PyTorch.

The gradients are those of Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), where a function does not name another source.
"""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.composed.products import cross as _cross
from tinygrad_mnist.creation import eye, zeros_like
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.arguments import cast, dimensions
from tinygrad_mnist.ops.linear_algebra import matmul
from tinygrad_mnist.ops.movement import broadcast_tensors, cat, movedim, reshape, squeeze, tril, triu, unsqueeze
from tinygrad_mnist.ops.movement import diagonal as _diagonal
from tinygrad_mnist.ops.pointwise import abs, where
from tinygrad_mnist.ops.reduction import amax, amin, prod, sum
from tinygrad_mnist.ops.reduction import norm as _norm
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.tensor import Array, Tensor, shared_memory, wrap

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "inv_ex",
    "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul", "matrix_exp", "matrix_norm", "matrix_power",
    "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_ex", "solve_triangular", "svd",
    "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip


class LinAlgError(RuntimeError):
    """The matrix is singular or not positive-definite, or LAPACK did not converge."""


Cholesky = namedtuple("Cholesky", "L info")
Inverse = namedtuple("Inverse", "inverse info")
Result = namedtuple("Result", "result info")
Factors = namedtuple("Factors", "LU pivots")
FactorsInfo = namedtuple("FactorsInfo", "LU pivots info")
PLU = namedtuple("PLU", "P L U")
QR = namedtuple("QR", "Q R")
SVD = namedtuple("SVD", "U S Vh")
USV = namedtuple("USV", "U S V")
Eigh = namedtuple("Eigh", "eigenvalues eigenvectors")
Slogdet = namedtuple("Slogdet", "sign logabsdet")
Lstsq = namedtuple("Lstsq", "solution residuals rank singular_values")
Triangular = namedtuple("Triangular", "solution cloned_coefficient")


def _lapack(name: str, function: Any, A: Tensor, *args: Any, square: bool = False, **options: Any) -> Any:
    """`function` of the matrices' array, refusing what LAPACK cannot take."""
    shape = A.array.shape
    known = A.array.dtype in (np.float32, np.float64)
    check(known, "linalg.{}: expected a floating point tensor of 32 or 64 bits, got {}", name, A.dtype)
    message = "linalg.{}: The input tensor A must have at least 2 dimensions, got {}"
    check(len(shape) >= 2, message, name, len(shape))
    message = "linalg.{}: A must be batches of square matrices, but they are {} by {} matrices"
    check(not square or shape[-1] == shape[-2], message, name, *shape[-2:])
    try:
        return function(A.array, *args, **options)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(f"linalg.{name}: {error} (A of shape {shape})") from None


def _factors(x: Tensor, name: str, outs: Sequence[Array], raw: Sequence[Array], rules: Any, again: Any) -> list[Tensor]:
    """A decomposition's results as tensors, each with its own rule, `rule(g, *factors)`.

    A rule may not close over a sibling result (that would be a cycle). It reads `raw`, the factors
    without history, or, where the backward pass is itself recorded, decomposes x `again`.
    """
    plain = tuple(wrap(each) for each in raw)

    def one(rule: Any, out: Array, factor: Tensor) -> Tensor:
        tensor = record(name, out, (x, lambda g: rule(g, *(again(x) if mode.recording else plain))))
        factor.memory = shared_memory(tensor)
        return tensor

    return [one(*each) for each in zip(rules, outs, plain, strict=True)]


def _over_gaps(x: Tensor, gaps: Tensor) -> Tensor:
    """x / gaps off the diagonal, 0 on it."""
    diagonal = wrap(np.eye(gaps.array.shape[-1], dtype=bool))
    return where(diagonal, 0.0, x / where(diagonal, 1.0, gaps))


def _identity(A: Tensor) -> Tensor:
    return eye(A.array.shape[-1], dtype=A.dtype)


def _mirrored(x: Tensor) -> Tensor:
    """The symmetric matrix with x's lower triangle."""
    return tril(x) + tril(x, -1).mT


# solving -----------------------------------------------------------------------------------


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X with A @ X = B, or X @ A = B with left=False.

    B holds vectors where it has one dimension, or all of A's but the last.
    """
    if B.ndim == 1 or B.array.shape == A.array.shape[:-1]:
        return squeeze(solve(A, unsqueeze(B, -1), left=left), -1)
    return _solve("solve", A, B) if left else _solve("solve", A.mT, B.mT).mT


def _solve(name: str, A: Tensor, B: Tensor) -> Tensor:
    fits = A.array.shape[-1:] == B.array.shape[-2:-1] and A.array.dtype == B.array.dtype
    described = [part for x in (A, B) for part in (tuple(x.shape), x.dtype)]
    check(fits, "linalg.{}: A {} of {} and B {} of {} do not match", name, *described)
    out = _lapack(name, np.linalg.solve, A, B.array, square=True)
    by_a, by_b = (lambda g, y: -matmul(_solve(name, A.mT, g), y.mT)), (lambda g, y: _solve(name, A.mT, g))
    return record(name, out, (A, by_a), (B, by_b), output=True)


def inv(A: Tensor) -> Tensor:
    """The inverse; LinAlgError for a singular matrix."""
    return _solve("inv", A, _identity(A)) if A.ndim > 1 else _lapack("inv", np.linalg.inv, A)


def _nan_if_singular(A: Tensor, check_errors: bool) -> tuple[Tensor, Tensor]:
    """A with NaN in place of singular matrices, and for each which diagonal element of its U is 0, counted from 1."""
    info = lu_factor_ex(A.detach()).info
    message = "linalg.solve: The diagonal element {} is zero: the input matrix is singular"
    check(not check_errors or not info.array.any(), message, info.array.max(initial=0), error=LinAlgError)
    return where(wrap(info.array[..., None, None] > 0), math.nan, A), info


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Result:
    """`solve`, and an `info` above 0 for singular matrices, for which X is NaN."""
    safe, info = _nan_if_singular(A, check_errors)
    return Result(solve(safe, B, left=left), info)


def inv_ex(A: Tensor, *, check_errors: bool = False) -> Inverse:
    """`inv`, and an `info` above 0 for singular matrices, whose inverse is NaN."""
    safe, info = _nan_if_singular(A, check_errors)
    return Inverse(inv(safe), info)


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """`solve`, reading only A's upper or lower triangle, and ones for its diagonal if unitriangular."""
    half: Any = triu if upper else tril
    triangle = half(A, 1 if upper else -1) + _identity(A) if unitriangular else half(A)
    return solve(triangle, B, left=left)


def pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """The Moore-Penrose pseudoinverse; singular values up to max(atol, rtol * largest) count as 0.

    Of `hermitian` matrices only the lower triangle is read.
    Gradient: Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973), for constant rank.
    """
    u, s, vh = _lapack("pinv", np.linalg.svd, _mirrored(A.detach()) if hermitian else A, full_matrices=False)
    kept = s > _tolerance(A, s, atol, rcond if rtol is None else rtol)
    inverse = np.divide(1, s, out=np.zeros_like(s), where=kept)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        gt, yt = g.mT, y.mT
        left, right = gt - matmul(A, matmul(y, gt)), gt - matmul(matmul(gt, y), A)
        return matmul(matmul(left, y), yt) + matmul(yt, matmul(y, right)) - matmul(yt, matmul(g, yt))

    out = np.matmul(vh.swapaxes(-1, -2) * inverse[..., None, :], u.swapaxes(-1, -2))
    return record("pinv", out, (A, rule), output=True)


def _tolerance(A: Tensor, s: Array, atol: Any, rtol: Any) -> Array:
    absolute, relative = (x.array[..., None] if isinstance(x, Tensor) else x for x in (atol, rtol))
    if relative is None:
        plain = np.finfo(s.dtype).eps * max(A.array.shape[-2:])
        relative = plain if absolute is None else np.where(absolute, 0, plain)
    top: Array = np.max(s, -1, keepdims=True, initial=0)
    return np.maximum(0 if absolute is None else absolute, relative * top)


def lstsq(A: Tensor, B: Tensor, rcond: Any = None, *, driver: str | None = None) -> Lstsq:
    """X of the least norm that minimises |A @ X - B|, by the pseudoinverse.

    As in PyTorch, the squared residuals are only given where A is tall and of full rank and the driver is
    named and not "gelsy", the rank not for "gels", and the singular values for "gelsd" and "gelss".
    """
    if B.ndim == A.ndim - 1:
        solution, *rest = lstsq(A, unsqueeze(B, -1), rcond, driver=driver)
        return Lstsq(squeeze(solution, -1), *rest)
    rank, empty, (m, n) = matrix_rank(A, rtol=rcond), wrap(np.zeros(0, A.array.dtype)), A.array.shape[-2:]
    full = bool((rank.array == min(m, n)).all())
    check(driver != "gels" or full, "linalg.lstsq: the input matrix does not have full rank", error=LinAlgError)
    solution = matmul(pinv(A, rcond), B)
    missed = matmul(A, solution) - B
    told = m > n and full and driver in ("gels", "gelsd", "gelss")
    residuals = sum(missed * missed, -2) if told else reshape(missed, -1)[:0]
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else empty
    return Lstsq(solution, residuals, cast(empty, dtypes.int64) if driver == "gels" else rank, values)


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """The inverse of A as a map from its dimensions after the first `ind` to those."""
    check(ind > 0, "linalg.tensorinv: expected a strictly positive integer for ind, got {}", ind)
    before, after = A.array.shape[:ind], A.array.shape[ind:]
    message = "linalg.tensorinv: the sizes {} and {} do not have the same product"
    check(math.prod(before) == math.prod(after), message, before, after)
    return reshape(inv(reshape(A, (math.prod(before), -1))), (*after, *before))


def tensorsolve(A: Tensor, B: Tensor, dims: Any = None) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B, after A's `dims` have been moved to the end."""
    A = A if dims is None else movedim(A, tuple(dims), tuple(range(-len(dims), 0)))
    before, after = A.array.shape[: B.ndim], A.array.shape[B.ndim :]
    message = "linalg.tensorsolve: the sizes {} and {} do not have the same product"
    check(math.prod(before) == math.prod(after) == B.array.size, message, before, after)
    return reshape(solve(reshape(A, (B.array.size, -1)), reshape(B, -1)), after)


# decompositions ----------------------------------------------------------------------------


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangular L with L @ L.T = A (or the upper one), reading A's lower triangle.

    Gradient: Murray, "Differentiation of the Cholesky decomposition" (2016), symmetric.
    """

    def rule(g: Tensor, y: Tensor) -> Tensor:
        inner = tril(matmul(y.mT, g))
        half = inner - _identity(inner) * inner * 0.5
        middle = _solve("cholesky", y.mT, _solve("cholesky", y.mT, half.mT).mT)
        return (middle + middle.mT) * 0.5

    out = record("cholesky", _lapack("cholesky", np.linalg.cholesky, A, square=True), (A, rule), output=True)
    return out.mT if upper else out


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Cholesky:
    """`cholesky`, and for each matrix the order of its first minor that is not positive-definite; L is NaN there."""
    _, _, info = _lapack("cholesky", _each, A, "potrf", square=True, lower=True)
    message = "linalg.cholesky: the leading minor of order {} is not positive-definite"
    check(not check_errors or not info.any(), message, info.max(initial=0), error=LinAlgError)
    bad = wrap(info[..., None, None] > 0)
    return Cholesky(where(bad, math.nan, cholesky(where(bad, _identity(A), A), upper=upper)), wrap(info))


def _each(a: Array, name: str, **options: Any) -> tuple[Array, Array, Array]:
    """LAPACK's routine applied to each matrix: what it leaves in place of it, the pivots and the info."""
    from scipy.linalg import get_lapack_funcs

    routine, (*batch, m, n) = get_lapack_funcs(name, (a,)), a.shape
    packed, pivots, info = a.copy(), np.zeros((*batch, min(m, n)), np.int32), np.zeros(batch, np.int32)
    for at in np.ndindex(*batch) if a.size else ():
        packed[at], *rest, info[at] = routine(a[at], **options)
        pivots[at] = rest[0] + 1 if rest else 0
    return packed, pivots, info


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> FactorsInfo:
    """L below the diagonal and U on and above it in one matrix, rows exchanged by `pivots`, counted from 1.

    `info` is for each matrix which diagonal element of U is 0, counted from 1.
    Gradient: de Hoog, Anderssen and Lukas, "Differentiation of matrix functionals using triangular factors" (2011).
    """
    check(pivot, "linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    packed, pivots, info = _lapack("lu_factor", _each, A, "getrf")
    message = "linalg.lu_factor: U[{0},{0}] is zero and using it on lu_solve would result in a division by zero"
    check(not check_errors or not info.any(), message, info.max(initial=0), error=LinAlgError)
    k, rows = min(A.array.shape[-2:]), matmul(_permutation(pivots, A).mT, A)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        lower, upper = tril(y, -1) + _identity(y), triu(y)
        inner = tril(matmul(lower.mT, tril(g, -1)), -1) + triu(matmul(triu(g), upper.mT))
        return _solve("lu_factor", upper, _solve("lu_factor", lower.mT, inner).mT).mT

    out = record("lu_factor", packed[..., :k, :k], (rows[..., :k, :k], rule), output=True)
    if A.array.shape[-1] > k:
        out = cat([out, solve_triangular(out, rows[..., k:], upper=False, unitriangular=True)], -1)
    if A.array.shape[-2] > k:
        out = cat([out, solve_triangular(out, rows[..., k:, :], upper=True, left=False)], -2)
    return FactorsInfo(out, wrap(pivots), wrap(info))


def _permutation(pivots: Array, A: Tensor) -> Tensor:
    """The matrix P of A = P @ L @ U, for rows exchanged by `pivots` one after the other."""
    order = np.broadcast_to(np.arange(A.array.shape[-2]), (*pivots.shape[:-1], A.array.shape[-2])).copy()
    for i in range(pivots.shape[-1]):
        other, own = pivots[..., i : i + 1].astype(np.int64) - 1, order[..., i : i + 1].copy()
        order[..., i : i + 1] = np.take_along_axis(order, other, -1)
        np.put_along_axis(order, other, own, -1)
    return wrap(np.eye(order.shape[-1], dtype=A.array.dtype)[order]).mT


def lu_factor(A: Tensor, *, pivot: bool = True) -> Factors:
    """`lu_factor_ex` for matrices that are not singular, or else LinAlgError."""
    return Factors(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


def lu(A: Tensor, *, pivot: bool = True) -> PLU:
    """A = P @ L @ U with a permutation P, ones on the diagonal of L, and U upper triangular."""
    return _lu_unpack(*lu_factor_ex(A, pivot=pivot)[:2])


def _lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> PLU:
    """P, L and U of `lu_factor`'s results; those not asked for are empty."""
    k, none = min(LU_data.array.shape[-2:]), wrap(np.zeros(0, LU_data.array.dtype))
    P = _permutation(LU_pivots.array, LU_data) if unpack_pivots else none
    L = tril(LU_data[..., :k], -1) + eye(LU_data.array.shape[-2], k, dtype=LU_data.dtype) if unpack_data else none
    return PLU(P, L, triu(LU_data[..., :k, :]) if unpack_data else none)


def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """`solve` for the A of `lu_factor(A)`, or with `adjoint` for its transpose."""
    if not left:
        return lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
    P, L, U = _lu_unpack(LU, pivots)
    if adjoint:
        return matmul(P, _solve("lu_solve", L.mT, _solve("lu_solve", U.mT, B)))
    return _solve("lu_solve", U, _solve("lu_solve", L, matmul(P.mT, B)))


def qr(A: Tensor, mode: str = "reduced") -> QR:
    """Orthonormal Q and upper triangular R with Q @ R = A; mode "complete": Q square; "r": only R.

    Gradient: Walter and Lehmann, "Algorithmic differentiation of linear algebra functions" (2018).
    """
    known = mode in ("reduced", "complete", "r")
    check(known, "linalg.qr: expected mode to be 'reduced', 'complete' or 'r', got {!r}", mode)
    q, r = outs = _lapack("qr", np.linalg.qr, A, mode="reduced" if mode == "r" else mode)
    m = q.shape[-2]
    if m < r.shape[-1]:
        Q, left = qr(A[..., :m])
        R = cat([left, matmul(Q.mT, A[..., m:])], -1)
    else:
        Q, R = _factors(A, "qr", outs, outs, _QR_RULES, qr)
    return QR(wrap(np.zeros(0, r.dtype)) if mode == "r" else Q, R)


def _qr_through(x: Tensor, q: Tensor, r: Tensor) -> Tensor:
    square = q.array.shape[-1] == r.array.shape[-1]
    check(square, "linalg.qr: not differentiable for mode='complete' and more rows than columns")
    return _solve("qr", r, x.mT).mT


_QR_RULES: Any = (
    lambda g, q, r: _qr_through(g - matmul(q, _mirrored(matmul(g.mT, q))), q, r),
    lambda g, q, r: _qr_through(matmul(q, _mirrored(matmul(r, g.mT))), q, r),
)


def svd(A: Tensor, full_matrices: bool = True) -> SVD:
    """A = U @ diag(S) @ Vh with orthonormal columns in U, rows in Vh, and S falling.

    With full_matrices=False the larger of U and Vh is cut to min(m, n) columns or rows; what is cut has no
    part in the gradient. Gradient: Townsend, "Differentiating the singular value decomposition" (2016).
    """
    outs = _lapack("svd", np.linalg.svd, A, full_matrices=full_matrices)
    k = outs[1].shape[-1]
    raw = outs[0][..., :k], outs[1], outs[2][..., :k, :]
    return SVD(*_factors(A, "svd", outs, raw, _SVD_RULES, lambda x: svd(x, False)))


def _svd_by_u(g: Tensor, u: Tensor, s: Tensor, vh: Tensor) -> Tensor:
    column, row = unsqueeze(s, -1), unsqueeze(s, -2)
    g = g[..., : s.array.shape[-1]]
    along = matmul(u.mT, g)
    out = matmul(u, _over_gaps(along - along.mT, (row - column) * (row + column)) * row)
    if u.array.shape[-2] > u.array.shape[-1]:
        out = out + (g - matmul(u, along)) / row
    return matmul(out, vh)


_SVD_RULES: Any = (
    _svd_by_u,
    lambda g, u, s, vh: matmul(u * unsqueeze(g, -2), vh),
    lambda g, u, s, vh: _svd_by_u(g.mT, vh.mT, s, u.mT).mT,
)


def svdvals(A: Tensor) -> Tensor:
    """The singular values, falling."""
    return svd(A, False).S


def eigh(A: Tensor, UPLO: str = "L") -> Eigh:
    """Rising eigenvalues and orthonormal eigenvectors (columns) of symmetric matrices.

    Only the lower ("L") or upper ("U") triangle is read; the gradient is that of A as a whole.
    """
    outs = _lapack("eigh", np.linalg.eigh, A, UPLO, square=True)
    return Eigh(*_factors(A, "eigh", outs, outs, _EIGH_RULES, lambda x: eigh(x, UPLO)))


def _eigh_by_vectors(g: Tensor, w: Tensor, v: Tensor) -> Tensor:
    along = matmul(v.mT, g)
    turned = _over_gaps((along - along.mT) * 0.5, unsqueeze(w, -2) - unsqueeze(w, -1))
    return matmul(matmul(v, turned), v.mT)


_EIGH_RULES: Any = (lambda g, w, v: matmul(v * unsqueeze(g, -2), v.mT), _eigh_by_vectors)


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of symmetric matrices, rising."""
    return eigh(A, UPLO).eigenvalues


# numbers of a matrix -----------------------------------------------------------------------


def det(A: Tensor) -> Tensor:
    """The determinant. Its gradient, the cofactors, exists for singular matrices too."""
    out = np.asarray(_lapack("det", np.linalg.det, A, square=True))

    def rule(g: Tensor, y: Tensor) -> Tensor:
        cofactors = y[..., None, None] * inv(A).mT if y.array.all() else _cofactors(A)
        return g[..., None, None] * cofactors

    return record("det", out, (A, rule), output=True)


def _cofactors(A: Tensor) -> Tensor:
    u, s, vh = svd(A)
    sign = wrap(np.round(np.linalg.det(u.array) * np.linalg.det(vh.array)))
    others = prod(where(_identity(A) == 1, 1.0, unsqueeze(s, -2)), -1)
    return matmul(u * unsqueeze(others, -2), vh) * sign[..., None, None]


def slogdet(A: Tensor) -> Slogdet:
    """The determinant's sign, and the logarithm of its absolute value."""
    sign, out = _lapack("slogdet", np.linalg.slogdet, A, square=True)
    logabsdet = record("slogdet", out, (A, lambda g: g[..., None, None] * inv(A).mT))
    return Slogdet(record("slogdet", sign, (A, lambda g: None)), logabsdet)


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant, NaN where that is negative."""
    sign, logabsdet = slogdet(input)
    return where(sign < 0, math.nan, logabsdet)


def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:
    """How many singular values exceed max(atol, rtol * largest). No gradient."""
    s = _lapack("matrix_rank", np.linalg.svd, _mirrored(A.detach()) if hermitian else A, compute_uv=False)
    least = _tolerance(A, s, atol, rtol) if tol is None else _tolerance(A, s, tol, 0)
    return wrap(np.asarray(np.count_nonzero(s > least, -1), np.int64))


def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number: norm(A) * norm(inv(A)), infinite for a singular matrix."""
    if p in (None, 2, -2):
        s = svdvals(A)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    singular = wrap(np.asarray(_lapack("cond", np.linalg.det, A, square=True) == 0))
    safe = where(singular[..., None, None], _identity(A), A)
    return where(singular, math.inf, matrix_norm(safe, p) * matrix_norm(inv(safe), p))


def vector_norm(x: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The ord-norm of all elements, or along dimensions."""
    return _norm(x, ord, dim, keepdim, dtype)


def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """A norm of matrices: "fro", "nuc", 1, -1, 2, -2, inf or -inf."""
    check(A.ndim >= 2, "linalg.matrix_norm: The input tensor A must have at least 2 dimensions, got {}", A.ndim)
    known = ord in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)
    check(known, "linalg.matrix_norm: Order {} not supported", ord)
    dims = dimensions(tuple(dim), A.ndim, "linalg.matrix_norm")
    x = movedim(A if dtype is None else cast(A, dtype), dims, (-2, -1))
    if ord == "fro":
        out = _norm(x, 2, (-2, -1))
    else:
        values = svdvals(x) if ord in ("nuc", 2, -2) else sum(abs(x), -2 if ord in (1, -1) else -1)
        if ord != "nuc" and ord > 0 and not values.array.shape[-1]:
            values = values.new_zeros((*values.array.shape[:-1], 1))
        out = sum(values, -1) if ord == "nuc" else (amax if ord > 0 else amin)(values, -1)
    for d in sorted(dims) if keepdim else ():
        out = unsqueeze(out, d)
    return out


def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """`vector_norm`, or `matrix_norm` where an order is given for two dimensions."""
    pair = dim is not None and not isinstance(dim, int) and len(dim) == 2
    if ord is not None and (pair or (dim is None and A.ndim == 2)):
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    ok = ord is None or (not isinstance(ord, str) and (dim is not None or A.ndim == 1))
    check(ok, "linalg.norm: order {!r} with dim {} does not fit a tensor of {} dimensions", ord, dim, A.ndim)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


# products ----------------------------------------------------------------------------------


def matrix_power(A: Tensor, n: int) -> Tensor:
    """A @ A @ ... (n times); of the inverse for a negative n. By repeated squaring."""
    if n < 1:
        return matrix_power(inv(A), -n) if n else _identity(A) + A * 0
    half = matrix_power(A, n // 2) if n > 1 else A
    square = matmul(half, half) if n > 1 else A
    return matmul(square, A) if n % 2 and n > 1 else square


def matrix_exp(A: Tensor) -> Tensor:
    """The matrix exponential, by SciPy.

    Gradient: Mathias, "A chain rule for matrix functions and applications" (1996): a block of a larger exponential.
    """
    from scipy.linalg import expm

    def rule(g: Tensor) -> Tensor:
        n, top = A.array.shape[-1], cat([A.mT, g], -1)
        return matrix_exp(cat([top, cat([zeros_like(A), A.mT], -1)], -2))[..., :n, n:]

    out = _lapack("matrix_exp", lambda a: expm(a) if a.size else a.copy(), A, square=True)
    return record("matrix_exp", out, (A, rule))


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of matrices in the order of the fewest multiplications; vectors at the ends too."""
    count = len(tensors)
    check(count >= 2, "multi_dot(): expected at least 2 tensors but got {}", count)
    shapes = [t.array.shape for t in tensors]
    sizes = [shapes[0][0] if len(shapes[0]) > 1 else 1, *(s[0] for s in shapes[1:])]
    sizes.append(shapes[-1][1] if len(shapes[-1]) > 1 else 1)
    best = {(i, i + 1): (0, i) for i in range(count)}  # of tensors i to j - 1: the cost, and the last split
    for length in range(2, count + 1):
        for i, j in ((i, i + length) for i in range(count - length + 1)):
            ways = ((best[i, k][0] + best[k, j][0] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j))
            best[i, j] = min(ways)
    return _chained(tensors, best, 0, count)


def _chained(tensors: Sequence[Tensor], best: dict[tuple[int, int], tuple[int, int]], i: int, j: int) -> Tensor:
    k = best[i, j][1]
    return tensors[i] if j - i == 1 else matmul(_chained(tensors, best, i, k), _chained(tensors, best, k, j))


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vector product along a dimension of size 3, with broadcasting."""
    ranks, sizes = (input.ndim, other.ndim), [x.array.shape[dim] for x in (input, other)]
    check(ranks[0] == ranks[1], "linalg.cross: inputs must have the same number of dimensions, got {} and {}", *ranks)
    check(sizes == [3, 3], "linalg.cross: inputs dimension {} must have length 3. Got {} and {}", dim, *sizes)
    a, b = broadcast_tensors(input, other)
    return _cross(a, b, dim)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """Inner products along a dimension."""
    return sum(x * y, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The matrices' diagonals: a view."""
    return _diagonal(A, offset, dim1, dim2)


def vander(x: Tensor, N: int | None = None) -> Tensor:
    """Vandermonde's matrix: the powers 0 to N - 1 of each element, in a new last dimension."""
    n = N if N is not None else x.array.shape[-1] if x.ndim else 0
    check(n > 1 or (N is None and x.ndim), "linalg.vander: N must be greater than 1, got {}", n)
    return unsqueeze(x if x.ndim else reshape(x, 1), -1) ** wrap(np.arange(n))


# names at the top level, `torch.svd` and its kin -------------------------------------------


def _svd_v(input: Tensor, some: bool = True, compute_uv: bool = True) -> USV:
    """`linalg.svd` as it was before: with V, not its transpose, and not full by default."""
    u, s, vh = svd(input, not some or not compute_uv)
    return USV(u, s, vh.mT) if compute_uv else USV(u.detach() * 0, s, vh.detach() * 0)


def _cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """X with L @ L.mT @ X = B, or L.mT @ L @ X = B for an upper L."""
    half = triu(L.detach()).mT if upper else tril(L.detach())
    # as in PyTorch the gradient is that by all of L
    half = record("tril", half.array, (L, (lambda g: g.mT) if upper else (lambda g: g)))
    return _solve("cholesky_solve", half.mT, _solve("cholesky_solve", half, B))


def _triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> Triangular:
    """`linalg.solve_triangular` as it was before, also for A.mT, and with a copy of A."""
    options = dict(upper=upper != transpose, unitriangular=unitriangular)
    return Triangular(solve_triangular(A.mT if transpose else A, b, **options), A.clone())


TOP_LEVEL: dict[str, Any] = {
    "inverse": inv, "det": det, "logdet": logdet, "slogdet": slogdet, "svd": _svd_v, "matrix_power": matrix_power,
    "matrix_exp": matrix_exp, "pinverse": lambda input, rcond=1e-15: pinv(input, rcond),
    "cholesky": lambda input, upper=False: cholesky(input, upper=upper),
    "qr": lambda input, some=True: qr(input, "reduced" if some else "complete"), "cholesky_solve": _cholesky_solve,
    "cholesky_inverse": lambda L, upper=False: _cholesky_solve(_identity(L), L, upper), "lu_unpack": _lu_unpack,
    "lu": lambda A, pivot=True, get_infos=False: tuple(lu_factor_ex(A, pivot=pivot)[: 3 if get_infos else 2]),
    "lu_solve": lambda b, LU_data, LU_pivots: lu_solve(LU_data, LU_pivots, b), "triangular_solve": _triangular_solve,
}  # fmt: skip
"""Functions of the package itself, and methods of Tensor."""

for _name, _function in TOP_LEVEL.items():
    setattr(Tensor, _name, _function)
