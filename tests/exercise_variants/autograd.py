"""The exercises of the chapter on automatic differentiation."""

import math
from graphlib import TopologicalSorter

import numpy as np
from byhand.scalar import Value


def with_a_stack(graph, output):
    order, stack = [], [output]
    while stack:
        name = stack[-1]
        waiting = [parent for parent in graph.get(name, ()) if parent not in order]
        if waiting:
            stack.append(waiting[0])
        else:
            stack.pop()
            if name not in order:
                order.append(name)
    return order


def by_the_standard_library(graph, output):
    needed, names = {output}, [output]
    for name in names:
        for parent in graph.get(name, []):
            if parent not in needed:
                needed.add(parent)
                names.append(parent)
    return list(TopologicalSorter({name: graph.get(name, []) for name in names}).static_order())


def by_counting_users(graph, output):
    """From the output: a name is ready when all its users are done."""
    users, todo = {output: 0}, [output]
    for name in todo:
        for parent in graph.get(name, []):
            if parent not in users:
                todo.append(parent)
            users[parent] = users.get(parent, 0) + 1
    ready, backwards = [output], []
    while ready:
        name = ready.pop()
        backwards.append(name)
        for parent in graph.get(name, []):
            users[parent] -= 1
            if not users[parent]:
                ready.append(parent)
    return tuple(reversed(backwards))


class OtherValue:
    """A class of the reader's own, as a chapter's cell defines it."""

    def __init__(self, data, parents=(), operation=""):
        self.data, self.parents, self.operation = data, parents, operation


def hypot_of_another_class(p, q):
    r = math.sqrt(p.data**2 + q.data**2)
    return OtherValue(r, [(q, q.data / r), (p, p.data * r**-1)], "hypot")


def chain_of_slopes(p, q):
    u = p.data**2 + q.data**2
    root = 0.5 / math.sqrt(u)
    return Value(math.sqrt(u), ((p, root * 2 * p.data), (q, root * 2 * q.data)), "hypot")


VARIANTS = {
    "autograd-order": [with_a_stack, by_the_standard_library, by_counting_users],
    "autograd-hypot": [
        hypot_of_another_class,
        chain_of_slopes,
        lambda p, q: (p * p + q * q) ** 0.5,
        lambda p, q: p * p / (p * p + q * q) ** 0.5 + q**2 / (p**2 + q**2) ** 0.5,
    ],
    "autograd-dual": [
        lambda p, dp, q, dq: (dp * q + p * dq, (dp * q - p * dq) / q**2),
        lambda p, dp, q, dq: [np.dot([p, q], [dq, dp]), (dp - p / q * dq) / q],
        lambda p, dp, q, dq: {"product": p * q * (dp / p + dq / q), "quotient": p / q * (dp / p - dq / q)},
    ],
}
