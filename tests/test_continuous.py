"""The files for other repositories: held to their schemas, and their commands run as they stand there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pre_commit.clientlib import load_manifest
from ruamel.yaml import YAML

from bgsync.report import form_of
from tests.actions import ACTIONS, FAST, GIT, action, environment, made_repository, step, steps
from tests.specs import PRINT_QUEUE

pytestmark = pytest.mark.usefixtures("explored_once")  # what is looked at is how a check is started

ROOT = Path(__file__).parents[1]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
BROKEN = PRINT_QUEUE.replace("If |alone| is true", "If |alone| is false")


def page() -> str:
    return (ROOT / "docs" / "continuous.md").read_text(encoding="utf-8")


def workflow() -> Any:
    """The workflow that the page has for its readers."""
    (found,) = (each for each in re.findall(r"```yaml\n(.*?)```", page(), re.DOTALL) if each.startswith("name: "))
    return YAML(typ="safe").load(found)


def used(job: str) -> list[str]:
    """The actions that an action uses, without the versions."""
    return [each["uses"].partition("@")[0] for each in steps(job) if "uses" in each]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return made_repository(tmp_path)


def test_actions_and_workflow_are_such_by_the_schemas_of_github(tmp_path: Path) -> None:
    written = tmp_path / "spec.yml"
    YAML(typ="safe").dump(workflow(), written)
    for schema, files in {"actions": ACTIONS.values(), "workflows": [written]}.items():
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.github-{schema}"]
        result = subprocess.run([*command, *map(str, files)], capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr


def test_no_script_is_made_of_what_somebody_else_wrote() -> None:
    scripts = [each["run"] for job in ACTIONS for each in steps(job) if "run" in each]
    assert len(scripts) == 5
    assert not any("${{" in script for script in scripts), "inputs come through the environment, never into a script"


def test_only_the_job_that_has_no_checkout_may_write() -> None:
    assert workflow()["permissions"] == {}, "what no job names is not granted"
    jobs = workflow()["jobs"]
    assert set(jobs) == {"check", "tell"}
    assert jobs["check"]["permissions"] == {"contents": "read"}
    assert jobs["tell"]["permissions"] == {"pull-requests": "write", "security-events": "write"}
    assert used("tell") == ["actions/download-artifact"]
    scripts = [each["run"] for each in steps("tell") if "run" in each]
    assert all(script.startswith('python3 -I "$GITHUB_ACTION_PATH/tell.py" ') for script in scripts)
    assert not any("GH_TOKEN" in each.get("env", {}) for each in steps("check"))


def test_the_checkout_leaves_no_token_behind_and_comes_after_the_installation() -> None:
    (checkout,) = (each for each in steps("check") if each.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"]["persist-credentials"] is False
    order = [each.get("name") or each["uses"].partition("@")[0] for each in steps("check")]
    assert order.index("Install bgsync") < order.index("actions/checkout") < order.index("Check the text")


def test_what_is_used_is_pinned_by_commits_and_the_page_names_the_version_of_bgsync() -> None:
    lines = [line for file in ACTIONS.values() for line in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))]
    assert len(lines) == len(used("check") + used("tell")) == 4
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines), lines
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    named = [each["uses"] for job in workflow()["jobs"].values() for each in job["steps"]]
    assert named == [f"OWNER/bgsync/action@v{version}", f"OWNER/bgsync/action/tell@v{version}"]


def test_the_version_that_is_installed_is_that_of_the_action(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "python").write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    (tools / "python").chmod(0o755)
    env = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "GITHUB_ACTION_PATH": str(ROOT / "action")}
    script = ["bash", "-e", "-c", step("Install bgsync")["run"]]
    assert subprocess.check_output(script, env=env, text=True) == f"-I -m pip install --quiet {ROOT}[draw]\n"


def test_what_the_container_copies_is_enough_to_install_bgsync(tmp_path: Path) -> None:
    lines = re.findall(r"^COPY (.*)", (ROOT / "action" / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    for *names, target in map(str.split, lines):
        for name in names:
            if (ROOT / name).is_dir():
                caches = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, tmp_path / target.strip("/"), symlinks=True, ignore=caches)
            else:
                (tmp_path / target.strip("/")).mkdir(exist_ok=True)
                shutil.copy(ROOT / name, tmp_path / target.strip("/"))
    made, source = tmp_path / "made", tmp_path / "bgsync"
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(made),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = made.iterdir()
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "bgsync/__init__.py",
        "bgsync/shipped/model/environment.py",
        "bgsync/shipped/properties/general.py",
    } <= packed


@pytest.mark.parametrize(
    ("text", "base", "status"), [(PRINT_QUEUE, "HEAD", "0"), (PRINT_QUEUE, "", "1"), (BROKEN, "HEAD", "1")]
)
def test_the_script_of_the_action_reports_and_hands_on_the_status(
    repository: Path, text: str, base: str, status: str
) -> None:
    (repository / "spec" / "print.bs").write_text(text, encoding="utf-8")
    env = environment(repository, SPEC="spec/print.bs", BASE=base, ARGUMENTS=FAST)
    command = ["bash", "-e", "-o", "pipefail", "-c", step("Check the text")["run"]]
    result = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert (repository / "output").read_text() == f"status={status}\nreported=true\n"
    assert "### bgsync: spec/print.bs" in (repository / "summary").read_text(encoding="utf-8")
    assert ("::error " in result.stdout) is (status == "1")
    made = {path.name for path in (repository / "temp" / "bgsync-report").iterdir()}
    assert made == {"report.html", "report.sarif", "report.xml", "report.json", "report.md"}


def test_bad_input_fails_the_job_and_leaves_no_report(repository: Path) -> None:
    env = environment(repository, SPEC="spec/nothing.bs", BASE="", ARGUMENTS="")
    subprocess.run(["bash", "-e", "-c", step("Check the text")["run"]], cwd=repository, env=env, check=True)
    assert (repository / "output").read_text() == "status=2\n"
    assert not (repository / "summary").exists()


def test_nothing_in_the_checkout_is_run_and_no_link_in_it_leads_a_report_elsewhere(repository: Path) -> None:
    for name in ("bgsync", "json", "click", "sitecustomize", "usercustomize", "pip"):
        (repository / f"{name}.py").write_text("open('ran', 'a').write(__name__)\n", encoding="utf-8")
    elsewhere = repository / "elsewhere"
    elsewhere.mkdir()
    (repository / "bgsync-report").symlink_to(elsewhere)
    env = environment(repository, SPEC="spec/print.bs", BASE="HEAD", ARGUMENTS=FAST)
    install = "python -I -m pip show --quiet bgsync"
    for script in (install, step("Check the text")["run"]):
        subprocess.run(["bash", "-e", "-c", script], cwd=repository, env=env, check=True, capture_output=True)
    assert not (repository / "ran").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_text_whose_name_looks_like_an_option_is_a_text(repository: Path) -> None:
    env = environment(repository, SPEC="--help", BASE="", ARGUMENTS="")
    subprocess.run(["bash", "-e", "-c", step("Check the text")["run"]], cwd=repository, env=env, check=True)
    assert (repository / "output").read_text() == "status=2\n"


@pytest.mark.parametrize(("status", "code"), [("0", 0), ("1", 1), ("2", 2), ("3", 0)])
def test_the_job_fails_by_the_status(status: str, code: int) -> None:
    script = step("Fail where something is broken")["run"]
    result = subprocess.run(["bash", "-e", "-c", script], env=os.environ | {"STATUS": status}, capture_output=True)
    assert result.returncode == code


def test_what_one_action_saves_is_what_the_other_one_takes() -> None:
    script = step("Check the text")["run"]
    saved = {Path(name) for name in re.findall(r'--save "\$reports/(\S+)"', script)}
    assert {form_of(path) for path in saved} == {"sarif", "junit", "json", "markdown"}
    assert step("Keep the reports")["with"]["path"] == "${{ runner.temp }}/bgsync-report"
    assert step("Show the findings at their lines")["run"].endswith(
        'findings "$RUNNER_TEMP/bgsync-report/report.sarif"'
    )
    assert step("Comment on the pull request")["run"].endswith('comment "$RUNNER_TEMP/bgsync-report/report.md"')
    names = [action(job)["inputs"]["name"]["default"] for job in ACTIONS]
    assert names == ["bgsync-report", "bgsync-report"]


def test_the_hooks_are_ones_by_the_reader_of_pre_commit() -> None:
    hooks = {hook["id"]: hook for hook in load_manifest(str(HOOKS))}
    assert set(hooks) == {"bgsync", "bgsync-all"}
    assert all(hook["language"] == "python" for hook in hooks.values())
    assert all(hook["args"] == ["--"] for hook in hooks.values()), "a file in a repository may be called --html=x.bs"


@pytest.mark.parametrize(
    ("hook", "text", "code"), [("bgsync", PRINT_QUEUE, 0), ("bgsync-all", PRINT_QUEUE, 1), ("bgsync", BROKEN, 1)]
)
def test_the_hooks_take_the_files_that_are_committed(repository: Path, hook: str, text: str, code: int) -> None:
    (found,) = (each for each in load_manifest(str(HOOKS)) if each["id"] == hook)
    (repository / "spec" / "print.bs").write_text(text, encoding="utf-8")
    (repository / "spec" / "same.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    subprocess.run(("git", "add", "spec/same.bs"), check=True, cwd=repository, env=os.environ | GIT)
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "two", "--", "spec/same.bs")
    subprocess.run(("git", *names), check=True, cwd=repository, env=os.environ | GIT)
    command = [*shlex.split(found["entry"]), *shlex.split(FAST), *found["args"], "spec/print.bs", "spec/same.bs"]
    result = subprocess.run(command, cwd=repository, env=environment(repository), capture_output=True, text=True)
    assert result.returncode == code, result.stdout + result.stderr


def test_the_page_on_it_names_every_input_and_every_hook() -> None:
    inputs = [name for job in ACTIONS for name in action(job)["inputs"]]
    for name in (*inputs, *(hook["id"] for hook in load_manifest(str(HOOKS)))):
        assert f"`{name}`" in page(), name
