"""The numbers and formulas of the chapter on backpropagation: by hand, by differences and by autograd."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand import (
    linear_backward,
    linear_forward,
    mlp,
    mse_backward,
    mse_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from conftest import central_difference, max_relative_error

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "backprop.md"
SIZES = [(5, 3, 4), (1, 3, 4), (7, 2, 1), (4, 3, 3)]  # N, n_in, n_out; the last a square layer


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
        assert gradient.shape == arrays[name].shape, name
        assert max_relative_error(gradient, differences) < 1e-7, name
        assert max_relative_error(gradient, autograd[name]) < 1e-10, name


def layer(n, n_in, n_out, seed=0):
    """x, W, b of a linear layer, and a random upstream gradient: ones would hide a transposed product."""
    rng = np.random.default_rng(seed)
    arrays = {"x": rng.normal(size=(n, n_in)), "W": rng.normal(size=(n_out, n_in)), "b": rng.normal(size=n_out)}
    return arrays, rng.normal(size=(n, n_out))


def judge_layer(names, sizes):
    arrays, dz = layer(*sizes)
    by_hand = dict(zip("xWb", linear_backward(dz, linear_forward(**arrays)[1]), strict=True))
    agree(
        {name: by_hand[name] for name in names},
        lambda x, W, b: np.sum(dz * (x @ W.T + b)),
        lambda x, W, b: (torch.tensor(dz) * torch.nn.functional.linear(x, W, b)).sum(),
        arrays,
    )


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(backprop-[\w-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(labels) > 10
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


# ---- the scalar path --------------------------------------------------------------------------

X, TARGET = 1.5, 2.0
THIN = np.array([0.8, -0.2, 2.0, -0.5])  # w1, b1, w2, b2


def thin_loss(place, tanh=np.tanh):
    w1, b1, w2, b2 = place
    return 0.5 * (w2 * tanh(w1 * X + b1) + b2 - TARGET) ** 2


def test_backprop_scalar_forward():
    # z1 = 1.5 * 0.8 - 0.2 = 1; a1 = tanh 1 = (e^2 - 1) / (e^2 + 1) = 6.389056 / 8.389056 = 0.761594
    # z2 = 2 * 0.761594 - 0.5 = 1.023188; L = (1.023188 - 2)^2 / 2 = 0.954161 / 2 = 0.477081
    w1, b1, w2, b2 = THIN
    assert w1 * X + b1 == pytest.approx(1)
    a1 = np.tanh(1)
    assert a1 == pytest.approx(0.761594, abs=5e-7)
    assert w2 * a1 + b2 == pytest.approx(1.023188, abs=5e-7)
    assert thin_loss(THIN) == pytest.approx(0.477081, abs=5e-7)


def test_backprop_scalar_w1():
    w1, b1, w2, b2 = THIN
    a1 = np.tanh(w1 * X + b1)
    z2 = w2 * a1 + b2
    dz2 = z2 - TARGET
    dz1 = dz2 * w2 * (1 - a1**2)
    by_hand = np.array([dz1 * X, dz1, dz2 * a1, dz2])
    # (z2 - y) w2 (1 - a1^2) x = -0.976812 * 2 * 0.419974 * 1.5 = -1.230708
    assert by_hand[0] == pytest.approx(-1.230708, abs=5e-6)
    agree(
        {"place": by_hand}, lambda place: thin_loss(place), lambda place: thin_loss(place, torch.tanh), {"place": THIN}
    )


# ---- one layer --------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_linear_forward(sizes):
    arrays, _ = layer(*sizes)
    theirs = torch.nn.functional.linear(*(torch.tensor(v) for v in arrays.values())).numpy()
    assert max_relative_error(linear_forward(**arrays)[0], theirs) < 1e-12


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_linear_entry(sizes):
    arrays, _ = layer(*sizes)
    x, W, b = arrays.values()
    n, n_in, n_out = sizes
    z = [[sum(x[m, i] * W[j, i] for i in range(n_in)) + b[j] for j in range(n_out)] for m in range(n)]
    assert max_relative_error(linear_forward(x, W, b)[0], np.array(z)) < 1e-12


@pytest.mark.parametrize("name", "xWb")
@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_sum(sizes, name):
    # one parameter at a time: its derivative is the sum over all entries of z
    arrays, dz = layer(*sizes)
    gradient = dict(zip("xWb", linear_backward(dz, linear_forward(**arrays)[1]), strict=True))[name]
    for place in np.ndindex(arrays[name].shape):
        moved = {**arrays, name: arrays[name].copy()}
        moved[name][place] += 1.0  # z is linear in every single entry, so a step of 1 gives the exact slope
        slopes = linear_forward(**moved)[0] - linear_forward(**arrays)[0]
        assert gradient[place] == pytest.approx(np.sum(dz * slopes), rel=1e-10, abs=1e-12)


def test_a_layer_by_hand():
    # one sample, x = (1, 2), W = [[3, 4], [5, 6], [7, 8]], dz = (1, 0, -1):
    # dx = 1 * (3, 4) - 1 * (7, 8) = (-4, -4); the rows of dW are 1, 0 and -1 times x; db = dz
    x, W = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])
    dx, dW, db = linear_backward(np.array([[1.0, 0.0, -1.0]]), (x, W))
    assert dx.tolist() == [[-4, -4]]
    assert dW.tolist() == [[1, 2], [0, 0], [-1, -2]]
    assert db.tolist() == [1, 0, -1]


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_dW(sizes):
    judge_layer("W", sizes)


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_db(sizes):
    judge_layer("b", sizes)


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_dx(sizes):
    judge_layer("x", sizes)


@pytest.mark.parametrize(
    ("forward", "backward", "torch_function"),
    [
        (relu_forward, relu_backward, torch.relu),
        (tanh_forward, tanh_backward, torch.tanh),
        (sigmoid_forward, sigmoid_backward, torch.sigmoid),
    ],
)
def test_backprop_activation(rng, forward, backward, torch_function):
    z, da = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    assert np.abs(z).min() > 1e-3  # no kink within a difference's reach
    agree(
        {"z": backward(da, forward(z)[1])},
        lambda z: np.sum(da * forward(z)[0]),
        lambda z: (torch.tensor(da) * torch_function(z)).sum(),
        {"z": z},
    )


# ---- where the 1/N lives ----------------------------------------------------------------------


@pytest.mark.parametrize("outputs", [1, 2, 4])
def test_backprop_mse(rng, outputs):
    p, y = rng.normal(size=(5, outputs)), rng.normal(size=(5, outputs))
    by_hand = 2 * (p - y) / (5 * outputs)
    assert max_relative_error(by_hand, mse_backward(1.0, mse_forward(p, y)[1])) < 1e-12
    agree(
        {"p": by_hand},
        lambda p: np.mean((p - y) ** 2),
        lambda p: torch.nn.functional.mse_loss(p, torch.tensor(y)),
        {"p": p},
    )
    # dividing by N alone is wrong by the number of outputs, and only one output hides it
    assert (2 * (p - y) / 5) == pytest.approx(outputs * by_hand)


def test_a_layer_that_divides_by_n_is_wrong_for_a_sum():
    arrays, target = layer(5, 3, 4)
    z, cache = linear_forward(**arrays)
    right = linear_backward(2 * (z - target), cache)[1]
    agree(
        {"W": right},
        lambda x, W, b: np.sum((x @ W.T + b - target) ** 2),
        lambda x, W, b: ((x @ W.T + b - torch.tensor(target)) ** 2).sum(),
        arrays,
    )
    divided = (2 * (z - target)).T @ arrays["x"] / len(z)
    assert max_relative_error(divided * 5, right) < 1e-12
    assert max_relative_error(divided, right) > 0.5


# ---- whole networks ---------------------------------------------------------------------------


def test_backprop_net_a():
    W1, b1 = np.array([[1.0, -2.0], [0.5, 1.0]]), np.zeros(2)
    W2, b2 = np.array([[1.0, -1.0]]), np.zeros(1)
    x, y = np.array([[1.0, -1.0]]), 2.0
    # z1 = (1 + 2, 0.5 - 1) = (3, -0.5); a1 = (3, 0); f = 3; L = (3 - 2)^2 / 2 = 0.5
    z1, cache1 = linear_forward(x, W1, b1)
    a1, cache_relu = relu_forward(z1)
    f, cache2 = linear_forward(a1, W2, b2)
    assert (z1.tolist(), a1.tolist(), f.tolist()) == ([[3, -0.5]], [[3, 0]], [[3]])
    assert 0.5 * ((f - y) ** 2).item() == 0.5
    # df = 1; dW2 = 1 * (3, 0); db2 = 1; da1 = (1, -1); dz1 = (1, 0); dW1 = (1, 0)^T (1, -1); dx = 1 * (1, -2)
    da1, dW2, db2 = linear_backward(f - y, cache2)
    dz1 = relu_backward(da1, cache_relu)
    dx, dW1, db1 = linear_backward(dz1, cache1)
    assert (dW2.tolist(), db2.tolist(), da1.tolist()) == ([[3, 0]], [1], [[1, -1]])
    assert (dz1.tolist(), dW1.tolist()) == ([[1, 0]], [[1, -1], [0, 0]])
    assert (db1.tolist(), dx.tolist()) == ([1, 0], [[1, -2]])
    agree(
        {"x": dx, "W1": dW1, "b1": db1, "W2": dW2, "b2": db2},
        lambda x, W1, b1, W2, b2: 0.5 * ((np.maximum(x @ W1.T + b1, 0) @ W2.T + b2 - y) ** 2).sum(),
        lambda x, W1, b1, W2, b2: 0.5 * ((torch.relu(x @ W1.T + b1) @ W2.T + b2 - y) ** 2).sum(),
        {"x": x, "W1": W1, "b1": b1, "W2": W2, "b2": b2},
    )


def test_net_b_six_gradients():
    x = np.array([[1.0, 0.5], [-1.0, 2.0], [0.5, -1.5], [2.0, 1.0]])
    y = np.array([[1.0], [0.0], [1.0], [0.0]])
    params = {
        "W1": np.array([[0.5, -0.4], [0.3, 0.8], [-0.6, 0.2]]),
        "b1": np.array([0.1, -0.2, 0.3]),
        "W2": np.array([[0.7, -0.5, 0.4], [-0.3, 0.6, 0.9]]),
        "b2": np.array([0.2, -0.1]),
        "W3": np.array([[1.2, -0.8]]),
        "b3": np.array([0.05]),
    }
    z1, c1 = linear_forward(x, params["W1"], params["b1"])
    # first sample: (.5 - .2 + .1, .3 + .4 - .2, -.6 + .1 + .3) = (.4, .5, -.2): its third neuron is off
    assert z1[0] == pytest.approx([0.4, 0.5, -0.2])
    assert np.abs(z1).min() > 0.01
    a1, r1 = relu_forward(z1)
    z2, c2 = linear_forward(a1, params["W2"], params["b2"])
    # first sample: (.7 * .4 - .5 * .5 + .2, -.3 * .4 + .6 * .5 - .1) = (.23, .08)
    assert z2[0] == pytest.approx([0.23, 0.08])
    a2, r2 = relu_forward(z2)
    z3, c3 = linear_forward(a2, params["W3"], params["b3"])
    # first sample: 1.2 * .23 - .8 * .08 + .05 = .262
    assert z3[0] == pytest.approx([0.262])
    p, s3 = sigmoid_forward(z3)
    da2, dW3, db3 = linear_backward(sigmoid_backward(2 * (p - y) / 4, s3), c3)
    da1, dW2, db2 = linear_backward(relu_backward(da2, r2), c2)
    _, dW1, db1 = linear_backward(relu_backward(da1, r1), c1)

    def loss(W1, b1, W2, b2, W3, b3):
        h = np.maximum(np.maximum(x @ W1.T + b1, 0) @ W2.T + b2, 0)
        return np.mean((1 / (1 + np.exp(-(h @ W3.T + b3))) - y) ** 2)

    def torch_loss(W1, b1, W2, b2, W3, b3):
        h = torch.relu(torch.relu(torch.tensor(x) @ W1.T + b1) @ W2.T + b2)
        return torch.nn.functional.mse_loss(torch.sigmoid(h @ W3.T + b3), torch.tensor(y))

    agree({"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}, loss, torch_loss, params)


# ---- atomic and fused -------------------------------------------------------------------------


def test_backprop_bce_atomic():
    # z = 0: p = 1/2; for y = 1 dL/dp = -1 / .5 = -2 and dp/dz = .25, product -.5 = p - y
    p, cache = sigmoid_forward(np.array([[0.0]]))
    assert p.item() == 0.5
    assert sigmoid_backward(np.array([[-2.0]]), cache).item() == -0.5
    y = np.array([[1.0], [0.0], [1.0]])
    p = np.array([[0.2], [0.7], [0.9]])
    assert -y / p + (1 - y) / (1 - p) == pytest.approx((p - y) / (p * (1 - p)))
    agree(
        {"p": (p - y) / (p * (1 - p))},
        lambda p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
        lambda p: torch.nn.functional.binary_cross_entropy(p, torch.tensor(y), reduction="sum"),
        {"p": p},
    )


@pytest.mark.parametrize("n", [1, 5])
def test_backprop_bce_fused(rng, n):
    z, y = rng.normal(size=(n, 1)), (rng.random((n, 1)) > 0.5) * 1.0
    p, cache = sigmoid_forward(z)
    fused = (p - y) / n
    assert max_relative_error(fused, sigmoid_backward((p - y) / (p * (1 - p)) / n, cache)) < 1e-12

    def loss(z):
        p = 1 / (1 + np.exp(-z))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    agree(
        {"z": fused},
        loss,
        lambda z: torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y)),
        {"z": z},
    )


def test_the_reading_net():
    x, y = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0], [0.0]])
    arrays = {
        "W1": np.array([[0.5, 0.2], [-0.3, 0.4]]),
        "b1": np.array([0.1, -0.1]),
        "W2": np.array([[0.7, -0.6]]),
        "b2": np.array([0.05]),
    }

    def forward(W1, b1, W2, b2):
        return 1 / (1 + np.exp(-(np.tanh(x @ W1.T + b1) @ W2.T + b2)))

    def loss(**net):
        p = forward(**net)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def torch_loss(W1, b1, W2, b2):
        logits = torch.tanh(torch.tensor(x) @ W1.T + b1) @ W2.T + b2
        return torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(y))

    z1, cache1 = linear_forward(x, arrays["W1"], arrays["b1"])
    # (.5 + .1, -.3 - .1) and (2 * .2 + .1, 2 * .4 - .1)
    assert z1 == pytest.approx(np.array([[0.6, -0.4], [0.5, 0.7]]))
    a1, cache_tanh = tanh_forward(z1)
    z2, cache2 = linear_forward(a1, arrays["W2"], arrays["b2"])
    p = sigmoid_forward(z2)[0]
    assert p.ravel() == pytest.approx([0.657890, 0.502715], abs=5e-7)
    # -(ln .657890 + ln .497285) / 2 = (.418718 + .698592) / 2
    assert loss(**arrays) == pytest.approx(0.558655, abs=5e-7)
    dz2 = (p - y) / 2
    # (.657890 - 1) / 2 and .502715 / 2
    assert dz2.ravel() == pytest.approx([-0.171055, 0.251358], abs=5e-7)
    da1, dW2, db2 = linear_backward(dz2, cache2)
    _, dW1, db1 = linear_backward(tanh_backward(da1, cache_tanh), cache1)
    assert dW2 == pytest.approx(np.array([[0.024292, 0.216905]]), abs=5e-7)
    assert dW1 == pytest.approx(np.array([[-0.085203, 0.276752], [0.087817, -0.191456]]), abs=5e-7)
    assert db1 == pytest.approx([0.053172, -0.007911], abs=5e-7)
    assert db2 == pytest.approx([0.080303], abs=5e-7)  # -.171055 + .251358
    gradients = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    agree(gradients, loss, torch_loss, arrays)
    stepped = loss(**{name: arrays[name] - 0.5 * gradients[name] for name in arrays})
    assert stepped == pytest.approx(0.469048, abs=5e-7)


# ---- the Jacobian, the cost, the accumulation -------------------------------------------------


@pytest.mark.parametrize("sizes", SIZES)
def test_backprop_vjp(sizes):
    arrays, dz = layer(*sizes)
    n, n_in, n_out = sizes
    by_autograd_ = torch.autograd.functional.jacobian(
        lambda x: torch.nn.functional.linear(x, torch.tensor(arrays["W"]), torch.tensor(arrays["b"])),
        torch.tensor(arrays["x"]),
    )
    jacobian = by_autograd_.numpy().reshape(n * n_out, n * n_in)
    assert np.array_equal(jacobian, np.kron(np.eye(n), arrays["W"]))  # copies of W down the diagonal, else zeros
    dx = linear_backward(dz, linear_forward(**arrays)[1])[0]
    assert max_relative_error(dz.ravel() @ jacobian, dx.ravel()) < 1e-12


@pytest.mark.parametrize("sizes", [[2, 3, 2, 1], [64, 32, 10], [784, 128, 10]])
def test_a_backward_pass_costs_two_forwards(sizes):
    counted = {"forward": 0, "backward": 0}

    class Counting(np.ndarray):
        """An array that counts the multiply-adds of its matrix products."""

        kind = "forward"

        def __matmul__(self, other):
            counted[Counting.kind] += self.shape[0] * self.shape[1] * other.shape[1]
            return super().__matmul__(other)

    net = mlp(sizes, rng=0)
    layers = [(net.params[f"{2 * i}.W"].view(Counting), net.params[f"{2 * i}.b"]) for i in range(len(sizes) - 1)]
    n = 3
    a, caches = np.ones((n, sizes[0])).view(Counting), []
    for W, b in layers:
        caches.append((a, W))
        a = a @ W.T + b
    Counting.kind = "backward"
    for a_in, W in reversed(caches):
        _ = a.T @ a_in
        a = a @ W
    pairs = zip(sizes, sizes[1:], strict=False)
    assert counted["forward"] == n * sum(n_in * n_out for n_in, n_out in pairs)
    assert counted["backward"] == 2 * counted["forward"]


def test_a_weight_used_twice_collects_both():
    # z2 = w (w x): dz2/dw = 2 w x = 2 * 3 * 2 = 12, and each use gives 6
    w = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    (w * (w * 2.0)).backward()
    second_use, first_use = 3.0 * 2.0, 3.0 * 2.0
    assert w.grad.item() == first_use + second_use == 12
