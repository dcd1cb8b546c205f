"""The built book in _build/html, for the tests that read it: its pages, its checker, its freshness."""

from pathlib import Path

import pytest
from execute import pages

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"

SOURCES = pages(ROOT)
CHAPTERS = [path.relative_to(ROOT).with_suffix("").as_posix() for path in SOURCES]
GENERATED = ["search", "404"]  # pages that a reader can meet and no chapter is the source of


def require_build():
    """Fail, with what to do, when there is no built book."""
    if not (HTML / "index.html").exists():
        pytest.fail(f"{HTML} holds no book. Run `make book` first; `make test` does both.", pytrace=False)


def newer_than_build():
    """Files that were changed after the last `make book` that passed."""
    built = (ROOT / "_build" / ".passed").stat().st_mtime
    folders = [ROOT / "code", ROOT / "book" / "_ext", ROOT / "book" / "_static", ROOT / "book" / "figures-live"]
    inputs = [*SOURCES, ROOT / "_config.yml", ROOT / "_toc.yml", ROOT / "book" / "references.bib"]
    inputs += [path for folder in folders for path in folder.rglob("*") if path.suffix != ".pyc" and path.is_file()]
    return [path.relative_to(ROOT).as_posix() for path in inputs if path.stat().st_mtime > built]
