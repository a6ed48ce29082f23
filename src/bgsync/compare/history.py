"""The verdicts over the history of a file: which property broke when, and when it was mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bgsync.compare.data import same_but_for_names, same_data
from bgsync.compare.properties import Said
from bgsync.contents import Content
from bgsync.judge.budget import SpentError
from bgsync.judge.static import structure_verdicts
from bgsync.judge.structure.text import structure
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import Spec
from bgsync.prose.page.reader import ReadError
from bgsync.sources import Revision, Source, SourceError, decode, read_blobs
from bgsync.system.scenario import GRANULARITIES, adversities_of
from bgsync.texts import Text, read

GIVEN = ("holds", "conditional")
"""What a property breaks from."""
WORST = ("vacuous", "holds", "conditional", "inconclusive", "violated")

Row = tuple[str, tuple[str, ...]]
"""A property, or an Assert by what it says, and the adversity that it is looked at under, if any."""


@dataclass(frozen=True)
class Column:
    """A revision at which the reading changed, with what is said of every property there; or why it cannot be read."""

    revision: Revision
    verdicts: dict[Row, str]
    unchanged: tuple[Revision, ...] = ()
    """Later revisions whose reading is the same."""
    error: str = ""
    left_out: tuple[str, ...] = ()
    """The environments that were not looked at."""


@dataclass(frozen=True)
class Span:
    """From which revision to which one a property is violated.

    `before` and `after` are the verdicts that were given right before and after; "" where none was. `following` is the
    revision after the last one, None where there is none.
    """

    row: Row
    first: Revision
    last: Revision
    before: str
    after: str
    following: Revision | None


@dataclass(frozen=True)
class History:
    """The matrix: a row a property, a column a changed reading."""

    path: str
    revisions: int
    columns: tuple[Column, ...]
    interrupted: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """The properties, in the order in which they first occur, and after them what an adversity alone breaks."""
        found = dict.fromkeys(row for column in self.columns for row in column.verdicts)
        broken = {
            (name, needs)
            for column in self.columns
            for (name, needs), said in column.verdicts.items()
            if said == "violated" != column.verdicts.get((name, ()))
        }
        return tuple(sorted((row for row in found if not row[1] or row in broken), key=lambda row: bool(row[1])))

    @property
    def exit_status(self) -> int:
        """What the last revision that could be read deserves."""
        read = [column for column in self.columns if not column.error]
        found = {said for row, said in read[-1].verdicts.items() if not row[1]} if read else {"inconclusive"}
        return 1 if "violated" in found else 3 if "inconclusive" in found else 0

    def spans(self) -> tuple[Span, ...]:
        """Give every stretch of revisions in which a property is violated, unreadable ones passed over."""
        read = [column for column in self.columns if not column.error]
        found: list[Span] = []
        for row in self.rows:
            said = [column.verdicts.get(row, "") for column in read]
            ends = [place for place in range(len(read)) if said[place] == "violated" != [*said, ""][place + 1]]
            starts = [place for place in range(len(read)) if said[place] == "violated" != ["", *said][place]]
            for start, end in zip(starts, ends, strict=True):
                before, after = (["", *said, ""][place] for place in (start, end + 2))
                following = read[end + 1].revision if end + 1 < len(read) else None
                found.append(Span(row, read[start].revision, _end(read[end]), before, after, following))
        return tuple(found)


def _end(column: Column) -> Revision:
    return (column.revision, *column.unchanged)[-1]


def explored_history(
    repository: Path,
    revisions: Sequence[Revision],
    answer: Callable[[Text], Report],
    wanted: Iterable[str] = (),
    content: Content | None = None,
) -> History:
    """Check every revision whose reading differs from all before it, as a content if one is given.

    `answer` explores a text.

    Raises SourceError where the repository cannot be read; a revision that cannot be read is a column with an error.
    """
    texts = read_blobs(repository, [revision.blob for revision in revisions])
    columns: list[Column] = []
    explored: list[tuple[Spec, dict[Row, str], tuple[str, ...]]] = []
    previous: Spec | None = None
    interrupted = False
    for revision in revisions:
        name = f"{revision.commit}:{revision.path}"
        try:
            text = read(Source(name, decode(texts[revision.blob], name), revision.commit), content=content)
        except SpentError:
            interrupted = True
            break
        except (SourceError, ReadError) as error:
            columns.append(Column(revision, {}, error=str(error)))
            previous = None
            continue
        spec = text.reading.spec
        if previous is not None and _same(previous, spec):
            columns[-1] = replace(columns[-1], unchanged=(*columns[-1].unchanged, revision))
            continue
        previous = spec
        try:
            static = structure_verdicts(structure(text.reading), frozenset(wanted))
        except SpentError:
            interrupted = True
            break
        known, left = next(((given, left) for other, given, left in explored if _same(other, spec)), (None, ()))
        if known is None:
            report = answer(text)
            interrupted = report.interrupted
            known, left = _said(report, spec), _left_out(report, text.content, spec)
            explored.append((spec, known, left))
        of_text = _worst(((v.property.split("/")[0], ()), v.verdict) for v in static)
        columns.append(Column(revision, known | of_text, left_out=left))
        if interrupted:
            break
    return History(revisions[-1].path, len(revisions), tuple(columns), interrupted)


def _same(old: Spec, new: Spec) -> bool:
    return same_data(old, new) or same_but_for_names(old, new)


def _said(report: Report, spec: Spec) -> dict[Row, str]:
    """Give the verdicts that were given, under each adversity that was looked at, too."""
    said, names = Said(report), {v.property: _row(v, spec) for v in report.verdicts}
    environments = dict.fromkeys(((), *(explored.adversities for explored in report.explorations)))
    asked = (((name, needs), said.of((name, needs))) for needs in environments for name in names)
    return _worst(((names[name], needs), ruling) for (name, needs), ruling in asked if ruling in WORST)


def _left_out(report: Report, content: Content, spec: Spec) -> tuple[str, ...]:
    """Name the environments that were not looked at."""
    seen = {explored.granularity for explored in report.explorations if not explored.adversities}
    hard = {name for explored in report.explorations for name in explored.adversities}
    missed = [name for name in adversities_of(content.world, spec) if name not in hard]
    finer = [f"granularity {name}" for name in GRANULARITIES if name not in seen]
    return (*finer, *([f"with {', '.join(missed)}"] if missed else []))


def _worst(pairs: Iterable[tuple[Row, str]]) -> dict[Row, str]:
    found: dict[Row, str] = {}
    for row, verdict in pairs:
        if row not in found or WORST.index(verdict) > WORST.index(found[row]):
            found[row] = verdict
    return found


def _row(verdict: Verdict, spec: Spec) -> str:
    """Name the row of a verdict: an Assert by what it says, since its number changes; all else by its property."""
    base, _, part = verdict.property.partition("/")
    if base != "asserts":
        return base
    for statement in spec.statements():
        origin = statement.origin
        if origin is not None and f"{origin.algorithm.replace(' ', '-')}.{origin.step}" == part:
            said = origin.sentence.removeprefix("Assert: ")
            return f"asserts: {origin.algorithm}: {said[0].lower()}{said[1:]}"
    return verdict.property
