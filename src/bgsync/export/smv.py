"""SMV, for NuSMV (Cimatti et al., NuSMV 2, CAV 2002), which keeps sets of states as decision diagrams.

A transition is a formula over a state and the next one: some component moves and the others stay, or a broadcast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bgsync.export.model import Kind, Model, identifier

USAGE = """\
NuSMV -dynamic -source commands {file}
where the file `commands` has the lines: go, print_reachable_states, check_invar -P "gate", quit"""


def written(model: Model, file: str = "model.smv") -> str:
    """Write a model; `file` is what it will be called."""
    head = (f"-- {line}".rstrip() for line in model.legend(USAGE.format(file=file)))
    return "\n".join(chain(head, _state(model), _transitions(model), _invariants(model), ("",)))


def _state(model: Model) -> Iterator[str]:
    yield "\nMODULE main\nVAR"
    yield f"  context : 0..{max(1, len(model.contexts) - 1)};"
    yield from (f"  {name} : 0..{max(1, len(kind.locals) - 1)};" for name, kind in model.components)
    yield "INIT\n  context = 0 & " + " & ".join(f"{name} = 0" for name, _ in model.components)
    yield "DEFINE\n-- How many invocations are in flight, and whether a handler runs."
    for name, kind in model.components:
        yield f"  busy_{name} := case"
        for many in sorted(set(kind.busy)):
            yield f"    {_among(name, (n for n, busy in enumerate(kind.busy) if busy == many))} : {many};"
        handlers = _among(name, (n for n, handler in enumerate(kind.handler) if handler))
        yield f"    TRUE : 0;\n  esac;\n  handler_{name} := {handlers};"
    busy = " + ".join(f"busy_{name}" for name, _ in model.components)
    yield f"-- The levels.\n  level_0 := TRUE;\n  level_1 := {busy} < {model.scenario.calls};"
    yield f"  level_2 := level_1 & ({' | '.join(f'handler_{name}' for name, _ in model.components)});"


def _among(variable: str, values: Iterable[int]) -> str:
    """Say that a variable has one of some values."""
    found = sorted(values)
    if len(found) < 2:
        return f"{variable} = {found[0]}" if found else "FALSE"
    return f"{variable} in {{{', '.join(map(str, found))}}}"


# --- transitions


def _transitions(model: Model) -> Iterator[str]:
    names = [name for name, _ in model.components]
    yield "TRANS\n  FALSE"
    for name, kind in model.components:
        stay = " & ".join(f"next({other}) = {other}" for other in ("context", *names) if other != name)
        yield f"-- {name} moves\n  | ({stay} & case"
        yield from _becomes(model, name, _moves(kind))
        yield "    TRUE : FALSE;\n  esac)"
    for number, broadcast in enumerate(model.broadcasts):
        for context, leads in enumerate(broadcast.leads):
            if leads >= 0:
                yield f"-- {broadcast.name}"
                yield f"  | (context = {context} & next(context) = {leads} & level_{broadcast.level}"
                for name, kind in model.components:
                    yield "  & case"
                    yield from _becomes(model, name, _joint(kind, number, context))
                    yield "    TRUE : FALSE;\n  esac"
                yield "  )"


Ways = dict[tuple[int, tuple[int, ...]], set[int]]
"""The targets, by the level that they need and the contexts in which they are possible."""


def _moves(kind: Kind) -> list[Ways]:
    found: list[dict[tuple[int, int], list[int]]] = [{} for _ in kind.locals]
    for slot, moves in enumerate(kind.moves):
        context, local = divmod(slot, len(kind.locals))
        for level, target in sorted({(move.level, move.target) for move in moves}):
            found[local].setdefault((level, target), []).append(context)
    made: list[Ways] = [{} for _ in kind.locals]
    for ways, grouped in zip(found, made, strict=True):
        for (level, target), contexts in ways.items():
            grouped.setdefault((level, tuple(contexts)), set()).add(target)
    return made


def _joint(kind: Kind, number: int, context: int) -> list[Ways]:
    size = len(kind.locals)
    targets = kind.joint[number][context * size : (context + 1) * size]
    return [{(0, (context,)): set(each)} if each else {} for each in targets]


def _becomes(model: Model, name: str, ways: list[Ways]) -> Iterator[str]:
    """Write the cases of a local state: what it may become."""
    for local, groups in enumerate(ways):
        parts = []
        for (level, contexts), targets in groups.items():
            needed = [f"level_{level}"] if level else []
            if len(contexts) < len(model.contexts):
                needed.append(_among("context", contexts))
            parts.append(" & ".join((*needed, _among(f"next({name})", targets))))
        if parts:
            yield f"    {name} = {local} : {' | '.join(parts)};"


def _invariants(model: Model) -> Iterator[str]:
    for number, (name, _) in enumerate(model.properties):
        alarms = []
        for each, kind in model.components:
            found: dict[tuple[int, int], list[int]] = {}
            for slot, level in sorted(kind.alarms[number].items()):
                context, local = divmod(slot, len(kind.locals))
                found.setdefault((level, context), []).append(local)
            alarms += [
                f"(level_{level} & context = {context} & {_among(each, locals_)})"
                for (level, context), locals_ in found.items()
            ]
        yield f"INVARSPEC NAME {identifier(name)} :=\n  !({' | '.join(alarms) or 'FALSE'});"
