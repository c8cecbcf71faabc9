"""One rival, in a process of its own: makes its program, then runs it once for each line that
comes in.

    python -m benchmarks.worker '{"make": "torch_style.cnn", "options": {...}, ...}'

Answers are lines of JSON. The suite talks to it; nobody else needs to.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any


def peak_kb(reset: bool = False) -> int:
    """The largest resident size since the last reset, in kB; 0 where the system is not Linux."""
    try:
        if reset:
            with open("/proc/self/clear_refs", "w", encoding="utf-8") as file:
                file.write("5")
        with open("/proc/self/status", encoding="utf-8") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])
    except OSError:
        return 0


def limit_threads(count: int) -> None:
    """The threads of the libraries that do not read them from the environment."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(count)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].config.threading.set_intra_op_parallelism_threads(count)


def main() -> None:
    job = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer

    def answer(**values: Any) -> None:
        print(json.dumps(values), file=answers, flush=True)

    module, function = job["make"].split(".")
    try:
        rival = importlib.import_module(f"benchmarks.rivals.{module}")
        if "framework" in job["options"]:
            rival.step(
                job["options"]["framework"], width=8, batch=2
            )()  # what a library loads once is not the case's
        limit_threads(job["threads"])
        before = peak_kb(reset=True)
        run = getattr(rival, function)(**job["options"])
        answer(ready=True)
        seconds = 0.0
        for line in sys.stdin:
            if line == "accuracy\n":
                answer(accuracy=run.accuracy() if hasattr(run, "accuracy") else None)
                continue
            awake = time.perf_counter() + job["awake"]
            while seconds < job["awake"] and time.perf_counter() < awake:
                run()  # untimed: while others had their turns, this process's threads fell asleep
            peak_kb(reset=True)
            start = time.perf_counter()
            for _ in range(job["loops"]):
                run()
            seconds = (time.perf_counter() - start) / job["loops"]
            answer(seconds=seconds, peak_kb=peak_kb() - before)
    except Exception as error:
        # The suite reports a rival that does not run, and goes on with the rest.
        first_line = [*str(error).strip().splitlines(), ""][0]
        answer(error=f"{type(error).__name__}: {first_line}")


if __name__ == "__main__":
    main()
