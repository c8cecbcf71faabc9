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
from tinygrad_mnist.nn.utils.norms import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
