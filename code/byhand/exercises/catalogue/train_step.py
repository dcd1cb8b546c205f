"""A step of training that starts from a clean gradient."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A training step with a clean gradient",
    task="A class `Net(W)` for p = x @ W.T with a method `step(x, y, lr)` that takes one step of gradient descent on the mean squared "
    "error over all entries and returns the new W (n_out, n_in).",
    outputs=("W1", "W2", "W3"),
    section="sec:training:cleared",
    hints=(
        "The gradient of this batch must know nothing of the batches before it.",
        "dW = 2 (p - y).T @ x / y.size, computed anew in every step.",
        "Assign the gradient; do not add to the last one.",
    ),
)


def written(gradient, *, accumulate=False, start=np.copy, move=lambda W, g, lr: W - lr * g):
    class Net:
        def __init__(self, W):
            self.W, self.g = start(W), np.zeros_like(W)

        def step(self, x, y, lr):
            g = gradient(self.W, x, y)
            self.g = self.g + g if accumulate else g
            self.W = move(self.W, self.g, lr)
            return self.W

    return Net


def right_gradient(W, x, y):
    return 2 * (x @ W.T - y).T @ x / y.size


@exercise.solution
class Net:
    def __init__(self, W):
        self.W = np.copy(W)

    def step(self, x, y, lr):
        dW = 2 * (x @ self.W.T - y).T @ x / y.size
        self.W = self.W - lr * dW
        return self.W


@exercise.probes
def probes(rng):
    for n, n_in, n_out, lr in ((7, 3, 5, 0.1), (5, 4, 4, 0.05)):
        batches = [(rng.standard_normal((n, n_in)), rng.standard_normal((n, n_out))) for _ in range(3)]
        yield rng.standard_normal((n_out, n_in)), batches, lr


@exercise.run
def run(answer, W, batches, lr):
    net = answer(W)
    return tuple(np.array(net.step(x, y, lr)) for x, y in batches)


exercise.mistake(
    "gradients never cleared",
    why="The new gradient is added to the old one, and nothing empties it between the steps.",
    evidence="your first step is right; the second holds the first one's gradient as well, the third both",
    look_at="what your gradient array holds at the start of the second step",
    symptoms=("works on the first step only", "loss goes up"),
    cure="Assign the gradient in every step, or clear it first.",
)(written(right_gradient, accumulate=True))
exercise.mistake(
    "mean forgotten",
    why="The gradient of the sum was taken, not of the mean.",
    evidence=lambda W, batches, lr: (
        f"your steps are {batches[0][1].size} times as long as they should be, the number of entries of y"
    ),
    look_at="what stands in front of the sum in the loss",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="Divide by y.size.",
)(written(lambda W, x, y: 2 * (x @ W.T - y).T @ x))
exercise.mistake(
    "averaged over samples only",
    why="The loss averages over all N n_out entries.",
    evidence=lambda W, batches, lr: f"your steps are n_out = {len(W)} times as long as they should be",
    look_at="how many entries the loss averages over",
    symptoms=("works on one data set, not on another",),
    cure="Divide by y.size.",
)(written(lambda W, x, y: 2 * (x @ W.T - y).T @ x / len(x)))
exercise.mistake(
    "factor 2 missing",
    why="The 2 cancels only in a loss with a factor 1/2.",
    evidence="your steps are half as long as they should be",
    look_at="the derivative of a square",
    symptoms=("loss falls, but slowly",),
    cure="2 (p - y).",
)(written(lambda W, x, y: (x @ W.T - y).T @ x / y.size))
exercise.mistake(
    "step uphill",
    why="The gradient is the direction in which the loss grows.",
    evidence="your W moves along the gradient instead of against it",
    look_at="the sign in front of lr",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="W - lr dW.",
)(written(right_gradient, move=lambda W, g, lr: W + lr * g))
exercise.mistake(
    "always from the first weights",
    why="Each step starts from the W that the class was given, because the new one is not kept.",
    evidence="your first step is right; each later one starts from the first weights again",
    look_at="whether self.W has changed when step is over",
    symptoms=("works on the first step only", "loss stops at chance"),
    cure="self.W = ... in every step.",
)(
    type(
        "Forgetful",
        (),
        {
            "__init__": lambda self, W: setattr(self, "W", np.copy(W)),
            "step": lambda self, x, y, lr: self.W - lr * right_gradient(self.W, x, y),
        },
    )
)
