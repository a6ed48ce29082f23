"""What is said of machines of many shapes is right: as it was worked out by hand, and as a plain search counts."""

import asyncio
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from transitions import Machine

import bgsync
from bgsync.machines.behaviour import Behaviour
from bgsync.machines.check import MachineReport
from bgsync.machines.difference import difference
from bgsync.machines.findings import Finder
from bgsync.machines.loading import load_machine, machine_in
from tests import machine_shapes as m


class Right(NamedTuple):
    """How many states are reached, how many configurations there are, and each kind of finding with its subject."""

    reached: int
    configurations: int
    findings: tuple[str, ...] = ()


class Shape(NamedTuple):
    """What makes a machine, and what is right of it without its data, and with it."""

    make: Callable[[], Any]
    free: Right
    data: Right
    arguments: Mapping[str, Sequence[Any]] = {}
    plain: bool = True  # whether its states and data are all that it remembers, and each call ends


SHAPES = {
    "a model of slots": Shape(m.valve, Right(2, 2), Right(2, 5, ("deadlock shut",))),
    "two machines with timers": Shape(m.crossing, Right(4, 4), Right(4, 4), plain=False),
    "a machine used twice": Shape(
        m.tracks,
        Right(9, 7, ("trap-state b_end",)),
        Right(8, 6, ("dead-row over: b_run -> b_end [on_a]", "trap-state b_run", "unreachable-state b_end")),
        plain=False,
    ),
    "finalize_event": Shape(m.desk, Right(3, 3), Right(3, 6)),
    "a state after an exception": Shape(
        m.fragile, Right(3, 3, ("trap-state bad",)), Right(3, 3, ("raises go", "trap-state bad"))
    ),
    "volatile states of a class of one's own": Shape(m.shop, Right(3, 3), Right(3, 5)),
    "on_final of parallel states": Shape(m.both, Right(8, 4), Right(8, 4)),
    "errors and what is accepted": Shape(
        m.strict, Right(3, 3, ("raises lose", "trap-state lost")), Right(3, 3, ("raises lose", "trap-state lost"))
    ),
    "a class as model": Shape(m.switch, Right(2, 2), Right(2, 4)),
    "a queue and a careful callback": Shape(m.careful, Right(3, 3), Right(3, 2)),
    "a queue that is never empty": Shape(
        m.ring, Right(2, 2, ("raises spin",)), Right(2, 2, ("raises spin",)), plain=False
    ),
    "states that are set": Shape(m.jumper, Right(4, 4), Right(4, 3, ("dead-row back: b -> a",))),
    "retries": Shape(m.phone, Right(3, 5), Right(3, 5), plain=False),
    "a row named as an automatic one": Shape(
        m.review,
        Right(3, 3, ("dead-row to_review: draft -> review",)),
        Right(3, 3, ("dead-row to_review: draft -> review",)),
        plain=False,
    ),
    "asynchronous guards and a queue per model": Shape(m.fetch, Right(4, 4), Right(4, 5)),
    "events, properties and functions": Shape(m.till, Right(2, 2), Right(2, 4), {"pay": [{"coin": 10}, {"coin": 20}]}),
    "a trigger whose name is made up": Shape(m.player, Right(3, 3), Right(3, 8)),
    "ordered states with guards": Shape(
        m.ordered,
        Right(3, 3, ("unreachable-state d",)),
        Right(2, 2, ("dead-row next_state: b -> c [no]", "trap-state b", "unreachable-state c", "unreachable-state d")),
    ),
    "an enumeration with children": Shape(
        m.heater, Right(4, 3, ("unreachable-state ON_spare",)), Right(4, 3, ("unreachable-state ON_spare",))
    ),
    "events declared on the model": Shape(
        m.declared, Right(2, 2), Right(2, 2, ("dead-row back: b -> a [not ok]", "trap-state b"))
    ),
    "nested, locked and drawn": Shape(
        m.locked_tree_with_graph,
        Right(4, 3),
        Right(3, 2, ("dead-row on: b_c -> b_d [no]", "unreachable-state b_d")),
    ),
    "a dataclass that makes its machine": Shape(lambda: m.Order().machine, Right(2, 2), Right(2, 5)),
    "a callback that asks what it may": Shape(
        m.chain,
        Right(5, 5),
        Right(
            4, 2, ("dead-row again: b -> a", "dead-row again: c -> a", "dead-row stop: b -> e", "unreachable-state e")
        ),
    ),
}

shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))


def checked(shape: Shape, **options: Any) -> MachineReport:
    return machine_in(shape.make()).check(arguments=shape.arguments, **options)


def said(report: MachineReport) -> Right:
    found = sorted(f"{each.kind} {each.subject}" for each in report.findings)
    return Right(len(report.reachable), report.configurations, tuple(found))


@shapes
def test_what_is_said_without_data_is_right(shape: Shape) -> None:
    assert said(checked(shape)) == shape.free


@shapes
def test_what_is_said_with_data_is_right(shape: Shape) -> None:
    assert said(checked(shape, data=True)) == shape.data


def data_of(model: Any) -> list[tuple[str, str]]:
    """Give the data of a model, as text."""
    if isinstance(model, Machine):
        return []
    names = [*getattr(model, "__dict__", {}), *getattr(type(model), "__slots__", ())]
    values = ((name, getattr(model, name, None)) for name in sorted(names) if name[:2] != "__")
    return [(name, repr(getattr(value, "__dict__", value))) for name, value in values
            if not callable(value) and not isinstance(value, (functools.partial, Machine))]  # fmt: skip


def searched(shape: Shape) -> int:
    """Count the states with their data that calls lead to: each run is made anew, of a new machine."""
    found, todo = set[str](), list[tuple[tuple[str, Any], ...]]([()])
    while todo:
        run, machine = todo.pop(), shape.make()
        (model,) = machine.models
        for trigger, given in run:
            try:
                done = getattr(model, trigger)(**given)
                if asyncio.iscoroutine(done):
                    asyncio.run(done)
            except Exception:
                continue  # it is where the exception left it
        key = repr((getattr(model, machine.model_attribute), data_of(model)))
        if key not in found:
            found.add(key)
            triggers = machine.get_nested_triggers() if hasattr(machine, "get_nested_triggers") else machine.events
            todo += [(*run, (each, given)) for each in set(triggers) for given in shape.arguments.get(each, [{}])]
    return len(found)


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.plain])
def test_a_search_that_makes_every_run_anew_counts_the_same(name: str) -> None:
    assert searched(SHAPES[name]) == SHAPES[name].data.configurations


def behaviour(shape: Shape, **options: Any) -> Behaviour:
    return machine_in(shape.make()).behaviour(arguments=shape.arguments, **options)


@shapes
@pytest.mark.parametrize("data", [False, True])
def test_a_machine_does_what_it_does_when_it_is_made_again(shape: Shape, data: bool) -> None:
    assert difference(behaviour(shape, data=data), behaviour(shape, data=data)).relation == "equivalent"


def test_a_run_goes_on_after_what_it_raises() -> None:
    machine = m.fragile()
    trap = next(each for each in machine_in(machine).check(data=True).findings if each.kind == "trap-state")
    assert trap.run[1:5] == ("try:", "    model.go()", "except ValueError:", "    pass  # ValueError: no")
    machine = m.fragile()
    exec("\n".join(trap.run), {"machine": machine})
    assert machine.model.state == "bad"


@pytest.mark.parametrize("name", ["two machines with timers", "a machine used twice"])
def test_a_timeout_is_that_of_a_state_that_the_machine_is_in(name: str) -> None:
    told = behaviour(SHAPES[name])
    ends = {(told.calls[step.call], told.labels[n]) for n, out in enumerate(told.steps) for step in out}
    timeouts = {(call, label) for call, label in ends if call.startswith("timeout of ")}
    assert len(dict(timeouts)) == 2
    assert all(call.removeprefix("timeout of ") in label for call, label in timeouts)


def test_what_the_library_puts_on_a_model_goes_when_the_check_ends() -> None:
    machine = m.shop()
    before = dict(vars(machine.model))
    for data in (False, True):
        machine_in(machine).check(data=data)
        assert vars(machine.model) == before


def test_a_file_has_the_arguments_of_all_its_machines(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(
        "from tests.machine_shapes import till, valve\n\n"
        "till, valve = till(), valve()\n"
        'arguments = {"pay": [{"coin": 10}, {"coin": 20}]}\n'
    )
    assert said(load_machine(f"{file}:till").check(data=True)) == SHAPES["events, properties and functions"].data
    assert load_machine(f"{file}:valve").arguments == {}


def test_a_random_run_may_come_to_an_end() -> None:
    case = bgsync.stateful_test(lambda: m.Order().machine)
    case.settings = settings(max_examples=5, stateful_step_count=5, deadline=None, database=None)  # type: ignore[attr-defined]
    result = case("runTest").run()
    assert result is not None
    assert result.wasSuccessful()


def test_that_a_promise_asks_for_data_which_are_left_out_is_said() -> None:
    fresh = ["turns <= 1", lambda state, model: state == "shut" or model.turns < 9, "shut or open"]
    report, with_data = (machine_in(m.valve()).check(invariants=fresh, data=data) for data in (False, True))
    asked = [note.partition(" asks for data ")[0] for note in report.notes if "(turns), which stay as they" in note]
    assert asked == ["'turns <= 1'", "'<lambda>'"]
    assert [each.subject for each in with_data.findings if each.kind == "invariant"] == ["turns <= 1"]
    assert not any("asks for data" in note for note in with_data.notes)


def test_that_a_callback_makes_up_names_is_said() -> None:
    note = "'resume' pulls triggers or sets states, and it is not seen which; --data runs it"
    assert note in machine_in(m.player()).check().notes
    assert note not in machine_in(m.player()).check(data=True).notes


def test_that_arguments_may_be_lacking_is_said() -> None:
    report = machine_in(m.till()).check(data=True)
    assert "'pay' was called without arguments; list some: arguments = {'pay': [...]}" in report.notes


def test_a_model_of_slots_leads_to_its_machine(tmp_path: Path) -> None:
    file = tmp_path / "valve.py"
    file.write_text("from tests.machine_shapes import valve\n\none = valve().model\n")
    loaded = load_machine(f"{file}:one")
    assert loaded.setup[1] == "machine = one.trigger.func.__self__"
    assert said(loaded.check()) == SHAPES["a model of slots"].free


def test_the_callbacks_of_a_machine_are_gone_through_once_however_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[Finder]()

    def callbacks(finder: Finder) -> Iterator[Any]:
        asked.append(finder)
        yield print

    monkeypatch.setattr(Finder, "_machine_callbacks", callbacks)
    ring = Machine(states=[f"s{n}" for n in range(20)], initial="s0", auto_transitions=False)
    ring.add_ordered_transitions()
    assert machine_in(ring).check().findings == ()
    assert len(asked) == 1
