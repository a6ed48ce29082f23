"""What a violation is told as: the sentence on top, the gap in which it happens, the lines to mend."""

from dataclasses import replace

import pytest

from bgsync.draw.lanes import Answered, Lanes, Sent
from bgsync.judge import facts as f
from bgsync.judge.check import check, glossary
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Kind, Location, Trace, TraceStep, Verdict
from bgsync.report.story import Story, gaps, headline, shown, story
from bgsync.report.words import told, who
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORDS, WORLD
from bgsync.shipped.properties import general
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.sources import Source
from bgsync.system.world import World
from bgsync.targets import Wish, of_text
from bgsync.targets import question as questioned
from bgsync.texts import read
from bgsync.words import Words
from tests.specs import PRINT_QUEUE
from tests.traces import A, B, at, by, called, moved, taken

WAITING = frozenset({("lend", "9")})
LOANS = Words(noun="loan")
LENDING = Glossary(LOANS)
SYNC = glossary(PROPERTIES, WORLD)
LENT = f.StateChanged(A, "new", "lent")
BACK = f.StateChanged(A, "lent", "back")


def run(*told: tuple[str, str, tuple[f.Change, ...]]) -> tuple[TraceStep, ...]:
    """Make a run: process, step, changes; every step is an action of its own."""
    return tuple(
        taken(who, at("lend", step, f"says {step}"), changes, number)
        for number, (who, step, changes) in enumerate(told)
    )


def test_a_gap_is_where_others_change_what_an_invocation_goes_on_to_change() -> None:
    steps = run(("a", "1", ()), ("b", "2", (LENT,)), ("a", "3", ()), ("a", "4", (BACK,)))
    (gap,) = gaps(steps)
    assert (gap.before, gap.between, gap.after, gap.used, gap.waited) == (0, (1,), 2, 3, False)


def test_what_others_change_and_nobody_uses_is_no_gap() -> None:
    other = f.StateChanged(B, "new", "lent")
    assert gaps(run(("a", "1", ()), ("b", "2", (other,)), ("a", "3", (BACK,)))) == ()
    assert gaps(run(("a", "1", ()), ("a", "2", (LENT,)), ("a", "3", (BACK,)))) == ()


def test_two_steps_of_one_action_have_no_gap_between_them() -> None:
    first, between, last = run(("a", "1", ()), ("b", "2", (LENT,)), ("a", "3", (BACK,)))
    same = replace(last, action=first.action)
    assert gaps((first, between, same)) == ()


def test_two_that_both_put_something_into_the_list_share_the_list() -> None:
    (gap,) = gaps(run(("a", "1", ()), ("b", "2", (f.Listed(A),)), ("a", "2", (f.Listed(B),))))
    assert (gap.between, gap.used) == ((1,), 2)


def test_an_assert_that_fails_uses_whatever_others_changed() -> None:
    (gap,) = gaps(run(("a", "1", ()), ("b", "2", (LENT,)), ("a", "3", (f.AssertFailed(),))))
    assert gap.used == 2


def test_a_step_that_writes_what_is_there_already_is_where_it_goes_wrong() -> None:
    steps = run(("a", "1", ()), ("b", "2", (LENT,)), ("a", "2", ()), ("a", "3", (BACK,)))
    assert gaps(steps)[0].used == 3
    assert gaps(steps, writing=frozenset({("lend", "2")}))[0].used == 2


def test_a_move_of_the_world_counts_only_where_the_run_ends_with_the_invocation() -> None:
    first, last = run(("a", "1", ()), ("a", "9", (LENT,)))
    steps = (first, moved("door", "shut it", "open", "shut", 1), replace(last, action=2))
    (gap,) = gaps(steps, WAITING)
    assert gap.waited
    assert gap.used == 2
    assert gaps((*steps, *run(("b", "5", (BACK,))))) == ()


def violated(*steps: TraceStep, kind: Kind = "race", loop: int | None = None) -> Story:
    return story(Verdict("unique-tag", "violated", kind, trace=Trace(steps, loop)), SPEC, LENDING)


def test_the_lines_to_mend_of_a_race_are_where_it_looked_what_came_between_and_where_it_goes_on() -> None:
    tale = violated(*run(("a", "1", ()), ("b", "2", (LENT,)), ("a", "4", (BACK,))))
    assert [line.place for line in tale.lines] == [0, 1, 2]
    assert [moment.role for moment in tale.moments] == ["looked", "between", "used"]
    assert "nothing may come between lend 1 and lend 4" in tale.advice
    assert tale.lead == (
        "While a is between lend 1 and lend 4, loan A goes from new to lent. It goes on as if nothing had happened."
    )


def test_without_a_gap_the_lines_are_those_that_changed_something_the_last_first() -> None:
    tale = violated(*run(("a", "1", (LENT,)), ("a", "2", ()), ("a", "3", (BACK,))), kind="logic")
    assert [line.place for line in tale.lines] == [2, 0]
    assert tale.lead == ""


def test_what_a_run_does_after_it_broke_is_no_line_to_mend() -> None:
    steps = run(("a", "1", (LENT,)), ("a", "2", (BACK,)), ("a", "3", (f.StateChanged(A, "back", "sold"),)))
    places = (Location("lib.bs", 1, 1, "lend", "2"),)
    tale = story(Verdict("retry-delay", "violated", "logic", (), "", places, Trace(steps)), SPEC, LENDING)
    assert [line.place for line in tale.lines] == [1, 0]


def test_of_a_circle_that_changes_something_the_lines_are_its_own() -> None:
    steps = run(("a", "1", (f.StateChanged(B, "new", "lent"),)), ("a", "2", (LENT,)), ("a", "3", (BACK,)))
    tale = violated(*steps, kind="logic", loop=1)
    assert [line.place for line in tale.lines] == [2, 1]
    assert "for ever" in tale.advice
    stuck = violated(*steps, kind="logic", loop=3)
    assert "a step for this case is missing" in stuck.advice


def test_of_a_long_run_the_story_keeps_the_end_and_counts_the_rest() -> None:
    tale = violated(*run(*(("a", str(n), (LENT,)) for n in range(1, 41))))
    assert tale.left_out == 40 - len(tale.moments) > 0
    assert tale.moments[-1].place == 39


def test_steps_that_nobody_else_can_see_are_left_out_and_the_loop_moves_with_them() -> None:
    hidden = taken("a", at("lend", "1"), visible=False)
    seen, last = run(("a", "2", (LENT,)), ("a", "3", (BACK,)))
    assert shown(Trace((hidden, seen, last), 2)) == ((seen, last), 1)


def test_a_change_of_what_was_taken_out_of_the_list_says_so() -> None:
    tale = violated(*run(("a", "1", (f.Unlisted(A),)), ("b", "2", (BACK,))))
    assert tale.moments[-1].text == "loan A goes from lent to back, though loan A is no longer in the list"


def test_every_property_of_the_content_says_what_happens_where_it_breaks() -> None:
    for name in {prop.id for prop in PROPERTIES}:
        assert SYNC.rule(name).broken.endswith("."), name
    for name in {prop.id for prop in general.PROPERTIES}:
        assert glossary(general.PROPERTIES, World()).rule(name).broken.endswith("."), name


def test_the_headline_names_what_has_to_go_wrong_first() -> None:
    verdict = Verdict("firing-ends", "violated", "logic", ("terminated",))
    assert headline(verdict, SYNC) == (
        "A registration stays in the state firing for ever, where the user agent terminates the service worker."
    )
    lone = Verdict("known-term/x", "violated", "structure", (), "'lone' is no term")
    assert headline(lone, SYNC) == "'lone' is no term"


# --- words


def test_messages_go_between_the_lifelines_that_they_concern() -> None:
    call, dispatched, settled, resolved, online, gone = (
        called("register(t1) #1", handler=True),
        *run(("e", "1", (f.EventDispatched(A),)), ("e", "2", (f.EventSettled(A, "rejected"),))),
        *run(("register(t1) #1", "3", (f.PromiseSettled("resolved"),))),
        moved("network", "go online", "offline", "online"),
        moved("service worker", "unregister", "active", "none"),
    )
    lanes = Lanes((call,), WORDS)
    pairs = [lanes.messages(step)[0][:2] for step in (call, dispatched, settled, resolved, online, gone)]
    assert pairs == [
        ("worker", "user agent"), ("user agent", "worker"), ("worker", "user agent"), ("user agent", "worker"),
        ("network", "user agent"), ("page", "user agent"),
    ]  # fmt: skip
    assert lanes.messages(moved("door", "opens", "shut", "open")) == ()
    stored = Lanes((called("register(t1) #1", "with a stored message"),), WORDS)
    assert stored.messages(dispatched)[1] == ("worker", "server", Sent())
    assert stored.messages(settled)[0] == ("server", "worker", Answered("rejected"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (f.Listed(A), "loan A is put into the list"),
        (f.PromiseSettled("rejected", "X"), "the caller is told that it failed (rejected with X)"),
        (f.Duplicated(), "there are 2 objects with this tag"),
        (f.EventSettled(A, "fulfilled"), "the event of loan A ends well"),
        (f.EnvironmentMoved("something else", "", "1", "2"), "something else: 1 → 2"),
        (f.Chosen("something open", True), "says 1"),
    ],
)
def test_a_change_is_told_in_words_and_one_without_any_as_it_is(change: f.Change, words: str) -> None:
    assert told(run(("a", "1", (change,)))[0], LOANS) == words


def test_who_an_invocation_is() -> None:
    assert who(by("register(t1) #2"), WORDS) == "call number 2 of register(t1)"
    assert "handler has ended" in who(by("event #1"), WORDS)


# --- the whole way


def test_the_race_of_an_invented_text_is_found_between_its_look_up_and_its_append() -> None:
    target = of_text(read(Source("print.bs", PRINT_QUEUE)))
    report = check(questioned(target, Wish(("unique-tag",), each=False)))
    (verdict,) = report.verdicts
    assert verdict.trace is not None
    tale = story(verdict, target.spec, report.glossary)
    steps, _ = shown(verdict.trace)
    assert [steps[line.place].step for line in tale.lines] == ["7", "8.3", "8.3"]
    assert tale.headline == "Two print jobs with the same label end up in one list."
