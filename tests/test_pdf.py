"""The printed book: complete, in order, tagged, numbered, and closed in itself.

The whole book is printed once, by the command that `make pdf` runs; faults are planted in a small one.
"""

import io
import re
import shutil
import subprocess
import sys
from collections import Counter

import pikepdf
import print_book
import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build
from pypdf import PdfReader

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
TOOL = ("tools/print_book.py", "tools/print_book.css", "tools/print_book.js")


def print_book_in(root, target):
    """Run the tool of the book in `root`; returns the exit status and what it printed."""
    command = [sys.executable, "tools/print_book.py", str(target)]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200)
    return done.returncode, done.stdout


@pytest.fixture(scope="session")
def path(browser):
    """The printed book, of the present site; printed anew when the site or the tool has changed."""
    require_build()
    target = ROOT / "_build" / "book.pdf"
    inputs = [ROOT / "_build" / ".passed", ROOT / "CITATION.cff", *(ROOT / name for name in TOOL)]
    if not target.exists() or target.stat().st_mtime <= max(file.stat().st_mtime for file in inputs):
        status, said = print_book_in(ROOT, target)
        assert status == 0, said
    return target


@pytest.fixture(scope="session")
def pdf(path):
    return PdfReader(path)


@pytest.fixture(scope="session")
def texts(pdf):
    """The text of each page."""
    return [plain(page.extract_text()) for page in pdf.pages]


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


@pytest.fixture(scope="session")
def pages(pdf):
    """On which page each linked place stands, as another library than the tool's reads it."""
    return {
        name.removeprefix("/"): pdf.get_destination_page_number(place) + 1
        for name, place in pdf.named_destinations.items()
    }


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


# ---- the whole book ---------------------------------------------------------------------------


def test_what_the_file_says_about_itself(pdf):
    assert pdf.root_object["/MarkInfo"]["/Marked"].value is True
    assert pdf.root_object["/Lang"] == "en"
    assert pdf.metadata.title == CITATION["title"]
    assert pdf.metadata.author == ", ".join(author["name"] for author in CITATION["authors"])
    assert pdf.metadata.creation_date.date() == pdf.metadata.modification_date.date() == CITATION["date-released"]


def test_the_cover(texts):
    day = f"{CITATION['date-released'].day} "
    for words in (CITATION["title"], CITATION["authors"][0]["name"], f"Version {CITATION['version']}, {day}"):
        assert words in texts[0]


def test_bookmarks_are_the_headings_of_the_site_in_order(pdf, site):
    found = outline(pdf)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [page for name, page in site.items() if name != toc["root"]]
    assert [title for depth, title, _ in found if depth == 0][1:] == [part["caption"] for part in toc["parts"]]
    first = next(i for i, (depth, *_) in enumerate(found) if depth == 0 and i)  # cover and contents come before
    titles = [plain(heading.get_text()) for page in chapters for heading in page.select("h1, h2")]
    assert [title for depth, title, _ in found[first:] if depth in (1, 2)] == titles
    numbers = [page for _, _, page in found]
    assert numbers == sorted(numbers) and numbers[0] == 1 and numbers[-1] <= len(pdf.pages)
    starts = [page for depth, _, page in found[first:] if depth == 1]
    assert len(set(starts)) == len(starts), "two chapters begin on one page"


def test_chapters_are_where_the_contents_say(pdf, texts):
    first = next(page for depth, _, page in outline(pdf)[1:] if depth == 0)
    listed = "".join(texts[1 : first - 1]).replace(" ", "")
    wanted = [(title.replace(" ", ""), page) for depth, title, page in outline(pdf) if depth == 1 and page >= first]
    assert len(wanted) == len(CHAPTERS) - 1
    for title, page in wanted:
        assert re.search(rf"{re.escape(title)}{page}(?!\d)", listed), f"{title}: page {page}"
        assert title in texts[page - 1].replace(" ", "")


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("div.solution", r"Solution on page ?(\d+)"),
        (".first-use a", r"First used: .*?, p\. ?(\d+)"),
        ("details.catalogue li > p > a:first-child", r"\), p\. ?(\d+)"),
    ],
)
def test_page_numbers_in_the_text(texts, site, pages, selector, words):
    wanted = []
    for name, page in site.items():
        for tag in page.select(selector):
            target = f"#{tag['id']}" if tag.name == "div" else tag["href"]
            wanted.append(pages[print_book.within(name, target, site)[1:]])
    printed = [int(number) for number in re.findall(words, " ".join(texts))]
    assert len(wanted) > 50 and printed == wanted


def test_pages_are_numbered_and_the_cover_is_not(texts):
    assert not re.search(r"\d$", texts[0])
    wrong = [i for i, text in enumerate(texts[1:], start=2) if not re.search(rf"(^|\D){i}$", text)]
    assert not wrong, f"pages without their number: {wrong[:10]}"


def test_every_picture_is_there_with_its_description(path, site):
    with pikepdf.open(path) as pdf:
        described = [
            plain(str(item["/Alt"]))
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure" and "/Alt" in item
        ]
    wanted = [plain(image["alt"]) for page in site.values() for image in page.select("img")]
    assert len(wanted) > 100 and Counter(described) == Counter(wanted)


def test_formulas_are_typeset_and_what_is_numbered_is_printed(texts, site):
    assert not re.findall(r"\\[(\[]|\\begin\{|\\d?frac", " ".join(texts))
    printed = "".join(texts).replace(" ", "")
    for page in site.values():
        for tag in page.select("figure:not(.live) .caption-number, .exercise .caption-number, .eqno"):
            assert "".join(tag.get_text().split()) in printed


def test_solutions_are_printed_once(texts, site):
    exercises = sum(len(page.select("div.exercise")) for page in site.values())
    assert exercises > 100
    assert " ".join(texts).count("Solution to Exercise ") == exercises


def test_links_lead_to_a_place_in_the_book_or_to_the_web(pdf, pages):
    within, outside = [], set()
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            if "/A" in link:
                outside.add(link["/A"]["/URI"])
            else:
                within.append(str(link["/Dest"]).removeprefix("/"))
    assert len(within) > 2000 and set(within) <= set(pages)
    assert outside and all(address.startswith("https://") for address in outside), outside


def test_nothing_tells_where_the_book_was_printed(path):
    data = io.BytesIO()
    with pikepdf.open(path) as pdf:  # unpacked, so that everything can be read
        decode, separate = pikepdf.StreamDecodeLevel.generalized, pikepdf.ObjectStreamMode.disable
        pdf.save(data, compress_streams=False, stream_decode_level=decode, object_stream_mode=separate)
    assert b"/StructElem" in data.getvalue()
    for words in ("file:/", str(ROOT), "_build/html/"):
        assert words.encode() not in data.getvalue()


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
