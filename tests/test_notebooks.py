"""The exported notebooks: nothing of a chapter is lost, nothing of the book's markup is left, all of it runs."""

import os
import re
import shutil
from collections import Counter
from urllib.parse import parse_qs, unquote, urlsplit

import addresses
import export
import launch
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build
from docutils import nodes
from docutils.core import publish_doctree
from execute import failing_cell
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from myst_parser.docutils_ import Parser
from plain_markdown import Cell, PlainMarkdown, UnknownNode
from running import HOST, KERNEL, cached_outputs, clean_environment, notebook_of, outputs_of, run
from scratch_book import ScratchBook, cell, page
from test_repository import front_matter

NOTEBOOKS = HTML / "notebooks"
BASE = addresses.base_address()  # of the build that is tested; None at home
EXPORTED = [
    name for name in CHAPTERS if "kernelspec" in front_matter(name) and front_matter(name).get("notebook") is not False
]
MARKUP = re.compile(r"\{[a-z]+(?::[a-z]+)*\}`|^:::|^```\{|\bsec:[a-z]|\(eq-|^% |\{#", re.MULTILINE)


def stem(name):
    return name.rpartition("/")[2]


def read(name):
    require_build()
    return nbformat.read(NOTEBOOKS / f"{stem(name)}.ipynb", as_version=4)


def cells_of(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def letters(text):
    """A text as letters and digits alone, to compare what was written in two ways."""
    return re.sub(r"[\W_]+", "", text)


# ---- what is in them --------------------------------------------------------------------------


def test_every_chapter_has_its_notebook_and_nothing_else_has():
    numbered = [part for part in yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"] if part.get("numbered")]
    chapters = {entry["file"] for part in numbered for entry in part["chapters"]}
    assert chapters <= set(EXPORTED)
    assert {path.stem for path in NOTEBOOKS.iterdir()} == {stem(name) for name in EXPORTED}


@pytest.mark.parametrize("name", EXPORTED)
def test_a_notebook_is_valid_and_its_cells_are_told_apart(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert max(Counter(cell.id for cell in notebook.cells).values()) == 1
    head, setup, *rest = notebook.cells
    assert "Neural Networks by Hand" in head.source and setup.metadata["tags"] == ["setup"]
    assert setup.source == export.installing(BASE).source
    assert not any("setup" in cell.metadata.get("tags", []) for cell in rest)
    for library, module in {"PyTorch": "torch", "NumPy": "numpy"}.items():
        imported = any(re.search(rf"^\s*(?:import|from) {module}\b", c.source, re.MULTILINE) for c in rest)
        assert library in head.source or not imported


@pytest.mark.parametrize("name", EXPORTED)
def test_no_markup_of_the_book_is_left(name):
    for markdown in cells_of(read(name), "markdown"):
        text = re.sub(r"^(`{3,}).*?^\1$", "", markdown.source, flags=re.MULTILINE | re.DOTALL)
        assert not MARKUP.search(text), MARKUP.search(text)


def words_of_the_page(name):
    """The texts of a page's prose, one an element: paragraphs, items, table cells, captions, summaries."""
    article = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser").select_one("article")
    for tag in article.select(
        ".cell_input, .cell_output .output, .live-caption, .headerlink, .eqno, script, nav, .sd-summary-state-marker"
    ):
        tag.decompose()
    for tag in article.select("p, li, dt, dd, td, th, figcaption, summary, h1, h2, h3"):
        if not tag.select("p, li, dd, td, div, ul, ol"):
            yield tag.get_text(" ", strip=True)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_sentence_of_the_chapter_is_there(name):
    """Read through another reader of Markdown, the notebook's text holds that of the page."""
    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    notebook = read(name)
    text = "\n\n".join(markdown.source for markdown in cells_of(notebook, "markdown"))
    text += "\n\n".join(found[0] for c in cells_of(notebook, "code") if (found := re.match("# @title .*", c.source)))
    have = letters(BeautifulSoup(reader.render(text), "html.parser").get_text(" ")).replace("vert", "")
    sentences = list(words_of_the_page(name))
    assert len(sentences) > 10
    lost = [sentence for sentence in sentences if letters(sentence).replace("vert", "") not in have]
    # A figure's caption begins with the number, and a hidden cell's summary is the page's own.
    lost = [sentence for sentence in lost if not sentence.startswith(("Hide code", "Show code"))]
    assert not lost


@pytest.mark.parametrize("name", EXPORTED)
def test_every_cell_of_the_chapter_is_there_in_its_order(name):
    written = [cell.source for cell in notebook_of(name).cells if cell.cell_type == "code"]
    _, *exported = cells_of(read(name), "code")
    assert [re.sub(r"\A# @title .*\n", "", cell.source) for cell in exported] == written


@pytest.mark.parametrize("name", EXPORTED)
def test_what_the_site_folds_is_folded_and_what_the_reader_fills_in_is_open(name):
    page = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    notebook = read(name)
    _, *exported = cells_of(notebook, "code")
    solutions = [cell for cell in exported if cell.source.startswith("# @title Solution to Exercise ")]
    assert len(solutions) == len(page.select("article div.solution div.cell"))
    for source, code in zip(cells_of(notebook_of(name), "code"), exported, strict=True):
        tags = set(source.metadata.get("tags", []))
        hidden = code in solutions or bool(tags & {"hide-input", "remove-input", "remove-cell"})
        assert code.metadata.get("jupyter", {}).get("source_hidden", False) == hidden
        assert ("cellView" in code.metadata) == hidden
    text = "\n".join(markdown.source for markdown in cells_of(notebook, "markdown"))
    assert text.count("**Exercise ") == len(page.select("article div.exercise"))
    hints = page.select("article div.exercise details")
    assert text.count("<details>") == text.count("</details>") > len(hints) == text.count("<summary>Hint ")


@pytest.mark.parametrize("name", EXPORTED)
def test_drawings_are_there_on_a_ground_of_their_own(name):
    page = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    shown = [output for code in cells_of(read(name), "code") for output in code.outputs]
    drawings = [output.data["image/svg+xml"] for output in shown if "image/svg+xml" in output.get("data", {})]
    assert len(drawings) == len(page.select("article .cell_output img:not(.only-dark)"))
    assert all(re.match(r"(?s).*?<svg style=\"background: #\w{6}\" ", drawing) for drawing in drawings)
    captions = page.select("article figure figcaption .caption-number")
    text = "\n".join(markdown.source for markdown in cells_of(read(name), "markdown"))
    for caption in captions:
        number = caption.get_text(strip=True)
        assert number.startswith("Live") or text.count(f"**{number}**") == 1
    assert not any(export.is_record(output) for output in shown)
    described = [image["alt"] for image in page.select("article .cell_output img:not(.only-dark)")]
    folded = re.findall(r"<summary>What the figure shows</summary>\n\n(.*)\n", text)
    assert [letters(description) for description in described] == [letters(description) for description in folded]


# ---- they run ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def wheel():
    require_build()
    (path,) = (HTML / "wheels").glob("*.whl")
    return path


@pytest.fixture(scope="session")
def colab(tmp_path_factory, wheel):
    """A kernel with what Colab has, and the wheel; it is told that it builds the book, so that links agree."""
    with pytest.MonkeyPatch.context() as environment:
        for key in [key for key in os.environ if key.startswith(("PYTHON", "BOOK_", "GITHUB_"))]:
            environment.delenv(key)
        for key, value in {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "BOOK_CHAPTERS": "."}.items():
            environment.setenv(key, value)
        environment.setenv("JUPYTER_PATH", "")
        yield clean_environment(tmp_path_factory.mktemp("colab") / "host", (*HOST, *KERNEL), wheel)


def test_the_clean_environment_has_no_more_than_it_should(colab, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    there = nbformat.v4.new_code_cell(
        "from importlib.util import find_spec\n"
        "names = 'numpy torch sklearn seaborn byhand myst_nb sphinx jupytext nbclient pytest'.split()\n"
        "print(*(name for name in names if find_spec(name)))\n"
        "import byhand, sys\nprint(byhand.__file__.startswith(sys.prefix))"
    )
    notebook = nbformat.v4.new_notebook(cells=[there])
    run(notebook, folder, colab)
    assert notebook.cells[0].outputs[0].text == "numpy torch sklearn seaborn byhand\nTrue\n"


@pytest.mark.parametrize("name", EXPORTED)
def test_a_notebook_runs_where_nothing_else_is_and_gives_what_the_book_shows(name, colab, tmp_path):
    """In an empty folder, with no other page before it, in an environment without the builder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    notebook = read(name)
    for code in cells_of(notebook, "code"):
        code.outputs, code.execution_count = [], None
    run(notebook, folder, colab)
    assert failing_cell(notebook) is None
    _, *got = outputs_of(notebook)
    sources = cells_of(notebook_of(name), "code")
    for number, (source, new, shown) in enumerate(zip(sources, got, cached_outputs(name), strict=True), start=1):
        if "timing" in source.metadata.get("tags", []):
            continue  # its numbers are times, and no two runs take the same
        wanted = [output for output in shown if not export.is_record(output)]
        assert new == wanted, f"{name}.md, code cell {number} gives something else in a notebook of its own"
    assert not list(folder.iterdir()), "the notebook leaves files behind"


@pytest.mark.parametrize("published", [True, False])
def test_the_second_cell_installs_the_package_that_is_missing(published, tmp_path, monkeypatch, address):
    """From the site, where its address is known; else from the folder that the notebook lies in."""
    monkeypatch.setenv("JUPYTER_PATH", "")
    for key in ("PYTHONPATH", "BOOK_CHAPTERS"):
        monkeypatch.delenv(key, raising=False)
    kernel = clean_environment(tmp_path / "bare", ("numpy", *KERNEL))
    setup = export.installing(f"{address}/" if published else None)
    folder = tmp_path / "site" / "notebooks"
    folder.mkdir(parents=True)
    if not published:
        shutil.copytree(HTML / "wheels", tmp_path / "site" / "wheels")
    asks = nbformat.v4.new_code_cell("print(byhand.__file__)\nimport os; print(os.environ.get('BOOK_CHAPTERS'))")
    first = nbformat.v4.new_code_cell("import importlib.util; print(importlib.util.find_spec('byhand'))")
    again = nbformat.v4.new_code_cell("import byhand; print('done')")
    second = export.installing(f"{address}/" if published else None)
    notebook = nbformat.v4.new_notebook(cells=[first, setup, again, second, asks])
    run(notebook, folder, kernel)
    assert notebook.cells[0].outputs[0].text == "None\n"
    assert notebook.cells[2].outputs[0].text == "done\n"
    assert not notebook.cells[3].outputs  # nothing to do the second time
    where, chapters = notebook.cells[4].outputs[0].text.split()
    assert where.startswith(str(tmp_path / "bare"))
    assert chapters == (f"{address}/book" if published else "None")


# ---- where they can be opened -----------------------------------------------------------------


def test_without_an_address_there_is_a_download_and_no_button(tmp_path):
    book = ScratchBook(tmp_path, {"index": page("Start", "Here."), "book/one": page("One", cell("1 + 1"))})
    done, said = book.make()
    assert done, said
    built = BeautifulSoup(book.text("book/one"), "html.parser")
    (download,) = built.select("a[href$='.ipynb']")
    assert download["href"] == "../notebooks/one.ipynb"
    assert not re.search(r"colab|mybinder|lite/lab|github\.com/\w+/fork", book.text("book/one"))


@pytest.mark.parametrize("name", EXPORTED)
def test_each_chapter_offers_its_notebook_as_a_download(name):
    built = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    (download,) = built.select("a.btn-download-notebook-button")
    assert download["href"] == f"../notebooks/{stem(name)}.ipynb"


ONE = page(
    "One",
    "See {ref}`sec:two`, and {eq}`eq-one-sum`.",
    "\n$$\n1 + 1 = 2\n$$ (eq-one-sum)\n",
    "![A mark](_static/logo.svg)\n",
    cell("1 + 1"),
)
TWO = page("Two", cell("2 + 2")).replace("# Two", "(sec:two)=\n# Two")


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """A small book as a fork's build publishes it."""
    pages = {"index": page("Start", "Here."), "book/one": ONE, "book/two": TWO}
    book = ScratchBook(tmp_path_factory.mktemp("fork"), pages)
    done, said = book.make(GITHUB_REPOSITORY="someone/fork")
    assert done, said
    return book


def launch_links(book, name):
    links = BeautifulSoup(book.text(name), "html.parser").select("main .dropdown-launch-buttons a[href]")
    return {link.get_text(strip=True): link["href"] for link in links}


@pytest.mark.parametrize("name", ["book/one", "book/two"])
def test_each_button_of_a_fork_leads_to_a_file_that_its_publishing_makes(fork, name):
    links = launch_links(fork, name)
    assert set(links) == {"Colab", "JupyterLite", "Binder"}
    published = fork.html / "notebooks"

    colab = urlsplit(links["Colab"])
    assert colab.netloc == "colab.research.google.com"
    owner, repository, blob, branch, file = colab.path.removeprefix("/github/").split("/")
    assert (owner, repository, blob, branch) == ("someone", "fork", "blob", launch.BRANCH)
    assert (published / file).is_file()

    binder = urlsplit(links["Binder"])
    assert (binder.netloc, binder.path) == ("mybinder.org", f"/v2/gh/someone/fork/{launch.ENVIRONMENT}")
    pull = parse_qs(urlsplit(parse_qs(binder.query)["urlpath"][0]).query)
    assert pull["repo"] == ["https://github.com/someone/fork"] and pull["branch"] == [launch.BRANCH]
    assert (published / pull["urlpath"][0].removeprefix("lab/tree/fork/")).is_file()

    lite = urlsplit(links["JupyterLite"])
    assert lite.path == "../lite/lab/index.html"
    assert (fork.folder / "_build" / "lite_contents" / parse_qs(lite.query)["path"][0]).is_file()


def test_every_address_of_a_fork_is_its_own(fork):
    texts = [path.read_text(encoding="utf-8") for path in fork.html.rglob("*.html") if "_static" not in path.parts]
    texts += [path.read_text(encoding="utf-8") for path in (fork.html / "notebooks").iterdir()]
    texts.append((fork.html / "sitemap.xml").read_text(encoding="utf-8"))
    ours = re.compile(r"(?:github\.com/|\.github\.io|/gh/|%2F%2Fgithub\.com%2F)[\w%.-]*/?[\w%.-]*")
    found = Counter(unquote(unquote(address)) for text in texts for address in ours.findall(text))
    # What the theme itself says of its makers is not an address of the book.
    strays = [a for a in found if "someone/fork" not in a and not a.startswith(".github.io/fork")]
    assert found and not strays


def test_a_forks_notebook_links_to_its_site_and_takes_its_wheel(fork):
    notebook = nbformat.read(fork.html / "notebooks" / "one.ipynb", as_version=4)
    head, setup, text, *_ = notebook.cells
    site = "https://someone.github.io/fork/"
    assert f"[One]({site}book/one.html)" in head.source
    assert f"%pip install --quiet {site}wheels/{export.wheel_name()}" in setup.source
    assert f'"BOOK_CHAPTERS", "{site}book"' in setup.source
    assert f"[Two]({site}book/two.html#sec-two)" in text.source
    assert f"({site}book/one.html#equation-eq-one-sum)" in text.source and r"\tag{1}" in text.source
    assert text.source.count("![A mark](data:image/svg+xml;base64,") == 1
    assert (HTML / "wheels" / export.wheel_name()).is_file()


def test_elsewhere_than_on_github_only_the_site_is_known():
    env = {"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://git.example.org"}
    assert addresses.on_github(env) is None and addresses.on_github({}) is None
    assert addresses.on_github({"GITHUB_REPOSITORY": "a/b"}) == "a/b"


def test_a_part_that_a_notebook_cannot_show_stops_the_build(tmp_path):
    aside = "```{eval-rst}\n.. sidebar:: Aside\n\n   A kind of box that notebooks do not know.\n```\n"
    book = ScratchBook(tmp_path, {"index": page("Start", "Here."), "book/one": page("One", aside, cell("1 + 1"))})
    done, said = book.make()
    assert not done and "sidebar has no form in a notebook" in said
    assert not (book.html / "notebooks" / "one.ipynb").exists()


def test_a_page_may_say_that_it_is_no_chapter_and_a_chapter_that_goes_takes_its_notebook_along(tmp_path):
    book = ScratchBook(tmp_path, {"index": page("Start", "Here."), "book/one": page("One", cell("1 + 1"))})
    assert book.make()[0]
    assert {path.name for path in (book.html / "notebooks").iterdir()} == {"index.ipynb", "one.ipynb"}
    path = book.folder / "book" / "one.md"
    path.write_text(path.read_text().replace("\nmyst:", "\nnotebook: false\nmyst:", 1))
    assert book.make()[0]
    assert {path.name for path in (book.html / "notebooks").iterdir()} == {"index.ipynb"}


# ---- from nodes to Markdown -------------------------------------------------------------------


def plain(text):
    tree = publish_doctree(
        text,
        parser=Parser(),
        settings_overrides={
            "myst_enable_extensions": ["dollarmath", "colon_fence", "deflist"],
            "doctitle_xform": False,
            "report_level": 5,
        },
    )
    return pieces(tree)


def pieces(tree):
    for block in tree.findall(nodes.literal_block):  # as Sphinx does
        block["language"] = block["classes"][1] if len(block["classes"]) > 1 else "none"
    numbers = {"displaymath": "7.1", "figure": "7.2"}
    writer = PlainMarkdown(
        lambda node: node.get("refuri"), lambda kind, anchor: numbers.get(kind, ""), lambda image: image["uri"]
    )
    return writer.pieces(tree)


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\n## Part",
        "words *with* **stress** and `code`",
        "``a ` tick``",
        r"stars \* and \_ and \$ and \[ and \< stay what they are",
        "[a link](https://a.example/b)",
        "$x_1 < 2$ and *more*",
        "- one\n- two",
        "1. one\n2. two",
        "3. three\n4. four",
        "- one\n\n  more of one\n\n- two",
        "- a list\n  - in a list",
        "> quoted\n>\n> twice",
        "````\n```\n````",
        "| a | b |\n|---|---|\n| 1 | *2* |",
        "![what is to be seen](picture.png)",
        "one\n\n***\n\ntwo",
        r"\# no heading",
        r"1\. no list",
    ],
)
def test_plain_markdown_comes_back_as_it_was(text):
    """What is written in plain Markdown already, in the way this module writes it, does not change."""
    assert "\n\n".join(plain(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a line\nand its rest", "a line and its rest"),
        (":::{note}\nMind.\n:::", "> **Note**\n>\n> Mind."),
        (":::{admonition} Mind *this*\nOne.\n\nTwo.\n:::", "> **Mind *this***\n>\n> One.\n>\n> Two."),
        ("term\n: what it is", "- **term**: what it is"),
        ("| a |\n|---|\n| $\\|x\\|$ |", "| a |\n|---|\n| $\\vert x\\vert $ |"),
        ("| a |\n|---|\n| `x \\| y` |", "| a |\n|---|\n| `x \\| y` |"),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("% a note to the author\n\ntext", "text"),
        ("$$\na\n\n$$ (eq-a)", "$$\na \\tag{7.1}\n$$"),
        ("$$\na \\\\ b\n$$", "$$\n\\begin{split}\na \\\\ b\n\\end{split}\n$$"),
    ],
)
def test_the_books_markup_becomes_plain_markdown(text, expected):
    assert "\n\n".join(plain(text)) == expected


def test_a_code_cell_cuts_the_text_and_is_folded_where_the_site_folds_it():
    cell = nodes.container("", nb_element="cell_code", cell_index=4)
    box = nodes.note("", nodes.paragraph("", "before"), cell, nodes.paragraph("", "after"))
    assert pieces(box) == ["**Note**", "before", Cell(4), "after"]
    solution = type("solution_node", (nodes.Element,), {})("", nodes.title("", "Solution to a < b"))
    solution += nodes.section("", nodes.paragraph("", "why"), cell.deepcopy())
    text, code = pieces(solution)
    assert "<summary>Solution to a &lt; b</summary>\n\nwhy\n" in text
    assert code == Cell(4, "Solution to a < b")


def test_hidden_cells_stand_after_the_cell_they_follow():
    found = list(export.with_hidden_cells(["a", Cell(2), "b", Cell(7), "c"], [1, 2, 3, 4, 7, 9]))
    assert found == [Cell(1), "a", Cell(2), Cell(3), Cell(4), "b", Cell(7), Cell(9), "c"]


def test_identities_depend_on_the_cell_alone():
    def ids(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        export.identify(cells)
        return [cell["id"] for cell in cells]

    a, b, a2 = ids("a", "b", "a")
    assert len({a, b, a2}) == 3
    assert ids("new", "a", "a") == [ids("new")[0], a, a2]


@pytest.mark.parametrize("node", [nodes.sidebar(), nodes.paragraph("", "", nodes.problematic("", "?")), nodes.raw()])
def test_unknown_nodes_are_named(node):
    with pytest.raises(UnknownNode, match="sidebar|problematic|raw"):
        pieces(nodes.document(None, None, "", node))


def test_libraries_are_found_behind_the_packages_modules():
    def needs(source):
        return export.needs(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))

    assert needs("x = 1") == ["NumPy"]
    assert needs("def f():\n    import torch.nn as nn") == ["NumPy", "PyTorch"]
    assert needs("from byhand import plots\nfrom byhand.data import iris\n%pip list") == [
        "NumPy",
        "matplotlib",
        "scikit-learn",
    ]
