"""What a text was before an edit, for `bgsync check --base`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bgsync.cli.question import Asked
from bgsync.cli.targets import named

if TYPE_CHECKING:
    from bgsync.judge.verdict import Report
    from bgsync.report.edit import Edit
    from bgsync.targets import Target


def source_before(base: str, target: str) -> Any:
    """Give the source that `base` names; a revision names the target as it was. None if it did not exist then.

    Raises SourceError.
    """
    from bgsync.sources import Source, decode, load_one, show
    from bgsync.sources.git import MissingPathError

    if ":" in base or os.path.lexists(base):
        return load_one(base)
    path = Path(target)
    try:
        data, commit = show(base, f"./{path.name}", path.resolve().parent)
    except MissingPathError:
        return None
    return Source(f"{base}:{target}", decode(data, target), commit)


def target_before(base: str, target: Target, sidecar: Path | None) -> Target | None:
    """Give what a text was before, judged as it is now. None if there was none. Raises SourceError and ReadError."""
    from bgsync.targets import of_text
    from bgsync.texts import read

    source = source_before(base, target.name)
    if source is None:
        return None
    return of_text(read(source, sidecar, named()))


def edit_since(before: Target, now: Target, report: Report, question: Asked) -> Edit:
    """Compare a report with that on the text before."""
    from bgsync.compare.properties import broken_and_repaired
    from bgsync.compare.steps import changed_steps
    from bgsync.report.edit import Edit
    from bgsync.targets import static
    from bgsync.watch.session import relocated, reusable

    if reusable(now.spec, before.spec):
        found = relocated(report, now.spec, before.spec)
    else:
        found = question.report(before)
    old = replace(found, verdicts=found.verdicts + static(before, question.wanted)[0])
    specs = (before.spec, now.spec)
    return Edit(before.name, changed_steps(*specs), broken_and_repaired(old, report, specs))
