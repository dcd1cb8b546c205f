"""Gradients measured in other ways."""

import numpy as np


def flat(f, x, h):
    eye = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in eye]).reshape(x.shape)


def in_place_on_a_copy(f, x, h):
    x, gradient = x.copy(), np.empty(x.shape)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        up = f(x)
        x[i] = old - h
        gradient[i] = (up - f(x)) / h / 2
        x[i] = old
    return gradient


def stacked(a, b):
    scale = np.max(np.abs([a, b]))
    return 0.0 if scale == 0 else np.max(np.abs(np.subtract(b, a))) / scale


def guarded(a, b):
    return np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), 1e-300)


def complex_flat(f, x, h):
    eye = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([np.imag(f(x + 1j * h * e)) / h for e in eye]).reshape(x.shape)


def complex_with_a_step_of_its_own(f, x, h):
    gradient, moved = np.zeros_like(x), x + 0j
    for i in np.ndindex(x.shape):
        moved[i] = complex(x[i], 1e-20)
        gradient[i] = f(moved).imag / 1e-20
        moved[i] = x[i]
    return gradient


def by_dot(f, gradient, x, v, h):
    derived = gradient.ravel() @ v.ravel()
    measured = (f(x + h * v) - f(x - h * v)) / h / 2
    return abs(measured - derived) / max(abs(measured), abs(derived), 1e-300)


def by_tensordot(f, gradient, x, v, h):
    a, b = np.tensordot(gradient, v, axes=gradient.ndim), (f(x + v * h) - f(x - v * h)) / (2 * h)
    if a == b == 0:
        return 0
    return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


def by_unit_arrays(forward, backward, x, dy, h):
    x = np.array(x, dtype=np.float64)
    measured = flat(lambda x: np.vdot(dy, forward(x)), x, h)
    return stacked(backward(dy, x), measured)


def by_differences_of_outputs(forward, backward, x, dy, h):
    x, measured = 1.0 * x, np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        measured[i] = ((forward(x + e) - forward(x - e)) * dy).sum() / (2 * h)
    return guarded(backward(dy, x), measured)


VARIANTS = {
    "numerical-gradient": [flat, in_place_on_a_copy],
    "relative-error": [stacked, guarded],
    "complex-step-gradient": [complex_flat, complex_with_a_step_of_its_own],
    "directional-check": [by_dot, by_tensordot],
    "backward-error": [by_unit_arrays, by_differences_of_outputs],
}
