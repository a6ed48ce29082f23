"""The lifecycle world: what each operation means, and that nothing happens outside the two tables."""

from dataclasses import replace

import pytest

from bgsync.explore.search import explore
from bgsync.machines.table import MachineError, tabulate
from bgsync.shipped.model.background_sync import registration
from bgsync.shipped.model.background_sync.lifecycle import ABSENT, ONLINE, OPERATIONS, Lifecycle, State
from bgsync.shipped.model.background_sync.registration import FINAL, FIRING, PENDING, REREGISTERED, STATES, WAITING

OFFLINE = "offline"


def test_nine_states_are_reachable() -> None:
    # From outside a registration is absent, pending, waiting, firing or reregistered: success and failed last no time.
    # Times two for the network makes ten, less pending while online, which fires at once.
    graph = explore(Lifecycle())
    seen = {ABSENT, *STATES} - set(FINAL)
    assert graph.complete
    assert set(graph.states) == {State(s, n) for s in seen for n in (OFFLINE, ONLINE)} - {State(PENDING, ONLINE)}
    assert len(graph.states) == 9


def test_some_operation_takes_each_row_of_both_machines() -> None:
    world = Lifecycle()
    graph = explore(world)
    taken = {row for s in graph.states for action in world.actions(s) for row in world.step(s, action)[1]}
    assert taken == {*world.registrations.rows, *world.network.rows}


def test_each_operation_is_possible_somewhere_and_names_a_trigger_of_the_machine() -> None:
    world = Lifecycle()
    reached = {state.registration for state in explore(world).states}
    for _, source, trigger, _ in OPERATIONS:
        assert source in reached
        assert trigger is None or trigger in world.registrations.triggers


@pytest.mark.parametrize(
    ("before", "action", "after", "triggers"),
    [
        (State(ABSENT, OFFLINE), "register", State(PENDING, OFFLINE), []),
        (State(ABSENT, ONLINE), "register", State(FIRING, ONLINE), ["fire"]),
        (State(PENDING, OFFLINE), "register", State(PENDING, OFFLINE), []),
        (State(PENDING, ONLINE), "register", State(FIRING, ONLINE), ["fire"]),
        (State(WAITING, OFFLINE), "register", State(PENDING, OFFLINE), ["register"]),
        (State(WAITING, ONLINE), "register", State(FIRING, ONLINE), ["register", "fire"]),
        (State(FIRING, ONLINE), "register", State(REREGISTERED, ONLINE), ["register"]),
        (State(REREGISTERED, ONLINE), "register", State(REREGISTERED, ONLINE), []),
        (State(PENDING, OFFLINE), "go online", State(FIRING, ONLINE), ["go online", "fire"]),
        (State(WAITING, OFFLINE), "go online", State(WAITING, ONLINE), ["go online"]),
        (State(FIRING, ONLINE), "go offline", State(FIRING, OFFLINE), ["go offline"]),
        (State(FIRING, OFFLINE), "fulfil", State(ABSENT, OFFLINE), ["fulfil"]),
        (State(FIRING, ONLINE), "reject", State(WAITING, ONLINE), ["reject"]),
        (State(FIRING, ONLINE), "give up", State(ABSENT, ONLINE), ["give_up"]),
        (State(REREGISTERED, OFFLINE), "fulfil", State(PENDING, OFFLINE), ["fulfil"]),
        (State(REREGISTERED, ONLINE), "fulfil", State(FIRING, ONLINE), ["fulfil", "fire"]),
        (State(REREGISTERED, ONLINE), "reject", State(FIRING, ONLINE), ["reject", "fire"]),
        (State(REREGISTERED, ONLINE), "give up", State(FIRING, ONLINE), ["reject", "fire"]),
        (State(WAITING, OFFLINE), "elapse", State(PENDING, OFFLINE), ["elapse"]),
        (State(WAITING, ONLINE), "elapse", State(FIRING, ONLINE), ["elapse", "fire"]),
    ],
)
def test_an_operation_means_what_the_text_intends(
    before: State, action: str, after: State, triggers: list[str]
) -> None:
    world = Lifecycle()
    found, rows = world.step(before, action)
    assert (found, [row.trigger for row in rows]) == (after, triggers)
    assert world.next_state(before, action) == after


def test_an_operation_that_makes_no_sense_is_refused_with_those_that_do() -> None:
    world = Lifecycle()
    assert world.next_state(State(WAITING, ONLINE), "fulfil") is None
    with pytest.raises(ValueError, match="take one of register, elapse, go offline"):
        world.step(State(WAITING, ONLINE), "fulfil")


@pytest.mark.parametrize(
    ("trigger", "source", "before", "action"),
    [
        ("register", WAITING, State(WAITING, OFFLINE), "register"),
        ("fire", PENDING, State(PENDING, OFFLINE), "go online"),
    ],
)
def test_a_missing_row_is_an_error_and_never_made_up(trigger: str, source: str, before: State, action: str) -> None:
    whole = tabulate(registration.machine())
    rows = tuple(row for row in whole.rows if (row.trigger, row.source) != (trigger, source))
    with pytest.raises(MachineError, match=f"no row for '{trigger}' from '{source}'"):
        Lifecycle(replace(whole, rows=rows)).step(before, action)


def test_a_text_with_one_more_state_is_held_against_the_rows_of_the_others() -> None:
    table, states = registration.LIFECYCLE, (*STATES, "suspended")
    assert (table.fits(STATES), table.fits(states), table.covers(states)) == (True, False, True)
    assert not table.covers(tuple(state for state in states if state != WAITING))
    assert table.others(states) == ["suspended"]
    assert not table.allows((PENDING, WAITING), states)
    assert table.allows((PENDING, "suspended"), states)
    assert not table.allows((PENDING, "suspended"), STATES)
