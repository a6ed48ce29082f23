"""Whose event it is, where the properties of the event do not say so."""

import pytest

from bgsync.judge.check import check
from bgsync.language import FireEvent, v
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.model.vocabulary import VOCABULARY
from bgsync.shipped.properties.background_sync import PROPERTIES
from tests.models import question
from tests.specs import PRINT_QUEUE

NAMED = """ with the following properties:

   : {{PrintEvent/label}}
   :: |job|'s [=label=].

   Then run these steps with |event|:
"""
SILENT = ", and run these steps with |event|:\n"
REMEMBERED = " with [=PrintEvent/label=] set to |name|, and run these steps with |event|:\n"
OF_ANOTHER = " with [=PrintEvent/where=] set to |owner|'s [=scope url=], and run these steps with |event|:\n"


def fired(old: str, new: str, *more: tuple[str, str]) -> FireEvent:
    """The event of the print queue, with something else in the place of a part of the text."""
    text = PRINT_QUEUE
    for part, other in ((old, new), *more):
        assert part in text
        text = text.replace(part, other)
    spec = read_spec(read_document(text, "queue.bs"), VOCABULARY, FIRE_FUNCTIONAL_EVENT).spec
    (found,) = [each for each in spec.statements() if isinstance(each, FireEvent)]
    return found


@pytest.mark.parametrize("said", [NAMED, SILENT, REMEMBERED, OF_ANOTHER])
def test_an_event_is_about_the_object_that_it_is_fired_for_whatever_properties_it_has(said: str) -> None:
    assert fired(NAMED, said).about == v.job


def test_an_event_that_is_fired_on_an_object_is_about_it_all_the_same() -> None:
    assert fired(NAMED, SILENT, ("{{PrintEvent}} on |owner|", "{{PrintEvent}} on |job|")).about == v.job


def test_what_is_done_with_a_variable_tells_that_it_holds_an_object() -> None:
    assert fired(NAMED, SILENT, ("for a [=print job=] |job|, run", "for |job|, run")).about == v.job


LAST = "1. Let |last| be the [=print job=] in |owner|'s [=print queue=] whose [=label=] is 'last'.\n1. Set |job|'s"


def test_of_several_objects_the_one_that_the_steps_of_the_event_speak_of_is_meant() -> None:
    assert (
        fired(
            NAMED, SILENT, ("1. Set |job|'s [=job state=] to [=printing", LAST + " [=job state=] to [=printing")
        ).about
        == v.job
    )


def test_an_event_of_no_object_is_about_none() -> None:
    text = PRINT_QUEUE.partition("<div algorithm>\nTo <dfn>start printing")[0] + (
        "To <dfn>start printing</dfn> for a string |job|, run these steps:\n\n"
        "1. Let |owner| be the [=service worker registration=].\n"
        '1. [=Fire functional event=] "`print`" using {{PrintEvent}} on |owner|.\n'
    )
    spec = read_spec(read_document(text, "queue.bs"), VOCABULARY, FIRE_FUNCTIONAL_EVENT).spec
    assert [each.about for each in spec.statements() if isinstance(each, FireEvent)] == [None]
    asked = [each for each in PROPERTIES if each.id in ("one-event", "fires-listed", "fires-permitted")]
    found = {each.property: each.verdict for each in check(question(spec, asked, ("algorithm",))).verdicts}
    assert found == {"one-event": "vacuous", "fires-listed": "vacuous", "fires-permitted": "holds"}
