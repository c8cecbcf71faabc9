"""Optimizers, and schedules of their learning rates."""

from tinygrad_mnist.optim import lr_scheduler
from tinygrad_mnist.optim.adadelta import Adadelta
from tinygrad_mnist.optim.adagrad import Adagrad
from tinygrad_mnist.optim.adam import Adam
from tinygrad_mnist.optim.adamax import Adamax
from tinygrad_mnist.optim.adamw import AdamW
from tinygrad_mnist.optim.asgd import ASGD
from tinygrad_mnist.optim.lbfgs import LBFGS
from tinygrad_mnist.optim.nadam import NAdam
from tinygrad_mnist.optim.optimizer import Optimizer
from tinygrad_mnist.optim.radam import RAdam
from tinygrad_mnist.optim.rmsprop import RMSprop
from tinygrad_mnist.optim.rprop import Rprop
from tinygrad_mnist.optim.sgd import SGD

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
]
