"""Any module as an ONNX model, from calls that the tape has watched."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.structure import Unsupported, put_together, take_apart
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.formats.onnx_operators import NoForm
from tinygrad_mnist.formats.onnx_trace import Axes, Call, FixedSize, TracedGraph
from tinygrad_mnist.ops.joining import cat, flip
from tinygrad_mnist.ops.shape import narrow

__all__ = ["traced"]

IR_VERSION = 10


def traced(
    model: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    opset: int,
    dynamic_axes: Any,
    known: tuple[Sequence[str], Sequence[str]],
) -> tuple[Any, list[tuple[dict[str, Array], list[Array]]]]:
    """A module as an ONNX ModelProto, and what it must compute.

    Args:
        model: what is called, in evaluation mode if it has modes.
        args: the example's arguments.
        kwargs: those with names.
        opset: the version of the operators.
        dynamic_axes: as in `onnx.export`.
        known: names of inputs and of outputs.

    Returns:
        The model; and pairs of inputs by name with the results that they have.
    """
    modules = list(model.modules()) if hasattr(model, "modules") else []
    modes = [(module, module.training) for module in modules]
    for module, _ in modes:
        module.training = False
    try:
        return _Maker(model, args, kwargs, opset, known).make(dynamic_axes)
    except (NoForm, Unsupported) as error:
        message = f"onnx.export: {type(model).__name__}: no ONNX form for {error}"
        raise TypeError(message) from None
    finally:
        for module, mode in modes:
            module.training = mode


class _Maker:
    """The making of one model."""

    def __init__(self, model: Any, args: Any, kwargs: Any, opset: int, known: Any) -> None:
        self.model = model
        self.opset = opset
        self.examples: list[Tensor] = []
        apart = [x.clone() if _stands_before(args, place) else x for place, x in enumerate(args)]
        self.structure = take_apart((tuple(apart), kwargs), self.examples)
        self.names = _names(known[0], "input", len(self.examples))
        self.known_outputs = known[1]
        self.held = {}
        if hasattr(model, "named_parameters"):
            for name, x in (*model.named_buffers(), *model.named_parameters()):
                self.held[id(x)] = name

    def make(self, dynamic_axes: Any) -> Any:
        """The model and its runs; without dynamic axes where the usual one cannot be had."""
        first = self.call({})
        self.outputs = _names(self.known_outputs, "output", len(first.results))
        chosen = dynamic_axes is not None
        axes = self.axes(dynamic_axes) if chosen else self.first_axes()
        try:
            calls = [first, *self.longer_calls(axes)]
            graph = self.graph(calls, axes)
        except FixedSize as error:
            message = f"onnx.export: the dynamic axes cannot be had: {error}"
            check(not chosen, message, error=ValueError)
            warnings.warn(
                f"onnx.export: the sizes in the file are the example's: {error}", stacklevel=4
            )
            axes = {}
            calls = [first]
            graph = self.graph(calls, axes)
        runs = []
        for call in calls:
            feed = {}
            for name, x in zip(self.names, call.given, strict=True):
                feed[name] = x
            runs.append((feed, call.values))
        return self.model_of(graph, calls, axes), runs

    def graph(self, calls: Sequence[Call], axes: Axes) -> TracedGraph:
        """The operators, of which constants that nothing reads are left out."""
        graph = TracedGraph(calls, self.names, axes, self.held, self.opset)
        for name, output in zip(graph.results, self.outputs, strict=True):
            graph.nodes.append(("Identity", [name], [output], {}))
        needed = set(self.outputs)
        kept = []
        for node in reversed(graph.nodes):
            if any(output in needed for output in node[2]):
                kept.append(node)
                needed.update(node[1])
        graph.nodes = kept[::-1]
        graph.constants = {k: v for k, v in graph.constants.items() if k in needed}
        return graph

    def call(self, more: Mapping[tuple[int, int], int]) -> Any:
        """A call with inputs that are longer by so much along some axes."""
        inputs = []
        for number, x in enumerate(self.examples):
            longer = x.detach().clone()
            for (which, axis), count in more.items():
                if which == number:
                    wanted = x.shape[axis] + count
                    repeats = count // max(x.shape[axis], 1) + 1
                    longer = cat([flip(longer, (axis,)), *[longer] * repeats], axis)
                    longer = narrow(longer, axis, 0, wanted).clone()
            inputs.append(longer)
        given = [x.numpy().copy() for x in inputs]
        args, kwargs = put_together(self.structure, inputs)
        call: Any = Call(self.model, args, kwargs, inputs)
        call.given = given
        return call

    def longer_calls(self, axes: Axes) -> list[Any]:
        """A call with each dynamic axis longer by 1, and one with all of them longer by 4."""
        names = list(dict.fromkeys(axes.values()))
        choices = [([name], 1) for name in names]
        if names:
            choices.append((names, 4))
        found = []
        for chosen, count in choices:
            more = {key: count for key, name in axes.items() if name in chosen}
            try:
                found.append(self.call(more))
            except (RuntimeError, ValueError, IndexError) as error:
                raise FixedSize(f"with another {chosen[0]}: {error}") from None
        return found

    def first_axes(self) -> Axes:
        """The first axis of every input that has as many rows as the first input."""
        axes: Axes = {}
        shapes = [x.shape for x in self.examples]
        for number, shape in enumerate(shapes):
            if shape and shapes[0] and shape[0] and shape[0] == shapes[0][0]:
                axes[number, 0] = "batch"
        return axes

    def axes(self, wanted: Any) -> Axes:
        """The dynamic axes by the number of their input."""
        found: Axes = {}
        for name, axes in wanted.items():
            is_known = name in self.names or name in self.outputs
            message = "onnx.export: dynamic_axes names {}, wanted one of {}"
            every = ", ".join([*self.names, *self.outputs])
            check(is_known, message, name, every, error=ValueError)
            if name not in self.names:
                continue
            number = self.names.index(name)
            for axis in axes:
                called = "batch" if axis == 0 else f"{name}_{axis}"
                if isinstance(axes, Mapping):
                    called = axes[axis]
                found[number, axis % self.examples[number].ndim] = called
        return found

    def model_of(self, graph: TracedGraph, calls: Sequence[Any], axes: Axes) -> Any:
        """The ONNX ModelProto."""
        from onnx import helper, numpy_helper

        nodes = [
            helper.make_node(operator, inputs, outputs, outputs[0], **options)
            for operator, inputs, outputs, options in graph.nodes
        ]
        inputs = []
        for number, (name, x) in enumerate(zip(self.names, self.examples, strict=True)):
            shape = [axes.get((number, axis), n) for axis, n in enumerate(x.shape)]
            inputs.append(_value_info(name, x, shape))
        outputs = []
        for number, name in enumerate(self.outputs):
            shapes = [call.results[number].shape for call in calls]
            sizes_of: list[Any] = [graph.symbol(sizes) for sizes in zip(*shapes, strict=True)]
            outputs.append(_value_info(name, calls[0].results[number], sizes_of))
        weights = []
        for name, array in graph.constants.items():
            weights.append(
                numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
            )
        made = helper.make_graph(nodes, type(self.model).__name__, inputs, outputs, weights)
        return helper.make_model(
            made,
            producer_name="tinygrad_mnist",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", self.opset)],
        )


def _stands_before(args: Sequence[Any], place: int) -> bool:
    """Whether an argument is a tensor that is another one too: an input of its own all the same."""
    x = args[place]
    return isinstance(x, Tensor) and any(x is each for each in args[:place])


def _value_info(name: str, x: Tensor, shape: Sequence[Any]) -> Any:
    from onnx import helper

    dtype = helper.np_dtype_to_tensor_dtype(x.array.dtype)
    return helper.make_tensor_value_info(name, dtype, shape)


def _names(known: Sequence[str], kind: str, count: int) -> list[str]:
    """The names that are given, and others for the rest."""
    message = "onnx.export: got {} {} names, the module has {}"
    check(len(known) <= count, message, len(known), kind, count, error=ValueError)
    rest = [kind if i == 0 else f"{kind}_{i}" for i in range(count)]
    return [*known, *rest[len(known) :]]
