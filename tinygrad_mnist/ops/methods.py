"""The tables that make operations into methods, operators and in-place methods of Tensor."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, random, tape
from tinygrad_mnist.device import device, require_cpu
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops import linear_algebra, movement, pointwise, reduction, special
from tinygrad_mnist.ops.arguments import as_tensor, cast, size
from tinygrad_mnist.tape import assign, history_of, mode
from tinygrad_mnist.tensor import Tensor, shared_memory, wrap

METHODS = {
    pointwise: """add sub mul div neg pow floor_divide remainder fmod exp exp2 expm1 log log2 log10
        log1p sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
        sigmoid erf erfc sinc deg2rad rad2deg floor ceil trunc sign round frac relu abs square
        positive clamp clamp_min clamp_max nan_to_num maximum minimum fmax fmin atan2 hypot
        logaddexp logaddexp2 xlogy copysign lerp addcmul addcdiv heaviside eq ne lt le gt ge
        logical_and logical_or logical_xor logical_not bitwise_and bitwise_or bitwise_xor
        bitwise_left_shift bitwise_right_shift bitwise_not isnan isinf isposinf isneginf isfinite
        signbit isclose allclose equal isreal float_power gcd lcm ldexp frexp nextafter""",
    special: "erfinv lgamma digamma polygamma mvlgamma logit i0 igamma igammac",
    reduction: """sum mean nansum nanmean var std prod logsumexp softmax log_softmax norm dist renorm all any
        count_nonzero amax amin aminmax argmax argmin max min sort argsort msort topk kthvalue
        median nanmedian mode quantile nanquantile unique unique_consecutive bincount histc histogram cumsum cumprod
        cummax cummin logcumsumexp diff cov corrcoef""",
    movement: """reshape view flatten unflatten permute transpose t movedim squeeze unsqueeze expand
        expand_as view_as reshape_as broadcast_to sum_to_size diagonal select narrow unbind split
        chunk tensor_split unfold index_put gather scatter scatter_add index_select take_along_dim
        take masked_fill masked_select masked_scatter nonzero argwhere tile repeat
        repeat_interleave flip fliplr flipud roll rot90 tril triu diag diag_embed clone contiguous""",
    linear_algebra: """matmul mm bmm mv dot vdot inner outer addmm addmv addr baddbmm addbmm
        tensordot kron trace cross""",
}
"""Functions that are methods too: their first argument is the tensor."""

ALIASES = {
    "absolute": "abs", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "negative": "neg", "clip": "clamp", "greater": "gt", "greater_equal": "ge", "less": "lt",
    "less_equal": "le", "not_equal": "ne", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "fix": "trunc",
    "swapaxes": "transpose", "swapdims": "transpose", "moveaxis": "movedim", "ger": "outer",
    "split_with_sizes": "split", "sgn": "sign",
}  # fmt: skip

INPLACE = """add sub mul div neg pow floor_divide remainder fmod exp exp2 expm1 log log2 log10 log1p
    sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh tanh sigmoid erf erfc floor ceil
    trunc sign round frac relu abs square clamp clamp_min clamp_max nan_to_num lerp addcmul addcdiv
    eq ne lt le gt ge logical_and logical_or logical_xor logical_not bitwise_and bitwise_or
    bitwise_xor bitwise_not masked_fill masked_scatter scatter scatter_add index_put tril triu cumsum
    cumprod renorm addmm addmv addr baddbmm atan2 hypot copysign index_add index_copy index_fill
    absolute subtract multiply divide negative clip acosh asinh atanh arccos arccosh arcsin arcsinh arctan arctan2
    arctanh deg2rad rad2deg sinc sgn fix greater greater_equal less less_equal not_equal true_divide heaviside
    bitwise_left_shift bitwise_right_shift xlogy float_power gcd lcm ldexp nextafter erfinv lgamma digamma polygamma
    mvlgamma logit i0 igamma igammac"""

OPERATORS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "floordiv": "floor_divide",
    "mod": "remainder", "pow": "pow", "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
}  # fmt: skip
UNARY = {"neg": "neg", "pos": "positive", "abs": "abs"}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


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
            source.tracked, source.node = self.tracked, self.node
        return _write(self, function(source, *args, **kwargs), name)

    method.__name__ = name + "_"
    return method


def _write(self: Tensor, value: Tensor, name: str) -> Tensor:
    if value.array.shape != self.array.shape:
        raise RuntimeError(
            f"{name}_: output with shape {list(self.shape)} doesn't match the broadcast shape {list(value.shape)}"
        )
    if dtypes.kind(value.array.dtype) > dtypes.kind(self.array.dtype):
        raise RuntimeError(f"{name}_: result type {value.dtype} can't be cast to the desired output type {self.dtype}")
    return assign(self, value, name)


def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Write the elements of src, broadcast and cast, into this tensor."""
    value = movement.expand(src, self.array.shape) if src.array.shape != self.array.shape else src
    return assign(self, cast(value, self.dtype), "copy")


def _filler(name: str, draw: Any, doc: str) -> Any:
    def method(self: Tensor, *args: Any, generator: Any = None, **kwargs: Any) -> Tensor:
        value = draw(self, random.source(generator), *args, **kwargs)
        return assign(self, wrap(np.broadcast_to(np.asarray(value).astype(self.array.dtype), self.array.shape)), name)

    method.__name__, method.__doc__ = name, doc
    return method


FILLERS = {
    "zero_": (lambda x, r: 0, "Set every element to 0."),
    "fill_": (lambda x, r, value: as_tensor(value, dtype=x.array.dtype).array, "Set every element to a number."),
    "uniform_": (lambda x, r, from_=0.0, to=1.0: r.uniform(from_, to, x.array.shape), "Draw from [from_, to)."),
    "normal_": (lambda x, r, mean=0.0, std=1.0: r.normal(mean, std, x.array.shape), "Draw normal numbers."),
    "exponential_": (lambda x, r, lambd=1.0: r.exponential(1 / lambd, x.array.shape), "Draw exponential numbers."),
    "bernoulli_": (lambda x, r, p=0.5: r.random(x.array.shape) < as_tensor(p).array, "Draw 1 with probability p."),
    "geometric_": (lambda x, r, p: r.geometric(p, x.array.shape), "Draw the number of trials until a success."),
    "cauchy_": (lambda x, r, median=0.0, sigma=1.0: median + sigma * r.standard_cauchy(x.array.shape), "Draw Cauchys."),
    "log_normal_": (lambda x, r, mean=1.0, std=2.0: r.lognormal(mean, std, x.array.shape), "Draw log-normal numbers."),
    "random_": (lambda x, r, low=0, to=None: _integers(x, r, low, to), "Draw integers from [low, to), or [0, low)."),
}  # fmt: skip


def _integers(x: Tensor, r: np.random.Generator, low: int, to: int | None) -> Any:
    top = 2**24 if x.array.dtype.kind == "f" else np.iinfo(x.array.dtype).max
    low, to = (low, to) if to is not None else (0, low or top)
    return r.integers(low, to, x.array.shape)


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """A copy of input with slices of source added at the indices along `dim`."""
    return movement.index_put(input, _at(input, dim, index), source * alpha, accumulate=True)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of input with slices of source written at the indices along `dim`."""
    return movement.index_put(input, _at(input, dim, index), source)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy of input with a number written at the indices along `dim`."""
    return movement.index_put(
        input, _at(input, dim, index), cast(as_tensor(value, dtype=input.array.dtype), input.dtype)
    )


def _at(input: Tensor, dim: int, index: Tensor) -> tuple[Any, ...]:
    return (slice(None),) * (dim % input.ndim) + (index,)


# conversions and plumbing -------------------------------------------------------------------


def to(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """This tensor with another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

    The tensor itself where nothing changes. The only device is the CPU.
    """
    wanted = kwargs.get("dtype")
    places = [kwargs.get("device")]
    for each in args:
        if isinstance(each, Tensor):
            wanted = each.dtype
        elif isinstance(each, str | device | int) and not isinstance(each, bool):
            places.append(each)
        elif each is not None and not isinstance(each, bool):
            wanted = each
    for place in places:
        require_cpu(place)
    out = self if wanted is None else cast(self, wanted)
    return movement.clone(out) if kwargs.get("copy") and out is self else out


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The name of the tensor's type, `torch.FloatTensor`; or the tensor cast to a dtype."""
    names = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long", "int32": "Int",
             "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}  # fmt: skip
    if dtype is None:
        return f"torch.{names[self.array.dtype.name]}Tensor"
    if isinstance(dtype, str):
        found = [name for name, short in names.items() if dtype == f"torch.{short}Tensor"]
        dtype = found[0] if found else dtype
    return cast(self, getattr(dtype, "dtype", dtype))


def cuda(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """There is no CUDA here: an error that says so."""
    require_cpu("cuda")
    return self


def detach_(self: Tensor) -> Tensor:
    """Forget the history of this tensor, and return it."""
    self.node, self.tracked, self.view_of = None, False, None
    return self


def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    return _reshaped(self, movement.squeeze(self, *([] if dim is None else [dim])))


def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    return _reshaped(self, movement.unsqueeze(self, dim))


def t_(self: Tensor) -> Tensor:
    return _reshaped(self, movement.t(self))


def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    return _reshaped(self, movement.transpose(self, dim0, dim1))


def _reshaped(self: Tensor, seen: Tensor) -> Tensor:
    if self.tracked and self.node is None and mode.recording:
        tape._refuse_leaf(self, "view")
    self.array, self.node, self.tracked = seen.array, seen.node, seen.tracked
    return self


def resize_(self: Tensor, *shape: Any) -> Tensor:
    """Another shape, in place; elements beyond the present ones are 0."""
    self.array = np.resize(self.array, size(shape)) if self.array.size else np.zeros(size(shape), self.array.dtype)
    return self


def set_(self: Tensor, source: Tensor) -> Tensor:
    """Share the memory of another tensor."""
    self.array, self.memory = source.array, shared_memory(source)
    return self


def apply_(self: Tensor, function: Any) -> Tensor:
    """Replace each element by what a Python function makes of it."""
    return assign(self, wrap(np.vectorize(function, [self.array.dtype])(self.array)), "apply")


def map_(self: Tensor, other: Tensor, function: Any) -> Tensor:
    """Replace each element by what a Python function makes of it and of other's."""
    return assign(self, wrap(np.vectorize(function, [self.array.dtype])(self.array, other.array)), "map")


def _casting(name: str, wanted: dtypes.dtype | None) -> Any:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return cast(self, wanted) if wanted else self

    method.__name__, method.__doc__ = name, f"This tensor as {wanted}." if wanted else "This tensor."
    return method


CASTS = {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16, "long": dtypes.int64,
    "int": dtypes.int32, "short": dtypes.int16, "char": dtypes.int8, "byte": dtypes.uint8, "bool": dtypes.bool_,
    "cpu": None, "coalesce": None,
}  # fmt: skip


def backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
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
    if self.ndim < 2:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor.")
    return movement.transpose(self, -2, -1)


def _inverted(self: Tensor) -> Tensor:
    wanted = "~ (operator.invert) is only implemented on integer and Boolean-type tensors, got {}"
    check(self.array.dtype.kind != "f", wanted, self.dtype, error=TypeError)
    return pointwise.bitwise_not(self)


def _comparing(function: Any) -> Any:
    """== and != with anything that is no number are what Python makes of them: `x == None` is False."""
    numbers = (Tensor, bool, int, float, np.ndarray, np.generic)
    return lambda self, other: function(self, other) if isinstance(other, numbers) else NotImplemented


def _reflected(function: Any) -> Any:
    return lambda self, other: function(other, self)


def attach() -> None:
    """Give Tensor its methods. Done once, when the package is imported."""
    for module, names in METHODS.items():
        for name in names.split():
            setattr(Tensor, name, getattr(module, name))
    for new, old in ALIASES.items():
        setattr(Tensor, new, getattr(Tensor, old))
    for function in (index_add, index_copy, index_fill, backward, copy_, to, cuda, detach_, squeeze_, unsqueeze_, t_,
                     transpose_, resize_, set_, apply_, map_, tape.retain_grad,
                     tape.register_hook):  # fmt: skip
        setattr(Tensor, function.__name__, function)
    for name in INPLACE.split():
        setattr(Tensor, name + "_", inplace(getattr(Tensor, name), name))
    for name, (draw, doc) in FILLERS.items():
        setattr(Tensor, name, _filler(name, draw, doc))
    for name, wanted in CASTS.items():
        setattr(Tensor, name, _casting(name, wanted))
    for name, operation in OPERATORS.items():
        function = getattr(Tensor, operation)
        setattr(Tensor, f"__{name}__", function)
        setattr(Tensor, f"__r{name}__", _reflected(function))
        if hasattr(Tensor, operation + "_"):
            setattr(Tensor, f"__i{name}__", getattr(Tensor, operation + "_"))
    for name, operation in UNARY.items():
        setattr(Tensor, f"__{name}__", getattr(Tensor, operation))
    for name in COMPARISONS:
        setattr(Tensor, f"__{name}__", _comparing(getattr(Tensor, name)))
    everything: Any = Tensor
    everything.type, everything.type_as = type_, lambda self, other: cast(self, other.dtype)
    everything.T, everything.mT = property(_transposed), property(_matrix_transposed)
    everything.H, everything.mH = everything.mT, everything.mT
    everything.__invert__ = _inverted
    everything.__getitem__, everything.__setitem__ = movement.getitem, movement.setitem
    everything.ravel = lambda self: movement.reshape(self, -1)
    everything.where = lambda self, condition, other: pointwise.where(condition, self, other)
    everything.is_shared = lambda self: False
    everything.pin_memory = everything.share_memory_ = everything.cpu


attach()
