"""TRANSITION."""

from tinygrad_mnist.ops.random import Generator as Generator
from tinygrad_mnist.ops.random import bits16 as bits16
from tinygrad_mnist.ops.random import default_generator as default_generator
from tinygrad_mnist.ops.random import draw_normal as normal
from tinygrad_mnist.ops.random import draw_uniform as uniform
from tinygrad_mnist.ops.random import fork_rng as fork_rng
from tinygrad_mnist.ops.random import get_rng_state as get_rng_state
from tinygrad_mnist.ops.random import initial_seed as initial_seed
from tinygrad_mnist.ops.random import manual_seed as manual_seed
from tinygrad_mnist.ops.random import seed as seed
from tinygrad_mnist.ops.random import set_rng_state as set_rng_state
from tinygrad_mnist.ops.random import source as source
