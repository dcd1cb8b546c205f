"""The numbers and formulas of the chapter on straight lines: by hand, by differences and by autograd."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import mlp, sigmoid
from byhand.data import circles, moons
from conftest import central_difference, max_relative_error

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "linear-limits.md"


def log_loss(w, b, x, y):
    p = 1 / (1 + np.exp(-(x @ w + b)))
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def share_beyond(t, radius):
    """Part of a ring, evenly filled, beyond a line at the distance t, counted on many points."""
    angle = 2 * np.pi * (np.arange(100_000) + 0.5) / 100_000
    return np.mean(radius * np.cos(angle) > t)


def cap_accuracy(t, outer, inner):
    return 0.5 * np.arccos(t / outer) / np.pi + 0.5 * (1 - np.arccos(t / inner) / np.pi)


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(linear-limits-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    missing = [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]
    assert not missing


def test_linear_limits_score():
    x, w = np.array([[1.0, 2.0], [0.0, -4.0], [3.0, 0.0]]), np.array([0.5, -0.25])
    np.testing.assert_allclose(x @ w + 0.1, [0.1, 1.1, 1.6], rtol=1e-15)


def test_linear_limits_sigmoid():
    assert sigmoid(0.0) == 0.5
    assert sigmoid(0.1) == pytest.approx(0.524979, abs=5e-7)
    z = np.linspace(-30, 30, 13)
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=1e-13)


def test_linear_limits_loss():
    x, y = np.array([[1.0, 2.0], [0.0, -4.0]]), np.array([1.0, 0.0])
    w, b = np.array([0.5, -0.25]), 0.1  # scores 0.1 and 1.1
    by_hand = (math.log(1 + math.exp(-0.1)) + math.log(1 + math.exp(1.1))) / 2
    assert log_loss(w, b, x, y) == pytest.approx(by_hand, rel=1e-14)
    judge = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(x @ w + b), torch.tensor(y))
    assert log_loss(w, b, x, y) == pytest.approx(judge.item(), rel=1e-12)
    assert log_loss(w, b, x[:1], y[:1]) == pytest.approx(0.644397, abs=5e-7)


@pytest.mark.parametrize("z", [-4.0, -0.3, 0.0, 0.1, 2.5])
def test_linear_limits_slope(z):
    p = 1 / (1 + math.exp(-z))
    by_hand = p * (1 - p)
    assert by_hand == pytest.approx(math.exp(-z) / (1 + math.exp(-z)) ** 2, rel=1e-13)
    t = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    torch.sigmoid(t).backward()
    assert by_hand == pytest.approx(t.grad.item(), rel=1e-10)
    assert by_hand == pytest.approx(central_difference(lambda v: sigmoid(v[0]), np.array([z]))[0], rel=1e-7)


@pytest.mark.parametrize("z", [-3.0, 0.1, 1.7])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_linear_limits_dz(z, y):
    p = 1 / (1 + math.exp(-z))
    assert (-y / p + (1 - y) / (1 - p)) * p * (1 - p) == pytest.approx(p - y, rel=1e-12)
    t = torch.tensor([z], dtype=torch.float64, requires_grad=True)
    torch.nn.functional.binary_cross_entropy_with_logits(t, torch.tensor([y], dtype=torch.float64)).backward()
    assert p - y == pytest.approx(t.grad.item(), rel=1e-10)
    loss = central_difference(lambda v: log_loss(np.ones(1), 0.0, v[None], np.array([y])), np.array([z]))
    assert p - y == pytest.approx(loss[0], rel=1e-7)


def test_linear_limits_dz_worked():
    assert 1 / (1 + math.exp(-0.1)) - 1 == pytest.approx(-0.475021, abs=5e-7)


def test_linear_limits_gradient(rng):
    x, y = rng.normal(size=(7, 3)), rng.integers(0, 2, size=7).astype(float)
    w, b = rng.normal(size=3), np.array([0.4])
    dz = (sigmoid(x @ w + b) - y) / len(y)
    dw, db = x.T @ dz, dz.sum()
    measured_w = central_difference(lambda v: log_loss(v, b[0], x, y), w)
    measured_b = central_difference(lambda v: log_loss(w, v[0], x, y), b)
    assert max_relative_error(dw, measured_w) < 1e-7 and max_relative_error(db, measured_b) < 1e-7
    t_w, t_b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    scores = torch.tensor(x) @ t_w + t_b
    torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.tensor(y)).backward()
    assert max_relative_error(dw, t_w.grad.numpy()) < 1e-10 and max_relative_error(db, t_b.grad.numpy()) < 1e-10


def test_linear_limits_boundary(rng):
    w, b = rng.normal(size=2), 0.7
    foot, along = -b * w / (w @ w), np.array([-w[1], w[0]])
    for step in (-2.0, 0.0, 3.0):
        point = foot + step * along
        assert point @ w + b == pytest.approx(0, abs=1e-12)
        assert (point + w / np.linalg.norm(w)) @ w + b == pytest.approx(np.linalg.norm(w))
    assert np.linalg.norm(foot) == pytest.approx(b / np.linalg.norm(w))


@pytest.mark.parametrize(("outer", "inner"), [(1.0, 0.5), (2.0, 1.9), (1.0, 0.1)])
@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_linear_limits_cap(outer, inner, part):
    t = part * inner
    counted = 0.5 * share_beyond(t, outer) + 0.5 * (1 - share_beyond(t, inner))
    assert cap_accuracy(t, outer, inner) == pytest.approx(counted, abs=1e-4)


@pytest.mark.parametrize("t", [0.05, 0.2, 0.45])
def test_linear_limits_cap_slope(t):
    outer, inner = 1.0, 0.5
    by_hand = (1 / math.sqrt(inner**2 - t**2) - 1 / math.sqrt(outer**2 - t**2)) / (2 * math.pi)
    assert by_hand > 0
    measured = central_difference(lambda v: cap_accuracy(v[0], outer, inner), np.array([t]), h=1e-6)[0]
    assert by_hand == pytest.approx(measured, rel=1e-7)
    v = torch.tensor(t, dtype=torch.float64, requires_grad=True)
    (0.5 * torch.acos(v / outer) / math.pi + 0.5 * (1 - torch.acos(v / inner) / math.pi)).backward()
    assert by_hand == pytest.approx(v.grad.item(), rel=1e-10)


def test_linear_limits_ceiling():
    assert 0.5 + math.acos(0.5) / (2 * math.pi) == pytest.approx(2 / 3, rel=1e-14)
    for inner in (0.2, 0.5, 0.8):
        ceiling = 0.5 + math.acos(inner) / (2 * math.pi)
        tried = [0.5 * share_beyond(t, 1.0) + 0.5 * (1 - share_beyond(t, inner)) for t in np.linspace(0, 1.1, 111)]
        assert max(tried) <= ceiling + 1e-4
        assert max(tried) > ceiling - 0.02
        assert min(tried) >= 0.5 - 1e-4  # so that exchanging the sides never helps


def test_linear_limits_network():
    network = mlp([2, 8, 1], "tanh", rng=0)
    P, x = network.params, moons(50, rng=0).x
    assert P["0.W"].shape == (8, 2) and P["2.W"].shape == (1, 8)
    hidden = np.tanh(x @ P["0.W"].T + P["0.b"])
    np.testing.assert_allclose(hidden @ P["2.W"].T + P["2.b"], network.predict(x), rtol=1e-12)


def test_rings_leave_gradient_descent_where_it_is():
    x, y = circles(300, noise=0.0, rng=0)
    residual = (0.5 - y) / len(y)
    assert np.abs(x.T @ residual).max() < 1e-12 and abs(residual.sum()) < 1e-12
