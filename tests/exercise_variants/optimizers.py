"""RMSprop, AdamW, and a warm-up followed by a cosine."""

import math

import numpy as np


class RMSpropWithBuffer:
    def __init__(self, lr, alpha, eps):
        self.lr, self.alpha, self.eps, self.s = lr, alpha, eps, None

    def step(self, w, g):
        if self.s is None:
            self.s = np.zeros_like(w)
        self.s += (1 - self.alpha) * (np.square(g) - self.s)
        w -= self.lr * g / (self.s**0.5 + self.eps)


class RMSpropByEntries:
    def __init__(self, lr, alpha, eps):
        self.lr, self.alpha, self.eps, self.s = lr, alpha, eps, {}

    def step(self, w, g):
        new = w.copy()
        for i in np.ndindex(w.shape):
            self.s[i] = self.alpha * self.s.get(i, 0.0) + (1 - self.alpha) * g[i] * g[i]
            new[i] -= self.lr / (math.sqrt(self.s[i]) + self.eps) * g[i]
        return new


class AdamWInPlace:
    """The form of PyTorch: decay, then Adam, both in place."""

    def __init__(self, lr, b1, b2, eps, decay):
        self.lr, self.b1, self.b2, self.eps, self.decay = lr, b1, b2, eps, decay
        self.m = self.v = None
        self.t = 0

    def step(self, w, g):
        if self.m is None:
            self.m, self.v = np.zeros_like(w), np.zeros_like(w)
        self.t += 1
        w *= 1 - self.lr * self.decay
        self.m += (1 - self.b1) * (g - self.m)
        self.v += (1 - self.b2) * (g * g - self.v)
        size = self.lr / (1 - self.b1**self.t)
        w -= size * self.m / (np.sqrt(self.v) / math.sqrt(1 - self.b2**self.t) + self.eps)


class AdamWOneFormula:
    """Decay and step added up, both taken of the old weights."""

    def __init__(self, lr, b1, b2, eps, decay):
        self.settings, self.state = (lr, b1, b2, eps, decay), (0, 0.0, 0.0)

    def step(self, w, g):
        lr, b1, b2, eps, decay = self.settings
        t, m, v = self.state
        t, m, v = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        self.state = t, m, v
        return w - lr * (m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps) + decay * w)


def rate_by_cases(step, lr, warmup, total):
    if step >= total:
        return 0.0
    if step >= warmup:
        return 0.5 * lr * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))
    return (step + 1) * (lr / warmup)


def rate_by_half_angle(step, lr, warmup, total):
    share = np.clip((step - warmup) / (total - warmup), 0, 1)
    return lr * min((step + 1) / warmup, 1) * np.cos(np.pi / 2 * share) ** 2


def rate_as_array(step, lr, warmup, total):
    steps = np.arange(total + 10)
    rise = np.minimum((steps + 1) / warmup, 1)
    fall = (1 + np.cos(np.pi * np.clip((steps - warmup) / (total - warmup), 0, 1))) / 2
    return (lr * rise * fall)[step]


VARIANTS = {
    "rmsprop": [RMSpropWithBuffer, RMSpropByEntries],
    "adamw": [AdamWInPlace, AdamWOneFormula],
    "warmup-cosine": [rate_by_cases, rate_by_half_angle, rate_as_array],
}
