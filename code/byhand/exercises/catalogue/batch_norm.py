"""Batch normalisation, forward."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Batch normalisation, forward in training",
    task="`batch_norm(x, gamma, beta, eps)` with x (N, n) and gamma, beta (n,): normalise each feature over the batch (variance with 1/N), "
    "then scale by gamma and shift by beta; return (N, n).",
    section="sec:regularization:batch-norm",
    outputs=("y",),
    cache_allowed=True,
    hints=(
        "Mean and variance of a feature run over the samples, axis 0.",
        "eps keeps the root from 0: it stands under it.",
        "gamma * (x - mean) / sqrt(variance + eps) + beta.",
    ),
)


@exercise.solution
def batch_norm(x, gamma, beta, eps):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


@exercise.probes
def probes(rng):
    for n, features, eps in ((7, 3, 1e-5), (5, 4, 0.3), (4, 4, 0.1)):
        yield (
            2 + 3 * rng.standard_normal((n, features)),
            rng.uniform(0.5, 2, features),
            rng.standard_normal(features),
            eps,
        )


exercise.mistake(
    "normalised along the row",
    why="Axis 1 runs over the features of one sample: that is layer normalisation.",
    evidence="the rows of your result are normalised before gamma and beta, its columns are not",
    look_at="which axis the samples are on",
    symptoms=("results differ between training and test", "loss falls, but slowly"),
    cure="axis=0.",
)(lambda x, g, b, eps: g * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + eps) + b)
exercise.mistake(
    "variance divided by N - 1",
    why="The unbiased variance belongs to the running statistics, not to the normalisation.",
    evidence=lambda x, g, b, eps: (
        f"your deviations from beta are too small by about sqrt((N - 1)/N), with N = {len(x)}"
    ),
    look_at="ddof, or what you divide the squares by",
    symptoms=("gradient check fails everywhere",),
    cure="x.var(axis=0), with 1/N.",
)(lambda x, g, b, eps: g * (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + eps) + b)
exercise.mistake(
    "eps outside the root",
    why="sqrt(var) + eps is nearly the same for a small eps, and not the definition.",
    evidence="with eps = 0.3 your result differs; with 1e-5 nobody sees it",
    look_at="where the bracket of the root closes",
    symptoms=("gradient check passes all the same",),
    cure="sqrt(var + eps).",
)(lambda x, g, b, eps: g * (x - x.mean(0)) / (np.sqrt(x.var(0)) + eps) + b)
exercise.mistake(
    "root forgotten",
    why="Dividing by the variance leaves the features with a spread of 1 over their old one.",
    evidence="your result depends on the unit of x: features with a large spread become tiny",
    look_at="the spread of your result before gamma: it must be 1",
    symptoms=("loss falls, but slowly",),
    cure="np.sqrt(var + eps).",
)(lambda x, g, b, eps: g * (x - x.mean(0)) / (x.var(0) + eps) + b)
exercise.mistake(
    "mean not subtracted",
    why="Only the spread was brought to 1.",
    evidence="your columns' means are not beta",
    look_at="the mean of each column of your result",
    symptoms=("loss falls, but slowly",),
    cure="x - mean.",
)(lambda x, g, b, eps: g * x / np.sqrt(x.var(0) + eps) + b)
exercise.mistake(
    "gamma and beta left out",
    why="Without them every layer's output is forced to mean 0 and spread 1.",
    evidence="your columns have mean 0 and spread 1, whatever gamma and beta are",
    look_at="the two arguments that you have not used",
    symptoms=("loss falls, but slowly",),
    cure="gamma * ... + beta.",
)(lambda x, g, b, eps: (x - x.mean(0)) / np.sqrt(x.var(0) + eps))
exercise.mistake(
    "one mean for everything",
    why="Without an axis mean and variance run over all features together.",
    evidence="only the whole of your result is normalised before gamma and beta, not each column",
    look_at="the axis of mean and variance",
    symptoms=("loss falls, but slowly",),
    cure="axis=0.",
)(lambda x, g, b, eps: g * (x - x.mean()) / np.sqrt(x.var() + eps) + b)
