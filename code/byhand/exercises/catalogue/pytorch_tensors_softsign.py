"""Softsign's backward pass, for an operation of one's own."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A backward of your own",
    task="`softsign_backward(da, z)` for a = z / (1 + |z|): da is the gradient that arrives, z the input, of the same shape; return dz.",
    section="sec:pytorch-tensors:function",
    outputs=("dz",),
    hints=(
        "For positive z it is z / (1 + z): the quotient rule.",
        "The function is odd, so its derivative is the same at z and -z.",
        "The slope is 1 / (1 + |z|)^2; multiply it by da.",
    ),
)


@exercise.solution
def softsign_backward(da, z):
    return da / (1 + np.abs(z)) ** 2


@exercise.probes
def probes(rng):
    for shape in ((5, 3), (7,), (4, 1)):
        yield rng.normal(size=shape), 2 * rng.normal(size=shape)


def slip(title, formula, **telling):
    exercise.mistake(title, **telling)(lambda da, z: formula(da, z))


EVERYWHERE = ("gradient check fails everywhere",)
slip(
    "upstream gradient dropped",
    lambda da, z: 1 / (1 + np.abs(z)) ** 2,
    why="The local slope alone was returned.",
    evidence="your dz does not depend on da",
    look_at="where da enters your result",
    symptoms=EVERYWHERE,
    cure="Multiply by da.",
)
slip(
    "square forgotten",
    lambda da, z: da / (1 + np.abs(z)),
    why="The numerator was differentiated and the denominator taken as a constant.",
    evidence="your slope is 1 / (1 + |z|)",
    look_at="the second term of the quotient rule",
    symptoms=EVERYWHERE,
    cure="1 / (1 + |z|)^2",
)
slip(
    "absolute value forgotten",
    lambda da, z: da / (1 + z) ** 2,
    why="The derivative for positive z was used for all.",
    evidence="your dz is right where z is positive, and wrong where it is negative",
    look_at="an entry with negative z",
    symptoms=("gradient check fails in one place",),
    cure="1 / (1 + |z|)^2",
)
slip(
    "sign of z in the slope",
    lambda da, z: np.sign(z) * da / (1 + np.abs(z)) ** 2,
    why="The derivative of |z| was multiplied in; but the function rises on both sides of 0.",
    evidence="your slope is negative where z is",
    look_at="the sign of the slope: the function never falls",
    symptoms=("gradient check fails in one place",),
    cure="No sign: 1 / (1 + |z|)^2",
)
slip(
    "slope taken at the output",
    lambda da, z: da / (1 + np.abs(z / (1 + np.abs(z)))) ** 2,
    why="The output was saved in forward and used as if it were the input.",
    evidence="your slope is that at a = z / (1 + |z|), not at z",
    look_at="which of the two was saved",
    symptoms=EVERYWHERE,
    cure="Save z, or use (1 - |a|)^2.",
)
slip(
    "the output returned",
    lambda da, z: da * z / (1 + np.abs(z)),
    why="da was multiplied by the function instead of by its derivative.",
    evidence="your dz is da times a",
    look_at="the factor of da: function or derivative?",
    symptoms=EVERYWHERE,
    cure="1 / (1 + |z|)^2",
)
slip(
    "derivative of tanh",
    lambda da, z: da * (1 - (z / (1 + np.abs(z))) ** 2),
    why="1 - a^2 is tanh's derivative from its output; softsign looks like tanh and is another function.",
    evidence="your slope is 1 - a^2",
    look_at="whose derivative this is",
    symptoms=EVERYWHERE,
    cure="(1 - |a|)^2, or 1 / (1 + |z|)^2",
)
