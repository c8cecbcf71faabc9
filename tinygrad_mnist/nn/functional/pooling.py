"""Pooling: the largest elements, means and norms of windows.

Everything is written once, for any number of spatial dimensions: `max_pool2d` is the general form
with the number filled in. Inputs are (n, c, *size), or (c, *size) without a batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, overload

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.kernels import convolution as kernels
from tinygrad_mnist.kernels.convolution import Grid, Pairs
from tinygrad_mnist.nn.functional.padding import pad_zeros
from tinygrad_mnist.nn.functional.windows import (
    Ints,
    Sizes,
    check_rank,
    each_dimension,
    multiply_dimensions,
    window_grid,
)
from tinygrad_mnist.ops.arguments import cast, supported, widened
from tinygrad_mnist.ops.pointwise import where

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]

OptionalSizes = int | Sequence[int | None]  # None keeps the input's size


# the largest elements ----------------------------------------------------------------------


@overload
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest element of each window; NaN where there is one.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, l), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: elements around the input that count as minus infinity, at most half a window.
        dilation: the distance between a window's elements.
        ceil_mode: add a window where the last one leaves elements out.
        return_indices: also return where the largest were.

    Returns:
        (n, c, l'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; and with
        `return_indices` int64 of the same shape that counts through an image's elements.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.max_pool1d(torch.tensor([[1.0, 5, 2, 3]]), 2)
        tensor([[5., 3.]])
    """
    if return_indices:
        supported("max_pool2d", "iuf", input)
    else:
        supported("max_pool1d_impl", "f", input)
    return _max_pool(
        1, "max_pool1d", input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@overload
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest element of each window; NaN where there is one.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, h, w), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: elements around the input that count as minus infinity, at most half a window.
        dilation: the distance between a window's elements.
        ceil_mode: add a window where the last one leaves elements out.
        return_indices: also return where the largest were.

    Returns:
        (n, c, h', w'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; and with
        `return_indices` int64 of the same shape that counts through an image's elements.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.max_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
    return _max_pool(
        2, "max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@overload
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest element of each window; NaN where there is one.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, d, h, w), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: elements around the input that count as minus infinity, at most half a window.
        dilation: the distance between a window's elements.
        ceil_mode: add a window where the last one leaves elements out.
        return_indices: also return where the largest were.

    Returns:
        (n, c, d', h', w'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; and with
        `return_indices` int64 of the same shape that counts through an image's elements.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.max_pool3d(torch.ones(2, 3, 8, 8, 8), 2).shape
        torch.Size([2, 3, 4, 4, 4])
    """
    return _max_pool(
        3, "max_pool3d", input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def _max_pool(
    rank: int,
    name: str,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Tensor | tuple[Tensor, Tensor]:
    """`max_pool2d` and its kin, for images of `rank` sizes."""
    grid, widths = _pooling_grid(
        input, rank, name, kernel_size, stride, padding, dilation, ceil_mode
    )
    operation = f"{name}_with_indices"
    if not return_indices and not (state.recording and input.requires_grad):
        return record(operation, kernels.window_maximum, (input, None), grid=grid, padding=widths)
    out, indices = record_joint(
        operation,
        kernels.window_maximum_with_indices,
        [input],
        # does not read the result, which nn.ReLU(inplace=True) may overwrite; the input may not be
        # written, as in PyTorch
        lambda gradients: [_add_elements(gradients[0], indices, input.array.shape[-rank:])],
        grid=grid,
        padding=widths,
    )
    return (out, indices) if return_indices else out


def _add_elements(g: Tensor, indices: Tensor, size: Ints) -> Tensor:
    """Zeros of (..., *size) with g of (..., *out) added at indices that count through the size."""
    edge = (g, lambda h: _take_elements(h, indices, size))
    return record("add_elements", kernels.add_elements, edge, (indices, None), size=size)


def _take_elements(x: Tensor, indices: Tensor, size: Ints) -> Tensor:
    """The elements of (..., *size) at indices (..., *out) that count through the size."""
    edge = (x, lambda g: _add_elements(g, indices, size))
    return record("take_elements", kernels.take_elements, edge, (indices, None), rank=len(size))


def _pooling_grid(
    x: Tensor,
    rank: int,
    name: str,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
) -> tuple[Grid, Pairs]:
    """The windows of a pooling, and the padding that they reach into."""
    check_rank(x, rank, name)
    shape = x.array.shape
    check(0 not in shape[-rank - 1 :], "{}: only the batch may be empty, got {}", name, shape)
    size = shape[-rank:]
    kernel = each_dimension(kernel_size, rank, "kernel_size", name)
    if stride is None or (isinstance(stride, tuple | list) and not stride):
        stride = kernel_size
    steps = each_dimension(stride, rank, "stride", name)
    spacing = each_dimension(dilation, rank, "dilation", name)
    around = each_dimension(padding, rank, "padding", name, 0)
    ok = all(2 * p <= d * (k - 1) + 1 for p, k, d in zip(around, kernel, spacing, strict=True))
    message = "{}: pad should be at most half of effective kernel size, got {} of {}"
    check(ok, message, name, padding, kernel)
    padded = tuple(n + 2 * p for n, p in zip(size, around, strict=True))
    grid = window_grid(padded, kernel, steps, spacing, name, ceil_mode)
    ends = [n + p for n, p in zip(size, around, strict=True)]
    out = []
    for count, s, end in zip(grid.out, steps, ends, strict=True):
        starts_inside = (count - 1) * s < end
        out.append(count if starts_inside else count - 1)
    grid = grid._replace(out=tuple(out))
    widths = []
    for p, extent, end in zip(around, grid.extent(), ends, strict=True):
        widths.append((p, max(p, extent - end)))
    return grid, tuple(widths)


# means -------------------------------------------------------------------------------------


@tensors_only
def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window.

    Args:
        input: (n, c, l), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: zeros around the input, at most half a window.
        ceil_mode: add a window where the last one leaves elements out.
        count_include_pad: whether padding counts as elements.

    Returns:
        (n, c, l'), each size floor((size + 2 padding - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.avg_pool1d(torch.tensor([[1.0, 5, 2, 3]]), 2)
        tensor([[3.0000, 2.5000]])
    """
    return _avg_pool(
        1, "avg_pool1d", input, kernel_size, stride, padding, ceil_mode, count_include_pad
    )


@tensors_only
def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window.

    Args:
        input: (n, c, h, w), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: zeros around the input, at most half a window.
        ceil_mode: add a window where the last one leaves elements out.
        count_include_pad: whether padding counts as elements.
        divisor_override: what the sums are divided by, instead of the number of elements.

    Returns:
        (n, c, h', w'), each size floor((size + 2 padding - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.avg_pool2d(torch.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """
    return _avg_pool(
        2,
        "avg_pool2d",
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )


@tensors_only
def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window.

    Args:
        input: (n, c, d, h, w), or without n.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        padding: zeros around the input, at most half a window.
        ceil_mode: add a window where the last one leaves elements out.
        count_include_pad: whether padding counts as elements.
        divisor_override: what the sums are divided by, instead of the number of elements.

    Returns:
        (n, c, d', h', w'), each size floor((size + 2 padding - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded input.

    Example:
        >>> F.avg_pool3d(torch.ones(2, 3, 8, 8, 8), 2).shape
        torch.Size([2, 3, 4, 4, 4])
    """
    return _avg_pool(
        3,
        "avg_pool3d",
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode,
        count_include_pad,
        divisor_override,
    )


def _avg_pool(
    rank: int,
    name: str,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Tensor:
    """`avg_pool2d` and its kin, for images of `rank` sizes."""
    grid, widths = _pooling_grid(input, rank, name, kernel_size, stride, padding, 1, ceil_mode)
    check(divisor_override != 0, "{}: divisor must be not zero", name)
    if divisor_override is None:
        counts = _element_counts(input.array.shape[-rank:], grid, widths, count_include_pad)
    else:
        counts = np.array(float(divisor_override))
    x = pad_zeros(widened(input), widths)
    mean = window_sum(x, grid) / wrap(counts.astype(x.array.dtype))
    return cast(mean, input.dtype)


def _element_counts(size: Ints, grid: Grid, padding: Pairs, count_padding: bool) -> Array:
    """The number of elements of each window, (*out), with or without those that are padding."""
    counts = np.array(1.0)
    for n, k, out, s, (p, _) in zip(size, grid.kernel, grid.out, grid.stride, padding, strict=True):
        margin = p if count_padding else 0
        starts = np.arange(out) * s - p
        inside = np.minimum(starts + k, n + margin) - np.maximum(starts, -margin)
        counts = counts[..., None] * inside
    return counts


def window_sum(x: Tensor, grid: Grid) -> Tensor:
    """The sums of the windows of (..., *size): (..., *out)."""
    size = x.array.shape[-len(grid.out) :]
    edge = (x, lambda g: _add_to_windows(g, size, grid))
    return record("window_sum", kernels.window_sum, edge, grid=grid)


def _add_to_windows(g: Tensor, size: Ints, grid: Grid) -> Tensor:
    """The transpose of `window_sum`: (..., *out) to (..., *size)."""
    edge = (g, lambda h: window_sum(h, grid))
    return record("add_to_windows", kernels.window_sum_gradient, edge, size=size, grid=grid)


# norms -------------------------------------------------------------------------------------


@tensors_only
def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window's elements, without their signs' help: (sum x ** p) ** (1 / p).

    Args:
        input: (n, c, l), or without n.
        norm_type: p; 1 sums, and the larger it is the nearer comes the largest element.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        ceil_mode: add a window where the last one leaves elements out.

    Returns:
        (n, c, l'), each size floor((size - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, or if a window is larger than it.

    Example:
        >>> F.lp_pool1d(torch.tensor([[3.0, 4, 5, 12]]), 2, 2)
        tensor([[ 5., 13.]])
    """
    return _lp_pool(1, "lp_pool1d", input, norm_type, kernel_size, stride, ceil_mode)


@tensors_only
def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window's elements, without their signs' help: (sum x ** p) ** (1 / p).

    Args:
        input: (n, c, h, w), or without n.
        norm_type: p; 1 sums, and the larger it is the nearer comes the largest element.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        ceil_mode: add a window where the last one leaves elements out.

    Returns:
        (n, c, h', w'), each size floor((size - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, or if a window is larger than it.

    Example:
        >>> F.lp_pool2d(torch.ones(1, 4, 4), 2, 2)
        tensor([[[2., 2.],
                 [2., 2.]]])
    """
    return _lp_pool(2, "lp_pool2d", input, norm_type, kernel_size, stride, ceil_mode)


@tensors_only
def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """The p-norm of each window's elements, without their signs' help: (sum x ** p) ** (1 / p).

    Args:
        input: (n, c, d, h, w), or without n.
        norm_type: p; 1 sums, and the larger it is the nearer comes the largest element.
        kernel_size: the window's elements in each dimension.
        stride: elements from one window to the next. Default: `kernel_size`.
        ceil_mode: add a window where the last one leaves elements out.

    Returns:
        (n, c, d', h', w'), each size floor((size - kernel) / stride) + 1.

    Raises:
        RuntimeError: if the input has other dimensions, or if a window is larger than it.

    Example:
        >>> F.lp_pool3d(torch.ones(2, 3, 8, 8, 8), 2, 2).shape
        torch.Size([2, 3, 4, 4, 4])
    """
    return _lp_pool(3, "lp_pool3d", input, norm_type, kernel_size, stride, ceil_mode)


def _lp_pool(
    rank: int,
    name: str,
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None,
    ceil_mode: bool,
) -> Tensor:
    """`lp_pool2d` and its kin, for images of `rank` sizes."""
    powers = widened(input) ** norm_type
    mean = _avg_pool(rank, name, powers, kernel_size, stride, 0, ceil_mode, True, None)
    count = math.prod(each_dimension(kernel_size, rank, "kernel_size", name))
    none = mean == 0
    lengths = (where(none, 1.0, mean) * count) ** (1 / norm_type)
    return cast(where(none, 0.0, lengths), input.dtype)


# windows that divide images into parts -----------------------------------------------------


@tensors_only
def adaptive_avg_pool1d(input: Tensor, output_size: Sizes) -> Tensor:
    """The means of windows that divide each dimension into as many parts as asked for.

    Args:
        input: (n, c, l), or without n.
        output_size: the parts in each dimension; None keeps the input's size.

    Returns:
        (n, c, *output_size).

    Raises:
        RuntimeError: if the input has other dimensions, or if its elements are integers.

    Example:
        >>> F.adaptive_avg_pool1d(torch.tensor([[1.0, 5, 2, 3]]), 2)
        tensor([[3.0000, 2.5000]])
    """
    return _adaptive_avg_pool(1, "adaptive_avg_pool1d", input, output_size)


@tensors_only
def adaptive_avg_pool2d(input: Tensor, output_size: OptionalSizes) -> Tensor:
    """The means of windows that divide each dimension into as many parts as asked for.

    Args:
        input: (n, c, h, w), or without n.
        output_size: the parts in each dimension; None keeps the input's size.

    Returns:
        (n, c, *output_size).

    Raises:
        RuntimeError: if the input has other dimensions, or if its elements are integers.

    Example:
        >>> F.adaptive_avg_pool2d(torch.ones(2, 3, 7, 5), (1, None)).shape
        torch.Size([2, 3, 1, 5])
    """
    return _adaptive_avg_pool(2, "adaptive_avg_pool2d", input, output_size)


@tensors_only
def adaptive_avg_pool3d(input: Tensor, output_size: OptionalSizes) -> Tensor:
    """The means of windows that divide each dimension into as many parts as asked for.

    Args:
        input: (n, c, d, h, w), or without n.
        output_size: the parts in each dimension; None keeps the input's size.

    Returns:
        (n, c, *output_size).

    Raises:
        RuntimeError: if the input has other dimensions, or if its elements are integers.

    Example:
        >>> F.adaptive_avg_pool3d(torch.ones(2, 3, 8, 7, 5), 4).shape
        torch.Size([2, 3, 4, 4, 4])
    """
    return _adaptive_avg_pool(3, "adaptive_avg_pool3d", input, output_size)


@overload
def adaptive_max_pool1d(
    input: Tensor, output_size: Sizes, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool1d(
    input: Tensor, output_size: Sizes, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def adaptive_max_pool1d(
    input: Tensor, output_size: Sizes, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest of windows that divide each dimension into as many parts as asked for.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, l), or without n.
        output_size: the parts in each dimension; None keeps the input's size.
        return_indices: also return where the largest were.

    Returns:
        (n, c, *output_size); and with `return_indices` int64 of the same shape that counts through
        an image's elements.

    Raises:
        RuntimeError: if the input has other dimensions.

    Example:
        >>> F.adaptive_max_pool1d(torch.tensor([[1.0, 5, 2, 3]]), 2)
        tensor([[5., 3.]])
    """
    return _adaptive_max_pool(1, "adaptive_max_pool1d", input, output_size, return_indices)


@overload
def adaptive_max_pool2d(
    input: Tensor, output_size: OptionalSizes, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool2d(
    input: Tensor, output_size: OptionalSizes, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def adaptive_max_pool2d(
    input: Tensor, output_size: OptionalSizes, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest of windows that divide each dimension into as many parts as asked for.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, h, w), or without n.
        output_size: the parts in each dimension; None keeps the input's size.
        return_indices: also return where the largest were.

    Returns:
        (n, c, *output_size); and with `return_indices` int64 of the same shape that counts through
        an image's elements.

    Raises:
        ValueError: if the input has other dimensions.

    Example:
        >>> F.adaptive_max_pool2d(torch.ones(2, 3, 7, 5), (1, None)).shape
        torch.Size([2, 3, 1, 5])
    """
    return _adaptive_max_pool(2, "adaptive_max_pool2d", input, output_size, return_indices)


@overload
def adaptive_max_pool3d(
    input: Tensor, output_size: OptionalSizes, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool3d(
    input: Tensor, output_size: OptionalSizes, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@tensors_only
def adaptive_max_pool3d(
    input: Tensor, output_size: OptionalSizes, return_indices: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """The largest of windows that divide each dimension into as many parts as asked for.

    The gradient goes to the first of equals.

    Args:
        input: (n, c, d, h, w), or without n.
        output_size: the parts in each dimension; None keeps the input's size.
        return_indices: also return where the largest were.

    Returns:
        (n, c, *output_size); and with `return_indices` int64 of the same shape that counts through
        an image's elements.

    Raises:
        ValueError: if the input has other dimensions.

    Example:
        >>> F.adaptive_max_pool3d(torch.ones(2, 3, 8, 7, 5), 4).shape
        torch.Size([2, 3, 4, 4, 4])
    """
    return _adaptive_max_pool(3, "adaptive_max_pool3d", input, output_size, return_indices)


def _adaptive_avg_pool(rank: int, name: str, input: Tensor, output_size: OptionalSizes) -> Tensor:
    """`adaptive_avg_pool2d` and its kin, for images of `rank` sizes."""
    goal = _output_size(input, output_size, rank, name)
    is_float = input.array.dtype.kind == "f"
    check(is_float, "interpolation and averages are not implemented for {}", input.dtype)
    size = input.array.shape[-rank:]
    x = widened(input)

    def rule(g: Tensor) -> Tensor:
        pairs = zip(size, goal, strict=True)
        return multiply_dimensions(g, [kernels.part_shares(n, count).T for n, count in pairs])

    return cast(record(name, kernels.part_means, (x, rule), output_size=goal), input.dtype)


def _adaptive_max_pool(
    rank: int, name: str, input: Tensor, output_size: OptionalSizes, return_indices: bool
) -> Tensor | tuple[Tensor, Tensor]:
    """`adaptive_max_pool2d` and its kin, for images of `rank` sizes."""
    supported("adaptive_max_pool2d", "f", input)
    goal = _output_size(input, output_size, rank, name)
    size = input.array.shape[-rank:]
    out, indices = record_joint(
        name,
        kernels.adaptive_maximum_with_indices,
        [input],
        lambda gradients: [_add_elements(gradients[0], indices, size)],
        output_size=goal,
    )
    return (out, indices) if return_indices else out


def _output_size(x: Tensor, output_size: OptionalSizes, rank: int, name: str) -> Ints:
    """The sizes of an adaptive pooling's result."""
    check_rank(x, rank, name, ValueError if 1 < rank >= x.ndim else RuntimeError)
    given = tuple(output_size) if isinstance(output_size, tuple | list) else (output_size,)
    if len(given) == 1:
        given = given * rank
    message = "{}: output_size must be one or {} numbers, but got {}"
    check(len(given) == rank, message, name, rank, output_size)
    goal = [
        n if wanted is None else wanted for wanted, n in zip(given, x.shape[-rank:], strict=True)
    ]
    return each_dimension(goal, rank, "output_size", name, 0)
