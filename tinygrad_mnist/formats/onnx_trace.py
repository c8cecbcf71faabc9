"""The graph of a module that the tape has watched: each step of one call as ONNX operators.

The call is made with the example, and again with inputs that are longer along each dynamic axis. A
size that is another one there is computed from the input's shape in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.structure import take_apart
from tinygrad_mnist.compiler.trace import Tracer, owner
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, same_array
from tinygrad_mnist.formats.onnx_operators import OPERATORS, NoForm

Axes = dict[tuple[int, int], str]  # (number of the input, axis) to what its size is called


class FixedSize(Exception):
    """A size, or a constant, that depends on a dynamic axis in a way that has no form here."""


class Call:
    """One call of the module, watched.

    Attributes:
        steps: what it did.
        arrays: the inputs' and outputs' arrays of each step.
        results: the tensors of what it returned.
        values: their arrays.
        where: the line of the first value that Python read.
    """

    def __init__(self, model: Any, args: Any, kwargs: Any, inputs: Sequence[Tensor]) -> None:
        tracer = Tracer()
        self.inputs = list(inputs)
        self.results: list[Tensor] = []
        self.values: list[Array] = []
        before = state.tracer
        state.set_tracer(tracer)
        try:
            with no_grad():
                take_apart(model(*args, **kwargs), self.results)
                self.values = [x.array.copy() for x in self.results]
        finally:
            state.set_tracer(before)
            tracer.put_back()
        self.steps = list(tracer)
        self.arrays = tracer.arrays
        self.where = tracer.where


class Step:
    """A step of the call that becomes operators.

    Attributes:
        name: the operation.
        options: of its function.
        inputs: the names of what it reads.
        arrays: these as arrays, in the call with the example.
        outputs: the arrays of its results.
        out_shapes: the shapes of its first result, in all calls.
        in_shapes: the shapes of its first input, in all calls.
        all_options: its options, in all calls.
    """

    name: str
    options: dict[str, Any]
    inputs: list[str]
    arrays: list[Array]
    outputs: list[Array]
    out_shapes: list[tuple[int, ...]]
    in_shapes: list[tuple[int, ...]]
    all_options: list[dict[str, Any]]


class TracedGraph:
    """Operators of a watched call.

    Args:
        calls: with the example, and with longer inputs.
        names: of the inputs.
        axes: which of their sizes are dynamic.
        held: the names of parameters and buffers by their identity.
        opset: the version of the operators.

    Attributes:
        nodes: (operator, names of inputs, names of outputs, attributes), in order.
        constants: arrays by name.
        results: the names of the results.
    """

    def __init__(
        self,
        calls: Sequence[Call],
        names: Sequence[str],
        axes: Axes,
        held: dict[int, str],
        opset: int,
    ) -> None:
        self.calls = calls
        self.first = calls[0]
        self.opset = opset
        self.axes = axes
        self.held = held
        self.input_names = list(names)
        self.nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = []
        self.constants: dict[str, Array] = {}
        self.names: dict[int, str] = {}
        self.known: list[Tensor] = []
        self.stale: dict[int, str] = {}
        self.depends: set[int] = set()
        self.size_names: dict[str, str] = {}
        self.place = ""
        self.sizes_of = {
            name: [call.inputs[number].shape[axis] for call in calls]
            for (number, axis), name in axes.items()
        }
        for x, name in zip(self.first.inputs, names, strict=True):
            self.names[id(x)] = name
            self.known.append(x)
            self.depends.add(id(x))
        self._add_steps()
        self.results = [self._result(i) for i in range(len(self.first.results))]

    # what an operator's form uses

    def add(self, operator: str, *inputs: str, **options: Any) -> str:
        """An operator on named tensors; the name of its result."""
        return self.add_joint(operator, inputs, 1, **options)[0]

    def add_joint(
        self, operator: str, inputs: Sequence[str], count: int, **options: Any
    ) -> list[str]:
        """An operator with several results; their names."""
        start = f"{self.place}/{operator}:{len(self.nodes)}"
        outputs = [start] if count == 1 else [f"{start}.{i}" for i in range(count)]
        self.nodes.append((operator, list(inputs), outputs, options))
        return outputs

    def constant(self, value: Any, dtype: Any = None) -> str:
        """An array, or a number, as a named tensor."""
        array = np.asarray(value, dtype)
        name = f"constant:{len(self.constants)}"
        self.constants[name] = array
        return name

    def integers(self, values: Sequence[int]) -> str:
        """Integers as a named vector."""
        return self.constant(list(values), np.int64)

    def sizes(self, shapes: Sequence[Sequence[int]]) -> str:
        """Integers as a named vector; those that differ between the calls are computed."""
        parts = [self._size([shape[d] for shape in shapes]) for d in range(len(shapes[0]))]
        if all(isinstance(part, int) for part in parts):
            return self.integers(parts)  # type: ignore[arg-type]
        named = [self.integers([part]) if isinstance(part, int) else part for part in parts]
        return named[0] if len(named) == 1 else self.add("Concat", *named, axis=0)

    def is_fixed(self, shapes: Sequence[Sequence[int]]) -> bool:
        """Whether integers are the same in all calls."""
        return all(tuple(shape) == tuple(shapes[0]) for shape in shapes)

    def cast(self, name: str, before: Any, after: Any) -> str:
        """A tensor in another dtype."""
        from onnx import helper

        if np.dtype(before) == np.dtype(after):
            return name
        return self.add("Cast", name, to=int(helper.np_dtype_to_tensor_dtype(np.dtype(after))))

    # sizes

    def symbol(self, values: Sequence[int]) -> int | str | None:
        """What an output's size is: a number, a dynamic axis's name, or None for another."""
        if len(set(values)) == 1:
            return values[0]
        for name, sizes in self.sizes_of.items():
            if list(values) == sizes:
                return name
        return None

    def _size(self, values: Sequence[int]) -> int | str:
        """A number, or the name of a vector of one that is computed."""
        if len(set(values)) == 1:
            return int(values[0])
        every = list(self.sizes_of)
        for choice in range(1, 2 ** len(every)):
            chosen = [name for i, name in enumerate(every) if choice >> i & 1]
            products = [prod(self.sizes_of[name][k] for name in chosen) for k in range(len(values))]
            if all(v * products[0] == values[0] * p for v, p in zip(values, products, strict=True)):
                return self._scaled(chosen, values[0], products[0])
        for name in every:
            sizes = self.sizes_of[name]
            longer = next((k for k, n in enumerate(sizes) if n != sizes[0]), None)
            if longer is None:
                continue
            slope = (values[longer] - values[0]) // (sizes[longer] - sizes[0])
            rest = values[0] - slope * sizes[0]
            if all(v == slope * n + rest for v, n in zip(values, sizes, strict=True)):
                scaled = self.add("Mul", self._axis_size(name), self.integers([slope]))
                return self.add("Add", scaled, self.integers([rest]))
        raise FixedSize(f"{self.place} has the sizes {tuple(values)}")

    def _scaled(self, chosen: Sequence[str], value: int, product: int) -> str:
        found = self._axis_size(chosen[0])
        for name in chosen[1:]:
            found = self.add("Mul", found, self._axis_size(name))
        if value != product:
            found = self.add("Mul", found, self.integers([value]))
            found = self.add("Div", found, self.integers([product]))
        return found

    def _axis_size(self, name: str) -> str:
        if name not in self.size_names:
            number, axis = next(key for key, each in self.axes.items() if each == name)
            shape = self.add("Shape", self.input_names[number])
            self.size_names[name] = self.add("Gather", shape, self.integers([axis]), axis=0)
        return self.size_names[name]

    # steps

    def _add_steps(self) -> None:
        for call in self.calls[1:]:
            same = [(s.name, s.function) for s in call.steps] == [
                (s.name, s.function) for s in self.first.steps
            ]
            if not same:
                raise FixedSize("with another size the module does something else")
        writes = 0
        for number, step in enumerate(self.first.steps):
            self.place = step.name
            if step.kind == "read":
                at = f" at {self.first.where}" if self.first.where else ""
                raise NoForm(f"'{step.name}', which reads a tensor's values in Python{at}")
            if step.kind == "draw":
                raise NoForm(f"'{step.name}', which draws random numbers")
            if step.kind == "written":
                writes -= 1
                if writes < 0:
                    raise NoForm("a write past the tape")
            elif step.kind == "write":
                writes += 1
                self._write(number)
            elif step.kind in ("operation", "view"):
                self._operation(number)

    def _operation(self, number: int) -> None:
        traced = self.first.steps[number]
        inputs, outputs = self.first.arrays[number]
        form = OPERATORS.get(traced.function)
        if any(id(x) in self.depends for x in traced.inputs):
            self.depends.update(id(x) for x in traced.outputs)
        elif self._is_same(number) and (
            form is None or all(self._is_plain(x) for x in traced.inputs)
        ):
            for x, array in zip(traced.outputs, outputs, strict=True):
                self._give(x, self.constant(array))
            return
        if form is None and traced.function is not same_array:
            raise NoForm(f"'{traced.name}'")
        step = Step()
        step.name = traced.name
        step.options = traced.options
        step.inputs = [self._name(number, place) for place in range(len(inputs))]
        if form is None:
            self._give(traced.outputs[0], step.inputs[0])
            return
        step.arrays = list(inputs)
        step.outputs = list(outputs)
        step.out_shapes = [call.arrays[number][1][0].shape for call in self.calls]
        step.in_shapes = [call.arrays[number][0][0].shape if inputs else () for call in self.calls]
        step.all_options = [call.steps[number].options for call in self.calls]
        found = form(self, step)
        results = [found] if isinstance(found, str) else found
        for x, name in zip(traced.outputs, results, strict=False):
            self._give(x, name)

    def _is_same(self, number: int) -> bool:
        """Whether a step has the same results in all calls."""
        first = self.first.arrays[number][1]
        for call in self.calls[1:]:
            for one, other in zip(first, call.arrays[number][1], strict=True):
                if one.shape != other.shape or not np.array_equal(one, other, equal_nan=False):
                    return False
        return True

    def _is_plain(self, x: Tensor) -> bool:
        """Whether a tensor is a constant that is no parameter, nor made of one."""
        name = self.names.get(id(x), "")
        return id(x) not in self.held and (not name or name.startswith("constant:"))

    def _give(self, x: Tensor, name: str) -> None:
        self.names[id(x)] = name
        self.stale.pop(id(x), None)
        self.known.append(x)

    def _name(self, number: int, place: int) -> str:
        """The name of a step's input."""
        x = self.first.steps[number].inputs[place]
        if id(x) in self.stale:
            raise NoForm(f"'{self.stale[id(x)]}' in place into a part of a tensor")
        if id(x) not in self.names:
            arrays = [call.arrays[number][0][place] for call in self.calls]
            self._give(x, self._outside(x, arrays))
        return self.names[id(x)]

    def _outside(self, x: Tensor, arrays: Sequence[Array]) -> str:
        """A tensor that no step has made: a parameter, or a constant."""
        first = arrays[0]
        held = self.held.get(id(x))
        if held is not None:
            self.constants[held] = first
            return held
        return self.constant_of(arrays)

    def constant_of(self, arrays: Sequence[Array]) -> str:
        """A constant, which may be another one with other sizes: one number everywhere, the numbers
        from 0 on, or a triangle.
        """
        first = arrays[0]
        if all(each.shape == first.shape and np.array_equal(each, first) for each in arrays):
            return self.constant(first)
        shapes = [each.shape for each in arrays]
        if all(each.size and (each == each.flat[0]).all() for each in arrays):
            number = self._number_of([each.flat[0] for each in arrays], first.dtype)
            return number if not first.ndim else self.add("Expand", number, self.sizes(shapes))
        if all(np.array_equal(each.reshape(-1), np.arange(each.size)) for each in arrays):
            end = self.add("Squeeze", self.sizes([(each.size,) for each in arrays]))
            numbers = self.add("Range", self.constant(0), end, self.constant(1))
            shaped = self.add("Reshape", numbers, self.sizes(shapes))
            return self.cast(shaped, np.int64, first.dtype)
        if first.ndim == 2:
            for k, upper in ((0, 1), (1, 1), (-1, 1), (0, 0), (1, 0), (-1, 0)):
                triangle = np.triu if upper else np.tril
                if all(np.array_equal(each, triangle(np.ones_like(each), k)) for each in arrays):
                    ones = self.add("Expand", self.constant(1, np.float32), self.sizes(shapes))
                    part = self.add("Trilu", ones, self.constant(k), upper=upper)
                    return self.cast(part, np.float32, first.dtype)
        raise FixedSize(f"{self.place} reads a constant that depends on a size")

    def _number_of(self, values: Sequence[Any], dtype: Any) -> str:
        """A number, which may depend on sizes, as a tensor without dimensions."""
        if len(set(values)) == 1:
            return self.constant(values[0], dtype)
        whole = [int(value) for value in values]
        if whole != list(values):
            raise FixedSize(f"{self.place} reads a fraction that depends on a size")
        return self.cast(self.add("Squeeze", str(self._size(whole))), np.int64, dtype)

    def _write(self, number: int) -> None:
        target, value = self.first.steps[number].inputs
        before = self.first.arrays[number][0]
        name = self._name(number, 1)
        if value.array.shape != target.array.shape:
            shapes = [call.arrays[number][0][0].shape for call in self.calls]
            name = self.add("Expand", name, self.sizes(shapes))
        name = self.cast(name, before[1].dtype, before[0].dtype)
        if id(value) in self.depends:
            self.depends.add(id(target))
        for x in list(self.known):
            if x is target or owner(x.array) is not owner(target.array):
                continue
            if _memory(x.array) == _memory(target.array):
                self.names[id(x)] = name
            elif not np.may_share_memory(x.array, target.array):
                continue
            elif id(x) in self.stale or not x.array.flags.c_contiguous:
                self.stale[id(x)] = f"{self.place}_"
            else:
                self.names[id(x)] = self._with_part(x, target, name)
            if id(target) in self.depends:
                self.depends.add(id(x))
        self._give(target, name)

    def _with_part(self, x: Tensor, part: Tensor, name: str) -> str:
        """A tensor of which a part has been written: the elements scattered where they lie."""
        if len(self.calls) > 1:
            raise FixedSize(f"{self.place}_ writes a part of a tensor in place")
        start = x.array.__array_interface__["data"][0]
        first = part.array.__array_interface__["data"][0] - start
        places = np.full(part.array.shape, first, np.int64)
        for axis, (n, stride) in enumerate(zip(part.array.shape, part.array.strides, strict=True)):
            steps = [1] * part.array.ndim
            steps[axis] = n
            places += (np.arange(n) * stride).reshape(steps)
        places //= x.array.itemsize
        if places.size and (places.min() < 0 or places.max() >= x.array.size):
            self.stale[id(x)] = f"{self.place}_"  # another part, which the two have in common
            return self.names[id(x)]
        flat = self.add("Reshape", self.names[id(x)], self.integers([-1]))
        values = self.add("Reshape", name, self.integers([-1]))
        done = self.add("ScatterND", flat, self.constant(places.reshape(-1, 1)), values)
        return self.add("Reshape", done, self.integers(x.shape))

    def _result(self, number: int) -> str:
        x = self.first.results[number]
        if id(x) in self.stale:
            raise NoForm(f"'{self.stale[id(x)]}' in place into a part of a tensor")
        if id(x) not in self.names:
            return self._outside(x, [call.values[number] for call in self.calls])
        return self.names[id(x)]


def _memory(array: Array) -> Any:
    return array.__array_interface__["data"], array.shape, array.strides


Form = Callable[[TracedGraph, Step], str | list[str]]
