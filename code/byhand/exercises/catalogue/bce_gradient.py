"""The gradient of sigmoid and binary cross-entropy together."""

from byhand.exercises.catalogue.bce_loss import probes as bce_probes
from byhand.exercises.catalogue.bce_loss import sigmoid
from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Gradient of binary cross-entropy",
    task="`bce_gradient(logits, target)`, both of shape (N, 1): return the gradient of the mean binary cross-entropy with respect "
    "to the logits, (N, 1).",
    section="sec:losses:logit",
    outputs=("dlogits",),
    hints=(
        "Derivative of the loss by p, times derivative of p = sigmoid(z) by z: much cancels.",
        "What is left of the product for one sample is prediction minus truth.",
        "The mean over the batch leaves 1/N in every entry.",
    ),
)


@exercise.solution
def bce_gradient(logits, target):
    return (sigmoid(logits) - target) / logits.size


exercise.probes(bce_probes)

exercise.mistake(
    "mean forgotten",
    why="The loss is a mean over the batch; its gradient must carry the same 1/N.",
    evidence=lambda z, y: f"your gradient is the correct one times N = {len(z)}",
    look_at="whether your gradient of the same samples twice over halves, as it must",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Divide by the number of samples.",
)(lambda z, y: sigmoid(z) - y)
exercise.mistake(
    "truth minus prediction",
    why="The difference is taken the other way round, as in rules that add the step.",
    evidence="your gradient is the correct one with the opposite sign",
    look_at="the sign for y = 1: raising the logit must lower the loss",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Prediction minus truth.",
)(lambda z, y: (y - sigmoid(z)) / len(z))
exercise.mistake(
    "derivative of the sigmoid multiplied in again",
    why="p(1 - p) was cancelled by the derivative of the logarithm already; that is what makes p - y so short.",
    evidence="each of your entries is the correct one times p(1 - p), at most a quarter of it",
    look_at="what p - y is the derivative with respect to: the probability, or the logit",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Leave the factor out.",
)(lambda z, y: (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)) / len(z))
exercise.mistake(
    "the logit minus the truth",
    why="z and p share a shape; the difference belongs to the squared error of a linear neuron.",
    evidence="your entries follow the logits without limit; the correct ones lie between -1/N and 1/N",
    look_at="which of z and p stands in your difference",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="sigmoid(z) - y.",
)(lambda z, y: (z - y) / len(z))
exercise.mistake(
    "sigmoid applied twice",
    why="The logits went through a sigmoid before they came to a function that applies its own.",
    evidence="your predictions lie between 0.5 and 0.73: the second sigmoid sees numbers between 0 and 1",
    look_at="how many sigmoids lie between the last layer and the gradient",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="One sigmoid, on the logits.",
)(lambda z, y: (sigmoid(sigmoid(z)) - y) / len(z))
exercise.mistake(
    "gradient of the squared error",
    why="2 (p - y) p (1 - p) is the derivative of (p - y) squared: another loss.",
    evidence="your entries vanish where the prediction is surely wrong; the correct ones are largest there",
    look_at="which loss you differentiated",
    symptoms=("loss falls, but slowly",),
    cure="For cross-entropy the gradient is p - y.",
)(lambda z, y: 2 * (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)) / len(z))
