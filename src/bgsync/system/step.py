"""States of a system, what can happen in one, and a transition with everything that a property can see of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bgsync.system.monitor import Memory
from bgsync.system.observation import Executed, Noticed, Observation
from bgsync.system.state import Content, Shared, Value

NEVER_SETTLES = "never settles"


@dataclass(frozen=True)
class Queued:
    """A question about a process that waits in a queue, by its number."""

    of: Callable[[int], bool]


@dataclass(frozen=True)
class Shares:
    """A question about a variable that processes share: what is in it, its place, and the processes that do not wait.

    Those that are bound outside of every loop are not asked about.
    """

    of: Callable[[Content, int, tuple[int, ...]], bool]


class State(NamedTuple):
    """A state. Processes are numbers that `System.process` turns back, sorted; of parked ones, two stand for many."""

    shared: Shared
    processes: tuple[int, ...]
    due: tuple[str, ...]
    """The rules whose occasion has come and that have not run since."""
    memory: Memory
    disjoint: bool = False
    """Whether this branch follows a removed object only."""
    queues: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """The batches that wait in each queue, in their order."""

    def count(self, which: "Callable[[int], bool] | Queued | Shares") -> int:
        """Count the processes of which something is true; `which` is hashable and takes the number of one.

        Of those that wait in queues with `Queued`; the variables that processes share with `Shares`.
        """
        if isinstance(which, Queued):
            return sum(which.of(number) for _, numbers in self.queues for number in numbers)
        if isinstance(which, Shares):
            there = ((place, content) for place, content in enumerate(self.shared.cells) if content)
            return sum(which.of(content, place, self.processes) for place, content in there if content.level)
        return sum(map(which, self.processes))


class Presence(NamedTuple):
    """What of the processes that are there bears on whose turn it is."""

    busy: int
    """How many do not wait for a handler, for time or for a condition."""
    handler: bool
    """Whether a handler runs."""
    batches: frozenset[str]
    """The queues that a batch holds."""
    task: bool = False
    """Whether a task is under way, and does not wait."""
    entered: frozenset[str] = frozenset()
    """The algorithms that nothing calls of which an invocation is in flight."""


TurnKind = Literal["move", "call", "rule", "outside", "ignore", "run", "batch"]
ActionKind = Literal["move", "call", "run", "rule", "ignore", "idle"]


class Turn(NamedTuple):
    """What may happen next. Kinds: move, call, rule, outside, ignore, run, batch; every one stands for its actions.

    `which` is the place of a move among those of the system, of a batch its queue, of a run the number of its process,
    of a call 1 where a handler runs that may call, too; of what comes from outside 1 more than the slot of the object
    that it is about, if any; `name` is the rule or algorithm.
    """

    kind: TurnKind
    which: int = 0
    name: str = ""


class Caller(NamedTuple):
    """Who calls: a handler, or somebody outside; and what is to be remarked on it."""

    handler: bool
    remark: str = ""


class Action(NamedTuple):
    """What happens. Kinds: move (of the environment), call, run (a process), rule, ignore (a SHOULD not done).

    And idle: nothing does.
    """

    kind: ActionKind
    name: str
    process: int | None = None
    detail: "str | Caller | None" = None
    """Of a call who makes it; of a run how the event settles that it waits for; of a move what is not done."""
    choices: tuple[tuple[str, Value], ...] = ()
    after: int | None = None
    """The process as it stands afterwards."""
    disjoint: int | None = None
    """The slot of the removed object that this branch follows from here."""
    caller: str = ""
    """Of a call: who calls; the detail says more."""


class Step(NamedTuple):
    """One transition with everything that a property can see."""

    action: Action
    after: State | None
    """None when the run ended by a failed Assert or a broken invariant of the text."""
    executed: tuple[Executed, ...]
    observations: tuple[Observation, ...]
    noticed: tuple[tuple[Noticed, str | None], ...] = ()
    """What others took note of, each with the tag of the object that it was about."""
    apart: tuple[int, ...] = ()
    """The slots of the objects that are followed apart from here, each in a step of its own right before."""
