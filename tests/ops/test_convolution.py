"""Convolutions and pooling: what their rows of the table do not say. Errors, ties, TensorFlow's and PyTorch's results."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_mnist as tg
from tests.ops.table_convolution import ROWS, columns, correlation
from tinygrad_mnist.core import backward as tape
from tinygrad_mnist.core.tensor import wrap
from tinygrad_mnist.kernels import convolution as kernels
from tinygrad_mnist.nn import functional as F

SMOOTH = [
    row
    for row in ROWS
    if row.operation.__name__.startswith(("conv", "avg_pool", "max_pool", "adaptive"))
]


def leaf(*shape, dtype=np.float64, seed=0):
    x = wrap(np.random.default_rng(seed).standard_normal(shape).astype(dtype))
    x.requires_grad = True
    return x


def close(ours, theirs, tolerance=1e-9):
    np.testing.assert_allclose(ours.array, np.asarray(theirs), tolerance, tolerance)


# the table again, by other oracles ----------------------------------------------------------


@pytest.mark.parametrize("row", SMOOTH, ids=str)
@given(data=st.data())
def test_second_derivatives_as_pytorch(row, data):
    """By the inputs and by the gradient's seed; `test_torch.py` has the first."""
    torch = pytest.importorskip("torch")
    sample = data.draw(row.samples)
    if not all(a.size for a in sample.arrays):
        return
    arrays = sample.laid_out(np.float64)
    xs, (y, *_) = row(arrays, sample, set(row.places(sample)))
    ts = [torch.tensor(a.copy(), requires_grad=True) for a in arrays]
    u = row.apply(getattr(torch.nn.functional, row.operation.__name__), ts, sample)
    u = u[0] if isinstance(u, tuple) else u
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    seed = rng.standard_normal(y.array.shape)
    g, h = wrap(seed), torch.tensor(seed, requires_grad=True)
    g.requires_grad = True
    ours = tape.grad(y, xs, g, create_graph=True)
    theirs = torch.autograd.grad(u, ts, h, create_graph=True)
    for a, b in zip(ours, theirs, strict=True):
        close(a, b.detach())
    weights = [rng.standard_normal(a.array.shape) for a in ours]
    ours = tape.grad(
        ours, [*xs, g], [wrap(w) for w in weights], allow_unused=True, materialize_grads=True
    )
    theirs = torch.autograd.grad(
        theirs,
        [*ts, h],
        [torch.tensor(w) for w in weights],
        allow_unused=True,
        materialize_grads=True,
    )
    for a, b in zip(ours, theirs, strict=True):
        close(a, b)


@pytest.mark.parametrize("cache", [1, 2000])
@pytest.mark.parametrize("thin", [0, 1000])
@pytest.mark.parametrize("groups", [1, 2])
def test_chunks_and_unfolding_change_nothing(monkeypatch, cache, thin, groups):
    """Any number of images at a time, and kernels unfolded by rows or as a whole, at every order of derivative."""

    def results():
        x, w, b = leaf(5, 4, 7, 6), leaf(6, 4 // groups, 3, 2, seed=1), leaf(6, seed=2)
        y = F.conv2d(x, w, b, (2, 1), 1, (1, 2), groups)
        first = tape.grad((y * y * y).sum(), [x, w, b], create_graph=True)
        second = tape.grad(sum((g * g).sum() for g in first), [x, w, b])
        return [t.array for t in (y, *first, *second)]

    usual = results()
    x, w, b = (
        leaf(*shape, seed=i).array
        for i, shape in enumerate([(5, 4, 7, 6), (6, 4 // groups, 3, 2), (6,)])
    )
    np.testing.assert_allclose(
        usual[0], correlation(2)(x, w, b, (2, 1), 1, (1, 2), groups), 1e-10, 1e-10
    )
    monkeypatch.setattr(kernels, "CACHE", cache)
    monkeypatch.setattr(kernels, "THIN", thin)
    for a, b in zip(results(), usual, strict=True):
        np.testing.assert_allclose(a, b, 1e-9, 1e-9)


# TensorFlow, whose images are (n, *size, c) and kernels (*kernel, c, o) -----------------------


def last(x):
    return np.moveaxis(x, 1, -1)


def first(x):
    return np.moveaxis(np.asarray(x), -1, 1)


def tensorflow_gradients(tf, function, *arrays):
    """The result, and the gradients of the sum of its squares."""
    xs = [tf.constant(a) for a in arrays]
    with tf.GradientTape() as seen:
        seen.watch(xs)
        y = function(*xs)
        total = tf.reduce_sum(y * y)
    return y.numpy(), seen.gradient(total, xs)


@pytest.mark.parametrize(
    ("stride", "padding"), [(1, "same"), (1, "valid"), (2, "valid"), (3, "valid")]
)
@pytest.mark.parametrize("channels", [2, 30])
def test_conv2d_as_tensorflow(stride, padding, channels):
    tf = pytest.importorskip("tensorflow")
    x, w = leaf(2, channels, 9, 8), leaf(3, channels, 3, 2, seed=1)
    y = F.conv2d(x, w, None, stride, padding)
    (y * y).sum().backward()

    def theirs(a, k):
        return tf.nn.conv2d(a, k, stride, padding.upper())

    value, (gx, gw) = tensorflow_gradients(tf, theirs, last(x.array), w.array.transpose(2, 3, 1, 0))
    close(y, first(value))
    close(x.grad, first(gx))
    close(w.grad, np.transpose(gw, (3, 2, 0, 1)))


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_conv_transpose2d_as_tensorflow(stride):
    tf = pytest.importorskip("tensorflow")
    x, w = leaf(2, 4, 3, 5), leaf(4, 2, 3, 2, seed=1)
    y = F.conv_transpose2d(x, w, stride=stride)
    (y * y).sum().backward()
    shape = last(y.array).shape

    def theirs(a, k):
        return tf.nn.conv2d_transpose(a, k, shape, stride, "VALID")

    value, (gx, gw) = tensorflow_gradients(tf, theirs, last(x.array), w.array.transpose(2, 3, 1, 0))
    close(y, first(value))
    close(x.grad, first(gx))
    close(w.grad, np.transpose(gw, (3, 2, 0, 1)))


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), (3, 2), (2, 1), ((3, 2), (1, 3))])
def test_pooling_as_tensorflow(name, kernel, stride):
    tf = pytest.importorskip("tensorflow")
    x = leaf(2, 3, 8, 7)
    y = getattr(F, name)(x, kernel, stride)
    (y * y).sum().backward()
    value, (gx,) = tensorflow_gradients(
        tf, lambda a: getattr(tf.nn, name)(a, kernel, stride or kernel, "VALID"), last(x.array)
    )
    close(y, first(value))
    close(x.grad, first(gx))


# ties, NaN, infinities -----------------------------------------------------------------------


def test_max_pool_gives_the_gradient_to_the_first_of_equals():
    x = wrap(np.zeros((1, 4, 4)))
    x.requires_grad = True
    y, indices = F.max_pool2d(x, 2, return_indices=True)
    assert indices.tolist() == [[[0, 2], [8, 10]]] and indices.dtype == tg.int64
    y.sum().backward()
    assert np.flatnonzero(x.grad.array).tolist() == [0, 2, 8, 10]


def test_max_pool_adds_up_where_windows_overlap():
    x = wrap(np.array([[0.0, 1.0, 5.0, 2.0, 3.0]]))
    x.requires_grad = True
    y = F.max_pool1d(x, 3, 1)
    assert y.tolist() == [[5, 5, 5]]
    (y * wrap(np.array([[1.0, 10.0, 100.0]]))).sum().backward()
    assert x.grad.tolist() == [[0, 0, 111, 0, 0]]


def test_max_pool_passes_nan_on():
    x = wrap(np.array([[1.0, np.nan, 2.0, 3.0, np.nan, 0.0]]))
    x.requires_grad = True
    y, indices = F.max_pool1d(x, 2, return_indices=True)
    np.testing.assert_array_equal(y.array, [[np.nan, 3, np.nan]])
    assert indices.tolist() == [[1, 3, 4]]
    y.sum().backward()
    assert x.grad.tolist() == [[0, 1, 0, 1, 1, 0]]


def test_padding_never_is_the_largest():
    x = wrap(np.full((1, 3), -np.inf))
    x.requires_grad = True
    y, indices = F.max_pool1d(x, 2, padding=1, return_indices=True)
    assert y.tolist() == [[-np.inf] * 2] and indices.tolist() == [[0, 1]]
    y.sum().backward()
    assert x.grad.tolist() == [[1, 1, 0]]
    assert F.max_pool2d(wrap(np.full((1, 1, 3), -7)), (1, 2), padding=(0, 1)).tolist() == [
        [[-7, -7]]
    ]


def test_infinities_stay_in_their_windows():
    x = wrap(np.array([[1.0, np.inf, 2.0, 4.0]]))
    assert F.avg_pool1d(x, 2).tolist() == [[np.inf, 3]]
    x.requires_grad = True
    (F.max_pool1d(x, 2) * wrap(np.array([[np.inf, 1.0]]))).sum().backward()
    assert x.grad.tolist() == [[0, np.inf, 0, 1]]


@given(st.integers(0, 999), st.integers(1, 3), st.integers(1, 3))
def test_indices_say_where_the_largest_are(seed, kernel, stride):
    x = leaf(2, 3, 6, 5, seed=seed)
    y, indices = F.max_pool2d(x, kernel, stride, kernel // 2, return_indices=True)
    found = np.take_along_axis(x.array.reshape(2, 3, 30), indices.array.reshape(2, 3, -1), -1)
    np.testing.assert_array_equal(found.reshape(y.array.shape), y.array)
    y, indices = F.adaptive_max_pool2d(x, (kernel, stride), True)
    found = np.take_along_axis(x.array.reshape(2, 3, 30), indices.array.reshape(2, 3, -1), -1)
    np.testing.assert_array_equal(found.reshape(y.array.shape), y.array)


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize(
    "options", [{"size": (7, 3)}, {"size": (1, 4)}, {"scale_factor": (1.5, 0.7)}]
)
def test_bicubic_as_pytorch(align_corners, options):
    torch = pytest.importorskip("torch")
    x = leaf(2, 1, 4, 5)
    t = torch.tensor(x.array.copy(), requires_grad=True)
    y, u = (
        f(z, mode="bicubic", align_corners=align_corners, **options)
        for f, z in ((F.interpolate, x), (torch.nn.functional.interpolate, t))
    )
    close(y, u.detach())
    (y * y).sum().backward()
    (u * u).sum().backward()
    close(x.grad, t.grad)


# relations ------------------------------------------------------------------------------------


@given(st.integers(0, 999), st.integers(1, 2), st.integers(1, 3), st.integers(1, 2))
def test_conv_transpose_is_the_transpose(seed, groups, stride, dilation):
    """<conv(x), y> = <x, conv_transpose(y)>."""
    x, w = leaf(2, 4, 9, 8, seed=seed), leaf(6, 4 // groups, 3, 2, seed=seed + 1)
    y = F.conv2d(x, w, None, stride, 1, dilation, groups)
    g = leaf(*y.shape, seed=seed + 2)
    rests = [
        (n + 2 - d * (k - 1) - 1) % stride
        for n, k, d in zip((9, 8), (3, 2), (dilation,) * 2, strict=True)
    ]
    back = F.conv_transpose2d(g, w, None, stride, 1, rests, groups, dilation)
    assert back.shape == x.shape
    assert (y.array * g.array).sum() == pytest.approx((x.array * back.array).sum())


def test_unfold_fold_and_a_product_are_a_convolution():
    x, w = leaf(2, 3, 6, 5), leaf(4, 3, 3, 2, seed=1)
    close(w.reshape(4, -1) @ F.unfold(x, (3, 2)), F.conv2d(x, w).reshape(2, 4, -1).array)
    counts = F.fold(F.unfold(tg.ones(1, 1, 6, 5), (3, 2)), (6, 5), (3, 2))
    assert counts.array.max() == 6 and counts.array[0, 0, 0, 0] == 1
    assert columns(x.array, 2, 1, 0, 1).shape == tuple(F.unfold(x, 2).shape)


def test_area_is_adaptive_average_pooling():
    x = leaf(1, 2, 6, 5)
    close(F.interpolate(x, (4, 2), mode="area"), F.adaptive_avg_pool2d(x, (4, 2)).array)
    assert F.adaptive_avg_pool2d(x, (None, 1)).shape == (1, 2, 6, 1)


def test_circular_padding_continues_what_is_left():
    assert F.pad(wrap(np.arange(5.0)[None]), (-1, 2), "circular").tolist() == [[1, 2, 3, 4, 1, 2]]


def test_results_are_contiguous_and_keep_their_dtype():
    x, w = leaf(2, 4, 6, 6, dtype=np.float32), leaf(4, 4, 3, 3, dtype=np.float32)
    for y in (
        F.conv2d(x, w), F.conv2d(x, w, padding=1), F.conv_transpose2d(x, w, padding=1), F.max_pool2d(x, 2),
        F.avg_pool2d(x, 2, padding=1), F.adaptive_avg_pool2d(x, 4), F.adaptive_max_pool2d(x, 4), F.unfold(x, 2),
        F.pad(x, (1, 1, 1, 1), "reflect"), F.pad(x, (1, -1)), F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 2),
        F.interpolate(x, 5, mode="bilinear"), F.interpolate(x, 5), F.conv2d(x.transpose(0, 1).contiguous().transpose(0, 1), w),
    ):  # fmt: skip
        assert y.is_contiguous() and y.dtype == tg.float32
        (g,) = tape.grad((y * y).sum(), [x])
        assert g.dtype == tg.float32


def test_an_input_that_needs_no_gradient_gets_no_rule():
    x, w = wrap(np.ones((1, 1, 4, 4))), leaf(1, 1, 3, 3)
    assert len(F.conv2d(x, w).grad_fn.next_functions) == 1


# layers ---------------------------------------------------------------------------------------

LAYERS = [
    "AvgPool1d(2)", "AvgPool2d((2, 3), padding=(1, 1))", "MaxPool3d(2, ceil_mode=True)", "LPPool1d(2, 3, 2)",
    "LPPool2d(2, 3)", "AdaptiveAvgPool3d(2)", "AdaptiveMaxPool3d((2, None, 3))", "ChannelShuffle(2)", "ZeroPad2d(1)",
    "Upsample(scale_factor=2)", "Upsample((2, 3), mode='bicubic')", "UpsamplingNearest2d(scale_factor=(2, 3))",
    "UpsamplingBilinear2d(scale_factor=2)", "ConstantPad1d(2, 3.5)", "CircularPad3d(1)", "PixelShuffle(2)",
]  # fmt: skip


@pytest.mark.parametrize("text", LAYERS)
def test_layers_as_pytorch(text):
    torch = pytest.importorskip("torch")
    ours, theirs = eval(f"nn.{text}", {"nn": tg.nn}), eval(f"nn.{text}", {"nn": torch.nn})
    assert repr(ours) == repr(theirs)
    rank = int(text[text.index("d(") - 1]) if "d(" in text else 2
    x = np.random.default_rng(0).uniform(0.5, 2, (2, 4, 4, 5, 6)[: rank + 2])
    close(ours(wrap(x)), theirs(torch.tensor(x)))


def test_padding_layers_count_dimensions():
    with pytest.raises(ValueError, match="CircularPad1d: 4D input"):
        tg.nn.CircularPad1d(1)(leaf(2, 3, 5, 7))


# surface --------------------------------------------------------------------------------------


def test_functions_show_their_names_and_arguments():
    assert [f.__name__ for f in (F.conv1d, F.max_pool3d, F.adaptive_avg_pool2d)] == [
        "conv1d",
        "max_pool3d",
        "adaptive_avg_pool2d",
    ]
    assert list(inspect.signature(F.conv2d).parameters) == [
        "input",
        "weight",
        "bias",
        "stride",
        "padding",
        "dilation",
        "groups",
    ]
    assert list(inspect.signature(F.max_pool2d).parameters)[-2:] == ["ceil_mode", "return_indices"]


X, W = np.ones((1, 4, 5, 5)), np.ones((2, 4, 3, 3))
MISTAKES = {
    "channels": (
        lambda f, t: f.conv2d(t(X[:, :3]), t(W)),
        RuntimeError,
        "conv2d: expected 4 channels",
    ),
    "rank": (lambda f, t: f.conv2d(t(X[0, 0]), t(W)), RuntimeError, "conv2d: Expected 3D"),
    "weight rank": (lambda f, t: f.conv2d(t(X), t(W[0])), RuntimeError, "must be 4D"),
    "groups": (
        lambda f, t: f.conv2d(t(X), t(np.ones((3, 2, 3, 3))), groups=2),
        RuntimeError,
        "multiple of 2",
    ),
    "bias": (lambda f, t: f.conv2d(t(X), t(W), t(np.ones(3))), RuntimeError, "bias"),
    "dtype": (lambda f, t: f.conv2d(t(X), t(W.astype(np.float32))), RuntimeError, "same type"),
    "large kernel": (
        lambda f, t: f.conv2d(t(X[..., :2]), t(W)),
        RuntimeError,
        "Kernel size can't be greater",
    ),
    "stride": (lambda f, t: f.conv2d(t(X), t(W), stride=0), RuntimeError, "stride"),
    "three strides": (lambda f, t: f.conv2d(t(X), t(W), stride=(1, 1, 1)), RuntimeError, "stride"),
    "negative padding": (lambda f, t: f.conv2d(t(X), t(W), padding=-1), RuntimeError, "padding"),
    "dilation": (lambda f, t: f.conv2d(t(X), t(W), dilation=0), RuntimeError, "dilation"),
    "strided same": (
        lambda f, t: f.conv2d(t(X), t(W), padding="same", stride=2),
        RuntimeError,
        "same",
    ),
    "padding's name": (lambda f, t: f.conv2d(t(X), t(W), padding="full"), RuntimeError, "full"),
    "transposed channels": (
        lambda f, t: f.conv_transpose2d(t(X), t(W)),
        RuntimeError,
        "expected 2 channels",
    ),
    "output padding": (
        lambda f, t: f.conv_transpose2d(t(X[:, :2]), t(W), output_padding=1),
        RuntimeError,
        "output padding",
    ),
    "nothing left": (
        lambda f, t: f.conv_transpose2d(t(X[:, :2, :1]), t(W), padding=2),
        RuntimeError,
        "too small",
    ),
    "pool padding": (lambda f, t: f.max_pool2d(t(X), 2, padding=2), RuntimeError, "half"),
    "pool too large": (lambda f, t: f.avg_pool2d(t(X), 6), RuntimeError, "Kernel size"),
    "pool stride": (lambda f, t: f.max_pool2d(t(X), 2, 0), RuntimeError, "stride"),
    "pool rank": (lambda f, t: f.max_pool2d(t(X[0, 0]), 2), RuntimeError, "Expected 3D"),
    "divisor": (lambda f, t: f.avg_pool2d(t(X), 2, divisor_override=0), RuntimeError, "divisor"),
    "pool of nothing": (lambda f, t: f.max_pool1d(t(np.ones((0, 10))), 1), RuntimeError, "empty"),
    "adaptive rank": (
        lambda f, t: f.adaptive_max_pool2d(t(X[0, 0]), (2, 2)),
        ValueError,
        "Expected 3D",
    ),
    "adaptive sizes": (lambda f, t: f.adaptive_avg_pool2d(t(X), []), RuntimeError, "output_size"),
    "shuffled channels": (lambda f, t: f.channel_shuffle(t(X), 3), RuntimeError, "divisible"),
    "odd pad": (lambda f, t: f.pad(t(X), (1, 1, 1)), RuntimeError, "even"),
    "long pad": (lambda f, t: f.pad(t(X[0, 0]), (1,) * 6), RuntimeError, "at most"),
    "negative size": (lambda f, t: f.pad(t(X), (-3, -3)), RuntimeError, "negative"),
    "reflected": (lambda f, t: f.pad(t(X), (5, 0, 0, 0), "reflect"), RuntimeError, "too large"),
    "pad mode": (lambda f, t: f.pad(t(X), (1, 1), "mirror"), NotImplementedError, "mirror"),
    "pad dims": (lambda f, t: f.pad(t(X), (1, 1), "reflect"), NotImplementedError, "dimensions"),
    "fold": (lambda f, t: f.fold(t(np.ones((1, 4, 3))), 4, 2), RuntimeError, "does not fit"),
    "shuffle": (lambda f, t: f.pixel_shuffle(t(X[:, :3]), 2), RuntimeError, "divisible"),
    "unshuffle": (lambda f, t: f.pixel_unshuffle(t(X), 2), RuntimeError, "divisible"),
    "integers": (
        lambda f, t: f.adaptive_avg_pool2d(t(X.astype(int)), 2),
        RuntimeError,
        "not implemented",
    ),
    "no size": (lambda f, t: f.interpolate(t(X)), ValueError, "size or scale_factor"),
    "corners": (
        lambda f, t: f.interpolate(t(X), 3, align_corners=True),
        ValueError,
        "align_corners",
    ),
    "mode": (
        lambda f, t: f.interpolate(t(X), 3, mode="trilinear"),
        NotImplementedError,
        "trilinear",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=message) as caught:
        call(F, wrap)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", [n for n in MISTAKES if n != "mode"]
)  # PyTorch's class for it changed between releases
def test_mistakes_as_pytorch(name):
    torch = pytest.importorskip("torch")
    call, error, _ = MISTAKES[name]
    with pytest.raises(error):
        call(torch.nn.functional, torch.tensor)


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (4, 5)])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_same_keeps_the_size(kernel, padding):
    y = F.conv2d(wrap(X), wrap(np.ones((1, 4, *kernel))), padding=padding)
    assert y.shape[2:] == ((5, 5) if padding == "same" else (6 - kernel[0], 6 - kernel[1]))
