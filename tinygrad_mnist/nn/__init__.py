"""Modules to build networks of, in PyTorch's style."""

from tinygrad_mnist.nn import attention, functional, init, modules, parallel, utils
from tinygrad_mnist.nn.modules import *
from tinygrad_mnist.nn.parallel import DataParallel
from tinygrad_mnist.nn.parameter import Buffer, Parameter
