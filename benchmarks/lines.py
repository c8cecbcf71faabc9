"""The size of each room in lines of code: no blank lines, comments or docstrings.

python -m benchmarks lines
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent / "tinygrad_mnist"
BUDGETS = {
    "the engine: tensor.py, tape.py, ops/, methods.py": 2000,
    "the rest of the framework": 3500,
}
ENGINE, REST = BUDGETS
APPLICATION = "the application: mnist/"
BRIDGES = "ways to other tools: estimators.py, notebook.py, onnx.py"
_SILENT = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


def code_lines(source: str) -> int:
    """Lines that hold code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            docstring = node.body[0]
            lines.difference_update(
                range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)
            )
    return len(lines)


def part(room: str) -> str:
    """Which of the parts a room belongs to."""
    if room in ("tensor.py", "tape.py", "ops", "methods.py"):
        return ENGINE
    if room in ("estimators.py", "notebook.py", "onnx.py"):
        return BRIDGES
    return APPLICATION if room in ("mnist", "__main__.py") else REST


def main() -> None:
    rooms: Counter[str] = Counter()
    for path in sorted(ROOT.rglob("*.py")):
        rooms[path.relative_to(ROOT).parts[0]] += code_lines(path.read_text())
    parts: Counter[str] = Counter()
    for room, count in rooms.items():
        parts[part(room)] += count
        print(f"{count:6}  {room}")
    for name, count in parts.items():
        budget = f" of a budget of {BUDGETS[name]:,}" if name in BUDGETS else ""
        print(f"{count:6,}  {name}{budget}")


if __name__ == "__main__":
    main()
