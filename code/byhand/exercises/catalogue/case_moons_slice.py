"""A loss over a plane in weight space."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A slice of the loss",
    task="`loss_slice(loss_at, centre, first, second, alphas, betas)` with a function loss_at(weights) of a vector of P "
    "weights that returns a number, and three vectors of shape (P,): return the array of shape (A, B) whose entry (i, j) is the loss at "
    "centre + alphas[i] * first + betas[j] * second. The vectors given must not change.",
    section="sec:case-moons:landscape",
    outputs=("slice",),
    hints=(
        "An empty array of shape (A, B), two loops, one call of loss_at in the middle.",
        "Rows belong to alphas and columns to betas; every point starts anew from the centre.",
        "values[i, j] = loss_at(centre + alphas[i] * first + betas[j] * second).",
    ),
)


def slicing(point=lambda c, u, v, a, b: c + a * u + b * v, finish=lambda values, middle: values):
    """The two loops, with the point or the last step replaced."""

    def loss_slice(loss_at, centre, first, second, alphas, betas):
        values = np.array([[loss_at(point(centre, first, second, a, b)) for b in betas] for a in alphas])
        return finish(values, loss_at(centre))

    return loss_slice


exercise.solution(slicing())


@exercise.probes
def probes(rng):
    for n, a, b in ((7, 3, 5), (5, 4, 3), (9, 4, 4)):
        A, c = rng.standard_normal((n, n)), rng.standard_normal(n)

        def loss_at(weights, A=A, c=c):
            return float(np.sum(np.tanh(A @ weights) ** 2) + c @ weights + 3.0)

        yield (
            loss_at,
            rng.standard_normal(n),
            rng.standard_normal(n),
            rng.standard_normal(n),
            np.sort(rng.uniform(-1.2, 1.0, a)),
            np.sort(rng.uniform(-0.7, 1.5, b)),
        )


exercise.mistake(
    "slice transposed",
    why="Contour plots want rows for the vertical axis, and the loops were written in that order.",
    evidence=lambda loss_at, centre, first, second, alphas, betas: (
        f"your array is the right one transposed: for {len(alphas)} alphas and {len(betas)} betas it has shape "
        f"{(len(betas), len(alphas))}"
    ),
    look_at="which loop is the outer one",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="Rows for alphas; transpose when the drawing asks for it.",
)(slicing(finish=lambda values, middle: values.T))


@exercise.mistake(
    "steps taken from the last point",
    why="The weights are moved and never put back, so the steps add up.",
    evidence="only your first entry is right: each later point starts where the one before it ended",
    look_at="what the weights are after the first call of loss_at",
    symptoms=("works on the first step only",),
    cure="Compute each point from the centre.",
)
def wandering(loss_at, centre, first, second, alphas, betas):
    weights = np.array(centre, float)
    values = np.empty((len(alphas), len(betas)))
    for i, a in enumerate(alphas):
        for j, b in enumerate(betas):
            weights += a * first + b * second
            values[i, j] = loss_at(weights)
    return values


exercise.mistake(
    "centre left out",
    why="The directions are drawn from the origin; the trained weights, around which to look, are forgotten.",
    evidence="your values are the losses at alphas[i] * first + betas[j] * second, around the origin",
    look_at="where your slice is when both steps are zero",
    symptoms=("loss is fine, predictions are not",),
    cure="Start every point from the centre.",
)(slicing(point=lambda c, u, v, a, b: a * u + b * v))
exercise.mistake(
    "directions exchanged",
    why="alphas walk along the second direction and betas along the first.",
    evidence="your values are those with first and second in each other's place",
    look_at="which step multiplies which direction",
    symptoms=("an error about shapes",),
    cure="alphas with first, betas with second.",
)(slicing(point=lambda c, u, v, a, b: c + a * v + b * u))
exercise.mistake(
    "loss at the centre subtracted",
    why="A slice of how much the loss rises has another zero; the task asks for the loss itself.",
    evidence=lambda loss_at, centre, first, second, alphas, betas: (
        f"your values are all too low by the loss at the centre, {loss_at(centre):.3f}"
    ),
    look_at="what your slice holds where both steps are zero",
    symptoms=("loss is fine, predictions are not",),
    cure="Return the loss as loss_at gives it.",
)(slicing(finish=lambda values, middle: values - middle))
exercise.mistake(
    "steps taken backwards",
    why="Gradient descent subtracts, and the habit carries over; a slice adds.",
    evidence="your values are those at centre - alphas[i] * first - betas[j] * second",
    look_at="the sign of both steps",
    symptoms=("loss goes up",),
    cure="Add the steps.",
)(slicing(point=lambda c, u, v, a, b: c - a * u - b * v))
