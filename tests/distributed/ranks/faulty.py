"""A training in which one rank does something that ends the job."""

import os
import signal
import sys
import threading
import time
from datetime import timedelta

import tinygrad_mnist as torch
import tinygrad_mnist.distributed as dist
from tinygrad_mnist import nn
from tinygrad_mnist.nn.parallel import DistributedDataParallel as DDP

fault, culprit = sys.argv[1], int(sys.argv[2])
dist.init_process_group("gloo", timeout=timedelta(seconds=2))
told = [None] * dist.get_world_size()
dist.all_gather_object(told, f"rank {dist.get_rank()} is process {os.getpid()}")
if dist.get_rank() == 0:
    print("\n".join(told), flush=True)


def misbehave():
    if fault == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "raises":
        raise ZeroDivisionError("the data of this rank is broken")
    if fault == "raises in a thread":
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        time.sleep(60)
    if fault == "exits":
        sys.exit(3)
    if fault == "hangs":
        time.sleep(60)
    if fault == "skips a step":
        return


torch.manual_seed(0)
wide = fault == "has another module" and dist.get_rank() == culprit
model = DDP(nn.Linear(4, 3 if wide else 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(5):
    if step == 3 and dist.get_rank() == culprit:
        misbehave()
        if fault == "skips a step":
            continue
    if step == 3 and fault == "has other weights" and dist.get_rank() == culprit:
        with torch.no_grad():
            model.module.weight[0, 0] += 1e-7
    optimizer.zero_grad()
    model(torch.ones(3, 4)).sum().backward()
    optimizer.step()
    dist.check_agreement(f"the weights after step {step}", dist.checksum(model.parameters()))
dist.barrier()
print("nothing happened", flush=True)
