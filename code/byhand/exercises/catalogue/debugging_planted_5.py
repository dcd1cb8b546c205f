"""Planted bug 5: gradients that are never cleared within an epoch."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 5",
    task="The method `epoch(self, net, batches, lr, rng=None)`: for each (x, y) of `batches` one step of gradient descent, which changes the "
    "arrays of `net` in place. `self.gradients(net, x, y, rng)` returns a list of gradients in the order of `net`.",
    section="sec:debugging:planted",
    outputs=("W", "b"),
    hints=(
        "Follow one entry of what is subtracted through three batches.",
        "The gradient of this batch must know nothing of the batches before it.",
        "w -= lr * g, with the g of this batch.",
    ),
)


class Rest:
    """The method that `epoch` calls: here the mean squared error of a linear layer."""

    def gradients(self, net, x, y, rng=None):
        d = 2 * (x @ net[0].T + net[1] - y) / y.size
        return [d.T @ x, d.sum(axis=0)]


@exercise.solution
def epoch(self, net, batches, lr, rng=None):
    for x, y in batches:
        grads = self.gradients(net, x, y, rng)
        for w, g in zip(net, grads, strict=True):
            w -= lr * g


@exercise.probes
def probes(rng):
    for n, n_in, n_out, lr in ((7, 3, 5, 0.1), (5, 4, 4, 0.05)):
        batches = [(rng.standard_normal((n, n_in)), rng.standard_normal((n, n_out))) for _ in range(4)]
        yield Rest(), [rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out)], batches, lr


@exercise.run
def run(answer, self, net, batches, lr):
    returned = answer(self, net, iter(batches), lr)
    if returned is ... or (returned is None and _untouched(answer)):
        return returned
    return tuple(net)


def _untouched(answer):
    """Whether the body is empty: `...` alone compiles to no names at all."""
    code = getattr(answer, "__code__", None)
    return code is not None and not code.co_names and not code.co_varnames[code.co_argcount :]


@exercise.mistake(
    "gradients not cleared between steps",
    why="The sums start at zero once an epoch instead of once a batch.",
    evidence="after one batch your net is right; the second step holds the first gradient as well, the third both",
    look_at="what is subtracted in the second step",
    symptoms=("works on the first step only", "gradient check passes all the same"),
    cure="Use this batch's gradient alone, or clear the sums in each step.",
)
def never_cleared(self, net, batches, lr, rng=None):
    sums = [np.zeros_like(w) for w in net]
    for x, y in batches:
        grads = self.gradients(net, x, y, rng)
        for w, s, g in zip(net, sums, grads, strict=True):
            s += g
            w -= lr * s


@exercise.mistake(
    "one step an epoch",
    why="The step was moved out of the loop over the batches, together with the sums.",
    evidence="your net has moved once, by the sum of all gradients, each taken at the first weights",
    look_at="which loop the step stands in",
    symptoms=("loss goes up",),
    cure="A step in each batch.",
)
def one_step(self, net, batches, lr, rng=None):
    grads = [self.gradients(net, x, y, rng) for x, y in batches]
    for i, w in enumerate(net):
        w -= lr * sum(g[i] for g in grads)


@exercise.mistake(
    "net not changed",
    why="w = w - lr * g gives the name w to a new array, and the one in net stays as it was.",
    evidence="your net is after the epoch what it was before",
    look_at="the difference between `w = w - ...` and `w -= ...`",
    symptoms=("loss stops at chance",),
    cure="w -= lr * g changes the array that net holds.",
)
def not_changed(self, net, batches, lr, rng=None):
    for x, y in batches:
        for w, g in zip(net, self.gradients(net, x, y, rng), strict=True):
            w = w - lr * g


@exercise.mistake(
    "step uphill",
    why="The gradient points to where the loss grows.",
    evidence="your net moves along the gradients instead of against them",
    look_at="the sign of the step",
    symptoms=("loss goes up",),
    cure="w -= lr * g.",
)
def uphill(self, net, batches, lr, rng=None):
    for x, y in batches:
        for w, g in zip(net, self.gradients(net, x, y, rng), strict=True):
            w += lr * g


@exercise.mistake(
    "biases left behind",
    why="Only the weights are moved, or a loop runs over net[::2].",
    evidence="your W moves and your b stays as it was",
    look_at="which entries of net the loop visits",
    symptoms=("loss falls, but slowly",),
    cure="Visit all arrays of net.",
)
def without_biases(self, net, batches, lr, rng=None):
    for x, y in batches:
        net[0] -= lr * self.gradients(net, x, y, rng)[0]
