"""The formulas and numbers of the chapter on regression: by hand, by differences and by autograd."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import MSELoss, Tanh, mlp, mse_backward, mse_forward, r2_score, value_and_grads
from byhand.exercises import load
from conftest import central_difference, max_relative_error
from sklearn.datasets import make_friedman1

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "case-regression.md"


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(case-regression-[\w-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) >= 12
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def test_every_work_cited_has_an_entry():
    bibliography = (CHAPTER.parent / "references.bib").read_text(encoding="utf-8")
    cited = re.findall(r"\{cite\}`([a-z0-9,]+)`", CHAPTER.read_text(encoding="utf-8"))
    for key in {key for group in cited for key in group.split(",")}:
        assert bibliography.count(f"{{{key},") == 1, key


# ---- a change of units ------------------------------------------------------------------------


def twins(rng, c, hidden=(4, 3)):
    """Two deep networks, samples and targets; the second network speaks in a unit that is c times smaller."""
    unit, other = (mlp([3, *hidden, 1], ["relu", "tanh"][: len(hidden)], rng=5) for _ in range(2))
    for name, value in unit.params.items():
        value += 0.1 * rng.normal(size=value.shape)
        other.params[name][...] = c * value if name.startswith("4.") else value
    return unit, other, rng.normal(size=(7, 3)), rng.normal(size=(7, 1))


@pytest.mark.parametrize("c", [100.0, 0.01, 3.0])
def test_case_regression_scaled(rng, c):
    unit, other, x, y = twins(rng, c)
    loss, grads = value_and_grads(unit, MSELoss(), x, y)
    loss_other, _ = value_and_grads(other, MSELoss(), x, c * y)
    assert loss_other == pytest.approx(c**2 * loss)

    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in other.params.items()}
    h = torch.relu(torch.tensor(x) @ tensors["0.W"].T + tensors["0.b"])
    h = torch.tanh(h @ tensors["2.W"].T + tensors["2.b"])
    h.retain_grad()
    p = h @ tensors["4.W"].T + tensors["4.b"]
    ((p - c * torch.tensor(y)) ** 2).mean().backward()
    for name, value in other.params.items():
        by_hand = grads[name] * (c if name.startswith("4.") else c**2)

        def changed(v, value=value):
            kept = value.copy()
            value[...] = v
            result = MSELoss().forward(other.predict(x), c * y)[0]
            value[...] = kept
            return result

        assert max_relative_error(by_hand, central_difference(changed, value.copy())) < 1e-7, name
        assert max_relative_error(by_hand, tensors[name].grad.numpy()) < 1e-10, name
    # dh' = c^2 dh, with dh of the first network from its own last layer
    dh = 2 * (unit.predict(x) - y) / len(x) @ unit.params["4.W"]
    assert max_relative_error(c**2 * dh, h.grad.numpy()) < 1e-10


def test_case_regression_rates(rng):
    """With the two rates of the formula the twins stay twins; with one rate for all they part at the first step."""
    c, lr = 50.0, 0.05
    unit, other, x, y = twins(rng, c)
    _, one_rate, _, _ = twins(np.random.default_rng(0), c)
    for name, value in other.params.items():
        one_rate.params[name][...] = value
    for step in range(200):
        _, g = value_and_grads(unit, MSELoss(), x, y)
        _, g_other = value_and_grads(other, MSELoss(), x, c * y)
        if step == 0:
            for name, dw in g.items():
                factor = c if name.startswith("4.") else 1.0
                step_other = (lr if name.startswith("4.") else lr / c**2) * g_other[name]
                assert max_relative_error(step_other, factor * lr * dw) < 1e-10
        for name in g:
            unit.params[name] -= lr * g[name]
            other.params[name] -= (lr if name.startswith("4.") else lr / c**2) * g_other[name]
    assert np.allclose(other.predict(x), c * unit.predict(x), rtol=1e-8)
    _, g = value_and_grads(one_rate, MSELoss(), x, c * y)
    for name in g:
        one_rate.params[name] -= lr * g[name]
    saturated = np.abs(
        Tanh().forward(one_rate.layers[2].forward(np.maximum(one_rate.layers[0].forward(x)[0], 0))[0])[0]
    )
    assert np.mean(saturated > 0.99) > 0.8


def test_case_regression_bound(rng):
    """Attained in the limit: hidden values that are the signs of the weights."""
    W, b = rng.normal(size=(1, 6)), 0.7
    h = rng.uniform(-1, 1, size=(5000, 6))
    assert np.abs(h @ W.T + b).max() <= np.abs(W).sum() + abs(b)
    assert (np.sign(W) @ W.T + b).item() == pytest.approx(np.abs(W).sum() + abs(b))


def test_case_regression_units(rng):
    y, mu, sigma = rng.normal(20, 5, size=9), 20.0, 5.0
    q, t = rng.normal(size=9), (y - mu) / sigma
    p = mu + sigma * q
    assert np.allclose(p - y, sigma * (q - t))
    assert np.mean((p - y) ** 2) == pytest.approx(sigma**2 * np.mean((q - t) ** 2))
    assert np.mean(np.abs(p - y)) == pytest.approx(sigma * np.mean(np.abs(q - t)))
    # by hand: q = 1, t = -1, sigma = 5: an error of 10, whatever the mean
    assert load("case-regression-units").right(np.array([1.0]), 2.0, 4.0, 20.0, 5.0) == (np.array([25.0]), 10.0, 100.0)


def test_case_regression_r2(rng):
    p, y = rng.normal(size=9), rng.normal(size=9)
    right = load("case-regression-r2").right
    assert right(p, y) == pytest.approx(r2_score(p, y))
    assert right(7 + 108 * p, 7 + 108 * y) == pytest.approx(right(p, y))
    # by hand: targets 1, 2, 3 and predictions 1, 2, 5: 1 - 4 / 2
    assert right(np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0, 3.0])) == -1.0
    assert right(np.full(9, y.mean()), y) == pytest.approx(0.0, abs=1e-12)


# ---- Friedman's function, and partial dependence ------------------------------------------------


def friedman(x):
    sine = 10 * np.sin(np.pi * x[:, 0] * x[:, 1])
    return sine + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]


def test_case_regression_friedman():
    x, y = make_friedman1(n_samples=50, noise=0.0, random_state=3)
    assert np.allclose(y, friedman(x))
    assert x.shape == (50, 10) and 0 <= x.min() <= x.max() <= 1


def test_case_regression_partial(rng):
    """Of the true function, averaged over a grid of the others: the line for x4, the parabola for x3."""
    x = rng.uniform(size=(400, 10))
    for j, truth in ((2, lambda v: 20 * (v - 0.5) ** 2), (3, lambda v: 10 * v), (6, lambda v: 0 * v)):
        values = np.array([0.1, 0.4, 0.9])
        curve = np.array([friedman(np.where(np.arange(10) == j, v, x)).mean() for v in values])
        assert np.allclose(curve - curve.mean(), truth(values) - truth(values).mean())


@pytest.mark.parametrize("v", [0.05, 0.5, 1.0])
def test_case_regression_sine(v):
    u = (np.arange(20000) + 0.5) / 20000
    assert np.mean(10 * np.sin(np.pi * v * u)) == pytest.approx(10 * (1 - np.cos(np.pi * v)) / (np.pi * v), rel=1e-7)


# ---- losses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("K", [1, 3, 4])
def test_case_regression_outputs(rng, K):
    p, y = rng.normal(size=(7, K)), rng.normal(size=(7, K))
    by_hand = 2 * (p - y) / (7 * K)
    tensor = torch.tensor(p, requires_grad=True)
    torch.nn.functional.mse_loss(tensor, torch.tensor(y)).backward()
    assert max_relative_error(by_hand, central_difference(lambda v: mse_forward(v, y)[0], p)) < 1e-7
    assert max_relative_error(by_hand, tensor.grad.numpy()) < 1e-10
    assert np.array_equal(np.round(2 * (p - y) / 7 / mse_backward(1.0, mse_forward(p, y)[1]), 9), np.full((7, K), K))


def huber(e, delta):
    return np.where(np.abs(e) <= delta, e**2 / 2, delta * (np.abs(e) - delta / 2))


def test_case_regression_huber():
    # delta = 1: an error of 0.5 costs 0.125, one of 3 costs 2.5; at delta both pieces are delta^2 / 2
    assert huber(np.array([0.5, 3.0, -3.0]), 1.0).tolist() == [0.125, 2.5, 2.5]
    assert huber(np.array([0.7]), 0.7) == pytest.approx(0.7 * (0.7 - 0.35))
    e = np.linspace(-4, 4, 81)
    expected = torch.nn.functional.huber_loss(torch.tensor(e), torch.zeros(81), delta=0.7, reduction="none")
    assert np.allclose(huber(e, 0.7), expected.numpy())


@pytest.mark.parametrize("delta", [0.3, 0.7, 2.0])
def test_case_regression_huber_gradient(rng, delta):
    p, y = 2 * rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    by_hand = load("case-regression-huber").right(p, y, delta)
    tensor = torch.tensor(p, requires_grad=True)
    torch.nn.functional.huber_loss(tensor, torch.tensor(y), delta=delta).backward()
    assert max_relative_error(by_hand, central_difference(lambda v: huber(v - y, delta).mean(), p)) < 1e-7
    assert max_relative_error(by_hand, tensor.grad.numpy()) < 1e-10


# ---- conformal intervals ------------------------------------------------------------------------


def test_case_regression_conformal():
    right = load("case-regression-conformal").right
    nine = np.array([1, -2, 3, -4, 5, -6, 7, -8, 9.0])
    assert right(nine, 0.25) == 8  # k = ceil(7.5)
    assert right(nine, 0.15) == 9  # k = ceil(8.5)
    assert right(nine, 0.05) == np.inf  # k = 10 > 9


@pytest.mark.parametrize(("n", "alpha"), [(23, 0.1), (9, 0.25)])
def test_case_regression_coverage(n, alpha):
    """Exact, by letting each of n + 1 distinct sizes in turn be the new one."""
    sizes = np.random.default_rng(0).exponential(size=n + 1)
    right = load("case-regression-conformal").right
    inside = [sizes[i] <= right(np.delete(sizes, i), alpha) for i in range(n + 1)]
    k = int(np.ceil((n + 1) * (1 - alpha)))
    assert np.mean(inside) == pytest.approx(k / (n + 1))
    assert k / (n + 1) >= 1 - alpha
