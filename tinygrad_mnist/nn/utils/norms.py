"""Weights that are computed before each call: from a length and a direction, or divided by their largest gain."""

from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.functional import normalize
from tinygrad_mnist.nn.modules.conv import _ConvTransposeNd
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.core.tensor import Tensor


class _WeightNorm:
    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, dim

    def length(self, v: Tensor) -> Tensor:
        dims = [i for i in range(v.ndim) if self.dim is None or i != self.dim % v.ndim]
        return v.norm(2, dims, keepdim=self.dim is not None)

    def __call__(self, module: Any, inputs: Any = None) -> None:
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        setattr(module, self.name, v * (g / self.length(v)))


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Make a parameter of the module w = g v / |v|, with g (`name_g`) and v (`name_v`) to be learned.

    The lengths are those of the slices along `dim`, or with None of all. Salimans and Kingma, NeurIPS 2016.
    """
    hook, v = _WeightNorm(name, dim), module._parameters.pop(name)
    module.register_parameter(name + "_g", Parameter(hook.length(v.detach())))
    module.register_parameter(name + "_v", Parameter(v.detach()))
    hook(module)
    module.register_forward_pre_hook(hook)
    return module


class _SpectralNorm:
    def __init__(self, name: str, iterations: int, eps: float, dim: int) -> None:
        self.name, self.iterations, self.eps, self.dim = name, iterations, eps, dim

    def __call__(self, module: Any, inputs: Any = None) -> None:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = weight.transpose(0, self.dim).flatten(1)
        with no_grad():
            for _ in range(self.iterations if module.training else 0):
                v.copy_(normalize(matrix.T @ u, dim=0, eps=self.eps))
                u.copy_(normalize(matrix @ v, dim=0, eps=self.eps))
        setattr(module, self.name, weight / (u.clone() @ (matrix @ v.clone())))


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divide a parameter of the module by its largest singular value, which power iterations keep up with.

    The parameter is `name_orig`, the vectors are buffers. Miyato et al., ICLR 2018.
    """
    hook = _SpectralNorm(
        name, n_power_iterations, eps, int(isinstance(module, _ConvTransposeNd)) if dim is None else dim
    )
    weight = module._parameters.pop(name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    for part, size in zip("uv", weight.detach().transpose(0, hook.dim).flatten(1).shape, strict=True):
        module.register_buffer(f"{name}_{part}", normalize(weight.new_empty(size).normal_(0, 1), dim=0, eps=eps))
    module.register_forward_pre_hook(hook)
    return module


def _remove(kind: Any, module: Module, name: str, parts: str) -> Any:
    hooks = module._forward_pre_hooks
    found = [key for key, hook in hooks.items() if isinstance(hook, kind) and hook.name == name]
    check(bool(found), "{} of '{}' not found in {}", kind.__name__[1:], name, module, error=ValueError)
    hooks[found[0]](module)
    weight = getattr(module, name).detach()
    for part in parts.split():
        delattr(module, f"{name}_{part}")
    delattr(module, name)
    del hooks[found[0]]
    module.register_parameter(name, Parameter(weight))
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Any:
    """Make the parameter one tensor again."""
    return _remove(_WeightNorm, module, name, "g v")


def remove_spectral_norm(module: Module, name: str = "weight") -> Any:
    """Make the parameter one tensor again."""
    return _remove(_SpectralNorm, module, name, "orig u v")
