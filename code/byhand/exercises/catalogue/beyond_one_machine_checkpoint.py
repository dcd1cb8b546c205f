"""Young's interval between checkpoints."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="When to save",
    task="`save_every(write, p, between_failures)`: a checkpoint takes `write` hours and each of p machines fails once in `between_failures` hours on "
    "average; return the hours of work between checkpoints that waste least, by Young's formula.",
    section="sec:beyond-one-machine:failures",
    outputs=("hours",),
    hints=(
        "How often does some machine fail? p times as often as one.",
        "The waste is write / t for saving and t / 2 for each failure; the slope is zero where both parts are equal.",
        "The square root of 2 * write * between_failures / p.",
    ),
)


@exercise.solution
def save_every(write, p, between_failures):
    return np.sqrt(2 * write * between_failures / p)


@exercise.probes
def probes(rng):
    for p in (8, 100, 1024):
        yield float(rng.uniform(0.01, 0.1)), p, float(rng.uniform(5e3, 5e4))


exercise.mistake(
    "failures of one machine",
    why="The run stops when any machine fails, not when a certain one does.",
    evidence=lambda write, p, between: f"your interval is sqrt({p}) times too long: it is that of a single machine",
    look_at="how often the run is interrupted, with p machines",
    symptoms=("loss falls, but slowly",),
    cure="Divide the time between failures by p.",
)(lambda write, p, between_failures: np.sqrt(2 * write * between_failures))
exercise.mistake(
    "factor 2 forgotten",
    why="A failure costs half an interval on average, not a whole one.",
    evidence="your interval is too short by the square root of 2",
    look_at="how much work a failure destroys on average",
    symptoms=("loss falls, but slowly",),
    cure="The lost share is t / (2 F), which puts a 2 under the root.",
)(lambda write, p, between_failures: np.sqrt(write * between_failures / p))
exercise.mistake(
    "root not taken",
    why="The slope is zero at a value of t squared.",
    evidence="your result is the square of the correct one: its unit is hours squared",
    look_at="the unit of your result",
    symptoms=("loss falls, but slowly",),
    cure="Take the square root.",
)(lambda write, p, between_failures: 2 * write * between_failures / p)
exercise.mistake(
    "time between failures of the whole",
    why="Saving once per expected failure looks natural, and loses half of all work.",
    evidence="your interval does not depend on how long a checkpoint takes",
    look_at="what becomes of your interval when checkpoints cost nothing: it must go to 0",
    symptoms=("loss falls, but slowly",),
    cure="sqrt(2 * write * F) with F the time between failures of the whole.",
)(lambda write, p, between_failures: between_failures / p)
exercise.mistake(
    "p multiplied where it divides",
    why="More machines fail more often, so the time between failures of the whole gets shorter.",
    evidence=lambda write, p, between: f"your interval is {p} times too long: it grows with the number of machines",
    look_at="whether more machines should save more or less often",
    symptoms=("loss falls, but slowly",),
    cure="between_failures / p.",
)(lambda write, p, between_failures: np.sqrt(2 * write * between_failures * p))
exercise.mistake(
    "p outside the root",
    why="The time between failures stands under the root, and so does the p that divides it.",
    evidence=lambda write, p, between: (
        f"your interval is sqrt({p}) times too short: it falls as 1 / p, not as 1 / sqrt(p)"
    ),
    look_at="what four times the machines do to your interval",
    symptoms=("loss falls, but slowly",),
    cure="sqrt(2 * write * between_failures / p), with p under the root.",
)(lambda write, p, between_failures: np.sqrt(2 * write * between_failures) / p)
