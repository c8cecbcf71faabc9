"""Anomaly detection: an error at the first NaN in a backward pass, naming the operation and its line."""

from __future__ import annotations

from tinygrad_mnist.tape import mode


class set_detect_anomaly:
    """Switch the detection on or off, in this thread, at once; as a with-block, until its end.

    While it is on every operation notes where it was called, which is slow.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.before = _switch(mode and check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        mode.anomaly = self.before


class detect_anomaly(set_detect_anomaly):
    """A with-block with the detection on."""

    def __init__(self, check_nan: bool = True) -> None:
        self.wanted = check_nan

    def __enter__(self) -> None:
        self.before = _switch(self.wanted)


def _switch(wanted: bool) -> bool:
    before, mode.anomaly = mode.anomaly, wanted
    return before
