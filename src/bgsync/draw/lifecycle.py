"""The lifecycle of an object as a picture: as it is meant, from its machine; as a text has it, from its runs."""

from __future__ import annotations

from bgsync.contents import Content
from bgsync.draw.changes import Change, Changes
from bgsync.draw.colours import GREY, hue_of
from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node, NodeKind
from bgsync.draw.links import Link, published
from bgsync.draw.places import FULFILLED, REJECTED, WAITED, Place, places
from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import canonical, declared_states
from bgsync.language import Spec

MEANINGS: tuple[tuple[EdgeKind, str], ...] = (
    ("added", "the text does this, and it is not meant"),
    ("removed", "this is meant, and nothing in the text does it"),
)


def lifecycle_diagram(content: Content, link: Link | None = None) -> Diagram:
    """Draw the lifecycle as it is meant; each edge notes the step of the spec that it comes from.

    Raises ValueError for a content that has none.
    """
    lifecycle, link = content.lifecycle, link or published(content.published)
    if not lifecycle.states:
        raise ValueError(f"{content.name} has no lifecycle of its own to draw: name a text")
    steps, edges = _steps(content), []
    for trigger, source, dest, step in lifecycle.rows:
        place = steps.get(step)
        address = link(place.statement.origin) if place and place.statement.origin else ""
        guard = place.guard if place else ""
        edges.append(Edge(source, dest, trigger.replace("_", " "), step, "normal", guard, address))
    return _drawn(lifecycle, f"The states of a {lifecycle.name} and the steps of the spec that change them.", edges)


def implemented_diagram(lifecycle: Lifecycle) -> Diagram:
    """Draw what objects go through in an implementation; each edge notes what that calls it, if it says."""
    edges = [Edge(source, dest, trigger.replace("_", " "), said) for trigger, source, dest, said in lifecycle.rows]
    observed = "as they were observed, and what the implementation's own log says of each"
    return _drawn(lifecycle, f"The states of a {lifecycle.name}, {observed}.", edges)


def _drawn(lifecycle: Lifecycle, description: str, edges: list[Edge]) -> Diagram:
    """Draw a table; a state is final where it is called so, or where no row leads out of it."""
    left = {edge.source for edge in edges if edge.source != edge.target}

    def kind(name: str) -> NodeKind:
        if name == lifecycle.initial:
            return "initial"
        return "final" if name in lifecycle.final or name not in left else "normal"

    nodes = tuple(Node(name, name, kind(name), hue_of(name, lifecycle.colours)) for name in lifecycle.states)
    return Diagram(f"Lifecycle of a {lifecycle.name}", description, nodes, tuple(edges))


def text_lifecycle(content: Content, spec: Spec, changes: Changes, link: Link, about: str = "") -> Diagram:
    """Draw what the algorithms of a text do to an object, over the lifecycle as it is meant.

    A transition that only one of the two has is marked. A text that declares other states than those of the lifecycle
    is drawn by itself.
    """
    meant = meant_rows(content, spec)
    done = {_key(change) for change in changes.made}
    edges = [
        Edge(
            change.source, change.target, change.trigger, str(change.origin),
            "added" if meant and _key(change) not in meant else "normal", change.guard, link(change.origin),
        )
        for change in changes.made
    ]  # fmt: skip
    names = state_names(spec, changes, content.lifecycle.states if meant else ())
    written = {canonical(name): name for name in names}
    for key, (trigger, guard) in sorted(meant.items()):
        if key not in done:
            edges.append(Edge(written[key[0]], written[key[1]], trigger, "", "removed", guard))
    beside = " Marked is what differs from the lifecycle as it is meant." if meant else ""
    return Diagram(
        f"Lifecycle of a {spec.type.name}, as the text has it",
        f"What the algorithms of {spec.title} do to a {spec.type.name}, read off {changes.states:,} states{about}."
        + beside + unfinished(changes.complete),
        state_nodes(content.lifecycle, names, changes.initial, edges),
        tuple(edges),
        meanings=MEANINGS,
    )  # fmt: skip


def unfinished(complete: bool) -> str:
    """Say what an exploration that met its limit means for a picture."""
    return "" if complete else " The exploration was not complete: there may be more."


def state_names(spec: Spec, changes: Changes, meant: tuple[str, ...] = ()) -> list[str]:
    """Give the states of a text, as it writes them: those meant and declared, and those that its runs come to."""
    first = (changes.initial,) if spec.type.list_name else ()
    names = {canonical(name): name for name in (*meant, *declared_states(spec), *first)}
    for change in changes.made:
        for name in (change.source, change.target):
            names.setdefault(canonical(name), name)
    return list(names.values())


def state_nodes(lifecycle: Lifecycle, names: list[str], initial: str, edges: list[Edge]) -> tuple[Node, ...]:
    """Make the nodes of a lifecycle; a state that no transition enters says so."""
    entered = {edge.target for edge in edges if edge.kind != "removed"} | {initial}
    away = lifecycle.away

    def node(name: str) -> Node:
        final = name in (*lifecycle.final, lifecycle.withdrawn)
        dead = name not in entered and not final and name != away
        kind: NodeKind = "initial" if name == initial else "final" if final else "normal"
        label = f"{name} (never entered)" if dead else f"gone: {away}" if name == away and not final else name
        return Node(name, label, kind, GREY if name == away else hue_of(name, lifecycle.colours))

    return tuple(node(name) for name in names)


Key = tuple[str, str, str]
"""Source, target, and what kind of thing triggers it."""


def meant_rows(content: Content, spec: Spec) -> dict[Key, tuple[str, str]]:
    """Give the rows of the lifecycle that a text is held against, with trigger and guard; none for other states."""
    if not content.lifecycle.fits(declared_states(spec)):
        return {}
    steps = _steps(content)
    rows = {}
    for trigger, source, dest, step in content.lifecycle.rows:
        place = steps.get(step)
        key = (canonical(source), canonical(dest), _sort(place.trigger if place else trigger))
        rows[key] = (trigger.replace("_", " "), place.guard if place else "")
    return rows


def _steps(content: Content) -> dict[str, Place]:
    """Give the steps of the content's own spec that change an object."""
    known = () if content.spec is None else places(content.spec)
    return {str(place.statement.origin): place for place in reversed(known)}


def _key(change: Change) -> Key:
    return canonical(change.source), canonical(change.target), _sort(change.trigger)


def _sort(trigger: str) -> str:
    return trigger if trigger in (FULFILLED, REJECTED, WAITED) else "an algorithm"
