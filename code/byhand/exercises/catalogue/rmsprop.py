"""RMSprop: each gradient divided by the root of a running mean of its square."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="RMSprop",
    task="A class `RMSprop(lr, alpha, eps)` with a method `step(w, g)` that returns the new parameters: keep a running mean s of the "
    "squared gradients, of which each step keeps the share alpha, and divide the gradient by the root of s plus eps.",
    section="sec:optimizers:rmsprop",
    outputs=("w1", "w2", "w3"),
    in_place_allowed=True,
    rtol=1e-9,
    hints=(
        "One array of the shape of w has to outlive a call of step; it starts at 0.",
        "s is a running mean: the share alpha of the old one, and 1 - alpha of the newcomer, g squared.",
        "s = alpha s + (1 - alpha) g**2, then w - lr g / (sqrt(s) + eps).",
    ),
)


@exercise.solution
class RMSprop:
    def __init__(self, lr, alpha, eps):
        self.lr, self.alpha, self.eps, self.s = lr, alpha, eps, 0.0

    def step(self, w, g):
        self.s = self.alpha * self.s + (1 - self.alpha) * g**2
        return w - self.lr * g / (np.sqrt(self.s) + self.eps)


@exercise.probes
def probes(rng):
    for shape, lr, alpha, eps in (((5, 3), 0.01, 0.9, 1e-8), ((4,), 0.1, 0.7, 1e-2)):
        yield lr, alpha, eps, rng.standard_normal(shape), [rng.standard_normal(shape) for _ in range(3)]
    g = rng.standard_normal((3, 4))
    yield 0.05, 0.99, 1e-8, rng.standard_normal((3, 4)), [g, 10 * g, 0.1 * g]


@exercise.run
def run(answer, lr, alpha, eps, w, gradients):
    """Three steps. An answer that returns nothing has moved w in place."""
    optimizer = answer(lr, alpha, eps)
    path = []
    for g in gradients:
        new = optimizer.step(w, g)
        w = w if new is None else new
        path.append(np.array(w))
    return tuple(path)


def written(
    *,
    mean=lambda s, g, alpha: alpha * s + (1 - alpha) * g**2,
    scale=lambda s, eps, alpha, t: np.sqrt(s) + eps,
    keep=True,
    sign=-1,
):
    """RMSprop, with places where each mistake can be made."""

    class Written:
        def __init__(self, lr, alpha, eps):
            self.lr, self.alpha, self.eps, self.s, self.t = lr, alpha, eps, 0.0, 0

        def step(self, w, g):
            self.t += 1
            s = mean(self.s, g, self.alpha)
            self.s = s if keep else 0.0
            return w + sign * self.lr * g / scale(s, self.eps, self.alpha, self.t)

    return Written


def wrong(title, *changes, **text):
    first, *others = changes
    exercise.mistake(title, **text)(written(**first))
    for other in others:
        exercise.also(title)(written(**other))


wrong(
    "running mean not kept",
    {"keep": False},
    why="s starts anew in every call, so that each step knows its own gradient only.",
    evidence=lambda lr, alpha, eps, w, gs: (
        f"each of your steps has the size lr / sqrt(1 - alpha) = {lr / (1 - alpha) ** 0.5:.4f}, up to eps"
    ),
    look_at="where s lives between two calls",
    symptoms=("loss stops at chance", "works on the first step only"),
    cure="Keep it on self.",
)
wrong(
    "square root missing",
    {"scale": lambda s, eps, alpha, t: s + eps},
    why="s is a mean of squares; its root has the size of a gradient.",
    evidence="your steps grow when the gradients shrink: they go with 1/g",
    look_at="whether ten times larger gradients leave the step as it is",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="np.sqrt(s) + eps.",
)
wrong(
    "eps inside the root",
    {"scale": lambda s, eps, alpha, t: np.sqrt(s + eps)},
    why="Some programs add eps to s before the root; here, as in PyTorch, it is added after.",
    evidence="with eps = 0.01 your steps are shorter than the right ones; with 1e-8 nobody sees it",
    look_at="where the bracket of the root closes",
    symptoms=("gradient check passes all the same",),
    cure="np.sqrt(s) + eps.",
)
wrong(
    "gradients summed instead of averaged",
    {"mean": lambda s, g, alpha: s + g**2},
    why="A sum of squares never forgets: that is AdaGrad, whose steps shrink for ever.",
    evidence="your first step has the size lr, up to eps, and your steps only get shorter",
    look_at="whether an old gradient is ever forgotten",
    symptoms=("loss falls, but slowly",),
    cure="alpha s + (1 - alpha) g**2.",
)
wrong(
    "newcomer taken in full",
    {"mean": lambda s, g, alpha: alpha * s + g**2},
    why="The form of momentum was carried over; the weights alpha and 1 add up to more than 1, so s is no mean.",
    evidence=lambda lr, alpha, eps, w, gs: (
        f"your steps are too short by sqrt(1 - alpha) = {(1 - alpha) ** 0.5:.4f}, up to eps"
    ),
    look_at="what the two factors in the running mean add up to",
    symptoms=("loss falls, but slowly",),
    cure="(1 - alpha) in front of g**2.",
)
wrong(
    "alpha and 1 - alpha exchanged",
    {"mean": lambda s, g, alpha: (1 - alpha) * s + alpha * g**2},
    why="alpha is the share of the old mean that is kept; near 1 it means a long memory.",
    evidence="your running mean forgets almost everything within a step",
    look_at="which of the two terms alpha multiplies",
    symptoms=("loss stops at chance",),
    cure="alpha in front of the old s.",
)
wrong(
    "gradient not squared",
    {"mean": lambda s, g, alpha: alpha * s + (1 - alpha) * np.abs(g)},
    why="s averages squares; here it averages sizes.",
    evidence="your first step grows with the root of the gradient; the right one does not depend on its size",
    look_at="what the running mean averages",
    symptoms=("loss falls, but slowly",),
    cure="g**2.",
)
wrong(
    "bias corrected as in Adam",
    {"scale": lambda s, eps, alpha, t: np.sqrt(s / (1 - alpha**t)) + eps},
    why="The correction is Adam's; RMSprop as published, and PyTorch's, has none.",
    evidence=lambda lr, alpha, eps, w, gs: (
        f"your first step is lr; the right one is {1 / (1 - alpha) ** 0.5:.4f} times lr, up to eps"
    ),
    look_at="the size of the very first step",
    symptoms=("gradient check passes all the same",),
    cure="Divide by sqrt(s) + eps, with s as it is.",
)
wrong(
    "step uphill",
    {"sign": +1},
    why="The sign of the update was lost.",
    evidence="your parameters move along the gradient instead of against it",
    look_at="the sign in front of lr",
    symptoms=("loss goes up",),
    cure="w - lr g / (sqrt(s) + eps).",
)
