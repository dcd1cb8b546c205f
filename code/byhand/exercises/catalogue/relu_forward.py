"""The rectified linear unit."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Forward pass of ReLU",
    task="`relu_forward(z)` with z of any shape: return max(z, 0), entry by entry, and leave z as it was.",
    section="sec:activations:relu",
    outputs=("a",),
    hints=(
        "A positive number stays what it is. What becomes of a negative one?",
        "NumPy has a function that compares an array with a number entry by entry and keeps the larger.",
        "np.maximum(z, 0). Beware of np.max(z, 0): that is another function, whose second argument is an axis.",
    ),
)


@exercise.solution
def relu_forward(z):
    return np.maximum(z, 0)


@exercise.probes
def probes(rng):
    yield (np.array([[-1.5, 0.0, 2.0, 0.3], [4.0, -0.2, 0.0, -3.0]]),)
    yield (3 * rng.standard_normal((5, 3)),)
    yield (rng.standard_normal((4, 4)),)
    yield (np.array([0.7, -0.6, -4.0, 2.0]),)


exercise.mistake(
    "the mask instead of the value",
    why="z > 0 is the slope of ReLU, which the backward pass needs; the forward pass keeps the number.",
    evidence="your result holds zeros and ones only",
    look_at="what comes out for an input of 2",
    symptoms=("loss stops at chance", "gradient check fails everywhere"),
    cure="np.maximum(z, 0).",
)(lambda z: (z > 0) * 1.0)
exercise.mistake(
    "the smaller of the two",
    why="minimum and maximum were exchanged.",
    evidence="your result is 0 where z is positive, and z where it is negative",
    look_at="which half of the line is cut off",
    symptoms=("gradient check fails everywhere",),
    cure="np.maximum.",
)(lambda z: np.minimum(z, 0))
exercise.mistake(
    "absolute value",
    why="The sign was removed instead of the negative part.",
    evidence="where z is negative your result is -z, not 0",
    look_at="what comes out for an input of -3",
    symptoms=("gradient check fails everywhere",),
    cure="np.maximum(z, 0).",
)(np.abs)
exercise.mistake(
    "leaky",
    why="A leaky ReLU keeps a small slope where z is negative; it is another activation.",
    evidence="where z is negative your result is small, but not 0",
    look_at="what comes out for an input of -3",
    symptoms=("gradient check fails in one place",),
    cure="Zero where z is negative.",
)(lambda z: np.where(z > 0, z, 0.01 * z))
exercise.also("leaky")(lambda z: np.where(z > 0, z, 0.1 * z))
exercise.mistake(
    "one number for the whole array",
    why="np.max(z, 0) is the largest entry along axis 0; its second argument is an axis.",
    evidence=lambda z: f"your result has shape {np.max(z, 0).shape}, z has {z.shape}",
    look_at="the shape of your result, and what the second argument of your function means",
    symptoms=("shapes silently too large", "an error about shapes"),
    cure="np.maximum(z, 0).",
)(lambda z: np.max(z, 0))
exercise.mistake(
    "no bend at all",
    why="z was handed on as it is.",
    evidence="your result equals z, negative entries included",
    look_at="what comes out for an input of -3",
    symptoms=("loss stops at chance", "gradient check passes all the same"),
    cure="np.maximum(z, 0).",
)(lambda z: 1.0 * z)
exercise.mistake(
    "cut off at 1 as well",
    why="A clip with two ends was used where one is wanted.",
    evidence="no entry of your result is above 1",
    look_at="what comes out for an input of 2",
    symptoms=("loss falls, but slowly", "gradient check fails in one place"),
    cure="No upper end.",
)(lambda z: np.clip(z, 0, 1))
