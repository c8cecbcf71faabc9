"""What operations that look at images through windows do with their arguments.

Images are (n, c, *size), or (c, *size) without a batch; `rank` is the number of sizes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.kernels.convolution import Grid
from tinygrad_mnist.ops.products import matmul

__all__: list[str] = []  # it is the other files' own

Ints = tuple[int, ...]
Sizes = int | Sequence[int]  # one number for all dimensions, or one for each


def each_dimension(value: Sizes, rank: int, what: str, name: str, least: int = 1) -> Ints:
    """One number for every dimension, or the numbers listed; none may be below `least`."""
    if isinstance(value, tuple | list):
        numbers = tuple(int(each) for each in value)
    else:
        numbers = (int(value),)  # type: ignore[arg-type]
    if len(numbers) == 1:
        numbers = numbers * rank
    ok = len(numbers) == rank and min(numbers) >= least
    message = "{}: {} must be one or {} numbers of at least {}, but got {}"
    check(ok, message, name, what, rank, least, value)
    return numbers


def check_rank(x: Tensor, rank: int, name: str, error: type[Exception] = RuntimeError) -> None:
    """Raise `error` unless x has `rank` sizes behind its channels, with or without a batch."""
    ok = x.ndim in (rank + 1, rank + 2)
    message = "{}: Expected {}D (unbatched) or {}D input, got {}"
    check(ok, message, name, rank + 1, rank + 2, x.shape, error=error)


def window_grid(
    size: Ints, kernel: Ints, stride: Ints, dilation: Ints, name: str, ceil_mode: bool = False
) -> Grid:
    """The windows that fit: floor((size - dilation * (kernel - 1) - 1) / stride) + 1.

    With `ceil_mode` the quotient is rounded up.
    """
    out = []
    for n, k, s, d in zip(size, kernel, stride, dilation, strict=True):
        room = n - d * (k - 1) - 1
        if ceil_mode:
            room += s - 1
        out.append(room // s + 1)
    message = "{}: Kernel size can't be greater than actual input size: {} with dilation {}"
    check(min(out) >= 1, message + " against {} (padded)", name, kernel, dilation, size)
    return Grid(kernel, tuple(out), stride, dilation)


def multiply_dimensions(x: Tensor, matrices: Sequence[Array]) -> Tensor:
    """The last dimensions of x, each multiplied by its matrix of (new size, old size)."""
    kind = x.array.dtype
    check(kind.kind == "f", "interpolation and averages are not implemented for {}", x.dtype)
    for d, matrix in enumerate(matrices, x.ndim - len(matrices)):
        weights = wrap(np.asarray(matrix.T, kind))
        x = matmul(x.movedim(d, -1), weights).movedim(-1, d)
    return x.contiguous()
