"""Breadth-first exploration by tables: the same states and transitions as `bgsync.explore.explore`, by look-up."""

from collections.abc import Callable, Iterable

from bgsync.system.collect import POOLS
from bgsync.system.step import State
from bgsync.tables.graph import TableGraph
from bgsync.tables.multisets import Multiset
from bgsync.tables.tables import Successor, Tables

Watcher = Callable[[int, Successor, Multiset, Multiset | None], bool]
"""Called with a state, a successor of it, and the processes before and after; says whether to be called each time."""

MOST = POOLS["invocations"]


def explore(
    tables: Tables,
    watcher: Watcher | None = None,
    *,
    limit: int | None = None,
    progress: Callable[[int, int, int], None] | None = None,
    starts: Iterable[State] | None = None,
) -> TableGraph:
    """Visit every reachable state, nearest first. `limit` and `progress` are those of `bgsync.explore.explore`,
    but `progress` is called more often, and also with how many states are left to do.

    With `starts` it begins there instead of in the initial state.
    A state with more processes than the pool has room for is left out, and `pools` says so.
    """
    graph = TableGraph(tables)
    keys, index, parent, targets, successors = graph.keys, graph.index, graph.parent, graph.targets, graph.successors
    known, bases, lifted = tables.multisets.known, tables.bases, tables.multisets.lifted
    for state in tables.system.initial_states() if starts is None else starts:
        key = tables.key(state)
        if key not in index:
            index[key] = len(keys)
            keys.append(key)
            parent.append(-1)
    current, depth, depth_ends = 0, 0, len(keys)
    try:
        while current < len(keys):
            if limit is not None and len(keys) >= limit:
                graph.complete = False
                break
            if progress is not None and current % 100 == 0:
                progress(len(keys), depth, len(keys) - current)
            key = keys[current]
            whole = known[key & 0xFFFFFFFF]
            for _, row in tables.turns(bases[key >> 32], whole, whole.presence):
                for successor, part_after in row.successors:
                    base = successor.base
                    if base is None:
                        if successor.look and watcher is not None:
                            successor.look = watcher(current, successor, whole, None)
                        continue
                    into = lifted(whole, row.part, part_after) if successor.framed else part_after
                    if successor.look and watcher is not None:
                        successor.look = watcher(current, successor, whole, into)
                    target_key = base.index << 32 | into.index
                    target = index.get(target_key)
                    if target is None:
                        if len(into.numbers) > MOST:
                            graph.pools.add(f"invocations ({MOST})")
                            continue
                        target = index[target_key] = len(keys)
                        keys.append(target_key)
                        parent.append(current)
                    targets.append(target)
                    successors.append(successor.index)
            graph.starts.append(len(targets))
            current += 1
            if current == depth_ends:
                depth, depth_ends = depth + 1, len(keys)
    except KeyboardInterrupt:
        graph.complete = False
    while len(graph.starts) <= len(keys):
        graph.starts.append(len(targets))
    return graph
