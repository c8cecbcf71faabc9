"""The text of a program: two Python functions of NumPy arrays, one step a line.

This text is what runs, and what a person reads. `Text.standalone` puts the functions beneath it
that it calls, as they stand in this package, so that it runs with nothing but NumPy.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.inlining import standalone_text
from tinygrad_mnist.compiler.passes.buffers import last_reads
from tinygrad_mnist.compiler.program import Array, Instruction, Program, Value

BINARY: dict[Any, str] = {
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
COMMUTING = (np.add, np.multiply)
COMPARING = (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)
INLINED = (np.matmul, np.add.reduce, np.maximum.reduce)  # what a formula may hold for a reader
METHODS = ((np.add, "sum"), (np.maximum, "max"), (np.minimum, "min"))
SIGNS = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2}
STRENGTH: dict[Any, int] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2}
LEAST_FREED = 4096  # elements of an array that is worth a line that frees it
WORTH_A_METHOD = 1024  # elements, from which on the time of looking up a method does not count
LONGEST_INLINED = 48  # characters
LONGEST_LINE = 92  # columns of a comment
WIDEST = 70  # columns of code, beyond which a comment does not line up

Form = Callable[[list[str], Instruction], str]


class Line:
    """One line of a program's text.

    Attributes:
        code: what runs.
        comment: what the result is.
        value: the result itself; None for a line without one.
    """

    __slots__ = ("code", "comment", "value")

    def __init__(self, code: str, comment: str = "", value: Value | None = None) -> None:
        self.code = code
        self.comment = comment
        self.value = value


class Text:
    """A program as Python text.

    Args:
        program: with a name for each value.
        title: what the text is called in tracebacks.
        readable: for a reader: whole formulas on a line, and nothing that only saves time or
            memory.
        inlines: whether views and comparisons may stand in the line that reads them.
        inner: for a reader: the values that are but parts of a formula.
        notes: what is said of the results of some functions.
        forms: the text of calls of some functions: from the arguments' texts, and the call.
        arguments: what `forward` takes besides the program's inputs.

    Attributes:
        entries: the lines of the two functions.
        lines: the same as text.
        names: what the text's names mean that are not NumPy's: functions and constants.
    """

    def __init__(
        self,
        program: Program,
        title: str = "",
        *,
        readable: bool = False,
        inlines: bool = True,
        inner: set[Value] | None = None,
        forms: dict[Any, Form] | None = None,
        notes: dict[Any, str] | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self.program = program
        self.readable = readable
        self.inlines = inlines
        self.inner = inner or set()
        self.forms = forms or {}
        self.notes = notes or {}
        self.arguments = list(arguments)
        self.names: dict[str, Any] = {}
        self.named: dict[Any, str] = {}
        self.inlined: dict[Value, str] = {}
        self.called: dict[Value, str] = {}
        self.title = title
        self.saved = program.saved()
        self.written = program.written_roots()
        self.usual = self._usual_dtype()
        self.reads = self._count_reads()
        self._share_names(program.forward)
        self._share_names(program.backward)
        self.taken = {value.name for each in program.instructions for value in each.outputs}
        self.taken |= {value.name for value in (*program.inputs, *program.seeds)}
        self.taken |= set(self.called.values()) | set(self.arguments)
        self.entries: list[Line] = []
        self._write_forward()
        self.entries += [Line(""), Line("")]
        self._write_backward()
        self.lines = _aligned(self.entries)

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

    # what must be known before the first line

    def _usual_dtype(self) -> Any:
        """The dtype of most floating-point results, which the comments leave out."""
        counts: dict[Any, int] = {}
        values = [out for each in self.program.instructions for out in each.outputs]
        for x in (*self.program.inputs, *values):
            if x.dtype.kind == "f":
                counts[x.dtype] = counts.get(x.dtype, 0) + 1
        return max(counts, key=lambda dtype: counts[dtype]) if counts else None

    def _count_reads(self) -> dict[Value, int]:
        """How often each value is read; what leaves its part counts as read more than once."""
        reads: dict[Value, int] = {}
        for each in self.program.instructions:
            for x in each.inputs:
                reads[x] = reads.get(x, 0) + 1
        for x in (*self.program.results, *self.saved):
            reads[x] = reads.get(x, 0) + 2
        return reads

    def _share_names(self, part: Sequence[Instruction]) -> None:
        """Where a result is written over an operand by `+=` and its kin, both have one name: the
        last one's, or that of a gradient where the last one has none of its own.
        """
        chains: dict[Value, list[Instruction]] = {}
        for each in part:
            if each.into is not None and self._is_augmented(each):
                chains[each.outputs[0]] = [*chains.pop(each.into, []), each]
        for end, chain in chains.items():
            values = [each.into for each in chain if each.into is not None]
            name = end.name
            if _is_numbered(name, chain[-1].operation):
                own = [x.name for x in values if x.name.startswith("grad_")]
                name = own[-1] if own else name
            for x in (*values, end):
                self.called[x] = name

    def _is_augmented(self, each: Instruction) -> bool:
        """Whether `x += y` says what the instruction does."""
        if each.function not in IN_PLACE or each.options or len(each.inputs) != 2:
            return False
        first, second = each.inputs
        return each.into is first or (each.function in COMMUTING and each.into is second)

    def _name(self, x: Value) -> str:
        return self.called.get(x, x.name)

    # the two functions

    def _write_forward(self) -> None:
        program = self.program
        names = [x.name for x in program.inputs] + self.arguments
        self.entries.append(Line(f"def forward({', '.join(names)}):"))
        self._describe(program.inputs)
        kept = {value.root for value in (*program.outputs, *self.saved, *program.inputs)}
        self._write_part(program.forward, kept)
        outputs = _tuple(self._text(x) for x in program.outputs)
        saved = _list(self._name(x) for x in self.saved)
        self.entries.append(Line(f"    return {outputs}, {saved}"))

    def _write_backward(self) -> None:
        program = self.program
        names = ["saved", *(x.name for x in program.seeds)]
        self.entries.append(Line(f"def backward({', '.join(names)}):"))
        self._describe(program.seeds)
        if self.saved:
            names = [self._name(x) for x in self.saved]
            self.entries.append(Line(f"    {_unpacked(names)} = saved"))
            if not self.readable:
                self.entries.append(Line("    saved.clear()"))
        kept = {g.root for g in program.gradients if g is not None}
        self._write_part(program.backward, kept)
        gradients = ("None" if g is None else self._text(g) for g in program.gradients)
        self.entries.append(Line(f"    return {_tuple(gradients)}"))

    def _describe(self, values: Sequence[Value]) -> None:
        """Comments with the shapes of what a function takes."""
        kinds: dict[Any, list[str]] = {}
        for x in values:
            kinds.setdefault(x.dtype, []).append(f"{x.name} {_shape(x)}")
        for dtype, words in kinds.items():
            line = f"    # {dtype}:"
            for word in words:
                if len(line) + len(word) > LONGEST_LINE:
                    self.entries.append(Line(line))
                    line = "    #"
                line += f" {word}," if word is not words[-1] else f" {word}"
            self.entries.append(Line(line))

    def _described(self, x: Value) -> str:
        """A value's shape, after its dtype where that is not the usual one."""
        return _shape(x) if x.dtype == self.usual else f"{x.dtype} {_shape(x)}"

    def _write_part(self, part: Sequence[Instruction], kept: set[Value]) -> None:
        """The lines of one part; large arrays are let go after the last line that reads them."""
        last = last_reads(part)
        ends: dict[int, list[Value]] = {}
        for root, place in last.items():
            if root not in kept and not root.is_constant and not root.is_input:
                ends.setdefault(place, []).append(root)
        names: dict[Value, list[Value]] = {}
        starts = [*self.saved, *self.program.seeds]
        if part is self.program.forward:
            starts = []
        for x in starts:
            names.setdefault(x.root, []).append(x)
        ended: list[Value] = []
        for place, each in enumerate(part):
            ended += ends.get(place, ())
            if self._is_inlined(part, place):
                self.inlined[each.outputs[0]] = self._call(each)
                continue
            for out in each.outputs:
                names.setdefault(out.root, []).append(out)
            if each.into is not None:
                names[each.outputs[0]] = names.get(each.into, []) + names[each.outputs[0]]
            self._add_statement(each)
            gone = [
                self._name(x)
                for root in ended
                if root.size >= LEAST_FREED and root is not each.into
                for x in names.get(root, ())
            ]
            ended = []
            if gone and not self.readable and place < len(part) - 1:
                self.entries.append(Line(f"    del {', '.join(dict.fromkeys(gone))}"))

    def _is_inlined(self, part: Sequence[Instruction], place: int) -> bool:
        """Whether an instruction stands in the line that reads its result.

        A view that is read once does, and a comparison that the next line reads; for a reader
        whatever has no name of its own and is read once. Memory that is written stays apart.
        """
        each = part[place]
        if not self.inlines or len(each.outputs) != 1 or not each.alone or each.into is not None:
            return False
        out = each.outputs[0]
        reader = self._only_reader(part, place)
        if reader is None or out.root in self.written or out.root.is_constant:
            return False
        if reader.into is out:
            return False  # whose memory the reader's result takes
        if any(x.root in self.written for x in each.inputs):
            return False
        if each.kind == "view":
            return len(self._call(each)) <= LONGEST_INLINED
        if each.kind != "operation" or reader.kind == "loop":
            return False
        if each.function in COMPARING:
            return self._reads_next(part, place)
        is_formula = each.is_pointwise or each.function in self.forms or each.function in INLINED
        if out not in self.inner or not is_formula or not reader.is_pointwise:
            return False
        return len(self._call(each)) <= LONGEST_INLINED

    def _only_reader(self, part: Sequence[Instruction], place: int) -> Instruction | None:
        """The one instruction of the part that reads a result, if it reads it once."""
        out = part[place].outputs[0]
        if self.reads.get(out) != 1:
            return None
        for each in part[place + 1 :]:
            if out in each.inputs:
                return each
        return None

    def _reads_next(self, part: Sequence[Instruction], place: int) -> bool:
        """Whether the line after an instruction reads its result; inlined views are no lines."""
        out = part[place].outputs[0]
        for each in part[place + 1 :]:
            if out in each.inputs:
                return True
            if each.kind != "view" and not self.readable:
                return False
        return False

    # one line

    def _add_statement(self, each: Instruction) -> None:
        comment = ", ".join(self._described(out) for out in each.outputs)
        if each.function in self.notes:
            self.entries.append(Line(f"    # {self.notes[each.function]}"))
        lines = self._statement(each)
        outputs = each.outputs
        value = outputs[0] if outputs else None
        if len(outputs) == 1 and self._name(outputs[0]) != outputs[0].name:
            own = outputs[0].name
            comment = comment if _is_numbered(own, each.operation) else f"{own} {comment}"
        for line in lines[:-1]:
            self.entries.append(Line(f"    {line}", "", value))
        self.entries.append(Line(f"    {lines[-1]}", comment, value))

    def _statement(self, each: Instruction) -> list[str]:
        if each.kind == "write":
            target, value = each.inputs
            into = self._text(target)
            return [f"np.copyto({into}, {self._text(value)}, casting='unsafe')"]
        if each.kind == "loop":
            return self._loop_statement(each)
        return [self._assignment(each)]

    def _loop_statement(self, each: Instruction) -> list[str]:
        """The lines that make a loop's results and call it."""
        loop: Any = each.function
        name = self._bound("loop", loop)
        inputs = [loop.shaped(x, self._operand_text(x)) for x in each.inputs]
        if not loop.shape:
            return self._scalar_loop(name, loop, inputs)
        lines = []
        for out in each.outputs:
            make = "zeros" if out in loop.sums else "empty"
            lines.append(f"{self._name(out)} = np.{make}({out.shape}, {_dtype(out.dtype)})")
        outputs = [loop.shaped(out, self._name(out)) for out in each.outputs]
        lines.append(f"{name}({', '.join(inputs + outputs)})")
        return lines

    def _scalar_loop(self, name: str, loop: Any, inputs: list[str]) -> list[str]:
        """The lines of a loop over scalars."""
        lines = []
        unpacked = []
        arrays = []
        for dtype, members in loop.packs().items():
            array = f"{members[0].name}_pack"
            arrays.append(array)
            lines.append(f"{array} = np.empty({len(members)}, {_dtype(dtype)})")
            unpacked += [f"{self._name(out)} = {array}[{i}]" for i, out in enumerate(members)]
        lines.append(f"{name}({', '.join(inputs + arrays)})")
        return lines + unpacked

    def _assignment(self, each: Instruction) -> str:
        names = [self._name(out) for out in each.outputs]
        if each.into is not None:
            if not self._is_augmented(each):
                return f"{names[0]} = {self._call(each, into=each.into)}"
            first, second = each.inputs
            other = second if each.into is first else first
            return f"{names[0]} {BINARY[each.function]}= {self._bare_operand(other, each)}"
        if len(names) == 1 and each.alone:
            text = self._call(each)
            if not each.outputs[0].shape and each.outputs[0].root in self.written:
                text = f"np.asarray({text})"  # a scalar could not be written in place
            return f"{names[0]} = {text}"
        return f"{_unpacked(names)} = {self._call(each)}"

    def _call(self, each: Instruction, into: Value | None = None) -> str:
        function = each.function
        form = self.forms.get(function)
        if form is not None:
            return form([self._operand(x, each) for x in each.inputs], each)
        if isinstance(function, np.ufunc) and not each.options:
            if function in BINARY and len(each.inputs) == 2 and into is None:
                return self._binary(each)
            if function is np.negative and into is None:
                return f"-{self._operand(each.inputs[0], each)}"
            texts = [self._bare_operand(x, each) for x in each.inputs]
            if into is not None:
                texts.append(f"out={self._name(into)}")
            return f"{self._function(function)}({', '.join(texts)})"
        method = self._method(each)
        if method:
            return method
        texts = [self._argument(x, each) for x in each.inputs]
        texts += [f"{name}={self._option(option)}" for name, option in each.options.items()]
        return f"{self._function(function)}({', '.join(texts)})"

    def _method(self, each: Instruction) -> str:
        """The call of an array's method, where one says it more shortly; else empty."""
        if not each.inputs or not each.inputs[0].shape:
            return ""
        function = each.function
        options = each.options
        x = each.inputs[0]
        if function is np.transpose and not options and len(x.shape) == 2:
            return f"{self._operand_text(x)}.T"
        if function is np.reshape and set(options) == {"shape"}:
            return f"{self._operand_text(x)}.reshape({options['shape']})"
        if function is np.copy and not self.readable:
            return f"{self._operand_text(x)}.copy(order='K')"
        reduction = next((name for ufunc, name in METHODS if function == ufunc.reduce), "")
        fits = set(options) <= {"axis", "keepdims"} and "axis" in options
        if reduction and fits and (self.readable or x.size >= WORTH_A_METHOD):
            axis = options["axis"]
            single = isinstance(axis, tuple) and len(axis) == 1
            given = {**options, "axis": axis[0] if single else axis}
            if axis is None or axis == tuple(range(len(x.shape))):
                del given["axis"]
            texts = [f"{name}={self._option(option)}" for name, option in given.items()]
            return f"{self._operand_text(x)}.{reduction}({', '.join(texts)})"
        return ""

    def _binary(self, each: Instruction) -> str:
        """Two operands and the sign between them."""
        sign = BINARY[each.function]
        first, second = (self._bare_operand(x, each) for x in each.inputs)
        return f"{_in_formula(first, sign)} {sign} {_in_formula(second, sign, is_right=True)}"

    def _operand(self, x: Value, each: Instruction) -> str:
        text = self._bare_operand(x, each)
        return text if _is_primary(text) else f"({text})"

    def _bare_operand(self, x: Value, each: Instruction) -> str:
        """An operand of NumPy's arithmetic; a constant scalar of the others' dtype as a number."""
        others = [other for other in each.inputs if not other.is_constant]
        if x.is_constant and others and x.dtype.kind in "fiu":
            number = self._number(x, each)
            if number is not None and np.isfinite(number):
                if all(other.dtype == x.dtype for other in others):
                    return _shortest(number, x.dtype)
                if any(other.shape for other in others) and isinstance(each.function, np.ufunc):
                    return f"{_dtype(x.dtype)}({_shortest(number, x.dtype)})"
        return self._text(x)

    def _number(self, x: Value, each: Instruction) -> Any:
        """The number that a constant is, or None; for a reader also one that fills a row."""
        if not x.shape:
            return x.sample.item()
        others = [other for other in each.inputs if other is not x]
        is_broadcast = any(other.shape == each.outputs[0].shape for other in others)
        if not self.readable or not each.is_pointwise or not is_broadcast or not x.size:
            return None
        first = x.sample.flat[0]
        return first.item() if np.all(x.sample == first) else None

    def _argument(self, x: Value, each: Instruction) -> str:
        """An argument of a function that expects arrays, where a scalar is not one."""
        if x.shape or x.is_constant or isinstance(each.function, np.ufunc):
            return self._text(x)
        return f"np.asarray({self._text(x)})"

    def _text(self, x: Value) -> str:
        if x in self.inlined:
            return self.inlined[x]
        if not x.is_constant:
            return self._name(x)
        return self._bound(x.name or "constant", x.sample)

    def _operand_text(self, x: Value) -> str:
        """The text of a value, in parentheses where it needs them before a dot."""
        text = self._text(x)
        return text if _is_primary(text) else f"({text})"

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


def _aligned(entries: Sequence[Line]) -> list[str]:
    """The lines, with comments one below the other where the code is not too long."""
    widths = [len(each.code) for each in entries if each.comment]
    column = max((width for width in widths if width <= WIDEST), default=0)
    lines = []
    for each in entries:
        comment = f"  # {each.comment}" if each.comment else ""
        lines.append(f"{each.code:{column}}{comment}" if comment else each.code)
    return lines


def _shape(x: Value) -> str:
    return f"({', '.join(map(str, x.shape))})"


def _is_numbered(name: str, operation: str) -> bool:
    """Whether a name is only an operation's with a number."""
    return name.rstrip("0123456789") == operation


def _is_primary(text: str) -> bool:
    """Whether a text may stand before a dot or beside any operator: a name, a call."""
    if text.isidentifier():
        return True
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Constant):
        return not text.startswith("-")
    return isinstance(tree, ast.Name | ast.Call | ast.Attribute | ast.Subscript)


def _in_formula(text: str, sign: str, is_right: bool = False) -> str:
    """An operand, in parentheses where it would be read otherwise without."""
    if _is_primary(text):
        return text
    tree = ast.parse(text, mode="eval").body
    own = STRENGTH.get(type(getattr(tree, "op", None)), 0)
    if isinstance(tree, ast.UnaryOp):
        own = 0
    if own > SIGNS.get(sign, 0) or (own and own == SIGNS.get(sign, 0) and not is_right):
        return text
    return f"({text})"


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


def _unpacked(names: Sequence[str]) -> str:
    """The left side of an assignment of several results."""
    return f"{names[0]}," if len(names) == 1 else ", ".join(names)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def as_array(found: Any) -> Array:
    """What a program returned, as an array: NumPy gives scalars where there is one element."""
    return found if found.__class__ is np.ndarray else np.asarray(found)
