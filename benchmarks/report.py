"""Results as text, JSON, Markdown and figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.cases import CASES, FAST, OURS, SWEEPS, TORCH, Case


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
    lines = [f"### {case.title}", "", "| | median | least to most | over ours |", "|---|---|---|---|"]
    mine = results.get(OURS, {}).get("median")
    for name, result in results.items():
        if "error" in result:
            lines.append(f"| {name} | {result['error']} | | |")
            continue
        low, high = quantity(result["min"], case.memory), quantity(result["max"], case.memory)
        ratio = f"{result['median'] / mine:.2f}" if mine else ""
        lines.append(f"| {name} | {quantity(result['median'], case.memory)} | {low} to {high} | {ratio} |")
    for name, ratio, goal in ratios(case, results):
        lines += ["", f"{name}: {ratio:.3f}" + (f" (wanted: at most {goal})" if goal else "")]
    return "\n".join([*lines, ""])


def ratios(case: Case, results: dict[str, Any]) -> list[tuple[str, float, float | None]]:
    """Ours over each rival that we compare ourselves with, and the goal where there is one."""
    found = []
    for rival in case.against:
        for i, mine in enumerate((OURS, FAST)):
            ours, theirs = results.get(mine, {}).get("median"), results.get(rival, {}).get("median")
            if ours and theirs:
                goal = case.targets[rival][i] if rival in case.targets else None
                found.append((f"{mine} over {rival}", ours / theirs, goal))
    return found


def sweep_point(name: str, value: int, results: dict[str, Any]) -> str:
    """One point of a sweep as a line."""
    parts = [f"{rival} {quantity(r['median'], False) if 'median' in r else r['error']}" for rival, r in results.items()]
    return f"{name} {value:,}: " + ", ".join(parts)


def write(results: dict[str, Any], folder: Path) -> None:
    """results.json, results.md and the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    about = results["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in about["versions"].items() if v)
    head = [
        f"{about['processor']}, {about['cores']} cores, {about['threads']} threads; {about['system']},"
        f" Python {about['python']}; {versions}; BLAS: {', '.join(about['blas'])}.",
        "",
    ]
    tables = [table(CASES[name], each) for name, each in results["cases"].items()]
    sweeps = [
        f"- {sweep_point(name, value, each)}"
        for name, points in results["sweeps"].items()
        for value, each in points.items()
    ]
    (folder / "results.md").write_text("\n".join([*head, *tables, *sweeps]) + "\n")
    figures(results, folder)


def figures(results: dict[str, Any], folder: Path) -> None:
    """bars.png, ours against the rivals of the epoch; sweeps.png, time and memory as log-log curves."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    epoch = {k: v for k, v in results["cases"].get("epoch", {}).items() if "median" in v}
    if epoch:
        figure, axes = plt.subplots(figsize=(7, 0.42 * len(epoch) + 0.9), layout="constrained")
        names = sorted(epoch, key=lambda k: -epoch[k]["median"])
        floor = epoch["floor"]["median"] if "floor" in epoch else 1.0
        values = [epoch[k]["median"] / floor for k in names]
        colors = ["#c44e28" if k in (OURS, FAST) else "#b8b8b8" for k in names]
        bars = axes.barh(names, values, color=colors)
        axes.bar_label(bars, [f"{v:.2f}" for v in values], padding=3, fontsize=9)
        axes.set_xlabel("an epoch of the original network, over the matrix products alone")
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0, max(values) * 1.12)
        figure.savefig(folder / "epoch.png", dpi=150)
        plt.close(figure)
    if results["sweeps"]:
        _sweeps(results["sweeps"], folder / "sweeps.png")


def _sweeps(sweeps: dict[str, Any], path: Path) -> None:
    """Time above, memory below, a column for each sweep."""
    from matplotlib import pyplot as plt

    colors = {OURS: "#c44e28", FAST: "#c44e28", TORCH: "#4a6fa5"}
    size = (4 * len(sweeps), 6.4)
    figure, grid = plt.subplots(2, len(sweeps), figsize=size, layout="constrained", squeeze=False)
    for column, (name, points) in zip(grid.T, sweeps.items(), strict=True):
        rivals = dict.fromkeys(rival for each in points.values() for rival in each)
        for axes, (key, label, scale) in zip(
            column, (("median", "seconds", 1.0), ("peak_kb", "peak memory, MB", 1e-3)), strict=True
        ):
            for rival in rivals:
                found = {int(v): each[rival].get(key) for v, each in points.items() if rival in each}
                pairs = [(v, y * scale) for v, y in found.items() if y]
                style = {"color": colors.get(rival, "#888888"), "ls": "--" if rival == FAST else "-"}
                if pairs:
                    axes.loglog(*zip(*pairs, strict=True), marker="o", ms=3, label=rival, **style)
            axes.set_xlabel(SWEEPS[name][0], fontsize=8)
            axes.set_ylabel(label)
            axes.grid(alpha=0.25)
    grid[0][0].legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
