"""Stage 2: arrays. A slope becomes a rule: from the result's gradient to a source's."""

import numpy as np


class Tensor:
    def __init__(self, array, sources=()):
        self.array = np.asarray(array, dtype=float)
        self.sources = sources  # pairs: a tensor, and the rule for its gradient
        self.grad = None

    def __add__(self, other):
        other = as_tensor(other)
        return Tensor(self.array + other.array, ((self, lambda g: g), (other, lambda g: g)))

    def __mul__(self, other):
        other = as_tensor(other)
        rules = ((self, lambda g: g * other.array), (other, lambda g: g * self.array))
        return Tensor(self.array * other.array, rules)

    def __matmul__(self, other):
        rules = ((self, lambda g: g @ other.array.T), (other, lambda g: self.array.T @ g))
        return Tensor(self.array @ other.array, rules)

    def exp(self):
        result = np.exp(self.array)
        return Tensor(result, ((self, lambda g: g * result),))

    def log(self):
        return Tensor(np.log(self.array), ((self, lambda g: g / self.array),))

    def relu(self):
        return Tensor(np.maximum(self.array, 0), ((self, lambda g: g * (self.array > 0)),))

    def sum(self, axis=None):
        def spread(g):
            kept = g if axis is None else np.expand_dims(g, axis)
            return np.broadcast_to(kept, self.array.shape)

        return Tensor(self.array.sum(axis), ((self, spread),))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -as_tensor(other)

    def backward(self):
        order = []
        collect(self, order, set())
        self.grad = np.ones_like(self.array)
        for tensor in reversed(order):
            for source, rule in tensor.sources:
                g = unbroadcast(rule(tensor.grad), source.array.shape)
                source.grad = g if source.grad is None else source.grad + g


def unbroadcast(g, shape):
    """What was repeated is added up: an element that was used often gets all its parts."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=repeated, keepdims=True) if repeated else g


def as_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def collect(tensor, order, seen):
    if id(tensor) not in seen:
        seen.add(id(tensor))
        for source, _ in tensor.sources:
            collect(source, order, seen)
        order.append(tensor)
