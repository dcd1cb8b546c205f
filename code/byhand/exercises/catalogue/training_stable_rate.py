"""Two over the largest eigenvalue of the Hessian."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The largest stable learning rate",
    task="`largest_stable_rate(x)` with x of shape (N, D), for p = x @ w and the mean squared error over N samples with one target: return the "
    "learning rate below which gradient descent converges and above which it diverges.",
    section="sec:training:valley",
    outputs=("rate",),
    hints=(
        "Which matrix holds the second derivatives of the loss? It does not depend on w.",
        "The Hessian is 2 x.T @ x / N, and each of its eigenvalues sets a limit of its own.",
        "2 / np.linalg.eigvalsh(H).max()",
    ),
)


def eigenvalues(x):
    return np.linalg.eigvalsh(2 * x.T @ x / len(x))


@exercise.solution
def largest_stable_rate(x):
    return 2 / eigenvalues(x).max()


@exercise.probes
def probes(rng):
    for n, features in ((11, 3), (9, 5), (7, 4)):
        yield (rng.standard_normal((n, features)) * rng.uniform(0.5, 3, features) + 0.5,)


exercise.mistake(
    "smallest eigenvalue taken",
    why="The flattest direction allows the longest steps, and the steepest one pays for them.",
    evidence="your rate is 2 over the smallest eigenvalue: along the steepest direction each step grows",
    look_at="which direction diverges first",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="The largest eigenvalue sets the limit.",
)(lambda x: 2 / eigenvalues(x).min())
exercise.mistake(
    "1 over the curvature",
    why="At 1 over the curvature a step lands at the bottom; that is the quickest rate of one direction, not the largest stable one.",
    evidence="your rate is half of the limit",
    look_at="the factor 1 - rate * curvature: how negative may it become?",
    symptoms=("loss falls, but slowly",),
    cure="2 over the largest eigenvalue.",
)(lambda x: 1 / eigenvalues(x).max())
exercise.mistake(
    "factor 2 of the square forgotten",
    why="x.T @ x / N is the Hessian of half the mean squared error.",
    evidence="your rate is twice the limit: your Hessian is x.T @ x / N",
    look_at="the derivative of a square",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="H = 2 x.T @ x / N.",
)(lambda x: 4 / eigenvalues(x).max())
exercise.mistake(
    "mean forgotten",
    why="The Hessian of the sum of squares was taken.",
    evidence=lambda x: f"your rate is the limit divided by N = {len(x)}",
    look_at="what stands in front of the sum in the loss",
    symptoms=("loss falls, but slowly",),
    cure="H = 2 x.T @ x / N.",
)(lambda x: 2 / eigenvalues(x).max() / len(x))
exercise.mistake(
    "averaged over features as well",
    why="np.mean or x.size divides by all N D entries of x, but the loss is a mean over N samples.",
    evidence=lambda x: f"your rate is the limit times D = {x.shape[1]}",
    look_at="how many squared errors the loss averages over",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="Divide by N.",
)(lambda x: 2 / eigenvalues(x).max() * x.shape[1])
exercise.mistake(
    "largest diagonal entry",
    why="The diagonal holds the curvatures along the axes; the steepest direction is rarely an axis.",
    evidence="your rate is 2 over the largest diagonal entry of the Hessian, a little above the limit",
    look_at="the entries beside the diagonal: are the features uncorrelated?",
    symptoms=("works on one data set, not on another", "loss goes up"),
    cure="An eigenvalue, not a diagonal entry.",
)(lambda x: 2 / np.diag(2 * x.T @ x / len(x)).max())
exercise.mistake(
    "sum of the eigenvalues",
    why="The trace bounds the largest eigenvalue from above; the rate is safe, and lower than it could be.",
    evidence="your rate is 2 over the trace of the Hessian",
    look_at="whether each direction has its own limit, or all together",
    symptoms=("loss falls, but slowly",),
    cure="The largest eigenvalue alone.",
)(lambda x: 2 / eigenvalues(x).sum())
exercise.mistake(
    "the quickest rate",
    why="2 over the sum of the smallest and the largest eigenvalue is the best compromise, not the limit.",
    evidence="your rate is 2 over the sum of the extreme eigenvalues",
    look_at="what is asked for: the quickest rate, or the largest stable one",
    symptoms=("loss falls, but slowly",),
    cure="The smallest eigenvalue does not matter for stability.",
)(lambda x: 2 / (eigenvalues(x).min() + eigenvalues(x).max()))
exercise.mistake(
    "singular values taken for eigenvalues",
    why="The eigenvalues of x.T @ x are the squares of the singular values of x.",
    evidence="your curvature is 2 s / N with the largest singular value s of x, where s squared belongs",
    look_at="the unit of your curvature: that of a feature, squared",
    symptoms=("works on one data set, not on another",),
    cure="Square the singular value.",
)(lambda x: len(x) / np.linalg.norm(x, 2))
