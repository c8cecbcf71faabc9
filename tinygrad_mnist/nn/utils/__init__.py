"""Helpers for the gradients and parameters of networks."""

import sys as _sys

from tinygrad_mnist.nn.utils import parameters, rnn
from tinygrad_mnist.nn.utils.norms import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
from tinygrad_mnist.nn.utils.parameters import *

clip_grad = convert_parameters = stateless = parameters  # as PyTorch names the files
for _name in ("clip_grad", "convert_parameters", "stateless"):
    _sys.modules[f"{__name__}.{_name}"] = parameters
