"""Two slopes by the chain rule, of the same two functions in either order."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Two slopes by the chain rule",
    task="`slopes(x)` for a number x: return the derivative of sin(x^2) and that of (sin x)^2, both at x.",
    section="sec:chain-rule:composition",
    outputs=("sine_of_square", "square_of_sine"),
    hints=(
        "Name the inner value g in both. In the second, g = sin x and y = g^2.",
        "Each slope has two factors. The outer rate is taken at g.",
        "The outer rates are cos(g) and 2 g; the inner ones are 2 x and cos x.",
    ),
)


@exercise.solution
def slopes(x):
    return np.cos(x**2) * 2 * x, 2 * np.sin(x) * np.cos(x)


@exercise.probes
def probes(rng):
    for x in (1.5, -2.0, 0.7):
        yield (x,)
    yield (float(rng.uniform(0.4, 1.2)),)


def wrong(title, first, second, **words):
    """The slip in both slopes, in the first alone, and in the second alone."""
    exercise.mistake(title, **words)(lambda x: (first(x), second(x)))
    exercise.also(title)(lambda x: (first(x), slopes(x)[1]))
    exercise.also(title)(lambda x: (slopes(x)[0], second(x)))


EVERYWHERE = ("gradient check fails everywhere",)

wrong(
    "inner derivative dropped",
    lambda x: np.cos(x**2),
    lambda x: 2 * np.sin(x),
    why="The outer function was differentiated, and its input taken for the variable.",
    evidence=lambda x: (
        f"your slope is the outer rate alone: at x = {x:g} the rate {2 * x:.4g} of x^2, or {np.cos(x):.4g} of sin x, is missing"
    ),
    look_at="the number of factors: one for each step of the road",
    symptoms=EVERYWHERE,
    cure="Multiply by the inner derivative: 2 x, and cos x.",
)
wrong(
    "outer rate taken at x",
    lambda x: np.cos(x) * 2 * x,
    lambda x: 2 * x * np.cos(x),
    why="The outer derivative was asked at x, where the inner one belongs.",
    evidence=lambda x: (
        f"your outer rate is that at x = {x:g}; its input is x^2 = {x * x:.4g}, or sin x = {np.sin(x):.4g}"
    ),
    look_at="what goes into the outer function",
    symptoms=EVERYWHERE,
    cure="Values first; then ask the outer derivative at g(x).",
)
wrong(
    "outer rate taken at the inner derivative",
    lambda x: np.cos(2 * x) * 2 * x,
    lambda x: 2 * np.cos(x) * np.cos(x),
    why="Both functions were differentiated before they were put together.",
    evidence=lambda x: (
        f"your outer rate is asked at the inner derivative, {2 * x:.4g} or {np.cos(x):.4g}, and not at the inner value"
    ),
    look_at="whether the outer function ever receives a derivative",
    symptoms=EVERYWHERE,
    cure="Differentiate the outer function alone, and ask it at g(x).",
)
wrong(
    "outer function not differentiated",
    lambda x: np.sin(x**2) * 2 * x,
    lambda x: np.sin(x) ** 2 * np.cos(x),
    why="The outer value was multiplied by the inner derivative.",
    evidence=lambda x: (
        f"your first factor is the outer value itself: sin(x^2) = {np.sin(x * x):.4g}, or (sin x)^2 = {np.sin(x) ** 2:.4g}"
    ),
    look_at="your first factor: is it a value or a rate?",
    symptoms=EVERYWHERE,
    cure="cos(g) and 2 g instead of sin(g) and g^2.",
)
wrong(
    "sign lost",
    lambda x: -np.cos(x**2) * 2 * x,
    lambda x: -2 * np.sin(x) * np.cos(x),
    why="The slope of cos is -sin; that of sin has no minus.",
    evidence="your slope has the right size and the opposite sign",
    look_at="the derivative of the sine near 0, where the sine rises",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="The derivative of sin is cos.",
)
wrong(
    "factor 2 of the square lost",
    lambda x: np.cos(x**2) * x,
    lambda x: np.sin(x) * np.cos(x),
    why="The square was taken for a product of which one factor is differentiated.",
    evidence="your slope is half the right one",
    look_at="the derivative of the square",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="The derivative of g^2 is 2 g.",
)
exercise.mistake(
    "the two functions exchanged",
    why="sin x^2 can be read both ways; which function is inside decides.",
    evidence="your first result is the slope of (sin x)^2, and your second that of sin(x^2)",
    look_at="which function receives x first",
    symptoms=EVERYWHERE,
    cure="The function that receives x is the inner one.",
)(lambda x: slopes(x)[::-1])
