"""What the pages of the book need from the tool that builds them, and can do without elsewhere.

A chapter quotes its numbers through `glue`, so that no number is typed into the prose, and states what it
has measured through `claim`, which fails when the measurement says otherwise. The builder (MyST-NB)
records both; in a notebook opened anywhere else there is nothing to record them for.
"""

import html
import math
import os

import numpy as np

from byhand.metrics import mean_interval, share_interval

try:
    from myst_nb import glue as _record
except ImportError:
    _record = None  # outside the builder, which alone reads glued values

__all__ = ["claim", "glue", "section_link"]


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


FEWEST_SEEDS = 20  # fewer runs than this are no ground for a claim about training


def claim(name, measured, says, *, at_least=None, at_most=None, spec=".3f"):
    """State what the book claims, measure it against what is expected, and record both.

    The builder collects all claims on one page, with what was measured in this build.

    Parameters
    ----------
    name : str
        "<chapter>-<what>", the key to quote the measured value by. With several values the ends of the
        interval are recorded too, as "<name>-low" and "<name>-high", and for a mean half its width as
        "<name>-half".
    measured : number, or sequence of at least 20
        A number for what has no chance in it; otherwise one value a seed: numbers, of which the mean and its
        interval count (`byhand.metrics.mean_interval`), or booleans, of which the share and its interval
        count (`byhand.metrics.share_interval`). The level is 95 %.
    says : str
        The claim in one plain sentence, without its numbers.
    at_least, at_most : float, optional
        What is expected of the value, or of the whole interval; one of them or both.
    spec : str, default ".3f"
        How to write the numbers on the page of claims.

    Returns
    -------
    float, or (mean, half), or (share, low, high)
        What was measured.

    Raises
    ------
    AssertionError
        If the measurement is not what was expected: the sentence is false.
    ValueError
        If nothing is expected, or there are values from fewer than 20 seeds.
    """
    if at_least is None and at_most is None:
        raise ValueError(f"claim {name}: neither at_least nor at_most is given, expected one: nothing could fail.")
    values = np.asarray(measured)
    if values.ndim and len(values) < FEWEST_SEEDS:
        raise ValueError(
            f"claim {name}: measured holds {len(values)} values, expected one number or at least {FEWEST_SEEDS} "
            f"of them. Fix: train with more seeds."
        )
    if not values.ndim:
        result = value = low = high = float(measured)
    elif values.dtype == bool:
        result = value, low, high = share_interval(values)
    else:
        result = value, half = mean_interval(values)
        low, high = value - half, value + half
        glue(f"{name}-half", half)
    glue(name, value)
    if values.ndim:
        glue(f"{name}-low", low)
        glue(f"{name}-high", high)
    at_least, at_most = (None if bound is None else float(bound) for bound in (at_least, at_most))
    least, most = -math.inf if at_least is None else at_least, math.inf if at_most is None else at_most
    if not least <= low <= high <= most:  # false for NaN too
        raise AssertionError(
            f"claim {name}, {says!r}: measured {value:.6g} (from {low:.6g} to {high:.6g}), "
            f"expected from {least:.6g} to {most:.6g}."
        )
    record = dict(name=name, says=says, value=value, low=low, high=high, at_least=at_least, at_most=at_most, spec=spec)
    glue(f"claim {name}", record | {"seeds": len(values) if values.ndim else None})
    return result


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
