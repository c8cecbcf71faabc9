"""`python -m tinygrad_mnist`, and the command `tinygrad-mnist`."""

import sys

from tinygrad_mnist.extras import MissingPackageError

__all__ = ["main"]


def main() -> None:
    """Run the command line; where its packages are missing, name the extra, and exit with 2."""
    try:
        from tinygrad_mnist.mnist.cli import main as run
    except MissingPackageError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
