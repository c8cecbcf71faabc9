"""What is done to a program before its text is written, one pass in each file, in this order:

lowering   operations made of several steps become these steps
constants  what is the same at each call is computed once
common     what is computed twice is computed once
algebra    what changes nothing is left out
dead       what nobody reads is left out
fusion     neighbouring pointwise steps become one loop (the compiled backend alone)
buffers    results take the memory of what is read for the last time
"""

from __future__ import annotations

from tinygrad_mnist.compiler.passes.algebra import simplify
from tinygrad_mnist.compiler.passes.broadcasts import read_through_broadcasts
from tinygrad_mnist.compiler.passes.buffers import plan_buffers
from tinygrad_mnist.compiler.passes.common import share_common
from tinygrad_mnist.compiler.passes.constants import fold_constants
from tinygrad_mnist.compiler.passes.dead import drop_dead
from tinygrad_mnist.compiler.passes.fusion import fuse
from tinygrad_mnist.compiler.passes.lowering import lower

__all__ = [
    "drop_dead",
    "fold_constants",
    "fuse",
    "lower",
    "plan_buffers",
    "read_through_broadcasts",
    "share_common",
    "simplify",
]
