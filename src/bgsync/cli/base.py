"""What a text was before an edit, for `bgsync check --base`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bgsync.cli.question import Asked
from bgsync.cli.targets import named

if TYPE_CHECKING:
    from bgsync.judge.verdict import Note, Report, Verdict
    from bgsync.prose.ledger import Entry
    from bgsync.report.edit import Edit, Sentences
    from bgsync.report.mend import Mend
    from bgsync.targets import AsItStands, Target


def source_before(base: str, target: str) -> Any:
    """Give the source that `base` names; a revision names the target as it was. None if it did not exist then.

    Raises SourceError.
    """
    from bgsync.sources import Source, decode, load_one, show
    from bgsync.sources.git import MissingPathError

    if _is_source(base):
        return load_one(base)
    path = Path(target)
    try:
        data, commit = show(base, f"./{path.name}", path.resolve().parent)
    except MissingPathError:
        return None
    return Source(f"{base}:{target}", decode(data, target), commit)


def as_source(base: str, target: str) -> str:
    """Give what any command takes for the source that `base` names."""
    return base if _is_source(base) else f"{base}:./{Path(os.path.relpath(target)).as_posix()}"


def _is_source(base: str) -> bool:
    return ":" in base or os.path.lexists(base)


def target_before(base: str, target: Target, sidecar: Path | None) -> Target | None:
    """Give what a text was before, judged as it is now. None if there was none. Raises SourceError and ReadError."""
    from bgsync.targets import of_text
    from bgsync.texts import read

    source = source_before(base, target.name)
    if source is None:
        return None
    return of_text(read(source, sidecar, named()))


class Editing:
    """A text before and after an edit, both judged as the same content."""

    def __init__(self, before: Target, now: Target, question: Asked, base: str = "") -> None:
        """`base` is what the user calls the text before, where its name is none that a command takes."""
        from bgsync.compare.steps import changed_steps
        from bgsync.targets import as_it_stands, judged_alike
        from bgsync.watch.session import reusable

        self.before, self.now = judged_alike(before, now)
        self.question, self.base = question, base
        self.specs = (self.before.spec, self.now.spec)
        self.is_editorial = reusable(self.now.spec, self.before.spec)
        self.changes = changed_steps(*self.specs)
        self.stood = as_it_stands(self.before, question.wanted)

    def mend(self, stands: AsItStands) -> list[Mend]:
        """Give what is wrong in the text as it stands, and was not before."""
        from bgsync.compare.properties import broken_and_repaired
        from bgsync.judge.verdict import Coverage, Report
        from bgsync.report.mend import to_mend, to_mend_after

        old, new = (
            each.beside(Report(of.name, "", {}, (), Coverage(0, 0, 0), ()))
            for each, of in ((self.stood, self.before), (stands, self.now))
        )
        found = broken_and_repaired(old, new, self.specs).violated_first
        verdicts = [one for each in found if each.new for one in each.new.findings()]
        known = {one.key for one in self.stood.unread}
        unread = [one for one in stands.unread if one.key not in known]
        return to_mend_after(self.changes, self.now.spec, to_mend(unread, verdicts))

    def _ending(self, report: Report, kind: str) -> Iterator[tuple[str, str]]:
        """Name the steps that were removed or added and at which some run ends by a report, each with when it does.

        Those of an algorithm that only one of the texts has ended no run that the other one lets go on.
        """
        from bgsync.compare.steps import conditions

        when = conditions(self.specs[kind == "added"])
        failed = {
            f"{place.algorithm} {place.step}" for one in report.verdicts if one.property.startswith("asserts/")
            and one.verdict == "violated" for place in one.locations[-1:]
        }  # fmt: skip
        both = (each for each in self.changes if each.kind in ("changed", "renamed"))
        for step in (step for each in both for step in each.steps if step.kind == kind):
            name = str(step.new or step.old)
            if name in failed.union(report.coverage.ending):
                yield name, when.get(name, "")

    def edit(self, mend: list[Mend], report: Report) -> Edit:
        """Say what the edit did: what it left to mend, the report on the text now, and what is explored of it before.

        What it was is not explored where that gives what it gives as it is.
        """
        from bgsync.compare.properties import broken_and_repaired
        from bgsync.compare.rerun import runs
        from bgsync.compare.steps import kept_steps, origins
        from bgsync.report.edit import Edit
        from bgsync.watch.session import relocated

        before, now = self.specs
        explored = None if self.is_editorial else self.question.report(self.before)
        old = self.stood.beside(explored or relocated(report, now, before))
        steps = {str(was): str(there) for was, there in kept_steps(before, now)}
        noted = {_noted(note, steps) for note in self.stood.notes}
        reached = {str(there) for was, there in kept_steps(before, now) if str(was) not in old.coverage.unreached}
        was_so, is_so = runs(*map(self.question.question, (self.before, self.now)))
        unmended = {one.step for one in mend}

        def rests(one: Verdict) -> bool:
            """Whether what breaks it rests on a step that is to be mended first: what that does is not known."""
            steps = one.trace.steps if one.trace else ()
            return any(f"{step.algorithm} {step.step}" in unmended for step in steps)

        whole, wrong = all(each.complete for each in report.explorations), {one.location for one in mend}
        return Edit(
            self.before.name,
            self.changes,
            broken_and_repaired(old, report, self.specs, (lambda one: rests(one) or was_so(one), is_so)),
            tuple(mend),
            tuple(step for step in report.coverage.unreached if whole and step in reached),
            {name: why for name, why in report.unreached.items() if name not in self.stood.unreached},
            self.is_editorial,
            frozenset(name for name in origins(before).keys() & origins(now).keys() if steps.get(name) != name),
            tuple(n for n in report.notes if _noted(n) not in noted and n.location not in wrong),
            "" if self.is_editorial else report.nothing_seen,
            sum(each.states for each in explored.explorations) if explored else 0,
            explored.seconds if explored else 0.0,
            dict(self._ending(old, "removed")),
            (self.base or self.before.name, self.now.name),
            self.now.text.reading.document.source if self.now.text else "",
            tuple(self._elsewhere()),
            dict(self._ending(report, "added")),
        )

    def _elsewhere(self) -> Iterator[Sentences]:
        """Give the sentences outside of steps that count, are not followed, and are not as they were."""
        from difflib import get_close_matches

        from bgsync.prose.ledger import MODELLED, NOT_UNDERSTOOD, REMARK, outside
        from bgsync.report.edit import Sentences

        if self.before.text is None or self.now.text is None:
            return
        before, now = (
            {one.sentence: one for one in outside(each.reading, each.content.vocabulary) if one.status != REMARK}
            for each in (self.before.text, self.now.text)
        )
        followed = [name.lower() for spec in self.specs for name in (spec.type.name, spec.type.list_name) if name]

        def unread(one: Entry) -> bool:
            speaks_of_it = any(name in one.sentence.lower() for name in followed)
            return speaks_of_it and one.requires and one.status == NOT_UNDERSTOOD

        gone = [said for said in before if said not in now]
        for said, one in now.items():
            if said not in before and one.status != MODELLED:
                old = next(iter(get_close_matches(said, gone, 1)), "")
                gone = [each for each in gone if each != old]
                either = unread(one) or (old != "" and unread(before[old]))
                yield Sentences(old, said, f"{self.now.name}:{one.place.line}", one.how, either)
        for said in gone:
            if before[said].status != MODELLED:
                was = before[said]
                yield Sentences(said, "", f"{self.before.name}:{was.place.line}", was.how, unread(was))


def _noted(note: Note, steps: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Tell a note by its step, one of the old text as `steps` says that it is called now, or else by what it says."""
    if note.location.step:
        step = f"{note.location.algorithm} {note.location.step}"
        return note.property, step if steps is None else steps.get(step, "")
    return note.property, note.location.algorithm, re.sub(r"\d+", "", note.message)
