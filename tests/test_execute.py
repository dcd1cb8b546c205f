"""The tool that runs the pages."""

from execute import join_streams
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def test_pieces_of_a_stream_are_joined_wherever_they_were_cut():
    picture = new_output("display_data", data={"text/plain": "a picture"})
    cells = [
        new_code_cell("a", outputs=[stream("one, "), stream("two\n"), stream("oh", "stderr"), stream("three\n")]),
        new_code_cell("b", outputs=[stream("before"), picture, stream("after "), stream("it")]),
        new_markdown_cell("text"),
    ]
    notebook = new_notebook(cells=cells)
    join_streams(notebook)
    assert [o.text for o in cells[0].outputs] == ["one, two\n", "oh", "three\n"]
    assert [o.get("text", "picture") for o in cells[1].outputs] == ["before", "picture", "after it"]
