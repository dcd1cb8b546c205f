"""The backward walk of an automatic differentiation engine."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="Backward walk through a graph",
    task="`backward(graph, output)`: graph is a dict name -> list of (parent, local derivative), parents first; every name that is no key is "
    "an input. Return a dict name -> derivative of the output with respect to it, for all names that the output depends on.",
    section="sec:autograd:order",
    outputs=("gradients",),
    hints=(
        "The derivative of the output with respect to itself is 1. Walk from there towards the inputs.",
        "Each arrow passes on the node's derivative times the local one; what arrives on several arrows is added.",
        "Go through the names from last to first: a node's derivative must be complete before it is passed on.",
    ),
)


def walk(order, *, add=True, seed=1.0, local=True):
    """A backward walk that visits nodes in the given order."""

    def backward(graph, output):
        gradients = {output: seed}
        for name in order(graph, output):
            for parent, derivative in graph.get(name, []):
                passed = gradients.get(name, 0.0) * (derivative if local else 1.0)
                gradients[parent] = gradients.get(parent, 0.0) + passed if add else passed
        return gradients

    return backward


def last_to_first(graph, output):
    needed, names = {output}, []
    for name in reversed(list(graph)):
        if name in needed:
            names.append(name)
            needed |= {parent for parent, _ in graph[name]}
    return names


@exercise.solution
def backward(graph, output):
    return walk(last_to_first)(graph, output)


@exercise.probes
def probes(rng):
    a, b, c, d, e, f = rng.uniform(0.5, 2, 6)
    # u reaches y by two paths of different lengths: its derivative is complete only after w was visited
    yield {"u": [("x", a)], "w": [("u", b)], "y": [("u", c), ("w", d)]}, "y"
    yield (
        {
            "p": [("x", a), ("z", b)],
            "q": [("p", c)],
            "r": [("p", d), ("q", e)],
            "s": [("p", f), ("r", 1.5), ("x", 0.5)],
        },
        "s",
    )
    yield {"u": [("x", a)], "side": [("u", 3.0)], "y": [("u", b), ("u", c)]}, "y"


@exercise.run
def run(answer, graph, output):
    """Derivatives in the order of their names."""
    gradients = answer(graph, output)
    if not isinstance(gradients, dict):
        return gradients
    names = sorted({output, *graph, *(parent for parents in graph.values() for parent, _ in parents)})
    return np.array([float(gradients.get(name, 0.0) or 0.0) for name in names])


def depth_first(graph, output):
    """Visit a node as soon as an arrow reaches it, and again for each further arrow's target only once."""
    seen, names = set(), []

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        names.append(name)
        for parent, _ in graph.get(name, []):
            visit(parent)

    visit(output)
    return names


exercise.mistake(
    "overwritten instead of accumulated",
    why="A plain = keeps the last path only; derivatives along several paths add up.",
    evidence="a value that is used twice gets the derivative of one of its uses",
    look_at="what happens to a derivative that is there already when a second arrow arrives",
    symptoms=("gradient check fails in one place",),
    cure="+= instead of =.",
)(walk(last_to_first, add=False))
exercise.mistake(
    "no topological order",
    why="A node was visited as soon as one arrow reached it, before the others had arrived.",
    evidence="a value that is reached on a short and on a long path passes on the short path's part only",
    look_at="whether all users of a node are done before the node passes its derivative on",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="Visit the names from last to first.",
)(walk(depth_first))
exercise.mistake(
    "first to last",
    why="The walk runs in the order of the forward pass, when no derivative has arrived yet.",
    evidence="only the parents of the output get a derivative",
    look_at="where the walk begins",
    symptoms=("gradient check fails everywhere", "loss stops at chance"),
    cure="Backwards: from the output.",
)(walk(lambda graph, output: list(graph)))
exercise.mistake(
    "started from zero",
    why="The output's derivative with respect to itself is 1; zero times anything stays zero.",
    evidence="all your derivatives are 0",
    look_at="the derivative of the output with respect to itself",
    symptoms=("loss stops at chance",),
    cure="Begin with 1.",
)(walk(last_to_first, seed=0.0))
exercise.mistake(
    "local derivative forgotten",
    why="What arrives was passed on as it is.",
    evidence="your derivatives count paths: they are whole numbers",
    look_at="what stands on each arrow",
    symptoms=("gradient check fails everywhere",),
    cure="Multiply by the local derivative.",
)(walk(last_to_first, local=False))


@exercise.mistake(
    "local derivatives added along a path",
    why="Along a path derivatives multiply; only paths add.",
    evidence="your derivatives are sums where they should be products",
    look_at="which of the two, sum or product, belongs to a path",
    symptoms=("gradient check fails everywhere",),
    cure="Multiply along a path, add over paths.",
)
def added(graph, output):
    gradients = {output: 1.0}
    for name in last_to_first(graph, output):
        for parent, derivative in graph.get(name, []):
            gradients[parent] = gradients.get(parent, 0.0) + gradients.get(name, 0.0) + derivative
    return gradients
