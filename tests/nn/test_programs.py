"""Programs that run on PyTorch and here, and are to give the same: hooks, state, containers, torch.func."""

import copy
import itertools
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_mnist as tg

torch = pytest.importorskip("torch")
PROGRAMS = {}


def program(f):
    PROGRAMS[f.__name__] = f
    return f


def plain(x):
    """What a program gave, without what may differ between the two."""
    if isinstance(x, tg.Tensor | torch.Tensor):
        return [str(x.dtype), tuple(x.shape), x.requires_grad, x.detach().numpy().astype(float)]
    if isinstance(x, dict):
        return [plain(list(x)), plain(list(x.values()))]
    if isinstance(x, list | tuple):
        return [plain(each) for each in x]
    return x if isinstance(x, int | float | type(None)) else str(x)


def same(ours, theirs, path):
    if isinstance(theirs, list):
        assert len(ours) == len(theirs), path
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            same(a, b, [*path, i])
    elif isinstance(theirs, np.ndarray | float):
        assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-4, nan_ok=True), path
    else:
        assert ours == theirs, path


def errors(*calls):
    """The classes of the errors."""
    found = []
    for call in calls:
        try:
            call()
            found.append("none")
        except Exception as error:
            found.append(type(error).__name__)
    return found


def text(call):
    with pytest.raises(Exception) as error:
        call()
    return f"{error.type.__name__}: {error.value}"


def set_parameters(T, net):
    with T.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_((T.arange(p.numel(), dtype=p.dtype).reshape(p.shape) % 7) / 10 - 0.3 + i * 0.1)
    return net


def network(T):
    class Net(T.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = T.nn.Linear(2, 3)
            self.b = T.nn.Sequential(T.nn.Linear(3, 2), T.nn.ReLU())
            self.register_buffer("buf", T.ones(2))
            self.register_buffer("tmp", T.zeros(1), persistent=False)
            self.p = T.nn.Parameter(T.tensor(2.0))
            self.c = self.a

        def forward(self, x, k=1.0):
            return self.b(self.a(x)) * self.p * k

    return set_parameters(T, Net())


@program
def names(T):
    net = network(T)
    net.k = T.nn.Buffer(T.ones(1), persistent=False)
    net.set_submodule("b.1", T.nn.Tanh())
    found = [
        net.named_parameters(),
        net.named_parameters("x", False),
        net.named_parameters(remove_duplicate=False),
    ]
    found += [
        net.named_buffers(),
        net.named_modules(),
        net.named_modules(remove_duplicate=False),
        net.named_children(),
    ]
    digits = [each for each in dir(net.b) if each.isdigit()]
    return [[name for name, _ in each] for each in found] + [
        list(net.state_dict(prefix="q.")),
        repr(net),
        digits,
    ]


@program
def forward_hooks(T):
    net, log = network(T), []
    net.a.register_forward_pre_hook(lambda m, args: log.append(args))
    net.register_forward_pre_hook(lambda m, args, kwargs: (args, {"k": 2.0}), with_kwargs=True)
    net.register_forward_hook(
        lambda m, args, kwargs, out: log.append((kwargs, out)), with_kwargs=True
    )
    net.register_forward_hook(lambda m, args, out: out + 1, prepend=True)
    with net.b.register_forward_pre_hook(lambda m, args: 1 / 0):
        log.append(errors(lambda: net(T.ones(1, 2))))
    return [net(T.ones(1, 2), k=3.0), log]


@program
def backward_hooks(T):
    class Two(T.nn.Module):
        def forward(self, x, y):
            return x * y, x + y

    two, net, log = Two(), network(T), []
    net.a.register_full_backward_hook(lambda m, into, out: log.append((into, out)))
    net.register_full_backward_pre_hook(lambda m, out: (out[0] * 2,))
    net(T.ones(1, 2)).sum().backward()
    two.register_full_backward_hook(lambda m, into, out: log.append((into, out)))
    x, y = T.tensor([1.0, 2.0], requires_grad=True), T.tensor([3.0, 4.0], requires_grad=True)
    a, b = two(x, y)
    (a.sum() + 2 * b.sum()).backward()
    two.register_full_backward_hook(lambda m, into, out: into[::-1])
    a, b = two(x, y)
    first = T.autograd.grad((a * b).sum(), [x, y], create_graph=True)
    second = T.autograd.grad(first[0].sum() + (first[1] ** 2).sum(), [x, y])
    two(x.detach(), y)[0].sum().backward()
    return [log, first, second, x.grad, y.grad, [p.grad for p in net.parameters()]]


@program
def loading(T):
    net = network(T)
    good = net.state_dict()
    state = OrderedDict(good, zz=T.ones(1), **{"a.bias": T.ones(7)})
    del state["p"]
    found = [text(lambda: net.load_state_dict(state)), errors(lambda: net.load_state_dict(3))]
    found.append(errors(lambda: net.load_state_dict({**good, "p": 3.0})))
    result = net.load_state_dict(
        {**{k: v for k, v in good.items() if k != "b.0.weight"}, "q.q": T.ones(1)}, False
    )
    found += [repr(result), repr(net.load_state_dict(good))]
    old = net.a.weight
    net.load_state_dict({**good, "a.weight": T.full((3, 2), 9.0)}, assign=True)
    found += [net.a.weight is old, net.a.weight]
    state = net.state_dict(keep_vars=True)
    return [*found, state["a.weight"] is net.a.weight, dict(state._metadata)]


@program
def mistakes(T):
    net, Module = network(T), T.nn.Module

    class Early(Module):
        def __init__(self, value):
            self.x = value

    return errors(
        lambda: Early(T.nn.Parameter(T.ones(1))), lambda: Module(3), lambda: Module(a=3), lambda: Module()(1),
        lambda: net.register_parameter("a.b", None), lambda: net.register_parameter("", None),
        lambda: net.register_parameter("a", None), lambda: net.register_parameter(3, None),
        lambda: net.register_parameter("t", T.ones(1)), lambda: net.register_buffer("a", None),
        lambda: net.register_buffer("zz", 3), lambda: net.add_module("p", T.nn.ReLU()), lambda: net.add_module("x", 3),
        lambda: setattr(net, "a", 3), lambda: setattr(net, "p", 3), lambda: setattr(net, "buf", 3), lambda: net.train(3),
        lambda: net.to(T.int64), lambda: net.get_submodule("a.x"), lambda: net.get_submodule("p"),
        lambda: net.get_parameter("a"), lambda: net.get_parameter("buf"), lambda: net.get_buffer("p"),
        lambda: net.set_submodule("", T.nn.ReLU()), lambda: delattr(net, "zz"), lambda: T.nn.Sequential(3),
    )  # fmt: skip


@program
def copies_casts_and_overrides(T):
    class Frozen(T.nn.BatchNorm1d):
        def train(self, mode=True):
            return super().train(False)

    net = network(T)
    net.register_buffer("i", T.tensor([1]))
    copied, shallow = copy.deepcopy(net), copy.copy(net)
    pickled = pickle.loads(pickle.dumps(T.nn.Sequential(T.nn.Linear(2, 2), T.nn.LSTM(2, 2))))
    kinds = [
        [str(x.dtype) for x in net.to(T.ones(1, dtype=dtype)).state_dict().values()]
        for dtype in (T.float64, T.float16)
    ]
    frozen = [m.training for m in T.nn.Sequential(Frozen(2), T.nn.Dropout()).train().modules()]
    return [
        copied.c is copied.a,
        copied.a is net.a,
        shallow.a is net.a,
        list(pickled.state_dict()),
        kinds,
        frozen,
    ]


@program
def lists(T):
    R, Id, Tanh = T.nn.ReLU, T.nn.Identity, T.nn.Tanh
    many = T.nn.ModuleList([R() for _ in range(3)] + [Id(), R()])
    found = [repr(many), repr(T.nn.ModuleList()), repr(many[1:4])]
    many += [Tanh()]
    many.insert(1, T.nn.Sigmoid())
    found += [repr(many.pop(0)), repr(many + many[:1])]
    del many[1:3]
    many[0] = Id()
    row = T.nn.Sequential(OrderedDict(a=R(), b=Id()))
    found += [repr(many), repr(row[1:]), repr(row * 2), repr(row + row)]
    row = T.nn.Sequential(R(), Id()).extend([R()])
    row.insert(-1, Tanh())
    row *= 2
    row += T.nn.Sequential(Id())
    del row[0]
    row[1] = Tanh()
    found += [repr(row.pop(1)), repr(row)]
    kept = T.nn.ParameterList([T.nn.Parameter(T.ones(2)), T.zeros(1, 3), "x"])
    kept += [T.ones(1)]
    kept[0] = T.ones(5)
    found += [repr(kept), repr(kept[1:3]), len(kept), list(kept.state_dict()), list(kept)]
    return found + errors(
        lambda: many[9], lambda: many.extend(3), lambda: many.append(3), lambda: many["a"], lambda: row + 3,
        lambda: row * 0, lambda: row * 1.5, lambda: row.insert(99, R()), lambda: row.insert(0, 3), lambda: kept[9],
        lambda: kept.extend(T.ones(2)), lambda: kept(1),
    )  # fmt: skip


@program
def dicts(T):
    R = T.nn.ReLU
    many = T.nn.ModuleDict({"z": R(), "a": T.nn.Identity()})
    many.update([("k", R())])
    many.update(T.nn.ModuleDict({"y": R()}))
    found = [
        repr(many),
        list(many.keys()),
        [k for k, _ in many.items()],
        "z" in many,
        repr(many.pop("z")),
        len(many),
    ]
    kept = T.nn.ParameterDict({"z": T.nn.Parameter(T.ones(2)), "a": T.ones(1)})
    kept["n"] = 3
    kept.update({"y": T.ones(2, 3), "b": T.ones(())})
    found += [repr(kept), list(kept), [k for k, _ in kept.named_parameters()], kept.get("zz", 5)]
    found += [kept.pop("z"), kept.setdefault("s", T.ones(1)), list(kept.keys())]
    kept.clear()
    found += [len(kept), list(kept.state_dict())]
    return found + errors(
        lambda: many["zz"], lambda: many.update(3), lambda: many.update([1]), lambda: many.update([(1,)]),
        lambda: many.pop("zz"), lambda: kept.update(3), lambda: kept(1),
    )  # fmt: skip


@program
def recurrent(T):
    nn, x = T.nn, T.ones(2, 2, 2)
    cell, lstm = set_parameters(T, nn.RNNCell(2, 2)), set_parameters(T, nn.LSTMCell(2, 2))
    shown = [
        nn.LSTM(2, 3, 2, bias=False, dropout=0.5, bidirectional=True, proj_size=1),
        nn.RNN(2, 3, 1, "relu"),
    ]
    shown += [
        nn.RNNCell(2, 3, False, "relu"),
        nn.GRUCell(1, 2),
        list(nn.LSTMCell(1, 2, False).state_dict()),
    ]
    found = [list(map(repr, shown)), cell(T.ones(2)), lstm(T.ones(2), (T.ones(2), T.ones(2)))]
    return found + errors(
        lambda: nn.RNNCell(2, 3, nonlinearity="x")(T.ones(1, 2)), lambda: nn.GRUCell(2, 3)(T.ones(1, 2), T.ones(2, 3)),
        lambda: nn.LSTMCell(2, 3)(T.ones(1, 4)), lambda: nn.GRUCell(2, 3)(T.ones(1, 1, 2)),
        lambda: nn.RNN(2, 3, nonlinearity="x"), lambda: nn.GRU(2, 3, proj_size=1), lambda: nn.LSTM(2, 3, proj_size=3),
        lambda: nn.LSTM(2, 3, dropout=True), lambda: nn.LSTM(2, 3, bias=1), lambda: nn.LSTM(2.0, 3), lambda: nn.GRU(0, 3),
        lambda: nn.LSTM(2, 3)(T.ones(2)), lambda: nn.LSTM(2, 3)(T.ones(2, 4)), lambda: nn.LSTM(2, 3)(x.double()),
        lambda: nn.LSTM(2, 3)(x, (T.ones(1, 3), T.ones(1, 3))), lambda: nn.RNN(2, 3)(x, T.ones(1, 3, 3)),
        lambda: nn.RNN(2, 3)(T.ones(0, 1, 2)), lambda: nn.utils.rnn.pack_padded_sequence(x, [1, 2]),
        lambda: nn.utils.rnn.pack_padded_sequence(x, [1, 0]), lambda: nn.utils.rnn.pad_sequence([]),
        lambda: nn.utils.rnn.pad_packed_sequence(nn.utils.rnn.pack_sequence([T.ones(3, 1)]), total_length=2),
    )  # fmt: skip


@program
def packed_sequences(T):
    found, rnn = [], T.nn.utils.rnn
    for kind, both, first in itertools.product(
        ("RNN", "LSTM", "GRU"), (False, True), (False, True)
    ):
        options = {"proj_size": 2} if kind == "LSTM" and both else {}
        net = set_parameters(
            T,
            getattr(T.nn, kind)(3, 4, 2, bidirectional=both, batch_first=first, **options).double(),
        )
        x = (
            T.arange(45.0, dtype=T.float64)
            .reshape((3, 5, 3) if first else (5, 3, 3))
            .sin()
            .requires_grad_()
        )
        packed = rnn.pack_padded_sequence(
            x, T.tensor([5, 3, 1] if both else [2, 5, 3]), first, enforce_sorted=both
        )
        out, last = net(packed)
        padded, lengths = rnn.pad_packed_sequence(out, first, 1.5, 7)
        (
            padded.sin().sum() + sum(s.exp().sum() for s in (last if kind == "LSTM" else [last]))
        ).backward()
        found += [padded, lengths, last, x.grad, [p.grad for p in net.parameters()], list(packed)]
    rows = [T.arange(float(n)) for n in (3, 1, 4)]
    return [*found, rnn.pad_sequence(rows, True, 0.5, "left"), list(rnn.pack_sequence(rows, False))]


@program
def attention(T):
    found = []
    for apart, extra, unbatched, masks, shown in itertools.product((False, True), repeat=5):
        widths = {"kdim": 3, "vdim": 5} if apart else {}
        net = T.nn.MultiheadAttention(
            4, 2, add_bias_kv=extra, add_zero_attn=extra, batch_first=masks, **widths
        )
        set_parameters(T, net)
        batch = () if unbatched else (2,)
        sides = [(3, 4), (4, 3 if apart else 4), (4, 5 if apart else 4)]
        shapes = [(*batch, n, w) if masks else (n, *batch, w) for n, w in sides]
        q, k, v = (T.arange(float(np.prod(s))).reshape(s).sin().requires_grad_() for s in shapes)
        options = {"need_weights": shown, "average_attn_weights": extra}
        if masks:
            options["key_padding_mask"] = T.tensor([[False, True, False, False]] * 2)[
                0 if unbatched else slice(2)
            ]
            options["attn_mask"] = (
                T.ones(3, 4).triu(2).bool()
                if extra
                else T.ones(2 if unbatched else 4, 3, 4).triu(2).bool()
            )
        out, weights = net(q, k, v, **options)
        out.sin().sum().backward()
        found += [
            out,
            weights,
            q.grad,
            k.grad,
            v.grad,
            [p.grad for p in net.parameters()],
            list(net.state_dict()),
            net,
        ]
    net, x = T.nn.MultiheadAttention(4, 2), T.ones(3, 4)
    return found + errors(
        lambda: T.nn.MultiheadAttention(5, 2), lambda: T.nn.MultiheadAttention(0, 2), lambda: net(x[0], x, x),
        lambda: net(x, x[None], x), lambda: net(x, x, x, is_causal=True), lambda: net(x, x, x, attn_mask=T.ones(2, 2)),
        lambda: net(x, x, x, attn_mask=T.ones(3, 3).int()), lambda: net(x[:, :3], x, x), lambda: net(x, x, x[:2]),
    )  # fmt: skip


@program
def transformers(T):
    whole = T.nn.Transformer(4, 2, 1, 1, 8, activation=T.nn.GELU(), batch_first=True)
    decoder = T.nn.TransformerDecoder(
        T.nn.TransformerDecoderLayer(4, 2, 8, norm_first=True, bias=False), 2
    )
    layer, x = (
        set_parameters(T, T.nn.TransformerEncoderLayer(4, 2, 8, 0.0)),
        T.arange(12.0).reshape(3, 1, 4).sin(),
    )
    mask = whole.generate_square_subsequent_mask(3)
    found = [
        repr(whole),
        repr(decoder),
        list(whole.state_dict()),
        mask,
        layer(x, mask, is_causal=True),
    ]
    found += [layer(x, src_key_padding_mask=T.tensor([[False, True, False]]))]
    return found + errors(
        lambda: T.nn.TransformerEncoderLayer(4, 2, activation="x"), lambda: whole(T.ones(2, 3, 4), T.ones(3, 3, 4)),
        lambda: whole(T.ones(2, 3, 4), T.ones(2, 3, 5)), lambda: whole.encoder(T.ones(2, 3, 4), is_causal=True),
        lambda: whole.encoder(T.ones(2, 3, 4), mask=T.ones(2, 2)),
    )  # fmt: skip


@program
def parameters_and_gradients(T):
    utils, found = T.nn.utils, []
    for order, bound in itertools.product((1, 2, 2.5, float("inf")), (0.1, 100.0)):
        x = T.ones(3, 2, requires_grad=True)
        x.grad = T.arange(6.0).reshape(3, 2)
        found += [utils.clip_grad_norm_([x], bound, order), x.grad]
    utils.clip_grad_value_(x, 2)
    net = network(T)
    vector = utils.parameters_to_vector(net.parameters())
    utils.vector_to_parameters(vector * 2, net.parameters())
    x.grad = x.grad / 0
    with T.nn.attention.sdpa_kernel([T.nn.attention.SDPBackend.MATH]):
        found += [x.grad, vector, net.p, utils.clip_grad_norm_([], 1.0)]
    return found + errors(
        lambda: utils.clip_grad_norm_(x, 1.0, error_if_nonfinite=True), lambda: utils.vector_to_parameters([1], []),
        lambda: T.nn.attention.sdpa_kernel(3).__enter__(),
    )  # fmt: skip


@program
def functional_calls(T):
    net, x, call = network(T).b, T.ones(1, 3), T.func.functional_call
    doubled = {name: p * 2 for name, p in net.named_parameters()}
    found = [call(net, doubled, (x,)), call(net, ({"0.bias": T.zeros(2)}, {}), x), net(x)]
    return found + errors(lambda: call(net, {"0.bias": T.zeros(2)}, x, strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore")
def test_the_same_program_gives_the_same(name):
    same(plain(PROGRAMS[name](tg)), plain(PROGRAMS[name](torch)), [name])


def test_functional_call_takes_all_places_of_a_shared_tensor_and_puts_them_back():
    net, x = network(tg), tg.ones(1, 2)
    before = net(x)
    tg.func.functional_call(net, {"a.weight": net.a.weight * 2}, (x,))
    assert tg.equal(net(x), before)
    pair = tg.nn.Module()
    pair.first = pair.second = tg.nn.Parameter(tg.ones(1))
    pair.forward = lambda: pair.first + pair.second
    assert tg.func.functional_call(pair, {"first": tg.zeros(1)}).item() == 0
    assert tg.func.functional_call(pair, {"first": tg.zeros(1)}, tie_weights=False).item() == 1


def test_a_hook_that_was_taken_out_is_not_called():
    net, calls = tg.nn.Identity(), []
    handle = net.register_forward_hook(lambda *seen: calls.append(seen))
    net(1)
    handle.remove()
    net(1)
    assert len(calls) == 1
