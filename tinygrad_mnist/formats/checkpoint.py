"""Checkpoints of a training: modules, optimizers, schedulers, loaders and generators in one file.

    from tinygrad_mnist.checkpoint import Checkpointer

    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "loader": loader}
    checkpoints = Checkpointer("checkpoints", keep_last=3)
    epoch = checkpoints.restore(parts).get("epoch", 0)
    while epoch < 10:
        for x, y in loader:
            ...  # a step
            if checkpoints.due(seconds=60):
                checkpoints.save(parts, epoch=epoch)
        scheduler.step()
        epoch += 1
        checkpoints.save(parts, epoch=epoch, score=accuracy)

A checkpoint is one .pt file with a checksum. It is written beside its place, flushed to the disk,
read back and compared, and only then renamed; the ones before it stay until then. A damaged one is
passed over for the one before it. With what a checkpoint holds (the random generators are always
among it, and a loader's place in its pass) a training goes on bit for bit.
"""

from __future__ import annotations

import os
import random as python_random
import re
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.formats.checksums import ChecksumError, check_archive
from tinygrad_mnist.formats.files import BusyError, locked, remove_partials, rename, replacing
from tinygrad_mnist.formats.serialization import SerializationError
from tinygrad_mnist.formats.serialization import load as load_archive
from tinygrad_mnist.formats.serialization import save as save_archive
from tinygrad_mnist.ops.random import Generator, default_generator

__all__ = ["BusyError", "Checkpointer", "load", "read", "save"]

Parts = Mapping[str, Any]
NAME = re.compile(r"checkpoint-(\d{6,})\.pt")
FORMAT = 1


# one file ------------------------------------------------------------------------------------


def save(parts: Parts, path: str | os.PathLike[str], **values: Any) -> None:
    """Write the state of some objects, and of the random generators, to one file.

    The file is proved before it takes its place: what was at `path` stays until the new one has
    been read back from the disk and has its checksum.

    Args:
        parts: objects by name: whatever has `state_dict` and `load_state_dict` (modules,
            optimizers, schedulers, loaders), and generators, NumPy's too.
        path: the file; its folder must exist.
        **values: numbers, text, containers of them and tensors to keep beside, such as epoch=3.

    Raises:
        TypeError: if an object has no state, or a value cannot be written.
        OSError: if the file cannot be written; what was there stays.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> torch.checkpoint.save({"model": model}, "model.pt", epoch=3)  # doctest: +SKIP
    """
    content = {
        "format": FORMAT,
        "parts": {name: _state(name, part) for name, part in parts.items()},
        "values": values,
        "random": _random_state(),
    }
    write(content, path)


def write(content: Any, path: str | os.PathLike[str]) -> None:
    """Write something that `tinygrad_mnist.save` takes, and read it back before it counts."""
    with replacing(path) as file:
        save_archive(content, file)
        file.flush()
        os.fsync(file.fileno())
        try:
            proved = check_archive(file, os.fspath(path))
        except ChecksumError:
            proved = False
        message = "the disk gave back something else than was written"
        check(proved, "{}: {}", os.fspath(path), message, error=OSError)


def read(path: str | os.PathLike[str]) -> Any:
    """What a checkpoint's file holds, where it is as it was written.

    Args:
        path: the file.

    Returns:
        What was written: of `save`, a dict of "parts", "values" and "random".

    Raises:
        SerializationError: if it is damaged or no checkpoint.
        OSError: if there is no such file.

    Example:
        >>> torch.checkpoint.read("model.pt")["values"]  # doctest: +SKIP
        {'epoch': 3}
    """
    with open(path, "rb") as file:
        try:
            sealed = check_archive(file, os.fspath(path))
        except ChecksumError as error:
            raise SerializationError(str(error)) from None
    message = "{}: damaged, or no checkpoint: it carries no checksum"
    check(sealed, message, os.fspath(path), error=SerializationError)
    return load_archive(path)


def load(parts: Parts, path: str | os.PathLike[str]) -> dict[str, Any]:
    """Put objects, and the random generators, where a checkpoint's file has them.

    Args:
        parts: objects by the names that they were saved under.
        path: the file.

    Returns:
        The values that were kept beside them.

    Raises:
        SerializationError: if the file is damaged or no checkpoint; no object is changed.
        ValueError: if it has no state for an object, or one that nobody asked for.

    Example:
        >>> torch.checkpoint.load({"model": model}, "model.pt")  # doctest: +SKIP
        {'epoch': 3}
    """
    return _take_over(parts, read(path), os.fspath(path))


def _take_over(parts: Parts, content: Any, name: str) -> dict[str, Any]:
    known = isinstance(content, dict) and content.get("format") == FORMAT
    check(known, "{}: no checkpoint of this package", name, error=SerializationError)
    held = content["parts"]
    message = "{}: holds the states of {}, asked for {}"
    listed = ", ".join(held) or "nothing"
    same = set(held) == set(parts)
    check(same, message, name, listed, ", ".join(parts) or "nothing", error=ValueError)
    for key, part in parts.items():
        if isinstance(part, Generator):
            part.set_state(held[key])
        elif isinstance(part, np.random.Generator):
            set_numpy_state(part, held[key])
        else:
            part.load_state_dict(held[key])
    _set_random_state(content["random"])
    values: dict[str, Any] = content["values"]
    return values


def _state(name: str, part: Any) -> Any:
    if isinstance(part, Generator):
        return part.get_state()
    if isinstance(part, np.random.Generator):
        return numpy_state(part)
    both = hasattr(part, "state_dict") and hasattr(part, "load_state_dict")
    message = "checkpoint: {} is a {}, which has no state_dict and load_state_dict"
    check(both, message, name, type(part).__name__, error=TypeError)
    return part.state_dict()


def numpy_state(generator: np.random.Generator) -> dict[str, Any]:
    """The state of one of NumPy's generators in plain containers, as checkpoints hold it."""
    plain: dict[str, Any] = _plain(generator.bit_generator.state)
    return plain


def set_numpy_state(generator: np.random.Generator, state: dict[str, Any]) -> None:
    """Let one of NumPy's generators go on from a state that `numpy_state` gave."""
    generator.bit_generator.state = _alike(state, generator.bit_generator.state)


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _plain(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray) else state


def _alike(state: Any, like: Any) -> Any:
    """A plain state with arrays where another state has them."""
    if isinstance(like, dict):
        return {name: _alike(value, like.get(name)) for name, value in state.items()}
    return np.array(state, like.dtype) if isinstance(like, np.ndarray) else state


def _random_state() -> dict[str, Any]:
    """The state of the default generator, of NumPy's global one and of Python's."""
    return {
        "default": default_generator.get_state(),
        "numpy": _plain(np.random.get_state(legacy=False)),  # noqa: NPY002
        "python": python_random.getstate(),
    }


def _set_random_state(state: dict[str, Any]) -> None:
    default_generator.set_state(state["default"])
    like: Any = np.random.get_state(legacy=False)  # noqa: NPY002
    np.random.set_state(_alike(state["numpy"], like))  # noqa: NPY002
    python_random.setstate(state["python"])


# a folder of them ----------------------------------------------------------------------------


class Checkpointer:
    """A folder of checkpoints: the last few, and the best.

    Args:
        folder: where they are; it is made if it is missing.
        keep_last: how many are kept; at least 2, so that there is one before a damaged one.
        best: "max" or "min": of the checkpoints that were saved with a score, which one is kept as
            best.pt.

    Raises:
        ValueError: for another number or word.
        OSError: if the folder cannot be made.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> model = nn.Linear(2, 1)
        >>> checkpoints = torch.checkpoint.Checkpointer(folder.name)
        >>> checkpoints.restore({"model": model})
        {}
        >>> path = checkpoints.save({"model": model}, epoch=1, score=0.9)
        >>> path.name
        'checkpoint-000001.pt'
        >>> checkpoints.restore({"model": model})
        {'epoch': 1}
        >>> folder.cleanup()
    """

    def __init__(
        self, folder: str | os.PathLike[str], keep_last: int = 3, best: str = "max"
    ) -> None:
        check(keep_last >= 2, "keep_last: got {}, wanted at least 2", keep_last, error=ValueError)
        known = best in ("max", "min")
        check(known, "best: got {!r}, wanted 'max' or 'min'", best, error=ValueError)
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.keep_last = keep_last
        self.sign = 1 if best == "max" else -1
        self.best = self.folder / "best.pt"
        self._saved_at = time.monotonic()
        self._steps = 0
        self._best_score: float | None = None

    def all(self) -> list[Path]:
        """The checkpoints, the oldest first; the best is not among them."""
        found = [file for file in self.folder.iterdir() if NAME.fullmatch(file.name)]
        return sorted(found, key=_number)

    def due(self, *, steps: int | None = None, seconds: float | None = None) -> bool:
        """Whether it is time for the next one; to be asked once after each step.

        Args:
            steps: after so many calls since the last one.
            seconds: after so many seconds since the last one.

        Returns:
            Whether either has passed.
        """
        self._steps += 1
        enough = steps is not None and self._steps >= steps
        late = seconds is not None and time.monotonic() - self._saved_at >= seconds
        return enough or late

    def save(self, parts: Parts, *, score: float | None = None, **values: Any) -> Path:
        """Write the next checkpoint, and remove the oldest.

        Args:
            parts: objects by name, as for `tinygrad_mnist.checkpoint.save`.
            score: by which the best is found; None, or NaN, for one that cannot be that.
            **values: what to keep beside, such as epoch=3.

        Returns:
            Its file.

        Raises:
            BusyError: if another process writes here at the moment.
            OSError: if it cannot be written; those before it stay.
        """
        with locked(self.folder / ".lock", str(self.folder)):
            remove_partials(self.folder)
            before = self.all()
            number = _number(before[-1]) + 1 if before else 1
            path = self.folder / f"checkpoint-{number:06d}.pt"
            held = {**values, "score": score} if score is not None else values
            save(parts, path, **held)
            if score is not None and self._is_best(score):
                save(parts, self.best, **held)
                self._best_score = score
            for old in before[: len(before) + 1 - self.keep_last]:
                old.unlink(missing_ok=True)
        self._saved_at = time.monotonic()
        self._steps = 0
        return path

    def _is_best(self, score: float) -> bool:
        known = self._best_score
        if known is None and self.best.exists():
            try:
                known = read(self.best)["values"]["score"]
            except (SerializationError, KeyError, TypeError):
                known = None
        if score != score:
            return False
        return known is None or self.sign * score > self.sign * known

    def restore(self, parts: Parts) -> dict[str, Any]:
        """Put objects where the last checkpoint that can be read has them.

        Args:
            parts: objects by the names that they were saved under.

        Returns:
            The values that were kept beside; an empty dict where there is no checkpoint. For each
            damaged one that is passed over there is a warning; it is set aside as NAME.damaged.

        Raises:
            SerializationError: if there are some, and all are damaged; no object is changed.
            ValueError: if it has no state for an object, or one that nobody asked for.
        """
        files = self.all()
        damaged = []
        for path in reversed(files):
            try:
                content = read(path)
            except SerializationError as error:
                warnings.warn(f"{error}; the one before it is taken", stacklevel=2)
                damaged.append(path)
                continue
            values = _take_over(parts, content, os.fspath(path))
            for other in damaged:
                rename(other, other.with_name(f"{other.name}.damaged"))
            self._saved_at = time.monotonic()
            return {name: value for name, value in values.items() if name != "score"}
        message = "{}: all {} checkpoints are damaged"
        check(not files, message, self.folder, len(files), error=SerializationError)
        return {}


def _number(path: Path) -> int:
    return int(path.name.split("-")[1].split(".")[0])
