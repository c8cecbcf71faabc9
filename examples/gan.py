"""Two networks play against each other until the points that one of them draws look real.

python examples/gan.py [--quick]

Goodfellow et al., "Generative Adversarial Nets" (2014). The real points lie in eight clusters on a
ring, so that the usual failure shows: a generator that serves a few clusters and forgets the rest.
"""

import math
import sys

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim

CLUSTERS, SPREAD = 8, 0.15
ANGLES = 2 * math.pi * torch.arange(CLUSTERS) / CLUSTERS
CENTRES = 2 * torch.stack([torch.cos(ANGLES), torch.sin(ANGLES)], dim=1)


def real_points(n):
    return CENTRES[torch.randint(CLUSTERS, (n,))] + SPREAD * torch.randn(n, 2)


def network(inputs, outputs, hidden=64):
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, hidden), nn.LeakyReLU(0.2),
        nn.Linear(hidden, outputs),
    )  # fmt: skip


def draw(points, size=2.6, rows=20):
    """Print a map of how many points fall where: one, two or three, up to seven, up to fifteen, more."""
    count = [[0] * (2 * rows) for _ in range(rows)]
    for x, y in points.tolist():
        if max(abs(x), abs(y)) < size:
            count[int((size - y) / (2 * size) * rows)][int((x + size) / (2 * size) * 2 * rows)] += 1
    for row in count:
        print("".join(" .:+#@"[min(n.bit_length(), 5)] for n in row).rstrip())


@torch.no_grad()
def judge(points):
    """The share of points within four spreads of a centre, and how many centres have some.

    "Some" is a quarter of an equal share.
    """
    distance, nearest = torch.cdist(points, CENTRES).min(dim=1)
    near = distance < 4 * SPREAD
    visits = torch.bincount(nearest[near], minlength=CLUSTERS)
    return near.float().mean().item(), (visits > len(points) / CLUSTERS / 4).sum().item()


def main(quick=False, seed=0):
    torch.manual_seed(seed)
    steps, wanted = (1000, 0.7) if quick else (4000, 0.85)
    batch, latent = 256, 16
    generator, discriminator = network(latent, 2), network(2, 1)
    g_optimizer = optim.Adam(generator.parameters(), lr=0.002, betas=(0.5, 0.999))
    d_optimizer = optim.Adam(discriminator.parameters(), lr=0.002, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    real, fake = torch.ones(batch, 1), torch.zeros(batch, 1)

    for step in range(1, steps + 1):
        points = generator(torch.randn(batch, latent))

        # The discriminator learns to tell the two apart. Nothing of that goes to the generator: detach.
        d_loss = criterion(discriminator(real_points(batch)), real) + criterion(discriminator(points.detach()), fake)
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()

        # The generator learns to have its points taken for real ones.
        g_loss = criterion(discriminator(points), real)
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()
        if step % 500 == 0:
            share, found = judge(points)
            losses = f"discriminator {d_loss.item():.3f}  generator {g_loss.item():.3f}"
            print(f"step {step:5}  {losses}  {found} clusters, {share:.0%} in one")

    with torch.no_grad():
        points = generator(torch.randn(2000, latent))
    draw(points)
    share, found = judge(points)
    print(f"clusters found: {found} of {CLUSTERS}; points that lie in one: {share:.1%} (wanted: at least {wanted:.0%})")
    assert found == CLUSTERS and share >= wanted
    return share


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
