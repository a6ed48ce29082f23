"""What a violation is told as: the sentence on top, the gap in which it happens, the lines to mend."""

import pytest

from bgsync.cli.question import Asked
from bgsync.judge.verdict import Location, Trace, TraceStep, Verdict
from bgsync.report.rules import rules
from bgsync.report.story import Story, gaps, headline, shown, story
from bgsync.report.words import messages, told, who
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.sources import Source
from bgsync.texts import read_text
from tests.specs import PRINT_QUEUE

WAITING = frozenset({("lend", "9")})
LENT = {"loan A: state": ("new", "lent")}
BACK = {"loan A: state": ("lent", "back")}


def run(*told: tuple[str, str, dict[str, tuple[str, str]]]) -> tuple[TraceStep, ...]:
    """Make a run: process, step ('' for the world outside), changes; every step is an action of its own."""
    return tuple(
        TraceStep(who, "lend" if step else "", step, "lib.bs" if step else "", 1, f"says {step}", changes, number)
        for number, (who, step, changes) in enumerate(told)
    )


def test_a_gap_is_where_others_change_what_an_invocation_goes_on_to_change() -> None:
    steps = run(("a", "1", {}), ("b", "2", LENT), ("a", "3", {}), ("a", "4", BACK))
    (gap,) = gaps(steps)
    assert (gap.before, gap.between, gap.after, gap.used, gap.waited) == (0, (1,), 2, 3, False)


def test_what_others_change_and_nobody_uses_is_no_gap() -> None:
    other = {"loan B: state": ("new", "lent")}
    assert gaps(run(("a", "1", {}), ("b", "2", other), ("a", "3", BACK))) == ()
    assert gaps(run(("a", "1", {}), ("a", "2", LENT), ("a", "3", BACK))) == ()


def test_two_steps_of_one_action_have_no_gap_between_them() -> None:
    first, between, last = run(("a", "1", {}), ("b", "2", LENT), ("a", "3", BACK))
    same = TraceStep(last.process, last.algorithm, last.step, last.file, 1, "", last.changes, first.action)
    assert gaps((first, between, same)) == ()


def test_two_that_both_put_something_into_the_list_share_the_list() -> None:
    put = [{f"loan {name}: in the list": ("no", "yes")} for name in "AB"]
    (gap,) = gaps(run(("a", "1", {}), ("b", "2", put[0]), ("a", "2", put[1])))
    assert (gap.between, gap.used) == ((1,), 2)


def test_an_assert_that_fails_uses_whatever_others_changed() -> None:
    (gap,) = gaps(run(("a", "1", {}), ("b", "2", LENT), ("a", "3", {"assert": ("must be true", "false")})))
    assert gap.used == 2


def test_a_step_that_writes_what_is_there_already_is_where_it_goes_wrong() -> None:
    steps = run(("a", "1", {}), ("b", "2", LENT), ("a", "2", {}), ("a", "3", BACK))
    assert gaps(steps)[0].used == 3
    assert gaps(steps, writing=frozenset({("lend", "2")}))[0].used == 2


def test_a_move_of_the_world_counts_only_where_the_run_ends_with_the_invocation() -> None:
    steps = run(("a", "1", {}), ("environment", "", {"door": ("open", "shut")}), ("a", "9", LENT))
    (gap,) = gaps(steps, WAITING)
    assert gap.waited
    assert gap.used == 2
    assert gaps((*steps, *run(("b", "5", BACK)))) == ()


def violated(*steps: TraceStep, kind: str = "race", loop: int | None = None) -> Story:
    return story(Verdict("unique-tag", "violated", kind, trace=Trace(steps, loop)), SPEC)


def test_the_lines_to_mend_of_a_race_are_where_it_looked_what_came_between_and_where_it_goes_on() -> None:
    tale = violated(*run(("a", "1", {}), ("b", "2", LENT), ("a", "4", BACK)))
    assert [line.place for line in tale.lines] == [0, 1, 2]
    assert [moment.role for moment in tale.moments] == ["looked", "between", "used"]
    assert "nothing may come between lend 1 and lend 4" in tale.advice
    assert tale.lead == (
        "While a is between lend 1 and lend 4, loan A goes from new to lent. It goes on as if nothing had happened."
    )


def test_without_a_gap_the_lines_are_those_that_changed_something_the_last_first() -> None:
    tale = violated(*run(("a", "1", LENT), ("a", "2", {}), ("a", "3", BACK)), kind="logic")
    assert [line.place for line in tale.lines] == [2, 0]
    assert tale.lead == ""


def test_what_a_run_does_after_it_broke_is_no_line_to_mend() -> None:
    steps = run(("a", "1", LENT), ("a", "2", BACK), ("a", "3", {"loan A: state": ("back", "sold")}))
    at = (Location("lib.bs", 1, 1, "lend", "2"),)
    tale = story(Verdict("retry-delay", "violated", "logic", (), "", at, Trace(steps)), SPEC)
    assert [line.place for line in tale.lines] == [1, 0]


def test_of_a_circle_that_changes_something_the_lines_are_its_own() -> None:
    steps = run(("a", "1", {"loan B: state": ("new", "lent")}), ("a", "2", LENT), ("a", "3", BACK))
    tale = violated(*steps, kind="logic", loop=1)
    assert [line.place for line in tale.lines] == [2, 1]
    assert "for ever" in tale.advice
    stuck = violated(*steps, kind="logic", loop=3)
    assert "a step for this case is missing" in stuck.advice


def test_of_a_long_run_the_story_keeps_the_end_and_counts_the_rest() -> None:
    tale = violated(*run(*(("a", str(n), LENT) for n in range(1, 41))))
    assert tale.left_out == 40 - len(tale.moments) > 0
    assert tale.moments[-1].place == 39


def test_steps_that_nobody_else_can_see_are_left_out_and_the_loop_moves_with_them() -> None:
    hidden = TraceStep("a", "lend", "1", "lib.bs", 1, "", {}, 0, visible=False)
    seen, last = run(("a", "2", LENT), ("a", "3", BACK))
    assert shown(Trace((hidden, seen, last), 2)) == ((seen, last), 1)


def test_a_change_of_what_was_taken_out_of_the_list_says_so() -> None:
    tale = violated(*run(("a", "1", {"loan A: in the list": ("yes", "no")}), ("b", "2", BACK)))
    assert tale.moments[-1].text == "loan A goes from lent to back, though loan A is no longer in the list"


def test_every_property_of_the_content_says_what_happens_where_it_breaks() -> None:
    from bgsync.shipped.properties import PROPERTIES

    for name in {prop.id for prop in PROPERTIES}:
        assert rules()[name].broken.endswith("."), name


def test_the_headline_names_what_has_to_go_wrong_first() -> None:
    verdict = Verdict("firing-ends", "violated", "logic", ("terminated",))
    assert headline(verdict) == (
        "A registration stays in the state firing for ever, where the user agent terminates the service worker."
    )
    assert headline(Verdict("known-term/x", "violated", "structure", (), "'lone' is no term")) == "'lone' is no term"


# --- words


def test_messages_go_between_the_lifelines_that_they_concern() -> None:
    call, dispatched, settled, resolved, moved = (
        TraceStep("register(t1) #1", "", "", "", 0, "a handler calls register(t1)"),
        *run(("e", "1", {"loan A: event": ("none", "dispatched")}), ("e", "2", {"loan A: event": ("", "rejected")})),
        *run(("register(t1) #1", "3", {"promise": ("pending", "resolved")})),
        TraceStep("environment", "", "", "", 0, "the network: go online", {"network": ("offline", "online")}),
    )
    callers = {"register(t1) #1": "worker"}
    pairs = [messages(step, callers)[0][:2] for step in (call, dispatched, settled, resolved, moved)]
    assert pairs == [
        ("worker", "user agent"), ("user agent", "worker"), ("worker", "user agent"), ("user agent", "worker"),
        ("network", "user agent"),
    ]  # fmt: skip
    assert messages(dispatched, {}, outbox=True)[1] == ("worker", "server", "sends the outbox")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("loan A: in the list", ("no", "yes"), "loan A is put into the list"),
        ("promise", ("pending", "rejected with X"), "the caller is told that it failed (rejected with X)"),
        ("registrations with this tag", ("1", "2"), "there are 2 registrations with this tag"),
        ("something else", ("1", "2"), "something else: 1 → 2"),
    ],
)
def test_a_change_is_told_in_words_and_an_unknown_one_as_it_is(name: str, values: tuple[str, str], words: str) -> None:
    assert told(TraceStep("a", "lend", "1", "", 1, "", {name: values})) == words


def test_who_an_invocation_is() -> None:
    assert who("register(t1) #2") == "call number 2 of register(t1)"
    assert "handler has ended" in who("event #1")


# --- the whole way


def test_the_race_of_an_invented_text_is_found_between_its_look_up_and_its_append() -> None:
    reading = read_text(Source("print.bs", PRINT_QUEUE))
    asked = Asked("both", (), 1, 2, "scope", 300_000, ("unique-tag",), hard=False)
    (verdict,) = asked.report(reading.spec, "print.bs").verdicts
    assert verdict.trace is not None
    tale = story(verdict, reading.spec)
    steps, _ = shown(verdict.trace)
    assert [steps[line.place].step for line in tale.lines] == ["7", "8.3", "8.3"]
    assert tale.headline == "Two registrations with the same tag end up in one list."
