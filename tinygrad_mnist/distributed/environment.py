"""Which rank a process is: what mpiexec says, in the words that programs for torchrun read."""

from __future__ import annotations

import os

__all__ = ["check_launcher", "name_ranks"]

# torchrun's names, and those under which the launchers of MPI and of Slurm say the same.
NAMES = {
    "RANK": ("PMI_RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK"),
    "WORLD_SIZE": ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE"),
    "LOCAL_RANK": ("MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID"),
    "LOCAL_WORLD_SIZE": ("MPI_LOCALNRANKS", "OMPI_COMM_WORLD_LOCAL_SIZE"),
}


def name_ranks() -> None:
    """Set RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE, where mpiexec started this process.

    Programs for torchrun read them before they make the process group. What is set already stays.
    """
    for name, others in NAMES.items():
        for other in others:
            if other in os.environ:
                os.environ.setdefault(name, os.environ[other])
                break


def check_launcher(rank: int, size: int) -> None:
    """Compare torchrun's variables, where they are set, with what MPI says.

    Args:
        rank: this process's, by MPI.
        size: how many processes MPI knows.

    Raises:
        RuntimeError: if they differ: the processes would not be one job.
    """
    for name, found in (("WORLD_SIZE", size), ("RANK", rank)):
        said = os.environ.get(name, "")
        if said.strip() and said.strip() != str(found):
            raise RuntimeError(
                f"init_process_group: {name} is {said}, but MPI says {found}; start the job with"
                f" `mpiexec -n {os.environ.get('WORLD_SIZE', 'N')} python program.py`"
            )
