"""Planted bug 7: an activation after the last layer."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 7",
    task="The method `forward(self, net, x, rng=None)` with the flat list `net` = [W1, b1, W2, b2, ...]: return (values, slopes), the values from x "
    "to the logits and, for each layer, the slope of what follows the linear step: tanh, but nothing (slope 1) after the last. Without rng no dropout.",
    section="sec:debugging:planted",
    outputs=("hidden", "logits", "slope_hidden", "slope_last"),
    hints=(
        "Which values can the last entry of `values` take, and which should it?",
        "The last layer's step is linear, and the slope of that is 1.",
        "Bend only while i < len(net) - 2: net is a flat list of W and b.",
    ),
)


def passed(*, bends, slope=lambda v, z: 1 - v**2, slope_last=lambda z: 1.0):
    """The method, with tanh where `bends(i, len(net))` says so."""

    def forward(self, net, x, rng=None):
        values, slopes = [x], []
        for i in range(0, len(net), 2):
            z = values[-1] @ net[i].T + net[i + 1]
            if bends(i, len(net)):
                v = np.tanh(z)
                slopes.append(slope(v, z))
                if rng is not None and i < len(net) - 2:
                    mask = (rng.random(v.shape) >= 0.2) / 0.8
                    v, slopes[-1] = v * mask, slopes[-1] * mask
            else:
                v = z
                slopes.append(slope_last(z))
            values.append(v)
        return values, slopes

    return forward


exercise.solution(passed(bends=lambda i, n: i < n - 2))


@exercise.probes
def probes(rng):
    for n, sizes in ((7, (3, 5, 4)), (5, (4, 4, 4))):
        net = []
        for n_in, n_out in zip(sizes, sizes[1:], strict=False):
            net += [rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out)]
        yield None, net, rng.standard_normal((n, sizes[0]))


@exercise.run
def run(answer, self, net, x):
    returned = answer(self, net, x)
    if returned is None or returned is ...:
        return returned
    values, slopes = returned
    return values[1], values[2], *(np.broadcast_to(s, v.shape) for s, v in zip(slopes, values[1:], strict=True))


exercise.mistake(
    "tanh after the last layer",
    why="A loop treats all layers alike, and the last one is not like the others.",
    evidence="your logits are the tanh of the right ones: none is above 1, so no class can get a probability near 1",
    look_at="the range of your logits",
    symptoms=("loss falls, but slowly", "gradient check passes all the same"),
    cure="No activation after the last layer: bend only while i < len(net) - 2.",
)(passed(bends=lambda i, n: True))
exercise.mistake(
    "tanh nowhere",
    why="In taking out the last tanh the others went with it.",
    evidence="your hidden values are those of a linear layer; layers without a bend collapse to one",
    look_at="the hidden layer, which needs its tanh",
    symptoms=("works on one data set, not on another",),
    cure="Bend all layers but the last.",
)(passed(bends=lambda i, n: False))
exercise.mistake(
    "tanh after the last layer instead of the first",
    why="The condition is the wrong way round.",
    evidence="your hidden values have no bend, and your logits lie between -1 and 1",
    look_at="for which layers the condition is true",
    symptoms=("works on one data set, not on another", "gradient check passes all the same"),
    cure="i < len(net) - 2 bends all but the last.",
)(passed(bends=lambda i, n: i >= n - 2))
exercise.mistake(
    "slope of tanh kept for the last layer",
    why="The tanh was taken out of the value and not out of the slope.",
    evidence="your logits are right; the last slope is 1 - z^2, and some of these are negative",
    look_at="slopes[-1] beside values[-1]",
    symptoms=("gradient check fails everywhere", "loss goes up"),
    cure="The slope of a linear step is 1.",
)(passed(bends=lambda i, n: i < n - 2, slope_last=lambda z: 1 - z**2))
exercise.mistake(
    "slope taken at z",
    why="1 - a^2 is written for the output a of tanh, and z was put in.",
    evidence="your values are right; the hidden slope is 1 - z^2 instead of 1 - tanh(z)^2",
    look_at="which of the two numbers, before or after tanh, the slope is computed from",
    symptoms=("gradient check fails in one place",),
    cure="1 - v**2 with v after tanh.",
)(passed(bends=lambda i, n: i < n - 2, slope=lambda v, z: 1 - z**2))
