"""How many times as fast, from interleaved runs."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Which one is faster, and how many times",
    task="`times_as_fast(ours, theirs)` with two arrays of times in seconds, shape (turns,), entry i of both from turn i: how many times as "
    "fast ours is, the median of the ratios of each turn.",
    section="sec:pytorch-comparison:speed",
    outputs=("times as fast",),
    hints=(
        "If ours takes 1 second and theirs 2, the answer is 2.",
        "One ratio a turn, theirs over ours; only then something is put together.",
        "np.median(theirs / ours).",
    ),
)


@exercise.solution
def times_as_fast(ours, theirs):
    return np.median(np.asarray(theirs) / np.asarray(ours))


@exercise.probes
def probes(rng):
    for turns, factor in ((9, 3.0), (7, 0.4), (8, 1.7)):
        load = 1 + rng.exponential(size=turns)  # what the machine is busy with: it hits both runs of a turn
        ours, theirs = load * rng.uniform(0.8, 1.25, turns), factor * load * rng.uniform(0.8, 1.25, turns)
        ours[1] *= 5  # and a disturbance of a single run each
        theirs[3] *= 7
        yield ours, theirs


MISTAKES = (
    (
        "upside down",
        "A ratio of times is taken for a ratio of speeds.",
        "your number is below 1 exactly where ours is faster",
        "which of the two times is larger when ours is faster",
        "theirs / ours.",
        lambda ours, theirs: np.median(ours / theirs),
    ),
    (
        "ratio of means",
        "The mean is the first summary that comes to mind, and one disturbed run moves it.",
        "your number is the mean of theirs over the mean of ours",
        "what one run that was disturbed does to your number",
        "np.median(theirs / ours).",
        lambda ours, theirs: np.mean(theirs) / np.mean(ours),
    ),
    (
        "ratio of medians",
        "Each library is summed up on its own, which forgets that the runs of one turn met the same load.",
        "your number is the median of theirs over the median of ours: the pairs are lost",
        "what happens to your number if the turns of one of the two are shuffled",
        "The ratio of each turn first.",
        lambda ours, theirs: np.median(theirs) / np.median(ours),
    ),
    (
        "mean of ratios",
        "The pairs are kept, but a single disturbed turn still counts in full.",
        "your number is the mean of the ratios",
        "what one disturbed turn does to your number",
        "The median of the ratios.",
        lambda ours, theirs: np.mean(theirs / ours),
    ),
    (
        "ratio of the shortest times",
        "The shortest time is disturbed least; but the two shortest come from different turns.",
        "your number is the smallest of theirs over the smallest of ours",
        "whether your two numbers come from one turn",
        "np.median(theirs / ours), as was asked for.",
        lambda ours, theirs: np.min(theirs) / np.min(ours),
    ),
    (
        "share saved",
        "How much faster is said in per cent by some, as a share of the longer time.",
        "your number is below 1 always: the share of their time that is saved",
        "what was asked for: a factor, not a share",
        "theirs / ours.",
        lambda ours, theirs: np.median((theirs - ours) / theirs),
    ),
    (
        "one too few",
        "Twice as fast is one time faster, some count.",
        "your number is the right one less 1",
        "what your number is when both take the same time",
        "The ratio itself: 1 means equal.",
        lambda ours, theirs: np.median(theirs / ours) - 1,
    ),
)
for title, why, evidence, look_at, cure, wrong in MISTAKES:
    exercise.mistake(
        title,
        why=why,
        evidence=evidence,
        look_at=look_at,
        symptoms=("works on one data set, not on another",),
        cure=cure,
    )(wrong)
exercise.also("upside down")(lambda ours, theirs: 1 / np.median(theirs / ours))
