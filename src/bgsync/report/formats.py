"""All forms of a report, by name, and by the ending of the file that it is saved in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name

from bgsync.judge.verdict import Report
from bgsync.report.edit import Edit

FORMATS = {
    "json": "bgsync.report.json:to_json",
    "sarif": "bgsync.report.sarif:to_sarif",
    "junit": "bgsync.report.junit:to_junit",
    "github": "bgsync.report.github:to_github",
    "markdown": "bgsync.report.markdown:to_markdown",
    "itf": "bgsync.report.itf:to_itf",
}
"""Where the writer of each form stands; it is imported when it is wanted."""
BESIDE_EDITS = ("github", "markdown")
ENDINGS = {".itf.json": "itf", ".json": "json", ".sarif": "sarif", ".xml": "junit", ".md": "markdown"}


def write(form: str, *reports: Report, edits: Sequence[Edit | None] = ()) -> str:
    """Write reports in a form, those that are read beside an edit with what each one did.

    Raises KeyError, and NotOneTraceError for ITF.
    """
    to_form: Callable[..., str] = resolve_name(FORMATS[form])
    return to_form(*reports, edits=edits) if form in BESIDE_EDITS else to_form(*reports)


def form_of(path: Path) -> str:
    """Give the form that the ending of a file asks for. Raises ValueError."""
    for ending, form in ENDINGS.items():
        if path.name.endswith(ending):
            return form
    raise ValueError(f"{path}: no form of a report ends so: name the file *{', *'.join(ENDINGS)}")
