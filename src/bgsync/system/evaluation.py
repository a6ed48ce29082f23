"""Evaluates expressions: what one run of a process reads, and the choices that it makes on the way.

A value that is not followed is unknown: whatever depends on it is a free choice, made anew at each read.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.algorithm import LanguageError, Member, ObjectType, Spec
from bgsync.language.readback import say_value
from bgsync.system.growth import Growth
from bgsync.system.observation import Chose, Created, Declined, MemberOfNull, Observation, Supposed
from bgsync.system.state import (
    ANOTHER,
    AWAITED,
    LIST,
    UNKNOWN,
    Cell,
    Content,
    Event,
    List,
    Object,
    Promise,
    Record,
    Ref,
    Shared,
    Undecided,
    Unknown,
    Value,
)
from bgsync.system.unknown import calculated, ordered, same
from bgsync.system.world import World

COLLECTIONS = frozenset({"sequence", "list", "map", "set", "ordered set", "ordered map"})
"""The types of which a new one is empty."""


NOT_FOLLOWED = "what is not followed"
"""What a promise may have been settled for, where a condition is unknown."""

READ_ELSEWHERE = "what another invocation has read"
"""What a promise may have been settled for that was handed to one."""

PROMISE_LEVEL = -1
"""The level of the place of a promise, which is no variable."""


class Blocked(Exception):  # a signal, not an error
    """Raised inside a run that does not go on: a wait, or a choice with which nothing new comes."""


class NullError(Exception):  # a signal, not an error
    """Raised inside a run where a text reads or sets a member of null."""


class Machine(Protocol):
    """What an evaluation has to know of the scenario; `Interpreter` is one."""

    world: World
    machines: tuple[str, ...]
    adversities: frozenset[str]
    initial: Mapping[str, str]
    spec: Spec
    type: ObjectType
    members: Mapping[str, int]
    growth: Growth
    untold: frozenset[str]
    """The parts of the environment of which the text says elsewhere what counts, and which no step tells apart."""
    alike: Mapping[str, frozenset[str]]
    """By part of the environment that may be gone through, the states that count as its first one does."""
    flags: tuple[int, ...]
    """The members that the method which promises an event raises, to say of an object that it is asked for again."""


def _first(member: Member) -> Value:
    """Give the value that a member has at first, unknown where the text neither says it nor fixes it."""
    followed = member.fixed or member.values is not None or member.initial is not None
    return member.initial if followed else UNKNOWN


class Evaluation:
    """The variables, the heap and the choices of one run."""

    def __init__(self, machine: Machine, shared: Shared, script: tuple[Value, ...]) -> None:
        self.machine = machine
        self.context, self.heap, self.cells = shared.context, list(shared.heap), list(shared.cells)
        self.variables: dict[str, Value] = {}
        self.own_promise: str | None = None
        """What the algorithm calls the promise that it returns."""
        self.script, self.asked = script, 0
        self.choices: list[tuple[str, Value]] = []
        self.seen: list[Observation] = []
        """What happened."""
        self.delayed = False

    def choose(self, name: str, options: tuple[Value, ...]) -> Value:
        """Take one of several options, as the script of this run says."""
        if self.asked == len(self.script):
            self.script = (*self.script, self.undecided(options))
        chosen = self.script[self.asked]
        self.asked += 1
        self.choices.append((name, chosen))
        return chosen

    def undecided(self, options: tuple[Value, ...]) -> Value:
        """Take one of several options of which the script says nothing."""
        raise Blocked

    def free(self, name: str, condition: e.Expr = None) -> bool:
        """Choose whether what nobody follows is so; without a condition it may be the same for ever."""
        chosen = bool(self.choose(name, (False, True)))
        known = (self.read(name) for name in sorted(e.variables(condition)))
        slot = next((value.slot for value in known if isinstance(value, Ref)), None)
        grows, comes = self.machine.growth.comes_to(condition) or ("", None)
        varies = condition is not None and comes is None
        times = self.machine.growth.times(condition)
        self.seen.append(Supposed(slot, name, chosen, varies, comes, grows, times))
        self._note(NOT_FOLLOWED)
        return chosen

    # --- variables and promises

    def read(self, name: str) -> Value:
        """Read a variable."""
        known = self.variables.get(name)
        if isinstance(known, Cell):
            content = self.cells[known.slot]
            return None if content is None else content.value
        if known is None and name == self.own_promise and "@promise" in self.variables:
            return self.promise()
        return UNKNOWN if self.machine.spec.read and name not in self.variables else known

    def write(self, name: str, value: Value) -> None:
        """Change a variable, for all who share it."""
        known = self.variables.get(name)
        if isinstance(known, Cell):
            content = self.cells[known.slot]
            self.cells[known.slot] = Content(value, 0 if content is None else content.level)
        else:
            self.variables[name] = value

    def share(self, value: Value, level: int) -> int:
        """Put a value where several invocations can reach it, and give its slot."""
        free = [slot for slot, known in enumerate(self.cells) if known is None]
        slot = free[0] if free else len(self.cells)
        self.cells[slot : slot + 1] = [Content(value, level)]
        return slot

    def promise(self) -> Promise:
        """Give a reference to the promise of the method, for whoever else settles it."""
        known = self.variables.get("@promise")
        if not isinstance(known, Promise):
            known = self.variables["@promise"] = Promise(self.share(known, PROMISE_LEVEL))
        return known

    def promise_state(self, known: Value) -> Value:
        """Say whether a promise is pending."""
        if isinstance(known, Promise):
            content = self.cells[known.slot]
            return None if content is None else content.value
        return known

    # --- objects

    def recognise(self, names: Iterable[str]) -> None:
        """Choose which object of the list each of these variables holds, if any, where nothing has told so far."""
        for name in names:
            if self.read(name) == UNKNOWN:
                listed = self.listed()
                self.write(name, self.choose(f"what {name} is", (ANOTHER, *listed)) if listed else ANOTHER)

    def listed(self) -> tuple[Ref, ...]:
        """Give the objects that are in the list, in order."""
        return tuple(Ref(slot) for slot, known in enumerate(self.heap) if known and known.listed)

    def items(self, statement: s.ForEach) -> tuple[Value, ...]:
        """Give the items of a For each, in order; of what is not followed, none or one."""
        collection = self.value(statement.collection)
        if isinstance(collection, List):
            return self.listed()
        if type(collection) is tuple:
            return collection
        several = self.free(f"there is something in {say_value(statement.collection)}", statement.collection)
        return (UNKNOWN,) if several else ()

    def object(self, reference: Ref) -> Object:
        """Give the object that a reference refers to."""
        known = self.heap[reference.slot]
        assert known is not None
        return known

    def _new(self, members: tuple[tuple[str, e.Expr], ...]) -> Ref:
        given = {name: self.value(member) for name, member in members}
        fields = tuple(given.get(member.name, _first(member)) for member in self.machine.type.members)
        free = [slot for slot, known in enumerate(self.heap) if known is None]
        slot = free[0] if free else len(self.heap)
        self.heap[slot : slot + 1] = [Object(fields, False)]
        self.seen.append(Created(slot))
        return Ref(slot)

    def _decide(self, name: str, adversity: str | None, should: str | None) -> bool:
        if adversity is not None and adversity not in self.machine.adversities:
            return False
        chosen = self.choose(name, (False, True))
        self.seen.append(Declined(name) if should and not chosen else Chose(name, bool(chosen)))
        return bool(chosen)

    def _note_read(self, machine: str, state: str) -> None:
        """Remember, while the promise is pending, that a part of the environment was not as it is at first."""
        if state != self.machine.initial[machine]:
            self._note(f"{machine} {state}")

    def _note(self, what: str) -> None:
        call = self.call()
        if self.promise_state(call.get("@promise")) == "pending":
            have = call.get("@observing", ())
            assert isinstance(have, tuple)
            call["@observing"] = tuple(sorted({*have, what}, key=str))

    def _forget(self, machine: str) -> None:
        """Forget how a part of the environment was when it was read before: the last time counts."""
        have = self.call().pop("@observing", ())
        assert isinstance(have, tuple)
        if left := tuple(each for each in have if not str(each).startswith(f"{machine} ")):
            self.call()["@observing"] = left

    def call(self) -> dict[str, Value]:
        """Give the variables of the call whose promise is to be settled here, its own or that of a caller."""
        return self.variables

    # --- expressions

    def holds(self, condition: e.Expr) -> bool:
        """Evaluate a condition; where it is unknown, both are tried."""
        value = self.value(condition)
        return self.free(say_value(condition), condition) if isinstance(value, Unknown) else bool(value)

    def value(self, expression: e.Expr, lazy: bool = False) -> Value:
        """Evaluate an expression; `lazy` leaves a choice undecided."""
        match expression:
            case None | bool() | str() | int():
                return expression
            case e.Var(name=name):
                return self.read(name)
            case e.Associated(name=name):
                return UNKNOWN if name == self.machine.type.name else name
            case e.Is(left=e.Associated(), right=None | bool() | str() | int()):
                return self._decided(expression, None)
            case e.Is(left=left, right=right):
                return self._decided(expression, self._equal(self.value(left), self.value(right)))
            case e.Compare(operator=operator, left=left, right=right):
                return self._decided(expression, ordered(operator, self.value(left), self.value(right)))
            case e.Arithmetic(operator=operator, left=left, right=right):
                return calculated(operator, self.value(left), self.value(right))
            case e.Not(operand=operand):
                return not self.holds(operand)
            case e.And(left=left, right=right):
                return self.holds(left) and self.holds(right)
            case e.Or(left=left, right=right):
                return self.holds(left) or self.holds(right)
            case e.Conditional(condition=condition, then=then, otherwise=otherwise):
                return self.value(then if self.holds(condition) else otherwise, lazy)
            case e.Environment(machine=machine, states=states):
                return self._environment(machine, states)
            case e.Population(machine=machine):
                return self._population(machine)
            case e.Choice(name=name, adversity=adversity, should=should):
                return Undecided(name, adversity, should) if lazy else self._decide(name, adversity, should)
            case e.Apply(name="waiting for all", arguments=(promises,)):
                return self.value(promises)
            case e.Apply(name="a copy", arguments=(copied,)):
                known = self.value(copied)
                return self.listed() if isinstance(known, List) else known
            case e.New(type=kind, members=members):
                return self._made(kind, members)
            case e.Sequence(items=items):
                return tuple(self.value(item) for item in items)
            case e.ListOf(name=name):
                return LIST if name == self.machine.type.list_name else UNKNOWN
            case e.Contains(collection=collection, item=item):
                return self._decided(expression, self._contains(self.value(collection), self.value(item)))
            case e.Find(collection=collection, field=field, value=wanted):
                return self._find(expression, self.value(collection), field, self.value(wanted))
            case e.Item(key=int()):
                return UNKNOWN  # which one stands at a place is not followed
            case e.Item(collection=collection, key=key):
                return self._find(expression, self.value(collection), self.machine.type.unique or "", self.value(key))
            case e.Field(owner=owner, name=name):
                return self._field(owner, name)
            case _:
                return UNKNOWN

    def _decided(self, expression: e.Expr, known: bool | None) -> bool:
        return self.free(say_value(expression), expression) if known is None else known

    def _environment(self, machine: str, states: tuple[str, ...]) -> Value:
        if machine not in self.machine.machines:
            return UNKNOWN
        state = self.context[self.machine.machines.index(machine)]
        known = self.machine.world.machine(machine)
        if known is not None and not known.recurs:
            self._forget(machine)
            self._note_read(machine, state)
        return state in states

    def _population(self, name: str) -> Value:
        """Give what there is of a part of the environment that may be read freely."""
        machine = self.machine.world.machine(name)
        if machine is None:
            return UNKNOWN
        chosen = str(self.choose(name, machine.states))
        there = machine.members.get(chosen, ())
        apart = not there or (name in self.machine.untold and chosen not in self.machine.alike[name])
        self._note(f"{name} {chosen if apart else machine.initial}")  # what is there is told apart by its members only
        return there

    def _note_kind(self, holder: Record, name: str) -> None:
        """Remember what there is of a part of the environment, where it is told apart from what there is at first."""
        for machine in self.machine.world.machines:
            alike = self.machine.alike[machine.name]
            for state, there in machine.members.items():
                if holder in there and state not in alike and name in dict(holder.attributes):
                    self._note_read(machine.name, state)

    def _made(self, kind: str, members: tuple[tuple[str, e.Expr], ...]) -> Value:
        if kind in COLLECTIONS:
            return ()
        if kind == self.machine.type.name:
            return self._new(members)
        if kind.lower().endswith("event"):
            return Event(tuple((name, self.value(member, lazy=True)) for name, member in members))
        return UNKNOWN

    def _equal(self, left: Value, right: Value) -> bool | None:
        """Whether two values are equal; of the list only that it is itself is known, and whether it is empty."""
        lists = [isinstance(value, List) for value in (left, right)]
        if not any(lists):
            return same(left, right)
        if all(lists):
            return True
        empty = () in (left, right)
        return not any(known and known.listed for known in self.heap) if empty else None

    def _contains(self, collection: Value, item: Value) -> bool | None:
        if isinstance(collection, List):
            if item == UNKNOWN:
                return None
            return isinstance(item, Ref) and self.object(item).listed
        if type(collection) is tuple:
            found = [same(item, other) for other in collection]
            return True if True in found else None if None in found else False
        return None

    def _find(self, sought: e.Expr, collection: Value, field: str, wanted: Value) -> Value:
        """Find what is in the list; what is not followed may be there or not."""
        place = self.machine.members.get(field)
        if not isinstance(collection, List) or place is None:
            return UNKNOWN
        for slot, known in enumerate(self.heap):
            if known and known.listed:
                fits = same(known.fields[place], wanted)
                if fits or (fits is None and self.free(f"there is one whose {field} is that", sought)):
                    return Ref(slot)
        return None

    def _field(self, owner: e.Expr, name: str) -> Value:
        holder = self.value(owner)
        if isinstance(holder, Record):
            self._note_kind(holder, name)
            return dict(holder.attributes).get(name, UNKNOWN)
        if isinstance(holder, Ref):
            place = self.machine.members.get(name)
            return UNKNOWN if place is None else self.object(holder).fields[place]
        if isinstance(holder, Event):
            members = dict(holder.members)
            found = members.get(name, AWAITED if "promise" in name else UNKNOWN)
            if isinstance(found, Undecided):
                found = self._decide(found.name, found.adversity, found.should)
                decided = tuple((n, found if n == name else x) for n, x in holder.members)
                if isinstance(owner, e.Var):
                    self.write(owner.name, Event(decided))
            return found
        if isinstance(holder, str) and name == self.machine.type.unique:
            return holder  # the options of a call are known by their key
        self.of_null(owner, holder, name)
        if self.machine.spec.read or isinstance(holder, Unknown):
            return holder if isinstance(holder, str) and name == self.machine.type.unique else UNKNOWN
        raise LanguageError(f"{say_value(owner)}: {name!r} is read of what has no such member: {holder!r}")

    def of_null(self, owner: e.Expr, holder: Value, name: str) -> None:
        """Raise NullError where what a text takes a member of is null; a model in Python is refused instead."""
        if holder is None and self.machine.spec.read:
            self.seen.append(MemberOfNull(say_value(owner), name))
            raise NullError
