"""The built site as files: complete without scripts, no findings, addresses that fit where it is published."""

import functools
import re

import addresses
import pytest
import typography
from bs4 import BeautifulSoup
from built_site import CHAPTERS, GENERATED, HTML, ROOT, newer_than_build, require_build
from check_site import check_site, html_files
from execute import read_notebook
from scratch_book import ScratchBook, cell, page


@pytest.fixture(scope="session", autouse=True)
def site():
    require_build()


@functools.cache
def soup(name):
    return BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def test_the_build_belongs_to_the_present_sources():
    assert (ROOT / "_build" / ".passed").exists(), "the last build failed: run `make book`"
    assert not newer_than_build(), "changed since the last build: run `make book`"


def test_the_checker_finds_nothing():
    assert check_site(HTML) == []


def test_the_pages_are_those_of_the_table_of_contents():
    built = {path.relative_to(HTML).with_suffix("").as_posix() for path in html_files(HTML)}
    extra = built - set(CHAPTERS) - set(GENERATED) - {"prf-prf", "genindex"}
    assert not extra, f"left over from an earlier build (make clean): {sorted(extra)}"
    assert set(CHAPTERS) <= built


@pytest.mark.parametrize("name", CHAPTERS)
def test_head_of_a_page(name):
    head = soup(name).head
    assert head.title.get_text(strip=True).endswith("Neural Networks by Hand")
    (description,) = head.select('meta[name="description"]')
    assert 30 <= len(description["content"]) <= 200
    assert head.select('link[rel="icon"], link[rel="shortcut icon"]')
    assert soup(name).html["lang"] == "en"
    assert len(soup(name).select("article h1")) == 1


@pytest.mark.parametrize("name", CHAPTERS)
def test_one_place_to_search(name):
    assert len(soup(name).select("input[type=search]")) == 1


def test_descriptions_and_titles_tell_pages_apart():
    for what in ('meta[name="description"]', "title"):
        texts = [str(soup(name).head.select_one(what)) for name in CHAPTERS]
        assert len(set(texts)) == len(texts)


def collected(source):
    """Whether a page is made from the others."""
    return "\n% solutions\n" in source


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_quoted_number_is_there(name):
    source = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    quoted = soup(name).select("article .pasted-text")
    if not collected(source):  # what stands on such a page is counted where it comes from
        assert len(quoted) == len(re.findall(r"\{glue:text\}`[^`]+`", source))
    assert all(tag.get_text(strip=True) for tag in quoted)


@pytest.mark.parametrize("name", CHAPTERS)
def test_readable_without_scripts(name):
    """Text, code, outputs, formulas as TeX and pictures are in the file that is delivered."""
    still = BeautifulSoup(str(soup(name)), "html.parser")
    for tag in still.select("script"):
        tag.decompose()
    article = still.select_one("article")
    assert len(article.get_text(" ", strip=True)) > 200

    source = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    for formula in article.select(".math"):
        assert re.search(r"\\[\[(].+\\[\])]", formula.get_text(), flags=re.DOTALL)
    labels = re.findall(r"^\$\$ \((eq-[\w-]+)\)", source, flags=re.MULTILINE)
    assert {f"equation-{label}".lower() for label in labels} <= {
        tag["id"].lower() for tag in article.select("[id^=equation-]")
    }

    notebook = read_notebook(ROOT / f"{name}.md")
    text = "".join(article.get_text().split())
    for code in notebook.cells if notebook else []:
        if code.cell_type == "code" and not {"remove-cell", "remove-input"} & set(code.metadata.get("tags", [])):
            assert "".join(code.source.split()) in text
    for image in article.select("img"):
        assert (HTML / f"{name}.html").parent.joinpath(image["src"]).is_file()
    assert not article.select("noscript")


@pytest.mark.parametrize("name", CHAPTERS)
def test_folded_parts_are_in_the_page_and_open_without_scripts(name):
    for folded in soup(name).select("details"):
        assert folded.find("summary", recursive=False), str(folded)[:100]


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_room_for_a_drawing_is_kept_before_it_arrives(name):
    for image in soup(name).select(".bd-article img[src$='.svg']"):
        text = (HTML / f"{name}.html").parent.joinpath(image["src"]).resolve().read_text(encoding="utf-8")
        width, height = (float(value) for value in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups())
        assert int(image["width"]) / int(image["height"]) == pytest.approx(width / height, rel=0.02), image["src"]


def test_no_page_for_wrong_addresses_depends_on_its_depth():
    links = soup("404").select("link[rel=stylesheet], script[src], a.reference.internal[href]")
    assert links
    for tag in links:
        address = tag.get("href") or tag.get("src")
        assert address.startswith(("/", "#")), address
    assert "Page not found" in soup("404").select_one("article h1").get_text()


def test_favicon_and_the_switch_for_folders_with_underscores():
    icon = soup("index").head.select_one('link[rel="icon"], link[rel="shortcut icon"]')
    assert (HTML / icon["href"]).is_file()
    assert (HTML / ".nojekyll").exists()


# ---- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "repository", "base", "branch"),
    [
        ({}, None, None, "main"),
        ({"GITHUB_REPOSITORY": "Ann/Book"}, "https://github.com/Ann/Book", "https://ann.github.io/Book/", "main"),
        (
            {"GITHUB_REPOSITORY": "Ann/ann.github.io", "GITHUB_REF_NAME": "draft"},
            "https://github.com/Ann/ann.github.io",
            "https://ann.github.io/",
            "draft",
        ),
        (
            {"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "12/merge"},
            "https://github.com/a/b",
            "https://a.github.io/b/",
            "main",
        ),
        (
            {"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "12/merge", "BOOK_BRANCH": "edition-2"},
            "https://github.com/a/b",
            "https://a.github.io/b/",
            "edition-2",
        ),
        (
            {"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://git.example.org"},
            "https://git.example.org/a/b",
            "https://a.github.io/b/",
            "main",
        ),
        ({"BOOK_BASEURL": "https://book.example.org"}, None, "https://book.example.org/", "main"),
        (
            {"GITHUB_REPOSITORY": "a/b", "BOOK_BASEURL": "https://book.example.org/one/"},
            "https://github.com/a/b",
            "https://book.example.org/one/",
            "main",
        ),
    ],
)
def test_addresses_come_from_the_environment(env, repository, base, branch):
    assert addresses.repository(env) == repository
    assert addresses.base_address(env) == base
    assert addresses.branch(env) == branch


PAGES = {
    "index": page("A small book", "Some text."),
    "book/second": page("A second page", "More text.", cell("print(1 + 1)")),
}


def test_a_build_at_home_names_no_address(tmp_path):
    book = ScratchBook(tmp_path, PAGES)
    passed, printed = book.make()
    assert passed, printed
    assert not (book.html / "sitemap.xml").exists()
    text = BeautifulSoup(book.text("book/second"), "html.parser")
    assert not text.select('link[rel=canonical], meta[property^="og:"]')
    assert not text.select(".btn-source-edit-button, .btn-source-issues-button")
    assert "github.com" not in book.text("book/second")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A small book built as on the machines of a fork, for a pull request."""
    book = ScratchBook(tmp_path_factory.mktemp("published"), PAGES)
    passed, printed = book.make(GITHUB_REPOSITORY="Ann/Fork", GITHUB_REF_NAME="12/merge", GITHUB_ACTIONS="true")
    assert passed, printed
    return book


def test_a_fork_points_to_itself(published):
    text = published.text("book/second")
    head = BeautifulSoup(text, "html.parser").head
    own = "https://ann.github.io/Fork/book/second.html"
    assert head.select_one("link[rel=canonical]")["href"] == own
    tags = {tag["property"]: tag["content"] for tag in head.select("meta[property]")}
    assert tags["og:url"] == own and tags["og:title"] == "A second page"
    assert tags["og:site_name"] == "Neural Networks by Hand"
    assert tags["og:description"] == head.select_one('meta[name="description"]')["content"]
    card = tags["og:image"].removeprefix("https://ann.github.io/Fork/")
    assert (published.html / card).stat().st_size > 1000
    assert "https://github.com/Ann/Fork/edit/main/book/second.md" in text
    assert "https://github.com/Ann/Fork/issues" in text


def test_the_sitemap_lists_the_pages_and_only_them(published):
    text = (published.html / "sitemap.xml").read_text(encoding="utf-8")
    base = "https://ann.github.io/Fork/"
    assert sorted(re.findall(r"<loc>(.*?)</loc>", text)) == [f"{base}book/second.html", f"{base}index.html"]


def test_the_page_for_wrong_addresses_lies_below_the_fork(published):
    links = BeautifulSoup(published.text("404"), "html.parser").select("link[rel=stylesheet], script[src]")
    assert links and all((tag.get("href") or tag.get("src")).startswith("/Fork/") for tag in links)


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("{}, and", '<span class="unbroken">{},</span> and'),
        ("at ({}).", 'at <span class="unbroken">({}).</span>'),
        ("so {} is", "so {} is"),
        ("in <span>95</span> % of {} cases", "in <span>95</span>\N{NO-BREAK SPACE}% of {} cases"),
        ("{} <pre>5 % 3</pre> <code>5 % 3</code>", "{} <pre>5 % 3</pre> <code>5 % 3</code>"),
    ],
)
def test_a_line_is_not_broken_where_it_hurts(written, bound):
    formula = '<span class="math notranslate nohighlight">\\(x &lt; 1\\)</span>'
    assert typography.bind(written.format(formula)) == bound.format(formula)
