"""Checksums inside the files themselves: one flipped bit, and the file is refused.

A .pt file carries its SHA-256 in the zip archive's comment, which every reader of such files passes
over; a .safetensors file carries it in its metadata. Nothing else belongs to it, so that a file can
be moved, copied and renamed; and it takes its place, checksum and all, in one rename.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from typing import Any, BinaryIO, NoReturn

__all__ = [
    "ChecksumError",
    "check_archive",
    "check_json",
    "check_safetensors",
    "seal_archive",
    "seal_json",
    "seal_safetensors",
    "sha256_of",
]

CHUNK = 1 << 20  # bytes that are read at once
NOTHING = b"0" * 64  # stands where the checksum will be, while it is computed
COMMENT = re.compile(rb"sha256 (\d{16}) ([0-9a-f]{64})")  # the archive's length, and its checksum
COMMENT_SIZE = 7 + 16 + 1 + 64
METADATA = re.compile(rb'"sha256":"([0-9a-f]{64})"')
IN_JSON = re.compile(rb'"checksum": "([0-9a-f]{64})"')
LARGEST_HEADER = 100_000_000  # bytes, as the safetensors package has it


class ChecksumError(ValueError):
    """A file that is not as it was written."""


def sha256_of(content: bytes | str) -> str:
    """The checksum of some bytes.

    Args:
        content: bytes, or text, of which the UTF-8 is taken.

    Returns:
        SHA-256 in hexadecimal.

    Example:
        >>> sha256_of("")[:8]
        'e3b0c442'
    """
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def _hash_part(digest: Any, file: BinaryIO, size: int) -> None:
    """Put the next bytes of a file into a digest."""
    while size > 0:
        part = file.read(min(CHUNK, size))
        if not part:
            return
        digest.update(part)
        size -= len(part)


def _refuse(name: str) -> NoReturn:
    raise ChecksumError(f"{name}: damaged: its content does not have the checksum written in it")


# JSON ----------------------------------------------------------------------------------------


def seal_json(values: dict[str, Any]) -> str:
    """A dict as JSON, with a checksum among its values.

    Args:
        values: what JSON has, without a "checksum".

    Returns:
        The text of the file.

    Example:
        >>> check_json(seal_json({"lr": 0.1}).encode(), "recipe.json")
        True
    """
    text = json.dumps({**values, "checksum": NOTHING.decode()}, indent=2) + "\n"
    return text.replace(NOTHING.decode(), sha256_of(text))


def check_json(content: bytes, name: str) -> bool:
    """Compare a file of JSON with the checksum in it.

    Args:
        content: the file.
        name: what messages call it.

    Returns:
        Whether there is a checksum.

    Raises:
        ChecksumError: if it is another one.
    """
    if b'"checksum": ' not in content:
        return False
    found = IN_JSON.search(content)
    if found is None:
        _refuse(name)
    blank = content[: found.start(1)] + NOTHING + content[found.end(1) :]
    if sha256_of(blank).encode() != found[1]:
        _refuse(name)
    return True


# zip archives --------------------------------------------------------------------------------


def seal_archive(file: BinaryIO, start: int) -> None:
    """Write a zip archive's checksum into its comment.

    Args:
        file: open for reading and writing; the archive, without a comment, reaches to its end.
        start: where in the file the archive begins.
    """
    end = file.seek(0, os.SEEK_END)
    length = end - start + COMMENT_SIZE
    file.seek(end - 2)  # the last two bytes are the length of the comment
    file.write(COMMENT_SIZE.to_bytes(2, "little") + b"sha256 %016d " % length)
    file.seek(start)
    digest = hashlib.sha256()
    _hash_part(digest, file, length - 64)
    file.seek(0, os.SEEK_END)
    file.write(digest.hexdigest().encode())


def check_archive(file: BinaryIO, name: str) -> bool:
    """Compare a zip archive with the checksum in its comment.

    Args:
        file: open for reading, with the archive at its end.
        name: what messages call it.

    Returns:
        Whether there is a checksum.

    Raises:
        ChecksumError: if it is another one.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - COMMENT_SIZE))
    comment = file.read(COMMENT_SIZE)
    if not comment.startswith(b"sha256 "):
        return False
    found = COMMENT.fullmatch(comment)
    if found is None:
        _refuse(name)
    length = int(found[1])
    if length > end:
        _refuse(name)
    file.seek(end - length)
    digest = hashlib.sha256()
    _hash_part(digest, file, length - 64)
    if digest.hexdigest().encode() != found[2]:
        _refuse(name)
    return True


# safetensors ---------------------------------------------------------------------------------


def seal_safetensors(content: bytes) -> bytes:
    """Write a .safetensors file's checksum into its metadata.

    Args:
        content: the file, with `{"sha256": NOTHING}` for its metadata.

    Returns:
        The same with the checksum.
    """
    before, after = content.split(b'"sha256":"' + NOTHING, 1)
    checksum = sha256_of(content).encode()
    return before + b'"sha256":"' + checksum + after


def check_safetensors(source: bytes | str | os.PathLike[str], name: str) -> bool:
    """Compare a .safetensors file with the checksum in its metadata.

    Args:
        source: its content, or its path.
        name: what messages call it.

    Returns:
        Whether there is a checksum.

    Raises:
        ChecksumError: if it is another one.
        OSError: if there is no such file.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        size = file.read(8)
        header = file.read(min(int.from_bytes(size, "little"), LARGEST_HEADER))
        if b'"sha256":"' not in header:
            return False
        found = METADATA.search(header)
        if found is None:
            _refuse(name)
        digest = hashlib.sha256(size)
        digest.update(header[: found.start(1)] + NOTHING + header[found.end(1) :])
        while part := file.read(CHUNK):
            digest.update(part)
    if digest.hexdigest().encode() != found[1]:
        _refuse(name)
    return True
