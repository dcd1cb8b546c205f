"""How a verdict looks, as text and as HTML: a caption and a table with a row for each thing judged."""

from html import escape


class Table:
    """What the verdicts of this package look like, as text and as HTML.

    Subclasses give `caption`, `head` (the columns' titles) and `cells()` (a list of texts a row, the
    first being the row's title).
    """

    def __repr__(self):
        rows = [list(self.head), *self.cells()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.head))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([self.caption, *lines])

    def _repr_html_(self):
        # No colours: the page's own style sheet knows whether it is light or dark.
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in self.head)
        rows = []
        for title, *cells in self.cells():
            entries = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            rows.append(f'<tr><th scope="row">{escape(title)}</th>{entries}</tr>\n')
        return (
            f'<table class="judgement"><caption>{escape(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody></table>"
        )


class Report(Table):
    """A table of `rows` that have a name and agree or not; truthy when all of them agree.

    Subclasses give `claim`, what is said of those that agree, and `tolerance`.
    """

    def __bool__(self):
        return all(row.agrees for row in self.rows)

    def __getitem__(self, name):
        """Return the row of a parameter."""
        return {row.name: row for row in self.rows}[name]

    @property
    def caption(self):
        """One sentence: how many agree, and how closely."""
        agreeing = sum(row.agrees for row in self.rows)
        return f"{agreeing} of {len(self.rows)} {self.claim} (tolerance {self.tolerance:.0e})"


def six(value):
    """Six significant digits; -0 is 0."""
    return "" if value is None else f"{value + 0.0:.6g}"


def spell_difference(relative, tolerance):
    """A relative difference; one below the tolerance is rounding, whose digits differ from machine to machine."""
    if relative is None:
        return ""
    return f"below {tolerance:.0e}" if relative <= tolerance else f"{relative:.1e}"
