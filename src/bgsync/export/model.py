"""A product of components as numbers and words, ready to be written in the language of another model checker.

What is exported is the product's main part: every state whose objects are in the list, and every transition
between two such states. It is the same for all languages:

* a *context*, what all tags share, and for each component a *local state*, both by number;
* *moves* of one component. What is possible is a list for each context and local state, sorted by what it asks for, so
  that what is possible at some *level* is a beginning of the list: 0 nothing asked for, 1 there is room for one more
  invocation, 2 a handler runs besides, which may call;
* *broadcasts*, in which all components move at once and the context changes;
* *alarms*: at which level a transition that breaks a property can be taken from a local state in a context, whether or
  not the run ends by it, or goes on with a removed object by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from bgsync.judge.property import Safety, full_id
from bgsync.judge.whole import Judgement
from bgsync.product.arrays import Closed
from bgsync.product.component import CALLED, ROOM, Component, Label, NotSeparableError, Transition
from bgsync.system.describe import invocations, object_states, say_action
from bgsync.system.scenario import Scenario
from bgsync.system.state import Shared
from bgsync.system.step import State

LEVELS = {0: 0, ROOM: 1, ROOM | CALLED: 2}
"""The level that a guard asks for."""


@dataclass(frozen=True)
class Option:
    """What one component can do in a context, from level `level` on; `says` is the place of its words."""

    target: int
    level: int
    says: int


@dataclass(frozen=True)
class Broadcast:
    """What all components do together, in the contexts where `leads` is not negative; it says which context follows."""

    name: str
    level: int
    leads: tuple[int, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of component: components of one kind have the same local states and moves.

    A *slot* is a context and a local state as one number: context * local states + local state.
    """

    name: str
    locals: tuple[str, ...]
    """Every local state in words."""
    busy: tuple[int, ...]
    """How many invocations each has in flight."""
    handler: tuple[bool, ...]
    moves: tuple[tuple[Option, ...], ...]
    """By slot."""
    joint: tuple[tuple[tuple[int, ...], ...], ...]
    """By broadcast and slot: what a local state may become."""
    alarms: tuple[dict[int, int], ...]
    """By property: slot to the lowest level at which it can be broken."""

    @cached_property
    def most(self) -> int:
        """The most moves there are in a slot."""
        return max(map(len, self.moves))

    def choices(self, broadcast: int) -> int:
        """Give how many local states one may become by a broadcast, at most."""
        return max(map(len, self.joint[broadcast]))

    def upto(self, level: int) -> list[int]:
        """Give, by slot, how many moves are possible at a level."""
        return [sum(move.level <= level for move in moves) for moves in self.moves]


@dataclass(frozen=True)
class Model:
    """A scenario as a product in numbers and words. The initial state is 0 everywhere."""

    scenario: Scenario
    contexts: tuple[str, ...]
    kinds: tuple[Kind, ...]
    homes: tuple[int, ...]
    """The kind of each component."""
    broadcasts: tuple[Broadcast, ...]
    properties: tuple[tuple[str, str], ...]
    """Ids, each with what it is that breaks it; nothing where no component ever can."""
    words: tuple[str, ...]

    @property
    def components(self) -> list[tuple[str, Kind]]:
        """Every component with its name as an identifier and its kind."""
        names = ("of_no_tag", *(f"of_{tag}" for tag in self.scenario.tag_names))
        return [(name, self.kinds[home]) for name, home in zip(names, self.homes, strict=True)]

    @property
    def title(self) -> tuple[str, ...]:
        """Say in lines what the model is of."""
        asked = self.scenario
        withs = ", ".join(asked.adversities) or "no adversity"
        size = f"{asked.tags} tag{'s' * (asked.tags > 1)}, {asked.calls} call{'s' * (asked.calls > 1)} in flight"
        return (
            f"{asked.spec.title or 'a spec'} at granularity {asked.granularity},",
            f"{withs}, {size}, monitor {asked.monitor.name}; written by bgsync export.",
            "",
            "A state is a context and a local state of each component, by number. A slot is a context and a local",
            "state as one number: context * number of local states + local state. All is looked up by slot.",
            "Some of it needs a level: 1, room for one more invocation in flight; 2, a handler that runs besides.",
            "Not in here: what goes on around an object that was removed while something still held it.",
        )

    def legend(self, usage: str) -> Iterator[str]:
        """Say in lines what every number means; for a comment in any language."""
        yield from (*self.title, "", "To run it:", *usage.splitlines(), "", "Contexts: what all tags share.")
        yield from _numbered(self.contexts)
        for kind in self.kinds:
            who = ", ".join(name for name, each in self.components if each is kind)
            yield from ("", f"Local states of a component {kind.name}, which is {who}.")
            yield from _numbered(kind.locals)
        if self.properties:
            yield from ("", "Properties, and what breaks them.")
            yield from (f"{name}: {why or 'nothing that a component does'}" for name, why in self.properties)


def model_of(
    closed: Closed, properties: Sequence[Safety], only: frozenset[str] = frozenset(), *, distinct: bool = False
) -> Model:
    """Make the model of a product, with the alarms of safety properties, or of those ids `only`.

    `distinct` leaves out what leads back to the same state, and all but one of the moves that lead to the same one.
    Raises NotSeparableError.
    """
    words: dict[str, int] = {}
    broken = [_broken(closed, part, properties, only) for part in closed.parts]
    asked = {
        full_id(each.id, part): ""
        for each in properties
        if each.unseen is None
        for part in each.expected(closed.system)
    }
    asked = {name: "" for name in asked if _wanted(name, only)}
    ids = dict(sorted((asked | {name: told for found, _ in broken for name, told in found.items()}).items()))
    names = ("no_tag", "a_tag") if len(closed.parts) == 2 else ("no_tag", "first_tag", "other_tag")
    kinds = []
    for name, part, (_, alarms) in zip(names, closed.parts, broken, strict=True):
        joint = tuple(_joint(closed, part, label) for label in closed.labels)
        found = tuple(alarms.get(each, {}) for each in ids)
        numbers = range(len(part.locals))
        kinds.append(
            Kind(
                name,
                tuple(_local(part, number) for number in numbers),
                tuple(map(part.busy, numbers)),
                tuple(map(part.handler, numbers)),
                _moves(closed, part, words, distinct),
                joint,
                found,
            )
        )
    product = closed.product
    return Model(
        closed.system.scenario,
        tuple(_context(closed, number) for number in range(product.contexts)),
        tuple(kinds),
        product.homes,
        tuple(
            Broadcast(
                " ".join(str(part) for part in (label.name, label.detail) if part), LEVELS[int(guard)], tuple(leads)
            )
            for label, guard, leads in zip(closed.labels, product.guards, product.leads.tolist(), strict=True)
        ),
        tuple(ids.items()),
        tuple(words),
    )


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    return (f"{number:6}  {line}" for number, line in enumerate(lines))


def identifier(name: str) -> str:
    """Make an identifier of a name."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in name)


def _slot(part: Component, context: int, local: int) -> int:
    return context * len(part.locals) + local


def _level(guard: int) -> int:
    if guard not in LEVELS:
        raise NotSeparableError("something may be called by a handler although there is no room for it")
    return LEVELS[guard]


def taken(closed: Closed, part: Component, label: Label | None = None) -> list[list[Transition]]:
    """Give by slot the moves of a component, or what it does in a broadcast, in the order in which all is written."""
    found: list[list[Transition]] = [[] for _ in range(closed.product.contexts * len(part.locals))]
    for move in part.steps if label is None else [each.move for each in part.parts if each.label == label]:
        if move.target is not None:
            found[_slot(part, move.context, move.source)].append(move)
    for moves in found:
        moves.sort(key=lambda move: (_level(move.guard) if label is None else 0, move.target))
    return found


def _moves(closed: Closed, part: Component, words: dict[str, int], distinct: bool) -> tuple[tuple[Option, ...], ...]:
    def option(move: Transition) -> Option:
        says = words.setdefault(_own(part, say_action(closed.system, move.successor.step.action)), len(words))
        assert move.target is not None
        return Option(move.target, _level(move.guard), says)

    found = [list(map(option, moves)) for moves in taken(closed, part)]
    for slot, moves in enumerate(found):
        if distinct:
            first = {move.target: move for move in reversed(moves) if move.target != slot % len(part.locals)}
            moves[:] = sorted(first.values(), key=lambda move: (move.level, move.target))
    return tuple(map(tuple, found))


def _joint(closed: Closed, part: Component, label: Label) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(move.target for move in moves if move.target is not None) for moves in taken(closed, part, label)
    )


def _broken(
    closed: Closed, part: Component, properties: Sequence[Safety], only: frozenset[str]
) -> tuple[dict[str, str], dict[str, dict[int, int]]]:
    """Give what breaks which property, in words, and in which slots from which level on."""
    judgement, messages = Judgement(part.tables, properties), dict[str, str]()
    found: dict[str, dict[int, int]] = {}
    for move in chain(part.steps, (p.move for p in part.parts), (d.move for d in part.departures)):
        for name, message in judgement.broken(move.successor, move.before, move.after):
            if _wanted(name, only):
                messages.setdefault(name, message)
                slots, slot = found.setdefault(name, {}), _slot(part, move.context, move.source)
                slots[slot] = min(_level(move.guard), slots.get(slot, 2))
    return messages, found


def _wanted(name: str, only: frozenset[str]) -> bool:
    return not only or name in only or name.split("/")[0] in only


def _context(closed: Closed, number: int) -> str:
    known = closed.contexts.known[number]
    machines = zip(closed.system.machines, known.machines, strict=True)
    told = ", ".join(f"{name} {state}" for name, state in machines)
    return told + (f"; due: {', '.join(known.due)}" if known.due else "")


def _local(part: Component, number: int) -> str:
    """Tell a local state: its object, and where its invocations stand."""
    known, machines = part.locals[number], part.contexts.known[0].machines
    state = State(Shared(machines, known.heap), known.processes, (), known.memory)
    told = [] if part.tag is None else [object_states(part.system, state)[part.tag]]
    told.append(f"at {'; '.join(invocations(part.system, state))}" if known.processes else "nothing runs")
    notes = [str(note) for n in known.processes if (note := part.system.process(n).note) is not None]
    if known.memory or notes:
        told.append(f"remembered: {'; '.join(map(str, (*known.memory, *notes)))}")
    return _own(part, ", ".join(told))


def _own(part: Component, text: str) -> str:
    """Name the tag of a component as its own, since components of one kind share what is said of them."""
    return text if part.tag is None else re.sub(rf"\b{part.tag}\b", "its tag", text)
