"""One algorithm as a flow: what comes after what, what ends, what loops, what is run apart; and where it is drawn."""

import re
import xml.etree.ElementTree as ET

import pytest

from bgsync.draw.dot import to_dot
from bgsync.draw.flow import Flow, flow_diagram
from bgsync.draw.flow_layout import LONGEST, PAGE
from bgsync.draw.links import published, to_lines
from bgsync.draw.mermaid import to_mermaid
from bgsync.draw.plantuml import to_plantuml
from bgsync.draw.svg import to_svg
from bgsync.language import (
    Abort,
    Break,
    Call,
    Continue,
    Else,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    Return,
    Spec,
    Statement,
    Steps,
    Upon,
    Wait,
    While,
    algorithm,
    steps,
    v,
    walk,
)
from bgsync.shipped.model.background_sync.one_off import SPEC, SYNC_REGISTRATION
from bgsync.shipped.model.background_sync.published import ADDRESSES
from bgsync.shipped.model.background_sync.registration import COLOURS
from bgsync.sources import Source
from bgsync.texts import read_text
from tests.specs import PRINT_QUEUE

SVG = "{http://www.w3.org/2000/svg}"
PUBLISHED = published(ADDRESSES)
LATE = Is(v.book, "late")
READ: Statement = Let("page", True)


def flow(*items: Statement | tuple[Statement, ...]) -> set[tuple[str, str, str]]:
    """Give the arrows of an algorithm with these steps; a step is told by its number, an end by its word."""
    spec = Spec("Library", "", SYNC_REGISTRATION, (algorithm("lend", (), Steps(items), file="t.py"),), methods=())
    picture = flow_diagram(spec, "lend", to_lines)
    short = {node.id: node.label.split()[0] if node.kind != "begin" else "begin" for node in picture.nodes}
    return {(short[edge.source], short[edge.target], edge.label) for edge in picture.edges}


def test_steps_follow_one_another_to_an_end() -> None:
    assert flow(READ, READ) == {("begin", "1", ""), ("1", "2", ""), ("2", "end", "")}


def test_a_condition_with_steps_of_its_own_branches_and_joins_again() -> None:
    assert flow(If(LATE, steps(READ)), READ) == {
        ("begin", "1", ""), ("1", "1.1", "yes"), ("1", "2", "no"), ("1.1", "2", ""), ("2", "end", ""),
    }  # fmt: skip


def test_an_otherwise_is_the_other_way_out_and_keeps_its_number() -> None:
    assert flow(If(LATE, steps(READ)), Else(steps(READ)), READ) == {
        ("begin", "1", ""), ("1", "1.1", "yes"), ("1", "2.1", "no (2)"), ("1.1", "3", ""), ("2.1", "3", ""),
        ("3", "end", ""),
    }  # fmt: skip


def test_an_otherwise_in_one_sentence_is_a_box() -> None:
    assert flow(If(LATE, (READ,)), Else((READ,))) == {
        ("begin", "1", ""), ("1", "2", "no"), ("1", "end", "yes"), ("2", "end", ""),
    }  # fmt: skip


def test_a_sentence_that_ends_the_steps_has_an_end_behind_it() -> None:
    assert flow(If(LATE, (READ, Abort())), READ, Return()) == {
        ("begin", "1", ""), ("1", "abort", "yes"), ("1", "2", "no"), ("2", "3", ""), ("3", "return", ""),
    }  # fmt: skip


def test_a_condition_within_a_sentence_that_ends_nothing_does_not_branch() -> None:
    assert flow(If(LATE, (READ,)), READ) == {("begin", "1", ""), ("1", "2", ""), ("2", "end", "")}


def test_a_loop_leads_back_and_is_left_by_break_and_gone_on_with_by_continue() -> None:
    body = steps(If(LATE, (Break(),)), If(LATE, (Continue(),)), READ)
    assert flow(ForEach("book", v.books, body), READ) == {
        ("begin", "1", ""), ("1", "1.1", "for each"), ("1.1", "2", "yes"), ("1.1", "1.2", "no"), ("1.2", "1", "yes"),
        ("1.2", "1.3", "no"), ("1.3", "1", ""), ("1", "2", "then"), ("2", "end", ""),
    }  # fmt: skip


def test_a_continue_whose_loop_is_outside_of_what_runs_apart_ends_there() -> None:
    apart = InParallel(steps(If(LATE, (Continue(),)), READ))
    assert flow(ForEach("book", v.books, steps(apart))) >= {
        ("1.1", "1.1.1", "in parallel"), ("1.1.1", "continue", "yes"), ("1.1.1", "1.1.2", "no"), ("1.1", "1", ""),
    }  # fmt: skip


def test_a_loop_without_a_condition_has_no_way_out() -> None:
    assert flow(While(True, steps(READ))) == {("begin", "1", ""), ("1", "1.1", "yes"), ("1.1", "1", "")}


def test_what_runs_apart_hangs_on_a_line_of_its_own_and_ends_by_itself() -> None:
    assert flow(InParallel(steps(READ, Abort())), Upon(("fulfilled",), v.promise, steps(READ))) == {
        ("begin", "1", ""), ("1", "1.1", "in parallel"), ("1.1", "1.2", ""), ("1.2", "abort", ""), ("1", "2", ""),
        ("2", "2.1", "when fulfilled"), ("2.1", "end", ""), ("2", "end", ""),
    }  # fmt: skip


def test_a_condition_that_starts_something_apart_goes_both_ways() -> None:
    assert flow(If(LATE, (READ, InParallel(steps(READ)))), Else((READ,))) == {
        ("begin", "1", ""), ("1", "1.1", "yes, in parallel"), ("1.1", "end", ""), ("1", "2", "no"), ("1", "end", "yes"),
        ("2", "end", ""),
    }  # fmt: skip


def test_shapes_tell_what_a_step_is_and_colours_which_state_it_sets() -> None:
    picture = flow_diagram(SPEC, "fire a sync event", PUBLISHED, COLOURS)
    kinds = {node.label.split()[0]: node.kind for node in picture.nodes}
    assert (kinds["1"], kinds["5.2.1"], kinds["5.2.1.2"], kinds["5.3.2.1"]) == ("step", "test", "call", "wait")
    hues = {node.label.split()[0]: node.hue for node in picture.nodes if node.hue}
    assert hues["4"] == COLOURS["firing"]
    assert hues["5.3.2.3"] == COLOURS["pending"]
    assert not any(node.hue for node in flow_diagram(SPEC, "fire a sync event", PUBLISHED).nodes)


@pytest.mark.parametrize("name", [name for name, _ in SPEC.bodies()])
def test_every_step_of_the_built_in_model_is_in_its_picture_once_but_for_a_bare_otherwise(name: str) -> None:
    picture = flow_diagram(SPEC, name, PUBLISHED)
    drawn = [node.label.split()[0] for node in picture.nodes if node.kind not in ("begin", "end")]
    steps_of = {s.origin.step for s in SPEC.statements() if s.origin and s.origin.algorithm == name}
    assert len(drawn) == len(set(drawn))
    assert steps_of - set(drawn) <= {"9"}
    assert {edge.target for edge in picture.edges} == {node.id for node in picture.nodes if node.kind != "begin"}


def test_a_text_is_drawn_in_its_own_sentences_each_a_link_to_its_line() -> None:
    spec = read_text(Source("queue.bs", PRINT_QUEUE)).spec
    picture = flow_diagram(spec, "start printing", to_lines)
    assert any(node.label.startswith("3 Set job's job state to printing") for node in picture.nodes)
    lines = {int(node.link.removeprefix("queue.bs#L")) for node in picture.nodes if node.link}
    assert all(re.match(r" *1\. ", PRINT_QUEUE.splitlines()[line - 1]) for line in lines)
    mermaid = to_mermaid(picture)
    assert mermaid.startswith("flowchart TB\n")
    assert mermaid.count(" click ") == mermaid.count('href "queue.bs#L') == len([n for n in picture.nodes if n.link])


def test_every_numbered_step_of_a_text_is_drawn_however_deep_in_a_sentence_its_list_begins() -> None:
    text = (
        PRINT_QUEUE
        + """
<div algorithm>
To <dfn>tidy the shelf</dfn> for a [=print job=] |job|, run these steps:

1. For each |client| of the [=service worker clients=] for |job|'s origin, [=enqueue the following steps=] to |job|'s
   [=print queue=]:
   1. Let |seen| be true.
   1. Let |late| be false.
1. If |job|'s [=job state=] is [=queued=], then:
   1. Set |job|'s [=job state=] to [=paused=].
1. Otherwise, if |job|'s [=job state=] is [=paused=], set |job|'s [=job state=] to [=queued=].
1. Otherwise, set |job|'s [=job state=] to [=printing=].
1. While |job|'s [=job state=] is [=printing=]:
   1. Wait for a while.
</div>
"""
    )
    spec = read_text(Source("queue.bs", text)).spec
    for name, body in spec.bodies():
        flow = Flow(spec, name, to_lines)
        drawn = {(origin.path, origin.sentence) for origin in flow.origins.values()}
        missing = {(s.origin.path, s.origin.sentence) for s in walk(body) if s.origin} - drawn
        assert missing == set()
        assert {edge.target for edge in flow.edges} == {node.id for node in flow.nodes if node.kind != "begin"}


def test_of_three_ways_each_excludes_the_others() -> None:
    early = Is(v.book, "early")
    arrows = flow(If(LATE, steps(READ)), Else((If(early, (READ, Abort())), Else((READ,)))))
    assert arrows == {
        ("begin", "1", ""), ("1", "1.1", "yes"), ("1", "2", "no"), ("2", "abort", "yes"), ("2", "end", "no"),
        ("1.1", "end", ""),
    }  # fmt: skip


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no algorithm 'fly'.*register"):
        flow_diagram(SPEC, "fly", PUBLISHED)


def test_the_picture_is_as_wide_as_a_page_and_no_box_overlaps_another() -> None:
    root = ET.fromstring(to_svg(flow_diagram(SPEC, "fire a sync event", PUBLISHED)))
    assert float(root.get("width", "0")) <= PAGE + 40
    boxes = []
    for group in root.iter(f"{SVG}g"):
        if "node" in group.get("class", "").split():
            path = next(group.iter(f"{SVG}path")).get("d", "")
            ys = [float(y) for y in re.findall(r"[MLV ,](\d+\.\d)", path)]
            boxes.append((min(ys), path))
    assert len({path for _, path in boxes}) == len(boxes) > 30


def test_a_long_sentence_is_cut_between_words_and_stays_whole_in_its_title() -> None:
    name = " ".join(f"word{number}" for number in range(60))
    spec = Spec("L", "", SYNC_REGISTRATION, (algorithm("lend", (), steps(Wait(Input(name))), file="t.py"),), methods=())
    picture = flow_diagram(spec, "lend", to_lines)
    root = ET.fromstring(to_svg(picture))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert f"1 wait {name}" in titles
    lines = ["".join(line.itertext()) for line in root.iter(f"{SVG}text")]
    (last,) = [line for line in lines if line.endswith("…")]
    assert re.search(r"word\d+…$", last)
    assert sum(len(line) for line in lines if "word" in line) <= LONGEST


def test_every_form_draws_every_box_and_every_arrow() -> None:
    lend = algorithm("lend", (), steps(If(LATE, (Abort(),)), Call("lend")), file="t.py")
    picture = flow_diagram(Spec("L", "", SYNC_REGISTRATION, (lend,), methods=()), "lend", to_lines)
    assert len(re.findall(r"^ +\w+ (-->|-\.->)", to_mermaid(picture), re.M)) == len(picture.edges)
    assert to_dot(picture).count(" -> ") == len(picture.edges)
    assert to_plantuml(picture).count(" --> ") == len(picture.edges)
    labels = {"".join(t.itertext()) for t in ET.fromstring(to_svg(picture)).iter(f"{SVG}text")}
    assert labels >= {"1 if book is late: abort these steps", "2 lend", "abort", "end", "yes", "no"}
