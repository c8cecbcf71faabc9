"""The tape behind a tensor, drawn: as Graphviz' DOT, as SVG by its `dot` program, or as a tree of text.

It walks `grad_fn` and `next_functions`, as any program may, and so draws any network's tape.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tinygrad_mnist import Tensor

# Light and dark enough for text of the other kind on them; the SVG's own background is paper.
FILLS = {"result": "#fbe3d0", "operation": "#dbe7f5", "parameter": "#e3efdc", "leaf": "#ececec"}


@dataclass(frozen=True)
class Entry:
    """One record of a tape, or one leaf that it ends in.

    Attributes:
        number: its place, 0 the result's; what it reads has a higher one.
        kind: "result", "operation", "parameter" (a leaf with a name) or "leaf".
        label: the operation, or the parameter's name.
        shape: of the record's result, or of the leaf.
        dtype: as NumPy names it.
        bytes: the memory of that result or leaf.
        inputs: the numbers of the entries that a gradient goes on to.
    """

    number: int
    kind: str
    label: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    inputs: tuple[int, ...]


def entries(result: Tensor, names: Iterable[tuple[str, Tensor]] = ()) -> list[Entry]:
    """The tape of `result`, its last record first; `names` as `Module.named_parameters` gives them.

    Raises ValueError where the result has no tape.
    """
    root: Any = result.grad_fn
    if root is None:
        raise ValueError(
            "entries: got a tensor without history, wanted the result of recorded operations"
        )
    named = {id(tensor): name for name, tensor in names}
    # next_functions makes a new stand-in for a leaf each time; the leaf itself is always the same.
    found: dict[int, Any] = {}
    inputs: dict[int, list[int]] = {}
    waiting = [root]
    while waiting:
        record = waiting.pop()
        if _key(record) in found:
            continue
        found[_key(record)] = record
        before = [source for source, _ in record.next_functions if source is not None]
        inputs[_key(record)] = [_key(source) for source in before]
        waiting += reversed(before)
    order = _from_the_result(_key(root), inputs)
    numbers = {key: number for number, key in enumerate(order)}
    made = []
    for number, key in enumerate(order):
        record = found[key]
        variable = getattr(record, "variable", None)
        held = record if variable is None else variable
        if variable is not None:
            kind, label = ("parameter", named[key]) if key in named else ("leaf", "leaf")
        else:
            kind, label = (
                "operation" if number else "result",
                record.name().removesuffix("0").removesuffix("Backward"),
            )
        shape, dtype = tuple(held.shape), str(held.dtype).rpartition(".")[2]
        memory = math.prod(shape) * int(held.dtype.itemsize)
        made.append(
            Entry(number, kind, label, shape, dtype, memory, tuple(numbers[i] for i in inputs[key]))
        )
    return made


def _key(record: Any) -> int:
    return id(getattr(record, "variable", record))


def _from_the_result(root: int, inputs: dict[int, list[int]]) -> list[int]:
    """The keys so that each comes before all that it reads: a topological order, without recursion."""
    order: list[int] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        key, done = stack.pop()
        if done:
            order.append(key)
        elif key not in seen:
            seen.add(key)
            stack.append((key, True))
            stack += [(source, False) for source in inputs[key]]
    return order[::-1]


def shape_text(entry: Entry) -> str:
    """`256×400 float32`; a scalar has no lengths."""
    return f"{'×'.join(map(str, entry.shape)) or 'scalar'} {entry.dtype}"


def size_text(count: float) -> str:
    """A number of bytes for people, in powers of 1024."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def to_dot(tape: list[Entry], title: str = "") -> str:
    """The tape in Graphviz' language: the gradient's way goes along the arrows."""
    lines = [
        "digraph tape {",
        f'  graph [label={_quoted(title)}, labelloc=t, fontname="Helvetica,sans-serif", fontsize=16,'
        ' bgcolor="white", pad=0.3, nodesep=0.3, ranksep=0.35];',
        '  node [shape=box, style="rounded,filled", color="#5b6470", fontname="Helvetica,sans-serif", fontsize=12];',
        '  edge [color="#5b6470", arrowsize=0.7];',
    ]
    for entry in tape:
        text = "\n".join((entry.label, shape_text(entry), size_text(entry.bytes)))
        corners = "" if entry.kind in ("operation", "result") else ', style="filled"'
        lines.append(
            f'  {entry.number} [label={_quoted(text)}, fillcolor="{FILLS[entry.kind]}"{corners}];'
        )
    lines += [f"  {entry.number} -> {source};" for entry in tape for source in entry.inputs]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def has_graphviz() -> bool:
    """Whether Graphviz' program `dot` is installed."""
    return shutil.which("dot") is not None


def to_svg(dot: str) -> str:
    """The drawing as SVG. Raises ValueError where Graphviz is missing or refuses."""
    program = shutil.which("dot")
    if program is None:
        raise ValueError(
            "SVG needs Graphviz' program dot (on Debian and Ubuntu: the package graphviz)"
        )
    try:
        done = subprocess.run(
            [program, "-Tsvg"], input=dot, capture_output=True, text=True, check=True, timeout=60
        )
    except (subprocess.SubprocessError, OSError) as error:
        reason = " ".join(str(getattr(error, "stderr", None) or error).split())
        raise ValueError(f"dot: could not draw: {reason}") from None
    return done.stdout


def to_tree(tape: list[Entry]) -> str:
    """The tape as lines of text, the result first; a record that was shown before is named by its number.

    A record's parameters stand before what else it reads, and a chain does not move to the right.
    """
    parts = []
    shown: set[int] = set()
    stack: list[tuple[int, str, str]] = [(0, "", "")]
    while stack:
        number, lead, below = stack.pop()
        entry = tape[number]
        mark = "" if entry.kind in ("operation", "result") else "▪ "
        if number in shown and entry.inputs:
            parts.append((f"{lead}↑ #{number} {entry.label}", "", ""))
            continue
        again = number in shown
        shown.add(number)
        place = "" if entry.kind in ("parameter", "leaf") else f"#{number} "
        size = "" if again else size_text(entry.bytes)
        parts.append((f"{lead}{mark}{place}{entry.label}", shape_text(entry), size))
        leaves = [i for i in entry.inputs if not tape[i].inputs]
        deeper = [i for i in entry.inputs if tape[i].inputs]
        turns = [f"{below}├─ "] * len(leaves)
        if leaves and not deeper:
            turns[-1] = f"{below}└─ "
        rest = [(i, turn, below) for i, turn in zip(leaves, turns, strict=True)]
        rest += [(i, f"{below}├─ ", f"{below}│  ") for i in deeper[:-1]]
        rest += [(i, below, below) for i in deeper[-1:]]
        stack += reversed(rest)
    wide = [max(len(part[column]) for part in parts) for column in range(3)]
    rows = (
        f"{name:<{wide[0]}}  {shape:<{wide[1]}}  {size:>{wide[2]}}".rstrip()
        for name, shape, size in parts
    )
    return "\n".join(rows)
