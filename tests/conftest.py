"""What several test files share: random arrays in awkward layouts, and a central difference."""

import numpy as np
import pytest
from hypothesis import settings

# A noisy machine is no reason to fail, and a failure must come back when it is looked for.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")


def layouts(array):
    """The same numbers in C order, Fortran order, as a strided view, and read-only."""
    strided = np.repeat(array, 2, axis=-1)[..., ::2]
    frozen = array.copy()
    frozen.flags.writeable = False
    return {"C": array.copy(), "F": np.asfortranarray(array), "strided": strided, "read-only": frozen}


def central_difference(f, x, h=6e-6):
    """Gradient of a scalar function of one array, written apart from the package's own."""
    gradient = np.zeros_like(x, dtype=float)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        step = h * max(1.0, abs(x[i]))
        up[i] += step
        down[i] -= step
        gradient[i] = (f(up) - f(down)) / (up[i] - down[i])
    return gradient


def max_relative_error(a, b):
    """Largest difference relative to the largest entry of the two arrays."""
    scale = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return np.abs(a - b).max(initial=0.0) / scale if scale else 0.0


@pytest.fixture
def rng():
    return np.random.default_rng(2026)
