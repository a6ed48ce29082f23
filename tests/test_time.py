"""A budget of time ends every phase; the clock of these tests moves only when it is looked at, a second each time."""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bgsync.api import read
from bgsync.cli.question import Asked
from bgsync.compare.behaviour import compare
from bgsync.judge import exploring
from bgsync.judge.budget import GRACE, Budget, SpentError
from bgsync.judge.causes import Causes
from bgsync.judge.explorations import Effort, Exploration
from bgsync.judge.verdict import Report
from bgsync.pauses import pause, pausing
from bgsync.sources import Source
from bgsync.system.run import Run
from bgsync.targets import Wish, as_it_stands, judged, of_text
from bgsync.texts import Text
from tests.command import run
from tests.specs import LIBRARY, PRINT_QUEUE

HEAD = """<pre class=metadata>
Title: Kettles
Shortname: kettles
</pre>

# Kettles # {#kettles}

A <dfn>kettle</dfn> has a <dfn for=kettle>heat</dfn>, which is one of <dfn>cold</dfn> or <dfn>hot</dfn>. It is initially
[=cold=]. A [=service worker registration=] has a <dfn>list of kettles</dfn>, a [=list=] of [=kettles=].
"""

FREE = 20
"""How many conditions are free, so that one invocation can end in 2 to the power of so many ways."""

MANY_WAYS = (
    HEAD
    + """
<div algorithm>
The <dfn method for=Stove>boil(|name|)</dfn> method steps are:

1. Let |kettle| be a new [=kettle=].
1. Let |promise| be [=a new promise=].
"""
    + "".join(f"1. If the weather in town {town} is fine, let |sign{town}| be true.\n" for town in range(FREE))
    + """1. Append |kettle| to the [=list of kettles=].
1. Set |kettle|'s [=heat=] to [=hot=].
1. Set |spoon|'s [=heat=] to [=hot=].
1. Resolve |promise| with |kettle|.
1. Return |promise|.
</div>
"""
)


@pytest.fixture(scope="module")
def text() -> Text:
    return read(Source("kettles.bs", MANY_WAYS))


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", itertools.count().__next__)
    monkeypatch.setattr(time, "process_time", (n * GRACE / 128 for n in itertools.count()).__next__)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often the interpreter runs an action."""
    count, run = [0], Run.run

    def counting(self: Run, settle: str | None) -> object:
        count[0] += 1
        return run(self, settle)

    monkeypatch.setattr(Run, "run", counting)
    return count


def asked(ask: Callable[[], None]) -> int:
    """Count how often a budget may be asked before it ends what asks."""
    for times in itertools.count():
        try:
            ask()
        except SpentError:
            return times
    raise AssertionError


def ask(text: Text, seconds: float) -> Report:
    return judged(of_text(text), Wish(budget=Budget(seconds), granularities=("algorithm",), each=False))


@pytest.mark.usefixtures("ticking")
def test_one_action_with_a_million_outcomes_ends_with_the_time(text: Text, runs: list[int]) -> None:
    report = ask(text, 200)
    explored = [verdict for verdict in report.verdicts if verdict.granularity != "text"]
    assert {verdict.verdict for verdict in explored} == {"inconclusive"}
    assert all(verdict.message.startswith("ran out of time") for verdict in explored)
    assert runs[0] < 250
    assert not report.interrupted
    assert report.exit_status == 1  # for the variable that nothing gives a value


@pytest.mark.usefixtures("ticking")
def test_findings_of_structure_are_there_when_the_time_is_used_up_at_once(text: Text, runs: list[int]) -> None:
    report = ask(text, 0.001)
    structure = [verdict for verdict in report.verdicts if verdict.kind == "structure"]
    assert [(verdict.property, verdict.verdict) for verdict in structure] == [
        ("defined-before-use/boil.25", "violated")
    ]
    assert runs[0] == 0


def test_structure_that_is_not_finished_holds_nothing(text: Text) -> None:
    def at_once() -> None:
        raise SpentError("ran out of time")

    with pausing(at_once):
        verdicts = as_it_stands(of_text(text)).verdicts
    assert {(verdict.verdict, verdict.message) for verdict in verdicts} == {("inconclusive", "ran out of time")}


@pytest.mark.usefixtures("ticking")
def test_after_the_search_there_is_a_little_time_to_tell_what_was_found() -> None:
    budget = Budget(10)
    assert asked(budget.check) == 10
    assert budget.spent.startswith("ran out of time, not decided within 10 s")
    assert asked(budget.finish) == 128


@pytest.mark.usefixtures("ticking")
def test_what_a_search_found_is_judged_with_that_little_time_too() -> None:
    budget = Budget(10)
    assert asked(budget.once) == 10
    assert asked(budget.once) == 128


@pytest.mark.usefixtures("ticking")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("ended", [SpentError("ran out of time"), KeyboardInterrupt()])
def test_what_other_explorations_found_is_told_where_one_ends_without_a_state(
    ended: KeyboardInterrupt, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = exploring._watched

    def lost(exploration: Exploration, *more: Any) -> Any:
        if exploration.scenario.granularity == "step":
            raise ended
        return watched(exploration, *more)

    monkeypatch.setattr(exploring, "_watched", lost)
    wish = Wish(("promise-settles",), adversities=(), effort=Effort(processes=jobs))
    found = judged(of_text(read(Source("queue.bs", PRINT_QUEUE))), wish)
    (verdict,) = [each for each in found.verdicts if each.property == "promise-settles" and not each.needs]
    assert (verdict.verdict, verdict.coarse) == ("inconclusive", "holds")
    assert verdict.message == (f"{ended}" or "interrupted before it was judged")
    assert {each.granularity for each in found.explorations if each.states} == {"algorithm"}
    assert found.interrupted == (not isinstance(ended, SpentError))


@pytest.mark.usefixtures("ticking")
def test_what_is_seen_broken_is_told_by_one_run_where_there_is_no_time_to_find_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_time(self: Causes, name: str) -> NoReturn:
        raise SpentError("ran out of time")

    monkeypatch.setattr(Causes, "runs", no_time)
    wish = Wish(("unique-tag",), granularities=("step",), budget=Budget(500), each=False)
    found = judged(of_text(read(Source("queue.bs", PRINT_QUEUE))), wish)
    (verdict,) = [each for each in found.verdicts if each.property == "unique-tag"]
    assert (verdict.verdict, [each.complete for each in found.explorations]) == ("violated", [False])
    assert verdict.trace is not None


@pytest.mark.usefixtures("ticking")
def test_reading_ends_with_the_time() -> None:
    with pausing(Budget(1).finish), pytest.raises(SpentError):
        read(Source("kettles.bs", MANY_WAYS + "\n\nThe kettle is hot. It sings.\n" * 500))


@pytest.mark.usefixtures("ticking")
def test_a_comparison_ends_with_the_time(text: Text) -> None:
    old, new = text.reading.spec, replace(text.reading.spec, methods=())
    with pausing(Budget(50).check):
        found = compare(old, new, text.content.world)
    assert found.relation == "inconclusive"
    assert found.note.startswith("ran out of time")


def test_without_a_budget_a_pause_does_nothing() -> None:
    pause()
    with pausing(None):
        pause()


@pytest.mark.parametrize("command", ["check", "diff", "draw"])
def test_commands_end_with_the_time(command: str, tmp_path: Path) -> None:
    file = tmp_path / "kettles.bs"
    file.write_text(MANY_WAYS)
    given = {
        "check": ["check", str(file), "--jobs", "1"],
        "diff": ["diff", str(file), "one-off", "--jobs", "1"],
        "draw": ["draw", "trace", str(file), "--property", "promise-settles", "--jobs", "1"],
    }[command]
    result = run(*given, "--time", "0.001")
    assert re.search("ran out +of time|promise-settles inconclusive", " ".join(result.output.split()))
    assert result.exit_code != 0


@pytest.mark.parametrize(
    ("text", "more", "seconds"),
    [
        (LIBRARY, (), 60),
        (PRINT_QUEUE, (), 300),
        (LIBRARY, ("--time", "90"), 90),
        (LIBRARY, ("--limit", "9"), None),
    ],
)
def test_a_text_about_nothing_known_takes_a_minute_unless_the_user_says_how_long(
    text: str, more: tuple[str, ...], seconds: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.bs").write_text(text, encoding="utf-8")
    given = list[float | None]()

    def stop(asked: Asked, *_: object) -> Report:
        given.append(asked.budget.seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(Asked, "report", stop)
    run("check", str(tmp_path / "text.bs"), *more)
    assert given == [seconds]
