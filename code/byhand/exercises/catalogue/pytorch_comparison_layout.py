"""Weights from scikit-learn's layout to PyTorch's."""

import numpy as np

from byhand.exercises.exercise import Exercise

PLACES = ("0", "2", "4")

exercise = Exercise(
    title="From scikit-learn's layout to PyTorch's",
    task="`to_state_dict(coefs, intercepts)` with three arrays each, coefs[l] (n_in, n_out) and intercepts[l] (n_out,): return the dict "
    "that `state_dict()` of nn.Sequential(Linear, ReLU, Linear, ReLU, Linear) would hold, as arrays.",
    section="sec:pytorch-comparison:weights",
    outputs=tuple(f"{place}.{kind}" for place in PLACES for kind in ("weight", "bias")),
    hints=(
        "PyTorch's weight is (n_out, n_in). What turns one into the other?",
        "Activations count as places in the list: the linear layers stand at 0, 2 and 4.",
        "state[f'{2 * l}.weight'] = coefs[l].T, and the bias as it is.",
    ),
)


def named(weight, bias=lambda b: b):
    def answer(coefs, intercepts):
        state = {}
        for place, W, b in zip(PLACES, coefs, intercepts, strict=True):
            state[f"{place}.weight"], state[f"{place}.bias"] = weight(W), bias(b)
        return state

    return answer


exercise.solution(named(lambda W: np.ascontiguousarray(W.T)))  # row after row in memory, as PyTorch keeps it


@exercise.probes
def probes(rng):
    # All widths different, then a net whose layers are square, on which nothing but the numbers tells.
    for sizes in ((5, 7, 4, 3), (4, 4, 4, 4), (3, 6, 5, 4)):
        pairs = list(zip(sizes, sizes[1:], strict=False))
        yield [rng.standard_normal(pair) for pair in pairs], [rng.standard_normal(n_out) for _, n_out in pairs]


exercise.mistake(
    "weights not transposed",
    why="The names fit, and on square layers the shapes do too.",
    evidence="your weights have shape (n_in, n_out), as they came",
    look_at="the shape of nn.Linear(5, 7).weight",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="coefs[l].T.",
)(named(lambda W: W))
exercise.mistake(
    "reshaped where it should be transposed",
    why="Both give the wanted shape; reshape keeps the order of the numbers in memory, so that neurons are mixed up.",
    evidence="your weights have the right shapes, and their numbers in the order in which they came",
    look_at="one row of your weight: which neuron's weights are they?",
    symptoms=("loss falls, but slowly",),
    cure="coefs[l].T, not coefs[l].reshape(n_out, n_in).",
)(named(lambda W: W.reshape(W.shape[::-1])))
exercise.mistake(
    "biases made columns",
    why="The biases are turned like the weights.",
    evidence="your biases have shape (n_out, 1) where (n_out,) is wanted",
    look_at="the shape of nn.Linear(5, 7).bias",
    symptoms=("an error about shapes", "shapes silently too large"),
    cure="Leave the biases as they are.",
)(named(lambda W: W.T, lambda b: b.reshape(-1, 1)))
exercise.mistake(
    "rows in reverse order",
    why="Reversing an axis is taken for exchanging two of them.",
    evidence="the rows of your weights are right, from the last to the first",
    look_at="the first row of your weight and the first column of coefs[l]",
    symptoms=("loss falls, but slowly",),
    cure="Exchange the axes and reverse none.",
)(named(lambda W: W.T[::-1]))
