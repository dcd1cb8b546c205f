"""The notebooks for the browser, and JupyterLite, which runs them there."""

import ast
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import lite
import nbformat
import pytest
from browsing import Visit
from built_site import HTML, ROOT, SOURCES, require_build
from execute import join_streams, read_notebook
from execution_cache import cache_folder
from jupyter_cache import get_cache
from lite_edition import INSTALL, OURS, PACKAGES, REST, WHY, edition

WHEEL = "byhand-0.1.0-py3-none-any.whl"
ABOUT_PYTORCH = {"pytorch-tensors", "pytorch-comparison", "beyond-one-machine"}
CHAPTERS = {path.stem: notebook for path in SOURCES if (notebook := read_notebook(path))}


def notebook(*sources, **metadata):
    """A notebook as the book's build writes it: where it comes from, a setup cell, and cells of code."""
    cells = [nbformat.v4.new_markdown_cell("From the book.", id="head")]
    cells.append(nbformat.v4.new_code_cell("import byhand", id="setup", metadata={"tags": ["setup"]}))
    cells += [nbformat.v4.new_code_cell(text, id=f"c{n}", metadata=metadata) for n, text in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def chapter(name):
    """A chapter as such a notebook."""
    made = notebook()
    for number, cell in enumerate(CHAPTERS[name].cells):
        tags = {"tags": cell.metadata.get("tags", [])}
        made.cells.append(nbformat.from_dict({**cell, "id": f"{name}-{number}", "metadata": tags}))
    return made


@functools.cache
def in_the_browser(name):
    """The edition of a chapter."""
    return edition(chapter(name), WHEEL)


def code(made):
    """Cells of code besides the setup cell: id -> source."""
    return {cell.id: cell.source for cell in made.cells[2:] if cell.cell_type == "code"}


def padded(*sources):
    """The cells of the edition for some sources, which are followed by enough others to be worth an edition."""
    made = edition(notebook(*sources, *["0"] * 20), WHEEL)
    return {key: text for key, text in code(made).items() if text != "0"}, made


# ---- the edition of a notebook ----------------------------------------------------------------


def test_what_does_not_need_pytorch_stays_as_it_is():
    cells, made = padded("x = 1", "%timeit x\nprint(x)")
    assert cells == {"c0": "x = 1", "c1": "%timeit x\nprint(x)"}
    assert made.cells[0].source == "From the book."


def test_the_setup_cell_installs_what_is_imported_and_no_more():
    _, made = padded(
        "from byhand import plots", "import torch\nimport seaborn\nt = torch.ones(1)\nfrom sklearn import svm"
    )
    assert made.cells[1].source == f"{INSTALL}%pip install --quiet byhand==0.1.0 matplotlib scikit-learn seaborn"
    _, made = padded("import byhand", "byhand.mean_interval(x)")
    assert made.cells[1].source == f"{INSTALL}%pip install --quiet byhand==0.1.0 scipy"
    _, made = padded("import byhand.layers")
    assert made.cells[1].source == f"{INSTALL}%pip install --quiet byhand==0.1.0"


def test_the_edition_knows_all_of_the_package_that_needs_more_than_numpy():
    """Found from the package's own source: modules that import other packages, and what calls on SciPy in the end."""
    modules, calls = {}, {}
    for path in (ROOT / "code" / "byhand").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                calls[node.name] = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
                modules[path.stem] = ast.unparse(node.args[0]).strip("f'").partition(".")[0]
        for node in (part for statement in tree.body if isinstance(statement, ast.Try) for part in statement.body):
            modules[path.stem] = ast.unparse(node).split()[1].partition(".")[0]
    assert calls.keys() >= {"_scipy_stats"}
    reach = {"_scipy_stats"}
    while more := {name for name, used in calls.items() if used & reach} - reach:
        reach |= more
    needs = {name: PACKAGES[package] for name, package in modules.items() if package in PACKAGES}
    assert OURS == needs | {name: "scipy" for name in reach if not name.startswith("_")}


def test_a_cell_for_pytorch_is_there_to_be_read_and_the_rest_of_it_runs():
    source = "import torch\nfrom byhand import judge\n\n# a point\nx = f(3)\nt = torch.tensor(x)\nassert judge(t, x)"
    cells, made = padded(source)
    assert cells == {"c0-rest": f"{REST}from byhand import judge\n\n# a point\nx = f(3)"}
    shown = next(cell for cell in made.cells if cell.id == "c0")
    assert shown.cell_type == "markdown"
    assert shown.source == f"{WHY}\n\n```python\n{source}\n```"


def test_an_import_alone_is_only_commented_out():
    cells, _ = padded("import math\nimport torch\n\nx = math.pi")
    assert cells == {"c0": "import math\n# import torch\n\nx = math.pi"}


@pytest.mark.parametrize(
    "uses",
    [
        "print(t)",
        "def f():\n    return t",
        "f = lambda: t",
        "[t for _ in range(3)]",
        "class A:\n    b = t",
        "for k in range(3):\n    k + t",
        "t += 1",
        "with open(t) as file:\n    pass",
        "from byhand.torch_twin import to_torch\nto_torch(0)",
        "from byhand import torch_twin\ntorch_twin.to_torch(0)",
        "def g():\n    import torch\n    return torch.ones(1)\ng()",
        "a = 1; b = t",
        "@t\ndef f():\n    pass",
        "out['key']",
        "rows[0]",
        "net.weights",
    ],
)
def test_what_uses_the_results_of_pytorch_is_left_out(uses):
    first = "import torch\nt = torch.ones(1)\nout['key'] = t\nrows.append(t)\nnet.weights = t"
    cells, made = padded("out, rows = {}, []", first, uses)
    assert cells == {"c0": "out, rows = {}, []"}
    assert uses in next(cell.source for cell in made.cells if cell.id == "c2" and cell.cell_type == "markdown")


@pytest.mark.parametrize(
    "uses",
    [
        "t = 1\nprint(t)",
        "for t in range(3):\n    print(t)",
        "with open('x') as t:\n    t.read()",
        "def f(t):\n    return t",
        "[t for t in range(3)]",
        "{'t': x.t, **dict(t=1)}",
        "plt.plot()",
    ],
)
def test_what_only_looks_alike_runs(uses):
    cells, _ = padded("from matplotlib import pyplot as plt", "import torch\nt = torch.ones(1)\nplt.plot(t)", uses)
    assert cells["c2"] == uses


def test_a_name_defined_anew_is_good_again():
    cells, _ = padded("import torch\nx = torch.ones(1)", "y = x", "x = 2", "z = x + 1", "w = y")
    assert cells == {"c2": "x = 2", "c3": "z = x + 1"}


def test_what_a_cell_printed_is_shown_with_it():
    made = notebook("import torch\nprint(torch.ones(1))", *["0"] * 9)
    made.cells[2].outputs = [
        nbformat.v4.new_output("stream", text="tensor([1.])\n"),
        nbformat.v4.new_output("display_data", data={"image/png": "", "text/plain": "<Figure>"}),
        nbformat.v4.new_output("execute_result", data={"text/html": "<b>", "text/plain": "a ``` b"}),
    ]
    shown = edition(made, WHEEL).cells[2].source
    assert shown.endswith("```\n\n```\ntensor([1.])\n```\n\n````\na ``` b\n````")


def test_a_folded_cell_stays_folded():
    made = notebook("import torch\ntorch.ones(1)", *["0"] * 9)
    made.cells[2].metadata = {"jupyter": {"source_hidden": True}, "cellView": "form", "tags": ["hide-input"]}
    shown = edition(made, WHEEL).cells[2]
    assert shown.source.startswith("<details>") and shown.source.endswith("</details>")
    assert shown.metadata == {"tags": ["hide-input"]}


def test_the_input_is_not_changed_and_the_edition_is_the_same_each_time():
    made = notebook("import torch\nx = 1\ntorch.ones(1)", *["0"] * 9)
    made.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "kept": 1}
    before = nbformat.writes(made)
    first, second = edition(made, WHEEL), edition(made, WHEEL)
    assert nbformat.writes(made) == before and first == second
    assert first.metadata["kept"] == 1 and first.metadata["kernelspec"]["name"] == "python"


@pytest.mark.parametrize("module", ["subprocess", "multiprocessing", "threading", "concurrent.futures", "socket"])
def test_what_no_browser_can_do_has_no_edition(module):
    assert edition(notebook(f"import {module}", *["0"] * 20), WHEEL) is None


def test_a_chapter_about_pytorch_has_no_edition():
    asks = "import torch\ntorch.ones(1)"
    assert edition(notebook(asks, asks, asks, "0", "0"), WHEEL) is None
    assert edition(notebook(asks, asks, "0", "0", "0"), WHEEL) is not None


def test_a_notebook_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="0 cells are tagged setup, expected one"):
        edition(nbformat.v4.new_notebook(), WHEEL)
    with pytest.raises(ValueError, match="not Python.*\n.*x = = 1"):
        edition(notebook("x = = 1"), WHEEL)


# ---- the chapters -----------------------------------------------------------------------------


def test_the_chapters_about_pytorch_are_these():
    assert {name for name in CHAPTERS if in_the_browser(name) is None} == ABOUT_PYTORCH


@pytest.mark.parametrize("name", sorted(CHAPTERS.keys() - ABOUT_PYTORCH))
def test_no_cell_of_a_chapter_uses_what_was_left_out(name, tmp_path):
    """Judged by ruff, which knows nothing of how the edition was made."""
    sources = code(in_the_browser(name)).values()
    text = re.sub(r"^(\s*)[%!].*", r"\1pass", "\n".join(sources), flags=re.MULTILINE)
    assert not re.search(r"^\s*(import|from)\b.*\btorch\b", text, flags=re.MULTILINE)
    (tmp_path / "cells.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F823", "cells.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def printed(cell):
    """What a cell of code shows, pictures as a word."""
    for output in cell.outputs:
        data = output.get("data", {})
        picture = any(kind.startswith("image/") for kind in data)
        yield "picture" if picture else output.get("text") or data.get("text/plain") or output.get("ename", "")


BRINGS = {"scikit-learn": ("scipy", "threadpoolctl"), "seaborn": ("matplotlib", "pandas")}
# In a fresh interpreter: what is not installed in a reader's browser cannot be imported.
WITHOUT = """\
import os, sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ["WITHOUT"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Without())
"""


@pytest.mark.parametrize("name", ["how-to-read", "notation", "losses"])
def test_a_chapter_runs_without_pytorch_and_prints_what_the_page_prints(name, tmp_path, monkeypatch):
    require_build()
    cache = get_cache(str(cache_folder(ROOT)))
    page = cache.get_cache_bundle(cache.match_cache_notebook(CHAPTERS[name]).pk).nb
    expected = [cell for cell in page.cells if cell.cell_type == "code"]
    made = chapter(name)
    for cell, run in zip((cell for cell in made.cells[2:] if cell.cell_type == "code"), expected, strict=True):
        cell.outputs = run.outputs
    made = edition(made, WHEEL)
    there = made.cells[1].source.split()
    there += [needed for package in there for needed in BRINGS.get(package, ())]
    absent = {"torch", *(module for module, package in PACKAGES.items() if package not in there)}
    made.cells[1].source = ""  # it installs; all that it would install is here
    kept = [cell for cell in made.cells if cell.cell_type == "code" and not cell.id.endswith("-rest")]
    wanted = {cell.id: list(printed(cell)) for cell in kept}
    for cell in kept:
        cell.outputs = []
    (tmp_path / "sitecustomize.py").write_text(WITHOUT, encoding="utf-8")
    nbformat.write(made, tmp_path / "chapter.ipynb")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "WITHOUT": " ".join(absent), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", "from nbclient.cli import main; main()", "--inplace", "chapter.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ran = nbformat.read(tmp_path / "chapter.ipynb", 4)
    join_streams(ran)  # where a stream is cut is up to timing
    got = {cell.id: list(printed(cell)) for cell in ran.cells if cell.id in wanted}
    assert sum(map(len, wanted.values())) >= 3
    assert got == wanted


# ---- the tool that builds JupyterLite ---------------------------------------------------------


@pytest.fixture
def workshop(tmp_path):
    """A book whose notebooks and wheel are there, and a JupyterLite that only pretends to build."""
    for name in ("_config.yml", "CITATION.cff", "requirements-lite.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for folder in ("_build/lite_contents", "_build/html/wheels", "tools/bin", "tools/wheels"):
        (tmp_path / folder).mkdir(parents=True)
    nbformat.write(notebook("1"), tmp_path / "_build/lite_contents/one.ipynb")
    (tmp_path / "_build/html/wheels" / WHEEL).write_text("a wheel")
    (tmp_path / "tools/wheels/comm-0.2.3-py3-none-any.whl").write_text("another")
    pretend(tmp_path)
    return tmp_path


def pretend(root, leave_out="", status=0):
    """Put a program in JupyterLite's place that makes the files which are looked for."""
    program = root / "tools" / "bin" / "jupyter"
    program.write_text(
        f"""#!{sys.executable}
import shutil, sys
from pathlib import Path
said = sys.argv[1:]
site = Path(said[said.index("--output-dir") + 1])
for name in ("lab", "notebooks", "files", "pypi"):
    (site / name).mkdir(parents=True)
for name in ("lab", "notebooks"):
    (site / name / "index.html").write_text("")
for path in Path(said[said.index("--contents") + 1]).iterdir():
    shutil.copy(path, site / "files")
for place, word in enumerate(said):
    if word == "--piplite-wheels":
        shutil.copy(said[place + 1], site / "pypi")
shutil.copy("jupyter-lite.json", site)
if {leave_out!r}:
    (site / {leave_out!r}).unlink()
print("as it pretends")
sys.exit({status})
"""
    )
    program.chmod(0o755)


def build(root, **env):
    return lite.build(root, root / "tools", env)


def test_nothing_is_built_when_nothing_has_changed(workshop):
    assert build(workshop) == "JupyterLite: 1 notebooks, 0 MB."
    assert build(workshop) == "JupyterLite is up to date."
    changes = [
        lambda: nbformat.write(notebook("2"), workshop / "_build/lite_contents/one.ipynb"),
        lambda: (workshop / "_build/html/wheels" / WHEEL).write_text("a newer wheel"),
        lambda: (workshop / "tools/wheels/comm-0.2.3-py3-none-any.whl").write_text("a newer one"),
        lambda: (workshop / "requirements-lite.lock").write_text("jupyterlite-core==1.0"),
        lambda: (workshop / "_config.yml").write_text("title: Another"),
    ]
    for change in changes:
        change()
        assert build(workshop) == "JupyterLite: 1 notebooks, 0 MB."
        assert build(workshop) == "JupyterLite is up to date."
    published = workshop / "_build/html/lite"
    assert json.loads((published / "jupyter-lite.json").read_text())["jupyter-config-data"]["appName"] == "Another"
    assert [path.name for path in (workshop / "_build").iterdir() if path.name.startswith(".lite-")] == []


def test_pyodide_may_lie_elsewhere(workshop):
    address = "https://example.org/pyodide/pyodide.mjs"
    build(workshop)
    build(workshop, BOOK_PYODIDE_URL=address)
    settings = json.loads((workshop / "_build/html/lite/jupyter-lite.json").read_text())["jupyter-config-data"]
    assert settings["litePluginSettings"] == {lite.KERNEL: {"pyodideUrl": address}}


@pytest.mark.parametrize(
    ("leave_out", "status", "says"),
    [
        ("", 3, "ended with status 3:\nas it pretends"),
        ("lab/index.html", 0, "there is no lab/index.html"),
        ("files/one.ipynb", 0, "there is no files/one.ipynb"),
        (f"pypi/{WHEEL}", 0, f"there is no pypi/{WHEEL}"),
    ],
)
def test_a_failure_is_told_and_leaves_what_was_published_before(workshop, leave_out, status, says):
    build(workshop)
    nbformat.write(notebook("2"), workshop / "_build/lite_contents/one.ipynb")
    pretend(workshop, leave_out, status)
    for _ in range(2):  # a second try does not take the first one's remains for a result
        with pytest.raises(lite.Incomplete, match=re.escape(says)):
            build(workshop)
    assert nbformat.read(workshop / "_build/html/lite/files/one.ipynb", 4).cells[2].source == "1"
    assert [path.name for path in (workshop / "_build").iterdir() if path.name.startswith(".lite-")] == []
    pretend(workshop)
    assert build(workshop) == "JupyterLite: 1 notebooks, 0 MB."


@pytest.mark.parametrize(
    ("remove", "says"),
    [
        ("_build/lite_contents/one.ipynb", "no notebooks in _build/lite_contents"),
        (f"_build/html/wheels/{WHEEL}", "wheels of byhand in _build/html/wheels: none"),
        ("tools/bin/jupyter", "holds no JupyterLite"),
        ("tools/wheels/comm-0.2.3-py3-none-any.whl", "or no wheels"),
    ],
)
def test_what_is_missing_is_named(workshop, remove, says):
    (workshop / remove).unlink()
    with pytest.raises(lite.Incomplete, match=f"{says}.*Fix: "):
        build(workshop)
    assert not (workshop / "_build/html/lite").exists()


# ---- in a browser -----------------------------------------------------------------------------

NPM = ROOT / "tests" / "npm" / "node_modules" / "pyodide"
WHEELS = ROOT / ".venv" / "pyodide-wheels"
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


def published():
    require_build()
    if not (HTML / "lite" / "lab" / "index.html").is_file():
        pytest.fail("_build/html/lite holds no JupyterLite. Run `make book` first; `make test` does both.")
    return HTML / "lite"


def test_jupyterlite_carries_each_edition_and_the_wheels():
    site = published()
    made = {path.name for path in (ROOT / "_build" / "lite_contents").glob("*.ipynb")}
    assert made and {path.name for path in (site / "files").iterdir()} == made
    assert json.loads((site / "jupyter-lite.json").read_text())["jupyter-config-data"]["appName"]
    carried = json.loads((site / "pypi" / "all.json").read_text())
    assert set(carried) == {"byhand", "comm", "seaborn"}
    installed = {
        word.partition("==")[0]
        for path in (site / "files").iterdir()
        for word in nbformat.read(path, 4).cells[1].source.splitlines()[-1].split()[3:]
    }
    assert installed <= {"byhand", *PACKAGES.values()}
    # JupyterLite joins the lines of a printed text with commas when a notebook gives them one by one.
    cells = [cell for path in (site / "files").iterdir() for cell in json.loads(path.read_text())["cells"]]
    printed = [output["text"] for cell in cells for output in cell.get("outputs", []) if "text" in output]
    assert printed and all(isinstance(text, str) for text in printed)
    heads = [nbformat.read(path, 4).cells[0].source for path in (site / "files").iterdir()]
    assert all("It needs NumPy" in head and "PyTorch" not in head for head in heads)
    # What is not carried comes from where Pyodide is published; a package index is never asked.
    at_pyodide = {"matplotlib", "pandas", "scikit-learn", "scipy", "threadpoolctl", "tqdm"}
    assert installed - set(carried) <= at_pyodide


@pytest.fixture(scope="module")
def pyodide():
    """The part of Pyodide that runs pure Python: file name -> content."""
    if not (NPM / "pyodide.mjs").is_file() or not any(WHEELS.glob("*.whl")):
        message = f"Pyodide is not there: {NPM} or {WHEELS} is empty. make test installs both."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    files = {path.name: path.read_bytes() for path in [*NPM.iterdir(), *WHEELS.glob("*.whl")] if path.is_file()}
    lock = json.loads(files["pyodide-lock.json"])
    named = {package["file_name"]: package for package in lock["packages"].values()}
    for path in WHEELS.glob("*.whl"):  # the same programs as Pyodide's, packed another time
        assert path.name in named, f"{path.name} is not of the version in pyodide-lock.json: mend pyodide-wheels.txt"
        named[path.name]["sha256"] = hashlib.sha256(files[path.name]).hexdigest()
    return files | {"pyodide-lock.json": json.dumps(lock).encode()}


class Sitting(Visit):
    """A visit to JupyterLite. What it asks of Pyodide's server is answered from files; nobody else answers."""

    def __init__(self, browser, address, pyodide):
        super().__init__(browser)
        self.address, self.pyodide, self.refused, self.errors = address, pyodide, [], []
        # Of what JupyterLab's console warns of, such as two menus with one entry, nothing is the book's doing.
        self.page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.context.route("**/*", self.answer)

    def answer(self, route):
        address, name = urlsplit(route.request.url), route.request.url.rpartition("/")[2]
        if route.request.url.startswith(self.address):
            route.continue_()
        elif address.netloc == "cdn.jsdelivr.net" and address.path.startswith("/pyodide/") and name in self.pyodide:
            kind = TYPES.get(Path(name).suffix, "application/octet-stream")
            headers = {"Access-Control-Allow-Origin": "*", "Content-Type": kind}
            route.fulfill(body=self.pyodide[name], headers=headers)
        else:
            self.refused.append(route.request.url)
            route.abort()

    def run(self, source):
        """Type into the notebook's first cell of code, run it, and return what it prints."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").first
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        prompt = cell.locator(".jp-InputPrompt")
        self.page.wait_for_function(
            "([prompt, before]) => /\\d/.test(prompt.textContent) && prompt.textContent !== before",
            arg=[prompt.element_handle(), self.before],
            timeout=60_000,
        )
        self.before = prompt.inner_text()
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    before = ""


@pytest.fixture
def sitting(browser, address, pyodide):
    published()
    made = Sitting(browser, address, pyodide)
    yield made
    made.close()


def test_a_chapter_opens_in_the_browser_and_its_kernel_runs_python(sitting):
    sitting.page.goto(f"{sitting.address}/lite/lab/index.html?path=how-to-read.ipynb")
    sitting.page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1", timeout=30_000)
    assert sitting.page.title().endswith("Neural Networks by Hand")
    assert sitting.page.locator(".jp-MarkdownOutput h1").first.inner_text().startswith("How to read this book")
    assert sitting.run("print(6 * 7)") == "42"
    # NumPy for browsers cannot be had here, so the wheel is installed without it, and its version is asked.
    assert sitting.run("%pip install --quiet --no-deps byhand==0.1.0") == ""
    assert sitting.run("from importlib.metadata import version\nversion('byhand')") == "'0.1.0'"
    assert sitting.run("import torch").count("ModuleNotFoundError")
    assert not sitting.refused
    assert not sitting.errors


def test_jupyterlite_follows_the_systems_dark_mode(sitting):
    sitting.page.emulate_media(color_scheme="dark")
    sitting.page.goto(f"{sitting.address}/lite/notebooks/index.html?path=how-to-read.ipynb")
    sitting.page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1", timeout=30_000)
    assert sitting.page.locator("body").get_attribute("data-jp-theme-light") == "false"
    assert not sitting.refused
    assert not sitting.errors
