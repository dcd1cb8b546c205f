"""Binary cross-entropy from logits."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Binary cross-entropy from logits",
    task="`bce_loss(logits, target)` with logits (N, 1) and target (N, 1) of zeros and ones: return the mean binary "
    "cross-entropy, one number, right for logits of any size.",
    section="sec:losses:stable",
    outputs=("loss",),
    cache_allowed=True,
    hints=(
        "Write -y log p - (1 - y) log(1 - p) with p = sigmoid(z) and simplify the logarithms before computing anything.",
        "log p = -log(1 + exp(-z)) and log(1 - p) = -log(1 + exp(z)); large arguments of exp are the danger.",
        "max(z, 0) - z y + log1p(exp(-|z|)) is the same and never overflows.",
    ),
)


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def per_sample(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


@exercise.solution
def bce_loss(logits, target):
    return np.mean(per_sample(logits, target))


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 1)), np.array([[0.0], [1], [1], [0], [1]])
    yield 2 * rng.standard_normal((7, 1)), np.array([[1.0], [0], [0], [1], [0], [0], [1]])
    yield rng.standard_normal((4, 1)), np.zeros((4, 1))
    # 1 - sigmoid(40) rounds to 0, while exp(40) is still an ordinary number
    yield np.array([[40.0], [-3.0], [0.5]]), np.array([[0.0], [1.0], [1.0]])
    # sure and wrong: the losses are 1000 and 900
    yield np.array([[1000.0], [-900.0], [0.5]]), np.array([[0.0], [1.0], [1.0]])


def on_probabilities(guard):
    def loss(z, y):
        p = guard(sigmoid(z))
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    return loss


exercise.mistake(
    "negative class ignored",
    why="The first half of the formula is for y = 1; a sample with y = 0 then costs nothing, whatever is predicted.",
    evidence="where all targets are 0 your loss is 0",
    look_at="what your formula gives for y = 0 and p = 0.99",
    symptoms=("loss is fine, predictions are not",),
    cure="Add the term -(1 - y) log(1 - p).",
)(lambda z, y: np.mean(y * np.logaddexp(0, -z)))
exercise.also("negative class ignored")(lambda z, y: -np.mean(y * np.log(sigmoid(z))))
exercise.mistake(
    "positive class ignored",
    why="Only the second half of the formula is there.",
    evidence="samples with target 1 cost nothing in your loss",
    look_at="what your formula gives for y = 1 and p = 0.01",
    symptoms=("loss is fine, predictions are not",),
    cure="Add the term -y log p.",
)(lambda z, y: np.mean((1 - y) * np.logaddexp(0, z)))
exercise.mistake(
    "log of a zero probability",
    why="The sigmoid of a large logit rounds to exactly 0 or 1, and the logarithm of 0 is minus infinity.",
    evidence="right on ordinary logits; infinite or NaN on logits of 1000, where the true loss is 1000 for that sample",
    look_at="whether a probability is computed on the way to its logarithm",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="max(z, 0) - z y + log1p(exp(-|z|)), from the logits.",
)(on_probabilities(lambda p: p))
exercise.also("log of a zero probability")(lambda z, y: -np.mean(np.log(np.where(y == 1, sigmoid(z), 1 - sigmoid(z)))))
EPSILON = "a small number inside the logarithm"
exercise.mistake(
    EPSILON,
    why="Clipping the probability avoids the infinity, at the price of a wrong loss where the network is surely wrong.",
    evidence="right on ordinary logits; for a logit of 1000 with target 0 your loss stops far below 1000",
    look_at="what your loss becomes when the logit grows from 100 to 1000",
    symptoms=("works until the numbers are large", "gradient check passes all the same"),
    cure="Compute from the logits; no small number is needed.",
)(on_probabilities(lambda p: np.clip(p, 1e-8, 1 - 1e-8)))
for small in (1e-7, 1e-9, 1e-10, 1e-12, 1e-15):
    exercise.also(EPSILON)(on_probabilities(lambda p, small=small: np.clip(p, small, 1 - small)))
for small in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15):

    def with_small(z, y, small=small):
        p = sigmoid(z)
        return -np.mean(y * np.log(p + small) + (1 - y) * np.log(1 - p + small))

    exercise.also(EPSILON)(with_small)
exercise.mistake(
    "overflowing exponential",
    why="log(1 + exp(-z)) is right on paper; exp(1000) is infinite in the computer.",
    evidence="right on ordinary logits; infinite or NaN on logits of 1000 and -900",
    look_at="the largest number that you give to np.exp",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Only ever take exp(-|z|).",
)(lambda z, y: np.mean(y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z))))
exercise.also("overflowing exponential")(lambda z, y: np.mean((1 - y) * z + np.log(1 + np.exp(-z))))
exercise.also("overflowing exponential")(lambda z, y: np.mean(np.log(1 + np.exp(z)) - y * z))
exercise.mistake(
    "summed over the batch",
    why="The book's losses are means, so that the learning rate does not depend on the batch size.",
    evidence=lambda z, y: f"your loss is the correct one times N = {len(z)}",
    look_at="what happens to your loss when every sample stands in the batch twice",
    symptoms=("loss goes up",),
    cure="The mean instead of the sum.",
)(lambda z, y: np.sum(per_sample(z, y)))
exercise.mistake(
    "sigmoid applied twice",
    why="The logits went through a sigmoid before they came to a loss that applies its own.",
    evidence="your loss can never fall below about 0.31 for y = 1, as the second sigmoid sees numbers between 0 and 1 only",
    look_at="how many sigmoids lie between the last layer and the logarithm",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="Feed logits to the loss, once.",
)(lambda z, y: np.mean(per_sample(sigmoid(z), y)))
exercise.mistake(
    "minus sign forgotten",
    why="The log-likelihood is to be made large; the loss is its opposite.",
    evidence="your loss is the correct one with the opposite sign: negative",
    look_at="whether a better prediction makes your loss smaller",
    symptoms=("loss goes up",),
    cure="Minus the mean log-likelihood.",
)(lambda z, y: -np.mean(per_sample(z, y)))
