"""A lifecycle as a text has it: what its runs do, over what is meant; where a step leads to."""

import re
from dataclasses import replace

import pytest

from bgsync.draw.changes import Change, Changes, changes
from bgsync.draw.lifecycle import lifecycle_diagram, text_lifecycle
from bgsync.draw.links import by_template, published, to_lines, to_text
from bgsync.draw.mermaid import to_mermaid
from bgsync.draw.places import FULFILLED, REJECTED, WAITED, places
from bgsync.language import Origin, Spec
from bgsync.shipped.model.any_text import ANY_TEXT
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.published import ADDRESSES
from bgsync.shipped.model.background_sync.registration import LIFECYCLE, ROWS
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.environment import NETWORK
from bgsync.sources import Source
from bgsync.sources.source import STANDARD_INPUT
from bgsync.texts import read_text
from tests.models import CALM
from tests.specs import PRINT_QUEUE

PUBLISHED = published(ADDRESSES)


@pytest.fixture(scope="module")
def printer() -> Spec:
    return read_text(Source("queue.bs", PRINT_QUEUE)).spec


def made(found: Changes) -> set[tuple[str, str, str]]:
    return {(change.source, change.target, change.trigger) for change in found.made}


def test_what_the_built_in_model_does_without_races_is_the_lifecycle_as_it_is_meant() -> None:
    found = changes(SPEC, WORLD, LIFECYCLE, "algorithm")
    assert {(c.source, c.target, str(c.origin)) for c in found.made} == {(s, d, step) for _, s, d, step in ROWS}
    picture = text_lifecycle(ONE_OFF, SPEC, found, PUBLISHED)
    assert {edge.kind for edge in picture.edges} == {"normal"}
    guards = {(edge.source, edge.target): edge.guard for edge in lifecycle_diagram(ONE_OFF).edges}
    assert {(edge.source, edge.target): edge.guard for edge in picture.edges} == guards


def test_races_add_changes_that_nobody_meant_also_of_what_is_gone() -> None:
    found = changes(SPEC, WORLD, LIFECYCLE, "step")
    assert made(changes(SPEC, WORLD, LIFECYCLE, "algorithm")) < made(found)
    assert ("success or failed", "reregisteredWhileFiring", "register") in made(found)
    picture = text_lifecycle(ONE_OFF, SPEC, found, PUBLISHED)
    added = {(edge.source, edge.target) for edge in picture.edges if edge.kind == "added"}
    assert ("success or failed", "reregisteredWhileFiring") in added
    assert ("pending", "firing") not in added
    assert "the text does this, and it is not meant" in to_mermaid(picture).splitlines()[1]


def test_what_is_meant_and_never_done_is_marked_and_so_is_the_contrary() -> None:
    every = changes(SPEC, WORLD, LIFECYCLE, "algorithm")
    fewer = tuple(change for change in every.made if change.target != "reregisteredWhileFiring")
    extra = replace(every.made[0], source="waiting", target="success")
    picture = text_lifecycle(ONE_OFF, SPEC, replace(every, made=(*fewer, extra)), PUBLISHED)
    marked = {(edge.source, edge.target, edge.kind) for edge in picture.edges if edge.kind != "normal"}
    assert marked == {("firing", "reregisteredWhileFiring", "removed"), ("waiting", "success", "added")}


def test_the_lifecycle_of_a_text_has_its_own_states_steps_and_lines(printer: Spec) -> None:
    found = changes(printer, WORLD, LIFECYCLE, "algorithm")
    assert found.initial == "queued"
    assert made(found) == {
        ("queued", "printing", "start printing"),
        ("printing", "success", FULFILLED),
        ("printing", "paused", REJECTED),
        ("paused", "queued", WAITED),
    }
    picture = text_lifecycle(ONE_OFF, printer, found, to_lines)
    assert {edge.kind for edge in picture.edges} == {"normal"}  # there is no other lifecycle to hold it against
    assert [node.label for node in picture.nodes if node.kind == "initial"] == ["queued"]
    lines = PRINT_QUEUE.splitlines()
    for edge in picture.edges:
        file, _, line = edge.link.partition("#L")
        assert file == "queue.bs"
        assert "[=job state=]" in lines[int(line) - 1] or "Remove |job|" in lines[int(line) - 1]


def test_a_state_that_no_run_enters_says_so(printer: Spec) -> None:
    never_online = CALM.with_machine(NETWORK)
    picture = text_lifecycle(ONE_OFF, printer, changes(printer, never_online, LIFECYCLE, "algorithm"), to_lines)
    assert {node.label for node in picture.nodes} >= {"queued", "paused (never entered)", "printing (never entered)"}


def test_what_has_no_states_is_listed_until_it_is_removed() -> None:
    text = PRINT_QUEUE
    for sentence in (
        "A [=print job=] has an associated <dfn>job state</dfn>",
        "1. Assert: |job|",
        "1. Set |job|'s [=job",
    ):
        text = re.sub(rf"{re.escape(sentence)}.*?(?=\n\n|\n +?1\. |\n1\. )", "", text, flags=re.DOTALL)
    found = changes(read_text(Source("queue.bs", text)).spec, WORLD, LIFECYCLE, "algorithm")
    assert found.initial == "listed"
    assert {(change.source, change.target) for change in found.made} == {("listed", "success")}


def test_what_leaves_the_list_of_a_text_about_something_else_is_removed_and_has_not_failed() -> None:
    kept = """
A {{Shelf}} has an associated <dfn>row</dfn>, a [=list=] of [=jars=].

A <dfn>jar</dfn> has an associated <dfn>content</dfn>, which is one of <dfn>jam</dfn> or <dfn>air</dfn>. It is initially
[=jam=].

<div algorithm>
The <dfn method for=Shelf>eat()</dfn> method steps are:

1. Let |jar| be a new [=jar=].
1. Append |jar| to [=this=]'s [=row=].
1. Set |jar|'s [=content=] to [=air=].
1. Remove |jar| from [=this=]'s [=row=].
</div>
"""
    for text, left in (kept, "air"), (re.sub("1. Set.*\n", "", kept), "jam"):
        spec = read_text(Source("shelf.bs", text)).spec
        found = changes(spec, ANY_TEXT.world, ANY_TEXT.lifecycle, "algorithm")
        assert (left, "removed", "eat") in made(found)
        drawn = text_lifecycle(ANY_TEXT, spec, found, to_lines)
        assert [node.label for node in drawn.nodes if node.kind == "final"] == ["removed"]


def test_an_exploration_that_ended_early_is_told_in_the_picture(printer: Spec) -> None:
    found = changes(printer, WORLD, LIFECYCLE, "step", limit=50)
    assert not found.complete
    assert "not complete" in text_lifecycle(ONE_OFF, printer, found, to_lines).description


def test_a_guard_leaves_out_what_the_state_says_already_and_keeps_the_rest() -> None:
    guards = {(str(place.statement.origin), place.trigger): place.guard for place in places(SPEC)}
    assert guards["register 8.1", "register"] == ""
    assert guards["fire a sync event 5.3.3", REJECTED] == "dispatchedEvent's lastChance is true"
    assert guards["fire a sync event 5.3.2", REJECTED] == "dispatchedEvent's lastChance is false"
    assert guards["register 5.1", "register"] == "client's frame type is top-level or client's frame type is auxiliary"


def test_every_algorithm_of_the_built_in_model_is_published_somewhere() -> None:
    assert set(ADDRESSES) == {name for name, _ in SPEC.bodies()}


def test_a_link_is_a_line_of_a_file_a_page_of_the_web_or_a_template() -> None:
    origin = Origin("to lend", (3, 1), "my spec.bs", 7, 1, "", "")
    assert to_lines(origin) == "my%20spec.bs#L7"
    assert to_lines(replace(origin, file="https://a.b/c")) == "https://a.b/c"
    assert to_lines(replace(origin, file="HEAD~1:my spec.bs")) == "my%20spec.bs#L7"
    taken = replace(origin, file="model/service_worker.py", algorithm="Fire Functional Event")
    assert to_text(ADDRESSES)(taken) == PUBLISHED(taken) == ADDRESSES["Fire Functional Event"]
    assert to_text(ADDRESSES)(origin) == to_lines(origin)
    assert PUBLISHED(origin) == ""
    assert to_lines(replace(origin, file=STANDARD_INPUT)) == to_lines(replace(origin, line=0)) == ""
    assert by_template("x/{file}?{line}#{algorithm}-{step}")(origin) == "x/my%20spec.bs?7#to%20lend-3.1"
    with pytest.raises(ValueError, match=r"'\{page\}': .+ \{file\}, \{line\}"):
        by_template("{page}")


def test_a_change_of_a_registration_is_told_once() -> None:
    found = changes(SPEC, WORLD, LIFECYCLE, "step")
    assert len(found.made) == len(set(found.made))
    assert all(isinstance(change, Change) and change.source != change.target for change in found.made)
