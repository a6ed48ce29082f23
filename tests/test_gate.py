"""Who may call: a refusal has a reason, and what the text says of callers anywhere is tested."""

from dataclasses import replace

import pytest

from bgsync.judge.check import check
from bgsync.judge.verdict import Verdict
from bgsync.language import (
    Abort,
    Add,
    Call,
    Contains,
    Else,
    Environment,
    Expr,
    Field,
    ForEach,
    If,
    InParallel,
    Input,
    Is,
    Let,
    New,
    Not,
    Or,
    Population,
    Reject,
    Requirement,
    Resolve,
    Sequence,
    Set,
    Spec,
    algorithm,
    steps,
    v,
)
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.environment import WINDOW_CLIENTS
from bgsync.shipped.model.service_worker import FIRE_FUNCTIONAL_EVENT
from bgsync.shipped.model.vocabulary import VOCABULARY
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.shipped.properties.gates import GATE
from bgsync.shipped.properties.periodic_background_sync import PROPERTIES as PERIODIC
from bgsync.system.scenario import adversities_of
from bgsync.system.state import Record
from tests.models import FILE, FOUND, Items, known, outbox, question, single
from tests.specs import PRINT_QUEUE, REGISTER

OPEN = Requirement("window clients", "frame type", ("top-level", "auxiliary"))
STATES = {
    "open": (Record((("frame type", "top-level"),)),),
    "auxiliary": (Record((("frame type", "auxiliary"),)),),
    "nested": (Record((("frame type", "nested"),)),),
}
FRAMES = WORLD.with_machine(
    replace(
        WINDOW_CLIENTS,
        rows=(*WINDOW_CLIENTS.rows, ("a popup opens", "none", "auxiliary"), ("a frame loads", "none", "nested")),
        members=STATES,
    )
)
"""A world whose window clients have several frame types."""


def refusing_all_but(*types: str, refused: bool = True) -> Items:
    """Steps that refuse a call in the background: where no client has one of these frame types."""
    condition: Expr = False
    for each in types:
        condition = Or(condition, Is(Field(v.client, "frame type"), each))
    return (
        Let("alone", True),
        ForEach("client", Population("window clients"), steps(If(condition, Set(v.alone, False)))),
        If(Is(v.alone, refused), (Reject(v.promise, "InvalidAccessError"), Abort())),
    )


def gate(spec: Spec, *needs: str) -> Verdict:
    """The verdict on who may call, in a world with several frame types, if need be under an adversity."""
    (prop,) = (each for each in PROPERTIES if each.id == "gate")
    found = check(question(spec, [prop], ("algorithm",), needs, world=FRAMES, calls=1)).verdicts
    return found[-1]


def calling(*before: object, requires: tuple[Requirement, ...] = (), after: Items = FOUND) -> Spec:
    """An outbox whose register begins with these steps."""
    return replace(outbox(found=(*before, *after)), requires=requires)  # type: ignore[arg-type]


FREE = Input("the weather is bad")
REFUSAL = (Reject(v.promise, "ConstraintError"), Abort())


@pytest.mark.parametrize(
    ("tested", "needed", "broken"),
    [
        (("top-level", "auxiliary"), ("top-level", "auxiliary"), ""),
        (
            ("top-level",),
            ("top-level", "auxiliary"),
            "for no reason: window clients, which count by line 7",
        ),
        (("top-level", "auxiliary"), ("top-level", "auxiliary", "nested"), "frame type nested counts by line 7"),
        (("top-level", "auxiliary", "nested"), ("top-level", "auxiliary"), "in spite of: window clients nested"),
        (("top-level", "auxiliary"), ("top-level",), "in spite of: window clients auxiliary"),
    ],
)
def test_the_frames_that_are_tested_are_those_of_the_definition(
    tested: tuple[str, ...], needed: tuple[str, ...], broken: str
) -> None:
    found = gate(calling(*refusing_all_but(*tested), requires=(replace(OPEN, values=needed, line=7),)))
    assert found.verdict == ("violated" if broken else "holds")
    assert broken in found.message


def test_a_call_that_nothing_tests_for_what_the_text_says_elsewhere_is_found() -> None:
    assert gate(calling()).verdict == "holds"
    found = gate(calling(requires=(OPEN,)))
    assert (found.verdict, found.message) == ("violated", "register resolves, and nothing has tested: window clients")


def test_a_call_that_resolves_before_its_test_is_found() -> None:
    early = calling(*known(Resolve(v.promise)), requires=(OPEN,), after=refusing_all_but("top-level", "auxiliary"))
    assert gate(early).message == "register resolves, and nothing has tested: window clients"


@pytest.mark.parametrize("before", [(), (If(FREE, Set(v.weather, True)),), (If(FREE, (Resolve(v.promise), Abort())),)])
def test_an_inverted_test_is_found_behind_free_conditions_too(before: Items) -> None:
    inverted = refusing_all_but("top-level", "auxiliary", refused=False)
    found = gate(calling(Let("weather", FREE), *before, *inverted, requires=(OPEN,)))
    assert found.verdict == "violated"
    assert "is refused with InvalidAccessError for no reason" in found.message or "in spite of" in found.message


@pytest.mark.parametrize(
    "refusal",
    [
        REFUSAL,
        (If(FREE, steps(Let("x", 1))), *REFUSAL),
        (Let("closed", True), If(Is(v.closed, True), REFUSAL)),
        (If(Environment("permission", ("granted",)), REFUSAL),),
        (If(FREE, steps(If(Environment("permission", ("granted",)), REFUSAL))),),
    ],
)
def test_a_refusal_without_a_reason_is_found(refusal: Items) -> None:
    assert "is refused with ConstraintError for no reason" in gate(calling(*refusal)).message


@pytest.mark.parametrize(
    "refusal",
    [
        known(*REFUSAL),
        (If(FREE, REFUSAL),),
        (If(Is(v.tag, "forbidden"), REFUSAL),),
        (If(Not(Environment("network", ("online",))), REFUSAL),),
        (If(FREE, steps(Let("x", 1))), If(FREE, steps(InParallel(REFUSAL), Abort()))),
        (Let("bad", False), If(FREE, Set(v.bad, True)), If(Is(v.bad, True), REFUSAL)),
        (If(FREE, steps(Resolve(v.promise), Abort())), Else(REFUSAL)),
        (Let("bad", Sequence()), If(FREE, steps(Add(v.tag, v.bad))), If(Is(v.bad, Sequence()), REFUSAL)),
        (Let("bad", Sequence()), Add(v.tag, v.bad), If(Contains(v.bad, "forbidden"), REFUSAL)),
    ],
)
def test_the_reasons_of_the_text_itself_are_reasons(refusal: Items) -> None:
    assert gate(calling(*refusal)).verdict == "holds"


def test_the_tests_of_an_algorithm_that_is_called_are_those_of_its_caller() -> None:
    main = (Call("admit", (v.promise,)), Resolve(v.promise))
    for refused, wanted in ((True, "holds"), (False, "violated")):
        body = steps(*refusing_all_but("top-level", "auxiliary", refused=refused))
        spec = single(*main, others=(algorithm("admit", ("promise",), body, file=FILE),))
        spec = replace(spec, requires=(OPEN,))
        asked = question(spec, [GATE], ("algorithm",), world=FRAMES, calls=1)
        messages = [each.message for each in check(asked).verdicts if each.verdict == "violated"]
        assert bool(messages) == (wanted == "violated"), messages


BACKGROUND = (
    "\nA [=print job=] is considered to be printed <dfn>in the background</dfn> if no [=service worker clients=] whose "
    "[=frame type=] is {} exist for its owner.\n"
)
TEST = "1. If the user has disabled printing, [=reject=] |promise| with a {{NotAllowedError}} and abort these steps.\n"


def read(text: str) -> Spec:
    return read_spec(read_document(text, "queue.bs"), VOCABULARY, FIRE_FUNCTIONAL_EVENT).spec


def test_a_definition_says_which_frames_do_not_make_it_the_background() -> None:
    said = '"`top-level`", "`auxiliary`" or "`nested`"'
    (found,) = read(PRINT_QUEUE + BACKGROUND.format(said)).requires
    assert found == replace(OPEN, values=("top-level", "auxiliary", "nested"))
    assert read(PRINT_QUEUE).requires == ()


def test_a_text_that_says_elsewhere_that_it_can_be_disabled_has_to_test_that() -> None:
    untested = PRINT_QUEUE.replace(TEST, "")
    assert untested != PRINT_QUEUE
    for text, wanted in (
        (untested, []),
        (untested + "\nThe user agent SHOULD let the user disable printing.\n", [("permission",)]),
        (PRINT_QUEUE + "\nThe user agent SHOULD let the user disable printing.\n", []),
    ):
        for properties in (PROPERTIES, PERIODIC):
            asked = [each for each in properties if each.id == "gate"]
            found = check(question(read(text), asked, ("algorithm",), ("permission",), world=ONE_OFF.world))
            assert [each.needs for each in found.verdicts if each.verdict == "violated"] == wanted


@pytest.mark.parametrize(
    ("said", "broken"), [((OPEN,), ["register resolves in spite of: window clients nested"]), ((), [])]
)
def test_a_page_in_a_frame_is_let_in_where_the_frame_type_that_counts_is_never_read(
    said: tuple[Requirement, ...], broken: list[str]
) -> None:
    nobody = Is(Population("window clients"), New("sequence"))
    refused = If(nobody, steps(Reject(v.promise, "InvalidAccessError"), Abort()))
    spec = replace(outbox(found=(refused, *FOUND)), requires=said)
    asked = [each for each in PROPERTIES if each.id == "gate"]
    found = check(question(spec, asked, ("algorithm",), world=ONE_OFF.world, calls=1)).verdicts
    assert [*{one.message for each in found for one in each.findings() if one.verdict == "violated"}] == broken


def test_a_test_that_refuses_the_wrong_ones_takes_no_race_in_the_branch_of_a_second_call_either() -> None:
    spec = outbox(found=(*refusing_all_but("top-level", refused=False), *FOUND))
    asked = [each for each in PROPERTIES if each.id == "gate"]
    (found,) = check(question(spec, asked, world=ONE_OFF.world)).verdicts
    resolved = [one for one in found.findings() if "resolves" in one.message]
    assert len(resolved) == 2, "of a new object, and of one that is there"
    assert {one.kind for one in found.findings()} == {"logic"}


def waiting_for_a_worker(waits: str) -> Spec:
    """A text that refuses a call for want of a worker only where none is on its way, and else waits for it so."""
    refused = REGISTER.splitlines(keepends=True)[6]
    assert "InvalidStateError" in refused
    text = PRINT_QUEUE.replace(refused, NONE_ON_ITS_WAY + waits)
    assert text != PRINT_QUEUE
    return read(text)


NONE_ON_ITS_WAY = """1. If |owner|'s [=active worker=] is null:
   1. If |owner|'s [=installing worker=] is null and |owner|'s [=waiting worker=] is null, [=reject=] |promise| with an
      {{InvalidStateError}} and abort these steps.
"""
FOREVER = """\
   1. Wait for the [=installing worker=] or the [=waiting worker=] of |owner| to become its [=active worker=].
   1. If |owner| fails to activate either worker, [=reject=] |promise| with an {{InvalidStateError}} and abort these
      steps.
"""
EITHER_WAY = """   1. Wait until |owner|'s [=installing worker=] is null and |owner|'s [=waiting worker=] is null.
   1. If |owner|'s [=active worker=] is null, [=reject=] |promise| with an {{InvalidStateError}} and abort these steps.
"""


@pytest.mark.parametrize(("waits", "broken"), [(FOREVER, {"gate", "promise-settles"}), (EITHER_WAY, {"gate"})])
def test_a_worker_that_is_installed_in_a_run_comes_to_be_the_active_one_or_to_nothing(
    waits: str, broken: set[str]
) -> None:
    spec, asked = waiting_for_a_worker(waits), [p for p in PROPERTIES if p.id in ("gate", "promise-settles")]
    wanted = question(spec, asked, adversities=("installing",), world=ONE_OFF.world, calls=1, thorough=True)
    found = [each for each in check(wanted).verdicts if each.verdict == "violated"]
    assert {(each.property, each.needs) for each in found} == {(name, ("installing",)) for name in broken}
    assert {each.property: each.kind for each in found}["gate"] == "race", "the worker is activated between two tests"


def test_a_text_that_asks_for_no_worker_on_its_way_is_not_tried_with_one() -> None:
    world, waits = ONE_OFF.world, waiting_for_a_worker(FOREVER)
    assert set(world.adversities) - {*adversities_of(world, read(PRINT_QUEUE))} == {"installing"}
    assert adversities_of(world, read(PRINT_QUEUE), waits) == adversities_of(world, waits) == tuple(world.adversities)


def test_no_worker_is_installed_but_where_a_run_begins_with_that() -> None:
    asked = [each for each in PROPERTIES if each.id == "promise-settles"]
    spec = waiting_for_a_worker(FOREVER)
    found = check(question(spec, asked, ("algorithm",), ("unregistered",), world=ONE_OFF.world, calls=1))
    assert {each.verdict for each in found.verdicts} == {"holds"}
    assert set(found.coverage.unreached) >= {"register 2.2", "register 2.3"}
