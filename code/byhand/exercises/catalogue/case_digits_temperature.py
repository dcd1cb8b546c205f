"""The slope of the cross-entropy in the temperature."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Slope in the temperature",
    task="`temperature_gradient(z, labels, T)` with logits z (N, K), labels (N,) from 0 and a number T > 0: the loss is the mean "
    "cross-entropy of softmax(z / T). Return its derivative with respect to T, a number.",
    section="sec:case-digits:temperature",
    outputs=("dT",),
    hints=(
        "With b = 1/T the derivative with respect to b is in the chapter; T is one more step of the chain rule.",
        "The derivative of 1/T with respect to T is -1/T^2.",
        "mean(z of the label - sum over k of p_k z_k) / T^2, with p = softmax(z / T).",
    ),
)


def probabilities(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def of_label(z, labels):
    return z[np.arange(len(z)), labels]


def expected(z, T):
    return (probabilities(z / T) * z).sum(axis=1)


@exercise.solution
def temperature_gradient(z, labels, T):
    return np.mean(of_label(z, labels) - expected(z, T)) / T**2


@exercise.probes
def probes(rng):
    for n, classes, T in ((7, 4, 1.7), (11, 3, 0.6), (5, 5, 3.1)):
        yield 3 * rng.standard_normal((n, classes)) + 1, rng.integers(0, classes, n), T
    yield 900 * rng.standard_normal((6, 4)), rng.integers(0, 4, 6), 2.3


exercise.mistake(
    "derivative with respect to 1/T",
    why="The chain rule has one more step, from T to 1/T.",
    evidence=lambda z, labels, T: (
        f"your result is the derivative with respect to 1/T: the factor -1/T^2 = {-1 / T**2:.4f} is missing"
    ),
    look_at="which variable you differentiate with respect to",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="Multiply by -1/T**2.",
)(lambda z, labels, T: np.mean(expected(z, T) - of_label(z, labels)))
exercise.mistake(
    "sign turned round",
    why="The minus of -1/T^2 and that of -log p were not both carried along.",
    evidence="your result is the correct one times -1",
    look_at="the sign: if the label has the largest logit, a higher temperature must raise the loss",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="(z of the label - expected z) / T**2.",
)(lambda z, labels, T: np.mean(expected(z, T) - of_label(z, labels)) / T**2)
exercise.mistake(
    "probabilities at T = 1",
    why="The softmax was taken of the logits as they are, not of z / T.",
    evidence=lambda z, labels, T: f"your expected logit uses softmax(z), right for T = 1 only; here T = {T}",
    look_at="what the softmax is taken of",
    symptoms=("works on one data set, not on another", "gradient check fails everywhere"),
    cure="softmax(z / T).",
)(lambda z, labels, T: np.mean(of_label(z, labels) - expected(z, 1)) / T**2)
exercise.mistake(
    "1/T instead of 1/T squared",
    why="The derivative of 1/T is -1/T^2; one T was lost, or z was divided by T only once.",
    evidence=lambda z, labels, T: f"your result is T = {T} times the correct one",
    look_at="the derivative of 1/T",
    symptoms=("gradient check fails everywhere",),
    cure="Divide by T**2.",
)(lambda z, labels, T: np.mean(of_label(z, labels) - expected(z, T)) / T)
exercise.mistake(
    "sum over the samples instead of their mean",
    why="The loss is a mean, and so is its derivative.",
    evidence=lambda z, labels, T: f"your result is N = {len(z)} times the correct one",
    look_at="how the samples are put together",
    symptoms=("loss goes up",),
    cure="np.mean over the samples.",
)(lambda z, labels, T: np.sum(of_label(z, labels) - expected(z, T)) / T**2)
exercise.mistake(
    "largest logit instead of the label's",
    why="The confidence is about the class that is named; the loss is about the true one.",
    evidence="your result takes the largest logit of each row, whatever the label",
    look_at="which logit the expected one is subtracted from",
    symptoms=("loss is fine, predictions are not",),
    cure="z[np.arange(N), labels].",
)(lambda z, labels, T: np.mean(z.max(axis=1) - expected(z, T)) / T**2)
exercise.mistake(
    "mean over the classes left in",
    why="np.mean over the whole array (N, K) also divides by K, as a one-hot product tempts one to do.",
    evidence=lambda z, labels, T: f"your result is the correct one divided by K = {z.shape[1]}",
    look_at="which axes the mean runs over",
    symptoms=("loss falls, but slowly",),
    cure="Add over the classes, average over the samples.",
)(lambda z, labels, T: np.mean(of_label(z, labels) - expected(z, T)) / T**2 / z.shape[1])
