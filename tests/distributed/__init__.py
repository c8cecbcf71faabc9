"""Several ranks: programs that mpiexec runs, and what they must come to."""
