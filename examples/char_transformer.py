"""A small transformer learns to write letter by letter, and to look back: who was it that lent the kite?

python examples/char_transformer.py [--quick]

The text is made up on the spot: somebody lends a thing, somebody returns it. Names and things come
back in the second sentence, so counting which letter follows which is not enough; attention finds them.
"""

import random
import sys

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import nn, optim

NAMES = ["anna", "bela", "carl", "dora", "emil", "fina", "gero", "hedi", "ivan", "jana", "kuno", "lena"]
COLOURS = ["red", "blue", "green", "black", "white", "brown", "yellow", "grey"]
THINGS = ["kite", "drum", "ladder", "basket", "lantern", "bucket", "violin", "saddle", "barrow", "hammer"]


def story(rng):
    (giver, taker), thing = rng.sample(NAMES, 2), f"{rng.choice(COLOURS)} {rng.choice(THINGS)}"
    if rng.random() < 0.5:
        return f"{giver} lends {taker} the {thing}. {taker} returns the {thing} to {giver}.\n"
    return f"{taker} borrows the {thing} of {giver}. {giver} gets the {thing} back from {taker}.\n"


class Block(nn.Module):
    """Causal self-attention, then a small network at each position, both added to what came in."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width))

    def forward(self, x):  # (batch, length, width)
        batch, length, width = x.shape
        q, k, v = (
            part.reshape(batch, length, self.heads, -1).transpose(1, 2)  # (batch, heads, length, width / heads)
            for part in self.qkv(self.norm1(x)).chunk(3, dim=-1)
        )
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, width))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """Scores of the next letter at every position, (batch, length, letters)."""

    def __init__(self, letters, context=80, width=64, heads=4, layers=2):
        super().__init__()
        self.context = context
        self.letter = nn.Embedding(letters, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, letters))

    def forward(self, ids):
        x = self.letter(ids) + self.position(torch.arange(ids.shape[1]))
        return self.head(self.blocks(x))

    @torch.no_grad()
    def write(self, ids, n):
        """ids, (1, length), and n more letters, each drawn from what the ones before it suggest."""
        for _ in range(n):
            scores = self(ids[:, -self.context :])[:, -1]
            ids = torch.cat([ids, torch.multinomial(F.softmax(scores, dim=-1), 1)], dim=1)
        return ids


def bigram_loss(train, held_out, letters):
    """Nats per letter of the held-out text, by which letter followed which in the other."""
    pairs = torch.bincount(train[:-1] * letters + train[1:], minlength=letters**2).reshape(letters, letters)
    counts = pairs + 1.0  # so that no pair is impossible
    return F.nll_loss((counts / counts.sum(dim=1, keepdim=True)).log()[held_out[:-1]], held_out[1:]).item()


def main(quick=False, seed=0):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    steps, share = (200, 0.6) if quick else (1000, 0.25)
    text = "".join(story(rng) for _ in range(400))
    alphabet = sorted(set(text))
    ids = torch.tensor([alphabet.index(letter) for letter in text])
    train, held_out = ids[: len(ids) * 9 // 10], ids[len(ids) * 9 // 10 :]
    bigram = bigram_loss(train, held_out, len(alphabet))
    print(f"{len(text):,} letters; a story of them: {text.splitlines()[0]}")

    model = Transformer(len(alphabet))
    optimizer = optim.AdamW(model.parameters(), weight_decay=0.1)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)

    def loss_at(part, starts):
        window = part[starts.unsqueeze(1) + torch.arange(model.context + 1)]
        return F.cross_entropy(model(window[:, :-1]).flatten(0, 1), window[:, 1:].flatten())

    for step in range(1, steps + 1):
        loss = loss_at(train, torch.randint(len(train) - model.context, (16,)))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step == 1 or step % 100 == 0:
            print(f"step {step:4}  loss {loss.item():.3f}", flush=True)

    with torch.no_grad():
        starts = torch.arange(0, len(held_out) - model.context, model.context // 4)
        held = loss_at(held_out, starts).item()
    newline = torch.tensor([[alphabet.index("\n")]])
    print("".join(alphabet[i] for i in model.write(newline, 300)[0].tolist()).strip())
    print(f"nats per letter of held-out text: {held:.3f} (counting pairs of letters: {bigram:.3f})")
    assert held < share * bigram
    return held


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
