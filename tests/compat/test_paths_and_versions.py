"""What packages ask of `torch` before they use it: versions, paths, hooks, and the like."""

import copy
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from packaging.version import Version, parse

import tinygrad_mnist as torch
from tests.optional import needs
from tinygrad_mnist import nn
from tinygrad_mnist.torch_shims.paths import PACKAGES
from tinygrad_mnist.torch_shims.version import VERSION

ROOT = Path(torch.__file__).parents[1]

# versions ------------------------------------------------------------------------------------


def test_the_version_is_pytorchs_and_says_whose_it_is():
    version = torch.__version__
    assert isinstance(version, str) and str(version) == f"2.13.0+tinygrad.mnist.{VERSION}"
    assert torch.version.__version__ == version
    assert tuple(map(int, version.split(".")[:2])) == (2, 13)
    assert version.split("+")[0] == "2.13.0"
    assert parse(version) >= parse("2.13") and parse(version).local == f"tinygrad.mnist.{VERSION}"
    assert version >= (2, 1) and version > "1.9" and version < "2.100" and version > Version("2.2")
    assert version != "2.13.0" and version == str(version)
    assert version > "2.13.0" and version <= "2.14" and version != "parrot"
    assert {version: 1}[str(version)] == 1 and copy.deepcopy(version) == version
    assert torch.torch_version.TorchVersion("1.10.0") < torch.torch_version.TorchVersion(
        "1.9.1"
    ) or (torch.torch_version.TorchVersion("1.10.0") > (1, 9, 1))


@needs("typer", "pooch")
def test_the_commands_version_is_the_projects_own():
    call = [sys.executable, "-m", "tinygrad_mnist", "--version"]
    outcome = subprocess.run(call, capture_output=True, text=True, cwd=ROOT)
    assert outcome.stdout.strip() == f"tinygrad-mnist {VERSION}"


# paths ---------------------------------------------------------------------------------------

ALIASED = """
import sys, tinygrad_mnist
sys.modules["torch"] = tinygrad_mnist
import torch
import torch.backends.cudnn as cudnn
import torch.backends.cuda, torch.backends.mps, torch.backends.mkl, torch.backends.mkldnn
import torch.backends.openmp, torch.backends.cpu, torch.distributed as dist, torch._C, torch.jit
import torch.nn as nn
import torch.nn.functional as F
from torch.cuda.amp import GradScaler, autocast
from torch.nn.parallel import DataParallel, DistributedDataParallel, data_parallel
from torch.optim.lr_scheduler import StepLR
from torch.utils._pytree import tree_map
from torch.utils.data.distributed import DistributedSampler
from torch.utils.hooks import RemovableHandle

assert torch is tinygrad_mnist and nn is tinygrad_mnist.nn
assert F is tinygrad_mnist.nn.functional and cudnn is tinygrad_mnist.backends.cudnn
assert nn.__spec__.name == "tinygrad_mnist.nn"
try:
    import torch.no_such_module
except ModuleNotFoundError:
    print("fine")
"""


def test_one_line_puts_the_package_in_the_place_of_pytorch():
    call = [sys.executable, "-c", ALIASED]
    outcome = subprocess.run(call, capture_output=True, text=True, cwd=ROOT)
    assert outcome.stdout.strip() == "fine", outcome.stderr


@pytest.mark.parametrize("path", PACKAGES)
def test_what_pytorch_has_as_a_package_has_a_path(path):
    assert hasattr(sys.modules[f"tinygrad_mnist.{path}"], "__path__")
    assert importlib.util.find_spec(f"tinygrad_mnist.{path}.no_such_module") is None


def test_packages_are_those_of_pytorch():
    theirs = Path(pytest.importorskip("torch").__file__).parent
    for name, module in list(sys.modules.items()):
        package, _, path = name.partition(".")
        place = theirs.joinpath(*path.split("."))
        if package == "tinygrad_mnist" and path and (place / "__init__.py").exists():
            assert hasattr(module, "__path__"), path


def test_the_compiled_part_that_packages_call():
    assert torch._C._log_api_usage_once("anything") is None
    assert torch._C._get_tracing_state() is None
    assert torch._C.Generator is torch.Generator


def test_trees():
    from tinygrad_mnist.utils import _pytree

    tree = {"a": [1, (2, 3)], "b": 4, "c": [], "d": None}
    leaves, spec = _pytree.tree_flatten(tree)
    assert leaves == [1, 2, 3, 4, None] and spec.num_leaves == 5
    assert _pytree.tree_unflatten(leaves, spec) == tree
    assert _pytree.tree_map(lambda x: x and x * 2, tree) == {
        "a": [2, (4, 6)],
        "b": 8,
        "c": [],
        "d": None,
    }
    assert _pytree.tree_map(lambda x, y: x + y, [1, 2], [3, 4]) == [4, 6]
    assert _pytree.tree_map_only(int, lambda x: -x, [1, "a"]) == [-1, "a"]
    assert _pytree.tree_any(lambda x: x == 3, tree) and not _pytree.tree_all(bool, tree)
    assert _pytree.tree_structure([1, 2]) == _pytree.tree_structure([3, 4]) != spec
    size = torch.ones(2).max(0)
    assert type(_pytree.tree_map(lambda x: x, size)) is type(size)
    with pytest.raises(ValueError, match="wanted 5 leaves"):
        _pytree.tree_unflatten([1], spec)


# modules -------------------------------------------------------------------------------------


def test_no_module_is_a_compiled_one():
    assert not isinstance(nn.Linear(1, 1), torch.jit.ScriptModule)
    assert not isinstance(len, torch.jit.ScriptFunction)

    class Own(torch.jit.ScriptModule):
        @torch.jit.script_method
        def forward(self, x):
            return x * 2

    assert Own()(torch.ones(1)).item() == 2 and isinstance(Own(), nn.Module)


def test_a_module_called_in_parallel_is_called():
    layer = nn.Linear(3, 2)
    x = torch.ones(4, 3)
    assert torch.equal(nn.parallel.data_parallel(layer, x), layer(x))
    assert torch.equal(nn.parallel.data_parallel(layer, (), module_kwargs={"input": x}), layer(x))


def test_a_distributed_sampler_shares_a_dataset():
    from tinygrad_mnist.utils.data import DistributedSampler

    alone = DistributedSampler(range(5), shuffle=False)
    assert list(alone) == [0, 1, 2, 3, 4] and len(alone) == 5
    ranks = [DistributedSampler(range(5), 2, rank, seed=3) for rank in (0, 1)]
    for epoch in (0, 1):
        for each in ranks:
            each.set_epoch(epoch)
        parts = [list(each) for each in ranks]
        assert [len(part) for part in parts] == [3, 3]
        assert sorted({*parts[0], *parts[1]}) == [0, 1, 2, 3, 4]
    assert list(DistributedSampler(range(5), 2, 0, shuffle=False, drop_last=True)) == [0, 2]
    assert list(DistributedSampler(range(1), 4, 3, shuffle=False)) == [0]
    with pytest.raises(ValueError, match="Invalid rank 2"):
        DistributedSampler(range(5), 2, 2)


def lazy_network(lazy):
    if lazy:
        return nn.Sequential(
            nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)
        )
    return nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(36, 3)
    )


@pytest.mark.parametrize("assign", [False, True])
def test_lazy_layers_load_a_state_dict(assign):
    full = lazy_network(False)
    x = torch.randn(4, 2, 5, 5)
    full(x)
    lazy = lazy_network(True)
    optimizer = torch.optim.SGD(lazy.parameters(), lr=0.1)
    lazy.load_state_dict(full.state_dict(), assign=assign)
    assert torch.equal(lazy.eval()(x), full.eval()(x))
    assert type(lazy[0]) is nn.Conv2d and lazy[0].in_channels == 2 and lazy[4].in_features == 36
    assert lazy[1].num_batches_tracked == 1
    if not assign:
        lazy(x).sum().backward()
        optimizer.step()
        assert not torch.equal(lazy[4].weight, full[4].weight)


def test_lazy_layers_load_a_part_and_draw_the_rest():
    full = lazy_network(False)
    lazy = lazy_network(True)
    lazy.load_state_dict({"4.weight": full[4].weight}, strict=False)
    assert lazy(torch.randn(4, 2, 5, 5)).shape == (4, 3)
    assert torch.equal(lazy[4].weight, full[4].weight)
    assert repr(lazy_network(True).load_state_dict(lazy_network(True).state_dict())).startswith(
        "<All"
    )


def test_a_module_may_save_and_load_in_its_own_way():
    class Own(nn.Linear):
        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "note"] = torch.ones(1)

        def _load_from_state_dict(self, state_dict, prefix, *more):
            self.note = state_dict.pop(prefix + "note")
            super()._load_from_state_dict(state_dict, prefix, *more)

    class Counted(nn.Linear):
        def state_dict(self, destination=None, prefix="", keep_vars=False):
            found = super().state_dict(destination=destination, prefix=prefix, keep_vars=keep_vars)
            found[prefix + "count"] = 3
            return found

    network = nn.Sequential(Own(1, 1))
    state = network.state_dict()
    assert list(state) == ["0.weight", "0.bias", "0.note"]
    assert state._metadata["0"] == {"version": 1}
    network.load_state_dict(state)
    assert network[0].note.item() == 1 and "0.note" in state
    assert nn.Sequential(Counted(1, 1)).state_dict()["0.count"] == 3


# tensors -------------------------------------------------------------------------------------


def test_which_tensors_are_views():
    x = torch.ones(2, 3)
    assert not x._is_view() and not (x + 1)._is_view()
    assert x.t()._is_view() and x[0]._is_view() and x.view(6)._is_view()


def test_angle():
    x = torch.tensor([-2.0, -0.0, 0.0, 3.0, float("nan"), float("-inf")], requires_grad=True)
    y = torch.angle(x)
    assert y.tolist()[:4] == [pytest.approx(np.pi), 0, 0, 0]
    assert np.isnan(y[4].item()) and y[5].item() == pytest.approx(np.pi)
    y.nansum().backward()
    assert x.grad.tolist()[:4] == [0, 0, 0, 0]
    assert torch.angle(torch.tensor([-1, 1])).dtype == torch.float32
    assert torch.tensor([-1.0]).double().angle().item() == np.pi


def test_asarray():
    array = np.zeros(2, np.float32)
    shared = torch.asarray(array)
    array[0] = 1
    assert shared.tolist() == [1, 0]
    assert torch.asarray(array, copy=True).numpy() is not array
    assert torch.asarray(shared) is shared
    assert torch.asarray([1, 2]).dtype == torch.int64
    assert torch.asarray(array, dtype=torch.float64).dtype == torch.float64
    x = torch.ones(2, requires_grad=True)
    assert not torch.asarray(x).requires_grad and torch.asarray(x, requires_grad=True) is x
    assert torch.asarray([1.0], requires_grad=True).is_leaf
    for data, more in (([1.0], {}), (array, {"dtype": torch.float64})):
        with pytest.raises(ValueError, match="can't alias"):
            torch.asarray(data, copy=False, **more)


# parts and futures ---------------------------------------------------------------------------


def test_a_batch_in_parts_and_together():
    x = torch.arange(10.0).reshape(5, 2)
    parts = nn.parallel.scatter({"x": x, "more": (x, "text")}, [0, 1])
    assert [part["x"].shape[0] for part in parts] == [3, 2]
    assert parts[1]["more"][1] == "text"
    together = nn.parallel.gather([{"x": part["x"]} for part in parts], 0)
    assert torch.equal(together["x"], x)


def test_futures():
    first, second = torch.Future(), torch.futures.Future()
    both = torch.futures.collect_all([first, second])
    doubled = first.then(lambda past: past.value() * 2)
    first.set_result(3)
    assert doubled.wait() == 6 and not both.done()
    with pytest.raises(RuntimeError, match="nothing runs"):
        second.wait()
    second.set_exception(ValueError("no"))
    assert both.done() and both.wait()[0].value() == 3
    with pytest.raises(ValueError, match="no"):
        second.wait()


# records -------------------------------------------------------------------------------------


def test_a_record_is_of_a_class_named_as_it_is():
    x = torch.ones(3, 3, requires_grad=True)
    y = torch.linalg.svd((x * 2).exp(), full_matrices=False)[1].sum()
    assert type(y.grad_fn).__name__ == y.grad_fn.name() == "SumBackward0"
    names = []
    stack = [y.grad_fn]
    while stack:
        node = stack.pop()
        names.append(type(node).__name__)
        stack += [each for each, _ in node.next_functions]
    assert {"ExpBackward0", "MulBackward0", "AccumulateGrad"} <= set(names)
    y.backward(retain_graph=True)
    first = x.grad.clone()
    y.backward(create_graph=True)
    assert torch.allclose(x.grad, first * 2)


def test_the_base_of_a_view():
    x = torch.ones(2, 3)
    assert x._base is None and x.t()[0]._base is x
