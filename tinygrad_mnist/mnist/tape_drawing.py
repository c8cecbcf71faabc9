"""The tape behind a tensor, drawn.

As Graphviz' DOT, or as a tree of text; `tinygrad_mnist.show` draws it as SVG. It walks
`grad_fn` and `next_functions`, as any program may, and so draws any network's tape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tinygrad_mnist import Tensor

__all__ = ["Entry", "entries", "shape_text", "size_text", "to_dot", "to_tree"]

# Light and dark enough for text of the other kind on them; the SVG's own background is paper.
FILLS = {"result": "#fbe3d0", "operation": "#dbe7f5", "parameter": "#e3efdc", "leaf": "#ececec"}
RECORDS = ("operation", "result")  # the kinds of entries that are no leaves


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
    """The tape of a tensor.

    Args:
        result: of recorded operations.
        names: of leaves, as `Module.named_parameters` gives them.

    Returns:
        The entries, the last record first.

    Raises:
        ValueError: if the tensor has no tape.
    """
    root: Any = result.grad_fn
    if root is None:
        message = "got a tensor without history, wanted the result of recorded operations"
        raise ValueError(f"entries: {message}")
    named = {id(tensor): name for name, tensor in names}
    nodes, inputs = _reachable(root)
    order = _from_the_result(_key(root), inputs)
    numbers = {key: number for number, key in enumerate(order)}
    made = []
    for number, key in enumerate(order):
        read = tuple(numbers[each] for each in inputs[key])
        made.append(_entry(number, nodes[key], named.get(key), read))
    return made


def _entry(number: int, node: Any, name: str | None, inputs: tuple[int, ...]) -> Entry:
    leaf = getattr(node, "variable", None)
    tensor = node if leaf is None else leaf
    if leaf is None:
        kind = "operation" if number else "result"
        label = node.name().removesuffix("0").removesuffix("Backward")
    elif name is None:
        kind = "leaf"
        label = "leaf"
    else:
        kind = "parameter"
        label = name
    shape = tuple(tensor.shape)
    return Entry(
        number=number,
        kind=kind,
        label=label,
        shape=shape,
        dtype=str(tensor.dtype).rpartition(".")[2],
        bytes=math.prod(shape) * int(tensor.dtype.itemsize),
        inputs=inputs,
    )


def _key(node: Any) -> int:
    """What a node is known by.

    `next_functions` makes a new stand-in for a leaf each time; the leaf itself is always the same.
    """
    return id(getattr(node, "variable", node))


def _reachable(root: Any) -> tuple[dict[int, Any], dict[int, list[int]]]:
    """All nodes behind a node, by their keys, and the keys of what each of them reads."""
    nodes: dict[int, Any] = {}
    inputs: dict[int, list[int]] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        key = _key(node)
        if key in nodes:
            continue
        nodes[key] = node
        before = [source for source, _ in node.next_functions if source is not None]
        inputs[key] = [_key(source) for source in before]
        waiting += reversed(before)
    return nodes, inputs


def _from_the_result(root: int, inputs: dict[int, list[int]]) -> list[int]:
    """The keys so that each comes before all that it reads: a topological order, no recursion."""
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
    """A shape and dtype for people.

    Args:
        entry: of a tape.

    Returns:
        Such as `256×400 float32`; a scalar has no lengths.
    """
    shape = "×".join(map(str, entry.shape)) or "scalar"
    return f"{shape} {entry.dtype}"


def size_text(count: float) -> str:
    """A number of bytes for people, in powers of 1024.

    Args:
        count: of bytes.

    Returns:
        Such as `1.5 MiB`.
    """
    if count < 1024:
        return f"{count:.0f} B"
    for unit in ("KiB", "MiB"):
        count /= 1024
        if count < 1024:
            return f"{count:.1f} {unit}"
    return f"{count / 1024:.1f} GiB"


def to_dot(tape: list[Entry], title: str = "") -> str:
    """The tape in Graphviz' language: the gradient's way goes along the arrows.

    Args:
        tape: as `entries` gives it.
        title: above the drawing.

    Returns:
        The text of a .dot file.
    """
    font = 'fontname="Helvetica,sans-serif"'
    lines = [
        "digraph tape {",
        f"  graph [label={_quoted(title)}, labelloc=t, {font}, fontsize=16,"
        ' bgcolor="white", pad=0.3, nodesep=0.3, ranksep=0.35];',
        f'  node [shape=box, style="rounded,filled", color="#5b6470", {font}, fontsize=12];',
        '  edge [color="#5b6470", arrowsize=0.7];',
    ]
    for entry in tape:
        text = "\n".join((entry.label, shape_text(entry), size_text(entry.bytes)))
        options = f'label={_quoted(text)}, fillcolor="{FILLS[entry.kind]}"'
        if entry.kind not in RECORDS:
            options += ', style="filled"'
        lines.append(f"  {entry.number} [{options}];")
    for entry in tape:
        lines += [f"  {entry.number} -> {source};" for source in entry.inputs]
    lines.append("}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@dataclass(frozen=True)
class _Branch:
    """An entry that is to be shown in the tree.

    Attributes:
        number: the entry's.
        lead: what stands before it.
        below: what stands before all that it reads.
    """

    number: int
    lead: str
    below: str


def to_tree(tape: list[Entry]) -> str:
    """The tape as lines of text.

    A record that was shown before is named by its number. A record's parameters stand before what
    else it reads, and a chain does not move to the right.

    Args:
        tape: as `entries` gives it.

    Returns:
        The lines, the result first.
    """
    rows: list[tuple[str, str, str]] = []
    shown: set[int] = set()
    stack = [_Branch(0, "", "")]
    while stack:
        branch = stack.pop()
        entry = tape[branch.number]
        if entry.number in shown and entry.inputs:
            rows.append((f"{branch.lead}↑ #{entry.number} {entry.label}", "", ""))
            continue
        size = "" if entry.number in shown else size_text(entry.bytes)
        shown.add(entry.number)
        rows.append((branch.lead + _tree_label(entry), shape_text(entry), size))
        stack += reversed(_branches(tape, entry, branch.below))
    return _aligned(rows)


def _tree_label(entry: Entry) -> str:
    number = f"#{entry.number} " if entry.kind in RECORDS else ""
    mark = "" if entry.kind in RECORDS else "▪ "
    return f"{mark}{number}{entry.label}"


def _branches(tape: list[Entry], entry: Entry, below: str) -> list[_Branch]:
    """What an entry reads: leaves first, then records, of which the last goes straight down."""
    leaves = [each for each in entry.inputs if not tape[each].inputs]
    records = [each for each in entry.inputs if tape[each].inputs]
    branches = [_Branch(each, f"{below}├─ ", below) for each in leaves]
    if leaves and not records:
        branches[-1] = _Branch(leaves[-1], f"{below}└─ ", below)
    branches += [_Branch(each, f"{below}├─ ", f"{below}│  ") for each in records[:-1]]
    if records:
        branches.append(_Branch(records[-1], below, below))
    return branches


def _aligned(rows: list[tuple[str, str, str]]) -> str:
    """The columns side by side, the last one to the right."""
    name_width = max(len(name) for name, _, _ in rows)
    shape_width = max(len(shape) for _, shape, _ in rows)
    size_width = max(len(size) for _, _, size in rows)
    lines = []
    for name, shape, size in rows:
        line = f"{name:<{name_width}}  {shape:<{shape_width}}  {size:>{size_width}}"
        lines.append(line.rstrip())
    return "\n".join(lines)
