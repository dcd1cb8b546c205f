"""How a learning rate carries over from a mean to a sum."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Learning rate for a sum instead of a mean",
    task="`learning_rate_factor(N, K)`: the factor by which the learning rate for a mean over N K entries must be multiplied, so that "
    "training on the sum of the same terms takes the same steps.",
    section="sec:backprop:one-over-n",
    outputs=("factor",),
    hints=(
        "A step is the learning rate times the gradient.",
        "The sum's gradient is N K times that of the mean. What must the learning rate do to keep the product?",
    ),
)


@exercise.solution
def learning_rate_factor(N, K):
    return 1 / (N * K)


@exercise.probes
def probes(rng):
    for N, K in zip(rng.permutation([4, 5, 7, 12]), (3, 6, 1, 10), strict=True):
        yield int(N), int(K)


exercise.mistake(
    "the wrong way round",
    why="That is by what the gradient grows; the learning rate has to make up for it.",
    evidence=lambda N, K: f"you multiply by {N * K}: the steps grow by that factor twice",
    look_at="the product of learning rate and gradient: it has to stay",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="1 / (N K).",
)(lambda N, K: N * K)
exercise.mistake(
    "outputs forgotten",
    why="The mean is over all N K entries; only the samples were counted.",
    evidence=lambda N, K: f"your steps are K = {K} times too long; with one output they are right",
    look_at="how many entries the mean is over",
    symptoms=("works on one data set, not on another", "loss goes up"),
    cure="1 / (N K).",
)(lambda N, K: 1 / N)
exercise.mistake(
    "samples forgotten",
    why="The mean is over all N K entries; only the outputs were counted.",
    evidence=lambda N, K: f"your steps are N = {N} times too long; with one sample they are right",
    look_at="how many entries the mean is over",
    symptoms=("works for batch 1 only", "loss goes up"),
    cure="1 / (N K).",
)(lambda N, K: 1 / K)
exercise.mistake(
    "square root taken",
    why="The rule for the noise of a mean, which falls with the square root, is about something else.",
    evidence=lambda N, K: f"your factor is {1 / np.sqrt(N * K):.4g}; the gradient grows by {N * K}, not by its root",
    look_at="by what factor the gradient itself grows",
    symptoms=("loss goes up",),
    cure="1 / (N K).",
)(lambda N, K: 1 / np.sqrt(N * K))
exercise.mistake(
    "the 2 counted twice",
    why="The 2 of the square's derivative stands in both gradients and cancels.",
    evidence="your factor is half of the right one",
    look_at="the 2 in each of the two gradients",
    symptoms=("loss falls, but slowly",),
    cure="1 / (N K).",
)(lambda N, K: 1 / (2 * N * K))
