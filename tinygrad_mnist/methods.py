"""TRANSITION: methods that are not yet attached beside their definition."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, special, tape
from tinygrad_mnist.composed import arranging, elementwise, products, scattering, statistics
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops import linear_algebra, movement, pointwise, reduction
from tinygrad_mnist.core.inplace import in_place_method
from tinygrad_mnist.core.surface import ATTACHED
from tinygrad_mnist.ops import conversion, creation, questions, random
from tinygrad_mnist.tape import mode, touch
from tinygrad_mnist.core.tensor import Tensor

POINTWISE = (pointwise, elementwise)
ROOMS = (*POINTWISE, reduction, movement, linear_algebra, arranging, scattering, statistics, products)
FUNCTIONS_ONLY = {"bucketize", "softmin", "std_mean", "var_mean", "bilinear"}
"""Functions whose first argument is a tensor, and which PyTorch does not have as methods."""

ALIASES = {
    "absolute": "abs", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "negative": "neg", "clip": "clamp", "greater": "gt", "greater_equal": "ge", "less": "lt",
    "less_equal": "le", "not_equal": "ne", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "fix": "trunc",
    "swapaxes": "transpose", "swapdims": "transpose", "moveaxis": "movedim", "ger": "outer",
    "split_with_sizes": "split", "unsafe_split": "split", "unsafe_chunk": "chunk", "sgn": "sign",
}  # fmt: skip

NOT_INPLACE = {"positive", "maximum", "minimum", "fmax", "fmin", "logaddexp", "logaddexp2", "isnan", "isinf",
               "isposinf", "isneginf", "isfinite", "signbit", "isclose", "allclose", "equal", "where",
               "isreal", "frexp"}  # fmt: skip
"""Of the operations on each element, those that have no in-place method; other operations that have one:"""
INPLACE = """renorm cumsum cumprod index_put index_add index_copy index_fill index_reduce put scatter scatter_add
    scatter_reduce fill masked_fill masked_scatter tril triu addmm addmv addr baddbmm addbmm"""
OF_SPECIAL = "erfinv lgamma digamma polygamma mvlgamma logit i0 igamma igammac"
RESHAPED = "squeeze unsqueeze t transpose swapaxes swapdims as_strided"

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "pow", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
}  # fmt: skip
UNARY = {"neg": "neg", "pos": "positive", "abs": "abs"}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}

def lenient(function: Callable[..., Any]) -> Any:
    """The function, with NumPy's names for `dim` and `keepdim`, and with `out=`, where the result is written."""

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if options:
            options = {NUMPY_NAMES.get(name, name): value for name, value in options.items()}
            if (out := options.pop("out", None)) is not None:
                return _written(function, args, options, out)
        return function(*args, **options)

    call.__qualname__ = function.__name__
    return call


def _names(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__wrapped__", function).__code__
    return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _written(function: Callable[..., Any], args: Any, options: dict[str, Any], out: Any) -> Any:
    name = function.__name__
    if isinstance(out, Tensor) and "dtype" in _names(function):
        options.setdefault("dtype", out.dtype)
    result = function(*args, **options)
    pairs = [(result, out)] if isinstance(result, Tensor) else list(zip(result, out, strict=True))
    for value, target in pairs:
        check(not value.requires_grad, "{}(): functions with out=... arguments don't support automatic differentiation,"
              " but one of the arguments requires grad.", name)  # fmt: skip
        _check_castable(value, target, name)
        if target.array.shape != value.array.shape:
            target.array = np.empty(value.array.shape, target.array.dtype)
        target.array[...] = value.array
        touch(target)
    return out


inplace = in_place_method


def _check_castable(value: Tensor, target: Tensor, name: str) -> None:
    if dtypes.kind(value.array.dtype) > dtypes.kind(target.array.dtype):
        raise RuntimeError(f"{name}: result type {value.dtype} can't be cast to the desired output type {target.dtype}")


def _reshaping(function: Any, name: str) -> Any:
    @functools.wraps(function)
    def method(self: Tensor, *args: Any, **options: Any) -> Tensor:
        if self.requires_grad and self.grad_fn is None and mode.recording:
            tape._refuse_leaf(self, name)
        seen = function(self, *args, **options)
        self.array, self._grad_fn, self._requires_grad = seen.array, seen._grad_fn, seen._requires_grad
        return self

    return method


def _transposed(self: Tensor) -> Tensor:
    return movement.permute(self, list(range(self.ndim))[::-1])


def _matrix_transposed(self: Tensor) -> Tensor:
    check(self.ndim > 1, "tensor.mT is only supported on matrices or batches of matrices. Got {}-D tensor.", self.ndim)
    return movement.transpose(self, -2, -1)


def _comparing(function: Any) -> Any:
    """== and != with anything that is no number are what Python makes of them: `x == None` is False."""
    numbers = (Tensor, bool, int, float, np.ndarray, np.generic)
    return lambda self, other: function(self, other) if isinstance(other, numbers) else NotImplemented


def _reflected(function: Any) -> Any:
    return lambda self, other: function(other, self)


def _inverted(self: Tensor) -> Tensor:
    wanted = "~ (operator.invert) is only implemented on integer and Boolean-type tensors, got {}"
    check(self.array.dtype.kind != "f", wanted, self.dtype, error=TypeError)
    return pointwise.bitwise_not(self)


def _iterated(self: Tensor) -> Any:
    if self.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(movement.unbind(self, 0))


OTHERS: dict[str, Any] = {
    "__iter__": _iterated,
    "T": property(_transposed), "mT": property(_matrix_transposed), "H": property(_matrix_transposed),
    "mH": property(_matrix_transposed), "adjoint": _matrix_transposed,
    "__getitem__": movement.getitem, "__setitem__": movement.setitem, "__invert__": _inverted,
    "ravel": lambda self: movement.reshape(self, -1),
}  # fmt: skip


def _attaching() -> set[str]:
    """The modules that attach their methods themselves."""
    return {fact.function.__module__ for fact in ATTACHED}


def attach() -> None:
    """Give Tensor the methods that no module attaches beside their definition."""
    attached = {fact.name for fact in ATTACHED}
    done = _attaching()

    def add(name: str, value: Any) -> None:
        if name not in attached:
            setattr(Tensor, name, value)

    for room in ROOMS:
        for name in room.__all__:
            function = getattr(room, name)
            if function.__module__ in done:
                continue
            names = _names(function)
            if names[:1] in (("input",), ("tensor",)) and name not in FUNCTIONS_ONLY:
                add(name, lenient(function) if "dim" in names else function)
    for name in OF_SPECIAL.split():
        add(name, getattr(special, name))
    for name in (set(pointwise.__all__ + elementwise.__all__) - NOT_INPLACE).union(INPLACE.split(), OF_SPECIAL.split()):
        if getattr(Tensor, name, None) is not None and getattr(Tensor, name).__module__ not in done:
            add(name + "_", inplace(getattr(Tensor, name), name))
    for new, old in ALIASES.items():
        for end in ("", "_"):
            if hasattr(Tensor, old + end):
                add(new + end, getattr(Tensor, old + end))
    for name in RESHAPED.split():
        if name + "_" not in attached:
            add(name + "_", _reshaping(getattr(Tensor, name), name))
    for name, operation in OPERATORS.items():
        function = getattr(Tensor, operation)
        add(f"__{name}__", function)
        add(f"__r{name}__", _reflected(function))
        if hasattr(Tensor, operation + "_"):
            add(f"__i{name}__", getattr(Tensor, operation + "_"))
    for name, operation in UNARY.items():
        add(f"__{name}__", getattr(Tensor, operation))
    for name in COMPARISONS:
        add(f"__{name}__", _comparing(getattr(Tensor, name)))
    for name, value in OTHERS.items():
        add(name, value)


def converted(function: Any) -> bool:
    """Whether a function takes `out` (and NumPy's names) by itself, and is not to be wrapped."""
    own = inspect.unwrap(function)
    return own.__module__ in _attaching() or "out" in inspect.signature(own).parameters


attach()
