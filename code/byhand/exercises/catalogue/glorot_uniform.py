"""Glorot's initial weights, drawn from an interval."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Glorot initialisation, uniform",
    task="`glorot_uniform(n_out, n_in, rng)`: return weights (n_out, n_in), drawn uniformly from an interval around 0 "
    "that gives them the variance 2 / (n_in + n_out).",
    section="sec:initialization:rules",
    outputs=("shape", "centre", "limit", "filling"),
    rtol=0.02,  # the largest of 40,000 draws lies within far less of the end of the interval
    hints=(
        "The variance of a uniform number between -c and c is c^2 / 3.",
        "Set c^2 / 3 equal to 2 / (n_in + n_out) and solve for c.",
        "c is the square root of 6 / (n_in + n_out); rng.uniform(-c, c, shape) draws the weights.",
    ),
)


@exercise.solution
def glorot_uniform(n_out, n_in, rng):
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_out, n_in))


@exercise.probes
def probes(rng):
    yield 100, 400, int(rng.integers(1000))
    yield 500, 80, int(rng.integers(1000))


@exercise.run
def run(answer, n_out, n_in, seed):
    """Shape, centre, largest weight, and whether the interval is filled evenly, as a uniform number does."""
    W = answer(n_out, n_in, np.random.default_rng(seed))
    if W is None:
        return None  # the blank
    W = np.asarray(W, dtype=float)
    largest = float(np.abs(W).max())
    centre = 1 + round(float(W.mean()) / largest, 1) if largest else 0.0
    filling = round(float(np.mean(np.abs(W) > 0.5 * largest)), 1) if largest else 0.0
    return np.array(W.shape), centre, largest * np.sqrt(n_in + n_out), filling


def uniform(limit):
    def draw(n_out, n_in, rng):
        c = limit(n_out, n_in)
        return rng.uniform(-c, c, (n_out, n_in))

    return draw


exercise.mistake(
    "spread taken for the limit",
    why="sqrt(2 / (n_in + n_out)) is the standard deviation; the interval has to reach further out than that.",
    evidence="your largest weight is the right one divided by the root of 3",
    look_at="the variance of a uniform number between -c and c",
    symptoms=("loss falls, but slowly",),
    cure="The limit is sqrt(3) times the standard deviation: sqrt(6 / (n_in + n_out)).",
)(uniform(lambda n_out, n_in: np.sqrt(2 / (n_in + n_out))))
exercise.mistake(
    "square root missing",
    why="6 / (n_in + n_out) is the square of the limit.",
    evidence="your largest weight is the square of the right one",
    look_at="the step in which you solve c^2 / 3 = variance for c",
    symptoms=("loss stops at chance", "loss falls, but slowly"),
    cure="np.sqrt.",
)(uniform(lambda n_out, n_in: 6 / (n_in + n_out)))
exercise.mistake(
    "He's rule",
    why="6 / n_in belongs to He's rule, which counts the inputs alone and makes up for ReLU.",
    evidence=lambda n_out, n_in, seed: (
        f"your largest weight is near {np.sqrt(6 / n_in):.4f}, the root of 6 / {n_in}: n_out = {n_out} has no part in it"
    ),
    look_at="which lengths stand below the 6",
    symptoms=("loss falls, but slowly",),
    cure="sqrt(6 / (n_in + n_out)).",
)(uniform(lambda n_out, n_in: np.sqrt(6 / n_in)))
exercise.mistake(
    "PyTorch's default",
    why="1 / sqrt(n_in) is the limit of torch.nn.Linear, whose variance is 1 / (3 n_in).",
    evidence=lambda n_out, n_in, seed: f"your largest weight is near {1 / np.sqrt(n_in):.4f}, the root of 1 / {n_in}",
    look_at="the variance that your limit gives",
    symptoms=("loss stops at chance", "loss falls, but slowly"),
    cure="sqrt(6 / (n_in + n_out)).",
)(uniform(lambda n_out, n_in: 1 / np.sqrt(n_in)))
exercise.mistake(
    "mean of the fans forgotten",
    why="3 / (n_in + n_out) takes the sum of both lengths for their mean.",
    evidence="your largest weight is the right one divided by the root of 2",
    look_at="whether the lengths enter by their sum or by their mean",
    symptoms=("loss falls, but slowly",),
    cure="The variance is 2 / (n_in + n_out): the mean of the two lengths is half of their sum.",
)(uniform(lambda n_out, n_in: np.sqrt(3 / (n_in + n_out))))
exercise.mistake(
    "only positive weights",
    why="rng.random and rng.uniform(0, c) start at 0, not at -c.",
    evidence="the smallest of your weights is not below 0",
    look_at="both ends of the interval",
    symptoms=("loss is NaN or infinite", "loss stops at chance"),
    cure="rng.uniform(-limit, limit, shape).",
)(lambda n_out, n_in, rng: rng.uniform(0, np.sqrt(6 / (n_in + n_out)), (n_out, n_in)))
exercise.mistake(
    "all zeros",
    why="Zero looks neutral; yet all units of a layer then compute the same.",
    evidence="every weight is the same number",
    look_at="what makes two units of one layer differ",
    symptoms=("loss stops at chance",),
    cure="Random weights.",
)(lambda n_out, n_in, rng: np.zeros((n_out, n_in)))
exercise.mistake(
    "shape turned round",
    why="In books that write weights as (n_in, n_out) the order is the other one.",
    evidence=lambda n_out, n_in, seed: f"your weights have shape ({n_in}, {n_out})",
    look_at="which length comes first in this book",
    symptoms=("an error about shapes",),
    cure="(n_out, n_in).",
)(lambda n_out, n_in, rng: rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(6 / (n_in + n_out)))
