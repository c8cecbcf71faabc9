"""`compile`: a function or module, traced once for each kind of arguments, runs as a NumPy program.

structure   arguments and results taken apart into tensors and the rest
guards      what a function read besides its arguments
program     values and instructions
names       names for the values
trace       one watched call becomes a program
passes      what is done to it
source      the program as text
compiled    the function that is called in place of the user's
derivation  a program that is written to be read
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any

from tinygrad_mnist import extras
from tinygrad_mnist.compiler.compiled import CompiledFunction
from tinygrad_mnist.compiler.derivation import Derivation, DerivedLine, derive
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.state import state

__all__ = [
    "CompiledFunction",
    "Derivation",
    "DerivedLine",
    "choose_backend",
    "compile",
    "derive",
    "disable",
    "is_compiling",
    "reset",
]

BACKENDS = ("auto", "numpy", "numba", "eager")
OTHERS = ("inductor", "aot_eager", "cudagraphs", "tensorrt", "openxla", "onnxrt")


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = "auto",
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
) -> Any:
    """Let a function or module run as a NumPy program that the tape has written.

    The first call with arguments of a kind (their shapes and dtypes, what needs a gradient, their
    Python values, the modules' modes) is traced, forward and backward; later calls of that kind run
    the two programs, `.source()` shows them. Parameters and buffers are read at each call, random
    numbers drawn anew, and gradients arrive as from the tape.

    What Python does while it is traced is not repeated: a print, say. A number or list that the
    function reads from a module's attribute, a closure or a global is compared at each call;
    the elements of a NumPy array from outside of over 1,000 elements are not. Where a call cannot
    be a program (it reads a tensor's values in Python, it changes what it reads, a hook wants an
    inner gradient) it runs on the tape; a warning says so once, with the line. Of a module the
    inner ones are then compiled one by one.

    Args:
        model: the function or module; without one, a decorator is returned.
        fullgraph: raise an error where a call cannot be one program.
        dynamic: accepted; each kind of shapes is a program of its own.
        backend: "numpy" needs no compiler, "numba" fuses loops with the `fast` extra, "auto" takes
            that where it is installed, "eager" leaves the function alone. PyTorch's own names mean
            "auto".
        mode: accepted without effect.
        options: accepted without effect.
        disable: return the function as it is.

    Returns:
        The compiled function, or a module with the parameters of the given one.

    Raises:
        RuntimeError: if the backend is not known, or "numba" is not installed; when called, with
            `fullgraph`, if a call cannot be a program.

    Example:
        >>> @torch.compile
        ... def loss(w, x):
        ...     return (x @ w).square().mean()
        >>> w = torch.ones(2, requires_grad=True)
        >>> loss(w, torch.ones(3, 2)).backward()
        >>> w.grad
        tensor([4., 4.])
        >>> print(loss.source(standalone=False).splitlines()[0])
        def forward(w, x):
    """
    if model is None:
        settings = {"fullgraph": fullgraph, "backend": backend, "disable": disable}
        return lambda function: compile(function, **settings)
    chosen = choose_backend(backend)
    if disable or chosen == "eager" or getattr(model, "_compile_disabled", False):
        return model
    if isinstance(model, CompiledFunction):
        return model
    if hasattr(model, "_as_compiled"):
        return model._as_compiled(backend=chosen, fullgraph=fullgraph)
    check(callable(model), "compile: got {}, wanted a function or a module", type(model).__name__)
    return CompiledFunction(model, backend=chosen, fullgraph=fullgraph)


def choose_backend(backend: Any) -> str:
    """The backend that a name means here: "numpy", "numba" or "eager"."""
    if callable(backend) or backend in OTHERS:
        backend = "auto"
    known = ", ".join(BACKENDS)
    check(backend in BACKENDS, "compile: got backend {!r}, wanted one of {}", backend, known)
    kernels = os.environ.get("TINYGRAD_MNIST_KERNELS", "auto")
    if backend == "auto" and kernels == "numpy":
        return "numpy"
    has_numba = importlib.util.find_spec("numba") is not None
    if backend == "auto":
        return "numba" if has_numba else "numpy"
    if backend == "numba":
        extras.require("compile: backend='numba'", ("numba",), "fast")
    return str(backend)


def disable(fn: Any = None, recursive: bool = True) -> Any:
    """Keep a function from being compiled. A decorator, with arguments or without.

    Args:
        fn: the function.
        recursive: accepted without effect.

    Returns:
        The function, or without one the decorator.
    """
    if fn is None:
        return disable
    if isinstance(fn, CompiledFunction):
        return fn.function
    fn._compile_disabled = True
    return fn


def is_compiling() -> bool:
    """Whether the running code is being traced for a program.

    Example:
        >>> torch.compiler.is_compiling()
        False
    """
    return state.tracer is not None


def reset() -> None:
    """Forget all programs: the next calls are traced again."""
    CompiledFunction.forget_all()
