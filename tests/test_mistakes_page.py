"""The index of mistakes is made from the catalogue: each mistake is on the page, and can be found there."""

import catalogue
import pytest
from bs4 import BeautifulSoup
from built_site import HTML, require_build
from byhand.exercises import list_exercises, load
from byhand.exercises.exercise import SYMPTOMS

ANCHORS = [
    (name, mistake.title, catalogue.target(load(name), mistake).replace(":", "-"))
    for name in list_exercises()
    for mistake in load(name).mistakes
]


@pytest.fixture(scope="module")
def page():
    require_build()
    return BeautifulSoup((HTML / "book" / "mistakes.html").read_text(encoding="utf-8"), "html.parser")


def test_every_mistake_has_an_entry_of_its_own(page):
    assert len({anchor for *_, anchor in ANCHORS}) == len(ANCHORS)
    for name, title, anchor in ANCHORS:
        entry = page.find(id=anchor)
        assert entry is not None, (name, title)
        text = entry.get_text(" ", strip=True) + entry.find_next("ul").get_text(" ", strip=True)
        for word in ("Symptom.", "Cause.", "What betrays it.", "Cure."):
            assert word in text, (name, title, word)


def test_every_symptom_leads_to_mistakes(page):
    shown = [summary.get_text(" ", strip=True) for summary in page.select("#by-symptom details > summary")]
    used = {symptom for name in list_exercises() for mistake in load(name).mistakes for symptom in mistake.symptoms}
    assert used == set(SYMPTOMS), "a symptom that nothing shows is noise"
    for symptom in SYMPTOMS:
        assert any(text.lower().startswith(symptom.lower()) for text in shown), symptom


def test_every_link_of_the_checker_leads_somewhere():
    """A verdict names a section; it exists."""
    require_build()
    for name in list_exercises():
        label = load(name).section or f"sec:mistakes:{name}"
        chapter = label.split(":")[1]
        text = (HTML / "book" / f"{chapter}.html").read_text(encoding="utf-8")
        assert f'id="{label.replace(":", "-")}"' in text, (name, label)


def test_text_of_the_catalogue_is_not_taken_for_markup():
    assert catalogue.plain("a * b_c <d> `e*f`") == r"a \* b\_c \<d\> `e*f`"


def test_a_changed_catalogue_changes_the_page(monkeypatch):
    """The text is written when the page is read, from what the package holds at that moment."""
    exercise = load("softmax")
    monkeypatch.setattr(catalogue, "exercises", lambda: [exercise])
    before = "\n".join(catalogue.by_exercise())
    monkeypatch.setattr(exercise, "mistakes", exercise.mistakes[1:])
    after = "\n".join(catalogue.by_exercise())
    assert "No max subtraction" in before and "No max subtraction" not in after


def test_the_filter_finds_by_symptom_and_by_word(visit, address):
    visit.open(f"{address}/book/mistakes.html")
    visit.page.fill(".catalogue-filter input", "leak test score")
    visit.page.fill(".catalogue-filter input", "nan overflow")
    shown = visit.page.evaluate(
        """() => [...document.querySelectorAll("details.catalogue p > strong:only-child")]
            .filter(title => title.checkVisibility()).map(title => title.textContent)"""
    )
    assert shown and all(isinstance(title, str) for title in shown)
    assert len(shown) < len(ANCHORS)
    assert visit.page.locator(".catalogue-filter output").inner_text().endswith("entries")
    visit.page.fill(".catalogue-filter input", "")
    assert visit.page.locator("details.catalogue").first.is_visible()
