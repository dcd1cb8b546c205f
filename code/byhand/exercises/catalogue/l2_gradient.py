"""The gradient of an L2 penalty on the weights."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Weight penalty (L2)",
    task="`l2_gradient(params, grads, strength)`: the loss gains strength/2 times the sum of the squares of all weights (keys that end "
    "in W), not of the biases. Return a new dict of gradients.",
    section="sec:regularization:l2",
    outputs=("0.W", "0.b", "2.W", "2.b"),
    hints=(
        "Differentiate strength/2 times w squared.",
        "Each weight's gradient gains strength times that weight.",
        "Keys that end in W gain the term, keys that end in b are copied.",
    ),
)


def penalised(term, on=lambda key: key.endswith("W")):
    def gradient(params, grads, strength):
        return {key: grads[key] + term(params[key], strength, grads[key]) if on(key) else grads[key] for key in grads}

    return gradient


@exercise.solution
def l2_gradient(params, grads, strength):
    return {key: grads[key] + strength * params[key] if key.endswith("W") else grads[key] for key in grads}


@exercise.probes
def probes(rng):
    for sizes, strength in (((3, 5, 4), 0.1), ((4, 4, 4), 0.7)):
        shapes = {"0.W": sizes[1::-1], "0.b": sizes[1:2], "2.W": sizes[:0:-1], "2.b": sizes[2:]}
        yield (
            {key: rng.standard_normal(shape) for key, shape in shapes.items()},
            {key: rng.standard_normal(shape) for key, shape in shapes.items()},
            strength,
        )


exercise.mistake(
    "biases penalised too",
    why="The penalty keeps the function from bending; a bias only moves it.",
    evidence="your gradients of the biases have gained strength times the bias",
    look_at="which keys gain the term",
    symptoms=("loss falls, but slowly",),
    cure="Only keys that end in W.",
)(penalised(lambda p, s, g: s * p, on=lambda key: True))
exercise.mistake(
    "factor 2 too much",
    why="The derivative of w squared is 2w, and the 1/2 in front cancels the 2.",
    evidence="your weights' gradients have gained twice the right term",
    look_at="the factor in front of the sum of squares",
    symptoms=("gradient check fails everywhere",),
    cure="strength * w.",
)(penalised(lambda p, s, g: 2 * s * p))
exercise.mistake(
    "penalty subtracted",
    why="The update subtracts the gradient; the gradient itself gains the term.",
    evidence="your weights are driven away from 0",
    look_at="the sign of the added term",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="+ strength * w.",
)(penalised(lambda p, s, g: -s * p))
exercise.mistake(
    "penalty on the absolute values",
    why="The sign of the weight is the gradient of L1.",
    evidence="every weight's gradient has gained the same size, strength",
    look_at="the derivative of w squared, for a large and for a small w",
    symptoms=("gradient check fails everywhere",),
    cure="strength * w.",
)(penalised(lambda p, s, g: s * ((p > 0) * 1.0 - (p < 0))))
exercise.mistake(
    "the penalty instead of its gradient",
    why="strength/2 times the square was added before it was differentiated.",
    evidence="your gradients have gained squares: always positive",
    look_at="the derivative of the penalty",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="strength * w.",
)(penalised(lambda p, s, g: 0.5 * s * p**2))
exercise.mistake(
    "the loss's gradient replaced",
    why="The penalty's gradient was assigned instead of added.",
    evidence="your weights' gradients do not depend on the loss any more",
    look_at="the operator: assign, or add",
    symptoms=("loss stops at chance",),
    cure="grads + strength * w.",
)(penalised(lambda p, s, g: s * p - g))
exercise.mistake(
    "strength forgotten",
    why="The weight was added as it is.",
    evidence="your term does not change with strength",
    look_at="what your function does with strength",
    symptoms=("loss stops at chance",),
    cure="strength * w.",
)(penalised(lambda p, s, g: p))
