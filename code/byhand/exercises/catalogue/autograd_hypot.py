"""An operation of one's own for the scalar engine."""

import math

import numpy as np

from byhand.exercises.exercise import Exercise
from byhand.scalar import Value

exercise = Exercise(
    title="An operation of your own",
    task="`hypot(p, q)` for two Values: return the Value sqrt(p^2 + q^2), with its parents and their local slopes.",
    section="sec:autograd:operations",
    outputs=("r", "dp", "dq"),
    hints=(
        "The derivative of sqrt(u) is 1 / (2 sqrt(u)); here u = p^2 + q^2.",
        "The inner derivative with respect to p is 2 p, so the slope is 2 p / (2 r). The parents are pairs of a Value and a number.",
        "Value(r, ((p, p.data / r), (q, q.data / r)), 'hypot').",
    ),
)


def operation(slopes):
    """The right value with some slopes, a function of p, q, r."""

    def hypot(p, q):
        r = math.hypot(p.data, q.data)
        return Value(r, tuple(zip((p, q), slopes(p.data, q.data, r), strict=True)), "hypot")

    return hypot


exercise.solution(operation(lambda p, q, r: (p / r, q / r)))


@exercise.probes
def probes(rng):
    yield 3.0, -4.0
    yield -1.5, 0.8
    yield tuple(float(v) for v in rng.uniform(0.4, 1.7, size=2))
    yield tuple(float(v) for v in rng.uniform(-9, -3, size=2))


def slope_along(result, value):
    """The derivative of a result with respect to a value: products along each path, added over paths."""
    if result is value:
        return 1.0
    return sum(slope * slope_along(parent, value) for parent, slope in result.parents)


@exercise.run
def run(answer, p, q):
    """Value and derivatives, whether the record is one step or several; any class with data and parents will do."""
    values = Value(p), Value(q)
    result = answer(*values)
    if getattr(result, "parents", None) is ...:
        return ...  # a blank
    if not hasattr(result, "data") or not isinstance(getattr(result, "parents", None), (tuple, list)):
        return result
    return np.array(result.data), *(np.array(slope_along(result, value)) for value in values)


FAILS = ("gradient check fails everywhere",)
exercise.mistake(
    "no record",
    why="The new Value was made of the number alone, so the walk back ends there.",
    evidence="both your gradients are 0: your result has no parents",
    look_at="the second argument of Value",
    symptoms=("loss stops at chance",),
    cure="Value(r, ((p, ...), (q, ...)), 'hypot').",
)(lambda p, q: Value(math.hypot(p.data, q.data)))
exercise.mistake(
    "derivative of the root forgotten",
    why="The slopes are those of p^2 + q^2; the root around it has a slope, too.",
    evidence=lambda p, q: f"your slope for p is 2 p = {2 * p:.4g} at p = {p:.4g}",
    look_at="the outer of the two functions",
    symptoms=FAILS,
    cure="p / r and q / r.",
)(operation(lambda p, q, r: (2 * p, 2 * q)))
exercise.mistake(
    "inner derivative forgotten",
    why="The slope of the root alone, without that of the squares inside.",
    evidence=lambda p, q: f"both your slopes are 1 / (2 r) = {0.5 / math.hypot(p, q):.4g}",
    look_at="what is inside the root",
    symptoms=FAILS,
    cure="p / r and q / r.",
)(operation(lambda p, q, r: (0.5 / r, 0.5 / r)))
exercise.mistake(
    "a 2 left over",
    why="Of the two factors 2, one from the square and one from the root, only one was written.",
    evidence="your slopes are half or twice the right ones",
    look_at="the 2 of the square and the 2 of the root",
    symptoms=FAILS,
    cure="They cancel: p / r and q / r.",
)(operation(lambda p, q, r: (p / (2 * r), q / (2 * r))))
exercise.also("a 2 left over")(operation(lambda p, q, r: (2 * p / r, 2 * q / r)))
exercise.mistake(
    "slopes exchanged",
    why="For a product the slope is the other factor; this is no product.",
    evidence=lambda p, q: f"your slope for p is q / r = {q / math.hypot(p, q):.4g}",
    look_at="which of the two numbers moves",
    symptoms=FAILS,
    cure="p gets p / r.",
)(operation(lambda p, q, r: (q / r, p / r)))
exercise.mistake(
    "sign lost",
    why="A distance is positive, but it falls when a negative coordinate grows.",
    evidence="your slopes are positive where p or q is negative",
    look_at="the sign of the slope where p is negative",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="p / r, with the sign of p.",
)(operation(lambda p, q, r: (abs(p) / r, abs(q) / r)))
exercise.mistake(
    "divided by the square",
    why="The root was forgotten in the denominator.",
    evidence=lambda p, q: f"your slope for p is p / (p^2 + q^2) = {p / (p * p + q * q):.4g}",
    look_at="the denominator of your slopes",
    symptoms=FAILS,
    cure="Divide by r.",
)(operation(lambda p, q, r: (p / r**2, q / r**2)))
exercise.mistake(
    "second parent left out",
    why="Only one of the two parts was recorded.",
    evidence="your gradient of q is 0",
    look_at="how many parents the result has",
    symptoms=("gradient check fails in one place",),
    cure="A pair for each part.",
)(lambda p, q: Value(r := math.hypot(p.data, q.data), ((p, p.data / r),), "hypot"))
