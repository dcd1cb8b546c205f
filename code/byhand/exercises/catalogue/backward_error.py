"""A check of a backward function, without the usual blind spots."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A check without blind spots",
    task="`backward_error(forward, backward, x, dy, h)`, where forward(x) returns an array of the shape of dy and backward(dy, x) the "
    "gradient of sum(dy * forward(x)): return the largest difference from centred differences with step h, divided by the largest "
    "entry (in size) of both. x may hold integers.",
    section="sec:gradient-checking:blind-spots",
    outputs=("error",),
    rtol=1e-6,
    hints=(
        "The function to differentiate is sum(dy * forward(x)), with dy as it was passed.",
        "An array of integers cannot hold x + h: convert x before the first step.",
        "Compare all entries: np.abs(derived - measured).max() over the larger of both sizes.",
    ),
)


def relative(derived, measured):
    return np.abs(derived - measured).max() / max(np.abs(derived).max(), np.abs(measured).max())


def centred(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


def checker(*, upstream=lambda dy: dy, convert=lambda x: x.astype(float), judge=relative):
    def backward_error(forward, backward, x, dy, h):
        x, dy = convert(x), upstream(dy)
        return judge(backward(dy, x), centred(lambda x: np.sum(dy * forward(x)), x, h))

    return backward_error


@exercise.solution
def backward_error(forward, backward, x, dy, h):
    x = x.astype(float)
    return relative(backward(dy, x), centred(lambda x: np.sum(dy * forward(x)), x, h))


@exercise.probes
def probes(rng):
    def rows(x):
        return x**2 * x.sum(axis=1, keepdims=True)

    def backward_rows(dy, x):
        return dy * 2 * x * x.sum(axis=1, keepdims=True) + (dy * x**2).sum(axis=1, keepdims=True)

    x, dy = rng.uniform(0.5, 1.5, (3, 4)), rng.standard_normal((3, 4))
    dy[0, :2] = 1.5, -2.0
    for size in (1.0, 1e-4):
        spoilt = rng.uniform(0.5, 0.9, (3, 4))  # the first entry right, all others too small
        spoilt[0, 0] = 1.0
        yield (
            (lambda x, size=size: size * rows(x)),
            (lambda dy, x, size=size, spoilt=spoilt: size * spoilt * backward_rows(dy, x)),
            x,
            dy,
            1e-3,
        )
    # an upstream gradient that is ignored; and whole numbers
    yield (lambda x: x**3), (lambda dy, x: 3 * x**2), rng.uniform(0.5, 1.5, 5), np.array([0.5, -1, 2, -0.3, 0.7]), 1e-3
    yield (lambda x: x**3), (lambda dy, x: dy * 2.5 * x**2), np.array([1, -2, 3]), np.array([0.5, -1.0, 2.0]), 1e-3


exercise.mistake(
    "all-ones upstream gradient",
    why="Summing the outputs is the quickest way to one number.",
    evidence="your result does not depend on dy, so a backward function that ignores it passes",
    look_at="what your result does when dy is changed",
    symptoms=("gradient check passes all the same",),
    cure="Differentiate sum(dy * forward(x)).",
)(checker(upstream=np.ones_like))
exercise.mistake(
    "absolute error",
    why="Whether 0.001 is much depends on the size of the gradient.",
    evidence="your result shrinks ten thousandfold when forward and backward do",
    look_at="what happens to your result when both functions are multiplied by 1000",
    symptoms=("gradient check passes all the same", "gradient check fails everywhere"),
    cure="Divide by the scale of the gradients.",
)(checker(judge=lambda a, b: np.abs(a - b).max()))
exercise.mistake(
    "sign of the difference kept",
    why="Without absolute values an entry that is much too small counts as perfect.",
    evidence="your largest difference looks at positive ones only",
    look_at="what an entry with a much too small gradient does to your result",
    symptoms=("gradient check passes all the same",),
    cure="np.abs(derived - measured).",
)(checker(judge=lambda a, b: (a - b).max() / max(np.abs(a).max(), np.abs(b).max())))
exercise.mistake(
    "mean instead of largest",
    why="One wrong entry among many right ones disappears in a mean.",
    evidence="your result is an average over the entries",
    look_at="what one wrong entry in a large array does to your result",
    symptoms=("gradient check passes all the same",),
    cure="max.",
)(checker(judge=lambda a, b: np.abs(a - b).mean() / max(np.abs(a).max(), np.abs(b).max())))
exercise.mistake(
    "first entry only",
    why="One entry is quickly measured, and it happens to be right.",
    evidence="your result looks at the first entry of the gradient and at no other",
    look_at="how many entries of x you move",
    symptoms=("gradient check passes all the same",),
    cure="Move every entry, or take random directions.",
)(checker(judge=lambda a, b: relative(a.flat[0], b.flat[0])))
exercise.mistake(
    "integers kept",
    why="An integer array cuts x + h back to a whole number as it stores it, without a warning.",
    evidence="right for floats; where x holds whole numbers your measured slopes are nonsense",
    look_at="the type of the array that you add h to",
    symptoms=("works on one data set, not on another", "gradient check fails in one place"),
    cure="x.astype(float) first.",
)(lambda forward, backward, x, dy, h: relative(backward(dy, x), _stored(lambda x: np.sum(dy * forward(x)), x, h)))


def _stored(f, x, h):
    """Centred differences whose points are stored in arrays of the type of x."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] = x[i] + h
        down[i] = x[i] - h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient
