"""Collect the solutions of all chapters on the page with the line `% solutions`.

The page is made from the chapters whenever it is read, so the two cannot differ. Code stands there as
text: it is executed, and judged by its checker, in the chapter it comes from.
"""

import re

from order import pages

MARKER = "\n% solutions\n"
EXERCISE = re.compile(r"^```\{exercise-start\} (?P<title>.+)\n(?:.*\n)*?:label: (?P<label>\S+)\n", re.MULTILINE)
SOLUTION = re.compile(
    r"^```\{solution-start\} (?P<label>\S+)\n(?:.*\n)*?```\n(?P<text>(?:.*\n)*?)```\{solution-end\}", re.MULTILINE
)
CELL = re.compile(r"^```\{code-cell\}.*\n(?P<code>(?:.*\n)*?)```\n", re.MULTILINE)


def code_only(match):
    """A code cell as text, without its options; nothing for a cell that readers do not see."""
    code = match["code"]
    if "remove-cell" in code:
        return ""
    code = re.sub(r"\A---\n(?:.*\n)*?---\n|\A(?::\S+:.*\n)+\n?", "", code)
    return f"```python\n{code}```\n"


def elsewhere(text, chapter):
    """A piece of a chapter, as it has to be written on another page."""
    text = CELL.sub(code_only, text)
    text = re.sub(r"^\$\$ \(eq-\S+\)$", "$$", text, flags=re.MULTILINE)  # the label stays with the original
    return re.sub(r"\{glue:text\}`", f"{{glue:text}}`{chapter}.md::", text)


def collected(docname, text):
    """The solutions of one chapter, each folded under its exercise's title."""
    chapter = docname.rpartition("/")[2]
    titles = {found["label"]: found["title"] for found in EXERCISE.finditer(text)}
    found = list(SOLUTION.finditer(text))
    if found:
        yield f"## {re.search(r'^# (.+)$', text, re.MULTILINE)[1]}\n"
    for solution in found:
        label = solution["label"]
        yield f"::::::{{dropdown}} {titles[label]}\n{{ref}}`The exercise <{label}>` in the chapter.\n"
        text = solution["text"].strip() + "\n"
        yield f"{elsewhere(text, chapter)}\n::::::\n"


def fill_in(app, docname, source):
    if MARKER not in source[0]:
        return
    env = app.env
    lines = []
    for chapter in pages(env):
        path = env.doc2path(chapter)
        env.note_dependency(path)
        with open(path, encoding="utf-8") as file:
            lines += collected(chapter, file.read())
    source[0] = source[0].replace(MARKER, "\n" + "\n".join(lines) + "\n")


def setup(app):
    app.connect("source-read", fill_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
