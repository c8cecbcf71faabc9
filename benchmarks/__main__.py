"""`python -m benchmarks --help`: the suite; `lines`, `memory` and `start` are measurements of their own."""

import sys

from benchmarks import lines, memory, start, suite

ALONE = {"lines": lines.main, "memory": memory.main, "start": start.main}

if __name__ == "__main__":
    alone = ALONE.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if alone:
        del sys.argv[1]
    sys.exit((alone or suite.main)())
