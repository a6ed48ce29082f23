"""All forms of a report, a row each: the command line, its help and what it says of a wrong ending come from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, NamedTuple

from bgsync.plain import visible

if TYPE_CHECKING:
    from bgsync.judge.verdict import Report
    from bgsync.report.edit import Edit


class Format(NamedTuple):
    """A form of a report."""

    purpose: str
    writer: str
    """Its function, as module:name; it is imported when it is wanted."""
    endings: tuple[str, ...] = ()
    """How files end that are saved in it."""
    edits: bool = False
    """Whether it says what an edit did, too: then the writer takes `edits`, an Edit or None for each report."""


FORMATS = {
    "json": Format("for programs", "bgsync.report.json:to_json", (".json",)),
    "sarif": Format("for code hosts", "bgsync.report.sarif:to_sarif", (".sarif",)),
    "junit": Format("for build servers", "bgsync.report.junit:to_junit", (".xml",)),
    "github": Format("annotations of GitHub Actions", "bgsync.report.github:to_github", edits=True),
    "markdown": Format("a comment on a pull request", "bgsync.report.markdown:to_markdown", (".md",), edits=True),
    "itf": Format("one trace, for viewers of traces", "bgsync.report.itf:to_itf", (".itf.json",)),
}


def write(form: str, *reports: Report, edits: Sequence[Edit | None] = ()) -> str:
    """Write reports in a form, made harmless, those that are read beside an edit with what each one did.

    Raises KeyError, and NotOneTraceError for ITF.
    """
    row = FORMATS[form]
    to_form: Callable[..., str] = resolve_name(row.writer)
    return visible(to_form(*reports, edits=edits) if row.edits else to_form(*reports))


def endings() -> dict[str, str]:
    """Give the form that each ending asks for."""
    return {ending: form for form, row in FORMATS.items() for ending in row.endings}


def form_of(path: Path) -> str:
    """Give the form that the ending of a file asks for, the longest that is known. Raises ValueError."""
    known = endings()
    found = [ending for ending in known if path.name.endswith(ending)]
    if not found:
        raise ValueError(f"{path}: no form of a report ends so: name the file *{', *'.join(known)}")
    return known[max(found, key=len)]
