"""The signed distance of points from a neuron's boundary."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Distance from the boundary",
    task="`signed_distance(x, w, b)` with x of shape (N, n_in), w (n_in,) and b a number: return the distances of the rows of x from "
    "the boundary w . x + b = 0, (N,), positive where w . x + b is.",
    section="sec:neuron:geometry",
    outputs=("distance",),
    hints=(
        "What does the distance become when w and b are both doubled? And z?",
        "The distance is z divided by the length of w, for all rows at once.",
        "The bias belongs to z, and is divided as well; np.linalg.norm(w) is the length of w.",
    ),
)


@exercise.solution
def signed_distance(x, w, b):
    return (x @ w + b) / np.linalg.norm(w)


@exercise.probes
def probes(rng):
    for n, n_in in ((7, 2), (5, 3), (4, 4)):
        w = rng.uniform(1.1, 2.5, n_in) * rng.choice([-1.0, 1.0], n_in)
        yield 2 * rng.standard_normal((n, n_in)), w, float(rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 1.5))


exercise.mistake(
    "not divided by the length of w",
    why="z was returned; it is the distance only when w has length 1.",
    evidence=lambda x, w, b: f"your numbers are the right ones times the length of w, {np.linalg.norm(w):.4g}",
    look_at="whether your result doubles when w and b do: the boundary stays where it is",
    symptoms=("works on one data set, not on another",),
    cure="Divide z by np.linalg.norm(w).",
)(lambda x, w, b: x @ w + b)
exercise.mistake(
    "divided by the square of the length",
    why="w . w is the square of the length; the root was left out.",
    evidence=lambda x, w, b: f"your numbers are the right ones divided by the length of w, {np.linalg.norm(w):.4g}",
    look_at="how the length of w is written with w . w",
    symptoms=("works on one data set, not on another",),
    cure="Divide by the root of w . w.",
)(lambda x, w, b: (x @ w + b) / (w @ w))
exercise.mistake(
    "bias not divided",
    why="The brackets around the weighted sum are missing.",
    evidence="at the origin your distance is b itself",
    look_at="what the division reaches in your expression",
    symptoms=("works on one data set, not on another",),
    cure="(x @ w + b) / np.linalg.norm(w), with the brackets.",
)(lambda x, w, b: x @ w / np.linalg.norm(w) + b)
exercise.also("bias not divided")(lambda x, w, b: x @ (w / np.linalg.norm(w)) + b)
exercise.mistake(
    "weights not divided",
    why="The division binds more tightly than the sum, so it reached the bias alone.",
    evidence="only the bias is divided in your result",
    look_at="what the division reaches in your expression",
    symptoms=("works on one data set, not on another",),
    cure="(x @ w + b) / np.linalg.norm(w), with the brackets.",
)(lambda x, w, b: x @ w + b / np.linalg.norm(w))
exercise.mistake(
    "bias forgotten",
    why="The distance is measured from the parallel line through the origin.",
    evidence=lambda x, w, b: (
        f"all your distances are off by the same amount, b divided by the length of w: {b / np.linalg.norm(w):.4g}"
    ),
    look_at="what your function returns for the origin",
    symptoms=("works on one data set, not on another",),
    cure="z includes the bias.",
)(lambda x, w, b: x @ w / np.linalg.norm(w))
exercise.mistake(
    "bias subtracted",
    why="Some books write the boundary as w . x = b; here it is w . x + b = 0.",
    evidence="your distances are those from the boundary with the opposite bias",
    look_at="the sign of b in the weighted sum",
    symptoms=("loss is fine, predictions are not",),
    cure="x @ w + b.",
)(lambda x, w, b: (x @ w - b) / np.linalg.norm(w))
exercise.mistake(
    "sign thrown away",
    why="A distance is usually not negative; here its sign says on which side the point lies.",
    evidence="none of your distances is negative; their sizes are right",
    look_at="a point on the side where the neuron says no",
    symptoms=("loss is fine, predictions are not",),
    cure="No absolute value.",
)(lambda x, w, b: np.abs(x @ w + b) / np.linalg.norm(w))
exercise.mistake(
    "length of w taken as the sum of its sizes",
    why="The entries were added instead of their squares.",
    evidence=lambda x, w, b: (
        f"you divide by {np.abs(w).sum():.4g}, the sum of the sizes of w, not by {np.linalg.norm(w):.4g}"
    ),
    look_at="the length of the vector (3, 4): it is 5",
    symptoms=("works on one data set, not on another",),
    cure="np.linalg.norm(w), the root of the sum of squares.",
)(lambda x, w, b: (x @ w + b) / np.abs(w).sum())
exercise.mistake(
    "length of w taken as its sum",
    why="np.sum(w) was divided by, and entries of opposite sign cancel in it.",
    evidence=lambda x, w, b: f"you divide by {w.sum():.4g}, the sum of w, not by its length, {np.linalg.norm(w):.4g}",
    look_at="the length of the vector (3, -4): it is 5",
    symptoms=("works on one data set, not on another",),
    cure="np.linalg.norm(w), the root of the sum of squares.",
)(lambda x, w, b: (x @ w + b) / w.sum())
