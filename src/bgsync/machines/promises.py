"""What a user promises of a machine, as functions of its state or in words, and where it is broken.

A **predicate** is a function of the state, or of the state and the model, the name of a state, or words (`wording`).
Where states are members of an enumeration a function is asked with the member, with its value and with its name: a way
of asking that it cannot answer does not count, and an invariant that is false in every state one way was not meant so.

`eventually` and `leads_to` are about runs that go on as long as any step changes something. No fairness is assumed of
whoever calls: a run that goes round for ever without what was promised breaks it.
"""

import ast
import inspect
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import numpy as np

from bgsync.explore.graph import Graph
from bgsync.explore.strong import homes
from bgsync.machines.data import is_bound
from bgsync.machines.library import thawed
from bgsync.machines.live import Configuration, Live, Step
from bgsync.machines.table import name_of, refuse, states_of
from bgsync.machines.wording import names_in, worded

Predicate = Callable[..., Any] | str
Explored = Graph[Configuration, Step]


@dataclass(frozen=True)
class Promises:
    """What must hold: in every state, in none, in the end, and after something else."""

    invariants: tuple[Predicate, ...] = ()
    never: tuple[Predicate, ...] = ()
    eventually: tuple[Predicate, ...] = ()
    leads_to: tuple[tuple[Predicate, Predicate], ...] = ()

    def predicates(self) -> Iterable[Predicate]:
        """Give all predicates, each once."""
        pairs = (each for pair in self.leads_to for each in pair)
        return dict.fromkeys((*self.invariants, *self.never, *self.eventually, *pairs))


@dataclass(frozen=True)
class Broken:
    """A broken promise: a way to it, and where the run goes round for ever, if it does."""

    promise: Literal["invariant", "never", "eventually", "leads_to"]
    name: str
    way: tuple[tuple[int, Step, int], ...]
    state: int
    loop: int | None = None


def broken(live: Live, graph: Explored, promises: Promises) -> Iterable[Broken]:
    """Give each broken promise with a shortest way to it. Raises MachineError for a predicate that raises."""
    for predicate in promises.invariants:
        holds = truth(live, graph, predicate, negative=True)
        if not all(holds):
            state = holds.index(False)
            yield Broken("invariant", said(predicate), tuple(graph.path(state)), state)
    for each in promises.never:
        holds = truth(live, graph, each)
        if any(holds):
            state = holds.index(True)
            yield Broken("never", said(each), tuple(graph.path(state)), state)
    starts = [number for number, parent in enumerate(graph.parent) if parent < 0]
    for each in promises.eventually:
        found = _avoiding(graph, live.expanded, starts, truth(live, graph, each))
        if found is not None:
            yield Broken("eventually", said(each), *found)
    for before, after in promises.leads_to:
        first = truth(live, graph, before)
        found = _avoiding(graph, live.expanded, [n for n, yes in enumerate(first) if yes], truth(live, graph, after))
        if found is not None:
            yield Broken("leads_to", f"{said(before)} -> {said(after)}", *found)


def said(predicate: Predicate) -> str:
    """Name a predicate."""
    return name_of(predicate)


def truth(live: Live, graph: Explored, predicate: Predicate, *, negative: bool = False) -> list[bool]:
    """Say in which configurations a predicate is true. `negative`: it says what is not so, as invariants do."""
    if isinstance(predicate, str):
        if predicate in states_of(live.machines[0]):
            return [predicate in live.active(0, state.states[0]) for state in graph.states]
        live.put(graph.states[0])
        predicate = worded(live.machines[0], live.models[0], predicate)
    with_model = takes_model(predicate)
    known: dict[Any, list[Any]] = {}
    answers: list[list[Any]] = []
    for state in graph.states:
        key = state if with_model else state.states
        if key not in known:
            known[key] = _ask(live, state, predicate, with_model)
        answers.append(known[key])
    ways = [[each[way] for each in answers] for way in range(len(answers[0]))]
    able = [way for way in ways if not any(isinstance(answer, Exception) for answer in way)]
    if not able:
        number, error = next((n, each[0]) for n, each in enumerate(answers) if isinstance(each[0], Exception))
        place = f"invariant {said(predicate)!r} in state {shown(graph.states[number].states[0])}"
        refuse(place, error, "make it answer for every state")
    if negative:
        meant = [way for way in able if any(way)] or able
        return [all(each) for each in zip(*meant, strict=True)]
    return [any(each) for each in zip(*able, strict=True)]


def shown(value: Any) -> str:
    """Show the state of a machine as the library has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    return str(value) if isinstance(value, Enum) else repr(value)


def asked_of(live: Live, predicate: Predicate) -> list[str]:
    """Name the data of the model that a predicate asks for, as far as it can be read."""
    states = {name for machine in live.machines for name in (machine.model_attribute, *states_of(machine))}
    names: Iterable[str] = ()
    if isinstance(predicate, str) and predicate not in states:
        names = names_in(ast.parse(predicate, mode="eval"))
    elif not isinstance(predicate, str) and takes_model(predicate):
        names = getattr(getattr(predicate, "__code__", None), "co_names", ())
    values = ((name, inspect.getattr_static(live.models[0], name, states)) for name in names if name not in states)
    return [name for name, value in values if value is not states and not is_bound(value)]


def takes_model(predicate: Callable[..., Any]) -> bool:
    """Tell whether a function wants the model beside the state."""
    try:
        parameters = inspect.signature(predicate).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [each for each in parameters if each.default is each.empty and each.kind in (0, 1)]
    return len(needed) >= 2


def _ask(live: Live, state: Configuration, predicate: Callable[..., Any], with_model: bool) -> list[Any]:
    answers: list[Any] = []
    for form in _forms(thawed(state.states[0])):
        try:
            answers.append(bool(predicate(form, live.put(state)) if with_model else predicate(form)))
        except Exception as error:
            answers.append(error)
    return answers


def _forms(value: Any) -> list[Any]:
    """Give the ways in which a state may be asked about."""
    if isinstance(value, list):
        forms = [_forms(each) for each in value]
        count = max(map(len, forms))
        return [[form[min(way, len(form) - 1)] for form in forms] for way in range(count)]
    return [value, value.value, value.name] if isinstance(value, Enum) else [value]


def components(graph: Explored, within: Sequence[bool]) -> list[int]:
    """Number the strongly connected components of a part of the graph; what is not in it is alone."""
    pairs = [(n, t) for n, out in enumerate(graph.edges) if within[n] for _, t in out if within[t]]
    size = len(graph.states)
    if not pairs:
        return list(range(size))
    source, target = np.array(pairs).T
    return [int(each) for each in homes(source, target, size)]


def back_from(graph: Explored, goals: Iterable[int], within: Sequence[bool] | None = None) -> list[bool]:
    """Say from where one of `goals` can be reached, through `within` only."""
    before: list[list[int]] = [[] for _ in graph.states]
    for number, out in enumerate(graph.edges):
        for _, target in out:
            before[target].append(number)
    reached = [False] * len(graph.states)
    todo = deque(goals)
    for goal in todo:
        reached[goal] = True
    while todo:
        for number in before[todo.popleft()]:
            if not reached[number] and (within is None or within[number]):
                reached[number] = True
                todo.append(number)
    return reached


def way_between(
    graph: Explored, start: int, goal: Callable[[int], bool], within: Sequence[bool], *, moved: bool = False
) -> list[tuple[int, Step, int]]:
    """Give a shortest way from `start` to a goal, through `within`; with `moved`, of one step at least."""
    if goal(start) and not moved:
        return []
    parent: dict[int, tuple[int, Step]] = {}
    todo = deque([start])
    while todo:
        number = todo.popleft()
        for step, target in graph.edges[number]:
            if target == number or not within[target] or target in parent:
                continue
            parent[target] = (number, step)
            if goal(target):
                way: list[tuple[int, Step, int]] = []
                while not way or target != start:
                    source, step = parent[target]
                    way.append((source, step, target))
                    target = source
                return way[::-1]
            if target != start:
                todo.append(target)
    raise AssertionError("there is a way")


def cycle_through(graph: Explored, start: int, within: Sequence[bool]) -> list[tuple[int, Step, int]]:
    """Give a shortest way from a configuration back to it."""
    return way_between(graph, start, lambda number: number == start, within, moved=True)


def _avoiding(
    graph: Explored, expanded: int, starts: Iterable[int], wanted: Sequence[bool]
) -> tuple[tuple[tuple[int, Step, int], ...], int, int | None] | None:
    """Give a run from one of `starts` that ends, or goes round, without what is wanted."""
    within = [not yes for yes in wanted]
    component = components(graph, within)
    size = np.bincount(component, minlength=len(graph.states))
    ends = {n for n in range(expanded) if within[n] and all(target == n for _, target in graph.edges[n])}
    rounds = {n for n in range(len(graph.states)) if within[n] and size[component[n]] > 1}
    bad = back_from(graph, [*ends, *rounds], within)
    start = next((n for n in starts if within[n] and bad[n]), None)
    if start is None:
        return None
    way = way_between(graph, start, lambda n: n in ends or n in rounds, within)
    last = way[-1][2] if way else start
    whole = [*graph.path(start), *way]
    if last in ends:
        return tuple(whole), last, None
    return (*whole, *cycle_through(graph, last, within)), last, len(whole)
