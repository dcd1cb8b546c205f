"""Run the book's notebooks in parallel and store their outputs in the execution cache.

Pages whose cells, and whatever the cells depend on, are unchanged are not run again. A failing cell is
reported with its page, its number and its traceback, and the exit status is 1.

    python tools/execute.py [--jobs N] [--timeout SECONDS]
"""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

from execution_cache import cache_folder  # noqa: E402 - found through the line above


def pages(root):
    """Files that the table of contents names, in its order."""
    import yaml

    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"], *(entry["file"] for part in toc.get("parts", []) for entry in part["chapters"])]
    names += [entry["file"] for entry in toc.get("chapters", [])]
    return [root / f"{name}.md" for name in names]


def read_notebook(path):
    """The notebook that a MyST page holds, or None when the page has no cells to run."""
    from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook

    text = path.read_text(encoding="utf-8")
    return read_myst_markdown_notebook(text, add_source_map=True) if is_myst_markdown_notebook(text) else None


def failing_cell(notebook):
    """Number (from 1, code cells only) of the first cell that ended in an error it was not meant to raise."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        expected = "raises-exception" in cell.metadata.get("tags", [])
        if not expected and any(output.output_type == "error" for output in cell.get("outputs", [])):
            return number
    return None


def join_streams(notebook):
    """Join neighbouring pieces of one output stream, in place.

    A kernel sends what is printed in pieces, cut wherever its clock says; a page that shows the pieces
    would differ from build to build.
    """
    for cell in notebook.cells:
        joined = []
        for output in cell.get("outputs", []):
            last = joined[-1] if joined else {}
            if output.output_type == "stream" == last.get("output_type") and output.name == last["name"]:
                last["text"] += output.text
            else:
                joined.append(output)
        if cell.cell_type == "code":
            cell.outputs = joined


def execute(root, jobs=None, timeout=300):
    """Run what is not in the cache yet. Returns the number of pages that failed."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from jupyter_cache.executors.utils import single_nb_execution
    from traitlets.config import Config

    cache = get_cache(str(cache_folder(root)))
    waiting = []
    for path in pages(root):
        notebook = read_notebook(path)
        if notebook is None:
            continue
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            waiting.append((path, notebook))
    if not waiting:
        print("Every page's outputs are up to date.")
        return 0

    failures = 0
    start = time.perf_counter()
    with TemporaryDirectory(prefix="book-") as sockets, ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        runs = {
            pool.submit(
                single_nb_execution,
                notebook,
                cwd=str(path.parent),
                allow_errors=False,
                timeout=timeout,
                # Sockets in a folder of our own, not network ports: nobody else on the machine can listen.
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/{number}"}}),
            ): (path, notebook)
            for number, (path, notebook) in enumerate(waiting)
        }
        for done, run in enumerate(as_completed(runs), start=1):
            path, notebook = runs[run]
            name, result = path.relative_to(root), run.result()
            if result.err:
                failures += 1
                cell = failing_cell(notebook)
                place = f"code cell {cell}" if cell else "a cell"
                print(f"[{done}/{len(runs)}] FAILED {name}, {place}\n{result.exc_string}", file=sys.stderr, flush=True)
                continue
            join_streams(notebook)
            cache.cache_notebook_bundle(
                CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time}),
                check_validity=False,
                overwrite=True,
            )
            print(f"[{done}/{len(runs)}] {name}  {result.time:.1f} s", flush=True)
    print(f"{len(runs) - failures} pages run in {time.perf_counter() - start:.0f} s, {failures} failed.")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of _toc.yml")
    parser.add_argument("--jobs", type=int, help="pages run at the same time; default: one a processor core")
    parser.add_argument("--timeout", type=int, default=300, help="longest time a cell may take, in seconds")
    arguments = parser.parse_args()
    # One thread a kernel: several pages run at once, and sums are then added in the same order every time.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("PYTHONHASHSEED", "0")
    return bool(execute(arguments.root.resolve(), arguments.jobs, arguments.timeout))


if __name__ == "__main__":
    sys.exit(main())
