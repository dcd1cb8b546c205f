"""Small books in folders of their own, built with the book's settings, extensions and tools.

A scratch book has the real `_config.yml`, extensions, style sheet, tools and package, and a handful of
pages written by the test. Its kernels import the scratch folder's copy of the package, so that a test
may edit the package too.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]

PARTS = (
    "Makefile",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "requirements.txt",
    "_config.yml",
    "requirements.lock",
    "book/_ext",
    "book/_static",
    "book/figures-live",
    "book/references.bib",
    "code",
    "tools",
)

HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
myst:
  html_meta:
    description: A page of a small book which the tests build to try out the tools.
---

"""


def cell(code, *options):
    """A code cell, with option lines such as ':tags: [remove-cell]'."""
    lines = [*options, *([""] if options else []), textwrap.dedent(code).strip()]
    return "\n".join(["```{code-cell} python", *lines, "```", ""])


def page(title, *parts):
    """The text of a page: front matter, a title and what stands below it."""
    return HEAD + f"# {title}\n\n" + "\n".join(textwrap.dedent(part) for part in parts) + "\n"


def no_chapter(text):
    """The text of a page of which no notebook is made."""
    return text.replace("\nmyst:", "\nnotebook: false\nmyst:", 1)


class ScratchBook:
    """A book in `folder` with the given pages: name -> text. The first page is the root."""

    def __init__(self, folder, pages):
        self.folder = Path(folder)
        for part in PARTS:
            source, target = ROOT / part, self.folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy(source, target)
        root, *others = pages
        toc = {"format": "jb-book", "root": root, "chapters": [{"file": name} for name in others]}
        (self.folder / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
        for name, text in pages.items():
            path = self.folder / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def make(self, target="pages", **env):
        """Run make for this book; returns whether it succeeded, and everything it printed."""
        # What an outer make or a CI machine has set does not concern this book.
        foreign = re.compile("GITHUB_|BOOK_|PYTEST_|MAKE|MFLAGS")
        inherited = {key: value for key, value in os.environ.items() if not foreign.match(key)}
        own = {"PYTHONPATH": str(self.folder / "code"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            # -o: the environment of the running tests is there already and is used as it is
            ["make", "-o", ".venv/.book", target, f"BIN={Path(sys.executable).parent}"],
            cwd=self.folder,
            env=inherited | own | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        return done.returncode == 0, done.stdout

    @property
    def html(self):
        return self.folder / "_build" / "html"

    def text(self, name):
        """The HTML of a page."""
        return (self.html / f"{name}.html").read_text(encoding="utf-8")
