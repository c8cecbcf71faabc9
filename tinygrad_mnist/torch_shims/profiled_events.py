"""What a profiler notes: events, their averages by name, their table and their Chrome trace."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "Recorder"]


class FunctionEvent:
    """One thing that took time.

    Args:
        name: what it is called.
        kind: what kind of thing.
        parent: the event that it is a part of, or None.

    Attributes:
        name: an operation as `aten::mul`, a record's rules as `MulBackward0`, or a block's name.
        kind: "cpu_op", "backward" or "user_annotation".
        start: when it began, in microseconds.
        end: when it ended.
        cpu_parent: the event that it is a part of, or None.
        cpu_children: its parts.
        input_shapes: of the arrays that it was called with; empty unless they are asked for.
        cpu_memory_usage: bytes that were allocated in it less those that were freed.
        thread: the thread's number.
    """

    count = 1

    def __init__(self, name: str, kind: str, parent: FunctionEvent | None) -> None:
        self.name = name
        self.kind = kind
        self.start = 0.0
        self.end = 0.0
        self.cpu_parent = parent
        self.cpu_children: list[FunctionEvent] = []
        self.input_shapes: list[list[int]] = []
        self.cpu_memory_usage = 0
        self.thread = threading.get_ident()

    @property
    def key(self) -> str:
        """Its name."""
        return self.name

    @property
    def cpu_time_total(self) -> float:
        """Its time in microseconds."""
        return self.end - self.start

    cpu_time = cpu_time_total

    @property
    def self_cpu_time_total(self) -> float:
        """Its time less that of its parts."""
        return self.cpu_time_total - sum(each.cpu_time_total for each in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """Its memory less that of its parts."""
        return self.cpu_memory_usage - sum(each.cpu_memory_usage for each in self.cpu_children)

    def __repr__(self) -> str:
        return f"<FunctionEvent {self.name} {self.cpu_time_total:.1f}us>"


class Recorder:
    """Measures what a thread does: what `state.profiler` is.

    Args:
        record_shapes: keep the shapes of what operations are called with.
        profile_memory: measure what is allocated and freed, which takes time of its own.

    Attributes:
        events: what has been measured, in the order of the beginnings.
    """

    def __init__(self, record_shapes: bool = False, profile_memory: bool = False) -> None:
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.events: list[FunctionEvent] = []
        self._open: list[FunctionEvent] = []
        self._before: list[int] = []

    def call(self, name: str, function: Callable[..., Any], /, *arrays: Any, **options: Any) -> Any:
        """What a function of arrays returns, measured.

        Args:
            name: the operation.
            function: what is called.
            arrays: its positional arguments.
            options: its keyword arguments.

        Returns:
            What it returns.
        """
        event = self.begin(f"aten::{name}", "cpu_op")
        if self.record_shapes:
            event.input_shapes = [list(np.shape(each)) for each in arrays]
        try:
            return function(*arrays, **options)
        finally:
            self.end(event)

    def begin(self, name: str, kind: str) -> FunctionEvent:
        """An event that begins now, as a part of the one that has begun last.

        Args:
            name: what the event is called.
            kind: "cpu_op", "backward" or "user_annotation".

        Returns:
            The event, for `end`.
        """
        parent = self._open[-1] if self._open else None
        event = FunctionEvent(name, kind, parent)
        if parent is not None:
            parent.cpu_children.append(event)
        self.events.append(event)
        self._open.append(event)
        if self.profile_memory:
            self._before.append(tracemalloc.get_traced_memory()[0])
        event.start = time.perf_counter_ns() / 1000
        return event

    def end(self, span: FunctionEvent) -> None:
        """Let an event end now, and its parts that are still open.

        Args:
            span: the event; nothing happens if it has ended.
        """
        now = time.perf_counter_ns() / 1000
        if span not in self._open:
            return
        memory = tracemalloc.get_traced_memory()[0] if self.profile_memory else 0
        while True:
            event = self._open.pop()
            event.end = now
            if self.profile_memory:
                event.cpu_memory_usage = memory - self._before.pop()
            if event is span:
                return

    def finish(self) -> None:
        """Let all that is open end now."""
        if self._open:
            self.end(self._open[0])


class FunctionEventAvg:
    """Events of one name, together.

    Attributes:
        key: their name.
        count: how many they are.
        cpu_time_total: their time in microseconds.
        self_cpu_time_total: that less the time of their parts.
        cpu_memory_usage: bytes that were allocated in them less those that were freed.
        self_cpu_memory_usage: that less the memory of their parts.
        input_shapes: of the first of them.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.count = 0
        self.cpu_time_total = 0.0
        self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = 0
        self.self_cpu_memory_usage = 0
        self.input_shapes: list[list[int]] = []

    @property
    def cpu_time(self) -> float:
        """The mean time of one, in microseconds."""
        return self.cpu_time_total / self.count if self.count else 0.0

    def add(self, event: FunctionEvent) -> None:
        """Count one more; a part of an event of the same name is in that one's total already."""
        if not self.count:
            self.input_shapes = event.input_shapes
        self.count += 1
        self.self_cpu_time_total += event.self_cpu_time_total
        self.self_cpu_memory_usage += event.self_cpu_memory_usage
        parent = event.cpu_parent
        while parent is not None:
            if parent.name == event.name:
                return
            parent = parent.cpu_parent
        self.cpu_time_total += event.cpu_time_total
        self.cpu_memory_usage += event.cpu_memory_usage

    def __repr__(self) -> str:
        return f"<FunctionEventAvg {self.key} {self.count} x {self.cpu_time:.1f}us>"


SORT_KEYS = (
    "cpu_time",
    "cpu_time_total",
    "self_cpu_time_total",
    "cpu_memory_usage",
    "self_cpu_memory_usage",
    "count",
)


class EventList(list[Any]):
    """Events, or averages of them, with their table.

    Args:
        events: the members.
        profile_memory: whether the table shows memory.
        by_shape: whether it shows shapes.
    """

    def __init__(
        self, events: Iterable[Any] = (), profile_memory: bool = False, by_shape: bool = False
    ) -> None:
        super().__init__(events)
        self.profile_memory = profile_memory
        self.by_shape = by_shape

    @property
    def self_cpu_time_total(self) -> float:
        """All time, in microseconds."""
        return float(sum(each.self_cpu_time_total for each in self))

    def key_averages(self, group_by_input_shape: bool = False) -> EventList:
        """The events of each name, together.

        Args:
            group_by_input_shape: keep those apart that were called with other shapes.

        Returns:
            The averages, in the order in which the names come.
        """
        found: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key = (event.name, str(event.input_shapes) if group_by_input_shape else "")
            found.setdefault(key, FunctionEventAvg(event.name)).add(event)
        return EventList(found.values(), self.profile_memory, group_by_input_shape)

    def total_average(self) -> FunctionEventAvg:
        """All events together.

        Returns:
            Their average, under the name "Total".
        """
        total = FunctionEventAvg("Total")
        for event in self:
            total.add(event)
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """The events as a table, as PyTorch prints it.

        Args:
            sort_by: "cpu_time", "cpu_time_total", "self_cpu_time_total", "cpu_memory_usage",
                "self_cpu_memory_usage" or "count", the largest first. Default: the list's order.
            row_limit: the number of rows; -1 for all.
            max_src_column_width: accepted, without effect.
            max_name_column_width: how long a name may be; a longer one is cut.
            max_shapes_column_width: the same for shapes.
            header: a line above the table.
            top_level_events_only: leave out events that are parts of others.

        Returns:
            The text.

        Raises:
            ValueError: if sort_by is none of these.
        """
        rows = list(self)
        if sort_by is not None:
            message = "table: got sort_by={!r}, wanted one of {}"
            check(sort_by in SORT_KEYS, message, sort_by, ", ".join(SORT_KEYS), error=ValueError)
            rows.sort(key=lambda each: getattr(each, sort_by), reverse=True)
        if top_level_events_only:
            rows = [each for each in rows if getattr(each, "cpu_parent", None) is None]
        if row_limit >= 0:
            rows = rows[:row_limit]
        whole = self.self_cpu_time_total
        cells = [self._head()]
        for each in rows:
            cells.append(self._row(each, whole, max_name_column_width, max_shapes_column_width))
        lines = [] if header is None else [header]
        lines += _aligned(cells)
        lines.append(f"Self CPU time total: {_time(whole)}")
        return "\n".join(lines) + "\n"

    def _head(self) -> list[str]:
        head = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg"]
        if self.profile_memory:
            head += ["CPU Mem", "Self CPU Mem"]
        head.append("# of Calls")
        if self.by_shape:
            head.append("Input Shapes")
        return head

    def _row(self, each: Any, whole: float, name_width: int, shapes_width: int) -> list[str]:
        row = [
            _cut(each.key, name_width),
            _percent(each.self_cpu_time_total, whole),
            _time(each.self_cpu_time_total),
            _percent(each.cpu_time_total, whole),
            _time(each.cpu_time_total),
            _time(each.cpu_time),
        ]
        if self.profile_memory:
            row += [_memory(each.cpu_memory_usage), _memory(each.self_cpu_memory_usage)]
        row.append(str(each.count))
        if self.by_shape:
            row.append(_cut(str(each.input_shapes), shapes_width))
        return row

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write the events as chrome://tracing and https://ui.perfetto.dev show them.

        Args:
            path: the JSON file; compressed where the name ends in .gz.
        """
        first = min((each.start for each in self), default=0.0)
        traced = []
        for each in self:
            arguments: dict[str, Any] = {}
            if each.input_shapes:
                arguments["Input Dims"] = each.input_shapes
            if self.profile_memory:
                arguments["Bytes"] = each.cpu_memory_usage
            traced.append(
                {
                    "ph": "X",
                    "cat": each.kind,
                    "name": each.name,
                    "pid": os.getpid(),
                    "tid": each.thread,
                    "ts": each.start - first,
                    "dur": each.cpu_time_total,
                    "args": arguments,
                }
            )
        text = json.dumps({"displayTimeUnit": "ms", "traceEvents": traced})
        data = text.encode()
        Path(path).write_bytes(gzip.compress(data) if os.fspath(path).endswith(".gz") else data)

    def __str__(self) -> str:
        return self.table()


def _aligned(rows: list[list[str]]) -> list[str]:
    """Rows of cells as lines, the first as the head between rules."""
    widths = [max(12, *map(len, column)) for column in zip(*rows, strict=True)]
    rule = "  ".join("-" * width for width in widths)
    lines = []
    for row in rows:
        padded = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(padded))
    return [rule, lines[0], rule, *lines[1:], rule]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "NaN"


def _time(microseconds: float) -> str:
    if abs(microseconds) >= 1e6:
        return f"{microseconds / 1e6:.3f}s"
    if abs(microseconds) >= 1e3:
        return f"{microseconds / 1e3:.3f}ms"
    return f"{microseconds:.3f}us"


def _memory(count: int) -> str:
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if abs(count) >= 1024**power:
            return f"{count / 1024**power:.2f} {unit}"
    return f"{count} B"
