"""The files for other repositories: held to their schemas, and their commands run as they stand there."""

import base64
import gzip
import os
import re
import shlex
import subprocess
import sys
import tomllib
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


def steps(job: str) -> list[Any]:
    return list(workflow()["jobs"][job]["steps"])


def step(name: str) -> Any:
    (found,) = (each for job in ("check", "tell") for each in steps(job) if each.get("name") == name)
    return found


def used(job: str) -> list[str]:
    """The actions of a job, without the versions."""
    return [each["uses"].partition("@")[0] for each in steps(job) if "uses" in each]


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
    files["RUNNER_TEMP"] = str(folder / "temp")
    return os.environ | GIT | {"PATH": path} | files | more


def test_the_workflow_is_one_by_the_schema_of_github() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_script_of_the_workflow_is_made_of_what_somebody_else_wrote() -> None:
    scripts = [each["run"] for job in ("check", "tell") for each in steps(job) if "run" in each]
    assert len(scripts) == 5
    assert not any("${{" in script for script in scripts), "inputs come through the environment, never into a script"


def test_only_the_job_that_has_no_checkout_may_write() -> None:
    assert workflow()["permissions"] == {}, "what no job names is not granted"
    jobs = workflow()["jobs"]
    assert set(jobs) == {"check", "tell"}
    assert jobs["check"]["permissions"] == {"contents": "read"}
    assert jobs["tell"]["permissions"] == {"pull-requests": "write", "security-events": "write"}
    assert used("tell") == ["actions/download-artifact"]
    assert not any(re.search(r"\b(python|pip|bgsync|git) ", each.get("run", "")) for each in steps("tell"))
    assert not any("GH_TOKEN" in each.get("env", {}) for each in steps("check"))


def test_the_checkout_leaves_no_token_behind_and_comes_after_the_installation() -> None:
    (checkout,) = (each for each in steps("check") if each.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"]["persist-credentials"] is False
    order = [each.get("name") or each["uses"].partition("@")[0] for each in steps("check")]
    assert order.index("Install bgsync") < order.index("actions/checkout") < order.index("Check the text")


def test_actions_are_pinned_by_commits_and_bgsync_by_its_version() -> None:
    lines = re.findall(r"uses: (.*)", WORKFLOW.read_text(encoding="utf-8"))
    assert len(lines) == len(used("check") + used("tell")) == 4
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines), lines
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    inputs = workflow()["on"]["workflow_call"]["inputs"]
    assert inputs["install"]["default"] == f"bgsync[draw]=={version}"


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
    env = environment(repository, SPEC="spec/print.bs", BASE="HEAD", ARGUMENTS=FAST, INSTALL="bgsync")
    install = step("Install bgsync")["run"].replace("install --quiet", "show --quiet")
    for script in (install, step("Check the text")["run"]):
        subprocess.run(["bash", "-e", "-c", script], cwd=repository, env=env, check=True, capture_output=True)
    assert not (repository / "ran").exists()
    assert list(elsewhere.iterdir()) == []


def test_a_text_whose_name_looks_like_an_option_is_a_text(repository: Path) -> None:
    env = environment(repository, SPEC="--help", BASE="", ARGUMENTS="")
    subprocess.run(["bash", "-e", "-c", step("Check the text")["run"]], cwd=repository, env=env, check=True)
    assert (repository / "output").read_text() == "status=2\n"


def test_the_findings_are_sent_whole(repository: Path) -> None:
    """A stand-in for `gh` keeps what it is given; that GitHub takes it is not part of the tests."""
    tools = repository / "tools"
    tools.mkdir()
    (tools / "gh").write_text('#!/bin/sh\necho "$@" > arguments\ncat > sent\n', encoding="utf-8")
    (tools / "gh").chmod(0o755)
    (repository / "bgsync-report").mkdir()
    (repository / "bgsync-report" / "report.sarif").write_text("{}" * 9000, encoding="utf-8")
    env = environment(repository, REPOSITORY="a/b", REF="refs/pull/7/merge", COMMIT="c" * 40)
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    script = step("Show the findings at their lines")["run"]
    subprocess.run(["bash", "-e", "-c", script], cwd=repository, env=env, check=True)
    assert gzip.decompress(base64.b64decode((repository / "sent").read_bytes())) == b"{}" * 9000
    told = (repository / "arguments").read_text()
    assert "repos/a/b/code-scanning/sarifs" in told
    assert f"ref=refs/pull/7/merge --raw-field commit_sha={'c' * 40} --field sarif=@-" in told


@pytest.mark.parametrize(("status", "code"), [("0", 0), ("1", 1), ("2", 2), ("3", 0)])
def test_the_job_fails_by_the_status(status: str, code: int) -> None:
    script = step("Fail where something is broken")["run"]
    result = subprocess.run(["bash", "-e", "-c", script], env=os.environ | {"STATUS": status}, capture_output=True)
    assert result.returncode == code


def test_what_the_workflow_saves_is_what_its_steps_take() -> None:
    script = step("Check the text")["run"]
    saved = {Path(name) for name in re.findall(r'--save "\$reports/(\S+)"', script)}
    assert {form_of(path) for path in saved} == {"sarif", "junit", "json", "markdown"}
    assert step("Keep the reports")["with"]["path"] == "${{ runner.temp }}/bgsync-report"
    assert "bgsync-report/report.sarif" in step("Show the findings at their lines")["run"]
    assert "bgsync-report/report.md" in step("Comment on the pull request")["run"]


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
    page = (ROOT / "docs" / "continuous.md").read_text(encoding="utf-8")
    inputs = workflow()["on"]["workflow_call"]["inputs"]
    for name in (*inputs, *(hook["id"] for hook in load_manifest(str(HOOKS)))):
        assert f"`{name}`" in page, name
