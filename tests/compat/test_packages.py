"""Packages written for PyTorch, where they are installed, with this package in its place."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = """
import sys, tinygrad_mnist
sys.modules["torch"] = tinygrad_mnist
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
x = torch.randn(60, 8)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
"""
PROGRAMS = {
    "torchmetrics": """
import torchmetrics
metric = torchmetrics.Accuracy(task="multiclass", num_classes=2)
metric(model(x), y)
both = torchmetrics.MetricCollection([metric, torchmetrics.AUROC(task="multiclass", num_classes=2)])
both.update(model(x).softmax(1), y)
assert 0 <= both.compute()["MulticlassAUROC"] <= 1
""",
    "ignite": """
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Accuracy
from torch.utils.data import DataLoader, TensorDataset
loader = DataLoader(TensorDataset(x, y), batch_size=10)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
trainer.run(loader, max_epochs=5)
assert create_supervised_evaluator(model, {"accuracy": Accuracy()}).run(loader).metrics["accuracy"] > 0.9
""",
    "torchviz": """
from torchviz import make_dot
drawn = make_dot(model(x).mean(), params=dict(model.named_parameters())).source
assert "MeanBackward0" in drawn and "0.weight" in drawn
""",
    "torchinfo": """
from torchinfo import summary
assert summary(model, input_size=(2, 8), verbose=0).total_params == 178
""",
    "torchsummary": """
from torchsummary import summary
summary(model, (8,), device="cpu")
""",
    "einops": """
from einops import rearrange, reduce
from einops.layers.torch import Rearrange
assert rearrange(x, "(a b) c -> a (b c)", a=6).shape == (6, 80)
assert Rearrange("a b -> b a")(x).shape == (8, 60) and reduce(x, "a b -> b", "max").shape == (8,)
""",
    "skorch": """
from skorch import NeuralNetClassifier
net = NeuralNetClassifier(model, criterion=nn.CrossEntropyLoss, max_epochs=20, lr=0.5, verbose=0)
assert net.fit(x.numpy(), y.numpy()).score(x.numpy(), y.numpy()) > 0.8
""",
    "captum": """
from captum.attr import IntegratedGradients
assert IntegratedGradients(model).attribute(x[:3], target=1).shape == (3, 8)
""",
    "torchdiffeq": """
from torchdiffeq import odeint
found = odeint(lambda t, y: -y, torch.tensor([1.0]), torch.tensor([0.0, 1.0]))[-1]
assert abs(found.item() - 0.3678794) < 1e-4
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_package_runs(name):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    call = [sys.executable, "-W", "ignore", "-c", HEAD + PROGRAMS[name]]
    outcome = subprocess.run(call, capture_output=True, text=True, cwd=ROOT)
    assert outcome.returncode == 0, outcome.stderr[-2000:]
