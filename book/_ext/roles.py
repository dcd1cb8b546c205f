"""Mend the bibliography for screen readers: its entries carry a role that a list may not hold."""


def list_items(app, pagename, templatename, context, doctree):
    """Give the entries of a bibliography the role of list items; `doc-biblioentry` is deprecated."""
    if "doc-biblioentry" in context.get("body", ""):
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("html-page-context", list_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
