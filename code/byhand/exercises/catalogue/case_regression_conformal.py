"""The half-width of a split-conformal prediction interval."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The width of a conformal interval",
    task="`conformal_width(residuals, alpha)` with residuals of n calibration samples, (n,): return the k-th smallest of their sizes, with "
    "k = (n + 1)(1 - alpha) rounded up, or infinity (np.inf) if k is above n.",
    section="sec:case-regression:intervals",
    outputs=("width",),
    hints=(
        "The residuals have signs; their sizes are to be sorted.",
        "int(np.ceil((n + 1) * (1 - alpha))) counts from one.",
        "Python's indices count from zero: the k-th smallest stands at k - 1.",
    ),
)


def kth(sizes, k):
    """The k-th smallest, counted from one; infinite beyond the last."""
    return np.sort(sizes)[k - 1] if k <= len(sizes) else np.inf


def rounded_up(value):
    return int(np.ceil(value))


@exercise.solution
def conformal_width(residuals, alpha):
    return kth(np.abs(residuals), rounded_up((len(residuals) + 1) * (1 - alpha)))


@exercise.probes
def probes(rng):
    # (n + 1)(1 - alpha) is never whole, so that rounding is beyond doubt; in the last, k is above n.
    for n, alpha in ((23, 0.1), (12, 0.25), (33, 0.3), (17, 0.15), (44, 0.07)):
        yield 3 * rng.standard_normal(n) + 0.5, alpha
    yield rng.standard_normal(6), 0.05


exercise.mistake(
    "n in place of n + 1",
    why="The new sample is one of the n + 1 that may have any rank; it was not counted.",
    evidence=lambda r, alpha: (
        f"your k is {rounded_up(len(r) * (1 - alpha))}: n (1 - alpha) rounded up, with n = {len(r)}"
    ),
    look_at="how many sizes there are together with the new one",
    symptoms=("results differ between training and test", "works on one data set, not on another"),
    cure="(n + 1) * (1 - alpha).",
)(lambda r, alpha: kth(np.abs(r), rounded_up(len(r) * (1 - alpha))))
exercise.mistake(
    "rounded down",
    why="int() and // cut off; the promise is at least 1 - alpha, so k must be rounded up.",
    evidence=lambda r, alpha: f"your k is {int((len(r) + 1) * (1 - alpha))}, one too small to keep the promise",
    look_at="what int() does to a number such as 21.6",
    symptoms=("results differ between training and test",),
    cure="np.ceil before int.",
)(lambda r, alpha: kth(np.abs(r), int((len(r) + 1) * (1 - alpha))))
exercise.mistake(
    "index counted from one",
    why="The k-th smallest of a sorted array stands at index k - 1.",
    evidence="your width is that of rank k + 1",
    look_at="the index of the smallest size",
    symptoms=("works on one data set, not on another",),
    cure="np.sort(sizes)[k - 1].",
)(lambda r, alpha: kth(np.abs(r), rounded_up((len(r) + 1) * (1 - alpha)) + 1))
exercise.mistake(
    "signs kept",
    why="The residuals were sorted as they are; large negative ones then stand first and count for nothing.",
    evidence="your width is a rank of the residuals with their signs",
    look_at="what a residual of -100 should do to the width",
    symptoms=("results differ between training and test",),
    cure="np.abs first.",
)(lambda r, alpha: kth(r, rounded_up((len(r) + 1) * (1 - alpha))))
exercise.mistake(
    "alpha in place of 1 - alpha",
    why="alpha is the share that may fall outside.",
    evidence=lambda r, alpha: f"your interval covers about {alpha:g}, not {1 - alpha:g}",
    look_at="which share lies inside",
    symptoms=("results differ between training and test",),
    cure="(n + 1) * (1 - alpha).",
)(lambda r, alpha: kth(np.abs(r), rounded_up((len(r) + 1) * alpha)))
exercise.mistake(
    "alpha halved",
    why="For two ends alpha is split; a size counts both ends already.",
    evidence=lambda r, alpha: f"your interval promises {1 - alpha / 2:g} in place of {1 - alpha:g}",
    look_at="on how many sides a size of a residual can be too large",
    symptoms=("works on one data set, not on another",),
    cure="No division: sizes have one tail.",
)(lambda r, alpha: kth(np.abs(r), rounded_up((len(r) + 1) * (1 - alpha / 2))))
exercise.mistake(
    "interpolated quantile",
    why="np.quantile at 1 - alpha takes a point between two sizes, and counts n samples.",
    evidence="your width lies between two sizes; it should be one of them, and not a smaller one",
    look_at="whether your width is the size of some residual",
    symptoms=("results differ between training and test",),
    cure="Sort, and take the k-th.",
)(lambda r, alpha: np.quantile(np.abs(r), 1 - alpha))
exercise.mistake(
    "largest size where none is enough",
    why="k was cut off at n; so few samples cannot promise so much.",
    evidence=lambda r, alpha: (
        f"with n = {len(r)} and alpha = {alpha:g} the largest size keeps only {len(r) / (len(r) + 1):.3f}"
    ),
    look_at="k for very few samples",
    symptoms=("works on one data set, not on another",),
    cure="np.inf if k > n.",
)(lambda r, alpha: np.sort(np.abs(r))[min(rounded_up((len(r) + 1) * (1 - alpha)), len(r)) - 1])
