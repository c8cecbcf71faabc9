"""Helpers for the gradients and parameters of networks."""

from tinygrad_mnist.nn.utils import clip_grad, convert_parameters, rnn, stateless
from tinygrad_mnist.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from tinygrad_mnist.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from tinygrad_mnist.nn.utils.spectral_norm import remove_spectral_norm, spectral_norm
from tinygrad_mnist.nn.utils.stateless import functional_call
from tinygrad_mnist.nn.utils.weight_norm import remove_weight_norm, weight_norm

__all__ = [
    "clip_grad",
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "convert_parameters",
    "functional_call",
    "get_total_norm",
    "parameters_to_vector",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "spectral_norm",
    "stateless",
    "vector_to_parameters",
    "weight_norm",
]
