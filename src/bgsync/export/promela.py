"""Promela, the language of SPIN (Holzmann, The SPIN Model Checker, 2004).

One process with one loop. Every option is a `d_step`, so nothing between two states is ever stored. What follows
what is looked up in constant arrays of C, which are no part of the state. SPIN reads at most 64 KB of C at once, so a
long array is written in several blocks, its braces as the digraphs of C (<% and %>), which SPIN does not pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product

from bgsync.export.model import Kind, Model, identifier

BLOCK = 40_000
"""How many characters a block of C has at most, about."""
WIDTH = 110

USAGE = """\
spin -a {file}
cc -O2 -DSAFETY -DNOREDUCE -o pan pan.c     (add -DBFS for the shortest trace, -DMEMLIM=8000 for more memory)
./pan -m1000000                             (add -A to count all states whatever breaks)
./pan -r                                    (tells the trace that was found)"""


def written(model: Model, file: str = "model.pml") -> str:
    """Write a model; `file` is what it will be called."""
    head = commented(model.legend(USAGE.format(file=file)))
    return "\n".join(chain(head, tables(model), state(model), _process(model), ("",)))


def commented(lines: Iterable[str]) -> Iterator[str]:
    """Write lines as a comment."""
    yield from ("/*", *(f" * {line}".rstrip().replace("*/", "* /") for line in lines), " */")


def holds(name: str) -> str:
    """Give what is asserted where a property is broken: it says so in its name, and is false."""
    return f"{identifier(name)}_holds"


# --- the tables


def tables(model: Model) -> Iterator[str]:
    """Write what follows what, as constant arrays."""
    yield "\n/* The words of a move. */"
    yield from array("char *const", "words", map(quoted, model.words))
    for kind in model.kinds:
        yield from _kind(kind)
    for number, broadcast in enumerate(model.broadcasts):
        yield f"\n/* {broadcast.name}: the context after it, -1 where it cannot be; what a local state becomes. */"
        yield from array("short", f"leads_{number}", broadcast.leads)
        for kind in model.kinds:
            yield from _lists(f"{kind.name}_joint_{number}", kind.joint[number])
    for number, (name, _) in enumerate(model.properties):
        for kind in model.kinds:
            found = kind.alarms[number]
            if found:
                yield f"\n/* {name}: from which level on it can be broken, plus 1; by slot. */"
                last = len(kind.moves) - 1
                entries = {last: 0} | {slot: level + 1 for slot, level in found.items()}
                listed = (f"[{slot}]={level}" for slot, level in sorted(entries.items()))
                yield from array("unsigned char", f"{kind.name}_alarm_{number}", listed)


def quoted(text: str) -> str:
    """Quote a text for C."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n/* {kind.name}: invocations in flight, plus 256 where a handler runs; by local state. */"
    work = (busy + 256 * handler for busy, handler in zip(kind.busy, kind.handler, strict=True))
    yield from array("short", f"{kind.name}_work", work)
    yield f"/* {kind.name}: the moves, and how many are possible at each level; by slot. */"
    yield from _lists(f"{kind.name}_moves", [[move.target for move in moves] for moves in kind.moves])
    for level in range(3):
        yield from array("unsigned char", f"{kind.name}_upto_{level}", kind.upto(level))
    yield from array("short", f"{kind.name}_says", (move.says for moves in kind.moves for move in moves))


def _lists(name: str, lists: Sequence[Sequence[int]]) -> Iterator[str]:
    """Write lists one after another, with where each begins and how long it is."""
    starts, count = [], 0
    for each in lists:
        starts.append(count)
        count += len(each)
    yield from array("int", f"{name}_from", starts)
    yield from array("unsigned char", f"{name}_many", map(len, lists))
    yield from array("int", name, chain.from_iterable(lists))


def array(kind: str, name: str, values: Iterable[object]) -> Iterator[str]:
    """Write a constant array of C."""
    lines = [*_lines(map(str, values))] or ["0"]
    size = BLOCK // WIDTH
    for first in range(0, len(lines), size):
        opening = f"static const {kind} {name}[] = <%\n" if first == 0 else ""
        closing = "\n%>;" if first + size >= len(lines) else ""
        yield "c_decl {\n" + opening + "\n".join(lines[first : first + size]) + closing + "\n}"


def _lines(values: Iterable[str]) -> Iterator[str]:
    line = ""
    for value in values:
        if len(line) + len(value) >= WIDTH:
            yield line
            line = ""
        line += value + ","
    if line:
        yield line


# --- the process


def state(model: Model) -> Iterator[str]:
    """Write the variables of the model, and what can be said of a state of it."""
    yield "\n/* The state. */"
    yield f"{_type(len(model.contexts))} context;"
    yield from (f"{_type(len(kind.locals))} {name};" for name, kind in model.components)
    work = " + ".join(f"{kind.name}_work[now.{name}]" for name, kind in model.components)
    yield "\n/* The level: 0, 1 with room for one more invocation, 2 with a handler that runs besides. */"
    yield f"#define WORK ({work})"
    yield f"#define LEVEL ((WORK & 255) >= {model.scenario.calls} ? 0 : WORK < 256 ? 1 : 2)"
    for kind in model.kinds:
        size = len(kind.locals)
        yield f"#define SLOT_{kind.name}(local) (now.context * {size} + (local))"
        upto = f"(LEVEL == 0 ? {kind.name}_upto_0 : LEVEL == 1 ? {kind.name}_upto_1 : {kind.name}_upto_2)"
        yield f"#define UPTO_{kind.name}(local) ({upto}[SLOT_{kind.name}(local)])"
    yield MOVES


MOVES = """
/* Whether a component can make its move with this number, and the move. */
#define CAN(kind, component, number) (number < UPTO_##kind(now.component))
#define MOVE(kind, component, number) \\
  int move = kind##_moves_from[SLOT_##kind(now.component)] + number; \\
  if (readtrail) printf("%s: %s\\n", #component, words[kind##_says[move]]); \\
  now.component = kind##_moves[move];"""


def _type(size: int) -> str:
    return "byte" if size <= 256 else "short" if size <= 32_768 else "int"


def _process(model: Model) -> Iterator[str]:
    for number in range(len(model.broadcasts)):
        yield from joint(model, number)
    yield from (f"c_decl {{ static const int {holds(name)} = 0; }}" for name, _ in model.properties)
    yield "\nactive proctype product() {\nend:\n  do"
    for number, (name, _) in enumerate(model.properties):
        alarms = [
            f"{kind.name}_alarm_{number}[SLOT_{kind.name}(now.{component})] - 1u <= LEVEL"
            for component, kind in model.components
            if kind.alarms[number]
        ]
        if alarms:
            yield f"  :: d_step {{ c_expr {{ {' || '.join(alarms)} }} -> assert(c_expr {{ {holds(name)} }}) }}"
    for component, kind in model.components:
        yield f"  /* {component} moves */"
        for number in range(kind.most):
            move = f"{kind.name}, {component}, {number}"
            yield f"  :: d_step {{ c_expr {{ CAN({move}) }} -> c_code {{ MOVE({move}) }} }}"
    for number, broadcast in enumerate(model.broadcasts):
        yield f"  /* {broadcast.name}: all components move at once */"
        for ways in product(*(range(kind.choices(number)) for _, kind in model.components)):
            chosen = ", ".join(map(str, ways))
            yield f"  :: d_step {{ c_expr {{ CAN_{number}({chosen}) }} -> c_code {{ MOVE_{number}({chosen}) }} }}"
    yield "  od\n}"


def joint(model: Model, number: int) -> Iterator[str]:
    """Write what a broadcast is; its parameters say which of its options each component takes."""
    broadcast = model.broadcasts[number]
    ways = ", ".join(f"way_{name}" for name, _ in model.components)
    allowed = [f"leads_{number}[now.context] >= 0", *([f"LEVEL >= {broadcast.level}"] if broadcast.level else [])]
    moves = []
    for name, kind in model.components:
        array, slot = f"{kind.name}_joint_{number}", f"SLOT_{kind.name}(now.{name})"
        allowed.append(f"way_{name} < {array}_many[{slot}]")
        moves.append(f"now.{name} = {array}[{array}_from[{slot}] + way_{name}];")
    yield f"\n/* {broadcast.name} */"
    yield f"#define CAN_{number}({ways}) ({' && '.join(allowed)})"
    yield f"#define MOVE_{number}({ways}) \\"
    yield from (f"  {move} \\" for move in moves)
    yield f'  if (readtrail) printf("%s\\n", {quoted(broadcast.name)}); \\'
    yield f"  now.context = leads_{number}[now.context];"
