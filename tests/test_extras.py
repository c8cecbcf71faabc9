"""NumPy alone is needed: what else a function uses is missed in one line that names the extra."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.optional import NEEDS_SCIPY
from tinygrad_mnist import extras, nn
from tinygrad_mnist.extras import PACKAGES, MissingPackageError
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.ops import pointwise, special

PACKAGE = Path(torch.__file__).parent
ROOT = PACKAGE.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FRAMEWORK = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "mnist" not in path.parts[len(PACKAGE.parts) :]
]
# Imports of such packages in the framework that `extras.load` or `extras.require` has gone before.
GUARDED = {
    "compiler/loops.py": {"numba"},
    "formats/onnx.py": {"onnx", "onnxruntime"},
    "formats/onnx_model.py": {"onnx"},
    "formats/onnx_trace.py": {"onnx"},
}


def without(monkeypatch, *names):
    """Let packages be missing, whether they are installed or not."""
    for name in list(sys.modules):
        if name.partition(".")[0] in names:
            monkeypatch.delitem(sys.modules, name)
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def message(call):
    with pytest.raises(MissingPackageError) as caught:
        call()
    return str(caught.value)


def test_the_framework_depends_on_numpy_alone():
    assert [re.match(r"[\w-]+", each)[0] for each in PROJECT["dependencies"]] == ["numpy"]


def test_every_named_extra_brings_its_package():
    declared = PROJECT["optional-dependencies"]
    projects = {"IPython": "ipykernel", "PIL": "pillow", "sklearn": "scikit-learn"}
    for module, (_, extra) in PACKAGES.items():
        wanted = projects.get(module, module).lower()
        names = [re.match(r"[\w-]+", each)[0].lower() for each in declared[extra]]
        assert wanted in names, (module, extra)
    everything = re.findall(r"[\w-]+", declared["all"][0].partition("[")[2])
    user = set(declared) - {
        "all",
        "bench",
        "docs",
        "lint",
        "release",
        "mpi",
        "tensorflow",
        "test",
        "test-framework",
    }
    assert set(everything) == user


def imported(path):
    """The packages that a file's import statements name, and whether any stands outside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        for name in names:
            yield name.partition(".")[0]


@pytest.mark.parametrize("path", FRAMEWORK, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_bare_import_of_a_package_that_may_be_missing(path):
    place = path.relative_to(PACKAGE).as_posix()
    known = {*sys.stdlib_module_names, "numpy", "tinygrad_mnist"}
    assert set(imported(path)) - known <= GUARDED.get(place, set())


def test_the_framework_imports_without_any_other_package():
    blocked = [*PACKAGES, "packaging", "onnxruntime", "pandas", "torch"]
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "import importlib, pkgutil, tinygrad_mnist as torch\n"
        "for each in pkgutil.walk_packages(torch.__path__, 'tinygrad_mnist.', onerror=lambda name: None):\n"
        "    if '.mnist' not in each.name and not each.name.endswith(('__main__', '.estimators')):\n"
        "        importlib.import_module(each.name)\n"
        "torch.nn.functional.gelu(torch.ones(2, dtype=torch.float64, requires_grad=True)).sum().backward()\n"
        "assert torch.__version__ >= (2, 1) and torch.__version__ < '3.0a1'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


CALLS = {
    "lgamma: needs SciPy": lambda: torch.lgamma(torch.ones(2)),
    "igamma: needs SciPy": lambda: torch.igamma(torch.ones(2), torch.ones(2)),
    "ndtri: needs SciPy": lambda: torch.special.ndtri(torch.ones(2, requires_grad=True)),
    "set_num_threads: needs threadpoolctl": lambda: torch.set_num_threads(1),
    "get_num_threads: needs threadpoolctl": torch.get_num_threads,
    "onnx.export: needs onnx": lambda: torch.onnx.export(
        nn.Linear(1, 1), torch.ones(1, 1), "no.onnx"
    ),
    "SummaryWriter: needs tensorboardX": lambda: __import__(
        "tinygrad_mnist.utils.tensorboard", fromlist=["tensorboard"]
    ).SummaryWriter("nowhere"),
    "compile: backend='numba': needs Numba": lambda: torch.compile(torch.exp, backend="numba"),
}


@pytest.mark.parametrize("beginning", CALLS)
def test_what_is_missing_is_named_with_its_extra(beginning, monkeypatch):
    without(monkeypatch, *PACKAGES)
    said = message(CALLS[beginning])
    assert said.startswith(f"{beginning}: pip install 'tinygrad-mnist[")
    extra = re.search(r"\[(\w+)\]", said)[1]
    assert extra in PROJECT["optional-dependencies"]
    assert said.endswith(f"(in a clone: pip install -e '.[{extra}]')") and "\n" not in said


def test_safetensors_files_name_their_extra(tmp_path, monkeypatch):
    without(monkeypatch, "safetensors")
    path = tmp_path / "weights.safetensors"
    assert message(lambda: torch.save({"a": torch.ones(1)}, path)).startswith(
        "save to .safetensors: needs"
    )
    assert not list(tmp_path.iterdir())
    path.write_bytes(bytes(16))
    assert message(lambda: torch.load(path)).startswith("load of .safetensors: needs safetensors:")


@pytest.mark.parametrize("name", ["tinygrad_mnist.mnist", "tinygrad_mnist.estimators"])
def test_the_application_names_its_extra(name):
    program = (
        "import importlib, sys\n"
        "sys.modules.update(dict.fromkeys(['rich', 'typer', 'sklearn']))\n"
        f"importlib.import_module({name!r})"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT
    )
    assert found.returncode == 1
    assert "pip install 'tinygrad-mnist[mnist]' (in a clone" in found.stderr.splitlines()[-1]


def test_the_command_names_its_extra_in_one_line():
    program = (
        "import sys; sys.modules['typer'] = None\nfrom tinygrad_mnist.__main__ import main; main()"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT
    )
    assert found.returncode == 2 and not found.stdout
    assert len(found.stderr.splitlines()) == 1
    assert found.stderr.startswith("error: tinygrad_mnist.mnist: needs ")


def test_an_error_inside_an_installed_package_stays_what_it_is(tmp_path, monkeypatch):
    (tmp_path / "scipy.py").write_text("import no_such_module_at_all", encoding="utf-8")
    without(monkeypatch, "scipy")
    monkeypatch.delitem(sys.modules, "scipy")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all") as caught:
        extras.load("scipy", "lgamma")
    assert not isinstance(caught.value, MissingPackageError)


def test_which_functions_need_scipy(monkeypatch):
    """Exactly those of the list that other tests go by."""
    without(monkeypatch, "scipy")
    one, three = torch.ones(2), torch.full((2, 2), 3.0)
    arguments = [(three,), (one, one), (one, 1), (1, one), (one, one.long())]
    found = set()
    for module in (special, pointwise):
        for name in module.__all__:
            function = getattr(module, name)
            if not inspect.isfunction(function):
                continue
            for given in arguments:
                try:
                    function(*given)
                except MissingPackageError:
                    found.add(name)
                except Exception:
                    continue
    assert found == NEEDS_SCIPY


def test_the_error_function_and_its_kin_without_scipy(monkeypatch):
    """Against mpmath in tests/ops/test_accuracy.py; here that nothing of SciPy is asked for."""
    without(monkeypatch, "scipy")
    x = torch.tensor([-30.0, -1.0, 0.0, 1.0, np.inf, np.nan], dtype=torch.float64)
    x.requires_grad_()
    for function in (
        torch.erf,
        torch.erfc,
        torch.special.erfcx,
        torch.special.ndtr,
        torch.special.log_ndtr,
    ):
        y = function(x[:4])
        (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        slope.sum().backward()
        assert np.isnan(function(x)[-1].item())
    assert torch.erf(x)[4].item() == 1 and torch.erfc(x)[4].item() == 0
    assert F.gelu(x[3:4]).item() == pytest.approx(0.8413447460685429, rel=1e-15)


def test_versions_compare_as_packagings(monkeypatch):
    packaging = pytest.importorskip("packaging.version")
    texts = [
        "1.0",
        "1",
        "1.0.0",
        "1.0.dev1",
        "1.0a1",
        "1.0a1.dev2",
        "1.0a2",
        "1.0alpha3",
        "1.0b1",
        "1.0rc1",
        "1.0c2",
        "1.0-pre1",
        "1.0.post1",
        "1.0-1",
        "1.0.post1.dev3",
        "1.0r4",
        "v1.1",
        "1!0.5",
        "2.13.0+tinygrad.mnist.0.1.0",
        "2.13.0",
        "2.13.0+cpu",
        "2.13.0+cu118",
        "2.13",
        "2.13.0a0+git123",
        "2.14",
        "2.9.1",
        "2.13.0.1",
        "2.13.0+1",
        "2.13.0-rc3",
        "2.13.0.dev20250101",
    ]
    for mine in texts:
        for other in texts:
            for compare in ("__lt__", "__le__", "__eq__", "__gt__", "__ge__", "__ne__"):
                theirs = getattr(packaging.Version(mine), compare)(packaging.Version(other))
                ours = getattr(torch.torch_version.TorchVersion(mine), compare)(other)
                assert ours == theirs, (mine, compare, other)
    plain = torch.torch_version.TorchVersion("2.13.0")
    assert plain > "1.9" and plain != "parrot" and plain < "parrot" and plain == (2, 13, 0)
