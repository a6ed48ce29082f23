"""What the reductions leave out is covered: every plain run stays inside the states that were explored."""

import random
from collections import Counter

import pytest

from bgsync.explore.search import explore
from bgsync.language import Set
from bgsync.shipped.model.background_sync.one_off import SPEC
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.periodic_background_sync.periodic import NOW
from bgsync.system.scenario import Scenario
from bgsync.system.sharing import unfollowed
from bgsync.system.state import Frame, Process, Ref, Shared, Value
from bgsync.system.step import State
from bgsync.system.system import System
from bgsync.system.unknown import MANY
from tests.models import scenario
from tests.periodic import CALM, periodic


def only(plain: System, reduced: System, state: State, slot: int | None, apart: bool) -> State:
    """See a plain state as the reduced search does: one object with what holds it, or what holds none."""
    heap = state.shared.heap
    kept: list[int] = []
    for number in state.processes:
        held = plain.slot(number)
        if held == slot or (held is None and not apart):
            kept.append(reduced.number(_at_slot_zero(plain.process(number))))
    counted: list[int] = []
    for number in sorted(kept):
        if not (reduced.parked(number) and counted.count(number) >= MANY):
            counted.append(number)
    known = None if slot is None else heap[slot]
    shared = Shared(state.shared.context, () if known is None else (known,))
    return State(shared, tuple(counted), () if apart else state.due, (), apart)


def _at_slot_zero(process: Process) -> Process:
    def moved(value: Value) -> Value:
        return Ref(0) if isinstance(value, Ref) else value

    return process._replace(
        frames=tuple(Frame(f.pc, tuple((name, moved(x)) for name, x in f.variables)) for f in process.frames)
    )


@pytest.mark.parametrize(
    ("granularity", "adversity"),
    [("step", ()), ("algorithm", ()), ("algorithm", ("terminated",)), ("algorithm", ("unsettled",))],
)
def test_every_state_of_a_plain_run_is_covered_by_explored_ones(granularity: str, adversity: tuple[str, ...]) -> None:
    asked = scenario(SPEC, WORLD, granularity, adversity)
    reduced, plain = System(asked), System(asked, fork=False)
    explored = explore(reduced)
    dice, met, seen, looked = random.Random(16), Counter[State](), set[State](), 0
    for _ in range(120 if granularity == "step" else 15):
        (state,) = plain.initial_states()
        for _ in range(80):
            after = [step.after for step in plain.steps(state) if step.after is not None]
            dice.shuffle(after)
            state = min(after, key=lambda each: met[each])  # what was met the least leads to most
            met[state] += 1
            listed = [slot for slot, known in enumerate(state.shared.heap) if known and known.listed]
            removed = [slot for slot, known in enumerate(state.shared.heap) if known and not known.listed]
            assert len(listed) <= 1
            main = only(plain, reduced, state, listed[0] if listed else None, False)
            assert main in explored.index, "the search has not seen what is listed"
            seen.add(main)
            for slot in removed:
                apart = only(plain, reduced, state, slot, True)
                assert apart in explored.index, "nor what was removed"
                seen.add(apart)
                looked += 1
    assert looked > 100
    assert len(seen) > (2000 if granularity == "step" else 0.9 * len(explored.states))


def test_a_variable_that_nobody_else_holds_any_more_is_private_and_so_are_members_of_which_nothing_is_known() -> None:
    spec = periodic()
    found = System(Scenario(spec, CALM))
    assert unfollowed(found.program.spec) == {"minimum interval", "anchor time"}
    where = {pc for pc, one in enumerate(found.program.code) if one.op == "until"}
    assert all(found.interpreter.shared_variables[pc] == {"settled"} for pc in where)
    timed = {
        pc for pc, one in enumerate(found.program.code) if isinstance(one.statement, Set) and one.statement.value == NOW
    }
    assert timed
    assert not any(found.interpreter.shared_code[pc] for pc in timed)
