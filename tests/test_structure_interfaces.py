"""Findings of structure where the IDL of a text and its steps or definitions disagree."""

import pytest

from bgsync.judge.structure.text import structure
from tests.test_structure_text import read

TEXT = """
<pre class="metadata">
Title: Mill
Shortname: mill
</pre>

<pre class="idl">
interface Mill {
  Promise<{type}> grind(optional Order order = {});
  readonly attribute DOMString miller;
};
partial interface Wheel { undefined stop(); };
dictionary Order { {sacks} sacks; DOMString grain = "rye"; required DOMString buyer; };
</pre>

A <dfn>sack</dfn> has a <dfn for=sack>weight</dfn> (a {weight}). A [=sack=] has a <dfn for=sack>label</dfn>.

The <dfn attribute for=Mill>miller</dfn> attribute returns "Ann". <dfn method for=Wheel>stop()</dfn> does nothing.

<div algorithm>
The <dfn method for={owner}>{method}(|order|)</dfn> method, when invoked, must return [=a new promise=] |promise| and
run these steps:

1. Let |sack| be a new [=sack=].
{steps}
</div>
"""


def told(
    *steps: str,
    type: str = "boolean",
    method: str = "grind",
    weight: str = "unsigned long",
    owner: str = "Mill",
    sacks: str = "unsigned long",
) -> list[tuple[str, str]]:
    text = TEXT.replace("{steps}", "\n".join(f"1. {step}" for step in (*steps, "Return.")))
    for name, value in (("type", type), ("method", method), ("weight", weight), ("owner", owner), ("sacks", sacks)):
        text = text.replace(f"{{{name}}}", value)
    return [(each.property, each.message) for each in structure(read(text))]


@pytest.mark.parametrize(
    ("type", "step", "given"),
    [
        ("Mill", "Resolve |promise| with null.", "null"),
        ("boolean", "Resolve |promise|.", "nothing"),
        ("undefined", "Resolve |promise| with true.", "a boolean"),
        ("sequence<DOMString>", "Resolve |promise| with 3.", "a number"),
        ("Mill?", "Resolve |promise| with null.", ""),
        ("any", "Resolve |promise| with null.", ""),
        ("boolean", "Resolve |promise| with false.", ""),
        ("undefined", "Resolve |promise|.", ""),
        ("Flour", "Resolve |promise| with null.", ""),  # declared elsewhere: it may be a type that has null
    ],
)
def test_a_promise_is_resolved_with_what_its_type_in_the_idl_has(type: str, step: str, given: str) -> None:
    by = f"by the IDL grind() returns Promise<{type}>"
    assert told(step, type=type) == ([("contradiction", f"resolves promise with {given}, and {by}")] if given else [])


def test_a_member_that_a_caller_may_leave_out_is_not_read_as_if_it_were_there() -> None:
    step = "Set |sack|'s [=sack/weight=] to |order|'s {{Order/sacks}}."
    ((name, message),) = told(step, "Resolve |promise| with true.")
    assert (name, message.partition(":")[0]) == (
        *("defined-before-use", "reads 'sacks' of order, which a caller may leave out"),
    )
    asked = "If |order|'s {{Order/sacks}} is null, set |sack|'s [=sack/weight=] to 1."
    assert told(asked, step, "Resolve |promise| with true.") == []


@pytest.mark.parametrize("member", ["grain", "buyer"])
def test_a_member_with_a_default_or_a_required_one_is_there(member: str) -> None:
    step = f"Set |sack|'s [=sack/label=] to |order|'s {{{{Order/{member}}}}}."
    assert told(step, "Resolve |promise| with true.") == []


@pytest.mark.parametrize(
    ("weight", "lost"),
    [
        ("long", "what is above 2147483647 does not fit"),
        ("octet", "what is above 255 does not fit"),
        ("long long", ""),
        ("unsigned long", ""),
        ("number", ""),
    ],
)
def test_a_number_of_the_idl_fits_the_member_that_it_is_put_into(weight: str, lost: str) -> None:
    asked = "If |order|'s {{Order/sacks}} is null, return."
    step = "Set |sack|'s [=sack/weight=] to |order|'s {{Order/sacks}}."
    found = [message for name, message in told("Resolve |promise| with true.", asked, step, weight=weight)]
    assert found == (
        [f"sets 'weight', declared as {weight}, to order's sacks, in the IDL unsigned long: {lost}"] * bool(lost)
    )


@pytest.mark.parametrize(
    ("sacks", "fits"),
    [
        ("unsigned long long", False),
        ("[EnforceRange] unsigned long long", True),
        ("[Clamp] unsigned long long", True),
        ("[XAttr] unsigned long long", False),
    ],
)
def test_a_number_whose_range_is_enforced_is_one_that_a_double_has_exactly(sacks: str, fits: bool) -> None:
    asked = "If |order|'s {{Order/sacks}} is null, return."
    step = "Set |sack|'s [=sack/weight=] to |order|'s {{Order/sacks}}."
    found = told("Resolve |promise| with true.", asked, step, weight="long long", sacks=sacks)
    assert [name for name, _ in found] == ([] if fits else ["contradiction"])


def test_a_method_that_has_steps_is_declared_where_its_interface_is_declared_whole() -> None:
    step = "Resolve |promise| with true."
    found = [message for _, message in told(step, method="sift")]
    assert found[-1] == "the IDL of Mill declares no sift(), which has steps here"
    assert not [message for _, message in told(step, method="sift", owner="Wheel") if "sift" in message]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("attribute DOMString keeper;", "the IDL of Mill declares the attribute keeper, and no sentence defines what"),
        ("undefined rest();", "the IDL of Mill declares the method rest, and no sentence defines what"),
        ("Promise<void> miller();", "miller() returns Promise<void>: Web IDL has no void; did you mean undefined?"),
        (
            "undefined miller(optional Order order);",
            "'order' of miller() is an optional dictionary, and has no default",
        ),
        ("undefined miller(optional Order order = {});", ""),
        ("undefined miller(Order order);", ""),
    ],
)
def test_what_the_idl_declares_is_defined_and_is_web_idl(declared: str, said: str) -> None:
    text = TEXT.replace("readonly attribute DOMString miller;", declared)
    text = text.replace("{method}", "grind").replace("{owner}", "Mill").replace("{sacks}", "unsigned long")
    found = [
        (each.property, each.message[: len(said)], declared in text.splitlines()[each.origin.line - 1])
        for each in structure(read(text.replace("{steps}", "1. Return.")))
        if "IDL" in each.message
    ]
    assert found == [("known-term", said, True)] * bool(said)


def test_a_secure_context_that_is_promised_is_asked_for_by_an_interface() -> None:
    said = "\nA mill is only available in a [=secure context=].\n"
    text = TEXT.replace("{steps}", "1. Return.").replace("{sacks}", "unsigned long") + said
    assert [each.message for each in structure(read(text)) if "secure" in each.message] == [
        "says that it is only available in a secure context, and no interface is [SecureContext]"
    ]
    assert not [
        each
        for each in structure(read(text.replace("interface Mill", "[SecureContext] interface Mill")))
        if "secure" in each.message
    ]
