"""Planted bug 8: new data scaled by its own statistics."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 8",
    task="The method `scale(self, train, other)` with train (N, n_in) and other (M, n_in), M down to 1: return both as the network is to see them, "
    "each feature of the training data with mean 0 and standard deviation 1.",
    section="sec:debugging:planted",
    outputs=("train", "other"),
    hints=(
        "What are mean and deviation of a single row?",
        "Mean and deviation belong to the trained network, as its weights do.",
        "Take both from train, along axis 0, and use them for both arrays.",
    ),
)


@exercise.solution
def scale(self, train, other):
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (other - mean) / std


@exercise.probes
def probes(rng):
    for n, m, n_in in ((9, 5, 3), (7, 6, 4), (6, 1, 3)):
        unit, shift = 10.0 ** rng.integers(-1, 3, n_in) * 1.7, 5 * rng.standard_normal(n_in)
        yield None, rng.standard_normal((n, n_in)) * unit + shift, rng.standard_normal((m, n_in)) * unit + shift


def own(a):
    return (a - a.mean(axis=0)) / a.std(axis=0)


@exercise.mistake(
    "new data scaled by its own statistics",
    why="One function is applied to both arrays, because they should be treated alike.",
    evidence="the training data is right; each column of the other array has mean 0, and a single row becomes 0/0",
    look_at="whose mean is subtracted from the other array",
    symptoms=("results differ between training and test", "gradient check passes all the same"),
    cure="The mean and deviation of the training data for both.",
)
def each_its_own(self, train, other):
    return own(train), own(other)


@exercise.mistake(
    "statistics of both together",
    why="Joined arrays have one mean; but then the test data has helped to make the model.",
    evidence="both arrays are scaled by the mean and deviation of all rows, test rows included",
    look_at="which rows the mean is taken over",
    symptoms=("test score too good to be true",),
    cure="Statistics of the training rows only.",
)
def together(self, train, other):
    both = np.concatenate([train, other])
    mean, std = both.mean(axis=0), both.std(axis=0)
    return (train - mean) / std, (other - mean) / std


@exercise.mistake(
    "new data not scaled",
    why="Only the array that the network is trained on was scaled.",
    evidence="the training data is right; the other array comes back as it was",
    look_at="the second array that you return",
    symptoms=("results differ between training and test",),
    cure="Scale both, by the training data's statistics.",
)
def other_left(self, train, other):
    return own(train), other


@exercise.mistake(
    "one mean for all features",
    why="Without an axis, mean and std are those of the whole array.",
    evidence="all features are shifted and divided by the same two numbers; their units remain different",
    look_at="the shape of the mean",
    symptoms=("works on one data set, not on another",),
    cure="axis=0.",
)
def one_mean(self, train, other):
    return (train - train.mean()) / train.std(), (other - train.mean()) / train.std()


@exercise.mistake(
    "divided by the variance",
    why="np.var and np.std lie close together.",
    evidence="your arrays are centred, but each column is divided by the square of its deviation",
    look_at="the deviation of your training columns, which should be 1",
    symptoms=("works on one data set, not on another",),
    cure="Divide by the standard deviation.",
)
def by_variance(self, train, other):
    mean, var = train.mean(axis=0), train.var(axis=0)
    return (train - mean) / var, (other - mean) / var


@exercise.mistake(
    "own mean, training deviation",
    why="Half of the line was mended.",
    evidence="the training data is right; the other array has the right spread, but its own mean is subtracted",
    look_at="the numerator of the second array",
    symptoms=("results differ between training and test",),
    cure="Subtract the training mean from both.",
)
def half_mended(self, train, other):
    return own(train), (other - other.mean(axis=0)) / train.std(axis=0)
