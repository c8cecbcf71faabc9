"""What programs of the time of Variable did: .data, typed constructors, new(), sums in place of reductions."""

import torch
import torch.nn as nn
from torch.autograd import Variable

x = Variable(torch.FloatTensor([[1, 2], [3, 4]]), requires_grad=True)
out = torch.mean(x * x)
out.backward()
print(x.grad.data, out.data.item(), x.data.numpy())
weight = next(nn.LSTM(2, 3).parameters()).data
hidden = (Variable(weight.new(1, 2, 3).zero_()), Variable(weight.new(1, 2, 3).fill_(1)))
print(
    hidden[0].size(),
    hidden[1].sum(),
    weight.new([1, 2]),
    weight.double().new(torch.Size([2])).dtype,
)
print(
    torch.Tensor(5, 3).zero_().type(),
    torch.LongTensor([0, 2]).new(1).fill_(3),
    torch.zeros(2).type(torch.LongTensor),
)
criterion = nn.MSELoss(size_average=False)
w1, w2 = (Variable(torch.ones(2, 2) * k, requires_grad=True) for k in (0.1, 0.2))
for t in range(5):
    loss = criterion(x.detach().mm(w1).clamp(min=0).mm(w2), Variable(torch.eye(2)))
    if t:
        w1.grad.data.zero_()
        w2.grad.data.zero_()
    loss.backward()
    w1.data -= 1e-2 * w1.grad.data
    w2.data.add_(w2.grad.data, alpha=-1e-2)
    print(t, "%.4f" % loss.data)
_, predicted = torch.max(w2.data, 1)
print(predicted.size(), (predicted == torch.LongTensor([0, 1])).sum().item())
