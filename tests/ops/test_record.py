"""A record is a function: played forwards again it gives what a direct call gives; what its rules read is watched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_mnist as tg
from tests.ops.table import ROWS
from tests.ops.test_table import every_row, smooth_row, tracked
from tinygrad_mnist.core.backward import grad, tensors_read
from tinygrad_mnist.core.modes import trace
from tinygrad_mnist.core.record import JointNode, Node, OutputNode, record
from tinygrad_mnist.core.replay import replay
from tinygrad_mnist.core.tensor import Tensor, wrap


def moved(array, turn):
    """Other values of the same kind: floats a little nearer to 0, the rest in another order."""
    if array.dtype.kind == "f":
        return array * 0.97
    return np.flip(array).copy() if turn else array.copy()


def other_arrays(row, sample, arrays):
    """Arrays of the same shapes that the operation takes, too."""
    for turn in (True, False):
        others = [moved(a, turn) for a in arrays]
        try:
            with np.errstate(all="ignore"):
                row([np.array(a, order="K") for a in others], sample)
        except (RuntimeError, IndexError, ValueError):
            continue
        return others
    return [a.copy() for a in arrays]


def same_bits(ours, theirs, what):
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, what
    np.testing.assert_array_equal(ours, theirs, err_msg=what)


@every_row
@settings(max_examples=10)
@given(data=st.data())
def test_a_record_can_be_played_forwards_again(row, data):
    sample = data.draw(row.samples)
    arrays = sample.laid_out(np.float64)
    others = other_arrays(row, sample, arrays)
    state = tg.manual_seed(3).get_state()  # as the rows that draw do
    with trace() as steps, np.errstate(all="ignore"):
        xs, outs = row(arrays, sample)
    if any(step.kind == "read" for step in steps):
        return  # what follows may depend on the values, as the trace says
    for step in steps:
        assert not getattr(step.function, "__closure__", None), (
            f"{step.name}: {step.function} is a closure"
        )
    with np.errstate(all="ignore"):
        tg.set_rng_state(state)
        _, direct = row([np.array(a, order="K") for a in others], sample)
        tg.set_rng_state(state)
        found = replay(steps, dict(zip(xs, others, strict=True)))
    for out, wanted in zip(outs, direct, strict=True):
        if isinstance(out, Tensor):
            same_bits(found.get(out, out.array), wanted.array, f"{row}: computed beside the record")


@smooth_row
@settings(max_examples=10)
@given(data=st.data())
def test_rules_can_be_played_forwards_again(row, data):
    sample = data.draw(row.samples)
    places = row.places(sample)
    arrays = sample.laid_out(np.float64)
    others = other_arrays(row, sample, arrays)

    def gradients(arrays, seeds):
        xs, outs = row(arrays, sample, set(places))
        ys = tracked(outs)
        if seeds is None:
            seeds = [np.ones_like(y.array) for y in ys]
        weights = [wrap(s) for s in seeds]
        return xs, weights, grad(ys, [xs[p] for p in places], weights, allow_unused=True)

    state = tg.manual_seed(3).get_state()  # as the rows that draw do
    with trace() as steps, np.errstate(all="ignore"):
        xs, weights, grads = gradients(arrays, None)
    if any(step.kind == "read" for step in steps):
        return
    seeds = [np.random.default_rng(0).standard_normal(w.array.shape) for w in weights]
    with np.errstate(all="ignore"):
        tg.set_rng_state(state)
        _, _, direct = gradients(
            [np.array(a, order="K") for a in others], [s.copy() for s in seeds]
        )
        tg.set_rng_state(state)
        found = replay(steps, dict(zip([*xs, *weights], [*others, *seeds], strict=True)))
    for g, wanted in zip(grads, direct, strict=True):
        assert (g is None) == (wanted is None)
        if g is not None:
            np.testing.assert_allclose(
                found.get(g, g.array),
                wanted.array,
                1e-14,
                1e-300,
                err_msg=f"{row}: a rule computes beside its record",
            )


def records(ys):
    """The records that lead to the results."""
    stack = [y.grad_fn for y in ys]
    seen = set()
    while stack:
        node = stack.pop()
        if isinstance(node, Node) and node not in seen:
            seen.add(node)
            stack += node.sources()
            if isinstance(node, OutputNode):
                stack.append(node.joint)
    return sorted(seen, key=lambda node: node.index)


def read_by_rules(ys):
    """The tensors that the rules of all records read, each memory once, in the order of the records."""
    found = {}
    for node in records(ys):
        if isinstance(node, JointNode):
            readers = (node.rule, *(node.results or ()))
        else:
            readers = (node.result, *(rule for _, rule in node.edges))
        for x in tensors_read(readers):
            found.setdefault(id(x), x)
    return list(found.values())


def write_into(x):
    """Change every element of the tensor in place."""
    with tg.no_grad():
        if x.array.dtype.kind == "b":
            x.copy_(wrap(~x.array))
        elif x.array.dtype.kind == "f":
            x.copy_(wrap(x.array * 0.9 + 0.05))
        else:
            x.copy_(wrap(np.flip(x.array).copy()))


@smooth_row
@settings(max_examples=5)
@given(data=st.data())
def test_a_write_to_what_a_rule_reads_is_refused(row, data):
    sample = data.draw(row.samples)
    places = row.places(sample)
    state = tg.manual_seed(3).get_state()  # as the rows that draw do

    def call():
        tg.set_rng_state(state)
        xs, outs = row(sample.laid_out(np.float64), sample, set(places))
        ys = tracked(outs)
        visible = [*xs, *(y for y in outs if isinstance(y, Tensor))]
        return xs, ys, [*visible, *read_by_rules(ys)]

    def gradients(xs, ys):
        seeds = [wrap(np.ones_like(y.array)) for y in ys]
        return grad(ys, [xs[p] for p in places], seeds, allow_unused=True)

    with np.errstate(all="ignore"):
        xs, ys, read = call()
        right = gradients(xs, ys)
        for number in range(len(read)):
            xs, ys, read = call()
            if not read[number].array.flags.writeable or not ys:
                continue
            write_into(read[number])
            try:
                found = gradients(xs, ys)
            except RuntimeError as error:
                assert "modified by an inplace operation" in str(error)
                continue
            for g, wanted in zip(found, right, strict=True):
                if wanted is not None:
                    np.testing.assert_allclose(
                        g.array, wanted.array, 1e-12, 1e-14, err_msg=f"{row}: a write was not seen"
                    )


def test_the_table_has_rows():
    assert len(ROWS) > 300


def test_shapes_that_do_not_fit_are_worded_by_the_record():
    with pytest.raises(
        RuntimeError,
        match=r"hypot: The size of tensor a \(2\) must match the size of tensor b \(3\)",
    ):
        record("hypot", np.hypot, (tg.ones(2), None), (tg.ones(3), None))
