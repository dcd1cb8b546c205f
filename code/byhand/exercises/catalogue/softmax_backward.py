"""Backward through softmax alone, whatever follows it."""

from byhand.exercises.catalogue.cross_entropy_loss import softmax
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Softmax, backward on its own",
    task="`softmax_backward(dp, p)` with p (N, K) the output of softmax, row by row, and dp (N, K) the derivative of the loss with "
    "respect to it: return the derivative with respect to the logits, (N, K).",
    section="sec:losses:jacobian",
    outputs=("dz",),
    hints=(
        "One logit moves all probabilities of its row: the derivative of p_i with respect to z_k is p_i ([i = k] - p_k).",
        "Sum dp_i times that over i. One of the two terms keeps a sum over the whole row.",
        "p_k times (dp_k minus the sum of dp_i p_i over the row).",
    ),
)


@exercise.solution
def softmax_backward(dp, p):
    return p * (dp - (dp * p).sum(axis=1, keepdims=True))


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), softmax(rng.standard_normal((5, 3)))
    yield 2 * rng.standard_normal((7, 4)), softmax(2 * rng.standard_normal((7, 4)))
    yield rng.standard_normal((4, 4)), softmax(rng.standard_normal((4, 4)))


exercise.mistake(
    "only the diagonal",
    why="p (1 - p) is the slope of a sigmoid; softmax also has the slopes -p_i p_k between different classes.",
    evidence="each of your entries depends on its own dp alone; in each row the correct ones add up to 0, yours do not",
    look_at="what happens to the other probabilities of a row when one logit rises",
    symptoms=("gradient check fails everywhere", "loss falls, but slowly"),
    cure="p * (dp - (dp * p).sum(axis=1, keepdims=True)).",
)(lambda dp, p: dp * p * (1 - p))
exercise.mistake(
    "the table's diagonal without the rest",
    why="diag(p) is the first half of diag(p) - p p^T; the outer product was left out.",
    evidence="your entries are p times dp; the rows of the correct ones add up to 0",
    look_at="the sum of each row of your result",
    symptoms=("gradient check fails everywhere",),
    cure="Subtract the row's mean of dp, weighted with p, before multiplying by p.",
)(lambda dp, p: dp * p)
exercise.mistake(
    "sum over the whole batch",
    why="Without an axis the sum runs over all rows, and each sample's gradient depends on the others.",
    evidence=lambda dp, p: f"the bracket subtracts one number from all {len(p)} rows; each row has its own",
    look_at="the axis of the sum",
    symptoms=("works for batch 1 only", "gradient check fails everywhere"),
    cure="sum(axis=1, keepdims=True).",
)(lambda dp, p: p * (dp - (dp * p).sum()))
exercise.mistake(
    "sum down the columns",
    why="Axis 0 runs over samples; the classes of one softmax are on axis 1.",
    evidence=lambda dp, p: f"the {p.shape[1]} columns share a number each; it should be the {len(p)} rows",
    look_at="the axis of the sum",
    symptoms=("gradient check fails everywhere",),
    cure="sum(axis=1, keepdims=True).",
)(lambda dp, p: p * (dp - (dp * p).sum(axis=0, keepdims=True)))
exercise.mistake(
    "what arrives summed without its weights",
    why="The sum over i is of dp_i p_i; the p_i was taken out of the sum as if it were p_k.",
    evidence="the number that you subtract is the plain sum of dp over the row",
    look_at="which factors of the sum carry the index that it runs over",
    symptoms=("gradient check fails everywhere",),
    cure="(dp * p).sum(axis=1, keepdims=True).",
)(lambda dp, p: p * (dp - dp.sum(axis=1, keepdims=True)))
exercise.mistake(
    "the last factor p missing",
    why="The bracket dp - sum(dp p) was returned; it still has to be multiplied by p_k.",
    evidence="your entries are the correct ones divided by p",
    look_at="what your result is where p is nearly 0: it should be nearly 0 as well",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="p times the bracket.",
)(lambda dp, p: dp - (dp * p).sum(axis=1, keepdims=True))
exercise.mistake(
    "sign turned round",
    why="The two terms of the bracket changed places.",
    evidence="your entries are the correct ones with the opposite sign",
    look_at="the diagonal of the Jacobian: raising a logit raises its own probability",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="dp minus the sum, not the sum minus dp.",
)(lambda dp, p: p * ((dp * p).sum(axis=1, keepdims=True) - dp))
exercise.mistake(
    "softmax applied to its own output",
    why="The function was given p, and took it for the logits.",
    evidence="your result is right for other probabilities, which all lie near 1/K",
    look_at="what the second argument is: logits, or probabilities",
    symptoms=("gradient check fails everywhere",),
    cure="Use p as it comes.",
)(lambda dp, p: softmax_backward(dp, softmax(p)))
