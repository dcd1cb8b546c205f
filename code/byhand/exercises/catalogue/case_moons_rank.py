"""How much of a layer's change one direction carries."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The share of the first singular value",
    task="`first_share(before, after)` with two weight matrices of shape (n_out, n_in): return the share of the squared length "
    "(sum of squares of all entries) of the change after - before that its largest singular value carries, a number in (0, 1].",
    section="sec:case-moons:weights",
    outputs=("share",),
    hints=(
        "np.linalg.svd(change, compute_uv=False) returns the singular values, the largest first.",
        "The squares of the singular values add up to the sum of squares of the entries.",
        "s[0] ** 2 / (s ** 2).sum() for the change.",
    ),
)


def share(of=lambda before, after: after - before, ratio=lambda s: s[0] ** 2 / np.sum(s**2)):
    """The ratio with one of its steps replaced."""

    def first_share(before, after):
        s = np.linalg.svd(of(np.asarray(before, float), np.asarray(after, float)), compute_uv=False)
        return float(ratio(s))

    return first_share


exercise.solution(share())


@exercise.probes
def probes(rng):
    for n_out, n_in in ((5, 3), (3, 7), (4, 4), (6, 5)):
        before = rng.standard_normal((n_out, n_in))
        yield before, before + 0.4 * rng.standard_normal((n_out, n_in)) + np.outer(rng.random(n_out), rng.random(n_in))


exercise.mistake(
    "singular values not squared",
    why="Lengths of directions at right angles add by their squares, as Pythagoras has it, not as they are.",
    evidence="your share is the largest singular value over the sum of the singular values",
    look_at="what adds up to the sum of squares of the entries",
    symptoms=("loss is fine, predictions are not",),
    cure="Square the singular values before dividing.",
)(share(ratio=lambda s: s[0] / np.sum(s)))
exercise.mistake(
    "trained weights in place of the change",
    why="The weights after training still hold all the random numbers of the start.",
    evidence="your share is that of the matrix after, not of after - before",
    look_at="which matrix you decompose",
    symptoms=("loss is fine, predictions are not",),
    cure="Decompose after - before.",
)(share(of=lambda before, after: after))
exercise.mistake(
    "starting weights in place of the change",
    why="The names were exchanged, or the weights were copied after the training had changed them.",
    evidence="your share is that of the matrix before, not of after - before",
    look_at="which matrix you decompose",
    symptoms=("loss is fine, predictions are not",),
    cure="Decompose after - before; copy the weights before training changes them.",
)(share(of=lambda before, after: before))
exercise.mistake(
    "length, not its square",
    why="The root is taken of both sums: that is a ratio of lengths, whose squares are the shares that add up to 1.",
    evidence="your share is the root of the right one",
    look_at="whether the shares of all singular values would add up to 1",
    symptoms=("loss is fine, predictions are not",),
    cure="Square the ratio.",
)(share(ratio=lambda s: s[0] / np.sqrt(np.sum(s**2))))
exercise.mistake(
    "smallest singular value taken",
    why="Singular values come with the largest first; eigenvalues of NumPy's eigh come the other way round.",
    evidence="your share is that of the smallest singular value",
    look_at="the order in which NumPy returns singular values",
    symptoms=("loss is fine, predictions are not",),
    cure="s[0] is the largest.",
)(share(ratio=lambda s: s[-1] ** 2 / np.sum(s**2)))
exercise.mistake(
    "squared size, not a share",
    why="The square of the largest singular value is a size; a share is divided by the size of all.",
    evidence="your result is the square of the largest singular value",
    look_at="the largest result that your function can return",
    symptoms=("works until the numbers are large",),
    cure="Divide by the sum of all squares.",
)(share(ratio=lambda s: s[0] ** 2))
