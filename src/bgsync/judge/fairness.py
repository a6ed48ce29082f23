"""Fair endless runs: finds a lasso that breaks a liveness property, or shows that there is none.

A run that stays in part of the graph for ever stays in one strongly connected component of it in the end. It is fair
when (a) every process, rule and start of the user agent that is possible in all states of the loop is taken in it
(weak fairness of steps); (b) it is online in some state of the loop (online infinitely often); (c) what the text says
the user agent SHOULD choose is chosen, if it declines again and again (strong fairness of a SHOULD). For (c) the steps
that decline are taken out of a component that never chooses, and what is left is split again: the textbook's algorithm
for Streett conditions (Baier and Katoen, Principles of Model Checking, 2008). So it is with (d): steps that wait until
a condition holds go on if it holds again and again.

Processes that say the same are exchangeable, so fairness counts them as one: if any of them steps, each can be the one.
That no process waits for a free place among the invocations in flight is part of this: a place is a bound of the
question, not of the world. What is left out: fairness between the choices of a handler, except that it settles.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import networkx as nx

from bgsync.judge.property import Liveness, View
from bgsync.judge.watch import Watched
from bgsync.system.step import State, Step
from bgsync.system.system import System

Edge = tuple[int, Step, int]


@dataclass(frozen=True)
class Lasso:
    """A run: shortest way from an initial state, then a loop."""

    stem: tuple[tuple[int, Step, int], ...]
    loop: tuple[tuple[int, Step, int], ...]
    owed: Hashable


def must_act(system: System, state: State) -> frozenset[tuple[str, Hashable]]:
    """Give what weak fairness asks for in a state: (`process`, number), (`rule`, name) or (`move`, trigger)."""
    context = dict(zip(system.machines, state.shared.context, strict=True))
    if context["user agent"] == "restarted":
        return frozenset({("move", "resume")})
    asks: set[tuple[str, Hashable]] = set()
    stopped = context["execution"] == "stopped"
    if stopped:
        asks.add(("move", "start"))
    if not state.apart and "should" not in system.scenario.adversities:
        asks.update(("rule", name) for name in state.due)
    asks.update(("process", system.processes.kind[number]) for number in system.goes_on(state))
    return frozenset(asks)


def eager(system: System, state: State) -> frozenset[tuple[str, Hashable]]:
    """Give the steps that wait until a condition holds, where it does."""
    found = (n for n in system.goes_on(state) if system.interpreter.waits(system.process(n)) == "until")
    return frozenset(("process", system.processes.kind[number]) for number in found)


def act(system: System, step: Step) -> tuple[str, Hashable] | None:
    """Say which demand of weak fairness a step meets."""
    action = step.action
    if action.process is not None:
        return ("process", system.processes.kind[action.process])
    return (action.kind, action.name) if action.kind in ("rule", "move") else None


def find_lasso(watched: Watched, liveness: Liveness) -> tuple[Lasso | None, bool]:
    """Give the first fair lasso that breaks the property, if there is one, and whether its premise was met."""
    return next(lassos(watched, liveness), None), premise_met(watched, liveness)


def premise_met(watched: Watched, liveness: Liveness) -> bool:
    """Say whether anything was ever owed."""
    system, graph = watched.system, watched.graph
    if liveness.premise is None:
        return any(True for state in graph.states for _ in liveness.owed(system, state))
    return any(liveness.premise(View(system, graph.states[s], e)) for s, e, _ in _edges(graph.edges))


def lassos(watched: Watched, liveness: Liveness) -> Iterator[Lasso]:
    """Give fair lassos that break the property, one a component, the nearest and the quietest first."""
    system, graph = watched.system, watched.graph
    lost = doomed(watched)
    ways = _ways(watched, lost)
    regions: dict[Hashable, list[int]] = {}
    for number, state in enumerate(graph.states):
        if ways is None or number in ways:
            for owed in liveness.owed(system, state):
                regions.setdefault(owed, []).append(number)
    for owed, region in sorted(regions.items(), key=lambda item: str(item[0])):
        for nodes, inner in _in_region(watched, liveness, owed, frozenset(region), lost):
            entry = min(nodes)
            loop = _loop(system, graph.states, entry, inner, nodes, liveness)
            yield Lasso(tuple(graph.path(entry) if ways is None else _way(ways, entry)), tuple(loop), owed)


def doomed(watched: Watched) -> frozenset[State]:
    """Give the states of removed registrations from which every run ends in a failed Assert.

    A run that leaves one behind is none that goes on for ever: what was removed has to go on as well, and ends it.
    """
    graph = watched.graph
    apart = [number for number, state in enumerate(graph.states) if state.apart]
    good = {number for number in apart if not graph.states[number].processes}
    plain: nx.DiGraph[int] = nx.DiGraph()
    plain.add_nodes_from(apart)
    for number in apart:
        for step, target in graph.edges[number]:
            plain.add_edge(number, target)
            if step.after is not None and target == number and step.action.process is not None:
                good.add(number)
        if not graph.edges[number] and not graph.complete:
            good.add(number)
    for part in nx.strongly_connected_components(plain):
        if any(step.action.process is not None and target in part for n in part for step, target in graph.edges[n]):
            good |= part
    reached, work = set(good), list(good)
    while work:
        for source in plain.predecessors(work.pop()):
            if source not in reached:
                reached.add(source)
                work.append(source)
    idle = {number for number in apart if not any(True for _ in watched.system.goes_on(graph.states[number]))}
    return frozenset(graph.states[number] for number in apart if number not in reached | idle)


Ways = dict[int, Edge | None]


def _ways(watched: Watched, lost: frozenset[State]) -> Ways | None:
    """Give the last step of a shortest way to each state that leaves nothing doomed behind; None where nothing is."""
    if not lost:
        return None
    ways: Ways = {0: None}
    queue = deque([0])
    while queue:
        here = queue.popleft()
        for step, target in watched.graph.edges[here]:
            if target not in ways and lost.isdisjoint(step.left):
                ways[target] = (here, step, target)
                queue.append(target)
    return ways


def _way(ways: Ways, target: int) -> list[Edge]:
    path: list[Edge] = []
    while (edge := ways[target]) is not None:
        path.append(edge)
        target = edge[0]
    return path[::-1]


def _edges(edges: list[list[tuple[Step, int]]]) -> Iterator[Edge]:
    for source, out in enumerate(edges):
        for step, target in out:
            yield source, step, target


def _in_region(
    watched: Watched, liveness: Liveness, owed: Hashable, region: frozenset[int], lost: frozenset[State]
) -> Iterator[tuple[frozenset[int], list[Edge]]]:
    """Give the fair components in which `owed` is never given: first those without further calls, which read easier."""
    system, graph = watched.system, watched.graph
    kept = [
        (source, step, target)
        for source in region
        for step, target in graph.edges[source]
        if target in region
        and lost.isdisjoint(step.left)
        and not liveness.given(View(system, graph.states[source], step), owed)
    ]
    found = sorted(_fair_components(system, graph.states, kept, liveness), key=lambda part: min(part[0]))
    if found:
        quiet = [edge for edge in kept if edge[1].action.kind != "call"]
        yield from sorted(_fair_components(system, graph.states, quiet, liveness), key=lambda part: min(part[0]))
        yield from found


def _components(edges: list[Edge]) -> Iterator[tuple[frozenset[int], list[Edge]]]:
    plain: nx.DiGraph[int] = nx.DiGraph()
    plain.add_edges_from((source, target) for source, _, target in edges)
    home: dict[int, int] = {}
    parts = [frozenset(part) for part in nx.strongly_connected_components(plain)]
    for place, part in enumerate(parts):
        home.update(dict.fromkeys(part, place))
    inner: list[list[Edge]] = [[] for _ in parts]
    for edge in edges:
        if home[edge[0]] == home[edge[2]]:
            inner[home[edge[0]]].append(edge)
    return ((part, own) for part, own in zip(parts, inner, strict=True) if own)


def _fair_components(
    system: System, states: list[State], edges: list[Edge], liveness: Liveness
) -> Iterator[tuple[frozenset[int], list[Edge]]]:
    work = list(_components(edges))
    while work:
        nodes, inner = work.pop()
        if not any(_online(system, states[n]) for n in nodes):
            continue
        if liveness.needs is not None and not any(liveness.needs(View(system, states[s], e)) for s, e, _ in inner):
            continue
        if not _always(system, states, nodes) <= {act(system, step) for _, step, _ in inner}:
            continue
        if "should" not in system.scenario.adversities:
            declined = {name for _, step, _ in inner for name in _choices(step, "declined")}
            chosen = {name for _, step, _ in inner for name in _choices(step, "chose")}
            if declined - chosen:
                left = [edge for edge in inner if not set(_choices(edge[1], "declined")) & (declined - chosen)]
                work += list(_components(left))
                continue
        passed = frozenset[tuple[str, Hashable]]().union(*(eager(system, states[n]) for n in nodes))
        passed -= {done for _, step, _ in inner if (done := act(system, step)) is not None}
        if passed:
            kept = {number for number in nodes if not eager(system, states[number]) & passed}
            work += list(_components([edge for edge in inner if edge[0] in kept and edge[2] in kept]))
            continue
        yield nodes, inner


def _always(system: System, states: list[State], nodes: frozenset[int]) -> frozenset[tuple[str, Hashable]]:
    """Give what weak fairness asks for in all of these states."""
    left: frozenset[tuple[str, Hashable]] | None = None
    for number in nodes:
        asked = must_act(system, states[number])
        left = asked if left is None else left & asked
        if not left:
            break
    return left or frozenset()


def _choices(step: Step, kind: str) -> list[str]:
    return [str(seen.before) for seen in step.observations if seen.kind == kind]


def _online(system: System, state: State) -> bool:
    return state.shared.context[system.machines.index("network")] == "online"


def _loop(
    system: System,
    states: list[State],
    entry: int,
    inner: list[Edge],
    nodes: frozenset[int],
    liveness: Liveness,
) -> list[Edge]:
    """Walk a short loop from `entry` through the component that meets every demand, nearest first."""
    out: dict[int, list[Edge]] = {}
    for edge in inner:
        out.setdefault(edge[0], []).append(edge)
    asked = {n: must_act(system, states[n]) for n in nodes}
    demands: list[Callable[[Edge], bool]] = [lambda edge: _online(system, states[edge[2]])]
    needs = liveness.needs
    if needs is not None:
        demands.append(lambda edge: needs(View(system, states[edge[0]], edge[1])))
    for demand in sorted(frozenset.union(*asked.values()), key=str):
        demands.append(lambda edge, d=demand: act(system, edge[1]) == d or d not in asked[edge[2]])  # type: ignore[misc]
    for demand in sorted(frozenset.union(*(eager(system, states[n]) for n in nodes)), key=str):
        demands.append(lambda edge, d=demand: act(system, edge[1]) == d)  # type: ignore[misc]
    for name in sorted({name for _, step, _ in inner for name in _choices(step, "declined")}):
        if "should" not in system.scenario.adversities:
            demands.append(lambda edge, n=name: n in _choices(edge[1], "chose"))  # type: ignore[misc]
    walked: list[Edge] = []
    here = entry
    while demands or here != entry:
        goals = demands or [lambda edge: edge[2] == entry]
        path = _nearest(out, here, goals)
        walked += path
        here = path[-1][2]
        demands = [demand for demand in demands if not any(demand(edge) for edge in path)]
    return walked or _nearest(out, entry, [lambda edge: edge[2] == entry])


def _nearest(out: dict[int, list[Edge]], start: int, goals: list[Callable[[Edge], bool]]) -> list[Edge]:
    """Give a shortest path from `start` whose last edge meets one of the goals."""
    came: dict[int, Edge | None] = {start: None}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for edge in out.get(here, ()):
            if any(goal(edge) for goal in goals):
                path = [edge]
                back = came[here]
                while back is not None:
                    path.append(back)
                    back = came[back[0]]
                return path[::-1]
            if edge[2] not in came:
                came[edge[2]] = edge
                queue.append(edge[2])
    raise AssertionError("a strongly connected component has a path between any two of its states")
