"""The derivative of the leaky ReLU, times what arrives."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of the leaky ReLU",
    task="`leaky_relu_backward(da, z, alpha)` with da and z of the same shape and a number alpha: return dz for a = z where z > 0 and "
    "alpha z elsewhere.",
    section="sec:activations:relu",
    outputs=("dz",),
    hints=(
        "Two straight lines meet at 0. What is the slope of each?",
        "1 where z > 0, alpha elsewhere; np.where chooses.",
        "Multiply the slope by da.",
    ),
)


@exercise.solution
def leaky_relu_backward(da, z, alpha):
    return da * np.where(z > 0, 1.0, alpha)


@exercise.probes
def probes(rng):
    for shape, alpha in (((5, 3), 0.01), ((4, 4), 0.3), ((7,), 0.1)):
        z = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        z.flat[:4] = 0.5, 1.5, -0.5, -1.5
        da = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        da.flat[:4] = -0.7, 0.6, 0.8, -0.9
        yield da, z, alpha


exercise.mistake(
    "the leak is left out",
    why="This is the derivative of plain ReLU.",
    evidence="your dz is 0 where z is negative; it should be alpha times da there",
    look_at="the slope on the left",
    symptoms=("gradient check fails in one place", "loss stops at chance"),
    cure="alpha where z <= 0.",
)(lambda da, z, alpha: da * (z > 0))
exercise.mistake(
    "the activation instead of its derivative",
    why="alpha z is the value on the left; its slope is alpha.",
    evidence="your dz contains z itself",
    look_at="the slope of the line alpha z",
    symptoms=("gradient check fails everywhere",),
    cure="1 and alpha.",
)(lambda da, z, alpha: da * np.where(z > 0, z, alpha * z))
exercise.mistake(
    "z left in on the negative side",
    why="The line's value, alpha z, was taken for its slope on one side only.",
    evidence="right where z > 0; on the left yours is alpha z da",
    look_at="the derivative of alpha z",
    symptoms=("gradient check fails in one place",),
    cure="alpha, without z.",
)(lambda da, z, alpha: da * np.where(z > 0, 1.0, alpha * z))
exercise.mistake(
    "sides exchanged",
    why="np.where takes the value for true first.",
    evidence="your slopes are alpha on the right and 1 on the left",
    look_at="the order of the arguments of np.where",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="np.where(z > 0, 1, alpha).",
)(lambda da, z, alpha: da * np.where(z > 0, alpha, 1.0))
exercise.mistake(
    "alpha subtracted",
    why="The slope on the left was taken to be -alpha, perhaps because the values there are negative.",
    evidence="on the left your dz has the opposite sign",
    look_at="whether the line on the left rises or falls",
    symptoms=("gradient check fails in one place", "loss goes up"),
    cure="+alpha.",
)(lambda da, z, alpha: da * np.where(z > 0, 1.0, -alpha))
exercise.mistake(
    "mask taken from what arrives",
    why="The side is decided by the input of the forward pass, not by the gradient.",
    evidence="your slopes follow the sign of da",
    look_at="which of the two arrays says on which side the unit was",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="np.where(z > 0, ...).",
)(lambda da, z, alpha: da * np.where(da > 0, 1.0, alpha))
