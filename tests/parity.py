"""PyTorch's own samples of operators, modules and optimizers, run on it and on us.

    python -m tests.parity [NAME ...]

PyTorch ships, for its own tests, a list of every operator, module and optimizer with the arguments
worth trying. Here both frameworks get the same ones, and must give the same values, dtypes,
gradients and second gradients, module states and reprs, and refuse the same bad arguments with the
same class of error. A difference that is meant stands in EXPLAINED, with its reason.
"""

import collections
import fnmatch
import itertools
import sys
import types
import warnings

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import FunctionInput, module_db
from torch.testing._internal.common_optimizers import optim_db

import tinygrad_mnist as tg

DTYPES = {
    getattr(torch, name): getattr(tg, name)
    for name in (
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
    )
}
TOLERANCE = {"float64": 1e-6, "float32": 2e-4, "float16": 2e-2}
SAMPLES = 60  # of one operator and dtype
RANDOM = (
    "bernoulli", "cauchy", "empty*", "exponential", "geometric", "log_normal", "multinomial", "new_empty*",
    "nn.functional.*dropout*", "nn.functional.rrelu", "nn.functional.fractional*", "normal*", "rand*", "uniform",
    "*_lowrank", "nonzero_static",
)  # fmt: skip
EXPLAINED = {
    "* number for a tensor": "a Python number is taken where PyTorch insists on a tensor",
    "nn.functional.linear_cross_entropy chunked second gradient": "PyTorch's is 0, against finite differences",
    "as_strided_scatter gradient": "PyTorch's disagrees with finite differences, ours does not",
    "*svd value": "a pair of vectors is as good with the other sign, and which one comes is LAPACK's affair",
    "linalg.norm* second gradient": "at 0, where there is none, PyTorch's is NaN and ours 0",
    "linalg.eigh value": "a vector is as good with the other sign, and which one comes is LAPACK's affair",
    "kthvalue value": "which of equal elements is named: the first here, any there",
    "mode value": "which of equal elements is named: the last here, any there",
    "sort value": "which of equal elements is named: the first here, any there",
    "argsort value": "which of equal elements is named: the first here, any there",
    "topk value": "which of equal elements is named: the first here, any there",
    "hypot error": "a Python number is taken where PyTorch insists on a tensor",
    "nextafter error": "a Python number is taken where PyTorch insists on a tensor",
    "narrow_copy error": "a dimension out of range is an IndexError, as it is for narrow",
    "max_pool2d_with_indices_backward raised": "the sample calls PyTorch's dispatcher, `torch.ops.aten`",
    "aminmax raised": "NumPy has at most 64 dimensions",
    "amax raised": "NumPy has at most 64 dimensions",
    "amin raised": "NumPy has at most 64 dimensions",
}


class Untranslatable(Exception):
    """An argument that we have no counterpart of: complex numbers, sparse layouts, other devices."""


class Difference(Exception):
    """What the two did differently, as `(kind, text)`."""


# from PyTorch to us ------------------------------------------------------------------------


def translate(x, memo):
    """The same object made of our types; tensors keep strides, flags and identity."""
    if isinstance(x, torch.Tensor):
        if id(x) not in memo:
            memo[id(x)] = x, _tensor(x)
        return memo[id(x)][1]
    if isinstance(x, torch.Size):
        return tg.Size(x)
    if isinstance(x, list | tuple):
        parts = [translate(each, memo) for each in x]
        return type(x)(*parts) if hasattr(x, "_fields") else type(x)(parts)
    if isinstance(x, dict):
        return {key: translate(value, memo) for key, value in x.items()}
    if isinstance(x, torch.dtype):
        if x in DTYPES:
            return DTYPES[x]
        raise Untranslatable(x)
    if isinstance(x, torch.device):
        return tg.device(str(x))
    if isinstance(x, torch.layout | torch.memory_format):
        if x in (torch.strided, torch.contiguous_format, torch.preserve_format):
            return getattr(tg, str(x).removeprefix("torch."))
        raise Untranslatable(x)
    if isinstance(x, complex | torch.nn.Module):
        raise Untranslatable(x)
    if isinstance(x, types.BuiltinFunctionType):
        return getattr(tg.nn.functional, x.__name__)
    return with_our_torch(x) if isinstance(x, types.FunctionType) else x


def _tensor(x):
    if (
        x.dtype not in DTYPES
        or x.layout != torch.strided
        or x.device.type != "cpu"
        or x._is_zerotensor()
    ):
        raise Untranslatable(x.dtype)  # a ZeroTensor has no memory to look at
    plain = x.detach()
    array = np.zeros(tuple(x.shape), plain.numpy().dtype)
    if x.numel():
        flat = torch.empty(0, dtype=x.dtype).set_(plain.untyped_storage()).numpy().copy()
        strides = [step * flat.itemsize for step in plain.stride()]
        array = np.lib.stride_tricks.as_strided(
            flat[plain.storage_offset() :], plain.shape, strides
        )
    ours = tg.from_numpy(array)
    return ours.requires_grad_() if x.requires_grad else ours


def with_our_torch(function):
    """A function of PyTorch's samples whose global `torch` is us."""
    names = {**function.__globals__, "torch": tg}
    return types.FunctionType(
        function.__code__, names, None, function.__defaults__, function.__closure__
    )


def our_operator(op):
    """Our counterpart of an operator, or None."""
    if isinstance(op.op, types.FunctionType) and (
        op.op.__name__ == "<lambda>" or "common_m" in op.op.__module__
    ):
        return with_our_torch(op.op)
    found = tg
    for part in op.name.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else getattr(tg.Tensor, op.name, None)


# comparing ---------------------------------------------------------------------------------


def flat(x, kind):
    """All tensors in nested containers."""
    if isinstance(x, kind):
        return [x]
    inside = x.values() if isinstance(x, dict) else x if isinstance(x, list | tuple) else ()
    return [found for each in inside for found in flat(each, kind)]


def same(ours, theirs, tolerance, kind):
    """Refuse arrays that differ by more than the tolerance."""
    ours, theirs = ours.detach().numpy(), theirs.detach().numpy(force=True)
    if ours.shape != theirs.shape:
        raise Difference(kind, f"shape {ours.shape}, wanted {theirs.shape}")
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    close = np.isclose(a, b, tolerance, 10 * tolerance, equal_nan=True)
    if not close.all():
        place = tuple(np.argwhere(~close)[0].tolist())
        raise Difference(kind, f"{ours[place]}, wanted {theirs[place]}, at {place}")


def same_results(got, wanted, dtype):
    ours, theirs = flat(got, tg.Tensor), flat(wanted, torch.Tensor)
    if len(ours) != len(theirs):
        raise Difference("value", f"{len(ours)} tensors, wanted {len(theirs)}")
    if not theirs and repr(got) != repr(wanted):
        raise Difference("value", f"{got!r}, wanted {wanted!r}")
    for a, b in zip(ours, theirs, strict=True):
        if str(a.dtype) != str(b.dtype):
            raise Difference("dtype", f"{a.dtype}, wanted {b.dtype}")
        same(a, b, TOLERANCE.get(str(b.dtype)[6:], TOLERANCE.get(dtype, 0)), "value")
        if a.requires_grad != b.requires_grad:
            raise Difference("requires_grad", f"{a.requires_grad}, wanted {b.requires_grad}")
    return [(a, b) for a, b in zip(ours, theirs, strict=True) if b.requires_grad]


def gradients(pairs, inputs, weights, kind, tolerance, **options):
    """The gradients of the pairs of results by the pairs of inputs, compared; or None."""
    try:
        theirs = torch.autograd.grad(
            [b for _, b in pairs],
            [b for _, b in inputs],
            [b for _, b in weights],
            allow_unused=True,
            **options,
        )
    except (RuntimeError, NotImplementedError):  # PyTorch itself has none
        return None
    ours = tg.autograd.grad(
        [a for a, _ in pairs],
        [a for a, _ in inputs],
        [a for a, _ in weights],
        allow_unused=True,
        **options,
    )
    for (x, _), a, b in zip(inputs, ours, theirs, strict=True):
        zeros = torch.zeros(tuple(x.shape), dtype=torch.float64)
        same(
            tg.tensor(zeros.numpy()) if a is None else a, zeros if b is None else b, tolerance, kind
        )
    return [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]


def weights_like(pairs):
    drawn = [torch.randn_like(b).requires_grad_() for _, b in pairs]
    return [(tg.tensor(b.detach().numpy(), requires_grad=True), b) for b in drawn]


def attempt(function, *args, **kwargs):
    """What a call gives, or the exception that it raises."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # whatever a framework raises is what is compared
        return error


def same_refusal(got, wanted):
    if not isinstance(got, Exception) or isinstance(got, AttributeError):
        kind = "number for a tensor" if isinstance(wanted, TypeError) else "accepted"
        raise Difference(kind, f"wanted {type(wanted).__name__}: {wanted}")
    plain = type(wanted) if type(wanted).__module__ == "builtins" else RuntimeError
    if not isinstance(got, plain):
        raise Difference(
            "error", f"{type(got).__name__}: {got}; wanted {type(wanted).__name__}: {wanted}"
        )


# the three lists ---------------------------------------------------------------------------


class Comparison:
    """Counts of what was compared, and the differences found."""

    def __init__(self):
        self.counts = collections.Counter()
        self.differences = []
        self.explained = collections.Counter()

    def case(self, name, what, function, *args):
        """One comparison, whose Difference is noted."""
        try:
            kinds = function(*args)
        except Untranslatable:
            return
        except Difference as found:
            kind, text = found.args
        except Exception as error:
            kind, text = "raised", f"{type(error).__name__}: {error}"
        else:
            self.counts.update(kinds)
            return
        self.counts["cases"] += 1
        reason = next(
            (r for pattern, r in EXPLAINED.items() if fnmatch.fnmatch(f"{name} {kind}", pattern)),
            None,
        )
        if reason:
            self.explained[reason] += 1
        else:
            self.differences.append(f"{name} {kind}: {text}   {what}"[:400])


def operator_sample(op, ours, sample, dtype):
    args = (sample.input, *sample.args)
    memo = {}
    our_args, our_kwargs = translate(args, memo), translate(sample.kwargs, memo)
    wanted = attempt(op.op, *args, **sample.kwargs)
    if isinstance(wanted, Exception) or drops_out(op, sample):
        return ()
    if any(t.dtype not in DTYPES or t.layout != torch.strided for t in flat(wanted, torch.Tensor)):
        raise Untranslatable
    pairs = same_results(ours(*our_args, **our_kwargs), wanted, dtype)
    if not pairs or not op.supports_autograd or dtype != "float64":
        return ("cases",)
    inputs = [(a, b) for b, a in memo.values() if b.requires_grad]
    return ("cases", *derivatives(pairs, inputs, op.supports_gradgrad))


def drops_out(op, sample):
    """Whether the sample is of attention with dropout, which is random."""
    given = (
        sample.args[9:10]
        if op.name.endswith("multi_head_attention_forward")
        else [sample.kwargs.get("dropout_p")]
    )
    return "attention" in op.name and any(given)


def derivatives(pairs, inputs, twice):
    weights = weights_like(pairs)
    first = gradients(pairs, inputs, weights, "gradient", 1e-5, create_graph=twice)
    if first is None:
        return ()
    again = [(a, b) for a, b in first if b.requires_grad and a.requires_grad] if twice else []
    if not again:
        return ("gradients",)
    gradients(again, inputs + weights, weights_like(again), "second gradient", 1e-4)
    return ("gradients", "second gradients")


def operator_refusal(op, ours, sample):
    wanted = attempt(op.op, sample.input, *sample.args, **sample.kwargs)
    if not isinstance(wanted, Exception) or "out" in sample.kwargs:
        return ()
    memo = {}
    args, kwargs = translate((sample.input, *sample.args), memo), translate(sample.kwargs, memo)
    same_refusal(attempt(ours, *args, **kwargs), wanted)
    return ("cases", "refusals")


def compare_operator(op, comparison):
    """All samples of one operator, in four dtypes, and its bad arguments."""
    ours, name = our_operator(op), f"{op.name} {op.variant_test_name}".strip()
    if ours is None or any(fnmatch.fnmatch(op.name, pattern) for pattern in RANDOM):
        comparison.counts[
            "operators without a counterpart" if ours is None else "random operators"
        ] += 1
        return
    comparison.counts["operators"] += 1
    for dtype in ("float64", "float32", "int64", "bool"):
        if getattr(torch, dtype) in op.supported_dtypes("cpu"):
            torch.manual_seed(1)
            tracked = op.supports_autograd and dtype == "float64"
            samples = op.sample_inputs("cpu", getattr(torch, dtype), requires_grad=tracked)
            for sample in itertools.islice(samples, SAMPLES):
                comparison.case(
                    name, f"{dtype} {sample.summary()}", operator_sample, op, ours, sample, dtype
                )
    if op.error_inputs_func is not None:
        for bad in op.error_inputs("cpu"):
            sample = bad.sample_input
            comparison.case(name, sample.summary(), operator_refusal, op, ours, sample)


def our_module(cls):
    return getattr(tg.nn, cls.__name__, None)


def module_sample(theirs, ours, sample, dtype, training):
    memo = {}
    made, given = sample.constructor_input, sample.forward_input
    args, kwargs = translate(made.args, memo), translate(made.kwargs, memo)
    them = theirs(*made.args, **made.kwargs).to(dtype).train(training)
    us = ours(*args, **kwargs).to(DTYPES[dtype]).train(training)
    if repr(us) != repr(them):
        raise Difference("repr", f"{us!r}, wanted {them!r}")
    if given is None:
        return ("cases",)
    args, kwargs = translate(given.args, memo), translate(given.kwargs, memo)
    if isinstance(
        them, torch.nn.modules.lazy.LazyModuleMixin
    ):  # has its parameters after a first call
        for module, inputs in ((them, given.args), (us, args)):
            module(*inputs)
    us.load_state_dict(
        {key: translate(value.detach().clone(), {}) for key, value in them.state_dict().items()}
    )
    if training and any(
        isinstance(each, torch.nn.modules.dropout._DropoutNd) and each.p for each in them.modules()
    ):
        return ("cases",)
    wanted = attempt(them, *given.args, **given.kwargs)
    if isinstance(wanted, Exception):
        same_refusal(attempt(us, *args, **kwargs), wanted)
        return ("cases", "refusals")
    pairs = same_results(us(*args, **kwargs), wanted, str(dtype)[6:])
    for key, value in them.state_dict().items():
        same(us.state_dict()[key], value, TOLERANCE[str(dtype)[6:]], f"state {key}")
    if not pairs or dtype != torch.float64:
        return ("cases",)
    parameters = zip(us.parameters(), them.parameters(), strict=True)
    inputs = [
        (a, b) for a, b in (*((a, b) for b, a in memo.values()), *parameters) if b.requires_grad
    ]
    return ("cases", *(derivatives(pairs, inputs, False) if inputs else ()))


def module_refusal(theirs, ours, bad):
    made, given = bad.constructor_input, bad.forward_input or FunctionInput()
    wanted = attempt(lambda: theirs(*made.args, **made.kwargs)(*given.args, **given.kwargs))
    if not isinstance(wanted, Exception):
        return ()
    memo = {}
    args, kwargs, inputs = (
        translate(made.args, memo),
        translate(made.kwargs, memo),
        translate(given.args, memo),
    )
    same_refusal(attempt(lambda: ours(*args, **kwargs)(*inputs)), wanted)
    return ("cases", "refusals")


def compare_module(info, comparison):
    """All samples of one module, training and evaluating, in two dtypes, and its bad arguments."""
    theirs, ours = info.module_cls, our_module(info.module_cls)
    if ours is None:
        comparison.counts["modules without a counterpart"] += 1
        return
    comparison.counts["modules"] += 1
    options = {"device": "cpu", "requires_grad": True}
    for dtype, training in itertools.product((torch.float64, torch.float32), (True, False)):
        torch.manual_seed(3)
        samples = info.module_inputs_func(info, dtype=dtype, training=training, **options)
        for sample in itertools.islice(samples, SAMPLES // 2):
            what = f"{sample.constructor_input.args} {sample.constructor_input.kwargs} {dtype}"
            comparison.case(
                theirs.__name__, what, module_sample, theirs, ours, sample, dtype, training
            )
    if info.module_error_inputs_func is not None:
        for bad in info.module_error_inputs_func(
            info, dtype=torch.float64, training=True, **options
        ):
            comparison.case(
                theirs.__name__, "", module_refusal, theirs, ours, bad.module_error_input
            )


def optimizer_sample(theirs, ours, options, dtype):
    torch.manual_seed(0)
    start, x = (
        [torch.randn(4, 5, dtype=dtype), torch.randn(5, dtype=dtype)],
        torch.randn(7, 4, dtype=dtype),
    )
    with_them = attempt(
        _train, torch, theirs, [p.clone().requires_grad_() for p in start], x, options
    )
    if isinstance(with_them, Exception):
        return ()
    with_us = _train(
        tg,
        ours,
        [translate(p.clone().requires_grad_(), {}) for p in start],
        translate(x, {}),
        options,
    )
    for a, b in zip(with_us[0], with_them[0], strict=True):
        same(a, b, 1e-8 if dtype == torch.float64 else 1e-3, "parameters")
    for what, a, b in zip(("group keys", "state keys"), with_us[1:], with_them[1:], strict=True):
        if a != b:
            raise Difference(what, f"too many {a - b}, missing {b - a}")
    return ("cases",)


def _train(framework, optimizer, parameters, x, options):
    made = optimizer(parameters, **(options if framework is torch else translate(options, {})))

    def closure():
        made.zero_grad()
        loss = ((x @ parameters[0] + parameters[1]) ** 2).sum() + parameters[0].sin().sum()
        loss.backward()
        return loss

    for _ in range(20):
        made.step(closure)
    state = made.state_dict()
    return (
        parameters,
        set(state["param_groups"][0]),
        {key for each in state["state"].values() for key in each},
    )


def optimizer_refusal(theirs, ours, bad):
    wanted = attempt(theirs, bad.params, **bad.kwargs)
    if not isinstance(wanted, Exception):
        return ()
    same_refusal(attempt(ours, translate(bad.params, {}), **translate(bad.kwargs, {})), wanted)
    return ("cases", "refusals")


def compare_optimizer(info, comparison):
    """Twenty steps with every set of options of one optimizer, and its bad arguments."""
    theirs, ours = info.optim_cls, getattr(tg.optim, info.optim_cls.__name__, None)
    if ours is None:
        comparison.counts["optimizers without a counterpart"] += 1
        return
    comparison.counts["optimizers"] += 1
    for sample, dtype in itertools.product(
        info.optim_inputs_func("cpu"), (torch.float64, torch.float32)
    ):
        what = f"{sample.kwargs} {dtype}"
        comparison.case(theirs.__name__, what, optimizer_sample, theirs, ours, sample.kwargs, dtype)
    for bad in info.optim_error_inputs_func("cpu", torch.float32):
        comparison.case(
            theirs.__name__, "", optimizer_refusal, theirs, ours, bad.optimizer_error_input
        )


SUBJECTS = {
    **{f"{op.name} {op.variant_test_name}".strip(): (compare_operator, op) for op in op_db},
    **{info.module_cls.__name__: (compare_module, info) for info in module_db},
    **{info.optim_cls.__name__: (compare_optimizer, info) for info in optim_db},
}


def main(names):
    warnings.simplefilter("ignore")
    comparison = Comparison()
    for name, (compare, subject) in SUBJECTS.items():
        if not names or any(fnmatch.fnmatch(name, pattern) for pattern in names):
            compare(subject, comparison)
    print(*comparison.differences, sep="\n")
    for reason, count in comparison.explained.items():
        print(f"{count:6,}  explained: {reason}")
    for what, count in comparison.counts.items():
        print(f"{count:6,}  {what}")
    print(f"{len(comparison.differences):6,}  unexplained differences")
    return bool(comparison.differences)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
