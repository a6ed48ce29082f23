"""Reachable states: what is alike is one box, a budget holds, and what is left out is said."""

import re

from bgsync.draw.changes import changes
from bgsync.draw.states import BUDGET, STAYS, Projected, project, states_diagram, states_words
from bgsync.shipped.model.any_text import ANY_TEXT
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.sources import Source
from bgsync.texts import read_text

KENNEL = """
A {{Kennel}} has an associated <dfn>list of guests</dfn>, a [=list=] of [=dogs=].

A <dfn>dog</dfn> has an associated <dfn>mood</dfn>, which is one of <dfn>sleepy</dfn>, <dfn>hungry</dfn> or
<dfn>fed</dfn>. It is initially [=sleepy=].

A [=dog=] has an associated <dfn>name</dfn>, a DOMString.

<div algorithm>
The <dfn method for=Kennel>bring(|name|)</dfn> method steps are:

1. Let |dog| be the [=dog=] in [=this=]'s [=list of guests=] whose [=name=] is |name|, or null if there is none.
1. If |dog| is not null, return.
1. Set |dog| to a new [=dog=].
1. Set |dog|'s [=name=] to |name|.
1. Append |dog| to [=this=]'s [=list of guests=].
</div>

<div algorithm>
The <dfn method for=Kennel>feed(|name|)</dfn> method steps are:

1. Run these steps [=in parallel=]:
    1. Let |dog| be the [=dog=] in [=this=]'s [=list of guests=] whose [=name=] is |name|, or null if there is none.
    1. If |dog| is null, abort these steps.
    1. If |dog|'s [=mood=] is [=sleepy=], set |dog|'s [=mood=] to [=hungry=] and abort these steps.
    1. Set |dog|'s [=mood=] to [=fed=].
    1. Remove |dog| from [=this=]'s [=list of guests=].
</div>
"""
"""A spec of things that no member is declared to be the key of."""
UNGUARDED = KENNEL.replace("1. If |dog| is not null, return.\n", "")


def graph(seen: str, *moves: tuple[int, str, int], complete: bool = True) -> Projected:
    """Make a graph whose states are seen as these letters."""
    out = [frozenset((words, t) for s, words, t in moves if s == state) for state in range(len(seen))]
    return Projected(tuple(seen), tuple(out), complete=complete)


def drawn(some: Projected, budget: int = BUDGET) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.label) for edge in states_diagram(some, "t", "d.", budget).edges}


def test_states_that_can_do_the_same_are_one_box_and_internal_moves_are_not_drawn() -> None:
    some = graph("aabb", (0, "think", 1), (1, "think", 0), (1, "go", 2), (2, "think", 3), (3, "think", 2))
    assert drawn(some) == {("a", "b", "go")}


def test_states_that_look_the_same_and_can_do_different_things_stay_apart() -> None:
    some = graph("abbc", (0, "left", 1), (0, "right", 2), (2, "on", 3))
    assert drawn(some) == {("a", "b for ever", "left"), ("a", "b, then c", "right"), ("b, then c", "c", "on")}
    kinds = {node.label: node.kind for node in states_diagram(some, "t", "d.").nodes}
    assert kinds == {"a": "initial", "b for ever": "final", "b, then c": "normal", "c": "final"}


def test_boxes_that_become_the_same_in_other_ways_are_numbered() -> None:
    some = graph("abbc", (0, "left", 1), (0, "right", 2), (1, "run", 3), (2, "walk", 3))
    assert {node.label for node in states_diagram(some, "t", "d.").nodes} == {"a", "b, then c", "b, then c #2", "c"}


def test_a_move_that_only_takes_a_possibility_away_is_named_in_brackets_on_a_broken_line() -> None:
    some = graph("aab", (0, "choose", 1), (0, "go", 2))
    assert drawn(some) == {("a, then b", "a for ever", "(choose)"), ("a, then b", "b", "go")}
    picture = states_diagram(some, "t", "d.")
    assert {edge.label: edge.kind for edge in picture.edges} == {"(choose)": "apart", "go": "normal"}
    assert picture.legend == (("apart", STAYS),)


def test_of_an_incomplete_graph_nothing_is_said_to_stay_for_ever() -> None:
    some = graph("aab", (0, "choose", 1), (0, "go", 2), complete=False)
    assert ("a, then b", "a, and no more is known", "(choose)") in drawn(some)


def test_beyond_the_budget_states_are_merged_by_what_is_seen_and_the_picture_says_what_is_left_out() -> None:
    some = graph("abbc", (0, "left", 1), (0, "right", 2), (2, "on", 3))
    assert drawn(some, 3) == drawn(some)
    assert drawn(some, 2) == {("a", "b", "left"), ("a", "b", "right"), ("b", "c", "on")}
    told = states_diagram(some, "t", "d.", 2).description
    assert "Left out: there are 4 kinds of states" in told
    assert "3 arrows, more than the budget of 2" in told
    assert "Left out" not in states_diagram(some, "t", "d.", 3).description


def test_an_arrow_names_three_actions_and_counts_the_others() -> None:
    some = graph("ab", *((0, f"go {number}", 1) for number in range(5)))
    assert drawn(some) == {("a", "b", words) for words in ("go 0", "go 1", "go 2", "… and 2 more")}


def test_of_an_incomplete_graph_nothing_is_final_and_the_picture_says_so() -> None:
    picture = states_diagram(graph("ab", (0, "go", 1), complete=False), "t", "d.")
    assert [node.kind for node in picture.nodes] == ["initial", "normal"]
    assert "not complete" in picture.description


def test_the_states_of_the_built_in_model_are_one_box_each_where_nothing_races() -> None:
    some = project(SPEC, WORLD)
    assert {node.label for node in states_diagram(some, *states_words(SPEC, some, "")).nodes} == {
        "absent", "firing", "pending (offline)", "reregisteredWhileFiring", "waiting",
    }  # fmt: skip
    assert ("pending", "firing", "go online") in drawn(some)


def test_step_by_step_there_are_more_and_what_changes_a_registration_is_named_by_its_step() -> None:
    some = project(SPEC, WORLD, "step")
    assert len(some.seen) > 1000
    assert ("absent", "pending", "register 9.4") in drawn(some)
    assert len(drawn(some, 2000)) > BUDGET
    assert drawn(some) != drawn(some, 2000)


def test_the_states_of_things_without_a_declared_key_are_drawn_and_those_passed_through_are_named() -> None:
    spec = read_text(Source("kennel.bs", KENNEL)).spec
    assert spec.type.unique is None
    some = project(spec, ANY_TEXT.world)
    assert {(edge.source, edge.target) for edge in states_diagram(some, *states_words(spec, some, "")).edges} == {
        ("absent", "sleepy"), ("sleepy", "hungry"), ("hungry", "absent"),
    }  # fmt: skip
    assert ("hungry", "absent", "feed 1.5") in drawn(some)
    assert "It is fed only while an action is under way." in states_words(spec, some, "")[1]


def test_where_a_list_has_several_things_of_one_key_a_box_names_the_states_of_all() -> None:
    spec = read_text(Source("kennel.bs", UNGUARDED)).spec
    some = project(spec, ANY_TEXT.world, limit=60)
    assert {*some.seen} == {"absent", "sleepy", "hungry", "hungry and sleepy"}
    assert "a box names what they are" in states_words(spec, some, "")[1]


def test_a_thing_that_has_no_state_yet_is_only_listed() -> None:
    spec = read_text(
        Source("kennel.bs", re.sub(r" It is initially .*", "", KENNEL).replace("is [=sleepy=]", "is null"))
    ).spec
    assert {*project(spec, ANY_TEXT.world).seen} == {"absent", "listed", "hungry"}
    found = changes(spec, ANY_TEXT.world, ANY_TEXT.lifecycle, "algorithm").made
    assert {(one.source, one.target) for one in found} == {("listed", "hungry"), ("hungry", "fed"), ("fed", "removed")}
