"""Standardising without looking at the test data."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Standardise without leakage",
    task="`standardize(train, test)` with arrays (N, n) and (M, n): return both with each feature shifted and scaled by the mean and the "
    "standard deviation (with 1/N) of the training part; a feature that is constant there is only shifted.",
    section="sec:case-iris",
    outputs=("train", "test"),
    hints=(
        "Which data may the mean and the standard deviation know?",
        "Both are computed from train alone, one for each column, and applied to both arrays.",
        "Where the standard deviation is 0, divide by 1.",
    ),
)


@exercise.solution
def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std > 0, std, 1.0)
    return (train - mean) / std, (test - mean) / std


@exercise.probes
def probes(rng):
    for n, m, features in ((7, 5, 3), (9, 4, 4)):
        train = 3 + rng.uniform(1, 5, features) * rng.standard_normal((n, features))
        test = 5 + rng.uniform(1, 5, features) * rng.standard_normal((m, features))
        yield train, test
    constant = np.column_stack([rng.standard_normal(6), np.full(6, 4.0), rng.standard_normal(6)])
    yield constant, rng.standard_normal((5, 3))


def scaled(array, mean, std):
    return (array - mean) / np.where(std > 0, std, 1.0)


def both(statistics):
    def standardize(train, test):
        of_train, of_test = statistics(train, test)
        return scaled(train, *of_train), scaled(test, *of_test)

    return standardize


def of(array, **how):
    return array.mean(axis=0), array.std(axis=0, **how)


exercise.mistake(
    "scaler fitted on all data",
    why="Scaling before splitting lets the mean and the spread know the test data.",
    evidence="your mean is that of training and test data together",
    look_at="which rows the mean has seen",
    symptoms=("test score too good to be true",),
    cure="Mean and spread of train only.",
)(both(lambda train, test: (of(np.vstack([train, test])),) * 2))
exercise.mistake(
    "test data scaled by themselves",
    why="Each part was standardised by its own mean and spread, so that the same flower gets other numbers in another company.",
    evidence="your test part has mean 0 and spread 1 of its own",
    look_at="what happens when the test part is a single sample",
    symptoms=("results differ between training and test", "works for batch 1 only"),
    cure="Apply train's mean and spread to both.",
)(both(lambda train, test: (of(train), of(test))))
exercise.mistake(
    "test data left as they are",
    why="The network was trained on scaled inputs and is tested on others.",
    evidence="your test part is unchanged",
    look_at="both results, not only the first",
    symptoms=("results differ between training and test",),
    cure="Scale test with train's mean and spread.",
)(lambda train, test: (scaled(train, *of(train)), test.copy()))
exercise.mistake(
    "constant feature divided by zero",
    why="A feature that never changes has a spread of 0.",
    evidence="right everywhere, except for NaN or infinity where a feature is constant in train",
    look_at="the smallest number that you divide by",
    symptoms=("loss is NaN or infinite",),
    cure="Divide by 1 where the spread is 0.",
)(lambda train, test: ((train - train.mean(0)) / train.std(0), (test - train.mean(0)) / train.std(0)))
exercise.mistake(
    "divided by the variance",
    why="The root was forgotten.",
    evidence="your training columns have a spread of 1 over the old one",
    look_at="the spread of your training columns: it must be 1",
    symptoms=("loss falls, but slowly",),
    cure="The standard deviation.",
)(both(lambda train, test: ((train.mean(0), train.var(0)),) * 2))
exercise.mistake(
    "standard deviation with N - 1",
    why="The unbiased estimate is pandas' default; NumPy and scikit-learn divide by N.",
    evidence="your training columns have a spread slightly below 1",
    look_at="ddof, or what you divide the squares by",
    symptoms=("gradient check passes all the same",),
    cure="train.std(axis=0).",
)(both(lambda train, test: (of(train, ddof=1),) * 2))
exercise.mistake(
    "one mean for all features",
    why="Without an axis the mean runs over centimetres, kilograms and years together.",
    evidence="your columns do not have mean 0, only the whole array has",
    look_at="the axis of mean and std",
    symptoms=("loss falls, but slowly",),
    cure="axis=0.",
)(both(lambda train, test: ((train.mean(), train.std()),) * 2))
