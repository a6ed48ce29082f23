"""Findings of structure: what is wrong with a text as it stands, each with its place, seen without exploring.

Each kind is a pure function of the spec, and of what the text tells beside it (`Known`): `definitions` follows where
variables get their values, `members` looks at types and values, `loops` at what leaves a loop and how far an abort
reaches, `counts` at how often it tries, `promises` at every path of an algorithm, `outcomes` at what reacts to a
promise, `tasks` at what runs in parallel, `waiting` at handlers that wait for their own calls, `containers`, `terms`
and `nesting` at what their names say. When in doubt they are silent: a variable whose type is not certain has no type,
and a path that may be impossible is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bgsync.judge.structure.containers import containers
from bgsync.judge.structure.counts import counts
from bgsync.judge.structure.definitions import definitions
from bgsync.judge.structure.finding import ERROR, NOTE, PROPERTIES, Finding, Known, Structure
from bgsync.judge.structure.loops import loops
from bgsync.judge.structure.members import members
from bgsync.judge.structure.nesting import nesting
from bgsync.judge.structure.outcomes import outcomes
from bgsync.judge.structure.promises import settling
from bgsync.judge.structure.tasks import tasks
from bgsync.judge.structure.terms import terms
from bgsync.judge.structure.waiting import waiting
from bgsync.language import Spec
from bgsync.pauses import pause

CHECKS = (definitions, members, loops, counts, settling, outcomes, tasks, waiting, containers, terms, nesting)


def findings(spec: Spec, known: Known | None = None) -> tuple[Finding, ...]:
    """Find what is wrong with the structure of a spec, in the order of the text."""
    return by_place(findings_of(spec, known))


def findings_of(spec: Spec, known: Known | None = None) -> Iterator[Finding]:
    """Give the findings one by one, as they are found."""
    told = known or Known()
    for check in CHECKS:
        pause()
        yield from check(spec, told)


def by_place(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings into the order of the text, each once."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(finding: Finding) -> tuple[str, int, int, tuple[int, ...], str, str]:
    origin = finding.origin
    return origin.file, origin.line, origin.column, origin.path, finding.property, finding.message


__all__ = ["ERROR", "NOTE", "PROPERTIES", "Finding", "Known", "Structure", "by_place", "findings", "findings_of"]
