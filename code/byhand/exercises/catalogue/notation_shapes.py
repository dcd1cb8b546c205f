"""The shapes of a small net, without running it."""

from byhand.exercises.exercise import Exercise

NAMES = ("x", "W1", "z1", "a1", "W2", "b2", "dz1", "dW1", "db2", "dx")

exercise = Exercise(
    title="Shapes of a network",
    task="`shapes(N, n_in, n_hidden, n_out)` for a net of n_in inputs, n_hidden neurons and n_out outputs: return a dictionary with "
    f"the shape of {', '.join(NAMES)}, each a tuple.",
    section="sec:notation:d-names",
    outputs=NAMES,
    hints=(
        "Start with the weights: one row a neuron, one column an input.",
        "An activation acts entry by entry, so a1 has the shape of z1; the inputs of the second layer are the first one's neurons.",
        "A gradient has the shape of its variable: cover the d with your thumb.",
    ),
)


def right(N, n_in, n_hidden, n_out):
    return {
        "x": (N, n_in),
        "W1": (n_hidden, n_in),
        "z1": (N, n_hidden),
        "a1": (N, n_hidden),
        "W2": (n_out, n_hidden),
        "b2": (n_out,),
        "dz1": (N, n_hidden),
        "dW1": (n_hidden, n_in),
        "db2": (n_out,),
        "dx": (N, n_in),
    }


@exercise.solution
def shapes(N, n_in, n_hidden, n_out):
    return right(N, n_in, n_hidden, n_out)


@exercise.probes
def probes(rng):
    yield from ((7, 3, 5, 4), (4, 6, 3, 5))


def turned(*names):
    """All right, but the shapes of these arrays back to front."""
    return lambda *sizes: {k: v[::-1] if k in names else v for k, v in right(*sizes).items()}


def but(**changes):
    """All right, but for the shapes that these functions of (N, n_in, n_hidden, n_out) give."""
    return lambda *sizes: right(*sizes) | {name: change(*sizes) for name, change in changes.items()}


exercise.mistake(
    "weights turned: one column a neuron",
    why="Books that write x @ W keep the weights that way; this book and PyTorch write x @ W.T.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your W1 is {n_in, n_hidden}: it has a row for each input",
    look_at="the rows of W in z = x @ W.T + b",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="W has shape (n_out, n_in) of its layer.",
)(turned("W1", "W2", "dW1"))
exercise.mistake(
    "weight gradient turned",
    why="dW = x.T @ dz has the transposed shape.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your W1 is right, your dW1 is {n_in, n_hidden}",
    look_at="the shape of the array that dW1 is to be subtracted from",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="A gradient has the shape of its variable.",
)(turned("dW1"))
exercise.mistake(
    "samples as columns",
    why="Books that write W @ x keep one sample a column.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your z1 is {n_hidden, N}: it has a column for each sample",
    look_at="what axis 0 runs over in this book",
    symptoms=("an error about shapes", "works on one data set, not on another"),
    cure="Rows are samples: N comes first.",
)(turned("x", "z1", "a1", "dz1", "dx"))
exercise.also("samples as columns")(turned("z1", "a1", "dz1", "dx"))
exercise.also("samples as columns")(turned("z1", "a1", "dz1"))
exercise.mistake(
    "bias with two axes",
    why="A bias drawn as a row or a column gets a second axis of length 1.",
    evidence="your b2 and db2 have two lengths; a bias has one axis",
    look_at="what b.shape is, and what NumPy adds by itself in z = x @ W.T + b",
    symptoms=("shapes silently too large", "an error about shapes"),
    cure="(n_out,).",
)(but(b2=lambda N, i, h, o: (1, o), db2=lambda N, i, h, o: (1, o)))
exercise.also("bias with two axes")(but(b2=lambda N, i, h, o: (o, 1), db2=lambda N, i, h, o: (o, 1)))
exercise.mistake(
    "bias gradient not summed over samples",
    why="dz has a row for each sample, and it was handed on as it is.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your db2 is {N, n_out}, one row a sample; b2 itself has no samples",
    look_at="how many biases there are",
    symptoms=("shapes silently too large", "an error about shapes"),
    cure="A gradient has the shape of its variable: (n_out,).",
)(but(db2=lambda N, i, h, o: (N, o)))
exercise.mistake(
    "weight gradient kept for each sample",
    why="The products of single samples were not added up.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your dW1 is {N, n_hidden, n_in}: a whole matrix for each sample",
    look_at="over what dz.T @ x sums",
    symptoms=("shapes silently too large", "an error about shapes"),
    cure="The loss is one number for the whole batch; dW has the shape of W.",
)(but(dW1=lambda N, i, h, o: (N, h, i)))
exercise.mistake(
    "second layer reads the inputs",
    why="The second layer was given the columns of the first.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your W2 is {n_out, n_in}: it has a column for each of the net's inputs",
    look_at="what arrives at the second layer",
    symptoms=("an error about shapes",),
    cure="(n_out, n_hidden).",
)(but(W2=lambda N, i, h, o: (o, i)))
exercise.mistake(
    "dz1 with the output's shape",
    why="The gradient was taken before it had passed through W2.",
    evidence=lambda N, n_in, n_hidden, n_out: f"your dz1 is {N, n_out}, the shape of the output; z1 is {N, n_hidden}",
    look_at="the array that dz1 is the gradient of",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="A gradient has the shape of its variable.",
)(but(dz1=lambda N, i, h, o: (N, o)))
