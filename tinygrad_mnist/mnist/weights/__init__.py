"""Networks trained already, one for each recipe: README.md beside this file is their model card."""

from __future__ import annotations

from pathlib import Path

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats.checksums import check_safetensors
from tinygrad_mnist.mnist.recipe import RECIPES, classifier

__all__ = ["CARD", "FOLDER", "SHIPPED", "pack", "path", "shipped"]

FOLDER = Path(__file__).parent
CARD = FOLDER / "README.md"
SHIPPED = ("original", "modern")
"""The names that `shipped` takes."""


def shipped(name: str) -> nn.Sequential:
    """The network of a recipe, trained.

    Args:
        name: one of `SHIPPED`.

    Returns:
        A network of images (n, 28, 28), 0 for paper and 1 for ink, to logits (n, 10). It is in
        evaluation mode, in float32; the file holds float16.

    Raises:
        ValueError: if there is none of that name, or the file is not as it was shipped.
    """
    if name not in SHIPPED:
        raise ValueError(f"shipped weights: got {name}, wanted one of {', '.join(SHIPPED)}")
    network = classifier(RECIPES[name])
    file = path(name)
    try:
        if not check_safetensors(file, str(file)):
            raise ValueError(f"{file}: damaged: it carries no checksum")
    except OSError as error:
        raise ValueError(f"{file}: cannot be read: {error.strerror}") from None
    weights = {key: value.float() for key, value in tg.load(file).items()}
    network.load_state_dict(weights)
    network.eval()
    return network


def path(name: str) -> Path:
    """The file with the weights of a shipped network.

    Args:
        name: one of `SHIPPED`.

    Returns:
        Its path.
    """
    return FOLDER / f"{name}.safetensors"


def pack(network: nn.Module, file: Path) -> None:
    """Write a network's weights in float16.

    Args:
        network: of any kind.
        file: the .safetensors file to write.
    """
    tg.save({key: value.half() for key, value in network.state_dict().items()}, file)
