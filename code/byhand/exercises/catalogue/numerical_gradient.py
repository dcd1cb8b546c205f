"""A numerical gradient by centred differences."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Numerical gradient",
    task="`numerical_gradient(f, x, h)` for a function f of one float array that returns a number: return the array of centred differences "
    "(f(x + h e_i) - f(x - h e_i)) / 2h, of the shape of x, and leave x as it was.",
    section="sec:gradient-checking:arrays",
    outputs=("gradient",),
    rtol=1e-6,
    hints=(
        "One entry at a time goes up by h and down by h; all others stay.",
        "np.ndindex(x.shape) runs through the entries of an array of any shape.",
        "Copy x for each of the two calls, or put the old value back before the next entry.",
    ),
)


@exercise.solution
def numerical_gradient(f, x, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


@exercise.probes
def probes(rng):
    w = rng.uniform(0.5, 1.5, (3, 4))
    # every product of two entries depends on both: an entry left moved spoils the next ones
    yield (lambda x: float(np.sum(w * x**3) + np.sum(x) ** 2)), rng.uniform(0.5, 2, (3, 4)), 1e-2
    yield (lambda x: float(np.prod(1 + x / 3))), rng.uniform(0.5, 2, 5), 1e-2
    yield (lambda x: float(np.exp(x[0]) * x[1] ** 2)), rng.uniform(0.5, 1, 3), 1e-3


def looped(difference, *, restore=True, step=lambda x, i, h: h):
    def gradient(f, x, h):
        x, g = x.copy(), np.zeros_like(x)
        for i in np.ndindex(x.shape):
            old, s = x[i], step(x, i, h)

            def at(value, i=i):
                x[i] = value
                return f(x)

            g[i] = difference(at, old, s)
            if restore:
                x[i] = old
        return g

    return gradient


exercise.mistake(
    "divided by h instead of 2h",
    why="Up and down lie 2h apart.",
    evidence="every entry is twice the right one",
    look_at="how far apart your two points are",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by 2h.",
)(looped(lambda at, x, h: (at(x + h) - at(x - h)) / h))
exercise.mistake(
    "one-sided difference",
    why="f(x + h) - f(x) is the first definition one learns; its error shrinks with h, not with h squared.",
    evidence="your entries are off by about half the second derivative times h",
    look_at="whether both sides of x are asked",
    symptoms=("gradient check fails everywhere",),
    cure="(f(x + h) - f(x - h)) / 2h.",
)(looped(lambda at, x, h: -(at(x) - at(x + h)) / h))
exercise.mistake(
    "backward difference",
    why="f(x) - f(x - h) asks one side only; its error shrinks with h, not with h squared.",
    evidence="your entries are off by about minus half the second derivative times h",
    look_at="whether both sides of x are asked",
    symptoms=("gradient check fails everywhere",),
    cure="(f(x + h) - f(x - h)) / 2h.",
)(looped(lambda at, x, h: (at(x) - at(x - h)) / h))
exercise.mistake(
    "sign turned round",
    why="The lower value stands first.",
    evidence="every entry has the opposite sign",
    look_at="the order of the two calls in the difference",
    symptoms=("gradient check fails everywhere",),
    cure="Upper minus lower.",
)(looped(lambda at, x, h: (at(x - h) - at(x + h)) / (2 * h)))
exercise.mistake(
    "x not put back",
    why="After the difference the entry stays at x - h while the next ones are moved.",
    evidence="your first entry is right; the others belong to a point that has moved by h in every earlier entry",
    look_at="the value of x[i] when the loop goes on",
    symptoms=("gradient check fails in one place",),
    cure="Put the old value back, or work on copies.",
)(looped(lambda at, x, h: (at(x + h) - at(x - h)) / (2 * h), restore=False))
exercise.mistake(
    "all entries moved at once",
    why="x + h adds h to every entry: the result is the slope along the diagonal, in every place.",
    evidence="all your entries are the same number, the sum of the gradient",
    look_at="how many entries change between your two calls",
    symptoms=("gradient check fails everywhere",),
    cure="Move one entry at a time.",
)(lambda f, x, h: np.full_like(x, (f(x + h) - f(x - h)) / (2 * h)))
exercise.mistake(
    "step scaled, difference not",
    why="A step of h times the entry must be divided by as much.",
    evidence="your entries are the right ones times the entry of x",
    look_at="the step that you take and the number you divide by",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by the distance of the two points.",
)(
    looped(
        lambda at, x, h: x * (lambda s: (at(x + s) - at(x - s)) / (2 * s))(h),
    )
)
