"""How training scales over ranks and nodes: measured here, and predicted by a cost model.

python -m benchmarks scaling docs/figures/ranks.json --measure --write docs/scaling.md \\
    --figure docs/images/ranks.png

measures for about two minutes, on a quiet machine, and writes the page's tables and its figure;
without --measure it takes the measurement that is there.

The model: a step takes the time of its forward and backward pass and of the optimizer, as measured
in one rank; gradients travel in buckets, each from when it is whole and the one before it is there
(`step_seconds`). A message costs what `ring`, `tree` and `halving` say; the cheapest is taken, as
MPI's libraries choose by size. The latency and bandwidth of this machine are fitted to the messages
of two ranks.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MEGABYTE = 2**20
NODES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
SHOWN = (8, 64, 256, 1024)
BEGIN = "<!-- written by python -m benchmarks scaling -->"
END = "<!-- end of what was written -->"
CORES = 32  # of a larger node
WORTH = 0.5  # the efficiency below which more nodes are said not to pay


@dataclass(frozen=True)
class Network:
    """What carries messages.

    Attributes:
        latency: seconds of a message of no bytes.
        bandwidth: bytes a second, of a rank.
    """

    latency: float
    bandwidth: float


# Line rates: IEEE 802.3by (25 Gb/s Ethernet), InfiniBand HDR (200 Gb/s, four lanes). The latencies
# and the usable share (0.9) are assumptions of the order that MPI programs see: over the kernel's
# TCP tens of microseconds, over InfiniBand's verbs one to five.
NETWORKS = {
    "25 Gb/s Ethernet, TCP (30 µs)": Network(30e-6, 0.9 * 25e9 / 8),
    "200 Gb/s InfiniBand (2 µs)": Network(2e-6, 0.9 * 200e9 / 8),
}


# what a message costs ------------------------------------------------------------------------


def ring(size: float, ranks: int, network: Network) -> float:
    """Seconds of an allreduce round a ring: every rank sends each n-th of it to its neighbour.

    Patarasuk & Yuan (2009), doi:10.1016/j.jpdc.2008.09.002.
    """
    steps = 2 * (ranks - 1)
    return steps * (network.latency + size / ranks / network.bandwidth)


def tree(size: float, ranks: int, network: Network) -> float:
    """Seconds by recursive doubling: log2 n exchanges of all of it.

    Thakur, Rabenseifner & Gropp (2005), doi:10.1177/1094342005051521.
    """
    return math.ceil(math.log2(ranks)) * (network.latency + size / network.bandwidth)


def halving(size: float, ranks: int, network: Network) -> float:
    """Seconds by Rabenseifner's reduce-scatter by halves and allgather by doubling; same source."""
    steps = 2 * math.ceil(math.log2(ranks))
    return steps * network.latency + 2 * (ranks - 1) / ranks * size / network.bandwidth


def allreduce(size: float, ranks: int, network: Network) -> float:
    """Seconds of the cheapest."""
    if ranks == 1:
        return 0.0
    return min(way(size, ranks, network) for way in (ring, tree, halving))


def fitted(messages: dict[str, float]) -> Network:
    """The latency and bandwidth with which the tree's cost is closest to two ranks' messages.

    Relative errors are compared, so that small messages count as much as large ones.
    """
    sizes = np.array([float(size) for size in messages])
    seconds = np.array(list(messages.values()))
    columns = np.stack([np.ones_like(sizes), sizes], 1) / seconds[:, None]
    (latency, per_byte), *_ = np.linalg.lstsq(columns, np.ones_like(sizes), rcond=None)
    return Network(max(float(latency), 1e-9), 1 / max(float(per_byte), 1e-15))


# what a step costs ---------------------------------------------------------------------------


def compute_seconds(measured: dict[str, Any], batch: float) -> float:
    """Seconds of a step's computation: a line through the measured batches."""
    times = measured["seconds_by_batch"]
    batches = np.array([float(each) for each in times])
    seconds = np.array(list(times.values()))
    slope, start = np.polyfit(batches, seconds, 1, w=1 / seconds)
    # A step has a part that no batch is too small for: at least half of the least is counted.
    return float(max(start + slope * batch, min(seconds) / 2))


def buckets(gradients: list[list[float]]) -> list[tuple[float, float]]:
    """Bytes of each bucket, and when it is whole, as a share of the step up to the backward's end.

    As DistributedDataParallel makes them: 1 MiB first, then 25.
    """
    found: list[tuple[float, float]] = []
    size = 0.0
    whole = 0.0
    limit = MEGABYTE
    for more, at, end in gradients:
        if size >= limit:
            found.append((size, whole))
            size = 0.0
            limit = 25 * MEGABYTE
        size += more
        whole = max(whole, at / end)
    found.append((size, whole))
    return found


def step_seconds(
    measured: dict[str, Any],
    ranks: int,
    network: Network,
    batch: float,
    faster: float = 1.0,
    share: float = 1.0,
) -> float:
    """Seconds of a step of all ranks.

    Args:
        measured: of the network that is trained.
        ranks: how many there are.
        network: between them.
        batch: images of each rank.
        faster: how many times as fast as here a rank computes.
        share: of the gradients' bytes that travels: 0.5 for float16, 1 / k for one step in k.
    """
    computing = compute_seconds(measured, batch) / faster
    end = measured["gradients"][-1][2] / compute_seconds(measured, measured["batch"])
    backward = min(end, 1.0) * computing
    free = 0.0
    for size, at in buckets(measured["gradients"]):
        free = max(free, at * backward) + allreduce(size * share, ranks, network)
    return max(free, backward) + computing - backward


def efficiency(measured: dict[str, Any], ranks: int, network: Network, **options: float) -> float:
    """Images a second over ranks times those of one, each with the measured batch."""
    batch = measured["batch"]
    one = step_seconds(measured, 1, network, batch, **options)
    return one / step_seconds(measured, ranks, network, batch, **options)


def best_of_one_batch(measured: dict[str, Any], network: Network, **options: float) -> int:
    """How many ranks take the least time for one batch, the measured one, that they share."""
    batch = measured["batch"]
    counts = [ranks for ranks in NODES if ranks <= batch]
    return min(counts, key=lambda n: step_seconds(measured, n, network, batch / n, **options))


# tables and figure ---------------------------------------------------------------------------


def tables(found: dict[str, Any]) -> str:
    """All tables, in Markdown."""
    return "\n\n".join([_curve(found), _fit(found), _predicted(found), _cut(found)])


def _curve(found: dict[str, Any]) -> str:
    one = found["jobs"][0]["images_per_second"]
    lines = [
        "| ranks | images/s | over 1 rank | float16 | without communication |",
        "|---:|---:|---:|---:|---:|",
    ]
    for job in found["jobs"]:
        speed = job["images_per_second"]
        lines.append(
            f"| {job['ranks']} | {speed['float32']:,.0f} | {speed['float32'] / one['float32']:.2f}"
            f" | {speed['float16']:,.0f} | {speed['none']:,.0f} |"
        )
    lines.append("")
    lines.append(f"{found['cores']} cores, {found['jobs'][0]['batch']} images a rank.")
    return "\n".join(lines)


def _fit(found: dict[str, Any]) -> str:
    messages = found["jobs"][1]["messages"]
    here = fitted(messages)
    lines = [
        f"Fitted to two ranks: {here.latency * 1e6:.1f} µs, {here.bandwidth / 1e9:.2f} GB/s.",
        "",
        "| bytes | measured µs | model µs |",
        "|---:|---:|---:|",
    ]
    for size, seconds in messages.items():
        model = tree(float(size), 2, here)
        lines.append(f"| {int(size):,} | {seconds * 1e6:,.1f} | {model * 1e6:,.1f} |")
    job = found["jobs"][1]
    digits = found["jobs"][0]["networks"]["digit network"]
    model = 2 * job["batch"] / step_seconds(digits, 2, here, job["batch"])
    measured = job["images_per_second"]["float32"]
    lines.append("")
    lines.append(
        f"The digit network on two ranks: the model says {model:,.0f} images/s, measured were"
        f" {measured:,.0f}."
    )
    return "\n".join(lines)


def _predicted(found: dict[str, Any]) -> str:
    heads = " | ".join(f"{nodes:,}" for nodes in SHOWN)
    lines = [
        f"| network trained | a node is | carried by | {heads} | pays up to | one batch: best |",
        f"|---|---|---|{'---:|' * len(SHOWN)}---:|---:|",
    ]
    for name, measured in found["jobs"][0]["networks"].items():
        for faster in (1, CORES):
            node = "a core as here" if faster == 1 else f"{CORES} such cores"
            for carried, network in NETWORKS.items():
                shares = [efficiency(measured, n, network, faster=faster) for n in NODES]
                cells = " | ".join(f"{shares[NODES.index(n)]:.0%}" for n in SHOWN)
                paying = max(n for n, share in zip(NODES, shares, strict=True) if share >= WORTH)
                best = best_of_one_batch(measured, network, faster=faster)
                lines.append(f"| {name} | {node} | {carried} | {cells} | {paying:,} | {best} |")
    lines.append("")
    for name, measured in found["jobs"][0]["networks"].items():
        size = 4 * measured["parameters"]
        one = compute_seconds(measured, measured["batch"])
        travel = buckets(measured["gradients"])
        lines.append(
            f"- {name}: {size:,} bytes a step, batch {measured['batch']} a node, {one * 1e3:.1f} ms"
            f" of one core; {len(travel)} bucket(s), the last one whole at {travel[-1][1]:.0%} of"
            " the forward and backward pass"
        )
    return "\n".join(lines)


def _cut(found: dict[str, Any]) -> str:
    """What less communication is worth where it is worth most: fast nodes on the slow network."""
    carried, network = next(iter(NETWORKS.items()))
    lines = [
        f"Nodes of {CORES} such cores, on {carried}, 64 of them:",
        "",
        "| network trained | as it is | float16 | every 8th step |",
        "|---|---:|---:|---:|",
    ]
    for name, measured in found["jobs"][0]["networks"].items():
        plain = efficiency(measured, 64, network, faster=CORES)
        half = efficiency(measured, 64, network, faster=CORES, share=0.5)
        alone = step_seconds(measured, 1, network, measured["batch"], faster=CORES)
        steps = step_seconds(measured, 64, network, measured["batch"], faster=CORES)
        eighth = 8 * alone / (7 * alone + steps)
        lines.append(f"| {name} | {plain:.0%} | {half:.0%} | {eighth:.0%} |")
    return "\n".join(lines)


def figure(found: dict[str, Any], path: Path) -> None:
    """The measured curve, and the predicted efficiency."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    picture, (left, right) = pyplot.subplots(1, 2, figsize=(11.5, 3.8), layout="constrained")
    ranks = [job["ranks"] for job in found["jobs"]]
    speeds = [job["images_per_second"]["float32"] / 1000 for job in found["jobs"]]
    left.plot(ranks, speeds, "o-", label="measured")
    left.plot(ranks, [speeds[0] * each for each in ranks], ":", color="0.5", label="1 rank times n")
    left.axvline(found["cores"], color="0.8", zorder=0)
    left.text(found["cores"], 0, f" {found['cores']} cores", color="0.4", va="bottom")
    left.set(xlabel="ranks", ylabel="thousand images a second", xticks=ranks, ylim=(0, None))
    left.set_title("Digit network, measured on one machine")
    left.legend(frameon=False)
    for color, (name, measured) in enumerate(found["jobs"][0]["networks"].items()):
        for style, (carried, network) in zip(("--", "-"), NETWORKS.items(), strict=True):
            shares = [100 * efficiency(measured, n, network, faster=CORES) for n in NODES]
            label = f"{name}, {carried.split(' (')[0].split(',')[0]}"
            right.semilogx(NODES, shares, style, color=f"C{color}", base=2, label=label)
    right.axhline(100 * WORTH, color="0.8", zorder=0)
    right.set(xlabel="nodes", ylabel="efficiency, %", ylim=(0, 105))
    right.set_xticks(NODES, [str(nodes) for nodes in NODES])
    right.set_title(f"Predicted, nodes of {CORES} such cores")
    right.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    picture.savefig(path, dpi=120)


def write_into(page: Path, text: str) -> None:
    """Put tables between a page's marks."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{page}: got no marks, wanted {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


# measuring -----------------------------------------------------------------------------------


def measure(ranks: list[int], seconds: float) -> dict[str, Any]:
    """Run the job in so many ranks, one number after the other."""
    beside = Path(sys.executable).parent / "mpiexec"
    mpiexec = str(beside) if beside.exists() else shutil.which("mpiexec")
    if mpiexec is None:
        raise SystemExit("scaling: found no mpiexec; pip install 'tinygrad-mnist[mpi]' brings it")
    jobs = []
    for count in ranks:
        program = [sys.executable, "-m", "benchmarks.scaling_job", "--seconds", str(seconds)]
        command = [mpiexec, "-n", str(count), *program]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        jobs.append(json.loads(done.stdout.strip().splitlines()[-1]))
        print(f"{count} ranks measured", file=sys.stderr)
    return {"cores": os.cpu_count(), "jobs": jobs}


def main() -> int:
    """Measure, or print the tables and draw the figure of a measurement."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks scaling",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="of the measurement")
    parser.add_argument("--measure", action="store_true", help="write it first")
    parser.add_argument("--ranks", default="1,2,3,4", help="to measure; the first two are 1 and 2")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--write", type=Path, help="a page to put the tables into")
    parser.add_argument("--figure", type=Path, help="a PNG to draw")
    options = parser.parse_args()
    if options.measure:
        counts = [int(each) for each in options.ranks.split(",")]
        found = measure(counts, options.seconds)
        options.file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    found = json.loads(options.file.read_text("utf-8"))
    print(tables(found))
    if options.write:
        write_into(options.write, tables(found))
    if options.figure:
        figure(found, options.figure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
