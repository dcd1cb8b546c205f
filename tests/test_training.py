"""Batches, the training loop and metrics: the loop equals its five verbs, and stops when it must."""

import copy
import subprocess
import sys
import tracemalloc
import types

import byhand
import numpy as np
import pytest
import torch
from byhand.network import passes
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

XOR_X, XOR_Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
QUIET = {"rng": 0, "progress": False}


def blobs(seed, n=60):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return rng.normal(size=(n, 2)) + 4 * np.array([[0, 0], [1, 0], [0, 1]])[y], y


@pytest.mark.parametrize(
    "make",
    [
        lambda: byhand.SGD(0.1),
        lambda: byhand.SGD(0.05, momentum=0.9),
        lambda: byhand.Adam(0.01),
        lambda: byhand.AdamW(0.01),
    ],
)
def test_fit_is_the_five_verbs(make):
    x, y = blobs(0)
    network = byhand.mlp([2, 5, 3], "tanh", rng=1)
    by_hand, loss, optimizer = copy.deepcopy(network), byhand.CrossEntropyLoss(), make()
    history = byhand.fit(network, loss, make(), x, y, epochs=4, batch_size=16, **QUIET)
    rng = np.random.default_rng(0)
    for _ in range(4):
        for x_batch, y_batch in byhand.minibatches(x, y, 16, rng=rng):
            _, grads = byhand.value_and_grads(by_hand, loss, x_batch, y_batch, train=True)
            optimizer.step(by_hand.params, grads)
    for key, w in network.params.items():
        np.testing.assert_allclose(w, by_hand.params[key], rtol=1e-10, atol=1e-12)
    assert len(history) == len(history.accuracy) == len(history.gradient_norm) == 4


def test_fit_can_go_on_and_mix_with_steps_by_hand():
    x, y = blobs(1)
    loss = byhand.CrossEntropyLoss()
    whole, parts = (byhand.mlp([2, 4, 3], rng=1) for _ in range(2))
    byhand.fit(whole, loss, byhand.Adam(0.01), x, y, epochs=6, **QUIET)
    optimizer = byhand.Adam(0.01)
    byhand.fit(parts, loss, optimizer, x, y, epochs=3, **QUIET)
    _, grads = byhand.value_and_grads(parts, loss, x, y)
    optimizer.step(parts.params, grads)
    byhand.fit(parts, loss, optimizer, x, y, epochs=2, **QUIET)
    for key, w in whole.params.items():
        np.testing.assert_allclose(parts.params[key], w, rtol=1e-9, atol=1e-12)


def test_fit_against_a_loop_in_pytorch():
    x, y = blobs(2)
    network = byhand.mlp([2, 6, 3], "tanh", rng=3)
    p = {key: torch.tensor(w, requires_grad=True) for key, w in network.params.items()}
    twin = torch.optim.SGD(p.values(), 0.1, momentum=0.9)
    losses = []
    for _ in range(100):
        twin.zero_grad()
        logits = torch.tanh(torch.tensor(x) @ p["0.W"].T + p["0.b"]) @ p["2.W"].T + p["2.b"]
        value = torch.nn.functional.cross_entropy(logits, torch.tensor(y))
        value.backward()
        twin.step()
        losses.append(value.item())
    history = byhand.fit(network, byhand.CrossEntropyLoss(), byhand.SGD(0.1, momentum=0.9), x, y, epochs=100, **QUIET)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-9)
    for key, w in network.params.items():
        np.testing.assert_allclose(w, p[key].detach().numpy(), rtol=1e-9, atol=1e-9)


def test_xor_is_learned_by_2_4_1_tanh_from_20_of_20_seeds():
    for seed in range(20):
        network = byhand.mlp([2, 4, 1], "tanh", rng=seed)
        history = byhand.fit(network, byhand.BCEWithLogitsLoss(), byhand.SGD(1.0), XOR_X, XOR_Y, epochs=1000, **QUIET)
        assert history.accuracy[-1] == 1.0, seed


def test_history_records_what_it_says():
    x, y = blobs(3)
    network = byhand.mlp([2, 4, 3], rng=0)
    loss, start = byhand.CrossEntropyLoss(), float(byhand.CrossEntropyLoss().forward(network.predict(x), y)[0])
    history = byhand.fit(network, loss, byhand.SGD(0.1), x, y, epochs=3, validation=(x[:20], y[:20]), **QUIET)
    assert history.loss[0] == pytest.approx(start)  # measured before the first step
    assert history.validation_loss[-1] == pytest.approx(float(loss.forward(network.predict(x[:20]), y[:20])[0]))
    assert history.validation_accuracy[-1] == byhand.accuracy(network.predict(x[:20]), y[:20])
    norm = np.sqrt(sum((w**2).sum() for w in network.params.values()))
    assert history.weight_norm[-1] == pytest.approx(norm)
    assert history.learning_rate == [0.1] * 3
    assert history.seconds == sorted(history.seconds)
    assert "3 epochs" in repr(history)


def test_schedule_sets_the_learning_rate_of_each_step():
    x, y = blobs(4)
    network, schedule = byhand.mlp([2, 3], rng=0), byhand.exponential_decay(0.1, 0.5)
    history = byhand.fit(
        network, byhand.CrossEntropyLoss(), byhand.SGD(1.0), x, y, epochs=3, schedule=schedule, **QUIET
    )
    np.testing.assert_allclose(history.learning_rate, [0.1, 0.05, 0.025])


def test_early_stopping_keeps_the_best_parameters():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), rng.integers(0, 2, 12)  # labels of noise: validation soon gets worse
    xv, yv = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)
    network, loss = byhand.mlp([3, 16, 2], rng=0), byhand.CrossEntropyLoss()
    history = byhand.fit(
        network, loss, byhand.Adam(0.05), x, y, epochs=500, validation=(xv, yv), early_stopping=5, **QUIET
    )
    assert len(history) == history.best_epoch + 5 < 500
    best = min(history.validation_loss)
    assert history.validation_loss[history.best_epoch - 1] == best
    assert float(loss.forward(network.predict(xv), yv)[0]) == pytest.approx(best)


def test_training_stops_when_it_is_told_to():
    x, y = blobs(0)
    network, loss, lengths = byhand.mlp([2, 4, 3], rng=0), byhand.CrossEntropyLoss(), []

    def low_enough(history):
        lengths.append(len(history))
        return history.loss[-1] < 0.5

    history = byhand.fit(network, loss, byhand.Adam(0.05), x, y, epochs=500, stop_when=low_enough, **QUIET)
    assert lengths == list(range(1, len(history) + 1)) and len(history) < 500
    assert history.loss[-1] < 0.5 <= min(history.loss[:-1])
    early = byhand.fit(
        network, loss, byhand.Adam(0.05), x, y, epochs=9, validation=(x, y), early_stopping=5, stop_when=bool, **QUIET
    )
    assert len(early) == early.best_epoch == 1  # the best parameters are kept, whatever ended the training


def test_divergence_stops_at_once_and_says_where():
    network = byhand.mlp([2, 3, 1], rng=0)
    with pytest.raises(byhand.TrainingDiverged, match=r"epoch \d+.*learning rate 1e\+06.*Fix") as raised:
        byhand.fit(network, byhand.MSELoss(), byhand.SGD(1e6), XOR_X, 1e3 * XOR_Y, epochs=1000, **QUIET)
    assert raised.value.epoch == len(raised.value.history) + 1
    assert np.isfinite(raised.value.history.loss).all()


def test_a_gradient_too_large_for_its_type_is_a_divergence_too():
    network = byhand.Sequential(byhand.Linear(1, 1, rng=0, init=byhand.zeros))
    # the loss, (1e150)^2, is a number; its derivative, 2 * 1e150 * 1e170, is not
    with pytest.raises(byhand.TrainingDiverged, match=r"epoch 1: the norm of the gradient is inf") as raised:
        byhand.fit(network, byhand.MSELoss(), byhand.SGD(0.1), [[1e170]], [[1e150]], epochs=3, **QUIET)
    assert len(raised.value.history) == 0


class Bar:
    """In the place of tqdm's bar: notes what is done with it."""

    def __init__(self, total, unit):
        self.told = [f"{total} {unit}s"]
        Bar.last = self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.told.append("closed")

    def update(self):
        self.told.append("epoch")


def test_progress_is_shown_an_epoch_at_a_time_and_put_away_after_a_divergence(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", types.SimpleNamespace(tqdm=Bar))
    x, y = blobs(10)
    byhand.fit(byhand.mlp([2, 3], rng=0), byhand.CrossEntropyLoss(), byhand.SGD(0.1), x, y, epochs=3, rng=0)
    assert Bar.last.told == ["3 epochs", "epoch", "epoch", "epoch", "closed"]
    with pytest.raises(byhand.TrainingDiverged):
        byhand.fit(byhand.mlp([2, 1], rng=0), byhand.MSELoss(), byhand.SGD(1e300), XOR_X, XOR_Y, epochs=9, rng=0)
    assert Bar.last.told[-1] == "closed"


def test_progress_is_a_comfort_that_may_be_missing(monkeypatch):
    x, y = blobs(10)
    histories = []
    for module in (None, types.SimpleNamespace(tqdm=Bar)):
        monkeypatch.setitem(sys.modules, "tqdm.auto", module)
        network = byhand.mlp([2, 3], rng=0)
        histories.append(byhand.fit(network, byhand.CrossEntropyLoss(), byhand.SGD(0.1), x, y, epochs=3, rng=0).loss)
    assert histories[0] == histories[1]


def test_the_real_bar_counts_to_the_end(capsys):
    x, y = blobs(10)
    byhand.fit(byhand.mlp([2, 3], rng=0), byhand.CrossEntropyLoss(), byhand.SGD(0.1), x, y, epochs=3, rng=0)
    assert "3/3" in capsys.readouterr().err


def test_arrays_keep_their_identity_and_inputs_their_values():
    x, y = blobs(5)
    network = byhand.mlp([2, 3, 3], rng=0)
    arrays, kept = network.params, (x.copy(), y.copy())
    x.flags.writeable = y.flags.writeable = False
    byhand.fit(network, byhand.CrossEntropyLoss(), byhand.SGD(0.1), x, y, epochs=2, batch_size=7, **QUIET)
    assert all(network.params[key] is array for key, array in arrays.items())
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


def test_float32_network_stays_float32():
    x, y = blobs(6)
    network = byhand.mlp([2, 3, 3], rng=0).astype(np.float32)
    byhand.fit(network, byhand.CrossEntropyLoss(), byhand.Adam(0.01), x, y, epochs=3, **QUIET)
    assert {w.dtype for w in network.params.values()} == {np.dtype(np.float32)}


def test_an_optimiser_of_ones_own_sees_names():
    class Sign:
        def step(self, params, grads):
            assert set(params) == {"0.W", "0.b"}
            for key, w in params.items():
                w -= 0.01 * np.sign(grads[key])

    x, y = blobs(7)
    history = byhand.fit(byhand.mlp([2, 3], rng=0), byhand.CrossEntropyLoss(), Sign(), x, y, epochs=20, **QUIET)
    assert history.loss[-1] < history.loss[0]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "identity"])
@pytest.mark.parametrize("n", [1, 4, 150])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_passes_of_the_loop_give_the_numbers_of_the_layers(activation, n, dtype, rng):
    network = byhand.Sequential(
        byhand.Dropout(0.2, rng=1),
        byhand.BatchNorm1d(3) if n > 1 else byhand.Identity(),
        byhand.mlp([3, 6, 5], activation, rng=rng),
        byhand.Linear(5, 4, rng=rng, bias=False),
    ).astype(dtype)
    twin = copy.deepcopy(network)  # with its own generator for the dropout
    x, dy = rng.normal(size=(n, 3)).astype(dtype), rng.normal(size=(n, 4)).astype(dtype)
    y, caches = network.forward(x, train=True)
    dx, grads = network.backward(dy, caches)
    written = {key: np.full_like(w, np.nan) for key, w in twin.params.items()}
    forward, backward = passes(twin, written, need_dx=True)
    y_fast, cache = forward(x)
    dx_fast = backward(dy, cache)
    for fast, plain in ((y_fast, y), (dx_fast, dx), *((written[key], grads[key]) for key in grads)):
        assert fast.dtype == plain.dtype == dtype
        # Both add the same n products of size 1 or so, in another order.
        np.testing.assert_allclose(
            fast, plain, rtol=0, atol=4 * n * np.finfo(dtype).eps * max(1.0, np.abs(plain).max())
        )


class Halved(byhand.Linear):
    """A layer of one's own that changes what its parent does."""

    def forward(self, x, train=False):
        z, cache = super().forward(x, train)
        return z / 2, cache

    def backward(self, dy, cache):
        return super().backward(dy / 2, cache)


class Steep(byhand.MSELoss):
    """A loss of one's own that changes what its parent does."""

    def backward(self, dloss, cache):
        return 3.0 * super().backward(dloss, cache)


def one_step_by_hand(network, loss, x, y):
    by_hand = copy.deepcopy(network)
    _, grads = byhand.value_and_grads(by_hand, loss, x, y, train=True)
    byhand.SGD(0.1).step(by_hand.params, grads)
    return by_hand.params


def test_what_a_subclass_or_a_replaced_method_says_is_done():
    patched = byhand.mlp([2, 3, 1], "tanh", rng=0)
    plain = patched.layers[1].forward
    patched.layers[1].forward = lambda x, train=False: tuple(0.5 * part for part in plain(x, train))
    for network, loss in (
        (byhand.Sequential(Halved(2, 3, rng=0), byhand.Tanh(), Halved(3, 1, rng=1)), byhand.MSELoss()),
        (patched, byhand.MSELoss()),
        (byhand.mlp([2, 3, 1], rng=0), Steep()),
    ):
        expected = one_step_by_hand(network, loss, XOR_X, XOR_Y)
        byhand.fit(network, loss, byhand.SGD(0.1), XOR_X, XOR_Y, epochs=1, **QUIET)
        for key, w in network.params.items():
            np.testing.assert_allclose(w, expected[key], rtol=1e-12, atol=1e-15, err_msg=key)


class Residual:
    """x + inner(x), whose params are a new dict at each look."""

    def __init__(self, inner):
        self.inner = inner

    @property
    def params(self):
        return dict(self.inner.params)

    def forward(self, x, train=False):
        y, cache = self.inner.forward(x, train)
        return x + y, cache

    def backward(self, dy, cache):
        dx, grads = self.inner.backward(dy, cache)
        return dy + dx, grads


@pytest.mark.parametrize("make", [lambda: byhand.SGD(0.1, momentum=0.9), lambda: byhand.Adam(0.01)])
@pytest.mark.parametrize("last", [[], [byhand.Linear(2, 2, rng=1)]])
def test_a_layer_that_keeps_its_arrays_to_itself_is_trained_by_name(make, last):
    x, y = blobs(8)
    x, y = x[y < 2], y[y < 2]
    network = byhand.Sequential(Residual(byhand.mlp([2, 4, 2], "tanh", rng=0)), *copy.deepcopy(last))
    by_hand, loss, optimizer = copy.deepcopy(network), byhand.CrossEntropyLoss(), make()
    history = byhand.fit(network, loss, make(), x, y, epochs=6, validation=(x[:9], y[:9]), early_stopping=6, **QUIET)
    for _ in range(6):
        _, grads = byhand.value_and_grads(by_hand, loss, x, y, train=True)
        optimizer.step(by_hand.params, grads)
    assert history.best_epoch == 6
    for key, w in network.params.items():
        np.testing.assert_allclose(w, by_hand.params[key], rtol=1e-12, atol=1e-14)
    norm = np.sqrt(sum((w**2).sum() for w in network.params.values()))
    assert history.weight_norm[-1] == pytest.approx(norm)


def test_a_loss_and_a_layer_that_answer_in_float64_leave_a_float32_network_as_it_is():
    class Doubled:
        params = {}

        def forward(self, x, train=False):
            return np.asarray(2 * x, np.float64), None

        def backward(self, dy, cache):
            return np.asarray(2 * dy, np.float64), {}

    class Half:
        def forward(self, prediction, target):
            return float(((prediction - target) ** 2).mean() / 2), (prediction, target)

        def backward(self, dloss, cache):
            return np.asarray((cache[0] - cache[1]) * (dloss / cache[0].size), np.float64)

    network = byhand.Sequential(
        byhand.Linear(2, 3, rng=0), Doubled(), byhand.Tanh(), byhand.Linear(3, 1, rng=1)
    ).astype(np.float32)
    history = byhand.fit(network, Half(), byhand.SGD(0.1), XOR_X, XOR_Y, epochs=50, **QUIET)
    assert {w.dtype for w in network.params.values()} == {np.dtype(np.float32)}
    assert history.loss[-1] < history.loss[0] and history.accuracy == []


class Frozen(byhand.SGD):
    """An optimiser of one's own that leaves some parameters alone."""

    def step(self, params, grads):
        moving = [key for key in params if key.startswith("2.")]
        super().step({key: params[key] for key in moving}, {key: grads[key] for key in moving})


def test_an_optimiser_with_a_step_of_its_own_sees_names_too():
    x, y = blobs(12)
    network = byhand.mlp([2, 4, 3], rng=0)
    before = {key: w.copy() for key, w in network.params.items()}
    byhand.fit(network, byhand.CrossEntropyLoss(), Frozen(0.1, momentum=0.5), x, y, epochs=3, **QUIET)
    for key, w in network.params.items():
        assert np.array_equal(w, before[key]) == key.startswith("0.")


@pytest.mark.parametrize("sizes", [[2, 4, 3], [2, 4, 4, 3]])
def test_an_optimiser_that_remembers_another_network_is_refused(sizes):
    x, y = blobs(13)
    optimizer, loss, other = byhand.Adam(0.01), byhand.CrossEntropyLoss(), byhand.mlp(sizes, rng=1)
    byhand.fit(byhand.mlp([2, 3, 3], rng=0), loss, optimizer, x, y, epochs=1, **QUIET)
    arrays, before = other.params, {key: w.copy() for key, w in other.params.items()}
    with pytest.raises(ValueError, match=r"fit: params.*as in the steps before. Fix: make a new optimiser"):
        byhand.fit(other, loss, optimizer, x, y, epochs=1, **QUIET)
    _, grads = byhand.value_and_grads(other, loss, x, y)
    with pytest.raises(ValueError, match=r"Adam.step: params.*as in the steps before. Fix: make a new optimiser"):
        optimizer.step(other.params, grads)
    for key, w in other.params.items():
        assert w is arrays[key]
        np.testing.assert_array_equal(w, before[key])


def test_a_read_only_parameter_is_refused_before_training():
    network = byhand.mlp([2, 3, 1], rng=0)
    network.params["2.b"].flags.writeable = False
    with pytest.raises(TypeError, match=r"fit: params\['2.b'\] is float64, read-only.*Fix"):
        byhand.fit(network, byhand.MSELoss(), byhand.SGD(0.1), XOR_X, XOR_Y, epochs=1, **QUIET)


def test_an_optimiser_of_ones_own_may_keep_what_it_is_given():
    class Remembering:
        def __init__(self):
            self.seen = []

        def step(self, params, grads):
            self.seen.append((grads["0.W"], grads["0.W"].copy()))
            for key, w in params.items():
                w -= 0.1 * grads[key]

    x, y = blobs(9)
    optimizer = Remembering()
    byhand.fit(byhand.mlp([2, 3], rng=0), byhand.CrossEntropyLoss(), optimizer, x, y, epochs=3, **QUIET)
    for kept, at_the_time in optimizer.seen:
        np.testing.assert_array_equal(kept, at_the_time)
    assert not np.array_equal(optimizer.seen[0][0], optimizer.seen[1][0])


def test_batches_of_large_data_are_dealt_as_those_of_small():
    x = np.arange(300_000.0).reshape(1000, 300)  # 2.4 MB: gathered a batch at a time
    small = list(byhand.minibatches(x[:, :1], x[:, 0], 64, rng=3))
    large = list(byhand.minibatches(x, x[:, 0], 64, rng=3))
    assert [len(batch) for batch, _ in large] == [64] * 15 + [40]
    for (few, labels), (many, same) in zip(small, large, strict=True):
        np.testing.assert_array_equal(many[:, :1], few)
        np.testing.assert_array_equal(labels, same)


def test_memory_does_not_grow_with_the_epochs():
    x, y = blobs(11, n=2000)
    peaks = []
    for epochs in (5, 105):
        network = byhand.mlp([2, 30, 3], rng=0)
        tracemalloc.start()
        byhand.fit(network, byhand.CrossEntropyLoss(), byhand.Adam(0.01), x, y, epochs=epochs, batch_size=500, **QUIET)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # 100 epochs more are 600 numbers more in the history; one batch's activations are 120,000 bytes
    assert peaks[1] - peaks[0] < 60_000


def test_an_empty_history_says_so():
    assert repr(byhand.History()) == "History(0 epochs)" and len(byhand.History()) == 0


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_batches_deal_every_pair_once(n, size, seed):
    x = np.arange(n, dtype=float).reshape(-1, 1)
    batches = list(byhand.minibatches(x, 10 * x.ravel(), size, rng=seed))
    xs, ys = np.concatenate([b[0] for b in batches]), np.concatenate([b[1] for b in batches])
    np.testing.assert_array_equal(10 * xs.ravel(), ys)
    np.testing.assert_array_equal(np.sort(xs.ravel()), x.ravel())
    assert [len(b[0]) for b in batches[:-1]] == [size] * (len(batches) - 1)
    assert len(batches[-1][0]) == n - size * (len(batches) - 1)


def test_batches_mix_anew_each_time():
    x = np.arange(100.0).reshape(-1, 1)
    rng = np.random.default_rng(0)
    first, second = (next(byhand.minibatches(x, x, 10, rng=rng))[0].ravel().tolist() for _ in range(2))
    assert sorted(first) != sorted(second)


def test_metrics_of_small_tables():
    logits, labels = [[3.0, 1, 0], [0, 2, 1], [0, 1, 2], [5, 0, 0]], [0, 1, 1, 0]
    assert byhand.accuracy(logits, labels) == 0.75
    np.testing.assert_array_equal(byhand.confusion_matrix(logits, labels), [[2, 0, 0], [0, 1, 1], [0, 0, 0]])
    # a logit of .3 is a probability of .57: class 1, although .3 < .5
    assert byhand.accuracy([[0.3], [-0.2]], [1, 0]) == 1.0
    assert byhand.accuracy([0.3, -0.2], [[1.0], [0.0]]) == 1.0
    assert byhand.accuracy([[0.3], [-0.2]], [True, True]) == 0.5
    assert byhand.accuracy([0.0, 1e-9], [0, 1]) == 1.0  # a logit of 0 is not above the threshold
    # errors 1, 0, 1 against spread 1, 0, 1
    assert byhand.r2_score([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]) == 0.0
    assert byhand.r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1.0
    # two samples: 1 - (1 + 1) / (.25 + .25) = -3; with a second column that fits, the mean of -3 and 1
    assert byhand.r2_score([0.0, 3.0], [1.0, 2.0]) == -3.0
    assert byhand.r2_score([[0.0, 5.0], [3.0, 7.0]], [[1.0, 5.0], [2.0, 7.0]]) == -1.0


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_metrics_agree_with_scikit_learn(pairs):
    predicted, labels = (np.array(column) for column in zip(*pairs, strict=True))
    logits = np.eye(3)[predicted]
    assert byhand.accuracy(logits, labels) == pytest.approx(metrics.accuracy_score(labels, predicted))
    np.testing.assert_array_equal(
        byhand.confusion_matrix(logits, labels), metrics.confusion_matrix(labels, predicted, labels=[0, 1, 2])
    )


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"y": XOR_Y.ravel()}, ValueError, ["target", "(4,)", "(4, 1)", "reshape(-1, 1)"]),
        ({"x": XOR_X[0]}, ValueError, ["2 and y has 4"]),
        ({"x": XOR_X[:, :1]}, ValueError, ["n_in"]),
        ({"x": XOR_X[:3]}, ValueError, ["x has 3", "y has 4"]),
        ({"x": np.where(XOR_X == 0, np.nan, XOR_X)}, ValueError, ["x contains NaN"]),
        ({"x": torch.ones(4, 2)}, TypeError, ["x is a torch tensor"]),
        ({"y": torch.ones(4, 1)}, TypeError, ["y is a torch tensor"]),
        ({"y": XOR_Y * np.nan}, ValueError, ["NaN"]),
        ({"x": np.zeros((0, 2)), "y": np.zeros((0, 1))}, ValueError, ["at least one sample"]),
        ({"batch_size": 0}, ValueError, ["batch_size", "0", "at least 1"]),
        ({"batch_size": 2.5}, TypeError, ["batch_size", "whole number"]),
        ({"epochs": 0}, ValueError, ["epochs"]),
        ({"rng": None}, TypeError, ["rng", "None"]),
        ({"schedule": 0.1}, TypeError, ["schedule", "constant"]),
        ({"early_stopping": 3}, ValueError, ["early_stopping", "validation"]),
        ({"stop_when": 0.01}, TypeError, ["stop_when is float 0.01", "function", "Fix: stop_when=lambda history"]),
        ({"validation": XOR_X}, TypeError, ["validation", "pair"]),
        ({"validation": (XOR_X, XOR_Y[:2])}, ValueError, ["validation_x has 4", "validation_y has 2"]),
        ({"optimizer": 0.1}, TypeError, ["optimizer", "SGD"]),
        ({"loss": byhand.MSELoss}, TypeError, ["loss", "MSELoss()"]),
    ],
)
def test_bad_input_is_refused_before_anything_changes(change, error, words):
    network = byhand.mlp([2, 3, 1], rng=0)
    before = {key: w.copy() for key, w in network.params.items()}
    arguments = {"loss": byhand.MSELoss(), "optimizer": byhand.SGD(0.1), "x": XOR_X, "y": XOR_Y, "epochs": 2, **QUIET}
    with pytest.raises(error) as raised:
        byhand.fit(network, **{**arguments, **change})
    for word in words:
        assert word in str(raised.value)
    for key, w in network.params.items():
        np.testing.assert_array_equal(w, before[key])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: byhand.minibatches(XOR_X, XOR_Y, 0, rng=0), ValueError, ["batch_size"]),
        (lambda: byhand.minibatches(XOR_X, XOR_Y[:2], 2, rng=0), ValueError, ["x has 4 and y has 2"]),
        (lambda: byhand.accuracy([[1.0, 2.0]], [2]), ValueError, ["labels", "0 to 1"]),
        (lambda: byhand.accuracy(np.zeros((0, 2)), []), ValueError, ["(0, 2)"]),
        (lambda: byhand.confusion_matrix([[1.0, 2.0]], [0.5]), TypeError, ["integer"]),
        (lambda: byhand.accuracy([0.3], [0.5]), TypeError, ["integer"]),
        (lambda: byhand.accuracy([0.3, 0.2], [0, 2]), ValueError, ["labels", "0 to 1"]),
        (lambda: byhand.r2_score([1.0], [1.0]), ValueError, ["(1,)", "at least 2"]),
        (lambda: byhand.r2_score([1.0, 2.0], [[1.0], [2.0]]), ValueError, ["(2, 1)", "(2,)", "ravel"]),
        (lambda: byhand.r2_score([1.0, 2.0], [3.0, 3.0]), ValueError, ["constant"]),
    ],
)
def test_bad_input_to_batches_and_metrics(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)


def test_importing_the_package_is_light_and_loads_numpy_alone():
    code = (
        "import sys, time; import numpy; t = time.perf_counter(); import byhand; s = time.perf_counter() - t;"
        "heavy = {'matplotlib', 'torch', 'sklearn', 'tqdm', 'scipy', 'pandas'} & set(sys.modules);"
        "print(sorted(heavy), s < 0.3)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["[]", "True"]
