"""Evaluates expressions: what one run of a process reads, and the choices that it makes on the way."""

from typing import Protocol

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError, ObjectType
from bgsync.language.readback import say_value
from bgsync.system.state import Client, Event, Object, Observation, Ref, Shared, Undecided, Value


class NeedsChoice(Exception):  # a signal, not an error
    """Raised inside a run at a choice that its script does not decide."""

    def __init__(self, options: tuple[Value, ...]) -> None:
        self.options = options


class World(Protocol):
    """What an evaluation has to know of the scenario; `Interpreter` is one."""

    machines: tuple[str, ...]
    adversities: frozenset[str]
    initial: dict[str, str]
    type: ObjectType
    members: dict[str, int]


class Evaluation:
    """The variables, the heap and the choices of one run."""

    def __init__(self, machine: World, shared: Shared, script: tuple[Value, ...]) -> None:
        self.machine = machine
        self.context, self.heap = shared.context, list(shared.heap)
        self.variables: dict[str, Value] = {}
        self.script, self.asked = script, 0
        self.choices: list[tuple[str, Value]] = []
        self.seen: list[Observation] = []
        self.delayed = False

    def see(self, kind: str, slot: int | None = None, before: Value = None, after: Value = None) -> None:
        """Note that something happened."""
        self.seen.append(Observation(kind, slot, before, after, self.delayed))

    def _choose(self, name: str, options: tuple[Value, ...]) -> Value:
        if self.asked == len(self.script):
            raise NeedsChoice(options)
        chosen = self.script[self.asked]
        self.asked += 1
        self.choices.append((name, chosen))
        return chosen

    def items(self, statement: s.ForEach) -> tuple[Value, ...]:
        """Give the items of a For each, in order."""
        collection = self.value(statement.collection)
        assert isinstance(collection, tuple)
        return collection

    def object(self, reference: Ref) -> Object:
        """Give the object that a reference refers to."""
        known = self.heap[reference.slot]
        assert known is not None
        return known

    def _new(self) -> Ref:
        fields = tuple(member.initial for member in self.machine.type.members)
        free = [slot for slot, known in enumerate(self.heap) if known is None]
        slot = free[0] if free else len(self.heap)
        self.heap[slot : slot + 1] = [Object(fields, False)]
        self.see("new", slot)
        return Ref(slot)

    def _decide(self, name: str, adversity: str | None, should: str | None) -> bool:
        if adversity is not None and adversity not in self.machine.adversities:
            return False
        chosen = self._choose(name, (False, True))
        self.see("declined" if should and not chosen else "chose", None, name, chosen)
        return bool(chosen)

    def _note_read(self, machine: str, state: str) -> None:
        """Remember, while the promise is pending, that a part of the environment was not as it is at first."""
        if state != self.machine.initial[machine] and self.variables.get("@promise") == "pending":
            have = self.variables.get("@purview", ())
            assert isinstance(have, tuple)
            self.variables["@purview"] = tuple(sorted({*have, f"{machine} {state}"}, key=str))

    def value(self, expression: e.Expr, lazy: bool = False) -> Value:
        """Evaluate an expression; `lazy` leaves a choice undecided."""
        match expression:
            case None | bool() | str() | int():
                return expression
            case e.Var(name=name):
                return self.variables.get(name)
            case e.Associated(name=name):
                return name
            case e.Is(left=left, right=right):
                return self.value(left) == self.value(right)
            case e.Not(operand=operand):
                return not self.value(operand)
            case e.And(left=left, right=right):
                return bool(self.value(left)) and bool(self.value(right))
            case e.Or(left=left, right=right):
                return bool(self.value(left)) or bool(self.value(right))
            case e.Environment(machine=machine, states=states):
                state = self.context[self.machine.machines.index(machine)]
                if machine != "network":
                    self._note_read(machine, state)
                return state in states
            case e.WindowClients():
                chosen = self._choose("window clients", ("open", "none"))
                self._note_read("window clients", str(chosen))
                return (Client("top-level"),) if chosen == "open" else ()
            case e.Choice(name=name, adversity=adversity, should=should):
                return Undecided(name, adversity, should) if lazy else self._decide(name, adversity, should)
            case e.Apply(name="waiting for all", arguments=(promises,)):
                return self.value(promises)
            case e.New(type=kind):
                return () if kind == "sequence" else self._new()
            case e.ListOf():
                return tuple(Ref(slot) for slot, known in enumerate(self.heap) if known and known.listed)
            case e.Contains(item=item):
                reference = self.value(item)
                return isinstance(reference, Ref) and self.object(reference).listed
            case e.Find(field=field, value=wanted):
                return self._find(self.machine.members[field], self.value(wanted))
            case e.Field(owner=owner, name=name):
                return self._field(owner, name)
            case _:
                raise LanguageError(f"{say_value(expression)}: this cannot be evaluated yet")

    def _find(self, place: int, wanted: Value) -> Ref | None:
        for slot, known in enumerate(self.heap):
            if known and known.listed and known.fields[place] == wanted:
                return Ref(slot)
        return None

    def _field(self, owner: e.Expr, name: str) -> Value:
        holder = self.value(owner)
        if isinstance(holder, Client):
            return holder.frame_type if name == "frame type" else None
        if isinstance(holder, Ref):
            return self.object(holder).fields[self.machine.members[name]]
        if isinstance(holder, Event):
            found = dict(holder.members).get(name, name)
            if isinstance(found, Undecided):
                found = self._decide(*found)
                decided = tuple((n, found if n == name else x) for n, x in holder.members)
                if isinstance(owner, e.Var):
                    self.variables[owner.name] = Event(decided)
            if name == "lastChance" and found is True:
                self.variables["@last chance"] = True
            return found
        raise LanguageError(f"{say_value(owner)}: {name!r} is read of what has no such member: {holder!r}")
