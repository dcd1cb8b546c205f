"""Renewing the pins, as far as that needs no network, and where PyTorch is looked for."""

import subprocess
from pathlib import Path

import lock
import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = """\
# Pinned.
jupyter-book==1.0.4.post1
Some_Package==1.2
torch==2.0.0
-e .
"""


def test_lines_that_name_no_package_are_not_looked_up():
    assert lock.packages(TEXT) == ["jupyter-book==1.0.4.post1", "Some_Package==1.2", "torch==2.0.0"]


def test_every_version_may_change_but_that_of_jupyter_book():
    assert lock.loosened(TEXT) == ["jupyter-book==1.0.4.post1", "Some_Package", "torch"]


def test_only_versions_are_renewed():
    found = {"jupyter-book": "1.0.4.post1", "some-package": "3.0", "torch": "2.9", "below": "7"}
    assert lock.renewed(TEXT, found) == TEXT.replace("1.2", "3.0").replace("2.0.0", "2.9")


def test_a_package_that_was_not_found_is_no_reason_to_write_half_a_file():
    with pytest.raises(KeyError, match="torch"):
        lock.renewed(TEXT, {"jupyter-book": "1", "some-package": "3.0"})


def test_files_that_repeat_versions_follow_and_keep_their_own():
    versions = {"torch": "2.9", "some-package": "3.0"}
    text = "# Some_Package is pinned.\nSome_Package==1.2\nuv==0.1\ninstall --cpu torch==2.0.0\n"
    assert lock.following(text, versions) == text.replace("1.2", "3.0").replace("2.0.0", "2.9")
    assert all("==" in (ROOT / name).read_text(encoding="utf-8") for name in lock.FOLLOWERS)


def test_the_real_pins_are_understood():
    loose = lock.loosened((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert [line.split("==")[0] for line in loose if "=" in line] == ["jupyter-book"]
    assert {"torch", "numpy", "myst-nb"} <= set(loose)


@pytest.mark.parametrize("index", ["", "https://example.org/cpu"])
def test_pytorch_alone_is_looked_for_where_the_reader_says(index):
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", ".venv/.book", f"TORCH_INDEX={index}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    installs = [line for line in done.stdout.splitlines() if "pip install" in line]
    assert ["torch==" in line for line in installs].count(True) == 1
    for line in installs:
        assert (f'--index-url "{index}"' in line) == ("torch==" in line and bool(index)), line
        assert index or "--index-url" not in line
