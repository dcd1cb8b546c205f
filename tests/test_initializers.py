"""Initializers: shapes, spreads, limits, seeds, errors."""

import byhand
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

N_OUT, N_IN = 400, 300
VARIANCES = {
    "he_normal": 2 / N_IN,
    "he_uniform": 2 / N_IN,
    "glorot_normal": 2 / (N_IN + N_OUT),
    "glorot_uniform": 2 / (N_IN + N_OUT),
    "lecun_normal": 1 / N_IN,
    "torch_uniform": 1 / (3 * N_IN),
}


@pytest.mark.parametrize("name", VARIANCES)
def test_mean_and_variance(name):
    W = getattr(byhand, name)(N_OUT, N_IN, rng=1)
    # 120,000 draws: the variance's relative standard error is at most sqrt(2 / 120000) = .0041
    assert W.shape == (N_OUT, N_IN)
    assert W.var() == pytest.approx(VARIANCES[name], rel=5 * 0.0041)
    assert abs(W.mean()) < 5 * np.sqrt(VARIANCES[name] / W.size)


@pytest.mark.parametrize(
    ("name", "limit"),
    [("he_uniform", np.sqrt(6 / 30)), ("glorot_uniform", np.sqrt(6 / 50)), ("torch_uniform", 1 / np.sqrt(30))],
)
def test_uniform_weights_fill_their_interval_and_no_more(name, limit):
    W = getattr(byhand, name)(20, 30, rng=0)
    assert np.abs(W).max() <= limit
    assert np.abs(W).max() > 0.98 * limit


@pytest.mark.parametrize("name", [*VARIANCES, "zeros"])
@given(n_out=st.integers(1, 6), n_in=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_the_seed_decides_and_a_generator_moves_on(name, n_out, n_in, seed):
    init = getattr(byhand, name)
    np.testing.assert_array_equal(init(n_out, n_in, rng=seed), init(n_out, n_in, rng=np.random.default_rng(seed)))
    rng = np.random.default_rng(seed)
    first, second = init(n_out, n_in, rng=rng), init(n_out, n_in, rng=rng)
    assert (name == "zeros") == bool((first == second).all())


def test_global_random_state_is_not_touched():
    np.random.seed(3)  # noqa: NPY002 - the legacy global state is what must stay as it is
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    byhand.mlp([3, 4, 2], rng=0)
    byhand.fit(
        byhand.mlp([3, 4, 2], rng=0),
        byhand.CrossEntropyLoss(),
        byhand.SGD(0.1),
        np.ones((4, 3)),
        [0, 1, 0, 1],
        epochs=2,
        batch_size=2,
        rng=0,
        progress=False,
    )
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: byhand.he_normal(0, 3, rng=0), ValueError, ["he_normal", "n_out", "at least 1"]),
        (lambda: byhand.glorot_uniform(3, 2.5, rng=0), TypeError, ["glorot_uniform", "n_in"]),
        (lambda: byhand.zeros(3, 2, rng=None), TypeError, ["zeros", "rng", "None"]),
        (lambda: byhand.he_normal(3, 2, rng=np.random.RandomState(0)), TypeError, ["RandomState", "default_rng"]),
        (lambda: byhand.he_normal(3, 2, rng=-1), TypeError, ["rng", "-1", "seed"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)
