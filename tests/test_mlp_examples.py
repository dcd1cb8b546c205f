"""The formulas and numbers of the chapter on the multi-layer perceptron."""

import math

import numpy as np
import pytest
import torch
from byhand import linear_forward, mlp
from byhand.data import xor
from conftest import central_difference, max_relative_error


def tents(f, x, n):
    """The broken line through n + 1 points of f on [0, 1]."""
    knots = np.linspace(0, 1, n + 1)
    return np.interp(x, knots, f(knots))


def relu(z):
    return np.maximum(z, 0)


@pytest.mark.parametrize(("n", "n_in", "n_out"), [(5, 3, 4), (1, 4, 2), (4, 4, 4)])
def test_mlp_batch(n, n_in, n_out):
    rng = np.random.default_rng(n)
    x, W, b = rng.normal(size=(n, n_in)), rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)
    z = [[sum(W[j, i] * x[s, i] for i in range(n_in)) + b[j] for j in range(n_out)] for s in range(n)]
    np.testing.assert_allclose(linear_forward(x, W, b)[0], z, rtol=1e-12)


def test_worked_layers():
    # 1 * .1 + 2 * .2 + 3 * .3 + .1 = 1.5;  -.5 + 1.5 - .2 = .8;  .05 - .2 + .6 + .1 = .55;  -.25 + 1 - .2 = .55
    z, _ = linear_forward([[1, 2, 3], [0.5, -1, 2]], [[0.1, 0.2, 0.3], [-0.5, 0, 0.5]], [0.1, -0.2])
    np.testing.assert_allclose(z, [[1.5, 0.8], [0.55, 0.55]], rtol=1e-12)
    # rows of W are neurons: .5 - 1 + .1 = -.4, .3 + 1.4 - .1 = 1.6; columns: .5 + .6 + .1 = 1.2, -.5 + 1.4 - .1 = .8
    x, W, b = np.array([[1.0, 2.0]]), np.array([[0.5, -0.5], [0.3, 0.7]]), np.array([0.1, -0.1])
    np.testing.assert_allclose(relu(linear_forward(x, W, b)[0]), [[0, 1.6]], rtol=1e-12)
    np.testing.assert_allclose(relu(linear_forward(x, W.T, b)[0]), [[1.2, 0.8]], rtol=1e-12)


def test_mlp_collapse():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(6, 3))
    (W1, b1), (W2, b2) = ((rng.normal(size=(m, n)), rng.normal(size=m)) for n, m in ((3, 5), (5, 2)))
    network = mlp([3, 5, 2], "identity", rng=0)
    for place, array in zip(network.params.values(), (W1, b1, W2, b2), strict=True):
        place[...] = array
    np.testing.assert_allclose(network.predict(x), x @ (W2 @ W1).T + b1 @ W2.T + b2, rtol=1e-12)


def test_mlp_xor():
    x = xor().x
    s = x.sum(axis=1)
    assert np.array_equal(relu(s) - 2 * relu(s - 1), np.ravel(xor().y))


@pytest.mark.parametrize("sizes", [(2, 3, 1), (4, 7, 3), (5, 5, 5)])
def test_mlp_slope(sizes):
    """The Jacobian of a ReLU network with one hidden layer is W2 D W1."""
    rng = np.random.default_rng(sum(sizes))
    network = mlp(sizes, "relu", rng=rng)
    network.params["0.b"][...] = rng.normal(size=sizes[1])
    W1, b1, W2, b2 = network.params.values()
    x = rng.normal(size=sizes[0])
    on = W1 @ x + b1 > 0
    assert 0 < on.sum() < sizes[1] and np.abs(W1 @ x + b1).min() > 1e-3  # away from the kinks
    by_hand = W2 @ np.diag(on * 1.0) @ W1
    t = [torch.tensor(v) for v in (W1, b1, W2, b2)]
    autograd = torch.autograd.functional.jacobian(
        lambda v: t[2] @ torch.relu(t[0] @ v + t[1]) + t[3], torch.tensor(x)
    ).numpy()
    for k in range(sizes[2]):
        measured = central_difference(lambda v, k=k: float(network.predict(v[None])[0, k]), x)
        assert max_relative_error(by_hand[k], measured) < 1e-7
    assert max_relative_error(by_hand, autograd) < 1e-10


def test_mlp_tent():
    x = np.linspace(-3, 3, 601)
    c, w = 0.4, 0.7
    formula = (relu(x - c + w) - 2 * relu(x - c) + relu(x - c - w)) / w
    np.testing.assert_allclose(formula, np.maximum(1 - np.abs(x - c) / w, 0), atol=1e-12)


def test_mlp_tent_error():
    """On x^2 / 2 and x^3 the place xi is known, so the formula can be judged as an equality; then the bound."""
    a, b = 0.2, 0.7
    for x in (0.25, 0.45, 0.69):
        for f, second, xi in (
            (lambda t: t**2 / 2, lambda t: 1.0 + 0 * t, 0.5),
            (lambda t: t**3, lambda t: 6 * t, (a + b + x) / 3),  # e = (x - a)(x - b)(x + a + b)
        ):
            error = f(x) - (f(a) + (f(b) - f(a)) * (x - a) / (b - a))
            assert error == pytest.approx(second(xi) / 2 * (x - a) * (x - b), rel=1e-12)

    def f(x):
        return np.sin(2 * np.pi * x) + x / 2

    x = np.linspace(0, 1, 41)
    by_hand = -4 * np.pi**2 * np.sin(2 * np.pi * x)
    first = 2 * np.pi * np.cos(2 * np.pi * x) + 0.5
    slope = [float(central_difference(lambda v: float(f(v)), np.asarray(p))) for p in x]
    np.testing.assert_allclose(first, slope, rtol=1e-7, atol=1e-7)
    bend = [float(central_difference(lambda v: float(2 * np.pi * np.cos(2 * np.pi * v)), np.asarray(p))) for p in x]
    np.testing.assert_allclose(by_hand, bend, rtol=1e-7, atol=1e-6)
    t = torch.tensor(x, requires_grad=True)
    (d,) = torch.autograd.grad((torch.sin(2 * math.pi * t) + t / 2).sum(), t, create_graph=True)
    (dd,) = torch.autograd.grad(d.sum(), t)
    np.testing.assert_allclose(by_hand, dd.numpy(), rtol=1e-10, atol=1e-10)

    fine = np.linspace(0, 1, 4001)
    errors = {n: np.abs(tents(f, fine, n) - f(fine)).max() for n in (4, 8, 16, 32, 64)}
    assert all(error <= 4 * np.pi**2 / (8 * n**2) for n, error in errors.items())
    assert errors[32] / errors[64] == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("k", [1, 2, 5, 8])
def test_mlp_sawtooth(k):
    """T applied k times: 2^(k-1) peaks of height 1, and zero at the ends of each tooth."""
    x = np.arange(2**k + 1) / 2**k
    for _ in range(k):
        x = 2 * relu(x) - 4 * relu(x - 0.5)
    assert np.array_equal(x, np.arange(2**k + 1) % 2)
