"""What each thread knows of its own: whether it records, what it looks out for, who is watching."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tinygrad_mnist.core.tensor import Tensor


class Step(NamedTuple):
    """One thing that a thread did with tensors, as a tracer sees it.

    Attributes:
        kind: "operation" (new tensors), "view" (the output shares the input's memory), "draw"
            (random numbers), "write" (the second input's elements went into the first one's
            memory), "read" (an element, or
            a shape that depends on the elements, went to Python: what follows may depend on it),
            "written" (the input's memory was written in place, by the "write" before or by
            something that a tracer cannot see), or "gradient" (the input is the gradient that
            arrived at the record that the option "node" holds).
        name: the operation, as errors and drawings name it.
        function: what computed the outputs' arrays from the inputs' arrays: NumPy's, or a module's
            own.
        options: the keyword arguments of that function.
        inputs: the tensors whose arrays were the function's positional arguments.
        outputs: the tensors that hold what it returned.
        joint: whether it returned a tuple, of one array or several.
    """

    kind: str
    name: str
    function: Callable[..., Any]
    options: dict[str, Any]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    joint: bool = False


class Changes:
    """How often an attribute of any module was set: whoever remembers what modules held looks
    again when this has changed.
    """

    count = 0


class ThreadState(threading.local):
    """The state of the current thread. What a record looks at is changed by the methods alone.

    Attributes:
        recording: whether operations are recorded for a backward pass (`no_grad` switches it off).
        inference: whether the thread is inside `inference_mode`.
        anomaly: whether records note where they were made.
        check_nan: whether a backward pass looks for NaN while anomaly detection is on.
        tracer: the list that every `Step` is appended to, or None.
        freeing: whether the backward pass that is running drops what it has used.
        for_records: whether operations are recorded, and whether there is a tracer or anomaly
            detection: all that a record asks for, in one look, as a thread's attributes are slow.
    """

    recording = True
    inference = False
    anomaly = False
    check_nan = True
    tracer: list[Step] | None = None
    freeing = False
    for_records = (True, False)

    def set_recording(self, wanted: bool) -> None:
        """Switch the recording of operations on or off."""
        self.recording = wanted
        self._note_for_records()

    def set_anomaly(self, wanted: bool, check_nan: bool) -> None:
        """Switch anomaly detection on or off."""
        self.anomaly = wanted
        self.check_nan = check_nan
        self._note_for_records()

    def set_tracer(self, tracer: list[Step] | None) -> None:
        """Let a list have every step from here on, or none."""
        self.tracer = tracer
        self._note_for_records()

    def _note_for_records(self) -> None:
        self.for_records = (self.recording, self.anomaly or self.tracer is not None)


state = ThreadState()
