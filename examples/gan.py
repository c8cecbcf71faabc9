"""Two networks play against each other until the points that one of them draws look real.

python examples/gan.py [--quick]

Goodfellow et al., "Generative Adversarial Nets" (2014). The real points lie in eight clusters on a
ring, so that the usual failure shows: a generator that serves a few clusters and forgets the rest.
"""

import argparse
import math

import tinygrad_mnist as torch
from tinygrad_mnist import Tensor, nn, optim

CLUSTERS = 8
SPREAD = 0.15  # the standard deviation of a cluster, in each direction
LATENT = 16  # numbers that a point is made from
BATCH = 256
ANGLES = 2 * math.pi * torch.arange(CLUSTERS) / CLUSTERS
CENTRES = 2 * torch.stack([torch.cos(ANGLES), torch.sin(ANGLES)], dim=1)


def real_points(n: int) -> Tensor:
    """Points of the ring, (n, 2)."""
    return CENTRES[torch.randint(CLUSTERS, (n,))] + SPREAD * torch.randn(n, 2)


def network(inputs: int, outputs: int, hidden: int = 64) -> nn.Sequential:
    """Three linear layers."""
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, outputs),
    )


def draw(points: Tensor, size: float = 2.6, rows: int = 20) -> None:
    """Print a map of how many points fall where: 1, 2 or 3, up to 7, up to 15, more."""
    columns = 2 * rows
    counts = [[0] * columns for _ in range(rows)]
    for x, y in points.tolist():
        if max(abs(x), abs(y)) < size:
            row = int((size - y) / (2 * size) * rows)
            column = int((x + size) / (2 * size) * columns)
            counts[row][column] += 1
    for line in counts:
        print("".join(" .:+#@"[min(count.bit_length(), 5)] for count in line).rstrip())


@torch.no_grad()
def judge(points: Tensor) -> tuple[float, int]:
    """The share of points within four spreads of a centre, and how many centres have some.

    "Some" is a quarter of an equal share.
    """
    distance, nearest = torch.cdist(points, CENTRES).min(dim=1)
    near = distance < 4 * SPREAD
    visits = torch.bincount(nearest[near], minlength=CLUSTERS)
    found = visits > len(points) / CLUSTERS / 4
    return near.float().mean().item(), found.sum().item()


def main(quick: bool = False, seed: int = 0) -> float:
    torch.manual_seed(seed)
    steps = 1000 if quick else 4000
    wanted = 0.7 if quick else 0.85
    generator = network(LATENT, 2)
    discriminator = network(2, 1)
    g_optimizer = optim.Adam(generator.parameters(), lr=0.002, betas=(0.5, 0.999))
    d_optimizer = optim.Adam(discriminator.parameters(), lr=0.002, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    real = torch.ones(BATCH, 1)
    fake = torch.zeros(BATCH, 1)

    for step in range(1, steps + 1):
        points = generator(torch.randn(BATCH, LATENT))

        # The discriminator learns to tell the two apart. Nothing of that goes to the generator:
        # detach.
        real_loss = criterion(discriminator(real_points(BATCH)), real)
        fake_loss = criterion(discriminator(points.detach()), fake)
        d_loss = real_loss + fake_loss
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
        points = generator(torch.randn(2000, LATENT))
    draw(points)
    share, found = judge(points)
    print(f"clusters found: {found} of {CLUSTERS}")
    print(f"points that lie in one: {share:.1%} (wanted: at least {wanted:.0%})")
    assert found == CLUSTERS and share >= wanted
    return share


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    main(quick=parser.parse_args().quick)
