"""Write the catalogue of mistakes into pages with a line `% catalogue by symptom` or `% catalogue by exercise`.

The text is made from the exercises themselves whenever the page is read, so the page cannot drift from them.
"""

import hashlib
import re
from pathlib import Path

from byhand.exercises.verdict import sentence

PLACES = {}  # marker line -> function that writes what belongs there


def place(marker):
    def decorate(write):
        PLACES[marker] = write
        return write

    return decorate


def exercises():
    """All exercises of the package, in the order of their sections' chapters and then of their names."""
    from byhand.exercises import list_exercises, load

    return [load(name) for name in list_exercises()]


def plain(text):
    """The text with Markdown's own signs made harmless, but with `code` left as it is."""
    parts = text.split("`")
    return "`".join(part if i % 2 else re.sub(r"([\\*_$<>\[\]|{}~#@])", r"\\\1", part) for i, part in enumerate(parts))


def target(exercise, mistake):
    """The anchor of a mistake."""
    return f"mistake:{exercise.name}:" + re.sub(r"[^a-z0-9]+", "-", mistake.title.lower()).strip("-")


@place("% catalogue by symptom")
def by_symptom():
    from byhand.exercises.exercise import SYMPTOMS

    found = {symptom: [] for symptom in SYMPTOMS}
    for exercise in exercises():
        for mistake in exercise.mistakes:
            for symptom in mistake.symptoms:
                link = f"[{plain(mistake.title)}](<#{target(exercise, mistake)}>)"
                found[symptom].append(f"{link} ({plain(exercise.title)})")
    for symptom, entries in found.items():
        if entries:
            yield f":::{{dropdown}} {sentence(symptom)[:-1]} ({len(entries)})\n:class-container: catalogue"
            yield from (f"- {entry}" for entry in entries)
            yield ":::\n"


@place("% catalogue by exercise")
def by_exercise():
    from byhand.exercises.telling import judging, telling_probe

    for exercise in exercises():
        probes = judging.probes_of(exercise, 0)
        right = judging.outcomes_of(exercise, exercise.right, probes)
        yield f"(sec:mistakes:{exercise.name})=\n### {plain(exercise.title)}\n"
        yield f'`check("{exercise.name}", ...)`. {plain(exercise.task)}\n'
        yield f":::{{dropdown}} {len(exercise.mistakes)} mistakes that it knows\n:class-container: catalogue\n"
        for mistake in exercise.mistakes:
            evidence = mistake.evidence_on(telling_probe(exercise, mistake, right, probes))
            yield f"({target(exercise, mistake)})=\n**{plain(sentence(mistake.title)[:-1])}**\n"
            yield f"- *Symptom.* {sentence('; '.join(mistake.symptoms))}"
            yield f"- *Cause.* {plain(mistake.why)}"
            yield f"- *What betrays it.* {plain(sentence(evidence))}"
            yield f"- *Cure.* {plain(mistake.cure)}\n"
        yield ":::\n"


def fill_in(app, docname, source):
    """Put the catalogue where a page asks for it."""
    for marker, write in PLACES.items():
        line = f"\n{marker}\n"
        if line in source[0]:
            source[0] = source[0].replace(line, "\n" + "\n".join(write()) + "\n")


def follow_the_package(app, env, added, changed, removed):
    """Read the page anew when the exercises have changed: Sphinx does not watch the package."""
    digest = hashlib.sha256()
    for path in sorted((Path(app.srcdir) / "code" / "byhand" / "exercises").rglob("*.py")):
        digest.update(path.read_bytes())
    if getattr(env, "catalogue_digest", None) == digest.hexdigest():
        return []
    env.catalogue_digest = digest.hexdigest()
    return [name for name in ("book/mistakes",) if name in env.found_docs]


def setup(app):
    app.connect("source-read", fill_in)
    app.connect("env-get-outdated", follow_the_package)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
