"""`python -m tinygrad_mnist.mnist.weights NAME RUN`: replace shipped weights by those of a run."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.weights import SHIPPED, pack, path


def main(arguments: list[str]) -> None:
    """Pack a run's weights into the file of a shipped network, and print its checksum.

    Args:
        arguments: the name of a shipped network, and a run's folder.
    """
    if len(arguments) != 2 or arguments[0] not in SHIPPED:
        sys.exit(f"usage: python -m tinygrad_mnist.mnist.weights {'|'.join(SHIPPED)} RUN")
    name, run = arguments
    file = path(name)
    pack(Run(Path(run)).network(), file)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    print(f"{checksum}  {file.name}  {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
