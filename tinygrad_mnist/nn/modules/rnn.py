"""Recurrent layers and their cells.

One function per kind computes a step from the input's share of the gates; layers and cells share
it. Parameters have PyTorch's names and layouts, the gates stacked in PyTorch's order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.creation import empty, zeros
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.linear_algebra import linear
from tinygrad_mnist.ops.movement import cat, chunk, stack
from tinygrad_mnist.ops.pointwise import relu, sigmoid, tanh
from tinygrad_mnist.tensor import Tensor

State = tuple[Tensor, ...]
Step = Callable[[Tensor, State, Tensor, Any], State]


def rnn_step(nonlinearity: Callable[[Tensor], Tensor]) -> Step:
    """h' = nonlinearity(W x + U h)."""

    def step(share: Tensor, state: State, weight: Tensor, bias: Any) -> State:
        return (nonlinearity(share + linear(state[0], weight, bias)),)

    return step


def lstm_step(share: Tensor, state: State, weight: Tensor, bias: Any) -> State:
    """Gates i, f, g, o; c' = f c + i g, h' = o tanh(c'). Hochreiter and Schmidhuber (1997)."""
    h, c = state
    i, f, g, o = chunk(share + linear(h, weight, bias), 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def gru_step(share: Tensor, state: State, weight: Tensor, bias: Any) -> State:
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


class RNNBase(Module):
    """Layers of recurrence over (time, batch, input_size).

    Returns the last layer's outputs, (time, batch, directions * hidden_size), and the final state,
    (layers * directions, batch, hidden_size), for an LSTM a pair of them. With `batch_first` the
    batch comes before the time in input and outputs; an input without a batch is allowed.
    """

    mode: str

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if hidden_size <= 0:
            raise ValueError(f"hidden_size must be greater than zero, got {hidden_size}")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if not 0 <= dropout <= 1:
            raise ValueError(f"dropout should be a number in range [0, 1], got {dropout}")
        if proj_size and (mode != "LSTM" or proj_size >= hidden_size):
            raise ValueError("proj_size has to be smaller than hidden_size, and is for LSTM only")
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout, self.bidirectional = bias, batch_first, dropout, bidirectional
        self.proj_size = proj_size
        gates, out = STEPS[mode][1] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else out * self.directions
            for suffix in self._suffixes(layer):
                shapes = {
                    "weight_ih": (gates, width), "weight_hh": (gates, out), "bias_ih": (gates,),
                    "bias_hh": (gates,), "weight_hr": (proj_size, hidden_size),
                }  # fmt: skip
                for name, shape in shapes.items():
                    if (bias or not name.startswith("bias")) and (proj_size or name != "weight_hr"):
                        setattr(self, name + suffix, Parameter(empty(shape, dtype=dtype, device=device)))
        self.reset_parameters()

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}", f"_l{layer}_reverse"][: self.directions]

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing to do: parameters need no common memory."""

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """Each layer's and direction's parameters."""
        return [[p for n, p in self._parameters.items() if n.endswith(s) and n[: -len(s)].count("_") == 1]
                for layer in range(self.num_layers) for s in self._suffixes(layer)]  # fmt: skip

    def forward(self, input: Any, hx: Any = None) -> Any:
        if input.ndim not in (2, 3):
            raise ValueError(f"{self.mode}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        if input.array.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.array.shape[-1]}"
            )
        batched = input.ndim == 3
        x = (input.transpose(0, 1) if self.batch_first else input) if batched else input.unsqueeze(1)
        state = self._initial(x, hx, batched)
        finals: list[State] = []
        for layer in range(self.num_layers):
            outputs = []
            for suffix in self._suffixes(layer):
                start = tuple(s[len(finals)] for s in state)
                out, final = self._run(x, start, suffix)
                outputs.append(out)
                finals.append(final)
            x = outputs[0] if len(outputs) == 1 else cat(outputs, -1)
            if self.dropout and layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        last = tuple(stack(list(each)) for each in zip(*finals, strict=True))
        if not batched:
            x, last = x.squeeze(1), tuple(s.squeeze(1) for s in last)
        elif self.batch_first:
            x = x.transpose(0, 1)
        return x, last if len(last) > 1 else last[0]

    def _initial(self, x: Tensor, hx: Any, batched: bool) -> State:
        kinds = STEPS[self.mode][2]
        widths = [self.proj_size or self.hidden_size, self.hidden_size][:kinds]
        shapes = [(self.num_layers * self.directions, x.array.shape[1], width) for width in widths]
        if hx is None:
            return tuple(zeros(shape, dtype=x.dtype) for shape in shapes)
        given = tuple(hx) if kinds == 2 else (hx,)
        given = given if batched else tuple(s.unsqueeze(1) for s in given)
        for s, shape in zip(given, shapes, strict=True):
            if s.array.shape != shape:
                raise RuntimeError(f"Expected hidden size {shape}, got {list(s.shape)}")
        return given

    def _run(self, x: Tensor, state: State, suffix: str) -> tuple[Tensor, State]:
        weights = {
            name: self._parameters.get(name + suffix)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        }
        step = STEPS[self.mode][0]
        shares = linear(x, weights["weight_ih"], weights["bias_ih"]).unbind(0)
        backwards = suffix.endswith("reverse")
        outputs = []
        for share in reversed(shares) if backwards else shares:
            state = step(share, state, weights["weight_hh"], weights["bias_hh"])
            if weights["weight_hr"] is not None:
                state = (linear(state[0], weights["weight_hr"]), *state[1:])
            outputs.append(state[0])
        return stack(outputs[::-1] if backwards else outputs), state

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}, {self.hidden_size}"]
        for name, usual in (
            ("proj_size", 0),
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0.0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != usual:
                shown.append(f"{name}={getattr(self, name)}")
        return ", ".join(shown)


class RNN(RNNBase):
    """The plain recurrence h' = tanh(W x + U h), or with relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
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


class RNNCellBase(Module):
    """One step of a recurrence: (batch, input_size) and a state (batch, hidden_size) give the next state."""

    def __init__(
        self, mode: str, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.mode, self.input_size, self.hidden_size, self.bias = mode, input_size, hidden_size, bias
        gates = STEPS[mode][1] * hidden_size
        for name, shape in (
            ("weight_ih", (gates, input_size)),
            ("weight_hh", (gates, hidden_size)),
            ("bias_ih", (gates,)),
            ("bias_hh", (gates,)),
        ):
            wanted = bias or not name.startswith("bias")
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if wanted else None)
        bound = 1 / math.sqrt(hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        if input.array.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input.array.shape[-1]} expected {self.input_size}"
            )
        step, _, kinds = STEPS[self.mode]
        if hx is None:
            hx = tuple(zeros(*input.array.shape[:-1], self.hidden_size, dtype=input.dtype) for _ in range(kinds))
        state = tuple(hx) if isinstance(hx, tuple | list) else (hx,)
        share = linear(input, self.weight_ih, self.bias_ih)
        out = step(share, state, self.weight_hh, self.bias_hh)
        return out if kinds == 2 else out[0]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RNNCellBase):
    """A step of the plain recurrence."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity


class LSTMCell(RNNCellBase):
    """A step of long short-term memory: the state is (h, c)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRUCell(RNNCellBase):
    """A step of the gated recurrent unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", *args, **kwargs)
