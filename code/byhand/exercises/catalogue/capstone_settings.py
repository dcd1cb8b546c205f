"""Learning rate and number of epochs for the regression of the last chapter.

The network has one linear layer and the batches are full, so the loss after any number of steps has a closed
form: along each eigenvector of the Hessian the way still to go shrinks by the factor 1 - lr * eigenvalue.
"""

import functools

import numpy as np

from byhand.exercises.exercise import Exercise

WANTED, BUDGET, DRAWS = 1e-3, 2000, 20

exercise = Exercise(
    title="Learning rate and epochs",
    task=f"`settings()`: return (lr, epochs). With them, full batches and the sizes [5, 3], the mean squared error has to end below {WANTED:g} on "
    f"each of {DRAWS} draws of data and starting weights, in at most {BUDGET} epochs.",
    section="sec:training:valley",
    outputs=("outcome",),
    hints=(
        "Try three learning rates that lie a factor of ten apart, and print the loss now and then.",
        "A loss that grows: a tenth of the rate. One that falls in a straight, slow line: ten times the rate.",
        "The limit is 2 over the largest eigenvalue of 2 / (N C) A.T @ A, A being x with a column of ones; about half of it is safe.",
    ),
)


@functools.cache
def modes():
    """Eigenvalues (draws, D + 1) of each draw's Hessian, and the squared way to go along each eigenvector."""
    eigenvalues, ways = [], []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)  # the data of byhand.data.linear_regression(rng=seed)
        x, W, b = rng.standard_normal((20, 5)), rng.standard_normal((3, 5)), rng.standard_normal(3)
        start = np.random.default_rng(seed).standard_normal((3, 5)) * np.sqrt(2 / 5)
        inputs = np.column_stack([x, np.ones(20)])
        values, vectors = np.linalg.eigh(2 / (20 * 3) * inputs.T @ inputs)
        eigenvalues.append(values)
        ways.append(((np.column_stack([start - W, -b]) @ vectors) ** 2).sum(axis=0))
    return np.array(eigenvalues), np.array(ways)


def final_losses(lr, epochs):
    """The loss of each draw after that many full-batch steps."""
    eigenvalues, ways = modes()
    return (0.5 * eigenvalues * ways * np.abs(1 - lr * eigenvalues) ** (2 * epochs)).sum(axis=1)


REACHED, SWAPPED, BACKWARDS, TOO_HIGH, TOO_LOW, TOO_SHORT, TOO_LONG = range(7)


def outcome(lr, epochs):
    """What becomes of these settings, as one of the numbers above."""
    lr, epochs = float(lr), float(epochs)
    if not epochs.is_integer() or epochs < 1:
        return SWAPPED if lr >= 1 and epochs > 0 else TOO_SHORT
    if not lr > 0:
        return BACKWARDS
    if final_losses(lr, min(epochs, BUDGET)).max() < WANTED:
        return TOO_LONG if epochs > BUDGET else REACHED
    if final_losses(lr, BUDGET).max() < WANTED:
        return TOO_SHORT
    return TOO_HIGH if lr > 1 / modes()[0].max() else TOO_LOW


@exercise.solution
def settings():
    return 0.5, 1000


@exercise.run
def run(answer):
    """The outcome of the settings."""
    pair = answer()
    if pair is None or pair is ...:
        return pair
    lr, epochs = pair
    if lr is ... or epochs is ... or lr is None or epochs is None:
        return ...
    return outcome(lr, epochs)


def wrong(title, first, *others, **text):
    exercise.mistake(title, **text)(lambda: first)
    for pair in others:
        exercise.also(title)(lambda pair=pair: pair)


wrong(
    "learning rate too high",
    (10.0, 1000),
    (2.0, 500),
    why="A long step leaps over the valley and lands higher on the other side.",
    evidence="on at least one draw the loss does not come down, and it would not with more epochs: the steps are longer than the steepest direction allows",
    look_at="the first ten losses of a run: do they rise?",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="A tenth of the rate.",
)
wrong(
    "learning rate too low",
    (1e-4, 2000),
    (0.005, 1000),
    why="A tiny step is safe, and leads nowhere in the time there is.",
    evidence=f"on at least one draw even {BUDGET} epochs would not be enough at this rate",
    look_at="by how much the loss falls from one epoch to the next",
    symptoms=("loss falls, but slowly",),
    cure="Ten times the rate.",
)
wrong(
    "too few epochs",
    (0.5, 20),
    (0.1, 100),
    why="The steep directions are down after a few steps; the flattest needs the time.",
    evidence=f"the rate is good: on every draw it would reach the goal within {BUDGET} epochs",
    look_at="the end of the loss curve: is it still falling?",
    symptoms=("loss falls, but slowly",),
    cure="More epochs at the same rate.",
)
wrong(
    "more epochs than the budget",
    (0.5, 100_000),
    why="Time is part of the task; with patience alone many a poor rate gets there.",
    evidence=f"you ask for more than {BUDGET} epochs, and at this rate fewer would do",
    look_at="the epoch from which your loss is below the goal",
    symptoms=("loss falls, but slowly",),
    cure="Fewer epochs, and a higher rate if need be.",
)
wrong(
    "the two exchanged",
    (1000, 0.5),
    why="Epochs first, then the rate, is as natural an order; here the rate comes first.",
    evidence="your second number, the epochs, is a fraction",
    look_at="the order of the pair: (lr, epochs)",
    symptoms=("loss goes up",),
    cure="(lr, epochs).",
)
wrong(
    "a rate that is not positive",
    (-0.5, 1000),
    (0.0, 1000),
    why="The minus sign is in the step already; with a second one the step leads uphill, and with 0 nowhere.",
    evidence="your first number, the learning rate, is not above 0",
    look_at="the sign of lr, and the one in the step",
    symptoms=("loss goes up", "loss stops at chance"),
    cure="A positive rate.",
)
