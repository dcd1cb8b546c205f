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
import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import CHAPTERS, HTML, ROOT, require_build

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
    """What the printed book consists of."""
    with pikepdf.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def reader(path):
    """The printed book in a library that knows nothing of the tool's."""
    return pypdfium2.PdfDocument(path)


@pytest.fixture(scope="session")
def texts(reader):
    """The text of each page."""
    return texts_of(reader)


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


def texts_of(reader):
    return [plain(page.get_textpage().get_text_range()) for page in reader]


def outline(reader):
    """(depth, title, page counted from 1) of each bookmark."""
    return [(entry.level, entry.get_title(), entry.get_dest().get_index() + 1) for entry in reader.get_toc()]


def page_of(reader, place):
    """On which page a named place stands, counted from 1; 0 if there is none of this name."""
    found = pypdfium2.raw.FPDF_GetNamedDestByName(reader, place.encode())
    return pypdfium2.raw.FPDFDest_GetDestPageIndex(reader, found) + 1


# ---- the whole book ---------------------------------------------------------------------------


def test_what_the_file_says_about_itself(pdf, reader):
    assert pdf.Root.MarkInfo.Marked is True
    assert pdf.Root.Lang == "en"
    said, day = reader.get_metadata_dict(), f"D:{CITATION['date-released']:%Y%m%d}000000Z"
    assert said["Title"] == CITATION["title"]
    assert said["Author"] == ", ".join(author["name"] for author in CITATION["authors"])
    assert said["CreationDate"] == said["ModDate"] == day


def test_the_cover(texts):
    day = f"{CITATION['date-released'].day} "
    for words in (CITATION["title"], CITATION["authors"][0]["name"], f"Version {CITATION['version']}, {day}"):
        assert words in texts[0]


def test_bookmarks_are_the_headings_of_the_site_in_order(reader, site):
    found = outline(reader)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [page for name, page in site.items() if name != toc["root"]]
    assert [title for depth, title, _ in found if depth == 0][1:] == [part["caption"] for part in toc["parts"]]
    first = next(i for i, (depth, *_) in enumerate(found) if depth == 0 and i)  # cover and contents come before
    titles = [plain(heading.get_text()) for page in chapters for heading in page.select("h1, h2")]
    bookmarks = [title for depth, title, _ in found[first:] if depth in (1, 2)]
    # On the site a formula is its TeX.
    assert bookmarks == [mark if "\\(" in title else title for mark, title in zip(bookmarks, titles, strict=True)]
    numbers = [page for _, _, page in found]
    assert numbers == sorted(numbers) and numbers[0] == 1 and numbers[-1] <= len(reader)
    starts = [page for depth, _, page in found[first:] if depth == 1]
    assert len(set(starts)) == len(starts), "two chapters begin on one page"


def test_chapters_are_where_the_contents_say(reader, texts):
    first = next(page for depth, _, page in outline(reader)[1:] if depth == 0)
    listed = " ".join(texts[1 : first - 1])
    chapters = [(title, page) for depth, title, page in outline(reader) if depth == 1 and page >= first]
    assert len(chapters) == len(CHAPTERS) - 1
    for title, page in chapters:
        assert f" {title} {page} " in listed, f"{title}: page {page}"
        assert texts[page - 1].count(title) >= 2  # in the margin, and as the heading


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("div.solution", r"Solution on page ?(\d+)"),
        (".first-use a", r"(?<!\)), p\. ?(\d+)"),
        ("details.catalogue li > p > a:first-child", r"\), p\. ?(\d+)"),
    ],
)
def test_page_numbers_in_the_text(reader, texts, site, selector, words):
    wanted = []
    for name, page in site.items():
        for tag in page.select(selector):
            target = f"#{tag['id']}" if tag.name == "div" else tag["href"]
            wanted.append(page_of(reader, print_book.within(name, target, site)[1:]))
    printed = [int(number) for number in re.findall(words, " ".join(texts))]
    assert len(wanted) > 50 and printed == wanted


def test_pages_bear_the_name_of_their_chapter_and_their_number(reader, texts):
    first = next(page for depth, _, page in outline(reader)[1:] if depth == 0)
    chapters = {page: title for depth, title, page in outline(reader) if depth == 1 and page >= first}
    wrong, chapter = [], ""
    for number, text in enumerate(texts[1:], start=2):  # the cover bears none
        chapter = chapters.get(number, chapter)
        if not re.match(rf"{re.escape(f'{chapter} {number}'.strip())}(?!\d)", text):
            wrong.append((number, text[:60]))
    assert not wrong


def test_every_picture_is_there_with_its_description(pdf, site):
    tags = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    described = [plain(str(tag.Alt)) for tag in tags if tag.S == "/Figure"]
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


def test_links_lead_to_a_place_in_the_book_or_to_the_web(pdf, reader):
    links = [link for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link"]
    outside = {str(link.A.URI) for link in links if "/A" in link}
    within = [str(link.Dest).removeprefix("/") for link in links if "/A" not in link]
    assert len(within) > 2000 and all(page_of(reader, place) for place in set(within))
    assert outside and all(address.startswith("https://") for address in outside), outside


def test_nothing_tells_where_the_book_was_printed(pdf):
    data = io.BytesIO()  # unpacked, so that everything can be read
    decode, separate = pikepdf.StreamDecodeLevel.generalized, pikepdf.ObjectStreamMode.disable
    pdf.save(data, compress_streams=False, stream_decode_level=decode, object_stream_mode=separate)
    assert b"/StructElem" in data.getvalue()
    for words in ("file:/", str(ROOT), "_build/html/"):
        assert words.encode() not in data.getvalue()


# ---- faults in a small book -------------------------------------------------------------------


class SmallBook:
    """Four pages of the real site in a folder of their own, with the tool that prints them."""

    names = ("index", "book/how-to-read", "book/notation", "book/solutions")

    def __init__(self, folder):
        self.root, self.html = folder, folder / "_build" / "html"
        for name in (*TOOL, "CITATION.cff", "book/_ext/addresses.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
        (self.html / "book").mkdir(parents=True)
        for name in self.names:
            shutil.copy(HTML / f"{name}.html", self.html / f"{name}.html")
        for name in ("_static", "_images"):
            (self.html / name).symlink_to(HTML / name)
        toc = {"root": "index", "parts": [{"caption": "All", "chapters": [{"file": name} for name in self.names[1:]]}]}
        (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
        # Of the solutions only those whose exercises are in this book.
        soup = self.soup("book/solutions")
        for section in soup.select("article section section")[1:]:
            section.decompose()
        (self.html / "book/solutions.html").write_text(str(soup), encoding="utf-8")

    def soup(self, name):
        return BeautifulSoup((self.html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")

    def plant(self, selector, fault):
        """Put a fault in the place of an element of the chapter on notation."""
        soup = self.soup("book/notation")
        soup.select_one(selector).replace_with(BeautifulSoup(fault, "html.parser"))
        (self.html / "book/notation.html").write_text(str(soup), encoding="utf-8")

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
        book = pypdfium2.PdfDocument(small.root / "_build" / "small.pdf")
        # Without spaces: whether a small gap in a formula reads as one is up to fractions of a pixel.
        texts = ["".join(text.split()) for text in texts_of(book)]
        prints.append((outline(book), texts, book.get_metadata_dict()))
    # Not byte for byte: the browser numbers the elements of the structure as it likes.
    assert prints[0] == prints[1]
    assert [title for depth, title, _ in prints[0][0] if depth == 1][-3:] == [
        small.soup(name).h1.get_text().removesuffix("#") for name in small.names[1:]
    ]


@pytest.mark.parametrize(
    ("selector", "fault", "message"),
    [
        (".math", r'<span class="math">\(\frac{1}\)</span>', "formula is not understood"),
        ("article img.only-light", '<img alt="" src="../_static/pygments.css">', "picture cannot be read"),
        ("article p", f'<p style="white-space: nowrap">{"x" * 300}</p>', "wider than the page: p"),
        ("article p", '<p><a href="how-to-read.html#nowhere">x</a></p>', "links lead nowhere: how-to-read.nowhere"),
        (".solution .admonition-title a", '<a href="#ex-other">x</a>', "lacks the solution of notation.ex-other"),
    ],
)
def test_what_is_not_fit_for_paper_is_not_printed(small, browser, selector, fault, message):
    small.plant(selector, fault)
    status, said = small.print()
    assert status == 1 and message in said
    assert not list((small.root / "_build").glob("small.*"))


def test_wrong_page_numbers_are_not_printed(small, browser):
    script = small.root / "tools" / "print_book.js"
    moving = "place.style.paddingTop = `${numbers[place.dataset.of]}em`; place.textContent ="
    script.write_text(script.read_text(encoding="utf-8").replace("place.textContent =", moving), encoding="utf-8")
    status, said = small.print()
    assert status == 1 and re.search(r"page numbers would be wrong:\n\S+: \d+, not \d+\n", said)


def test_a_book_that_is_not_built_is_not_printed(small):
    (small.html / "book" / "notation.html").unlink()
    status, said = small.print()
    assert status == 1 and "make book" in said


def test_a_missing_browser_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="apt install chromium"), print_book.browser():
        pass


def test_where_links_lead(monkeypatch):
    def lead(*addresses):
        return [
            print_book.within("book/neuron", address, ["index", "book/neuron", "book/losses"]) for address in addresses
        ]

    for name in ("BOOK_BASEURL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    assert lead("#fig-a", "losses.html#b", "losses.html") == ["#neuron.fig-a", "#losses.b", "#losses"]
    assert lead("../index.html", "https://example.org/x#y") == ["#index", "https://example.org/x#y"]
    assert lead("../notebooks/neuron.ipynb") == [None]
    monkeypatch.setenv("BOOK_BASEURL", "https://book.example/x")
    assert lead("../notebooks/neuron.ipynb") == ["https://book.example/x/notebooks/neuron.ipynb"]


def test_lines_of_code_keep_their_text_and_colours():
    code = '<pre><span></span>a <span class="o">=</span> <span class="s">"""x\n\n  y"""</span>\n\nb\n</pre>'
    soup = BeautifulSoup(code, "html.parser")
    print_book.split_lines(soup)
    assert [line.get_text() for line in soup.select("pre > .line")] == ['a = """x\n', "\n", '  y"""\n', "\n", "b\n"]
    assert [token.get_text() for token in soup.select(".s")] == ['"""x', '  y"""']
