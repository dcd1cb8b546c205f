"""The gradient of a logit with respect to the pixels."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Saliency: the gradient of a logit with respect to the input",
    task="`saliency(x, W1, b1, W2, b2, k)` with x (N, D), W1 (H, D), b1 (H,), W2 (K, H), b2 (K,): the logits are "
    "relu(x @ W1.T + b1) @ W2.T + b2. Return the gradient of logit k of each sample with respect to that sample, shape (N, D).",
    section="sec:case-digits:saliency",
    outputs=("dx",),
    hints=(
        "Go backward from logit k: its slope in each hidden neuron is one row of W2.",
        "ReLU lets the gradient through where its input, x @ W1.T + b1, is positive.",
        "(W2[k] * (z > 0)) @ W1, of shapes (N, H) and (H, D).",
    ),
)


def hidden(x, W1, b1):
    return x @ W1.T + b1


@exercise.solution
def saliency(x, W1, b1, W2, b2, k):
    return (W2[k] * (hidden(x, W1, b1) > 0)) @ W1


@exercise.probes
def probes(rng):
    for n, d, h, classes, k in ((5, 7, 4, 3, 1), (3, 6, 8, 5, 4), (4, 4, 4, 4, 3)):
        yield (
            rng.standard_normal((n, d)),
            rng.standard_normal((h, d)),
            rng.standard_normal(h),
            rng.standard_normal((classes, h)),
            rng.standard_normal(classes),
            k,
        )


exercise.mistake(
    "ReLU left out",
    why="The two matrices were multiplied as if every hidden neuron were on.",
    evidence="your result is the same for all samples: W2[k] @ W1, whichever neurons are on",
    look_at="whether two different images get two different gradients",
    symptoms=("gradient check fails everywhere",),
    cure="Multiply by (z > 0) between the two matrices.",
)(lambda x, W1, b1, W2, b2, k: np.tile(W2[k] @ W1, (len(x), 1)))
exercise.mistake(
    "ReLU applied to the gradient",
    why="The ReLU was taken of what flows back; its derivative looks at the input of the forward pass.",
    evidence="your hidden gradient is positive everywhere: negative entries of W2[k] have been set to zero",
    look_at="what decides whether a neuron lets the gradient through",
    symptoms=("gradient check fails everywhere",),
    cure="W2[k] * (z > 0), with z = x @ W1.T + b1.",
)(lambda x, W1, b1, W2, b2, k: np.tile(np.maximum(W2[k], 0) @ W1, (len(x), 1)))
exercise.mistake(
    "activations in place of the ReLU's slope",
    why="relu(z) was multiplied in where its derivative, 0 or 1, belongs.",
    evidence="your hidden gradient is W2[k] * relu(z): it grows with the activation",
    look_at="the derivative of ReLU where its input is positive",
    symptoms=("gradient check fails everywhere",),
    cure="(z > 0), not np.maximum(z, 0).",
)(lambda x, W1, b1, W2, b2, k: (W2[k] * np.maximum(hidden(x, W1, b1), 0)) @ W1)
exercise.mistake(
    "bias left out of the hidden neurons",
    why="The bias has no slope in x, but it decides which neurons are on.",
    evidence="your neurons are on where x @ W1.T is positive, without b1",
    look_at="which neurons you take to be on",
    symptoms=("gradient check fails in one place",),
    cure="z = x @ W1.T + b1.",
)(lambda x, W1, b1, W2, b2, k: (W2[k] * (x @ W1.T > 0)) @ W1)


@exercise.mistake(
    "gradient of the probability",
    why="The softmax was differentiated too; asked for is the logit.",
    evidence="your result is the gradient of softmax's output k, not of logit k",
    look_at="what is differentiated: the logit or the probability",
    symptoms=("gradient check fails everywhere",),
    cure="Stop at the logit: no softmax.",
)
def of_probability(x, W1, b1, W2, b2, k):
    z = hidden(x, W1, b1)
    logits = np.maximum(z, 0) @ W2.T + b2
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    upstream = p[:, [k]] * (np.eye(p.shape[1])[k] - p)
    return ((upstream @ W2) * (z > 0)) @ W1


exercise.mistake(
    "all logits added",
    why="A vector of ones went back in place of the one-hot row of class k.",
    evidence="your result is the gradient of the sum of all logits and does not depend on k",
    look_at="whether another k gives another result",
    symptoms=("gradient check fails everywhere",),
    cure="Start from row k of W2 alone.",
)(lambda x, W1, b1, W2, b2, k: (W2.sum(axis=0) * (hidden(x, W1, b1) > 0)) @ W1)
exercise.mistake(
    "absolute values",
    why="Maps of saliency are often drawn without their signs; the gradient has them.",
    evidence="your result is the absolute value of the gradient",
    look_at="whether a pixel can lower a logit",
    symptoms=("loss is fine, predictions are not",),
    cure="Leave the sign; take the absolute value for drawing only.",
)(lambda x, W1, b1, W2, b2, k: np.abs(saliency(x, W1, b1, W2, b2, k)))
exercise.mistake(
    "multiplied by the input",
    why="Gradient times input is a share of the logit, another quantity.",
    evidence="your result is the gradient times x",
    look_at="whether a black pixel can have a gradient",
    symptoms=("gradient check fails everywhere",),
    cure="The gradient alone.",
)(lambda x, W1, b1, W2, b2, k: x * saliency(x, W1, b1, W2, b2, k))
exercise.mistake(
    "mean over the batch",
    why="Gradients of parameters are put together over the batch; each sample has an input of its own.",
    evidence=lambda x, *rest: f"every row of your result is the mean over the N = {len(x)} samples",
    look_at="whether two images share a gradient",
    symptoms=("works for batch 1 only",),
    cure="One row for each sample: no mean, no sum.",
)(lambda x, W1, b1, W2, b2, k: np.tile(saliency(x, W1, b1, W2, b2, k).mean(axis=0), (len(x), 1)))
