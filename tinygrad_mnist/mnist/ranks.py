"""Several processes that train one network: `mpiexec -n 4 tinygrad-mnist train`.

A process of the job is a rank. The recipe's batch is the whole job's: each rank takes its share of
every batch, and the step is that of one process with all of it, to rounding. So a recipe is the
same training on any number of ranks, and a run goes on with another number. Dropout and
augmentation draw from a generator that each rank has for each step: the same number of ranks gives
the same run, bit for bit.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

import tinygrad_mnist as tg
from tinygrad_mnist import distributed, nn, optim
from tinygrad_mnist.distributed.algorithms.ddp_comm_hooks.default_hooks import fp16_compress_hook
from tinygrad_mnist.distributed.cores import bind_to_cores
from tinygrad_mnist.distributed.faults import abort
from tinygrad_mnist.mnist.advice import command_line
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.utils.data import BatchSampler, RandomSampler, TensorDataset

__all__ = ["Part", "Ranks", "ShareOfBatches", "Steps", "Told", "Wish", "fingerprint_of", "launched"]

STOPS = (signal.SIGINT, signal.SIGTERM)
STAGGER = 0.4  # seconds that a rank gives each rank before it to speak first
PATIENCE = 3.0  # seconds at most


def launched() -> int:
    """How many processes mpiexec started.

    Returns:
        Their number; 1 for a process that was started by itself.
    """
    said = os.environ.get("WORLD_SIZE", "1")
    return int(said) if said.isdecimal() else 1


# what ranks tell each other ------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What a rank wants to happen behind a step.

    Attributes:
        stop: the signal that asked it to end, or 0.
        checkpoint: whether it is time for one.
    """

    stop: int = 0
    checkpoint: bool = False


@dataclass(frozen=True)
class Told:
    """What all ranks know behind a step, and all the same.

    Attributes:
        loss: the sum of the losses of all ranks' images since they last met, in nats.
        stop: the signal that asked a rank to end, or 0.
        checkpoint: whether it is time for one.
    """

    loss: float
    stop: int = 0
    checkpoint: bool = False


class Ranks:
    """The processes of a job; without mpiexec, this one alone, and nothing travels.

    Attributes:
        size: how many there are.
        rank: which of them this is, from 0; rank 0 alone writes and prints.
        wish: asked behind each step, or None.
    """

    def __init__(self) -> None:
        self.size = 1
        self.rank = 0
        if distributed.is_initialized():
            self.size = distributed.get_world_size()
            self.rank = distributed.get_rank()
        self.wish: Callable[[], Wish] | None = None
        self._loss = 0.0
        self._travels: tuple[tg.Tensor, Any] | None = None

    @property
    def is_alone(self) -> bool:
        """Whether there is no other rank."""
        return self.size == 1

    @property
    def writes(self) -> bool:
        """Whether this is the rank that writes files and prints."""
        return self.rank == 0

    def command(self, *words: object) -> str:
        """A call of this command line by as many ranks, to paste into the shell.

        Args:
            words: what follows the command's name.

        Returns:
            The text.
        """
        line = command_line(*words)
        return line if self.is_alone else f"mpiexec -n {self.size} {line}"

    def wait_at_most(self, seconds: float) -> None:
        """Bound the time for which a rank waits for the others.

        Args:
            seconds: after which it ends the job, with the rank that did not come.

        Raises:
            ValueError: if that is no time.
        """
        if not seconds > 0:
            raise ValueError(f"--timeout: got {seconds:g}, wanted seconds")
        if distributed.GroupMember.WORLD is not None:
            distributed.GroupMember.WORLD.timeout = timedelta(seconds=seconds)

    def bind(self) -> str:
        """Give each rank one thread and a core of its own; returns what to say of it."""
        return "" if self.is_alone else bind_to_cores()

    def agree(self, what: str, fingerprint: str) -> None:
        """Compare a fingerprint with the other ranks'.

        Args:
            what: it is of, as the error begins.
            fingerprint: this rank's.

        Raises:
            DisagreementError: in every rank, if one has another; it names that rank.
        """
        if not self.is_alone:
            distributed.check_agreement(what, fingerprint)

    def from_first(self, value: Any) -> Any:
        """What rank 0 has.

        Args:
            value: rank 0's, of what JSON has; the others' does not matter.

        Returns:
            Rank 0's value.
        """
        if self.is_alone:
            return value
        values = [value]
        distributed.broadcast_object_list(values, src=0)
        return values[0]

    def recipe_from_first(self, recipe: Recipe | None) -> Recipe:
        """Rank 0's recipe.

        Args:
            recipe: rank 0's; the others' does not matter.

        Returns:
            It.
        """
        values = None if recipe is None else dataclasses.asdict(recipe)
        return Recipe(**self.from_first(values))

    def state_from_first(self, state: dict[str, Any]) -> dict[str, Any]:
        """Rank 0's state of a training.

        Args:
            state: as `Training.state` gives it.

        Returns:
            Rank 0's.
        """
        packed = io.BytesIO()
        if self.writes:
            tg.save(state, packed)
        found: dict[str, Any] = tg.load(io.BytesIO(self.from_first(packed.getvalue())))
        return found

    def sum(self, *values: float) -> tuple[float, ...]:
        """The sums of the ranks' values.

        Args:
            values: as many in each rank.

        Returns:
            One sum for each of them.
        """
        if self.is_alone:
            return values
        summed = tg.tensor(values, dtype=tg.float64)
        distributed.all_reduce(summed)
        return tuple(summed.tolist())

    def share(self, dataset: TensorDataset) -> TensorDataset:
        """This rank's part of a dataset, every n-th example.

        Args:
            dataset: the whole.

        Returns:
            The part, in the same memory.
        """
        if self.is_alone:
            return dataset
        return TensorDataset(*(x[self.rank :: self.size] for x in dataset.tensors))

    # behind a step

    def add_loss(self, loss: float) -> None:
        """Note losses of this rank's images.

        Args:
            loss: their sum.
        """
        self._loss += loss

    def begin_meeting(self) -> None:
        """Let what this rank has to say travel, while the gradients are computed."""
        if self.is_alone:
            return
        wish = self._wish()
        stops = [float(wish.stop == each) for each in STOPS]
        said = [self._loss, *stops, float(wish.checkpoint and self.writes)]
        summed = tg.tensor(said, dtype=tg.float64)
        self._travels = summed, distributed.all_reduce(summed, async_op=True)

    def end_meeting(self) -> Told:
        """Wait for it.

        Returns:
            What all ranks said.
        """
        loss = self._loss
        self._loss = 0.0
        if self._travels is None:
            wish = self._wish()
            return Told(loss, wish.stop, wish.checkpoint)
        summed, work = self._travels
        self._travels = None
        work.wait()
        loss, *stops, checkpoint = summed.tolist()
        stop = next((each for each, said in zip(STOPS, stops, strict=True) if said), 0)
        return Told(loss, int(stop), bool(checkpoint))

    def agreed_stop(self, stop: int) -> int:
        """The signal that asked one of the ranks to end.

        Args:
            stop: the one that this rank got, or 0.

        Returns:
            The same number in every rank, or 0.
        """
        if self.is_alone:
            return stop
        got = self.sum(*(float(stop == each) for each in STOPS))
        return next((int(each) for each, said in zip(STOPS, got, strict=True) if said), 0)

    def _wish(self) -> Wish:
        return Wish() if self.wish is None else self.wish()

    # the end of the job

    def abort(self, message: str, code: int, speaker: int | None = None) -> None:
        """Print why, in one message that names this rank, and end all ranks.

        Where several ranks have the same to say, the first of them ends the others first.

        Args:
            message: in a line.
            code: the exit code.
            speaker: the rank that is to say it, if not the first that can.
        """
        before = self.rank if speaker is None else int(self.rank != speaker) * (self.rank + 1)
        time.sleep(min(STAGGER * before, PATIENCE))
        sys.stdout.flush()
        assert distributed.GroupMember.WORLD is not None
        text = f"rank {self.rank} of {self.size}: {message}" if message else ""
        abort(distributed.GroupMember.WORLD.comm, text, code)


# shares of batches, and steps of them --------------------------------------------------------


class ShareOfBatches(BatchSampler):
    """A rank's share of each batch that all ranks have together: every n-th example of it.

    Args:
        dataset: the examples.
        batch_size: examples in a batch of the whole job.
        ranks: whose share.
        generator: draws the order; it must be in the same state in all ranks.
    """

    def __init__(
        self, dataset: Any, batch_size: int, ranks: Ranks, generator: tg.Generator
    ) -> None:
        super().__init__(RandomSampler(dataset, generator=generator), batch_size, False)
        self._ranks = ranks

    def __iter__(self) -> Iterator[list[Any]]:
        for batch in super().__iter__():
            # An array: of fewer images than ranks, some ranks have none.
            yield np.array(batch[self._ranks.rank :: self._ranks.size], np.int64)  # type: ignore[misc]


@dataclass(frozen=True)
class Part:
    """What a batch is of a step.

    Attributes:
        count: images of it, in all ranks.
        weight: of its mean loss in this rank, so that the ranks' mean gradient is that of the whole
            step's mean loss.
        is_first: whether the step begins with it.
        is_last: whether the step ends with it.
        meets: whether the ranks meet in it.
    """

    count: int
    weight: float = 1.0
    is_first: bool = True
    is_last: bool = True
    meets: bool = True


class Steps:
    """How batches become steps of an optimizer: in one process or several.

    Args:
        network: that is trained.
        recipe: its batch, and how ranks communicate.
        images: how many a pass has.
        ranks: of the job.
    """

    def __init__(self, network: nn.Module, recipe: Recipe, images: int, ranks: Ranks) -> None:
        self.ranks = ranks
        self._recipe = recipe
        self._images = images
        self._network = network
        self._parallel: nn.parallel.DistributedDataParallel | None = None
        if not ranks.is_alone and recipe.average_every == 1:
            self._parallel = nn.parallel.DistributedDataParallel(network)
            if recipe.compress == "float16":
                self._parallel.register_comm_hook(None, fp16_compress_hook)

    def part(self, seen: int, own: int) -> Part:
        """What comes next.

        Args:
            seen: images of the pass so far, in all ranks.
            own: images of the batch in this rank.

        Returns:
            What this batch is.
        """
        batch = self._recipe.batch_size
        whole = batch * self._recipe.accumulate
        begun = seen - seen % whole
        in_step = min(whole, self._images - begun)
        count = min(batch, self._images - seen)
        ends = seen + count == begun + in_step
        number = begun // whole + 1
        meets = number % self._recipe.average_every == 0 or seen + count == self._images
        meets = meets or self.ranks.is_alone
        weight = own * self.ranks.size / in_step
        if self._recipe.average_every > 1:  # each rank makes steps of its own images alone
            weight = count / in_step
        return Part(count, weight, seen == begun, ends, ends and meets)

    def logits(self, images: tg.Tensor, part: Part) -> tg.Tensor:
        """The network's answers; of a step's last batch, the gradients of all will be averaged.

        Args:
            images: this rank's.
            part: what the batch is.
        """
        if self._parallel is None:
            return self._network(images)
        self._parallel.require_backward_grad_sync = part.is_last
        return self._parallel(images)

    @contextlib.contextmanager
    def drawing(self, seed: int, epoch: int, batch: int) -> Iterator[None]:
        """In this block a rank's dropout draws from a generator of the rank's and the step's own.

        Args:
            seed: the recipe's.
            epoch: number of the pass.
            batch: number of the batch in it.
        """
        if self.ranks.is_alone:
            yield
            return
        words = np.random.SeedSequence(
            [seed % 2**64, epoch, batch, self.ranks.rank]
        ).generate_state(1)
        with tg.random.use_generator(tg.Generator().manual_seed(int(words[0]))):
            yield

    def average(self, network: nn.Module, optimizer: optim.Optimizer | None = None) -> None:
        """Give all ranks the mean of their parameters, where each made steps of its own.

        Args:
            network: whose parameters.
            optimizer: of them; what it remembers of each is averaged as well. Default: it is not.
        """
        if self.ranks.is_alone or self._recipe.average_every == 1:
            return
        averaged = [parameter.detach() for parameter in network.parameters()]
        if optimizer is not None:
            for parameter in network.parameters():
                averaged += _moments(optimizer.state[parameter].values())
        _average(averaged)


def _moments(values: Iterable[Any]) -> list[tg.Tensor]:
    """The tensors of floats in an optimizer's memory of a parameter."""
    return [x for x in values if isinstance(x, tg.Tensor) and x.is_floating_point() and x.ndim]


def _average(tensors: list[tg.Tensor]) -> None:
    """The mean over the ranks, in place; they travel together."""
    flat = tg.cat([x.flatten() for x in tensors])
    distributed.all_reduce(flat, distributed.ReduceOp.AVG)
    start = 0
    with tg.no_grad():
        for x in tensors:
            x.copy_(flat[start : start + x.numel()].reshape(x.shape))
            start += x.numel()


def fingerprint_of(recipe: Recipe) -> str:
    """What ranks compare of their recipes.

    Args:
        recipe: this rank's.

    Returns:
        All of its values.
    """
    return repr(dataclasses.asdict(recipe))
