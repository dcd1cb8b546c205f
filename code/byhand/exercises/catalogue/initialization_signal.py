"""The mean square of a signal after several ReLU layers, from sizes and spreads."""

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="The signal after several ReLU layers",
    task="`mean_square_after(mean_square, sizes, stds)`: sizes = [n_0, n_1, ...] are the widths from the input on, "
    "stds[l] the standard deviation of the weights between sizes[l] and sizes[l + 1]; every layer ends in a ReLU and "
    "biases are 0. Return the expected mean square of the last layer's outputs, for an input of that mean_square.",
    section="sec:initialization:relu",
    outputs=("mean_square",),
    hints=(
        "One layer multiplies the mean square by one factor; do it for one layer first.",
        "The sum over the inputs gives n_in times the variance of a weight; ReLU keeps half.",
        "mean_square = mean_square * n_in * std**2 / 2, for each pair of n_in and std in turn.",
    ),
)


@exercise.solution
def mean_square_after(mean_square, sizes, stds):
    for n_in, std in zip(sizes, stds, strict=False):
        mean_square = mean_square * n_in * std**2 / 2
    return mean_square


@exercise.probes
def probes(rng):
    yield 1.7, [3, 5], [0.6]
    yield 0.8, [5, 7, 3], [0.5, 0.9]
    yield 2.3, [4, 9, 6, 3], [float(s) for s in rng.uniform(0.3, 1.5, 3)]


def walk(factor):
    def mean_square_after(mean_square, sizes, stds):
        for n_in, n_out, std in zip(sizes, sizes[1:], stds, strict=False):
            mean_square = mean_square * factor(n_in, n_out, std)
        return mean_square

    return mean_square_after


exercise.mistake(
    "ReLU's half forgotten",
    why="The formula of a linear layer is used as it is; ReLU then sets half of the sums to 0.",
    evidence=lambda q, sizes, stds: f"your result is the right one times {2 ** len(stds)}: a 2 for each layer",
    look_at="what ReLU does to the mean square of a number that is as often positive as negative",
    symptoms=("loss stops at chance", "loss falls, but slowly"),
    cure="Halve once a layer.",
)(walk(lambda n_in, n_out, std: n_in * std**2))
exercise.mistake(
    "half taken once",
    why="The half is put in front of the whole product; yet every layer has a ReLU of its own.",
    evidence=lambda q, sizes, stds: "your result is right for one layer and twice too large for each further one",
    look_at="how many ReLUs the signal passes",
    symptoms=("loss falls, but slowly",),
    cure="Halve once a layer.",
)(lambda q, sizes, stds: walk(lambda n_in, n_out, std: n_in * std**2)(q, sizes, stds) / 2)
exercise.mistake(
    "fan swapped",
    why="The sum of a unit runs over its inputs, so their number counts.",
    evidence=lambda q, sizes, stds: f"your result uses the widths {sizes[1:]}; the sums run over {sizes[:-1]} inputs",
    look_at="over what the sum in one unit runs",
    symptoms=("loss is NaN or infinite", "loss falls, but slowly"),
    cure="n_in: the width before the layer.",
)(walk(lambda n_in, n_out, std: n_out * std**2 / 2))
exercise.mistake(
    "spread not squared",
    why="The variance of a weight is the square of its standard deviation.",
    evidence=lambda q, sizes, stds: f"your result has {stds[0]:.3g} where its square, {stds[0] ** 2:.3g}, belongs",
    look_at="whether you were given a variance or a standard deviation",
    symptoms=("loss is NaN or infinite", "loss falls, but slowly"),
    cure="std**2.",
)(walk(lambda n_in, n_out, std: n_in * std / 2))
exercise.mistake(
    "root taken of the result",
    why="The root of the mean square is the size of a signal; what was asked for is its square.",
    evidence="the square of your result is right",
    look_at="whether a mean square or its root was asked for",
    symptoms=("loss falls, but slowly",),
    cure="Leave the root out.",
)(lambda q, sizes, stds: mean_square_after(q, sizes, stds) ** 0.5)
exercise.mistake(
    "inputs not counted",
    why="The variances of all products in a sum add up.",
    evidence="your result is what a unit with a single input in each layer would give",
    look_at="how many products are added in one unit",
    symptoms=("loss is NaN or infinite", "loss falls, but slowly"),
    cure="Times n_in.",
)(walk(lambda n_in, n_out, std: std**2 / 2))
