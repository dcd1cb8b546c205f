"""The printed book: complete, in order, tagged, numbered, and closed in itself.

The whole book is printed once, by the command that `make pdf` runs; faults are planted in a small one.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date

import print_book
import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build
from pypdf import PdfReader
from pypdf.generic import IndirectObject

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
TOOL = ("tools/print_book.py", "tools/print_book.css", "tools/print_book.js")


def print_book_in(root, target):
    """Run the tool of the book in `root`; returns the exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "tools/print_book.py", str(target)],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1800,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="session")
def path(browser):
    """The printed book, of the present site; printed anew when the site or the tool has changed."""
    require_build()
    target = ROOT / "_build" / "book.pdf"
    inputs = [ROOT / "_build" / ".passed", ROOT / "CITATION.cff", *(ROOT / name for name in TOOL)]
    if not target.exists() or target.stat().st_mtime < max(file.stat().st_mtime for file in inputs):
        status, said = print_book_in(ROOT, target)
        assert status == 0, said
    return target


@pytest.fixture(scope="session")
def pdf(path):
    return PdfReader(path)


@pytest.fixture(scope="session")
def texts(pdf):
    """The text of each page."""
    return [page.extract_text() for page in pdf.pages]


@pytest.fixture(scope="session")
def site():
    """The text of each page of the site, as HTML, in the order of the book."""
    require_build()
    pages = {}
    for name in CHAPTERS:
        soup = BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        pages[name] = soup.select_one("article.bd-article")
        for tag in pages[name].select(".headerlink, .only-dark"):
            tag.decompose()
    return pages


def plain(text):
    return " ".join(text.split())


def outline(pdf):
    """(depth, title, page counted from 1) of each bookmark."""

    def walk(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, depth + 1)
            else:
                yield depth, entry.title, pdf.get_destination_page_number(entry) + 1

    return list(walk(pdf.outline, 0))


def tags(pdf):
    """Every element of the structure tree."""
    waiting = [pdf.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        element = element.get_object() if isinstance(element, IndirectObject) else element
        if isinstance(element, list):
            waiting.extend(reversed(element))
        elif isinstance(element, dict):
            yield element
            if "/K" in element:
                waiting.append(element["/K"])


# ---- the whole book ---------------------------------------------------------------------------


def test_what_the_file_says_about_itself(pdf):
    assert pdf.root_object["/MarkInfo"]["/Marked"].value is True
    assert pdf.root_object["/Lang"] == "en"
    assert pdf.metadata.title == CITATION["title"]
    assert pdf.metadata.author == ", ".join(author["name"] for author in CITATION["authors"])
    assert pdf.metadata.creation_date.date() == pdf.metadata.modification_date.date() == CITATION["date-released"]


def test_the_cover(texts):
    first = plain(texts[0])
    day = date.fromisoformat(str(CITATION["date-released"]))
    for words in (CITATION["title"], CITATION["authors"][0]["name"], f"Version {CITATION['version']}, {day.day} "):
        assert words in first


def test_bookmarks_are_the_headings_of_the_site_in_order(pdf, site):
    found = outline(pdf)
    titles = [plain(title) for depth, title, _ in found if depth == 1][4:]  # contents and three sections come first
    assert titles == [plain(page.h1.get_text()) for page in list(site.values())[1:]]
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert [title for depth, title, _ in found if depth == 0][1:] == [part["caption"] for part in toc["parts"]]
    sections = [len(page.select("h2")) for page in list(site.values())[1:]]
    assert len([title for depth, title, _ in found if depth == 2]) == sum(sections)
    pages = [page for _, _, page in found]
    assert pages == sorted(pages) and pages[0] == 1 and pages[-1] <= len(pdf.pages)
    starts = [page for depth, _, page in found if depth == 1][4:]
    assert len(set(starts)) == len(starts), "two chapters begin on one page"


def test_chapters_are_where_the_contents_say(pdf, texts):
    listed = plain(" ".join(texts[1:12]).replace("\N{NO-BREAK SPACE}", " "))
    for depth, title, page in outline(pdf)[5:]:
        if depth == 1:
            assert re.search(rf"{re.escape(plain(title))} ?{page}\b", listed), f"{title}: page {page}"
            assert "".join(title.split()) in "".join(texts[page - 1].split())


def test_pages_are_numbered_and_the_cover_is_not(texts):
    last = [text.split()[-1:] for text in texts]
    assert not re.fullmatch(r"\d+", last[0][0])
    wrong = [i for i, text in enumerate(texts, start=1) if i > 1 and str(i) not in text.split()[-1:] + text.split()[:8]]
    assert not wrong, f"pages without their number: {wrong[:10]}"


def test_every_picture_is_there_with_its_description(pdf, site):
    described = [str(tag["/Alt"]) for tag in tags(pdf) if tag.get("/S") == "/Figure" and tag.get("/Alt")]
    wanted = [image["alt"] for page in site.values() for image in page.select("img")]
    assert len(wanted) > 100
    assert Counter(map(plain, described)) == Counter(map(plain, wanted))


def test_captions_formulas_and_exercises_have_the_numbers_of_the_site(path, site):
    soup = BeautifulSoup((ROOT / "_build" / "print.html").read_text(encoding="utf-8"), "html.parser")
    for kind in ("figure .caption-number", ".exercise .caption-number", ".eqno", "h1 .section-number"):
        selector = kind.replace("h1", ":is(h1, h2)")
        ours = Counter(plain(tag.get_text()) for tag in soup.select(f"main > div {selector}"))
        theirs = Counter(plain(tag.get_text()) for page in site.values() for tag in page.select(kind))
        theirs = Counter({number: n for number, n in theirs.items() if number != "Live figure."})
        assert theirs and ours == theirs, kind


def test_numbers_of_figures_and_exercises_are_printed(texts, site):
    printed = "".join("".join(texts).split())
    for page in site.values():
        for tag in page.select("figure:not(.live) .caption-number, .exercise .caption-number"):
            assert "".join(tag.get_text().split()) in printed


def test_formulas_are_typeset(texts):
    left = [
        (i, match[0]) for i, text in enumerate(texts, 1) for match in re.finditer(r"\\[(\[]|\\begin\{|\\d?frac", text)
    ]
    assert not left


def test_links_lead_to_a_place_in_the_book_or_to_the_web(pdf):
    places, within, outside = pdf.named_destinations, 0, set()
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if "/A" in link:
                outside.add(link["/A"]["/URI"])
            else:
                assert str(link["/Dest"]) in places
                within += 1
    assert within > 2000
    assert outside and all(address.startswith("https://") for address in outside), outside


def test_nothing_tells_where_the_book_was_printed(path, texts):
    data = path.read_bytes()
    for words in ("file:/", str(ROOT), "_build/html/"):
        assert words.encode() not in data
        assert words == "_build/html/" or not any(words in text for text in texts)


def test_solutions_are_printed_once(path):
    soup = BeautifulSoup((ROOT / "_build" / "print.html").read_text(encoding="utf-8"), "html.parser")
    exercises = [tag["id"] for tag in soup.select("div.exercise[id]")]
    leads = [tag["href"].removeprefix("#") for tag in soup.select(".to-solution a")]
    solutions = [tag["id"] for tag in soup.select("#solutions div.solution[id]")]
    assert len(exercises) > 100
    assert solutions == leads and len(soup.select("div.solution")) == len(soup.select("div.exercise")) == len(leads)
    assert not soup.select("details:not([open])")


# ---- faults in a small book -------------------------------------------------------------------


class SmallBook:
    """Four pages of the real site in a folder of their own, with the tool that prints them."""

    pages = ("index", "book/how-to-read", "book/notation", "book/solutions")

    def __init__(self, folder):
        self.root, self.html = folder, folder / "_build" / "html"
        for name in (*TOOL, "CITATION.cff", "book/_ext/addresses.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (self.html / "book").mkdir(parents=True)
        for name in self.pages:
            shutil.copy(HTML / f"{name}.html", self.html / f"{name}.html")
        for name in ("_static", "_images"):
            (self.html / name).symlink_to(HTML / name)
        toc = {"root": "index", "parts": [{"caption": "All", "chapters": [{"file": name} for name in self.pages[1:]]}]}
        (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
        # Of the solutions only those whose exercises are in this book.
        soup = self.soup("book/solutions")
        for section in soup.select("article section section")[1:]:
            section.decompose()
        self.write("book/solutions", soup)

    def soup(self, name):
        return BeautifulSoup((self.html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")

    def write(self, name, soup):
        (self.html / f"{name}.html").write_text(str(soup), encoding="utf-8")

    def print(self):
        return print_book_in(self.root, self.root / "_build" / "small.pdf")


@pytest.fixture
def small(tmp_path):
    require_build()
    return SmallBook(tmp_path)


def test_a_small_book_is_printed_the_same_twice(small, browser):
    prints = []
    for _ in range(2):
        status, said = small.print()
        assert status == 0, said
        book = PdfReader(small.root / "_build" / "small.pdf")
        prints.append((outline(book), [page.extract_text() for page in book.pages], dict(book.metadata)))
    # Not byte for byte: the browser numbers the elements of the structure as it likes.
    assert prints[0] == prints[1]
    bookmarks, texts, _ = prints[0]
    assert [title for depth, title, _ in bookmarks if depth == 1][-3:] == [
        small.soup(name).h1.get_text().removesuffix("#") for name in small.pages[1:]
    ]
    (page,) = (page for depth, title, page in bookmarks if (depth, title) == (1, "Notation and shapes"))
    assert re.search(rf"Notation and shapes ?{page}\b", texts[1])


def formula(soup):
    soup.select_one(".math").string = r"\(\frac{1}\)"


def picture(soup):
    soup.select_one("article img.only-light")["src"] = "../_static/pygments.css"


def width(soup):
    soup.select_one("article p").append(BeautifulSoup('<span style="white-space: nowrap">' + "x" * 300, "html.parser"))


def link(soup):
    soup.select_one("article p").append(BeautifulSoup('<a href="how-to-read.html#nowhere">x</a>', "html.parser"))


def solution(soup):
    soup.select_one("div.solution .admonition-title a")["href"] = "#ex-notation-other"


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        (formula, "formula is not understood"),
        (picture, "picture cannot be read"),
        (width, "wider than the page: p"),
        (link, "links lead nowhere: how-to-read.nowhere"),
        (solution, "lacks the solution of notation.ex-notation-other"),
    ],
)
def test_what_is_not_fit_for_paper_is_not_printed(small, browser, plant, message):
    soup = small.soup("book/notation")
    plant(soup)
    small.write("book/notation", soup)
    status, said = small.print()
    assert status == 1 and message in said
    assert not (small.root / "_build" / "small.pdf").exists()


def test_a_book_that_is_not_built_is_not_printed(small):
    (small.html / "book" / "notation.html").unlink()
    status, said = small.print()
    assert status == 1 and "make book" in said


def test_a_missing_browser_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="apt install chromium"), print_book.browser():
        pass


# ---- pieces -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("#fig-a", "#neuron.fig-a"),
        ("losses.html#fig-b", "#losses.fig-b"),
        ("losses.html", "#losses"),
        ("../index.html", "#index"),
        ("https://example.org/x#y", "https://example.org/x#y"),
        ("../notebooks/neuron.ipynb", None),
    ],
)
def test_where_links_lead(address, place, monkeypatch):
    for name in ("BOOK_BASEURL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    names = ["index", "book/neuron", "book/losses"]
    assert print_book.within("book/neuron", address, names) == place
    monkeypatch.setenv("BOOK_BASEURL", "https://book.example/x")
    published = "https://book.example/x/notebooks/neuron.ipynb"
    assert print_book.within("book/neuron", address, names) == (place or published)


def test_lines_of_code_keep_their_text_and_colours():
    code = '<pre><span></span>a <span class="o">=</span> <span class="s">"""x\n\n  y"""</span>\n\nb\n</pre>'
    soup = BeautifulSoup(code, "html.parser")
    before = soup.get_text()
    print_book.split_lines(soup)
    assert soup.get_text() == before
    assert [line.get_text() for line in soup.select("pre > .line")] == ['a = """x\n', "\n", '  y"""\n', "\n", "b\n"]
    assert [token.get_text() for token in soup.select(".s")] == ['"""x', '  y"""']
