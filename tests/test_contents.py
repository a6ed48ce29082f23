"""Content is chosen: by what a text defines, or by the name of a folder, of which every mistake is one line."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bgsync.contents import SHIPPED, ContentError, chosen, content, load, shipped
from bgsync.judge.verdict import Report
from bgsync.shipped.model.background_sync import monitors
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.sources import Source
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, judged, of_text, own
from bgsync.texts import Text, read
from tests.command import run
from tests.specs import LIBRARY, PERIODIC, PRINT_QUEUE, RESPEC, SILENT, SYNC

OUTBOXES = monitors.SHARED_TAG, monitors.TAG_PER_MESSAGE
SPECS = Path(__file__).parents[2] / "shared" / "specs"


def read_of(text: str) -> Text:
    return read(Source("text.bs", text))


@pytest.mark.parametrize("name", [each.name for each in shipped()])
def test_nothing_is_told_of_messages_where_no_outbox_is_followed(name: str) -> None:
    properties = content(name).properties
    if not any(monitor in each.monitors for each in properties for monitor in OUTBOXES):
        told = [word for each in properties for word in (each.sentence, each.why, each.broken)]
        assert [said for said in told if re.search(r"\b(?:messages?|outbox)\b", said)] == []


# --- by what a text defines


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (
            SYNC,
            "one-off",
            "it has register() and a list of sync registrations, and fires a functional event for what is in it",
        ),
        (PERIODIC, "periodic", "fires a functional event for what is in it, of a periodic print job"),
        (PRINT_QUEUE, "one-off", "it has register() and a print queue, and fires a functional event for what is in it"),
        (RESPEC, "one-off", "it has register() and a print queue, and fires a functional event for what is in it"),
        (SILENT, "any-text", "it is about nothing that bgsync has more properties for"),
        (LIBRARY, "any-text", "it is about nothing that bgsync has more properties for"),
    ],
    ids=["one-off", "periodic", "print queue", "ReSpec", "register() without an event", "without an event"],
)
def test_a_text_is_judged_as_what_it_defines(text: str, name: str, why: str) -> None:
    found = read_of(text)
    assert (found.content.name, chosen(found.reading.spec)) == (name, (found.content, found.why))
    assert why in found.why


@pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("one-off-94df522.bs", "one-off"),
        ("periodic-f9973ae.bs", "periodic"),
        ("sibling-background-fetch.bs", "any-text"),
        ("sibling-web-locks.bs", "any-text"),
        ("sibling-permissions.html", "any-text"),
    ],
)
def test_so_are_real_texts(file: str, name: str) -> None:
    assert read_of((SPECS / file).read_text(encoding="utf-8")).content.name == name


@pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
@pytest.mark.parametrize("revision", ["f15f40d", "75f1a97", "e6b683e", "a26d398", "0d28410", "94df522"])
def test_every_sentence_of_one_off_sync_is_understood(revision: str) -> None:
    text = read_of((SPECS / f"one-off-{revision}.bs").read_text("utf-8"))
    report = judged(of_text(text), Wish(("gate",), each=False, granularities=("algorithm",)))
    assert report.coverage.understood == report.coverage.total > 40


def promised(report: Report) -> dict[str, str]:
    """Give the verdicts in the base environment, but for what the structure of a text shows."""
    return {v.property: v.verdict for v in report.verdicts if v.kind != "structure" and not v.needs}


def sizes(report: Report) -> list[tuple[str, int, int]]:
    return [
        (e.monitor, e.states, e.transitions)
        for e in report.explorations
        if e.granularity == "algorithm" and not e.adversities
    ]


@pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
@pytest.mark.parametrize(
    ("file", "granularities", "calls"),
    [
        ("periodic-f9973ae.bs", ("algorithm",), 1),
        ("one-off-94df522.bs", ("algorithm",), 2),
        pytest.param("periodic-f9973ae.bs", ("algorithm",), 2, marks=pytest.mark.campaign),
        pytest.param("one-off-94df522.bs", ("algorithm", "step"), 2, marks=pytest.mark.campaign),
    ],
)
def test_a_text_that_is_read_does_what_the_one_built_by_hand_does(
    file: str, granularities: tuple[str, ...], calls: int
) -> None:
    text = of_text(read_of((SPECS / file).read_text(encoding="utf-8")))
    wish = Wish(each=False, granularities=granularities, bounds=Bounds(calls=calls))
    ours, found = (judged(each, wish) for each in (own(text.content), text))
    assert sizes(ours) == sizes(found)
    built, read_ = promised(ours), promised(found)
    both = built.keys() & read_.keys()
    assert len(both) > 20
    assert {name: built[name] for name in both} == {name: read_[name] for name in both}


@pytest.mark.skipif(not SPECS.is_dir(), reason="the spec sources are not at hand")
def test_step_by_step_it_breaks_the_same_too() -> None:
    text = of_text(read_of((SPECS / "one-off-94df522.bs").read_text(encoding="utf-8")))
    calls = tuple(prop.id for prop in text.content.properties if prop.monitors == (monitors.CALLS,))
    wish = Wish(calls, each=False, granularities=("step",), bounds=Bounds(calls=1))
    ours, found = (judged(each, wish) for each in (own(text.content), text))
    assert len(promised(ours)) > 20
    assert promised(ours).items() <= promised(found).items()  # what only a text can break is asked of it alone
    assert [e.states for e in found.explorations] == [e.states for e in ours.explorations]


def test_verdicts_on_a_text_about_something_else_name_nothing_that_it_does_not_have() -> None:
    report = judged(of_text(read_of(LIBRARY)), Wish())
    assert (report.content, report.chosen) == ("any-text", "it is about nothing that bgsync has more properties for")
    found = {verdict.property: verdict.verdict for verdict in report.verdicts}
    assert (found["asserts/lend.5"], found["promise-settles"], found["gate"]) == ("violated", "holds", "holds")
    for verdict in report.verdicts:
        rule = report.glossary.rule(verdict.property)
        for said in (verdict.property, verdict.message, *rule, *verdict.needs):
            assert not re.search(r"\bevents?\b|outbox|deliver", said, re.IGNORECASE), (verdict.property, said)


def test_a_content_that_is_named_goes_before_what_a_text_defines() -> None:
    known = {each.name: each for each in shipped()}
    assert list(known) == ["periodic", "one-off", "jobs", "any-text"]
    assert len(SHIPPED) == len(known)
    found = read(Source("text.bs", SYNC), content=known["any-text"])
    assert (found.content, found.why) == (known["any-text"], "it was named")
    assert all(content(name) == each for name, each in known.items())
    with pytest.raises(ContentError, match="is about none of the contents: name one with --content"):
        chosen(found.reading.spec, ())


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        ContentError, match="no content 'one-of': one of periodic, one-off, jobs, any-text, or a folder with"
    ):
        content("one-of")


# --- from a folder

HEAD = """from dataclasses import replace
from bgsync.shipped.model.background_sync.content import ONE_OFF
from .own import CHANGED
CONTENT = replace(ONE_OFF, name="mine", **CHANGED)
"""
OWN = """from dataclasses import replace
from bgsync.shipped.model import environment
from bgsync.shipped.model.background_sync.registration import LIFECYCLE
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.properties.background_sync import PROPERTIES
"""


def private() -> set[str]:
    """Give the modules of contents of folders that are loaded."""
    return {name for name in sys.modules if name.startswith("_bgsync_content_")}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "mine"
    made.mkdir()
    before, known = (list(sys.path), sys.dont_write_bytecode), private()
    yield made
    for name in private() - known:
        del sys.modules[name]
    assert (sys.path, sys.dont_write_bytecode) == before
    assert not list(made.rglob("__pycache__"))


def write(folder: Path, own: str = "CHANGED = {}", head: str = HEAD) -> None:
    (folder / "content.py").write_text(head, encoding="utf-8")
    (folder / "own.py").write_text(OWN + own, encoding="utf-8")


def test_a_folder_is_loaded_with_its_own_modules_and_read_again_when_it_was_edited(folder: Path) -> None:
    write(folder)
    assert load(folder) == replace(ONE_OFF, name="mine")
    assert content(str(folder)).name == "mine"
    write(folder, "CHANGED = {'about': 'what was edited'}")
    assert load(folder).about == "what was edited"


TWICE = "CHANGED = {'properties': (*PROPERTIES, replace(PROPERTIES[0], sentence='Another one.'))}"
TRIGGER = """
ADVERSITY = replace(WORLD.adversities["terminated"], triggers=("terminat",))
CHANGED = {"world": replace(WORLD, adversities={"terminated": ADVERSITY})}
"""
RECURS = """
NETWORK = replace(environment.NETWORK, recurs="onlin")
CHANGED = {"world": WORLD.with_machine(NETWORK)}
"""
ROW = """
ROWS = (*LIFECYCLE.rows, ("fire", "waitin", "firing", "fire a sync event 4"))
CHANGED = {"lifecycle": replace(LIFECYCLE, rows=ROWS)}
"""
MISTAKES = {
    "no CONTENT": (HEAD.replace("CONTENT", "CONTENTS"), "CHANGED = {}", "content.py", "assign a bgsync.contents.Cont"),
    "CONTENT of another type": ("CONTENT = 3", "", "content.py", "is of type int: assign a bgsync.contents.Cont"),
    "a syntax error": (HEAD + "x = (", "CHANGED = {}", "content.py:5", "SyntaxError: '[(]' was never closed"),
    "an exception in another module": (HEAD, "CHANGED = {}\n1 / 0", "own.py:7", "ZeroDivisionError: division by zero"),
    "a module that ends": (HEAD, "raise SystemExit('enough')", "own.py:6", "SystemExit: enough"),
    "a module that is missing": (HEAD.replace("own", "owns"), "", "content.py:3", "ModuleNotFoundError: No module"),
    "a misspelt trigger": (HEAD, TRIGGER, "own.py:8", "'terminated' speaks of trigger 'terminat'.*mean 'terminate'?"),
    "a misspelt state": (HEAD, RECURS, "own.py:7", "'network' speaks of state 'onlin'.*did you mean 'online'?"),
    "a row with an unknown state": (
        HEAD,
        ROW,
        "content.py:4",
        "'fire' of the lifecycle speaks of 'waitin': its states",
    ),
    "two properties of one id": (
        HEAD,
        TWICE,
        "content.py:4",
        "two properties of mine are called 'asserts': rename one",
    ),
    "no properties": (HEAD, "CHANGED = {'properties': ()}", "content.py:4", "mine has no properties: there would be"),
    "a name with a blank": (
        HEAD.replace('"mine"', '"my own"'),
        "CHANGED = {}",
        "content.py:4",
        "'my own': take letters",
    ),
}


@pytest.mark.parametrize(("head", "own", "place", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_folder_is_one_line_with_its_place_and_leaves_nothing_behind(
    folder: Path, head: str, own: str, place: str, says: str
) -> None:
    write(folder, own, head)
    before = private()
    with pytest.raises(ContentError, match=says) as caught:
        load(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder / place}: ")
    assert "\n" not in message
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert private() == before
    result = run("check", "--content", str(folder))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {message}\n"


def test_a_folder_without_content_says_what_it_has_to_have(folder: Path) -> None:
    before = private()
    with pytest.raises(ContentError, match=r"mine: no content: it has no file content\.py with a variable CONTENT"):
        load(folder)
    assert private() == before


def test_the_command_line_judges_as_the_content_of_a_folder(folder: Path) -> None:
    write(folder, "CHANGED = {'properties': PROPERTIES[:2]}")
    asked = ["check", "--granularity", "algorithm", "--calls", "1", "--content", str(folder)]
    result = run(*asked)
    assert "judged as mine: it is its own spec" in result.stdout
    other = run(*asked, "--property", "gate")
    assert other.exit_code == 2
    assert "unknown property 'gate': one of asserts, unique-tag" in other.stderr
