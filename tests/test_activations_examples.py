"""The formulas and numbers of the chapter on activations: by hand, by differences and by autograd."""

import math
import re
from pathlib import Path

import byhand
import numpy as np
import pytest
import torch
from conftest import central_difference

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "activations.md"
PLACES = [-4.0, -1.3, -0.2, 0.3, 1.0, 3.5]  # on both sides of every kink, and not near one
SIX = 5e-7


def judged(function, torch_function, by_hand, places=PLACES):
    """By hand, by differences and by autograd, one place at a time."""
    for z in places:
        t = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        torch_function(t).backward()
        measured = float(central_difference(lambda v: float(function(v[0])), np.array([z]))[0])
        assert by_hand(z) == pytest.approx(t.grad.item(), rel=1e-10, abs=1e-14)
        assert by_hand(z) == pytest.approx(measured, rel=1e-7, abs=1e-7)


def logistic(z):
    return 1 / (1 + math.exp(-z))


def normal_below(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(activations-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) >= 10
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def test_activations_collapse(rng):
    x = rng.normal(size=(5, 3))
    W1, b1 = rng.normal(size=(4, 3)), rng.normal(size=4)
    W2, b2 = rng.normal(size=(6, 4)), rng.normal(size=6)
    two = (x @ W1.T + b1) @ W2.T + b2
    np.testing.assert_allclose(two, x @ (W2 @ W1).T + (W2 @ b1 + b2), rtol=1e-11, atol=1e-13)
    bent = np.maximum(x @ W1.T + b1, 0) @ W2.T + b2
    assert np.abs(bent - two).max() > 0.1  # with a bend the collapse stops


def test_activations_backward(rng):
    z, da = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    t = torch.tensor(z, requires_grad=True)
    (torch.tensor(da) * torch.sin(t)).sum().backward()
    np.testing.assert_allclose(da * np.cos(z), t.grad.numpy(), rtol=1e-10)
    measured = central_difference(lambda v: float(np.sum(da * np.sin(v))), z)
    np.testing.assert_allclose(da * np.cos(z), measured, rtol=1e-7, atol=1e-8)


def test_activations_relu():
    judged(lambda z: max(z, 0.0), torch.relu, lambda z: 1.0 if z > 0 else 0.0)
    t = torch.tensor(0.0, requires_grad=True)
    torch.relu(t).backward()
    assert t.grad.item() == 0 == byhand.relu_backward([1.0], byhand.relu_forward([0.0])[1])[0]


@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.7])
def test_activations_leaky_relu(alpha):
    judged(
        lambda z: z if z > 0 else alpha * z,
        lambda t: torch.nn.functional.leaky_relu(t, alpha),
        lambda z: 1.0 if z > 0 else alpha,
    )


def test_activations_sigmoid():
    judged(logistic, torch.sigmoid, lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2)
    judged(logistic, torch.sigmoid, lambda z: logistic(z) * (1 - logistic(z)))
    assert max(logistic(z) * (1 - logistic(z)) for z in np.linspace(-5, 5, 1001)) == 0.25


@pytest.mark.parametrize("z", PLACES)
def test_activations_tanh_sigmoid(z):
    assert math.tanh(z) == pytest.approx((1 - math.exp(-2 * z)) / (1 + math.exp(-2 * z)), rel=1e-12)
    assert math.tanh(z) == pytest.approx(2 * logistic(2 * z) - 1, rel=1e-12)


def test_activations_tanh():
    judged(math.tanh, torch.tanh, lambda z: 1 - math.tanh(z) ** 2)
    judged(math.tanh, torch.tanh, lambda z: 4 * logistic(2 * z) * (1 - logistic(2 * z)))


@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_activations_elu(alpha):
    def elu(z):
        return z if z > 0 else alpha * (math.exp(z) - 1)

    def torch_elu(t):
        return torch.nn.functional.elu(t, alpha)

    judged(elu, torch_elu, lambda z: 1.0 if z > 0 else alpha * math.exp(z))
    judged(elu, torch_elu, lambda z: 1.0 if z > 0 else elu(z) + alpha)


def test_activations_softplus():
    judged(lambda z: math.log(1 + math.exp(z)), torch.nn.functional.softplus, logistic)
    for z in PLACES:  # and from the output
        assert 1 - math.exp(-math.log1p(math.exp(z))) == pytest.approx(logistic(z), rel=1e-12)


@pytest.mark.parametrize("z", [*PLACES, 0.0, 30.0, -30.0])
def test_activations_softplus_stable(z):
    by_hand = max(z, 0) + math.log1p(math.exp(-abs(z)))
    assert by_hand == pytest.approx(math.log1p(math.exp(z)), rel=1e-14)
    assert byhand.softplus_forward([z])[0][0] == pytest.approx(by_hand, rel=1e-14)


def test_activations_gelu():
    judged(
        lambda z: z * normal_below(z),
        torch.nn.functional.gelu,
        lambda z: normal_below(z) + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_activations_sigmoid_stable(kind):
    z = np.array([-1000, -95, -3, 0, 2, 95, 1000], dtype=kind)
    e = np.exp(-np.abs(z))
    by_hand = np.where(z > 0, 1 / (1 + e), e / (1 + e))
    with np.errstate(over="raise"):
        given = byhand.sigmoid(z)
    assert given.dtype == kind
    np.testing.assert_array_equal(given, by_hand)
    assert given[1] > 0
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        1 / (1 + np.exp(-np.clip(np.float32(z), -500, 500)))


def test_worked_numbers():
    assert byhand.relu_forward([2.0, -2.0])[0].tolist() == [2, 0]
    assert byhand.sigmoid([0.0])[0] == 0.5
    table = {
        "relu": (1, 1),
        "leaky_relu": (1, 1),
        "elu": (1, 1),
        "sigmoid": (0.731059, 0.196612),
        "tanh": (0.761594, 0.419974),
        "softplus": (1.313262, 0.731059),
        "gelu": (0.841345, 1.083315),
    }
    for name, (value, slope) in table.items():
        a, cache = getattr(byhand, f"{name}_forward")([1.0])
        assert a[0] == pytest.approx(value, abs=SIX)
        assert getattr(byhand, f"{name}_backward")([1.0], cache)[0] == pytest.approx(slope, abs=SIX)
    assert f"{0.25**10:.1e}" == "9.5e-07"
