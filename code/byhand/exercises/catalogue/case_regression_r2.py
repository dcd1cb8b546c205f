"""The coefficient of determination."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The coefficient of determination",
    task="`r_squared(prediction, target)`, both of shape (N,): return 1 minus the sum of squared errors over the sum of squared "
    "distances of the targets from their mean.",
    section="sec:case-regression:back",
    outputs=("r2",),
    hints=(
        "Two sums of squares: of the errors, and of what the errors would be if each prediction were the targets' mean.",
        "1 - (first sum) / (second sum); the result may be negative.",
        "The second sum is ((target - target.mean()) ** 2).sum().",
    ),
)


def squares(v):
    return (v**2).sum()


@exercise.solution
def r_squared(prediction, target):
    return 1 - squares(prediction - target) / squares(target - target.mean())


@exercise.probes
def probes(rng):
    # Good, shrunken, shifted and useless predictions; means far from zero, both signs.
    for n, gain, shift in ((9, 0.9, 0.2), (7, 0.5, -1.0), (11, 1.4, 0.6), (8, -0.3, 0.1)):
        target = 3 * rng.standard_normal(n) + rng.choice([-4.0, 5.0])
        yield gain * target + shift + 0.5 * rng.standard_normal(n), target


exercise.mistake(
    "1 minus forgotten",
    why="The share of the squares that is left was returned, not the share that is explained.",
    evidence="your result is 1 minus the right one: a perfect prediction would score 0",
    look_at="the score of a perfect prediction",
    symptoms=("loss is fine, predictions are not",),
    cure="1 - left / total.",
)(lambda p, t: squares(p - t) / squares(t - t.mean()))
exercise.mistake(
    "squared correlation",
    why="For a line fitted to the same data by least squares the two are equal; for predictions on new data they are not.",
    evidence="your result is the squared correlation: it forgives a wrong scale and a wrong shift, and is never negative",
    look_at="the score of predictions that are all too large by ten",
    symptoms=("test score too good to be true",),
    cure="1 - left / total, with the errors themselves.",
)(lambda p, t: np.corrcoef(p, t)[0, 1] ** 2)
exercise.mistake(
    "spread of the predictions below the line",
    why="The sum in the denominator belongs to the targets; with the arguments exchanged it belongs to the predictions.",
    evidence="your denominator is the spread of the predictions round their mean",
    look_at="which of the two arguments the denominator is made of",
    symptoms=("loss is fine, predictions are not",),
    cure="((target - target.mean()) ** 2).sum() below the line.",
)(lambda p, t: 1 - squares(p - t) / squares(p - p.mean()))
exercise.mistake(
    "distances from zero",
    why="The mean of the targets was not subtracted, so the comparison is with predicting zero.",
    evidence=lambda p, t: (
        f"your denominator is {squares(t):.4g}, the sum of squared targets, which grows with their mean"
    ),
    look_at="what the constant predictor of the comparison predicts",
    symptoms=("test score too good to be true",),
    cure="Subtract target.mean().",
)(lambda p, t: 1 - squares(p - t) / squares(t))
exercise.mistake(
    "explained variance",
    why="The variance of the errors was taken, which subtracts their mean; a constant error then costs nothing.",
    evidence="your result is right only where the errors have mean zero",
    look_at="the score of predictions that are all too large by ten",
    symptoms=("test score too good to be true",),
    cure="The sum of the squared errors, not their variance.",
)(lambda p, t: 1 - np.var(t - p) / np.var(t))
exercise.mistake(
    "sizes in place of squares",
    why="Absolute errors were added up, above and below the line.",
    evidence="your result is 1 minus a ratio of sums of absolute values",
    look_at="the powers in the formula",
    symptoms=("loss is fine, predictions are not",),
    cure="Square before the sum.",
)(lambda p, t: 1 - np.abs(p - t).sum() / np.abs(t - t.mean()).sum())
exercise.mistake(
    "mean over sum",
    why="The errors were averaged and the spread was added up, or the other way round.",
    evidence=lambda p, t: f"the share that you subtract is too small by a factor of N = {len(t)}",
    look_at="whether both parts of the fraction are sums, or both are means",
    symptoms=("test score too good to be true",),
    cure="Two sums, or two means.",
)(lambda p, t: 1 - np.mean((p - t) ** 2) / squares(t - t.mean()))
exercise.mistake(
    "N - 1 on one side",
    why="A variance with N - 1 was put below a mean over N; the two divisors do not cancel.",
    evidence=lambda p, t: f"the share that you subtract is too small by a factor (N - 1) / N, with N = {len(t)}",
    look_at="the divisor of var or std that you use",
    symptoms=("loss is fine, predictions are not",),
    cure="The same divisor above and below, or none.",
)(lambda p, t: 1 - np.mean((p - t) ** 2) / np.var(t, ddof=1))
