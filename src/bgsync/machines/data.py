"""The data of a user's objects: saved, put back, and made into a key by which equal data are known.

Data is every attribute of a model, and of the object that holds the machine, but for what the library has put there.
It is copied as `copy.deepcopy` does it, all at once, so that two names of one list stay so; machines and models are
kept as they are. Of the key every value says its type, and objects tell their state as they do to `pickle`. What cannot
be copied (a lock, an open file, a socket) is left out, by name. Globals and attributes of classes are not seen.
"""

import copy
import functools
import operator
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from transitions import Event, Machine
from transitions.extensions import AsyncMachine, HierarchicalMachine
from transitions.extensions.nesting import FunctionWrapper

Part = tuple[tuple[str, ...], tuple[Any, ...], int]
"""The names and values of the data of an object, and how many attributes it has in all."""

_PLAIN = frozenset((int, str, bytes, type(None), bool))
"""What is told by its type and value, and needs no copy."""
_SAME = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, Enum)
_INTERNAL = {
    *(name for kind in (Machine, HierarchicalMachine, AsyncMachine) for name in vars(kind(initial="a"))),
    *("_ident", "machine_context", "model_context_map", "model_graphs", "title", "show_conditions"),
    *(
        "show_auto_transitions",
        "show_state_attributes",
        "graph_cls",
        "_needs_update",
        "_markup",
        "callback",
        "set_state",
    ),
}
"""The attributes of machines that are the library's own."""


def is_bound(value: object) -> bool:
    """Tell whether an attribute is a trigger or a question that the library has put on a model."""
    if isinstance(value, FunctionWrapper):
        return True
    return isinstance(value, functools.partial) and isinstance(
        getattr(value.func, "__self__", None) or (value.args and getattr(value.args[0], "__self__", None)),
        (Machine, Event),
    )


class Data:
    """The data of some objects. `chosen` names the attributes that tell states apart, or works out what does."""

    def __init__(
        self,
        objects: Iterable[Any],
        machines: Sequence[Machine],
        chosen: Sequence[str] | Callable[[Any], Hashable] | None = None,
    ) -> None:
        self.objects = list({id(each): each for each in objects}.values())
        self.chosen = chosen
        self.left_out: dict[str, str] = {}
        """Attributes that cannot be copied, and why."""
        states = {machine.model_attribute for machine in machines}
        kept = [*self.objects, *machines]
        self._kept = {id(each): each for each in kept}
        self._numbers: dict[Hashable, int] = {}
        self._saved: list[tuple[bool, list[Part]]] = []
        self._things = []
        for each in self.objects:
            hidden = states | (_INTERNAL if isinstance(each, Machine) else set())
            for name, value in attributes_of(each):
                if is_bound(value) or id(value) in self._kept:
                    hidden.add(name)
                elif name not in hidden:
                    try:
                        self.key_of(copy.deepcopy(value, dict(self._kept)))
                    except Exception as error:
                        hidden.add(name)
                        self.left_out[name] = " ".join(str(error).split())
            self._things.append(_Thing(each, hidden))

    def save(self) -> int:
        """Copy what the objects hold now; give its number, which equal data share. No number is 0."""
        parts = [each.read() for each in self._things]
        kinds = [tuple(map(type, values)) for _, values, _ in parts]
        plain = all(map(_PLAIN.issuperset, kinds))
        key: Hashable
        if callable(self.chosen):
            key = self.key_of(self.chosen(self.objects[0]))
        elif self.chosen is not None:
            tables = [dict(zip(names, values, strict=True)) for names, values, _ in parts]
            key = tuple((name, self.key_of(each[name])) for name in self.chosen for each in tables if name in each)
        elif plain:
            key = (*kinds, *[part[:2] for part in parts])
        else:
            seen: dict[int, int] = {}
            key = tuple([(names, *[self.key_of(value, seen) for value in values]) for names, values, _ in parts])
        number = self._numbers.get(key)
        if number is None:
            self._saved.append((plain, parts if plain else self._copied(parts)))
            number = self._numbers[key] = len(self._saved)
        return number

    def now(self) -> dict[str, Any]:
        """Give the attributes by name, as they are."""
        return {name: value for each in self._things for name, value in zip(*each.read()[:2], strict=True)}

    def restore(self, number: int) -> None:
        """Put back what was saved under a number; the saved copy stays as it is."""
        plain, parts = self._saved[number - 1]
        for each, part in zip(self._things, parts if plain else self._copied(parts), strict=True):
            each.write(part)

    def _copied(self, parts: list[Part]) -> list[Part]:
        memo: dict[int, Any] = dict(self._kept)
        return [(names, tuple([copied(value, memo) for value in values]), size) for names, values, size in parts]

    def key_of(self, value: Any, seen: dict[int, int] | None = None) -> Hashable:
        """Make a value a key: equal for equal data, with types told apart. Raises TypeError for what has none."""
        kind = type(value)
        if kind is bool:
            return _TRUE if value else _FALSE
        if kind in _PLAIN:
            return value  # type: ignore[no-any-return]
        if kind is float:
            return ("float", repr(value))
        seen = {} if seen is None else seen
        if kind is tuple:
            return ("tuple", *[self.key_of(each, seen) for each in value])
        if kind is not list and kind is not dict:  # these two are asked often, and are none of the following
            if isinstance(value, _SAME):
                return ("same", value)
            if id(value) in self._kept:
                return ("object", id(value))
        if id(value) in seen:
            return ("again", seen[id(value)])
        seen[id(value)] = len(seen)
        if kind is list:
            kinds = tuple(map(type, value))
            if _PLAIN.issuperset(kinds):
                return ("plain", kinds, tuple(value))
            return ("list", *[self.key_of(each, seen) for each in value])
        if kind is dict:
            return ("dict", frozenset([(self.key_of(k, seen), self.key_of(v, seen)) for k, v in value.items()]))
        if kind in (set, frozenset):
            return (kind.__name__, frozenset([self.key_of(each, seen) for each in value]))
        if isinstance(value, functools.partial):
            return ("partial", self.key_of((value.func, value.args, value.keywords), seen))
        if isinstance(value, types.MethodType):
            return ("method", value.__func__, self.key_of(value.__self__, seen))
        reduced = value.__reduce_ex__(4)
        if isinstance(reduced, str):
            return ("global", kind, reduced)
        parts = [list(part) if isinstance(part, Iterator) else part for part in reduced]
        return ("made", *[self.key_of(part, seen) for part in parts])


class _Thing:
    """An object whose attributes are data, but for those that are hidden."""

    def __init__(self, thing: Any, hidden: set[str]) -> None:
        self.thing, self.hidden = thing, hidden
        self.slotted = bool(_slots(type(thing))) or isinstance(thing, type)
        self.own: Any = type if isinstance(thing, type) else object
        self._names: tuple[str, ...] = ()
        self._size = -1
        """How many attributes it had when its names were looked up."""
        self._values: Callable[[dict[str, Any]], tuple[Any, ...]] = lambda _: ()

    def read(self) -> Part:
        """Give what it holds now."""
        if self.slotted:
            now = {name: value for name, value in attributes_of(self.thing) if name not in self.hidden}
            names = tuple(sorted(now))
            return names, tuple([now[name] for name in names]), 0
        own = vars(self.thing)
        if len(own) == self._size:
            try:
                return self._names, self._values(own), self._size
            except KeyError:  # one went, and another came
                pass
        names = self._names = tuple(sorted(name for name in own if name not in self.hidden))
        self._size = len(own)
        if len(names) > 1:
            self._values = operator.itemgetter(*names)
        else:
            self._values = lambda own: tuple([own[name] for name in names])
        return names, self._values(own), self._size

    def write(self, part: Part) -> None:
        """Make it hold what it held then."""
        names, values, size = part
        if not self.slotted:
            own = vars(self.thing)
            own.update(zip(names, values, strict=True))
            if len(own) == size:
                return
        for name in [name for name, _ in attributes_of(self.thing) if name not in self.hidden and name not in names]:
            self.own.__delattr__(self.thing, name)
        if self.slotted:
            for name, value in zip(names, values, strict=True):
                self.own.__setattr__(self.thing, name, value)


def copied(value: Any, memo: dict[int, Any]) -> Any:
    """Copy as `copy.deepcopy` does, which takes long with what is simple."""
    kind = type(value)
    if kind in _PLAIN or kind is float:
        return value
    if id(value) in memo:
        return memo[id(value)]
    if kind is list:
        made: list[Any] = value.copy()
        memo[id(value)] = made
        if not _PLAIN.issuperset(map(type, made)):
            made[:] = [copied(each, memo) for each in value]
        return made
    if kind is dict:
        table: dict[Any, Any] = {}
        memo[id(value)] = table
        for name, each in value.items():
            table[copied(name, memo)] = copied(each, memo)
        return table
    return copy.deepcopy(value, memo)


_TRUE, _FALSE = ("bool", True), ("bool", False)


_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(kind: type) -> tuple[str, ...]:
    """Give the names of the slots of a class, found once."""
    if kind in _SLOTS:
        return _SLOTS[kind]
    named = [getattr(each, "__slots__", ()) for each in kind.__mro__]
    slots = [name for each in named for name in ((each,) if isinstance(each, str) else each)]
    return _SLOTS.setdefault(kind, tuple(name for name in slots if name not in ("__dict__", "__weakref__")))


def attributes_of(thing: Any) -> Iterable[tuple[str, Any]]:
    """Give the attributes that an object has itself, those in slots with them."""
    own: dict[str, Any] = getattr(thing, "__dict__", {})
    if isinstance(thing, type):
        return [(name, value) for name, value in own.items() if name[:2] != "__" and not hasattr(value, "__get__")]
    slots = _slots(type(thing))
    if not slots:
        return own.items()
    return [*own.items(), *((name, getattr(thing, name)) for name in slots if hasattr(thing, name))]
