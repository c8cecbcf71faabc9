"""What all optimizers share: groups of parameters, state, saving and loading, the loop of a
step.
"""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, SupportsFloat

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.modes import enable_grad
from tinygrad_mnist.core.signals import run_whole
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = ["Optimizer"]

State = dict[str, Any]
Group = dict[str, Any]
Params = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[Group]
Rate = float | Tensor  # a number, or a tensor of one element

check_value = partial(check, error=ValueError)
check_type = partial(check, error=TypeError)
required: Any = object()  # the default of an option that each group must set


class Optimizer:
    """The base of all optimizers: a subclass passes its defaults on and defines `step`.

    Args:
        params: parameters, or pairs of name and parameter, or dicts with "params" and the options
            of that group.
        defaults: the options of groups that do not set their own.

    Attributes:
        param_groups: dicts of "params" and options, which may be changed between steps.
        state: what the optimizer remembers of each parameter.

    Raises:
        TypeError: if `params` is a tensor, or holds something else than tensors.
        ValueError: if there are no parameters, or one is no leaf.

    Example:
        >>> class Descent(optim.Optimizer):
        ...     def __init__(self, params, lr):
        ...         super().__init__(params, {"lr": lr})
        ...     @torch.no_grad()
        ...     def step(self):
        ...         for group in self.param_groups:
        ...             for p in group["params"]:
        ...                 p.sub_(group["lr"] * p.grad)
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> (w * 3).sum().backward()
        >>> Descent([w], lr=0.1).step()
        >>> w
        tensor([0.7000], requires_grad=True)
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        check_type(
            isinstance(params, Iterable) and not isinstance(params, Tensor),
            "params should be an iterable of Tensors or dicts, but got {}",
            type(params).__name__,
        )
        self.defaults = defaults
        self.state: defaultdict[Any, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        groups: list[Any] = list(params)
        check_value(groups, "optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    _unfinished = False  # whether an exception has ended a step between two parameters

    def _check_finished(self) -> None:
        """RuntimeError after a step that an exception has ended in the middle."""
        check(
            not self._unfinished,
            "{}: an exception ended the last step in the middle, so that some parameters are"
            " changed and others not; load the states of model and optimizer (load_state_dict)",
            type(self).__name__,
        )

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with options of their own.

        Args:
            param_group: a dict of "params" and any option; its "params" become a list.

        Raises:
            TypeError: if it is no dict, or its parameters are a set, or no tensors.
            ValueError: if a parameter is no leaf, is in another group already, or has a name where
                others have none.
        """
        check_type(
            isinstance(param_group, dict),
            "param_group must be a dict, but got {}",
            type(param_group),
        )
        given = param_group["params"]
        check_type(
            not isinstance(given, set),
            "optimizer parameters need to be in ordered collections, but got a set",
        )
        members = [given] if isinstance(given, Tensor) else list(given)
        # As PyTorch does it: the dict may be given to another optimizer, and a generator is empty.
        param_group["params"] = members
        group = {**self.defaults, **param_group}
        named = [p for p in members if isinstance(p, tuple)]
        check_value(
            len(named) in (0, len(members)),
            "all optimizer params should be with/without names. Some are missing",
        )
        if named:
            group["param_names"] = [name for name, _ in named]
            members = [p for _, p in named]
        group["params"] = members
        self._check_group(group)
        self.param_groups.append(group)

    def _check_group(self, group: Group) -> None:
        """Refuse a group that cannot join the others."""
        members = group["params"]
        for p in members:
            check_type(
                isinstance(p, Tensor),
                "optimizer can only optimize Tensors, but one of the params is {}",
                type(p),
            )
            check_value(p.is_leaf, "can't optimize a non-leaf Tensor")
        for name in self.defaults:
            check_value(
                group[name] is not required,
                "parameter group didn't specify the required option {}",
                name,
            )
        if len(set(members)) < len(members):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters", stacklevel=4
            )
        for other in self.param_groups:
            check_value(
                ("param_names" in other) == ("param_names" in group),
                "all optimizer param groups should be with/without names. Some names are missing",
            )
            check_value(
                set(members).isdisjoint(other["params"]),
                "some parameters appear in more than one parameter group",
            )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to 0.

        Args:
            set_to_none: let `grad` be None, rather than a tensor of zeros.
        """
        for p in self._parameters():
            if set_to_none or p.grad is None:
                p.grad = None
            else:
                p.grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters once.

        Args:
            closure: where given, computes the loss again, calls `backward` and returns the loss.

        Returns:
            What the closure returned, or None.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define step()")

    def state_dict(self) -> dict[str, Any]:
        """State and groups, parameters as numbers: PyTorch's layout, so that it travels both ways.

        Returns:
            A dict of "state" and "param_groups".

        Raises:
            RuntimeError: if an exception has ended the last step in the middle.
        """
        self._check_finished()
        number: dict[Any, int] = {}
        for i, p in enumerate(self._parameters()):
            number.setdefault(p, i)
        groups = []
        for group in self.param_groups:
            groups.append({**group, "params": [number[p] for p in group["params"]]})
        state = {number.get(p, p): held for p, held in self.state.items() if held}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state dict of the same parameters in the same order.

        Args:
            state_dict: what `state_dict` gave; its tensors are copied.

        Raises:
            ValueError: if the groups differ in number or size.
        """
        groups = self.param_groups
        saved = copy.deepcopy(state_dict["param_groups"])
        check_value(
            len(saved) == len(groups),
            "loaded state dict has a different number of parameter groups",
        )
        same = all(len(a["params"]) == len(b["params"]) for a, b in zip(saved, groups, strict=True))
        check_value(
            same,
            "loaded state dict has a parameter group of another size than the optimizer's group",
        )
        numbers = [i for group in saved for i in group["params"]]
        owner = dict(zip(numbers, self._parameters(), strict=True))
        self.state = defaultdict(dict)
        for i, held in state_dict["state"].items():
            p = owner.get(i)
            if p is None:
                self.state[i] = held
            else:
                self.state[p] = {name: _copied(name, each, p) for name, each in held.items()}
        self._unfinished = False
        self.param_groups = []
        for own, new in zip(groups, saved, strict=True):
            # an option that the saved state does not know has the value from the start
            names = {"param_names": own["param_names"]} if "param_names" in own else {}
            self.param_groups.append({**self.defaults, **names, **new, "params": own["params"]})

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append("\n" * (i > 0) + f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


_SCALARS = ("step", "mu_product", "eta", "mu")  # float32 whatever the parameter is, and so kept


def _copied(name: str, value: Any, p: Tensor) -> Any:
    """A value of a loaded state: tensors in the parameter's dtype."""
    if not isinstance(value, Tensor):
        return copy.deepcopy(value)
    keep = name in _SCALARS or value.array.dtype.kind != "f"
    dtype = value.array.dtype if keep else p.array.dtype
    return wrap(np.array(value.array, dtype, order="C"))


# formulas for each parameter by itself -------------------------------------------------------

_NOT_NEGATIVE = {
    "lr": "learning rate",
    "eps": "epsilon value",
    "momentum": "momentum value",
    "weight_decay": "weight_decay value",
    "rho": "rho value",
    "alpha": "alpha value",
    "lr_decay": "lr_decay value",
    "momentum_decay": "momentum_decay value",
    "initial_accumulator_value": "initial_accumulator_value value",
}


def check_options(options: dict[str, Any]) -> None:
    """ValueError for numbers that make no sense, NotImplementedError for `differentiable`."""
    lr = options["lr"]
    check_value(not isinstance(lr, Tensor) or lr.numel() == 1, "Tensor lr must be 1-element")
    for name, what in _NOT_NEGATIVE.items():
        if name in options:
            value = options[name]
            known = isinstance(value, Tensor | SupportsFloat)
            check_type(known, "{} must be a number, not {}", name, type(value).__name__)
            fine = options[name] >= 0 and (name != "rho" or options[name] <= 1)
            check_value(fine, "Invalid {}: {}", what, options[name])
    for i, beta in enumerate(options.get("betas", ())):
        check_value(0 <= beta < 1, "Invalid beta parameter at index {}: {}", i, beta)
    check(
        not (options.get("fused") and options.get("foreach")),
        "`fused` and `foreach` cannot be `True` together.",
    )
    check(
        not options.get("differentiable"),
        "differentiable: a step is not recorded",
        error=NotImplementedError,
    )


class ElementwiseOptimizer(Optimizer):
    """An optimizer with a formula, `update`, that treats each parameter by itself.

    Args:
        params: as in `Optimizer`.
        defaults: the options of groups that do not set their own; they are checked.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        check_options(defaults)
        super().__init__(params, defaults)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self._check_finished()
        run_whole(self._advance_all)  # all parameters of a step or none, when Ctrl-C comes
        return loss

    def _advance_all(self) -> None:
        """One step of every parameter that has a gradient."""
        for group in self.param_groups:
            options = {k: v.item() if isinstance(v, Tensor) else v for k, v in group.items()}
            for p in group["params"]:
                if p.grad is not None:
                    self._unfinished = True
                    self._advance(p, p.grad.array, options)
        self._unfinished = False

    def _advance(self, p: Tensor, g: Array, group: Group) -> None:
        """One step of one parameter."""
        decay = group.get("weight_decay")
        state = self.state[p]
        if group.get("maximize"):
            g = np.asarray(-g)
        if decay and group.get("decoupled_weight_decay"):
            p.array *= 1 - group["lr"] * decay
        elif decay:
            g = np.asarray(g + p.array * decay)
        self.update(p.array, g, self._count_step(state), state, group)
        mark_written(p)

    def _count_step(self, state: State) -> float:
        """The number of the parameter's step, which the state keeps."""
        step = state_number(state, "step", 0)
        step += 1
        return float(step)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        """The formula: change the parameter in place.

        Args:
            p: the parameter's elements.
            g: the gradient, of p's shape, with the sign of `maximize` and the weight decay in it;
                it must not be changed.
            step: the number of the parameter's step, from 1.
            state: what is remembered of the parameter.
            group: the options.
        """
        raise NotImplementedError


def state_array(state: State, name: str, like: Array, value: float = 0.0) -> Array:
    """The array that the state keeps under a name, filled with `value` when first asked for."""
    if name not in state:
        state[name] = wrap(np.full(like.shape, value, like.dtype))
    array: Array = state[name].array
    return array


def state_number(state: State, name: str, value: float) -> Array:
    """The float32 number that the state keeps under a name, as a 0-d array to be written."""
    return state_array(state, name, np.zeros((), np.float32), value)


def move_average(average: Array, value: Array, share: float) -> Array:
    """Move a running average towards a value by a share of the way, in place."""
    average += (value - average) * share
    return average


def average_of_squares(average: Array, g: Array, kept: float) -> Array:
    """Move a running average of squares on, of which a share is kept, in place."""
    average *= kept
    average += g * g * (1 - kept)
    return average


def adam_averages(p: Array, g: Array, state: State, group: Group) -> tuple[Array, Array]:
    """Adam's running averages of the gradient and of its square, moved on."""
    beta1, beta2 = group["betas"]
    exp_avg = move_average(state_array(state, "exp_avg", p), g, 1 - beta1)
    exp_avg_sq = average_of_squares(state_array(state, "exp_avg_sq", p), g, beta2)
    return exp_avg, exp_avg_sq
