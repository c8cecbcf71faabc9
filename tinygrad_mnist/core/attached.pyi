"""Tensor's methods that are functions elsewhere. Written by `python -m tests.stubs`: change the functions, not this."""

from collections.abc import Sequence

from tinygrad_mnist.core.backward import Hook
from tinygrad_mnist.core.record import Handle
from tinygrad_mnist.core.tensor import Tensor

class AttachedMethods:
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor to the `grad` of every leaf it was computed from.

        Args:
            gradient: weights of this tensor's elements; may be left out where there is one element.
            retain_graph: keep the tape, for another backward pass through it.
            create_graph: record the pass itself, so that the gradients have gradients.
            inputs: the leaves to do this for, instead of all.

        Raises:
            RuntimeError: as `autograd.backward` does.

        Example:
            >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
            >>> (x**3).sum().backward()
            >>> x.grad
            tensor([ 3., 12.])
        """
    def register_hook(self, hook: Hook) -> Handle:
        """Call `hook(gradient)` whenever this tensor's gradient is computed; it may return another.

        Args:
            hook: gets the gradient, of this tensor's shape, before it is used.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Raises:
            RuntimeError: if the tensor does not require a gradient.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> handle = x.register_hook(lambda g: g * 10)
            >>> x.sum().backward()
            >>> x.grad
            tensor([10., 10.])
        """
    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in `grad` though it is not a leaf.

        Raises:
            RuntimeError: if the tensor does not require a gradient.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> y = x * 3
            >>> y.retain_grad()
            >>> y.sum().backward()
            >>> y.grad
            tensor([1., 1.])
        """
    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called."""
