"""What this package knows of the library's insides: states, timers, and how a trigger is pulled."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from transitions import Machine

from bgsync.machines.table import is_nested, rows_of, separator_of


class Timer:
    """A timer that no clock ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.alive, self.daemon = False, True

    def start(self) -> None:
        """Run."""
        self.alive = True

    def cancel(self) -> None:
        """Run no longer."""
        self.alive = False

    def is_alive(self) -> bool:
        """Tell whether it runs."""
        return self.alive

    def done(self) -> bool:
        """Tell whether it does not, as tasks do."""
        return not self.alive


def frozen(value: Any) -> Any:
    """Make the value of a state a key."""
    return tuple(frozen(each) for each in value) if isinstance(value, list) else value


def thawed(value: Any) -> Any:
    """Give the value of a state back as the library keeps it."""
    return [thawed(each) for each in value] if isinstance(value, tuple) else value


def active_states(machine: Machine, value: Any) -> list[str]:
    """Give the names of the states that a value of the library's means, children before their parents."""
    separator = separator_of(machine)
    names: dict[str, None] = {}
    for each in _leaves(value):
        if separator is None:
            names[getattr(each, "name", each)] = None
            continue
        path = each.split(separator) if isinstance(each, str) else machine._get_enum_path(each)
        for length in range(len(path), 0, -1):
            names[separator.join(path[:length])] = None
    return list(names)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def named_states(machine: Machine) -> Iterator[tuple[str, Any]]:
    """Give every state with its whole name."""

    def inner(states: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name, state in states.items():
            yield (separator_of(machine) or "").join((*path, name)), state
            yield from inner(getattr(state, "states", {}), (*path, name))

    return inner(machine.states, ())


def start_of(machine: Machine, model: Any) -> Any:
    """Give what the machine starts a new model in; None where it says nothing, or only by the library's default."""
    initial: Any = machine.initial
    if initial is None:
        return None
    if initial == "initial" and not any(
        initial in (row.source, row.dest) for row, _ in rows_of(machine, automatic=False)
    ):
        return None
    before = getattr(model, machine.model_attribute)
    try:
        machine.set_state(initial, model)
        if is_nested(machine) and isinstance(initial, str):
            machine.set_state(machine._resolve_initial([model], initial.split(separator_of(machine))), model)
        return frozen(getattr(model, machine.model_attribute))
    finally:
        setattr(model, machine.model_attribute, before)


def pull_in(machine: Any, model: Any, trigger: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Pull a trigger of a machine, whatever the model has under its name."""
    if is_nested(machine):
        return machine.trigger_event(model, trigger, *args, **kwargs)
    return machine.events[trigger].trigger(model, *args, **kwargs)


def source_of(machine: Any, transition: Any) -> str:
    """Give the whole name of the source of a transition that is being taken."""
    if not is_nested(machine):
        return str(transition.source)
    return str(machine.state_cls.separator).join((*machine.prefix_path, transition.source))


def started(*_: Any) -> Timer:
    """Give a timer that runs."""
    timer = Timer()
    timer.start()
    return timer


def kept(thing: Any, undo: ExitStack) -> None:
    """Give an object the attributes back that it has now."""
    own = getattr(thing, "__dict__", None)
    if isinstance(own, dict):
        undo.callback(own.update, dict(own))
        undo.callback(own.clear)


def put_in(thing: Any, name: str, value: Any, undo: ExitStack) -> None:
    """Put an attribute into an object, and take it away again."""
    own = vars(thing)
    before = own.get(name, put_in)
    own[name] = value
    undo.callback(own.pop, name) if before is put_in else undo.callback(own.__setitem__, name, before)
