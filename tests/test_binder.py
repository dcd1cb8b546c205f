"""The image for Binder, as repo2docker would build it from the folder `binder/`, which is a branch of its own.

`--no-build` writes the Dockerfile without an engine that could build it. Whether the chapters need more than
the image has is judged by their import statements.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from built_site import ROOT, SOURCES
from execute import read_notebook
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

FOLDER = ROOT / "binder"
REPO2DOCKER = Path(sys.executable).with_name("jupyter-repo2docker")
INSTALL = "pip install --no-cache-dir -r"
# Names under which packages are imported, where they differ, and what comes with others or with every Binder image.
IMPORTED_AS = {"scikit-learn": "sklearn"}
BROUGHT = {"scikit-learn": ["scipy", "threadpoolctl"], "seaborn": ["pandas"]}


def dockerfile(branch):
    """The instructions that repo2docker writes for a branch with this content, and what it says of Python."""
    assert REPO2DOCKER.exists(), "jupyter-repo2docker is missing: pip install -r requirements-test.txt"
    done = subprocess.run(
        [REPO2DOCKER, "--no-build", "--debug", branch],
        cwd=branch.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    (python,) = [match[1] for line in lines if (match := re.search(r"environment for python=(\S+)$", line))]
    return python, [line for line in lines if re.match("(COPY|RUN) ", line)]


def positions(lines, words):
    """Where instructions with these words stand."""
    return [number for number, line in enumerate(lines) if words in line]


@pytest.fixture
def branch(tmp_path):
    """The branch `binder`: the content of the folder, and nothing else."""
    return Path(shutil.copytree(FOLDER, tmp_path / "branch"))


def requirements():
    lines = (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def torch_pin(text):
    (pin,) = re.findall(r"\btorch==(\S+)", text)
    return pin


def test_the_environment_is_installed_before_the_content_arrives(branch):
    python, lines = dockerfile(branch)
    assert python in SpecifierSet(
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    )
    assert python == "3.11"
    (named,), (installed,) = positions(lines, "COPY --chown=0:0 src/requirements.txt"), positions(lines, INSTALL)
    (content,), (last,) = positions(lines, " src/ "), positions(lines, "RUN ./postBuild")
    assert named < installed < content < last
    assert not positions(lines, "pip install --no-cache-dir .")


@pytest.mark.parametrize("line", [".", "-e ./code", "-r ../requirements.txt"])
def test_a_requirement_that_is_a_path_is_noticed(branch, line):
    with (branch / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    _, lines = dockerfile(branch)
    (installed,), (content,) = positions(lines, INSTALL), positions(lines, " src/ ")
    assert installed > content


def test_a_package_at_the_top_is_noticed(branch):
    shutil.copy(ROOT / "pyproject.toml", branch)
    _, lines = dockerfile(branch)
    assert positions(lines, "pip install --no-cache-dir .")


def test_versions_are_those_of_the_book():
    wanted = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    book = dict(re.findall(r"^([\w-]+)==(\S+)$", wanted, flags=re.MULTILINE))
    for requirement in requirements():
        (pin,) = requirement.specifier
        assert pin.operator == "==" and pin.version == book.get(requirement.name, pin.version), requirement
    assert torch_pin((FOLDER / "postBuild").read_text(encoding="utf-8")) == torch_pin(wanted)


def test_the_image_has_what_the_chapters_import():
    names = [requirement.name for requirement in requirements()]
    has = {"torch", "byhand", "IPython"} | {IMPORTED_AS.get(name, name) for name in names}
    has |= {brought for name in names for brought in BROUGHT.get(name, [])}
    imported = {}
    for path in SOURCES:
        notebook = read_notebook(path)
        for cell in notebook.cells if notebook else []:
            for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else []:
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module] if isinstance(node, ast.ImportFrom) else []
                imported |= {module.split(".")[0]: path.stem for module in modules}
    assert {"numpy", "torch", "byhand"} <= set(imported)
    missing = {name: chapter for name, chapter in imported.items() if name not in has | sys.stdlib_module_names}
    assert not missing, f"imported by a chapter, but not in binder/requirements.txt: {missing}"


def test_the_last_step_can_be_run():
    script = FOLDER / "postBuild"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    assert {"uv", "nbgitpuller"} <= {requirement.name for requirement in requirements()}
