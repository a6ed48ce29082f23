"""How an event settles, what its handler was told with it, and what the steps that react to it come to.

Several lists of steps may react to one outcome: all of them start as the event settles. They may also stand in several
places; then each place awaits the event by itself, and all of them are told the outcome that the first one met. What
they do is one reaction: the last of them that has nothing more to change shows what came of the event.
"""

from typing import cast

from bgsync.system.effects import Effects
from bgsync.system.instructions import END, EVENT, OUTCOME, Instruction
from bgsync.system.observation import Reacted, Settled
from bgsync.system.state import Cell, Event, Ref, Undecided, Value

HANDED_ON = ("@about", "@settled", "@reacting")
"""What is hidden in everything that is part of a reaction."""

Told = tuple[str, ...] | None
"""The members of an event that are true; None where that is not decided."""

Noted = tuple[str | None, int, Told, tuple[Value, ...]]
"""Of an event that several reactions await: how it settled, how many are not over, and what they know and did."""


class Reactions(Effects):
    """The meaning of what happens when an event settles."""

    def _settle(self, instruction: Instruction, settle: str | None) -> tuple[list[int], dict[str, Value], bool]:
        """React to an event; give the entries of further steps that start at once, with what is hidden in them.

        And whether this is the first reaction to it.
        """
        about, place = self.variables.get(EVENT), self.variables.get(OUTCOME)
        known, left, told, did = self._reactions_at(place) if isinstance(place, Cell) else (None, 1, None, ())
        if isinstance(about, Ref):
            if known is None:
                found = self.object(about)
                again = any(found.fields[place] is True for place in self.machine.flags)
                self.seen.append(Settled(about.slot, settle, found.listed, again))
            if instruction.branches or isinstance(place, Cell):
                self.variables |= {"@about": about, "@settled": settle}
        told = self._told(instruction, settle, told)
        others = self._turn_to(instruction, settle)
        if others and not isinstance(place, Cell):
            place = Cell(self.share(None, 1))
        if isinstance(place, Cell):
            self._note_reactions(place, (known or settle, left + len(others), told, did))
            self.variables["@reacting"] = place
        elif told:
            self.variables["@told"] = told
        hidden = {n: x for n, x in self.variables.items() if n in HANDED_ON}
        return others, hidden, known is None

    def _turn_to(self, instruction: Instruction, outcome: Value) -> list[int]:
        """Go on with the steps that react to an outcome; give the entries of others that do, which start at once."""
        self.pc, *others = [entry for how, entry, _ in instruction.branches if how == outcome] or [END]
        return others

    def _told(self, instruction: Instruction, settle: str | None, told: Told) -> Told:
        """Give the members of an event that are true; what its handler was told is decided when it fails at the latest.

        `told` is what another reaction to the event has decided.
        """
        event = self.read(instruction.event) if instruction.event in self.variables else None
        if not isinstance(event, Event) or (told is None and settle != "rejected"):
            return told
        members = list[tuple[str, Value]]()
        for name, member in event.members:
            known = member
            if isinstance(member, Undecided):
                decide = told is None
                known = self._decide(member.name, member.adversity, member.should) if decide else name in (told or ())
            members.append((name, known))
        self.write(instruction.event, Event(tuple(members)))
        return tuple(name for name, member in members if member is True)

    def _react(self) -> None:
        """A reaction to an event has done what it does; the last one shows what came of the event."""
        reaction = self.outermost
        about, place = reaction.pop("@about", None), reaction.pop("@reacting", None)
        did, told = cast(tuple[Value, ...], reaction.pop("@did", ())), cast(Told, reaction.pop("@told", ()))
        if not isinstance(about, Ref):
            return
        if isinstance(place, Cell):
            outcome, left, told, before = self._reactions_at(place)
            did = (*before, *did[1:]) if before else did
            self._note_reactions(place, (outcome, left - 1, told, did))
            if left > 1:
                return
        found, *became = did or (self.object(about).fields,)
        self.seen.append(Reacted(about.slot, found, reaction.get("@settled"), told or (), tuple(became)))

    def _reactions_at(self, place: Cell) -> Noted:
        """Give what is noted of an event that several reactions await."""
        content = self.cells[place.slot]
        assert content is not None
        return cast(Noted, content.value)

    def _note_reactions(self, place: Cell, reactions: Noted) -> None:
        content = self.cells[place.slot]
        assert content is not None
        self.cells[place.slot] = content._replace(value=reactions)
