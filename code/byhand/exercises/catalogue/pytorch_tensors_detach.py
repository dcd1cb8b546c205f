"""A weighted loss whose weights come from the prediction, and are constants all the same."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Weights that are constants",
    task="`weighted_gradient(p, y)`, both of shape (N,): the gradient with respect to p of the mean of v (p - y)^2, "
    "with weights v = |p - y| that are taken as constants.",
    section="sec:pytorch-tensors:calls",
    outputs=("dp",),
    hints=(
        "In PyTorch: one .detach(), at the weights.",
        "On paper the derivative of v (p - y)^2 with constant v is 2 v (p - y).",
        "So dp = 2 * abs(p - y) * (p - y) / N.",
    ),
)


@exercise.solution
def weighted_gradient(p, y):
    return 2 * np.abs(p - y) * (p - y) / len(p)


@exercise.probes
def probes(rng):
    for n in (3, 7, 4):
        yield 2 * rng.normal(size=n), rng.normal(size=n)


def slip(why_title, formula, **telling):
    exercise.mistake(why_title, **telling)(lambda p, y: formula(p - y, len(p)))


slip(
    "gradient through the weights",
    lambda e, n: 3 * np.abs(e) * e / n,
    why="The weights were not detached, so the loss is the mean of |p - y|^3.",
    evidence="your gradient is 1.5 times the right one",
    look_at="whether the weights have a grad_fn",
    symptoms=("gradient check passes all the same",),
    cure="error.abs().detach()",
)
slip(
    "everything detached",
    lambda e, n: np.zeros(n),
    why="The cut was made before the loss, so that nothing leads back to p.",
    evidence="your gradient is zero everywhere",
    look_at="what is left of the record between p and the loss",
    symptoms=("loss stops at chance",),
    cure="Detach the weights only.",
)
slip(
    "sum instead of mean",
    lambda e, n: 2 * np.abs(e) * e,
    why="The 1/N was left out.",
    evidence=lambda p, y: f"your gradient is {len(p)} times the right one, the number of samples",
    look_at="the reduction of the loss",
    symptoms=("loss goes up",),
    cure="Divide by N.",
)
slip(
    "weights left out",
    lambda e, n: 2 * e / n,
    why="This is the gradient of the plain mean squared error.",
    evidence="samples with a large error count no more than others in yours",
    look_at="where the weights v enter",
    symptoms=("gradient check fails everywhere",),
    cure="2 * v * (p - y) / N",
)
slip(
    "weights without the absolute value",
    lambda e, n: 2 * e**2 / n,
    why="The weights were taken as p - y, which can be negative.",
    evidence="your gradient is never negative",
    look_at="the weight of a sample whose prediction is too low",
    symptoms=("loss goes up",),
    cure="v = |p - y|",
)
slip(
    "half of the gradient",
    lambda e, n: np.abs(e) * e / n,
    why="The 2 of the square was forgotten; or the error was detached in place of the weights, which leaves as much.",
    evidence="your gradient is half the right one",
    look_at="the derivative of (p - y)^2, or which of the two factors is detached",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="2 * v * (p - y) / N, with v detached",
)
