"""exit and abort-scope: what leaves a loop, and how far an abort reaches.

Steps that run on their own cannot leave the loop that started them, nor go on with its next round. An abort in them
can be read in three ways: it ends the numbered list that it stands in, the innermost steps that run on their own (the
reading of the language), or the whole algorithm. Only where the readings differ in what still runs is there a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, Known, place, step
from bgsync.judge.structure.walking import ASYNCHRONOUS, LOOPS, Body, Visited, queued, visit
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say

EXITS = (s.Abort, s.Return, s.Throw, s.Break)
WAITS = (s.Wait, s.WaitUntil, s.Enqueue, s.QueueTask, s.NotUnderstood)


def loops(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find loops that cannot end, jumps that do not reach their loop, and aborts with more than one reading."""
    for _, body in spec.bodies():
        steps = tuple(visit(queued(body)))
        for at in steps:
            match at.statement:
                case s.While() as loop:
                    yield from _loop(loop, steps)
                    yield from _shared(at)
                case s.ForEach():
                    yield from _shared(at)
                case s.Continue() | s.Break():
                    yield from _jump(at)
                case s.Abort():
                    yield from _abort(at)


def _loop(loop: s.While, steps: tuple[Visited, ...]) -> Iterator[Finding]:
    inside = tuple(visit(traversal.body_of(loop)))
    leaving = [at for at in inside if isinstance(at.statement, EXITS) or _may_exit(at.statement)]
    if any(_leaves(at) for at in leaving):
        return
    waits = any(isinstance(at.statement, WAITS) and not _asynchronous(at.around) for at in inside)
    if loop.condition is True:
        candidates = [at for at in leaving if not isinstance(at.statement, s.Break) and not _ends_another(at)]
        if candidates:
            message = "the loop never ends: " + " and ".join(_falls_short(at) for at in candidates)
            yield Finding("exit", message, place(loop))
        elif not waits:
            yield Finding("exit", "the loop never ends, and waits for nothing", place(loop))
        return
    yield from _condition(loop, inside, steps)


def _condition(loop: s.While, inside: tuple[Visited, ...], steps: tuple[Visited, ...]) -> Iterator[Finding]:
    """A loop whose condition reads nothing but variables: who changes them?"""
    read = e.variables(loop.condition)
    if not read or not all(isinstance(part, e.Var | e.Is | e.Not | e.And | e.Or | e.Compare | str | bool | int | None)
                           for part in e.parts(loop.condition)):  # fmt: skip
        return
    changes = [at for at in inside if read & {*traversal.bound(at.statement)} or _may_write(at.statement, read)]
    elsewhere = [at for at in steps if read & {*traversal.bound(at.statement)} and _asynchronous(at.around)]
    if not changes and not elsewhere:
        message = f"the loop never ends once it has begun: no step changes {', '.join(sorted(read))}"
        yield Finding("exit", message, place(loop))
    elif changes and all(_asynchronous(at.around) for at in changes):
        which = ", ".join(dict.fromkeys(step(at.statement) for at in changes))
        message = (
            f"the condition reads {', '.join(sorted(read))}, which only steps that run on their own change ({which}): "
            "the loop may go round again before they do"
        )
        yield Finding("exit", message, place(loop), NOTE)


def _shared(at: Visited) -> Iterator[Finding]:
    """A variable from before a loop that steps of a round read on their own, while the loop goes on to change it.

    Variables have the scope of the block that they are introduced in (Infra, section 3.5), so one that each round
    introduces anew is that round's own.
    """
    inside = tuple(visit(traversal.body_of(at.statement)))
    own = {each.statement.name for each in inside if isinstance(each.statement, s.Let | s.ForEach)}
    for name in dict.fromkeys(name for each in inside if not _asynchronous(each.around) for name in _changes(each)):
        apart = [each for each in inside if _asynchronous(each.around)]
        reads = [each for each in apart if _reads(each.statement, name)]
        changes = [each for each in inside if not _asynchronous(each.around) and name in _changes(each)]
        waits = [each for each in inside if isinstance(each.statement, s.WaitUntil) and not _asynchronous(each.around)]
        if name in own or not reads or waits:
            continue
        which = ", ".join(dict.fromkeys(step(each.statement) for each in changes))
        message = (
            f"reads {name!r} in steps that {_started(_outermost(reads[0]))}, while the loop ({step(at.statement)}) "
            f"goes on and changes it ({which}): what one round reads, a later one may have set"
        )
        yield Finding("exit", message, place(reads[0].statement), NOTE)


def _reads(statement: s.Statement, name: str) -> bool:
    return any(name in e.variables(each) for each in traversal.expressions(statement))


def _outermost(at: Visited) -> s.Statement:
    return next(each for each in at.around if isinstance(each, ASYNCHRONOUS))


def _changes(at: Visited) -> tuple[str, ...]:
    """Give the variables that a statement gives another value."""
    match at.statement:
        case s.Set(target=e.Var(name=name)) | s.Increment(target=e.Var(name=name)):
            return (name,)
        case _:
            return ()


def _asynchronous(around: Body) -> bool:
    return any(isinstance(each, ASYNCHRONOUS) for each in around)


def _leaves(at: Visited) -> bool:
    """Whether a statement leaves the loop whose body it was visited from."""
    if _asynchronous(at.around):
        return False
    return not (isinstance(at.statement, s.Break) and any(isinstance(each, LOOPS) for each in at.around))


def _ends_another(at: Visited) -> bool:
    """Whether steps that run on their own end with a loop of theirs, which they may be meant to leave."""
    last = max((n for n, each in enumerate(at.around) if isinstance(each, ASYNCHRONOUS)), default=0)
    return any(isinstance(each, LOOPS) for each in at.around[last:])


def _may_exit(statement: s.Statement) -> bool:
    return isinstance(statement, s.NotUnderstood) and "exit" in statement.may_write


def _may_write(statement: s.Statement, names: frozenset[str]) -> bool:
    return isinstance(statement, s.NotUnderstood) and bool(names & {*statement.may_write})


def _falls_short(at: Visited) -> str:
    block = next(each for each in reversed(at.around) if isinstance(each, ASYNCHRONOUS))
    verb = say(at.statement) if isinstance(at.statement, EXITS) else "what is not understood"
    here = place(at.statement)
    return f"{step(at.statement)} (line {here.line}, {verb!r}) ends only the steps that {_started(block)}"


def _started(block: s.Statement) -> str:
    """Say when the steps of a block run."""
    match block:
        case s.InParallel():
            return "run in parallel"
        case s.Upon(outcomes=outcomes):
            return f"run when the promise is {' or '.join(outcomes)}"
        case s.Enqueue() | s.QueueTask():
            return "are queued"
        case s.Whenever():
            return "run whenever that happens"
        case _:
            return "are handed to the event"


def _jump(at: Visited) -> Iterator[Finding]:
    verb = "continue" if isinstance(at.statement, s.Continue) else "break"
    around = list(at.around)
    while around and not isinstance(around[-1], (*LOOPS, *ASYNCHRONOUS)):
        around.pop()
    if not around or not any(isinstance(each, LOOPS) for each in around):
        if any(isinstance(each, s.NotUnderstood) for each in at.around):
            return  # it may be a loop
        yield Finding("exit", f"{verb!r} stands in no loop", place(at.statement))
        return
    if isinstance(around[-1], LOOPS):
        return
    outer = max(index for index, each in enumerate(around) if isinstance(each, LOOPS))
    loop = around[outer]
    whole = traversal.body_of(loop) == (around[outer + 1],) and outer + 2 == len(around) and verb == "continue"
    message = (
        f"{verb!r} stands in steps that {_started(around[-1])}, and its loop ({step(loop)}) does not wait for them"
    )
    if whole:
        message += ": it can only mean to end these steps"
    yield Finding("exit", message, place(at.statement), NOTE if whole else ERROR)


def _abort(at: Visited) -> Iterator[Finding]:
    block = next((n for n in reversed(range(len(at.around))) if isinstance(at.around[n], ASYNCHRONOUS)), None)
    if block is None:
        return
    depth = len(place(at.statement).path) - 1
    after: list[tuple[s.Statement, bool]] = []
    for level in reversed(range(len(at.lists))):
        body, position = at.lists[level]
        after += [(each, level > block) for each in _rest(body, position)]
        if level and isinstance(at.around[level - 1], s.While):
            after.append((at.around[level - 1], level - 1 > block))
    skipped = [each for each, inside in after if inside and (len(place(each).path) <= depth or _around(each, at))]
    further = [each for each, inside in after if not inside and not isinstance(each, s.Return)]
    readings = []
    if skipped:
        readings.append(f"if only the list that it stands in, {step(skipped[0])} is still done")
    if further:
        verb = "goes round again" if _around(further[0], at) else "is still done"
        readings.append(f"if not the whole algorithm, {step(further[0])} {verb}")
    if readings:
        message = f"what does it abort? Read here as the steps that {_started(at.around[block])}; " + "; ".join(
            readings
        )
        yield Finding("abort-scope", message, place(at.statement), NOTE)


def _around(block: s.Statement, at: Visited) -> bool:
    return any(each is block for each in at.around)


def _rest(body: Body, position: int) -> Iterator[s.Statement]:
    """Give what follows in a list on some path that takes this statement."""
    here = body[position]
    place_in_chain = isinstance(here, s.If | s.Else)
    for each in body[position + 1 :]:
        if isinstance(each, s.Else) and place_in_chain:
            continue
        place_in_chain = False
        if isinstance(here, s.Upon) and isinstance(each, s.Upon) and here.promise == each.promise:
            continue
        yield each
