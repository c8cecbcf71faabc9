"""A derivation: a function's forward and backward program, written to be read.

The trace and the passes are those of `compile`. What differs is for the reader: cross-entropy and
dropout are written out, the sizes of a batch are read from the arrays, the gradient that a scalar
loss starts with, 1, is multiplied out, and memory is not planned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.compiler import guards, passes
from tinygrad_mnist.compiler.compiled import _names
from tinygrad_mnist.compiler.names import name_rest
from tinygrad_mnist.compiler.passes.lowering import Steps, lower
from tinygrad_mnist.compiler.program import Array, Instruction, Program, Value
from tinygrad_mnist.compiler.source import Form, Text
from tinygrad_mnist.compiler.structure import take_apart
from tinygrad_mnist.compiler.trace import trace_call
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.kernels import network
from tinygrad_mnist.kernels.softmax import class_losses

__all__ = ["Derivation", "DerivedLine", "derive"]


class DerivedLine(NamedTuple):
    """One line of a derivation.

    Attributes:
        code: the line, with its indentation.
        comment: the shape of its result; empty for a line without one.
        record: the tape's record that it comes from; of a line of `backward` the one whose
            gradient it computes.
    """

    code: str
    comment: str
    record: str


class Derivation:
    """A forward and a backward program, derived by the tape, to be read and to be run.

    Attributes:
        lines: of both functions; of `forward` alone where nothing has a gradient.
        source: the same as text.
        text: what it was made of.
        forward: takes the inputs' arrays, and `rng` where it draws random numbers; returns the
            results, and what `backward` needs.
        backward: takes that, and returns the gradient of each input, None for one without.
        inputs: the names of what `forward` takes.
        saved: the names of what `backward` needs.

    Args:
        text: of the program.
        records: the record on the tape that each value comes from.
    """

    def __init__(self, text: Text, records: dict[Value, str]) -> None:
        self.forward, self.backward = text.functions()
        entries = text.entries
        lines = text.lines
        if not any(g is not None for g in text.program.gradients):
            end = next(i for i, line in enumerate(lines) if line.startswith("def backward"))
            lines = lines[: end - 2]
        self.source = "\n".join(lines) + "\n"
        self.lines = []
        for entry in entries[: len(lines)]:
            record = "" if entry.value is None else records.get(entry.value, "")
            self.lines.append(DerivedLine(entry.code, entry.comment, record))
        self.text = text
        self.inputs = [x.name for x in text.program.inputs] + text.arguments
        self.saved = [x.name for x in text.saved]

    def standalone(self) -> str:
        """Both functions, beneath the functions that they call, as a file that needs only NumPy."""
        return self.text.standalone()


def derive(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Derivation:
    """Trace one call of a function, and write the program of its results and gradients to be read.

    The classes of a cross-entropy are taken to be valid, and none to be ignored. Dropout draws
    its masks from `rng`, a generator of NumPy, and so others than the function's own.

    Args:
        function: of tensors; a module too. Where it returns one scalar, its gradient is 1.
        *args: what it is called with.
        **kwargs: what it is called with by name.

    Returns:
        The programs.

    Raises:
        RuntimeError: if the call cannot be a program.

    Example:
        >>> from tinygrad_mnist.compiler import derive
        >>> w = torch.ones(2, 3, requires_grad=True)
        >>> derivation = derive(lambda w, x: (x @ w).relu(), w, torch.ones(4, 2))
        >>> for line in derivation.lines:
        ...     if line.record:
        ...         print(line.code.strip(), "#", line.record)
        product1 = x @ w # matmul
        h1 = np.maximum(product1, 0.0) # relu
        grad_product1 = grad_h1 * (h1 > 0.0) # relu
        grad_w = x.T @ grad_product1 # matmul
    """
    arguments: list[Tensor] = []
    take_apart((args, kwargs), arguments)
    guard = guards.collect(function, (args, kwargs))
    names = _names(function, guard, args, kwargs)
    try:
        trace = trace_call(function, args, kwargs, arguments, names, guard)
    except Exception as refused:
        raise RuntimeError(f"derive: {refused}") from refused
    program = trace.program
    records = trace.records
    _name_for_reading(program)
    passes.drop_dead(program)
    draws = _write_out(program, records)
    lower(program)
    passes.fold_constants(program)
    passes.share_common(program)
    passes.read_through_broadcasts(program)
    if len(program.seeds) == 1 and not program.seeds[0].shape:
        _multiply_out_seed(program)
    passes.simplify(program)
    _move_to_backward(program)
    passes.drop_dead(program)
    inner = {out for each in program.instructions for out in each.outputs if not out.name}
    name_rest(program)
    text = Text(
        program,
        "derivation",
        readable=True,
        inner=inner,
        forms=FORMS,
        notes={_mean_of_logs: "all classes are valid, and none is ignored"},
        arguments=["rng"] if draws else [],
    )
    return Derivation(text, records)


# the reader's forms of cross-entropy and dropout ---------------------------------------------


def _shifted(z: Array) -> Array:
    return z - z.max(axis=1, keepdims=True)


def _normalised(e: Array) -> Array:
    return e / e.sum(axis=1, keepdims=True)


def _mean_of_logs(a: Array, y: Array) -> Any:
    return -np.log(a[np.arange(len(y)), y]).mean()


def _one_hot(y: Array, *, classes: int, dtype: Any) -> Array:
    return np.eye(classes, dtype=dtype)[y]


def _less_one_hot(a: Array, one_hot: Array, y: Array) -> Array:
    return (a - one_hot) / len(y)


def _kept(x: Array, *, keep: float) -> Array:
    """A mask of dropout: of the trace, whose numbers do not count."""
    return np.full_like(x, 1 / keep)


def _form_of_one_hot(texts: list[str], each: Instruction) -> str:
    options = each.options
    return f"np.eye({options['classes']}, dtype=np.{options['dtype'].name})[{texts[0]}]"


def _form_of_mask(texts: list[str], each: Instruction) -> str:
    keep = each.options["keep"]
    name = each.outputs[0].dtype.name
    return f"(rng.random({texts[0]}.shape, np.float32) < {keep}) / np.{name}({keep})"


FORMS: dict[Any, Form] = {
    _shifted: lambda texts, each: f"{texts[0]} - {texts[0]}.max(axis=1, keepdims=True)",
    _normalised: lambda texts, each: f"{texts[0]} / {texts[0]}.sum(axis=1, keepdims=True)",
    _mean_of_logs: lambda texts, each: (
        f"-np.log({texts[0]}[np.arange(len({texts[1]})), {texts[1]}]).mean()"
    ),
    _one_hot: _form_of_one_hot,
    _less_one_hot: lambda texts, each: f"({texts[0]} - {texts[1]}) / len({texts[2]})",
    _kept: _form_of_mask,
}
"""How the functions above are written in the text."""


def _cross_entropy(steps: Steps, each: Instruction) -> list[Value] | None:
    """a = softmax(z); the mean of -log a at each row's class; and (a - one_hot) / m."""
    options = each.options
    is_plain = len(each.inputs) == 2 and options.get("reduction") == "mean"
    z, y = each.inputs[:2]
    if not is_plain or z.dtype == np.float16 or len(y.shape) != 1:
        return None
    number = z.name.removeprefix("z")
    e = steps.do(np.exp, steps.do(_shifted, z))
    a = steps.do(_normalised, e)
    loss = steps.do(_mean_of_logs, a, y)
    one_hot = steps.do(_one_hot, y, classes=z.shape[1], dtype=z.dtype)
    slope = steps.do(_less_one_hot, a, one_hot, y)
    e.name = f"e{number}"
    a.name = f"a{number}"
    one_hot.name = "one_hot"
    return [loss, slope]


def _dropout(steps: Steps, each: Instruction) -> list[Value] | None:
    """mask = (random numbers < keep) / keep, and x * mask."""
    x = each.inputs[0]
    mask = steps.do(_kept, x, keep=_plain(each.options["keep"]))
    return [steps.do(np.multiply, x, mask), mask]


def _plain(keep: float) -> float:
    """A probability as it was meant: 0.4, not 1 - 0.6."""
    return float(f"{keep:.12g}")


WRITTEN_OUT: dict[Callable[..., Any], Callable[[Steps, Instruction], list[Value] | None]] = {
    class_losses: _cross_entropy,
    network.dropout: _dropout,
}


def _write_out(program: Program, records: dict[Value, str]) -> bool:
    """Replace what has a form for the reader; whether anything is drawn from `rng`."""
    draws = False
    replaced: list[Instruction] = []
    for each in program.forward:
        steps = Steps(each.operation)
        rewrite = WRITTEN_OUT.get(each.function)
        results = rewrite(steps, each) if rewrite is not None else None
        if results is None:
            replaced.append(each)
            continue
        table = dict(zip(results, each.outputs, strict=True))
        for step in steps.instructions:
            step.inputs = [table.get(x, x) for x in step.inputs]
            step.outputs = [table.get(x, x) for x in step.outputs]
            records.update(dict.fromkeys(step.outputs, each.operation))
        if each.function is network.dropout:
            draws = True
            bits = each.inputs[1]
            replaced = [made for made in replaced if bits not in made.outputs]
        replaced += steps.instructions
    program.forward = replaced
    return draws


# passes for the reader ------------------------------------------------------------------------


def _name_for_reading(program: Program) -> None:
    """The logits' gradient has no name of cross-entropy's own."""
    for each in program.forward:
        if each.function is class_losses:
            each.outputs[1].name = ""


def _multiply_out_seed(program: Program) -> None:
    """Let the gradient that a loss starts with be 1, and leave out products with it."""
    (seed,) = program.seeds
    program.seeds = []
    one = Value(np.ones((), seed.dtype))
    one.is_constant = True
    table: dict[Value, Value] = {seed: one}
    dropped = []
    for each in program.backward:
        each.inputs = [table.get(x, x) for x in each.inputs]
        if each.function is not np.multiply or one not in each.inputs:
            continue
        (out,) = each.outputs
        other = each.inputs[1] if each.inputs[0] is one else each.inputs[0]
        if other.shape == out.shape and other.dtype == out.dtype and not other.is_constant:
            other.name = other.name or out.name
            table[out] = other
            dropped.append(each)
    program.replace(table)
    program.without(dropped)


def _move_to_backward(program: Program) -> None:
    """Let what only the backward part reads be computed there."""
    read = set(program.outputs)
    staying = []
    moved = []
    for each in reversed(program.forward):
        is_needed = each.kind != "operation" or any(x in read for x in each.outputs)
        if is_needed:
            staying.append(each)
            read.update(each.inputs)
        else:
            moved.append(each)
    program.forward = staying[::-1]
    program.backward = moved[::-1] + program.backward
