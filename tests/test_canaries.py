"""Each fault that a reader could meet is planted in a small book, and `make book` has to refuse that book.

`make book` stops at one of three gates: the pages are executed, Sphinx builds the site with warnings as
errors, and tools/check_site.py reads the built pages. Faults for the same gate share a book, one a page,
and each page must be named in what the gate prints, for its own reason.
"""

import re

import pytest
from scratch_book import ScratchBook, cell, no_chapter, page

INDEX = page("A small book", "(sec:home)=\n## Home\n\nA heading to link to, and a page that holds no fault at all.")

# A page with everything that a chapter has, made as a chapter should make it.
CLEAN = page(
    "A chapter",
    "See {ref}`sec:home`, {eq}`eq-clean-dx`, {numref}`fig-clean-line` and [the first page](../index.md#home).\n",
    "$$\n\\mathrm{d}x = 2 x\n$$ (eq-clean-dx)\n",
    cell(
        """
        import matplotlib.pyplot as plt

        from byhand import plots, relu_forward
        from byhand.book import glue

        plots.use_style()
        a, cache = relu_forward([-1.0, 2.0])
        glue("clean-a", float(a[1]))
        print(a)
        """
    ),
    "The second entry is {glue:text}`clean-a:.1f`.\n",
    cell(
        """
        fig, ax = plt.subplots()
        ax.plot([0, 1], [0, 1], color=plots.PALETTE["teal"])
        plt.show()
        """,
        "---",
        "tags: [hide-input]",
        "mystnb:",
        "  figure:",
        "    name: fig-clean-line",
        "    caption: A line.",
        "  image:",
        "    alt: A straight line that rises from the lower left to the upper right.",
        "---",
    ),
    "An error is welcome where the page asks for it:\n",
    cell("[0, 1][2]", ":tags: [raises-exception]"),
    "```{exercise-start} Twice\n:label: ex-clean-twice\n```\nDouble it.\n",
    cell("def twice(x):\n    ..."),
    "```{exercise-end}\n```\n\n```{solution-start} ex-clean-twice\n:class: dropdown\n:label: sol-clean-twice\n```\n",
    cell("def twice(x):\n    return 2 * x\n\nassert twice(3) == 6"),
    "```{solution-end}\n```\n",
)


def test_a_book_without_faults_passes(tmp_path):
    book = ScratchBook(tmp_path, {"index": INDEX, "book/clean": CLEAN})
    passed, printed = book.make()
    assert passed, printed
    assert " 0 findings." in printed
    html = book.text("book/clean")
    assert "The second entry is" in html and '<span class="pasted-text">2.0</span>' in html
    for theme in ("light", "dark"):
        assert len(re.findall(rf'<img [^>]*alt="A straight line[^>]*class="only-{theme}"', html)) == 1


# ---- first gate: the pages are executed -------------------------------------------------------

CELL_FAULTS = {
    "failing-cell": ("1 / 0", "ZeroDivisionError"),
    "wrong-number": ("from byhand import relu_forward\n\nassert relu_forward([2.0])[0][0] == 3.0", "AssertionError"),
    "missing-name": ("from byhand import no_such_function", "ImportError"),
}


@pytest.fixture(scope="module")
def execution_report(tmp_path_factory):
    pages = {name: page(name, cell("fine = 1"), cell(code)) for name, (code, _) in CELL_FAULTS.items()}
    book = ScratchBook(tmp_path_factory.mktemp("cells"), {"index": INDEX, **pages})
    return *book.make(), book


@pytest.mark.parametrize("name", CELL_FAULTS)
def test_a_cell_that_fails_is_named_and_stops_the_build(name, execution_report):
    passed, printed, book = execution_report
    assert not passed
    report = printed.split(f"FAILED {name}.md, code cell 2\n")[1].split("FAILED")[0]
    assert CELL_FAULTS[name][1] in report
    assert not book.html.exists()


# ---- second gate: Sphinx, with warnings as errors ---------------------------------------------

MARKUP_FAULTS = {
    "broken-link": ("[a chapter](nowhere.md)", "nowhere.md"),
    "dead-anchor": ("[a section](index.md#nowhere)", "nowhere"),
    "undefined-reference": ("{ref}`sec:nowhere`", "sec:nowhere"),
    "undefined-equation": ("{eq}`eq-nowhere`", "eq-nowhere"),
    "undefined-citation": ("{cite}`nobody1900`", "nobody1900"),
    "bare-glue": ("It is {glue:text}`never-computed:.2f`.", "never-computed"),
    "unknown-role": ("{reff}`sec:home`", "reff"),
    "unknown-directive": ("```{exercse-start}\n```", "exercse-start"),
    "figure-without-alt": (
        "```{image} book/_static/logo.svg\n```",
        "image without alt text: book/_static/logo.svg",
    ),
    "plot-without-alt": (
        cell(
            """
            import matplotlib.pyplot as plt

            plt.plot([0, 1])
            plt.show()
            """
        ),
        "image without alt text: ",
    ),
}


@pytest.fixture(scope="module")
def sphinx_report(tmp_path_factory):
    pages = {name: page(name, fault) for name, (fault, _) in MARKUP_FAULTS.items()}
    book = ScratchBook(tmp_path_factory.mktemp("markup"), {"index": INDEX, "book/clean": CLEAN, **pages})
    # Twice: Sphinx warns of a page when it reads it, and would not read unchanged pages again.
    book.make()
    return book.make()


@pytest.mark.parametrize("name", MARKUP_FAULTS)
def test_faulty_markup_is_a_warning_and_so_stops_the_build(name, sphinx_report):
    passed, printed = sphinx_report
    assert not passed
    warnings = [line for line in printed.splitlines() if f"/{name}.md" in line]
    assert any("WARNING" in line and MARKUP_FAULTS[name][1] in line for line in warnings), printed
    assert "clean.md" not in printed and "index.md:" not in printed
    assert "findings." not in printed


# ---- third gate: the built pages are read -----------------------------------------------------

WARNING_ON_STDOUT = """
import warnings

warnings.showwarning = lambda message, *_: print(f"UserWarning: {message}")
warnings.warn("old")
"""
CAUGHT_BUT_PRINTED = """
import sys
import traceback

try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc(file=sys.stdout)
"""

# Put together from pieces: no file of the repository holds a path of a machine, not even a made-up one.
PATHS = ["/" + "/".join(parts) for parts in (("ho" + "me", "reader"), ("tm" + "p", "x1"))]

SITE_FAULTS = {
    "python-warning": (cell("import warnings\n\nwarnings.warn('old')"), "output on the error stream: "),
    "printed-warning": (cell(WARNING_ON_STDOUT), "warning in an output: UserWarning: old"),
    "stderr": (cell("import sys\n\nprint('lost', file=sys.stderr)"), "output on the error stream: lost"),
    "printed-traceback": (cell(CAUGHT_BUT_PRINTED), "traceback: "),
    "machine-path": (cell(f"print({PATHS[0]!r})"), f"path of a machine: {PATHS[0]}"),
    "working-folder": (cell(f"print({PATHS[1]!r})"), f"path of a machine: {PATHS[1]}"),
    "numpy-repr": (cell("import numpy as np\n\nnp.float64(0.5)"), "unformatted number: 'np.float64(0.5)"),
    "html-image-without-alt": ('<img src="_static/logo.svg">', "image without alt text: _static/logo.svg"),
    "file-name-as-alt": ('<img src="_static/logo.svg" alt="logo.svg">', "image without alt text: _static/logo.svg"),
    "html-broken-link": ('<a href="nowhere.html">away</a>', "dead link: nowhere.html"),
    "html-dead-anchor": ('<a href="index.html#nowhere">away</a>', "dead anchor: index.html#nowhere"),
    "external-image": (
        '<img src="https://example.org/a.svg" alt="A drawing from elsewhere">',
        "loads https://example.org/a.svg from another host",
    ),
    "external-script": (
        '<script src="https://example.org/a.js"></script>',
        "loads https://example.org/a.js from another host",
    ),
    "external-style": (
        "<style>@import url('https://example.org/a.css');</style>",
        "loads https://example.org/a.css from another host",
    ),
    "role-without-closing": ("The role {ref} `sec:home` has a space too many.", "markup left in the text: "),
    "open-formula": ("The price is $$ x", "markup left in the text: "),
    "number-is-nan": (
        cell("from byhand.book import glue\n\nglue('canary-nan', float('nan'))") + "\nIt is {glue:text}`canary-nan`.",
        "nan",
    ),
}


@pytest.fixture(scope="module")
def site_report(tmp_path_factory):
    # No chapters: what is in no notebook cannot be refused there already.
    pages = {name: no_chapter(page(name, fault)) for name, (fault, _) in SITE_FAULTS.items()}
    pages["no-description"] = re.sub(r"myst:.*?\n---", "---", page("no-description", "Text."), flags=re.DOTALL)
    book = ScratchBook(tmp_path_factory.mktemp("site"), {"index": INDEX, "book/clean": CLEAN, **pages})
    return book.make()


@pytest.mark.parametrize("name", [*SITE_FAULTS, "no-description"])
def test_what_sphinx_lets_pass_is_found_on_the_built_page(name, site_report):
    passed, printed = site_report
    assert not passed
    assert "WARNING" not in printed, "this fault belongs to Sphinx's gate"
    findings = re.findall(rf"^{name}\.html: (.*)$", printed, flags=re.MULTILINE)
    expected = SITE_FAULTS[name][1] if name in SITE_FAULTS else "no description"
    assert any(expected in finding for finding in findings), printed
    assert not re.search(r"^(book/clean|index|search|404)\.html: ", printed, flags=re.MULTILINE)


# ---- outputs follow the package ---------------------------------------------------------------


def test_an_edit_of_the_package_reaches_a_page_that_was_not_edited(tmp_path):
    show = cell("from byhand.canary import ANSWER\n\nprint(f'The answer is {ANSWER}.')")
    book = ScratchBook(tmp_path, {"index": INDEX, "shown": page("A number from the package", show)})
    module = book.folder / "code" / "byhand" / "canary.py"

    module.write_text("ANSWER = 43\n", encoding="utf-8")
    passed, printed = book.make()
    assert passed, printed
    assert "The answer is 43." in book.text("shown")

    module.write_text("ANSWER = 44\n", encoding="utf-8")
    passed, printed = book.make()
    assert passed, printed
    assert "The answer is 44." in book.text("shown") and "43." not in book.text("shown")

    passed, printed = book.make()
    assert passed and "Every page's outputs are up to date." in printed
