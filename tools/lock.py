"""Write the locks: every package that an environment installs, with versions and hashes.

    requirements.lock          what builds the book
    requirements-lite.lock     what builds its JupyterLite
    requirements-browser.lock  wheels that JupyterLite carries, without what they need: Pyodide publishes that

    python tools/lock.py [--newest]

With --newest, requirements.txt is first given the newest versions that go together, and the files that
repeat some of its versions follow.

PyTorch is left out of the lock: its builds differ by platform, and the Makefile installs the version that
requirements.txt pins before anything else. What it needs in turn is pure Python and is listed here, so
that installing the lock never changes what PyTorch works with.

Needs `uv`, as requirements-test.txt pins it.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED_BY_TORCH = ("filelock", "fsspec", "jinja2", "networkx", "setuptools>=77,<82", "sympy", "typing-extensions")
# Name -> what is needed besides, and what uv is told.
LOCKS = {
    "requirements": (NEEDED_BY_TORCH, ()),
    "requirements-lite": ((), ()),
    "requirements-browser": ((), ("--no-deps",)),
}
# Files that repeat versions of requirements.txt, for machines that install less.
FOLLOWERS = ("requirements-browser.txt", "binder/requirements.txt", "binder/postBuild")
# Version 2 of Jupyter Book is another program, with other settings and without Sphinx's extensions.
KEPT = ("jupyter-book",)
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(requirements, *options):
    """uv's answer: what has to be installed for these lines, a package with its version each."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--python-version", "3.11"]
    command += ["--no-emit-index-url", "--no-annotate", "--no-header", *options, "-"]
    done = subprocess.run(command, input="\n".join(requirements) + "\n", capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def packages(text):
    """The lines of requirements.txt that name packages to look up."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith(("#", "-e "))]


def loosened(text):
    """The same packages in whatever version, besides those that are kept."""
    return [PIN.sub(lambda pin: pin[0] if normal(pin[1]) in KEPT else pin[1], line) for line in packages(text)]


def renewed(text, found):
    """The text of requirements.txt with the versions that `found` gives by name."""
    return PIN.sub(lambda pin: f"{pin[1]}=={found[normal(pin[1])]}", text)


def newest(text):
    found = {normal(name): version for name, version in PIN.findall(resolve(loosened(text)))}
    return renewed(text, found)


def following(text, versions):
    """A text in which each pin of a package that `versions` knows has the version given there."""
    return re.sub(
        r"\b([A-Za-z0-9._-]+)==([\w.]+)", lambda pin: f"{pin[1]}=={versions.get(normal(pin[1]), pin[2])}", text
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--newest", action="store_true", help="first renew the versions in requirements.txt")
    arguments = parser.parse_args()
    path = ROOT / "requirements.txt"
    text = path.read_text(encoding="utf-8")
    if arguments.newest:
        old, text = text, newest(text)
        for (name, before), (_, after) in zip(PIN.findall(old), PIN.findall(text), strict=True):
            if before != after:
                print(f"{name}: {before} -> {after}")
        versions = {normal(name): version for name, version in PIN.findall(text)}
        for name in FOLLOWERS:
            follower = ROOT / name
            follower.write_text(following(follower.read_text(encoding="utf-8"), versions), encoding="utf-8")
    texts = {name: (ROOT / f"{name}.txt").read_text(encoding="utf-8") for name in LOCKS} | {"requirements": text}
    locks = {}
    for name, (more, options) in LOCKS.items():
        wanted = [line for line in packages(texts[name]) if not line.startswith("torch==")]
        locks[name] = resolve([*wanted, *more], "--universal", "--generate-hashes", *options)
    path.write_text(text, encoding="utf-8")
    for name, lock in locks.items():
        but = ", besides torch" if "torch==" in texts[name] else ""
        head = f"# Every package that a build installs{but}. Made by `make lock` from {name}.txt.\n"
        (ROOT / f"{name}.lock").write_text(head + lock, encoding="utf-8")
        print(f"{name}.lock: {lock.count('==')} packages")


if __name__ == "__main__":
    main()
