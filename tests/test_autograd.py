"""The public face of the tape: functions of one's own, checks of gradients, Jacobians and Hessians."""

import gc
import threading
import weakref

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import autograd
from tinygrad_mnist.autograd import Function, Variable, functional, grad, gradcheck, gradgradcheck
from tinygrad_mnist.autograd.function import once_differentiable
from tinygrad_mnist.autograd.gradcheck import GradcheckError


def leaf(*shape, seed=0, dtype=np.float64):
    return tg.tensor(
        np.random.default_rng(seed).uniform(0.5, 2, shape).astype(dtype), requires_grad=True
    )


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


class Exp(Function):
    """Saves its output, in PyTorch's newer form."""

    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class Both(Function):
    """Two inputs, a number between them, two smooth outputs, and an integer one."""

    calls = 0
    materialize = True

    @staticmethod
    def forward(ctx, x, power, y):
        ctx.power = power
        ctx.save_for_backward(x, None, y)
        ctx.set_materialize_grads(Both.materialize)
        return x * y, x**power + y, (x > y).long()

    @staticmethod
    def backward(ctx, g, h, i):
        Both.calls += 1
        Both.got = g, h, i
        x, nothing, y = ctx.saved_tensors
        assert nothing is None
        g, h = (0 if each is None else each for each in (g, h))
        return g * y + h * ctx.power * x ** (ctx.power - 1), None, g * x + h


# functions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "function", [Cube.apply, Exp.apply, lambda x: Exp.apply(Cube.apply(x)) * x]
)
def test_function_has_gradients_of_every_order(function):
    x = leaf(2, 3)
    assert gradcheck(function, x)
    assert gradgradcheck(function, x)
    assert gradgradcheck(lambda x: grad(function(x).sum(), x, create_graph=True)[0], x)


def test_function_values():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = Cube.apply(x)
    assert y.tolist() == [1, 8] and y.requires_grad and not y.is_leaf
    y.sum().backward()
    assert x.grad.tolist() == [3, 12]
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()
    with tg.no_grad():
        assert Cube.apply(x).is_leaf
    assert Cube.apply(x.detach()).is_leaf


def test_backward_is_called_once_with_all_gradients():
    x, y = leaf(3), leaf(3, seed=1)
    Both.calls = 0
    a, b, c = Both.apply(x, 3, y)
    assert c.dtype == tg.int64 and not c.requires_grad
    gx, gy = grad((a * 2).sum() + (b * b).sum() + a[0], (x, y))
    assert Both.calls == 1 and Both.got[2].tolist() == [0, 0, 0]
    u, v = leaf(3), leaf(3, seed=1)
    want = grad((u * v * 2).sum() + ((u**3 + v) ** 2).sum() + u[0] * v[0], (u, v))
    np.testing.assert_allclose(gx.array, want[0].array)
    np.testing.assert_allclose(gy.array, want[1].array)
    assert gradcheck(lambda x, y: Both.apply(x, 3, y), (x, y)) and gradgradcheck(
        lambda x, y: Both.apply(x, 3, y), (x, y)
    )


def test_one_output_used():
    x, y = leaf(3), leaf(3, seed=1)
    b = Both.apply(x, 2, y)[1]
    b.sum().backward(retain_graph=True)
    assert Both.got[0].tolist() == [0, 0, 0]
    b.sum().backward()
    np.testing.assert_allclose(x.grad.array, 4 * x.array)
    try:
        Both.materialize = False
        Both.apply(x, 2, y)[1].sum().backward()
        assert Both.got[0] is None and Both.got[2] is None
    finally:
        Both.materialize = True


def test_needs_input_grad():
    seen = {}

    class Add(Function):
        @staticmethod
        def forward(ctx, *args):
            seen["flags"] = ctx.needs_input_grad
            return args[0] + args[2]

        @staticmethod
        def backward(ctx, g):
            return g, None, g, None, None

    x = leaf(2)
    Add.apply(x, "text", x.detach(), x).sum().backward()
    assert seen["flags"] == (True, False, False, True)
    assert x.grad.tolist() == [1, 1]


def test_function_on_an_input_given_twice_and_broadcast():
    class Mul(Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a * b

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g * b, g * a

    x = leaf(3)
    Mul.apply(x, x).sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * x.array)
    assert gradcheck(Mul.apply, (leaf(2, 3), leaf(3)))


def test_gradients_do_not_share_memory_with_what_backward_returns():
    class Keep(Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, g):
            Keep.kept = g * 1
            return Keep.kept, Keep.kept

    x, y = leaf(2), leaf(2)
    Keep.apply(x, y).sum().backward()
    for each in (x.grad, y.grad):
        assert not np.may_share_memory(each.array, Keep.kept.array)
    assert not np.may_share_memory(x.grad.array, y.grad.array)


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (
            lambda g: g,
            RuntimeError,
            r"WrongBackward returned an incorrect number of gradients \(expected 2, got 1\)",
        ),
        (lambda g: (g, g, g), RuntimeError, r"expected 2, got 3"),
        (
            lambda g: (g[:2], None),
            RuntimeError,
            r"invalid gradient at index 0 - got \[2\] but expected shape compatible with \[3\]",
        ),
        (lambda g: (3.0, None), RuntimeError, r"expected a Tensor or None at index 0, got float"),
    ],
)
def test_wrong_backward(result, error, message):
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return result(g)

    with pytest.raises(error, match=message):
        Wrong.apply(leaf(3), 2).sum().backward()


def test_superfluous_nones_are_fine():
    class Padded(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2, None, None

    assert gradcheck(Padded.apply, leaf(2))


def test_unwritten_methods():
    class Empty(Function):
        pass

    with pytest.raises(NotImplementedError, match="forward"):
        Empty.apply(leaf(1))


@pytest.mark.parametrize("function", [Cube, Exp])
def test_saved_tensors_notice_writes(function):
    x = leaf(2) * 1
    y = function.apply(x)
    (x if function is Cube else y.detach()).mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_mark_non_differentiable():
    class Sorted(Function):
        @staticmethod
        def forward(ctx, x):
            values, places = x.sort()
            copy = x.clone()
            ctx.mark_non_differentiable(copy)
            ctx.save_for_backward(places)
            return values, copy

        @staticmethod
        def backward(ctx, g, h):
            assert h.tolist() == [0, 0, 0]
            return tg.zeros(3, dtype=tg.float64).scatter(0, ctx.saved_tensors[0], g)

    x = tg.tensor([3.0, 1, 2], dtype=tg.float64, requires_grad=True)
    values, copy = Sorted.apply(x)
    assert not copy.requires_grad
    (values * tg.tensor([1.0, 10, 100])).sum().backward()
    assert x.grad.tolist() == [100, 1, 10]


def test_mark_dirty():
    class Doubled(Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, g):
            assert ctx.saved_tensors[0].shape == g.shape
            return g * 2

    x = leaf(2)
    y = x * 3
    z = Doubled.apply(y)
    assert z is y
    np.testing.assert_allclose(y.array, 6 * x.array)
    (y * y).sum().backward()
    np.testing.assert_allclose(x.grad.array, 72 * x.array)
    with pytest.raises(RuntimeError, match="leaf"):
        Doubled.apply(leaf(2))

    class Raw(Doubled):
        @staticmethod
        def forward(ctx, x):
            x.array *= 2
            ctx.mark_dirty(x)
            return x

    plain = tg.ones(2, dtype=tg.float64)
    before = leaf(2) * plain
    Raw.apply(plain)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        before.sum().backward()
    plain = tg.ones(2)
    assert Doubled.apply(plain) is plain and plain.tolist() == [2, 2]


def test_input_returned_as_it_is():
    class Reversal(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return -g

    x = leaf(2)
    y = Reversal.apply(x)
    assert y is not x and np.may_share_memory(y.array, x.array)
    y.sum().backward()
    assert x.grad.tolist() == [-1, -1] and x.is_leaf


def test_once_differentiable():
    class Once(Cube):
        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            assert not tg.is_grad_enabled()
            return g * 3 * ctx.saved_tensors[0] ** 2

    x = leaf(2)
    assert gradcheck(Once.apply, x)
    (g,) = grad((Once.apply(x) * x).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        g.sum().backward()


def test_calls_leave_no_cycles():
    gc.collect()
    gc.disable()
    try:
        for function in (Cube.apply, Exp.apply, lambda x: Both.apply(x, 2, x)[0]):
            x = leaf(2)
            y = function(x * 1)
            ref = weakref.ref(y.grad_fn)
            del y
            assert ref() is None
    finally:
        gc.enable()


def test_functions_in_threads():
    results = {}

    def work(k):
        x = leaf(50, seed=k)
        for _ in range(20):
            g = grad((Exp.apply(Cube.apply(x * 0.5)) * Both.apply(x, 2, x)[1]).sum(), x)[0]
        results[k] = g.array

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    together = dict(results)
    for k, there in together.items():
        work(k)
        np.testing.assert_array_equal(there, results[k])


# gradcheck ---------------------------------------------------------------------------------


def test_gradcheck_finds_a_wrong_gradient():
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return g * 2.9 * ctx.saved_tensors[0] ** 2

    x = leaf(2)
    with pytest.raises(
        GradcheckError,
        match=r"Jacobian mismatch for output 1 with respect to input 0,\nnumerical:[\s\S]*analytical:",
    ):
        gradcheck(lambda x: (x, Wrong.apply(x)), x)
    assert gradcheck(Wrong.apply, x, raise_exception=False) is False
    assert gradcheck(Wrong.apply, x, rtol=0.1) is True


def test_gradgradcheck_finds_a_wrong_second_gradient():
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return g * 3 * ctx.saved_tensors[0].detach() ** 2

    x = leaf(2)
    assert gradcheck(Wrong.apply, x)
    assert not gradgradcheck(Wrong.apply, x, raise_exception=False)
    assert gradgradcheck(Cube.apply, x, tg.ones(2, dtype=tg.float64, requires_grad=True))


def test_gradcheck_refuses_and_warns():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(lambda x: x, tg.ones(2))
    with pytest.warns(UserWarning, match="only float64"):
        gradcheck(lambda x: x * 2, tg.ones(2, requires_grad=True), eps=1e-2, atol=1e-2)


def test_gradcheck_leaves_inputs_as_they_were():
    x, y = leaf(2, 3), leaf(3, seed=2)
    before = x.array.copy(), y.array.copy()
    with tg.no_grad():
        assert gradcheck(lambda x, y: (x * y, x.sum(), (x > 1).long()), (x, y))
    np.testing.assert_array_equal(x.array, before[0])
    np.testing.assert_array_equal(y.array, before[1])
    assert x.grad is None
    assert gradcheck(lambda x: x.sum(), tg.zeros(0, dtype=tg.float64, requires_grad=True))


# functional --------------------------------------------------------------------------------


def of_two(x, y):
    return (x * y).sum() + x**3, y.exp()


def scalar(x, y):
    return (x**3 * y).sum() + (x.sum() * y.sum()).sin()


def differences(function, x, eps=1e-6):
    columns = []
    for k in range(x.size):
        step = np.zeros(x.size)
        step[k] = eps
        step = step.reshape(x.shape)
        columns.append((function(x + step) - function(x - step)) / (2 * eps))
    return np.stack(columns, -1).reshape(*columns[0].shape, *x.shape)


def test_jacobian():
    x, y = leaf(2), leaf(2, seed=1)
    found = functional.jacobian(of_two, (x, y))
    for i in range(2):
        by_x = differences(lambda a: of_two(tg.tensor(a), y.detach())[i].array, x.array)
        by_y = differences(lambda a: of_two(x.detach(), tg.tensor(a))[i].array, y.array)
        for there, wanted in zip(found[i], (by_x, by_y), strict=True):
            np.testing.assert_allclose(there.array, wanted, atol=1e-8)
            assert not there.requires_grad
    assert functional.jacobian(lambda x: x.sum(), x).tolist() == [1, 1]
    assert functional.jacobian(lambda x: x.reshape(2, 1) * x, x).shape == (2, 2, 2)
    assert functional.jacobian(lambda x: x[:0], x).shape == (0, 2)
    with tg.no_grad():
        assert functional.jacobian(lambda x: x * 2, x).tolist() == [[2, 0], [0, 2]]
    assert x.grad is None


def test_hessian_and_products():
    x, y = leaf(2), leaf(2, seed=1)
    rng = np.random.default_rng(0)
    v = tuple(tg.tensor(rng.standard_normal(2)) for _ in range(2))
    whole = functional.hessian(scalar, (x, y))
    gradient = [
        lambda a, b, i=i: grad(scalar(*(inputs := (leaf_of(a), leaf_of(b)))), inputs)[i].array
        for i in range(2)
    ]
    for i in range(2):
        np.testing.assert_allclose(
            whole[i][0].array, differences(lambda a: gradient[i](a, y.array), x.array), atol=1e-7
        )
        np.testing.assert_allclose(
            whole[i][1].array, differences(lambda b: gradient[i](x.array, b), y.array), atol=1e-7
        )
    for product in (functional.vhp, functional.hvp):
        value, found = product(scalar, (x, y), v)
        assert value.item() == pytest.approx(scalar(x, y).item())
        for i in range(2):
            np.testing.assert_allclose(
                found[i].array, (whole[i][0] @ v[0] + whole[i][1] @ v[1]).array
            )
    assert functional.hessian(lambda x: (x**2).sum(), x).tolist() == [[2, 0], [0, 2]]


def leaf_of(array):
    return tg.tensor(array, requires_grad=True)


def test_jvp_and_vjp():
    x, y = leaf(2), leaf(2, seed=1)
    jacobian = functional.jacobian(of_two, (x, y))
    u = tuple(tg.tensor([1.0, -2.0], dtype=tg.float64) for _ in range(2))
    outs, found = functional.jvp(of_two, (x, y), u)
    np.testing.assert_allclose(outs[1].array, of_two(x, y)[1].array)
    for i in range(2):
        np.testing.assert_allclose(
            found[i].array, (jacobian[i][0] @ u[0] + jacobian[i][1] @ u[1]).array
        )
    _, back = functional.vjp(of_two, (x, y), u)
    for j in range(2):
        np.testing.assert_allclose(
            back[j].array, (u[0] @ jacobian[0][j] + u[1] @ jacobian[1][j]).array
        )
    assert functional.vjp(lambda x: x.sum(), x)[1].tolist() == [1, 1]


def test_create_graph():
    x = leaf(2)
    found = functional.jacobian(lambda x: x**3, x, create_graph=True)
    (g,) = grad(found.sum(), x)
    np.testing.assert_allclose(g.array, 6 * x.array)
    (g,) = grad(functional.hessian(lambda x: (x**3).sum(), x, create_graph=True).sum(), x)
    np.testing.assert_allclose(g.array, [6, 6])
    (g,) = grad(
        functional.jvp(lambda x: x**3, x, tg.ones(2, dtype=tg.float64), create_graph=True)[1].sum(),
        x,
    )
    np.testing.assert_allclose(g.array, 6 * x.array)


def test_strict_and_errors():
    x, y = leaf(2), leaf(2)
    alone = lambda x, y: x * 2  # noqa: E731
    assert functional.jacobian(alone, (x, y))[1].tolist() == [[0, 0], [0, 0]]
    assert functional.jvp(lambda x: tg.ones(2, dtype=tg.float64), x, tg.ones(2, dtype=tg.float64))[
        1
    ].tolist() == [0, 0]
    for call in (
        lambda: functional.jacobian(alone, (x, y), strict=True),
        lambda: functional.vjp(alone, (x, y), tg.ones(2, dtype=tg.float64), strict=True),
        lambda: functional.hessian(lambda x: x.sum(), x, strict=True),
    ):
        with pytest.raises(RuntimeError, match="independent of input"):
            call()
    with pytest.raises(
        TypeError, match="inputs given to jacobian must be either a Tensor or a tuple"
    ):
        functional.jacobian(alone, [x, y])
    with pytest.raises(RuntimeError, match="single element"):
        functional.hessian(lambda x: x * 2, x)
    with pytest.raises(RuntimeError, match="v can only be None"):
        functional.vjp(lambda x: x * 2, x)
    with pytest.raises(RuntimeError, match="v has invalid size"):
        functional.jvp(lambda x: x * 2, x, tg.ones(3))


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_bad_calls_of_backward_and_grad(name):
    lib = pytest.importorskip(name)
    x = lib.ones(2, requires_grad=True)
    for call, error in (
        (lambda: lib.autograd.backward([x * 2, x * 3], [lib.ones(2)]), RuntimeError),
        (lambda: lib.autograd.backward((x * 2).sum(), inputs=[]), RuntimeError),
        (
            lambda: lib.autograd.grad(x.sum(), x, materialize_grads=True, allow_unused=False),
            ValueError,
        ),
        (lambda: lib.autograd.functional.hessian(lambda x: 3, x), TypeError),
        (lambda: lib.autograd.functional.hessian(lambda x: (x.sum(), x.sum()), x), RuntimeError),
        (lambda: lib.autograd.function.FunctionCtx().save_for_backward and Bad.apply(x), TypeError),
    ):

        class Bad(lib.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(3)
                return x * 2

            @staticmethod
            def backward(ctx, g):
                return g

        with pytest.raises(error):
            call()


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_records_and_their_names(name):
    lib = pytest.importorskip(name)

    class Twice(lib.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = lib.ones(2, requires_grad=True)
    y = Twice.apply(x)
    assert (
        y.grad_fn.name() == "TwiceBackward"
        and (y * 2).grad_fn.name() == "MulBackward0"
        and "<TwiceBackward>" in repr(y)
    )
    assert (x * 2).grad_fn.next_functions[0][0].name() == "torch::autograd::AccumulateGrad"
    (y * y).sum().backward()
    assert x.grad.tolist() == [8, 8]
    assert not lib.is_anomaly_enabled() and lib.is_anomaly_check_nan_enabled()
    with lib.autograd.set_detect_anomaly(True, check_nan=False):
        assert lib.is_anomaly_enabled() and not lib.is_anomaly_check_nan_enabled()
    assert not lib.is_anomaly_enabled()


# modes and names ---------------------------------------------------------------------------


def test_anomaly_names_the_operation_and_its_line():
    def faulty(x):
        return (x - x).sqrt() * 0  # the line to find

    x = tg.ones(1, requires_grad=True)
    faulty(x).sum().backward()
    with (
        autograd.detect_anomaly(),
        pytest.raises(
            RuntimeError,
            match=r"Function 'SqrtBackward0' returned nan values[\s\S]*the line to find",
        ),
    ):
        faulty(x).sum().backward()
    faulty(x).sum().backward()
    with autograd.set_detect_anomaly(True), autograd.detect_anomaly(check_nan=False):
        faulty(x).sum().backward()
    switch = autograd.set_detect_anomaly(True)
    with switch, pytest.raises(RuntimeError, match="returned nan"):
        faulty(x).sum().backward()
    faulty(x).sum().backward()
    with autograd.detect_anomaly():
        Cube.apply(x).sum().backward()


def test_variable():
    x = tg.ones(2)
    v = Variable(x, requires_grad=True)
    assert type(v) is tg.Tensor and v.requires_grad and not x.requires_grad
    assert (
        np.may_share_memory(v.array, x.array)
        and isinstance(x, Variable)
        and not isinstance(3, Variable)
    )
    assert Variable().numel() == 0


def test_pytorch_paths():
    from tinygrad_mnist.autograd.anomaly_mode import detect_anomaly
    from tinygrad_mnist.autograd.functional import jacobian
    from tinygrad_mnist.autograd.grad_mode import no_grad
    from tinygrad_mnist.autograd.gradcheck import gradcheck as check
    from tinygrad_mnist.autograd.graph import Node

    assert (detect_anomaly, no_grad, check) == (
        autograd.detect_anomaly,
        tg.no_grad,
        autograd.gradcheck,
    )
    assert jacobian is functional.jacobian
    assert isinstance(Cube.apply(leaf(1)).grad_fn, Node)
    x = leaf(1)
    autograd.backward([x * 2, x * 3])
    assert x.grad.item() == 5


# as PyTorch ----------------------------------------------------------------------------------


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "jvp", "vhp", "hvp"])
@pytest.mark.parametrize("nested", [False, True])
def test_functional_as_pytorch(name, inputs, nested):
    """The values, and which results are tuples."""
    torch = pytest.importorskip("torch")
    single_output = name in ("hessian", "vhp", "hvp")

    def function(*xs):
        total = sum((x**3).sum() for x in xs) * xs[0].sum()
        return (
            total if single_output else (total * xs[0], xs[-1].exp()) if nested else total * xs[0]
        )

    arrays = [np.random.default_rng(k).standard_normal((2,)) for k in range(inputs)]
    results = []
    for lib in (tg, torch):
        xs = tuple(lib.tensor(a) for a in arrays)
        vs = tuple(lib.ones(2, dtype=lib.float64) for _ in range(2))
        xs = xs if nested or inputs == 2 else xs[0]
        args = (
            (xs,)
            if name in ("jacobian", "hessian")
            else (
                (
                    xs,
                    (vs if nested else vs[0])
                    if name == "vjp"
                    else vs[:inputs]
                    if isinstance(xs, tuple)
                    else vs[0],
                )
            )
        )
        module = functional if lib is tg else torch.autograd.functional
        results.append(getattr(module, name)(function, *args))

    def same(a, b):
        if isinstance(b, tuple):
            assert isinstance(a, tuple) and len(a) == len(b)
            for each in zip(a, b, strict=True):
                same(*each)
        else:
            assert tuple(a.shape) == tuple(b.shape) and a.requires_grad == b.requires_grad
            np.testing.assert_allclose(a.array, b.numpy())

    same(*results)


def test_function_as_pytorch():
    """The same class body, run by both."""
    torch = pytest.importorskip("torch")
    results = []
    for lib in (tg, torch):

        class Mixed(lib.autograd.Function if lib is torch else Function):
            @staticmethod
            def forward(ctx, a, scale, b):
                out = a * b * scale
                ctx.scale = scale
                ctx.save_for_backward(a, b, out)
                return out, a + b

            @staticmethod
            def backward(ctx, g, h):
                a, b, out = ctx.saved_tensors
                return g * out / a + h, None, g * a * ctx.scale + h

        a, b = (lib.tensor([1.0, 2, 3], dtype=lib.float64, requires_grad=True) for _ in range(2))
        y, z = Mixed.apply(a, 2.0, b)
        both = lib.autograd.grad if lib is torch else grad
        first = both((y * y * z).sum(), (a, b), create_graph=True)
        second = both((first[0] * first[1]).sum(), (a, b))
        results.append([t.detach().numpy() for t in (*first, *second)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs)
