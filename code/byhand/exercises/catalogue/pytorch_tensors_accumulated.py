"""Gradient descent on a parabola when nobody empties the stored gradient."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="What happens without zero_grad",
    task="`path_without_zero_grad(theta, c, lr, steps)` on L = c theta^2 / 2: return an array with theta after each step, "
    "when the stored gradient is never emptied.",
    section="sec:pytorch-tensors:calls",
    outputs=("path",),
    hints=(
        "Keep a variable for the stored gradient, 0 at first.",
        "Each step: add the gradient at the present theta to what is stored, then step with what is stored.",
        "stored += c * theta; theta -= lr * stored; note theta.",
    ),
)


def descent(
    memory=1.0,
    slope=1.0,
    *,
    update=lambda theta, stored, lr: theta - lr * stored,
    at_start=False,
    first=False,
    mean=False,
):
    """The path with another memory of past gradients, another slope, another step."""

    def path_without_zero_grad(theta, c, lr, steps):
        stored, seen, start = 0.0, [theta] if first else [], theta
        for t in range(1, steps + 1):
            stored = memory * stored + slope * c * (start if at_start else theta)
            theta = update(theta, stored / t if mean else stored, lr)
            seen.append(theta)
        return np.array(seen)

    return path_without_zero_grad


exercise.solution(descent())


@exercise.probes
def probes(rng):
    yield 1.0, 1.0, 0.5, 6
    yield float(rng.uniform(1, 3)), float(rng.uniform(1.5, 2.5)), 0.13, 5
    yield -2.0, 3.0, 0.07, 7


FAILS = ("loss falls, but slowly",)
exercise.mistake(
    "cleared in each step",
    why="The gradient was set instead of added: that is gradient descent as it should be, with zero_grad.",
    evidence=lambda theta, c, lr, steps: f"your theta shrinks by the factor 1 - lr c = {1 - lr * c:.4g} in each step",
    look_at="whether the stored gradient remembers the step before",
    symptoms=("works on the first step only",),
    cure="stored += c * theta",
)(descent(0.0))
exercise.mistake(
    "memory that fades",
    why="Momentum with a coefficient below 1 forgets; .grad does not.",
    evidence="your stored gradient is 0.9 times the last one plus the new one",
    look_at="the factor in front of what is stored",
    symptoms=("gradient check passes all the same",),
    cure="The coefficient is 1.",
)(descent(0.9))
exercise.mistake(
    "gradient of the starting point",
    why="The gradient was computed once, before the loop.",
    evidence="your stored gradient grows by the same amount in each step",
    look_at="at which theta the gradient is taken",
    symptoms=("loss goes up",),
    cure="c times the present theta.",
)(descent(at_start=True))
exercise.mistake(
    "derivative of the square without its half",
    why="The derivative of theta^2 is 2 theta, but the loss has a factor of one half.",
    evidence=lambda theta, c, lr, steps: f"your first gradient is 2 c theta = {2 * c * theta:.4g}",
    look_at="the derivative of c theta^2 / 2",
    symptoms=("gradient check fails everywhere",),
    cure="c * theta",
)(descent(slope=2.0))
exercise.mistake(
    "curvature left out",
    why="The gradient was taken to be theta, as for c = 1.",
    evidence=lambda theta, c, lr, steps: f"your gradient does not depend on c, which is {c:.4g} here",
    look_at="the derivative of c theta^2 / 2",
    symptoms=("gradient check fails everywhere",),
    cure="c * theta",
)(lambda theta, c, lr, steps: descent()(theta, 1.0, lr, steps))
exercise.mistake(
    "uphill",
    why="The step was added.",
    evidence="your theta moves away from 0 from the first step on",
    look_at="the sign of the step",
    symptoms=("loss goes up",),
    cure="theta -= lr * stored",
)(descent(update=lambda theta, stored, lr: theta + lr * stored))
exercise.mistake(
    "mean of the gradients so far",
    why="The stored sum was divided by the number of steps; .grad holds the sum.",
    evidence="your step uses the mean of all gradients so far",
    look_at="what backward does with .grad: does it average?",
    symptoms=FAILS,
    cure="The sum itself.",
)(descent(mean=True))
exercise.mistake(
    "starting point in the path",
    why="theta was noted before the step instead of after it, or once too often.",
    evidence="your path begins with the starting point",
    look_at="the first entry: theta after the first step",
    symptoms=("an error about shapes",),
    cure="Note theta after the step.",
)(descent(first=True))


@exercise.also("starting point in the path")
def noted_before(theta, c, lr, steps):
    return descent(first=True)(theta, c, lr, steps)[:-1]
