"""export: a network as an ONNX file, which onnxruntime, browsers and phones run.

A layer's ONNX form is a row of `ROWS`: a function that adds operators to the graph and returns the
name of their result. Operators: https://onnx.ai/onnx/operators. The package `onnx` is imported
where it is used; the absolute import finds that package, and this module is `tinygrad_mnist.onnx`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist import nn
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.core.tensor import Array, Tensor

OPSET, IR = 21, 10  # of onnx 1.17; runtimes since September 2024 read them


def export(
    model: nn.Module, args: Any, f: str | os.PathLike[str], *, input_names: Any = ("input",),
    output_names: Any = ("output",),
) -> None:  # fmt: skip
    """Write what a network computes in evaluation mode to an ONNX file, for batches of any size.

    Args:
        model: a Sequential, or Sequentials in one another, of the layers in `ROWS`, or one of them.
        args: an example input, (batch, ...), or a tuple with it alone; only the batch may differ later.
        f: the path to write to. A file there is replaced as a whole, or not at all.
        input_names, output_names: the graph's names of input and output.

    TypeError names a layer, or a layer's option, that has no ONNX form. The weights keep the names
    they have in the state dict.
    """
    try:
        import onnx
        from onnx import helper, numpy_helper
    except ImportError:
        raise ImportError("onnx.export: needs the package onnx: pip install 'tinygrad-mnist[onnx]'") from None
    (example,) = args if isinstance(args, tuple) else (args,)
    modes = {module: module.training for module in model.modules()}
    graph = _Graph(example.clone(), input_names[0])  # layers may write in place
    model.eval()
    try:
        with no_grad():
            graph.walk(model, "")
    finally:
        for module, mode in modes.items():
            module.training = mode
    graph.add("Identity", graph.name)
    graph.nodes[-1][2] = output_names[0]
    ends = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.array.dtype), [size, *x.shape[1:]])
        for name, x, size in (
            (input_names[0], example, "batch"),
            (output_names[0], graph.value, "batch" if len(graph.value) == len(example) else None),
        )
    ]
    nodes = [helper.make_node(op, inputs, [out], out, **options) for op, inputs, out, options in graph.nodes]
    weights = [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in graph.constants.items()]
    made = helper.make_model(
        helper.make_graph(nodes, type(model).__name__, ends[:1], ends[1:], weights),
        producer_name="tinygrad_mnist", ir_version=IR, opset_imports=[helper.make_opsetid("", OPSET)],
    )  # fmt: skip
    onnx.checker.check_model(made, full_check=True)
    path = Path(f)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(made.SerializeToString())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


class _Graph:
    """The operators so far, and where the walk through the network is.

    Attributes:
        nodes: [operator, names of inputs, name of output, attributes], in order.
        constants: arrays by name.
        path: the state dict's name of the layer that is being written.
        name, value: of the tensor that the layer gets; value is what it is for the example input.
    """

    def __init__(self, value: Tensor, name: str) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Array] = {}
        self.path, self.name, self.value = "", name, value

    def walk(self, module: nn.Module, path: str) -> None:
        """Add a layer, or the layers of a Sequential."""
        self.path = path
        kind = _row(module)
        if kind is None:
            raise self.refusal(module)
        for hooks in (module._forward_hooks, module._forward_pre_hooks):
            if hooks:
                raise self.refusal(module, "with hooks")
        if kind is nn.Sequential:
            for name, child in module.named_children():
                self.walk(child, f"{path}.{name}" if path else name)
        else:
            self.name = ROWS[kind](self, module)
            self.value = module(self.value)

    def refusal(self, module: nn.Module, why: str = "") -> TypeError:
        """The error for a layer, or an option of it, that has no row."""
        what = f"{type(module).__name__} {why}".rstrip(", ")
        known = "" if why else ", wanted Sequential of " + ", ".join(each.__name__ for each in ROWS)
        return TypeError(f"onnx.export: no ONNX form for {what} at {self.path or 'the top'}{known}")

    def want(self, module: nn.Module, fits: bool, why: str) -> None:
        """Refuse the layer unless it fits."""
        if not fits:
            raise self.refusal(module, why)

    @property
    def rank(self) -> int:
        """The number of dimensions of what the layer gets."""
        return self.value.ndim

    def add(self, op: str, *inputs: str, **options: Any) -> str:
        """An operator on named tensors; the name of its result."""
        out = f"{self.path or 'top'}/{op}:{len(self.nodes)}"
        self.nodes.append([op, list(inputs), out, options])
        return out

    def each(self, op: str, **options: Any) -> str:
        """An operator on what the layer gets."""
        return self.add(op, self.name, **options)

    def constant(self, name: str, array: Any) -> str:
        """An array under the layer's name; "" for None, which is how ONNX leaves an input out."""
        if array is None:
            return ""
        full = f"{self.path}.{name}" if self.path else name
        self.constants[full] = array.detach().numpy() if isinstance(array, Tensor) else array
        return full

    def number(self, name: str, value: float) -> str:
        """A number in the dtype of what the layer gets."""
        return self.constant(name, np.asarray(value, self.value.array.dtype))

    def reshaped(self, shape: Any) -> str:
        """What the layer gets in another shape: 0 keeps a dimension, -1 is what remains."""
        return self.add("Reshape", self.name, self.constant("shape", np.array(shape, np.int64)))


def _row(module: nn.Module) -> Any:
    """The row's class that computes what this module does: its own, or one it inherits `forward` from."""
    kind: Any = type(module)
    for each in kind.__mro__:
        if each in ROWS or each is nn.Sequential:
            same = kind.forward is each.forward and getattr(kind, "function", 0) is getattr(each, "function", 0)
            return each if same else None
    return None


def _linear(g: _Graph, m: Any) -> str:
    if g.rank == 2:
        return g.add("Gemm", g.name, g.constant("weight", m.weight), g.constant("bias", m.bias), transB=1)
    weight = g.constant("weight", m.weight.detach().numpy().T)
    product = g.add("MatMul", g.name, weight)
    return product if m.bias is None else g.add("Add", product, g.constant("bias", m.bias))


def _numbers(value: Any, rank: int) -> list[int]:
    return [value] * rank if isinstance(value, int) else [int(each) for each in value]


def _convolution(g: _Graph, m: Any) -> str:
    g.want(m, m.padding_mode == "zeros", f"with padding_mode={m.padding_mode!r}")
    g.want(m, g.rank == m.rank + 2, f"without a batch, of {tuple(g.value.shape)},")
    options: dict[str, Any] = {"kernel_shape": list(m.kernel_size), "strides": list(m.stride), "group": m.groups}
    options["dilations"] = list(m.dilation)
    reach = [d * (k - 1) if m.padding == "same" else 0 for d, k in zip(m.dilation, m.kernel_size, strict=True)]
    before, after = [n // 2 for n in reach], [n - n // 2 for n in reach]
    options["pads"] = before + after if isinstance(m.padding, str) else [*m.padding, *m.padding]
    if m.transposed:
        options["output_padding"] = list(m.output_padding)
    op = "ConvTranspose" if m.transposed else "Conv"
    return g.add(op, g.name, g.constant("weight", m.weight), g.constant("bias", m.bias), **options)


def _pool(g: _Graph, m: Any) -> str:
    g.want(m, g.rank == m.rank + 2, f"without a batch, of {tuple(g.value.shape)},")
    kernel, stride, padding = (_numbers(v, m.rank) for v in (m.kernel_size, m.stride, m.padding))
    options: dict[str, Any] = {"kernel_shape": kernel, "strides": stride, "pads": padding * 2}
    options["ceil_mode"] = int(m.ceil_mode)
    if "dilation" in m.options:
        g.want(m, not m.return_indices, "with return_indices=True")
        return g.each("MaxPool", dilations=_numbers(m.dilation, m.rank), **options)
    g.want(m, getattr(m, "divisor_override", None) is None, "with divisor_override")
    return g.each("AveragePool", count_include_pad=int(m.count_include_pad), **options)


def _global_average(g: _Graph, m: Any) -> str:
    size = _numbers(m.output_size, 1)
    g.want(m, all(n == 1 for n in size), f"to a size other than 1, {m.output_size},")
    g.want(m, g.rank == m.rank + 2, f"without a batch, of {tuple(g.value.shape)},")
    return g.each("GlobalAveragePool")


def _channels(g: _Graph, m: Any, size: int) -> tuple[str, str]:
    """Weight and bias of a normalisation; 1 and 0 where it has none."""
    dtype = g.value.array.dtype
    weight, bias = (getattr(m, name, None) for name in ("weight", "bias"))
    return (
        g.constant("weight", np.ones(size, dtype) if weight is None else weight),
        g.constant("bias", np.zeros(size, dtype) if bias is None else bias),
    )


def _batch_norm(g: _Graph, m: Any) -> str:
    g.want(m, m.running_mean is not None, "without running statistics")
    running = [g.constant(name, getattr(m, name)) for name in ("running_mean", "running_var")]
    return g.add("BatchNormalization", g.name, *_channels(g, m, m.num_features), *running, epsilon=m.eps)


def _layer_norm(g: _Graph, m: Any) -> str:
    weight, bias = _channels(g, m, m.normalized_shape)
    return g.add("LayerNormalization", g.name, weight, bias, axis=-len(m.normalized_shape), epsilon=m.eps)


def _group_norm(g: _Graph, m: Any) -> str:
    weight, bias = _channels(g, m, m.num_channels)
    return g.add("GroupNormalization", g.name, weight, bias, num_groups=m.num_groups, epsilon=m.eps)


def _flatten(g: _Graph, m: Any) -> str:
    start, end = m.start_dim % g.rank, m.end_dim % g.rank
    return g.reshaped([*[0] * start, -1, *g.value.shape[end + 1 :]])


def _unflatten(g: _Graph, m: Any) -> str:
    dim = m.dim % g.rank
    return g.reshaped([*[0] * dim, *m.unflattened_size, *g.value.shape[dim + 1 :]])


def _softmax(op: str) -> Row:
    def row(g: _Graph, m: Any) -> str:
        usual = 0 if g.rank in (0, 1, 3) else 1  # where PyTorch is given no dim
        return g.each(op, axis=usual if m.dim is None else m.dim)

    return row


def _softplus(g: _Graph, m: Any) -> str:
    if m.beta == 1:
        return g.each("Softplus")
    beta = g.number("beta", m.beta)
    return g.add("Div", g.add("Softplus", g.add("Mul", g.name, beta)), beta)


def _prelu(g: _Graph, m: Any) -> str:
    slope = m.weight.detach().numpy()
    return g.add("PRelu", g.name, g.constant("weight", slope.reshape(-1, *[1] * max(g.rank - 2, 0))))


def _upsample(g: _Graph, m: Any) -> str:
    g.want(m, m.mode == "nearest", f"with mode={m.mode!r}")
    axes = list(range(2, g.rank))
    options = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor", "axes": axes}
    if m.size is not None:
        return g.add("Resize", g.name, "", "", g.constant("sizes", np.array(_numbers(m.size, len(axes)), np.int64)),
                     **options)  # fmt: skip
    factor = m.scale_factor
    factors = [factor] * len(axes) if isinstance(factor, float) else factor
    return g.add("Resize", g.name, "", g.constant("scales", np.array(factors, np.float32)), **options)


def _embedding(g: _Graph, m: Any) -> str:
    g.want(m, m.max_norm is None, "with max_norm")
    return g.add("Gather", g.constant("weight", m.weight), g.name, axis=0)


def _clip(g: _Graph, low: float, high: float) -> str:
    return g.add("Clip", g.name, g.number("min", low), g.number("max", high))


Row = Callable[[_Graph, Any], str]
ROWS: dict[Any, Row] = {
    nn.Linear: _linear,
    nn.Conv1d: _convolution,
    nn.Conv2d: _convolution,
    nn.ConvTranspose1d: _convolution,
    nn.ConvTranspose2d: _convolution,
    nn.MaxPool1d: _pool,
    nn.MaxPool2d: _pool,
    nn.AvgPool1d: _pool,
    nn.AvgPool2d: _pool,
    nn.AdaptiveAvgPool1d: _global_average,
    nn.AdaptiveAvgPool2d: _global_average,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.GroupNorm: _group_norm,
    nn.Embedding: _embedding,
    nn.Upsample: _upsample,
    nn.UpsamplingNearest2d: _upsample,
    nn.Flatten: _flatten,
    nn.Unflatten: _unflatten,
    nn.Identity: lambda g, m: g.name,
    nn.Dropout: lambda g, m: g.name,
    nn.Dropout1d: lambda g, m: g.name,
    nn.Dropout2d: lambda g, m: g.name,
    nn.AlphaDropout: lambda g, m: g.name,
    nn.ReLU: lambda g, m: g.each("Relu"),
    nn.ReLU6: lambda g, m: _clip(g, 0, 6),
    nn.LeakyReLU: lambda g, m: g.each("LeakyRelu", alpha=float(m.negative_slope)),
    nn.PReLU: _prelu,
    nn.ELU: lambda g, m: g.each("Elu", alpha=float(m.alpha)),
    nn.SELU: lambda g, m: g.each("Selu"),
    nn.CELU: lambda g, m: g.each("Celu", alpha=float(m.alpha)),
    nn.GELU: lambda g, m: g.each("Gelu", approximate=m.approximate),
    nn.SiLU: lambda g, m: g.add("Mul", g.name, g.each("Sigmoid")),
    nn.Mish: lambda g, m: g.each("Mish"),
    nn.Sigmoid: lambda g, m: g.each("Sigmoid"),
    nn.Tanh: lambda g, m: g.each("Tanh"),
    nn.Softplus: _softplus,
    nn.Softsign: lambda g, m: g.each("Softsign"),
    nn.Hardtanh: lambda g, m: _clip(g, m.min_val, m.max_val),
    nn.Hardsigmoid: lambda g, m: g.each("HardSigmoid", alpha=1 / 6, beta=0.5),
    nn.Hardswish: lambda g, m: g.each("HardSwish"),
    nn.Softmax: _softmax("Softmax"),
    nn.LogSoftmax: _softmax("LogSoftmax"),
}
"""The ONNX form of each layer, beside the layer."""
