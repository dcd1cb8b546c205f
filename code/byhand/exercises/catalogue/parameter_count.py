"""How many numbers a multi-layer perceptron learns."""

import math

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Count the parameters of a network",
    task="`parameter_count(sizes)` with sizes a list of whole numbers, inputs first, such as [2, 3, 1]: return the number of weights and "
    "biases of the fully connected network, as one whole number.",
    section="sec:mlp:layers",
    outputs=("count",),
    hints=(
        "Count one layer first: what are the shapes of its W and its b?",
        "A layer from n_in to n_out numbers has n_out * n_in weights and n_out biases.",
        "zip(sizes, sizes[1:]) walks over the pairs (n_in, n_out); add up n_out * n_in + n_out.",
    ),
)


def pairs(sizes):
    return list(zip(sizes, sizes[1:], strict=False))


@exercise.solution
def parameter_count(sizes):
    return sum(n_out * n_in + n_out for n_in, n_out in pairs(sizes))


@exercise.probes
def probes(rng):
    yield ([3, 5, 4],)
    yield ([7, 1],)
    yield ([int(n) for n in rng.integers(3, 40, size=5)],)
    yield ([64, 32, 16, 10],)


exercise.mistake(
    "biases forgotten",
    why="The weights are by far the larger part, and the drawing shows only them, as lines.",
    evidence=lambda sizes: f"for sizes {sizes} you count {sum(sizes[1:])} too few: as many as there are neurons",
    look_at="what a neuron adds to its weighted sum",
    symptoms=("an error about shapes",),
    cure="Add n_out for each layer.",
)(lambda sizes: sum(n_out * n_in for n_in, n_out in pairs(sizes)))
exercise.mistake(
    "inputs given a bias",
    why="The inputs are drawn as circles too, but they compute nothing.",
    evidence=lambda sizes: f"for sizes {sizes} you count {sizes[0]} too many: as many as there are inputs",
    look_at="which of the circles in the drawing compute something",
    symptoms=("an error about shapes",),
    cure="Only the neurons, sizes[1:], have a bias.",
)(lambda sizes: sum(n_out * n_in for n_in, n_out in pairs(sizes)) + sum(sizes))
exercise.mistake(
    "bias counted on the side of the inputs",
    why="The bias is taken for one more neuron, where it is one more input that is always 1.",
    evidence=lambda sizes: (
        f"for sizes {sizes} you count {sum(sizes[:-1])} biases, one for each number that enters a layer; "
        f"there are {sum(sizes[1:])}"
    ),
    look_at="the shape of b: does it follow the inputs or the outputs of the layer?",
    symptoms=("an error about shapes",),
    cure="(n_in + 1) * n_out, not n_in * (n_out + 1).",
)(lambda sizes: sum(n_in * (n_out + 1) for n_in, n_out in pairs(sizes)))
exercise.mistake(
    "one bias for a whole layer",
    why="The formula shows a single letter b, which stands for a vector.",
    evidence=lambda sizes: (
        f"for sizes {sizes} you count {len(sizes) - 1} biases, one a layer; there are {sum(sizes[1:])}"
    ),
    look_at="how many entries the letter b stands for",
    symptoms=("an error about shapes",),
    cure="b has n_out entries.",
)(lambda sizes: sum(n_out * n_in + 1 for n_in, n_out in pairs(sizes)))
exercise.mistake(
    "output layer without biases",
    why="The biases are counted for the hidden layers only.",
    evidence=lambda sizes: f"for sizes {sizes} you count {sizes[-1]} too few: as many as there are outputs",
    look_at="the last layer: is it different from the others?",
    symptoms=("an error about shapes",),
    cure="The output layer has n_out biases like any other.",
)(lambda sizes: sum(n_out * n_in for n_in, n_out in pairs(sizes)) + sum(sizes[1:-1]))
exercise.mistake(
    "all sizes multiplied",
    why="Paths from an input to an output are counted, where each connection is to be counted once.",
    evidence=lambda sizes: (
        f"for sizes {sizes} the product of all sizes, {math.prod(sizes)}, counts paths, not connections"
    ),
    look_at="whether layers are put together by adding or by multiplying",
    symptoms=("an error about shapes",),
    cure="Count each layer by itself and add.",
)(lambda sizes: math.prod(sizes) + sum(sizes[1:]))
exercise.also("all sizes multiplied")(lambda sizes: math.prod(sizes))
