"""A sigmoid that never overflows."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Sigmoid that never overflows",
    task="`sigmoid(z)` with z of any shape: return 1 / (1 + exp(-z)) of the same shape, finite and without overflow for z of any size, "
    "in single precision too.",
    section="sec:activations:overflow",
    outputs=("a",),
    rtol=1e-9,
    hints=(
        "exp of a large positive number overflows; exp of a negative one never does.",
        "For negative z, multiply numerator and denominator by exp(z).",
        "With e = exp(-|z|): 1/(1 + e) where z >= 0 and e/(1 + e) elsewhere.",
    ),
)


@exercise.solution
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def warned(function):
    """What a reader would see: an overflow is a warning in NumPy; here it counts as NaN."""

    def run(z):
        with np.errstate(over="raise", under="ignore"):
            try:
                return function(z)
            except FloatingPointError:
                return np.full(np.shape(z), np.nan)

    return run


@exercise.run
def run(answer, z):
    return warned(answer)(z)


@exercise.probes
def probes(rng):
    yield (rng.standard_normal((5, 3)),)
    yield (4 * rng.standard_normal(7),)
    yield (np.array([0.0, 1000.0, 3.0]),)
    yield (np.array([[-1000.0, -2.0, -40.0]]),)
    yield (np.array([-200.0, -90.0, 5.0], dtype=np.float32),)


exercise.mistake(
    "overflow for large negative inputs",
    why="exp(-z) is infinite in the computer for z below about -709 (-88 in single precision).",
    evidence="right until z is very negative; there np.exp overflows",
    look_at="the largest number that you give to np.exp, when z = -1000",
    symptoms=("works until the numbers are large",),
    cure="Branch on the sign of z, so that only exp(-|z|) is taken.",
)(lambda z: 1 / (1 + np.exp(-z)))
exercise.mistake(
    "clipped at 500",
    why="exp(500) is finite in double precision and infinite in single precision, so this clip protects nothing there.",
    evidence="right in double precision; in float32 exp overflows for z = -90 already",
    look_at="the largest number of float32, about 3.4e38, and its logarithm",
    symptoms=("works until the numbers are large", "works on one data set, not on another"),
    cure="No clip: exp(-|z|) cannot overflow in any precision.",
)(lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))))
exercise.mistake(
    "overflow for large positive inputs",
    why="exp(z)/(1 + exp(z)) is safe for negative z and infinite over infinite for large positive z.",
    evidence="right until z is very large; there it is NaN",
    look_at="the largest number that you give to np.exp, when z = 1000",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Branch on the sign of z, so that only exp(-|z|) is taken.",
)(lambda z: np.exp(z) / (1 + np.exp(z)))
exercise.mistake(
    "sign of the exponent",
    why="1/(1 + exp(z)) is the sigmoid of -z.",
    evidence="your values fall as z grows; they are 1 minus the right ones",
    look_at="the value for z = 3: above or below one half?",
    symptoms=("loss goes up",),
    cure="exp(-z) in the denominator.",
)(lambda z: 1 / (1 + np.exp(np.minimum(z, 80))) * (z < 80))
exercise.also("sign of the exponent")(lambda z: np.where(-z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z))))
exercise.mistake(
    "both branches computed",
    why="np.where chooses between two finished arrays; the overflow has already happened in the one that it drops.",
    evidence="your values are right everywhere, and np.exp overflows on the way, with a warning",
    look_at="what np.where evaluates before it chooses",
    symptoms=("works until the numbers are large",),
    cure="One exponential, of -|z|, for both branches.",
)(lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z))))
exercise.mistake(
    "tanh in its place",
    why="Both are S-shaped; tanh runs from -1 to 1.",
    evidence="your values are negative for negative z",
    look_at="the value at z = 0",
    symptoms=("loss is NaN or infinite",),
    cure="sigmoid(z) = (1 + tanh(z/2)) / 2.",
)(np.tanh)
