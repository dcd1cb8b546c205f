"""The pages that are made from the others: glossary, reference of the package, solutions, build report."""

import functools
import importlib
import re

import pytest
import solutions
import terms
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build

BOOK = [name for name in CHAPTERS if name.startswith("book/")]
MODULES = re.findall(r"automodule:: (\S+)", (ROOT / "book" / "api.md").read_text(encoding="utf-8"))


@functools.cache
def soup(name):
    require_build()
    return BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def test_each_term_leads_to_its_first_use_and_back():
    entries = soup("book/glossary").select("dl.glossary > dt")
    assert len(entries) > 80
    for entry in entries:
        (line,) = entry.find_next_sibling("dd").select("p.first-use")
        page, _, anchor = line.a["href"].partition("#")
        there = soup("book/" + page.removesuffix(".html"))
        assert there.find(id=anchor), line.a["href"]
        back = there.select(f'a.glossary-term[href$="#{entry["id"]}"]')
        covered = there.select("a.glossary-term")  # a longer term may have taken the words
        assert back or any(terms.pattern(entry.get_text(strip=True).rstrip("#")).search(a.get_text()) for a in covered)


def test_each_source_stands_once_in_the_bibliography():
    entries = soup("book/references").select("div.citation")
    written = re.findall(r"^@\w+\{", (ROOT / "book" / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(entries) == len({entry["id"] for entry in entries}) == len(written)
    assert all(len(entry.select(".label")) == len(entry.select("p")) == 1 for entry in entries)


def test_terms_are_found_as_they_stand_in_sentences():
    assert terms.pattern("mini-batch").search("Two mini-batches")
    assert terms.pattern("loss").search("Losses add up")
    assert terms.pattern("backward pass").search("a backward\npass")
    assert not terms.pattern("Adam").search("adamant") and not terms.pattern("rate").search("separate")
    assert terms.pattern("He's rule").search("by He\N{RIGHT SINGLE QUOTATION MARK}s rule")


def test_the_reference_documents_every_module():
    files = {f"byhand.{path.stem}" for path in (ROOT / "code" / "byhand").glob("[!_]*.py")} | {"byhand.exercises"}
    assert set(MODULES) == files


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_holds_every_public_name(module):
    page = soup("book/api")
    for name in importlib.import_module(module).__all__:
        assert page.find(id=f"{module}.{name}"), f"{module}.{name}"


def test_no_field_of_the_reference_is_left_unread():
    text = soup("book/api").get_text()
    assert not re.search(r"^(Parameters|Returns|Raises)\n-{3,}", text, re.MULTILINE), (
        "a docstring that is no NumPy style"
    )


def test_every_exercise_has_its_solution_on_the_page():
    page = soup("book/solutions")
    exercises = sum(len(soup(name).select("div.exercise")) for name in BOOK)
    folded = page.select(".bd-article details")
    assert len(folded) == exercises > 60
    for one in folded:
        chapter, _, anchor = one.a["href"].partition("#")
        assert soup("book/" + chapter.removesuffix(".html")).find(id=anchor), one.a["href"]


def test_a_solution_is_written_for_another_page():
    text = (
        "```{code-cell} python\n:tags: [hide-input]\n\nx = 1\n```\n\n```{code-cell} python\n:tags: [remove-cell]\n\n"
        "glue('a', 1)\n```\n$$\nx\n$$ (eq-mlp-x)\nIt is {glue:text}`mlp-a:.2f`.\n"
    )
    there = solutions.elsewhere(text, "mlp")
    assert there == "```python\nx = 1\n```\n\n\n$$\nx\n$$\nIt is {glue:text}`mlp.md::mlp-a:.2f`.\n".replace(
        "\n\n\n", "\n\n"
    )


def test_the_report_lists_every_executed_page():
    rows = [
        [cell.get_text(strip=True) for cell in row.select("td")] for row in soup("book/build-report").select("tbody tr")
    ]
    executed = [name for name in CHAPTERS if "```{code-cell}" in (ROOT / f"{name}.md").read_text(encoding="utf-8")]
    assert sorted(row[0] for row in rows) == sorted(executed)
    for row in rows:
        assert 0 < float(row[3]) < 120, f"{row[0]} took {row[3]} s; twice the time it may take where nothing else runs"
