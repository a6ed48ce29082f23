"""Who may call a method: the tests that a text makes, and what it says elsewhere of who counts."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from bgsync.judge.property import Safety, Seen, View
from bgsync.judge.refusals import OWN, refusals
from bgsync.language import (
    Call,
    Environment,
    Field,
    Population,
    Reject,
    Requirement,
    Throw,
    walk,
)
from bgsync.language.expressions import parts
from bgsync.language.traversal import expressions
from bgsync.system.evaluation import NOT_FOLLOWED, READ_ELSEWHERE
from bgsync.system.observation import (
    Observation,
    Rejected,
    Resolved,
)
from bgsync.system.state import Value
from bgsync.system.system import System

Gates = Callable[[System, str], frozenset[str] | None]
"""The parts of the environment that a method must test, None where nothing is said of the method."""


def gate_look(gates: Gates) -> Callable[[View, Observation, int], Iterator[Seen]]:
    """Say what breaks a gate: a call that resolves in spite of a part that must be tested, or is refused for none."""

    def look(view: View, seen: Observation, pc: int) -> Iterator[Seen]:
        system = view.system
        if not isinstance(seen, Resolved | Rejected) or READ_ELSEWHERE in seen.read:
            return
        for method in sorted(refusals(system.program).callers(system.program.code[pc].origin.algorithm)):
            tested = gates(system, method)
            if tested is not None:
                broken = _let_in(system, seen, tested) if isinstance(seen, Resolved) else _kept_out(system, seen, pc)
                yield Seen(f"{method} {broken}" if broken else None)

    return look


def _let_in(system: System, seen: Resolved, tested: frozenset[str]) -> str:
    """Say why a call that resolves should have been refused; "" where it need not be."""
    met = [*_met(system, seen.read)]
    barred = [f"{name} {state}" for name, state in met if name in tested and not _suits(system, name, state)]
    if barred:
        return f"resolves in spite of: {', '.join(barred)}"
    free = {machine.name for machine in system.world.machines if machine.free}
    unread = sorted((tested & free) - {name for name, _ in met}) if NOT_FOLLOWED not in seen.read else []
    return f"resolves, and nothing has tested: {', '.join(unread)}" if unread else ""


def _kept_out(system: System, seen: Rejected, pc: int) -> str:
    """Say that a call is refused by a test of nothing but the environment, where that is as it has to be."""
    about = refusals(system.program).reasons(pc)
    met = [(name, state) for name, state in _met(system, seen.read) if not about or name in about]
    free_to_refuse = {machine.name for machine in system.world.machines if machine.recurs} | {OWN}
    if about & free_to_refuse or any(not _suits(system, *one) or _is_own_test(system, one[0]) for one in met if about):
        return ""
    suits = dict.fromkeys(_counts(system, name, met) if _is_free(system, name) else f"{name} {state}"
                          for name, state in met if about)  # fmt: skip
    return f"is refused with {seen.error} for no reason" + (f": {', '.join(suits)}" if suits else "")


def _met(system: System, read: tuple[Value, ...]) -> Iterator[tuple[str, str]]:
    """Give the parts of the environment that a call has met, each with its state."""
    for reason in map(str, read):
        for machine in system.world.machines:
            if reason.startswith(f"{machine.name} "):
                yield machine.name, reason.removeprefix(f"{machine.name} ")


def _suits(system: System, name: str, state: str) -> bool:
    """Whether a call may be made in a state of a part of the environment, by what the text says of it elsewhere."""
    machine, wanted = system.world.machine(name), _wanted(system, name)
    assert machine is not None
    if not machine.members:
        return state == machine.initial
    there = machine.members.get(state, ())
    if wanted is None:
        return bool(there)
    return any(dict(each.attributes).get(wanted.member) in wanted.values for each in there)


def _wanted(system: System, name: str) -> Requirement | None:
    """Give what the text says elsewhere of what must be there of a part of the environment."""
    return next((each for each in system.scenario.spec.requires if each.machine == name and each.values), None)


def _counts(system: System, name: str, met: Sequence[tuple[str, str]]) -> str:
    """Say what a call has met of a part of the environment that counts by what the text says elsewhere, and where."""
    machine, wanted = system.world.machine(name), _wanted(system, name)
    assert machine is not None
    if wanted is None:
        return name
    kinds = sorted(state for each, state in met if each == name and state != machine.initial)
    there = [dict(each.attributes) for state in kinds for each in machine.members.get(state, ())]
    where = f" by line {wanted.line}" if wanted.line else ""
    values = " or ".join(str(each.get(wanted.member, "")) for each in there)
    return (
        f"{name}, of which one with the {wanted.member} {values} counts{where}"
        if there
        else name + (f", which count{where}" if where else "")
    )


def _is_free(system: System, name: str) -> bool:
    machine = system.world.machine(name)
    return machine is not None and machine.free


@lru_cache(maxsize=8)
def _is_own_test(system: System, name: str) -> bool:
    """Whether the text tells what is there of a part of the environment apart, and says nothing of it elsewhere."""
    machine = system.world.machine(name)
    if machine is None or _wanted(system, name) is not None:
        return False
    told = {member for there in machine.members.values() for each in there for member, _ in each.attributes}
    read = (part for one in system.scenario.spec.statements() for whole in expressions(one) for part in parts(whole))
    return any(isinstance(part, Field) and part.name in told for part in read)


@lru_cache(maxsize=8)
def own_gates(system: System, method: str) -> frozenset[str] | None:
    """Give the parts of the environment that a method tests itself, or what it calls, if it ever refuses."""
    spec = system.scenario.spec
    if method not in spec.methods:
        return None
    bodies, found, work = dict(spec.bodies()), set[str](), [method]
    for name in work:
        for statement in walk(bodies.get(name, ())):
            inside = (p for one in expressions(statement) for p in parts(one))
            found |= {p.machine for p in inside if isinstance(p, Environment | Population)}
            if isinstance(statement, Call) and statement.algorithm not in work:
                work.append(statement.algorithm)
    refuses = any(isinstance(statement, Reject | Throw) for name in work for statement in walk(bodies.get(name, ())))
    return frozenset(found) if refuses else None


GATE = Safety(
    "gate",
    "A method that tests who may call is refused whenever its test says so, and only then.",
    "A refusal without reason loses what the caller wanted; a missing one lets in whom the text keeps out.",
    "the text's own tests",
    (Resolved, Rejected),
    gate_look(own_gates),
    broken="A call is refused without a reason, or let through where it must be refused.",
)
