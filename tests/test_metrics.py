"""byhand.metrics: intervals for results over seeds. The scores are tested beside the training loop."""

import sys

import numpy as np
import pytest
from byhand import mean_interval, share_interval
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats


def test_mean_interval_by_hand():
    # Four values: t with three degrees of freedom is 3.182446 at 97.5 %; s = sqrt(5/3).
    mean, half = mean_interval([1, 2, 3, 4])
    assert mean == 2.5
    assert half == pytest.approx(3.182446 * np.sqrt(5 / 3) / 2, rel=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(0.5, 0.999))
def test_mean_interval_is_scipys(values, level):
    mean, half = mean_interval(values, level)
    spread = stats.sem(values)
    if spread > 0:
        low, high = stats.t.interval(level, len(values) - 1, np.mean(values), spread)
        assert np.allclose((mean - half, mean + half), (low, high), rtol=1e-9, atol=1e-9)
    else:
        assert half == 0


def test_a_95_percent_interval_covers_the_mean_95_times_of_100():
    rng = np.random.default_rng(0)
    draws = rng.normal(3.0, 2.0, size=(4000, 20))
    covered = [abs(mean - 3.0) <= half for mean, half in map(mean_interval, draws)]
    # The share of 4000 hits has a standard deviation of 0.0034 about 0.95.
    assert 0.94 < np.mean(covered) < 0.96


@given(st.integers(1, 200), st.data(), st.floats(0.5, 0.999))
def test_share_interval_is_wilsons_formula(n, data, level):
    k = data.draw(st.integers(0, n))
    share, low, high = share_interval([True] * k + [False] * (n - k), level)
    assert share == pytest.approx(k / n)
    # Its ends are the shares p at which (k/n - p)^2 = z^2 p (1 - p) / n.
    z = stats.norm.ppf((1 + level) / 2)
    for end in (low, high):
        assert (k / n - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-9)
    assert 0 <= low <= share <= high <= 1 and low < high


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda: mean_interval([1.0]), ValueError, r"values has shape \(1,\).*at least 2"),
        (lambda: mean_interval([[1.0, 2.0]]), ValueError, r"values has shape \(1, 2\)"),
        (lambda: mean_interval([1.0, np.inf]), ValueError, "values .* 1 finite.*share_interval"),
        (lambda: mean_interval([1.0, np.nan]), ValueError, "values contains NaN"),
        (lambda: mean_interval([1.0, 2.0], 95), ValueError, "level is 95"),
        (lambda: share_interval([]), ValueError, "successes"),
        (lambda: share_interval([0.5, 1]), ValueError, "successes .* true and false"),
        (lambda: share_interval(None), TypeError, "successes is None"),
        (lambda: share_interval([True], 0), ValueError, "level is 0"),
    ],
)
def test_bad_input(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize("function", [mean_interval, share_interval])
def test_without_scipy_the_error_says_what_to_install(function, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)  # an import of it now fails
    with pytest.raises(ImportError, match=f"{function.__name__} needs SciPy. Fix: pip install scipy"):
        function([True, False])
