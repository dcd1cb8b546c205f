"""`make links`: a page that is gone is found, a host that turns programs away is not accused, nothing is published."""

import http.server
import threading
from contextlib import contextmanager

from scratch_book import ScratchBook, page


class Host(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names: /404 is gone, /200 is there."""

    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *arguments):
        """Keep silent: what was answered is seen in the report."""


@contextmanager
def host():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def visit(folder, *statuses):
    with host() as address:
        links = " ".join(f"[{status}]({address}/{status})" for status in statuses)
        book = ScratchBook(folder, {"index": page("A book", "Text."), "links": page("Links", links)})
        passed, printed = book.make("links", no_proxy="127.0.0.1")
    return book, passed, printed


def test_pages_that_are_there_or_only_turn_programs_away_pass(tmp_path):
    book, passed, printed = visit(tmp_path, 200, 403, 503)
    assert passed, printed
    report = book.folder / "_build" / "links" / "_build" / "html" / "output.txt"
    assert "403 Client Error" in report.read_text(encoding="utf-8")
    assert not book.html.exists(), "the report lies among the published pages"


def test_a_page_that_is_gone_is_named(tmp_path):
    _, passed, printed = visit(tmp_path, 200, 404)
    assert not passed
    assert "links.md" in printed and "404 Client Error" in printed
    assert "No link is known to be dead" not in printed


def test_a_visit_that_never_took_place_does_not_pass(tmp_path):
    book = ScratchBook(tmp_path, {"index": page("A book", "Text."), "second": page("A page", "No link.")})
    (book.folder / "_config.yml").write_text("sphinx: [", encoding="utf-8")
    passed, printed = book.make("links")
    assert not passed and "No link is known to be dead" not in printed
