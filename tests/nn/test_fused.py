"""Records that stand for a composition of operations: the same values, gradients and second gradients."""

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.ops import references
from tinygrad_mnist.core.modes import trace
from tinygrad_mnist.core.replay import replay
from tinygrad_mnist.kernels import network
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.rnn import lstm_sequence

RNG = np.random.default_rng(0)


def derivatives(function, *arrays):
    """A function's value, its gradient (played without and with a record of it) and the gradient of that."""
    xs = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
    weight = torch.from_numpy(np.cos(np.arange(function(*xs).numel(), dtype=arrays[0].dtype)))
    plain = torch.autograd.grad((function(*xs).reshape(-1) * weight).sum(), xs)
    recorded = torch.autograd.grad(
        (function(*xs).reshape(-1) * weight).sum(), xs, create_graph=True
    )
    second = torch.autograd.grad(sum((g * g).sum() for g in recorded), xs)
    return [
        function(*xs).detach().numpy(),
        *(each.detach().numpy() for each in (*plain, *recorded, *second)),
    ]


def standardized(x):
    centered = x - x.mean(-1, True)
    return centered / ((centered * centered).mean(-1, True) + 1e-5).sqrt()


def lstm(share, weight, h, c):
    states = []
    for gates in share:
        i, f, g, o = (gates + h @ weight.T).chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack([*states, c])


def fused_lstm(share, weight, h, c):
    states, last_h, last_c = lstm_sequence(share, weight, h, c)
    assert torch.equal(states[-1], last_h)
    return torch.cat([states[:-1], torch.stack([last_h, last_c])])


@pytest.mark.parametrize(
    ("ours", "composed", "shapes"),
    [
        (lambda x: F.layer_norm(x, (5,)), standardized, [(4, 5)]),
        (F.gelu, lambda x: x * (torch.erf(x * 0.5**0.5) + 1) * 0.5, [(4, 5)]),
        (fused_lstm, lstm, [(5, 2, 12), (12, 3), (2, 3), (2, 3)]),
    ],
    ids=["layer_norm", "gelu", "lstm"],
)
def test_a_record_is_its_composition(ours, composed, shapes):
    arrays = [RNG.standard_normal(shape) for shape in shapes]
    for mine, theirs in zip(
        derivatives(ours, *arrays), derivatives(composed, *arrays), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def test_gelu_in_float32_is_as_good_as_its_dtype_in_every_block():
    x = np.r_[RNG.standard_normal(network.BLOCK) * 3, np.linspace(-15, 15, 4001)].astype(np.float32)
    wide, density = x.astype(float), np.exp(-(x.astype(float) ** 2) / 2) / np.sqrt(2 * np.pi)
    value, first, recorded, _ = derivatives(F.gelu, x)
    np.testing.assert_allclose(value, wide * references.ndtr(wide), atol=6e-7, rtol=3e-7)
    slope = (references.ndtr(wide) + wide * density) * np.cos(np.arange(len(x), dtype=np.float32))
    np.testing.assert_allclose(first, slope, atol=6e-7)
    np.testing.assert_allclose(recorded, slope, atol=6e-7)


def test_gelu_at_the_edges_is_pytorchs():
    x = torch.tensor([0.0, 1e25, -1e25, np.inf, -np.inf, np.nan], requires_grad=True)
    y = F.gelu(x)
    y.sum().backward()
    np.testing.assert_array_equal(
        y.detach().numpy(), np.float32([0, 1e25, 0, np.inf, np.nan, np.nan])
    )
    # at the infinities the limits, where PyTorch has NaN
    np.testing.assert_array_equal(x.grad.numpy(), np.float32([0.5, 1, 0, 1, 0, np.nan]))
    np.testing.assert_array_equal(F.gelu(torch.zeros(0)).numpy(), np.zeros(0))


def test_a_write_into_what_an_lstm_returns_is_refused():
    layer = torch.nn.LSTM(3, 4)
    out, _ = layer(torch.ones(2, 1, 3))
    out.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


def test_an_lstm_can_be_played_again_forwards_and_backwards():
    def inputs():
        shapes = [(5, 2, 12), (12, 3), (2, 3), (2, 3)]
        return [torch.tensor(RNG.standard_normal(s), requires_grad=True) for s in shapes]

    first, second = inputs(), inputs()
    weights = [torch.tensor(RNG.standard_normal(s)) for s in ((5, 2, 3), (2, 3), (2, 3))]
    with trace() as steps:
        outs = lstm_sequence(*first)
        gradients = torch.autograd.grad(outs, first, weights)
    given = {x: y.numpy(force=True) for x, y in zip(first, second, strict=True)}
    played = replay(steps, given)
    wanted = lstm_sequence(*second)
    wanted_gradients = torch.autograd.grad(wanted, second, weights)
    for x, y in zip((*outs, *gradients), (*wanted, *wanted_gradients), strict=True):
        np.testing.assert_array_equal(played[x], y.numpy(force=True))


def test_the_start_of_parameters_is_seen_by_a_tracer():
    with trace() as steps:
        weight = torch.nn.init.orthogonal_(torch.empty(3, 4))
        before = weight.numpy().copy()
        torch.nn.init.constant_(weight, 2.0)
    assert [step.kind for step in steps if step.kind in ("draw", "write")] == [
        "draw",
        "write",
        "write",
    ]
    drawn = next(step for step in steps if step.kind == "draw")
    again = drawn.function(**drawn.options)
    np.testing.assert_allclose(again @ again.T, np.eye(3), atol=1e-6)
    assert not np.array_equal(again, before) and (replay(steps, {})[weight] == 2).all()
