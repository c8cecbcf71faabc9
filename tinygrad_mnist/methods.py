"""The tables that make operations into methods, operators and in-place methods of Tensor."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, random, special, tape
from tinygrad_mnist.composed import arranging, elementwise, products, scattering, statistics
from tinygrad_mnist.core.device import device, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops import linear_algebra, movement, pointwise, reduction
from tinygrad_mnist.ops.arguments import as_tensor, cast, size
from tinygrad_mnist.tape import assign, history_of, mode, touch
from tinygrad_mnist.core.tensor import Tensor, shared_version, wrap

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

ALSO_FUNCTIONS = """detach detach_ conj resolve_conj resolve_neg resize_as_ as_strided_ zero_ fill_ is_nonzero
    is_same_size is_conj is_neg is_inference index_put_ clamp_ clamp_max_ clamp_min_ clip_ round_ nan_to_num_ xlogy_
    addmv_"""
"""Methods that are functions too, beside the in-place ones of functions of one tensor."""


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


def inplace(function: Any, name: str) -> Any:
    """The method that writes what `function` computes back into the tensor, and returns it.

    Where a gradient is at stake the function works on a copy, so that its rules keep reading what
    the tensor held before.
    """

    @functools.wraps(function)
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        source = self
        others = (a for a in (*args, *kwargs.values()) if isinstance(a, Tensor))
        if mode.recording and (history_of(self) or any(map(history_of, others))):
            source = wrap(self.array.copy())
            source._requires_grad, source._grad_fn = self._requires_grad, self._grad_fn
        value = function(source, *args, **kwargs)
        if value.array.shape != self.array.shape:
            raise RuntimeError(
                f"{name}_: output with shape {list(self.shape)} doesn't match the broadcast shape {list(value.shape)}"
            )
        _check_castable(value, self, name)
        return assign(self, value, name)

    method.__name__ = name + "_"
    return method


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


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Write the elements of src (or a number), broadcast and cast, into this tensor."""
    value = as_tensor(src, "copy_", self.array.dtype)
    value = movement.expand(value, self.array.shape) if value.array.shape != self.array.shape else value
    return assign(self, cast(value, self.dtype), "copy")


def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Write a number on the diagonal, with `wrap` again and again down a tall matrix."""
    sides = set(self.array.shape)
    check(self.ndim == 2 or (self.ndim > 2 and len(sides) == 1), "fill_diagonal_: wanted a matrix, or more dimensions"
          " of equal length, got shape {}", self.shape)  # fmt: skip
    mask = np.zeros(self.array.shape, bool)
    np.fill_diagonal(mask, True, wrap)
    return self.masked_fill_(as_tensor(mask), fill_value)


# drawing -----------------------------------------------------------------------------------

FILLERS: dict[str, tuple[Any, str]] = {
    "uniform_": (lambda x, r, from_=0.0, to=1.0: r.uniform(from_, to, x.array.shape), "Draw from [from_, to)."),
    "normal_": (lambda x, r, mean=0.0, std=1.0: r.normal(mean, std, x.array.shape), "Draw normal numbers."),
    "exponential_": (lambda x, r, lambd=1.0: r.exponential(1 / lambd, x.array.shape), "Draw exponential numbers."),
    "bernoulli_": (lambda x, r, p=0.5: r.binomial(1, as_tensor(p).array, x.array.shape), "Draw 1 with probability p."),
    "geometric_": (lambda x, r, p: r.geometric(p, x.array.shape), "Draw the number of trials until a success."),
    "cauchy_": (lambda x, r, median=0.0, sigma=1.0: median + sigma * r.standard_cauchy(x.array.shape), "Draw Cauchys."),
    "log_normal_": (lambda x, r, mean=1.0, std=2.0: r.lognormal(mean, std, x.array.shape), "Draw log-normal numbers."),
    "random_": (lambda x, r, low=0, to=None: _integers(x, r, low, to), "Draw integers from [low, to), or [0, low)."),
}  # fmt: skip


def _integers(x: Tensor, r: np.random.Generator, low: int, to: int | None) -> Any:
    top = {"f": 2**24, "b": 2}.get(x.array.dtype.kind) or np.iinfo(x.array.dtype).max
    low, to = (low, to) if to is not None else (0, low or top)
    return r.integers(low, to, x.array.shape)


def _filler(name: str, draw: Any, doc: str) -> Any:
    def method(self: Tensor, *args: Any, generator: Any = None, **options: Any) -> Tensor:
        options = {"from_" if key == "from" else key: value for key, value in options.items()}
        try:
            value = np.asarray(draw(self, random.source(generator), *args, **options))
        except (ValueError, ZeroDivisionError) as error:
            raise RuntimeError(f"{name}: {error}, got {args or options}") from None
        return assign(self, wrap(np.broadcast_to(value.astype(self.array.dtype), self.array.shape)), name[:-1])

    method.__name__, method.__doc__ = name, doc
    return method


# conversions and plumbing -------------------------------------------------------------------

TYPES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int",
         "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}  # fmt: skip


def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """This tensor with another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

    The tensor itself where nothing changes. The only device is the CPU.
    """
    given = [each for each in (*args, *map(kwargs.get, ("dtype", "device", "other"))) if each is not None]
    wanted = [getattr(each, "dtype", each) for each in given if not isinstance(each, str | device | int)]
    for each in given:
        if isinstance(each, str | device | int) and not isinstance(each, bool):
            require_cpu(each)
    out = cast(self, wanted[0]) if wanted else self
    return movement.clone(out) if kwargs.get("copy") and out is self else out


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, `torch.FloatTensor`; or the tensor cast to a dtype."""
    if dtype is None:
        return f"torch.{TYPES[self.array.dtype.name]}Tensor"
    if isinstance(dtype, str):
        found = [name for name, short in TYPES.items() if dtype == f"torch.{short}Tensor"]
        check(found, "type: invalid type: {!r}", dtype, error=ValueError)
        dtype = found[0]
    return cast(self, getattr(dtype, "dtype", dtype))


def cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """There is no CUDA here: an error that says so."""
    require_cpu("cuda")
    return self


def detach_(self: Tensor) -> Tensor:
    """Forget the history of this tensor, and return it."""
    self._grad_fn, self._requires_grad, self._view = None, False, None
    return self


def resize_(self: Tensor, *shape: Any, memory_format: Any = None) -> Tensor:
    """Another shape, in place; elements beyond the present ones are 0."""
    self.array = np.resize(self.array, size(shape)) if self.array.size else np.zeros(size(shape), self.array.dtype)
    return self


def set_(self: Tensor, source: Tensor) -> Tensor:
    """Share the memory of another tensor."""
    self.array, self._version_counter = source.array, shared_version(source)
    return self


def map_(self: Tensor, *others: Any) -> Tensor:
    """Replace each element by what a Python function, the last argument, makes of it (and of other tensors')."""
    function = np.vectorize(others[-1], [self.array.dtype])
    return assign(self, wrap(function(self.array, *(x.array for x in others[:-1]))), "map")


def _casting(name: str, wanted: dtypes.dtype | None) -> Any:
    def method(self: Tensor, *args: Any, memory_format: Any = None) -> Tensor:
        return cast(self, wanted) if wanted else self

    method.__name__, method.__doc__ = name, f"This tensor as {wanted}." if wanted else "This tensor."
    return method


CASTS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "bfloat16": dtypes.bfloat16,
    "long": dtypes.int64, "int": dtypes.int32, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8,
    "bool": dtypes.bool_,
    **dict.fromkeys(("cpu", "coalesce", "pin_memory", "share_memory_", "conj", "resolve_conj", "resolve_neg")),
}  # fmt: skip


def backward(self: Tensor, gradient: Tensor | None = None, retain_graph: bool | None = None,
             create_graph: bool = False, inputs: Any = None) -> None:  # fmt: skip
    """Add the gradient of this tensor to the `grad` of every leaf it was computed from.

    Args:
        gradient: weights of this tensor's elements; may be left out where there is one element.
        retain_graph: keep the tape, for another backward pass through it.
        create_graph: record the pass itself, so that the gradients have gradients.
        inputs: the leaves to do this for, instead of all.
    """
    tape.backward(self, gradient, retain_graph, create_graph, inputs)


def _transposed(self: Tensor) -> Tensor:
    return movement.permute(self, list(range(self.ndim))[::-1])


def _matrix_transposed(self: Tensor) -> Tensor:
    check(self.ndim > 1, "tensor.mT is only supported on matrices or batches of matrices. Got {}-D tensor.", self.ndim)
    return movement.transpose(self, -2, -1)


def _same(input: Tensor) -> Tensor:
    return input


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
    "type": type_, "type_as": lambda self, other: cast(self, other.dtype), "apply_": map_,
    "T": property(_transposed), "mT": property(_matrix_transposed), "H": property(_matrix_transposed),
    "mH": property(_matrix_transposed), "adjoint": _matrix_transposed, "real": property(_same),
    "__getitem__": movement.getitem, "__setitem__": movement.setitem, "__invert__": _inverted,
    "ravel": lambda self: movement.reshape(self, -1), "ndimension": Tensor.dim, "is_cpu": True,
    "zero_": lambda self: self.fill_(0),
    "where": lambda self, condition, other: pointwise.where(condition, self, other),
    "resize_as_": lambda self, other, memory_format=None: resize_(self, other.shape),
    "is_same_size": lambda self, other: self.shape == other.shape, "is_nonzero": Tensor.__bool__,
    "is_signed": lambda self: self.array.dtype.kind in "if", "get_device": lambda self: -1,
    **dict.fromkeys(("is_shared", "is_pinned", "is_conj", "is_neg", "is_inference"), lambda self: False),
}  # fmt: skip


def attach() -> None:
    """Give Tensor its methods. Done once, when the package is imported."""
    add: Any = functools.partial(setattr, Tensor)
    for room in ROOMS:
        for name in room.__all__:
            function = getattr(room, name)
            names = _names(function)
            if names[:1] in (("input",), ("tensor",)) and name not in FUNCTIONS_ONLY:
                add(name, lenient(function) if "dim" in names else function)
    for name in OF_SPECIAL.split():
        add(name, getattr(special, name))
    for function in (backward, copy_, to, cuda, detach_, resize_, set_, map_, fill_diagonal_, tape.retain_grad,
                     tape.register_hook):  # fmt: skip
        add(function.__name__, function)
    for name in (set(pointwise.__all__ + elementwise.__all__) - NOT_INPLACE).union(INPLACE.split(), OF_SPECIAL.split()):
        add(name + "_", inplace(getattr(Tensor, name), name))
    for new, old in ALIASES.items():
        for end in ("", "_"):
            if hasattr(Tensor, old + end):
                add(new + end, getattr(Tensor, old + end))
    for name in RESHAPED.split():
        add(name + "_", _reshaping(getattr(Tensor, name), name))
    for name, (draw, doc) in FILLERS.items():
        add(name, _filler(name, draw, doc))
    for name, wanted in CASTS.items():
        add(name, _casting(name, wanted))
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


def also_functions() -> dict[str, Any]:
    """Methods that PyTorch has as functions too."""
    of_one = [f"{name}_" for name in pointwise.__all__ if len(_names(getattr(pointwise, name))) == 1]
    names = [name for name in (*ALSO_FUNCTIONS.split(), *of_one) if hasattr(Tensor, name)]
    return {"real": _same, **{name: getattr(Tensor, name) for name in (*names, *ALIASES)}}


attach()
