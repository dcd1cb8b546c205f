"""The numbers and formulas of the chapter on one neuron: by hand, by differences and by autograd."""

import re
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import sigmoid
from conftest import central_difference

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "neuron.md"

# the worked neuron, and its numbers to six digits as a pocket calculator gives them
X, Y, W, B = 2.0, 1.0, 0.5, 0.1
WORKED = {"z": 1.1, "a": 0.750260, "L": 0.062370, "da": -0.499480, "slope": 0.187370, "dw": -0.187175, "db": -0.093587}
SIX = 5e-7

# other neurons with one input: (x, y, w, b), on both sides of z = 0 and with both signs of the error
NEURONS = [(2.0, 1.0, 0.5, 0.1), (-1.5, 0.0, 0.8, 0.3), (0.7, 0.2, 2.0, -0.4), (-3.0, 1.0, 0.9, -1.1)]


def walk(x, y, w, b):
    """Value and derivative of everything between the parameters and the loss, as the chapter's formulas say."""
    z = w * x + b
    a = 1 / (1 + np.exp(-z))
    da = 2 * (a - y)
    dz = da * a * (1 - a)
    return {"z": z, "a": a, "L": (a - y) ** 2, "da": da, "dz": dz, "dw": dz * x, "db": dz}


def measured(f, at):
    """The slope of a function of one number."""
    return float(central_difference(lambda v: f(v[0]), np.array([float(at)]))[0])


def autograd(x, y, w, b):
    """The derivatives of the same loss, each kept by PyTorch on its way back."""
    t = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in dict(w=w, b=b).items()}
    t["z"] = t["w"] * x + t["b"]
    t["a"] = torch.sigmoid(t["z"])
    for name in "za":
        t[name].retain_grad()
    ((t["a"] - y) ** 2).backward()
    return {f"d{name}": tensor.grad.item() for name, tensor in t.items()}


def batch(rng, n=5, n_in=3):
    """x, y, w, b of a neuron with lengths that all differ."""
    return rng.normal(size=(n, n_in)), rng.uniform(size=n), rng.normal(size=n_in), rng.normal()


def batch_loss(x, y, w, b):
    return float(np.mean((sigmoid(x @ w + b) - y) ** 2))


def batch_dz(x, y, w, b):
    a = sigmoid(x @ w + b)
    return 2 / len(y) * (a - y) * a * (1 - a)


def batch_autograd(x, y, w, b):
    t = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in dict(x=x, w=w, b=b).items()}
    t["z"] = t["x"] @ t["w"] + t["b"]
    t["z"].retain_grad()
    ((torch.sigmoid(t["z"]) - torch.tensor(y)) ** 2).mean().backward()
    return {f"d{name}": tensor.grad.numpy() for name, tensor in t.items()}


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(neuron-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    missing = [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]
    assert not missing


# ---- forward ----------------------------------------------------------------------------------


def test_neuron_forward():
    # 0.5 * 2 - 1 * 1 + 0.25 * 4 + 0.2
    w, x = np.array([0.5, -1.0, 0.25]), np.array([2.0, 1.0, 4.0])
    z = w @ x + 0.2
    assert z == pytest.approx(1.2, abs=1e-15)
    assert z == pytest.approx(sum(w[i] * x[i] for i in range(3)) + 0.2, abs=1e-15)
    linear = torch.nn.functional.linear(
        torch.tensor(x), torch.tensor(w)[None], torch.tensor([0.2], dtype=torch.float64)
    )
    assert z == pytest.approx(linear.item(), abs=1e-15)


def test_neuron_batch_forward(rng):
    x, _, w, b = batch(rng)
    z = x @ w + b
    assert z.shape == (5,)
    loops = [sum(x[n, i] * w[i] for i in range(3)) + b for n in range(5)]
    np.testing.assert_allclose(z, loops, rtol=1e-13)


def test_neuron_sigmoid():
    assert sigmoid(np.array(0.0)) == 0.5
    z = np.array([-40.0, -3.0, -0.1, 1.1, 8.0])
    np.testing.assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), rtol=1e-14)
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), 1.0, rtol=1e-15)
    assert sigmoid(np.float32([-1000, 0, 1000])).tolist() == [0.0, 0.5, 1.0]


def test_the_sigmoid_as_written_overflows_in_float32():
    with np.errstate(over="raise"):
        with pytest.raises(FloatingPointError):
            1 / (1 + np.exp(-np.float32([-1000])))
        assert sigmoid(np.float32([-1000])) == 0


def test_neuron_worked():
    got = walk(X, Y, W, B)
    for name in ("z", "a", "L"):
        assert got[name] == pytest.approx(WORKED[name], abs=SIX)
    assert got["a"] * (1 - got["a"]) == pytest.approx(WORKED["slope"], abs=SIX)


# ---- geometry ---------------------------------------------------------------------------------


def test_neuron_normal():
    # two points of 3 x1 + 4 x2 = 10, exactly
    w, b = (Fraction(3), Fraction(4)), Fraction(-10)
    points = [(t, (-b - w[0] * t) / w[1]) for t in (Fraction(-7, 3), Fraction(2), Fraction(11, 5))]
    for u, v in product(points, repeat=2):
        assert w[0] * u[0] + w[1] * u[1] + b == 0
        assert w[0] * (u[0] - v[0]) + w[1] * (u[1] - v[1]) == 0


@pytest.mark.parametrize("point", [(4.0, 3.0), (0.0, 0.0), (-2.0, 5.0)])
def test_neuron_distance(point):
    w, b = np.array([3.0, 4.0]), -10.0
    distance = (w @ point + b) / np.linalg.norm(w)
    line = np.array([2.0, 1.0]) + np.linspace(-4, 4, 400_001)[:, None] * np.array([-4.0, 3.0])
    assert abs(distance) == pytest.approx(np.linalg.norm(line - point, axis=1).min(), abs=1e-8)
    assert point != (4.0, 3.0) or distance == pytest.approx(2.8, abs=1e-14)
    scaled = (7 * w @ point + 7 * b) / np.linalg.norm(7 * w)
    assert scaled == pytest.approx(distance, rel=1e-14)


# ---- backward, one sample ---------------------------------------------------------------------


@pytest.mark.parametrize("z", [-6.0, -1.0, 0.0, 1.1, 3.0])
def test_neuron_sigmoid_slope(z):
    by_hand = sigmoid(np.array(z)) * (1 - sigmoid(np.array(z)))
    t = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    torch.sigmoid(t).backward()
    assert by_hand == pytest.approx(t.grad.item(), rel=1e-13)
    assert by_hand == pytest.approx(measured(lambda v: float(sigmoid(np.array(v))), z), rel=1e-6)
    assert by_hand <= 0.25
    assert (by_hand == 0.25) == (z == 0)
    assert z != 1.1 or by_hand == pytest.approx(WORKED["slope"], abs=SIX)


@pytest.mark.parametrize("neuron", NEURONS)
def test_neuron_da(neuron):
    got, y = walk(*neuron), neuron[1]
    assert got["da"] == pytest.approx(autograd(*neuron)["da"], rel=1e-12)
    assert got["da"] == pytest.approx(measured(lambda a: (a - y) ** 2, got["a"]), rel=1e-6)
    assert neuron != NEURONS[0] or got["da"] == pytest.approx(WORKED["da"], abs=SIX)


@pytest.mark.parametrize("neuron", NEURONS)
def test_neuron_dz(neuron):
    got, y = walk(*neuron), neuron[1]
    assert got["dz"] == pytest.approx(autograd(*neuron)["dz"], rel=1e-12)
    assert got["dz"] == pytest.approx(measured(lambda z: (1 / (1 + np.exp(-z)) - y) ** 2, got["z"]), rel=1e-6)
    assert neuron != NEURONS[0] or got["dz"] == pytest.approx(WORKED["da"] * WORKED["slope"], abs=1e-6)


@pytest.mark.parametrize("neuron", NEURONS)
def test_neuron_dw(neuron):
    got, (x, y, w, b) = walk(*neuron), neuron
    assert got["dw"] == pytest.approx(autograd(*neuron)["dw"], rel=1e-12)
    assert got["dw"] == pytest.approx(measured(lambda v: walk(x, y, v, b)["L"], w), rel=1e-6)
    assert neuron != NEURONS[0] or got["dw"] == pytest.approx(WORKED["dw"], abs=SIX)


@pytest.mark.parametrize("neuron", NEURONS)
def test_neuron_db(neuron):
    got, (x, y, w, b) = walk(*neuron), neuron
    assert got["db"] == pytest.approx(autograd(*neuron)["db"], rel=1e-12)
    assert got["db"] == pytest.approx(measured(lambda v: walk(x, y, w, v)["L"], b), rel=1e-6)
    assert neuron != NEURONS[0] or got["db"] == pytest.approx(WORKED["db"], abs=SIX)


def test_neuron_step():
    before, lr = walk(X, Y, W, B), 0.5
    w, b = W - lr * before["dw"], B - lr * before["db"]
    assert (w, b) == (pytest.approx(0.593587, abs=SIX), pytest.approx(0.146794, abs=SIX))
    t = torch.nn.Parameter(torch.tensor([W, B], dtype=torch.float64))
    ((torch.sigmoid(t[0] * X + t[1]) - Y) ** 2).backward()
    torch.optim.SGD([t], lr=lr).step()
    np.testing.assert_allclose([w, b], t.detach().numpy(), rtol=1e-14)
    after = walk(X, Y, w, b)["L"]
    assert after == pytest.approx(0.043474, abs=SIX)
    # for a small step the loss changes by -lr (dw^2 + db^2)
    small = walk(X, Y, W - 1e-4 * before["dw"], B - 1e-4 * before["db"])["L"] - before["L"]
    assert small == pytest.approx(-1e-4 * (before["dw"] ** 2 + before["db"] ** 2), rel=1e-3)


# ---- backward, a batch ------------------------------------------------------------------------


def test_neuron_batch_loss(rng):
    x, y, w, b = batch(rng)
    by_loop = sum((1 / (1 + np.exp(-(x[n] @ w + b))) - y[n]) ** 2 for n in range(5)) / 5
    assert batch_loss(x, y, w, b) == pytest.approx(by_loop, rel=1e-13)
    prediction = torch.sigmoid(torch.tensor(x @ w + b))
    assert batch_loss(x, y, w, b) == pytest.approx(
        torch.nn.functional.mse_loss(prediction, torch.tensor(y)).item(), rel=1e-13
    )


def test_neuron_batch_dz(rng):
    x, y, w, b = batch(rng)
    by_hand = batch_dz(x, y, w, b)
    assert by_hand.shape == (5,)
    np.testing.assert_allclose(by_hand, batch_autograd(x, y, w, b)["dz"], rtol=1e-12)
    slopes = central_difference(lambda z: float(np.mean((sigmoid(z) - y) ** 2)), x @ w + b)
    np.testing.assert_allclose(by_hand, slopes, rtol=1e-6, atol=1e-10)


def test_neuron_batch_dw(rng):
    x, y, w, b = batch(rng)
    by_hand = x.T @ batch_dz(x, y, w, b)
    assert by_hand.shape == w.shape
    np.testing.assert_allclose(by_hand, batch_autograd(x, y, w, b)["dw"], rtol=1e-12)
    np.testing.assert_allclose(by_hand, central_difference(lambda v: batch_loss(x, y, v, b), w), rtol=1e-6, atol=1e-10)
    samples = [walk(x[n, 0], y[n], w[0], x[n, 1:] @ w[1:] + b)["dw"] for n in range(5)]
    assert by_hand[0] == pytest.approx(np.mean(samples), rel=1e-12)


def test_neuron_batch_db(rng):
    x, y, w, b = batch(rng)
    by_hand = batch_dz(x, y, w, b).sum()
    assert by_hand == pytest.approx(batch_autograd(x, y, w, b)["db"].item(), rel=1e-12)
    assert by_hand == pytest.approx(measured(lambda v: batch_loss(x, y, w, v), b), rel=1e-6)


def test_neuron_dx(rng):
    x, y, w, b = batch(rng)
    by_hand = batch_dz(x, y, w, b)[:, None] * w
    assert by_hand.shape == x.shape
    np.testing.assert_allclose(by_hand, batch_autograd(x, y, w, b)["dx"], rtol=1e-12)
    np.testing.assert_allclose(by_hand, central_difference(lambda v: batch_loss(v, y, w, b), x), rtol=1e-6, atol=1e-10)


# ---- ReLU, and the limit ----------------------------------------------------------------------


@pytest.mark.parametrize(("z", "slope"), [(-3.0, 0.0), (-0.5, 0.0), (1.1, 1.0), (4.0, 1.0)])
def test_neuron_relu(z, slope):
    y = 1.0
    by_hand = 2 * (max(z, 0.0) - y) * (z > 0)
    assert by_hand == 2 * (max(z, 0.0) - y) * slope
    t = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    ((torch.relu(t) - y) ** 2).backward()
    assert by_hand == pytest.approx(t.grad.item(), abs=1e-15)
    assert by_hand == pytest.approx(measured(lambda v: (max(v, 0.0) - y) ** 2, z), rel=1e-6, abs=1e-12)


def test_the_relu_neuron_of_the_exercise():
    # z = 1.1 = a, L = 0.01, dz = 0.2, dw = 0.4, db = 0.2
    t = torch.tensor([W, B], dtype=torch.float64, requires_grad=True)
    loss = (torch.relu(t[0] * X + t[1]) - Y) ** 2
    loss.backward()
    dz = 2 * (1.1 - Y)
    np.testing.assert_allclose([loss.item(), *t.grad.tolist()], [0.01, dz * X, dz], rtol=1e-12)


def test_neuron_bce(rng):
    x, _, w, b = batch(rng)
    y = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
    z = x @ w + b

    def loss(z):
        a = sigmoid(z)
        return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))

    dz = (sigmoid(z) - y) / 5
    np.testing.assert_allclose(dz, central_difference(loss, z), rtol=1e-6, atol=1e-10)
    t = torch.tensor(z, requires_grad=True)
    torch.nn.functional.binary_cross_entropy(torch.sigmoid(t), torch.tensor(y)).backward()
    np.testing.assert_allclose(dz, t.grad.numpy(), rtol=1e-10)
    # one sample by hand: z = 0, so a = 1/2, and the answer should have been 1
    assert (sigmoid(0.0) - 1) / 1 == -0.5


def separates(w1, w2, b, wanted):
    """Whether a neuron that says yes for z > 0 has the wanted answers at (0, 0), (1, 0), (0, 1), (1, 1)."""
    return tuple(z > 0 for z in (b, w1 + b, w2 + b, w1 + w2 + b)) == wanted


def test_neuron_xor():
    # for any numbers the two sums are the same: w1 + w2 + 2b
    quarters = [Fraction(k, 4) for k in range(-8, 9)]
    xor, and_gate, or_gate = (False, True, True, False), (False, False, False, True), (False, True, True, True)
    found = {xor: 0, and_gate: 0, or_gate: 0}
    for w1, w2, b in product(quarters, repeat=3):
        assert b + (w1 + w2 + b) == (w1 + b) + (w2 + b)
        for table in found:
            found[table] += separates(w1, w2, b, table)
    assert found[xor] == 0
    assert found[and_gate] > 0
    assert found[or_gate] > 0


def test_no_linear_programme_solves_xor():
    # the same by a solver: is there a neuron with a margin of 1 at every corner? (any margin can be scaled to 1)
    from scipy.optimize import linprog

    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])  # the last column is for b
    for targets, status in (((0, 1, 1, 0), 2), ((0, 0, 0, 1), 0), ((0, 1, 1, 1), 0)):  # 2: infeasible, 0: solved
        signs = np.where(np.array(targets) == 1, 1, -1)
        result = linprog(np.zeros(3), A_ub=-signs[:, None] * corners, b_ub=-np.ones(4), bounds=[(None, None)] * 3)
        assert result.status == status
