"""Gives inputs to the targets, and watches over time, memory and what is touched."""

import contextlib
import os
import re
import resource
import signal
import sys
import traceback
import warnings
from pathlib import Path

import numpy as np

from tests.fuzz.targets import TARGETS, mutated

FOUND = Path(__file__).parent / "found"
SECONDS = 10  # that an input may take
MEMORY = 1 << 30  # bytes beyond what the process had at the beginning
FORBIDDEN = (
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "socket.connect",
    "ctypes.dlopen",
)


class Watch:
    """An audit hook: what an input has the process do that no reader should."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.on = False
        self.seen = []
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if not self.on:
            return
        if event in FORBIDDEN:
            self.seen.append(event)
        elif event == "open":
            path, mode, flags = arguments
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and isinstance(path, str) and not path.startswith((self.folder, "/dev/null")):
                self.seen.append(f"writes {path}")


class Late(BaseException):
    """It took too long."""


def late(number, frame):
    raise Late


@contextlib.contextmanager
def limits():
    """Within it the process gets no more than MEMORY beyond what it has."""
    if not sys.platform.startswith("linux"):
        yield
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, before[1]))
    signal.signal(signal.SIGALRM, late)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def attempt(target, content, watch=None):
    """What is wrong with how a target takes an input; None if nothing is."""
    problem = None
    if watch:
        watch.seen.clear()
        watch.on = True
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target.read(content)
    except Late:
        problem = f"took longer than {SECONDS} s"
    except target.refusals as error:
        text = str(error)
        if "\n" in text:
            problem = f"more than one line: {text[:200]!r}"
        elif target.speaks and target.file.name not in text:
            problem = f"does not name the file: {text[:200]!r}"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        problem = (
            f"{type(error).__name__}: {str(error)[:100]} ({Path(last.filename).name}:{last.lineno})"
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if watch:
            watch.on = False
    if watch and watch.seen and not problem:
        problem = f"did {watch.seen[:3]}"
    return problem


def fuzz(count, seed, folder, only=None, report=lambda line: None):
    """Give `count` mutated inputs to all targets.

    Returns:
        Triples of the target's name, the input and what was wrong; one for each kind of problem.
    """
    kinds = [kind for kind in TARGETS if only in (None, kind.name)]
    shares = np.array([kind.share for kind in kinds])
    counts = np.floor(count * shares / shares.sum()).astype(int)
    counts[0] += count - counts.sum()
    watch = Watch(folder)
    found = []
    for kind, number in zip(kinds, counts.tolist(), strict=True):
        target = kind(folder)
        seeds = target.seeds()
        for content in seeds:  # imports, caches and fonts are not the input's affair
            with contextlib.suppress(Exception):
                target.read(content)
        draw = np.random.default_rng([seed, *kind.name.encode()])
        problems = {}
        with limits():
            for _ in range(number):
                content = seeds[int(draw.integers(0, len(seeds)))]
                content = (
                    target.deep(content, draw) if draw.integers(0, 2) else mutated(content, draw)
                )
                problem = attempt(target, content, watch)
                if problem:
                    key = re.sub(r"\d+", "", problem)
                    problems.setdefault(key, (kind.name, content, problem))
        report(f"{kind.name:12} {number:8,} inputs  {len(problems)} kinds of failure")
        found += problems.values()
    return found
