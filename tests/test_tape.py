"""The tape's promises: any depth, memory returned at once, right gradients through writes and views, clear errors."""

import gc
import subprocess
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_mnist as tg
from tests.optional import peak
from tinygrad_mnist.core import backward as tape
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import wrap

FLOATS = np.array([0.5, -1.0, 2.0])


def leaf(data=FLOATS, dtype=np.float64):
    return tg.tensor(
        np.asarray(data),
        dtype=tg.float64 if dtype is np.float64 else tg.float32,
        requires_grad=True,
    )


@pytest.fixture(autouse=True)
def recording():
    yield
    left = state.recording
    state.set_recording(True)
    assert left, "recording was left off"


def chain(x, length):
    y = x
    for i in range(length):
        y = y * 0.999 if i % 2 else y + 0.001
    return y


# depth and memory ---------------------------------------------------------------------------


def test_a_chain_of_a_million_operations():
    x = tg.tensor(1.0, requires_grad=True, dtype=tg.float64)
    y = x
    for _ in range(1_000_000):
        y = y * 1.000001
    y.backward()
    assert x.grad.item() == pytest.approx(1.000001**1_000_000, rel=1e-6)
    del y  # a million records fall without recursion


def test_a_long_chain_falls_without_having_been_played():
    y = chain(leaf(1.0), 200_000)
    middle = weakref.ref(y.grad_fn)
    del y
    assert middle() is None


def test_memory_is_linear_in_the_length_and_the_tape_is_freed():
    def peak(length):
        tracemalloc.start()
        y = chain(leaf(np.ones(100)), length)
        held = tracemalloc.get_traced_memory()[0]
        y.sum().backward()
        most = tracemalloc.get_traced_memory()[1]
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return held, most, after

    peak(100)
    (held2, most2, _), (held4, most4, _), (held8, most8, after) = (
        peak(20_000),
        peak(40_000),
        peak(80_000),
    )
    assert (
        1.8 < (held8 - held4) / (held4 - held2) < 2.2
    )  # what is held whatever the length falls out
    assert 1.6 < (most8 - most4) / (most4 - most2) < 2.6  # the set of records seen grows by leaps
    assert after < held8 / 10


def test_memory_is_given_back_as_the_pass_proceeds():
    """A record's arrays go once it is played: gradients take their place instead of adding to them."""
    x = leaf(np.ones(100_000))
    tracemalloc.start()
    y = x
    for _ in range(50):
        y = y.exp().log()
    y = y.sum()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    y.backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held > 50 * 800_000 and peak < held + 5 * 800_000


def test_dropping_the_result_frees_everything_at_once_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf()
        middle = (x * 2).exp()
        array = weakref.ref(middle.array)
        node = weakref.ref(middle.grad_fn)
        y = (middle * middle).sum() + middle.softmax(0)[0]
        del middle
        assert array() is not None and node() is not None
        y.backward()
        assert array() is None, "the played tape still holds values"
        del y
        assert node() is None
    finally:
        gc.enable()


def forward_only(x):
    (x.exp() * x).sum()


def first_order(x):
    (x.exp() * x.tanh()).softmax(0).prod().backward()


def second_order(x):
    (g,) = grad((x.exp() * x.sigmoid()).sum(), x, create_graph=True)
    grad(g.sum(), x, retain_graph=True)


def written_views(x):
    y = x * 1
    y[0] = y[1] * 2
    y.view(3, 1).mul_(3)
    y.t().add_(x)
    y.sum().backward()


def hooked(x):
    y = x * 2
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    y.sum().backward()


@pytest.mark.parametrize("use", [forward_only, first_order, second_order, written_views, hooked])
def test_no_reference_cycles(use):
    x = leaf()
    use(x)
    gc.collect()
    gc.disable()
    try:
        use(x)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_the_peak_of_a_long_training_run_does_not_grow():
    pytest.importorskip("resource")
    program = (
        "import resource, tinygrad_mnist as tg\n"
        "w = tg.ones(300, 300, requires_grad=True)\n"
        "def run(n):\n"
        "    for _ in range(n):\n"
        "        ((w @ w).relu() @ w).sum().backward()\n"
        "        w.grad = None\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "first = run(20)\n"
        "print(run(200) - first)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(out.stdout) < 5_000 * (1024 if sys.platform == "darwin" else 1)
    assert peak() > 0


# the graph ----------------------------------------------------------------------------------


def test_shared_expressions_and_diamonds():
    x = leaf(3.0)
    a = x * x
    b, c = a + x, a * 2
    (b * c + a).backward()
    assert x.grad.item() == pytest.approx(8 * 27 + 6 * 9 + 2 * 3)  # of 2x^4 + 2x^3 + x^2


def test_a_ladder_of_doublings_is_played_once_a_rung():
    x = leaf(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**60


def test_an_operand_used_twice():
    x = leaf()
    (x * x + x).sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * FLOATS + 1)


def test_gradients_accumulate_into_the_same_tensor():
    x = leaf()
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first
    np.testing.assert_array_equal(x.grad.array, [5, 5, 5])


def test_gradients_share_no_memory():
    x, y, seed = leaf(), leaf(), tg.ones(3, dtype=tg.float64)
    z = x + y
    z.backward(seed, retain_graph=True)
    assert not np.shares_memory(x.grad.array, y.grad.array)
    assert not np.shares_memory(x.grad.array, seed.array) and not np.shares_memory(
        y.grad.array, seed.array
    )
    z.backward(seed)
    np.testing.assert_array_equal(x.grad.array, [2, 2, 2])
    np.testing.assert_array_equal(seed.array, [1, 1, 1])


def test_gradients_of_inner_tensors_share_no_memory():
    x = leaf()
    y = x.clone()
    z = y.clone()
    z.sum().backward(inputs=[x, y, z], retain_graph=True)
    assert not np.shares_memory(y.grad.array, z.grad.array) and not np.shares_memory(
        x.grad.array, y.grad.array
    )
    y.retain_grad()
    (y.clone() * 2).sum().backward()
    np.testing.assert_array_equal(y.grad.array, [3, 3, 3])
    np.testing.assert_array_equal(z.grad.array, [1, 1, 1])


def test_a_hook_gives_its_tensor_without_lending_it():
    x, given = leaf(), tg.ones(3, dtype=tg.float64)
    x.register_hook(lambda g: given)
    (x * 5).sum().backward()
    (x * 5).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [2, 2, 2])
    np.testing.assert_array_equal(given.array, [1, 1, 1])


def test_a_leaf_is_its_own_root():
    x = leaf(2.0)
    x.backward()
    assert x.grad.item() == 1


def test_a_freed_way_to_an_input_is_refused_and_one_that_leads_elsewhere_is_not():
    x, other = tg.tensor(2.0, requires_grad=True), tg.tensor(1.0, requires_grad=True)
    freed = x * x
    freed.backward()
    with pytest.raises(RuntimeError, match="a second time after its tape was freed"):
        tg.autograd.grad(freed + x * 5, x)
    later = freed * 2
    assert tg.autograd.grad(later * other, other)[0] == 8
    assert tg.autograd.grad(later * other, later)[0] == 1


def test_the_second_pass_through_a_freed_tape():
    x = leaf()
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"SumBackward0 a second time .*retain_graph=True"):
        y.backward()


def test_retain_graph():
    x = leaf()
    y = (x.exp() * x).sum()
    y.backward(retain_graph=True)
    once = x.grad.array.copy()
    y.backward()
    np.testing.assert_array_equal(x.grad.array, 2 * once)


def test_rules_of_constants_never_run():
    ran = []

    def op(a, b):
        return record(
            "op", np.add, (a, lambda g: ran.append("a") or g), (b, lambda g: ran.append("b") or g)
        )

    x, constant = leaf(), wrap(FLOATS.copy())
    op(x, constant).sum().backward()
    assert ran == ["a"]
    z = op(x, leaf())
    ran.clear()
    grad(z.sum(), x)
    assert ran == ["a"], "grad() ran the rule of an input that was not asked for"


def test_what_needs_no_gradient_has_no_history():
    constant = wrap(FLOATS.copy())
    assert (constant * 2).grad_fn is None and (constant * 2).is_leaf
    with tg.no_grad():
        assert (leaf() * 2).grad_fn is None


def test_errors_of_backward():
    x = leaf()
    with pytest.raises(RuntimeError, match="implicitly created only for scalar outputs"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match="does not require grad"):
        wrap(FLOATS).sum().backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        (x * 2).backward(tg.ones(2))
    with pytest.raises(RuntimeError, match="does not require grad"):
        grad((x * 2).sum(), wrap(FLOATS))


def test_backward_into_inputs_only():
    x, y = leaf(), leaf()
    z = x * y
    (z * z).sum().backward(inputs=[z, x])
    np.testing.assert_allclose(z.grad.array, 2 * FLOATS**2)
    np.testing.assert_allclose(x.grad.array, 2 * FLOATS**3)
    assert y.grad is None


def test_backward_of_several_roots():
    x = leaf()
    tape.backward([x.sum(), x * 2], [None, tg.ones(3, dtype=tg.float64)])
    np.testing.assert_array_equal(x.grad.array, [3, 3, 3])


# grad() -------------------------------------------------------------------------------------


def test_grad_touches_no_leaf():
    x = leaf()
    (g,) = grad((x * x).sum(), x)
    np.testing.assert_allclose(g.array, 2 * FLOATS)
    assert x.grad is None and not g.requires_grad


def test_grad_by_inner_tensors():
    x = leaf()
    y = x * 2
    z = (y * y).sum()
    by_y, by_x, by_z = grad(z, [y, x, z])
    np.testing.assert_allclose(by_y.array, 4 * FLOATS)
    np.testing.assert_allclose(by_x.array, 8 * FLOATS)
    assert by_z.item() == 1


def test_grad_of_unused_inputs():
    x, unused = leaf(), leaf([1.0, 2.0])
    with pytest.raises(RuntimeError, match="allow_unused=True"):
        grad((x * 2).sum(), [x, unused])
    assert grad((x * 2).sum(), [x, unused], allow_unused=True)[1] is None
    zero = grad((x * 2).sum(), [x, unused], materialize_grads=True)[1]
    np.testing.assert_array_equal(zero.array, [0, 0])


@pytest.mark.parametrize("create_graph", [False, True])
def test_batched_grad(create_graph):
    x, unused = leaf(), leaf()
    seeds = tg.tensor(np.arange(12.0).reshape(4, 3))
    by_x, by_unused = grad(
        x * x * x,
        [x, unused],
        seeds,
        is_grads_batched=True,
        allow_unused=True,
        create_graph=create_graph,
    )
    np.testing.assert_allclose(by_x.array, seeds.array * 3 * FLOATS**2)
    assert by_unused is None
    if create_graph:
        np.testing.assert_allclose(grad(by_x.sum(), x)[0].array, seeds.array.sum(0) * 6 * FLOATS)


def test_derivatives_of_the_first_three_orders():
    x = leaf(0.7)
    y = x.sin() * x**3
    g = [y]
    for _ in range(3):
        g += grad(g[-1], x, create_graph=True)
    s, c, v = np.sin(0.7), np.cos(0.7), 0.7
    assert g[1].item() == pytest.approx(c * v**3 + 3 * s * v**2)
    assert g[2].item() == pytest.approx(-s * v**3 + 6 * c * v**2 + 6 * s * v)
    assert g[3].item() == pytest.approx(-c * v**3 - 9 * s * v**2 + 18 * c * v + 6 * s)


def test_backward_can_build_a_graph():
    x = leaf()
    (x**3).sum().backward(create_graph=True)
    first = x.grad
    assert first.requires_grad
    x.grad = None
    first.sum().backward()
    np.testing.assert_allclose(x.grad.array, 6 * FLOATS)
    x.grad = None  # breaks the cycle of leaf, gradient and tape


def test_a_double_pass_of_a_matrix_function():
    rng = np.random.default_rng(0)
    w, x = leaf(rng.standard_normal((3, 4))), tg.tensor(rng.standard_normal((5, 4)))

    def loss(w):
        return ((x @ w.t()).tanh() ** 2).sum()

    def near(side):
        moved = leaf(w.array + side * 1e-5 * v)
        return grad(loss(moved), moved)[0].array

    (g,) = grad(loss(w), w, create_graph=True)
    v = rng.standard_normal(w.shape)
    (hv,) = grad((g * wrap(v)).sum(), w)
    np.testing.assert_allclose(hv.array, (near(1) - near(-1)) / 2e-5, rtol=1e-6, atol=1e-7)


# modes --------------------------------------------------------------------------------------


def records():
    return (leaf() * 2).requires_grad


def test_modes_as_context_managers():
    assert records()
    with tg.no_grad():
        assert not records() and not tg.is_grad_enabled()
        with tg.enable_grad():
            assert records() and tg.is_grad_enabled()
        assert not records()
    with tg.inference_mode():
        assert not records() and tg.is_inference_mode_enabled()
        with tg.inference_mode(False):
            assert records() and not tg.is_inference_mode_enabled()
    with tg.set_grad_enabled(False):
        assert not records()
        with tg.set_grad_enabled(True):
            assert records()
        assert not records()
    assert records() and not tg.is_inference_mode_enabled()


@pytest.mark.parametrize(
    ("mode", "recording"),
    [(tg.no_grad, False), (tg.no_grad(), False), (tg.inference_mode, False), (tg.inference_mode(), False),
     (tg.inference_mode(False), True), (tg.enable_grad, True), (tg.enable_grad(), True)],
)  # fmt: skip
def test_modes_as_decorators(mode, recording):
    @mode
    def decorated(depth):
        """Its doc."""
        return decorated(depth - 1) if depth else records()

    assert decorated.__doc__ == "Its doc."
    for outer in (tg.no_grad(), tg.enable_grad()):
        with outer:
            before = tg.is_grad_enabled()
            assert decorated(3) is recording
            assert tg.is_grad_enabled() is before


def test_set_grad_enabled_as_a_function_and_a_decorator():
    tg.set_grad_enabled(False)
    try:
        assert not records()
    finally:
        tg.set_grad_enabled(True)
    assert records()

    @tg.set_grad_enabled(False)
    def decorated():
        return records()

    assert records(), "decorating switched the mode"
    assert not decorated() and not decorated() and records()


@pytest.mark.parametrize(
    "mode", [tg.no_grad, tg.inference_mode, lambda: tg.set_grad_enabled(False)]
)
def test_modes_end_with_an_exception(mode):
    with pytest.raises(KeyError), mode():
        raise KeyError
    assert records()


def test_one_context_manager_may_be_nested_in_itself():
    quiet = tg.no_grad()
    with quiet:
        with quiet:
            assert not records()
        assert not records()
    assert records()


def test_recording_is_off_inside_the_pass_and_on_after_an_error_in_it():
    seen = []
    x = leaf()
    y = record("probe", np.copy, (x, lambda g: seen.append(tg.is_grad_enabled()) or 1 / 0))
    with tg.enable_grad(), pytest.raises(ZeroDivisionError):
        y.sum().backward()
    assert seen == [False] and records()


# threads ------------------------------------------------------------------------------------


def trained(seed):
    """The weights of a small network after a few steps from its own random numbers."""
    rng = np.random.default_rng(seed)
    w, v = (
        leaf(rng.standard_normal((20, 30)), np.float32),
        leaf(rng.standard_normal((5, 20)), np.float32),
    )
    for _ in range(60):
        x = tg.tensor(rng.standard_normal((8, 30)).astype(np.float32))
        loss = ((x @ w.t()).relu() @ v.t()).log_softmax(1)[:, 0].mean()
        loss.backward()
        with tg.no_grad():
            for p in (w, v):
                p -= p.grad * 0.01
                p.grad = None
    return w.array, v.array


def test_threads_train_as_if_alone():
    alone = [trained(seed) for seed in (0, 1, 2)]
    together = [None] * 3

    def run(seed):
        together[seed] = trained(seed)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in (0, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for a, b in zip(alone, together, strict=True):
        for p, q in zip(a, b, strict=True):
            np.testing.assert_array_equal(p, q)


def test_recording_mode_is_per_thread():
    seen = []
    with tg.no_grad():
        thread = threading.Thread(target=lambda: seen.append(records()))
        thread.start()
        thread.join()
    assert seen == [True]


# hooks --------------------------------------------------------------------------------------


def test_hooks_see_and_change_gradients():
    x = leaf()
    y = x * 2
    seen = []
    y.register_hook(seen.append)
    y.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    y.sum().backward()
    np.testing.assert_array_equal(seen[0].array, [1, 1, 1])
    np.testing.assert_array_equal(x.grad.array, [21, 21, 21])


def test_hooks_see_the_whole_gradient_once():
    x = leaf()
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.array.copy()))
    x.register_hook(lambda g: seen.append(g.array.copy()))
    (y + y * y).sum().backward()
    assert len(seen) == 2
    np.testing.assert_allclose(seen[0], 1 + 4 * FLOATS)
    np.testing.assert_allclose(seen[1], 2 + 8 * FLOATS)


def test_hooks_can_be_removed():
    x = leaf()
    y = x * 2
    handles = [
        y.register_hook(lambda g: g * 10),
        x.register_hook(lambda g: g * 10),
        y.grad_fn.register_hook(lambda g: g * 10),
    ]
    for handle in handles:
        handle.remove()
        handle.remove()
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.array, [2, 2, 2])
    with pytest.raises(RuntimeError, match="does not require a gradient"):
        wrap(FLOATS).register_hook(print)


def test_retain_grad():
    x = leaf()
    y = x * 2
    y.retain_grad()
    z = (y * y).sum()
    z.backward(retain_graph=True)
    np.testing.assert_allclose(y.grad.array, 4 * FLOATS)
    z.backward()
    np.testing.assert_allclose(y.grad.array, 8 * FLOATS)
    x.retain_grad()


def test_the_graph_can_be_walked():
    x = leaf()
    y = x * 2
    (inner, place), *_ = (y + 1).grad_fn.next_functions
    assert (
        inner is y.grad_fn and place == 0 and repr(inner).startswith("<MulBackward0 object at 0x")
    )
    assert inner.next_functions[0][0].variable is x


# writes in place ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "read"),
    [("exp", True), ("sigmoid", True), ("tanh", True), ("sqrt", True), ("softmax", True), ("relu", True),
     ("neg", False), ("sum", False), ("sin", False), ("clone", False), ("cumsum", False)],
)  # fmt: skip
def test_writing_a_result_that_the_rule_reads(name, read):
    x = leaf([1.0, 2.0, 3.0])
    y = getattr(x, name)(*([0] if name in ("softmax", "cumsum") else []))
    y.add_(1)
    if read:
        with pytest.raises(
            RuntimeError, match=rf"modified by an inplace operation: {name.capitalize()}Backward0"
        ):
            y.sum().backward()
    else:
        y.sum().backward()


def test_writing_an_operand_that_the_rule_reads():
    x, y = leaf(), leaf()
    a, b = x * 1, y * 1
    product = a * b
    a.add_(1)
    with pytest.raises(RuntimeError, match="MulBackward0"):
        product.sum().backward()
    total = (x * 1) + b
    b.add_(1)
    total.sum().backward()
    np.testing.assert_array_equal(x.grad.array, [1, 1, 1])


def test_writing_a_constant_that_the_rule_reads():
    x, c = leaf(), tg.ones(3, dtype=tg.float64)
    y = x * c
    c.zero_()
    with pytest.raises(RuntimeError, match="MulBackward0"):
        y.sum().backward()


def test_writing_through_a_view_or_detached_tensor_is_noticed():
    for share in (
        lambda t: t.view(3),
        lambda t: t[1:],
        lambda t: t.detach(),
        lambda t: t.detach()[0],
    ):
        x = leaf()
        y = x.exp()
        with tg.no_grad():
            share(y).add_(1)
        with pytest.raises(RuntimeError, match="ExpBackward0"):
            y.sum().backward()


def test_writing_before_the_record_is_no_matter():
    x = leaf()
    a = x * 1
    a.mul_(2)
    a.exp().sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * np.exp(2 * FLOATS))


def test_in_place_operations_have_their_gradient():
    x = leaf([0.5, 1.0, 2.0])
    y = x * 1
    y.mul_(3).add_(1).exp_().sqrt_().div_(2)
    y.sum().backward()
    values = np.array([0.5, 1.0, 2.0])
    np.testing.assert_allclose(x.grad.array, 0.75 * np.exp((3 * values + 1) / 2))
    y = x.clone()
    y *= y
    assert y.grad_fn is not None


def test_a_leaf_that_requires_gradients_is_not_written():
    x = leaf()
    for write in (lambda: x.add_(1), lambda: x.zero_(), lambda: x.__setitem__(0, 1.0), lambda: x[1:].mul_(2),
                  lambda: x.view(3).fill_(0), lambda: x.copy_(wrap(FLOATS))):  # fmt: skip
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            write()
    np.testing.assert_array_equal(x.array, FLOATS)
    with tg.no_grad():
        x.add_(1)
        x[0] = 7.0
    np.testing.assert_array_equal(x.array, [7.0, 0.0, 3.0])
    assert x.is_leaf and x.requires_grad


def test_a_constant_takes_up_the_history_of_what_is_written_into_it():
    x, buffer = leaf(), tg.zeros(2, 3, dtype=tg.float64)
    buffer[0] = x
    buffer[1] = x * x
    buffer.sum().backward()
    np.testing.assert_allclose(x.grad.array, 1 + 2 * FLOATS)


def test_gradients_of_setitem():
    x, v = leaf(np.arange(6.0).reshape(2, 3)), leaf([10.0, 20.0])
    y = x * 1
    y[:, 1] = v
    y[0, 0] = 5.0
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 0, 4], [6, 0, 10]])
    np.testing.assert_array_equal(v.grad.array, [20, 40])


def test_gradients_of_setitem_with_broadcasting_indices_and_masks():
    x, s, row = leaf(np.arange(6.0).reshape(2, 3)), leaf(2.0), leaf([1.0, 2.0, 3.0])
    y = x * 1
    y[y > 3] = s
    y[tg.tensor([0])] = row
    (y * 3).sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 0, 0], [3, 0, 0]])
    assert s.grad.item() == 6
    np.testing.assert_array_equal(row.grad.array, [3, 3, 3])


def test_writes_through_views_reach_the_base_and_other_views():
    x = leaf(np.arange(6.0).reshape(2, 3))
    base = x * 1
    row, flat, column = base[0], base.view(6), base.t()[1]
    row.mul_(10)
    np.testing.assert_array_equal(flat.array[:3], [0, 10, 20])
    (flat * 1).sum().backward(retain_graph=True)
    np.testing.assert_array_equal(x.grad.array, [[10, 10, 10], [1, 1, 1]])
    x.grad = None
    column.sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 10, 0], [0, 1, 0]])


def test_a_view_made_without_recording_is_not_written_while_recording():
    x = leaf() * 1
    with tg.no_grad():
        view = x[:2]
    with pytest.raises(RuntimeError, match="no_grad"):
        view.mul_(2)


def test_in_place_with_the_wrong_shape_or_dtype():
    x = tg.zeros(3)
    with pytest.raises(RuntimeError, match=r"doesn't match the broadcast shape \[2, 3\]"):
        x.add_(tg.ones(2, 3))
    with pytest.raises(RuntimeError, match="can't be cast"):
        tg.zeros(3, dtype=tg.int64).add_(0.5)
    with pytest.raises(RuntimeError, match="shape"):
        x[:2] = tg.ones(3)


def test_the_version_counts_writes_of_all_views():
    x = tg.zeros(2, 2)
    before = x._version
    x[0].add_(1)
    assert x._version > before
    before = x._version
    x.t().zero_()
    assert x._version > before


# Any program of views and writes, against NumPy, whose views alias as ours do, and finite differences.

VIEWS = {
    "row": lambda t: t[0, ...],
    "tail": lambda t: t[1:],
    "transposed": lambda t: t.T if t.ndim != 1 else t[:],
    "even": lambda t: t[..., ::2],
    "again": lambda t: t[...],
    "flat": lambda t: t.reshape(-1) if is_contiguous(t) else t[...],
    "column": lambda t: t[..., None],
}
WRITES = ("scale", "shift", "multiply", "set", "set-first", "square")


def is_contiguous(t):
    return getattr(t, "array", t).flags.c_contiguous


STEPS = st.tuples(st.sampled_from([*VIEWS, *WRITES]), st.integers(0, 9), st.integers(0, 9))


def play(steps, x, square):
    """A program on views of x * 1: the list of its tensors. `square(t)` squares t in place."""
    found = [x * 1.5, x * 0.5]
    for step, i, j in steps:
        t, other = found[i % len(found)], found[j % len(found)]
        if step in VIEWS:
            found.append(VIEWS[step](t) if t.ndim and t.shape[0] > 1 else t[...])
        elif step == "scale":
            t *= 1.25
        elif step == "shift":
            t += 0.5
        elif step == "multiply":
            if t.shape == other.shape:
                t *= other * 1
        elif step == "set":
            if t.shape == other.shape:
                t[...] = other * 1
        elif step == "set-first":
            if t.ndim and t.shape[0]:
                t[0] = other.sum() * 0.3
        else:
            square(t)
    return found


def square_array(t):
    t *= t.copy()


@settings(max_examples=10 * settings.default.max_examples)
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_any_program_of_views_and_writes(steps):
    rng = np.random.default_rng(0)
    start = rng.uniform(0.5, 1.5, (3, 3))
    x = leaf(start)
    found = play(steps, x, lambda t: t.pow_(2))
    wanted = play(steps, start, square_array)
    weights = [rng.standard_normal(np.shape(a)) for a in wanted]
    for t, a in zip(found, wanted, strict=True):
        np.testing.assert_allclose(t.array, a)
    tape.backward(found, [wrap(w) for w in weights])
    direction = rng.standard_normal(start.shape)

    def value(sign):
        there = play(steps, start + sign * 1e-6 * direction, square_array)
        return sum(float(np.sum(a * w)) for a, w in zip(there, weights, strict=True))

    slope = (value(1) - value(-1)) / 2e-6
    assert (x.grad.array * direction).sum() == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_writes_in_place_are_differentiable_twice():
    x = leaf([1.0, 2.0, 3.0])
    y = x * x
    y[1:].mul_(x[:2])
    y[0] = x[2] ** 3
    (g,) = grad(y.sum(), x, create_graph=True)  # of x2^3 + x1^2 x0 + x2^2 x1
    np.testing.assert_allclose(g.array, [4, 4 + 9, 27 + 12])
    (h,) = grad((g * wrap(np.array([1.0, 2.0, 3.0]))).sum(), x)
    np.testing.assert_allclose(h.array, [0 + 2 * 4, 4 + 2 * 2 + 3 * 6, 6 * 2 + 3 * (18 + 4)])


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("is_leaf", [False, True])
def test_parts_of_one_tensor_share_its_gradient(is_leaf, create_graph):
    x = tg.arange(12.0).reshape(3, 4).requires_grad_()
    whole = x if is_leaf else x * 1
    seed = tg.ones(3, 4)
    loss = (
        (whole[0] * whole[0]).sum()
        + (whole[:2, 1:] * 3).sum()
        + whole[2, 2]
        + whole[0, 0] * whole[:, 0].sum()
    )
    tg.autograd.backward([whole, loss], [seed, None], create_graph=create_graph)
    expected = np.ones((3, 4))
    expected[0] += 2 * np.arange(4.0)
    expected[:2, 1:] += 3
    expected[2, 2] += 1
    expected[0, 0] += 12
    np.testing.assert_array_equal(x.grad.detach().numpy(), expected)
    np.testing.assert_array_equal(seed.numpy(), np.ones((3, 4)))
