"""The world around a spec, declared: machines that move at will, and what their moves mean for what runs.

The engine knows machines by these roles alone; their names, and those of their states and triggers, are content.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from bgsync.errors import BgsyncError
from bgsync.system.state import Record
from bgsync.words import Words

Row = tuple[str, str, str]
"""Trigger, source, destination."""


class WorldError(BgsyncError, ValueError):
    """A world that speaks of a state or trigger that it does not have."""


class Effect(Enum):
    """What a move of a machine does to what runs."""

    ENDS_EVERYTHING = "all invocations, shared variables, queues and rules that are due are gone"
    STARTS = "what had ended everything is over: the rules for a start are due"
    ENDS_HANDLERS = "handlers that run are terminated, tasks that are queued for one are discarded unless they are kept"
    RESUMES = "what had ended the handlers is over: tasks can run again"
    SETTLES = "what was under way has come to one of its ends, as it does sooner or later"


class Meaning(Enum):
    """What an adversity makes possible besides moves of machines."""

    UNSETTLED = "a handler may never settle"
    EXTENDED = "a handler may go on after its event has settled"
    UNDONE = "what the text says that the user agent SHOULD do may be left undone"


@dataclass(frozen=True)
class Machine:
    """A part of the environment, with the roles that it plays.

    While a machine is in the source of a row that `STARTS`, nothing runs; in that of one that `RESUMES`, no task does.
    A fair run leaves such a state in the end, and the source of a row that `SETTLES`.
    """

    name: str
    initial: str
    rows: tuple[Row, ...] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """What triggers do to what runs."""
    recurs: str = ""
    """The state that it comes back to again and again in a fair run, if there is one."""
    refuses: bool = False
    """Whether a call may be refused as long as it is not as it begins."""
    free: bool = False
    """Whether it may be read as any of its states at any time; then it does not move, and nothing happens by it."""
    members: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    """Of a free machine: what a text finds there in each state."""
    alike: tuple[str, ...] = ()
    """Of a free machine: the states that are no more a reason to refuse than the first one.

    Any other one is one where there is nothing, or where a text tells what there is apart by a member.
    """
    starts: str = ""
    """The occasion of the rules for a start: they are due at first, and after every trigger that `STARTS`."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Of a free machine: how a state other than the first one is told of a call that met it."""

    def __post_init__(self) -> None:
        triggers = [trigger for trigger, *_ in self.rows]
        for trigger in self.effects:
            _known(f"machine {self.name!r}", "trigger", trigger, triggers)
        for state in filter(None, (self.recurs, *self.members, *self.alike, *self.remarks)):
            _known(f"machine {self.name!r}", "state", state, self.states)

    @property
    def states(self) -> tuple[str, ...]:
        """Its states: the initial one, then the others in the order of the rows."""
        return tuple(dict.fromkeys((self.initial, *(end for _, *ends in self.rows for end in ends))))

    def left_by(self, effect: Effect) -> dict[str, str]:
        """Give the states that are left by a trigger with an effect, each with that trigger."""
        return {source: trigger for trigger, source, _ in reversed(self.rows) if self.effects.get(trigger) is effect}


@dataclass(frozen=True)
class Adversity:
    """Something that goes wrong outside of the text: in words, the triggers that it switches on, its meaning."""

    says: str
    triggers: tuple[str, ...] = ()
    means: Meaning | None = None
    begins: Mapping[str, str] = field(default_factory=dict)
    """The machines that begin in another state with it: it says something of texts that ask for such a state."""
    rests: str = ""
    """What is taken for granted of what it leaves as it was, where a text does not say."""
    spoken: tuple[str, ...] = ()
    """The words by which a text would say that."""


@dataclass(frozen=True)
class World:
    """What surrounds a spec. The empty one is a world, too: nothing moves, and anything may be called.

    A trigger that an adversity names is taken only where that adversity is on; one of `never`, in no run.
    """

    machines: tuple[Machine, ...] = ()
    adversities: Mapping[str, Adversity] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    promises: str = ""
    """The method whose promise is one of an event; where a text has none of this name, each of its methods is."""
    key: str = ""
    """The parameter, and the member, that tells objects apart, where the text does not say which one does."""
    single: tuple[str, ...] = ()
    """The members that are the same of all that is followed: a rule on a move of a machine is about that one."""
    words: Words = field(default_factory=Words)
    """What its things and those who take part are called."""

    def __post_init__(self) -> None:
        triggers = [trigger for machine in self.machines for trigger, *_ in machine.rows]
        for name, adversity in self.adversities.items():
            for trigger in adversity.triggers:
                _known(f"adversity {name!r}", "trigger", trigger, triggers)
        for trigger in self.never:
            _known("what no run takes", "trigger", trigger, triggers)
        if len(set(self.names)) < len(self.names):
            raise WorldError(f"two machines of the world have one name: {', '.join(self.names)}; rename one")

    def __hash__(self) -> int:
        return hash((*(machine.name for machine in self.machines), *self.adversities))  # cheap; equality sees it all

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the machines, in the order of a context."""
        return tuple(machine.name for machine in self.machines)

    @cached_property
    def _by_name(self) -> dict[str, Machine]:
        return {machine.name: machine for machine in self.machines}

    def machine(self, name: str) -> Machine | None:
        """Find a machine by its name."""
        return self._by_name.get(name)

    def is_start(self, machine: str, trigger: str) -> bool:
        """Whether rules on this trigger of this machine are those for a start."""
        return bool(trigger) and any((each.name, each.starts) == (machine, trigger) for each in self.machines)

    def with_machine(self, machine: Machine) -> World:
        """Give the world with another machine in the place of the one of the same name."""
        return replace(self, machines=tuple(machine if each.name == machine.name else each for each in self.machines))


def _known(place: str, kind: str, name: str, known: Sequence[str]) -> None:
    """Refuse a name that is not known. Raises WorldError."""
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known) or 'none'}"
        raise WorldError(f"{place} speaks of {kind} {name!r}, which there is not: {hint}")
