"""A softplus that neither overflows nor loses its tail."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Softplus that never overflows",
    task="`softplus(z)` with z of any shape: return ln(1 + exp(z)) of the same shape, without overflow for large z, and for very negative z "
    "with its digits, not as 0.",
    section="sec:activations:smooth",
    outputs=("a",),
    rtol=1e-9,
    hints=(
        "Where z is large, which of the two terms in the bracket matters?",
        "ln(1 + exp(z)) = z + ln(1 + exp(-z)): use the form whose exponential is small.",
        "max(z, 0) + np.log1p(exp(-|z|)); log1p keeps a tiny exponential that 1 + exp(-|z|) rounds away.",
    ),
)


@exercise.solution
def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


@exercise.run
def run(answer, z):
    # what a reader would see: an overflow is a warning in NumPy; here it counts as NaN
    with np.errstate(over="raise", under="ignore"):
        try:
            return answer(z)
        except FloatingPointError:
            return np.full(np.shape(z), np.nan)


@exercise.probes
def probes(rng):
    yield (rng.standard_normal((5, 3)),)
    yield (3 * rng.standard_normal(7),)
    yield (np.array([[-1.0, 4.0, 1000.0]]),)
    yield (np.array([-40.0, -38.0, -45.0, -50.0]),)
    yield (np.array([200.0, 90.0, 5.0], dtype=np.float32),)


exercise.mistake(
    "overflow for large inputs",
    why="exp(z) is infinite in the computer for z above about 709 (88 in single precision).",
    evidence="right until z is large; there np.exp overflows",
    look_at="the largest number that you give to np.exp, when z = 1000",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="max(z, 0) + log1p(exp(-|z|)).",
)(lambda z: np.log1p(np.exp(z)))
exercise.mistake(
    "the tail rounded away",
    why="1 + exp(-40) is exactly 1 in double precision, and its logarithm 0.",
    evidence="right for ordinary z; at z = -40 you give 0, where the value is 4.2e-18",
    look_at="what is left of a tiny number after 1 is added to it",
    symptoms=("works until the numbers are large",),
    cure="np.log1p in place of np.log(1 + ...).",
)(lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))))
exercise.mistake(
    "overflow, and the tail rounded away",
    why="ln(1 + exp(z)) typed as it is written breaks at both ends.",
    evidence="right for ordinary z only; np.exp overflows on the right, and on the left you give exactly 0",
    look_at="the two ends: z = 1000 and z = -40",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="max(z, 0) + log1p(exp(-|z|)).",
)(lambda z: np.log(1 + np.exp(z)))
exercise.mistake(
    "ReLU in its place",
    why="max(z, 0) is the larger part of the stable form; the logarithm that rounds the corner is missing.",
    evidence="your values have a corner at 0, and are 0 for all negative z",
    look_at="the value at z = 0: it is ln 2",
    symptoms=("gradient check fails everywhere",),
    cure="Add log1p(exp(-|z|)).",
)(lambda z: np.maximum(z, 0))
exercise.mistake(
    "the straight part missing",
    why="When exp(z) is taken out of the bracket, z itself has to be added back where it is positive.",
    evidence="your values are never above ln 2, and fall again on the right",
    look_at="the value for z = 5: close to 5",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="Add max(z, 0).",
)(lambda z: np.log1p(np.exp(-np.abs(z))))
exercise.mistake(
    "sigmoid in its place",
    why="The sigmoid is the slope of softplus, not its value.",
    evidence="your values never exceed 1; softplus grows like z",
    look_at="whether you computed the function or its derivative",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="ln(1 + exp(z)).",
)(lambda z: np.where(z >= 0, 1, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z))))
exercise.mistake(
    "sign of the exponent",
    why="ln(1 + exp(-z)) is softplus of -z: the loss of a logit with label 1.",
    evidence="your values fall as z grows",
    look_at="the value for z = 5: close to 5, or close to 0?",
    symptoms=("loss goes up",),
    cure="exp(z) in the bracket.",
)(lambda z: np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z))))
