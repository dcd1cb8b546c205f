"""Decide what an answer is: right, a known mistake, two known mistakes at once, or none of these.

A diagnosis is equality with a wrong formula, never a threshold: the answer and each wrong function run on
the same arrays, and only a mistake that gives the answer's numbers on every one of them is named.
"""

from itertools import combinations

import numpy as np

from byhand.exercises.running import call, own_numpy


def probes_of(exercise, seed):
    """The argument tuples on which answers are tried."""
    return list(exercise.make_probes(np.random.default_rng(seed)))


def entries(exercise, value):
    """Split a returned value into one entry for each of the exercise's outputs, or return None."""
    if isinstance(value, dict) and set(value) == set(exercise.outputs):
        return [value[name] for name in exercise.outputs]
    if exercise.cache_allowed and isinstance(value, tuple) and len(value) == len(exercise.outputs) + 1:
        value = value[:-1]
        return list(value)
    if len(exercise.outputs) == 1:
        return [value]
    if isinstance(value, (tuple, list)) and len(value) == len(exercise.outputs):
        return list(value)
    return None


def as_array(value):
    """The value as an array of numbers, or None when it is something else."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return value
    if value is None or isinstance(value, (str, bytes)) or hasattr(value, "__next__"):
        return None
    if type(value).__module__.partition(".")[0] == "torch":
        return value.detach().cpu().numpy()
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return None
    return array if array.dtype.kind in "biufc" else None


def tolerance(given, right, rtol):
    """Largest allowed difference: relative to the largest finite entry, and wider for single precision."""
    if given.dtype in (np.float32, np.float16):
        rtol = max(rtol, 2e-4)
    finite = right[np.isfinite(right)] if right.dtype.kind in "fc" else right
    return rtol * max(float(np.abs(finite).max(initial=0.0)), 1e-12)


def agree(given, right, rtol):
    """Whether two arrays have the same shape and, within rounding, the same entries; NaN equals NaN."""
    if given.shape != right.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(np.allclose(given, right, rtol=0, atol=tolerance(given, right, rtol), equal_nan=True))


def same_outcome(exercise, a, b):
    """Whether two outcomes are the same: the same numbers, or the same kind of exception."""
    if a.failed or b.failed:
        return a.failed and b.failed and type(a.error) is type(b.error)
    return not differing(exercise, a.value, b.value)


def differing(exercise, given, right):
    """Names of the outputs in which two returned values differ."""
    mine, theirs = entries(exercise, given), entries(exercise, right)
    if mine is None or theirs is None:
        return [] if mine is theirs else list(exercise.outputs)
    names = []
    for name, x, y in zip(exercise.outputs, mine, theirs, strict=True):
        x, y = as_array(x), as_array(y)
        if x is None or y is None or not agree(x, y, exercise.rtol):
            names.append(name)
    return names


def outcomes_of(exercise, function, probes):
    """Run one of the exercise's own functions on the probes."""
    with own_numpy():
        return [call(function, probe, exercise.run_answer)[0] for probe in probes]


def diagnose(exercise, outcomes, right, probes):
    """The known mistakes whose outcomes are the answer's on every probe: none, one, or two made together."""
    if all(outcome.failed for outcome in outcomes):
        return ()  # exceptions alone do not tell one mistake from another
    known = [(mistake, outcomes_of(exercise, form, probes)) for mistake in exercise.mistakes for form in mistake.forms]
    found = _unique(
        (mistake,)
        for mistake, wrong in known
        if all(same_outcome(exercise, a, b) for a, b in zip(outcomes, wrong, strict=True))
    )
    if found:
        return found[0] if len(found) == 1 else ()
    pairs = _unique(
        (a, b)
        for (a, from_a), (b, from_b) in combinations(known, 2)
        if a is not b and _made_together(exercise, outcomes, right, from_a, from_b)
    )
    return pairs[0] if len(pairs) == 1 else ()


def _unique(groups):
    """The groups without repetitions: two forms of one mistake are one mistake."""
    return list({tuple(m.title for m in group): group for group in groups}.values())


def _made_together(exercise, outcomes, right, from_a, from_b):
    """Whether each output of the answer is what both mistakes together make of it."""
    seen_a = seen_b = False
    for got, good, a, b in zip(outcomes, right, from_a, from_b, strict=True):
        if got.failed or good.failed or a.failed or b.failed:
            if got.failed and (a.failed or b.failed):
                continue
            return False
        parts = [entries(exercise, outcome.value) for outcome in (got, good, a, b)]
        if any(part is None for part in parts):
            return False
        for values in zip(*parts, strict=True):
            x, y, wrong_a, wrong_b = map(as_array, values)
            if any(array is None for array in (x, y, wrong_a, wrong_b)):
                return False
            in_a, in_b = not agree(wrong_a, y, exercise.rtol), not agree(wrong_b, y, exercise.rtol)
            together = _combined(y, wrong_a, wrong_b) if in_a and in_b else wrong_a if in_a else wrong_b
            if together is None or not agree(x, together, exercise.rtol):
                return False
            seen_a, seen_b = seen_a or in_a, seen_b or in_b
    return seen_a and seen_b


def _combined(right, wrong_a, wrong_b):
    """One output that both mistakes change. Mistakes that multiply it by something multiply it by both."""
    if not right.shape == wrong_a.shape == wrong_b.shape:
        return None
    zero = right == 0
    if not np.all((wrong_a[zero] == 0) & (wrong_b[zero] == 0)):
        return None
    with np.errstate(all="ignore"):
        return np.where(zero, 0.0, wrong_a * (wrong_b / np.where(zero, 1.0, right)))
