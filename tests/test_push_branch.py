"""Publishing a folder as a branch: what is pushed, what is kept, and what is refused."""

import base64
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_ABOUT_US = ("GIT_", "GITHUB_")


def git(*arguments, cwd):
    done = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def push(branch, folder, remote=None, **env):
    """Run the tool as a workflow does, with no more of the environment than it needs."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(NOT_ABOUT_US)}
    command = [sys.executable, ROOT / "tools" / "push_branch.py", branch, folder]
    return subprocess.run(
        command + (["--remote", remote] if remote else []), env=own | env, capture_output=True, text=True, cwd=ROOT
    )


def write(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def remote(tmp_path):
    """A repository with a commit on main."""
    path = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(path), cwd=tmp_path)
    commit_by_hand(path, tmp_path / "first", "main", "chapter.md")
    return path


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "notebooks", one="1\n", two="2\n")


def commit_by_hand(remote, clone, branch, name):
    """Somebody else adds a file to a branch."""
    git("clone", "--quiet", str(remote), str(clone), cwd=remote.parent)
    found = git("ls-remote", "--heads", "origin", branch, cwd=clone)
    git("switch", "--quiet", *([branch] if found else ["--orphan", branch]), cwd=clone)
    write(clone, **{name: "by hand\n"})
    git("add", name, cwd=clone)
    git("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "By hand", cwd=clone)
    git("push", "--quiet", "origin", branch, cwd=clone)


def history(remote, branch="notebooks"):
    return git("log", "--format=%an: %s", branch, cwd=remote).splitlines()


def content(remote, branch="notebooks"):
    names = git("ls-tree", "-r", "--name-only", branch, cwd=remote).splitlines()
    return {name: git("show", f"{branch}:{name}", cwd=remote) for name in names}


def branches(remote):
    return git("for-each-ref", "--format=%(refname:short)", "refs/heads", cwd=remote).split()


def test_the_first_push_begins_a_branch_of_its_own(remote, folder):
    done = push("notebooks", folder, remote, GITHUB_SHA="abc123")
    assert done.returncode == 0, done.stderr
    assert history(remote) == ["github-actions[bot]: Built from abc123"]
    files = content(remote)
    readme = files.pop("README.md")
    assert files == {"one": "1", "two": "2"}
    assert readme.startswith("# The branch notebooks\n") and "main branch" in readme
    assert done.stdout.split() == ["notebooks:", "now", "at", git("rev-parse", "notebooks", cwd=remote)]
    assert history(remote, "main") == ["Ann: By hand"]


def test_without_a_change_there_is_no_commit(remote, folder):
    assert push("notebooks", folder, remote, GITHUB_SHA="1").returncode == 0
    done = push("notebooks", folder, remote, GITHUB_SHA="2")
    assert done.returncode == 0 and "unchanged" in done.stdout
    assert len(history(remote)) == 1


def test_changed_and_deleted_and_added_files_arrive(remote, folder):
    assert push("notebooks", folder, remote, GITHUB_SHA="1").returncode == 0
    (folder / "one").unlink()
    write(folder, two="22\n", three="3\n")
    assert push("notebooks", folder, remote, GITHUB_SHA="2").returncode == 0
    assert {name: text for name, text in content(remote).items() if name != "README.md"} == {"two": "22", "three": "3"}
    assert history(remote) == [f"github-actions[bot]: Built from {sha}" for sha in "21"]


def test_what_somebody_pushed_meanwhile_stays_in_the_history(remote, folder, tmp_path):
    assert push("notebooks", folder, remote, GITHUB_SHA="1").returncode == 0
    commit_by_hand(remote, tmp_path / "other", "notebooks", "foreign")
    assert push("notebooks", folder, remote, GITHUB_SHA="2").returncode == 0
    assert history(remote) == ["github-actions[bot]: Built from 2", "Ann: By hand", "github-actions[bot]: Built from 1"]
    assert "foreign" not in content(remote) and content(remote)["one"] == "1"


def git_after(line, folder):
    """A PATH on which git runs a line of shell first."""
    program = folder / "git"
    folder.mkdir()
    program.write_text(f'#!/bin/sh\n{line}\nexec {shutil.which("git")} "$@"\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_a_push_that_comes_too_late_is_refused_and_not_forced(remote, folder, tmp_path):
    """Somebody is quicker between our look at the branch and our push."""
    assert push("notebooks", folder, remote, GITHUB_SHA="1").returncode == 0
    commit_by_hand(remote, tmp_path / "other", "notebooks", "foreign")
    late = git("rev-parse", "notebooks", cwd=remote)
    git("update-ref", "refs/heads/notebooks", "notebooks~", cwd=remote)
    meanwhile = f'[ "$1" = push ] && {shutil.which("git")} -C "{remote}" update-ref refs/heads/notebooks {late}'
    write(folder, one="changed\n")
    done = push("notebooks", folder, remote, GITHUB_SHA="2", PATH=git_after(meanwhile, tmp_path / "bin"))
    assert done.returncode == 1 and "git push failed" in done.stderr and "rejected" in done.stderr
    assert history(remote) == ["Ann: By hand", "github-actions[bot]: Built from 1"]


def test_programs_stay_executable_and_ignored_and_hidden_files_are_published(remote, folder):
    write(folder, **{".gitignore": "two\n", "postBuild": "#!/bin/sh\n"})
    (folder / "postBuild").chmod(0o755)
    assert push("binder", folder, remote).returncode == 0
    assert {".gitignore", "two"} <= set(content(remote, "binder"))
    assert git("ls-tree", "binder", "postBuild", cwd=remote).startswith("100755 ")


def test_a_readme_of_its_own_is_kept(remote, folder):
    write(folder, **{"README.md": "# Mine\n"})
    assert push("notebooks", folder, remote).returncode == 0
    assert content(remote)["README.md"] == "# Mine"


def test_the_source_is_named_at_home_too(remote, folder):
    assert push("notebooks", folder, remote).returncode == 0
    assert history(remote) == [f"github-actions[bot]: Built from {git('rev-parse', 'HEAD', cwd=ROOT)}"]


@pytest.mark.parametrize(
    ("branch", "name", "complaint"),
    [
        ("notebooks", "missing", "is not a folder"),
        ("notebooks", "empty", "holds no file"),
        ("notebooks", "hollow", "holds no file"),
        ("two words", "notebooks", "cannot be the name of a branch"),
        ("main", "notebooks", "is the repository's main branch"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_pushed(remote, folder, tmp_path, branch, name, complaint):
    (tmp_path / "empty").mkdir()
    (tmp_path / "hollow" / "inside").mkdir(parents=True)
    done = push(branch, tmp_path / name, remote)
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith("Nothing was pushed: ") and complaint in done.stderr
    assert branches(remote) == ["main"] and history(remote, "main") == ["Ann: By hand"]


def test_a_repository_that_cannot_be_reached_is_not_taken_for_one_without_the_branch(tmp_path, folder):
    done = push("notebooks", folder, tmp_path / "nowhere.git")
    assert done.returncode == 1 and "git ls-remote failed" in done.stderr


def test_without_an_address_the_error_says_what_to_set(folder):
    done = push("notebooks", folder)
    assert done.returncode == 1 and "set GITHUB_REPOSITORY to owner/name, or give --remote" in done.stderr


class Guard(http.server.BaseHTTPRequestHandler):
    """A server that lets nobody in and remembers who came."""

    seen = []

    def do_GET(self):
        self.seen.append((self.path, self.headers["Authorization"]))
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Keep silent: the test reads `seen`."""


def test_the_token_reaches_the_server_and_neither_a_command_nor_a_message(folder, tmp_path):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = push(
            "notebooks",
            folder,
            GITHUB_SERVER_URL=f"http://127.0.0.1:{server.server_port}",
            GITHUB_REPOSITORY="Ann/Book",
            GITHUB_TOKEN="secret-token",
            no_proxy="127.0.0.1",
            PATH=git_after(f'echo "$@" >> "{tmp_path}/commands"', tmp_path / "bin"),
        )
        server.shutdown()
    path, header = Guard.seen[0]
    assert path.startswith("/Ann/Book/info/refs")
    assert base64.b64decode(header.removeprefix("Basic ")) == b"x-access-token:secret-token"
    assert done.returncode == 1 and "git ls-remote failed" in done.stderr
    commands = (tmp_path / "commands").read_text(encoding="utf-8")
    assert "ls-remote" in commands
    for text in (commands, done.stderr, done.stdout):
        assert "secret" not in text and header.split()[1] not in text
