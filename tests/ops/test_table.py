"""Every operation against its row of the table: values, first and second derivatives, and good manners."""

import gc
import importlib
import pkgutil
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_mnist as tg
from tests.ops.table import ROWS
from tests.optional import HAS_SCIPY, NEEDS_SCIPY
from tinygrad_mnist import ops
from tinygrad_mnist.core import backward as tape
from tinygrad_mnist.core.record import AccumulateGrad
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.nn import functional
from tinygrad_mnist.ops import decompositions

every_row = pytest.mark.parametrize("row", ROWS, ids=str)
smooth_row = pytest.mark.parametrize("row", [row for row in ROWS if row.order >= 1], ids=str)
twice_smooth_row = pytest.mark.parametrize("row", [row for row in ROWS if row.order >= 2], ids=str)


def as_array(each):
    return each.array if isinstance(each, Tensor) else np.asarray(each)


def flat(out):
    return (
        [np.asarray(part) for each in out for part in flat(each)]
        if isinstance(out, tuple | list)
        else [np.asarray(out)]
    )


def assert_close(ours, theirs, rtol, atol, what):
    np.testing.assert_allclose(
        ours,
        theirs,
        rtol,
        atol * max(1.0, np.nanmax(np.abs(theirs), initial=0.0, where=np.isfinite(theirs))),
        err_msg=what,
    )


def tracked(outs):
    return [y for y in outs if isinstance(y, Tensor) and y.requires_grad]


def random_like(tensors, rng):
    return [rng.standard_normal(x.array.shape) for x in tensors]


def weighted_sum(outs, weights):
    return sum(float((as_array(y) * w).sum()) for y, w in zip(outs, weights, strict=True))


def constants_reached(y):
    """The leaves that y's record passes gradients to."""
    stack, leaves, seen = [y.grad_fn], set(), set()
    while stack:
        node = stack.pop()
        if isinstance(node, AccumulateGrad):
            leaves.add(id(node.variable))
        elif node not in seen:
            seen.add(node)
            stack += [each for each, _ in node.next_functions]
    return leaves


@every_row
@given(data=st.data())
def test_values(row, data):
    """As the reference's, in the inputs' dtype; the same without recording; inputs as they were."""
    sample = data.draw(row.samples)
    for dtype, rtol, atol in ((np.float64, 1e-9, 1e-9), (np.float32, 2e-4, 2e-5)):
        arrays = sample.laid_out(dtype)
        before = [a.copy() for a in arrays]
        with np.errstate(all="ignore"):
            wanted = flat(
                row.reference(
                    *[a.astype(np.float64) if a.dtype.kind == "f" else a for a in before],
                    *sample.args,
                    **sample.options,
                )
            )
            places = set(row.places(sample))
            _, outs = row(arrays, sample, places)
            with tg.no_grad():
                same, quiet = row(arrays, sample, places)
        assert len(outs) == len(wanted)
        for y, z, theirs in zip(outs, quiet, wanted, strict=True):
            ours = as_array(y)
            assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
            assert_close(ours.astype(float), theirs.astype(float), rtol, atol, str(row))
            np.testing.assert_array_equal(ours, as_array(z))
            if isinstance(y, Tensor):
                assert ours.dtype == (dtype if ours.dtype.kind == "f" else ours.dtype)
                assert ours.dtype.kind == theirs.dtype.kind
                assert (z.is_leaf and not z.requires_grad) or any(z is x for x in same), (
                    "history under no_grad"
                )
        for a, b in zip(arrays, before, strict=True):
            np.testing.assert_array_equal(a, b, err_msg="the operation wrote into its input")


@smooth_row
@given(data=st.data())
def test_gradient(row, data):
    """As central differences say, in float64; float32 stays float32; constants get no rule."""
    sample = data.draw(row.samples)
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    places = row.places(sample)
    arrays = sample.laid_out(np.float64)
    before = [a.copy() for a in arrays]
    xs, outs = row(arrays, sample, set(places))
    ys = tracked(outs)
    weights = random_like(ys, rng)
    seeds = [wrap(w.copy()) for w in weights]
    tape.backward(ys, seeds, retain_graph=True)
    kept = [y.array for y in outs if isinstance(y, Tensor)]
    for k, place in enumerate(places):
        x = xs[place]
        assert x.grad is not None and x.grad.array.shape == x.array.shape
        for other in [
            *arrays,
            *kept,
            *(s.array for s in seeds),
            *(xs[p].grad.array for p in places[:k]),
        ]:
            assert not np.may_share_memory(x.grad.array, other) or not x.grad.array.size
        step = rng.standard_normal(x.array.shape)
        moved = [
            [a + sign * 1e-5 * step if i == place else a for i, a in enumerate(before)]
            for sign in (1, -1)
        ]
        after, prior = (
            weighted_sum(tracked(row(m, sample, set(places))[1]), weights) for m in moved
        )
        assert_close(
            (x.grad.array * step).sum(),
            (after - prior) / 2e-5,
            2e-6,
            2e-6,
            f"{row}, argument {place}",
        )

        alone, single_outs = row([a.copy() for a in before], sample, {place})
        for y in tracked(single_outs):
            assert y is alone[place] or constants_reached(y) <= {id(alone[place])}
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b, err_msg="the gradient wrote into an input")
    for s, w in zip(seeds, weights, strict=True):
        np.testing.assert_array_equal(s.array, w, err_msg="the gradient wrote into its seed")

    narrow, outs = row(sample.laid_out(np.float32), sample, set(places))
    tape.backward(tracked(outs), [wrap(w.astype(np.float32)) for w in weights])
    for place in places:
        assert narrow[place].grad.array.dtype == np.float32
        assert_close(narrow[place].grad.array, xs[place].grad.array, 1e-3, 1e-3, f"{row}, float32")


@twice_smooth_row
@given(data=st.data())
def test_second_derivative(row, data):
    """A random projection of the gradient, differentiated by the inputs and by the gradient's seed."""
    sample = data.draw(row.samples)
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    places = row.places(sample)
    arrays = sample.laid_out(np.float64)

    def gradient(arrays, weights):
        xs, outs = row(arrays, sample, set(places))
        seeds = [wrap(np.array(w)) for w in weights]
        for seed in seeds:
            seed.requires_grad = True
        wanted = [xs[place] for place in places]
        return wanted + seeds, tape.grad(
            tracked(outs), wanted, seeds, create_graph=True, allow_unused=True
        )

    weights = random_like(tracked(row(arrays, sample, set(places))[1]), rng)
    variables, grads = gradient(arrays, weights)
    used = [i for i, g in enumerate(grads) if g is not None]
    projections = [rng.standard_normal(grads[i].array.shape) for i in used]
    through = [
        (grads[i], wrap(p))
        for i, p in zip(used, projections, strict=True)
        if grads[i].requires_grad
    ]
    second = (
        tape.grad(
            [g for g, _ in through],
            variables,
            [p for _, p in through],
            allow_unused=True,
            materialize_grads=True,
        )
        if through
        else []
    )

    steps = [rng.standard_normal(v.array.shape) for v in variables]
    plain = [x.array.copy() for x in variables]
    sides = []
    for sign in (1, -1):
        moved = [a + sign * 1e-5 * s for a, s in zip(plain, steps, strict=True)]
        inputs = list(arrays)
        for k, place in enumerate(places):
            inputs[place] = moved[k]
        _, there = gradient(inputs, moved[len(places) :])
        sides.append(weighted_sum([there[i] for i in used], projections))
    total = sum(float((d.array * s).sum()) for d, s in zip(second, steps, strict=False))
    scale = 1 + sum(abs(float((d.array * s).sum())) for d, s in zip(second, steps, strict=False))
    assert abs(total - (sides[0] - sides[1]) / 2e-5) < 1e-5 * scale, (
        f"{row}: {total} against {(sides[0] - sides[1]) / 2e-5}"
    )


@twice_smooth_row
@settings(max_examples=2)
@given(data=st.data())
def test_no_reference_cycles(row, data):
    """Neither an operation nor its first and second derivatives leave work to the garbage collector."""
    sample = data.draw(row.samples)
    places = row.places(sample)

    def use():
        xs, outs = row(sample.laid_out(np.float64), sample, set(places))
        ys = tracked(outs)
        first = tape.grad(
            ys,
            [xs[p] for p in places],
            [wrap(np.ones_like(y.array)) for y in ys],
            create_graph=True,
        )
        found = tracked(first)
        if found:
            tape.grad(
                found,
                xs[places[0]],
                [wrap(np.ones_like(g.array)) for g in found],
                allow_unused=True,
            )

    gc.disable()
    try:
        use()
        gc.freeze()  # what there is already, so that looking for new cycles is quick
        use()
        assert gc.collect() == 0
    finally:
        gc.enable()
        gc.unfreeze()


# every operation has a row --------------------------------------------------------------------

ELSEWHERE = {
    "elementary": "builds operations", "stepwise": "builds operations", "pair": "builds operations",
    "scipy": "builds operations", "attention_weights": "part of attention",
    "add_at": "works on arrays", "exponentials": "works on arrays", "setitem": "writes in place: test_tape.py",
    "broadcast_shapes": "of shapes, not tensors: test_tensor.py",
    "result_text": "prints named tuples", "write_each": "writes named tuples",
}  # fmt: skip


def is_operation(f, module):
    return isinstance(f, types.FunctionType) and f.__module__ == module.__name__


def rooms():
    """The modules whose public functions are operations."""
    found = [
        f"{room.__name__}.{each.name}"
        for room in (ops,)
        for each in pkgutil.iter_modules(room.__path__)
    ]
    without_rows = ("arguments", "conversion", "creation", "questions", "random")  # test_tensor.py
    found = [each for each in found if each.rpartition(".")[2] not in without_rows]
    layers = [
        f"{functional.__name__}.{each.name}" for each in pkgutil.iter_modules(functional.__path__)
    ]
    names = [*found, functional.__name__, *layers]
    return [*map(importlib.import_module, names)]


def test_every_public_operation_has_a_row():
    """A new operation fails here until it has a row (or a reason in ELSEWHERE)."""
    # the older names of decompositions rearrange arguments; test_linalg.py compares them
    covered = {row.operation for row in ROWS} | {
        getattr(decompositions, name) for name in decompositions.__all__
    }
    missing = [
        f"{module.__name__}.{name}"
        for module in rooms()
        for name in getattr(module, "__all__", vars(module))
        for f in [getattr(module, name)]
        if not name.startswith("_")
        and is_operation(f, module)
        and f not in covered
        and name not in ELSEWHERE
        and (HAS_SCIPY or name not in NEEDS_SCIPY)
        if not (
            name.endswith("_") and hasattr(functional, name[:-1])
        )  # written in place: test_layers.py
    ]
    assert not missing, missing
