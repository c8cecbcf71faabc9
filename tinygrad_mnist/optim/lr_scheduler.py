"""Schedules of the learning rate: `step()` after each epoch, or each batch, sets the next rate."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from types import FunctionType
from typing import Any, Literal

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.optim.optimizer import Group, Optimizer, check_type, check_value

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

Factor = Callable[[int], float]


class LRScheduler:
    """The base of all schedules: a subclass computes the rates of step `last_epoch` in `get_lr`.

    Args:
        optimizer: whose rates are set.
        last_epoch: the step to go on from; -1 to begin.

    Attributes:
        last_epoch: steps so far; 0 after the making.
        base_lrs: the rates that the groups started with.

    Raises:
        TypeError: if it is no optimizer.
        KeyError: if a schedule is to go on whose groups have no "initial_lr".

    Example:
        >>> class Halved(optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [base * 0.5**self.last_epoch for base in self.base_lrs]
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = Halved(optimizer)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_type(
            isinstance(optimizer, Optimizer), "{} is not an Optimizer", type(optimizer).__name__
        )
        self.optimizer = optimizer
        self.last_epoch: Any = last_epoch
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _value(group["lr"]))
            check(
                "initial_lr" in group,
                "resuming: param_groups[{}] has no 'initial_lr'",
                i,
                error=KeyError,
            )
        self.base_lrs = [_value(group["initial_lr"]) for group in optimizer.param_groups]
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def get_lr(self) -> list[Any]:
        """The rates of the groups at `last_epoch`; for those set last, see `get_last_lr`."""
        bases = self._known_bases()
        rates = zip(self._rates(), bases, strict=True)
        return [self._rate(i, rate, base) for i, (rate, base) in enumerate(rates)]

    def _known_bases(self) -> list[Any]:
        """The first rate of every group; ValueError where a group has come since."""
        self._check_count(len(self.base_lrs))
        return self.base_lrs

    def _check_count(self, known: int) -> None:
        now = len(self.optimizer.param_groups)
        check_value(
            known == now,
            "{}: the optimizer has {} parameter groups, the scheduler knows {}; make the scheduler"
            " after add_param_group",
            type(self).__name__,
            now,
            known,
        )

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        """Group i's next rate, from its last one and its first."""
        raise NotImplementedError

    def _rates(self) -> list[Any]:
        return [_value(group["lr"]) for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[Any]:
        """The rates that were set last."""
        return self._last_lr

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step, and set its rates.

        Args:
            epoch: the step to go to, instead of the next.
        """
        self._step_count += 1
        self._update_lr(epoch)

    def _update_lr(self, epoch: Any = None) -> None:
        if epoch is None:
            self.last_epoch += 1
            rates = self.get_lr()
        else:
            self.last_epoch = epoch
            rates = self._get_closed_form_lr()
        self._check_count(len(rates))
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            _set_rate(group, rate)
        self._last_lr = self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        """The rates at `last_epoch`, from the first ones."""
        return self.get_lr()

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer: of schedulers their states, of callable objects their
        attributes.
        """
        return {k: _saved(v) for k, v in self.__dict__.items() if k != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Args:
            state_dict: of a scheduler of the same kind.
        """
        for name, saved in state_dict.items():
            if not _loaded(self.__dict__.get(name), saved):
                self.__dict__[name] = saved


_LRScheduler = LRScheduler


def _value(rate: Any) -> Any:
    """A rate that later writes to the group's do not change."""
    return rate.detach().clone() if isinstance(rate, Tensor) else rate


def _set_rate(group: Group, rate: Any) -> None:
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(float(rate))
    else:
        group["lr"] = rate


def _saved(value: Any) -> Any:
    """What stands in a state dict for an attribute."""
    if isinstance(value, list):
        return [_saved(each) for each in value]
    if isinstance(value, LRScheduler):
        return value.state_dict()
    if isinstance(value, FunctionType):
        return None
    if callable(value):
        return dict(getattr(value, "__dict__", {}))
    return value


def _loaded(own: Any, saved: Any) -> bool:
    """Whether it was taken over into the value that is there."""
    if isinstance(own, LRScheduler):
        own.load_state_dict(saved)
        return True
    if callable(own):
        vars(own).update(saved or {})
        return True
    return isinstance(own, list) and bool(own) and all(map(_loaded, own, saved))


def _one_for_each_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """An option's value for each group: those given in a list, or one for all."""
    count = len(optimizer.param_groups)
    values = list(value) if isinstance(value, list | tuple) else [value] * count
    check_value(len(values) == count, "Expected {} {}, but got {}", count, name, len(values))
    return [_value(each) for each in values]


class LambdaLR(LRScheduler):
    """The first rate times what a function of the step gives.

    Args:
        optimizer: whose rates are set.
        lr_lambda: the function, or one for each group.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5**step)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1
    ) -> None:
        self.lr_lambdas = _one_for_each_group("lr_lambdas", optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        return base * self.lr_lambdas[i](self.last_epoch)


class MultiplicativeLR(LambdaLR):
    """The last rate times what a function of the step gives.

    Args:
        optimizer: whose rates are set.
        lr_lambda: the function, or one for each group.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.MultiplicativeLR(optimizer, lambda step: 0.5)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        if self._is_initial:
            return rate
        return rate * self.lr_lambdas[i](self.last_epoch)


class _ShapedLR(LRScheduler):
    """The first rate times `_shape(n)` at step n, as PyTorch has it: by the factor from one step to
    the next.

    So another schedule, or the user, may change the rate in between; only `step(n)` takes it from
    the first rate. Of a rate with `eta_min`, the part above is what has the shape.
    """

    changes_on_resume = False  # whether the step that resumes a schedule changes the rate, too
    eta_min: float = 0.0

    def _shape(self, n: Any) -> float:
        raise NotImplementedError

    def _known_bases(self) -> list[Any]:
        """None for a group that has come since: the factor is all that its rate needs."""
        missing = len(self.optimizer.param_groups) - len(self.base_lrs)
        return [*self.base_lrs, *[None] * missing]

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        n = self.last_epoch
        low = self.eta_min
        if self._is_initial and n == 0:
            return rate * self._shape(0)
        if self._is_initial and not self.changes_on_resume:
            return rate
        now = self._shape(n)
        before = self._shape(n - 1)
        if now == before:
            return rate
        if before == 0:
            if base is None:
                self._check_count(len(self.base_lrs))
            return rate + (base - low) * now
        return now / before * (rate - low) + low

    def _get_closed_form_lr(self) -> list[Any]:
        shape = self._shape(self.last_epoch)
        return [self.eta_min + (base - self.eta_min) * shape for base in self.base_lrs]


class StepLR(_ShapedLR):
    """The rate times gamma after every `step_size` steps.

    Args:
        optimizer: whose rates are set.
        step_size: steps between two changes.
        gamma: the factor.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.1]
    """

    changes_on_resume = True

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return self.gamma ** (max(n, 0) // self.step_size)


class MultiStepLR(_ShapedLR):
    """The rate times gamma at each of the milestones.

    Args:
        optimizer: whose rates are set.
        milestones: steps; one named twice counts twice.
        gamma: the factor.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3])
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.1]
    """

    changes_on_resume = True

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones: Counter[int] = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return self.gamma ** bisect_right(sorted(self.milestones.elements()), n)


class ConstantLR(_ShapedLR):
    """The rate times `factor` for the first `total_iters` steps.

    Args:
        optimizer: whose rates are set.
        factor: between 0 and 1.
        total_iters: how many steps.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if the factor is not between 0 and 1.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    changes_on_resume = True

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        check_value(
            0 <= factor <= 1, "Constant multiplicative factor expected to be between 0 and 1."
        )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return self.factor if 0 <= n < self.total_iters else 1.0


class LinearLR(_ShapedLR):
    """From start_factor to end_factor times the first rate, in a straight line.

    Args:
        optimizer: whose rates are set.
        start_factor: above 0, at most 1.
        end_factor: between 0 and 1.
        total_iters: how many steps it takes.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if a factor is out of range.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.75]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        check_value(
            0 < start_factor <= 1,
            "Starting multiplicative factor expected to be above 0 and at most 1.",
        )
        check_value(
            0 <= end_factor <= 1, "Ending multiplicative factor expected to be between 0 and 1."
        )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        if n < 0:
            return 1.0
        share = min(self.total_iters, n) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * share


class ExponentialLR(_ShapedLR):
    """The rate times gamma after every step.

    Args:
        optimizer: whose rates are set.
        gamma: the factor.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return self.gamma**n


class PolynomialLR(_ShapedLR):
    """The first rate times (1 - step / total_iters) ** power.

    Args:
        optimizer: whose rates are set.
        total_iters: the step at which the rate is 0.
        power: the degree of the polynomial.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.75]
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return (1.0 - min(self.total_iters, n) / self.total_iters) ** self.power


class CosineAnnealingLR(_ShapedLR):
    """From the first rate down to eta_min along half a cosine. Loshchilov and Hutter (2016),
    arXiv:1608.03983.

    Args:
        optimizer: whose rates are set.
        T_max: steps of the half cosine.
        eta_min: the lowest rate.
        last_epoch: the step to go on from; -1 to begin.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _shape(self, n: Any) -> float:
        return (1 + math.cos(math.pi * n / self.T_max)) / 2


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half cosines that start again, each longer than the last. Loshchilov and Hutter (2016),
    arXiv:1608.03983.

    Args:
        optimizer: whose rates are set.
        T_0: steps of the first half cosine.
        T_mult: how many times as long each next one is.
        eta_min: the lowest rate.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if T_0 or T_mult are no positive integers, or eta_min is no number.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        fine = isinstance(T_0, int) and T_0 > 0
        check_value(fine, "Expected positive integer T_0, but got {}", T_0)
        fine = isinstance(T_mult, int) and T_mult >= 1
        check_value(fine, "Expected integer T_mult >= 1, but got {}", T_mult)
        fine = isinstance(eta_min, float | int)
        check_value(fine, "Expected float or int eta_min, but got {!r}", eta_min)
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: Any = last_epoch
        super().__init__(optimizer, last_epoch)

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        shape = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return self.eta_min + (base - self.eta_min) * shape

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step, or to a given one.

        Args:
            epoch: the step to go to, which may be a fraction of an epoch.

        Raises:
            ValueError: if it is negative.
        """
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = epoch or 0
            check_value(epoch >= 0, "Expected non-negative epoch, but got {}", epoch)
            self.T_cur = epoch
            self.T_i = self.T_0
            while self.T_cur >= self.T_i:
                self.T_cur -= self.T_i
                self.T_i *= self.T_mult
        self._update_lr(math.floor(epoch))


class CyclicLR(LRScheduler):
    """Up and down between two rates in straight lines, again and again, the momentum the other way.

    Smith (2015), arXiv:1506.01186.

    Args:
        optimizer: whose rates are set.
        base_lr: the lowest rate, or one for each group.
        max_lr: the highest rate, or one for each group.
        step_size_up: steps of the way up.
        step_size_down: steps of the way down. Default: as many.
        mode: the height of the cycles: the same, "triangular"; each half the last, "triangular2";
            or gamma ** step, "exp_range".
        gamma: see `mode`.
        scale_fn: gives the height of a cycle instead, a factor from 0 to 1.
        scale_mode: what that is called with: the number of the "cycle", from 1, or of the step,
            "iterations".
        cycle_momentum: whether the momentum (or beta1) goes the other way.
        base_momentum: the lowest momentum, or one for each group.
        max_momentum: the highest momentum, or one for each group.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if the mode is unknown, or the optimizer has no momentum to cycle.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> scheduler = optim.lr_scheduler.CyclicLR(optimizer, 0.0, 1.0, step_size_up=2)
        >>> rates = []
        >>> for _ in range(4):
        ...     optimizer.step()
        ...     scheduler.step()
        ...     rates += scheduler.get_last_lr()
        >>> rates
        [0.5, 1.0, 0.5, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_type(
            isinstance(optimizer, Optimizer), "{} is not an Optimizer", type(optimizer).__name__
        )
        known = mode in ("triangular", "triangular2", "exp_range") or scale_fn is not None
        check_value(known, "mode is invalid and scale_fn is None")
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        bases = _one_for_each_group("base_lr", optimizer, base_lr)
        self.max_lrs = _one_for_each_group("max_lr", optimizer, max_lr)
        if cycle_momentum:
            self.use_beta1 = "betas" in optimizer.defaults
            check_value(
                self.use_beta1 or "momentum" in optimizer.defaults,
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
            )
            self.base_momentums = _one_for_each_group("base_momentum", optimizer, base_momentum)
            self.max_momentums = _one_for_each_group("max_momentum", optimizer, max_momentum)
        if last_epoch == -1:
            for i, group in enumerate(optimizer.param_groups):
                _set_rate(group, bases[i])
                if cycle_momentum:
                    group["max_momentum"] = self.max_momentums[i]
                    group["base_momentum"] = self.base_momentums[i]
        super().__init__(optimizer, last_epoch)
        self.base_lrs = bases

    def scale_fn(self, x: float) -> float:
        """The height of a cycle.

        Args:
            x: the number of the cycle, or of the step, see `scale_mode`.

        Returns:
            A factor of the distance from base_lr to max_lr.
        """
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "exp_range":
            return float(self.gamma**x)
        return float(0.5 ** (x - 1)) if self.mode == "triangular2" else 1.0

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        place = 1 + self.last_epoch / self.total_size - cycle
        if place <= self.step_ratio:
            share = place / self.step_ratio
        else:
            share = (place - 1) / (self.step_ratio - 1)
        height = share * self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            top = self.max_momentums[i]
            momentum = top - (top - self.base_momentums[i]) * height
            group = self.optimizer.param_groups[i]
            if self.use_beta1:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum
        return base + (self.max_lrs[i] - base) * height


class OneCycleLR(LRScheduler):
    """Up to max_lr and down again to almost nothing, the momentum the other way.

    Smith (2018), arXiv:1708.07120.

    Args:
        optimizer: whose rates are set.
        max_lr: the highest rate, or one for each group.
        total_steps: steps in all; or else epochs and steps_per_epoch.
        epochs: epochs in all.
        steps_per_epoch: steps of one.
        pct_start: the share of the steps in which the rate rises, between 0 and 1.
        anneal_strategy: along half a cosine, "cos", or in a straight line, "linear".
        cycle_momentum: whether the momentum (or beta1) goes the other way.
        base_momentum: the lowest momentum, or one for each group.
        max_momentum: the highest momentum, or one for each group.
        div_factor: max_lr over the first rate.
        final_div_factor: the first rate over the last.
        three_phase: come down to the first rate in the same time, and to the last in the rest.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if the number of steps is not known or a share out of range, or the optimizer
            has no momentum to cycle.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1, momentum=0.9)
        >>> scheduler = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
        >>> round(scheduler.get_last_lr()[0], 6)
        0.04
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.total_steps = _total(total_steps, epochs, steps_per_epoch)
        fine = isinstance(pct_start, float) and 0 <= pct_start <= 1
        check_value(fine, "Expected float between 0 and 1 pct_start, but got {}", pct_start)
        check_value(
            anneal_strategy in ("cos", "linear"),
            "anneal_strategy must be one of 'cos' or 'linear', instead got {}",
            anneal_strategy,
        )
        self._anneal_func_type = anneal_strategy
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = "betas" in optimizer.defaults
            check_value(
                self.use_beta1 or "momentum" in optimizer.defaults,
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
            )
        tops = _one_for_each_group("max_lr", optimizer, max_lr)
        lows = _one_for_each_group("base_momentum", optimizer, base_momentum)
        highs = _one_for_each_group("max_momentum", optimizer, max_momentum)
        for group, top, low, high in zip(optimizer.param_groups, tops, lows, highs, strict=True):
            if last_epoch == -1:
                start = top / div_factor
                group["initial_lr"] = start
                group["max_lr"] = top
                group["min_lr"] = start / final_div_factor
                if cycle_momentum:
                    group["max_momentum"] = high
                    group["base_momentum"] = low
        super().__init__(optimizer, last_epoch)

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        n = self.last_epoch
        check_value(
            n <= self.total_steps,
            "Tried to step {} times. The number of total steps is {}",
            n,
            self.total_steps,
        )
        ends: list[Any] = [0.0, *(phase["end_step"] for phase in self._schedule_phases)]
        which = sum(n > end for end in ends[1:-1])
        phase = self._schedule_phases[which]
        share = (n - ends[which]) / (ends[which + 1] - ends[which])
        group = self.optimizer.param_groups[i]
        if self.cycle_momentum:
            start = group[phase["start_momentum"]]
            momentum = self._between(start, group[phase["end_momentum"]], share)
            if self.use_beta1:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum
        return self._between(group[phase["start_lr"]], group[phase["end_lr"]], share)

    def _between(self, start: Any, end: Any, share: float) -> Any:
        """What lies a share of the way from start to end."""
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
        return (end - start) * share + start


def _total(total_steps: Any, epochs: Any, steps_per_epoch: Any) -> int:
    """The steps of a cycle; ValueError unless they are given in one of the two ways."""
    if total_steps is None:
        given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    else:
        given = {"total_steps": total_steps}
    counts = list(given.values())
    check_value(
        None not in counts, "You must define either total_steps OR (epochs AND steps_per_epoch)"
    )
    fine = all(isinstance(count, int) and count > 0 for count in counts)
    check_value(fine, "Expected positive integer {}, but got {}", list(given), counts)
    return math.prod(counts)


def _phases(total_steps: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    """The phases of a cycle: when each ends, and the names of the values it goes between."""
    rise = float(pct_start * total_steps)
    up = _phase(rise - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    last = total_steps - 1
    if not three_phase:
        return [up, _phase(last, "max_lr", "min_lr", "base_momentum", "max_momentum")]
    return [
        up,
        _phase(2 * rise - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
        _phase(last, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
    ]


def _phase(
    end_step: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str
) -> dict[str, Any]:
    return {
        "end_step": end_step,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": start_momentum,
        "end_momentum": end_momentum,
    }


# several at once -----------------------------------------------------------------------------


class _CombinedLR(LRScheduler):
    """A schedule made of others."""

    def _hold(self, optimizer: Any, schedulers: Sequence[Any]) -> None:
        name = type(self).__name__
        check_value(
            len(schedulers), "{} expects at least one scheduler, but got no scheduler", name
        )
        self.optimizer: Any = optimizer or getattr(schedulers[0], "optimizer", None)
        self._schedulers = list(schedulers)
        for i, each in enumerate(schedulers):
            check_type(
                hasattr(each, "optimizer"), "{} at index {} should have `optimizer`", name, i
            )
            check_value(
                not isinstance(each, ReduceLROnPlateau),
                "{} does not support `ReduceLROnPlateau`",
                name,
            )
            check_value(
                each.optimizer is self.optimizer,
                "{} expects all schedulers to belong to the same optimizer",
                name,
            )

    def get_lr(self) -> list[Any]:
        """There are none: see `get_last_lr`."""
        raise NotImplementedError(
            f"{type(self).__name__} has no rates of its own; see get_last_lr()"
        )

    def _undo(self) -> None:
        """Take back the first step of every scheduler."""
        for each in self._schedulers:
            if isinstance(each, _CombinedLR):
                each._undo()
            else:
                each.last_epoch -= 1


class SequentialLR(_CombinedLR):
    """Schedulers one after the other, each from its milestone on.

    Args:
        optimizer: whose rates are set.
        schedulers: the schedules, all of this optimizer.
        milestones: the steps at which the second and the later ones begin.
        last_epoch: the step to go on from; -1 to begin.

    Raises:
        ValueError: if there is not one milestone less than schedulers, or the optimizers differ.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> first = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
        >>> then = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1)
        >>> scheduler = optim.lr_scheduler.SequentialLR(optimizer, [first, then], milestones=[2])
        >>> scheduler.get_last_lr()
        [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        self._hold(optimizer, schedulers)
        n = len(schedulers)
        m = len(milestones)
        check_value(
            n == m + 1,
            "SequentialLR expects one scheduler more than milestones, got {} and {} milestones",
            n,
            m,
        )
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:
            _set_rate(group, group["initial_lr"])
        self._undo()
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """One step of the scheduler whose turn it is."""
        self.last_epoch += 1
        which = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[which]
        if which and self._milestones[which - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_CombinedLR):
    """Schedulers that all act at every step.

    Args:
        schedulers: the schedules, all of one optimizer.
        optimizer: that optimizer; by default the first schedule's.

    Raises:
        ValueError: if there are no schedulers, or the optimizers differ.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> first = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> second = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
        >>> scheduler = optim.lr_scheduler.ChainedScheduler([first, second])
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.25]
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        self._hold(optimizer, schedulers)
        self._last_lr = self._rates()

    def step(self) -> None:  # type: ignore[override]
        """One step of every scheduler."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._rates()


class ReduceLROnPlateau(LRScheduler):
    """The rate times `factor` when a metric has not got better for a while.

    Args:
        optimizer: whose rates are set.
        mode: whether lower metrics are better, "min", or higher ones, "max".
        factor: below 1.
        patience: steps without improvement that are let pass.
        threshold: by how much a metric must be better.
        threshold_mode: whether that is a share of the best metric, "rel", or a difference, "abs".
        cooldown: steps after a change in which nothing is counted.
        min_lr: the lowest rate, or one for each group.
        eps: smaller changes are not made.

    Raises:
        ValueError: if the factor is not below 1, or a mode is unknown.

    Example:
        >>> optimizer = optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
        >>> scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
        >>> for loss in [1.0, 1.0]:
        ...     scheduler.step(loss)
        >>> scheduler.get_last_lr()
        [0.1]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        check_type(
            isinstance(optimizer, Optimizer), "{} is not an Optimizer", type(optimizer).__name__
        )
        check_value(factor < 1.0, "Factor should be < 1.0.")
        check_value(mode in ("min", "max"), "mode {} is unknown!", mode)
        check_value(
            threshold_mode in ("rel", "abs"), "threshold mode {} is unknown!", threshold_mode
        )
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self.default_min_lr = None if isinstance(min_lr, list | tuple) else min_lr
        self.min_lrs = _one_for_each_group("min_lrs", optimizer, min_lr)
        self._last_lr = self._rates()
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self._reset()

    def _reset(self) -> None:
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether the rates were lowered less than `cooldown` steps ago."""
        return self.cooldown_counter > 0

    def is_better(self, a: float, best: float) -> bool:
        """Whether a metric is better than the best so far, by the threshold at least.

        Args:
            a: the metric.
            best: the best so far.
        """
        margin = -self.threshold if self.mode == "min" else self.threshold
        edge = best * (1.0 + margin) if self.threshold_mode == "rel" else best + margin
        return a < edge if self.mode == "min" else a > edge

    def step(self, metrics: Any, epoch: Any = None) -> None:  # type: ignore[override]
        """Take note of the metric, and lower the rates if it has stalled.

        Args:
            metrics: a number or a tensor of one element.
            epoch: the number of the step, instead of the next.
        """
        value = float(metrics)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(value, self.best):
            self.best = value
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if self.default_min_lr is not None:  # a group may have come since
            self.min_lrs = [self.default_min_lr] * len(groups)
        check(
            len(self.min_lrs) == len(groups),
            "The number of param groups in the `optimizer` ({}) differs from when"
            " `ReduceLROnPlateau` was initialized ({}), usually due to a new param group being"
            " added to the optimizer. Please modify the `min_lrs` field to match the length of the"
            " `optimizer` param groups.",
            len(groups),
            len(self.min_lrs),
        )
        for group, least in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                _set_rate(group, new)
