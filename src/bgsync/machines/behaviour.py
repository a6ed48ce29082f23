"""What machines are made of and what they do, as plain data that leaves the process in which they are run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from bgsync.explore.graph import Graph
from bgsync.explore.model import Model
from bgsync.explore.search import explore
from bgsync.machines.library import named_states
from bgsync.machines.live import Call, Configuration, Live
from bgsync.machines.table import Row, separator_of, states_of
from bgsync.machines.telling import Telling, finals


@dataclass(frozen=True)
class Shape:
    """The states and rows of some machines; with several of one model, each name begins with that of its machine."""

    states: tuple[str, ...]  # each parent before its children
    parents: dict[str, str]  # the state in which a state is, if it is in one
    initial: tuple[str, ...]
    begins: tuple[str, ...]  # the states, one in each other, in which a machine or a state begins
    parallel: tuple[str, ...]  # the states of which all children are active together
    final: tuple[str, ...]
    rows: tuple[Row, ...]


class Made(NamedTuple):
    """A step: the number of its call, the exception that gets out of it ("" for none), and where it leads to."""

    call: int
    error: str
    target: int


@dataclass(frozen=True)
class Behaviour:
    """Everything that some machines do. Lists are by the number of a configuration, or of a call."""

    shape: Shape
    data: bool
    labels: list[str]  # what the machines are in
    starts: dict[int, list[str]]  # where runs start, and the lines of Python that bring the machines there
    steps: list[list[Made]]  # of as many configurations as were expanded
    refused: list[list[int]]  # the calls that have a row there, and may be refused
    calls: list[str]
    lines: list[list[str]]  # a call in Python
    asserts: dict[str, list[str]]  # what the machines are in, in Python
    unfinished: str = ""


def shape_of(live: Live) -> Shape:
    """Tell what some machines are made of."""
    telling = Telling(live, Graph(), ())
    states, final = list[str](), list[str]()
    parents, rows = dict[str, str](), list[Row]()
    for number, machine in enumerate(live.machines):
        own = {state: telling.named(number, state) for state in states_of(machine)}
        states += own.values()
        final += [own[state] for state in finals(machine)]
        if separator := separator_of(machine):
            above = ((state, state.rpartition(separator)[0]) for state in own)
            parents.update({own[state]: own[parent] for state, parent in above if parent})
        for row, _ in live.rows[number]:
            rows.append(replace(row, source=own[row.source], dest=None if row.dest is None else own[row.dest]))
    starts = list(dict.fromkeys(each for state in live.initial_states() for each in telling.leaves(state.states)))
    begins: dict[str, None] = {}
    parallel = []
    for number, machine in enumerate(live.machines):
        for name, state in named_states(machine):
            first = getattr(state, "initial", None)
            if isinstance(first, list) and len(first) > 1:
                parallel.append(telling.named(number, name))
            elif first:
                child = first[0] if isinstance(first, list) else first
                inner = f"{name}{separator_of(machine)}{getattr(child, 'name', child)}"
                begins[telling.named(number, inner)] = None
    for state in starts:
        outer = state
        while outer in parents:
            outer = parents[outer]
        begins[outer] = None
    return Shape(tuple(states), parents, tuple(starts), tuple(begins), tuple(parallel), tuple(final), tuple(rows))


def behaviour_of(live: Live, setup: tuple[str, ...], limit: int) -> Behaviour:
    """Explore some machines, up to `limit` configurations; `setup` are the lines of Python that make `machine`."""
    shape, observed = shape_of(live), _Observed(live)
    graph = explore(observed, limit=limit)
    telling = Telling(live, Graph(), setup)
    labels = [telling.label(state.states) for state in graph.states]
    asserts: dict[str, list[str]] = {}
    for label, state in zip(labels, graph.states, strict=True):
        if label not in asserts:
            asserts[label] = list(telling.asserting(state))
    starts = [number for number, parent in enumerate(graph.parent) if parent < 0]
    expanded = len(observed.refused)
    return Behaviour(
        shape,
        not live.free,
        labels,
        {number: list(telling.opening(graph.states[number])) for number in starts},
        [[Made(*seen, target) for seen, target in dict.fromkeys(out)] for out in graph.edges[:expanded]],
        observed.refused,
        list(observed.calls),
        [list(telling.calling(call)) for call in observed.calls.values()],
        asserts,
        "" if graph.complete else live.bound(limit, len(graph.states)),
    )


Seen = tuple[int, str]
"""The number of a call, and the exception that gets out of it."""


class _Observed(Model[Configuration, Seen]):
    """Machines of which calls are seen, and what gets out of them, but not what free guards answer."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.calls: dict[str, Call] = {}
        self._numbers: dict[Call, int] = {}
        self.refused: list[list[int]] = []

    def initial_states(self) -> Iterable[Configuration]:
        return self.live.initial_states()

    def actions(self, state: Configuration) -> Iterable[Seen]:
        return (seen for seen, _ in self.successors(state))

    def next_state(self, state: Configuration, action: Seen) -> Configuration | None:
        return next((target for seen, target in self.successors(state) if seen == action), None)

    def successors(self, state: Configuration) -> Iterator[tuple[Seen, Configuration]]:
        for step, target in self.live.successors(state):
            yield (self._number(step.call), step.error), target
        self.refused.append(list(dict.fromkeys(map(self._number, self.live.refused))))

    def _number(self, call: Call) -> int:
        if call not in self._numbers:
            self.calls.setdefault(str(call), call)
            self._numbers[call] = list(self.calls).index(str(call))
        return self._numbers[call]
