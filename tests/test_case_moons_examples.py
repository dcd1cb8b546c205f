"""The formulas of the case study on moons, circles and the spiral, judged without its code."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from byhand import Adam, BCEWithLogitsLoss, CrossEntropyLoss, data, fit, mlp
from scipy.integrate import quad

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "case-moons.md"
TEXT = CHAPTER.read_text(encoding="utf-8")


def from_chapter(*names):
    """Functions of the chapter's cells, first definition of each, with the imports and constants that they use."""
    cells = re.findall(r"^```\{code-cell\} python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    found = {}
    for cell in cells:
        cell = re.sub(r"\A(---\n.*?\n---\n|:tags:.*\n)", "", cell, flags=re.DOTALL)
        for node in ast.parse(cell).body:
            targets = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
            for name in {getattr(node, "name", ""), *targets} & set(names):
                found.setdefault(name, node)
    assert set(found) == set(names)
    space = {}
    exec("import numpy as np\nfrom byhand import *", space)
    for name in names:
        exec(compile(ast.Module([found[name]], []), "chapter", "exec"), space)
    return [space[name] for name in names]


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(case-moons-[a-z-]+)\)$", TEXT, re.MULTILINE)
    assert labels
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("sizes", [[2, 5, 1], [2, 6, 4, 3]])
def test_many_networks_at_once_learn_what_fit_learns(sizes, activation):
    _, train_many = from_chapter("BENDS", "train_many")
    sets = [data.moons(40, rng=s) if sizes[-1] == 1 else data.spiral(40, rng=s) for s in range(3)]
    x, y = np.stack([d.x for d in sets]), np.stack([d.y for d in sets])
    together = [mlp(sizes, activation, rng=s) for s in range(3)]
    train_many(together, activation, x, y, Adam(lr=0.03), 60, np.float64)
    for s, network in enumerate(together):
        alone = mlp(sizes, activation, rng=s)
        loss, target = (BCEWithLogitsLoss(), y[s][:, None]) if sizes[-1] == 1 else (CrossEntropyLoss(), y[s])
        fit(alone, loss, Adam(lr=0.03), x[s], target, epochs=60, rng=s, progress=False)
        for name, w in alone.params.items():
            np.testing.assert_allclose(network.params[name], w, rtol=0, atol=1e-9)


def density(x, k, sigma):
    """By adaptive quadrature, over the half circles as scikit-learn documents them."""

    def integrand(t):
        c = (np.cos(t), np.sin(t)) if k == 0 else (1 - np.cos(t), 0.5 - np.sin(t))
        return np.exp(-((x[0] - c[0]) ** 2 + (x[1] - c[1]) ** 2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)

    return quad(integrand, 0, np.pi, limit=200)[0] / np.pi


def test_case_moons_density():
    (best_rule,) = from_chapter("best_rule")
    x = np.random.default_rng(0).uniform([-1.2, -0.8], [2.2, 1.2], (40, 2))
    for sigma in (0.2, 0.4):
        p = np.array([[density(point, k, sigma) for k in (0, 1)] for point in x])
        clear = np.abs(np.log(p[:, 0] / p[:, 1])) > 1e-3
        assert clear.sum() > 30
        np.testing.assert_array_equal(best_rule(x, sigma)[clear], (p[:, 1] > p[:, 0])[clear])
    # A density: its integral over the plane is 1.
    side = np.linspace(-3, 4, 71)
    total = sum(density((a, b), 1, 0.4) for a in side for b in side) * (side[1] - side[0]) ** 2
    assert total == pytest.approx(1, abs=1e-3)


def test_case_moons_components():
    # Parts of known sizes; the estimates are found on average, and are exact without a rest.
    (components,) = from_chapter("components")
    rng = np.random.default_rng(0)
    found = [
        components(3.0 + 2.0 * rng.normal(size=(5, 1)) + rng.normal(size=5) + 0.5 * rng.normal(size=(5, 5)))
        for _ in range(4000)
    ]
    np.testing.assert_allclose(np.mean(found, axis=0), [4.0, 1.0, 0.25], rtol=0.08)


def test_case_moons_estimates():
    (components,) = from_chapter("components")
    draws, starts = np.array([1.0, 4.0, 2.0, 7.0, 6.0]), np.array([0.0, 1.0, -1.0, 3.0, 2.0])
    d, s, r = components(draws[:, None] + starts)
    assert (d, s) == pytest.approx((6.5, 2.5), rel=1e-12)  # the sample variances, for nothing is left
    assert r == pytest.approx(0, abs=1e-12)
    a = np.random.default_rng(1).normal(size=(5, 5))
    k, d, s, r = 5, *components(a)
    rest = sum((a[i, j] - a[i].mean() - a[:, j].mean() + a.mean()) ** 2 for i in range(k) for j in range(k)) / 16
    assert r == pytest.approx(rest, rel=1e-12)
    assert d == pytest.approx(sum((a[i].mean() - a.mean()) ** 2 for i in range(k)) / 4 - rest / k, rel=1e-12)
    assert s == pytest.approx(sum((a[:, j].mean() - a.mean()) ** 2 for j in range(k)) / 4 - rest / k, rel=1e-12)


def test_case_moons_svd():
    W = np.random.default_rng(2).normal(size=(10, 20))
    u, s, vt = np.linalg.svd(W, full_matrices=False)
    np.testing.assert_allclose(sum(s[i] * np.outer(u[:, i], vt[i]) for i in range(10)), W, atol=1e-12)
    assert (s**2).sum() == pytest.approx((W**2).sum(), rel=1e-12)
    assert np.all(np.diff(s) <= 0)
    np.testing.assert_allclose(u.T @ u, np.eye(10), atol=1e-12)


def test_case_moons_slice():
    # The many losses at once against a network that is given the weights of each point.
    vector, losses_at = from_chapter("vector", "losses_at")
    x, y = data.moons(30, rng=0)
    network = mlp([2, 10, 5, 1], "relu", rng=3)
    shapes = {k: w.shape for k, w in network.params.items()}
    centre, rng = vector(network.params), np.random.default_rng(4)
    first, second = rng.normal(size=(2, centre.size))
    steps = [(-0.3, 0.2), (0.0, 0.0), (0.4, 0.1)]
    values = losses_at(np.array([centre + a * first + b * second for a, b in steps]), shapes, x, y)
    for (a, b), value in zip(steps, values, strict=True):
        point, end = centre + a * first + b * second, 0
        for w in network.params.values():
            w[...] = point[end : end + w.size].reshape(w.shape)
            end += w.size
        assert value == pytest.approx(BCEWithLogitsLoss().forward(network.predict(x), y[:, None])[0], rel=1e-12)


def test_case_moons_filter():
    vector, random_direction = from_chapter("vector", "random_direction")
    params = mlp([2, 4, 3, 1], "relu", rng=0).params
    params["0.b"][...] = [0.5, -2.0, 0.1, 1.0]
    direction, end = random_direction(params, np.random.default_rng(0)), 0
    for w in params.values():
        part = direction[end : end + w.size].reshape(len(w), -1)
        np.testing.assert_allclose(
            np.linalg.norm(part, axis=1), np.linalg.norm(w.reshape(len(w), -1), axis=1), rtol=1e-12
        )
        end += w.size
    assert end == direction.size == vector(params).size
