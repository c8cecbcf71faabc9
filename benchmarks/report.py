"""Results as text, JSON, Markdown and figures."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES, COMPILED, COMPILED_FAST, FAST, MINE, OURS, SWEEPS, TORCH, Case


def quantity(value: float, memory: bool) -> str:
    """Seconds or kB in the unit that suits them."""
    if memory:
        return f"{value / 1000:,.1f} MB"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def table(case: Case, results: dict[str, Any]) -> str:
    """One case as a Markdown table: each rival's median, and how many times ours it takes."""
    lines = [
        f"### {case.title}",
        "",
        "| | median | least to most | over ours |",
        "|---|---|---|---|",
    ]
    mine = results.get(OURS, {}).get("median")
    for name, result in results.items():
        if "error" in result:
            lines.append(f"| {name} | {result['error']} | | |")
            continue
        low, high = quantity(result["min"], case.memory), quantity(result["max"], case.memory)
        ratio = f"{result['median'] / mine:.2f}" if mine else ""
        lines.append(
            f"| {name} | {quantity(result['median'], case.memory)} | {low} to {high} | {ratio} |"
        )
    for name, ratio, goal in ratios(case, results):
        shown = f"{ratio:.3f}" if ratio > 0.01 else f"{ratio:.2g}"
        lines += ["", f"{name}: {shown}" + (f" (wanted: at most {goal})" if goal else "")]
    return "\n".join([*lines, ""])


def ratios(case: Case, results: dict[str, Any]) -> list[tuple[str, float, float | None]]:
    """Ours over each rival that we compare ourselves with, and the goal where there is one."""
    found = []
    for rival in case.against:
        for i, mine in enumerate(MINE):
            ours, theirs = results.get(mine, {}).get("median"), results.get(rival, {}).get("median")
            if ours and theirs:
                targets = case.targets if i < 2 else case.compiled
                goal = targets[rival][i % 2] if rival in targets else None
                found.append((f"{mine} over {rival}", ours / theirs, goal))
    return found


def sweep_point(name: str, value: int, results: dict[str, Any]) -> str:
    """One point of a sweep as a line: the time and the peak memory of each rival."""
    parts = [
        f"{rival} {quantity(r['median'], False)}, {quantity(r['peak_kb'], True)}"
        if "median" in r
        else f"{rival} {r['error']}"
        for rival, r in results.items()
    ]
    return f"{name} {value:,}: " + "; ".join(parts)


def start_table(results: dict[str, dict[str, float]]) -> str:
    """Times to import and to the first step as a Markdown table."""
    lines = [
        "### From the start of a process",
        "",
        "| | import, without NumPy's | to the end of a first step |",
    ]
    lines.append("|---|---|---|")
    for name, seconds in results["import"].items():
        step = results["first step"].get(name)
        lines.append(
            f"| {name} | {quantity(seconds, False)} | {quantity(step, False) if step else ''} |"
        )
    return "\n".join([*lines, ""])


def markdown(results: dict[str, Any]) -> str:
    """All results as text."""
    about = results["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in about["versions"].items() if v)
    head = [
        f"{about['processor']}, {about['cores']} cores, {about['threads']} threads; "
        f"{about['system']}, Python {about['python']}; {versions}; "
        f"BLAS: {', '.join(about['blas'])}.",
        "",
    ]
    tables = [table(CASES[name], each) for name, each in results["cases"].items()]
    starts = [start_table(results["start"])] if "start" in results else []
    sweeps = [
        f"- {sweep_point(name, int(value), each)}"
        for name, points in results["sweeps"].items()
        for value, each in points.items()
    ]
    return "\n".join([*head, *tables, *starts, *sweeps]) + "\n"


def write(results: dict[str, Any], folder: Path) -> None:
    """results.json, results.md and the figures; what results.json has of other cases stays."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "results.json").exists():
        before = json.loads((folder / "results.json").read_text())
        rooms = {name: {**before[name], **results[name]} for name in ("cases", "sweeps")}
        results = {**before, **results, **rooms}
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "results.md").write_text(markdown(results))
    figures(results, folder)


# figures -----------------------------------------------------------------------------------

RED, OTHER = "#d1491c", "#b9bec4"
COLORS = {
    OURS: RED,
    FAST: RED,
    COMPILED: RED,
    COMPILED_FAST: RED,
    TORCH: "#2f6db5",
    "JAX, jit": "#7d3fb0",
    "HIPS autograd": "#2b8a5f",
    "MyGrad": "#c99700",
    "micrograd": "#555555",
}
SHORT = {
    "scalars": "an operation on scalars",
    "vectors": "an operation on vectors of 64",
    "moons": "moons network",
    "cnn": "MNIST CNN",
    "transformer": "character transformer",
    "lstm": "LSTM",
    "hvp": "Hessian-vector product",
}
STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10}


def figures(results: dict[str, Any], folder: Path) -> None:
    """benchmarks.png: the epoch and the rivals' times over ours; scaling.png: log-log curves of
    time and memory.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    def measured(name: str) -> dict[str, float]:
        return {k: v["median"] for k, v in results["cases"].get(name, {}).items() if "median" in v}

    with plt.rc_context(STYLE):
        epoch, others = (
            measured("epoch"),
            {name: measured(name) for name in SHORT if measured(name).get(OURS)},
        )
        if epoch and others:
            figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
            _bars(left, epoch)
            _dots(right, others)
            figure.savefig(folder / "benchmarks.png", dpi=130)
            plt.close(figure)
        if results["sweeps"]:
            size = (3.4 * len(results["sweeps"]), 5.4)
            figure, grid = plt.subplots(
                2, len(results["sweeps"]), figsize=size, layout="constrained", squeeze=False
            )
            _curves(grid, results["sweeps"])
            figure.savefig(folder / "scaling.png", dpi=130)
            plt.close(figure)


def _bars(axes: Any, epoch: dict[str, float]) -> None:
    """Seconds of an epoch, the quickest at the top."""
    names = sorted(epoch, key=lambda name: -epoch[name])
    colors = ["#e8e9eb" if name == "floor" else RED if name in MINE else OTHER for name in names]
    shown = [
        {"floor": "matrix products alone", OURS: f"{OURS}, NumPy only"}.get(name, name)
        for name in names
    ]
    bars = axes.barh(shown, [epoch[name] for name in names], color=colors)
    axes.bar_label(bars, [f"{epoch[name]:.2f}" for name in names], padding=3)
    axes.set_title("An epoch of the original network, seconds", loc="left")
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    axes.margins(x=0.12)


def _dots(axes: Any, cases: dict[str, dict[str, float]]) -> None:
    """Each rival's time over ours, a line for each case."""
    for row, times in enumerate(reversed(cases.values())):
        axes.axhline(row, color="#eeeeee", zorder=0)
        for rival, seconds in times.items():
            if rival not in MINE:
                axes.scatter(
                    seconds / times[OURS], row, s=48, color=COLORS[rival], label=rival, zorder=3
                )
    axes.axvline(1, color=RED, lw=2, zorder=2)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.4), high)
    axes.set_xticks(
        ticks := [t for t in (0.5, 1, 2, 5, 10, 100, 1000) if t < high], [f"{t:g}" for t in ticks]
    )
    axes.tick_params(left=False, which="both")
    axes.tick_params(bottom=False, which="minor")
    axes.set_yticks(range(len(cases)), [SHORT[name] for name in reversed(cases)])
    axes.set_title("Their time over ours: right of 1 we are faster", loc="left")
    legend = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    axes.figure.legend(
        legend.values(), legend, loc="outside lower right", ncols=len(legend), frameon=False
    )


def _curves(grid: Any, sweeps: dict[str, Any]) -> None:
    """Time above, memory below, a column for each sweep."""
    labels = {}
    for at, (name, points) in enumerate(sweeps.items()):
        rivals = [rival for rival in COLORS if any(rival in each for each in points.values())]
        for axes, (key, label, scale) in zip(
            grid[:, at],
            (("median", "seconds", 1.0), ("peak_kb", "peak memory, MB", 1e-3)),
            strict=True,
        ):
            for rival in rivals:
                found = {int(v): each.get(rival, {}).get(key) for v, each in points.items()}
                pairs = [(v, y * scale) for v, y in found.items() if y]
                if pairs:
                    style = {
                        "color": COLORS[rival],
                        "ls": "--" if rival == FAST else "-",
                        "marker": "o",
                        "ms": 3,
                    }
                    labels[rival] = axes.loglog(*zip(*pairs, strict=True), **style)[0]
            axes.set_ylabel("" if at else label)
            axes.grid(alpha=0.25)
        grid[0, at].set_title(f"{name}: {SWEEPS[name].title}", loc="left")
    legend = {"loc": "outside lower center", "ncols": len(labels), "frameon": False}
    grid[0][0].figure.legend(labels.values(), labels, **legend)


def main() -> None:
    """`python -m benchmarks report FOLDER`: Markdown and figures anew, from its results.json."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks report", description="Draw results once more."
    )
    parser.add_argument("folder", type=Path, help="where `--out` has written results.json")
    folder = parser.parse_args().folder
    path = folder / "results.json"
    if not path.is_file():
        parser.error(f"{path}: no such file; `python -m benchmarks --out FOLDER` writes it")
    write(json.loads(path.read_text()), folder)
