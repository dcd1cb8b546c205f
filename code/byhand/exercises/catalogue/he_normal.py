"""He's initial weights for ReLU."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="He initialisation",
    task="`he_normal(n_out, n_in, rng)`: return weights (n_out, n_in), drawn from a normal distribution of mean 0 and standard deviation "
    "sqrt(2 / n_in).",
    section="sec:initialization:relu",
    outputs=("shape", "mean_over_std", "std", "tails"),
    rtol=0.04,  # a standard deviation estimated from 40,000 draws
    hints=(
        "The sum over n_in inputs has a variance of n_in times that of one weight.",
        "ReLU throws away half of the mean square, so the weights make up for it with a 2.",
        "rng.standard_normal((n_out, n_in)) times the standard deviation.",
    ),
)


@exercise.solution
def he_normal(n_out, n_in, rng):
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


@exercise.probes
def probes(rng):
    yield 100, 400, int(rng.integers(1000))
    yield 500, 80, int(rng.integers(1000))


@exercise.run
def run(answer, n_out, n_in, seed):
    """What can be said of random weights: shape, centre, spread, and how far the extremes lie out."""
    W = answer(n_out, n_in, np.random.default_rng(seed))
    if W is None:
        return None  # the blank
    W = np.asarray(W, dtype=float)
    spread = W.std()
    centre = 1 + round(float(W.mean() / spread), 1) if spread else 0.0
    tails = float(np.mean(np.abs(W - W.mean()) > 2 * spread) > 0.02) if spread else 0.0
    return np.array(W.shape), centre, spread * np.sqrt(n_in), tails


def normal(std):
    return lambda n_out, n_in, rng: rng.standard_normal((n_out, n_in)) * std(n_out, n_in)


exercise.mistake(
    "all zeros",
    why="Zero looks neutral; yet all units of a layer then compute the same and get the same gradient, for ever.",
    evidence="every weight is the same number",
    look_at="what makes two units of one layer differ",
    symptoms=("loss stops at chance",),
    cure="Random weights.",
)(lambda n_out, n_in, rng: np.zeros((n_out, n_in)))
exercise.also("all zeros")(lambda n_out, n_in, rng: np.ones((n_out, n_in)) * 0.01)
exercise.mistake(
    "fan swapped",
    why="The fan-in is the number of inputs, the second length of W.",
    evidence=lambda n_out, n_in, seed: f"your spread is that of a layer with {n_out} inputs; this one has {n_in}",
    look_at="which of the two lengths stands in your root",
    symptoms=("loss is NaN or infinite", "loss falls, but slowly"),
    cure="sqrt(2 / n_in).",
)(normal(lambda n_out, n_in: np.sqrt(2 / n_out)))
exercise.mistake(
    "square root missing",
    why="2/n_in is the variance; the factor is the standard deviation.",
    evidence="your spread is the square of the right one",
    look_at="the difference between a variance and a standard deviation",
    symptoms=("loss stops at chance", "loss falls, but slowly"),
    cure="np.sqrt.",
)(normal(lambda n_out, n_in: 2 / n_in))
exercise.mistake(
    "the 2 missing",
    why="sqrt(1/n_in) is LeCun's rule, which does not count the half that ReLU throws away.",
    evidence="your spread is the right one divided by the root of 2",
    look_at="what ReLU does to the mean square of its input",
    symptoms=("loss falls, but slowly",),
    cure="sqrt(2 / n_in).",
)(normal(lambda n_out, n_in: np.sqrt(1 / n_in)))
exercise.mistake(
    "Glorot's rule",
    why="sqrt(2 / (n_in + n_out)) is Glorot's (Xavier's), made for tanh.",
    evidence=lambda n_out, n_in, seed: f"your spread is that of n_in + n_out = {n_in + n_out} in the root",
    look_at="what stands below the 2",
    symptoms=("loss falls, but slowly",),
    cure="n_in alone.",
)(normal(lambda n_out, n_in: np.sqrt(2 / (n_in + n_out))))
exercise.mistake(
    "uniform instead of normal",
    why="rng.random and rng.uniform draw from a box.",
    evidence="your spread may be right, but no weight lies more than two standard deviations out",
    look_at="which function of the generator you call",
    symptoms=("gradient check passes all the same",),
    cure="rng.standard_normal.",
)(lambda n_out, n_in, rng: rng.uniform(-1, 1, (n_out, n_in)) * np.sqrt(6 / n_in))
exercise.mistake(
    "not centred",
    why="rng.random draws from 0 to 1: all weights are positive.",
    evidence="the mean of your weights is far from 0",
    look_at="the smallest of your weights",
    symptoms=("loss is NaN or infinite", "loss stops at chance"),
    cure="Draw around 0.",
)(lambda n_out, n_in, rng: rng.random((n_out, n_in)) * np.sqrt(2 / n_in))
exercise.mistake(
    "scale forgotten",
    why="Weights of spread 1 make sums of spread sqrt(n_in).",
    evidence="your spread is 1 whatever n_in is",
    look_at="what happens to the sum when there are more inputs",
    symptoms=("loss is NaN or infinite",),
    cure="Times sqrt(2 / n_in).",
)(normal(lambda n_out, n_in: 1.0))
exercise.mistake(
    "shape turned round",
    why="In books that write weights as (n_in, n_out) the order is the other one.",
    evidence=lambda n_out, n_in, seed: f"your weights have shape ({n_in}, {n_out})",
    look_at="which length comes first in this book",
    symptoms=("an error about shapes",),
    cure="(n_out, n_in).",
)(lambda n_out, n_in, rng: rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in))
