"""Rows of activations, distances, normalisations, dropout and losses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.ops import references
from tests.ops.rows import (
    BOOL,
    REAL,
    Row,
    alike,
    along,
    distinct,
    integers,
    lettered,
    one_of_lettered,
    outside,
    single,
    within,
)
from tests.optional import optional
from tinygrad_mnist.kernels.network import dropout as drop
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.ops import random

distance = optional("scipy.spatial.distance")

one_of = st.sampled_from
OFF = outside(0.1)
PROBABILITY = within(0.05, 0.95)
SIGNS = lambda rng, shape: rng.choice([-1.0, 1.0], shape)  # noqa: E731
HOW = one_of(["none", "mean", "sum"])


def inner(x: Any) -> Any:
    return np.clip(x + 3, 0, 6) / 6


SELU = 1.0507009873554804934, 1.6732632423543772848
ACTIVATIONS = [  # function, reference, values away from kinks, options
    (F.relu, lambda x: np.maximum(x, 0), OFF, {}),
    (F.relu6, lambda x: np.clip(x, 0, 6), OFF, {}),
    (F.leaky_relu, lambda x, negative_slope: np.where(x > 0, x, x * negative_slope), OFF, {"negative_slope": one_of([0.01, 0.3])}),
    (F.rrelu, lambda x: np.where(x > 0, x, x * 11 / 48), OFF, {}),
    (F.elu, lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x)), OFF, {"alpha": one_of([1.0, 0.5])}),
    (F.celu, lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x / alpha)), OFF, {"alpha": one_of([1.0, 0.5])}),
    (F.selu, lambda x: SELU[0] * np.where(x > 0, x, SELU[1] * np.expm1(x)), OFF, {}),
    (F.gelu, lambda x: x * references.ndtr(x), REAL, {}),
    (F.silu, lambda x: x * references.expit(x), REAL, {}),
    (F.mish, lambda x: x * np.tanh(np.log1p(np.exp(x))), REAL, {}),
    (F.logsigmoid, references.log_expit, REAL, {}),
    (F.softplus, lambda x, beta: np.log1p(np.exp(beta * x)) / beta, REAL, {"beta": one_of([1.0, 2.0])}),
    (F.softsign, lambda x: x / (1 + np.abs(x)), OFF, {}),
    (F.tanhshrink, lambda x: x - np.tanh(x), REAL, {}),
    (F.hardtanh, lambda x, max_val: np.clip(x, -1, max_val), outside(0.1, 0.9), {"max_val": one_of([1.0, 2.0])}),
    (F.hardsigmoid, inner, REAL, {}),
    (F.hardswish, lambda x: x * inner(x), REAL, {}),
    (F.hardshrink, lambda x, lambd: np.where(np.abs(x) > lambd, x, 0), OFF, {"lambd": 0.05}),
    (F.softshrink, lambda x, lambd: np.sign(x) * np.maximum(np.abs(x) - lambd, 0), OFF, {"lambd": 0.05}),
    (F.threshold, lambda x, threshold, value: np.where(x > threshold, x, value), OFF, {"threshold": 0.05, "value": 2.5}),
]  # fmt: skip


def normed(x: Any, axes: Any, eps: float = 1e-5) -> Any:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def channels(x: Any, w: Any, b: Any) -> Any:
    shape = (-1,) + (1,) * (x.ndim - 2)
    return x * w.reshape(shape) + b.reshape(shape)


def local_response(x: Any, size: int) -> Any:
    padded = np.pad(x * x, [(0, 0), (size // 2, (size - 1) // 2), *[(0, 0)] * (x.ndim - 2)])
    total = sum(padded[:, i : i + x.shape[1]] for i in range(size))
    return x / (1 + 1e-4 * total / size) ** 0.75


def cosine(x: Any, y: Any, dim: int = 1) -> Any:
    x, y = np.broadcast_arrays(x, y)
    return (x * y).sum(dim) / np.sqrt((x * x).sum(dim) * (y * y).sum(dim))


def attention(q: Any, k: Any, v: Any, is_causal: bool) -> Any:
    scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf)
    return references.softmax(scores, -1) @ v


def heads(q: Any, s: Any, w: Any, b: Any, o: Any, c: Any) -> Any:
    """Three heads of width 1, of `q` to `s`, by the attention of each; the output and the mean weights."""
    parts = [x @ m.T + n for x, m, n in zip((q, s, s), np.split(w, 3), np.split(b, 3), strict=True)]
    q, k, v = (x[..., None].transpose(1, 2, 0, 3) for x in parts)
    weights = references.softmax(q @ k.swapaxes(-1, -2), -1)
    return (weights @ v)[..., 0].transpose(2, 0, 1) @ o.T + c, weights.mean(1)


def bagged(i: Any, w: Any, mode: str) -> Any:
    return getattr(w[i], mode)(1)


CHANNELS = [("ncl", "c", "c"), ("nclk", "c", "c")]
LAYERS = [
    Row(F.gelu, lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))), single(),
        call=lambda op, x: op(x, approximate="tanh"), note="tanh", ties=False),
    Row(F.prelu, lambda x, w: np.where(x > 0, x, x * w.reshape(-1, *[1] * max(x.ndim - 2, 0))),
        one_of_lettered(("nc", "c"), ("ncl", "c"), ("n", "1"), domains=[OFF, REAL], low=1), ties=False),
    Row(F.glu, lambda x: x[:, : x.shape[1] // 2] * references.expit(x[:, x.shape[1] // 2 :]), lettered("n4")),
    Row(F.normalize, lambda x, p, dim: x / np.linalg.norm(x, p, dim, keepdims=True),
        along(OFF, min_dims=1, min_side=1, p=one_of([1.0, 2.0, 3.0])), call=lambda op, x, dim, p: op(x, p, dim), ties=False),
    Row(F.cosine_similarity, cosine, one_of_lettered(("n3", "n3"), ("1km", "nk1"), ("nkm", "nkm"), domains=[OFF, OFF], low=1,
        dim=one_of([1, -1])), ties=False),
    Row(F.cosine_similarity, cosine, lettered("1km", "nk1", domains=[OFF, OFF], low=1, dim=-2), ties=False, note="middle"),
    Row(F.pairwise_distance, lambda x, y, p: np.linalg.norm(x - y + 1e-6, p, -1), lettered("nm", "nm", low=1,
        domains=[distinct(), distinct(0.2)], p=one_of([1.0, 2.0, 3.0])), ties=False),
    Row(F.cdist, lambda x, y, p: distance.cdist(x, y, "minkowski", p=p), lettered("nm", "km", low=1,
        domains=[distinct(), distinct(0.2)], p=one_of([1.0, 2.0, 3.0])), ties=False),
    Row(F.pdist, lambda x: distance.pdist(x), lettered("4m", low=1, domains=[distinct()]), ties=False),
    Row(F.batch_norm, lambda x, w, b: channels(normed(x, (0, *range(2, x.ndim))), w, b),
        one_of_lettered(*CHANNELS, ("nc", "c", "c"), low=2), call=lambda op, x, w, b: op(x, None, None, w, b, True), ties=False),
    Row(F.batch_norm, lambda x, m, v, w, b: channels((x - m[:, None]) / np.sqrt(v[:, None] + 1e-5), w, b),
        lettered("ncl", "c", "c", "c", "c", domains=[REAL, REAL, within(0.5, 2), REAL, REAL], low=1), constant=(1, 2),
        ties=False, note="running"),
    Row(F.layer_norm, lambda x, w, b: normed(x, (-2, -1)) * w + b, one_of_lettered(("nkm", "km", "km"), ("km", "km", "km"),
        low=2), call=lambda op, x, w, b: op(x, tuple(w.shape), w, b), ties=False),
    Row(F.rms_norm, lambda x, w: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * w, lettered("nkm", "m", low=1),
        call=lambda op, x, w: op(x, (w.shape[0],), w, 1e-5), ties=False),
    Row(F.group_norm, lambda x, w, b: channels(normed(x.reshape(len(x), 2, -1), -1).reshape(x.shape), w, b),
        lettered("n4l", "4", "4", low=1), call=lambda op, x, w, b: op(x, 2, w, b), ties=False),
    Row(F.instance_norm, lambda x, w, b: channels(normed(x, tuple(range(2, x.ndim))), w, b), one_of_lettered(*CHANNELS, low=2, domains=[distinct(), REAL, REAL]),
        call=lambda op, x, w, b: op(x, weight=w, bias=b), ties=False),
    Row(F.local_response_norm, local_response, one_of_lettered(("ncl",), ("nclk",), size=st.integers(1, 4), low=1), ties=False),
    Row(F.scaled_dot_product_attention, attention, one_of_lettered(("nld", "nsd", "nso"), ("ld", "sd", "so"), low=1,
        is_causal=BOOL), ties=False),
    Row(F.multi_head_attention_forward, heads, lettered("ln3", "sn3", "93", "9", "33", "3", domains=[within(-1, 1)] * 6, low=1),
        ties=False, call=lambda op, q, s, w, b, o, c: op(q, s, s, 3, 3, w, b, None, None, False, 0.0, o, c)),
    Row(F.embedding_bag, bagged, lettered("nk", "4m", domains=[integers(0, 4), distinct()], mode=one_of(["sum", "mean", "max"]),
        low=1)),
    Row(F.one_hot, lambda x, n: np.eye(n, dtype=np.int64)[x], single(integers(0, 4), args=one_of([(4,), (6,)])), 0),
]  # fmt: skip


def masked(name: str, spread: Any, low: float = 0.0) -> Row:
    """A kind of dropout: `spread` names the dimensions that have masks of their own."""

    def reference(x: Any, p: float) -> Any:
        random.manual_seed(3)
        shape = tuple(n if d in spread(x.ndim) else 1 for d, n in enumerate(x.shape))
        kept = drop(np.ones(shape), random.bits16(math.prod(shape)), 1 - p)[1] > 0
        scale = ((1 - p) * (1 + p * low**2)) ** -0.5 if low else 1 / (1 - p)
        return np.where(kept, x, low) * scale - scale * p * low if p else x

    def call(op: Any, x: Any, p: float) -> Any:
        random.manual_seed(3)
        return op(x, p, True)

    domain = (
        one_of_lettered(("nck",), ("nc",))
        if name == "dropout1d"
        else one_of_lettered(("nckh",), ("nckhw",))
    )
    samples = domain.flatmap(
        lambda s: st.sampled_from([(0.5,), (0.2,), (0.0,)]).map(lambda a: _with(s, a))
    )
    return Row(getattr(F, name), reference, samples, call=call, torch=None)


def _with(sample: Any, args: Any) -> Any:
    sample.args = args
    return sample


LOW = -1.7580993408473766
DROPOUTS = [
    masked("dropout1d", lambda n: range(n - 1)), masked("dropout2d", lambda n: (0, 1)),
    masked("dropout3d", lambda n: (0, 1)[: n - 3]), masked("alpha_dropout", range, LOW),
    masked("feature_alpha_dropout", lambda n: (0, 1), LOW),
]  # fmt: skip


def _gumbel(op: Any, x: Any, hard: bool) -> Any:
    random.manual_seed(3)
    return op(x, 0.5, hard)


def gumbel(x: Any, hard: bool) -> Any:
    random.manual_seed(3)
    soft = references.softmax((x + random.source(None).gumbel(size=x.shape)) / 0.5, -1)
    return (soft == soft.max(-1, keepdims=True)) * 1.0 if hard else soft


def reduced(formula: Any) -> Any:
    """A loss of NumPy arrays from a formula of the losses by element."""

    def reference(*arrays: Any, reduction: str, **options: Any) -> Any:
        losses = np.asarray(formula(*arrays, **options))
        return {"none": lambda: losses, "mean": losses.mean, "sum": losses.sum}[reduction]()

    return reference


def margins(x: Any, target: Any, p: int) -> Any:
    n = np.arange(len(x))
    gaps = np.maximum(0, 1 - x[n, target][:, None] + x) ** p
    gaps[n, target] = 0
    return gaps.mean(1)


def label_margins(x: Any, target: Any) -> Any:
    out = np.zeros(len(x))
    for i, row in enumerate(target):
        named = list(row[: list(row).index(-1)]) if -1 in row else list(row)
        out[i] = sum(
            max(0, 1 - x[i, j] + x[i, k]) for j in named for k in range(len(row)) if k not in named
        )
    return out / x.shape[1]


def labels(rng: Any, shape: Any) -> Any:
    """Rows of different classes, ended by -1."""
    rows = rng.permuted(np.tile(np.arange(shape[-1]), (shape[0], 1)), axis=1)
    return np.where(np.arange(shape[-1]) < rng.integers(0, shape[-1] + 1, (shape[0], 1)), rows, -1)


def triplet(a: Any, p: Any, n: Any, swap: bool = False) -> Any:
    d = lambda x, y: np.linalg.norm(x - y + 1e-6, axis=-1)  # noqa: E731
    return np.maximum(0, d(a, p) - (np.minimum(d(a, n), d(p, n)) if swap else d(a, n)) + 1)


def by_reduction(x: Any, t: Any, reduction: str, **options: Any) -> dict[str, Any]:
    return {"reduction": reduction, **options}


PAIRS = [  # function, formula, domains of the arrays, options, places without gradient
    (F.l1_loss, lambda x, y: np.abs(x - y), [distinct(), distinct(0.2)], {}, ()),
    (F.smooth_l1_loss, lambda x, y, beta: np.where(np.abs(x - y) < beta, (x - y) ** 2 / 2 / beta, np.abs(x - y) - beta / 2),
     [distinct(), distinct(0.2)], {"beta": one_of([1.0, 0.5])}, ()),
    (F.huber_loss, lambda x, y, delta: np.where(np.abs(x - y) < delta, (x - y) ** 2 / 2, delta * (np.abs(x - y) - delta / 2)),
     [distinct(), distinct(0.2)], {"delta": one_of([1.0, 0.5])}, ()),
    (F.binary_cross_entropy, lambda x, t: -t * np.log(x) - (1 - t) * np.log(1 - x), [PROBABILITY, PROBABILITY], {}, ()),
    (F.binary_cross_entropy, lambda x, t, w: w * (-t * np.log(x) - (1 - t) * np.log(1 - x)), [PROBABILITY] * 3, {}, (2,)),
    (F.binary_cross_entropy_with_logits, lambda x, t: -t * references.log_expit(x) - (1 - t) * references.log_expit(-x),
     [REAL, PROBABILITY], {}, ()),
    (F.kl_div, lambda x, t: t * (np.log(t) - x), [REAL, PROBABILITY], {}, ()),
    (F.kl_div, lambda x, t, log_target: np.exp(t) * (t - x), [REAL, REAL], {"log_target": True}, ()),
    (F.poisson_nll_loss, lambda x, t, log_input: np.exp(x) - t * x if log_input else x - t * np.log(x + 1e-8),
     [within(0.3, 2), within(0, 4)], {"log_input": BOOL}, ()),
    (F.gaussian_nll_loss, lambda x, t, v, full: (np.log(v) + (x - t) ** 2 / v) / 2 + full * math.log(2 * math.pi) / 2,
     [REAL, REAL, within(0.3, 2)], {"full": BOOL}, ()),
    (F.soft_margin_loss, lambda x, t: np.log1p(np.exp(-t * x)), [REAL, SIGNS], {}, (1,)),
    (F.hinge_embedding_loss, lambda x, t: np.where(t == 1, x, np.maximum(0, 1.05 - x)), [outside(0.1, 0.9), SIGNS],
     {"margin": 1.05}, (1,)),
    (F.margin_ranking_loss, lambda x, y, t: np.maximum(0, -t * (x - y)), [distinct(), distinct(0.2), SIGNS], {}, (2,)),
]  # fmt: skip


def _hinge(formula: Any) -> Any:
    return lambda *arrays, margin=None, **options: formula(*arrays, **options)


LOSSES = [
    *(Row(f, reduced(_hinge(formula)), alike(*domains, min_side=1, reduction=HOW, **options), constant=constant, ties=False,
          call=lambda op, *xs, **options: op(*xs[:3], **options), note=f"{len(domains)}{','.join(options)}")
      for f, formula, domains, options, constant in PAIRS),
    Row(F.cosine_embedding_loss, reduced(lambda x, y, t: np.where(t == 1, 1 - cosine(x, y), np.maximum(0, cosine(x, y) + 2))),
        lettered("nm", "nm", "n", domains=[OFF, OFF, SIGNS], low=1, reduction=HOW), constant=(2,), ties=False,
        call=lambda op, x, y, t, reduction: op(x, y, t, margin=-2.0, reduction=reduction)),
    Row(F.triplet_margin_loss, reduced(triplet), lettered("nm", "nm", "nm", domains=[within(0, 1), within(0, 1), within(-1, 0)],
        low=1, reduction=HOW, swap=False), ties=False),
    Row(F.triplet_margin_with_distance_loss, reduced(triplet), lettered("nm", "nm", "nm", low=1, reduction=HOW,
        domains=[within(0, 1), within(0, 1), within(0, 1)], swap=BOOL), 1, ties=False),
    Row(F.multi_margin_loss, reduced(margins), lettered("n3", "n", domains=[distinct(), integers(0, 3)], low=1, reduction=HOW,
        p=one_of([1, 2])), ties=False),
    Row(F.multilabel_margin_loss, reduced(label_margins), lettered("n4", "n4", domains=[distinct(), labels], low=1,
        reduction=HOW), ties=False),
    Row(F.multilabel_soft_margin_loss, reduced(lambda x, t: -(t * references.log_expit(x) + (1 - t) * references.log_expit(-x)).mean(1)),
        lettered("n3", "n3", domains=[REAL, PROBABILITY], low=1, reduction=HOW), ties=False),
    Row(F.linear_cross_entropy, lambda x, w, t: -references.log_softmax(x @ w.T, 1)[np.arange(len(t)), t].mean(),
        lettered("nk", "3k", "n", domains=[REAL, REAL, integers(0, 3)], low=1), ties=False),
]  # fmt: skip

ROWS = [
    *(Row(f, reference, single(domain, **options)) for f, reference, domain, options in ACTIVATIONS),
    *LAYERS, *DROPOUTS,
    Row(F.gumbel_softmax, gumbel, single(min_dims=1, min_side=1, hard=False), call=_gumbel, torch=None),
    *LOSSES,
]  # fmt: skip
