"""The numbers and formulas of the chapter on regularisation: by hand, by differences and by autograd."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import SGD, BatchNorm1d, BCEWithLogitsLoss, Dropout, Linear, Sequential, Tanh, fit, value_and_grads
from byhand.exercises import load
from conftest import central_difference, max_relative_error

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "regularization.md"
SIZES = [(5, 3), (7, 4), (4, 4)]  # samples, features


def by_autograd(loss, arrays):
    """Gradients of loss(**tensors) with respect to each array."""
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in arrays.items()}
    loss(**tensors).backward()
    return {name: tensor.grad.numpy() for name, tensor in tensors.items()}


def agree(by_hand, loss, torch_loss, arrays):
    """Assert that gradients by hand equal those by differences and by autograd."""
    autograd = by_autograd(torch_loss, arrays)
    for name, gradient in by_hand.items():
        differences = central_difference(lambda v, name=name: float(loss(**{**arrays, name: v})), arrays[name])
        assert np.shape(gradient) == arrays[name].shape, name
        assert max_relative_error(gradient, differences) < 1e-7, name
        assert max_relative_error(gradient, autograd[name]) < 1e-10, name


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(regularization-[\w-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) > 15
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


# ---- bias and variance ------------------------------------------------------------------------


def test_regularization_decomposition():
    """Exact, not estimated: three training sets, equally likely, and a noise of +1 or -1."""
    h, fitted, noise = 2.0, np.array([1.0, 2.5, 4.0]), np.array([1.0, -1.0])
    error = np.mean([(f - (h + e)) ** 2 for f in fitted for e in noise])
    # mean 2.5: bias^2 0.25; variance (2.25 + 0 + 2.25) / 3 = 1.5; noise 1; sum 2.75
    assert (fitted.mean() - h) ** 2 == pytest.approx(0.25)
    assert fitted.var() == pytest.approx(1.5)
    assert error == pytest.approx(0.25 + 1.5 + 1.0)


def test_regularization_ridge(rng):
    """The left side is the gradient of the penalised mean squared error."""
    phi, y, w, alpha = rng.normal(size=(7, 4)), rng.normal(size=7), rng.normal(size=4), 0.3

    def objective(w):
        return ((phi_ @ w - y_) ** 2).mean() + alpha / 2 * (w**2).sum()

    phi_, y_ = phi, y
    gradient = 2 / len(y) * phi.T @ (phi @ w - y) + alpha * w
    assert max_relative_error(gradient, central_difference(objective, w)) < 1e-7
    phi_, y_ = torch.tensor(phi), torch.tensor(y)
    assert max_relative_error(gradient, by_autograd(objective, {"w": w})["w"]) < 1e-10
    best = np.linalg.solve(2 / len(y) * phi.T @ phi + alpha * np.eye(4), 2 / len(y) * phi.T @ y)
    assert np.allclose(2 / len(y) * phi.T @ (phi @ best - y) + alpha * best, 0)


# ---- L2 ---------------------------------------------------------------------------------------


def small_network(rng):
    net = Sequential(Linear(2, 4, rng=rng), Tanh(), Linear(4, 1, rng=rng))
    for value in net.params.values():
        value += rng.normal(size=value.shape)
    return net, rng.normal(size=(7, 2)), rng.integers(0, 2, size=(7, 1)).astype(float)


def test_regularization_l2():
    # L = 0, weights 3 and -4, bias 10, alpha = 0.2: J = 0.1 * (9 + 16) = 2.5, whatever the bias
    assert 0 + 0.2 / 2 * np.sum(np.array([3.0, -4.0]) ** 2) == pytest.approx(2.5)


def test_regularization_l2_gradient(rng):
    net, x, y = small_network(rng)
    loss, alpha = BCEWithLogitsLoss(), 0.3
    params = {name.replace(".", "_"): value.copy() for name, value in net.params.items()}
    params = {f"p{name}": value for name, value in params.items()}
    _, grads = value_and_grads(net, loss, x, y)
    by_hand = {
        f"p{name.replace('.', '_')}": g for name, g in load("l2-gradient").right(net.params, grads, alpha).items()
    }

    def penalty(p):
        return alpha / 2 * ((p["p0_W"] ** 2).sum() + (p["p2_W"] ** 2).sum())

    def logits(p, x, tanh):
        return tanh(x @ p["p0_W"].T + p["p0_b"]) @ p["p2_W"].T + p["p2_b"]

    agree(
        by_hand,
        lambda **p: loss.forward(logits(p, x, np.tanh), y)[0] + penalty(p),
        lambda **p: (
            torch.nn.functional.binary_cross_entropy_with_logits(
                logits(p, torch.tensor(x), torch.tanh), torch.tensor(y)
            )
            + penalty(p)
        ),
        params,
    )


def test_regularization_decay(rng):
    """Shrinking, then stepping, is a step along the penalised gradient; the optimiser's option is the same."""
    w, lr, alpha = rng.normal(size=(3, 2)), 0.1, 0.05
    target = rng.normal(size=(3, 2))
    penalised = central_difference(lambda v: np.sum((v - target) ** 2) + alpha / 2 * np.sum(v**2), w)
    autograd = by_autograd(lambda w: ((w - torch.tensor(target)) ** 2).sum() + alpha / 2 * (w**2).sum(), {"w": w})["w"]
    dw = 2 * (w - target)
    decayed = (1 - lr * alpha) * w - lr * dw
    assert max_relative_error((w - decayed) / lr, penalised) < 1e-7
    assert max_relative_error((w - decayed) / lr, autograd) < 1e-10
    ours, theirs = w.copy(), torch.nn.Parameter(torch.tensor(w))
    SGD(lr=lr, weight_decay=alpha).step({"W": ours}, {"W": dw})
    theirs.grad = torch.tensor(dw)
    torch.optim.SGD([theirs], lr=lr, weight_decay=alpha).step()
    assert np.allclose(ours, decayed, rtol=1e-14) and np.allclose(ours, theirs.detach().numpy(), rtol=1e-14)


def test_regularization_l2_shrink():
    curvature, alpha, best = np.array([4.0, 0.3]), 0.5, np.array([1.0, -2.0])
    w = curvature / (curvature + alpha) * best
    assert np.allclose(curvature * (w - best) + alpha * w, 0)
    # 4 / 4.5 = 0.888889; 0.3 / 0.8 * -2 = -0.75
    assert w == pytest.approx([0.888889, -0.75], abs=5e-7)


def test_a_penalised_bias_pulls_the_mean_to_zero():
    # mean 20, alpha 0.5: 20 / 1.25 = 16
    b = 20 / (1 + 0.5 / 2)
    assert b == 16
    temperatures = np.array([18.0, 21.0, 19.5, 21.5])
    slope = central_difference(lambda v: np.mean((v - temperatures) ** 2) + 0.25 * float(v) ** 2, np.array(b))
    assert abs(slope) < 1e-6


# ---- dropout ----------------------------------------------------------------------------------


def test_regularization_dropout(rng):
    x, layer = rng.uniform(1, 2, size=(50, 40)), Dropout(0.3, rng=0)
    y, mask = layer.forward(x, train=True)
    assert set(np.unique(mask)) == {0.0, 1 / 0.7}
    assert np.array_equal(y, mask * x)
    assert np.array_equal(layer.forward(x)[0], x)


def test_regularization_dropout_moments():
    """Exact: the two values of m with their probabilities."""
    p, x = 0.4, -2.0
    values, chances = np.array([0.0, x / (1 - p)]), np.array([p, 1 - p])
    mean = values @ chances
    assert mean == pytest.approx(x)
    # 0.4 / 0.6 * 4 = 2.666667
    assert (values**2) @ chances - mean**2 == pytest.approx(p / (1 - p) * x**2) == pytest.approx(2.666667, abs=5e-7)


@pytest.mark.parametrize("sizes", SIZES)
def test_regularization_dropout_gradient(sizes, rng):
    x, dy, layer = rng.normal(size=sizes), rng.normal(size=sizes), Dropout(0.4, rng=1)
    _, mask = layer.forward(x, train=True)
    assert 0 < np.count_nonzero(mask) < mask.size
    dx, grads = layer.backward(dy, mask)
    assert grads == {}
    assert np.allclose(load("dropout-backward").right(dy, mask > 0, 0.4), dx)
    agree(
        {"x": dx},
        lambda x: np.sum(dy * x * mask),
        lambda x: (torch.tensor(dy) * x * torch.tensor(mask)).sum(),
        {"x": x},
    )


def test_regularization_dropout_penalty():
    """Exact: all eight masks of three inputs, each with its probability."""
    w, x, t, p = np.array([0.5, -1.0, 2.0]), np.array([1.0, -2.0, 0.5]), 1.0, 0.4
    mean = 0.0
    for number in range(8):
        m = np.array([number & 1, number >> 1 & 1, number >> 2 & 1])
        chance = np.prod(np.where(m, 1 - p, p))
        mean += chance * (w @ (m * x / (1 - p)) - t) ** 2
    # (0.5 + 2 + 1 - 1)^2 + (2/3) (0.25 + 4 + 1) = 6.25 + 3.5 = 9.75
    assert mean == pytest.approx((w @ x - t) ** 2 + p / (1 - p) * np.sum(x**2 * w**2)) == pytest.approx(9.75)


# ---- batch normalisation ----------------------------------------------------------------------


def norm_case(sizes, rng, eps):
    n, features = sizes
    x, dy = 2 + 3 * rng.normal(size=sizes), rng.normal(size=sizes)
    layer = BatchNorm1d(features, eps=eps)
    layer.params["gamma"], layer.params["beta"] = rng.uniform(0.5, 2, size=features), rng.normal(size=features)
    y, cache = layer.forward(x, train=True)
    return x, dy, layer, y, layer.backward(dy, cache)


def torch_norm(eps):
    return lambda x, gamma, beta: torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


def numpy_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


def judge_norm(names, sizes, rng, eps=0.1):
    x, dy, layer, _, (dx, grads) = norm_case(sizes, rng, eps)
    by_hand = {"x": dx, **grads}
    agree(
        {name: by_hand[name] for name in names},
        lambda x, gamma, beta: np.sum(dy * numpy_norm(x, gamma, beta, eps)),
        lambda x, gamma, beta: (torch.tensor(dy) * torch_norm(eps)(x, gamma, beta)).sum(),
        {"x": x, **layer.params},
    )
    return x, dy, layer, by_hand


def test_regularization_bn_statistics():
    # 1, 2, 6: mean 3, variance (4 + 1 + 9) / 3 = 14/3; with eps = 1/3 the spread is sqrt(5)
    x = np.array([[1.0], [2.0], [6.0]])
    y, (x_hat, s, _) = BatchNorm1d(1, eps=1 / 3).forward(x, train=True)
    assert s == pytest.approx(1 / np.sqrt(5))
    assert x_hat.ravel() == pytest.approx(np.array([-2, -1, 3]) / np.sqrt(5))
    assert np.array_equal(y, x_hat)


@pytest.mark.parametrize("sizes", SIZES)
def test_regularization_bn_forward(sizes, rng):
    x, _, layer, y, _ = norm_case(sizes, rng, 0.1)
    theirs = torch_norm(0.1)(*(torch.tensor(v) for v in (x, layer.params["gamma"], layer.params["beta"])))
    assert np.allclose(y, theirs.numpy(), rtol=1e-12)
    assert np.allclose(y, load("batch-norm").right(x, layer.params["gamma"], layer.params["beta"], 0.1), rtol=1e-12)


@pytest.mark.parametrize("sizes", SIZES)
def test_regularization_bn_affine(sizes, rng):
    judge_norm(("gamma", "beta"), sizes, rng)


def norm_roads(x, dy, gamma, eps):
    """Direct road, d of the variance and d of the mean, as in steps 2 and 3."""
    mu, s = x.mean(axis=0), 1 / np.sqrt(x.var(axis=0) + eps)
    d = dy * gamma
    dv = -0.5 * s**3 * (d * (x - mu)).sum(axis=0)
    dmu = -s * d.sum(axis=0) - dv * 2 / len(x) * (x - mu).sum(axis=0)
    return mu, s, d, dv, dmu


def judge_road(name, rng):
    """The derivative with respect to mean or variance, by its definition."""
    eps, x, dy, gamma = 0.1, 2 + 3 * rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.uniform(0.5, 2, size=3)
    mu, _, _, dv, dmu = norm_roads(x, dy, gamma, eps)

    def loss(place, x, dy, gamma, mu):
        if name == "v":
            return (dy * gamma * (x - mu) / (place + eps) ** 0.5).sum()
        v = ((x - place) ** 2).mean(0)
        return (dy * gamma * (x - place) / (v + eps) ** 0.5).sum()

    place = x.var(axis=0) if name == "v" else mu
    tensors = [torch.tensor(v) for v in (x, dy, gamma, mu)]
    agree(
        {"place": dv if name == "v" else dmu},
        lambda place: loss(place, x, dy, gamma, mu),
        lambda place: loss(place, *tensors),
        {"place": place},
    )


def test_regularization_bn_variance(rng):
    judge_road("v", rng)


def test_regularization_bn_mean(rng):
    judge_road("mu", rng)


@pytest.mark.parametrize("sizes", SIZES)
def test_regularization_bn_paths(sizes, rng):
    x, dy, layer, by_hand = judge_norm(("x",), sizes, rng)
    mu, s, d, dv, dmu = norm_roads(x, dy, layer.params["gamma"], layer.eps)
    assert np.allclose(d * s + dv * 2 / len(x) * (x - mu) + dmu / len(x), by_hand["x"], rtol=1e-10)


@pytest.mark.parametrize("sizes", SIZES)
def test_regularization_bn_dx(sizes, rng):
    x, dy, layer, by_hand = judge_norm(("x", "gamma", "beta"), sizes, rng)
    right = load("batch-norm-backward").right(dy, x, layer.params["gamma"], layer.eps)
    assert all(
        np.allclose(mine, by_hand[name], rtol=1e-10) for mine, name in zip(right, ("x", "gamma", "beta"), strict=True)
    )
    assert np.allclose(by_hand["x"].sum(axis=0), 0)  # moving all samples together changes nothing


def test_regularization_bn_running(rng):
    ours, theirs = BatchNorm1d(3), torch.nn.BatchNorm1d(3, dtype=torch.float64)
    for _ in range(4):
        x = rng.normal(size=(5, 3))
        ours.forward(x, train=True)
        theirs(torch.tensor(x))
    assert np.allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
    assert np.allclose(ours.running_var, theirs.running_var.numpy(), rtol=1e-12)
    theirs.eval()
    assert np.allclose(ours.forward(x)[0], theirs(torch.tensor(x)).detach().numpy(), rtol=1e-12)


# ---- early stopping ---------------------------------------------------------------------------


def test_regularization_stopping():
    """Against steps that are taken, on a bowl that is not aligned with the axes."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(3, 3))
    bowl, best, lr, steps = root @ root.T + 0.1 * np.eye(3), rng.normal(size=3), 0.02, 25
    w = np.zeros(3)
    for _ in range(steps):
        w -= lr * bowl @ (w - best)
    curvature, axes = np.linalg.eigh(bowl)
    assert np.allclose(axes.T @ w, (1 - (1 - lr * curvature) ** steps) * (axes.T @ best), rtol=1e-10)
    penalised = np.linalg.solve(bowl + 0.7 * np.eye(3), bowl @ best)
    assert np.allclose(axes.T @ penalised, curvature / (curvature + 0.7) * (axes.T @ best), rtol=1e-10)


def test_regularization_equivalent():
    """In faint directions both factors agree to first order: their ratio goes to 1 as the curvature shrinks."""
    lr, steps = 0.05, 40
    alpha = 1 / (lr * steps)
    ratios = [(1 - (1 - lr * c) ** steps) / (c / (c + alpha)) for c in (1e-2, 1e-3, 1e-4)]
    assert abs(ratios[-1] - 1) < 1e-3
    assert abs(ratios[0] - 1) > abs(ratios[1] - 1) > abs(ratios[2] - 1)


@pytest.mark.parametrize("patience", [1, 3, 10])
def test_the_exercise_on_early_stopping_says_what_fit_does(patience, rng):
    net, x, y = small_network(rng)
    history = fit(
        net, BCEWithLogitsLoss(), SGD(lr=3.0), x, y, epochs=60,
        validation=(rng.normal(size=(9, 2)), rng.integers(0, 2, size=(9, 1)).astype(float)),
        early_stopping=patience, rng=0, progress=False,
    )  # fmt: skip
    best, last = load("best-epoch").right(history.validation_loss, patience)
    assert (best, last) == (history.best_epoch, len(history))
