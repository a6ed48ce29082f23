"""Terms that a text defines by a condition: where a condition uses one, what defines it is read."""

import pytest

from bgsync.language import If, Is, Not, Or, v
from bgsync.language import expressions as e
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.model.vocabulary import VOCABULARY
from tests.specs import PRINT_QUEUE

PLACE = "1. [=Resolve=] |promise|.\n1. If the user agent"
STATE = e.Field(v.job, "job state")
BUSY = Or(Is(STATE, "paused"), Is(STATE, "printing"))


def condition(definition: str, condition: str) -> e.Expr:
    """Read the print queue with a definition and a step that uses it, and give the condition of that step."""
    text = PRINT_QUEUE.replace("Within one", f"{definition}\n\nWithin one")
    text = text.replace(PLACE, f"1. If {condition}, abort these steps.\n{PLACE}")
    assert len(text) > len(PRINT_QUEUE) + len(definition) + len(condition)
    spec = read_spec(read_document(text, "queue.bs"), VOCABULARY, FIRE_FUNCTIONAL_EVENT).spec
    found = spec.algorithm("register").steps[-3]
    assert isinstance(found, If)
    return found.condition


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (
            "A [=print job=] |x| is a <dfn>busy job</dfn> if |x|'s [=job state=] is [=paused=] or [=printing=].",
            "|job| is a [=busy job=]",
        ),
        (
            "A [=job state=] is a <dfn>busy state</dfn> if it is one of [=paused=] or [=printing=].",
            "|job|'s [=job state=] is a [=busy state=]",
        ),
        (
            "A [=print job=] is <dfn>busy</dfn> if and only if its [=job state=] is [=paused=] or [=printing=].",
            "|job| is [=busy=]",
        ),
    ],
)
def test_a_condition_by_a_term_that_the_text_defines_reads_what_defines_it(definition: str, said: str) -> None:
    assert condition(definition, said) == BUSY
    assert condition(definition, said.replace(" is ", " is not ")) == Not(BUSY)


@pytest.mark.parametrize(
    "definition",
    [
        "A [=print job=] is <dfn>busy</dfn> if its [=paper size=] is odd.",
        "A [=print job=] is <dfn>busy</dfn> if |someone|'s [=job state=] is [=paused=].",
        "A [=print job=] may be <dfn>busy</dfn>.",
    ],
)
def test_a_definition_by_what_is_not_followed_is_left_open(definition: str) -> None:
    assert condition(definition, "|job| is [=busy=]") == e.Apply("busy", (v.job,))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("the user agent is back online", "online"),
        ("the device is online again", "online"),
        ("the network is not [=online=]", "offline"),
        ("the device is no longer online", "offline"),
        ("the browser has no internet connection", "offline"),
        ("the device is connected to the internet", "online"),
        ("there is no network connection", "offline"),
        ("connectivity is restored", "online"),
        ("the network is down", "offline"),
        ("the connection is lost", "offline"),
        ("the desk is online", None),
    ],
)
def test_who_is_online_and_what_is_connected_is_said_of_the_network(said: str, state: str | None) -> None:
    found = condition("", said)
    assert (found.machine, found.states) == ("network", (state,)) if isinstance(found, e.Environment) else state is None


@pytest.mark.parametrize(
    ("said", "empty"),
    [
        ("the number of [=print jobs=] in |owner|'s [=print queue=] is 0", True),
        ("|owner|'s [=print queue=]'s [=list/size=] is 0", True),
        ("|owner|'s [=print queue=]'s [=list/size=] is greater than 0", False),
    ],
)
def test_a_list_with_no_items_is_empty(said: str, empty: bool) -> None:
    is_so = Is(e.ListOf("print queue", v.owner), e.Sequence())
    assert condition("", said) == (is_so if empty else Not(is_so))
