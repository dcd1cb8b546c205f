"""The score of knowing nothing but the most frequent class."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The score of knowing nothing",
    task="`majority_baseline(y_train, y_test)` with labels 0, 1, ... of shapes (N,) and (M,): return the accuracy on y_test of always "
    "naming the class that is the most frequent in y_train.",
    section="sec:case-iris:errors",
    outputs=("accuracy",),
    hints=(
        "Two steps: which class is named, and how often that name is right.",
        "np.bincount(y_train).argmax() is the most frequent class.",
        "The accuracy is the mean of y_test == that class.",
    ),
)


def most_frequent(labels):
    return np.bincount(labels).argmax()


@exercise.solution
def majority_baseline(y_train, y_test):
    return np.mean(y_test == most_frequent(y_train))


@exercise.probes
def probes(rng):
    # without ties; the largest class differs between the parts, and between train and both together
    for train, test in (((3, 9, 4, 2), (5, 2, 1, 3)), ((4, 5, 1), (6, 1, 2)), ((8, 1, 6, 5), (3, 5, 4, 1))):
        yield tuple(rng.permutation(np.repeat(np.arange(len(counts)), counts)) for counts in (train, test))


def always(choose):
    """The accuracy on the test labels of some other class."""
    return lambda y_train, y_test: np.mean(y_test == choose(y_train, y_test))


exercise.mistake(
    "majority of the test labels used",
    why="The class was counted in the labels it is judged by: knowledge that no method may have.",
    evidence=lambda y_train, y_test: (
        f"you name class {most_frequent(y_test)}, the largest of the test part; that of the training part is {most_frequent(y_train)}"
    ),
    look_at="which labels are counted",
    symptoms=("test score too good to be true",),
    cure="Count y_train; compare with y_test.",
)(always(lambda y_train, y_test: most_frequent(y_test)))
exercise.mistake(
    "majority of all labels used",
    why="The labels were counted before the split.",
    evidence="you name the largest class of training and test part together",
    look_at="which labels are counted",
    symptoms=("test score too good to be true",),
    cure="Count y_train alone.",
)(always(lambda y_train, y_test: most_frequent(np.concatenate([y_train, y_test]))))
exercise.mistake(
    "accuracy on the training labels",
    why="The share of the largest class was taken where it was counted.",
    evidence=lambda y_train, y_test: (
        f"{np.bincount(y_train).max()} of {len(y_train)} is the share among the training labels"
    ),
    look_at="which labels the name is compared with",
    symptoms=("results differ between training and test",),
    cure="Compare with y_test.",
)(lambda y_train, y_test: np.mean(y_train == most_frequent(y_train)))
exercise.mistake(
    "one over the number of classes",
    why="That is the score of guessing at random; with unequal classes the largest one does better.",
    evidence=lambda y_train, y_test: f"1/{len(np.unique(y_train))} does not depend on how frequent a class is",
    look_at="whether the counts enter",
    symptoms=("works on one data set, not on another",),
    cure="Name the most frequent class.",
)(lambda y_train, y_test: 1 / len(np.unique(y_train)))
exercise.mistake(
    "the largest label named",
    why="The maximum of the labels is a name, not a frequency.",
    evidence=lambda y_train, y_test: f"you name class {y_train.max()}, the largest number among the labels",
    look_at="what the maximum is taken of",
    symptoms=("works on one data set, not on another",),
    cure="argmax of the counts.",
)(always(lambda y_train, y_test: y_train.max()))
exercise.mistake(
    "the count taken for the class",
    why="max gives how often the largest class occurs; argmax says which one it is.",
    evidence=lambda y_train, y_test: (
        f"you compare the labels with {np.bincount(y_train).max()}, which is a count and no class: nothing agrees"
    ),
    look_at="what you compare y_test with",
    symptoms=("loss is fine, predictions are not",),
    cure="argmax instead of max.",
)(always(lambda y_train, y_test: np.bincount(y_train).max()))
exercise.mistake(
    "the labels averaged",
    why="Class numbers are names: the mean of setosa and virginica is not versicolor.",
    evidence=lambda y_train, y_test: f"you name class {round(float(y_train.mean()))}, the rounded mean of the numbers",
    look_at="whether the numbers of the classes are used as quantities",
    symptoms=("works on one data set, not on another",),
    cure="Count, do not average.",
)(always(lambda y_train, y_test: round(float(y_train.mean()))))
exercise.mistake(
    "error rate instead of accuracy",
    why="The labels that differ were counted.",
    evidence="your result and the accuracy add up to 1",
    look_at="which of == and != you take the mean of",
    symptoms=("loss is fine, predictions are not",),
    cure="The mean of y_test == class.",
)(lambda y_train, y_test: np.mean(y_test != most_frequent(y_train)))
exercise.mistake(
    "a number of samples, not a share",
    why="The sum counts; the accuracy is a mean.",
    evidence=lambda y_train, y_test: f"your result is the accuracy times {len(y_test)}, the number of test samples",
    look_at="whether your result can exceed 1",
    symptoms=("works for batch 1 only",),
    cure="Divide by the number of test labels.",
)(lambda y_train, y_test: np.sum(y_test == most_frequent(y_train)))
