"""The numbers and formulas of the chapter on training: by hand, by differences and by autograd."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import MSELoss, mean_interval, mlp, value_and_grads
from conftest import central_difference, max_relative_error
from scipy import stats
from sklearn.preprocessing import StandardScaler

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "training.md"


def squared_error(w, x, t):
    return float(np.mean((x @ w - t) ** 2))


@pytest.fixture
def linear(rng):
    """Features (9, 4), targets (9,) and weights (4,) of a linear model."""
    return rng.normal(size=(9, 4)) * [1, 2, 0.5, 3], rng.normal(size=9), rng.normal(size=4)


def gradient(w, x, t):
    return 2 / len(x) * x.T @ (x @ w - t)


def by_autograd(w, x, t):
    tensor = torch.tensor(w, requires_grad=True)
    ((torch.tensor(x) @ tensor - torch.tensor(t)) ** 2).mean().backward()
    return tensor.grad.numpy()


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(training-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    missing = [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]
    assert not missing


def test_training_direction(linear, rng):
    x, t, w = linear
    g = gradient(w, x, t)
    slopes = []
    for _ in range(50):
        u = rng.normal(size=4)
        u /= np.linalg.norm(u)
        measured = central_difference(lambda e, u=u: squared_error(w + e[0] * u, x, t), np.zeros(1))[0]
        assert g @ u == pytest.approx(measured, rel=1e-7, abs=1e-7)
        step = torch.zeros((), dtype=torch.float64, requires_grad=True)
        (torch.tensor(x) @ (torch.tensor(w) + step * torch.tensor(u)) - torch.tensor(t)).square().mean().backward()
        assert g @ u == pytest.approx(step.grad.item(), rel=1e-10, abs=1e-12)
        slopes.append(g @ u)
    assert min(slopes) > -np.linalg.norm(g)  # no direction is steeper than the gradient's own
    assert g @ (-g / np.linalg.norm(g)) == pytest.approx(-np.linalg.norm(g), rel=1e-12)


def test_training_step(linear):
    x, t, w = linear
    by_hand = w - 0.01 * gradient(w, x, t)
    assert max_relative_error(by_hand, w - 0.01 * by_autograd(w, x, t)) < 1e-10
    measured = central_difference(lambda v: squared_error(v, x, t), w)
    assert max_relative_error(by_hand, w - 0.01 * measured) < 1e-7
    assert squared_error(by_hand, x, t) < squared_error(w, x, t)


def test_training_decrease():
    """The remainder vanishes with the step, for a network."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(11, 3)), rng.normal(size=(11, 2))
    network = mlp([3, 5, 2], "tanh", rng=3)
    start, grads = value_and_grads(network, MSELoss(), x, y)
    steepness = sum(np.sum(g**2) for g in grads.values())
    first = {name: w.copy() for name, w in network.params.items()}
    remainders = []
    for lr in (1e-2, 1e-3, 1e-4):
        for name, w in network.params.items():
            w[...] = first[name] - lr * grads[name]
        drop = start - value_and_grads(network, MSELoss(), x, y)[0]
        remainders.append(abs(steepness - drop / lr))
    assert remainders[1] < remainders[0] / 9
    assert remainders[2] < remainders[1] / 9


def test_training_quadratic():
    c, w, lr = 10.0, 0.7, 0.19
    assert c * w == pytest.approx(central_difference(lambda v: 0.5 * c * v[0] ** 2, np.array([w]))[0], rel=1e-7)
    t = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    (0.5 * c * t**2).backward()
    assert c * w == pytest.approx(t.grad.item(), rel=1e-10)
    assert w - lr * c * w == pytest.approx((1 - lr * c) * w, rel=1e-14)


@pytest.mark.parametrize(("lr", "end"), [(0.19, 0.9**50), (0.20, 1.0), (0.21, 1.1**50)])
def test_training_limit(lr, end):
    w = 1.0
    for _ in range(50):
        w -= lr * 10 * w
    assert abs(w) == pytest.approx(end, rel=1e-9)
    assert (abs(w) < 1) == (lr < 2 / 10)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_training_lemma(share):
    """A loss whose curvature is at most 1: log cosh."""
    for w in (-3.0, 0.4, 1.7):
        g, lr = np.tanh(w), 2 * share
        after = np.log(np.cosh(w - lr * g))
        assert after <= np.log(np.cosh(w)) - lr * (1 - lr / 2) * g**2 + 1e-15


@pytest.fixture
def hessian(rng):
    Q = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return Q @ np.diag([1.0, 4.0, 10.0]) @ Q.T


def test_training_hessian_step(hessian, rng):
    v = rng.normal(size=3)
    measured = central_difference(lambda u: float(0.5 * u @ hessian @ u), v)
    assert max_relative_error(hessian @ v, measured) < 1e-7
    t = torch.tensor(v, requires_grad=True)
    (0.5 * t @ torch.tensor(hessian) @ t).backward()
    assert max_relative_error(hessian @ v, t.grad.numpy()) < 1e-10


def test_training_modes(hessian, rng):
    values, q = np.linalg.eigh(hessian)
    v, lr = rng.normal(size=3), 0.15
    np.testing.assert_allclose(q.T @ (v - lr * hessian @ v), (1 - lr * values) * (q.T @ v), rtol=1e-10)


@pytest.mark.parametrize(("share", "converges"), [(0.98, True), (1.02, False)])
def test_training_largest(hessian, share, converges):
    v = np.ones(3)
    for _ in range(1500):
        v = v - share * 2 / 10 * hessian @ v
    assert np.linalg.norm(v) < 1e-3 if converges else np.linalg.norm(v) > 1e3


@pytest.mark.parametrize("condition", [3.0, 25.0, 400.0])
def test_training_condition(condition):
    curvatures = np.array([1.0, condition])

    def slowest(lr):
        return np.abs(1 - lr * curvatures).max()

    best = 2 / curvatures.sum()
    assert slowest(best) == pytest.approx((condition - 1) / (condition + 1), rel=1e-12)
    assert slowest(best) < min(slowest(0.98 * best), slowest(1.02 * best))


def test_training_steps():
    for condition in (10.0, 100.0, 1000.0):
        exact = np.log(1000) / np.log((condition + 1) / (condition - 1))
        assert ((condition - 1) / (condition + 1)) ** exact == pytest.approx(1e-3, rel=1e-9)
        assert exact == pytest.approx(condition / 2 * np.log(1000), rel=1 / condition**2)


def test_training_interval():
    values = np.random.default_rng(5).normal(size=20)
    mean, half = mean_interval(values)
    assert mean == pytest.approx(values.mean(), rel=1e-12)
    assert half == pytest.approx(stats.t.ppf(0.975, 19) * values.std(ddof=1) / np.sqrt(20), rel=1e-12)
    assert stats.t.ppf(0.975, 19) == pytest.approx(2.093, abs=5e-4)
    assert stats.norm.ppf(0.975) == pytest.approx(1.960, abs=5e-4)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 6])
def test_training_noise(batch_size):
    """All batches of six samples, one by one: the law is exact."""
    each = np.random.default_rng(batch_size).normal(size=(6, 4)) + 2
    full = each.mean(axis=0)
    sigma = np.sqrt(np.mean(np.sum((each - full) ** 2, axis=1)))
    errors = [np.sum((each[list(rows)].mean(axis=0) - full) ** 2) for rows in combinations(range(6), batch_size)]
    predicted = sigma / np.sqrt(batch_size) * np.sqrt((6 - batch_size) / 5)
    assert np.sqrt(np.mean(errors)) == pytest.approx(predicted, rel=1e-10, abs=1e-12)


def test_training_mse(linear):
    x, t, w = linear
    by_hand = gradient(w, x, t)
    assert max_relative_error(by_hand, central_difference(lambda v: squared_error(v, x, t), w)) < 1e-7
    assert max_relative_error(by_hand, by_autograd(w, x, t)) < 1e-10
    curvature = 2 / len(x) * x.T @ x
    measured = np.array([central_difference(lambda v, i=i: gradient(v, x, t)[i], w) for i in range(4)])
    assert max_relative_error(curvature, measured) < 1e-7
    judge = torch.autograd.functional.hessian(
        lambda v: ((torch.tensor(x) @ v - torch.tensor(t)) ** 2).mean(), torch.tensor(w)
    )
    assert max_relative_error(curvature, judge.numpy()) < 1e-10


def test_training_standardise(linear):
    x, _, _ = linear
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    np.testing.assert_allclose(scaled, StandardScaler().fit_transform(x), rtol=1e-12)
    np.testing.assert_allclose(np.diag(2 / len(x) * scaled.T @ scaled), 2.0, rtol=1e-12)


def test_training_accumulated():
    """Steps along the sum of all gradients so far, and the recurrence, give the same places."""
    c, lr = 10.0, 0.01
    w, total, places = 1.0, 0.0, [1.0]
    for _ in range(200):
        total += c * w
        w -= lr * total
        places.append(w)
    for before, here, after in zip(places, places[1:], places[2:], strict=False):
        assert after == pytest.approx(2 * here - before - lr * c * here, abs=1e-12)
    assert max(np.abs(places[-50:])) > 0.9


def test_the_best_of_twenty_coins_is_well_above_one_half():
    """The demonstration of choosing: best of 20 independent scores of 50, by the binomial distribution."""
    shares = np.arange(51) / 50
    below = stats.binom.cdf(np.arange(51), 50, 0.5) ** 20
    expected = float(np.sum(shares * np.diff(below, prepend=0.0)))
    assert 0.6 < expected < 0.65  # networks trained on the same data are not independent, and have a little less
