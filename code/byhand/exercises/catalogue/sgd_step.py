"""One step of gradient descent."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A step of gradient descent",
    task="`sgd_step(params, grads, lr)` with two dicts of arrays under the same keys: return a new dict of the parameters after "
    "one step, and leave `params` as it was.",
    section="sec:training:downhill",
    outputs=("W", "b"),
    hints=(
        "The gradient points uphill.",
        "Each parameter moves against its own gradient, by lr times it.",
        "A dict comprehension over the keys; a difference of arrays makes a new array.",
    ),
)


@exercise.solution
def sgd_step(params, grads, lr):
    return {name: params[name] - lr * grads[name] for name in params}


@exercise.probes
def probes(rng):
    for shape, lr in (((5, 3), 0.1), ((4, 4), 0.7), ((3, 6), 1.5)):
        yield (
            {"W": rng.standard_normal(shape), "b": rng.standard_normal(shape[0])},
            {"W": rng.standard_normal(shape), "b": rng.standard_normal(shape[0])},
            lr,
        )


def each(step):
    return lambda params, grads, lr: {name: step(params[name], grads[name], lr) for name in params}


exercise.mistake(
    "step uphill",
    why="The gradient is the direction in which the loss grows.",
    evidence="your parameters moved by +lr times the gradient",
    look_at="the sign in front of lr",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="`p - lr * g`.",
)(each(lambda p, g, lr: p + lr * g))
exercise.mistake(
    "learning rate forgotten",
    why="The update subtracts the whole gradient.",
    evidence="your step does not change with lr",
    look_at="what your function does with lr",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="`p - lr * g`.",
)(each(lambda p, g, lr: p - g))
exercise.mistake(
    "parameter scaled as well",
    why="A bracket in the wrong place: lr multiplies the difference.",
    evidence="your result is lr (p - g): with a gradient of 0 the parameters still shrink",
    look_at="what must happen where the gradient is 0: nothing",
    symptoms=("loss stops at chance",),
    cure="`p - lr * g`.",
)(each(lambda p, g, lr: lr * (p - g)))
exercise.mistake(
    "the step instead of the new parameters",
    why="The change was computed and not added.",
    evidence="your result is -lr times the gradient, whatever the parameters were",
    look_at="what is returned: the change, or what comes of it",
    symptoms=("loss stops at chance",),
    cure="`p - lr * g`.",
)(each(lambda p, g, lr: -lr * g))
exercise.mistake(
    "step of fixed length",
    why="Only the sign of the gradient was used.",
    evidence="every entry of your parameters moved by exactly lr",
    look_at="whether a steeper slope makes your step longer",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="`p - lr * g`.",
)(each(lambda p, g, lr: p - lr * (1.0 * (g > 0) - (g < 0))))
exercise.mistake(
    "biases left as they are",
    why="The loop over the parameters names the weights only.",
    evidence="your W is right and your b has not moved",
    look_at="whether every key of params is updated",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="Loop over all keys.",
)(lambda params, grads, lr: {"W": params["W"] - lr * grads["W"], "b": params["b"]})
