"""The numbers and formulas of the chapter that compares byhand with PyTorch and scikit-learn."""

import copy
import re
from pathlib import Path

import byhand
import numpy as np
import pytest
import torch
from byhand.estimators import MLPRegressor
from byhand.torch_twin import compare_gradients, from_torch, to_torch
from conftest import central_difference
from sklearn.neural_network import MLPRegressor as SklearnMLPRegressor

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "pytorch-comparison.md"
OPTIMIZERS = {
    "SGD": (byhand.SGD(0.1), torch.optim.SGD, {"lr": 0.1}),
    "momentum": (byhand.SGD(0.1, 0.9), torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "RMSprop": (byhand.RMSprop(0.01), torch.optim.RMSprop, {"lr": 0.01}),
    "Adam": (byhand.Adam(0.01), torch.optim.Adam, {"lr": 0.01}),
    "AdamW": (byhand.AdamW(0.01), torch.optim.AdamW, {"lr": 0.01}),
}


def test_every_labelled_formula_has_its_test():
    labels = re.findall(
        r"^\$\$ \(eq-(pytorch-comparison-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert labels
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_round_trip_keeps_every_bit(dtype):
    network = byhand.mlp([10, 32, 16, 3], "relu", rng=0).astype(dtype)
    back = from_torch(to_torch(network))
    assert network.params.keys() == back.params.keys()
    for name, array in network.params.items():
        assert back.params[name].dtype == dtype
        assert np.array_equal(back.params[name], array)
        assert not np.shares_memory(back.params[name], array)


@pytest.mark.parametrize(
    "sizes, count", [([2, 3, 2, 1], 20), ([10, 16, 8, 3], 339), ([10, 32, 16, 3], 931), ([784, 128, 10], 101_770)]
)
def test_parameter_counts_are_equal(sizes, count):
    network = byhand.mlp(sizes, rng=0)
    assert network.parameter_count == count == sum(p.numel() for p in to_torch(network).parameters())


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-10), (np.float32, 1e-5)])
def test_gradients_are_equal(rng, dtype, tolerance):
    network = byhand.mlp([10, 32, 16, 3], "relu", rng=0).astype(dtype)
    comparison = compare_gradients(
        network, byhand.CrossEntropyLoss(), rng.normal(size=(32, 10)), rng.integers(0, 3, 32), tolerance=tolerance
    )
    assert comparison, comparison


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps_are_equal(name, rng):
    ours, make, settings = copy.deepcopy(OPTIMIZERS[name])
    network = byhand.mlp([10, 32, 16, 3], "tanh", rng=0)
    start = {key: array.copy() for key, array in network.params.items()}
    twin, loss, criterion = to_torch(network), byhand.CrossEntropyLoss(), torch.nn.CrossEntropyLoss()
    theirs = make(twin.parameters(), **settings)
    for _ in range(100):
        x, y = rng.normal(size=(16, 10)), rng.integers(0, 3, 16)
        _, grads = byhand.value_and_grads(network, loss, x, y)
        ours.step(network.params, grads)
        theirs.zero_grad()
        criterion(twin(torch.tensor(x)), torch.tensor(y)).backward()
        theirs.step()
    for key, p in zip(network.params, twin.parameters(), strict=True):
        assert np.abs(network.params[key] - p.detach().numpy()).max() < 1e-9
        assert np.abs(network.params[key] - start[key]).max() > 0.01  # they have moved


def test_an_optimiser_that_is_a_little_wrong_would_be_seen(rng):
    """What a hundred steps can tell: Adam whose bias correction starts one step late."""
    right, wrong = {"w": np.zeros(5)}, {"w": np.zeros(5)}
    adam, late = byhand.Adam(0.01), byhand.Adam(0.01)
    late.steps = 1
    for _ in range(100):
        g = {"w": rng.normal(size=5)}
        adam.step(right, g)
        late.step(wrong, g)
    assert np.abs(right["w"] - wrong["w"]).max() > 1e-4


def test_pytorch_comparison_ridge(rng):
    n, n_in, k, alpha = 40, 4, 3, 8.0
    x, y = rng.normal(size=(n, n_in)), rng.normal(size=(n, k))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    W = np.linalg.solve(x.T @ x + alpha * k * np.eye(n_in), x.T @ y).T

    def objective(V):
        return float(0.5 * np.mean((x @ V.T - y) ** 2) + alpha / (2 * n) * np.sum(V**2))

    assert np.abs(central_difference(objective, W)).max() < 1e-8
    V = torch.tensor(W, requires_grad=True)
    X, Y = torch.tensor(x), torch.tensor(y)
    (0.5 * ((X @ V.T - Y) ** 2).mean() + alpha / (2 * n) * (V**2).sum()).backward()
    assert V.grad.abs().max() < 1e-12
    model = MLPRegressor(
        (), "identity", solver="sgd", alpha=alpha, momentum=0.0, batch_size=n, learning_rate_init=0.1, tol=0.0,
        n_iter_no_change=20, max_iter=20_000, random_state=0,
    ).fit(x, y)  # fmt: skip
    assert np.abs(model.network_.params["0.W"] - W).max() < 1e-6


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_scikit_learns_gradient_for_k_outputs_is_k_times_that_of_its_loss(k, rng):
    """The day that this fails, scikit-learn's issue 8349 is mended and the chapter has to say so."""
    x, lr = rng.normal(size=(40, 4)), 1e-3
    y = rng.normal(size=(40, k))
    y = y.ravel() if k == 1 else y
    model = SklearnMLPRegressor(
        hidden_layer_sizes=(6,), activation="tanh", solver="sgd", alpha=0.0, momentum=0.0, batch_size=40,
        learning_rate_init=lr, shuffle=False, random_state=0,
    ).partial_fit(x, y)  # fmt: skip
    stepped = copy.deepcopy(model).partial_fit(x, y)

    def loss(V, layer):
        nudged = copy.deepcopy(model)
        nudged.coefs_[layer] = V.copy()
        return nudged.partial_fit(x, y).loss_

    for layer in (0, 1):
        gradient = (model.coefs_[layer] - stepped.coefs_[layer]) / lr
        true = central_difference(lambda V, layer=layer: loss(V, layer), model.coefs_[layer].copy())
        assert np.allclose(gradient, k * true, rtol=1e-5, atol=1e-7)


def test_pytorch_comparison_time():
    """The chapter's model of time, from which it reads c and k: two points give them back."""
    c, k, narrow, wide = 3.0, 0.25, 8, 512
    t = [c + k * w**2 for w in (narrow, wide)]
    slope = (t[1] - t[0]) / (wide**2 - narrow**2)
    assert slope == pytest.approx(k) and t[0] - slope * narrow**2 == pytest.approx(c)


def test_pytorch_comparison_crossover(rng):
    """At the width of the formula both times are equal; the chapter's function finds it from two widths."""
    source = re.search(r"^def crossover.*?\n\n(?=#)", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    scope = {}
    exec(source, scope)
    for c_torch, c_us, k_torch, k_us in rng.uniform(0.1, 9, size=(50, 4)):

        def times(w, c=(c_torch, c_us), k=(k_torch, k_us)):
            return w, c[0] + k[0] * w**2, c[1] + k[1] * w**2

        found = scope["crossover"](times(8), times(512))
        if c_torch > c_us and k_us > k_torch:
            assert found == pytest.approx(((c_torch - c_us) / (k_us - k_torch)) ** 0.5, rel=1e-6)
            _, theirs, ours = times(found)
            assert theirs == pytest.approx(ours)
        else:
            assert found is None


@pytest.mark.parametrize("k", [2, 3, 10, 1000])
def test_pytorch_comparison_floor(k, rng):
    floor = np.log(1 + (k - 1) / np.e)
    criterion = torch.nn.CrossEntropyLoss()
    best = torch.zeros(1, k, dtype=torch.float64)
    best[0, 0] = 1.0
    assert criterion(best, torch.tensor([0])).item() == pytest.approx(floor, rel=1e-12)
    for scale in (0.1, 1, 10, 100):
        p = torch.softmax(torch.tensor(scale * rng.normal(size=(50, k))), dim=1)
        losses = torch.nn.functional.cross_entropy(p, torch.zeros(50, dtype=torch.int64), reduction="none")
        assert losses.min() >= floor - 1e-12
        assert losses.max() <= floor + 1 + 1e-12
