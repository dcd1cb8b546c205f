"""A check of dx that a square layer cannot deceive."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Expose a wrong dx in a square layer",
    task="`exposes(backward, n)`: True when `backward(dz, (x, W))`, which returns (dx, dW, db), gives a wrong dx on a random layer "
    "with n inputs and n neurons, False when its dx is right.",
    section="sec:backprop:layer",
    outputs=("exposed",),
    hints=(
        "Draw x, W and an upstream dz at random and call backward. A symmetric W would hide the mistake.",
        "np.sum(dz * (x @ W.T)), as a function of x, has the right dx as its gradient: measure it by finite differences.",
        "Compare the first of the three results with the measured gradient by np.allclose; return the negation.",
    ),
)


def draw(n, W=None):
    """A random square layer: x, W and the upstream gradient."""
    rng = np.random.default_rng(n)
    x, dz = rng.standard_normal((n + 2, n)), rng.standard_normal((n + 2, n))
    return x, rng.standard_normal((n, n)) if W is None else W, dz


@exercise.solution
def exposes(backward, n):
    x, W, dz = draw(n)
    return not np.allclose(backward(dz, (x, W))[0], np.einsum("nj,ji->ni", dz, W))


@exercise.probes
def probes(rng):
    slips = [
        lambda dz, cache: (dz @ cache[1], dz.T @ cache[0], dz.sum(axis=0)),  # right
        lambda dz, cache: (dz @ cache[1].T, dz.T @ cache[0], dz.sum(axis=0)),  # the trap
        lambda dz, cache: (dz @ cache[1], cache[0].T @ dz, dz.sum(axis=0)),  # dW wrong, dx right
        lambda dz, cache: (dz @ cache[1] / 2, dz.T @ cache[0], dz.sum(axis=0)),  # halved
        lambda dz, cache: (-dz @ cache[1], dz.T @ cache[0], dz.sum(axis=0)),  # sign
    ]
    for slip, n in zip(slips, rng.permutation([3, 4, 5, 6, 7]), strict=True):
        yield slip, int(n)


exercise.mistake(
    "shapes compared instead of numbers",
    why="In a square layer both products have the same shape; that a shape fits is no proof.",
    evidence="you find nothing wrong with a backward whose dx is dz @ W.T",
    look_at="whether a single number of dx enters your comparison",
    symptoms=("works for square layers only", "gradient check passes all the same"),
    cure="Compare the entries, with np.allclose.",
)(lambda backward, n: backward(draw(n)[2], draw(n)[:2])[0].shape != (n + 2, n))
exercise.mistake(
    "a symmetric W hides the transpose",
    why="The identity and other symmetric matrices are their own transposes: dz @ W and dz @ W.T agree.",
    evidence="you find nothing wrong with dz @ W.T, but you notice a wrong sign",
    look_at="what W.T is for the W that you chose",
    symptoms=("gradient check passes all the same", "works on one data set, not on another"),
    cure="Draw W at random.",
)(
    lambda backward, n: (
        not np.allclose(backward(draw(n)[2], (draw(n)[0], np.eye(n)))[0], draw(n)[2])  # dz @ identity is dz
    )
)
exercise.mistake(
    "right and wrong exchanged",
    why="np.allclose says True when the gradients agree; the question was whether they differ.",
    evidence="you answer True for the backward that is right, and False for the wrong ones",
    look_at="what your function returns for linear_backward",
    symptoms=("gradient check fails everywhere",),
    cure="Return the negation.",
)(lambda backward, n: not exposes(backward, n))
exercise.mistake(
    "dW judged instead of dx",
    why="backward returns three gradients, and the second was taken for the first.",
    evidence="you expose a backward whose dW alone is wrong, and miss a wrong dx",
    look_at="the order in which backward returns its results",
    symptoms=("gradient check passes all the same", "gradient check fails in one place"),
    cure="backward(...)[0].",
)(lambda backward, n: not np.allclose(backward(draw(n)[2], draw(n)[:2])[1], draw(n)[2].T @ draw(n)[0]))
exercise.mistake(
    "compared with the trap itself",
    why="The expected value was computed with dz @ W.T: the formula under suspicion sits on the bench.",
    evidence="you expose linear_backward, which is right, and let dz @ W.T pass",
    look_at="where your expected dx comes from; finite differences need no formula",
    symptoms=("gradient check passes all the same", "works for square layers only"),
    cure="Measure: numerical_gradient of np.sum(dz * (x @ W.T)) with respect to x.",
)(lambda backward, n: not np.allclose(backward(draw(n)[2], draw(n)[:2])[0], draw(n)[2] @ draw(n)[1].T))
