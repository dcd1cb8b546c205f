"""Backpropagation through a whole network of two layers."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backpropagation through two layers",
    task="`mlp_gradients(W1, b1, W2, b2, x, y)` for h = tanh(x @ W1.T + b1), p = h @ W2.T + b2 and the mean squared error over all "
    "entries of p - y; x (N, n_in), W1 (n_hidden, n_in), W2 (n_out, n_hidden): return (dW1, db1, dW2, db2).",
    section="sec:backprop:net-b",
    outputs=("dW1", "db1", "dW2", "db2"),
    hints=(
        "Run the forward pass and keep h. Then walk back: the loss, the second layer, tanh, the first layer.",
        "dp = 2 (p - y) / p.size; a linear layer gives dW = dz.T @ input, db = column sums, d_input = dz @ W.",
        "Between the layers stands tanh: multiply by 1 - h squared before the first layer's products.",
    ),
)


def gradients(W1, b1, W2, b2, x, y, *, bend=lambda h: 1 - h**2, dp=None, W2_back=None, add=np.sum):
    """The right gradients, with places where each mistake can be made."""
    h = np.tanh(x @ W1.T + b1)
    p = h @ W2.T + b2
    dp = 2 * (p - y) / p.size if dp is None else dp(p, y)
    dW2 = dp.T @ h
    dz = (dp @ (W2 if W2_back is None else W2_back(W2, dW2))) * bend(h)
    return dz.T @ x, add(dz, axis=0), dW2, add(dp, axis=0)


@exercise.solution
def mlp_gradients(W1, b1, W2, b2, x, y):
    return gradients(W1, b1, W2, b2, x, y)


@exercise.probes
def probes(rng):
    for n, n_in, n_hidden, n_out in ((7, 3, 5, 4), (5, 4, 3, 3), (4, 3, 3, 3)):
        yield (
            rng.standard_normal((n_hidden, n_in)),
            rng.standard_normal(n_hidden),
            rng.standard_normal((n_out, n_hidden)),
            rng.standard_normal(n_out),
            rng.standard_normal((n, n_in)),
            rng.standard_normal((n, n_out)),
        )


def wrong(title, **text):
    """Name the mistake that the keyword arguments of `gradients` make."""

    def made(changes):
        return lambda W1, b1, W2, b2, x, y: gradients(W1, b1, W2, b2, x, y, **changes)

    changes = text.pop("changes")
    exercise.mistake(title, **text)(made(changes))


wrong(
    "activation derivative left out",
    changes={"bend": lambda h: 1},
    why="The step from a layer's output back to its weighted sum is easy to forget, for it has no parameters.",
    evidence="your dW2 and db2 are right; dW1 and db1 are what they would be without the factor 1 - h squared",
    look_at="what lies between the two linear layers in the forward pass, and where it is in your backward pass",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Multiply dp @ W2 by 1 - h**2.",
)
wrong(
    "derivative of tanh at the wrong place",
    changes={"bend": lambda h: 1 - np.tanh(h) ** 2},
    why="The formula 1 - tanh squared was given h, which is tanh of the sum already.",
    evidence="your dW2 and db2 are right; in dW1 and db1 the factor is 1 - tanh(h)^2 instead of 1 - h^2",
    look_at="how often tanh is applied on the way from x to your factor",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="1 - h**2.",
)
wrong(
    "square missing in the derivative of tanh",
    changes={"bend": lambda h: 1 - h},
    why="1 - h looks like the rule for the sigmoid.",
    evidence="your dW2 and db2 are right; in dW1 and db1 the factor is 1 - h instead of 1 - h^2",
    look_at="the slope of tanh where h = -1",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="1 - h**2.",
)
wrong(
    "mean forgotten",
    changes={"dp": lambda p, y: 2 * (p - y)},
    why="The loss averages over N n_out entries; its gradient must carry the same factor.",
    evidence=lambda W1, b1, W2, b2, x, y: (
        f"all four of your gradients are the correct ones times {y.size}, the number of entries"
    ),
    look_at="the first line of the backward pass",
    symptoms=("loss is NaN or infinite", "loss goes up", "gradient check fails everywhere"),
    cure="2 (p - y) / p.size.",
)
wrong(
    "averaged over samples only",
    changes={"dp": lambda p, y: 2 * (p - y) / len(p)},
    why="Dividing by N alone is right for one output and for no other number.",
    evidence=lambda W1, b1, W2, b2, x, y: f"all four of your gradients are the correct ones times n_out = {y.shape[1]}",
    look_at="how many entries the loss averages over",
    symptoms=("works on one data set, not on another", "gradient check fails everywhere"),
    cure="Divide by p.size.",
)
wrong(
    "factor 2 missing",
    changes={"dp": lambda p, y: (p - y) / p.size},
    why="The 2 cancels only in a loss with a factor 1/2.",
    evidence="all four of your gradients are the correct ones divided by 2",
    look_at="the derivative of a square",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="2 (p - y) / p.size.",
)
wrong(
    "target minus prediction",
    changes={"dp": lambda p, y: 2 * (y - p) / p.size},
    why="The difference is taken the other way round.",
    evidence="all four of your gradients have the opposite sign",
    look_at="the sign of the gradient where the prediction is too large",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="p - y.",
)
wrong(
    "bias gradients averaged",
    changes={"add": np.mean},
    why="The 1/N of the loss is in dp already; the layer takes it again.",
    evidence=lambda W1, b1, W2, b2, x, y: (
        f"your db1 and db2 are the correct ones divided by N = {len(x)}; dW1 and dW2 are right"
    ),
    look_at="how the rows are put together for the biases",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Sums over axis 0.",
)
wrong(
    "updated W2 used on the way back",
    changes={"W2_back": lambda W2, dW2: W2 - 0.1 * dW2},
    why="The second layer's weights were updated before the gradient was carried through them; every gradient belongs to the weights of the forward pass.",
    evidence="your dW2 and db2 are right; dW1 and db1 belong to weights W2 - 0.1 dW2",
    look_at="whether any parameter changes before all gradients are known",
    symptoms=("gradient check fails everywhere", "loss falls, but slowly"),
    cure="First all gradients, then the step.",
)
