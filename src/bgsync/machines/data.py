"""The data of a user's objects: saved, put back, and made into a key by which equal data are known.

Data is every attribute of a model, and of the object that holds the machine, but for what the library has put there.
It is copied as `copy.deepcopy` does it, all at once, so that two names of one list stay so; machines and models are
kept as they are. Of the key every value says its type, and objects tell their state as they do to `pickle`. What cannot
be copied (a lock, an open file, a socket) is left out, by name. Globals and attributes of classes are not seen.
"""

import copy
import functools
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from transitions import Event, Machine
from transitions.extensions import AsyncMachine, HierarchicalMachine
from transitions.extensions.nesting import FunctionWrapper

Saved = tuple[bool, tuple[dict[str, Any], ...]]
"""Whether all of it is immutable, and the attributes of each object."""

_PLAIN = (int, str, bytes, type(None))
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
        self._hidden = []
        for each in self.objects:
            names = {name for name, value in _attributes(each) if is_bound(value) or id(value) in self._kept}
            self._hidden.append(states | names | (_INTERNAL if isinstance(each, Machine) else set()))
        for number, each in enumerate(self.objects):
            for name, value in _attributes(each):
                if name not in self._hidden[number]:
                    try:
                        self.key_of(copy.deepcopy(value, dict(self._kept)))
                    except Exception as error:
                        self._hidden[number] = self._hidden[number] | {name}
                        self.left_out[name] = " ".join(str(error).split())

    def save(self) -> tuple[Saved, Hashable]:
        """Copy what the objects hold now, and give its key."""
        now = tuple(
            {name: value for name, value in _attributes(each) if name not in hidden}
            for each, hidden in zip(self.objects, self._hidden, strict=True)
        )
        plain = all(type(value) in _PLAIN or type(value) is bool for each in now for value in each.values())
        if not plain:
            now = copy.deepcopy(now, dict(self._kept))
        if self.chosen is None:
            seen: dict[int, int] = {}
            return (plain, now), tuple(
                tuple([(name, self.key_of(each[name], seen)) for name in sorted(each)]) for each in now
            )
        if callable(self.chosen):
            return (plain, now), self.key_of(self.chosen(self.objects[0]))
        return (plain, now), tuple(
            (name, self.key_of(each[name])) for name in self.chosen for each in now if name in each
        )

    def now(self) -> dict[str, Any]:
        """Give the attributes by name, as they are."""
        pairs = zip(self.objects, self._hidden, strict=True)
        return {name: value for each, hidden in pairs for name, value in _attributes(each) if name not in hidden}

    def restore(self, saved: Saved) -> None:
        """Put back what was saved; the saved copy stays as it is."""
        plain, attributes = saved
        if not plain:
            attributes = copy.deepcopy(attributes, dict(self._kept))
        for each, hidden, then in zip(self.objects, self._hidden, attributes, strict=True):
            for name in [name for name, _ in _attributes(each) if name not in hidden and name not in then]:
                object.__delattr__(each, name)
            slots: tuple[str, ...] = _slots(type(each))
            if hasattr(each, "__dict__"):
                each.__dict__.update({name: then[name] for name in then if name not in slots} if slots else then)
            for name in slots:
                if name in then:
                    object.__setattr__(each, name, then[name])

    def key_of(self, value: Any, seen: dict[int, int] | None = None) -> Hashable:
        """Make a value a key: equal for equal data, with types told apart. Raises TypeError for what has none."""
        kind = type(value)
        if kind in _PLAIN:
            return value  # type: ignore[no-any-return]
        if kind is bool:
            return _TRUE if value else _FALSE
        if kind is float:
            return ("float", repr(value))
        if isinstance(value, _SAME):
            return ("same", value)
        if id(value) in self._kept:
            return ("object", id(value))
        seen = {} if seen is None else seen
        if kind is tuple:
            return ("tuple", *[self.key_of(each, seen) for each in value])
        if id(value) in seen:
            return ("again", seen[id(value)])
        seen[id(value)] = len(seen)
        if kind is list:
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


_TRUE, _FALSE = ("bool", True), ("bool", False)


_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(kind: type) -> tuple[str, ...]:
    """Give the names of the slots of a class, found once."""
    if kind in _SLOTS:
        return _SLOTS[kind]
    named = [getattr(each, "__slots__", ()) for each in kind.__mro__]
    slots = [name for each in named for name in ((each,) if isinstance(each, str) else each)]
    return _SLOTS.setdefault(kind, tuple(name for name in slots if name not in ("__dict__", "__weakref__")))


def _attributes(thing: Any) -> Iterable[tuple[str, Any]]:
    own: dict[str, Any] = getattr(thing, "__dict__", {})
    slots = _slots(type(thing))
    if not slots:
        return own.items()
    return [*own.items(), *((name, getattr(thing, name)) for name in slots if hasattr(thing, name))]
