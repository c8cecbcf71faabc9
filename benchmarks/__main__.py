"""`python -m benchmarks --help`: the suite; the names in ALONE are commands of their own."""

import sys

from benchmarks import (
    clients,
    guard,
    lines,
    memory,
    page,
    parts,
    photos,
    report,
    scaling,
    start,
    streaming,
    suite,
)

ALONE = {
    "clients": clients.main,
    "guard": guard.main,
    "lines": lines.main,
    "memory": memory.main,
    "page": page.main,
    "parts": parts.main,
    "photos": photos.main,
    "report": report.main,
    "scaling": scaling.main,
    "start": start.main,
    "streaming": streaming.main,
}

if __name__ == "__main__":
    alone = ALONE.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if alone:
        del sys.argv[1]
    sys.exit((alone or suite.main)())
