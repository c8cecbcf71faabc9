"""tinygrad_mnist: automatic differentiation from scratch on NumPy, with PyTorch's surface.

`import tinygrad_mnist as torch` is a fair trick to play on a CPU program.
"""

import warnings as _warnings

from tinygrad_mnist import (
    amp,
    autograd,
    distributions,
    func,
    linalg,
    nn,
    notebook,
    onnx,
    ops,
    optim,
    random,
    special,
    testing,
    utils,
)
from tinygrad_mnist.absent import *
from tinygrad_mnist.amp import autocast
from tinygrad_mnist.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled
from tinygrad_mnist.compatibility import *
from tinygrad_mnist.compatibility import OLD_ORDER as _OLD_ORDER
from tinygrad_mnist.composed.arranging import *
from tinygrad_mnist.composed.arranging import vstack as row_stack
from tinygrad_mnist.composed.elementwise import *
from tinygrad_mnist.composed.products import *
from tinygrad_mnist.composed.scattering import *
from tinygrad_mnist.composed.statistics import *
from tinygrad_mnist.composed.statistics import trapezoid as trapz
from tinygrad_mnist.creation import *
from tinygrad_mnist.creation import as_tensor_ as as_tensor
from tinygrad_mnist.creation import range_ as range
from tinygrad_mnist.core.device import device
from tinygrad_mnist.core.dtypes import *
from tinygrad_mnist.core.dtypes import bool_ as bool
from tinygrad_mnist.kernels.memory import keep_freed_memory as _keep_freed_memory
from tinygrad_mnist.linalg import TOP_LEVEL as _LINALG
from tinygrad_mnist.methods import also_functions as _also_functions
from tinygrad_mnist.methods import lenient as _lenient
from tinygrad_mnist.ops.linear_algebra import *
from tinygrad_mnist.ops.movement import *
from tinygrad_mnist.ops.movement import cat as concat
from tinygrad_mnist.ops.movement import cat as concatenate
from tinygrad_mnist.ops.pointwise import *
from tinygrad_mnist.ops.reduction import *
from tinygrad_mnist.core.printing import set_printoptions
from tinygrad_mnist.random import *
from tinygrad_mnist.serialization import load, save
from tinygrad_mnist.special import digamma, erfinv, i0, igamma, igammac, lgamma, logit, mvlgamma, polygamma
from tinygrad_mnist.tape import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from tinygrad_mnist.core.tensor import Size, Tensor

__version__ = "0.1.0"

# functions of layers that PyTorch has at the top as well
_FUNCTIONAL = """adaptive_avg_pool1d avg_pool1d batch_norm cdist celu conv1d conv2d conv3d conv_transpose1d
    conv_transpose2d conv_transpose3d cosine_similarity dropout embedding group_norm layer_norm max_pool1d max_pool2d
    pairwise_distance prelu selu"""
globals().update({_name: getattr(nn.functional, _name) for _name in _FUNCTIONAL.split()})

half, float, double = float16, float32, float64  # noqa: F405
short, int, long = int16, int32, int64  # noqa: F405
globals().update(_LINALG | _OLD_ORDER)
globals().update(_also_functions())
for _name, _function in dict(globals()).items():
    _room = getattr(_function, "__module__", "").removeprefix("tinygrad_mnist.").split(".")[0]
    if _room in ("ops", "composed", "creation", "special"):
        globals()[_name] = _function = _lenient(_function)
        _function.__module__, _function.__qualname__ = __name__, _name

_keep_freed_memory()

# NumPy warns of overflow and of 0 / 0; PyTorch's arithmetic does not.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"tinygrad_mnist\.")
