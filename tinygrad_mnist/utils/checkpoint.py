"""`torch.utils.checkpoint`: less memory for a second computation of what lies between."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import reduce
from typing import Any

from tinygrad_mnist.autograd.function import Function
from tinygrad_mnist.errors import check
from tinygrad_mnist.random import get_rng_state, set_rng_state
from tinygrad_mnist.tape import backward, enable_grad
from tinygrad_mnist.tensor import Tensor


class _Recomputed(Function):
    @staticmethod
    def forward(ctx: Any, function: Any, keep: bool, *args: Any) -> Any:
        ctx.function, ctx.args, ctx.state = function, args, get_rng_state() if keep else None
        return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        now, kept = get_rng_state(), ctx.state is not None
        inputs = [x.detach().requires_grad_(x.tracked) if isinstance(x, Tensor) else x for x in ctx.args]
        set_rng_state(ctx.state if kept else now)
        with enable_grad():
            outputs = ctx.function(*inputs)
        set_rng_state(now if kept else get_rng_state())
        pairs = zip(outputs if isinstance(outputs, tuple) else (outputs,), gradients, strict=True)
        used = [(y, g) for y, g in pairs if isinstance(y, Tensor) and y.tracked]
        backward([y for y, _ in used], [g for _, g in used])
        return None, None, *(x.grad if isinstance(x, Tensor) else None for x in inputs)


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:  # fmt: skip
    """`function(*args)`. With `use_reentrant` it keeps no intermediate values, and `backward` calls it again.

    Then, as in PyTorch, an argument must require a gradient, and `autograd.grad` sees arguments only.
    Without, it is a plain call, which saves no memory: the tape keeps what the gradients need.
    """
    if use_reentrant is None:
        message = "checkpoint: the use_reentrant parameter should be passed explicitly; True is assumed"
        warnings.warn(message, UserWarning, stacklevel=2)
    if use_reentrant is False:
        hints = "context_fn", "determinism_check", "debug", "early_stop"
        return function(*args, **{k: v for k, v in kwargs.items() if k not in hints})
    check(not kwargs, "Unexpected keyword arguments: {}", ",".join(kwargs), error=ValueError)
    return _Recomputed.apply(function, preserve_rng_state, *args)


def checkpoint_sequential(functions: Any, segments: int, input: Any, **kwargs: Any) -> Any:
    """Functions (or a Sequential's modules) one after the other, all but the last of `segments` by `checkpoint`."""
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)
    size = len(steps) // segments
    cuts = [*range(0, size * (segments - 1), size), size * (segments - 1)]
    for start in cuts[:-1]:
        part = steps[start : start + size]
        input = checkpoint(lambda x, part=part: reduce(lambda y, step: step(y), part, x), input, **kwargs)
    return reduce(lambda y, step: step(y), steps[cuts[-1] :], input)
