"""The one way in which this package writes a file: as a whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["replacing", "write_file"]


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends without an error.

    What is written goes to a file beside it, in the same folder. If the block raises, that file is
    removed, and what was at `path` before stays.

    Args:
        path: the file to write; its folder must exist.

    Yields:
        The open binary file.

    Raises:
        OSError: if the folder does not exist or cannot be written.

    Example:
        >>> with replacing(path) as file:  # doctest: +SKIP
        ...     file.write(content)
    """
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file as a whole, or leave what was there.

    Args:
        path: the file to write; folders that are missing are made.
        content: bytes, or text, which is written in UTF-8.

    Raises:
        OSError: if the folder cannot be made or written.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
