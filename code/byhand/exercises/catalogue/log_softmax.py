"""The logarithm of the softmax of each row."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Log-softmax without the detour",
    task="`log_softmax(logits)` with logits of shape (N, K): return the logarithms of the softmax probabilities, (N, K), finite for logits of any size.",
    section="sec:losses:stable",
    outputs=("log_p",),
    hints=(
        "Do not compute probabilities first: a probability of exp(-1000) is 0 in the computer, and its logarithm is lost.",
        "log(exp(z_k) / sum) = z_k - log(sum): only the sum needs an exponential.",
        "Shift each row by its maximum, then subtract the logarithm of the sum of the exponentials of the shifted row.",
    ),
)


@exercise.solution
def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@exercise.probes
def probes(rng):
    yield (rng.standard_normal((5, 3)),)
    yield (2 * rng.standard_normal((4, 4)),)
    yield (rng.standard_normal((3, 4)) + np.array([[900.0], [1000.0], [-1000.0]]),)
    yield (np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, 0.5], [3.0, -900.0, 2.0], [0.2, 0.1, 0.0]]),)


@exercise.mistake(
    "log of a zero probability",
    why="Softmax rounds a probability below about 1e-324 to 0, and the logarithm of 0 is minus infinity.",
    evidence="right on ordinary logits; minus infinity where the true value is -1000 or so",
    look_at="whether a probability is computed on the way",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Stay with logarithms: shifted - log(sum(exp(shifted))).",
)
def through_softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.log(e / e.sum(axis=1, keepdims=True))


@exercise.mistake(
    "no max subtraction",
    why="exp(1000) is infinite in the computer, and so is the logarithm of a sum that holds it.",
    evidence="right on ordinary logits; minus infinity or NaN on logits near 1000",
    look_at="the largest number that you give to np.exp",
    symptoms=("loss is NaN or infinite", "works until the numbers are large"),
    cure="Subtract each row's maximum first.",
)
def no_max(logits):
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@exercise.also("no max subtraction")
def no_max_through_softmax(logits):
    e = np.exp(logits)
    return np.log(e / e.sum(axis=1, keepdims=True))


@exercise.mistake(
    "the maximum is not taken off again",
    why="log-sum-exp is the maximum plus the logarithm of the shifted sum; here the shift went into the sum alone.",
    evidence="your rows are too large by each row's maximum logit",
    look_at="whether both terms, the logit and the logarithm of the sum, are shifted in the same way",
    symptoms=("loss is fine, predictions are not", "gradient check passes all the same"),
    cure="Use the shifted logits in both terms, or add the maximum back to the logarithm of the sum.",
)
def shift_in_one_term(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@exercise.mistake(
    "sum down the columns",
    why="Axis 0 runs over samples; the classes are on axis 1.",
    evidence="the exponentials of your columns add up to 1, those of your rows do not",
    look_at="the axis of the maximum and of the sum",
    symptoms=("loss falls, but slowly",),
    cure="Take axis=1, the axis of the classes.",
)
def columns(logits):
    shifted = logits - logits.max(axis=0, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))


@exercise.mistake(
    "probabilities instead of their logarithms",
    why="The last step, the logarithm, is missing.",
    evidence="your entries lie between 0 and 1; logarithms of probabilities are never positive",
    look_at="the sign of the entries",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Return the logarithm.",
)
def no_log(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@exercise.mistake(
    "sign turned round",
    why="Minus the logarithm of the probability is the loss, not the logarithm.",
    evidence="your entries are the right ones with the opposite sign",
    look_at="whether a probability below 1 can have a positive logarithm",
    symptoms=("loss goes up",),
    cure="The loss takes the minus; log_softmax has none.",
)
def negative(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted
