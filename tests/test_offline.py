"""The built book as a folder: copied to a stick, opened by double-click, with no network at all.

A page from disk (file://) may not fetch a file or load a script module, a link that ends at a folder shows a
list of files, and an address that begins with a slash leads to the top of the disk. Every page is opened so,
in a browser without a network.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import Visit
from built_site import CHAPTERS, HTML, require_build

HOME = HTML.as_uri()


@pytest.fixture(scope="module")
def reader(browser):
    """A reader without a network, who keeps one profile from page to page."""
    require_build()
    reader = Visit(browser, offline=True)
    yield reader
    reader.close()


@pytest.fixture
def disk(reader):
    """The same reader with nothing yet to complain about; every test must end so."""
    reader.complaints.clear()
    reader.requests.clear()
    yield reader
    assert not reader.complaints
    assert not reader.foreign_requests(HOME)


def needs_a_server(address):
    """Whether an address inside the book begins at the top of the host or ends at a folder."""
    parts = urlsplit(address)
    if parts.scheme or not (parts.netloc or parts.path):
        return False  # another site, or a place on the same page
    return bool(parts.netloc) or parts.path.startswith("/") or not PurePosixPath(parts.path).suffix


def loaded(visit, address):
    """Open a page, let all of it arrive, and return what did not."""
    page = visit.page
    page.goto(address)
    page.evaluate("window.MathJax?.startup?.promise")
    findings = page.evaluate(
        """async () => {
            const findings = []
            for (const image of document.images) {
                image.loading = "eager"  // the drawings for the other theme and those far below as well
                await image.decode().catch(() => 0)
                if (!image.naturalWidth) findings.push(`no picture: ${image.getAttribute("src")}`)
            }
            await document.fonts.ready
            for (const font of document.fonts)
                if (font.status === "error") findings.push(`no font: ${font.family}`)
            return findings
        }"""
    )
    for figure in page.locator("figure.live").all():
        figure.scroll_into_view_if_needed()
        figure.and_(page.locator("[data-ready]")).wait_for()
        if figure.get_attribute("data-ready") != "yes" or not figure.locator(".live-stage > *").count():
            findings.append(f"does not run: {figure.get_attribute('id')}")
    addresses = page.evaluate(
        """["href", "src", "action"].flatMap(name =>
            [...document.querySelectorAll(`[${name}]:not(svg *)`)].map(tag => tag.getAttribute(name)))"""
    )
    findings += [f"needs a server: {one}" for one in dict.fromkeys(addresses) if needs_a_server(one)]
    formulas = visit.formulas()
    findings += [f"formula not understood: {text}" for text in formulas["errors"]]
    if formulas["typeset"] != formulas["written"]:
        findings.append(f"{formulas['written']} formulas written, {formulas['typeset']} typeset")
    return findings


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_page_from_disk_is_complete(name, disk):
    assert not loaded(disk, f"{HOME}/{name}.html")
    assert disk.page.locator("article h1").is_visible()


def results(page):
    """Addresses that the search page lists, relative to the book."""
    page.get_by_text(re.compile(r"Search finished|did not match")).wait_for()
    links = page.locator("ul.search li > a").evaluate_all("links => links.map(link => link.href)")
    return [urlsplit(link)._replace(fragment="").geturl().removeprefix(f"{HOME}/") for link in links]


@pytest.mark.parametrize(
    ("words", "chapter"), [("nesterov", "book/optimizers.html"), ("moons noise", "book/case-moons.html")]
)
def test_the_search_finds_the_chapter(words, chapter, disk):
    assert not loaded(disk, f"{HOME}/search.html?{urlencode({'q': words})}")
    assert chapter in results(disk.page)


def test_the_search_dialog_leads_to_the_chapter(disk):
    page = disk.page
    page.goto(f"{HOME}/book/notation.html")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("nesterov")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{HOME}/search.html?q=nesterov")
    assert "book/optimizers.html" in results(page)
    page.locator("ul.search a[href*='optimizers.html']").first.click()
    page.wait_for_url(f"{HOME}/book/optimizers.html*")
    assert page.locator("article h1").is_visible()


def test_the_theme_stays_from_page_to_page(disk):
    page = disk.page
    page.goto(f"{HOME}/index.html")
    theme = "document.documentElement.dataset.theme"
    switch = page.get_by_role("button", name="Color mode")
    for _ in range(3):  # auto, light, dark, in the theme's order
        if page.evaluate(theme) == "dark":
            break
        switch.click()
    assert page.evaluate(theme) == "dark"
    page.locator("a.right-next").click()
    page.wait_for_url(f"{HOME}/{CHAPTERS[1]}.html")
    assert page.evaluate(theme) == "dark"


def test_the_page_for_wrong_addresses_leads_home(reader):
    """In the folder it is the first file; its own links begin at the top of a site."""
    reader.page.goto(f"{HOME}/404.html")
    reader.page.wait_for_url(f"{HOME}/index.html")


def test_a_reader_who_may_store_nothing_has_the_search(browser, address):
    """A frame in a sandbox is denied its storage, as every page is in a browser told to store nothing."""
    visit = Visit(browser)
    visit.page.goto(f"{address}/search.html")
    visit.page.set_content('<iframe sandbox="allow-scripts" src="book/notation.html" width="1200" height="800">')
    page = visit.page.frame_locator("iframe")
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("dialog").get_by_role("searchbox").wait_for()
    assert not [complaint for complaint in visit.complaints if complaint.startswith("error")]
    visit.close()


# ---- the instruments themselves -----------------------------------------------------------------


def test_each_planted_fault_is_noticed(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        """<link rel="stylesheet" href="gone.css"><img loading="lazy" src="gone.svg" style="margin-top: 9000px">
        <style>@font-face {font-family: Gone; src: url(gone.woff2)} p {font-family: Gone}</style>
        <article><p class="math">x</p><a href="folder/">b</a></article>
        <figure class="live" id="live-gone" data-ready="no">still</figure>
        <script type="module" src="module.js"></script><script src="https://example.org/far.js"></script>
        <script>fetch("page.html").catch(() => 0)</script>""",
        "utf-8",
    )
    (tmp_path / "module.js").write_text("export default 1", "utf-8")
    visit = Visit(browser, offline=True)
    assert loaded(visit, page.as_uri()) == [
        "no picture: gone.svg",
        "no font: Gone",
        "does not run: live-gone",
        "needs a server: folder/",
        "1 formulas written, 0 typeset",
    ]
    assert visit.foreign_requests(tmp_path.as_uri()) == ["https://example.org/far.js"]
    heard = "\n".join(visit.complaints)
    for name in ("gone.css", "gone.svg", "gone.woff2", "far.js"):
        assert re.search(rf"^failed: \S+{re.escape(name)} ", heard, flags=re.MULTILINE), name
    assert re.search("script at .*module.js.* blocked by CORS", heard)
    assert re.search("fetch at .*page.html.* blocked by CORS", heard)
    visit.close()


def test_addresses_that_need_a_server_are_told_apart():
    good = ["a.html#b", "../a.html?q=1", "#c", "", "https://example.org/", "data:image/png,x"]
    bad = ["/", "/a.html", "b/", "..", "b", "b/#c", "//example.org/d.js"]
    assert [address for address in good + bad if needs_a_server(address)] == bad
