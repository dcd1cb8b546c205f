"""XOR with weights set by hand, judged by what the network computes."""

import numpy as np

from byhand.exercises.exercise import Exercise

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

exercise = Exercise(
    title="XOR by hand",
    task="The value `(W1, b1, W2, b2)`: the weights and biases of a network with two inputs, ReLU after the first layer and nothing after "
    "the second, W1 (n_hidden, 2), b1 (n_hidden,), W2 (1, n_hidden), b2 (1,), whose output is 0 for (0, 0) and (1, 1), and 1 for "
    "(0, 1) and (1, 0). Any width will do.",
    section="sec:mlp:xor",
    outputs=("output_at_00_01_10_11",),
    hints=(
        "XOR asks whether the two inputs differ. What number says by how much they differ?",
        "The distance |x1 - x2| is 1 where they differ and 0 where they are equal. How is |t| written with two ReLUs?",
        "|t| = relu(t) + relu(-t), with t = x1 - x2: each ReLU is one row of W1, and W2 adds them.",
    ),
)


def network(W1, b1, W2, b2):
    return [np.array(part, dtype=float) for part in (W1, b1, W2, b2)]


exercise.solution(network([[1, -1], [-1, 1]], [0, 0], [[1, 1]], [0]))


@exercise.probes
def probes(rng):
    yield ()  # the four corners are all there is to try


@exercise.run
def run(answer):
    """The four outputs of the network that has the weights given."""
    parts = answer() if callable(answer) else answer
    if parts is None or parts is ...:
        return parts
    W1, b1, W2, b2 = (np.asarray(part, dtype=float) for part in parts)
    n_hidden = len(W1)
    for name, part, shape in (
        ("W1", W1, (n_hidden, 2)),
        ("b1", b1, (n_hidden,)),
        ("W2", W2, (1, n_hidden)),
        ("b2", b2, (1,)),
    ):
        if part.shape != shape:
            raise ValueError(f"{name} has shape {part.shape}, expected {shape}")
    return (np.maximum(CORNERS @ W1.T + b1, 0) @ W2.T + b2)[:, 0]


exercise.mistake(
    "OR instead of XOR",
    why="One or the other is easily read as one or the other or both.",
    evidence="your output at (1, 1) is 1 and must be 0; the other three are right",
    look_at="the corner (1, 1)",
    symptoms=("loss stops at chance",),
    cure="Take away at (1, 1) what is too much: h1 - 2 h2 with h2 = relu(x1 + x2 - 1).",
)(lambda: network([[1, 1], [1, 1]], [0, -1], [[1, -1]], [0]))
exercise.mistake(
    "yes and no exchanged",
    why="The network says where the inputs are equal; XOR asks where they differ.",
    evidence="your output is 1 minus the right one at every corner",
    look_at="which corners the answer yes belongs to",
    symptoms=("loss is fine, predictions are not",),
    cure="1 - y: change the signs of W2 and put 1 - b2 for b2.",
)(lambda: network([[1, -1], [-1, 1]], [0, 0], [[-1, -1]], [1]))
exercise.mistake(
    "second unit added where it must be taken away",
    why="The sign of the second output weight is lost.",
    evidence="your output at (1, 1) is 4: the weight 2 of the second unit is added",
    look_at="the signs of the two entries of W2",
    symptoms=("loss stops at chance",),
    cure="W2 = [[1, -2]].",
)(lambda: network([[1, 1], [1, 1]], [0, -1], [[1, 2]], [0]))
exercise.mistake(
    "bias of the second unit left out",
    why="With equal weights the two hidden units differ by their bias alone, which is then taken for a detail.",
    evidence="your output is -(x1 + x2): both hidden units compute the same, and together they are one",
    look_at="in what the two hidden units differ",
    symptoms=("loss stops at chance",),
    cure="b1 = [0, -1].",
)(lambda: network([[1, 1], [1, 1]], [0, 0], [[1, -2]], [0]))
exercise.mistake(
    "bias with the wrong sign",
    why="A threshold of 1 is a bias of -1.",
    evidence="your second unit is on at every corner, so that no corner sees a bend: the outputs lie on a plane",
    look_at="at which corners each hidden unit is on",
    symptoms=("loss stops at chance",),
    cure="relu(x1 + x2 - 1): b1 = [0, -1].",
)(lambda: network([[1, 1], [1, 1]], [0, 1], [[1, -2]], [0]))
exercise.mistake(
    "difference in one direction only",
    why="relu(t) is half of |t|: it is silent where t is negative.",
    evidence="your output is right at three corners and 0 at one of the two where the inputs differ",
    look_at="the corner at which x1 - x2 has the other sign",
    symptoms=("loss stops at chance",),
    cure="A second unit with the opposite weights.",
)(lambda: network([[1, -1]], [0], [[1]], [0]))
exercise.also("difference in one direction only")(lambda: network([[-1, 1]], [0], [[1]], [0]))
exercise.mistake(
    "the two directions subtracted",
    why="relu(t) - relu(-t) is t again: the bend is lost.",
    evidence="your output is x1 - x2 (or x2 - x1): -1 where it must be 1",
    look_at="the sign with which each hidden unit reaches the output",
    symptoms=("loss stops at chance",),
    cure="Add them: W2 = [[1, 1]].",
)(lambda: network([[1, -1], [-1, 1]], [0, 0], [[1, -1]], [0]))
exercise.also("the two directions subtracted")(lambda: network([[1, -1], [-1, 1]], [0, 0], [[-1, 1]], [0]))
