"""Write requirements.lock: every package a build of the book installs, with versions and hashes.

PyTorch is left out: its builds differ by platform, and the Makefile installs the version that
requirements.txt pins before anything else. What it needs in turn is pure Python and is listed here, so
that installing the lock never changes what PyTorch works with.

Needs `uv`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEEDED_BY_TORCH = ("filelock", "fsspec", "jinja2", "networkx", "setuptools>=77,<82", "sympy", "typing-extensions")


def wanted():
    """The lines of requirements.txt that name packages to look up, and what PyTorch needs."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not re.match(r"#|-e |torch==", line)]
    return "\n".join([*kept, *NEEDED_BY_TORCH]) + "\n"


def main():
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11"]
    command += ["--no-emit-index-url", "--no-annotate", "--no-header", "-"]
    done = subprocess.run(command, input=wanted(), capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    head = "# Every package that a build installs, besides torch. Made by `make lock` from requirements.txt.\n"
    (ROOT / "requirements.lock").write_text(head + done.stdout, encoding="utf-8")
    print(f"requirements.lock: {done.stdout.count('==')} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
