"""The multi-layer perceptron."""

import functools
import math

import numpy as np


def count_by_arrays(sizes):
    return np.int64(sum(np.empty((m, n)).size + np.empty(m).size for n, m in zip(sizes, sizes[1:], strict=False)))


def forward_columns(params, x):
    """Samples in columns inside."""
    a = np.transpose(x)
    for W, b in params[:-1]:
        a = (W @ a + b[:, None]).clip(min=0)
    W, b = params[-1]
    return (W @ a + b[:, None]).T


def forward_sample_by_sample(params, x):
    rows = []
    for row in x:
        for i, (W, b) in enumerate(params):
            row = [
                math.fsum(w * v for w, v in zip(weights, row, strict=True)) + c for weights, c in zip(W, b, strict=True)
            ]
            row = [max(v, 0.0) for v in row] if i + 1 < len(params) else row
        rows.append(row)
    return rows


def forward_reduce(params, x):
    *hidden, (W, b) = params
    last = functools.reduce(lambda a, layer: np.maximum(0, np.einsum("ni,ji->nj", a, layer[0]) + layer[1]), hidden, x)
    return np.einsum("ni,ji->nj", last, W) + b


def forward_single(params, x):
    x = np.float32(x)
    for W, b in params[:-1]:
        z = x @ np.float32(W).T + np.float32(b)
        x = z * (z > 0)
    return x @ np.float32(params[-1][0]).T + np.float32(params[-1][1])


def tent_one_by_one(x, centre, half_width):
    return np.array([max(1 - abs(t - centre) / half_width, 0.0) for t in np.ravel(x)]).reshape(np.shape(x))


VARIANTS = {
    "parameter-count": [
        lambda sizes: sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)),
        lambda sizes: float(np.dot(np.array(sizes[:-1]) + 1, sizes[1:])),
        count_by_arrays,
    ],
    "mlp-forward": [forward_columns, forward_sample_by_sample, forward_reduce, forward_single],
    "tent": [
        lambda x, centre, half_width: np.maximum(1 - np.abs(x - centre) / half_width, 0),
        lambda x, centre, half_width: np.interp(x, [centre - half_width, centre, centre + half_width], [0, 1, 0]),
        tent_one_by_one,
    ],
    "xor-by-hand": [
        ([[1, 1], [1, 1]], [0, -1], [[1, -2]], [0]),
        (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2), np.ones((1, 2)), np.zeros(1)),
        ([[3, -3], [-1, 1], [5, 5]], [0, 0, -10], [[1 / 3, 1, 7]], [0]),
        ([[-1, -1], [1, 1]], [1, -1], [[-1, -1]], [1]),
    ],
}
