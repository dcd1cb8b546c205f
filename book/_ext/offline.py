"""Make the site ask no other host for anything: it works without a network and tells nobody who reads it.

MathJax is copied from a pinned Python package into the site (only the typesetting program and its fonts),
and the theme's Thebe scripts, which this book does not use and which load code from elsewhere, are dropped.
"""

import shutil
from importlib.metadata import distribution
from pathlib import Path

PROGRAM = "tex-mml-chtml.js"


def mathjax_folder():
    """Folder of MathJax inside the installed package sphinx-mathjax-offline."""
    for file in distribution("sphinx-mathjax-offline").files:
        if file.name == PROGRAM:
            return Path(file.locate()).parent
    raise FileNotFoundError(f"sphinx-mathjax-offline holds no {PROGRAM}; install the version in requirements.lock")


def copy_mathjax(app, exception):
    """Copy the program, its fonts and its TeX extensions beside the site's other static files."""
    if exception or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / PROGRAM, target / PROGRAM)
    for part in ("output/chtml/fonts", "input/tex/extensions"):
        shutil.copytree(source / part, target / part, dirs_exist_ok=True)


def make_static_folder(app):
    """Make the folder the theme copies the logos into: it would write a file of that name instead."""
    if app.builder.format == "html":
        (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)


def drop_thebe(app, pagename, templatename, context, doctree):
    """Remove Thebe's scripts from a page's list."""

    def is_thebe(script):
        attributes = getattr(script, "attributes", {})
        return "thebe" in f"{getattr(script, 'filename', '')} {attributes.get('body', '')}".lower()

    context["script_files"][:] = [script for script in context["script_files"] if not is_thebe(script)]
    if "css_files" in context:
        context["css_files"][:] = [style for style in context["css_files"] if not is_thebe(style)]


def setup(app):
    app.config.mathjax_path = f"mathjax/{PROGRAM}"
    app.connect("builder-inited", make_static_folder, priority=1)
    app.connect("build-finished", copy_mathjax)
    app.connect("html-page-context", drop_thebe, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
