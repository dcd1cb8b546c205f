"""Planted bug 10: the way into the network and the way out number the classes differently."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 10",
    task="The method `classes(self, labels)`: turn the file's labels 1, 2, ..., K, shape (N,), into class numbers 0, 1, ..., K - 1, such that adding 1 "
    "on the way out gives the labels back.",
    section="sec:debugging:planted",
    outputs=("classes",),
    hints=(
        "Write down what becomes of 1, 2 and 3 on the way in, and what adding 1 makes of it on the way out.",
        "What undoes adding 1, for any number of classes?",
        "Subtract; do not take a remainder.",
    ),
)


@exercise.solution
def classes(self, labels):
    return labels - 1


@exercise.probes
def probes(rng):
    for k, n in ((3, 8), (5, 9), (4, 11)):
        yield None, rng.permutation(np.concatenate([np.arange(1, k + 1), rng.integers(1, k + 1, n - k)]))
    yield None, rng.permutation([3, 2, 3, 4, 4, 2, 5])  # a batch without class 1


@exercise.mistake(
    "remainder instead of a shift",
    why="A remainder does bring 1, 2, 3 into the range 0 to 2, in another order.",
    evidence=lambda self, labels: (
        f"label 3 becomes {3 % 3} and label 1 becomes {1 % 3}; on the way out, adding 1, they turn into {3 % 3 + 1} and {1 % 3 + 1}"
    ),
    look_at="what 1, 2 and 3 come back as",
    symptoms=("loss is fine, predictions are not", "gradient check passes all the same"),
    cure="labels - 1.",
)
def remainder(self, labels):
    return labels % 3


@exercise.mistake(
    "labels left as they are",
    why="They are numbers already, and with one class too many nothing complains.",
    evidence=lambda self, labels: f"your class numbers run up to {labels.max()}, one too far",
    look_at="the largest class number",
    symptoms=("an error about shapes", "loss is fine, predictions are not"),
    cure="labels - 1.",
)
def unchanged(self, labels):
    return labels


@exercise.mistake(
    "shifted the wrong way",
    why="The sign of the way out was copied to the way in.",
    evidence=lambda self, labels: f"your class numbers run from {labels.min() + 1} to {labels.max() + 1}",
    look_at="the direction of the shift",
    symptoms=("an error about shapes",),
    cure="labels - 1.",
)
def wrong_way(self, labels):
    return labels + 1


@exercise.mistake(
    "numbered by what the batch holds",
    why="np.unique(..., return_inverse=True), or subtracting the smallest label, numbers the labels that happen to be there.",
    evidence="your answer is right while all classes occur; in a batch without label 1 each number is one too small",
    look_at="a batch in which the first class does not occur",
    symptoms=("works on one data set, not on another", "loss is fine, predictions are not"),
    cure="labels - 1, which knows nothing of the batch.",
)
def by_content(self, labels):
    return labels - labels.min()


@exercise.also("numbered by what the batch holds")
def by_rank(self, labels):
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape)
