"""A counterexample as a sequence diagram: who, in which order, what changes; the same in every form."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bgsync.draw.links import to_lines
from bgsync.draw.render import render
from bgsync.draw.sequence import SCREEN, Lane, Sequence, in_words, sequence_diagram
from bgsync.draw.sequence_svg import sequence_svg
from bgsync.draw.sequence_text import sequence_mermaid, sequence_plantuml
from bgsync.judge import facts as f
from bgsync.judge.verdict import Location, Trace, TraceStep, Verdict
from bgsync.shipped.model.background_sync.registration import COLOURS
from bgsync.shipped.model.background_sync.world import WORDS
from bgsync.words import Words
from tests.models import outbox, report
from tests.traces import A, at, by, called, moved, taken

SVG = "{http://www.w3.org/2000/svg}"
AGENT = "user agent"


def step(actor: str, where: str, sentence: str, *changes: f.Change, visible: bool = True) -> TraceStep:
    algorithm, _, number = where.rpartition(" ")
    return taken(actor, at(algorithm, number, sentence, line=7), changes, 1, visible)


ONLINE = moved("network", "go online", "offline", "online", 1)
CALL = called("register(t1) #1")
STORES = called("register(t1) #1", "with a stored message")
PRIVATE = step("register(t1) #1", "register 1", "let x be 1", visible=False)
ADD = step("register(t1) #1", "register 2", "add it", f.Listed(A))
RESOLVE = step("register(t1) #1", "register 3", "resolve promise", f.PromiseSettled("resolved"))
DISPATCH = step("register(t1) #1", "fire 4.1", "dispatch", f.EventDispatched(A))
AGAIN = called("register(t1) #2", handler=True)
SETTLE = TraceStep(by("event #1"), f.ReactionBegins(at("fire", "5"), "fulfilled"), (f.EventSettled(A, "fulfilled"),), 1)
SET = step("event #1", "fire 5.1", "set it", f.StateChanged(A, "firing", "pending"))
RUN = (ONLINE, CALL, PRIVATE, ADD, RESOLVE, DISPATCH, AGAIN, SETTLE, SET)


def drawn(*steps: TraceStep, loop: int | None = None, words: Words = WORDS) -> Sequence:
    place = Location("lib.bs", 7, 1, "fire", "5.1")
    verdict = Verdict("one-event", "violated", "race", (), "twice", (place,), Trace(steps, loop))
    return sequence_diagram(verdict, to_lines, words)


def told(sequence: Sequence) -> list[tuple[int, str, str, str]]:
    return [(item.number, item.source, item.target, item.text) for item in sequence.items]


def test_messages_go_between_those_who_take_part_and_steps_stay_with_their_call() -> None:
    one, two = "register(t1) #1", "register(t1) #2"
    assert told(drawn(*RUN)) == [
        (1, "network", AGENT, "go online"),
        (2, "page", one, "register(t1)"),
        (3, one, one, "add it"),
        (4, one, one, "resolve promise"),
        (0, one, "page", "promise resolved"),
        (5, one, "worker", "dispatches the event"),
        (6, "worker", two, "register(t1)"),
        (7, "worker", AGENT, "event #1: fulfilled"),
        (8, AGENT, AGENT, "event #1: set it"),
    ]
    assert [lane.name for lane in drawn(*RUN).lanes] == ["page", AGENT, one, two, "worker", "network"]


def test_the_promise_of_a_call_by_a_handler_is_told_to_the_worker() -> None:
    answer = replace(RESOLVE, actor=by("register(t1) #2"))
    assert told(drawn(AGAIN, answer))[-1][1:3] == ("register(t1) #2", "worker")


def test_what_changes_is_kept_with_its_step_and_the_step_links_to_its_line() -> None:
    items = {item.where: item for item in drawn(*RUN).items if item.where}
    assert items["register 2"].changes == (("registration A: in the list", "no", "yes"),)
    assert items["register 2"].link == "lib.bs#L7"
    assert [where for where, item in items.items() if item.blamed] == ["fire 5.1"]


def test_the_server_takes_part_only_where_the_outbox_is_followed() -> None:
    assert "server" not in {lane.name for lane in drawn(*RUN).lanes}
    followed = drawn(*(STORES if step is CALL else step for step in RUN))
    assert (2, "page", "register(t1) #1", "register(t1) with a stored message") in told(followed)
    assert ("worker", "server", "delivers what was in the outbox") in {entry[1:] for entry in told(followed)}
    assert followed.lanes[-1] == Lane("server")


def test_numbers_are_those_of_the_report_in_words_and_a_loop_begins_where_it_does_there() -> None:
    sequence = drawn(*RUN, loop=7)
    assert sequence.loop == 7
    words = in_words(sequence)
    assert words.index("From here on, again and again:") < words.index("7. worker")
    assert words.index("6. worker") < words.index("From here on")


@pytest.mark.parametrize("loop", [None, 0, 7, len(RUN)])
def test_every_form_tells_every_item_in_order(loop: int | None) -> None:
    sequence = drawn(*RUN, loop=loop)
    root = ET.fromstring(sequence_svg(sequence))
    svg = [t.text for t in root.iter(f"{SVG}title")][1:]
    assert [title.split(".")[0] for title in svg if title and title[0].isdigit()] == [str(n) for n in range(1, 9)]
    repeats = loop is not None and loop < len(RUN)
    for text in (sequence_mermaid(sequence), sequence_plantuml(sequence)):
        lines = [line.strip() for line in text.splitlines()]
        numbers = re.findall(r"^(?:\w+ ?->>? ?\w+ ?: |[Nn]ote over \w+ ?: )(\d+) ", "\n".join(lines), re.M)
        assert numbers == [str(n) for n in range(1, 9)]
        assert sum(line.startswith("loop ") for line in lines) == repeats
    words = ("from here on, again and again:", "and nothing more happens")
    frame = [t.text for t in root.iter(f"{SVG}text") if t.text in words]
    assert len(frame) == (loop is not None)


def quiet(number: int) -> TraceStep:
    return step("register(t1) #1", f"register 2.{number}", "look at it")


def test_a_run_longer_than_a_screen_is_folded_where_nothing_changes() -> None:
    many = [quiet(number) for number in range(1, SCREEN)]
    sequence = drawn(CALL, *many, ADD, quiet(90), RESOLVE, DISPATCH)
    assert told(sequence)[1:] == [
        (2, "register(t1) #1", "register(t1) #1", f"{SCREEN - 1} steps without a visible change: register "
         + ", ".join(f"2.{number}" for number in range(1, SCREEN))),
        (15, "register(t1) #1", "register(t1) #1", "add it"),
        (16, "register(t1) #1", "register(t1) #1", "look at it"),
        (17, "register(t1) #1", "register(t1) #1", "resolve promise"),
        (0, "register(t1) #1", "page", "promise resolved"),
        (18, "register(t1) #1", "worker", "dispatches the event"),
    ]  # fmt: skip
    assert "2#8211;14 " in sequence_mermaid(sequence)
    assert "2–14" in sequence_svg(sequence)
    assert [f"{number}. " in in_words(sequence) for number in range(1, 19)] == [True] * 18
    assert not any(item.folded for item in drawn(CALL, *many[:-4], ADD).items)


def test_a_fold_ends_where_a_loop_begins_and_never_hides_the_step_that_is_blamed() -> None:
    many = [quiet(number) for number in range(1, 20)]
    sequence = drawn(CALL, *many, loop=10)
    assert [item.numbers for item in sequence.items] == ["1", "2–10", "11–20"]
    assert sequence.loop == 2
    blamed = step("register(t1) #1", "fire 5.1", "it is here")
    sequence = drawn(CALL, *many, blamed, *many)
    assert [(item.numbers, item.blamed) for item in sequence.items] == [
        ("1", False), ("2–20", False), ("21", True), ("22–40", False),
    ]  # fmt: skip


def test_hostile_text_stays_text_in_every_form() -> None:
    bad = "</text><script>x</script>; end #quot; ->> \\n @enduml"
    sequence = drawn(CALL, step("register(t1) #1", "register 2", bad, f.Listed(A)))
    root = ET.fromstring(sequence_svg(sequence))
    assert not list(root.iter(f"{SVG}script"))
    assert bad in "".join(root.itertext())
    for line in sequence_mermaid(sequence).splitlines():
        assert not re.search(r"[;#<]", re.sub(r"#\d+;|<br/>", "", line))
    assert sequence_plantuml(sequence).count("@enduml") == 1


def test_every_box_and_every_word_stands_within_the_picture() -> None:
    many = [called(f"register(t1) #{n}") for n in range(1, 12)]
    changed = f.StateChanged(f.Thing("x " * 40), "old " * 9, "new")
    long = step("register(t1) #11", "register 2", "word " * 60, changed)
    root = ET.fromstring(sequence_svg(drawn(*many, long)))
    wide, tall = float(root.get("width", "0")), float(root.get("height", "0"))
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", "0")) >= 0
        assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= wide
        assert float(rect.get("y", "0")) + float(rect.get("height", "0")) <= tall + 0.1


def test_a_sequence_diagram_has_no_dot_form_and_a_verdict_without_a_run_no_picture() -> None:
    with pytest.raises(ValueError, match="no dot: take one of svg"):
        render(drawn(*RUN), "dot")
    with pytest.raises(ValueError, match="holds, and there is no run"):
        sequence_diagram(Verdict("asserts", "holds"), to_lines, WORDS)


def test_a_real_counterexample_is_drawn_whole_with_the_state_that_it_leads_to() -> None:
    found = report(outbox(fulfilled=()), "firing-ends").verdicts[0]
    sequence = sequence_diagram(found, to_lines, WORDS, " of a tiny outbox", COLOURS)
    assert found.trace is not None
    shown = sum(s.visible or bool(s.changes) or not s.step for s in found.trace.steps)
    assert max(item.number for item in sequence.items) == shown
    assert "of a tiny outbox that breaks firing-ends" in sequence.description
    assert f"hue-{COLOURS['firing']}" in sequence_svg(sequence)
    assert render(sequence, "png").startswith(b"\x89PNG")
