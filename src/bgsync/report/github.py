"""The report as annotations of GitHub Actions: workflow commands, one a line, that mark lines of the changed files."""

from collections.abc import Sequence

from bgsync.judge.verdict import Report, Verdict
from bgsync.plain import visible
from bgsync.report.edit import Edit
from bgsync.report.mend import Mend

LEVELS = {"violated": "error", "inconclusive": "warning", "conditional": "notice"}


def to_github(*reports: Report, edits: Sequence[Edit | None] = ()) -> str:
    """Write reports as workflow commands: violated is an error, inconclusive a warning, the rest notices.

    Beside an edit only what it left to mend and what it broke is said: there is room for ten annotations, and the
    summary has the rest.
    """
    lines = []
    for number, report in enumerate(reports):
        edit = edits[number] if edits else None
        if edit is not None:
            lines += [_to_mend(one) for one in edit.mend]
            lines += [_command(report, verdict) for verdict in edit.ran]
            continue
        for verdict in report.verdicts:
            if verdict.verdict in LEVELS:
                lines.append(_command(report, verdict))
        for note in report.notes:
            place = note.location
            lines.append(_line("notice", place.file, place.line, place.column, note.property, note.message))
    return "\n".join(lines)


def _to_mend(one: Mend) -> str:
    """Write what is to be mended: what is wrong for certain is an error."""
    place, level = one.location, "error" if one.breaks else "warning"
    said = f"{one.step}: {one.said}"
    return _line(level, place.file, place.line, place.column, one.breaks or "not understood", said)


def _command(report: Report, verdict: Verdict) -> str:
    level = "notice" if verdict.needs else LEVELS[verdict.verdict]
    needs = f" (needs: {', '.join(verdict.needs)})" if verdict.needs else ""
    place = next(iter(verdict.locations), None)
    file, line, column = (place.file, place.line, place.column) if place else (report.model, 1, 1)
    at = f"{place.algorithm} {place.step}: " if place else ""
    return _line(level, file, line, column, verdict.property, f"{at}{verdict.message}{needs}")


def _line(level: str, file: str, line: int, column: int, title: str, message: str) -> str:
    given = f"file={_value(file)},line={max(line, 1)},col={max(column, 1)},title={_value(title)}"
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
