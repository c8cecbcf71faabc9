"""torch.compile: programs give what the tape gives, and never an old result."""

import copy
import gc
import operator
import random
import threading
import warnings
import weakref

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.compiler import BACKENDS
from tinygrad_mnist import nn

F = nn.functional
both = pytest.mark.parametrize("backend", BACKENDS)


def compiled(function, backend="numpy", **options):
    """A compiled function that must be one program."""
    return torch.compile(function, backend=backend, fullgraph=True, **options)


def network():
    return nn.Sequential(
        nn.Linear(12, 8), nn.ReLU(), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.Linear(8, 3)
    )


def trained(model, loss_of, steps=6):
    """The losses and weights of some steps with Adam."""
    torch.manual_seed(7)
    x = torch.randn(16, 12)
    y = torch.randint(0, 3, (16,))
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, {name: x.numpy().copy() for name, x in model.state_dict().items()}


@both
def test_training_is_the_tapes(backend):
    torch.manual_seed(0)
    model = network()
    other = network()
    other.load_state_dict(model.state_dict())
    losses, weights = trained(model, lambda x, y: F.cross_entropy(model(x), y))
    program = compiled(lambda x, y: F.cross_entropy(other(x), y), backend)
    found, theirs = trained(other, program)
    np.testing.assert_allclose(found, losses, 1e-5)
    for name, array in weights.items():
        np.testing.assert_allclose(theirs[name], array, 1e-4, 1e-5, err_msg=name)
    assert weights["3.num_batches_tracked"] == 6


@both
def test_a_module_compiled_keeps_its_parameters(backend):
    model = network()
    program = torch.compile(model, backend=backend, fullgraph=True)
    assert isinstance(program, nn.Module)
    assert list(program.state_dict()) == [f"_orig_mod.{name}" for name in model.state_dict()]
    program.eval()
    x = torch.randn(4, 12)
    assert torch.equal(program(x), model(x))
    with torch.no_grad():
        model[0].weight.zero_()
        model[0].bias.fill_(1.0)
    assert torch.equal(program(x), model(x))
    model.load_state_dict(network().state_dict())
    assert torch.allclose(program(x), model(x))
    model[0].weight.data = torch.ones(8, 12)
    assert torch.allclose(program(x), model(x))
    model[0] = nn.Linear(12, 8)
    assert torch.allclose(program(x), model(x))
    model[1] = nn.Tanh()
    assert torch.allclose(program(x), model(x))


@both
def test_compile_in_place(backend):
    model = network()
    x = torch.randn(4, 12)
    torch.manual_seed(1)
    wanted = model(x)
    model.compile(backend=backend, fullgraph=True)
    torch.manual_seed(1)
    assert torch.allclose(model(x), wanted)
    assert list(model.state_dict()) == list(network().state_dict())
    assert "CompiledFunction" in repr(model(x))


def test_decorators():
    @torch.compile
    def double(x):
        return x * 2

    @torch.compile(fullgraph=True)
    def triple(x):
        return x * 3

    assert double(torch.ones(1)) == 2
    assert triple(torch.ones(1)) == 3
    assert double.__name__ == "double"
    assert torch.compile(double, disable=True) is double

    class Model:
        factor = 2.0

        @torch.compile
        def scale(self, x):
            return x * self.factor

    model = Model()
    assert model.scale(torch.ones(1)) == 2
    model.factor = 5.0
    assert model.scale(torch.ones(1)) == 5


def test_what_python_decides_is_looked_at_again():
    scale = 2.0
    choices = [1.0]
    module = nn.Linear(2, 2)
    module.power = 1

    def function(x):
        y = module(x) * scale + choices[0]
        return y**module.power

    program = compiled(function)
    x = torch.ones(3, 2)

    def same():
        return torch.equal(program(x), function(x))

    assert same()
    scale = 3.0
    assert same()
    choices[0] = 4.0
    assert same()
    choices.append(1.0)
    module.power = 2
    assert same()
    module.weight.requires_grad_(False)
    assert same()
    assert program(x).requires_grad
    module.bias.requires_grad_(False)
    assert not program(x).requires_grad
    assert same()


def test_kinds_of_arguments_have_programs_of_their_own():
    program = compiled(lambda x, k=1, *, flag=False: x * k + (1 if flag else 0))
    x = torch.ones(2)
    assert torch.equal(program(x), x)
    assert torch.equal(program(x, 3), x * 3)
    assert torch.equal(program(x, 3.0, flag=True), x * 3 + 1)
    assert torch.equal(program(torch.ones(2, 2)), torch.ones(2, 2))
    assert program(torch.ones(2, dtype=torch.float64)).dtype == torch.float64
    assert program(x.clone().requires_grad_()).requires_grad
    with torch.no_grad():
        assert not program(x.clone().requires_grad_()).requires_grad
    y = torch.arange(6.0).reshape(2, 3)
    assert torch.equal(program(y.t()), y.t())


def test_structures_go_in_and_out():
    def function(pair, named):
        a, b = pair
        return {"sum": a + b, "rest": [named["x"] * 2, 7, (a,)]}

    program = compiled(function)
    a, b, x = torch.ones(2), torch.full((2,), 2.0), torch.arange(2.0)
    result = program((a, b), {"x": x})
    assert torch.equal(result["sum"], a + b)
    assert torch.equal(result["rest"][0], x * 2)
    assert result["rest"][1] == 7
    assert result["rest"][2][0] is a
    same = program((a, a), {"x": a})
    assert torch.equal(same["sum"], a + a)


@both
def test_gradients_arrive_as_from_the_tape(backend):
    w = torch.randn(3, 2, requires_grad=True)
    unused = torch.ones(1, requires_grad=True)

    def function(x):
        h = x @ w
        return h.sigmoid(), h.sum() + 0 * x.sum()

    program = compiled(function, backend)
    x = torch.randn(4, 3, requires_grad=True)

    def gradients(f):
        first, second = f(x * 2)  # an argument with a history
        return torch.autograd.grad((first * first).sum() + second * 3, [w, x])

    for mine, wanted in zip(gradients(program), gradients(function), strict=True):
        assert torch.allclose(mine, wanted, 1e-5, 1e-6)
    seen = []
    handle = w.register_hook(lambda g: seen.append(g) or g * 10)
    for _ in range(2):
        program(x)[1].backward()
    handle.remove()
    assert len(seen) == 2
    assert torch.allclose(w.grad, seen[0] * 20)
    assert unused.grad is None
    only_first = torch.autograd.grad(program(x)[0].sum(), w)[0]
    assert torch.allclose(only_first, torch.autograd.grad(function(x)[0].sum(), w)[0], 1e-5, 1e-6)


@both
def test_second_gradients(backend):
    w = torch.randn(3, requires_grad=True, dtype=torch.float64)

    def function(x):
        return (F.dropout(x * w, 0.5) ** 3).sum()

    program = compiled(function, backend)
    x = torch.randn(3, dtype=torch.float64, requires_grad=True)

    def second(f):
        torch.manual_seed(4)
        (g,) = torch.autograd.grad(f(x), w, create_graph=True)
        return torch.autograd.grad(g.square().sum(), [w, x])

    second(program)
    for mine, wanted in zip(second(program), second(function), strict=True):
        assert torch.allclose(mine, wanted)
    torch.manual_seed(4)
    before = torch.get_rng_state()
    loss = program(x)
    after = torch.get_rng_state()
    assert not torch.equal(before, after)
    torch.autograd.grad(loss, w, create_graph=True)
    assert torch.equal(torch.get_rng_state(), after)


def test_gradients_inside_a_program():
    def norm(x):
        y = (x**3).sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        return (g**2).sum()

    x = torch.tensor([1.0, -2.0], requires_grad=True)
    program = compiled(norm)
    (mine,) = torch.autograd.grad(program(x), x)
    (wanted,) = torch.autograd.grad(norm(x), x)
    assert torch.equal(mine, wanted)


def test_retained_and_freed():
    w = torch.ones(2, requires_grad=True)
    program = compiled(lambda x: (x * w).exp().sum())
    loss = program(torch.ones(2))
    loss.backward(retain_graph=True)
    loss.backward()
    assert torch.allclose(w.grad, 2 * torch.ones(2).exp())
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_two_calls_before_a_backward_pass():
    w = torch.ones(2, requires_grad=True)
    program = compiled(lambda x: ((x * w).relu() * x).sum())
    a, b = program(torch.tensor([1.0, 2.0])), program(torch.tensor([3.0, -4.0]))
    (a * b).backward()
    mine = w.grad
    w.grad = None
    function = program.function
    (function(torch.tensor([1.0, 2.0])) * function(torch.tensor([3.0, -4.0]))).backward()
    assert torch.equal(mine, w.grad)


def test_a_write_between_is_refused():
    w = torch.ones(2, requires_grad=True)
    x = torch.ones(2)
    program = compiled(lambda x: (x * w).sum())
    program(x)
    loss = program(x)
    x.mul_(2)
    with pytest.raises(RuntimeError, match="inplace"):
        loss.backward()


def test_random_numbers_are_drawn_anew():
    program = compiled(lambda x: F.dropout(x, 0.5))
    x = torch.ones(100)
    torch.manual_seed(0)
    drawn = [program(x) for _ in range(3)]
    torch.manual_seed(0)
    eager = [F.dropout(x, 0.5) for _ in range(3)]
    assert all(torch.equal(a, b) for a, b in zip(drawn, eager, strict=True))
    assert not torch.equal(drawn[0], drawn[1])
    generator = torch.Generator().manual_seed(5)
    noisy = compiled(lambda x: x + torch.rand(3, generator=generator))
    first = noisy(torch.zeros(3))
    assert torch.equal(first, torch.rand(3, generator=torch.Generator().manual_seed(5)))
    assert not torch.equal(noisy(torch.zeros(3)), first)


def test_writes_in_place_happen():
    counter = torch.zeros(2)

    def function(x):
        h = torch.zeros(3, 2)
        h[1] = x
        h[2] += 1
        counter.add_(x)
        x = x.clone().mul_(2)
        return h, x, counter * 1

    program = compiled(function)
    for step in range(1, 4):
        h, x, seen = program(torch.tensor([1.0, 2.0]))
        assert torch.equal(h, torch.tensor([[0.0, 0.0], [1.0, 2.0], [1.0, 1.0]]))
        assert torch.equal(x, torch.tensor([2.0, 4.0]))
        assert torch.equal(counter, torch.tensor([1.0, 2.0]) * step)
        assert torch.equal(seen, counter)


def test_results_do_not_share_memory():
    constant = compiled(lambda x: torch.ones(2))
    a, b = constant(torch.zeros(1)), constant(torch.zeros(1))
    a.add_(1)
    assert torch.equal(b, torch.ones(2))
    views = compiled(lambda x: (x * 2, (x * 2)[0]))
    whole, part = views(torch.ones(2))
    whole.add_(1)
    assert part == 2


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda x: x * 2 if x.sum() > 0 else x, "bool"),
        (lambda x: x * x.max().item(), "item"),
        (lambda x: x[x > 0], "getitem"),
        (lambda x: x.view(-1), "view of an argument"),
        (lambda x: torch.from_numpy(x.detach().numpy() * 2), "numpy"),
        (lambda x: torch.manual_seed(1) and torch.rand(2) * x, "seeds"),
        (lambda x: iter([x]), "returns list_iterator"),
    ],
)
def test_what_cannot_be_a_program_runs_on_the_tape(function, why):
    x = torch.tensor([1.0, -3.0])
    program = torch.compile(function)
    with pytest.warns(UserWarning, match=why):
        program(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for values in ([1.0, -3.0], [2.0, 5.0], [-1.0, -1.0]):
            mine, wanted = program(torch.tensor(values)), function(torch.tensor(values))
            if isinstance(wanted, torch.Tensor):
                assert torch.equal(mine, wanted)
    with pytest.raises(RuntimeError, match=why):
        torch.compile(function, fullgraph=True)(x)


def test_the_line_is_told():
    def function(x):
        y = x * 2
        return y if y.sum() > 0 else x

    with pytest.warns(UserWarning, match=r"test_compile\.py:\d+"):
        torch.compile(function)(torch.ones(1))


def test_side_effects_are_not_lost():
    calls = []

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.count = 0

        def forward(self, x):
            self.count += 1
            return x * 2

    counting = Counting()
    program = torch.compile(counting)
    listing = torch.compile(lambda x: calls.append(1) or x * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for step in range(1, 4):
            program(torch.ones(1))
            listing(torch.ones(1))
            assert counting.count >= step
            assert len(calls) >= step
        before = counting.count
        program(torch.ones(1))
        assert counting.count == before + 1


def test_hooks_inside_run():
    seen = []
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    program = torch.compile(model)
    x = torch.ones(1, 2)
    program(x)
    model[0].register_forward_hook(lambda module, args, out: seen.append(out))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program(x)
        program(x)
    assert len(seen) >= 2


def test_children_are_compiled_where_the_whole_cannot_be():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(2, 2)
            self.second = nn.Linear(2, 2)

        def forward(self, x):
            h = self.first(x)
            if h.sum() > 0:
                h = -h
            return self.second(h)

    net = Net()
    program = torch.compile(net)
    x = torch.ones(1, 2)
    with pytest.warns(UserWarning, match="bool"):
        program(x)
    assert torch.allclose(program(x), Net.forward(net, x))
    assert net.first._compiled.programs


def test_threads():
    program = compiled(lambda x: (x * 2).relu().sum())
    results = {}

    def work(number):
        for size in range(1, 20):
            x = torch.full((size,), float(number), requires_grad=True)
            y = program(x)
            y.backward()
            results.setdefault(number, []).append((y.item(), x.grad.sum().item()))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for number in range(1, 4):
        assert results[number] == [(2.0 * number * n, 2.0 * n) for n in range(1, 20)]


def test_settings():
    with pytest.raises(RuntimeError, match="wanted one of auto, numpy, numba, eager"):
        torch.compile(lambda x: x, backend="nonsense")
    assert torch.compile(lambda x: x * 2, backend="eager", mode="reduce-overhead")(1) == 2
    torch.compile(lambda x: x, backend="inductor", dynamic=True, options={})

    @torch.compiler.disable
    def plain(x):
        return x

    assert torch.compile(plain) is plain
    seen = []
    torch.compile(lambda x: seen.append(torch.compiler.is_compiling()) or x + 1, backend="numpy")
    assert not torch.compiler.is_compiling()
    program = compiled(lambda x: x + 1)
    program(torch.ones(1))
    torch.compiler.reset()
    assert not program.programs


def test_source_runs_alone():
    model = nn.Sequential(nn.Linear(4, 3), nn.GELU(), nn.Linear(3, 2))
    program = compiled(lambda x, y: F.cross_entropy(model(x), y))
    x, y = torch.randn(5, 4), torch.randint(0, 2, (5,))
    loss = program(x, y)
    text = program.source()
    assert "tinygrad_mnist" not in text
    namespace = {}
    exec(text, namespace)
    p = {name: value.detach().numpy() for name, value in model.named_parameters()}
    arrays = [x.numpy(), y.numpy(), p["0.weight"], p["0.bias"], p["2.weight"], p["2.bias"]]
    (found,), saved = namespace["forward"](*arrays)
    assert found == loss.item()
    grads = namespace["backward"](saved, np.float32(1))
    loss.backward()
    names = [f"grad_{n}" for n in ("w1", "b1", "w2", "b2")]
    assert all(name in text for name in names)
    for g, parameter in zip(grads[2:6], model.parameters(), strict=True):
        np.testing.assert_array_equal(g, parameter.grad.numpy())


def test_more_that_python_decides():
    class Scaled(nn.Module):
        factor = 2.0

        def forward(self, x):
            return x * self.factor + torch.ones(2)

    module = Scaled()
    program = torch.compile(module, backend="numpy", fullgraph=True)
    x = torch.ones(2)
    assert torch.equal(program(x), module(x))
    Scaled.factor = 3.0
    assert torch.equal(program(x), torch.full((2,), 4.0))
    double = x.double()
    assert program(double).dtype == torch.float64
    torch.set_default_dtype(torch.float64)
    try:
        assert program(x).dtype == module(x).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


DRAWS = [lambda: random.random(), lambda: float(np.random.rand())]  # noqa: NPY002


@pytest.mark.parametrize("draw", DRAWS)
def test_random_numbers_of_others_are_drawn_each_time(draw):
    program = torch.compile(lambda x: x * draw(), backend="numpy")
    with pytest.warns(UserWarning, match="own random numbers"):
        found = {program(torch.ones(1)).item() for _ in range(4)}
    assert len(found) == 4


def test_a_generator_of_numpys_own():
    rng = np.random.default_rng(0)
    program = torch.compile(lambda x: x * float(rng.random()), backend="numpy")
    with pytest.warns(UserWarning, match="changes what it reads"):
        assert len({program(torch.ones(1)).item() for _ in range(4)}) == 4


def test_arrays_as_arguments_are_read_each_time():
    program = torch.compile(lambda x, scale: x * float(scale[0]), backend="numpy")
    scale = np.ones(1)
    with pytest.warns(UserWarning, match="whose contents may change"):
        assert program(torch.ones(1), scale) == 1
        scale[0] = 5
        assert program(torch.ones(1), scale) == 5


def test_a_result_written_before_its_gradient_is_refused():
    w = torch.ones(3, requires_grad=True)
    program = compiled(lambda x: (x * w).exp())
    x = torch.ones(3)
    program(x)
    out = program(x)
    with torch.no_grad():
        out.mul_(2)
    with pytest.raises(RuntimeError, match="inplace"):
        out.sum().backward()
    again = compiled(lambda x: x * w)
    again(x)
    out = again(x)
    out.mul_(2)  # not read by the gradient
    out.sum().backward()
    assert torch.equal(w.grad, torch.full((3,), 2.0))
    del out


def test_nothing_of_the_first_call_is_kept():
    w = torch.ones(3, requires_grad=True)
    program = compiled(lambda x: (x * w).sum())
    x = torch.ones(3) * 1
    out = program(x)
    refs = [weakref.ref(x), weakref.ref(out)]
    del x, out
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


class Counted:
    """A training loop as people write them: it counts steps that the step does not read."""

    def __init__(self, **attributes):
        self.layer = nn.Linear(2, 1)
        self.steps = 0
        self.scale = 1.0
        self.options = Options()
        self.__dict__.update(attributes)
        self.forward = torch.compile(self._forward, backend="numpy")

    def _forward(self, x):
        return self.layer(x).sum() * self.scale * self.options.factor


class Options:
    factor_unread = 1

    def __init__(self):
        self.factor = 2.0
        self.verbose = False


def test_attributes_that_the_code_does_not_name_are_not_compared():
    loop = Counted()
    x = torch.ones(3, 2)
    first = loop.forward(x)
    for _ in range(4):
        loop.steps += 1
        loop.options.verbose = not loop.options.verbose
        loop.unheard_of = loop.steps
        assert loop.forward(x).item() == first.item()
    assert [len(known) for known in loop.forward.programs.values()] == [1]
    loop.scale = 3.0
    assert loop.forward(x).item() == pytest.approx(3 * first.item())
    loop.options.factor = 4.0
    assert loop.forward(x).item() == pytest.approx(6 * first.item())
    loop.options = Options()
    assert loop.forward(x).item() == pytest.approx(3 * first.item())


@pytest.mark.parametrize(
    "read",
    [
        lambda self: getattr(self, "sc" + "ale"),
        lambda self: vars(self)["scale"],
        lambda self: self.__dict__["scale"],
        lambda self: operator.attrgetter("scale")(self),
        lambda self: copy.copy(self).scale,
        lambda self: next(getattr(self, name) for name in ("scale",)),
    ],
    ids=["getattr", "vars", "dict", "attrgetter", "copy", "list"],
)
def test_attributes_read_in_other_ways_are_compared(read):
    class Other(Counted):
        def _forward(self, x):
            return self.layer(x).sum() * read(self)

    loop = Other()
    x = torch.ones(3, 2)
    first = loop.forward(x).item()
    loop.scale = 5.0
    assert loop.forward(x).item() == pytest.approx(5 * first)
