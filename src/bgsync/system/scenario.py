"""The question that is asked: which spec, which world, which bounds."""

from dataclasses import dataclass
from functools import lru_cache

from bgsync.language.algorithm import LanguageError, Spec
from bgsync.language.expressions import Environment, Population, parts
from bgsync.language.traversal import expressions
from bgsync.system.batches import QUEUE_READINGS
from bgsync.system.monitor import NOTHING, Monitor
from bgsync.system.program import ABORT_READINGS, SENTENCE_READINGS, TERMINATION_READINGS
from bgsync.system.unknown import key
from bgsync.system.world import Effect, Meaning, World
from bgsync.words import Words

GRANULARITIES = ("step", "algorithm")
READINGS = ("nothing", "stops", "anything")
"""What a sentence that is not understood is taken to do: a run that comes to it may also be said to end there."""


@dataclass(frozen=True)
class Bounds:
    """What bounds a question, and how the text is read where it leaves that open. Raises ValueError for none."""

    tags: int = 1
    """How many different keys are used."""
    calls: int = 2
    """How many invocations are in flight at once: calls of methods, the user agent's own runs, timers that have woken.

    One that waits for a handler or for time is not in flight.
    """
    abort: str = "scope"
    """What "abort these steps" ends: `scope` or `list`, see `bgsync.system.program`."""
    termination: str = "handler"
    """Whose script a termination aborts: a `handler`'s that goes on, or the `worker`'s, for events that have ended."""
    queue: str = "held"
    """Whether a batch that fires an event holds its queue until that is over: `held` or `free`."""
    sentence: str = "apart"
    """Whether one sentence that tests and then changes something is two actions, `apart`, or one, `whole`."""

    def __post_init__(self) -> None:
        for name, known in (
            ("abort", ABORT_READINGS),
            ("termination", TERMINATION_READINGS),
            ("queue", QUEUE_READINGS),
            ("sentence", SENTENCE_READINGS),
        ):
            if (said := getattr(self, name)) not in known:
                raise ValueError(f"unknown reading of {name} {said!r}: one of {', '.join(known)}")
        if self.tags < 1 or self.calls < 1:
            raise ValueError(f"tags and calls are at least 1, not {self.tags} and {self.calls}")


DEFAULT_BOUNDS = Bounds()


@dataclass(frozen=True)
class Scenario:
    """One exploration of one spec."""

    spec: Spec
    world: World
    granularity: str = "step"
    adversities: tuple[str, ...] = ()
    bounds: Bounds = DEFAULT_BOUNDS
    monitor: Monitor = NOTHING
    not_understood: str = "nothing"

    def __post_init__(self) -> None:
        if self.granularity not in GRANULARITIES:
            raise ValueError(f"unknown granularity {self.granularity!r}: one of {', '.join(GRANULARITIES)}")
        if self.not_understood not in READINGS:
            raise ValueError(f"unknown reading {self.not_understood!r}: one of {', '.join(READINGS)}")
        for name in self.adversities:
            if name not in self.world.adversities:
                known = ", ".join(sorted(self.world.adversities))
                raise ValueError(f"unknown adversity {name!r}: one of {known}")
        if not self.spec.read:
            _check_environment(self.spec, self.world)

    @property
    def words(self) -> Words:
        """The words of its world, for a spec that may call its things otherwise."""
        return self.world.words.of(self.spec.type.name, self.spec.type.unique)

    @property
    def tags(self) -> int:
        """How many different keys are used."""
        return self.bounds.tags

    @property
    def calls(self) -> int:
        """How many invocations are in flight at once."""
        return self.bounds.calls

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The keys used: t1, t2 and so on."""
        return tuple(map(key, range(1, self.tags + 1)))

    def enabled(self, trigger: str) -> bool:
        """Whether the environment may take a trigger in this scenario."""
        if trigger in self.world.never:
            return False
        owners = [name for name, each in self.world.adversities.items() if trigger in each.triggers]
        return not owners or any(name in self.adversities for name in owners)

    @property
    def begins(self) -> dict[str, str]:
        """The states in which machines begin that do not begin as ever."""
        adversities = (self.world.adversities[name] for name in self.adversities)
        return {machine: state for adversity in adversities for machine, state in adversity.begins.items()}

    @property
    def ends_handlers(self) -> bool:
        """Whether the environment may end handlers."""
        effects = (pair for each in self.world.machines for pair in each.effects.items())
        return any(effect is Effect.ENDS_HANDLERS and self.enabled(trigger) for trigger, effect in effects)

    @property
    def idle(self) -> frozenset[str]:
        """The machines of which the spec never speaks, and whose moves do nothing to what runs."""
        every = (part for one in self.spec.statements() for whole in expressions(one) for part in parts(whole))
        spoken = {part.machine for part in every if isinstance(part, Environment | Population)}
        spoken |= {rule.machine for rule in self.spec.rules} | {one.machine for one in self.spec.requires}
        switched = {trigger for name in self.adversities for trigger in self.world.adversities[name].triggers}
        return frozenset(
            each.name for each in self.world.machines
            if each.name not in spoken and switched.isdisjoint(trigger for trigger, *_ in each.rows)
            and not any(map(self.enabled, each.effects))
        )  # fmt: skip

    def means(self, meaning: Meaning) -> bool:
        """Whether an adversity with this meaning is on."""
        return any(self.world.adversities[name].means is meaning for name in self.adversities)


def adversities_of(world: World, *specs: Spec) -> tuple[str, ...]:
    """Name the adversities that say something of specs: one by which a machine begins elsewhere, if a step asks so."""
    wholes = (whole for spec in specs for statement in spec.statements() for whole in expressions(statement))
    asked = [part for whole in wholes for part in parts(whole) if isinstance(part, Environment)]
    known = {(part.machine, state) for part in asked for state in part.states}
    return tuple(name for name, each in world.adversities.items() if known.issuperset(each.begins.items()))


@lru_cache(maxsize=8)
def _check_environment(spec: Spec, world: World) -> None:
    """Refuse a spec that speaks of parts of the environment that do not exist. Raises LanguageError."""
    for statement in spec.statements():
        for part in (part for whole in expressions(statement) for part in parts(whole)):
            if isinstance(part, Environment):
                machine = world.machine(part.machine)
                if machine is None:
                    raise LanguageError(
                        f"{statement.origin}: unknown part of the environment {part.machine!r}: "
                        f"one of {', '.join(sorted(world.names)) or 'none, the world is empty'}"
                    )
                unknown = sorted(set(part.states) - set(machine.states))
                if unknown:
                    raise LanguageError(
                        f"{statement.origin}: the {part.machine} is never {unknown[0]!r}: "
                        f"one of {', '.join(sorted(machine.states))}"
                    )
    for rule in spec.rules:
        known = world.machine(rule.machine)
        triggers = [] if known is None else [trigger for trigger, *_ in known.rows]
        if rule.machine and not world.is_start(rule.machine, rule.trigger) and rule.trigger not in triggers:
            raise LanguageError(
                f"rule {rule.name}: the {rule.machine} has no trigger {rule.trigger!r}: "
                f"one of {', '.join(triggers) or 'no such machine'}"
            )
