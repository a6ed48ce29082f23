"""TLA+, for TLC (Lamport, Specifying Systems, 2002): what follows what are tuples of sets, which TLC evaluates once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath

from bgsync.export.model import Kind, Model, identifier

USAGE = """\
java -cp tla2tools.jar tlc2.TLC -deadlock {file}
where a file of the same name that ends in .cfg has the lines: INIT Init, NEXT Next, INVARIANT {invariant}"""
NEVER = 3
"""A level that there is not."""
WIDTH = 110


def written(model: Model, file: str = "model.tla") -> str:
    """Write a model; `file` is what it will be called, less its ending the name of the module."""
    invariant = next((holds(name) for name, _ in model.properties), "gate_holds")
    legend = model.legend(USAGE.format(file=file, invariant=invariant))
    head = (f"---- MODULE {identifier(PurePath(file).stem)} ----", *(f"\\* {line}".rstrip() for line in legend))
    parts = (head, _state(model), *map(_kind, model.kinds), _joint(model), _actions(model), _invariants(model))
    return "\n".join(chain(*parts, ("====", "")))


def holds(name: str) -> str:
    """Give the name of the invariant of a property."""
    return f"{identifier(name)}_holds"


def _state(model: Model) -> Iterator[str]:
    yield "EXTENDS Integers, Sequences"
    yield f"VARIABLES context, {', '.join(name for name, _ in model.components)}"


def _tuple(name: str, values: Iterable[object]) -> Iterator[str]:
    yield f"{name} == <<"
    line = ""
    for number, value in enumerate(values):
        part = f", {value}" if number else str(value)
        if len(line) + len(part) > WIDTH:
            yield line
            line = ""
        line += part
    yield f"{line} >>"


def _set(values: Iterable[object]) -> str:
    return f"{{{', '.join(map(str, values))}}}"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n\\* {kind.name}, by local state: invocations in flight, and 1 where a handler runs."
    yield "\\* By slot: moves, <<level, target>>."
    yield from _tuple(f"{kind.name}_busy", kind.busy)
    yield from _tuple(f"{kind.name}_handler", map(int, kind.handler))
    ways = (dict.fromkeys((move.level, move.target) for move in moves) for moves in kind.moves)
    yield from _tuple(f"{kind.name}_moves", (_set(f"<<{level}, {target}>>" for level, target in each) for each in ways))


def _joint(model: Model) -> Iterator[str]:
    for number, broadcast in enumerate(model.broadcasts):
        yield f"\n\\* {broadcast.name}: the context after it, -1 where it cannot be."
        yield "\\* By slot: what a local state may become."
        yield from _tuple(f"leads_{number}", broadcast.leads)
        for kind in model.kinds:
            yield from _tuple(f"{kind.name}_joint_{number}", map(_set, kind.joint[number]))


def _slot(name: str, kind: Kind) -> str:
    return f"context * {len(kind.locals)} + {name} + 1"


def _actions(model: Model) -> Iterator[str]:
    names = ["context", *(name for name, _ in model.components)]
    busy = " + ".join(f"{kind.name}_busy[{name} + 1]" for name, kind in model.components)
    called = " + ".join(f"{kind.name}_handler[{name} + 1]" for name, kind in model.components)
    yield "\n\\* The level: 0, 1 with room for one more invocation, 2 with a handler that runs besides."
    yield f"Level == IF {busy} >= {model.scenario.calls} THEN 0\n  ELSE IF {called} > 0 THEN 2 ELSE 1"
    yield "\nInit == " + " /\\ ".join(f"{name} = 0" for name in names)
    actions = []
    for name, kind in model.components:
        actions.append(f"Move_{name}")
        others = ", ".join(other for other in names if other != name)
        yield f"\nMove_{name} == \\E move \\in {kind.name}_moves[{_slot(name, kind)}] :"
        yield f"  move[1] <= Level /\\ {name}' = move[2] /\\ UNCHANGED <<{others}>>"
    for number, broadcast in enumerate(model.broadcasts):
        actions.append(f"Together_{number}")
        yield f"\n\\* {broadcast.name}\nTogether_{number} ==\n  /\\ leads_{number}[context + 1] >= 0"
        yield from [f"  /\\ Level >= {broadcast.level}"] if broadcast.level else []
        yield from (f"  /\\ {n}' \\in {k.name}_joint_{number}[{_slot(n, k)}]" for n, k in model.components)
        yield f"  /\\ context' = leads_{number}[context + 1]"
    yield "\nNext == " + " \\/ ".join(actions)


def _invariants(model: Model) -> Iterator[str]:
    for number, (name, _) in enumerate(model.properties):
        alarming = [(each, kind) for each, kind in model.components if kind.alarms[number]]
        yield f"\n\\* {name}: from which level on it can be broken, {NEVER}: never; by slot."
        for kind in {kind.name: kind for _, kind in alarming}.values():
            levels = (kind.alarms[number].get(slot, NEVER) for slot in range(len(kind.moves)))
            yield from _tuple(f"{kind.name}_alarm_{number}", levels)
        fine = [f"{kind.name}_alarm_{number}[{_slot(each, kind)}] > Level" for each, kind in alarming]
        yield f"{holds(name)} == " + (" /\\ ".join(fine) or "TRUE")
