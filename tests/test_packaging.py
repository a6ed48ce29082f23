"""The wheel as somebody else installs it, and that what lies in the folder where bgsync runs is never run."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.specs import PRINT_QUEUE

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is what is run beside a check

ROOT = Path(__file__).parents[1]
FAST = ("--granularity", "algorithm", "--calls", "1", "--format", "json")
BINARY = str(Path(sys.executable).with_name("bgsync"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder of a text, with packages and modules beside it that leave a trace when they are run."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    leave = f"open({str(tmp_path / 'trace')!r}, 'a').write(__name__ + chr(10))\n"
    names = ("model/__init__", "model/one_off", "model/background_sync/__init__", "model/background_sync/content",
             "properties/__init__", "properties/general", "properties/background_sync", "content", "conftest",
             "sitecustomize")  # fmt: skip
    for name in names:
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(leave, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("command", "target"),
    [
        *(((BINARY,), target) for target in ((), ("one-off",), ("print.bs",), (".",))),
        *(((sys.executable, "-m", "bgsync.cli"), target) for target in ((), ("print.bs",))),
    ],
    ids=lambda words: "-".join(Path(word).name for word in words) or "none",
)
def test_nothing_in_the_folder_that_is_checked_is_run(
    hostile: Path, command: tuple[str, ...], target: tuple[str, ...]
) -> None:
    asked = [*command, "check", *target, "--property", "promise-settles", *FAST]
    done = subprocess.run(asked, cwd=hostile, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {v["property"]: v["verdict"] for v in json.loads(done.stdout)["verdicts"]} == {"promise-settles": "holds"}
    assert not (hostile.parent / "trace").exists()
    assert not list(hostile.rglob("__pycache__"))


def test_it_is_run_when_it_is_named_as_content(hostile: Path) -> None:
    """So the trace of the other test would be seen."""
    done = subprocess.run([BINARY, "check", "--content", "."], cwd=hostile, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "there is no CONTENT" in done.stderr
    assert (hostile.parent / "trace").read_text().endswith(".content\n")


def test_the_wheel_has_its_content_in_its_own_package_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "bgsync",
        next(n for n in names if "/METADATA" in n).split("/")[0],
    }
    assert {f"bgsync/shipped/{each}/__init__.py" for each in ("model", "properties")} <= set(names)
    for folder in ("model", "properties"):
        there = (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
        ours = {f"bgsync/shipped/{path.relative_to(ROOT)}" for path in there}
        assert {name for name in names if name.startswith(f"bgsync/shipped/{folder}/")} == ours
    assert len(names) == len(set(names)), "nothing is in it twice"
    assert "bgsync/py.typed" in names


def test_the_wheel_says_its_licence_and_has_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        said = archive.read(metadata).decode()
        licence = archive.read(metadata.replace("METADATA", "licenses/LICENSE")).decode()
    assert "License-Expression: MIT\n" in said
    assert "License-File: LICENSE\n" in said
    assert licence == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_wheel_installed_elsewhere_runs_the_main_job(wheel: Path, hostile: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    assert not {"model", "properties"} & {path.name for path in target.iterdir()}
    job = (
        "import sys; ours = ('', sys.argv[1], sys.argv[1] + '/src');"
        "sys.path = [sys.argv[2], *(p for p in sys.path if p not in ours)];"
        "import bgsync; assert bgsync.__file__.startswith(sys.argv[2]), bgsync.__file__;"
        "from bgsync.cli import main; main(sys.argv[3:])"
    )
    asked = ("check", "--property", "retry-delay", "--with", "skipped", *FAST)
    run = [sys.executable, "-c", job, str(ROOT), str(target), *asked]
    done = subprocess.run(run, cwd=hostile, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["model"].startswith("one-off")
    assert any(v["property"] == "retry-delay" and v["verdict"] == "violated" for v in report["verdicts"])
    assert not (hostile.parent / "trace").exists()
