"""Layers' functions under the names and in the argument order of PyTorch's compiled ones.

`torch.batch_norm` and its like are what `torch.nn.functional` calls; old programs call them
themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F

__all__ = ["batch_norm", "dropout", "embedding", "group_norm", "layer_norm"]


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`nn.functional.batch_norm`: each channel standardised over the batch.

    Args:
        input: (n, c, *size).
        weight: a factor for each channel, (c,), or None.
        bias: a summand for each channel, (c,), or None.
        running_mean: (c,), written in training; None for none.
        running_var: (c,), written in training; None for none.
        training: whether the batch's statistics are taken, or the running ones.
        momentum: the share of this batch in the running statistics.
        eps: added to the variance.
        cudnn_enabled: accepted, without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)
        tensor([[-1.0000],
                [ 1.0000]])
    """
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """`nn.functional.dropout`: each element zeroed with probability p, the rest over 1 - p.

    Args:
        input: of any shape.
        p: the probability of an element to be zeroed.
        train: whether anything is done; else the result is the input itself.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.dropout(torch.ones(2), 0.5, False)
        tensor([1., 1.])
    """
    return F.dropout(input, p, train)


def embedding(
    weight: Tensor,
    indices: Tensor,
    padding_idx: int = -1,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """`nn.functional.embedding`: the rows of a table at the indices.

    Args:
        weight: the table, (n, d).
        indices: integers from 0 to n - 1, of any shape (...).
        padding_idx: a row that gets no gradient; -1 for none.
        scale_grad_by_freq: divide each row's gradient by how often it was taken.
        sparse: accepted; gradients are dense.

    Returns:
        (..., d).

    Example:
        >>> torch.embedding(torch.eye(2), torch.tensor([1, 0]))
        tensor([[0., 1.],
                [1., 0.]])
    """
    padding = None if padding_idx == -1 else padding_idx
    return F.embedding(
        indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse
    )


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """`nn.functional.group_norm`: each example standardised over groups of its channels.

    Args:
        input: (n, c, *size).
        num_groups: the number of groups that the channels are divided into.
        weight: a factor for each channel, (c,).
        bias: a summand for each channel, (c,).
        eps: added to the variance.
        cudnn_enabled: accepted, without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.group_norm(torch.tensor([[1.0, 3.0]]), 1, eps=0.0)
        tensor([[-1.,  1.]])
    """
    return F.group_norm(input, num_groups, weight, bias, eps)


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """`nn.functional.layer_norm`: each example standardised over its last dimensions.

    Args:
        input: (..., *normalized_shape).
        normalized_shape: the last dimensions of the input, those to standardise over.
        weight: a factor for each element, (*normalized_shape).
        bias: a summand for each element, (*normalized_shape).
        eps: added to the variance.
        cudnn_enable: accepted, without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.layer_norm(torch.tensor([[1.0, 3.0]]), (2,), eps=0.0)
        tensor([[-1.,  1.]])
    """
    return F.layer_norm(input, normalized_shape, weight, bias, eps)
