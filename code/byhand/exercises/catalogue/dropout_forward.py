"""Inverted dropout."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Dropout that keeps the mean",
    task="`dropout_forward(x, p, rng, train)`: in training, set each entry to 0 with probability p and scale the others so that the mean "
    "stays; otherwise return x as it is. x has shape (N, n).",
    section="sec:regularization:dropout",
    outputs=("shape", "share_of_zeros", "factor", "independent", "at_test"),
    rtol=0.04,  # shares estimated from 40,000 draws
    cache_allowed=True,
    hints=(
        "Draw one number between 0 and 1 for each entry; keep the entry when it is at least p.",
        "A share 1 - p of the entries is left. By what must they grow so that the mean stays?",
        "x * (rng.random(x.shape) >= p) / (1 - p) in training; x otherwise.",
    ),
)


@exercise.solution
def dropout_forward(x, p, rng, train):
    return x * (rng.random(x.shape) >= p) / (1 - p) if train else x


@exercise.probes
def probes(rng):
    for p in (0.2, 0.6):
        yield rng.uniform(1, 2, (200, 200)), p, int(rng.integers(1000))


@exercise.run
def run(answer, x, p, seed):
    """Share of zeros, common factor of the others, whether rows differ, and what happens when not training."""

    def result(train):
        value = answer(x.copy(), p, np.random.default_rng(seed), train)
        value = value[0] if isinstance(value, tuple) else value
        return None if value is None else np.asarray(value, dtype=float)

    y, test = result(True), result(False)
    if y is None or test is None:
        return None
    if y.shape != x.shape:
        return np.array(y.shape), 0.0, 0.0, 0.0, 0.0
    kept = y != 0
    factor = np.mean(y[kept] / x[kept]) if kept.any() else 0.0
    varies = float(not (kept == kept[0]).all() and not (kept == kept[:, :1]).all())
    return np.array(y.shape), 1 - kept.mean(), factor, varies, 1 + np.abs(test / x - 1).mean()


def mask(x, p, rng):
    return rng.random(x.shape) >= p


exercise.mistake(
    "not rescaled",
    why="The original recipe scales at test time instead; the book, as PyTorch, scales in training.",
    evidence=lambda x, p, seed: f"the mean of your result is 1 - p = {1 - p:g} times that of x",
    look_at="the mean before and after",
    symptoms=("results differ between training and test",),
    cure="Divide by 1 - p.",
)(lambda x, p, rng, train: x * mask(x, p, rng) if train else x)
exercise.mistake(
    "scaled at test time instead",
    why="The original recipe: nothing in training, times 1 - p at test time. It works too, but the task asks for x as it is at test time.",
    evidence=lambda x, p, seed: f"outside training your result is {1 - p:g} times x",
    look_at="what your function does when train is False",
    symptoms=("results differ between training and test",),
    cure="Scale in training by 1/(1 - p).",
)(lambda x, p, rng, train: x * mask(x, p, rng) if train else x * (1 - p))
exercise.mistake(
    "on at test time",
    why="The argument train is not looked at.",
    evidence="outside training your function still drops entries or scales the rest",
    look_at="what your function does with train",
    symptoms=("results differ between training and test", "loss is fine, predictions are not"),
    cure="Return x when train is False.",
)(lambda x, p, rng, train: x * mask(x, p, rng) / (1 - p))
exercise.mistake(
    "p is taken for the share that stays",
    why="Some papers and programs give the keep probability.",
    evidence=lambda x, p, seed: f"a share of {1 - p:g} of your entries is 0; it should be p = {p:g}",
    look_at="the comparison with p",
    symptoms=("loss falls, but slowly",),
    cure="Keep where the draw is at least p.",
)(lambda x, p, rng, train: x * (rng.random(x.shape) < p) / p if train else x)
exercise.mistake(
    "scaled by the wrong share",
    why="The survivors make up a share 1 - p; dividing by p scales by the share that is gone.",
    evidence=lambda x, p, seed: f"your survivors are multiplied by 1/p = {1 / p:g}",
    look_at="the mean before and after",
    symptoms=("loss is NaN or infinite", "results differ between training and test"),
    cure="Divide by 1 - p.",
)(lambda x, p, rng, train: x * mask(x, p, rng) / p if train else x)
exercise.mistake(
    "one draw for a whole column",
    why="A mask of shape (n,) is broadcast over the batch: all samples lose the same units.",
    evidence="your zeros fill whole columns",
    look_at="the shape of what you draw",
    symptoms=("loss falls, but slowly",),
    cure="rng.random(x.shape).",
)(lambda x, p, rng, train: x * (rng.permutation(x.shape[1]) >= p * x.shape[1]) / (1 - p) if train else x)
