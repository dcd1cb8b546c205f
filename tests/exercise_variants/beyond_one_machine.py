"""Shards, ranks, rings and checkpoints."""

import math

import numpy as np


def combined_with_average(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def combined_with_loops(gradients, sizes):
    total, n = 0, 0
    for gradient, size in zip(gradients, sizes, strict=True):
        total, n = total + size * np.asarray(gradient), n + size
    return (total / n).tolist()


def combined_like_the_engine(gradients, sizes):
    """Losses weighted by p N_r / N, then the plain average."""
    p = len(sizes)
    return np.mean([p * size / sum(sizes) * g for g, size in zip(gradients, sizes, strict=True)], axis=0)


def split_as_list(n, p, rank):
    indices = list(range(n))
    indices += indices[: -len(indices) % p]
    return indices[rank::p]


def split_with_ceil(n, p, rank):
    return [(rank + k * p) % n for k in range(math.ceil(n / p))]


def split_as_columns(n, p, rank):
    return np.resize(np.arange(n), (math.ceil(n / p), p))[:, rank]


def ring_in_two_terms(p, size, bandwidth, latency):
    return 2 * (p - 1) * latency + 2 * (p - 1) / p * size / bandwidth


def ring_round_by_round(p, size, bandwidth, latency):
    return sum(latency + size / p / bandwidth for _ in range(2 * p - 2))


def young_by_math(write, p, between_failures):
    failure = between_failures / p
    return math.sqrt(2 * write * failure)


def young_with_power(write, p, between_failures):
    return (p / (2 * write * between_failures)) ** -0.5


VARIANTS = {
    "beyond-one-machine-unequal": [combined_with_average, combined_with_loops, combined_like_the_engine],
    "beyond-one-machine-split": [split_as_list, split_with_ceil, split_as_columns],
    "beyond-one-machine-ring": [ring_in_two_terms, ring_round_by_round],
    "beyond-one-machine-checkpoint": [young_by_math, young_with_power],
}
