"""The report as Markdown, for a comment on a pull request: verdicts first, traces folded away."""

from bgsync.draw.diagram import plain
from bgsync.judge.verdict import Report, Verdict
from bgsync.report.rules import rule_of
from bgsync.report.text import SIGNS, trace_lines

LONGEST = 60_000
"""How many characters a comment has room for; traces that do not fit are named instead."""


def to_markdown(*reports: Report) -> str:
    """Write reports as Markdown of the dialect of GitHub."""
    return "\n\n".join(_report(report, LONGEST // len(reports)) for report in reports)


def _report(report: Report, room: int) -> str:
    base = [verdict for verdict in report.verdicts if not verdict.needs]
    broken = [verdict for verdict in base if verdict.verdict == "violated"]
    states = sum(explored.states for explored in report.explorations)
    head = f"### bgsync: {_text(report.model)}"
    open_ = [verdict for verdict in base if verdict.verdict == "inconclusive"]
    counts = f"**{len(broken)} violated**, {len(open_)} inconclusive, {len(base) - len(broken) - len(open_)} fine"
    bounds = ", ".join(f"{name} {value}" for name, value in report.bounds.items())
    lines = [head, "", f"{counts} · {states:,} states · bounds: {_text(bounds)}"]
    rows = [verdict for verdict in base if verdict.verdict not in ("holds", "vacuous")]
    if rows:
        lines += ["", "| | property | kind | what was seen | where |", "|---|---|---|---|---|"]
        lines += [_row(verdict) for verdict in rows]
    hard = [verdict for verdict in report.verdicts if verdict.needs and verdict.verdict == "violated"]
    if hard:
        under = dict.fromkeys(verdict.needs[0] for verdict in hard)
        names = {need: ", ".join(_code(v.property) for v in hard if v.needs[0] == need) for need in under}
        lines += ["", "Broken only under an adversity:", ""] + [f"* {_text(need)}: {names[need]}" for need in under]
    folded, left = list[str](), room - sum(map(len, lines))
    for verdict in broken:
        told = _folded(verdict)
        if verdict.trace is not None and len(told) < left:
            folded.append(told)
            left -= len(told)
    missing = sum(verdict.trace is not None for verdict in broken) - len(folded)
    if missing:
        folded.append(f"{missing} more traces did not fit: `bgsync check --traces all` tells them.")
    return "\n".join([*lines, "", *folded]).rstrip()


def _row(verdict: Verdict) -> str:
    place = next(iter(verdict.locations), None)
    where = f"{_text(place.algorithm)} {place.step} ({_text(place.file)}:{place.line})" if place else ""
    cells = (SIGNS[verdict.verdict], _code(verdict.property), verdict.kind or verdict.verdict, _text(verdict.message))
    return f"| {' | '.join((*cells, where))} |"


def _folded(verdict: Verdict) -> str:
    assert verdict.trace is not None
    rule = rule_of(verdict.property)
    fence = "`" * 4
    told = "\n".join(_fenced(line) for line in trace_lines(verdict.trace))
    summary = f"<summary>{_html(verdict.property)}: a shortest run</summary>"
    return f"<details>{summary}\n\n{_text(rule.sentence)} {_text(rule.why)}\n\n{fence}\n{told}\n{fence}\n\n</details>\n"


def _fenced(line: str) -> str:
    return "".join(c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line).replace("`", "'")


def _code(text: str) -> str:
    return f"`{plain(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _html(text: str) -> str:
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(text: str) -> str:
    """Write text so that nothing of it is taken for markup."""
    safe = _html(text)
    return "".join("\\" + character if character in "\\`*_[]|#~@" else character for character in safe)
