"""Write a page's resolved document tree as the Markdown that every notebook program understands.

The builder has resolved everything by then: references carry the text and the address they lead to, quoted
numbers are text, formulas and figures have their numbers. What is left is to write each kind of node in
plain Markdown. A kind that is not known here is reported, and the build fails: nothing of the book's own
markup reaches a notebook.

A page becomes a list of pieces: text, as `str`, and `Cell`, the place of a code cell. Text in which a code
cell stands is cut in two, for a notebook's cells do not nest.
"""

import re
from dataclasses import dataclass
from html import escape
from itertools import groupby

from docutils import nodes

# What plays no part in a notebook: places to link to, and notes to the author.
SILENT = {"target", "comment", "meta", "index", "colspec", "live_caption", "substitution_definition"}
# Nodes that only hold others.
HOLDERS = {"document", "compound", "container", "inline", "generated", "still", "legend", "glossary", "tgroup"}
BOXES = {"note": "Note", "tip": "Tip", "warning": "Warning", "important": "Important", "seealso": "See also"}


@dataclass(frozen=True)
class Cell:
    """The place of a code cell: its index among the page's cells, and the title it is folded under, if any."""

    index: int
    folded_under: str = ""


class UnknownNode(Exception):
    """A kind of node that this module has no Markdown for."""


def escaped(text):
    """Text with a backslash before whatever Markdown would take for markup."""
    return re.sub(r"([\\`*_\[\]<>$~])", r"\\\1", text)


def one_line(text):
    return re.sub(r"\s*\n\s*", " ", text).strip()


def in_a_table(text):
    """Text that can stand in a table: the bar that ends a column is written in another way."""
    in_formulas = re.sub(
        r"(?<!\\)\$[^$]+(?<!\\)\$",
        lambda formula: formula[0].replace(r"\|", r"\Vert ").replace("|", r"\vert "),
        text,
    )
    return in_formulas.replace("|", r"\|")


def fenced(code, language=""):
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
    return f"{fence}{language}\n{code}\n{fence}"


def indented(text, by):
    return re.sub(r"^(?=.)", " " * by, text, flags=re.MULTILINE)


def quoted(text):
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def folded(summary, text):
    return f"<details>\n<summary>{escape(summary)}</summary>\n\n{text}\n\n</details>"


class PlainMarkdown:
    """Turns nodes into Markdown.

    Parameters
    ----------
    address : callable
        From a reference node to the address to link to, or None where there is nothing to lead to.
    number : callable
        From a kind ("section", "figure", "displaymath", "exercise") and an anchor to the number, "2.1", or "".
    picture : callable
        From an image node to the address of the picture.
    """

    def __init__(self, address, number, picture):
        self.address, self.number, self.picture = address, number, picture
        self.depth = 0

    # ---- pieces of a page -----------------------------------------------------------------------

    def pieces(self, node):
        """Markdown blocks and code cells, in the order of the page."""
        name = type(node).__name__
        if name in SILENT or (name == "raw" and node.astext().lstrip().startswith("<script")):
            return []
        if name == "container" and node.get("nb_element") == "cell_code":
            return [Cell(node["cell_index"]), *self.captions(node)]
        if name in HOLDERS and any(not self.is_inline(child) for child in node.children):
            return self.pieces_in(node)
        if name in BOXES:
            return self.boxed(BOXES[name], self.pieces_in(node))
        writer = getattr(self, f"block_{name}", None)
        if writer is not None:
            return writer(node)
        if self.is_inline(node):
            text = one_line(self.inline(node))
            return [text] if text else []
        raise UnknownNode(name)

    def pieces_in(self, node):
        return [piece for child in node.children for piece in self.pieces(child)]

    def text_in(self, node):
        """The blocks of a node as one text, or None when there are code cells among them."""
        pieces = self.pieces_in(node)
        return "\n\n".join(pieces) if all(isinstance(piece, str) for piece in pieces) else None

    def is_inline(self, node):
        name = type(node).__name__
        if name in HOLDERS:
            return all(self.is_inline(child) for child in node.children)
        return name in SILENT or isinstance(node, nodes.Text) or hasattr(self, f"inline_{name}")

    def captions(self, cell):
        """Captions and descriptions of what a code cell draws: the picture itself is the cell's output.

        An output has no place for a description, so it stands below, for those who do not see the picture.
        """
        found = []
        for image in cell.findall(nodes.image):
            if "only-dark" in image["classes"]:
                continue
            figure = image.parent
            while figure is not cell and not isinstance(figure, nodes.figure):
                figure = figure.parent
            if figure is not cell:
                found += [self.caption(figure, caption) for caption in figure.findall(nodes.caption)]
            found.append(folded("What the figure shows", escaped(one_line(image.get("alt", "")))))
        return found

    def caption(self, figure, caption):
        number = self.number("figure", figure["ids"][0]) if figure["ids"] else ""
        return f"**Fig. {number}** {one_line(self.inline_in(caption))}" if number else one_line(self.inline_in(caption))

    # ---- blocks ---------------------------------------------------------------------------------

    def block_section(self, node):
        self.depth += 1
        pieces = self.pieces_in(node)
        self.depth -= 1
        return pieces

    def block_title(self, node):
        number = self.number("section", node.parent["ids"][0]) if node.parent and node.parent["ids"] else ""
        return [f"{'#' * self.depth} {f'{number}. ' if number else ''}{one_line(self.inline_in(node))}"]

    def block_rubric(self, node):
        return [f"**{one_line(self.inline_in(node))}**"]

    def block_paragraph(self, node):
        text = one_line(self.inline_in(node))
        # At the head of a line these would begin a list, a heading or a quotation.
        return [re.sub(r"^(\d+)([.)]\s)|^(?=[#+>-]\s)", lambda m: f"{m[1]}\\{m[2]}" if m[1] else "\\", text)]

    def block_literal_block(self, node):
        language = node.get("language", "")
        language = {"ipython3": "python", "none": "", "default": ""}.get(language, language)
        return [fenced(node.astext().rstrip("\n"), language)]

    def block_math_block(self, node):
        formula = re.sub(r"\n\s*\n", "\n", node.astext().strip())
        if r"\\" in formula and not node.get("nowrap"):
            formula = f"\\begin{{split}}\n{formula}\n\\end{{split}}"  # as the site does
        number = self.number("displaymath", node["ids"][0]) if node["ids"] else ""
        tag = rf" \tag{{{number}}}" if number else ""
        return [f"$$\n{formula}{tag}\n$$"]

    def block_block_quote(self, node):
        return [quoted("\n\n".join(self.pieces_in(node)))]

    def block_transition(self, node):
        return ["***"]

    def block_bullet_list(self, node, bullet=lambda i: "- "):
        items = []
        for i, item in enumerate(node.children):
            text = self.text_in(item)
            if text is None:
                raise UnknownNode("list with a code cell in it")
            if [type(child).__name__ for child in item.children[1:]] in (["bullet_list"], ["enumerated_list"]):
                text = text.replace("\n\n", "\n", 1)  # a list below its sentence, without a gap
            items.append(bullet(i) + indented(text, len(bullet(i))).lstrip())
        loose = any("\n\n" in item for item in items)
        return [("\n\n" if loose else "\n").join(items)]

    def block_enumerated_list(self, node):
        start = node.get("start", 1)
        return self.block_bullet_list(node, lambda i: f"{start + i}. ")

    def block_definition_list(self, node):
        entries = []
        for item in node.children:
            terms = [one_line(self.inline_in(child)) for child in item.children if isinstance(child, nodes.term)]
            texts = [self.text_in(child) for child in item.children if isinstance(child, nodes.definition)]
            entries.append(f"- **{', '.join(terms)}**: " + indented("\n\n".join(texts), 2).lstrip())
        return ["\n".join(entries)]

    def block_table(self, node):
        title = [f"**{one_line(self.inline_in(child))}**" for child in node.children if isinstance(child, nodes.title)]
        rows = [[self.cell_of_a_table(entry) for entry in row.children] for row in node.findall(nodes.row)]
        line = "|" + "---|" * len(rows[0])
        drawn = ["| " + " | ".join(row) + " |" for row in rows]
        return [*title, "\n".join([drawn[0], line, *drawn[1:]])]

    def cell_of_a_table(self, entry):
        text = self.text_in(entry)
        if text is None or "```" in text:
            raise UnknownNode("table with code blocks in it")
        return in_a_table(re.sub(r"\n+", "<br>", text))

    def block_figure(self, node):
        images = [image for image in node.findall(nodes.image) if "only-dark" not in image["classes"]]
        captions = [self.caption(node, caption) for caption in node.findall(nodes.caption)]
        return [*(self.inline_image(image) for image in images), *captions]

    def block_admonition(self, node):
        title, *rest = node.children
        return self.boxed(one_line(self.inline_in(title)), [piece for child in rest for piece in self.pieces(child)])

    def boxed(self, title, pieces):
        if all(isinstance(piece, str) for piece in pieces):
            return [quoted("\n\n".join([f"**{title}**", *pieces]))]
        return [f"**{title}**", *pieces]

    def block_live(self, node):
        return [quoted("\n\n".join(["**A figure that moves** stands here on the book's site.", *self.pieces_in(node)]))]

    def block_dropdown_main(self, node):
        title, *rest = node.children
        summary = one_line(title.children[0].astext())  # beside it stands the drawing of an arrow
        pieces = [piece for child in rest for piece in self.pieces(child)]
        if all(isinstance(piece, str) for piece in pieces):
            return [folded(summary, "\n\n".join(pieces))]
        return [f"**{summary}**", *pieces]

    def exercise_title(self, node):
        title = node.children[0]
        number = self.number("exercise", node["ids"][0])
        return one_line(title.get("title", "Exercise %s") % number + self.inline_in(title))

    def block_exercise_enumerable_node(self, node):
        text = [piece for child in node.children[1:] for piece in self.pieces_in(child)]
        return [f"**{self.exercise_title(node)}**", *text]

    def block_solution_node(self, node):
        """Text folds by itself; a code cell is folded by the program that shows the notebook, under a title."""
        title = one_line(node.children[0].astext())
        pieces = [piece for child in node.children[1:] for piece in self.pieces_in(child)]
        found = []
        for is_text, run in groupby(pieces, lambda piece: isinstance(piece, str)):
            together = list(run)
            found += [folded(title, "\n\n".join(together))] if is_text else [Cell(c.index, title) for c in together]
        return found

    # ---- inside a paragraph ---------------------------------------------------------------------

    def inline(self, node):
        if isinstance(node, nodes.Text):
            return escaped(str(node))
        name = type(node).__name__
        if name in SILENT:
            return ""
        writer = getattr(self, f"inline_{name}", self.inline_in if name in HOLDERS else None)
        if writer is None:
            raise UnknownNode(name)
        return writer(node)

    def inline_in(self, node):
        return "".join(self.inline(child) for child in node.children)

    def around(self, mark, node):
        """Text between two marks, which must stand at its first and last letter."""
        text = self.inline_in(node)
        bare = text.strip()
        return text.replace(bare, f"{mark}{bare}{mark}") if bare else text

    def inline_emphasis(self, node):
        return self.around("*", node)

    inline_title_reference = inline_emphasis

    def inline_strong(self, node):
        return self.around("**", node)

    def inline_literal(self, node):
        text = node.astext()
        ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
        pad = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{ticks}{pad}{text}{pad}{ticks}"

    def inline_math(self, node):
        return f"${one_line(node.astext())}$"

    def inline_subscript(self, node):
        return f"<sub>{self.inline_in(node)}</sub>"

    def inline_superscript(self, node):
        return f"<sup>{self.inline_in(node)}</sup>"

    def inline_reference(self, node):
        text = self.inline_in(node)
        address = self.address(node)
        return f"[{text.strip()}]({address})" if address and text.strip() else text

    inline_number_reference = inline_reference

    def inline_image(self, node):
        if "only-dark" in node["classes"]:
            return ""  # the same picture again
        return f"![{escaped(one_line(node.get('alt', '')))}]({self.picture(node)})"
