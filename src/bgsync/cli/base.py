"""What a text was before an edit, for `bgsync check --base`."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from bgsync.cli.question import Asked
from bgsync.cli.targets import Target, named, of_text
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


def target_before(base: str, target: Target, sidecar: Path | None) -> Target | None:
    """Give what a text was before, judged as it is now. None if there was none. Raises SourceError and ReadError."""
    from bgsync.texts import read

    source = source_before(base, target.name)
    if source is None:
        return None
    return of_text(read(source, sidecar, named()))


def judged_alike(before: Target, now: Target) -> tuple[Target, Target]:
    """Give two versions of a text as the same content: that of the old one, unless it is about nothing known."""
    from bgsync.contents import shipped

    if before.content == now.content:
        return before, now
    old = before.content != shipped()[-1]
    content, why = (before.content, "what it was before is") if old else (now.content, "what it is now is")
    return replace(before, content=content, chosen=why), replace(now, content=content, chosen=why)


def edit_since(before: Target, now: Target, report: Report, question: Asked) -> Edit:
    """Compare a report with that on the text before."""
    from bgsync.compare import broken_and_repaired, changed_steps
    from bgsync.watch.session import relocated, reusable

    if reusable(now.spec, before.spec):
        found = relocated(report, now.spec, before.spec)
    else:
        found = question.report(before)
    old = replace(found, verdicts=found.verdicts + structure_of(before, question)[0])
    specs = (before.spec, now.spec)
    return Edit(before.name, changed_steps(*specs), broken_and_repaired(old, report, specs))


def structure_of(target: Target, question: Asked) -> tuple[Any, Any]:
    """Give the verdicts and the notes of structure on a spec, or on a text with all that only its words show."""
    from bgsync.judge.static import notes, structure_verdicts
    from bgsync.judge.structure import findings
    from bgsync.judge.structure.text import structure

    found = findings(target.spec) if target.text is None else structure(target.text.reading)
    return structure_verdicts(found, question.wanted), notes(found, question.wanted)
