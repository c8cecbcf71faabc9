"""The programs of tinygrad_mnist and of PyTorch: one text, run with either as `torch`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks import work

Run = Callable[[], object]


def made(torch: Any, compiled: bool) -> Callable[[Any], Any]:
    """What makes a program of a function: `torch.compile`, or nothing."""
    return torch.compile if compiled else (lambda function: function)


class Epoch:
    """One epoch of the original network at each call."""

    def __init__(self, framework: str, data: str, compiled: bool = False) -> None:
        torch = self.torch = importlib.import_module(framework)
        torch.manual_seed(0)
        x, y, self.x_test, self.y_test = map(torch.from_numpy, work.images(data))
        self.network = network(torch)
        self.count = 0
        options = {"fused": True} if framework == "torch" else {}
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), work.LR, (work.BETA1, work.BETA2), work.EPS, **options
        )
        if framework == "torch":
            self.loader = lambda: ((x[i], y[i]) for i in torch.randperm(len(x)).split(work.BATCH))
        else:
            dataset = torch.utils.data.TensorDataset(x, y)
            loader = torch.utils.data.DataLoader(dataset, work.BATCH, shuffle=True)
            self.loader = lambda: iter(loader)
        self.loss = made(torch, compiled)(
            lambda images, labels: torch.nn.functional.cross_entropy(self.network(images), labels)
        )

    def __call__(self) -> None:
        self.count += 1
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = work.rate(self.count)
        for images, labels in self.loader():
            self.optimizer.zero_grad()
            self.loss(images, labels).backward()
            self.optimizer.step()

    def accuracy(self) -> float:
        self.network.eval()
        with self.torch.no_grad():
            return float((self.network(self.x_test).argmax(1) == self.y_test).float().mean())


def epoch(framework: str, data: str, compiled: bool = False) -> Run:
    return Epoch(framework, data, compiled)


def network(torch: Any, sizes: Any = work.SIZES, keep: Any = work.KEEP) -> Any:
    nn, layers = torch.nn, []
    for i, (fan_in, units) in enumerate(pairwise(sizes)):
        linear = nn.Linear(fan_in, units)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.zeros_(linear.bias)
        layers += [linear]
        if i < len(sizes) - 2:
            layers += [nn.ReLU(), *([nn.Dropout(1 - keep[i])] if keep else [])]
    return nn.Sequential(*layers)


def trainer(torch: Any, model: Any, loss: Any, compiled: bool = False, **options: Any) -> Run:
    """One training step with Adam at each call."""
    loss = made(torch, compiled)(loss)
    if torch.__name__ == "torch":
        options["fused"] = True
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, **options)

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


def step(
    framework: str,
    width: int | None = None,
    batch: int = work.BATCH,
    dropout: bool = False,
    compiled: bool = False,
) -> Run:
    """A step of the original network, or of one of two equal hidden layers."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    model = network(
        torch, (784, width, width, 10) if width else work.SIZES, work.KEEP if dropout else None
    )
    x, y = torch.rand(batch, 784), torch.randint(10, (batch,))
    return trainer(torch, model, lambda: torch.nn.functional.cross_entropy(model(x), y), compiled)


def chain(
    framework: str, size: int | None = None, length: int = work.CHAIN, compiled: bool = False
) -> Run:
    """Forward and backward through multiplications and additions of scalars or vectors."""
    torch = importlib.import_module(framework)
    x = torch.ones(() if size is None else (size,), requires_grad=True)

    def last(x: Any) -> Any:
        y = x
        for _ in range(length // 2):
            y = y * 0.999
            y = y + x
        return y if size is None else y.sum()

    program = made(torch, compiled)(last)

    def run() -> None:
        program(x).backward()
        x.grad = None

    return run


def moons(framework: str, compiled: bool = False) -> Run:
    """A step of micrograd's demonstration: 2-16-16-1, hinge loss and L2, SGD."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    points, labels = map(torch.from_numpy, work.moons())

    def loss(points: Any, labels: Any) -> Any:
        hinge = (1 - labels * model(points).squeeze(1)).relu().mean()
        return hinge + 1e-4 * sum((p * p).sum() for p in model.parameters())

    program = made(torch, compiled)(loss)

    def run() -> None:
        optimizer.zero_grad()
        program(points, labels).backward()
        optimizer.step()

    return run


def cnn(framework: str, compiled: bool = False) -> Run:
    """A step of the usual MNIST CNN, batch 64."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
    x, y = torch.rand(64, 1, 28, 28), torch.randint(10, (64,))
    return trainer(torch, model, lambda: nn.functional.cross_entropy(model(x), y), compiled)


def transformer(framework: str, compiled: bool = False) -> Run:
    """A step of a character transformer: 4 layers, 128 wide, 4 heads, 64 characters, batch 32."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    nn, F = torch.nn, torch.nn.functional
    letters, width, heads, context, batch = 64, 128, 4, 64, 32

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(
                nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
            )

        def forward(self, x: Any) -> Any:
            n, t, _ = x.shape
            parts = self.qkv(self.norm1(x)).split(width, 2)
            q, k, v = (each.view(n, t, heads, width // heads).transpose(1, 2) for each in parts)
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(attended.transpose(1, 2).reshape(n, t, width))
            return x + self.mlp(self.norm2(x))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.letter, self.place = nn.Embedding(letters, width), nn.Embedding(context, width)
            self.blocks = nn.Sequential(*(Block() for _ in range(4)))
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, letters)

        def forward(self, x: Any) -> Any:
            return self.head(
                self.norm(self.blocks(self.letter(x) + self.place(torch.arange(context))))
            )

    model = Model()
    data = torch.from_numpy(work.text())
    starts = np.random.default_rng(0).integers(0, len(data) - context - 1, batch)
    x = torch.stack([data[i : i + context] for i in starts])
    y = torch.stack([data[i + 1 : i + 1 + context] for i in starts])
    return trainer(
        torch, model, lambda: F.cross_entropy(model(x).view(-1, letters), y.view(-1)), compiled
    )


def lstm(framework: str, compiled: bool = False) -> Run:
    """A step of a one-layer LSTM: 128 units, 28 steps of 28 numbers, batch 64."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.ModuleDict({"lstm": nn.LSTM(28, 128, batch_first=True), "head": nn.Linear(128, 10)})
    x, y = torch.rand(64, 28, 28), torch.randint(10, (64,))
    return trainer(
        torch,
        model,
        lambda: nn.functional.cross_entropy(model["head"](model["lstm"](x)[0][:, -1]), y),
        compiled,
    )


def hvp(framework: str, compiled: bool = False) -> Run:
    """The Hessian of the original network's loss, without dropout, times a vector."""
    torch = importlib.import_module(framework)
    torch.manual_seed(0)
    model = network(torch, keep=None)
    parameters = list(model.parameters())
    vector = [torch.randn(*p.shape) for p in parameters]
    x, y = torch.rand(work.BATCH, 784), torch.randint(10, (work.BATCH,))

    def product(x: Any, y: Any) -> Any:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        grads = torch.autograd.grad(loss, parameters, create_graph=True)
        along = sum((g * v).sum() for g, v in zip(grads, vector, strict=True))
        return torch.autograd.grad(along, parameters)

    program = made(torch, compiled)(product)
    return lambda: program(x, y)
