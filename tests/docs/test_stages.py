"""The engines of chapter 4 give the framework's gradients, on random programs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_mnist as torch
from docs.learn.engine import stage1_scalars as stage1
from docs.learn.engine import stage2_arrays as stage2
from docs.learn.engine import stage3_tape as stage3
from tests.docs.pages import ROOT

PLACES = st.integers(0, 99)  # which earlier value is read, modulo their number
SHAPES = [(), (3,), (1,), (4, 3), (4, 1), (1, 3)]  # any two of them broadcast
few = settings(max_examples=60, deadline=None)


def steps(*names):
    return st.lists(st.tuples(st.sampled_from(names), PLACES, PLACES), min_size=1, max_size=8)


def run(values, program):
    """A program's last value: each step reads what inputs and steps before it gave."""
    values = list(values)
    for name, i, j in program:
        a = values[i % len(values)]
        b = values[j % len(values)]
        if name == "add":
            made = a + b
        elif name == "mul":
            made = a * 0.5 * b
        elif name == "sub":
            made = a - b
        elif name == "exp":
            made = (a * 0.1).exp()
        elif name == "log":
            made = (a * a + 1.0).log()
        elif name == "relu":
            made = a.relu()
        values.append(made)
    return values[-1]


def compare(mine, theirs):
    for own, other in zip(mine, theirs, strict=True):
        wanted = np.zeros(other.shape) if other.grad is None else other.grad.detach().numpy()
        np.testing.assert_allclose(own, wanted, rtol=1e-9, atol=1e-12)


@few
@given(
    st.lists(st.floats(-2, 2).filter(lambda n: abs(n) > 1e-3), min_size=1, max_size=4),
    steps("add", "mul", "exp", "relu"),
)
def test_the_scalar_engine(numbers, program):
    mine = [stage1.Value(number) for number in numbers]
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
    run(mine, program).backward()
    run(theirs, program).backward()
    compare([value.grad for value in mine], theirs)


def drawn(shapes, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


arrays = st.builds(
    drawn, st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4), st.integers(0, 999)
)


def engines(arrays):
    return [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]


@few
@given(arrays, steps("add", "sub", "mul", "exp", "log", "relu"))
def test_the_array_engine(arrays, program):
    mine = [stage2.Tensor(array) for array in arrays]
    theirs = engines(arrays)
    run(mine, program).sum().backward()
    run(theirs, program).sum().backward()
    compare([0 * m.array if m.grad is None else m.grad for m in mine], theirs)
    assert all(m.grad is None or m.grad.shape == m.array.shape for m in mine)


@few
@given(arrays, steps("add", "sub", "mul", "exp", "log", "relu"))
def test_the_tape_and_its_gradients_of_gradients(arrays, program):
    mine = [stage3.Tensor(array, requires_grad=True) for array in arrays]
    theirs = engines(arrays)
    run(mine, program).sum().backward(create_graph=True)
    run(theirs, program).sum().backward(create_graph=True)
    compare([0 * m.array if m.grad is None else m.grad.array for m in mine], theirs)

    own = [tensor.grad for tensor in mine if tensor.grad is not None]
    other = [tensor.grad for tensor in theirs if tensor.grad is not None]
    first = sum(((g * g).sum() for g in own), stage3.Tensor(0.0))
    second = sum((g * g).sum() for g in other)
    for tensor in (*mine, *theirs):
        tensor.grad = None
    if not second.requires_grad:  # the program is linear
        assert not first.requires_grad
        return
    first.backward()
    second.backward()
    compare([0 * m.array if m.grad is None else m.grad.array for m in mine], theirs)


@few
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 999))
def test_products_of_matrices_and_sums_along_an_axis(n, m, k, seed):
    data = drawn([(n, m), (m, k), (k,)], seed)
    x, w, b = (stage3.Tensor(array, requires_grad=True) for array in data)
    own = [stage2.Tensor(array) for array in data]
    theirs = engines(data)
    ((x @ w + b).relu().sum(0) ** 2).sum().backward()
    second = (own[0] @ own[1] + own[2]).relu().sum(0)
    (second * second).sum().backward()
    ((theirs[0] @ theirs[1] + theirs[2]).relu().sum(0) ** 2).sum().backward()
    compare([tensor.grad.array for tensor in (x, w, b)], theirs)
    compare([tensor.grad for tensor in own], theirs)


def test_a_long_program_needs_no_recursion_and_leaves_recording_on():
    x = stage3.Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y + x
    y.backward()
    assert x.grad.array == 5001 and stage3.recording
    with pytest.raises(ValueError):
        stage3.record(np.ones(3), (x, lambda g: g.reshape((7,)))).backward()
    assert stage3.recording


@pytest.mark.parametrize(
    "name, most", [("stage1_scalars", 40), ("stage2_arrays", 75), ("stage3_tape", 110)]
)
def test_a_stage_is_as_short_as_the_chapter_says(name, most):
    text = (ROOT / "docs" / "learn" / "engine" / f"{name}.py").read_text("utf-8")
    lines = [line for line in text.splitlines()[1:] if line.strip()]
    assert len(lines) <= most
