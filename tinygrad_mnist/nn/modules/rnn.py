"""Recurrent layers and their cells.

One function per kind computes a step from the input's share of the gates; layers and cells share
it. Parameters have PyTorch's names and layouts, the gates stacked in PyTorch's order.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any, cast

from tinygrad_mnist.creation import empty, zeros
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels import recurrence
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.nn.utils.rnn import PackedSequence
from tinygrad_mnist.ops.linear_algebra import linear
from tinygrad_mnist.ops.movement import cat, chunk, flip, split, stack
from tinygrad_mnist.ops.pointwise import relu, sigmoid, tanh
from tinygrad_mnist.tape import grad, mode, record
from tinygrad_mnist.core.tensor import Tensor, wrap

_check = partial(check, error=ValueError)
State = tuple[Tensor, ...]
Step = Callable[[Tensor, State, Any, Any], State]


def rnn_step(nonlinearity: Callable[[Tensor], Tensor]) -> Step:
    """h' = nonlinearity(W x + U h)."""
    return lambda share, state, weight, bias: (nonlinearity(share + linear(state[0], weight, bias)),)


def lstm_step(share: Tensor, state: State, weight: Any, bias: Any) -> State:
    """Gates i, f, g, o; c' = f c + i g, h' = o tanh(c'). Hochreiter and Schmidhuber (1997)."""
    h, c = state
    i, f, g, o = chunk(share + linear(h, weight, bias), 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def lstm_sequence(share: Tensor, weight: Tensor, h: Tensor, c: Tensor) -> Tensor:
    """`lstm_step` over the steps of `share`, (time, batch, 4 units), as one record: h after each step, then the last c.

    Its gradients are found together, by the first rule that is asked for one.
    """
    inputs = share, weight, h, c
    course = recurrence.lstm(*(x.array for x in inputs))
    known: list[Any] = []

    def gradients(g: Tensor) -> Any:
        if mode.recording:
            wanted = [x for x in inputs if x.requires_grad]
            found = iter(grad(_lstm_steps(*inputs), wanted, g, create_graph=True))
            return [next(found) if x.requires_grad else None for x in inputs]
        if not known or known[0] is not g:
            known[:] = g, *map(wrap, recurrence.lstm_gradients(course, weight.array, g.array))
        return known[1:]

    edges = ((x, lambda g, y, k=k, read=inputs: gradients(g)[k]) for k, x in enumerate(inputs))
    return record("lstm", course.states[1:], *edges, output=True)


def _lstm_steps(share: Tensor, weight: Tensor, h: Tensor, c: Tensor) -> Tensor:
    state, states = cast(State, (h, c)), []
    for each in share:
        state = lstm_step(each, state, weight, None)
        states.append(state[0])
    return stack([*states, state[1]])


def gru_step(share: Tensor, state: State, weight: Any, bias: Any) -> State:
    """Gates r, z, n = tanh(W x + r (U h)); h' = n + z (h - n). Cho et al. (2014), arXiv:1406.1078."""
    (h,) = state
    r_in, z_in, n_in = chunk(share, 3, -1)
    r_h, z_h, n_h = chunk(linear(h, weight, bias), 3, -1)
    r, z = sigmoid(r_in + r_h), sigmoid(z_in + z_h)
    n = tanh(n_in + r * n_h)
    return (n + z * (h - n),)


STEPS: dict[str, tuple[Step, int, int]] = {  # step, gates, tensors of state
    "RNN_TANH": (rnn_step(tanh), 1, 1),
    "RNN_RELU": (rnn_step(relu), 1, 1),
    "LSTM": (lstm_step, 4, 2),
    "GRU": (gru_step, 3, 1),
}


def _shapes(gates: int, width: int, hidden: int, bias: bool, projected: int = 0) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, width), "weight_hh": (gates, projected or hidden)}
    shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)} if bias else {}
    return shapes | ({"weight_hr": (projected, hidden)} if projected else {})


class _Recurrent(Module):
    input_size: int
    hidden_size: int
    usual: dict[str, Any]  # options that the repr shows where they are not as here

    def extra_repr(self) -> str:
        odd = [f"{name}={getattr(self, name)}" for name, value in self.usual.items() if getattr(self, name) != value]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *odd])

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0.0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)


class RNNBase(_Recurrent):
    """Layers of recurrence over (time, batch, input_size).

    Returns the last layer's outputs, (time, batch, directions * hidden_size), and the final state,
    (layers * directions, batch, hidden_size), for an LSTM a pair of them. With `batch_first` the
    batch comes before the time in input and outputs; an input without a batch is allowed. Of a
    PackedSequence the outputs are one too.
    """

    usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: Any = 0.0, bidirectional: bool = False, proj_size: int = 0,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        counts: dict[str, Any] = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
        for name, value in (counts | {"bias": bias, "batch_first": batch_first}).items():
            kind = int if name in counts else bool
            ok, got = isinstance(value, kind), type(value).__name__
            check(ok, "{} should be of type {}, got {}", name, kind, got, error=TypeError)
            _check(kind is bool or value > 0, "{} must be greater than zero, got {}", name, value)
            setattr(self, name, value)
        ok = isinstance(dropout, int | float) and not isinstance(dropout, bool) and 0 <= dropout <= 1
        _check(ok, "dropout should be a number in range [0, 1], got {}", dropout)
        ok = proj_size == 0 or (mode == "LSTM" and 0 < proj_size < hidden_size)
        _check(ok, "proj_size has to be smaller than hidden_size, and is only supported for LSTM, got {}", proj_size)
        _check(mode in STEPS, "Unrecognized RNN mode: {}", mode)
        if dropout and num_layers == 1:
            warnings.warn(f"dropout={dropout} drops between layers, and num_layers=1 has one layer", stacklevel=3)
        self.mode, self.dropout, self.bidirectional, self.proj_size = mode, float(dropout), bidirectional, proj_size
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            width = (proj_size or hidden_size) * (1 + bidirectional) if layer else input_size
            shapes = _shapes(STEPS[mode][1] * hidden_size, width, hidden_size, bias, proj_size)
            for suffix in (f"_l{layer}", f"_l{layer}_reverse")[: 1 + bidirectional]:
                for name, shape in shapes.items():
                    self.register_parameter(name + suffix, Parameter(empty(shape, dtype=dtype, device=device)))
                self._all_weights.append([name + suffix for name in shapes])
        self.reset_parameters()

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    def flatten_parameters(self) -> None:
        """Nothing to do: parameters need no common memory."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """Each layer's and direction's parameters."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def forward(self, input: Any, hx: Any = None) -> Any:
        packed, batched, name = isinstance(input, PackedSequence), True, type(self).__name__
        if packed:
            x, sizes, order, back = input.data, input.batch_sizes.tolist(), input.sorted_indices, input.unsorted_indices
            check(x.ndim == 2, "input must have 2 dimensions, got {}", x.ndim)
        else:
            _check(input.ndim in (2, 3), "{}: Expected input to be 2D or 3D, got {}D instead", name, input.ndim)
            batched = input.ndim == 3
            x = (input.transpose(0, 1) if self.batch_first else input) if batched else input.unsqueeze(1)
            sizes, order, back = [x.array.shape[1]] * len(x), None, None
            x = x.flatten(0, 1)
        dtype = self._parameters["weight_ih_l0"].dtype
        _check(x.dtype is dtype, "RNN input dtype ({}) does not match weight dtype ({}): use to()", x.dtype, dtype)
        width, wanted = x.array.shape[-1], self.input_size
        check(width == wanted, "input.size(-1) must be equal to input_size. Expected {}, got {}", wanted, width)
        check(sizes, "Expected sequence length to be larger than 0 in RNN")
        state = self._initial(hx, sizes[0], x.dtype, batched, order)
        finals: list[State] = []
        for layer in range(self.num_layers):
            outputs = []
            for names in self._all_weights[len(finals) :][: 1 + self.bidirectional]:
                out, final = self._run(x, sizes, tuple(s[len(finals)] for s in state), names)
                outputs.append(out)
                finals.append(final)
            x = cat(outputs, -1) if self.bidirectional else outputs[0]
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        last: Any = tuple(stack(list(each)) for each in zip(*finals, strict=True))
        last = last if back is None else tuple(s.index_select(1, back) for s in last)
        last = last if batched else tuple(s.squeeze(1) for s in last)
        last = last if len(last) > 1 else last[0]
        if packed:
            return PackedSequence(x, input.batch_sizes, order, back), last
        x = x.unflatten(0, (len(sizes), sizes[0]))
        return (x.transpose(0, 1) if self.batch_first else x) if batched else x.squeeze(1), last

    def _initial(self, hx: Any, batch: int, dtype: Any, batched: bool, order: Any) -> State:
        widths = (self.proj_size or self.hidden_size, self.hidden_size)[: STEPS[self.mode][2]]
        shapes = [(len(self._all_weights), batch, width) for width in widths]
        if hx is None:
            return tuple(zeros(shape, dtype=dtype) for shape in shapes)
        given = tuple(hx) if len(shapes) == 2 else (hx,)
        for s, (count, n, width) in zip(given, shapes, strict=True):
            shape = (count, n, width) if batched else (count, width)
            check(s.array.shape == shape, "Expected hidden size {}, got {}", shape, list(s.array.shape))
        given = given if batched else tuple(s.unsqueeze(1) for s in given)
        return given if order is None else tuple(s.index_select(1, order) for s in given)

    def _run(self, x: Tensor, sizes: list[int], start: State, names: list[str]) -> tuple[Tensor, State]:
        """One direction of a layer over the steps of x, the first `sizes[t]` sequences having a step t."""
        weights = {name.partition("_l")[0]: self._parameters[name] for name in names}
        step, projection = STEPS[self.mode][0], weights.get("weight_hr")
        turn = -1 if names[0].endswith("reverse") else 1
        if self.mode == "LSTM" and projection is None and sizes[0] == sizes[-1]:
            bias = weights["bias_ih"] + weights["bias_hh"] if self.bias else None
            share = linear(x, weights["weight_ih"], bias).unflatten(0, (len(sizes), sizes[0]))
            states = lstm_sequence(share if turn > 0 else flip(share, 0), weights["weight_hh"], *start)
            out = states[:-1]
            return (out if turn > 0 else flip(out, 0)).flatten(0, 1), (out[-1], states[-1])
        shares = split(linear(x, weights["weight_ih"], weights.get("bias_ih")), sizes)
        outputs: list[Tensor] = []
        ended: list[State] = []
        state = tuple(s[: sizes[::turn][0]] for s in start) if turn < 0 else start
        for share, n in zip(shares[::turn], sizes[::turn], strict=True):
            before = len(state[0])
            if n < before:
                ended.append(tuple(s[n:] for s in state))
                state = tuple(s[:n] for s in state)
            elif n > before:
                state = tuple(cat([s, first[before:n]]) for s, first in zip(state, start, strict=True))
            state = step(share, state, weights["weight_hh"], weights.get("bias_hh"))
            if projection is not None:
                state = (linear(state[0], projection), *state[1:])
            outputs.append(state[0])
        if ended:
            state = tuple(cat(list(parts)) for parts in zip(state, *ended[::-1], strict=True))
        return cat(outputs[::turn]), state


class RNN(RNNBase):
    """The plain recurrence h' = tanh(W x + U h), or with relu."""

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh", *args: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        ok = nonlinearity in ("tanh", "relu")
        _check(ok, "Unknown nonlinearity '{}'. Select from 'tanh' or 'relu'.", nonlinearity)
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """The gated recurrent unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", *args, **kwargs)


class RNNCellBase(_Recurrent):
    """One step of a recurrence: (batch, input_size) and a state (batch, hidden_size) give the next state."""

    mode = "RNN_TANH"
    nonlinearity = "tanh"
    usual = {"bias": True, "nonlinearity": "tanh"}

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        for name, shape in _shapes(STEPS[self.mode][1] * hidden_size, input_size, hidden_size, True).items():
            made = bias or name.startswith("weight")
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if made else None)
        self.reset_parameters()

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        check(self.mode in STEPS, "Unknown nonlinearity: {}", self.nonlinearity)
        step, _, kinds = STEPS[self.mode]
        name, batched = type(self).__name__, input.ndim == 2
        given = () if hx is None else (hx,) if kinds == 1 else tuple(hx)
        for s in (input, *given):
            _check(s.ndim in (1, 2), "{}: Expected input and hidden to be 1D or 2D, got {}D instead", name, s.ndim)
        x, *state = (s if s.ndim == 2 else s.unsqueeze(0) for s in (input, *given))
        n, width = x.array.shape
        fits = width == self.input_size and all(s.array.shape == (n, self.hidden_size) for s in state)
        shapes = [list(s.array.shape) for s in (x, *state)]
        check(fits, "{}({}, {}): input and hidden of {} do not fit", name, self.input_size, self.hidden_size, shapes)
        state = state or list(repeat(zeros(n, self.hidden_size, dtype=x.dtype), kinds))
        out = step(linear(x, self.weight_ih, self.bias_ih), tuple(state), self.weight_hh, self.bias_hh)
        out = out if batched else tuple(s.squeeze(0) for s in out)
        return out if kinds == 2 else out[0]


class RNNCell(RNNCellBase):
    """A step of the plain recurrence."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
        dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity, self.mode = nonlinearity, f"RNN_{nonlinearity.upper()}"


class LSTMCell(RNNCellBase):
    """A step of long short-term memory: the state is (h, c)."""

    mode = "LSTM"


class GRUCell(RNNCellBase):
    """A step of the gated recurrent unit."""

    mode = "GRU"
