"""What an edit of a text did, as a picture: to the lifecycle of an object, or to the steps of an algorithm.

What only one of the texts has is drawn too, and marked: by a sign, by the pattern of its line, and by a colour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from bgsync.compare.steps import changed_steps, kept_steps
from bgsync.draw.changes import Change, Changes
from bgsync.draw.colours import NO_HUES, Hues
from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node
from bgsync.draw.flow import Flow
from bgsync.draw.lifecycle import state_names, state_nodes, unfinished
from bgsync.draw.links import Link
from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import canonical
from bgsync.language import Origin, Spec

MEANINGS: tuple[tuple[EdgeKind, str], ...] = (
    ("added", "only in the new text"),
    ("changed", "otherwise in the new text"),
    ("removed", "only in the old text"),
)


def lifecycle_difference(
    lifecycle: Lifecycle, old: tuple[Spec, Changes], new: tuple[Spec, Changes], link: Link, about: str = ""
) -> Diagram:
    """Draw what two texts do to an object; steps that only have other numbers are the same."""
    (_, was), (spec, now) = old, new
    edges = _changes(was.made, now.made, link)
    names = {canonical(name): name for name in (*state_names(*new), *state_names(*old))}
    edges = [
        replace(edge, source=names[canonical(edge.source)], target=names[canonical(edge.target)]) for edge in edges
    ]
    same = all(edge.kind == "normal" for edge in edges)
    return Diagram(
        f"How the lifecycle of a {spec.type.name} was changed",
        f"What the algorithms of the old and of the new text do to a {spec.type.name}, read off {was.states:,} and "
        f"{now.states:,} states{about}." + (" Nothing in it was changed." if same else "")
        + unfinished(was.complete and now.complete),
        state_nodes(lifecycle, list(names.values()), now.initial or was.initial, edges),
        tuple(edges),
        meanings=MEANINGS,
    )  # fmt: skip


def _changes(old: Sequence[Change], new: Sequence[Change], link: Link) -> list[Edge]:
    """Pair the changes of two texts: by their trigger, and what is left by the states alone."""

    def ends(change: Change) -> tuple[str, str]:
        return canonical(change.source), canonical(change.target)

    left, pairs = list(old), list[tuple[Change | None, Change]]()
    for same in (lambda a, b: a.trigger == b.trigger and a.guard == b.guard, lambda a, b: a.trigger == b.trigger,
                 lambda a, b: True):  # fmt: skip
        known = {id(now) for _, now in pairs}
        for now in new:
            was = next((was for was in left if ends(was) == ends(now) and same(was, now)), None)
            if id(now) not in known and was is not None:
                left.remove(was)
                pairs.append((was, now))
    known = {id(now) for _, now in pairs}
    pairs += [(None, now) for now in new if id(now) not in known]
    edges = [_edge(was, now, link) for was, now in pairs]
    return edges + [Edge(w.source, w.target, w.trigger, str(w.origin), "removed", w.guard) for w in left]


def _edge(was: Change | None, now: Change, link: Link) -> Edge:
    kind: EdgeKind = "added" if was is None else "normal"
    trigger, guard = now.trigger, now.guard
    if was is not None and (was.trigger, was.guard) != (trigger, guard):
        kind = "changed"
        trigger = trigger if was.trigger == trigger else f"{trigger} (was: {was.trigger})"
        guard = guard if was.guard == guard else f"{guard or 'always'}, was: {was.guard or 'always'}"
    return Edge(now.source, now.target, trigger, str(now.origin), kind, guard, link(now.origin))


def flow_difference(old: Spec, new: Spec, name: str, link: Link, hues: Hues = NO_HUES) -> Diagram:
    """Draw one algorithm of two texts. Raises ValueError for a name that neither has."""
    names = [{known for known, _ in spec.bodies()} for spec in (old, new)]
    if name not in names[0] | names[1]:
        raise ValueError(f"no algorithm {name!r} in either text: one of {', '.join(sorted(names[0] | names[1]))}")
    was = Flow(old, name, link, hues) if name in names[0] else None
    now = Flow(new, name, link, hues) if name in names[1] else None
    merged = _Merged(was, now, kept_steps(old, new, name) if was and now else ())
    changed = {
        step.new.path
        for each in changed_steps(old, new) if each.name == name
        for step in each.steps if step.kind == "changed" and step.new and step.old
    }  # fmt: skip
    nodes = merged.nodes(changed)
    head = (now or was).head  # type: ignore[union-attr]  # one of them has it
    edges = merged.edges()
    same = all(n.change == "normal" for n in nodes) and all(e.kind in ("normal", "apart") for e in edges)
    return Diagram(
        f"How {head} was changed",
        f"The steps of {name!r} of the old and of the new text, one box each."
        + (" Nothing in them was changed." if same else ""),
        tuple(nodes),
        tuple(edges),
        flow=True,
        meanings=MEANINGS,
    )


class _Merged:
    """Two flows as one: every box of the new one, and those of the old one that it does not have any more."""

    def __init__(self, old: Flow | None, new: Flow | None, kept: Sequence[tuple[Origin, Origin]]) -> None:
        self.old, self.new = old, new
        self.pairs = {} if old is None or new is None else _pairs(old, new, kept)
        self.order = self._order()
        """Whose box it is, and its id there."""
        self.ids = {place: f"{number:04}" for number, place in enumerate(self.order)}

    def _order(self) -> list[tuple[str, str]]:
        order = [("new", node.id) for node in self.new.nodes] if self.new else []
        at = -1
        for node in self.old.nodes if self.old else []:
            if node.id in self.pairs:
                at = order.index(("new", self.pairs[node.id]))
            else:
                at += 1
                order.insert(at, ("old", node.id))
        return order

    def place(self, side: str, name: str) -> str:
        """Give the id of a box of one of the flows."""
        if side == "old" and name in self.pairs:
            return self.ids["new", self.pairs[name]]
        return self.ids[side, name]

    def nodes(self, changed: Set[tuple[int, ...]]) -> list[Node]:
        """Give all boxes; `changed` are the steps of the new text that say something else than they did."""
        was, made = {now: was for was, now in self.pairs.items()}, []
        for side, name in self.order:
            flow = self.old if side == "old" else self.new
            assert flow is not None
            node = replace(next(node for node in flow.nodes if node.id == name), id=self.ids[side, name])
            origin = flow.origins.get(name)
            if side == "old":
                made.append(replace(node, change="removed", link=""))
            elif name not in was:
                made.append(replace(node, change="added"))
            elif origin and origin.path in changed and self.old:
                alone = sum(other.path == origin.path for other in flow.origins.values()) == 1
                made.append(_changed(node, origin, self.old.origins[was[name]], alone))
            else:
                made.append(node)
        return made

    def edges(self) -> list[Edge]:
        """Give all arrows; one that is the same but for the number in its label is the same."""
        found: dict[str, dict[tuple[str, str, str, str], Edge]] = {"old": {}, "new": {}}
        for side, flow in (("old", self.old), ("new", self.new)):
            for edge in flow.edges if flow else []:
                moved = replace(edge, source=self.place(side, edge.source), target=self.place(side, edge.target))
                plain = re.sub(r" \([\d.]+\)$", "", edge.label)
                found[side][moved.source, moved.target, plain, edge.kind] = moved
        made = [e if key in found["old"] else replace(e, kind="added") for key, e in found["new"].items()]
        return made + [replace(e, kind="removed") for key, e in found["old"].items() if key not in found["new"]]


def _changed(node: Node, now: Origin, was: Origin, alone: bool) -> Node:
    """Mark a box of a changed step; `alone` says that it is the only one, so that the change is in it."""
    if now.sentence == was.sentence:
        return replace(node, change="changed", label=f"{node.label} — read otherwise") if alone else node
    return replace(node, change="changed", label=f"{node.label} — was: {was.sentence}")


def _pairs(old: Flow, new: Flow, kept: Sequence[tuple[Origin, Origin]]) -> dict[str, str]:
    """Give for boxes of the old flow those of the new one: the beginning, kept steps, ends behind the same boxes."""
    pairs = {old.nodes[0].id: new.nodes[0].id}
    for was, now in kept:
        here, there = (
            [name for name, origin in flow.origins.items() if origin.path == path]
            for flow, path in ((old, was.path), (new, now.path))
        )
        for exact in (True, False):
            for name in (name for name in here if name not in pairs):
                sentence = old.origins[name].sentence
                alike = (o for o in there if not exact or new.origins[o].sentence == sentence)
                found = next((other for other in alike if other not in pairs.values()), None)
                if found is not None:
                    pairs[name] = found

    def sources(flow: Flow, end: str) -> list[tuple[str, str]]:
        return [(edge.source, edge.label) for edge in flow.edges if edge.target == end]

    ends = [node for node in new.nodes if node.kind == "end"]
    for node in (node for node in old.nodes if node.kind == "end"):
        wanted = {(pairs.get(source, ""), label) for source, label in sources(old, node.id)}
        for end in ends:
            if end.label == node.label and end.id not in pairs.values() and wanted & set(sources(new, end.id)):
                pairs[node.id] = end.id
                break
    return pairs
