"""byhand.book: glue in and outside the builder, and links to sections."""

import importlib
import sys

import pytest
from byhand import book


def test_glue_is_the_builders_where_there_is_one():
    import myst_nb

    assert book.glue is myst_nb.glue


def test_glue_does_nothing_elsewhere(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "myst_nb", None)  # an import of it now fails
        alone = importlib.reload(book)
        assert alone.glue("chapter-key", 1.5) is None
        assert alone.glue("chapter-key", 1.5, display=True) is None
    importlib.reload(book)
    assert capsys.readouterr() == ("", "")


def test_without_an_address_a_section_is_named(monkeypatch):
    monkeypatch.delenv("BOOK_CHAPTERS", raising=False)
    assert book.section_link("sec:chain-rule") == "chapter chain rule"
    assert book.section_link("sec:chain-rule:step-size") == "chapter chain rule / step size"


@pytest.mark.parametrize("base", ["https://example.org/book", "https://example.org/book/"])
def test_with_an_address_a_section_is_linked(base, monkeypatch):
    monkeypatch.setenv("BOOK_CHAPTERS", base)
    assert (
        book.section_link("sec:chain-rule:step")
        == '<a href="https://example.org/book/chain-rule.html#sec-chain-rule-step">chain rule / step</a>'
    )


def test_markup_in_a_label_stays_text(monkeypatch):
    monkeypatch.delenv("BOOK_CHAPTERS", raising=False)
    assert "<b>" not in book.section_link("sec:<b>")
