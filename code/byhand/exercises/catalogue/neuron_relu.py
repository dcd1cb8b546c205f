"""Forward and backward of one ReLU neuron with one input."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="A ReLU neuron, forward and backward",
    task="`relu_neuron(x, y, w, b)`, four numbers: for z = w x + b, a = max(z, 0) and the loss (a - y)^2 return (a, loss, dw, db), "
    "where dw and db are the derivatives of the loss.",
    section="sec:neuron:relu",
    outputs=("a", "loss", "dw", "db"),
    hints=(
        "For a positive z the output is z itself, and the slope is 1. What are they for a negative one?",
        "Walk back from the loss: da = 2 (a - y), then through the ReLU, then to w and to b.",
        "dz is da where z > 0 and 0 elsewhere; w gets dz times its input, b gets dz as it is.",
    ),
)


def neuron(x, y, w, b, *, output=lambda z: max(z, 0.0), slope=lambda z: float(z > 0)):
    """Output, loss, dz of a neuron with this output and this slope."""
    z = w * x + b
    a = output(z)
    return a, (a - y) ** 2, 2 * (a - y) * slope(z)


@exercise.solution
def relu_neuron(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b)
    return a, loss, dz * x, dz


@exercise.probes
def probes(rng):
    # The neuron of the chapter, alive and dead; then others of both kinds, too high and too low.
    yield 2.0, 1.0, 0.5, 0.1
    yield 2.0, 1.0, 0.5, -1.5
    for alive in (True, True, False, True):
        x, w = rng.uniform(1.2, 3.0), rng.uniform(0.3, 0.9)
        z = rng.uniform(0.2, 0.9) if alive else -rng.uniform(0.2, 0.9)
        for sign in (1, -1):
            yield sign * x, max(z, 0.0) + sign * rng.uniform(0.4, 0.8), sign * w, z - w * x


def with_dz(scale):
    """Right, but for dz multiplied by what `scale(x, y, w, b)` says."""

    def wrong(x, y, w, b):
        a, loss, dz = neuron(x, y, w, b)
        dz *= scale(x, y, w, b)
        return a, loss, dz * x, dz

    return wrong


@exercise.mistake(
    "slope of the ReLU left out",
    why="For a positive z the slope is 1, and a factor of 1 is easily taken for none.",
    evidence="your gradients are not zero where z is negative; all else is right",
    look_at="what a small change of w does to the output when z is negative",
    symptoms=("gradient check fails in one place",),
    cure="dz = 2 (a - y) where z > 0, else 0.",
)
def no_slope(x, y, w, b):
    a, loss, _ = neuron(x, y, w, b)
    return a, loss, 2 * (a - y) * x, 2 * (a - y)


@exercise.mistake(
    "ReLU left out",
    why="The weighted sum is returned as the output.",
    evidence="your output is negative where z is; that of a ReLU never is",
    look_at="what comes between z and a",
    symptoms=("loss is fine, predictions are not",),
    cure="a = max(z, 0), and its slope on the way back.",
)
def linear(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b, output=lambda z: z, slope=lambda z: 1.0)
    return a, loss, dz * x, dz


@exercise.mistake(
    "z in the loss",
    why="z and a are equal where z is positive, so that they look like one thing.",
    evidence="your loss is (z - y) squared: too large, or too small, where z is negative",
    look_at="which of z and a the loss compares with the target",
    symptoms=("loss is fine, predictions are not", "gradient check fails in one place"),
    cure="(a - y)^2.",
)
def z_in_loss(x, y, w, b):
    a, _, dz = neuron(x, y, w, b)
    return a, (w * x + b - y) ** 2, dz * x, dz


@exercise.mistake(
    "output in place of the slope",
    why="The activation itself was multiplied in, where its derivative belongs.",
    evidence="your dw and db are the right ones times the output a",
    look_at="the slope of max(z, 0) at a positive z: does it depend on z?",
    symptoms=("gradient check fails everywhere", "works until the numbers are large"),
    cure="The slope is 1 or 0.",
)
def output_as_slope(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b, slope=lambda z: max(z, 0.0))
    return a, loss, dz * x, dz


@exercise.mistake(
    "slope of the sigmoid kept",
    why="The line of the sigmoid neuron was carried over; a (1 - a) is the slope of that activation only.",
    evidence="your dw and db are the right ones times a (1 - a)",
    look_at="which activation the factor behind 2 (a - y) belongs to",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="The slope of the ReLU is 1 or 0.",
)
def sigmoid_slope(x, y, w, b):
    a, loss, _ = neuron(x, y, w, b)
    dz = 2 * (a - y) * a * (1 - a)
    return a, loss, dz * x, dz


exercise.mistake(
    "factor 2 lost",
    why="The 2 of the square cancels only against a loss with a half in front.",
    evidence="your dw and db are half the right ones",
    look_at="the derivative of u squared",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="2 (a - y).",
)(with_dz(lambda x, y, w, b: 0.5))
exercise.mistake(
    "target minus output",
    why="The difference is taken the other way round; in the loss the square hides that.",
    evidence="your dw and db have the opposite sign",
    look_at="the sign of db where the output is too high",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="a - y.",
)(with_dz(lambda x, y, w, b: -1.0))


@exercise.mistake(
    "input left out of dw",
    why="The weight is treated like the bias.",
    evidence="your dw equals db, though the input is not 1",
    look_at="how far z moves when w moves by a little",
    symptoms=("gradient check fails in one place", "loss falls, but slowly"),
    cure="dw = dz x.",
)
def no_input(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b)
    return a, loss, dz, dz


@exercise.mistake(
    "dw is the gradient of x",
    why="In the product w x each factor gets the other one; here the weight got itself.",
    evidence="your dw is dz times w: that is the derivative with respect to the input",
    look_at="the rate of w x when w moves and x stands still",
    symptoms=("gradient check fails in one place",),
    cure="dw = dz x.",
)
def dx_for_dw(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b)
    return a, loss, dz * w, dz


@exercise.mistake(
    "db multiplied by the input",
    why="The bias is treated like the weight.",
    evidence="your db equals dw, though the input is not 1",
    look_at="how far z moves when b moves by a little",
    symptoms=("gradient check fails in one place",),
    cure="db = dz.",
)
def db_times_input(x, y, w, b):
    a, loss, dz = neuron(x, y, w, b)
    return a, loss, dz * x, dz * x


@exercise.mistake(
    "bias forgotten",
    why="The sum was written as w x, without what is added to it.",
    evidence=lambda x, y, w, b: f"your output at w x = {w * x:g} is what a neuron with b = 0 would give, not b = {b:g}",
    look_at="all terms of the weighted sum",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="z = w x + b.",
)
def no_bias(x, y, w, b):
    return relu_neuron(x, y, w, 0.0)
