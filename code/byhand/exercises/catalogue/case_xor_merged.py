"""The loss at which a network ends that cannot tell some samples apart."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The price of merging",
    task="`merged_loss(group, t)` with group numbers and targets, both of shape (N,): each group gets one answer, the mean of its "
    "targets. Return the mean squared error over all samples.",
    section="sec:case-xor:ends",
    outputs=("loss",),
    hints=(
        "For each group: the mean of its targets, then the squared differences of its targets from that mean.",
        "Give every sample its answer first, in an array of shape (N,); then the loss is one mean.",
        "t[group == g].mean() is the answer of group g, for every g in group.",
    ),
)


def answers(group, t, middle=np.mean):
    """Answer for each sample: the middle of its group."""
    return np.array([middle(t[group == g]) for g in group])


@exercise.solution
def merged_loss(group, t):
    return np.mean((answers(group, t) - t) ** 2)


@exercise.probes
def probes(rng):
    # groups of different sizes, numbers with gaps; labels 0 and 1, then any numbers
    for sizes in ((4, 3, 1), (5, 3, 3), (7, 1, 3, 3)):
        group = rng.permutation(np.repeat(3 * np.arange(len(sizes)) + 1, sizes))
        yield group, rng.standard_normal(len(group))
        labels = np.zeros(len(group))
        for k, size in enumerate(sizes):  # every large group holds both labels, in unequal parts
            labels[np.flatnonzero(group == 3 * k + 1)[: max(1, size // 3)]] = 1.0
        yield group, labels


@exercise.mistake(
    "one mean for all samples",
    why="The mean of all targets was taken: that is the end of a network that merges everything.",
    evidence=lambda group, t: f"your result, {np.var(t):.6f}, does not depend on the groups",
    look_at="whether the groups enter",
    symptoms=("loss stops at chance",),
    cure="A mean for each group.",
)
def grand(group, t):
    return np.mean((t - t.mean()) ** 2)


@exercise.mistake(
    "groups weighted alike",
    why="The mean of the groups' errors gives a group of one as much weight as a group of many.",
    evidence=lambda group, t: (
        f"you divide by {len(np.unique(group))}, the number of groups, after a mean in each group"
    ),
    look_at="by what number the squares are divided, and how often",
    symptoms=("works on one data set, not on another",),
    cure="Add all squares, divide once by N.",
)
def mean_of_means(group, t):
    return np.mean([np.var(t[group == g]) for g in np.unique(group)])


@exercise.mistake(
    "sum in place of the mean",
    why="The division by N was forgotten.",
    evidence=lambda group, t: f"your result is the correct one times N = {len(t)}",
    look_at="whether the loss is divided by the number of samples",
    symptoms=("loss goes up",),
    cure="np.mean in place of the last sum.",
)
def summed(group, t):
    return np.sum((answers(group, t) - t) ** 2)


@exercise.mistake(
    "variance with N - 1",
    why="Statistics packages divide by the size of the group less one; a loss does not.",
    evidence="your groups of one sample cost nothing, and the others more than they should, by size / (size - 1)",
    look_at="by what the squares of one group are divided",
    symptoms=("works on one data set, not on another",),
    cure="No ddof: the loss is a plain mean.",
)
def unbiased(group, t):
    parts = [t[group == g] for g in np.unique(group)]
    return sum(len(p) * np.var(p, ddof=1) for p in parts if len(p) > 1) / len(t)


@exercise.mistake(
    "absolute differences",
    why="The loss of the chapter is the squared error; the mean is its best answer, not that of the absolute error.",
    evidence="your result is the mean of the absolute differences",
    look_at="what is done with each difference",
    symptoms=("loss is fine, predictions are not",),
    cure="Square the differences.",
)
def absolute(group, t):
    return np.mean(np.abs(answers(group, t) - t))


@exercise.mistake(
    "median in place of the mean",
    why="The median is the best answer for the absolute error.",
    evidence="your groups answer with their middle target: with labels, all samples of a group get the label of the majority",
    look_at="which single answer makes the squared error of a group smallest",
    symptoms=("works on one data set, not on another",),
    cure="The mean of the group.",
)
def median(group, t):
    return np.mean((answers(group, t, np.median) - t) ** 2)


@exercise.mistake(
    "root of the mean square",
    why="A standard deviation was computed, where the loss is a variance.",
    evidence="your result squared is the correct one",
    look_at="whether your result is a loss or its root",
    symptoms=("loss is fine, predictions are not",),
    cure="Leave the root out.",
)
def root(group, t):
    return np.sqrt(merged_loss(group, t))
