"""The data sets: shapes, types, seeds, sizes at the edges, and what is refused."""

import socket
import sys

import numpy as np
import pytest
from byhand import data
from hypothesis import given
from hypothesis import strategies as st

SEEDED = {
    "noisy_xor": (data.noisy_xor, {}),
    "moons": (data.moons, {}),
    "circles": (data.circles, {}),
    "spiral": (data.spiral, {}),
    "classification": (data.classification, {}),
    "regression": (data.regression, {}),
    "linear_regression": (data.linear_regression, {"noise": 0.1}),
}
FIXED = {"xor": data.xor, "iris": data.iris, "digits": data.digits}
REGRESSIONS = {"regression", "linear_regression"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """No data set may be downloaded."""

    def refuse(*_):
        raise AssertionError("a data set asked for a network connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def every_set():
    return {name: make() for name, make in FIXED.items()} | {
        name: make(rng=0, **options) for name, (make, options) in SEEDED.items()
    }


@pytest.mark.parametrize("name", [*FIXED, *SEEDED])
def test_shapes_types_and_names(name):
    one = every_set()[name]
    x, y = one
    assert x is one.x and y is one.y and len(one) == len(x) == len(y)
    assert x.dtype == np.float64 and x.ndim == 2 and np.isfinite(x).all()
    assert len(one.feature_names) == x.shape[1]
    if name in REGRESSIONS:
        assert y.dtype == np.float64 and y.shape == (len(x), len(one.target_names)) and one.class_names == ()
        assert f"{y.shape[1]} targets" in repr(one)
    else:
        assert y.dtype == np.int64 and y.shape == (len(x),)
        assert set(y) == set(range(len(one.class_names)))
        assert all(isinstance(text, str) for text in one.class_names)
        assert f"{len(one.class_names)} classes" in repr(one)
    assert one.description and one.source


@pytest.mark.parametrize("name", SEEDED)
def test_a_seed_gives_the_same_points_and_another_seed_others(name):
    make, options = SEEDED[name]
    first, again, other = make(rng=3, **options), make(rng=3, **options), make(rng=4, **options)
    assert np.array_equal(first.x, again.x) and np.array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", SEEDED)
def test_a_generator_is_used_up_and_the_global_state_is_not(name):
    make, options = SEEDED[name]
    np.random.seed(5)  # noqa: NPY002 - the state that must stay as it is
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    rng = np.random.default_rng(1)
    first, second = make(rng=rng, **options), make(rng=rng, **options)
    assert not np.array_equal(first.x, second.x)
    assert np.array_equal(make(rng=np.random.default_rng(1), **options).x, first.x)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_xor_is_the_truth_table():
    x, y = data.xor()
    assert [(int(a) ^ int(b)) for a, b in x] == y.tolist() == [0, 1, 1, 0]


def test_iris_and_digits_are_scikit_learns():
    from sklearn.datasets import load_digits, load_iris

    for ours, theirs in ((data.iris(), load_iris()), (data.digits(), load_digits())):
        assert np.array_equal(ours.x, theirs.data) and np.array_equal(ours.y, theirs.target)
        assert ours.class_names == tuple(str(name) for name in theirs.target_names)
    assert data.iris().x.shape == (150, 4) and data.digits().x.shape == (1797, 64)


def test_seeds_give_scikit_learns_own_points():
    from sklearn import datasets

    pairs = [
        (data.moons(50, 0.2, rng=7), datasets.make_moons(50, noise=0.2, random_state=7)),
        (data.circles(50, 0.2, 0.4, rng=7), datasets.make_circles(50, noise=0.2, factor=0.4, random_state=7)),
    ]
    for ours, (x, y) in pairs:
        assert np.array_equal(ours.x, x) and np.array_equal(ours.y, y)


@given(n=st.integers(1, 41), seed=st.integers(0, 99))
def test_noisy_xor_of_any_size_is_spread_evenly(n, seed):
    x, y = data.noisy_xor(n, 0.0, rng=seed)
    assert x.shape == (n, 2) and np.array_equal(y, (x[:, 0] != x[:, 1]).astype(int))
    corners = np.unique(x, axis=0, return_counts=True)[1]
    assert len(corners) == min(n, 4) and corners.max() - corners.min() <= 1


@given(n=st.integers(2, 41), seed=st.integers(0, 99))
def test_moons_and_circles_of_any_size_hold_n_points(n, seed):
    for make in (data.moons, data.circles):
        x, y = make(n, rng=seed)
        assert x.shape == (n, 2) and y.shape == (n,) and abs(2 * y.sum() - n) <= 1


@given(classes=st.integers(2, 5), extra=st.integers(0, 20), seed=st.integers(0, 99))
def test_spiral_arms_are_even_and_inside_the_unit_circle(classes, extra, seed):
    n = classes + extra
    x, y = data.spiral(n, classes=classes, rng=seed)
    assert np.hypot(*x.T).max() <= 1 + 1e-12
    counts = np.bincount(y, minlength=classes)
    assert counts.sum() == n and counts.max() - counts.min() <= 1


def test_spiral_without_noise_is_archimedes():
    x, y = data.spiral(90, 0.0, classes=3, turns=0.65, rng=0)
    radius = np.hypot(*x.T)
    away = radius > 1e-9
    turned = np.exp(1j * np.arctan2(x[away, 1], x[away, 0]))
    expected = np.exp(2j * np.pi * (0.65 * radius[away] + y[away] / 3))
    assert np.abs(turned - expected).max() < 1e-12


@given(n=st.integers(1, 30), features=st.integers(1, 6), targets=st.integers(1, 4))
def test_linear_regression_is_fitted_exactly_by_a_linear_layer(n, features, targets):
    x, y = data.linear_regression(n, features, targets, rng=n)
    assert x.shape == (n, features) and y.shape == (n, targets)
    extended = np.column_stack([x, np.ones(n)])
    fitted = extended @ np.linalg.lstsq(extended, y, rcond=None)[0]
    assert np.abs(fitted - y).max() < 1e-9


@pytest.mark.parametrize("test_size", [0.3, 45])
def test_split_keeps_every_sample_once_and_the_mix_of_classes(test_size):
    iris = data.iris()
    train, test = iris.split(test_size, rng=0)
    assert len(train) == 105 and len(test) == 45
    assert np.bincount(train.y).tolist() == [35, 35, 35] and np.bincount(test.y).tolist() == [15, 15, 15]
    both = np.vstack([np.column_stack([part.x, part.y]) for part in (train, test)])
    whole = np.column_stack([iris.x, iris.y])
    assert np.array_equal(both[np.lexsort(both.T)], whole[np.lexsort(whole.T)])
    again, _ = iris.split(test_size, rng=0)
    assert np.array_equal(again.x, train.x) and train.class_names == iris.class_names


def test_split_of_a_regression_and_without_stratifying():
    train, test = data.regression(11, rng=0).split(0.5, rng=0)
    assert {len(train), len(test)} == {5, 6}
    counts = [np.bincount(data.iris().split(30, rng=s, stratify=False)[1].y, minlength=3) for s in range(5)]
    assert any(count.tolist() != [10, 10, 10] for count in counts)


BAD = [
    (lambda: data.moons(0, rng=0), ValueError, r"moons: n is 0, expected .* at least 2"),
    (lambda: data.moons(1, rng=0), ValueError, r"moons: n is 1, expected .* at least 2"),
    (lambda: data.moons(10.0, rng=0), TypeError, r"moons: n is float 10.0, expected a whole number.*Fix: int\(n\)"),
    (lambda: data.moons(True, rng=0), TypeError, r"moons: n is bool True"),
    (lambda: data.moons(noise=-0.1, rng=0), ValueError, r"moons: noise is -0.1, expected .* at least 0"),
    (lambda: data.moons(noise=float("nan"), rng=0), ValueError, r"moons: noise is nan"),
    (lambda: data.moons(rng=None), TypeError, r"moons: rng is NoneType None, expected a seed.*Fix: rng=0"),
    (lambda: data.moons(rng=-1), TypeError, r"moons: rng is int -1"),
    (lambda: data.circles(factor=1.0, rng=0), ValueError, r"circles: factor is 1, expected .* below 1"),
    (lambda: data.noisy_xor(0, rng=0), ValueError, r"noisy_xor: n is 0"),
    (lambda: data.spiral(2, classes=3, rng=0), ValueError, r"spiral: n is 2, expected .* at least 3"),
    (lambda: data.spiral(classes=1, rng=0), ValueError, r"spiral: classes is 1, expected .* at least 2"),
    (lambda: data.spiral(turns=0, rng=0), ValueError, r"spiral: turns is 0, expected .* above 0"),
    (lambda: data.classification(features=3, rng=0), ValueError, r"add up to 10, expected at most features = 3"),
    (lambda: data.classification(informative=1, rng=0), ValueError, r"informative is 1, expected at least 3"),
    (lambda: data.regression(features=3, rng=0), ValueError, r"informative add up to 8, expected at most features = 3"),
    (lambda: data.linear_regression(targets=0, rng=0), ValueError, r"linear_regression: targets is 0"),
    (lambda: data.iris().split(0.0, rng=0), ValueError, r"Dataset.split: test_size is 0, expected .* above 0"),
    (lambda: data.iris().split(1.0, rng=0), ValueError, r"Dataset.split: test_size is 1, expected .* below 1"),
    (lambda: data.iris().split(150, rng=0), ValueError, r"test_size is 150, expected fewer than the 150 samples"),
    (lambda: data.regression(rng=0).split(rng=0, stratify=True), ValueError, r"there are no classes. Fix"),
]


@pytest.mark.parametrize(("call", "error", "words"), BAD)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": np.zeros(4)}, r"x has shape \(4,\), expected \(N, D\)"),
        ({"y": np.zeros(3, int)}, "x has 4 samples and y 3"),
        ({"feature_names": ("a",)}, "feature_names has 1 names, expected 2"),
        ({"class_names": ("a",)}, "y holds label 1, expected 0 to 0"),
    ],
)
def test_a_dataset_refuses_what_does_not_fit(change, words):
    from dataclasses import replace

    with pytest.raises(ValueError, match=words):
        replace(data.xor(), **change)


def test_without_scikit_learn_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    for make in (data.iris, data.digits, lambda: data.moons(rng=0)):
        with pytest.raises(ImportError, match="needs scikit-learn.*Fix: pip install scikit-learn"):
            make()
    assert len(data.spiral(30, rng=0)) == 30  # drawn by the package itself
