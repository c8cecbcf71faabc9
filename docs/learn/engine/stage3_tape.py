"""Stage 3: a tape. Rules are operations themselves, so that gradients have gradients."""

import heapq
import itertools

import numpy as np

clock = itertools.count()
recording = True


class Tensor:
    def __init__(self, array, requires_grad=False):
        self.array = np.asarray(array, dtype=float)
        self.requires_grad = requires_grad
        self.edges = ()  # pairs: a tensor that needs a gradient, and its rule
        self.index = next(clock)  # the place on the tape
        self.grad = None

    def backward(self, create_graph=False):
        for leaf, g in gradients(self, create_graph).items():
            leaf.grad = g if leaf.grad is None else leaf.grad + g

    def __add__(self, other):
        a, b = self, as_tensor(other)
        return record(a.array + b.array, (a, lambda g: g), (b, lambda g: g))

    def __mul__(self, other):
        a, b = self, as_tensor(other)
        return record(a.array * b.array, (a, lambda g: g * b), (b, lambda g: g * a))

    def __matmul__(self, other):
        a, b = self, as_tensor(other)
        return record(a.array @ b.array, (a, lambda g: g @ b.T), (b, lambda g: a.T @ g))

    @property
    def T(self):
        return record(self.array.T, (self, lambda g: g.T))

    def exp(self):
        return record(np.exp(self.array), (self, lambda g: g * self.exp()))

    def log(self):
        return record(np.log(self.array), (self, lambda g: g * self**-1))

    def __pow__(self, n):
        return record(self.array**n, (self, lambda g: g * self ** (n - 1) * n))

    def relu(self):
        return record(np.maximum(self.array, 0), (self, lambda g: g * (self.array > 0)))

    def sum(self, axis=None, keepdims=False):
        kept = self.array.sum(axis, keepdims=True).shape
        shape = self.array.shape
        result = self.array.sum(axis, keepdims=keepdims)
        return record(result, (self, lambda g: g.reshape(kept).expand(shape)))

    def reshape(self, shape):
        before = self.array.shape
        return record(self.array.reshape(shape), (self, lambda g: g.reshape(before)))

    def expand(self, shape):
        return record(np.broadcast_to(self.array, shape), (self, lambda g: g))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -as_tensor(other)

    def __truediv__(self, other):
        return self * as_tensor(other) ** -1

    __radd__, __rmul__ = __add__, __mul__


def as_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def record(array, *edges):
    """A result, with the rules of those inputs that need a gradient."""
    result = Tensor(array)
    if recording:
        result.edges = tuple(edge for edge in edges if edge[0].requires_grad)
        result.requires_grad = bool(result.edges)
    return result


def gradients(root, create_graph=False):
    """The leaves' gradients: the tape from its end to its beginning, without recursion."""
    global recording
    before, recording = recording, create_graph
    pending, waiting, leaves = {root: Tensor(np.ones_like(root.array))}, [(-root.index, root)], {}
    try:
        while waiting:
            tensor = heapq.heappop(waiting)[1]  # the latest: all that use it were before it
            g = pending.pop(tensor)
            if not tensor.edges:
                leaves[tensor] = g
            for source, rule in tensor.edges:
                h = unbroadcast(rule(g), source.array.shape)
                if source in pending:
                    pending[source] = pending[source] + h
                else:
                    pending[source] = h
                    heapq.heappush(waiting, (-source.index, source))
    finally:
        recording = before
    return leaves


def unbroadcast(g, shape):
    """What was repeated is added up."""
    while g.array.ndim > len(shape):
        g = g.sum(0)
    for axis, n in enumerate(shape):
        if n == 1 and g.array.shape[axis] != 1:
            g = g.sum(axis, keepdims=True)
    return g
