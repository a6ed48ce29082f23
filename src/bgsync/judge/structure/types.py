"""What type a variable has, as far as its algorithm tells: one type, or unknown."""

from __future__ import annotations

from collections.abc import Mapping

from bgsync.judge.structure.finding import Known
from bgsync.language import Member, ObjectType, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s

UNKNOWN = ""
STRING, NUMBER, BOOLEAN, SEQUENCE = "string", "number", "boolean", "sequence"
PLAIN = (STRING, NUMBER, BOOLEAN)
LIST_OF = "list: "
"""Begins the type of a list of the spec."""

_WORDS = {
    "domstring": STRING, "usvstring": STRING, "bytestring": STRING, "string": STRING,
    "boolean": BOOLEAN, "number": NUMBER, "integer": NUMBER, "long long": NUMBER, "unsigned long long": NUMBER,
    "timestamp": NUMBER, "sequence": SEQUENCE, "list": SEQUENCE, "ordered set": SEQUENCE,
}  # fmt: skip


class Types:
    """The types of a spec, and of the variables of one algorithm at a time."""

    def __init__(self, spec: Spec, known: Known) -> None:
        self.known = known
        self.objects = {each.name.lower(): each for each in (*reversed(spec.others), spec.type)}
        self.items = {each.list_name.lower(): name for name, each in self.objects.items() if each.list_name}
        self.items |= {name: kind.lower() for name, kind in known.items.items()}

    def declared(self, kind: str) -> tuple[Member, ...]:
        """Give the members of a type."""
        made = self.objects.get(kind)
        return made.members if made else ()

    def members(self, kind: str) -> frozenset[str]:
        """Give the names of the members of a type in lower case."""
        return frozenset(member.name.lower() for member in self.declared(kind))

    def having(self, member: str) -> tuple[ObjectType, ...]:
        """Give the types that have a member of this name."""
        return tuple(self.objects[name] for name in sorted(self.objects) if member.lower() in self.members(name))

    def word(self, name: str) -> str:
        """Give the type that a word for values of the platform stands for; UNKNOWN for another word."""
        return _WORDS.get(name.lower(), UNKNOWN)

    def of_member(self, kind: str, name: str) -> str:
        """Give the type of what a member of a type holds."""
        if name.lower() in self.objects:
            return name.lower()
        for member in self.declared(kind):
            if member.name.lower() == name.lower():
                said = member.type.lower().removeprefix("which is").strip()
                return said if said in self.objects else _WORDS.get(said, STRING if member.values else UNKNOWN)
        return UNKNOWN

    def of(self, expression: e.Expr, variables: Mapping[str, str]) -> str:
        """Give the type of an expression, UNKNOWN when in doubt."""
        match expression:
            case bool() | e.Not() | e.And() | e.Or() | e.Is() | e.Compare() | e.Contains() | e.Environment():
                return BOOLEAN
            case int() | e.Arithmetic():
                return NUMBER
            case str():
                return STRING
            case e.Var(name=name):
                return variables.get(name, UNKNOWN)
            case e.New(type=kind) | e.Associated(name=kind):
                return kind.lower() if kind.lower() in self.objects else _WORDS.get(kind.lower(), UNKNOWN)
            case e.Sequence():
                return SEQUENCE
            case e.ListOf(name=name):
                return LIST_OF + name.lower()
            case e.Find(collection=collection) | e.Item(collection=collection):
                return self.item(collection, variables)
            case e.Field(owner=owner, name=name):
                return self.of_member(self.of(owner, variables), name)
            case e.Conditional(then=then, otherwise=otherwise):
                kinds = {self.of(each, variables) for each in (then, otherwise) if each is not None}
                return kinds.pop() if len(kinds) == 1 else UNKNOWN
            case _:
                return UNKNOWN

    def item(self, collection: e.Expr, variables: Mapping[str, str]) -> str:
        """Give the type of the items of a collection."""
        if isinstance(collection, e.Sequence):
            kinds = {self.of(each, variables) for each in collection.items}
            return kinds.pop() if len(kinds) == 1 else UNKNOWN
        listed = self.of(collection, variables)
        found = self.items.get(listed.removeprefix(LIST_OF), UNKNOWN) if listed.startswith(LIST_OF) else UNKNOWN
        return found if found in self.objects else _WORDS.get(found, UNKNOWN)

    def variables(self, name: str, body: tuple[s.Statement, ...], parameters: tuple[str, ...]) -> dict[str, str]:
        """Give the variables of an algorithm that have one type wherever they are bound."""
        found = {parameter: self._said(name, parameter) for parameter in parameters}
        statements = traversal.walk(body)
        for _ in range(4):
            bindings: dict[str, set[str]] = {each: {found[each]} for each in parameters}
            for statement in statements:
                for variable, kind in self._bindings(statement, found):
                    bindings.setdefault(variable, set()).add(kind)
            settled = {variable: kinds.pop() if len(kinds) == 1 else UNKNOWN for variable, kinds in bindings.items()}
            for variable in settled:
                settled[variable] = settled[variable] or self._said(name, variable)
            if settled == found:
                break
            found = settled
        return found

    def _said(self, algorithm: str, variable: str) -> str:
        said = self.known.types.get((algorithm, variable), UNKNOWN)
        return said if said in self.objects else _WORDS.get(said, UNKNOWN)

    def _bindings(self, statement: s.Statement, variables: Mapping[str, str]) -> list[tuple[str, str]]:
        match statement:
            case s.Let(name=name, value=value) | s.Set(target=e.Var(name=name), value=value):
                return [(name, self.of(value, variables))] if value is not None else []
            case s.ForEach(name=name, collection=collection):
                return [(name, self.item(collection, variables))]
            case s.NotUnderstood(may_write=names):
                return [(each, UNKNOWN) for each in names]
            case _:
                return [
                    (each, UNKNOWN) for each in traversal.bound(statement) if not isinstance(statement, s.Increment)
                ]
