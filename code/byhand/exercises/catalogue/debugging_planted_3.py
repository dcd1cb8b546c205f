"""Planted bug 3: the slopes are left out of the walk back."""

import numpy as np

from byhand.exercises.exercise import Exercise

OUTPUTS = ("dW1", "db1", "dW2", "db2", "dW3", "db3")

exercise = Exercise(
    title="Mend Program 3",
    task="The method `gradients(self, net, x, y, rng=None)` of the chapter's program: return the gradients of the mean cross-entropy in the "
    "order of `net`, [dW1, db1, dW2, db2, ...]. `self.forward(net, x, rng)` returns (values, slopes), `self.probabilities(z)` the softmax.",
    section="sec:debugging:planted",
    outputs=OUTPUTS,
    hints=(
        "Which step of the forward pass has no counterpart on the way back?",
        "slopes[i] belongs to the layer whose output is values[i + 1].",
        "d = d * slopes[i], before the gradients of that layer are taken.",
    ),
)


class Rest:
    """The methods that `gradients` calls."""

    def forward(self, net, x, rng=None):
        values, slopes = [x], []
        for i in range(0, len(net), 2):
            z = values[-1] @ net[i].T + net[i + 1]
            last = i == len(net) - 2
            values.append(z if last else np.tanh(z))
            slopes.append(1.0 if last else 1 - np.tanh(z) ** 2)
        return values, slopes

    def probabilities(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)


def walk(*, enter=lambda d, slopes, i: d * slopes[i], leave=lambda d, slopes, i: d, divide=len):
    """The method with something else in one place: what d is on entering and on leaving layer i, what it is divided by."""

    def gradients(self, net, x, y, rng=None):
        values, slopes = self.forward(net, x, rng)
        d = self.probabilities(values[-1])
        d[np.arange(len(y)), y] -= 1
        d = d / divide(y)
        grads = []
        for i in reversed(range(len(slopes))):
            d = enter(d, slopes, i)
            grads = [d.T @ values[i], d.sum(axis=0), *grads]
            d = leave(d @ net[2 * i], slopes, i)
        return grads

    return gradients


def late(self, net, x, y, rng=None):
    values, slopes = self.forward(net, x, rng)
    d = self.probabilities(values[-1])
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    grads = []
    for i in reversed(range(len(slopes))):
        grads = [d.T @ values[i], d.sum(axis=0), *grads]
        d = (d * slopes[i]) @ net[2 * i]
    return grads


exercise.solution(walk())


@exercise.probes
def probes(rng):
    for n, sizes in ((7, (4, 5, 6, 3)), (5, (3, 4, 4, 6))):
        net = []
        for n_in, n_out in zip(sizes, sizes[1:], strict=False):
            net += [rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out)]
        yield Rest(), net, rng.standard_normal((n, sizes[0])), rng.integers(sizes[-1], size=n)


exercise.mistake(
    "activation's derivative missing",
    why="The walk back has a line for each product, and the line for tanh is easily forgotten.",
    evidence="dW3 and db3 are right; all before them are what they would be if tanh had slope 1",
    look_at="what the walk back does with `slopes`",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="d = d * slopes[i].",
)(walk(enter=lambda d, slopes, i: d))
exercise.mistake(
    "derivative applied twice",
    why="It was put in at the head of the loop and again at its end.",
    evidence="dW3 is right; dW2 has the square of tanh's derivative in it",
    look_at="in how many places the slopes are multiplied in",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Once for each layer.",
)(walk(leave=lambda d, slopes, i: d * slopes[i - 1]))
exercise.mistake(
    "derivative applied after the layer's gradients",
    why="The line was put between the gradients and the product with W, where d belongs to the output already used.",
    evidence="dW2 lacks tanh's derivative altogether; what is passed on to the first layer has it",
    look_at="whether the slopes are multiplied in before or after dW is taken",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Multiply before dW and db are taken.",
)(late)
exercise.mistake(
    "mean over the batch lost",
    why="In mending one line another was dropped.",
    evidence=lambda self, net, x, y: f"all your gradients are N = {len(y)} times too large",
    look_at="the lines before the loop",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="d /= len(y).",
)(walk(divide=lambda y: 1))
