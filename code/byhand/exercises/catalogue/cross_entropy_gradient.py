"""The gradient of softmax and cross-entropy together."""

import numpy as np

from byhand.exercises.catalogue.cross_entropy_loss import softmax
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient of cross-entropy",
    task="`cross_entropy_gradient(logits, labels)` with logits (N, K) and integer labels (N,): return the gradient of the mean "
    "cross-entropy with respect to the logits, (N, K).",
    section="sec:losses:p-minus-y",
    outputs=("dlogits",),
    hints=(
        "Softmax and cross-entropy together have a short gradient: prediction minus truth.",
        "The truth is one-hot: take 1 away from each row's probability at its label.",
        "The loss is a mean over N samples, so each row carries 1/N.",
    ),
)


def one_hot(logits, labels):
    return np.eye(logits.shape[1])[labels]


@exercise.solution
def cross_entropy_gradient(logits, labels):
    return (softmax(logits) - one_hot(logits, labels)) / len(labels)


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), np.array([0, 2, 1, 1, 0])
    yield 2 * rng.standard_normal((7, 4)), np.array([3, 0, 2, 1, 1, 3, 0])
    yield rng.standard_normal((4, 4)), np.array([3, 3, 1, 0])
    yield np.array([[1000.0, 0.0, 1.0], [0.5, -0.5, 0.0], [-1000.0, 0.3, 2.0], [0.1, 0.2, 0.3]]), np.array([1, 0, 2, 1])


def wrong(title, **text):
    return exercise.mistake(title, **text)


wrong(
    "mean forgotten",
    why="The loss is a mean over the batch; its gradient must carry the same 1/N.",
    evidence=lambda logits, labels: f"your gradient equals the correct one times N = {len(labels)}",
    look_at="whether your gradient of the same samples twice over halves, as it must",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Divide by the number of samples.",
)(lambda logits, labels: softmax(logits) - one_hot(logits, labels))
wrong(
    "divided by classes too",
    why="p.size is N times K; the mean runs over samples only.",
    evidence=lambda logits, labels: f"your gradient equals the correct one divided by K = {logits.shape[1]}",
    look_at="the number that you divide by",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Divide by N, the number of rows.",
)(lambda logits, labels: (softmax(logits) - one_hot(logits, labels)) / logits.size)
wrong(
    "truth minus prediction",
    why="The difference is taken the other way round, as in rules that add the step.",
    evidence="your gradient is the correct one with the opposite sign",
    look_at="the sign of the gradient at the right class: raising that logit must lower the loss",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Prediction minus truth.",
)(lambda logits, labels: (one_hot(logits, labels) - softmax(logits)) / len(labels))
wrong(
    "truth not subtracted",
    why="The probabilities alone are the gradient of the log-sum-exp; the term of the right class is missing.",
    evidence="all entries of your gradient are positive; each row of the correct one adds up to 0",
    look_at="the sum of each row",
    symptoms=("loss goes up",),
    cure="Take 1 away at each row's label.",
)(lambda logits, labels: softmax(logits) / len(labels))
wrong(
    "one taken from every label's column in every row",
    why="p[:, labels] -= 1 means the columns of all labels, for all rows; a pair of index arrays is needed.",
    evidence=lambda logits, labels: (
        f"in your first row {len(set(labels.tolist()))} entries are lowered by 1/N, not one"
    ),
    look_at="how many entries of p change: N",
    symptoms=("loss stops at chance", "works for batch 1 only"),
    cure="p[np.arange(N), labels] -= 1.",
)(lambda logits, labels: (softmax(logits) - one_hot(logits, labels).max(axis=0)) / len(labels))
wrong(
    "softmax applied twice",
    why="The logits went through a softmax before they came to a function that applies its own.",
    evidence="your probabilities all lie near 1/K: the second softmax sees numbers between 0 and 1",
    look_at="how many softmaxes lie between the last layer and the gradient",
    symptoms=("loss falls, but slowly",),
    cure="One softmax, on the logits.",
)(lambda logits, labels: (softmax(softmax(logits)) - one_hot(logits, labels)) / len(labels))
wrong(
    "derivative of softmax multiplied in again",
    why="p - y already contains the softmax; the factor p(1 - p) belongs to another route to the same place.",
    evidence="each of your entries is the correct one times p(1 - p)",
    look_at="what p - y is the derivative with respect to: probabilities, or logits",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Leave the extra factor out.",
)(
    lambda logits, labels: (
        (softmax(logits) - one_hot(logits, labels)) * softmax(logits) * (1 - softmax(logits)) / len(labels)
    )
)
wrong(
    "gradient with respect to the probabilities",
    why="-y/p is where the logarithm's derivative leads; the softmax between p and the logits is still to be passed.",
    evidence="your gradient is zero except at the labels, where it is -1/(N p)",
    look_at="which quantity you differentiate with respect to",
    symptoms=("loss is NaN or infinite", "gradient check fails everywhere"),
    cure="Go on through the softmax's Jacobian: the product is (p - y)/N.",
)(lambda logits, labels: -one_hot(logits, labels) / softmax(logits) / len(labels))
