"""Training, validation and test rows without overlap."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Three parts without overlap",
    task="`split_rows(n, n_validation, n_test, rng)` with a numpy.random.Generator: return three arrays of row numbers, training, validation and "
    "test, in random order; every row from 0 to n - 1 is in exactly one of them.",
    section="sec:training:split",
    outputs=("sizes", "rows_left_out", "shared", "blocks", "new_each_time"),
    hints=(
        "Shuffle once. Three independent choices pick some rows twice.",
        "rng.permutation(n), cut in two places.",
        "np.split(order, [n_test, n_test + n_validation]) gives test, validation and training, in this order.",
    ),
)


@exercise.solution
def split_rows(n, n_validation, n_test, rng):
    test, validation, training = np.split(rng.permutation(n), [n_test, n_test + n_validation])
    return training, validation, test


@exercise.probes
def probes(rng):
    for n, n_validation, n_test in ((97, 31, 29), (120, 37, 41), (90, 29, 25)):
        yield n, n_validation, n_test, int(rng.integers(1000))


@exercise.run
def run(answer, n, n_validation, n_test, seed):
    """What can be said of two splits with one generator, whatever the order."""
    rng = np.random.default_rng(seed)
    splits = []
    for _ in range(2):
        parts = answer(n, n_validation, n_test, rng)
        if parts is None or parts is ... or any(part is ... for part in parts):
            return None
        splits.append([np.ravel(part).astype(int) for part in parts])
    parts = splits[0]
    pairs = [(parts[i], parts[j]) for i in range(len(parts)) for j in range(i)]
    return (
        np.array([len(part) for part in parts]),
        float(len(np.unique(np.concatenate(parts))) < n),
        np.array([np.isin(a, b).any() for a, b in pairs], dtype=float),
        np.array([is_block(part) for part in parts], dtype=float),
        float(not np.array_equal(splits[0][2], splits[1][2])),
    )


def is_block(rows):
    """Whether the rows follow each other without a gap, in any order."""
    return len(rows) and rows.max() - rows.min() == len(rows) - 1


def cut(order, n_validation, n_test):
    return order[n_test + n_validation :], order[n_test : n_test + n_validation], order[:n_test]


@exercise.mistake(
    "parts drawn independently",
    why="Each part is a random choice from all rows, so they share some.",
    evidence="each part has the right size, but rows of one part are found in another, and some rows are in none",
    look_at="np.intersect1d of two of your parts",
    symptoms=("test score too good to be true",),
    cure="Cut one permutation.",
)
def independent(n, n_validation, n_test, rng):
    # Permutations that are sure to overlap and to leave rows out: independent draws nearly always do, by other amounts.
    order = rng.permutation(n)
    return order[: n - n_validation - n_test], order[:n_validation], order[:n_test]


@exercise.mistake(
    "not shuffled",
    why="The parts are cut from the rows in their order; sorted data then give parts of different classes.",
    evidence="each of your parts is a block of neighbouring rows, and the same one each time",
    look_at="where rng is used",
    symptoms=("works on one data set, not on another",),
    cure="Cut rng.permutation(n).",
)
def blocks(n, n_validation, n_test, rng):
    return cut(np.arange(n), n_validation, n_test)


@exercise.mistake(
    "blocks shuffled inside",
    why="The rows are cut first and shuffled afterwards, each part by itself.",
    evidence="your parts are blocks of neighbouring rows, in random order",
    look_at="what comes first, the cut or the shuffle",
    symptoms=("works on one data set, not on another",),
    cure="Shuffle, then cut.",
)
def shuffled_blocks(n, n_validation, n_test, rng):
    return tuple(rng.permutation(part) for part in cut(np.arange(n), n_validation, n_test))


@exercise.mistake(
    "validation rows are the test rows",
    why="The same slice was taken twice, so that the network is chosen on the test set.",
    evidence="your validation and test parts start with the same rows, and some rows are in no part",
    look_at="where the second slice starts",
    symptoms=("test score too good to be true",),
    cure="The second cut is at n_test + n_validation.",
)
def same_slice(n, n_validation, n_test, rng):
    order = rng.permutation(n)
    return order[n_test + n_validation :], order[:n_validation], order[:n_test]


@exercise.mistake(
    "validation rows also trained on",
    why="The training part was cut at n_test, before the validation rows.",
    evidence=lambda n, n_validation, n_test, seed: f"your training part has {n - n_test} rows, {n_validation} too many",
    look_at="where the training part starts",
    symptoms=("test score too good to be true",),
    cure="Training starts at n_test + n_validation.",
)
def trained_on_validation(n, n_validation, n_test, rng):
    training, validation, test = cut(rng.permutation(n), n_validation, n_test)
    return np.concatenate([training, validation]), validation, test


@exercise.mistake(
    "trained on all rows",
    why="The other parts were copied out of the data, and not taken out of the training part.",
    evidence=lambda n, n_validation, n_test, seed: f"your training part has all {n} rows, the test rows among them",
    look_at="np.intersect1d(training, test)",
    symptoms=("test score too good to be true",),
    cure="The training part is what remains.",
)
def all_trained(n, n_validation, n_test, rng):
    order = rng.permutation(n)
    return order, *cut(order, n_validation, n_test)[1:]


@exercise.mistake(
    "validation and test exchanged",
    why="The parts are right and returned in another order.",
    evidence="the sizes of your second and third part are exchanged",
    look_at="the order of what is returned: training, validation, test",
    symptoms=("results differ between training and test",),
    cure="return training, validation, test",
)
def exchanged(n, n_validation, n_test, rng):
    training, validation, test = cut(rng.permutation(n), n_validation, n_test)
    return training, test, validation


@exercise.mistake(
    "the same split every time",
    why="A generator with a fixed seed is made inside the function.",
    evidence="your second split is the first one again, although rng has gone on",
    look_at="where the randomness comes from",
    symptoms=("works on one data set, not on another",),
    cure="Use the generator that is passed in.",
)
def own_generator(n, n_validation, n_test, rng):
    return cut(np.random.default_rng(0).permutation(n), n_validation, n_test)


@exercise.mistake(
    "rows cut by a negative index",
    why="order[-n_test:-1] leaves out the last row: the end of a slice is not included.",
    evidence="your test part has one row too few, and that row is in no part",
    look_at="the last entry of your permutation: in which part is it?",
    symptoms=("works on one data set, not on another",),
    cure="order[-n_test:], or cut from the front.",
)
def one_short(n, n_validation, n_test, rng):
    training, validation, test = cut(rng.permutation(n), n_validation, n_test)
    return training, validation, test[:-1]
