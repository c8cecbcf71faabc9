"""`torch.autograd.profiler`: the older way to `torch.profiler`."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.torch_shims import profiler
from tinygrad_mnist.torch_shims.profiled_events import EventList, FunctionEvent, FunctionEventAvg
from tinygrad_mnist.torch_shims.profiler import record_function

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]


class profile(profiler.profile):
    """A with-block in which every operation of its thread is measured.

    Args:
        enabled: False to measure nothing.
        use_cuda: accepted, without effect.
        use_device: accepted, without effect.
        record_shapes: keep the shapes of the operations' inputs.
        with_flops: accepted, without effect.
        profile_memory: measure what is allocated and freed.
        with_stack: accepted, without effect.
        with_modules: accepted, without effect.
        options: accepted, without effect.

    Example:
        >>> with torch.autograd.profiler.profile() as measured:
        ...     y = torch.ones(2) + 1
        >>> measured.key_averages()[0].count
        1
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(record_shapes=record_shapes, profile_memory=profile_memory)
        self.enabled = enabled

    def start(self) -> None:
        if self.enabled:
            super().start()

    def stop(self) -> None:
        if self.enabled:
            super().stop()

    @property
    def function_events(self) -> EventList:
        """What was measured."""
        return self.events()

    @property
    def self_cpu_time_total(self) -> float:
        """All time, in microseconds."""
        return self.events().self_cpu_time_total

    def total_average(self) -> FunctionEventAvg:
        """All events together.

        Returns:
            Their average.
        """
        return self.events().total_average()

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """The events as a table, one row for each.

        Args:
            sort_by: what the rows are sorted by, see `EventList.table`.
            row_limit: the number of rows.
            header: a line above the table.
            top_level_events_only: leave out events that are parts of others.

        Returns:
            The text.
        """
        return self.events().table(
            sort_by, row_limit, header=header, top_level_events_only=top_level_events_only
        )

    def __str__(self) -> str:
        return self.table()
