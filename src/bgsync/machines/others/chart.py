"""A state chart as SCXML, XState and python-statemachine know it, and the machine of `transitions` that it is.

What is kept: states in states, parallel ones, first and final states, and each transition with its event and its
guards. A guard is known by its text: it is free, and no code runs. A transition without an event is one with the
trigger `always`, which is pulled when its state is entered, and may come at any time later, since its guards may have
become true. An event that is raised in the chart itself is pulled after what is going on. What a machine of
`transitions` cannot do is left out, and said: see `left_out`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from bgsync.machines.table import MachineError

ALWAYS = "always"
"""The trigger of transitions that wait for no event."""
DEEPEST = 100
"""How deep states may be in states: readers refuse more."""


@dataclass
class Arrow:
    """A transition of a state; a target of None stays where it is."""

    event: str
    target: Node | None
    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()  # events


@dataclass(eq=False)
class Node:
    """A state."""

    name: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    parallel: bool = False
    final: bool = False
    initial: Node | None = None  # the first of its children, where nothing is said
    arrows: list[Arrow] = field(default_factory=list)
    raised: tuple[str, ...] = ()  # events, when it is entered
    done: str = ""  # the event that comes when it is done

    @property
    def line(self) -> list[Node]:
        """The state, after those that it is in; the chart itself is left out."""
        return [*self.parent.line, self] if self.parent is not None else []

    @property
    def path(self) -> str:
        """Its name, with those of the states that it is in."""
        return ".".join(each.name for each in self.line)

    @property
    def first(self) -> Node | None:
        """The child in which it begins."""
        if self.initial is None:
            return self.children[0] if self.children and not self.parallel else None
        return next(each for each in self.children if each in self.initial.line)

    def all(self) -> Iterator[Node]:
        """Give every state below, each before those in it."""
        for child in self.children:
            yield child
            yield from child.all()


@dataclass
class Chart:
    """A state chart; its root is no state."""

    root: Node
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, what: str) -> None:
        """Note once what is not read."""
        if what not in self.left_out:
            self.left_out.append(what)


class _State(NestedState):
    separator = "."


class ChartMachine(HierarchicalMachine):
    """A machine that was read from a state chart. `left_out` says what of the chart it does not have."""

    state_cls = _State
    left_out: tuple[str, ...] = ()


class _Model:
    """What is in the states of a chart."""


class _Guard:
    """A guard of which only the text is known; where it is asked, it is true."""

    def __init__(self, text: str) -> None:
        self.__name__ = text

    def __call__(self, *_: Any, **__: Any) -> bool:
        return True


def machine_of(chart: Chart, place: str) -> ChartMachine:
    """Make the machine of a chart. Raises MachineError for one without states, and for a state that is there twice."""
    root = chart.root
    if not root.children:
        raise MachineError(f"{place}: the chart has no state; add one")
    nodes = list(root.all())
    for node in nodes:
        node.name = node.name.replace(".", "-")
    for node in [root, *nodes]:
        names = [each.name for each in node.children]
        if len(set(names)) < len(names):
            raise MachineError(f"{place}: {node.path or 'the chart'!r} has two states of one name; rename one of them")
    events = {arrow.event for node in [root, *nodes] for arrow in node.arrows}
    states = [_described(each, events, chart) for each in root.children]
    initial = [each.path for each in root.children] if root.parallel else _begins(root)
    machine = ChartMachine(
        _Model(), states, initial=initial, auto_transitions=False, queued=True, ignore_invalid_triggers=True
    )
    guards: dict[str, _Guard] = {}
    for node in nodes:
        for arrow in [*node.arrows, *(root.arrows if node in root.children else ())]:
            told: dict[str, Any] = {"after": _known(arrow.raised, events)}
            for name, texts in (("conditions", arrow.conditions), ("unless", arrow.unless)):
                told[name] = [guards.setdefault(text, _Guard(text)) for text in texts]
            dest = None if arrow.target is None else arrow.target.path
            if arrow.target is not None:
                _enters(node, arrow, chart)
            machine.add_transition(arrow.event, node.path, dest, **told)
    machine.left_out = tuple(chart.left_out)
    return machine


def _begins(node: Node) -> str:
    first = node.first
    assert first is not None
    return first.path


def _described(node: Node, events: set[str], chart: Chart) -> dict[str, Any]:
    """Describe a state as the library wants it."""
    state: dict[str, Any] = {"name": node.name, "final": node.final}
    entering = _known(node.raised, events) + [ALWAYS] * any(arrow.event == ALWAYS for arrow in node.arrows)
    if entering:
        state["on_enter"] = entering
    if node.done in events:
        state["on_final"] = node.done
    if node.children:
        state["parallel" if node.parallel else "children"] = [_described(e, events, chart) for e in node.children]
        if node.first is not None:
            state["initial"] = node.first.name
            if node.initial not in (None, node.first):
                chart.leave_out(f"{node.path!r} begins in {node.first.path!r}, and not deeper in it")
    return state


def _known(raised: tuple[str, ...], events: set[str]) -> list[str]:
    return [event for event in raised if event in events]


def _enters(node: Node, arrow: Arrow, chart: Chart) -> None:
    """Note where a parallel state is entered in one of its regions, and so only there."""
    assert arrow.target is not None
    for above in arrow.target.line[:-1]:
        if above.parallel and above not in node.line:
            chart.leave_out(f"{arrow.event!r} from {node.path!r} enters no other region of {above.path!r}")
