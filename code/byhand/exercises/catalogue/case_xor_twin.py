"""Other weights, same function: hidden tanh units in another order and with other signs."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A twin network",
    task="`twin(W1, b1, W2, order, signs)` with W1 (h, n_in), b1 (h,), W2 (n_out, h), order a permutation of 0..h-1 and signs of 1 and "
    "-1, both (h,): return W1, b1, W2 of the network whose unit j is the given unit order[j] with sign signs[j].",
    section="sec:case-xor:twins",
    outputs=("W1", "b1", "W2"),
    hints=(
        "Hidden units are rows of W1, entries of b1 and columns of W2: all three are put in order.",
        "tanh(-z) = -tanh(z): a unit with the sign -1 has its weights, its bias and its outgoing weights turned.",
        "W1[order] * signs[:, None]; the other two follow the same pattern with fewer or other axes.",
    ),
)


@exercise.solution
def twin(W1, b1, W2, order, signs):
    return W1[order] * signs[:, None], b1[order] * signs, W2[:, order] * signs


@exercise.probes
def probes(rng):
    # Orders that are not their own inverse, signs that the order does not leave as they are; one square layer.
    for h, n_in, n_out in ((5, 3, 4), (4, 4, 4), (7, 4, 3)):
        order = np.roll(np.arange(h), 1)
        order[:3] = order[[1, 2, 0]]
        signs = np.where(np.arange(h) % 3 == 0, -1, 1)
        yield rng.standard_normal((h, n_in)), rng.standard_normal(h), rng.standard_normal((n_out, h)), order, signs


@exercise.mistake(
    "signs of the outgoing weights left",
    why="The unit was turned round, but not what is made of it.",
    evidence="your W1 and b1 are right; W2 is in order but its signs are not turned, so that turned units are counted with the wrong sign",
    look_at="what the output does with a unit whose sign has changed",
    symptoms=("loss is fine, predictions are not",),
    cure="W2[:, order] * signs.",
)
def outgoing_left(W1, b1, W2, order, signs):
    return W1[order] * signs[:, None], b1[order] * signs, W2[:, order]


@exercise.mistake(
    "sign of the bias left",
    why="The bias is easily taken for something outside of the unit.",
    evidence="your W1 and W2 are right, and b1 is in order without the signs: tanh(-w x + b) is not -tanh(w x + b)",
    look_at="every term inside the tanh",
    symptoms=("loss is fine, predictions are not",),
    cure="b1[order] * signs.",
)
def bias_left(W1, b1, W2, order, signs):
    return W1[order] * signs[:, None], b1[order], W2[:, order] * signs


@exercise.mistake(
    "bias not put in order",
    why="The matrices were permuted and the vector was forgotten.",
    evidence="your W1 and W2 are right, and b1 has the signs but the old order",
    look_at="which bias belongs to which unit",
    symptoms=("loss is fine, predictions are not",),
    cure="b1[order] * signs.",
)
def bias_unordered(W1, b1, W2, order, signs):
    return W1[order] * signs[:, None], b1 * signs, W2[:, order] * signs


@exercise.mistake(
    "outgoing weights not put in order",
    why="Units are rows of W1 but columns of W2, and the second place was forgotten.",
    evidence="your W1 and b1 are right, and W2 has the signs but the old order",
    look_at="which column of W2 reads which unit",
    symptoms=("loss is fine, predictions are not",),
    cure="W2[:, order] * signs.",
)
def outgoing_unordered(W1, b1, W2, order, signs):
    return W1[order] * signs[:, None], b1[order] * signs, W2 * signs


@exercise.mistake(
    "order used the other way round",
    why="The given unit j was put at place order[j]; asked was the unit order[j] at place j.",
    evidence="your three arrays are in the order of the inverse permutation: still a twin, but another one",
    look_at="where unit 0 of the new network comes from",
    symptoms=("works on one data set, not on another",),
    cure="Index with order: W1[order].",
)
def inverse(W1, b1, W2, order, signs):
    return twin(W1, b1, W2, np.argsort(order), signs)


@exercise.mistake(
    "signs put in order too",
    why="The signs were multiplied first and the units put in order afterwards.",
    evidence="each unit has the sign of its old place: still a twin, but another one",
    look_at="whether signs[j] belongs to the new unit j or to the old one",
    symptoms=("works on one data set, not on another",),
    cure="First the order, then the signs.",
)
def signs_moved(W1, b1, W2, order, signs):
    return twin(W1, b1, W2, order, signs[order])


@exercise.mistake(
    "signs left out",
    why="Only the order was changed.",
    evidence="your arrays are in the right order, and no sign has changed: still a twin, but another one",
    look_at="where signs occurs",
    symptoms=("works on one data set, not on another",),
    cure="Multiply all three by the signs.",
)
def order_only(W1, b1, W2, order, signs):
    return W1[order], b1[order], W2[:, order]
