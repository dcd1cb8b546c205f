"""The wheel that the site publishes: pure Python, NumPy alone, the same from the same sources, complete."""

import email
import shutil
import subprocess
import zipfile

import pytest
import wheel as tool
from built_site import HTML, ROOT, require_build
from running import clean_environment


@pytest.fixture(scope="module")
def published():
    require_build()
    (path,) = (HTML / "wheels").iterdir()
    return path


def test_it_is_pure_python_and_needs_numpy_alone(published):
    with zipfile.ZipFile(published) as archive:
        names = archive.namelist()
        (info,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        tags = email.message_from_bytes(archive.read(f"{info}/WHEEL"))
    assert published.name.endswith("-py3-none-any.whl")
    assert (tags["Tag"], tags["Root-Is-Purelib"]) == ("py3-none-any", "true")
    assert [line for line in metadata.get_all("Requires-Dist") if "extra ==" not in line] == ["numpy>=2.0"]
    assert metadata["License-Expression"] == "MIT"
    code = {name for name in names if not name.startswith(info)}
    written = {path.relative_to(ROOT / "code").as_posix() for path in (ROOT / "code" / "byhand").rglob("*.py")}
    assert code == written
    # Most of it is the catalogue of mistakes, a file an exercise.
    assert published.stat().st_size < 400_000


def test_it_is_the_wheel_of_the_present_sources_to_the_byte(published, tmp_path):
    again = tool.build_wheel(ROOT, tmp_path / "wheels")
    assert again.name == published.name
    assert again.read_bytes() == published.read_bytes()
    assert not (ROOT / "build").exists()


def test_a_wheel_of_another_version_does_not_stay(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "byhand-0.0.1-py3-none-any.whl").write_bytes(b"old")
    made = tool.build_wheel(ROOT, folder)
    assert [path.name for path in folder.iterdir()] == [made.name]


def test_a_build_that_fails_leaves_the_published_wheel_as_it_was(tmp_path):
    source, folder = tmp_path / "source", tmp_path / "wheels"
    source.mkdir()
    for name in tool.SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        if name != "code":
            copy(ROOT / name, source / name)
    folder.mkdir()
    (folder / "published.whl").write_bytes(b"published")
    with pytest.raises(FileNotFoundError, match="code"):
        tool.build_wheel(source, folder)
    assert (folder / "published.whl").read_bytes() == b"published"


TRIAL = """
import importlib, pkgutil, sys
import byhand
from byhand import Adam, MSELoss, fit, gradcheck, mlp
from byhand.data import xor
from byhand.exercises import check, list_exercises
problem = xor()
network = mlp([2, 4, 1], activation="tanh", rng=0)
history = fit(network, MSELoss(), Adam(lr=0.05), problem.x, problem.y.reshape(-1, 1).astype(float), epochs=400,
              rng=0, progress=False)
assert history.loss[-1] < 0.01, history.loss[-1]
verdict = check("linear-forward", lambda x, W, b: x @ W + b)
assert not verdict and "transpose" in str(verdict).lower(), verdict
assert len(list_exercises()) > 60
print(byhand.__version__, *sorted({name.split(".")[0] for name in sys.modules} & {"scipy", "sklearn", "torch", "tqdm"}))
"""


def test_it_works_in_an_environment_with_numpy_and_nothing_else(published, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "")
    clean_environment(tmp_path / "bare", ("numpy",), published)
    python = tmp_path / "bare" / "bin" / "python"
    done = subprocess.run([python, "-I", "-W", "error", "-c", TRIAL], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [published.name.split("-")[1]]
    listed = subprocess.run(
        [python, "-c", "from importlib.metadata import distributions as d; print(*sorted(x.name for x in d()))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == ["byhand", "numpy"]


def test_what_needs_more_than_numpy_says_what_to_install(published, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "")
    clean_environment(tmp_path / "bare", ("numpy",), published)
    python = tmp_path / "bare" / "bin" / "python"
    for code, package in {
        "from byhand import plots; plots.use_style()": "matplotlib",
        "from byhand.data import iris; iris()": "scikit-learn",
        "from byhand import mlp; from byhand.torch_twin import to_torch; to_torch(mlp([2, 1], rng=0))": "torch",
        "from byhand import mean_interval; mean_interval([1.0, 2.0, 3.0])": "scipy",
    }.items():
        done = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode and f"pip install {package}" in done.stderr, (code, done.stderr[-300:])
