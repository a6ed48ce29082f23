"""Murphi, for rumur (Dill et al., Protocol verification as a hardware design aid, ICCD 1992).

Murphi has no constant arrays, and one that is a variable would be part of every state. So what follows what is a
function: a binary search for the local state, written out as nested ifs, with what is possible in the leaves.
Invariants say that no property can be broken next; rumur does not go on from a state where one fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bgsync.export.model import Kind, Model

USAGE = """\
rumur --deadlock-detection off --output model.c {file}
cc -O1 -mcx16 -o model model.c -lpthread
./model"""
NEVER = 3
"""A level that there is not."""
CHUNK = 64
"""How many local states are looked up in one function: C compilers take very long over large ones."""

Row = tuple[str, ...]
"""The statements of a leaf."""


def written(model: Model, file: str = "model.m") -> str:
    """Write a model; `file` is what it will be called."""
    head = (f"-- {line}".rstrip() for line in model.legend(USAGE.format(file=file)))
    functions = (line for function in _functions(model) for line in function.lines())
    return "\n".join(chain(head, _state(model), functions, _level(model), _rules(model), ("",)))


def _state(model: Model) -> Iterator[str]:
    yield "\ntype\n  number: 0 .. 255;"
    yield f"  level: 0 .. {NEVER};"
    for kind in model.kinds:
        yield f"  {kind.name}: 0 .. {len(kind.locals) - 1};"
        yield f"  {kind.name}_or_none: -1 .. {len(kind.locals) - 1};"
    yield f"\nvar\n  context: 0 .. {len(model.contexts) - 1};"
    yield from (f"  {name}: {kind.name};" for name, kind in model.components)


# --- what is looked up


@dataclass(frozen=True)
class Function:
    """A function of a local state, and perhaps of more, with the statements of each local state."""

    title: str
    name: str
    kind: Kind
    gives: str
    rows: Sequence[Row]
    more: tuple[tuple[str, str], ...] = ()

    def lines(self) -> Iterator[str]:
        """Write it, as several functions where it is long."""
        yield f"\n-- {self.title}"
        rows = list(enumerate(self.rows))
        starts = range(0, len(rows), CHUNK)
        if len(rows) > CHUNK:
            for start in starts:
                yield from self._one(f"{self.name}_{start}", rows[start : start + CHUNK])
            passed = ", ".join(("here", *(name for name, _ in self.more)))
            rows = [(n, (f"return {self.name}_{n // CHUNK * CHUNK}({passed});",)) for n, _ in rows]
        yield from self._one(self.name, rows)

    def _one(self, name: str, rows: list[tuple[int, Row]]) -> Iterator[str]:
        given = "; ".join(f"{each}: {type_}" for each, type_ in (("here", self.kind.name), *self.more))
        yield f"function {name}({given}): {self.gives};\nbegin"
        ends = [n for n in range(len(rows)) if n + 1 == len(rows) or rows[n + 1][1] != rows[n][1]]
        yield from _search([(rows[n][0] + 1, rows[n][1]) for n in ends], 1)
        yield "end;"


def _search(runs: list[tuple[int, Row]], depth: int) -> Iterator[str]:
    space = " " * depth
    if len(runs) == 1:
        yield from (space + line for line in runs[0][1])
        return
    half = len(runs) // 2
    yield f"{space}if here < {runs[half - 1][0]} then"
    yield from _search(runs[:half], depth + 1)
    yield f"{space}else"
    yield from _search(runs[half:], depth + 1)
    yield f"{space}endif;"


Options = list[list[tuple[tuple[int, int], list[int]]]]
"""By local state: pairs of a target and the level that it needs, each with the contexts where there is such a way."""


def _options(kind: Kind, slots: Iterable[Iterable[tuple[int, int]]]) -> Options:
    """Give what is possible by local state instead of by slot; what there is twice in a context stays twice."""
    found: list[dict[tuple[tuple[int, int], int], list[int]]] = [{} for _ in kind.locals]
    for slot, ways in enumerate(slots):
        context, local = divmod(slot, len(kind.locals))
        times: Counter[tuple[int, int]] = Counter()
        for way in ways:
            found[local].setdefault((way, times[way]), []).append(context)
            times[way] += 1
    return [[(way, contexts) for (way, _), contexts in options.items()] for options in found]


def _moves(kind: Kind) -> Options:
    return _options(kind, ([(move.target, move.level) for move in moves] for moves in kind.moves))


def _joint(kind: Kind, number: int) -> Options:
    return _options(kind, ([(target, 0) for target in targets] for targets in kind.joint[number]))


def _rows(options: Options, contexts: int, key: str = "which") -> list[Row]:
    """Give the statements that choose the option with a number, where context and level allow it."""
    rows = []
    for ways in options:
        lines = []
        for number, ((target, level), where) in enumerate(ways):
            needed = [f"{key} = {number}", *([f"has >= {level}"] if level else [])]
            if len(where) < contexts:
                needed.append("(" + " | ".join(f"context = {context}" for context in where) + ")")
            lines.append(f"if {' & '.join(needed)} then return {target}; endif;")
        rows.append((*lines, "return -1;"))
    return rows


def _functions(model: Model) -> Iterator[Function]:
    contexts = len(model.contexts)
    chosen = (("has", "level"), ("which", "number"))
    for kind in model.kinds:
        none = f"{kind.name}_or_none"
        busy = [(f"return {busy};",) for busy in kind.busy]
        yield Function("How many invocations are in flight.", f"{kind.name}_busy", kind, "number", busy)
        handler = [(f"return {int(handler)};",) for handler in kind.handler]
        yield Function("Whether a handler runs: 1 or 0.", f"{kind.name}_handler", kind, "number", handler)
        title = "What a local state becomes by its move with a number; -1 where it cannot make it."
        yield Function(title, f"{kind.name}_move", kind, none, _rows(_moves(kind), contexts), chosen)
        for number, broadcast in enumerate(model.broadcasts):
            title = f"{broadcast.name}: what a local state becomes, in the way with a number; -1 where there is none."
            rows = _rows(_joint(kind, number), contexts)
            yield Function(title, f"{kind.name}_joint_{number}", kind, none, rows, chosen)
        for number, (name, _) in enumerate(model.properties):
            title = f"{name}: from which level on it can be broken; {NEVER}: never."
            yield Function(title, f"{kind.name}_alarm_{number}", kind, "level", _alarms(kind, number))


def _alarms(kind: Kind, number: int) -> list[Row]:
    rows: list[list[str]] = [[] for _ in kind.locals]
    for slot, level in sorted(kind.alarms[number].items()):
        context, local = divmod(slot, len(kind.locals))
        rows[local].append(f"if context = {context} then return {level}; endif;")
    return [(*lines, f"return {NEVER};") for lines in rows]


def _level(model: Model) -> Iterator[str]:
    busy = " + ".join(f"{kind.name}_busy({name})" for name, kind in model.components)
    called = " + ".join(f"{kind.name}_handler({name})" for name, kind in model.components)
    yield "\n-- The level: 0, 1 with room for one more invocation, 2 with a handler that runs besides."
    yield "function level_now(): level;\nbegin"
    yield f" if {busy} >= {model.scenario.calls} then return 0; endif;"
    yield f" if {called} > 0 then return 2; endif;\n return 1;\nend;"


# --- rules


def _rules(model: Model) -> Iterator[str]:
    yield "\nstartstate\nbegin\n context := 0;"
    yield from (f" {name} := 0;" for name, _ in model.components)
    yield "end;"
    for name, kind in model.components:
        most = max(map(len, _moves(kind)))
        if most:
            call = f"{kind.name}_move({name}, level_now(), which)"
            yield f'\nruleset which: 0 .. {most - 1} do\nrule "{name} moves"'
            yield f" {call} >= 0\n==>\nbegin\n {name} := {call};\nend;\nendruleset;"
    for number in range(len(model.broadcasts)):
        yield from _together(model, number)
    for number, (name, _) in enumerate(model.properties):
        fine = (f"{kind.name}_alarm_{number}({each}) > level_now()" for each, kind in model.components)
        yield f'\ninvariant "{name}"\n {" & ".join(fine)};'


def _together(model: Model, number: int) -> Iterator[str]:
    """Write the rules of a broadcast, one for each context."""
    broadcast = model.broadcasts[number]
    title = broadcast.name.replace('"', "'")
    most = {name: max(map(len, _joint(kind, number))) for name, kind in model.components}
    ways = "; ".join(f"way_{name}: 0 .. {max(1, many) - 1}" for name, many in most.items())
    calls = {name: f"{kind.name}_joint_{number}({name}, 0, way_{name})" for name, kind in model.components}
    for context, leads in enumerate(broadcast.leads):
        if leads >= 0:
            allowed = [f"context = {context}", *([f"level_now() >= {broadcast.level}"] if broadcast.level else [])]
            allowed += [f"{call} >= 0" for call in calls.values()]
            yield f'\nruleset {ways} do\nrule "{title}"\n {" & ".join(allowed)}\n==>\nbegin'
            yield from (f" {name} := {call};" for name, call in calls.items())
            yield f" context := {leads};\nend;\nendruleset;"
