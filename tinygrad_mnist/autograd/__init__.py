"""The public face of the tape: gradients as functions, operations of one's own, and checks of
them.
"""

from tinygrad_mnist.autograd import anomaly_mode, function, functional, grad_mode, graph, variable
from tinygrad_mnist.autograd.anomaly_mode import (
    detect_anomaly,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    set_detect_anomaly,
)
from tinygrad_mnist.autograd.function import Function
from tinygrad_mnist.autograd.gradcheck import gradcheck, gradgradcheck
from tinygrad_mnist.autograd.variable import Variable
from tinygrad_mnist.core.backward import backward, grad
from tinygrad_mnist.core.modes import enable_grad, inference_mode, no_grad, set_grad_enabled
from tinygrad_mnist.core.record import Node

__all__ = [
    "Function",
    "Node",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "variable",
]
