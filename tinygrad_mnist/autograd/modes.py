"""Modes of the tape, and names for its parts: recording, anomaly detection, records, `Variable`."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.tape import Node, enable_grad, inference_mode, mode, no_grad, set_grad_enabled
from tinygrad_mnist.core.tensor import Tensor

__all__ = [
    "Node", "Variable", "detect_anomaly", "enable_grad", "inference_mode", "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled", "no_grad", "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip


class set_detect_anomaly:
    """Switch anomaly detection on or off, in this thread, at once; as a with-block, until its end.

    While it is on every operation notes where it was called, which is slow, and the first NaN in a
    backward pass is an error that names the operation and its line (unless `check_nan` is False).
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.before = _switch(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        _switch(*self.before)


class detect_anomaly(set_detect_anomaly):
    """A with-block with the detection on."""

    def __init__(self, check_nan: bool = True) -> None:
        self.wanted = check_nan

    def __enter__(self) -> None:
        self.before = _switch(True, self.wanted)


def _switch(wanted: bool, check_nan: bool) -> tuple[bool, bool]:
    before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
    mode.set_anomaly(wanted, check_nan)
    return before


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return mode.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether it looks for NaN."""
    return mode.check_nan


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """`Variable(x, requires_grad=True)`: a new leaf over x's memory. Every tensor is an instance.

    A tensor, as it was called when tensors had no history.
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = False, volatile: Any = None) -> Tensor:  # type: ignore[misc]
        out = Tensor() if data is None else data.detach()
        return out.requires_grad_(requires_grad)
