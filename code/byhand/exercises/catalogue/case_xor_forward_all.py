"""One forward pass for the networks of all seeds."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="All seeds in one forward pass",
    task="`forward_all(x, W1, b1, W2, b2)` with x (N, n_in), W1 (S, h, n_in), b1 (S, h), W2 (S, 1, h), b2 (S, 1), tanh after the "
    "first layer and nothing after the second: return the logits of all S networks, of shape (S, N).",
    section="sec:case-xor:all",
    outputs=("logits",),
    hints=(
        "`@` multiplies the last two axes and walks over those in front: x @ (S, n_in, h) has shape (S, N, h).",
        "W1.swapaxes(1, 2) turns each network's matrix; b1[:, None] has shape (S, 1, h).",
        "The second layer in the same way gives (S, N, 1); [..., 0] removes the last axis.",
    ),
)


def network(x, W1, b1, W2, b2, bend=np.tanh):
    hidden = bend(x @ W1.swapaxes(1, 2) + b1[:, None])
    return (hidden @ W2.swapaxes(1, 2) + b2[:, None])[..., 0]


@exercise.solution
def forward_all(x, W1, b1, W2, b2):
    return network(x, W1, b1, W2, b2)


@exercise.probes
def probes(rng):
    # As many seeds as samples, where a bias may land on the wrong axis without an error; square layers; then all lengths different.
    for S, N, h, n_in in ((5, 5, 3, 4), (4, 4, 3, 3), (6, 4, 3, 5), (3, 7, 4, 4)):
        yield (
            rng.standard_normal((N, n_in)),
            rng.standard_normal((S, h, n_in)),
            rng.standard_normal((S, h)),
            rng.standard_normal((S, 1, h)),
            rng.standard_normal((S, 1)),
        )


@exercise.mistake(
    "weights reshaped in place of turned",
    why="reshape also gives the shape that fits, but it deals the numbers out in another order.",
    evidence="your logits are those of weights whose numbers stand in other places: reshape does not transpose",
    look_at="one network's matrix before and after your change of shape, entry by entry",
    symptoms=("loss is fine, predictions are not", "gradient check fails everywhere"),
    cure="W1.swapaxes(1, 2).",
)
def reshaped(x, W1, b1, W2, b2):
    S, h, n_in = W1.shape
    return network(x, W1.reshape(S, n_in, h).swapaxes(1, 2), b1, W2, b2)


@exercise.mistake(
    "output bias goes to the samples",
    why="(S, N) plus (S,) adds along the last axis, which runs over samples.",
    evidence="with as many seeds as samples your logits have b2 added to the columns; with other lengths there is an error",
    look_at="the shape of b2 when it is added, with S and N different",
    symptoms=("works on one data set, not on another", "an error about shapes"),
    cure="b2[:, None] before the last axis is removed, or b2 of shape (S, 1) after it.",
)
def bias_to_samples(x, W1, b1, W2, b2):
    hidden = np.tanh(x @ W1.swapaxes(1, 2) + b1[:, None])
    return (hidden @ W2.swapaxes(1, 2))[..., 0] + b2[:, 0]


@exercise.mistake(
    "hidden bias goes to the samples",
    why="b1 was given its new axis at the front, so that its seeds line up with the samples.",
    evidence="with as many seeds as samples, sample n gets the hidden biases of seed n; with other lengths there is an error",
    look_at="which axis of b1 is new, and which axis of the product its seeds meet",
    symptoms=("works on one data set, not on another", "an error about shapes"),
    cure="b1[:, None], of shape (S, 1, h).",
)
def hidden_bias_to_samples(x, W1, b1, W2, b2):
    hidden = np.tanh(x @ W1.swapaxes(1, 2) + b1)
    return (hidden @ W2.swapaxes(1, 2) + b2[:, None])[..., 0]


@exercise.mistake(
    "activation left out",
    why="The bend is one word, easily forgotten between two products.",
    evidence="your logits are linear in x: the two layers have become one",
    look_at="what stands between the two products",
    symptoms=("loss stops at chance",),
    cure="np.tanh round the hidden sums.",
)
def linear(x, W1, b1, W2, b2):
    return network(x, W1, b1, W2, b2, bend=lambda z: z)


@exercise.mistake(
    "tanh at the output too",
    why="Both layers were written alike.",
    evidence="all your logits lie between -1 and 1",
    look_at="what follows the second product",
    symptoms=("loss falls, but slowly",),
    cure="Nothing follows the last layer.",
)
def bent_output(x, W1, b1, W2, b2):
    return np.tanh(network(x, W1, b1, W2, b2))


@exercise.mistake(
    "biases left out",
    why="They need a new axis, and without them the product runs.",
    evidence="your logits are those of networks with all biases zero",
    look_at="where b1 and b2 occur",
    symptoms=("works on one data set, not on another",),
    cure="Add b1[:, None] and b2[:, None].",
)
def without_biases(x, W1, b1, W2, b2):
    return network(x, W1, 0 * b1, W2, 0 * b2)


@exercise.mistake(
    "last axis kept",
    why="The product with W2 has an axis of length 1 for the single output.",
    evidence=lambda x, W1, b1, W2, b2: f"your logits have shape ({len(W1)}, {len(x)}, 1); their numbers are right",
    look_at="the shape of your result",
    symptoms=("shapes silently too large",),
    cure="[..., 0] at the end.",
)
def kept(x, W1, b1, W2, b2):
    return network(x, W1, b1, W2, b2)[..., None]


@exercise.mistake(
    "samples in front of seeds",
    why="The result was turned once more than needed.",
    evidence=lambda x, W1, b1, W2, b2: (
        f"your logits are the correct ones transposed: samples in rows, {len(W1)} seeds in columns"
    ),
    look_at="which axis of the result runs over seeds",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="Leave the seeds in front.",
)
def turned(x, W1, b1, W2, b2):
    return network(x, W1, b1, W2, b2).T
