"""What a save changed: the text is read, and only a reading that says something new is explored, a little first.

A save is answered in rounds, each of which looks at more states. What one finds broken is broken; what holds, or was
repaired, is known when all states were looked at. So a verdict comes early, and nothing is said for want of looking.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.properties import Changes, broken_and_repaired
from bgsync.compare.steps import AlgorithmChange, changed_steps, origins
from bgsync.errors import BgsyncError
from bgsync.judge.budget import Budget
from bgsync.judge.facts import StepTaken
from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Report, Trace, TraceStep, Verdict
from bgsync.language import Origin, Spec
from bgsync.targets import AsItStands, as_it_stands, of_text
from bgsync.texts import Text

ROUNDS = (1_000, 4_000)
"""How many states of each exploration are looked at before all are."""

KEPT = 16
"""How many readings are remembered, so that to undo an edit costs nothing."""

Key = tuple[str, tuple[str, ...]]


class Stopper(Budget):
    """A budget that another thread can end at any time, also before anybody shares it."""

    def __init__(self, seconds: float | None = None, megabytes: int | None = None) -> None:
        super().__init__(seconds, megabytes)
        self.stopped = False

    def share(self, event: Any) -> None:
        """Let several processes know by an event when it is stopped."""
        super().share(event)
        if self.stopped:
            event.set()

    def stop(self) -> None:
        """Stop whatever uses it."""
        self.stopped = True
        if self._stopped is not None:
            self._stopped.set()

    def is_stopped(self) -> bool:
        """Whether it was stopped."""
        return self.stopped or super().is_stopped()


class NothingReadError(BgsyncError, ValueError):
    """A text has no algorithm: it may be half written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: no algorithm is found in it; is it half written? `bgsync read` shows what is read")


Ask = Callable[[Text, int | None, Budget], Report]
"""Explores a text up to so many states in each exploration; None for all there are."""


@dataclass(frozen=True)
class News:
    """What is known so long after a save."""

    seconds: float
    text: Text
    report: Report
    final: bool
    """Whether all states were looked at, as far as they ever are."""
    explored: bool
    """Whether anything was explored for it; not where the reading says nothing new."""
    broken: tuple[Verdict, ...] = ()
    """Violated now, not before, and not in earlier news of this save."""
    repaired: tuple[Verdict, ...] = ()
    """As they were: violated. Of final news only."""
    otherwise: tuple[tuple[Verdict | None, Verdict | None], ...] = ()
    """Other changes, old and new: in kind, or to and from what is not decided or not looked at. Of final news only."""
    not_seen: tuple[Verdict, ...] = ()
    """As they were: violated; not found again so far. Never of final news."""


@dataclass(frozen=True)
class Round:
    """What is known of a text after one round."""

    report: Report
    final: bool
    """Whether all states were looked at, as far as they ever are."""
    found: Report | None = None
    """What was explored in it; None where that is known from a reading which says the same."""


Known = Iterable[tuple[Spec, Report]]
"""Specs that were explored to the end, with what was found."""


def rounds(text: Text, stands: AsItStands, ask: Ask, budget: Budget, known: Known = ()) -> Iterator[Round]:
    """Explore a text in rounds, beside what it shows as it stands; the last one is final, unless it was stopped.

    Where a known spec says the same, that is all there is to do; the first one is taken.
    """
    reading = text.reading
    same = next((pair for pair in known if reusable(pair[0], reading.spec)), None)
    if same is not None:
        report = stands.beside(relocated(same[1], same[0], reading.spec))
        yield Round(replace(report, model=reading.document.file), True)
        return
    for limit in (*ROUNDS, None):
        found = ask(text, limit, budget)
        if found.interrupted:
            return
        yield Round(stands.beside(found), limit is None, found)


class Session:
    """The saves of one text. `read` reads a source, or raises; `wanted` are the properties asked for."""

    def __init__(self, read: Callable[[Any], Text], ask: Ask, wanted: frozenset[str] = frozenset()) -> None:
        self.read, self.ask, self.wanted = read, ask, wanted
        self.text: Text | None = None
        """The last one, whether it was judged or not."""
        self.judged: tuple[Spec, Report] | None = None
        """The last one that was judged to the end."""
        self._known: list[tuple[Spec, Report]] = []

    def steps(self, source: Any) -> tuple[AlgorithmChange, ...]:
        """Read a source; give the steps that changed since the last one.

        Raises what `read` raises, and NothingReadError; the last reading then stays what it was.
        """
        text = self.read(source)
        if not text.reading.spec.algorithms:
            raise NothingReadError(source.name)
        before, self.text = self.text, text
        return () if before is None else changed_steps(before.reading.spec, text.reading.spec)

    def news(self, budget: Budget, began: float | None = None) -> Iterator[News]:
        """Judge the text in rounds; the last news is final, unless the budget was stopped."""
        began = time.perf_counter() if began is None else began
        assert self.text is not None, "read a source first"
        text, reading = self.text, self.text.reading
        stands = as_it_stands(of_text(text), self.wanted)
        told: set[Key] = set()
        for each in rounds(text, stands, self.ask, budget, reversed(self._known)):
            if each.final:
                if each.found is not None:
                    self._known = [*self._known, (reading.spec, each.found)][-KEPT:]
                yield self._final(text, each.report, began, each.found is not None, told)
                return
            early = self._early(text, each.report, began, told)
            told |= {(v.property, v.needs) for v in early.broken}
            yield early

    def _changes(self, text: Text, report: Report) -> Changes:
        if self.judged is None:
            return Changes((), (), ())
        spec, before = self.judged
        return broken_and_repaired(before, report, (spec, text.reading.spec))

    def _early(self, text: Text, report: Report, began: float, told: set[Key]) -> News:
        changes = self._changes(text, report)
        broken = tuple(c.new for c in changes.violated_first if c.new and (c.new.property, c.new.needs) not in told)
        missing = tuple(c.old for c in changes.unsure if c.old and c.old.verdict == "violated" and not c.needs)
        return News(time.perf_counter() - began, text, report, False, True, broken, not_seen=missing)

    def _final(self, text: Text, report: Report, began: float, explored: bool, told: set[Key]) -> News:
        changes = self._changes(text, report)
        self.judged = text.reading.spec, report
        others = (*changes.changed_kind, *changes.unsure, *changes.one_sided)
        return News(
            time.perf_counter() - began,
            text,
            report,
            True,
            explored,
            tuple(c.new for c in changes.violated_first if c.new and (c.new.property, c.new.needs) not in told),
            tuple(c.old for c in changes.repaired if c.old),
            tuple((c.old, c.new) for c in others if c not in changes.violated_first),
        )


def reusable(old: Spec, new: Spec) -> bool:
    """Whether the verdicts on one spec are those on the other, step by step under the same numbers."""
    same = same_data(old, new) or same_but_for_names(old, new)
    return same and origins(old).keys() == origins(new).keys()


def relocated(report: Report, old: Spec, new: Spec) -> Report:
    """Give the report on a text for one that says the same in other places and words, without verdicts of structure."""
    before, after = origins(old), origins(new)
    verdicts = (_moved(verdict, before, after) for verdict in report.verdicts if verdict.granularity != TEXT)
    return replace(report, revision=new.revision, verdicts=tuple(verdicts), notes=())


def _moved(verdict: Verdict, before: dict[str, Origin], after: dict[str, Origin]) -> Verdict:
    message, places = verdict.message, []
    for place in verdict.locations:
        name = f"{place.algorithm} {place.step}"
        if name in before:
            message = message.replace(before[name].sentence, after[name].sentence)
            place = replace(place, file=after[name].file, line=after[name].line, column=after[name].column)
        places.append(place)
    trace = verdict.trace
    if trace is not None:
        trace = Trace(tuple(_step(step, before, after) for step in trace.steps), trace.loop)
    return replace(verdict, message=message, locations=tuple(places), trace=trace)


def _step(step: TraceStep, before: dict[str, Origin], after: dict[str, Origin]) -> TraceStep:
    label = step.label
    if not isinstance(label, StepTaken) or (name := str(label.origin)) not in before:
        return step
    now, same = after[name], label.origin.sentence == before[name].sentence
    return replace(step, label=replace(label, origin=now if same else replace(now, sentence=label.origin.sentence)))
