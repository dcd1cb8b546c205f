"""What the pages of the book need from the tool that builds them, and can do without elsewhere.

A chapter quotes its numbers through `glue`, so that no number is typed into the prose. The builder
(MyST-NB) records the value; in a notebook opened anywhere else there is nothing to record it for.
"""

import html
import os

try:
    from myst_nb import glue as _record
except ImportError:
    _record = None  # outside the builder, which alone reads glued values

__all__ = ["glue", "section_link"]


def glue(name, value):
    """Record a value under a name, so that the text can quote it; outside the builder do nothing.

    Parameters
    ----------
    name : str
        The key to quote it by, "<chapter>-<what>".
    value : object
    """
    if _record is not None:
        _record(name, value, display=False)


def section_link(label):
    """HTML that names a section of the book, with a link where the book's address is known.

    Parameters
    ----------
    label : str
        The section's label, "sec:<chapter>" or "sec:<chapter>:<section>".

    Returns
    -------
    str
        A link below the address in the environment variable `BOOK_CHAPTERS` ("." while the book itself is
        built, for its chapters lie side by side); without it the words alone.
    """
    _, chapter, *rest = label.split(":")
    words = html.escape(" / ".join(part.replace("-", " ") for part in (chapter, *rest)))
    base = os.environ.get("BOOK_CHAPTERS")
    if not base:
        return f"chapter {words}"
    anchor = label.replace(":", "-")
    return f'<a href="{html.escape(base.rstrip("/"))}/{chapter}.html#{anchor}">{words}</a>'
