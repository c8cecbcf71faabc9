"""Every network's outermost call compiled, as if the program had asked for it."""

import threading

import pytest

from tinygrad_mnist import nn
from tinygrad_mnist.core.state import state


@pytest.fixture
def everything_compiled(monkeypatch):
    """Let each module compile itself when it is called from outside another module; the list of
    what was compiled.
    """
    plain = nn.Module.__call__
    inside = threading.local()
    compiled = []

    def call(self, *args, **kwargs):
        if getattr(inside, "depth", 0) or state.tracer is not None:
            return plain(self, *args, **kwargs)
        if self._compiled is None:
            self.compile(backend="numpy")
            compiled.append(self)
        inside.depth = 1
        try:
            return plain(self, *args, **kwargs)
        finally:
            inside.depth = 0

    monkeypatch.setattr(nn.Module, "__call__", call)
    return compiled
