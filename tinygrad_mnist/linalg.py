"""Linear algebra by LAPACK: solving, decompositions and the functions made of them (`linalg`).

Matrices are the last two dimensions, the ones before are batches. A decomposition that is not unique
(repeated singular values or eigenvalues) has infinite or NaN gradients, as in PyTorch.

The gradients are those of Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), where a function does not name another source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.composed.products import cross as _cross
from tinygrad_mnist.creation import eye
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import cast, dimensions, returned
from tinygrad_mnist.ops.linear_algebra import matmul
from tinygrad_mnist.ops.movement import broadcast_tensors, cat, movedim, reshape, squeeze, tril, triu, unsqueeze
from tinygrad_mnist.ops.movement import diagonal as _diagonal
from tinygrad_mnist.ops.pointwise import abs, where
from tinygrad_mnist.ops.reduction import amax, amin, prod, sum
from tinygrad_mnist.ops.reduction import norm as _norm
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.core.tensor import Array, Tensor, shared_version, wrap

__all__ = [
    "LinAlgError", "cholesky", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "lstsq", "matmul", "matrix_norm",
    "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_triangular", "svd",
    "svdvals", "vecdot", "vector_norm",
]  # fmt: skip


class LinAlgError(RuntimeError):
    """The matrix is singular or not positive-definite, or LAPACK did not converge."""


QR = returned("linalg_qr", "Q", "R")
SVD = returned("linalg_svd", "U", "S", "Vh")
USV = returned("svd", "U", "S", "V")
Eigh = returned("linalg_eigh", "eigenvalues", "eigenvectors")
Slogdet = returned("linalg_slogdet", "sign", "logabsdet")
Lstsq = returned("linalg_lstsq", "solution", "residuals", "rank", "singular_values")


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
        factor._version_counter = shared_version(tensor)
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


def lstsq(A: Tensor, B: Tensor, rcond: Any = None, *, driver: str | None = None) -> Any:
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


def qr(A: Tensor, mode: str = "reduced") -> Any:
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


def svd(A: Tensor, full_matrices: bool = True) -> Any:
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


def eigh(A: Tensor, UPLO: str = "L") -> Any:
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


def slogdet(A: Tensor) -> Any:
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


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of matrices; vectors at the ends too."""
    check(len(tensors) >= 2, "multi_dot(): expected at least 2 tensors but got {}", len(tensors))
    return reduce(matmul, tensors)


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


# names at the top level, `torch.svd` and its kin -------------------------------------------


def _svd_v(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    """`linalg.svd` as it was before: with V, not its transpose, and not full by default."""
    u, s, vh = svd(input, not some or not compute_uv)
    return USV(u, s, vh.mT) if compute_uv else USV(u.detach() * 0, s, vh.detach() * 0)


TOP_LEVEL: dict[str, Any] = {
    "inverse": inv, "det": det, "logdet": logdet, "slogdet": slogdet, "svd": _svd_v, "matrix_power": matrix_power,
    "pinverse": lambda input, rcond=1e-15: pinv(input, rcond),
    "cholesky": lambda input, upper=False: cholesky(input, upper=upper),
    "qr": lambda input, some=True: qr(input, "reduced" if some else "complete"),
}  # fmt: skip
"""Functions of the package itself, and methods of Tensor."""

for _name, _function in TOP_LEVEL.items():
    setattr(Tensor, _name, _function)
