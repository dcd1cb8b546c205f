"""Chapters, package and tests say the same: code is defined once, formulas are tested, outputs are this build's."""

import ast
import copy
import functools
import importlib
import pkgutil
import re
from collections import Counter, defaultdict

import byhand
import pytest
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, SOURCES, require_build
from execute import failing_cell
from running import cached_outputs, notebook_of, outputs_of, run

# ---- what stands in a chapter -----------------------------------------------------------------


def code_cells(name):
    return [cell for cell in (notebook_of(name).cells if notebook_of(name) else []) if cell.cell_type == "code"]


def cells_outside_exercises(name):
    """Source of each code cell that the chapter itself shows: exercises and solutions are the reader's."""
    inside = False
    for cell in notebook_of(name).cells if notebook_of(name) else []:
        if cell.cell_type == "code":
            if not inside:
                yield cell.source
            continue
        for edge in re.findall(r"^```+\{(?:exercise|solution)-(start|end)\}", cell.source, flags=re.MULTILINE):
            inside = edge == "start"


def bare(function):
    """A function's syntax tree as text, without docstring and decorators."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return ast.dump(
        ast.FunctionDef(name=function.name, args=function.args, body=body, decorator_list=[], returns=function.returns)
    )


def functions_in(source):
    return [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


@functools.cache
def package_functions():
    """Name -> bare syntax tree of every public function that a module of the package defines at top level."""
    found = {}
    for module in pkgutil.iter_modules(byhand.__path__):
        if module.ispkg or module.name.startswith("_"):
            continue
        path = ROOT / "code" / "byhand" / f"{module.name}.py"
        for function in functions_in(path.read_text(encoding="utf-8")):
            if not function.name.startswith("_"):
                found[function.name] = bare(function)
    return found


def test_the_package_listed_here_is_the_package_that_is_imported():
    exported = {name for name in byhand.__all__ if type(getattr(byhand, name)).__name__ == "function"}
    listed = set(package_functions())
    missing = {name for name in exported - listed if importlib.import_module(getattr(byhand, name).__module__)}
    # Some functions are made by other functions, such as softplus's pair; they have no `def` to compare.
    assert all(getattr(byhand, name).__name__ != name or name not in listed for name in missing)
    assert {"linear_forward", "linear_backward", "mse_forward", "mse_backward"} <= listed


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_function_derived_in_a_chapter_is_the_packages(name):
    for source in cells_outside_exercises(name):
        for function in functions_in(source):
            if function.name in package_functions():
                assert bare(function) == package_functions()[function.name], (
                    f"{name}.md defines {function.name} otherwise than byhand does:\n\n{ast.unparse(function)}"
                )


def test_a_function_is_derived_in_one_chapter_only():
    homes = defaultdict(set)
    for name in CHAPTERS:
        for source in cells_outside_exercises(name):
            for function in functions_in(source):
                if function.name in package_functions():
                    homes[function.name].add(name)
    twice = {function: sorted(names) for function, names in homes.items() if len(names) > 1}
    assert not twice, f"defined in several chapters; import it from byhand in the later ones: {twice}"


def test_a_difference_between_chapter_and_package_would_be_seen():
    chapter = "def f(x):\n    return 2 * x"
    (same,) = functions_in('@shapes(x="N")\ndef f(x):\n    """Twice x."""\n    return 2 * x  # a comment')
    (other,) = functions_in("def f(x):\n    return x * 2")
    assert bare(same) == bare(functions_in(chapter)[0]) != bare(other)


# ---- formulas have tests ----------------------------------------------------------------------

FORMULA = re.compile(r"^\$\$\n(?P<tex>.*?)^\$\$ \((?P<label>eq-[\w-]+)\)", flags=re.MULTILINE | re.DOTALL)
# What makes a formula one about derivatives: partial or total derivative, gradient, the book's dW, f' or sigma'.
DERIVATIVE = re.compile(r"\\partial|\\nabla|\\mathrm\{d\}|\\frac\{d|(?:\b[fgh]|\\sigma)'")


def gradient_formulas():
    """(page, label) of every labelled formula with a derivative in it."""
    for name, path in zip(CHAPTERS, SOURCES, strict=True):
        if path.exists():
            for match in FORMULA.finditer(path.read_text(encoding="utf-8")):
                if DERIVATIVE.search(match["tex"]):
                    yield name, match["label"]


@functools.cache
def names_of_tests():
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").glob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("name", "label"), list(gradient_formulas()))
def test_a_formula_with_a_derivative_has_a_test_of_its_name(name, label):
    """eq-<chapter>-<what> is tested by test_<chapter>_<what>, hyphens written as underscores."""
    wanted = "test_" + label.removeprefix("eq-").replace("-", "_")
    assert wanted in names_of_tests(), f"{name}.md: formula {label} has no test called {wanted} in tests/"


def test_formulas_are_found_and_told_apart():
    text = "$$\nz = Wx\n$$ (eq-a-z)\n\nand $$ no $$\n\n$$\n\\mathrm{d}W = 1\n$$ (eq-a-dW)\n\n$$\nf'(x)\n$$ (eq-a-f)\n"
    found = {match["label"]: bool(DERIVATIVE.search(match["tex"])) for match in FORMULA.finditer(text)}
    assert found == {"eq-a-z": False, "eq-a-dW": True, "eq-a-f": True}


def test_labels_of_formulas_are_unique():
    labels = Counter(
        match["label"].lower() for p in SOURCES for match in FORMULA.finditer(p.read_text(encoding="utf-8"))
    )
    assert not [label for label, times in labels.items() if times > 1]


# ---- outputs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_page_shows_every_cell_that_it_should(name):
    require_build()
    page = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    cells = [cell for cell in code_cells(name) if "remove-cell" not in cell.metadata.get("tags", [])]
    assert len(page.select("article div.cell")) == len(cells)
    silent = {"remove-input", "remove-output", "hide-output"}
    shown = [tag.get_text() for tag in page.select("article div.cell_input pre")]
    inputs = [cell.source for cell in cells if "remove-input" not in cell.metadata.get("tags", [])]
    assert ["".join(text.split()) for text in shown] == ["".join(source.split()) for source in inputs]

    outputs = dict(zip((cell.source for cell in code_cells(name)), cached_outputs(name), strict=True)) if cells else {}
    talking = [c for c in cells if not silent & set(c.metadata.get("tags", [])) and shows(outputs[c.source])]
    blocks = page.select("article div.cell:not(.tag_remove-input, .tag_hide-output) > div.cell_output")
    assert len(blocks) == len(talking)


def shows(outputs):
    """Whether a reader sees anything of these outputs; glued values have a type of their own."""
    return any(
        output["output_type"] in {"stream", "error"}
        or any(not kind.startswith("application/papermill") for kind in output.get("data", {}))
        for output in outputs
    )


def is_exported(name):
    """Whether a page is a chapter, whose notebook test_notebooks.py runs."""
    head = (ROOT / f"{name}.md").read_text(encoding="utf-8").split("\n---\n")[0]
    return "\nnotebook: false" not in head


@pytest.mark.parametrize("name", [name for name in CHAPTERS if code_cells(name) and not is_exported(name)])
def test_a_page_that_is_no_chapter_gives_the_same_outputs_when_run_alone(name, tmp_path, monkeypatch):
    """In an empty folder, with no other page before it: nothing may depend on the order of pages."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    alone = copy.deepcopy(notebook_of(name))
    folder = tmp_path / "empty"
    folder.mkdir()
    run(alone, folder)
    assert failing_cell(alone) is None
    assert outputs_of(alone) == cached_outputs(name)
    assert not list(folder.iterdir()), "the page leaves files behind"
