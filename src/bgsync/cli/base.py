"""What a text was before an edit, for `bgsync check --base`."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from bgsync.cli.question import Asked
from bgsync.judge.verdict import Report
from bgsync.report.edit import Edit


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


def edit_since(base: str, reading: Any, report: Report, question: Asked, sidecar: Path | None) -> Edit | None:
    """Compare a report with that on the text before. None if there was none. Raises SourceError and ReadError."""
    from bgsync.compare import broken_and_repaired, changed_steps
    from bgsync.texts import read_text
    from bgsync.watch.session import relocated, reusable

    source = source_before(base, reading.document.file)
    if source is None:
        return None
    before = read_text(source, sidecar)
    if reusable(reading.spec, before.spec):
        found = relocated(report, reading.spec, before.spec)
    else:
        found = question.report(before.spec, source.name)
    old = replace(found, verdicts=found.verdicts + structure_of(before, question)[0])
    specs = (before.spec, reading.spec)
    return Edit(source.name, changed_steps(*specs), broken_and_repaired(old, report, specs))


def structure_of(reading: Any, question: Asked) -> tuple[Any, Any]:
    """Give the verdicts and the notes of structure on a text."""
    from bgsync.judge.static import notes, structure_verdicts
    from bgsync.judge.structure.text import structure

    found = structure(reading)
    return structure_verdicts(found, question.wanted), notes(found, question.wanted)
