"""What is in doubt for where it stands: in whose steps, after which sentence, and among which names of the text."""

from __future__ import annotations

import pytest

from bgsync.language import say, traversal
from tests.test_reading_kinds import reading, unread

BELLS = (
    (
        "A <dfn>tower</dfn> has a <dfn for=tower>great bell</dfn> and a <dfn for=tower>rope length</dfn>.\n\n"
        "<pre class=idl>interface Belfry {{ undefined ring(); }};</pre>\n\n"
        "A {{Belfry}} has a <dfn for=Belfry>rope</dfn> and a <dfn for=Belfry>oiled promise</dfn>, a promise.\n\n"
        "To <dfn>swing</dfn> a |bell| with a |rope|:\n\n1. If |rope| is null, throw a {{TypeError}}.\n"
        "1. Return true.\n\n"
    )
    .replace("{{ undefined", "{ undefined")
    .replace("}};</pre>", "};</pre>")
)
RING = "The <dfn method for=Belfry>ring()</dfn> method steps are:\n\n"
MEND = "To <dfn>mend a bell</dfn> given a |bell|:\n\n"


def doubts(text: str) -> list[str]:
    """Give what is in doubt of the steps of a text."""
    return [told.partition("not read: ")[2].rstrip(")") for told in unread(BELLS + text)]


def said(text: str) -> list[str]:
    return [say(each) for each in traversal.walk(reading(BELLS + text).spec.algorithms[-1].steps)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{RING}1. Set [=this=]'s [=rope=] to null.\n", []),
        (f"{RING}1. Set the [=rope=] to null.\n", []),
        (f"{RING}1. Set the [=great bell=] to null.\n", ["\"whose 'great bell' is meant\""]),
        (f"{MEND}1. Set the [=rope=] to null.\n", ["\"whose 'rope' is meant\""]),
        (f"{MEND}1. Set the <dfn>hour</dfn> to null.\n", []),
        (f"<section dfn-for=Belfry>\n{MEND}1. Set the [=rope=] to null.\n</section>\n", ["\"whose 'rope' is meant\""]),
    ],
)
def test_a_member_that_is_changed_alone_is_one_of_the_object_itself(text: str, expected: list[str]) -> None:
    assert doubts(text) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("[=Swing=] |bell| with null.", []),
        ("[=Swing=] |bell| with |rope|.", []),
        ("[=Swing=] null with |bell|.", ['"whether swing is given bell as its rope"']),
        ("[=Swing=] |rope| with |bell|.",
         ['"whether swing is given rope as its bell", "whether swing is given bell as its rope"']),
    ],
)  # fmt: skip
def test_a_variable_is_given_as_the_parameter_that_has_its_name(call: str, expected: list[str]) -> None:
    assert doubts(f"To <dfn>mend</dfn> a |bell| with a |rope|:\n\n1. {call}\n") == expected


@pytest.mark.parametrize("thrown", ["the previous step threw an exception", "this throws an exception"])
def test_what_an_algorithm_of_the_text_throws_is_not_caught_in_silence(thrown: str) -> None:
    rest = f"1. If {thrown}, return.\n"
    assert doubts(f"{MEND}1. [=Swing=] |bell| with null.\n{rest}") == ['"what swing throws is not followed"']
    assert doubts(f"{MEND}1. Let |x| be the result of [=swinging=] |bell| with null.\n{rest}") != []
    assert doubts(f"{MEND}1. [=Polish metal=] with |bell|.\n{rest}") == []


def test_a_sentence_that_waits_for_what_runs_in_parallel_may_belong_to_it() -> None:
    waits = "When the bell is still, set |bell| to null.\n"
    assert doubts(f"{MEND}1. [=In parallel=], [=oil=] |bell|. {waits}") == [
        '"whether what runs in parallel waits, or these steps do"'
    ]
    assert doubts(f"{MEND}1. [=Oil=] |bell|. {waits}") == []
    assert doubts(f"{MEND}1. [=In parallel=], [=oil=] |bell|.\n1. {waits}") == []


def test_a_time_that_is_resolved_is_no_promise_that_is_fulfilled() -> None:
    assert said(f"{MEND}1. If |hour| is resolved, return.\n")[0] == "if hour is resolved: return"
    assert said(f"{MEND}1. If |promise| is resolved, return.\n")[0] == "when promise is fulfilled: return"
    assert said(f"{RING}1. If [=this=]'s [=oiled promise=] is fulfilled, return.\n")[0].startswith("when ")


def test_an_error_that_is_made_in_a_realm_is_that_error() -> None:
    text = f"{MEND}1. [=Reject=] |promise| with a {{{{TypeError}}}} in |realm|.\n"
    assert said(text) == ["note: the error is of realm", "reject promise with TypeError"]
    assert doubts(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("If |bell| is in [=badly cracked bronze bells=] or [=long since mended bells=], return.",
         ["\"'long since mended bells' was taken for a condition\""]),
        ("If |bell| is null and it is not yet oiled, return.", []),
        ("If it is not given, return.", ["\"'it is not given' is more than a condition\""]),
        ("If it is not possible to ring, return.", []),
    ],
)  # fmt: skip
def test_a_condition_says_what_it_is_about(text: str, expected: list[str]) -> None:
    assert doubts(f"{MEND}1. {text}\n") == expected


TASK = "To <dfn>queue a bell task</dfn> given |bell| and |steps|:\n\n"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("1. [=Queue a global task=] on the [=bell task source=] given |bell| to run |steps|.\n", []),
        ("1. If |bell| is null, return.\n1. [=Queue a task=] to run |steps|.\n", ['"Queue a bell task"']),
    ],
)
def test_a_link_to_an_algorithm_of_the_text_is_no_word_of_a_form(steps: str, expected: list[str]) -> None:
    text = f"{TASK}{steps}\n{MEND}1. [=Queue a bell task=] given |bell| to set |bell| to null.\n"
    assert doubts(text)[1:] == expected  # what is run in a task is given, and not known


def test_a_method_that_one_sentence_tells_is_an_algorithm_of_its_own() -> None:
    text = (
        "When the <dfn method for=Belfry>ring()</dfn> method is called on a {{Belfry}} |tower|, the user agent MUST "
        "[=swing=] |tower| with null.\n"
    )
    algorithm = reading(BELLS + text).spec.algorithms[-1]
    assert (algorithm.name, [say(each) for each in algorithm.steps]) == (
        "ring", ["let tower be this", "swing for tower and null"],
    )  # fmt: skip


def test_a_constructor_is_no_rule_that_runs_by_itself() -> None:
    text = "When the {{Belfry/Belfry()}} constructor is invoked, the user agent must run these steps:\n\n1. Return.\n"
    spec = reading(BELLS + text).spec
    assert ([rule.name for rule in spec.rules], spec.algorithms[-1].name) == ([], "Belfry")


def test_what_is_defined_for_a_member_is_one_of_its_values() -> None:
    text = (
        "A <dfn>clapper</dfn> has a <dfn for=clapper>pace</dfn>, which is <dfn for=clapper/pace>slow</dfn> or "
        "<dfn for=clapper/pace>quick</dfn>, and a <dfn for=clapper>muffled</dfn> boolean, initially false.\n\n"
        "To <dfn>muffle</dfn> a |clapper|:\n\n1. If |clapper|'s [=clapper/muffled=] flag is set, return.\n"
        "1. If |clapper|'s [=pace=] is [=quick=], return.\n"
    )
    members = {member.name: member.values for member in reading(text).lexicon.types["clapper"].members}
    assert members == {"pace": ("slow", "quick"), "muffled": None}
    assert said(text)[::2] == ["if clapper's muffled is true: return", "if clapper's pace is quick: return"]


@pytest.mark.parametrize(
    "text",
    [
        "Return [=a promise rejected with=] with a {{TypeError}}.",
        "[=Fire an event=] named `ding` at each live {{Belfry}} object.",
    ],
)
def test_words_that_settle_a_promise_or_name_several_things_are_no_thing(text: str) -> None:
    assert unread(f"{BELLS}{MEND}1. {text}\n") != []


def test_a_loop_right_before_the_steps_holds_them() -> None:
    text = f"<div algorithm>\n{RING}For each |cord| in [=this=]'s [=rope=]:\n\n1. Set |cord| to null.\n</div>\n"
    assert said(text) == ["for each cord of this's rope: set cord to null", "set cord to null"]


def test_what_is_said_of_any_step_is_no_step_after_them() -> None:
    text = f"{MEND}1. Run these steps [=in parallel=]; if any step fails, reject |promise|:\n    1. Let |x| be 1.\n"
    assert doubts(text) == [
        "\"'any step fails' is more than a condition\"",
        '"it stands below a step that is not understood"',
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[=Swing=] the bell [=this=] with null.", "swing for this and null"),
        ("Let |x| be a list of {{DOMString}}.", "let x be list of DOMString"),
        ("Let |x| be the newly created object.", "let x be newly created object"),
        ("Let |x| be the length of |bell|'s [=rope=].", "let x be bell's rope's length"),
        ("Let |x| be a new instance of {{Belfry}} and its bells.", "let x be new instance of Belfry and its bells"),
        ("If every rope of |bell| is null, return.", "if every rope of bell is null: return"),
    ],
)
def test_a_type_a_quantity_and_this_are_no_members(text: str, meant: str) -> None:
    assert said(f"{MEND}1. {text}\n")[-1 - meant.startswith("if ")] == meant


def test_a_sentence_that_names_the_event_of_the_one_before_it_is_in_the_model() -> None:
    fires = 'Fire Functional Event "`ding`" using {{DingEvent}} on |bell|.'
    names = "Let |event|, an {{ExtendableEvent}}, represent the dispatched ding event and run these steps with |event|:"
    text = f"{MEND}1. {fires} {names}\n1. Set |bell| to |event|.\n"
    assert doubts(text) == []
    assert said(text)[0].startswith("fire functional event ding on bell")
