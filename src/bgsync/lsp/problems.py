"""What is wrong with a text, as problems at their places: what is not read, what is broken, and what is not decided."""

from __future__ import annotations

from collections.abc import Iterator

from bgsync import telling
from bgsync.judge.glossary import Glossary
from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Location, Report, Trace, TraceStep, Verdict
from bgsync.lsp.answer import Level, Problem, Related, Span
from bgsync.lsp.fixes import as_nothing, fixes
from bgsync.lsp.page import Page
from bgsync.plain import plain
from bgsync.prose.ledger import NOT_UNDERSTOOD, Ledger
from bgsync.prose.reading import Reading
from bgsync.report.mend import to_mend
from bgsync.report.story import headline
from bgsync.report.words import told
from bgsync.targets import AsItStands
from bgsync.words import Words

NOT_READ, MARKUP, UNDECIDED = "not-read", "markup", "not-decided"
"""The codes of problems that are no properties."""


def as_it_stands(reading: Reading, stands: AsItStands, page: Page, glossary: Glossary) -> Iterator[Problem]:
    """Give what a text shows without being explored: what is not read, findings of structure, broken markup."""
    missed = {one.location: one for one in stands.unread}
    for mend in to_mend(stands.unread, stands.verdicts):
        place, one = mend.location, missed.get(mend.location)
        yield Problem(
            page.span(place.line, place.column),
            "error" if mend.breaks else "warning",
            mend.breaks or NOT_READ,
            "\n".join(map(plain, filter(None, [mend.said, mend.help]))),
            fixes=() if one is None else fixes(one, reading, page),
            about=_about(glossary, mend.breaks) if mend.breaks else "",
        )
    for note in stands.notes:
        span, about = page.span(note.location.line, note.location.column), _about(glossary, note.property)
        yield Problem(span, "information", note.property, plain(note.message), about=about)
    noted = {(note.location.line, note.message) for note in stands.notes}
    for defect in reading.document.defects:
        if (defect.place.line, defect.message) not in noted:
            yield Problem(page.span(*defect.place), "warning", MARKUP, plain(defect.message))


def outside_steps(ledger: Ledger, page: Page) -> Iterator[Problem]:
    """Give the normative sentences outside of steps that are not read."""
    for entry in ledger.entries:
        if entry.status == NOT_UNDERSTOOD and not entry.in_steps:
            span = page.span(*entry.place)
            said = f"not read: “{plain(entry.sentence)}”: {plain(entry.how)}"
            yield Problem(span, "information", NOT_READ, said, fixes=as_nothing(entry.key, entry.sentence))


def explored(report: Report, file: str, page: Page) -> Iterator[Problem]:
    """Give what an exploration found, each finding at its step, and what it could not decide."""
    undecided: dict[str, list[str]] = {}
    for verdict in report.verdicts:
        if verdict.granularity == TEXT:
            continue
        if verdict.verdict == "inconclusive":
            undecided.setdefault(verdict.message, []).append(verdict.property)
        elif verdict.verdict in ("violated", "conditional"):
            yield from (_finding(one, report, file, page) for one in verdict.findings())
    for message, names in undecided.items():
        said = f"not decided: {', '.join(dict.fromkeys(names))} ({plain(message)})"
        yield Problem(page.span(1, 1), "information", UNDECIDED, said)


def _finding(found: Verdict, report: Report, file: str, page: Page) -> Problem:
    glossary = report.glossary
    level: Level = "error" if found.verdict == "violated" and not found.needs else "information"
    title = headline(found, glossary)
    more = [found.message] if found.message and found.message not in title else []
    if found.verdict == "conditional":
        where = f"conditional, where {glossary.adversity(found.needs)}" if found.needs else "conditional"
    else:
        where = telling.pair(found, glossary.words)
    said = "\n".join(map(plain, [title, *more, where]))
    related = tuple(_run(found.trace, file, page, report.words)) if found.trace else ()
    return Problem(_at(found, file, page), level, found.property, said, related, about=_about(glossary, found.property))


def _at(found: Verdict, file: str, page: Page) -> Span:
    """Give the step that breaks something; of steps that another spec has, the one of this text that came to them."""
    places = [place for place in telling.breaking(found) if place.file == file]
    places = places or [place for place in found.locations if place.file == file]
    if not places and found.trace is not None:
        places = [step for step in found.trace.steps if step.file == file]
    if not places:
        return page.span(1, 1)
    place = places[-1]
    if isinstance(place, Location):
        return page.span(place.line, place.column)
    return page.span(place.line, place.origin.column if place.origin else 1)


def _run(trace: Trace, file: str, page: Page, words: Words) -> Iterator[Related]:
    """Tell a run; a step without a line in this text stands at the one before it."""
    origins = (step.origin for step in trace.steps if step.file == file)
    here = next(origins, None)
    number = 0
    for place, step in enumerate(trace.steps):
        if step.origin is not None and step.file == file:
            here = step.origin
        if not step.is_told or here is None:
            continue
        number += 1
        again = "again and again: " if trace.loop is not None and place >= trace.loop else ""
        text = plain(f"{number}. {again}{step.actor}: {_says(step, words)}")
        yield Related(page.span(here.line, here.column), text)


def _says(step: TraceStep, words: Words) -> str:
    """Tell a step: of the text with its sentence, and what it changes."""
    change = told(step, words)
    if not step.step:
        return change
    sentence = telling.sentence(step, words)
    return f"{step.algorithm} {step.step}: {sentence}" + (f" ({change})" if change != sentence else "")


def _about(glossary: Glossary, name: str) -> str:
    rule = glossary.rule(name)
    why = f"Why it matters: {rule.why}" if rule.why else ""
    return "\n\n".join(filter(None, [rule.sentence, why, f"Rests on: {rule.reference}" if rule.reference else ""]))
