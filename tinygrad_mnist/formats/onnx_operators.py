"""The ONNX form of each function of arrays that the tape's records call.

A form takes the graph and a step, adds operators, and returns the names of the results, or the one
name. Operators: https://onnx.ai/onnx/operators.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tinygrad_mnist.core import arithmetic
from tinygrad_mnist.kernels import convolution, elementary, network, recurrence, softmax
from tinygrad_mnist.nn.functional import attention, loss, normalization, padding, vectors
from tinygrad_mnist.ops import indexing, joining, pointwise, products, reduction, shape

__all__ = ["OPERATORS", "NoForm"]

LAST = np.iinfo(np.int64).max


class NoForm(Exception):
    """An operation that has no form; the message names it."""


def _need(fits: bool, step: Any, why: str) -> None:
    """Refuse a step unless it fits."""
    if not fits:
        raise NoForm(f"'{step.name}' {why}")


# each element ------------------------------------------------------------------------------


def _unary(operator: str, graph: Any, step: Any, **options: Any) -> str:
    """One operator on the input."""
    name = graph.cast(step.inputs[0], step.arrays[0].dtype, step.outputs[0].dtype)
    return graph.add(operator, name, **options)


def _test(operator: str, graph: Any, step: Any) -> str:
    """One operator from numbers to bools."""
    return graph.add(operator, step.inputs[0])


def _arithmetic_of(operator: str, graph: Any, step: Any) -> str:
    """One operator on inputs in the result's dtype."""
    wanted = step.outputs[0].dtype
    if wanted.kind == "b":
        return graph.add({"Mul": "And", "Add": "Or"}[operator], *step.inputs)
    return graph.add(operator, *_all_cast(graph, step, wanted))


def _comparison(operator: str, graph: Any, step: Any) -> str:
    """One operator on inputs in their common dtype."""
    wanted = np.result_type(*step.arrays)
    if wanted.kind == "b":
        wanted = np.dtype(np.int32)
    return graph.add(operator, *_all_cast(graph, step, wanted))


def _logical(operator: str, graph: Any, step: Any) -> str:
    """One operator on inputs as bools."""
    return graph.add(operator, *_all_cast(graph, step, bool))


def _bitwise(operator: str, graph: Any, step: Any) -> str:
    if step.outputs[0].dtype == bool:
        return _logical(operator, graph, step)
    return graph.add(f"Bitwise{operator}", *_all_cast(graph, step, step.outputs[0].dtype))


def _all_cast(graph: Any, step: Any, wanted: Any) -> list[str]:
    pairs = zip(step.inputs, step.arrays, strict=True)
    return [graph.cast(name, array.dtype, wanted) for name, array in pairs]


def _number(graph: Any, step: Any, value: float) -> str:
    return graph.constant(value, step.outputs[0].dtype)


def _not_equal(graph: Any, step: Any) -> str:
    return graph.add("Not", _comparison("Equal", graph, step))


def _invert(graph: Any, step: Any) -> str:
    return graph.add("Not" if step.outputs[0].dtype == bool else "BitwiseNot", *step.inputs)


def _logical_not(graph: Any, step: Any) -> str:
    return graph.add("Not", graph.cast(step.inputs[0], step.arrays[0].dtype, bool))


def _square(graph: Any, step: Any) -> str:
    return graph.add("Mul", step.inputs[0], step.inputs[0])


def _log1p(graph: Any, step: Any) -> str:
    return graph.add("Log", graph.add("Add", step.inputs[0], _number(graph, step, 1)))


def _expm1(graph: Any, step: Any) -> str:
    return graph.add("Sub", graph.add("Exp", step.inputs[0]), _number(graph, step, 1))


def _log_of(base: float, graph: Any, step: Any) -> str:
    return graph.add("Div", graph.add("Log", step.inputs[0]), _number(graph, step, math.log(base)))


def _exp2(graph: Any, step: Any) -> str:
    return graph.add("Pow", _number(graph, step, 2), step.inputs[0])


def _logaddexp(graph: Any, step: Any) -> str:
    a, b = step.inputs
    spread = graph.add("Neg", graph.add("Abs", graph.add("Sub", a, b)))
    return graph.add("Add", graph.add("Max", a, b), graph.add("Softplus", spread))


def _reciprocal_root(graph: Any, step: Any) -> str:
    return graph.add("Reciprocal", graph.add("Sqrt", step.inputs[0]))


def _log_sigmoid(graph: Any, step: Any) -> str:
    return graph.add("Neg", graph.add("Softplus", graph.add("Neg", step.inputs[0])))


def _gelu(graph: Any, step: Any) -> str:
    if graph.opset >= 20:
        return graph.add("Gelu", step.inputs[0])
    (x,) = step.inputs
    bent = graph.add("Erf", graph.add("Mul", x, _number(graph, step, math.sqrt(0.5))))
    half = graph.add("Mul", x, _number(graph, step, 0.5))
    return graph.add("Mul", half, graph.add("Add", bent, _number(graph, step, 1)))


def _gelu_tanh(graph: Any, step: Any) -> str:
    _need(graph.opset >= 20, step, "with an opset_version below 20")
    return graph.add("Gelu", step.inputs[0], approximate="tanh")


def _silu(graph: Any, step: Any) -> str:
    return graph.add("Mul", step.inputs[0], graph.add("Sigmoid", step.inputs[0]))


def _mish(graph: Any, step: Any) -> str:
    (x,) = step.inputs
    return graph.add("Mul", x, graph.add("Tanh", graph.add("Softplus", x)))


def _at_least(graph: Any, step: Any) -> str:
    return graph.add("Max", step.inputs[0], _number(graph, step, step.options["least"]))


def _clip(graph: Any, step: Any) -> str:
    limits = [step.options["min"], step.options["max"]]
    names = ["" if each is None else _number(graph, step, each) for each in limits]
    return graph.add("Clip", step.inputs[0], *names)


def _erf(graph: Any, step: Any) -> str:
    return graph.add("Erf", step.inputs[0])


def _where(graph: Any, step: Any) -> str:
    wanted = step.outputs[0].dtype
    condition = graph.cast(step.inputs[0], step.arrays[0].dtype, bool)
    branches = _all_cast(graph, step, wanted)[1:]
    return graph.add("Where", condition, *branches)


def _filled_where(graph: Any, step: Any) -> str:
    x, filler, mask = step.inputs
    filler = graph.cast(filler, step.arrays[1].dtype, step.outputs[0].dtype)
    return graph.add("Where", graph.cast(mask, step.arrays[2].dtype, bool), filler, x)


def _zeroed_where(graph: Any, step: Any) -> str:
    x, mask = step.inputs
    mask = graph.cast(mask, step.arrays[1].dtype, bool)
    return graph.add("Where", mask, _number(graph, step, 0), x)


def _kept_where(graph: Any, step: Any) -> str:
    x, mask = step.inputs
    mask = graph.cast(mask, step.arrays[1].dtype, bool)
    return graph.add("Where", mask, x, _number(graph, step, 0))


def _cast(graph: Any, step: Any) -> str:
    return graph.cast(step.inputs[0], step.arrays[0].dtype, step.outputs[0].dtype)


def _unchanged(graph: Any, step: Any) -> str:
    return step.inputs[0]


# shapes ------------------------------------------------------------------------------------


def _reshape(graph: Any, step: Any) -> str:
    return graph.add("Reshape", step.inputs[0], graph.sizes(step.out_shapes))


def _expand(graph: Any, step: Any) -> str:
    name = step.inputs[0]
    if "kept" in step.options:
        kept = graph.sizes([options["kept"] for options in step.all_options])
        name = graph.add("Reshape", name, kept)
    return graph.add("Expand", name, graph.sizes(step.out_shapes))


def _permute(graph: Any, step: Any) -> str:
    rank = step.arrays[0].ndim
    order = [d % rank for d in step.options["dims"]]
    return graph.add("Transpose", step.inputs[0], perm=order)


def _swap(graph: Any, step: Any) -> str:
    rank = step.arrays[0].ndim
    if not rank:
        return step.inputs[0]
    return _swapped(graph, step.inputs[0], rank, step.options["dim0"], step.options["dim1"])


def _swapped(graph: Any, name: str, rank: int, dim0: int, dim1: int) -> str:
    order = list(range(rank))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return graph.add("Transpose", name, perm=order)


def _flip(graph: Any, step: Any) -> str:
    dims = [d % step.arrays[0].ndim for d in step.options["dims"]]
    count = len(dims)
    ends = graph.integers([-LAST] * count)
    starts = graph.integers([-1] * count)
    steps = graph.integers([-1] * count)
    return graph.add("Slice", step.inputs[0], starts, ends, graph.integers(dims), steps)


def _stack(graph: Any, step: Any) -> str:
    dim = step.options["dim"] % step.outputs[0].ndim
    axes = graph.integers([dim])
    names = _all_cast(graph, step, step.outputs[0].dtype)
    return graph.add("Concat", *(graph.add("Unsqueeze", x, axes) for x in names), axis=dim)


def _concatenate(graph: Any, step: Any) -> str:
    dim = step.options["dim"] % step.outputs[0].ndim
    names = _all_cast(graph, step, step.outputs[0].dtype)
    pairs = zip(names, step.arrays, strict=True)
    kept = [name for name, array in pairs if array.ndim == step.outputs[0].ndim]
    return graph.add("Concat", *kept, axis=dim)


def _pad(graph: Any, step: Any) -> str:
    widths = step.options["widths"]
    name = step.inputs[0]
    axes = [d for d, pair in enumerate(widths) if min(pair) < 0]
    if axes:
        starts = graph.integers([max(-widths[d][0], 0) for d in axes])
        ends = graph.integers([widths[d][1] if widths[d][1] < 0 else LAST for d in axes])
        name = graph.add("Slice", name, starts, ends, graph.integers(axes))
    before = [max(pair[0], 0) for pair in widths]
    after = [max(pair[1], 0) for pair in widths]
    if not any(before + after):
        return name
    pads = graph.integers(before + after)
    return graph.add("Pad", name, pads, _number(graph, step, step.options["value"]))


def _index(graph: Any, step: Any) -> str:
    """Slices first, then the dimensions that ints take away and None puts in."""
    indices = [options["index"] for options in step.all_options]
    parts = [_parts(each, len(shape)) for each, shape in zip(indices, step.in_shapes, strict=True)]
    name = step.inputs[0]
    dropped: list[int] = []
    added: list[int] = []
    axis = 0
    place = 0
    slices = []
    for number, part in enumerate(parts[0]):
        if part is None:
            added.append(place)
            place += 1
            continue
        if isinstance(part, slice):
            if part != slice(None):
                slices.append((axis, [each[number] for each in parts]))
            place += 1
        else:
            slices.append((axis, [_one(each[number]) for each in parts]))
            dropped.append(axis)
        axis += 1
    for axis, chosen in slices:
        shapes = step.in_shapes
        name = _sliced(graph, name, axis, chosen, [each[axis] for each in shapes])
    if dropped:
        name = graph.add("Squeeze", name, graph.integers(dropped))
    if added:
        name = graph.add("Unsqueeze", name, graph.integers(added))
    return name


def _parts(index: Any, rank: int) -> list[Any]:
    """An index's parts, one for each dimension and each None."""
    index = index if isinstance(index, tuple) else (index,)
    used = sum(part is not None and part is not Ellipsis for part in index)
    found: list[Any] = []
    for part in index:
        if part is Ellipsis:
            found += [slice(None)] * (rank - used)
        else:
            found.append(part)
    rest = rank - sum(part is not None for part in found)
    return found + [slice(None)] * rest


def _one(place: Any) -> slice:
    return slice(int(place), int(place) + 1 if place != -1 else None)


def _sliced(graph: Any, name: str, axis: int, chosen: list[slice], sizes: list[int]) -> str:
    if len(set(sizes)) == 1 or all(each == chosen[0] for each in chosen):
        first = chosen[0]
        step = 1 if first.step is None else first.step
        start = 0 if first.start is None else first.start
        end = LAST if first.stop is None else first.stop
        limits = [graph.integers([start]), graph.integers([end])]
    else:
        spans = [each.indices(n) for each, n in zip(chosen, sizes, strict=True)]
        step = spans[0][2]
        limits = [graph.sizes([(span[0],) for span in spans])]
        limits.append(graph.sizes([(span[1],) for span in spans]))
    return graph.add("Slice", name, *limits, graph.integers([axis]), graph.integers([step]))


def _take_rows(graph: Any, step: Any) -> str:
    _need(step.arrays[1].dtype.kind == "i", step, "with a mask")
    return graph.add("Gather", *step.inputs, axis=0)


def _take_at(graph: Any, step: Any) -> str:
    """An index of slices, and arrays of integers that stand together at the front, or one."""
    parts = step.options["parts"]
    arrays = step.arrays[1:]
    _need(all(each.dtype.kind == "i" for each in arrays), step, "with a mask")
    slots = []
    for d, part in enumerate(parts):
        if isinstance(part, indexing.Slot | np.ndarray):
            slots.append(d)
        else:
            _need(isinstance(part, slice) and part == slice(None), step, "at that index")
    places = [_index_array(graph, step, d) for d in slots]
    if len(slots) == 1:
        return graph.add("Gather", step.inputs[0], *places, axis=slots[0])
    _need(slots == list(range(len(slots))), step, "at that index")
    rest = step.arrays[0].ndim - len(slots)
    full = graph.sizes([each[: len(each) - rest] for each in step.out_shapes])
    last = graph.integers([-1])
    named = []
    for name in places:
        spread = graph.add("Expand", name, full)
        named.append(graph.add("Unsqueeze", spread, last))
    return graph.add("GatherND", step.inputs[0], graph.add("Concat", *named, axis=-1))


def _index_array(graph: Any, step: Any, d: int) -> str:
    """The indices of a dimension: an input, or a constant."""
    part = step.options["parts"][d]
    if isinstance(part, np.ndarray):
        return graph.constant_of([options["parts"][d] for options in step.all_options])
    return step.inputs[1 + part.place]


def _outer(graph: Any, step: Any) -> str:
    a, b = _all_cast(graph, step, step.outputs[0].dtype)
    first = step.arrays[0].ndim
    axes = list(range(first, first + step.arrays[1].ndim))
    if axes:
        a = graph.add("Unsqueeze", a, graph.integers(axes))
    return graph.add("Mul", a, b)


def _one_hot(graph: Any, step: Any) -> str:
    count = graph.constant(step.options["num_classes"], np.int64)
    return graph.add("OneHot", step.inputs[0], count, graph.constant([0, 1], np.int64), axis=-1)


def _triangle(upper: int, graph: Any, step: Any) -> str:
    diagonal = graph.constant(int(step.options.get("k", 0)), np.int64)
    return graph.add("Trilu", step.inputs[0], diagonal, upper=upper)


# reductions --------------------------------------------------------------------------------


def _axes(step: Any) -> list[int]:
    rank = step.arrays[0].ndim
    axis = step.options.get("axis")
    if axis is None:
        return list(range(rank))
    return [d % rank for d in ([axis] if isinstance(axis, int) else axis)]


def _reduced(graph: Any, operator: str, name: str, axes: list[int], keepdims: bool) -> str:
    """A reduction over axes; none of them leaves all as it is."""
    kept = int(keepdims)
    if not axes:
        return name
    if graph.opset < 18 and operator != "ReduceSum":
        return graph.add(operator, name, axes=axes, keepdims=kept)
    return graph.add(operator, name, graph.integers(axes), keepdims=kept)


def _reduction_of(operator: str, graph: Any, step: Any) -> str:
    """A reduction in the result's dtype."""
    name = graph.cast(step.inputs[0], step.arrays[0].dtype, step.outputs[0].dtype)
    return _reduced(graph, operator, name, _axes(step), bool(step.options.get("keepdims")))


def _finite_top(graph: Any, step: Any) -> str:
    """The largest elements, and 0 for those that are not finite."""
    top = _reduced(graph, "ReduceMax", step.inputs[0], _axes(step), True)
    odd = graph.add("Or", graph.add("IsInf", top), graph.add("IsNaN", top))
    return graph.add("Where", odd, _number(graph, step, 0), top)


def _top_places(graph: Any, step: Any) -> str:
    """Where the first k elements lie in falling or rising order."""
    axis = step.options["axis"]
    if "k" in step.options:
        count = graph.integers([step.options["k"]])
    else:
        count = graph.sizes([(each[axis],) for each in step.in_shapes])
    largest = step.options.get("largest", step.options.get("descending"))
    inputs = [step.inputs[0], count]
    return graph.add_joint("TopK", inputs, 2, axis=int(axis), largest=int(largest))[1]


def _round(graph: Any, step: Any) -> str:
    _need(not step.options.get("decimals"), step, "to decimals")
    return graph.add("Round", step.inputs[0])


def _truth(operator: str, graph: Any, step: Any) -> str:
    number = graph.cast(graph.cast(step.inputs[0], step.arrays[0].dtype, bool), bool, np.int32)
    found = _reduced(graph, operator, number, _axes(step), bool(step.options.get("keepdims")))
    return graph.cast(found, np.int32, step.outputs[0].dtype)


def _norm(graph: Any, step: Any) -> str:
    operator = {1: "ReduceL1", 2: "ReduceL2"}.get(step.options["p"])
    _need(operator is not None, step, f"of order {step.options['p']}")
    return _reduction_of(operator, graph, step)  # type: ignore[arg-type]


def _cumulative_sum(graph: Any, step: Any) -> str:
    name = graph.cast(step.inputs[0], step.arrays[0].dtype, step.outputs[0].dtype)
    return graph.add("CumSum", name, graph.constant(int(step.options["axis"]), np.int64))


def _place(operator: str, graph: Any, step: Any) -> str:
    axis = step.options.get("axis")
    keepdims = bool(step.options.get("keepdims"))
    name = step.inputs[0]
    if axis is None:
        _need(not keepdims, step, "of all elements with keepdim")
        name = graph.add("Reshape", name, graph.integers([-1]))
        axis = 0
    return graph.add(operator, name, axis=int(axis), keepdims=int(keepdims))


def _softmax(operator: str, graph: Any, step: Any) -> str:
    _need(step.arrays[0].ndim > 0, step, "of a scalar")
    return graph.add(operator, step.inputs[0], axis=int(step.options["axis"]))


def _safe_softmax(graph: Any, step: Any) -> str:
    """The softmax; 0 where all scores are minus infinity, and so no number."""
    found = graph.add("Softmax", step.inputs[0], axis=-1)
    return graph.add("Where", graph.add("IsNaN", found), _number(graph, step, 0), found)


def _standardize(graph: Any, step: Any) -> list[str]:
    """(x - mean) / sqrt(variance + eps), and 1 / sqrt(variance + eps)."""
    (x,) = step.inputs
    rank = step.arrays[0].ndim
    axes = [d % rank for d in step.options["dims"]]
    centred = graph.add("Sub", x, _reduced(graph, "ReduceMean", x, axes, True))
    squares = graph.add("Mul", centred, centred)
    variance = _reduced(graph, "ReduceMean", squares, axes, True)
    safe = graph.add("Add", variance, _number(graph, step, step.options["eps"]))
    scale = graph.add("Reciprocal", graph.add("Sqrt", safe))
    return [graph.add("Mul", centred, scale), scale]


# products and windows ----------------------------------------------------------------------


def _affine_map(graph: Any, step: Any) -> str:
    x, weight, bias = step.inputs
    if step.arrays[0].ndim == 2 and step.arrays[1].ndim == 2:
        return graph.add("Gemm", x, weight, bias, transB=1)
    turned = _swapped(graph, weight, step.arrays[1].ndim, -1, -2)
    return graph.add("Add", graph.add("MatMul", x, turned), bias)


def _matmul_transposed(graph: Any, step: Any) -> str:
    a, b = step.inputs
    return graph.add("MatMul", a, _swapped(graph, b, step.arrays[1].ndim, -1, -2))


def _transposed_matmul(graph: Any, step: Any) -> str:
    a, b = step.inputs
    return graph.add("MatMul", _swapped(graph, a, step.arrays[0].ndim, -1, -2), b)


def _convolve(graph: Any, step: Any) -> str:
    grid = step.options["grid"]
    return graph.add(
        "Conv",
        *step.inputs,
        kernel_shape=list(grid.kernel),
        strides=list(grid.stride),
        dilations=list(grid.dilation),
        group=int(step.options["groups"]),
    )


def _convolve_transposed(graph: Any, step: Any) -> str:
    grid = step.options["grid"]
    name = graph.add(
        "ConvTranspose",
        *step.inputs,
        kernel_shape=list(grid.kernel),
        strides=list(grid.stride),
        dilations=list(grid.dilation),
        group=int(step.options["groups"]),
    )
    missing = [n - reach for n, reach in zip(step.options["size"], grid.extent(), strict=True)]
    if not any(missing):
        return name
    _need(min(missing) >= 0, step, "to a smaller size")
    rank = len(missing)
    pads = graph.integers([0] * (2 + rank) + [0, 0] + missing)
    return graph.add("Pad", name, pads, _number(graph, step, 0))


def _with_channels(graph: Any, step: Any, rank: int) -> str:
    """The input as (batch, channels, *size), or a refusal."""
    if step.arrays[0].ndim == rank + 1:
        return graph.add("Unsqueeze", step.inputs[0], graph.integers([0]))
    _need(step.arrays[0].ndim == rank + 2, step, "of that many dimensions")
    return step.inputs[0]


def _without_batch(graph: Any, step: Any, rank: int, name: str) -> str:
    if step.arrays[0].ndim == rank + 1:
        return graph.add("Squeeze", name, graph.integers([0]))
    return name


def _window_maximum(graph: Any, step: Any) -> str:
    grid = step.options["grid"]
    pairs = step.options["padding"]
    rank = len(grid.kernel)
    sizes = step.arrays[0].shape[-rank:]
    before = [pair[0] for pair in pairs]
    after = []
    for n, pair, reach in zip(sizes, pairs, grid.extent(), strict=True):
        after.append(pair[1] + max(reach - n - sum(pair), 0))
    name = graph.add(
        "MaxPool",
        _with_channels(graph, step, rank),
        kernel_shape=list(grid.kernel),
        strides=list(grid.stride),
        dilations=list(grid.dilation),
        pads=before + after,
    )
    return _without_batch(graph, step, rank, name)


def _window_sum(graph: Any, step: Any) -> str:
    grid = step.options["grid"]
    rank = len(grid.kernel)
    _need(all(d == 1 for d in grid.dilation), step, "with dilation")
    means = graph.add(
        "AveragePool",
        _with_channels(graph, step, rank),
        kernel_shape=list(grid.kernel),
        strides=list(grid.stride),
    )
    total = graph.add("Mul", means, _number(graph, step, math.prod(grid.kernel)))
    return _without_batch(graph, step, rank, total)


def _part_means(graph: Any, step: Any) -> str:
    counts = step.options["output_size"]
    rank = step.arrays[0].ndim
    first = rank - len(counts)
    if all(n == 1 for n in counts):
        return _reduced(graph, "ReduceMean", step.inputs[0], list(range(first, rank)), True)
    fixed = graph.is_fixed([each[first:] for each in step.in_shapes])
    _need(fixed, step, "of a dynamic size to another than 1")
    name = step.inputs[0]
    for axis, count in enumerate(counts, first):
        size = step.arrays[0].shape[axis]
        shares = convolution.part_shares(size, count).T.astype(step.outputs[0].dtype)
        turned = name if axis == rank - 1 else _swapped(graph, name, rank, axis, rank - 1)
        found = graph.add("MatMul", turned, graph.constant(shares))
        name = found if axis == rank - 1 else _swapped(graph, found, rank, axis, rank - 1)
    return name


def _lstm(graph: Any, step: Any) -> list[str]:
    """The operator, whose own product with the inputs has been made: its weight is a permutation.

    Its gates come in the order i, o, f, g; here it is i, f, g, o.
    """
    projected, weight, h, c = step.inputs
    units = step.arrays[1].shape[1]
    order = np.concatenate([np.arange(units) + units * gate for gate in (0, 3, 1, 2)])
    first = graph.integers([0])
    own = graph.constant(np.eye(4 * units, dtype=step.arrays[0].dtype)[order][None])
    recurrent = graph.add("Gather", weight, graph.integers(order), axis=0)
    recurrent = graph.add("Unsqueeze", recurrent, first)
    states = [graph.add("Unsqueeze", each, first) for each in (h, c)]
    inputs = [projected, own, recurrent, "", "", *states]
    rows, last_h, last_c = graph.add_joint("LSTM", inputs, 3, hidden_size=units)
    return [
        graph.add("Squeeze", rows, graph.integers([1])),
        graph.add("Squeeze", last_h, first),
        graph.add("Squeeze", last_c, first),
    ]


# the table ---------------------------------------------------------------------------------

UNARY: dict[Callable[..., Any], str] = {
    np.negative: "Neg",
    np.absolute: "Abs",
    np.exp: "Exp",
    np.log: "Log",
    np.sqrt: "Sqrt",
    np.reciprocal: "Reciprocal",
    np.sin: "Sin",
    np.cos: "Cos",
    np.tan: "Tan",
    np.arcsin: "Asin",
    np.arccos: "Acos",
    np.arctan: "Atan",
    np.sinh: "Sinh",
    np.cosh: "Cosh",
    np.tanh: "Tanh",
    np.arcsinh: "Asinh",
    np.arccosh: "Acosh",
    np.arctanh: "Atanh",
    np.floor: "Floor",
    np.ceil: "Ceil",
    np.rint: "Round",
    np.sign: "Sign",
    network.relu: "Relu",
    elementary.sigmoid: "Sigmoid",
    elementary.softsign: "Softsign",
    pointwise._softplus: "Softplus",
}
ARITHMETIC: dict[Callable[..., Any], str] = {
    np.add: "Add",
    np.subtract: "Sub",
    np.multiply: "Mul",
    np.divide: "Div",
    np.power: "Pow",
    np.maximum: "Max",
    np.minimum: "Min",
    np.matmul: "MatMul",
    np.dot: "MatMul",
    products.matmul_rows: "MatMul",
}
COMPARISONS: dict[Callable[..., Any], str] = {
    np.equal: "Equal",
    np.greater: "Greater",
    np.greater_equal: "GreaterOrEqual",
    np.less: "Less",
    np.less_equal: "LessOrEqual",
}
REDUCTIONS: dict[Callable[..., Any], str] = {
    np.add.reduce: "ReduceSum",
    np.multiply.reduce: "ReduceProd",
    np.amax: "ReduceMax",
    np.amin: "ReduceMin",
    reduction._mean_array: "ReduceMean",
}
OPERATORS: dict[Callable[..., Any], Callable[[Any, Any], str | list[str]]] = {
    **{function: partial(_unary, name) for function, name in UNARY.items()},
    **{function: partial(_arithmetic_of, name) for function, name in ARITHMETIC.items()},
    **{function: partial(_comparison, name) for function, name in COMPARISONS.items()},
    **{function: partial(_reduction_of, name) for function, name in REDUCTIONS.items()},
    np.isnan: partial(_test, "IsNaN"),
    np.isinf: partial(_test, "IsInf"),
    np.logical_and: partial(_logical, "And"),
    np.logical_or: partial(_logical, "Or"),
    np.logical_xor: partial(_logical, "Xor"),
    np.bitwise_and: partial(_bitwise, "And"),
    np.bitwise_or: partial(_bitwise, "Or"),
    np.bitwise_xor: partial(_bitwise, "Xor"),
    np.logical_not: _logical_not,
    np.invert: _invert,
    np.not_equal: _not_equal,
    np.square: _square,
    np.log1p: _log1p,
    np.expm1: _expm1,
    np.exp2: _exp2,
    np.log2: partial(_log_of, 2.0),
    np.log10: partial(_log_of, 10.0),
    np.logaddexp: _logaddexp,
    np.where: _where,
    np.copy: _unchanged,
    np.cumsum: _cumulative_sum,
    np.triu: partial(_triangle, 1),
    np.tril: partial(_triangle, 0),
    np.argmax: partial(_place, "ArgMax"),
    np.argmin: partial(_place, "ArgMin"),
    np.multiply.outer: _outer,
    pointwise._reciprocal_root: _reciprocal_root,
    pointwise._log_sigmoid: _log_sigmoid,
    pointwise._clip: _clip,
    elementary.erf: _erf,
    network.gelu: _gelu,
    elementary.gelu_tanh: _gelu_tanh,
    elementary.silu: _silu,
    elementary.mish: _mish,
    loss._at_least: _at_least,
    indexing.filled_where: _filled_where,
    indexing.zeroed_where: _zeroed_where,
    indexing.kept_where: _kept_where,
    arithmetic.cast_array: _cast,
    arithmetic.copy_array: _unchanged,
    shape.row_major_copy: _unchanged,
    shape.reshaped: _reshape,
    arithmetic.broadcast_array: _expand,
    reduction._expanded: _expand,
    shape.permuted: _permute,
    shape.swapped: _swap,
    joining.flipped: _flip,
    shape.indexed: _index,
    joining.stacked: _stack,
    joining.joined: _concatenate,
    padding.pad_array: _pad,
    indexing.take_rows: _take_rows,
    indexing.take_at: _take_at,
    vectors.one_hot_rows: _one_hot,
    reduction._all_array: partial(_truth, "ReduceMin"),
    reduction._any_array: partial(_truth, "ReduceMax"),
    reduction._norm_array: _norm,
    reduction._finite_top: _finite_top,
    reduction._top_places: _top_places,
    reduction.sorted_places: _top_places,
    np.round: _round,
    softmax.softmax_array: partial(_softmax, "Softmax"),
    softmax.log_softmax_array: partial(_softmax, "LogSoftmax"),
    attention.safe_softmax: _safe_softmax,
    normalization.standardize: _standardize,
    products.affine_map: _affine_map,
    products.matmul_transposed: _matmul_transposed,
    products.transposed_matmul: _transposed_matmul,
    convolution.convolve: _convolve,
    convolution.convolution_input_gradient: _convolve_transposed,
    convolution.window_maximum: _window_maximum,
    convolution.window_sum: _window_sum,
    convolution.part_means: _part_means,
    recurrence.lstm_forward: _lstm,
}
"""The form of each function."""
