"""Accuracy from logits."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Accuracy from logits",
    task="`accuracy(logits, labels)`: return the share of right predictions. logits (N, 1) for two classes: class 1 is predicted where its "
    "probability is above one half. logits (N, K): the class of the largest logit. labels (N,) of integers.",
    section="sec:losses:threshold",
    outputs=("accuracy",),
    hints=(
        "The sigmoid is one half at which logit?",
        "With one column compare with that threshold; with more take argmax along the row.",
        "Make the predictions an (N,) array before you compare them with the labels.",
    ),
)


@exercise.solution
def accuracy(logits, labels):
    predicted = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(axis=1)
    return np.mean(predicted == labels)


@exercise.probes
def probes(rng):
    # logits between 0 and 1 are predictions of class 1; the threshold tells
    yield np.array([[-2.0], [0.3], [0.2], [3.0], [-0.5], [0.4], [1.5]]), np.array([0, 1, 1, 1, 0, 0, 0])
    yield np.array([[0.1], [0.45], [-1.0], [-3.0], [2.0]]), np.array([1, 1, 1, 0, 0])
    yield (
        np.array([[2.0, 1, 0], [0, 3, 1], [1, 2, 4], [5, 0, 1], [0.5, 0.2, 0.1]]),
        np.array([0, 1, 0, 2, 0]),
    )
    yield np.array([[2.0, 1, 0, 1], [0, 1, 3, 1], [4, 2, 1, 0]]), np.array([1, 2, 0])


def judged(binary, several=lambda logits: logits.argmax(axis=1), compare=lambda p, y: np.mean(p == y)):
    def accuracy(logits, labels):
        return compare(binary(logits) if logits.shape[1] == 1 else several(logits), labels)

    return accuracy


def column(logits):
    return logits[:, 0] > 0


exercise.mistake(
    "threshold of a probability on a logit",
    why="0.5 is the threshold for probabilities; a logit of 0 is a probability of one half.",
    evidence="your prediction is wrong for logits between 0 and 0.5",
    look_at="the sigmoid of 0.3",
    symptoms=("loss is fine, predictions are not",),
    cure="logits > 0.",
)(judged(lambda logits: logits[:, 0] > 0.5))
exercise.mistake(
    "(N, 1) compared with (N,)",
    why="A column compared with a row gives an (N, N) table of all pairs.",
    evidence=lambda logits, labels: f"for {len(labels)} samples you average {len(labels) ** 2} comparisons",
    look_at="the shape of the comparison before the mean",
    symptoms=("shapes silently too large", "loss is fine, predictions are not"),
    cure="logits[:, 0] > 0.",
)(judged(lambda logits: logits > 0))
exercise.mistake(
    "number of right ones",
    why="The sum counts; the share divides by N.",
    evidence=lambda logits, labels: f"your result is the right one times N = {len(labels)}",
    look_at="the largest value that your function can return",
    symptoms=("test score too good to be true",),
    cure="The mean.",
)(judged(column, compare=lambda p, y: np.sum(p == y)))
exercise.mistake(
    "argmax down the columns",
    why="Axis 0 runs over samples.",
    evidence="your predictions are numbers of samples, not of classes",
    look_at="the axis of argmax",
    symptoms=("loss is fine, predictions are not", "an error about shapes"),
    cure="argmax(axis=1).",
)(judged(column, several=lambda logits: np.resize(logits.argmax(axis=0), len(logits))))
exercise.mistake(
    "share of errors",
    why="Wrong predictions were counted.",
    evidence="your result is 1 minus the right one",
    look_at="the comparison sign",
    symptoms=("loss is fine, predictions are not",),
    cure="==",
)(judged(column, compare=lambda p, y: np.mean(p != y)))
exercise.mistake(
    "argmax of a single column",
    why="With one column the largest is always the first: argmax predicts class 0 for everything.",
    evidence="with one column of logits you predict class 0 for every sample",
    look_at="what argmax returns for a row of one entry",
    symptoms=("loss stops at chance", "loss is fine, predictions are not"),
    cure="With one column compare with 0.",
)(judged(lambda logits: logits.argmax(axis=1)))
