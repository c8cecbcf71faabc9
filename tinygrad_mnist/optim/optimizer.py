"""What all optimizers share: groups of parameters, state, saving and loading, the loop of a step."""

from __future__ import annotations

import copy
import warnings
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.tape import enable_grad, touch
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

State = dict[str, Any]
Group = dict[str, Any]
refuse, refuse_type = partial(check, error=ValueError), partial(check, error=TypeError)
required: Any = object()  # the default of an option that each group must set


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

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        refuse_type(not isinstance(params, Tensor), "params should be an iterable of Tensors or dicts, but got Tensor")
        self.defaults, self.state, self.param_groups = defaults, defaultdict[Any, State](dict), list[Group]()
        groups = list(params)
        refuse(groups, "optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def _parameters(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with options of their own: a dict of "params" and any option."""
        refuse_type(isinstance(param_group, dict), "param_group must be a dict, but got {}", type(param_group))
        given = param_group["params"]
        refuse_type(not isinstance(given, set), "optimizer parameters need to be in ordered collections, but got a set")
        members, group = [given] if isinstance(given, Tensor) else list(given), {**self.defaults, **param_group}
        named = [p for p in members if isinstance(p, tuple)]
        refuse(len(named) in (0, len(members)), "all optimizer params should be with/without names. Some are missing")
        if named:
            group["param_names"], members = [name for name, _ in named], [p for _, p in named]
        for p in members:
            message = "optimizer can only optimize Tensors, but one of the params is {}"
            refuse_type(isinstance(p, Tensor), message, type(p))
            refuse(p.is_leaf, "can't optimize a non-leaf Tensor")
        for name in self.defaults:
            refuse(group[name] is not required, "parameter group didn't specify the required option {}", name)
        if len(set(members)) < len(members):
            warnings.warn("optimizer contains a parameter group with duplicate parameters", stacklevel=3)
        for other in self.param_groups:
            same = ("param_names" in other) == ("param_names" in group)
            refuse(same, "all optimizer param groups should be with/without names. Some names are missing")
            refuse(set(members).isdisjoint(other["params"]), "some parameters appear in more than one parameter group")
        self.param_groups.append({**group, "params": members})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to 0."""
        for p in self._parameters():
            if set_to_none or p.grad is None:
                p.grad = None
            else:
                p.grad.detach_().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters once; `closure`, where given, computes the loss again and returns it."""
        raise NotImplementedError(f"{type(self).__name__} does not define step()")

    def state_dict(self) -> dict[str, Any]:
        """State and groups, parameters as numbers: PyTorch's layout, so that it travels both ways."""
        number: dict[Any, int] = {}
        for i, p in enumerate(self._parameters()):
            number.setdefault(p, i)
        groups = [{**group, "params": [number[p] for p in group["params"]]} for group in self.param_groups]
        return {"state": {number.get(p, p): s for p, s in self.state.items() if s}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state dict of the same parameters in the same order."""
        groups, saved = self.param_groups, copy.deepcopy(state_dict["param_groups"])
        refuse(len(saved) == len(groups), "loaded state dict has a different number of parameter groups")
        same = all(len(a["params"]) == len(b["params"]) for a, b in zip(saved, groups, strict=True))
        refuse(same, "loaded state dict has a parameter group of another size than the optimizer's group")
        owner = dict(zip((i for group in saved for i in group["params"]), self._parameters(), strict=True))
        self.state = defaultdict[Any, State](dict)
        for i, held in state_dict["state"].items():
            p = owner.get(i)
            self.state[i if p is None else p] = held if p is None else {k: _copied(k, v, p) for k, v in held.items()}
        self.param_groups = [  # an option that the saved state does not know has the value from the start
            {**self.defaults, **{k: v for k, v in own.items() if k == "param_names"}, **new, "params": own["params"]}
            for own, new in zip(groups, saved, strict=True)
        ]

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append("\n" * (i > 0) + f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


_SCALARS = "step", "mu_product", "eta", "mu"  # float32 whatever the parameter is, and so kept


def _copied(name: str, value: Any, p: Tensor) -> Any:
    if isinstance(value, Tensor):
        keep = name in _SCALARS or value.array.dtype.kind != "f"
        return wrap(np.array(value.array, value.array.dtype if keep else p.array.dtype, order="C"))
    return copy.deepcopy(value)


def signature(options: dict[str, Any]) -> Signature:
    """The arguments of a class that has them in a table of names and defaults."""
    kind, none = Parameter.POSITIONAL_OR_KEYWORD, Parameter.empty
    return Signature([Parameter(k, kind, default=none if v is required else v) for k, v in options.items()])


_NOT_NEGATIVE = {
    "lr": "learning rate", "eps": "epsilon value",
    **{name: f"{name} value" for name in ("momentum", "weight_decay", "rho", "alpha", "lr_decay", "momentum_decay",
                                          "initial_accumulator_value")},
}  # fmt: skip


class TabledOptimizer(Optimizer):
    """An optimizer that is a table of its arguments, `options`, and a formula, `update`.

    `options` holds their names in order, and their defaults. `update` treats each parameter by itself:
    it changes `p`, an array, in place in step `n`; `g` is the gradient, with the sign of `maximize` and
    the weight decay in it. It must not change g.
    """

    options: dict[str, Any] = {}
    __signature__: Signature | None = None  # for `help`: the options as arguments

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__signature__ = signature({"params": required, **cls.options}) if "options" in vars(cls) else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bound = signature({"params": required, **self.options}).bind(*args, **kwargs)
        bound.apply_defaults()
        params, values = bound.arguments.pop("params"), dict(bound.arguments)
        self.check_options(values)
        super().__init__(params, values)

    def check_options(self, o: dict[str, Any]) -> None:
        """Refuse values that make no sense, with ValueError; a subclass checks more."""
        refuse(not isinstance(o["lr"], Tensor) or o["lr"].numel() == 1, "Tensor lr must be 1-element")
        for name in _NOT_NEGATIVE.keys() & o.keys():
            good = o[name] >= 0 and (name != "rho" or o[name] <= 1)
            refuse(good, "Invalid {}: {}", _NOT_NEGATIVE[name], o[name])
        for i, beta in enumerate(o.get("betas", ())):
            refuse(0 <= beta < 1, "Invalid beta parameter at index {}: {}", i, beta)
        check(not (o.get("fused") and o.get("foreach")), "`fused` and `foreach` cannot be `True` together.")
        check(not o.get("differentiable"), "differentiable: a step is not recorded", error=NotImplementedError)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            options = {k: v.item() if isinstance(v, Tensor) else v for k, v in group.items()}
            for p in group["params"]:
                if p.grad is not None:
                    self._advance(p, p.grad.array, options)
        return loss

    def _advance(self, p: Tensor, g: Array, group: Group) -> None:
        decay, state = group.get("weight_decay"), self.state[p]
        if group.get("maximize"):
            g = np.asarray(-g)
        if decay and group.get("decoupled_weight_decay"):
            p.array *= 1 - group["lr"] * decay
        elif decay:
            g = np.asarray(g + p.array * decay)
        self.update(p.array, g, self._count(state), state, group)
        touch(p)

    def _count(self, state: State) -> float:
        """The number of the parameter's step, which the state keeps."""
        step = scalar(state, "step", 0)
        step += 1
        return float(step)

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        """The formula: change p in place."""
        raise NotImplementedError


def slot(state: State, name: str, like: Array, value: float = 0.0) -> Array:
    """The array that the state keeps under a name, filled with `value` when first asked for."""
    if name not in state:
        state[name] = wrap(np.full(like.shape, value, like.dtype))
    array: Array = state[name].array
    return array


def scalar(state: State, name: str, value: float) -> Array:
    """The float32 number that the state keeps under a name, as a 0-d array to be written."""
    return slot(state, name, np.zeros((), np.float32), value)
