"""TRANSITION: the old paths of `core`."""

from tinygrad_mnist.core.backward import as_list as listed
from tinygrad_mnist.core.backward import backward, grad, register_hook, retain_grad
from tinygrad_mnist.core.inplace import EmbedRule as Part
from tinygrad_mnist.core.inplace import assign, embed
from tinygrad_mnist.core.inplace import has_history as history_of
from tinygrad_mnist.core.inplace import mark_written as touch
from tinygrad_mnist.core.inplace import refuse_leaf as _refuse_leaf
from tinygrad_mnist.core.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygrad_mnist.core.record import AccumulateGrad, Handle, Node, record, record_view
from tinygrad_mnist.core.state import state as mode
