"""One step of gradient descent on a list of pairs."""

import numpy as np

from byhand.exercises.exercise import Exercise

LAYERS = 3  # the deepest network that is tried

exercise = Exercise(
    title="A step for a list of layers",
    task="`sgd_step(params, grads, lr)` with params a list of pairs (W, b) and grads a list of pairs (dW, db) of the same shapes: return "
    "the list of pairs after one step of gradient descent, new arrays, and leave params as it was.",
    section="sec:training:downhill",
    outputs=tuple(f"{name}{k + 1}" for k in range(LAYERS) for name in "Wb"),
    hints=(
        "The gradient points uphill.",
        "Walk through both lists together, pair by pair; each array moves against its own gradient, by lr times it.",
        "A list comprehension over zip(params, grads) with ((W, b), (dW, db)) as its loop variables.",
    ),
)


@exercise.solution
def sgd_step(params, grads, lr):
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


@exercise.probes
def probes(rng):
    for sizes, lr in (((3, 6, 5, 4), 0.1), ((4, 4, 4), 0.7), ((5, 3), 1.5)):
        shapes = list(zip(sizes[1:], sizes, strict=False))
        yield tuple([(rng.standard_normal(s), rng.standard_normal(s[0])) for s in shapes] for _ in range(2)) + (lr,)


@exercise.run
def run(answer, params, grads, lr):
    """W and b of each layer; empty arrays stand for layers that the network does not have."""
    before = [(W.copy(), b.copy()) for W, b in params]
    new = answer(params, grads, lr)
    if new is None or new is ...:
        return new
    new = [tuple(pair) for pair in new]
    if len(new) != len(params) or any(len(pair) != 2 for pair in new):
        sizes = [len(pair) for pair in new]
        raise ValueError(
            f"the result has entries of lengths {sizes}, expected one pair (W, b) for each of {len(params)} layers"
        )
    if any((W != V).any() or (b != c).any() for (W, b), (V, c) in zip(params, before, strict=True)):
        raise ValueError("params was changed in place; make new arrays, for the caller may still need the old ones")
    return *(array for pair in new for array in pair), *[np.zeros(0)] * (2 * (LAYERS - len(new)))


def each(step):
    return lambda params, grads, lr: [
        tuple(step(w, g, lr) for w, g in zip(pair, slope, strict=True))
        for pair, slope in zip(params, grads, strict=True)
    ]


exercise.mistake(
    "step uphill",
    why="The gradient is the direction in which the loss grows.",
    evidence="your parameters moved by +lr times the gradient",
    look_at="the sign in front of lr",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="W - lr * dW.",
)(each(lambda w, g, lr: w + lr * g))
exercise.mistake(
    "learning rate forgotten",
    why="The update subtracts the whole gradient.",
    evidence="your step does not change with lr",
    look_at="what your function does with lr",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="W - lr * dW.",
)(each(lambda w, g, lr: w - g))
exercise.mistake(
    "biases left as they are",
    why="The weights are the larger part; the biases are parameters too.",
    evidence="every W is right and no b has moved",
    look_at="the second entry of each pair",
    symptoms=("loss falls, but slowly", "loss stops at chance"),
    cure="b - lr * db.",
)(lambda params, grads, lr: [(W - lr * dW, b) for (W, b), (dW, _) in zip(params, grads, strict=True)])
exercise.mistake(
    "the step instead of the new parameters",
    why="The change was computed and not added.",
    evidence="your result is -lr times the gradient, whatever the parameters were",
    look_at="what is returned: the change, or what comes of it",
    symptoms=("loss stops at chance",),
    cure="W - lr * dW.",
)(each(lambda w, g, lr: -lr * g))
exercise.mistake(
    "a bracket too many",
    why="lr multiplies the difference instead of the gradient.",
    evidence="your result is lr (w - g): with a gradient of 0 the parameters would still shrink",
    look_at="what must happen where the gradient is 0: nothing",
    symptoms=("loss stops at chance",),
    cure="W - lr * dW.",
)(each(lambda w, g, lr: lr * (w - g)))
exercise.mistake(
    "divided by the number of layers",
    why="The gradients were averaged over the layers, as if they were samples.",
    evidence="your steps are shorter than they should be, the more so the deeper the network; with one layer they are right",
    look_at="what your step divides by",
    symptoms=("loss falls, but slowly",),
    cure="W - lr * dW.",
)(
    lambda params, grads, lr: [
        (W - lr * dW / len(params), b - lr * db / len(params)) for (W, b), (dW, db) in zip(params, grads, strict=True)
    ]
)
