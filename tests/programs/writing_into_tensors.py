"""First steps with tensors: results written with out=, memory shared with NumPy, writes in place."""

import numpy as np
import torch

x = torch.arange(6.0).view(2, 3)
y = torch.ones_like(x)
result = torch.empty(2, 3)
torch.add(x, y, out=result)
print(result, torch.matmul(x, y.t(), out=torch.empty(2, 2)))
values, places = torch.empty(2), torch.empty(2, dtype=torch.long)
torch.max(x, 1, out=(values, places))
print(values, places, torch.exp(x, out=x) is x, x)
shared = np.ones(3)
seen = torch.from_numpy(shared)
np.add(shared, 1, out=shared)
print(seen, torch.cat([seen, seen], out=torch.empty(0, dtype=torch.double)).shape)
try:
    torch.add(x, torch.ones(3, requires_grad=True), out=result)
except RuntimeError as error:
    print(str(error)[:60])
try:
    torch.div(x, 2, out=torch.empty(2, 3, dtype=torch.long))
except RuntimeError as error:
    print("can't be cast" in str(error))
