"""The content that is used, and the wheel as somebody else installs it."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from bgsync.content import content_root, load_content

ROOT = Path(__file__).parents[1]


def test_the_nearest_project_folder_with_both_content_folders_is_used(tmp_path: Path) -> None:
    for name in ("model", "properties"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert content_root(deep) == tmp_path


def test_a_folder_with_only_one_of_them_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "__init__.py").write_text("")
    assert content_root(tmp_path) == ROOT


def test_loading_puts_the_content_first_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["elsewhere"])
    assert load_content(ROOT) == ROOT
    assert sys.path == [str(ROOT), "elsewhere"]
    load_content(ROOT)
    assert sys.path == [str(ROOT), "elsewhere"]


def test_without_any_content_the_error_names_the_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import bgsync.content

    monkeypatch.setattr(bgsync.content, "__file__", str(tmp_path / "x" / "y" / "content.py"))
    with pytest.raises(FileNotFoundError, match="run inside a bgsync project, or reinstall"):
        content_root(tmp_path)


def test_the_wheel_installed_elsewhere_runs_the_main_job(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False, system_site_packages=False)
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    assert (target / "bgsync" / "_content" / "model" / "one_off.py").is_file()
    assert (target / "bgsync" / "py.typed").is_file()
    job = (
        "import sys; sys.path = [p for p in sys.path if p != sys.argv[1]]; sys.path.insert(0, sys.argv[2]);"
        "from bgsync.cli import main; main(['check', '--granularity', 'algorithm', '--format', 'json'])"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", job, str(ROOT), str(target)], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert "shipped" in report["model"]
    assert any(v["property"] == "retry-delay" and v["verdict"] == "violated" for v in report["verdicts"])
