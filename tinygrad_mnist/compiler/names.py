"""Names for a program's values, as a person would give them: `w1`, `h1`, `grad_w1`."""

from __future__ import annotations

import keyword
import re
from collections import Counter

from tinygrad_mnist.compiler.program import Program, Value

SHORT = {
    "linear": ("z",),
    "relu": ("h",),
    "dropout": ("d", "mask"),
    "random_bits": ("bits",),
    "cross_entropy": ("loss", "slope"),
    "matmul": ("product",),
    "to_copy": ("cast",),
}
"""What the results of an operation are called; by its own name where it is not here."""
LETTERS = {"weight": "w", "bias": "b"}


def name_values(program: Program, inputs: dict[Value, str]) -> None:
    """Name the inputs and what the forward part computes.

    Args:
        program: its forward part is complete.
        inputs: what each input is called outside: a parameter's path, an argument's name.
    """
    taken: Counter[str] = Counter()
    modules: dict[str, int] = {}
    for value in program.inputs:
        value.name = _unique(_input_name(inputs.get(value, ""), modules), taken)
    for each in program.forward:
        short = SHORT.get(each.operation, ())
        for place, out in enumerate(each.outputs):
            if out.name:
                continue
            base = short[place] if place < len(short) else _cleaned(each.operation)
            out.name = _numbered(base, taken)


def name_rest(program: Program) -> None:
    """Name what is still without a name: gradients of inputs, and what rules computed."""
    for seed in program.seeds:
        seed.name = ""
    taken = Counter(value.name for value in _all_values(program) if value.name)
    for out, seed in zip(program.outputs, program.seeds, strict=False):
        seed.name = _unique(f"grad_{out.name}", taken)
    for x, g in zip(program.inputs, program.gradients, strict=True):
        if g is not None and not g.is_constant and (not g.name or g.name.startswith("grad_")):
            g.name = _unique(f"grad_{x.name}", taken)
    for each in program.instructions:
        for out in each.outputs:
            if not out.name:
                out.name = _numbered(_cleaned(each.operation), taken)


def _all_values(program: Program) -> list[Value]:
    found = [*program.inputs, *program.seeds]
    for each in program.instructions:
        found.extend(each.outputs)
    return found


def _input_name(path: str, modules: dict[str, int]) -> str:
    """`w2` for the weight of the second module that has one; else the path in one word."""
    before, _, last = path.rpartition(".")
    if last in LETTERS and before:
        number = modules.setdefault(before, len(modules) + 1)
        return f"{LETTERS[last]}{number}"
    return _cleaned(path) or "x"


def _cleaned(name: str) -> str:
    word = re.sub(r"\W+", "_", name).strip("_").lower()
    if word[:1].isdigit():
        word = f"p{word}"
    return f"{word}_" if keyword.iskeyword(word) or word in RESERVED else word


RESERVED = {"np", "forward", "backward", "saved", "abs", "all", "any", "max", "min", "pow", "sum"}


def _unique(name: str, taken: Counter[str]) -> str:
    taken[name] += 1
    if taken[name] == 1:
        return name
    return _unique(f"{name}_{taken[name]}", taken)


def _numbered(base: str, taken: Counter[str]) -> str:
    """The base with the next number that is free; without one for a loss, of which there is one."""
    if base in ("loss", "slope") and not taken[base]:
        return _unique(base, taken)
    while True:
        taken[f"{base}#"] += 1
        name = f"{base}{taken[f'{base}#']}"
        if not taken[name]:
            return _unique(name, taken)
