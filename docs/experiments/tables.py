"""Write the tables of recipes into the chapters: `python -m docs.experiments.tables`.

A table stands between `<!-- table: NAMES -->` and `<!-- end of table -->`; NAMES are recipes, with
semicolons between them.
"""

import json
import re
import statistics
from pathlib import Path

from docs.experiments.recipes import RESULTS

CHAPTERS = Path(__file__).parent.parent / "learn"
PLACE = re.compile(r"<!-- table: ([^>]+) -->\n.*?<!-- end of table -->", re.DOTALL)


def table(names: list[str]) -> str:
    """Accuracies after the last epoch, with all seeds."""
    runs = json.loads(RESULTS.read_text("utf-8"))
    lines = [
        "| recipe | seeds | training, median | test, each seed | median |",
        "|---|---|---|---|---|",
    ]
    fewest = min(len(runs[name]) for name in names)
    for name in names:
        last = [run["epochs"][-1] for _, run in sorted(runs[name].items(), key=by_seed)][:fewest]
        training = statistics.median(100 * epoch[1] for epoch in last)
        test = [100 * epoch[2] for epoch in last]
        each = ", ".join(f"{accuracy:.2f}" for accuracy in test)
        median = f"**{statistics.median(test):.2f}%**"
        lines.append(f"| {name} | 0 to {fewest - 1} | {training:.2f}% | {each} | {median} |")
    return "\n".join(lines)


def by_seed(item: tuple[str, object]) -> int:
    return int(item[0])


def filled(text: str) -> str:
    """A chapter with its tables as the results say."""

    def write(found: re.Match[str]) -> str:
        names = [name.strip() for name in found[1].split(";")]
        return f"<!-- table: {found[1]} -->\n{table(names)}\n<!-- end of table -->"

    return PLACE.sub(write, text)


def main() -> None:
    for path in CHAPTERS.glob("*.md"):
        text = path.read_text("utf-8")
        if filled(text) != text:
            path.write_text(filled(text), "utf-8")
            print(f"{path.name}: written")


if __name__ == "__main__":
    main()
