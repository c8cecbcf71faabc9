"""Optimizers, and schedules of their learning rates."""

import sys as _sys

from tinygrad_mnist.optim import formulas, lr_scheduler
from tinygrad_mnist.optim.formulas import *
from tinygrad_mnist.optim.lbfgs import LBFGS
from tinygrad_mnist.optim.optimizer import Optimizer

# PyTorch has a module for each: `from torch.optim.adam import Adam`
for _name in formulas.__all__:
    _sys.modules[f"{__name__}.{_name.lower()}"] = formulas
