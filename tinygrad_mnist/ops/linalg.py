"""`torch.linalg`, by LAPACK: solving, decompositions and the functions made of them.

Matrices are the last two dimensions, the ones before are batches. A decomposition that is not
unique (repeated singular values or eigenvalues) has infinite or NaN gradients, as in PyTorch.

The gradients are those of Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), where a function does not name another source.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import add_tensors
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import Edge, record, record_joint
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, wrap
from tinygrad_mnist.ops import products
from tinygrad_mnist.ops.arguments import cast, dimensions
from tinygrad_mnist.ops.joining import cat, tril, triu
from tinygrad_mnist.ops.pointwise import abs, where
from tinygrad_mnist.ops.products import matmul, times_transposed, transposed_times
from tinygrad_mnist.ops.reduction import amax, amin, prod, require_float, sum, vector_norm_of
from tinygrad_mnist.ops.shape import (
    broadcast_tensors,
    movedim,
    reshape,
    squeeze,
    transpose,
    unsqueeze,
)
from tinygrad_mnist.ops.shape import diagonal as batch_diagonal

__all__ = [
    "LinAlgError",
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vecdot",
    "vector_norm",
]

Tolerance = float | Tensor | None
Gradients = tuple[Tensor | None, ...]


class LinAlgError(RuntimeError):
    """The matrix is singular or not positive-definite, or LAPACK did not converge."""


# results with names --------------------------------------------------------------------------


def result_text(kind: str, result: Any) -> str:
    """A named tuple as PyTorch prints it."""
    fields = [f"{name}={value!r}" for name, value in result._asdict().items()]
    return f"torch.return_types.{kind}(\n" + ",\n".join(fields) + ")"


class QR(NamedTuple):
    """What `qr` returns.

    Attributes:
        Q: orthonormal columns, (..., m, k).
        R: upper triangular, (..., k, n).
    """

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return result_text("linalg_qr", self)


class SVD(NamedTuple):
    """What `svd` returns.

    Attributes:
        U: orthonormal columns, (..., m, m), or (..., m, k).
        S: the singular values, falling, (..., k).
        Vh: orthonormal rows, (..., n, n), or (..., k, n).
    """

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return result_text("linalg_svd", self)


class Eigh(NamedTuple):
    """What `eigh` returns.

    Attributes:
        eigenvalues: rising, (..., n).
        eigenvectors: orthonormal columns, (..., n, n).
    """

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return result_text("linalg_eigh", self)


class Slogdet(NamedTuple):
    """What `slogdet` returns.

    Attributes:
        sign: -1, 0 or 1, (...).
        logabsdet: the logarithm of the determinant's absolute value, (...).
    """

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return result_text("linalg_slogdet", self)


class Lstsq(NamedTuple):
    """What `lstsq` returns.

    Attributes:
        solution: (..., n, k).
        residuals: the sums of squares that are left, (..., k), or empty.
        rank: (...), or empty.
        singular_values: falling, (..., min(m, n)), or empty.
    """

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor

    def __repr__(self) -> str:
        return result_text("linalg_lstsq", self)


# functions of arrays -------------------------------------------------------------------------


def run_lapack(
    caller: str, function: Callable[..., Any], matrices: Array, *args: Any, **options: Any
) -> Any:
    """`function(matrices, *args, **options)`, whose failure becomes a `LinAlgError`."""
    try:
        return function(matrices, *args, **options)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(f"linalg.{caller}: {error} (A of shape {matrices.shape})") from None


def solve_arrays(a: Array, b: Array, caller: str) -> Array:
    """x with a @ x = b."""
    out: Array = run_lapack(caller, np.linalg.solve, a, b)
    return out


def inverse_array(a: Array) -> Array:
    """The inverses."""
    out: Array = run_lapack("inv", np.linalg.inv, a)
    return out


def cholesky_array(a: Array) -> Array:
    """The lower triangular factors."""
    out: Array = run_lapack("cholesky", np.linalg.cholesky, a)
    return out


def qr_arrays(a: Array, mode: str) -> Sequence[Array]:
    """Q and R."""
    results: Sequence[Array] = run_lapack("qr", np.linalg.qr, a, mode=mode)
    return results


def svd_arrays(a: Array, full_matrices: bool) -> Sequence[Array]:
    """U, S and Vh."""
    results: Sequence[Array] = run_lapack("svd", np.linalg.svd, a, full_matrices=full_matrices)
    return results


def eigh_arrays(a: Array, UPLO: str) -> Sequence[Array]:
    """Eigenvalues and eigenvectors."""
    results: Sequence[Array] = run_lapack("eigh", np.linalg.eigh, a, UPLO)
    return results


def mirrored_array(a: Array) -> Array:
    """The symmetric matrices with a's lower triangles."""
    return np.tril(a) + np.tril(a, -1).swapaxes(-1, -2)


def pseudoinverse_array(
    a: Array, *bounds: Array, names: Sequence[str], hermitian: bool, **numbers: float | None
) -> Array:
    """The pseudoinverses; for the arguments after the matrices see `_tolerances`."""
    matrices = mirrored_array(a) if hermitian else a
    u, s, vh = run_lapack("pinv", np.linalg.svd, matrices, full_matrices=False)
    kept = s > least_value(s, a.shape, bounds, names, **numbers)
    inverse = np.divide(1, s, out=np.zeros_like(s), where=kept)
    scaled = vh.swapaxes(-1, -2) * inverse[..., None, :]
    out: Array = np.matmul(scaled, u.swapaxes(-1, -2))
    return out


def rank_array(
    a: Array, *bounds: Array, names: Sequence[str], hermitian: bool, **numbers: float | None
) -> Array:
    """The ranks; for the arguments after the matrices see `_tolerances`."""
    matrices = mirrored_array(a) if hermitian else a
    s = run_lapack("matrix_rank", np.linalg.svd, matrices, compute_uv=False)
    above = s > least_value(s, a.shape, bounds, names, **numbers)
    return np.asarray(np.count_nonzero(above, -1), np.int64)


def least_value(
    s: Array,
    shape: tuple[int, ...],
    bounds: Sequence[Array],
    names: Sequence[str],
    atol: Any = None,
    rtol: Any = None,
) -> Array:
    """The singular value up to which others count as 0: max(atol, rtol * the largest).

    Args:
        s: singular values, (..., k).
        shape: of the matrices.
        bounds: tolerances that are arrays, for each matrix its own, (...).
        names: which of `atol` and `rtol` these are.
        atol: an absolute tolerance; None for 0.
        rtol: a relative one. Default: the dtype's eps times the larger side, or 0 beside an `atol`.
    """
    given = dict(zip(names, bounds, strict=True))
    absolute = given["atol"][..., None] if "atol" in given else atol
    relative = given["rtol"][..., None] if "rtol" in given else rtol
    if relative is None:
        relative = np.finfo(s.dtype).eps * max(shape[-2:])
        if absolute is not None:
            relative = np.where(absolute, 0, relative)
    if absolute is None:
        absolute = 0
    largest: Array = np.max(s, -1, keepdims=True, initial=0)
    least: Array = np.maximum(absolute, relative * largest)
    return least


def cofactor_array(a: Array, det: Array) -> Array:
    """The matrices of cofactors: what an element of `a` is multiplied by in its determinant."""
    out: Array
    if np.all(det):
        out = det[..., None, None] * np.linalg.inv(a).swapaxes(-1, -2)
        return out
    u, s, vh = run_lapack("det", np.linalg.svd, a)
    diagonals = np.eye(a.shape[-1], dtype=bool)
    others = np.where(diagonals, 1, s[..., None, :]).prod(-1)
    out = np.matmul(u * others[..., None, :], vh) * orientation(u, vh)
    return out


def orientation(u: Array, vh: Array) -> Array:
    """The product of two orthogonal matrices' determinants: 1 or -1, (..., 1, 1)."""
    signs: Array = np.asarray(np.round(np.linalg.det(u) * np.linalg.det(vh)))
    return signs[..., None, None]


# parts of rules ------------------------------------------------------------------------------


def check_matrices(caller: str, A: Tensor, square: bool = False) -> None:
    """RuntimeError for what LAPACK cannot take: other dtypes, vectors, and oblong ones."""
    shape = A.array.shape
    check(
        A.array.dtype in (np.float32, np.float64),
        "linalg.{}: expected a floating point tensor of 32 or 64 bits, got {}",
        caller,
        A.dtype,
    )
    check(
        len(shape) >= 2,
        "linalg.{}: The input tensor A must have at least 2 dimensions, got {}",
        caller,
        len(shape),
    )
    check(
        not square or shape[-1] == shape[-2],
        "linalg.{}: A must be batches of square matrices, but they are {} by {} matrices",
        caller,
        *shape[-2:],
    )


def _transposed(x: Tensor) -> Tensor:
    """Each matrix transposed: a view."""
    return transpose(x, -1, -2)


def _over_gaps(x: Tensor, gaps: Tensor) -> Tensor:
    """x / gaps off the diagonal, 0 on it."""
    on_diagonal = wrap(np.eye(gaps.array.shape[-1], dtype=bool))
    return where(on_diagonal, 0.0, x / where(on_diagonal, 1.0, gaps))


def _identity(A: Tensor) -> Tensor:
    """The identity matrix of A's size and dtype."""
    return wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype))


def _mirrored(x: Tensor) -> Tensor:
    """The symmetric matrix with x's lower triangle."""
    return tril(x) + _transposed(tril(x, -1))


def write_results(name: str, results: Any, out: Sequence[Tensor]) -> Any:
    """Write several results into the tensors given as `out=`, and return these, named."""
    written = []
    for value, target in zip(results, out, strict=True):
        written.append(write_out(name, value, target))
    return type(results)(*written)


# solving -------------------------------------------------------------------------------------


@tensors_only
def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """The solution of a system of linear equations: X with A @ X = B.

    Args:
        A: square matrices, (..., n, n), of float32 or float64.
        B: (..., n, k), or with `left=False` (..., k, n); vectors where it has one dimension, or all
            of A's but the last.
        left: whether A stands on the left of X; else X @ A = B.
        out: the tensor to write the result to.

    Returns:
        X, of B's shape with the batches broadcast.

    Raises:
        LinAlgError: if a matrix is singular.
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> A = torch.tensor([[2.0, 0.0], [0.0, 4.0]])
        >>> torch.linalg.solve(A, torch.tensor([2.0, 2.0]))
        tensor([1.0000, 0.5000])
    """
    if B.array.ndim == 1 or B.array.shape == A.array.shape[:-1]:
        result = squeeze(solve(A, unsqueeze(B, -1), left=left), -1)
    elif left:
        result = _solve("solve", A, B)
    else:
        check_matrices("solve", A)
        result = _transposed(_solve("solve", _transposed(A), _transposed(B)))
    return result if out is None else write_out("linalg.solve", result, out)


def _solve(caller: str, A: Tensor, B: Tensor) -> Tensor:
    """X with A @ X = B, for matrices B."""
    fits = A.array.shape[-1:] == B.array.shape[-2:-1] and A.array.dtype == B.array.dtype
    check(
        fits,
        "linalg.{}: A {} of {} and B {} of {} do not match",
        caller,
        tuple(A.shape),
        A.dtype,
        tuple(B.shape),
        B.dtype,
    )
    check_matrices(caller, A, square=True)
    return record(
        caller,
        solve_arrays,
        (A, lambda g, y: -times_transposed(_solve(caller, _transposed(A), g), y)),
        (B, lambda g, y: _solve(caller, _transposed(A), g)),
        output=True,
        caller=caller,
    )


@tensors_only
def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverses of matrices.

    Args:
        A: square matrices, (..., n, n), of float32 or float64.
        out: the tensor to write the result to.

    Returns:
        The inverses, (..., n, n).

    Raises:
        LinAlgError: if a matrix is singular.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    check_matrices("inv", A, square=True)
    result = record("inv", inverse_array, (A, _inv_rule), output=True)
    return result if out is None else write_out("linalg.inv", result, out)


def _inv_rule(g: Tensor, y: Tensor) -> Tensor:
    return -transposed_times(y, times_transposed(g, y))


@tensors_only
def solve_triangular(
    A: Tensor,
    B: Tensor,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """`solve`, which reads only one triangle of A.

    Args:
        A: square matrices, (..., n, n), of float32 or float64.
        B: (..., n, k), or with `left=False` (..., k, n).
        upper: whether the upper triangle is read, or the lower one.
        left: whether A stands on the left of X; else X @ A = B.
        unitriangular: whether A's diagonal counts as ones.
        out: the tensor to write the result to.

    Returns:
        X, of B's shape with the batches broadcast.

    Raises:
        LinAlgError: if there is a 0 on the diagonal.
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> A = torch.tensor([[2.0, 7.0], [0.0, 4.0]])
        >>> torch.linalg.solve_triangular(A, torch.tensor([[2.0], [2.0]]), upper=False)
        tensor([[1.0000],
                [0.5000]])
    """
    if upper:
        triangle = triu(A, 1) + _identity(A) if unitriangular else triu(A)
    else:
        triangle = tril(A, -1) + _identity(A) if unitriangular else tril(A)
    result = solve(triangle, B, left=left)
    return result if out is None else write_out("linalg.solve_triangular", result, out)


def _tolerances(atol: Tolerance, rtol: Tolerance) -> tuple[list[Edge], dict[str, Any]]:
    """The tolerances as inputs of a record, where they are tensors, and as options.

    `names` among the options says which of the two the inputs are.
    """
    edges: list[Edge] = []
    names = []
    options: dict[str, Any] = {}
    for name, bound in (("atol", atol), ("rtol", rtol)):
        if isinstance(bound, Tensor):
            edges.append((bound, None))
            names.append(name)
        else:
            options[name] = bound
    options["names"] = tuple(names)
    return edges, options


@tensors_only
def pinv(
    A: Tensor,
    rcond: Tolerance = None,
    hermitian: bool = False,
    *,
    atol: Tolerance = None,
    rtol: Tolerance = None,
    out: Tensor | None = None,
) -> Tensor:
    """The Moore-Penrose pseudoinverses of matrices.

    Singular values up to max(atol, rtol * the largest) count as 0.
    Gradient: Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973), for constant rank.

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        rcond: the older name of `rtol`.
        hermitian: whether the matrices are symmetric; then only the lower triangle is read.
        atol: an absolute tolerance, a number or a tensor with one for each matrix. Default: 0.
        rtol: a relative one. Default: the dtype's eps times the larger side, or 0 beside an `atol`.
        out: the tensor to write the result to.

    Returns:
        (..., n, m).

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices.

    Example:
        >>> torch.linalg.pinv(torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
    """
    check_matrices("pinv", A, square=hermitian)
    bounds, options = _tolerances(atol, rcond if rtol is None else rtol)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        g_t = _transposed(g)
        y_t = _transposed(y)
        left = g_t - matmul(A, matmul(y, g_t))
        right = g_t - matmul(matmul(g_t, y), A)
        by_rows = matmul(matmul(left, y), y_t)
        by_columns = matmul(y_t, matmul(y, right))
        return by_rows + by_columns - matmul(y_t, matmul(g, y_t))

    result = record(
        "pinv", pseudoinverse_array, (A, rule), *bounds, output=True, hermitian=hermitian, **options
    )
    return result if out is None else write_out("linalg.pinv", result, out)


@tensors_only
def lstsq(A: Tensor, B: Tensor, rcond: Tolerance = None, *, driver: str | None = None) -> Lstsq:
    """X of the least norm that minimises the sums of squares in A @ X - B, by the pseudoinverse.

    As in PyTorch, the squared residuals are only given where A is tall and of full rank and the
    driver is named and not "gelsy", the rank not for "gels", and the singular values for "gelsd"
    and "gelss".

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        B: (..., m, k); vectors where it has one dimension less than A.
        rcond: singular values up to this times the largest count as 0. Default: the dtype's eps
            times the larger side.
        driver: "gels", "gelsy", "gelsd" or "gelss": which of the results there are.

    Returns:
        The named tuple (solution, residuals, rank, singular_values).

    Raises:
        LinAlgError: if the driver is "gels" and A is not of full rank.
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> A = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
        >>> torch.linalg.lstsq(A, torch.tensor([[1.0], [3.0], [5.0]])).solution.round()
        tensor([[1.],
                [2.]])
    """
    if B.array.ndim == A.array.ndim - 1:
        solution, *rest = lstsq(A, unsqueeze(B, -1), rcond, driver=driver)
        return Lstsq(squeeze(solution, -1), *rest)
    rank = matrix_rank(A, rtol=rcond)
    rows, columns = A.array.shape[-2:]
    is_full = bool((rank.array == min(rows, columns)).all())
    check(
        driver != "gels" or is_full,
        "linalg.lstsq: the input matrix does not have full rank",
        error=LinAlgError,
    )
    solution = matmul(pinv(A, rcond), B)
    missed = matmul(A, solution) - B
    residuals = reshape(missed, -1)[:0]
    if rows > columns and driver in ("gels", "gelsd", "gelss"):
        note_read("lstsq", rank)
        if is_full:
            residuals = sum(missed * missed, -2)
    empty = wrap(np.zeros(0, A.array.dtype))
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else empty
    if driver == "gels":
        rank = cast(empty, dtypes.int64)
    return Lstsq(solution, residuals, rank, values)


# decompositions ------------------------------------------------------------------------------


@tensors_only
def cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """The Cholesky factors of symmetric positive-definite matrices: L with L @ L.T = A.

    Gradient: Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527, symmetric.

    Args:
        A: (..., n, n), of float32 or float64. Only the lower triangle is read.
        upper: whether to return L.T instead.
        out: the tensor to write the result to.

    Returns:
        The lower triangular L, (..., n, n), or with `upper` its transpose.

    Raises:
        LinAlgError: if a matrix is not positive-definite.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
    check_matrices("cholesky", A, square=True)
    result = record("cholesky", cholesky_array, (A, _cholesky_rule), output=True)
    if upper:
        result = _transposed(result)
    return result if out is None else write_out("linalg.cholesky", result, out)


def _cholesky_rule(g: Tensor, y: Tensor) -> Tensor:
    y_t = _transposed(y)
    inner = tril(matmul(y_t, g))
    half = inner - _identity(inner) * inner * 0.5
    right = _transposed(_solve("cholesky", y_t, _transposed(half)))
    both = _solve("cholesky", y_t, right)
    return (both + _transposed(both)) * 0.5


@tensors_only
def qr(A: Tensor, mode: str = "reduced", *, out: Sequence[Tensor] | None = None) -> QR:
    """Orthonormal Q and upper triangular R with Q @ R = A.

    Gradient: Walter and Lehmann, "Algorithmic differentiation of linear algebra functions with
    application in optimum experimental design", arXiv:1001.1654.

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        mode: "reduced": Q is (..., m, k) and R (..., k, n), with k = min(m, n). "complete": Q is
            square, (..., m, m). "r": only R, and an empty Q.
        out: two tensors to write the results to.

    Returns:
        The named tuple (Q, R).

    Raises:
        RuntimeError: if they are no matrices, or the mode is not known; in the backward pass, for
            mode "complete" and more rows than columns.

    Example:
        >>> Q, R = torch.linalg.qr(torch.tensor([[3.0, 1.0], [4.0, 2.0]]))
        >>> torch.allclose(Q @ R, torch.tensor([[3.0, 1.0], [4.0, 2.0]]))
        True
    """
    check(
        mode in ("reduced", "complete", "r"),
        "linalg.qr: expected mode to be 'reduced', 'complete' or 'r', got {!r}",
        mode,
    )
    check_matrices("qr", A)
    rows, columns = A.array.shape[-2:]
    if rows < columns:
        q, left = qr(A[..., :rows])
        r = cat([left, transposed_times(q, A[..., rows:])], -1)
    else:
        arrays_mode = "reduced" if mode == "r" else mode
        q, r = record_joint("qr", qr_arrays, [A], _qr_rule, output=True, mode=arrays_mode)
    if mode == "r":
        q = wrap(np.zeros(0, r.array.dtype))
    result = QR(q, r)
    return result if out is None else write_results("linalg.qr", result, out)


def _qr_rule(gradients: Gradients, results: tuple[Tensor, ...]) -> list[Tensor | None]:
    q_grad, r_grad = gradients
    q, r = results
    check(
        q.array.shape[-1] == r.array.shape[-1],
        "linalg.qr: not differentiable for mode='complete' and more rows than columns",
    )
    total = None
    if q_grad is not None:
        total = q_grad - matmul(q, _mirrored(transposed_times(q_grad, q)))
    if r_grad is not None:
        by_r = matmul(q, _mirrored(times_transposed(r, r_grad)))
        total = by_r if total is None else total + by_r
    if total is None:
        return [None]
    return [_transposed(_solve("qr", r, _transposed(total)))]


@tensors_only
def svd(
    A: Tensor,
    full_matrices: bool = True,
    *,
    driver: str | None = None,
    out: Sequence[Tensor] | None = None,
) -> SVD:
    """The singular value decomposition: A = U @ diag(S) @ Vh.

    U has orthonormal columns, Vh orthonormal rows, and S falls.
    Gradient: Townsend, "Differentiating the singular value decomposition" (2016).

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        full_matrices: whether U and Vh are square; else they have min(m, n) columns and rows. What
            is cut then has no part in the gradient.
        driver: None; there is no choice on a CPU.
        out: three tensors to write the results to.

    Returns:
        The named tuple (U, S, Vh).

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices, or a driver is named.

    Example:
        >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
    check_matrices("svd", A)
    check(
        driver is None,
        "linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER"
        " backend.",
    )
    u, s, vh = record_joint(
        "svd", svd_arrays, [A], _svd_rule, output=True, full_matrices=full_matrices
    )
    result = SVD(u, s, vh)
    return result if out is None else write_results("linalg.svd", result, out)


def _svd_rule(gradients: Gradients, results: tuple[Tensor, ...]) -> list[Tensor | None]:
    u_grad, s_grad, vh_grad = gradients
    s = results[1]
    count = s.array.shape[-1]
    u = results[0][..., :count]
    vh = results[2][..., :count, :]
    parts = []
    if u_grad is not None:
        parts.append(_svd_by_u(u_grad[..., :count], u, s, vh))
    if s_grad is not None:
        parts.append(matmul(u * unsqueeze(s_grad, -2), vh))
    if vh_grad is not None:
        v_grad = _transposed(vh_grad[..., :count, :])
        parts.append(_transposed(_svd_by_u(v_grad, _transposed(vh), s, _transposed(u))))
    return [reduce(add_tensors, parts)]


def _svd_by_u(g: Tensor, u: Tensor, s: Tensor, vh: Tensor) -> Tensor:
    """The part of A's gradient that comes by U."""
    column = unsqueeze(s, -1)
    row = unsqueeze(s, -2)
    along = transposed_times(u, g)
    turned = _over_gaps(along - _transposed(along), (row - column) * (row + column))
    out = matmul(u, turned * row)
    if u.array.shape[-2] > u.array.shape[-1]:
        out = out + (g - matmul(u, along)) / row
    return matmul(out, vh)


@tensors_only
def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """The singular values of matrices.

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        driver: None; there is no choice on a CPU.
        out: the tensor to write the result to.

    Returns:
        (..., min(m, n)), falling.

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices, or a driver is named.

    Example:
        >>> torch.linalg.svdvals(torch.tensor([[3.0, 0.0], [0.0, 4.0]]))
        tensor([4., 3.])
    """
    result = svd(A, False, driver=driver).S
    return result if out is None else write_out("linalg.svdvals", result, out)


@tensors_only
def eigh(A: Tensor, UPLO: str = "L", *, out: Sequence[Tensor] | None = None) -> Eigh:
    """The eigenvalues and eigenvectors of symmetric matrices.

    Args:
        A: (..., n, n), of float32 or float64.
        UPLO: which triangle is read, the lower ("L") or the upper one ("U"). The gradient is that
            of A as a whole.
        out: two tensors to write the results to.

    Returns:
        The named tuple (eigenvalues, eigenvectors): the first rising, (..., n), the second as
        orthonormal columns, (..., n, n).

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.eigh(torch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
        tensor([1., 2.])
    """
    check_matrices("eigh", A, square=True)
    check(
        UPLO in ("L", "U", "l", "u"),
        "linalg.eigh: Expected UPLO argument to be 'L' or 'U', but got {}",
        UPLO,
    )
    values, vectors = record_joint("eigh", eigh_arrays, [A], _eigh_rule, output=True, UPLO=UPLO)
    result = Eigh(values, vectors)
    return result if out is None else write_results("linalg.eigh", result, out)


def _eigh_rule(gradients: Gradients, results: tuple[Tensor, ...]) -> list[Tensor | None]:
    values_grad, vectors_grad = gradients
    values, vectors = results
    parts = []
    if values_grad is not None:
        parts.append(times_transposed(vectors * unsqueeze(values_grad, -2), vectors))
    if vectors_grad is not None:
        along = transposed_times(vectors, vectors_grad)
        gaps = unsqueeze(values, -2) - unsqueeze(values, -1)
        turned = _over_gaps((along - _transposed(along)) * 0.5, gaps)
        parts.append(times_transposed(matmul(vectors, turned), vectors))
    return [reduce(add_tensors, parts)]


@tensors_only
def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of symmetric matrices.

    Args:
        A: (..., n, n), of float32 or float64.
        UPLO: which triangle is read, the lower ("L") or the upper one ("U").
        out: the tensor to write the result to.

    Returns:
        (..., n), rising.

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.eigvalsh(torch.tensor([[2.0, 0.0], [0.0, 1.0]]))
        tensor([1., 2.])
    """
    result = eigh(A, UPLO).eigenvalues
    return result if out is None else write_out("linalg.eigvalsh", result, out)


# numbers of a matrix -------------------------------------------------------------------------


@tensors_only
def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinants of matrices. The gradient, the cofactors, exists for singular ones too.

    Args:
        A: square matrices, (..., n, n), of float32 or float64.
        out: the tensor to write the result to.

    Returns:
        (...).

    Raises:
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.det(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor(8.)
    """
    check_matrices("det", A, square=True)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        return g[..., None, None] * _cofactors(A, y)

    result = record("det", np.linalg.det, (A, rule), output=True)
    return result if out is None else write_out("linalg.det", result, out)


def _cofactors(A: Tensor, det: Tensor) -> Tensor:
    """The matrices of cofactors. While operations are recorded it is made of such."""
    if not state.recording:
        return record("cofactors", cofactor_array, (A, None), (det, None))
    note_read("det", det)
    if det.array.all():
        return det[..., None, None] * _transposed(inv(A))
    u, s, vh = svd(A)
    others = prod(where(wrap(np.eye(s.array.shape[-1], dtype=bool)), 1.0, unsqueeze(s, -2)), -1)
    sign = record("orientation", orientation, (u, None), (vh, None))
    return matmul(u * unsqueeze(others, -2), vh) * sign


@tensors_only
def slogdet(A: Tensor, *, out: Sequence[Tensor] | None = None) -> Slogdet:
    """The sign of the determinants of matrices, and the logarithm of their absolute values.

    Args:
        A: square matrices, (..., n, n), of float32 or float64.
        out: two tensors to write the results to.

    Returns:
        The named tuple (sign, logabsdet), each (...). 0 and -inf for a singular matrix.

    Raises:
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.slogdet(torch.tensor([[-1.0, 0.0], [0.0, 1.0]])).sign
        tensor(-1.)
    """
    check_matrices("slogdet", A, square=True)

    def rule(gradients: Gradients) -> list[Tensor | None]:
        log_grad = gradients[1]
        if log_grad is None:
            return [None]
        return [log_grad[..., None, None] * _transposed(inv(A))]

    sign, logabsdet = record_joint("slogdet", np.linalg.slogdet, [A], rule)
    result = Slogdet(sign, logabsdet)
    return result if out is None else write_results("linalg.slogdet", result, out)


@tensors_only
def matrix_rank(
    A: Tensor,
    tol: Tolerance = None,
    hermitian: bool = False,
    *,
    atol: Tolerance = None,
    rtol: Tolerance = None,
    out: Tensor | None = None,
) -> Tensor:
    """How many singular values exceed max(atol, rtol * the largest). It has no gradient.

    Args:
        A: matrices, (..., m, n), of float32 or float64.
        tol: the older way to say `atol` with an `rtol` of 0.
        hermitian: whether the matrices are symmetric; then only the lower triangle is read.
        atol: an absolute tolerance, a number or a tensor with one for each matrix. Default: 0.
        rtol: a relative one. Default: the dtype's eps times the larger side, or 0 beside an `atol`.
        out: the tensor to write the result to.

    Returns:
        (...), of int64.

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices.

    Example:
        >>> torch.linalg.matrix_rank(torch.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor(1)
    """
    check_matrices("matrix_rank", A, square=hermitian)
    if tol is None:
        bounds, options = _tolerances(atol, rtol)
    else:
        bounds, options = _tolerances(tol, 0)
    result = record("matrix_rank", rank_array, (A, None), *bounds, hermitian=hermitian, **options)
    return result if out is None else write_out("linalg.matrix_rank", result, out)


# norms ---------------------------------------------------------------------------------------


@tensors_only
def vector_norm(
    x: Tensor,
    ord: float | str = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm of all elements, or of those along dimensions.

    Args:
        x: a floating-point tensor of any shape.
        ord: the p of the p-norm; inf and -inf for the largest and smallest, 0 counts the nonzero.
        dim: the dimensions. Default: all.
        keepdim: whether they stay, with size 1.
        dtype: what to cast `x` to first. Default: its own.
        out: the tensor to write the result to.

    Returns:
        x's shape without the dimensions.

    Raises:
        RuntimeError: if `x` is not of a floating-point dtype.

    Example:
        >>> torch.linalg.vector_norm(torch.tensor([3.0, 4.0]))
        tensor(5.)
    """
    wide = x if dtype is None else cast(x, dtype)
    require_float(wide, "linalg.vector_norm")
    result = vector_norm_of(wide, float(ord), dim, keepdim)
    return result if out is None else write_out("linalg.vector_norm", result, out)


@tensors_only
def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """A norm of matrices.

    Args:
        A: a floating-point tensor of two or more dimensions.
        ord: "fro": the root of the sum of squares. "nuc": the sum of the singular values. 2 and -2:
            the largest and smallest of them. 1 and -1: the largest and smallest sum of a column's
            absolute values. inf and -inf: the same of rows.
        dim: the two dimensions that are the matrices'.
        keepdim: whether they stay, with size 1.
        dtype: what to cast `A` to first. Default: its own.
        out: the tensor to write the result to.

    Returns:
        A's shape without the two dimensions.

    Raises:
        RuntimeError: if there are less than two dimensions, or the order is not known.

    Example:
        >>> torch.linalg.matrix_norm(torch.tensor([[1.0, -2.0], [3.0, 4.0]]), 1)
        tensor(6.)
    """
    check(
        A.array.ndim >= 2,
        "linalg.matrix_norm: The input tensor A must have at least 2 dimensions, got {}",
        A.array.ndim,
    )
    check(
        ord in ("fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf),
        "linalg.matrix_norm: Order {} not supported",
        ord,
    )
    dims = dimensions(tuple(dim), A.array.ndim, "linalg.matrix_norm")
    x = A if dtype is None else cast(A, dtype)
    result = _matrix_norm(movedim(x, dims, (-2, -1)), ord)
    if keepdim:
        for d in sorted(dims):
            result = unsqueeze(result, d)
    return result if out is None else write_out("linalg.matrix_norm", result, out)


def _matrix_norm(x: Tensor, ord: Any) -> Tensor:
    """The norm over the last two dimensions."""
    if ord == "fro":
        return vector_norm_of(x, 2.0, (-2, -1))
    if ord == "nuc":
        return sum(svdvals(x), -1)
    if ord in (2, -2):
        values = svdvals(x)
    elif ord in (1, -1):
        values = sum(abs(x), -2)
    else:
        values = sum(abs(x), -1)
    if ord < 0:
        return amin(values, -1)
    if not values.array.shape[-1]:  # of an empty matrix the largest is 0
        values = wrap(np.zeros((*values.array.shape[:-1], 1), values.array.dtype))
    return amax(values, -1)


@tensors_only
def norm(
    input: Tensor,
    ord: float | str | None = None,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """`vector_norm`, or `matrix_norm` where an order is given for two dimensions.

    Args:
        input: a floating-point tensor of any shape.
        ord: the order, as of the two. Default: the root of the sum of squares.
        dim: one dimension for vectors, two for matrices. Default: all.
        keepdim: whether they stay, with size 1.
        dtype: what to cast `input` to first. Default: its own.
        out: the tensor to write the result to.

    Returns:
        input's shape without the dimensions.

    Raises:
        RuntimeError: if order and dimensions do not fit.

    Example:
        >>> torch.linalg.norm(torch.tensor([[3.0, 0.0], [0.0, 4.0]]))
        tensor(5.)
        >>> torch.linalg.norm(torch.tensor([[3.0, 0.0], [0.0, 4.0]]), "nuc")
        tensor(7.)
    """
    is_pair = dim is not None and not isinstance(dim, int) and len(dim) == 2
    if ord is not None and (is_pair or (dim is None and input.array.ndim == 2)):
        pair: Any = (-2, -1) if dim is None else dim
        return matrix_norm(input, ord, pair, keepdim, dtype=dtype, out=out)
    is_vector = dim is not None or input.array.ndim == 1
    check(
        ord is None or (not isinstance(ord, str) and is_vector),
        "linalg.norm: order {!r} with dim {} does not fit a tensor of {} dimensions",
        ord,
        dim,
        input.array.ndim,
    )
    return vector_norm(input, 2 if ord is None else ord, dim, keepdim, dtype=dtype, out=out)


# products ------------------------------------------------------------------------------------


@tensors_only
def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """A @ A @ ... (n times), by repeated squaring; of the inverse for a negative n.

    Args:
        A: square matrices, (..., k, k).
        n: how many times; 0 gives the identity.
        out: the tensor to write the result to.

    Returns:
        (..., k, k).

    Raises:
        LinAlgError: if n is negative and a matrix is singular.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.linalg.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
        tensor([[1., 5.],
                [0., 1.]])
    """
    result = _matrix_power(A, n)
    return result if out is None else write_out("linalg.matrix_power", result, out)


def _matrix_power(A: Tensor, n: int) -> Tensor:
    if n < 0:
        return _matrix_power(inv(A), -n)
    if n == 0:
        return _identity(A) + A * 0
    if n == 1:
        return A
    half = _matrix_power(A, n // 2)
    square = matmul(half, half)
    if n % 2:
        return matmul(square, A)
    return square


@tensors_only
def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of several matrices, from left to right.

    Args:
        tensors: two or more matrices, (a, b), (b, c), (c, d) and so on; the first and the last may
            be vectors.
        out: the tensor to write the result to.

    Returns:
        A matrix with the first one's rows and the last one's columns, without the dimension that a
        vector does not have.

    Raises:
        RuntimeError: if there are less than two, or if shapes or dtypes do not fit.

    Example:
        >>> torch.linalg.multi_dot([torch.ones(2, 3), torch.ones(3, 4), torch.ones(4)])
        tensor([12., 12.])
    """
    check(len(tensors) >= 2, "multi_dot(): expected at least 2 tensors but got {}", len(tensors))
    result = reduce(matmul, tensors)
    return result if out is None else write_out("linalg.multi_dot", result, out)


@tensors_only
def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The vector products along a dimension of size 3, with broadcasting.

    Args:
        input: vectors, with the size 3 at `dim`.
        other: vectors; a tensor of as many dimensions.
        dim: the dimension.
        out: the tensor to write the result to.

    Returns:
        The shape that both broadcast to.

    Raises:
        RuntimeError: if a size at `dim` is not 3, or the numbers of dimensions differ.

    Example:
        >>> torch.linalg.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
        tensor([0., 0., 1.])
    """
    check(
        input.array.ndim == other.array.ndim,
        "linalg.cross: inputs must have the same number of dimensions, got {} and {}",
        input.array.ndim,
        other.array.ndim,
    )
    sizes = (input.array.shape[dim], other.array.shape[dim])
    check(
        sizes == (3, 3),
        "linalg.cross: inputs dimension {} must have length 3. Got {} and {}",
        dim,
        *sizes,
    )
    a, b = broadcast_tensors(input, other)
    result = products.cross(a, b, dim)
    return result if out is None else write_out("linalg.cross", result, out)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The inner products along a dimension.

    Args:
        x: a tensor of one dimension or more.
        y: a tensor of a shape that broadcasts with x's.
        dim: the dimension.
        out: the tensor to write the result to.

    Returns:
        The shape that both broadcast to, without the dimension.

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.linalg.vecdot(torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([3.0, 4.0]))
        tensor([11.,  4.])
    """
    result = sum(x * y, dim)
    return result if out is None else write_out("linalg.vecdot", result, out)


@tensors_only
def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices: a view.

    Args:
        A: a tensor of two dimensions or more.
        offset: which diagonal: above the main one if positive, below it if negative.
        dim1: the dimension of the rows.
        dim2: the dimension of the columns.

    Returns:
        A's shape without the two dimensions, and the diagonal as a last one.

    Raises:
        RuntimeError: if the two dimensions are the same.

    Example:
        >>> torch.linalg.diagonal(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([1., 4.])
    """
    return batch_diagonal(A, offset, dim1, dim2)
