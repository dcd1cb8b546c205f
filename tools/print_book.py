"""Print the built book as one PDF: tagged, with bookmarks, page numbers and links that stay inside it.

    python tools/print_book.py [_build/book.pdf]

The pages of the built site are put one after the other in the order of _toc.yml, and a browser prints
them: figures, formulas and all numbers are those of the site, because they come from it. What only a
screen can do is left out, and what is folded on the site is opened:

* hints stand below their exercises; solutions, outputs included, stand once, in the chapter of solutions;
* live figures give way to what the site shows without scripts;
* code that draws figures, folded on the site, is left out;
* a line of code that is too long goes on in the next line, behind an arrow; wide formulas and tables shrink.

The book is printed twice. The first print tells on which page everything stands; the second has these
page numbers in its contents, glossary, index of mistakes, and beside each exercise.
"""

import contextlib
import io
import json
import os
import shutil
import sys
import time
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

from addresses import base_address  # noqa: E402 - found through the line above

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STYLE, SCRIPT = Path(__file__).with_suffix(".css"), Path(__file__).with_suffix(".js")
TEXT_WIDTH = 643  # pixels between the margins that print_book.css sets on A4: 170 mm, 96 to the inch
LEFT_OUT = (
    "script, .headerlink, .only-dark, .live-stage, .live-caption, .cover-buttons, .toctree-wrapper,"
    " .sd-summary-state-marker, details.hide > summary, .exercise .cell_output:has(.verdict-not-attempted)"
)
# Links of these lists are looked up on paper too, so a page number follows them.
LOOKED_UP = ".first-use a, details.catalogue li > p > a:first-child"
PLAIN = "span.pre, " + ", ".join(f"pre span.{token}" for token in ("n", "nn", "nx", "p", "w"))
PAGE = '<span class="page" data-of="{}"></span>'


def parts(root):
    """The table of contents: the first page, and (caption, names of pages) of each part."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    found = toc.get("parts") or [{"caption": None, "chapters": toc.get("chapters", [])}]
    return toc["root"], [(part.get("caption"), [chapter["file"] for chapter in part["chapters"]]) for part in found]


def within(name, address, names):
    """Where a link of page `name` leads in print: an anchor, an address of the site or the web, or nowhere."""
    split = urlsplit(address)
    if split.scheme or split.netloc:
        return address
    target = (
        os.path.normpath(os.path.join(os.path.dirname(name), unquote(split.path))) if split.path else f"{name}.html"
    )
    page, fragment = target.removesuffix(".html"), unquote(split.fragment)
    if target.endswith(".html") and page in names:
        return f"#{anchor(page, fragment)}"
    base = base_address()
    return base + target + (f"#{fragment}" if fragment else "") if base else None


def anchor(page, identifier=""):
    """The name that a place of a page has in the print, where all pages share one set of names."""
    chapter = page.rpartition("/")[2]
    return f"{chapter}.{identifier}" if identifier else chapter


def article(html, name, names):
    """The text of one page, ready to stand beside those of the others."""
    path = html / f"{name}.html"
    if not path.exists():
        raise SystemExit(f"print_book: {path} is missing; build the book first (make book)")
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    text = soup.select_one("article.bd-article")
    for tag in text.select(LEFT_OUT):
        tag.decompose()
    for fold in text.select("details.hide.above-input"):
        if fold.find_parent(class_="cell").select("figure, img"):
            fold.decompose()
    for fold in text.select("details"):
        fold["open"] = ""
    for tag in text.find_all(id=True):
        tag["id"] = anchor(name, tag["id"])
    for tag in text.select(PLAIN):  # spans without a look of their own would only swell the PDF's tags
        tag.unwrap()
    for link in text.find_all("a", href=True):
        address = within(name, link["href"], names)
        if address:
            link["href"] = address
        else:
            link.unwrap()
    for image in text.find_all("img"):
        image["src"] = (path.parent / image["src"]).resolve().as_uri()
        del image["loading"]
    text.name, text["id"] = "div", anchor(name)
    return text


def collect_solutions(soup, solutions):
    """Move each chapter's solution, with its outputs, to the chapter of solutions; a line leads there."""
    copies = {}  # exercise -> its solution as text in the chapter of solutions
    for fold in solutions.select("details.sd-dropdown"):
        link = fold.select_one('a[href*=".ex-"]')
        if link:
            copies[link["href"].removeprefix("#")] = fold
    for solution in soup.select("div.solution"):
        exercise = solution.select_one(".admonition-title a")["href"].removeprefix("#")
        if exercise not in copies:
            raise SystemExit(f"print_book: the chapter of solutions lacks the solution of {exercise}")
        line = (
            f'<p class="to-solution"><a href="#{solution["id"]}">Solution on page</a>{PAGE.format(solution["id"])}</p>'
        )
        solution.insert_before(BeautifulSoup(line, "html.parser"))
        copies.pop(exercise).replace_with(solution.extract())
    if copies:
        raise SystemExit(f"print_book: solutions without an exercise: {', '.join(copies)}")


def contents(chapters):
    """The table of contents, with empty places for the page numbers. `chapters`: (part, anchor, element)."""
    yield '<nav class="all-contents"><h2>Contents</h2>'
    for part, group in chapters:
        yield f'<section><p class="of-part">{escape(part or "")}</p>'
        for chapter in group:
            for level in ("h2", "h3"):
                for heading in chapter.select(level):
                    place = chapter["id"] if level == "h2" else heading.find_parent(id=True)["id"]
                    link = f'<a href="#{place}">{heading.decode_contents()}</a>'
                    yield f'<p class="to-{level}">{link}{PAGE.format(place)}</p>'
        yield "</section>"
    yield "</nav>"


def authors(citation):
    """The names of who wrote the book."""
    return [a.get("name") or f"{a.get('given-names', '')} {a['family-names']}".strip() for a in citation["authors"]]


def imprint(citation):
    """Who wrote the book, which version this is, and under which licences."""
    licences = " and ".join(name.replace("CC-BY-", "CC BY ") for name in citation["license"])
    day = citation["date-released"]
    where = base_address()
    yield f'<div class="imprint"><p class="authors">{escape(", ".join(authors(citation)))}</p>'
    yield f"<p>Version {escape(str(citation['version']))}, {day.day} {day:%B %Y}. Licences: {escape(licences)}.</p>"
    if where:
        yield f'<p>The book runs in your browser at <a href="{escape(where)}">{escape(where)}</a>.</p>'
    yield "<p>On paper, live figures stand still and code that only draws figures is left out.</p></div>"


def split_lines(soup):
    """Wrap each line of code in an element of its own, so that a line too long can hang below its beginning."""
    for block in soup.select("pre"):
        lines = [soup.new_tag("span", attrs={"class": "line"})]
        for node in list(block.contents):
            pieces = str(node.string or node.get_text()).split("\n") if node.name != "span" or node.string else [None]
            if pieces == [None]:
                lines[-1].append(node.extract())
                continue
            for i, piece in enumerate(pieces):
                if i:
                    lines.append(soup.new_tag("span", attrs={"class": "line"}))
                if piece and node.name:
                    token = soup.new_tag(node.name, attrs=node.attrs)
                    token.string = piece
                    lines[-1].append(token)
                elif piece:
                    lines[-1].append(piece)
        if not lines[-1].contents:
            lines.pop()
        block.clear()
        for line in lines:
            line.append("\n")
            block.append(line)


def assemble(root, html):
    """The whole book as the text of one HTML page."""
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    first, groups = parts(root)
    names = [first, *(name for _, group in groups for name in group)]
    front = article(html, first, names)
    front["class"] = [*front["class"], "front"]
    body = BeautifulSoup("<main></main>", "html.parser")
    body.main.append(front)
    chapters, heads = [], []
    for caption, group in groups:
        found = []
        for name in group:
            text = article(html, name, names)
            for heading in text.find_all(["h1", "h2", "h3", "h4", "h5"]):
                heading.name = f"h{int(heading.name[1]) + 1}"  # the parts are the highest level
            heading = text.h2.get_text()
            heads.append(
                f"@page {anchor(name)} {{ @top-right {{ content: {json.dumps(heading, ensure_ascii=False)} }} }}"
            )
            text["style"] = f"page: {anchor(name)}"
            found.append(text)
        if caption:
            title = BeautifulSoup(f'<h1 class="part">{escape(caption)}</h1>', "html.parser")
            found[0].insert(0, title)
        for text in found:
            body.main.append(text)
        chapters.append((caption, found))
    solutions = next((text for _, found in chapters for text in found if text["id"] == "solutions"), None)
    if solutions:
        collect_solutions(body, solutions)
    split_lines(body)
    for link in body.select(LOOKED_UP):
        place = link.parent if link.find_parent("li") else link
        place.append(BeautifulSoup(f", p.&nbsp;{PAGE.format(link['href'][1:])}", "html.parser"))
    table = "".join([*imprint(citation), *contents(chapters)])
    front.select_one("section > section").insert_before(BeautifulSoup(table, "html.parser"))
    linked = {link["href"][1:] for link in body.select('a[href^="#"]')}
    for tag in body.find_all(id=True):
        if tag["id"] not in linked:
            del tag["id"]
    lost = linked - {tag["id"] for tag in body.find_all(id=True)}
    if lost:
        raise SystemExit(f"print_book: links lead nowhere: {', '.join(sorted(lost))}")
    head = BeautifulSoup((html / f"{first}.html").read_text(encoding="utf-8"), "html.parser")
    language = head.html["lang"]
    settings = next(tag for tag in head.select("script:not([src])") if "window.MathJax" in tag.get_text())
    program = (html / "_static" / "mathjax" / "tex-mml-chtml.js").as_uri()
    style = (html / "_static" / "book-bundle.css").as_uri()
    return (
        f'<!DOCTYPE html><html lang="{language}" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f'<title>{escape(citation["title"])}</title><link rel="stylesheet" href="{style}">'
        f"<style>{STYLE.read_text(encoding='utf-8')}{' '.join(heads)}</style>"
        f'{settings}<script src="{program}"></script>'
        f"</head><body>{body}</body></html>"
    )


@contextlib.contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SystemExit(
            f"print_book: printing needs a browser, and none of {', '.join(BROWSERS)} is on the PATH."
            " Install one: apt install chromium, for instance."
        )
    with sync_playwright() as playwright:
        # --no-sandbox: containers, where this runs too, seldom allow the sandbox; the pages are our own.
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


def page_numbers(data):
    """On which page each linked place of a PDF stands, counted from 1."""
    from pikepdf import Dictionary, Pdf

    with Pdf.open(io.BytesIO(data)) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        places = pdf.Root.get("/Dests", Dictionary())
        return {name.removeprefix("/"): numbers[place[0].objgen] for name, place in places.items()}


def printed(path):
    """The PDF of an assembled page, and the text of its headings."""
    with browser() as running:
        page = running.new_page(viewport={"width": TEXT_WIDTH, "height": 1000}, reduced_motion="reduce")
        page.set_default_timeout(300_000)
        page.emulate_media(media="print", color_scheme="light")
        page.goto(path.as_uri())
        page.add_script_tag(path=SCRIPT)
        found = page.evaluate("fit()")
        if found:
            raise SystemExit("\n".join(["print_book: the book is not printed:", *found]))
        numbers = dict.fromkeys(page.evaluate("wanted()"), 0)
        for finish in ({"tagged": False, "outline": False}, {"tagged": True, "outline": True}):
            page.evaluate("numbers => writeNumbers(numbers)", numbers)
            data = page.pdf(prefer_css_page_size=True, print_background=True, **finish)
            found = page_numbers(data)
            missing = sorted(set(numbers) - set(found))
            if missing:
                raise SystemExit(f"print_book: the browser does not say on which page these stand: {missing}")
            before, numbers = numbers, {place: found[place] for place in numbers}
        # The numbers stand in boxes of a fixed width, so filling them in should have moved nothing.
        moved = [
            f"{place}: {before[place]}, not {number}" for place, number in numbers.items() if number != before[place]
        ]
        if moved:
            raise SystemExit("\n".join(["print_book: these page numbers would be wrong:", *moved]))
        return data, page.evaluate("headings()")


def bookmarks(entry):
    """The entries of an outline in the order of the book."""
    while entry is not None:
        yield entry
        yield from bookmarks(entry.get("/First"))
        entry = entry.get("/Next")


def finished(data, root, headings):
    """The PDF with the headings as written for bookmarks, its author, the date of this version, and packed.

    The browser joins the words of a bookmark where the heading's line ends, writes the time of day,
    and leaves the tags, more than half of the file, as plain text.
    """
    from pikepdf import ObjectStreamMode, Pdf

    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    result = io.BytesIO()
    with Pdf.open(io.BytesIO(data)) as pdf:
        for entry, heading in zip(bookmarks(pdf.Root.Outlines.First), headings, strict=True):
            entry.Title = heading
        day = f"D:{citation['date-released']:%Y%m%d}000000Z"
        pdf.docinfo["/Author"] = ", ".join(authors(citation))
        pdf.docinfo["/Subject"] = " ".join(citation["abstract"].split())
        pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = day
        pdf.save(result, object_stream_mode=ObjectStreamMode.generate, recompress_flate=True)
    return result.getvalue()


def main(arguments):
    target = Path(arguments[0] if arguments else ROOT / "_build" / "book.pdf").resolve()
    started = time.time()
    path = ROOT / "_build" / "print.html"
    path.write_text(assemble(ROOT, ROOT / "_build" / "html"), encoding="utf-8")
    data, headings = printed(path)
    data = finished(data, ROOT, headings)
    half = target.with_suffix(".part")
    half.write_bytes(data)
    os.utime(half, (started, started))  # as old as the pages that it shows, should they be built anew meanwhile
    half.replace(target)
    print(f"The book is printed: {target}, {len(data) / 1e6:.1f} MB.")


if __name__ == "__main__":
    main(sys.argv[1:])
