"""The report as one HTML file that needs nothing else: no network, no server, no build.

The page gets everything as JSON in a data block, and its script puts text into elements as text only, so nothing that
a spec says can become markup or code. A content security policy is the second wall: it forbids all loading, and allows
the scripts and styles of the page by the hashes of what they say, so one that got in besides would not run.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from typing import Any

from bgsync import telling
from bgsync.contents import Content
from bgsync.draw.colours import hue_of
from bgsync.draw.diagram import Diagram, Edge, Node
from bgsync.draw.document import NAMESPACE
from bgsync.draw.lanes import Answered, Lanes, Message, Sent
from bgsync.draw.lifecycle import lifecycle_diagram
from bgsync.draw.svg import MissingExtraError, to_svg
from bgsync.judge import facts as f
from bgsync.judge.glossary import Glossary
from bgsync.judge.property import canonical, declared_states
from bgsync.judge.verdict import Location, Report, TraceStep, Verdict
from bgsync.language import Spec
from bgsync.report.causes import causes
from bgsync.report.edit import Edit
from bgsync.report.mend import Mend, to_mend
from bgsync.report.parts import algorithms, embedded, filled, part, policy
from bgsync.report.story import Story, headline, shown, story
from bgsync.report.words import told, who
from bgsync.words import Words

KINDS: dict[type, str] = {f.StateChanged: "state", f.Listed: "listed", f.Unlisted: "unlisted"}
"""The kinds of changes that the page tells from all others."""
SCRIPTS = ("kit.js", "findings.js", "finding.js", "page.js")
PARTS = ("page.html", "page.css", *SCRIPTS)


@dataclass(frozen=True)
class Page:
    """A report with what it is about: the spec, and the sentences of its text with what each was read as, if any."""

    report: Report
    spec: Spec
    content: Content
    ledger: tuple[tuple[str, int, str, str, str], ...] = ()
    """Where, line, sentence, status, and what it was read as."""
    edit: Edit | None = None
    """What an edit of the text did, where it is held against another one."""


def to_html(*pages: Page) -> str:
    """Write reports as one page."""
    lanes = list(dict.fromkeys(lane for page in pages for lane in page.report.words.lanes))
    drawn = [_lifecycle(page) for page in pages]
    pictures = list(dict.fromkeys(filter(None, drawn)))
    reports = [
        {**_page(page), "picture": pictures.index(picture) if picture else None}
        for page, picture in zip(pages, drawn, strict=True)
    ]
    parts = {name: part(name) for name in PARTS}
    styles = dict.fromkeys(style for picture in pictures for style in _styles(picture))
    parts |= {"policy": policy([parts[name] for name in SCRIPTS], [parts["page.css"], *styles])}
    data = embedded({"version": version("bgsync"), "lanes": lanes, "reports": reports})
    return filled(parts.pop("page.html"), {**parts, "data": data, "lifecycle": "".join(pictures)})


def _styles(picture: str) -> list[str]:
    """Give what the style elements of an SVG say."""
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{{{NAMESPACE}}}style")]


def _lifecycle(page: Page) -> str:
    """Give the states of a text and their arrows, without words at them: the steps stand beside it.

    Of a text that speaks of the intended lifecycle they are its own; of any other one they are the states that it
    declares, and the changes that the runs of the report make. Without the extra that lays it out there is none.
    """
    lifecycle = page.content.lifecycle
    if lifecycle.fits(declared_states(page.spec)):
        meant = lifecycle_diagram(page.content)
        title, nodes, pairs = meant.title, meant.nodes, {(edge.source, edge.target) for edge in meant.edges}
    else:
        moves, title = set(_moves(page.report)), f"States of a {page.report.words.noun}, as the runs go through them"
        names = {canonical(name): name for name in chain(declared_states(page.spec), *sorted(moves))}
        pairs = {(names[canonical(before)], names[canonical(after)]) for before, after in moves}
        nodes = tuple(Node(name, name, hue=hue_of(name, lifecycle.colours)) for name in names.values())
    try:
        return to_svg(Diagram(title, "", nodes, tuple(Edge(*pair, "") for pair in pairs))) if pairs else ""
    except MissingExtraError:
        return ""


def _moves(report: Report) -> Iterator[tuple[str, str]]:
    """Give every change of a state in the runs of a report."""
    runs = (finding.trace for verdict in report.verdicts for finding in verdict.findings())
    for step in (step for run in runs if run is not None for step in run.steps):
        yield from ((change.before, change.after) for change in step.changes if isinstance(change, f.StateChanged))


def _page(page: Page) -> dict[str, Any]:
    report = page.report
    causing = {_one(finding): number for number, cause in enumerate(causes(report)) for finding in cause.findings}
    return {
        "model": report.model,
        "revision": report.revision,
        "content": report.content,
        "chosen": report.chosen,
        "agent": report.words.agent,
        "noun": report.words.noun,
        "terms": [list(term) for term in report.words.terms],
        "bounds": {name: str(value) for name, value in report.bounds.items()},
        "states": sum(explored.states for explored in report.explorations),
        "interrupted": report.interrupted,
        "coverage": [report.coverage.total, report.coverage.understood, report.coverage.reached],
        "mend": [_mend(one) for one in (page.edit.mend if page.edit else to_mend(report.unread, report.verdicts))],
        "edit": page.edit and _edit(page.edit, report.glossary),
        "verdicts": [
            {**_verdict(one, page.spec, report.glossary), "way": way, "cause": causing.get(_one(one))}
            for verdict in report.verdicts
            for way, one in enumerate(verdict.findings())
        ],
        "notes": [{"property": n.property, "message": n.message, **_place(n.location)} for n in report.notes],
        "algorithms": algorithms(page.spec, set(report.coverage.unreached)),
        "ledger": [dict(zip(("where", "line", "sentence", "status", "how"), row, strict=True)) for row in page.ledger],
    }


def _one(finding: Verdict) -> Hashable:
    """Tell one finding from all others of a report."""
    return finding.property, finding.needs, finding.defect(), finding.callers, finding.again


def _edit(edit: Edit, glossary: Glossary) -> dict[str, Any]:
    repaired = [change.old for change in edit.properties.repaired if change.old and not change.needs]
    return {
        "base": edit.base,
        "broken": [verdict.property for verdict in edit.broken],
        "unknown": edit.nothing_seen or (f"{len(edit.uncompared)} could not be compared" if edit.uncompared else ""),
        "repaired": [f"{headline(verdict, glossary)} ({verdict.property})" for verdict in repaired],
        "steps": [
            [str(step.new or step.old or one.name), step.old_reading, step.new_reading]
            for one in edit.steps
            for step in one.steps
        ],
    }


def _mend(one: Mend) -> dict[str, Any]:
    return {**_place(one.location), "said": one.said, "breaks": one.breaks, "help": one.help}


def _verdict(verdict: Verdict, spec: Spec, glossary: Glossary) -> dict[str, Any]:
    rule, tale = glossary.rule(verdict.property), story(verdict, spec, glossary)
    steps, loop = shown(verdict.trace) if verdict.trace is not None else ((), None)
    return {
        "property": verdict.property,
        "verdict": verdict.verdict,
        "kind": verdict.kind,
        "needs": list(verdict.needs),
        "granularity": verdict.granularity,
        "message": verdict.message,
        "rule": [rule.sentence, rule.why, rule.reference],
        "places": [_place(place) for place in verdict.locations],
        "steps": _trace(steps, glossary.words),
        "loop": loop,
        **_story(verdict, tale, steps, loop, glossary.words),
    }


def _story(verdict: Verdict, tale: Story, steps: Sequence[TraceStep], loop: int | None, words: Words) -> dict[str, Any]:
    return {
        "headline": tale.headline,
        "lead": tale.lead or _undisturbed(verdict, tale, steps, loop, words),
        "moments": [[moment.place, moment.text, moment.role] for moment in tale.moments],
        "leftOut": tale.left_out,
        "lines": [[line.place, line.why] for line in tale.lines],
        "advice": tale.advice,
    }


def _undisturbed(verdict: Verdict, tale: Story, steps: Sequence[TraceStep], loop: int | None, words: Words) -> str:
    """Say what a run comes to in which nobody is overtaken: where it breaks, or what it does for ever."""
    if loop is None:
        places = [f"{place.algorithm} {place.step}".strip() for place in verdict.locations[-1:]]
        return f"At {places[0]}: {verdict.message.rstrip('.')}." if verdict.trace and places and places[0] else ""
    if not tale.lines:
        return ""
    places = [f"{steps[line.place].algorithm} {steps[line.place].step}" for line in reversed(tale.lines)]
    last = tale.lines[0].place
    if any(line.place >= loop for line in tale.lines):
        return f"This goes on for ever: {', '.join(places)}."
    then = "Nothing in the text takes it further."
    return f"The last step that changes anything is {places[-1]}: {told(steps[last], words)}. {then}"


def _trace(steps: tuple[TraceStep, ...], words: Words) -> list[dict[str, Any]]:
    lanes = Lanes(steps, words)
    return [
        {
            "process": str(step.actor),
            "who": who(step.actor, words),
            "algorithm": step.algorithm,
            "step": step.step,
            "file": step.file,
            "line": step.line,
            "text": telling.sentence(step, words),
            "told": told(step, words),
            "messages": [[one.source, one.target, _said(one, words)] for one in lanes.messages(step)],
            "changes": [_change(change, step, words) for change in step.changes],
        }
        for step in steps
    ]


def _said(message: Message, words: Words) -> str:
    """Say a message in a few words."""
    match message.content:
        case f.CallBegins(_, call):
            return call
        case f.EnvironmentMoved(machine, trigger, _, after):
            return after if words.signals[machine].by_state else trigger
        case f.EventDispatched(thing):
            return f"event of {telling.thing(thing, words)}"
        case f.EventSettled(_, outcome):
            return outcome
        case f.PromiseSettled() as promise:
            return telling.outcome_of(promise)
        case Sent():
            return f"sends {words.store}"
        case Answered(outcome):
            return "has it" if outcome == "fulfilled" else "does not get it"


def _change(change: f.Change, step: TraceStep, words: Words) -> list[str]:
    """Give a change: a name and a thing that tell it from those of other invocations, what it was and is, its kind."""
    name, old, new = telling.change(change, words)
    thing = f.thing_of(change)
    if thing is not None:
        return [name, telling.thing(thing, words), old, new, KINDS.get(type(change), "")]
    name = name if isinstance(change, f.EnvironmentMoved) else f"{name} ({step.actor})"
    return [name, name, old, new, ""]


def _place(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "algorithm": place.algorithm, "step": place.step}
