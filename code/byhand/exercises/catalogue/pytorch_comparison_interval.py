"""The interval of a mean of paired differences."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The interval of a paired difference",
    task="`paired_interval(a, b, t)` with the scores of two models on the same n folds, shape (n,), and t, the quantile of Student's "
    "distribution for n - 1: the ends (low, high) of the interval of the mean of a - b.",
    section="sec:pytorch-comparison:sklearn",
    outputs=("low", "high"),
    hints=(
        "Take the differences first; what remains is the interval of one mean.",
        "The half width is t times the standard deviation of the differences over the root of n.",
        "d.std(ddof=1): the mean was estimated from the same numbers.",
    ),
)


def around(middle, half):
    return middle - half, middle + half


@exercise.solution
def paired_interval(a, b, t):
    d = np.asarray(a) - np.asarray(b)
    return around(d.mean(), t * d.std(ddof=1) / np.sqrt(len(d)))


@exercise.probes
def probes(rng):
    for n, t in ((5, 2.776445105), (20, 2.093024054), (9, 2.306004135)):
        fold = rng.uniform(0.7, 0.95, n)  # some folds are harder, for both
        yield fold + 0.02 * rng.standard_normal(n) + 0.02, fold + 0.02 * rng.standard_normal(n), t


MISTAKES = (
    (
        "pairs forgotten",
        "The formula for two independent samples adds the two variances; here most of them is common to both.",
        lambda a, b, t: (
            "your interval is that of two independent groups of folds: its width has the spread of the folds in it"
        ),
        "what the interval becomes if both models have hard folds in common",
        "The standard deviation of the differences.",
        lambda a, b, t: around(np.mean(a - b), t * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))),
    ),
    (
        "standard deviation where the standard error belongs",
        "The spread of single differences is taken for that of their mean.",
        lambda a, b, t: f"your interval is too wide by the root of n = {len(a)}",
        "how the width should change when four times as many folds are run",
        "Divide by the root of n.",
        lambda a, b, t: around(np.mean(a - b), t * np.std(a - b, ddof=1)),
    ),
    (
        "divided by n under the root",
        "NumPy's std divides by n by default.",
        lambda a, b, t: f"your interval is too narrow by the root of (n - 1) / n, n = {len(a)}",
        "the argument ddof of std",
        "d.std(ddof=1).",
        lambda a, b, t: around(np.mean(a - b), t * np.std(a - b) / np.sqrt(len(a))),
    ),
    (
        "normal quantile in place of t",
        "1.96 is right for a known spread; here it is estimated from few folds.",
        lambda a, b, t: f"your interval uses 1.96 where t is {t:.3f}",
        "whether your function uses t",
        "t times the standard error.",
        lambda a, b, t: around(np.mean(a - b), 1.96 * np.std(a - b, ddof=1) / np.sqrt(len(a))),
    ),
    (
        "b less a",
        "The difference is taken the other way round.",
        lambda a, b, t: "your interval is the right one with its sign turned",
        "the order of the difference",
        "a - b.",
        lambda a, b, t: around(np.mean(b - a), t * np.std(a - b, ddof=1) / np.sqrt(len(a))),
    ),
    (
        "divided by n instead of its root",
        "The variance of a mean has 1/n, its standard deviation 1 over the root of n.",
        lambda a, b, t: f"your interval is too narrow by the root of n = {len(a)}",
        "the standard deviation of a mean of n numbers",
        "np.sqrt(len(d)).",
        lambda a, b, t: around(np.mean(a - b), t * np.std(a - b, ddof=1) / len(a)),
    ),
)
for title, why, evidence, look_at, cure, wrong in MISTAKES:
    exercise.mistake(
        title,
        why=why,
        evidence=evidence,
        look_at=look_at,
        symptoms=("works on one data set, not on another",),
        cure=cure,
    )(lambda a, b, t, wrong=wrong: wrong(np.asarray(a), np.asarray(b), t))
