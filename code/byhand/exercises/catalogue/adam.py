"""Adam, with the corrections that its first steps need."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Adam",
    task="A class `Adam(lr, b1, b2, eps)` with a method `step(ws, gs)` for two lists of arrays: return the list of new parameters "
    "after lr m_hat / (sqrt(v_hat) + eps), with bias-corrected running means m of g and v of g squared.",
    section="sec:optimizers:adam",
    outputs=("w1", "w2", "w3", "u1", "u2", "u3"),
    in_place_allowed=True,
    rtol=1e-9,
    hints=(
        "Two running means a parameter, kept between the calls, and one counter of steps for all of them.",
        "Both means start at 0, so in step t they are too small by 1 - b1**t and 1 - b2**t.",
        "t += 1 once a step; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g**2; divide both by their corrections.",
    ),
)


def written(
    *,
    correct_m=lambda m, b1, t: m / (1 - b1**t),
    correct_v=lambda v, b2, t: v / (1 - b2**t),
    second=lambda g: g * g,
    scale=lambda v, eps: np.sqrt(v) + eps,
    sign=-1,
    count="steps",
    keep=True,
    power=True,
    shared=False,
):
    """Adam, with places where each mistake can be made."""

    class Written:
        def __init__(self, lr, b1, b2, eps):
            self.lr, self.b1, self.b2, self.eps, self.t, self.state = lr, b1, b2, eps, 0, {}

        def step(self, ws, gs):
            self.t += count == "steps"
            new = []
            for k, (w, g) in enumerate(zip(ws, gs, strict=True)):
                self.t += count == "parameters"
                t = self.t if power else 1
                m, v = self.state.get(k, (0.0, 0.0)) if keep else (0.0, 0.0)
                m, v = self.b1 * m + (1 - self.b1) * g, self.b2 * v + (1 - self.b2) * second(g)
                self.state[k] = m, v
                t = max(t, 1)
                new.append(w + sign * self.lr * correct_m(m, self.b1, t) / scale(correct_v(v, self.b2, t), self.eps))
            return new

    return Written


@exercise.solution
class Adam:
    def __init__(self, lr, b1, b2, eps):
        self.lr, self.b1, self.b2, self.eps, self.t, self.state = lr, b1, b2, eps, 0, {}

    def step(self, ws, gs):
        self.t += 1
        new = []
        for k, (w, g) in enumerate(zip(ws, gs, strict=True)):
            m, v = self.state.get(k, (0.0, 0.0))
            m, v = self.b1 * m + (1 - self.b1) * g, self.b2 * v + (1 - self.b2) * g * g
            self.state[k] = m, v
            m_hat, v_hat = m / (1 - self.b1**self.t), v / (1 - self.b2**self.t)
            new.append(w - self.lr * m_hat / (np.sqrt(v_hat) + self.eps))
        return new


@exercise.probes
def probes(rng):
    for lr, b1, b2, eps in ((0.01, 0.9, 0.999, 1e-8), (0.1, 0.8, 0.95, 1e-2)):
        ws = [rng.standard_normal((3, 4)), rng.standard_normal(5)]
        yield lr, b1, b2, eps, ws, [[rng.standard_normal((3, 4)), rng.standard_normal(5)] for _ in range(3)]
    w, g = rng.standard_normal(4), rng.standard_normal(4)
    yield 0.05, 0.9, 0.999, 1e-8, [w, w.copy()], [[g, g.copy()] for _ in range(3)]  # equal, but two arrays


@exercise.run
def run(answer, lr, b1, b2, eps, ws, steps):
    """Three steps on two parameters. An answer that returns nothing has moved them in place."""
    optimizer = answer(lr, b1, b2, eps)
    path = []
    for gs in steps:
        new = optimizer.step(ws, gs)
        ws = ws if new is None else new
        path.append([np.array(w) for w in ws])
    return tuple(w for w, _ in path) + tuple(u for _, u in path)


def wrong(title, *changes, **text):
    first, *others = changes
    exercise.mistake(title, **text)(written(**first))
    for other in others:
        exercise.also(title)(written(**other))


raw_m, raw_v = {"correct_m": lambda m, b1, t: m}, {"correct_v": lambda v, b2, t: v}
wrong(
    "no bias correction",
    raw_m | raw_v,
    why="Both running means start at 0 and are far too small in the first steps, the second one more than the first.",
    evidence=lambda lr, b1, b2, eps, ws, steps: (
        f"your first step is {(1 - b1) / (1 - b2) ** 0.5:.4f} times lr where the right one is lr"
    ),
    look_at="the size of the very first step",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Divide m by 1 - b1**t and v by 1 - b2**t.",
)
wrong(
    "only the first mean corrected",
    raw_v,
    why="v starts at 0 as well.",
    evidence=lambda lr, b1, b2, eps, ws, steps: (
        f"your first step is {1 / (1 - b2) ** 0.5:.4f} times lr where the right one is lr"
    ),
    look_at="the size of the very first step, and both corrections",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Divide v by 1 - b2**t too.",
)
wrong(
    "only the second mean corrected",
    raw_m,
    why="m starts at 0 as well.",
    evidence=lambda lr, b1, b2, eps, ws, steps: f"your first step is {1 - b1:.4f} times lr where the right one is lr",
    look_at="the size of the very first step, and both corrections",
    symptoms=("loss falls, but slowly",),
    cure="Divide m by 1 - b1**t too.",
)
wrong(
    "t counted per parameter",
    {"count": "parameters"},
    why="The line t += 1 stands inside the loop over the parameters, so that each parameter believes in another step number.",
    evidence="two equal parameters with equal gradients move differently",
    look_at="how often t grows in one call of step",
    symptoms=("loss falls, but slowly", "gradient check passes all the same"),
    cure="t += 1 once a step, before the loop.",
)
wrong(
    "t never counted",
    {"power": False},
    why="The corrections use the same t in every step.",
    evidence="your first step is right and the later ones are not",
    look_at="whether t changes between two calls",
    symptoms=("works on the first step only", "loss goes up"),
    cure="t += 1 in every step.",
)
wrong(
    "running means not kept",
    {"keep": False, "power": False},
    {"keep": False},
    why="m and v start anew in every call.",
    evidence="each of your steps depends on its own gradient only; its size is lr whatever the gradient",
    look_at="where m and v live between two calls",
    symptoms=("loss stops at chance", "works on the first step only"),
    cure="Keep them on self, for each parameter.",
)
wrong(
    "square root missing",
    {"scale": lambda v, eps: v + eps},
    why="v is a mean of squares; the step divides by its root, which has the size of a gradient.",
    evidence="your steps grow when the gradients shrink: they go with 1/g",
    look_at="whether ten times larger gradients leave the step as it is",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="np.sqrt(v_hat) + eps.",
)
wrong(
    "gradient not squared in the second mean",
    {"second": np.abs},
    why="v averages squares; here it averages sizes.",
    evidence="your first step is lr times the root of the gradient's size, not lr",
    look_at="what the second mean averages",
    symptoms=("loss falls, but slowly",),
    cure="(1 - b2) * g**2.",
)
wrong(
    "step uphill",
    {"sign": +1},
    why="The sign of the update was lost.",
    evidence="your parameters move along the gradient instead of against it",
    look_at="the sign in front of lr",
    symptoms=("loss goes up",),
    cure="w - lr m_hat / (sqrt(v_hat) + eps).",
)
wrong(
    "eps inside the root",
    {"scale": lambda v, eps: np.sqrt(v + eps)},
    why="Some programs add eps to v before the root; the paper and PyTorch add it after.",
    evidence="with eps = 0.01 your steps are shorter than the right ones; with 1e-8 nobody sees it",
    look_at="where the bracket of the root closes",
    symptoms=("gradient check passes all the same",),
    cure="np.sqrt(v_hat) + eps.",
)
