"""Linear, dropout and batch normalisation: worked numbers, gradients, state, errors."""

import itertools

import byhand
import numpy as np
import pytest
import torch
from conftest import central_difference, layouts, max_relative_error
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("n_out", [1, 2, 3, 5])
def test_linear_gradients_against_differences_and_autograd(n, n_out, rng):
    x, W, b = rng.normal(size=(n, 4)), rng.normal(size=(n_out, 4)), rng.normal(size=n_out)
    dz = rng.normal(size=(n, n_out))
    z, cache = byhand.linear_forward(x, W, b)
    gradients = byhand.linear_backward(dz, cache)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, W, b)]
    zt = torch.nn.functional.linear(*tensors)
    zt.backward(torch.tensor(dz))
    np.testing.assert_allclose(z, zt.detach().numpy(), rtol=1e-10, atol=1e-12)
    for i, (gradient, tensor) in enumerate(zip(gradients, tensors, strict=True)):

        def upstream_times_z(array, i=i):
            arguments = [x, W, b]
            arguments[i] = array
            return float((byhand.linear_forward(*arguments)[0] * dz).sum())

        assert max_relative_error(gradient, central_difference(upstream_times_z, (x, W, b)[i])) < 1e-7
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_linear_gradients_are_the_same_in_any_layout(rng):
    x, W, b, dz = rng.normal(size=(7, 4)), rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=(7, 3))
    z, cache = byhand.linear_forward(x, W, b)
    gradients = byhand.linear_backward(dz, cache)
    for xs, Ws, bs, dzs in itertools.product(*(layouts(a).values() for a in (x, W, b, dz))):
        z_view, cache_view = byhand.linear_forward(xs, Ws, bs)
        # BLAS adds in another order for another layout: the last digit may differ.
        np.testing.assert_allclose(z_view, z, rtol=1e-14, atol=1e-14)
        for gradient, same in zip(byhand.linear_backward(dzs, cache_view), gradients, strict=True):
            np.testing.assert_allclose(gradient, same, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("what", ["x", "W", "b"])
def test_linear_against_the_complex_step(what, rng):
    # Im f(x + ih) / h has no difference that cancels: right to the last digit (Squire and Trapp, 1998).
    arrays = {"x": rng.normal(size=(7, 4)), "W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
    dz = rng.normal(size=(7, 3))
    _, cache = byhand.linear_forward(**arrays)
    derived = dict(zip(arrays, byhand.linear_backward(dz, cache), strict=True))[what]
    measured = np.empty_like(derived)
    for index in np.ndindex(derived.shape):
        moved = arrays[what].astype(complex)
        moved[index] += 1e-30j
        z, _ = byhand.linear_forward(**{**arrays, what: moved})
        measured[index] = (z * dz).sum().imag / 1e-30
    np.testing.assert_allclose(derived, measured, rtol=1e-14, atol=1e-15)


def test_linear_in_float32_and_on_an_empty_batch(rng):
    x, W, b = (rng.normal(size=s).astype(np.float32) for s in ((3, 4), (2, 4), (2,)))
    z, cache = byhand.linear_forward(x, W, b)
    assert z.dtype == np.float32
    assert all(g.dtype == np.float32 for g in byhand.linear_backward(z, cache))
    z, cache = byhand.linear_forward(np.zeros((0, 4)), W, b)
    assert z.shape == (0, 2)
    np.testing.assert_array_equal(byhand.linear_backward(z, cache)[1], np.zeros((2, 4)))


def test_backward_reads_the_cache_and_writes_nothing(rng):
    layer = byhand.Linear(3, 2, rng=rng)
    _, cache = layer.forward(rng.normal(size=(4, 3)))
    dz = rng.normal(size=(4, 2))
    kept = [cache[0].copy(), cache[1].copy(), dz.copy()]
    first = layer.backward(dz, cache)
    layer.forward(rng.normal(size=(4, 3)))  # another forward pass in between disturbs nothing
    second = layer.backward(dz, cache)
    np.testing.assert_array_equal(first[1]["W"], second[1]["W"])
    for before, after in zip(kept, [cache[0], cache[1], dz], strict=True):
        np.testing.assert_array_equal(before, after)


def test_linear_without_bias_and_without_dx(rng):
    layer = byhand.Linear(3, 2, rng=rng, bias=False)
    x = rng.normal(size=(4, 3))
    z, cache = layer.forward(x)
    assert list(layer.params) == ["W"]
    np.testing.assert_allclose(z, x @ layer.params["W"].T)
    dx, grads = layer.backward(z, cache, need_dx=False)
    assert dx is None and list(grads) == ["W"]
    np.testing.assert_array_equal(grads["W"], layer.backward(z, cache)[1]["W"])


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_linear_is_linear(n, n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    x, y, W = rng.normal(size=(n, n_in)), rng.normal(size=(n, n_in)), rng.normal(size=(n_out, n_in))
    zero = np.zeros(n_out)
    both = byhand.linear_forward(2 * x + y, W, zero)[0]
    np.testing.assert_allclose(
        both, 2 * byhand.linear_forward(x, W, zero)[0] + byhand.linear_forward(y, W, zero)[0], atol=1e-12
    )


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_gradients_of_a_batch_are_the_sum_over_its_samples(n, seed):
    rng = np.random.default_rng(seed)
    x, W, b, dz = rng.normal(size=(n, 3)), rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=(n, 2))
    _, dW, db = byhand.linear_backward(dz, byhand.linear_forward(x, W, b)[1])
    parts = [byhand.linear_backward(dz[[i]], byhand.linear_forward(x[[i]], W, b)[1]) for i in range(n)]
    np.testing.assert_allclose(dW, sum(part[1] for part in parts), atol=1e-12)
    np.testing.assert_allclose(db, sum(part[2] for part in parts), atol=1e-12)


def test_dropout_keeps_the_mean_and_drops_the_share():
    layer = byhand.Dropout(0.3, rng=0)
    y, mask = layer.forward(np.ones((200, 500)), train=True)
    # 100,000 entries: the standard error of the share is sqrt(.3 * .7 / 1e5) = .0014, of the mean .0021
    assert np.mean(y == 0) == pytest.approx(0.3, abs=5 * 0.0015)
    assert y.mean() == pytest.approx(1.0, abs=5 * 0.0021)
    np.testing.assert_allclose(np.unique(y), [0.0, 1 / 0.7])
    np.testing.assert_array_equal(layer.backward(np.ones_like(y), mask)[0], mask)


def test_dropout_does_nothing_at_test_time_and_repeats_with_its_seed(rng):
    x = rng.normal(size=(5, 4)).astype(np.float32)
    np.testing.assert_array_equal(byhand.Dropout(0.5, rng=0).forward(x)[0], x)
    first, second = (byhand.Dropout(0.5, rng=7).forward(x, train=True)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.dtype == np.float32


@pytest.mark.parametrize("n", [1, 7])
def test_dropout_gradient_with_its_mask_held_against_differences_and_autograd(n, rng):
    x, dy = rng.normal(size=(n, 5)), rng.normal(size=(n, 5))

    def forward(x):
        return byhand.Dropout(0.4, rng=11).forward(x, train=True)  # one seed, one mask

    _, mask = forward(x)
    assert {0.0, 1 / 0.6} == set(np.unique(mask))
    dx, grads = byhand.Dropout(0.4, rng=0).backward(dy, mask)
    xt = torch.tensor(x, requires_grad=True)
    (xt * torch.tensor(mask)).backward(torch.tensor(dy))
    assert grads == {}
    assert max_relative_error(dx, central_difference(lambda x: float((forward(x)[0] * dy).sum()), x)) < 1e-7
    np.testing.assert_allclose(dx, xt.grad.numpy(), rtol=1e-10)
    for xs, dys in itertools.product(layouts(x).values(), layouts(dy).values()):
        y, cache = forward(xs)
        np.testing.assert_array_equal(y, x * mask)
        np.testing.assert_array_equal(byhand.Dropout(0.4, rng=0).backward(dys, cache)[0], dx)


@pytest.mark.parametrize(("train", "n"), [(True, 2), (True, 7), (False, 1), (False, 7)])
@pytest.mark.parametrize("features", [1, 2, 3, 5])
def test_batch_norm_against_differences_and_pytorch(train, n, features, rng):
    layer, twin = byhand.BatchNorm1d(features), torch.nn.BatchNorm1d(features, dtype=torch.float64)
    layer.params["gamma"][:] = rng.normal(size=features)
    layer.params["beta"][:] = rng.normal(size=features)
    with torch.no_grad():
        twin.weight[:] = torch.tensor(layer.params["gamma"])
        twin.bias[:] = torch.tensor(layer.params["beta"])
    for _ in range(2):  # let the running statistics move away from 0 and 1
        x = rng.normal(loc=2.0, scale=3.0, size=(7, features))
        layer.forward(x, train=True)
        twin(torch.tensor(x))
    twin.train(train)
    x, dy = rng.normal(loc=2.0, scale=3.0, size=(n, features)), rng.normal(size=(n, features))
    statistics = layer.running_mean, layer.running_var

    def forward(x):
        layer.running_mean, layer.running_var = statistics  # what a pass in training replaced
        return layer.forward(x, train)

    y, cache = forward(x)
    dx, grads = layer.backward(dy, cache)
    xt = torch.tensor(x, requires_grad=True)
    yt = twin(xt)
    yt.backward(torch.tensor(dy))
    np.testing.assert_allclose(y, yt.detach().numpy(), rtol=1e-10, atol=1e-10)
    for gradient, theirs in ((dx, xt.grad), (grads["gamma"], twin.weight.grad), (grads["beta"], twin.bias.grad)):
        np.testing.assert_allclose(gradient, theirs.numpy(), rtol=1e-10, atol=1e-10)
    if (train, n) != (True, 2):
        # Two samples are normalised to -1 and 1 whatever they are: dx is 0 up to eps, and nothing to compare.
        assert max_relative_error(dx, central_difference(lambda x: float((forward(x)[0] * dy).sum()), x)) < 1e-7
    for name, gradient in grads.items():

        def at(array, name=name):
            kept = layer.params[name].copy()
            layer.params[name][...] = array
            value = float((forward(x)[0] * dy).sum())
            layer.params[name][...] = kept
            return value

        assert max_relative_error(gradient, central_difference(at, layer.params[name].copy())) < 1e-7
    for xs, dys in itertools.product(layouts(x).values(), layouts(dy).values()):
        dx_view, grads_view = layer.backward(dys, forward(xs)[1])
        np.testing.assert_allclose(dx_view, dx, rtol=1e-12, atol=1e-13)
        for name, gradient in grads.items():
            np.testing.assert_allclose(grads_view[name], gradient, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("train", [True, False])
def test_batch_norm_in_float32_against_float64(train, rng):
    layer = byhand.Sequential(byhand.BatchNorm1d(3))
    small = layer.astype(np.float32)
    x, dy = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    y, caches = layer.forward(x, train)
    y32, caches32 = small.forward(x.astype(np.float32), train)
    dx, grads = layer.backward(dy, caches)
    dx32, grads32 = small.backward(dy.astype(np.float32), caches32)
    for wide, narrow in ((y, y32), (dx, dx32), *((grads[key], grads32[key]) for key in grads)):
        assert narrow.dtype == np.float32
        np.testing.assert_allclose(narrow, wide, rtol=1e-5, atol=1e-5)


@given(st.integers(2, 20), st.floats(0.1, 100.0), st.floats(-100.0, 100.0), st.integers(0, 2**32 - 1))
def test_batch_norm_forgets_scale_and_shift(n, scale, shift, seed):
    x = np.random.default_rng(seed).normal(size=(n, 3))
    layer = byhand.BatchNorm1d(3, eps=1e-12)
    y, _ = layer.forward(x, train=True)
    np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(layer.forward(scale * x + shift, train=True)[0], y, atol=1e-4)


@given(st.floats(0.0, 0.95), st.integers(0, 2**32 - 1))
def test_dropout_sends_zeros_and_scaled_entries_only(p, seed):
    x = np.random.default_rng(seed).normal(size=(4, 6))
    y, mask = byhand.Dropout(p, rng=seed).forward(x, train=True)
    np.testing.assert_array_equal(y, x * mask)
    kept = y != 0
    np.testing.assert_allclose(y[kept], x[kept] / (1 - p), rtol=1e-14)


def test_training_behaviour_is_off_unless_asked_for(rng):
    x = rng.normal(loc=5.0, size=(6, 3))
    layer = byhand.BatchNorm1d(3)
    y, _ = layer.forward(x)
    np.testing.assert_allclose(y, x, rtol=1e-5)  # by the running statistics of the start, mean 0 and variance 1
    assert not layer.running_mean.any()
    np.testing.assert_array_equal(byhand.Dropout(0.5, rng=0).forward(x)[0], x)
    network = byhand.Sequential(layer, byhand.Dropout(0.5, rng=0))
    np.testing.assert_array_equal(network.forward(x)[0], y)
    np.testing.assert_array_equal(network.predict(x), y)


def test_batch_norm_running_statistics_equal_pytorch(rng):
    layer, twin = byhand.BatchNorm1d(4, momentum=0.3), torch.nn.BatchNorm1d(4, momentum=0.3, dtype=torch.float64)
    for _ in range(5):
        x = rng.normal(size=(6, 4))
        layer.forward(x, train=True)
        twin(torch.tensor(x))
    np.testing.assert_allclose(layer.running_mean, twin.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.running_var, twin.running_var.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: byhand.linear_forward([1, 2], [[1, 2]], [0]),
            ValueError,
            ["x", "(2,)", "(N, n_in)", "reshape(1, -1)"],
        ),
        (
            lambda: byhand.linear_forward(np.ones((4, 3)), np.ones((3, 5)), np.ones(5)),
            ValueError,
            ["W", "n_in = 3", "W.T"],
        ),
        (lambda: byhand.linear_forward(np.ones((4, 3)), np.ones((5, 3)), np.ones((5, 1))), ValueError, ["b", "ravel"]),
        (lambda: byhand.linear_forward(np.ones((4, 3)), np.ones((5, 3)), np.ones(3)), ValueError, ["b", "n_out = 5"]),
        (
            lambda: byhand.linear_forward(np.ones((4, 2, 2)), np.ones((5, 4)), np.ones(5)),
            ValueError,
            ["reshape(len(x), -1)"],
        ),
        (lambda: byhand.linear_backward(np.ones((4, 3)), None), TypeError, ["cache", "forward"]),
        (
            lambda: byhand.linear_backward(
                np.ones((3, 4)), byhand.linear_forward(np.ones((4, 2)), np.ones((3, 2)), np.ones(3))[1]
            ),
            ValueError,
            ["cache[0]", "N = 3"],
        ),
        (lambda: byhand.Linear(3, 0, rng=0), ValueError, ["n_out", "0", "at least 1"]),
        (lambda: byhand.Linear(3.0, 2, rng=0), TypeError, ["n_in", "whole number", "int(n_in)"]),
        (lambda: byhand.Linear(3, 2, rng=None), TypeError, ["rng", "None", "rng=0"]),
        (lambda: byhand.Linear(3, 2, rng=0, init="he"), TypeError, ["init", "'he'"]),
        (lambda: byhand.Linear(3, 2, rng=0, init=lambda o, i, *, rng: np.ones((i, o))), ValueError, ["(3, 2)", "W.T"]),
        (lambda: byhand.Dropout(1.0, rng=0), ValueError, ["p", "below 1"]),
        (lambda: byhand.Dropout(0.5, rng="seed"), TypeError, ["rng", "seed"]),
        (lambda: byhand.BatchNorm1d(3).forward(np.ones((1, 3)), train=True), ValueError, ["(1, 3)", "at least 2"]),
        (lambda: byhand.BatchNorm1d(3).forward(np.ones((5, 4))), ValueError, ["BatchNorm1d.forward", "n = 4"]),
        (lambda: byhand.BatchNorm1d(3, eps=0), ValueError, ["eps", "above 0"]),
        (lambda: byhand.BatchNorm1d(3, momentum=1.1), ValueError, ["momentum", "at most 1"]),
        (lambda: byhand.BatchNorm1d(3, momentum=-0.1), ValueError, ["momentum", "at least 0"]),
        (lambda: byhand.Linear(3, 2, rng=0).forward(np.ones((4, 3, 1))), ValueError, ["(4, 3, 1)", "reshape(len(x)"]),
        (lambda: byhand.Linear(3, 2, rng=0).forward(np.ones((4, 2))), ValueError, ["(4, 2)", "n_in = 3"]),
        (lambda: byhand.Linear(3, 2, rng=0).forward(np.ones(3)), ValueError, ["(3,)", "reshape(1, -1)"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)
