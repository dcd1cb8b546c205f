"""The formulas and numbers of the chapter on gradient checking."""

import re
from pathlib import Path

import byhand
import numpy as np
import pytest
import torch
from byhand.gradcheck import relative_error
from conftest import central_difference

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "gradient-checking.md"


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(gradient-checking-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    missing = [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]
    assert not missing


def example(W, C, tanh=np.tanh):
    return (C * tanh(W)).sum() + 0.5 * W.sum() ** 2


def test_gradient_checking_centred(rng):
    # exact for a polynomial of second degree; for x^3 the error is h^2, whatever x is
    x, h = rng.normal(size=(2, 3)), 2.0**-5
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        assert (((x + e) ** 2).sum() - ((x - e) ** 2).sum()) / (2 * h) == pytest.approx(2 * x[i], abs=1e-12)
        cubes = (((x + e) ** 3).sum() - ((x - e) ** 3).sum()) / (2 * h)
        assert cubes - 3 * x[i] ** 2 == pytest.approx(h**2, rel=1e-9)


def test_gradient_checking_example(rng):
    W, C = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    by_hand = C * (1 - np.tanh(W) ** 2) + W.sum()
    t = torch.tensor(W, requires_grad=True)
    example(t, torch.tensor(C), torch.tanh).backward()
    np.testing.assert_allclose(by_hand, t.grad.numpy(), rtol=1e-10)
    assert relative_error(by_hand, central_difference(lambda W: example(W, C), W)) < 1e-7


def test_gradient_checking_relative():
    a, b = np.array([3.0, -4.0]), np.array([3.0, -5.0])
    assert relative_error(a, b) == 0.2
    assert relative_error(1e6 * a, 1e6 * b) == pytest.approx(0.2, rel=1e-15)
    assert relative_error(0 * a, 0 * b) == 0.0
    assert relative_error(0 * a, b) == 1.0


@pytest.mark.parametrize(("z", "slope"), [(-1e-6, 0.45), (0.0, 0.5), (5e-6, 0.75)])
def test_gradient_checking_kink(z, slope):
    h = 1e-5
    measured = (max(z + h, 0.0) - max(z - h, 0.0)) / (2 * h)
    assert measured == pytest.approx(slope, rel=1e-10)
    assert measured == pytest.approx((z + h) / (2 * h), rel=1e-10)


def softmax_gradient(z, v):
    p = byhand.softmax(z)
    return p * (v - (v * p).sum(axis=1, keepdims=True))


def test_gradient_checking_ones(rng):
    z = rng.normal(size=(5, 3))
    assert np.abs(softmax_gradient(z, np.ones_like(z))).max() < 1e-15
    assert np.abs(central_difference(lambda z: byhand.softmax(z).sum(), z)).max() < 1e-9
    t = torch.tensor(z, requires_grad=True)
    torch.softmax(t, dim=1).sum().backward()
    assert t.grad.abs().max() < 1e-10


def test_gradient_checking_upstream(rng):
    z, v = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    by_hand = softmax_gradient(z, v)
    t = torch.tensor(z, requires_grad=True)
    (torch.tensor(v) * torch.softmax(t, dim=1)).sum().backward()
    np.testing.assert_allclose(by_hand, t.grad.numpy(), rtol=1e-10, atol=1e-14)
    assert relative_error(by_hand, central_difference(lambda z: (v * byhand.softmax(z)).sum(), z)) < 1e-7


def test_gradient_checking_directional(rng):
    W, C, v = (rng.normal(size=(3, 4)) for _ in range(3))
    slope = np.sum((C * (1 - np.tanh(W) ** 2) + W.sum()) * v)
    s = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    example(torch.tensor(W) + s * torch.tensor(v), torch.tensor(C), torch.tanh).backward()
    assert slope == pytest.approx(s.grad.item(), rel=1e-10)
    measured = central_difference(lambda s: example(W + s[0] * v, C), np.zeros(1))[0]
    assert slope == pytest.approx(measured, rel=1e-7)


@pytest.mark.parametrize("x", [-1.2, 0.3, 1.5])
def test_gradient_checking_complex(x):
    def f(x, exp=np.exp, sin=np.sin):
        return exp(x) * sin(x**2)

    true = np.exp(x) * (np.sin(x**2) + np.cos(x**2) * 2 * x)
    for h in (1e-10, 1e-100, 1e-200):
        assert f(x + 1j * h).imag / h == pytest.approx(true, rel=5e-15)
    # the error of a longer step is -h^2 f''' / 6; the third derivative by a difference of exact slopes

    def slope(x):
        return f(x + 1e-100j).imag / 1e-100

    third = (slope(x + 1e-4) - 2 * slope(x) + slope(x - 1e-4)) / 1e-8
    assert f(x + 1e-3j).imag / 1e-3 - true == pytest.approx(-1e-6 * third / 6, rel=1e-3)
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(t, torch.exp, torch.sin).backward()
    assert true == pytest.approx(t.grad.item(), rel=1e-10)
    assert true == pytest.approx(central_difference(lambda v: f(v[0]), np.array([x]))[0], rel=1e-7)
