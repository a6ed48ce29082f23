"""Random walks: for a system of which not all states can be looked at. They find what is broken, and prove nothing.

A walk begins in the initial state, or every second one in a state that was visited and from which something leads to
one that was not; and it prefers what was taken least so far. Every transition out of a state that it
comes to is judged, not only the one that it takes. Where a removed object is followed by itself, little can
happen, and a walk ends there when it finds nothing new. What breaks a property is told by a run that is as short as any
within the states that were visited (a breadth-first search in these), so detours of the walk that found it are gone.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bgsync.judge.explorations import Walks
from bgsync.judge.property import Safety
from bgsync.judge.whole import Breach, Judgement
from bgsync.system.step import Step
from bgsync.system.system import System
from bgsync.tables.explore import MOST
from bgsync.tables.multisets import Multiset
from bgsync.tables.rows import Successor
from bgsync.tables.tables import Tables

KEPT = 100_000
"""Of how many states what follows is kept; of others it is looked up again."""
EVERY = 100
"""After how many steps `progress` is called."""


@dataclass
class Walked:
    """What was visited by random walks, and what the safety properties saw in it. Ids include their part."""

    tables: Tables
    properties: Sequence[Safety]
    walks: Walks
    visited: set[int] = field(default_factory=set)
    """The numbers of the states in the tables."""
    breaches: dict[str, Breach] = field(default_factory=dict)
    """The first step found that breaks a property, and the number of the state that it leaves."""
    done: int = 0
    """How many walks came to their end."""
    transitions: int = 0
    """How many steps were taken."""
    interrupted: bool = False

    complete = False
    """There may always be more."""

    def __post_init__(self) -> None:
        self.judgement = Judgement(self.tables, self.properties)
        self.met, self.ran, self.pools = self.judgement.met, self.judgement.ran, self.judgement.pools
        self._kept: dict[int, list[tuple[Successor, int]]] = {}
        self._open: list[int] = []
        self._quiet = set[int]()

    @property
    def system(self) -> System:
        """The system."""
        return self.tables.system

    @property
    def states(self) -> int:
        """Count the states that were visited."""
        return len(self.visited)

    @property
    def covered(self) -> str:
        """Say what was looked at, and what was not."""
        code = range(1, len(self.system.program.code))
        return (
            f"{self.done:,} random walks (seed {self.walks.seed}), {self.transitions:,} steps: {self.states:,} states, "
            f"{len(self.ran & set(code))} of {len(code)} instructions; what they did not come to is not known"
        )

    def out(self, key: int) -> list[tuple[Successor, int]]:
        """Give the transitions out of a state to others, each with its target; judge them where it is new."""
        found = self._kept.get(key)
        if found is not None:
            return found
        new, found = key not in self.visited, []
        if new:
            self.visited.add(key)
            self._open.append(key)
        whole = self.tables.multisets.known[key & 0xFFFFFFFF]
        for successor, into in self._transitions(key):
            if new and successor.index not in self._quiet:
                for name, broken in self.judgement.broken(successor, whole, into):
                    self.breaches.setdefault(name, Breach(key, successor.index, broken))
                if not self.judgement.depends(successor):
                    self._quiet.add(successor.index)
            if successor.base is not None and into is not None:
                found.append((successor, successor.base.index << 32 | into.index))
        if len(self._kept) < KEPT:
            self._kept[key] = found
        return found

    def open_state(self, chance: random.Random) -> int:
        """Choose a visited state that leads to one that is not; the initial one where there is none."""
        while self._open:
            place = int(chance.random() * len(self._open))
            key = self._open[place]
            if any(target not in self.visited for _, target in self.out(key)):
                return key
            self._open[place] = self._open[-1]
            self._open.pop()
        return self.start()

    def is_used_up(self, key: int, out: list[tuple[Successor, int]]) -> bool:
        """Whether a removed object is followed by itself here, and all that can follow was visited."""
        return self.tables.bases[key >> 32].state.disjoint and all(target in self.visited for _, target in out)

    def _transitions(self, key: int) -> list[tuple[Successor, Multiset | None]]:
        """Give the transitions out of a state with the processes after each; without those beyond the pool."""
        tables, whole, found = (
            self.tables,
            self.tables.multisets.known[key & 0xFFFFFFFF],
            list[tuple[Successor, Multiset | None]](),
        )
        for row in tables.rows(tables.bases[key >> 32], whole):
            for successor, part_after in row.successors:
                into = None
                if successor.base is not None:
                    into = tables.after(whole, row, successor, part_after)
                    if into.size > MOST:
                        self.pools.add(f"invocations ({MOST})")
                        continue
                found.append((successor, into))
        return found

    def _step(self, successor: Successor, into: Multiset | None) -> Step:
        base = successor.base
        after = None if base is None or into is None else self.tables.whole(base, into.numbers)
        return successor.step._replace(after=after)

    def path(self, name: str) -> list[Step]:
        """Give the steps of a run that ends with the breach of a property; none within what was visited is shorter."""
        start = self.start()
        came: dict[int, tuple[int, Step] | None] = {start: None}
        work = deque([start])
        while work:
            key = work.popleft()
            whole = self.tables.multisets.known[key & 0xFFFFFFFF]
            for successor, into in self._transitions(key):
                step = self._step(successor, into)
                if any(found == name for found, _ in self.judgement.broken(successor, whole, into)):
                    return [*self._back(came, key), step]
                if successor.base is not None and into is not None:
                    target = successor.base.index << 32 | into.index
                    if target in self.visited and target not in came:
                        came[target] = key, step
                        work.append(target)
        breach = self.breaches[name]  # every state was visited from another one, so this is not reached
        raise AssertionError(f"state {breach.source} was visited and is not found again")

    @staticmethod
    def _back(came: dict[int, tuple[int, Step] | None], key: int) -> list[Step]:
        steps = list[Step]()
        while (last := came[key]) is not None:
            steps.append(last[1])
            key = last[0]
        return steps[::-1]

    def start(self) -> int:
        """Give the number of the initial state."""
        (state,) = self.system.initial_states()
        return self.tables.key(state)


def walk(
    system: System,
    properties: Sequence[Safety],
    walks: Walks,
    *,
    progress: Callable[[int, int, int], None] | None = None,
) -> Walked:
    """Walk through a system at random, and judge every transition out of what is visited.

    `progress` is called with the states visited, the walks done and those to be done; where it, or the user, raises
    KeyboardInterrupt, what was seen so far is returned.
    """
    walked, scenario = Walked(Tables(system), properties, walks), system.scenario
    seeds = walks.seed, scenario.granularity, *scenario.adversities, scenario.monitor.name
    choice = _Choice(random.Random(" ".join(map(str, seeds))), len(system.program.code))
    start = walked.start()
    try:
        for _ in range(walks.many):
            key = walked.open_state(choice.chance) if walked.done % 2 else start
            for _ in range(walks.steps):
                out = walked.out(key)
                if not out or walked.is_used_up(key, out):
                    break
                key = choice.among(out, walked.visited)
                walked.transitions += 1
                if progress is not None and walked.transitions % EVERY == 0:
                    progress(walked.states, walked.done, walks.many - walked.done)
            walked.done += 1
    except KeyboardInterrupt:
        walked.interrupted = True
    return walked


class _Choice:
    """Chooses half of the time the successor that was taken least, a quarter a state not visited, an eighth the
    instruction that ran least, an eighth anything.
    """

    def __init__(self, chance: random.Random, instructions: int) -> None:
        self.chance = chance
        self.taken: dict[int, int] = {}
        self.ran = [0] * instructions

    def among(self, out: list[tuple[Successor, int]], visited: set[int]) -> int:
        """Choose a transition, and give its target."""
        kind, taken, ran = self.chance.randrange(8), self.taken, self.ran
        some = out
        if kind in (1, 2):
            some = [pair for pair in out if pair[1] not in visited] or out
        elif kind == 3:
            rare = [min((ran[one.pc] for one in successor.step.executed), default=0) for successor, _ in out]
            least = min(rare)
            some = [pair for pair, many in zip(out, rare, strict=True) if many == least]
        elif kind > 3:
            often = [taken.get(successor.index, 0) for successor, _ in out]
            least = min(often)
            some = [pair for pair, many in zip(out, often, strict=True) if many == least]
        successor, key = some[int(self.chance.random() * len(some))]
        taken[successor.index] = taken.get(successor.index, 0) + 1
        for one in successor.step.executed:
            ran[one.pc] += 1
        return key
