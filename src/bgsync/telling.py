"""The facts of a run in English, one piece: what a step says, and what a change is called, was and is."""

from typing import NamedTuple

from bgsync.judge import facts as f
from bgsync.judge.verdict import Location, TraceStep, Verdict
from bgsync.words import Words


class Told(NamedTuple):
    """A change: what changes, what it was, and what it is."""

    name: str
    before: str
    after: str


def thing(known: f.Thing, words: Words) -> str:
    """Name a thing, such as loan A."""
    return f"{words.noun} {known.label}" if known.label else words.noun


def change(fact: f.Change, words: Words) -> Told:
    """Tell a change."""
    match fact:
        case f.StateChanged(about, before, after):
            return Told(f"{thing(about, words)}: state", before, after)
        case f.Listed(about):
            return Told(f"{thing(about, words)}: in the list", "no", "yes")
        case f.Unlisted(about, was):
            return Told(f"{thing(about, words)}: in the list", "yes" if was is None else f"yes, {was}", "no")
        case f.Duplicated():
            return Told(words.duplicates, "1", "2")
        case f.EventDispatched(about):
            return Told(f"{thing(about, words)}: event", "none", "dispatched")
        case f.EventSettled(about, outcome):
            return Told(f"{thing(about, words)}: event", "dispatched", outcome)
        case f.PromiseSettled():
            return Told("promise", "pending", outcome_of(fact))
        case f.Chosen(name, value):
            return Told(name, "undecided", str(value).lower())
        case f.AssertFailed():
            return Told("assert", "must be true", "false")
        case f.MemberOfNull(owner):
            return Told(owner, "must not be null", "null")
        case f.TimerElapsed():
            return Told("timer", "running", "elapsed")
        case f.EnvironmentMoved(machine, _, before, after):
            return Told(machine, before, after)


def outcome_of(promise: f.PromiseSettled) -> str:
    """Say how the promise of a call is settled."""
    return promise.outcome if promise.error is None else f"{promise.outcome} with {promise.error}"


def changes(step: TraceStep, words: Words) -> tuple[Told, ...]:
    """Tell what a step changes."""
    return tuple(change(fact, words) for fact in step.changes)


def values(step: TraceStep, words: Words) -> dict[str, tuple[str, str]]:
    """Tell what a step changes by its name, with what it was and is."""
    return {told.name: (told.before, told.after) for told in changes(step, words)}


def sentence(step: TraceStep, words: Words) -> str:
    """Say what a step does: the sentence of the text, or what happens around it."""
    match step.label:
        case f.ReactionBegins(_, outcome):
            return f"the event's promise is {outcome}"
        case f.TaskRuns():
            return f"the task that was queued runs in the {words.worker}"
        case f.StepTaken(origin):
            return origin.sentence
        case f.EnvironmentMoved(machine, trigger):
            return f"the {machine}: {trigger}"
        case f.CallBegins(caller, call, remark):
            who = words.handler if caller is f.Caller.HANDLER else words.caller
            return f"{f'{who} {remark}'.strip()} calls {call}"
        case f.RuleIgnored(rule):
            return f"the {words.agent} does not follow the rule {rule!r}"
        case f.NeverSettles():
            return "the handler will never settle"
        case f.NothingHappens():
            return "nothing more happens"


def breaking(found: Verdict) -> tuple[TraceStep | Location, ...]:
    """Give the step that breaks something; of an endless run in which nothing changes, what the text changed last."""
    if found.trace is not None and found.trace.loop is not None and not found.recurs() and found.last_changes():
        return found.last_changes()
    return found.locations[-1:]


def pair(found: Verdict, words: Words) -> str:
    """Say what a finding needs, which step breaks something in it, and what that one conflicts with."""
    against = found.conflict()
    where = " and ".join(f"{place.algorithm} {place.step}" for place in breaking(found))
    if against is not None:
        other = f"{against.algorithm} {against.step}" if against.step else sentence(against, words)
        where = " against ".join(filter(None, (where, other)))
        where += f" of what was {against.withdrawn}" if against.withdrawn else ""
    needs = f"with {', '.join(found.needs)}: " if found.needs else ""
    return f"{needs}{where} ({found.kind or 'violated'})"


def callers(found: Verdict) -> str:
    """Say who called the algorithms of the two steps of a finding, where several do, or after which wait it comes."""
    called = " and by ".join(str(one) for one in found.callers if one is not None)
    again = f"again after the wait of {found.again}" if found.again else ""
    return ", ".join(filter(None, (f"called by {called}" if called else "", again)))
