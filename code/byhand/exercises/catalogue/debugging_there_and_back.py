"""Whether two functions turn labels into class numbers and back."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A question for a pair of functions",
    task="`there_and_back(there, back, labels)`: return True if back(there(labels)) equals labels everywhere and the class numbers of the K different "
    "labels are 0, 1, ..., K - 1, else False.",
    section="sec:debugging:planted",
    outputs=("passes",),
    hints=(
        "Two conditions, joined by `and`.",
        "The first compares two arrays; the second asks which numbers occur among there(labels).",
        "np.unique(there(labels)) must equal np.arange(K), with K the number of different labels.",
    ),
)


def numbered(y, labels):
    return np.array_equal(np.unique(y), np.arange(len(np.unique(labels))))


@exercise.solution
def there_and_back(there, back, labels):
    y = there(labels)
    return bool(np.array_equal(back(y), labels) and numbered(y, labels))


PAIRS = (
    (lambda t: t - 1, lambda y: y + 1),
    (lambda t: t % 3, lambda y: y + 1),  # all classes change places
    (lambda t: t, lambda y: y),  # there and back, but from 1 to 3
    (lambda t: np.where(t == 1, 0, t), lambda y: np.where(y == 0, 1, y)),  # there and back, but 0, 2, 3
    (lambda t: 3 - t, lambda y: 3 - y),  # another order is allowed
    (lambda t: np.maximum(t, 2) - 2, lambda y: y + 2),  # the rare label 1 is lost
    (lambda t: np.minimum(t, 2) - 1, lambda y: y + 1),  # two classes become one, in numbers without a gap
    (lambda t: np.where(t == 1, 2, t - 2), lambda y: np.where(y == 2, 1, y + 2)),  # 2, 0, 1
)


@exercise.probes
def probes(rng):
    for there, back in PAIRS:
        yield there, back, rng.permutation(np.repeat([1, 2, 3], [1, 12, 12]))


@exercise.mistake(
    "class numbers not looked at",
    why="There and back is the first condition, and not the only one: labels left as they are pass it.",
    evidence="you pass a pair that gives class numbers 1, 2, 3, which no array of three probabilities has places for",
    look_at="the second condition of the task",
    symptoms=("an error about shapes",),
    cure="Also compare np.unique(there(labels)) with np.arange(K).",
)
def first_only(there, back, labels):
    return bool(np.array_equal(back(there(labels)), labels))


@exercise.mistake(
    "way back not looked at",
    why="Class numbers without a gap look right, in whatever order.",
    evidence="you pass a pair that returns each label as another one",
    look_at="what becomes of a label on the way there and back",
    symptoms=("loss is fine, predictions are not",),
    cure="Compare back(there(labels)) with labels.",
)
def second_only(there, back, labels):
    return bool(numbered(there(labels), labels))


@exercise.mistake(
    "most labels are enough",
    why="A share above a half, or a mean, hides a rare class that is lost.",
    evidence="you pass a pair that loses the one sample of label 1",
    look_at="how many labels may change",
    symptoms=("loss is fine, predictions are not",),
    cure="All entries must agree: np.array_equal.",
)
def most(there, back, labels):
    y = there(labels)
    same = np.mean(back(y) == labels) > 0.5
    return bool(same and y.min() == 0 and y.max() <= len(np.unique(labels)) - 1)


@exercise.mistake(
    "class numbers in the order of the labels only",
    why="labels - 1 is one way of numbering; any order will do, as long as the way back knows it.",
    evidence="you reject a pair that numbers the classes backwards, and comes back",
    look_at="the words 'in some order'",
    symptoms=("works on one data set, not on another",),
    cure="Compare the set of class numbers, not the numbers one by one.",
)
def in_order_only(there, back, labels):
    y = there(labels)
    return bool(np.array_equal(back(y), labels) and np.array_equal(y, np.unique(labels, return_inverse=True)[1]))
