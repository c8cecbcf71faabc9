"""Records PyTorch's answers anew: see the package."""

import os
import subprocess
import sys

TESTS = ["tests/nn/test_edges_of_losses.py", "tests/ops/test_half.py", "tests/ops/test_integers.py"]

if __name__ == "__main__":
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *TESTS,
    ]
    sys.exit(subprocess.run(command, env={**os.environ, "RECORD_PYTORCH": "1"}).returncode)
