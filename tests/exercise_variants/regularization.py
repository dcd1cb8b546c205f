"""Dropout, batch normalisation and early stopping."""

import numpy as np


def dropout_by_where(dy, keep, p):
    return np.where(keep, dy / (1 - p), 0.0)


def dropout_by_assignment(dy, keep, p):
    dx = dy / (1 - p)
    dx[~keep] = 0
    return dx


def dropout_in_single_precision(dy, keep, p):
    return (dy * (keep.astype(np.float32) / np.float32(1 - p))).tolist()


def norm_by_steps(dy, x, gamma, eps):
    """All intermediate values one by one, the mean's second path included."""
    N = len(x)
    mu = x.sum(axis=0) / N
    centred = x - mu
    v = (centred**2).sum(axis=0) / N
    s = (v + eps) ** -0.5
    d = dy * gamma
    dv = (d * centred).sum(axis=0) * -0.5 * s**3
    dmu = -s * d.sum(axis=0) + dv * (-2 * centred).mean(axis=0)
    return d * s + dv * 2 * centred / N + dmu / N, (dy * centred * s).sum(axis=0), dy.sum(axis=0)


def norm_by_common_denominator(dy, x, gamma, eps):
    N = len(x)
    std = np.sqrt(np.var(x, axis=0, keepdims=True) + eps)
    h = (x - np.mean(x, axis=0, keepdims=True)) / std
    dgamma, dbeta = np.einsum("nj,nj->j", dy, h), np.ones(N) @ dy
    return gamma / (N * std) * (N * dy - dbeta - h * dgamma), dgamma, dbeta


def norm_by_projection(dy, x, gamma, eps):
    """A Jacobian a feature: (1/std) (I - 1 1^T / N - h h^T / N)."""
    N, n = x.shape
    dx, dgamma = np.empty_like(x), np.empty(n)
    for j in range(n):
        std = np.sqrt(x[:, j].var() + eps)
        h = (x[:, j] - x[:, j].mean()) / std
        dx[:, j] = (np.eye(N) - 1 / N - np.outer(h, h) / N) @ (dy[:, j] * gamma[j]) / std
        dgamma[j] = h @ dy[:, j]
    return [dx.tolist(), dgamma.tolist(), dy.sum(0).tolist()]


def stop_by_counter(losses, patience):
    best, lowest, waited, last = 1, losses[0], 0, 1
    for value in losses[1:]:
        last += 1
        if value < lowest:
            best, lowest, waited = last, value, 0
            continue
        waited += 1
        if waited == patience:
            return best, last
    return best, last


def stop_by_search(losses, patience):
    for last in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:last])) + 1
        if last - best >= patience:
            break
    return np.array(best), np.int64(last)


VARIANTS = {
    "dropout-backward": [dropout_by_where, dropout_by_assignment, dropout_in_single_precision],
    "batch-norm-backward": [norm_by_steps, norm_by_common_denominator, norm_by_projection],
    "best-epoch": [stop_by_counter, stop_by_search],
}
