"""The indices of one rank, dealt out like cards."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Deal the samples out",
    task="`rank_indices(n, p, rank)` for n samples on p ranks, n at least p: return the indices of one rank as a sampler without shuffling deals them out; "
    "the list 0 to n - 1 is padded with its own first indices to a multiple of p, and rank r takes the places r, r + p, r + 2p and so on.",
    section="sec:beyond-one-machine:sampler",
    outputs=("indices",),
    hints=(
        "How long is the padded list? The smallest multiple of p that is at least n.",
        "Padding with the first indices is counting on modulo n.",
        "(np.arange(padded) % n)[rank::p]",
    ),
)


def padded_length(n, p):
    return -(-n // p) * p


@exercise.solution
def rank_indices(n, p, rank):
    return (np.arange(padded_length(n, p)) % n)[rank::p]


@exercise.probes
def probes(rng):
    yield from ((10, 4, 3), (23, 5, 4), (17, 3, 1), (12, 3, 1), (29, 7, 6), (20, 6, 4), (20, 6, 0))


exercise.mistake(
    "not padded",
    why="A slice with a step stops at the end of the list, wherever that is.",
    evidence=lambda n, p, rank: (
        f"with {n} samples on {p} ranks your rank {rank} has {len(range(rank, n, p))} indices, one too few"
    ),
    look_at="how many indices each rank gets when p does not divide n",
    symptoms=("works on one data set, not on another",),
    cure="Pad to a multiple of p first.",
)(lambda n, p, rank: np.arange(n)[rank::p])
exercise.mistake(
    "last samples dropped",
    why="n // p samples a rank is equal for all too, at the price of samples that are never seen (the sampler's drop_last).",
    evidence=lambda n, p, rank: f"{n % p} of the {n} samples are in no rank's list",
    look_at="whether every sample is in some rank's list",
    symptoms=("works on one data set, not on another",),
    cure="Round n / p up, not down.",
)(lambda n, p, rank: np.arange(n // p * p)[rank::p])
exercise.mistake(
    "contiguous blocks",
    why="The padded list is cut into p pieces instead of being dealt out.",
    evidence=lambda n, p, rank: f"your rank {rank} has neighbouring indices, where they should be {p} apart",
    look_at="the step between your indices",
    symptoms=("works on one data set, not on another",),
    cure="[rank::p], not [rank * length : (rank + 1) * length].",
)(lambda n, p, rank: (np.arange(padded_length(n, p)) % n).reshape(p, -1)[rank])
exercise.mistake(
    "padded with the last index",
    why="The last sample is repeated, as in padding an image with its edge.",
    evidence=lambda n, p, rank: f"your padding repeats index {n - 1}, where the list should start again at 0",
    look_at="which samples are dealt out twice",
    symptoms=("works on one data set, not on another",),
    cure="Count on modulo n.",
)(lambda n, p, rank: np.minimum(np.arange(padded_length(n, p)), n - 1)[rank::p])
exercise.mistake(
    "padding out of range",
    why="The list was made longer without wrapping round.",
    evidence=lambda n, p, rank: f"there are {n} samples, and some rank gets an index of {n} or more",
    look_at="the largest index of the last rank",
    symptoms=("an error about shapes", "works on one data set, not on another"),
    cure="Take the indices modulo n.",
)(lambda n, p, rank: np.arange(padded_length(n, p))[rank::p])
exercise.mistake(
    "a whole round of padding too many",
    why="n // p + 1 is n / p rounded up only if p does not divide n.",
    evidence="when p divides n each of your ranks has one index too many",
    look_at="a number of samples that p divides",
    symptoms=("works on one data set, not on another",),
    cure="-(-n // p) rounds up.",
)(lambda n, p, rank: (np.arange((n // p + 1) * p) % n)[rank::p])
exercise.mistake(
    "ranks counted from 1",
    why="Ranks run from 0 to p - 1.",
    evidence=lambda n, p, rank: f"your rank {rank} starts at place {rank - 1}",
    look_at="the first index of rank 0",
    symptoms=("works on one data set, not on another",),
    cure="[rank::p]",
)(lambda n, p, rank: (np.arange(padded_length(n, p)) % n)[(rank - 1) % p :: p])
