"""Planted bug 6: x and y shuffled apart."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 6",
    task="The method `batches(self, x, y, size, rng)`, a generator: yield pairs (x, y) of up to `size` rows, in an order drawn with rng, each row "
    "once, with its own label; the last batch may be smaller.",
    section="sec:debugging:planted",
    outputs=("pairs_kept", "each_row_once", "sizes", "shuffled"),
    hints=(
        "Where does a row go, and where does its label go?",
        "One shuffled list of row numbers serves both arrays.",
        "order = rng.permutation(len(x)); then x[rows], y[rows] with the same slice of it.",
    ),
)


@exercise.solution
def batches(self, x, y, size, rng):
    order = rng.permutation(len(x))
    for i in range(0, len(x), size):
        rows = order[i : i + size]
        yield x[rows], y[rows]


@exercise.probes
def probes(rng):
    for n, size in ((40, 8), (43, 10)):
        rows = np.sort(rng.standard_normal((n, 3)), axis=0)
        yield None, rows, np.arange(n), size, np.random.default_rng(rng.integers(2**32))


@exercise.run
def run(answer, self, x, y, size, rng):
    made = answer(self, x, y, size, rng)
    if made is None or made is ...:
        return made
    made = [(np.array(rows), np.array(labels)) for rows, labels in made]
    rows = np.concatenate([rows for rows, _ in made])
    labels = np.concatenate([labels for _, labels in made])
    kept = rows.shape == x[labels].shape and np.array_equal(rows, x[labels])
    # Where a row came from: the first column of x is sorted and has no two equal entries.
    places = np.searchsorted(x[:, 0], rows[:, 0])
    once = np.unique(places).size == len(places)
    return float(kept), float(once), [len(rows) for rows, _ in made], float(np.any(np.diff(places) != 1))


def apart(self, x, y, size, rng):
    x, y = rng.permutation(x), rng.permutation(y)
    for i in range(0, len(x), size):
        yield x[i : i + size], y[i : i + size]


exercise.mistake(
    "x and y shuffled apart",
    why="Shuffling two arrays by two calls gives two orders.",
    evidence="all rows and all labels come, but not together: labels[i] no longer belongs to row i",
    look_at="how many orders are drawn",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Draw one order of row numbers and take both arrays by it.",
)(apart)


@exercise.also("x and y shuffled apart")
def only_x(self, x, y, size, rng):
    order = rng.permutation(len(x))
    for i in range(0, len(x), size):
        yield x[order[i : i + size]], y[i : i + size]


@exercise.mistake(
    "not shuffled at all",
    why="The safest way to keep pairs together is to leave them where they are; but then each epoch sees the same batches.",
    evidence="your pairs are right and come in the order of the file",
    look_at="where rng is used",
    symptoms=("loss falls, but slowly",),
    cure="rows = rng.permutation(len(x))[i : i + size], drawn once before the loop.",
)
def in_order(self, x, y, size, rng):
    for i in range(0, len(x), size):
        yield x[i : i + size], y[i : i + size]


@exercise.mistake(
    "rows drawn with replacement",
    why="rng.integers and rng.choice put each row back before the next draw.",
    evidence="your pairs belong together, but some rows come twice and others never",
    look_at="how the row numbers are drawn",
    symptoms=("loss falls, but slowly",),
    cure="rng.permutation(len(x)): each number once.",
)
def with_replacement(self, x, y, size, rng):
    order = rng.integers(len(x), size=len(x))
    for i in range(0, len(x), size):
        yield x[order[i : i + size]], y[order[i : i + size]]


@exercise.also("rows drawn with replacement")
def an_order_for_each_batch(self, x, y, size, rng):
    for i in range(0, len(x), size):
        order = rng.permutation(len(x))
        yield x[order[i : i + size]], y[order[i : i + size]]


@exercise.mistake(
    "last rows dropped",
    why="len(x) // size counts the full batches only.",
    evidence=lambda self, x, y, size, rng: f"of {len(x)} rows, your batches of {size} hold {len(x) // size * size}",
    look_at="what happens when the number of rows is no multiple of the size",
    symptoms=("works on one data set, not on another",),
    cure="range(0, len(x), size): the last slice is shorter.",
)
def dropped(self, x, y, size, rng):
    order = rng.permutation(len(x))
    for i in range(len(x) // size):
        rows = order[i * size : (i + 1) * size]
        yield x[rows], y[rows]
