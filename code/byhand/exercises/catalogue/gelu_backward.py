"""The derivative of the Gaussian error linear unit, times what arrives."""

import math

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of GELU",
    task="`gelu_backward(da, z, below)` with three arrays of one shape, where below = P(Z <= z) for a standard normal Z: return dz for "
    "a = z * below.",
    section="sec:activations:smooth",
    outputs=("dz",),
    hints=(
        "a is a product, and both of its factors depend on z.",
        "The rate of P(Z <= z) is the normal density, exp(-z**2 / 2) / sqrt(2 pi).",
        "The slope is below + z * density; multiply what arrives by it.",
    ),
)


def density(z):
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


@exercise.solution
def gelu_backward(da, z, below):
    return da * (below + z * density(z))


@exercise.probes
def probes(rng):
    for shape in ((5, 3), (4, 4), (7,)):
        z = 1.5 * rng.standard_normal(shape)
        z.flat[:3] = -1.0, 0.5, 2.0
        below = np.vectorize(lambda v: 0.5 * math.erfc(-v / math.sqrt(2)))(z)
        da = rng.standard_normal(shape)
        yield da, z, below
        yield 2 * da, z, below


exercise.mistake(
    "second term of the product rule missing",
    why="below looks like a constant factor, but it depends on z as well.",
    evidence="your slopes all lie between 0 and 1; those of GELU go below 0 and above 1",
    look_at="how many factors of z * below depend on z",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="below + z * density.",
)(lambda da, z, below: da * below)
exercise.mistake(
    "first term of the product rule missing",
    why="The factor z has a slope too: 1, which leaves below standing.",
    evidence="your slope is 0 at z = 0 and nearly 0 for large z, where GELU rises like z itself",
    look_at="the slope far to the right",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="below + z * density.",
)(lambda da, z, below: da * z * density(z))
exercise.mistake(
    "density without its factor",
    why="exp(-z**2 / 2) has to be divided by sqrt(2 pi), so that the area under it is 1.",
    evidence="right at z = 0; elsewhere the second term is 2.5 times too large",
    look_at="the height of the normal density at 0: it is about 0.4",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by np.sqrt(2 * np.pi).",
)(lambda da, z, below: da * (below + z * np.exp(-0.5 * z * z)))
exercise.mistake(
    "factor z missing",
    why="The product rule keeps the other factor: z times the rate of below.",
    evidence="your slopes are too large at 0, by 0.4, and have no negative part",
    look_at="the product rule: u' v + u v'",
    symptoms=("gradient check fails everywhere",),
    cure="below + z * density.",
)(lambda da, z, below: da * (below + density(z)))
exercise.mistake(
    "what arrives is left out",
    why="The local slope alone is the derivative of a, not of the loss.",
    evidence="your dz does not change when da is doubled",
    look_at="the chain rule: how many factors does it have here?",
    symptoms=("loss goes up", "gradient check passes all the same"),
    cure="Multiply by da.",
)(lambda da, z, below: below + z * density(z))
exercise.mistake(
    "the half missing in the exponent",
    why="The exponent of the normal density is -z**2 / 2.",
    evidence="right at z = 0 and far out; in between your second term is too small",
    look_at="the exponent of the normal density",
    symptoms=("gradient check fails everywhere",),
    cure="exp(-z**2 / 2).",
)(lambda da, z, below: da * (below + z * np.exp(-z * z) / math.sqrt(2 * math.pi)))
exercise.mistake(
    "derivative of the sigmoid form",
    why="z * sigmoid(1.702 z) is an approximation of GELU; its slope is not the slope of the exact function.",
    evidence="close everywhere, to about two digits, and right nowhere but at 0",
    look_at="which GELU the task asks for",
    symptoms=("gradient check fails everywhere",),
    cure="Use below and the normal density.",
)(lambda da, z, below: da * (lambda s: s + 1.702 * z * s * (1 - s))(1 / (1 + np.exp(-1.702 * z))))
