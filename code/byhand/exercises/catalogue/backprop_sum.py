"""The backward function of a sum of squared errors."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward of the sum of squares",
    task="`sum_of_squares_backward(p, y)`, both of shape (N, K): return the gradient of the sum, not the mean, of all (p - y)^2 with "
    "respect to p, (N, K).",
    section="sec:backprop:one-over-n",
    outputs=("dp",),
    hints=(
        "Differentiate a single term of the sum, (p_nk - y_nk)^2, with respect to p_nk.",
        "Each entry of p appears in one term only. No mean stands in front of the sum.",
    ),
)


@exercise.solution
def sum_of_squares_backward(p, y):
    return 2 * (p - y)


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    yield rng.standard_normal((7, 4)), rng.standard_normal((7, 4))
    yield 3 * rng.standard_normal((4, 1)), rng.standard_normal((4, 1))


exercise.mistake(
    "gradient of the mean",
    why="The mean squared error is the habit; this loss has no 1/(N K).",
    evidence=lambda p, y: f"your gradient is the right one divided by N K = {p.size}",
    look_at="what stands in front of the sum in this loss",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="No division.",
)(lambda p, y: 2 * (p - y) / p.size)
exercise.mistake(
    "divided by samples",
    why="The 1/N of a batch mean was added out of habit.",
    evidence=lambda p, y: f"your gradient is the right one divided by N = {len(p)}",
    look_at="what stands in front of the sum in this loss",
    symptoms=("loss falls, but slowly", "works for batch 1 only"),
    cure="No division.",
)(lambda p, y: 2 * (p - y) / len(p))
exercise.mistake(
    "factor 2 missing",
    why="The 2 cancels only in a loss with a factor 1/2.",
    evidence="your gradient is the right one divided by 2, in every entry",
    look_at="the derivative of u squared",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="2 (p - y).",
)(lambda p, y: p - y)
exercise.mistake(
    "target minus prediction",
    why="The difference is taken the other way round; in the loss the square hides that.",
    evidence="your gradient has the opposite sign in every entry",
    look_at="the sign where the prediction is too large: there the gradient must be positive",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="p - y.",
)(lambda p, y: 2 * (y - p))
exercise.mistake(
    "the loss instead of its gradient",
    why="The sum was computed instead of differentiated.",
    evidence=lambda p, y: f"you return one number; the gradient has the shape of p, {p.shape}",
    look_at="the shape of your result",
    symptoms=("shapes silently too large", "loss goes up"),
    cure="One derivative for each entry of p.",
)(lambda p, y: ((p - y) ** 2).sum())
