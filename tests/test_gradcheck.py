"""The judge is judged: right gradients pass at every scale, planted mistakes never do."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from byhand import activations, layers, losses
from byhand.gradcheck import (
    GradientReport,
    check_gradient,
    check_gradients,
    judge,
    numerical_gradient,
    relative_error,
)
from byhand.network import Sequential, mlp, value_and_grads
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

finite = st.floats(-100, 100, allow_subnormal=False)
small_arrays = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=3), elements=finite)


# --- numerical_gradient -------------------------------------------------------------------------


@given(small_arrays)
def test_quadratic_has_gradient_two_x(x):
    g = numerical_gradient(lambda v: np.sum(v * v), x)
    assert g.shape == x.shape and g.dtype == np.float64
    assert relative_error(g, 2 * x) < 1e-7 or np.abs(g - 2 * x).max() < 1e-9


def test_known_values():
    # y = 2 x^2 + 1 at x = 3 has the slope 12.
    assert numerical_gradient(lambda x: 2 * x**2 + 1, 3) == pytest.approx(12, rel=1e-9)
    g = numerical_gradient(lambda v: v[0] * np.sin(v[1]), [2.0, 0.5])
    assert g == pytest.approx([np.sin(0.5), 2 * np.cos(0.5)], rel=1e-9)


@pytest.mark.parametrize("exponent", range(-12, 13, 3))
@pytest.mark.parametrize("name", ["sine", "cube", "scaled", "logarithm", "offset"])
def test_every_scale_of_x(exponent, name):
    s = 10.0**exponent
    f, derivative = {
        "sine": (lambda x: np.sin(x / s).sum(), lambda x: np.cos(x / s) / s),
        "cube": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
        "scaled": (lambda x: s * np.exp(x / s).sum(), lambda x: np.exp(x / s)),
        "logarithm": (lambda x: np.log(x**2).sum(), lambda x: 2 / x),
        "offset": (lambda x: 1 + np.sin(x / s).sum(), lambda x: np.cos(x / s) / s),
    }[name]
    x = s * np.array([[1.0, -2.0, 0.5], [0.3, -0.07, 2.0]])
    assert relative_error(numerical_gradient(f, x), derivative(x)) < 1e-7
    assert check_gradient(f, derivative, x)
    assert not check_gradient(f, 1.001 * derivative(x), x)
    assert not check_gradient(f, -derivative(x), x)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6, 1e12])
def test_every_scale_of_f(scale):
    x = np.array([0.5, -1.5, 2.0])

    def f(v):
        return scale * np.sum(v**3)

    assert relative_error(numerical_gradient(f, x), scale * 3 * x**2) < 1e-7
    assert check_gradient(f, scale * 3 * x**2, x)
    for wrong in (np.zeros(3), scale * 3.003 * x**2, scale * 3 * x):
        assert not check_gradient(f, wrong, x)


def test_given_step_is_the_textbook_formula():
    h = 0.1
    g = numerical_gradient(lambda x: x**3, 2.0, h)
    # (2.1^3 - 1.9^3) / 0.2 = 12 + h^2: a long step sees the bend.
    assert g == pytest.approx(12 + h**2, rel=1e-12)


def test_float32_is_computed_in_float64_and_returned_in_float32():
    seen = []

    def f(v):
        seen.append(v.dtype)
        return np.sum(np.sin(v))

    x = np.array([0.1, 1.0], dtype=np.float32)
    g = numerical_gradient(f, x)
    assert g.dtype == np.float32 and set(seen) == {np.dtype(np.float64)}
    assert g == pytest.approx(np.cos(x), rel=1e-6)
    assert numerical_gradient(f, [1, 2]).dtype == np.float64


def test_shapes_of_no_entry_and_of_no_axis():
    assert numerical_gradient(lambda v: v.sum(), np.zeros((0, 3))).shape == (0, 3)
    assert numerical_gradient(lambda v: v * v, np.array(3.0)).shape == ()


def test_x_is_never_modified_even_if_f_writes_and_raises():
    x = np.arange(4.0)

    def vandal(v):
        v[:] = -7
        raise RuntimeError("f failed")

    with pytest.raises(RuntimeError, match="f failed"):
        numerical_gradient(vandal, x)
    assert x.tolist() == [0, 1, 2, 3]

    def writer(v):
        total = float(np.sum(v**2))
        v[:] = 0
        return total

    assert numerical_gradient(writer, x) == pytest.approx(2 * x)
    assert x.tolist() == [0, 1, 2, 3]


def test_read_only_and_strided_input():
    base = np.arange(24.0).reshape(4, 6) + 1
    x = base[::2, ::-3]
    x.flags.writeable = False
    assert numerical_gradient(lambda v: np.sum(v**2), x) == pytest.approx(2 * x)
    assert numerical_gradient(lambda v: np.sum(v**2), np.asfortranarray(base)) == pytest.approx(2 * base)


def test_a_kink_nearby_is_avoided_and_a_kink_hit_gives_the_mean_slope():
    def relu(v):
        return np.sum(np.maximum(v, 0))

    # 1e-6 from the kink, less than the usual step of 6e-6.
    assert numerical_gradient(relu, [1e-6, -1e-6]) == pytest.approx([1, 0])
    assert numerical_gradient(relu, [0.0]) == pytest.approx([0.5])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda v: v, "f returned an array of shape (2,) and dtype float64, expected one real number. Fix: sum it"),
        (lambda v: None, "f returned None, expected one real number. Fix: add a return"),
        (lambda v: (1.0, v), "f returned a tuple of 2, expected one number. Fix: if f returns (loss, cache)"),
        (lambda v: 1j, "f returned an array of shape () and dtype complex128"),
        (lambda v: np.nan, "f is not finite within"),
        (lambda v: np.log(v[0]) + v[1], "f is not finite within"),
    ],
)
def test_what_f_may_not_return(f, message):
    with pytest.raises((TypeError, ValueError), match="numerical_gradient: " + re.escape(message)):
        numerical_gradient(f, [0.0, 1.0])


@pytest.mark.parametrize(
    ("x", "h", "message"),
    [
        ([np.nan], None, "x contains NaN"),
        ([np.inf], None, "x contains inf at index (0,)"),
        ([1j], None, "x is complex, expected real numbers"),
        (["a"], None, "x has dtype"),
        ([1.0], 0.0, "h is 0, expected a finite number above 0"),
        ([1.0], -1e-5, "h is -1e-05"),
        ([1e12], 1e-6, "h is 1e-06, too small to change x[0] = 1e+12"),
    ],
)
def test_what_x_and_h_may_not_be(x, h, message):
    with pytest.raises((TypeError, ValueError), match="numerical_gradient: " + re.escape(message)):
        numerical_gradient(lambda v: np.sum(np.real(v)), x, h)


# --- relative_error -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (0.0, 0.0, 0.0),
        ([], [], 0.0),
        (1.0, 1.0, 0.0),
        (1.0, -1.0, 2.0),
        (0.0, 1e-300, 1.0),
        ([1.0, 2.0], [1.0, 4.0], 0.5),
        ([1e-9, 2.0], [2e-9, 2.0], 5e-10),
        (np.nan, np.nan, np.inf),
        ([1.0, np.nan], [1.0, 2.0], np.inf),
        (np.inf, np.inf, 0.0),
        ([np.inf, 1.0], [5.0, 1.0], np.inf),
        (np.inf, -np.inf, np.inf),
    ],
)
def test_relative_error_known_values(a, b, error):
    assert relative_error(a, b) == pytest.approx(error, rel=1e-12)
    assert relative_error(b, a) == relative_error(a, b)


def test_relative_error_beside_an_infinity():
    # The infinities agree, so only the other entry counts, at the infinite scale of both.
    assert relative_error([np.inf, 1.0], [np.inf, 2.0]) == 0.0


@given(small_arrays, st.floats(1e-100, 1e100))
def test_relative_error_does_not_depend_on_the_scale(a, factor):
    b = a + 1.0
    assert relative_error(a * factor, b * factor) == pytest.approx(relative_error(a, b), rel=1e-9, abs=1e-12)


@given(small_arrays)
def test_relative_error_lies_between_zero_and_two(a):
    assert relative_error(a, a) == 0.0
    assert 0.0 <= relative_error(a, -a) <= 2.0


def test_relative_error_refuses_what_would_broadcast():
    with pytest.raises(
        ValueError, match=re.escape("b has shape (3,), expected (3, 1), the shape of a. Fix: b.reshape(-1, 1).")
    ):
        relative_error(np.ones((3, 1)), np.ones(3))
    with pytest.raises(TypeError, match="a is None"):
        relative_error(None, 1.0)
    with pytest.raises(TypeError, match="b has dtype"):
        relative_error(1.0, "x")
    with pytest.raises(ValueError, match="a is not a rectangular array"):
        relative_error([[1, 2], [3]], 1.0)


# --- check_gradient -----------------------------------------------------------------------------


def cubes(x):
    return np.sum(x**3)


X = np.array([[1.0, -2.0], [0.5, 3.0]])


def test_right_gradient_as_array_and_as_function():
    assert check_gradient(cubes, 3 * X**2, X)
    report = check_gradient(cubes, lambda x: 3 * x**2, X)
    assert report and isinstance(report, GradientReport)
    row = report["x"]
    assert (row.index, row.derived, row.verdict) == ((1, 1), 27.0, "agree")
    assert row.measured == pytest.approx(27.0, rel=1e-9)


@given(st.integers(0, 3), st.floats(1.00001, 10))
def test_one_wrong_entry_is_found_and_named(k, factor):
    gradient = 3 * X**2
    gradient.flat[k] *= factor
    report = check_gradient(cubes, gradient, X)
    assert not report
    assert report["x"].index == np.unravel_index(k, X.shape)
    assert report["x"].verdict == "DISAGREE"


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (np.full((2, 2), np.nan), "not a finite number"),
        (np.array([[3.0, 12.0], [np.inf, 27.0]]), "not a finite number"),
        ((3 * X**2).ravel(), "wrong shape: (4,)"),
        ((3 * X**2)[:, :1], "wrong shape: (2, 1)"),
        (3.0, "wrong shape: ()"),
    ],
)
def test_nan_and_wrong_shapes_never_agree(wrong, verdict):
    report = check_gradient(cubes, wrong, X)
    assert not report and report["x"].verdict == verdict
    assert verdict in repr(report)


def test_a_zero_gradient_is_judged_by_rounding_alone():
    # The slope of cos at 0 is 0; what is measured is the rounding of f over the step.
    assert check_gradient(lambda x: np.sum(np.cos(x)), np.zeros(3), np.zeros(3))
    assert not check_gradient(lambda x: np.sum(np.cos(x)), np.full(3, 1e-6), np.zeros(3))
    assert check_gradient(lambda x: 1e6, np.zeros(2), np.ones(2))
    assert check_gradient(lambda x: 1e6 + np.sum(x), np.ones(2), np.ones(2))


def test_at_a_kink_the_slopes_of_both_sides_are_the_limits():
    def absolute(x):
        return np.sum(np.abs(x))

    for slope in (-1.0, 0.0, 0.3, 1.0):
        report = check_gradient(absolute, [slope], [0.0])
        assert report and ("kink" in report["x"].verdict) == (slope != 0.0)
    for slope in (-1.1, 1.1, 2.0):
        assert not check_gradient(absolute, [slope], [0.0])
    # A parabola has no kink: between its slopes left and right nothing but 0 is right.
    assert not check_gradient(lambda x: np.sum(x**2), [3e-6], [0.0])


def test_float32_gradients_get_the_tolerance_of_their_type():
    x = np.array([0.3, 1.7], np.float32)
    assert check_gradient(lambda v: np.sum(np.exp(v)), np.exp(x), x)
    assert not check_gradient(lambda v: np.sum(np.exp(v)), 1.01 * np.exp(x), x)
    assert check_gradient(lambda v: np.sum(np.exp(v)), np.exp, x).tolerance == 1e-3


def test_tolerance_and_step_are_the_callers_to_choose():
    assert check_gradient(cubes, 3.003 * X**2, X, tolerance=0.01)
    assert not check_gradient(cubes, 3 * X**2, X, h=0.1)
    with pytest.raises(ValueError, match="check_gradient: tolerance is -1"):
        check_gradient(cubes, X, X, tolerance=-1.0)
    with pytest.raises(TypeError, match="check_gradient: gradient is None"):
        check_gradient(cubes, None, X)


def test_empty_arrays_agree():
    assert check_gradient(lambda x: 0.0, np.zeros((0, 2)), np.zeros((0, 2)))
    assert not check_gradient(lambda x: 0.0, np.zeros((0, 3)), np.zeros((0, 2)))


PAIRS = ["relu", "sigmoid", "tanh", "leaky_relu", "elu", "gelu", "softplus", "identity"]


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_activation_passes_away_from_zero(name, data):
    forward = getattr(activations, f"{name}_forward")
    backward = getattr(activations, f"{name}_backward")
    z = data.draw(hnp.arrays(np.float64, (2, 3), elements=st.floats(-6, 6).filter(lambda v: abs(v) > 1e-3)))
    upstream = data.draw(hnp.arrays(np.float64, (2, 3), elements=st.floats(-3, 3)))
    dz = backward(upstream, forward(z)[1])
    assert check_gradient(lambda v: np.sum(upstream * forward(v)[0]), dz, z)


# --- check_gradients ----------------------------------------------------------------------------


def example(activation="tanh", seed=0, loss=None, sizes=(3, 5, 4, 3)):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(7, sizes[0]))
    y = rng.integers(sizes[-1], size=7)
    return mlp(sizes, activation, rng=seed), loss or losses.CrossEntropyLoss(), x, y


@pytest.mark.parametrize("activation", PAIRS)
@pytest.mark.parametrize("seed", range(5))
def test_no_false_alarm_on_whole_networks(activation, seed):
    network, loss, x, y = example(activation, seed)
    report = check_gradients(network, loss, x, y)
    assert report, report
    assert [row.name for row in report.rows] == list(network.params)


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_scales_of_targets_are_judged_right(scale):
    rng = np.random.default_rng(0)
    network = mlp([2, 4, 2], "tanh", rng=0)
    network.params["2.W"][:] *= scale
    x, y = rng.normal(size=(5, 2)), scale * rng.normal(size=(5, 2))
    assert check_gradients(network, losses.MSELoss(), x, y)
    assert not check_gradients(network, Scaled(losses.MSELoss(), 1.01), x, y)


class Scaled:
    """A loss whose backward pass is wrong by a factor."""

    def __init__(self, loss, factor):
        self.forward, self.inner, self.factor = loss.forward, loss, factor

    def backward(self, dloss, cache):
        return self.factor * self.inner.backward(dloss, cache)


def test_xor_with_zero_biases_sits_on_kinks_and_passes():
    # The sample (0, 0) puts every ReLU at 0. With its target 0 the error there is 0 as well, so that the loss
    # has a derivative and only its curvature jumps; with the target 1 the slopes left and right differ.
    x, xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    for seed in range(5):
        network = mlp([2, 3, 2, 1], rng=seed)
        assert check_gradients(network, losses.MSELoss(), x, xor)
        assert not check_gradients(network, Scaled(losses.MSELoss(), 1.01), x, xor)
        report = check_gradients(network, losses.MSELoss(), x, 1 - xor)
        assert report and "agree (at a kink)" in {report["0.b"].verdict, report["2.b"].verdict}


class Wrapped:
    """A network whose gradients pass through a planted mistake."""

    def __init__(self, network, mistake):
        self.network, self.mistake = network, mistake
        self.forward = network.forward

    @property
    def params(self):
        return self.network.params

    def backward(self, dy, caches):
        dx, grads = self.network.backward(dy, caches)
        return dx, self.mistake(grads)


@pytest.mark.parametrize(
    ("mistake", "name", "verdict"),
    [
        (lambda g: g | {"0.W": 2 * g["0.W"]}, "0.W", "DISAGREE"),
        (lambda g: g | {"2.b": 7 * g["2.b"]}, "2.b", "DISAGREE"),
        (lambda g: g | {"4.W": -g["4.W"]}, "4.W", "DISAGREE"),
        (lambda g: g | {"0.b": 0 * g["0.b"]}, "0.b", "DISAGREE"),
        (lambda g: g | {"0.W": g["0.W"].T}, "0.W", "wrong shape: (3, 5)"),
        (lambda g: g | {"0.b": g["0.b"][:, None]}, "0.b", "wrong shape: (5, 1)"),
        (lambda g: g | {"2.W": g["2.W"] * np.nan}, "2.W", "not a finite number"),
        (lambda g: {k: v for k, v in g.items() if k != "4.b"}, "4.b", "no gradient returned"),
    ],
)
def test_planted_mistakes_are_refused_by_name(mistake, name, verdict):
    network, loss, x, y = example()
    report = check_gradients(Wrapped(network, mistake), loss, x, y)
    assert not report
    assert [row.name for row in report.rows if not row.agrees] == [name]
    assert report[name].verdict == verdict


def test_a_gradient_for_an_unknown_parameter_is_an_error():
    network, loss, x, y = example()
    with pytest.raises(ValueError, match="backward returned a gradient for 'bias', which is not among network.params"):
        check_gradients(Wrapped(network, lambda g: g | {"bias": g["0.b"]}), loss, x, y)


def test_parameters_come_back_exactly_and_the_result_repeats():
    rng = np.random.default_rng(3)
    network = Sequential(
        layers.Linear(3, 4, rng=0), layers.BatchNorm1d(4), layers.Dropout(0.5, rng=0), layers.Linear(4, 2, rng=1)
    )
    x, y = rng.normal(size=(6, 3)), rng.integers(2, size=6)
    before = {name: w.tobytes() for name, w in network.params.items()}
    arrays = {name: id(w) for name, w in network.params.items()}
    first, second = (check_gradients(network, losses.CrossEntropyLoss(), x, y) for _ in range(2))
    assert first and first == second
    assert {name: w.tobytes() for name, w in network.params.items()} == before
    assert {name: id(w) for name, w in network.params.items()} == arrays


def test_parameters_come_back_when_the_loss_raises_midway():
    network, loss, x, y = example()
    before = {name: w.copy() for name, w in network.params.items()}

    class Failing:
        calls = 0
        backward = staticmethod(loss.backward)

        def forward(self, prediction, target):
            self.calls += 1
            if self.calls == 20:
                raise KeyboardInterrupt
            return loss.forward(prediction, target)

    with pytest.raises(KeyboardInterrupt):
        check_gradients(network, Failing(), x, y)
    for name, w in network.params.items():
        assert np.array_equal(w, before[name])
    with pytest.raises(ValueError, match="NaN"):  # the checks are back on
        activations.relu_forward([np.nan])


def test_float32_networks_are_measured_in_float64():
    network, loss, x, y = example()
    small = network.astype(np.float32)
    report = check_gradients(small, loss, x.astype(np.float32), y)
    assert report and report.tolerance == 1e-3
    assert all(w.dtype == np.float32 for w in small.params.values())
    assert not check_gradients(small, Scaled(loss, 1.01), x.astype(np.float32), y)


def test_transposed_parameters_are_measured_in_place():
    network, loss, x, y = example()
    network.layers[0].params["W"] = np.asfortranarray(network.layers[0].params["W"])
    assert check_gradients(network, loss, x, y)


def test_data_that_does_not_fit_is_refused():
    network, loss, x, y = example()
    with pytest.raises(ValueError, match="check_gradients: x contains inf"):
        check_gradients(network, loss, x * np.inf, y)
    with pytest.raises(ValueError, match="target has shape"):
        check_gradients(network, loss, x, y[:3])
    with pytest.raises(ValueError, match="x has shape"):
        check_gradients(network, loss, x[:, :2], y)


def test_the_gradients_judged_are_those_that_training_uses():
    network, loss, x, y = example()
    _, grads = value_and_grads(network, loss, x, y)
    for row in check_gradients(network, loss, x, y).rows:
        assert row.derived == pytest.approx(grads[row.name][row.index], rel=1e-12)


# --- judge --------------------------------------------------------------------------------------


class Tensor:
    """What `judge` needs of a torch tensor, so that this file runs without torch."""

    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    def cpu(self):
        return self.array


def three(**values):
    names = ("by_hand", "finite_differences", "autograd")
    return {judge_: {k: v[i] for k, v in values.items()} for i, judge_ in enumerate(names)}


def test_three_judges_agree():
    verdict = judge(
        by_hand={"dw": -0.187175, "dW": [[1.0, 2.0]]},
        finite_differences={"dw": -0.187175 + 1e-11, "dW": np.array([[1.0, 2.0 + 1e-9]])},
        autograd={"dw": Tensor(np.array(-0.187175)), "dW": Tensor(np.array([[1.0, 2.0]]))},
    )
    assert verdict
    assert verdict.cells() == [
        ["dw", "-0.187175", "-0.187175", "-0.187175", "below 1e-06", "agree"],
        ["dW", "array (1, 2)", "array (1, 2)", "array (1, 2)", "below 1e-06", "agree"],
    ]
    assert repr(verdict).startswith("Three judges agree on 1") is False
    assert repr(verdict).splitlines()[0] == "Three judges agree on 2 of 2 gradients"


@pytest.mark.parametrize("odd", [0, 1, 2])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_one_judge_who_differs_is_enough(odd, scale):
    values = [scale, scale, scale]
    values[odd] *= 1.001
    verdict = judge(**three(dw=values))
    assert not verdict
    assert verdict.cells()[0][-2:] == ["1.0e-03", "DISAGREE"]


def test_judge_on_nan_shapes_and_zeros():
    assert judge(**three(a=[np.nan] * 3)).cells()[0][-1] == "NaN"
    assert judge(**three(a=[np.ones(2), np.ones((2, 1)), np.ones(2)])).cells()[0][-1] == "shapes differ"
    assert not judge(**three(a=[np.nan] * 3))
    assert not judge(**three(a=[np.ones(2), np.ones((2, 1)), np.ones(2)]))
    # Zero beside ordinary gradients: the rounding of the measured one is no disagreement.
    assert judge(**three(zero=[0.0, 1e-11, 0.0], one=[1.0, 1.0, 1.0]))
    assert not judge(**three(zero=[0.0, 1e-11, 0.0]))
    assert judge(**three(zero=[0.0, 1e-11, 0.0]), rounding=1e-10)
    assert judge(**three(a=[np.zeros(0)] * 3))
    assert judge(**three(a=[-0.0, 0.0, 0.0])).cells()[0][1:4] == ["0", "0", "0"]


def test_judge_names_what_is_missing():
    with pytest.raises(ValueError, match="by_hand and autograd differ in db, dw, expected the same names"):
        judge(by_hand={"dw": 1}, finite_differences={"dw": 1}, autograd={"db": 1})
    with pytest.raises(TypeError, match=re.escape("autograd is float, expected a dict. Fix: autograd={'dW': ...}.")):
        judge(by_hand={"dw": 1}, finite_differences={"dw": 1}, autograd=1.0)
    with pytest.raises(
        TypeError, match=re.escape("autograd['dw'] is None, expected numbers. Fix: for a torch tensor's .grad")
    ):
        judge(**three(dw=[1.0, 1.0, None]))


# --- how it looks -------------------------------------------------------------------------------


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(attributes)))

    def handle_data(self, data):
        if data.strip():
            self.text.append(data)


@pytest.mark.parametrize("table", [judge(**three(**{"a<b": [1.0, 1.0, 2.0]})), check_gradient(cubes, 3 * X**2, X)])
def test_tables_are_accessible_and_leave_colours_to_the_page(table):
    html = table._repr_html_()
    parser = Cells()
    parser.feed(html)
    tags = [tag for tag, _ in parser.tags]
    assert parser.tags[0] == ("table", (("class", "judgement"),)) and tags[1] == "caption"
    assert tags.count("th") == len(table.head) + len(table.cells())
    assert {value for tag, attributes in parser.tags if tag == "th" for _, value in attributes} == {"col", "row"}
    assert "style" not in html and "color" not in html
    assert parser.text[0] == table.caption
    assert parser.text[1 + len(table.head)] == table.cells()[0][0]


def test_text_tables_are_aligned():
    lines = repr(check_gradient(cubes, 3 * X**2, X)).splitlines()
    assert lines[0] == "1 of 1 gradients agree with central differences (tolerance 1e-06)"
    assert lines[1].split() == ["parameter", "shape", "entry", "derived", "measured", "verdict"]
    assert lines[1].index("verdict") == lines[2].index("agree")
