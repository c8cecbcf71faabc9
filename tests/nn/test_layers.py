"""Layers and losses against TensorFlow: values, and gradients by inputs and parameters."""

import inspect

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.nn import functional as F

tf = pytest.importorskip("tensorflow")
RNG = np.random.default_rng(5)


def compare(ours, theirs, *arrays, tolerance=1e-5):
    """Value, and gradient of a random projection by every float array."""
    floats = [a.dtype.kind == "f" for a in arrays]
    inputs = [tg.tensor(a, requires_grad=f) for a, f in zip(arrays, floats, strict=True)]
    variables = [
        tf.Variable(a) if f else tf.constant(a) for a, f in zip(arrays, floats, strict=True)
    ]
    out = ours(*inputs)
    with tf.GradientTape() as tape:
        expected = theirs(*variables)
    assert out.numpy(force=True) == pytest.approx(expected.numpy(), rel=tolerance, abs=tolerance)
    weights = RNG.standard_normal(out.shape).astype(out.numpy(force=True).dtype)
    out.backward(tg.tensor(weights))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(theirs(*variables) * weights)
    kept = [v for v, f in zip(variables, floats, strict=True) if f]
    for x, g in zip(
        [x for x, f in zip(inputs, floats, strict=True) if f],
        tape.gradient(total, kept),
        strict=True,
    ):
        assert x.grad.numpy() == pytest.approx(
            tf.convert_to_tensor(g).numpy(), rel=tolerance, abs=tolerance
        )


def normal(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


ACTIVATIONS = {
    "ReLU": (nn.ReLU(), tf.nn.relu),
    "ReLU6": (nn.ReLU6(), tf.nn.relu6),
    "Sigmoid": (nn.Sigmoid(), tf.nn.sigmoid),
    "LogSigmoid": (nn.LogSigmoid(), tf.math.log_sigmoid),
    "Tanh": (nn.Tanh(), tf.nn.tanh),
    "Softplus": (nn.Softplus(), tf.nn.softplus),
    "Softsign": (nn.Softsign(), tf.nn.softsign),
    "ELU": (nn.ELU(), tf.nn.elu),
    "SELU": (nn.SELU(), tf.nn.selu),
    "SiLU": (nn.SiLU(), tf.nn.silu),
    "GELU": (nn.GELU(), lambda x: tf.nn.gelu(x, approximate=False)),
    "GELU, tanh": (nn.GELU("tanh"), lambda x: tf.nn.gelu(x, approximate=True)),
    "LeakyReLU": (nn.LeakyReLU(0.2), lambda x: tf.nn.leaky_relu(x, 0.2)),
    "Softmax": (nn.Softmax(1), tf.nn.softmax),
    "LogSoftmax": (nn.LogSoftmax(1), tf.nn.log_softmax),
    "Softmax, first": (nn.Softmax(0), lambda x: tf.nn.softmax(x, 0)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name):
    ours, theirs = ACTIVATIONS[name]
    compare(ours, theirs, normal(5, 7) * 3)


def test_linear_and_its_parameters():
    layer = nn.Linear(6, 4)
    w, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    assert np.abs(w).max() <= 1 / np.sqrt(6) and np.abs(b).max() <= 1 / np.sqrt(6)
    compare(
        F.linear,
        lambda x, w, b: tf.matmul(x, w, transpose_b=True) + b,
        normal(3, 6),
        w.copy(),
        b.copy(),
    )
    x = normal(2, 3, 6)
    assert layer(tg.tensor(x)).detach().numpy() == pytest.approx(x @ w.T + b, rel=1e-5, abs=1e-6)


def test_sequential_is_its_parts_in_order():
    first, last = nn.Linear(3, 5), nn.Linear(5, 2)
    net, x = nn.Sequential(first, nn.Tanh(), last), tg.randn(4, 3)
    assert tg.equal(net(x), last(first(x).tanh()))


def test_dropout_keeps_the_share_and_the_mean_it_should():
    tg.manual_seed(0)
    layer, x = nn.Dropout(0.6), tg.ones(1000, 200, requires_grad=True)
    y = layer(x)
    values = np.unique(y.numpy(force=True))
    assert values == pytest.approx([0, 2.5])
    kept = (y.numpy(force=True) > 0).mean()
    assert abs(kept - 0.4) < 5 * np.sqrt(0.24 / 200_000)
    y.sum().backward()
    assert np.array_equal(
        x.grad.numpy(), y.numpy(force=True)
    )  # the mask is a constant of the record
    assert not tg.equal(layer(x), y)
    assert layer.eval()(x) is x
    assert (F.dropout(x, 1.0) == 0).all()


LABELS = np.array([1, 0, 3, 2, 3])


def sparse(x, labels=LABELS):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x)


LOSSES = {
    "CrossEntropyLoss": (
        lambda x: nn.CrossEntropyLoss()(x, tg.tensor(LABELS)),
        lambda x: tf.reduce_mean(sparse(x)),
    ),
    "CrossEntropyLoss, sum": (
        lambda x: nn.CrossEntropyLoss(reduction="sum")(x, tg.tensor(LABELS)),
        lambda x: tf.reduce_sum(sparse(x)),
    ),
    "CrossEntropyLoss, none": (
        lambda x: nn.CrossEntropyLoss(reduction="none")(x, tg.tensor(LABELS)),
        sparse,
    ),
    "CrossEntropyLoss, smoothed": (
        lambda x: nn.CrossEntropyLoss(label_smoothing=0.2)(x, tg.tensor(LABELS)),
        lambda x: tf.reduce_mean(
            tf.keras.losses.categorical_crossentropy(tf.one_hot(LABELS, 4), x, True, 0.2)
        ),
    ),
    "NLLLoss": (
        lambda x: nn.NLLLoss()(x.log_softmax(1), tg.tensor(LABELS)),
        lambda x: tf.reduce_mean(sparse(x)),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_loss_of_classes(name):
    ours, theirs = LOSSES[name]
    compare(ours, theirs, normal(5, 4) * 4)


def test_cross_entropy_weights_ignored_targets_and_extra_dimensions():
    x, labels = normal(2, 4, 3), np.array([[0, 3, -100], [2, 2, 1]])
    weight = np.array([1.0, 2.0, 0.5, 3.0], np.float32)
    loss = F.cross_entropy(tg.tensor(x), tg.tensor(labels), tg.tensor(weight))
    logs = x - np.log(np.exp(x).sum(1, keepdims=True))
    pairs = [(n, d) for n in range(2) for d in range(3) if labels[n, d] >= 0]
    total = sum(weight[labels[n, d]] for n, d in pairs)
    assert loss.item() == pytest.approx(
        -sum(weight[labels[n, d]] * logs[n, labels[n, d], d] for n, d in pairs) / total, rel=1e-5
    )


def test_cross_entropy_survives_huge_logits():
    x = tg.tensor([[1e4, 0.0], [0.0, -1e4]], requires_grad=True)
    loss = F.cross_entropy(x, tg.tensor([1, 1]), reduction="none")
    loss.sum().backward()
    assert loss.tolist() == [1e4, 1e4] and x.grad.tolist() == [[1, -1], [1, -1]]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (nn.MSELoss(), lambda x, t: tf.reduce_mean((x - t) ** 2)),
        (nn.MSELoss(reduction="sum"), lambda x, t: tf.reduce_sum((x - t) ** 2)),
        (nn.L1Loss(), lambda x, t: tf.reduce_mean(tf.abs(x - t))),
        (nn.HuberLoss(delta=0.7), lambda x, t: tf.reduce_mean(tf.keras.losses.huber(t, x, 0.7))),
    ],
)
def test_loss_of_numbers(ours, theirs):
    compare(ours, theirs, normal(5, 4), normal(5, 4))


def test_binary_losses():
    x, t = normal(5, 4), RNG.random((5, 4)).astype(np.float32)
    compare(
        nn.BCEWithLogitsLoss(),
        lambda x, t: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(t, x)),
        x,
        t,
    )
    p = RNG.uniform(0.01, 0.99, (5, 4)).astype(np.float32)
    compare(
        nn.BCELoss(),
        lambda p, t: -tf.reduce_mean(t * tf.math.log(p) + (1 - t) * tf.math.log(1 - p)),
        p,
        t,
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: F.cross_entropy(tg.zeros(2, 3), tg.tensor([0, 3])),
            IndexError,
            "Target 3 is out of bounds",
        ),
        (lambda: F.cross_entropy(tg.zeros(2, 3), tg.tensor([0, 1, 2])), ValueError, "batch_size"),
        (
            lambda: F.cross_entropy(tg.zeros(2, 3), tg.tensor([0, 1]), reduction="avg"),
            ValueError,
            "avg is not a valid value",
        ),
        (lambda: nn.Dropout(1.5), ValueError, "between 0 and 1, but got 1.5"),
        (lambda: nn.Linear(3, 2)(tg.zeros(4, 5)), RuntimeError, "5 against 3"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_embedding_shortens_the_rows_it_looks_up():
    layer = nn.Embedding(4, 3, max_norm=1.0)
    layer.weight.data.copy_(tg.tensor([[3.0, 0, 4], [0.1, 0, 0], [0, 2, 0], [0, 0, 9]]))
    out = layer(tg.tensor([0, 1, 2, 0]))
    assert out.detach().numpy() == pytest.approx(
        np.array([[0.6, 0, 0.8], [0.1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]]), abs=1e-6
    )
    assert layer.weight[3].tolist() == [0, 0, 9]  # not looked up, so left alone
    out.sum().backward()
    assert layer.weight.grad.tolist() == [[2] * 3, [1] * 3, [1] * 3, [0] * 3]
    layer = nn.Embedding(4, 3, scale_grad_by_freq=True)
    layer(tg.tensor([0, 1, 0])).sum().backward()
    assert layer.weight.grad.tolist() == [
        [1] * 3,
        [1] * 3,
        [0] * 3,
        [0] * 3,
    ]  # each look-up of row 0 counts half


WRITING = {
    "relu": (), "relu6": (), "leaky_relu": (0.1,), "elu": (0.5,), "celu": (0.5,), "selu": (), "silu": (), "mish": (),
    "hardtanh": (-0.5, 0.5), "hardsigmoid": (), "hardswish": (), "threshold": (0.2, 1.5), "rrelu": (0.1, 0.3),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITING)
def test_inplace_writes_and_keeps_the_gradient(name):
    function, args = getattr(F, name), WRITING[name]
    forms = [lambda x: function(x, *args, inplace=True)]
    if hasattr(F, name + "_"):
        forms.append(lambda x: getattr(F, name + "_")(x, *args))
    for form in forms:
        x, y = (tg.tensor([-2.0, -0.3, 0.4, 3.0], requires_grad=True) for _ in range(2))
        before, written = function(x, *args), y * 1
        assert form(written) is written and tg.equal(written, before)
        before.sum().backward()
        written.sum().backward()
        assert tg.equal(x.grad, y.grad)


@pytest.mark.parametrize(
    "layer", [nn.Dropout, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout]
)
def test_dropout_in_place(layer):
    x = tg.ones(40, 5, 2, 2)
    assert layer(0.5, inplace=True)(x) is x and len(np.unique(x.numpy())) == 2
    assert layer(1.0)(x).unique().numel() == 1


def test_rrelu_is_random_only_in_training():
    layer, x = nn.RReLU(0.1, 0.3), tg.full((50,), -1.0)
    slopes = -layer(x).numpy()
    assert slopes.min() >= 0.1 and slopes.max() <= 0.3 and len(np.unique(slopes)) > 10
    assert layer.eval()(x).numpy() == pytest.approx(-0.2)


def test_the_old_arguments_of_losses_stand_for_reductions():
    x, y = tg.tensor([1.0, 2.0]), tg.tensor([0.0, 0.0])
    for average, reduce, wanted in [
        (False, None, 5.0),
        (None, True, 2.5),
        (True, False, [1.0, 4.0]),
        (None, False, [1.0, 4.0]),
    ]:
        assert F.mse_loss(x, y, average, reduce, "none").tolist() == wanted
        assert nn.MSELoss(average, reduce)(x, y).tolist() == wanted
    assert F.nll_loss(-x[None], tg.tensor([1]), None, False).item() == 2.0
    names = list(inspect.signature(F.poisson_nll_loss).parameters)
    assert names == [
        "input",
        "target",
        "log_input",
        "full",
        "size_average",
        "eps",
        "reduce",
        "reduction",
    ]
    assert list(inspect.signature(nn.NLLLoss).parameters) == [
        "weight",
        "size_average",
        "ignore_index",
        "reduce",
        "reduction",
    ]


def test_losses_at_their_edges():
    assert F.kl_div(tg.tensor(0.0), tg.tensor(1.0), reduction="batchmean").item() == 0
    assert (
        F.hinge_embedding_loss(tg.tensor(0.25), tg.tensor(0.0)).item() == 1.0
    )  # neither 1 nor -1: both parts
    weighted = F.l1_loss(tg.tensor([1.0, 3.0]), tg.zeros(2), weight=tg.tensor([3.0, 1.0]))
    assert weighted.item() == 1.5


def test_normalisations_without_a_bias_or_a_batch():
    layer = nn.BatchNorm1d(3, bias=False)
    assert (
        repr(layer)
        == "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=False, track_running_stats=True)"
    )
    assert layer.bias is None and next(iter(layer.state_dict())) == "weight"
    assert layer(tg.zeros(0, 3)).shape == (0, 3) and layer.running_mean.tolist() == [0, 0, 0]
    assert (
        repr(nn.LayerNorm(3, bias=False))
        == "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=False)"
    )
    assert (
        repr(nn.GroupNorm(1, 3, affine=False))
        == "GroupNorm(1, 3, eps=1e-05, affine=False, bias=False)"
    )
    norm = nn.LayerNorm(2)
    norm.bias.data.fill_(4.0)
    assert norm(tg.tensor([[1.0, 1.0]])).tolist() == [[4, 4]]


def test_running_statistics_of_instances():
    layer, x = (
        nn.InstanceNorm1d(2, track_running_stats=True),
        tg.tensor([[[1.0, 3.0], [0.0, 4.0]], [[3.0, 5.0], [2.0, 2.0]]]),
    )
    layer(x)
    assert layer.running_mean.numpy() == pytest.approx(
        [0.3, 0.2]
    ) and layer.running_var.numpy() == pytest.approx([1.1, 1.3])


def test_rows_given_and_bags():
    rows = tg.tensor([[1.0, 2.0], [3.0, 5.0], [4.0, -1.0]])
    table = nn.Embedding.from_pretrained(rows, padding_idx=0)
    assert not table.weight.requires_grad and repr(table) == "Embedding(3, 2, padding_idx=0)"
    bags = nn.EmbeddingBag.from_pretrained(rows, freeze=False, mode="sum", padding_idx=2)
    assert repr(bags) == "EmbeddingBag(3, 2, mode='sum', padding_idx=2)"
    out = bags(tg.tensor([0, 1, 2, 1]), tg.tensor([0, 2, 2]), tg.tensor([1.0, 2.0, 1.0, 1.0]))
    assert out.tolist() == [[7, 12], [0, 0], [3, 5]]  # the second bag is empty, 2 is padding
    out.sum().backward()
    assert bags.weight.grad.tolist() == [[1, 1], [3, 3], [0, 0]]
    ends = F.embedding_bag(
        tg.tensor([0, 1]), rows, tg.tensor([0, 1, 2]), mode="max", include_last_offset=True
    )
    assert ends.tolist() == rows[:2].tolist()


def test_attention_to_nothing_is_zero_and_heads_are_shared():
    q, k = tg.ones(1, 2, 3), tg.ones(1, 3, 3, requires_grad=True)
    mask = tg.tensor([[True, False, True], [False, False, False]])
    out = F.scaled_dot_product_attention(q, k, k, mask)
    out.sum().backward()
    assert out.tolist() == [[[1, 1, 1], [0, 0, 0]]] and not k.grad.isnan().any()
    q, k = tg.randn(4, 2, 3), tg.randn(2, 5, 3)
    shared = F.scaled_dot_product_attention(q, k, k, enable_gqa=True)
    assert tg.allclose(shared, F.scaled_dot_product_attention(q, k[[0, 0, 1, 1]], k[[0, 0, 1, 1]]))


def test_a_lazy_layer_takes_dtype_and_size_at_its_first_call():
    layer = nn.LazyConv2d(4, 3).double()
    held = list(layer.parameters())
    assert layer(tg.ones(1, 2, 5, 5).double()).dtype is tg.float64 and type(layer) is nn.Conv2d
    assert layer.in_channels == 2 and all(
        a is b for a, b in zip(held, layer.parameters(), strict=True)
    )


X, T = tg.zeros(2, 3), tg.tensor([0, 1])
REFUSED = [
    (lambda: F.cross_entropy(X, X, ignore_index=1), RuntimeError, "ignore_index"),
    (lambda: F.cross_entropy(X, T, label_smoothing=1.5), RuntimeError, "label_smoothing"),
    (lambda: F.cross_entropy(X, T, tg.ones(2)), RuntimeError, "weight"),
    (lambda: F.nll_loss(X, T, tg.ones(3).double()), RuntimeError, "weight of torch.float32"),
    (lambda: F.gaussian_nll_loss(X, X, tg.ones(2, 2)), ValueError, "incorrect size"),
    (lambda: F.gaussian_nll_loss(X, X, -1.0), ValueError, "negative"),
    (lambda: F.multi_margin_loss(X, T, p=3), ValueError, "p == 1 and p == 2"),
    (lambda: F.multilabel_margin_loss(X, T), RuntimeError, "same as input"),
    (lambda: F.triplet_margin_loss(X, X, X, margin=0), ValueError, "margin"),
    (lambda: F.margin_ranking_loss(X, X, T), RuntimeError, "same dimension"),
    (lambda: F.mse_loss(X, X, weight=tg.ones(2)), ValueError, "same size"),
    (lambda: F.l1_loss(X, X, reduction="batchmean"), ValueError, "batchmean is not a valid"),
    (lambda: F.linear_cross_entropy(X, tg.ones(2, 2), T), RuntimeError, "against"),
    (lambda: nn.BatchNorm1d(3, eps=-1.0)(X), ValueError, "eps must be positive"),
    (lambda: nn.BatchNorm1d(3)(X[:1]), ValueError, "more than 1 value per channel"),
    (lambda: nn.BatchNorm2d(3)(X), ValueError, "expected 4D input"),
    (lambda: nn.InstanceNorm1d(4, affine=True)(tg.zeros(2, 3, 4)), ValueError, "num_features"),
    (lambda: F.instance_norm(tg.zeros(2, 3, 1)), ValueError, "more than 1 spatial element"),
    (lambda: F.group_norm(X[0], 1), RuntimeError, "at least 2 dimensions"),
    (lambda: F.rms_norm(X, []), RuntimeError, "normalized_shape"),
    (lambda: F.local_response_norm(X, 2), ValueError, "3D or higher"),
    (lambda: F.embedding(T, tg.ones(2)), RuntimeError, "2-D"),
    (lambda: F.embedding_bag(T, X), ValueError, "offsets"),
    (lambda: F.embedding_bag(T, X, T, mode="median"), ValueError, "median"),
    (lambda: F.prelu(X, tg.ones(2, 2)), RuntimeError, "prelu: weight"),
    (lambda: F.rrelu(X, 0.5, 0.1), RuntimeError, "Lower bound"),
    (lambda: F.hardtanh(X, 1.0, -1.0), ValueError, "min_val"),
    (lambda: F.dropout1d(tg.zeros(1, 1, 1, 1)), RuntimeError, "2D or 3D"),
    (lambda: F.scaled_dot_product_attention(X, X, X, X, is_causal=True), RuntimeError, "is_causal"),
    (lambda: nn.LayerNorm(), TypeError, "LayerNorm.*normalized_shape"),
    (lambda: nn.ELU(aleph=1), TypeError, "ELU.*aleph"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_pytorch_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()
