"""Figures that the reader can move: the directive `live`, and the scripts of book/figures-live.

    ```{live} activation-explorer
    :caption: Choose an activation and drag z.

    What stands here is shown without scripts, in print and in notebooks: a sentence, and a
    reference to the still figure that shows the same thing.
    ```

The argument is the name of a script in book/figures-live. A page with such a figure loads `start.js`,
which fetches the figure's own scripts when the reader comes near it. They are classic scripts, not
modules: browsers refuse modules to a page that is opened from disk.
"""

import hashlib
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

SOURCE = Path(__file__).resolve().parents[1] / "figures-live"
FOLDER = "live"  # below the site's _static
START, KERNEL, STYLE = "start.js", "kernel.js", "live.css"


def names():
    """The figures that there are: every script but the two that all figures share."""
    return sorted(path.stem for path in SOURCE.glob("*.js") if path.name not in {START, KERNEL})


def versioned(name):
    """A script's address below _static, with a mark of its content for browsers that keep old files."""
    digest = hashlib.sha256((SOURCE / name).read_bytes()).hexdigest()[:8]
    return f"_static/{FOLDER}/{name}?v={digest}"


class live(nodes.General, nodes.Element):
    """A live figure: a caption, and the content for readers who have no scripts."""


class still(nodes.General, nodes.Element):
    """What stands in the figure's place without scripts."""


class live_caption(nodes.General, nodes.TextElement):
    """How to use the figure."""


class Live(SphinxDirective):
    """Set a live figure with its caption and, as content, what stands in its place without scripts."""

    required_arguments = 1
    has_content = True
    option_spec = {"caption": directives.unchanged_required}

    def run(self):
        name = self.arguments[0]
        if name not in names():
            raise self.error(f"live: there is no figure {name!r}; book/figures-live holds {', '.join(names())}.")
        if "caption" not in self.options:
            raise self.error(f"live: the figure {name!r} has no caption. Fix: `:caption: what to do with it`.")
        self.assert_has_content()
        figure = live(name=name, ids=[f"live-{name}"])
        caption = live_caption()
        children, messages = self.state.inline_text(self.options["caption"], self.lineno)
        caption += children
        content = still()
        self.state.nested_parse(self.content, self.content_offset, content)
        figure += [content, caption]
        return [figure, *messages]


def open_figure(self, node):
    here = self.builder.get_target_uri(self.builder.current_docname)
    scripts = [relative_uri(here, versioned(name)) for name in (KERNEL, f"{node['name']}.js")]
    name, addresses = node["name"], escape(" ".join(scripts))
    self.body.append(
        f'<figure class="live" id="{node["ids"][0]}" data-live="{name}" data-scripts="{addresses}">'
        f'<div class="live-stage live-{name}"></div>'
    )


def close_figure(self, node):
    self.body.append("</figure>")


def enclose(opening, closing):
    """A pair of functions that write what stands before a node and after it."""
    return (lambda self, node: self.body.append(opening), lambda self, node: self.body.append(closing))


def nothing(self, node):
    """Other formats than HTML show the content alone."""


def skip(self, node):
    """A caption says how to use what only HTML has."""
    raise nodes.SkipNode


def copy_scripts(app):
    """Put the scripts where pages look for them, before pages are written: their marks depend on them."""
    if app.builder.format == "html":
        target = Path(app.outdir) / "_static" / FOLDER
        target.mkdir(parents=True, exist_ok=True)
        for path in SOURCE.iterdir():
            shutil.copy2(path, target / path.name)


def load(app, pagename, templatename, context, doctree):
    """Let a page with a live figure, and no other, load the script that starts it."""
    if doctree is not None and next(doctree.findall(live), None):
        app.add_js_file(f"{FOLDER}/{START}", loading_method="defer")


def setup(app):
    if not (SOURCE / START).exists():
        raise ExtensionError(f"live: {SOURCE} holds no {START}")
    app.add_directive("live", Live)
    plain, absent = (nothing, nothing), (skip, nothing)
    caption = '<figcaption class="live-caption"><span class="caption-number">Live figure.</span> '
    app.add_node(live, html=(open_figure, close_figure), latex=plain, text=plain)
    app.add_node(still, html=enclose('<div class="live-still">', "</div>"), latex=plain, text=plain)
    app.add_node(live_caption, html=enclose(caption, "</figcaption>"), latex=absent, text=absent)
    app.add_css_file(f"{FOLDER}/{STYLE}")
    app.connect("builder-inited", copy_scripts)
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
