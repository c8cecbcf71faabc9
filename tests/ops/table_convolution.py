"""Rows for `nn/functional/`: convolution, padding, pooling, resizing. SciPy's correlation, or a loop over the windows, is the reference."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.ops.rows import LAYOUTS, REAL, SEED, Row, Sample, distinct, within
from tests.optional import optional
from tinygrad_mnist.kernels.convolution import THIN
from tinygrad_mnist.nn import functional as conv

signal = optional("scipy.signal")

Array = np.ndarray
RANKS = (1, 2, 3)


def each(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


# references --------------------------------------------------------------------------------


def spaced(x: Array, steps: Any, rank: int) -> Array:
    """The last dimensions with steps - 1 zeros between elements."""
    steps = each(steps, rank)
    sizes = [(n - 1) * s + 1 for n, s in zip(x.shape[-rank:], steps, strict=True)]
    out = np.zeros((*x.shape[:-rank], *sizes))
    out[(..., *(slice(None, None, s) for s in steps))] = x
    return out


def _batched(function: Any, x: Array, rank: int) -> Array:
    return function(x) if x.ndim == rank + 2 else function(x[None])[0]


def correlation(rank: int) -> Any:
    def reference(
        x: Array, w: Array, b: Any = None, stride=1, padding=0, dilation=1, groups=1
    ) -> Array:
        wide = spaced(w, dilation, rank)
        if padding == "valid":
            around = [(0, 0)] * rank
        elif padding == "same":
            around = [((k - 1) // 2, k // 2) for k in wide.shape[2:]]
        else:
            around = [(p, p) for p in each(padding, rank)]
        every = tuple(slice(None, None, s) for s in each(stride, rank))

        def images(x: Array) -> Array:
            x = np.pad(x, [(0, 0), (0, 0), *around])
            each_group = zip(np.split(x, groups, 1), np.split(wide, groups), strict=True)
            out = [
                [signal.correlate(image, kernel, "valid", "direct")[0][every] for kernel in kernels]
                for part, kernels in each_group
                for image in part
            ]
            out = np.array(out).reshape(groups, len(x), len(w) // groups, *np.shape(out)[2:])
            out = np.moveaxis(out, 0, 1).reshape(len(x), len(w), *out.shape[3:])
            return out if b is None else out + b.reshape(-1, *(1,) * rank)

        return _batched(images, x, rank)

    return reference


def transposed_correlation(rank: int) -> Any:
    def reference(
        x, w, b=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
    ) -> Array:
        wide = spaced(w, dilation, rank)
        cut, more = each(padding, rank), each(output_padding, rank)

        def images(x: Array) -> Array:
            parts = []
            for part, kernels in zip(
                np.split(spaced(x, stride, rank), groups, 1), np.split(wide, groups), strict=True
            ):
                parts.append([
                    [sum(signal.convolve(c, k[o], "full", "direct") for c, k in zip(image, kernels, strict=True))
                     for o in range(w.shape[1])]
                    for image in part
                ])  # fmt: skip
            out = np.pad(np.concatenate(parts, 1), [(0, 0), (0, 0), *((0, m) for m in more)])
            out = out[(..., *(slice(c, n - c) for c, n in zip(cut, out.shape[2:], strict=True)))]
            return out if b is None else out + b.reshape(-1, *(1,) * rank)

        return _batched(images, x, rank)

    return reference


def _positions(size, kernel, stride, padding, dilation, ceil_mode):
    """For each dimension and window, the positions that it covers, padding included."""
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        starts = [-p]
        while starts[-1] + s + d * (k - 1) < n + p or (
            ceil_mode and starts[-1] + d * (k - 1) < n + p - 1 and starts[-1] + s < n
        ):
            starts.append(starts[-1] + s)
        yield [[start + d * i for i in range(k)] for start in starts]


def pooling(rank: int, reduce: Any) -> Any:
    """`reduce(values, inside, positions, size, padding, options)` over every window."""

    def reference(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, **options):
        size, kernel, around = x.shape[-rank:], each(kernel_size, rank), each(padding, rank)
        steps = kernel if stride is None else each(stride, rank)
        dims = list(_positions(size, kernel, steps, around, each(dilation, rank), ceil_mode))
        out = np.zeros((*x.shape[:-rank], *map(len, dims)))
        places = np.zeros(out.shape, np.int64)
        for at in itertools.product(*(range(len(d)) for d in dims)):
            window = list(itertools.product(*(d[i] for d, i in zip(dims, at, strict=True))))
            inside = [p for p in window if all(0 <= i < n for i, n in zip(p, size, strict=True))]
            counted = [
                p for p in window if all(i < n + a for i, n, a in zip(p, size, around, strict=True))
            ]
            values = np.stack([x[(..., *p)] for p in inside], -1)
            out[(..., *at)], best = reduce(values, len(counted), **options)
            places[(..., *at)] = np.array([np.ravel_multi_index(p, size) for p in inside])[best]
        return (out, places) if options.get("return_indices") else out

    return reference


def largest(values: Array, counted: int, return_indices: bool = False) -> Any:
    return values.max(-1), values.argmax(-1)


def average(
    values: Array, counted: int, count_include_pad: bool = True, divisor_override: Any = None
) -> Any:
    return values.sum(-1) / (
        divisor_override or (counted if count_include_pad else values.shape[-1])
    ), 0


def adaptive(rank: int, reduce: Any) -> Any:
    def reference(x: Array, output_size: Any) -> Array:
        size, goal = x.shape[-rank:], each(output_size, rank)
        out = np.zeros((*x.shape[:-rank], *goal))
        for at in itertools.product(*map(range, goal)):
            window = tuple(
                slice(i * n // o, -(-(i + 1) * n // o))
                for i, n, o in zip(at, size, goal, strict=True)
            )
            out[(..., *at)] = reduce(x[(..., *window)], tuple(range(-rank, 0)))
        return out

    return reference


def columns(x: Array, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Array:
    (k, l), (d, e), (p, q), (s, t) = (each(v, 2) for v in (kernel_size, dilation, padding, stride))
    x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p), (q, q)])
    rows = range(0, x.shape[-2] - d * (k - 1), s)
    windows = [
        x[..., i : i + d * (k - 1) + 1 : d, j : j + e * (l - 1) + 1 : e].reshape(*x.shape[:-3], -1)
        for i in rows
        for j in range(0, x.shape[-1] - e * (l - 1), t)
    ]
    return np.stack(windows, -1)


def folded(x: Array, output_size: Any, **options: Any) -> Array:
    """By the definition of a transpose: the sum over unit images of their columns' product with x."""
    channels = x.shape[-2] // int(np.prod(each(options["kernel_size"], 2)))
    units = np.eye(channels * int(np.prod(output_size))).reshape(-1, channels, *output_size)
    return np.einsum("...rl,url->...u", x, columns(units, **options)).reshape(
        *x.shape[:-2], channels, *output_size
    )


def padded(x: Array, pad: Any, mode: str = "constant", value: Any = None) -> Array:
    pairs = list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    pairs = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    grown = [(max(a, 0), max(b, 0)) for a, b in pairs]
    if mode == "constant":
        out = np.pad(x, grown, constant_values=value or 0)
    else:
        out = np.pad(
            x, grown, {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
        )
    return out[
        tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(pairs, out.shape, strict=True))
    ]


def resized(
    x: Array,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: Any = None,
) -> Array:
    rank = x.ndim - 2
    factors = scale_factor if isinstance(scale_factor, tuple) else (scale_factor,) * rank
    for d in range(rank):
        n = x.shape[2 + d]
        m = int(n * factors[d]) if size is None else each(size, rank)[d]
        ratio = n / m if size is not None else 1 / factors[d]
        if mode in ("nearest", "nearest-exact"):
            at = [min(int((i + (mode == "nearest-exact") / 2) * ratio), n - 1) for i in range(m)]
            x = x.take(at, 2 + d)
        else:
            at = np.linspace(0, n - 1, m) if align_corners else (np.arange(m) + 0.5) * ratio - 0.5
            x = np.apply_along_axis(
                lambda row, at=at, n=n: np.interp(at, np.arange(n), row), 2 + d, x
            )
    return x


def shuffled(x: Array, r: int) -> Array:
    out = np.zeros((*x.shape[:-3], x.shape[-3] // r**2, x.shape[-2] * r, x.shape[-1] * r))
    for i, j in itertools.product(range(r), range(r)):
        out[..., i::r, j::r] = x[..., i * r + j :: r * r, :, :]
    return out


def unshuffled(x: Array, r: int) -> Array:
    parts = [x[..., i::r, j::r] for i, j in itertools.product(range(r), range(r))]
    return np.stack(parts, -3).reshape(*x.shape[:-3], x.shape[-3] * r * r, *parts[0].shape[-2:])


# arguments ---------------------------------------------------------------------------------


def _numbers(draw: Any, rank: int, low: int, high: int) -> Any:
    """One number, or one for each dimension."""
    one = st.integers(low, high)
    return draw(one | st.tuples(*[one] * rank))


def _made(
    draw: Any, shapes: Any, options: dict[str, Any], args: tuple[Any, ...] = (), domain: Any = REAL
) -> Sample:
    rng = np.random.default_rng(draw(SEED))
    return Sample(
        [domain(rng, tuple(s)) for s in shapes],
        args,
        options,
        [draw(st.sampled_from(LAYOUTS)) for _ in shapes],
    )


def _lead(draw: Any) -> list[int]:
    return draw(st.sampled_from([[], [1], [2], [0]]))


@st.composite
def convolutions(draw: Any, rank: int, transposed: bool = False, wide: bool = False) -> Sample:
    """With few channels or, `wide`, with so many that kernels are unfolded by rows."""
    groups = draw(st.integers(1, 2))
    c, o = (draw(st.integers(1, 2)) for _ in range(2))
    stride, dilation = _numbers(draw, rank, 1, 3), _numbers(draw, rank, 1, 2)
    kernel = draw(st.tuples(*[st.integers(1, 3)] * rank))
    if wide:
        kernel = (2, 3, 1)[:rank]
        many = THIN // int(np.prod(kernel)) + 1
        c, o = (c, many) if transposed else (many, o)
    least = [
        1 if transposed else d * (k - 1) + 1
        for k, d in zip(kernel, each(dilation, rank), strict=True)
    ]
    size = [n + draw(st.integers(0, 2)) for n in least]
    options = {
        "stride": stride,
        "dilation": dilation,
        "groups": groups,
        "padding": _numbers(draw, rank, 0, 1),
    }
    if transposed:
        reach = [(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in
                 zip(size, each(stride, rank), each(dilation, rank), kernel, strict=True)]  # fmt: skip
        options["padding"] = tuple(draw(st.integers(0, min(1, (n - 1) // 2))) for n in reach)
        options["output_padding"] = tuple(draw(st.integers(0, s - 1)) for s in each(stride, rank))
    elif draw(st.booleans()):
        options["padding"] = draw(st.sampled_from(["same", "valid"]))
        options["stride"] = 1
    weight = (c * groups, o, *kernel) if transposed else (o * groups, c, *kernel)
    lead = draw(st.sampled_from([[], [1], [2]]))
    bias = draw(st.booleans())
    return _made(draw, [(*lead, c * groups, *size), weight, *[(o * groups,)] * bias], options)


@st.composite
def pools(draw: Any, rank: int, domain: Any = REAL, **more: Any) -> Sample:
    kernel = draw(st.tuples(*[st.integers(1, 3)] * rank))
    dilation = _numbers(draw, rank, 1, 2) if more.get("dilated") else 1
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, each(dilation, rank), strict=True)]
    size = [n + draw(st.integers(0, 2)) for n in reach]
    options: dict[str, Any] = {"kernel_size": kernel, "ceil_mode": draw(st.booleans())}
    options["padding"] = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    if more.get("dilated"):
        options["dilation"] = dilation
    if draw(st.booleans()):
        options["stride"] = _numbers(draw, rank, 1, 3)
    for name, choice in more.items():
        if name != "dilated":
            options[name] = draw(choice)
    return _made(draw, [(*_lead(draw), draw(st.integers(1, 2)), *size)], options, domain=domain)


@st.composite
def adaptives(draw: Any, rank: int, domain: Any = REAL) -> Sample:
    size = draw(st.tuples(*[st.integers(1, 5)] * rank))
    lead = draw(st.sampled_from([[], [2]]))
    return _made(draw, [(*lead, 2, *size)], {}, (_numbers(draw, rank, 1, 4),), domain)


@st.composite
def foldings(draw: Any, back: bool) -> Sample:
    size = draw(st.tuples(st.integers(3, 5), st.integers(3, 5)))
    options = {
        "kernel_size": _numbers(draw, 2, 1, 2), "dilation": _numbers(draw, 2, 1, 2),
        "padding": _numbers(draw, 2, 0, 1), "stride": _numbers(draw, 2, 1, 2),
    }  # fmt: skip
    shape = (*draw(st.sampled_from([[], [2]])), 2, *size)
    if not back:
        return _made(draw, [shape], options)
    return _made(draw, [columns(np.zeros(shape), **options).shape], options, (size,))


@st.composite
def paddings(draw: Any, mode: str) -> Sample:
    if mode == "constant":
        size = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
        count = draw(st.integers(1, len(size)))
        low, high, options = -1, 2, {"mode": mode, "value": draw(st.sampled_from([None, 1.5]))}
    else:
        count = draw(st.integers(1, 3))
        size = draw(st.lists(st.integers(2, 3), min_size=count + 1, max_size=count + 2))
        low, high, options = 0, 1, {"mode": mode}
    pad = []
    for n in size[: -count - 1 : -1]:
        before = draw(st.integers(max(low, -n), high))
        pad += [before, draw(st.integers(max(low, -n - min(before, 0)), high))]
    return _made(draw, [size], {"pad": tuple(pad), **options})


@st.composite
def resizings(draw: Any) -> Sample:
    rank = draw(st.integers(1, 3))
    size = draw(st.tuples(*[st.integers(2, 4)] * rank))
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}[rank]
    options: dict[str, Any] = {
        "mode": draw(st.sampled_from(["nearest", "nearest-exact", linear, linear]))
    }
    options |= draw(
        st.sampled_from([{"scale_factor": 2}, {"scale_factor": 1.5}, {"scale_factor": 0.5}, {}])
    )
    if "scale_factor" not in options:
        options["size"] = _numbers(draw, rank, 1, 6)
    if options["mode"] == linear:
        options["align_corners"] = draw(st.sampled_from([None, False, True]))
    return _made(draw, [(2, 1, *size)], options)


@st.composite
def images(draw: Any, channels: int) -> Sample:
    """With a size to give them."""
    size, new = (draw(st.tuples(*[st.integers(2, 4)] * 2)) for _ in range(2))
    return _made(draw, [(2, channels, *size)], {"size": new})


@st.composite
def shufflings(draw: Any, back: bool) -> Sample:
    r = draw(st.integers(1, 3))
    lead = draw(st.sampled_from([[], [2], [2, 1]]))
    shape = (2, 2 * r, r) if back else (2 * r * r, 2, 1)
    return _made(draw, [(*lead, *shape)], {}, (r,))


def _lp(rank: int) -> Any:
    def reference(x: Array, norm_type: float, **options: Any) -> Array:
        return pooling(
            rank, lambda values, counted: ((values**norm_type).sum(-1) ** (1 / norm_type), 0)
        )(x, **options)

    return reference


@st.composite
def norms(draw: Any, rank: int) -> Sample:
    size, kernel = draw(st.tuples(*[st.integers(2, 4)] * rank)), draw(st.integers(1, 2))
    options = {"kernel_size": kernel, "stride": draw(st.sampled_from([None, 1, 2]))}
    return _made(
        draw, [(2, *size)], options, (draw(st.sampled_from([1, 2, 3.0])),), within(0.3, 3.0)
    )


def _case(name: str, rank: int, *rest: Any, **options: Any) -> Row:
    options.setdefault("torch", f"nn.functional.{name}{rank}d")
    return Row(getattr(conv, f"{name}{rank}d"), *rest, **options)


ROWS = [
    *(_case("conv", r, correlation(r), convolutions(r)) for r in RANKS),
    *(_case("conv", r, correlation(r), convolutions(r, wide=True), note="wide") for r in RANKS),
    # not with ties: of integers PyTorch takes a bias of another type
    *(_case("conv_transpose", r, transposed_correlation(r), convolutions(r, True), ties=False) for r in RANKS),
    *(_case("conv_transpose", r, transposed_correlation(r), convolutions(r, True, True), note="wide", ties=False) for r in (2, 3)),
    *(_case("max_pool", r, pooling(r, largest), pools(r, distinct(), dilated=True)) for r in RANKS),
    *(_case("max_pool", r, pooling(r, largest), pools(r, distinct(), dilated=True, return_indices=st.just(True)), note="indices")
      for r in RANKS),
    *(_case("avg_pool", r, pooling(r, average), pools(r, count_include_pad=st.booleans())) for r in RANKS),
    *(_case("avg_pool", r, pooling(r, average), pools(r, divisor_override=st.integers(1, 5)), note="divisor") for r in (2, 3)),
    *(_case("adaptive_avg_pool", r, adaptive(r, np.mean), adaptives(r)) for r in RANKS),
    *(_case("adaptive_max_pool", r, adaptive(r, np.max), adaptives(r, distinct())) for r in RANKS),
    Row(conv.unfold, columns, foldings(False), torch="nn.functional.unfold"),
    Row(conv.fold, folded, foldings(True), torch="nn.functional.fold"),
    *(Row(conv.pad, padded, paddings(mode), note=mode, torch="nn.functional.pad")
      for mode in ("constant", "reflect", "replicate", "circular")),
    # not with ties: PyTorch also interpolates bytes
    Row(conv.interpolate, resized, resizings(), torch="nn.functional.interpolate", ties=False),
    *(Row(f, functools.partial(resized, **options), images(2), torch=f"nn.functional.{f.__name__}", ties=False)
      for f, options in ((conv.upsample, {}), (conv.upsample_nearest, {}),
                         (conv.upsample_bilinear, {"mode": "bilinear", "align_corners": True}))),
    *(_case("lp_pool", r, _lp(r), norms(r), ties=False) for r in RANKS),
    Row(conv.channel_shuffle, lambda x, g: x.reshape(len(x), g, -1, *x.shape[2:]).swapaxes(1, 2).reshape(x.shape),
        images(6).map(lambda s: Sample(s.arrays, (3,), {}, s.layouts)), torch="nn.functional.channel_shuffle"),
    Row(conv.pixel_shuffle, shuffled, shufflings(False)),
    Row(conv.pixel_unshuffle, unshuffled, shufflings(True)),
]  # fmt: skip
