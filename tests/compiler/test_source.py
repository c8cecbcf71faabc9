"""The text of programs: as a person would write it, and what runs is what is shown."""

import numpy as np

import tinygrad_mnist as torch
from tinygrad_mnist import nn

F = nn.functional


def program_of(function, *args, backend="numpy"):
    compiled = torch.compile(function, backend=backend, fullgraph=True)
    compiled(*args)
    return compiled


def digits(*sizes):
    torch.manual_seed(0)
    first, second, third = sizes
    return nn.Sequential(
        nn.Linear(first, second), nn.ReLU(), nn.Dropout(0.6), nn.Linear(second, third)
    )


def test_names_and_formulas():
    model = digits(9, 64, 5)
    x, y = torch.randn(128, 9), torch.randint(0, 5, (128,))
    program = program_of(lambda x, y: F.cross_entropy(model(x), y), x, y)
    text = program.source(standalone=False)
    for line in (
        "def forward(x, y, w1, b1, w2, b2):",
        "z1 = x @ w1.T",
        "z1 += b1",
        "d1 = h1 * mask1",
        "def backward(saved, grad_loss):",
        "grad_w2 = grad_z2.T @ d1",
        "grad_z1 = grad_z2 @ w2",
        "grad_z1 *= mask1",
        "grad_z1 *= h1 > 0.0",
        "grad_b1 = grad_z1.sum(axis=0)",
        "del bits1",
    ):
        assert f"    {line}" in text or line in text.splitlines(), line
    assert ".T\n" not in text
    assert "matmul" not in text


def test_comments_line_up():
    model = digits(9, 8, 5)
    program = program_of(lambda x: model(x), torch.randn(4, 9))
    lines = program.source(standalone=False).splitlines()
    columns = {line.index("  # ") for line in lines if "  # " in line.strip()}
    assert len(columns) == 1
    assert all(len(line) <= 110 for line in lines)


def test_parentheses_are_where_they_must_be():
    def function(a, b):
        return -(a - b) * (a + b) / (a * b) - (b > a) * (a - (b - 1))

    a, b = torch.randn(6), torch.randn(6)
    program = program_of(function, a, b)
    assert torch.allclose(program(a, b), function(a, b))


def test_views_that_are_written_stay_apart():
    def function(x):
        h = torch.zeros(4, 3)
        rows = h[1:3]
        before = rows.sum()
        rows += x
        h.T[0] = 2.0
        return h * 1 + before, h.t() @ h

    x = torch.randn(3)
    program = program_of(function, x)
    for mine, wanted in zip(program(x), function(x), strict=True):
        assert torch.allclose(mine, wanted)


def test_random_draws_run_alone():
    model = digits(40, 64, 30)
    x, y = torch.randn(32, 40), torch.randint(0, 30, (32,))
    program = program_of(lambda x, y: F.cross_entropy(model(x), y), x, y)
    namespace = {}
    exec(program.source(), namespace)
    p = [each.detach().numpy() for each in model.parameters()]
    (loss,), saved = namespace["forward"](x.numpy(), y.numpy(), *p)
    assert np.isfinite(loss)
    grads = namespace["backward"](saved, np.float32(1))
    assert [g.shape for g in grads[2:]] == [each.shape for each in p]
