"""collection: lists, maps and single objects, each used as what it is.

A map that is used as the list of its values is common, and harmless where each item has its key as a member: one note
for each such map, at the first place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, Known, place
from bgsync.judge.structure.types import LIST_OF, PLAIN, SEQUENCE, STRING, Types
from bgsync.judge.structure.walking import LOOPS, Body, parts, visit
from bgsync.language import Algorithm, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value

MAPS = ("map", "ordered map")


@dataclass(frozen=True)
class _AsList:
    """A place where a map is used as a list is."""

    name: str
    how: str
    origin: s.Origin


def containers(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find what is used as a collection that it is not."""
    types = Types(spec, known)
    lists: dict[str, list[_AsList]] = {}
    for part in parts(spec):
        parameters = part.parameters if isinstance(part, Algorithm) else tuple(known.given.get(part.name, ()))
        yield from _unwritten(part.steps)
        yield from _thinned(part.steps)
        uses = _Uses(types, known, types.variables(part.name, part.steps, parameters))
        for statement in traversal.walk(part.steps):
            for found in uses.of(statement):
                if isinstance(found, _AsList):
                    lists.setdefault(found.name, []).append(found)
                else:
                    yield Finding("collection", found, place(statement), ERROR)
    for name, places in lists.items():
        told: dict[str, list[str]] = {}
        for each in sorted(places, key=lambda each: (each.origin.line, each.origin.column, each.how)):
            told.setdefault(each.how, []).append(str(each.origin))
        first = min(places, key=lambda each: (each.origin.line, each.origin.column)).origin
        listed = "; ".join(f"{how} ({', '.join(dict.fromkeys(where))})" for how, where in told.items())
        yield Finding("collection", f"{name} is a map, and used as a list is: {listed}", first, NOTE)


def _unwritten(body: Body) -> Iterator[Finding]:
    """Find items that are read of a new map before anything can have put one into it."""
    empty: set[str] = set()
    for at in visit(body):
        statement, origin = at.statement, place(at.statement)
        whole = traversal.expressions(statement)
        read = [part for each in whole for part in e.parts(each) if isinstance(part, e.Item)]
        names = [each.collection.name for each in read if isinstance(each.collection, e.Var)]
        asks = isinstance(statement, s.If | s.While | s.Assert)  # whether there is one
        again = any(_puts(inner, names) for each in at.around if isinstance(each, LOOPS) for inner in _inside(each))
        if not asks and not again and not any(_mentions(each, names) for each in at.around):
            for name in dict.fromkeys(each for each in names if each in empty):
                yield Finding("collection", f"reads an item of {name}, and nothing has put one into it", origin)
        if not asks:
            empty -= {name for each in whole for name in e.variables(each)}  # said, or handed on
        if isinstance(statement, s.NotUnderstood):
            empty -= {name for name in empty if name in statement.text}
        if isinstance(statement, s.Set):
            empty -= e.variables(statement.target)
        if isinstance(statement, s.Let) and isinstance(statement.value, e.New) and not statement.value.members:
            empty |= {statement.name} if statement.value.type.lower() in MAPS else set()


def _thinned(body: Body) -> Iterator[Finding]:
    """Find items that are removed from a list while it is gone through; "remove each x" in one sentence means all."""
    for at in visit(body):
        match at.statement:
            case s.Remove(item=e.Var(name=name), collection=collection):
                for each in at.around:
                    if not isinstance(each, s.ForEach) or (each.origin and each.origin == at.statement.origin):
                        continue
                    if each.name == name and each.collection == collection:
                        message = (
                            f"removes {name} from {say_value(collection)} while that is gone through: is the next item "
                            "passed over?"
                        )
                        yield Finding("collection", message, place(at.statement), NOTE)


def _inside(statement: s.Statement) -> tuple[s.Statement, ...]:
    return traversal.walk(traversal.body_of(statement))


def _puts(statement: s.Statement, names: list[str]) -> bool:
    return isinstance(statement, s.Set) and not e.variables(statement.target).isdisjoint(names)


def _mentions(statement: s.Statement, names: list[str]) -> bool:
    return any(name in e.variables(each) for each in traversal.expressions(statement) for name in names)


class _Uses:
    def __init__(self, types: Types, known: Known, variables: Mapping[str, str]) -> None:
        self.types, self.known, self.variables = types, known, variables

    def of(self, statement: s.Statement) -> Iterator[str | _AsList]:
        """Give what is wrong with the collections of one statement, and where maps are used as lists."""
        origin = place(statement)
        match statement:
            case s.Add(item=item, collection=collection):
                yield from self._single(collection, "added to")
                yield from self._item(item, collection)
                yield from self._added(item, collection, origin)
            case s.Remove(item=item, collection=collection) if not isinstance(item, e.Item):
                yield from self._single(collection, "removed from")
                yield from self._item(item, collection)
                yield from self._as_list(collection, "an item is removed by itself, not by its key", origin)
            case s.ForEach(collection=collection) if not isinstance(collection, str):
                yield from self._single(collection, "gone through")
                yield from self._as_list(collection, "its values are gone through", origin)
        for expression in traversal.expressions(statement):
            for part in e.parts(expression):
                yield from self._part(part, origin)
        if isinstance(statement, s.Set) and isinstance(statement.target, e.Item):
            yield from self._part(statement.target, origin)

    def _part(self, part: e.Expr, origin: s.Origin) -> Iterator[str | _AsList]:
        match part:
            case e.Find(collection=collection, field=field):
                yield from self._as_list(collection, f"searched by the {field} of its items, not by a key", origin)
            case e.Contains(collection=collection, item=item):
                yield from self._item(item, collection)
                yield from self._as_list(collection, "asked for an item, not for a key", origin)
            case e.Item(collection=collection, key=key):
                kind = self.types.of(collection, self.variables)
                listed = kind == SEQUENCE or (kind.startswith(LIST_OF) and not self._keys(kind))
                if listed and self.types.of(key, self.variables) == STRING:
                    yield f"{say_value(collection)} is a list, and {say_value(key)} is no index but a string"

    def _keys(self, kind: str) -> str:
        """Give the type of the keys of a map; empty for what is no map."""
        return self.known.maps.get(kind.removeprefix(LIST_OF), "") if kind.startswith(LIST_OF) else ""

    def _as_list(self, collection: e.Expr, how: str, origin: s.Origin) -> Iterator[_AsList]:
        kind = self.types.of(collection, self.variables)
        if self._keys(kind):
            yield _AsList(kind.removeprefix(LIST_OF), how, origin)

    def _added(self, item: e.Expr, collection: e.Expr, origin: s.Origin) -> Iterator[str | _AsList]:
        keys = self._keys(self.types.of(collection, self.variables))
        if not keys:
            return
        kind = self.types.of(item, self.variables)
        wanted = {keys.lower(), self.types.word(keys)}
        fitting = [
            member.name
            for member in self.types.declared(kind)
            if not member.values
            and (self.types.of_member(kind, member.name) in wanted or member.name.lower() in wanted)
        ]
        if len(fitting) == 1:
            yield from self._as_list(collection, f"added to without a key: the {fitting[0]} is meant", origin)
        else:
            yield f"{say_value(collection)} is a map, and the item is added without a key: say under which {keys}"

    def _item(self, item: e.Expr, collection: e.Expr) -> Iterator[str]:
        """An object that is of another type than the items of a list of the spec."""
        wanted, given = self.types.item(collection, self.variables), self.types.of(item, self.variables)
        objects = self.types.objects
        if wanted in objects and given in objects and wanted != given:
            yield f"{say_value(item)} is a {objects[given].name}, and {say_value(collection)} holds what is a {wanted}"

    def _single(self, collection: e.Expr, used: str) -> Iterator[str]:
        kind = self.types.of(collection, self.variables)
        if kind in self.types.objects or kind in PLAIN:
            name = self.types.objects[kind].name if kind in self.types.objects else kind
            yield f"{say_value(collection)} is {used}, and is no collection but a {name}"
