"""What is added is one file, or one file and one row: each of the things that docs/extending.md names."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import Result

import bgsync
from bgsync.contents import Content
from bgsync.fuzz import interpreter_machine, safety_checks
from bgsync.fuzz import run as walked
from bgsync.judge.property import Safety, Seen, View
from bgsync.system.monitor import Memory, Monitor
from bgsync.system.observation import Dispatched, Observation, Removed
from bgsync.system.scenario import Scenario
from bgsync.system.state import Value
from bgsync.system.world import Adversity, Effect, Machine
from bgsync.targets import Wish, judged, own
from tests import command

ROOT = Path(__file__).parents[1]
LENDING = str(ROOT / "tests" / "lending")
TEXT = str(ROOT / "tests" / "lending" / "library.bs")
OURS = ("registration", "sync", "page", "network", "online", "service worker", "outbox")
"""Words of another content, which nothing that is said of this one has."""


def run(*words: str) -> Result:
    return command.run(*words, "--content", LENDING)


@pytest.fixture(scope="module")
def library() -> Content:
    return bgsync.content(LENDING)


# --- a whole content


def test_its_own_spec_is_checked_and_what_is_broken_is_told_in_its_own_words() -> None:
    result = run("check", "--traces", "all")
    assert result.exit_code == 1
    assert "judged as library: it is its own spec" in result.stdout
    verdicts = json.loads(run("check", "--format", "json").stdout)["verdicts"]
    assert [v["property"] for v in verdicts if v["verdict"] == "violated" and not v["needs"]] == ["one-bell"]
    assert "a reader calls borrow(t1)" in result.stdout
    assert "loan A: state: lent → overdue" in result.stdout
    assert not [word for word in OURS if word in result.stdout]


def test_its_text_is_read_in_full_and_judged_as_it() -> None:
    assert run("read", TEXT, "--strict").exit_code == 0
    result = run("check", TEXT, "--traces", "all")
    assert "the assert of step 1 fails: Assert: loan's stage is asked" in result.stdout
    assert "\n    rule: " not in result.stdout


def test_without_it_the_same_text_is_about_nothing_known() -> None:
    assert bgsync.read(TEXT).content.name == "any-text"


@pytest.mark.parametrize(
    "words",
    [
        ("diff", "library", TEXT, "--no-behaviour"),
        ("check", "--against", TEXT),
        ("check", "--format", "sarif"),
        ("check", "--format", "markdown"),
        ("check", "--tags", "2", "--traces", "none"),
        ("check", "--with", "ill", "--granularity", "algorithm"),
        ("check", "--walks", "5"),
        ("explain",),
        ("explain", "one-bell"),
        ("graph", "--format", "json"),
        ("export", "--to", "promela", "--granularity", "algorithm"),
        ("export", "--to", "smv", "--tags", "2", "--granularity", "algorithm"),
        ("draw", "lifecycle"),
        ("draw", "lifecycle", "library", "--granularity", "step"),
        ("draw", "states"),
        ("draw", "algorithm", "--name", "lend"),
        ("draw", "trace", "--property", "one-bell"),
        ("draw", "difference", "library", TEXT),
        ("fuzz", "--examples", "3", "--steps", "5"),
    ],
)
def test_it_goes_through_every_command(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code in (0, 1, 3), result.output
    assert result.stdout
    said = result.stdout.replace("bgsync", "").lower()
    assert not [word for word in OURS if word in said]


def test_fuzzing_walks_through_its_spec_and_finds_what_is_broken(library: Content) -> None:
    assert library.spec is not None
    scenario = Scenario(library.spec, library.world, monitor=library.properties[0].monitors[0])
    machine = interpreter_machine(scenario, safety_checks(library.properties, scenario))
    with pytest.raises(AssertionError, match="one-bell"):
        walked(machine, seed=2, shrink=False)


@pytest.mark.campaign
def test_the_command_line_tells_what_such_a_walk_has_broken() -> None:
    result = run("fuzz", "--examples", "30", "--seed", "2")
    assert (result.exit_code, result.stdout.split(":")[:2]) == (1, ["broken", " one-bell"])


def test_its_page_has_its_own_lifecycle_and_words(tmp_path: Path) -> None:
    page = tmp_path / "library.html"
    assert run("check", "--html", str(page), "--traces", "none").exit_code == 1
    assert "Lifecycle of a loan" in page.read_text()
    assert "service worker" not in page.read_text()


def test_its_gallery_is_drawn_into_the_folder_of_its_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "diagrams").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("draw", "--all").exit_code == 0
    assert {"lifecycle.svg", "states.mmd", "trace-one-bell.svg", "README.md"} <= {
        file.name for file in (tmp_path / "diagrams").iterdir()
    }


def test_a_copy_of_it_elsewhere_is_another_content_and_nothing_is_left_in_its_folder(tmp_path: Path) -> None:
    copy = tmp_path / "lending"
    shutil.copytree(LENDING, copy, ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted(copy.rglob("*"))
    found = bgsync.content(str(copy))
    assert found.name == "library"
    assert found is not bgsync.content(LENDING)
    assert sorted(copy.rglob("*")) == before
    assert str(tmp_path) not in sys.path


def test_a_content_is_named_in_the_environment_too() -> None:
    command = [sys.executable, "-m", "bgsync.cli", "explain"]
    done = subprocess.run(command, env={"BGSYNC_CONTENT": LENDING}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("properties:\n  asked-is-lent")


# --- a part of one


@dataclass(frozen=True)
class Lost(Monitor):
    """Remembers that a loan of a title is gone."""

    @property
    def name(self) -> str:
        return "lost"

    def part(self, memory: Memory, key: str | None) -> Memory:
        return tuple(title for title in memory if title == key)

    def observed(self, memory: Memory, note: Value, seen: Observation, key: str | None) -> tuple[Memory, Value]:
        gone = isinstance(seen, Removed) and key is not None
        return tuple(sorted({*memory, key}, key=str)) if gone else memory, note


def never_again(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
    again = isinstance(seen, Dispatched) and view.system.tag(view.before.shared, seen.slot) in view.before.memory
    yield Seen("a title that was lent is lent again" if again else None)


MINE = Safety(
    "never-again", "Every title is lent once.", "It is a test.", "this file", (Dispatched,), never_again,
    monitors=(Lost(),),
)  # fmt: skip


def test_a_property_with_a_memory_of_its_own_is_one_object(library: Content) -> None:
    mine = replace(library, properties=(MINE,))
    report = judged(own(mine), Wish(each=False))
    assert {v.property: (v.verdict, v.kind) for v in report.verdicts if v.trace}["never-again"] == ("violated", "logic")
    assert {explored.monitor for explored in report.explorations} == {"lost"}


def test_an_adversity_with_a_meaning_is_a_machine_and_a_row(library: Content) -> None:
    strike = Machine("union", "at work", (("strikes", "at work", "on strike"),), {"strikes": Effect.ENDS_HANDLERS})
    world = replace(
        library.world,
        machines=(*library.world.machines, strike),
        adversities={**library.world.adversities, "strike": Adversity("the union strikes", ("strikes",))},
    )
    kept = tuple(prop for prop in library.properties if prop.id == "asked-is-lent")
    calm = judged(own(replace(library, world=world, properties=kept)), Wish(each=False))
    struck = judged(own(replace(library, world=world, properties=kept)), Wish(adversities=("strike",)))
    sizes = [sum(one.states for one in report.explorations if one.adversities) for report in (calm, struck)]
    assert sizes[0] == 0 < sizes[1]
    assert next(v.verdict for v in calm.verdicts) == "holds"
