"""Losses and their gradients."""

import numpy as np


def softmax_through_logs(z):
    s = z - z.max(axis=1)[:, None]
    return np.exp(s - np.log(np.exp(s).sum(axis=1))[:, None])


def softmax_row_by_row(logits):
    rows = []
    for row in logits:
        e = np.exp(row - max(row))
        rows.append(list(e / e.sum()))
    return rows


def softmax_by_differences(logits):
    with np.errstate(over="ignore"):
        return 1 / np.exp(logits[:, None, :] - logits[:, :, None]).sum(axis=2)


def softmax_shifted_by_more(logits):
    e = np.exp(np.float64(logits) - np.max(logits, axis=-1, keepdims=True) + 3.0)
    return (e.T / e.T.sum(axis=0)).T


def log_softmax_logaddexp(logits):
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def log_softmax_max_added_back(logits):
    m = logits.max(1)
    return logits - (m + np.log(np.exp(logits - m[:, None]).sum(1)))[:, None]


def ce_log_sum_exp(z, y):
    mx = z.max(1)
    return float(np.mean(mx + np.log(np.exp(z - mx[:, None]).sum(1)) - z[np.arange(len(y)), y]))


def ce_loop(logits, labels):
    total = 0.0
    for row, k in zip(logits, labels, strict=True):
        total += np.logaddexp.reduce(row) - row[k]
    return total / len(labels), "cache"


def ce_one_hot(logits, labels):
    return -(np.eye(logits.shape[1])[labels] * log_softmax_logaddexp(logits)).sum() / len(logits)


def ce_gradient_fancy(logits, labels):
    p = softmax_through_logs(logits)
    p[np.arange(len(labels)), labels] -= 1
    p /= len(labels)
    return p


def ce_gradient_single(logits, labels):
    z = logits.astype(np.float32)
    return (softmax_through_logs(z) - np.eye(z.shape[1], dtype=np.float32)[labels]) / np.float32(len(z))


def ce_gradient_one_hot(z, y):
    return (softmax_through_logs(z) - np.eye(z.shape[1])[y]) / z.shape[0]


def mse_mean_of_means(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError
    return np.square(np.subtract(prediction, target)).mean(axis=0).mean()


def mse_dot(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError("different shapes")
    d = (prediction - target).ravel()
    return d @ d / d.size, (prediction, target)


def bce_logaddexp(z, y):
    return np.mean(np.logaddexp(0, z) - y * z)


def bce_by_sign(z, y):
    signed = np.where(y == 1, -z, z)
    return float(np.logaddexp(0, signed).sum() / len(z))


def softmax_backward_with_tables(dp, p):
    return np.stack([d @ (np.diag(q) - np.outer(q, q)) for d, q in zip(dp, p, strict=True)])


def softmax_backward_einsum(dp, p):
    table = np.einsum("nk,ik->nik", p, np.eye(p.shape[1])) - p[:, :, None] * p[:, None, :]
    return np.einsum("ni,nik->nk", dp, table)


def softmax_backward_loops(dp, p):
    dz = [[0.0] * p.shape[1] for _ in p]
    for n, k in np.ndindex(*p.shape):
        for i in range(p.shape[1]):
            dz[n][k] += dp[n, i] * p[n, i] * ((i == k) - p[n, k])
    return dz


def softmax_backward_single(dout, out):
    dout, out = np.float32(dout), np.float32(out)
    s = dout * out
    return s - out * s.sum(1, keepdims=True)


VARIANTS = {
    "softmax-backward": [
        softmax_backward_with_tables,
        softmax_backward_einsum,
        softmax_backward_loops,
        lambda dp, p: dp * p - p * np.sum(dp * p, axis=-1)[:, None],
        softmax_backward_single,
    ],
    "softmax": [softmax_through_logs, softmax_row_by_row, softmax_by_differences, softmax_shifted_by_more],
    "log-softmax": [log_softmax_logaddexp, log_softmax_max_added_back],
    "cross-entropy-loss": [ce_log_sum_exp, ce_loop, ce_one_hot],
    "cross-entropy-gradient": [ce_gradient_fancy, ce_gradient_single, ce_gradient_one_hot],
    "mse-loss": [mse_mean_of_means, mse_dot],
    "mse-gradient": [
        lambda p, t: np.subtract(p, t) * (2.0 / np.prod(p.shape)),
        lambda p, t: 2 / (p.shape[0] * p.shape[1]) * (p - t),
        lambda prediction, target: (2 * (prediction - target) / prediction.size).tolist(),
    ],
    "bce-loss": [bce_logaddexp, bce_by_sign],
    "bce-gradient": [
        lambda z, y: (0.5 * (1 + np.tanh(z / 2)) - y) / z.size,
        lambda logits, target: (
            np.where(
                target == 1, -1 / (1 + np.exp(np.minimum(logits, 700))), 1 - 1 / (1 + np.exp(np.minimum(logits, 700)))
            )
            / len(logits)
        ),
    ],
}
