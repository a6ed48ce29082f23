"""bgsync explore: what it is asked, what it refuses, and machines of the user's."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from bgsync.cli import Commands
from bgsync.machines.loading import load_machine
from bgsync.simulator.data import look
from bgsync.simulator.machine import MachineSimulation
from bgsync.simulator.simulation import Walks
from tests import command
from tests.specs import PRINT_QUEUE

DOOR = """
from transitions import Machine

class Door:
    def __init__(self):
        self.turns = 0

    def count(self):
        self.turns += 1

    def has_key(self):
        return self.turns < 2

    def fail(self):
        raise RuntimeError("it is stuck")

machine = Machine(
    Door(), ["open", "shut", "locked", "burnt"], initial="shut", auto_transitions=False,
    transitions=[
        ["open", "shut", "open"],
        ["shut", "open", "shut"],
        dict(trigger="lock", source="shut", dest="locked", conditions="has_key", after="count"),
        ["unlock", "locked", "shut"],
        ["burn", "locked", "burnt"],
        dict(trigger="kick", source="locked", dest="shut", before="fail"),
    ],
)
never = ["burnt"]
arguments = {}
print("a word of its own")
"""


def run(*arguments: str) -> Result:
    return command.run("explore", *arguments)


def embedded(page: Path) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert found is not None
    return json.loads(found[1])


@pytest.fixture
def door(tmp_path: Path) -> Path:
    file = tmp_path / "door.py"
    file.write_text(DOOR, encoding="utf-8")
    return file


@pytest.fixture
def walks(door: Path) -> Iterator[Walks]:
    loaded = load_machine(f"{door}:machine")
    with loaded.running() as live:
        yield Walks(MachineSimulation(live, loaded.promises, "door"))


# --- machines


def way_of(walks: Walks, *titles: str) -> tuple[int, ...]:
    way: tuple[int, ...] = ()
    for title in titles:
        offered = [choice.title for choice in walks.at(way)[1]]
        way = (*way, offered.index(title))
    return way


def test_a_machine_is_walked_by_its_rows(walks: Walks) -> None:
    way = way_of(walks, "open: goes to open", "shut: goes to shut", "lock: goes to locked (has_key)")
    found = look(walks, way, len(way))
    assert found["scene"]["panels"][0] == ["The state", [["machine", "locked", ""]], ""]
    assert [c["title"] for c in found["choices"]] == [
        "unlock: goes to shut", "burn: goes to burnt", "kick: goes to shut",
    ]  # fmt: skip
    assert found["taken"][2]["lines"] == [["machine", "3", "lock: shut -> locked [has_key]", ["shut → locked"]]]


def test_a_promise_that_is_broken_is_marked_and_found(walks: Walks) -> None:
    simulation = walks.simulation
    found = simulation.nearest(simulation.start(), (), "broken:burnt", lambda states, depth: None)
    assert found.way == way_of(walks, "lock: goes to locked (has_key)", "burn: goes to burnt")
    assert [breach.property for breach in walks.taken(found.way).breaks] == ["burnt"]
    scene = simulation.scene(walks.at(found.way)[0])
    assert [breach.property for breach in scene.broken] == ["burnt"]
    row = simulation.nearest(simulation.start(), (), "row:machine 4", lambda states, depth: None).way
    assert row is not None
    assert walks.taken(row).title == "unlock: goes to shut"
    assert simulation.nearest(simulation.start(), (), "state:0:shut", lambda states, depth: None).way == ()


def test_with_its_data_a_machine_does_what_its_guards_say_and_raises(door: Path) -> None:
    loaded = load_machine(f"{door}:machine")
    with loaded.running(data=True) as live:
        walks = Walks(MachineSimulation(live, loaded.promises, "door"))
        way = way_of(walks, "lock: goes to locked", "unlock: goes to shut", "lock: goes to locked")
        kicked = next(choice for choice in walks.at(way)[1] if choice.title.startswith("kick"))
        assert [breach.message for breach in kicked.breaks] == ["kick raises RuntimeError: it is stuck"]
        shut, offered = walks.at((*way, *way_of_last(walks, way, "unlock: goes to shut")))
        assert "lock" not in {choice.title.split(":")[0] for choice in offered}, "its key is worn out"
        panels = {panel.title: panel.rows for panel in walks.simulation.scene(shut).panels}
        assert panels["The data"] == (("turns", "2", ""),)


def way_of_last(walks: Walks, way: tuple[int, ...], title: str) -> tuple[int, ...]:
    return ([choice.title for choice in walks.at(way)[1]].index(title),)


def test_a_machine_is_written_into_a_file_and_what_its_code_prints_is_kept_apart(door: Path, tmp_path: Path) -> None:
    page = tmp_path / "door.html"
    done = run(f"{door}:machine", "--html", str(page))
    assert done.exit_code == 0
    assert "a word of its own" not in done.stdout
    data = embedded(page)
    assert len(data["situations"]) == 4
    assert data["situations"][0]["choices"][0]["to"] == 1


# --- what is asked


def test_the_page_is_opened_in_a_browser_unless_it_is_not_wanted(door: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def end(address: str) -> None:
        opened.append(address)
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", end)
    monkeypatch.setattr("bgsync.simulator.server.Server.serve", lambda server: end(""))
    done = run(f"{door}:machine")
    assert done.exit_code == 0
    assert opened == [done.stdout.strip()]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{43}/", opened[0])
    opened.clear()
    assert run(f"{door}:machine", "--no-open").exit_code == 0
    assert opened == [""]


def test_a_walk_into_a_file_begins_at_the_end_of_a_finding(tmp_path: Path) -> None:
    text, page = tmp_path / "print.bs", tmp_path / "print.html"
    text.write_text(PRINT_QUEUE, encoding="utf-8")
    asked = ("--granularity", "algorithm", "--calls", "1", "--property", "one-event", "--html", str(page))
    done = run(str(text), *asked)
    assert done.exit_code == 2
    assert "no run that breaks one-event was found here" in done.stderr
    assert not page.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--property", "unique-tgs"), "did you mean unique-tag"),
        (("--with", "terminate"), "did you mean terminated"),
        (("--property", "gate", "--property", "lifecycle"), "name one property"),
        (("--data",), "about one machine"),
        (("--granularity", "both"), "'both' is not one of"),
        (("--html", "nowhere/page.html"), "make the folder"),
        (("no-such-file.bs",), "no-such-file.bs"),
        (("no-such-file.py:machine",), "correct the path"),
        (("--html", "x.html", "--limit", "20"), "more than 20 situations: too many for one file"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_for_a_file_is_refused_with_a_command_that_works_and_names_what_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a queue.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    done = run("a queue.bs", "--limit", "200", "--calls", "1", "--html", "x.html")
    assert done.exit_code == 2
    assert "a server takes any number: bgsync explore 'a queue.bs' --calls 1 --limit 200;" in done.stderr
    found = re.search(r"what asks less fits: bgsync explore (.*?);", done.stderr)
    assert found is not None
    again = run(*shlex.split(found[1]))
    assert again.exit_code == 0
    assert re.match(r"x\.html: \d+ situations, ", again.stdout)
    assert (tmp_path / "x.html").stat().st_size > 1000


SHELF = """
<pre class=metadata>
Title: Shelf
Shortname: shelf
</pre>

A <dfn>shelf</dfn> has an associated <dfn>box list</dfn>, a list of [=boxes=].
A <dfn>box</dfn> has a <dfn for=box>label</dfn>.

<div algorithm>
The <dfn method for=Shelf>store(|label|)</dfn> method steps are:

1. {step}
1. Let |box| be a new [=box=] whose [=box/label=] is |label|.
1. Append |box| to [=this=]'s [=box list=].
</div>
"""


@pytest.mark.parametrize(
    ("step", "with_adversity", "told"),
    [
        ("Let |x| be 1.", (), set()),
        ("If the user agent is offline, return.", (), {"network"}),
        ("Let |x| be 1.", ("--with", "permission"), {"permission"}),
    ],
    ids=["nothing", "the network", "an adversity"],
)
def test_what_a_text_never_speaks_of_is_not_shown(
    tmp_path: Path, step: str, with_adversity: tuple[str, ...], told: set[str]
) -> None:
    (tmp_path / "shelf.bs").write_text(SHELF.replace("{step}", step), encoding="utf-8")
    page = tmp_path / "page.html"
    done = run(
        str(tmp_path / "shelf.bs"), "--granularity", "algorithm", "--calls", "1", *with_adversity, "--html", str(page)
    )
    assert done.exit_code == 0
    shown = page.read_text(encoding="utf-8")
    assert {name for name in ("network", "permission", "service worker") if f'"{name}"' in shown} == told


def test_its_options_are_those_of_check() -> None:
    commands = Commands()
    context = Commands.make_context(commands, "bgsync", ["--help"], resilient_parsing=True)
    of = {name: commands.get_command(context, name) for name in ("check", "explore")}
    shared = {}
    for name, found in of.items():
        assert found is not None
        shared[name] = {option.name: option for option in found.params}
    for name in (
        "adversities",
        "tags",
        "calls",
        "abort",
        "termination",
        "queue",
        "limit",
        "seconds",
        "properties",
        "data",
    ):
        one, other = shared["check"][name], shared["explore"][name]
        assert one.opts == other.opts
        assert one.type == other.type or repr(one.type) == repr(other.type)
