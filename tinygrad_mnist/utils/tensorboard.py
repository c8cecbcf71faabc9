"""`torch.utils.tensorboard`: the writer of the optional package tensorboardX."""

from typing import Any


def SummaryWriter(*args: Any, **kwargs: Any) -> Any:
    """tensorboardX's writer of event files; ImportError says what to install."""
    try:
        from tensorboardX import SummaryWriter as Writer
    except ImportError:
        raise ImportError(
            "SummaryWriter: pip install 'tinygrad-mnist[tensorboard]' (the package tensorboardX)"
        ) from None
    return Writer(*args, **kwargs)
