"""Loops: a group of pointwise instructions as one function that Numba compiles.

The text of a loop is kept as a file in the user's cache folder, so that Numba can keep the machine
code beside it: the second process that needs it does not compile again.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.program import Instruction, Value

LONGEST = 200  # instructions of one loop: a compiler's time grows faster than their number
SMALL = 256  # elements, up to which a loop computes exp and its kin, one at a time

PIECES: dict[Any, str] = {
    np.add: "{0} + {1}",
    np.subtract: "{0} - {1}",
    np.multiply: "{0} * {1}",
    np.divide: "{0} / {1}",
    np.negative: "-{0}",
    np.abs: "abs({0})",
    np.sqrt: "math.sqrt({0})",
    np.square: "{0} * {0}",
    np.maximum: "{0} if {0} > {1} or {0} != {0} else {1}",
    np.minimum: "{0} if {0} < {1} or {0} != {0} else {1}",
    np.greater: "{0} > {1}",
    np.greater_equal: "{0} >= {1}",
    np.less: "{0} < {1}",
    np.less_equal: "{0} <= {1}",
    np.equal: "{0} == {1}",
    np.not_equal: "{0} != {1}",
    np.logical_not: "not {0}",
    np.exp: "math.exp({0})",
    np.log: "math.log({0})",
    np.tanh: "math.tanh({0})",
    np.sin: "math.sin({0})",
    np.cos: "math.cos({0})",
}
"""Each function that a loop can compute, as text of its arguments' names."""
SLOW = {np.exp, np.log, np.tanh, np.sin, np.cos}
COMPARISONS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal}


class Loop:
    """A group of instructions as one function.

    Attributes:
        shape: of what it computes.
        inputs: what it reads.
        outputs: what of its results is read elsewhere.
        text: of the function `loop(inputs, outputs)`; scalars are put into one array for each
            dtype.
    """

    def __init__(
        self, group: Sequence[Instruction], inputs: Sequence[Value], outputs: Sequence[Value]
    ) -> None:
        self.group = list(group)
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.shape = group[0].outputs[0].shape
        self.sums = {each.outputs[0] for each in group if each.function not in PIECES}
        self.in_rows = bool(self.sums) or any(
            x.shape and x.shape != self.shape for x in self.inputs
        )
        self.text = self._write()
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arrays: Any) -> Any:
        if self._compiled is None:
            self._compiled = compiled_loop(self.text)
        return self._compiled(*arrays)

    @property
    def __name__(self) -> str:
        return "loop"

    def _write(self) -> str:
        names: dict[Value, str] = {}
        reads = []
        for place, x in enumerate(self.inputs):
            names[x] = f"x{place}"
            if x.shape:
                reads.append(f"x{place} = a{place}{self._index(x)}")
        body = [*reads, *self._steps(names)]
        if not self.shape:
            return self._straight(body, names)
        stores = []
        for place, out in enumerate(self.outputs):
            if out in self.sums:
                source = next(each.inputs[0] for each in self.group if each.outputs[0] is out)
                stores.append(f"out{place}[j] += {names[source]}")
            else:
                stores.append(f"out{place}{self._index(out)} = {names[out]}")
        parameters = [f"a{i}" if x.shape else f"x{i}" for i, x in enumerate(self.inputs)]
        parameters += [f"out{i}" for i in range(len(self.outputs))]
        lines = ["import math", "", "import numpy as np", "", ""]
        lines.append(f"def loop({', '.join(parameters)}):")
        if self.in_rows:
            whole = next(name for name, x in self._arrays() if x.shape == self.shape)
            lines.append(f"    for i in range({whole}.shape[0]):")
            rows = [
                line
                for x, line in zip(self._array_inputs(), reads, strict=True)
                if self._is_column(x)
            ]
            lines += [f"        {line}" for line in rows]
            lines.append(f"        for j in range({whole}.shape[1]):")
            lines += [f"            {line}" for line in (*body, *stores) if line not in rows]
        else:
            whole = next(name for name, x in self._arrays())
            lines.append(f"    for i in range({whole}.size):")
            lines += [f"        {line}" for line in (*body, *stores)]
        return "\n".join(lines) + "\n"

    def _straight(self, body: list[str], names: dict[Value, str]) -> str:
        """The function of a group of scalars, without a loop: it fills an array for each dtype."""
        parameters = [f"x{i}" for i in range(len(self.inputs))]
        parameters += [f"out_{dtype.name}" for dtype in self.packs()]
        lines = ["import math", "", "import numpy as np", "", ""]
        lines.append(f"def loop({', '.join(parameters)}):")
        lines += [f"    {line}" for line in body]
        for dtype, members in self.packs().items():
            lines += [
                f"    out_{dtype.name}[{place}] = {names[out]}" for place, out in enumerate(members)
            ]
        return "\n".join(lines) + "\n"

    def packs(self) -> dict[np.dtype[Any], list[Value]]:
        """The results of a group of scalars, by their dtype."""
        found: dict[np.dtype[Any], list[Value]] = {}
        for out in self.outputs:
            found.setdefault(out.dtype, []).append(out)
        return found

    def _array_inputs(self) -> list[Value]:
        return [x for x in self.inputs if x.shape]

    def _arrays(self) -> list[tuple[str, Value]]:
        found = [(f"a{i}", x) for i, x in enumerate(self.inputs) if x.shape]
        return found + [(f"out{i}", x) for i, x in enumerate(self.outputs) if x not in self.sums]

    def _is_column(self, x: Value) -> bool:
        return x.shape != self.shape and x.shape == (*self.shape[:-1], 1) and self.shape[-1] != 1

    def _index(self, x: Value) -> str:
        if not self.in_rows:
            return "[i]"
        if x.shape == self.shape:
            return "[i, j]"
        return "[i]" if self._is_column(x) else "[j]"

    def _steps(self, names: dict[Value, str]) -> list[str]:
        lines: list[str] = []
        for each in self.group:
            if each.outputs[0] in self.sums:
                continue
            out = each.outputs[0]
            common = out.dtype
            if each.function in COMPARISONS:
                common = np.result_type(*(x.dtype for x in each.inputs))
            texts = [self._operand(x, common, names) for x in each.inputs]
            names[out] = f"v{len(lines)}"
            text = PIECES[each.function].format(*texts)
            if out.dtype != np.bool_:
                text = f"np.{out.dtype.name}({text})"
            lines.append(f"{names[out]} = {text}")
        return lines

    def _operand(self, x: Value, dtype: np.dtype[Any], names: dict[Value, str]) -> str:
        if x not in names:  # a constant number
            return (
                f"np.{dtype.name}({float(x.sample)!r})"
                if dtype.kind == "f"
                else repr(x.sample.item())
            )
        if x.dtype != dtype and dtype.kind == "f":
            return f"np.{dtype.name}({names[x]})"
        return names[x]

    # how a program calls it

    def shaped(self, x: Value, text: str) -> str:
        """An array as the loop takes it: in one dimension, or in rows."""
        if not x.shape:
            return text
        layout = "" if x.sample is None or x.sample.flags.c_contiguous else "np.ascontiguousarray"
        text = f"{layout}({text})" if layout else text
        if not self.in_rows:
            return text if len(x.shape) == 1 else f"{text}.reshape(-1)"
        if x.shape == self.shape:
            return text if len(x.shape) == 2 else f"{text}.reshape(-1, {self.shape[-1]})"
        return text if len(x.shape) == 1 else f"{text}.reshape(-1)"


@functools.cache
def cache_folder() -> Path:
    """Where the texts of loops are kept: in the user's cache, or where that cannot be written in a
    temporary folder.
    """
    root = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(root) / "tinygrad_mnist" / "loops"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="tinygrad_mnist_loops_"))


def compiled_loop(text: str) -> Callable[..., Any]:
    """The function `loop` of a text, compiled when it is first called, or taken from the cache."""
    import numba

    name = f"loop_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    path = cache_folder() / f"{name}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    module = sys.modules.get(name)
    if module is None:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # Numba looks for it there when it takes code from the cache
        spec.loader.exec_module(module)
    made: Callable[..., Any] = numba.njit(cache=True, error_model="numpy", nogil=True)(module.loop)
    return made
