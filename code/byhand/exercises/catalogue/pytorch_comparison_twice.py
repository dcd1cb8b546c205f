"""What a softmax before a loss that has one of its own leaves to be learned."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A softmax too many",
    task="`range_of_loss(K)` for K classes: the lowest and the highest value that the cross-entropy of one sample can approach, if what it "
    "takes for logits are probabilities.",
    section="sec:pytorch-comparison:mistakes",
    outputs=("lowest", "highest"),
    hints=(
        "Which probabilities are best for the right class, and which are worst?",
        "Best: 1 for the right class and 0 for the K - 1 others. Put them into minus the logarithm of a softmax.",
        "Best: -ln(e / (e + K - 1)). Worst: one wrong class has the 1, so that e stands only below.",
    ),
)


@exercise.solution
def range_of_loss(K):
    return np.log(1 + (K - 1) / np.e), np.log(np.e + K - 1)


@exercise.probes
def probes(rng):
    for K in (3, 10, 5, 1000):
        yield (K,)


exercise.mistake(
    "range of the right loss",
    why="The cross-entropy of logits goes from zero to infinity, and the second softmax is overlooked.",
    evidence="your lowest loss is 0: that needs a logit that leads by more than any bound",
    look_at="by how much one probability can lead another",
    symptoms=("loss falls, but slowly",),
    cure="Put 1 and 0 into the loss as logits.",
)(lambda K: (0.0, np.inf))
exercise.mistake(
    "chance taken for the floor",
    why="ln K is the loss of equal probabilities, where nothing has been learned.",
    evidence=lambda K: f"your lowest loss is ln {K}, that of {K} equal probabilities",
    look_at="what the loss is when the right class has probability 1",
    symptoms=("loss falls, but slowly",),
    cure="ln(1 + (K - 1) / e), which is lower than ln K.",
)(lambda K: (np.log(K), np.log(np.e + K - 1)))
exercise.mistake(
    "right class counted among the others",
    why="The sum of a softmax has K terms in all, one of which is the e.",
    evidence=lambda K: f"your numbers are those of {K + 1} classes",
    look_at="how many terms stand in the sum of the softmax",
    symptoms=("loss falls, but slowly",),
    cure="e and K - 1 ones.",
)(lambda K: (np.log(1 + K / np.e), np.log(np.e + K)))
exercise.mistake(
    "lowest and highest exchanged",
    why="The highest probability is taken for the highest loss.",
    evidence="your first number is larger than your second",
    look_at="which of your two numbers is the smaller",
    symptoms=("loss falls, but slowly",),
    cure="The lowest loss first.",
)(lambda K: (np.log(np.e + K - 1), np.log(1 + (K - 1) / np.e)))
exercise.mistake(
    "worst case shared by all wrong classes",
    why="The wrong probability is spread evenly, where one wrong class with all of it is worse.",
    evidence=lambda K: f"your highest loss is that of probability 1/{K - 1} for each of the {K - 1} wrong classes",
    look_at="whether the loss is higher when one wrong class has all the probability",
    symptoms=("loss falls, but slowly",),
    cure="All of it on one wrong class.",
)(lambda K: (np.log(1 + (K - 1) / np.e), np.log(1 + (K - 1) * np.exp(1 / (K - 1)))))
exercise.mistake(
    "logarithm to the base 2",
    why="Some books measure the cross-entropy in bits.",
    evidence="your numbers are the right ones divided by ln 2",
    look_at="the base of your logarithm",
    symptoms=("loss falls, but slowly",),
    cure="np.log.",
)(lambda K: (np.log2(1 + (K - 1) / np.e), np.log2(np.e + K - 1)))
exercise.mistake(
    "difference in place of the highest",
    why="The loss falls by exactly 1 from the worst answer to the best, and this width is given.",
    evidence="your second number is 1, the distance between the two",
    look_at="what your second number stands for",
    symptoms=("loss falls, but slowly",),
    cure="The highest loss itself, ln(e + K - 1).",
)(lambda K: (np.log(1 + (K - 1) / np.e), 1.0))
