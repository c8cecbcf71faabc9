"""Module: what it finds inside itself, what it saves, loads and prints."""

from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(0.25), nn.Linear(4, 2, bias=False))
        self.scale = nn.Parameter(tg.ones(1))
        self.register_buffer("steps", tg.zeros(2))

    def forward(self, x):
        return self.rest(self.first(x)) * self.scale


def test_names_of_parameters_buffers_and_modules_follow_their_paths():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "scale",
        "first.weight",
        "first.bias",
        "rest.2.weight",
    ]
    assert [name for name, _ in net.named_buffers()] == ["steps"]
    assert [name for name, _ in net.named_modules()] == [
        "",
        "first",
        "rest",
        "rest.0",
        "rest.1",
        "rest.2",
    ]
    assert [name for name, _ in net.named_children()] == ["first", "rest"]
    assert net.get_submodule("rest.2") is net.rest[2]
    assert net.get_parameter("rest.2.weight") is net.rest[2].weight


def test_a_shared_parameter_counts_once():
    net = Net()
    net.again = net.first
    assert len(list(net.parameters())) == 4
    assert "again.weight" in net.state_dict()


def test_train_and_eval_reach_every_module():
    net = Net()
    assert all(not m.training for m in net.eval().modules())
    x = tg.ones(5, 3)
    assert tg.equal(net(x), net(x))
    assert all(m.training for m in net.train().modules())


def test_state_dict_round_trip_restores_outputs():
    tg.manual_seed(1)
    a, b = Net().eval(), Net().eval()
    x = tg.randn(6, 3)
    assert not tg.allclose(a(x), b(x))
    result = b.load_state_dict(a.state_dict())
    assert repr(result) == "<All keys matched successfully>"
    assert tg.equal(a(x), b(x))


def test_loading_reports_all_that_does_not_fit():
    net = Net()
    state = OrderedDict((k, v.clone()) for k, v in net.state_dict().items())
    del state["scale"]
    state["extra"] = tg.zeros(1)
    state["first.weight"] = tg.zeros(4, 5)
    state["first.bias"] = tg.full((4,), 7.0)
    with pytest.raises(RuntimeError) as error:
        net.load_state_dict(state)
    for part in (
        'Unexpected key(s) in state_dict: "extra"',
        'Missing key(s) in state_dict: "scale"',
        "size mismatch for first.weight",
    ):
        assert part in str(error.value)
    del state["first.weight"]
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert missing == ["scale", "first.weight"] or set(missing) == {"scale", "first.weight"}
    assert unexpected == ["extra"]
    assert net.first.bias[0] == 7


def test_apply_visits_children_before_their_parent():
    net, seen = Net(), []
    net.apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Linear", "ReLU", "Dropout", "Linear", "Sequential", "Net"]


def test_repr_is_pytorchs():
    assert repr(Net()) == (
        "Net(\n"
        "  (first): Linear(in_features=3, out_features=4, bias=True)\n"
        "  (rest): Sequential(\n"
        "    (0): ReLU()\n"
        "    (1): Dropout(p=0.25, inplace=False)\n"
        "    (2): Linear(in_features=4, out_features=2, bias=False)\n"
        "  )\n"
        ")"
    )


def test_assigning_before_init_and_assigning_nonsense_are_refused():
    class Early(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match="before Module.__init__"):
        Early()
    net = Net()
    with pytest.raises(TypeError, match="cannot assign 'Tensor' as parameter 'scale'"):
        net.scale = tg.ones(1)
    with pytest.raises(AttributeError, match="'Net' object has no attribute 'nothing'"):
        net.nothing  # noqa: B018
    net.scale = None
    assert "scale" not in net.state_dict()


def test_casting_keeps_the_parameters_that_an_optimizer_holds():
    net = Net()
    held = list(net.parameters())
    net.double()
    assert all(p.dtype == tg.float64 for p in net.parameters())
    assert all(a is b for a, b in zip(held, net.parameters(), strict=True))
    with pytest.raises(AssertionError, match="CPU"):
        net.cuda()


def test_forward_hooks_see_and_change_inputs_and_outputs():
    layer = nn.Identity(54, unused=True)
    with (
        layer.register_forward_pre_hook(lambda m, args: (args[0] + 1,)),
        layer.register_forward_hook(lambda m, args, out: out * 10),
    ):
        assert layer(tg.tensor(2.0)).item() == 30
    assert layer(tg.tensor(2.0)).item() == 2


def test_full_backward_hook_sees_both_gradients():
    layer, seen = nn.Linear(2, 1), []
    layer.register_full_backward_hook(
        lambda m, into, out: seen.append((into[0].clone(), out[0].clone()))
    )
    x = tg.ones(3, 2, requires_grad=True)
    (layer(x) * 2).sum().backward()
    ((into, out),) = seen
    assert np.array_equal(out.numpy(), np.full((3, 1), 2, np.float32))
    assert np.allclose(into.numpy(), 2 * np.repeat(layer.weight.detach().numpy(), 3, 0))


def test_containers():
    layers = nn.ModuleList([nn.Linear(1, 1) for _ in range(3)])
    assert len(layers[1:]) == 2 and layers[-1] is layers[2]
    layers.insert(0, nn.ReLU())
    assert isinstance(layers[0], nn.ReLU) and list(layers._modules) == ["0", "1", "2", "3"]
    named = nn.ModuleDict({"a": nn.Linear(1, 2)})
    named["b"] = nn.Tanh()
    assert list(named) == ["a", "b"] and [n for n, _ in named.named_parameters()] == [
        "a.weight",
        "a.bias",
    ]
    sequence = nn.Sequential(OrderedDict(one=nn.Linear(2, 2), two=nn.ReLU()))
    assert sequence.one is sequence[0] and sequence(tg.ones(1, 2)).shape == (1, 2)
    parameters = nn.ParameterList([nn.Parameter(tg.ones(2)), tg.zeros(1)])
    assert len(list(parameters.parameters())) == 2 and isinstance(parameters[1], nn.Parameter)


def test_zero_grad():
    net = Net().eval()
    net(tg.ones(2, 3)).sum().backward()
    assert net.first.weight.grad is not None
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_requires_grad_switch_freezes_a_layer():
    net = Net().eval()
    net.first.requires_grad_(False)
    net(tg.ones(2, 3)).sum().backward()
    assert net.first.weight.grad is None and net.rest[2].weight.grad is not None


def test_a_recurrent_layer_names_its_weights_in_a_row():
    layer = nn.GRU(2, 3, bidirectional=True, bias=False)
    names = ["weight_ih_l0", "weight_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse"]
    assert layer._flat_weights_names == names == list(dict(layer.named_parameters()))


RECURRENT = {
    "lstm": lambda: nn.LSTM(2, 3),
    "lstm, both ways, two layers": lambda: nn.LSTM(2, 3, 2, bidirectional=True),
    "lstm, projected": lambda: nn.LSTM(2, 3, proj_size=2),
    "gru": lambda: nn.GRU(2, 3, bidirectional=True),
    "rnn, tanh": lambda: nn.RNN(2, 3),
    "rnn, relu": lambda: nn.RNN(2, 3, nonlinearity="relu"),
    "lstm cell": lambda: nn.LSTMCell(2, 3),
    "gru cell": lambda: nn.GRUCell(2, 3),
    "rnn cell": lambda: nn.RNNCell(2, 3),
}


def recurrence(name):
    """A layer, what it reads (input, states, parameters), what it gave, and a loss of that."""
    tg.manual_seed(3)
    layer = RECURRENT[name]()
    x = tg.randn(4, 2).requires_grad_() if "cell" in name else tg.randn(5, 4, 2).requires_grad_()
    widths = (getattr(layer, "proj_size", 0) or 3, 3)
    count = len(layer.all_weights) if isinstance(layer, nn.RNNBase) else 0
    states = [tg.randn(count, 4, w) if count else tg.randn(4, w) for w in widths]
    states = [s.requires_grad_() for s in states[: 2 if "lstm" in name else 1]]
    given = layer(x, tuple(states) if "lstm" in name else states[0])
    outs = []
    for each in given if isinstance(given, tuple) else (given,):
        outs += each if isinstance(each, tuple) else [each]
    loss = sum((out * out).sum() for out in outs)
    read = {
        "x": x,
        **{f"state {i}": s for i, s in enumerate(states)},
        **dict(layer.named_parameters()),
    }
    return read, outs, loss


@pytest.mark.parametrize("name", RECURRENT)
def test_a_write_to_what_a_recurrent_layer_reads_is_refused_or_the_gradient_stays_right(name):
    read, outs, loss = recurrence(name)
    loss.backward()
    wanted = {key: x.grad.numpy() for key, x in read.items()}
    refused = set()
    for key in (*read, *range(len(outs))):
        read, outs, loss = recurrence(name)
        with tg.no_grad():
            (read[key] if key in read else outs[key]).add_(1)
        try:
            loss.backward()
        except RuntimeError as error:
            assert "modified by an inplace operation" in str(error)
            refused.add(key)
        else:
            for other, x in read.items():
                np.testing.assert_array_equal(x.grad.numpy(), wanted[other])
    assert {key for key in read if "weight_hh" in key} <= refused and "x" in refused


def test_a_write_to_a_recurrent_weight_does_not_give_a_wrong_gradient():
    layer = nn.LSTM(1, 1)
    out, _ = layer(tg.ones(3, 1, 1))
    with tg.no_grad():
        layer.weight_hh_l0.mul_(2)
    with pytest.raises(RuntimeError, match="LstmBackward0 reads a tensor of shape"):
        out.sum().backward()


def test_backward_hooks_see_all_outputs_and_inputs_together():
    class Both(nn.Module):
        def forward(self, x, y, n):
            return x * y, x + n, y * 3

    net, seen = Both(), []
    net.register_full_backward_pre_hook(lambda m, out: (out[0] * 2, *out[1:]))
    net.register_full_backward_hook(lambda m, into, out: seen.append((into, out)))
    net.register_full_backward_hook(lambda m, into, out: (into[0] + 1, *into[1:]))
    x, y = tg.tensor([2.0], requires_grad=True), tg.tensor([5.0], requires_grad=True)
    product, total, unused = net(x, y, 4)
    (gx, gy) = tg.autograd.grad((product + total).sum(), (x, y), create_graph=True)
    ((into, out),) = seen
    assert [None if g is None else g.tolist() for g in into] == [[11], [4], None]
    assert [None if g is None else g.tolist() for g in out] == [[2], [1], None]
    assert gx.tolist() == [12] and gy.tolist() == [4] and unused.tolist() == [15]
    assert tg.autograd.grad(gx.sum(), y)[0].tolist() == [2]


def test_a_forward_hook_may_be_called_where_forward_raises():
    net, seen = nn.Linear(2, 1), []
    net.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    net.register_forward_hook(lambda m, args, out: seen.append("not this"))
    with pytest.raises(RuntimeError):
        net(tg.ones(3))
    assert seen == [None]


def test_constructors_can_be_read():
    import inspect

    for name in nn.__all__:
        layer = getattr(nn, name)
        if isinstance(layer, type) and issubclass(layer, nn.Module):
            assert inspect.getsource(layer) and layer.__doc__ and "Example" in layer.__doc__, name
            with pytest.raises(TypeError, match=name if "__init__" in vars(layer) else "__init__"):
                layer(**{"nobody has this": 1}) if name != "Identity" else layer.__init__()
