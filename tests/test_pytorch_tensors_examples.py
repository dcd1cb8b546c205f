"""The formulas of the chapter on tensors, and its hand-written network against autograd."""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from byhand.exercises import check
from conftest import central_difference
from execute import read_notebook

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "book" / "pytorch-tensors.md"


@pytest.fixture(scope="module")
def chapter():
    """What the chapter's cells define at top level: functions, classes and the table of activations."""
    space = {"torch": torch, "F": F, "np": np}
    for cell in read_notebook(CHAPTER).cells:
        if cell.cell_type == "code":
            for node in ast.parse(cell.source).body:
                table = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BENDS"
                first = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name not in space
                if table or first:
                    exec(compile(ast.Module([node], []), str(CHAPTER), "exec"), space)
    return space


def tensor(rng, *shape):
    return torch.tensor(rng.normal(size=shape))


def test_pytorch_tensors_swish(chapter):
    """a = z sigma(z) and its derivative: by the formula, by differences, by autograd."""
    z = np.array([-3.1, -1.0, -0.2, 0.0, 0.4, 2.5, 8.0])
    s = 1 / (1 + np.exp(-z))
    formula = s + z * s * (1 - s)
    measured = central_difference(lambda v: float(np.sum(v / (1 + np.exp(-v)))), z)
    np.testing.assert_allclose(formula, measured, rtol=1e-7, atol=1e-8)
    for function in (F.silu, chapter["Swish"].apply):
        t = torch.tensor(z, requires_grad=True)
        function(t).sum().backward()
        np.testing.assert_allclose(formula, t.grad.numpy(), rtol=1e-10, atol=1e-12)
    # at 0 the sigmoid is a half and the second term vanishes
    assert formula[3] == 0.5


def test_pytorch_tensors_accumulated():
    """theta minus lr times the sum of all gradients so far, on a parabola: 0.5, -0.25, -0.875 by hand."""
    t = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    gradients, seen = [], []
    for _ in range(3):
        gradients.append(t.item())
        expected = t.item() - 0.5 * sum(gradients)
        (0.5 * t**2).backward()
        with torch.no_grad():
            t -= 0.5 * t.grad
        seen.append(t.item())
        assert seen[-1] == pytest.approx(expected, rel=1e-12)
    assert seen == [0.5, -0.25, -0.875]


@pytest.mark.parametrize("bends", [("relu", "tanh", "none"), ("sigmoid", "leaky", "none")])
@pytest.mark.parametrize("loss", ["mse_t", "cross_entropy_t", "bce_t"])
def test_the_network_by_hand_against_autograd(chapter, bends, loss):
    rng = np.random.default_rng(3)
    net = chapter["TensorNet"]([4, 6, 5, 3], bends, seed=1)
    x = tensor(rng, 7, 4)
    target = {
        "mse_t": tensor(rng, 7, 3),
        "cross_entropy_t": torch.tensor(rng.integers(3, size=7)),
        "bce_t": (tensor(rng, 7, 3) > 0).double(),
    }[loss]
    theirs = dict(mse_t=F.mse_loss, cross_entropy_t=F.cross_entropy, bce_t=F.binary_cross_entropy_with_logits)[loss]
    p, caches = net.forward(x)
    value, dp = chapter[loss](p, target)
    grads = net.backward(dp, caches)

    leaves = [[w.clone().requires_grad_() for w in pair] for pair in net.pairs]
    modules = dict(relu=torch.relu, tanh=torch.tanh, sigmoid=torch.sigmoid, leaky=F.leaky_relu, none=lambda z: z)
    h = x
    for pair, bend in zip(leaves, bends, strict=True):
        h = modules[bend](F.linear(h, *pair))
    expected = theirs(h, target)
    expected.backward()
    assert value.item() == pytest.approx(expected.item(), rel=1e-12)
    for pair, leaf in zip(grads, leaves, strict=True):
        for ours, w in zip(pair, leaf, strict=True):
            torch.testing.assert_close(ours, w.grad, rtol=1e-10, atol=1e-13)


def test_a_stack_is_its_networks_one_by_one(chapter):
    """The leading dimension changes nothing: each network of the stack gets the gradients it would get alone."""
    rng = np.random.default_rng(0)
    stack = chapter["TensorNet"]([3, 5, 2], ["tanh", "none"], seed=4, stack=(3,))
    x, y = tensor(rng, 6, 3), tensor(rng, 6, 2)
    p, caches = stack.forward(x)
    values, dp = chapter["mse_t"](p, y)
    grads = stack.backward(dp, caches)
    alone = chapter["TensorNet"]([3, 5, 2], ["tanh", "none"], seed=0)
    for s in range(3):
        alone.pairs = [(W[s], b[s]) for W, b in stack.pairs]
        prediction, caches = alone.forward(x)
        value, dp = chapter["mse_t"](prediction, y)
        assert value.item() == pytest.approx(values[s].item(), rel=1e-12)
        for ours, all_of_them in zip(alone.backward(dp, caches), grads, strict=True):
            torch.testing.assert_close(ours[0], all_of_them[0][s], rtol=1e-10, atol=1e-13)
            torch.testing.assert_close(ours[1], all_of_them[1][s], rtol=1e-10, atol=1e-13)


def test_batches_hold_every_sample_once(chapter):
    x = torch.arange(10.0).unsqueeze(1)
    batches = chapter["Batches"](x, x[:, 0], 4, seed=0)
    epochs = [[(bx, by) for bx, by in batches] for _ in range(2)]
    for epoch in epochs:
        assert [len(bx) for bx, _ in epoch] == [4, 4, 2]
        assert all(torch.equal(bx[:, 0], by) for bx, by in epoch)
        assert sorted(torch.cat([by for _, by in epoch]).tolist()) == list(range(10))
    assert not torch.equal(epochs[0][0][1], epochs[1][0][1])


def test_the_floor_of_softmax_twice():
    """Perfect probabilities through cross-entropy: log(1 + (K - 1) / e) = 0.551445 for three classes."""
    perfect = torch.eye(3, dtype=torch.float64)
    assert F.cross_entropy(perfect, torch.arange(3)).item() == pytest.approx(np.log(1 + 2 / np.e), rel=1e-12)
    assert np.log(1 + 2 / np.e) == pytest.approx(0.551445, abs=1e-6)


@pytest.mark.parametrize(
    ("title", "slip"),
    [
        ("float32", lambda a: torch.Tensor(a).requires_grad_()),
        ("float32", lambda a: torch.tensor(a, dtype=torch.float32, requires_grad=True)),
        ("type of the array kept", lambda a: torch.tensor(a, requires_grad=True)),
        ("memory shared", lambda a: torch.as_tensor(a, dtype=torch.float64).requires_grad_()),
        ("no gradient wanted", lambda a: torch.tensor(a, dtype=torch.float64)),
        ("no leaf", lambda a: torch.tensor(a, dtype=torch.float64, requires_grad=True).clone()),
    ],
)
def test_slips_with_real_tensors_are_named(title, slip):
    """The catalogue's stand-ins for tensors make the same mistakes as PyTorch does."""
    assert check("pytorch-tensors-parameter", slip).mistakes == (title,)


@pytest.mark.parametrize(
    ("title", "slip"),
    [
        ("probabilities given to the cross-entropy", lambda z, t: F.cross_entropy(z.softmax(1), t)),
        ("probabilities given to the negative log-likelihood", lambda z, t: F.nll_loss(z.softmax(1), t)),
        ("sum instead of mean", lambda z, t: F.cross_entropy(z, t, reduction="sum")),
    ],
)
def test_slips_with_real_losses_are_named(title, slip):
    def answer(W1, b1, W2, b2, x, labels):
        leaves = [torch.tensor(w, requires_grad=True) for w in (W1, b1, W2, b2)]
        hidden = torch.tanh(F.linear(torch.tensor(x), *leaves[:2]))
        slip(F.linear(hidden, *leaves[2:]), torch.tensor(labels).long()).backward()
        return [w.grad for w in leaves]

    assert check("pytorch-tensors-gradients", answer).mistakes == (title,)
