"""Keep punctuation with the formula it belongs to: a browser may otherwise break the line between the two."""

import re

FORMULA = re.compile(r'(\(?)(<span class="math notranslate nohighlight">[^<]*</span>)([,.;:!?)\u2019\u201d]*)')


def bind(html):
    """Wrap each inline formula together with the bracket before it and the punctuation after it."""

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
