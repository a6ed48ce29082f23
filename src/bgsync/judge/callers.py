"""Who called: runs that break a property at one step differ where the algorithm of that step is called from several.

Two invocations of an algorithm that are called from different steps are two ways to the same conflict, and to mend one
caller does not mend the other. (Which of two that both have called goes on first makes no other way.) Which call a step
belongs to no state says any more, as a call that an algorithm ends with leaves nothing of it behind. So the calls that
were made last are followed on the way, and in the run that is told the caller is sought among the steps that its
invocation took before.

A loop that fires and waits comes to the same step in two ways as well: from where its algorithm begins, and again after
a wait. A guard before the loop, or where the algorithm is called, mends the first of them alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from bgsync.judge.verdict import Trace
from bgsync.language import Origin
from bgsync.language.algorithm import Spec
from bgsync.language.statements import FIRES, Call, Statement, Wait, WaitUntil, While
from bgsync.language.traversal import ASYNCHRONOUS, body_of
from bgsync.system.program import Program
from bgsync.system.state import Process
from bgsync.system.step import Step
from bgsync.system.system import System


def calls(spec: Spec) -> Mapping[str, frozenset[str]]:
    """Give for each algorithm that is called from several steps the keys of these."""
    found = defaultdict[str, set[str]](set)
    for statement in spec.statements():
        if isinstance(statement, Call) and statement.origin is not None:
            found[statement.algorithm].add(statement.origin.key)
    return {name: frozenset(keys) for name, keys in found.items() if len(keys) > 1}


@lru_cache(maxsize=8)
def calls_of(program: Program) -> Mapping[str, frozenset[str]]:
    """Give the same for a program, once: programs of texts that say the same in different words are not the same."""
    return calls(program.spec)


def last_call(system: System, step: Step) -> str | None:
    """Give the key of the step that called an algorithm last in an action, of those that several steps call."""
    keys = frozenset[str]().union(*calls_of(system.program).values())
    made = (system.program.code[ran.pc] for ran in reversed(step.executed))
    return next((one.origin.key for one in made if one.op == "call" and one.origin.key in keys), None)


def waits(spec: Spec) -> frozenset[str]:
    """Give the keys of the waits in loops that fire, after each of which the loop fires again."""
    loops = (each for each in spec.statements() if isinstance(each, While))
    bodies = (tuple(_inside(body_of(loop))) for loop in loops)
    firing = (body for body in bodies if any(isinstance(each, FIRES) for each in body))
    found = (each.origin for body in firing for each in body if isinstance(each, Wait | WaitUntil))
    return frozenset(origin.key for origin in found if origin is not None)


def _inside(body: Iterable[Statement]) -> Iterator[Statement]:
    """Give the statements that an invocation takes itself."""
    for each in body:
        yield each
        if not isinstance(each, ASYNCHRONOUS):
            yield from _inside(body_of(each))


@lru_cache(maxsize=8)
def waits_of(program: Program) -> frozenset[str]:
    """Give the same for a program, once."""
    return waits(program.spec)


def arrival(system: System, step: Step) -> str | None:
    """Give the wait after which an action comes to fire again, "" where it fires first; None where it does not."""
    code, action = system.program.code, step.action
    again = waits_of(system.program)
    if not again or action.after is None or code[system.process(action.after).pc].op != "task":
        return None
    began = None if action.process is None else code[system.process(action.process).pc]
    return began.origin.key if began is not None and began.origin.key in again else ""


def resumed(spec: Spec, trace: Trace, place: int) -> Origin | None:
    """Give the wait after which the invocation that takes a step of a run fires again; None where it fires first."""
    again, actor = waits(spec), trace.steps[place].actor
    own = (step.origin for step in reversed(trace.steps[:place]) if step.actor == actor and step.origin is not None)
    return next((origin for origin in own if origin.key in again), None)


def reacts(process: Process) -> bool:
    """Whether a process does what is to be done when an event has settled."""
    return any(name == "@about" for frame in process.frames for name, _ in frame.variables)


def caller(spec: Spec, trace: Trace, place: int) -> Origin | None:
    """Give the step that called the algorithm which a step of a run belongs to; None where only one step calls it."""
    keys = calls(spec).get(trace.steps[place].algorithm)
    if keys is None:
        return None
    actor = trace.steps[place].actor
    own = (step.origin for step in reversed(trace.steps[:place]) if step.actor == actor and step.origin is not None)
    return next((origin for origin in own if origin.key in keys), None)
