"""What the chapter on XOR derives and claims, judged apart from its own cells."""

import re
from math import comb
from pathlib import Path

import jupytext
import numpy as np
import pytest
import torch
from byhand import MSELoss, mlp, numerical_gradient, sigmoid, value_and_grads
from byhand.data import xor

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "book" / "case-xor.md"


@pytest.fixture(scope="module")
def chapter():
    """The functions that the chapter defines outside of its exercises."""
    scope = {}
    for cell in jupytext.read(CHAPTER).cells:
        if cell.cell_type == "code" and re.search(r"^import |^def (starts|losses_and|train_all)", cell.source, re.M):
            exec(compile(cell.source, "chapter", "exec"), scope)
            if "train_all" in scope:
                return scope
        elif cell.cell_type == "code" and cell.source.startswith("corners, different = xor()"):
            corners, different = xor()
            scope |= dict(corners=corners, different=different, target=different[:, None].astype(float))
    raise AssertionError("train_all was not found in the chapter")


@pytest.mark.parametrize("targets", [(0.0, 1.0), (0.0, 1.0, 0.0), (0.0, 1.0, 1.0, 0.0)])
def test_case_xor_pull(targets):
    """The pull at the common logit of merged samples, by hand, by differences and by autograd."""
    t, n = np.array(targets), 4

    def loss(z):
        return float(np.sum((sigmoid(z) - t) ** 2) / n)

    def pull(z):
        p = sigmoid(z)
        return np.sum(2 / n * (p - t) * p * (1 - p))

    for z in (-1.3, 0.4, 2.0):
        leaf = torch.tensor(z, dtype=torch.float64, requires_grad=True)
        (((torch.sigmoid(leaf) - torch.tensor(t)) ** 2).sum() / n).backward()
        assert abs(pull(z) - leaf.grad.item()) < 1e-10
        assert abs(pull(z) - numerical_gradient(lambda v: loss(v[0]), np.array([z]))[0]) < 1e-7
    mean = t.mean()
    assert abs(pull(np.log(mean / (1 - mean)))) < 1e-15
    # By hand, at z = 0: p = 1/2, so each sample pulls with 2/4 (1/2 - t) / 4.
    assert abs(pull(0.0) - sum((0.5 - v) / 8 for v in targets)) < 1e-15


@pytest.mark.parametrize(("sizes", "activation"), [([2, 3, 2, 1], "relu"), ([2, 4, 1], "tanh")])
def test_gradients_of_all_seeds_are_those_of_each(chapter, sizes, activation):
    corners, target = chapter["corners"], chapter["target"]
    params = chapter["starts"](sizes, activation, range(7, 12))
    rng = np.random.default_rng(0)
    for array in params.values():
        array += 0.3 * rng.standard_normal(array.shape)
    values, grads = chapter["losses_and_gradients"](params, corners, activation, "mse")
    for k in range(5):
        network = mlp(sizes, activation, rng=0, output="sigmoid")
        for name, place in network.params.items():
            place[...] = params[name][k]
        value, expected = value_and_grads(network, MSELoss(), corners, target)
        assert abs(values[k] - value) < 1e-12
        for name in expected:
            np.testing.assert_allclose(grads[name][k], expected[name], rtol=0, atol=1e-12)


def test_gradients_of_the_cross_entropy(chapter):
    corners, target = chapter["corners"], chapter["target"]
    params = chapter["starts"]([2, 4, 1], "tanh", range(3))
    values, grads = chapter["losses_and_gradients"](params, corners, "tanh", "bce")
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
    W1, b1, W2, b2 = tensors.values()
    z = torch.tanh(torch.tensor(corners) @ W1.mT + b1[:, None]) @ W2.mT + b2[:, None]
    y = torch.tensor(target).expand_as(z)
    losses = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none").mean(dim=(1, 2))
    losses.sum().backward()
    np.testing.assert_allclose(values, losses.detach(), rtol=1e-12)
    for name, tensor in tensors.items():
        np.testing.assert_allclose(grads[name], tensor.grad, rtol=0, atol=1e-12)


def test_other_seeds_end_at_the_means_too(chapter):
    """Failed runs of seeds that the chapter does not use."""
    different = chapter["different"]
    _, curves, logits = chapter["train_all"]([2, 2, 1], "relu", range(1000, 1100))
    p = sigmoid(logits)
    undecided = (p > 0.1) & (p < 0.9)
    failed = ~chapter["solved"](logits)
    mean = (undecided * different).sum(axis=1) / np.maximum(undecided.sum(axis=1), 1)
    near = np.abs(np.where(undecided, p - mean[:, None], 0)).max(axis=1) < 0.05
    assert failed.sum() > 60
    assert np.mean((near & undecided.any(axis=1))[failed]) > 0.9
    levels = np.abs(curves[-1][failed][:, None] - [1 / 8, 1 / 6, 1 / 4]).min(axis=1)
    assert np.mean(levels < 0.01) > 0.9


def test_stillborn_units():
    """A quarter of the units, and the binomial law that follows."""
    corners = xor().x
    for h in (2, 4):
        alive = np.array([
            ((corners @ mlp([2, h, 1], "relu", rng=seed).params["0.W"].T) > 0).any(axis=0).sum() for seed in range(2000)
        ])  # fmt: skip
        for k in range(h + 1):
            expected = comb(h, k) * 0.75**k * 0.25 ** (h - k)
            assert abs(np.mean(alive == k) - expected) < 4 * np.sqrt(expected * (1 - expected) / 2000)


def test_a_bend_that_turns_round_needs_one_unit():
    x, y = xor()
    assert np.array_equal((x.sum(axis=1) - 1) ** 2 < 0.5, y == 1)
