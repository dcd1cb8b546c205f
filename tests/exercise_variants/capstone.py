"""The network from an empty file: the whole passes, the step, the epoch and its settings."""

import numpy as np


def relu_by_mask(z):
    return z * (z > 0)


def relu_by_where(z):
    return np.where(np.asarray(z) < 0, 0.0, z)


def relu_of_copies(z):
    z = z.copy()
    z[z < 0] = 0
    return z.tolist()


def forward_with_enumerate(params, x):
    kept = []
    for i, (W, b) in enumerate(params):
        z = np.einsum("ni,ji->nj", x, W) + b
        kept += [[x, z]]
        x = z if i == len(params) - 1 else z.clip(min=0)
    return x, kept


def forward_recursive(params, x):
    (W, b), *rest = params
    z = (W @ x.T).T + b
    if not rest:
        return z, ((x, z),)
    output, kept = forward_recursive(rest, np.maximum(z, 0))
    return output, ((x, z), *kept)


def forward_single(params, x):
    x, kept = np.float32(x), []
    for W, b in params:
        z = x @ np.float32(W).T + np.float32(b)
        kept.append((x, z))
        x = np.maximum(z, 0)
    return z, kept


def backward_with_indices(doutput, params, kept):
    grads = [None] * len(params)
    da = doutput
    for k in range(len(params) - 1, -1, -1):
        x, z = kept[k]
        dz = da if k == len(params) - 1 else np.where(z > 0, da, 0)
        grads[k] = [np.einsum("no,ni->oi", dz, x), np.ones(len(dz)) @ dz]
        da = dz @ params[k][0]
    return grads


def backward_appended(doutput, params, kept):
    grads, dz = [], doutput
    for k in reversed(range(len(params))):
        grads.append((dz.T @ kept[k][0], dz.sum(0)))
        if k:
            dz = (dz @ params[k][0]) * (kept[k - 1][1] > 0)
    return tuple(reversed(grads))


def step_on_copies(params, grads, lr):
    new = [[W.copy(), b.copy()] for W, b in params]
    for pair, slopes in zip(new, grads, strict=True):
        for w, g in zip(pair, slopes, strict=True):
            w -= lr * g
    return new


def step_as_tuples(params, grads, lr):
    return tuple(
        tuple(np.add(w, -lr * g) for w, g in zip(p, d, strict=True)) for p, d in zip(params, grads, strict=True)
    )


def epoch_of_parts(params, batches, lr, loss, gradient):
    losses = np.zeros(0)
    for x, y in batches:
        output, kept = forward_with_enumerate(params, x)
        losses = np.append(losses, loss(output, y))
        params = step_as_tuples(params, backward_appended(gradient(output, y), params, kept), lr)
    return params, losses


def epoch_in_place(params, batches, lr, loss, gradient):
    params, losses = [(W.copy(), b.copy()) for W, b in params], []
    for x, y in batches:
        output, kept = forward_recursive(params, x)
        losses += [loss(output, y)]
        for (W, b), (dW, db) in zip(params, backward_with_indices(gradient(output, y), params, kept), strict=True):
            W -= lr * dW
            b -= lr * db
    return params, tuple(losses)


VARIANTS = {
    "relu-forward": [relu_by_mask, relu_by_where, relu_of_copies, lambda z: (z + np.abs(z)) / 2],
    "capstone-forward": [forward_with_enumerate, forward_recursive, forward_single],
    "capstone-backward": [backward_with_indices, backward_appended],
    "capstone-step": [step_on_copies, step_as_tuples],
    "capstone-epoch": [epoch_of_parts, epoch_in_place],
    "capstone-settings": [
        lambda: [1, 400],
        lambda: np.array([0.3, 2000.0]),
        lambda: (0.8, np.int64(700)),
    ],
}
