"""DistributedDataParallel: every rank has the module, and a part of each batch.

After the backward pass the gradients are the ranks' mean. They travel in buckets: flat memory for
some parameters' gradients. A bucket starts as soon as its gradients are whole, while the pass goes
on to earlier layers. Li et al. (2020), arXiv:2006.15704.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from tinygrad_mnist.core.backward import mark_last_uses
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.record import Node
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.distributed.agreement import check_agreement
from tinygrad_mnist.distributed.algorithms.ddp_comm_hooks.default_hooks import (
    GradBucket,
    allreduce_hook,
)
from tinygrad_mnist.distributed.collectives import ReduceOp, all_reduce, broadcast
from tinygrad_mnist.distributed.process_group import ProcessGroup, group_of
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["DistributedDataParallel"]

FIRST_BUCKET = 1024 * 1024  # bytes; it travels early
MEGABYTE = 1024 * 1024


class _Bucket:
    """Parameters whose gradients travel together.

    Attributes:
        parameters: in the order in which their gradients become whole.
        flat: memory for their gradients.
        missing: the parameters whose gradient is not whole yet.
        work: while it travels.
    """

    def __init__(self, parameters: list[Tensor]) -> None:
        self.parameters = parameters
        size = sum(parameter.array.size for parameter in parameters)
        self.flat: Array = np.zeros(size, parameters[0].array.dtype)
        self.places = {}
        start = 0
        for parameter in parameters:
            self.places[parameter] = slice(start, start + parameter.array.size)
            start += parameter.array.size
        self.missing = set(parameters)
        self.work: Any = None

    def fill(self, parameter: Tensor, gradient: Array | None) -> None:
        """Note a gradient that is whole; None for one that there is not in this rank."""
        place = self.places[parameter]
        self.flat[place] = 0 if gradient is None else gradient.reshape(-1)
        self.missing.discard(parameter)


class DistributedDataParallel(Module):
    """A module whose gradients are averaged over the ranks, for one part of the batch in each.

    With equal parts the step is that of one process with the whole batch, to rounding. At the start
    all ranks get rank 0's parameters and buffers; before each forward pass in training they get
    rank 0's buffers.

    Args:
        module: the module; every rank must make it of the same parameters in the same order.
        device_ids: accepted; must be None or of one CPU.
        output_device: accepted without effect.
        dim: accepted without effect.
        broadcast_buffers: whether rank 0's buffers go to the others before each forward pass.
        init_sync: whether parameters and buffers are compared and sent at the start.
        process_group: whose ranks. Default: all.
        bucket_cap_mb: how many MiB of gradients travel together. Default: 25.
        find_unused_parameters: whether a forward pass may leave parameters out. Their gradients are
            the mean over the ranks that used them and zeros of those that did not, and stay None
            where no rank did.
        check_reduction: accepted without effect.
        gradient_as_bucket_view: accepted without effect: gradients have memory of their own.
        static_graph: accepted without effect.

    Shape:
        Input and output as the module's.

    Raises:
        ValueError: before `init_process_group`.
        RuntimeError: if no parameter needs a gradient, or the ranks' modules differ; in a forward
            pass, if parameters are not used though `find_unused_parameters` is False.

    Example:
        >>> torch.distributed.init_process_group("mpi")  # doctest: +SKIP
        >>> model = nn.parallel.DistributedDataParallel(nn.Linear(3, 2))  # doctest: +SKIP
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        init_sync: bool = True,
        process_group: ProcessGroup | None = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
    ) -> None:
        super().__init__()
        self.process_group = group_of(process_group)
        self.module = module
        self.broadcast_buffers = broadcast_buffers
        self.find_unused_parameters = find_unused_parameters
        self.require_backward_grad_sync = True
        self._hook: Callable[[Any, GradBucket], Any] = allreduce_hook
        self._hook_state: Any = self.process_group
        self._joining = False
        self._joined_steps = 0
        self._throws = False
        self._learned: list[Tensor] = [p for p in module.parameters() if p.requires_grad]
        message = (
            "DistributedDataParallel is not needed when a module doesn't have any parameters that"
            " require a gradient."
        )
        check(self._learned, message)
        if init_sync:
            self._compare()
            self._send([*module.parameters(), *module.buffers()])
        cap = 25.0 if bucket_cap_mb is None else bucket_cap_mb
        self._buckets = list(_in_buckets(self._learned, cap * MEGABYTE))
        self._bucket_of = {p: bucket for bucket in self._buckets for p in bucket.parameters}
        self._begun = 0  # buckets that travel already
        self._last_uses: dict[Tensor, weakref.ref[Node]] = {}
        self._used: set[Tensor] = set()
        self._prepared = False
        itself = weakref.ref(self)
        for parameter in self._learned:
            parameter.register_post_accumulate_grad_hook(_when_whole(itself))

    # beginning

    def _compare(self) -> None:
        """DisagreementError unless all ranks have parameters of the same names, shapes, dtypes."""
        described = [
            f"{name} {tuple(x.shape)} {x.dtype} {x.requires_grad}"
            for name, x in (*self.module.named_parameters(), *self.module.named_buffers())
        ]
        check_agreement(
            "DistributedDataParallel: the modules", "\n".join(described), self.process_group
        )

    def _send(self, tensors: Iterable[Tensor]) -> None:
        """Give all ranks rank 0's tensors."""
        for tensor in tensors:
            broadcast(tensor, None, self.process_group, group_src=0)

    def register_comm_hook(self, state: Any, hook: Callable[[Any, GradBucket], Any]) -> None:
        """Let gradients travel in another way.

        Args:
            state: what the hook gets first: for `default_hooks` the process group, or None.
            hook: gets a `GradBucket`, and returns a `Work` after which its array is the mean.
        """
        self._hook_state = state
        self._hook = hook

    # a step

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module computes.

        Args:
            inputs: what it is called with: this rank's part of the batch.
            kwargs: the same, by name.
        """
        if self._joining and state.recording:
            self._tell_others_that_this_goes_on()
        if self.broadcast_buffers and self.training and self.require_backward_grad_sync:
            self._send(self.module.buffers())
        output = self.module(*inputs, **kwargs)
        if state.recording and self.require_backward_grad_sync:
            self._prepare(list(_tensors_in(output)))
        return output

    def _prepare(self, outputs: list[Tensor]) -> None:
        """Find out when the gradients will be whole, and which will not come."""
        waiting = {p for p, node in self._last_uses.items() if _is_pending(node)}
        found = mark_last_uses(outputs, set(self._learned) - waiting)
        self._last_uses = {
            **{p: self._last_uses[p] for p in waiting},
            **{p: weakref.ref(node) for p, node in found.items()},
        }
        self._used = set(self._last_uses)
        unused = [p for p in self._learned if p not in self._used]
        if unused and not self.find_unused_parameters and self._begun == 0:
            names = [name for name, p in self.module.named_parameters() if p not in self._used]
            raise RuntimeError(
                f"DistributedDataParallel: {', '.join(names[:5])} did not take part in the forward"
                " pass, and would never get a gradient; pass find_unused_parameters=True, or take"
                " them out of the module"
            )
        for parameter in unused:
            self._bucket_of[parameter].fill(parameter, None)
        self._prepared = True
        self._begin_ready()

    def _whole(self, parameter: Tensor) -> None:
        """A gradient is whole."""
        if not self.require_backward_grad_sync:
            return
        bucket = self._bucket_of[parameter]
        if parameter not in bucket.missing:
            raise RuntimeError(
                "DistributedDataParallel: a parameter's gradient came twice in one step; a"
                " parameter was used outside of this module's forward pass, or backward was called"
                " twice without no_sync()"
            )
        assert parameter.grad is not None
        bucket.fill(parameter, parameter.grad.array)
        self._begin_ready()

    def _begin_ready(self) -> None:
        """Let buckets travel whose gradients are whole; in the same order in every rank."""
        while self._begun < len(self._buckets) and not self._buckets[self._begun].missing:
            bucket = self._buckets[self._begun]
            is_last = self._begun == len(self._buckets) - 1
            told = GradBucket(self._begun, bucket.flat, is_last)
            bucket.work = self._hook(self._hook_state, told)
            self._begun += 1
        if self._begun == len(self._buckets) and self._prepared:
            self._finish()

    def _finish(self) -> None:
        """Wait for all buckets, and give the parameters their mean gradients."""
        somewhere = self._used_somewhere()
        for bucket in self._buckets:
            _wait(bucket.work)
            for parameter in bucket.parameters:
                if parameter in somewhere:
                    _set_gradient(parameter, bucket.flat[bucket.places[parameter]])
        self._reset()

    def _reset(self) -> None:
        for bucket in self._buckets:
            bucket.work = None
            bucket.missing = set(bucket.parameters)
        self._begun = 0
        self._used = set()
        self._last_uses = {}
        self._prepared = False

    def _used_somewhere(self) -> set[Tensor]:
        """The parameters that at least one rank used."""
        if not self.find_unused_parameters:
            return set(self._learned)
        used = wrap(np.array([p in self._used for p in self._learned], np.uint8))
        all_reduce(used, ReduceOp.MAX, self.process_group)
        return {p for p, each in zip(self._learned, used.array, strict=True) if each}

    # steps without the others

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """In this block gradients only add up in `grad`; the first step after it averages the sum.

        Forward and backward pass must both be inside.
        """
        before = self.require_backward_grad_sync
        self.require_backward_grad_sync = False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    # batches that run out

    @contextlib.contextmanager
    def join(
        self,
        divide_by_initial_world_size: bool = True,
        enable: bool = True,
        throw_on_early_termination: bool = False,
    ) -> Iterator[None]:
        """In this block ranks may have different numbers of batches.

        A rank that has no more gives zeros to the others' steps until all are done; in the end all
        get the parameters of the last that was.

        Args:
            divide_by_initial_world_size: must be True: gradients are divided by all ranks.
            enable: whether ranks may have different numbers.
            throw_on_early_termination: let all ranks raise instead when the first has no more.

        Raises:
            RuntimeError: with `throw_on_early_termination`, once a rank has no more batches.
            ValueError: if `divide_by_initial_world_size` is False.
        """
        message = "join: divide_by_initial_world_size=False is not available; wanted True"
        check(divide_by_initial_world_size, message, error=ValueError)
        if not enable:
            yield
            return
        self._joining = True
        self._joined_steps = 0
        self._throws = throw_on_early_termination
        try:
            yield
            self._keep_up()
        finally:
            self._joining = False

    def _tell_others_that_this_goes_on(self) -> None:
        self._joined_steps += 1
        going_on = wrap(np.array([1]))
        all_reduce(going_on, ReduceOp.SUM, self.process_group)
        if self._throws and going_on.array[0] < self.process_group.size():
            raise RuntimeError("join: a rank has no more batches (throw_on_early_termination)")

    def _keep_up(self) -> None:
        """Take part in the others' steps, with zeros."""
        while True:
            going_on = wrap(np.array([0]))
            all_reduce(going_on, ReduceOp.SUM, self.process_group)
            if going_on.array[0] == 0:
                break
            if self._throws:
                raise RuntimeError("join: this rank has no more batches")
            if self.broadcast_buffers:
                self._send(self.module.buffers())
            for index, bucket in enumerate(self._buckets):
                bucket.flat[...] = 0
                told = GradBucket(index, bucket.flat, index == len(self._buckets) - 1)
                bucket.work = self._hook(self._hook_state, told)
            self._used_somewhere()
            for bucket in self._buckets:
                _wait(bucket.work)
        self._reset()
        self._take_from_last()

    def _take_from_last(self) -> None:
        """Give all ranks the parameters of one that made every step."""
        group = self.process_group
        latest = wrap(np.array([self._joined_steps * group.size() + group.rank()]))
        all_reduce(latest, ReduceOp.MAX, group)
        root = int(latest.array[0]) % group.size()
        for each in (*self.module.parameters(), *self.module.buffers()):
            broadcast(each, None, group, group_src=root)


def _when_whole(itself: weakref.ref[DistributedDataParallel]) -> Callable[[Tensor], None]:
    """The hook of a parameter, which does not keep the module alive."""

    def hook(parameter: Tensor) -> None:
        parallel = itself()
        if parallel is not None:
            parallel._whole(parameter)

    return hook


def _wait(work: Any) -> None:
    """Wait for a hook's work; PyTorch's hooks return futures, which have the same method."""
    if work is not None:
        work.wait()


def _is_pending(node: weakref.ref[Node]) -> bool:
    """Whether a record is still to be played."""
    found = node()
    return found is not None and found.edges is not None


def _set_gradient(parameter: Tensor, flat: Array) -> None:
    """Replace a parameter's gradient by the mean."""
    shaped = flat.reshape(parameter.array.shape)
    if parameter.grad is None:
        parameter._grad = wrap(shaped.copy())
    else:
        parameter.grad.array[...] = shaped
        mark_written(parameter.grad)


def _in_buckets(parameters: list[Tensor], cap: float) -> Iterator[_Bucket]:
    """The parameters from the last to the first, in buckets of one dtype and about cap bytes.

    The backward pass reaches the last ones first. The first bucket is small, to travel early.
    """
    limit = min(cap, FIRST_BUCKET)
    together: list[Tensor] = []
    size = 0
    for parameter in reversed(parameters):
        if together and (size >= limit or parameter.array.dtype != together[0].array.dtype):
            yield _Bucket(together)
            together = []
            size = 0
            limit = cap
        together.append(parameter)
        size += parameter.array.nbytes
    yield _Bucket(together)


def _tensors_in(output: Any) -> Iterator[Tensor]:
    """The tensors in what a module returned: in tuples, lists, mappings and objects of fields."""
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, dict):
        for each in output.values():
            yield from _tensors_in(each)
    elif isinstance(output, list | tuple):
        for each in output:
            yield from _tensors_in(each)
    elif hasattr(output, "__dict__"):
        yield from _tensors_in(vars(output))
