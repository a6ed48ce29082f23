"""Steps of runs for tests of what tells them: short ways to write the facts."""

from collections.abc import Iterable

from bgsync.judge import facts as f
from bgsync.judge.verdict import TraceStep
from bgsync.language import Origin

A, B = f.Thing("A"), f.Thing("B")


def by(name: str) -> f.Invocation:
    """Give an invocation by its name, such as `event #1`."""
    kind, _, number = name.partition(" #")
    return f.Invocation(kind, int(number or 0))


def at(algorithm: str, step: str, sentence: str = "", file: str = "lib.bs", line: int = 1) -> Origin:
    """Give a place in a text."""
    return Origin(algorithm, tuple(map(int, step.split("."))), file, line, 1, sentence, "")


def taken(
    actor: str,
    place: Origin,
    changes: Iterable[f.Change] = (),
    action: int = 0,
    visible: bool = True,
) -> TraceStep:
    """Give a step of the text that somebody takes."""
    return TraceStep(by(actor), f.StepTaken(place), tuple(changes), action, visible)


def moved(machine: str, trigger: str, before: str, after: str, action: int = 0) -> TraceStep:
    """Give a move of the environment."""
    fact = f.EnvironmentMoved(machine, trigger, before, after)
    return TraceStep(f.ENVIRONMENT, fact, (fact,), action)


def called(actor: str, remark: str = "", handler: bool = False) -> TraceStep:
    """Give a call that begins; who makes it is named after it."""
    caller = f.Caller.HANDLER if handler else f.Caller.OUTSIDE
    return TraceStep(by(actor), f.CallBegins(caller, by(actor).kind, remark))
