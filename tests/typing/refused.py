"""What a type checker must refuse. Each ignored error is one that both checkers would otherwise name: an ignore
without need is an error itself (`warn_unused_ignores`, `reportUnnecessaryTypeIgnoreComment`)."""

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim

x = torch.ones(2, 3)
p = [nn.Parameter(torch.ones(2))]

x.no_such_method()  # type: ignore[attr-defined]
x.mean(dmi=0)  # type: ignore[call-arg]
torch.no_such_function(x)  # type: ignore[attr-defined]
torch.sum(x, keepdimension=True)  # type: ignore[call-arg]
optim.Adam(p, learning_rate=1)  # type: ignore[call-arg]
optim.SGD(lr=0.1)  # type: ignore[call-arg]
nn.Linear(2)  # type: ignore[call-arg]
nn.Linear(2, 3, biass=False)  # type: ignore[call-arg]
nn.ReLU(in_place=True)  # type: ignore[call-arg]
nn.functional.dropout(x, probability=0.5)  # type: ignore[call-arg]
