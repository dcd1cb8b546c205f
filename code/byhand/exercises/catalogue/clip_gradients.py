"""Clipping gradients by their common norm."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient clipping",
    task="`clip_gradients(grads, max_norm)` with a dict of arrays: when the norm of all entries together is larger than max_norm, return a "
    "dict of gradients scaled down to that norm, otherwise the gradients as they are.",
    section="sec:optimizers:clipping",
    outputs=("W", "b"),
    hints=(
        "The direction must stay; only the length may change.",
        "One norm for all arrays together: the root of the sum of all squares.",
        "Multiply every array by min(1, max_norm / norm).",
    ),
)


def common_norm(grads):
    return np.sqrt(sum(np.sum(g**2) for g in grads.values()))


@exercise.solution
def clip_gradients(grads, max_norm):
    factor = min(1.0, max_norm / max(common_norm(grads), 1e-300))
    return {name: factor * g for name, g in grads.items()}


@exercise.probes
def probes(rng):
    for shape, size in (((5, 3), 4.0), ((4, 4), 1.0)):
        yield {"W": size * rng.standard_normal(shape), "b": 0.3 * size * rng.standard_normal(shape[0])}, 1.5
    yield {"W": 0.01 * rng.standard_normal((3, 4)), "b": 0.01 * rng.standard_normal(3)}, 1.0
    yield {"W": np.zeros((3, 4)), "b": np.zeros(3)}, 1.0


exercise.mistake(
    "each array by its own norm",
    why="The arrays lose their proportions, and with them the direction of the step.",
    evidence="each of your arrays has a norm of at most max_norm by itself; together they may be longer",
    look_at="whether W and b keep their proportion",
    symptoms=("loss falls, but slowly",),
    cure="One norm of all entries.",
)(lambda grads, m: {k: g * min(1.0, m / max(np.sqrt(np.sum(g**2)), 1e-300)) for k, g in grads.items()})
exercise.mistake(
    "each entry cut off",
    why="np.clip limits entries, which turns the direction; the norm is limited by scaling.",
    evidence="your largest entries are all equal to max_norm and the others are unchanged",
    look_at="whether all entries are multiplied by the same number",
    symptoms=("loss falls, but slowly",),
    cure="Scale all entries by one factor.",
)(lambda grads, m: {k: np.clip(g, -m, m) for k, g in grads.items()})
exercise.mistake(
    "always scaled to the limit",
    why="The condition is missing: small gradients are blown up.",
    evidence="where the norm is below max_norm, yours is exactly max_norm",
    look_at="what happens to a gradient that is small enough",
    symptoms=("loss stops at chance", "loss is NaN or infinite"),
    cure="min(1, max_norm / norm).",
)(lambda grads, m: {k: g * m / max(common_norm(grads), 1e-300) for k, g in grads.items()})
exercise.mistake(
    "the squared norm",
    why="The root was forgotten.",
    evidence="your clipped gradients have a norm of max_norm divided by the old norm",
    look_at="how the norm of (3, 4) becomes 5",
    symptoms=("loss falls, but slowly",),
    cure="np.sqrt of the sum of squares.",
)(lambda grads, m: {k: g * min(1.0, m / max(common_norm(grads) ** 2, 1e-300)) for k, g in grads.items()})
exercise.mistake(
    "sum of the norms",
    why="Norms do not add up; squares of norms do.",
    evidence="your gradients are scaled down too far",
    look_at="how the norms of two arrays make the norm of both",
    symptoms=("loss falls, but slowly",),
    cure="The root of the sum of all squares.",
)(
    lambda grads, m: {
        k: g * min(1.0, m / max(sum(np.sqrt(np.sum(a**2)) for a in grads.values()), 1e-300)) for k, g in grads.items()
    }
)
exercise.mistake(
    "long gradients dropped",
    why="A gradient that is too long was set to zero; no step is taken just where one is needed.",
    evidence="where the norm is above max_norm, your gradients are 0",
    look_at="what is left of a gradient that is too long",
    symptoms=("loss stops at chance",),
    cure="Scale it down.",
)(lambda grads, m: {k: g * (common_norm(grads) <= m) for k, g in grads.items()})
