"""A spec of a user's own: with words that know no spec every form of a report reads sensibly."""

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bgsync
from bgsync.draw.gallery import Gallery
from bgsync.draw.links import to_lines
from bgsync.draw.sequence import Sequence, sequence_diagram
from bgsync.draw.sequence_svg import sequence_svg
from bgsync.draw.sequence_text import sequence_mermaid, sequence_plantuml
from bgsync.judge import facts as f
from bgsync.judge.glossary import Glossary
from bgsync.judge.property import Liveness
from bgsync.judge.verdict import Coverage, Explored, Location, Report, Trace, TraceStep, Verdict
from bgsync.report import write
from bgsync.report.html import Page, to_html
from bgsync.report.lines import trace_lines
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORDS, WORLD
from bgsync.simulator.data import look
from bgsync.simulator.monitors import beside
from bgsync.simulator.simulation import Walks
from bgsync.simulator.spec import SpecSimulation
from bgsync.system.scenario import Scenario
from bgsync.targets import targets
from bgsync.words import Signal, Words
from tests.specs import PRINT_QUEUE
from tests.traces import A, at, by, called, moved, taken

STEPS = (
    moved("door", "opens", "shut", "open", 1),
    called("lend(b1) #1", "with a card"),
    taken("lend(b1) #1", at("lend", "1", "Add the loan."), (f.Listed(A), f.Duplicated()), 2),
    taken("lend(b1) #1", at("lend", "2", "Tell."), (f.EventDispatched(A), f.Chosen("in a hurry", True)), 3),
    called("lend(b1) #2", handler=True),
    TraceStep(by("event #1"), f.ReactionBegins(at("lend", "3"), "rejected"), (f.EventSettled(A, "rejected"),), 4),
    TraceStep(by("event #1"), f.TaskRuns(at("lend", "4")), (), 5),
    TraceStep(f.USER_AGENT, f.RuleIgnored("remind"), (), 6),
    TraceStep(by("event #1"), f.NeverSettles(), (), 7),
    taken("lend(b1) #2", at("lend", "5", "Done."), (f.PromiseSettled("rejected", "Late"), f.Unlisted(A, "lent")), 8),
)
VERDICT = Verdict("one-loan", "violated", "logic", (), "two", (Location("lib.bs", 1, 1, "lend", "5"),), Trace(STEPS))


def reported(words: Words) -> Report:
    explored = (Explored("step", (), "calls", 7, 9, 0.5, True),)
    return Report("lib.bs", "", {"tags": 1}, explored, Coverage(3, 3, 3), (VERDICT,), glossary=Glossary(words))


def drawn(words: Words) -> Sequence:
    return sequence_diagram(VERDICT, to_lines, words)


def page_data(words: Words) -> Any:
    page = to_html(Page(reported(words), SPEC, ONE_OFF))
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


def test_a_report_has_neutral_words_unless_it_is_told_others() -> None:
    assert Report("lib.bs", "", {}, (), Coverage(1, 1, 1), ()).glossary == Glossary(Words())
    assert Words().lanes == ("user", "user agent", "worker", "server")


def test_a_trace_in_neutral_words_speaks_of_objects_and_users() -> None:
    assert [" ".join(line.split()) for text in trace_lines(Trace(STEPS), Words()) for line in text.splitlines()] == [
        "1 environment the door: opens", "→ door: shut → open",
        "2 lend(b1) #1 a user with a card calls lend(b1)",
        "3 lend(b1) #1 lend 1: Add the loan.", "→ object A: in the list: no → yes", "→ objects with this tag: 1 → 2",
        "4 lend(b1) #1 lend 2: Tell.", "→ object A: event: none → dispatched", "→ in a hurry: undecided → true",
        "5 lend(b1) #2 a handler calls lend(b1)",
        "6 event #1 lend 3: the event's promise is rejected", "→ object A: event: dispatched → rejected",
        "7 event #1 lend 4: the task that was queued runs in the worker",
        "8 user agent the user agent does not follow the rule 'remind'",
        "9 event #1 the handler will never settle",
        "10 lend(b1) #2 lend 5: Done.", "→ promise: pending → rejected with Late",
        "→ object A: in the list: yes, lent → no",
    ]  # fmt: skip


def test_a_picture_in_neutral_words_has_the_lanes_of_any_spec_and_no_server() -> None:
    sequence = drawn(Words())
    assert [lane.name for lane in sequence.lanes] == ["user", "user agent", "lend(b1) #1", "lend(b1) #2", "worker"]
    assert [(item.source, item.target, item.text) for item in sequence.items[:2]] == [
        ("user agent", "user agent", "the door: opens (open)"),
        ("user", "lend(b1) #1", "lend(b1) with a card"),
    ]
    assert (sequence.items[-1].source, sequence.items[-1].target) == ("lend(b1) #2", "worker")


def test_nothing_of_another_spec_is_said_in_any_form() -> None:
    report = reported(Words())
    forms = [write(form, report) for form in ("json", "sarif", "junit", "github", "markdown", "itf")]
    forms += [draw(drawn(Words())) for draw in (sequence_svg, sequence_mermaid, sequence_plantuml)]
    told = json.dumps(page_data(Words())["reports"][0]["verdicts"])
    for text in (*forms, told):
        for word in ("registration", "page", "network", "outbox", "browser"):
            assert word not in text, word


def test_the_words_of_a_spec_give_it_its_noun_its_lanes_and_its_signals() -> None:
    words = Words(
        noun="loan",
        user="reader",
        agent="library",
        worker="clerk",
        surroundings=("door",),
        server="archive",
        stores="with a card",
        store="the card box",
        signals={"door": Signal("door", "library", by_state=True)},
        triggers={"opens": "the library opens"},
    )
    sequence, data = drawn(words), page_data(words)
    names = ["reader", "library", "lend(b1) #1", "lend(b1) #2", "clerk", "door", "archive"]
    assert [lane.name for lane in sequence.lanes] == names
    assert ("clerk", "archive", "cannot deliver") in {(one.source, one.target, one.text) for one in sequence.items}
    assert "box library" in sequence_mermaid(sequence)
    assert 'box "library" #F3F4F6' in sequence_plantuml(sequence)
    assert data["lanes"] == list(words.lanes)
    report = data["reports"][0]
    assert (report["agent"], report["noun"]) == ("library", "loan")
    first, _, third, fourth, *_ = report["verdicts"][0]["steps"]
    assert (first["told"], first["messages"]) == ("the library opens", [["door", "library", "open"]])
    assert third["changes"][0] == ["loan A: in the list", "loan A", "no", "yes", "listed"]
    assert fourth["messages"] == [["library", "clerk", "event of loan A"], ["clerk", "archive", "sends the card box"]]


def test_a_signal_goes_between_lanes_that_there_are() -> None:
    with pytest.raises(ValueError, match="the door is told by or to 'door': one of user, user agent, worker, server"):
        Words(signals={"door": Signal("door", "user agent")})


@pytest.mark.parametrize(
    "room",
    [
        "telling",
        "judge/facts",
        "judge/trace",
        "draw/lanes",
        "draw/sequence",
        "report/words",
        "report/story",
        "report/html",
    ],
)
def test_no_room_that_tells_a_run_says_the_words_of_one_spec(room: str) -> None:
    tree = ast.parse((Path(bgsync.__file__).parent / f"{room}.py").read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    said = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docs]
    for text in said:
        for word in ("registration", "network", "execution", "service worker", "outbox", "a page", "browser"):
            assert word not in str(text), text


def test_the_pictures_and_the_page_send_every_message_between_the_same_lanes() -> None:
    calls = {"lend(b1) #1": "user agent", "lend(b1) #2": "user agent"}
    steps = page_data(WORDS)["reports"][0]["verdicts"][0]["steps"]
    on_page = [(source, target) for step in steps for source, target, _ in step["messages"]]
    items = drawn(WORDS).items
    sent = [(calls.get(item.source, item.source), calls.get(item.target, item.target)) for item in items]
    assert [pair for pair in sent if pair[0] != pair[1]] == on_page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Two registrations with the same tag are there.", "Two orders with the same number are there."),
        ("A registration is gone.", "An order is gone."),
        ("The service worker registration is gone.", "The service worker registration is gone."),
        ("A page is told that its sync is registered.", "A page is told that its call has succeeded."),
    ],
)
def test_a_sentence_is_told_in_the_words_of_a_text_that_calls_its_things_otherwise(text: str, said: str) -> None:
    assert WORDS.retold(text, WORDS.of("order", "number")) == said
    assert WORDS.retold(text, WORDS.of("sync registration", "tag")) == text


def test_what_a_text_calls_its_things_is_what_a_run_calls_them() -> None:
    assert WORDS.of("sync registration", "tag") is WORDS
    assert WORDS.of("print job", "label").duplicates == "print jobs with this label"
    assert Words().of("coat", None).noun == "coat"
    assert (Words(noun="order").a_noun, WORDS.a_noun) == ("an order", "a registration")


def test_an_explorer_and_a_gallery_of_a_text_call_its_things_as_it_does(tmp_path: Path) -> None:
    (tmp_path / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    (target,) = targets(str(tmp_path / "print.bs"))
    known = [one for one in target.content.properties if isinstance(one, Liveness) and one.id == "pending-fires"]
    owing = [replace(one, owed=lambda system, state: ("something",)) for one in known]
    walks = Walks(SpecSimulation(Scenario(target.spec, WORLD, "algorithm", monitor=beside(owing)), owing, "print.bs"))
    said = [f"{goal.heading} {goal.name}" for goal in walks.simulation.goals() if not goal.id.startswith("step:")]
    here = look(walks, (), 0)["scene"]
    said += [here["panels"][0][0], *(sentence for _, sentence, _ in here["owed"])]
    assert "A print job is paused" in said
    assert "Every print job in the list" in said
    assert "A print job that is pending is fired in the end." in said
    said += [entry.sentence for entry in Gallery(target.content, target.text).lifecycles()]
    assert "What the algorithms do to a print job where nothing races." in said
    assert [one for one in said if "registration" in one.replace("service worker registration", "")] == []
