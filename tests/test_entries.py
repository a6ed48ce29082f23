"""An algorithm that nothing calls is an entry point of its own: it may run at any time, with any object that fits."""

from dataclasses import replace

import pytest

from bgsync.language import Assert, Call, Is, Remove, Set, Spec, algorithm, steps, v
from bgsync.language.reaching import listed_parameter, uncalled
from bgsync.shipped.model.background_sync.one_off import REGISTRATIONS
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING
from tests.models import AT_ONCE, FILE, FINISH, NEW, STATE, Items, graph, known, outbox, report, system, verdicts
from tests.models import MARK as RESOLVES

FIRST: Items = (Assert(Is(STATE, PENDING)), Set(STATE, FIRING))


def alone(first: Items = FIRST, rejected: Items = FINISH) -> Spec:
    """An outbox as a text has it in which nothing calls the algorithm that fires."""
    spec = outbox(found=known(*RESOLVES), added=(*NEW, *RESOLVES), first=first, rejected=rejected, online=())
    return replace(spec, read=True)


def test_what_nothing_calls_is_checked_all_the_same() -> None:
    assert verdicts(alone(), ["firing-ends"])["firing-ends"].verdict == "holds"
    assert verdicts(alone(rejected=()), ["firing-ends"])["firing-ends"].verdict == "violated"


def test_nobody_has_to_call_it() -> None:
    assert verdicts(alone(), ["pending-fires"])["pending-fires"].verdict == "violated"


def test_what_an_algorithm_asserts_first_is_what_fits_it() -> None:
    assert verdicts(alone(), ["asserts"])["asserts/ring.1"].verdict == "holds"
    late = (Set(STATE, FIRING), Assert(Is(STATE, PENDING)))
    assert verdicts(alone(late), ["asserts"])["asserts/ring.2"].verdict == "violated"


def test_one_invocation_of_it_is_in_flight_at_a_time() -> None:
    closed = system(alone((*FIRST, Set(STATE, FIRING))), "step", calls=3)
    within = {"ring"}
    running = [
        sum(
            closed.program.code[closed.process(n).pc].origin.algorithm in within and not closed.parked(n)
            for n in numbers
        )
        for numbers in (state.processes for state in graph(closed).states)
    ]
    assert max(running) == 1


def test_several_tags_are_explored_one_state_after_the_other() -> None:
    found = report(alone(rejected=()), "firing-ends", tags=2, limit=2_000)
    assert [verdict.verdict for verdict in found.verdicts if not verdict.needs] == ["violated"]


def two(*more: Items) -> Spec:
    """Two algorithms that call each other, beside a method that calls none."""
    there, back = (
        algorithm(name, (given,), steps(*extra, Call(other, (getattr(v, given),))), file=FILE)
        for name, given, other, extra in (
            ("there", "one", "back", ()),
            ("back", "other", "there", more[0] if more else ()),
        )
    )
    main = algorithm("main", (), steps(*NEW), file=FILE)
    return Spec("tiny", "0", outbox().type, (main, there, back), (), AT_ONCE, ("main",), read=True)


def test_of_algorithms_that_call_each_other_the_first_is_an_entry() -> None:
    assert uncalled(two()) == ("there",)


@pytest.mark.parametrize(("more", "fits"), [((), None), ((Remove(v.other, REGISTRATIONS),), "one")])
def test_a_parameter_is_an_object_where_the_steps_treat_it_as_one(more: Items, fits: str | None) -> None:
    assert listed_parameter(two(more), "there") == fits


def test_a_model_in_python_says_itself_what_may_be_called() -> None:
    spec = replace(alone(), read=False)
    assert not system(spec).program.entries
    assert set(system(alone()).program.entries) == {"ring"}
