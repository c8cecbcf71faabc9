"""Stage 1: numbers that remember where they came from."""

import math


class Value:
    def __init__(self, number, sources=()):
        self.number = number
        self.sources = sources  # pairs: a value, and the slope by it
        self.grad = 0.0

    def __add__(self, other):
        other = as_value(other)
        return Value(self.number + other.number, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.number * other.number, ((self, other.number), (other, self.number)))

    def exp(self):
        result = math.exp(self.number)
        return Value(result, ((self, result),))

    def relu(self):
        return Value(max(self.number, 0.0), ((self, 1.0 if self.number > 0 else 0.0),))

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order = []
        collect(self, order, set())
        self.grad = 1.0
        for value in reversed(order):  # each after all that use it
            for source, slope in value.sources:
                source.grad += slope * value.grad


def as_value(x):
    return x if isinstance(x, Value) else Value(x)


def collect(value, order, seen):
    if value not in seen:
        seen.add(value)
        for source, _ in value.sources:
            collect(source, order, seen)
        order.append(value)
