"""Link each term of the glossary from the place where the book first uses it, and back from the glossary.

A chapter sets a term in bold where it explains it; the glossary leads there too. Nothing is marked up by
hand, so a chapter that moves takes its links along.
"""

import re

from docutils import nodes
from order import pages
from sphinx.util import logging

logger = logging.getLogger(__name__)

GLOSSARY = "book/glossary"
# Pages that come before the text proper, or look back on it.
OUTSIDE = ("index", "book/how-to-read", "book/solutions", "book/mistakes", "book/claims", "book/api", "book/references")
NOT_PROSE = (nodes.title, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.reference)
NOT_PROSE += (nodes.caption, nodes.rubric, nodes.raw, nodes.target, nodes.comment, nodes.image)


def in_prose(text):
    parent = text.parent
    while parent is not None:
        if isinstance(parent, NOT_PROSE) or parent.tagname in ("pending_xref", "term", "exercise_title"):
            return False
        parent = parent.parent
    return True


def pattern(term):
    """The term as it may stand in a sentence: in the plural, across a line's end, with a space for its hyphen."""
    words = [re.sub("['\N{RIGHT SINGLE QUOTATION MARK}]", ".", re.escape(word)) for word in re.split(r"[ -]", term)]
    name = term[0].isupper()  # a name keeps its capital; another word may stand at the head of a sentence
    return re.compile(r"\b" + r"[\s-]+".join(words) + r"(?:s|es)?\b", 0 if name else re.IGNORECASE)


def uses(doctree, terms):
    """The first mention of each term, and the first in bold: (term, "used" or "explained") -> (text node, span)."""
    found = {}
    looked_for = {term: pattern(term) for term in terms}
    for text in doctree.findall(nodes.Text):
        if not in_prose(text):
            continue
        bold = isinstance(text.parent, nodes.strong)
        for term, expression in looked_for.items():
            wanted = [how for how in ("used", "explained")[: 1 + bold] if (term, how) not in found]
            if wanted and (match := expression.search(str(text))):
                found |= {(term, how): (text, match.span()) for how in wanted}
    return found


def terms_of(env):
    """The glossary's terms: term -> (page, anchor)."""
    objects = env.get_domain("std").objects
    return {name: place for (kind, name), place in objects.items() if kind == "term"}


def section_of(node):
    """The anchor of the section that a node stands in."""
    while not (isinstance(node, nodes.section) and node["ids"]):
        node = node.parent
    return node["ids"][0]


def find_first_uses(app, env):
    """Find each term's places in the book; the pages that gain or lose a link are written anew."""
    terms = terms_of(env)
    first = {}
    for name in pages(env):
        if name in OUTSIDE or name == GLOSSARY or not terms:
            continue
        for key, (text, _) in uses(env.get_doctree(name), terms).items():
            first.setdefault(key, (name, section_of(text)))
    before, env.first_uses = getattr(env, "first_uses", {}), first
    changed = {key for key in before.keys() | first.keys() if before.get(key) != first.get(key)}
    return {place[key][0] for place in (before, first) for key in changed if key in place} | {GLOSSARY} & env.found_docs


def link(app, doctree, docname):
    """Put in the links of one page."""
    if docname == GLOSSARY:
        for entry in doctree.findall(nodes.definition_list_item):
            link_back(app, entry)
        return
    places = terms_of(app.env)
    mine = [term for (term, how), (page, _) in app.env.first_uses.items() if page == docname and how == "used"]
    for term in sorted(mine, key=len, reverse=True):  # the longer of two terms takes the words they share
        use = uses(doctree, [term]).get((term, "used"))
        if use is None:
            continue  # its words are part of a longer term's link
        text, (start, end) = use
        glossary, anchor = places[term]
        address = f"{app.builder.get_relative_uri(docname, glossary)}#{anchor}"
        words = nodes.inline("", str(text)[start:end])
        reference = nodes.reference("", "", words, refuri=address, internal=True, classes=["glossary-term"])
        around = nodes.Text(str(text)[:start]), reference, nodes.Text(str(text)[end:])
        text.parent.replace(text, [part for part in around if part is reference or str(part)])


def link_back(app, entry):
    """Say below an entry of the glossary where its term is used first and, if it is elsewhere, explained."""
    env = app.env
    (node,) = entry.findall(nodes.term)
    (term,) = (name for name, (_, anchor) in terms_of(env).items() if anchor in node["ids"])
    if (term, "used") not in env.first_uses:
        logger.warning("glossary: no chapter uses the term %s", term, location=entry)
        return
    line = nodes.paragraph("", "", classes=["first-use"])
    told = set()
    for how, words in (("used", "First used in "), ("explained", ", explained in ")):
        page, anchor = env.first_uses.get((term, how), (None, None))
        if page and page not in told:
            told.add(page)
            address = f"{app.builder.get_relative_uri(GLOSSARY, page)}#{anchor}"
            line += [nodes.Text(words), nodes.reference("", env.titles[page].astext(), refuri=address, internal=True)]
    entry.children[-1] += line


def setup(app):
    app.connect("env-updated", find_first_uses)
    app.connect("doctree-resolved", link)
    # The version of what is kept between builds, in env.first_uses.
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
