"""Functions with a backward of their own, differentiated twice though some of their outputs are dropped."""

import torch
from torch.autograd import Function, gradcheck, gradgradcheck


class Sinh(Function):
    @staticmethod
    def forward(ctx, x):
        up, down = torch.exp(x), torch.exp(-x)
        ctx.save_for_backward(up, down)
        return (up - down) / 2, up, down

    @staticmethod
    def backward(ctx, grad, grad_up, grad_down):
        up, down = ctx.saved_tensors
        return grad * (up + down) / 2 + grad_up * up - grad_down * down


class Reverse(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return grad.neg() * ctx.factor, None


x = torch.linspace(-1, 1, 4, dtype=torch.double, requires_grad=True)
first = lambda x: Sinh.apply(x)[0]  # noqa: E731
print(gradcheck(first, x), gradgradcheck(first, x))
(slope,) = torch.autograd.grad(first(x).sum(), x, create_graph=True)
print(slope.data, torch.autograd.grad(slope.sum(), x)[0])
(Reverse.apply(x, 0.5) * 2).sum().backward()
print(x.grad)
