"""The question that is asked: which spec, which environment, which bounds."""

from dataclasses import dataclass
from functools import lru_cache

from bgsync.language.algorithm import LanguageError, Spec
from bgsync.language.expressions import Environment, parts
from bgsync.language.traversal import expressions
from bgsync.system.program import ABORT_READINGS

GRANULARITIES = ("step", "algorithm")
READINGS = ("nothing", "anything")
"""What a sentence that is not understood is taken to do."""
AGENT, START = "user agent", "start"
"""A rule on this trigger of this machine runs when the user agent starts."""


@dataclass(frozen=True)
class Surroundings:
    """The environment machines: name to (initial state, rows of trigger, source, destination), and the adversities.

    `adversities` maps a name to the triggers that it switches on; `never` lists triggers that no run takes.
    """

    machines: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]]
    adversities: dict[str, tuple[str, tuple[str, ...]]]
    never: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    """The machines that a call is refused for, as long as they are not as they begin."""

    def __hash__(self) -> int:
        return hash((*self.machines, *self.adversities))  # cheap; equality looks at everything


@dataclass(frozen=True)
class Scenario:
    """One exploration of one spec.

    `calls` bounds how many invocations are in flight at once: register() and getTags() calls, the user agent's own
    runs, timers that have woken; one that waits for a handler or for time is not in flight. `tags` is how many
    different tags are used. `monitor` is the name of what watches the run: see `bgsync.system.monitor`.
    """

    spec: Spec
    surroundings: Surroundings
    granularity: str = "step"
    adversities: tuple[str, ...] = ()
    tags: int = 1
    calls: int = 2
    abort: str = "scope"
    monitor: str = "calls"
    not_understood: str = "nothing"

    def __post_init__(self) -> None:
        if self.granularity not in GRANULARITIES:
            raise ValueError(f"unknown granularity {self.granularity!r}: one of {', '.join(GRANULARITIES)}")
        if self.abort not in ABORT_READINGS:
            raise ValueError(f"unknown reading of abort {self.abort!r}: one of {', '.join(ABORT_READINGS)}")
        if self.not_understood not in READINGS:
            raise ValueError(f"unknown reading {self.not_understood!r}: one of {', '.join(READINGS)}")
        for name in self.adversities:
            if name not in self.surroundings.adversities:
                known = ", ".join(sorted(self.surroundings.adversities))
                raise ValueError(f"unknown adversity {name!r}: one of {known}")
        if self.tags < 1 or self.calls < 1:
            raise ValueError(f"tags and calls are at least 1, not {self.tags} and {self.calls}")

        if not self.spec.read:
            _check_environment(self.spec, self.surroundings)

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The tags used: t1, t2 and so on."""
        return tuple(f"t{number}" for number in range(1, self.tags + 1))

    def enabled(self, trigger: str) -> bool:
        """Whether the environment may take a trigger in this scenario."""
        if trigger in self.surroundings.never:
            return False
        owners = [name for name, (_, triggers) in self.surroundings.adversities.items() if trigger in triggers]
        return not owners or any(name in self.adversities for name in owners)


@lru_cache(maxsize=8)
def _check_environment(spec: Spec, surroundings: Surroundings) -> None:
    """Refuse a spec that speaks of parts of the environment that do not exist. Raises LanguageError."""
    machines = surroundings.machines
    states = {name: {start, *(x for _, *ends in rows for x in ends)} for name, (start, rows) in machines.items()}
    for statement in spec.statements():
        for part in (part for whole in expressions(statement) for part in parts(whole)):
            if isinstance(part, Environment):
                unknown = sorted(set(part.states) - states.get(part.machine, set()))
                if part.machine not in machines:
                    raise LanguageError(
                        f"{statement.origin}: unknown part of the environment {part.machine!r}: "
                        f"one of {', '.join(sorted(machines))}"
                    )
                if unknown:
                    raise LanguageError(
                        f"{statement.origin}: the {part.machine} is never {unknown[0]!r}: "
                        f"one of {', '.join(sorted(states[part.machine]))}"
                    )
    for rule in spec.rules:
        triggers = [trigger for trigger, *_ in machines.get(rule.machine, ("", ()))[1]]
        at_start = (rule.machine, rule.trigger) == (AGENT, START)
        if rule.machine and not at_start and rule.trigger not in triggers:
            raise LanguageError(
                f"rule {rule.name}: the {rule.machine} has no trigger {rule.trigger!r}: "
                f"one of {', '.join(triggers) or 'no such machine'}"
            )
