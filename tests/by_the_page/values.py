"""Variables and expressions of one action; whatever is free is asked of `Values.choose`."""

from __future__ import annotations

from bgsync.language import expressions as e
from tests.by_the_page.state import Frame, Names, Object, PromiseOf, Ref, State, Undecided, Value
from tests.by_the_page.text import PROMISES, Text


class NotOnThePage(Exception):
    """Something that this interpreter does not know."""


class Values:
    """A state that is being changed, and the frames of the process that changes it."""

    def __init__(self, text: Text, state: State, answers: list[int]) -> None:
        self.text, self.answers, self.asked = text, answers, list[int]()
        self.environment = dict(state.environment)
        self.objects = dict(enumerate(state.objects))
        self.frames: list[Frame] = []

    def choose(self, ways: int) -> int:
        """Take one of several ways."""
        place = len(self.asked)
        self.asked.append(ways)
        return self.answers[place] if place < len(self.answers) else 0

    def scope(self) -> int:
        """Give the place of the frame that has the variables."""
        return max(place for place, frame in enumerate(self.frames) if frame.kind in ("steps", "task"))

    def names(self) -> Names:
        """Give the variables."""
        return self.frames[self.scope()].names

    def bind(self, name: Value, value: Value) -> None:
        """Give a variable a value."""
        place = self.scope()
        names = dict(self.frames[place].names) | {str(name): value}
        self.frames[place] = self.frames[place]._replace(names=tuple(sorted(names.items())))

    def member(self, owner: Value, name: str) -> Value:
        """Read a member of an object; a choice is made when it is first read."""
        if isinstance(owner, str):
            return owner if name == "frame type" else None
        if not isinstance(owner, Ref):
            return None
        value = dict(self.objects[owner.number].fields).get(name)
        if isinstance(value, Undecided):
            value = self.chosen(value.adversity)
            self.change(owner.number, name, value)
        return value

    def chosen(self, adversity: str | None) -> bool:
        """Let the user agent choose."""
        return adversity in (None, self.text.adversity) and self.choose(2) == 1

    def change(self, number: int, name: str, value: Value) -> None:
        """Change a member of an object."""
        each = self.objects[number]
        fields = dict(each.fields) | {name: value}
        self.objects[number] = each._replace(fields=tuple(sorted(fields.items())))

    def listed(self) -> list[Value]:
        """Give the list of registrations."""
        return [Ref(number) for number, each in self.objects.items() if each.place == "listed"]

    def value(self, expression: e.Expr) -> Value:
        """Evaluate an expression."""
        match expression:
            case str() | bool() | int() | None:
                return expression
            case e.Var(name=name):
                return dict(self.names()).get(name)
            case e.Field(owner=owner, name=name):
                held = self.value(owner)
                if name == PROMISES:
                    return PromiseOf(held) if isinstance(held, Ref) else None
                return self.member(held, name)
            case e.Associated():
                return "the one"
            case e.Find(field=field, value=wanted):
                sought = self.value(wanted)
                found = [each for each in self.listed() if self.member(each, field) == sought]
                return found[self.choose(len(found)) if len(found) > 1 else 0] if found else None
            case e.New(type=type) if type == self.text.spec.type.name:
                fields = tuple(sorted((member.name, member.initial) for member in self.text.spec.type.members))
                number = max(self.objects, default=-1) + 1
                self.objects[number] = Object("registration", "new", fields)
                return Ref(number)
            case e.New():
                return None
            case e.Contains(item=item):
                return self.value(item) in self.listed()
            case e.Environment(machine=machine, states=states):
                return self.environment[machine] in states
            case e.Choice(adversity=adversity):
                return self.chosen(adversity)
            case e.Apply(name="waiting for all", arguments=(promises,)):
                return self.value(promises)
            case e.Input():
                return None
            case e.Is(left=left, right=right):
                return self.value(left) == self.value(right)
            case e.Not(operand=operand):
                return not self.value(operand)
            case e.And(left=left, right=right):
                return bool(self.value(left)) and bool(self.value(right))
            case e.Or(left=left, right=right):
                return bool(self.value(left)) or bool(self.value(right))
        raise NotOnThePage(f"{expression!r}")
