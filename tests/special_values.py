"""Every pointwise, reducing, normalising and loss function at inf, NaN, zeros, subnormal and huge.

    python -m tests.special_values [NAME ...]

Both PyTorch and this framework get the same arrays, made of the values at which formulas break, in
float32 and float64. NaN, the infinities and zeros must fall in the same places, of values and of
gradients, and what is finite must agree. A difference that is meant stands in EXPLAINED: for which
functions, from what of PyTorch's to what of ours, and why.
"""

import collections
import fnmatch
import itertools
import sys
import warnings

import numpy as np
import torch

import tinygrad_mnist as tg

DTYPES = ("float32", "float64")
TOLERANCE = {"float32": 3e-5, "float64": 1e-9}


def specials(dtype):
    """The values that each argument of a pointwise function takes, in pairs all against all."""
    limits = np.finfo(dtype)
    positive = [
        0.0,
        float(limits.smallest_subnormal),
        float(limits.tiny),
        float(limits.eps),
        0.25,
        1.0,
        3.0,
        20.0,
        100.0,
        1000.0,
        float(np.sqrt(limits.max)) * 4.0,
        float(limits.max),
        np.inf,
    ]
    values = [sign * value for value in positive for sign in (1.0, -1.0)]
    return np.array([*values, np.nan], dtype)


def few(dtype):
    """Fewer of them, of which rows are made."""
    limits = np.finfo(dtype)
    huge = float(limits.max)
    small = float(limits.smallest_subnormal)
    return np.array([0.0, -0.0, 1.0, -2.5, small, huge, -huge, np.inf, -np.inf, np.nan], dtype)


def rows(dtype, length=3):
    """(n, length): all rows made of these few."""
    return np.array(list(itertools.product(few(dtype), repeat=length)), dtype)


def pairs(dtype):
    """Two arrays, of all pairs of special values."""
    first, second = np.meshgrid(specials(dtype), specials(dtype), indexing="ij")
    return first.ravel().copy(), second.ravel().copy()


def triples(dtype):
    """Three arrays, of all triples of fewer values."""
    every = rows(dtype)
    return tuple(every[:, column].copy() for column in range(3))


def one(dtype):
    return (specials(dtype),)


def row(dtype):
    return (rows(dtype),)


def row_pairs(dtype):
    """Two arrays of rows of two, of all pairs of such rows."""
    every = rows(dtype, 4)
    return every[:, :2].copy(), every[:, 2:].copy()


def fewer_row_pairs(dtype):
    """Every ninth of them, for functions that take one row at a time."""
    first, second = row_pairs(dtype)
    return first[::9].copy(), second[::9].copy()


def columns(dtype):
    """(3, n): a batch of three, with every triple as one channel."""
    return (rows(dtype).T.copy(),)


def images(dtype):
    """(n, 1, 4): rows of four of fewer values still, as what a pool slides over."""
    every = few(dtype)[[0, 2, 3, 5, 7, 8, 9]]
    return (np.array(list(itertools.product(every, repeat=4)), dtype)[:, None, :],)


def squares(dtype):
    """(n, 1, 2, 2): the same as pictures."""
    return (images(dtype)[0].reshape(-1, 1, 2, 2),)


def cubes(dtype):
    """(n, 1, 1, 2, 2): the same as volumes."""
    return (images(dtype)[0].reshape(-1, 1, 1, 2, 2),)


SUBJECTS = {}


def subject(name, arguments, function):
    """Note a function of (library, *tensors) under a name, which begins with the function's own."""
    assert name not in SUBJECTS, name
    SUBJECTS[name] = arguments, function


def find(library, path):
    """`nn.functional.relu` of a library."""
    for part in path.split("."):
        library = getattr(library, part)
    return library


def plain(arguments, names, prefix=""):
    """Functions that are called with the tensors alone."""
    for name in names.split():
        path = prefix + name
        subject(path, arguments, lambda lib, *args, path=path: find(lib, path)(*args))


def with_options(arguments, calls, prefix=""):
    """Functions called with options: `name: [options, ...]`."""
    for name, options in calls.items():
        for each in options:
            path = prefix + name
            told = ", ".join(f"{key}={value!r}" for key, value in each.items())
            subject(
                f"{path}({told})",
                arguments,
                lambda lib, *args, path=path, each=each: find(lib, path)(*args, **each),
            )


F = "nn.functional."

plain(
    one,
    """abs acos acosh angle asin asinh atan atanh ceil cos cosh deg2rad erf erfc exp exp2 expm1 fix frac
    frexp isfinite isinf isnan isneginf isposinf isreal log log1p log2 log10 logical_not nan_to_num neg
    positive rad2deg reciprocal relu round rsqrt sgn sigmoid sign signbit sin sinc sinh sqrt square tan tanh
    trunc""",
)
plain(
    one,
    """digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 i1e log1p log_ndtr logit ndtr
    ndtri airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1
    modified_bessel_k0 modified_bessel_k1 psi round scaled_modified_bessel_k0 scaled_modified_bessel_k1 sinc
    spherical_bessel_j0""",
    "special.",
)
with_options(
    one,
    {
        "clamp": [{"min": -1.0, "max": 3.0}, {"min": float("nan")}, {"min": 1.0, "max": -1.0}],
        "clamp_min": [{"min": 0.0}],
        "clamp_max": [{"max": 0.0}],
        "pow": [{"exponent": e} for e in (0, 0.0, 1, 2, 3, -1, -2, 0.5, -0.5, 2.5, float("inf"))],
        "float_power": [{"exponent": e} for e in (0, 2, -1, 0.5)],
        "nan_to_num": [{"nan": 1.0, "posinf": 2.0, "neginf": -2.0}],
        "logit": [{"eps": 0.25}, {"eps": 0.0}],
        "polygamma": [],
        "fill": [{"value": 1.0}],
        "ldexp": [],
        "xlogy": [],
        "mvlgamma": [],
        "celu": [{"alpha": 2.0}],
        "round": [{"decimals": 2}, {"decimals": -1}],
    },
)
for order in (0, 1, 2):
    subject(f"polygamma({order})", one, lambda lib, x, n=order: lib.polygamma(n, x))
subject("special.polygamma", one, lambda lib, x: lib.special.polygamma(1, x))
for power in (0.0, 1.0, 2.0, float("inf")):
    subject(f"pow({power}, x)", one, lambda lib, x, p=power: lib.pow(p, x))
    subject(f"rsub({power})", one, lambda lib, x, p=power: lib.rsub(x, p))
    subject(f"add({power})", one, lambda lib, x, p=power: lib.add(x, p))
    subject(f"mul({power})", one, lambda lib, x, p=power: lib.mul(x, p))
    subject(f"div({power})", one, lambda lib, x, p=power: lib.div(x, p))
    subject(f"remainder({power})", one, lambda lib, x, p=power: lib.remainder(x, p))
    subject(f"fmod({power})", one, lambda lib, x, p=power: lib.fmod(x, p))
    subject(f"floor_divide({power})", one, lambda lib, x, p=power: lib.floor_divide(x, p))
    subject(f"xlogy({power})", one, lambda lib, x, p=power: lib.xlogy(x, p))
    subject(f"where({power})", one, lambda lib, x, p=power: lib.where(x > 0, x, p))
for name in [
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
]:
    for order in (0, 1, 3):
        subject(
            f"special.{name}({order})",
            one,
            lambda lib, x, n=order, name=name: getattr(lib.special, name)(x, n),
        )
        subject(
            f"special.shifted_{name}({order})",
            one,
            lambda lib, x, n=order, name=name: getattr(lib.special, "shifted_" + name)(x, n),
        )
for name in [
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
]:
    for order in (0, 1, 3):
        subject(
            f"special.{name}({order})",
            one,
            lambda lib, x, n=order, name=name: getattr(lib.special, name)(x, n),
        )
for order in (1, 3):
    subject(
        f"mvlgamma({order})",
        lambda dtype: (np.abs(specials(dtype)) + 2.0,),
        lambda lib, x, p=order: lib.mvlgamma(x, p),
    )
    subject(
        f"special.multigammaln({order})",
        lambda dtype: (np.abs(specials(dtype)) + 2.0,),
        lambda lib, x, p=order: lib.special.multigammaln(x, p),
    )

plain(
    pairs,
    """add sub mul div true_divide floor_divide remainder fmod pow atan2 copysign eq ne lt le gt ge equal
    float_power fmax fmin heaviside hypot isclose allclose ldexp logaddexp logaddexp2 logical_and logical_or
    logical_xor maximum minimum nextafter rsub xlogy""",
)
plain(pairs, "xlog1py zeta gammainc gammaincc xlogy", "special.")
for rounding in ("floor", "trunc"):
    subject(f"div({rounding})", pairs, lambda lib, x, y, r=rounding: lib.div(x, y, rounding_mode=r))
subject("lerp(0.25)", pairs, lambda lib, x, y: lib.lerp(x, y, 0.25))
subject("lerp(1)", pairs, lambda lib, x, y: lib.lerp(x, y, 1.0))
subject("add(alpha=0)", pairs, lambda lib, x, y: lib.add(x, y, alpha=0))
subject("sub(alpha=2)", pairs, lambda lib, x, y: lib.sub(x, y, alpha=2))
subject("isclose(equal_nan)", pairs, lambda lib, x, y: lib.isclose(x, y, equal_nan=True))
plain(triples, "lerp addcmul addcdiv clamp")
subject("where", triples, lambda lib, c, x, y: lib.where(c > 0, x, y))
subject("where(safe)", pairs, lambda lib, x, y: lib.where(x > 0, x * y, y))
subject("masked_fill", pairs, lambda lib, x, y: lib.masked_fill(x, y > 0, 2.0))

plain(
    one,
    """relu relu6 leaky_relu elu celu selu gelu silu mish softplus logsigmoid hardtanh hardsigmoid hardswish
    softsign tanhshrink hardshrink softshrink sigmoid tanh""",
    F,
)
with_options(
    one,
    {
        "gelu": [{"approximate": "tanh"}],
        "elu": [{"alpha": 2.0}, {"alpha": 0.0}],
        "celu": [{"alpha": 2.0}],
        "leaky_relu": [{"negative_slope": 0.0}, {"negative_slope": -1.0}],
        "softplus": [{"beta": 2.0, "threshold": 5.0}],
        "hardtanh": [{"min_val": -2.0, "max_val": 0.0}],
        "hardshrink": [{"lambd": 0.0}],
        "softshrink": [{"lambd": 0.0}],
        "threshold": [{"threshold": 0.25, "value": 20.0}],
        "rrelu": [{"training": False}],
        "relu": [{"inplace": False}],
    },
    F,
)
subject(F + "prelu", pairs, lambda lib, x, w: lib.nn.functional.prelu(x[None], w))
subject(
    F + "prelu(one)",
    one,
    lambda lib, x: lib.nn.functional.prelu(x, lib.full((1,), 0.25, dtype=x.dtype)),
)
subject(F + "glu", row_pairs, lambda lib, x, y: lib.nn.functional.glu(lib.cat([x, y], -1)))

# along rows ----------------------------------------------------------------------------------

REDUCTIONS = [
    "sum",
    "mean",
    "prod",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "all",
    "any",
    "max",
    "min",
    "cumsum",
    "cumprod",
    "logcumsumexp",
    "cummax",
    "cummin",
    "sort",
    "topk",
    "std",
    "var",
    "std_mean",
    "var_mean",
    "median",
    "nanmedian",
    "nansum",
    "nanmean",
    "logsumexp",
    "aminmax",
    "mode",
    "count_nonzero",
    "quantile",
    "nanquantile",
    "kthvalue",
    "argsort",
    "diff",
    "softmax",
    "log_softmax",
    "norm",
    "trapezoid",
    "cumulative_trapezoid",
    "trapz",
    "msort",
]
EXTRA = {"topk": {"k": 2}, "quantile": {"q": 0.3}, "nanquantile": {"q": 0.3}, "kthvalue": {"k": 2}}
for name in REDUCTIONS:
    options = dict(EXTRA.get(name, {}))
    if name != "msort":
        options["dim"] = -1
    with_options(row, {name: [options]})
with_options(
    row,
    {
        "norm": [{"p": p, "dim": -1} for p in (0, 1, 2, 3, 0.5, -1, float("inf"), float("-inf"))],
        "linalg.vector_norm": [
            {"ord": p, "dim": -1} for p in (0, 1, 2, 3, 0.5, -1, float("inf"), float("-inf"))
        ],
        "var": [{"dim": -1, "correction": 0}, {"dim": -1, "correction": 3}],
        "std": [{"dim": -1, "correction": 0}, {"dim": -1, "correction": 3}],
        "renorm": [{"p": p, "dim": 0, "maxnorm": 1.0} for p in (1, 2, float("inf"))],
        "sort": [{"dim": -1, "descending": True}],
        "quantile": [{"q": 0.3, "dim": -1, "interpolation": "nearest"}],
    },
)
for name in ("softmax", "log_softmax", "logsumexp"):
    subject(f"special.{name}", row, lambda lib, x, name=name: getattr(lib.special, name)(x, -1))
for name in ("softmax", "log_softmax", "softmin", "normalize"):
    subject(F + name, row, lambda lib, x, name=name: getattr(lib.nn.functional, name)(x, dim=-1))
for name in (
    "sum",
    "mean",
    "prod",
    "amax",
    "max",
    "min",
    "std",
    "var",
    "norm",
    "nansum",
    "nanmean",
    "median",
    "nanmedian",
    "logsumexp",
    "amin",
):
    # of everything at once: row by row, since one NaN would hide the others
    def whole(lib, x, name=name):
        function = getattr(lib, name)
        if name == "logsumexp":
            return lib.stack([function(each, (0,)) for each in x])
        return lib.stack([function(each) for each in x])

    subject(f"{name}()", row, whole)
subject(
    "dist",
    fewer_row_pairs,
    lambda lib, x, y: lib.stack([lib.dist(a, b) for a, b in zip(x, y, strict=False)]),
)
subject("gradient", row, lambda lib, x: lib.gradient(x, dim=-1))
subject("cov", row, lambda lib, x: lib.stack([lib.cov(each) for each in x]))
subject(
    "corrcoef",
    fewer_row_pairs,
    lambda lib, x, y: lib.stack(
        [lib.corrcoef(lib.stack([a, b])) for a, b in zip(x, y, strict=False)]
    ),
)
subject(
    "histc",
    row,
    lambda lib, x: lib.stack(
        [lib.histc(each[~lib.isnan(each) & ~lib.isinf(each)], 3, -1, 1) for each in x.detach()]
    ),
)
subject(
    "bucketize", one, lambda lib, x: lib.bucketize(x, lib.tensor([-1.0, 0.0, 1.0], dtype=x.dtype))
)
subject(
    "searchsorted",
    one,
    lambda lib, x: lib.searchsorted(lib.tensor([-1.0, 0.0, 1.0], dtype=x.dtype), x),
)
subject("unique", one, lambda lib, x: lib.unique(x[:26].detach()))
subject("unique_consecutive", one, lambda lib, x: lib.unique_consecutive(x.detach()))

# normalising ---------------------------------------------------------------------------------

subject(
    F + "batch_norm(training)",
    columns,
    lambda lib, x: lib.nn.functional.batch_norm(x, None, None, training=True),
)
subject(
    F + "batch_norm(affine)",
    columns,
    lambda lib, x: lib.nn.functional.batch_norm(
        x,
        None,
        None,
        lib.full((x.shape[1],), 2.0, dtype=x.dtype),
        lib.full((x.shape[1],), -1.0, dtype=x.dtype),
        training=True,
    ),
)
subject(
    F + "batch_norm(running)",
    pairs,
    lambda lib, x, m: lib.nn.functional.batch_norm(
        x[None], m.detach(), lib.abs(m.detach()), training=False
    ),
)
subject(F + "layer_norm", row, lambda lib, x: lib.nn.functional.layer_norm(x, (3,)))
subject(
    F + "layer_norm(affine)",
    row,
    lambda lib, x: lib.nn.functional.layer_norm(
        x, (3,), lib.full((3,), 2.0, dtype=x.dtype), lib.full((3,), -1.0, dtype=x.dtype)
    ),
)
subject(F + "rms_norm", row, lambda lib, x: lib.nn.functional.rms_norm(x, (3,)))
subject(F + "group_norm", row, lambda lib, x: lib.nn.functional.group_norm(x, 1))
subject(F + "instance_norm", row, lambda lib, x: lib.nn.functional.instance_norm(x[:, None]))
subject(
    F + "local_response_norm",
    row,
    lambda lib, x: lib.nn.functional.local_response_norm(x[:, :, None], 2),
)
for p in (1.0, 2.0, float("inf")):
    subject(
        F + f"normalize({p})", row, lambda lib, x, p=p: lib.nn.functional.normalize(x, p=p, dim=-1)
    )
subject(
    F + "cosine_similarity",
    row_pairs,
    lambda lib, x, y: lib.nn.functional.cosine_similarity(x, y, dim=-1),
)
for p in (1.0, 2.0, 3.0, float("inf")):
    subject(
        F + f"pairwise_distance({p})",
        row_pairs,
        lambda lib, x, y, p=p: lib.nn.functional.pairwise_distance(x, y, p=p),
    )
for p in (0.0, 1.0, 2.0, 3.0, float("inf")):
    subject(
        f"cdist({p})",
        row_pairs,
        lambda lib, x, y, p=p: lib.cdist(
            x[:, None], y[:, None], p=p, compute_mode="donot_use_mm_for_euclid_dist"
        ),
    )
    subject(
        F + f"pdist({p})",
        lambda dtype: (rows(dtype, 2)[:40],),
        lambda lib, x, p=p: lib.nn.functional.pdist(x, p=p),
    )
subject(
    F + "embedding(max_norm)",
    lambda dtype: (rows(dtype, 2),),
    lambda lib, x: lib.nn.functional.embedding(
        lib.arange(len(x)), x.detach().clone(), max_norm=1.0
    ),
)

# pooling and resizing -------------------------------------------------------------------------

for dims, arguments in ((1, images), (2, squares), (3, cubes)):
    for name in ("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool", "lp_pool"):

        def pool(lib, x, name=name, dims=dims):
            function = getattr(lib.nn.functional, f"{name}{dims}d")
            size = (1, 2, 2)[-dims:] if dims > 1 else 2
            if name.startswith("adaptive"):
                return function(x, 1)
            return function(x, 2.0, size) if name == "lp_pool" else function(x, size, 1)

        subject(F + f"{name}{dims}d", arguments, pool)
for mode in ("nearest", "linear", "area", "nearest-exact"):
    for size in (3, 8):
        subject(
            F + f"interpolate({mode}, {size})",
            images,
            lambda lib, x, mode=mode, size=size: lib.nn.functional.interpolate(x, size, mode=mode),
        )
for mode in ("nearest", "bilinear", "bicubic", "area"):
    subject(
        F + f"interpolate({mode}, 2d)",
        squares,
        lambda lib, x, mode=mode: lib.nn.functional.interpolate(x, (3, 4), mode=mode),
    )
subject(
    F + "interpolate(align)",
    images,
    lambda lib, x: lib.nn.functional.interpolate(x, 7, mode="linear", align_corners=True),
)
subject(
    F + "upsample_bilinear",
    squares,
    lambda lib, x: lib.nn.functional.interpolate(x, (3, 3), mode="bilinear", align_corners=True),
)

# losses --------------------------------------------------------------------------------------

with_options(
    pairs,
    {
        "mse_loss": [{"reduction": "none"}],
        "l1_loss": [{"reduction": "none"}],
        "smooth_l1_loss": [
            {"reduction": "none"},
            {"reduction": "none", "beta": 0.0},
            {"reduction": "none", "beta": 3.0},
        ],
        "huber_loss": [{"reduction": "none"}, {"reduction": "none", "delta": 3.0}],
        "poisson_nll_loss": [
            {"reduction": "none"},
            {"reduction": "none", "log_input": False},
            {"reduction": "none", "full": True},
            {"reduction": "none", "log_input": False, "full": True},
        ],
        "kl_div": [{"reduction": "none"}, {"reduction": "none", "log_target": True}],
        "soft_margin_loss": [{"reduction": "none"}],
        "hinge_embedding_loss": [{"reduction": "none"}],
        "binary_cross_entropy_with_logits": [{"reduction": "none"}],
    },
    F,
)
with_options(
    triples,
    {"margin_ranking_loss": [{"reduction": "none"}, {"reduction": "none", "margin": 1.0}]},
    F,
)
for reduction in ("mean", "sum"):
    for name in (
        "mse_loss",
        "l1_loss",
        "smooth_l1_loss",
        "huber_loss",
        "poisson_nll_loss",
        "kl_div",
        "soft_margin_loss",
        "hinge_embedding_loss",
        "binary_cross_entropy_with_logits",
    ):

        def reduced(lib, x, y, name=name, reduction=reduction):
            function = getattr(lib.nn.functional, name)
            return lib.stack(
                [function(a, b, reduction=reduction) for a, b in zip(x, y, strict=False)]
            )

        subject(F + f"{name}({reduction})", fewer_row_pairs, reduced)


def positive_third(dtype):
    x, y, z = triples(dtype)
    kept = ~(z < 0)
    return x[kept], y[kept], z[kept]


def probabilities(dtype):
    """Pairs of a probability or NaN, and a target or NaN."""
    limits = np.finfo(dtype)
    values = np.array(
        [0.0, -0.0, limits.smallest_subnormal, limits.tiny, limits.eps, 0.25, 1 - limits.eps, 1.0],
        dtype,
    )
    first, second = np.meshgrid(values, values, indexing="ij")
    return first.ravel().copy(), second.ravel().copy()


with_options(
    positive_third,
    {"gaussian_nll_loss": [{"reduction": "none"}, {"reduction": "none", "full": True}]},
    F,
)
with_options(
    probabilities, {"binary_cross_entropy": [{"reduction": "none"}, {"reduction": "mean"}]}, F
)
subject(
    F + "binary_cross_entropy(weight)",
    probabilities,
    lambda lib, x, y: lib.nn.functional.binary_cross_entropy(
        x, y, lib.full_like(x.detach(), float("inf")), reduction="none"
    ),
)
subject(
    F + "binary_cross_entropy_with_logits(pos_weight)",
    pairs,
    lambda lib, x, y: lib.nn.functional.binary_cross_entropy_with_logits(
        x, y, pos_weight=lib.tensor(2.0, dtype=x.dtype), reduction="none"
    ),
)


def labels(lib, count, classes):
    """Integers 0, 1, ..., classes - 1, and again."""
    return lib.arange(count) % classes


for label in (0, 2, -100):
    for name in ("nll_loss", "cross_entropy"):
        for reduction in ("none", "mean"):

            def class_loss(lib, x, name=name, label=label, reduction=reduction):
                function = getattr(lib.nn.functional, name)
                target = lib.full((len(x),), label, dtype=lib.int64)
                if reduction == "none":
                    return function(x, target, reduction="none")
                return lib.stack(
                    [function(a[None], b[None]) for a, b in zip(x, target, strict=False)]
                )

            subject(F + f"{name}({label}, {reduction})", row, class_loss)
subject(
    F + "cross_entropy(smoothed)",
    row,
    lambda lib, x: lib.nn.functional.cross_entropy(
        x, labels(lib, len(x), 3), label_smoothing=0.25, reduction="none"
    ),
)
subject(
    F + "cross_entropy(weights)",
    row,
    lambda lib, x: lib.nn.functional.cross_entropy(
        x, labels(lib, len(x), 3), lib.tensor([0.0, 1.0, 2.0], dtype=x.dtype), reduction="none"
    ),
)
subject(
    F + "cross_entropy(weights, smoothed)",
    row,
    lambda lib, x: lib.nn.functional.cross_entropy(
        x,
        labels(lib, len(x), 3),
        lib.tensor([0.0, 1.0, 2.0], dtype=x.dtype),
        label_smoothing=0.25,
        reduction="none",
    ),
)
subject(
    F + "nll_loss(weights)",
    row,
    lambda lib, x: lib.nn.functional.nll_loss(
        x,
        labels(lib, len(x), 3),
        lib.tensor([0.0, 1.0, float("inf")], dtype=x.dtype),
        reduction="none",
    ),
)
subject(
    F + "nll_loss(weights, mean)",
    row,
    lambda lib, x: lib.stack(
        [
            lib.nn.functional.nll_loss(a[None], b[None], lib.tensor([0.0, 1.0, 2.0], dtype=x.dtype))
            for a, b in zip(x, labels(lib, len(x), 3), strict=False)
        ]
    ),
)
subject(
    F + "cross_entropy(shares)",
    row_pairs,
    lambda lib, x, y: lib.nn.functional.cross_entropy(x, y, reduction="none"),
)
subject(
    F + "cross_entropy(shares of 0 and 1)",
    row,
    lambda lib, x: lib.nn.functional.cross_entropy(
        x, lib.tensor([0.0, 1.0, 0.0], dtype=x.dtype).expand(len(x), 3), reduction="none"
    ),
)
for p in (1, 2):
    subject(
        F + f"multi_margin_loss({p})",
        row,
        lambda lib, x, p=p: lib.nn.functional.multi_margin_loss(
            x, labels(lib, len(x), 3), p=p, reduction="none"
        ),
    )
subject(
    F + "multilabel_margin_loss",
    row,
    lambda lib, x: lib.nn.functional.multilabel_margin_loss(
        x, lib.tensor([1, -1, 0]).expand(len(x), 3).contiguous(), reduction="none"
    ),
)
subject(
    F + "multilabel_soft_margin_loss",
    row_pairs,
    lambda lib, x, y: lib.nn.functional.multilabel_soft_margin_loss(x, y, reduction="none"),
)
for sign in (1, -1):
    subject(
        F + f"cosine_embedding_loss({sign})",
        row_pairs,
        lambda lib, x, y, sign=sign: lib.nn.functional.cosine_embedding_loss(
            x, y, lib.full((len(x),), sign), margin=0.25, reduction="none"
        ),
    )
for p, swap in ((2.0, False), (1.0, False), (2.0, True)):
    subject(
        F + f"triplet_margin_loss({p}, {swap})",
        triples,
        lambda lib, a, b, c, p=p, swap=swap: lib.nn.functional.triplet_margin_loss(
            a[:, None], b[:, None], c[:, None], p=p, swap=swap, reduction="none"
        ),
    )
subject(
    F + "triplet_margin_with_distance_loss",
    triples,
    lambda lib, a, b, c: lib.nn.functional.triplet_margin_with_distance_loss(
        a[:, None], b[:, None], c[:, None], reduction="none"
    ),
)
for value in (0.0, 1.0, -1.0):
    subject(
        F + f"hinge_embedding_loss(target {value})",
        one,
        lambda lib, x, v=value: lib.nn.functional.hinge_embedding_loss(
            x, lib.full_like(x.detach(), v), reduction="none"
        ),
    )
    subject(
        F + f"soft_margin_loss(target {value})",
        one,
        lambda lib, x, v=value: lib.nn.functional.soft_margin_loss(
            x, lib.full_like(x.detach(), v), reduction="none"
        ),
    )
    subject(
        F + f"kl_div(target {value})",
        one,
        lambda lib, x, v=value: lib.nn.functional.kl_div(
            x, lib.full_like(x.detach(), v), reduction="none"
        ),
    )

WIDE = """sub(alpha* lerp* add* cumsum* cumprod* prod* std* var* trapz* trapezoid* cumulative_trapezoid* renorm*
    quantile* nanquantile* cov corrcoef dist norm* linalg.* sum* mean* nansum* nanmean* logsumexp* special.logsumexp
    logcumsumexp* softmax* log_softmax* special.*softmax gradient diff* cdist* nn.functional.*norm*
    nn.functional.normalize* nn.functional.*pool* nn.functional.interpolate* nn.functional.upsample*
    nn.functional.*loss* nn.functional.*cross_entropy* nn.functional.*distance* nn.functional.pdist*
    nn.functional.cosine* nn.functional.kl_div* nn.functional.softm* nn.functional.log_softmax* nn.functional.embedding*"""
LOSSES = "nn.functional.*loss* nn.functional.*cross_entropy* nn.functional.kl_div*"
EXPLAINED = [
    # (functions, what of them, which arguments, from PyTorch's to ours, why)
    (
        "*",
        "*",
        "no nan",
        "nan -> *",
        "PyTorch's formula makes inf - inf or 0 * inf on the way; here the limit",
    ),
    ("*", "gradient *", "nan", "*", "the value is NaN, or lost one: of it no gradient is right"),
    ("sign", "value 0", "nan", "0 -> nan", "NaN is not swallowed"),
    (
        "special.*polynomial*",
        "value 0",
        "any",
        "* -> nan",
        "SciPy's: NaN wherever the argument is not finite or overflows, and of NaN for order 0",
    ),
    ("acosh", "gradient 0", "any", "* -> nan", "no derivative where there is no value"),
    ("logit*", "gradient 0", "any", "0 -> nan", "no derivative where there is no value"),
    (
        "special.digamma special.psi polygamma* special.polygamma",
        "*",
        "any",
        "finite -> inf",
        "infinite at the poles; PyTorch's takes the sine of a rounded multiple of pi",
    ),
    ("special.gammaln lgamma", "value 0", "infinite", "inf -> -inf", "SciPy's, of -inf"),
    (
        "special.erfcx",
        "gradient 0",
        "huge",
        "inf -> 0",
        "2 x erfcx(x) tends to 2 / sqrt(pi); PyTorch's x * x overflows",
    ),
    ("special.log_ndtr", "gradient 0", "any", "finite -> finite", "PyTorch's loses digits"),
    (
        "special.airy_ai special.spherical_bessel_j0",
        "value 0",
        "any",
        "* -> *",
        "SciPy's: more digits far out, NaN beyond what the argument can tell and at infinity",
    ),
    (
        "special.scaled_modified_bessel_k0 special.modified_bessel_k*",
        "value 0",
        "tiny",
        "inf -> finite",
        "the logarithm of a subnormal number is finite",
    ),
    (
        "pow* float_power* logit* special.logit",
        "*",
        "-0",
        "*inf -> *inf",
        "which side of 0 a -0 stands on: here by C's pow, and by the formula for logit",
    ),
    (
        "pow float_power",
        "gradient 0",
        "tiny",
        "* -> *",
        "PyTorch's exponent - 1 rounds a tiny exponent away: here a slope where there is a value, else NaN",
    ),
    (
        "pow float_power",
        "gradient 0",
        "without units",
        "* -> *",
        "PyTorch's exponent - 1 rounds to the even exponent itself, and with it the sign of the slope",
    ),
    (
        "xlogy* special.xlogy special.xlog1py",
        "gradient 0",
        "infinite",
        "inf -> 0",
        "0 * log(inf) is held at 0, and so is its gradient",
    ),
    (
        "xlogy(inf)",
        "gradient 0",
        "any",
        "inf -> 0",
        "0 * log(inf) is held at 0, and so is its gradient",
    ),
    (
        "special.xlogy xlogy special.xlog1py",
        "gradient 1",
        "any",
        "nan -> 0",
        "the value is held at 0 there",
    ),
    ("atan2", "gradient *", "tiny", "0 -> *", "PyTorch's squares underflow"),
    ("ldexp", "gradient 1", "huge", "*inf -> finite", "PyTorch's product overflows on the way"),
    (
        "clamp",
        "gradient *",
        "any",
        "0 -> finite",
        "where both bounds are one, or one is NaN, the gradient goes to the bound; PyTorch's is lost",
    ),
    (
        "nn.functional.gelu* nn.functional.hardswish",
        "value 0",
        "huge",
        "inf -> finite",
        "PyTorch's product overflows on the way",
    ),
    (
        "nn.functional.hardsigmoid",
        "gradient 0",
        "any",
        "finite -> finite",
        "PyTorch's sixth is float32's",
    ),
    (
        "kthvalue* mode*",
        "*",
        "any",
        "*",
        "which of equal elements is named: the first here (mode: the last), any there",
    ),
    (
        "cumprod* prod*",
        "gradient 0",
        "any",
        "* -> *",
        "the product of the others, by no division: 0 * inf among them is NaN, and no digits are lost of subnormal ones",
    ),
    (
        "var* std*",
        "gradient 0",
        "infinite",
        "* -> nan",
        "the mean is infinite: NaN for the whole row",
    ),
    ("*renorm* *embedding(max_norm)", "*", "any", "* -> *", "a length that is infinite or NaN"),
    (
        "nn.functional.multi_margin_loss* nn.functional.multilabel_margin_loss",
        "value 0",
        "any",
        "* -> nan",
        "NaN is not swallowed",
    ),
    (
        "nn.functional.soft_margin_loss*",
        "*",
        "any",
        "inf -> finite",
        "PyTorch's exponential overflows",
    ),
    (
        "nn.functional.binary_cross_entropy(*",
        "gradient *",
        "any",
        "* -> *",
        "1 / max(p (1 - p), 1e-12) is cut in float64 here; by the target as the loss is cut at 100",
    ),
    ("sgn heaviside special.gammainc*", "value 0", "nan", "* -> nan", "NaN is not swallowed"),
    ("special.gammainc", "value 0", "tiny", "0 -> finite", "the limit; PyTorch's underflows"),
    (
        "var*correction=3* std*correction=3*",
        "*",
        "any",
        "*inf -> nan",
        "no degree of freedom is left: the value is NaN or infinite",
    ),
    ("lerp*", "*", "infinite", "*inf -> nan", "from a half on, it is counted from the end"),
    (
        "nn.functional.batch_norm* nn.functional.instance_norm",
        "value 0",
        "any",
        "finite -> 0",
        "equal elements are 0 exactly; PyTorch's fused factors leave a remainder",
    ),
    (
        "nn.functional.batch_norm(running)",
        "value 0",
        "any",
        "finite -> *",
        "x - mean first; PyTorch's fused factors lose it or overflow later",
    ),
    (
        f"{LOSSES} *distance* *cdist* *pdist* dist",
        "gradient *",
        "infinite",
        "* -> nan",
        "inf - inf is NaN, and so is its gradient",
    ),
    (
        "cdist(0.0) nn.functional.pdist(0.0)",
        "value 0",
        "nan",
        "nan -> finite",
        "the number of components that differ, as norm(0) counts them",
    ),
    (
        "cdist(inf) nn.functional.pdist(inf)",
        "value 0",
        "any",
        "* -> nan",
        "NaN is not swallowed, nor that of inf - inf",
    ),
    (
        "cdist(inf) nn.functional.pdist(inf)",
        "gradient *",
        "any",
        "finite -> *",
        "equal ones share the gradient, as for amax",
    ),
    (
        "nn.functional.binary_cross_entropy_with_logits*",
        "*",
        "any",
        "* -> *",
        "a target outside of [0, 1], or digits that PyTorch loses of a weighted one",
    ),
    (
        "nn.functional.cosine_embedding_loss*",
        "gradient *",
        "any",
        "finite -> finite",
        "PyTorch's eps under the root",
    ),
    (
        WIDE,
        "*",
        "huge",
        "*",
        "a sum, product or square overflows on the way: where depends on the order and width in which PyTorch's kernels add",
    ),
    (WIDE, "*", "tiny", "*", "a product or square underflows on the way: the same"),
]


# comparing -----------------------------------------------------------------------------------


def kind_of(value):
    """What a number is, for comparison: nan, inf, -inf, 0 or finite."""
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return "0" if value == 0 else "finite"


def run(library, function, arrays):
    """Values and gradients as arrays: `{"value 0": ..., "gradient 0": ...}`."""
    tensors = [library.tensor(array).requires_grad_() for array in arrays]
    try:
        results = function(library, *tensors)
    except (NotImplementedError, RuntimeError):  # of what has no gradient there
        results = function(library, *[tensor.detach() for tensor in tensors])
    if isinstance(results, bool):
        results = library.tensor(results)
    results = [results] if isinstance(results, library.Tensor) else list(results)
    found = {f"value {i}": each.detach().numpy() for i, each in enumerate(results)}
    differentiable = [each for each in results if each.requires_grad]
    if differentiable:
        seeds = [library.ones_like(each) for each in differentiable]
        try:
            grads = library.autograd.grad(differentiable, tensors, seeds, allow_unused=True)
        except (NotImplementedError, RuntimeError):
            return found
        for i, each in enumerate(grads):
            if each is not None:
                found[f"gradient {i}"] = (each + 0).numpy()  # of a ZeroTensor too
    return found


def compared(name, theirs, ours, tolerance):
    """Yield (what, place, theirs, ours) for each element that differs."""
    if not any(key.startswith("gradient") for key in theirs):
        ours = {key: ours[key] for key in ours if key.startswith("value")}
    if theirs.keys() != ours.keys():
        yield "results", (), ", ".join(theirs), ", ".join(ours)
        return
    for key, expected in theirs.items():
        actual = ours[key]
        if expected.shape != actual.shape or expected.dtype != actual.dtype:
            yield key, (), f"{expected.dtype}{expected.shape}", f"{actual.dtype}{actual.shape}"
            continue
        if expected.dtype.kind != "f":
            for place in np.argwhere(expected != actual):
                yield key, tuple(place), expected[tuple(place)], actual[tuple(place)]
            continue
        same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
        with np.errstate(all="ignore"):
            finite = np.isfinite(expected) & np.isfinite(actual)
            wide = expected.astype(np.longdouble)
            near = np.abs(wide - actual) <= tolerance * (np.abs(wide) + 0.1)
        same |= finite & near
        for place in np.argwhere(~same):
            yield key, tuple(place), expected[tuple(place)], actual[tuple(place)]


def turn_of(theirs, ours):
    """From what of theirs to what of ours: `nan -> 0`."""
    if isinstance(theirs, np.floating):
        return f"{kind_of(theirs)} -> {kind_of(ours)}"
    return "other"


def arguments_at(arrays, place):
    """The numbers that a place of the result was made from, as one array."""
    parts = []
    for array in arrays:
        if not place or (array.shape[0] <= place[0] and array.ndim == 1):
            parts.append(array.ravel())
        elif array.ndim == 1 and place[0] == 0 and len(place) > 1:  # of a batch of one
            parts.append(array[place[-1] : place[-1] + 1])
        elif array.ndim > 1 and array.shape[0] == 3:  # columns
            parts.append(array[:, place[-1]].ravel())
        else:
            parts.append(np.ravel(array[min(place[0], len(array) - 1)]))
    return np.concatenate(parts)


def conditions_of(values):
    """What is special about these arguments."""
    limits = np.finfo(values.dtype)
    sizes = np.abs(values)
    found = {"any"}
    with np.errstate(all="ignore"):
        found.add("nan" if np.isnan(values).any() else "no nan")
        if np.isinf(values).any():
            found.add("infinite")
        if ((sizes > 1e30) & np.isfinite(values)).any():
            found.add("huge")
        if (sizes > 2 / limits.eps).any():  # x - 1 is x, and even
            found.add("without units")
        if ((sizes > 0) & (sizes <= limits.tiny)).any():
            found.add("tiny")
        if np.signbit(values[values == 0]).any():
            found.add("-0")
    return found


def explanation(name, key, turn, values):
    """Why this difference is meant: a row of EXPLAINED, or None."""
    conditions = conditions_of(values)
    for explained in EXPLAINED:
        patterns, what, condition, turns, _reason = explained
        if condition not in conditions or not fnmatch.fnmatchcase(key, what):
            continue
        if not any(fnmatch.fnmatchcase(turn, each) for each in turns.split(", ")):
            continue
        if any(fnmatch.fnmatchcase(name, each) for each in patterns.split()):
            return explained
    return None


class Comparison:
    """Counts of what was compared, and the differences that nothing explains."""

    def __init__(self):
        self.counts = collections.Counter()
        self.differences = collections.defaultdict(list)
        self.explained = collections.Counter()

    def compare(self, name):
        arguments, function = SUBJECTS[name]
        for dtype in DTYPES:
            arrays = arguments(np.dtype(dtype))
            self.counts["cases"] += max(array.size for array in arrays)
            try:
                theirs = run(torch, function, arrays)
            except Exception as error:
                theirs = error
            try:
                ours = run(tg, function, arrays)
            except Exception as error:
                ours = error
            if isinstance(theirs, Exception) or isinstance(ours, Exception):
                if type(theirs) is not type(ours):
                    text = f"{theirs!r:.200} | {ours!r:.200}"
                    self.differences[name, dtype, "raised", ""].append(text)
                continue
            for key, place, expected, actual in compared(name, theirs, ours, TOLERANCE[dtype]):
                self.counts["elements that differ"] += 1
                turn = turn_of(expected, actual)
                values = arguments_at(arrays, place)
                reason = explanation(name, key, turn, values)
                if reason is None:
                    text = f"at {place} of {values}: {expected} there, {actual} here"
                    self.differences[name, dtype, key, turn].append(text)
                else:
                    self.explained[reason] += 1
        self.counts["functions"] += 1


def main(patterns):
    """Compare the subjects whose names fit, print what differs, and return the exit status."""
    comparison = Comparison()
    for name in SUBJECTS:
        if not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            comparison.compare(name)
    for (name, dtype, key, turn), texts in comparison.differences.items():
        print(f"{name} | {dtype} | {key} | {turn} | {len(texts)} | {texts[0]}")
    for (pattern, what, condition, turns, reason), count in comparison.explained.items():
        print(f"explained {count:6}: {pattern} ({what}, {condition}, {turns}): {reason}")
    print(dict(comparison.counts), len(comparison.differences), "unexplained")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    sys.exit(main(sys.argv[1:]))
