"""Planted bug 2: all weights start at zero."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 2",
    task="The method `start(self, sizes, rng)`: return the flat list [W1, b1, W2, b2, ...] with W of shape (n_out, n_in), drawn with mean 0 and "
    "standard deviation 1 / sqrt(n_in), a tenth of that for the last weights, and biases of zero.",
    section="sec:debugging:planted",
    outputs=("W1_deviation", "W2_deviation", "last_W_deviation", "different_neurons", "biases"),
    hints=(
        "What does a product with a matrix of zeros give, forward and backward?",
        "Neurons that start equal stay equal: random numbers make them differ.",
        "rng.normal(0, n_in**-0.5, (n_out, n_in)); in the end net[-2] *= 0.1.",
    ),
    rtol=0.1,  # deviations of random draws
)


def started(draw, last=0.1, bias=lambda rng, n: np.zeros(n)):
    def start(self, sizes, rng):
        net = []
        for n_in, n_out in zip(sizes, sizes[1:], strict=False):
            net += [draw(rng, n_in, n_out), bias(rng, n_out)]
        net[-2] = net[-2] * last
        return net

    return start


def normal(rng, n_in, n_out):
    return rng.normal(0, n_in**-0.5, (n_out, n_in))


exercise.solution(started(normal))


@exercise.probes
def probes(rng):
    for sizes in ([60, 90, 40, 30], [30, 50, 70, 20]):
        yield None, sizes, np.random.default_rng(rng.integers(2**32))


@exercise.run
def run(answer, self, sizes, rng):
    net = answer(self, sizes, rng)
    if net is None or net is ...:
        return net
    weights, biases = net[::2], net[1::2]
    expected = [(n_out, n_in) for n_in, n_out in zip(sizes, sizes[1:], strict=False)]
    if [np.shape(W) for W in weights] != expected:
        raise ValueError(f"weights of shapes {[np.shape(W) for W in weights]}, expected {expected}")
    return (
        *(np.sqrt(np.mean(W**2) * W.shape[1]) for W in weights),
        float(all(len(np.unique(W, axis=0)) == len(W) for W in weights)),
        max(np.abs(b).max() for b in biases),
    )


exercise.mistake(
    "all weights zero",
    why="Zero looks like the neutral choice, and it gives the perfect chance loss.",
    evidence="all your weights are 0: hidden values are tanh 0, and no gradient passes the last layer",
    look_at="the hidden values, and what comes back through the last weights",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Draw the weights at random.",
)(started(lambda rng, n_in, n_out: np.zeros((n_out, n_in))))
exercise.mistake(
    "all weights of a layer equal",
    why="A constant other than zero lets a gradient pass, but gives each neuron the same one.",
    evidence="your weights are not zero, but all neurons of a layer are copies of one another, and remain so",
    look_at="two rows of one weight matrix",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="Draw the weights at random.",
)(started(lambda rng, n_in, n_out: np.full((n_out, n_in), n_in**-0.5)))
exercise.mistake(
    "deviation not fitted to the inputs",
    why="rng.normal(size=...) has deviation 1, and a sum of n_in such terms is too large for tanh.",
    evidence=lambda self, sizes, rng: (
        f"your first weights have deviation 1 whatever n_in is; for n_in = {sizes[0]} it should be {sizes[0] ** -0.5:.3f}"
    ),
    look_at="the second argument of rng.normal",
    symptoms=("loss falls, but slowly",),
    cure="Deviation n_in**-0.5.",
)(started(lambda rng, n_in, n_out: rng.normal(size=(n_out, n_in))))
exercise.mistake(
    "variance given as deviation",
    why="1 / n_in is the variance; rng.normal asks for the standard deviation, its root.",
    evidence=lambda self, sizes, rng: (
        f"your weights are too small by sqrt(n_in): by {sizes[0] ** 0.5:.2f} in the first layer"
    ),
    look_at="whether rng.normal takes a variance or a deviation",
    symptoms=("loss falls, but slowly",),
    cure="n_in**-0.5.",
)(started(lambda rng, n_in, n_out: rng.normal(0, 1 / n_in, (n_out, n_in))))
exercise.mistake(
    "last weights not made small",
    why="The line after the loop is easily lost with the one inside.",
    evidence="your last weights are ten times larger than asked: the first loss is no longer close to ln K",
    look_at="what happens after the loop",
    symptoms=("loss falls, but slowly",),
    cure="net[-2] *= 0.1.",
)(started(normal, last=1.0))
exercise.mistake(
    "random biases",
    why="The biases were drawn like the weights.",
    evidence="your weights are right; your biases are not zero",
    look_at="what the task says about the biases",
    symptoms=("loss falls, but slowly",),
    cure="np.zeros(n_out).",
)(started(normal, bias=lambda rng, n: rng.normal(0, n**-0.5, n)))
