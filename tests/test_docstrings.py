"""Every public name is explained: a sentence, each parameter, what comes back; and the examples run."""

import doctest
import enum
import importlib
import importlib.util
import inspect
import pkgutil
import re

import numpy as np
import pytest

import tinygrad_mnist
from tests.optional import HAS_SCIPY, NEEDS_SCIPY
from tinygrad_mnist import nn, optim
from tinygrad_mnist.core.surface import ATTACHED

NAMES = {"torch": tinygrad_mnist, "nn": nn, "F": nn.functional, "optim": optim, "np": np}
EXAMPLES = 150  # at least so many docstrings with an example
SELDOM = {
    "args",
    "kwargs",
    "self",
    "cls",
    "ignored",
    "memory_format",
    "_stacklevel",
}  # need no explanation


def modules():
    found = [tinygrad_mnist]
    for each in pkgutil.walk_packages(tinygrad_mnist.__path__, "tinygrad_mnist."):
        if ".mnist" in each.name or each.name.endswith("__main__"):
            continue
        if not each.name.endswith("estimators") or importlib.util.find_spec("sklearn"):
            found.append(importlib.import_module(each.name))
    return found


MODULES = modules()


def public():
    """Every public callable of the framework, once, by its full name."""
    found = {}
    for module in MODULES:
        for name in getattr(module, "__all__", ()):
            each = getattr(module, name)
            home = getattr(each, "__module__", "") or ""
            if callable(each) and home.startswith("tinygrad_mnist"):
                found[f"{home}.{each.__qualname__}"] = each
    for fact in ATTACHED:
        if not fact.name.startswith("_") and fact.kind == "method":
            found[f"{fact.function.__module__}.{fact.function.__qualname__}"] = fact.function
    return found


PUBLIC = public()


def documentation(each):
    """The docstring; of a class with that of its constructor."""
    text = inspect.getdoc(each) or ""
    if inspect.isclass(each) and each.__init__ is not object.__init__:
        text += "\n" + (inspect.getdoc(each.__init__) or "")
    return text


def parameters(each):
    if inspect.isclass(each) and issubclass(each, enum.Enum):
        return []  # its signature is that of enum.EnumType, which makes enumerations
    try:
        return [
            name
            for name in inspect.signature(each).parameters
            if not name.startswith("_") and name not in SELDOM
        ]
    except (TypeError, ValueError):
        return []


def test_every_public_callable_says_what_it_does():
    assert len(PUBLIC) > 900
    assert not [name for name, each in PUBLIC.items() if not (each.__doc__ or "").strip()]


@pytest.mark.parametrize(
    "place",
    [
        "autograd",
        "core",
        "distributions",
        "formats",
        "nn.functional",
        "nn.init",
        "nn.modules",
        "nn.utils",
        "ops.linalg",
        "ops.special",
        "optim",
        "torch_shims",
        "utils.data",
    ],
)
def test_all_rooms_are_looked_at(place):
    assert any(name.startswith(f"tinygrad_mnist.{place}.") for name in PUBLIC)


def methods():
    """The methods of the public classes. What `forward` takes is said in its class."""
    for name, each in PUBLIC.items():
        for own, value in vars(each).items() if inspect.isclass(each) else ():
            function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if inspect.isfunction(function) and not own.startswith("_") and own != "forward":
                yield f"{name}.{own}", getattr(each, own), function


def test_every_parameter_of_a_method_is_named():
    missing = {
        name: [
            p
            for p in parameters(function)
            if not re.search(rf"(?<!\w){re.escape(p)}(?!\w)", documentation(method))
        ]
        for name, method, function in methods()
    }
    assert not {name: left for name, left in missing.items() if left}


def test_every_parameter_is_named():
    missing = {
        name: [
            p
            for p in parameters(each)
            if not re.search(rf"(?<!\w){re.escape(p)}(?!\w)", documentation(each))
        ]
        for name, each in PUBLIC.items()
    }
    assert not {name: left for name, left in missing.items() if left}


def test_many_docstrings_have_an_example():
    assert sum(">>>" in documentation(each) for each in PUBLIC.values()) >= EXAMPLES


@pytest.mark.parametrize("package", ["nn.modules", "optim", "autograd"])
def test_all_of_these_have_an_example(package):
    """All layers, losses, optimizers, schedulers and the whole of `autograd`."""
    prefix = f"tinygrad_mnist.{package}"
    without = [
        name
        for name, each in PUBLIC.items()
        if name.startswith(prefix) and ">>>" not in documentation(each)
    ]
    assert not without


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module):
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, verbose=False
    )
    failures = []
    for example in finder.find(module, module.__name__, extraglobs=NAMES):
        if not HAS_SCIPY and example.name.rpartition(".")[2] in NEEDS_SCIPY:
            continue
        with np.printoptions():
            runner.run(example, out=failures.append)
    assert not failures, "".join(failures)
