"""What holds elsewhere, as far as it can be seen here: nothing needs what Windows or macOS lacks."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_mnist
from tests.optional import needs

ROOT = Path(tinygrad_mnist.__file__).parents[1]
PACKAGE = ROOT / "tinygrad_mnist"
POSIX_MODULES = ("fcntl", "grp", "posix", "pwd", "resource", "termios", "tty")
NOT_ON_WINDOWS = (
    "chown", "fork", "forkpty", "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg", "mkfifo",
    "sched_getaffinity", "setsid", "statvfs", "sync", "sysconf", "uname",
)  # fmt: skip
SIGNALS = (
    "SIGALRM",
    "SIGHUP",
    "SIGKILL",
    "SIGQUIT",
    "SIGUSR1",
    "SIGUSR2",
    "setitimer",
    "alarm",
    "pthread_kill",
)
OTHERS = (
    "asyncio", "concurrent.futures", "http.server", "matplotlib.pyplot", "mlxtend.data", "multiprocessing.pool",
    "numpy", "onnx", "onnxruntime", "PIL.Image", "pooch", "rich.progress", "safetensors.numpy", "scipy.ndimage",
    "scipy.special", "sklearn.utils.estimator_checks", "starlette.applications", "tempfile", "tensorboardX",
    "threadpoolctl", "typer", "uvicorn",
)  # fmt: skip
# Other packages have ways of their own for each system, and are imported as what they are here.
AS_ON_WINDOWS = f"""
import importlib, os, signal, sys

for name in {OTHERS!r}:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
for name in {POSIX_MODULES!r}:
    sys.modules[name] = None
for name in {NOT_ON_WINDOWS!r}:
    if hasattr(os, name):
        delattr(os, name)
for name in {SIGNALS!r}:
    if hasattr(signal, name):
        delattr(signal, name)
"""
EVERY_MODULE = """
import importlib, pkgutil
import tinygrad_mnist

SKIPPED = (() if WITH_APPLICATION else (".mnist", ".estimators")) + (".__main__",)
for each in pkgutil.walk_packages(tinygrad_mnist.__path__, "tinygrad_mnist.", onerror=lambda name: None):
    if not any(part in each.name for part in SKIPPED):
        importlib.import_module(each.name)
"""
A_TRAINING = """
import sys
from tinygrad_mnist.mnist.cli import app
from tinygrad_mnist.mnist.terminal import print_plainly

print_plainly()
args = ["train", "--data", "embedded", "--epochs", "1", "--hidden", "8,8", "--out", OUT]
app(args, standalone_mode=False)
app(["train", "--resume", OUT, "--epochs", "2"], standalone_mode=False)
app(["evaluate", OUT], standalone_mode=False)
"""
CHILD = """
import tinygrad_mnist as torch
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

class Squares(torch.utils.data.Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, place):
        return torch.tensor(float(place * place))

if __name__ == "__main__":
    found = [x for batch in DataLoader(Squares(), batch_size=4) for x in batch.tolist()]
    assert found == [float(n * n) for n in range(8)]
    torch.save({"a": torch.ones(2)}, FILE)
    assert torch.load(FILE)["a"].tolist() == [1, 1]
"""


def run(program, environment=None, **names):
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    done = subprocess.run(
        [sys.executable, "-c", head + program],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(environment or {})},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_imports_and_files_and_loaders_work_without_posix(tmp_path):
    packages = ("typer", "pooch", "mlxtend", "sklearn", "starlette", "uvicorn")
    whole = all(importlib.util.find_spec(each) for each in packages)
    program = AS_ON_WINDOWS + EVERY_MODULE + CHILD
    run(program, WITH_APPLICATION=whole, FILE=str(tmp_path / "a.pt"))


@pytest.mark.skipif(sys.platform == "win32", reason="makes itself like Windows")
@needs("typer", "pooch", "mlxtend")
def test_a_training_runs_resumes_and_is_evaluated_without_posix(tmp_path):
    """Without locks of `fcntl`: those of Windows stand in for it, as a module made here. In an
    ASCII locale, where Python warns of each text that is read or written in the locale's encoding.
    """
    locks = """
import types, warnings
warnings.filterwarnings("error", category=EncodingWarning, module="tinygrad_mnist")
msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK = 2
msvcrt.locked = []
msvcrt.locking = lambda descriptor, kind, count: msvcrt.locked.append(descriptor)
sys.modules["msvcrt"] = msvcrt
import tinygrad_mnist.formats.files as files
files.sys = types.SimpleNamespace(platform="win32")
"""
    end = "\nassert len(msvcrt.locked) == 2, msvcrt.locked\n"
    environment = {"LC_ALL": "C", "PYTHONWARNDEFAULTENCODING": "1", "PYTHONUTF8": "0"}
    out = str(tmp_path / "run")
    printed = run(AS_ON_WINDOWS + locks + A_TRAINING + end, environment, OUT=out)
    assert "accuracy" in printed and not (tmp_path / "run" / ".lock").exists()


def calls_of(path, names):
    """Attributes of these names that a file reads, outside of what `if hasattr(...)` guards; where
    that returns at once, it guards the function.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp) and "hasattr" in ast.unparse(node.test):
            guarded |= {id(each) for each in ast.walk(node)}
        if isinstance(node, ast.FunctionDef):
            first = [each for each in node.body if isinstance(each, ast.If)][:1]
            if any("not hasattr" in ast.unparse(each.test) for each in first):
                guarded |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names and id(node) not in guarded:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"


def test_what_windows_lacks_is_asked_for_before_it_is_used():
    names = {*NOT_ON_WINDOWS, *SIGNALS, "RLIMIT_NOFILE"} - {"sync"}
    found = [each for path in sorted(PACKAGE.rglob("*.py")) for each in calls_of(path, names)]
    allowed = {
        "tinygrad_mnist/mnist/demo/descriptors.py",  # imports `resource`, or gives up
        "tinygrad_mnist/distributed/watcher.py",  # a program of its own, started on Linux alone
    }
    assert [each for each in found if each.partition(":")[0] not in allowed] == []


def test_ruff_names_encodings():
    assert '"PLW1514"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
