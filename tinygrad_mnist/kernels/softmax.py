"""The exponentials that softmax and its kin share."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def exponentials(x: Array, d: int) -> tuple[Array, Array, Array]:
    """x less its largest along d, the exponentials of that, and their sum: all stable."""
    shifted = x - np.maximum.reduce(x, d, keepdims=True) if x.shape[d] else x
    powers = np.exp(shifted)
    return shifted, powers, np.add.reduce(powers, d, keepdims=True)
