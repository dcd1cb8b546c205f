"""The formulas and numbers of the chapter on first weights: by hand, by differences, by autograd, by Monte Carlo."""

import re
from pathlib import Path

import byhand
import numpy as np
import pytest
import torch
from byhand.exercises import check
from conftest import central_difference

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "initialization.md"


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(initialization-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) >= 8
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def test_initialization_symmetry(rng):
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    W1, b1 = rng.normal(size=(4, 3)), rng.normal(size=4)
    W2, b2 = rng.normal(size=(2, 4)), rng.normal(size=2)
    W1[3], b1[3], W2[:, 3] = W1[1], b1[1], W2[:, 1]  # units 1 and 3 are equal

    def loss(W):
        return float(np.sum((np.tanh(x @ W.T + b1) @ W2.T + b2 - y) ** 2) / 2)

    a1 = np.tanh(x @ W1.T + b1)
    dz2 = a1 @ W2.T + b2 - y
    by_hand = np.zeros_like(W1)
    for j in range(4):
        for i in range(3):
            by_hand[j, i] = sum((dz2[n] @ W2[:, j]) * (1 - a1[n, j] ** 2) * x[n, i] for n in range(6))
    t = torch.tensor(W1, requires_grad=True)
    p = torch.tanh(torch.tensor(x) @ t.T + torch.tensor(b1)) @ torch.tensor(W2).T + torch.tensor(b2)
    ((p - torch.tensor(y)) ** 2).sum().div(2).backward()
    np.testing.assert_allclose(by_hand, t.grad.numpy(), rtol=1e-10)
    np.testing.assert_allclose(by_hand, central_difference(loss, W1), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(by_hand[1], by_hand[3], rtol=1e-14)
    assert np.abs(by_hand[1] - by_hand[0]).max() > 0.01


def test_initialization_variance(rng):
    a = np.abs(rng.normal(size=50)) + 0.5  # dependent on nothing, but far from mean zero
    z = np.sqrt(0.04) * rng.normal(size=(20_000, 50)) @ a
    predicted = 50 * 0.04 * np.mean(a**2)
    # 20,000 independent normal sums: the relative standard error of their mean square is sqrt(2 / 20000) = .01
    assert np.mean(z**2) == pytest.approx(predicted, rel=0.05)
    assert predicted > 3 * 50 * 0.04 * a.var()


def test_initialization_half(rng):
    g = rng.normal(size=200_000)
    # the mean square of max(g, 0) is 1/2, its variance 5/4: standard error sqrt(1.25 / 200000) = .0025
    assert np.mean(np.maximum(g, 0) ** 2) == pytest.approx(0.5, abs=5 * 0.0025)


def test_initialization_depth():
    sizes, spreads = [40, 60, 30, 50], [0.2, 0.25, 0.3]
    a0 = np.random.default_rng(0).normal(size=40)
    ends = []
    for seed in range(2000):
        rng, a = np.random.default_rng(seed), a0
        for n_in, n_out, std in zip(sizes, sizes[1:], spreads, strict=False):
            a = np.maximum(std * rng.normal(size=(n_out, n_in)) @ a, 0)
        ends.append(np.mean(a**2))
    factor = np.prod([n * s * s / 2 for n, s in zip(sizes, spreads, strict=False)])
    error = np.std(ends) / np.sqrt(len(ends))
    assert np.mean(ends) == pytest.approx(factor * np.mean(a0**2), abs=5 * error)
    assert error < 0.02 * np.mean(ends)


def test_initialization_wander():
    n, layers, growth = 100, 4, []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        a = start = rng.normal(size=n)
        for _ in range(layers):
            a = np.maximum(byhand.he_normal(n, n, rng=rng) @ a, 0)
        growth.append(np.log(a @ a / (start @ start)))
    # a variance estimated from 400 networks has a relative standard error of sqrt(2 / 399) = .07
    assert np.var(growth, ddof=1) == pytest.approx(5 * layers / n, rel=0.35)


def test_initialization_backward(rng):
    a, W, up = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=(5, 4))
    by_hand = (up * (1 - np.tanh(a @ W.T) ** 2)) @ W
    t = torch.tensor(a, requires_grad=True)
    (torch.tensor(up) * torch.tanh(t @ torch.tensor(W).T)).sum().backward()
    np.testing.assert_allclose(by_hand, t.grad.numpy(), rtol=1e-10)
    measured = central_difference(lambda v: float(np.sum(up * np.tanh(v @ W.T))), a)
    np.testing.assert_allclose(by_hand, measured, rtol=1e-7, atol=1e-7)


def test_initialization_glorot():
    W = byhand.glorot_normal(300, 700, rng=0)
    # 210,000 normal draws: relative standard error of the variance sqrt(2 / 210000) = .003
    assert W.var() == pytest.approx(2 / 1000, rel=0.015)
    forward, backward = 1 / 700, 1 / 300
    assert forward < 2 / 1000 < backward
    assert 2 / 1000 == pytest.approx(2 / (1 / forward + 1 / backward))  # their harmonic mean


def test_initialization_uniform():
    for rule, variance in (
        (byhand.he_uniform, 2 / 300),
        (byhand.glorot_uniform, 2 / 500),
        (byhand.torch_uniform, 1 / 900),
    ):
        W = rule(200, 300, rng=0)
        limit = np.sqrt(3 * variance)
        assert 0.999 * limit < np.abs(W).max() <= limit
        # 60,000 draws; the square of a uniform number has the relative variance 4/5: standard error .0037
        assert W.var() == pytest.approx(variance, rel=0.0185)


def test_initialization_jacobian(rng):
    sizes = [3, 5, 4, 2]
    Ws = [rng.normal(size=(m, n)) / np.sqrt(n) for n, m in zip(sizes, sizes[1:], strict=False)]
    place = rng.normal(size=3)

    def through(a, tanh=np.tanh, weights=Ws):
        for W in weights:
            a = tanh(W @ a)
        return a

    product, a = np.eye(3), place
    for W in Ws:
        a = np.tanh(W @ a)
        product = np.diag(1 - a**2) @ W @ product
    tensors = [torch.tensor(W) for W in Ws]
    jacobian = torch.autograd.functional.jacobian(lambda t: through(t, torch.tanh, tensors), torch.tensor(place))
    np.testing.assert_allclose(product, jacobian.numpy(), rtol=1e-10)
    for k in range(2):
        measured = central_difference(lambda v, k=k: float(through(v)[k]), place)
        np.testing.assert_allclose(product[k], measured, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_from_zeros_only_the_last_bias_moves(activation, rng):
    network = byhand.mlp([3, 5, 4, 1], activation, rng=0, init=byhand.zeros)
    x, y = rng.normal(size=(10, 3)), np.r_[np.ones(3), np.zeros(7)].reshape(-1, 1)
    _, grads = byhand.value_and_grads(network, byhand.BCEWithLogitsLoss(), x, y)
    assert {name for name, gradient in grads.items() if np.any(gradient)} == {"4.b"}
    assert grads["4.b"][0] == pytest.approx(0.5 - 0.3)


@pytest.mark.parametrize("name", ["he-normal", "glorot-uniform"])
def test_the_blank_is_not_attempted(name):
    def blank(n_out, n_in, rng): ...

    assert check(name, blank).status == "not attempted"
