"""The formulas and numbers of the chapter on automatic differentiation, and its class, which is the package's."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from byhand.scalar import Value, backward, topological_order
from conftest import central_difference
from execute import read_notebook

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = ROOT / "book" / "autograd.md"


def test_every_labelled_formula_has_its_test():
    labels = re.findall(r"^\$\$ \(eq-(autograd-[a-z-]+)\)$", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE)
    assert labels
    assert not [label for label in labels if f"test_{label.replace('-', '_')}" not in globals()]


def judged(formula, place):
    """Assert that the engine's gradient is that of differences and of autograd, and return it."""
    values = [Value(v) for v in place]
    gradients = backward(formula(*values))
    by_engine = [gradients.get(v, 0.0) for v in values]
    measured = central_difference(lambda p: formula(*map(Value, p.tolist())).data, np.array(place))
    t = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    formula(*t).backward()
    np.testing.assert_allclose(by_engine, measured, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(by_engine, t.grad.numpy(), rtol=1e-10, atol=1e-12)
    return by_engine


# ---- formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "q"), [(3.0, -2.0), (-0.5, 4.0), (0.0, 1.5)])
def test_autograd_local(p, q):
    assert judged(lambda a, b: a + b, [p, q]) == [1, 1]
    assert judged(lambda a, b: a * b, [p, q]) == [q, p]
    a, b = Value(p), Value(q)
    assert (a + b).parents == ((a, 1.0), (b, 1.0)) and (a * b).parents == ((a, q), (b, p))


def test_autograd_walk():
    """One term for each use: y = 3x, c = 2y + 5y = 21x; overwriting keeps one use, 5 * 3 or 2 * 3."""
    assert judged(lambda x: 2 * (3 * x) + 5 * (3 * x), [2.0]) == [21]
    x = Value(2.0)
    y = 3 * x
    p, q = 2 * y, 5 * y
    c = p + q
    gradients = backward(c)
    assert (c.data, gradients[c], gradients[p], gradients[q], gradients[y], gradients[x]) == (42, 1, 1, 1, 7, 21)
    users = {v: [(u, slope) for u in gradients for part, slope in u.parents if part is v] for v in gradients}
    assert all(gradients[v] == sum(gradients[u] * slope for u, slope in users[v]) for v in gradients if v is not c)
    assert judged(lambda v: v * v, [3.0]) == [6]  # two terms from one product


@pytest.mark.parametrize("place", [[0.8, 1.7], [1.3, -0.4]])
def test_autograd_forward(place):
    """Rates of all values while one input moves: each is the sum of slope times rate over its parts."""

    def formula(p, q):
        u = (p * q - 1).tanh() + p.exp()
        return u * u / (2 + q * q) + (u - q).sigmoid()

    values = [Value(v) for v in place]
    output = formula(*values)
    forward = []
    for chosen in values:
        rates = {}
        for u in topological_order(output):
            rates[u] = 1.0 if u is chosen else sum(slope * rates[part] for part, slope in u.parents)
        forward.append(rates[output])
    np.testing.assert_allclose(forward, judged(formula, place), rtol=1e-12)


# ---- orders -----------------------------------------------------------------------------------


def pass_back(order):
    gradients = {order[0]: 1.0}
    for node in order:
        for parent, slope in node.parents:
            gradients[parent] = gradients.get(parent, 0.0) + gradients[node] * slope
    return gradients


def test_a_value_that_passes_on_too_early_loses_what_comes_later():
    # s = y + 5 (2 y) = 11 y = 33 x; with y's turn before the long way's, x gets 3 * 1
    x = Value(2.0)
    y = 3 * x
    doubled = 2 * y
    long_way = 5 * doubled
    s = y + long_way
    assert pass_back([s, y, long_way, x, doubled])[x] == 3
    assert pass_back([s, y, long_way, x, doubled])[y] == 11
    assert pass_back(topological_order(s)[::-1])[x] == backward(s)[x] == 33


# ---- chapter and package ----------------------------------------------------------------------


def stripped(node):
    """The statements of a class without docstrings and decorators, as text."""
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
            inner.decorator_list = []
            if ast.get_docstring(inner) is not None:
                inner.body = inner.body[1:]
    return [ast.dump(statement) for statement in node.body]


def classes(source):
    return [n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == "Value"]


def test_the_class_built_in_the_chapter_is_the_packages():
    """`class Value(Value)` continues the class of an earlier cell."""
    cells = [cell.source for cell in read_notebook(CHAPTER).cells if cell.cell_type == "code"]
    steps = [node for source in cells for node in classes(source)]
    assert [[base.id for base in step.bases] for step in steps] == [[], ["Value"], ["Value"]]
    (package,) = classes((ROOT / "code" / "byhand" / "scalar.py").read_text(encoding="utf-8"))
    assert [statement for step in steps for statement in stripped(step)] == stripped(package)


def test_the_engine_has_the_promised_length():
    """About 100 lines: the code of the cells that define the class and its three functions."""
    cells = [cell.source for cell in read_notebook(CHAPTER).cells if cell.cell_type == "code"]
    trees = [node for source in cells for node in ast.parse(source).body]
    names = {"Value", "as_value", "topological_order", "backward"}
    engine = [n for n in trees if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name in names]
    assert {n.name for n in engine} == names
    assert 80 <= sum(ast.unparse(n).count("\n") + 1 for n in engine) <= 110
