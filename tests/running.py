"""Notebooks run again, and the outputs of the build to compare with."""

import functools
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from built_site import ROOT
from execute import read_notebook
from execution_cache import cache_folder
from packaging.requirements import Requirement

HOST = ("numpy", "matplotlib", "scikit-learn", "seaborn", "torch")  # what Colab has, of what the book uses
KERNEL = ("ipykernel", "pip")


@functools.cache
def notebook_of(name):
    """The notebook of a page of the book, without outputs, or None when it has no cells."""
    return read_notebook(ROOT / f"{name}.md")


def cached_outputs(name):
    """Outputs of a page's code cells in the cache that belongs to the present package."""
    from jupyter_cache import get_cache

    cache = get_cache(str(cache_folder(ROOT)))
    try:
        record = cache.match_cache_notebook(notebook_of(name))
    except KeyError:
        pytest.fail(f"{name}.md was not run since it, or the package, changed. Run `make book`.", pytrace=False)
    return outputs_of(cache.get_cache_bundle(record.pk).nb)


def outputs_of(notebook):
    """What each code cell gave, without counters and what else differs from run to run."""
    return [
        [
            {key: value for key, value in output.items() if key not in {"execution_count", "metadata"}}
            for output in merged(cell.get("outputs", []))
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def merged(outputs):
    """Outputs with neighbouring pieces of one stream joined: where a stream is cut is up to timing."""
    joined = []
    for output in outputs:
        if output["output_type"] == "stream" and joined and joined[-1].get("name") == output["name"]:
            joined[-1] = {**joined[-1], "text": joined[-1]["text"] + output["text"]}
        else:
            joined.append(dict(output))
    return joined


def run(notebook, folder, kernel="python3"):
    """Run a notebook, in place, in a folder, as `make book` runs pages."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    sockets = Config({"KernelManager": {"transport": "ipc", "ip": f"{folder.parent}/kernel"}})
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name=kernel, timeout=300, resources=resources, config=sockets).execute()


def with_dependencies(names):
    """Names of installed distributions and of all that they need."""
    waiting, found = list(names), {}
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        found[name] = distribution(name)
        for line in found[name].requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                try:
                    distribution(wanted.name)
                except PackageNotFoundError:
                    continue  # optional on this platform, or served by another package
                waiting.append(wanted.name)
    return found


def clean_environment(folder, packages, wheel=None):
    """An environment of its own with some of the installed packages and nothing else; returns its kernel's name.

    The packages are links to what is installed here: the versions are those of the book, and nothing is fetched.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for found in with_dependencies(packages).values():
        for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(found.locate_file(top)).resolve())
    python = folder / "bin" / "python"
    if wheel is not None:
        install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", str(wheel)]
        subprocess.run(install, check=True)
    kernel = folder / "share" / "jupyter" / "kernels" / folder.name
    kernel.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": folder.name, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(folder / "share" / "jupyter"), os.environ.get("JUPYTER_PATH")])
    )
    return folder.name
