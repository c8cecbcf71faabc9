"""Optimizers, and schedules of their learning rates."""

import sys as _sys

from tinygrad_mnist.optim import formulas, lr_scheduler
from tinygrad_mnist.optim.formulas import (
    ASGD,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
)
from tinygrad_mnist.optim.lbfgs import LBFGS
from tinygrad_mnist.optim.optimizer import Optimizer

# PyTorch has a module for each: `from torch.optim.adam import Adam`
for _each in (ASGD, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop, Rprop):
    _sys.modules[f"{__name__}.{_each.__name__.lower()}"] = formulas
