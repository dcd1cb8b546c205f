"""Activations: values, limits, derivatives by differences and by PyTorch, types, layouts, errors."""

import math

import byhand
import numpy as np
import pytest
import torch
from conftest import central_difference, layouts, max_relative_error
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

NAMES = ["relu", "leaky_relu", "elu", "gelu", "softplus", "sigmoid", "tanh", "identity"]
LAYERS = [
    byhand.ReLU(),
    byhand.LeakyReLU(0.2),
    byhand.ELU(1.5),
    byhand.GELU(),
    byhand.Softplus(),
    byhand.Sigmoid(),
    byhand.Tanh(),
    byhand.Identity(),
]
TORCH = {
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "elu": torch.nn.functional.elu,
    "gelu": torch.nn.functional.gelu,
    "softplus": torch.nn.functional.softplus,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "identity": lambda z: z * 1.0,
}
finite = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e300, 1e300))


def pair(name):
    return getattr(byhand, f"{name}_forward"), getattr(byhand, f"{name}_backward")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(7,), (1, 1), (1, 5), (7, 2), (7, 3), (2, 3, 4)])
def test_derivative_against_central_differences(name, shape, rng):
    forward, backward = pair(name)
    z = rng.normal(size=shape)
    z[np.abs(z) < 0.05] = 0.3  # away from the kinks at 0
    da = rng.normal(size=shape)
    _, cache = forward(z)
    numeric = central_difference(lambda z: float((forward(z)[0] * da).sum()), z)
    assert max_relative_error(backward(da, cache), numeric) < 1e-7


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gelu"])
def test_derivative_against_the_complex_step(name, rng):
    # Im f(z + ih) / h has no difference that cancels: right to the last digits (Squire and Trapp, 1998).
    forward, backward = pair(name)
    z = np.concatenate([rng.normal(scale=4.0, size=40), [-30.0, -1e-8, 1e-8, 30.0]])
    da = rng.normal(size=z.shape)
    _, cache = forward(z)
    measured = da * forward(z + 1e-30j)[0].imag / 1e-30
    # Derivatives read off the output, such as 1 - a^2, carry the rounding of a: absolute, not relative.
    np.testing.assert_allclose(backward(da, cache), measured, rtol=4e-15, atol=1e-15)


@pytest.mark.parametrize("function", [byhand.softmax, byhand.log_softmax, byhand.sigmoid])
def test_functions_without_a_backward_pass_against_the_complex_step(function, rng):
    z, weights = rng.normal(scale=3.0, size=(4, 5)), rng.normal(size=(4, 5))
    zt = torch.tensor(z, requires_grad=True)
    twin = {
        byhand.softmax: lambda t: torch.softmax(t, -1),
        byhand.log_softmax: lambda t: torch.log_softmax(t, -1),
        byhand.sigmoid: torch.sigmoid,
    }[function]
    (twin(zt) * torch.tensor(weights)).sum().backward()
    measured = np.empty_like(z)
    for index in np.ndindex(z.shape):
        moved = z.astype(complex)
        moved[index] += 1e-30j
        measured[index] = (function(moved) * weights).sum().imag / 1e-30
    np.testing.assert_allclose(measured, zt.grad.numpy(), rtol=1e-10, atol=1e-15)


def test_gelu_says_that_it_takes_real_numbers_only():
    with pytest.raises(TypeError, match=r"gelu_forward: z is complex, expected real"):
        byhand.gelu_forward([1.0 + 1e-30j])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_forward_and_backward_against_autograd(name, dtype, tolerance, rng):
    forward, backward = pair(name)
    # PyTorch's softplus switches to the identity above 20, an error of 2e-9 there: stay below.
    z = np.clip(rng.normal(scale=4.0, size=(6, 5)), -12, 12).astype(dtype)
    z[0, 0] = 0.0
    da = rng.normal(size=z.shape).astype(dtype)
    a, cache = forward(z)
    dz = backward(da, cache)
    zt = torch.tensor(z, requires_grad=True)
    at = TORCH[name](zt)
    at.backward(torch.tensor(da))
    assert a.dtype == dz.dtype == dtype
    np.testing.assert_allclose(a, at.detach().numpy(), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(dz, zt.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_any_layout_gives_the_same_and_leaves_the_input_alone(name, rng):
    forward, backward = pair(name)
    z, da = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    a, cache = forward(z)
    dz = backward(da, cache)
    for layout, view in layouts(z).items():
        before = view.copy()
        a_view, cache_view = forward(view)
        np.testing.assert_array_equal(a_view, a, err_msg=layout)
        for upstream in layouts(da).values():
            np.testing.assert_array_equal(backward(upstream, cache_view), dz)
        np.testing.assert_array_equal(view, before)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [[], [[1, 2], [3, 4]], 0, np.zeros((0, 3))])
def test_empty_lists_and_integers_become_floats_of_the_same_shape(name, z):
    forward, backward = pair(name)
    a, cache = forward(z)
    assert np.asarray(a).dtype == np.float64
    assert np.shape(backward(np.ones(np.shape(z)), cache)) == np.shape(a) == np.shape(z)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("relu", 0, 1000), ("leaky_relu", -10, 1000), ("elu", -1, 1000), ("gelu", 0, 1000), ("softplus", 0, 1000)]
    + [("sigmoid", 0, 1), ("tanh", -1, 1), ("identity", -1000, 1000)],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_there_is_no_warning_and_the_limit(name, low, high, dtype):
    forward, backward = pair(name)
    a, cache = forward(np.array([-1000, 1000], dtype))
    np.testing.assert_allclose(a, [low, high], rtol=1e-6)
    assert np.isfinite(backward(np.ones(2, dtype), cache)).all()


@pytest.mark.parametrize("name", NAMES)
def test_largest_numbers_and_infinities(name):
    forward, backward = pair(name)
    a, cache = forward(np.array([-np.inf, -1e308, 1e308, np.inf]))
    assert not np.isnan(a).any()
    assert not np.isnan(backward(np.ones(4), cache)).any()


def test_relu_has_no_slope_at_zero_as_in_pytorch():
    _, cache = byhand.relu_forward([-1.0, 0.0, 2.0])
    np.testing.assert_array_equal(byhand.relu_backward([5.0, 5.0, 5.0], cache), [0, 0, 5])


def test_sigmoid_of_minus_1000_in_float32():
    # exp(1000) is infinite in float32, so 1 / (1 + exp(-z)) would warn here; exp(-1000) is 0.
    assert byhand.sigmoid(np.array([-1000.0], np.float32))[0] == 0.0
    assert byhand.sigmoid(np.array([-80.0]))[0] == pytest.approx(math.exp(-80), rel=1e-14)


def test_small_values_keep_their_digits():
    assert byhand.softplus_forward([-50.0])[0][0] == pytest.approx(math.exp(-50), rel=1e-14)
    assert byhand.elu_forward([-1e-12])[0][0] == pytest.approx(-1e-12, rel=1e-11)
    assert byhand.gelu_forward([-10.0])[0][0] == pytest.approx(-5 * math.erfc(10 / math.sqrt(2)), rel=1e-14)


def test_softmax_never_overflows_and_shares_infinities():
    z = np.array([[1000.0, 0.0, -1000.0], [np.inf, 0.0, np.inf], [-np.inf, 1.0, 1.0], [-1e308, 1e308, 0.0]])
    np.testing.assert_allclose(byhand.softmax(z), [[1, 0, 0], [0.5, 0, 0.5], [0, 0.5, 0.5], [0, 1, 0]])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_log_softmax_shares_ties_and_infinities_along_any_axis(axis):
    inf = np.inf
    rows = np.array([[2.0, 2.0, 2.0], [5.0, 5.0, -inf], [inf, inf, 0.0], [-inf, -inf, -inf], [inf, 1.0, -inf]])
    shared = np.log(
        [[1 / 3] * 3, [0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [1 / 3] * 3, [1.0, 0.0, 0.0]],
        where=[[True] * 3, [True, True, False], [True, True, False], [True] * 3, [True, False, False]],
        out=np.full((5, 3), -inf),
    )
    z, expected = (np.moveaxis(np.stack([a, a[::-1]]), -1, axis) for a in (rows, shared))
    for dtype in (np.float64, np.float32):
        log_p = byhand.log_softmax(z.astype(dtype), axis)
        assert log_p.dtype == dtype
        np.testing.assert_allclose(log_p, expected, rtol=4 * np.finfo(dtype).eps)


def test_log_softmax_of_one_row_is_that_of_a_batch_of_one(rng):
    z = rng.normal(size=5)
    z[3] = z.max()  # a tie
    np.testing.assert_array_equal(byhand.log_softmax(z), byhand.log_softmax(z.reshape(1, -1))[0])
    np.testing.assert_array_equal(byhand.softmax(z), byhand.softmax(z.reshape(1, -1))[0])


def test_log_softmax_keeps_a_tiny_rest():
    # ln p of the larger of two logits 40 apart is -ln(1 + e^-40), which 1 + e^-40 = 1 would lose.
    log_p = byhand.log_softmax([[40.0, 0.0]])
    assert log_p[0, 0] == pytest.approx(-math.exp(-40), rel=1e-12)
    assert log_p[0, 1] == pytest.approx(-40.0)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_against_pytorch_along_any_axis(axis, rng):
    z = rng.normal(scale=5.0, size=(4, 6))
    np.testing.assert_allclose(byhand.softmax(z, axis), torch.softmax(torch.tensor(z), axis).numpy(), rtol=1e-12)
    np.testing.assert_allclose(
        byhand.log_softmax(z, axis), torch.log_softmax(torch.tensor(z), axis).numpy(), rtol=1e-10, atol=1e-12
    )
    assert byhand.log_softmax(z.astype(np.float32), axis).dtype == np.float32


@given(finite)
def test_sigmoid_of_the_negative_is_the_complement(z):
    np.testing.assert_allclose(byhand.sigmoid(z) + byhand.sigmoid(-z), 1.0, rtol=1e-15)


@given(finite)
def test_softplus_differs_from_relu_by_at_most_ln_2(z):
    gap = byhand.softplus_forward(z)[0] - byhand.relu_forward(z)[0]
    assert (gap >= 0).all() and (gap <= math.log(2) + 1e-15).all()


@given(finite)
def test_leaky_relu_keeps_order_and_sign(z):
    a = byhand.leaky_relu_forward(z)[0]
    assert ((np.sign(a) == np.sign(z)) | (np.abs(z) < 1e-300)).all()


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-700, 700)), st.floats(-1e3, 1e3))
def test_softmax_is_a_distribution_and_ignores_a_shift(z, shift):
    p = byhand.softmax(z)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(byhand.softmax(z + shift), p, rtol=1e-9, atol=1e-12)


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(-300, 300)))
def test_log_softmax_is_the_logarithm(z):
    np.testing.assert_allclose(np.exp(byhand.log_softmax(z)), byhand.softmax(z), rtol=1e-12, atol=1e-300)


@given(finite)
def test_relu_is_idempotent(z):
    once = byhand.relu_forward(z)[0]
    np.testing.assert_array_equal(byhand.relu_forward(once)[0], once)


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_layers_are_their_functions(layer, rng):
    x = rng.normal(size=(5, 3))
    y, cache = layer.forward(x)
    dx, grads = layer.backward(np.ones_like(y), cache)
    numeric = central_difference(lambda x: float(layer.forward(x)[0].sum()), x)
    assert layer.params == {} and grads == {}
    assert max_relative_error(dx, numeric) < 1e-7


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: byhand.relu_forward([1.0, float("nan")]),
            ValueError,
            ["relu_forward", "z", "NaN", "index (1,)", "Fix"],
        ),
        (lambda: byhand.sigmoid("abc"), TypeError, ["sigmoid", "z", "dtype"]),
        (lambda: byhand.tanh_forward(torch.ones(2)), TypeError, ["tanh_forward", "torch tensor", "numpy()"]),
        (lambda: byhand.softmax(None), TypeError, ["softmax", "None"]),
        (lambda: byhand.softmax(np.zeros((3, 0))), ValueError, ["(3, 0)", "at least one class"]),
        (lambda: byhand.gelu_forward([[1.0], [1.0, 2.0]]), ValueError, ["rectangular", "same length"]),
        (lambda: byhand.relu_backward(np.ones(3), np.ones((3, 1))), ValueError, ["cache", "(3, 1)", "(3,)"]),
        (lambda: byhand.relu_backward(np.ones(3), None), TypeError, ["cache", "forward"]),
        (lambda: byhand.elu_forward([1.0], alpha=float("nan")), ValueError, ["alpha", "nan", "finite"]),
        (lambda: byhand.LeakyReLU("steep"), TypeError, ["LeakyReLU", "alpha", "steep"]),
    ],
)
def test_bad_input_is_refused_with_a_cure(call, error, words):
    with pytest.raises(error) as raised:
        call()
    for word in words:
        assert word in str(raised.value)
