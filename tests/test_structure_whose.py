"""Findings of structure about whose a member is, maps that hold nothing yet, and what the prose says by itself."""

import pytest

from bgsync.judge.structure.text import structure
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.shipped.model.vocabulary import VOCABULARY
from tests.test_structure_text import read

HEAD = """
<pre class="metadata">
Title: Harbour
Shortname: harbour
</pre>

"""
PIERS = """
A <dfn>pier</dfn> has an associated <dfn>berth list</dfn>, which is a list of [=ships=].
A [=pier=] has an associated <dfn>crane queue</dfn>.

A <dfn>ship</dfn> has an associated <dfn for=ship>name</dfn>.

"""


def told(text: str) -> list[tuple[str, str, str]]:
    return [(each.property, each.origin.step, each.message) for each in structure(read(HEAD + text, "harbour.bs"))]


# whose a member is


def moor(*steps: str) -> str:
    head = "To <dfn>moor</dfn> a [=ship=] |ship| at a [=pier=] |pier|:\n\n"
    return PIERS + head + "\n".join(f"1. {step}" for step in steps) + "\n\n"


SWEEP = "To <dfn>sweep</dfn> the harbour:\n\n1. For each |ship| in {berths}:\n    1. Paint |ship|.\n"


def test_a_member_that_one_step_names_alone_and_another_with_its_object_is_found_once() -> None:
    named = moor("Add |ship| to |pier|'s [=berth list=].")
    alone = "names 'berth list' and not whose it is: each pier has one of its own"
    assert told(named + SWEEP.format(berths="the [=berth list=]")) == [("receiver", "1", alone)]
    twice = SWEEP.replace("Paint |ship|", "Remove |ship| from {berths}").format(berths="the [=berth list=]")
    (found,) = [message for _, _, message in told(named + twice) if "names" in message]
    assert found == alone.replace(":", " (so do sweep 1.1):")


def test_a_member_that_is_always_named_alone_may_be_the_only_one_there_is() -> None:
    assert told(moor("Add |ship| to the [=berth list=].") + SWEEP.format(berths="the [=berth list=]")) == []


def test_a_member_of_what_an_algorithm_is_given_is_that_ones() -> None:
    named = "Add |ship| to |pier|'s [=berth list=]."
    assert told(moor(named, "Remove |ship| from the [=berth list=].")) == []


PILOT = """
The <dfn method for=Pilot>guide()</dfn> method, when invoked, must run these steps:

1. Let |boat| be the {whose} boat.
1. Wait for |boat|.
"""


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("[=context object=]'s {{Pilot}}'s", "the context object's Pilot"),
        ("[=this=]'s {{Pilot}}'s", "this's Pilot"),
        ("[=context object=]'s {{Captain}}'s", ""),
        ("[=context object=]'s", ""),
        ("{{Pilot}}'s", ""),
    ],
)
def test_what_a_method_is_called_on_does_not_have_another_one_of_its_kind(whose: str, said: str) -> None:
    found = [message for name, _, message in told(PILOT.replace("{whose}", whose)) if name == "receiver"]
    assert found == [f"speaks of {said!r}: what the method is called on is a Pilot, and has none"] * bool(said)


TUPLE = """
A <dfn>buoy</dfn> is a {form} of a <dfn for=buoy>colour</dfn> and a <dfn for=buoy>depth</dfn>.

A [=buoy=] has an associated <dfn for=buoy>bell</dfn>.

To <dfn>drop</dfn> a [=buoy=] |buoy|:

1. Set |buoy|'s [=buoy/{set}=] to 1.
"""


def test_a_tuple_has_no_more_items_than_it_consists_of() -> None:
    (found,) = told(TUPLE.format(form="tuple consisting", set="bell"))
    assert found[:2] == ("contradiction", "")
    assert found[2].startswith("a buoy is a tuple of colour and depth, and has 'bell' besides, by line 10")
    assert told(TUPLE.format(form="tuple consisting", set="depth")) == []  # no step uses what is no item


# maps

TIDES = """
The <dfn>harbour office</dfn> has a <dfn>tide table</dfn>, a [=map=], where each key is a [=pier=], and each item is a
number. {said}

"""
WATCH = """To <dfn>watch</dfn> a [=pier=] |pier|:

1. {first}
1. If [=tide table=][|pier|] is greater than 3, return.
1. [=Measure=] |pier|.

To <dfn>measure</dfn> a [=pier=] |pier|:

1. Set [=tide table=][|pier|] to 1.
"""
EMPTY = "This is initially an empty [=map=]."


def watched(said: str = EMPTY, first: str = "Wait for a minute.", more: str = "") -> list[tuple[str, str, str]]:
    return told(PIERS + TIDES.replace("{said}", said) + WATCH.replace("{first}", first) + more)


def test_an_item_that_is_read_before_any_step_can_have_put_it_there_is_found() -> None:
    ((name, step, message),) = watched()
    assert (name, step) == ("collection", "2")
    assert "reads an item of tide table, which is empty at first: nothing puts one there before measure 1" in message


@pytest.mark.parametrize(
    "other",
    [
        {"said": ""},  # it may hold something from the beginning
        {"first": "Set [=tide table=][|pier|] to 0."},
        {"first": "If [=tide table=][|pier|] does not exist, return."},
        {"more": "\nTo <dfn>dredge</dfn> a [=pier=] |pier|:\n\n1. Set [=tide table=][|pier|] to 9.\n"},
    ],
    ids=["not said to be empty", "put before", "asked for", "put by others"],
)
def test_an_item_that_may_be_there_is_read_without_a_finding(other: dict[str, str]) -> None:
    assert watched(**other) == []


KEPT = "The keys of this map are the [=piers=] of the [=ships=] of the [=berth list=]."


def test_what_is_said_of_the_keys_of_a_map_is_kept_by_steps() -> None:
    adds = moor("Add |ship| to |pier|'s [=berth list=].")
    tides = TIDES.replace("{said}", KEPT)
    ((name, _, message),) = told(adds + tides)
    assert name == "contradiction"
    assert message == (
        "says that the keys of tide table go by berth list, and no step keeps that: that is added to by moor 1, and "
        "the map is not"
    )
    both = moor("Add |ship| to |pier|'s [=berth list=].", "Set [=tide table=][|pier|] to 0.")
    assert told(both + tides) == []


# prose


def test_what_a_note_requires_is_required_by_nothing() -> None:
    paints = moor("Paint |ship|.")
    assert told(paints + "Note: A crane MUST NOT swing.\n") == [
        ("contradiction", "", "MUST NOT stands in what does not count (a note, or a section that is non-normative)")
    ]
    assert told(paints + "A crane MUST NOT swing.\n\nNote: A crane must be quiet.\n") == []


NEEDED = 'Mooring is a [=powerful feature=] that is identified by the name "moor".\n'


def test_a_permission_that_the_text_declares_is_asked_for_by_some_step() -> None:
    (found,) = told(moor("Paint |ship|.") + NEEDED)
    assert found == ("contradiction", "", "declares the permission 'moor', and no step asks whether it is granted")
    asked = moor("If the permission to moor is not granted, return.", "Paint |ship|.")
    assert told(asked + NEEDED) == []
    in_other_words = HEAD + moor("If the user has disabled mooring, return.", "Paint |ship|.") + NEEDED
    known = read_spec(read_document(in_other_words, "harbour.bs"), VOCABULARY)
    assert [each.message for each in structure(known)] == []


@pytest.mark.parametrize("before", ["{{PermissionDescriptor/name}}", "{{PermissionName}}"])
def test_a_permission_that_a_step_asks_for_is_declared(before: str) -> None:
    asks = moor(f'If the state of the permission with {before} "`moor`" is not granted, return.')
    assert [message for _, _, message in told(asks)] == [
        "asks for the permission 'moor', which no sentence declares as that of a powerful feature"
    ]
    assert told(asks + NEEDED) == []


@pytest.mark.parametrize(("whose", "several"), [("ships", True), ("ship", False)])
def test_several_things_have_no_member_together(whose: str, several: bool) -> None:
    step = f"If the [={whose}=]'s [=ship/name=] is null, return."
    assert [message for _, _, message in told(moor(step))] == [
        '"ships\'s" speaks of several; did you mean "ship\'s"?'
    ] * several


BELLS = """
A <dfn>bell</dfn> has an associated <dfn for=bell>last ring</dfn> (a timestamp), {declared}.

To <dfn>ring</dfn> a [=bell=] |bell|:

1. {before}
1. [=Fire functional event=] "`ring`" using {{RingEvent}} on |bell|, and run these steps with |event|:
1. Let |rung| be the result of [=waiting for all=] of |event|'s [=extend lifetime promises=].
1. [=Upon fulfillment=] of |rung|, run these steps:
    1. {after}
"""
LAST = "the previous time a ring event was fired for it"
NOTES = "Set |bell|'s [=bell/last ring=] to now."


@pytest.mark.parametrize(
    ("declared", "before", "after", "late"),
    [
        (LAST, "Wait for a minute.", NOTES, True),
        (LAST, NOTES, "Wait for a minute.", False),
        (LAST, NOTES, NOTES, False),
        ("the time at which it was silent again", "Wait for a minute.", NOTES, False),
    ],
)
def test_the_time_at_which_an_event_is_fired_is_not_noted_when_it_is_over(
    declared: str, before: str, after: str, late: bool
) -> None:
    text = BELLS.replace("{declared}", declared).replace("{before}", before).replace("{after}", after)
    said = "sets 'last ring', declared in line 8 as the time at which an event was fired, when the event is over"
    assert [message for _, _, message in told(text) if message.startswith("sets")] == [said] * late
