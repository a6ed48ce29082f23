"""The steps of a trace in plain words: what a change means, who sends what to whom, and who an invocation is.

The names of changes are those that `bgsync.judge.trace` gives; one that is not known here is told as it is.
"""

from typing import NamedTuple

from bgsync.judge.verdict import TraceStep

PAGE, AGENT, WORKER, NETWORK, SERVER = LANES = ("page", "user agent", "worker", "network", "server")


class Message(NamedTuple):
    """An arrow between two lifelines."""

    source: str
    target: str
    text: str


CHANGES = {
    # what changes, to what: in words
    ("in the list", "yes"): "{thing} is put into the list",
    ("in the list", "no"): "{thing} is taken out of the list",
    ("event", "dispatched"): "an event of {thing} starts in the worker",
    ("event", "fulfilled"): "the event of {thing} ends well",
    ("event", "rejected"): "the event of {thing} fails",
    ("promise", "resolved"): "the caller is told that it worked",
    ("timer", "elapsed"): "the wait is over",
    ("assert", "false"): "what the text asserts here is false",
}

INVOCATIONS = {
    # what an invocation is called: what it is
    "environment": "the world outside: the network, the user, the system",
    "user agent": "the browser, following a rule of the text",
    "rule": "the browser, following a rule of the text",
    "event": "the steps that follow an event once its handler has ended",
    "timer": "the steps that follow a wait",
    "firing": "steps that were started to run on their own",
    "batch": "steps that stand in a queue",
    "waiting": "steps that wait for a condition",
    "chance": "steps that may or may not run",
}

OUTBOX = "with a stored message"
"""What a call says that stores a message of the application in `model/outbox.py`."""


def thing_of(name: str) -> str:
    """Give what the name of a change is about: `registration A` of `registration A: state`."""
    return name.rpartition(": ")[0] or name


def aspect_of(name: str) -> str:
    """Give which part of a thing changes: `state` of `registration A: state`."""
    return name.rpartition(": ")[2]


def in_words(name: str, before: str, after: str) -> str:
    """Tell one change in a sentence without a full stop."""
    thing, aspect = thing_of(name), aspect_of(name)
    known = CHANGES.get((aspect, after))
    if known:
        return known.format(thing=thing)
    if aspect == "promise":
        return f"the caller is told that it failed ({after})"
    if aspect == "state":
        return f"{thing} goes from {before} to {after}"
    if name == "registrations with this tag":
        return f"there are {after} registrations with this tag"
    if before == "undecided":
        return f"it is so: {name}" if after == "true" else f"it is not so: {name}"
    return f"{name}: {before} → {after}"


def told(step: TraceStep) -> str:
    """Tell a step in a sentence without a full stop: what it changes, or else what it says."""
    if not step.step:
        return step.sentence.replace(": go ", " goes ")
    if not step.changes:
        return step.sentence
    words = [in_words(name, *values) for name, values in step.changes.items() if values[0] != "undecided"]
    return ", and ".join(words) or step.sentence


def who(process: str) -> str:
    """Say what kind of thing an invocation such as `event #1` is."""
    kind = process.partition(" #")[0]
    if kind in INVOCATIONS:
        return INVOCATIONS[kind]
    number = process.partition(" #")[2]
    return f"call number {number} of {kind}" if number else kind


def caller(sentence: str) -> str:
    """Give the lifeline that calls, from a sentence such as `a handler calls register(t1)`."""
    return WORKER if sentence.startswith("a handler") else PAGE


def messages(step: TraceStep, callers: dict[str, str], *, outbox: bool = False) -> tuple[Message, ...]:
    """Give the arrows of a step; `callers` says who made each call, `outbox` whether handlers send the outbox."""
    if not step.step:
        source, _, call = step.sentence.partition(" calls ")
        if call:
            return (Message(caller(source), AGENT, call),)
        if "network" in step.changes:
            return (Message(NETWORK, AGENT, step.changes["network"][1]),)
        if "execution" in step.changes or "service worker" in step.changes:
            return (Message(AGENT, WORKER, step.sentence.partition(": ")[2]),)
        return ()
    made = list[Message]()
    for name, (_, after) in step.changes.items():
        thing, aspect = thing_of(name), aspect_of(name)
        if aspect == "event" and after == "dispatched":
            made.append(Message(AGENT, WORKER, f"event of {thing}"))
            made += [Message(WORKER, SERVER, "sends the outbox")] if outbox else []
        elif aspect == "event":
            answer = "has it" if after == "fulfilled" else "does not get it"
            made += [Message(SERVER, WORKER, answer)] if outbox else []
            made.append(Message(WORKER, AGENT, f"{after}"))
        elif aspect == "promise":
            made.append(Message(AGENT, callers.get(step.process, PAGE), after))
    return tuple(made)
