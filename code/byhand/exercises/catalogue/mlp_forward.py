"""The forward pass of a multi-layer perceptron with ReLU between its layers."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Forward pass of a network",
    task="`mlp_forward(params, x)` with params a list of pairs (W, b), W (n_out, n_in) and b (n_out,), and x (N, n_in) of the first layer: "
    "return the output of the last layer, with ReLU after each layer but the last.",
    section="sec:mlp:forward",
    outputs=("output",),
    hints=(
        "One layer after the other: what one returns is what the next receives.",
        "A loop over params: first the weighted sums and biases, then, unless it is the last layer, the ReLU.",
        "Inside the loop: x = x @ W.T + b, and np.maximum(x, 0) if the layer is not the last.",
    ),
)


def forward(params, x, *, linear=lambda x, W, b: x @ W.T + b, hidden=lambda z: np.maximum(z, 0), output=lambda z: z):
    """A forward pass, one part of which a mistake replaces."""
    for i, (W, b) in enumerate(params):
        x = linear(x, W, b)
        x = hidden(x) if i < len(params) - 1 else output(x)
    return x


@exercise.solution
def mlp_forward(params, x):
    return forward(params, x)


@exercise.probes
def probes(rng):
    # Lengths that all differ; another depth; one sample; then as many samples as neurons everywhere, on which a
    # transposed product, another order of the layers and a bias in a column all fit.
    for n, sizes in ((7, (3, 6, 5)), (4, (5, 7, 3, 6)), (1, (4, 5, 3)), (4, (4, 4, 4, 4)), (5, (5, 5, 5))):
        layers = [
            (rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out))
            for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        ]
        yield layers, rng.standard_normal((n, sizes[0]))


exercise.mistake(
    "hidden activation left out",
    why="The layers fit together without it, and nothing complains.",
    evidence="your output is a linear function of x: one layer could compute the same",
    look_at="what happens to the weighted sums before they reach the next layer",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="np.maximum(z, 0) after every layer but the last.",
)(lambda params, x: forward(params, x, hidden=lambda z: z))
exercise.mistake(
    "W not transposed",
    why="In books that write weights as (n_in, n_out) there is no transpose.",
    evidence="where all layers are square your output is that of x @ W + b; elsewhere the product does not fit",
    look_at="the shapes: the inner two lengths of a product must be equal",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="x @ W.T + b.",
)(lambda params, x: forward(params, x, linear=lambda x, W, b: x @ W + b))
exercise.mistake(
    "b of the wrong shape",
    why="In books with samples in columns b is a column, (n_out, 1).",
    evidence="where there are as many samples as neurons your b is added to columns: each sample has a bias, not each neuron",
    look_at="which axis of x @ W.T the biases must run along",
    symptoms=("an error about shapes", "shapes silently too large"),
    cure="b has shape (n_out,) and is added to every row.",
)(lambda params, x: forward(params, x, linear=lambda x, W, b: x @ W.T + b[:, None]))
exercise.mistake(
    "output squashed",
    why="The loop applies the activation after every layer, the last one included.",
    evidence="your output is the right one after an activation, which the last layer does not have",
    look_at="what the task says about the last layer",
    symptoms=("loss stops at chance",),
    cure="No activation after the last layer.",
)(lambda params, x: forward(params, x, output=lambda z: np.maximum(z, 0)))
exercise.also("output squashed")(lambda params, x: forward(params, x, output=lambda z: 1 / (1 + np.exp(-z))))
exercise.also("output squashed")(lambda params, x: forward(params, x, output=np.tanh))
exercise.mistake(
    "layers in reverse order",
    why="The walk back, which goes from the last layer to the first, has slipped into the forward pass.",
    evidence="where all layers are square your output is that of the last layer applied first; elsewhere nothing fits",
    look_at="which pair of params the input x meets first",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="Go through params from the first pair to the last.",
)(lambda params, x: forward(params[::-1], x))
exercise.mistake(
    "biases forgotten",
    why="The products are the larger part; the bias is one short term.",
    evidence="for an input of zeros your output is zero, whatever the biases",
    look_at="what the output must be where x is all zeros",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Add b in every layer.",
)(lambda params, x: forward(params, x, linear=lambda x, W, b: x @ W.T))


@exercise.mistake(
    "activation before the bias",
    why="Weights and bias are written in two lines and the activation came in between.",
    evidence="your hidden numbers are max(x @ W.T, 0) + b, which may be negative",
    look_at="whether the bias is inside or outside of the activation",
    symptoms=("gradient check passes all the same", "loss falls, but slowly"),
    cure="np.maximum(x @ W.T + b, 0).",
)
def bias_after(params, x):
    for W, b in params[:-1]:
        x = np.maximum(x @ W.T, 0) + b
    W, b = params[-1]
    return x @ W.T + b
