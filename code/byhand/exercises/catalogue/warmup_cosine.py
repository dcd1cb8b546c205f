"""A learning rate that rises in a straight line and then falls along half a cosine."""

import math

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Warm-up, then a cosine",
    task="`warmup_cosine(step, lr, warmup, total)` for step = 0, 1, 2, ...: the learning rate is lr / warmup in step 0 and rises by as "
    "much each step, so that the last of the warmup steps has lr itself. From step = warmup on it follows half a cosine, from lr at that step "
    "down to 0 at step = total, and stays 0.",
    section="sec:optimizers:schedules",
    outputs=("rate",),
    rtol=1e-9,
    hints=(
        "Write down what you want in steps 0, warmup - 1, warmup and total before writing code.",
        "The rise is lr (step + 1) / warmup. The fall needs a share that is 0 at warmup and 1 at total.",
        "share = min((step - warmup) / (total - warmup), 1), and lr (1 + cos(pi share)) / 2.",
    ),
)


def written(
    *,
    rise=lambda step, warmup: (step + 1) / warmup,
    rising=lambda step, warmup: step < warmup,
    share=lambda step, warmup, total: (step - warmup) / (total - warmup),
    fall=lambda share: (1 + math.cos(math.pi * share)) / 2,
    stop=True,
    joined=lambda rise, fall, is_rising: rise if is_rising else fall,
):
    """The schedule, with places where each mistake can be made."""

    def rate(step, lr, warmup, total):
        s = share(step, warmup, total)
        s = min(s, 1.0) if stop else s
        return lr * joined(rise(step, warmup), fall(s), rising(step, warmup))

    return rate


@exercise.solution
def warmup_cosine(step, lr, warmup, total):
    if step < warmup:
        return lr * (step + 1) / warmup
    share = min((step - warmup) / (total - warmup), 1.0)
    return lr * (1 + math.cos(math.pi * share)) / 2


@exercise.probes
def probes(rng):
    for lr, warmup, total in ((0.1, 5, 23), (0.3, 4, 17)):
        lr = lr * (1 + rng.random())
        for step in (0, 1, warmup - 1, warmup, warmup + 1, (warmup + total) // 2, total - 1, total, total + 3):
            yield step, lr, warmup, total


@exercise.run
def run(answer, step, lr, warmup, total):
    """A rate is a number; NumPy's numbers are as good."""
    rate = answer(step, lr, warmup, total)
    return np.asarray(rate, dtype=float) if isinstance(rate, (int, float, np.number, np.ndarray)) else rate


def wrong(title, *changes, **text):
    first, *others = changes
    exercise.mistake(title, **text)(written(**first))
    for other in others:
        exercise.also(title)(written(**other))


late = {"rise": lambda step, warmup: step / warmup}
wrong(
    "warm-up one step late",
    late,
    late | {"rising": lambda step, warmup: step <= warmup},
    why="Steps are counted from 0, so step / warmup is 0 in the first step: nothing is learned in it.",
    evidence=lambda step, lr, warmup, total: (
        f"your rate in step 0 is 0, and in step {warmup - 1}, the last of the warm-up, {lr * (warmup - 1) / warmup:.4f} "
        f"where the right one is {lr:.4f}"
    ),
    look_at="the rate in step 0, and in the last step of the warm-up",
    symptoms=("loss falls, but slowly",),
    cure="(step + 1) / warmup.",
)
wrong(
    "warm-up one step too short",
    {"rise": lambda step, warmup: (step + 2) / warmup},
    {"rise": lambda step, warmup: min((step + 2) / warmup, 1)},
    why="The step was counted from 1, and 1 was added once more.",
    evidence=lambda step, lr, warmup, total: f"your rate in step 0 is {2 * lr / warmup:.4f}, twice lr / warmup",
    look_at="the rate in step 0",
    symptoms=("loss goes up",),
    cure="(step + 1) / warmup.",
)
wrong(
    "cosine counted from step 0",
    {"share": lambda step, warmup, total: step / total},
    why="The cosine was started together with the warm-up instead of after it.",
    evidence=lambda step, lr, warmup, total: (
        f"in step {warmup} your rate jumps down to {lr * (1 + math.cos(math.pi * warmup / total)) / 2:.4f}; it should be {lr:.4f}"
    ),
    look_at="the rate in the first step after the warm-up",
    symptoms=("loss falls, but slowly",),
    cure="(step - warmup) / (total - warmup).",
)
wrong(
    "cosine ends too late",
    {"share": lambda step, warmup, total: (step - warmup) / total},
    why="The steps of the warm-up were subtracted from the step and not from the total.",
    evidence=lambda step, lr, warmup, total: (
        f"in step {total} your rate is {lr * (1 + math.cos(math.pi * (total - warmup) / total)) / 2:.4f} where it should be 0"
    ),
    look_at="the rate in step total",
    symptoms=("loss falls, but slowly",),
    cure="Divide by total - warmup.",
)
wrong(
    "cosine one step early",
    {"share": lambda step, warmup, total: (step - warmup + 1) / (total - warmup)},
    why="The 1 that the warm-up needs was added in the cosine as well.",
    evidence="your cosine has already begun to fall in its first step, and is 0 one step before the total",
    look_at="the rate in step warmup, and in step total - 1",
    symptoms=("loss falls, but slowly",),
    cure="(step - warmup) / (total - warmup).",
)
wrong(
    "rate rises again after the end",
    {"stop": False},
    why="A cosine is periodic: after half a period it turns.",
    evidence=lambda step, lr, warmup, total: (
        f"in step {total + 3} your rate is {lr * (1 + math.cos(math.pi * (total + 3 - warmup) / (total - warmup))) / 2:.4f}"
    ),
    look_at="the rate some steps after the total",
    symptoms=("loss goes up",),
    cure="min(share, 1).",
)
wrong(
    "a whole period instead of half",
    {"fall": lambda share: (1 + math.cos(2 * math.pi * share)) / 2},
    why="2 pi is a whole period: down and up again.",
    evidence="in the middle of the fall your rate is 0, and at the end it is lr again",
    look_at="the rate in step total",
    symptoms=("loss goes up",),
    cure="cos(pi share).",
)
wrong(
    "cosine neither lifted nor halved",
    {"fall": lambda share: math.cos(math.pi * share)},
    why="The cosine runs from 1 to -1; a learning rate must not be negative.",
    evidence="at the end your rate is -lr: steps uphill",
    look_at="the sign of the rate near the end",
    symptoms=("loss goes up",),
    cure="(1 + cos(pi share)) / 2.",
)
wrong(
    "cosine's quarter period",
    {"fall": lambda share: math.cos(math.pi * share / 2)},
    why="A quarter period reaches 0 as well, but steeply, while half a period arrives flat.",
    evidence=lambda step, lr, warmup, total: (
        f"half-way down your rate is {lr * math.cos(math.pi / 4):.4f} instead of {lr / 2:.4f}"
    ),
    look_at="the rate half-way down",
    symptoms=("loss falls, but slowly",),
    cure="(1 + cos(pi share)) / 2.",
)
wrong(
    "no warm-up",
    {
        "rising": lambda step, warmup: False,
        "share": lambda step, warmup, total: max(step - warmup, 0) / (total - warmup),
    },
    why="The rise was left out: the first steps already have the full rate.",
    evidence=lambda step, lr, warmup, total: f"your rate in step 0 is {lr:.4f} instead of {lr / warmup:.4f}",
    look_at="the rate in step 0",
    symptoms=("loss goes up",),
    cure="lr (step + 1) / warmup while step < warmup.",
)
