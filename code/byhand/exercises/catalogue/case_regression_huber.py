"""The gradient of Huber's loss."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Huber's gradient",
    task="`huber_gradient(prediction, target, delta)`, both of shape (N, K): return the gradient, with respect to the prediction, of the mean "
    "over all N K entries of Huber's loss: e^2 / 2 up to |e| = delta, delta (|e| - delta / 2) beyond, with e = prediction - target.",
    section="sec:case-regression:outliers",
    outputs=("dprediction",),
    hints=(
        "Differentiate both pieces with respect to e; the derivative of |e| is the sign of e.",
        "Both pieces together are the error, clipped to the range from -delta to delta.",
        "np.clip, and the 1/(N K) of the mean.",
    ),
)


@exercise.solution
def huber_gradient(prediction, target, delta):
    return np.clip(prediction - target, -delta, delta) / prediction.size


@exercise.probes
def probes(rng):
    # Thresholds on both sides of 1, so that e, e^2 and their limits differ; errors on both sides of each and between.
    for n, k, delta, scale in ((7, 3, 0.4, 1.0), (5, 4, 1.7, 3.0), (6, 1, 0.8, 2.0)):
        target = rng.standard_normal((n, k))
        error = scale * rng.standard_normal((n, k))
        between = (delta + np.sqrt(delta)) / 2
        error.flat[:6] = [0.3 * delta, -0.6 * delta, 2.5 * delta, -4 * delta, between, -between]
        yield target + error, target, delta


def mean_of(piece):
    """A mistake from what it takes for the derivative at an error."""
    return lambda p, t, delta: piece(p - t, delta) / p.size


exercise.mistake(
    "no sign in the tails",
    why="The slope of the straight part was taken as delta on both sides.",
    evidence="where an error is below -delta your gradient has the opposite sign: it pushes the prediction further off",
    look_at="the derivative of |e| where e is negative",
    symptoms=("loss goes up", "gradient check fails in one place"),
    cure="delta * np.sign(e).",
)(mean_of(lambda e, d: np.where(np.abs(e) <= d, e, d)))
exercise.mistake(
    "threshold on the square",
    why="e^2 was compared with delta, where |e| was meant; for delta = 1 nothing is seen.",
    evidence=lambda p, t, d: f"you change pieces at |e| = {np.sqrt(d):.4g}, the root of delta = {d:g}",
    look_at="what is compared with delta",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="np.abs(e) <= delta.",
)(mean_of(lambda e, d: np.where(e**2 <= d, e, d * np.sign(e))))
exercise.mistake(
    "threshold without the size",
    why="e itself was compared with delta, so that every negative error counts as small.",
    evidence="errors below -delta are passed on unclipped",
    look_at="an error that is large and negative",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="np.abs(e) <= delta.",
)(mean_of(lambda e, d: np.where(e <= d, e, d)))
exercise.mistake(
    "delta missing in the tails",
    why="The sign alone is the gradient of the absolute error; Huber's line is delta times as steep, to meet the square.",
    evidence=lambda p, t, d: f"in the tails your gradient is the right one divided by delta = {d:g}",
    look_at="the slope just below and just above |e| = delta: it must not jump",
    symptoms=("gradient check fails in one place",),
    cure="delta * np.sign(e).",
)(mean_of(lambda e, d: np.where(np.abs(e) <= d, e, np.sign(e))))
exercise.mistake(
    "factor 2 in the square",
    why="The gradient of e^2 was taken; Huber's square has a factor 1/2.",
    evidence="for small errors your gradient is twice the right one",
    look_at="the factor in front of the square, and the slope at |e| = delta",
    symptoms=("gradient check fails in one place",),
    cure="The derivative of e^2 / 2 is e.",
)(mean_of(lambda e, d: np.where(np.abs(e) <= d, 2 * e, d * np.sign(e))))
exercise.mistake(
    "outliers get no gradient",
    why="Large errors were cut off, not clipped: the loss would be flat there.",
    evidence="your gradient is zero wherever |e| is above delta",
    look_at="the slope of the straight part: small, but not zero",
    symptoms=("gradient check fails in one place",),
    cure="delta * np.sign(e) in the tails.",
)(mean_of(lambda e, d: np.where(np.abs(e) <= d, e, 0.0)))
exercise.mistake(
    "target minus prediction",
    why="The gradient is with respect to the prediction, which must stand first in the difference.",
    evidence="your gradient is the right one with the opposite sign",
    look_at="the sign where the prediction is too large: it must be positive",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="e = prediction - target.",
)(mean_of(lambda e, d: np.clip(-e, -d, d)))
exercise.mistake(
    "mean forgotten",
    why="The gradient of the sum was taken.",
    evidence=lambda p, t, d: f"your gradient is the right one times N K = {p.size}",
    look_at="what stands in front of the sum in the loss",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Divide by prediction.size.",
)(lambda p, t, d: np.clip(p - t, -d, d))
exercise.mistake(
    "divided by samples only",
    why="The mean runs over N K entries; dividing by N is right for one output and for no more.",
    evidence=lambda p, t, d: f"your gradient is the right one times K = {p.shape[1]}; with one output it is right",
    look_at="how many entries the loss averages over",
    symptoms=("works on one data set, not on another",),
    cure="Divide by prediction.size.",
)(lambda p, t, d: np.clip(p - t, -d, d) / len(p))
