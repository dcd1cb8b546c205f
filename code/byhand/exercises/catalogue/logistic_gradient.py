"""The gradient of logistic regression."""

import numpy as np

from byhand.activations import sigmoid
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient of logistic regression",
    task="`logistic_gradient(w, b, x, y)` with w (D,), b a number, x (N, D) and labels y (N,) of 0 and 1: return (dw, db), "
    "the gradient of the mean log loss of the probabilities sigmoid(x @ w + b). dw has shape (D,), db is one number.",
    section="sec:linear-limits:gradient",
    outputs=("dw", "db"),
    hints=(
        "Compute the scores, then the probabilities; the loss changes with each score at the rate p - y.",
        "Sample n passes its share on to weight k times x[n, k], and to the bias times 1; the loss is a mean over N.",
        "With dz = (p - y) / N, the product of x, turned round, with dz adds over the samples; db is the sum of dz.",
    ),
)


@exercise.solution
def logistic_gradient(w, b, x, y):
    dz = (sigmoid(x @ w + b) - y) / len(y)
    return x.T @ dz, dz.sum()


@exercise.probes
def probes(rng):
    # Lengths different, none of them 2; at last as many samples as features, where an untransposed x fits too.
    for n, d, size in ((7, 3, 1.0), (5, 4, 1.0), (6, 3, 3.0), (4, 4, 1.0), (3, 3, 1.0)):
        y = np.arange(n) % 3 % 2  # ones are fewer, so that the shares of the two labels differ
        yield size * rng.standard_normal(d), 0.6 + rng.random(), rng.standard_normal((n, d)), rng.permutation(y)


def made(residual=lambda p, y: p - y, score=lambda w, b, x: x @ w + b, chance=sigmoid, finish=None):
    """A gradient with one of its steps replaced."""

    def gradient(w, b, x, y):
        r = residual(chance(score(w, b, x)), y)
        return finish(x, r) if finish else (x.T @ r / len(y), r.mean())

    return gradient


exercise.mistake(
    "mean forgotten",
    why="The loss is a mean over the samples, and its gradient must carry the same 1/N.",
    evidence=lambda w, b, x, y: f"your dw and db are the correct ones times N = {len(y)}",
    look_at="whether your gradient stays the same when every sample is given twice, as it must",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Divide p - y by the number of samples.",
)(made(finish=lambda x, r: (x.T @ r, r.sum())))
exercise.mistake(
    "truth minus prediction",
    why="The difference is taken the other way round, as in rules that add the step instead of subtracting it.",
    evidence="your dw and db are the correct ones with the opposite sign",
    look_at="the sign for a sample with y = 1: a higher score must lower the loss",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="p - y.",
)(made(lambda p, y: y - p))
exercise.mistake(
    "sigmoid's slope multiplied again",
    why="The slope p (1 - p) belongs to the squared error; in the log loss it has cancelled already.",
    evidence="each sample's share is the correct one times p (1 - p), at most a quarter",
    look_at="what the division by p and by 1 - p in the slope of the log loss does to the sigmoid's slope",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="The rate of the loss with the score is p - y alone.",
)(made(lambda p, y: (p - y) * p * (1 - p)))
exercise.mistake(
    "bias left out of the score",
    why="x @ w looks complete, and the bias is added in the prediction only.",
    evidence=lambda w, b, x, y: f"your gradient is that for b = 0, and b is {b:.3f}",
    look_at="where b enters your probabilities",
    symptoms=("gradient check fails everywhere", "works on one data set, not on another"),
    cure="sigmoid(x @ w + b).",
)(made(score=lambda w, b, x: x @ w))
exercise.mistake(
    "score in the place of the probability",
    why="The sigmoid is left out, so the rate is that of half the squared error of a straight line.",
    evidence="you subtract y from the score, which may be any number, and not from a probability",
    look_at="the range of what you subtract the labels from",
    symptoms=("loss is fine, predictions are not", "gradient check fails everywhere"),
    cure="p = sigmoid(x @ w + b), then p - y.",
)(made(chance=lambda z: z))
exercise.mistake(
    "predicted label in the place of the probability",
    why="Rounding to 0 or 1 comes after training; a rounded number has no slope, and right samples stop teaching.",
    evidence="samples on the right side of one half add nothing to your gradient",
    look_at="what a sample that is right by a hair contributes",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Use p as it is.",
)(made(lambda p, y: (p > 0.5) - y))
exercise.mistake(
    "x not transposed",
    why="The sum runs over the samples, which are the rows of x; x @ dz sums over the features.",
    evidence="with as many samples as features your dw is x @ dz; with other numbers the product does not fit",
    look_at="which index of x the sum over samples runs along",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="x.T @ dz.",
)(made(finish=lambda x, r: (x @ r / len(x), r.mean())))
exercise.mistake(
    "db is a sum, dw a mean",
    why="The 1/N is put into the product for dw instead of into p - y, from which both start.",
    evidence=lambda w, b, x, y: f"your db is the correct one times N = {len(y)}, while dw is right",
    look_at="whether both gradients start from the same dz",
    symptoms=("gradient check fails in one place", "loss goes up"),
    cure="dz = (p - y) / N first; then both are sums.",
)(made(finish=lambda x, r: (x.T @ r / len(x), r.sum())))
exercise.mistake(
    "divided by N and by D",
    why="np.mean or x.size counts all entries of x; the loss is a mean over samples only.",
    evidence=lambda w, b, x, y: f"your dw is the correct one divided by the number of features, {x.shape[1]}",
    look_at="how many terms the mean in the loss has",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Divide by len(y).",
)(made(finish=lambda x, r: (x.T @ r / x.size, r.mean())))
exercise.mistake(
    "db not added over the samples",
    why="One bias serves all samples, so every sample adds to its gradient.",
    evidence=lambda w, b, x, y: f"your db has {len(y)} entries, one a sample; b is a single number",
    look_at="the shape of db, which must be that of b",
    symptoms=("shapes silently too large",),
    cure="dz.sum().",
)(made(finish=lambda x, r: (x.T @ r / len(x), r / len(x))))
