"""The forward pass of a linear layer."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Forward pass of a linear layer",
    task="`linear_forward(x, W, b)` with x (N, n_in), W (n_out, n_in) and b (n_out,): return z of shape (N, n_out), every sample's "
    "weighted sums plus the biases. Returning (z, cache) is fine too.",
    section="sec:mlp:batch",
    outputs=("z",),
    cache_allowed=True,
    hints=(
        "Write the shapes down: (N, n_in) and (n_out, n_in) must become (N, n_out). Which one has to be turned?",
        "Row n of z is W times row n of x, plus b.",
        "The product of x with the transpose of W; b is added to every row by broadcasting.",
    ),
)


@exercise.solution
def linear_forward(x, W, b):
    return x @ W.T + b


@exercise.probes
def probes(rng):
    for n, n_in, n_out in ((7, 3, 5), (4, 6, 3), (5, 4, 4), (3, 3, 3)):
        yield rng.standard_normal((n, n_in)), rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out) + 2


exercise.mistake(
    "W not transposed",
    why="In books that write weights as (n_in, n_out) there is no transpose.",
    evidence="on a square layer your z equals x @ W + b; on any other the product does not fit",
    look_at="the shapes: the inner two lengths of a product must be equal",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="x @ W.T + b.",
)(lambda x, W, b: x @ W + b)
exercise.mistake(
    "bias forgotten",
    why="The products are the larger part; the bias is one short term.",
    evidence="your z differs from the right one by b in every row",
    look_at="what z must be where x is all zeros",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Add b.",
)(lambda x, W, b: x @ W.T)
exercise.mistake(
    "bias subtracted",
    why="Some books write the threshold, -b, instead of the bias.",
    evidence="your z differs from the right one by -2b in every row",
    look_at="the sign in front of b",
    symptoms=("gradient check fails in one place",),
    cure="+ b.",
)(lambda x, W, b: x @ W.T - b)
exercise.mistake(
    "result transposed",
    why="W @ x.T has one column a sample; in this book samples are rows.",
    evidence=lambda x, W, b: f"your z has shape ({W.shape[0]}, {x.shape[0]}), one column a sample",
    look_at="the shape of z: (N, n_out)",
    symptoms=("an error about shapes",),
    cure="x @ W.T: samples stay rows.",
)(lambda x, W, b: W @ x.T + b[:, None])
exercise.mistake(
    "bias counted once for each input",
    why="b was added before the sum over the inputs was taken.",
    evidence=lambda x, W, b: f"your z holds {x.shape[1]} times b, once for each input",
    look_at="at which moment b is added: before or after the sum",
    symptoms=("gradient check fails in one place",),
    cure="First the product, then + b.",
)(lambda x, W, b: (x[:, None, :] * W[None] + b[None, :, None]).sum(-1))
exercise.mistake(
    "an activation slipped in",
    why="A layer of the book is linear; the activation is the next step and has its own function.",
    evidence="your z has no negative entry",
    look_at="what follows the sum",
    symptoms=("gradient check fails everywhere",),
    cure="Return the weighted sums as they are.",
)(lambda x, W, b: (x @ W.T + b).clip(0))
