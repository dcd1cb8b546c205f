"""Wilson's interval for a share."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Wilson's interval",
    task="`wilson(k, n, z)` for k successes in n runs and z, such as 1.96 for 95 %: return the lower and the upper end of "
    "Wilson's interval for the true share.",
    section="sec:case-xor:share",
    outputs=("low", "high"),
    hints=(
        "Three lines: the share k / n, the centre, the half width. Centre and half width are both divided by 1 + z^2 / n.",
        "Under the root stand p (1 - p) / n and z^2 / (4 n^2); the second keeps the width above zero.",
        "The centre is (p + z^2 / (2 n)) / (1 + z^2 / n); the half width is z / (1 + z^2 / n) times the root.",
    ),
)


def interval(k, n, z, *, centre=0.5, extra=1.0, shrink_centre=True, shrink_half=True):
    """Wilson's interval, with its parts to be left out."""
    p, shrink = k / n, 1 + z**2 / n
    middle = (p + centre * z**2 / n) / (shrink if shrink_centre else 1)
    half = z * np.sqrt(p * (1 - p) / n + extra * z**2 / (4 * n**2)) / (shrink if shrink_half else 1)
    return middle - half, middle + half


@exercise.solution
def wilson(k, n, z):
    return interval(k, n, z)


@exercise.probes
def probes(rng):
    # A few runs and many, all of them successful, several levels; never k = 0, whose lower end is 0 but for rounding.
    yield 28, 100, 1.96
    yield 1, 20, 1.96
    yield 37, 37, 1.96
    yield 3, 7, 2.576
    n = int(rng.integers(30, 60))
    yield int(rng.integers(5, 25)), n, 1.645


@exercise.mistake(
    "the normal interval",
    why="The share plus and minus z standard errors is what most textbooks begin with.",
    evidence="at k = 0 and at k = n your interval has width 0, as if failure had become impossible",
    look_at="what your formula says when all runs succeed",
    symptoms=("test score too good to be true",),
    cure="Wilson's formula: move the centre towards one half and add z^2 / (4 n^2) under the root.",
)
def normal(k, n, z):
    p = k / n
    half = z * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


@exercise.also("the normal interval")
def normal_cut_off(k, n, z):
    low, high = normal(k, n, z)
    return max(low, 0.0), min(high, 1.0)


@exercise.mistake(
    "centre left at the share",
    why="The width is Wilson's, but the interval was put symmetrically round k / n.",
    evidence=lambda k, n, z: f"the middle of your interval is k / n = {k / n:.6f}; Wilson's lies nearer to one half",
    look_at="the middle of your interval, (low + high) / 2",
    symptoms=("works on one data set, not on another",),
    cure="The centre is (p + z^2 / (2 n)) / (1 + z^2 / n).",
)
def around_the_share(k, n, z):
    low, high = interval(k, n, z)
    return k / n - (high - low) / 2, k / n + (high - low) / 2


@exercise.mistake(
    "half width not divided by 1 + z^2 / n",
    why="The fraction in front belongs to both parts, and was written for the centre only.",
    evidence=lambda k, n, z: f"the width of your interval is the correct one times 1 + z^2 / n = {1 + z**2 / n:.6f}",
    look_at="what stands in front of the root",
    symptoms=("works on one data set, not on another",),
    cure="z / (1 + z^2 / n) times the root.",
)
def wide(k, n, z):
    return interval(k, n, z, shrink_half=False)


@exercise.mistake(
    "centre not divided by 1 + z^2 / n",
    why="The fraction in front belongs to both parts, and was written for the half width only.",
    evidence=lambda k, n, z: f"the middle of your interval is the correct one times 1 + z^2 / n = {1 + z**2 / n:.6f}",
    look_at="the middle of your interval when all runs succeed: it may not exceed 1",
    symptoms=("works on one data set, not on another",),
    cure="(p + z^2 / (2 n)) / (1 + z^2 / n).",
)
def shifted(k, n, z):
    return interval(k, n, z, shrink_centre=False)


@exercise.mistake(
    "the term z^2 / (4 n^2) left out",
    why="Under the root only the variance of the share is remembered.",
    evidence="at k = 0 and at k = n your interval has width 0; only its centre has moved",
    look_at="what stands under the root besides p (1 - p) / n",
    symptoms=("works on one data set, not on another",),
    cure="p (1 - p) / n + z^2 / (4 n^2).",
)
def narrow(k, n, z):
    return interval(k, n, z, extra=0.0)


@exercise.mistake(
    "no root taken",
    why="A variance was used in the place of a standard deviation.",
    evidence="your interval is far narrower than it should be: its width falls like 1 / n, not like 1 / sqrt(n)",
    look_at="the step from variance to standard deviation",
    symptoms=("test score too good to be true",),
    cure="np.sqrt of the sum.",
)
def variance(k, n, z):
    p, shrink = k / n, 1 + z**2 / n
    centre = (p + z**2 / (2 * n)) / shrink
    half = z / shrink * (p * (1 - p) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


@exercise.mistake(
    "centre and half width returned",
    why="The two parts of the formula were returned as they are.",
    evidence="your first number is the middle of the interval, and the second half its width",
    look_at="what the two numbers that you return stand for",
    symptoms=("loss is fine, predictions are not",),
    cure="Return centre - half and centre + half.",
)
def parts(k, n, z):
    low, high = interval(k, n, z)
    return (low + high) / 2, (high - low) / 2
