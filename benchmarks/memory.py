"""Peak memory of the original recipe's training, epoch by epoch.

python -m benchmarks.memory --data FOLDER [--epochs 50]
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import sys

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.recipe import RECIPES
from tinygrad_mnist.mnist.training import Training


def peak_mb() -> float:
    """The largest resident size of this process so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks memory",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", required=True, help="a folder of IDX files")
    parser.add_argument("--epochs", type=int, default=50)
    options = parser.parse_args()
    recipe = dataclasses.replace(RECIPES["original"], epochs=options.epochs)
    peaks = [peak_mb() for _ in Training(recipe, datasets.load(options.data))]
    print(
        json.dumps(
            {"peak_mb_after_epoch": {n: round(peaks[n - 1], 1) for n in (1, 2, len(peaks))}},
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
