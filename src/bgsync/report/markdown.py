"""The report as Markdown, for a comment on a pull request: what the edit did, verdicts, a diagram, folded traces."""

from collections.abc import Iterator, Sequence

from bgsync import telling
from bgsync.draw.sequence import sequence_diagram
from bgsync.draw.sequence_text import sequence_mermaid
from bgsync.judge.glossary import Glossary
from bgsync.judge.verdict import Report, Verdict
from bgsync.plain import in_html as _html
from bgsync.plain import in_markdown as _text
from bgsync.plain import plain, visible
from bgsync.report.answer import why_unknown
from bgsync.report.comparison_text import verdicts_of
from bgsync.report.edit import Edit
from bgsync.report.lines import SIGNS, at, trace_lines
from bgsync.report.mend import Mend, to_mend
from bgsync.report.story import headline

LONGEST = 60_000
"""How many characters a comment has room for; traces that do not fit are named instead."""

LONGEST_DIAGRAM = 15_000
MOST_STEPS = 12
STEPS = {"added": "+", "removed": "−", "changed": "±", "moved": "»", "reworded": "="}


def to_markdown(*reports: Report, edits: Sequence[Edit | None] = ()) -> str:
    """Write reports as Markdown of the dialect of GitHub, each with what an edit did to its text, if that is known."""
    rooms = LONGEST // max(len(reports), 1)
    pairs = zip(reports, edits or [None] * len(reports), strict=True)
    return "\n\n".join(_report(report, edit, rooms) for report, edit in pairs)


def _report(report: Report, edit: Edit | None, room: int) -> str:
    base = [verdict for verdict in report.verdicts if not verdict.needs]
    broken = [verdict for verdict in base if verdict.verdict == "violated"]
    lines = [f"### bgsync: {_text(report.model)}", ""]
    lines += _mend(edit.mend if edit else to_mend(report.unread, report.verdicts))
    if edit is not None:
        lines += [*_edit(edit, report.glossary), ""]
    lines += [_counts(report, base, broken)]
    rows = [verdict for verdict in base if verdict.verdict not in ("holds", "vacuous")]
    if rows:
        table = ["| | property | kind | what was seen | where |", "|---|---|---|---|---|", *map(_row, rows)]
        lines += ["", *(table if edit is None else _fold("All that is broken or not decided", table))]
    lines += _adversities(report)
    first = _drawn(edit, broken)
    if first is not None:
        lines += ["", *_diagram(first, report.glossary)]
    return "\n".join([*lines, "", *_traces(first, broken, room - sum(map(len, lines)), report.glossary)]).rstrip()


def _mend(found: Sequence[Mend]) -> list[str]:
    """List what is wrong in the text as it stands."""
    if not found:
        return []
    rows = [
        f"* {_text(at(one.location))}: {_text(f'{one.step}: {one.said}')}"
        + (f" ({_text(one.help)})" if one.help else "")
        for one in found[:MOST_STEPS]
    ]
    more = [f"* and {len(found) - MOST_STEPS} more"] if len(found) > MOST_STEPS else []
    return [f"**Mend first, in the text as it stands ({len(found)}):**", "", *rows, *more, ""]


def _counts(report: Report, base: list[Verdict], broken: list[Verdict]) -> str:
    states = sum(explored.states for explored in report.explorations)
    open_ = [verdict for verdict in base if verdict.verdict == "inconclusive"]
    counts = f"**{len(broken)} violated**, {len(open_)} inconclusive, {len(base) - len(broken) - len(open_)} fine"
    bounds = ", ".join(f"{name} {value}" for name, value in report.bounds.items())
    return f"{counts} · {states:,} states · bounds: {_text(bounds)}"


def _edit(edit: Edit, glossary: Glossary) -> Iterator[str]:
    """Tell what an edit did: what it broke and repaired, and the steps that it changed."""
    broken, repaired = edit.ran, [c.old for c in edit.properties.repaired if c.old and not c.needs]
    wrong = f"{len(edit.wrong)} place{'s' * (len(edit.wrong) != 1)}"
    did = [f"is wrong in {wrong}"] * bool(edit.wrong) + [f"breaks {len(broken)}"] * bool(broken)
    did = (did or ["breaks nothing"]) + [f"repairs {len(repaired)}"] * bool(repaired)
    unknown = why_unknown(edit, f"{len(edit.uncompared)} could not be compared")
    if edit.exit_status == 3:
        yield f"**It is not known whether this edit breaks anything: {unknown}** (since {_text(edit.base)})."
    else:
        cut = f"; {unknown}" if edit.uncompared else ""
        yield f"**This edit {' and '.join(did)}**{cut} (since {_text(edit.base)})."
    if edit.properties.grown:
        yield f"It makes the text much larger: {_text(edit.properties.grown)}."
    other = edit.properties
    if broken or repaired or other.changed_kind or edit.uncompared or other.unsure or other.one_sided:
        yield ""
    for verdict in broken:
        place = next(iter(verdict.locations), None)
        where = f" ({_text(place.file)}:{place.line})" if place else ""
        yield f"* ✗ **{_text(headline(verdict, glossary))}** {_code(verdict.property)}{where}"
    for verdict in repaired:
        yield f"* ✓ repaired: {_text(headline(verdict, glossary))} {_code(verdict.property)}"
    for change in edit.properties.changed_kind:
        if change.old and change.new and not change.needs:
            yield f"* ~ {change.otherwise()}: {_code(change.property)} ({verdicts_of(change)})"
    for change in edit.properties.fewer:
        for one in change.old.findings() if change.old else ():
            said = "· gone with a step" if change.title() else "✓ no longer broken in this way"
            yield f"* {said}: {_text(telling.pair(one, glossary.words))} {_code(one.property)}"
    for change in edit.uncompared:
        yield f"* ? could not be compared: {_code(change.property)} ({verdicts_of(change)})"
    told = [change for change in edit.properties.one_sided if not change.needs and change.now != "violated"]
    for title in dict.fromkeys(change.title() for change in told):
        names = ", ".join(_code(change.property) for change in told if change.title() == title)
        yield f"* · {title}: {names}"
    steps = [
        f"* {STEPS[step.kind]} **{_text(name)}** {step.kind}: {_text(step.old_reading)}"
        + (f" → {_text(step.new_reading)}" if step.old_reading and step.new_reading else _text(step.new_reading))
        for algorithm in edit.steps
        for step in algorithm.steps
        for name in [str(step.new or step.old or algorithm.name)]
    ]
    left = len(steps) - MOST_STEPS
    more = [f"* and {left} more"] if left > 0 else []
    yield ""
    yield from (
        _fold(f"changed steps: {len(steps)}", steps[:MOST_STEPS] + more) if steps else ["No step says anything new."]
    )


def _fold(title: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{_html(title)}</summary>", "", *lines, "", "</details>"]


def _adversities(report: Report) -> list[str]:
    hard = [verdict for verdict in report.verdicts if verdict.needs and verdict.verdict == "violated"]
    if not hard:
        return []
    under = dict.fromkeys(verdict.needs[0] for verdict in hard)
    names = {need: ", ".join(_code(v.property) for v in hard if v.needs[0] == need) for need in under}
    return ["", "Broken only under an adversity:", "", *(f"* {_text(need)}: {names[need]}" for need in under)]


def _drawn(edit: Edit | None, broken: list[Verdict]) -> Verdict | None:
    """Choose the verdict whose run is drawn: what the edit broke, or broke in another way, else any; the shortest."""
    otherwise = [change.new for change in edit.properties.changed_kind if change.new] if edit else []
    for some in (edit.broken if edit else (), otherwise, broken):
        runs = [(len(verdict.trace.steps), place) for place, verdict in enumerate(some) if verdict.trace is not None]
        if runs:
            return some[min(runs)[1]]
    return None


def _diagram(verdict: Verdict, glossary: Glossary) -> list[str]:
    """Draw the run of a verdict, for GitHub to lay out."""
    drawn = sequence_mermaid(sequence_diagram(verdict, lambda origin: "", glossary.words)).rstrip()
    if len(drawn) > LONGEST_DIAGRAM or "```" in drawn:
        return []
    return [f"**{_text(headline(verdict, glossary))}** {_code(verdict.property)}", "", "```mermaid", drawn, "```"]


def _traces(first: Verdict | None, broken: list[Verdict], room: int, glossary: Glossary) -> list[str]:
    """Fold away as many traces as there is room for, the one that was drawn first."""
    folded = list[str]()
    told = [verdict for verdict in broken if verdict.trace is not None]
    for verdict in sorted(told, key=lambda verdict: verdict is not first):
        text = _folded(verdict, glossary)
        if len(text) < room:
            folded.append(text)
            room -= len(text)
    if missing := len(told) - len(folded):
        folded.append(f"{missing} more traces did not fit: `bgsync check --traces all` tells them.")
    return folded


def _row(verdict: Verdict) -> str:
    place = next(iter(verdict.locations), None)
    where = f"{_text(place.algorithm)} {place.step} ({_text(place.file)}:{place.line})" if place else ""
    cells = (SIGNS[verdict.verdict], _code(verdict.property), verdict.kind or verdict.verdict, _text(verdict.message))
    return f"| {' | '.join((*cells, where))} |"


def _folded(verdict: Verdict, glossary: Glossary) -> str:
    trace = verdict.run()
    assert trace is not None
    rule = glossary.rule(verdict.property)
    fence = "`" * 4
    told = "\n".join(_fenced(line) for line in trace_lines(trace, glossary.words))
    summary = f"<summary>{_html(verdict.property)}: a shortest run</summary>"
    return f"<details>{summary}\n\n{_text(rule.sentence)} {_text(rule.why)}\n\n{fence}\n{told}\n{fence}\n\n</details>\n"


def _fenced(line: str) -> str:
    return visible(line).replace("`", "'")


def _code(text: str) -> str:
    return f"`{plain(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"
