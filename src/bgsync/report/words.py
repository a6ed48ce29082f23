"""The steps of a trace in plain words: what a change means, what a step does, and who an invocation is."""

from bgsync import telling
from bgsync.judge import facts as f
from bgsync.judge.verdict import TraceStep
from bgsync.words import Words


def in_words(change: f.Change, words: Words) -> str:
    """Tell one change in a sentence without a full stop."""
    about = f.thing_of(change)
    thing = "" if about is None else telling.thing(about, words)
    match change:
        case f.Listed():
            return f"{thing} is put into the list"
        case f.Unlisted():
            return f"{thing} is taken out of the list"
        case f.EventDispatched():
            return f"an event of {thing} starts in the {words.worker}"
        case f.EventSettled(_, outcome):
            return f"the event of {thing} {'ends well' if outcome == 'fulfilled' else 'fails'}"
        case f.PromiseSettled(outcome):
            worked = outcome == "resolved"
            return f"the caller is told that it {'worked' if worked else f'failed ({telling.outcome_of(change)})'}"
        case f.TimerElapsed():
            return "the wait is over"
        case f.AssertFailed():
            return "what the text asserts here is false"
        case f.MemberOfNull(owner, member):
            return f"{owner} is null here, and has no {member}"
        case f.StateChanged(_, before, after):
            return f"{thing} goes from {before} to {after}"
        case f.Duplicated():
            return f"there are 2 {words.duplicates}"
        case _:
            name, old, new = telling.change(change, words)
            return f"{name}: {old} → {new}"


def told(step: TraceStep, words: Words) -> str:
    """Tell a step in a sentence without a full stop: what it changes, or else what it says."""
    if not step.step:
        own = words.triggers.get(step.label.trigger) if isinstance(step.label, f.EnvironmentMoved) else None
        return own or telling.sentence(step, words)
    said = [in_words(change, words) for change in step.changes if not isinstance(change, f.Chosen)]
    return ", and ".join(said) or telling.sentence(step, words)


def who(actor: f.Invocation, words: Words) -> str:
    """Say what kind of thing an invocation such as `event #1` is."""
    if actor.kind in words.invocations:
        return words.invocations[actor.kind]
    return f"call number {actor.number} of {actor.kind}" if actor.number else actor.kind
