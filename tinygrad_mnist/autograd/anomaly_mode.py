"""Anomaly detection: which operation a NaN in a backward pass comes from."""

from __future__ import annotations

from tinygrad_mnist.core.state import state

__all__ = [
    "detect_anomaly",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "set_detect_anomaly",
]


class set_detect_anomaly:
    """Switch anomaly detection on or off, in this thread, at once; as a with-block, until its end.

    While it is on every operation notes where it was called, which is slow, and the first NaN in a
    backward pass is an error that names the operation and its line.

    Args:
        mode: whether to detect.
        check_nan: whether to look for NaN, rather than only note where operations are called.

    Example:
        >>> with torch.autograd.set_detect_anomaly(True):
        ...     x = torch.tensor(-1.0, requires_grad=True)
        ...     (x.sqrt() * 0).backward()
        Traceback (most recent call last):
        ...
        RuntimeError: Function 'SqrtBackward0' returned nan values. It was recorded here:...
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.before = (state.anomaly, state.check_nan)
        state.set_anomaly(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        state.set_anomaly(*self.before)


class detect_anomaly(set_detect_anomaly):
    """A with-block with anomaly detection on.

    Args:
        check_nan: whether to look for NaN, rather than only note where operations are called.

    Example:
        >>> with torch.autograd.detect_anomaly():
        ...     torch.is_anomaly_enabled()
        True
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.wanted = check_nan

    def __enter__(self) -> None:
        self.before = (state.anomaly, state.check_nan)
        state.set_anomaly(True, self.wanted)


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on in this thread.

    Example:
        >>> torch.is_anomaly_enabled()
        False
    """
    return state.anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, when it is on, looks for NaN.

    Example:
        >>> torch.is_anomaly_check_nan_enabled()
        True
    """
    return state.check_nan
