"""AdamW: Adam, and weight decay that acts on the weights themselves."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="AdamW",
    task="A class `AdamW(lr, b1, b2, eps, decay)` with a method `step(w, g)` that returns the new parameters: shrink w by the share "
    "lr times decay, then take Adam's step, lr m_hat / (sqrt(v_hat) + eps), which must know nothing of the decay.",
    section="sec:optimizers:adamw",
    outputs=("w1", "w2", "w3"),
    in_place_allowed=True,
    rtol=1e-9,
    hints=(
        "The gradient that reaches the running means is the one that came in.",
        "Two things happen to w: it is multiplied by a number just below 1, and Adam's step is subtracted.",
        "w = w (1 - lr decay) - lr m_hat / (sqrt(v_hat) + eps), with m and v fed by g alone.",
    ),
)


def written(
    *, fed=lambda g, w, decay: g, shrink=lambda lr, decay, t: lr * decay, late=False, corrected=True, keep=True
):
    """AdamW, with places where each mistake can be made."""

    class Written:
        def __init__(self, lr, b1, b2, eps, decay):
            self.lr, self.b1, self.b2, self.eps, self.decay = lr, b1, b2, eps, decay
            self.m = self.v = 0.0
            self.t = 0

        def step(self, w, g):
            self.t += 1
            g = fed(g, w, self.decay)
            m, v = self.b1 * self.m + (1 - self.b1) * g, self.b2 * self.v + (1 - self.b2) * g**2
            if keep:
                self.m, self.v = m, v
            c1, c2 = (1 - self.b1**self.t, 1 - self.b2**self.t) if corrected else (1.0, 1.0)
            adam = self.lr * (m / c1) / (np.sqrt(v / c2) + self.eps)
            share = shrink(self.lr, self.decay, self.t)
            return (w - adam) * (1 - share) if late else w * (1 - share) - adam

    return Written


@exercise.solution
class AdamW:
    def __init__(self, lr, b1, b2, eps, decay):
        self.lr, self.b1, self.b2, self.eps, self.decay = lr, b1, b2, eps, decay
        self.m, self.v, self.t = 0.0, 0.0, 0

    def step(self, w, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g**2
        m_hat, v_hat = self.m / (1 - self.b1**self.t), self.v / (1 - self.b2**self.t)
        return w * (1 - self.lr * self.decay) - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


@exercise.probes
def probes(rng):
    for shape, lr, b1, b2, eps, decay in (((5, 3), 0.1, 0.9, 0.999, 1e-8, 0.3), ((4,), 0.2, 0.8, 0.95, 1e-2, 0.5)):
        settings = lr, b1, b2, eps, decay
        yield *settings, 3 * rng.standard_normal(shape), [rng.standard_normal(shape) for _ in range(3)]
    g = rng.standard_normal((3, 4))
    yield 0.05, 0.9, 0.999, 1e-8, 0.8, 1 + rng.random((3, 4)), [g, g, 0.1 * g]


@exercise.run
def run(answer, lr, b1, b2, eps, decay, w, gradients):
    """Three steps. An answer that returns nothing has moved w in place."""
    optimizer = answer(lr, b1, b2, eps, decay)
    path = []
    for g in gradients:
        new = optimizer.step(w, g)
        w = w if new is None else new
        path.append(np.array(w))
    return tuple(path)


def wrong(title, *changes, **text):
    first, *others = changes
    exercise.mistake(title, **text)(written(**first))
    for other in others:
        exercise.also(title)(written(**other))


none = {"shrink": lambda lr, decay, t: 0.0}
wrong(
    "L2 inside Adam",
    none | {"fed": lambda g, w, decay: g + decay * w},
    none | {"fed": lambda g, w, decay: g + 2 * decay * w},
    why="The decay was added to the gradient, as for plain gradient descent; Adam then divides it by the root of v like any gradient.",
    evidence=lambda lr, b1, b2, eps, decay, w, gs: (
        f"your first step has the size lr = {lr:g} in every weight, up to eps, however strong the decay"
    ),
    look_at="what the two running means are fed with",
    symptoms=("results differ between training and test", "gradient check passes all the same"),
    cure="Feed m and v with g alone; shrink w by lr decay.",
)
wrong(
    "L2 inside Adam, and decay as well",
    {"fed": lambda g, w, decay: g + decay * w},
    why="Both forms were programmed, one in the gradient and one on the weights.",
    evidence="your weights shrink by lr decay, and your running means contain decay times w too",
    look_at="how often decay occurs",
    symptoms=("loss falls, but slowly", "results differ between training and test"),
    cure="Decay once, on the weights.",
)
wrong(
    "decay without the learning rate",
    {"shrink": lambda lr, decay, t: decay},
    why="In the paper's notation the factor is separate; in PyTorch's, and here, the share is lr times decay.",
    evidence=lambda lr, b1, b2, eps, decay, w, gs: (
        f"each step multiplies your w by 1 - decay = {1 - decay:g} where the right factor is {1 - lr * decay:g}"
    ),
    look_at="the factor that multiplies w, for a learning rate of 0.001",
    symptoms=("loss stops at chance",),
    cure="w * (1 - lr * decay).",
)
wrong(
    "no decay at all",
    none,
    why="The decay is an argument that no line uses.",
    evidence="your steps are Adam's: decay changes nothing",
    look_at="where decay is used",
    symptoms=("results differ between training and test",),
    cure="w * (1 - lr * decay).",
)
wrong(
    "weights grow",
    {"shrink": lambda lr, decay, t: -lr * decay},
    why="A sign was lost in the decay.",
    evidence="without a gradient your weights would grow by lr decay a step",
    look_at="whether w moves towards 0 where the gradient is 0",
    symptoms=("loss goes up",),
    cure="1 - lr decay, not 1 + lr decay.",
)
wrong(
    "decay after the step",
    {"late": True},
    why="The weights were moved before they were shrunk, so that Adam's step is shrunk too.",
    evidence="each of your Adam steps is too short by the factor 1 - lr decay",
    look_at="which w the decay is taken of",
    symptoms=("gradient check passes all the same",),
    cure="Shrink first, then step.",
)
wrong(
    "no bias correction",
    {"corrected": False},
    why="Both running means start at 0 and are too small in the first steps, the second one more than the first.",
    evidence=lambda lr, b1, b2, eps, decay, w, gs: (
        f"apart from the decay your first step is {(1 - b1) / (1 - b2) ** 0.5:.4f} times lr, up to eps; the right one is lr"
    ),
    look_at="the size of the very first step",
    symptoms=("loss goes up",),
    cure="Divide m by 1 - b1**t and v by 1 - b2**t.",
)
wrong(
    "running means not kept",
    {"keep": False, "corrected": False},
    {"keep": False},
    why="m and v start anew in every call.",
    evidence="each of your steps depends on its own gradient only",
    look_at="where m and v live between two calls",
    symptoms=("loss stops at chance", "works on the first step only"),
    cure="Keep them on self.",
)
