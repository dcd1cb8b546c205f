"""Make a first visit to a page light: few files, and nothing that the page does not use.

When the pages are written,

* their style sheets become one, and so do their scripts, in the order in which the theme names them;
* the search index and the search program stay on the search page, where they are used;
* Font Awesome's script goes: the theme's style sheet draws the same icons with a font, and of that font
  the glyphs of the icons in use are kept;
* light or dark is settled in the page's first lines instead of by a script at its end, so that nothing
  flashes, only the drawings of one theme are fetched, and a page without scripts is light.
"""

import hashlib
import json
import logging
import posixpath
import re
from pathlib import Path

STYLE = re.compile(r'<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^":]+?)(?:\?[^"]*)?"[^>]*>\n?')
SCRIPT = re.compile(r'<script\b(?=[^>]*\bsrc=)[^>]*\bsrc="([^":]+?)(?:\?[^"]*)?"[^>]*></script>\n?')
PRELOAD = re.compile(r'<link rel="preload" as="script"[^>]*>\n?')
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
APART = (
    "tex-mml-chtml.js",  # large, and it finds its fonts by its own address
    "live/start.js",  # only pages with a live figure load it
)
OPTIONS = "documentation_options.js"  # a line or two, which later lines on the page change
UNUSED = ("fontawesome.js",)
ICONS = "vendor/fontawesome/webfonts/fa-solid-900"


def style_text(path, static):
    """A style sheet with its imports put in and its addresses made relative to the folder `static`."""
    folder = path.parent.relative_to(static).as_posix()

    def moved(match):
        address = match[1].strip("\"'")
        if re.match(r"data:|#|/|\w+:", address):
            return match[0]
        return f'url("{posixpath.normpath(posixpath.join(folder, address))}")'

    text = path.read_text(encoding="utf-8").replace("\ufeff", "")
    text = re.sub(r'@import "([^"]+)";', lambda m: style_text((path.parent / m[1]).resolve(), static), text)
    return re.sub(r"url\(([^)]+)\)", moved, text)


def used_icons(style, pages):
    """Code points of the icons that pages name by class, and of those that style sheets draw by themselves."""
    named = set(re.findall(r"\bfa-[a-z0-9-]+", " ".join(" ".join(re.findall(r'class="([^"]*)"', p)) for p in pages)))
    points = set()
    for selectors, content in re.findall(r'([^{}]*){content:"(\\?[^"]+)"}', style):
        classes = re.findall(r"\.(fa-[a-z0-9-]+):before", selectors)
        if named & set(classes):
            points.add(content)
    points |= set(re.findall(r'--pst-icon-[\w-]+:\s*"(\\?[^"]+)"', style))
    points |= set(re.findall(r'content:"(\\f[0-9a-f]{3})";font-family', style))
    return {int(p[1:], 16) if p.startswith("\\") else ord(p) for p in points if p.startswith("\\") or len(p) == 1}


def icon_font(source, target, points):
    """Write the glyphs of `points` of the font `source` to `target`, as WOFF."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it reports every table that it keeps
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(Options())
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(target)


def bundled(address):
    """Whether a script goes into the bundle."""
    return not address.endswith((*SEARCH, *APART, *UNUSED, OPTIONS))


def bundle(static, name, text):
    """Write a bundle; returns its address with a mark of its content, for browsers that keep old files."""
    (static / name).write_text(text, encoding="utf-8")
    return f"{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def lighten(app, exception):
    """Rewrite the pages that this build has written, and the bundles that all pages share."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    apart = {static, out / "lite"}  # JupyterLite, of an earlier build, brings its own pages
    paths = [p for p in out.rglob("*.html") if not apart & set(p.parents)]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    # Which files the bundles are made of is kept beside the site: pages of earlier builds name them no more.
    record = out.parent / "bundles.json"
    parts = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {"styles": [], "scripts": []}
    fresh = []
    for path, text in texts.items():
        if "_static/book-bundle.css" in text:
            continue  # written by an earlier build
        fresh.append(path)
        found = {"styles": STYLE.findall(text), "scripts": [one for one in SCRIPT.findall(text) if bundled(one)]}
        for kind, addresses in found.items():
            names = [address.rpartition("_static/")[2] for address in addresses]
            parts[kind] += [name for name in names if name not in parts[kind]]
    record.write_text(json.dumps(parts), encoding="utf-8")

    files = {kind: [path for name in names if (path := static / name).exists()] for kind, names in parts.items()}
    style = "\n".join(style_text(path, static) for path in files["styles"])
    icon_font(static / f"{ICONS}.ttf", static / f"{ICONS}.woff", sorted(used_icons(style, texts.values())))
    faces = rf'url\("{ICONS}\.woff2"\) format\("woff2"\),\s*url\("{ICONS}\.ttf"\) format\("truetype"\)'
    style = re.sub(faces, f'url("{ICONS}.woff") format("woff")', style)
    # A statement first, so that "use strict" at the head of one script does not bind the others.
    script = ";\n" + ";\n".join(path.read_text(encoding="utf-8") for path in files["scripts"])
    css, js = bundle(static, "book-bundle.css", style), bundle(static, "book-bundle.js", script)
    options = (static / OPTIONS).read_text(encoding="utf-8")
    for path, text in texts.items():
        if path in fresh:
            text = rewritten(path, text, css, js, options)
        else:
            text = re.sub(r"book-bundle\.css\?v=\w+", css, text)
            text = re.sub(r"book-bundle\.js\?v=\w+", js, text)
        if text != texts[path]:
            path.write_text(text, encoding="utf-8")


def rewritten(path, text, css, js, options):
    """A page with one style sheet and one script of its own."""
    first = STYLE.search(text)
    base = first[1].partition("_static/")[0]
    search = path.name == "search.html"

    def script(match):
        if match[1].endswith(OPTIONS):
            return f"<script>{options}</script>\n"
        keep = match[1].endswith(APART) or (search and match[1].endswith(SEARCH))
        return re.sub(r"<script(?! defer)", "<script defer", match[0]) if keep else ""

    text = PRELOAD.sub("", SCRIPT.sub(script, text))
    text = text[: first.start()] + f'<link rel="stylesheet" href="{base}_static/{css}" />\n' + text[first.start() :]
    start = text.index("/>", first.start()) + 2
    text = text[:start] + STYLE.sub("", text[start:])
    own = f'<script defer src="{base}_static/{js}"></script>\n'
    # Before the search program, which calls on it.
    place = (
        text.index("</head>") if not search else next(m.start() for m in SCRIPT.finditer(text) if m[1].endswith(SEARCH))
    )
    text = text[:place] + own + text[place:]
    text = text.replace('data-theme="auto"', 'data-theme="light"', 1)
    return text.replace(
        'localStorage.getItem("theme") || "auto"',
        'localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
        1,
    )


def setup(app):
    # After the extensions that copy files of their own into the site.
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
