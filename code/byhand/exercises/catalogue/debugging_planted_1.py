"""Planted bug 1: a softmax along the wrong axis."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Mend Program 1",
    task="The method `probabilities(self, z)` with logits z (N, K): return the probabilities (N, K), so that large logits do not overflow.",
    section="sec:debugging:planted",
    outputs=("p",),
    hints=(
        "How many numbers have to add up to 1, and which ones are they?",
        "Axis 0 runs over samples, axis 1 over classes.",
        "The axis named in a sum is the one that disappears; keepdims=True keeps a place for it.",
    ),
)


@exercise.solution
def probabilities(self, z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@exercise.probes
def probes(rng):
    for n, k in ((7, 3), (4, 5), (4, 4)):
        yield None, 3 * rng.standard_normal((n, k))
    large = rng.standard_normal((5, 3))
    large[1] += 2000.0  # the other rows lie far below the largest of the batch
    yield None, large


@exercise.mistake(
    "softmax over the samples",
    why="Axis 0 runs over the batch, and the sum was to run over the classes.",
    evidence=lambda self, z: f"each of your {z.shape[1]} columns adds up to 1; the {len(z)} rows should",
    look_at="which axis the sum runs along, and which one the classes are on",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="Both the maximum and the sum along axis 1.",
)
def over_samples(self, z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@exercise.mistake(
    "divided by the sum of the whole batch",
    why="Without an axis a sum runs over everything.",
    evidence=lambda self, z: f"all your {z.size} numbers together add up to 1; each row should",
    look_at="how many numbers e.sum() is",
    symptoms=("gradient check fails everywhere",),
    cure="e.sum(axis=1, keepdims=True).",
)
def whole_batch(self, z):
    e = np.exp(z - z.max())
    return e / e.sum()


@exercise.mistake(
    "largest logit of the batch subtracted",
    why="One number for all rows is enough only if no row lies far below the others.",
    evidence="rows that lie far below the largest logit of the batch come out as 0/0; the others are right",
    look_at="what is left of a row after the subtraction, when another row is 2000 larger",
    symptoms=("works until the numbers are large",),
    cure="Subtract each row's own maximum: z.max(axis=1, keepdims=True).",
)
def maximum_of_the_batch(self, z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1, keepdims=True)


@exercise.mistake(
    "axis mended in the sum only",
    why="The axis stands in two places.",
    evidence="your probabilities are right for logits of one size, and 0/0 for rows far below the others",
    look_at="both places in which an axis is named",
    symptoms=("works until the numbers are large",),
    cure="z.max(axis=1, keepdims=True).",
)
def sum_only(self, z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@exercise.mistake(
    "no maximum subtracted",
    why="The formula of the softmax has no subtraction in it; a computer needs one.",
    evidence="large logits overflow: infinity divided by infinity is NaN",
    look_at="what exp(2000) is in a computer",
    symptoms=("works until the numbers are large", "loss is NaN or infinite"),
    cure="Subtract each row's maximum first.",
)
def overflowing(self, z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
