"""The one way in which this package writes a file: as a whole, or not at all.

What is written goes to a file beside the target, is flushed to the disk, and takes the target's
place by a rename, which is flushed too: neither a kill nor a power cut leaves a part of a file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "BusyError",
    "flush_folder",
    "keep_as",
    "locked",
    "remove_partials",
    "rename",
    "replacing",
    "write_file",
]

PARTIAL = ".partial"  # how the name of a file that is not whole yet ends
_CANNOT_FLUSH = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF, errno.EPERM)
"""What file systems, and Windows, answer that cannot flush a folder."""


class BusyError(OSError):
    """Something that another process, or another thread, holds."""


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends without an error.

    What is written goes to a file beside it, in the same folder. If the block raises, that file is
    removed, and what was at `path` before stays. When the block has ended, the file and its name
    are on the disk.

    Args:
        path: the file to write; its folder must exist.

    Yields:
        The open binary file, which can be read as well.

    Raises:
        OSError: if the folder does not exist or cannot be written, or the disk is full; it names
            `path`.

    Example:
        >>> with replacing(path) as file:  # doctest: +SKIP
        ...     file.write(content)
    """
    target = Path(path)
    # Names of their own for each thread as well: two may write to one path.
    partial = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        with _named(target, partial):
            with partial.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            rename(partial, target)
    finally:
        with contextlib.suppress(OSError):  # what is in the way of writing was said already
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _named(target: Path, partial: Path) -> Iterator[None]:
    """Errors of the system name the file that they are about: the one that was asked for."""
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(partial)):
            raise
        raise type(error)(error.errno, error.strerror, str(target)) from None


def rename(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Give a file the place of another one in the same folder; afterwards that is on the disk.

    Args:
        source: the file.
        target: its new path; what is there is replaced.

    Raises:
        OSError: if the folder cannot be written.
    """
    os.replace(source, target)
    flush_folder(Path(target).parent)


def keep_as(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Give a file a second name in its folder, so that it stays when its own name is taken over.

    Where the file system has no second names it loses the first one.

    Args:
        source: the file.
        target: its other path; what is there is replaced.

    Raises:
        OSError: if the folder cannot be written.
    """
    path = Path(target)
    second = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        os.link(source, second)
    except OSError:
        rename(source, target)
        return
    try:
        rename(second, target)
    finally:  # a rename onto another name of the same file leaves both
        second.unlink(missing_ok=True)


def flush_folder(folder: str | os.PathLike[str]) -> None:
    """Have the names in a folder written to the disk, where the system can do that.

    Args:
        folder: the folder.

    Raises:
        OSError: if the disk fails.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _CANNOT_FLUSH:  # Windows opens no folders; NTFS keeps a journal of names
            return
        raise
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_FLUSH:
            raise
    finally:
        os.close(descriptor)


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


def remove_partials(folder: str | os.PathLike[str]) -> None:
    """Take away what writers that were killed have left in a folder.

    Args:
        folder: in which nobody else writes now.
    """
    for file in Path(folder).glob(f".*{PARTIAL}"):
        file.unlink(missing_ok=True)


# one at a time -------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], held: str = "it") -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Args:
        path: the lock file, which is made, and removed afterwards.
        held: what it stands for, in the error's message.

    Raises:
        BusyError: if another process or thread holds it.
        OSError: if the file cannot be made.

    Example:
        >>> with locked(path):  # doctest: +SKIP
        ...     ...
    """
    descriptor = _lock(path, held)
    try:
        yield
    finally:
        # Removed before it is let go, so that nobody locks a file that is no longer there; whoever
        # waits finds that out by `_is_at`. Windows removes no open files.
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.unlink(path)
        os.close(descriptor)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                os.unlink(path)


def _lock(path: str | os.PathLike[str], held: str) -> int:
    """The descriptor of the lock file, locked."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            free = _try_lock(descriptor)
            if free and _is_at(descriptor, path):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
            owner = os.read(descriptor, 20).decode("ascii", "replace").strip()
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if not free:
            by = f" (process {owner})" if owner.isdecimal() else ""
            raise BusyError(f"{held} is in use by another training{by}")


def _try_lock(descriptor: int) -> bool:
    """Whether the file could be locked, without waiting."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Beyond the bytes of the number of the process, so that others can read that.
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_at(descriptor: int, path: str | os.PathLike[str]) -> bool:
    """Whether the path still leads to the open file."""
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    mine = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)
