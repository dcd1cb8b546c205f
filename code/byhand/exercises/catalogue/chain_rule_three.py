"""A composition of three functions, forward and back."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A composition of three",
    task="`log_of_exp(x)` for a number x: with u = -3 x, v = 1 + e^u and y = ln v, return y and its derivative with respect to x.",
    section="sec:chain-rule:graph",
    outputs=("y", "dx"),
    hints=(
        "The slope of ln v is 1 / v; that of 1 + e^u is e^u.",
        "dv starts the walk; du is dv times the second step's rate; dx is du times -3.",
        "dx = 1 / v * e^u * -3, with the u and v of the forward walk.",
    ),
)


def values(x):
    u = -3 * x
    return u, 1 + np.exp(u)


def derivative(dx):
    """The right y with some dx, a function of x, u, v."""

    def answer(x):
        u, v = values(x)
        return np.log(v), dx(x, u, v)

    return answer


exercise.solution(derivative(lambda x, u, v: 1 / v * np.exp(u) * -3))


@exercise.probes
def probes(rng):
    for x in (0.8, -1.0, 0.25):
        yield (x,)
    yield (float(rng.uniform(0.3, 0.7)),)


FAILS = ("gradient check fails everywhere",)

exercise.mistake(
    "inner derivative dropped",
    why="The walk stops at u, as if u were the variable.",
    evidence="your dx is the derivative with respect to u; the last rate, -3, is missing",
    look_at="the step from x to u",
    symptoms=FAILS,
    cure="dx = du * -3.",
)(derivative(lambda x, u, v: np.exp(u) / v))
exercise.mistake(
    "sign lost",
    why="The exponent's minus was taken for a part of the number, not of the rate.",
    evidence="your dx has the right size and is positive; y falls when x grows",
    look_at="the direction in which u goes when x grows",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="The rate of u is -3.",
)(derivative(lambda x, u, v: 3 * np.exp(u) / v))
exercise.mistake(
    "middle rate left out",
    why="The walk jumps from v to u: the exponential was taken to have rate 1.",
    evidence=lambda x: f"your dx lacks the rate of the second step, e^u = {np.exp(-3 * x):.4g} at x = {x:g}",
    look_at="how many rates your product has, and how many steps the road",
    symptoms=FAILS,
    cure="du = dv * exp(u).",
)(derivative(lambda x, u, v: -3 / v))
exercise.mistake(
    "outer rate taken at the wrong place",
    why="The slope of the logarithm was asked at u or x, where v belongs.",
    evidence=lambda x: f"1 / v is {1 / (1 + np.exp(-3 * x)):.4g} at x = {x:g}; you used one over another value",
    look_at="what goes into the logarithm",
    symptoms=FAILS,
    cure="dv = 1 / v.",
)(derivative(lambda x, u, v: 1 / u * np.exp(u) * -3))
exercise.also("outer rate taken at the wrong place")(derivative(lambda x, u, v: 1 / x * np.exp(u) * -3))
exercise.mistake(
    "only the last rate is left",
    why="dx was set to -3 alone, or the rate of 1 + e^u was taken as v, which cancels 1 / v.",
    evidence="your dx is -3 at every x; the graph of y bends",
    look_at="the rate of 1 + e^u, and whether du enters dx",
    symptoms=FAILS,
    cure="du = dv * exp(u); dx = du * -3.",
)(derivative(lambda x, u, v: -3.0))
exercise.mistake(
    "rates added",
    why="Sums belong to several paths; along one path there are products.",
    evidence=lambda x: f"your dx is 1 / v + e^u - 3 = {1 / values(x)[1] + np.exp(-3 * x) - 3:.4g} at x = {x:g}",
    look_at="the number of paths from x to y",
    symptoms=FAILS,
    cure="Multiply along a path.",
)(derivative(lambda x, u, v: 1 / v + np.exp(u) - 3))
exercise.mistake(
    "logarithm not differentiated",
    why="The walk back starts with the value y, where its rate belongs.",
    evidence=lambda x: f"your first factor is ln v = {np.log(values(x)[1]):.4g} at x = {x:g}",
    look_at="dv: is it a value or a rate?",
    symptoms=FAILS,
    cure="dv = 1 / v.",
)(derivative(lambda x, u, v: np.log(v) * np.exp(u) * -3))
exercise.mistake(
    "the 1 left out of v",
    why="ln and exp seem to cancel; with the 1 they do not.",
    evidence=lambda x: f"your y is u itself, {-3 * x:.4g} at x = {x:g}, and its slope -3",
    look_at="the forward walk",
    symptoms=("loss is fine, predictions are not",),
    cure="v = 1 + exp(u).",
)(lambda x: (-3 * x, -3.0))
