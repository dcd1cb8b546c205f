"""The numbers and formulas of the chapter on optimisers: by hand, by differences, by the package and by PyTorch."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import SGD, Adam, AdamW, RMSprop, clip_gradients, cosine, warmup
from conftest import central_difference, max_relative_error

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "optimizers.md"
CURVATURES = np.array([1.0, 50.0])
START = np.array([-4.0, 1.0])
ETA = 0.01


def valley(w):
    return 0.5 * float(np.sum(CURVATURES * w**2))


def slope(w):
    return CURVATURES * w


def walked(optimizer, gradient, w, steps):
    """The places an optimiser of the package visits, the start among them."""
    params = {"w": np.array(w, dtype=float)}
    path = [params["w"].copy()]
    for _ in range(steps):
        optimizer.step(params, {"w": gradient(params["w"])})
        path.append(params["w"].copy())
    return np.array(path)


def first_step(optimizer, g):
    """How far, and in which direction, the first step goes for the gradient g."""
    return walked(optimizer, lambda w: np.array([g]), [0.0], 1)[1, 0]


def moves(optimizer, gradients):
    """The steps for given gradients."""
    given = iter(gradients)
    return np.diff(walked(optimizer, lambda w: next(given), np.zeros_like(gradients[0]), len(gradients)), axis=0)


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(optimizers-[\w-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) > 20
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


# ---- the valley -------------------------------------------------------------------------------


def test_optimizers_valley():
    assert valley(START) == 0.5 * (16 + 50)


def test_optimizers_valley_gradient():
    t = torch.tensor(START, requires_grad=True)
    (0.5 * (torch.tensor(CURVATURES) * t**2).sum()).backward()
    assert max_relative_error(slope(START), central_difference(valley, START)) < 1e-7
    assert max_relative_error(slope(START), t.grad.numpy()) < 1e-10
    assert slope(START).tolist() == [-4.0, 50.0]


def test_optimizers_factors():
    path = walked(SGD(lr=0.03), slope, START, 5)
    assert np.allclose(path[1:] / path[:-1], 1 - 0.03 * CURVATURES, rtol=1e-12)
    assert np.abs(walked(SGD(lr=0.0399), slope, START, 3000)[-1]).max() < 1e-2
    assert np.abs(walked(SGD(lr=0.0401), slope, START, 3000)[-1]).max() > 1e2  # beyond 2 / 50


def test_optimizers_best_descent():
    def size(lr):
        return np.abs(1 - lr * CURVATURES).max()

    best = 2 / CURVATURES.sum()
    assert math.isclose(size(best), (50 - 1) / (50 + 1))
    assert all(size(best) < size(best * other) for other in (0.9, 0.99, 1.01, 1.1))
    assert round(math.log(1e6) / -math.log(size(best))) == 345


# ---- momentum ---------------------------------------------------------------------------------


def test_optimizers_momentum():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(4, 3))
    v, expected = 0.0, []
    for g in gradients:
        v = 0.9 * v + g
        expected.append(-ETA * v)
    assert np.allclose(moves(SGD(lr=ETA, momentum=0.9), gradients), expected, rtol=1e-12)


def test_optimizers_memory():
    gradients = np.random.default_rng(1).normal(size=(12, 3))
    unrolled = sum(0.8**k * gradients[11 - k] for k in range(12))
    assert np.allclose(moves(SGD(lr=ETA, momentum=0.8), gradients)[-1], -ETA * unrolled, rtol=1e-12)
    shares = [1 - mu ** (1 / (1 - mu)) for mu in (0.9, 0.99, 0.999)]
    assert all(abs(share - (1 - 1 / math.e)) < 0.02 for share in shares)


def test_optimizers_gain():
    steady = moves(SGD(lr=ETA, momentum=0.9), np.ones((400, 1)))[-1, 0]
    alternating = moves(SGD(lr=ETA, momentum=0.9), (-1.0) ** np.arange(400).reshape(-1, 1))[-1, 0]
    assert math.isclose(-steady / ETA, 1 / (1 - 0.9), rel_tol=1e-12)
    assert math.isclose(abs(alternating) / ETA, 1 / (1 + 0.9), rel_tol=1e-12)


def test_optimizers_recursion():
    path = walked(SGD(lr=ETA, momentum=0.7), slope, START, 20)
    assert np.allclose(path[2:], (1 + 0.7 - ETA * CURVATURES) * path[1:-1] - 0.7 * path[:-2], rtol=1e-9, atol=1e-12)


def test_optimizers_best_momentum():
    def size(lr, mu):
        """The larger root of the recursion, over both curvatures: what a step multiplies the distance by."""
        return max(np.abs(np.roots([1, -(1 + mu - lr * c), mu])).max() for c in CURVATURES)

    root = (math.sqrt(50) - 1) / (math.sqrt(50) + 1)
    lr = 4 / np.sqrt(CURVATURES).sum() ** 2
    assert math.isclose(size(lr, root**2), root, rel_tol=1e-6)
    for other_lr, other_mu in ((0.9, 1), (1.1, 1), (1, 0.9), (1, 1.1), (0.9, 0.9), (1.1, 1.1)):
        assert size(lr * other_lr, root**2 * other_mu) > root + 1e-3
    inside = np.linspace((1 - root) ** 2, (1 + root) ** 2, 9)[1:-1]  # one rate for all curvatures in the window
    assert all(np.allclose(np.abs(np.roots([1, -(1 + root**2 - c), root**2])), root) for c in inside)


# ---- Nesterov ---------------------------------------------------------------------------------


def test_optimizers_nesterov_look_ahead():
    """The form with the gradient taken ahead, the gradient by hand, by differences and by autograd."""

    def by_autograd(w):
        t = torch.tensor(w, requires_grad=True)
        (0.5 * (torch.tensor(CURVATURES) * t**2).sum()).backward()
        return t.grad.numpy()

    def ahead(gradient):
        theta, v, path = START, np.zeros(2), []
        for _ in range(15):
            path.append(theta - 0.02 * 0.9 * v)
            v = 0.9 * v + gradient(theta - 0.02 * 0.9 * v)
            theta = theta - 0.02 * v
        return np.array(path)

    by_hand = ahead(slope)
    assert max_relative_error(by_hand, ahead(lambda w: central_difference(valley, w))) < 1e-7
    assert max_relative_error(by_hand, ahead(by_autograd)) < 1e-10
    assert np.allclose(
        by_hand, walked(SGD(lr=0.02, momentum=0.9, nesterov=True), slope, START, 14), rtol=1e-9, atol=1e-12
    )


def test_optimizers_nesterov():
    gradients = np.random.default_rng(2).normal(size=(5, 3))
    v, expected = 0.0, []
    for g in gradients:
        v = 0.6 * v + g
        expected.append(-ETA * (g + 0.6 * v))
    assert np.allclose(moves(SGD(lr=ETA, momentum=0.6, nesterov=True), gradients), expected, rtol=1e-12)


def test_optimizers_nesterov_recursion():
    path = walked(SGD(lr=0.015, momentum=0.9, nesterov=True), slope, START, 20)
    expected = (1 - 0.015 * CURVATURES) * (path[1:-1] + 0.9 * (path[1:-1] - path[:-2]))
    assert np.allclose(path[2:], expected, rtol=1e-9, atol=1e-12)
    at_rest = walked(SGD(lr=1 / 50, momentum=0.9, nesterov=True), slope, START, 10)
    assert np.abs(at_rest[2:, 1]).max() < 1e-12


# ---- RMSprop and Adam -------------------------------------------------------------------------


def test_optimizers_rmsprop():
    gradients = np.random.default_rng(3).normal(size=(5, 3))
    s, expected = 0.0, []
    for g in gradients:
        s = 0.95 * s + 0.05 * g**2
        expected.append(-ETA * g / (np.sqrt(s) + 1e-3))
    assert np.allclose(moves(RMSprop(lr=ETA, alpha=0.95, eps=1e-3), gradients), expected, rtol=1e-12)
    assert math.isclose(first_step(RMSprop(lr=ETA), 3.0), -10 * ETA, rel_tol=1e-6)


@pytest.mark.parametrize("make", [RMSprop, Adam])
def test_optimizers_scale(make):
    gradients = np.random.default_rng(4).normal(size=(30, 2))
    scaled = gradients * np.array([1e-2, 1e3])
    assert np.allclose(moves(make(lr=ETA), gradients), moves(make(lr=ETA), scaled), rtol=1e-4)


def test_optimizers_adam_means():
    gradients = np.random.default_rng(5).normal(size=(6, 3))
    m = sum(0.1 * 0.9**k * gradients[5 - k] for k in range(6))
    s = sum(0.001 * 0.999**k * gradients[5 - k] ** 2 for k in range(6))
    expected = -ETA * (m / (1 - 0.9**6)) / (np.sqrt(s / (1 - 0.999**6)) + 1e-8)
    assert np.allclose(moves(Adam(lr=ETA), gradients)[-1], expected, rtol=1e-10)


def test_optimizers_adam_bias():
    m = s = 0.0
    for t in range(1, 50):
        m, s = 0.9 * m + 0.1 * 3.0, 0.999 * s + 0.001 * 9.0
        assert math.isclose(m, (1 - 0.9**t) * 3.0) and math.isclose(s, (1 - 0.999**t) * 9.0)


@pytest.mark.parametrize("decay", [None, 0.1])
def test_a_hundred_steps_of_adam_equal_pytorchs(decay):
    make = (Adam, torch.optim.Adam) if decay is None else (AdamW, torch.optim.AdamW)
    settings = {} if decay is None else {"weight_decay": decay}
    w = torch.tensor(START.copy(), requires_grad=True)
    theirs = make[1]([w], lr=0.1, **settings)
    for _ in range(100):
        w.grad = torch.tensor(slope(w.detach().numpy()))
        theirs.step()
    ours = walked(make[0](lr=0.1, **settings), slope, START, 100)[-1]
    assert np.abs(ours - w.detach().numpy()).max() < 1e-9


def test_optimizers_adam():
    gradients = np.random.default_rng(6).normal(size=(4, 3))
    m = s = 0.0
    for t, (g, move) in enumerate(zip(gradients, moves(Adam(lr=ETA, eps=1e-2), gradients), strict=True), start=1):
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        expected = -ETA * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-2)
        assert np.allclose(move, expected, rtol=1e-10)


@pytest.mark.parametrize("g", [-300.0, -0.5, 1e-3, 2.0, 1e6])
def test_optimizers_adam_first(g):
    assert math.isclose(first_step(Adam(lr=ETA), g), -ETA * g / (abs(g) + 1e-8), rel_tol=1e-9)


def test_optimizers_adam_uncorrected():
    uncorrected = 0.1 / math.sqrt(0.001)
    assert math.isclose(uncorrected, math.sqrt(0.1**2 / 0.001)) and round(uncorrected, 2) == 3.16
    t = np.arange(1, 5001)
    ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert math.isclose(ratio[0], uncorrected) and t[ratio.argmax()] == 12 and 6.56 < ratio.max() < 6.58


# ---- weight decay -----------------------------------------------------------------------------


def test_optimizers_decay():
    path = walked(SGD(lr=ETA, weight_decay=0.3), slope, START, 3)
    assert np.allclose(path[1:], (1 - ETA * 0.3) * path[:-1] - ETA * slope(path[:-1]), rtol=1e-12)


def test_optimizers_adamw():
    gradients = np.random.default_rng(7).normal(size=(6, 2))
    given = iter(gradients)
    path = walked(AdamW(lr=ETA, weight_decay=0.5), lambda w: next(given), START, 6)
    adam = moves(Adam(lr=ETA), gradients)
    assert np.allclose(path[1:], (1 - ETA * 0.5) * path[:-1] + adam, rtol=1e-10)


def test_the_strength_of_l2_inside_adam_cancels_where_there_is_no_gradient():
    def zero(w):
        return np.zeros_like(w)

    weak, strong = (walked(Adam(lr=ETA, weight_decay=d), zero, START, 50)[-1] for d in (1e-2, 1.0))
    assert np.allclose(weak, strong, atol=1e-4) and np.abs(START - weak).min() > 0.4
    decayed = walked(AdamW(lr=ETA, weight_decay=1.0), zero, START, 50)[-1]
    assert np.allclose(decayed, START * (1 - ETA) ** 50, rtol=1e-10)


# ---- schedules and clipping -------------------------------------------------------------------


def test_optimizers_noise_floor():
    for eta, curvature, sigma in ((0.4, 1.0, 1.0), (0.1, 3.0, 0.5)):
        variance = eta * sigma**2 / (curvature * (2 - eta * curvature))
        assert math.isclose((1 - eta * curvature) ** 2 * variance + eta**2 * sigma**2, variance)
    rng = np.random.default_rng(8)
    w = np.zeros(20_000)
    for _ in range(150):
        w = w - 0.2 * (w + rng.normal(size=w.shape))
    assert abs(w.var() / (0.2 / 1.8) - 1) < 0.05


def test_optimizers_cosine():
    schedule = cosine(0.3, 100, floor=0.02)
    for t in (0, 1, 25, 50, 99, 100, 140):
        expected = 0.02 + 0.28 * (1 + math.cos(math.pi * min(t / 100, 1))) / 2
        assert math.isclose(schedule(t), expected, rel_tol=1e-12)
    assert schedule(0) == 0.3 and math.isclose(schedule(50), 0.16) and schedule(100) == schedule(140) == 0.02


def test_optimizers_warmup():
    schedule = warmup(5, cosine(0.3, 20))
    assert np.allclose([schedule(t) for t in range(6)], [0.06, 0.12, 0.18, 0.24, 0.3, 0.3])
    assert schedule(25) == 0


def test_optimizers_clip():
    rng = np.random.default_rng(9)
    grads = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
    flat = np.concatenate([g.ravel() for g in grads.values()])
    for limit in (0.5, 1e3):
        clipped = np.concatenate([g.ravel() for g in clip_gradients(grads, limit).values()])
        assert np.allclose(clipped, flat * min(1, limit / np.linalg.norm(flat)), rtol=1e-12)
        assert math.isclose(clipped @ flat, np.linalg.norm(clipped) * np.linalg.norm(flat))


# ---- mistakes ---------------------------------------------------------------------------------


def test_t_counted_per_parameter_gives_twins_other_steps():
    second = 0.1 / (1 - 0.9**2) / math.sqrt(0.001 / (1 - 0.999**2))
    assert round(second, 4) == 0.7441
    assert math.isclose(first_step(Adam(lr=1.0), 5.0), -1.0, rel_tol=1e-6)
