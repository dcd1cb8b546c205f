"""byhand.book: glue in and outside the builder, and links to sections."""

import importlib
import sys

import pytest
from byhand import book


def test_glue_records_without_showing(monkeypatch):
    calls = []
    monkeypatch.setattr(book, "_record", lambda *args, **kwargs: calls.append((args, kwargs)))
    book.glue("chapter-key", 1.5)
    assert calls == [(("chapter-key", 1.5), {"display": False})]


def test_glue_does_nothing_outside_the_builder(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "myst_nb", None)  # an import of it now fails
        assert importlib.reload(book).glue("chapter-key", 1.5) is None
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
