"""`python -m tests.fuzz N [SEED [TARGET]]`."""

import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.running import FOUND, fuzz


def main(arguments):
    count = int(arguments[0]) if arguments else 2000
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    only = arguments[2] if len(arguments) > 2 else None
    began = time.time()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(count, seed, Path(folder), only, report=print)
    print(f"{count:,} inputs, {len(found)} failures, {time.time() - began:.0f} s")
    for name, content, problem in found:
        FOUND.mkdir(exist_ok=True)
        from tinygrad_mnist.formats.checksums import sha256_of

        path = FOUND / f"{name}-{sha256_of(content)[:12]}"
        path.write_bytes(content)
        print(f"{path.name}: {problem}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
