"""The files for other repositories: held to their schemas, and their commands run as they stand there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pre_commit.clientlib import load_manifest
from ruamel.yaml import YAML

from bgsync.report import form_of
from tests.specs import PRINT_QUEUE

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "check-spec.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
BROKEN = PRINT_QUEUE.replace("If |alone| is true", "If |alone| is false")
FAST = "--granularity algorithm --calls 1 --property gate --property fires-online"
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def workflow() -> Any:
    return YAML(typ="safe").load(WORKFLOW.read_text(encoding="utf-8"))


def step(name: str) -> Any:
    (found,) = (each for each in workflow()["jobs"]["check"]["steps"] if each.get("name") == name)
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), (*names, "commit", "-qm", "one")):
        subprocess.run(("git", *words), check=True, cwd=tmp_path, env=os.environ | GIT)
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Give the environment of a step: bgsync on the path, and the files that GitHub reads afterwards."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    return os.environ | GIT | {"PATH": path} | files | more


def test_the_workflow_is_one_by_the_schema_of_github() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_script_of_the_workflow_is_made_of_what_somebody_else_wrote() -> None:
    scripts = [each["run"] for each in workflow()["jobs"]["check"]["steps"] if "run" in each]
    assert len(scripts) == 4
    assert not any("${{" in script for script in scripts), "inputs come through the environment, never into a script"


@pytest.mark.parametrize(
    ("text", "base", "status"), [(PRINT_QUEUE, "HEAD", "0"), (PRINT_QUEUE, "", "1"), (BROKEN, "HEAD", "1")]
)
def test_the_script_of_the_workflow_reports_and_hands_on_the_status(
    repository: Path, text: str, base: str, status: str
) -> None:
    (repository / "spec" / "print.bs").write_text(text, encoding="utf-8")
    env = environment(repository, SPEC="spec/print.bs", BASE=base, ARGUMENTS=FAST)
    command = ["bash", "-e", "-o", "pipefail", "-c", step("Check the text")["run"]]
    result = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert (repository / "output").read_text() == f"status={status}\n"
    assert "### bgsync: spec/print.bs" in (repository / "summary").read_text(encoding="utf-8")
    assert ("::error " in result.stdout) is (status == "1")
    made = {path.name for path in (repository / "bgsync-report").iterdir()}
    assert made == {"report.html", "report.sarif", "report.xml", "report.json", "report.md"}


def test_bad_input_fails_the_job_and_leaves_no_report(repository: Path) -> None:
    env = environment(repository, SPEC="spec/nothing.bs", BASE="", ARGUMENTS="")
    subprocess.run(["bash", "-e", "-c", step("Check the text")["run"]], cwd=repository, env=env, check=True)
    assert (repository / "output").read_text() == "status=2\n"
    assert not (repository / "summary").exists()


@pytest.mark.parametrize(("status", "code"), [("0", 0), ("1", 1), ("2", 2), ("3", 0)])
def test_the_job_fails_by_the_status(status: str, code: int) -> None:
    script = step("Fail where something is broken")["run"]
    result = subprocess.run(["bash", "-e", "-c", script], env=os.environ | {"STATUS": status}, capture_output=True)
    assert result.returncode == code


def test_what_the_workflow_saves_is_what_its_steps_take() -> None:
    script = step("Check the text")["run"]
    saved = {Path(name) for name in re.findall(r"--save (\S+)", script)}
    assert {form_of(path) for path in saved} == {"sarif", "junit", "json", "markdown"}
    assert Path(step("Show the findings at their lines")["with"]["sarif_file"]) in saved
    assert "bgsync-report/report.md" in step("Comment on the pull request")["run"]


def test_the_hooks_are_ones_by_the_reader_of_pre_commit() -> None:
    hooks = {hook["id"]: hook for hook in load_manifest(str(HOOKS))}
    assert set(hooks) == {"bgsync", "bgsync-all"}
    assert all(hook["language"] == "python" for hook in hooks.values())


@pytest.mark.parametrize(
    ("hook", "text", "code"), [("bgsync", PRINT_QUEUE, 0), ("bgsync-all", PRINT_QUEUE, 1), ("bgsync", BROKEN, 1)]
)
def test_the_hooks_take_the_files_that_are_committed(repository: Path, hook: str, text: str, code: int) -> None:
    (entry,) = (each["entry"] for each in load_manifest(str(HOOKS)) if each["id"] == hook)
    (repository / "spec" / "print.bs").write_text(text, encoding="utf-8")
    (repository / "spec" / "same.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    subprocess.run(("git", "add", "spec/same.bs"), check=True, cwd=repository, env=os.environ | GIT)
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "two", "--", "spec/same.bs")
    subprocess.run(("git", *names), check=True, cwd=repository, env=os.environ | GIT)
    command = [*shlex.split(entry), *shlex.split(FAST), "spec/print.bs", "spec/same.bs"]
    result = subprocess.run(command, cwd=repository, env=environment(repository), capture_output=True, text=True)
    assert result.returncode == code, result.stdout + result.stderr


def test_the_page_on_it_names_every_input_and_every_hook() -> None:
    page = (ROOT / "docs" / "continuous.md").read_text(encoding="utf-8")
    inputs = workflow()["on"]["workflow_call"]["inputs"]
    for name in (*inputs, *(hook["id"] for hook in load_manifest(str(HOOKS)))):
        assert f"`{name}`" in page, name
