"""A small transformer learns to write letter by letter, and to look back: who lent the kite?

python examples/char_transformer.py [--quick]

The text is made up on the spot: somebody lends a thing, somebody returns it. The second sentence of
a story repeats names and things of the first, which only those can tell who look far enough back.
"""

import argparse
import random
import re

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import Tensor, nn, optim

NAMES = [
    "anna",
    "bela",
    "carl",
    "dora",
    "emil",
    "fina",
    "gero",
    "hedi",
    "ivan",
    "jana",
    "kuno",
    "lena",
]
COLOURS = ["red", "blue", "green", "black", "white", "brown", "yellow", "grey"]
THINGS = [
    "kite",
    "drum",
    "ladder",
    "basket",
    "lantern",
    "bucket",
    "violin",
    "saddle",
    "barrow",
    "hammer",
]
FITS = re.compile(r"(\w+) lends (\w+) the (\w+ \w+)\. \2 returns the \3 to \1\.")


def story(rng: random.Random) -> str:
    """Two sentences, and the end of the line."""
    giver, taker = rng.sample(NAMES, 2)
    thing = f"{rng.choice(COLOURS)} {rng.choice(THINGS)}"
    return f"{giver} lends {taker} the {thing}. {taker} returns the {thing} to {giver}.\n"


class Block(nn.Module):
    """Causal self-attention, then a small network at each position, both added to what came in."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:  # (batch, length, width)
        batch, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(batch, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (batch, heads, length, width / heads)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        joined = attended.transpose(1, 2).reshape(batch, length, width)
        x = x + self.out(joined)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out


class Transformer(nn.Module):
    """Scores of the next letter at every position, (batch, length, letters)."""

    def __init__(
        self, letters: int, context: int = 80, width: int = 64, heads: int = 4, layers: int = 2
    ) -> None:
        super().__init__()
        self.context = context
        self.letter = nn.Embedding(letters, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, letters))

    def forward(self, ids: Tensor) -> Tensor:
        x = self.letter(ids) + self.position(torch.arange(ids.shape[1]))
        logits: Tensor = self.head(self.blocks(x))
        return logits

    @torch.no_grad()
    def write(self, n: int) -> Tensor:
        """n texts as long as the context, each letter drawn from what those before it suggest."""
        # The end of a line is the first letter of the alphabet.
        ids = torch.zeros(n, 1, dtype=torch.long)
        while ids.shape[1] < self.context:
            scores = self(ids)[:, -1]
            following = torch.multinomial(F.softmax(scores, dim=-1), 1)
            ids = torch.cat([ids, following], dim=1)
        return ids


def next_letter_loss(model: Transformer, ids: Tensor) -> Tensor:
    """The mean loss of each letter of the texts, (n, length), after the first."""
    scores = model(ids[:, :-1])
    return F.cross_entropy(scores.flatten(0, 1), ids[:, 1:].flatten())


def bigram_loss(train: Tensor, held_out: Tensor, letters: int) -> float:
    """Nats per letter of the held-out text, by which letter followed which in the other."""
    pairs = torch.bincount(train[:-1] * letters + train[1:], minlength=letters**2)
    counts = pairs.reshape(letters, letters) + 1.0  # so that no pair is impossible
    scores = (counts / counts.sum(dim=1, keepdim=True)).log()
    loss: float = F.nll_loss(scores[held_out[:-1]], held_out[1:]).item()
    return loss


def pieces(ids: Tensor, length: int) -> Tensor:
    """From the end of each line into the next, (lines, length)."""
    starts = (ids == 0).nonzero().squeeze(1)
    starts = starts[starts <= len(ids) - length]
    return ids[starts.unsqueeze(1) + torch.arange(length)]


def written_second_lines(model: Transformer, alphabet: list[str], n: int) -> list[str]:
    """What the model writes in the first whole line of n texts."""
    texts = ["".join(alphabet[i] for i in row) for row in model.write(n).tolist()]
    return [text.split("\n")[1] for text in texts]


def main(quick: bool = False, seed: int = 0) -> float:
    torch.manual_seed(seed)
    rng = random.Random(seed)
    steps = 200 if quick else 800
    share = 0.2 if quick else 0.12  # of the loss of counting pairs
    least = 0 if quick else 24  # of 40 stories
    text = "".join(story(rng) for _ in range(800))
    alphabet = sorted(set(text))
    ids = torch.tensor([alphabet.index(letter) for letter in text])
    train, held_out = ids.split(len(ids) * 9 // 10 + 1)
    print(f"{len(text):,} letters, such as: {text.splitlines()[0]}")

    model = Transformer(len(alphabet))
    train_pieces = pieces(train, model.context + 1)
    held_out_pieces = pieces(held_out, model.context + 1)
    optimizer = optim.AdamW(model.parameters(), weight_decay=0.1)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)
    for step in range(1, steps + 1):
        chosen = torch.randint(len(train_pieces), (16,))
        loss = next_letter_loss(model, train_pieces[chosen])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step == 1 or step % 100 == 0:
            print(f"step {step:4}  loss {loss.item():.3f}", flush=True)

    with torch.no_grad():
        held: float = next_letter_loss(model, held_out_pieces).item()
    written = written_second_lines(model, alphabet, 40)
    print(*written[:5], sep="\n")
    fitting = sum(FITS.fullmatch(line) is not None for line in written)
    wish = f"(wanted: at least {least})"
    print(f"second sentences that fit the first: {fitting} of {len(written)} {wish}")
    bigram = bigram_loss(train, held_out, len(alphabet))
    wanted = share * bigram
    print(f"nats per held-out letter: {held:.3f} (wanted: at most {wanted:.3f})")
    print(f"of one who counts pairs of letters: {bigram:.3f}")
    assert held <= wanted and fitting >= least
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    main(quick=parser.parse_args().quick)
