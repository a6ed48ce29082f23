"""What the objects of a spec are meant to go through: a table, and which change of it a step makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bgsync.judge.property import View, canonical, declared, state_in
from bgsync.judge.refusals import refusals
from bgsync.system.observation import Observation, Removed, StateSet
from bgsync.system.system import System

if TYPE_CHECKING:
    from transitions import Machine

Change = tuple[str, str]
"""The state that is left and the one that is entered, as `canonical` writes them."""


@dataclass(frozen=True)
class Lifecycle:
    """A table of the states of an object. The text does not name the final states of what was removed.

    Where nothing is known of what removing means, they are one.
    """

    name: str = "object"
    states: tuple[str, ...] = ()
    initial: str = ""
    rows: tuple[tuple[str, str, str, str], ...] = ()
    """Trigger, source, destination, and the step of the text that each comes from."""
    succeeded: str = "removed"
    """What was removed after its event was fulfilled."""
    failed: str = "removed"
    """What was removed otherwise, but for what was withdrawn."""
    colours: Mapping[str, str] = field(default_factory=dict)
    """The states that have a colour of their own in pictures, and which of `bgsync.draw.colours` each has."""
    withdrawn: str = "withdrawn"
    """What a method removed that promises no event, or any step where every call would be refused.

    It is neither a success nor a failure, and possible at any time.
    """

    @property
    def final(self) -> tuple[str, str]:
        """The final states, which may be one."""
        return self.succeeded, self.failed

    def machine(self, model: object | None = None) -> Machine:
        """Make its `transitions` machine; `model` is the object that gets the state, by default the machine itself."""
        from bgsync.machines.building import built

        rows = [row[:3] for row in self.rows]
        return built(self.name, self.states, self.initial, rows, final=self.final, model=model)

    @property
    def away(self) -> str:
        """Name the state of what is not in the list any more, and changes still."""
        return " or ".join(dict.fromkeys(self.final))

    @cached_property
    def pairs(self) -> dict[Change, tuple[str, str]]:
        """The changes that have a row, with source and destination as the table writes them."""
        return {(canonical(source), canonical(dest)): (source, dest) for _, source, dest, _ in self.rows}

    def fits(self, states: tuple[str, ...]) -> bool:
        """Whether a text that declares these states speaks of this table, and of nothing else."""
        return self.covers(states) and not self.others(states)

    def covers(self, states: tuple[str, ...]) -> bool:
        """Whether a text that declares these states speaks of all of this table, and so is held against its rows."""
        final = {canonical(state) for state in self.final}
        return bool(self.states) and {*map(canonical, self.states)} - final <= {*map(canonical, states)}

    def others(self, states: tuple[str, ...]) -> list[str]:
        """Give those of the states that a text declares of which the table says nothing."""
        known = {canonical(state) for state in (*self.states, *self.final)}
        return [state for state in states if canonical(state) not in known]

    def allows(self, change: Change, states: tuple[str, ...]) -> bool:
        """Whether it has a row for a change, or says nothing of one of the two, which the text declares."""
        if change in self.pairs or change[1] == self.withdrawn:
            return True
        return not {*map(canonical, self.others(states))}.isdisjoint(change)

    def change(self, view: View, seen: Observation, pc: int) -> Change | None:
        """Give the change that an observation makes at an instruction, None for what is not one."""
        succeeded, failed = map(canonical, self.final)
        if isinstance(seen, Removed):
            before = state_in(view.system, seen.fields)
            after = succeeded if seen.outcome == "fulfilled" else failed
            called_off = view.barred() and (before, after) not in self.pairs
            if called_off or (seen.outcome is None and withdraws(view.system, pc)):
                after = self.withdrawn
            return None if before in (succeeded, failed) else (before, after)
        if not isinstance(seen, StateSet):
            return None
        listed = view.listed(seen)
        if listed is None or (not listed and canonical(seen.after) in (succeeded, failed)):
            return None
        return (canonical(seen.before) if listed else self.away, canonical(seen.after))

    def named(self, system: System, state: str) -> str:
        """Write a state as the text does, or else as the table does."""
        return next((name for name in (*declared(system), *self.states) if canonical(name) == state), state)


def withdraws(system: System, pc: int) -> bool:
    """Whether a step is one of methods that promise no event, and of none that promises one."""
    return system.program.code[pc].origin.algorithm in _withdrawing(system)


@lru_cache(maxsize=8)
def _withdrawing(system: System) -> frozenset[str]:
    """Give the algorithms that are run by methods which promise no event, and by none that promises one."""
    spec, promises = system.scenario.spec, system.world.promises
    if promises not in spec.methods:
        return frozenset()
    names = {instruction.origin.algorithm for instruction in system.program.code}
    running = {name: refusals(system.program).callers(name) & {*spec.methods} for name in names}
    return frozenset(name for name, methods in running.items() if methods and promises not in methods)
