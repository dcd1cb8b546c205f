"""Directions in weight space, scaled unit by unit."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Filter normalisation",
    task="`filter_normalise(direction, W)` with both of shape (n_out, n_in): return the direction with each row scaled to the "
    "Euclidean length of the same row of W. Row j holds what unit j reads. No row of the direction is zero.",
    section="sec:case-moons:landscape",
    outputs=("direction",),
    hints=(
        "One factor for each row: the length that it should have over the length that it has.",
        "np.linalg.norm(W, axis=1, keepdims=True) gives the lengths as a column, which then spreads over the row.",
        "direction * length(W) / length(direction), with the lengths of rows.",
    ),
)


def scaled(axis=1, divide=True, power=1, multiply=True):
    def filter_normalise(direction, W):
        direction, W = np.asarray(direction, float), np.asarray(W, float)
        result = direction / np.linalg.norm(direction, axis=axis, keepdims=True) if divide else direction
        return result * np.linalg.norm(W, axis=axis, keepdims=True) ** power if multiply else result

    return filter_normalise


exercise.solution(scaled())


@exercise.probes
def probes(rng):
    for n_out, n_in in ((5, 3), (3, 7), (4, 4), (6, 1)):
        scale = rng.uniform(0.3, 3.0, (n_out, 1))
        yield 1.7 * rng.standard_normal((n_out, n_in)), scale * rng.standard_normal((n_out, n_in))


exercise.mistake(
    "one length for the whole matrix",
    why="The norm of a matrix without an axis is one number, so all rows get the same factor.",
    evidence=lambda direction, W: (
        f"your direction has the length of W as a whole, {np.linalg.norm(W):.3f}, but its rows do not have those of W's rows"
    ),
    look_at="the shape of what your norm returns",
    symptoms=("works on one data set, not on another",),
    cure="A norm for each row: axis=1, keepdims=True.",
)(scaled(axis=None))
exercise.mistake(
    "columns in place of rows",
    why="In books that write weights as (n_in, n_out) a unit is a column; here it is a row.",
    evidence=lambda direction, W: f"the lengths of your {np.shape(W)[1]} columns are those of W's columns",
    look_at="which axis of W belongs to the units",
    symptoms=("works on one data set, not on another",),
    cure="Norms along axis 1.",
)(scaled(axis=0))
exercise.mistake(
    "own length not divided out",
    why="The row is multiplied by the length of W's row, but it had a length of its own before.",
    evidence="each of your rows is too long by the length that the direction's row had",
    look_at="how long a row is before you scale it",
    symptoms=("works on one data set, not on another",),
    cure="Divide each row by its own length first.",
)(scaled(divide=False))
exercise.mistake(
    "rows of length 1",
    why="Normalising often means length 1; here it means the length of the unit's weights.",
    evidence="all your rows have length 1",
    look_at="where W enters your result",
    symptoms=("works on one data set, not on another",),
    cure="Multiply each row by the length of W's row.",
)(scaled(multiply=False))
exercise.mistake(
    "squared length",
    why="The sum of squares is not the length: the root is missing.",
    evidence="each of your rows has the length of W's row squared",
    look_at="the power of the length that you multiply by",
    symptoms=("works until the numbers are large",),
    cure="Take the root of the sum of squares.",
)(scaled(power=2))
