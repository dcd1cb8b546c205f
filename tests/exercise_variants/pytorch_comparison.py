"""Layouts, a softmax too many, paired timings and scores, PyTorch's first weights."""

import math

import numpy as np


def layout_by_einsum(coefs, intercepts):
    return {
        f"{2 * layer}.{kind}": np.einsum("io->oi", W) if kind == "weight" else b.copy()
        for layer, (W, b) in enumerate(zip(coefs, intercepts, strict=True))
        for kind in ("bias", "weight")
    }


def layout_by_lists(coefs, intercepts):
    state = {}
    for name, W, b in zip("024", coefs, intercepts, strict=True):
        state[name + ".weight"] = [list(column) for column in zip(*W.tolist(), strict=True)]
        state[name + ".bias"] = b.tolist()
    return state


def range_by_softmax(K):
    logits = np.zeros(K)
    logits[0] = 1
    losses = -np.log(np.exp(logits) / np.exp(logits).sum())
    return losses[0], losses[1]


def range_by_width(K):
    highest = math.log(math.e + K - 1)
    return highest - 1, highest


def faster_by_sorting(ours, theirs):
    ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    middle = len(ratios) // 2
    return ratios[middle] if len(ratios) % 2 else (ratios[middle - 1] + ratios[middle]) / 2


def interval_by_sums(a, b, t):
    n, differences = len(a), [p - q for p, q in zip(a, b, strict=True)]
    mean = sum(differences) / n
    half = t * math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    return mean - half, mean + half


def interval_as_array(a, b, t):
    d = a - b
    return tuple(d.mean() + np.array([-1, 1]) * t * np.sqrt(np.var(d, ddof=1) / d.size))


VARIANTS = {
    "pytorch-comparison-layout": [layout_by_einsum, layout_by_lists],
    "pytorch-comparison-twice": [range_by_softmax, range_by_width],
    "pytorch-comparison-faster": [
        faster_by_sorting,
        lambda ours, theirs: np.quantile(np.divide(theirs, ours), 0.5),
    ],
    "pytorch-comparison-interval": [interval_by_sums, interval_as_array],
    "pytorch-comparison-start": [
        lambda n_in: (n_in**-0.5, (3 * n_in) ** -0.5),
        lambda n_in: tuple(np.sqrt([1 / n_in, 1 / (3 * n_in)])),
    ],
}
