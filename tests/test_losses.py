"""Losses: worked numbers, gradients by differences and by PyTorch, extremes, errors."""

import itertools
import math

import byhand
import numpy as np
import pytest
import torch
from conftest import central_difference, layouts, max_relative_error
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional

logits_arrays = hnp.arrays(np.float64, (4, 3), elements=st.floats(-1e6, 1e6))


def cases(rng, n, k):
    """(forward, backward, torch's function, prediction, target) for each kind of loss."""
    z = rng.normal(scale=2.0, size=(n, k))
    rows = byhand.softmax(rng.normal(size=(n, k)))
    labels = rng.integers(0, k, n)
    return {
        "mse": (byhand.mse_forward, byhand.mse_backward, functional.mse_loss, z, rng.normal(size=(n, k))),
        "bce": (
            byhand.binary_cross_entropy_forward,
            byhand.binary_cross_entropy_backward,
            functional.binary_cross_entropy_with_logits,
            z,
            rng.integers(0, 2, (n, k)).astype(float),
        ),
        "bce soft": (
            byhand.binary_cross_entropy_forward,
            byhand.binary_cross_entropy_backward,
            functional.binary_cross_entropy_with_logits,
            z,
            rng.random((n, k)),
        ),
        "ce": (byhand.cross_entropy_forward, byhand.cross_entropy_backward, functional.cross_entropy, z, labels),
        "ce soft": (byhand.cross_entropy_forward, byhand.cross_entropy_backward, functional.cross_entropy, z, rows),
    }


KINDS = ["mse", "bce", "bce soft", "ce", "ce soft"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_gradient_against_differences_and_autograd(kind, n, k, rng):
    forward, backward, twin, z, target = cases(rng, n, k)[kind]
    loss, cache = forward(z, target)
    upstream = 1.7  # not 1: a backward pass that ignores it would go unseen
    dz = backward(upstream, cache)
    numeric = central_difference(lambda z: upstream * float(forward(z, target)[0]), z)
    zt = torch.tensor(z, requires_grad=True)
    lt = twin(zt, torch.tensor(target))
    (upstream * lt).backward()
    # One class leaves nothing to learn: both gradients are 0 and only the differences' rounding is left.
    assert max_relative_error(dz, numeric) < 1e-7 or np.abs(dz - numeric).max() < 1e-10
    assert float(loss) == pytest.approx(lt.item(), rel=1e-10, abs=1e-12)
    np.testing.assert_allclose(dz, zt.grad.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 7])
def test_any_layout_of_prediction_and_target_gives_the_same(kind, n, rng):
    forward, backward, _, z, target = cases(rng, n, 3)[kind]
    loss, cache = forward(z, target)
    dz = backward(0.3, cache)
    for view, aim in itertools.product(layouts(z).values(), layouts(target).values()):
        same, cache_view = forward(view, aim)
        assert float(same) == pytest.approx(float(loss), rel=1e-15)
        np.testing.assert_allclose(backward(0.3, cache_view), dz, rtol=1e-15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_float32_gradient_against_autograd(kind, k, rng):
    forward, backward, twin, z, target = cases(rng, 7, k)[kind]
    aim = target.astype(np.float32) if target.dtype.kind == "f" else target
    z = z.astype(np.float32)
    loss, cache = forward(z, aim)
    zt = torch.tensor(z, requires_grad=True)
    lt = twin(zt, torch.tensor(aim))
    lt.backward()
    assert float(loss) == pytest.approx(lt.item(), rel=1e-5, abs=1e-6)
    np.testing.assert_allclose(backward(1.0, cache), zt.grad.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32_in_any_layout(kind, rng):
    forward, backward, _, z, target = cases(rng, 6, 4)[kind]
    expected, _ = forward(z, target)
    for view in layouts(z.astype(np.float32)).values():
        before = view.copy()
        loss, cache = forward(view, target)
        assert loss.dtype == backward(1.0, cache).dtype == np.float32
        assert float(loss) == pytest.approx(float(expected), rel=1e-5)
        np.testing.assert_array_equal(view, before)


@pytest.mark.parametrize("z", [1000.0, 1e308, np.inf])
def test_confident_and_right_costs_nothing_and_wrong_costs_the_gap(z):
    right, _ = byhand.binary_cross_entropy_forward([z, -z], [1.0, 0.0])
    wrong, cache = byhand.binary_cross_entropy_forward([z], [0.0])
    assert float(right) == 0.0 and float(wrong) == z
    assert float(byhand.cross_entropy_forward([[z, 0.0]], [0])[0]) == 0.0
    np.testing.assert_array_equal(byhand.binary_cross_entropy_backward(1.0, cache), [1.0])


def test_tiny_losses_keep_their_digits():
    expected = math.exp(-40)
    for loss in (
        byhand.binary_cross_entropy_forward([40.0], [1])[0],
        byhand.binary_cross_entropy_forward([-40.0], [0])[0],
        byhand.cross_entropy_forward([[40.0, 0.0]], [0])[0],
    ):
        assert float(loss) == pytest.approx(expected, rel=1e-12)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-700, 700)), hnp.arrays(np.int64, 5, elements=st.integers(0, 1)))
def test_binary_cross_entropy_is_cross_entropy_of_two_classes(z, y):
    two = np.column_stack([np.zeros(5), z])
    one, _ = byhand.binary_cross_entropy_forward(z, y)
    both, _ = byhand.cross_entropy_forward(two, y)
    assert float(one) == pytest.approx(float(both), rel=1e-12, abs=1e-300)


@given(logits_arrays, st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_cross_entropy_is_never_negative_and_its_gradient_sums_to_zero(z, labels):
    loss, cache = byhand.cross_entropy_forward(z, labels)
    assert float(loss) >= 0
    np.testing.assert_allclose(byhand.cross_entropy_backward(1.0, cache).sum(axis=1), 0.0, atol=1e-15)


@given(logits_arrays, st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_one_hot_rows_and_labels_agree(z, labels):
    by_label, a = byhand.cross_entropy_forward(z, labels)
    by_row, b = byhand.cross_entropy_forward(z, np.eye(3)[labels])
    assert float(by_label) == pytest.approx(float(by_row), rel=1e-14)
    np.testing.assert_allclose(byhand.cross_entropy_backward(1.0, a), byhand.cross_entropy_backward(1.0, b))


def test_losses_and_their_objects_agree_and_say_their_names(rng):
    for loss, (forward, backward, _, z, target) in zip(
        (byhand.MSELoss(), byhand.BCEWithLogitsLoss(), byhand.CrossEntropyLoss()),
        (cases(rng, 5, 3)[kind] for kind in ("mse", "bce", "ce")),
        strict=True,
    ):
        value, cache = loss.forward(z, target)
        assert value == forward(z, target)[0]
        np.testing.assert_array_equal(loss.backward(1.0, cache), backward(1.0, cache))
        assert repr(loss) == f"{type(loss).__name__}()"


def test_right_answers_are_counted_by_sample():
    count = byhand.BCEWithLogitsLoss().correct
    z = np.array([[1.0], [-1.0], [0.0], [2.0]])
    # above 0 is class 1: right, wrong, right (0 is not above), right
    assert count(z, np.array([[1.0], [1.0], [0.0], [0.6]])) == 3
    # with two outputs a sample counts a half for each: right right, wrong right
    assert count(np.array([[1.0, -1.0], [-1.0, 3.0]]), np.array([[1.0, 0.0], [1.0, 1.0]])) == 1.5
    count = byhand.CrossEntropyLoss().correct
    z = np.array([[3.0, 1.0, 2.0], [0.0, 1.0, 2.0]])
    assert count(z, np.array([0, 1])) == 1
    assert count(z, np.array([[0.4, 0.3, 0.3], [0.1, 0.2, 0.7]])) == 2
    assert count(z, np.array([[0.3, 0.4, 0.3], [0.1, 0.2, 0.7]])) == 1


def test_a_class_that_the_target_rules_out_may_have_no_chance():
    # 0 * ln 0 counts as 0: the class with logit -inf has probability 0 in both
    loss, cache = byhand.cross_entropy_forward([[0.0, 0.0, -np.inf]], [[0.5, 0.5, 0.0]])
    assert float(loss) == pytest.approx(math.log(2))
    np.testing.assert_allclose(byhand.cross_entropy_backward(1.0, cache), [[0.0, 0.0, 0.0]], atol=1e-16)


@pytest.mark.parametrize("kind", KINDS)
def test_an_array_of_one_number_starts_a_backward_pass(kind, rng):
    forward, backward, _, z, target = cases(rng, 3, 2)[kind]
    _, cache = forward(z, target)
    np.testing.assert_array_equal(backward(np.array([2.0]), cache), backward(2.0, cache))


@given(logits_arrays)
def test_mse_with_itself_is_zero(z):
    assert float(byhand.mse_forward(z, z)[0]) == 0.0


@given(logits_arrays, logits_arrays)
def test_mse_is_symmetric(a, b):
    assert float(byhand.mse_forward(a, b)[0]) == float(byhand.mse_forward(b, a)[0])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: byhand.mse_forward(np.zeros((0, 2)), np.zeros((0, 2))), ValueError, ["(0, 2)", "empty"]),
        (lambda: byhand.mse_forward([1.0], [float("nan")]), ValueError, ["target", "NaN"]),
        (lambda: byhand.mse_backward(float("nan"), ([1.0], [1.0])), ValueError, ["dloss", "nan"]),
        (lambda: byhand.mse_backward(1.0, 3.0), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(1.0, ([1.0], [1.0])), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(1.0, (np.ones(2), [1.0, 1.0])), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(1.0, (np.ones(2, int), np.ones(2))), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(1.0, (np.ones(2), np.ones(2, int))), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(1.0, (np.ones(2), np.ones(3))), TypeError, ["cache", "forward"]),
        (lambda: byhand.mse_backward(np.ones(2), (np.ones(2), np.ones(2))), TypeError, ["dloss"]),
        (lambda: byhand.cross_entropy_backward(1.0, (np.ones(2), np.ones(2))), TypeError, ["cache", "forward"]),
        (lambda: byhand.cross_entropy_backward(1.0, (np.ones(2), np.ones(2, int))), TypeError, ["cache", "forward"]),
        (
            lambda: byhand.binary_cross_entropy_forward([1.0, 2.0], [-1, 1]),
            ValueError,
            ["target", "-1", "(target + 1) / 2"],
        ),
        (lambda: byhand.binary_cross_entropy_forward([1.0, 2.0], [1, 2]), ValueError, ["target - 1"]),
        (
            lambda: byhand.binary_cross_entropy_forward([[1.0], [2.0]], [0, 1]),
            ValueError,
            ["(2,)", "(2, 1)", "reshape"],
        ),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), [1, 3]), ValueError, ["1 to 3", "0 to 2", "target - 1"]),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), [-1, 0]), ValueError, ["from -1", "0 to 2"]),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), [0.0, 1.0]), TypeError, ["integer", "astype(int)"]),
        (
            lambda: byhand.cross_entropy_forward(np.ones((2, 3)), np.eye(3, dtype=int)[:2]),
            TypeError,
            ["argmax(axis=1)"],
        ),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), np.ones((2, 3))), ValueError, ["row 0", "sum 3"]),
        (
            lambda: byhand.cross_entropy_forward(np.ones((2, 2)), [[0.5, 0.5], [0.5, 0.6]]),
            ValueError,
            ["row 1", "sum 1.1"],
        ),
        (
            lambda: byhand.cross_entropy_forward(np.ones((3, 2)), [[0.5, 0.4], [1.5, -0.5], [0.5, 0.5]]),
            ValueError,
            ["row 1", "-0.5"],
        ),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), [[1], [2]]), ValueError, ["(2, 1)", "ravel"]),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), [0, 1, 2]), ValueError, ["(3,)", "(2,)"]),
        (lambda: byhand.cross_entropy_forward(np.ones(3), [0]), ValueError, ["(3,)", "(N, K)", "reshape(1, -1)"]),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 3)), torch.tensor([0, 1])), TypeError, ["torch", "numpy()"]),
        (lambda: byhand.cross_entropy_forward(np.ones((2, 0)), [0, 1]), ValueError, ["at least one class"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)
