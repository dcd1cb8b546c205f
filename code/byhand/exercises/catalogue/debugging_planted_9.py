"""Planted bug 9: dropout that is on unless somebody says otherwise."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 9",
    task="The method `forward(self, net, x, rng=...)` with `net` = [W1, b1, W2, b2]: return (values, slopes). Called as `forward(net, x)` it must not "
    "drop anything; with a generator it drops hidden values with probability 0.2 and divides the others by 0.8.",
    section="sec:debugging:planted",
    outputs=("asked_twice", "dropped_in_prediction", "scale_in_prediction", "dropped_in_training", "scale_in_training"),
    hints=(
        "Which generator does `forward(net, x)` use, when the caller passes none?",
        "A default value is made once, when the function is defined, and serves all calls.",
        "rng=None as the default, and dropout only if rng is not None.",
    ),
)


def passed(*, default=None, drop=True, keep=0.8, shrink=1.0, reseed=False):
    """The method, with dropout in one way or another."""
    generator = np.random.default_rng(0) if default else None

    def forward(self, net, x, rng=generator):
        if rng is None and reseed:
            rng = np.random.default_rng(0)
        values, slopes = [x], []
        for i in range(0, len(net), 2):
            v, slope = values[-1] @ net[i].T + net[i + 1], 1.0
            if i < len(net) - 2:
                v = np.tanh(v)
                slope = 1 - v**2
                if rng is not None and drop:
                    mask = (rng.random(v.shape) >= 0.2) / keep
                    v, slope = v * mask, slope * mask
                elif rng is None:
                    v, slope = v * shrink, slope * shrink
            values.append(v)
            slopes.append(slope)
        return values, slopes

    return forward


exercise.solution(passed())


@exercise.probes
def probes(rng):
    for n, hidden in ((90, 120), (70, 150)):
        net = [
            rng.standard_normal((hidden, 3)),
            rng.standard_normal(hidden),
            rng.standard_normal((4, hidden)),
            np.zeros(4),
        ]
        yield None, net, rng.standard_normal((n, 3)), np.random.default_rng(rng.integers(2**32))


@exercise.run
def run(answer, self, net, x, rng):
    first = answer(self, net, x)
    if first is None or first is ...:
        return first
    second, training = answer(self, net, x), answer(self, net, x, rng)
    full = np.tanh(x @ net[0].T + net[1])
    twice = float(np.array_equal(first[0][-1], second[0][-1]))
    return (twice, *_dropped(first[0][1], full), *_dropped(training[0][1], full))


def _dropped(hidden, full):
    """Share of zeros, to one decimal: it is random; and what the other values are multiplied by."""
    kept = hidden != 0
    return round(float(1 - kept.mean()), 1), float(np.median(hidden[kept] / full[kept]))


exercise.mistake(
    "dropout on in prediction",
    why="The default of rng is a generator, so whoever passes none gets noise.",
    evidence="without a generator a fifth of your hidden values is zero, another fifth at each call",
    look_at="the default value of rng",
    symptoms=("results differ between training and test",),
    cure="rng=None, and dropout only if rng is not None.",
)(passed(default=True))
exercise.mistake(
    "the same dropout at each call",
    why="A generator made anew from one seed gives one mask: the answers repeat, and are those of a thinned network.",
    evidence="two calls agree, but a fifth of your hidden values is zero in both",
    look_at="whether anything is dropped when no generator is passed",
    symptoms=("results differ between training and test",),
    cure="Drop nothing when rng is None.",
)(passed(reseed=True))
exercise.mistake(
    "no dropout in training either",
    why="The noise was cured by taking dropout out.",
    evidence="with a generator nothing is dropped",
    look_at="what a call with a generator does",
    symptoms=("results differ between training and test",),
    cure="Dropout if, and only if, rng is not None.",
)(passed(drop=False))
exercise.mistake(
    "scaled twice",
    why="Classical dropout shrinks the values in prediction; here they have been divided by 0.8 in training instead.",
    evidence="in training the kept values are divided by 0.8, and in prediction all are multiplied by 0.8 as well",
    look_at="what the hidden values are multiplied by without a generator",
    symptoms=("results differ between training and test",),
    cure="In prediction leave the values alone.",
)(passed(shrink=0.8))
exercise.mistake(
    "kept values not divided",
    why="The mask alone makes the hidden values smaller on average than in prediction.",
    evidence="in training a fifth is dropped and the others are not divided by 0.8",
    look_at="the mean of the mask, which should be 1",
    symptoms=("results differ between training and test",),
    cure="Divide the mask by 0.8.",
)(passed(keep=1.0))
