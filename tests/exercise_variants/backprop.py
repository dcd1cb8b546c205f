"""The exercises of the chapter on backpropagation."""

import numpy as np
from byhand import (
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    linear_backward,
    linear_forward,
    relu_backward,
    relu_forward,
    value_and_grads,
)
from byhand.gradcheck import numerical_gradient


def exposes_by_differences(backward, n):
    rng = np.random.default_rng(3)
    x, W, dz = rng.normal(size=(n + 1, n)), rng.normal(size=(n, n)), rng.normal(size=(n + 1, n))
    true = numerical_gradient(lambda v: float(np.sum(dz * (v @ W.T))), x)
    return not np.allclose(backward(dz, (x, W))[0], true, rtol=1e-6, atol=1e-8)


def exposes_with_one_sample(backward, n):
    W, dz = np.arange(n * n).reshape(n, n) ** 1.5, np.arange(1.0, n + 1).reshape(1, n)
    dx, _, _ = backward(dz, (np.ones((1, n)), W))
    for i in range(n):
        if abs(dx[0, i] - sum(dz[0, j] * W[j, i] for j in range(n))) > 1e-9:
            return True
    return False


def with_package_functions(params, x, y):
    caches, a = [], x
    for i, (W, b) in enumerate(params):
        z, c = linear_forward(a, W, b)
        a, r = relu_forward(z) if i < 3 else (z, None)
        caches.append((c, r))
    d, grads = 2 * (a - y) / a.size, []
    for c, r in reversed(caches):
        d, dW, db = linear_backward(d if r is None else relu_backward(d, r), c)
        grads.insert(0, (dW, db))
    return grads


def with_layers(params, x, y):
    layers = []
    for W, b in params:
        layers += [Linear(W.shape[1], W.shape[0], rng=0), ReLU()]
        layers[-2].params.update(W=W.copy(), b=b.copy())
    _, grads = value_and_grads(Sequential(*layers[:-1]), MSELoss(), x, y)
    return tuple((grads[f"{i}.W"], grads[f"{i}.b"]) for i in (0, 2, 4, 6))


def without_a_loop(params, x, y):
    (W1, b1), (W2, b2), (W3, b3), (W4, b4) = params
    a1 = np.maximum(x @ W1.T + b1, 0)
    a2 = np.maximum(a1 @ W2.T + b2, 0)
    a3 = np.maximum(a2 @ W3.T + b3, 0)
    d4 = 2 * (a3 @ W4.T + b4 - y) / y.shape[0] / y.shape[1]
    d3 = (d4 @ W4) * (a3 > 0)
    d2 = (d3 @ W3) * (a2 > 0)
    d1 = (d2 @ W2) * (a1 > 0)
    pairs = ((d1, x), (d2, a1), (d3, a2), (d4, a3))
    return [[np.einsum("nj,ni->ji", d, a), np.ones(len(d)) @ d] for d, a in pairs]


VARIANTS = {
    "backprop-square": [exposes_by_differences, exposes_with_one_sample],
    "backprop-four": [with_package_functions, with_layers, without_a_loop],
    "backprop-sum": [
        lambda p, y: p - y + (p - y),
        lambda p, y: -2 * np.subtract(y, p),
        lambda p, y: [
            [2 * (a - b) for a, b in zip(row, target, strict=True)] for row, target in zip(p, y, strict=True)
        ],
        lambda p, y: 2 * (p.astype(np.float32) - y.astype(np.float32)),
    ],
    "backprop-sum-rate": [
        lambda N, K: 1 / N / K,
        lambda N, K: (N * K) ** -1.0,
        lambda N, K: np.reciprocal(float(N * K)),
    ],
}
