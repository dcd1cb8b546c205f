"""The exercises of the chapter on tensors: NumPy, PyTorch and other ways to write them."""

import numpy as np
import torch
import torch.nn.functional as F


def weight_by_einsum(kernel):
    return np.einsum("io->oi", kernel)


def weight_from_torch(kernel):
    return torch.tensor(kernel).mT


def weight_as_float32(kernel):
    return [[np.float32(v) for v in row] for row in zip(*kernel, strict=True)]


def gradients_from_modules(W1, b1, W2, b2, x, labels):
    layers = torch.nn.Linear(*W1.shape[::-1]), torch.nn.Linear(*W2.shape[::-1])
    model = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1]).double()
    with torch.no_grad():
        for layer, W, b in ((layers[0], W1, b1), (layers[1], W2, b2)):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b))
    torch.nn.CrossEntropyLoss()(model(torch.from_numpy(x)), torch.tensor(labels, dtype=torch.long)).backward()
    return [w.grad.numpy() for w in model.parameters()]


def gradients_by_negative_log_likelihood(W1, b1, W2, b2, x, labels):
    leaves = [torch.tensor(w, requires_grad=True) for w in (W1, b1, W2, b2)]
    logits = torch.tanh(torch.tensor(x) @ leaves[0].T + leaves[1]) @ leaves[2].T + leaves[3]
    loss = F.nll_loss(logits.log_softmax(1), torch.tensor(labels).long())
    return torch.autograd.grad(loss, leaves)


def gradients_in_float32(W1, b1, W2, b2, x, labels):
    leaves = [torch.Tensor(w).requires_grad_() for w in (W1, b1, W2, b2)]
    hidden = torch.tanh(F.linear(torch.Tensor(x), *leaves[:2]))
    F.cross_entropy(F.linear(hidden, *leaves[2:]), torch.tensor(labels).long()).backward()
    return tuple(w.grad for w in leaves)


def gradients_by_package(W1, b1, W2, b2, x, labels):
    from byhand import cross_entropy_backward, cross_entropy_forward, linear_backward, linear_forward

    z, first = linear_forward(x, W1, b1)
    logits, second = linear_forward(np.tanh(z), W2, b2)
    da, dW2, db2 = linear_backward(
        cross_entropy_backward(1.0, cross_entropy_forward(logits, labels.astype(int))[1]), second
    )
    _, dW1, db1 = linear_backward(da * (1 - np.tanh(z) ** 2), first)
    return dW1, db1, dW2, db2


def path_by_autograd(theta, c, lr, steps):
    t = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    seen = []
    for _ in range(steps):
        (c * t**2 / 2).backward()
        with torch.no_grad():
            t -= lr * t.grad
        seen.append(t.item())
    return seen


def path_by_all_gradients(theta, c, lr, steps):
    path = [theta]
    for _ in range(steps):
        path.append(path[-1] - lr * c * sum(path))
    return np.array(path[1:])


def path_as_momentum(theta, c, lr, steps):
    w = torch.tensor([theta], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr, momentum=1.0)
    seen = []
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * c * w**2).sum().backward()
        optimizer.step()
        seen.append(w.item())
    return torch.tensor(seen, dtype=torch.float64)


def weighted_by_detach(p, y):
    t = torch.tensor(p, requires_grad=True)
    e = t - torch.tensor(y)
    (e.abs().detach() * e**2).mean().backward()
    return t.grad


def weighted_under_no_grad(p, y):
    t = torch.tensor(p, requires_grad=True)
    with torch.no_grad():
        v = (t - torch.tensor(y)).abs()
    return torch.autograd.grad((v * (t - torch.tensor(y)).square()).sum() / len(p), t)[0]


def weighted_by_loop(p, y):
    return [2 * abs(a - b) * (a - b) / len(p) for a, b in zip(p, y, strict=True)]


def softsign_by_autograd(da, z):
    t = torch.tensor(z, requires_grad=True)
    F.softsign(t).backward(torch.tensor(da))
    return t.grad


def softsign_from_output(da, z):
    a = z / (1 + np.abs(z))
    return da * (1 - np.abs(a)) ** 2


def softsign_in_two_halves(da, z):
    return np.where(z > 0, da / (1 + z) ** 2, da / (1 - z) ** 2)


def parameter_from_a_copy(array):
    return torch.from_numpy(array.astype(np.float64)).requires_grad_()


def parameter_as_a_module_holds_it(array):
    return torch.nn.Parameter(torch.tensor(array, dtype=torch.float64))


def parameter_by_clone(array):
    return torch.as_tensor(array).double().clone().requires_grad_()


VARIANTS = {
    "pytorch-tensors-parameter": [parameter_from_a_copy, parameter_as_a_module_holds_it, parameter_by_clone],
    "pytorch-tensors-layout": [weight_by_einsum, weight_from_torch, weight_as_float32],
    "pytorch-tensors-gradients": [
        gradients_from_modules,
        gradients_by_negative_log_likelihood,
        gradients_in_float32,
        gradients_by_package,
    ],
    "pytorch-tensors-accumulated": [path_by_autograd, path_by_all_gradients, path_as_momentum],
    "pytorch-tensors-detach": [weighted_by_detach, weighted_under_no_grad, weighted_by_loop],
    "pytorch-tensors-softsign": [softsign_by_autograd, softsign_from_output, softsign_in_two_halves],
}
