"""The reference: a page for each place where public names are, written from `__all__`."""

import enum
import importlib
import inspect
from pathlib import Path

import tinygrad_mnist
from tinygrad_mnist.core.surface import ATTACHED

# Title (which is the file's name too), the modules, and what the page says first.
PAGES = [
    ("functions", [""], "`import tinygrad_mnist as torch`: what lies at the top."),
    ("tensor", [], "The methods of a tensor. Most are functions too, and said there."),
    ("nn", ["nn"], "Modules: layers, losses and what holds them."),
    ("nn.functional", ["nn.functional", "nn.attention"], "The same without parameters of its own."),
    ("nn.init", ["nn.init"], "How parameters begin."),
    ("nn.utils", ["nn.utils", "nn.utils.rnn"], "Clipping, weight norms, packed sequences."),
    ("nn.parallel", ["nn.parallel"], "A module in several processes."),
    ("optim", ["optim"], "How parameters follow their gradients."),
    ("optim.lr_scheduler", ["optim.lr_scheduler"], "How rates change."),
    ("autograd", ["autograd", "autograd.function"], "Gradients, and operations of one's own."),
    ("autograd.functional", ["autograd.functional"], "Jacobians and Hessians."),
    ("func", ["func"], "Gradients of functions, as functions."),
    ("compiler", ["compiler"], "Programs that the tape writes."),
    ("linalg", ["linalg"], "Matrices."),
    ("special", ["special"], "Special functions."),
    ("random", ["random"], "Where random numbers come from."),
    (
        "distributions",
        ["distributions", "distributions.constraints", "distributions.utils"],
        "Random variables.",
    ),
    ("utils.data", ["utils.data"], "Datasets, samplers, loaders."),
    (
        "utils",
        ["utils.checkpoint", "utils.hooks", "utils.tensorboard"],
        "Recomputing, hooks, event files.",
    ),
    ("checkpoint", ["checkpoint"], "Trainings that survive a crash."),
    (
        "distributed",
        [
            "distributed",
            "distributed.algorithms.ddp_comm_hooks.default_hooks",
            "distributed.algorithms.model_averaging.averagers",
        ],
        "Several processes, over MPI.",
    ),
    ("profiler", ["profiler"], "Where the time goes."),
    ("onnx", ["onnx"], "Networks for other programs."),
    ("notebook", ["notebook"], "How tensors and modules look in notebooks."),
    ("testing", ["testing"], "Comparing tensors in tests."),
    ("extras", ["extras"], "What is missing is named."),
    (
        "other",
        [
            *("accelerator", "amp", "backends.cpu", "backends.cuda", "backends.cudnn"),
            *("backends.mkl", "backends.mkldnn", "backends.mps", "backends.openmp"),
            *("backends.opt_einsum", "cpu", "cpu.amp", "cuda", "cuda.amp", "futures", "hub"),
            *("jit", "mps", "multiprocessing", "sparse", "types", "xpu"),
        ],
        "What programs for PyTorch ask of devices and the like, answered for one CPU.",
    ),
]


def public_names(path: str) -> tuple[str, list[str]]:
    """A module's full name, and its public names that are explained."""
    module = tinygrad_mnist
    for part in filter(None, path.split(".")):
        module = getattr(module, part)
    names = [name for name in module.__all__ if is_explained(getattr(module, name))]
    return module.__name__, sorted(names, key=str.lower)


def is_explained(each: object) -> bool:
    """Whether it is a function or class of this package."""
    home = getattr(each, "__module__", "") or ""
    return callable(each) and home.startswith("tinygrad_mnist")


def directive(module: str, name: str, seen: set[object]) -> str:
    """What autodoc is told of a name; a class is indexed where it is seen first."""
    each = getattr(importlib.import_module(module), name)
    if not inspect.isclass(each):
        return f".. autofunction:: {module}.{name}\n"
    lines = [f".. autoclass:: {module}.{name}", "   :members:"]
    if issubclass(each, enum.Enum):
        lines.append("   :undoc-members:")
    if each in seen:
        lines.append("   :no-index:")
    seen.add(each)
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    """Write the pages that are not as they should be, so that Sphinx reads no more than it must."""
    folder.mkdir(exist_ok=True)
    seen: set[object] = set()
    for title, paths, said in PAGES:
        parts = [title, "=" * len(title), "", said, ""]
        if not paths:
            parts += tensor_methods()
        for path in paths:
            if len(paths) > 1:
                parts += [path, "-" * len(path), ""]
            module, names = public_names(path)
            parts += [directive(module, name, seen) for name in names if name != "Tensor"]
        put(folder / f"{title}.rst", "\n".join(parts) + "\n")
    listed = "\n".join(f"   {title}" for title, _, _ in PAGES)
    said = "Every public name, from its docstring. Examples run in the tests."
    head = f"Reference\n=========\n\n{said}\n"
    put(folder / "index.rst", f"{head}\n.. toctree::\n   :maxdepth: 1\n\n{listed}\n")


def tensor_methods() -> list[str]:
    names = {fact.name for fact in ATTACHED if fact.kind == "method"}
    shown = sorted(name for name in names if not name.startswith("_"))
    return [f".. automethod:: tinygrad_mnist.Tensor.{name}\n" for name in shown]


def put(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
