"""The scalar engine: each operation and random formulas, by differences and by autograd; long chains; bad input."""

import math
import subprocess
import sys

import byhand
import numpy as np
import pytest
import torch
from byhand import scalar
from byhand.scalar import Value, as_value, backward, topological_order
from conftest import central_difference
from hypothesis import assume, given
from hypothesis import strategies as st

# name -> (formula for Values and tensors alike, the same for floats, places)
ANY, POSITIVE = (-2.3, -0.4, 0.7, 1.9), (0.2, 1.0, 3.7)
OPERATIONS = {
    "+": (lambda a, b: a + b, None, ANY),
    "-": (lambda a, b: a - b, None, ANY),
    "*": (lambda a, b: a * b, None, ANY),
    "/": (lambda a, b: a / b, None, ANY),
    "neg": (lambda a, b: -a, None, ANY),
    "number +": (lambda a, b: 3 + a, None, ANY),
    "+ number": (lambda a, b: a + 3, None, ANY),
    "number -": (lambda a, b: 3 - a, None, ANY),
    "- number": (lambda a, b: a - 3, None, ANY),
    "number *": (lambda a, b: 3 * a, None, ANY),
    "* number": (lambda a, b: a * 3, None, ANY),
    "number /": (lambda a, b: 3 / a, None, ANY),
    "/ number": (lambda a, b: a / 3, None, ANY),
    "**0": (lambda a, b: a**0, None, ANY),
    "**1": (lambda a, b: a**1, None, ANY),
    "**3": (lambda a, b: a**3, None, ANY),
    "**-2": (lambda a, b: a**-2, None, ANY),
    "**0.5": (lambda a, b: a**0.5, None, POSITIVE),
    "exp": (lambda a, b: a.exp(), lambda a, b: math.exp(a), ANY),
    "log": (lambda a, b: a.log(), lambda a, b: math.log(a), POSITIVE),
    "tanh": (lambda a, b: a.tanh(), lambda a, b: math.tanh(a), ANY),
    "sigmoid": (lambda a, b: a.sigmoid(), lambda a, b: 1 / (1 + math.exp(-a)), ANY),
    "relu": (lambda a, b: a.relu(), lambda a, b: max(a, 0.0), ANY),
}


def by_engine(formula, numbers):
    """The value of a formula and its derivatives, zero where it does not depend on an argument."""
    values = [Value(v) for v in numbers]
    output = formula(*values)
    gradients = backward(output)
    return output.data, [gradients.get(v, 0.0) for v in values]


def by_torch(formula, numbers):
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in numbers]
    output = formula(*tensors)
    gradients = torch.autograd.grad(output, tensors, allow_unused=True)
    return output.item(), [0.0 if g is None else g.item() for g in gradients]


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(name):
    formula, plain, places = OPERATIONS[name]
    for a in places:
        for b in places:
            value, slopes = by_engine(formula, (a, b))
            wanted, from_torch = by_torch(formula, (a, b))
            assert value == pytest.approx(wanted, rel=1e-12)
            np.testing.assert_allclose(slopes, from_torch, rtol=1e-12, atol=1e-15)
            measured = central_difference(lambda v: (plain or formula)(*v.tolist()), np.array([a, b]))
            np.testing.assert_allclose(slopes, measured, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("x", [-800.0, -40.0, 0.0, 40.0, 800.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu"])
def test_far_out_and_at_zero(name, x):
    """No overflow, and at ReLU's kink the book's choice, 0."""
    value, (slope,) = by_engine(lambda a: getattr(a, name)(), (x,))
    wanted, (from_torch,) = by_torch(lambda a: getattr(a, name)(), (x,))
    assert value == pytest.approx(wanted, rel=1e-12) and slope == pytest.approx(from_torch, rel=1e-12, abs=1e-17)


def test_powers_at_zero():
    assert by_engine(lambda a: a**2, (0.0,)) == (0.0, [0.0])
    assert by_engine(lambda a: a**1, (0.0,)) == (0.0, [1.0])
    assert by_engine(lambda a: a**0, (0.0,)) == (1.0, [0.0])


BINARY = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (2 + b * b)]
UNARY = [
    lambda a: -a,
    lambda a: a**2,
    lambda a: a.tanh(),
    lambda a: a.sigmoid(),
    lambda a: a.relu(),
    lambda a: a.tanh().exp(),
    lambda a: (1 + a * a).log(),
    lambda a: 1 - a,
    lambda a: 2 / (1 + a * a),
]


@given(
    st.lists(st.floats(-3, 3, allow_subnormal=False), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=25),
)
def test_random_expressions(numbers, steps):
    """Each step picks operands among all results so far, so values are shared at random."""

    def formula(*inputs):
        results = list(inputs)
        for kind, i, j in steps:
            a, b = results[i % len(results)], results[j % len(results)]
            results.append(BINARY[kind](a, b) if kind < 4 else UNARY[kind - 4](a))
        return results[-1]

    wanted, from_torch = by_torch(formula, numbers)
    assume(abs(wanted) < 1e8 and all(abs(g) < 1e8 for g in from_torch))
    try:
        value, slopes = by_engine(formula, numbers)
    except ValueError:
        assume(False)  # too large on the way
    scale = max(1.0, *map(abs, from_torch))
    assert value == pytest.approx(wanted, rel=1e-10, abs=1e-10)
    np.testing.assert_allclose(slopes, from_torch, rtol=1e-10, atol=1e-10 * scale)


def test_a_value_used_twice_collects_both():
    # y = 3x, c = 2y + 5y = 21x: dc/dx = 21; overwriting keeps 5 * 3 = 15
    x = Value(2.0)
    y = 3 * x
    gradients = backward(2 * y + 5 * y)
    assert (gradients[x], gradients[y]) == (21.0, 7.0)
    assert backward(x * x)[x] == 4.0 and backward(x + x)[x] == 2.0 and backward(x / x)[x] == 0.0
    assert backward(x - x)[x] == 0.0


def test_paths_of_different_lengths():
    x = Value(1.5)
    u = x * x
    w = u.tanh()
    v = w * u
    gradients = backward(v * w + u)
    t = math.tanh(2.25)
    du = (1 - t * t) * 2 * t * 2.25 + t * t + 1  # v w + u = u tanh(u)^2 + u
    assert gradients[u] == pytest.approx(du, rel=1e-12) and gradients[x] == pytest.approx(3 * du, rel=1e-12)


def test_the_walk_changes_nothing_and_can_be_repeated():
    x = Value(0.7)
    y = x.exp() * x
    first = backward(y)
    assert backward(y) == first and list(first) == list(backward(y))
    assert not hasattr(x, "grad") and x.parents == ()
    assert set(backward(x.exp())) != set(first)


def test_order():
    x, unused = Value(2.0), Value(5.0)
    y = x * 3
    side = y + unused
    z = y.tanh() + y
    order = topological_order(z)
    assert order[-1] is z and len(order) == len(set(order)) == 5
    place = {node: i for i, node in enumerate(order)}
    assert all(place[parent] < place[node] for node in order for parent, _ in node.parents)
    assert side not in place and unused not in place
    assert topological_order(x) == [x] and backward(x) == {x: 1.0}


@pytest.mark.parametrize("wide", [False, True])
def test_long_chains(wide):
    """A hundred thousand operations: neither the walk nor freeing the graph may recurse."""
    n = 100_000
    x = Value(1.0)
    y = x
    for _ in range(n):
        y = y + x if wide else -y
    gradients = backward(y)
    assert gradients[x] == (n + 1 if wide else 1.0) and len(topological_order(y)) == n + 1
    del y, gradients


def test_many_doublings_are_visited_once_each():
    """Sixty doublings are 2^60 paths and 61 values."""
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert backward(y)[x] == 2.0**60 and len(topological_order(y)) == 61


def test_numbers_of_numpy_are_numbers():
    x = Value(np.float32(0.5))
    for y in (np.float64(2.0) * x, x * np.float64(2.0), np.int64(2) * x, np.array(2.0)[()] * x):
        assert isinstance(y, Value) and y.data == 1.0
    assert type(x.data) is float and Value(3).data == 3.0 and type(Value(3).data) is float


def test_repr():
    x = Value(2)
    assert repr(x) == "Value(2)" and repr(x * 3) == "Value(6, '*')" and repr(x**2) == "Value(4, '**2')"
    assert repr(Value(1 / 3).tanh()) == "Value(0.321513, 'tanh')"


def test_a_value_is_equal_to_itself_alone():
    assert Value(1.0) != Value(1.0) and as_value(x := Value(1.0)) is x and x == x
    assert as_value(2).data == 2.0


BAD = [
    (lambda: Value("2"), TypeError, r"Value: data is str '2', expected a finite number"),
    (lambda: Value(True), TypeError, r"Value: data is bool"),
    (lambda: Value(float("nan")), ValueError, r"Value: data is nan, expected a finite number"),
    (lambda: Value(float("inf")), ValueError, r"Value: data is inf"),
    (lambda: Value([1.0]), TypeError, r"Value: data is list"),
    (
        lambda: Value(np.ones(3)),
        TypeError,
        r"Value: data is ndarray of shape \(3,\), expected.*Fix: one Value an entry",
    ),
    (lambda: Value(torch.ones(())), TypeError, r"Value: data is Tensor of shape \(\), expected.*Fix: one Value"),
    (lambda: Value(1.0) + [1], TypeError, r"Value: data is list"),
    (lambda: np.ones(2) * Value(1.0), TypeError, r"Value: data is ndarray of shape \(2,\)"),
    (
        lambda: Value(1.0) / 0,
        ValueError,
        r"Value.__truediv__: arguments are 1, 0 .*expected a divisor other than 0. Fix",
    ),
    (lambda: Value(1.0) / float("nan"), ValueError, r"^Value: data is nan, expected a finite number"),
    (lambda: 1 / Value(0.0), ValueError, r"Value.__truediv__: arguments are 1, 0 .*Fix"),
    (lambda: Value(-1.0).log(), ValueError, r"Value.log: arguments are -1 .*expected a number above 0. Fix"),
    (lambda: Value(0.0).log(), ValueError, r"Value.log: arguments are 0 .*expected a number above 0. Fix"),
    (lambda: Value(1000.0).exp(), ValueError, r"Value.exp: arguments are 1000 .*expected at most 709. Fix"),
    (lambda: Value(0.0) ** -1, ValueError, r"Value.__pow__: arguments are 0, -1 .*Fix"),
    (lambda: Value(0.0) ** 0.5, ValueError, r"Value.__pow__: arguments are 0, 0.5 .*Fix"),
    (lambda: Value(10.0) ** 400, ValueError, r"Value.__pow__: arguments are 10, 400 .*Fix"),
    (lambda: Value(-1.0) ** 0.5, ValueError, r"\*\*0.5 of -1 gives .*j\) or a slope.*expected finite numbers. Fix"),
    (
        lambda: Value(2.0) ** Value(3.0),
        TypeError,
        r"Value.__pow__: n is Value\(3\), expected a number. Fix: \(n \* base",
    ),
    (lambda: Value(2.0) ** "3", TypeError, r"Value.__pow__: n is str '3', expected a finite number"),
    (lambda: Value(1e200) * 1e200, ValueError, r"Value: \* of 1e\+200 and 1e\+200 gives inf.*expected finite.*Fix"),
    (lambda: Value(1.0) / 1e-300 / 1e300 / 1e-200 / 1e-200, ValueError, r"Value: / of .*expected finite"),
    (lambda: backward(2.0), TypeError, r"backward: output is float 2.0, expected a Value. Fix: compute it from Values"),
    (lambda: backward([Value(1.0)]), TypeError, r"backward: output is list"),
    (lambda: topological_order(None), TypeError, r"topological_order: output is NoneType None, expected a Value"),
    (lambda: as_value("x"), TypeError, r"Value: data is str"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[message[:40] for *_, message in BAD])
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_functions_of_floats_do_not_cut_the_graph_in_silence():
    with pytest.raises(TypeError):
        math.tanh(Value(1.0))
    with pytest.raises(TypeError):
        np.tanh(Value(1.0))


def test_imported_by_name_only():
    assert not set(scalar.__all__) & set(byhand.__all__)
    code = "import sys, byhand; assert 'byhand.scalar' not in sys.modules; import byhand.scalar"
    subprocess.run([sys.executable, "-c", code], check=True)
