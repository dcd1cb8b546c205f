"""The derivative of the sigmoid, times what arrives."""

from byhand.exercises.catalogue.sigmoid import sigmoid
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of the sigmoid",
    task="`sigmoid_backward(da, z)` with da and z of the same shape: return dz for a = sigmoid(z).",
    section="sec:neuron:sigmoid",
    outputs=("dz",),
    hints=(
        "The derivative of the sigmoid can be written with the sigmoid alone.",
        "a = 1/(1 + exp(-z)) has the derivative a (1 - a), where a is the output, computed once.",
        "Multiply what arrives by a and by 1 - a.",
    ),
)


@exercise.solution
def sigmoid_backward(da, z):
    a = sigmoid(z)
    return da * a * (1 - a)


@exercise.probes
def probes(rng):
    yield rng.standard_normal((5, 3)), 2 * rng.standard_normal((5, 3))
    yield 2 * rng.standard_normal((4, 4)), rng.standard_normal((4, 4)) - 1
    yield rng.standard_normal(7), 3 * rng.standard_normal(7)


exercise.mistake(
    "sigmoid applied twice",
    why="The formula a (1 - a) wants the output; the output was put through the sigmoid once more.",
    evidence="your slopes all lie between 0.19 and 0.25, as if every input were between 0 and 1",
    look_at="whether what you feed to the sigmoid is z, or a already",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="One sigmoid: a = sigmoid(z), then a (1 - a).",
)(lambda da, z: da * sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))))
exercise.mistake(
    "z in place of the output",
    why="a (1 - a) holds for the output a, not for the input z.",
    evidence="your slopes are z(1 - z): negative for many z, although the sigmoid only rises",
    look_at="which of z and a stands in your formula",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Compute a = sigmoid(z) first.",
)(lambda da, z: da * z * (1 - z))
exercise.mistake(
    "1 - a forgotten",
    why="The product has two factors that depend on a.",
    evidence="your slopes grow towards 1 for large z; the right ones fall to 0",
    look_at="the slope of the curve far to the right",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="da * a * (1 - a).",
)(lambda da, z: da * sigmoid(z))
exercise.mistake(
    "what arrives is left out",
    why="The local slope alone is the derivative of a, not of the loss.",
    evidence="your dz does not change when da is doubled",
    look_at="the chain rule: how many factors does it have here?",
    symptoms=("loss goes up", "gradient check passes all the same"),
    cure="Multiply by da.",
)(lambda da, z: sigmoid(z) * (1 - sigmoid(z)))
exercise.mistake(
    "derivative of tanh",
    why="1 - a squared belongs to tanh.",
    evidence="your slopes are 1 - a squared: never below 0 and up to 1, four times too large at z = 0 and more",
    look_at="the slope at z = 0: it is a quarter",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="a (1 - a).",
)(lambda da, z: da * (1 - sigmoid(z) ** 2))
exercise.mistake(
    "derivative not applied",
    why="The gradient passes through the sigmoid unchanged.",
    evidence="your dz equals da",
    look_at="whether z has any influence on your result",
    symptoms=("gradient check fails everywhere",),
    cure="Multiply by a (1 - a).",
)(lambda da, z: da)
exercise.mistake(
    "sign of the slope",
    why="The derivative of exp(-z) brings a minus that meets a second one; one of them was dropped.",
    evidence="your dz is the right one with the opposite sign",
    look_at="whether the sigmoid rises or falls",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="a (1 - a) is positive.",
)(lambda da, z: -da * sigmoid(z) * (1 - sigmoid(z)))
