"""What several test files share: arrays in awkward layouts, a central difference, a served site, a browser."""

import functools
import http.server
import os
import shutil
import threading

import numpy as np
import pytest
from browsing import BROWSERS, Quiet, Visit
from built_site import HTML, require_build
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


@pytest.fixture(scope="session")
def address():
    """Where the built book is served, on a free port of this machine."""
    require_build()
    handler = functools.partial(Quiet, directory=HTML)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        message = f"no browser: none of {', '.join(BROWSERS)} is on the PATH"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # --no-sandbox: containers, where this runs too, seldom allow the sandbox; the pages are our own.
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def visit(browser):
    visit = Visit(browser)
    yield visit
    visit.close()
