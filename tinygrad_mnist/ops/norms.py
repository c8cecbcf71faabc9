"""The length of a tensor: `norm`, the distance of two, and slices held to a length."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.surface import method, numpy_names
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops.arguments import Dims, cast, dimension
from tinygrad_mnist.ops.linalg import svdvals
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import require_float, sum, vector_norm_of, wanted_dtype
from tinygrad_mnist.ops.shape import movedim

__all__ = ["dist", "norm", "renorm"]


@method
@numpy_names
def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    out: Tensor | None = None,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """The p-norm of the elements, or along dimensions.

    Args:
        input: floating-point, of any shape.
        p: a number, infinities included; 0 counts the elements that are not 0; "fro" is 2; "nuc" is
            the sum of the singular values of the matrices in two dimensions.
        dim: the dimension, or several. Default: all, and for "nuc" the first two.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.
        dtype: a floating-point type to compute in. Default: the input's.

    Returns:
        The input's shape without these dimensions. The gradient of a length of 0 is 0.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.norm(torch.tensor([[3.0, 4.0], [0.0, 5.0]]), dim=1)
        tensor([5., 5.])
    """
    wanted = wanted_dtype(dtype, out)
    x = input if wanted is None else cast(input, wanted)
    require_float(x, "norm")
    if p == "nuc":
        result = _nuclear_norm(x, dim, keepdim)
    else:
        order = 2.0 if p in ("fro", None) else float(p)
        result = vector_norm_of(x, order, dim, keepdim)
    return result if out is None else write_out("norm", result, out)


def _nuclear_norm(x: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    """The sum of the singular values of the matrices in two dimensions."""
    matrices = movedim(x, dim or (0, 1), (-2, -1))
    return sum(svdvals(matrices), -1, keepdim)


@method
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference of two tensors.

    Args:
        input: floating-point, of any shape.
        other: of a shape that broadcasts with the input's.
        p: a number, infinities included.

    Returns:
        A scalar.

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.dist(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]))
        tensor(5.)
    """
    return norm(input - other, p)


@method(in_place=True)
@tensors_only
def renorm(
    input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None
) -> Tensor:
    """Slices along a dimension, scaled down to a p-norm of at most `maxnorm`.

    Args:
        input: floating-point, of two dimensions or more.
        p: of the norm.
        dim: the dimension whose slices are measured.
        maxnorm: the largest norm that a slice may have.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        RuntimeError: if the input has fewer than two dimensions.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.renorm(torch.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
        tensor([[0.6000, 0.8000],
                [0.3000, 0.4000]])
    """
    message = "renorm: input needs at least 2 dimensions, got {} dimensions"
    check(input.ndim > 1, message, input.ndim)
    kept = dimension(dim, input.ndim, "renorm")
    others: Sequence[int] = [d for d in range(input.ndim) if d != kept]
    size = norm(input, p, others, True)
    result = input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)
    return result if out is None else write_out("renorm", result, out)
