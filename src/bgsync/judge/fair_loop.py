"""Whether a loop that was replayed is fair: a part of the validator, written anew from the definition."""

from collections.abc import Hashable
from dataclasses import dataclass

from bgsync.system.collect import stands_alone
from bgsync.system.growth import whose
from bgsync.system.observation import Chose, CountBegins, Counted, Created, Declined, Supposed
from bgsync.system.step import NEVER_SETTLES, State, Step
from bgsync.system.system import System
from bgsync.system.world import Effect, Meaning


class Rejected(Exception):  # the name of a verdict
    """The finding does not hold on the plain semantics."""


@dataclass(frozen=True)
class Replayed:
    """A step of the plain semantics."""

    before: State
    step: Step


def _held_back(system: System, state: State, number: int) -> bool:
    return system.held_back(state, number, system.presence(state.processes))


def _what_stands_alone(system: System, cycle: list[Replayed]) -> frozenset[int] | None:
    """Give the processes of what was removed and shares nothing with the rest, None where the loop is of the rest.

    What such a loop does is nothing to the others: they go on beside it, as is fair to them.
    """
    found, acted = set[int](), False
    for taken in cycle:
        heap = enumerate(taken.before.shared.heap)
        removed = [slot for slot, known in heap if known is not None and not known.listed]
        alone = {n for slot in removed for n in stands_alone(system.processes, taken.before, slot) or ()}
        process = taken.step.action.process
        if process not in alone if process is not None else taken.step.action.kind != "move":
            return None
        found |= alone
        acted |= process is not None
    return frozenset(found) if acted else None


def check_fair(system: System, cycle: list[Replayed], *, apart: bool = False) -> None:
    """Check the loop for what a fair run must do, written anew from the definition.

    `apart`: it is the search's claim that the loop is one of what was removed, beside the rest.
    """
    alone = _what_stands_alone(system, cycle) if apart else None
    world = system.world
    harm = {trigger for name in system.scenario.adversities for trigger in world.adversities[name].triggers}
    for taken in cycle:
        for machine in world.machines:
            effect = machine.effects.get(taken.step.action.name)
            moved = taken.step.action.kind == "move" and taken.step.action.name in [row[0] for row in machine.rows]
            if moved and taken.step.action.name in harm and effect not in (Effect.STARTS, Effect.RESUMES):
                raise Rejected(f"an adversity strikes for ever: {taken.step.action.name}")
    contexts = [taken.before.shared.context for taken in cycle]
    for place, machine in enumerate(system.world.machines):
        if machine.recurs and all(context[place] != machine.recurs for context in contexts):
            raise Rejected(f"the {machine.name} is never {machine.recurs} in the loop")
        for trigger, source, _ in machine.rows:
            leaves = machine.effects.get(trigger) in (Effect.STARTS, Effect.RESUMES, Effect.SETTLES)
            if leaves and all(context[place] == source for context in contexts):
                raise Rejected(f"the {machine.name} is {source} for ever")
    acted = {taken.step.action.process for taken in cycle}
    for number in set(cycle[0].before.processes) if alone is None else alone & set(cycle[0].before.processes):
        process = system.process(number)
        awaited = system.program.code[process.pc]
        outcomes = [outcome for outcome, _, _ in awaited.branches]
        if awaited.op == "chance" and not ("fulfilled" in outcomes and "rejected" in outcomes):
            continue
        if any(number in taken.before.processes and _held_back(system, taken.before, number) for taken in cycle):
            continue
        if system.program.code[process.pc].op == "until":
            stays = all(number in taken.before.processes for taken in cycle)
            if stays and number not in acted and any(not system.blocked(taken.before, number) for taken in cycle):
                raise Rejected("steps that wait until something holds never go on, though it does")
            continue
        stays = all(number in taken.before.processes for taken in cycle)
        is_task = system.program.code[process.pc].op == "task"
        waits = process.note == NEVER_SETTLES or (
            is_task and any(not system.tasks_run(taken.before) for taken in cycle)
        )
        if stays and not waits and number not in acted:
            raise Rejected("an invocation that could go on never does")
    for queue, waiting in cycle[0].before.queues if alone is None else ():
        running = [n for taken in cycle for n in taken.before.processes if system.processes.batch[n] == queue]
        if not running and not any(number in acted for number in waiting):
            raise Rejected("a batch whose turn it is never begins")
    undone = system.scenario.means(Meaning.UNDONE)
    optional = {rule.name for rule in system.scenario.spec.rules if undone and rule.level == "SHOULD"}
    for rule in sorted({*cycle[0].before.due} - optional) if alone is None else ():
        ran = any(taken.step.action.kind == "rule" and taken.step.action.name == rule for taken in cycle)
        if all(rule in taken.before.due for taken in cycle) and not ran:
            raise Rejected(f"the user agent never does what it SHOULD do {rule}")
    if undone:
        return
    seen = [one for taken in cycle for one in taken.step.observations]
    chosen = {one.choice for one in seen if isinstance(one, Chose)}
    for one in seen:
        if isinstance(one, Declined) and one.choice not in chosen:
            raise Rejected(f"the user agent never chooses what it SHOULD: {one.choice}")


def check_supposed(system: System, cycle: list[Replayed], assumed: frozenset[str]) -> None:
    """Check that what is supposed of what is not followed comes out as it has to, wherever it could."""

    def tag(taken: Replayed, slot: int | None) -> str | None:
        after = taken.before if taken.step.after is None else taken.step.after
        return system.tag(after.shared, slot) or system.tag(taken.before.shared, slot)

    seen = [(taken, one) for taken in cycle for one in taken.step.observations]
    counted = {
        (one.counter, whose(one.counter, tag(taken, one.slot))) for taken, one in seen if isinstance(one, Counted)
    }
    anew: set[Hashable] = {tag(taken, one.slot) for taken, one in seen if isinstance(one, Created)}
    anew |= {one.counter for _, one in seen if isinstance(one, CountBegins)}
    every = [
        (taken, ran.pc, one)
        for taken in cycle
        for ran in taken.step.executed
        for one in ran.observations
        if isinstance(one, Supposed)
    ]
    came = {(pc, one.choice, tag(taken, one.slot), one.value) for taken, pc, one in every}
    for taken, pc, one in every:
        about = tag(taken, one.slot)
        if one.comes is None:
            asked, wanted = one.varies and "varying" in assumed, not one.value
        else:
            its = whose(one.grows, about)
            grows = not one.grows or ((one.grows, its) in counted and its not in anew)
            asked, wanted = grows and "growth" in assumed, one.comes
            if asked and one.grows and one.value != wanted:
                so = "so" if one.value else "not so"
                raise Rejected(f"what is counted passes every bound, and again it is {so} that {one.choice}")
        if not asked or (pc, one.choice, about, wanted) in came:
            continue
        if any(_differs(taken.step, step, one, wanted) for step in system.steps(taken.before)):
            raise Rejected(f"for ever it stays {'so' if one.value else 'not so'} that {one.choice}")


def _differs(taken: Step, other: Step, one: Supposed, wanted: bool) -> bool:
    """Whether another step is the same up to one supposition, which comes out as it is wanted."""
    if other.action[:4] != taken.action[:4]:
        return False
    for mine, theirs in zip(taken.action.choices, other.action.choices, strict=False):
        if mine != theirs:
            return mine == (one.choice, one.value) and theirs == (one.choice, wanted)
    return False
