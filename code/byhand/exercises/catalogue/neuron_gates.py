"""AND, OR and NAND by one neuron each, judged by what the neurons answer."""

import numpy as np

from byhand.exercises.exercise import Exercise

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

exercise = Exercise(
    title="Logic gates by hand",
    task='`gate(name)` for the names "AND", "OR" and "NAND": return (w, b), w of shape (2,) and b a number, such that w . x + b > 0 '
    "exactly where the gate says yes, for inputs x that are 0 or 1. Any such weights will do.",
    section="sec:neuron:geometry",
    outputs=("yes_at_00_01_10_11",),
    hints=(
        "Write down, for each of the four inputs, whether z must be positive or not.",
        "With both weights 1 the sum of the inputs is 0, 1 or 2. Between which two must the threshold -b lie?",
        "NAND is the opposite of AND: change the sign of w and of b.",
    ),
)


def gates(**weights):
    """A function of the gate's name; weights are (the value of both entries of w, b)."""
    return lambda name: (np.full(2, float(weights[name][0])), float(weights[name][1]))


AND, OR, NAND = (1, -1.5), (1, -0.5), (-1, 1.5)


@exercise.solution
def gate(name):
    return gates(AND=AND, OR=OR, NAND=NAND)(name)


@exercise.probes
def probes(rng):
    yield from (("AND",), ("OR",), ("NAND",))


@exercise.run
def run(answer, name):
    """Where the neuron that has the weights given says yes: 1 or 0 for each of the four corners."""
    given = answer(name)
    if given is None or given is ...:
        return None
    w, b = given
    if w is ... or b is ...:
        return None
    w, b = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
    if w.shape != (2,):
        raise ValueError(f"w has shape {w.shape}, expected (2,)")
    if b.size != 1:
        raise ValueError(f"b has shape {b.shape}, expected one number")
    return (CORNERS @ w + b.reshape(()) > 0).astype(float)


exercise.mistake(
    "bias with the sign of the threshold",
    why="The sum must exceed the threshold; on the left side of the inequality it is subtracted.",
    evidence="your AND and OR say yes to everything, your NAND to nothing",
    look_at="z at (0, 0): it is the bias alone. What must its sign be?",
    symptoms=("loss stops at chance",),
    cure="b is minus the threshold.",
)(gates(AND=(1, 1.5), OR=(1, 0.5), NAND=(-1, -1.5)))
exercise.mistake(
    "bias forgotten",
    why="The weights alone are chosen, and the boundary stays where it passes through the origin.",
    evidence="your AND says yes at (0, 1) and (1, 0), and your NAND says no at (0, 0)",
    look_at="through which point a boundary with b = 0 must run",
    symptoms=("loss stops at chance",),
    cure="A bias of -1.5 for AND and of 1.5 for NAND, with weights of size 1.",
)(gates(AND=(1, 0), OR=(1, 0), NAND=(-1, 0)))
exercise.mistake(
    "AND and OR exchanged",
    why="A bias closer to zero makes yes easier, not harder.",
    evidence="your AND says yes to a single 1, your OR only to two of them",
    look_at="which of the two gates is the harder one to please",
    symptoms=("loss is fine, predictions are not",),
    cure="AND needs the sum to be above 1.5, OR above 0.5.",
)(gates(AND=OR, OR=AND, NAND=NAND))
exercise.mistake(
    "NOR instead of NAND",
    why="The opposite was taken of OR: neither, instead of not both.",
    evidence="your NAND says yes at (0, 0) only; AND and OR are right",
    look_at="the corners (0, 1) and (1, 0): are both inputs 1 there?",
    symptoms=("loss is fine, predictions are not",),
    cure="w = (-1, -1), b = 1.5.",
)(gates(AND=AND, OR=OR, NAND=(-1, 0.5)))
exercise.mistake(
    "weights turned, bias not",
    why="To turn yes into no the whole of z must change its sign, and the bias is a part of it.",
    evidence="your NAND says yes nowhere; AND and OR are right",
    look_at="z of your NAND at (0, 0)",
    symptoms=("loss stops at chance",),
    cure="Change the sign of b, too.",
)(gates(AND=AND, OR=OR, NAND=(-1, -1.5)))
exercise.mistake(
    "bias turned, weights not",
    why="To turn yes into no the whole of z must change its sign, and the weights are a part of it.",
    evidence="your NAND says yes everywhere; AND and OR are right",
    look_at="z of your NAND at (1, 1)",
    symptoms=("loss stops at chance",),
    cure="Change the sign of w, too.",
)(gates(AND=AND, OR=OR, NAND=(1, 1.5)))
exercise.mistake(
    "boundary through the corners that should say yes",
    why="The threshold is set to the sum that is wanted, 2 for AND and 1 for OR; but yes needs more than the threshold.",
    evidence="your AND never says yes, and your OR only at (1, 1): where it should just say yes, z is 0",
    look_at="the value of z at (1, 1) for AND, and whether it is above 0",
    symptoms=("loss is fine, predictions are not",),
    cure="Put the threshold halfway between the sums to be separated.",
)(gates(AND=(1, -2), OR=(1, -1), NAND=(-1, 2)))
