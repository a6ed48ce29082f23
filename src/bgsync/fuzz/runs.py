"""Runs that are kept between campaigns, in a file that the user names: a line for each, with its operations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bgsync.driving import Operation
from bgsync.errors import BgsyncError
from bgsync.files import write
from bgsync.fuzz.finding import Finding
from bgsync.fuzz.shrink import Operations


class RunsError(BgsyncError, ValueError):
    """A file of runs that cannot be used."""


def kept_runs(path: Path) -> tuple[Operations, ...]:
    """Give the runs of a file; none where it is not there yet. Raises RunsError."""
    if not path.exists():
        return ()
    found = list[Operations]()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            found.append(tuple(Operation(name, tag) for name, tag in json.loads(line)))
        except (ValueError, TypeError):
            raise RunsError(f"{path}:{number}: this is no run: remove the line, or name another file") from None
    return tuple(found)


def keep(path: Path, known: Iterable[Operations], findings: Iterable[Finding]) -> None:
    """Write the runs that were there and those of the findings."""
    runs = dict.fromkeys((*known, *(finding.operations for finding in findings)))
    write(path, "".join(json.dumps(run) + "\n" for run in runs))
