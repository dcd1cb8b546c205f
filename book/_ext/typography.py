"""Keep together what a browser would break: punctuation and its formula, a number and its percent sign."""

import re

FORMULA = re.compile(r'(\(?)(<span class="math notranslate nohighlight">[^<]*</span>)([,.;:!?)\u2019\u201d]*)')


PERCENT = re.compile(r"(\d(?:</span>)?) %")
CODE = re.compile(r"(<pre\b.*?</pre>|<code\b.*?</code>)", re.DOTALL)


def bind(html):
    """Wrap each inline formula with the bracket before it and the punctuation after it; tie percent signs down."""
    pieces = CODE.split(html)  # code at the odd places, left as it is
    return "".join(
        piece if i % 2 else PERCENT.sub("\\1\N{NO-BREAK SPACE}%", bind_formulas(piece))
        for i, piece in enumerate(pieces)
    )


def bind_formulas(html):

    def wrapped(match):
        before, formula, after = match.groups()
        return f'<span class="unbroken">{match[0]}</span>' if before or after else formula

    return FORMULA.sub(wrapped, html)


def bind_page(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = bind(context["body"])


def setup(app):
    app.connect("html-page-context", bind_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
