"""What an edit did, as a picture: what was added, removed and changed, and that nothing else is marked."""

import re

import pytest

from bgsync.draw.changes import changes
from bgsync.draw.diagram import SIGNS, Diagram
from bgsync.draw.difference import flow_difference, lifecycle_difference
from bgsync.draw.dot import to_dot
from bgsync.draw.links import to_lines
from bgsync.draw.mermaid import to_mermaid
from bgsync.draw.plantuml import to_plantuml
from bgsync.draw.svg import to_svg
from bgsync.language import Spec
from bgsync.shipped.model.background_sync.registration import LIFECYCLE
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.sources import Source
from bgsync.texts import read_text
from tests.specs import HEAD, PRINT, REGISTER, RULE

UNPAUSE = """1. If |job| is not null and |job|'s [=job state=] is [=paused=], set |job|'s [=job state=] to [=queued=].
1. If |job| is null:"""
EDITED = REGISTER.replace("1. If |job| is null:", UNPAUSE)


def spec(register: str = REGISTER, printing: str = PRINT) -> Spec:
    return read_text(Source("queue.bs", HEAD + register + RULE + printing)).spec


def lifecycle(old: Spec, new: Spec) -> Diagram:
    sides = [(side, changes(side, WORLD, LIFECYCLE, "algorithm")) for side in (old, new)]
    return lifecycle_difference(LIFECYCLE, sides[0], sides[1], to_lines)


def marked(picture: Diagram) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in picture.edges if edge.kind not in ("normal", "apart")}


def boxes(picture: Diagram) -> set[tuple[str, str]]:
    return {(node.label.split()[0], node.change) for node in picture.nodes if node.change != "normal"}


def test_a_transition_that_only_the_new_text_has_is_added_and_the_other_way_round_removed() -> None:
    old, new = spec(), spec(EDITED)
    assert marked(lifecycle(old, new)) == {("paused", "queued", "added")}
    assert marked(lifecycle(new, old)) == {("paused", "queued", "removed")}
    assert marked(lifecycle(new, new)) == set()
    assert "Nothing in it was changed" in lifecycle(new, new).description


def test_a_transition_whose_guard_or_trigger_is_another_is_changed_and_tells_both() -> None:
    last = "1. If |event|'s {{PrintEvent/last}} is false, set |job|'s [=job state=] to [=paused=], and run these"
    guarded = PRINT.replace("1. Set |job|'s [=job state=] to [=paused=], and run these", last).replace(
        ":: |job|'s [=label=].",
        ":: |job|'s [=label=].\n   : {{PrintEvent/last}}\n   :: true if it is the last attempt.",
    )
    picture = lifecycle(spec(), spec(printing=guarded))
    (edge,) = [edge for edge in picture.edges if edge.kind == "changed"]
    assert (edge.source, edge.target) == ("printing", "paused")
    assert re.search(r"false, was: always$", edge.guard)


def test_renumbering_is_no_difference() -> None:
    more = REGISTER.replace("1. Let |alone| be true.", "1. Let |before| be true.\n1. Let |alone| be true.")
    assert marked(lifecycle(spec(), spec(more))) == set()
    picture = flow_difference(spec(), spec(more), "register", to_lines)
    assert boxes(picture) == {("4", "added")}
    assert {kind for *_, kind in marked(picture)} == {"added", "removed"}  # 3 → 4 → 5 instead of 3 → 5
    assert len(marked(picture)) == 3


def test_steps_that_were_added_removed_and_changed_are_boxes_with_their_sign() -> None:
    added = flow_difference(spec(), spec(EDITED), "register", to_lines)
    assert boxes(added) == {("8", "added")}
    removed = flow_difference(spec(EDITED), spec(), "register", to_lines)
    assert boxes(removed) == {("8", "removed")}
    swapped = REGISTER.replace("If |alone| is true", "If |alone| is false")
    changed = flow_difference(spec(), spec(swapped), "register", to_lines)
    assert boxes(changed) == {("6", "changed")}
    label = next(node.label for node in changed.nodes if node.change == "changed")
    assert "alone is false" in label.split(" — was: ")[0]
    assert "alone is true" in label.split(" — was: ")[1]
    assert marked(changed) == set()


def test_the_same_text_twice_has_nothing_marked() -> None:
    picture = flow_difference(spec(), spec(), "start printing", to_lines)
    assert not boxes(picture)
    assert not marked(picture)
    assert "Nothing in them was changed" in picture.description


def test_of_a_step_of_two_sentences_only_the_one_that_was_changed_is_marked() -> None:
    two = PRINT.replace("to [=printing=].\n", "to [=printing=]. Let |begun| be true.\n")
    other = two.replace("Let |begun| be true", "Let |begun| be false")
    assert two != other
    same = flow_difference(spec(printing=two), spec(printing=two), "start printing", to_lines)
    assert not boxes(same)
    assert not marked(same)
    picture = flow_difference(spec(printing=two), spec(printing=other), "start printing", to_lines)
    assert [node.label for node in picture.nodes if node.change != "normal"] == [
        "3 Let begun be false — was: Let begun be true"
    ]


def test_an_algorithm_that_only_one_text_has_is_drawn_whole() -> None:
    other = PRINT.replace("start printing</dfn>", "begin printing</dfn>")
    picture = flow_difference(spec(), spec(printing=other), "begin printing", to_lines)
    assert {node.change for node in picture.nodes} == {"added"}
    with pytest.raises(ValueError, match=r"no algorithm 'fly' in either text.*begin printing.*start printing"):
        flow_difference(spec(), spec(printing=other), "fly", to_lines)


def test_a_difference_is_told_by_sign_pattern_and_colour_and_by_a_legend() -> None:
    picture = lifecycle(spec(EDITED), spec())
    svg = to_svg(picture)
    assert 'stroke-dasharray="6,4"' in svg
    assert f"{SIGNS['removed']}register" in svg
    assert f"{SIGNS['removed']}only in the old text" in svg
    assert "only in the new text" not in svg  # the legend names what is in the picture
    assert "edge-removed" in svg
    assert "style=dashed" in to_dot(picture)
    assert ",dashed]" in to_plantuml(picture)
    assert "only in the old text" in to_mermaid(picture).splitlines()[1]
