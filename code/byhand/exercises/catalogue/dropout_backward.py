"""Backward pass of inverted dropout."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of dropout",
    task="`dropout_backward(dy, keep, p)`: the forward pass was x * keep / (1 - p), with keep the boolean mask of the entries that stay and "
    "p the probability of zero. Return dx, of the shape (N, n) of dy.",
    section="sec:regularization:dropout",
    outputs=("dx",),
    hints=(
        "An entry that was set to zero does not reach the loss; what is its gradient?",
        "An entry that stayed was multiplied by a number; the derivative is that number.",
        "The forward pass again, with dy in the place of x.",
    ),
)


@exercise.solution
def dropout_backward(dy, keep, p):
    return dy * keep / (1 - p)


@exercise.probes
def probes(rng):
    for n, features, p in ((7, 3, 0.3), (5, 4, 0.6), (4, 4, 0.2)):
        keep = rng.random((n, features)) >= p
        keep[0, 0], keep[0, 1] = True, False  # both kinds occur
        yield rng.standard_normal((n, features)), keep, p


exercise.mistake(
    "not rescaled on the way back",
    why="The mask was remembered, the factor of the survivors was not.",
    evidence=lambda dy, keep, p: f"your dx is 1 - p = {1 - p:g} times the correct one",
    look_at="by what a surviving entry was multiplied in the forward pass",
    symptoms=("gradient check fails in one place", "loss falls, but slowly"),
    cure="dy * keep / (1 - p).",
)(lambda dy, keep, p: dy * keep)
exercise.mistake(
    "mask forgotten on the way back",
    why="The gradient was scaled like the survivors, everywhere.",
    evidence=lambda dy, keep, p: (
        f"{int((~keep).sum())} of your entries should be 0, because the forward pass dropped them"
    ),
    look_at="entries that do not influence the loss",
    symptoms=("gradient check fails in one place",),
    cure="Multiply by keep.",
)(lambda dy, keep, p: dy / (1 - p))
exercise.mistake(
    "dy passed through",
    why="Dropout was taken for noise that has no gradient.",
    evidence="your dx is dy, unchanged",
    look_at="what the forward pass did to each entry",
    symptoms=("gradient check fails in one place",),
    cure="dy * keep / (1 - p).",
)(lambda dy, keep, p: dy.copy())
exercise.mistake(
    "the dropped entries kept",
    why="keep was read as a mask of what is dropped.",
    evidence="your dx is 0 exactly where it should not be",
    look_at="what True means in keep",
    symptoms=("gradient check fails everywhere",),
    cure="dy * keep, not dy * ~keep.",
)(lambda dy, keep, p: dy * ~keep / (1 - p))
exercise.also("the dropped entries kept")(lambda dy, keep, p: dy * ~keep)
exercise.mistake(
    "scaled by 1/p",
    why="p was taken for the probability to stay.",
    evidence=lambda dy, keep, p: (
        f"your survivors are multiplied by 1/p = {1 / p:g}, not by 1/(1 - p) = {1 / (1 - p):g}"
    ),
    look_at="which share of the entries p is",
    symptoms=("gradient check fails in one place", "loss is NaN or infinite"),
    cure="Divide by 1 - p.",
)(lambda dy, keep, p: dy * keep / p)
exercise.mistake(
    "scale undone instead of repeated",
    why="Going back was taken for dividing by what the forward pass multiplied with.",
    evidence=lambda dy, keep, p: f"your survivors are multiplied by 1 - p = {1 - p:g}",
    look_at="the derivative of c x with respect to x",
    symptoms=("gradient check fails in one place", "loss falls, but slowly"),
    cure="The factor 1/(1 - p) occurs in both passes.",
)(lambda dy, keep, p: dy * keep * (1 - p))
exercise.mistake(
    "scaled twice",
    why="The factor is applied to the mask and once more to the result.",
    evidence=lambda dy, keep, p: f"your dx is 1/(1 - p) = {1 / (1 - p):g} times the correct one",
    look_at="how many times you divide",
    symptoms=("gradient check fails in one place",),
    cure="Divide by 1 - p once.",
)(lambda dy, keep, p: dy * keep / (1 - p) ** 2)
exercise.mistake(
    "mask taken from dy",
    why="The sign of the upstream gradient was used, as is done wrongly with ReLU.",
    evidence="your dx is 0 wherever dy is negative",
    look_at="which array knows what was dropped",
    symptoms=("gradient check fails everywhere",),
    cure="The mask of the forward pass, keep.",
)(lambda dy, keep, p: dy * (dy > 0) / (1 - p))
