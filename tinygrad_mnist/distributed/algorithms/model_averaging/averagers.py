"""Local SGD: every rank steps alone, and every few steps their parameters are averaged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.distributed.collectives import ReduceOp, begin_all_reduce
from tinygrad_mnist.distributed.process_group import group_of
from tinygrad_mnist.distributed.work import Work

__all__ = ["PeriodicModelAverager"]


class PeriodicModelAverager:
    """Averages the ranks' parameters every `period` calls. Stich (2018), arXiv:1805.09767.

    Args:
        period: after how many calls the parameters are averaged.
        warmup_steps: for so many calls they are averaged each time.
        process_group: whose ranks. Default: all.

    Attributes:
        step: how many calls there were.

    Raises:
        ValueError: if a number makes no sense, or before `init_process_group`.
    """

    def __init__(self, period: int, warmup_steps: int = 0, process_group: Any = None) -> None:
        fits = period >= 1 and warmup_steps >= 0
        message = (
            "PeriodicModelAverager: got period {} and warmup_steps {}, wanted at least 1 and 0"
        )
        check(fits, message, period, warmup_steps, error=ValueError)
        self.period = period
        self.warmup_steps = warmup_steps
        self.process_group = group_of(process_group)
        self.step = 0

    def average_parameters(self, params: Iterable[Any]) -> None:
        """Count a call, and average the parameters if it is time.

        Args:
            params: the parameters, the same in every rank; or an optimizer's groups.
        """
        count = self.step - self.warmup_steps
        if count < 0 or count % self.period == 0:
            self.average(params)
        self.step += 1

    def average(self, params: Iterable[Any]) -> None:
        """Average the parameters now.

        Args:
            params: as for `average_parameters`.
        """
        by_dtype: dict[Any, list[Tensor]] = {}
        for each in params:
            members = each["params"] if isinstance(each, dict) else [each]
            for parameter in members:
                by_dtype.setdefault(parameter.array.dtype, []).append(parameter)
        for dtype, parameters in by_dtype.items():
            flat = np.concatenate([parameter.array.reshape(-1) for parameter in parameters])
            request = begin_all_reduce(self.process_group, flat, ReduceOp.SUM, "average_parameters")
            Work(self.process_group, "average_parameters", [request]).wait()
            flat *= np.asarray(1 / self.process_group.size(), dtype)
            start = 0
            for parameter in parameters:
                part = flat[start : start + parameter.array.size]
                parameter.array[...] = part.reshape(parameter.array.shape)
                mark_written(parameter)
                start += part.size
