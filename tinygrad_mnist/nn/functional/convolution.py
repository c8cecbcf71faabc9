"""Convolutions, and the windows of images as columns.

Everything is written once, for any number of spatial dimensions: `conv2d` is the general form with
the number filled in. Inputs are (n, c, *size), or (c, *size) without a batch.
"""

from __future__ import annotations

import math

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import Edge, record
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.kernels import convolution as kernels
from tinygrad_mnist.kernels.convolution import Grid
from tinygrad_mnist.nn.functional.padding import Widths, pad_zeros
from tinygrad_mnist.nn.functional.windows import (
    Ints,
    Sizes,
    check_rank,
    each_dimension,
    window_grid,
)
from tinygrad_mnist.ops.arguments import supported
from tinygrad_mnist.ops.reduction import sum

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "fold",
    "unfold",
]


# convolution -------------------------------------------------------------------------------


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of sequences with kernels.

    Args:
        input: (n, c, l), or without n.
        weight: the kernels, (o, c / groups, k).
        bias: added to each output channel, (o,).
        stride: elements from one window to the next.
        padding: zeros around the input; "same" as many as keep its size, "valid" none.
        dilation: the distance between a kernel's elements in the input.
        groups: the channels fall into as many groups, and outputs see only their own.

    Returns:
        (n, o, l'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            the kernel is larger than the padded input.

    Example:
        >>> F.conv1d(torch.tensor([[1.0, 2, 3, 4]]), torch.tensor([[[1.0, -1]]]))
        tensor([[-1., -1., -1.]])
    """
    return _convolution(1, "conv1d", input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of images with kernels.

    Args:
        input: (n, c, h, w), or without n.
        weight: the kernels, (o, c / groups, k, l).
        bias: added to each output channel, (o,).
        stride: elements from one window to the next.
        padding: zeros around the input; "same" as many as keep its size, "valid" none.
        dilation: the distance between a kernel's elements in the input.
        groups: the channels fall into as many groups, and outputs see only their own.

    Returns:
        (n, o, h', w'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            the kernel is larger than the padded input.

    Example:
        >>> F.conv2d(torch.ones(8, 3, 28, 28), torch.ones(16, 3, 5, 5), padding=2).shape
        torch.Size([8, 16, 28, 28])
    """
    return _convolution(2, "conv2d", input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of volumes with kernels.

    Args:
        input: (n, c, d, h, w), or without n.
        weight: the kernels, (o, c / groups, j, k, l).
        bias: added to each output channel, (o,).
        stride: elements from one window to the next.
        padding: zeros around the input; "same" as many as keep its size, "valid" none.
        dilation: the distance between a kernel's elements in the input.
        groups: the channels fall into as many groups, and outputs see only their own.

    Returns:
        (n, o, d', h', w'), each size
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            the kernel is larger than the padded input.

    Example:
        >>> F.conv3d(torch.ones(2, 3, 8, 8, 8), torch.ones(4, 3, 3, 3, 3), stride=2).shape
        torch.Size([2, 4, 3, 3, 3])
    """
    return _convolution(3, "conv3d", input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The gradient of `conv1d` by its input, as an operation of its own.

    Args:
        input: (n, c, l), or without n.
        weight: the kernels, (c, o / groups, k).
        bias: added to each output channel, (o,).
        stride: elements of the result from one window to the next.
        padding: what is cut off at either end of the result.
        output_padding: what is added at its far end, less than the stride or the dilation.
        groups: the channels fall into as many groups, and outputs see only their own.
        dilation: the distance between a kernel's elements in the result.

    Returns:
        (n, o, l'), each size
        (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            nothing would be left.

    Example:
        >>> F.conv_transpose1d(torch.tensor([[1.0, 2]]), torch.tensor([[[1.0, -1]]]))
        tensor([[ 1.,  1., -2.]])
    """
    return _transposed_convolution(
        1,
        "conv_transpose1d",
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The gradient of `conv2d` by its input, as an operation of its own.

    Args:
        input: (n, c, h, w), or without n.
        weight: the kernels, (c, o / groups, k, l).
        bias: added to each output channel, (o,).
        stride: elements of the result from one window to the next.
        padding: what is cut off at either end of the result.
        output_padding: what is added at its far end, less than the stride or the dilation.
        groups: the channels fall into as many groups, and outputs see only their own.
        dilation: the distance between a kernel's elements in the result.

    Returns:
        (n, o, h', w'), each size
        (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            nothing would be left.

    Example:
        >>> F.conv_transpose2d(torch.ones(8, 3, 5, 5), torch.ones(3, 4, 2, 2), stride=2).shape
        torch.Size([8, 4, 10, 10])
    """
    return _transposed_convolution(
        2,
        "conv_transpose2d",
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The gradient of `conv3d` by its input, as an operation of its own.

    Args:
        input: (n, c, d, h, w), or without n.
        weight: the kernels, (c, o / groups, j, k, l).
        bias: added to each output channel, (o,).
        stride: elements of the result from one window to the next.
        padding: what is cut off at either end of the result.
        output_padding: what is added at its far end, less than the stride or the dilation.
        groups: the channels fall into as many groups, and outputs see only their own.
        dilation: the distance between a kernel's elements in the result.

    Returns:
        (n, o, d', h', w'), each size
        (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.

    Raises:
        RuntimeError: if shapes, channels or dtypes do not fit, if an option is out of range, or if
            nothing would be left.

    Example:
        >>> F.conv_transpose3d(torch.ones(2, 3, 4, 4, 4), torch.ones(3, 4, 2, 2, 2)).shape
        torch.Size([2, 4, 5, 5, 5])
    """
    return _transposed_convolution(
        3,
        "conv_transpose3d",
        input,
        weight,
        bias,
        stride,
        padding,
        output_padding,
        groups,
        dilation,
    )


def _convolution(
    rank: int,
    name: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    """`conv2d` and its kin, for images of `rank` sizes."""
    _check_operands(rank, name, input, weight, bias, groups, weight_dims=(1, 0))
    kernel = weight.array.shape[2:]
    steps = each_dimension(stride, rank, "stride", name)
    spacing = each_dimension(dilation, rank, "dilation", name)
    widths = _padding_widths(rank, name, padding, kernel, steps, spacing)
    x = pad_zeros(input, widths)
    grid = window_grid(x.array.shape[-rank:], kernel, steps, spacing, name)
    if x.ndim == rank + 2:
        return convolve(x, weight, bias, grid, groups)
    return convolve(x.unsqueeze(0), weight, bias, grid, groups).squeeze(0)


def _padding_widths(
    rank: int, name: str, padding: Sizes | str, kernel: Ints, stride: Ints, dilation: Ints
) -> Widths:
    """The zeros before and after each dimension that `padding` stands for."""
    if not isinstance(padding, str):
        return [(p, p) for p in each_dimension(padding, rank, "padding", name, 0)]
    ok = padding == "valid" or (padding == "same" and max(stride) == 1)
    check(ok, "{}: padding={!r} is not supported with stride {}", name, padding, stride)
    if padding == "valid":
        return [(0, 0)] * rank
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _transposed_convolution(
    rank: int,
    name: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    groups: int,
    dilation: Sizes,
) -> Tensor:
    """`conv_transpose2d` and its kin, for images of `rank` sizes."""
    _check_operands(rank, name, input, weight, bias, groups, weight_dims=(0, 1))
    steps = each_dimension(stride, rank, "stride", name)
    spacing = each_dimension(dilation, rank, "dilation", name)
    cut = each_dimension(padding, rank, "padding", name, 0)
    added = each_dimension(output_padding, rank, "output_padding", name, 0)
    ok = all(m < max(s, d) for m, s, d in zip(added, steps, spacing, strict=True))
    message = "{}: output padding must be smaller than either stride or dilation, but got {}"
    check(ok, message, name, added)
    grid = Grid(weight.array.shape[2:], input.array.shape[-rank:], steps, spacing)
    size = grid.extent()
    widths = [(-c, m - c) for c, m in zip(cut, added, strict=True)]
    ok = all(n + before + after >= 1 for n, (before, after) in zip(size, widths, strict=True))
    check(ok, "{}: Output size is too small: {} less padding {}", name, size, cut)
    if input.ndim == rank + 2:
        out = convolution_input_gradient(input, weight, size, grid, groups)
    else:
        out = convolution_input_gradient(input.unsqueeze(0), weight, size, grid, groups).squeeze(0)
    out = pad_zeros(out, widths)
    if bias is None:
        return out
    return out + bias.reshape(-1, *(1,) * rank)


def _check_operands(
    rank: int,
    name: str,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    groups: int,
    weight_dims: tuple[int, int],
) -> None:
    """RuntimeError where channels or dtypes do not fit.

    Args:
        weight_dims: the dimensions of the weight that the input's and the result's channels are.
    """
    supported(f"slow_{name}_cpu", "iuf", x)
    check_rank(x, rank, name)
    shape = weight.array.shape
    ok = len(shape) == rank + 2 and groups >= 1 and shape[0] % groups == 0
    message = "{}: weight {} must be {}D, with a multiple of {} rows"
    check(ok, message, name, weight.shape, rank + 2, groups)
    channels = [shape[0], shape[1] * groups]
    wanted, made = (channels[d] for d in weight_dims)
    ok = x.array.shape[-rank - 1] == wanted
    message = "{}: expected {} channels for weight {}, got input {}"
    check(ok, message, name, wanted, weight.shape, x.shape)
    ok = bias is None or bias.array.shape == (made,)
    message = "{}: expected bias to be 1-dimensional with {} elements, got {}"
    check(ok, message, name, made, bias)
    kinds = [each.array.dtype.name for each in (x, weight, bias) if each is not None]
    message = "{}: input, weight and bias should have the same type, got {}"
    check(len(set(kinds)) == 1, message, name, kinds)


# the three sums of one bilinear form, each the gradient of the others


def convolve(x: Tensor, w: Tensor, bias: Tensor | None, grid: Grid, groups: int) -> Tensor:
    """x of (n, c, *size) with kernels (o, c / groups, *kernel): (n, o, *out)."""
    size = x.array.shape[2:]
    edges: list[Edge] = [
        (x, lambda g: convolution_input_gradient(g, w, size, grid, groups)),
        (w, lambda g: convolution_weight_gradient(x, g, grid, groups)),
    ]
    if bias is not None:
        edges.append((bias, _sum_channels))
    return record("convolution", kernels.convolve, *edges, grid=grid, groups=groups)


def _sum_channels(g: Tensor) -> Tensor:
    """The sums of the channels, (c,), of (n, c, *size)."""
    return sum(g, (0, *range(2, g.ndim)))


def convolution_input_gradient(g: Tensor, w: Tensor, size: Ints, grid: Grid, groups: int) -> Tensor:
    """The gradient of `convolve` by x: g of (n, o, *out) to (n, c, *size)."""
    return record(
        "convolution_transpose",
        kernels.convolution_input_gradient,
        (g, lambda h: convolve(h, w, None, grid, groups)),
        (w, lambda h: convolution_weight_gradient(h, g, grid, groups)),
        size=size,
        grid=grid,
        groups=groups,
    )


def convolution_weight_gradient(x: Tensor, g: Tensor, grid: Grid, groups: int) -> Tensor:
    """The gradient of `convolve` by w: g of (n, o, *out) to (o, c / groups, *kernel)."""
    size = x.array.shape[2:]
    return record(
        "convolution_weight",
        kernels.convolution_weight_gradient,
        (x, lambda h: convolution_input_gradient(g, h, size, grid, groups)),
        (g, lambda h: convolve(x, h, None, grid, groups)),
        grid=grid,
        groups=groups,
    )


# windows as columns ------------------------------------------------------------------------


def unfold(
    input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """The windows of images as columns.

    Args:
        input: (n, c, h, w), or without n.
        kernel_size: a window's height and width.
        dilation: the distance between a window's elements.
        padding: zeros around the images.
        stride: elements from one window to the next.

    Returns:
        (n, c * a window's elements, windows).

    Raises:
        RuntimeError: if the input has other dimensions, if an option is out of range, or if a
            window is larger than the padded image.

    Example:
        >>> F.unfold(torch.arange(6.0).reshape(1, 1, 2, 3), 2)
        tensor([[[0., 1.],
                 [1., 2.],
                 [3., 4.],
                 [4., 5.]]])
    """
    supported("im2col_out_cpu", "bf", input)
    check_rank(input, 2, "unfold")
    shape = input.array.shape
    grid, around, _ = _column_grid("unfold", shape[-2:], kernel_size, dilation, padding, stride)
    images = pad_zeros(input if input.ndim == 4 else input.unsqueeze(0), [(p, p) for p in around])
    rows = shape[-3] * math.prod(grid.kernel)
    return windows_to_columns(images, grid).reshape(*shape[:-3], rows, math.prod(grid.out))


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """The columns of `unfold` added up to images.

    Args:
        input: (n, c * a window's elements, windows), or without n.
        output_size: the images' height and width.
        kernel_size: a window's height and width.
        dilation: the distance between a window's elements.
        padding: what is cut off around the result.
        stride: elements from one window to the next.

    Returns:
        (n, c, h, w).

    Raises:
        RuntimeError: if the columns are not as many, or not as long, as the windows need.

    Example:
        >>> F.fold(torch.ones(1, 4, 2), (2, 3), 2)
        tensor([[[[1., 2., 1.],
                  [1., 2., 1.]]]])
    """
    supported("col2im_out_cpu", "bf", input)
    check_rank(input, 1, "fold")
    size = each_dimension(output_size, 2, "output_size", "fold")
    grid, around, padded = _column_grid("fold", size, kernel_size, dilation, padding, stride)
    *lead, rows, count = input.array.shape
    elements = math.prod(grid.kernel)
    fits = rows % elements == 0 and count == math.prod(grid.out)
    message = "fold: {} does not fit kernel {} at {} positions"
    check(fits, message, input.array.shape, grid.kernel, grid.out)
    columns = input.reshape(*(lead or [1]), rows // elements, *grid.kernel, *grid.out)
    images = pad_zeros(columns_to_windows(columns, padded, grid), [(-p, -p) for p in around])
    return images if lead else images.squeeze(0)


def _column_grid(
    name: str, size: Ints, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> tuple[Grid, Ints, Ints]:
    """The windows, the padding, and the size of the padded image."""
    kernel = each_dimension(kernel_size, 2, "kernel_size", name)
    steps = each_dimension(stride, 2, "stride", name)
    spacing = each_dimension(dilation, 2, "dilation", name)
    around = each_dimension(padding, 2, "padding", name, 0)
    padded = tuple(n + 2 * p for n, p in zip(size, around, strict=True))
    return window_grid(padded, kernel, steps, spacing, name), around, padded


def windows_to_columns(x: Tensor, grid: Grid) -> Tensor:
    """(n, c, *size) as (n, c, *kernel, *out)."""
    size = x.array.shape[2:]
    edge = (x, lambda g: columns_to_windows(g, size, grid))
    return record("im2col", kernels.unfold_windows, edge, grid=grid)


def columns_to_windows(columns: Tensor, size: Ints, grid: Grid) -> Tensor:
    """(n, c, *kernel, *out) added up to (n, c, *size)."""
    edge = (columns, lambda g: windows_to_columns(g, grid))
    return record("col2im", kernels.fold_windows, edge, size=size, grid=grid)
