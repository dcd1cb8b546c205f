"""Build the wheel of byhand that the site publishes for the notebooks.

    python tools/wheel.py [_build/html/wheels]

It is built from a copy, since setuptools leaves a folder `build` behind from which a module that is gone
would find its way into the next wheel. The same sources give the same bytes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "code")
# Any fixed moment that a zip file can hold; the wheel's files carry it as their date.
EPOCH = "946684800"


def build_wheel(root, folder):
    """Build the wheel of the package below `root` into `folder`, which then holds no other. Returns its path."""
    with TemporaryDirectory() as temporary:
        copy, made = Path(temporary) / "source", Path(temporary) / "made"
        copy.mkdir()
        for name in SOURCES:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            else:
                shutil.copy2(root / name, copy / name)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run(
            [*command, "--wheel-dir", str(made), str(copy)], check=True, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
        )
        (wheel,) = made.glob("*.whl")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return Path(shutil.copy2(wheel, folder))


def main(arguments):
    folder = Path(arguments[0]) if arguments else ROOT / "_build" / "html" / "wheels"
    build_wheel(ROOT, folder.resolve())


if __name__ == "__main__":
    main(sys.argv[1:])
