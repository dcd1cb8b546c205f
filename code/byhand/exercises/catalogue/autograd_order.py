"""A topological order of a computational graph."""

import numpy as np

from byhand.exercises.exercise import Exercise

exercise = Exercise(
    title="An order for the walk",
    task="`order_of(graph, output)`: graph is a dict name -> list of the names of its parents, in no particular order; a name that is no key "
    "is an input. Return a list of the names that output depends on and output itself: each once, parents before what is made of them.",
    section="sec:autograd:order",
    outputs=("times_listed", "arrows_kept", "output_is_last"),
    hints=(
        "List a name when all its parents are listed.",
        "A visit to a name: if it is listed already, stop; visit all its parents; then list it.",
        "def visit(name): for parent in graph.get(name, []): visit(parent), each only if it is not listed yet; then append name.",
    ),
)


def parents_first(graph, output, *, again=False, inputs=True):
    order = []

    def visit(name):
        if again or name not in order:
            for parent in graph.get(name, []):
                visit(parent)
            if inputs or name in graph:
                order.append(name)

    visit(output)
    return order


@exercise.solution
def order_of(graph, output):
    return parents_first(graph, output)


def renamed(graph, output, rng):
    """The graph with its keys in random order: neither insertion nor the alphabet may give the answer away."""
    names = sorted({output, *graph, *(parent for parents in graph.values() for parent in parents)})
    code = dict(zip(names, (f"n{i}" for i in rng.permutation(len(names))), strict=True))
    keys = [list(graph)[i] for i in rng.permutation(len(graph))]
    return {code[key]: [code[parent] for parent in graph[key]] for key in keys}, code[output]


@exercise.probes
def probes(rng):
    # a short path beside a long one, the short one first and last
    yield renamed({"s": ["y", "v"], "y": ["x"], "v": ["u"], "u": ["y"], "aside": ["u"]}, "s", rng)
    yield renamed({"s": ["v", "y"], "y": ["x"], "v": ["u"], "u": ["y"], "aside": ["s", "x"]}, "s", rng)
    yield renamed({"p": ["x", "z"], "q": ["p"], "r": ["p", "q"], "t": ["p", "r", "x"], "w": ["t", "t"]}, "w", rng)
    yield renamed({"c": ["a", "b"], "a": ["y"], "b": ["y"], "y": ["x", "z"], "e": ["c", "z"]}, "c", rng)


@exercise.run
def run(answer, graph, output):
    """What holds of every right order: how often each name is listed, which arrows run forward, what stands last."""
    order = answer(graph, output)
    if not isinstance(order, (list, tuple)):
        return order
    names = sorted({output, *graph, *(parent for parents in graph.values() for parent in parents)})
    times = np.array([sum(name == listed for listed in order) for name in names])
    place = {name: i for i, name in reversed(list(enumerate(order)))}  # the first time it is listed
    needed = set(parents_first(graph, output))
    arrows = sorted({(parent, name) for name, parents in graph.items() for parent in parents if name in needed})
    kept = np.array([float(place.get(parent, -1) < place.get(name, len(order))) for parent, name in arrows])
    return times, kept, float(bool(order) and order[-1] == output)


def met(graph, output):
    order = [output]
    for name in order:
        for parent in graph.get(name, []):
            if parent not in order:
                order.append(parent)
    return order[::-1]


def plunging(graph, output):
    order = []

    def visit(name):
        if name not in order:
            order.append(name)
            for parent in graph.get(name, []):
                visit(parent)

    visit(output)
    return order[::-1]


exercise.mistake(
    "as they are met",
    why="Names are noted layer by layer, on the way from the output, and the list turned round: a short path decides the place.",
    evidence="a name that is reached on a short and on a long path stands after something that was made of it",
    look_at="a name with two users: are both listed after it",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="List a name after its parents, when the visit to it ends.",
)(met)


@exercise.also("as they are met")
def met_in_bunches(graph, output):
    """The same, where a parent that is used twice by one name comes in twice."""
    order = [output]
    for name in order:
        order += [parent for parent in graph.get(name, []) if parent not in order]
    return order[::-1]


exercise.mistake(
    "listed before its parents are visited",
    why="The name is appended when the visit begins, and the list turned round at the end; it has to be appended when the visit ends.",
    evidence="along one path the order is right, but where paths meet a name can stand after something made of it",
    look_at="whether the name is appended before or after its parents are visited",
    symptoms=("gradient check fails in one place", "works on one data set, not on another"),
    cure="Visit the parents first, then append; no turning round.",
)(plunging)
exercise.mistake(
    "output first",
    why="That is the order of the walk back, the reverse of what is asked for.",
    evidence="each of your names stands before its parents",
    look_at="which end of the list the inputs are at",
    symptoms=("gradient check fails everywhere", "loss stops at chance"),
    cure="Leave the list as it grows; the walk back reverses it.",
)(lambda graph, output: order_of(graph, output)[::-1])
exercise.mistake(
    "listed again at each arrival",
    why="Nothing remembers which names have been visited.",
    evidence="a name that is used twice is in your list twice, with all that it was made of",
    look_at="what happens when a second arrow reaches a name",
    symptoms=("gradient check fails in one place",),
    cure="Stop a visit at once if the name has been listed.",
)(lambda graph, output: parents_first(graph, output, again=True))
exercise.mistake(
    "inputs left out",
    why="Only the keys of the graph are listed; inputs have no entry in it, but they have gradients.",
    evidence="the names without parents are missing from your list",
    look_at="a name that is no key of the graph",
    symptoms=("loss stops at chance",),
    cure="graph.get(name, []) gives an input no parents, and it is listed like any other.",
)(lambda graph, output: parents_first(graph, output, inputs=False))
exercise.mistake(
    "output left out",
    why="The parents of the output are visited, but not the output itself.",
    evidence="your list ends before the name that everything leads to",
    look_at="the last entry of the list",
    symptoms=("an error about shapes", "gradient check fails everywhere"),
    cure="Visit the output.",
)(lambda graph, output: order_of(graph, output)[:-1])


@exercise.mistake(
    "more than the output depends on",
    why="The whole graph is ordered, with what was computed aside.",
    evidence="your list holds names that have no path to the output",
    look_at="where the visits begin",
    symptoms=("gradient check passes all the same",),
    cure="Begin at the output, and follow parents only.",
)
def everything(graph, output):
    order = []

    def visit(name):
        if name not in order:
            for parent in graph.get(name, []):
                visit(parent)
            order.append(name)

    visit(output)
    for name in graph:
        visit(name)
    return order
