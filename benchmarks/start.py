"""How long it takes to import a framework, and to finish a first training step from process start.

    python -m benchmarks start [--rounds 7]

Each timing is a process of its own, in turns. NumPy's own import is measured inside the process and
not counted for ours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

IMPORT = (
    "import time; import numpy; start = time.perf_counter(); "
    "import {}; print(time.perf_counter() - start)"
)
STEP = "from benchmarks.rivals import {0}; {0}.step({1})()"
RIVALS = {
    "tinygrad_mnist": ("tinygrad_mnist", STEP.format("torch_style", "'tinygrad_mnist'")),
    "PyTorch": ("torch", STEP.format("torch_style", "'torch'")),
    "JAX": ("jax", STEP.format("jax_style", "")),
    "TensorFlow": ("tensorflow", STEP.format("tensorflow_style", "")),
}


def _seconds(code: str, printed: bool) -> float | None:
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=usual)
    if done.returncode:
        return None
    return float(done.stdout.split()[-1]) if printed else time.perf_counter() - began


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Median seconds, `{"import": {rival: ...}, "first step": {rival: ...}}`.

    A rival that does not run is left out.
    """
    found: dict[str, dict[str, list[float]]] = {"import": {}, "first step": {}}
    for turn in range(rounds + 1):
        for name, (module, step) in RIVALS.items():
            timed = {"import": _seconds(IMPORT.format(module), True)}
            timed["first step"] = _seconds(step, False) if step else None
            for kind, seconds in timed.items():
                if turn and seconds is not None:
                    found[kind].setdefault(name, []).append(seconds)
    return {
        kind: {name: statistics.median(v) for name, v in each.items()}
        for kind, each in found.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks start",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=7)
    print(json.dumps(measure(parser.parse_args().rounds), indent=2))
    return 0
