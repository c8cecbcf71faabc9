"""export: a network as an ONNX file, which onnxruntime, browsers and phones run.

A layer's ONNX form is a row of `ROWS`: a function that adds operators to the graph and returns the
name of their result. Operators: https://onnx.ai/onnx/operators. The package `onnx` is imported
where it is used; the absolute import finds that package, and this module is
`tinygrad_mnist.formats.onnx`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np

from tinygrad_mnist import extras, nn
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.formats.files import replacing
from tinygrad_mnist.formats.onnx_model import traced
from tinygrad_mnist.ops.joining import cat, flip

__all__ = ["ROWS", "export"]

OPSET = 21  # of onnx 1.17; runtimes since September 2024 read it
OLDEST_OPSET = 17  # from here on the operators of `ROWS` mean the same, but GroupNormalization
IR_VERSION = 10


def export(
    model: Callable[..., Any],
    args: Any,
    f: str | os.PathLike[str] | BinaryIO,
    *,
    kwargs: Mapping[str, Any] | None = None,
    verbose: bool | None = None,
    opset_version: int | None = None,
    dynamic_axes: Mapping[str, Mapping[int, str] | Sequence[int]] | None = None,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
) -> None:
    """Write what a module computes in evaluation mode to an ONNX file.

    A Sequential of the layers in `ROWS` is written layer by layer. Of any other module, with
    several inputs and outputs and whatever its `forward` calls, one call is watched, and each
    operation written. What Python decides in that call, on shapes say, is decided for the file.

    The weights keep the names they have in the state dict. What onnxruntime computes from the file,
    or ONNX's reference where that is not installed, is compared with the module's own result before
    anything is written, for the example and for longer inputs. Where neither can run it there is a
    warning.

    Args:
        model: the module.
        args: an example input, (batch, ...), or a tuple of all.
        f: the path to write to, or an open binary file. A file at that path is replaced as a
            whole, or not at all.
        kwargs: further arguments by name.
        verbose: print the operators.
        opset_version: the version of ONNX's operators, 17 to 21. Default: 21.
        dynamic_axes: for inputs and outputs by name, which of their sizes may differ later and what
            these are called, as {0: "batch"}, or [0]. Default: the first of every input, "batch",
            as far as the module allows that.
        input_names: names of the graph's inputs. Default: "input", and "input_1" and so on.
        output_names: names of its outputs. Default: "output", and "output_1" and so on.

    Raises:
        MissingPackageError: if the package onnx is not installed.
        TypeError: if an operation has no ONNX form; it is named.
        ValueError: if opset_version or dynamic_axes cannot be had.
        RuntimeError: if the graph computes something else than the network.
        OSError: if the folder does not exist or cannot be written.

    Example:
        >>> torch.onnx.export(nn.Linear(3, 2), torch.ones(1, 3), "m.onnx")  # doctest: +SKIP
    """
    onnx = extras.load("onnx", "onnx.export")
    arguments = args if isinstance(args, tuple) else (args,)
    opset = OPSET if opset_version is None else opset_version
    message = "onnx.export: wanted an opset_version of {} to {}, got {}"
    check(OLDEST_OPSET <= opset <= OPSET, message, OLDEST_OPSET, OPSET, opset, error=ValueError)
    known = input_names or (), output_names or ()
    if _is_walked(model, arguments, kwargs, known, opset):
        made, runs = _walked(model, arguments[0], opset, dynamic_axes, known)
    else:
        made, runs = traced(model, arguments, dict(kwargs or {}), opset, dynamic_axes, known)
    onnx.checker.check_model(made, full_check=True)
    content = made.SerializeToString()
    for feed, expected in runs:
        _compare_runtime(content, feed, expected)
    if verbose:
        for node in made.graph.node:
            print(f"{', '.join(node.output)} = {node.op_type}({', '.join(node.input)})")
    if not isinstance(f, str | os.PathLike):
        f.write(content)
        return
    with replacing(f) as file:
        file.write(content)


Run = tuple[dict[str, Array], list[Array]]  # inputs by name, and the results that they have


def _is_walked(model: Any, args: tuple[Any, ...], kwargs: Any, names: Any, opset: int) -> bool:
    """Whether a module is a Sequential of layers with rows, called with one tensor."""
    one = len(args) == 1 and isinstance(args[0], Tensor) and not kwargs
    if not one or not isinstance(model, nn.Module) or max(map(len, names)) > 1:
        return False
    graph = _Graph(args[0].clone(), "input", opset)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with no_grad():
            graph.walk(model, "")
    except TypeError:
        return False
    finally:
        for module, mode in modes.items():
            module.training = mode
    return True


def _walked(
    model: Any, example: Tensor, opset: int, dynamic_axes: Any, known: Any
) -> tuple[Any, list[Run]]:
    """A Sequential as a ONNX ModelProto, and what it must compute."""
    names = ([*known[0], "input"][0], [*known[1], "output"][0])
    batch_names = _batch_names(dynamic_axes, names)
    graph = _Graph(example.clone(), names[0], opset)  # layers may write in place
    expected, another, wanted = _results(model, graph, example)
    graph.end(names[1])
    _compare(graph.value.numpy(), expected, "the graph")
    runs: list[Run] = [({names[0]: example.numpy()}, [expected])]
    if wanted is not None:
        runs.append(({names[0]: another.numpy()}, [wanted]))
    return _model(graph, type(model).__name__, example, names, batch_names), runs


def _batch_names(dynamic_axes: Any, names: tuple[str, str]) -> tuple[str, str]:
    """What the first size of the input and of the output is called."""
    found = dict.fromkeys(names, "batch")
    for name, axes in (dynamic_axes or {}).items():
        fits = name in found and set(axes) <= {0}
        message = "onnx.export: dynamic_axes may name axis 0 of {} and {} only, got {}: {}"
        check(fits, message, *names, name, axes, error=ValueError)
        if isinstance(axes, Mapping) and axes:
            found[name] = axes[0]
    return found[names[0]], found[names[1]]


def _results(
    model: nn.Module, graph: _Graph, example: Tensor
) -> tuple[Array, Tensor, Array | None]:
    """The network's results in evaluation mode for the example, which the graph is made of, and for
    another with one row more; None where the size of the batch is the example's for ever.
    """
    modes = {module: module.training for module in model.modules()}
    model.eval()
    another = cat([flip(example, (0,)), example[:1]])
    try:
        with no_grad():
            graph.walk(model, "")
            expected = model(example.clone()).numpy()
            has_batch = expected.shape[:1] == example.shape[:1]
            wanted = model(another.clone()).numpy() if has_batch else None
    finally:
        for module, mode in modes.items():
            module.training = mode
    return expected, another, wanted


def _compare(actual: Array, expected: Array, what: str) -> None:
    """Refuse to write a graph whose result is not the network's, but for rounding."""
    same = actual.shape == expected.shape
    if same:
        finite = np.abs(expected, where=np.isfinite(expected), out=np.zeros(expected.shape))
        scale = finite.max(initial=0)
        same = np.allclose(actual, expected, rtol=1e-5, atol=1e-5 * scale, equal_nan=True)
    message = "onnx.export: {} computes something else than the network, so nothing is written"
    check(same, message, what, error=RuntimeError)


def _compare_runtime(content: bytes, feed: dict[str, Array], expected: list[Array]) -> None:
    """Compare what onnxruntime computes from the file, or ONNX's reference where that is not
    installed; a warning where neither can.
    """
    try:
        session = _onnxruntime(content)
    except ImportError:
        _compare_reference(content, feed, expected)
        return
    if session is not None:
        for actual, each in zip(session.run(None, feed), expected, strict=True):
            _compare(actual, each, "onnxruntime, from the file,")


def _compare_reference(content: bytes, feed: dict[str, Array], expected: list[Array]) -> None:
    """Compare what ONNX's reference computes, which fails at some operators that are fine."""
    from onnx.reference import ReferenceEvaluator

    try:
        found = ReferenceEvaluator(content).run(None, feed)
    except Exception as error:
        message = (
            "onnx.export: ONNX's reference cannot run the file, which is not compared (install"
            f" onnxruntime): {error}"
        )
        warnings.warn(message, stacklevel=4)
        return
    for actual, each in zip(found, expected, strict=True):
        _compare(actual, each, "ONNX's reference, from the file,")


def _onnxruntime(content: bytes) -> Any:
    """A session that runs the file; None, with a warning, where it does not know an operator."""
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import InvalidGraph, NotImplemented

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    providers = ["CPUExecutionProvider"]
    try:
        return onnxruntime.InferenceSession(content, options, providers=providers)
    except (InvalidGraph, NotImplemented) as error:
        message = f"onnx.export: onnxruntime cannot run the file, which is not compared: {error}"
        warnings.warn(message, stacklevel=4)
        return None


def _model(
    graph: _Graph, name: str, example: Tensor, names: tuple[str, str], batch_names: tuple[str, str]
) -> Any:
    """The graph as an ONNX ModelProto."""
    from onnx import helper, numpy_helper

    result = graph.value
    has_batch = len(result) == len(example)
    nodes = []
    for operator, inputs, output, options in graph.nodes:
        nodes.append(helper.make_node(operator, inputs, [output], output, **options))
    weights = []
    for constant, array in graph.constants.items():
        weights.append(numpy_helper.from_array(np.ascontiguousarray(array), constant))
    return helper.make_model(
        helper.make_graph(
            nodes,
            name,
            [_value_info(names[0], example, batch_names[0])],
            [_value_info(names[1], result, batch_names[1] if has_batch else None)],
            weights,
        ),
        producer_name="tinygrad_mnist",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", graph.opset)],
    )


def _value_info(name: str, tensor: Tensor, first: str | None) -> Any:
    """Name, dtype and shape of an input or output; `first` is what the first size is called."""
    from onnx import helper

    dtype = helper.np_dtype_to_tensor_dtype(tensor.array.dtype)
    return helper.make_tensor_value_info(name, dtype, [first, *tensor.shape[1:]])


class _Graph:
    """The operators so far, and where the walk through the network is.

    Attributes:
        nodes: (operator, names of inputs, name of output, attributes), in order.
        constants: arrays by name.
        path: the state dict's name of the layer that is being written.
        name: of the tensor that the layer gets.
        value: what that tensor is for the example input.
        opset: the version of the operators.
    """

    def __init__(self, value: Tensor, name: str, opset: int) -> None:
        self.opset = opset
        self.nodes: list[tuple[str, list[str], str, dict[str, Any]]] = []
        self.constants: dict[str, Array] = {}
        self.path = ""
        self.name = name
        self.value = value

    def walk(self, module: nn.Module, path: str) -> None:
        """Add a layer, or the layers of a Sequential."""
        self.path = path
        kind = _supported_class(module)
        if kind is None:
            raise self.refusal(module)
        if module._forward_hooks or module._forward_pre_hooks:
            raise self.refusal(module, "with hooks")
        if kind is nn.Sequential:
            for name, child in module._modules.items():  # one that stands twice, twice
                assert child is not None
                self.walk(child, f"{path}.{name}" if path else name)
            return
        self.name = ROWS[kind](self, module)
        self.value = module(self.value)

    def end(self, name: str) -> None:
        """Give the result its name."""
        self.nodes.append(("Identity", [self.name], name, {}))

    def refusal(self, module: nn.Module, why: str = "") -> TypeError:
        """The error for a layer, or an option of it, that has no row."""
        what = f"{type(module).__name__} {why}".rstrip(", ")
        place = self.path or "the top"
        message = f"onnx.export: no ONNX form for {what} at {place}"
        if not why:
            message += ", wanted Sequential of " + ", ".join(each.__name__ for each in ROWS)
        return TypeError(message)

    def want(self, module: nn.Module, fits: bool, why: str) -> None:
        """Refuse the layer unless it fits."""
        if not fits:
            raise self.refusal(module, why)

    def want_batch(self, layer: nn.Module, rank: int) -> None:
        """Refuse the layer unless it gets (batch, channels, ...) with `rank` more dimensions."""
        self.want(layer, self.rank == rank + 2, f"without a batch, of {tuple(self.value.shape)},")

    @property
    def rank(self) -> int:
        """The number of dimensions of what the layer gets."""
        return self.value.ndim

    def add(self, operator: str, *inputs: str, **options: Any) -> str:
        """An operator on named tensors; the name of its result."""
        output = f"{self.path or 'top'}/{operator}:{len(self.nodes)}"
        self.nodes.append((operator, list(inputs), output, options))
        return output

    def each(self, operator: str, **options: Any) -> str:
        """An operator on what the layer gets."""
        return self.add(operator, self.name, **options)

    def constant(self, name: str, array: Tensor | Array | None) -> str:
        """An array under the layer's name; "" for None, which is how ONNX leaves an input out."""
        if array is None:
            return ""
        full = f"{self.path}.{name}" if self.path else name
        self.constants[full] = array.detach().numpy() if isinstance(array, Tensor) else array
        return full

    def number(self, name: str, value: float) -> str:
        """A number in the dtype of what the layer gets."""
        return self.constant(name, np.asarray(value, self.value.array.dtype))

    def reshaped(self, shape: Sequence[int]) -> str:
        """What the layer gets in another shape: 0 keeps a dimension, -1 is what remains."""
        return self.add("Reshape", self.name, self.constant("shape", np.array(shape, np.int64)))


def _supported_class(module: nn.Module) -> Any:
    """The class with a row that computes what this module does: its own or one it inherits from.

    None where there is none, or where the module's class has a `forward` of its own.
    """
    kind: Any = type(module)
    for each in kind.__mro__:
        if each in ROWS or each is nn.Sequential:
            same_function = getattr(kind, "function", None) is getattr(each, "function", None)
            return each if kind.forward is each.forward and same_function else None
    return None


def _rank(layer: nn.Module) -> int:
    """The number of dimensions that a convolution or pooling slides over."""
    one_dimensional = (
        nn.Conv1d,
        nn.ConvTranspose1d,
        nn.MaxPool1d,
        nn.AvgPool1d,
        nn.AdaptiveAvgPool1d,
    )
    return 1 if isinstance(layer, one_dimensional) else 2


def _numbers(value: Any, rank: int) -> list[int]:
    """One number for each dimension."""
    if isinstance(value, int):
        return [value] * rank
    return [int(each) for each in value]


# the rows ----------------------------------------------------------------------------------


def _linear(graph: _Graph, layer: Any) -> str:
    if graph.rank == 2:
        weight = graph.constant("weight", layer.weight)
        bias = graph.constant("bias", layer.bias)
        return graph.add("Gemm", graph.name, weight, bias, transB=1)
    weight = graph.constant("weight", layer.weight.detach().numpy().T)
    product = graph.add("MatMul", graph.name, weight)
    if layer.bias is None:
        return product
    return graph.add("Add", product, graph.constant("bias", layer.bias))


def _convolution(graph: _Graph, layer: Any) -> str:
    zeros = layer.padding_mode == "zeros"
    graph.want(layer, zeros, f"with padding_mode={layer.padding_mode!r}")
    graph.want_batch(layer, _rank(layer))
    options: dict[str, Any] = {
        "kernel_shape": list(layer.kernel_size),
        "strides": list(layer.stride),
        "group": layer.groups,
        "dilations": list(layer.dilation),
        "pads": _pads(layer),
    }
    operator = "Conv"
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d):
        operator = "ConvTranspose"
        options["output_padding"] = list(layer.output_padding)
    weight = graph.constant("weight", layer.weight)
    bias = graph.constant("bias", layer.bias)
    return graph.add(operator, graph.name, weight, bias, **options)


def _pads(layer: Any) -> list[int]:
    """What a convolution pads: before each dimension, then after each."""
    if not isinstance(layer.padding, str):
        return [*layer.padding, *layer.padding]
    reach = [0] * len(layer.kernel_size)
    if layer.padding == "same":
        sizes = zip(layer.dilation, layer.kernel_size, strict=True)
        reach = [dilation * (kernel - 1) for dilation, kernel in sizes]
    before = [n // 2 for n in reach]
    after = [n - n // 2 for n in reach]
    return before + after


def _pool_options(graph: _Graph, layer: Any) -> dict[str, Any]:
    rank = _rank(layer)
    graph.want_batch(layer, rank)
    if layer.ceil_mode:
        _want_last_windows(graph, layer, rank)
    return {
        "kernel_shape": _numbers(layer.kernel_size, rank),
        "strides": _numbers(layer.stride, rank),
        "pads": _numbers(layer.padding, rank) * 2,
        "ceil_mode": int(layer.ceil_mode),
    }


def _want_last_windows(graph: _Graph, layer: Any, rank: int) -> None:
    """Refuse a last window that starts beyond the input: PyTorch skips it, ONNX does not."""
    kernels = _numbers(layer.kernel_size, rank)
    steps = _numbers(layer.stride, rank)
    pads = _numbers(layer.padding, rank)
    dilations = _numbers(getattr(layer, "dilation", 1), rank)
    for axis, size in enumerate(graph.value.shape[2:]):
        reach = dilations[axis] * (kernels[axis] - 1) + 1
        windows = -((reach - size - 2 * pads[axis]) // steps[axis]) + 1
        fits = (windows - 1) * steps[axis] < size + pads[axis]
        graph.want(layer, fits, "with ceil_mode=True and a last window beyond the input")


def _max_pool(graph: _Graph, layer: Any) -> str:
    options = _pool_options(graph, layer)
    graph.want(layer, not layer.return_indices, "with return_indices=True")
    return graph.each("MaxPool", dilations=_numbers(layer.dilation, _rank(layer)), **options)


def _average_pool(graph: _Graph, layer: Any) -> str:
    options = _pool_options(graph, layer)
    divisor = getattr(layer, "divisor_override", None)
    graph.want(layer, divisor is None, "with divisor_override")
    counted = int(layer.count_include_pad)
    return graph.each("AveragePool", count_include_pad=counted, **options)


def _global_average(graph: _Graph, layer: Any) -> str:
    to_one = all(n == 1 for n in _numbers(layer.output_size, 1))
    graph.want(layer, to_one, f"to a size other than 1, {layer.output_size},")
    graph.want_batch(layer, _rank(layer))
    return graph.each("GlobalAveragePool")


def _weight_and_bias(graph: _Graph, layer: Any, size: Any) -> tuple[str, str]:
    """Weight and bias of a normalisation; 1 and 0 where it has none."""
    dtype = graph.value.array.dtype
    weight = getattr(layer, "weight", None)
    bias = getattr(layer, "bias", None)
    if weight is None:
        weight = np.ones(size, dtype)
    if bias is None:
        bias = np.zeros(size, dtype)
    return graph.constant("weight", weight), graph.constant("bias", bias)


def _batch_norm(graph: _Graph, layer: Any) -> str:
    graph.want(layer, layer.running_mean is not None, "without running statistics")
    weight, bias = _weight_and_bias(graph, layer, layer.num_features)
    mean = graph.constant("running_mean", layer.running_mean)
    variance = graph.constant("running_var", layer.running_var)
    inputs = (graph.name, weight, bias, mean, variance)
    return graph.add("BatchNormalization", *inputs, epsilon=layer.eps)


def _layer_norm(graph: _Graph, layer: Any) -> str:
    weight, bias = _weight_and_bias(graph, layer, layer.normalized_shape)
    options = {"axis": -len(layer.normalized_shape), "epsilon": layer.eps}
    return graph.add("LayerNormalization", graph.name, weight, bias, **options)


def _group_norm(graph: _Graph, layer: Any) -> str:
    graph.want(layer, graph.opset >= OPSET, f"with an opset_version below {OPSET}")
    weight, bias = _weight_and_bias(graph, layer, layer.num_channels)
    options = {"num_groups": layer.num_groups, "epsilon": layer.eps}
    return graph.add("GroupNormalization", graph.name, weight, bias, **options)


def _flatten(graph: _Graph, layer: Any) -> str:
    start = layer.start_dim % graph.rank
    end = layer.end_dim % graph.rank
    return graph.reshaped([*[0] * start, -1, *graph.value.shape[end + 1 :]])


def _unflatten(graph: _Graph, layer: Any) -> str:
    dim = layer.dim % graph.rank
    return graph.reshaped([*[0] * dim, *layer.unflattened_size, *graph.value.shape[dim + 1 :]])


def _softmax(graph: _Graph, layer: Any) -> str:
    return graph.each("Softmax", axis=_softmax_axis(graph, layer))


def _log_softmax(graph: _Graph, layer: Any) -> str:
    return graph.each("LogSoftmax", axis=_softmax_axis(graph, layer))


def _softmax_axis(graph: _Graph, layer: Any) -> int:
    if layer.dim is not None:
        return int(layer.dim)
    return 0 if graph.rank in (0, 1, 3) else 1  # where PyTorch is given no dim


def _softplus(graph: _Graph, layer: Any) -> str:
    scaled = graph.name
    if layer.beta != 1:
        scaled = graph.add("Mul", scaled, graph.number("beta", layer.beta))
    curve = graph.add("Softplus", scaled)
    if layer.beta != 1:
        curve = graph.add("Div", curve, graph.number("beta", layer.beta))
    above = graph.add("Greater", scaled, graph.number("threshold", layer.threshold))
    return graph.add("Where", above, graph.name, curve)


def _prelu(graph: _Graph, layer: Any) -> str:
    dimensions_after = max(graph.rank - 2, 0)
    slope = layer.weight.detach().numpy().reshape(-1, *[1] * dimensions_after)
    return graph.add("PRelu", graph.name, graph.constant("weight", slope))


def _upsample(graph: _Graph, layer: Any) -> str:
    graph.want(layer, layer.mode == "nearest", f"with mode={layer.mode!r}")
    axes = list(range(2, graph.rank))
    options = {
        "mode": "nearest",
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
        "axes": axes,
    }
    if layer.size is not None:
        sizes = np.array(_numbers(layer.size, len(axes)), np.int64)
        return graph.add("Resize", graph.name, "", "", graph.constant("sizes", sizes), **options)
    factors = layer.scale_factor
    if isinstance(factors, float):
        factors = [factors] * len(axes)
    scales = graph.constant("scales", np.array(factors, np.float32))
    return graph.add("Resize", graph.name, "", scales, **options)


def _embedding(graph: _Graph, layer: Any) -> str:
    graph.want(layer, layer.max_norm is None, "with max_norm")
    return graph.add("Gather", graph.constant("weight", layer.weight), graph.name, axis=0)


def _clip(graph: _Graph, low: float, high: float) -> str:
    return graph.add("Clip", graph.name, graph.number("min", low), graph.number("max", high))


def _silu(graph: _Graph, layer: Any) -> str:
    return graph.add("Mul", graph.name, graph.each("Sigmoid"))


def _unchanged(graph: _Graph, layer: Any) -> str:
    return graph.name


Row = Callable[[_Graph, Any], str]
ROWS: dict[Any, Row] = {
    nn.Linear: _linear,
    nn.Conv1d: _convolution,
    nn.Conv2d: _convolution,
    nn.ConvTranspose1d: _convolution,
    nn.ConvTranspose2d: _convolution,
    nn.MaxPool1d: _max_pool,
    nn.MaxPool2d: _max_pool,
    nn.AvgPool1d: _average_pool,
    nn.AvgPool2d: _average_pool,
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
    nn.Identity: _unchanged,
    nn.Dropout: _unchanged,
    nn.Dropout1d: _unchanged,
    nn.Dropout2d: _unchanged,
    nn.AlphaDropout: _unchanged,
    nn.ReLU: lambda graph, layer: graph.each("Relu"),
    nn.ReLU6: lambda graph, layer: _clip(graph, 0, 6),
    nn.LeakyReLU: lambda graph, layer: graph.each("LeakyRelu", alpha=float(layer.negative_slope)),
    nn.PReLU: _prelu,
    nn.ELU: lambda graph, layer: graph.each("Elu", alpha=float(layer.alpha)),
    nn.SELU: lambda graph, layer: graph.each("Selu"),
    nn.CELU: lambda graph, layer: graph.each("Celu", alpha=float(layer.alpha)),
    nn.GELU: lambda graph, layer: graph.each("Gelu", approximate=layer.approximate),
    nn.SiLU: _silu,
    nn.Mish: lambda graph, layer: graph.each("Mish"),
    nn.Sigmoid: lambda graph, layer: graph.each("Sigmoid"),
    nn.Tanh: lambda graph, layer: graph.each("Tanh"),
    nn.Softplus: _softplus,
    nn.Softsign: lambda graph, layer: graph.each("Softsign"),
    nn.Hardtanh: lambda graph, layer: _clip(graph, layer.min_val, layer.max_val),
    nn.Hardsigmoid: lambda graph, layer: graph.each("HardSigmoid", alpha=1 / 6, beta=0.5),
    nn.Hardswish: lambda graph, layer: graph.each("HardSwish"),
    nn.Softmax: _softmax,
    nn.LogSoftmax: _log_softmax,
}
"""The ONNX form of each layer, beside the layer."""
