"""Linear regression by hand: drawn leaves, a loss, steps under no_grad."""

import torch

w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
print(w.is_leaf, w.requires_grad, torch.normal(0.0, 1.0, (3,)).requires_grad)
w.data[:] = 0
X = torch.sin(torch.arange(40.0)).reshape(20, 2)
y = (torch.matmul(X, torch.tensor([2, -3.4])) + 4.2).reshape((-1, 1))


def sgd(params, lr):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
            param.grad.zero_()


for epoch in range(40):
    for i in range(0, 20, 5):
        batch = torch.tensor(list(range(i, i + 5)))
        loss = ((X[batch] @ w + b - y[batch]) ** 2 / 2).mean()
        loss.backward()
        sgd([w, b], 0.3)
print(f"loss {float(loss):f}", w.reshape(-1).data, b.data)
print(torch.randint(10, size=(2,)).shape, torch.randint(3, 4, (2,)))
counts, edges = torch.histogram(X, density=True)
print(counts.shape, edges.shape, counts.sum() * (edges[1] - edges[0]))
