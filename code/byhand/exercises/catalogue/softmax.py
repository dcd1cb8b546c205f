"""The softmax of each row."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Softmax that never overflows",
    task="`softmax(logits)` with logits of shape (N, K): return the probabilities, (N, K), each row adding up to 1, for logits of any size.",
    section="sec:losses:softmax",
    outputs=("p",),
    hints=(
        "Adding the same number to all logits of a row changes nothing. Which number makes the exponentials harmless?",
        "Subtract from each row its own largest logit; then the largest exponential is exp(0) = 1.",
        "Maximum and sum both run over axis 1 and need keepdims=True, so that they fit the rows again.",
    ),
)


@exercise.solution
def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@exercise.probes
def probes(rng):
    yield (rng.standard_normal((5, 3)),)
    yield (3 * rng.standard_normal((4, 4)),)
    yield (rng.standard_normal((3, 4)) + np.array([[800.0], [1000.0], [1200.0]]),)
    # a row far below the others: one maximum for all rows leaves it nothing but zeros
    yield (np.array([[1000.0, 0.0, -3.0], [0.0, 1.0, 0.5], [-1000.0, -1001.0, -999.0], [0.2, 0.1, 0.0]]),)


@exercise.mistake(
    "no max subtraction",
    why="The formula is right on paper, but exp(710) is larger than the largest number a computer holds.",
    evidence="on small logits your numbers are right; on logits near 1000 they are NaN, infinity divided by infinity",
    look_at="the largest number that you give to np.exp",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Subtract each row's maximum before the exponential.",
)
def no_max(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)


@exercise.mistake(
    "one maximum for the whole batch",
    why="logits.max() without an axis is the largest logit of all rows; a row far below it becomes all zeros.",
    evidence="your rows are right until one row lies hundreds below another: that row is 0/0, NaN",
    look_at="over which entries the maximum is taken",
    symptoms=("loss is NaN or infinite", "works on one data set, not on another"),
    cure="logits.max(axis=1, keepdims=True): each row its own.",
)
def one_max(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum(axis=1, keepdims=True)


@exercise.mistake(
    "softmax down the columns",
    why="Axis 0 runs over samples; the classes are on axis 1.",
    evidence=lambda logits: f"the {logits.shape[1]} columns of your result add up to 1, its rows do not",
    look_at="what adds up to 1: each row, or each column",
    symptoms=("loss falls, but slowly", "loss is fine, predictions are not"),
    cure="Take axis=1, the axis of the classes.",
)
def columns(logits):
    e = np.exp(logits - logits.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@exercise.mistake(
    "divided by the sum of everything",
    why="Without an axis the sum runs over the whole batch.",
    evidence="all entries of your result together add up to 1, so each row adds up to much less",
    look_at="the axis of the sum",
    symptoms=("works for batch 1 only",),
    cure="e.sum(axis=1, keepdims=True).",
)
def one_sum(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum()


@exercise.also("divided by the sum of everything")
def one_sum_one_max(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum()


@exercise.mistake(
    "a sigmoid for each class",
    why="The sigmoid answers yes or no for each class by itself; softmax shares one certainty among the classes.",
    evidence="each of your entries depends on its own logit alone, and the rows do not add up to 1",
    look_at="whether raising one logit lowers the other probabilities of its row",
    symptoms=("loss is fine, predictions are not",),
    cure="Divide exponentials by their sum over the row.",
)
def sigmoids(logits):
    return np.where(
        logits >= 0, 1 / (1 + np.exp(-np.abs(logits))), np.exp(-np.abs(logits)) / (1 + np.exp(-np.abs(logits)))
    )


@exercise.mistake(
    "divided by the sum of the logits",
    why="A share of the whole suggests z / sum(z); logits can be negative, so this is no probability.",
    evidence="your rows add up to 1, yet some entries are negative or larger than 1",
    look_at="whether every entry lies between 0 and 1",
    symptoms=("loss is NaN or infinite",),
    cure="Exponentials first, then the share.",
)
def no_exponential(logits):
    return logits / logits.sum(axis=1, keepdims=True)


@exercise.mistake(
    "scaled by the largest instead of shifted",
    why="Dividing the logits by their maximum also keeps exp small, but it changes the probabilities.",
    evidence="your probabilities stay the same when all logits are doubled; softmax grows surer",
    look_at="which change of the logits leaves softmax as it is: adding a number, or dividing by one",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="Subtract the maximum.",
)
def scaled(logits):
    e = np.exp(logits / np.abs(logits).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
