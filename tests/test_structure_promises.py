"""Promises as specs write them: from the head, from the steps or from the declaration, settled once on every way."""

import pytest

from bgsync.compare.behaviour import compare
from bgsync.contents import shipped
from bgsync.judge.structure.text import structure
from bgsync.language import Spec
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.prose.vocabulary import Vocabulary
from bgsync.sources import Source
from bgsync.targets import Wish, judged, of_text
from bgsync.texts import read

KETTLE = """
<pre class="metadata">
Title: Kettle
Shortname: kettle
</pre>

Boiling {#boiling}
==================

<pre class=idl>
interface Kettle { Promise<undefined> boil(DOMString water); };
</pre>

<div algorithm>
The <dfn method for=Kettle>boil(|water|)</dfn> method steps are:

{steps}
</div>

<div algorithm>
To <dfn>pour out</dfn> the |cup| with |done|:

1. If |cup| is full, return.
1. [=Resolve=] |done|.
</div>

<div algorithm>
To <dfn>spill over</dfn> with |done|:

1. [=Reject=] |done| with a {{TypeError}}.
</div>
"""
NEW = "1. Let |p| be [=a new promise=]."
END = "1. Return |p|."
RESOLVE = "1. [=Resolve=] |p|."


def text(*steps: str) -> str:
    return KETTLE.replace("{steps}", "\n".join(steps))


def spec(*steps: str) -> Spec:
    return read_spec(read_document(text(*steps), "kettle.bs"), Vocabulary()).spec


def found(*steps: str) -> list[str]:
    """What is said of the promises of a method: the steps, and (note) where it is one."""
    reading = read_spec(read_document(text(*steps), "kettle.bs"), Vocabulary())
    told = [each for each in structure(reading) if each.property == "contradiction"]
    return [f"{each.origin.step}" + (" (note)" if each.level == "note" else "") for each in told]


def explored(*steps: str) -> str:
    target = of_text(read(Source("kettle.bs", text(*steps))))
    report = judged(target, Wish(properties=("promise-settles",), granularities=("algorithm",)))
    return next(each.verdict for each in report.verdicts if each.property == "promise-settles")


# which promise it is


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ((NEW, RESOLVE, END), "p"),
        (("1. Let |p| be [=a new promise=] in [=this=]'s [=relevant realm=].", RESOLVE, END), "p"),
        (("1. Let |q| be 1.", "1. Let |p| be a new {{Promise}}.", RESOLVE, END), "p"),
        ((NEW, "1. Return |p|, and run these steps [=in parallel=]:", "    1. [=Resolve=] |p|."), "p"),
        ((NEW, RESOLVE), "p"),
        (("1. Return [=a promise resolved with=] |water|.",), "the promise that it returns"),
        (("1. Throw a {{TypeError}}.",), None),
    ],
)
def test_the_promise_that_is_returned_comes_from_the_steps_or_the_declaration(
    steps: tuple[str, ...], name: str | None
) -> None:
    assert spec(*steps).algorithm("boil").returns == name


# never settled


NEVER = {
    "an early return": (NEW, "1. If |water| is cold, return |p|.", RESOLVE, END),
    "an early return in other words": (NEW, "1. If there is no power:", "    1. Return |p|.", RESOLVE, END),
    "an abort in parallel": (
        NEW,
        "1. Return |p|, and run the following steps [=in parallel=]:",
        "    1. If |water| is cold, abort these steps.",
        "    1. [=Queue a task=] to [=resolve=] |p|.",
    ),
    "nothing settles it": (NEW, "1. Wait for a minute.", END),
    "an algorithm that is called settles it on some ways": (NEW, "1. [=Pour out=] |water| with |p|.", END),
    "it has no name": ("1. If |water| is hot, return [=a promise resolved with=] 1.", "1. Return [=a new promise=]."),
}


@pytest.mark.parametrize("steps", NEVER.values(), ids=NEVER)
def test_a_way_that_leaves_a_promise_that_nothing_settles_is_found_and_seen(steps: tuple[str, ...]) -> None:
    assert len(found(*steps)) == 1
    assert explored(*steps) == "violated"


@pytest.mark.parametrize(
    "steps",
    [
        (NEW, "1. If |water| is cold, [=reject=] |p| with a {{TypeError}} and return |p|.", RESOLVE, END),
        (NEW, "1. If |water| is cold, return [=a promise rejected with=] a {{TypeError}}.", RESOLVE, END),
        (NEW, "1. If |water| is cold, throw a {{TypeError}}.", RESOLVE, END),
        (NEW, "1. [=Spill over=] with |p|.", END),
        (NEW, "1. [=In parallel=]:", "    1. [=Queue a task=] to [=resolve=] |p|.", END),
        (
            NEW,
            "1. Let |heat| be the result of [=heating=] |water|.",
            "1. [=Upon fulfillment=] of |heat|, [=resolve=] |p|.",
            "1. [=Upon rejection=] of |heat|, [=reject=] |p| with a {{TypeError}}.",
            END,
        ),
    ],
)
def test_a_promise_that_every_way_settles_is_fine(steps: tuple[str, ...]) -> None:
    assert found(*steps) == []
    assert explored(*steps) == "holds"


@pytest.mark.parametrize(
    "step",
    [
        "1. [=Schedule boiling=] with |water| and |p|.",
        "1. Set [=this=]'s {{Kettle/[[pending]]}} to |p|.",
        "1. Append |p| to [=this=]'s [=waiting list=].",
        "1. Let |request| be a new [=boil request=] whose [=boil request/promise=] is |p|.",
        "1. Let |other| be the result of [=wrapping=] |p|.",
    ],
)
def test_a_promise_that_is_handed_on_may_be_settled_there(step: str) -> None:
    assert found(NEW, step, END) == []
    assert explored(NEW, step, END) == "inconclusive"


def test_an_algorithm_that_gets_the_promise_may_hand_it_on_too() -> None:
    body = text(NEW, "1. [=Spill over=] with |p|.", END).replace("[=Reject=] |done| with a", "[=Store=] |done| and a")
    report = judged(of_text(read(Source("kettle.bs", body))), Wish(properties=("promise-settles",)))
    assert {each.property: each.verdict for each in report.verdicts}["promise-settles"] == "inconclusive"


def test_conditions_about_the_same_things_may_be_all_that_there_are() -> None:
    cold = "1. If the water in the kettle is cold, [=reject=] |p| with a {{TypeError}}."
    assert found(NEW, cold, "1. If the water in the kettle is warm, [=resolve=] |p|.", END) == ["3 (note)"]


# settled twice


@pytest.mark.parametrize(
    "error",
    [
        'an "{{AbortError}}" {{DOMException}}',
        'a {{"AbortError"}} {{DOMException}}',
        "an {{AbortError}}",
        'a new {{DOMException}} whose name is "{{AbortError}}"',
        "|water|'s [=abort reason=]",
        "a {{TypeError}}",
    ],
)
@pytest.mark.parametrize("lead", ["", "    "])
def test_a_promise_that_is_settled_twice_is_found_whatever_the_error_is_called(error: str, lead: str) -> None:
    around = ("1. [=In parallel=]:",) if lead else ()
    body = (f"1. If |water| is cold, [=reject=] |p| with {error}.", RESOLVE)
    assert found(NEW, *around, *(lead + each for each in body), END) == ["2.2" if lead else "3"]


def test_a_promise_that_a_loop_settles_and_goes_on_is_found() -> None:
    each, after = "1. [=list/For each=] |cup| of |water|'s [=cups=]:", "1. [=Reject=] |p| with a {{TypeError}}."
    full = "    1. If |cup| is full, [=resolve=] |p|"
    assert found(NEW, each, full + ".", after, END) == ["3"]
    assert found(NEW, each, full + " and [=break=].", after, END) == ["3"]
    assert found(NEW, each, full + " and abort these steps.", after, END) == []


def test_a_promise_that_an_algorithm_settles_first_is_found() -> None:
    assert found(NEW, "1. [=Spill over=] with |p|.", RESOLVE, END) == ["3"]


@pytest.mark.parametrize(
    "steps",
    [
        ("1. Run the following steps, but [=abort when=] |water| is spilt:", "    1. [=Resolve=] |p|.",
         "1. [=If aborted=], [=reject=] |p| with a {{TypeError}}."),
        ("1. Run the following steps, but [=abort when=] |water| is spilt:", "    1. [=Resolve=] |p|.",
         "1. [=If aborted=]:", "    1. [=Reject=] |p| with a {{TypeError}}."),
        ("1. If |water| is cold, [=queue a task=] to [=resolve=] |p|.",
         "1. Otherwise, [=queue a task=] to perform these steps, but [=abort when=] the lid is open:",
         "    1. [=Reject=] |p| with a {{TypeError}}."),
        ("1. [=Reject=] |p| with a {{TypeError}} unless somehow the lid, in which case leave it.", RESOLVE),
        ("1. [=Resolve=] |p|, then as the lid says leave or return.", RESOLVE),
    ],
)  # fmt: skip
def test_nothing_certain_rests_on_what_is_not_understood(steps: tuple[str, ...]) -> None:
    assert [each for each in found(NEW, *steps, END) if "note" not in each] == []


# what an edit does


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (RESOLVE, "1. If |water| is cold, return |p|.\n1. [=Resolve=] |p|."),
        (RESOLVE, "1. Let |x| be 1."),
        ("1. If there is no power, return [=a promise rejected with=] a {{TypeError}}.\n1. [=Resolve=] |p|.",
         "1. If there is no power, return |p|.\n1. [=Resolve=] |p|."),
        ("1. [=Spill over=] with |p|.", "1. [=Pour out=] |water| with |p|."),
    ],
)  # fmt: skip
def test_an_edit_that_makes_a_promise_never_settle_is_not_equivalent(old: str, new: str) -> None:
    world = shipped()[-1].world
    before, now = (spec(NEW, step, END) for step in (old, new))
    assert compare(before, before, world).relation == "equivalent"
    assert compare(before, now, world).relation != "equivalent"
