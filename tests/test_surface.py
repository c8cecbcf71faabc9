"""The surface as tools see it: stubs, signatures, completion; and each room stands without those above it."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import tests.stubs
import tinygrad_mnist as tg
from tests.optional import needs
from tests.test_docstrings import PUBLIC
from tinygrad_mnist import nn, optim

LAYERS = (nn.Module, optim.Optimizer, optim.lr_scheduler.LRScheduler)


def test_the_stub_of_attached_methods_is_fresh():
    """`python -m tests.stubs` writes it anew."""
    assert tests.stubs.PATH.read_text(encoding="utf-8") == tests.stubs.text()


def test_the_stubs_of_paths_are_fresh():
    """`python -m tests.stubs` writes them anew."""
    wanted = tests.stubs.path_stubs()
    assert tests.stubs.written_stubs() == set(wanted)
    for file, content in wanted.items():
        assert file.read_text(encoding="utf-8") == content, file


def test_every_attribute_of_a_tensor_is_in_its_class_or_a_noted_fact():
    assert not tests.stubs.missing()


def test_no_wrapper_hides_a_signature():
    """What each callable is called with, and what it returns, is written at its `def`."""
    hidden = []
    for name, each in PUBLIC.items():
        if inspect.isclass(each):
            continue
        signature = inspect.signature(each)
        if signature.return_annotation is inspect.Signature.empty:
            hidden.append(f"{name}: no result")
        if "__signature__" in vars(each) or "ndarray" in str(signature.return_annotation):
            hidden.append(f"{name}: computed")
    assert not hidden


@pytest.mark.parametrize("module", [nn, optim, optim.lr_scheduler, nn.functional])
def test_classes_and_functions_have_source(module):
    for name in module.__all__:
        each = getattr(module, name)
        if inspect.isclass(each) or inspect.isfunction(each):
            assert inspect.getsource(each), name


def test_completion_knows_methods():
    jedi = pytest.importorskip("jedi")
    source = "import tinygrad_mnist as torch\ntorch.tensor(1.).me"
    names = {each.name for each in jedi.Script(source).complete(2, len("torch.tensor(1.).me"))}
    assert {"mean", "median"} <= names
    source = "from tinygrad_mnist.linalg import in"
    assert "inv" in {each.name for each in jedi.Script(source).complete(1, len(source))}


# PyTorch's signatures ----------------------------------------------------------------------------


def torch_stub(torch):
    """The parameters of each overload of a compiled function, from the stub that PyTorch ships."""
    path = Path(torch.__file__).parent / "_C" / "_VariableFunctions.pyi"
    overloads = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            positional = [each.arg for each in [*node.args.posonlyargs, *node.args.args]]
            if node.name == "numel":  # the stub says self, though `torch.numel(self=x)` is an error
                positional = ["input"]
            overloads.setdefault(node.name, []).append(
                (positional, [each.arg for each in node.args.kwonlyargs])
            )
    return overloads


def positional_names(function):
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    return [
        name for name, each in inspect.signature(function).parameters.items() if each.kind in kinds
    ]


def begins_with(ours, theirs):
    return ours[: len(theirs)] == theirs


OTHER_NAMES = {
    # PyTorch's own parser takes several spellings here
    "einsum", "polygamma", "combinations", "range", "as_tensor", "from_numpy", "tensor",
}  # fmt: skip


def test_functions_name_pytorchs_parameters_in_pytorchs_order():
    torch = pytest.importorskip("torch")
    stub = torch_stub(torch)
    wrong = []
    for name in tg.__all__:
        ours, theirs = getattr(tg, name), getattr(torch, name, None)
        if not inspect.isfunction(ours) or name in OTHER_NAMES or theirs is None:
            continue
        mine = positional_names(ours)
        known = list(inspect.signature(ours).parameters)
        if name in stub:
            plain = [each for each in stub[name] if "self" not in each[0]] or stub[name]
            if not any(begins_with(mine, positional) for positional, _ in plain):
                wrong.append((name, mine, [positional for positional, _ in plain]))
            if any("out" in keywords for _, keywords in plain) and "out" not in known:
                wrong.append((name, "out is missing"))
        elif inspect.isfunction(theirs):
            wanted = positional_names(theirs)
            if "args" not in wanted and not begins_with(mine, wanted):
                wrong.append((name, mine, wanted))
    assert not wrong


@pytest.mark.parametrize(
    "place", ["nn", "nn.functional", "nn.init", "optim", "optim.lr_scheduler", "autograd", "linalg"]
)
def test_what_pytorch_writes_in_python_has_its_parameters(place):
    torch = pytest.importorskip("torch")
    ours, theirs = tg, torch
    for part in place.split("."):
        ours, theirs = getattr(ours, part), getattr(theirs, part)
    wrong = []
    for name in ours.__all__:
        mine, other = getattr(ours, name), getattr(theirs, name, None)
        try:
            wanted = list(inspect.signature(other).parameters)
            found = list(inspect.signature(mine).parameters)
        except (TypeError, ValueError):
            continue
        # Nor what is private: `_stacklevel` comes before `dtype` in nn.functional.softmax, which
        # is one function with torch.softmax here, where `dtype` is the third.
        wanted = [e for e in wanted if e not in ("args", "kwargs") and not e.startswith("_")]
        if not begins_with([each for each in found if each in wanted], wanted):
            wrong.append((name, found, wanted))
    assert not wrong


# rooms ---------------------------------------------------------------------------------------------

ROOMS = ("core", "ops", "autograd", "nn", "optim")
ABOVE = {
    "core": (
        "ops",
        "autograd",
        "nn",
        "optim",
        "utils",
        "distributions",
        "formats",
        "torch_shims",
        "mnist",
    ),
    "ops": ("autograd", "nn", "optim", "utils", "distributions", "formats", "torch_shims", "mnist"),
    "autograd": ("nn", "optim", "utils", "distributions", "formats", "torch_shims", "mnist"),
    "nn": ("optim", "distributions", "formats", "torch_shims", "mnist"),
    "optim": ("nn", "distributions", "formats", "torch_shims", "mnist"),
}
ALONE = """
import importlib, importlib.machinery, pkgutil, sys, types

class Absent(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.split(".")[:1] == ["tinygrad_mnist"] and name.split(".")[1:2] and name.split(".")[1] in ABOVE:
            raise ImportError(f"{name} is above this room")

sys.meta_path.insert(0, Absent)
package = types.ModuleType("tinygrad_mnist")
package.__path__ = [PACKAGE]
package.__version__ = "0"
sys.modules["tinygrad_mnist"] = package
for name in [*BELOW, ROOM]:
    room = importlib.import_module(f"tinygrad_mnist.{name}")
    for each in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        importlib.import_module(each.name)
"""


@pytest.mark.parametrize(
    "room", [pytest.param(each, marks=needs("scipy") if each == "ops" else ()) for each in ROOMS]
)
def test_a_room_stands_without_those_above_it(room):
    """Imported where nothing above can be, and called there, second derivatives too."""
    below = [each for each in ROOMS[: ROOMS.index(room)] if each not in ABOVE[room]]
    names = {
        "ABOVE": ABOVE[room],
        "BELOW": below,
        "PACKAGE": str(Path(tg.__file__).parent),
        "ROOM": room,
    }
    program = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    program += ALONE + CALLS[room]
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr


CALLS = {}
CALLS["core"] = """
import numpy as np
from tinygrad_mnist.core.arithmetic import add_tensors
from tinygrad_mnist.core.tensor import Tensor, wrap

x = Tensor([1.0, 2.0]).requires_grad_()
add_tensors(x, x).backward(wrap(np.ones(2, np.float32)))
assert x.grad.array.tolist() == [2, 2]
"""
CALLS["autograd"] = """
from tinygrad_mnist.autograd import functional, gradcheck, gradgradcheck
from tinygrad_mnist.core.tensor import wrap
import numpy as np

x = wrap(np.array([0.5, 0.25]))
x.requires_grad = True
assert gradcheck(lambda x: x * x, x) and gradgradcheck(lambda x: x * x * x, x)
assert functional.hessian(lambda x: (x * x).sum(), x).shape == (2, 2)
"""
CALLS["nn"] = """
from tinygrad_mnist import nn
from tinygrad_mnist.ops.creation import ones

layers = [nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
model = nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(8, 3))
nn.CrossEntropyLoss()(model(ones(2, 1, 6, 6)), ones(2, 3) / 3).backward()
out, _ = nn.LSTM(3, 2)(ones(4, 1, 3))
out.sum().backward()
nn.TransformerEncoderLayer(4, 2)(ones(3, 1, 4)).sum().backward()
assert all(p.grad is not None for p in model.parameters())
"""
CALLS["optim"] = """
import inspect
from tinygrad_mnist import optim
from tinygrad_mnist.ops.creation import ones

for name in optim.__all__:
    kind = getattr(optim, name)
    if not inspect.isclass(kind) or kind is optim.Optimizer:
        continue
    x = ones(2, 2, requires_grad=True)
    optimizer = kind([x], lr=0.1)
    schedule = optim.lr_scheduler.StepLR(optimizer, 1)

    def closure():
        optimizer.zero_grad()
        loss = (x * x).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    schedule.step()
    assert x.sum().item() < 4, name
"""
CALLS["ops"] = """
import numpy as np
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.surface import ATTACHED
from tinygrad_mnist.core.tensor import Tensor, wrap

np.seterr(all="ignore")
REFUSALS = (AssertionError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError,
            ValueError)  # arguments that an operation does not take

def called(function, x, arguments):
    try:
        out = function(x, *arguments)
    except ImportError:
        raise
    except AttributeError as error:
        if "'int' object" not in str(error):  # a number where a tensor must stand
            raise
        return []
    except REFUSALS:
        return []
    return [y for y in (out if isinstance(out, tuple) else (out,)) if isinstance(y, Tensor)]

def differentiate_twice(y, x):
    seed = wrap(np.ones_like(y.array))
    g, = grad(y, x, seed, create_graph=True, allow_unused=True)
    if g is not None and g.requires_grad:
        grad(g, x, wrap(np.ones_like(g.array)), retain_graph=True, allow_unused=True)

differentiated = set()
for fact in ATTACHED:
    if fact.kind != "method" or fact.name.startswith("_"):
        continue
    for arguments in ((), (wrap(np.full((2, 2), 0.5)),), (0,), (0, 1)):
        x = wrap(np.array([[0.5, 0.25], [0.25, 0.75]]))
        x.requires_grad = True
        for y in called(fact.function, x, arguments):
            if y.requires_grad and not y.is_leaf:
                try:
                    differentiate_twice(y, x)
                except NotImplementedError:  # some derivatives are, as in PyTorch
                    continue
                differentiated.add(fact.name)
assert len(differentiated) > 150, len(differentiated)
"""
