"""A gradient by complex steps."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient by complex steps",
    task="`complex_step_gradient(f, x, h)` for a float array x and a function f of one array, real or complex, that returns one "
    "number: return the real array of the slopes Im f(x + i h e_k) / h, of the shape of x.",
    section="sec:gradient-checking:complex",
    outputs=("gradient",),
    hints=(
        "A float array cannot hold an imaginary part: x.astype(complex) makes a copy that can.",
        "Add 1j * h to one entry at a time, all others staying real.",
        "The slope is f(moved).imag / h; start each entry from a fresh copy.",
    ),
)


@exercise.solution
def complex_step_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * h
        gradient[i] = f(moved).imag / h
    return gradient


@exercise.probes
def probes(rng):
    w = rng.uniform(0.5, 1.5, (3, 4))
    yield (lambda x: np.sum(w * x**3) + np.sum(x) ** 2), rng.uniform(0.5, 2, (3, 4)), 1e-8
    yield (lambda x: np.prod(1 + x / 3)), rng.uniform(0.5, 2, 5), 1e-9
    # so short a step that its square is zero
    yield (lambda x: -np.exp(x[0]) * np.sin(x[1]) * x[2] ** 2), rng.uniform(0.5, 1, 3), 1e-200


def looped(slope, *, step=1j, fresh=True):
    def gradient(f, x, h):
        g, moved = np.zeros(x.shape), x.astype(complex)
        for i in np.ndindex(x.shape):
            if fresh:
                moved = x.astype(complex)
            moved[i] += step * h
            g[i] = slope(f(moved), h)
        return g

    return gradient


exercise.mistake(
    "not divided by h",
    why="The imaginary part is h times the slope, not the slope.",
    evidence="every entry is the right one times h",
    look_at="the size of your result for two lengths of the step",
    symptoms=("gradient check fails everywhere",),
    cure="f(moved).imag / h.",
)(looped(lambda value, h: value.imag))
exercise.mistake(
    "divided by 2h",
    why="A centred difference spans 2h; a complex step spans h.",
    evidence="every entry is half the right one",
    look_at="the factor in front of f'(x) in the expansion of f(x + ih)",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by h.",
)(looped(lambda value, h: value.imag / (2 * h)))
exercise.mistake(
    "real part taken",
    why="The real part is f(x) itself, up to h squared.",
    evidence="every entry is the value of f divided by h, a huge number",
    look_at="which part of the number carries the slope",
    symptoms=("gradient check fails everywhere",),
    cure=".imag instead of .real.",
)(looped(lambda value, h: value.real / h))
exercise.mistake(
    "absolute value taken",
    why="The size of a complex number mixes its two parts; f(x) outweighs the tiny slope.",
    evidence="your result has no sign and is about |f| / h, a huge number",
    look_at="what abs does to a complex number",
    symptoms=("gradient check fails everywhere",),
    cure=".imag, which also keeps the sign.",
)(looped(lambda value, h: abs(value) / h))
exercise.mistake(
    "step in the wrong direction",
    why="x - ih gives the imaginary part the opposite sign.",
    evidence="every entry has the opposite sign",
    look_at="the sign of the imaginary step",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="x + ih.",
)(looped(lambda value, h: value.imag / h, step=-1j))
exercise.mistake(
    "imaginary part lost",
    why="A step of h instead of ih has no imaginary part, and an array of floats drops the one it is given.",
    evidence="your gradient is zero everywhere",
    look_at="what you add to the entry, and whether the array can hold it",
    symptoms=("gradient check fails everywhere",),
    cure="Add 1j * h to an array of complex numbers, x.astype(complex).",
)(looped(lambda value, h: value.imag / h, step=1.0))
exercise.mistake(
    "imaginary parts left behind",
    why="If the entry keeps its ih, the next slope contains this one as well.",
    evidence="your first entry is right; each later one is the sum of all slopes so far",
    look_at="the imaginary parts of the other entries when one is measured",
    symptoms=("gradient check fails in one place",),
    cure="Start from a fresh copy for each entry, or put the old value back.",
)(looped(lambda value, h: value.imag / h, fresh=False))
exercise.mistake(
    "all entries moved at once",
    why="x + 1j * h moves every entry: the result is the slope along the diagonal, in every place.",
    evidence="all your entries are the same number, the sum of the gradient",
    look_at="how many entries get an imaginary part",
    symptoms=("gradient check fails everywhere",),
    cure="One entry at a time.",
)(lambda f, x, h: np.full(x.shape, f(x + 1j * h).imag / h))
