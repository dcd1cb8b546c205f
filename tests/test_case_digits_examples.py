"""The formulas of the chapter on digits: by hand, by differences and by autograd; and its cells as a whole."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import CrossEntropyLoss, accuracy, data, mlp, softmax
from byhand.exercises import load
from conftest import central_difference, max_relative_error
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = (ROOT / "book" / "case-digits.md").read_text(encoding="utf-8")


@pytest.fixture
def network(rng):
    net = mlp([6, 5, 4], rng=3)
    for array in net.params.values():
        array += 0.3 * rng.normal(size=array.shape)
    return net, rng.normal(size=(7, 6)), rng.integers(0, 4, size=7)


def in_torch(net, x):
    P = {name: torch.tensor(value) for name, value in net.params.items()}
    return torch.relu(x @ P["0.W"].T + P["0.b"]) @ P["2.W"].T + P["2.b"]


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(case-digits-[\w-]+)\)$", CHAPTER, re.MULTILINE)
    assert len(labels) >= 9
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def test_case_digits_scale():
    """Columns (0, 4) and (2, 2): means 2 and 2; s^2 = (4 + 4 + 0 + 0) / 4 = 2."""
    x = np.array([[0.0, 2.0], [4.0, 2.0]])
    mu = x.mean(axis=0)
    s = (x - mu).std()
    assert mu.tolist() == [2, 2]
    assert s**2 == pytest.approx(2)
    assert np.allclose((x - mu) / s, np.array([[-2, 0], [2, 0]]) / np.sqrt(2))


def test_case_digits_network(network):
    net, x, _ = network
    W1, b1, W2, b2 = net.params.values()
    by_hand = [[b2[k] + sum(W2[k, j] * max(0, W1[j] @ row + b1[j]) for j in range(5)) for k in range(4)] for row in x]
    assert np.allclose(net.predict(x), by_hand)


def test_case_digits_shuffle(rng):
    x, W, order = rng.normal(size=(5, 7)), rng.normal(size=(3, 7)), rng.permutation(7)
    moved = np.eye(7)[:, order]
    assert np.array_equal(x @ moved, x[:, order])
    assert np.array_equal(moved @ moved.T, np.eye(7))
    assert np.allclose((x @ moved) @ (W @ moved).T, x @ W.T)
    assert np.allclose(W @ moved, load("case-digits-shuffle").right(W, order))


@pytest.mark.parametrize("k", range(4))
def test_case_digits_saliency(network, k):
    net, x, _ = network
    by_hand = load("case-digits-saliency").right(x, *net.params.values(), k)
    t = torch.tensor(x, requires_grad=True)
    in_torch(net, t)[:, k].sum().backward()
    differences = central_difference(lambda v: net.predict(v)[:, k].sum(), x)
    assert max_relative_error(by_hand, differences) < 1e-7
    assert max_relative_error(by_hand, t.grad.numpy()) < 1e-10


def input_gradient(net, x, y):
    W1, b1, W2, _ = net.params.values()
    dz2 = softmax(net.predict(x)) - np.eye(4)[y]
    return ((dz2 @ W2) * (x @ W1.T + b1 > 0)) @ W1


def test_case_digits_input_gradient(network):
    net, x, y = network
    loss = CrossEntropyLoss()
    by_hand = input_gradient(net, x, y) / len(x)  # the package's loss is the mean over the batch
    t = torch.tensor(x, requires_grad=True)
    torch.nn.functional.cross_entropy(in_torch(net, t), torch.tensor(y)).backward()
    differences = central_difference(lambda v: float(loss.forward(net.predict(v), y)[0]), x)
    assert max_relative_error(by_hand, differences) < 1e-7
    assert max_relative_error(by_hand, t.grad.numpy()) < 1e-10


def test_case_digits_sign_step(network, rng):
    """The rise of a small step is eps * sum |g|, and no other step within the box has a larger slope."""
    net, x, y = network
    x, y, g = x[:1], y[:1], input_gradient(net, x[:1], y[:1])
    loss, eps = CrossEntropyLoss(), 1e-6
    rise = loss.forward(net.predict(x + eps * np.sign(g)), y)[0] - loss.forward(net.predict(x), y)[0]
    assert rise == pytest.approx(eps * np.abs(g).sum(), rel=1e-4)
    assert all((g * d).sum() <= np.abs(g).sum() for d in rng.uniform(-1, 1, size=(200, 1, 6)))


def test_case_digits_ece():
    """Bins (0.6, 0.7], (0.5, 0.6] and (0.9, 1]: gaps 0.35, 0.55 and 0.9 over four samples make 0.45."""
    p = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.45, 0.55]])
    assert load("case-digits-calibration-error").right(p, np.array([0, 1, 0, 0]), 10) == pytest.approx(0.45)


@pytest.fixture
def outputs(rng):
    return 3 * rng.normal(size=(9, 4)), rng.integers(0, 4, size=9)


def mean_loss(beta, z, y):
    return CrossEntropyLoss().forward(float(beta) * z, y)[0]


def slope(beta, z, y):
    return np.mean((softmax(beta * z) * z).sum(axis=1) - z[np.arange(len(z)), y])


def test_case_digits_temperature(outputs):
    z, y = outputs
    p = np.exp(0.7 * z) / np.exp(0.7 * z).sum(axis=1, keepdims=True)
    by_hand = np.mean(np.log(np.exp(0.7 * z).sum(axis=1)) - 0.7 * z[np.arange(9), y])
    assert np.allclose(p, softmax(0.7 * z))
    assert by_hand == pytest.approx(mean_loss(0.7, z, y))


@pytest.mark.parametrize("beta", [0.4, 1.0, 1.9])
def test_case_digits_temperature_gradient(outputs, beta):
    z, y = outputs
    b = torch.tensor(beta, dtype=torch.float64, requires_grad=True)
    torch.nn.functional.cross_entropy(b * torch.tensor(z), torch.tensor(y)).backward()
    differences = central_difference(lambda v: mean_loss(v[0], z, y), np.array([beta]))
    assert max_relative_error(np.array([slope(beta, z, y)]), differences) < 1e-7
    assert max_relative_error(np.array([slope(beta, z, y)]), np.array([b.grad.item()])) < 1e-10
    in_T = load("case-digits-temperature").right(z, y, 1 / beta)
    assert in_T == pytest.approx(-(beta**2) * slope(beta, z, y))


@pytest.mark.parametrize("beta", [0.4, 1.0, 1.9])
def test_case_digits_curvature(outputs, beta):
    z, y = outputs
    p = softmax(beta * z)
    mean = (p * z).sum(axis=1, keepdims=True)
    curvature = np.mean((p * (z - mean) ** 2).sum(axis=1))
    b = torch.tensor(beta, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(b * torch.tensor(z), torch.tensor(y))
    (first,) = torch.autograd.grad(loss, b, create_graph=True)
    (second,) = torch.autograd.grad(first, b)
    differences = central_difference(lambda v: slope(v[0], z, y), np.array([beta]))
    assert max_relative_error(np.array([curvature]), differences) < 1e-7
    assert max_relative_error(np.array([curvature]), np.array([second.item()])) < 1e-10
    assert curvature > 0


def test_the_copy_of_the_data_says_who_wrote_it():
    """The chapter's word on the writers: 43 in all, 13 of them in the part that is copied here."""
    told = " ".join(load_digits().DESCR.split())
    assert "43 people" in told
    assert "different 13 to the test set" in told
    x, y = data.digits()
    assert x.shape == (1797, 64)
    assert np.array_equal(np.unique(y), np.arange(10))


def test_temperature_changes_no_prediction(outputs):
    z, y = outputs
    assert accuracy(z, y) == accuracy(z / 2.5, y) == accuracy(softmax(z / 0.3), y)


def test_every_quoted_number_is_glued():
    quoted = set(re.findall(r"\{glue:text\}`([a-z0-9-]+?)(?::[^`]+)?`", CHAPTER))
    glued = set(re.findall(r'glue\("([a-z0-9-]+)"', CHAPTER))
    claimed = set(re.findall(r'claim\("([a-z0-9-]+)"', CHAPTER))
    assert glued <= quoted
    assert quoted <= glued | claimed | {f"{name}-half" for name in claimed}


def test_every_work_cited_has_an_entry():
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    for keys in re.findall(r"\{cite\}`([a-z0-9,]+)`", CHAPTER):
        for key in keys.split(","):
            assert bibliography.count(f"{{{key},") == 1
