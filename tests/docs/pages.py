"""The blocks of code in Markdown pages, in the order in which a reader meets them.

A page's blocks share their names. `<!-- run first` ... `-->` holds code that is run and not shown,
and `<!-- not run: WHY -->` before a block says why it is only shown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# docs/mistakes.md is run by tests/test_mistakes.py, message by message.
PAGES = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if path.name != "mistakes.md" and "_build" not in path.parts
)
BLOCK = re.compile(
    r"<!-- run first\n(?P<hidden>.*?)-->"
    r"|(?:<!-- not run: (?P<why>[^\n]+) -->\n+)?"
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\{code-block\} \w+|\w+)[^\n]*\n(?P<code>.*?)^ *(?P=fence)",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Block:
    page: Path
    line: int
    language: str
    code: str
    why: str | None = None  # it is not run
    hidden: bool = False


def blocks(page):
    """A page's blocks."""
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("hidden" if found["hidden"] else "code")) + 1
        if found["hidden"] is not None:
            yield Block(page, line, "python", found["hidden"], hidden=True)
            continue
        indent = len(found["indent"])
        rows = [row[indent:] for row in found["code"].splitlines(keepends=True)]
        code = "".join(row for row in rows if not row.startswith(":"))  # a directive's options
        language = found["language"].rpartition(" ")[2]
        yield Block(page, line, language, code, found["why"])
