"""One epoch: a step for each batch, each from where the last one ended."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="One epoch of training",
    task="`train_epoch(params, batches, lr, loss, gradient)` with params a list of pairs (W, b), batches an iterable of pairs (x, y), and two "
    "functions loss(output, y) and gradient(output, y): take one step of gradient descent for each batch, in order, and return "
    "(params, losses): the list of pairs after the last step, and the list of each batch's loss before its step. ReLU stands "
    "after each layer but the last.",
    section="sec:training:loop",
    outputs=("W1", "b1", "W2", "b2", "losses"),
    hints=(
        "Five verbs: deal, forward, loss, backward, step. The dealing is done already.",
        "Forward gives output and kept; gradient(output, y) starts the way back; the step makes new params.",
        "params = ... inside the loop, so that the next batch starts from there; return after the loop, not in it.",
    ),
)


def forward(params, x):
    (W1, b1), (W2, b2) = params
    h = np.maximum(x @ W1.T + b1, 0)
    return h @ W2.T + b2, h


def slopes(params, x, y, gradient):
    output, h = forward(params, x)
    dp = gradient(output, y)
    dz = (dp @ params[1][0]) * (h > 0)
    return [(dz.T @ x, dz.sum(axis=0)), (dp.T @ h, dp.sum(axis=0))]


def moved(params, grads, lr):
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@exercise.solution
def train_epoch(params, batches, lr, loss, gradient):
    losses = []
    for x, y in batches:
        inputs, kept = x, []
        for W, b in params:
            output = inputs @ W.T + b
            kept.append((inputs, output))
            inputs = np.maximum(output, 0)
        losses.append(loss(output, y))
        dz, grads = gradient(output, y), []
        for (W, _b), (inputs, _z) in zip(params[::-1], kept[::-1], strict=True):
            grads.insert(0, (dz.T @ inputs, dz.sum(axis=0)))
            dz = (dz @ W) * (inputs > 0)
        params = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]
    return params, losses


def squares(output, y):
    return float(np.mean((output - y) ** 2))


def slope_of_squares(output, y):
    return 2 * (output - y) / output.size


def distances(output, y):
    return float(np.abs(output - y).sum())


def slope_of_distances(output, y):
    return np.sign(output - y)


@exercise.probes
def probes(rng):
    for sizes, counts, lr, pair in (
        ((3, 6, 5), (7, 7, 4), 0.1, (squares, slope_of_squares)),
        ((5, 4, 3), (6, 6, 6, 3), 0.05, (distances, slope_of_distances)),
        ((4, 4, 4), (4, 4, 4), 0.2, (squares, slope_of_squares)),
    ):
        params = [
            (rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out))
            for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        ]
        batches = [(rng.standard_normal((n, sizes[0])), rng.standard_normal((n, sizes[-1]))) for n in counts]
        yield params, batches, lr, *pair


@exercise.run
def run(answer, params, batches, lr, loss, gradient):
    """The parameters after the epoch, and the losses; the batches come from an iterator, as they do in training."""
    result = answer(params, iter(batches), lr, loss, gradient)
    if result is None or result is ...:
        return result
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise ValueError("train_epoch returns two things: the new params, and the list of losses")
    new, losses = result
    if new is None or new is ... or losses is None or losses is ...:
        return dict.fromkeys(exercise.outputs)
    (W1, b1), (W2, b2) = new
    return W1, b1, W2, b2, np.array(losses, dtype=float)


@exercise.mistake(
    "only the first batch",
    why="The return is indented into the loop.",
    evidence=lambda params, batches, lr, loss, gradient: f"your list has 1 loss for {len(batches)} batches",
    look_at="at which indentation return stands",
    symptoms=("loss falls, but slowly",),
    cure="Return after the loop.",
)
def first_batch(params, batches, lr, loss, gradient):
    return train_epoch(params, [next(iter(batches))], lr, loss, gradient)


@exercise.mistake(
    "every batch starts from the first parameters",
    why="The new parameters got another name, and the next turn reads the old one.",
    evidence="your first loss is right; the others are those of the parameters before the epoch",
    look_at="which parameters the second batch meets",
    symptoms=("loss stops at chance", "loss falls, but slowly"),
    cure="params = ... in the loop.",
)
def never_kept(params, batches, lr, loss, gradient):
    losses = []
    for x, y in batches:
        losses.append(loss(forward(params, x)[0], y))
        new = moved(params, slopes(params, x, y, gradient), lr)
    return new, losses


@exercise.mistake(
    "all gradients from the first parameters",
    why="Forward and backward pass use the parameters of the epoch's start, the steps add up.",
    evidence="your first loss is right; each later gradient is that of the epoch's start",
    look_at="which parameters the forward pass of the second batch uses",
    symptoms=("loss falls, but slowly", "loss goes up"),
    cure="One name for the parameters, overwritten after each batch.",
)
def stale(params, batches, lr, loss, gradient):
    losses, new = [], params
    for x, y in batches:
        losses.append(loss(forward(params, x)[0], y))
        new = moved(new, slopes(params, x, y, gradient), lr)
    return new, losses


@exercise.mistake(
    "loss taken after the step",
    why="The loss was computed at the end of the turn, with the new parameters.",
    evidence="your parameters are right; each of your losses is that of the batch after its own step",
    look_at="which parameters your loss belongs to",
    symptoms=("results differ between training and test",),
    cure="The loss of the output that the gradient starts from.",
)
def loss_late(params, batches, lr, loss, gradient):
    losses = []
    for x, y in batches:
        params = moved(params, slopes(params, x, y, gradient), lr)
        losses.append(loss(forward(params, x)[0], y))
    return params, losses


@exercise.mistake(
    "step uphill",
    why="The sign in the step, or the order of prediction and target, is turned round.",
    evidence="your first loss is right, and your parameters moved along the gradient",
    look_at="whether the loss of one batch falls when you train on it alone",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Against the gradient.",
)
def uphill(params, batches, lr, loss, gradient):
    losses = []
    for x, y in batches:
        losses.append(loss(forward(params, x)[0], y))
        params = moved(params, slopes(params, x, y, gradient), -lr)
    return params, losses


@exercise.mistake(
    "gradients never cleared",
    why="The gradients of all batches so far are added up, as frameworks do until they are told not to.",
    evidence="your first step is right; the second holds the first one's gradient as well",
    look_at="what your gradients hold at the start of the second batch",
    symptoms=("works on the first step only", "loss goes up"),
    cure="New gradients in each turn.",
)
def heaped(params, batches, lr, loss, gradient):
    losses, total = [], None
    for x, y in batches:
        losses.append(loss(forward(params, x)[0], y))
        grads = slopes(params, x, y, gradient)
        total = grads if total is None else [(a + c, b + d) for (a, b), (c, d) in zip(total, grads, strict=True)]
        params = moved(params, total, lr)
    return params, losses


@exercise.mistake(
    "the way back starts with the loss of the whole program",
    why="2 (output - y) / size is written into the loop, and the function that was handed in is not asked.",
    evidence="right with the mean squared error; with any other loss your steps are still those of the mean squared error",
    look_at="whether the argument `gradient` occurs in your loop",
    symptoms=("works on one data set, not on another", "loss stops at chance"),
    cure="gradient(output, y).",
)
def always_squares(params, batches, lr, loss, gradient):
    return train_epoch(params, batches, lr, loss, slope_of_squares)
