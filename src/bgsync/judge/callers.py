"""Who called: runs that break a property at one step differ where the algorithm of that step is called from several.

Two invocations of an algorithm that are called from different steps are two ways to the same conflict, and to mend one
caller does not mend the other. (Which of two that both have called goes on first makes no other way.) Which call a step
belongs to no state says any more, as a call that an algorithm ends with leaves nothing of it behind. So the calls that
were made last are followed on the way, and in the run that is told the caller is sought among the steps that its
invocation took before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from bgsync.judge.verdict import Trace
from bgsync.language import Origin
from bgsync.language.algorithm import Spec
from bgsync.language.statements import Call
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
