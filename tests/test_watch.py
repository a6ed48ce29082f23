"""Watching a text: what a save changed, in which order it is said, and how little is explored for it."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from bgsync.judge.budget import Budget
from bgsync.judge.check import check
from bgsync.judge.facts import Invocation, StepTaken
from bgsync.judge.verdict import Coverage, Location, Report, Trace, TraceStep, Verdict
from bgsync.language import Spec
from bgsync.sources import Source
from bgsync.system.scenario import Bounds
from bgsync.targets import Wish, of_text, question
from bgsync.texts import Text, read
from bgsync.watch import News, NothingReadError, Session, Stopper
from bgsync.watch.session import ROUNDS
from tests.specs import PRINT_QUEUE

Answer = Callable[[Spec, int | None], tuple[Verdict, ...]]
BROKEN = Verdict("one-event", "violated", "race", message="two at once")
FINE = Verdict("one-event", "holds")
OPEN = Verdict("one-event", "inconclusive", message="nothing found in the first 1,000 states")
SIGNED = PRINT_QUEUE.replace("set |alone| to false", "set |alone| to true")


class Asking:
    """Answers for a spec, and remembers how many states it was to look at."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.limits = answer, list[int | None]()

    def __call__(self, text: Text, limit: int | None, budget: Budget) -> Report:
        self.limits.append(limit)
        name = text.reading.document.file
        try:
            budget.check()
        except KeyboardInterrupt:
            return Report(name, "", {}, (), Coverage(1, 1, 1), (), interrupted=True)
        return Report(name, "", {}, (), Coverage(1, 1, 1), self.answer(text.reading.spec, limit))


def session(answer: Answer) -> tuple[Session, Asking]:
    ask = Asking(answer)
    return Session(read, ask), ask


def says(spec: Spec, word: str) -> bool:
    return any(word in origin.sentence for st in spec.statements() if (origin := st.origin))


def save(of: Session, text: str) -> list[News]:
    of.steps(Source("print.bs", text))
    return list(of.news(Stopper()))


def alone(spec: Spec, limit: int | None) -> tuple[Verdict, ...]:
    return (BROKEN if says(spec, "set alone to true") else OPEN if limit else FINE,)


def test_a_save_that_breaks_something_says_so_in_the_first_round_and_once() -> None:
    of, ask = session(alone)
    save(of, PRINT_QUEUE)
    news = save(of, SIGNED)
    assert [[verdict.property for verdict in each.broken] for each in news] == [["one-event"], [], []]
    assert [each.final for each in news] == [False, False, True]
    assert ask.limits == [*ROUNDS, None] * 2


def test_what_is_repaired_is_said_when_every_state_was_looked_at() -> None:
    of, _ = session(alone)
    save(of, SIGNED)
    news = save(of, PRINT_QUEUE)
    assert [[verdict.property for verdict in each.not_seen] for each in news] == [["one-event"], ["one-event"], []]
    assert [[verdict.property for verdict in each.repaired] for each in news] == [[], [], ["one-event"]]


def test_a_verdict_that_changes_its_kind_or_is_no_longer_decided_is_said() -> None:
    of, _ = session(lambda spec, _: (replace(BROKEN, kind="logic" if says(spec, "set alone to true") else "race"),))
    save(of, PRINT_QUEUE)
    ((old, new),) = save(of, SIGNED)[-1].otherwise
    assert old is not None
    assert new is not None
    assert (old.kind, new.kind) == ("race", "logic")


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("# Concepts", "<!-- a remark -->\n\n# Concepts"),
        ("|alone|", "|lonely|"),
        ("If |job| is null:", "If |job| is   null:"),
    ],
)
def test_a_save_that_says_the_same_explores_nothing(word: str, other: str) -> None:
    of, ask = session(alone)
    save(of, PRINT_QUEUE)
    done = len(ask.limits)
    (news,) = save(of, PRINT_QUEUE.replace(word, other))
    assert len(ask.limits) == done
    assert news.final
    assert not news.explored
    assert not news.broken + news.repaired


def test_to_undo_an_edit_explores_nothing_and_says_what_it_repaired() -> None:
    of, ask = session(alone)
    save(of, PRINT_QUEUE)
    save(of, SIGNED)
    done = len(ask.limits)
    (news,) = save(of, PRINT_QUEUE)
    assert len(ask.limits) == done
    assert [verdict.property for verdict in news.repaired] == ["one-event"]


def test_findings_of_structure_come_without_exploring() -> None:
    of, _ = session(alone)
    save(of, PRINT_QUEUE)
    misspelt = PRINT_QUEUE.replace("set |alone| to false", "set |alone| to |fasle|")
    first = save(of, misspelt)[0]
    assert [verdict.property.split("/")[0] for verdict in first.broken] == ["defined-before-use"]


def test_lines_of_verdicts_move_with_the_text() -> None:
    def at(spec: Spec, limit: int | None) -> tuple[Verdict, ...]:
        origin = next(o for st in spec.statements() if (o := st.origin) and o.algorithm == "register" and o.step == "4")
        step = TraceStep(Invocation("a"), StepTaken(origin))
        place = Location(origin.file, origin.line, origin.column, "register", "4")
        message = f"it says: {origin.sentence}"
        return (replace(BROKEN, message=message, locations=(place,), trace=Trace((step,))),)

    of, ask = session(at)
    (before,) = (v for v in save(of, PRINT_QUEUE)[-1].report.verdicts if v.property == "one-event")
    changed = PRINT_QUEUE.replace("# Concepts", "\n\n\n# Concepts").replace("|alone|", "|lonely|")
    (news,) = save(of, changed)
    (after,) = (v for v in news.report.verdicts if v.property == "one-event")
    assert len(ask.limits) == len(ROUNDS) + 1
    assert after.locations[0].line == before.locations[0].line + 3
    assert after.trace is not None
    moved = after.trace.steps[0].origin
    assert moved is not None
    assert (moved.line, moved.sentence) == (after.locations[0].line, "Let lonely be true")
    assert after.message == "it says: Let lonely be true"


def test_a_text_without_an_algorithm_is_an_error_and_the_last_reading_stays() -> None:
    of, _ = session(alone)
    save(of, PRINT_QUEUE)
    with pytest.raises(NothingReadError, match="half written"):
        of.steps(Source("print.bs", PRINT_QUEUE[:300]))
    assert of.steps(Source("print.bs", PRINT_QUEUE)) == ()


def test_a_check_that_is_stopped_says_nothing_and_the_next_one_compares_with_the_last_that_ended() -> None:
    of, _ = session(alone)
    save(of, PRINT_QUEUE)
    of.steps(Source("print.bs", SIGNED))
    stopper = Stopper()
    stopper.stop()
    assert list(of.news(stopper)) == []
    assert [verdict.property for verdict in save(of, SIGNED)[0].broken] == ["one-event"]


def test_a_stopper_ends_those_who_share_it_before_and_after_it_was_stopped() -> None:
    stopper, before, after = Stopper(), threading.Event(), threading.Event()
    stopper.check()
    stopper.share(before)
    stopper.stop()
    assert before.is_set()
    stopper.share(after)
    assert after.is_set()
    with pytest.raises(KeyboardInterrupt):
        stopper.check()


def test_a_check_of_all_the_engine_is_stopped_from_another_thread() -> None:
    stopper = Stopper()
    wish = Wish(bounds=Bounds(tags=2), budget=stopper)
    asked = question(of_text(read(Source("print.bs", PRINT_QUEUE))), wish)
    threading.Timer(0.05, stopper.stop).start()
    assert check(asked).interrupted
