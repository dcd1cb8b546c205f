"""The relative error of two gradients."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Relative error",
    task="`relative_error(a, b)` for two arrays of one shape: return the largest |a - b| divided by the largest entry (in size) of "
    "both arrays, one number; 0 when both are all zeros.",
    section="sec:gradient-checking:relative",
    outputs=("error",),
    hints=(
        "Which size should a difference of 0.001 be compared with?",
        "The scale is the largest absolute value in a and b together.",
        "Two arrays of zeros agree: treat a scale of 0 before you divide.",
    ),
)


@exercise.solution
def relative_error(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / scale if scale else 0.0


@exercise.probes
def probes(rng):
    for size, shape in ((1e-6, (3, 4)), (1e5, (5,)), (1.0, (4, 3))):
        a = size * rng.standard_normal(shape)
        a.flat[0], a.flat[1] = -5 * size, 2 * size
        b = a + 0.01 * size * rng.standard_normal(shape)
        b.flat[1] += 0.3 * size
        b.flat[2] -= 0.5 * size
        yield a, b
    yield np.zeros(3), np.zeros(3)
    yield np.zeros(3), np.array([0.0, 2.0, -1.0])


exercise.mistake(
    "absolute error",
    why="Whether 0.001 is much depends on the size of the gradients.",
    evidence="your result grows a thousandfold when both gradients do",
    look_at="what happens to your result when both arrays are multiplied by 1000",
    symptoms=("gradient check passes all the same", "gradient check fails everywhere"),
    cure="Divide by the scale of the gradients.",
)(lambda a, b: np.abs(a - b).max())
exercise.mistake(
    "0/0 for two zero gradients",
    why="Two gradients that are both zero agree, but their scale is 0.",
    evidence="right everywhere, except that two arrays of zeros give NaN",
    look_at="the number that you divide by when nothing has a gradient",
    symptoms=("gradient check fails in one place",),
    cure="Return 0 when the scale is 0.",
)(lambda a, b: np.divide(np.abs(a - b).max(), max(np.abs(a).max(), np.abs(b).max())))
exercise.mistake(
    "sign of the difference kept",
    why="Without absolute values a negative difference, however large, counts as small.",
    evidence="your largest difference looks at positive ones only",
    look_at="what an entry with a much too small gradient does to your result",
    symptoms=("gradient check passes all the same",),
    cure="np.abs(a - b).",
)(lambda a, b: (a - b).max() / max(np.abs(a).max(), np.abs(b).max()) if np.any(a) or np.any(b) else 0.0)
exercise.mistake(
    "size of the signed entries",
    why="a.max() is the largest entry, not the entry of largest size; a gradient of -5 is not small.",
    evidence="your scale overlooks negative entries",
    look_at="your scale for the array (-5, 2)",
    symptoms=("gradient check fails everywhere",),
    cure="np.abs(a).max().",
)(lambda a, b: np.abs(a - b).max() / s if (s := max(a.max(), b.max())) else 0.0)
exercise.mistake(
    "mean instead of largest",
    why="One wrong entry among a thousand right ones disappears in a mean.",
    evidence="your result is an average over the entries",
    look_at="what one wrong entry in a large array does to your result",
    symptoms=("gradient check passes all the same",),
    cure="max.",
)(lambda a, b: np.abs(a - b).mean() / s if (s := max(np.abs(a).max(), np.abs(b).max())) else 0.0)
exercise.mistake(
    "scaled by one of the two",
    why="If the scale is that of a alone, a gradient of zeros against one that is not gives a division by 0.",
    evidence="your result depends on which gradient stands first",
    look_at="your result when a and b change places",
    symptoms=("gradient check fails in one place",),
    cure="The larger of both scales.",
)(lambda a, b: np.divide(np.abs(a - b).max(), np.abs(a).max()) if np.any(a) or np.any(b) else 0.0)
exercise.mistake(
    "divided by the sum of both",
    why="|a| + |b| is nearly twice the size of each: errors look half as large.",
    evidence="your result is about half the right one",
    look_at="the number that you divide by, for two gradients that are almost equal",
    symptoms=("gradient check passes all the same",),
    cure="The larger of both, not their sum.",
)(lambda a, b: np.abs(a - b).max() / s if (s := np.abs(a).max() + np.abs(b).max()) else 0.0)
