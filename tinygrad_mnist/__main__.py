"""`python -m tinygrad_mnist`: the same as the command `tinygrad-mnist`."""

from tinygrad_mnist.mnist.cli import main

if __name__ == "__main__":
    main()
