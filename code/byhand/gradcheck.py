"""Is a gradient right? Compare it with slopes that were measured instead of derived.

A derivative is a limit of slopes, so a slope over a small step is nearly the derivative. How nearly
is limited from two sides: a long step sees the curve's bend (truncation, about h^2), a short one
sees the last digits of f (rounding, about `eps |f| / h`). All judgements here allow for the second,
which is computed, and make the first small by their choice of step.
"""

from dataclasses import dataclass

import numpy as np

from byhand._checks import finite_array, function, has_passes, number, reshape_hint, trusted
from byhand._verdicts import Report, Table, six, spell_difference

__all__ = [
    "GradientReport",
    "Judgement",
    "check_gradient",
    "check_gradients",
    "judge",
    "numerical_gradient",
    "relative_error",
]

_EPS = float(np.finfo(np.float64).eps)
# Truncation h^2 and rounding eps / h are equal, and their sum about least, at h = eps^(1/3) = 6e-6.
_STEP = _EPS ** (1 / 3)
# A slope known to eps^(2/3) of its size, some 4e-11, is as good as it gets; this is good enough to stop.
_GOOD_SLOPE = 1e-8
# What a derived gradient may differ by, relative to itself: some digits above the error of its own type.
_TOLERANCE = {np.dtype(np.float64): 1e-6, np.dtype(np.float32): 1e-3}


def numerical_gradient(f, x, h=None):
    """Gradient of a function of one array by central differences, (f(x + h) - f(x - h)) / 2h an entry.

    Parameters
    ----------
    f : callable
        Takes an array of x's shape and returns one number. It is called on float64 copies: x is never
        modified, whatever f does.
    x : array, any shape (also none, and also empty)
    h : float, optional
        Step, in the unit of x, the same for every entry. By default each entry gets its own: eps^(1/3)
        times the size of the entry, where truncation and rounding balance for a function that
        changes on that scale; if the slopes over h and 2h differ by more than a hundred-millionth,
        eps^(1/3) times other scales (1, the largest entry, small powers of ten) are tried, and
        the slope of the smallest estimated error is taken.

    Returns
    -------
    gradient : array, shape of x
        float32 if x is, else float64; computed in float64 either way.

    Raises
    ------
    TypeError, ValueError
        If x is not an array of finite real numbers, f does not return one finite number, h is not
        positive, or x + h rounds to x.

    Notes
    -----
    At a kink (ReLU at 0) no derivative exists, and the result is the mean of the slopes on the
    two sides. For x with n entries f is called at least 4 n times (2 n times with h given).

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery (2007), Numerical Recipes, section 5.7.
    """
    where = "numerical_gradient"
    function(f, where, "f", "lambda x: np.sum(x**2)")
    x, exact = _real_point(x, where)
    h = None if h is None else number(h, where, "h", above=0.0)
    gradient = np.empty(exact.shape)
    for index in np.ndindex(exact.shape):
        gradient[index] = _derivative(*_along(f, exact, index, where), h, where, f"x{_spell(index)}")[0]
    return gradient.astype(x.dtype, copy=False)


def relative_error(a, b):
    """How far two arrays are apart, at their own scale: `max |a - b| / max(|a|, |b|)`.

    Both maxima run over all entries, so one array gives one number, and the last digits of an entry
    near zero do not drown the rest. `check_gradient` judges entry by entry instead.

    Parameters
    ----------
    a, b : arrays or numbers of one shape

    Returns
    -------
    error : float
        0 where all entries are equal (also for zeros against zeros, equal infinities and empty
        arrays), infinity if an entry is NaN or only one of two is infinite, else at most 2.

    Raises
    ------
    TypeError, ValueError
        If a or b does not hold real numbers, or their shapes differ (nothing is broadcast).
    """
    a, b = _real(a, "relative_error", "a"), _real(b, "relative_error", "b")
    if a.shape != b.shape:
        raise ValueError(
            f"relative_error: b has shape {b.shape}, expected {a.shape}, the shape of a."
            + reshape_hint("b", b.shape, a.shape)
        )
    difference = _difference(a, b)
    return difference / (max(_largest(a), _largest(b)) or 1.0) if np.isfinite(difference) else difference


def check_gradient(f, gradient, x, *, tolerance=None, h=None):
    """Judge a derived gradient of any function of one array, entry by entry.

    Parameters
    ----------
    f : callable
        Takes an array of x's shape and returns one number.
    gradient : array of x's shape, or callable
        The derived gradient at x, or a function that returns it.
    x : array, any shape
    tolerance : float, optional
        Largest allowed `|derived - measured| / max(|derived|, |measured|)`. By default 1e-6, and 1e-3 for a
        gradient in float32. The error of the measured slope is
        allowed on top: the rounding of f divided by the step, and what doubling the step changes.
    h : float, optional
        Step; see `numerical_gradient`.

    Returns
    -------
    report : GradientReport
        Truthy when every entry agrees. NaN and a wrong shape never agree.

    Raises
    ------
    TypeError, ValueError
        As `numerical_gradient`; also if gradient does not hold real numbers.

    Notes
    -----
    At a kink every value between the slopes of the two sides is accepted, and the verdict says so.
    """
    where = "check_gradient"
    function(f, where, "f", "lambda x: np.sum(x**2)")
    x, exact = _real_point(x, where)
    h = None if h is None else number(h, where, "h", above=0.0)
    derived = _real(gradient(exact.copy().astype(x.dtype)) if callable(gradient) else gradient, where, "gradient")
    tolerance = _tolerance(tolerance, derived.dtype, where)

    def measure(index, derived):
        along = _along(f, exact, index, where)
        return along, _derivative(*along, h, where, f"x{_spell(index)}")

    return GradientReport([_judge_entries("x", exact.shape, derived, measure, tolerance)], tolerance)


def check_gradients(network, loss, x, y, *, tolerance=None, h=None):
    """Judge a network's backward pass: the gradient of the loss with respect to every parameter.

    Parameters
    ----------
    network : Sequential, or an object with .params, .forward(x, train) and .backward(dy, caches)
    loss : MSELoss, BCEWithLogitsLoss, CrossEntropyLoss or an object like them
    x : array, shape (N, n_in)
    y : array, as the loss expects
    tolerance, h : float, optional
        As in `check_gradient`.

    Returns
    -------
    report : GradientReport
        A row a parameter; truthy when all agree.

    Raises
    ------
    TypeError, ValueError
        If x or y does not fit the network or the loss.

    Notes
    -----
    Dropout and batch normalisation are as in prediction, so the loss is a function of the parameters
    alone. The parameters are changed one number at a time and put back exactly, whatever happens.
    A float32 network is measured on a float64 copy, where it can make one (`.astype`).
    """
    where = "check_gradients"
    has_passes(network, where, "network")
    has_passes(loss, where, "loss")
    x = finite_array(x, where, "x")
    h = None if h is None else number(h, where, "h", above=0.0)
    prediction, caches = network.forward(x, False)
    _, cache = loss.forward(prediction, y)
    _, grads = network.backward(loss.backward(1.0, cache), caches)
    for name in grads:
        if name not in network.params:
            raise ValueError(f"{where}: backward returned a gradient for {name!r}, which is not among network.params.")
    if hasattr(network, "astype") and any(w.dtype == np.float32 for w in network.params.values()):
        measured, x = network.astype(np.float64), x.astype(np.float64)
    else:
        measured = network
    y = np.asarray(y)

    def value():
        return float(loss.forward(measured.forward(x, False)[0], y)[0])

    value()  # Checked once more, in the precision that is measured; the loop below need not repeat it.
    tolerance = _tolerance(tolerance, np.result_type(*(g.dtype for g in grads.values())) if grads else None, where)
    rows = []
    with trusted(), np.errstate(all="ignore"):
        for name, w in measured.params.items():
            derived = _real(grads[name], where, f"the gradient of {name}") if name in grads else None
            measure = _measure_in_place(w, value, h, tolerance, name)
            rows.append(_judge_entries(name, w.shape, derived, measure, tolerance))
    return GradientReport(rows, tolerance)


def _measure_in_place(w, value, h, tolerance, name):
    """A function (index, derived) -> slope of value() when one number of w moves."""
    largest = _largest(w)

    def measure(index, derived):
        old = w[index]

        def at(number):
            w[index] = number
            try:
                return value()
            finally:
                w[index] = old

        along = (at, float(old), largest)
        if h is None:
            # One slope is enough where it confirms the derived one; only doubt is worth more of them.
            slope, rounding = _slope(at, along[1], _STEP * max(1.0, abs(along[1])))
            if abs(slope - derived) <= tolerance * abs(slope):
                return along, (slope, rounding)
        return along, _derivative(*along, h, "check_gradients", name + _spell(index))

    return measure


def _judge_entries(name, shape, derived, measure, tolerance):
    """The report's row for one array: its worst entry, or its largest one if all entries agree."""
    if derived is None:
        return Row(name, shape, None, None, None, False, "no gradient returned")
    if derived.shape != shape:
        return Row(name, shape, None, None, None, False, f"wrong shape: {derived.shape}")
    if derived.size == 0:
        return Row(name, shape, None, None, None, True, "agree (empty)")
    if not np.isfinite(derived).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(derived))[0])
        return Row(name, shape, index, float(derived[index]), None, False, "not a finite number")
    worst, kink = None, False
    shown = np.unravel_index(int(np.argmax(np.abs(derived))), shape)
    for index in np.ndindex(shape):
        one = float(derived[index])
        along, (slope, rounding) = measure(index, one)
        if index == shown:
            shown_slope = slope
        excess = abs(one - slope) / (tolerance * max(abs(one), abs(slope)) + rounding or 1.0)
        if excess > 1.0:
            if _between_slopes_of_a_kink(one, *along, tolerance):
                kink = True
            elif worst is None or excess > worst[0]:
                worst = excess, index, one, slope
    if worst:
        return Row(name, shape, *worst[1:], False, "DISAGREE")
    index = tuple(int(i) for i in shown)
    return Row(name, shape, index, float(derived[index]), shown_slope, True, "agree (at a kink)" if kink else "agree")


def _slope(at, centre, h):
    """Slope of `at` over centre - h to centre + h, and what the rounding of its values can add to it."""
    right, left = centre + h, centre - h
    up, down = at(right), at(left)
    width = right - left  # not 2 h: this is the distance between the two numbers that were used
    if width == 0.0:
        return np.nan, np.inf
    return (up - down) / width, 2.0 * _EPS * (abs(up) + abs(down)) / width


def _derivative(at, centre, largest, h, where, name):
    """Slope at the centre and its likely error, with the given step or with the best of several."""
    if h is not None:
        if centre + h == centre - h:
            raise ValueError(
                f"{where}: h is {h:g}, too small to change {name} = {centre:g}. "
                f"Fix: leave h out, or use h={_STEP * abs(centre):.0e}."
            )
        slope, rounding = _slope(at, centre, h)
        return _finite(slope, rounding, h, where, name)
    best = ((True, np.inf), np.nan, np.inf)
    for scale in dict.fromkeys((abs(centre), max(1.0, abs(centre)), largest, 1e-3, 1e-6, 1e-9, 1e-12)):
        if scale == 0.0:
            continue
        step = _STEP * scale
        slope, rounding = _slope(at, centre, step)
        double, _ = _slope(at, centre, 2.0 * step)
        # Truncation grows with the square of the step, or with the step itself where the curvature jumps (a
        # ReLU at 0 whose output has no influence yet): the double step has at least twice as much.
        error = abs(double - slope) + rounding
        relative = error / abs(slope) if slope else np.inf
        # Far off the scale of f a slope can be tiny with a tinier error, so the relative error decides.
        # Only where no scale has a good one, because the derivative is zero, the error itself does.
        rank = (False, relative) if relative < 1e-4 else (True, error)
        if rank < best[0]:
            best = rank, slope, error
        if relative <= _GOOD_SLOPE or (slope == 0.0 == double and scale >= 1.0):
            break
    return _finite(*best[1:], step, where, name)


def _finite(slope, rounding, h, where, name):
    if not np.isfinite(slope):
        raise ValueError(
            f"{where}: f is not finite within {h:.1e} of {name}, expected finite numbers on both sides. "
            f"Fix: move x away from the border of where f is defined, or pass a smaller h."
        )
    return slope, rounding


def _between_slopes_of_a_kink(derived, at, centre, largest, tolerance):
    """Whether the slopes left and right differ however short the step, with `derived` between them."""
    middle, gaps = at(centre), []
    for h in (_STEP * max(1.0, abs(centre)), 0.1 * _STEP * max(1.0, abs(centre))):
        left, right = (middle - at(centre - h)) / h, (at(centre + h) - middle) / h
        gaps.append(abs(right - left))
    size = max(abs(left), abs(right))
    # The gap of a smooth function is h times its second derivative and shrinks tenfold.
    if not (gaps[1] > 0.5 * gaps[0] and gaps[1] > 1e-3 * size):
        return False
    slack = tolerance * size + 2.0 * _EPS * abs(middle) / h
    return min(left, right) - slack <= derived <= max(left, right) + slack


def _along(f, x, index, where):
    """f as a function of one entry, with that entry's value and the size of the largest."""

    def at(value):
        point = x.copy()
        point[index] = value
        with np.errstate(all="ignore"):  # a step may leave the domain; what comes back is judged instead
            return _one_number(f(point), where)

    return at, float(x[index]), _largest(x)


def _one_number(value, where):
    if isinstance(value, (tuple, list)):
        raise TypeError(
            f"{where}: f returned a {type(value).__name__} of {len(value)}, expected one number. "
            f"Fix: if f returns (loss, cache), pass lambda x: f(x)[0]."
        )
    array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    if array.size != 1 or array.dtype.kind not in "biuf":
        what = "None" if value is None else f"an array of shape {array.shape} and dtype {array.dtype}"
        fix = "add a return statement" if value is None else "sum it, as in lambda x: np.sum(weights * f(x))"
        raise TypeError(f"{where}: f returned {what}, expected one real number. Fix: {fix}.")
    return float(array.item())


def _real_point(x, where):
    """x as an array of its own type, and the float64 copy of it that all computing is done with."""
    x = finite_array(x, where, "x")
    return x, x.astype(np.float64)


def _real(value, where, name):
    """An array of real numbers, NaN allowed: it is for the verdict to refuse. Tensors are converted."""
    if value is None:
        raise TypeError(
            f"{where}: {name} is None, expected numbers. Fix: for a torch tensor's .grad, call backward() first."
        )
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    except ValueError:
        raise ValueError(f"{where}: {name} is not a rectangular array. Fix: give every row the same length.") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{where}: {name} has dtype {array.dtype}, expected real numbers.")
    return array if array.dtype == np.float32 else array.astype(np.float64)


def _tolerance(tolerance, dtype, where):
    if tolerance is None:
        return _TOLERANCE.get(dtype, _TOLERANCE[np.dtype(np.float64)])
    return number(tolerance, where, "tolerance", least=0.0)


def _largest(array):
    return float(np.abs(array).max()) if array.size else 0.0


def _difference(a, b):
    """Largest distance of two entries; infinite if one is NaN or only one of them is infinite."""
    differing = a != b  # equal infinities do not differ; NaN differs from everything
    if not differing.any():
        return 0.0
    a, b = a[differing].astype(np.float64), b[differing].astype(np.float64)
    return float(np.abs(a - b).max()) if np.isfinite(a).all() and np.isfinite(b).all() else float("inf")


def _spell(index):
    return f"[{', '.join(map(str, index))}]" if index else ""


@dataclass(frozen=True)
class Row:
    """One array of a report.

    Attributes
    ----------
    name : str
    shape : tuple of int
    index : tuple of int or None
        The entry that disagrees most; the largest one if all agree.
    derived, measured : float or None
        The two gradients at that entry.
    agrees : bool
    verdict : str
    """

    name: str
    shape: tuple
    index: tuple | None
    derived: float | None
    measured: float | None
    agrees: bool
    verdict: str


@dataclass(frozen=True, repr=False)
class GradientReport(Report):
    """The outcome of `check_gradient` and `check_gradients`; truthy when every row agrees.

    Attributes
    ----------
    rows : list of Row
    tolerance : float
        The relative difference that was allowed, apart from rounding.
    """

    rows: list
    tolerance: float

    head = ("parameter", "shape", "entry", "derived", "measured", "verdict")
    claim = "gradients agree with central differences"

    def cells(self):
        """Return the texts of the table, a list a row."""
        return [
            [row.name, str(row.shape), _spell(row.index or ()), six(row.derived), six(row.measured), row.verdict]
            for row in self.rows
        ]


def judge(*, by_hand, finite_differences, autograd, tolerance=1e-6, rounding=0.0):
    """Let three judges compare a gradient: the derivation, measured slopes and PyTorch.

    Parameters
    ----------
    by_hand, finite_differences, autograd : dict
        Name -> array or number. Torch tensors are converted.
    tolerance : float
        Largest allowed difference between any two judges, relative to the largest entry of the row;
        a row whose entries are all below a hundredth of the table's largest one is judged as if it
        had an entry of that size, for measured slopes carry the rounding of the loss, not their own.
    rounding : float
        A difference up to this counts as none: for rows whose true value is zero.

    Returns
    -------
    verdict : Judgement
        Truthy when all agree. NaN and different shapes never agree.

    Raises
    ------
    TypeError, ValueError
        If a judge is not a dict, has other names than the first, or holds something that is not
        real numbers.
    """
    judges = {"by_hand": by_hand, "finite_differences": finite_differences, "autograd": autograd}
    tolerance = number(tolerance, "judge", "tolerance", least=0.0)
    rounding = number(rounding, "judge", "rounding", least=0.0)
    for title, values in judges.items():
        if not isinstance(values, dict):
            raise TypeError(f"judge: {title} is {type(values).__name__}, expected a dict. Fix: {title}={{'dW': ...}}.")
        if values.keys() != by_hand.keys():
            odd = sorted(map(str, values.keys() ^ by_hand.keys()))
            raise ValueError(f"judge: by_hand and {title} differ in {', '.join(odd)}, expected the same names.")
    table = {
        name: [_real(values[name], "judge", f"{title}[{name!r}]") for title, values in judges.items()]
        for name in by_hand
    }
    everything = [_largest(array) for arrays in table.values() for array in arrays]
    least = 0.01 * max((size for size in everything if np.isfinite(size)), default=0.0)
    return Judgement(
        {name: _sentence(arrays, tolerance, rounding, least) for name, arrays in table.items()}, table, tolerance
    )


def _sentence(arrays, tolerance, rounding, least):
    """(relative difference or None, verdict) of three arrays."""
    if len({array.shape for array in arrays}) > 1:
        return None, "shapes differ"
    if any(np.isnan(array).any() for array in arrays):
        return None, "NaN"
    difference = max(_difference(arrays[i], arrays[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
    if difference <= rounding:
        return 0.0, "agree"
    relative = difference / (max(least, *map(_largest, arrays)) or 1.0)
    return relative, "agree" if relative <= tolerance else "DISAGREE"


@dataclass(frozen=True, repr=False)
class Judgement(Table):
    """The outcome of `judge`; truthy when the three judges agree on every row.

    Attributes
    ----------
    verdicts : dict
        Name -> (relative difference or None, verdict).
    values : dict
        Name -> the three arrays: by hand, finite differences, autograd.
    tolerance : float
    """

    verdicts: dict
    values: dict
    tolerance: float

    head = ("gradient", "by hand", "finite differences", "autograd", "relative difference", "verdict")

    def __bool__(self):
        return all(verdict == "agree" for _, verdict in self.verdicts.values())

    @property
    def caption(self):
        """One sentence: on how many gradients the judges agree."""
        agreeing = sum(verdict == "agree" for _, verdict in self.verdicts.values())
        return f"Three judges agree on {agreeing} of {len(self.verdicts)} gradients"

    def cells(self):
        """Return the texts of the table, a list a row."""
        return [
            [str(name), *map(_number_or_shape, self.values[name]), spell_difference(relative, self.tolerance), verdict]
            for name, (relative, verdict) in self.verdicts.items()
        ]


def _number_or_shape(array):
    return six(float(array)) if array.ndim == 0 else f"array {array.shape}"
