"""Optimisers, mini-batches, initial weights, regularisation and what else training needs."""

import numpy as np


def sgd_in_place_on_copies(params, grads, lr):
    params = {name: np.array(p, float) for name, p in params.items()}
    for name in params:
        params[name] -= lr * np.asarray(grads[name])
    return params


def sgd_as_tuple(params, grads, lr):
    return params["W"] + -lr * grads["W"], params["b"] + -lr * grads["b"]


class MomentumOfSteps:
    """The velocity holds steps, not gradients."""

    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, 0

    def step(self, w, g):
        self.v = self.mu * self.v - self.lr * g
        return w + self.v


class MomentumLikePyTorch:
    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, None

    def step(self, w, g):
        self.v = g if self.v is None else self.mu * self.v + g
        return w - self.lr * self.v


class MomentumInPlace:
    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, 0

    def step(self, w, g):
        self.v = self.mu * self.v + g
        w -= self.lr * self.v


class AdamWithBuffers:
    def __init__(self, lr, b1, b2, eps):
        self.lr, self.b1, self.b2, self.eps, self.t = lr, b1, b2, eps, 0
        self.m = self.v = None

    def step(self, ws, gs):
        if self.m is None:
            self.m, self.v = [np.zeros_like(w) for w in ws], [np.zeros_like(w) for w in ws]
        self.t += 1
        for w, g, m, v in zip(ws, gs, self.m, self.v, strict=True):
            m += (1 - self.b1) * (g - m)
            v += (1 - self.b2) * (g**2 - v)
            w -= self.lr * (m / (1 - self.b1**self.t)) / (np.sqrt(v / (1 - self.b2**self.t)) + self.eps)


class AdamOneRate:
    """Both corrections gathered into the learning rate, and eps scaled to match."""

    def __init__(self, lr, b1, b2, eps):
        self.lr, self.b1, self.b2, self.eps, self.t, self.state = lr, b1, b2, eps, 0, {}

    def step(self, ws, gs):
        self.t += 1
        root = np.sqrt(1 - self.b2**self.t)
        new = []
        for k, (w, g) in enumerate(zip(ws, gs, strict=True)):
            m, v = self.state.get(k, (0, 0))
            m, v = self.b1 * m + (1 - self.b1) * g, self.b2 * v + (1 - self.b2) * g * g
            self.state[k] = m, v
            new.append(w - self.lr * root / (1 - self.b1**self.t) * m / (np.sqrt(v) + self.eps * root))
        return new


def batches_as_list(x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    return [(x[rows], y[rows]) for rows in np.split(order, range(batch_size, len(x), batch_size))]


def batches_of_shuffled_copies(x, y, batch_size, rng):
    p = rng.permutation(len(x))
    x, y = x[p], y[p]
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


class NetThatClears:
    def __init__(self, W):
        self.W, self.g = W.copy(), np.zeros_like(W)

    def step(self, x, y, lr):
        self.g[:] = 0
        self.g += 2 * (x @ self.W.T - y).T @ x / y.size
        self.W -= lr * self.g
        return self.W


class NetByEntries:
    def __init__(self, W):
        self.W = W

    def step(self, x, y, lr):
        error = np.einsum("ni,oi->no", x, self.W) - y
        self.W = self.W - lr * np.einsum("no,ni->oi", error, x) * 2 / error.size
        return self.W


def he_by_scale(n_out, n_in, rng):
    return rng.normal(0.0, np.sqrt(2 / n_in), size=(n_out, n_in))


def he_row_by_row(n_out, n_in, rng):
    return np.array([rng.standard_normal(n_in) * (2 / n_in) ** 0.5 for _ in range(n_out)])


def l2_loop(params, grads, strength):
    new = dict(grads)
    for key in new:
        if key.endswith(".W"):
            new[key] = strength * params[key] + new[key]
    return new


def l2_halved(params, grads, strength):
    return {k: grads[k] + (0.5 * strength * 2 * params[k] if k[-1] == "W" else 0) for k in grads}


def dropout_by_where(x, p, rng, train):
    if not train:
        return x
    return np.where(rng.random(x.shape) < p, 0.0, x / (1 - p)), "cache"


def dropout_binomial(x, p, rng, train):
    return x * rng.binomial(1, 1 - p, x.shape) / (1 - p) if train else x.copy()


def batch_norm_in_steps(x, gamma, beta, eps):
    centred = x - np.mean(x, axis=0, keepdims=True)
    variance = np.mean(centred**2, axis=0)
    return centred * (gamma / np.sqrt(variance + eps)) + beta, (centred, variance)


def batch_norm_columns(x, gamma, beta, eps):
    columns = [g * (c - c.mean()) / (c.var() + eps) ** 0.5 + b for c, g, b in zip(x.T, gamma, beta, strict=True)]
    return np.array(columns).T


def clip_by_flat_vector(grads, max_norm):
    flat = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(flat)
    return grads if norm <= max_norm else {k: g / norm * max_norm for k, g in grads.items()}


def accuracy_by_probability(logits, labels):
    if logits.shape[1] == 1:
        return float(((1 / (1 + np.exp(-logits.ravel())) > 0.5) == (labels == 1)).mean())
    return sum(int(row.argmax() == k) for row, k in zip(logits, labels, strict=True)) / len(labels)


def accuracy_by_counting(logits, labels):
    predicted = (logits > 0).astype(int).ravel() if logits.shape[1] == 1 else np.argmax(logits, axis=-1)
    return np.count_nonzero(predicted == labels) / labels.size


def rate_by_singular_value(x):
    return len(x) / np.linalg.norm(x, 2) ** 2


def rate_by_power_iteration(x):
    v = np.ones(x.shape[1])
    for _ in range(5000):
        v = x.T @ (x @ v)
        v = v / np.linalg.norm(v)
    return len(x) / np.sum((x @ v) ** 2)


def rows_by_shuffle(n, n_validation, n_test, rng):
    rows = list(range(n))
    rng.shuffle(rows)
    return rows[: n - n_validation - n_test], rows[n - n_validation - n_test : n - n_test], rows[n - n_test :]


def rows_by_choice(n, n_validation, n_test, rng):
    rows = np.arange(n)
    test = rng.choice(rows, n_test, replace=False)
    rows = np.setdiff1d(rows, test)
    validation = rng.choice(rows, n_validation, replace=False)
    return rng.permutation(np.setdiff1d(rows, validation)), validation, test


VARIANTS = {
    "training-stable-rate": [rate_by_singular_value, rate_by_power_iteration],
    "training-split": [rows_by_shuffle, rows_by_choice],
    "accuracy": [accuracy_by_probability, accuracy_by_counting],
    "sgd-step": [sgd_in_place_on_copies, sgd_as_tuple],
    "momentum": [MomentumOfSteps, MomentumLikePyTorch, MomentumInPlace],
    "adam": [AdamWithBuffers, AdamOneRate],
    "minibatches": [batches_as_list, batches_of_shuffled_copies],
    "train-step": [NetThatClears, NetByEntries],
    "he-normal": [he_by_scale, he_row_by_row],
    "l2-gradient": [l2_loop, l2_halved],
    "dropout-forward": [dropout_by_where, dropout_binomial],
    "batch-norm": [batch_norm_in_steps, batch_norm_columns],
    "clip-gradients": [clip_by_flat_vector],
}
