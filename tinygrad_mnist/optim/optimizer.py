"""What all optimizers share: groups of parameters, state, saving and loading, the loop of a step."""

from __future__ import annotations

import copy
import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from tinygrad_mnist.tape import Handle, enable_grad, no_grad, touch
from tinygrad_mnist.tensor import Array, Tensor, wrap

State = dict[str, Any]
Group = dict[str, Any]


class Optimizer:
    """The base: a subclass passes its defaults on and defines `step`.

    Args:
        params: parameters, or pairs of name and parameter, or dicts with "params" and the options
            of that group.
        defaults: the options of groups that do not set their own.

    Attributes:
        param_groups: dicts of "params" and options, which may be changed between steps.
        state: what the optimizer remembers of each parameter.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in vars(cls):
            cls.step = _hooked(cls.step)  # type: ignore[method-assign]

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got Tensor"
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._hooks: tuple[OrderedDict[Any, Any], OrderedDict[Any, Any]] = OrderedDict(), OrderedDict()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with options of their own: a dict of "params" and any option."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise TypeError("optimizer parameters need to be organized in ordered collections")
        members = [given] if isinstance(given, Tensor) else list(given)
        group = dict(param_group)
        named = {isinstance(p, tuple) for p in members}
        if len(named) > 1:
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        if True in named:
            group["param_names"] = [name for name, _ in members]
            members = [p for _, p in members]
        known = {id(p) for other in self.param_groups for p in other["params"]}
        for p in members:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
            if id(p) in known:
                raise ValueError("some parameters appear in more than one parameter group")
        if len(set(map(id, members))) < len(members):
            warnings.warn("optimizer contains a parameter group with duplicate parameters", stacklevel=3)
        group["params"] = members
        self.param_groups.append({**self.defaults, **group})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to 0."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none or p.grad is None:
                    p.grad = None
                else:
                    p.grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters once; `closure`, where given, computes the loss again and returns it."""
        raise NotImplementedError(f"{type(self).__name__} does not define step()")

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return other args and kwargs.

        As in PyTorch, args begin with the optimizer itself.
        """
        return Handle(self._hooks[0], hook, object())

    def register_step_post_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return Handle(self._hooks[1], hook, object())

    def state_dict(self) -> dict[str, Any]:
        """State and groups, parameters as numbers: PyTorch's layout, so that it travels both ways."""
        order = [p for group in self.param_groups for p in group["params"]]
        number = {id(p): i for i, p in enumerate(order)}
        groups = [{**group, "params": [number[id(p)] for p in group["params"]]} for group in self.param_groups]
        return {"state": {number[id(p)]: s for p, s in self.state.items() if s}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state dict of the same parameters in the same order."""
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(saved, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        for own, new in zip(self.param_groups, saved, strict=True):
            own.update({k: copy.deepcopy(v) for k, v in new.items() if k not in ("params", "param_names")})
        order = [p for group in self.param_groups for p in group["params"]]
        numbers = [i for group in saved for i in group["params"]]
        self.state.clear()
        for number, p in zip(numbers, order, strict=True):
            if number in state_dict["state"]:
                self.state[p] = {k: _copied(k, v, p) for k, v in state_dict["state"][number].items()}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def _hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's `step` with the hooks around it, unless the step of a subclass calls it."""

    @functools.wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if type(self).step is not hooked:
            return step(self, *args, **kwargs)
        before, after = self._hooks
        args = self, *args
        for hook in tuple(before.values()):
            args, kwargs = hook(self, args, kwargs) or (args, kwargs)
        out = step(*args, **kwargs)
        for hook in tuple(after.values()):
            hook(self, args, kwargs)
        return out

    return hooked


_SCALARS = "step", "mu_product", "eta", "mu"  # float32 whatever the parameter is, and so kept


def _copied(name: str, value: Any, p: Tensor) -> Any:
    if isinstance(value, Tensor):
        keep = name in _SCALARS or value.array.dtype.kind != "f"
        return wrap(np.array(value.array, value.array.dtype if keep else p.array.dtype, order="C"))
    return copy.deepcopy(value)


class FormulaOptimizer(Optimizer):
    """An optimizer that treats each parameter by itself: a subclass is its options and its formula.

    `update` changes `p`, an array, in place; `g` is the gradient, with the sign of `maximize` and,
    unless `decoupled`, the weight decay in it. It must not change g.
    """

    options: dict[str, Any] = {}
    decoupled = False
    __signature__: Signature | None = None  # for `help`: the options as arguments

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        kind, cls.__signature__ = Parameter.POSITIONAL_OR_KEYWORD, None
        if "options" in vars(cls):
            options = (Parameter(name, kind, default=value) for name, value in cls.options.items())
            cls.__signature__ = Signature([Parameter("params", kind), *options])

    def __init__(self, params: Any, *args: Any, **kwargs: Any) -> None:
        values = dict(self.options)
        if len(args) > len(values):
            raise TypeError(f"{type(self).__name__}() takes at most {len(values)} options, got {len(args)}")
        for name, value in (*zip(values, args, strict=False), *kwargs.items()):
            if name not in values:
                raise TypeError(f"{type(self).__name__}() got an unexpected keyword argument '{name}'")
            values[name] = value
        _check(values)
        super().__init__(params, values)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self._advance(p, group)
        return loss

    def _advance(self, p: Tensor, group: Group) -> None:
        g = p.grad.array  # type: ignore[union-attr]
        if group.get("maximize"):
            g = -g
        if group.get("weight_decay") and not (self.decoupled or group.get("decoupled_weight_decay")):
            g = g + p.array * p.array.dtype.type(group["weight_decay"])
        state = self.state[p]
        if self.counts:
            if "step" not in state:
                state["step"] = wrap(np.zeros((), np.float32))
            state["step"].array += 1
        self.update(p.array, g, state, group)
        touch(p)

    counts = True  # whether the formula needs the number of the step

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        """The formula: change p in place."""
        raise NotImplementedError


def slot(state: State, name: str, like: Array, value: float = 0.0) -> Array:
    """The array that the state keeps under a name, filled with `value` when first asked for."""
    if name not in state:
        state[name] = wrap(np.full(like.shape, value, like.dtype))
    array: Array = state[name].array
    return array


def _check(values: dict[str, Any]) -> None:
    names = {
        "lr": "learning rate", "momentum": "momentum value", "weight_decay": "weight_decay value",
        "eps": "epsilon value", "rho": "rho value", "alpha": "alpha value", "lr_decay": "lr_decay value",
        "momentum_decay": "momentum_decay value",
        "initial_accumulator_value": "initial_accumulator_value value",
    }  # fmt: skip
    for name, words in names.items():
        value = values.get(name)
        if isinstance(value, int | float | Tensor) and (not value >= 0 or (name == "rho" and value > 1)):
            raise ValueError(f"Invalid {words}: {value}")
    for i, beta in enumerate(values.get("betas", ())):
        if not 0 <= beta < 1:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
    shrink, grow = values.get("etas", (0.5, 2))
    if not 0 < shrink < 1 < grow:
        raise ValueError(f"Invalid eta values: {shrink}, {grow}")
