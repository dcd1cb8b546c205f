"""Bound and spread of the weights that PyTorch's linear layer starts with."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="PyTorch's first weights",
    task="`default_start(n_in)`: the bound r of the even distribution between -r and r, r = 1 / sqrt(n_in), from which nn.Linear draws, and "
    "the standard deviation of the weights.",
    section="sec:pytorch-comparison:pictures",
    outputs=("bound", "standard deviation"),
    hints=(
        "The variance of a variable with mean 0 is the mean of its square.",
        "The mean of u^2 over -r to r is r^2 / 3.",
        "The bound is 1 / np.sqrt(n_in), and the standard deviation the bound over np.sqrt(3).",
    ),
)


@exercise.solution
def default_start(n_in):
    bound = 1 / np.sqrt(n_in)
    return bound, bound / np.sqrt(3)


@exercise.probes
def probes(rng):
    for n_in in (10, 784, 37, 5):
        yield (n_in,)


MISTAKES = (
    (
        "bound given as the standard deviation",
        "For a normal distribution the parameter is the standard deviation; for an even one it is the end.",
        "your standard deviation is the bound itself, which only a coin between the two ends would have",
        "whether most weights are closer to 0 than the bound",
        "bound / sqrt(3).",
        lambda n: (n**-0.5, n**-0.5),
    ),
    (
        "variance given",
        "The root is forgotten.",
        "your standard deviation is the square of the right one",
        "the unit of your result",
        "The root of 1 / (3 n_in).",
        lambda n: (n**-0.5, 1 / (3 * n)),
    ),
    (
        "divided by root of twelve",
        "r^2 / 12 is the variance for a width of r; here the width is 2 r.",
        "your standard deviation is half the right one",
        "how wide the interval from -r to r is",
        "(2 r)^2 / 12 = r^2 / 3.",
        lambda n: (n**-0.5, (12 * n) ** -0.5),
    ),
    (
        "He's rule for the bound",
        "PyTorch calls a He function inside, with a parameter a = sqrt(5) that undoes its gain.",
        "your bound is sqrt(6 / n_in), He's",
        "the bound in the task",
        "1 / sqrt(n_in).",
        lambda n: ((6 / n) ** 0.5, (2 / n) ** 0.5),
    ),
    (
        "LeCun's spread",
        "The bound is taken for the spread, and the bound then chosen to match it.",
        "your spread is 1 / sqrt(n_in), and your bound sqrt(3 / n_in)",
        "the bound in the task",
        "The bound is 1 / sqrt(n_in).",
        lambda n: ((3 / n) ** 0.5, n**-0.5),
    ),
    (
        "root of the number of inputs forgotten",
        "1 / n_in keeps sums small as well, and too small.",
        "your bound is 1 / n_in",
        "how the sum of n_in random numbers grows with n_in",
        "1 / sqrt(n_in).",
        lambda n: (1 / n, 1 / n / 3**0.5),
    ),
)
for title, why, evidence, look_at, cure, wrong in MISTAKES:
    exercise.mistake(
        title,
        why=why,
        evidence=evidence,
        look_at=look_at,
        symptoms=("loss falls, but slowly",),
        cure=cure,
    )(wrong)
