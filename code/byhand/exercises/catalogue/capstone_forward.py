"""The forward pass of a whole network, which keeps what the way back needs."""

import numpy as np

from byhand.exercises.exercise import Exercise

LAYERS = 3  # the deepest network that is tried

exercise = Exercise(
    title="Forward pass that keeps what the way back needs",
    task="`network_forward(params, x)` with params a list of pairs (W, b), W (n_out, n_in) and b (n_out,), and x (N, n_in) of the first "
    "layer: return (output, kept). ReLU stands after each layer but the last; kept is a list with one pair (x, z) for each "
    "layer, in order: what came into the layer, and its weighted sums.",
    section="sec:mlp:forward",
    outputs=("output", *(f"{name}{k + 1}" for k in range(LAYERS) for name in "xz")),
    hints=(
        "One loop over params. Which two arrays of each turn does the backward pass of that layer ask for?",
        "In each turn: the sums z from x; note the pair (x, z); then the x of the next turn.",
        "kept.append((x, z)) stands between the line that makes z and the line that overwrites x.",
    ),
)


def forward(
    params,
    x,
    *,
    linear=lambda x, W, b: x @ W.T + b,
    hidden=lambda z: np.maximum(z, 0),
    output=lambda z: z,
    keep=lambda first, x, z, a: (x, z),
    order=lambda kept: kept,
):
    """A forward pass, one part of which a mistake replaces."""
    first, kept = x, []
    for i, (W, b) in enumerate(params):
        z = linear(x, W, b)
        a = hidden(z) if i < len(params) - 1 else output(z)
        kept.append(keep(first, x, z, a))
        x = a
    return x, order(kept)


@exercise.solution
def network_forward(params, x):
    kept = []
    for W, b in params:
        z = x @ W.T + b
        kept.append((x, z))
        x = np.maximum(z, 0)
    return z, kept


@exercise.probes
def probes(rng):
    # Lengths that all differ; other depths; then square layers with as many samples, on which transposes fit too.
    for n, sizes in ((7, (3, 6, 5, 4)), (4, (5, 7, 3)), (5, (4, 3)), (4, (4, 4, 4, 4))):
        layers = [
            (rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out))
            for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        ]
        yield layers, rng.standard_normal((n, sizes[0]))


@exercise.run
def run(answer, params, x):
    """The output, and the pair of each layer; empty arrays stand for layers that the network does not have."""
    result = answer(params, x)
    if result is None or result is ...:
        return result
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise ValueError("network_forward returns two things: the output, and the list of what was kept")
    output, kept = result
    if kept is None or kept is ...:
        return dict.fromkeys(exercise.outputs) | {"output": output}
    kept = [tuple(pair) for pair in kept]
    if len(kept) != len(params) or any(len(pair) != 2 for pair in kept):
        sizes = [len(pair) for pair in kept]
        raise ValueError(
            f"kept has entries of lengths {sizes}, expected one pair (x, z) for each of {len(params)} layers"
        )
    return output, *(array for pair in kept for array in pair), *[np.zeros(0)] * (2 * (LAYERS - len(kept)))


def wrong(title, changes, **text):
    exercise.mistake(title, **text)(lambda params, x: forward(params, x, **changes))


wrong(
    "hidden activation left out",
    {"hidden": lambda z: z},
    why="The layers fit together without it, and nothing complains.",
    evidence="what comes into your second layer is z1 as it was: negative numbers are in it",
    look_at="what happens to the weighted sums before they reach the next layer",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="ReLU between the layers.",
)
wrong(
    "output squashed",
    {"output": lambda z: np.maximum(z, 0)},
    why="The loop applies the activation after every layer, the last one included.",
    evidence="your output has no negative number; the sums of your last layer have",
    look_at="what the task says about the last layer",
    symptoms=("loss stops at chance",),
    cure="Return the last weighted sums as they are.",
)
wrong(
    "what came out is kept, not what came in",
    {"keep": lambda first, x, z, a: (a, z)},
    why="x was overwritten before it was noted.",
    evidence="your first x is not the network's input but what the first layer made of it",
    look_at="the order of two lines: the one that notes x and the one that overwrites it",
    symptoms=("an error about shapes", "gradient check fails everywhere"),
    cure="Note (x, z) before x becomes the input of the next layer.",
)
wrong(
    "the activation is kept in place of the sums",
    {"keep": lambda first, x, z, a: (x, a)},
    why="The activation is what the next layer receives; for ReLU its sign even tells the same.",
    evidence="your z has no negative number in a hidden layer; with ReLU you get away with it, with most activations not",
    look_at="the sign of your z1",
    symptoms=("gradient check passes all the same",),
    cure="Keep z before the activation.",
)
wrong(
    "the network's input is kept for every layer",
    {"keep": lambda first, x, z, a: (first, z)},
    why="x is the name of the argument, and each layer has an input of its own.",
    evidence="each of your pairs holds the network's own input",
    look_at="what comes into the second layer",
    symptoms=("an error about shapes", "gradient check fails in one place"),
    cure="Let x be what comes into the present layer.",
)
wrong(
    "kept in reverse order",
    {"order": lambda kept: kept[::-1]},
    why="The way back reads the list from its end, and it has been turned round beforehand as well.",
    evidence="your first pair belongs to the last layer",
    look_at="which layer the first entry of kept belongs to",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="Append, and turn round only on the way back.",
)
wrong(
    "biases forgotten",
    {"linear": lambda x, W, b: x @ W.T},
    why="The products are the larger part; the bias is one short term.",
    evidence="your z1 differs from the right one by b in every row",
    look_at="what z must be where x is all zeros",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Add b in every layer.",
)
