"""The PyTorch twin: weights there and back, every kind of layer, gradients compared and told apart."""

import importlib
import sys

import byhand
import numpy as np
import pytest
import torch
from byhand import torch_twin
from byhand.torch_twin import compare_gradients, from_torch, to_torch
from torch import nn

LAYERS = {
    "Linear": lambda: byhand.Linear(3, 4, rng=0),
    "Linear without bias": lambda: byhand.Linear(3, 4, rng=0, bias=False),
    "BatchNorm1d": lambda: byhand.BatchNorm1d(3, eps=1e-3, momentum=0.2),
    "Dropout": lambda: byhand.Dropout(0.25, rng=0),
    "ReLU": byhand.ReLU,
    "Sigmoid": byhand.Sigmoid,
    "Tanh": byhand.Tanh,
    "LeakyReLU": lambda: byhand.LeakyReLU(0.2),
    "ELU": lambda: byhand.ELU(0.7),
    "GELU": byhand.GELU,
    "Softplus": byhand.Softplus,
    "Identity": byhand.Identity,
}
LOSSES = {"mse": byhand.MSELoss, "bce": byhand.BCEWithLogitsLoss, "ce": byhand.CrossEntropyLoss}


def filled(layer, rng):
    """The layer with random numbers in everything that it holds."""
    for array in layer.params.values():
        array[...] = rng.standard_normal(array.shape)
    if isinstance(layer, byhand.BatchNorm1d):
        layer.running_mean[...] = rng.standard_normal(layer.n)
        layer.running_var[...] = rng.uniform(0.5, 2.0, layer.n)
    return layer


def target_for(loss, shape, rng):
    if loss == "mse":
        return rng.standard_normal(shape)
    return rng.integers(0, 2, shape).astype(float) if loss == "bce" else rng.integers(0, shape[1], shape[0])


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_gives_the_same_numbers_and_comes_back_exactly(name, rng):
    layer = filled(LAYERS[name](), rng)
    x = 3.0 * rng.standard_normal((7, 3))
    twin = to_torch(layer)
    assert not twin.training
    y = layer.forward(x)[0]
    assert np.abs(twin(torch.from_numpy(x)).detach().numpy() - y).max() < 1e-14

    (back,) = from_torch(twin).layers
    assert type(back) is type(layer) and repr(back) == repr(layer)
    assert back.params.keys() == layer.params.keys()
    for key, array in layer.params.items():
        assert np.array_equal(back.params[key], array) and not np.shares_memory(back.params[key], array)
    assert np.array_equal(back.forward(x)[0], y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_and_its_type_survive_the_round_trip(dtype, rng):
    network = byhand.mlp([3, 5, 4, 2], "tanh", rng=rng).astype(dtype)
    twin = to_torch(network)
    assert {p.dtype for p in twin.parameters()} == {torch.float32 if dtype == np.float32 else torch.float64}
    back = from_torch(twin)
    assert list(back.params) == list(network.params) and repr(back) == repr(network)
    for key, array in network.params.items():
        assert back.params[key].dtype == dtype and np.array_equal(back.params[key], array)


def test_the_twin_owns_its_weights(rng):
    network = byhand.mlp([2, 3, 1], rng=rng)
    kept = network.params["0.W"].copy()
    twin = to_torch(network)
    with torch.no_grad():
        twin[0].weight.zero_()
    assert np.array_equal(network.params["0.W"], kept)


def test_nested_networks_keep_their_structure(rng):
    network = byhand.Sequential(
        byhand.Sequential(byhand.Linear(2, 3, rng=rng), byhand.ReLU()), byhand.Linear(3, 1, rng=rng)
    )
    x = rng.standard_normal((4, 2))
    back = from_torch(to_torch(network))
    assert list(back.params) == list(network.params) and np.array_equal(back.forward(x)[0], network.forward(x)[0])
    assert compare_gradients(network, byhand.MSELoss(), x, rng.standard_normal((4, 1)))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_there_and_back(name):
    ours = LOSSES[name]()
    assert type(from_torch(to_torch(ours))) is type(ours)


def test_nothing_touches_the_random_state_of_either():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    from_torch(to_torch(byhand.Sequential(byhand.Linear(3, 4, rng=0), byhand.Dropout(0.5, rng=0))))
    assert torch.equal(before, torch.get_rng_state())


# ---- gradients compared -------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "softplus"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_agree(loss, activation, dtype, rng):
    network = byhand.mlp([4, 6, 5, 3], activation, rng=rng).astype(dtype)
    x = rng.standard_normal((7, 4))
    table = compare_gradients(network, LOSSES[loss](), x, target_for(loss, (7, 3), rng))
    assert table, str(table)
    assert [row.name for row in table.rows] == ["loss", *network.params]
    assert table.tolerance == (1e-5 if dtype == np.float32 else 1e-10)
    assert "7 of 7 values agree" in table.caption


def test_gradients_agree_with_batch_norm_and_dropout_at_rest(rng):
    norm = filled(byhand.BatchNorm1d(5), rng)
    network = byhand.Sequential(
        byhand.Linear(4, 5, rng=rng), norm, byhand.ReLU(), byhand.Dropout(0.5, rng=0), byhand.Linear(5, 2, rng=rng)
    )
    assert compare_gradients(network, byhand.CrossEntropyLoss(), rng.standard_normal((6, 4)), rng.integers(0, 2, 6))


@pytest.mark.parametrize("wrong", ["scaled", "one entry", "zero"])
def test_a_wrong_gradient_is_named_and_the_right_ones_are_not(wrong, rng, monkeypatch):
    network = byhand.mlp([4, 6, 3], "tanh", rng=rng)
    right = network.backward

    def backward(dy, caches, **options):
        dx, grads = right(dy, caches, **options)
        dW = grads["2.W"].copy()
        if wrong == "scaled":
            dW *= 1.001
        elif wrong == "zero":
            dW[...] = 0.0
        else:
            dW[1, 2] += 1e-3
        return dx, {**grads, "2.W": dW}

    monkeypatch.setattr(network, "backward", backward)
    table = compare_gradients(network, byhand.MSELoss(), rng.standard_normal((7, 4)), rng.standard_normal((7, 3)))
    assert not table
    assert [row.name for row in table.rows if not row.agrees] == ["2.W"] and not table["2.W"].agrees
    assert "DISAGREE" in str(table) and "4 of 5 values agree" in table.caption


def test_the_tolerance_is_the_callers_to_choose(rng):
    network = byhand.mlp([2, 3, 1], rng=rng).astype(np.float32)
    x, y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    assert compare_gradients(network, byhand.MSELoss(), x, y)
    assert not compare_gradients(network, byhand.MSELoss(), x, y, tolerance=0.0)


def test_comparing_changes_nothing(rng):
    network = byhand.mlp([2, 3, 1], rng=rng)
    kept = {key: array.copy() for key, array in network.params.items()}
    x, y = rng.standard_normal((5, 2)), rng.standard_normal((5, 1))
    x_kept, y_kept = x.copy(), y.copy()
    compare_gradients(network, byhand.MSELoss(), x, y)
    assert all(np.array_equal(network.params[key], kept[key]) for key in kept)
    assert np.array_equal(x, x_kept) and np.array_equal(y, y_kept)


# ---- what has no twin ---------------------------------------------------------------------------


class Unknown(byhand.ReLU):
    """A layer that PyTorch does not have."""


BAD = [
    (lambda: to_torch(Unknown()), TypeError, "to_torch: network is .*expected one of .*Linear"),
    (lambda: to_torch(byhand.Sequential(byhand.ReLU(), Unknown())), TypeError, "to_torch: layer 1 is "),
    (lambda: from_torch(nn.Conv2d(1, 1, 3)), TypeError, "from_torch: module is Conv2d.*expected one of torch.nn's"),
    (lambda: from_torch(nn.Sequential(nn.ReLU(), nn.LSTM(2, 2))), TypeError, r"from_torch: module\[1\] is LSTM"),
    (lambda: from_torch(nn.GELU(approximate="tanh")), ValueError, "approximate = 'tanh', expected approximate 'none'"),
    (lambda: from_torch(nn.Softplus(beta=2)), ValueError, "beta = 2"),
    (lambda: from_torch(nn.Softplus(threshold=5)), ValueError, "threshold = 5"),
    (lambda: from_torch(nn.BatchNorm1d(2, affine=False)), ValueError, "affine = False"),
    (lambda: from_torch(nn.BatchNorm1d(2, track_running_stats=False)), ValueError, "track_running_stats = False"),
    (lambda: from_torch(nn.BatchNorm1d(2, momentum=None)), ValueError, "momentum = None"),
    (lambda: from_torch(nn.Linear(2, 2).half()), TypeError, r"weight of module has dtype torch.float16.*Fix: "),
    (lambda: from_torch(nn.MSELoss(reduction="sum")), ValueError, "reduction = 'sum', expected reduction 'mean'"),
    (lambda: from_torch(nn.CrossEntropyLoss(label_smoothing=0.1)), ValueError, "label_smoothing = 0.1"),
    (lambda: from_torch(nn.CrossEntropyLoss(weight=torch.ones(2))), ValueError, "weight = "),
]


@pytest.mark.parametrize(("call", "error", "words"), BAD)
def test_what_has_no_twin_is_refused_by_name(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_module_of_ones_own_gets_a_way_out():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2)

    with pytest.raises(TypeError, match=r"Fix: torch.nn.Sequential\(\*module.children\(\)\)"):
        from_torch(Net())


def test_without_pytorch_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, torch_twin.__name__)
    with pytest.raises(ImportError, match="PyTorch could not be imported.*Fix: pip install torch"):
        importlib.import_module("byhand.torch_twin")
    importlib.import_module("byhand.layers")  # everything else works
