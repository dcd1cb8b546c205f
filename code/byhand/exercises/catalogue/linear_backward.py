"""The backward pass of a linear layer, z = x @ W.T + b."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of a linear layer",
    task="`linear_backward(dz, cache)` with dz of shape (N, n_out) and cache = (x, W), x (N, n_in), W (n_out, n_in): "
    "return (dx, dW, db), each of the shape of what it belongs to.",
    section="sec:backprop:layer",
    outputs=("dx", "dW", "db"),
    hints=(
        "Write the shapes down first: dx (N, n_in), dW (n_out, n_in), db (n_out,). Only one product fits each.",
        "Each row of the batch adds its share to dW and to db: the product over N does the adding for dW.",
        "dW is a product of dz turned round with x; dx a product of dz with W as it is; db adds dz along an axis.",
    ),
)


@exercise.solution
def linear_backward(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x, dz.sum(axis=0)


@exercise.probes
def probes(rng):
    # All lengths different, none of them 2; then square layers, on which a transposed product still fits.
    for n, n_in, n_out in ((7, 3, 5), (4, 6, 3), (5, 4, 4), (3, 3, 3)):
        yield rng.standard_normal((n, n_out)), (rng.standard_normal((n, n_in)), rng.standard_normal((n_out, n_in)))


@exercise.mistake(
    "dW transposed",
    why="In books that write weights as (n_in, n_out) the product is turned the other way round.",
    evidence=lambda dz, cache: (
        f"your dW is the correct one transposed: on a layer of {cache[1].shape[1]} inputs and "
        f"{cache[1].shape[0]} outputs it has shape {cache[1].shape[::-1]}"
    ),
    look_at="the shape of dW: it must be that of W, (n_out, n_in)",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="dz.T @ x: rows are outputs, columns are inputs, as in W.",
)
def dw_transposed(dz, cache):
    x, W = cache
    return dz @ W, x.T @ dz, dz.sum(axis=0)


@exercise.mistake(
    "db is a mean",
    why="The 1/N of the loss is taken a second time here; it is in dz already.",
    evidence=lambda dz, cache: f"your db equals the correct one divided by N = {len(dz)}, while dW and dx are right",
    look_at="how the rows of dz are put together for the bias, and where the loss already divides by N",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="Add the rows of dz: dz.sum(axis=0).",
)
def db_mean(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x, dz.mean(axis=0)


@exercise.mistake(
    "dx multiplied by W transposed",
    why="W is stored as (n_out, n_in); the forward pass uses its transpose, the backward pass uses it as it is.",
    evidence="on a square layer your dx equals dz @ W.T; on any other the product does not fit",
    look_at="which way W is turned in the forward pass, and that the backward pass turns it the other way",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="dx = dz @ W.",
)
def dx_w_transposed(dz, cache):
    x, W = cache
    return dz @ W.T, dz.T @ x, dz.sum(axis=0)


@exercise.mistake(
    "1/N taken again in the layer",
    why="The mean over the batch belongs to the loss, whose gradient carries 1/N already; the layer divides once more.",
    evidence=lambda dz, cache: f"your dW and db equal the correct ones divided by N = {len(dz)}, while dx is right",
    look_at="whether the gradient that arrives, dz, has been divided by N already",
    symptoms=("loss falls, but slowly", "gradient check fails everywhere"),
    cure="Leave the 1/N in the loss and nowhere else.",
)
def divided_again(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x / len(x), dz.sum(axis=0) / len(x)


@exercise.mistake(
    "db not added over the batch",
    why="One bias serves all samples, so every sample adds to its gradient.",
    evidence=lambda dz, cache: f"your db has shape {dz.shape}, one row for each of the {len(dz)} samples",
    look_at="the shape of db, which must be that of b",
    symptoms=("works for batch 1 only", "shapes silently too large"),
    cure="dz.sum(axis=0).",
)
def db_not_summed(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x, dz


@exercise.mistake(
    "db added along the wrong axis",
    why="Axis 0 runs over samples, axis 1 over outputs.",
    evidence=lambda dz, cache: (
        f"your db has one entry for each of the {len(dz)} samples, not for each of the {dz.shape[1]} outputs"
    ),
    look_at="which axis of dz the samples are on",
    symptoms=("an error about shapes",),
    cure="dz.sum(axis=0).",
)
def db_wrong_axis(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x, dz.sum(axis=1)


@exercise.mistake(
    "db keeps a row axis",
    why="With keepdims=True the sum has shape (1, n_out).",
    evidence=lambda dz, cache: (
        f"your db has shape (1, {dz.shape[1]}) instead of ({dz.shape[1]},); its numbers are right"
    ),
    look_at="the arguments of the sum",
    symptoms=("shapes silently too large",),
    cure="Leave keepdims out: db has the shape of b, (n_out,).",
)
def db_keepdims(dz, cache):
    x, W = cache
    return dz @ W, dz.T @ x, dz.sum(axis=0, keepdims=True)
