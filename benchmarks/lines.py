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
CORE = "the core, an evening's reading: core/"
OPERATIONS = "the operations, with the kernels: ops/, kernels/"
FRAMEWORK = "the rest of the framework"
BRIDGES = "ways to other tools: formats/, torch_shims/"
APPLICATION = "the application: mnist/"
PARTS = {
    "core": CORE,
    "ops": OPERATIONS,
    "kernels": OPERATIONS,
    "formats": BRIDGES,
    "torch_shims": BRIDGES,
    "mnist": APPLICATION,
    "estimators.py": APPLICATION,
    "__main__.py": APPLICATION,
}
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


def main() -> None:
    """Print the lines of each room, and of each part."""
    rooms: Counter[str] = Counter()
    for path in ROOT.rglob("*.py"):
        rooms[path.relative_to(ROOT).parts[0]] += code_lines(path.read_text(encoding="utf-8"))
    totals: Counter[str] = Counter()
    for room, count in rooms.items():
        totals[PARTS.get(room, FRAMEWORK)] += count
    for name, total in totals.most_common():
        print(f"{total:7,}  {name}")
        for room, count in rooms.most_common():
            if PARTS.get(room, FRAMEWORK) == name:
                print(f"{count:11,}  {room}")


if __name__ == "__main__":
    main()
