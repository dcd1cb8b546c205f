"""A tent made of three ReLUs."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A tent of three ReLUs",
    task="`tent(x, centre, half_width)` with x an array of any shape: return the function that is 0 outside of centre ± half_width, 1 at the "
    "centre and straight in between, for each entry of x. Use ReLUs.",
    section="sec:mlp:bumps",
    outputs=("height",),
    hints=(
        "A ReLU starts to rise at one place. How many places are there at which the tent changes its slope?",
        "Slopes: 0, then 1 / half_width, then -1 / half_width, then 0. By how much does the slope change at each of the three places?",
        "Changes of slope +1, -2, +1 at centre - half_width, centre and centre + half_width, all divided by half_width.",
    ),
)


def relu(z):
    return np.maximum(z, 0)


def three(x, centre, half_width, weights=(1, -2, 1)):
    places = (centre - half_width, centre, centre + half_width)
    return sum(w * relu(x - place) for w, place in zip(weights, places, strict=True))


@exercise.solution
def tent(x, centre, half_width):
    return three(x, centre, half_width) / half_width


@exercise.probes
def probes(rng):
    for centre, half_width in ((0.3, 0.25), (-1.0, 3.0), (0.0, 0.4)):
        yield centre + half_width * rng.uniform(-3, 3, size=(6, 5)), centre, half_width
        yield centre + half_width * np.linspace(-2.2, 2.2, 13), centre, half_width


exercise.mistake(
    "height forgotten",
    why="The three ReLUs have slope 1, so that the tent is as high as it is half wide.",
    evidence=lambda x, centre, half_width: f"your tent has the height {half_width:g} instead of 1",
    look_at="the value at the centre",
    symptoms=("loss falls, but slowly",),
    cure="Divide by half_width.",
)(lambda x, centre, half_width: three(x, centre, half_width))
exercise.mistake(
    "slope only brought back to zero",
    why="At the top the slope must change twice: once to become flat and once more to fall.",
    evidence="your function keeps its height to the right of the centre, and rises again further on",
    look_at="by how much the slope changes at the top",
    symptoms=("loss stops at chance",),
    cure="The weight of the ReLU in the middle is -2.",
)(lambda x, centre, half_width: three(x, centre, half_width, (1, -1, 1)) / half_width)
exercise.also("slope only brought back to zero")(
    lambda x, centre, half_width: three(x, centre, half_width, (1, -1, 0)) / half_width
)
exercise.mistake(
    "third ReLU missing",
    why="Two ReLUs make the two sides; nothing stops the right one from falling on.",
    evidence="your function goes on falling below 0 to the right of the tent",
    look_at="the values far to the right",
    symptoms=("loss is NaN or infinite", "loss stops at chance"),
    cure="+ relu(x - centre - half_width).",
)(lambda x, centre, half_width: three(x, centre, half_width, (1, -2, 0)) / half_width)
exercise.mistake(
    "full width taken for half",
    why="half_width is the distance from the centre to one foot, not from foot to foot.",
    evidence=lambda x, centre, half_width: (
        f"your tent is {half_width:g} wide from foot to foot and must be {2 * half_width:g}"
    ),
    look_at="the places where the tent touches the ground",
    symptoms=("loss falls, but slowly",),
    cure="Feet at centre - half_width and centre + half_width.",
)(lambda x, centre, half_width: three(x, centre, half_width / 2) / (half_width / 2))
exercise.mistake(
    "tent upside down",
    why="All three signs are exchanged.",
    evidence="your values are the right ones times -1",
    look_at="the sign of the value at the centre",
    symptoms=("loss goes up",),
    cure="Weights 1, -2, 1.",
)(lambda x, centre, half_width: -three(x, centre, half_width) / half_width)
exercise.mistake(
    "first foot at the centre",
    why="The tent was built to the right of the place given, as if that were its left foot.",
    evidence="your tent is the right one, shifted to the right by half_width",
    look_at="where your tent starts to rise",
    symptoms=("loss is fine, predictions are not",),
    cure="The first ReLU starts at centre - half_width.",
)(lambda x, centre, half_width: three(x, centre + half_width, half_width) / half_width)
