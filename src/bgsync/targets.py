"""What is asked about: the spec of a content, or a text, each with the content that it is judged as."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bgsync.contents import Content, ContentError, shipped
from bgsync.judge.budget import Budget, SpentError
from bgsync.judge.check import Question, check
from bgsync.judge.explorations import Effort
from bgsync.judge.pace import Progress
from bgsync.judge.property import Property
from bgsync.judge.static import notes, structure_verdicts
from bgsync.judge.structure import PROPERTIES as STRUCTURE
from bgsync.judge.structure import Finding, by_place, findings_of
from bgsync.judge.verdict import Location, Note, Report, Requirement, Unread, Verdict
from bgsync.language import Spec
from bgsync.language.beside import beside
from bgsync.language.reaching import uncalled
from bgsync.language.reaching import unreached as unreached_algorithms
from bgsync.pauses import pausing
from bgsync.system.scenario import DEFAULT_BOUNDS, Bounds, adversities_of

if TYPE_CHECKING:
    from bgsync.prose.reading import Reading
    from bgsync.prose.vocabulary import Vocabulary
    from bgsync.texts import Text

MOST_HELPED = 8
"""To how many sentences that are not understood a wording is offered; `bgsync read --suggest` helps with all."""

OWN = "it is its own spec"
"""Why the spec of a content is judged as it."""


@dataclass(frozen=True)
class Target:
    """A spec with its name, the content that it is judged as, and why; and the text that it was read from, if any."""

    spec: Spec
    name: str
    content: Content
    chosen: str
    text: Text | None = None


@dataclass(frozen=True)
class Wish:
    """What is asked of a target, whatever it is about."""

    properties: tuple[str, ...] = ()
    """The ids of those that are asked for; none for all that its content has."""
    adversities: tuple[str, ...] = ()
    """Those that are taken at every granularity; where none is named, `each` says what is done."""
    each: bool = True
    """Whether each adversity of the world is taken by itself at `algorithm`, where none is named."""
    granularities: tuple[str, ...] = ("algorithm", "step")
    bounds: Bounds = DEFAULT_BOUNDS
    effort: Effort = field(default_factory=Effort)
    budget: Budget = field(default_factory=Budget)

    @property
    def wanted(self) -> frozenset[str]:
        """The ids of the properties asked for, without their parts."""
        return frozenset(name.split("/")[0] for name in self.properties)


def own(content: Content) -> Target:
    """Give a content's own spec as a target. Raises ContentError where it has none."""
    if content.spec is None:
        raise ContentError(f"{content.name} has no spec of its own: name a text that is to be judged as it")
    return Target(content.spec, content.name, content, OWN)


def of_text(text: Text) -> Target:
    """Give a text as a target."""
    return Target(text.reading.spec, text.reading.document.file, text.content, text.why, text)


def with_other(target: Target, other: Target) -> Target:
    """Give a target with the algorithms of another one beside it, in the same worker; judged as what it is."""
    return replace(target, spec=beside(target.spec, other.spec), name=f"{target.name} beside {other.name}")


def targets(name: str, sidecar: Path | None = None, content: Content | None = None) -> list[Target]:
    """Give what a name stands for: the spec of a content, or texts, judged as a content if one is given.

    Raises SourceError, ReadError, SidecarError, ContentError.
    """
    known = shipped() if content is None else (content,)
    found = next((each for each in known if each.name == name and each.spec is not None), None)
    if found is not None:
        return [own(found)]
    from bgsync.sources import load
    from bgsync.texts import read  # the reader is not needed before

    return [of_text(read(source, sidecar, content)) for source in load(name)]


def question(target: Target, wish: Wish) -> Question:
    """Ask a wish of a target. Raises ContentError where its content does not have what is wished for."""
    content, place = target.content, f"{target.name} is judged as {target.content.name} ({target.chosen})"
    known = {prop.id for prop in content.properties} | {row.id for row in STRUCTURE}
    if missing := sorted(wish.wanted - known):
        raise ContentError(f"property {missing[0]!r} does not apply: {place}; name another content for it")
    if unknown := [name for name in wish.adversities if name not in content.world.adversities]:
        there = ", ".join(content.world.adversities) or "there is none"
        raise ContentError(f"adversity {unknown[0]!r} is not of its world ({there}): {place}")
    return Question(
        target.spec,
        content.world,
        _asked(content.properties, wish.wanted),
        model=target.name if target.text or not content.file else f"{target.name} ({content.file})",
        granularities=wish.granularities,
        adversities=wish.adversities or (adversities_of(content.world, target.spec) if wish.each else ()),
        thorough=bool(wish.adversities),
        bounds=wish.bounds,
        effort=wish.effort,
        budget=wish.budget,
        content=content.name,
        chosen=target.chosen,
    )


def _asked(properties: Sequence[Property], wanted: Collection[str]) -> list[Property]:
    return [prop for prop in properties if not wanted or prop.id in wanted]


@dataclass(frozen=True)
class AsItStands:
    """What a spec, or the text that it was read from, shows without being explored."""

    verdicts: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()
    unread: tuple[Unread, ...] = ()
    """The sentences that are not understood; the first few with wordings that are."""
    requirements: tuple[Requirement, ...] = ()
    """What the text requires outside of its steps, and no step does."""
    rests: Mapping[str, str] = field(default_factory=dict)
    """What is taken for granted under an adversity, and whether a text says so."""
    unreached: Mapping[str, str] = field(default_factory=dict)
    """The algorithms that nothing reaches, each with the reason."""

    def beside(self, report: Report) -> Report:
        """Put it beside what was explored."""
        return replace(
            report,
            verdicts=(*report.verdicts, *self.verdicts),
            notes=self.notes,
            unread=self.unread,
            requirements=self.requirements,
            rests=self.rests,
            unreached=self.unreached,
        )


def as_it_stands(target: Target, wanted: Collection[str] = (), helped: int = MOST_HELPED) -> AsItStands:
    """Judge the structure of a spec, or of a text with all that only its words show, by the properties wanted.

    So many of the sentences that are not understood are `helped` with wordings. When a budget ends it on the way, the
    verdicts are about what was found until then.
    """
    some, unfinished = list[Finding](), ""
    try:
        for finding in _of_structure(target):
            some.append(finding)  # what was found before the end is kept
    except SpentError as spent:
        unfinished = str(spent)
    found = by_place(some)
    judged = structure_verdicts(found, wanted, unfinished), notes(found, wanted)
    if target.text is None:
        return AsItStands(*judged, rests=_rests(target), unreached=unreached_algorithms(target.spec))
    from bgsync.texts import unreached

    anyway = frozenset(uncalled(target.spec))
    missed = unreached(target.text.reading).items()
    why = {name: f"{why}; it is taken to run at any time" if name in anyway else why for name, why in missed}
    reading = target.text.reading
    required = requirements(reading, target.content.vocabulary)
    return AsItStands(*judged, tuple(unread(reading, helped)), tuple(required), _rests(target), why)


def _rests(target: Target) -> dict[str, str]:
    """Give what is taken for granted under each adversity, and whether no sentence of the text says so."""
    told = dict[str, str]()
    for name, adversity in target.content.world.adversities.items():
        if adversity.rests:
            silent = target.text is not None and not _speaks(target.text.reading, adversity.spoken)
            told[name] = f"{adversity.rests}{', of which no sentence speaks' if silent else ''}"
    return told


def _speaks(reading: Reading, words: Collection[str]) -> bool:
    """Whether a sentence that counts has one of these words."""
    document = reading.document
    outside = (each for paragraph in document.paragraphs if not paragraph.informative for each in paragraph.sentences)
    every = (*outside, *(one.sentence for one in reading.sentences))
    return any(token.text.lower() in words for each in every for token in each.tokens if token.kind == "word")


def _of_structure(target: Target) -> Iterator[Finding]:
    if target.text is None:
        return findings_of(target.spec)
    from bgsync.judge.structure.text import seen

    return seen(target.text.reading)


def unread(reading: Reading, helped: int) -> Iterator[Unread]:
    """Give the sentences of a text that are not understood, so many of them with wordings that are."""
    from bgsync.prose.suggest import Suggestions, suggestions

    missed = [one for one in reading.sentences if not one.understood]
    for place, one in enumerate(missed):
        help = suggestions(one, reading.lexicon) if place < helped else Suggestions()
        yield Unread(Location.of(one.origin), one.sentence.text, one.origin.key, help.unread, help.wordings)


def requirements(reading: Reading, vocabulary: Vocabulary) -> Iterator[Requirement]:
    """Give what a text requires outside of its steps and no step does, in the order of the text."""
    from bgsync.prose.ledger import outside

    for each in sorted(outside(reading, vocabulary), key=lambda each: each.place):
        if each.requires:
            place = Location(reading.document.file, *each.place, each.where, "")
            yield Requirement(place, each.sentence, each.how)


def judged(target: Target, wish: Wish, progress: Progress | None = None) -> Report:
    """Judge a target: all that is explored, and its structure. Raises ContentError, LanguageError, ValueError."""
    asked = question(target, wish)
    with pausing(wish.budget.finish):
        stands = as_it_stands(target, wish.wanted)
    return stands.beside(check(asked, progress))


def judged_alike(before: Target, now: Target) -> tuple[Target, Target]:
    """Give two versions of a text as the same content: that of the old one, unless it is about nothing known."""
    if before.content == now.content:
        return before, now
    old = before.content != shipped()[-1]
    content, why = (
        (before.content, "what it was before is judged so") if old else (now.content, "what it is now is judged so")
    )
    return replace(before, content=content, chosen=why), replace(now, content=content, chosen=why)
