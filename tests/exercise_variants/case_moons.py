"""Choosing a setting, slices of the loss, and what changed in a layer."""

from statistics import mean, stdev

import numpy as np


def choose_with_lists(validation, test, parameters):
    means = [mean(map(float, row)) for row in validation]
    best = max(range(len(means)), key=means.__getitem__)
    margin = means[best] - stdev(map(float, validation[best])) / len(validation[best]) ** 0.5
    chosen = min((k for k in range(len(means)) if means[k] >= margin), key=lambda k: parameters[k])
    return chosen, mean(map(float, test[chosen]))


def choose_by_order(validation, test, parameters):
    means, errors = validation.mean(1), validation.std(1, ddof=1) / validation.shape[1] ** 0.5
    top = int(np.argmax(means))
    for k in np.argsort(parameters):
        if means[top] - means[k] <= errors[top]:
            return k, np.average(test[k])


def slice_into_zeros(loss_at, centre, first, second, alphas, betas):
    values = np.zeros((len(alphas), len(betas)))
    for (i, j), _ in np.ndenumerate(values):
        values[i, j] = loss_at(centre + alphas[i] * first + betas[j] * second)
    return values


def slice_and_put_back(loss_at, centre, first, second, alphas, betas):
    weights, rows = centre.copy(), []
    for a in alphas:
        row = []
        for b in betas:
            weights[:] = centre
            weights += a * first
            weights += b * second
            row.append(loss_at(weights))
        rows.append(row)
    return rows


def filters_by_row(direction, W):
    return np.array([d / np.sqrt(d @ d) * np.sqrt(w @ w) for d, w in zip(direction, W, strict=True)])


def filters_by_factor(direction, W):
    factor = np.sqrt(np.einsum("jk,jk->j", W, W) / np.einsum("jk,jk->j", direction, direction))
    return np.diag(factor) @ direction


def share_by_eigenvalues(before, after):
    change = after - before
    values = np.linalg.eigvalsh(change @ change.T)
    return values[-1] / values.sum()


def share_by_norms(before, after):
    return (np.linalg.norm(before - after, 2) / np.linalg.norm(before - after)) ** 2


VARIANTS = {
    "case-moons-choose": [choose_with_lists, choose_by_order],
    "case-moons-slice": [slice_into_zeros, slice_and_put_back],
    "case-moons-filters": [filters_by_row, filters_by_factor],
    "case-moons-rank": [share_by_eigenvalues, share_by_norms],
}
