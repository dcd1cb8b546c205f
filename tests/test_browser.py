"""Every page of the built book in a real browser: both themes, a narrow and a wide window, the keyboard.

The site is served from this machine. Playwright drives the Chromium that is installed; axe-core, which
looks for obstacles to people who use assistive technology, comes with its Python package.
"""

import gzip
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from browsing import NARROW, WIDE, Visit
from built_site import CHAPTERS, GENERATED, HTML

# What a first visit to a page may cost.
MOST_BYTES, MOST_REQUESTS = 700_000, 20


def weight(url):
    """Bytes of a file of the site on the wire: text is compressed, fonts and bitmaps are already."""
    data = (HTML / urlsplit(url).path.lstrip("/")).read_bytes()
    compressed = url.split("?")[0].endswith((".woff2", ".woff", ".png", ".jpg"))
    return len(data) if compressed else len(gzip.compress(data, 6))


@pytest.mark.parametrize("name", [*CHAPTERS, *GENERATED])
def test_page(name, visit, address):
    visit.open(f"{address}/{name}.html")
    findings = list(visit.complaints) if name != "404" else []
    findings += [f"asks another host: {url}" for url in visit.foreign_requests(address)]

    formulas = visit.formulas()
    findings += [f"formula not understood: {text}" for text in formulas["errors"]]
    if formulas["typeset"] != formulas["written"]:
        findings.append(f"{formulas['written']} formulas written, {formulas['typeset']} typeset")

    for theme, widths, rules in (("light", (WIDE, NARROW), None), ("dark", (NARROW,), ["color-contrast"])):
        visit.theme(theme)  # which changes colours and nothing else
        wrong = [seen for seen in visit.visible_pictures() if seen != theme]
        if wrong:
            findings.append(f"{theme}: pictures shown are {wrong}")
        for width in widths:
            visit.width(width)
            findings += [f"{theme}, {width} px: {obstacle}" for obstacle in visit.obstacles(rules)]
    overflow = visit.overflow()
    if overflow:
        findings.append(f"wider than {NARROW} px: {overflow}")
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_first_visit_is_light(name, visit, address):
    visit.open(f"{address}/{name}.html")
    urls = list(dict.fromkeys(visit.requests))
    sizes = sorted(((weight(url), urlsplit(url).path) for url in urls), reverse=True)
    total = sum(size for size, _ in sizes)
    report = f"{name}: {total / 1000:.0f} kB in {len(urls)} requests\n" + "\n".join(f"{s:8d} {p}" for s, p in sizes)
    print(report)
    assert total <= MOST_BYTES and len(urls) <= MOST_REQUESTS, report


@pytest.mark.parametrize("name", CHAPTERS)
def test_keyboard(name, visit, address):
    visit.open(f"{address}/{name}.html")
    page = visit.page
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)  # the skip link slides in
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content", (
        "the first stop is no skip link"
    )
    for _ in range(12):
        seen = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
                const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
                const glow = style.boxShadow !== "none"
                const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight
                return {name: e.outerHTML.slice(0, 120), marked: ring || glow, inside, body: e === document.body}
            }"""
        )
        if seen["body"]:
            break
        assert seen["marked"] and seen["inside"], f"focus cannot be seen: {seen}"
        page.keyboard.press("Tab")


def test_the_skip_link_leads_to_the_text(visit, address):
    visit.open(f"{address}/{CHAPTERS[-1]}.html")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.querySelector('#main-content').contains(document.activeElement)")


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_scripts_the_page_is_all_there(name, browser, address):
    with_scripts, without = Visit(browser), Visit(browser, java_script_enabled=False)
    for visit in (with_scripts, without):
        visit.page.goto(f"{address}/{name}.html", wait_until="networkidle")
    assert without.page.locator("article h1").first.is_visible()
    for what in ("article h1, article h2", "article p", "article div.cell_output", "article figure", "nav.bd-links a"):
        count = [visit.page.locator(what).count() for visit in (with_scripts, without)]
        assert count[0] == count[1], what
    shown = without.page.locator("article .themed-image img.only-light").all()
    assert all(image.is_visible() for image in shown)
    with_scripts.close()
    without.close()


# ---- the instruments themselves -----------------------------------------------------------------


def test_each_instrument_notices_a_planted_fault(visit, address):
    page, body = visit.page, "<main id='main-content'><article>{}</article></main>"
    visit.open(f"{address}/index.html")
    assert not visit.complaints and not visit.foreign_requests(address)

    page.evaluate("console.error('planted')")
    page.evaluate("fetch('/no-such-file.js')")
    page.evaluate("fetch('http://127.0.0.1:9/elsewhere.js').catch(() => 0)")
    page.wait_for_timeout(100)
    heard = "\n".join(visit.complaints)
    assert "console: planted" in heard and f"404: {address}/no-such-file.js" in heard and "failed: " in heard
    assert visit.foreign_requests(address) == ["http://127.0.0.1:9/elsewhere.js"]

    page.set_content(body.format("<p style='color:#aaa;background:#fff'>pale</p><img src='x.svg'>"))
    assert {text.split()[0] for text in visit.obstacles()} >= {"color-contrast", "image-alt"}

    visit.width(NARROW)
    page.set_content(body.format("<div style='width:900px'>wide</div>"))
    assert visit.overflow()[-1].endswith(" px")

    page.set_content(
        body.format(
            "<i class='math'>x</i><i class='math'><mjx-container><mjx-merror>\\foo</mjx-merror></mjx-container>"
        )
    )
    assert visit.formulas() == {"written": 2, "typeset": 1, "errors": ["\\foo"]}

    visit.open(f"{address}/index.html")  # with the real MathJax, which takes a misspelt command for a red word
    page.evaluate(r"document.querySelector('article .math').textContent = '\\(\\tripel x\\)'")
    page.evaluate("MathJax.typesetPromise()")
    assert visit.formulas()["errors"] == ["\\tripel"]

    page.set_content(body.format("<span class='themed-image'><img class='only-light'><img class='only-dark'></span>"))
    assert visit.visible_pictures() == ["light+dark"]


def test_axe_comes_with_its_package():
    assert AXE_FILE_PATH.stat().st_size > 100_000
