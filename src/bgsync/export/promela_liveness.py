"""A liveness property in Promela, with fairness as SPIN has it: `-f`, weak fairness between processes.

SPIN is fair to processes, so everybody who has to act is a process of its own, and one more, `anybody`, makes the moves
that nobody has to make. SPIN asks of a process that can always go on that it does so again and again. Two options
make this the fairness that is asked for, where a demand may also be asked for without a move that meets it (an
invocation that waits for a free place, or whose only step is an Assert that fails):

* where a process is not asked for, it can do nothing: it need not act;
* where it is asked for, it can give the run up. Such a run is not looked at any more, so a run in which a process is
  asked for without end has to have its moves.

A step sets the bits that the claim speaks of: whether anything is owed after it and whether the step has given it,
whether each machine that comes back again and again is there, which SHOULD was declined or chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise, product

from bgsync.export.liveness import ANYBODY, Fair, Moves
from bgsync.export.promela import array, commented, joint, state, tables

USAGE = """\
spin -a {file}
cc -O2 -DNOREDUCE -DNFAIR={fair} -o pan pan.c
{runs}
./pan -r                                    (tells the run that was found: how it comes to a cycle, and the cycle)"""
RUN = "./pan -a -f -m1000000 -N {claim}          (acceptance cycle: a fair endless run breaks it)"


def written(fair: Fair, file: str = "model.pml") -> str:
    """Write a model with a liveness property; `file` is what it will be called."""
    claims = [claim(fair, number) for number in range(len(fair.owed))]
    usage = USAGE.format(
        file=file,
        fair=counters(fair),
        runs="\n".join(RUN.format(claim=name) for name in claims) or "(nothing is ever owed: no run breaks it)",
    )
    words = (*fair.model.legend(usage), "", f"{fair.liveness.id}: {fair.liveness.sentence}")
    lines = chain(commented(words), tables(fair.model), _tables(fair), state(fair.model), _signs(fair))
    joints = (line for number in range(len(fair.model.broadcasts)) for line in joint(fair.model, number))
    automata = (line for number in range(len(claims)) for line in _claim(fair, number))
    return "\n".join(chain(lines, joints, _processes(fair), automata, ("",)))


def claim(fair: Fair, number: int) -> str:
    """Name a claim of a property."""
    return f"claim_{number}"


def counters(fair: Fair) -> int:
    """Give how many words SPIN needs to be fair to so many processes: each has room for four, and three are its own."""
    return (len(fair.demands) + 3) // 4 + 1


# --- the tables


def _tables(fair: Fair) -> Iterator[str]:
    for place, kind in enumerate(fair.model.kinds):
        slots = range(len(kind.moves))
        yield f"\n/* {kind.name}: by which demand a move is made, 0 for none, and the signs of it, a bit each. */"
        yield from _moves(f"{kind.name}", fair.moves[place])
        for number, each in enumerate(fair.joint[place]):
            yield from _moves(f"{kind.name}_joint_{number}", each)
        for number, owed in enumerate(fair.owed):
            yield from array("unsigned char", f"{kind.name}_owed_{number}", (int(s in owed[place]) for s in slots))
    contexts = range(len(fair.model.contexts))
    for number, demand in enumerate(fair.demands, start=1):
        over = contexts if demand.kind is None else range(len(fair.model.kinds[demand.kind].moves))
        yield f"\n/* Where this is asked for: {demand.who}. */"
        yield from array("unsigned char", f"asked_{number}", (int(place in demand.where) for place in over))
    for number, there in enumerate(fair.recurs):
        yield from array("unsigned char", f"recurs_in_{number}", (int(place in there) for place in contexts))


def _moves(name: str, moves: Moves) -> Iterator[str]:
    yield from array("short", f"{name}_meets", moves.meets)
    yield from array("int", f"{name}_does", moves.does)


# --- what is seen


def _signs(fair: Fair) -> Iterator[str]:
    owed = [
        " || ".join(f"{kind.name}_owed_{number}[SLOT_{kind.name}(now.{name})]" for name, kind in fair.model.components)
        for number in range(len(fair.owed))
    ]
    first = [any(0 in slots for slots in each) for each in fair.owed]
    yield "\n/* What the claims speak of. `over`: the run was given up. */"
    yield "bit over;"
    yield from (f"bit owed_{number} = {int(is_owed)};" for number, is_owed in enumerate(first))
    yield from (f"bit recurs_{number} = {int(0 in there)};" for number, there in enumerate(fair.recurs))
    yield from (f"bit {sign};" for sign in fair.signs)
    yield "#define SEEN(signs) \\"
    yield from (f"  now.{sign} = (signs) >> {place} & 1; \\" for place, sign in enumerate(fair.signs))
    yield from (f"  now.owed_{number} = !now.over && ({told}); \\" for number, told in enumerate(owed))
    yield from (f"  now.recurs_{number} = recurs_in_{number}[now.context]; \\" for number in range(len(fair.recurs)))
    yield "  ;"
    yield "#define AT(kind, component, number) (kind##_moves_from[SLOT_##kind(now.component)] + number)"
    yield "#define MEETS(kind, component, number, who) (!now.over && CAN(kind, component, number) && \\"
    yield "  kind##_meets[AT(kind, component, number)] == who)"


# --- who acts


def _processes(fair: Fair) -> Iterator[str]:
    yield from _process(fair, ANYBODY, "anybody", ["!now.over"])
    for number, demand in enumerate(fair.demands, start=1):
        yield f"\n/* {demand.who} */"
        alike = [name for name, kind in fair.model.components if demand.kind in (None, fair.model.kinds.index(kind))]
        slot = "now.context" if demand.kind is None else f"SLOT_{fair.model.kinds[demand.kind].name}(now.{alike[0]})"
        asked = f"asked_{number}[{slot}]"
        yield from _process(fair, number, f"demand_{number}", [f"!now.over && !{asked}"], f"!now.over && {asked}")


def _process(fair: Fair, who: int, name: str, idle: list[str], gives_up: str = "") -> Iterator[str]:
    yield f"active proctype {name}() {{\nend:\n  do"
    yield from (f"  :: d_step {{ c_expr {{ {when} }} -> c_code {{ SEEN(0) }} }}" for when in idle)
    if gives_up:
        yield f"  :: d_step {{ c_expr {{ {gives_up} }} -> c_code {{ now.over = 1; SEEN(0) }} }}"
    for component, kind in fair.model.components:
        starts, place = [0], fair.model.kinds.index(kind)
        for moves in kind.moves:
            starts.append(starts[-1] + len(moves))
        met = fair.moves[place].meets
        numbers = {at - first for first, last in pairwise(starts) for at in range(first, last) if met[at] == who}
        for number in sorted(numbers):
            move = f"{kind.name}, {component}, {number}"
            code = f"int signs = {kind.name}_does[AT({move})]; MOVE({move}) SEEN(signs)"
            yield f"  :: d_step {{ c_expr {{ MEETS({move}, {who}) }} -> c_code {{ {code} }} }}"
    for number in range(len(fair.model.broadcasts)):
        if who in {meets for kind in fair.joint for meets in kind[number].meets}:
            yield from _broadcast(fair, number)
    yield "  od\n}"


def _broadcast(fair: Fair, number: int) -> Iterator[str]:
    model = fair.model
    for ways in product(*(range(kind.choices(number)) for _, kind in model.components)):
        chosen, signs = ", ".join(map(str, ways)), []
        for way, (name, kind) in zip(ways, model.components, strict=True):
            of = f"{kind.name}_joint_{number}"
            signs.append(f"{of}_does[{of}_from[SLOT_{kind.name}(now.{name})] + {way}]")
        code = f"int signs = {' | '.join(signs)}; MOVE_{number}({chosen}) SEEN(signs)"
        yield f"  :: d_step {{ c_expr {{ !now.over && CAN_{number}({chosen}) }} -> c_code {{ {code} }} }}"


# --- what is claimed


def _claim(fair: Fair, number: int) -> Iterator[str]:
    """Write the automaton of the runs that owe something for ever from some time on, fairly, and never give it.

    It guesses from when on that is so, and which choices are not declined any more; the others are to be chosen again
    and again. Then it waits for everything that is to come again and again, one thing after the other.
    """
    often = [f"recurs_{each}" for each in range(len(fair.recurs))] + ["needed"] * ("needed" in fair.signs)
    guesses = [
        ([each for each, declined in enumerate(declines) if not declined],
         [*often, *(f"chosen_{each}" for each, declined in enumerate(declines) if declined)])
        for declines in product((False, True), repeat=fair.should)
    ]  # fmt: skip
    yield f"\nnever {claim(fair, number)} {{\nbegin:\n  do\n  :: true"
    for guess, (_, goals) in enumerate(guesses):
        yield f"  :: owed_{number} && !given_{number} -> goto {_label(guess, 0, goals)}"
    yield "  od;"
    for guess, (never, goals) in enumerate(guesses):
        hangs = " && ".join((f"owed_{number} && !given_{number}", *(f"!declined_{each}" for each in never)))
        for place, goal in enumerate(goals):
            here, then = _label(guess, place, goals), _label(guess, place + 1, goals)
            yield f"{here}:\n  if\n  :: {hangs} && {goal} -> goto {then}\n  :: {hangs} && !{goal} -> goto {here}\n  fi;"
        yield f"accept_{guess}:\n  if\n  :: {hangs} -> goto {_label(guess, 0, goals)}\n  fi;"
    yield "}"


def _label(guess: int, place: int, goals: list[str]) -> str:
    """Name where the automaton waits for a goal, or is when all have come."""
    return f"hangs_{guess}_{place}" if place < len(goals) else f"accept_{guess}"
