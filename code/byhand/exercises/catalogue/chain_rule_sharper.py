"""Two centred slopes combined into a sharper one."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A sharper difference",
    task="`sharper_difference(f, x, h)` for a function f of a number: combine the centred slopes with the steps h and 2h so that "
    "their errors in h^2 cancel, and return the result.",
    section="sec:chain-rule:differences",
    outputs=("slope",),
    hints=(
        "Let D(h) be the centred slope: D(h) = f' + c h^2 + ... and D(2h) = f' + 4 c h^2 + ...",
        "4 D(h) - D(2h) has no h^2 term; but it is three times too large.",
        "Each of the two slopes is divided by its own distance, 2h and 4h.",
    ),
)


def centred(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def forward(f, x, h):
    return (f(x + h) - f(x)) / h


@exercise.solution
def sharper_difference(f, x, h):
    return (4 * centred(f, x, h) - centred(f, x, 2 * h)) / 3


@exercise.probes
def probes(rng):
    # steps long enough that every wrong combination is far outside the tolerance
    a = float(rng.uniform(0.5, 1.5))
    yield (lambda v: np.sin(v**2)), 1.5, 0.1
    yield (lambda v: np.exp(a * v)), 0.4, 0.2
    yield (lambda v: v**5 + a * v**2), 1.2, 0.15


FAILS = ("gradient check fails everywhere",)

exercise.mistake(
    "not divided by 3",
    why="The h^2 terms cancel before the division, and the slopes do not: 4 - 1 of them are left.",
    evidence="your result is three times the right one",
    look_at="what your combination gives when both slopes are the same",
    symptoms=FAILS,
    cure="Divide by 3.",
)(lambda f, x, h: 4 * centred(f, x, h) - centred(f, x, 2 * h))
exercise.mistake(
    "weights exchanged",
    why="The larger weight was given to the longer step, whose error is the larger.",
    evidence="your error is 15/3 = 5 times that of D(h) and no smaller, for small steps",
    look_at="which of the two slopes errs more",
    symptoms=FAILS,
    cure="(4 D(h) - D(2h)) / 3.",
)(lambda f, x, h: (4 * centred(f, x, 2 * h) - centred(f, x, h)) / 3)
exercise.mistake(
    "weights for an error in h",
    why="2 D(h) - D(2h) cancels an error proportional to h; that of a centred slope grows with h^2.",
    evidence="your error is about minus twice that of D(h)",
    look_at="how much larger the error becomes when the step doubles",
    symptoms=FAILS,
    cure="Weights 4 and -1, over 3.",
)(lambda f, x, h: 2 * centred(f, x, h) - centred(f, x, 2 * h))
exercise.mistake(
    "mean of the two slopes",
    why="A mean helps against errors of either sign; these two have the same one.",
    evidence="your error is about 2.5 times that of D(h)",
    look_at="the signs of the two errors",
    symptoms=FAILS,
    cure="A difference in which the h^2 terms cancel.",
)(lambda f, x, h: (centred(f, x, h) + centred(f, x, 2 * h)) / 2)
exercise.mistake(
    "added instead of subtracted",
    why="The weights are right; the sign between them is not, so the errors add.",
    evidence="your two slopes carry h^2 terms of the same sign, 4 c and 4 c, that add up to 8 c",
    look_at="the sign in front of D(2h)",
    symptoms=FAILS,
    cure="4 D(h) minus D(2h).",
)(lambda f, x, h: (4 * centred(f, x, h) + centred(f, x, 2 * h)) / 5)
exercise.also("added instead of subtracted")(lambda f, x, h: (4 * centred(f, x, h) + centred(f, x, 2 * h)) / 3)
exercise.mistake(
    "step doubled, divisor not",
    why="The points of the second slope lie 4h apart; 2h was left below the line.",
    evidence="your D(2h) is twice what it should be, and about a third of the slope is lost",
    look_at="what D(2h) is divided by",
    symptoms=FAILS,
    cure="(f(x + 2h) - f(x - 2h)) / 4h.",
)(lambda f, x, h: (4 * centred(f, x, h) - 2 * centred(f, x, 2 * h)) / 3)
exercise.mistake(
    "one-sided slopes combined",
    why="Their errors grow with h as well as with h^2, and the weights 4 and -1 fit h^2 alone.",
    evidence="an error of about a third of the second derivative times h remains",
    look_at="whether both sides of x are asked",
    symptoms=FAILS,
    cure="Centred slopes.",
)(lambda f, x, h: (4 * forward(f, x, h) - forward(f, x, 2 * h)) / 3)
exercise.mistake(
    "divided by h instead of 2h",
    why="Up and down lie 2h apart.",
    evidence="your result is twice the right one",
    look_at="how far apart the two points of each slope are",
    symptoms=FAILS,
    cure="Divide D(h) by 2h and D(2h) by 4h.",
)(lambda f, x, h: 2 * sharper_difference(f, x, h))
exercise.mistake(
    "D(h) alone",
    why="The plain centred slope, without the second one that cancels its error.",
    evidence="your result is the centred slope with step h",
    look_at="whether the step 2h enters",
    symptoms=FAILS,
    cure="(4 D(h) - D(2h)) / 3.",
)(centred)
