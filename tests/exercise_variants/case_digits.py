"""Calibration error, temperature, saliency and shuffled pixels."""

import numpy as np
import torch


def error_by_loops(p, labels, bins):
    total, confidence = 0.0, p.max(axis=1)
    for m in range(bins):
        inside = [n for n in range(len(p)) if m / bins < confidence[n] <= (m + 1) / bins]
        if inside:
            right = sum(int(p[n].argmax() == labels[n]) for n in inside) / len(inside)
            total += len(inside) / len(p) * abs(right - sum(confidence[n] for n in inside) / len(inside))
    return float(total)


def error_by_sums(p, labels, bins):
    confidence = p.max(axis=1)
    which = np.searchsorted(np.linspace(0, 1, bins + 1), confidence, side="left") - 1
    gap = (p.argmax(axis=1) == labels) - confidence
    return np.abs(np.bincount(which, weights=gap, minlength=bins)).sum() / len(p)


def slope_by_autograd(z, labels, T):
    temperature = torch.tensor(float(T), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(torch.tensor(z) / temperature, torch.tensor(labels)).backward()
    return temperature.grad.item()


def slope_through_the_logits(z, labels, T):
    p = np.exp(z / T - (z / T).max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(z)), labels] -= 1
    return -np.einsum("nk,nk->", p / len(z), z) / T**2


def saliency_by_autograd(x, W1, b1, W2, b2, k):
    x, W1, b1, W2, b2 = (torch.tensor(a) for a in (x, W1, b1, W2, b2))
    x.requires_grad_(True)
    (torch.relu(x @ W1.T + b1) @ W2.T + b2)[:, k].sum().backward()
    return x.grad.numpy()


def saliency_by_loops(x, W1, b1, W2, b2, k):
    dx = np.zeros_like(x)
    for n, row in enumerate(x):
        for j in range(len(b1)):
            if W1[j] @ row + b1[j] > 0:
                dx[n] += W2[k, j] * W1[j]
    return dx


def weights_by_loops(W, order):
    V = np.empty_like(W)
    for place, pixel in enumerate(order):
        V[:, place] = W[:, pixel]
    return V


def weights_by_matrix(W, order):
    return W @ np.eye(W.shape[1])[:, order]


VARIANTS = {
    "case-digits-calibration-error": [error_by_loops, error_by_sums],
    "case-digits-temperature": [slope_by_autograd, slope_through_the_logits],
    "case-digits-saliency": [saliency_by_autograd, saliency_by_loops],
    "case-digits-shuffle": [weights_by_loops, weights_by_matrix, lambda W, order: np.take(W, order, axis=1)],
}
