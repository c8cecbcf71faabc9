"""The public face of the tape: gradients as functions, operations of one's own, and checks of them."""

from tinygrad_mnist.autograd import functional, graph
from tinygrad_mnist.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from tinygrad_mnist.autograd.function import Function
from tinygrad_mnist.autograd.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from tinygrad_mnist.autograd.gradcheck import gradcheck, gradgradcheck
from tinygrad_mnist.autograd.variable import Variable
from tinygrad_mnist.tape import backward, grad

__all__ = [
    "Function", "Variable", "backward", "detect_anomaly", "enable_grad", "functional", "grad", "gradcheck",
    "gradgradcheck", "graph", "inference_mode", "no_grad", "set_detect_anomaly", "set_grad_enabled",
]  # fmt: skip
