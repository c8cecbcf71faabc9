"""What one rank measures for `benchmarks.scaling`: `mpiexec -n 2 python -m benchmarks.scaling_job`.

Alone it times the steps of three networks, and when each parameter's gradient is whole. In several
ranks it times the averaging of messages of several sizes, and the digit network's steps. Rank 0
prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import tinygrad_mnist as tg
from examples.char_transformer import Transformer, next_letter_loss
from examples.cnn_mnist import Net
from tinygrad_mnist import distributed, nn, optim
from tinygrad_mnist.distributed.algorithms.ddp_comm_hooks.default_hooks import fp16_compress_hook
from tinygrad_mnist.distributed.cores import bind_to_cores
from tinygrad_mnist.mnist.recipe import RECIPES, classifier
from tinygrad_mnist.nn import functional as F

SIZES = [2**power for power in range(8, 24, 3)]  # bytes
Loss = Callable[[nn.Module, int], tg.Tensor]


def _digits(network: nn.Module, count: int) -> tg.Tensor:
    return F.cross_entropy(network(tg.rand(count, 28, 28)), tg.randint(0, 10, (count,)))


def _pictures(network: nn.Module, count: int) -> tg.Tensor:
    return F.cross_entropy(network(tg.rand(count, 1, 28, 28)), tg.randint(0, 10, (count,)))


def _letters(network: Any, count: int) -> tg.Tensor:
    return next_letter_loss(network, tg.randint(0, 40, (count, 65)))


NETWORKS: dict[str, tuple[Callable[[], nn.Module], Loss, list[int]]] = {
    "digit network": (lambda: classifier(RECIPES["original"]), _digits, [16, 64, 256]),
    "CNN": (Net, _pictures, [16, 64]),
    "transformer": (lambda: Transformer(40), _letters, [8, 32]),
}


def _step(network: nn.Module, optimizer: optim.Optimizer, loss: Loss, count: int) -> None:
    optimizer.zero_grad()
    loss(network, count).backward()
    optimizer.step()


def _median(step: Callable[[], Any], seconds: float) -> float:
    """The median time of a step, over about so many seconds."""
    step()
    times: list[float] = []
    while sum(times) < seconds or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def _arrivals(network: nn.Module, loss: Loss, count: int) -> list[tuple[int, float, float]]:
    """Of each parameter, in the order in which DistributedDataParallel sends them: its bytes, when
    its gradient is whole after the start of the step, and the end of the backward pass.
    """
    parallel = nn.parallel.DistributedDataParallel(network)  # it has gradients delivered early
    parameters = list(reversed(list(network.parameters())))
    whole: dict[tg.Tensor, float] = {}
    begun = 0.0

    def note(parameter: tg.Tensor) -> None:
        whole[parameter] = time.perf_counter() - begun

    hooks = [each.register_post_accumulate_grad_hook(note) for each in parameters]
    runs = []
    for _ in range(7):
        network.zero_grad()
        begun = time.perf_counter()
        loss(parallel, count).backward()
        end = time.perf_counter() - begun
        runs.append([(each.numel() * 4, whole[each], end) for each in parameters])
    for hook in hooks:
        hook.remove()
    return sorted(runs, key=lambda run: run[-1][2])[len(runs) // 2]


def alone(seconds: float) -> dict[str, Any]:
    """The steps of each network in one process with one thread."""
    measured = {}
    for name, (make, loss, batches) in NETWORKS.items():
        network = make()
        optimizer = optim.Adam(network.parameters())
        times = {}
        for count in batches:
            times[count] = _median(partial(_step, network, optimizer, loss, count), seconds)
        measured[name] = {
            "parameters": sum(each.numel() for each in network.parameters()),
            "batch": batches[-1],
            "seconds_by_batch": times,
            "gradients": _arrivals(network, loss, batches[-1]),
        }
    return measured


def messages(seconds: float) -> dict[int, float]:
    """Seconds to average messages of so many bytes."""
    found = {}
    for size in SIZES:
        message = tg.zeros(size // 4)
        repeat = max(5, int(seconds / 2e-4 / (1 + size / 1e5)))
        distributed.barrier()
        start = time.perf_counter()
        for _ in range(repeat):
            distributed.all_reduce(message)
        found[size] = (time.perf_counter() - start) / repeat
    return found


def digit_steps(seconds: float, batch: int) -> dict[str, float]:
    """Images a second of all ranks, by how gradients travel."""
    speeds = {}
    for name in ("float32", "float16", "none"):
        network: nn.Module = classifier(RECIPES["original"])
        optimizer = optim.Adam(network.parameters())
        if name != "none":
            network = nn.parallel.DistributedDataParallel(network)
        if name == "float16":
            network.register_comm_hook(None, fp16_compress_hook)

        step = partial(_step, network, optimizer, _digits, batch)
        step()
        distributed.barrier()
        start = time.perf_counter()
        repeat = max(10, int(seconds / 0.006))
        for _ in range(repeat):
            step()
        distributed.barrier()
        spent = time.perf_counter() - start
        speeds[name] = repeat * batch * distributed.get_world_size() / spent
    return speeds


def main() -> int:
    """Measure, and let rank 0 print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--batch", type=int, default=256, help="images of each rank")
    options = parser.parse_args()
    distributed.init_process_group("mpi")
    bind_to_cores()
    size = distributed.get_world_size()
    found: dict[str, Any] = {"ranks": size, "batch": options.batch}
    if size == 1:
        found["networks"] = alone(options.seconds)
    else:
        found["messages"] = messages(options.seconds)
    found["images_per_second"] = digit_steps(options.seconds, options.batch)
    if distributed.get_rank() == 0:
        print(json.dumps(found))
    distributed.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
