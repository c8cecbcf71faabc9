"""MPI, through mpi4py, which is imported when it is first needed."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.extras import load

__all__ = ["library"]


def library() -> Any:
    """The module `mpi4py.MPI`; importing it starts MPI.

    Returns:
        The module.

    Raises:
        MissingPackageError: without mpi4py.
        ImportError: if it finds no MPI on this machine.
    """
    try:
        return load("mpi4py.MPI", "init_process_group")
    except RuntimeError as error:
        message = (
            f"init_process_group: mpi4py finds no MPI here ({error}); the package mpich brings one"
        )
        raise ImportError(message) from None
