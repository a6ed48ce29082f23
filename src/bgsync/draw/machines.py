"""Pictures of a user's machine: as it is written, what it can become, a run of it, and what an edit did to it."""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node, NodeKind
from bgsync.draw.gallery import Entry, file_name
from bgsync.draw.sequence import Item, Lane
from bgsync.draw.sequence import Sequence as SequenceDiagram
from bgsync.draw.states import BUDGET, Projected, states_diagram
from bgsync.machines.behaviour import Behaviour, Shape
from bgsync.machines.check import MachineReport
from bgsync.machines.difference import paired
from bgsync.machines.findings import MachineFinding
from bgsync.machines.table import Row

MEANINGS: tuple[tuple[EdgeKind, str], ...] = (
    ("added", "only in the new machine"),
    ("changed", "otherwise in the new machine"),
    ("removed", "only in the old machine"),
)
CALLER = "calls"
"""The lifeline of whoever calls."""


def shape_diagram(shape: Shape, name: str) -> Diagram:
    """Draw the states and rows of a machine; a state with others in it is a box around them."""
    return Diagram(name, f"The states and transitions of {name}.", _nodes(shape),
                   tuple(_edge(row) for row in shape.rows))  # fmt: skip


def machine_states(behaviour: Behaviour, name: str, budget: int = BUDGET) -> Diagram:
    """Draw what a machine can be in; what cannot be told apart by what becomes of it is one box."""
    calls = behaviour.calls
    moves = [
        frozenset((calls[call] + (f" raises {error.partition(':')[0]}" if error else ""), target)
                  for call, error, target in out)
        for out in behaviour.steps
    ]  # fmt: skip
    moves += [frozenset()] * (len(behaviour.labels) - len(moves))
    graph = Projected(tuple(behaviour.labels), tuple(moves), complete=not behaviour.unfinished)
    data = "with their data" if behaviour.data else "guards being free"
    said = f"The {len(behaviour.labels):,} reachable configurations of {name}, {data}, and what becomes of its state."
    return states_diagram(graph, f"What {name} can become", said, budget)


def run_diagram(finding: MachineFinding, name: str) -> SequenceDiagram:
    """Draw the run of a finding: the calls, and what the machine is in after each. Raises ValueError for none."""
    if not finding.trace:
        raise ValueError(f"{finding.kind} {finding.subject!r} has no run to draw")
    items = []
    for number, call in enumerate(finding.trace):
        before, after = finding.states[number : number + 2]
        last = number == len(finding.trace) - 1
        items.append(Item(number + 1, CALLER, name, "", call, blamed=last and finding.loop is None))
        items.append(Item(0, name, name, "", f"{before} → {after}" if before != after else f"stays in {after}"))
    loop = None if finding.loop is None else 2 * finding.loop
    return SequenceDiagram(
        f"{finding.kind}: {finding.subject}", finding.message, (Lane(CALLER), Lane(name)), tuple(items), loop,
        finding.message, "",
    )  # fmt: skip


def shape_difference(old: Shape, new: Shape, name: str) -> Diagram:
    """Draw what an edit did to the states and rows of a machine."""
    edges = []
    for was, now in paired(old.rows, new.rows):
        if was is None or now is None:
            row = now or was
            assert row is not None
            edges.append(_edge(row, "added" if was is None else "removed"))
        elif was == now:
            edges.append(_edge(now))
        else:
            before = f", was: {_guard(was) or 'always'}" if _guard(was) != _guard(now) else ""
            moved = f" (was to {was.target})" if was.target != now.target else ""
            guard = f"{_guard(now) or 'always'}{before}" if before else _guard(now)
            edges.append(Edge(now.source, now.target, _label(now) + moved, kind="changed", guard=guard))
    nodes = {node.id: node for node in _nodes(old, "removed")}
    for node in _nodes(new, "added"):
        nodes[node.id] = node if node.id not in nodes else next(n for n in _nodes(new) if n.id == node.id)
    same = all(edge.kind == "normal" for edge in edges)
    said = f"What an edit did to the states and transitions of {name}." + " Nothing was changed." * same
    return Diagram(f"How {name} was changed", said, tuple(nodes.values()), tuple(edges), meanings=MEANINGS)


def machine_entries(behaviour: Behaviour, report: MachineReport, target: str, more: str = "") -> Iterator[Entry]:
    """Make every picture of a machine; `more` are the options of the command that draws them."""
    name = machine_name(target)
    yield Entry("machine", "As it is written", "Its states, and for each transition its trigger and its guards.",
                f"lifecycle {target}", shape_diagram(behaviour.shape, name))  # fmt: skip
    picture = machine_states(behaviour, name)
    if picture.edges:
        yield Entry("states", f"What {name} can become", "All that it comes to, as far as its state tells.",
                    f"states {target}{more}", picture)  # fmt: skip
    taken = set[str]()
    for finding in report.findings:
        if finding.trace:
            title = f"{finding.kind}: {finding.subject}"
            yield Entry(
                file_name(f"run-{finding.kind}-{finding.subject}", taken), title, f"{finding.message}.",
                f'trace {target} --property "{finding.subject}"{more}', run_diagram(finding, name),
            )  # fmt: skip


def machine_name(target: str) -> str:
    """Give what a machine is called in pictures: its target without folders."""
    return target.rpartition("/")[2]


def _nodes(shape: Shape, change: EdgeKind = "normal") -> tuple[Node, ...]:
    left = {row.source for row in shape.rows if row.target != row.source}
    above = set(shape.parents.values())

    def kind(state: str) -> NodeKind:
        if state in shape.begins:
            return "initial"
        around = [state]
        while around[-1] in shape.parents:
            around.append(shape.parents[around[-1]])
        leaves = state not in above and not left.intersection(around)
        return "final" if state in shape.final or leaves else "normal"

    assert change in ("normal", "added", "removed")
    return tuple(
        Node(state, _own_name(shape, state), kind(state), change=change, inside=shape.parents.get(state, ""))
        for state in shape.states
    )


def _own_name(shape: Shape, state: str) -> str:
    own = state.removeprefix(shape.parents.get(state, ""))[1:] if state in shape.parents else state
    return f"{own} (all at once)" if state in shape.parallel else own


def _edge(row: Row, kind: EdgeKind = "normal") -> Edge:
    return Edge(row.source, row.target, _label(row), kind=kind, guard=_guard(row))


def _label(row: Row) -> str:
    return row.trigger + (" (internal)" if row.dest is None else "")


def _guard(row: Row) -> str:
    return ", ".join([*row.conditions, *(f"not {name}" for name in row.unless)])
