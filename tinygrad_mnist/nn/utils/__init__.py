"""Helpers for the gradients and parameters of networks."""

from tinygrad_mnist.nn.utils import rnn
from tinygrad_mnist.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    get_total_norm,
    parameters_to_vector,
    vector_to_parameters,
)
