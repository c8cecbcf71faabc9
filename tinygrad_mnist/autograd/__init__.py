"""The public face of the tape: gradients as functions, operations of one's own, and checks of them."""

import sys

from tinygrad_mnist.autograd import functional, modes
from tinygrad_mnist.autograd.function import Function
from tinygrad_mnist.autograd.gradcheck import gradcheck, gradgradcheck
from tinygrad_mnist.autograd.modes import *
from tinygrad_mnist.tape import backward, grad

graph = grad_mode = anomaly_mode = variable = modes
sys.modules.update({f"{__name__}.{name}": modes for name in ("graph", "grad_mode", "anomaly_mode", "variable")})
