"""The edition of a notebook that runs in a browser, where there is Python and NumPy but no PyTorch.

`edition` takes a plain notebook whose cell tagged `setup` installs byhand, and gives one for JupyterLite:

- its setup cell installs byhand from the wheel that the site carries, and what the code imports besides;
- a cell that needs PyTorch is there to be read: it becomes Markdown, followed by a cell with those of its
  statements that do without, for later cells may need what they make;
- a notebook that is about PyTorch, or starts other processes, has no such edition.
"""

import ast
import re
import symtable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import nbformat
from packaging.utils import parse_wheel_filename
from plain_markdown import fenced

# A chapter with a larger share of its code only there to be read is one about PyTorch. Those chapters leave out
# more than six cells in ten; the others fewer than two, and two short pages of three and six cells one in three.
MOST_LEFT_OUT = 0.4
# What a browser cannot do at all: start processes and threads, and listen on a network.
IMPOSSIBLE = {"concurrent", "multiprocessing", "socket", "subprocess", "threading"}
PYTORCH = {"torch", "torch_twin"}  # byhand.torch_twin is the one module of the package that needs PyTorch

# What to install for what is imported. NumPy comes with byhand.
PACKAGES = {
    "matplotlib": "matplotlib",
    "pandas": "pandas",
    "scipy": "scipy",
    "seaborn": "seaborn",
    "sklearn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
    "tqdm": "tqdm",
}
# The same for names of byhand that need more than NumPy.
OURS = {
    "claim": "scipy",
    "data": "scikit-learn",
    "estimators": "scikit-learn",
    "mean_interval": "scipy",
    "plots": "matplotlib",
    "share_interval": "scipy",
}

KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}  # what JupyterLite calls it

WHY = "*This cell asks PyTorch, which does not run in the browser, or uses what PyTorch gave above.*"
INSTALL = "# byhand comes with this site, the rest from where Python for browsers is published.\n"
REST = "# What the cell above makes without PyTorch, for the cells below.\n"


def edition(notebook, wheel):
    """The notebook for the browser, or None when too little of it would run there.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Stays as it is. One code cell is tagged `setup`; what that cell does is replaced.
    wheel : str
        File name of the wheel of byhand that the site carries.
    """
    setup = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
    if len(setup) != 1:
        raise ValueError(f"edition: {len(setup)} cells are tagged setup, expected one, which installs byhand.")
    chapter = [cell for cell in notebook.cells if cell.cell_type == "code" and cell is not setup[0]]
    pieces = {cell.id: split(cell.source) for cell in chapter}
    if any(IMPOSSIBLE & piece.imported for piece in chain(*pieces.values())):
        return None
    mark(chain(*pieces.values()))
    if sum(map(is_to_read, pieces.values())) > MOST_LEFT_OUT * len(pieces):
        return None
    made = nbformat.from_dict({**notebook, "cells": []})
    made.metadata["kernelspec"] = dict(KERNEL)
    for cell in notebook.cells:
        if cell is setup[0]:
            made.cells.append(changed(cell, install(chain(*pieces.values()), wheel), outputs=[]))
        else:
            made.cells += without_pytorch(cell, pieces.get(cell.id, []))
    nbformat.validate(made)
    return made


def changed(cell, source, **parts):
    return nbformat.from_dict({**cell, "source": source, **parts})


# ---- a cell, piece by piece -------------------------------------------------------------------


@dataclass
class Piece:
    """A statement of a cell with the comments above it, or several that share a line."""

    text: str
    statements: list[ast.stmt]
    left_out: bool = False

    @cached_property
    def imported(self):
        """Every part of every name that is imported: `from torch import nn` gives torch and nn."""
        names = []
        for node in self.walk():
            if isinstance(node, ast.Import | ast.ImportFrom):
                names += [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        return set(".".join(names).split("."))

    @property
    def imports_only(self):
        return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in self.statements)

    def walk(self):
        return chain(*map(ast.walk, self.statements))


def split(source):
    """The pieces of a cell. Lines for IPython (%magic, !command) are no Python, and need nothing."""
    python = re.sub(r"^([ \t]*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        statements = ast.parse(python).body
    except SyntaxError as error:
        raise ValueError(f"edition: a code cell is not Python ({error}). Fix the cell:\n{source}") from error
    lines, pieces, end = source.split("\n"), [], 0
    for node in statements:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
        if first <= end:
            pieces[-1].statements.append(node)
        else:
            pieces.append(Piece("", [node]))
        pieces[-1].text += "".join(f"{line}\n" for line in lines[end : node.end_lineno])
        end = node.end_lineno
    return pieces


def mark(pieces):
    """Find the pieces that need PyTorch: those that import it, and those that use a spoilt name.

    A piece that is left out spoils the names it would define and the objects it would change; one that is
    not left out, and defines a name anew, makes it good again.
    """
    spoilt, modules = set(), set()
    for piece in pieces:
        used, defined, imports = names(piece.statements)
        modules |= imports
        piece.left_out = bool(PYTORCH & piece.imported or used & spoilt)
        if piece.left_out:
            spoilt |= defined | (set(changes(piece)) - modules)
        else:
            spoilt -= defined


def names(statements):
    """Names of the notebook that statements use before they define them, that they define, and that they import."""
    used, defined, imports = set(), set(), set()
    for statement in in_order(statements):
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        used |= set(globals_used(table)) - defined
        for symbol in table.get_symbols():
            if symbol.is_imported():
                imports.add(symbol.get_name())
            if symbol.is_imported() or symbol.is_assigned():
                defined.add(symbol.get_name())
    return used, defined, imports


def in_order(statements):
    """Statements, those in loops and `with` one by one, so that what a loop counts is set before it is used."""
    for node in statements:
        match node:
            case ast.For():
                value = ast.Subscript(node.iter, ast.Constant(0), ast.Load())
                yield ast.fix_missing_locations(ast.Assign([node.target], value))
                yield from in_order([*node.body, *node.orelse])
            case ast.With():
                for item in node.items:
                    targets = [item.optional_vars] if item.optional_vars else []
                    made = ast.Assign(targets, item.context_expr) if targets else ast.Expr(item.context_expr)
                    yield ast.fix_missing_locations(made)
                yield from in_order(node.body)
            case ast.AugAssign(target=ast.Name(name)):  # the symbol table sees only that the name is set
                yield ast.fix_missing_locations(ast.Expr(ast.Name(name, ast.Load())))
                yield node
            case _:
                yield node


def globals_used(table):
    """Names that a piece of code takes from the notebook, directly or in its functions and comprehensions."""
    at_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (at_top or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from globals_used(inner)


def changes(piece):
    """Names of the objects that code changes in place: by name[...] = ..., name.attribute = ..., name.method(...)."""
    for node in piece.walk():
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from owner(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from owner(node.value.func)


def owner(node):
    depth = 0
    while isinstance(node, ast.Subscript | ast.Attribute):
        node, depth = node.value, depth + 1
    if depth and isinstance(node, ast.Name):
        yield node.id


# ---- the cells of the edition -----------------------------------------------------------------


def is_to_read(pieces):
    """Whether something is left out of a cell besides imports, which nobody misses."""
    return any(piece.left_out and not piece.imports_only for piece in pieces)


def install(pieces, wheel):
    """Source of the setup cell: install byhand and what the statements that run need besides."""
    name, version, *_ = parse_wheel_filename(wheel)
    needs = set()
    for piece in pieces:
        if not piece.left_out:
            mentioned = piece.imported | {node.attr for node in piece.walk() if isinstance(node, ast.Attribute)}
            needs |= {package for key, package in PACKAGES.items() if key in piece.imported}
            needs |= {package for key, package in OURS.items() if key in mentioned}
    wanted = " ".join([f"{name}=={version}", *sorted(needs)])
    return f"{INSTALL}%pip install --quiet {wanted}"


def without_pytorch(cell, pieces):
    """What stands in the edition in place of a cell: the cell, or one to read and one with what is left to run."""
    if not any(piece.left_out for piece in pieces):
        return [nbformat.from_dict(cell)]
    kept = "".join(piece.text for piece in pieces if not piece.left_out).strip("\n")
    if not is_to_read(pieces):
        commented = (re.sub("^(?=.)", "# ", p.text, flags=re.MULTILINE) if p.left_out else p.text for p in pieces)
        return [changed(cell, "".join(commented).rstrip("\n"))]
    rest = changed(cell, REST + kept, id=f"{cell.id}-rest", outputs=[])
    return [to_read(cell), rest] if kept else [to_read(cell)]


def to_read(cell):
    """The cell as Markdown: why it does not run, its code, and what it printed, if the notebook says so."""
    parts = [WHY, fenced(cell.source, "python")]
    parts += [fenced(text.rstrip("\n")) for text in map(printed, cell.outputs) if text.strip()]
    if cell.metadata.get("jupyter", {}).get("source_hidden"):  # folded among the code: folded here
        parts = ["<details>", "<summary>A cell that asks PyTorch</summary>", *parts, "</details>"]
    metadata = {key: value for key, value in cell.metadata.items() if key not in {"jupyter", "cellView"}}
    return nbformat.v4.new_markdown_cell("\n\n".join(parts), id=cell.id, metadata=metadata)


def printed(output):
    """The text of an output; empty for a picture."""
    if output.output_type == "stream":
        return output.text
    data = output.get("data", {})
    return "" if any(kind.startswith("image/") for kind in data) else data.get("text/plain", "")
