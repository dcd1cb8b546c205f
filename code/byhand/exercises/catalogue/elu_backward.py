"""The derivative of the exponential linear unit, times what arrives."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward pass of ELU",
    task="`elu_backward(da, z, alpha)` with da and z of one shape: return dz for a = z where z > 0 and alpha (exp(z) - 1) elsewhere, without "
    "overflow for large z.",
    section="sec:activations:smooth",
    outputs=("dz",),
    hints=(
        "Differentiate each side by itself.",
        "The slope is 1 on the right and alpha exp(z) on the left.",
        "np.exp(np.minimum(z, 0)) never overflows; np.where computes both sides.",
    ),
)


@exercise.solution
def elu_backward(da, z, alpha):
    return da * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


@exercise.probes
def probes(rng):
    for shape, alpha in (((5, 3), 1.0), ((4, 4), 0.3), ((7,), 1.7)):
        z = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        z.flat[:4] = 0.5, 1.5, -0.5, -1.5
        da = rng.uniform(0.2, 2, shape) * rng.choice([-1.0, 1.0], shape)
        da.flat[:4] = -0.7, 0.6, 0.8, -0.9
        yield da, z, alpha
    yield np.array([1.0, -2.0, 0.5]), np.array([1000.0, -1000.0, -1.0]), 1.0


def with_left(left):
    return lambda da, z, alpha: da * np.where(z > 0, 1.0, left(np.minimum(z, 0), alpha))


for title, left, why, evidence, look_at, cure in (
    (
        "the value instead of its slope",
        lambda z, alpha: alpha * (np.exp(z) - 1),
        "alpha (exp(z) - 1) is the forward pass; the constant falls away when it is differentiated.",
        "on the left your slopes are negative",
        "the derivative of a constant",
        "alpha exp(z).",
    ),
    (
        "alpha forgotten",
        lambda z, alpha: np.exp(z),
        "The factor in front stays when it is differentiated; with alpha = 1 nobody notices.",
        "right for alpha = 1 and for no other",
        "what your function does with alpha",
        "alpha exp(z).",
    ),
    (
        "derivative of ReLU",
        lambda z, alpha: 0.0 * z,
        "ELU is not flat on the left.",
        "your dz is 0 where z is negative",
        "the slope of exp(z) for negative z",
        "alpha exp(z) where z <= 0.",
    ),
    (
        "derivative of the leaky ReLU",
        lambda z, alpha: alpha + 0.0 * z,
        "On the left ELU bends; its slope depends on z.",
        "on the left all your slopes are alpha",
        "whether the curve on the left is straight",
        "alpha exp(z) where z <= 0.",
    ),
    (
        "output plus 1",
        lambda z, alpha: alpha * (np.exp(z) - 1) + 1,
        "The slope is the output plus alpha; plus 1 is right for alpha = 1 only.",
        "right for alpha = 1 and for no other",
        "the constant that turns the output into the slope",
        "output + alpha.",
    ),
):
    exercise.mistake(title, why=why, evidence=evidence, look_at=look_at, cure=cure,
                     symptoms=("gradient check fails in one place",))(with_left(left))  # fmt: skip
