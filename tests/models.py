"""Tiny specs for the tests: an outbox whose every part can be replaced, and single algorithms that run alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bgsync.explore.graph import Graph
from bgsync.explore.search import explore
from bgsync.judge.budget import Budget
from bgsync.judge.check import Question, check
from bgsync.judge.explorations import Effort
from bgsync.judge.property import Property
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import (
    Abort,
    Add,
    Algorithm,
    Call,
    Dispatch,
    Field,
    Find,
    FireEvent,
    ForEach,
    If,
    Is,
    Let,
    New,
    Not,
    ObjectType,
    Remove,
    Resolve,
    RunPostDispatchSteps,
    Set,
    Spec,
    Statement,
    Steps,
    Upon,
    algorithm,
    rule,
    steps,
    v,
)
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.background_sync.one_off import (
    NO_FURTHER_ATTEMPTS,
    ONLINE,
    REGISTRATIONS,
    SYNC_REGISTRATION,
    state_of,
)
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, REREGISTERED
from bgsync.shipped.model.background_sync.world import WORLD
from bgsync.shipped.model.environment import NETWORK
from bgsync.shipped.properties.background_sync import PROPERTIES
from bgsync.system.interpreter import Interpreter
from bgsync.system.monitor import Monitor
from bgsync.system.observation import Outcome
from bgsync.system.program import Program
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.sharing import sharing
from bgsync.system.state import Frame, Process, Shared, Value
from bgsync.system.step import Action, State
from bgsync.system.system import System
from bgsync.system.world import World

FILE = "tests/models.py"
UNGATED = replace(WORLD, machines=tuple(replace(machine, refuses=False) for machine in WORLD.machines))
"""The world of background sync where no call is refused for what it meets."""
CALM = replace(
    UNGATED.with_machine(replace(NETWORK, initial="online")), never=(*UNGATED.never, "go online", "go offline")
)
"""Always online: nothing in the environment moves."""
MONITORS = ONE_OFF.monitors
"""The monitors of one-off background sync, by name."""

Items = tuple[Statement, ...]


def scenario(
    spec: Spec,
    world: World = WORLD,
    granularity: str = "step",
    adversities: tuple[str, ...] = (),
    *,
    tags: int = 1,
    calls: int = 2,
    abort: str = "scope",
    termination: str = "handler",
    monitor: str | Monitor = "none",
    not_understood: str = "nothing",
) -> Scenario:
    """Make a scenario; a monitor of one-off background sync goes by its name."""
    watching = MONITORS[monitor] if isinstance(monitor, str) else monitor
    return Scenario(
        spec,
        world,
        granularity,
        adversities,
        Bounds(tags, calls, abort, termination),
        watching,
        not_understood=not_understood,
    )


def question(
    spec: Spec,
    properties: Sequence[Property] = PROPERTIES,
    granularities: tuple[str, ...] = ("algorithm", "step"),
    adversities: tuple[str, ...] = (),
    *,
    world: World = WORLD,
    model: str = "tests",
    tags: int = 1,
    calls: int = 2,
    abort: str = "scope",
    termination: str = "handler",
    thorough: bool = False,
    not_understood: str = "stops",
    budget: Budget | None = None,
    **effort: Any,
) -> Question:
    """Ask whether a spec has properties; `effort` is what `Effort` takes."""
    return Question(
        spec,
        world,
        properties,
        model,
        granularities,
        adversities,
        thorough,
        Bounds(tags, calls, abort, termination),
        Effort(**effort),
        not_understood,
        budget or Budget(),
    )


AT_ONCE = algorithm("Fire Functional Event", (), steps(Dispatch(), RunPostDispatchSteps()), file=FILE)
"""An event that is dispatched in the very action that fires it."""

STATE = state_of(v.registration)
FIRE = Call("ring", (v.registration,))
AGAIN: Items = (If(Is(STATE, REREGISTERED), (Set(STATE, PENDING), If(ONLINE, FIRE), Abort())),)
FINISH: Items = (*AGAIN, Remove(v.registration, REGISTRATIONS))
NEW: Items = (
    Let("registration", New("sync registration")),
    Set(Field(v.registration, "tag"), v.tag),
    Add(v.registration, REGISTRATIONS),
)
LOOK: Items = (Let("registration", Find(REGISTRATIONS, "tag", v.tag)),)
MARK: Items = (If(Is(STATE, FIRING), Set(STATE, REREGISTERED)), Resolve(v.promise))


def known(*then: Statement) -> Items:
    """Look the tag up; when it is there do `then`, and end."""
    return (*LOOK, If(Not(Is(v.registration, None)), steps(*then, Abort())))


FOUND = known(*MARK)
ADDED: Items = (*NEW, Resolve(v.promise), If(ONLINE, FIRE))
FIRST: Items = (Set(STATE, FIRING),)


def outbox(
    *,
    found: Items = FOUND,
    added: Items = ADDED,
    first: Items = FIRST,
    fulfilled: Items = FINISH,
    rejected: Items = FINISH,
    online: Items = (FIRE,),
    event: Algorithm = AT_ONCE,
    besides: Items = (),
    others: tuple[Algorithm, ...] = (),
    type: ObjectType = SYNC_REGISTRATION,
) -> Spec:
    """An outbox that keeps every promise when each of its invocations is one action; each part can be replaced."""
    follow = steps(
        *besides,
        Upon(("fulfilled",), v.event, steps(*fulfilled)),
        Upon(("rejected", "terminated"), v.event, steps(*rejected)),
    )
    ring = FireEvent("sync", v.registration, (("lastChance", NO_FURTHER_ATTEMPTS),), "event", follow)
    wake = ForEach("registration", REGISTRATIONS, online, where=Is(STATE, PENDING), any_order=True)
    return Spec(
        "tiny",
        "0",
        type,
        (
            algorithm("register", ("tag",), steps(*found, *added), returns="promise", file=FILE),
            algorithm("ring", ("registration",), steps(*first, ring), file=FILE),
            *others,
        ),
        (rule("wake", "network", "go online", "SHOULD", steps(wake), file=FILE),) if online else (),
        event,
        ("register",),
    )


def single(*items: Statement | Items, parameters: tuple[str, ...] = (), others: tuple[Algorithm, ...] = ()) -> Spec:
    """A spec of one algorithm, the method `main`, beside those that it calls."""
    main = algorithm("main", parameters, Steps(items), returns="promise", file=FILE)
    return Spec("tiny", "0", SYNC_REGISTRATION, (main, *others), (), AT_ONCE, ("main",))


def report(
    spec: Spec,
    *ids: str,
    granularities: tuple[str, ...] = ("algorithm",),
    adversities: tuple[str, ...] = (),
    world: World = UNGATED,
    tags: int = 1,
    calls: int = 1,
    limit: int | None = None,
    thorough: bool = False,
) -> Report:
    """Check a spec against the properties with these ids only."""
    asked = [prop for prop in PROPERTIES if prop.id in ids]
    assert {prop.id for prop in asked} == set(ids)
    return check(
        question(
            spec,
            asked,
            granularities,
            adversities,
            world=world,
            tags=tags,
            calls=calls,
            limit=limit,
            thorough=thorough,
        )
    )


def verdicts(
    spec: Spec,
    ids: Sequence[str],
    granularities: tuple[str, ...] = ("algorithm",),
    adversities: tuple[str, ...] = (),
    *,
    world: World = UNGATED,
    calls: int = 1,
) -> dict[str, Verdict]:
    """Give the verdicts by id; one that needs an adversity stands in place of the one of the base environment."""
    found = report(
        spec,
        *ids,
        granularities=granularities,
        adversities=adversities,
        world=world,
        calls=calls,
    )
    return {verdict.property: verdict for verdict in found.verdicts}


def system(
    spec: Spec,
    granularity: str = "step",
    adversities: tuple[str, ...] = (),
    *,
    world: World = UNGATED,
    tags: int = 1,
    calls: int = 1,
    abort: str = "scope",
    termination: str = "handler",
    monitor: str = "none",
    fork: bool = True,
) -> System:
    """Close a spec."""
    closed = scenario(
        spec,
        world,
        granularity,
        adversities,
        tags=tags,
        calls=calls,
        abort=abort,
        termination=termination,
        monitor=monitor,
    )
    return System(closed, fork=fork)


class Lab:
    """Runs one algorithm alone, action by action, in a fixed environment."""

    def __init__(
        self,
        spec: Spec,
        granularity: str = "step",
        *,
        moving: tuple[str, ...] = ("network",),
        adversities: tuple[str, ...] = (),
        abort: str = "scope",
        sentence: str = "apart",
        blur: str = "nothing",
    ) -> None:
        self.program = Program(spec, abort, sentence=sentence)
        self.machine = Interpreter(
            self.program,
            UNGATED,
            sharing(self.program, frozenset(moving), anything=blur == "anything"),
            by_step=granularity == "step",
            adversities=frozenset(adversities),
            not_understood=blur,
        )
        self.shared = Shared(tuple(machine.initial for machine in UNGATED.machines), ())

    def entry(self, name: str = "main", **variables: Value) -> Process:
        """Stand before the first step of an algorithm."""
        given = {"@promise": "pending", **variables} if name == "main" else variables
        return Process((Frame(self.program.entry[name], tuple(sorted(given.items()))),))

    def once(self, process: Process, shared: Shared | None = None, settle: str | None = None) -> Outcome:
        """Take one action that can end in one way only."""
        (outcome,) = self.machine.outcomes(shared or self.shared, process, settle)
        return outcome

    def actions(self, process: Process | None = None) -> list[Outcome]:
        """Run to the end, one action after the other."""
        found: list[Outcome] = []
        shared, here = self.shared, process or self.entry()
        while True:
            found.append(self.once(here, shared))
            if found[-1].process is None:
                return found
            here, shared = found[-1].process, found[-1].shared

    def ran(self, outcome: Outcome) -> list[str]:
        """The steps of the text that an action ran."""
        origins = [self.program.code[ran.pc].origin for ran in outcome.executed]
        return [str(origin) for origin in origins if origin.step]


def kinds(outcome: Outcome) -> list[str]:
    """What a property can see of an action."""
    return [seen.kind for ran in outcome.executed for seen in ran.observations]


def graph(closed: System, limit: int | None = None) -> Graph[State, Action]:
    """Explore a system."""
    return explore(closed, limit=limit)


def walk(closed: System, *wanted: str) -> State:
    """Take steps with these names, details or kinds, from the initial state on."""
    (state,) = closed.initial_states()
    for name in wanted:
        state = taken(closed, state, name)
    return state


def taken(closed: System, state: State, name: str) -> State:
    """Take the first step with this name, detail or kind."""
    fits = (s.after for s in closed.steps(state) if name in (s.action.name, s.action.detail, s.action.kind))
    found = next(after for after in fits if after is not None)
    assert found is not None
    return found


def names(closed: System, state: State) -> set[str]:
    """The names of what can happen."""
    return {step.action.name for step in closed.steps(state)}


def context(closed: System, state: State, machine: str) -> str:
    """The state of a part of the environment."""
    return state.shared.context[closed.machines.index(machine)]


def ops(closed: System, state: State) -> list[str]:
    """What every invocation stands at."""
    return [closed.program.code[closed.process(number).pc].op for number in state.processes]
