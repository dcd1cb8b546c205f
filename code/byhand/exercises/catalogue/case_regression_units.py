"""Predictions and errors of a standardised target, back in its units."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Back to units",
    task="`back_to_units(prediction, rmse, mse, mu, sigma)` for a network trained on (y - mu) / sigma, with its predictions, (N,), and its "
    "RMSE and MSE on the standardised target: return (prediction, rmse, mse) in units of y, the last in their square.",
    section="sec:case-regression:back",
    outputs=("prediction", "rmse", "mse"),
    hints=(
        "Solve t = (y - mu) / sigma for y; then take the difference of two such y.",
        "A prediction is a point on the scale, an RMSE a distance, an MSE the square of a distance.",
        "mu cancels from every distance; sigma does not, and is squared where the distance is.",
    ),
)


@exercise.solution
def back_to_units(prediction, rmse, mse, mu, sigma):
    return mu + sigma * prediction, sigma * rmse, sigma**2 * mse


@exercise.probes
def probes(rng):
    for n, mu, sigma in ((5, 152.0, 77.0), (7, -3.0, 0.4), (3, 20.0, 5.0)):
        mse = float(rng.uniform(0.1, 0.9))
        yield rng.standard_normal(n), float(np.sqrt(mse)), mse, mu, sigma


exercise.mistake(
    "mean added to an error",
    why="What turns a prediction back was used for the errors too; but an error is a difference, and mu cancels from it.",
    evidence=lambda p, rmse, mse, mu, sigma: f"your RMSE is the right one plus mu = {mu:g}",
    look_at="the RMSE of a perfect network: it must stay 0",
    symptoms=("loss is fine, predictions are not",),
    cure="sigma * rmse.",
)(lambda p, rmse, mse, mu, sigma: (mu + sigma * p, mu + sigma * rmse, sigma**2 * mse))
exercise.mistake(
    "mean added to both errors",
    why="All three numbers were turned back like a prediction.",
    evidence=lambda p, rmse, mse, mu, sigma: (
        f"both your errors hold mu = {mu:g}, and would change if zero were elsewhere"
    ),
    look_at="the errors of a perfect network: both must stay 0",
    symptoms=("loss is fine, predictions are not",),
    cure="sigma * rmse and sigma**2 * mse.",
)(lambda p, rmse, mse, mu, sigma: (mu + sigma * p, mu + sigma * rmse, mu + sigma * mse))
exercise.mistake(
    "errors left as they were",
    why="The predictions were turned back, and the errors taken from the training log.",
    evidence="your RMSE and your MSE are still in standard deviations of y",
    look_at="the unit of what was passed in",
    symptoms=("test score too good to be true",),
    cure="sigma * rmse and sigma**2 * mse.",
)(lambda p, rmse, mse, mu, sigma: (mu + sigma * p, rmse, mse))
exercise.mistake(
    "sigma forgotten in the prediction",
    why="The mean was added back, the spread was not.",
    evidence=lambda p, rmse, mse, mu, sigma: f"your predictions all lie within {np.abs(p).max():.3g} of mu = {mu:g}",
    look_at="both steps of standardising, and both undone",
    symptoms=("loss is fine, predictions are not",),
    cure="mu + sigma * prediction.",
)(lambda p, rmse, mse, mu, sigma: (mu + p, sigma * rmse, sigma**2 * mse))
exercise.mistake(
    "mean forgotten in the prediction",
    why="The spread was given back, the mean was not.",
    evidence=lambda p, rmse, mse, mu, sigma: f"your predictions are the right ones less mu = {mu:g}",
    look_at="what a prediction of 0 stands for",
    symptoms=("loss is fine, predictions are not",),
    cure="mu + sigma * prediction.",
)(lambda p, rmse, mse, mu, sigma: (sigma * p, sigma * rmse, sigma**2 * mse))
exercise.mistake(
    "mean added before the spread is given back",
    why="Standardising subtracts first and divides then; undoing it goes in the other order.",
    evidence="your predictions are sigma * (prediction + mu)",
    look_at="the order of the two steps: last done, first undone",
    symptoms=("loss is fine, predictions are not",),
    cure="Multiply first, then add.",
)(lambda p, rmse, mse, mu, sigma: (sigma * (p + mu), sigma * rmse, sigma**2 * mse))
exercise.mistake(
    "MSE multiplied by sigma once",
    why="The MSE was treated as a distance; it is the square of one.",
    evidence=lambda p, rmse, mse, mu, sigma: (
        f"your MSE is the right one divided by sigma = {sigma:g}: not the square of your RMSE"
    ),
    look_at="whether your MSE is the square of your RMSE",
    symptoms=("loss is fine, predictions are not",),
    cure="sigma**2 * mse.",
)(lambda p, rmse, mse, mu, sigma: (mu + sigma * p, sigma * rmse, sigma * mse))
exercise.mistake(
    "standardised once more",
    why="The mean was subtracted and the spread divided by, as on the way in.",
    evidence="your results have been standardised again in place of being turned back",
    look_at="the direction: out of standard deviations, into units",
    symptoms=("loss is fine, predictions are not",),
    cure="mu + sigma * prediction.",
)(lambda p, rmse, mse, mu, sigma: ((p - mu) / sigma, rmse / sigma, mse / sigma**2))
