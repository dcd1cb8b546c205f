"""What the reader is told: the same verdict as text in a terminal and as a card in a notebook."""

import html
from dataclasses import dataclass

HEADINGS = {
    "right": "Right",
    "mistake": "Not yet: a known mistake",
    "two mistakes": "Not yet: two known mistakes at once",
    "not recognised": "Not yet: not recognised",
    "not attempted": "Not attempted",
    "crashed": "Your code raised an exception",
    "timed out": "Stopped: it ran too long",
}


@dataclass(frozen=True)
class Verdict:
    """The result of a check. It counts as true when the answer is right.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    status : str
        One of "right", "mistake", "two mistakes", "not recognised", "not attempted", "crashed", "timed out".
    mistakes : tuple of str
        Titles of the mistakes that were recognised.
    details : tuple of (str, str)
        What else there is to say: pairs of a label, such as "Evidence", and a text.
    section : str
        Label of the section to read again, or "".
    """

    exercise: str
    status: str
    mistakes: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    section: str = ""

    def __bool__(self):
        return self.status == "right"

    @property
    def heading(self):
        return HEADINGS[self.status]

    def __str__(self):
        lines = [f"{self.exercise}: {self.heading}" + (f": {' + '.join(self.mistakes)}" if self.mistakes else "")]
        lines += [f"  {label}: {text}" if label else f"  {text}" for label, text in self.details]
        if self.section:
            lines.append(f"  Read again: {self.section}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        from byhand.book import section_link

        colour = "#2f7d4f" if self else "#9c4215" if "mistake" in self.status else "#6b7280"
        sign = "\u2713" if self else "\u2014" if self.status == "not attempted" else "\u2717"
        rows = "".join(
            f"<p><strong>{html.escape(label)}.</strong> {_inline(text)}</p>" if label else f"<p>{_inline(text)}</p>"
            for label, text in self.details
        )
        named = "".join(f"<p><strong>{_inline(title)}</strong></p>" for title in self.mistakes)
        link = f"<p><strong>Read again.</strong> {section_link(self.section)}</p>" if self.section else ""
        return (
            f'<div class="verdict verdict-{self.status.replace(" ", "-")}" role="status" '
            f'style="border:1px solid {colour};border-left-width:5px;border-radius:3px;padding:.5em 1em;margin:.5em 0">'
            f'<p><strong><span aria-hidden="true">{sign}</span> {html.escape(self.heading)}</strong> '
            f"<code>{html.escape(self.exercise)}</code></p>{named}{rows}{link}</div>"
        )


def sentence(text):
    """The text with a capital at its start and a full stop at its end; code at the start stays as it is."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")


def _inline(text):
    """Escape the text, with `code` between backticks set as code."""
    parts = html.escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
