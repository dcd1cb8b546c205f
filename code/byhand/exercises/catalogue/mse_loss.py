"""The mean squared error, and the shapes that make it silently wrong."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mean squared error that minds its shapes",
    task="`mse_loss(prediction, target)` with both of shape (N, K): return the mean of the squared differences over all N K "
    "entries, one number. Raise a ValueError when the two shapes differ.",
    section="sec:notation",
    outputs=("loss",),
    cache_allowed=True,
    hints=(
        "What does NumPy make of (5, 1) minus (5,)? Try it and look at the shape.",
        "Compare prediction.shape with target.shape before anything else.",
        "raise ValueError(...) when they differ; then the mean over all entries of the squared difference.",
    ),
)


@exercise.solution
def mse_loss(prediction, target):
    if np.shape(prediction) != np.shape(target):
        raise ValueError(f"prediction has shape {np.shape(prediction)}, target {np.shape(target)}")
    return np.mean((np.asarray(prediction) - target) ** 2)


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    yield rng.standard_normal((7, 4)), rng.standard_normal((7, 4))
    yield 3 * rng.standard_normal((4, 1)), rng.standard_normal((4, 1))
    yield rng.standard_normal((5, 1)), rng.standard_normal(5)  # must be refused


def refuses(loss):
    def checked(prediction, target):
        if prediction.shape != target.shape:
            raise ValueError("shapes differ")
        return loss(prediction, target)

    return checked


def wrong(title, loss, **text):
    """Most mistakes are made with and without a check of the shapes; the missing check is then the smaller one."""
    exercise.mistake(title, **text)(refuses(loss))
    exercise.also(title)(loss)


exercise.mistake(
    "(N, 1) against (N,) broadcast",
    why="NumPy stretches a column against a row: the difference has shape (N, N), every prediction against every target.",
    evidence="right when the shapes are equal; for (5, 1) against (5,) yours is the mean of all 25 pairs, and nothing complains",
    look_at="the shape of prediction - target",
    symptoms=("shapes silently too large", "loss stops at chance"),
    cure="Refuse different shapes, or bring both to (N, 1) first.",
)(lambda prediction, target: ((prediction - target) ** 2).mean())
wrong(
    "half of it",
    lambda p, t: ((p - t) ** 2).mean() / 2,
    why="Many books halve the squared error so that the 2 of its derivative cancels.",
    evidence="your loss is the correct one divided by 2",
    look_at="whether the definition here has a factor 1/2",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="No factor: the mean of the squares.",
)
wrong(
    "summed instead of averaged",
    lambda p, t: ((p - t) ** 2).sum(),
    why="A sum grows with the batch, and so would the step of gradient descent.",
    evidence=lambda p, t: f"your loss is the correct one times N K = {p.size}",
    look_at="what happens to your loss when every sample stands in the batch twice",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="The mean over all entries.",
)
wrong(
    "averaged over samples only",
    lambda p, t: ((p - t) ** 2).sum() / len(p),
    why="The sum over the K outputs is divided by N alone; with one output nobody notices.",
    evidence=lambda p, t: f"your loss is the correct one times K = {p.shape[1]}; with one output it is right",
    look_at="how many numbers you add, and what you divide by",
    symptoms=("works on one data set, not on another", "gradient check fails everywhere"),
    cure="Divide by N K: the mean over all entries.",
)
wrong(
    "root of the mean",
    lambda p, t: np.sqrt(((p - t) ** 2).mean()),
    why="The root mean squared error has the unit of the target; it is a fine figure to report, but another loss.",
    evidence="your loss is the square root of the correct one",
    look_at="the unit of your loss: that of the target, or its square",
    symptoms=("gradient check fails everywhere",),
    cure="Leave the root out.",
)
wrong(
    "absolute differences",
    lambda p, t: np.abs(p - t).mean(),
    why="The mean absolute error is another loss, with another gradient.",
    evidence="your loss is the mean of the distances, not of their squares",
    look_at="what a difference of 3 adds to your sum: 3 or 9",
    symptoms=("gradient check fails everywhere",),
    cure="Square the differences.",
)
wrong(
    "square of the mean",
    lambda p, t: (p - t).mean() ** 2,
    why="The order is turned round: differences of opposite sign cancel before they are squared.",
    evidence="your loss is 0 whenever the mean prediction equals the mean target",
    look_at="which comes first, the square or the mean",
    symptoms=("loss is fine, predictions are not",),
    cure="Square each difference, then average.",
)
