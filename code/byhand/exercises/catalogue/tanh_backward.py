"""The derivative of tanh, times what arrives."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of tanh",
    task="`tanh_backward(da, z)` with da and z of the same shape: return dz for a = tanh(z).",
    section="sec:backprop:scalar",
    outputs=("dz",),
    hints=(
        "The derivative of tanh can be written with the output alone.",
        "It is 1 at z = 0 and falls to 0 on both sides, in the same way on both.",
        "1 minus the square of the output, times what arrives.",
    ),
)


@exercise.solution
def tanh_backward(da, z):
    return da * (1 - np.tanh(z) ** 2)


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), rng.standard_normal((5, 3)) - 0.5
    yield 2 * rng.standard_normal((4, 4)), rng.standard_normal((4, 4))
    yield rng.standard_normal(7), np.array([-3.0, -1.0, -0.5, 0.25, 0.5, 1.0, 2.0])


exercise.mistake(
    "square missing",
    why="1 - tanh(z) looks like the rule for the sigmoid; it is right at 0 and far to the right only.",
    evidence="for negative z your slopes are larger than 1, up to 2; the slope of tanh never is",
    look_at="the slope at z = -3, where the curve is almost flat",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="1 - tanh(z)**2.",
)(lambda da, z: da * (1 - np.tanh(z)))
exercise.mistake(
    "derivative of the sigmoid",
    why="a (1 - a) belongs to the sigmoid.",
    evidence="your slope at z = 0 is 0; there tanh is steepest",
    look_at="the slope at z = 0",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="1 - a**2.",
)(lambda da, z: da * np.tanh(z) * (1 - np.tanh(z)))
exercise.mistake(
    "z in place of the output",
    why="The formula 1 - a squared holds for the output a, not for the input z.",
    evidence="your slopes are negative where |z| > 1",
    look_at="which of z and a is squared",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="1 - np.tanh(z)**2.",
)(lambda da, z: da * (1 - z**2))
exercise.mistake(
    "tanh applied twice",
    why="The output was put through tanh once more before the square.",
    evidence="your slopes never fall below 0.42: the second tanh sees numbers between -1 and 1 only",
    look_at="whether what you feed to tanh is z, or a already",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="One tanh.",
)(lambda da, z: da * (1 - np.tanh(np.tanh(z)) ** 2))
exercise.mistake(
    "what arrives is left out",
    why="The local slope alone is the derivative of a, not of the loss.",
    evidence="your dz does not change when da is doubled",
    look_at="the chain rule: how many factors does it have here?",
    symptoms=("loss goes up", "gradient check passes all the same"),
    cure="Multiply by da.",
)(lambda da, z: 1 - np.tanh(z) ** 2)
exercise.mistake(
    "derivative not applied",
    why="The gradient passes through tanh unchanged.",
    evidence="your dz equals da",
    look_at="whether z has any influence on your result",
    symptoms=("gradient check fails everywhere",),
    cure="Multiply by 1 - a**2.",
)(lambda da, z: da)
exercise.mistake(
    "what arrives is squared too",
    why="The bracket closes too late.",
    evidence="your dz is da - (da a)**2 instead of da - da a**2",
    look_at="what the square is taken of",
    symptoms=("gradient check fails everywhere",),
    cure="da * (1 - a**2).",
)(lambda da, z: da - (da * np.tanh(z)) ** 2)
