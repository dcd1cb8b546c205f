"""The loop of k-fold cross-validation."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The k-fold loop",
    task="`k_fold_scores(train_and_score, n, k, rng)`: shuffle the rows 0 ... n - 1 once with rng, a numpy.random.Generator, deal them into k "
    "folds whose sizes differ by at most one, call train_and_score(train_rows, test_rows) for each fold, and return the list of the k scores.",
    section="sec:case-iris:cv",
    outputs=("scores", "fold_sizes", "each_row_tested_once", "trained_and_tested", "neither", "random"),
    hints=(
        "Deal the rows first, into a list of k arrays; then let each of them be the test part once.",
        "np.array_split(rng.permutation(n), k) deals the rows into k folds.",
        "For fold i the training rows are all the other folds: np.concatenate(folds[:i] + folds[i + 1:]).",
    ),
)


def loop(train_and_score, folds, train_rows=lambda folds, i: np.concatenate(folds[:i] + folds[i + 1 :])):
    return [train_and_score(train_rows(folds, i), fold) for i, fold in enumerate(folds)]


def dealt(n, k, rng):
    return np.array_split(rng.permutation(n), k)


@exercise.solution
def k_fold_scores(train_and_score, n, k, rng):
    return loop(train_and_score, dealt(n, k, rng))


@exercise.probes
def probes(rng):
    for n, k in ((17, 5), (24, 4), (31, 3)):
        yield n, k, int(rng.integers(1000))


@exercise.run
def run(answer, n, k, seed):
    """What can be said of two cross-validations with one generator, whatever the order of the rows."""
    rng = np.random.default_rng(seed)
    rounds = []
    for _ in range(2):
        calls = []

        def train_and_score(train_rows, test_rows, calls=calls):
            calls.append((np.ravel(train_rows).astype(int), np.ravel(test_rows).astype(int)))
            return 1.0 / len(calls)  # another score for each fold

        scores = answer(train_and_score, n, k, rng)
        if scores is None or scores is ...:
            return scores
        rounds.append(calls)
    calls = rounds[0]
    tested = [np.concatenate([test for _, test in calls]) for calls in rounds]
    return (
        np.asarray(scores, dtype=float),
        np.sort([len(test) for _, test in calls]),
        float(np.array_equal(np.sort(tested[0]), np.arange(n))),
        float(any(np.isin(test, train).any() for train, test in calls)),
        float(any(len(np.union1d(train, test)) < n for train, test in calls)),
        np.array([not np.array_equal(*tested), not in_order(calls[0][1])], dtype=float),
    )


def in_order(rows):
    """Whether the rows are equally spaced, as a block is, or every k-th row."""
    return len(set(np.diff(rows))) == 1


@exercise.mistake(
    "test fold also trained on",
    why="The training rows are all rows: the fold was picked and not taken out.",
    evidence=lambda n, k, seed: f"you train on all {n} rows, those of the test fold among them",
    look_at="np.intersect1d(train_rows, test_rows)",
    symptoms=("test score too good to be true",),
    cure="Train on the other folds.",
)
def all_trained(train_and_score, n, k, rng):
    return loop(train_and_score, dealt(n, k, rng), lambda folds, i: np.concatenate(folds))


@exercise.mistake(
    "not shuffled",
    why="The folds follow the order of the data; sorted labels then leave a class out of the training part.",
    evidence="your folds are blocks, or every k-th row, and the same each time",
    look_at="where rng is used",
    symptoms=("works on one data set, not on another",),
    cure="Deal rng.permutation(n).",
)
def blocks(train_and_score, n, k, rng):
    return loop(train_and_score, np.array_split(np.arange(n), k))


@exercise.also("not shuffled")
def every_kth(train_and_score, n, k, rng):
    return loop(train_and_score, [np.arange(i, n, k) for i in range(k)])


@exercise.mistake(
    "shuffled anew for each fold",
    why="The permutation stands inside the loop, so the folds come from different decks.",
    evidence="some rows are tested more than once, and others never",
    look_at="how often the generator is asked",
    symptoms=("works on one data set, not on another",),
    cure="Shuffle once, before the loop.",
)
def many_decks(train_and_score, n, k, rng):
    scores = []
    for i in range(k):
        folds = dealt(n, k, rng)
        scores.append(train_and_score(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]))
    return scores


@exercise.mistake(
    "remainder never tested",
    why="The size of a fold was rounded down, and the rows after the last fold are left over.",
    evidence=lambda n, k, seed: f"{n % k} of {n} rows are tested in no fold",
    look_at="the sizes of your folds, and their sum",
    symptoms=("works on one data set, not on another",),
    cure="np.array_split, whose folds differ by one in size.",
)
def rounded_down(train_and_score, n, k, rng):
    order, size = rng.permutation(n), n // k
    folds = [order[i * size : (i + 1) * size] for i in range(k)]
    return loop(train_and_score, folds, lambda folds, i: np.setdiff1d(np.arange(n), folds[i]))


@exercise.also("remainder never tested")
def remainder_dropped(train_and_score, n, k, rng):
    order, size = rng.permutation(n), n // k
    return loop(train_and_score, [order[i * size : (i + 1) * size] for i in range(k)])


@exercise.mistake(
    "training and test rows exchanged",
    why="The fold was handed over first.",
    evidence=lambda n, k, seed: f"you train on about {n // k} rows and test on the other {n - n // k}",
    look_at="the order of the arguments of train_and_score",
    symptoms=("loss stops at chance",),
    cure="Training rows first.",
)
def exchanged(train_and_score, n, k, rng):
    return loop(lambda train, test: train_and_score(test, train), dealt(n, k, rng))


@exercise.mistake(
    "trained on one fold only",
    why="The next fold was taken for training, where all the others belong.",
    evidence=lambda n, k, seed: f"most of the {n} rows are neither trained on nor tested in a round",
    look_at="the number of training rows",
    symptoms=("loss stops at chance",),
    cure="Join all folds but one.",
)
def next_fold(train_and_score, n, k, rng):
    return loop(train_and_score, dealt(n, k, rng), lambda folds, i: folds[i - 1])


@exercise.mistake(
    "scores averaged",
    why="The mean is what is quoted; without the single scores their spread is lost.",
    evidence=lambda n, k, seed: f"you return one number, expected the list of {k}",
    look_at="what is returned",
    symptoms=("results differ between training and test",),
    cure="Return the list.",
)
def averaged(train_and_score, n, k, rng):
    return float(np.mean(k_fold_scores(train_and_score, n, k, rng)))


@exercise.mistake(
    "only the last score kept",
    why="The score is assigned in the loop, where it should be appended.",
    evidence=lambda n, k, seed: f"you return the score of the last of {k} folds",
    look_at="what happens to the score of the round before",
    symptoms=("works on one data set, not on another",),
    cure="Append each score to a list.",
)
def last_kept(train_and_score, n, k, rng):
    return k_fold_scores(train_and_score, n, k, rng)[-1]


@exercise.mistake(
    "a generator of its own",
    why="A generator with a fixed seed is made inside the function.",
    evidence="your second cross-validation deals the folds of the first",
    look_at="where the randomness comes from",
    symptoms=("works on one data set, not on another",),
    cure="Use the generator that is passed in.",
)
def own_generator(train_and_score, n, k, rng):
    return k_fold_scores(train_and_score, n, k, np.random.default_rng(0))
