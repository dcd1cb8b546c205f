"""A gradient checked along one direction."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Check along a direction",
    task="`directional_check(f, gradient, x, v, h)` for three arrays of one shape: compare the slope sum(gradient * v) with "
    "(f(x + h v) - f(x - h v)) / 2h; return |difference| / (the larger of their sizes), one number, 0 when both are zero.",
    section="sec:gradient-checking:directions",
    outputs=("error",),
    rtol=1e-6,
    hints=(
        "Both sides are single numbers, the slope of f along v: one derived, one measured.",
        "The derived one is np.sum(gradient * v); the measured one needs two calls of f.",
        "Do not change v: its length is the same on both sides. Treat a scale of 0 before you divide.",
    ),
)


def relative(derived, measured):
    scale = max(abs(derived), abs(measured))
    return abs(derived - measured) / scale if scale else 0.0


@exercise.solution
def directional_check(f, gradient, x, v, h):
    return relative(np.sum(gradient * v), (f(x + h * v) - f(x - h * v)) / (2 * h))


@exercise.probes
def probes(rng):
    w = rng.uniform(0.5, 1.5, (3, 4))
    x = rng.uniform(0.5, 1.5, (3, 4))
    wrong = rng.uniform(0.6, 0.9, (3, 4))  # each entry of the gradient is too small, by a factor of its own
    v = rng.uniform(0.5, 1.5, (3, 4)) * np.where(rng.random((3, 4)) < 0.25, -1, 1)
    for size in (1.0, 1e-3):
        yield (lambda x, size=size: size * float(np.sum(w * x**4))), size * wrong * 4 * w * x**3, x, v, 0.05
    y, u = rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1, 5)
    yield (lambda y: float(np.prod(1 + y / 3))), 1.7 * np.prod(1 + y / 3) / (3 + y), y, -u, 0.05
    yield (lambda y: 1.0), np.zeros(5), y, u, 0.05


def sides(derived=lambda gradient, v: np.sum(gradient * v), measured=None, judge=relative):
    measured = measured or (lambda f, x, v, h: (f(x + h * v) - f(x - h * v)) / (2 * h))
    return lambda f, gradient, x, v, h: judge(derived(gradient, v), measured(f, x, v, h))


exercise.mistake(
    "absolute error",
    why="Whether a slope is off by much depends on its size.",
    evidence="your result shrinks a thousandfold when f and its gradient do",
    look_at="what happens to your result when f and gradient are multiplied by 1000",
    symptoms=("gradient check passes all the same", "gradient check fails everywhere"),
    cure="Divide by the larger of the two slopes.",
)(sides(judge=lambda a, b: abs(a - b)))
exercise.mistake(
    "sign of the difference kept",
    why="Without the absolute value a slope that is much too small counts as perfect.",
    evidence="your result is negative where the derived slope is the smaller one",
    look_at="what a gradient that is too small does to your result",
    symptoms=("gradient check passes all the same",),
    cure="abs(derived - measured).",
)(sides(judge=lambda a, b: (a - b) / max(abs(a), abs(b)) if max(abs(a), abs(b)) else 0.0))
exercise.mistake(
    "0/0 for two zero slopes",
    why="Two slopes that are both zero agree, but their scale is 0.",
    evidence="right everywhere, except that a constant function gives NaN",
    look_at="the number that you divide by when nothing changes",
    symptoms=("gradient check fails in one place",),
    cure="Return 0 when the scale is 0.",
)(sides(judge=lambda a, b: np.divide(abs(a - b), max(abs(a), abs(b)))))
exercise.mistake(
    "divided by the sum of both",
    why="|a| + |b| is nearly twice the size of each: errors look half as large.",
    evidence="your result is too small, by half where the two slopes nearly agree",
    look_at="the number that you divide by, for two slopes that are almost equal",
    symptoms=("gradient check passes all the same",),
    cure="The larger of both, not their sum.",
)(sides(judge=lambda a, b: abs(a - b) / (abs(a) + abs(b)) if a or b else 0.0))
exercise.mistake(
    "direction left out of the derived slope",
    why="The sum of the gradient is the slope along all ones, not along v.",
    evidence="your derived slope is the same for every direction",
    look_at="where v enters the derived slope",
    symptoms=("gradient check fails everywhere",),
    cure="np.sum(gradient * v).",
)(sides(derived=lambda gradient, v: np.sum(gradient)))
exercise.mistake(
    "mean instead of sum",
    why="Paths add: the slope along v is a sum over the entries.",
    evidence="your derived slope is too small by the number of entries",
    look_at="how the contributions of the entries are put together",
    symptoms=("gradient check fails everywhere",),
    cure="np.sum(gradient * v).",
)(sides(derived=lambda gradient, v: np.mean(gradient * v)))
exercise.mistake(
    "divided by h instead of 2h",
    why="The two points lie 2h v apart.",
    evidence="your measured slope is twice the right one",
    look_at="how far apart your two points are",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by 2h.",
)(sides(measured=lambda f, x, v, h: (f(x + h * v) - f(x - h * v)) / h))
exercise.mistake(
    "one-sided difference",
    why="f(x + h v) - f(x) is the first definition one learns; its error shrinks with h, not with h squared.",
    evidence="your measured slope is off by a term that grows with h",
    look_at="whether both sides of x are asked",
    symptoms=("gradient check fails everywhere",),
    cure="(f(x + h v) - f(x - h v)) / 2h.",
)(sides(measured=lambda f, x, v, h: (f(x + h * v) - f(x)) / h))
exercise.mistake(
    "direction shortened on one side",
    why="A direction divided by its length for the step must be divided by it in the sum as well.",
    evidence="your two slopes differ by the length of v",
    look_at="whether both slopes belong to the same v",
    symptoms=("gradient check fails everywhere",),
    cure="Use v as it came on both sides, or the shortened one on both.",
)(sides(measured=lambda f, x, v, h: (f(x + h * v / np.linalg.norm(v)) - f(x - h * v / np.linalg.norm(v))) / (2 * h)))
