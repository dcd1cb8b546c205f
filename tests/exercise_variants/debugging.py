"""The exercises of the chapter on debugging: right answers in other styles."""

import numpy as np


def probabilities_by_rows(self, z):
    return np.array([np.exp(row - max(row)) / np.exp(row - max(row)).sum() for row in z])


def probabilities_by_logarithms(self, z):
    z = z - z.max(axis=-1)[:, None]
    return np.exp(z - np.log(np.exp(z).sum(axis=-1))[:, None])


def probabilities_transposed(self, z):
    e = np.exp(z.T - z.T.max(axis=0))
    return (e / e.sum(axis=0)).T


def start_standard_normal(self, sizes, rng):
    weights = [rng.standard_normal((b, a)) / np.sqrt(a) for a, b in zip(sizes[:-1], sizes[1:], strict=True)]
    weights[-1] = weights[-1] / 10
    return [part for W in weights for part in (W, np.zeros(len(W)))]


def start_uniform(self, sizes, rng):
    net = []
    for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        reach = np.sqrt(3 / a) * (0.1 if i == len(sizes) - 2 else 1)
        net.append(rng.uniform(-reach, reach, (b, a)))
        net.append(np.zeros(b))
    return net


def gradients_with_one_hot(self, net, x, y, rng=None):
    values, slopes = self.forward(net, x, rng)
    d = (self.probabilities(values[-1]) - np.eye(len(net[-1]))[y]) / x.shape[0]
    grads = [None] * len(net)
    for layer in range(len(net) // 2 - 1, -1, -1):
        d = d * slopes[layer]
        grads[2 * layer] = np.einsum("no,ni->oi", d, values[layer])
        grads[2 * layer + 1] = np.ones(len(d)) @ d
        d = d @ net[2 * layer]
    return grads


def gradients_slope_on_the_way_down(self, net, x, y, rng=None):
    """Multiplies by the slope of the layer before as soon as the product with W is taken; the last slope is 1."""
    values, slopes = self.forward(net, x, rng)
    n = len(y)
    d = self.probabilities(values[-1])
    d[range(n), y] -= 1
    grads = []
    for i in range(len(slopes) - 1, -1, -1):
        grads[:0] = [d.T @ values[i] / n, d.sum(axis=0) / n]
        if i:
            d = (d @ net[2 * i]) * slopes[i - 1]
    return tuple(grads)


def epoch_with_indices(self, net, batches, lr, rng=None):
    for batch in batches:
        grads = self.gradients(net, *batch, rng)
        for i in range(len(net)):
            net[i] -= lr * grads[i]


def epoch_with_slices(self, net, batches, lr, rng=None):
    for x, y in batches:
        for w, g in zip(net, self.gradients(net, x, y), strict=True):
            w[...] = w - lr * g


def epoch_with_sums_cleared(self, net, batches, lr, rng=None):
    for x, y in batches:
        sums = [np.zeros_like(w) for w in net]
        for w, s, g in zip(net, sums, self.gradients(net, x, y, rng), strict=True):
            s += g
            w -= lr * s


def epoch_with_new_arrays_in_the_list(self, net, batches, lr, rng=None):
    for x, y in batches:
        grads = self.gradients(net, x, y, rng)
        net[:] = [w - lr * g for w, g in zip(net, grads, strict=True)]


def batches_shuffled_first(self, x, y, size, rng):
    order = rng.permutation(len(y))
    x, y = x[order], y[order]
    for i in range(0, len(y), size):
        yield x[i : i + size], y[i : i + size]


def batches_as_a_list(self, x, y, size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    parts = np.split(order, range(size, len(x), size))
    return [(x[rows], y[rows]) for rows in parts]


def batches_sorted_by_random_keys(self, x, y, size, rng):
    order = np.argsort(rng.random(len(x)))
    return ((x[order[i : i + size]], y[order[i : i + size]]) for i in range(0, len(x), size))


def forward_without_loop_for_the_last(self, net, x, rng=None):
    values, slopes = [x], []
    for W, b in zip(net[:-2:2], net[1:-2:2], strict=True):
        a = np.tanh(values[-1] @ W.T + b)
        mask = 1.0 if rng is None else (rng.random(a.shape) >= 0.2) / 0.8
        values.append(a * mask)
        slopes.append((1 - a**2) * mask)
    logits = values[-1] @ net[-2].T + net[-1]
    return [*values, logits], [*slopes, np.ones_like(logits)]


def forward_from_pairs(self, net, x, rng=None):
    pairs = list(zip(net[::2], net[1::2], strict=True))
    values, slopes = [x], []
    for k, (W, b) in enumerate(pairs, start=1):
        z = np.einsum("ni,oi->no", values[-1], W) + b
        if k == len(pairs):
            values.append(z)
            slopes.append(1.0)
            break
        v, slope = np.tanh(z), 1 / np.cosh(z) ** 2
        if rng:
            keep = np.where(rng.random(z.shape) < 0.8, 1.25, 0.0)
            v, slope = v * keep, slope * keep
        values.append(v)
        slopes.append(slope)
    return tuple(values), tuple(slopes)


def scale_with_a_function(self, train, other):
    def fitted(a):
        return (a - np.mean(train, axis=0)) / np.std(train, axis=0)

    return fitted(train), fitted(other)


def scale_by_columns(self, train, other):
    parts = []
    for a in (train, other):
        columns = [(a[:, j] - train[:, j].mean()) / train[:, j].std() for j in range(a.shape[1])]
        parts.append(np.stack(columns, axis=1))
    return parts


VARIANTS = {
    "debugging-planted-1": [probabilities_by_rows, probabilities_by_logarithms, probabilities_transposed],
    "debugging-planted-2": [start_standard_normal, start_uniform],
    "debugging-planted-3": [gradients_with_one_hot, gradients_slope_on_the_way_down],
    "debugging-planted-4": [gradients_with_one_hot, gradients_slope_on_the_way_down],
    "debugging-planted-5": [
        epoch_with_indices,
        epoch_with_slices,
        epoch_with_sums_cleared,
        epoch_with_new_arrays_in_the_list,
    ],
    "debugging-planted-6": [batches_shuffled_first, batches_as_a_list, batches_sorted_by_random_keys],
    "debugging-planted-7": [forward_without_loop_for_the_last, forward_from_pairs],
    "debugging-planted-8": [scale_with_a_function, scale_by_columns],
    "debugging-planted-9": [forward_without_loop_for_the_last, forward_from_pairs],
    "debugging-planted-10": [
        lambda self, labels: np.subtract(labels, 1),
        lambda self, labels: [int(t) - 1 for t in labels],
        lambda self, labels: np.searchsorted(np.arange(1, 99), labels),
    ],
    "debugging-chance-loss": [
        lambda counts: float(np.log(counts.sum()) - sum(c * np.log(c) for c in counts if c) / counts.sum()),
        lambda counts: -sum(c / sum(counts) * np.log(c / sum(counts)) for c in counts if c > 0),
    ],
    "debugging-there-and-back": [
        lambda there, back, labels: (
            all(back(there(labels)) == labels) and set(there(labels)) == set(range(len(set(labels))))
        ),
        lambda there, back, labels: int(
            bool((back(there(labels)) == labels).all())
            and sorted(set(there(labels).tolist())) == list(range(len(np.unique(labels))))
        ),
    ],
}
