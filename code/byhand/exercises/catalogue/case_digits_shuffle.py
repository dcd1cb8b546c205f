"""Weights for inputs whose entries were put into another order."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Weights for shuffled pixels",
    task="`shuffled_weights(W, order)` with W (H, D) and a permutation `order` (D,) of 0 ... D - 1: the images become x[:, order]. "
    "Return the weights V (H, D) with x[:, order] @ V.T equal to x @ W.T for every x (N, D).",
    section="sec:case-digits:shuffle",
    outputs=("V",),
    hints=(
        "Pixel order[j] of the old image stands at place j of the new one. Which weight must stand at place j?",
        "The sum over pixels has the same terms, in another order: each weight travels with its pixel.",
        "Index the columns of W as the columns of x were.",
    ),
)


@exercise.solution
def shuffled_weights(W, order):
    return np.take(W, order, axis=1)


@exercise.probes
def probes(rng):
    yield np.round(rng.standard_normal((4, 7)), 3), np.array([3, 0, 5, 1, 6, 2, 4])
    yield rng.standard_normal((3, 6)), np.array([1, 2, 3, 5, 0, 4])
    yield rng.standard_normal((5, 5)), np.array([2, 0, 1, 4, 3])
    yield rng.standard_normal((6, 6)), np.array([1, 2, 0, 4, 5, 3])


exercise.mistake(
    "the inverse order",
    why="Indexing was thought of as 'pixel j goes to place order[j]'; x[:, order] fetches pixel order[j] to place j.",
    evidence=lambda W, order: (
        f"your columns are those of W in the order {np.argsort(order).tolist()}, the inverse of {order.tolist()}"
    ),
    look_at="which pixel stands at place 0 after x[:, order]",
    symptoms=("loss is fine, predictions are not",),
    cure="W[:, order], indexed as the images are.",
)(lambda W, order: W[:, np.argsort(order)])
exercise.mistake(
    "weights unchanged",
    why="The sum was taken to be the same whatever the order of the pixels.",
    evidence="your V is W: each weight now meets another pixel",
    look_at="which pixel each weight is multiplied by",
    symptoms=("loss is fine, predictions are not",),
    cure="Let each weight travel with its pixel.",
)(lambda W, order: W.copy())
exercise.mistake(
    "columns in reverse",
    why="The order was run through from its end.",
    evidence="your columns are the correct ones from last to first",
    look_at="the first column of V",
    symptoms=("loss is fine, predictions are not",),
    cure="W[:, order].",
)(lambda W, order: W[:, order[::-1]])
exercise.mistake(
    "order applied twice",
    why="The columns were shuffled once for the image and once more for the weights.",
    evidence="your columns are those of W[:, order][:, order]",
    look_at="how often the order has been applied to the image, and how often to W",
    symptoms=("loss is fine, predictions are not",),
    cure="Once: W[:, order].",
)(lambda W, order: W[:, order][:, order])
exercise.mistake(
    "V transposed",
    why="In libraries that store weights as (n_in, n_out) the pixels are rows.",
    evidence=lambda W, order: f"your result has shape {W.shape[::-1]}, that of V.T",
    look_at="the shape: V has that of W",
    symptoms=("an error about shapes", "works for square layers only"),
    cure="Columns belong to pixels: W[:, order].",
)(lambda W, order: W[:, order].T)
