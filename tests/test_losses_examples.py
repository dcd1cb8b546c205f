"""The formulas and numbers of the chapter on losses: by hand, by differences and by autograd."""

import math
import re
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import (
    binary_cross_entropy_backward,
    binary_cross_entropy_forward,
    cross_entropy_backward,
    cross_entropy_forward,
    log_softmax,
    mse_backward,
    mse_forward,
    sigmoid,
    softmax,
)
from conftest import central_difference, max_relative_error

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "losses.md"
F = torch.nn.functional
SIZES = [(5, 3), (1, 4), (7, 2), (4, 4)]  # N, K
EXAMPLE = np.array([[2.0, 1.0, 0.1]])  # the logits that the chapter works through; the label is 0


def agree(by_hand, f, torch_f, x):
    """Assert that a gradient by hand equals those by differences and by autograd."""
    by_hand, x = np.asarray(by_hand), np.asarray(x, dtype=float)
    t = torch.tensor(x, requires_grad=True)
    torch_f(t).backward()
    assert by_hand.shape == x.shape
    assert max_relative_error(by_hand, central_difference(lambda v: float(f(v)), x)) < 1e-7
    assert max_relative_error(by_hand, t.grad.numpy()) < 1e-10


def drawn(n, k, seed=0):
    """Logits, integer labels and rows of probabilities."""
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=(n, k)), rng.integers(k, size=n), rng.dirichlet(np.ones(k), size=n)


def plain_softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def plain_bce(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(losses-[\w-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) > 15
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


# ---- the pain ---------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [-10.0, -4.0, 0.5, 3.0])
def test_losses_stall(z):
    p = 1 / (1 + math.exp(-z))
    agree(2 * (p - 1) * p * (1 - p), lambda z: (sigmoid(z) - 1) ** 2, lambda z: (torch.sigmoid(z) - 1) ** 2, z)


def test_squared_error_stalls_where_it_is_most_wrong():
    # from z = -10 the slope is about -2 e^z, so z' = 2 e^z: e^10 / 2 = 11013 steps are needed, and then a few
    z, steps = -10.0, 0
    while z < 0:
        p = 1 / (1 + math.exp(-z))
        z, steps = z - 2 * (p - 1) * p * (1 - p), steps + 1
    assert math.exp(10) / 2 < steps < math.exp(10) / 2 + 40
    z, steps = -10.0, 0
    while z < 0:
        z, steps = z - (1 / (1 + math.exp(-z)) - 1), steps + 1
    assert steps == 11  # each step is nearly 1


# ---- likelihood -------------------------------------------------------------------------------


def test_losses_nll():
    # three coins that were given .9, .5 and .2 for what they showed: the product is .09, -ln(.09) / 3 = .802649
    logits = np.log(np.array([[0.9, 0.1], [0.5, 0.5], [0.8, 0.2]]))
    loss, _ = cross_entropy_forward(logits, np.array([0, 1, 1]))
    assert loss == pytest.approx(-math.log(0.9 * 0.5 * 0.2) / 3) == pytest.approx(0.802649, abs=5e-7)


def test_losses_bce():
    # y = 1 costs -ln p, y = 0 costs -ln(1 - p); p = .75 has the logit ln 3
    z = np.array([[math.log(3)]])
    assert binary_cross_entropy_forward(z, np.array([[1.0]]))[0] == pytest.approx(-math.log(0.75))
    assert binary_cross_entropy_forward(z, np.array([[0.0]]))[0] == pytest.approx(-math.log(0.25))


@pytest.mark.parametrize("p", [0.2, 0.7, 0.95])
def test_losses_share(p):
    s = 0.7
    slope = (p - s) / (p * (1 - p))

    def torch_loss(p):
        return -(s * torch.log(p) + (1 - s) * torch.log(1 - p))

    if p == s:  # the best constant answer: all three are zero
        t = torch.tensor(p, dtype=torch.float64, requires_grad=True)
        torch_loss(t).backward()
        assert slope == 0 and abs(t.grad.item()) < 1e-15
        return
    agree(slope, lambda p: -(s * np.log(p) + (1 - s) * np.log(1 - p)), torch_loss, p)


def test_losses_ce():
    z, labels, _ = drawn(5, 3)
    one_hot = np.eye(3)[labels]
    by_formula = -np.sum(one_hot * np.log(plain_softmax(z))) / 5
    assert cross_entropy_forward(z, labels)[0] == pytest.approx(by_formula, rel=1e-12)
    # two classes: the binary one, of the difference of the logits
    z, labels, _ = drawn(6, 2)
    binary = binary_cross_entropy_forward(z[:, 1] - z[:, 0], labels.astype(float))[0]
    assert cross_entropy_forward(z, labels)[0] == pytest.approx(binary, rel=1e-12)


def test_losses_gauss():
    rng = np.random.default_rng(3)
    y, p, s = rng.normal(size=9), rng.normal(size=9), 0.4
    log_density = torch.distributions.Normal(torch.tensor(p), s).log_prob(torch.tensor(y)).numpy()
    by_formula = mse_forward(p, y)[0] / (2 * s**2) + math.log(s * math.sqrt(2 * math.pi))
    assert -log_density.mean() == pytest.approx(by_formula, rel=1e-12)


# ---- squared error ----------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [*SIZES, (6, 1)])
def test_losses_mse(sizes):
    rng = np.random.default_rng(1)
    p, y = rng.normal(size=sizes), rng.normal(size=sizes)
    gradient = mse_backward(1.0, mse_forward(p, y)[1])
    assert max_relative_error(gradient, 2 * (p - y) / (sizes[0] * sizes[1])) < 1e-15
    agree(gradient, lambda p: np.mean((p - y) ** 2), lambda p: F.mse_loss(p, torch.tensor(y)), p)
    # by N alone it is too large by the number of outputs, and with one output right
    assert max_relative_error(2 * (p - y) / sizes[0], sizes[1] * gradient) < 1e-15


# ---- the logit --------------------------------------------------------------------------------


def test_losses_logit():
    for p in (0.01, 0.25, 0.5, 0.9):
        assert sigmoid(math.log(p / (1 - p))) == pytest.approx(p, rel=1e-14)
    assert sigmoid(math.log(3)) == pytest.approx(0.75)  # three to one


LOGITS = np.array([[-3.0], [0.4], [2.5], [-0.2], [1.0]])
ANSWERS = np.array([[1.0], [0.0], [1.0], [1.0], [0.0]])


def test_losses_bce_logit():
    by_formula = ANSWERS * np.log(1 + np.exp(-LOGITS)) + (1 - ANSWERS) * np.log(1 + np.exp(LOGITS))
    assert max_relative_error(by_formula, plain_bce(LOGITS, ANSWERS)) < 1e-14
    assert binary_cross_entropy_forward(LOGITS, ANSWERS)[0] == pytest.approx(by_formula.mean(), rel=1e-14)


def judge_bce(gradient):
    def torch_loss(z):
        return F.binary_cross_entropy_with_logits(z, torch.tensor(ANSWERS), reduction="sum")

    agree(gradient, lambda z: plain_bce(z, ANSWERS).sum(), torch_loss, LOGITS)


def test_losses_bce_fused():
    judge_bce(sigmoid(LOGITS) - ANSWERS)
    package = binary_cross_entropy_backward(1.0, binary_cross_entropy_forward(LOGITS, ANSWERS)[1])
    assert max_relative_error(package, (sigmoid(LOGITS) - ANSWERS) / 5) < 1e-15


def test_losses_bce_atomic():
    p = sigmoid(LOGITS)
    dp = -ANSWERS / p + (1 - ANSWERS) / (1 - p)
    judge_bce(dp * p * (1 - p))


@pytest.mark.parametrize("z", [-1000.0, -40.0, -0.5, 0.0, 0.5, 40.0, 1000.0])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_losses_bce_stable(z, y):
    v = abs(y - (z > 0))
    by_formula = math.log1p(math.exp(-abs(z))) + abs(z) * v
    assert binary_cross_entropy_forward(np.array([z]), np.array([y]))[0] == pytest.approx(by_formula, rel=1e-14)
    with localcontext(prec=60):
        u = Decimal(-abs(z)).exp()
        exact = (1 + u).ln() + Decimal(v) * Decimal(abs(z))
    assert by_formula == pytest.approx(float(exact), rel=1e-13, abs=0)
    # the form of the solution: max(z, 0) - z y + log1p
    assert max(z, 0) - z * y + math.log1p(math.exp(-abs(z))) == pytest.approx(by_formula, rel=1e-13)


# ---- softmax ----------------------------------------------------------------------------------


def test_losses_pairs():
    z, *_ = drawn(5, 4)
    p = softmax(z)
    for j, k in np.ndindex(4, 4):
        assert np.log(p[:, j] / p[:, k]) == pytest.approx(z[:, j] - z[:, k], abs=1e-12)


def test_losses_softmax():
    # e^2 = 7.389056, e^1 = 2.718282, e^.1 = 1.105171, sum 11.212509; 7.389056 / 11.212509 = .659001
    assert softmax(EXAMPLE)[0] == pytest.approx([0.659001, 0.242433, 0.098566], abs=5e-7)
    assert softmax(EXAMPLE + 5) == pytest.approx(softmax(EXAMPLE), rel=1e-14)  # shift
    z, *_ = drawn(6, 2)
    assert softmax(z)[:, 1] == pytest.approx(sigmoid(z[:, 1] - z[:, 0]), rel=1e-13)  # two classes


def test_losses_log_softmax():
    z, *_ = drawn(5, 3)
    assert log_softmax(z) == pytest.approx(z - np.log(np.exp(z).sum(axis=1))[:, None], rel=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
def test_losses_jacobian(sizes):
    for z in drawn(*sizes)[0]:
        p = softmax(z)
        J = np.diag(p) - np.outer(p, p)
        by_autograd = torch.autograd.functional.jacobian(lambda v: torch.softmax(v, 0), torch.tensor(z)).numpy()
        differences = np.stack([central_difference(lambda v, i=i: float(softmax(v)[i]), z) for i in range(len(z))])
        assert max_relative_error(J, by_autograd) < 1e-10
        assert max_relative_error(J, differences) < 1e-7
        assert np.abs(J.sum(axis=0)).max() < 1e-15 and np.array_equal(J, J.T)


@pytest.mark.parametrize("sizes", SIZES)
def test_losses_softmax_backward(sizes):
    z, *_ = drawn(*sizes)
    dp = np.random.default_rng(8).normal(size=sizes)
    p = softmax(z)
    agree(
        p * (dp - (dp * p).sum(axis=1, keepdims=True)),
        lambda z: np.sum(dp * plain_softmax(z)),
        lambda z: (torch.tensor(dp) * torch.softmax(z, 1)).sum(),
        z,
    )


# ---- p - y ------------------------------------------------------------------------------------


def judge_ce(gradient, z, y):
    agree(
        gradient,
        lambda z: -np.sum(y * np.log(plain_softmax(z))),
        lambda z: F.cross_entropy(z, torch.tensor(y), reduction="sum"),
        z,
    )


@pytest.mark.parametrize("sizes", SIZES)
def test_losses_ce_atomic(sizes):
    z, _, y = drawn(*sizes)
    p = softmax(z)
    dp = -y / p
    judge_ce(p * (dp - (dp * p).sum(axis=1, keepdims=True)), z, y)


@pytest.mark.parametrize("sizes", SIZES)
def test_losses_ce_fused(sizes):
    z, labels, y = drawn(*sizes)
    judge_ce(softmax(z) - y, z, y)
    for target, rows in ((y, y), (labels, np.eye(sizes[1])[labels])):
        package = cross_entropy_backward(1.0, cross_entropy_forward(z, target)[1])
        assert max_relative_error(package, (softmax(z) - rows) / sizes[0]) < 1e-14


def test_the_worked_example():
    loss, cache = cross_entropy_forward(EXAMPLE, np.array([0]))
    assert loss == pytest.approx(0.417030, abs=5e-7)  # -ln .659001
    assert cross_entropy_backward(1.0, cache)[0] == pytest.approx([-0.340999, 0.242433, 0.098566], abs=5e-7)


# ---- in a computer ----------------------------------------------------------------------------


def test_losses_lse():
    z = np.array([1000.0, 990.0, -1000.0])
    m = z.max()
    # ln(e^1000 (1 + e^-10 + 0)) = 1000 + ln(1.0000453999) = 1000.0000453989
    assert m + math.log(np.exp(z - m).sum()) == pytest.approx(1000 + math.log1p(math.exp(-10)), rel=1e-15)
    assert torch.logsumexp(torch.tensor(z), 0).item() == pytest.approx(1000.0000453989, abs=1e-9)


@pytest.mark.parametrize(("kind", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
@pytest.mark.parametrize("gap", [10, 95, 200, 1000])
def test_a_sure_and_wrong_answer_costs_its_gap(kind, tolerance, gap):
    z = np.array([[0.0, gap]], dtype=kind)
    loss, cache = cross_entropy_forward(z, np.array([0]))
    assert loss == pytest.approx(gap + math.log1p(math.exp(-gap)), rel=tolerance)
    assert cross_entropy_backward(1.0, cache)[0] == pytest.approx([-1, 1], abs=1e-4)
    padded = -np.log(softmax(z)[0, 0] + kind(1e-8))  # the small number: 18.4, whatever the gap
    assert padded == pytest.approx(min(gap, 8 * math.log(10)), rel=1e-3)


# ---- the floor --------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", SIZES)
def test_losses_entropy(sizes):
    z, labels, q = drawn(*sizes)
    entropy = -np.sum(q * np.log(q)) / len(q)
    assert cross_entropy_forward(np.log(q), q)[0] == pytest.approx(entropy, rel=1e-12)
    for seed in range(20):
        assert cross_entropy_forward(drawn(*sizes, seed=seed)[0], q)[0] >= entropy
    # a class that never occurs: the floor is that of the others
    q = np.array([[0.0, 0.25, 0.75]])
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert all(cross_entropy_forward(drawn(1, 3, seed)[0], q)[0] > entropy for seed in range(20))


@pytest.mark.parametrize(("k", "chance"), [(2, 0.693), (3, 1.099), (10, 2.303)])
def test_the_loss_of_knowing_nothing(k, chance):
    assert cross_entropy_forward(np.full((4, k), 7.0), np.arange(4) % k)[0] == pytest.approx(chance, abs=5e-4)
