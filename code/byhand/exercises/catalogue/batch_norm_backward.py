"""Backward pass of batch normalisation in training."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Batch normalisation, backward in training",
    task="`batch_norm_backward(dy, x, gamma, eps)`: the forward pass was gamma * x_hat + beta with x_hat = (x - mean) / sqrt(variance + eps), "
    "mean and variance (with 1/N) over the batch; dy and x are (N, n), gamma (n,). Return (dx, dgamma, dbeta).",
    section="sec:regularization:batch-norm",
    outputs=("dx", "dgamma", "dbeta"),
    hints=(
        "gamma and beta serve all samples: their gradients are sums over the batch.",
        "x reaches the loss directly, through the mean and through the variance: three terms.",
        "With d = dy * gamma: s * (d - mean of d - x_hat * mean of d * x_hat), means over axis 0.",
    ),
)


def backward(mean=True, variance=True, average=True, root=None, by_gamma=True, last=1):
    """The backward pass with one of its parts left out or changed."""

    def gradient(dy, x, gamma, eps):
        s = 1 / np.sqrt(x.var(axis=0) + eps) if root is None else root(x, eps)
        x_hat = (x - x.mean(axis=0)) * s
        d = dy * gamma if by_gamma else dy
        over_batch = np.mean if average else np.sum
        dx = d - mean * over_batch(d, axis=0) - variance * x_hat * over_batch(d * x_hat, axis=0)
        return dx * s**last, (dy * x_hat).sum(axis=0), dy.sum(axis=0)

    return gradient


@exercise.solution
def batch_norm_backward(dy, x, gamma, eps):
    s = 1 / np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) * s
    d = dy * gamma
    dx = s * (d - d.mean(axis=0) - x_hat * (d * x_hat).mean(axis=0))
    return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


@exercise.probes
def probes(rng):
    # A large eps shows where it stands; all lengths differ but in the last.
    for n, features, eps in ((7, 3, 1e-5), (5, 4, 0.3), (4, 4, 0.8)):
        yield (
            rng.standard_normal((n, features)),
            2 + 3 * rng.standard_normal((n, features)),
            rng.uniform(0.5, 2, features),
            eps,
        )


exercise.mistake(
    "mean's path forgotten",
    why="The mean over the batch was treated as a constant.",
    evidence="your dx does not add up to 0 over the batch, though moving all samples together changes nothing",
    look_at="the sum of each column of dx",
    symptoms=("gradient check fails in one place",),
    cure="Subtract the mean of dx_hat over the batch.",
)(backward(mean=False))
exercise.mistake(
    "variance's path forgotten",
    why="The spread over the batch was treated as a constant.",
    evidence="your dx has a component along x_hat, though stretching a feature hardly changes the output",
    look_at="the sum of dx * x_hat in each column",
    symptoms=("gradient check fails in one place",),
    cure="Subtract x_hat times the mean of dx_hat * x_hat.",
)(backward(variance=False))
exercise.mistake(
    "mean and variance treated as constants",
    why="Right at test time, where they are constants; in training both depend on x.",
    evidence="your dx is dy * gamma / sqrt(var + eps) and nothing else",
    look_at="on what mean and variance depend in training",
    symptoms=("gradient check fails in one place",),
    cure="Add the two other paths.",
)(backward(mean=False, variance=False))
exercise.mistake(
    "sums over the batch instead of means",
    why="The 1/N in the definitions of mean and variance was lost.",
    evidence=lambda dy, x, gamma, eps: f"what you subtract in dx is N = {len(x)} times too large",
    look_at="the derivative of the mean with respect to one sample",
    symptoms=("gradient check fails in one place", "loss is NaN or infinite"),
    cure="Means over axis 0.",
)(backward(average=False))
exercise.mistake(
    "gamma left out of dx",
    why="The walk back starts at x_hat instead of at y.",
    evidence="your dx would be right if gamma were 1",
    look_at="the first step back from y",
    symptoms=("gradient check fails in one place", "gradient check passes all the same"),
    cure="dx_hat = dy * gamma.",
)(backward(by_gamma=False))
exercise.mistake(
    "division by the spread left out of dx",
    why="The three paths were subtracted and the common factor forgotten.",
    evidence="your dx equals the correct one times sqrt(var + eps)",
    look_at="the derivative of x_hat with respect to x",
    symptoms=("gradient check fails in one place",),
    cure="Multiply by 1/sqrt(var + eps).",
)(backward(last=0))
exercise.mistake(
    "eps outside the root, on the way back",
    why="sqrt(var) + eps is nearly the same for a small eps.",
    evidence="your result is nearly right for eps = 1e-5 and wrong for a large one",
    look_at="where the bracket of the root closes",
    symptoms=("gradient check passes all the same",),
    cure="sqrt(var + eps).",
)(backward(root=lambda x, eps: 1 / (np.sqrt(x.var(axis=0)) + eps)))
exercise.mistake(
    "eps forgotten on the way back",
    why="The backward pass was written from the formula without eps.",
    evidence="your result is nearly right for eps = 1e-5 and wrong for a large one",
    look_at="whether your function uses all of its arguments",
    symptoms=("gradient check passes all the same",),
    cure="sqrt(var + eps), as in the forward pass.",
)(backward(root=lambda x, eps: 1 / np.sqrt(x.var(axis=0))))
exercise.mistake(
    "unbiased variance on the way back",
    why="The variance with N - 1 belongs to the running statistics.",
    evidence=lambda dy, x, gamma, eps: (
        f"your variance divides by N - 1 = {len(x) - 1}, the forward pass by N = {len(x)}"
    ),
    look_at="ddof, or what you divide the squares by",
    symptoms=("gradient check fails everywhere",),
    cure="x.var(axis=0).",
)(backward(root=lambda x, eps: 1 / np.sqrt(x.var(axis=0, ddof=1) + eps)))


@exercise.mistake(
    "dgamma taken with x",
    why="gamma multiplies x_hat, not x.",
    evidence="your dgamma is the sum of dy * x",
    look_at="what gamma is multiplied with in the forward pass",
    symptoms=("gradient check fails in one place",),
    cure="(dy * x_hat).sum(axis=0).",
)
def dgamma_with_x(dy, x, gamma, eps):
    dx, _, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, (dy * x).sum(axis=0), dbeta


@exercise.mistake(
    "dgamma and dbeta are means",
    why="The 1/N of the loss is taken a second time.",
    evidence=lambda dy, x, gamma, eps: (
        f"your dgamma and dbeta equal the correct ones divided by N = {len(x)}; dx is right"
    ),
    look_at="how the samples are put together for a parameter that serves them all",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Sums over axis 0.",
)
def means(dy, x, gamma, eps):
    dx, dgamma, dbeta = batch_norm_backward(dy, x, gamma, eps)
    return dx, dgamma / len(x), dbeta / len(x)
