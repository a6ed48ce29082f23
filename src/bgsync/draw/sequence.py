"""A counterexample as a sequence diagram: who does what, in order, and what it changes.

Lifelines are the page, the user agent, the worker, the network and the server, and inside of the user agent every call
that is under way, since a race is between those. What the user agent does of its own accord (a rule, a timer, the
reaction to an event) stands on its own lifeline. Lifelines that take no part are left out; the server takes part in
runs of the outbox, where a handler delivers what it took exactly when it fulfils (`model/outbox.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bgsync.draw.diagram import plain, shortened
from bgsync.draw.links import Link
from bgsync.judge.verdict import Trace, TraceStep, Verdict
from bgsync.language import Origin

PAGE, AGENT, WORKER, NETWORK, SERVER = "page", "user agent", "worker", "network", "server"
LONGEST = 170
"""How many characters of a sentence are shown."""
ACTORS = {"network": (NETWORK, AGENT), "execution": (AGENT, WORKER), "service worker": (PAGE, AGENT)}
"""Who tells whom that a part of the environment moves; all else happens to the user agent."""


@dataclass(frozen=True)
class Lane:
    """A lifeline; `call` is one inside of the user agent."""

    name: str
    call: bool = False


@dataclass(frozen=True)
class Item:
    """What happens next: a message from one lifeline to another, or a step on one; `number` is 0 for what follows."""

    number: int
    source: str
    target: str
    """Equal to `source` for a step."""
    where: str
    """The step of the text, if it is one."""
    text: str
    changes: tuple[tuple[str, str, str], ...] = ()
    """What changed: its name, what it was, what it is."""
    link: str = ""
    blamed: bool = False
    """Whether this is the step that the finding is about."""


@dataclass(frozen=True)
class Sequence:
    """A sequence diagram. `loop` is the place of the first item that comes again and again; None if the run ends."""

    title: str
    description: str
    lanes: tuple[Lane, ...]
    items: tuple[Item, ...]
    loop: int | None
    outcome: str

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.items)


def sequence_diagram(verdict: Verdict, link: Link, about: str = "") -> Sequence:
    """Draw the trace of a verdict; `about` says of which text. Raises ValueError for a verdict without one."""
    if verdict.trace is None:
        raise ValueError(f"{verdict.property}: {verdict.verdict}, and there is no run to draw")
    outbox = verdict.property.startswith("delivered")
    items, loop = _items(verdict.trace, link, outbox)
    blamed = {(place.algorithm, place.step) for place in verdict.locations[:1]}
    for place in range(len(items) - 1, -1, -1):
        if any(items[place].where == f"{algorithm} {step}" for algorithm, step in blamed):
            items[place] = replace(items[place], blamed=True)
            break
    used = {lane for item in items for lane in (item.source, item.target)}
    calls = [lane for lane in dict.fromkeys(item.source for item in items) if _is_call(lane)]
    calls += [lane for lane in dict.fromkeys(item.target for item in items) if _is_call(lane) and lane not in calls]
    calls.sort(key=lambda call: next(n for n, item in enumerate(items) if call in (item.source, item.target)))
    lanes = [
        *([Lane(PAGE)] if PAGE in used else []),
        *([Lane(AGENT)] if AGENT in used or not calls else []),
        *(Lane(call, True) for call in calls),
        *(Lane(name) for name in (WORKER, NETWORK, SERVER) if name in used),
    ]
    kind = f" ({verdict.kind})" if verdict.kind else ""
    needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
    return Sequence(
        f"How {verdict.property} breaks{needs}",
        f"A shortest run{about} that breaks {verdict.property}{kind}{needs}, without the steps that nobody else sees.",
        tuple(lanes),
        tuple(items),
        loop,
        f"{verdict.property}: {verdict.message}",
    )


def in_words(sequence: Sequence) -> str:
    """Tell the whole run as text, for those who do not see it."""
    told = [plain(sequence.description)]
    for place, item in enumerate(sequence.items):
        if place == sequence.loop:
            told.append("From here on, again and again:")
        told.append(item_in_words(item))
    return " ".join([*told, plain(sequence.outcome)])


def item_in_words(item: Item) -> str:
    """Tell one item as text."""
    number = f"{item.number}. " if item.number else ""
    who = item.source if item.source == item.target else f"{item.source} to {item.target}"
    where = f" {item.where}:" if item.where else ""
    changes = "".join(f"; {name}: {old} → {new}" for name, old, new in item.changes)
    return plain(f"{number}{who}:{where} {item.text}{changes}.")


def shown(item: Item) -> str:
    """Give what of an item's words has room in a picture."""
    return shortened(item.text, LONGEST)


def _is_call(lane: str) -> bool:
    return lane not in (PAGE, AGENT, WORKER, NETWORK, SERVER)


def _items(trace: Trace, link: Link, outbox: bool) -> tuple[list[Item], int | None]:
    """Make the items of a trace, and give the place among them where its loop begins."""
    calls = {step.process: _caller(step) for step in trace.steps if _is_begin(step)}
    items: list[Item] = []
    loop, number = None, 0
    for place, step in enumerate(trace.steps):
        if place == trace.loop:
            loop = len(items)
        if step.visible or step.changes or not step.step:
            number += 1
            items += _of(step, number, calls, link, outbox)
    return items, len(items) if trace.loop is not None and loop is None else loop


def _is_begin(step: TraceStep) -> bool:
    return not step.step and " calls " in step.sentence


def _caller(step: TraceStep) -> str:
    return PAGE if step.sentence.startswith("a page") else WORKER


def _of(step: TraceStep, number: int, calls: dict[str, str], link: Link, outbox: bool) -> Iterator[Item]:
    """Make the items of one step: itself, and the messages that it sends."""
    lane = step.process if step.process in calls else AGENT
    if step.process == "environment":
        machine, (_, now) = next(iter(step.changes.items()), ("", ("", "")))
        source, target = ACTORS.get(machine, (AGENT, AGENT))
        words = step.sentence.removeprefix(f"the {machine}: ")
        changes = () if source != target else tuple((name, *pair) for name, pair in step.changes.items())
        yield Item(number, source, target, "", words if source != target else f"{step.sentence} ({now})", changes)
        return
    if _is_begin(step):
        who, _, what = step.sentence.partition(" calls ")
        remark = who.removeprefix("a page").removeprefix("a handler").strip()
        yield Item(number, calls[step.process], lane, "", f"{what} {remark}".strip())
        return
    where = f"{step.algorithm} {step.step}".strip()
    path = tuple(int(part) for part in step.step.split(".") if part.isdigit())
    address = link(Origin(step.algorithm, path, step.file, step.line, 1, step.sentence, "")) if step.step else ""
    changes = tuple((name, old, new) for name, (old, new) in step.changes.items())
    event = next((new for name, _, new in changes if name.endswith(": event")), "")
    promise = next((new for name, _, new in changes if name == "promise"), "")
    own = tuple(change for change in changes if change[0] != "promise" and not change[0].endswith(": event"))
    if event == "dispatched":
        yield Item(number, lane, WORKER, where, "dispatches the event", own, address)
        return
    if event:
        if outbox:
            told = "delivers what was in the outbox" if event == "fulfilled" else "cannot deliver"
            yield Item(0, WORKER, SERVER, "", told)
        yield Item(number, WORKER, lane, where, f"{step.process}: {event}", own, address)
        return
    actor = f"{step.process}: " if lane == AGENT and step.process != AGENT else ""
    yield Item(number, lane, lane, where, actor + step.sentence, own, address)
    if promise:
        yield Item(0, lane, calls.get(step.process, PAGE), "", f"promise {promise}")
