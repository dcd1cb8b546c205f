"""Symmetry, spreads and initial weights."""

import math

import numpy as np


def glorot_by_scale(n_out, n_in, rng):
    return (2 * rng.random((n_out, n_in)) - 1) * math.sqrt(6 / (n_in + n_out))


def glorot_from_variance(n_out, n_in, rng):
    c = (3 * (2 / (n_in + n_out))) ** 0.5
    return np.array([[rng.uniform(-c, c) for _ in range(n_in)] for _ in range(n_out)], dtype=np.float32)


def signal_by_product(mean_square, sizes, stds):
    return mean_square * np.prod(np.array(sizes[:-1]) * np.square(stds) / 2)


def signal_in_logarithms(mean_square, sizes, stds):
    total = math.log(mean_square)
    for layer in range(len(stds)):
        total += math.log(sizes[layer]) + 2 * math.log(stds[layer]) - math.log(2)
    return math.exp(total)


def signal_from_the_end(mean_square, sizes, stds):
    if not stds:
        return mean_square
    return sizes[-2] * stds[-1] ** 2 * 0.5 * signal_from_the_end(mean_square, sizes[:-1], stds[:-1])


def units_as_a_set(W, b):
    return len({(*row, bias) for row, bias in zip(W.tolist(), b.tolist(), strict=True)})


def units_by_comparing(W, b):
    count = 0
    for j in range(len(W)):
        count += not any(np.array_equal(W[j], W[k]) and b[j] == b[k] for k in range(j))
    return count


VARIANTS = {
    "glorot-uniform": [glorot_by_scale, glorot_from_variance],
    "initialization-signal": [signal_by_product, signal_in_logarithms, signal_from_the_end],
    "initialization-symmetry": [units_as_a_set, units_by_comparing],
}
