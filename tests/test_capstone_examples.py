"""The last chapter: its worked numbers, its blanks in any order, and the program that they make."""

import contextlib
import io
import linecache
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from byhand import data, exercises
from byhand.exercises import check, load
from byhand.exercises.catalogue import capstone_settings
from execute import read_notebook

CHAPTER = Path(__file__).resolve().parents[1] / "book" / "capstone.md"
NOTEBOOK = read_notebook(CHAPTER)


def gated():
    """Code cells of the exercises and of the solutions, by the label of the exercise; and all others."""
    blanks, solutions, others, place = {}, {}, [], None
    for cell in NOTEBOOK.cells:
        if cell.cell_type == "code":
            if place:
                place.append(cell.source)
            else:
                others.append(cell.source)
            continue
        for edge, label in re.findall(
            r"^```\{(exercise-start|solution-start|exercise-end|solution-end)\}(?:.*\n:label: (?:ex|sol)-(\S+))?",
            cell.source,
            flags=re.MULTILINE,
        ):
            if edge.endswith("start"):
                place = (blanks if edge.startswith("exercise") else solutions).setdefault(label, [])
                place.append(None)  # the gate, so that the list is not empty
            else:
                place = None
    first = {label: cells[1] for label, cells in solutions.items()}
    return {label: cells[1] for label, cells in blanks.items()}, first, others


BLANKS, SOLUTIONS, OTHERS = gated()


class Session:
    """A notebook in which cells are run in whatever order."""

    def __init__(self):
        self.names, self.count = {"__name__": "notebook"}, 0
        self.run(OTHERS[0])
        self.run(self.cell("BLANKS = {"))
        self.run(self.cell("data.linear_regression(n=20"))

    @staticmethod
    def cell(start):
        (found,) = (source for source in OTHERS if start in source)
        return found

    def run(self, source):
        self.count += 1
        name = f"<cell {id(self)} {self.count}>"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, name, "exec"), self.names)
        return printed.getvalue()

    def lent(self):
        return re.findall(r"\d+", self.run("my = parts()"))


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr(exercises, "_verdicts", {})
    yield Session()
    plt.close("all")


def test_every_blank_has_its_solution_and_its_place_in_the_list(session):
    names = list(session.names["BLANKS"].values())
    assert len(names) == 18
    assert list(BLANKS) == list(SOLUTIONS)
    assert [label.removeprefix("capstone-") for label in BLANKS] == [n.removeprefix("capstone-") for n in names]
    for name, source in zip(names, BLANKS.values(), strict=True):
        assert f'check("{name}", ' in source
    table = re.findall(r"^\| \d+ \| `(\w+)` \|", CHAPTER.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert table == list(session.names["BLANKS"])


@pytest.mark.parametrize("seed", range(3))
def test_blanks_can_be_solved_in_any_order(session, seed):
    order = np.random.default_rng(seed).permutation(len(SOLUTIONS))
    for done, place in enumerate(order):
        assert len(session.lent()) == len(SOLUTIONS) - done
        session.run(list(SOLUTIONS.values())[place])  # ends with `assert check(...)`
    assert session.lent() == []
    assert session.names["my"].train_epoch is session.names["train_epoch"]


@pytest.mark.parametrize("label", SOLUTIONS)
def test_one_blank_solved_is_used_and_the_others_are_lent(session, label):
    for source in BLANKS.values():
        session.run(source)
    assert len(session.lent()) == len(BLANKS)
    session.run(SOLUTIONS[label])
    number = str(list(SOLUTIONS).index(label) + 1)
    assert set(map(str, range(1, 19))) - set(session.lent()) == {number}
    session.run(session.cell("def train("))
    x, y = data.linear_regression(rng=3)
    tray = session.names["my"]
    params, history = session.names["train"](
        [5, 3], x, y, tray.settings()[0], 300, 20, 3, tray.mse_loss, tray.mse_gradient
    )
    assert tray.mse_loss(tray.network_forward(params, x)[0], y) < 1e-3
    assert len(history) == 300


@pytest.mark.parametrize("solved", [(), ("capstone-linear-forward", "capstone-epoch", "capstone-settings")])
def test_an_unfinished_program_borrows_what_is_missing_and_trains(session, solved):
    for label in solved:
        session.run(SOLUTIONS[label])
    session.run(session.cell("def train("))
    session.run(session.cell("pieces = ["))
    program = session.names["program"]
    assert program.count(".right") == len(BLANKS) - len(solved) and "my." not in program
    for label in solved:
        name = re.search(r"def \w+\(", SOLUTIONS[label])[0]
        assert name in program
    session.run("import torch\n" + session.cell("exec(program, file)"))


def test_a_wrong_answer_is_not_put_on_the_tray(session):
    session.run(SOLUTIONS["capstone-relu-forward"])
    assert "3" not in session.lent()
    session.run("def relu_forward(z):\n    return np.abs(z)\ncheck('relu-forward', relu_forward)")
    assert "3" in session.lent()


def test_the_map_shows_the_state_of_each_blank(session):
    def signs():
        session.run("draw_map()")
        texts = [text.get_text() for text in plt.gcf().axes[0].texts]
        return sum("✓" in text for text in texts), sum("…" in text for text in texts)

    session.run(session.cell("def draw_map"))
    assert signs() == (0, 0)
    session.run(SOLUTIONS["capstone-forward"])
    check("relu-forward", np.abs)
    check("mse-loss", lambda prediction, target: ...)  # not attempted is not tried
    assert signs() == (1, 1)
    assert set(session.names["PLACES"]) == set(range(1, 19))


def test_worked_arrays():
    right = {name: load(name).right for name in ("linear-forward", "relu-forward", "mse-loss", "mse-gradient")}
    x, W = np.array([[1, 2, 3], [0.5, -1, 2]]), np.array([[0.1, 0.2, 0.3], [-0.5, 0, 0.5]])
    np.testing.assert_allclose(right["linear-forward"](x, W, np.array([0.1, -0.2])), [[1.5, 0.8], [0.55, 0.55]])
    p, t = np.array([[3.0, 2], [1, 4]]), np.array([[2.0, 0], [1, 5]])
    assert right["mse-loss"](p, t) == pytest.approx(1.5, rel=1e-12)
    np.testing.assert_allclose(right["mse-gradient"](p, t), [[0.5, 1], [0, -0.5]])
    z = np.array([[-1.5, 0.0, 2.0, 0.3], [4.0, -0.2, 0.0, -3.0]])
    assert right["relu-forward"](z).tolist() == [[0, 0, 2, 0.3], [4, 0, 0, 0]]


@pytest.mark.parametrize(("lr", "epochs"), [(0.5, 40), (0.05, 60), (1.0, 25)])
def test_the_settings_are_judged_by_what_training_does(lr, epochs):
    """The closed form of the loss after so many full-batch steps is what the steps give."""
    epoch, loss, slope = (load(name).right for name in ("capstone-epoch", "mse-loss", "mse-gradient"))
    measured = []
    for seed in range(capstone_settings.DRAWS):
        x, y = data.linear_regression(rng=seed)
        params = [(load("he-normal").right(3, 5, np.random.default_rng(seed)), np.zeros(3))]
        for _ in range(epochs):
            params, _ = epoch(params, [(x, y)], lr, loss, slope)
        measured.append(loss(x @ params[0][0].T + params[0][1], y))
    np.testing.assert_allclose(capstone_settings.final_losses(lr, epochs), measured, rtol=1e-8, atol=1e-25)


def test_the_limit_of_the_learning_rate_is_that_of_the_theory():
    limit = 2 / capstone_settings.modes()[0].max()
    assert check("capstone-settings", lambda: (0.9 * limit, 2000))
    assert check("capstone-settings", lambda: (1.01 * limit, 2000)).mistakes == ("learning rate too high",)
    assert check("capstone-settings", lambda: ("a", 3)).status == "crashed"
    assert check("capstone-settings", lambda: (..., 3)).status == "not attempted"


def test_whole_passes_agree_with_autograd(rng):
    import torch

    sizes = (5, 7, 6, 3)
    params = [(rng.normal(size=(o, i)), rng.normal(size=o)) for i, o in zip(sizes, sizes[1:], strict=False)]
    x, upstream = rng.normal(size=(8, 5)), rng.normal(size=(8, 3))
    output, kept = load("capstone-forward").right(params, x)
    grads = load("capstone-backward").right(upstream, params, kept)
    tensors = [[torch.tensor(array, requires_grad=True) for array in pair] for pair in params]
    a = torch.tensor(x)
    for k, (W, b) in enumerate(tensors):
        z = a @ W.T + b
        np.testing.assert_allclose(kept[k][1], z.detach().numpy(), rtol=1e-12)
        a = torch.relu(z)
    (torch.tensor(upstream) * z).sum().backward()
    np.testing.assert_allclose(output, z.detach().numpy(), rtol=1e-12)
    for pair, theirs in zip(grads, tensors, strict=True):
        for array, tensor in zip(pair, theirs, strict=True):
            np.testing.assert_allclose(array, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_shapes_that_do_not_fit_are_named():
    short = check("capstone-forward", lambda params, x: (x, []))
    assert short.status == "crashed" and "one pair (x, z) for each of 3 layers" in str(short)
    alone = check("capstone-forward", lambda params, x: x)
    assert "returns two things" in str(alone)
    half = check("capstone-forward", lambda params, x: (x, ...))
    assert half.status == "not attempted" and "`x1`" in str(half)

    def in_place(params, grads, lr):
        for (W, b), (dW, db) in zip(params, grads, strict=True):
            W -= lr * dW
            b -= lr * db
        return params

    assert "changed in place" in str(check("capstone-step", in_place))
