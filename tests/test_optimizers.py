"""Optimisers and schedules: first steps by hand, a hundred steps against PyTorch, errors."""

import byhand
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

PAIRS = [
    (lambda: byhand.SGD(0.1), lambda p: torch.optim.SGD(p, 0.1)),
    (lambda: byhand.SGD(0.05, momentum=0.9), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    (
        lambda: byhand.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    (lambda: byhand.RMSprop(0.01), lambda p: torch.optim.RMSprop(p, 0.01)),
    (lambda: byhand.RMSprop(0.01, alpha=0.9, weight_decay=0.1),
     lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, weight_decay=0.1)),
    (lambda: byhand.Adam(), lambda p: torch.optim.Adam(p)),
    (lambda: byhand.Adam(0.01, (0.8, 0.99), 1e-6, 0.1), lambda p: torch.optim.Adam(p, 0.01, (0.8, 0.99), 1e-6, 0.1)),
    (lambda: byhand.AdamW(0.01), lambda p: torch.optim.AdamW(p, 0.01)),
    (lambda: byhand.AdamW(0.01, weight_decay=0.3), lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.3)),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_a_hundred_steps_equal_pytorch(ours, theirs, rng):
    params = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
    twins = {key: torch.tensor(w, requires_grad=True) for key, w in params.items()}
    optimizer, twin = ours(), theirs(twins.values())
    for _ in range(100):
        grads = {key: rng.normal(size=w.shape) for key, w in params.items()}
        optimizer.step(params, grads)
        for key, grad in grads.items():
            twins[key].grad = torch.tensor(grad)
        twin.step()
    for key, w in params.items():
        np.testing.assert_allclose(w, twins[key].detach().numpy(), rtol=1e-9, atol=1e-11)


def test_adam_first_step_is_the_learning_rate():
    # m / (1 - b1) = g and s / (1 - b2) = g^2, so the step is lr * g / |g|; without the correction
    # it would be lr * .1 / sqrt(.001) = 3.16 lr
    params = {"w": np.array([1.0, -2.0])}
    byhand.Adam(lr=0.01).step(params, {"w": np.array([1e-3, -5.0])})
    np.testing.assert_allclose(params["w"], [0.99, -1.99], atol=1e-7)


def test_momentum_keeps_its_velocity():
    # v1 = 1, v2 = .9 + 1 = 1.9: after two gradients of 1 the parameter moved .1 (1 + 1.9)
    params = {"w": np.zeros(1)}
    optimizer = byhand.SGD(0.1, momentum=0.9)
    for _ in range(2):
        optimizer.step(params, {"w": np.ones(1)})
    np.testing.assert_allclose(params["w"], [-0.29])


@given(hnp.arrays(np.float64, 4, elements=st.floats(-1e3, 1e3)), st.floats(1e-4, 1.0))
def test_sgd_step_is_minus_lr_times_gradient(g, lr):
    params = {"w": np.zeros(4)}
    byhand.SGD(lr).step(params, {"w": g})
    np.testing.assert_allclose(params["w"], -lr * g)


@given(hnp.arrays(np.float64, 4, elements=st.floats(-1e3, 1e3)))
def test_no_adam_step_is_longer_than_the_first_limit(g):
    params = {"w": np.zeros(4)}
    byhand.Adam(lr=0.01).step(params, {"w": g})
    assert (np.abs(params["w"]) <= 0.01 * (1 + 1e-9)).all()
    assert (np.sign(params["w"]) == -np.sign(g))[np.abs(g) > 1e-6].all()


@pytest.mark.parametrize("make", [pair[0] for pair in PAIRS])
def test_float32_stays_and_gradients_are_not_changed(make, rng):
    params = {"w": np.ones(3, np.float32)}
    grads = {"w": rng.normal(size=3).astype(np.float32)}
    before = grads["w"].copy()
    make().step(params, grads)
    assert params["w"].dtype == np.float32
    np.testing.assert_array_equal(grads["w"], before)


@given(hnp.arrays(np.float64, 6, elements=st.floats(-1e6, 1e6)), st.floats(1e-3, 1e3))
def test_clipping_bounds_the_norm_and_keeps_the_direction(g, max_norm):
    grads = {"a": g[:2], "b": g[2:]}
    clipped = np.concatenate(list(byhand.clip_gradients(grads, max_norm).values()))
    norm = np.linalg.norm(g)
    assert np.linalg.norm(clipped) <= max_norm * (1 + 1e-12)
    if norm <= max_norm:
        np.testing.assert_array_equal(clipped, g)
    else:
        np.testing.assert_allclose(clipped, g * (max_norm / norm), rtol=1e-12, atol=1e-12)


def test_clipping_leaves_a_short_gradient_as_it_is():
    np.testing.assert_array_equal(byhand.clip_gradients({"w": [0.3, 0.4]}, 0.75)["w"], [0.3, 0.4])  # norm .5


def test_clipping_survives_huge_gradients():
    clipped = byhand.clip_gradients({"w": np.array([3e200, 4e200])}, 1.0)
    np.testing.assert_allclose(clipped["w"], [0.6, 0.8])


def test_schedules_by_their_formulas():
    assert byhand.constant(0.3)(7) == 0.3
    assert [byhand.step_decay(1.0, 0.5, 10)(s) for s in (0, 9, 10, 25)] == [1.0, 1.0, 0.5, 0.25]
    assert byhand.exponential_decay(2.0, 0.9)(2) == pytest.approx(2 * 0.81)
    cosine = byhand.cosine(1.0, 100, floor=0.1)
    np.testing.assert_allclose([cosine(s) for s in (0, 50, 100, 500)], [1.0, 0.55, 0.1, 0.1])
    rise = byhand.warmup(4, byhand.constant(0.8))
    np.testing.assert_allclose([rise(s) for s in range(5)], [0.2, 0.4, 0.6, 0.8, 0.8])
    # the schedule behind starts at its own step 0 once the rise is over
    then_halved = byhand.warmup(2, byhand.exponential_decay(0.8, 0.5))
    np.testing.assert_allclose([then_halved(s) for s in range(5)], [0.4, 0.8, 0.8, 0.4, 0.2])
    assert byhand.warmup(2, lambda step: 0.0)(0) == 0.0


def test_defaults_are_pytorchs():
    for ours, theirs in (
        (byhand.RMSprop(), torch.optim.RMSprop),
        (byhand.Adam(), torch.optim.Adam),
        (byhand.AdamW(), torch.optim.AdamW),
    ):
        defaults = theirs([torch.zeros(1)]).defaults
        assert (ours.lr, ours.eps) == (defaults["lr"], defaults["eps"])
        assert getattr(ours, "betas", None) == defaults.get("betas")
        assert getattr(ours, "alpha", None) == defaults.get("alpha")
        assert getattr(ours, "decay", ours.weight_decay) == defaults["weight_decay"]


@pytest.mark.parametrize("decay", [byhand.exponential_decay, lambda lr, factor: byhand.step_decay(lr, factor, 10)])
def test_a_decay_does_not_grow(decay):
    assert decay(0.1, 1.0)(50) == 0.1
    with pytest.raises(ValueError, match=r"factor is 1.01, expected a finite number above 0.0 and at most 1.0"):
        decay(0.1, 1.01)


@given(st.integers(1, 200), st.integers(0, 400))
def test_schedules_never_rise_after_the_warmup(steps, step):
    for schedule in (
        byhand.cosine(1.0, steps),
        byhand.step_decay(1.0, 0.5, steps),
        byhand.exponential_decay(1.0, 0.99),
    ):
        assert 0.0 <= schedule(step + 1) <= schedule(step) <= 1.0


@pytest.mark.parametrize("lr", [0, -0.1, float("nan"), float("inf")])
@pytest.mark.parametrize("kind", [byhand.SGD, byhand.RMSprop, byhand.Adam, byhand.AdamW, byhand.constant])
def test_learning_rates_that_cannot_be(kind, lr):
    with pytest.raises(ValueError, match="lr is .*, expected a finite number above 0"):
        kind(lr)


@pytest.mark.parametrize(
    ("grads", "error", "words"),
    [
        ({"w": np.ones(2), "v": np.ones(2)}, ValueError, ["too many: ['v']"]),
        ({}, ValueError, ["missing: ['w']"]),
        ({"w": np.ones((2, 1))}, ValueError, ["grads['w']", "(2, 1)", "(2,)"]),
        ({"w": np.array([1.0, np.nan])}, ValueError, ["grads['w']", "NaN"]),
        ({"w": np.array([1.0, np.inf])}, ValueError, ["infinity", "clip_gradients"]),
        ({"w": torch.ones(2)}, TypeError, ["torch"]),
    ],
)
@pytest.mark.parametrize("kind", [byhand.SGD, byhand.Adam])
def test_a_refused_step_changes_nothing(kind, grads, error, words):
    params, optimizer = {"w": np.ones(2)}, kind(0.1)
    with pytest.raises(error) as raised:
        optimizer.step(params, grads)
    for word in words:
        assert word in str(raised.value)
    np.testing.assert_array_equal(params["w"], [1, 1])
    assert optimizer.steps == 0


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: byhand.SGD(0.1, momentum=1.0), ValueError, ["momentum", "below 1"]),
        (lambda: byhand.SGD(0.1, nesterov=True), ValueError, ["nesterov", "momentum=0.9"]),
        (lambda: byhand.Adam(betas=0.9), TypeError, ["betas", "two numbers"]),
        (lambda: byhand.Adam(betas=(0.9, 1.0)), ValueError, ["betas[1]"]),
        (lambda: byhand.Adam("fast"), TypeError, ["lr", "'fast'"]),
        (lambda: byhand.SGD(0.1).step({"w": np.ones(2, int)}, {"w": np.ones(2)}), TypeError, ["int64", "dtype=float"]),
        (lambda: byhand.clip_gradients({"w": np.ones(2)}, 0), ValueError, ["max_norm"]),
        (lambda: byhand.clip_gradients({"w": np.array([np.inf])}, 1), ValueError, ["infinity"]),
        (lambda: byhand.step_decay(0.1, 1.5, 10), ValueError, ["factor", "at most 1"]),
        (lambda: byhand.cosine(0.1, 0), ValueError, ["steps"]),
        (lambda: byhand.warmup(10, 0.1), TypeError, ["then", "constant(0.1)"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)


def test_an_optimiser_does_not_follow_to_another_network():
    optimizer = byhand.SGD(0.1, momentum=0.9)
    optimizer.step({"w": np.ones(2)}, {"w": np.ones(2)})
    with pytest.raises(ValueError, match="new optimiser"):
        optimizer.step({"v": np.ones(2)}, {"v": np.ones(2)})


@pytest.mark.parametrize("make", [byhand.SGD, byhand.RMSprop, byhand.Adam, byhand.AdamW])
def test_an_optimiser_says_its_name_and_learning_rate(make):
    assert repr(make(0.05)) == f"{make.__name__}(lr=0.05)"
