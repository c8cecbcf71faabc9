"""What PyTorch programs ask of the package besides arithmetic: kinds of tensors, devices, switches."""

import importlib
import sys

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn


def test_typed_constructors_and_their_isinstance():
    assert tg.FloatTensor([1, 2]).dtype == tg.float32 and tg.LongTensor([1.7]).tolist() == [1]
    assert tg.FloatTensor(2, 3).shape == (2, 3) and tg.DoubleTensor().shape == (0,)
    x = tg.tensor([1])
    assert isinstance(x, tg.LongTensor) and not isinstance(x, tg.FloatTensor) and isinstance(x, tg.Tensor)
    assert x.type() == "torch.LongTensor" and x.type(tg.FloatTensor).dtype == tg.float32
    assert x.type("torch.DoubleTensor").dtype == tg.float64


def test_questions_about_tensors():
    x = tg.ones(2, 3)
    assert tg.is_tensor(x) and not tg.is_tensor(np.ones(2))
    assert tg.is_floating_point(x) and not tg.is_floating_point(x.long()) and tg.numel(x) == 6
    assert (
        tg.result_type(tg.tensor([1]), 2.5) == tg.float32
        and tg.result_type(x, tg.ones((), dtype=tg.float64)) == tg.float32
    )
    assert tg.isin(tg.tensor([1, 2, 3]), tg.tensor([2, 5])).tolist() == [False, True, False]
    assert tg.scalar_tensor(3).dtype == tg.float32 and tg.ravel(x).shape == x.ravel().shape == (6,)
    assert tg.equal(tg.concat([x, x]), tg.cat([x, x])) and x[:, tg.newaxis].shape == (2, 1, 3)


def test_the_usual_choice_of_a_device_ends_on_the_cpu():
    device = tg.device("cuda" if tg.cuda.is_available() else "mps" if tg.backends.mps.is_available() else "cpu")
    assert device == tg.device("cpu") and str(device) == "cpu" and tg.cuda.device_count() == 0
    net, x = nn.Linear(2, 1).to(device), tg.ones(1, 2, device=device).to(device)
    assert net(x).device == device and x.cpu() is x
    for call in (x.cuda, net.cuda, lambda: x.to("cuda"), lambda: tg.ones(1, device="cuda:0"), tg.cuda.current_device):
        with pytest.raises(AssertionError, match="tensors live on the CPU here"):
            call()


def test_switches_are_accepted():
    tg.backends.cudnn.benchmark = True
    tg.backends.cuda.matmul.allow_tf32 = True
    tg.set_float32_matmul_precision("high")
    tg.use_deterministic_algorithms(True)
    before = tg.get_num_threads()
    tg.set_num_threads(1)
    assert tg.get_num_threads() == 1
    tg.set_num_threads(before)
    double = tg.compile(lambda x: x * 2)
    assert double(tg.ones(1)).item() == 2


def test_mixed_precision_changes_nothing():
    scaler, p = tg.amp.GradScaler(), tg.ones(1, requires_grad=True)
    optimizer = tg.optim.SGD([p], lr=0.5)
    with tg.autocast("cpu", dtype=tg.bfloat16):
        loss = (p * p).sum()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    assert loss.dtype == tg.float32 and p.item() == 0


def test_bfloat16_is_refused_by_name():
    with pytest.raises(TypeError, match="bfloat16"):
        tg.ones(2, dtype=tg.bfloat16)


def test_distributed_answers_that_it_is_not_initialised():
    assert (
        not tg.distributed.is_initialized() and tg.distributed.get_rank() == 0 and tg.distributed.get_world_size() == 1
    )
    with pytest.raises(RuntimeError, match="one process"):
        tg.distributed.init_process_group("gloo")


PATHS = [
    "nn.functional",
    "nn.init",
    "nn.utils",
    "nn.utils.rnn",
    "nn.utils.clip_grad",
    "nn.utils.convert_parameters",
    "nn.utils.stateless",
    "nn.attention",
    "func",
    "nn.parallel",
    "nn.parameter",
    "nn.modules.activation",
    "nn.modules.loss",
    "nn.modules.module",
    "nn.modules.conv",
    "nn.modules.container",
    "nn.modules.batchnorm",
    "nn.modules.rnn",
    "nn.modules.transformer",
    "nn.modules.linear",
    "nn.modules.dropout",
    "nn.modules.normalization",
    "nn.modules.pooling",
    "nn.modules.sparse",
    "optim.lr_scheduler",
    "optim.optimizer",
    "optim.adam",
    "optim.adamw",
    "optim.sgd",
    "optim.lbfgs",
    "utils.checkpoint",
    "utils.tensorboard",
    "utils.data.distributed",
    "utils.data.dataloader",
    "utils.data.dataset",
    "utils.data.sampler",
    "autograd.functional",
    "autograd.function",
    "autograd.gradcheck",
    "distributions.normal",
    "distributions.categorical",
    "distributions.bernoulli",
    "distributions.kl",
    "distributed",
    "amp",
    "cuda.amp",
    "backends.cudnn",
    "backends.mps",
    "accelerator",
    "cuda",
    "mps",
    "random",
    "linalg",
]


@pytest.mark.parametrize("path", PATHS)
def test_import_path(path):
    assert importlib.import_module(f"tinygrad_mnist.{path}").__doc__ or path.startswith("backends")


def test_a_program_runs_with_the_module_aliased(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", tg)
    monkeypatch.setitem(sys.modules, "torch.nn", nn)
    monkeypatch.setitem(sys.modules, "torch.nn.functional", nn.functional)
    monkeypatch.setitem(sys.modules, "torch.optim", tg.optim)
    program = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import SGD

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return F.log_softmax(self.fc(torch.flatten(x, 1)), dim=1)


x, y = torch.randn(30, 1, 8, 8).to(device), torch.arange(30) % 3
x += y.view(-1, 1, 1, 1).float()
net = Net().to(device)
optimizer = SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(60):
    optimizer.zero_grad()
    loss = F.nll_loss(net(x), y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    right = net(x).argmax(dim=1, keepdim=True).eq(y.view(-1, 1)).sum().item()
print(f"{loss.item():.3f} {right}/{len(y)}")
"""
    exec(compile(program, "program", "exec"), {})
    loss, right = capsys.readouterr().out.split()
    assert right == "30/30" and float(loss) < 0.1
