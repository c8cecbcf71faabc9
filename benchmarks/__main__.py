"""`python -m benchmarks --help`: the suite; `clients`, `lines`, `memory`, `start` are measurements of their own."""

import sys

from benchmarks import clients, lines, memory, start, suite

ALONE = {"clients": clients.main, "lines": lines.main, "memory": memory.main, "start": start.main}

if __name__ == "__main__":
    alone = ALONE.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if alone:
        del sys.argv[1]
    sys.exit((alone or suite.main)())
