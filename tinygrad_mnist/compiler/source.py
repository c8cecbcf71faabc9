"""The text of a program: two Python functions of NumPy arrays, one step a line.

This text is what runs, and what a person reads. `Text.standalone` puts the functions beneath it
that it calls, as they stand in this package, so that it runs with nothing but NumPy.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.inlining import standalone_text
from tinygrad_mnist.compiler.passes.buffers import last_reads
from tinygrad_mnist.compiler.program import Array, Instruction, Program, Value

BINARY = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.matmul: "@",
    np.greater: ">",
    np.greater_equal: ">=",
    np.less: "<",
    np.less_equal: "<=",
    np.equal: "==",
    np.not_equal: "!=",
}
IN_PLACE = (np.add, np.subtract, np.multiply, np.divide)
LEAST_FREED = 4096  # elements of an array that is worth a line that frees it


class Text:
    """A program as Python text.

    Attributes:
        lines: of the two functions.
        names: what the text's names mean that are not NumPy's: functions and constants.
    """

    def __init__(self, program: Program, title: str = "") -> None:
        self.program = program
        self.names: dict[str, Any] = {}
        self.named: dict[Any, str] = {}
        self.taken = {value.name for each in program.instructions for value in each.outputs}
        self.taken |= {value.name for value in program.inputs}
        self.lines: list[str] = []
        self.title = title
        self.saved = program.saved()
        self.written = program.written_roots()
        self._write_forward()
        self.lines += ["", ""]
        self._write_backward()

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"

    def standalone(self) -> str:
        """The text with the functions and constants beneath it that it needs besides NumPy's."""
        return standalone_text(str(self), self.names)

    def functions(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The two functions, ready to be called."""
        text = str(self)
        file = f"<compiled {self.title} {id(self):#x}>"
        namespace: dict[str, Any] = {"np": np, **self.names}
        exec(compile(text, file, "exec"), namespace)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        return namespace["forward"], namespace["backward"]

    # the two functions

    def _write_forward(self) -> None:
        program = self.program
        self.lines.append(f"def forward({', '.join(x.name for x in program.inputs)}):")
        kept = {value.root for value in (*program.outputs, *self.saved, *program.inputs)}
        self._write_part(program.forward, kept)
        outputs = _tuple(self._text(x) for x in program.outputs)
        self.lines.append(f"    return {outputs}, {_list(x.name for x in self.saved)}")

    def _write_backward(self) -> None:
        program = self.program
        self.lines.append(f"def backward(saved, {', '.join(x.name for x in program.seeds)}):")
        if self.saved:
            self.lines.append(f"    {_tuple(x.name for x in self.saved)} = saved")
            self.lines.append("    saved.clear()")
        kept = {g.root for g in program.gradients if g is not None}
        self._write_part(program.backward, kept)
        gradients = ("None" if g is None else self._text(g) for g in program.gradients)
        self.lines.append(f"    return {_tuple(gradients)}")

    def _write_part(self, part: Sequence[Instruction], kept: set[Value]) -> None:
        """The lines of one part; large arrays are let go after the last line that reads them."""
        last = last_reads(part)
        ends: dict[int, list[Value]] = {}
        for root, place in last.items():
            if root not in kept and not root.is_constant:
                ends.setdefault(place, []).append(root)
        names: dict[Value, list[Value]] = {}
        for x in (*self.saved, *self.program.seeds, *self.program.inputs):
            names.setdefault(x.root, []).append(x)
        for place, each in enumerate(part):
            for out in each.outputs:
                names.setdefault(out.root, []).append(out)
            self.lines.append("    " + self._statement(each))
            replaced = each.into
            gone = [
                x.name
                for root in ends.get(place, ())
                if root.size >= LEAST_FREED and root is not replaced
                for x in names.get(root, ())
                if self._is_local(x, part)
            ]
            if gone and place < len(part) - 1:
                self.lines.append(f"    del {', '.join(dict.fromkeys(gone))}")

    def _is_local(self, x: Value, part: Sequence[Instruction]) -> bool:
        """Whether a name stands for something at this place of the text."""
        if part is self.program.backward:
            return x in self.saved or any(x in each.outputs for each in part)
        return not x.is_input

    # one line

    def _statement(self, each: Instruction) -> str:
        if each.kind == "write":
            target, value = each.inputs
            return f"np.copyto({target.name}, {self._text(value)}, casting='unsafe')"
        if each.kind == "loop":
            return self._loop_statement(each)
        shapes = ", ".join(f"{out.dtype} {out.shape}" for out in each.outputs)
        return f"{self._assignment(each)}  # {shapes}"

    def _loop_statement(self, each: Instruction) -> str:
        """The lines that make a loop's results and call it."""
        loop: Any = each.function
        name = self._bound("loop", loop)
        inputs = [loop.shaped(x, self._text(x)) for x in each.inputs]
        if not loop.shape:
            return self._scalar_loop(name, loop, inputs)
        lines = []
        for out in each.outputs:
            make = "zeros" if out in loop.sums else "empty"
            lines.append(f"{out.name} = np.{make}({out.shape}, {_dtype(out.dtype)})")
        outputs = [loop.shaped(out, out.name) for out in each.outputs]
        lines.append(f"{name}({', '.join(inputs + outputs)})")
        return "\n    ".join(lines)

    def _scalar_loop(self, name: str, loop: Any, inputs: list[str]) -> str:
        """The lines of a loop over scalars."""
        lines = []
        unpacked = []
        arrays = []
        for dtype, members in loop.packs().items():
            array = f"{members[0].name}_pack"
            arrays.append(array)
            lines.append(f"{array} = np.empty({len(members)}, {_dtype(dtype)})")
            unpacked += [f"{out.name} = {array}[{i}]" for i, out in enumerate(members)]
        lines.append(f"{name}({', '.join(inputs + arrays)})")
        return "\n    ".join(lines + unpacked)

    def _assignment(self, each: Instruction) -> str:
        names = [out.name for out in each.outputs]
        if each.into is not None:
            return f"{names[0]} = {self._call(each, into=each.into)}"
        if len(names) == 1 and each.alone:
            text = self._call(each)
            if not each.outputs[0].shape and each.outputs[0].root in self.written:
                text = f"np.asarray({text})"  # a scalar could not be written in place
            return f"{names[0]} = {text}"
        return f"{_tuple(names)} = {self._call(each)}"

    def _call(self, each: Instruction, into: Value | None = None) -> str:
        function = each.function
        if isinstance(function, np.ufunc) and not each.options:
            texts = [self._operand(x, each) for x in each.inputs]
            if function in BINARY and len(texts) == 2 and into is None:
                return f"{texts[0]} {BINARY[function]} {texts[1]}"
            if function is np.negative and into is None:
                return f"-{texts[0]}"
            if into is not None:
                texts.append(f"out={into.name}")
            return f"{self._function(function)}({', '.join(texts)})"
        if function is np.transpose and not each.options and len(each.inputs[0].shape) == 2:
            return f"{each.inputs[0].name}.T"
        if function is np.reshape and set(each.options) == {"shape"}:
            return f"{self._text(each.inputs[0])}.reshape({each.options['shape']})"
        if function is np.copy and each.inputs[0].shape:
            return f"{self._text(each.inputs[0])}.copy(order='K')"
        texts = [self._argument(x, each) for x in each.inputs]
        texts += [f"{name}={self._option(option)}" for name, option in each.options.items()]
        return f"{self._function(function)}({', '.join(texts)})"

    def _operand(self, x: Value, each: Instruction) -> str:
        """An operand of NumPy's arithmetic; a constant scalar of the others' dtype as a number."""
        others = [other for other in each.inputs if not other.is_constant]
        if x.is_constant and not x.shape and others and x.dtype.kind in "fiu":
            fits = all(other.dtype == x.dtype for other in others)
            number = x.sample.item()
            if fits and np.isfinite(number):
                text = _shortest(number, x.dtype)
                return f"({text})" if text.startswith("-") else text
        return self._text(x)

    def _argument(self, x: Value, each: Instruction) -> str:
        """An argument of a function that expects arrays, where a scalar is not one."""
        if x.shape or x.is_constant or isinstance(each.function, np.ufunc):
            return self._text(x)
        return f"np.asarray({self._text(x)})"

    def _text(self, x: Value) -> str:
        if not x.is_constant:
            return x.name
        return self._bound(x.name or "constant", x.sample)

    def _function(self, function: Any) -> str:
        name = getattr(function, "__name__", "")
        for prefix, module in (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft)):
            if getattr(module, name, None) is function:
                return f"{prefix}.{name}"
        owner = getattr(function, "__self__", None)
        if isinstance(owner, np.ufunc):
            return f"np.{owner.__name__}.{name}"
        return self._bound(name.strip("_") or "function", function)

    def _option(self, option: Any) -> str:
        plain = _literal(option)
        return self._bound("option", option) if plain is None else plain

    def _bound(self, base: str, value: Any) -> str:
        """A name for a function or a constant."""
        known = self.named.get(id(value))
        if known is not None:
            return known
        name = base
        number = 1
        while name in self.names or name in self.taken or name == "np" or not name.isidentifier():
            number += 1
            name = f"{base}_{number}" if base.isidentifier() else f"function_{number}"
        self.names[name] = value
        self.named[id(value)] = name
        return name


def _dtype(dtype: np.dtype[Any]) -> str:
    return "np.bool_" if dtype == np.bool_ else f"np.{dtype.name}"


def _literal(option: Any) -> str | None:
    """A plain value as Python text; None where it is none."""
    if option is None or option is Ellipsis or type(option) in (bool, int, str):
        return repr(option)
    if type(option) is float:
        return repr(option) if np.isfinite(option) else f"float('{option}')"
    if isinstance(option, np.dtype):
        return f"np.dtype({option.str!r})"
    if type(option) is slice:
        parts = [_literal(each) for each in (option.start, option.stop, option.step)]
        return None if None in parts else f"slice({', '.join(map(str, parts))})"
    if type(option) in (tuple, list):
        texts = [_literal(each) for each in option]
        if any(text is None for text in texts):
            return None
        inside: list[str] = [str(text) for text in texts]
        return _tuple(inside) if type(option) is tuple else _list(inside)
    return None


def _shortest(number: Any, dtype: np.dtype[Any]) -> str:
    """The number with the fewest digits that is it in its dtype."""
    if dtype.kind != "f":
        return repr(number)
    text = np.format_float_positional(dtype.type(number), unique=True, trim="0")
    return text if len(text) < 12 else repr(float(f"{dtype.type(number)!s}"))


def _tuple(texts: Iterable[str]) -> str:
    inside = list(texts)
    return f"({inside[0]},)" if len(inside) == 1 else f"({', '.join(inside)})"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def as_array(found: Any) -> Array:
    """What a program returned, as an array: NumPy gives scalars where there is one element."""
    return found if found.__class__ is np.ndarray else np.asarray(found)
