"""Cross-entropy from logits and integer labels."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Cross-entropy from logits",
    task="`cross_entropy_loss(logits, labels)` with logits (N, K) and integer labels (N,): return the mean over the samples of "
    "minus the log-probability of the right class, one number, right for logits of any size.",
    section="sec:losses:stable",
    outputs=("loss",),
    cache_allowed=True,
    hints=(
        "The loss of one sample is minus the log-softmax of its row, at its label.",
        "Compute the log-softmax without a softmax; pick one entry a row with logits[np.arange(N), labels].",
        "mean(log(sum(exp(shifted))) - shifted at the label), where shifted is the row minus its maximum.",
    ),
)


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits):
    return np.exp(log_softmax(logits))


def overflowing_softmax(logits):
    e = np.exp(logits)
    return e / e.sum(axis=1, keepdims=True)


def picked(array, labels):
    return array[np.arange(len(labels)), labels]


@exercise.solution
def cross_entropy_loss(logits, labels):
    return -picked(log_softmax(logits), labels).mean()


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])
    yield 2 * rng.standard_normal((7, 4)), np.array([3, 0, 2, 1, 1, 3, 0])
    # sure and wrong: the loss is about 1000 / 4
    yield np.array([[1000.0, 0.0, 1.0], [0.5, -0.5, 0.0], [1.0, 0.3, 2.0], [0.1, 0.2, 0.3]]), np.array([1, 0, 2, 1])


def log_of_probability(guard):
    def loss(logits, labels):
        return -np.log(guard(picked(softmax(logits), labels))).mean()

    return loss


LOG_0 = "log of a zero probability"
exercise.mistake(
    LOG_0,
    why="Softmax rounds the probability of a confidently wrong answer to 0, and the logarithm of 0 is minus infinity.",
    evidence="right on ordinary logits; on logits (1000, 0, 1) with label 1 your loss is infinite, the true one near 1000 for that sample",
    look_at="whether a probability is computed on the way to its logarithm",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Take the log-softmax of the logits directly, by log-sum-exp.",
)(log_of_probability(lambda p: p))
exercise.also(LOG_0)(lambda logits, labels: -picked(np.log(softmax(logits)), labels).mean())
exercise.also(LOG_0)(lambda logits, labels: -np.log(picked(overflowing_softmax(logits), labels)).mean())
exercise.also(LOG_0)(lambda logits, labels: -(np.eye(logits.shape[1])[labels] * np.log(softmax(logits))).sum(1).mean())

EPSILON = "a small number inside the logarithm"
exercise.mistake(
    EPSILON,
    why="Adding or clipping at 1e-8 or so avoids the infinity, at the price of a wrong loss for confident wrong answers.",
    evidence="right on ordinary logits; where the true loss of a sample is 1000 yours stops at minus the logarithm of the small number, about 18 for 1e-8",
    look_at="what your loss becomes when a logit gap grows from 100 to 1000",
    symptoms=("works until the numbers are large", "gradient check passes all the same"),
    cure="Log-sum-exp needs no small number.",
)(log_of_probability(lambda p: p + 1e-8))
for small in (1e-7, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16):
    exercise.also(EPSILON)(log_of_probability(lambda p, small=small: p + small))
for small in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16):
    exercise.also(EPSILON)(log_of_probability(lambda p, small=small: np.clip(p, small, 1 - small)))
    exercise.also(EPSILON)(log_of_probability(lambda p, small=small: np.maximum(p, small)))

CLASSES = "averaged over classes too"
exercise.mistake(
    CLASSES,
    why="The mean of the (N, K) array counts the K - 1 zeros of each one-hot row as well.",
    evidence=lambda logits, labels: f"your loss equals the correct one divided by K = {logits.shape[1]}",
    look_at="over how many numbers the mean is taken: N, or N times K",
    symptoms=("loss falls, but slowly",),
    cure="Sum over the classes, mean over the samples.",
)(lambda logits, labels: -(np.eye(logits.shape[1])[labels] * log_softmax(logits)).mean())
exercise.also(CLASSES)(lambda logits, labels: -(np.eye(logits.shape[1])[labels] * np.log(softmax(logits))).mean())
exercise.also(CLASSES)(
    lambda logits, labels: -(np.eye(logits.shape[1])[labels] * np.log(overflowing_softmax(logits))).mean()
)

exercise.mistake(
    "summed over the batch",
    why="The book's losses are means, so that the learning rate does not depend on the batch size.",
    evidence=lambda logits, labels: f"your loss equals the correct one times N = {len(logits)}",
    look_at="what happens to your loss when every sample stands in the batch twice",
    symptoms=("loss goes up",),
    cure="mean instead of sum over the samples.",
)(lambda logits, labels: -picked(log_softmax(logits), labels).sum())
exercise.mistake(
    "minus sign forgotten",
    why="Log-probabilities are negative; the loss is their opposite.",
    evidence="your loss is the correct one with the opposite sign: negative",
    look_at="whether a better prediction makes your loss smaller",
    symptoms=("loss goes up",),
    cure="Minus the mean log-probability.",
)(lambda logits, labels: picked(log_softmax(logits), labels).mean())
exercise.mistake(
    "every label picked in every row",
    why="array[:, labels] takes all N labels' columns from every row: an (N, N) array.",
    evidence=lambda logits, labels: (
        f"your loss is a mean over {len(labels)} times {len(labels)} entries instead of {len(labels)}"
    ),
    look_at="the shape of what you pick before the mean: it must be (N,)",
    symptoms=("shapes silently too large", "loss stops at chance"),
    cure="array[np.arange(N), labels].",
)(lambda logits, labels: -log_softmax(logits)[:, labels].mean())
exercise.mistake(
    "softmax applied twice",
    why="The input is already a probability for one who has put a softmax at the end of the network; a loss from logits applies its own.",
    evidence="your loss lies near ln K whatever the logits: the second softmax sees numbers between 0 and 1 only",
    look_at="how many times an exponential is taken between the logits and the loss",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="Feed logits to the loss, once.",
)(lambda logits, labels: -picked(log_softmax(softmax(logits)), labels).mean())
exercise.mistake(
    "the logit itself instead of its log-probability",
    why="Without the log of the sum the loss can be lowered for ever by raising all logits.",
    evidence="your loss is minus the mean logit of the right class; it may be negative",
    look_at="whether adding 5 to all logits of a row leaves your loss as it was",
    symptoms=("loss is NaN or infinite",),
    cure="Subtract the log-sum-exp of the row.",
)(lambda logits, labels: -picked(logits, labels).mean())
exercise.mistake(
    "one minus the probability",
    why="It is a sensible error, but its gradient vanishes where the network is surely wrong.",
    evidence="your loss lies between 0 and 1",
    look_at="the loss of a sample whose right class has a probability near 0",
    symptoms=("loss falls, but slowly",),
    cure="Minus the logarithm of the probability.",
)(lambda logits, labels: (1 - picked(softmax(logits), labels)).mean())
