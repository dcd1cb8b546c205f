"""Build JupyterLite, which runs the book's notebooks in a reader's browser, into _build/html/lite.

    python tools/lite.py

The notebooks are those of _build/lite_contents, which the book's build writes; byhand comes from the wheel in
_build/html/wheels. Nothing is done when nothing has changed. What is published is complete or not there at all:
it is built beside its place, looked at, and then moved.

A reader's browser fetches Python itself, and NumPy and the like, from where Pyodide is published: no package
index has NumPy for browsers. To serve these yourself, put the full distribution of Pyodide of the same version
on your server and set BOOK_PYODIDE_URL to the address of its `pyodide.mjs`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, time
from itertools import chain
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".venv-lite"  # holds JupyterLite and the wheels of requirements-browser.txt
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# What a reader may change in the settings, and how it is at first: the system's theme; no news, no updates.
SETTINGS = {
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}
# Menus of links to other sites.
SWITCHED_OFF = ["@jupyterlab/help-extension:resources", "@jupyterlab/help-extension:jupyter-forum"]


class Incomplete(Exception):
    """JupyterLite could not be built, and why."""


def ingredients(root, tools):
    """The notebooks and the wheels that JupyterLite is made of, that of byhand first."""
    notebooks = sorted((root / "_build" / "lite_contents").glob("*.ipynb"))
    ours = sorted((root / "_build" / "html" / "wheels").glob("byhand-*.whl"))
    others = sorted((tools / "wheels").glob("*.whl"))
    if not notebooks:
        raise Incomplete("no notebooks in _build/lite_contents, expected the chapters. Fix: make book.")
    if len(ours) != 1:
        found = ", ".join(wheel.name for wheel in ours) or "none"
        raise Incomplete(f"wheels of byhand in _build/html/wheels: {found}; expected one. Fix: make clean, make book.")
    if not others or not (tools / "bin" / "jupyter").exists():
        raise Incomplete(f"{tools} holds no JupyterLite, or no wheels. Fix: remove it, make book.")
    return notebooks, [*ours, *others]


def configuration(root, env):
    """What jupyter-lite.json says: the book's title, what is switched off, where Pyodide is."""
    title = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["title"]
    settings = {"appName": title, "disabledExtensions": SWITCHED_OFF}
    if env.get("BOOK_PYODIDE_URL"):
        settings["litePluginSettings"] = {KERNEL: {"pyodideUrl": env["BOOK_PYODIDE_URL"]}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}


def released(root):
    """When the book was released, in seconds since 1970: the date that its files show, in every build the same."""
    date = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))["date-released"]
    return int(datetime.combine(date, time(), UTC).timestamp())


def fingerprint(root, files, *said):
    """A digest of all that the result depends on."""
    found = hashlib.sha256(json.dumps(said).encode())
    for path in [*files, root / "requirements-lite.lock", Path(__file__)]:
        found.update(f"\0{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def compose(folder, notebooks, wheels, said, date, tools):
    """Build the site in `folder` and return where it lies, once everything is found to be there."""
    (folder / "jupyter-lite.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    site = folder / "site"
    command = [tools / "bin" / "jupyter", "lite", "build", "--lite-dir", folder, "--output-dir", site]
    command += ["--contents", notebooks[0].parent, "--settings-overrides", "overrides.json"]
    command += chain(*(("--piplite-wheels", wheel) for wheel in wheels))
    command += ["--apps", "lab", "--apps", "notebooks", "--no-sourcemaps", "--no-unused-shared-packages"]
    command += ["--source-date-epoch", str(date)]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Incomplete(f"jupyter lite build ended with status {done.returncode}:\n{done.stdout[-3000:]}")
    wanted = [site / "lab" / "index.html", site / "notebooks" / "index.html"]
    wanted += [site / "files" / notebook.name for notebook in notebooks] + [
        site / "pypi" / wheel.name for wheel in wheels
    ]
    missing = [str(path.relative_to(site)) for path in wanted if not path.is_file()]
    if missing:
        raise Incomplete(f"jupyter lite build says it is done, but there is no {', '.join(missing)}.")
    return site


def build(root, tools=TOOLS, env=os.environ):
    """Bring _build/html/lite up to date and return what was done, in a sentence."""
    notebooks, wheels = ingredients(root, tools)
    said, date = configuration(root, env), released(root)
    now, note = fingerprint(root, [*notebooks, *wheels], said, SETTINGS, date), root / "_build" / ".lite"
    published = root / "_build" / "html" / "lite"
    if published.is_dir() and note.exists() and note.read_text(encoding="utf-8") == now:
        return "JupyterLite is up to date."
    with tempfile.TemporaryDirectory(prefix=".lite-", dir=root / "_build") as folder:
        site = compose(Path(folder), notebooks, wheels, said, date, tools)
        note.unlink(missing_ok=True)
        if published.exists():
            shutil.rmtree(published)
        site.rename(published)
    note.write_text(now, encoding="utf-8")
    size = sum(path.stat().st_size for path in published.rglob("*") if path.is_file())
    return f"JupyterLite: {len(notebooks)} notebooks, {size / 1e6:.0f} MB."


def main():
    try:
        print(build(ROOT))
    except Incomplete as error:
        print(f"JupyterLite was not built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
