"""The derivation: the original project's formulas number by number, and a training of its own."""

import ast
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import tinygrad_mnist as torch
from benchmarks.rivals.numpy_only import Original
from tests.mnist import hand_derived
from tinygrad_mnist import nn
from tinygrad_mnist.compiler import derive
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import app
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.step_program import derivations, step_program

F = nn.functional
M = 64


class Draws:
    """A generator that gives the same uniform numbers in the same order, for either layout."""

    def __init__(self, transposed=False):
        self.rng = np.random.default_rng(5)
        self.transposed = transposed

    def random(self, shape, dtype):
        if self.transposed:
            return self.rng.random(shape[::-1], dtype).T
        return self.rng.random(shape, dtype)


@pytest.fixture(scope="module")
def derived():
    """The digit network in float64: its derivation, its arrays, images and labels."""
    torch.manual_seed(0)
    network = classifier(Recipe()).double().train()
    x = torch.rand(M, 784, dtype=torch.float64)
    y = torch.randint(10, (M,))
    for name, p in network.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(p, 0, 0.1)
    derivation = derive(lambda net, x, y: F.cross_entropy(net(x), y), network, x, y)
    arrays = [p.detach().numpy() for p in network.parameters()]
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    return network, derivation, dict(zip(names, arrays, strict=True)), x, y


def every_value(derivation, arrays, x, y):
    """All values of both functions, by their names: their lines run one after the other."""
    values = {"np": np, "rng": Draws(), "x": x.numpy(), "y": y.numpy(), **arrays}
    for line in derivation.lines:
        if line.record:
            exec(line.code.strip(), values)
    return values


def test_each_formula_is_the_hands(derived):
    network, derivation, arrays, x, y = derived
    tape = every_value(derivation, arrays, x, y)
    start = {"X": x.numpy().T, "Y": np.eye(10)[y.numpy()].T, "m": M, "rng": Draws()}
    start |= {name.upper() if name[0] == "w" else name: p for name, p in arrays.items()}
    start |= {f"b{i}": arrays[f"b{i}"][:, None] for i in (1, 2, 3)}
    start |= {"keep1": hand_derived.KEEP[0], "keep2": hand_derived.KEEP[1]}
    pairs = hand_derived.FORWARD + hand_derived.BACKWARD
    hand = hand_derived.by_hand(pairs, start)
    codes = [line.code.strip() for line in derivation.lines]
    for pair in pairs:
        assert pair.tape in codes, pair.tape
        theirs, mine = pair.names
        wanted = hand_derived.as_the_tape(pair, np.asarray(hand[theirs]), M)
        np.testing.assert_allclose(
            tape[mine], wanted.reshape(tape[mine].shape), 1e-11, 1e-15, err_msg=pair.tape
        )
    written = {line.code.partition("=")[0].strip() for line in derivation.lines if line.record}
    assert written == {pair.names[1] for pair in pairs} | {"one_hot"}


def test_gradients_are_the_original_programs(derived):
    network, derivation, arrays, x, y = derived
    original = Original.__new__(Original)
    original.rng = Draws(transposed=True)
    original.values = {name.upper() if name[0] == "w" else name: p for name, p in arrays.items()}
    original.values |= {f"b{i}": arrays[f"b{i}"][:, None] for i in (1, 2, 3)}
    cache = original.forward(x.numpy().T, training=True)
    wanted = original.backward(cache, np.eye(10)[y.numpy()].T)
    _, saved = derivation.forward(x=x.numpy(), y=y.numpy(), rng=Draws(), **arrays)
    names = [name for name in derivation.inputs if name != "rng"]
    found = dict(zip(names, derivation.backward(saved), strict=True))
    for i in (1, 2, 3):
        np.testing.assert_allclose(found[f"w{i}"], wanted[f"W{i}"], 1e-11, 1e-15)
        np.testing.assert_allclose(found[f"b{i}"], wanted[f"b{i}"][:, 0], 1e-11, 1e-15)


def test_the_derivation_is_the_tapes(derived):
    network, _, arrays, x, y = derived
    network.eval()
    derivation = derive(lambda net, x, y: F.cross_entropy(net(x), y), network, x, y)
    assert "rng" not in derivation.inputs
    (loss,), saved = derivation.forward(x=x.numpy(), y=y.numpy(), **arrays)
    network.zero_grad()
    wanted = F.cross_entropy(network(x), y)
    wanted.backward()
    network.train()
    np.testing.assert_allclose(loss, wanted.item(), 1e-12)
    found = dict(zip(derivation.inputs, derivation.backward(saved), strict=True))
    for name, p in zip(arrays, network.parameters(), strict=True):
        np.testing.assert_allclose(found[name], p.grad.numpy(), 1e-10, 1e-15)


def test_what_has_no_form_for_readers_is_derived_too():
    w = torch.randn(3, requires_grad=True, dtype=torch.float64)
    x = torch.randn(4, 3, dtype=torch.float64)

    def function(w, x):
        return F.cross_entropy(
            torch.sigmoid(x * w) @ torch.ones(3, 2).double(), x[:, :2].softmax(1)
        )

    derivation = derive(function, w, x)
    given = {"w": w.detach().numpy(), "x": x.numpy()}
    (loss,), saved = derivation.forward(**given)
    function(w, x).backward()
    place = derivation.inputs.index("w")
    np.testing.assert_allclose(derivation.backward(saved)[place], w.grad.numpy(), 1e-10)
    with pytest.raises(RuntimeError, match="item"):
        derive(lambda x: x * x.max().item(), x)


def test_adam_is_the_formula(tmp_path):
    network = classifier(Recipe(hidden=(5, 4)))
    text = step_program(Recipe(hidden=(5, 4)), *derivations(network, 3), "step.py")
    space = {"__name__": "step"}
    exec(text, space)
    original = Original.__new__(Original)
    p = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    original.values = {"W": p.astype(np.float64)}
    original.first = {"W": np.zeros((3, 4))}
    original.second = {"W": np.zeros((3, 4))}
    original.steps = 0
    tensor = torch.tensor(p.copy(), requires_grad=True)
    theirs = torch.optim.Adam([tensor], 0.005, (0.8, 0.999))
    mine = space["Adam"]({"w": p})
    for step in range(20):
        g = np.random.default_rng(step).standard_normal((3, 4)).astype(np.float32)
        mine.step({"grad_w": g}, 0.005)
        original.update({"W": g}, 0.005)
        tensor.grad = torch.tensor(g)
        theirs.step()
    np.testing.assert_allclose(p, original.values["W"], 1e-5, 1e-6)
    np.testing.assert_allclose(p, tensor.detach().numpy(), 1e-5, 1e-6)


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    path = tmp_path_factory.mktemp("digits") / "mnist.npz"
    found = datasets.embedded()
    np.savez(
        path,
        x_train=found.train_images,
        y_train=found.train_labels,
        x_test=found.test_images,
        y_test=found.test_labels,
    )
    return path


def as_idx(folder, digits):
    """The same digits in IDX files."""
    with np.load(digits) as arrays:
        for ours, theirs in (("train", "train"), ("test", "t10k")):
            images, labels = arrays[f"x_{ours}"], arrays[f"y_{ours}"]
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
                (folder / f"{theirs}-{kind}-ubyte").write_bytes(
                    header + array.astype(np.uint8).tobytes()
                )


def test_the_program_trains_alone(digits, tmp_path):
    program = tmp_path / "step.py"
    result = CliRunner().invoke(app, ["derive", "--out", str(program)])
    assert result.exit_code == 0, result.output
    imports = set()
    for node in ast.walk(ast.parse(program.read_text())):
        if isinstance(node, ast.Import):
            imports |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports.add(node.module)
    assert imports == {"argparse", "gzip", "pathlib", "numpy"}
    as_idx(tmp_path, digits)
    said = []
    for source in (digits, tmp_path):
        command = [sys.executable, "-I", str(program), str(source), "--epochs", "4"]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=tmp_path, env=dict(os.environ)
        )
        said.append(done.stdout)
    assert said[0] == said[1]
    last = said[0].splitlines()[-1]
    assert last.startswith("epoch 4: loss ")
    assert float(last.rpartition(" ")[2].rstrip("%")) > 88


def test_the_command_prints_it():
    result = CliRunner().invoke(app, ["derive"])
    assert result.exit_code == 0
    assert "linear │     grad_w1 = grad_z1.T @ x " in result.output
    assert "cross_entropy │     grad_z3 = (a3 - one_hot) / len(y) " in result.output
    rows = json.loads(CliRunner().invoke(app, ["derive", "--json"]).output)["lines"]
    assert {
        "code": "    h1 = np.maximum(z1, 0.0)",
        "comment": "(256, 400)",
        "record": "relu",
    } in rows


def test_recipes_that_it_does_not_write():
    result = CliRunner().invoke(app, ["derive", "modern"])
    assert result.exit_code == 0
    modern = RECIPES["modern"]
    network = classifier(modern)
    with pytest.raises(ValueError, match="derive --out: the recipe's schedule is one-cycle"):
        step_program(modern, *derivations(network, 4), "step.py")
    wrong = CliRunner().invoke(app, ["derive", "--out", "step.txt"])
    assert isinstance(wrong.exception, ValueError)
