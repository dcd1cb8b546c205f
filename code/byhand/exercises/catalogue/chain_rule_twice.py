"""A graph in which two values are used twice."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A value used twice",
    task="`used_twice(x)` for a number x: with u = x^2, v = e^(-x) and y = u v + u, return y and its derivative with respect to x.",
    section="sec:chain-rule:paths",
    outputs=("y", "dx"),
    hints=(
        "From u one arrow leads to the product, with rate v, and one to the sum, with rate 1.",
        "The slope of e^(-x) is -e^(-x) = -v. To x come back du times 2 x, and dv times -v.",
        "du = v + 1, dv = u, and dx is the sum of its two contributions.",
    ),
)


def derivative(dx):
    """The right y with some dx, a function of x, u, v."""

    def answer(x):
        u, v = x**2, np.exp(-x)
        return u * v + u, dx(x, u, v)

    return answer


exercise.solution(derivative(lambda x, u, v: (v + 1) * 2 * x + u * -v))


@exercise.probes
def probes(rng):
    for x in (0.5, -1.3, 2.5):
        yield (x,)
    yield (float(rng.uniform(0.6, 1.6)),)


FAILS = ("gradient check fails everywhere",)

exercise.mistake(
    "x overwritten instead of accumulated",
    why="dx = stands where dx += belongs, so only one of the two paths is left.",
    evidence=lambda x: (
        f"at x = {x:g} the path through u brings {(np.exp(-x) + 1) * 2 * x:.4g} and that through v {-(x**2) * np.exp(-x):.4g}; "
        "yours is one of them"
    ),
    look_at="how many arrows leave x",
    symptoms=("gradient check fails in one place", "gradient check fails everywhere"),
    cure="Paths add: dx = du * 2 * x + dv * -v.",
)(derivative(lambda x, u, v: u * -v))
exercise.also("x overwritten instead of accumulated")(derivative(lambda x, u, v: (v + 1) * 2 * x))
exercise.mistake(
    "u overwritten instead of accumulated",
    why="du = stands where du += belongs: u goes into the product and into the sum.",
    evidence=lambda x: f"du is v + 1 = {np.exp(-x) + 1:.4g} at x = {x:g}; yours holds one of the two terms",
    look_at="how many arrows leave u",
    symptoms=("gradient check fails in one place", "gradient check fails everywhere"),
    cure="du = v + 1.",
)(derivative(lambda x, u, v: v * 2 * x + u * -v))
exercise.also("u overwritten instead of accumulated")(derivative(lambda x, u, v: 2 * x + u * -v))
exercise.mistake(
    "sign of the exponential lost",
    why="The exponential is its own derivative; its exponent -x is not.",
    evidence=lambda x: f"the path through v brings {-(x**2) * np.exp(-x):.4g} at x = {x:g}; yours has the other sign",
    look_at="the direction in which v goes when x grows",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="The rate of e^(-x) is -e^(-x).",
)(derivative(lambda x, u, v: (v + 1) * 2 * x + u * v))
exercise.mistake(
    "factors of the product exchanged",
    why="The rate of u v with respect to u is the other factor, v.",
    evidence=lambda x: f"your du holds u = {x**2:.4g} and your dv is v = {np.exp(-x):.4g} at x = {x:g}",
    look_at="which factor stays when the other one is moved",
    symptoms=FAILS,
    cure="du gets v; dv = u.",
)(derivative(lambda x, u, v: (u + 1) * 2 * x + v * -v))
exercise.mistake(
    "contributions multiplied",
    why="Rates multiply along a path, and that was carried over to paths side by side.",
    evidence=lambda x: (
        f"your dx is the product of {(np.exp(-x) + 1) * 2 * x:.4g} and {-(x**2) * np.exp(-x):.4g} at x = {x:g}"
    ),
    look_at="what happens where two paths meet",
    symptoms=FAILS,
    cure="Multiply along a path, add over paths.",
)(derivative(lambda x, u, v: (v + 1) * 2 * x * u * -v))
exercise.mistake(
    "contributions averaged",
    why="Two messages about one value seem to ask for their mean.",
    evidence="your dx is half the right one",
    look_at="what happens where two paths meet",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="The sum, without a division.",
)(derivative(lambda x, u, v: ((v + 1) * 2 * x + u * -v) / 2))
exercise.mistake(
    "inner derivative dropped",
    why="The gradient of u was handed to x as it is, without the rate of x^2.",
    evidence=lambda x: f"the path through u lacks its last rate, 2 x = {2 * x:.4g} at x = {x:g}",
    look_at="the rates on the arrows that leave x",
    symptoms=FAILS,
    cure="du * 2 * x.",
)(derivative(lambda x, u, v: (v + 1) + u * -v))
exercise.mistake(
    "power rule on the exponential",
    why="The rule for x^n was used on e^(-x), where the variable is the exponent.",
    evidence=lambda x: f"your rate of v is -x e^(-x - 1) = {-x * np.exp(-x - 1):.4g} at x = {x:g}",
    look_at="the slope of e^(-x)",
    symptoms=FAILS,
    cure="The rate of e^(-x) is -e^(-x).",
)(derivative(lambda x, u, v: (v + 1) * 2 * x + u * -x * np.exp(-x - 1)))
