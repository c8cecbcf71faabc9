"""Schedules of the learning rate: `step()` after each epoch, or each batch, sets the next rate."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from inspect import Signature
from types import FunctionType
from typing import TYPE_CHECKING, Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.optim.optimizer import Group, Optimizer, refuse, refuse_type, required, signature
from tinygrad_mnist.core.tensor import Tensor


class LRScheduler:
    """The base: a subclass computes the rates of step `last_epoch` in `get_lr`, or one group's in `_rate`.

    Attributes:
        last_epoch: steps so far; 0 after the making.
        base_lrs: the rates that the groups started with.
    """

    options: dict[str, Any] = {}  # a subclass's arguments after the optimizer, and their defaults
    __signature__: Signature | None = None
    _is_initial = False

    if TYPE_CHECKING:  # the options
        last_epoch: Any

        def __getattr__(self, name: str) -> Any: ...

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {"optimizer": required, **cls.options, "last_epoch": -1}
        cls.__signature__ = signature(own) if "options" in vars(cls) else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = signature({"optimizer": required, **self.options, "last_epoch": -1}).bind(*args, **kwargs)
        given.apply_defaults()
        self.__dict__.update(given.arguments)
        refuse_type(isinstance(self.optimizer, Optimizer), "{} is not an Optimizer", type(self.optimizer).__name__)
        self._prepare()
        self._start()

    def _prepare(self) -> None:
        """Check the options, and compute what follows from them."""

    def _start(self) -> None:
        for i, group in enumerate(self.optimizer.param_groups):
            if self.last_epoch == -1:
                group.setdefault("initial_lr", _value(group["lr"]))
            check("initial_lr" in group, "resuming: param_groups[{}] has no 'initial_lr'", i, error=KeyError)
        self.base_lrs = [_value(group["initial_lr"]) for group in self.optimizer.param_groups]
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count, self._is_initial = 0, True
        self.step()
        self._is_initial = False

    def get_lr(self) -> list[Any]:
        """The rates of the groups at `last_epoch`; for those set last, `get_last_lr`."""
        return [self._rate(i, *each) for i, each in enumerate(zip(self._rates(), self.base_lrs, strict=True))]

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        """Group i's next rate, from its last one and its first."""
        raise NotImplementedError

    def _rates(self) -> list[Any]:
        return [_value(group["lr"]) for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[Any]:
        """The rates that were set last."""
        return self._last_lr

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step (or to a given one), and set its rates."""
        self._step_count += 1
        self._update_lr(epoch)

    def _update_lr(self, epoch: Any = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        rates = self.get_lr() if epoch is None else self._get_closed_form_lr()
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            _put(group, rate)
        self._last_lr = self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        return self.get_lr()

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer: of schedulers their states, of objects that are called their attributes."""
        return {k: _saved(v) for k, v in self.__dict__.items() if k != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        for name, saved in state_dict.items():
            if not _loaded(self.__dict__.get(name), saved):
                self.__dict__[name] = saved


_LRScheduler = LRScheduler


def _value(rate: Any) -> Any:
    return rate.clone() if isinstance(rate, Tensor) else rate


def _put(group: Group, rate: Any) -> None:
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(float(rate))
    else:
        group["lr"] = rate


def _saved(value: Any) -> Any:
    if isinstance(value, list):
        return [_saved(each) for each in value]
    if isinstance(value, LRScheduler):
        return value.state_dict()
    if callable(value):
        return None if isinstance(value, FunctionType) else dict(getattr(value, "__dict__", {}))
    return value


def _loaded(own: Any, saved: Any) -> bool:
    """Whether it was taken over into the value that is there."""
    if isinstance(own, LRScheduler):
        own.load_state_dict(saved)
    elif callable(own):
        vars(own).update(saved or {})
    else:
        return isinstance(own, list) and bool(own) and all(map(_loaded, own, saved))
    return True


def _each(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """An option's value for each group: those given in a list, or one for all."""
    count = len(optimizer.param_groups)
    values = list(value) if isinstance(value, list | tuple) else [value] * count
    refuse(len(values) == count, "Expected {} {}, but got {}", count, name, len(values))
    return [_value(each) for each in values]


class LambdaLR(LRScheduler):
    """The first rate times what a function of the step gives."""

    options = {"lr_lambda": required}

    def _prepare(self) -> None:
        self.lr_lambdas = _each("lr_lambdas", self.optimizer, self.__dict__.pop("lr_lambda"))

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        return base * self.lr_lambdas[i](self.last_epoch)


class MultiplicativeLR(LambdaLR):
    """The last rate times what a function of the step gives."""

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        return rate if self._is_initial else rate * self.lr_lambdas[i](self.last_epoch)


class _Shaped(LRScheduler):
    """The first rate times `_shape(n)` at step n, as PyTorch has it: by the factor from one step to the next.

    So another schedule, or the user, may change the rate in between; only `step(n)` takes it from
    the first rate. Of a rate with `eta_min`, the part above is what has the shape.
    """

    jumps = False  # whether the step that resumes a schedule changes the rate, too
    eta_min = 0.0

    def _shape(self, n: Any) -> float:
        raise NotImplementedError

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        n, low = self.last_epoch, self.eta_min
        if self._is_initial and (n == 0 or not self.jumps):
            return rate * self._shape(0) if n == 0 else rate
        now, before = self._shape(n), self._shape(n - 1)
        if now == before:
            return rate
        return rate + (base - low) * now if before == 0 else now / before * (rate - low) + low

    def _get_closed_form_lr(self) -> list[Any]:
        return [self.eta_min + (base - self.eta_min) * self._shape(self.last_epoch) for base in self.base_lrs]


class StepLR(_Shaped):
    """Times gamma after every `step_size` steps."""

    options, jumps = {"step_size": required, "gamma": 0.1}, True

    def _shape(self, n: Any) -> float:
        return self.gamma ** (max(n, 0) // self.step_size)


class MultiStepLR(_Shaped):
    """Times gamma at each of the milestones."""

    options, jumps = {"milestones": required, "gamma": 0.1}, True

    def _prepare(self) -> None:
        self.milestones: Counter[int] = Counter(self.__dict__["milestones"])

    def _shape(self, n: Any) -> float:
        return self.gamma ** bisect_right(sorted(self.milestones.elements()), n)


class ConstantLR(_Shaped):
    """Times `factor` for the first `total_iters` steps."""

    options, jumps = {"factor": 1 / 3, "total_iters": 5}, True

    def _prepare(self) -> None:
        refuse(0 <= self.factor <= 1, "Constant multiplicative factor expected to be between 0 and 1.")

    def _shape(self, n: Any) -> float:
        return self.factor if 0 <= n < self.total_iters else 1.0


class LinearLR(_Shaped):
    """From start_factor to end_factor times the first rate, in a straight line over `total_iters` steps."""

    options = {"start_factor": 1 / 3, "end_factor": 1.0, "total_iters": 5}

    def _prepare(self) -> None:
        refuse(0 < self.start_factor <= 1, "Starting multiplicative factor expected to be above 0 and at most 1.")
        refuse(0 <= self.end_factor <= 1, "Ending multiplicative factor expected to be between 0 and 1.")

    def _shape(self, n: Any) -> float:
        rise, share = self.end_factor - self.start_factor, min(self.total_iters, n) / self.total_iters
        return 1.0 if n < 0 else self.start_factor + rise * share


class ExponentialLR(_Shaped):
    """Times gamma after every step."""

    options = {"gamma": required}

    def _shape(self, n: Any) -> float:
        return self.gamma**n


class PolynomialLR(_Shaped):
    """The first rate times (1 - step / total_iters) ** power."""

    options = {"total_iters": 5, "power": 1.0}

    def _shape(self, n: Any) -> float:
        return (1.0 - min(self.total_iters, n) / self.total_iters) ** self.power


class CosineAnnealingLR(_Shaped):
    """From the first rate down to eta_min along half a cosine of `T_max` steps. Loshchilov and Hutter (2016)."""

    options = {"T_max": required, "eta_min": 0.0}

    def _shape(self, n: Any) -> float:
        return (1 + math.cos(math.pi * n / self.T_max)) / 2


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half cosines that start again after T_0 steps, each T_mult times as long. arXiv:1608.03983."""

    options = {"T_0": required, "T_mult": 1, "eta_min": 0.0}

    def _prepare(self) -> None:
        refuse(isinstance(self.T_0, int) and self.T_0 > 0, "Expected positive integer T_0, but got {}", self.T_0)
        good = isinstance(self.T_mult, int) and self.T_mult >= 1
        refuse(good, "Expected integer T_mult >= 1, but got {}", self.T_mult)
        refuse(isinstance(self.eta_min, float | int), "Expected float or int eta_min, but got {!r}", self.eta_min)
        self.T_i, self.T_cur = self.T_0, self.last_epoch

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        return self.eta_min + (base - self.eta_min) * (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2

    def step(self, epoch: Any = None) -> None:
        """Go on to the next step, or to a given one, which may be a fraction of an epoch."""
        if epoch is None and self.last_epoch >= 0:
            epoch, self.T_cur = self.last_epoch + 1, self.T_cur + 1
            if self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur % self.T_i, self.T_i * self.T_mult
        else:
            epoch = epoch or 0
            refuse(epoch >= 0, "Expected non-negative epoch, but got {}", epoch)
            self.T_cur, self.T_i = epoch, self.T_0
            while self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur - self.T_i, self.T_i * self.T_mult
        self._update_lr(math.floor(epoch))


class OneCycleLR(LRScheduler):
    """Up to max_lr and down again to almost nothing, the momentum the other way. Smith (2018), arXiv:1708.07120."""

    options = {
        "max_lr": required, "total_steps": None, "epochs": None, "steps_per_epoch": None, "pct_start": 0.3,
        "anneal_strategy": "cos", "cycle_momentum": True, "base_momentum": 0.85, "max_momentum": 0.95,
        "div_factor": 25.0, "final_div_factor": 1e4, "three_phase": False,
    }  # fmt: skip

    def _prepare(self) -> None:
        o, defaults = {name: self.__dict__.pop(name) for name in self.options}, self.optimizer.defaults
        names = ["epochs", "steps_per_epoch"] if o["total_steps"] is None else ["total_steps"]
        counts, share, way = [o[name] for name in names], o["pct_start"], o["anneal_strategy"]
        refuse(None not in counts, "You must define either total_steps OR (epochs AND steps_per_epoch)")
        good = all(isinstance(count, int) and count > 0 for count in counts)
        refuse(good, "Expected positive integer {}, but got {}", names, counts)
        good = isinstance(share, float) and 0 <= share <= 1
        refuse(good, "Expected float between 0 and 1 pct_start, but got {}", share)
        refuse(way in ("cos", "linear"), "anneal_strategy must be one of 'cos' or 'linear', instead got {}", way)
        self.total_steps, self._anneal_func_type = math.prod(counts), way
        rise, last = float(share * self.total_steps), self.total_steps - 1
        up = (rise - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
        down = (last, "max_lr", "min_lr", "base_momentum", "max_momentum")
        back = (2 * rise - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum")
        out = (last, "initial_lr", "min_lr", "max_momentum", "max_momentum")
        names = ["end_step", "start_lr", "end_lr", "start_momentum", "end_momentum"]
        phases = [up, back, out] if o["three_phase"] else [up, down]
        self._schedule_phases: list[Any] = [dict(zip(names, phase, strict=True)) for phase in phases]
        self.cycle_momentum = o["cycle_momentum"]
        if self.cycle_momentum:
            self.use_beta1 = "betas" in defaults
            known = self.use_beta1 or "momentum" in defaults
            refuse(known, "optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        columns = (_each(name, self.optimizer, o[name]) for name in ("max_lr", "base_momentum", "max_momentum"))
        for group, top, low, high in zip(self.optimizer.param_groups, *columns, strict=True):
            if self.last_epoch == -1:
                start = top / o["div_factor"]
                group.update(initial_lr=start, max_lr=top, min_lr=start / o["final_div_factor"])
                if self.cycle_momentum:
                    group.update(max_momentum=high, base_momentum=low)

    def _rate(self, i: int, rate: Any, base: Any) -> Any:
        n, group = self.last_epoch, self.optimizer.param_groups[i]
        refuse(n <= self.total_steps, "Tried to step {} times. The number of total steps is {}", n, self.total_steps)
        ends: list[Any] = [0.0, *(phase["end_step"] for phase in self._schedule_phases)]
        which = sum(n > end for end in ends[1:-1])
        phase, share = self._schedule_phases[which], (n - ends[which]) / (ends[which + 1] - ends[which])

        def between(kind: str) -> Any:
            a, b = group[phase[f"start_{kind}"]], group[phase[f"end_{kind}"]]
            bend = self._anneal_func_type == "cos"
            return b + (a - b) / 2.0 * (math.cos(math.pi * share) + 1) if bend else (b - a) * share + a

        if self.cycle_momentum:
            momentum = between("momentum")
            group.update({"betas": (momentum, *group["betas"][1:])} if self.use_beta1 else {"momentum": momentum})
        return between("lr")


class _Several(LRScheduler):
    """A schedule made of others."""

    def _hold(self, optimizer: Any, schedulers: Sequence[Any]) -> None:
        name = type(self).__name__
        refuse(len(schedulers), "{} expects at least one scheduler, but got no scheduler", name)
        self.optimizer, self._schedulers = optimizer or getattr(schedulers[0], "optimizer", None), list(schedulers)
        for i, each in enumerate(schedulers):
            refuse_type(hasattr(each, "optimizer"), "{} at index {} should have `optimizer`", name, i)
            refuse(not isinstance(each, ReduceLROnPlateau), "{} does not support `ReduceLROnPlateau`", name)
            refuse(each.optimizer is self.optimizer, "{} expects all schedulers to belong to the same optimizer", name)

    def get_lr(self) -> list[Any]:
        raise NotImplementedError(f"{type(self).__name__} has no rates of its own; see get_last_lr()")

    def _undo(self) -> None:
        for each in self._schedulers:
            if isinstance(each, _Several):
                each._undo()
            else:
                each.last_epoch -= 1


class SequentialLR(_Several):
    """Schedulers one after the other, each from its milestone on."""

    def __init__(
        self, optimizer: Optimizer, schedulers: list[Any], milestones: list[int], last_epoch: int = -1
    ) -> None:
        self._hold(optimizer, schedulers)
        n, m = len(schedulers), len(milestones)
        refuse(n == m + 1, "SequentialLR expects one scheduler more than milestones, got {} and {} milestones", n, m)
        self._milestones, self.last_epoch = milestones, last_epoch + 1
        for group in optimizer.param_groups:
            _put(group, group["initial_lr"])
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


class ChainedScheduler(_Several):
    """Schedulers that all act at every step."""

    def __init__(self, schedulers: Sequence[Any], optimizer: Optimizer | None = None) -> None:
        self._hold(optimizer, schedulers)
        self._last_lr = self._rates()

    def step(self) -> None:  # type: ignore[override]
        """One step of every scheduler."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._rates()


class ReduceLROnPlateau(LRScheduler):
    """Times `factor` when a metric has not got better for more than `patience` steps."""

    options = {
        "mode": "min", "factor": 0.1, "patience": 10, "threshold": 1e-4, "threshold_mode": "rel", "cooldown": 0,
        "min_lr": 0, "eps": 1e-8,
    }  # fmt: skip

    def _prepare(self) -> None:
        refuse(self.factor < 1.0, "Factor should be < 1.0.")
        refuse(self.mode in ("min", "max"), "mode {} is unknown!", self.mode)
        refuse(self.threshold_mode in ("rel", "abs"), "threshold mode {} is unknown!", self.threshold_mode)
        least, self.last_epoch = self.__dict__.pop("min_lr"), 0
        self.default_min_lr = None if isinstance(least, list | tuple) else least
        self.min_lrs, self._last_lr = _each("min_lrs", self.optimizer, least), self._rates()
        self.mode_worse = math.inf if self.mode == "min" else -math.inf
        self._reset()

    def _start(self) -> None:
        """Nothing to set before a metric is known."""

    def _reset(self) -> None:
        self.best, self.cooldown_counter, self.num_bad_epochs = self.mode_worse, 0, 0

    @property
    def in_cooldown(self) -> bool:
        """Whether the rates were lowered less than `cooldown` steps ago."""
        return self.cooldown_counter > 0

    def _is_better(self, value: float, best: float) -> bool:
        margin = -self.threshold if self.mode == "min" else self.threshold
        edge = best * (1.0 + margin) if self.threshold_mode == "rel" else best + margin
        return value < edge if self.mode == "min" else value > edge

    def step(self, metrics: Any, epoch: Any = None) -> None:  # type: ignore[override]
        """Take note of the metric, and lower the rates if it has stalled."""
        value, groups = float(metrics), self.optimizer.param_groups
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        better = self._is_better(value, self.best)
        self.best, self.num_bad_epochs = (value, 0) if better else (self.best, self.num_bad_epochs + 1)
        if self.in_cooldown:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown_counter - 1, 0
        if self.num_bad_epochs > self.patience:
            if self.default_min_lr is not None:  # a group may have come since
                self.min_lrs = [self.default_min_lr] * len(groups)
            check(len(self.min_lrs) == len(groups), "{} min_lrs for {} param groups", len(self.min_lrs), len(groups))
            for group, least in zip(groups, self.min_lrs, strict=True):
                old = float(group["lr"])
                new = max(old * self.factor, least)
                if old - new > self.eps:
                    _put(group, new)
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._rates()
