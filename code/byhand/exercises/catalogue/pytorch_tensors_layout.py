"""A layer's weights from a library that stores them the other way round."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Weights from elsewhere",
    task="`linear_weight(kernel)` with kernel of shape (n_in, n_out), used there as x @ kernel: return the `weight` of torch.nn.Linear, "
    "which is used as x @ weight.T.",
    section="sec:pytorch-tensors:mistakes",
    outputs=("weight",),
    hints=(
        "weight has the shape (n_out, n_in).",
        "The right shape alone does not say that the numbers are in the right places.",
        "x @ weight.T must be x @ kernel: so weight.T is kernel.",
    ),
)


@exercise.solution
def linear_weight(kernel):
    return kernel.T


@exercise.probes
def probes(rng):
    for n_in, n_out in ((3, 4), (5, 3), (4, 4), (1, 3)):
        yield (rng.normal(size=(n_in, n_out)),)


def shapes(kernel):
    return f"kernel is {kernel.shape}"


@exercise.mistake(
    "not transposed",
    why="The array was copied as it is, which a square layer accepts.",
    evidence=lambda kernel: f"{shapes(kernel)}, and so is yours; weight has as many rows as the layer has outputs",
    look_at="what the rows of weight stand for",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="kernel.T",
)
def as_it_is(kernel):
    return kernel


@exercise.mistake(
    "reshaped instead of transposed",
    why="An error about shapes was answered with reshape, which moves no number.",
    evidence=lambda kernel: f"{shapes(kernel)}: your rows are the numbers of kernel in the order in which it is read",
    look_at="the first row of yours and the first column of kernel",
    symptoms=("loss is fine, predictions are not",),
    cure="kernel.T: reshape keeps the reading order, a transpose changes it.",
)
def reshaped(kernel):
    return kernel.reshape(kernel.shape[1], kernel.shape[0])


@exercise.mistake(
    "rotated instead of transposed",
    why="A rotation by 90 degrees has the right shape, too, and one of the two axes reversed.",
    evidence="your weight has the right numbers in its rows or columns, in reversed order",
    look_at="the first and the last row of yours",
    symptoms=("loss is fine, predictions are not",),
    cure="kernel.T",
)
def rotated(kernel):
    return np.rot90(kernel)


@exercise.also("rotated instead of transposed")
def rotated_back(kernel):
    return np.rot90(kernel, -1)


@exercise.mistake(
    "inverted instead of transposed",
    why="Going back to the other library's layout was taken for inverting the matrix.",
    evidence="your weight is the (pseudo-)inverse of kernel",
    look_at="what x @ weight.T gives, against x @ kernel",
    symptoms=("loss is fine, predictions are not",),
    cure="kernel.T: the same numbers in other places.",
)
def inverted(kernel):
    return np.linalg.pinv(kernel)
