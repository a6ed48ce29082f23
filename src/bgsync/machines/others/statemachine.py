"""A machine of `python-statemachine`, a class or an object, read as a chart; the library is not imported here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bgsync.machines.others.chart import ALWAYS, Arrow, Chart, Node
from bgsync.machines.table import name_of


def is_statemachine(value: Any) -> bool:
    """Tell whether a value is a machine of that library, or a class of such machines with states."""
    kind = value if isinstance(value, type) else type(value)
    ours = any(each.__module__.split(".")[0] == "statemachine" for each in kind.__mro__)
    return ours and bool(getattr(kind, "states", None)) and hasattr(kind, "initial_state")


def read_statemachine(value: Any) -> Chart:
    """Read a class, or the class of an object."""
    kind: Any = value if isinstance(value, type) else type(value)
    chart = Chart(Node(""))
    nodes: dict[Any, Node] = {}

    def states(of: Any, parent: Node) -> None:
        for each in of:
            node = nodes[each] = Node(each.id, parent, parallel=bool(getattr(each, "parallel", False)))
            node.final = bool(each.final)
            node.done = f"done.state.{each.id}"
            parent.children.append(node)
            states(getattr(each, "states", ()), node)
            for remembered in getattr(each, "history", ()):
                nodes[remembered] = node
                chart.leave_out(f"the history {remembered.id!r}: it leads to {node.path!r}")

    states(kind.states, chart.root)
    for state, node in list(nodes.items()):
        if state.initial and node.parent is not None and not node.parent.parallel and node.name == state.id:
            node.parent.initial = node
    for state, node in list(nodes.items()):
        if node.name == state.id:
            for transition in state.transitions:
                if not getattr(transition, "initial", False):
                    node.arrows += _arrows(transition, node, nodes, chart)
    chart.leave_out("callbacks")
    return chart


def _arrows(transition: Any, node: Node, nodes: dict[Any, Node], chart: Chart) -> Iterator[Arrow]:
    targets = [each for each in getattr(transition, "targets", None) or [transition.target] if each is not None]
    if len(targets) > 1:
        chart.leave_out(f"from {node.path!r} all targets but the first of {[each.id for each in targets]}")
    stays = transition.internal and targets and targets[0] is transition.source
    target = nodes[targets[0]] if targets and not stays else None
    guards = [(name_of(each.func), bool(each.expected_value)) for each in transition.cond]
    guards += [(f"validator {name_of(each.func)}", True) for each in transition.validators]
    yes = tuple(name for name, wanted in guards if wanted)
    no = tuple(name for name, wanted in guards if not wanted)
    for event in (transition.event or ALWAYS).split():
        if not event.startswith(
            "done_state_"
        ):  # the attribute of an event whose name has dots, and which is there, too
            yield Arrow(event, target, yes, no)
