"""Look at the built pages for what Sphinx does not report, even with warnings as errors.

    python tools/check_site.py [_build/html]

Prints a line a finding and ends with status 1 when there is one. Each check is a function that takes a
`Page` and yields findings as text; `CHECKS` lists them all.
"""

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bs4 import BeautifulSoup

# Pages the builder makes by itself: they hold no text of ours to describe.
GENERATED = {"genindex.html", "search.html", "prf-prf.html", "404.html"}
IMAGE_NAME = re.compile(r"\.(svg|png|jpe?g|gif|webp)$", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|work|tmp|usr|opt|mnt|private|Users|github/workspace)/[\w.-]+")
WARNING_LINE = re.compile(r"\b\w*Warning: ")
NUMPY_REPR = re.compile(r"\bnp\.(?:float|int|uint|bool|str)\w*\(")
NOT_PROSE = ["cell_input", "cell_output", "math"]
RAW_ROLE = re.compile(r"\{[a-z]+(?::[a-z]+)*\}`|\{(?:glue|numref|ref|eq|cite|doc|term)\b")


@dataclass
class Page:
    """One HTML page of the site."""

    path: Path
    root: Path

    @cached_property
    def soup(self):
        return BeautifulSoup(self.path.read_text(encoding="utf-8"), "html.parser")

    @cached_property
    def article(self):
        return self.soup.select_one("article.bd-article") or self.soup.select_one("article") or self.soup

    @cached_property
    def prose(self):
        """The page's text without its code, where braces and NaN are legitimate."""
        copy = BeautifulSoup(str(self.article), "html.parser")
        for tag in copy.find_all(["pre", "code", "script", "style"]) + copy.find_all(class_=NOT_PROSE):
            if not tag.decomposed:
                tag.decompose()
        return copy.get_text(" ")

    @cached_property
    def ids(self):
        return sorted({tag[key] for key in ("id", "name") for tag in self.soup.find_all(attrs={key: True})})

    @cached_property
    def links(self):
        tags = [*self.soup.find_all(["a", "link"], href=True), *self.soup.find_all(["img", "script"], src=True)]
        wanted = [tag for tag in tags if tag.name != "link" or "stylesheet" in tag.get("rel", [])]
        return list(dict.fromkeys(tag.get("href") or tag.get("src") for tag in wanted))

    @property
    def name(self):
        return self.path.relative_to(self.root).as_posix()


def external_assets(page):
    """The site must ask no other host for scripts, styles, images, fonts or frames."""
    for tag in page.soup.select("script[src], link[href], img[src], iframe[src], source[src], video[src], audio[src]"):
        if tag.name == "link" and not {"stylesheet", "preload", "icon", "modulepreload"} & set(tag.get("rel", [])):
            continue
        address = tag.get("src") or tag.get("href")
        if urlsplit(address).netloc:
            yield f"loads {address} from another host"
    for tag in page.soup.select("script:not([src]), style"):
        for address in re.findall(r"""(?:import|url\()\s*["'(]*(https?://[^"')\s]+)""", tag.get_text()):
            yield f"loads {address} from another host"


def alt_texts(page):
    """Every picture says what is to be seen, and not with its file's name."""
    for image in page.article.select("img"):
        if image.get("role") == "presentation":
            continue
        alt = image.get("alt", "").strip()
        if not alt or IMAGE_NAME.search(alt):
            yield f"image without alt text: {image.get('src')}"


def tracebacks(page):
    """A traceback may stand only below a cell that is meant to fail."""
    for tag in page.article.select(".traceback"):
        if not tag.find_parent(class_="tag_raises-exception"):
            yield f"traceback: {tag.get_text(' ', strip=True)[-80:]}"
    for tag in page.article.select("pre"):
        meant = tag.find_parent(class_=["tag_raises-exception", "cell_input", "traceback"])
        if not meant and "Traceback (most recent call last)" in tag.get_text():
            yield f"traceback: {tag.get_text(' ', strip=True)[-80:]}"


def warnings_in_outputs(page):
    """No output on the error stream, and no Python warning in any other."""
    for tag in page.article.select(".output.stderr"):
        yield f"output on the error stream: {tag.get_text(' ', strip=True)[:80]}"
    for tag in page.article.select(".cell_output .output:not(.stderr):not(.traceback)"):
        if WARNING_LINE.search(tag.get_text()) and not tag.find_parent(class_="tag_raises-exception"):
            yield f"warning in an output: {tag.get_text(' ', strip=True)[:80]}"


def raw_markup(page):
    """Roles and directives that were misspelt stay in the text as they are."""
    text = page.prose
    for match in RAW_ROLE.finditer(text):
        yield f"markup left in the text: {text[match.start() : match.start() + 50]!r}"
    for tag in page.article.select("code"):
        # `{ref}` + code: what is left of a role whose name the parser did not accept
        before = tag.previous_sibling
        if isinstance(before, str) and re.search(r"\{[a-z][a-z:]*\}$", before):
            yield f"markup left in the text: {before[-20:]}`{tag.get_text()[:30]}`"
    for match in re.finditer(r":::+|\$\$", text):
        yield f"markup left in the text: {text[max(match.start() - 20, 0) : match.end() + 20]!r}"


def missing_numbers(page):
    """A number that was never computed shows as NaN, None, or not at all."""
    for match in re.finditer(r"(?<![\w-])(?:nan|NaN|None)(?![\w-])(?= |,|\.|;|\))", page.prose):
        if match[0] == "nan":
            yield "the text says nan where a number should be"
    for tag in page.article.select(".pasted-text, .pasted-inline"):
        if tag.get_text(strip=True).lower() in {"", "nan", "none"}:
            yield f"a quoted number is {tag.get_text(strip=True) or 'empty'}"


def machine_paths(page):
    """Nothing on a page tells on which machine it was made."""
    for match in MACHINE_PATH.finditer(page.article.get_text(" ")):
        yield f"path of a machine: {match[0]}"


def numpy_reprs(page):
    """Outputs show numbers, not Python's `np.float64(...)` around them."""
    for tag in page.article.select(".cell_output"):
        for match in NUMPY_REPR.finditer(tag.get_text()):
            yield f"unformatted number: {tag.get_text()[match.start() : match.start() + 40]!r}"


def math_errors(page):
    """Formulas that MathJax could not read."""
    for tag in page.article.select("mjx-merror, .MathJax_Error"):
        yield f"formula error: {tag.get_text(' ', strip=True)[:80]}"


def descriptions(page):
    """Each page of the book says in a sentence what it is about; search engines and previews show it."""
    if page.path.name in GENERATED:
        return
    tag = page.soup.select_one('meta[name="description"]')
    if tag is None or len(tag.get("content", "").strip()) < 30:
        yield "no description (front matter: myst: html_meta: description), or one under 30 characters"


CHECKS = (
    external_assets,
    alt_texts,
    tracebacks,
    warnings_in_outputs,
    raw_markup,
    missing_numbers,
    machine_paths,
    numpy_reprs,
    math_errors,
    descriptions,
)


def dead_links(name, site, root):
    """Links and pictures inside the site lead to a file that exists, and to an anchor that exists in it."""
    if name == "404.html":
        return  # shown at any depth: it links from the site's top
    page = root / name
    for address in site[name]["links"]:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if target == root / "lite" / "lab" / "index.html":  # built after the pages, of these notebooks
            target = root.parent / "lite_contents" / parse_qs(parts.query).get("path", [""])[0]
            if not target.is_file():
                yield f"no notebook for JupyterLite: {address}"
            continue
        if target.is_dir():
            target /= "index.html"
        if not target.exists():
            yield f"dead link: {address}"
            continue
        known = site.get(target.relative_to(root).as_posix()) if target.is_relative_to(root) else None
        if parts.fragment and known and unquote(parts.fragment) not in known["ids"]:
            yield f"dead anchor: {address}"


def html_files(root):
    """Files of the book's pages below `root`: not those of JupyterLite, nor of what the theme brings."""
    return [path for path in sorted(root.rglob("*.html")) if path.relative_to(root).parts[0] not in {"_static", "lite"}]


def read_site(root):
    """What is known of each page below `root`: findings, anchors and links.

    A page that was read before, and has not changed since, is taken from the notes of the last run.
    """
    notes = root.parent / ".checked.json"
    known = json.loads(notes.read_text(encoding="utf-8")) if notes.exists() else {}
    checker = Path(__file__).read_bytes()
    site = {}
    for path in html_files(root):
        page = Page(path, root)
        digest = hashlib.sha256(checker + path.read_bytes()).hexdigest()
        if known.get(page.name, {}).get("digest") == digest:
            site[page.name] = known[page.name]
        else:
            findings = [finding for check in CHECKS for finding in check(page)]
            site[page.name] = {"digest": digest, "findings": findings, "ids": page.ids, "links": page.links}
    notes.write_text(json.dumps(site), encoding="utf-8")
    return site


def check_site(root):
    """All findings on the site below `root`, as lines of text."""
    root = Path(root).resolve()
    site = read_site(root) if root.is_dir() else {}
    if not site:
        return [f"{root}: no pages; build the book first (make book)"]
    return [f"{name}: {text}" for name in site for text in [*site[name]["findings"], *dead_links(name, site, root)]]


def main(arguments):
    root = Path(arguments[0] if arguments else "_build/html")
    findings = check_site(root)
    print(*findings, sep="\n", end="\n" if findings else "")
    print(f"{len(html_files(root))} pages, {len(findings)} findings.")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
