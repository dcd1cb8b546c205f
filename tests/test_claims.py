"""Claims: stated in a chapter, measured, refused when false, and collected on one page."""

import re

import byhand.book as book
import numpy as np
import pytest
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build
from scipy import stats
from scratch_book import ScratchBook, cell, page

WINS = np.arange(20) != 7  # 19 of 20


@pytest.fixture
def glued(monkeypatch):
    """What is recorded for the builder: name -> value."""
    values = {}
    monkeypatch.setattr(book, "_record", lambda name, value, display: values.update({name: value}))
    return values


def test_a_number(glued):
    assert book.claim("chapter-slope", 12, "The slope is twelve.", at_least=11, at_most=13) == 12.0
    assert glued["chapter-slope"] == 12.0
    record = glued["claim chapter-slope"]
    assert record["says"] == "The slope is twelve." and record["seeds"] is None
    assert (record["low"], record["value"], record["high"]) == (12, 12, 12)


def test_values_over_seeds(glued):
    losses = np.linspace(0.1, 0.2, 25)
    mean, half = book.claim("chapter-loss", list(losses), "The loss is small.", at_most=0.2)
    expected = stats.ttest_1samp(losses, 0).confidence_interval(0.95)
    assert np.allclose((mean - half, mean + half), expected, rtol=1e-12)
    names = ("chapter-loss", "chapter-loss-half", "chapter-loss-low", "chapter-loss-high")
    assert np.allclose([glued[name] for name in names], [mean, half, *expected], rtol=1e-12)
    assert glued["claim chapter-loss"]["seeds"] == 25


def test_successes_over_seeds(glued):
    share, low, high = book.claim("chapter-wins", WINS, "It mostly works.", at_least=np.float64(0.75))
    assert type(glued["claim chapter-wins"]["at_least"]) is float, "what is recorded is read back as plain numbers"
    assert share == 0.95 and 0.75 < low < 0.95 < high < 1
    assert "chapter-wins-half" not in glued, "the interval of a share is not symmetric"


@pytest.mark.parametrize(
    "measured, bounds",
    [
        (1.0, {"at_least": 1.1}),
        (1.0, {"at_most": 0.9}),
        (float("nan"), {"at_most": 0.9}),
        (WINS, {"at_least": 0.8}),  # the share is inside, the whole interval is not
        (np.arange(20.0), {"at_least": 9}),
        (np.arange(20.0), {"at_most": 10}),
    ],
)
def test_a_false_claim_fails_and_is_not_recorded(glued, measured, bounds):
    with pytest.raises(AssertionError, match="chapter-x, 'It is so.': measured .* expected from"):
        book.claim("chapter-x", measured, "It is so.", **bounds)
    assert "claim chapter-x" not in glued


@pytest.mark.parametrize(
    "measured, bounds, message",
    [
        (1.0, {}, "nothing could fail"),
        (np.arange(19.0), {"at_least": 0}, "19 values.*at least 20"),
        ([np.inf] * 20, {"at_least": 0}, "finite"),
        (np.zeros((20, 2)), {"at_least": 0}, "shape"),
    ],
)
def test_what_is_no_claim_is_refused(measured, bounds, message):
    with pytest.raises(ValueError, match=message):
        book.claim("chapter-x", measured, "It is so.", **bounds)


MEASURE = "from byhand.book import claim\n"
INDEX = page("A small book", "Two pages follow.\n")
CLAIMS = """\
---
myst:
  html_meta:
    description: All that the small book claims, collected.
---

# Claims

```{claims}
```
"""


def chapter(limit):
    measure = f'claim("chapter-count", 3, "There are *few* <of them>.", at_most={limit}, spec=".1f")'
    wins = 'claim("chapter-wins", [True] * 30, "It works.", at_least=0.8, at_most=1)'
    return page(
        "A chapter",
        cell(MEASURE + measure + "\n" + wins, ":tags: [remove-cell]"),
        "It is {glue:text}`chapter-count:.2f`.",
    )


def test_the_page_shows_what_was_measured_and_follows_it(tmp_path):
    small = ScratchBook(tmp_path, {"index": INDEX, "chapter": chapter(4), "book/claims": CLAIMS})
    passed, said = small.make()
    assert passed, said
    rows = [
        [td.get_text(strip=True) for td in tr.select("td")]
        for tr in BeautifulSoup(small.text("book/claims"), "html.parser").select("tbody tr")
    ]
    assert rows[0] == ["There are *few* <of them>.", "3.0", "at most 4"]
    assert rows[1][1:] == ["1.000 (0.886 to 1.000; 30 seeds)", "0.8 to 1"]
    text = small.text("book/claims")
    assert 'href="../chapter.html"' in text and "2 claims, 1 of them over 20 seeds" in text
    (tmp_path / "chapter.md").write_text(chapter(5), encoding="utf-8")
    passed, said = small.make()
    assert passed, said
    assert "at most 5" in small.text("book/claims")
    (tmp_path / "chapter.md").write_text(chapter(2), encoding="utf-8")
    passed, said = small.make()
    assert not passed and "claim chapter-count" in said and "chapter.md" in said


def stated():
    """Claims in the sources: (page, name)."""
    for name in CHAPTERS:
        for key in re.findall(r'\bclaim\(\s*f?"([^"]+)"', (ROOT / f"{name}.md").read_text(encoding="utf-8")):
            yield name.split("/")[-1], key


def test_claims_are_named_after_their_chapter():
    found = list(stated())
    assert found and all(key.startswith(f"{chapter}-") for chapter, key in found), found


def test_the_book_has_its_claims_on_the_page():
    require_build()
    html = BeautifulSoup((HTML / "book" / "claims.html").read_text(encoding="utf-8"), "html.parser")
    titles = [link.get_text(strip=True) for link in html.select(".claims-of a")]
    rows = html.select("table.claims tbody tr")
    assert len(titles) == len({chapter for chapter, _ in stated()})
    # a call in a loop states several
    assert len(rows) >= len(list(stated()))
