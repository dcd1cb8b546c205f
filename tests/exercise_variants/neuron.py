"""One neuron."""

import math

import numpy as np
import torch


def relu_by_cases(x, y, w, b):
    z = w * x + b
    if z <= 0:
        return 0.0, y**2, 0.0, 0.0
    return z, (z - y) ** 2, 2 * (z - y) * x, 2 * (z - y)


def relu_in_numpy(x, y, w, b):
    a = np.maximum(np.float64(w * x + b), 0)
    da = np.array(2.0) * (a - y)
    dz = np.where(a > 0, da, 0)
    return {"db": dz, "dw": x * dz, "loss": np.square(a - y), "a": a}


def relu_by_autograd(x, y, w, b):
    w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b))
    a = torch.relu(w * x + b)
    loss = (a - y) ** 2
    loss.backward()
    return [a.item(), loss.item(), w.grad.item(), b.grad.item()]


def gates_as_lists(name):
    return {"AND": ([2, 3], -4), "OR": ([5, 1], -0.25), "NAND": ([-3, -2], 4)}[name]


def gates_with_a_zero_allowed(name):
    """Boundaries through corners that should say no: z = 0 is no yes."""
    if name == "OR":
        return np.array([1.0, 1.0]), 0.0
    w, b = np.array([1.0, 1.0]), -1.0
    return (w, b) if name == "AND" else (-w, 2.0)


def gates_with_bias_as_array(name):
    b = np.array([{"AND": -7.0, "OR": -1.0, "NAND": 7.0}[name]])
    return (-4.0, -4.0) if name == "NAND" else (4.0, 4.0), b


def distance_row_by_row(x, w, b):
    length = math.sqrt(sum(v * v for v in w))
    return [(sum(p * q for p, q in zip(row, w, strict=True)) + b) / length for row in x]


def distance_in_single(x, w, b):
    x, w = np.float32(x), np.float32(w)
    return (x @ w + np.float32(b)) / np.sqrt(w @ w)


VARIANTS = {
    "neuron-relu": [relu_by_cases, relu_in_numpy, relu_by_autograd],
    "neuron-gates": [gates_as_lists, gates_with_a_zero_allowed, gates_with_bias_as_array],
    "neuron-distance": [
        distance_row_by_row,
        distance_in_single,
        lambda x, w, b: np.dot(x + b * w / np.dot(w, w), w / np.hypot.reduce(w)),
        lambda x, w, b: np.einsum("ni,i->n", x, w) / np.sum(w**2) ** 0.5 + b / np.sum(w**2) ** 0.5,
    ],
}
