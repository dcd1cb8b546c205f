"""The gradient of the mean squared error."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient of the mean squared error",
    task="`mse_gradient(prediction, target)`, both of shape (N, K): return the gradient of mean((prediction - target)^2), the mean "
    "over all N K entries, with respect to the prediction, (N, K).",
    section="sec:backprop:one-over-n",
    outputs=("dprediction",),
    hints=(
        "Differentiate one entry of the sum: (p - t)^2 / (N K).",
        "The square gives a factor 2, the mean a factor 1/(N K). Both stay.",
        "prediction.size is N K.",
    ),
)


@exercise.solution
def mse_gradient(prediction, target):
    return 2 * (prediction - target) / prediction.size


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    yield rng.standard_normal((7, 4)), rng.standard_normal((7, 4))
    yield 3 * rng.standard_normal((4, 1)), rng.standard_normal((4, 1))


exercise.mistake(
    "factor 2 missing",
    why="The derivative of a square brings a 2 down; it cancels only where the loss has a factor 1/2.",
    evidence="your gradient is the correct one divided by 2, in every entry",
    look_at="the derivative of u squared",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="2 (p - t) / (N K).",
)(lambda p, t: (p - t) / p.size)
exercise.mistake(
    "divided by samples only",
    why="The loss averages over N K entries; dividing by N alone is right for a single output and for no other.",
    evidence=lambda p, t: f"your gradient is the correct one times K = {p.shape[1]}; with one output it is right",
    look_at="how many entries the loss averages over",
    symptoms=("works on one data set, not on another", "loss goes up"),
    cure="Divide by p.size.",
)(lambda p, t: 2 * (p - t) / len(p))
exercise.mistake(
    "mean forgotten",
    why="The gradient of the sum was taken, not of the mean.",
    evidence=lambda p, t: f"your gradient is the correct one times N K = {p.size}",
    look_at="what stands in front of the sum in the loss",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Divide by p.size.",
)(lambda p, t: 2 * (p - t))
exercise.mistake(
    "target minus prediction",
    why="The inner derivative with respect to the prediction is +1 only when the prediction stands first.",
    evidence="your gradient is the correct one with the opposite sign",
    look_at="the sign where the prediction is too large: the gradient must be positive there",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Prediction minus target.",
)(lambda p, t: 2 * (t - p) / p.size)
exercise.mistake(
    "the loss instead of its gradient",
    why="The squared differences were returned before they were differentiated.",
    evidence="your entries are never negative: they are squares",
    look_at="whether your result can be negative",
    symptoms=("loss goes up",),
    cure="Differentiate the square: 2 (p - t).",
)(lambda p, t: (p - t) ** 2 / p.size)
exercise.mistake(
    "averaged down to one number an output",
    why="The mean belongs to the loss; each entry of the prediction has a gradient of its own.",
    evidence=lambda p, t: f"your result has shape ({p.shape[1]},), the prediction has {p.shape}",
    look_at="the shape of your result: it must be that of the prediction",
    symptoms=("shapes silently too large", "works for batch 1 only"),
    cure="No sum and no mean over entries, only the factor 1/(N K).",
)(lambda p, t: 2 * (p - t).mean(axis=0))
