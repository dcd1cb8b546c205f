"""Make the site ask no other host for anything: it works without a network and tells nobody who reads it.

MathJax is copied from a pinned Python package into the site (only the typesetting program and its fonts),
and the theme's Thebe scripts, which this book does not use and which load code from elsewhere, are dropped.
Short scripts at the head of a page serve readers who open it from disk or keep the site from storing anything.
"""

import shutil
from importlib.metadata import distribution
from pathlib import Path

PROGRAM = "tex-mml-chtml.js"
# A browser that may store nothing throws at the first touch of its storage, which ends the theme's scripts and with
# them the search. Such a reader gets a storage that forgets when the page is left.
FORGETFUL = """<script>
for (const name of ["localStorage", "sessionStorage"]) {
  try { window[name]; } catch {
    const kept = new Map();
    Object.defineProperty(window, name, { value: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => { kept.set(key, String(value)); },
      removeItem: (key) => { kept.delete(key); },
    } });
  }
}
</script>
"""
# The page for wrong addresses links from the site's top, which a folder on disk does not have. In such a folder it
# is the first file, and who opens it is looking for the book.
HOMEWARD = '<script>if (location.protocol === "file:") location.replace("index.html");</script>\n'


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


def serve_every_reader(app, pagename, templatename, context, doctree):
    """Put the scripts above at the head of a page, before the theme's first line of script."""
    lines = (HOMEWARD if pagename == "404" else "") + FORGETFUL
    context["metatags"] = lines + context.get("metatags", "")


def setup(app):
    app.config.mathjax_path = f"mathjax/{PROGRAM}"
    app.connect("builder-inited", make_static_folder, priority=1)
    app.connect("build-finished", copy_mathjax)
    app.connect("html-page-context", drop_thebe, priority=990)
    app.connect("html-page-context", serve_every_reader)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
