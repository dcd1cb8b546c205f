"""The backward pass through a whole network."""

import numpy as np

from byhand.exercises.exercise import Exercise

LAYERS = 3  # the deepest network that is tried

exercise = Exercise(
    title="Backward pass through a network",
    task="`network_backward(doutput, params, kept)` with doutput (N, n_out) the gradient of the loss with respect to the output, params a "
    "list of pairs (W, b), and kept one pair (x, z) for each layer, what came into it and its weighted sums; ReLU stands after "
    "each layer but the last: return the list of pairs (dW, db), in the order of params.",
    section="sec:backprop:net-b",
    outputs=tuple(f"{name}{k + 1}" for k in range(LAYERS) for name in ("dW", "db")),
    hints=(
        "Walk from the last layer to the first, carrying one array: the gradient with respect to where you stand.",
        "At a hidden layer what you carry belongs to its activation; ReLU's backward pass turns it into dz. The last layer has none.",
        "A linear layer gives dW, db and the dx that you carry on. Put (dW, db) at the front of the list.",
    ),
)


def backward(
    doutput,
    params,
    kept,
    *,
    relu=lambda da, z: da * (z > 0),
    last=lambda dz, z: dz,
    weights=lambda W, dW: W,
    add=lambda dz: dz.sum(axis=0),
    weigh=lambda dz: dz,
    inputs=lambda k, kept: kept[k][0],
    order=lambda grads: grads[::-1],
):
    """A backward pass, one part of which a mistake replaces."""
    grads, carried = [], doutput
    for k in reversed(range(len(params))):
        z = kept[k][1]
        dz = weigh(last(carried, z) if k == len(params) - 1 else relu(carried, z))
        dW = dz.T @ inputs(k, kept)
        grads.append((dW, add(dz)))
        carried = dz @ weights(params[k][0], dW)
    return order(grads)


@exercise.solution
def network_backward(doutput, params, kept):
    grads, dz = [], doutput
    for (W, _b), (x, _z) in zip(params[::-1], kept[::-1], strict=True):
        grads.insert(0, (dz.T @ x, dz.sum(axis=0)))
        dz = (dz @ W) * (x > 0)  # x is the activation of the layer below; of the network's input nobody asks
    return grads


@exercise.probes
def probes(rng):
    for n, sizes in ((7, (3, 6, 5, 4)), (9, (5, 7, 3)), (5, (4, 3)), (4, (4, 4, 4, 4)), (6, (5, 5, 5))):
        params = [
            (rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out))
            for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        ]
        x, kept = rng.standard_normal((n, sizes[0])), []
        for W, b in params:
            z = x @ W.T + b
            kept.append((x, z))
            x = np.maximum(z, 0)
        yield rng.standard_normal(z.shape), params, kept


@exercise.run
def run(answer, doutput, params, kept):
    """dW and db of each layer; empty arrays stand for layers that the network does not have."""
    grads = answer(doutput, params, kept)
    if grads is None or grads is ...:
        return grads
    grads = [tuple(pair) for pair in grads]
    if len(grads) != len(params) or any(len(pair) != 2 for pair in grads):
        sizes = [len(pair) for pair in grads]
        raise ValueError(
            f"the result has entries of lengths {sizes}, expected one pair (dW, db) for each of {len(params)} layers"
        )
    return *(array for pair in grads for array in pair), *[np.zeros(0)] * (2 * (LAYERS - len(grads)))


def wrong(title, changes, **text):
    exercise.mistake(title, **text)(lambda doutput, params, kept: backward(doutput, params, kept, **changes))


wrong(
    "activation derivative left out",
    {"relu": lambda da, z: da},
    why="The step from a layer's activation back to its sums has no parameters, and is easy to forget.",
    evidence="your last layer is right; the layers before it are what they would be without ReLU",
    look_at="what lies between two linear layers on the way forward, and where it is on your way back",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="ReLU's backward pass at each hidden layer.",
)
wrong(
    "ReLU on the output layer",
    {"last": lambda dz, z: dz * (z > 0)},
    why="The same two steps are done for every layer, the last one included.",
    evidence="in your last layer the samples with a negative output have no gradient",
    look_at="what stands after the last layer on the way forward",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="Start with dz = doutput at the last layer.",
)
wrong(
    "gradients in reverse order",
    {"order": lambda grads: grads},
    why="The way back meets the last layer first, and append puts it first.",
    evidence="your first pair belongs to the last layer",
    look_at="which layer the first pair of your list belongs to",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="insert(0, ...), or turn the list round at the end.",
)
wrong(
    "mask taken from what arrives",
    {"relu": lambda da, z: da * (da > 0)},
    why="Whether a unit was on was decided on the way forward, by its z.",
    evidence="your last layer is right; before it, negative gradients are stopped instead of those of units that were off",
    look_at="which array says whether a unit was on",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="da * (z > 0).",
)
wrong(
    "updated weights used on the way back",
    {"weights": lambda W, dW: W - 0.1 * dW},
    why="A layer was updated before the gradient was carried through it; every gradient belongs to the weights of the way forward.",
    evidence="your last layer is right; the layers before it belong to weights W - 0.1 dW",
    look_at="whether any parameter changes before all gradients are known",
    symptoms=("gradient check fails everywhere", "loss falls, but slowly"),
    cure="First all gradients, then the step.",
)
wrong(
    "W transposed on the way back",
    {"weights": lambda W, dW: W.T},
    why="W is turned on the way forward, so on the way back it is used as it is.",
    evidence="where all layers are square your last layer alone is right; elsewhere the product does not fit",
    look_at="the shapes of dz, W and the gradient that you carry on",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="dx = dz @ W.",
)
wrong(
    "bias gradients averaged",
    {"add": lambda dz: dz.mean(axis=0)},
    why="The 1/N of the loss is in doutput already; the layers take it again.",
    evidence=lambda doutput, params, kept: (
        f"each of your db is the right one divided by N = {len(doutput)}; all dW are right"
    ),
    look_at="how the rows are put together for the biases",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Sums over axis 0.",
)
wrong(
    "1/N taken again in every layer",
    {"weigh": lambda dz: dz / len(dz)},
    why="The layers divide by N although the loss has done it.",
    evidence=lambda doutput, params, kept: (
        f"your last layer is the right one divided by N = {len(doutput)}, the one before it by N twice"
    ),
    look_at="where the mean stands: in the loss, once",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="No division in a layer.",
)
wrong(
    "sums used as the next layer's input",
    {"inputs": lambda k, kept: kept[k - 1][1] if k else kept[0][0]},
    why="The z of the layer below was taken for what came into this one; ReLU lies between them.",
    evidence="your first dW and every db are right; the other dW are made with sums that no ReLU has cut off",
    look_at="which of the four arrays of two neighbouring pairs came into the upper layer",
    symptoms=("gradient check fails in one place",),
    cure="dW = dz.T @ x with the x of the same pair.",
)
