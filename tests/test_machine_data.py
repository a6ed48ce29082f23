"""The real machine, run with its guards and callbacks: counts, bugs found, bounds, and promises of runs."""

import copy
import random
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine
from transitions.extensions import AsyncMachine

from benchmarks.machines import SEARCHES, Counters, Queue, measured
from bgsync.machines.check import MachineReport, check_machine
from bgsync.machines.data import Data, copied
from bgsync.machines.loading import load_machine
from bgsync.machines.table import MachineError


def philosophers(count: int, mended: bool) -> list[Machine]:
    """Give one machine per philosopher, all of one table; mended, the last one takes the other fork first."""

    class Table:
        def __init__(self) -> None:
            self.forks: list[int | None] = [None] * count

    table = Table()

    def sitting(number: int) -> Machine:
        first, second = number, (number + 1) % count
        if mended and number == count - 1:
            first, second = second, first

        def put_back() -> None:
            table.forks[first] = table.forks[second] = None

        def taking(fork: int) -> dict[str, Any]:
            return {
                "conditions": lambda: table.forks[fork] is None,
                "before": lambda: table.forks.__setitem__(fork, number),
            }

        rows: list[dict[str, Any]] = [
            {"trigger": f"sit_{number}", "source": "think", "dest": "wait", **taking(first)},
            {"trigger": f"eat_{number}", "source": "wait", "dest": "eat", **taking(second)},
            {"trigger": f"end_{number}", "source": "eat", "dest": "think", "before": put_back},
        ]
        return Machine(table, ["think", "wait", "eat"], initial="think", auto_transitions=False,
                       model_attribute=f"p{number}", transitions=rows)  # fmt: skip

    return [sitting(number) for number in range(count)]


def by_hand(count: int, mended: bool) -> int:
    """Count the states of the table in a search that knows neither machine nor bgsync."""
    start = (0,) * count
    seen, todo = {start}, deque([start])
    order = [(n, (n + 1) % count) for n in range(count)]
    if mended:
        order[-1] = order[-1][::-1]
    while todo:
        state = todo.popleft()
        held = {fork for n, phase in enumerate(state) for fork in order[n][:phase]}
        for n, phase in enumerate(state):
            if phase == 2 or order[n][phase] not in held:
                after = (*state[:n], (phase + 1) % 3, *state[n + 1 :])
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
    return len(seen)


@pytest.mark.parametrize("mended", [False, True])
@pytest.mark.parametrize("count", [3, 5])
def test_philosophers_starve_where_each_takes_the_same_fork_first(count: int, mended: bool) -> None:
    machines = philosophers(count, mended)
    report = check_machine(machines[0], beside=machines[1:], data=True)
    assert report.configurations == by_hand(count, mended)
    assert [each.trace for each in report.findings] == ([] if mended else [tuple(f"sit_{n}" for n in range(count))])


@pytest.mark.parametrize("make", [lambda: Counters(4), lambda: Queue(3)])
def test_plain_searches_by_hand_count_the_same_states(make: Callable[[], Counters | Queue]) -> None:
    counts = {took.name: took.states for took in measured(make)}
    assert list(counts) == list(SEARCHES)
    assert len(set(counts.values())) == 1


@st.composite
def tangled(draw: st.DrawFn) -> list[Any]:
    """Give lists, dicts and tuples, some of which are in several places."""
    kinds: list[Callable[[list[Any]], Any]] = [list, tuple, deque, lambda each: dict(enumerate(each))]
    known: list[Any] = [1, True, 1.0, "a", None]
    for _ in range(draw(st.integers(1, 6))):
        some = draw(st.lists(st.sampled_from(known), max_size=3))
        known.append(draw(st.sampled_from(kinds))(some))
    return known[4:]


def lists_in(value: Any) -> set[int]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple, deque)) else ()
    own = {id(value)} if isinstance(value, (list, dict, deque)) else set()
    return own.union(*map(lists_in, inner))


@given(tangled())
def test_a_copy_is_that_of_the_library_of_python_and_shares_nothing_that_changes(value: list[Any]) -> None:
    made, data = copied(value, {}), Data([], [])
    assert made == value
    assert data.key_of(made) == data.key_of(copy.deepcopy(value)) == data.key_of(value)
    assert lists_in(made).isdisjoint(lists_in(value))


def test_an_attribute_that_goes_while_another_comes_is_other_data() -> None:
    class Model:
        def swap(self) -> None:
            came, went = ("b", "a") if "a" in vars(self) else ("a", "b")
            vars(self)[came] = vars(self).pop(went)

    model: Any = Model()
    machine = Machine(model, ["x"], initial="x", auto_transitions=False)
    machine.add_transition("turn", "x", None, before="swap")
    model.a = 1
    assert check_machine(machine, data=True).configurations == 2
    assert vars(model)["a"] == 1


def test_slots_are_data_in_whatever_order_the_other_attributes_came() -> None:
    class Model:
        __slots__ = ("__dict__", "count")

        def swap(self) -> None:
            own: Any = self
            own.count = 1 - own.count
            own.a = vars(self).pop("a")

    model: Any = Model()
    model.count, model.a, model.b = 0, 1, 2
    machine = Machine(model, ["x"], initial="x", auto_transitions=False)
    machine.add_transition("turn", "x", None, before="swap")
    assert check_machine(machine, data=True).configurations == 2
    assert model.count == 0


class Counter:
    """Counts up to three."""

    def __init__(self) -> None:
        self.count = 0
        self.seen: list[int] = []

    def up(self, by: int = 1) -> None:
        self.count += by

    def less(self, by: int = 1) -> bool:
        return self.count < 3

    def roll(self) -> None:
        self.count = random.randrange(3)


def counting(rows: list[dict[str, Any]], **options: Any) -> Machine:
    return Machine(Counter(), ["a", "b"], initial="a", auto_transitions=False, transitions=rows, **options)


UP: dict[str, Any] = {"trigger": "up_", "source": "a", "dest": "a", "conditions": "less", "before": "up"}
GO: dict[str, Any] = {"trigger": "go", "source": "a", "dest": "b", "unless": "less"}
BACK: dict[str, Any] = {"trigger": "back", "source": "b", "dest": "a"}


def kinds(report: MachineReport) -> list[str]:
    return [each.kind for each in report.findings]


def test_data_decides_what_guards_say() -> None:
    report = check_machine(counting([UP, GO, BACK]), data=True)
    assert (report.configurations, report.reachable, kinds(report)) == (5, ("a", "b"), [])
    never = {"trigger": "odd", "source": "b", "dest": "a", "conditions": "less"}
    (dead,) = check_machine(counting([UP, GO, BACK, never]), data=True).findings
    assert dead.message.startswith("row 'odd: b -> a [less]' can never be taken: its guards were never true together")


def test_a_run_that_is_told_can_be_run() -> None:
    machine = counting([UP, GO, BACK])
    (finding,) = check_machine(machine, data=True, never=["b"]).findings
    assert finding.trace == ("up_", "up_", "up_", "go")
    exec("\n".join(finding.run), {"machine": machine})
    assert vars(machine.model)["state"] == "b"


def test_what_can_go_no_further_with_its_data_is_a_deadlock() -> None:
    machine = counting([UP, {**GO, "unless": [], "conditions": "less"}, {**BACK, "conditions": "less"}])
    (finding,) = check_machine(machine, data=True).findings
    assert (finding.kind, finding.subject, finding.trace) == ("deadlock", "a", ("up_", "up_", "up_"))
    assert finding.message == "no call changes anything in state 'a' with count=3, seen=[], which is not declared final"


def test_arguments_are_tried_one_by_one() -> None:
    row = {**UP, "trigger": "add"}
    report = check_machine(counting([row]), data=True, arguments={"add": [1, (2,)]}, never=[four])
    assert [each.trace for each in report.findings if each.kind == "never"] == [("add(2)", "add(2)")]


def four(_: str, model: Counter) -> bool:
    return model.count == 4


@pytest.mark.parametrize(
    ("options", "bound"), [({"limit": 50}, "the limit of 50"), ({"seconds": 0.0}, "the time is up")]
)
def test_data_without_end_meets_a_bound_and_is_inconclusive(options: dict[str, Any], bound: str) -> None:
    report = check_machine(counting([{**UP, "conditions": []}]), data=True, **options)
    assert report.unfinished.startswith(bound)
    assert (report.findings, report.exit_status) == ((), 3)


def test_only_chosen_attributes_tell_states_apart() -> None:
    endless = [{**UP, "conditions": []}, {**GO, "unless": []}, BACK]
    assert check_machine(counting(endless), data=True, chosen=["seen"]).configurations == 2
    by_two = check_machine(counting(endless), data=True, chosen=lambda model: model.count % 2)
    assert by_two.configurations == 4


def test_lists_are_data_and_what_cannot_be_copied_is_named() -> None:
    model: Any = Counter()
    model.short, model.note, model.lock = lambda: len(model.seen) < 2, lambda: model.seen.append(1), threading.Lock()
    row = {**UP, "before": "note", "conditions": "short"}
    machine = Machine(model, ["a"], initial="a", auto_transitions=False, transitions=[row])
    report = check_machine(machine, data=True)
    assert report.configurations == 3
    assert any(note.startswith("attribute 'lock' is no part of the data") for note in report.notes)
    assert model.seen == []


def test_chance_is_pointed_out_and_not_run_where_it_is_stubbed() -> None:
    rolling = [{**UP, "before": "roll", "conditions": []}, {**GO, "unless": []}, BACK]
    machine = counting(rolling)
    report = check_machine(machine, data=True, limit=50)
    assert any(note.startswith("'roll' may reach outside (random)") for note in report.notes)
    stubbed = check_machine(machine, data=True, stubs=["roll"])
    assert stubbed.configurations == 2
    assert stubbed.notes == ()


def test_an_exception_of_a_callback_is_a_finding() -> None:
    def breaks() -> None:
        raise KeyError("coin")

    rows = [{**UP, "before": breaks}, {**GO, "unless": []}, BACK]
    assert check_machine(counting(rows)).findings == ()
    raised = check_machine(counting(rows), data=True).findings
    assert [each.kind for each in raised] == ["raises"]
    assert raised[0].message == "up_ in state 'a' with count=0, seen=[] raises KeyError: 'coin'"
    assert raised[0].run[-1] == "model.up_()  # raises"


def test_asynchronous_machines_are_awaited() -> None:
    class Model(Counter):
        async def later(self) -> None:
            self.count += 1

    rows = [{**UP, "before": "later"}, GO, BACK]
    machine = AsyncMachine(Model(), ["a", "b"], initial="a", auto_transitions=False, transitions=rows)
    report = check_machine(machine, data=True, never=["b"])
    assert report.configurations == 5
    assert report.findings[0].run[-2:] == ("await model.go()", "assert model.state == 'b'")


def test_what_must_come_is_broken_by_a_run_round_and_round_and_by_one_that_ends() -> None:
    rows = [["begin", "new", "try"], ["fail", "try", "wait"], ["again", "wait", "try"], ["ok", "try", "done"]]
    states = ["new", "try", "wait", {"name": "done", "final": True}]
    machine = Machine(states=states, transitions=rows, initial="new", auto_transitions=False)
    (round_and_round,) = check_machine(machine, eventually=["done"]).findings
    assert (round_and_round.trace, round_and_round.loop) == (("begin", "fail", "again"), 1)
    assert check_machine(machine, eventually=["try"], leads_to=[("wait", "try")]).findings == ()
    (ends,) = check_machine(machine, leads_to=[("try", "wait")]).findings
    assert (ends.kind, ends.trace, ends.loop) == ("leads_to", ("begin", "ok"), None)


def test_states_that_only_follow_each_other_are_a_livelock() -> None:
    rows = [["go", "new", "try"], ["fail", "try", "wait"], ["again", "wait", "try"], ["ok", "new", "done"]]
    states = ["new", "try", "wait", {"name": "done", "final": True}]
    (finding,) = check_machine(Machine(states=states, transitions=rows, initial="new", auto_transitions=False)).findings
    assert (finding.kind, finding.trace, finding.loop) == ("livelock", ("go", "fail", "again"), 1)
    assert "the final state 'done' cannot be reached from there" in finding.message


def test_what_stands_beside_the_machine_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "coins.py"
    file.write_text(
        "from hypothesis import strategies as st\n"
        "from transitions import Machine\n"
        "class Box:\n"
        "    def __init__(self): self.money = 0\n"
        "    def put(self, coin): self.money = min(self.money + coin, 9)\n"
        "machine = Machine(Box(), ['a'], initial='a', auto_transitions=False,\n"
        "                  transitions=[dict(trigger='insert', source='a', dest=None, before='put')])\n"
        "arguments = {'insert': st.integers(1, 3)}\n"
        "data = ['money']\n"
        "never = [lambda state, box: box.money == 9]\n"
    )
    report = load_machine(f"{file}:machine").check(data=True)
    assert report.configurations == 10
    assert [each.trace for each in report.findings if each.kind == "never"] == [("insert(3)",) * 3]


def test_promises_are_written_in_words_too() -> None:
    machine = counting([UP, GO, BACK])
    words = ["count <= 3", "not b or all(each < count for each in seen)", "state in ('a', 'b')"]
    assert check_machine(machine, words, data=True, never=["a and count > 3"]).findings == ()
    found = check_machine(machine, ["count < 3"], data=True, never=["b and count == 3"]).findings
    assert [(each.kind, each.subject, len(each.trace)) for each in found] == [
        ("invariant", "count < 3", 3),
        ("never", "b and count == 3", 4),
    ]
    assert check_machine(machine, data=True, eventually=["b"], leads_to=[("count == 3", "b")]).findings == ()
    (stays,) = check_machine(machine, data=True, leads_to=[("b", "count == 0")]).findings
    assert (stays.subject, stays.trace[-2:]) == ("b -> count == 0", ("back", "go"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("conut > 3", "'conut' is no state and no attribute of the model; did you mean 'count'"),
        ("count >", "promise 'count >': invalid syntax"),
        ("count.up", "AttributeError"),
    ],
)
def test_words_that_mean_nothing_are_refused(words: str, message: str) -> None:
    with pytest.raises(MachineError, match=message):
        check_machine(counting([UP, GO, BACK]), data=True, never=[words])
