"""What was learned of an implementation, for people: as text, and as a picture beside what the model has instead."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import groupby

from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node
from bgsync.draw.states import BUDGET
from bgsync.fuzz.learning import Learned
from bgsync.fuzz.relation import PASSED, Mealy, Relation
from bgsync.fuzz.report import places
from bgsync.observing import Oracle

MEANINGS: tuple[tuple[EdgeKind, str], ...] = (
    ("added", "only in the implementation"),
    ("removed", "what the model has instead"),
)
ELSEWHERE = "elsewhere"
PROOFS = {
    "bisimulation": "they are bisimilar: the same can be seen of both, whatever is done",
    "simulation": "the model allows all that can be seen of the machine, and more than that: it leaves something open",
}


def to_text(name: str, model: Oracle, learned: Learned, seed: int) -> str:
    """Tell what was learned, and how it relates to the model."""
    lines = [f"{name}, learned and compared with {model.name}", ""]
    if learned.rates is not None:
        lines += ["it is no Mealy machine: the same operations do not always come to the same", str(learned.rates), ""]
    for number, finding in enumerate(learned.findings, 1):
        lines += [f"{number}. a difference, {finding.rate}:", str(finding), *places(finding, model), ""]
    mealy, relation = learned.mealy, learned.relation
    if mealy is not None and relation is not None:
        lines.append(f"{len(mealy.moves)} states, of which {len(relation.pairs)} pairs with the model were compared")
        if relation.differences:
            told = len(relation.differences)
            lines.append(f"they are not bisimilar: {told} moves differ, in {len(learned.findings)} ways")
        lines.append(PROOFS.get(relation.proof, "" if relation.complete else "not all pairs were compared: too many"))
    lines.append(f"alphabet: {', '.join(map(str, learned.operations))}")
    lines.append(f"{learned.words} words, {learned.steps} operations in {learned.seconds:.1f} s; seed {seed}")
    if learned.late:
        lines.append("the time was up before all was tried: there may be more states")
    return "\n".join(filter(None, lines[:1] + lines[2:]))


def picture(name: str, model: Oracle, mealy: Mealy, relation: Relation, budget: int = BUDGET) -> Diagram:
    """Draw the machine that was learned, with what differs; only the ways to that where there is more than fits."""
    edges = sorted(_edges(mealy, relation), key=lambda edge: (edge.source, edge.target, edge.kind, edge.note))
    joined = [
        Edge(source, target, ", ".join(sorted(dict.fromkeys(edge.label for edge in alike))), note, kind)
        for (source, target, kind, note), alike in groupby(edges, lambda e: (e.source, e.target, e.kind, e.note))
    ]
    left = ""
    if len(joined) > budget:
        near = _near(mealy, relation)
        kept = [e for e in joined if e.kind != "normal" or (e.source in near and e.target in near)]
        left = f" Left out: {len(joined) - len(kept)} arrows that are on no shortest way to a difference."
        joined = kept
    ends = {"0"} | {end for edge in joined for end in (edge.source, edge.target)}
    nodes = [
        Node(str(n), "at first" if not word else f"after {', '.join(map(str, word))}", "normal" if word else "initial")
        for n, word in enumerate(mealy.words)
        if str(n) in ends
    ]
    if ELSEWHERE in ends:
        nodes.append(Node(ELSEWHERE, "a state that the implementation does not have", change="removed"))
    return Diagram(
        f"What {name} does",
        f"The machine that was learned, {len(mealy.moves)} states, beside {model.name}."
        + ("" if relation.differences else " Nothing differs.") + left,
        tuple(nodes),
        tuple(joined),
        meanings=MEANINGS,
    )  # fmt: skip


def _edges(mealy: Mealy, relation: Relation) -> Iterator[Edge]:
    different = {(one.state, one.finding.operations[-1]) for one in relation.differences}
    for state, moves in enumerate(mealy.moves):
        for operation, (seen, target) in moves.items():
            if seen != PASSED:
                kind: EdgeKind = "added" if (state, operation) in different else "normal"
                yield Edge(str(state), str(target), str(operation), str(seen), kind)
    states = dict[Hashable, int]()
    for (state, belief), _ in relation.pairs.items():
        states.setdefault(belief, state)
    for one in relation.differences:
        last = one.finding.taken[-1]
        for outcome in one.finding.allowed:
            after, _ = last.before.after(last.operation, outcome.seen)
            place = states.get(frozenset(map(after.oracle.alike, after.states)))
            target_name = ELSEWHERE if place is None else str(place)
            yield Edge(str(one.state), target_name, str(last.operation), str(outcome.seen), "removed")


def _near(mealy: Mealy, relation: Relation) -> set[str]:
    """Give the states on the shortest ways to what differs."""
    near = {0}
    for one in relation.differences:
        state = 0
        for taken in one.finding.taken[1:]:
            state = mealy.moves[state][taken.operation][1]
            near.add(state)
    return set(map(str, near))
