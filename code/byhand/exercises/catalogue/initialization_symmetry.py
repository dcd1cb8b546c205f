"""How many different units a hidden layer really has."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Units that differ",
    task="`distinct_units(W, b)` with W of shape (n_out, n_in) and b of shape (n_out,): return how many different "
    "units the layer has. Units are the same when their outputs agree for every input.",
    section="sec:initialization:symmetry",
    outputs=("count",),
    hints=(
        "Two units give the same output for every input if, and only if, they have the same weights and the same bias.",
        "Put each bias beside its row of weights, and count the different rows.",
        "np.unique with axis=0 keeps one of each row; W has its units in rows.",
    ),
)


@exercise.solution
def distinct_units(W, b):
    return len(np.unique(np.column_stack([W, b]), axis=0))


@exercise.probes
def probes(rng):
    # Rows repeated, rows that differ in the bias alone, rows that are multiples, equal columns, all equal.
    rows = rng.standard_normal((4, 3))
    rows[:, 2] = rows[:, 0]
    W = rows[[0, 1, 0, 2, 2, 3, 2]]
    b = np.array([0.3, -0.1, 0.3, 0.2, 0.5, 0.0, 0.2])
    yield W, b
    yield np.vstack([rows, 2 * rows, rows]), np.zeros(12)
    yield np.full((5, 6), 0.5), np.zeros(5)
    yield rng.standard_normal((7, 3)), np.arange(7) / 10
    yield np.repeat(rng.standard_normal((3, 4)), 3, axis=0), np.array([0.1, 0.1, 0.4] * 3)


exercise.mistake(
    "bias left out",
    why="Two units with equal weights and unequal biases bend at different places.",
    evidence=lambda W, b: (
        f"your count is {len(np.unique(W, axis=0))}, that of the different rows of W alone, whatever stands in b"
    ),
    look_at="units that have equal weights and different biases",
    symptoms=("works on one data set, not on another",),
    cure="Compare each row together with its bias.",
)(lambda W, b: len(np.unique(W, axis=0)))
exercise.mistake(
    "columns in place of rows",
    why="In books that write weights as (n_in, n_out) a unit is a column.",
    evidence=lambda W, b: (
        f"your count is {len(np.unique(W, axis=1).T)}, that of the different columns of W, of which there are {W.shape[1]}"
    ),
    look_at="which axis of W runs over the units",
    symptoms=("works on one data set, not on another",),
    cure="A unit is a row of W.",
)(lambda W, b: len(np.unique(W.T, axis=0)))
exercise.mistake(
    "rank counted",
    why="Rows that are sums or multiples of others lower the rank; units with such weights still differ.",
    evidence=lambda W, b: (
        f"your count is the rank of W, {np.linalg.matrix_rank(W)}, and never more than n_in = {W.shape[1]}"
    ),
    look_at="a unit whose weights are twice those of another",
    symptoms=("works on one data set, not on another",),
    cure="Count different rows, not independent ones.",
)(lambda W, b: int(np.linalg.matrix_rank(W)))
exercise.also("rank counted")(lambda W, b: int(np.linalg.matrix_rank(np.column_stack([W, b]))))
exercise.mistake(
    "entries counted",
    why="Without an axis np.unique looks at single numbers.",
    evidence=lambda W, b: f"your count is {len(np.unique(W))}, that of the different numbers in W",
    look_at="what np.unique does without an axis",
    symptoms=("works on one data set, not on another",),
    cure="axis=0.",
)(lambda W, b: len(np.unique(W)))
exercise.mistake(
    "all units counted",
    why="The number of rows says how many units there are, not how many differ.",
    evidence=lambda W, b: f"your count is {len(W)}, the number of all units",
    look_at="rows that occur twice",
    symptoms=("loss stops at chance",),
    cure="Count one of each.",
)(lambda W, b: len(W))
