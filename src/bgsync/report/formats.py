"""All forms of a report, by name, and by the ending of the file that it is saved in."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bgsync.judge.verdict import Report
from bgsync.report.edit import Edit
from bgsync.report.github import to_github
from bgsync.report.itf import to_itf
from bgsync.report.json import to_json
from bgsync.report.junit import to_junit
from bgsync.report.markdown import to_markdown
from bgsync.report.sarif import to_sarif

FORMATS: dict[str, Callable[..., str]] = {
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
    "markdown": to_markdown,
    "itf": to_itf,
}
BESIDE_EDITS = ("github", "markdown")
ENDINGS = {".itf.json": "itf", ".json": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown"}


def write(form: str, *reports: Report, edits: Sequence[Edit | None] = ()) -> str:
    """Write reports in a form, those that are read beside an edit with what each one did.

    Raises KeyError, and NotOneTraceError for ITF.
    """
    return FORMATS[form](*reports, edits=edits) if form in BESIDE_EDITS else FORMATS[form](*reports)


def form_of(path: Path) -> str:
    """Give the form that the ending of a file asks for. Raises ValueError."""
    for ending, form in ENDINGS.items():
        if path.name.endswith(ending):
            return form
    raise ValueError(f"{path}: no form of a report ends so: name the file *{', *'.join(ENDINGS)}")
