"""The gradients of a layer with batch normalisation, taken apart step by step and compared with .grad."""

import torch
import torch.nn.functional as F

n = 8
x = torch.sin(torch.arange(n * 5.0)).view(n, 5)
w = torch.cos(torch.arange(15.0)).view(5, 3).requires_grad_()
gain, bias = torch.ones(1, 3, requires_grad=True), torch.zeros(1, 3, requires_grad=True)
y = torch.arange(n) % 3
pre = x @ w
diff = pre - pre.mean(0, keepdim=True)
var_inv = (1 / (n - 1) * (diff**2).sum(0, keepdim=True) + 1e-5) ** -0.5
raw = diff * var_inv
h = torch.tanh(gain * raw + bias)
norm = h - h.max(1, keepdim=True).values
counts = norm.exp()
probs = counts * counts.sum(1, keepdims=True) ** -1
logprobs = probs.log()
loss = -logprobs[range(n), y].mean()
for t in (logprobs, probs, counts, norm, h, raw, var_inv, diff, pre):
    t.retain_grad()
loss.backward()


def cmp(name, mine, t):
    print(
        f"{name:10s} | {torch.allclose(mine, t.grad, atol=1e-6)} | {(mine - t.grad).abs().max().item() < 1e-6}"
    )


dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), y] = -1.0 / n
dprobs = (1.0 / probs) * dlogprobs
dh = F.softmax(h, 1)
dh[range(n), y] -= 1
dh /= n
dz = (1.0 - h**2) * dh
dpre = gain * var_inv / n * (n * dz - dz.sum(0) - n / (n - 1) * raw * (dz * raw).sum(0))
for name, mine, t in (("logprobs", dlogprobs, logprobs), ("probs", dprobs, probs), ("h", dh, h), ("pre", dpre, pre),
                      ("gain", (raw * dz).sum(0, keepdim=True), gain), ("bias", dz.sum(0, keepdim=True), bias),
                      ("w", x.T @ dpre, w)):  # fmt: skip
    cmp(name, mine, t)
table = torch.zeros(4, 2)
for index in torch.tensor([1, 1, 3]):
    table[index] += torch.tensor([1.0, 2.0])
print(table, f"{loss.item():.5f}", f"{loss=}")
