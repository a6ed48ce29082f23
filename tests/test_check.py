"""The verdicts on the built-in one-off model, and that they are what README and docs say."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Never

import pytest

from bgsync.judge.check import check
from bgsync.judge.explorations import Effort
from bgsync.judge.pace import Far
from bgsync.judge.property import Safety, View
from bgsync.judge.verdict import Report, Verdict
from bgsync.shipped.model import environment
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.observation import Created, Observation
from bgsync.system.scenario import adversities_of
from tests.models import question

ROOT = Path(__file__).parents[1]


def ask(granularity: tuple[str, ...], adversities: tuple[str, ...] = ()) -> Report:
    return check(question(SPEC, PROPERTIES, granularity, adversities))


@pytest.fixture(scope="module")
def coarse() -> dict[str, Verdict]:
    return {verdict.property: verdict for verdict in ask(("algorithm",)).verdicts}


RACES = (
    "asserts/fire-a-sync-event.1",
    "asserts/fire-a-sync-event.3",
    "asserts/fire-a-sync-event.5.2.2",
    "unique-tag",
    "one-event",
    "resolved-then-fires",
    "resolved-not-waiting",
    "firing-ends",
    "retry-waits",
    "removes-listed",
)


@pytest.mark.parametrize("name", RACES)
def test_a_race_of_todays_text_is_found_step_by_step_only(
    name: str, todays: dict[str, Verdict], coarse: dict[str, Verdict]
) -> None:
    assert (todays[name].verdict, todays[name].kind) == ("violated", "race")
    assert coarse[name].verdict == "holds"


@pytest.mark.parametrize("name", ["retry-delay", "no-endless-firing"])
def test_a_contradiction_of_logic_is_found_at_both_granularities(
    name: str, todays: dict[str, Verdict], coarse: dict[str, Verdict]
) -> None:
    assert (todays[name].verdict, todays[name].kind) == ("violated", "logic")
    assert coarse[name].verdict == "violated"


def test_an_event_may_be_dispatched_offline(todays: dict[str, Verdict]) -> None:
    assert todays["fires-online"].verdict == "violated"


KEPT = (
    "promise-settles",
    "pending-fires",
    "waiting-ends",
    "gate",
    "outcome",
    "refusal-error",
    "resolved-before-firing",
)


@pytest.mark.parametrize("name", KEPT)
def test_what_todays_text_does_promise_holds_in_the_base_environment(name: str, todays: dict[str, Verdict]) -> None:
    assert todays[name].verdict == "holds"


def test_the_outbox_with_a_shared_tag_loses_a_message_to_a_race(todays: dict[str, Verdict]) -> None:
    assert (todays["delivered/shared-tag"].verdict, todays["delivered/shared-tag"].kind) == (
        "violated",
        "race",
    )
    assert todays["delivered/tag-per-message"].verdict == "holds"


@pytest.mark.parametrize("adversity", sorted(adversities_of(environment.WORLD, SPEC)))
def test_every_adversity_alone_breaks_something_in_a_way_that_is_not_there_without_it(
    adversity: str, today: Report, todays: dict[str, Verdict]
) -> None:
    broken = [verdict for verdict in today.verdicts if verdict.needs == (adversity,)]
    assert broken
    for verdict in broken:
        known = {one.defect() for one in todays[verdict.property].findings()}
        assert known.isdisjoint(one.defect() for one in verdict.findings())


def test_the_adversities_break_what_they_are_about(today: Report) -> None:
    broken = {(verdict.needs[0], verdict.property) for verdict in today.verdicts if verdict.needs}
    assert {
        ("terminated", "delivered/tag-per-message"),
        ("extended", "one-event"),
        ("restarted", "waiting-ends"),
        ("unregistered", "active-worker"),
        ("permission", "fires-permitted"),
        ("skipped", "firing-ends"),
        ("unsettled", "firing-ends"),
        ("should", "pending-fires"),
    } <= broken


def test_the_number_of_states_is_known_exactly(today: Report) -> None:
    sizes = {(e.granularity, e.adversities, e.monitor): e.states for e in today.explorations}
    assert sizes["algorithm", (), "calls"] == 54
    assert sizes["step", (), "calls"] == 37_014


def test_what_is_broken_already_is_looked_at_in_every_environment(today: Report) -> None:
    looked = {(each.granularity, each.adversities): set[str]() for each in today.explorations}
    for each in today.explorations:
        looked[each.granularity, each.adversities].add(each.monitor)
    assert all(monitors == looked["algorithm", ()] for monitors in looked.values())
    assert "timers" in looked["step", ()]  # retry-delay is broken by logic, and by a race


@pytest.mark.campaign
def test_several_processes_explore_the_whole_and_say_the_same(today: Report) -> None:
    asked = question(SPEC, adversities=tuple(environment.ADVERSITIES))
    both = check(replace(asked, effort=Effort(processes=2)))
    assert both.verdicts == today.verdicts
    assert [replace(each, seconds=0) for each in both.explorations] == [
        replace(each, seconds=0) for each in today.explorations
    ]


def test_what_fails_in_one_of_several_processes_fails_here() -> None:
    def broken(view: View, seen: Observation, pc: int) -> Never:
        raise ZeroDivisionError("a property with a mistake")

    wrong = Safety("wrong", "", "", "", (Created,), broken)
    asked = question(SPEC, [wrong, *PROPERTIES], ("algorithm",), processes=2)
    with pytest.raises(ZeroDivisionError, match="a property with a mistake"):
        check(asked)


def test_every_step_of_the_text_is_reached(today: Report) -> None:
    assert today.coverage.reached == today.coverage.total == today.coverage.understood
    assert today.exit_status == 1


def test_every_violation_has_a_trace_and_a_place_in_the_model(today: Report) -> None:
    for verdict in today.verdicts:
        if verdict.verdict == "violated":
            assert verdict.trace is not None
            assert verdict.trace.steps
            place = verdict.locations[0]
            line = (ROOT / place.file).read_text().splitlines()[place.line - 1]
            assert re.search(r"\w+\(|steps", line), (verdict.property, place)


def test_the_shortest_trace_of_two_equal_tags_is_two_calls_that_look_and_then_add(
    todays: dict[str, Verdict],
) -> None:
    trace = todays["unique-tag"].trace
    assert trace is not None
    told = [(str(step.actor), step.step) for step in trace.steps if step.step in ("7", "9.4")]
    assert [step for _, step in told] == ["7", "7", "9.4", "9.4"]
    assert len({step.action for step in trace.steps}) == 6


def test_one_call_at_a_time_has_no_race() -> None:
    names = {"asserts", "unique-tag", "one-event"}
    chosen = [prop for prop in PROPERTIES if prop.id in names]
    report = check(question(SPEC, chosen, calls=1))
    assert {verdict.verdict for verdict in report.verdicts} == {"holds"}


def test_a_limit_makes_what_was_not_found_inconclusive() -> None:
    report = check(question(SPEC, PROPERTIES, ("step",), limit=50))
    verdicts = {verdict.property: verdict.verdict for verdict in report.verdicts}
    assert verdicts["promise-settles"] == "inconclusive"
    assert verdicts["retry-delay"] == "inconclusive"
    assert "holds" not in verdicts.values()
    assert not report.interrupted


def test_an_interruption_ends_in_a_report_of_what_was_explored() -> None:
    def stop(far: Far) -> None:
        if far.states > 2000:
            raise KeyboardInterrupt

    report = check(question(SPEC, PROPERTIES, ("step",)), stop)
    assert report.interrupted
    assert report.explorations[0].states > 2000
    assert not report.explorations[0].complete


def test_an_unknown_adversity_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown adversity 'rain': one of extended, installing, permission"):
        ask(("algorithm",), ("rain",))


def test_the_page_on_todays_text_names_exactly_the_properties_that_are_broken(
    todays: dict[str, Verdict],
) -> None:
    text = (ROOT / "docs" / "today.md").read_text()
    table = text[text.index("| property |") : text.index("And it says what does hold")]
    named = set(re.findall(r"`([a-z-]+)`", "\n".join(row.split("|")[1] for row in table.splitlines() if "|" in row)))
    broken = {name.split("/")[0] for name, verdict in todays.items() if verdict.verdict == "violated"}
    assert named == broken


def test_the_trace_on_that_page_is_the_one_that_the_checker_tells(todays: dict[str, Verdict]) -> None:
    from bgsync.report.lines import trace_lines
    from bgsync.shipped.model.background_sync.world import WORDS

    trace = todays["resolved-then-fires"].trace
    assert trace is not None
    told = [
        line.split()[0] + " " + " ".join(re.findall(r"\b\d+(?:\.\d+)*:", line))
        for line in trace_lines(trace, WORDS)
        if line[:4].strip()
    ]
    text = (ROOT / "docs" / "today.md").read_text()
    block = text[text.index("   1 environment") : text.index("Call #2 has")]
    shown = [
        line.split()[0] + " " + " ".join(re.findall(r"\b\d+(?:\.\d+)*:", line))
        for line in block.splitlines()
        if re.match(r" +\d+ ", line)
    ]
    assert shown == [line for line in told if line[0].isdigit()]
