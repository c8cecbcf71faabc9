"""A network learns digits without back-propagation: each layer by itself, from what it likes and dislikes.

python examples/forward_forward.py [--quick]

Hinton, "The Forward-Forward Algorithm" (2022). A label is written into each image. A layer learns
to be excited where it is the true one and calm where it is wrong; no error travels between layers.
"""

import sys

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import nn, optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.utils.data import DataLoader, TensorDataset


class Layer(nn.Linear):
    """A linear layer with ReLU and an optimizer of its own."""

    def __init__(self, inputs, outputs, threshold=1.0, lr=0.002):
        super().__init__(inputs, outputs)
        self.threshold = threshold
        self.optimizer = optim.Adam(self.parameters(), lr=lr)

    def forward(self, x):
        # Scaled, so that nothing shows of how excited the layer below was.
        x = x / (goodness(x).sqrt().unsqueeze(1) + 1e-4)
        return F.relu(super().forward(x))

    def learn(self, positive, negative):
        """One step towards goodness above the threshold for positive, and below it for negative."""
        too_calm = F.softplus(self.threshold - goodness(self(positive)))
        too_excited = F.softplus(goodness(self(negative)) - self.threshold)
        loss = (too_calm + too_excited).mean()
        self.optimizer.zero_grad()
        loss.backward()  # through this layer and no further
        self.optimizer.step()
        return loss.item()


def goodness(activity):
    """How excited a layer is, for each image: the mean square of its units."""
    return (activity**2).mean(dim=1)


def with_label(images, labels):
    """Images whose first ten pixels, otherwise blank, say the label instead."""
    return torch.cat([F.one_hot(labels, 10).float(), images[:, 10:]], dim=1)


@torch.no_grad()
def classify(layers, images):
    """The label that excites the layers most."""
    total = torch.zeros(len(images), 10)
    for label in range(10):
        x = with_label(images, torch.full((len(images),), label))
        for layer in layers:
            x = layer(x)
            total[:, label] += goodness(x)
    return total.argmax(dim=1)


def as_tensors(images, labels):
    """Images as rows of 784 numbers from 0 to 1, labels as int64."""
    return torch.from_numpy(images).flatten(1) / 255, torch.from_numpy(labels).long()


def main(quick=False, seed=0):
    torch.manual_seed(seed)
    epochs, wanted = (3, 0.75) if quick else (20, 0.88)
    digits = datasets.embedded()
    x, y = as_tensors(digits.train_images, digits.train_labels)
    x_test, y_test = as_tensors(digits.test_images, digits.test_labels)

    layers = [Layer(784, 500), Layer(500, 500)]
    for epoch in range(1, epochs + 1):
        for images, labels in DataLoader(TensorDataset(x, y), batch_size=100, shuffle=True):
            wrong = (labels + torch.randint(1, 10, labels.shape)) % 10
            positive, negative = with_label(images, labels), with_label(images, wrong)
            for layer in layers:
                loss = layer.learn(positive, negative)
                with torch.no_grad():
                    positive, negative = layer(positive), layer(negative)
        if epoch in (1, epochs) or epoch % 5 == 0:
            accuracy = (classify(layers, x_test) == y_test).float().mean().item()
            print(f"epoch {epoch:3}  loss of the last layer {loss:.3f}  test accuracy {accuracy:.1%}")
    print(f"test digits read right, no error sent back: {accuracy:.1%} (wanted: at least {wanted:.0%})")
    assert accuracy >= wanted
    return accuracy


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
