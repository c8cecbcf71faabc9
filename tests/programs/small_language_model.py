"""A decoder of characters: tied weights, groups of parameters, a schedule, clipping, greedy text."""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
from torch.nn import functional as F


@dataclass
class Config:
    block_size: int = 8
    vocab_size: int = 7
    n_embd: int = 12
    n_head: int = 3


class Block(nn.Module):
    def __init__(self, c, flash):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(c.n_embd), nn.LayerNorm(c.n_embd, bias=False)
        self.c_attn, self.c_proj = (
            nn.Linear(c.n_embd, 3 * c.n_embd),
            nn.Linear(c.n_embd, c.n_embd, bias=False),
        )
        self.mlp = nn.ModuleDict(
            dict(
                fc=nn.Linear(c.n_embd, 24),
                act=nn.GELU(approximate="tanh"),
                proj=nn.Linear(24, c.n_embd),
            )
        )
        self.n_head, self.flash = c.n_head, flash
        self.register_buffer(
            "mask", torch.tril(torch.ones(c.block_size, c.block_size)).view(1, 1, c.block_size, -1)
        )

    def forward(self, x):
        B, T, C = x.size()
        parts = self.c_attn(self.ln_1(x)).split(C, dim=2)
        q, k, v = (t.view(B, T, self.n_head, C // self.n_head).transpose(1, 2) for t in parts)
        if self.flash:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
            y = F.softmax(att, dim=-1) @ v
        x = x + self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))
        return x + self.mlp["proj"](self.mlp.act(self.mlp.fc(self.ln_2(x))))


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.wte, self.wpe = (
            nn.Embedding(c.vocab_size, c.n_embd),
            nn.Embedding(c.block_size, c.n_embd),
        )
        self.h = nn.ModuleList([Block(c, flash) for flash in (True, False)])
        self.lm_head = nn.Linear(c.n_embd, c.vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(self, idx, targets=None):
        x = self.wte(idx) + self.wpe(
            torch.arange(0, idx.size(1), dtype=torch.long, device=idx.device)
        )
        for block in self.h:
            x = block(x)
        logits = self.lm_head(x)
        flat = logits.view(-1, logits.size(-1))
        return logits, None if targets is None else F.cross_entropy(
            flat, targets.view(-1), ignore_index=-1
        )


model = Model(Config())
for i, p in enumerate(model.parameters()):
    p.data.copy_(torch.cos(torch.arange(p.numel()).float() * (i + 1)).view_as(p) * 0.2)
named = {name: p for name, p in model.named_parameters() if p.requires_grad}
groups = [{"params": [p for p in named.values() if p.dim() >= 2], "weight_decay": 0.1},
          {"params": [p for p in named.values() if p.dim() < 2], "weight_decay": 0.0}]  # fmt: skip
optimizer = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95))
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: min(1.0, (it + 1) / 5))
data = torch.arange(40) ** 2 % 7
for it in range(20):
    ix = [(3 * it + k) % 30 for k in range(4)]
    _, loss = model(
        torch.stack([data[i : i + 8] for i in ix]), torch.stack([data[i + 1 : i + 9] for i in ix])
    )
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    if it % 5 == 0:
        print(
            f"iter {it}: loss {loss.item():.3f}, norm {norm:.2f}, lr {schedule.get_last_lr()[0]:.4f}"
        )
with torch.no_grad():
    idx = data[:1].view(1, 1)
    for _ in range(5):
        logits = model(idx[:, -8:])[0][:, -1, :]
        v, _ = torch.topk(logits, 2)
        logits[logits < v[:, [-1]]] = -float("Inf")
        idx = torch.cat((idx, F.softmax(logits, dim=-1).argmax(-1, keepdim=True)), dim=1)
print(idx.shape, sum(p.numel() for p in model.parameters()), len(named))
