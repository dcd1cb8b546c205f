"""The numbers and formulas of the chapter on the chain rule: by hand, by differences and by autograd."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import central_difference

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "chain-rule.md"
EPS = float(np.finfo(np.float64).eps)


def slopes(numpy_f, torch_f, x):
    """The derivative at x as differences measure it and as autograd computes it."""
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch_f(t).backward()
    return float(central_difference(lambda v: numpy_f(v[0]), np.array([x]))[0]), t.grad.item()


def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def centred_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def sine_of_square(x):
    return np.sin(x**2)


# sin(x^2) at 1.5, differentiated on paper once, twice and three times
X = 1.5
FIRST = 2 * X * np.cos(X**2)
SECOND = 2 * np.cos(X**2) - 4 * X**2 * np.sin(X**2)
THIRD = -12 * X * np.sin(X**2) - 8 * X**3 * np.cos(X**2)


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(chain-rule-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    missing = [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]
    assert not missing


def test_chain_rule_derivative():
    # the remainder of x^2 at 3 is h, on either side
    for h in (1.0, -1.0, 0.125, -(2.0**-10)):
        assert forward_difference(lambda x: x * x, 3.0, h) - 6 == h


def test_chain_rule_composition():
    x = 3.0
    g = x**2
    assert (g, 2 * g + 1) == (9, 19)
    dg_dx, dy_dg = 2 * x, 2.0
    assert (dg_dx, dy_dg, dy_dg * dg_dx) == (6, 2, 12)
    measured, autograd = slopes(lambda x: 2 * x**2 + 1, lambda x: 2 * x**2 + 1, x)
    assert autograd == 12
    assert measured == pytest.approx(12, rel=1e-9)


@pytest.mark.parametrize("x", [-2.0, 0.3, 1.5, 4.0])
def test_chain_rule_sine_of_square(x):
    by_hand = np.cos(x**2) * 2 * x
    measured, autograd = slopes(sine_of_square, lambda t: torch.sin(t**2), x)
    assert by_hand == pytest.approx(autograd, rel=1e-12)
    assert by_hand == pytest.approx(measured, rel=1e-6, abs=1e-8)


def test_chain_rule_sine_of_square_worked():
    assert FIRST == pytest.approx(-1.884521, abs=5e-7)


@pytest.mark.parametrize("x", [-1.3, 0.4, 2.0])
def test_chain_rule_paths(x):
    # f(u, v) = u^2 sin v with u = e^x and v = x^3, for which neither path vanishes
    u, v = np.exp(x), x**3
    through_u, through_v = 2 * u * np.sin(v) * np.exp(x), u**2 * np.cos(v) * 3 * x**2
    measured, autograd = slopes(
        lambda x: np.exp(x) ** 2 * np.sin(x**3), lambda t: torch.exp(t) ** 2 * torch.sin(t**3), x
    )
    assert min(abs(through_u), abs(through_v)) > 1e-2
    assert through_u + through_v == pytest.approx(autograd, rel=1e-12)
    assert through_u + through_v == pytest.approx(measured, rel=1e-6)


@pytest.mark.parametrize("x", [-3.0, 0.5, 2.0])
def test_chain_rule_two_paths(x):
    u, v = x**2, x + 1
    by_hand = v * 2 * x + u * 1
    measured, autograd = slopes(lambda x: x**2 * (x + 1), lambda t: t**2 * (t + 1), x)
    assert by_hand == pytest.approx(autograd, rel=1e-12)
    assert by_hand == pytest.approx(measured, rel=1e-6)
    assert x != 2 or (u, v, u * v, by_hand) == (4, 3, 12, 16)


def test_chain_rule_jacobians(rng):
    n, m = 5, 4
    A1, A2, a3, x = rng.normal(size=(m, n)), rng.normal(size=(m, m)), rng.normal(size=(1, m)), rng.normal(size=n)

    def f(x):
        return float((a3 @ np.tanh(A2 @ np.tanh(A1 @ x))).item())

    h1 = np.tanh(A1 @ x)
    h2 = np.tanh(A2 @ h1)
    J1, J2, J3 = (1 - h1**2)[:, None] * A1, (1 - h2**2)[:, None] * A2, a3
    t = torch.tensor(x, requires_grad=True)
    (torch.tensor(a3) @ torch.tanh(torch.tensor(A2) @ torch.tanh(torch.tensor(A1) @ t))).sum().backward()
    for product in (J3 @ (J2 @ J1), (J3 @ J2) @ J1):
        np.testing.assert_allclose(product[0], t.grad.numpy(), rtol=1e-12)
        np.testing.assert_allclose(product[0], central_difference(f, x), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("h", [1e-2, 1e-3, 1e-4])
def test_chain_rule_forward_error(h):
    error = forward_difference(sine_of_square, X, h) - FIRST
    assert error == pytest.approx(0.5 * SECOND * h, rel=3 * h + 1e-4)


@pytest.mark.parametrize("h", [1e-2, 1e-3])
def test_chain_rule_centred_error(h):
    error = centred_difference(sine_of_square, X, h) - FIRST
    assert error == pytest.approx(THIRD / 6 * h**2, rel=0.02)


def test_the_errors_at_a_step_of_1e_5():
    forward = abs(forward_difference(sine_of_square, X, 1e-5) - FIRST)
    centred = abs(centred_difference(sine_of_square, X, 1e-5) - FIRST)
    assert forward == pytest.approx(4e-5, rel=0.1)
    assert 1e-11 < centred < 1e-10


def test_chain_rule_best_steps():
    size = abs(np.sin(X**2))
    forward, centred = np.sqrt(2 * EPS * size / abs(SECOND)), np.cbrt(3 * EPS * size / (2 * abs(THIRD)))
    steps = np.logspace(-14, 0, 400)
    bounds = {
        forward: 0.5 * abs(SECOND) * steps + EPS * size / steps,
        centred: abs(THIRD) / 6 * steps**2 + EPS * size / (2 * steps),
    }
    for best, bound in bounds.items():
        assert steps[np.argmin(bound)] == pytest.approx(best, rel=0.05)
    for best, difference in ((forward, forward_difference), (centred, centred_difference)):

        def typical(h, difference=difference):
            return np.median([abs(difference(sine_of_square, X, h * s) - FIRST) for s in np.linspace(0.8, 1.25, 25)])

        assert typical(best) < typical(100 * best) / 10
        assert typical(best) < typical(best / 100) / 10
