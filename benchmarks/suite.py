"""The measuring: rivals in processes of their own, in turns, and what came of it.

    python -m benchmarks [CASE ...] [--data FOLDER] [--rounds 7] [--threads 2] [--out FOLDER]

Without a CASE all are measured. Every round runs each rival once (A B C A B C); the first round
warms up and is dropped. What is reported are medians, with the least and the most. A rival that
does not run, or takes longer than PATIENCE for one answer, is named with the reason, and the rest
goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import threadpoolctl

from benchmarks import report, start
from benchmarks.cases import CASES, SWEEPS, Case, Rival, sweep
from benchmarks.work import BAND

LIBRARIES = (
    "numpy",
    "scipy",
    "numba",
    "torch",
    "jax",
    "tensorflow",
    "keras",
    "tinygrad",
    "mygrad",
    "autograd",
    "micrograd",
)
PATIENCE = 90  # seconds for one answer of a rival: to start, to compile and warm up, to run once
# Seconds before a run: the last rival's threads still spin for a while, on a core that is needed.
SETTLE = 0.05

# Each library chooses its own kernels for this processor: a machine's settings may hold NumPy's
# products to half their speed, and no other rival's.
FORCED = {
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "NPY_DISABLE_CPU_FEATURES",
    "ATEN_CPU_CAPABILITY",
}


class Worker:
    """A rival's process. `error` says why it does not run."""

    def __init__(
        self, rival: Rival, case: Case, threads: int, data: Path | None, patience: float = PATIENCE
    ) -> None:
        options = {**rival.options, **({"data": str(data)} if case.data else {})}
        loops = case.loops if rival.loops is None else rival.loops
        job = {
            "make": rival.make,
            "options": options,
            "loops": loops,
            "threads": threads,
            "awake": case.awake,
        }
        self.patience = patience
        count = str(threads)
        environment = {
            **{name: value for name, value in os.environ.items() if name not in FORCED},
            "OMP_NUM_THREADS": count,
            "OPENBLAS_NUM_THREADS": count,
            "MKL_NUM_THREADS": count,
            "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "JAX_PLATFORMS": "cpu",
            "CUDA_VISIBLE_DEVICES": "",
            **rival.environment,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", json.dumps(job)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        self.error: str | None = None
        self.rounds: list[dict[str, Any]] = []
        self._answer()

    def ask(self, question: str) -> dict[str, Any]:
        """One line to the process and its answer; nothing once it has failed."""
        if self.error or self.process.stdin is None:
            return {}
        try:
            print(question, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            self.error = "its process ended"
            return {}
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        if select.select([self.process.stdout], [], [], self.patience)[0]:
            line = self.process.stdout.readline()
            answer: dict[str, Any] = json.loads(line) if line else {"error": "its process ended"}
        else:
            self.process.kill()
            answer = {"error": f"stopped after {self.patience:g} s"}
        self.error = answer.get("error")
        return answer

    def end(self) -> None:
        """Close its input, which ends it."""
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def measure(
    case: Case,
    rounds: int,
    threads: int,
    data: Path | None = None,
    only: Iterable[str] | None = None,
) -> dict[str, Any]:
    """Every rival's seconds (or kB) by rounds: `{rival: {"values": [...]}}` or `{"error": ...}`.

    Args:
        only: the names of the rivals to run; None for all.
    """
    workers: dict[str, Worker] = {}
    try:
        for name, rival in case.rivals.items():
            if only is None or name in only:
                workers[name] = Worker(rival, case, threads, data)
        for turn in range((case.rounds or rounds) + 1):
            for worker in workers.values():
                time.sleep(SETTLE)
                answer = worker.ask("run")
                if turn and not worker.error:
                    worker.rounds.append(answer)
        return {name: _result(worker, case) for name, worker in workers.items()}
    finally:
        for worker in workers.values():
            worker.end()


def _result(worker: Worker, case: Case) -> dict[str, Any]:
    accuracy = worker.ask("accuracy").get("accuracy") if case.data else None
    if not worker.error and accuracy is not None and not BAND[0] <= accuracy <= BAND[1]:
        band = f"{BAND[0]:.0%} to {BAND[1]:.0%}"
        return {"error": f"void: {accuracy:.2%} of the test digits, outside {band}"}
    if worker.error:
        return {"error": f"not measured: {worker.error}"}
    values = [each["peak_kb" if case.memory else "seconds"] for each in worker.rounds]
    result: dict[str, Any] = {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "values": values,
        "peak_kb": statistics.median(each["peak_kb"] for each in worker.rounds),
    }
    return result | ({"test_accuracy": accuracy} if accuracy is not None else {})


def measure_sweep(name: str, rounds: int, threads: int) -> dict[int, dict[str, Any]]:
    """Each point's results; a rival that failed at one point is not asked for the larger ones."""
    points: dict[int, dict[str, Any]] = {}
    failed: dict[str, Any] = {}
    for value in SWEEPS[name].values:
        case = sweep(name, value)
        points[value] = (
            measure(case, rounds, threads, only=case.rivals.keys() - failed.keys()) | failed
        )
        failed = {rival: result for rival, result in points[value].items() if "error" in result}
        print(report.sweep_point(name, value, points[value]), flush=True)
    return points


def machine(threads: int) -> dict[str, Any]:
    """What the numbers depend on: processor, versions, threads, and BLAS's kernel."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    np.ones((2, 2)) @ np.ones((2, 2))
    blas = [
        f"{each['internal_api']} {each['version']} {each.get('architecture', '')}".strip()
        for each in threadpoolctl.threadpool_info()
        if each["user_api"] == "blas"
    ]
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            (line.split(":")[1].strip() for line in lines if line.startswith("model name")), ""
        )
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
        "blas": blas,
    }


def digits(folder: str | None, to: Path) -> Path:
    """The digits of a folder (or the best that can be reached) as one .npz for all rivals."""
    from tinygrad_mnist.mnist import datasets

    found = datasets.load(folder) if folder else datasets.load()
    np.savez(
        to,
        x_train=found.train_images,
        y_train=found.train_labels,
        x_test=found.test_images,
        y_test=found.test_labels,
    )
    return to


def main() -> int:
    names = [*CASES, *SWEEPS, "start"]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(names)}")
    parser.add_argument(
        "--data", help="a folder of IDX files; else the best digits that can be reached"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--rivals", nargs="*", help="only these, by their names in the tables")
    parser.add_argument(
        "--out", type=Path, help="write results.json, results.md and figures there, or add to them"
    )
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in names]
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(names)}")
    results: dict[str, Any] = {"machine": machine(options.threads), "cases": {}, "sweeps": {}}
    with tempfile.TemporaryDirectory() as folder:
        data = None
        for name in options.cases or names:
            if name == "start":
                results["start"] = start.measure(options.rounds)
                print(report.start_table(results["start"]), flush=True)
                continue
            if name in SWEEPS:
                results["sweeps"][name] = measure_sweep(name, options.rounds, options.threads)
                continue
            case = CASES[name]
            if case.data and data is None:
                data = digits(options.data, Path(folder) / "digits.npz")
            results["cases"][name] = measure(
                case, options.rounds, options.threads, data, options.rivals
            )
            print(report.table(case, results["cases"][name]), flush=True)
    if options.out:
        report.write(results, options.out)
    return 0
