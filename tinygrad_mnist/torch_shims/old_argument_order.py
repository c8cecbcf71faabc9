"""`add(x, alpha, y)`, as it once was: numbers before the tensors that they multiply.

PyTorch still accepts this order of arguments, and old programs use it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops import pointwise, products

__all__ = ["add", "addbmm", "addcdiv", "addcmul", "addmm", "addmv", "addr", "baddbmm", "sub"]

F = TypeVar("F", bound=Callable[..., Any])


def accept_old_order(function: F, tensors: int, factors: Sequence[str]) -> F:
    """A function that also takes its factors before or between the tensors.

    Args:
        function: the operation, or the method of its name.
        tensors: how many tensors it takes; with more arguments, the numbers among them are the
            factors.
        factors: their keywords, in the old order.

    Returns:
        The function, which passes its arguments on as they are unless there are too many.
    """

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if len(args) > tensors:
            numbers = [each for each in args if not isinstance(each, Tensor)]
            args = tuple(each for each in args if isinstance(each, Tensor))
            options.update(zip(factors, numbers, strict=False))
        return function(*args, **options)

    return cast(F, call)


add = accept_old_order(pointwise.add, 2, ["alpha"])
sub = accept_old_order(pointwise.sub, 2, ["alpha"])
addcmul = accept_old_order(pointwise.addcmul, 3, ["value"])
addcdiv = accept_old_order(pointwise.addcdiv, 3, ["value"])
addmm = accept_old_order(products.addmm, 3, ["beta", "alpha"])
addmv = accept_old_order(products.addmv, 3, ["beta", "alpha"])
addr = accept_old_order(products.addr, 3, ["beta", "alpha"])
baddbmm = accept_old_order(products.baddbmm, 3, ["beta", "alpha"])
addbmm = accept_old_order(products.addbmm, 3, ["beta", "alpha"])

OLD_ORDERS = {
    "add": (2, ["alpha"]),
    "sub": (2, ["alpha"]),
    "addcmul": (3, ["value"]),
    "addcdiv": (3, ["value"]),
    "addmm": (3, ["beta", "alpha"]),
    "addmv": (3, ["beta", "alpha"]),
    "addr": (3, ["beta", "alpha"]),
    "baddbmm": (3, ["beta", "alpha"]),
    "addbmm": (3, ["beta", "alpha"]),
}
"""Of each method: how many tensors it takes, itself counted, and its factors."""


def let_methods_accept_old_order() -> None:
    """Let the methods, and those that write in place, take their arguments in the old order too."""
    for name, (tensors, factors) in OLD_ORDERS.items():
        for own in (name, f"{name}_"):
            setattr(Tensor, own, accept_old_order(getattr(Tensor, own), tensors, factors))
