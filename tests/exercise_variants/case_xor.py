"""Shares with intervals, many networks at once, merged samples and twins."""

import numpy as np
from byhand import linear_forward


def by_the_quadratic(k, n, z):
    # The ends are where (p - share)^2 = z^2 p (1 - p) / n.
    a, b, c = 1 + z**2 / n, -(2 * k / n + z**2 / n), (k / n) ** 2
    root = np.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def in_counts(k, n, z):
    half = z / (n + z * z) * (k * (n - k) / n + z * z / 4) ** 0.5
    centre = (k + z * z / 2) / (n + z * z)
    return [centre - half, centre + half]


def with_einsum(x, W1, b1, W2, b2):
    hidden = np.tanh(np.einsum("ni,shi->snh", x, W1) + b1[:, None, :])
    return np.einsum("snh,soh->sn", hidden, W2) + b2


def a_loop_over_seeds(x, W1, b1, W2, b2):
    rows = []
    for weights in zip(W1, b1, W2, b2, strict=True):
        hidden = np.tanh(linear_forward(x, *weights[:2])[0])
        rows.append(linear_forward(hidden, *weights[2:])[0].ravel())
    return rows


def in_single_precision(x, W1, b1, W2, b2):
    x, W1, b1, W2, b2 = (a.astype(np.float32) for a in (x, W1, b1, W2, b2))
    hidden = np.tanh(x @ np.transpose(W1, (0, 2, 1)) + np.expand_dims(b1, 1))
    return (hidden @ W2.transpose(0, 2, 1)).squeeze(-1) + b2


def weighted_variances(group, t):
    return sum(np.sum(group == g) * np.var(t[group == g]) for g in set(group.tolist())) / len(t)


def by_one_hot(group, t):
    member = group[:, None] == np.unique(group)  # (N, groups)
    mean = t @ member / member.sum(axis=0)
    return float(np.square(member @ mean - t).mean())


def by_matrices(W1, b1, W2, order, signs):
    change = np.diag(signs) @ np.eye(len(order))[order]  # (h, h), orthogonal
    return change @ W1, change @ b1, W2 @ change.T


def unit_by_unit(W1, b1, W2, order, signs):
    new = [(s * W1[j], s * b1[j], s * W2[:, j]) for j, s in zip(order, signs, strict=True)]
    rows, biases, columns = zip(*new, strict=True)
    return np.array(rows), np.array(biases), np.array(columns).T


VARIANTS = {
    "case-xor-wilson": [by_the_quadratic, in_counts],
    "case-xor-forward-all": [with_einsum, a_loop_over_seeds, in_single_precision],
    "case-xor-merged": [weighted_variances, by_one_hot],
    "case-xor-twin": [by_matrices, unit_by_unit],
}
