"""What types have: every declaration is read, or said not to be, and what a condition leaves open is shown."""

from __future__ import annotations

import pytest

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.ledger import NOT_UNDERSTOOD
from tests.test_reading_kinds import ledger, reading, unread

STATES = (
    'which is one of "<dfn for=state>open</dfn>", "<dfn for=state>shut</dfn>" or "<dfn for=state>lost</dfn>". '
    'It is initially "[=state/open=]".\n'
)


@pytest.mark.parametrize(
    "text",
    [
        f"A <dfn>box</dfn> is a [=struct=]. It has:\n\n* an associated <dfn for=box>state</dfn>, {STATES}",
        f"A <dfn>box</dfn> is a [=struct=]. It has an associated <dfn for=box>state</dfn>, {STATES}",
        f"Each <dfn>box</dfn> object has an associated <dfn for=box>state</dfn>, {STATES}",
        "A <dfn>box</dfn> is a [=struct=] with the following [=struct/items=]:\n\n"
        ": <dfn for=box>state</dfn>\n:: One of `open`, `shut` or `lost`, initially `open`.\n",
        "A <dfn>box</dfn> has an associated <dfn for=box>state</dfn> (<dfn>open</dfn>, <dfn>shut</dfn>, or "
        "<dfn>lost</dfn>), initially [=open=].\n",
    ],
    ids=["a list below", "a sentence later", "each object", "items", "in parentheses"],
)
def test_the_states_of_a_member_are_read_however_it_is_declared(text: str) -> None:
    (member,) = reading(text).lexicon.types["box"].members
    assert (member.name, member.values, member.initial) == ("state", ("open", "shut", "lost"), "open")


@pytest.mark.parametrize(
    "said",
    [
        "Unless stated otherwise it is [=shut=].",
        "By default, it is [=shut=].",
        "On creation its value is [=shut=].",
        "It starts as [=shut=].",
        "New [=boxes=] are [=shut=].",
        "Each new [=box=] is [=shut=].",
    ],
)
def test_what_a_new_thing_is_in_other_words_is_what_it_is_initially(said: str) -> None:
    box = "A <dfn>box</dfn> has a <dfn for=box>state</dfn>, which is one of <dfn>open</dfn> or <dfn>shut</dfn>."
    (member,) = reading(f"{box} {said}\n").lexicon.types["box"].members
    assert (member.values, member.initial) == (("open", "shut"), "shut")


def test_what_new_things_are_that_is_no_state_of_theirs_is_not_understood() -> None:
    box = "A <dfn>box</dfn> has a <dfn for=box>state</dfn>, which is one of <dfn>open</dfn> or <dfn>shut</dfn>."
    assert len(unread(f"{box} New [=boxes=] are [=green=].\n")) == 1


def test_a_declaration_that_ends_where_its_initial_value_should_stand_is_read() -> None:
    (member,) = reading("A <dfn>box</dfn> has a <dfn for=box>mark</dfn>, initially").lexicon.types["box"].members
    assert member.initial is None


LIDS = '<pre class="idl">enum LidState {"open", "shut", "lost"};</pre>\n\n'


@pytest.mark.parametrize(
    "text",
    [
        'A <dfn>box</dfn> has an associated <dfn for=box>state</dfn>, a {{LidState}}, initially {{LidState/"open"}}.\n',
        'A <dfn>box</dfn> has a <dfn for=box>state</dfn> (a {{LidState}}). It is initially "`open`".\n',
        "A <dfn>box</dfn> has:\n\n<dl dfn-for=box>\n: <dfn>state</dfn>\n"
        ':: A {{LidState}}, initially {{LidState/"open"}}.\n</dl>\n',
    ],
    ids=["in its sentence", "in parentheses", "an item"],
)
def test_a_member_whose_type_is_an_enumeration_of_the_idl_has_the_values_of_that(text: str) -> None:
    (member,) = reading(LIDS + text).lexicon.types["box"].members
    assert (member.name, member.values, member.initial) == ("state", ("open", "shut", "lost"), "open")


def test_a_value_is_no_misspelt_one_where_another_type_has_a_free_member_of_that_name() -> None:
    boxes = "A <dfn>box</dfn> has an associated <dfn for=box>state</dfn>, a {{LidState}}.\n\n"
    step = 'To <dfn>lose</dfn> a [=box=] |box|:\n\n1. Set |box|\'s [=box/state=] to "`lots`".\n'
    assert unread(LIDS + boxes + step) != []
    assert unread(LIDS + boxes + "A <dfn>jar</dfn> has a <dfn for=jar>state</dfn>.\n\n" + step) == []


@pytest.mark.parametrize(
    ("said", "initial"),
    [
        ("the empty string", ""),
        ("a copy of its label", None),
        ("false", False),
        ("unset", False),
        ("true", True),
        ("0", 0),
        pytest.param("9" * 5_000, "9" * 5_000, id="more digits than Python takes for a number"),
        ("null", None),
        ('"0"', "0"),
    ],
)
def test_what_a_member_is_initially_is_the_value_that_conditions_compare_it_with(
    said: str, initial: str | int | None
) -> None:
    text = f"A <dfn>box</dfn> has an associated <dfn for=box>mark</dfn>. It is initially {said}.\n"
    (member,) = reading(text).lexicon.types["box"].members
    assert (type(member.initial), member.initial) == (type(initial), initial)


@pytest.mark.parametrize(
    ("one", "several"), [("box", "boxes"), ("entry", "entries"), ("cache", "caches"), ("key", "keys")]
)
def test_the_things_of_a_list_are_those_of_their_type_whatever_the_plural_is(one: str, several: str) -> None:
    text = f"A <dfn>shelf</dfn> has a <dfn>row of things</dfn>, a list of [={several}=].\n\n"
    text += f"A <dfn>{one}</dfn> has a <dfn for={one}>label</dfn>.\n\n"
    read = reading(
        f"{text}To <dfn>fill</dfn> the shelf:\n\n1. For each |x| of the [=row of things=]:\n    1. Paint |x|.\n"
    )
    assert (read.spec.type.name, read.spec.type.list_name) == (one, "row of things")
    assert read.lexicon.lists["row of things"] == one


def test_values_that_nobody_has_are_not_understood() -> None:
    text = "For a box of any kind the <dfn>box state</dfn> is one of `open` or `shut`.\n"
    (entry,) = [entry for entry in ledger(text) if "box state" in entry.sentence]
    assert (entry.status, entry.how) == (
        NOT_UNDERSTOOD, "says which values box state has, and not of what it is a member",
    )  # fmt: skip


BOXES = (
    "A <dfn>shelf</dfn> has a <dfn for=shelf>box list</dfn>, a list of [=boxes=].\n\n"
    "A <dfn>box</dfn> has a <dfn for=box>label</dfn>.\n\n"
    "To <dfn>find</dfn> |label| on a [=shelf=] |shelf|:\n\n1. "
)


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("|shelf|'s [=shelf/box list=] contains a [=box=] whose [=box/label=] is |label|", True),
        ("|shelf|'s [=shelf/box list=] does not contain a [=box=] with [=box/label=] equals |label|", False),
        ("there is a [=box=] in |shelf|'s [=shelf/box list=] whose [=box/label=] is |label|", True),
        ("there exists no [=box=] in |shelf|'s [=shelf/box list=] whose [=box/label=] is |label|", False),
    ],
)
def test_whether_a_list_has_an_item_is_looked_up(said: str, there: bool) -> None:
    (step,) = reading(f"{BOXES}If {said}, return.\n").spec.algorithms[-1].steps
    assert isinstance(step, s.If)
    found = e.Find(e.ListOf("box list", e.Var("shelf")), "label", e.Var("label"))
    assert step.condition == (e.Not(e.Is(found, None)) if there else e.Is(found, None))
    assert unread(f"{BOXES}If {said}, return.\n") == []


def test_a_condition_that_is_left_open_is_shown_to_be() -> None:
    told = {entry.sentence: entry.how for entry in ledger(f"{BOXES}If |shelf| is wet, return.\n1. Return.\n")}
    assert told["If shelf is wet, return."] == "if shelf is wet: return (open, it may be true or false: shelf is wet)"
    assert told["Return."] == "return"
