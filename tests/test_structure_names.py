"""Findings of structure about names: links, members of dictionaries, and maps that hold nothing yet."""

import pytest

from bgsync.judge.structure import Finding
from bgsync.judge.structure.text import structure
from bgsync.language import Field, If, Is, Let, New, Not, Perform, Set, Statement, While, steps, v
from bgsync.language.expressions import Item
from tests.library import judged
from tests.test_structure_text import GOOD, QUEUE, read

IDL = """
<pre class="idl">
enum Paper {"thin", "thick"};
dictionary JobOptions { unsigned long copies = 1; DOMString title; required DOMString owner; Paper paper = "thin"; };
</pre>
"""


def found(*lines: str, before: str = "") -> list[Finding]:
    text = QUEUE.replace("{steps}", "\n".join(lines)).replace(
        "Printing {#printing}", before + "\nPrinting {#printing}", 1
    )
    return list(structure(read(text)))


def told(*lines: str, before: str = "") -> list[tuple[str, str]]:
    return [(each.property, each.message) for each in found(*lines, before=before)]


def test_a_link_to_a_term_that_its_thing_does_not_have_is_found() -> None:
    assert told(*GOOD, '1. Set |job|\'s [=job/job phase=] to "`jammed`".') == []
    ((name, message),) = told(*GOOD, "1. Tell |job|'s [=job/weight=] to the printer.")[:1]
    assert (name, message) == ("known-term", "no 'weight' is defined for a job: it has job phase")


def test_a_link_to_a_term_of_a_thing_that_is_defined_elsewhere_is_no_finding() -> None:
    assert told(*GOOD, "1. Perform |job|'s [=crate/weight=].") == []


def test_a_term_that_is_defined_twice_is_found_where_it_is_defined_again() -> None:
    again = "A <dfn>tray of jobs</dfn> is a drawer.\n"
    (one,) = found(*GOOD, before=again)
    assert (one.property, "is defined again, as in line" in one.message) == ("known-term", True)
    assert told(*GOOD, before="A <dfn for=crate>tray of jobs</dfn> is a drawer.\n") == []


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("copies", "asks whether 'copies' of a JobOptions is given, which it always is: its default is 1"),
        ("owner", "asks whether 'owner' of a JobOptions is given, which it always is: it is required"),
        ("title", ""),
    ],
)
def test_a_step_that_asks_for_a_member_that_is_always_there_is_found(asked: str, wanted: str) -> None:
    step = f"1. If |job|'s {{{{JobOptions/{asked}}}}} is null, set |job|'s [=job phase=] to \"`jammed`\"."
    assert [message for name, message in told(*GOOD, step, before=IDL) if name == "contradiction"] == [wanted] * bool(
        wanted
    )


def test_a_default_that_its_enumeration_does_not_have_is_found() -> None:
    assert told(*GOOD, before=IDL) == []
    other = IDL.replace('paper = "thin"', 'paper = "thinn"')
    assert told(*GOOD, before=other) == [
        ("contradiction", "'paper' is 'thinn' by default, which is none of: thin, thick")
    ]


NEW = Let("shelf", New("ordered map"))
READ = Let("book", Item(v.shelf, "a"))
WRITTEN = Set(Item(v.shelf, "a"), 1)


def collections(*body: Statement) -> list[str]:
    return [each for each in judged(steps(*body)) if each.startswith("collection")]


def test_a_map_that_is_read_before_anything_is_put_into_it_is_found() -> None:
    assert collections(NEW, READ, WRITTEN) == ["collection 2"]
    assert collections(NEW, Let("name", Field(Item(v.shelf, "a"), "title"))) == ["collection 2"]


@pytest.mark.parametrize(
    "before",
    [(WRITTEN,), (Perform("fill", (v.shelf,)),), (Set(v.shelf, New("ordered map", (("a", 1),))),)],
)
def test_a_map_into_which_something_may_have_been_put_is_read_without_a_finding(before: tuple[Statement, ...]) -> None:
    assert collections(NEW, *before, READ) == []


def test_a_map_that_is_asked_for_the_item_first_is_read_without_a_finding() -> None:
    assert collections(NEW, If(Not(Is(Item(v.shelf, "a"), None)), READ)) == []


def test_a_map_that_an_earlier_round_may_have_filled_is_read_without_a_finding() -> None:
    assert collections(NEW, While(True, steps(If(v.later, READ), WRITTEN))) == []
