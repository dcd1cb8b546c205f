"""Backpropagation through four layers, with a loop."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backpropagation through four layers",
    task="`four_layer_gradients(params, x, y)`: params is a list of four pairs (W, b), with ReLU after the first three linear layers, "
    "nothing after the last, and the mean squared error over all entries; return a list of four pairs (dW, db) in the same order.",
    section="sec:backprop:net-b",
    outputs=("dW1", "db1", "dW2", "db2", "dW3", "db3", "dW4", "db4"),
    hints=(
        "Going forward, keep each layer's input and its weighted sum z.",
        "Walk the layers in reverse order, carrying the gradient of the layer's output; multiply by z > 0 for the first three only.",
        "Each layer gives dW = dz.T @ input and db = column sums, and hands dz @ W to the layer before. Reverse the list at the end.",
    ),
)


@exercise.run
def run(answer, params, x, y):
    pairs = answer(params, x, y)
    if pairs is None or pairs is Ellipsis:
        return pairs
    return [gradient for pair in pairs for gradient in pair]


def gradients(params, x, y, *, dp=lambda p, y: 2 * (p - y) / p.size, mask=None, last_mask=False, add=np.sum, order=-1):
    """The right gradients, with places where each mistake can be made."""
    mask = mask or (lambda z, d: z > 0)
    inputs, sums, a = [], [], x
    for i, (W, b) in enumerate(params):
        inputs.append(a)
        sums.append(a @ W.T + b)
        a = np.maximum(sums[-1], 0) if i < len(params) - 1 else sums[-1]
    d, grads = dp(a, y), []
    for i in reversed(range(len(params))):
        dz = d * mask(sums[i], d) if i < len(params) - 1 or last_mask else d
        grads.append((dz.T @ inputs[i], add(dz, axis=0)))
        d = dz @ params[i][0]
    return grads[::order]


@exercise.solution
def four_layer_gradients(params, x, y):
    return gradients(params, x, y)


@exercise.probes
def probes(rng):
    for n, sizes in ((9, (2, 4, 3, 2, 1)), (11, (3, 6, 5, 4, 3)), (7, (5, 4, 4, 4, 3))):
        params = [
            (rng.standard_normal((n_out, n_in)), np.abs(rng.standard_normal(n_out)))
            for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        ]
        yield params, rng.standard_normal((n, sizes[0])), rng.standard_normal((n, sizes[-1]))


def wrong(title, *, changes, **text):
    """Name the mistake that the keyword arguments of `gradients` make."""
    exercise.mistake(title, **text)(lambda params, x, y: gradients(params, x, y, **changes))


wrong(
    "ReLU masks left out",
    changes={"mask": lambda z, d: 1},
    why="The ReLU has no parameters, so the walk back steps over it without noticing.",
    evidence="your dW4 and db4 are right; the layers before are what they would be if every neuron were on",
    look_at="what lies between two linear layers on the way forward",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Multiply by z > 0 before the layer's products.",
)
wrong(
    "mask from the upstream gradient",
    changes={"mask": lambda z, d: d > 0},
    why="The condition of the ReLU was asked of the gradient that arrives instead of the sum that went in.",
    evidence="your dW4 and db4 are right; before that, every gradient carried back is positive or zero",
    look_at="which array decides whether a neuron is on",
    symptoms=("loss goes up", "loss falls, but slowly", "gradient check fails everywhere"),
    cure="z > 0, with the z of the forward pass.",
)
wrong(
    "mask at the last layer too",
    changes={"last_mask": True},
    why="The loop treats all layers alike, but the last one has no ReLU behind it.",
    evidence="your dW4 already is wrong: samples with a negative prediction contribute nothing to it",
    look_at="what follows the last linear layer on the way forward",
    symptoms=("works on one data set, not on another", "gradient check fails everywhere"),
    cure="No mask for the last layer.",
)
wrong(
    "layers in reverse order",
    changes={"order": 1},
    why="The walk back meets the last layer first, and the list was filled in that order.",
    evidence="the first of your pairs is the right one for the last layer",
    look_at="the shapes of your pairs, against those of params",
    symptoms=("an error about shapes",),
    cure="Insert at the front, or reverse the list at the end.",
)
wrong(
    "averaged over samples only",
    changes={"dp": lambda p, y: 2 * (p - y) / len(p)},
    why="Dividing by N alone is right for one output and for no other number.",
    evidence="with one output your gradients are right; with three outputs they are three times too large",
    look_at="how many entries the loss averages over",
    symptoms=("works on one data set, not on another",),
    cure="Divide by p.size.",
)
wrong(
    "mean forgotten",
    changes={"dp": lambda p, y: 2 * (p - y)},
    why="The loss averages over all entries; its gradient must carry the same factor.",
    evidence=lambda params, x, y: (
        f"all of your gradients are the right ones times {y.size}, the number of entries of y"
    ),
    look_at="the first line of the walk back",
    symptoms=("loss is NaN or infinite", "loss goes up"),
    cure="2 (p - y) / p.size.",
)
wrong(
    "bias gradients averaged",
    changes={"add": np.mean},
    why="The 1/N of the loss is in dz already; the layer takes it again.",
    evidence=lambda params, x, y: f"every db of yours is the right one divided by N = {len(x)}; every dW is right",
    look_at="how the rows are put together for the biases",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Sums over axis 0.",
)
