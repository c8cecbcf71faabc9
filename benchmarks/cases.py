"""What is measured: each case with its rivals, and the ratios that it has to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

OURS, FAST, TORCH = "tinygrad_mnist", "tinygrad_mnist, fast", "PyTorch"
COMPILED, COMPILED_FAST = f"{OURS}, compiled", f"{FAST}, compiled"
MINE = (OURS, FAST, COMPILED, COMPILED_FAST)
FAST_ENVIRONMENT = {"TINYGRAD_MNIST_KERNELS": "numba"}
PLAIN_ENVIRONMENT = {"TINYGRAD_MNIST_KERNELS": "numpy"}


@dataclass(frozen=True)
class Rival:
    """How one rival makes its program: `module.function` of `benchmarks.rivals`, and its options.

    `loops` replaces the case's: a rival a thousand times slower need not run as often.
    """

    make: str
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    loops: int | None = None


@dataclass(frozen=True)
class Case:
    """Programs that do the same work.

    Attributes:
        against: the rivals whose time ours is divided by.
        loops: runs in one timing.
        awake: seconds of untimed runs before a timing, of programs that take less.
        targets: of the tape, (NumPy only, with the `fast` extra), for each rival in `against` that
            has one.
        compiled: the same of the compiled program.
        memory: compare peak memory instead of time.
        data: whether the programs are given the digits.
    """

    title: str
    rivals: Mapping[str, Rival]
    against: tuple[str, ...]
    targets: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    compiled: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    loops: int = 1
    awake: float = 1.0
    rounds: int | None = None
    memory: bool = False
    data: bool = False


def ours(make: str, **options: Any) -> dict[str, Rival]:
    """tinygrad_mnist with either set of kernels, on the tape and compiled, and PyTorch: the same
    program.
    """
    spec = f"torch_style.{make}"
    mine = {"framework": "tinygrad_mnist", **options}
    program = {**mine, "compiled": True}
    return {
        OURS: Rival(spec, mine, PLAIN_ENVIRONMENT),
        FAST: Rival(spec, mine, FAST_ENVIRONMENT),
        COMPILED: Rival(spec, program, PLAIN_ENVIRONMENT),
        COMPILED_FAST: Rival(spec, program, FAST_ENVIRONMENT),
        TORCH: Rival(spec, {"framework": "torch", **options}),
    }


def against_torch(
    title: str,
    make: str,
    target: tuple[float, float],
    compiled: tuple[float, float] | None,
    **settings: Any,
) -> Case:
    """A case of ours against PyTorch alone; compiled programs only where these have a target."""
    options = settings.pop("options", {})
    rivals = ours(make, **options)
    if compiled is None:
        del rivals[COMPILED], rivals[COMPILED_FAST]
        return Case(title, rivals, (TORCH,), {TORCH: target}, **settings)
    return Case(title, rivals, (TORCH,), {TORCH: target}, {TORCH: compiled}, **settings)


EPOCH = {
    "floor": Rival("numpy_only.floor"),
    **{k: v for k, v in ours("epoch").items() if k != TORCH},
    "JAX, jit": Rival("jax_style.epoch"),
    "PyTorch, fused Adam": Rival("torch_style.epoch", {"framework": "torch"}),
    "PyTorch, compile": Rival("torch_style.epoch", {"framework": "torch", "compiled": True}),
    "TensorFlow, function": Rival("tensorflow_style.epoch", {"keras": False}),
    "Keras, fit": Rival("tensorflow_style.epoch", {"keras": True}),
    "original, float64": Rival("numpy_only.original", {"dtype": "float64"}),
    "original, float32": Rival("numpy_only.original", {"dtype": "float32"}),
    "tinygrad": Rival("small_engines.tinygrad_epoch"),
    "MyGrad": Rival("small_engines.mygrad_epoch"),
    "HIPS autograd": Rival("small_engines.autograd_epoch"),
}

CASES = {
    "epoch": Case(
        "One epoch of the original network",
        EPOCH,
        ("floor", "JAX, jit", "PyTorch, fused Adam", "TensorFlow, function", "original, float64"),
        {
            "floor": (1.60, 1.30),
            "JAX, jit": (1.10, 0.90),
            "PyTorch, fused Adam": (0.75, 0.60),
            "TensorFlow, function": (0.70, 0.55),
            "original, float64": (0.28, 0.22),
        },
        {
            "floor": (1.60, 1.30),
            "JAX, jit": (1.0, 0.85),
            "PyTorch, fused Adam": (0.65, 0.52),
            "TensorFlow, function": (0.65, 0.52),
        },
        data=True,
    ),
    "scalars": Case(
        "An operation on scalars, forward and backward (a chain of 1,000)",
        {
            **ours("chain"),
            "micrograd": Rival("small_engines.micrograd_chain"),
            "HIPS autograd": Rival("small_engines.autograd_chain"),
            "MyGrad": Rival("small_engines.mygrad_chain"),
            "JAX, jit": Rival("jax_style.chain"),
        },
        (TORCH, "micrograd", "JAX, jit"),
        {TORCH: (0.75, 0.75)},
        {TORCH: (0.25, 0.02), "JAX, jit": (100, 1.0)},
        loops=5,
    ),
    "vectors": Case(
        "An operation on vectors of 64, forward and backward (a chain of 1,000)",
        {
            **ours("chain", size=64),
            "HIPS autograd": Rival("small_engines.autograd_chain", {"size": 64}),
            "MyGrad": Rival("small_engines.mygrad_chain", {"size": 64}),
            "JAX, jit": Rival("jax_style.chain", {"size": 64}),
        },
        (TORCH, "JAX, jit"),
        {TORCH: (0.75, 0.75)},
        {TORCH: (0.35, 0.10)},
        loops=5,
    ),
    "moons": Case(
        "A step of the moons network, 2-16-16-1, 100 points",
        {
            **ours("moons"),
            "micrograd": Rival("small_engines.micrograd_moons", loops=1),
            "HIPS autograd": Rival("small_engines.autograd_moons"),
            "MyGrad": Rival("small_engines.mygrad_moons"),
            "JAX, jit": Rival("jax_style.moons"),
        },
        (TORCH, "micrograd", "JAX, jit"),
        {TORCH: (1.0, 1.0), "micrograd": (0.01, 0.01)},
        {TORCH: (0.35, 0.20), "JAX, jit": (100, 1.0)},
        loops=5,
    ),
    "cnn": against_torch(
        "A step of the MNIST CNN, batch 64", "cnn", (1.5, 1.2), (1.0, 0.95), loops=3
    ),
    "transformer": against_torch(
        "A step of a character transformer", "transformer", (1.3, 1.2), (1.3, 1.0), loops=3
    ),
    "lstm": against_torch("A step of a one-layer LSTM", "lstm", (1.5, 1.5), (1.3, 1.1), loops=5),
    "hvp": Case(
        "A Hessian-vector product of the original network",
        {**ours("hvp"), "JAX, jit": Rival("jax_style.hvp")},
        (TORCH, "JAX, jit"),
        compiled={"JAX, jit": (1.2, 1.0)},
        loops=5,
    ),
    "chain-memory": against_torch(
        "Peak memory of a chain of 100,000 operations on vectors of 64",
        "chain",
        (1.2, 1.2),
        None,  # a program of 200,000 lines
        options={"size": 64, "length": 100_000},
        memory=True,
        rounds=3,
    ),
    "step-memory": against_torch(
        "Peak memory of a step of the original network",
        "step",
        (1.2, 1.2),
        (1.2, 1.2),
        options={"dropout": True},
        memory=True,
    ),
}


class Sweep(NamedTuple):
    """What a sweep varies, by which program of `torch_style`, and over which values.

    Attributes:
        title: what varies.
        make: the program, a function of one value.
        values: those that are measured.
        quick: the largest value that is run five times.
    """

    title: str
    make: str
    values: tuple[int, ...]
    quick: int


SWEEPS = {
    "depth": Sweep(
        "operations on vectors of 64", "chain", (10, 100, 1_000, 10_000, 100_000, 1_000_000), 1_000
    ),
    "width": Sweep(
        "units of both hidden layers", "step", (100, 200, 400, 1_000, 2_000, 4_000), 400
    ),
    "batch": Sweep("images of a batch", "step", (1, 4, 16, 64, 256, 1_024, 4_096), 256),
}


def sweep(name: str, value: int) -> Case:
    """One point of a sweep, as a case."""
    title, make, _, quick = SWEEPS[name]
    options = {"size": 64, "length": value} if name == "depth" else {name: value}
    rivals = ours(make, **options)
    for each in (COMPILED, COMPILED_FAST):
        del rivals[each]
    if name == "depth":
        del rivals[FAST]  # no loop of it is used there
    else:
        rivals["JAX, jit"] = Rival("jax_style.step", options)
    return Case(
        f"{value:,} {title}",
        rivals,
        (TORCH,),
        rounds=3,
        loops=5 if value <= quick else 1,
        awake=0.1,
    )
