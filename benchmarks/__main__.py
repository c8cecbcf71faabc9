"""`python -m benchmarks NAME [options]`: run one of the measurements; `epoch` where none is named."""

import sys

from benchmarks import epoch, lines, memory

NAMES = {"epoch": epoch.main, "lines": lines.main, "memory": memory.main}

if __name__ == "__main__":
    name = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in NAMES else "epoch"
    NAMES[name]()
