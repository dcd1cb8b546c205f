"""Show every line drawing in two versions, one for light and one for dark mode, from a single drawing.

Figures are drawn once, with the colours of `byhand.plots.PALETTE` on a transparent ground. Here each SVG
gets a twin in which `byhand.plots.DARK` replaces the light colours; the theme shows the one that fits and
hides the other from eyes and screen readers alike (``display: none``). Anything else, such as a bitmap,
is left as it is.

Each drawing also gets its size, so that the text below does not move when the drawing arrives.

An image without a description, or with its file name for one, is a warning, and so fails the build.
"""

import hashlib
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)


def darken(svg, dark):
    """The SVG text with each colour that is a key of `dark` replaced by its value, all in one pass.

    One pass, because the two sets may overlap: a colour must not be replaced twice.
    """
    table = {light.lower(): other for light, other in dark.items()}
    return re.sub(r"#[0-9a-fA-F]{6}\b", lambda match: table.get(match[0].lower(), match[0]), svg)


def describes(alt, uri):
    """Whether `alt` says something: it is neither empty nor a file name."""
    alt = (alt or "").strip()
    return bool(alt) and alt != uri and not re.search(r"\.(svg|png|jpe?g|gif|webp)$", alt, re.IGNORECASE)


def source_file(app, docname, uri):
    """Where the image that `uri` names on page `docname` lies on disk."""
    return Path(app.env.relfn2path(uri, docname)[1])


def add_twins(app, doctree):
    """Check each image's description and give each SVG its dark twin."""
    from byhand.plots import DARK

    docname = app.env.docname
    folder = Path(app.outdir).parent / "dark_figures"
    for image in list(doctree.findall(nodes.image)):
        uri = image["uri"]
        image["loading"] = "lazy"  # fetched when it comes near the window; the twin that is not shown, never
        if not describes(image.get("alt"), uri):
            logger.warning(
                "image without alt text: %s. Say what is to be seen, with `:alt:` or the cell option `image: alt:`.",
                uri,
                location=image,
            )
        if {"only-light", "only-dark"} & set(image["classes"]) or not uri.endswith(".svg") or "://" in uri:
            continue
        path = source_file(app, docname, uri)
        if not path.exists():
            continue  # Sphinx reports unreadable images itself
        light = path.read_text(encoding="utf-8")
        dark = darken(light, DARK)
        if dark == light:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256((uri + dark).encode()).hexdigest()[:24]
        target = folder / f"{name}.svg"
        target.write_text(dark, encoding="utf-8")
        twin = image.deepcopy()
        twin["ids"], twin["names"] = [], []
        page = (Path(app.srcdir) / app.env.doc2path(docname)).parent
        twin["uri"] = Path(os.path.relpath(target, page)).as_posix()
        image["classes"].append("only-light")
        twin["classes"].append("only-dark")
        # A wrapper of their own, because the theme also hides the caption that follows a hidden image.
        pair = nodes.inline("", classes=["themed-image"])
        image.parent.replace(image, pair)  # not replace_self, which copies the classes to the wrapper
        pair += [image, twin]


def size_of(svg):
    """Width and height of a drawing in CSS pixels, of which there are 96 where there are 72 points; None if unsaid."""
    head = re.search(r"<svg\b[^>]*>", svg)
    sides = [re.search(rf'\b{side}="([\d.]+)pt"', head[0]) if head else None for side in ("width", "height")]
    return tuple(round(float(side[1]) * 96 / 72) for side in sides) if all(sides) else None


def give_sizes(app, pagename, templatename, context, doctree):
    """Write the size of each drawing into the page: a browser then keeps the room free for it."""
    files = {name: Path(app.srcdir) / uri for uri, name in app.builder.images.items()}

    def sized(image):
        path = files.get(image[1])
        size = size_of(path.read_text(encoding="utf-8")) if path and path.exists() else None
        return f'{image[0][:4]} width="{size[0]}" height="{size[1]}"{image[0][4:]}' if size else image[0]

    if context.get("body"):
        context["body"] = re.sub(
            r'<img\b(?![^>]*\bwidth=)[^>]*\bsrc="[^"]*/([^"/]+\.svg)"[^>]*>', sized, context["body"]
        )


def setup(app):
    # Before Sphinx collects the images to copy (priority 500).
    app.connect("doctree-read", add_twins, priority=400)
    app.connect("html-page-context", give_sizes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
