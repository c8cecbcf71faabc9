"""Modules of any shape as ONNX files: what onnxruntime computes is what the module computes."""

import io

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn

F = nn.functional
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


class Calls(nn.Module):
    """A module whose forward is a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args, **kwargs):
        return self.function(*args, **kwargs)


def session_of(model, args, **options):
    file = io.BytesIO()
    torch.onnx.export(model, args, file, **options)
    return onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value.detach().numpy()]
    return [
        x for each in (value.values() if isinstance(value, dict) else value) for x in flat(each)
    ]


def agree(model, *examples, **options):
    """The file made of the first example answers like the module for all of them."""
    if not isinstance(model, nn.Module):
        model = Calls(model)
    session = session_of(model, examples[0], **options)
    model.eval()
    for args in examples:
        args = args if isinstance(args, tuple) else (args,)
        with torch.no_grad():
            wanted = flat(model(*(x.clone() for x in args)))
        names = [each.name for each in session.get_inputs()]
        found = session.run(None, {n: x.numpy() for n, x in zip(names, args, strict=True)})
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            assert one.dtype == other.dtype and one.shape == other.shape
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    return session


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.down = nn.Conv2d(3, 6, 1, stride=2)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        h = F.relu(self.norm(self.conv(x))) + x
        h = F.max_pool2d(self.down(h), 2)
        h = F.adaptive_avg_pool2d(h, 1).flatten(1)
        return {"logits": self.head(torch.cat([h[:, 3:], h[:, :3] * 2], 1)), "class": h.argmax(1)}


def test_a_residual_network_with_dynamic_images():
    session = agree(
        Residual(),
        torch.randn(2, 3, 8, 8),
        torch.randn(5, 3, 12, 16),
        output_names=["logits", "class"],
        dynamic_axes={"input": {0: "n", 2: "height", 3: "width"}},
    )
    assert session.get_inputs()[0].shape == ["n", 3, "height", "width"]
    assert [each.name for each in session.get_outputs()] == ["logits", "class"]
    assert session.get_outputs()[0].shape == ["n", 4]


@pytest.mark.parametrize("norm_first", [False, True])
def test_transformers_of_any_length(norm_first):
    layer = nn.TransformerEncoderLayer(
        8, 2, 16, batch_first=True, norm_first=norm_first, activation="gelu"
    )
    agree(
        nn.TransformerEncoder(layer, 2, enable_nested_tensor=False),
        torch.randn(2, 5, 8),
        torch.randn(4, 9, 8),
        dynamic_axes={"input": {0: "batch", 1: "length"}},
    )


def test_encoder_and_decoder_with_several_inputs():
    model = nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
    first = torch.randn(2, 5, 8), torch.randn(2, 4, 8)
    second = torch.randn(3, 5, 8), torch.randn(3, 4, 8)
    session = agree(model, first, second, input_names=["source", "target"])
    assert [each.name for each in session.get_inputs()] == ["source", "target"]


@pytest.mark.parametrize("causal", [False, True])
def test_attention(causal):
    def attention(q, k, v):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)

    first, second = ([torch.randn(b, 2, n, 4) for _ in range(3)] for b, n in ((2, 5), (3, 7)))
    axes = {name: {0: "batch", 2: "length"} for name in "qkv"}
    agree(attention, tuple(first), tuple(second), input_names=list("qkv"), dynamic_axes=axes)
    mask = torch.rand(5, 5) > 0.3
    agree(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, mask), tuple(first))
    agree(nn.MultiheadAttention(8, 2, batch_first=True), (torch.randn(2, 5, 8),) * 3)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_lstm_is_its_operator(bidirectional):
    model = nn.LSTM(3, 4, 2, batch_first=True, bidirectional=bidirectional)
    file = io.BytesIO()
    axes = {"input": {0: "batch", 1: "time"}}
    torch.onnx.export(model, torch.randn(2, 5, 3), file, dynamic_axes=axes)
    operators = [node.op_type for node in onnx.load_from_string(file.getvalue()).graph.node]
    assert operators.count("LSTM") == (4 if bidirectional else 2)
    agree(model, torch.randn(2, 5, 3), torch.randn(3, 8, 3), dynamic_axes=axes)


@pytest.mark.parametrize("kind", [nn.GRU, nn.RNN])
def test_others_are_unrolled_for_batches_of_any_size(kind):
    agree(kind(3, 4, 2, batch_first=True), torch.randn(2, 5, 3), torch.randn(4, 5, 3))
    with pytest.raises(ValueError, match="dynamic axes cannot be had"):
        session_of(kind(3, 4), torch.randn(5, 2, 3), dynamic_axes={"input": {0: "time"}})
    with pytest.warns(UserWarning, match="the sizes in the file are the example's"):
        agree(kind(3, 4), torch.randn(5, 2, 3))


ELEMENTWISE = [
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "tanh",
    "sinh",
    "cosh",
    "asinh",
    "atan",
    "sigmoid",
    "floor",
    "ceil",
    "round",
    "sign",
    "abs",
    "neg",
    "reciprocal",
    "rsqrt",
    "log1p",
    "expm1",
    "log2",
    "log10",
    "exp2",
    "erf",
    "square",
    "relu",
    "isnan",
    "triu",
    "tril",
    "norm",
    "amax",
]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_functions(name):
    agree(getattr(torch, name), torch.rand(3, 4) + 0.5, torch.rand(5, 4) + 0.5)


FUNCTIONS = {
    "reductions": lambda x: [
        f(x, dim=1, keepdim=k) for f in (torch.sum, torch.mean, torch.amax, torch.argmin) for k in (0, 1)
    ],
    "all": lambda x: (x.sum(), x.mean(), x.max(), x.argmax(), (x > 0).all(), (x > 1).any(1)),
    "deviations": lambda x: (x.std(), x.var(1), x.prod(1), x.logsumexp(1), x.cumsum(1)),
    "powers": lambda x: (x**3, x**0.5, 2**x, x**-1, x.clamp(0.6, 1), x.clamp(min=0.7)),
    "choices": lambda x: (torch.where(x > 1, x, -x), x.masked_fill(x < 1, 0), x * (x > 1), x != 1),
    "indices": lambda x: (x[-1], x[..., 0], x[:, None, 1:3], x[:, ::2], x[1:], x[:, -2:], x.flip(1)),
    "gathered": lambda x: (x.gather(1, x.argsort(1)[:, :2]), x[:, [2, 0]], x.topk(2)[0], x.sort(1)[0]),
    "shapes": lambda x: (
        x.view(-1), x.unsqueeze(1).expand(-1, 5, -1), x.T, x.repeat(1, 2), torch.stack([x, x], 1),
        x.chunk(2, 1)[1], x.reshape(x.shape[0] * 2, 2), F.pad(x, (1, 2)), F.pad(x, (-1, 0)),
    ),
    "made inside": lambda x: (
        torch.zeros_like(x) + x, torch.arange(x.shape[0]) + x[:, 0], x / x.shape[0],
        torch.ones(x.shape[0], 2) @ x[:2, :], torch.eye(4) @ x.T,
    ),
    "functional": lambda x: (
        F.layer_norm(x, (4,)), F.normalize(x), F.one_hot(x.argmax(1), 4), F.softmax(x, 1), F.gelu(x),
        F.silu(x), F.mish(x), F.elu(x), F.log_softmax(x, 0), F.glu(x),
    ),
    "products": lambda x: (torch.einsum("ij,kj->ik", x, x), x @ x.T, x @ x[0], x[0] @ x[1], torch.outer(x[0], x[1])),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functional_calls(name):
    agree(FUNCTIONS[name], torch.rand(3, 4) + 0.5, torch.rand(5, 4) + 0.5)


def test_a_size_that_is_no_multiple_is_refused():
    def halves(x):
        return F.max_pool1d(x, 2).view(x.shape[0], -1) @ torch.ones(6)

    axes = {"input": {2: "width"}}
    with pytest.raises(ValueError, match="dynamic axes cannot be had"):
        session_of(Calls(halves), torch.randn(2, 3, 4), dynamic_axes=axes)

    def at_most_five(x):
        return x[: min(x.shape[0], 5)] * 2

    with pytest.warns(UserWarning, match="sizes in the file are the example's"):
        agree(at_most_five, torch.randn(2, 3))


def test_writes_in_place():
    def forward(x):
        y = x.clone()
        y += 1
        y.mul_(2).relu_()
        z = y.view(-1)
        x.neg_()
        return y, z, x

    agree(forward, torch.randn(3, 4), torch.randn(2, 4))


@pytest.mark.filterwarnings("ignore:.*the sizes in the file are the example's")
def test_writes_into_parts():
    def forward(x):
        y = torch.zeros(3, 5)
        y[:, 1:] = x
        y[1] *= 2
        y[:, 0].add_(x[:, 1])
        z = y.T
        y[0, ::2] = 7
        return y, z.sum(1) if z.is_contiguous() else y.sum(0)

    agree(forward, torch.randn(3, 4))


def test_tied_weights_keep_their_names_and_arguments_by_name():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(7, 4)
            self.scale = nn.Parameter(torch.tensor(0.5))

        def forward(self, indices, *, twice=False, more=None):
            h = self.words(indices).mean(1) * self.scale + more["bias"]
            return (2 * h if twice else h) @ self.words.weight.T

    model = Tied()
    file = io.BytesIO()
    example = torch.randint(7, (2, 3))
    given = {"twice": True, "more": {"bias": torch.ones(4)}}
    axes = {"indices": {0: "batch", 1: "length"}}
    names = ["indices", "bias"]
    torch.onnx.export(model, example, file, kwargs=given, input_names=names, dynamic_axes=axes)
    graph = onnx.load_from_string(file.getvalue()).graph
    assert {"words.weight", "scale"} <= {each.name for each in graph.initializer}
    session = onnxruntime.InferenceSession(file.getvalue())
    longer = torch.randint(7, (4, 6))
    feed = {"indices": longer.numpy(), "bias": np.ones(4, np.float32)}
    wanted = model(longer, **given).detach().numpy()
    np.testing.assert_allclose(session.run(None, feed)[0], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("opset", [17, 18, 20, 21])
def test_older_versions_of_the_operators(opset):
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
    agree(model, torch.randn(2, 5, 8), torch.randn(3, 5, 8), opset_version=opset)


def test_layers_of_the_other_way_have_forms_too(monkeypatch):
    from tests.mnist import test_export
    from tinygrad_mnist.formats import onnx as formats

    monkeypatch.setattr(formats, "_is_walked", lambda *args: False)
    for shape, layer in test_export.LAYERS:
        agree(layer, 2 * torch.randn(2, *shape), 2 * torch.randn(3, *shape))


def test_the_module_is_left_as_it_was():
    model = Residual()
    model.head.eval()
    before = {name: x.clone() for name, x in model.state_dict().items()}
    modes = [each.training for each in model.modules()]
    example = torch.randn(2, 3, 8, 8)
    same = example.clone()
    session_of(model, example)
    assert [each.training for each in model.modules()] == modes
    assert torch.equal(example, same)
    assert all(torch.equal(x, before[name]) for name, x in model.state_dict().items())
