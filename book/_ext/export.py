"""Write every chapter as a notebook that runs anywhere, into the folder `notebooks` of the site.

A chapter's text is MyST, which only the builder reads. Here it is written once more, in plain Markdown, from
the page's resolved document tree (`plain_markdown`), with the chapter's code cells and their outputs between:
what JupyterLab, Colab or VS Code shows then has its numbers, references and sources in place.

* The first cell says where the chapter comes from and what it needs, the second installs `byhand` where it
  is missing, from the wheel that the same site publishes.
* Cells that the site hides are there, folded: others may depend on them. Solutions are folded too.
* Cells are identified by what they hold, so an edit changes no cell but its own.

The front matter `notebook: false` leaves out an executable page that is no chapter.
"""

import ast
import base64
import hashlib
import mimetypes
import re
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin

import nbformat
from addresses import base_address
from byhand.plots import PALETTE
from docutils import nodes
from execution_cache import cache_folder
from jupyter_cache import get_cache
from lite_edition import edition
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from plain_markdown import Cell, PlainMarkdown, UnknownNode
from pybtex.plugin import find_plugin
from sphinx.util import logging
from sphinxcontrib.bibtex.transforms import node_text_transform

logger = logging.getLogger(__name__)

FOLDER = "notebooks"
SOURCES = "book/references"  # the page that holds the bibliography
HIDDEN = {"hide-input", "remove-input", "hide-cell", "remove-cell"}
HIDDEN_OUTPUT = {"hide-output", "remove-output", "hide-cell", "remove-cell"}
NAMES = {"numpy": "NumPy", "matplotlib": "matplotlib", "seaborn": "seaborn", "sklearn": "scikit-learn"}
NAMES |= {"torch": "PyTorch"}
# What parts of byhand import when they are used.
BEHIND = {"plots": {"matplotlib"}, "data": {"sklearn"}, "estimators": {"sklearn"}, "torch_twin": {"torch"}}


def wheel_name():
    return f"byhand-{version('byhand')}-py3-none-any.whl"


def is_exported(env, pagename):
    """Whether a page is a chapter with cells to run."""
    meta = env.metadata.get(pagename, {})
    return "kernelspec" in meta and str(meta.get("notebook", True)).lower() != "false"


def file_name(pagename):
    return f"{pagename.rpartition('/')[2]}.ipynb"


def needs(notebook):
    """The libraries that a notebook's cells import, themselves or through byhand."""
    found = {"numpy"}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for module in modules:
                top, *rest = module.split(".")
                found |= {top} & set(NAMES) if top != "byhand" else BEHIND.get(rest[0] if rest else "", set())
    return [NAMES[name] for name in NAMES if name in found]


# ---- the cells ------------------------------------------------------------------------------------


def opening(title, address, libraries):
    """The first cell: what this is, where it is from, what it needs."""
    chapter = f"[{title}]({address})" if address else f"*{title}*"
    last = libraries.pop()
    wanted = f"{', '.join(libraries)} and {last}" if libraries else last
    return new_markdown_cell(
        f"> This notebook is the chapter {chapter} of *Neural Networks by Hand*. It needs {wanted}, and the book's "
        f"own package `byhand`, which the next cell installs where it is missing. Run the cells from the first to "
        f"the last; where a line says `...`, it is your turn."
    )


def installing(base):
    """The second cell: install byhand where it is missing."""
    wheel = f"{base or '../'}wheels/{wheel_name()}"
    lines = ["try:", "    import byhand", "except ImportError:", f"    %pip install --quiet {wheel}"]
    if base:  # the checkers then name the section to read with a link to it
        lines[:0] = ["import os", "", f'os.environ.setdefault("BOOK_CHAPTERS", "{base}book")', ""]
    cell = new_code_cell("\n".join(lines))
    cell.metadata["tags"] = ["setup"]
    return cell


def is_record(output):
    """Whether an output is a glued value, which no notebook program shows."""
    return any(kind.startswith("application/papermill.record") for kind in output.get("data", {}))


def plain_output(output, base):
    """An output as the cell gives it outside the book: a drawing on paper, a link that leads to the site or none."""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        ground = f'<svg style="background: {PALETTE["paper"]}" '
        data["image/svg+xml"] = data["image/svg+xml"].replace("<svg ", ground, 1)
    if "text/html" in data:
        data["text/html"] = re.sub(
            r'<a href="\./([^"]+)">(.*?)</a>',
            rf'<a href="{base}book/\1">\2</a>' if base else r"chapter \2",
            data["text/html"],
        )
    return output


def code_cell(cell, place, base):
    """A chapter's code cell, folded if the site hides it or if it is part of a solution."""
    tags = set(cell.metadata.get("tags", []))
    source = f"# @title {place.folded_under}\n{cell.source}" if place.folded_under else cell.source
    outputs = [plain_output(output, base) for output in cell.outputs if not is_record(output)]
    new = new_code_cell(source, outputs=outputs, execution_count=cell.execution_count)
    folding = {}
    if place.folded_under or tags & HIDDEN:
        folding["source_hidden"] = True
        new.metadata["cellView"] = "form"  # Colab's word for the same
    if place.folded_under or tags & HIDDEN_OUTPUT:
        folding["outputs_hidden"] = True
    if folding:
        new.metadata["jupyter"] = folding
    if kept := sorted(tags & {"raises-exception"}):
        new.metadata["tags"] = kept
    return new


def with_hidden_cells(pieces, indices):
    """The pieces of a page and, after the cell they follow, the cells that the page does not show."""
    shown = {piece.index for piece in pieces if isinstance(piece, Cell)}
    hidden = [index for index in indices if index not in shown]

    def next_hidden(index):
        following = [i for i in indices if i > index]
        for i in following:
            if i in shown:
                return
            yield Cell(i)

    yield from (Cell(index) for index in hidden if all(index < i for i in shown))
    for piece in pieces:
        yield piece
        if isinstance(piece, Cell):
            yield from next_hidden(piece.index)


def identify(cells):
    """Give each cell an identity that depends on what it holds, and on how often that came before."""
    seen = {}
    for cell in cells:
        key = f"{cell.cell_type}\n{cell.source}"
        seen[key] = seen.get(key, 0) + 1
        cell["id"] = hashlib.sha256(f"{seen[key]}\n{key}".encode()).hexdigest()[:12]


# ---- a page ---------------------------------------------------------------------------------------


class Exporter:
    """Writes the notebook of one page after another, with what they share."""

    def __init__(self, app):
        self.app, self.env, self.base = app, app.env, base_address()
        self.cache = get_cache(str(cache_folder(app.srcdir)))
        self.bibliography = None

    def executed(self, pagename):
        """A page's notebook with the outputs of this build."""
        text = Path(self.env.doc2path(pagename)).read_text(encoding="utf-8")
        return self.cache.merge_match_into_notebook(read_myst_markdown_notebook(text, add_source_map=True))[1]

    def link(self, pagename, target, anchor):
        """Where a reference from a notebook leads: the site when its address is known, else the notebook beside."""
        if self.base:
            return f"{self.base}{self.app.builder.get_target_uri(target)}{f'#{anchor}' if anchor else ''}"
        return file_name(target) if target != pagename and is_exported(self.env, target) else None

    def address(self, pagename):
        def of(reference):
            if reference.get("refid"):
                return self.link(pagename, pagename, reference["refid"])
            uri = reference["refuri"]
            if not reference.get("internal"):
                return uri
            path, _, anchor = uri.partition("#")
            here = self.app.builder.get_target_uri(pagename)
            return self.link(pagename, urljoin(here, path).removesuffix(".html"), anchor)

        return of

    def number(self, kind, anchor):
        builder = self.app.builder
        if kind == "section":  # the page's own title is listed without an anchor
            found = builder.secnumbers.get(f"#{anchor}", builder.secnumbers.get("", ()))
        else:
            found = builder.fignumbers.get(kind, {}).get(anchor, ())
        return ".".join(map(str, found))

    def picture(self, image):
        """A picture of the text as part of the notebook, which may be opened where nothing lies beside it."""
        copied = image["uri"].rpartition("/")[2]  # the builder has given it the name that it has in the site
        files = [path for path, (_, name) in self.env.images.items() if name == copied]
        if not files:
            return image["uri"]  # of another site, or a file that Sphinx has missed and told of
        path = Path(self.app.srcdir) / files[0]
        kind = mimetypes.guess_type(path.name)[0]
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"

    def sources(self, doctree, writer):
        """The entries of the bibliography that a page cites, in the order in which it does."""
        page = self.app.builder.get_target_uri(SOURCES).rpartition("/")[2]
        cited = [
            reference["refuri"].partition("#")[2]
            for reference in doctree.findall(nodes.reference)
            if reference.get("refuri", "").partition("#")[0].endswith(page)
        ]
        if cited and self.bibliography is None:
            self.bibliography = self.all_sources()
        for anchor in dict.fromkeys(filter(None, cited)):
            (text,) = writer.pieces(self.bibliography[anchor])
            yield f"- {text}"

    def all_sources(self):
        """The text of every entry of the bibliography: anchor -> paragraph."""
        backend = find_plugin("pybtex.backends", "docutils")()
        found = {}
        for citation in self.env.get_domain("cite").citations:
            found[citation.citation_id] = backend.paragraph(citation.formatted_entry)
            node_text_transform(found[citation.citation_id])
        return found

    def head(self, pagename, notebook):
        title = self.env.titles[pagename].astext()
        return opening(title, self.link(pagename, pagename, "") if self.base else None, needs(notebook))

    def notebook(self, pagename, doctree):
        executed = self.executed(pagename)
        writer = PlainMarkdown(self.address(pagename), self.number, self.picture)
        pieces = writer.pieces(doctree)
        if sources := list(self.sources(doctree, writer)):
            pieces += ["## Sources", "\n".join(sources)]
        cells = [self.head(pagename, executed), installing(self.base)]
        indices = [i for i, cell in enumerate(executed.cells) if cell.cell_type == "code"]
        text = []
        for piece in with_hidden_cells(pieces, indices):
            if isinstance(piece, str):
                # A heading begins a cell, so that notebook programs can fold what is below it.
                if piece.startswith("#") and text:
                    cells.append(new_markdown_cell("\n\n".join(text)))
                    text = []
                text.append(piece)
                continue
            if text:
                cells.append(new_markdown_cell("\n\n".join(text)))
                text = []
            cells.append(code_cell(executed.cells[piece.index], piece, self.base))
        if text:
            cells.append(new_markdown_cell("\n\n".join(text)))
        identify(cells)
        metadata = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "colab": {"toc_visible": True},
        }
        notebook = new_notebook(cells=cells, metadata=metadata)
        nbformat.validate(notebook)
        return notebook


def export(app, pagename, templatename, context, doctree):
    """Write the notebook of a page that is being written."""
    if app.builder.name != "html" or doctree is None or not is_exported(app.env, pagename):
        return
    if not hasattr(app, "exporter"):
        app.exporter = Exporter(app)
    try:
        notebook = app.exporter.notebook(pagename, doctree)
    except UnknownNode as unknown:
        logger.warning(
            "export: %s has no form in a notebook. Fix: teach it to plain_markdown.py, or write it otherwise.",
            unknown,
            location=pagename,
        )
        return
    path = Path(app.outdir) / FOLDER / file_name(pagename)
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)
    in_browser = in_the_browser(app) / path.name
    in_browser.parent.mkdir(exist_ok=True)
    if made := edition(notebook, wheel_name()):
        made.cells[0].source = app.exporter.head(pagename, made).source  # it needs less
        # Each text in one piece: JupyterLite shows the lines of an output with commas between them.
        nbformat.write(made, in_browser, split_lines=False)
    else:
        in_browser.unlink(missing_ok=True)


def in_the_browser(app):
    """Folder of the notebooks that tools/lite.py makes JupyterLite of, beside the site."""
    return Path(app.outdir).parent / "lite_contents"


def remove_strays(app, exception):
    """Leave no notebook of a page that is gone."""
    folder = Path(app.outdir) / FOLDER
    if exception is None and folder.is_dir():
        wanted = {file_name(name) for name in app.env.found_docs if is_exported(app.env, name)}
        for path in [*folder.glob("*.ipynb"), *in_the_browser(app).glob("*.ipynb")]:
            if path.name not in wanted:
                path.unlink()


def setup(app):
    # Pages are written anew when it changes, for their notebooks name it.
    app.add_config_value("notebook_wheel", wheel_name(), "html", [str])
    app.connect("html-page-context", export)
    app.connect("build-finished", remove_strays)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
