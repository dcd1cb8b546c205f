"""Sequential and mlp: worked nets, gradients three ways, structure, errors."""

import copy
import pickle

import byhand
import numpy as np
import pytest
import torch
from byhand.network import passes
from conftest import central_difference, max_relative_error
from hypothesis import given
from hypothesis import strategies as st

NAMES = ["relu", "sigmoid", "tanh", "leaky_relu", "elu", "gelu", "softplus", "identity"]


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("kind", ["mse", "bce", "ce"])
def test_every_parameter_against_differences(activation, k, n, kind, rng):
    network = byhand.mlp([3, 4, k], activation, rng=rng)
    for array in network.params.values():
        array += 0.1 * rng.normal(size=array.shape)  # biases away from 0 show more mistakes
    x = rng.normal(size=(n, 3))
    z = byhand.linear_forward(x, network.params["0.W"], network.params["0.b"])[0]
    x[np.abs(z).min(axis=1) < 1e-3] += 0.1  # away from the kinks
    loss, y = {
        "mse": (byhand.MSELoss(), rng.normal(size=(n, k))),
        "bce": (byhand.BCEWithLogitsLoss(), rng.integers(0, 2, (n, k))),
        "ce": (byhand.CrossEntropyLoss(), rng.integers(0, k, n)),
    }[kind]
    _, grads = byhand.value_and_grads(network, loss, x, y)
    assert grads.keys() == network.params.keys()
    for key, array in network.params.items():

        def at(w, array=array):
            kept = array.copy()
            array[...] = w
            value = float(loss.forward(network.predict(x), y)[0])
            array[...] = kept
            return value

        numeric = central_difference(at, array.copy())
        assert max_relative_error(grads[key], numeric) < 1e-7 or np.abs(grads[key] - numeric).max() < 1e-9, key


TORCH_ACTIVATIONS = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu,
    "gelu": torch.nn.functional.gelu,
    "softplus": torch.nn.functional.softplus,
    "identity": lambda z: z,
}


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
def test_whole_networks_against_autograd(activation, k, n, dtype, tolerance, rng):
    network = byhand.mlp([3, 6, 4, k], activation, rng=rng)
    for array in network.params.values():
        array += 0.1 * rng.normal(size=array.shape)
    network, x = network.astype(dtype), rng.normal(size=(n, 3)).astype(dtype)
    f = TORCH_ACTIVATIONS[activation]
    for loss, y, twin in (
        (byhand.MSELoss(), rng.normal(size=(n, k)).astype(dtype), torch.nn.functional.mse_loss),
        (
            byhand.BCEWithLogitsLoss(),
            rng.integers(0, 2, (n, k)).astype(dtype),
            torch.nn.functional.binary_cross_entropy_with_logits,
        ),
        (byhand.CrossEntropyLoss(), rng.integers(0, k, n), torch.nn.functional.cross_entropy),
    ):
        value, grads = byhand.value_and_grads(network, loss, x, y)
        p = {key: torch.tensor(w, requires_grad=True) for key, w in network.params.items()}
        h = f(f(torch.tensor(x) @ p["0.W"].T + p["0.b"]) @ p["2.W"].T + p["2.b"]) @ p["4.W"].T + p["4.b"]
        expected = twin(h, torch.tensor(y))
        expected.backward()
        assert float(value) == pytest.approx(expected.item(), rel=tolerance, abs=tolerance)
        for key, gradient in grads.items():
            assert gradient.dtype == dtype
            np.testing.assert_allclose(gradient, p[key].grad.numpy(), rtol=tolerance, atol=tolerance, err_msg=key)


def test_a_network_knows_how_many_features_go_in_and_out():
    network = byhand.Sequential(byhand.Tanh(), byhand.Linear(2, 3, rng=0), byhand.Dropout(0.1, rng=0))
    network = byhand.Sequential(network, byhand.BatchNorm1d(3), byhand.Linear(3, 4, rng=1), byhand.ReLU())
    assert (network.n_in, network.n_out) == (2, 4)
    assert (byhand.Sequential(byhand.ReLU()).n_in, byhand.Sequential(byhand.ReLU()).n_out) == (None, None)
    with pytest.raises(ValueError, match=r"layer 1, Linear\(4, 1\), expects 4 features, but .* give 3"):
        byhand.Sequential(byhand.Linear(2, 3, rng=0), byhand.Linear(4, 1, rng=0))


def test_the_loss_is_measured_as_in_prediction_unless_asked_otherwise(rng):
    network = byhand.Sequential(byhand.Linear(2, 3, rng=0), byhand.BatchNorm1d(3), byhand.Dropout(0.5, rng=0))
    x, y, loss = rng.normal(size=(6, 2)), rng.integers(0, 3, 6), byhand.CrossEntropyLoss()
    in_training, _ = byhand.value_and_grads(copy.deepcopy(network), loss, x, y, train=True)
    value, _ = byhand.value_and_grads(network, loss, x, y)
    assert value == loss.forward(network.predict(x), y)[0] != in_training


@pytest.mark.parametrize("inner", [False, True])
def test_the_first_layers_input_needs_no_gradient(inner, rng):
    network = byhand.mlp([3, 4, 2], rng=0)
    if inner:
        network = byhand.Sequential(network, byhand.ReLU())
    x, dy = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    _, caches = network.forward(x)
    dx, grads = network.backward(dy, caches, need_dx=False)
    full, same = network.backward(dy, caches)
    assert full.shape == x.shape and (inner or dx is None)
    forward, backward = passes(network, {key: np.zeros_like(w) for key, w in network.params.items()}, need_dx=False)
    assert backward(dy, forward(x)[1]) is None
    for key, gradient in grads.items():
        np.testing.assert_array_equal(gradient, same[key])


def test_a_converted_network_is_converted_in_its_inner_networks_too():
    inner = byhand.Sequential(byhand.Linear(2, 3, rng=0), byhand.BatchNorm1d(3))
    network = byhand.Sequential(inner, byhand.Linear(3, 1, rng=1))
    assert {w.dtype for w in network.astype(np.float32).params.values()} == {np.dtype(np.float32)}
    assert {w.dtype for w in network.params.values()} == {np.dtype(np.float64)}


def test_a_deep_network_with_everything_against_autograd(rng):
    network = byhand.Sequential(
        byhand.Linear(4, 6, rng=rng),
        byhand.BatchNorm1d(6),
        byhand.GELU(),
        byhand.Linear(6, 5, rng=rng, bias=False),
        byhand.ELU(),
        byhand.Sequential(byhand.Linear(5, 4, rng=rng), byhand.Tanh()),
        byhand.Linear(4, 3, rng=rng),
    )
    x, y = rng.normal(size=(8, 4)), rng.integers(0, 3, 8)
    _, grads = byhand.value_and_grads(network, byhand.CrossEntropyLoss(), x, y, train=True)
    p = {key: torch.tensor(w, requires_grad=True) for key, w in network.params.items()}
    h = torch.tensor(x) @ p["0.W"].T + p["0.b"]
    h = (h - h.mean(0)) / torch.sqrt(h.var(0, unbiased=False) + 1e-5) * p["1.gamma"] + p["1.beta"]
    h = torch.nn.functional.elu(torch.nn.functional.gelu(h) @ p["3.W"].T)
    h = torch.tanh(h @ p["5.0.W"].T + p["5.0.b"]) @ p["6.W"].T + p["6.b"]
    torch.nn.functional.cross_entropy(h, torch.tensor(y)).backward()
    assert grads.keys() == p.keys()
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, p[key].grad.numpy(), rtol=1e-10, atol=1e-12, err_msg=key)


def test_structure():
    network = byhand.mlp([10, 16, 8, 3], ["relu", "tanh"], rng=0)
    assert network.parameter_count == 10 * 16 + 16 + 16 * 8 + 8 + 8 * 3 + 3
    assert list(network.params) == ["0.W", "0.b", "2.W", "2.b", "4.W", "4.b"]
    assert repr(network).splitlines()[1:4] == ["  (0) Linear(10, 16)", "  (1) ReLU()", "  (2) Linear(16, 8)"]
    assert "339 parameters" in repr(network)
    assert byhand.mlp([2, 1], rng=0, output="sigmoid").predict([[0.0, 0.0]])[0, 0] == 0.5


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_any_architecture_has_the_right_shapes_and_count(sizes, n, seed):
    network = byhand.mlp(sizes, "tanh", rng=seed)
    y, caches = network.forward(np.ones((n, sizes[0])))
    dx, grads = network.backward(np.ones_like(y), caches)
    assert y.shape == (n, sizes[-1]) and dx.shape == (n, sizes[0])
    assert {k: g.shape for k, g in grads.items()} == {k: w.shape for k, w in network.params.items()}
    assert network.parameter_count == sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False))


def test_two_linear_layers_collapse_into_one(rng):
    network = byhand.mlp([3, 5, 2], "identity", rng=rng)
    p, x = network.params, rng.normal(size=(6, 3))
    W, b = p["2.W"] @ p["0.W"], p["2.W"] @ p["0.b"] + p["2.b"]
    np.testing.assert_allclose(network.predict(x), byhand.linear_forward(x, W, b)[0], atol=1e-12)


def test_copies_are_independent_and_precision_can_be_changed(rng):
    network = byhand.mlp([2, 3, 1], rng=rng)
    for twin in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        twin.params["0.W"][:] = 0
        assert network.params["0.W"].any()
    half = network.astype(np.float32)
    assert half.predict(np.ones((2, 2), np.float32)).dtype == np.float32
    assert network.params["0.W"].dtype == np.float64


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: byhand.mlp([3], rng=0), ValueError, ["sizes", "at least two"]),
        (lambda: byhand.mlp([2, 3, 1], "rellu", rng=0), ValueError, ["'rellu'", "Did you mean 'relu'"]),
        (lambda: byhand.mlp([2, 3, 1], ["relu", "tanh"], rng=0), ValueError, ["activation has 2", "expected 1"]),
        (lambda: byhand.mlp([2, 3, 1], output="softmax", rng=0), ValueError, ["output", "'softmax'"]),
        (lambda: byhand.mlp([2, -3, 1], rng=0), ValueError, ["sizes[1]", "-3"]),
        (lambda: byhand.Sequential([byhand.ReLU()]), TypeError, ["without brackets"]),
        (lambda: byhand.Sequential(byhand.ReLU), TypeError, ["Fix: make one"]),
        (
            lambda: byhand.Sequential(byhand.Linear(2, 3, rng=0), byhand.Linear(4, 1, rng=0)),
            ValueError,
            ["4", "give 3"],
        ),
        (lambda: byhand.Sequential(*[byhand.Linear(2, 2, rng=0)] * 2), ValueError, ["layer 0 again", "second layer"]),
        (lambda: byhand.mlp([2, 1], rng=0).forward([[1, 2, 3]]), ValueError, ["n_in"]),
        (lambda: byhand.mlp([2, 1], "rellu", rng=0), ValueError, ["activation", "'rellu'", "'relu'"]),
        (lambda: byhand.mlp([2, 1], rng=0).astype("float31"), ValueError, ["dtype", "'float31'", "float32"]),
        (lambda: byhand.mlp([2, 1], rng=0).astype(np.float16), ValueError, ["dtype", "float32"]),
        (lambda: byhand.mlp([2, 1], rng=0).astype(None), ValueError, ["dtype", "None"]),
        (lambda: byhand.mlp([2, 3, 1], rng=0).backward(np.ones((1, 1)), []), ValueError, ["caches", "0", "expected 3"]),
        (lambda: byhand.mlp([2, 1], rng=0).astype(int), ValueError, ["dtype", "float32"]),
        (
            lambda: byhand.value_and_grads(byhand.mlp([2, 1], rng=0), byhand.MSELoss(), [[1, np.inf]], [[1.0]]),
            ValueError,
            ["x contains inf", "index (0, 1)"],
        ),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)
