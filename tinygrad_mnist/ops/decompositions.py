"""Linear algebra under PyTorch's older names: functions of the package, and methods of Tensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops import linalg
from tinygrad_mnist.ops.linalg import QR, Slogdet, result_text, write_results
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.shape import transpose

__all__ = [
    "cholesky",
    "det",
    "inverse",
    "logdet",
    "matrix_power",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
]


class USV(NamedTuple):
    """What `torch.svd` returns.

    Attributes:
        U: orthonormal columns, (..., m, k).
        S: the singular values, falling, (..., k).
        V: orthonormal columns, (..., n, k).
    """

    U: Tensor
    S: Tensor
    V: Tensor

    def __repr__(self) -> str:
        return result_text("svd", self)


@method
def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverses of matrices: `linalg.inv`.

    Args:
        input: square matrices, (..., n, n), of float32 or float64.
        out: the tensor to write the result to.

    Returns:
        The inverses, (..., n, n).

    Raises:
        LinAlgError: if a matrix is singular.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.inverse(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    return linalg.inv(input, out=out)


@method
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverses of matrices: `linalg.pinv`.

    Args:
        input: matrices, (..., m, n), of float32 or float64.
        rcond: singular values up to this times the largest count as 0.

    Returns:
        (..., n, m).

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices.

    Example:
        >>> torch.pinverse(torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
    """
    return linalg.pinv(input, rcond)


@method
def det(input: Tensor) -> Tensor:
    """The determinants of matrices: `linalg.det`.

    Args:
        input: square matrices, (..., n, n), of float32 or float64.

    Returns:
        (...).

    Raises:
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.det(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor(8.)
    """
    return linalg.det(input)


@method
def slogdet(input: Tensor, *, out: Sequence[Tensor] | None = None) -> Slogdet:
    """The sign of determinants and the logarithm of their absolute values: `linalg.slogdet`.

    Args:
        input: square matrices, (..., n, n), of float32 or float64.
        out: two tensors to write the results to.

    Returns:
        The named tuple (sign, logabsdet), each (...).

    Raises:
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.slogdet(torch.tensor([[-1.0, 0.0], [0.0, 1.0]])).sign
        tensor(-1.)
    """
    return linalg.slogdet(input, out=out)


@method
@tensors_only
def logdet(input: Tensor) -> Tensor:
    """The logarithms of the determinants of matrices, NaN where these are negative.

    Args:
        input: square matrices, (..., n, n), of float32 or float64.

    Returns:
        (...).

    Raises:
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.logdet(torch.eye(3))
        tensor(0.)
    """
    sign, logabsdet = linalg.slogdet(input)
    return where(sign < 0, math.nan, logabsdet)


@method
def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix with itself, n times: `linalg.matrix_power`.

    Args:
        input: square matrices, (..., k, k).
        n: how many times; 0 gives the identity, a negative number the inverse's power.
        out: the tensor to write the result to.

    Returns:
        (..., k, k).

    Raises:
        LinAlgError: if n is negative and a matrix is singular.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
        tensor([[1., 5.],
                [0., 1.]])
    """
    return linalg.matrix_power(input, n, out=out)


@method
def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The Cholesky factors of symmetric positive-definite matrices: `linalg.cholesky`.

    Args:
        input: (..., n, n), of float32 or float64. Only the lower triangle is read.
        upper: whether to return the upper triangular factor instead of the lower one.
        out: the tensor to write the result to.

    Returns:
        The triangular factor, (..., n, n).

    Raises:
        LinAlgError: if a matrix is not positive-definite.
        RuntimeError: if they are no square matrices.

    Example:
        >>> torch.cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
    return linalg.cholesky(input, upper=upper, out=out)


@method
def qr(input: Tensor, some: bool = True, *, out: Sequence[Tensor] | None = None) -> QR:
    """Orthonormal Q and upper triangular R with Q @ R = input: `linalg.qr`.

    Args:
        input: matrices, (..., m, n), of float32 or float64.
        some: whether Q has only min(m, n) columns; else it is square.
        out: two tensors to write the results to.

    Returns:
        The named tuple (Q, R).

    Raises:
        RuntimeError: if they are no matrices.

    Example:
        >>> torch.qr(torch.ones(3, 2)).Q.shape
        torch.Size([3, 2])
    """
    return linalg.qr(input, "reduced" if some else "complete", out=out)


@method
def svd(
    input: Tensor,
    some: bool = True,
    compute_uv: bool = True,
    *,
    out: Sequence[Tensor] | None = None,
) -> USV:
    """The singular value decomposition: input = U @ diag(S) @ V.T.

    Unlike `linalg.svd` it gives V, not its transpose, and leaves out what belongs to no singular
    value unless asked for it.

    Args:
        input: matrices, (..., m, n), of float32 or float64.
        some: whether U and V have only k = min(m, n) columns; else they are square.
        compute_uv: whether U and V are wanted; else they are square and zero.
        out: three tensors to write the results to.

    Returns:
        The named tuple (U, S, V).

    Raises:
        LinAlgError: if LAPACK does not converge.
        RuntimeError: if they are no matrices.

    Example:
        >>> torch.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
    u, s, vh = linalg.svd(input, not some or not compute_uv)
    if compute_uv:
        result = USV(u, s, transpose(vh, -1, -2))
    else:
        result = USV(wrap(np.zeros_like(u.array)), s, wrap(np.zeros_like(vh.array)))
    return result if out is None else write_results("svd", result, out)
