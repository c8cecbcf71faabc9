"""`torch.profiler`: the time and memory of every operation, forward and backward.

The tape's records let the profiler call their functions, so that what is measured is what NumPy or
a kernel takes; what Python takes around them is in the block that they lie in (`record_function`),
and in the backward pass in the record whose rules they are. Only the thread that started the
profiler is measured, and a compiled function as a whole.
"""

from __future__ import annotations

import contextlib
import enum
import os
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.state import Watch, state
from tinygrad_mnist.torch_shims.profiled_events import EventList, FunctionEvent, Recorder

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]


class ProfilerActivity(enum.Enum):
    """What could be measured; the CPU is."""

    CPU = 0
    XPU = 1
    CUDA = 2


class ProfilerAction(enum.Enum):
    """What a profiler does during a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def supported_activities() -> set[ProfilerActivity]:
    """What can be measured.

    Returns:
        The CPU alone.
    """
    return {ProfilerActivity.CPU}


class profile:
    """A with-block in which every operation of its thread is measured.

    Args:
        activities: accepted; the CPU is measured.
        schedule: gives for each step, from 0, what is done in it (see `torch.profiler.schedule`);
            the program calls `step()` at the end of each. Default: all is measured.
        on_trace_ready: called with this object when what was to be measured has been.
        record_shapes: keep the shapes of the operations' inputs.
        profile_memory: measure what is allocated and freed, with `tracemalloc`: the times become
            longer.
        with_stack: accepted, without effect.
        with_flops: accepted, without effect.
        with_modules: accepted, without effect.
        experimental_config: accepted, without effect.
        acc_events: keep what earlier cycles of the schedule have measured.

    Example:
        >>> x = torch.ones(3, requires_grad=True)
        >>> with torch.profiler.profile() as measured:
        ...     x.exp().sum().backward()
        >>> [each.key for each in measured.key_averages()]
        ['aten::exp', 'aten::sum', 'SumBackward0', 'aten::expand', 'ExpBackward0', 'aten::mul']
        >>> print(measured.key_averages().table(sort_by="cpu_time_total").split()[1:4])
        ['------------', '------------', '------------']
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[profile], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        acc_events: bool = False,
    ) -> None:
        self.schedule = schedule or _always
        self.records_steps = schedule is not None
        self.on_trace_ready = on_trace_ready
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.acc_events = acc_events
        self.step_num = 0
        self.recorder = Recorder(record_shapes, profile_memory)
        self.action = ProfilerAction.NONE
        self._before: Watch | None = None
        self._step: FunctionEvent | None = None
        self._started_tracemalloc = False

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin the first step."""
        self._before = state.profiler
        if self.profile_memory and not tracemalloc.is_tracing():
            tracemalloc.start()
            self._started_tracemalloc = True
        self._begin_step(ProfilerAction.NONE)

    def stop(self) -> None:
        """End the last step, and what is measured in it."""
        was_recording = self.action in RECORDING
        self._end_step()
        state.set_profiler(self._before)
        self.action = ProfilerAction.NONE
        if was_recording and self.on_trace_ready is not None:
            self.on_trace_ready(self)
        if self._started_tracemalloc:
            tracemalloc.stop()
            self._started_tracemalloc = False

    def step(self) -> None:
        """End a step and begin the next one."""
        before = self.action
        self._end_step()
        self.step_num += 1
        if before is ProfilerAction.RECORD_AND_SAVE and self.on_trace_ready is not None:
            state.set_profiler(self._before)
            self.on_trace_ready(self)
        self._begin_step(before)

    def _begin_step(self, before: ProfilerAction) -> None:
        self.action = self.schedule(self.step_num)
        records = self.action in RECORDING
        is_cycle = before is not ProfilerAction.RECORD
        if records and is_cycle and not self.acc_events:
            self.recorder = Recorder(self.record_shapes, self.profile_memory)
        state.set_profiler(self.recorder if records else self._before)
        if records and self.records_steps:
            self._step = self.recorder.begin(f"ProfilerStep#{self.step_num}", "user_annotation")

    def _end_step(self) -> None:
        if self._step is not None:
            self.recorder.end(self._step)
            self._step = None
        elif not self.records_steps:
            return
        self.recorder.finish()

    def events(self) -> EventList:
        """What was measured.

        Returns:
            Each event, in the order of their beginnings.
        """
        ended = [each for each in self.recorder.events if each.end]
        return EventList(ended, self.profile_memory)

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0
    ) -> EventList:
        """The events of each name, together: what has a table.

        Args:
            group_by_input_shape: keep those apart that were called with other shapes.
            group_by_stack_n: accepted, without effect.

        Returns:
            The averages.
        """
        return self.events().key_averages(group_by_input_shape)

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write the events as chrome://tracing and https://ui.perfetto.dev show them.

        Args:
            path: the JSON file; compressed where the name ends in .gz.
        """
        self.events().export_chrome_trace(path)


def _always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


class record_function(contextlib.ContextDecorator):
    """A with-block, or a decorated function, that is an event of its own where a profiler runs.

    Args:
        name: of the event.
        args: accepted, without effect.

    Example:
        >>> with torch.profiler.profile() as measured:
        ...     with torch.profiler.record_function("square"):
        ...         y = torch.ones(2) * 2
        >>> [each.key for each in measured.key_averages()]
        ['square', 'aten::mul']
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self._spans: list[tuple[Watch, Any] | None] = []

    def __enter__(self) -> record_function:
        profiler = state.profiler
        span = None
        if profiler is not None:
            span = (profiler, profiler.begin(self.name, "user_annotation"))
        self._spans.append(span)
        return self

    def __exit__(self, *error: object) -> None:
        span = self._spans.pop()
        if span is not None:
            profiler, event = span
            profiler.end(event)


def schedule(
    *,
    wait: int,
    warmup: int,
    active: int,
    repeat: int = 0,
    skip_first: int = 0,
    skip_first_wait: int = 0,
) -> Callable[[int], ProfilerAction]:
    """What a profiler does in each step: cycles of steps that are left out, that warm up, and that
    are measured.

    Args:
        wait: steps to leave out.
        warmup: steps to run without measuring.
        active: steps to measure.
        repeat: the number of cycles. Default: no end.
        skip_first: steps to leave out before the first cycle.
        skip_first_wait: 1 to leave `wait` out of the first cycle.

    Returns:
        A function of the step's number.

    Raises:
        ValueError: if a number is negative, or nothing is measured.

    Example:
        >>> plan = torch.profiler.schedule(wait=1, warmup=0, active=2, repeat=1)
        >>> [plan(step).name for step in range(4)]
        ['NONE', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    fits = min(wait, warmup, repeat, skip_first) >= 0 and active > 0
    check(fits, "Invalid profiler schedule arguments", error=ValueError)

    def action(step: int) -> ProfilerAction:
        if step < skip_first:
            return ProfilerAction.NONE
        step -= skip_first
        if skip_first_wait:
            step += wait
        length = wait + warmup + active
        place = step % length
        if (repeat > 0 and step // length >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        is_last = place == length - 1
        return ProfilerAction.RECORD_AND_SAVE if is_last else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """What writes a Chrome trace into a folder, for `on_trace_ready`.

    Args:
        dir_name: the folder; it is made.
        worker_name: how the files' names begin. Default: the process.
        use_gzip: compress them.

    Returns:
        A function of the profiler.
    """

    def write(measured: profile) -> None:
        folder = Path(dir_name)
        folder.mkdir(parents=True, exist_ok=True)
        worker = worker_name or f"process_{os.getpid()}"
        end = ".gz" if use_gzip else ""
        name = f"{worker}.{time.time_ns()}.pt.trace.json{end}"
        measured.export_chrome_trace(folder / name)

    return write
