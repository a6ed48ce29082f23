"""What every statement does: a method for each instruction that changes variables, objects, lists or promises.

What concerns nothing that is followed does nothing: a member that the type does not have, a list of another name, the
promise of nobody. Where the structure of a text is wrong, the judge says so elsewhere.
"""

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import LanguageError
from bgsync.language.readback import say_value
from bgsync.system.evaluation import READ_ELSEWHERE, Blocked, Evaluation
from bgsync.system.growth import variable
from bgsync.system.instructions import Instruction
from bgsync.system.observation import (
    Asserted,
    Chose,
    CountBegins,
    Counted,
    Duplicated,
    Listed,
    NotListed,
    PerhapsSet,
    Rejected,
    Removed,
    Resolved,
    SettledTwice,
    StateSet,
    Supposed,
    Timed,
)
from bgsync.system.state import UNKNOWN, Event, List, Object, Promise, Ref, Unknown, Value
from bgsync.system.unknown import MANY, calculated, is_number, same

LONGEST = 6
"""How many items of a sequence are followed."""


class Effects(Evaluation):
    """The meaning of the statements that change something."""

    note: Value
    failed: bool
    pc: int
    frames: list[tuple[int, dict[str, Value]]]

    # --- reactions

    @property
    def outermost(self) -> dict[str, Value]:
        """The variables of what began this invocation: those of a reaction are hidden among them."""
        return self.frames[0][1] if self.frames else self.variables

    def _changes(self, slot: int, *states: Value) -> None:
        """Remember how a reaction found the object of its event before it changed it, and the states that it set."""
        reaction = self.outermost
        if reaction.get("@about") == Ref(slot):
            did = reaction.get("@did") or (self.object(Ref(slot)).fields,)
            assert isinstance(did, tuple)
            reaction["@did"] = (*did, *(state for state in states if state not in did))

    # --- variables and members

    def _do_let(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Let)
        name = instruction.statement.name
        self.variables[name] = self.value(instruction.statement.value)
        if (counter := variable(name)) in self.machine.growth.counters:
            self.seen.append(CountBegins(counter))

    def _do_set(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Set)
        match statement.target:
            case e.Var(name=name):
                self.write(name, self.value(statement.value))
            case e.Item(collection=collection):
                self._set_item(collection, self.value(statement.value))
                self._timed(None, collection, statement.value)
            case e.Field(owner=owner, name=name):
                holder = self.value(owner)
                value = self.value(statement.value, lazy=isinstance(holder, Event))
                if isinstance(holder, Event) and isinstance(owner, e.Var):
                    members = {**dict(holder.members), name: value}
                    self.write(owner.name, Event(tuple(members.items())))
                else:
                    self.of_null(owner, holder, name)
                    self._set_member(instruction, holder, name, value)
                    self._timed(holder, statement.target, statement.value)

    def _timed(self, holder: Value, place: e.Expr, value: e.Expr) -> None:
        """Tell where the time that it is was put."""
        if isinstance(place, e.Field | e.ListOf) and self.machine.growth.is_time(value):
            self.seen.append(Timed(holder.slot if isinstance(holder, Ref) else None, place.name))

    def _set_item(self, collection: e.Expr, value: Value) -> None:
        held = self.value(collection)
        if isinstance(held, List) and isinstance(value, Ref):
            self._list(value)
        elif type(held) is tuple and isinstance(collection, e.Var):
            self.write(collection.name, UNKNOWN)

    def _set_member(self, instruction: Instruction, holder: Value, name: str, value: Value) -> None:
        place = self.machine.members.get(name)
        if not isinstance(holder, Ref) or place is None:
            if not self.machine.spec.read and not isinstance(holder, Unknown | Event):
                kind = self.machine.type.name
                raise LanguageError(f"{instruction.origin}: {name!r} is set on what is no {kind}")
            if isinstance(holder, Unknown) and place is not None and isinstance(value, str):
                self.seen.append(PerhapsSet(value))
            return
        member = self.machine.type.members[place]
        if isinstance(value, Unknown) and member.values:
            value = self.choose(f"the {name} is set to", member.values)
        known = self.object(holder)
        before = known.fields[place]
        if before != value:
            self._changes(holder.slot, *(() if member.values is None else (value,)))
        self.heap[holder.slot] = known._replace(fields=(*known.fields[:place], value, *known.fields[place + 1 :]))
        if member.values is not None and before != value:
            self.seen.append(StateSet(holder.slot, before, value, self.delayed))

    def _do_increment(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Increment)
        by = self.value(statement.by)
        before = self.value(statement.target)
        value = calculated("+", min(before, MANY) if isinstance(before, int) and is_number(before) else 0, by)
        if isinstance(before, Unknown):
            value = UNKNOWN
        if isinstance(statement.target, e.Var):
            self.write(statement.target.name, value)
            if (counter := variable(statement.target.name)) in self.machine.growth.counters:
                self.seen.append(Counted(None, counter))
            return
        holder, name = self.value(statement.target.owner), statement.target.name
        self._set_member(instruction, holder, name, value)
        if name in self.machine.growth.counters:
            self.seen.append(Counted(holder.slot if isinstance(holder, Ref) else None, name))

    # --- lists

    def _do_add(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Add)
        item, held = self.value(statement.item), self.value(statement.collection)
        if isinstance(held, List) and isinstance(item, Ref):
            self._list(item)
        elif type(held) is tuple and isinstance(statement.collection, e.Var):
            self.write(statement.collection.name, (*held, item) if len(held) < LONGEST else UNKNOWN)

    def _list(self, item: Ref) -> None:
        known = self.object(item)
        place = self.machine.members.get(self.machine.type.unique or "")
        twins = [o for o in self.heap if o and o.listed and place is not None and o is not known]
        self.heap[item.slot] = known._replace(listed=True, withdrawn=False)
        self.seen.append(Listed(item.slot))
        if place is not None and any(same(o.fields[place], known.fields[place]) for o in twins):
            self.seen.append(Duplicated(item.slot))
            self.failed = True

    def _do_remove(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Remove)
        item, held = self.value(statement.item), self.value(statement.collection)
        if isinstance(held, List):
            if item == UNKNOWN:
                listed = tuple(Ref(slot) for slot, known in enumerate(self.heap) if known and known.listed)
                item = self.choose(f"what is removed is {say_value(statement.item)}", (None, *listed))
            if isinstance(item, Ref):
                if not self.object(item).listed and not self.object(item).withdrawn:
                    self.seen.append(NotListed(item.slot))
                self._unlist(item)
        elif type(held) is tuple and isinstance(statement.collection, e.Var):
            unsure = any(same(item, other) is None for other in held)
            left = tuple(other for other in held if not same(item, other))
            self.write(statement.collection.name, UNKNOWN if unsure else left)

    def _unlist(self, item: Ref) -> None:
        known = self.object(item)
        if known.listed:
            self._changes(item.slot)
            self.seen.append(Removed(item.slot, known.fields, self.outermost.get("@settled")))
            self.heap[item.slot] = Object(known.fields, False)

    def _do_empty(self, instruction: Instruction) -> None:
        statement = instruction.statement
        assert isinstance(statement, s.Empty)
        held = self.value(statement.collection)
        if isinstance(held, List):
            for slot, known in enumerate(self.heap):
                if known and known.listed:
                    self._unlist(Ref(slot))
        elif isinstance(statement.collection, e.Var):
            self.write(statement.collection.name, ())

    # --- promises

    def _do_resolve(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Resolve)
        self._finish(instruction.statement.promise, None)

    def _do_reject(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Reject)
        self._finish(instruction.statement.promise, instruction.statement.error, rejects=True)

    def _do_throw(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Throw)
        if self.promise_state(self.variables.get("@promise")) == "pending":
            self._finish(e.Var(self.own_promise or "promise"), instruction.statement.error, rejects=True)

    def _finish(self, target: e.Expr, error: e.Expr, *, rejects: bool = False) -> None:
        """Settle the promise of a method, or one that was handed over; of any other promise nothing is followed."""
        name = target.name if isinstance(target, e.Var) else ""
        known = self.read(name) if name in self.variables else None
        if not isinstance(known, Promise):
            if name != (self.own_promise or "promise") or "@promise" not in self.variables:
                return
            known = self.variables["@promise"]
        if self.promise_state(known) != "pending":
            self.seen.append(SettledTwice())
            return
        call = self.call()
        read, barred = call.pop("@observing", ()), call.pop("@barred", ())
        assert isinstance(read, tuple)
        assert isinstance(barred, tuple)
        met = tuple(sorted({*read, *barred}, key=str)) if "@promise" in call else (READ_ELSEWHERE,)
        self.seen.append(Rejected(met, error if isinstance(error, str) else None) if rejects else Resolved(met))
        if isinstance(known, Promise):
            content = self.cells[known.slot]
            assert content is not None
            self.cells[known.slot] = content._replace(value="settled")
        else:
            self.variables["@promise"] = "settled"
        self.note = None

    # --- conditions

    def _do_assert(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.Assert)
        seen = len(self.seen)
        held = self.holds(instruction.statement.condition)
        if any(isinstance(one, Chose | Supposed) for one in self.seen[seen:]) and not self._is_choice_of_agent(
            instruction
        ):
            if not held:
                raise Blocked  # nothing is known of it: the text is taken at its word
            return
        self.seen.append(Asserted(held))
        self.failed = not held

    @staticmethod
    def _is_choice_of_agent(instruction: Instruction) -> bool:
        whole = traversal.expressions(instruction.statement)
        return any(isinstance(part, e.Choice) for one in whole for part in e.parts(one))

    def _do_until(self, instruction: Instruction) -> None:
        assert isinstance(instruction.statement, s.WaitUntil)
        if not self.holds(instruction.statement.condition):
            raise Blocked

    # --- what is not understood

    def anything(self, statement: s.NotUnderstood) -> None:
        """Do anything at all to what a sentence mentions.

        Where it names no object that is known, to any that the invocation holds or that is in the list.
        """
        held = [x for name in statement.reads if isinstance(x := self.read(name), Ref)]
        kind = self.machine.type
        states = [kind.list_name, *(member.name for member in kind.members if member.values)] if held else []
        if not held:
            held = [x for _, x in sorted(self.variables.items()) if isinstance(x, Ref)]
            held += self.listed()
        for name in dict.fromkeys((*statement.may_write, *states)):
            for reference in dict.fromkeys(held):
                self._anything_to(reference, name)
            if name in self.variables and self.free(f"{name} is changed"):
                self.write(name, UNKNOWN)
        if "promise" in statement.may_write:
            own = self.own_promise or "promise"
            handed = [name for name in statement.reads if name != own and isinstance(self.read(name), Promise)]
            self._perhaps(own, self.variables.get("@promise"))
            for name in handed:
                self._perhaps(name, self.read(name))

    def _perhaps(self, name: str, promise: Value) -> None:
        """Settle a promise that is pending, or do not."""
        pending = self.promise_state(promise) == "pending"
        chosen = self.choose("the promise is", ("pending", "resolved", "rejected")) if pending else "pending"
        if chosen != "pending":
            self._finish(e.Var(name), None, rejects=chosen == "rejected")

    def _anything_to(self, reference: Ref, name: str) -> None:
        if name == self.machine.type.list_name:
            if self.free(f"the {name} is changed"):
                if self.object(reference).listed:
                    self._unlist(reference)
                else:
                    self._list(reference)
        elif name in self.machine.members and not self.machine.type.members[self.machine.members[name]].fixed:
            place = self.machine.members[name]
            fields = self.object(reference).fields
            others = tuple(x for x in self.machine.type.members[place].values or (UNKNOWN,) if x != fields[place])
            chosen = self.choose(f"the {name} becomes", (fields[place], *others))
            if chosen != fields[place] and self.machine.type.members[place].values is not None:
                self._changes(reference.slot, chosen)
            self.heap[reference.slot] = self.object(reference)._replace(
                fields=(*fields[:place], chosen, *fields[place + 1 :])
            )
            if chosen != fields[place] and self.machine.type.members[place].values is not None:
                self.seen.append(StateSet(reference.slot, fields[place], chosen, self.delayed))
