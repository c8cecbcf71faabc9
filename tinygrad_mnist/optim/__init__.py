"""Optimizers, and schedules of their learning rates."""

from tinygrad_mnist.optim import lr_scheduler
from tinygrad_mnist.optim.formulas import (
    ASGD,
    SGD,
    Adadelta,
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
