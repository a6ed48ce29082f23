"""A counterexample as a sequence diagram: who does what, in order, and what it changes.

Lifelines are the lanes of the spec's words, such as a page, the user agent and the worker, and inside of the user agent
every call that is under way, since a race is between those. What the user agent does of its own accord (a rule, a
timer, the reaction to an event) stands on its own lifeline. Lifelines that take no part are left out; the server takes
part in runs in which something was stored for it. In a run that is longer than a screen, steps without a visible change
that follow each other on one lifeline are folded into one item, which names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from bgsync import telling
from bgsync.draw.diagram import shortened
from bgsync.draw.lanes import Answered, Lanes
from bgsync.draw.links import Link
from bgsync.judge import facts as f
from bgsync.judge.verdict import Trace, TraceStep, Verdict
from bgsync.plain import plain
from bgsync.words import Words

LONGEST = 170
"""How many characters of a sentence are shown."""
SCREEN = 14
"""How many items are about as long as a screen."""
SENT = (f.EventDispatched, f.EventSettled, f.PromiseSettled)
"""The changes that are drawn as messages."""


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
    changes: tuple[telling.Told, ...] = ()
    link: str = ""
    blamed: bool = False
    """Whether this is the step that the finding is about."""
    folded: tuple[Item, ...] = ()
    """The steps that it stands for, if it is no step itself."""

    @property
    def numbers(self) -> str:
        """Its number in words, "" for none; of folded steps the first and the last one."""
        last = self.folded[-1].number if self.folded else self.number
        return f"{self.number}–{last}" if last > self.number else str(self.number or "")


@dataclass(frozen=True)
class Sequence:
    """A sequence diagram. `loop` is the place of the first item that comes again and again; None if the run ends."""

    title: str
    description: str
    lanes: tuple[Lane, ...]
    items: tuple[Item, ...]
    loop: int | None
    outcome: str
    agent: str
    """The name of the lifeline inside of which the calls are; "" where there is none."""
    hues: Mapping[str, str] = field(default_factory=dict)
    """The states that have a colour, and which."""

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.items)


def sequence_diagram(
    verdict: Verdict, link: Link, words: Words, about: str = "", hues: Mapping[str, str] | None = None
) -> Sequence:
    """Draw the trace of a verdict; `about` says of which text, `hues` are the colours of states.

    Raises ValueError for a verdict without one.
    """
    if verdict.trace is None:
        raise ValueError(f"{verdict.property}: {verdict.verdict}, and there is no run to draw")
    known = Lanes(verdict.trace.steps, words)
    items, loop = _items(verdict.trace, link, known)
    blamed = {(place.algorithm, place.step) for place in verdict.locations[:1]}
    for place in range(len(items) - 1, -1, -1):
        if any(items[place].where == f"{algorithm} {step}" for algorithm, step in blamed):
            items[place] = replace(items[place], blamed=True)
            break
    items, loop = _folded(items, loop)
    used = dict.fromkeys(lane for item in items for lane in (item.source, item.target))
    begun = {str(actor) for actor in known.callers}
    calls = [Lane(name, True) for name in used if name in begun]
    lanes = list[Lane]()
    for name in words.lanes:
        if name == words.agent:
            lanes += [Lane(name)] if name in used or not calls else []
            lanes += calls
        elif name in used:
            lanes.append(Lane(name))
    kind = f" ({verdict.kind})" if verdict.kind else ""
    needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
    return Sequence(
        f"How {verdict.property} breaks{needs}",
        f"A shortest run{about} that breaks {verdict.property}{kind}{needs}, without the steps that nobody else sees.",
        tuple(lanes),
        tuple(items),
        loop,
        f"{verdict.property}: {verdict.message}",
        words.agent,
        hues or {},
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
    """Tell one item as text, and every step that is folded into it."""
    if item.folded:
        return " ".join(map(item_in_words, item.folded))
    number = f"{item.number}. " if item.number else ""
    who = item.source if item.source == item.target else f"{item.source} to {item.target}"
    where = f" {item.where}:" if item.where else ""
    changes = "".join(f"; {name}: {old} → {new}" for name, old, new in item.changes)
    return plain(f"{number}{who}:{where} {item.text}{changes}.")


def shown(item: Item) -> str:
    """Give what of an item's words has room in a picture."""
    return shortened(item.text, LONGEST)


def _items(trace: Trace, link: Link, lanes: Lanes) -> tuple[list[Item], int | None]:
    """Make the items of a trace, and give the place among them where its loop begins."""
    items: list[Item] = []
    loop, number = None, 0
    for place, step in enumerate(trace.steps):
        if place == trace.loop:
            loop = len(items)
        if step.is_told:
            number += 1
            items += _of(step, number, lanes, link)
    return items, len(items) if trace.loop is not None and loop is None else loop


def _folded(items: list[Item], loop: int | None) -> tuple[list[Item], int | None]:
    """Fold steps that change nothing in a run that is longer than a screen; give the new place of its loop, too."""
    if len(items) <= SCREEN:
        return items, loop

    def together(place: int) -> object:
        item, after = items[place], items[place + 1 : place + 2]
        quiet = item.source == item.target and item.number and not item.changes and not item.blamed
        quiet = quiet and all(one.number for one in after)  # what has no number is sent by the step before
        return (item.source, loop is not None and place >= loop) if quiet else place

    made, begins = list[Item](), loop
    for _, group in groupby(range(len(items)), together):
        places = list(group)
        if places[0] == loop:
            begins = len(made)
        some = [items[place] for place in places]
        made += some if len(some) == 1 else [_fold(some)]
    return made, len(made) if loop == len(items) else begins


def _fold(items: list[Item]) -> Item:
    """Make one item of several steps."""
    steps: dict[str, list[str]] = {}
    for item in items:
        algorithm, _, step = item.where.rpartition(" ")
        steps.setdefault(algorithm, []).append(step)
    named = "; ".join(f"{algorithm} {', '.join(dict.fromkeys(some))}".strip() for algorithm, some in steps.items())
    told = f"{len(items)} steps without a visible change" + (f": {named}" if named else "")
    return replace(items[0], where="", text=told, link="", folded=tuple(items))


def _of(step: TraceStep, number: int, lanes: Lanes, link: Link) -> Iterator[Item]:
    """Make the items of one step: itself, and the messages that it sends."""
    words, said = lanes.words, telling.sentence(step, lanes.words)
    own = str(step.actor) if step.actor in lanes.callers else words.agent
    inside = {words.agent: own}
    sent = [(inside.get(m.source, m.source), inside.get(m.target, m.target), m.content) for m in lanes.messages(step)]
    changes = tuple(telling.change(fact, words) for fact in step.changes if not isinstance(fact, SENT))
    match sent, step.label:
        case [(source, target, f.CallBegins(_, call, remark)), *_], _:
            yield Item(number, source, target, "", f"{call} {remark}".strip())
            return
        case [(source, target, f.EnvironmentMoved(_, trigger)), *_], _:
            yield Item(number, source, target, "", trigger)
            return
        case _, f.EnvironmentMoved(_, _, _, after):
            yield Item(number, own, own, "", f"{said} ({after})", changes)
            return
    where = f"{step.algorithm} {step.step}".strip()
    address = link(step.origin) if step.origin is not None and step.step else ""
    for source, target, content in sent:
        match content:
            case f.EventDispatched():
                yield Item(number, source, target, where, "dispatches the event", changes, address)
                return
            case Answered(outcome):  # one arrow for what was sent and its answer
                has_it = outcome == "fulfilled"
                delivered = f"delivers what was in {words.store}" if has_it else "cannot deliver"
                yield Item(0, target, source, "", delivered)
            case f.EventSettled(_, outcome):
                yield Item(number, source, target, where, f"{step.actor}: {outcome}", changes, address)
                return
    actor = f"{step.actor}: " if own == words.agent and step.actor != f.USER_AGENT else ""
    yield Item(number, own, own, where, actor + said, changes, address)
    for source, target, content in sent:
        if isinstance(content, f.PromiseSettled):
            yield Item(0, source, target, "", f"promise {telling.outcome_of(content)}")
