"""The tables of README and docs/performance.md, from what the suite measured.

    python -m benchmarks page RESULTS.json [RESULTS.json ...]

The medians of all runs are kept in docs/figures/benchmarks.json, and the tables written between
`<!-- measured: NAME -->` and `<!-- end of measured -->`. Without RESULTS the tables are written
anew from what is kept.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES, COMPILED, COMPILED_FAST, FAST, OURS, Case

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "docs" / "figures" / "benchmarks.json"
PAGES = [ROOT / "README.md", ROOT / "docs" / "performance.md"]
PLACE = re.compile(r"<!-- measured: (\w+) -->\n.*?<!-- end of measured -->", re.DOTALL)
COLUMNS = (OURS, FAST, COMPILED, COMPILED_FAST)
CASE_WORDS = {
    "epoch": "an epoch of the original network",
    "scalars": "an operation on scalars, in a chain of 1,000",
    "vectors": "an operation on vectors of 64",
    "moons": "a step of the moons network",
    "cnn": "a step of the MNIST CNN, batch 64",
    "transformer": "a step of a character transformer",
    "lstm": "a step of a one-layer LSTM",
    "hvp": "a Hessian-vector product",
}
RIVAL_WORDS = {
    "floor": "its matrix products alone",
    "JAX, jit": "JAX, whole step under jit",
    "PyTorch, fused Adam": "PyTorch, fused Adam",
    "TensorFlow, function": "TensorFlow, tf.function",
    "original, float64": "the original program's way, float64",
}
Medians = dict[str, dict[str, float]]


def kept_medians(results: list[dict[str, Any]]) -> list[Medians]:
    """Of each run the medians, by case and rival."""
    return [
        {
            case: {name: each["median"] for name, each in rivals.items() if "median" in each}
            for case, rivals in run["cases"].items()
        }
        for run in results
    ]


def whole_table(runs: list[Medians]) -> str:
    """Every case over every rival that it is held against, with the targets."""
    lines = [
        "| case (its name in the suite) | over | tape, NumPy | tape, fast | compiled, NumPy"
        " | compiled, fast | target, compiled |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, words in CASE_WORDS.items():
        case = CASES[name]
        first = f"{words} (`{name}`)"
        for rival in case.against:
            row = cells(case, rival, [run.get(name, {}) for run in runs])
            if row:
                shown = RIVAL_WORDS.get(rival, rival)
                lines.append(f"| {first} | {shown} | {' | '.join(row)} | {target(case, rival)} |")
                first = ""
    return "\n".join(lines)


def short_table(runs: list[Medians]) -> str:
    """The epoch alone, for README."""
    case = CASES["epoch"]
    lines = [
        "| an epoch takes, of the time of | NumPy alone | and compiled | `fast` | and compiled |",
        "|---|---|---|---|---|",
    ]
    for rival in case.against:
        tape, fast, compiled, both = cells(case, rival, [run["epoch"] for run in runs], bold=False)
        words = RIVAL_WORDS.get(rival, rival)
        lines.append(f"| {words} | {tape} | {compiled} | {fast} | {both} |")
    return "\n".join(lines)


def cells(case: Case, rival: str, runs: list[dict[str, float]], bold: bool = True) -> list[str]:
    """Our time over a rival's, for each of our four ways; nothing where it was not measured."""
    row = []
    for place, mine in enumerate(COLUMNS):
        found = [run[mine] / run[rival] for run in runs if mine in run and rival in run]
        targets = case.targets if place < 2 else case.compiled
        wanted = targets[rival][place % 2] if bold and rival in targets else None
        row.append(span(found, wanted))
    return row if any(row) else []


def span(found: list[float], wanted: float | None) -> str:
    """One ratio, or the least and the most; bold where it is above what is wanted."""
    shown = []
    for ratio in sorted({min(found), max(found)} if found else ()):
        text = f"{ratio:.2f}" if ratio >= 0.095 else f"{ratio:.3f}"
        if wanted is not None and ratio > wanted:
            text = f"**{text}**"
        shown.append(text)
    return " to ".join(dict.fromkeys(shown))


def target(case: Case, rival: str) -> str:
    """What is wanted of the compiled programs, with NumPy alone and with the fast extra."""
    if rival not in case.compiled:
        return ""
    plain, fast = case.compiled[rival]
    return f"{plain:g}, {fast:g}" if plain < 100 else f"-, {fast:g}"


def filled(text: str, runs: list[Medians]) -> str:
    """A page with its tables as measured."""
    tables = {"epoch": short_table(runs), "cases": whole_table(runs)}

    def write(found: re.Match[str]) -> str:
        name = found[1]
        return f"<!-- measured: {name} -->\n{tables[name]}\n<!-- end of measured -->"

    return PLACE.sub(write, text)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks page",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="*", type=Path, help="results.json, as --out writes it")
    paths = parser.parse_args().results
    if paths:
        results = [json.loads(path.read_text("utf-8")) for path in paths]
        KEPT.write_text(json.dumps(kept_medians(results), indent=1) + "\n", "utf-8")
    runs = json.loads(KEPT.read_text("utf-8"))
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), runs), "utf-8")


if __name__ == "__main__":
    main()
