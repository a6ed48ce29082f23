"""The plugin for pytest, run in a project of its own as its user runs it."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections import deque
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bgsync.machines.loading import load_machine
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "tests" / "vending"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run the tests of the project, with what the command writes."""
    folder = tmp_path_factory.mktemp("vending") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    paths = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "bgsync.pytest_plugin",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "--bgsync", "--junitxml=junit.xml"],
        cwd=folder, capture_output=True, text=True, timeout=10 * PATIENCE, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    return done, folder


def test_findings_are_failures_told_with_a_run_that_can_be_pasted(
    ran: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    out = ran[0].stdout
    failed = [line.split(" - ")[0] for line in out.splitlines() if line.startswith("FAILED ")]
    assert failed == [
        "FAILED test_vending.py::test_no_money_is_lost_when_it_is_kept",
        "FAILED test_vending.py::TestRandomlyWithTheBug::runTest",
        "FAILED ::vending.py:buggy --data",
        "FAILED ::vending.py:buggy --data --stub give_back",
    ]
    assert "invariant: invariant 'nothing_lost' fails in state 'idle' with keeps=True, money=0, purse=6, taken=0" in out
    run = "\n".join(f"    {line}" for line in ("model.insert(1)", "model.cancel()", "assert model.state == 'idle'"))
    assert run in out
    assert "bgsync/machines" not in out.split("TestRandomlyWithTheBug")[0]


def test_what_was_covered_is_in_the_summary_and_in_junit(
    ran: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    done, folder = ran
    summary = done.stdout.partition("= state machines =")[2]
    assert "vending.py:mended --data: 3 of 3 states, 6 of 6 rows, 12 configurations" in summary
    assert "TestRandomly: 3 of 3 states, 6 of 6 rows at random" in summary
    assert "TestRandomlyWithoutARefill: 3 of 3 states, 6 of 6 rows at random" in summary
    assert "tea.scxml: 2 of 2 states, 2 of 2 rows, 2 configurations" in summary
    stubbed = "vending.py:buggy --data --stub give_back: 3 of 3 states, 6 of 6 rows, "
    assert stubbed in summary
    cases = ElementTree.parse(folder / "junit.xml").getroot().iter("testcase")
    said = {case.get("name"): case.find("properties/property") for case in cases}
    noted = said["test_no_money_is_lost"]
    assert noted is not None
    assert noted.get("name") == "bgsync"
    assert str(noted.get("value")).startswith("test_no_money_is_lost: 3 of 3 states, 6 of 6 rows")


def test_pytest_finds_the_plugin_by_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"bgsync.pytest_plugin": "bgsync.pytest_plugin"}


def test_the_configurations_of_the_vending_machine_are_those_of_a_plain_search() -> None:
    start = ("idle", 7, 0, 0)
    seen, todo = {start}, deque([start])
    while todo:
        state, purse, money, taken = todo.popleft()
        after = []
        if state in ("idle", "paying"):
            after += [("paying", purse - c, money + c, taken) for c in (1, 2) if c <= purse and money + c <= 3]
        if state == "paying":
            after += [("serving", purse, money, taken)] * (money == 3) + [("idle", purse + money, 0, taken)]
        if state == "serving":
            after.append(("idle", purse, 0, taken + money))
        if state == "idle":
            after.append(("idle", purse + taken, money, 0))
        todo += set(after) - seen
        seen |= set(after)
    report = load_machine(f"{PROJECT / 'vending.py'}:mended").check(data=True)
    assert report.configurations == len(seen)
    assert report.findings == ()
