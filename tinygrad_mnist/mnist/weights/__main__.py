"""`python -m tinygrad_mnist.mnist.weights NAME RUN`: put a run's weights in the place of those that ship."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.weights import SHIPPED, pack, path

if len(sys.argv) != 3 or sys.argv[1] not in SHIPPED:
    sys.exit(f"usage: python -m tinygrad_mnist.mnist.weights {'|'.join(SHIPPED)} RUN")
file = path(sys.argv[1])
pack(Run(Path(sys.argv[2])).network(), file)
print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}  {file.stat().st_size:,} bytes")
