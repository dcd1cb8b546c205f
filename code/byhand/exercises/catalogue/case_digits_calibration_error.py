"""The expected calibration error of a classifier's probabilities."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Expected calibration error",
    task="`expected_calibration_error(p, labels, bins)` with p (N, K), rows that add up to 1, labels (N,) from 0 and a whole number "
    "`bins`, M: sort the samples by their highest probability into the bins ((m - 1)/M, m/M], m = 1 ... M, and return the sum over the "
    "bins of |share right - mean highest probability|, each weighted by the bin's share of the samples. Empty bins add nothing.",
    section="sec:case-digits:calibration",
    outputs=("error",),
    hints=(
        "Two numbers a sample are enough: the highest probability, and whether the class that has it is the label.",
        "np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True) says which bin, counted from 0.",
        "For each bin that is not empty add np.mean(bin == m) * abs(right[bin == m].mean() - confidence[bin == m].mean()).",
    ),
)


def of_bins(confidence, right, index, count, size=abs, weight=lambda here: here.mean()):
    """Sum over the bins that hold a sample: weight times the size of the gap."""
    held = [index == m for m in range(count) if np.any(index == m)]
    return sum(weight(here) * size(right[here].mean() - confidence[here].mean()) for here in held)


def sorted_into(confidence, bins, closed_right=True):
    return np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=closed_right)


def top(p, labels):
    return p.max(axis=1), p.argmax(axis=1) == labels


@exercise.solution
def expected_calibration_error(p, labels, bins):
    confidence, right = top(p, labels)
    return of_bins(confidence, right, sorted_into(confidence, bins), bins)


@exercise.probes
def probes(rng):
    # Highest probabilities on the edges 1/2 and 3/4 of four bins, and at 1; there the share right is far from them,
    # and to the other side than in the bin above.
    edges = np.array([[0.5, 0.3, 0.2]] * 5 + [[0.2, 0.05, 0.75]] * 4 + [[0.0, 1.0, 0.0]] * 3)
    on_edges = np.array([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0])
    for n, spread in ((41, 1.0), (67, 2.5)):
        z = spread * rng.standard_normal((n, 3))
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        labels = np.where(rng.random(n) < 0.6, p.argmax(axis=1), rng.integers(0, 3, n))
        yield np.concatenate([p, edges]), np.concatenate([labels, on_edges]), 4
    z = 2 * rng.standard_normal((53, 5))
    yield np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rng.integers(0, 5, 53), 7


exercise.mistake(
    "bins not weighted by their samples",
    why="The plain mean over bins lets a bin with one sample count as much as one with hundreds.",
    evidence=lambda p, labels, bins: "your result is the mean of the gaps over the bins that are not empty",
    look_at="what each bin's gap is multiplied by",
    symptoms=("results differ between training and test", "works on one data set, not on another"),
    cure="Weight each bin by its number of samples, divided by N.",
)(
    lambda p, labels, bins: of_bins(
        *top(p, labels), i := sorted_into(p.max(axis=1), bins), bins, weight=lambda here: 1 / len(np.unique(i))
    )
)
exercise.mistake(
    "divided by the number of bins, empty ones too",
    why="Every bin was given the weight 1/M, whether or not a sample lies in it.",
    evidence=lambda p, labels, bins: f"your result is the sum of the gaps divided by {bins}, the number of bins",
    look_at="what each bin's gap is multiplied by, and what an empty bin does",
    symptoms=("results differ between training and test", "works on one data set, not on another"),
    cure="Weight each bin by its number of samples, divided by N.",
)(
    lambda p, labels, bins: of_bins(
        *top(p, labels), sorted_into(p.max(axis=1), bins), bins, weight=lambda here: 1 / bins
    )
)
exercise.mistake(
    "probability of the true class taken",
    why="The loss looks at the true class; the confidence belongs to the class that is named.",
    evidence=lambda p, labels, bins: (
        f"your bins are made from the probability of the label, {p[np.arange(len(p)), labels].mean():.3f} on average; "
        f"the highest probability is {p.max(axis=1).mean():.3f} on average"
    ),
    look_at="which entry of each row of p is the confidence",
    symptoms=("loss is fine, predictions are not",),
    cure="p.max(axis=1).",
)(lambda p, labels, bins: of_bins(c := p[np.arange(len(p)), labels], top(p, labels)[1], sorted_into(c, bins), bins))
exercise.mistake(
    "gaps added with their signs",
    why="Without the absolute value an over-confident bin makes up for an under-confident one.",
    evidence=lambda p, labels, bins: (
        "your result is the accuracy minus the mean confidence: the bins have cancelled out"
    ),
    look_at="what happens to a bin that is too sure and one that is not sure enough",
    symptoms=("works on one data set, not on another",),
    cure="Take the absolute value within each bin, before adding.",
)(lambda p, labels, bins: of_bins(*top(p, labels), sorted_into(p.max(axis=1), bins), bins, size=lambda gap: gap))
exercise.mistake(
    "a single bin",
    why="The absolute value was taken once, of accuracy minus mean confidence.",
    evidence=lambda p, labels, bins: (
        f"your result is |{np.mean(top(p, labels)[1]):.3f} - {p.max(axis=1).mean():.3f}|, accuracy and mean confidence of all samples"
    ),
    look_at="whether the number of bins changes your result",
    symptoms=("works on one data set, not on another",),
    cure="Take the absolute value within each bin, before adding.",
)(lambda p, labels, bins: abs(np.mean(top(p, labels)[1]) - p.max(axis=1).mean()))
exercise.mistake(
    "gaps squared",
    why="A squared gap belongs to another measure; the expected calibration error adds absolute gaps.",
    evidence="your result is the weighted sum of the squared gaps",
    look_at="how the size of a gap is measured",
    symptoms=("works on one data set, not on another",),
    cure="abs(gap).",
)(lambda p, labels, bins: of_bins(*top(p, labels), sorted_into(p.max(axis=1), bins), bins, size=lambda gap: gap**2))
exercise.mistake(
    "edges belong to the bin above",
    why="Many functions close a bin on the left; here a value on an edge belongs to the bin below it.",
    evidence="your result differs because of the samples whose highest probability lies on an edge",
    look_at="the bin of a sample whose highest probability is m/M",
    symptoms=("works on one data set, not on another",),
    cure="right=True in np.digitize, or confidence <= edge.",
)(lambda p, labels, bins: of_bins(*top(p, labels), sorted_into(p.max(axis=1), bins, False), bins))
exercise.mistake(
    "share of wrong answers instead of right ones",
    why="The confidence is a probability of being right.",
    evidence="in each bin you compare the confidence with the share of mistakes",
    look_at="which of == and != you take the mean of",
    symptoms=("loss is fine, predictions are not",),
    cure="The mean of p.argmax(axis=1) == labels.",
)(lambda p, labels, bins: of_bins(p.max(axis=1), ~top(p, labels)[1], sorted_into(p.max(axis=1), bins), bins))
