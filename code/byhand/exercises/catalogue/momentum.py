"""Gradient descent with momentum."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Momentum",
    task="A class `Momentum(lr, mu)` with a method `step(w, g)` that returns the new parameters: the velocity is mu times the last one "
    "plus what the gradient adds, and the parameters move with it.",
    section="sec:optimizers:momentum",
    outputs=("w1", "w2", "w3"),
    in_place_allowed=True,
    hints=(
        "What has to outlive a call of step?",
        "Keep the velocity on self; it starts at 0.",
        "v = mu v + g and w - lr v, or v = mu v - lr g and w + v: with a constant lr both are the same path.",
    ),
)


@exercise.solution
class Momentum:
    def __init__(self, lr, mu):
        self.lr, self.mu, self.v = lr, mu, 0.0

    def step(self, w, g):
        self.v = self.mu * self.v + g
        return w - self.lr * self.v


@exercise.probes
def probes(rng):
    for shape, lr, mu in (((5, 3), 0.1, 0.9), ((4,), 0.3, 0.5)):
        yield lr, mu, rng.standard_normal(shape), [rng.standard_normal(shape) for _ in range(3)]
    g = rng.standard_normal((3, 4))
    yield 0.2, 0.8, rng.standard_normal((3, 4)), [g, g, g]


@exercise.run
def run(answer, lr, mu, w, gradients):
    """Three steps. An answer that returns nothing has moved w in place."""
    optimizer = answer(lr, mu)
    path = []
    for g in gradients:
        new = optimizer.step(w, g)
        w = w if new is None else new
        path.append(np.array(w))
    return tuple(path)


def written(update, start=0.0):
    """A class whose step is `update(v, g, lr, mu, w) -> (v, w)`."""

    class Written:
        def __init__(self, lr, mu):
            self.lr, self.mu, self.v = lr, mu, start

        def step(self, w, g):
            self.v, w = update(self.v, g, self.lr, self.mu, w)
            return w

    return Written


def wrong(title, *updates, **text):
    first, *others = updates
    exercise.mistake(title, **text)(written(first))
    for other in others:
        exercise.also(title)(written(other))


wrong(
    "velocity not kept",
    lambda v, g, lr, mu, w: (0.0, w - lr * g),
    why="The velocity starts anew in every step, so that momentum has no effect at all.",
    evidence="each of your steps is -lr times its own gradient: plain gradient descent",
    look_at="where the velocity lives between two calls",
    symptoms=("loss falls, but slowly",),
    cure="Keep it on self.",
)
wrong(
    "velocity moves the wrong way",
    lambda v, g, lr, mu, w: ((n := mu * v + g), w + lr * n),
    lambda v, g, lr, mu, w: ((n := mu * v - lr * g), w - n),
    why="Two sign conventions were mixed: v of gradients is subtracted, v of steps is added.",
    evidence="your first step goes uphill",
    look_at="the sign of the very first step",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="v = mu v + g with w - lr v, or v = mu v - lr g with w + v.",
)
wrong(
    "gradient damped by 1 - mu",
    lambda v, g, lr, mu, w: ((n := mu * v + (1 - mu) * g), w - lr * n),
    why="That is a running mean of gradients, as inside Adam; momentum adds the gradient in full.",
    evidence="every one of your steps is 1 - mu times the right one",
    look_at="the factor in front of g",
    symptoms=("loss falls, but slowly",),
    cure="mu v + g.",
)
wrong(
    "old velocity used for the step",
    lambda v, g, lr, mu, w: (mu * v + g, w - lr * v),
    why="The parameters are moved before the velocity has heard of the gradient.",
    evidence="your first step is 0; every later one comes one step late",
    look_at="the order of the two lines",
    symptoms=("loss goes up", "works on the first step only"),
    cure="First the velocity, then the step with it.",
)
wrong(
    "mu and the gradient exchanged",
    lambda v, g, lr, mu, w: ((n := v + mu * g), w - lr * n),
    why="mu is the share of the old velocity that is kept.",
    evidence="your velocity never fades: without gradients it would go on for ever",
    look_at="which term mu multiplies",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="mu v + g.",
)
wrong(
    "learning rate taken twice",
    lambda v, g, lr, mu, w: ((n := mu * v + lr * g), w - lr * n),
    why="lr is in the velocity already and multiplies it once more.",
    evidence="every one of your steps is lr times the right one",
    look_at="how often lr stands on the way from g to the step",
    symptoms=("loss falls, but slowly",),
    cure="lr once.",
)
wrong(
    "Nesterov's step",
    lambda v, g, lr, mu, w: ((n := mu * v + g), w - lr * (g + mu * n)),
    why="Looking ahead, g + mu v, is Nesterov's variant; it is a fine method and another one.",
    evidence="your first step is 1 + mu times the right one",
    look_at="what exactly multiplies lr",
    symptoms=("gradient check passes all the same",),
    cure="w - lr v.",
)
