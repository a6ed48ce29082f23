"""The lifecycle of a registration as a picture, read off the `transitions` machine that all else runs."""

from collections.abc import Mapping

from transitions import Machine, Transition

from bgsync.content import load_content
from bgsync.draw.diagram import Diagram, Edge, Node, NodeKind

Row = tuple[str, str, str]
"""Trigger, source, destination: what identifies a transition of a machine."""


def lifecycle_diagram() -> Diagram:
    """Draw the lifecycle of a sync registration; each edge notes the step of the spec that it comes from."""
    load_content()
    from model import registration

    return machine_diagram(
        registration.machine(),
        "Lifecycle of a sync registration",
        {(trigger, source, dest): step for trigger, source, dest, step in registration.ROWS},
        "The states of a sync registration and the steps of the spec that change them.",
    )


def machine_diagram(
    machine: Machine, title: str, notes: Mapping[Row, str] | None = None, description: str = ""
) -> Diagram:
    """Draw any flat `transitions.Machine`: one edge per transition, labelled with its trigger and conditions.

    `notes` gives the small print by (trigger, source, destination). Automatic `to_STATE` transitions are left
    out. A state is final when it is declared so, or when no transition leads out of it. Raises TypeError for
    a hierarchical machine and ValueError for a note on a transition that the machine does not have.
    """
    if hasattr(machine, "get_nested_state_names"):
        raise TypeError(f"{title}: a hierarchical machine cannot be drawn; draw a flat machine of the same states")
    rows: list[Row] = []
    edges: list[Edge] = []
    for trigger, event in machine.events.items():
        if machine.auto_transitions and trigger.removeprefix("to_") in machine.states and trigger.startswith("to_"):
            continue
        for transition in (one for group in event.transitions.values() for one in group):
            target = transition.dest or transition.source
            row = (trigger, transition.source, target)
            rows.append(row)
            label = trigger + _condition(transition) + ("" if transition.dest else " (internal)")
            edges.append(Edge(transition.source, target, label, (notes or {}).get(row, "")))
    if unknown := sorted(set(notes or {}) - set(rows)):
        raise ValueError(f"{title}: notes for transitions that the machine does not have: {unknown}; drop or fix them")
    left = {edge.source for edge in edges if edge.source != edge.target}

    def kind(name: str) -> NodeKind:
        if name == machine.initial:
            return "initial"
        return "final" if machine.states[name].final or name not in left else "normal"

    return Diagram(
        title, description, tuple(Node(name, name, kind(name), name) for name in machine.states), tuple(edges)
    )


def _condition(transition: Transition) -> str:
    """Write the conditions of a transition as a guard, as UML does: [this, not that]."""
    names = [
        ("" if condition.target else "not ") + (getattr(condition.func, "__name__", None) or str(condition.func))
        for condition in transition.conditions
    ]
    return f" [{', '.join(names)}]" if names else ""
