"""The reachable states as a picture that stays readable: one object is looked at, and what is alike is one.

Every state is projected to what becomes of one object; a transition that leaves it as it is, is internal. Then
states that nobody who sees only that could ever tell apart are drawn as one, by branching bisimulation
(`bgsync.explore.partition`). So an arrow out of a box says what every state in it can do, now or after internal moves.

Where that has more arrows than the budget, all states with the same projection become one: an arrow then says only
that *some* state of the one leads to the other, and the picture says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bgsync.draw.colours import NO_HUES, Hues, hue_of
from bgsync.draw.diagram import Diagram, Edge, EdgeKind, Node, NodeKind
from bgsync.explore.partition import TAU, quotient
from bgsync.judge.property import declared_states
from bgsync.language import Spec
from bgsync.plain import plain
from bgsync.system.describe import object_states, recurring, say_action
from bgsync.system.observation import Listed, Removed, StateSet
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.step import Step
from bgsync.system.system import System
from bgsync.system.world import World
from bgsync.tables import Tables, explore

STAYS = "it stays as it is, and less can come of it"
"""What an arrow means that leads between boxes of one state."""
BUDGET = 60
"""How many arrows a picture has at most: well below the 500 at which Mermaid stops."""
MOST = 3
"""An arrow names at most this many actions, and counts the others."""


@dataclass(frozen=True)
class Projected:
    """A reachable graph, looked at from one place. State 0 is the initial one."""

    seen: tuple[str, ...]
    """What is seen of each state."""
    moves: tuple[frozenset[tuple[str, int]], ...]
    """The actions out of each state, in words, with where they lead."""
    remarks: tuple[str, ...] = ()
    """Something else about each state, which is told where all that are drawn as one have it."""
    complete: bool = True
    entered: frozenset[str] = frozenset()
    """The states that some action sets an object to, if only on its way to another one."""


def project(
    spec: Spec,
    world: World,
    granularity: str = "algorithm",
    *,
    adversities: tuple[str, ...] = (),
    calls: int = 2,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Projected:
    """Explore a spec with one tag, and project every state to the object of that tag.

    What only follows a removed object is left out. Raises LanguageError for a spec that cannot be run.
    """
    system = System(Scenario(spec, world, granularity, adversities, Bounds(calls=calls)))
    graph = explore(Tables(system), limit=limit, progress=progress)
    (tag,) = system.scenario.tag_names
    states = [graph.state(number) for number in range(len(graph))]
    numbers = {old: new for new, old in enumerate(n for n, state in enumerate(states) if not state.disjoint)}
    seen = [object_states(system, states[old])[tag] for old in numbers]
    said, entered = dict[int, str](), set[str]()
    moves = []
    for old in numbers:
        out = set()
        for transition in graph.out(old):
            index, target = int(graph.successors[transition]), int(graph.targets[transition])
            if target in numbers:
                if index not in said:
                    step = graph.tables.successors[index].step
                    said[index] = _say(system, step)
                    entered |= {str(one.after) for one in step.observations if isinstance(one, StateSet)}
                out.add((said[index], numbers[target]))
        moves.append(frozenset(out))
    remarks = [", ".join(recurring(system, states[old])) for old in numbers]
    complete = graph.complete and not graph.pools
    return Projected(tuple(seen), tuple(moves), tuple(remarks), complete, frozenset(entered))


def _say(system: System, step: Step) -> str:
    """Say an action; of a step of an algorithm, which one changes an object."""
    words, number = say_action(system, step.action), step.action.process
    instruction = None if number is None else system.program.code[system.process(number).pc]
    if instruction is not None and (instruction.op == "queue" or words == str(instruction.origin)):
        for ran in reversed(step.executed):
            if any(isinstance(seen, StateSet | Listed | Removed) for seen in ran.observations):
                return plain(str(system.program.code[ran.pc].origin))
    return plain(words)


def states_diagram(
    graph: Projected, title: str, description: str, budget: int = BUDGET, hues: Hues = NO_HUES
) -> Diagram:
    """Draw a projected graph, quotiented by bisimulation, or by what is seen where that has more arrows than `budget`.

    A class is initial when it has the initial state, and final when nothing leads out of it; of an incomplete graph
    nothing is known to be final, and the description says so.
    """
    alike = _bisimilar(graph)
    fine = _arrows(graph, alike)
    if len(fine) <= budget:
        block, arrows = alike, fine
        told = f" States that cannot be told apart by what becomes of it are one box: {len(set(alike))} of them."
    else:
        names = list(dict.fromkeys(graph.seen))
        block = [names.index(seen) for seen in graph.seen]
        arrows = _arrows(graph, block)
        told = (
            f" Left out: there are {len(set(alike)):,} kinds of states that differ in what can become of them, with "
            f"{len(fine):,} arrows, more than the budget of {budget}. Here all with the same object state are "
            "one box, and an arrow says that some of them can do this, not that each can."
        )
    nodes, ids = _nodes(graph, block, arrows, hues)
    seen = {here: graph.seen[state] for state, here in enumerate(block)}
    edges = []
    for (source, target), actions in arrows.items():
        same = seen[source] == seen[target]
        for words in _told(actions):
            kind: EdgeKind = "apart" if same else "normal"
            edges.append(Edge(ids[source], ids[target], f"({words})" if same else words, kind=kind))
    unfinished = "" if graph.complete else " The exploration was not complete: there may be more."
    return Diagram(title, f"{description}{told}{unfinished}".strip(), nodes, tuple(edges), meanings=(("apart", STAYS),))


def states_words(spec: Spec, graph: Projected, how: str) -> tuple[str, str]:
    """Give the title and the description of a picture of states."""
    kind, declared = spec.type.name, declared_states(spec)
    several = {seen for seen in graph.seen if " and " in seen} - {*declared}
    met = {*graph.seen, *(state for seen in several for state in seen.split(" and "))}
    told = f"The {len(graph.seen):,} reachable states of {spec.title}{how}, and what becomes of one {kind} in them."
    if several:
        told += " Where the list has several at once, a box names what they are."
    if passed := [state for state in declared if state in graph.entered - met]:
        told += f" It is {' or '.join(passed)} only while an action is under way."
    return f"What a {kind} can become", told


def _bisimilar(graph: Projected) -> list[int]:
    """Give the class of every state: branching bisimulation, what is seen of a state being what it always can do."""
    numbers: dict[tuple[str, str], int] = {}

    def number(kind: str, words: str) -> int:
        return numbers.setdefault((kind, words), len(numbers) + 1)

    edges = []
    for source, out in enumerate(graph.moves):
        here = graph.seen[source]
        labelled = {(number("seen", here), source)}
        for words, target in sorted(out):
            label = TAU if graph.seen[target] == here else number(graph.seen[target], words)
            labelled.add((label, target))
        edges.append(labelled)
    return list(quotient(edges).block)


def _arrows(graph: Projected, block: Sequence[int]) -> dict[tuple[int, int], set[str]]:
    """Give the actions between different classes."""
    arrows: dict[tuple[int, int], set[str]] = {}
    for source, out in enumerate(graph.moves):
        for words, target in out:
            if block[source] != block[target]:
                arrows.setdefault((block[source], block[target]), set()).add(words)
    return arrows


def _nodes(
    graph: Projected, block: Sequence[int], arrows: dict[tuple[int, int], set[str]], hues: Hues
) -> tuple[tuple[Node, ...], dict[int, str]]:
    """Make a node for each class, in the order in which they are reached."""
    left = {source for source, _ in arrows}
    members: dict[int, list[int]] = {}
    for state, here in enumerate(block):
        members.setdefault(here, []).append(state)
    names = {here: graph.seen[states[0]] for here, states in members.items()}
    taken = Counter(names.values())
    nodes, ids = [], dict[int, str]()
    for here, states in members.items():
        name = names[here]
        if taken[name] > 1:
            name += _prospects(here, names, arrows, graph.complete)
        alike = sum(other == name or other.startswith(f"{name} #") for other in ids.values())
        ids[here] = f"{name} #{alike + 1}" if alike else name
        remarks = {graph.remarks[state] for state in states} if graph.remarks else set()
        remark = f" ({remarks.pop()})" if len(remarks) == 1 else ""
        final = graph.complete and here not in left
        kind: NodeKind = "initial" if 0 in states else "final" if final else "normal"
        nodes.append(Node(ids[here], f"{ids[here]}{remark}", kind, hue_of(names[here], hues)))
    return tuple(nodes), ids


def _prospects(here: int, names: Mapping[int, str], arrows: Iterable[tuple[int, int]], complete: bool) -> str:
    """Say what becomes next of a class whose name others have, too."""
    reached = {here}
    while more := {to for source, to in arrows if source in reached and names[to] == names[here]} - reached:
        reached |= more
    then = sorted({names[to] for source, to in arrows if source in reached} - {names[here]})
    return f", then {' or '.join(then)}" if then else " for ever" if complete else ", and no more is known"


def _told(actions: set[str]) -> list[str]:
    """Give the actions that an arrow names, and how many more there are."""
    ordered = sorted(actions)
    more = len(ordered) - MOST
    return ordered[:MOST] + ([f"… and {more} more"] if more > 0 else [])
