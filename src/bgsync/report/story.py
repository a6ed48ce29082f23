"""What a violation means to somebody who has never seen a model checker: how it comes about, and which lines to mend.

Nothing here knows a text or a property. A *gap* is where others come between two steps of one invocation and change
something that the invocation goes on to use: of that kind is every race, and every wait after which a step does not
look again. Where a run has a gap, its three parts are the lines to mend: the step up to which the invocation had
looked, the steps that came between, and the step that goes on as if nothing had happened. Where it has none, the lines
are those that changed what the run ends with, the last first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bgsync import telling
from bgsync.judge import facts as f
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Trace, TraceStep, Verdict
from bgsync.language import Spec
from bgsync.language import statements as s
from bgsync.report.words import told
from bgsync.words import Words

Role = Literal["", "looked", "between", "used"]
MOST_MOMENTS = 20
MOST_LINES = 6
MOST_SAID = 3


@dataclass(frozen=True)
class Gap:
    """Places in a run: the last step before others came between, theirs, the next one, and the one that uses it."""

    before: int
    between: tuple[int, ...]
    after: int
    used: int
    waited: bool
    """Whether the invocation was waiting, so that others were to be expected."""


@dataclass(frozen=True)
class Moment:
    """A step of a run that matters, in plain words."""

    place: int
    text: str
    role: Role = ""


@dataclass(frozen=True)
class Line:
    """A line of the text to look at, by a step of a run that takes it, and why."""

    place: int
    why: str


@dataclass(frozen=True)
class Story:
    """How a violation comes about. Places are those among the steps that `shown` gives."""

    headline: str
    lead: str = ""
    """How, in one sentence."""
    moments: tuple[Moment, ...] = ()
    left_out: int = 0
    """How many moments were left out at the start."""
    lines: tuple[Line, ...] = ()
    advice: str = ""


def headline(verdict: Verdict, glossary: Glossary) -> str:
    """Say in one sentence what a verdict means to its reader."""
    rule = glossary.rule(verdict.property)
    if verdict.verdict != "violated":
        return rule.sentence
    said = rule.broken or verdict.message or f"This does not hold: {rule.sentence}"
    return f"{said.rstrip('.')}, where {glossary.adversity(verdict.needs)}." if verdict.needs else said


def shown(trace: Trace) -> tuple[tuple[TraceStep, ...], int | None]:
    """Give the steps of a trace that others can see, and the place among them where its loop begins."""
    places = [place for place, step in enumerate(trace.steps) if step.is_told]
    loop = None if trace.loop is None else sum(place < trace.loop for place in places)
    return tuple(trace.steps[place] for place in places), loop


def story(verdict: Verdict, spec: Spec, glossary: Glossary) -> Story:
    """Tell a verdict; one without a trace has a headline only."""
    title, words = headline(verdict, glossary), glossary.words
    if verdict.trace is None or verdict.verdict != "violated":
        return Story(title)
    steps, loop = shown(verdict.trace)
    gap = _chosen(gaps(steps, waits(spec), bare_writes(spec)), verdict.kind)
    moments = _moments(steps, gap, words)
    left_out = max(len(moments) - MOST_MOMENTS, 0)
    last = _broken_at(steps, loop, verdict)
    lines = _gap_lines(steps, gap, words) if gap else _last_lines(steps[: last + 1], loop, words)
    return Story(
        title,
        _lead(steps, gap, words),
        moments[left_out:],
        left_out,
        lines,
        _advice(steps, loop, gap, lines, glossary.adversity(verdict.needs), words),
    )


Numbers = frozenset[tuple[str, str]]
"""Steps of a text, as algorithm and number."""


def waits(spec: Spec) -> Numbers:
    """Give the steps at which an invocation goes on after a wait."""
    return _having(spec, s.Wait, s.WaitUntil, s.QueueTask, s.Upon, s.Whenever)


def bare_writes(spec: Spec) -> Numbers:
    """Give the steps that do nothing but set, add or remove something, whatever was there before."""
    others = tuple({type(st) for st in spec.statements()} - {s.Set, s.Add, s.Remove, s.Empty})
    return _having(spec, s.Set, s.Add, s.Remove, s.Empty) - _having(spec, *others)


def _having(spec: Spec, *kinds: type[s.Statement]) -> Numbers:
    found = (st.origin for st in spec.statements() if isinstance(st, kinds))
    return frozenset((origin.algorithm, origin.step) for origin in found if origin is not None)


def gaps(steps: Sequence[TraceStep], waiting: Numbers = frozenset(), writing: Numbers = frozenset()) -> tuple[Gap, ...]:
    """Give every place where others change what an invocation goes on to use, in the order of the run.

    `waiting` are the steps that go on after a wait, `writing` those that write even where it changes nothing.
    """
    own: dict[f.Invocation, list[int]] = {}
    for place, step in enumerate(steps):
        if step.step:
            own.setdefault(step.actor, []).append(place)
    found = []
    for mine in own.values():
        for number, (before, after) in enumerate(pairwise(mine)):
            if steps[before].action == steps[after].action:
                continue
            others = [place for place in range(before + 1, after) if steps[place].changes and place not in mine]
            matched = _used(steps, others, mine[number + 1 :], writing)
            if matched is not None:
                between, used = matched
                here = (steps[after].algorithm, steps[after].step)
                found.append(Gap(before, between, after, used, here in waiting))
    return tuple(sorted(found, key=lambda gap: gap.after))


def _used(
    steps: Sequence[TraceStep], others: list[int], later: list[int], writing: Numbers
) -> tuple[tuple[int, ...], int] | None:
    """Give the first later step that changes what others changed, or asserts it, and those others."""
    inside = tuple(place for place in others if steps[place].step)
    for place in later:
        step = steps[place]
        if _fails(step) and others:
            return tuple(others), place
        if inside and not step.changes and (step.algorithm, step.step) in writing:
            return inside, place  # it writes what is there already
        about = _topics(steps[place])
        between = tuple(other for other in others if _topics(steps[other]) & about)
        if between:
            return between, place
    world = tuple(place for place in others if not steps[place].step)
    last = len(steps) - 1
    return (world, last) if world and last in later and steps[last].changes else None


def _topics(step: TraceStep) -> set[f.Thing | str]:
    """Give what the changes of a step are about: a thing, or who is in the list."""
    about: set[f.Thing | str] = {thing for change in step.changes if (thing := f.thing_of(change)) is not None}
    return about | {"the list" for change in step.changes if isinstance(change, f.Listed | f.Unlisted)}


def _fails(step: TraceStep) -> bool:
    return any(isinstance(change, f.AssertFailed | f.MemberOfNull) for change in step.changes)


def _chosen(found: tuple[Gap, ...], kind: str | None) -> Gap | None:
    """Choose the gap that matters: the last one; of a race one that is no wait, if there is any."""
    torn = [gap for gap in found if not gap.waited]
    if kind == "race" and torn:
        return torn[-1]
    return found[-1] if found else None


def _moments(steps: Sequence[TraceStep], gap: Gap | None, words: Words) -> tuple[Moment, ...]:
    made = []
    unlisted = set[f.Thing]()
    for place, step in enumerate(steps):
        for change in step.changes:
            if isinstance(change, f.Unlisted):
                unlisted.add(change.thing)
            elif isinstance(change, f.Listed):
                unlisted.discard(change.thing)
        role = _role(place, gap)
        if not (role or step.changes or not step.step):
            continue
        text = told(step, words)
        changed = [change.thing for change in step.changes if isinstance(change, f.StateChanged)]
        gone = sorted(telling.thing(thing, words) for thing in changed if thing in unlisted)
        if gone:
            text += f", though {' and '.join(gone)} is no longer in the list"
        made.append(Moment(place, text, role))
    return tuple(made)


def _lead(steps: Sequence[TraceStep], gap: Gap | None, words: Words) -> str:
    if gap is None:
        return ""
    between = list(dict.fromkeys(told(steps[place], words) for place in gap.between))
    said = ", and ".join([*between[:MOST_SAID], *(["more"] if len(between) > MOST_SAID else [])])
    mine, used = steps[gap.before].actor, _name(steps[gap.used])
    if gap.waited:
        return f"While {mine} waits before {used}, {said}. It goes on as if nothing had happened."
    return (
        f"While {mine} is between {_name(steps[gap.before])} and {used}, {said}. It goes on as if nothing had happened."
    )


def _role(place: int, gap: Gap | None) -> Role:
    if gap is None:
        return ""
    return (
        "looked" if place == gap.before else "between" if place in gap.between else "used" if place == gap.used else ""
    )


def _name(step: TraceStep) -> str:
    return f"{step.algorithm} {step.step}"


def _gap_lines(steps: Sequence[TraceStep], gap: Gap, words: Words) -> tuple[Line, ...]:
    mine = steps[gap.before].actor
    why = "waits from here on" if gap.waited else "has looked up to here, and is about to go on"
    lines = [Line(gap.before, f"{mine} {why}")]
    lines += [
        Line(place, f"{steps[place].actor} comes between: {told(steps[place], words)}")
        for place in gap.between
        if steps[place].step
    ]
    return (*lines, Line(gap.used, f"{mine} goes on as if nothing had happened: {told(steps[gap.used], words)}"))


def _broken_at(steps: Sequence[TraceStep], loop: int | None, verdict: Verdict) -> int:
    """Give the place of the step that a verdict names, the last one that matters; of a run without end its last one."""
    named = {(place.algorithm, place.step) for place in verdict.locations} if loop is None else set()
    last = len(steps) - 1
    return next((place for place in range(last, -1, -1) if (steps[place].algorithm, steps[place].step) in named), last)


def _last_lines(steps: Sequence[TraceStep], loop: int | None, words: Words) -> tuple[Line, ...]:
    """Give the lines that changed what a run comes to, the last first; of a loop that changes things, its own."""
    again = [p for p in range(loop, len(steps)) if steps[p].step and _topics(steps[p])] if loop is not None else []
    places = again or [p for p, step in enumerate(steps) if step.step and (_topics(step) or _fails(step))]
    lines = dict[str, Line]()
    for place in reversed(places):
        lines.setdefault(_name(steps[place]), Line(place, f"{steps[place].actor}: {told(steps[place], words)}"))
    return tuple(lines.values())[:MOST_LINES]


def _advice(
    steps: Sequence[TraceStep], loop: int | None, gap: Gap | None, lines: tuple[Line, ...], needed: str, words: Words
) -> str:
    if gap:
        before, used = _name(steps[gap.before]), _name(steps[gap.used])
        if not all(steps[place].step for place in gap.between):
            names = (one.name for place in gap.between for one in telling.changes(steps[place], words))
            changed = " and ".join(dict.fromkeys(names))
            return f"Before {used} the text has to look again at what may have changed: {changed}."
        if gap.waited:
            return f"After its wait the text has to look again, before {used}, at what others may have changed."
        return (
            f"Either nothing may come between {before} and {used} (one action, “atomically”), or {used} has to look "
            "again at what was changed in between."
        )
    if not lines:
        return ""
    if loop is None:
        return "One of these lines has to change, or the first has to test what the others did."
    if any(line.place >= loop for line in lines):
        return "These lines follow each other for ever: one of them needs a condition that ends it."
    case = f"the case that {needed}" if needed else "this case"
    return f"After these lines nothing in the text takes the matter further: a step for {case} is missing."
