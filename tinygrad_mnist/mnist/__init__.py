"""The application: the digit classifier, built on the framework's public surface only."""

from tinygrad_mnist import extras

PACKAGES = (
    "matplotlib",
    "mlxtend",
    "PIL",
    "pooch",
    "rich",
    "safetensors",
    "scipy",
    "threadpoolctl",
    "typer",
)

extras.require("tinygrad_mnist.mnist", PACKAGES, "mnist")
