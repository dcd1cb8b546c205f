"""Product and quotient of dual numbers, for forward mode."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Forward mode, with dual numbers",
    task="`dual_rates(p, dp, q, dq)`: two numbers p and q move at the rates dp and dq. Return the rates of p q and of p / q.",
    section="sec:autograd:modes",
    outputs=("product", "quotient"),
    hints=(
        "A rate is a sum with one term for each part: its local slope times its rate.",
        "The local slopes of the product are q and p; those of the quotient 1 / q and -p / q^2.",
        "The product's rate is q dp + p dq, the quotient's dp / q - p / q^2 dq.",
    ),
)


def rates(product=lambda p, dp, q, dq: q * dp + p * dq, quotient=lambda p, dp, q, dq: dp / q - p / q**2 * dq):
    def dual_rates(p, dp, q, dq):
        return product(p, dp, q, dq), quotient(p, dp, q, dq)

    return dual_rates


exercise.solution(rates())


@exercise.probes
def probes(rng):
    yield 3.0, 1.0, 5.0, 0.0
    yield -1.5, 0.7, 0.4, -3.0
    for _ in range(2):
        yield tuple(float(v) for v in rng.uniform(0.3, 3, size=4) * rng.choice([-1, 1], size=4))


FAILS = ("gradient check fails everywhere",)


exercise.mistake(
    "product of the rates",
    why="The rate of a product was taken to be the product of the rates.",
    evidence=lambda p, dp, q, dq: (
        f"your product moves at dp dq = {dp * dq:.4g}; it moves even when one factor stands still"
    ),
    look_at="what the product does when q stands still",
    symptoms=FAILS,
    cure="q dp + p dq.",
)(rates(product=lambda p, dp, q, dq: dp * dq))
exercise.mistake(
    "factors of the product exchanged",
    why="The slope of p q with respect to p is the other factor, q.",
    evidence=lambda p, dp, q, dq: f"your product moves at p dp + q dq = {p * dp + q * dq:.4g}",
    look_at="by what the rate of p is multiplied",
    symptoms=FAILS,
    cure="q dp + p dq.",
)(rates(product=lambda p, dp, q, dq: p * dp + q * dq))
exercise.mistake(
    "one term of the product left out",
    why="Only one of the two factors was allowed to move.",
    evidence=lambda p, dp, q, dq: f"the two terms are {q * dp:.4g} and {p * dq:.4g}; yours is one of them",
    look_at="how many parts a product has",
    symptoms=("gradient check fails in one place",),
    cure="q dp + p dq.",
)(rates(product=lambda p, dp, q, dq: q * dp))
exercise.also("one term of the product left out")(rates(product=lambda p, dp, q, dq: p * dq))
exercise.mistake(
    "rates added in the product",
    why="That is the rule of the sum.",
    evidence=lambda p, dp, q, dq: f"your product moves at dp + dq = {dp + dq:.4g}",
    look_at="the local slopes of a product",
    symptoms=FAILS,
    cure="q dp + p dq.",
)(rates(product=lambda p, dp, q, dq: dp + dq))
exercise.mistake(
    "quotient of the rates",
    why="The rate of a quotient was taken to be the quotient of the rates.",
    evidence="your quotient's rate is dp / dq, and has no value when q stands still",
    look_at="what the quotient does when q stands still",
    symptoms=("loss is NaN or infinite", "gradient check fails everywhere"),
    cure="dp / q - p / q^2 dq.",
)(rates(quotient=lambda p, dp, q, dq: np.divide(dp, dq)))
exercise.mistake(
    "sign of the divisor's term lost",
    why="A quotient falls when a positive divisor grows.",
    evidence=lambda p, dp, q, dq: f"the divisor's term is {-p / q**2 * dq:.4g}; yours has the other sign",
    look_at="which way the quotient goes when q grows",
    symptoms=FAILS,
    cure="dp / q - p / q^2 dq.",
)(rates(quotient=lambda p, dp, q, dq: dp / q + p / q**2 * dq))
exercise.mistake(
    "terms of the quotient exchanged",
    why="In (q dp - p dq) / q^2 the two terms changed places.",
    evidence="your quotient's rate is right but for its sign",
    look_at="the sign of the rate when q stands still",
    symptoms=("loss goes up", "gradient check fails everywhere"),
    cure="(q dp - p dq) / q^2.",
)(rates(quotient=lambda p, dp, q, dq: (p * dq - q * dp) / q**2))
exercise.mistake(
    "square in the denominator forgotten",
    why="The numerator of the quotient rule was divided by q in place of its square.",
    evidence=lambda p, dp, q, dq: f"your quotient's rate is q = {q:.4g} times the right one",
    look_at="the denominator of the quotient rule",
    symptoms=FAILS,
    cure="(q dp - p dq) / q^2.",
)(rates(quotient=lambda p, dp, q, dq: (q * dp - p * dq) / q))
exercise.mistake(
    "divisor taken as constant",
    why="Only the number above the line was allowed to move.",
    evidence=lambda p, dp, q, dq: f"the divisor's term, {-p / q**2 * dq:.4g}, is missing",
    look_at="how many parts a quotient has",
    symptoms=("gradient check fails in one place",),
    cure="dp / q - p / q^2 dq.",
)(rates(quotient=lambda p, dp, q, dq: dp / q))
