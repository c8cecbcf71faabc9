"""Mistakes that users make, each with the error it must get: a test, and a page of the documentation.

`python -m tests.mistakes` writes `docs/mistakes.md` anew. A row's snippet is run after `PREAMBLE`;
its error's class and message must be exactly these. To add a row, write the snippet and run
`python -m tests.mistakes --show` to see what it gets.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim
from tinygrad_mnist.nn import functional as F

PATH = Path(__file__).parents[1] / "docs" / "mistakes.md"
PREAMBLE = """\
import numpy as np
import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim
from tinygrad_mnist.nn import functional as F

x = torch.ones(4, 3)
w = torch.ones(3, requires_grad=True)
model = nn.Linear(3, 2)
"""


class Mistake(NamedTuple):
    """A row of the table.

    Attributes:
        part: of the page.
        snippet: what is done.
        error: the class of the error, or of the warning.
        message: its whole text.
        cure: the cause, and what to do.
    """

    part: str
    snippet: str
    error: str
    message: str
    cure: str


def outcome(snippet: str) -> tuple[str, str]:
    """The class and the message of the error, or of the warning, that the snippet gets."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"np": np, "torch": torch, "nn": nn, "optim": optim, "F": F}
    names["x"] = torch.ones(4, 3)
    names["w"] = torch.ones(3, requires_grad=True)
    names["model"] = nn.Linear(3, 2)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            exec(compile(snippet, "<mistake>", "exec"), names)
        except Exception as error:
            return type(error).__name__, str(error)
    if not said:
        return "nothing", ""
    return said[0].category.__name__, str(said[0].message)


def page() -> str:
    """The documentation's page."""
    lines = [
        "# Mistakes and what they are told",
        "",
        "Written by `python -m tests.mistakes` from `tests/mistakes.py`; the tests run each snippet",
        "and compare the whole message. Before each snippet runs:",
        "",
        "```python",
        *PREAMBLE.rstrip().split("\n"),
        "```",
    ]
    part = ""
    for row in MISTAKES:
        if row.part != part:
            part = row.part
            lines += ["", f"## {part}"]
        lines += ["", "```python", *row.snippet.split("\n"), "```", "", "```text"]
        lines += f"{row.error}: {row.message}".split("\n")
        lines += ["```", "", row.cure]
    return "\n".join(lines) + "\n"


MISTAKES = [
    Mistake(
        "Shapes",
        "model(torch.ones(4, 5))",
        "RuntimeError",
        "linear: (4, 5) and weight (2, 3) do not match: 5 against 3",
        "The last dimension of the input is not the layer's `in_features`.",
    ),
    Mistake(
        "Shapes",
        "nn.Sequential(nn.Linear(3, 8), nn.Linear(4, 2))(x)",
        "RuntimeError",
        "linear: (4, 8) and weight (2, 4) do not match: 8 against 4",
        "One layer's outputs are not as many as the next layer's inputs.",
    ),
    Mistake(
        "Shapes",
        "x @ torch.ones(4, 2)",
        "RuntimeError",
        "matmul: (4, 3) and (4, 2) do not match: 3 against 4",
        "The inner sizes of a product must be equal; perhaps one factor must be transposed (`.T`).",
    ),
    Mistake(
        "Shapes",
        "x + torch.ones(4)",
        "RuntimeError",
        "add: The size of tensor a (3) must match the size of tensor b (4) at "
        "non-singleton dimension 1: got shapes (4, 3) and (4,)",
        "Shapes broadcast from the last dimension on; write `torch.ones(4, 1)`, or "
        "`.unsqueeze(1)`, for one number a row.",
    ),
    Mistake(
        "Shapes",
        "x.reshape(5, 3)",
        "RuntimeError",
        "reshape: shape '[5, 3]' is invalid for input of size 12 (shape torch.Size([4, 3]))",
        "The new shape holds another number of elements.",
    ),
    Mistake(
        "Shapes",
        "x.reshape(-1, -1)",
        "RuntimeError",
        "reshape: only one dimension can be inferred, got (-1, -1)",
        "Only one size can be worked out from the others.",
    ),
    Mistake(
        "Shapes",
        "x.T.view(12)",
        "RuntimeError",
        "view: view size is not compatible with input tensor's size and stride (at "
        "least one dimension spans across two contiguous subspaces). Use "
        ".reshape(...).",
        "A transposed tensor cannot be seen in this shape without a copy: `reshape` makes one.",
    ),
    Mistake(
        "Shapes",
        "torch.cat([x, torch.ones(4, 2)])",
        "RuntimeError",
        "cat: Sizes of tensors must match except in dimension 0, got shapes (4, 3), (4, 2)",
        "All sizes but that of the joined dimension must be equal: here `dim=1` was meant.",
    ),
    Mistake(
        "Shapes",
        "torch.cat(x, x)",
        "TypeError",
        "cat(): argument 'tensors' must be tuple of Tensors, not Tensor",
        "The tensors are given as one list: `torch.cat([x, x])`.",
    ),
    Mistake(
        "Shapes",
        "torch.stack([x, torch.ones(4, 2)])",
        "RuntimeError",
        "stack expects each tensor to be equal size, but got [(4, 3), (4, 2)]",
        "`stack` wants tensors of one shape; `cat` joins along a dimension that they have.",
    ),
    Mistake(
        "Shapes",
        "torch.stack([])",
        "RuntimeError",
        "stack expects a non-empty TensorList",
        "There is nothing to join.",
    ),
    Mistake(
        "Shapes",
        "torch.cat([])",
        "ValueError",
        "cat: expected a non-empty list of Tensors",
        "There is nothing to join.",
    ),
    Mistake(
        "Shapes",
        "x.sum(2)",
        "IndexError",
        "sum: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "The dimensions of `x` are 0 and 1; -1 is the last.",
    ),
    Mistake(
        "Shapes",
        "x.sum((0, 0))",
        "RuntimeError",
        "sum: dim 0 appears multiple times in the list of dims",
        "Each dimension is named once.",
    ),
    Mistake(
        "Shapes",
        "x.transpose(0, 2)",
        "IndexError",
        "transpose: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "The dimensions of `x` are 0 and 1.",
    ),
    Mistake(
        "Shapes",
        "x.permute(0)",
        "RuntimeError",
        "permute: number of dimensions in the tensor input does not match the "
        "length of the desired ordering: 2 against 1",
        "Every dimension is named, once.",
    ),
    Mistake(
        "Shapes",
        "x.squeeze(3)",
        "IndexError",
        "squeeze: Dimension out of range (expected to be in range of [-2, 1], but got 3)",
        "The dimensions of `x` are 0 and 1.",
    ),
    Mistake(
        "Shapes",
        "x.expand(4, 5)",
        "RuntimeError",
        "expand: The expanded size of the tensor must match the existing size at "
        "non-singleton dimensions. Target sizes: (4, 5). Tensor sizes: (4, 3)",
        "Only dimensions of size 1 can be expanded.",
    ),
    Mistake(
        "Shapes",
        "nn.Conv2d(1, 4, 3)(torch.ones(8, 28, 28, 1))",
        "RuntimeError",
        "conv2d: expected 1 channels for weight torch.Size([4, 1, 3, 3]), got "
        "input torch.Size([8, 28, 28, 1])",
        "Channels come before height and width: `.permute(0, 3, 1, 2)`.",
    ),
    Mistake(
        "Shapes",
        "nn.Conv2d(1, 4, 3)(torch.ones(784))",
        "RuntimeError",
        "conv2d: Expected 3D (unbatched) or 4D input, got torch.Size([784])",
        "A convolution wants (batch, channels, height, width) or (channels, height, width).",
    ),
    Mistake(
        "Shapes",
        "nn.Conv2d(1, 4, 5)(torch.ones(1, 1, 3, 3))",
        "RuntimeError",
        "conv2d: Kernel size can't be greater than actual input size: (5, 5) with "
        "dilation (1, 1) against (3, 3) (padded)",
        "The kernel does not fit into the picture; add padding, or pool less before.",
    ),
    Mistake(
        "Shapes",
        "nn.MaxPool2d(4)(torch.ones(1, 1, 2, 2))",
        "RuntimeError",
        "max_pool2d: Kernel size can't be greater than actual input size: (4, 4) "
        "with dilation (1, 1) against (2, 2) (padded)",
        "Nothing is left after this pooling; pool less before.",
    ),
    Mistake(
        "Shapes",
        "nn.BatchNorm1d(3)(torch.ones(4, 5))",
        "RuntimeError",
        "running_mean should contain 5 elements not 3",
        "`num_features` is not the number of channels of the input.",
    ),
    Mistake(
        "Shapes",
        "nn.BatchNorm1d(3)(torch.ones(1, 3))",
        "ValueError",
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        "In training mode the variance over one row is 0: more rows, or `model.eval()`.",
    ),
    Mistake(
        "Shapes",
        "nn.BatchNorm2d(3)(torch.ones(4, 3))",
        "ValueError",
        "expected 4D input (got 2D input)",
        "`BatchNorm2d` wants (n, channels, height, width); for rows take `BatchNorm1d`.",
    ),
    Mistake(
        "Shapes",
        "nn.GroupNorm(2, 4)(torch.ones(2, 6, 3))",
        "RuntimeError",
        "Expected weight to be a vector of size equal to the number of channels in "
        "input, but got weight of shape [4] and input of shape [2, 6, 3]",
        "`num_channels` is not the number of channels of the input.",
    ),
    Mistake(
        "Shapes",
        "nn.GroupNorm(2, 3)",
        "ValueError",
        "num_channels (3) must be divisible by num_groups (2)",
        "The channels must divide into groups of one size.",
    ),
    Mistake(
        "Shapes",
        "nn.LayerNorm(5)(x)",
        "RuntimeError",
        "layer_norm: Given normalized_shape=[5], expected input with shape [*, 5], "
        "but got input of size[4, 3]",
        "The last dimensions of the input are not `normalized_shape`.",
    ),
    Mistake(
        "Shapes",
        "nn.Embedding(10, 4)(torch.tensor([3, 10]))",
        "IndexError",
        "embedding: index out of range in self, wanted 0 to 9",
        "Indices go from 0 to `num_embeddings` - 1.",
    ),
    Mistake(
        "Shapes",
        "nn.Embedding(10, 4)(torch.ones(2))",
        "RuntimeError",
        "embedding: expected an integer tensor for the index, got float32",
        "Indices are integers: `.long()`.",
    ),
    Mistake(
        "Shapes",
        "nn.Flatten(2)(x)",
        "IndexError",
        "flatten: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "There is no dimension 2 to begin with.",
    ),
    Mistake(
        "Shapes",
        'torch.einsum("ij,jk->ik", x, x)',
        "RuntimeError",
        "einsum(): operands do not broadcast: j is 3 and 4 in 'ij,jk->ik'",
        "A letter has one size wherever it stands.",
    ),
    Mistake(
        "Shapes",
        "nn.LSTM(3, 4)(torch.ones(2, 5, 2))",
        "RuntimeError",
        "input.size(-1) must be equal to input_size. Expected 3, got 2",
        "The last dimension of the input is not `input_size`.",
    ),
    Mistake(
        "Shapes",
        "nn.MultiheadAttention(5, 2)",
        "AssertionError",
        "embed_dim must be divisible by num_heads",
        "`embed_dim` is divided among the heads.",
    ),
    Mistake(
        "Kinds and dtypes",
        "model(np.ones((4, 3), np.float32))",
        "TypeError",
        "linear(): argument 'input' must be Tensor, not numpy.ndarray",
        "Layers take tensors: `torch.from_numpy(array)`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "model([[1.0, 2.0, 3.0]])",
        "TypeError",
        "linear(): argument 'input' must be Tensor, not list",
        "Layers take tensors: `torch.tensor(rows)`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "model(None)",
        "TypeError",
        "linear(): argument 'input' must be Tensor, not NoneType",
        "Nothing came out of what was to make the input.",
    ),
    Mistake(
        "Kinds and dtypes",
        'torch.relu("x")',
        "TypeError",
        "relu(): argument 'input' must be Tensor, not str",
        "Operations take tensors.",
    ),
    Mistake(
        "Kinds and dtypes",
        'x + "1"',
        "TypeError",
        "add(): argument 'other' must be Tensor, not str",
        "Operations take tensors and numbers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x @ np.ones((3, 2))",
        "TypeError",
        "matmul(): argument 'other' must be Tensor, not numpy.ndarray",
        "`torch.from_numpy` makes a tensor of an array.",
    ),
    Mistake(
        "Kinds and dtypes",
        "model(x.double())",
        "RuntimeError",
        "linear: expected m1 and m2 to have the same dtype, but got: torch.float64 "
        "!= torch.float32",
        "Input and weights have one dtype: `x.float()`, or `model.double()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "model(torch.ones(4, 3, dtype=torch.int64))",
        "RuntimeError",
        "linear: expected m1 and m2 to have the same dtype, but got: torch.int64 != torch.float32",
        "Weights are floats: `x.float()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.ones(3, dtype=torch.int64).mean()",
        "RuntimeError",
        "mean(): could not infer output dtype. Input dtype must be a floating "
        "point dtype. Got: torch.int64",
        "A mean of integers is no integer: `.float().mean()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.tensor([1, 2], requires_grad=True)",
        "RuntimeError",
        "requires_grad: only floating-point tensors can require gradients, got torch.int64",
        "Only floats have gradients: `torch.tensor([1.0, 2.0])`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.softmax(torch.tensor([1, 2]), 0)",
        "NotImplementedError",
        "\"softmax\" not implemented for 'Long'",
        "Of integers there is no softmax: `.float()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.tensor([[1, 2], [3]])",
        "ValueError",
        "tensor: expected a sequence of equal length at every dimension, got ragged rows",
        "The rows of a tensor are equally long: pad the short ones.",
    ),
    Mistake(
        "Kinds and dtypes",
        'torch.tensor(["a", "b"])',
        "TypeError",
        "tensor: cannot make a tensor of list with <U1",
        "Tensors hold numbers: give each word a number.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.tensor([1, None])",
        "TypeError",
        "tensor: cannot make a tensor of list with object",
        "Tensors hold numbers; NaN stands for a missing one.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.zeros(2.5)",
        "TypeError",
        "size must be a tuple of ints, but got (float)",
        "Sizes are integers: `int(n)`, or `n // 2` for half of it.",
    ),
    Mistake(
        "Kinds and dtypes",
        'torch.zeros("3")',
        "TypeError",
        "size must be a tuple of ints, but got (str)",
        "Sizes are integers: `int(text)`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "torch.zeros(-1)",
        "RuntimeError",
        "zeros: Dimension size must be non-negative, got (-1,)",
        "Sizes are 0 or more.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Linear(None, 3)",
        "TypeError",
        "Linear: in_features must be an int, not NoneType",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Linear(2.5, 3)",
        "TypeError",
        "Linear: in_features must be an int, not float",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        'nn.Linear("2", 3)',
        "TypeError",
        "Linear: in_features must be an int, not str",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Linear(-1, 3)",
        "RuntimeError",
        "empty: Dimension size must be non-negative, got (3, -1)",
        "Sizes are 0 or more.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Conv2d(1, 8, 0)",
        "ValueError",
        "Conv2d: kernel_size must be at least 1, but got (0, 0)",
        "A kernel has at least one element in each direction.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Conv2d(1, 8, 3, stride=0)",
        "ValueError",
        "Conv2d: stride must be at least 1, but got (0, 0)",
        "A stride is at least 1.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Conv2d(1, 8, 3, groups=3)",
        "ValueError",
        "channels (1, 8) must be divisible by groups",
        "The channels must divide into groups.",
    ),
    Mistake(
        "Kinds and dtypes",
        'nn.Conv2d(1, 8, "3")',
        "TypeError",
        "Conv2d: kernel_size must be an int, not str",
        "Kernel sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.MaxPool2d(0)(torch.ones(1, 1, 4, 4))",
        "RuntimeError",
        "max_pool2d: kernel_size must be one or 2 numbers of at least 1, but got 0",
        "A kernel has at least one element in each direction.",
    ),
    Mistake(
        "Kinds and dtypes",
        'nn.Dropout("0.5")',
        "TypeError",
        "Dropout: p must be a number, not str",
        "The probability is a number.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Dropout(1.5)",
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.5",
        "The probability lies between 0 and 1.",
    ),
    Mistake(
        "Kinds and dtypes",
        'nn.BatchNorm1d("3")',
        "TypeError",
        "BatchNorm1d: num_features must be an int, not str",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.LayerNorm(2.5)",
        "TypeError",
        "LayerNorm: normalized_shape must be an int, not float",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Embedding(2.5, 3)",
        "TypeError",
        "Embedding: num_embeddings must be an int, not float",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.LSTM(3, 2.5)",
        "TypeError",
        "hidden_size should be of type <class 'int'>, got float",
        "Sizes are integers.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.Sequential(nn.Linear(3, 2), F.relu)",
        "TypeError",
        "cannot assign 'function' object to module '1' (torch.nn.Module or None required)",
        "`Sequential` takes layers: `nn.ReLU()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "nn.ModuleList([F.relu])",
        "TypeError",
        "cannot assign 'function' object to module '0' (torch.nn.Module or None required)",
        "Layers are wanted: `nn.ReLU()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "if x > 0:\n    pass",
        "RuntimeError",
        "Boolean value of Tensor with more than one value is ambiguous",
        "A tensor of several elements is neither true nor false: `(x > 0).all()` or `.any()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x.item()",
        "RuntimeError",
        "a Tensor with 12 elements cannot be converted to Scalar",
        "Only a tensor of one element is a number; `tolist()` gives all.",
    ),
    Mistake(
        "Kinds and dtypes",
        "float(x)",
        "ValueError",
        "only one element tensors can be converted to Python scalars",
        "Only a tensor of one element is a number; `tolist()` gives all.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x[4]",
        "IndexError",
        "getitem: index 4 is out of bounds for dimension 0 with size 4; the "
        "tensor's shape is (4, 3)",
        "Rows go from 0 to 3; -1 is the last.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x[0, 0, 0]",
        "IndexError",
        "getitem: too many indices for array: array is 2-dimensional, but 3 were "
        "indexed; the tensor's shape is (4, 3)",
        "There are only two dimensions to index.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x[torch.tensor([0, 4])]",
        "IndexError",
        "getitem: index 4 is out of bounds for dimension 0 with size 4; the "
        "tensor's shape is (4, 3)",
        "Rows go from 0 to 3.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x[torch.tensor([0.0])]",
        "IndexError",
        "tensors used as indices must be long, int, byte or bool tensors",
        "Indices are integers: `.long()`.",
    ),
    Mistake(
        "Kinds and dtypes",
        "x[torch.ones(3, dtype=torch.bool)]",
        "IndexError",
        "getitem: boolean index did not match indexed array along dimension 0; "
        "size of dimension is 4 but size of corresponding boolean dimension is 3; "
        "the tensor's shape is (4, 3)",
        "A mask over the rows has as many elements as there are rows.",
    ),
    Mistake(
        "Kinds and dtypes",
        'x["a"]',
        "IndexError",
        "getitem: only integers, slices (`:`), ellipsis (`...`), numpy.newaxis "
        "(`None`) and integer or boolean arrays are valid indices; the tensor's "
        "shape is (4, 3)",
        "Tensors have no names for their parts.",
    ),
    Mistake(
        "Kinds and dtypes",
        "for i in torch.tensor(3):\n    pass",
        "TypeError",
        "iteration over a 0-d tensor",
        "A tensor without dimensions has no elements to go through: `range(int(n))`.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([0, 1, 2, 3]))",
        "IndexError",
        "cross_entropy: Target 3 is out of bounds for 3 classes.",
        "Class numbers go from 0 to classes - 1: labels that begin with 1 need `- 1`.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([0, 1, -1, 2]))",
        "IndexError",
        "cross_entropy: Target -1 is out of bounds for 3 classes.",
        "Class numbers go from 0; `ignore_index=-1` leaves such rows out.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([0, 1]))",
        "ValueError",
        "cross_entropy: Expected input batch_size to match target, got (4, 3) and (2,)",
        "There is one target for each row of the logits.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.eye(3, dtype=torch.int64)[[0, 1, 2, 0]])",
        "RuntimeError",
        "cross_entropy: 0D or 1D target tensor expected, multi-target not "
        "supported: a target of class numbers has shape (4,), but got (4, 3); of "
        "one-hot rows take target.argmax(1), of probabilities target.float()",
        "Class numbers are wanted, not one-hot rows of integers.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([[0], [1], [2], [0]]))",
        "RuntimeError",
        "cross_entropy: 0D or 1D target tensor expected, multi-target not "
        "supported: a target of class numbers has shape (4,), but got (4, 1); take "
        "target.squeeze(1)",
        "Class numbers have no dimension of size 1 behind.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([0.0, 1.0, 2.0, 0.0]))",
        "RuntimeError",
        "cross_entropy: expected target dtype to be Long or Byte, but got Float; "
        "class numbers are integers: target.long()",
        "Class numbers are integers: `.long()`.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, np.array([0, 1, 2, 0]))",
        "TypeError",
        "cross_entropy(): argument 'target' must be Tensor, not numpy.ndarray",
        "Targets are tensors: `torch.from_numpy(labels)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, [0, 1, 2, 0])",
        "TypeError",
        "cross_entropy(): argument 'target' must be Tensor, not list",
        "Targets are tensors: `torch.tensor(labels)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.cross_entropy(x, torch.tensor([0, 1, 2, 0]), weight=torch.ones(2))",
        "RuntimeError",
        "cross_entropy: weight should be defined for all classes of torch.Size([4, "
        "3]), got torch.Size([2])",
        "There is one weight for each class.",
    ),
    Mistake(
        "Targets and losses",
        'F.cross_entropy(x, torch.tensor([0, 1, 2, 0]), reduction="avg")',
        "ValueError",
        "cross_entropy: avg is not a valid value for reduction, wanted one of none, mean, sum",
        'The reductions are "mean", "sum" and "none".',
    ),
    Mistake(
        "Targets and losses",
        "F.nll_loss(x, torch.tensor([0.0, 1.0, 2.0, 0.0]))",
        "RuntimeError",
        "nll_loss: expected target dtype to be Long or Byte, but got Float; class "
        "numbers are integers: target.long()",
        "Class numbers are integers: `.long()`.",
    ),
    Mistake(
        "Targets and losses",
        "nn.CrossEntropyLoss(x, torch.tensor([0, 1, 2, 0]))",
        "TypeError",
        "CrossEntropyLoss: argument 'size_average' must be bool, not Tensor; the "
        "layer is made first and called then: CrossEntropyLoss()(input, target)",
        "A loss is made first and called then: `nn.CrossEntropyLoss()(x, y)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.mse_loss(torch.ones(4, 1), torch.ones(4))",
        "UserWarning",
        "Using a target size (torch.Size([4])) that is different to the input size "
        "(torch.Size([4, 1])). This will likely lead to incorrect results due to "
        "broadcasting. Please ensure they have the same size.",
        "(4, 1) and (4,) broadcast to (4, 4): `prediction.squeeze(1)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.l1_loss(torch.ones(4, 1), torch.ones(4))",
        "UserWarning",
        "Using a target size (torch.Size([4])) that is different to the input size "
        "(torch.Size([4, 1])). This will likely lead to incorrect results due to "
        "broadcasting. Please ensure they have the same size.",
        "(4, 1) and (4,) broadcast to (4, 4): `prediction.squeeze(1)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.mse_loss(torch.ones(4), torch.ones(3))",
        "RuntimeError",
        "mse_loss: The size of tensor a (4) must match the size of tensor b (3) at "
        "non-singleton dimension 0: got shapes (4,) and (3,)",
        "Prediction and target have one shape.",
    ),
    Mistake(
        "Targets and losses",
        "F.mse_loss(torch.ones(2), [1.0, 2.0])",
        "TypeError",
        "mse_loss(): argument 'target' must be Tensor, not list",
        "Targets are tensors: `torch.tensor(values)`.",
    ),
    Mistake(
        "Targets and losses",
        "F.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([1.0]))",
        "RuntimeError",
        "binary_cross_entropy: all elements of input should be between 0 and 1",
        "Probabilities lie between 0 and 1: put a sigmoid before, or take "
        "`binary_cross_entropy_with_logits`.",
    ),
    Mistake(
        "Targets and losses",
        "F.binary_cross_entropy(torch.ones(2), torch.ones(3))",
        "ValueError",
        "binary_cross_entropy: Target size (torch.Size([3])) must be the same as "
        "input size (torch.Size([2]))",
        "Prediction and target have one shape.",
    ),
    Mistake(
        "Targets and losses",
        "F.one_hot(torch.tensor([0, 3]), 3)",
        "RuntimeError",
        "one_hot: Class values must be non-negative and smaller than num_classes (3).",
        "Class numbers go from 0 to classes - 1.",
    ),
    Mistake(
        "Gradients",
        "(w * 2).backward()",
        "RuntimeError",
        "grad can be implicitly created only for scalar outputs",
        "Only a number has a gradient without more: `.sum().backward()`, or give the gradient.",
    ),
    Mistake(
        "Gradients",
        "x.sum().backward()",
        "RuntimeError",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        "Nothing that needs a gradient was in it: `requires_grad=True` is missing, "
        "or `no_grad` was on.",
    ),
    Mistake(
        "Gradients",
        "loss = (w * w).sum()\nloss.backward()\nloss.backward()",
        "RuntimeError",
        "backward: trying to go through SumBackward0 a second time after its tape "
        "was freed; give retain_graph=True the first time, or detach() what is not "
        "wanted of it",
        "The record is freed by the first pass: compute the loss again, or `retain_graph=True`.",
    ),
    Mistake(
        "Gradients",
        "y = w.exp()\ny.add_(1)\ny.sum().backward()",
        "RuntimeError",
        "backward: one of the variables needed for gradient computation has been "
        "modified by an inplace operation: ExpBackward0 reads a tensor of shape "
        "torch.Size([3]) that was written after it was recorded; clone() it before "
        "the write",
        "`exp` reads its result for its gradient: write out of place, `y = y + 1`.",
    ),
    Mistake(
        "Gradients",
        "w.add_(1)",
        "RuntimeError",
        "add_: a leaf Variable that requires grad is being used in an in-place operation",
        "A leaf that needs a gradient is changed under `torch.no_grad()`.",
    ),
    Mistake(
        "Gradients",
        "w[0] = 1.0",
        "RuntimeError",
        "setitem_: a view of a leaf Variable that requires grad is being used in "
        "an in-place operation",
        "A leaf that needs a gradient is changed under `torch.no_grad()`.",
    ),
    Mistake(
        "Gradients",
        "w.numpy()",
        "RuntimeError",
        "numpy: this tensor requires grad; use tensor.detach().numpy() instead",
        "An array knows no gradients: `w.detach().numpy()`.",
    ),
    Mistake(
        "Gradients",
        "(w * 2).requires_grad = False",
        "RuntimeError",
        "requires_grad: only a leaf's flag can be changed; use detach()",
        "Only of leaves can it be switched off: `.detach()`.",
    ),
    Mistake(
        "Gradients",
        "torch.autograd.grad((w * 2).sum(), torch.ones(3, requires_grad=True))",
        "RuntimeError",
        "grad: One of the differentiated Tensors appears to not have been used in "
        "the graph. Set allow_unused=True if this is the desired behavior.",
        "The input is not among what the output was computed from; `allow_unused=True` gives None.",
    ),
    Mistake(
        "Gradients",
        "(w * 2).backward(torch.ones(2))",
        "RuntimeError",
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and "
        "output[0] has a shape of torch.Size([3]).",
        "The given gradient has the shape of the tensor.",
    ),
    Mistake(
        "Gradients",
        "w.grad = torch.ones(2)",
        "RuntimeError",
        "attempting to assign a gradient of size '[2]' to a tensor of size '[3]'. "
        "Please ensure that the gradient and the tensor are the same size",
        "A gradient has the shape of its tensor.",
    ),
    Mistake(
        "Gradients",
        "w.grad = np.ones(3)",
        "TypeError",
        "assigned grad expected to be a Tensor or None but got grad of type ndarray",
        "A gradient is a tensor: `torch.from_numpy(array)`.",
    ),
    Mistake(
        "Gradients",
        "w.data = np.ones(3)",
        "TypeError",
        "data: a Tensor must be assigned, not ndarray; see torch.from_numpy",
        "The data are a tensor: `torch.from_numpy(array)`.",
    ),
    Mistake(
        "Gradients",
        "with torch.no_grad():\n    loss = (w * 2).sum()\nloss.backward()",
        "RuntimeError",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        "Nothing is recorded under `no_grad`.",
    ),
    Mistake(
        "Layers, parameters and states",
        'model.load_state_dict({"weight": torch.ones(2, 3)})',
        "RuntimeError",
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". ',
        "An entry is missing; `strict=False` leaves such parameters as they are.",
    ),
    Mistake(
        "Layers, parameters and states",
        'model.load_state_dict({"weight": torch.ones(2, 3), "bias": torch.ones(2), '
        '"extra": torch.ones(1)})',
        "RuntimeError",
        'Error(s) in loading state_dict for Linear:\n\tUnexpected key(s) in state_dict: "extra". ',
        "An entry belongs to another model.",
    ),
    Mistake(
        "Layers, parameters and states",
        'model.load_state_dict({"weight": torch.ones(3, 2), "bias": torch.ones(2)})',
        "RuntimeError",
        "Error(s) in loading state_dict for Linear:\n"
        "\tsize mismatch for weight: copying a param with shape torch.Size([3, 2]) "
        "from checkpoint, the shape in current model is torch.Size([2, 3]).",
        "The state is of a layer of other sizes.",
    ),
    Mistake(
        "Layers, parameters and states",
        "model.load_state_dict([1, 2])",
        "TypeError",
        "Expected state_dict to be dict-like, got <class 'list'>.",
        "A state is a dict of names and tensors.",
    ),
    Mistake(
        "Layers, parameters and states",
        "model.wieght",
        "AttributeError",
        "'Linear' object has no attribute 'wieght'",
        "A name is misspelt, or the attribute was not set in `__init__`.",
    ),
    Mistake(
        "Layers, parameters and states",
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        self.layer = nn.Linear(3, 2)\n"
        "Net()",
        "AttributeError",
        "cannot assign module before Module.__init__() call",
        "`super().__init__()` comes first in `__init__`.",
    ),
    Mistake(
        "Layers, parameters and states",
        "class Net(nn.Module):\n    pass\nNet()(x)",
        "NotImplementedError",
        'Module [Net] is missing the required "forward" function',
        "The module defines no `forward`.",
    ),
    Mistake(
        "Layers, parameters and states",
        "model.weight = torch.ones(2, 3)",
        "TypeError",
        "cannot assign 'Tensor' as parameter 'weight' (torch.nn.Parameter or None expected)",
        "A parameter is replaced by an `nn.Parameter`; its values are set under "
        "`no_grad` with `copy_`.",
    ),
    Mistake(
        "Layers, parameters and states",
        "model(x, x)",
        "TypeError",
        "Linear.forward() takes 2 positional arguments but 3 were given",
        "`forward` takes fewer arguments.",
    ),
    Mistake(
        "Layers, parameters and states",
        'model.to("cuda")',
        "AssertionError",
        "device: tensors live on the CPU here, got 'cuda'",
        "There is no graphics card here.",
    ),
    Mistake(
        "Layers, parameters and states",
        'torch.load("nothing.pt")',
        "FileNotFoundError",
        "[Errno 2] No such file or directory: 'nothing.pt'",
        "There is no such file.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD([], lr=0.1)",
        "ValueError",
        "optimizer got an empty parameter list",
        "There are no parameters: the model has none, or its layers stand in a "
        "plain list instead of `nn.ModuleList`.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD(model.weight, lr=0.1)",
        "TypeError",
        "params should be an iterable of Tensors or dicts, but got Parameter",
        "The parameters are given as a list: `[model.weight]`.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD(model, lr=0.1)",
        "TypeError",
        "params should be an iterable of Tensors or dicts, but got Linear",
        "The parameters are given: `model.parameters()`.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD([np.ones(3)], lr=0.1)",
        "TypeError",
        "optimizer can only optimize Tensors, but one of the params is <class 'numpy.ndarray'>",
        "Parameters are tensors.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD([w * 2], lr=0.1)",
        "ValueError",
        "can't optimize a non-leaf Tensor",
        "Only leaves are optimized, not what was computed of them.",
    ),
    Mistake(
        "Optimizers and schedulers",
        'optim.SGD([{"params": {w}}], lr=0.1)',
        "TypeError",
        "optimizer parameters need to be in ordered collections, but got a set",
        "A set has no order: give a list.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.Adam([w], lr=-0.1)",
        "ValueError",
        "Invalid learning rate: -0.1",
        "A learning rate is 0 or more.",
    ),
    Mistake(
        "Optimizers and schedulers",
        'optim.Adam([w], lr=float("nan"))',
        "ValueError",
        "Invalid learning rate: nan",
        "A learning rate is a finite number.",
    ),
    Mistake(
        "Optimizers and schedulers",
        'optim.Adam([w], lr="0.1")',
        "TypeError",
        "lr must be a number, not str",
        "A learning rate is a number: `float(text)`.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.Adam([w], betas=(0.9, 1.0))",
        "ValueError",
        "Invalid beta parameter at index 1: 1.0",
        "Both betas lie in [0, 1).",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.Adam([w], lerning_rate=0.1)",
        "TypeError",
        "Adam.__init__() got an unexpected keyword argument 'lerning_rate'",
        "The name is misspelt: `lr`.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD([w], lr=0.1, nesterov=True)",
        "ValueError",
        "Nesterov momentum requires a momentum and zero dampening",
        "Nesterov's way needs a momentum.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.SGD([w], lr=0.1).load_state_dict(optim.SGD(model.parameters(), "
        "lr=0.1).state_dict())",
        "ValueError",
        "loaded state dict has a parameter group of another size than the optimizer's group",
        "The state is of other parameters.",
    ),
    Mistake(
        "Optimizers and schedulers",
        "optim.lr_scheduler.StepLR(model, 10)",
        "TypeError",
        "Linear is not an Optimizer",
        "The optimizer is given, not the model.",
    ),
    Mistake(
        "Data",
        "torch.utils.data.DataLoader([1, 2], batch_size=0)",
        "ValueError",
        "batch_size should be a positive integer value, but got batch_size=0",
        "A batch has at least one element.",
    ),
    Mistake(
        "Data",
        "torch.utils.data.TensorDataset(torch.ones(3), torch.ones(2))",
        "AssertionError",
        "Size mismatch between tensors: got [3, 2] rows",
        "Inputs and targets are equally many.",
    ),
    Mistake(
        "Data",
        "torch.utils.data.random_split([1, 2, 3], [2, 2])",
        "ValueError",
        "Sum of input lengths does not equal the length of the input dataset! 4 against 3",
        "The lengths add up to that of the data, or are shares that add up to 1.",
    ),
    Mistake(
        "Data",
        "next(iter(torch.utils.data.DataLoader([torch.ones(2), torch.ones(3)], batch_size=2)))",
        "RuntimeError",
        "stack expects each tensor to be equal size, but got [(2,), (3,)]",
        "The elements of a batch have one shape: pad them, or give a `collate_fn`.",
    ),
]


def show() -> None:
    """Print each row's outcome where it is not the written one."""
    for row in MISTAKES:
        found = outcome(row.snippet)
        if found != (row.error, row.message):
            print(f"{row.snippet!r}\n    {found[0]}: {found[1]}")


if __name__ == "__main__":
    if "--show" in sys.argv:
        show()
    else:
        PATH.write_text(page(), encoding="utf-8")
