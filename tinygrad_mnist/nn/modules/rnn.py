"""Recurrent layers and their cells.

One function per kind computes a step from the input's part of the gates; layers and cells share
it. Parameters have PyTorch's names and layouts, the gates stacked in PyTorch's order.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record_joint
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.kernels import recurrence
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.nn.utils.rnn import PackedSequence
from tinygrad_mnist.ops.creation import empty, zeros
from tinygrad_mnist.ops.joining import cat, flip, stack
from tinygrad_mnist.ops.pointwise import relu, sigmoid, tanh
from tinygrad_mnist.ops.shape import chunk, split

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNBase", "RNNCell", "RNNCellBase"]

State = tuple[Tensor, ...]

# one step ------------------------------------------------------------------------------------


def rnn_tanh_step(projected: Tensor, before: State, weight: Tensor, bias: Tensor | None) -> State:
    """h' = tanh(W x + U h)."""
    (h,) = before
    return (tanh(projected + F.linear(h, weight, bias)),)


def rnn_relu_step(projected: Tensor, before: State, weight: Tensor, bias: Tensor | None) -> State:
    """h' = relu(W x + U h)."""
    (h,) = before
    return (relu(projected + F.linear(h, weight, bias)),)


def lstm_step(projected: Tensor, before: State, weight: Tensor, bias: Tensor | None) -> State:
    """Gates i, f, g, o; c' = f c + i g, h' = o tanh(c'). Hochreiter and Schmidhuber (1997)."""
    h, c = before
    i, f, g, o = chunk(projected + F.linear(h, weight, bias), 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def gru_step(projected: Tensor, before: State, weight: Tensor, bias: Tensor | None) -> State:
    """Gates r, z, n = tanh(W x + r (U h)); h' = n + z (h - n).

    Cho et al. (2014), arXiv:1406.1078.
    """
    (h,) = before
    r_input, z_input, n_input = chunk(projected, 3, -1)
    r_hidden, z_hidden, n_hidden = chunk(F.linear(h, weight, bias), 3, -1)
    r = sigmoid(r_input + r_hidden)
    z = sigmoid(z_input + z_hidden)
    n = tanh(n_input + r * n_hidden)
    return (n + z * (h - n),)


class Recurrence(NamedTuple):
    """A kind of recurrence.

    Attributes:
        step: computes the next state from the input's part of the gates, (batch, gates *
            hidden_size), the state,
            `weight_hh` and `bias_hh`.
        gates: how many blocks of `hidden_size` rows the weights have.
        states: how many tensors the state is made of.
    """

    step: Callable[[Tensor, State, Tensor, Tensor | None], State]
    gates: int
    states: int


RECURRENCES = {
    "RNN_TANH": Recurrence(rnn_tanh_step, 1, 1),
    "RNN_RELU": Recurrence(rnn_relu_step, 1, 1),
    "LSTM": Recurrence(lstm_step, 4, 2),
    "GRU": Recurrence(gru_step, 3, 1),
}

# all steps of an LSTM at once ----------------------------------------------------------------


def lstm_sequence(
    projected: Tensor, weight: Tensor, h: Tensor, c: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """`lstm_step` over all steps as one record.

    Args:
        projected: what the inputs and biases give to the gates, (time, batch, 4 units).
        weight: `weight_hh`, (4 units, units).
        h: the hidden state before the first step, (batch, units).
        c: the cell state before the first step, (batch, units).

    Returns:
        h after each step, (time, batch, units), the last h and the last c.
    """
    inputs = (projected, weight, h, c)

    def rule(
        gradients: Sequence[Tensor | None], results: tuple[Tensor, ...]
    ) -> Sequence[Tensor | None]:
        if state.recording:
            return _composed_gradients(inputs, gradients[:3])
        hidden, last_h, last_c, *saved = results
        given = (
            _or_zeros(gradients[0], hidden),
            _or_zeros(gradients[1], last_h),
            _or_zeros(gradients[2], last_c),
        )
        read = (weight, h, c, hidden, *saved)
        return record_joint("lstm_backward", recurrence.lstm_backward, (*given, *read), _no_rule)

    forward = recurrence.lstm_forward
    hidden, last_h, last_c, *_ = record_joint(
        "lstm", forward, inputs, rule, output=True, constant=(3, 4, 5, 6)
    )
    return hidden, last_h, last_c


def _or_zeros(g: Tensor | None, result: Tensor) -> Tensor:
    """A gradient, or zeros where there is none."""
    if g is not None:
        return g
    return wrap(np.zeros(result.array.shape, result.array.dtype))


def _no_rule(gradients: Sequence[Tensor | None]) -> Sequence[Tensor | None]:
    """Stands where nothing is recorded."""
    raise AssertionError("lstm_backward is computed while nothing is recorded")


def _composed_gradients(inputs: State, gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
    """The gradients of `lstm_sequence` by its inputs, with a history: those of its steps."""
    projected, weight, *before = inputs
    after: State = tuple(before)
    hidden = []
    for each in projected:
        after = lstm_step(each, after, weight, None)
        hidden.append(after[0])
    outputs = []
    weights = []
    for out, g in zip((stack(hidden), *after), gradients, strict=True):
        if g is not None:
            outputs.append(out)
            weights.append(g)
    wanted = [x for x in inputs if x.requires_grad]
    found = iter(grad(outputs, wanted, weights, create_graph=True))
    return [next(found) if x.requires_grad else None for x in inputs]


# layers --------------------------------------------------------------------------------------


def parameter_shapes(
    gates: int, input_size: int, hidden_size: int, bias: bool, proj_size: int = 0
) -> dict[str, tuple[int, ...]]:
    """The parameters of one layer in one direction, in PyTorch's order.

    Args:
        gates: how many blocks of `hidden_size` rows the weights have.
        input_size: the width of what comes in.
        hidden_size: the width of the state.
        bias: whether there are biases.
        proj_size: the width that an LSTM's h is projected to; 0 for none.
    """
    rows = gates * hidden_size
    shapes: dict[str, tuple[int, ...]] = {}
    shapes["weight_ih"] = (rows, input_size)
    shapes["weight_hh"] = (rows, proj_size or hidden_size)
    if bias:
        shapes["bias_ih"] = (rows,)
        shapes["bias_hh"] = (rows,)
    if proj_size:
        shapes["weight_hr"] = (proj_size, hidden_size)
    return shapes


def _draw_parameters(module: Module, hidden_size: int) -> None:
    """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0.0
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound)


def _check_count(name: str, value: Any) -> None:
    got = type(value).__name__
    check(
        isinstance(value, int), "{} should be of type {}, got {}", name, int, got, error=TypeError
    )
    check(value > 0, "{} must be greater than zero, got {}", name, value, error=ValueError)


def _check_chance(name: str, value: Any) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    message = "{} should be a number in range [0, 1], got {}"
    check(is_number and 0 <= value <= 1, message, name, value, error=ValueError)


def _check_flag(name: str, value: Any) -> None:
    got = type(value).__name__
    check(
        isinstance(value, bool), "{} should be of type {}, got {}", name, bool, got, error=TypeError
    )


class RNNBase(Module):
    """Layers of recurrence, one on the outputs of the other: the base of RNN, LSTM and GRU.

    Args:
        mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU".
        input_size: the width of the input.
        hidden_size: the width of the state.
        num_layers: how many layers there are.
        bias: whether there are biases.
        batch_first: whether the batch comes before the time in input and outputs.
        dropout: the chance of an element to be dropped between two layers, while training.
        bidirectional: whether each layer also goes from the last step to the first; the outputs are
            side by side.
        proj_size: the width that an LSTM's h is projected to; 0 for none.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight_ih_l0: (gates * hidden_size, input_size); `_l1` and so on for the further layers,
            with a suffix
            `_reverse` for the other direction. All parameters start uniform in +-1 /
            sqrt(hidden_size).
        weight_hh_l0: (gates * hidden_size, hidden_size).
        bias_ih_l0: (gates * hidden_size,).
        bias_hh_l0: (gates * hidden_size,).

    Shape:
        Input (time, batch, input_size), or without the batch, or a PackedSequence; and the state
        before the first
        step, (num_layers * directions, batch, hidden_size), for an LSTM a pair of them. Returns the
        last layer's
        outputs, (time, batch, directions * hidden_size), packed where the input is, and the last
        state.

    Raises:
        TypeError: if a size is no int or a switch no bool.
        ValueError: if a size is not positive, `dropout` is no chance, or `proj_size` does not fit.

    Example:
        >>> layer = nn.RNNBase("GRU", 3, 4)
        >>> out, h = layer(torch.ones(5, 2, 3))
        >>> out.shape, h.shape
        (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    """

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
        _check_count("input_size", input_size)
        _check_count("hidden_size", hidden_size)
        _check_count("num_layers", num_layers)
        _check_flag("bias", bias)
        _check_flag("batch_first", batch_first)
        _check_chance("dropout", dropout)
        ok = proj_size == 0 or (mode == "LSTM" and 0 < proj_size < hidden_size)
        message = (
            "proj_size has to be smaller than hidden_size, and is only supported for LSTM, got {}"
        )
        check(ok, message, proj_size, error=ValueError)
        check(mode in RECURRENCES, "Unrecognized RNN mode: {}", mode, error=ValueError)
        if dropout and num_layers == 1:
            message = f"dropout={dropout} drops between layers, and num_layers=1 has one layer"
            warnings.warn(message, stacklevel=3)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._all_weights: list[list[str]] = []
        self._make_parameters(device, dtype)
        self.reset_parameters()

    def _make_parameters(self, device: Any, dtype: Any) -> None:
        gates = RECURRENCES[self.mode].gates
        directions = 2 if self.bidirectional else 1
        width = self.input_size
        for layer in range(self.num_layers):
            shapes = parameter_shapes(gates, width, self.hidden_size, self.bias, self.proj_size)
            for suffix in (f"_l{layer}", f"_l{layer}_reverse")[:directions]:
                for name, shape in shapes.items():
                    parameter = Parameter(empty(shape, dtype=dtype, device=device))
                    self.register_parameter(name + suffix, parameter)
                self._all_weights.append([name + suffix for name in shapes])
            width = (self.proj_size or self.hidden_size) * directions

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
        _draw_parameters(self, self.hidden_size)

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
        """The outputs of all steps, and the state after the last one.

        Args:
            input: (time, batch, input_size), or without the batch, or a PackedSequence.
            hx: the state before the first step. Default: zeros.

        Returns:
            The outputs and the last state, see the class.

        Raises:
            ValueError: if the input has another number of dimensions, or another dtype than the
                parameters.
            RuntimeError: if a width does not fit, or there is no step.
        """
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        name = type(self).__name__
        message = "{}: Expected input to be 2D or 3D, got {}D instead"
        check(input.ndim in (2, 3), message, name, input.ndim, error=ValueError)
        batched = input.ndim == 3
        x = input if batched else input.unsqueeze(1)
        if batched and self.batch_first:
            x = x.transpose(0, 1)
        steps, batch = x.array.shape[:2]
        flat = x.flatten(0, 1)
        self._check_input(flat, steps)
        out, last = self._run_layers(
            flat, [batch] * steps, self._first_state(hx, batch, x.dtype, batched)
        )
        out = out.unflatten(0, (steps, batch))
        if not batched:
            return out.squeeze(1), self._as_result(tuple(s.squeeze(1) for s in last))
        if self.batch_first:
            out = out.transpose(0, 1)
        return out, self._as_result(last)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> Any:
        x = input.data
        check(x.ndim == 2, "input must have 2 dimensions, got {}", x.ndim)
        sizes = input.batch_sizes.tolist()
        self._check_input(x, len(sizes))
        before = self._first_state(hx, sizes[0], x.dtype, True)
        if input.sorted_indices is not None and hx is not None:
            before = tuple(s.index_select(1, input.sorted_indices) for s in before)
        out, last = self._run_layers(x, sizes, before)
        if input.unsorted_indices is not None:
            last = tuple(s.index_select(1, input.unsorted_indices) for s in last)
        packed = PackedSequence(
            out, input.batch_sizes, input.sorted_indices, input.unsorted_indices
        )
        return packed, self._as_result(last)

    def _as_result(self, last: State) -> Any:
        return last if len(last) > 1 else last[0]

    def _check_input(self, x: Tensor, steps: int) -> None:
        dtype = self._parameters["weight_ih_l0"].dtype  # type: ignore[union-attr]
        message = "RNN input dtype ({}) does not match weight dtype ({}): use to()"
        check(x.dtype is dtype, message, x.dtype, dtype, error=ValueError)
        width = x.array.shape[-1]
        message = "input.size(-1) must be equal to input_size. Expected {}, got {}"
        check(width == self.input_size, message, self.input_size, width)
        check(steps, "Expected sequence length to be larger than 0 in RNN")

    def _first_state(self, hx: Any, batch: int, dtype: Any, batched: bool) -> State:
        """The state before the first step: `hx` with a batch, or zeros."""
        widths = (self.proj_size or self.hidden_size, self.hidden_size)
        count = len(self._all_weights)
        shapes = [(count, batch, width) for width in widths[: RECURRENCES[self.mode].states]]
        if hx is None:
            return tuple(zeros(shape, dtype=dtype) for shape in shapes)
        given = tuple(hx) if len(shapes) == 2 else (hx,)
        for s, (count, n, width) in zip(given, shapes, strict=True):
            shape = (count, n, width) if batched else (count, width)
            check(
                s.array.shape == shape,
                "Expected hidden size {}, got {}",
                shape,
                list(s.array.shape),
            )
        if batched:
            return given
        return tuple(s.unsqueeze(1) for s in given)

    def _run_layers(self, x: Tensor, sizes: list[int], before: State) -> tuple[Tensor, State]:
        """All layers over the steps of x, the first `sizes[t]` sequences having a step t."""
        directions = 2 if self.bidirectional else 1
        finals: list[State] = []
        for layer in range(self.num_layers):
            outputs = []
            for _ in range(directions):
                place = len(finals)
                first = tuple(s[place] for s in before)
                out, final = self._run(x, sizes, first, self._all_weights[place])
                outputs.append(out)
                finals.append(final)
            x = cat(outputs, -1) if self.bidirectional else outputs[0]
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        return x, tuple(stack(list(each)) for each in zip(*finals, strict=True))

    def _run(
        self, x: Tensor, sizes: list[int], first: State, names: list[str]
    ) -> tuple[Tensor, State]:
        """One direction of a layer over the steps of x: all outputs, and the last state."""
        weights: dict[str, Any] = {
            name.partition("_l")[0]: self._parameters[name] for name in names
        }
        reverse = names[0].endswith("reverse")
        if self.mode == "LSTM" and not self.proj_size and sizes[0] == sizes[-1]:
            return self._run_lstm(x, sizes, first, weights, reverse)
        projected = split(F.linear(x, weights["weight_ih"], weights.get("bias_ih")), sizes)
        if reverse:
            outputs, last = self._run_steps(projected[::-1], sizes[::-1], first, weights)
            return cat(outputs[::-1]), last
        outputs, last = self._run_steps(projected, sizes, first, weights)
        return cat(outputs), last

    def _run_lstm(
        self, x: Tensor, sizes: list[int], first: State, weights: dict[str, Any], reverse: bool
    ) -> tuple[Tensor, State]:
        """An LSTM over sequences of one length."""
        bias = weights["bias_ih"] + weights["bias_hh"] if self.bias else None
        projected = F.linear(x, weights["weight_ih"], bias).unflatten(0, (len(sizes), sizes[0]))
        if reverse:
            projected = flip(projected, 0)
        h, c = first
        out, last_h, last_c = lstm_sequence(projected, weights["weight_hh"], h, c)
        if reverse:
            out = flip(out, 0)
        return out.flatten(0, 1), (last_h, last_c)

    def _run_steps(
        self, projected: Sequence[Tensor], sizes: list[int], first: State, weights: dict[str, Any]
    ) -> tuple[list[Tensor], State]:
        """Step after step; sequences end where the sizes fall, and begin where they rise."""
        step = RECURRENCES[self.mode].step
        outputs: list[Tensor] = []
        ended: list[State] = []
        after = first
        if len(first[0]) != sizes[0]:
            after = tuple(s[: sizes[0]] for s in first)
        for part, n in zip(projected, sizes, strict=True):
            before = len(after[0])
            if n < before:
                ended.append(tuple(s[n:] for s in after))
                after = tuple(s[:n] for s in after)
            elif n > before:
                after = tuple(
                    cat([s, start[before:n]]) for s, start in zip(after, first, strict=True)
                )
            after = step(part, after, weights["weight_hh"], weights.get("bias_hh"))
            if self.proj_size:
                after = (F.linear(after[0], weights["weight_hr"]), *after[1:])
            outputs.append(after[0])
        if ended:
            after = tuple(cat(list(parts)) for parts in zip(after, *ended[::-1], strict=True))
        return outputs, after

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the usual ones.

        Returns:
            The module's options as text.
        """
        shown = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            shown += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            shown += f", num_layers={self.num_layers}"
        if not self.bias:
            shown += f", bias={self.bias}"
        if self.batch_first:
            shown += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            shown += f", dropout={self.dropout}"
        if self.bidirectional:
            shown += f", bidirectional={self.bidirectional}"
        return shown


class RNN(RNNBase):
    """The plain recurrence h' = tanh(W x + U h), or with relu. Elman, Cognitive Science 14 (1990).

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        num_layers: how many layers there are.
        nonlinearity: "tanh" or "relu".
        bias: whether there are biases.
        batch_first: whether the batch comes before the time in input and outputs.
        dropout: the chance of an element to be dropped between two layers, while training.
        bidirectional: whether each layer also goes from the last step to the first.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        proj_size: 0; a projection is the LSTM's alone.

    Shape:
        Input (time, batch, input_size) and h (num_layers * directions, batch, hidden_size); outputs
        (time, batch, directions * hidden_size) and h. See `RNNBase`.

    Raises:
        ValueError: if the nonlinearity is another, or as in `RNNBase`.

    Example:
        >>> out, h = nn.RNN(3, 4, batch_first=True)(torch.ones(2, 5, 3))
        >>> out.shape, h.shape
        (torch.Size([2, 5, 4]), torch.Size([1, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        proj_size: int = 0,
    ) -> None:
        message = "Unknown nonlinearity '{}'. Select from 'tanh' or 'relu'."
        check(nonlinearity in ("tanh", "relu"), message, nonlinearity, error=ValueError)
        super().__init__(
            f"RNN_{nonlinearity.upper()}",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory. Hochreiter and Schmidhuber, Neural Computation 9 (1997).

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        num_layers: how many layers there are.
        bias: whether there are biases.
        batch_first: whether the batch comes before the time in input and outputs.
        dropout: the chance of an element to be dropped between two layers, while training.
        bidirectional: whether each layer also goes from the last step to the first.
        proj_size: the width that h is projected to; 0 for none.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (time, batch, input_size) and a pair h, c of (num_layers * directions, batch,
        hidden_size); outputs
        (time, batch, directions * hidden_size) and the pair h, c. See `RNNBase`.

    Example:
        >>> out, (h, c) = nn.LSTM(3, 4, num_layers=2)(torch.ones(5, 2, 3))
        >>> out.shape, h.shape, c.shape
        (torch.Size([5, 2, 4]), torch.Size([2, 2, 4]), torch.Size([2, 2, 4]))
    """

    def __init__(
        self,
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
        super().__init__(
            "LSTM",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )


class GRU(RNNBase):
    """The gated recurrent unit. Cho et al. (2014), arXiv:1406.1078.

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        num_layers: how many layers there are.
        bias: whether there are biases.
        batch_first: whether the batch comes before the time in input and outputs.
        dropout: the chance of an element to be dropped between two layers, while training.
        bidirectional: whether each layer also goes from the last step to the first.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        proj_size: 0; a projection is the LSTM's alone.

    Shape:
        Input (time, batch, input_size) and h (num_layers * directions, batch, hidden_size); outputs
        (time, batch, directions * hidden_size) and h. See `RNNBase`.

    Example:
        >>> out, h = nn.GRU(3, 4, bidirectional=True)(torch.ones(5, 2, 3))
        >>> out.shape, h.shape
        (torch.Size([5, 2, 8]), torch.Size([2, 2, 4]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        proj_size: int = 0,
    ) -> None:
        super().__init__(
            "GRU",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )


# cells ---------------------------------------------------------------------------------------


class RNNCellBase(Module):
    """One step of a recurrence: the base of RNNCell, LSTMCell and GRUCell.

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        bias: whether there are biases.
        num_chunks: how many gates there are: blocks of `hidden_size` rows in the weights.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight_ih: (gates * hidden_size, input_size); all parameters start uniform in +-1 /
            sqrt(hidden_size).
        weight_hh: (gates * hidden_size, hidden_size).
        bias_ih: (gates * hidden_size,), or None.
        bias_hh: (gates * hidden_size,), or None.

    Example:
        >>> nn.RNNCellBase(3, 4, bias=True, num_chunks=2).weight_ih.shape
        torch.Size([8, 3])
    """

    mode: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        for name, shape in parameter_shapes(num_chunks, input_size, hidden_size, True).items():
            if bias or name.startswith("weight"):
                self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)))
            else:
                self.register_parameter(name, None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from +-1 / sqrt(hidden_size)."""
        _draw_parameters(self, self.hidden_size)

    def _next_state(self, input: Tensor, given: State) -> State:
        """The state after a step.

        Args:
            input: (batch, input_size) or (input_size,).
            given: the tensors of the state before, (batch, hidden_size) or (hidden_size,); none for
                zeros.
        """
        step, _, count = RECURRENCES[self.mode]
        name = type(self).__name__
        for s in (input, *given):
            message = "{}: Expected input and hidden to be 1D or 2D, got {}D instead"
            check(s.ndim in (1, 2), message, name, s.ndim, error=ValueError)
        x, *before = (s if s.ndim == 2 else s.unsqueeze(0) for s in (input, *given))
        batch, width = x.array.shape
        fits = width == self.input_size and all(
            s.array.shape == (batch, self.hidden_size) for s in before
        )
        shapes = [list(s.array.shape) for s in (x, *before)]
        message = "{}({}, {}): input and hidden of {} do not fit"
        check(fits, message, name, self.input_size, self.hidden_size, shapes)
        if not before:
            before = [zeros(batch, self.hidden_size, dtype=x.dtype)] * count
        projected = F.linear(x, self.weight_ih, self.bias_ih)
        after = step(projected, tuple(before), self.weight_hh, self.bias_hh)
        if input.ndim == 2:
            return after
        return tuple(s.squeeze(0) for s in after)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the usual ones.

        Returns:
            The module's options as text.
        """
        shown = f"{self.input_size}, {self.hidden_size}"
        if not self.bias:
            shown += f", bias={self.bias}"
        return shown


class RNNCell(RNNCellBase):
    """A step of the plain recurrence h' = tanh(W x + U h), or with relu.

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        bias: whether there are biases.
        nonlinearity: "tanh" or "relu".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (batch, input_size) and h (batch, hidden_size), both or neither with the batch; output
        the next h.

    Example:
        >>> nn.RNNCell(3, 4)(torch.ones(2, 3), torch.zeros(2, 4)).shape
        torch.Size([2, 4])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity
        self.mode = f"RNN_{nonlinearity.upper()}"

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next h.

        Args:
            input: (batch, input_size) or (input_size,).
            hx: h before the step. Default: zeros.
        """
        check(self.mode in RECURRENCES, "Unknown nonlinearity: {}", self.nonlinearity)
        (h,) = self._next_state(input, () if hx is None else (hx,))
        return h

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the usual ones.

        Returns:
            The module's options as text.
        """
        shown = super().extra_repr()
        if self.nonlinearity != "tanh":
            shown += f", nonlinearity={self.nonlinearity}"
        return shown


class LSTMCell(RNNCellBase):
    """A step of long short-term memory: the state is the pair (h, c).

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (batch, input_size) and a pair h, c of (batch, hidden_size), all or none with the
        batch; output the
        next pair.

    Example:
        >>> h, c = nn.LSTMCell(3, 4)(torch.ones(2, 3))
        >>> h.shape, c.shape
        (torch.Size([2, 4]), torch.Size([2, 4]))
    """

    mode = "LSTM"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """The next h and c.

        Args:
            input: (batch, input_size) or (input_size,).
            hx: the pair (h, c) before the step. Default: zeros.
        """
        h, c = self._next_state(input, () if hx is None else tuple(hx))
        return h, c


class GRUCell(RNNCellBase):
    """A step of the gated recurrent unit.

    Args:
        input_size: the width of the input.
        hidden_size: the width of the state.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (batch, input_size) and h (batch, hidden_size), both or neither with the batch; output
        the next h.

    Example:
        >>> nn.GRUCell(3, 4)(torch.ones(2, 3)).shape
        torch.Size([2, 4])
    """

    mode = "GRU"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next h.

        Args:
            input: (batch, input_size) or (input_size,).
            hx: h before the step. Default: zeros.
        """
        (h,) = self._next_state(input, () if hx is None else (hx,))
        return h
