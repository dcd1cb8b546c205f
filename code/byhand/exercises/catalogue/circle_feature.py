"""A feature made by hand: the squared distance from a centre."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A feature for rings",
    task="`circle_feature(x, centre)` with x (N, 2) and centre (2,): return the squared distance of each sample from the centre, "
    "shape (N,).",
    section="sec:linear-limits:feature",
    outputs=("feature",),
    hints=(
        "Pythagoras: the squared distance is a sum of two squares.",
        "Measure from the centre, not from the origin; NumPy subtracts a (2,) array from every row of an (N, 2) array.",
        "Square the differences first and then add along the axis of the features, axis 1.",
    ),
)


@exercise.solution
def circle_feature(x, centre):
    return ((x - centre) ** 2).sum(axis=1)


@exercise.probes
def probes(rng):
    for n in (7, 5, 4):
        yield rng.standard_normal((n, 2)), rng.standard_normal(2) + np.array([1.5, -0.7])
    yield rng.standard_normal((3, 2)), np.array([0.5, 2.0])


exercise.mistake(
    "centre forgotten",
    why="On rings round the origin nothing need be subtracted, and the formula is remembered from there.",
    evidence=lambda x, centre: f"you measure from the origin; the centre is ({centre[0]:.3f}, {centre[1]:.3f})",
    look_at="from which point the distance is measured",
    symptoms=("works on one data set, not on another",),
    cure="x - centre, before squaring.",
)(lambda x, centre: (x**2).sum(axis=1))
exercise.mistake(
    "centre added",
    why="To move the centre to the origin, it is subtracted; adding moves it twice as far away.",
    evidence="you measure from the point opposite to the centre",
    look_at="the feature of a sample that lies at the centre: it must be 0",
    symptoms=("works on one data set, not on another",),
    cure="x - centre.",
)(lambda x, centre: ((x + centre) ** 2).sum(axis=1))
exercise.mistake(
    "square of the sum",
    why="Adding before squaring brings in twice the product of the two differences.",
    evidence="your feature is zero along a whole line through the centre",
    look_at="the feature of a sample one unit right of the centre and one unit below it",
    symptoms=("works on one data set, not on another", "loss stops at chance"),
    cure="Square first, then add.",
)(lambda x, centre: (x - centre).sum(axis=1) ** 2)
exercise.mistake(
    "added over the samples",
    why="Axis 0 runs over samples, axis 1 over features.",
    evidence=lambda x, centre: f"your result has 2 entries, one a feature; expected {len(x)}, one a sample",
    look_at="which axis is left after the sum",
    symptoms=("an error about shapes",),
    cure="sum(axis=1).",
)(lambda x, centre: ((x - centre) ** 2).sum(axis=0))
exercise.mistake(
    "root taken",
    why="The distance is the root of what is asked for. It would serve as a feature, but its slope is undefined at the centre.",
    evidence="your feature, squared, is the one that was asked for",
    look_at="whether the squared distance or the distance is asked for",
    symptoms=("gradient check fails in one place",),
    cure="Leave the root out.",
)(lambda x, centre: np.sqrt(((x - centre) ** 2).sum(axis=1)))
exercise.mistake(
    "kept as a column",
    why="keepdims=True, or [:, None], keeps the axis of the features.",
    evidence=lambda x, centre: f"your result has shape ({len(x)}, 1) instead of ({len(x)},); its numbers are right",
    look_at="the shape that is asked for",
    symptoms=("shapes silently too large",),
    cure="sum(axis=1) without keepdims.",
)(lambda x, centre: ((x - centre) ** 2).sum(axis=1, keepdims=True))
exercise.mistake(
    "differences not squared",
    why="Absolute values are also never negative, but add up to a distance along streets: the rings become squares.",
    evidence="you add the absolute differences",
    look_at="the feature of two samples at the same distance from the centre, one along an axis and one along a diagonal",
    symptoms=("loss stops at chance", "works on one data set, not on another"),
    cure="Square the differences.",
)(lambda x, centre: np.abs(x - centre).sum(axis=1))
exercise.mistake(
    "one coordinate only",
    why="A column is picked out instead of adding over both.",
    evidence="your feature does not change when the second coordinate does",
    look_at="the feature of a sample straight above the centre",
    symptoms=("loss stops at chance",),
    cure="Add over axis 1.",
)(lambda x, centre: (x[:, 0] - centre[0]) ** 2)
