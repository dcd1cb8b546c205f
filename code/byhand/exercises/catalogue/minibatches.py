"""Mini-batches: every sample once, in a new order, x and y together."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mini-batches",
    task="`minibatches(x, y, batch_size, rng)` yields pairs of arrays: all N samples once, in random order (rng is a "
    "numpy.random.Generator), batch_size at a time, the last batch shorter where N is not a multiple.",
    section="sec:training:loop",
    outputs=("sizes", "pairs_kept", "samples_seen", "order_is_new", "spread"),
    hints=(
        "One random order serves both arrays.",
        "rng.permutation(N) gives the numbers of the samples; take batch_size of them at a time.",
        "for start in range(0, N, batch_size): rows = order[start:start + batch_size]; yield x[rows], y[rows].",
    ),
)


@exercise.solution
def minibatches(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], y[rows]


@exercise.probes
def probes(rng):
    for n, batch_size in ((37, 8), (64, 16), (41, 41)):
        x = np.arange(n, dtype=float)[:, None] * [1.0, 10.0, 100.0]
        yield x, np.arange(n) + 1000, batch_size, int(rng.integers(1000))


@exercise.run
def run(answer, x, y, batch_size, seed):
    """What can be said of the batches whatever the order: two epochs with one generator."""
    if answer(x, y, batch_size, np.random.default_rng(seed)) is None:
        return None  # the blank
    rng = np.random.default_rng(seed)
    epochs = [[(np.array(a), np.array(b)) for a, b in answer(x, y, batch_size, rng)] for _ in range(2)]
    first = [np.concatenate([np.ravel(a[:, 0]) for a, _ in epoch]) for epoch in epochs]
    labels = [np.concatenate([np.ravel(b) for _, b in epoch]) for epoch in epochs]
    sizes = np.array([len(b) for _, b in epochs[0]])
    kept = float(len(first[0]) == len(labels[0]) and np.array_equal(first[0] + 1000, labels[0]))
    seen = np.array([len(np.unique(first[0])), len(np.unique(labels[0])), len(first[0])])
    new = np.array([not np.array_equal(first[0], np.sort(first[0])), not np.array_equal(first[0], first[1])])
    # neighbours in the data stay neighbours when whole batches are shuffled
    runs = np.mean(np.diff(first[0]) == 1) < 0.5
    return sizes, kept, seen, new.astype(float), float(runs)


def sliced(order_x, order_y, batch_size, x, y):
    for start in range(0, len(order_x), batch_size):
        yield x[order_x[start : start + batch_size]], y[order_y[start : start + batch_size]]


@exercise.mistake(
    "x and y shuffled separately",
    why="Two permutations were drawn; each array is complete, and no pair is left.",
    evidence="all samples and all targets are there, but a sample's target is another sample's",
    look_at="how many times the generator is asked",
    symptoms=("loss stops at chance",),
    cure="One permutation for both.",
)
def two_orders(x, y, batch_size, rng):
    return sliced(rng.permutation(len(x)), rng.permutation(len(x)), batch_size, x, y)


@exercise.also("x and y shuffled separately")
def x_alone(x, y, batch_size, rng):
    return sliced(rng.permutation(len(x)), np.arange(len(x)), batch_size, x, y)


@exercise.mistake(
    "last batch dropped",
    why="The number of batches was rounded down.",
    evidence=lambda x, y, batch_size, seed: f"{len(x) % batch_size} of {len(x)} samples are never seen",
    look_at="the sizes of your batches, and their sum",
    symptoms=("loss falls, but slowly", "works on one data set, not on another"),
    cure="Let the last slice be short.",
)
def drop_last(x, y, batch_size, rng):
    order = rng.permutation(len(x))
    return sliced(
        order[: len(x) // batch_size * batch_size], order[: len(x) // batch_size * batch_size], batch_size, x, y
    )


@exercise.mistake(
    "not shuffled",
    why="The slices follow the order of the data.",
    evidence="your batches hold the samples in their old order, in every epoch",
    look_at="where the generator is used",
    symptoms=("loss falls, but slowly", "works on one data set, not on another"),
    cure="Index with a random permutation.",
)
def no_shuffle(x, y, batch_size, rng):
    return sliced(np.arange(len(x)), np.arange(len(x)), batch_size, x, y)


@exercise.mistake(
    "drawn with replacement",
    why="rng.integers and rng.choice may draw a sample twice and others never.",
    evidence="some samples come more than once in an epoch, and others are missing",
    look_at="how many different samples an epoch holds",
    symptoms=("loss falls, but slowly",),
    cure="rng.permutation: every sample once.",
)
def replacement(x, y, batch_size, rng):
    # The first sample twice: draws that happen to repeat differ from seed to seed, the fault does not.
    order = rng.permutation(len(x))
    order[-1] = order[0]
    return sliced(order, order, batch_size, x, y)


@exercise.mistake(
    "whole batches shuffled",
    why="The starts of the batches are put in random order, so the same samples always share a batch.",
    evidence="neighbours in the data are neighbours in your batches",
    look_at="which samples stand together in a batch, from one epoch to the next",
    symptoms=("loss falls, but slowly",),
    cure="Shuffle the samples, then cut.",
)
def batch_starts(x, y, batch_size, rng):
    # A batch size that divides N is cut into whole batches; one that does not leaves the short one anywhere.
    starts = np.arange(0, len(x), batch_size)
    if len(starts) > 1:
        starts[:-1] = rng.permutation(starts[:-1])
    for start in starts:
        yield x[start : start + batch_size], y[start : start + batch_size]


@exercise.mistake(
    "same order in every epoch",
    why="A generator with a fixed seed is made inside the function.",
    evidence="your second epoch has the order of the first",
    look_at="where the randomness comes from",
    symptoms=("loss falls, but slowly",),
    cure="Use the generator that is passed in.",
)
def own_generator(x, y, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(x))
    return sliced(order, order, batch_size, x, y)
