"""The repository keeps what its documents promise: layout, commands, pins, licences, labels, a light import."""

import ast
import itertools
import os
import re
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from execute import pages

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = pages(ROOT)
NAMES = [path.relative_to(ROOT).with_suffix("").as_posix() for path in CHAPTERS]


def text_of(name):
    path = ROOT / name
    assert path.is_file(), f"{name} is missing"
    return path.read_text(encoding="utf-8")


def run_python(*arguments, cwd=ROOT):
    """Output of a fresh interpreter that is not told of the tests' settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ---- the README's promises --------------------------------------------------------------------


def shell_blocks(text):
    return re.findall(r"^```bash\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def make_commands(text):
    """Targets that a text tells the reader to make: in blocks of shell lines and between backquotes."""
    lines = itertools.chain(*(block.splitlines() for block in shell_blocks(text)), re.findall(r"`([^`\n]+)`", text))
    return {match[1] for line in lines if (match := re.match(r"make ([a-z]+)\b", line.strip()))}


def make_targets():
    return set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE))


def test_commands_are_found_in_a_text():
    text = "Try `make serve`, `make` or `cmake x`.\n\n```bash\nmake book   # builds\n```\n"
    assert make_commands(text) == {"serve", "book"}


def test_the_layout_that_the_readme_promises_is_there():
    rows = re.findall(r"^\| (`.+?) \|", text_of("README.md"), flags=re.MULTILINE)
    promised = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert {"index.md", "book/", "code/byhand/", "tests/", "tools/"} <= set(promised)
    missing = [name for name in promised if not ((ROOT / name).is_dir() if name[-1] == "/" else (ROOT / name).exists())]
    assert not missing, f"README.md names what is not there: {missing}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_within_the_repository_lead_somewhere(name):
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text_of(name))
    assert links or name != "README.md"
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "book/how-to-read.md"])
def test_commands_that_readers_are_told_exist(name):
    commands = make_commands(text_of(name))
    assert {"test"} <= commands <= make_targets()


def test_the_readme_has_its_two_commands():
    (block,) = shell_blocks(text_of("README.md"))
    assert [line.split("#")[0].strip() for line in block.splitlines()] == ["make book", "make test"]


def test_continuous_integration_runs_the_readmes_test_command():
    script = ROOT / ".ci" / "run"
    commands = [line.strip() for line in script.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in commands
    assert commands[-1] == "make test"


# ---- the package ------------------------------------------------------------------------------


def test_the_folder_named_code_does_not_hide_the_standard_library():
    """`code` is also a module of Python's, which pdb needs; a folder without __init__.py gives way to it."""
    assert not (ROOT / "code" / "__init__.py").exists()
    found = run_python("-c", "import code, pdb; print(code.__file__); print(pdb.__file__)").splitlines()
    standard = Path(sysconfig.get_path("stdlib")).resolve()
    assert [Path(path).resolve().parent for path in found] == [standard, standard]


def test_importing_the_package_is_quick_and_brings_nothing_heavy():
    times = []
    for _ in range(5):
        start = time.perf_counter()
        loaded = run_python("-c", "import sys, byhand; print(*sorted({name.split('.')[0] for name in sys.modules}))")
        times.append(time.perf_counter() - start)
        assert {"byhand", "numpy"} <= set(loaded.split())
        assert not {"matplotlib", "torch", "sklearn", "tqdm", "IPython", "seaborn"} & set(loaded.split())
    assert min(times) < 0.3, f"the quickest of five interpreters took {min(times):.2f} s to start and import byhand"


def test_versions_agree():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert citation["version"] == project["version"] == run_python("-c", "import byhand; print(byhand.__version__)")


def test_the_citation_has_what_the_format_requires():
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] in {"software", "dataset"}
    assert citation["message"] and citation["title"] == yaml.safe_load(text_of("_config.yml"))["title"]
    assert citation["authors"] and all(
        author.get("name") or author.get("family-names") for author in citation["authors"]
    )
    assert isinstance(citation["date-released"], date)
    assert set(citation["license"]) == {"MIT", "CC-BY-4.0"}


def test_licences_are_there_in_words():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    mit = " ".join(text_of("LICENSE").split())
    assert project["license"] == "MIT" and project["license-files"] == ["LICENSE"]
    for words in (
        "Permission is hereby granted, free of charge",
        "The above copyright notice and this permission notice shall be included in all copies",
        'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND',
        project["authors"][0]["name"],
    ):
        assert words in mit
    prose = text_of("LICENSE-TEXT.md")
    assert "CC BY 4.0" in prose and "https://creativecommons.org/licenses/by/4.0/legalcode" in prose
    fonts = ROOT / "book" / "_static" / "fonts"
    families = {re.sub(r"(-italic)?\.woff2$", "", path.name) for path in fonts.glob("*.woff2")}
    assert families and not [name for name in families if not (fonts / f"{name}-LICENSE.txt").is_file()]


# ---- pins -------------------------------------------------------------------------------------


def requirement_lines(name):
    lines = (line.strip() for line in text_of(name).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines):
    """Name -> version of lines that are nothing but `name==version`."""
    found = {}
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!]+)", line)
        assert match, f"not pinned to one version: {line!r}"
        assert normal(match[1]) not in found, f"named twice: {line!r}"
        found[normal(match[1])] = match[2]
    return found


def locked(name="requirements.lock"):
    """(name, version, hashes) of each entry of the lock; a package may differ by platform and so occur twice."""
    joined = re.sub(r"\s*\\\n\s*", " ", text_of(name))
    for line in joined.splitlines():
        if line and not line.startswith("#"):
            head = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
            assert head, f"{name}: {line[:80]!r} is not pinned"
            yield normal(head[1]), head[2], re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line)


def test_a_loose_requirement_would_be_noticed():
    for line in ("numpy", "numpy>=2", "numpy==2.*", "numpy==2.0 ; python_version < '3'"):
        with pytest.raises(AssertionError, match="not pinned"):
            pins([line])


def test_requirements_are_pinned_and_end_with_the_package_itself():
    *packages, last = requirement_lines("requirements.txt")
    assert last == "-e ."
    book, tests = pins(packages), pins(requirement_lines("requirements-test.txt"))
    assert {"numpy", "torch", "jupyter-book"} <= set(book) and "pytest" in tests
    assert not set(book) & set(tests)


def test_the_lock_holds_the_same_versions_with_hashes():
    entries = list(locked())
    wanted = pins(requirement_lines("requirements.txt")[:-1])
    wanted.pop("torch")  # its builds differ by platform: the Makefile installs it by itself
    for name, version in wanted.items():
        assert {found for key, found, _ in entries if key == name} == {version}, f"{name}: run `make lock`"
    assert not [name for name, _, hashes in entries if not hashes], "entries without a hash"
    assert "torch" not in {name for name, _, _ in entries}


@pytest.mark.parametrize("name", ["requirements-lite", "requirements-browser"])
def test_the_locks_of_the_notebooks_in_the_browser_hold_the_same_versions_with_hashes(name):
    entries = list(locked(f"{name}.lock"))
    wanted = pins(requirement_lines(f"{name}.txt"))
    for package, version in wanted.items():
        assert {found for key, found, _ in entries if key == package} == {version}, f"{package}: run `make lock`"
    assert wanted and not [package for package, _, hashes in entries if not hashes], "entries without a hash"


def test_a_package_has_one_version_on_the_page_and_in_the_browser():
    book, browser = (
        pins(requirement_lines("requirements.txt")[:-1]),
        pins(requirement_lines("requirements-browser.txt")),
    )
    both = book.keys() & browser.keys()
    assert "seaborn" in both and not [name for name in both if book[name] != browser[name]]


# ---- chapters ---------------------------------------------------------------------------------


def test_chapters_and_contents_are_the_same():
    assert len(NAMES) == len(set(NAMES))
    assert not [name for name in NAMES if not (ROOT / f"{name}.md").is_file()], "in _toc.yml, but not there"
    files = {path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "book").glob("*.md")}
    assert files <= set(NAMES), f"not in _toc.yml: {sorted(files - set(NAMES))}"


def front_matter(name):
    match = re.match(r"---\n(.*?)\n---\n", text_of(f"{name}.md"), flags=re.DOTALL)
    assert match, f"{name}.md has no front matter"
    return yaml.safe_load(match[1])


@pytest.mark.parametrize("name", NAMES)
def test_front_matter(name):
    head = front_matter(name)
    assert 30 <= len(head["myst"]["html_meta"]["description"]) <= 200
    if "{code-cell}" in text_of(f"{name}.md"):
        assert head["kernelspec"]["name"] == "python3"
        written = head["jupytext"]["text_representation"]
        assert (written["extension"], written["format_name"]) == (".md", "myst")


def labels(text):
    """Every label that a page defines: sections, formulas, figures, exercises, solutions, glued values."""
    yield from re.findall(r"^\(([^()\s]+)\)=\s*$", text, flags=re.MULTILINE)
    yield from re.findall(r"^\$\$ \(([^()\s]+)\)\s*$", text, flags=re.MULTILINE)
    yield from re.findall(r"^ *:?(?:label|name): *(?!python3\s*$)([\w:-]+)\s*$", text, flags=re.MULTILINE)
    yield from glued(text)


def glued(text):
    return re.findall(r"\bglue\(\s*[\"']([\w:-]+)[\"']", text)


def namespaced(label, stem):
    kind = r"(?:(?:eq|fig|tab|ex|sol|prf|alg|thm|def)-)?"
    return bool(re.fullmatch(rf"sec:{stem}(?::[\w-]+)?|{kind}{stem}-[\w-]+", label))


def test_labels_are_found_and_told_apart():
    text = (
        "kernelspec:\n  name: python3\n(sec:a:b)=\n## B\n$$\nx\n$$ (eq-a-x)\n"
        "    name: fig-a-f\n:label: ex-a-e\nglue('a-n', 1)\n"
    )
    assert list(labels(text)) == ["sec:a:b", "eq-a-x", "fig-a-f", "ex-a-e", "a-n"]
    assert all(namespaced(label, "a") for label in labels(text))
    assert not any(namespaced(label, "a") for label in ("fig-ab-f", "sec:ab", "eq-x", "b-n", "fig-a"))


@pytest.mark.parametrize("name", NAMES)
def test_labels_begin_with_the_chapters_name(name):
    text, stem = text_of(f"{name}.md"), Path(name).name
    strays = [label for label in labels(text) if not namespaced(label, stem)]
    assert not strays, f"{name}.md: labels outside its own names: {strays}"
    if name != "index":
        assert f"sec:{stem}" in labels(text)


def test_labels_are_unique():
    found = Counter()
    for name in NAMES:
        if (ROOT / f"{name}.md").is_file():
            found.update(label.lower() for label in labels(text_of(f"{name}.md")))
    assert found and not [label for label, times in found.items() if times > 1]


GATE = re.compile(r"^`{3,}\{(exercise|solution)-(start|end)\}[^\n]*\n(?::label: (\S+)\n)?", flags=re.MULTILINE)
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def gated(text):
    """(kind, label, text between the gates) of each exercise and solution, in order."""
    open_gate = None
    for gate in GATE.finditer(text):
        kind, edge, label = gate.groups()
        if edge == "start":
            assert open_gate is None, f"{label} begins inside another exercise or solution"
            open_gate = (kind, label, gate.end())
        else:
            assert open_gate and open_gate[0] == kind, f"an end of a {kind} without its start"
            yield kind, open_gate[1], text[open_gate[2] : gate.start()]
            open_gate = None
    assert open_gate is None, f"{open_gate and open_gate[1]} is never closed"


def cells_in(text):
    """Syntax trees of the code cells in a piece of a page, option lines left out."""
    sources = (re.sub(r"\A(---\n.*?\n---\n|(?::[^\n]*\n)+)", "", body, flags=re.DOTALL) for body in CELL.findall(text))
    return [ast.parse(source) for source in sources]


def definitions(trees):
    """Names of the functions and classes that cells define."""
    kinds = ast.FunctionDef, ast.ClassDef
    return {node.name for tree in trees for node in tree.body if isinstance(node, kinds)}


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_has_a_blank_a_checker_and_a_solution_that_judges_itself(name):
    blocks = list(gated(text_of(f"{name}.md")))
    exercises = {label: body for kind, label, body in blocks if kind == "exercise"}
    solutions = {label: body for kind, label, body in blocks if kind == "solution"}
    assert set(solutions) == {re.sub("^ex-", "sol-", label) for label in exercises}
    for label, body in exercises.items():
        blanks, answer = cells_in(body), solutions[re.sub("^ex-", "sol-", label)]
        assert definitions(blanks) & definitions(cells_in(answer)), (
            f"{label}: blank and solution have no name in common"
        )
        dots = [
            node for tree in blanks for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value is ...
        ]
        assert dots, f"{label}: nothing is left for the reader to fill in"
        assert "Hint 1" in body, f"{label}: no hint"
        checked = re.search(rf"^% checker: {re.escape(label)}$", body, flags=re.MULTILINE) or re.search(
            r"\bcheck\(\s*[\"'][\w-]+[\"']", body
        )
        assert checked, f"{label}: no place for its checker"
        asserted = any(isinstance(node, ast.Assert) for tree in cells_in(answer) for node in ast.walk(tree))
        assert asserted or re.search(r"\bcheck\(", answer), f"{label}: its solution judges nothing"


# ---- words that belong to one machine ---------------------------------------------------------

# Put together from pieces, so that this file does not contain what it looks for.
FOLDERS = ["/" + "/".join(parts) + "/" for parts in (("roo" + "t",), ("wo" + "rk",), ("Us" + "ers",))]
HOSTS = [
    ".".join(parts)
    for parts in (
        ("py" + "pi", "org"),
        ("python" + "hosted", "org"),
        ("ana" + "conda", "org"),
        ("npm" + "js", "org"),
        ("download", "py" + "torch", "org"),
    )
]
# Somebody's home; "reader" is the made-up person of the faults that the canaries plant.
HOME = "/ho" + r"me/(?!reader/)[\w.-]+/"
FORBIDDEN = re.compile(
    "|".join([*(rf"(?<![\w.:/-]){folder}(?=[\w.])" for folder in FOLDERS), HOME, *map(re.escape, HOSTS)])
)


def tracked_texts():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b"\0"
        if b"\0" not in content:
            yield name, content.decode("utf-8")


def test_no_text_names_a_machine_or_a_package_registry():
    texts = dict(tracked_texts())
    assert {"README.md", "Makefile", "requirements.lock"} <= set(texts)
    found = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in texts.items()
        for match in FORBIDDEN.finditer(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", [f"see {FOLDERS[0]}x", f'"{FOLDERS[1]}a/b"', "/ho" + "me/me/x", f"https://{HOSTS[0]}/simple"]
)
def test_such_a_name_would_be_found(text):
    assert FORBIDDEN.search(text)
    assert not FORBIDDEN.search("book/root/x, ../work/, https://example.org/root/, a home/page/")
