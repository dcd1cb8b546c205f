"""Publish a folder as the whole content of a branch, in a commit on top of what the branch holds.

    python tools/push_branch.py BRANCH FOLDER [--remote ADDRESS]

Nothing is ever forced, so everybody's commits stay in the branch's history; without a change there is no
commit. The address is taken from GITHUB_SERVER_URL and GITHUB_REPOSITORY, and the right to push from
GITHUB_TOKEN, if there is one. Needs git and nothing else.
"""

import argparse
import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
BOT = {"NAME": "github-actions[bot]", "EMAIL": "41898282+github-actions[bot]@users.noreply.github.com"}
README = """\
# The branch {branch}

Publishing makes this branch; each of its commits names the one it was built from. Do not change anything here:
the next edition replaces the whole content. What it is made from is on the repository's main branch.
"""


class Refusal(Exception):
    """Why nothing was pushed, and what to do about it."""


def server():
    return os.environ.get("GITHUB_SERVER_URL") or "https://github.com"


def environment():
    """Environment of git: who commits, and the token, which so appears in no command and no address."""
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    for role in ("AUTHOR", "COMMITTER"):
        for key, value in BOT.items():
            env.setdefault(f"GIT_{role}_{key}", value)
    if token := env.pop("GITHUB_TOKEN", None):
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        number = int(env.get("GIT_CONFIG_COUNT") or 0)
        env["GIT_CONFIG_COUNT"] = str(number + 1)
        env[f"GIT_CONFIG_KEY_{number}"] = f"http.{server()}/.extraheader"
        env[f"GIT_CONFIG_VALUE_{number}"] = f"Authorization: Basic {secret}"
    return env


def git(*arguments, cwd):
    done = subprocess.run(["git", *arguments], cwd=cwd, env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise Refusal(f"git {arguments[0]} failed:\n{done.stderr.strip()}")
    return done.stdout.strip()


def address():
    """Address of the repository that the environment names."""
    name = os.environ.get("GITHUB_REPOSITORY")
    if not name:
        raise Refusal("no repository to push to: set GITHUB_REPOSITORY to owner/name, or give --remote ADDRESS")
    return f"{server()}/{name}"


def check(branch, folder):
    if subprocess.run(["git", "check-ref-format", f"refs/heads/{branch}"]).returncode:
        raise Refusal(f"{branch!r} cannot be the name of a branch")
    if not folder.is_dir():
        raise Refusal(f"{folder} is not a folder: build what is to be published first")
    if not any(path.is_file() for path in folder.rglob("*")):
        raise Refusal(f"{folder} holds no file: publishing it would empty the branch {branch}")


def tip(branch, remote):
    """Commit that the branch points to, or None when there is no such branch yet."""
    lines = git("ls-remote", "--symref", remote, "HEAD", f"refs/heads/{branch}", cwd=ROOT).splitlines()
    found = {name: value for value, name in (line.split("\t") for line in lines) if name != "HEAD"}
    if f"ref: refs/heads/{branch}\tHEAD" in lines:
        raise Refusal(f"{branch} is the repository's main branch: its content would be replaced; name another one")
    return found.get(f"refs/heads/{branch}")


def push(branch, folder, remote):
    """Returns the new commit, or None when the branch holds just that already."""
    check(branch, folder)
    if Path(remote).exists():
        remote = str(Path(remote).resolve())
    source = os.environ.get("GITHUB_SHA") or git("rev-parse", "HEAD", cwd=ROOT)
    parent = tip(branch, remote)
    with TemporaryDirectory(prefix="branch-") as scratch:
        work = Path(scratch) / "tree"
        shutil.copytree(folder, work)
        if not (work / "README.md").exists():
            (work / "README.md").write_text(README.format(branch=branch), encoding="utf-8")
        git("init", "--quiet", cwd=work)
        # --force: what somebody's list of ignored files names is published too; no line ends are translated.
        git("-c", "core.autocrlf=false", "add", "--all", "--force", cwd=work)
        tree = git("write-tree", cwd=work)
        if parent:
            git("fetch", "--quiet", "--depth=1", remote, parent, cwd=work)
            if git("rev-parse", f"{parent}^{{tree}}", cwd=work) == tree:
                return None
        history = ["-p", parent] if parent else []
        commit = git("commit-tree", tree, *history, "-m", f"Built from {source}", cwd=work)
        git("push", "--quiet", remote, f"{commit}:refs/heads/{branch}", cwd=work)
    return commit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("branch")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--remote", help="address or path of the repository; default: the one the environment names")
    arguments = parser.parse_args()
    try:
        commit = push(arguments.branch, arguments.folder, arguments.remote or address())
    except Refusal as reason:
        print(f"Nothing was pushed: {reason}", file=sys.stderr)
        return 1
    print(f"{arguments.branch}: " + (f"now at {commit}" if commit else "unchanged"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
