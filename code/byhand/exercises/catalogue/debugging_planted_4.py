"""Planted bug 4: the gradient of a sum, where the loss is a mean."""

from byhand.exercises.catalogue import debugging_planted_3 as walk_back
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 4",
    task=walk_back.exercise.task,
    section="sec:debugging:planted",
    outputs=walk_back.OUTPUTS,
    hints=(
        "Divide your gradient by a measured one, entry by entry: which number comes out?",
        "The loss is a mean over the batch. Where in the walk back is that mean?",
        "d /= len(y), once, before the loop.",
    ),
)
exercise.solution(walk_back.walk())
exercise.probes(walk_back.probes)
exercise.mistake(
    "gradient of the sum",
    why="The loss was changed from a sum to a mean, or written by somebody else, and the gradient was not.",
    evidence=lambda self, net, x, y: (
        f"all your gradients are N = {len(y)} times too large: each step is as much too long"
    ),
    look_at="what the loss divides by",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="d /= len(y).",
)(walk_back.walk(divide=lambda y: 1))
exercise.mistake(
    "divided by the number of classes",
    why="`len` of the wrong thing, or a mean over all entries.",
    evidence=lambda self, net, x, y: f"your gradients are divided by K = {len(net[-1])}, not by N = {len(y)}",
    look_at="how many samples, and how many classes there are",
    symptoms=("works on one data set, not on another", "gradient check fails everywhere"),
    cure="Divide by the number of samples.",
)(lambda self, net, x, y, rng=None: [g * len(y) / len(net[-1]) for g in walk_back.exercise.right(self, net, x, y, rng)])
exercise.mistake(
    "divided by all entries",
    why="The mean squared error averages over samples and outputs; the cross-entropy averages over samples.",
    evidence=lambda self, net, x, y: (
        f"your gradients are divided by N K = {len(y) * len(net[-1])}: K = {len(net[-1])} times too small"
    ),
    look_at="how many terms the mean of the loss has",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Divide by the number of samples, not of probabilities.",
)(lambda self, net, x, y, rng=None: [g / len(net[-1]) for g in walk_back.exercise.right(self, net, x, y, rng)])
exercise.mistake(
    "divided in every layer",
    why="The division was put into the loop, where it happens once a layer.",
    evidence=lambda self, net, x, y: f"dW3 is right; dW2 is too small by N = {len(y)}, and dW1 by N squared",
    look_at="whether the division stands before or inside the loop",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Before the loop.",
)(
    walk_back.walk(
        enter=lambda d, slopes, i: d * slopes[i] / (len(d) if i < len(slopes) - 1 else 1),
    )
)
exercise.mistake(
    "biases averaged once more",
    why="The mean was taken where the samples are added up, too.",
    evidence=lambda self, net, x, y: f"the weights' gradients are right, those of the biases too small by N = {len(y)}",
    look_at="the sum over the batch in the biases' gradients",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="d.sum(axis=0): the 1/N is in d.",
)(
    lambda self, net, x, y, rng=None: [
        g / len(y) if g.ndim == 1 else g for g in walk_back.exercise.right(self, net, x, y, rng)
    ]
)
