"""What a callback may do to its machine, read off its code: the triggers that it pulls or names, and what is outside.

A callback that is itself a trigger pulls it. Of other code it is seen which triggers it names, itself or in a method of
the model that it calls: it may pull them, or not. Code that sets the state of a machine may set it to any state that
it names. Code that makes up names, or hides in C, is not seen.
"""

import dis
import functools
import inspect
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from transitions import Event, Machine
from transitions.extensions.nesting import FunctionWrapper

from bgsync.machines.table import states_of

Pull = tuple[Machine, str]
"""A machine, and a trigger of it."""

_SET = "set_state"
_ACTING = {"trigger", "dispatch", _SET}
OUTSIDE = {
    "time", "random", "secrets", "uuid", "socket", "requests", "httpx", "aiohttp", "urllib", "http", "subprocess",
    "shutil", "open", "input", "datetime", "sqlite3", "smtplib", "boto3", "sleep", "urlopen", "now", "today",
}  # fmt: skip
"""Names that lead out of the program: to files, network, time and chance."""


@dataclass(frozen=True)
class Known:
    """What is known of a callback."""

    certain: Pull | None = None
    maybe: tuple[Pull, ...] = ()
    outside: tuple[str, ...] = ()
    sets: tuple[tuple[Machine, str], ...] = ()  # states that it may put a machine into
    unseen: bool = False  # whether it pulls a trigger, or sets a state, and it is not seen which


def trigger_of(value: object) -> Pull | None:
    """Give the machine and the trigger that a bound trigger of the library pulls; None for anything else."""
    if isinstance(value, FunctionWrapper):
        value = value._func
    if not isinstance(value, functools.partial):
        return None
    function, args = value.func, value.args
    if args and isinstance(function, types.MethodType) and getattr(args[0], "__self__", None) is not None:
        function, args = args[0], args[1:]  # a locked one
    owner = getattr(function, "__self__", None)
    if isinstance(owner, Event):
        return owner.machine, owner.name
    if isinstance(owner, Machine) and function.__name__ == "trigger_event" and len(args) == 2:
        return owner, args[1]
    return None


def machine_of(value: object) -> Machine | None:
    """Give the machine that an attribute which the library has put on a model belongs to."""
    if isinstance(value, functools.partial):
        for owner in (getattr(each, "__self__", None) for each in (value.func, *value.args[:1])):
            if isinstance(owner, Event):
                return owner.machine
            if isinstance(owner, Machine):
                return owner
    return None


def known_of(func: Any, model: Any, machines: Sequence[Machine]) -> Known:
    """Say what is known of a callback or guard, given as the library is given it: a function, or its name."""
    if isinstance(func, str):
        func = _named(func, model)
    if pull := trigger_of(func):
        return Known(pull)
    names = list(dict.fromkeys(_names(func, model, {each.model_attribute for each in machines}, set())))
    by_name = {name: (machine, name) for machine in machines for name in triggers_of(machine)}
    maybe = tuple(by_name[name] for name in names if name in by_name)
    sets = [(machine, state) for machine in machines for state in states_of(machine) if state in names]
    outside = tuple(name for name in names if name in OUTSIDE)
    acts = not _ACTING.isdisjoint(names) and not maybe and not (sets and _SET in names)
    return Known(None, maybe, outside, tuple(sets) if _SET in names else (), acts)


def _named(name: str, model: Any) -> Any:
    """Give what the library finds under a name, without running a property for it."""
    found = inspect.getattr_static(model, name, None)
    if found is None and "." in name:
        module, _, attribute = name.rpartition(".")
        found = getattr(sys.modules.get(module), attribute, None)
    return getattr(found, "fget", None) or getattr(found, "__func__", found)


def triggers_of(machine: Machine) -> list[str]:
    """Give the triggers of a machine, those of nested states with them."""
    inner = getattr(machine, "get_nested_triggers", None)
    return list(dict.fromkeys(inner() if inner else machine.events))


def _names(func: Any, model: Any, attributes: set[str], seen: set[object]) -> Iterator[str]:
    """Give every name that the code of a function has, and every string where it may be that of a trigger or a state.

    That it sets one of some attributes is told as if it called `set_state`.
    """
    while isinstance(func, functools.partial):
        func = func.func
    func = inspect.unwrap(func) if callable(func) else func
    code = getattr(func, "__code__", None)
    if code is None or code in seen:
        return
    stack = [code]
    while stack:
        code = stack.pop()
        if code in seen:
            continue
        seen.add(code)
        stored = {each.argval for each in dis.get_instructions(code) if each.opname == "STORE_ATTR"}
        sets = not stored.isdisjoint(attributes)
        if sets:
            yield _SET
        by_name = sets or not {"getattr", *_ACTING}.isdisjoint(code.co_names)
        for name in code.co_names:
            yield name
            helper = inspect.getattr_static(type(model), name, None)
            if helper is None and isinstance(func, types.FunctionType):
                helper = func.__globals__.get(name)
            owner = getattr(func, "__self__", None)
            if helper is None and owner is not None:
                helper = inspect.getattr_static(type(owner), name, None)
            if isinstance(helper, types.FunctionType):
                yield from _names(helper, model, attributes, seen)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                stack.append(constant)
            elif by_name and isinstance(constant, str):
                yield constant
