"""The numbers and formulas of the page on notation: by hand, by differences and by autograd."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import (
    Linear,
    MSELoss,
    cross_entropy_forward,
    linear_backward,
    linear_forward,
    mlp,
    mse_backward,
    mse_forward,
    value_and_grads,
)
from conftest import central_difference, max_relative_error

PAGE = Path(__file__).resolve().parents[1] / "book" / "notation.md"

P = np.array([0.1, 0.9, 0.8, 0.2])
Y = np.array([0.0, 1.0, 1.0, 0.0])


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(notation-[a-z-]+)\)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def test_notation_trap():
    # differences 0.1, -0.1, -0.2, 0.2: (0.01 + 0.01 + 0.04 + 0.04) / 4
    assert np.mean((P - Y) ** 2) == pytest.approx(0.025)
    # half the targets are 0 and half 1, so a prediction p meets (p^2 + (1 - p)^2) / 2 on average:
    # 0.1 and 0.9 give (0.01 + 0.81) / 2 = 0.41, 0.2 and 0.8 give (0.04 + 0.64) / 2 = 0.34; their mean is 0.375
    table = P.reshape(-1, 1) - Y
    assert table.shape == (4, 4)
    assert np.mean(table**2) == pytest.approx(0.375)
    assert np.diag(table) == pytest.approx(P - Y)
    assert np.abs(table).max() == pytest.approx(0.9)


@pytest.mark.parametrize("n", [2, 4, 7])
def test_notation_broadcast(rng, n):
    p, y = rng.normal(size=(n, 1)), rng.normal(size=n)
    by_hand = 2 * (p - y.mean()) / n
    t = torch.tensor(p, requires_grad=True)
    ((t - torch.tensor(y)) ** 2).mean().backward()
    assert max_relative_error(by_hand, t.grad.numpy()) < 1e-10
    assert max_relative_error(by_hand, central_difference(lambda v: np.mean((v - y) ** 2), p)) < 1e-7
    # the loss is least where everybody is told the mean target
    assert 2 * (np.full((n, 1), y.mean()) - y.mean()) == pytest.approx(np.zeros((n, 1)))


@pytest.mark.parametrize("shapes", [((4, 1), (4,)), ((4,), (4, 1)), ((4, 1), (1, 4)), ((4, 3), (3,)), ((4, 3), (4, 1))])
def test_the_losses_refuse_what_would_broadcast(shapes):
    with pytest.raises(ValueError, match="shape"):
        mse_forward(*(np.ones(shape) for shape in shapes))


def test_notation_linear(rng):
    # 1 * .1 + 2 * .2 + 3 * .3 + .1 = 1.5 and 1 * -.5 + 3 * .5 - .2 = .8 for the first sample;
    # .5 * .1 - 1 * .2 + 2 * .3 + .1 = .55 and .5 * -.5 + 2 * .5 - .2 = .55 for the second
    x = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]])
    W = np.array([[0.1, 0.2, 0.3], [-0.5, 0.0, 0.5]])
    b = np.array([0.1, -0.2])
    assert linear_forward(x, W, b)[0] == pytest.approx(np.array([[1.5, 0.8], [0.55, 0.55]]))
    # a bias as a column fits as N = n_out, and is added to the samples instead of the neurons
    assert x @ W.T + b[:, None] == pytest.approx(np.array([[1.5, 1.1], [0.25, 0.55]]))
    x, W, b = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)
    expected = np.einsum("ni,ji->nj", x, W) + b
    theirs = torch.nn.functional.linear(torch.tensor(x), torch.tensor(W), torch.tensor(b)).numpy()
    assert max_relative_error(linear_forward(x, W, b)[0], expected) < 1e-12
    assert max_relative_error(linear_forward(x, W, b)[0], theirs) < 1e-12


def test_weights_lie_as_in_pytorch():
    ours, theirs = Linear(3, 2, rng=0), torch.nn.Linear(3, 2)
    assert ours.params["W"].shape == tuple(theirs.weight.shape) == (2, 3)
    assert ours.params["b"].shape == tuple(theirs.bias.shape) == (2,)


@pytest.mark.parametrize("n", [1, 5])
def test_notation_shape_rule(rng, n):
    net = mlp([3, 4, 2], activation="tanh", rng=0)
    _, grads = value_and_grads(net, MSELoss(), rng.normal(size=(n, 3)), rng.normal(size=(n, 2)))
    assert {name: g.shape for name, g in grads.items()} == {name: v.shape for name, v in net.params.items()}
    arrays = rng.normal(size=(n, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)
    z, cache = linear_forward(*arrays)
    for gradient, array in zip(linear_backward(np.ones_like(z), cache), arrays, strict=True):
        assert gradient.shape == array.shape


def test_notation_mean(rng):
    p, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    by_hand = sum((p[n, k] - y[n, k]) ** 2 for n in range(5) for k in range(3)) / 15
    loss, cache = mse_forward(p, y)
    assert loss == pytest.approx(by_hand, rel=1e-12)
    t = torch.tensor(p, requires_grad=True)
    theirs = torch.nn.functional.mse_loss(t, torch.tensor(y))
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    assert max_relative_error(mse_backward(1.0, cache), t.grad.numpy()) < 1e-10
    # an average does not grow when every sample stands in the batch twice
    assert mse_forward(np.vstack([p, p]), np.vstack([y, y]))[0] == pytest.approx(loss, rel=1e-12)


def test_labels_and_one_hot_rows_say_the_same(rng):
    labels = np.array([2, 0, 1, 2])
    one_hot = np.eye(3)[labels]
    assert one_hot.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    logits = rng.normal(size=(4, 3))
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels)).item()
    assert cross_entropy_forward(logits, labels)[0] == pytest.approx(theirs, rel=1e-12)
    assert cross_entropy_forward(logits, one_hot)[0] == pytest.approx(theirs, rel=1e-12)


def test_float32_is_too_short_for_differences():
    def slope(kind):
        x, h = kind(3), kind(1e-5)
        return float(((x + h) ** 2 - (x - h) ** 2) / (2 * h))

    # the spacing of float32 near 9 is 2^-20, about 1e-6; over 2h = 2e-5 that is up to several per cent
    assert 1e-3 < abs(slope(np.float32) - 6) < 0.1
    assert abs(slope(np.float64) - 6) < 1e-9


def test_an_integer_array_stores_no_fraction():
    weights = np.array([0, 0, 0])
    weights[0] = 0.7
    assert weights[0] == 0
