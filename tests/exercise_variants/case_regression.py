"""Regression: R^2, units, Huber's gradient and conformal widths."""

import math

import numpy as np


def r2_by_means(prediction, target):
    return 1 - np.mean(np.square(target - prediction)) / np.var(target)


def r2_by_loop(prediction, target):
    mean = sum(target) / len(target)
    left = total = 0.0
    for p, t in zip(prediction, target, strict=True):
        left += (t - p) ** 2
        total += (t - mean) ** 2
    return float((total - left) / total)


def units_by_steps(prediction, rmse, mse, mu, sigma):
    y = np.array(prediction, copy=True)
    y *= sigma
    y += mu
    error = rmse * sigma
    return y.tolist(), error, error * error


def units_by_roots(prediction, rmse, mse, mu, sigma):
    squared = mse * np.square(sigma)
    return sigma * (prediction + mu / sigma), np.sqrt(squared), squared


def huber_by_where(prediction, target, delta):
    e = prediction - target
    return np.where(np.abs(e) < delta, e, delta * np.sign(e)) / e.size


def huber_by_scaling(prediction, target, delta):
    """The error, shortened to delta where it is longer."""
    e = prediction - target
    return e * np.minimum(1, delta / np.maximum(np.abs(e), 1e-300)) / e.size


def huber_by_loop(prediction, target, delta):
    dp = np.zeros_like(prediction)
    for i in np.ndindex(prediction.shape):
        dp[i] = max(-delta, min(delta, prediction[i] - target[i])) / prediction.size
    return dp.tolist()


def width_by_higher_quantile(residuals, alpha):
    n = len(residuals)
    level = math.ceil((n + 1) * (1 - alpha)) / n
    return np.inf if level > 1 else np.quantile(np.abs(residuals), level, method="inverted_cdf")


def width_with_infinity(residuals, alpha):
    """The new sample stands in as an infinite size."""
    sizes = sorted([*np.abs(residuals), math.inf])
    return sizes[math.ceil(len(sizes) * (1 - alpha)) - 1]


VARIANTS = {
    "case-regression-r2": [r2_by_means, r2_by_loop],
    "case-regression-units": [units_by_steps, units_by_roots],
    "case-regression-huber": [huber_by_where, huber_by_scaling, huber_by_loop],
    "case-regression-conformal": [width_by_higher_quantile, width_with_infinity],
}
