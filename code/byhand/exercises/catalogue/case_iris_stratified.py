"""A random split that holds the same number of rows of each class."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A stratified split by hand",
    task="`stratified_split(y, per_class, rng)` with labels y, (N,), and a numpy.random.Generator: return the row numbers of a training "
    "part and of a test part; the test part holds per_class random rows of each class, the training part all others.",
    section="sec:case-iris:split",
    outputs=("test_size", "stratified", "each_row_once", "rows_in_both", "rows_in_none", "random"),
    hints=(
        "np.flatnonzero(y == k) gives the rows of class k; rng.permutation shuffles them.",
        "The test rows are the first per_class of each shuffled list, joined by np.concatenate.",
        "The training rows are all others: np.setdiff1d(np.arange(len(y)), test).",
    ),
)


def rest(y, test):
    return np.setdiff1d(np.arange(len(y)), test)


def by_class(y, rng):
    return [rng.permutation(np.flatnonzero(y == k)) for k in np.unique(y)]


@exercise.solution
def stratified_split(y, per_class, rng):
    test = np.concatenate([rows[:per_class] for rows in by_class(y, rng)])
    return rest(y, test), test


@exercise.probes
def probes(rng):
    for counts, per_class in (((20, 20, 20), 6), ((25, 13, 18, 30), 5)):
        y = np.repeat(np.arange(len(counts)), counts)
        yield y, per_class, int(rng.integers(1000))
        yield rng.permutation(y), per_class, int(rng.integers(1000))


@exercise.run
def run(answer, y, per_class, seed):
    """What can be said of five splits whatever their rows: what chance may bring once, it does not bring five times."""
    rng = np.random.default_rng(seed)
    splits = []
    for _ in range(3):
        split = answer(y.copy(), per_class, rng)
        if split is None or split is ...:
            return split
        train, test = (np.asarray(rows).ravel() for rows in split)
        splits.append((train, test))
    wanted = np.full(len(np.unique(y)), per_class)
    counts = [np.bincount(y[test], minlength=len(wanted)) for _, test in splits]
    return (
        len(splits[0][1]),
        float(all(np.array_equal(c, wanted) for c in counts)),
        float(all(len(np.unique(rows)) == len(rows) for split in splits for rows in split)),
        float(any(np.isin(test, train).any() for train, test in splits)),
        float(any(len(rest(y, np.concatenate(split))) for split in splits)),
        # not the same test rows each time, and not those that stand first
        np.array(
            [
                any(set(splits[0][1]) != set(test) for _, test in splits[1:]),
                any(set(test) != set(first_rows(y, per_class, rng)[1]) for _, test in splits),
            ],
            dtype=float,
        ),
    )


@exercise.mistake(
    "not shuffled",
    why="The first rows of each class were taken; data often come in an order that means something.",
    evidence="your test part holds the rows that stand first, whatever the generator",
    look_at="where rng is used",
    symptoms=("works on one data set, not on another",),
    cure="Shuffle the rows of each class.",
)
def first_rows(y, per_class, rng):
    test = np.concatenate([np.flatnonzero(y == k)[:per_class] for k in np.unique(y)])
    return rest(y, test), test


@exercise.mistake(
    "not stratified",
    why="The rows were shuffled all together, so chance decides how many of each class are tested.",
    evidence=lambda y, per_class, seed: (
        f"the test part has the right size, but not {per_class} rows of each of the {len(np.unique(y))} classes"
    ),
    look_at="np.bincount(y[test]), for several generators",
    symptoms=("works on one data set, not on another",),
    cure="Draw within each class.",
)
def one_shuffle(y, per_class, rng):
    order = rng.permutation(len(y))
    size = per_class * len(np.unique(y))
    return order[size:], order[:size]


@exercise.mistake(
    "per_class rows in all",
    why="The number asked for each class was taken for the whole test part.",
    evidence=lambda y, per_class, seed: f"your test part has {per_class} rows for {len(np.unique(y))} classes",
    look_at="the size of your test part",
    symptoms=("works on one data set, not on another",),
    cure="per_class rows of each class.",
)
def in_all(y, per_class, rng):
    order = rng.permutation(len(y))
    return order[per_class:], order[:per_class]


@exercise.mistake(
    "test rows also trained on",
    why="The test rows were picked and not taken out.",
    evidence="rows of your test part stand in your training part as well",
    look_at="np.intersect1d(train, test)",
    symptoms=("test score too good to be true",),
    cure="The training part is all rows but those of the test part.",
)
def kept(y, per_class, rng):
    return np.arange(len(y)), stratified_split(y, per_class, rng)[1]


@exercise.mistake(
    "rows lost",
    why="Both parts were given per_class rows of each class; the rows after those are in neither.",
    evidence="some rows are in neither part, in a split that is otherwise right",
    look_at="the sizes of both parts, and their sum",
    symptoms=("loss is fine, predictions are not",),
    cure="The training part is everything that is not tested.",
)
def both_small(y, per_class, rng):
    rows = by_class(y, rng)
    return tuple(np.concatenate([r[a : a + per_class] for r in rows]) for a in (per_class, 0))


@exercise.mistake(
    "parts exchanged",
    why="The test part was returned first.",
    evidence=lambda y, per_class, seed: (
        f"your second result has {len(y) - per_class * len(np.unique(y))} of {len(y)} rows"
    ),
    look_at="the order of your two results",
    symptoms=("loss is fine, predictions are not",),
    cure="Training rows first.",
)
def exchanged(y, per_class, rng):
    return stratified_split(y, per_class, rng)[::-1]


@exercise.mistake(
    "places within the class, not row numbers",
    why="A permutation of 0, 1, ... counts within the class; the class's own row numbers were not looked up.",
    evidence="the same small numbers come back for every class, and some of them twice",
    look_at="what your numbers count: rows of y, or rows of one class",
    symptoms=("loss is fine, predictions are not", "works on one data set, not on another"),
    cure="Index np.flatnonzero(y == k) with the permutation.",
)
def places(y, per_class, rng):
    test = np.concatenate([rng.permutation(np.sum(y == k))[:per_class] for k in np.unique(y)])
    return rest(y, test), test


@exercise.mistake(
    "drawn with replacement",
    why="rng.choice may draw a row twice unless it is told not to.",
    evidence="some rows stand in your test part twice",
    look_at="how many different rows the test part holds",
    symptoms=("loss is fine, predictions are not",),
    cure="rng.permutation, or rng.choice with replace=False.",
)
def replacement(y, per_class, rng):
    test = np.concatenate([rng.choice(np.flatnonzero(y == k), per_class) for k in np.unique(y)])
    return rest(y, test), test


@exercise.mistake(
    "a generator of its own",
    why="A generator with a fixed seed is made inside the function.",
    evidence="every call gives the same split, whatever generator is passed in",
    look_at="where the randomness comes from",
    symptoms=("works on one data set, not on another",),
    cure="Use the generator that is passed in.",
)
def own_generator(y, per_class, rng):
    return stratified_split(y, per_class, np.random.default_rng(0))
