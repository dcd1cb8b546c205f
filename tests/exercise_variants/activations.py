"""Activations, their derivatives, and a whole network."""

import numpy as np


def sigmoid_through_tanh(z):
    return 0.5 * (1 + np.tanh(z / 2))


def sigmoid_by_mask(z):
    z = np.asarray(z)
    a = np.empty_like(z)
    up = z >= 0
    a[up] = 1 / (1 + np.exp(-z[up]))
    e = np.exp(z[~up])
    a[~up] = e / (1 + e)
    return a


def sigmoid_from_logs(z):
    return np.exp(-np.logaddexp(0, -z))


def softplus_by_mask(z):
    z = np.asarray(z)
    a = np.empty_like(z)
    up = z > 0
    a[up] = z[up] + np.log1p(np.exp(-z[up]))
    a[~up] = np.log1p(np.exp(z[~up]))
    return a


def mlp_with_cosh(W1, b1, W2, b2, x, y):
    z = x @ W1.T + b1
    h = np.tanh(z)
    e = 2 * (h @ W2.T + b2 - y) / y.size
    dz = (e @ W2) / np.cosh(z) ** 2
    return dz.T @ x, dz.sum(0), e.T @ h, e.sum(0)


def mlp_sample_by_sample(W1, b1, W2, b2, x, y):
    dW1, db1, dW2, db2 = (np.zeros_like(a) for a in (W1, b1, W2, b2))
    for sample, target in zip(x, y, strict=True):
        h = np.tanh(W1 @ sample + b1)
        e = 2 * (W2 @ h + b2 - target) / y.size
        dz = (W2.T @ e) * (1 - h * h)
        dW1 += np.outer(dz, sample)
        db1 += dz
        dW2 += np.outer(e, h)
        db2 += e
    return dict(dW1=dW1, db1=db1, dW2=dW2, db2=db2)


def linear_np_dot(x, W, b):
    return np.add(np.dot(x, W.T), b)


def linear_rows(x, W, b):
    return [
        [sum(w * v for w, v in zip(row, sample, strict=True)) + bias for row, bias in zip(W, b, strict=True)]
        for sample in x
    ]


def linear_with_cache(x, W, b):
    return np.einsum("ni,oi->no", x, W) + b, (x, W)


def elu_from_output(da, z, alpha):
    a = np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
    return np.where(z > 0, da, da * (a + alpha))


def elu_by_mask(da, z, alpha):
    slope = np.ones_like(z)
    slope[z <= 0] = alpha * np.exp(z[z <= 0])
    return slope * da


def walk_by_recursion(graph, output):
    """Ask each name for the sum over its users: no order is needed when everyone waits for all users."""
    users = {}
    for name, parents in graph.items():
        for parent, derivative in parents:
            users.setdefault(parent, []).append((name, derivative))

    def gradient(name):
        return 1.0 if name == output else sum(gradient(user) * d for user, d in users.get(name, []))

    names = {output, *users}
    return {name: gradient(name) for name in names}


def walk_in_reverse(graph, output):
    gradients = dict.fromkeys([*graph, *(p for parents in graph.values() for p, _ in parents)], 0.0)
    gradients[output] = 1.0
    for name in list(graph)[::-1]:
        for parent, derivative in graph[name]:
            gradients[parent] += derivative * gradients[name]
    return gradients


VARIANTS = {
    "elu-backward": [elu_from_output, elu_by_mask],
    "autodiff-backward": [walk_by_recursion, walk_in_reverse],
    "relu-backward": [
        lambda da, z: np.where(z > 0, da, 0.0),
        lambda da, z: da * np.heaviside(z, 0),
        lambda da, z: (da.astype(np.float32) * (z > 0)).tolist(),
    ],
    "leaky-relu-backward": [
        lambda da, z, alpha: np.where(z > 0, da, alpha * da),
        lambda da, z, alpha: da * ((z > 0) + alpha * (z <= 0)),
    ],
    "sigmoid": [sigmoid_through_tanh, sigmoid_by_mask, sigmoid_from_logs],
    "sigmoid-backward": [
        lambda da, z: da * (1 - np.tanh(z / 2) ** 2) / 4,
        lambda da, z: da * np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ],
    "tanh-backward": [
        lambda da, z: da / np.cosh(np.clip(z, -300, 300)) ** 2,
        lambda da, z: da - da * np.tanh(z) ** 2,
        lambda da, z: 4 * da / (np.exp(z) + np.exp(-z)) ** 2,
    ],
    "softplus": [
        softplus_by_mask,
        lambda z: np.logaddexp(0, z),
        lambda z: (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))).tolist(),
    ],
    "gelu-backward": [
        lambda da, z, below: da * below + da * z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
        lambda da, z, below: da * (below + z * np.exp(-0.5 * (z**2 + np.log(2 * np.pi)))),
        lambda da, z, below: (da.astype(np.float32) * (below + z * np.exp(-z * z / 2) / (2 * np.pi) ** 0.5)).tolist(),
    ],
    "linear-forward": [linear_np_dot, linear_rows, linear_with_cache, lambda x, W, b: (W @ x.T).T + b[None, :]],
    "mlp-gradients": [mlp_with_cosh, mlp_sample_by_sample],
}
