"""Collect the measured claims of all pages on the page with the directive `{claims}`.

A chapter states a claim through `byhand.book.claim`, which records it beside the glued values. MyST-NB
writes those to a file a page when it reads the page, and the table is made from these files once every
page has been read: it shows what was measured in this build.
"""

import ast
import json
from pathlib import Path

from byhand.book import FEWEST_SEEDS
from docutils import nodes
from order import pages
from sphinx.util.docutils import SphinxDirective

PREFIX = "claim "
FORMAT = "text/plain"


class claims(nodes.General, nodes.Element):
    """Where the tables go."""


class Claims(SphinxDirective):
    def run(self):
        return [claims()]


def recorded(folder, docname):
    """The claims of one page, in the order in which the page states them."""
    path = Path(folder) / f"{docname}.glue.json"
    if not path.exists():
        return []
    glued = json.loads(path.read_text(encoding="utf-8"))
    return [ast.literal_eval(output["data"][FORMAT]) for name, output in glued.items() if name.startswith(PREFIX)]


def signed(number):
    """A number as text, with a minus sign in place of a hyphen, and none before a zero."""
    return number.replace("-", "\N{MINUS SIGN}" if any(digit in number for digit in "123456789") else "")


def measured(claim):
    """The value as it is to be read: with its interval and the number of seeds where chance plays a part."""
    value, low, high = (signed(format(claim[key], claim["spec"])) for key in ("value", "low", "high"))
    return value if claim["seeds"] is None else f"{value} ({low} to {high}; {claim['seeds']} seeds)"


def expected(claim):
    least, most = (None if claim[key] is None else signed(f"{claim[key]:.4g}") for key in ("at_least", "at_most"))
    if least is None:
        return f"at most {most}"
    return f"at least {least}" if most is None else f"{least} to {most}"


def table(rows):
    """A table with the claims of one page, one a row."""
    head = nodes.row("", *(nodes.entry("", nodes.paragraph(text=t)) for t in ("claim", "measured", "expected")))
    body = [
        nodes.row(
            "", *(nodes.entry("", nodes.paragraph(text=t)) for t in (claim["says"], measured(claim), expected(claim)))
        )
        for claim in rows
    ]
    columns = [nodes.colspec(colwidth=width) for width in (50, 30, 20)]
    return nodes.table(
        "", nodes.tgroup("", *columns, nodes.thead("", head), nodes.tbody("", *body), cols=3), classes=["claims"]
    )


def fill_in(app, doctree, docname):
    """Put the tables where a page asks for them, chapter by chapter in the order of the book."""
    for place in list(doctree.findall(claims)):
        found, total, over_seeds = [], 0, 0
        for chapter in pages(app.env):
            rows = recorded(app.env.mystnb_config.output_folder, chapter)
            if not rows:
                continue
            total += len(rows)
            over_seeds += sum(claim["seeds"] is not None for claim in rows)
            title = app.env.titles[chapter].astext()
            address = app.builder.get_relative_uri(docname, chapter)
            link = nodes.reference("", title, refuri=address, internal=True)
            found += [nodes.rubric("", "", link, classes=["claims-of"]), table(rows)]
        summary = (
            f"{total} claims, {over_seeds} of them over {FEWEST_SEEDS} seeds or more, all as expected in this build."
        )
        place.replace_self([nodes.paragraph(text=summary), *found])


def follow_the_chapters(app, env):
    """Write the page anew in every build: any chapter may have measured something else."""
    return [name for name in ("book/claims",) if name in env.found_docs]


def setup(app):
    app.add_node(claims)
    app.add_directive("claims", Claims)
    app.connect("doctree-resolved", fill_in)
    app.connect("env-updated", follow_the_chapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
