"""The gradient of a batch from the gradients of its shards."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Shards of any size",
    task="`combined_gradient(gradients, sizes)` with gradients of shape (p, P), row r the gradient of the mean loss of shard r, and sizes of shape (p,), "
    "its number of samples: return the gradient of the mean loss of the whole batch, of shape (P,).",
    section="sec:beyond-one-machine:shards",
    outputs=("gradient",),
    hints=(
        "Undo the mean of each shard first: sizes[r] * gradients[r] is the sum over its samples.",
        "Add the sums of all shards, and divide once by the number of all samples.",
        "The weights are sizes / sizes.sum(); they multiply the rows, and the rows are added.",
    ),
)


@exercise.solution
def combined_gradient(gradients, sizes):
    return sizes @ gradients / sizes.sum()


@exercise.probes
def probes(rng):
    for sizes, n in (((18, 6), 5), ((7, 3, 11), 4), ((5, 9, 1, 4), 4), ((6, 6, 6), 7)):
        yield rng.standard_normal((len(sizes), n)), np.array(sizes)


exercise.mistake(
    "plain average",
    why="An average of means is the mean of all only if the groups have one size.",
    evidence=lambda gradients, sizes: (
        f"your result is gradients.mean(axis=0): the shard of {sizes.min()} counts as much as that of {sizes.max()}"
    ),
    look_at="how much a single sample of the smallest shard counts, and one of the largest",
    symptoms=("loss is fine, predictions are not", "gradient check fails everywhere"),
    cure="Weight row r by sizes[r] / sizes.sum().",
)(lambda gradients, sizes: gradients.mean(axis=0))
exercise.mistake(
    "gradients added",
    why="An all-reduce adds; the division that makes it an average is left to the caller.",
    evidence=lambda gradients, sizes: f"your result is the sum of the {len(sizes)} rows, without any weights",
    look_at="the result for shards that all have the same gradient: it must be that gradient",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="The weights have to add to 1.",
)(lambda gradients, sizes: gradients.sum(axis=0))
exercise.mistake(
    "not divided by the number of samples",
    why="The sums of the shards are added, and the mean of the batch is not taken.",
    evidence=lambda gradients, sizes: f"your result is the correct one times {sizes.sum()}, the number of samples",
    look_at="the result for shards that all have the same gradient: it must be that gradient",
    symptoms=("loss goes up", "loss is NaN or infinite"),
    cure="Divide by sizes.sum().",
)(lambda gradients, sizes: sizes @ gradients)
exercise.mistake(
    "averaged once more over the machines",
    why="With losses already weighted by sizes / N, the engine's average divides by p again unless the weight has a factor p.",
    evidence=lambda gradients, sizes: f"your result is the correct one divided by {len(sizes)}, the number of shards",
    look_at="what the weights add up to",
    symptoms=("loss falls, but slowly",),
    cure="The weights add to 1; if an average over p follows, multiply by p first.",
)(lambda gradients, sizes: sizes @ gradients / sizes.sum() / len(sizes))
exercise.mistake(
    "weighted by the inverse sizes",
    why="The means were taken for sums, to be divided by the sizes.",
    evidence="your weights fall with the size of the shard, as 1 / sizes",
    look_at="which shard should count more, the large one or the small one",
    symptoms=("loss is fine, predictions are not", "gradient check fails everywhere"),
    cure="Multiply by the sizes; the means have been divided by them already.",
)(lambda gradients, sizes: (1 / sizes) @ gradients / (1 / sizes).sum())


@exercise.also("weighted by the inverse sizes")
def divided_by_sizes(gradients, sizes):
    return (gradients / sizes[:, None]).mean(axis=0)


@exercise.also("weighted by the inverse sizes")
def divided_by_sizes_and_added(gradients, sizes):
    return (gradients / sizes[:, None]).sum(axis=0)
