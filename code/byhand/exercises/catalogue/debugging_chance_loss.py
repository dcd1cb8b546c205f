"""The loss of an answer that uses nothing but the shares of the classes."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The chance loss of unequal classes",
    task="`chance_loss(counts)` with the number of samples of each class, shape (K,), some of them possibly 0: return the mean cross-entropy of always "
    "answering with the shares of the classes.",
    section="sec:debugging:before",
    outputs=("loss",),
    hints=(
        "A sample of class k gets the probability s_k = n_k / N, so it costs -ln s_k. How many such samples are there?",
        "Minus the sum of s_k ln s_k, over the classes that occur.",
        "Leave out the classes with count 0 before you take the logarithm.",
    ),
)


@exercise.solution
def chance_loss(counts):
    s = counts[counts > 0] / counts.sum()
    return -np.sum(s * np.log(s))


@exercise.probes
def probes(rng):
    for k in (3, 5):
        yield (rng.integers(1, 40, k) * np.arange(1, k + 1),)
    yield (np.array([80, 0, 15, 5]),)


def shares(counts):
    return counts[counts > 0] / counts.sum()


exercise.mistake(
    "ln K",
    why="ln K is the loss of equal probabilities, the best answer only for equal shares.",
    evidence=lambda counts: f"your loss is ln {len(counts)} whatever the counts are",
    look_at="how a better answer than 1/K can be given without any input",
    symptoms=("loss stops at chance",),
    cure="Minus the sum of s_k ln s_k.",
)(lambda counts: np.log(len(counts)))
exercise.mistake(
    "each class counted once",
    why="The mean is over samples, and large classes have more of them.",
    evidence=lambda counts: (
        f"your loss is the mean of -ln s_k over the {len(counts)} classes, not over the {counts.sum()} samples"
    ),
    look_at="what the mean of the loss runs over",
    symptoms=("works on one data set, not on another",),
    cure="Weight -ln s_k with s_k.",
)(lambda counts: -np.mean(np.log(shares(counts))))
exercise.mistake(
    "base 2",
    why="np.log2 gives the entropy in bits; the book's loss is in nats.",
    evidence="your loss is the right one divided by ln 2",
    look_at="the base of the logarithm",
    symptoms=("works on one data set, not on another",),
    cure="np.log.",
)(lambda counts: -np.sum(shares(counts) * np.log2(shares(counts))))
exercise.mistake(
    "classes without samples give NaN",
    why="0 ln 0 is 0 times minus infinity for a computer.",
    evidence="your loss is right while all classes occur, and NaN otherwise",
    look_at="a class whose count is 0",
    symptoms=("loss is NaN or infinite", "works on one data set, not on another"),
    cure="Leave out classes with count 0.",
)(lambda counts: -np.sum(counts / counts.sum() * np.log(counts / counts.sum())))
exercise.mistake(
    "largest class always",
    why="Betting on the largest class is the best prediction; as a probability of 1 it would cost an infinite loss.",
    evidence="your loss is minus the logarithm of the largest share",
    look_at="what the samples of the smaller classes cost",
    symptoms=("works on one data set, not on another",),
    cure="Answer with all the shares.",
)(lambda counts: -np.log(shares(counts).max()))
