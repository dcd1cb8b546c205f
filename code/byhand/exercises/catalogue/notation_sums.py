"""Sums with indices as lines of NumPy."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="From sums to products",
    task="`four_sums(A, B, C)` with A and C of shape (N, K), B of shape (N, D): return (S, r, G, s) with S_kd = sum over n of A_nk B_nd, "
    "r_n = sum over k of A_nk C_nk, G_nm = sum over k of A_nk C_mk and s_k = sum over n of A_nk.",
    section="sec:notation:product",
    outputs=("S", "r", "G", "s"),
    hints=(
        "P @ Q adds over the last index of P and the first of Q. Transpose until the index that is summed stands there.",
        "In r the index n stands in both factors and in the result: multiply entry by entry, then add along an axis.",
        "Indices that remain become axes, in the order in which the left side names them: S has shape (K, D).",
    ),
)


def right(A, B, C):
    return {"S": A.T @ B, "r": (A * C).sum(axis=1), "G": A @ C.T, "s": A.sum(axis=0)}


@exercise.solution
def four_sums(A, B, C):
    return tuple(right(A, B, C).values())


@exercise.probes
def probes(rng):
    for N, K, D in ((5, 3, 4), (7, 4, 3)):
        yield rng.standard_normal((N, K)), rng.standard_normal((N, D)), rng.standard_normal((N, K))


def wrong(title, name, value, **text):
    """All right but one output."""
    text = {"symptoms": ("an error about shapes", "works for square layers only")} | text
    exercise.mistake(title, **text)(lambda A, B, C: tuple((right(A, B, C) | {name: value(A, B, C)}).values()))


wrong(
    "S transposed",
    "S",
    lambda A, B, C: B.T @ A,
    why="Both products add over n; the left side says which index comes first.",
    evidence=lambda A, B, C: f"your S has shape {B.shape[1], A.shape[1]}, d before k",
    look_at="the order of the indices on the left side of S",
    cure="A.T @ B.",
)
wrong(
    "r as a table of all pairs",
    "r",
    lambda A, B, C: A @ C.T,
    why="A matrix product pairs each row of A with each row of C; r asks for each row with its own partner.",
    evidence=lambda A, B, C: f"your r has shape {len(A), len(A)}; the numbers asked for are its diagonal",
    look_at="how many indices r has",
    symptoms=("shapes silently too large",),
    cure="(A * C).sum(axis=1).",
)
wrong(
    "r added over samples",
    "r",
    lambda A, B, C: (A * C).sum(axis=0),
    why="axis=0 makes the rows vanish; the index that is summed here is the second.",
    evidence=lambda A, B, C: (
        f"your r has {A.shape[1]} entries, one for each k; r_n has one for each of {len(A)} samples"
    ),
    look_at="which index stands under the sum sign of r, and which axis that is",
    cure="axis=1.",
)
wrong(
    "r kept as a column",
    "r",
    lambda A, B, C: (A * C).sum(axis=1, keepdims=True),
    why="keepdims leaves an axis of length 1, which broadcasts later.",
    evidence=lambda A, B, C: f"your r has shape {len(A), 1}; one index, one axis",
    look_at="how many axes r.shape shows",
    symptoms=("shapes silently too large",),
    cure="Leave keepdims out.",
)
wrong(
    "G transposed",
    "G",
    lambda A, B, C: C @ A.T,
    why="Both products have the same shape, (N, N); only the order of n and m tells them apart.",
    evidence="your G is the transpose of the right one: shapes cannot see it",
    look_at="whether the first index of G belongs to A or to C",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="A @ C.T.",
)
wrong(
    "s added over features",
    "s",
    lambda A, B, C: A.sum(axis=1),
    why="axis names the axis that vanishes, not the one that remains.",
    evidence=lambda A, B, C: f"your s has {len(A)} entries, one for each sample; s_k has {A.shape[1]}",
    look_at="which index stands under the sum sign of s",
    cure="axis=0.",
)
wrong(
    "s added up completely",
    "s",
    lambda A, B, C: np.sum(A),
    why="Without an axis, sum adds all entries.",
    evidence="your s is one number; s has an index",
    look_at="the argument of sum",
    symptoms=("shapes silently too large", "loss falls, but slowly"),
    cure="A.sum(axis=0).",
)
