"""The derivative of the rectified linear unit, times what arrives."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of ReLU",
    task="`relu_backward(da, z)` with da and z of the same shape: return dz for a = max(z, 0), taking the derivative at 0 to be 0.",
    section="sec:activations:relu",
    outputs=("dz",),
    hints=(
        "ReLU passes a positive z on as it is and stops all others. What are the two slopes?",
        "The slope is 1 where z > 0 and 0 elsewhere: a mask made of z.",
        "Multiply what arrives, da, by the mask.",
    ),
)


@exercise.solution
def relu_backward(da, z):
    return da * (z > 0)


@exercise.probes
def probes(rng):
    for shape in ((5, 3), (4, 4)):
        # no entry of z near 0, and signs of da that have nothing to do with those of z
        z = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        z.flat[:4] = 0.5, 1.5, -0.5, -1.5
        da = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        da.flat[:4] = -0.7, 0.6, 0.8, -0.9
        yield da, z
        yield 2 * da, z
    yield np.array([[0.5, -0.25, 1.0]]), np.array([[0.0, 1.0, -0.0]])


exercise.mistake(
    "mask taken from what arrives",
    why="The gate belongs to the forward pass: it was open or shut before any gradient came.",
    evidence="your dz is da where da is positive, whatever z was",
    look_at="which of the two arrays says whether the unit was on",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="da * (z > 0).",
)(lambda da, z: da * (da > 0))
exercise.mistake(
    "the activation instead of its derivative",
    why="max(z, 0) is the forward pass; its slope is 0 or 1.",
    evidence="where the unit is on, your dz is da times z instead of da",
    look_at="the slope of a straight line",
    symptoms=("loss is NaN or infinite", "gradient check fails everywhere"),
    cure="A mask of zeros and ones.",
)(lambda da, z: da * np.maximum(z, 0))
exercise.mistake(
    "mask forgotten",
    why="The gradient goes through as if the unit were linear.",
    evidence="your dz equals da everywhere",
    look_at="what a unit that is off passes back",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Multiply by (z > 0).",
)(lambda da, z: da)
exercise.mistake(
    "what arrives is left out",
    why="The local slope alone is the derivative of a, not of the loss.",
    evidence="your dz holds zeros and ones only",
    look_at="the chain rule: how many factors does it have here?",
    symptoms=("loss goes up", "gradient check passes all the same"),
    cure="Multiply the mask by da.",
)(lambda da, z: (z > 0) * 1.0)
exercise.mistake(
    "mask turned round",
    why="Less and greater were exchanged.",
    evidence="your dz is da exactly where it should be 0, and 0 where it should be da",
    look_at="the comparison sign",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="z > 0.",
)(lambda da, z: da * (z < 0))
exercise.mistake(
    "slope 1 at zero",
    why="With >= the units at exactly 0 pass the gradient on. On an output a = max(z, 0), which is never negative, this mask is always true.",
    evidence="you differ only where z is exactly 0",
    look_at="the comparison at 0, and what it does when the output is tested in place of z",
    symptoms=("gradient check fails in one place",),
    cure="z > 0, as PyTorch has it.",
)(lambda da, z: da * (z >= 0))
exercise.mistake(
    "maximum of what arrives",
    why="The forward function was applied to the gradient.",
    evidence="your dz has no negative entry: negative gradients were cut off",
    look_at="what the sign of da has to do with the unit",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="da * (z > 0).",
)(lambda da, z: np.maximum(da, 0) * (z > 0))
