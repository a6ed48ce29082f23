"""Which promises an edit broke, and which it repaired: the reports on two texts, side by side.

Only verdicts that were given are held against each other. A report says nothing of an id that its text does not have,
and nothing of an adversity that was not looked at. Where one was looked at and nothing is said of a property under it,
the property stands as it does without. What is violated in both texts is compared finding by finding.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from bgsync.compare.data import alike_but_for_names
from bgsync.compare.kept import Silence, Steps
from bgsync.compare.steps import kept_steps, origins
from bgsync.judge.static import TEXT
from bgsync.judge.verdict import Report, Ruling, Verdict
from bgsync.language import Assert, Expr, Origin, Spec

GONE = " (gone)"
"""Marks the id of a step that the new text does not have."""

Answer = Ruling | Silence
"""What a report says of a property in an environment."""


@dataclass(frozen=True)
class Change:
    """A property of which two reports do not say the same: its id in the old and in the new one, and both verdicts.

    A verdict is None where the report has none of its own; `was` and `now` are then what it says all the same.
    """

    property: str
    old_property: str
    needs: tuple[str, ...]
    old: Verdict | None
    new: Verdict | None
    was: Answer = "not in this text"
    now: Answer = "not in this text"

    def title(self) -> str:
        """Say why there is nothing to compare; "" where there is."""
        return next((title for title, old, new in ONE_SIDED if self.was in old and self.now in new), "")

    def otherwise(self) -> str:
        """Say what another verdict on it is that neither breaks nor repairs it."""
        return "broken in another way" if self.now == "violated" else "another verdict"


SILENT = ("not looked at",)
ANY = ("holds", "violated", "conditional", "vacuous", "inconclusive", *SILENT, "not in this text")

ONE_SIDED: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("only in the new text", ("not in this text",), ANY),
    ("only in the old text", ANY, ("not in this text",)),
    ("not looked at before", SILENT, ANY),
    ("no longer looked at", ANY, SILENT),
    ("vacuous before", ("vacuous",), ("holds", "conditional")),
    ("now vacuous", ("holds", "conditional", "violated"), ("vacuous",)),
    ("holds, since what broke it is no longer reached", ("violated",), ("not reached",)),
    ("gone with a step", ("violated",), ("removed",)),
)
"""What is no change from one verdict to another: its title, what the old report says, what the new one says."""

GROWTH = 10
"""How many times the states of the old text are worth a word."""


@dataclass(frozen=True)
class Changes:
    """What the verdicts of two reports say about an edit, in the order of the new report."""

    broken: tuple[Change, ...]
    """Violated now, and before there was a verdict that was none of that."""
    repaired: tuple[Change, ...]
    """Violated before, and now it holds."""
    changed_kind: tuple[Change, ...]
    """Violated in both, but by a race here and by logic there, or the other way round; or on other conditions."""
    unsure: tuple[Change, ...] = ()
    """Where one of the two reports is inconclusive, and the other is not."""
    grown: str = ""
    """Where the new text has many times the states of the old one: often the first sign of a wrong edit."""
    one_sided: tuple[Change, ...] = ()
    """Judged in one report only, or never put to the test in one: no longer, or for the first time."""
    more: tuple[Change, ...] = ()
    """Violated before and now, and now also by findings that are new: `new` has these alone."""
    fewer: tuple[Change, ...] = ()
    """Violated before and now, and some findings are gone: `old` has these alone."""
    uncompared: tuple[Change, ...] = ()
    """Where the edit may have broken something and it is not known: not all was looked at, in one text or in both."""

    @property
    def violated_first(self) -> tuple[Change, ...]:
        """What is violated now and was not before: broken, in a new way, or as soon as the text has it."""
        new = (change for change in self.one_sided if change.was == "not in this text" and change.now == "violated")
        return (*self.broken, *self.more, *new)

    @property
    def says_otherwise(self) -> bool:
        """Whether a verdict was given on both texts, and is another one, or has other findings."""
        return bool(self.broken or self.repaired or self.changed_kind or self.more or self.fewer)


Shows = Callable[[Verdict], bool]
"""Whether the run of a finding of another text is one of a text, and breaks the same in it."""


def never(_: Verdict) -> bool:
    """Say so of no run: none is looked for."""
    return False


def broken_and_repaired(
    old: Report,
    new: Report,
    specs: tuple[Spec, Spec] | None = None,
    runs: tuple[Shows, Shows] = (never, never),
) -> Changes:
    """Compare two reports on the same properties, with the same bounds.

    Ids that end in a step, such as `asserts/lend.3`, change when steps are renumbered. With `specs`, the old and
    the new one, these are matched as the steps of the two texts are; else only by the id. `runs` say of the old and of
    the new text which runs of the other one it has: what is broken by such a run is neither new nor gone.
    """
    names, made = _renumbered(specs) if specs else ({}, frozenset[str]())
    steps = Steps.of(specs)
    before, after = Said(old, names, made), Said(new)
    before.move(after)
    broken, repaired, kinds, unsure, one_sided, more, fewer, uncompared = (list[Change]() for _ in range(8))
    for key in dict.fromkeys((*after.verdicts, *before.verdicts)):
        was, now = before.of(key), after.of(key)
        if (was, now) == ("violated", "holds"):
            now = steps.lost(before.findings(key), after.unreached(key[1])) or now
        old_verdict, new_verdict = before.verdicts.get(key), after.verdicts.get(key)
        if (was, now) == ("inconclusive", "violated") and all(map(runs[0], after.own(key))):
            continue
        name = key[0].removesuffix(GONE)
        known_as = old_verdict.property if old_verdict else name
        change = Change(name, known_as, key[1], old_verdict, new_verdict, was, now)
        if (coarsely := _broken_coarsely(change, runs[0])) is not None:
            broken.append(coarsely)
            continue
        if _is_uncompared(change) or (
            was == now == "violated" and before.may_have_more(key) | after.may_have_more(key)
        ):
            uncompared.append(change)
        if was == now == "violated":
            kinds_of = {old_verdict and old_verdict.kind, new_verdict and new_verdict.kind}
            gone, new_ones = _other_findings(before, after, key, steps, runs)
            if len(kinds_of) == 2 and None not in kinds_of and not new_ones:
                kinds.append(change)
            more += [replace(change, new=one) for one in new_ones]
            ways = [steps.lost((one,), after.unreached(key[1])) or now for one in gone]
            for way in dict.fromkeys(ways):
                some = _as_verdict([one for one, its in zip(gone, ways, strict=True) if its == way])
                fewer += [replace(change, old=one, now=way) for one in some]
        elif was == now or {was, now} <= set(SILENT) or before.is_told_by_place(key) or after.is_told_by_place(key):
            continue
        elif change.title():
            one_sided.append(change)
        elif "inconclusive" in (was, now):
            unsure.append(change)
        elif now == "violated":
            broken.append(change)
        elif (was, now) == ("violated", "holds"):
            repaired.append(change)
        else:
            kinds.append(change)
    lists = tuple(broken), tuple(repaired), tuple(kinds), tuple(unsure)
    return Changes(*lists, _grown(old, new), tuple(one_sided), tuple(more), tuple(fewer), tuple(uncompared))


def _is_uncompared(change: Change) -> bool:
    """Whether a verdict may have become worse; not where it rested on the same words before, whatever these mean."""
    if change.was == change.now == "inconclusive":
        return not (change.old and change.new and change.old.rests_on_words() and change.new.rests_on_words())
    return change.now == "inconclusive" or (change.was, change.now) == ("inconclusive", "violated")


def _broken_coarsely(change: Change, was_so: Shows) -> Change | None:
    """Give what is broken now while every invocation is one action, and was known not to be; None where it is not so.

    Whether it was broken step by step is not known: by a race, if it was.
    """
    was = change.old.coarse if change.old else None
    if was is None or change.new is None or (change.was, change.now) != ("inconclusive", "violated"):
        return None
    logic = [one for one in change.new.findings() if one.kind == "logic" and not was_so(one)]
    return next((replace(change, new=one, was=was) for one in _as_verdict(logic)), None)


Defect = tuple[str, frozenset[Hashable], tuple[Hashable, str | None] | None]


def _other_findings(
    old: "Said", new: "Said", key: tuple[str, tuple[str, ...]], steps: Steps, runs: tuple[Shows, Shows]
) -> tuple[list[Verdict], tuple[Verdict, ...]]:
    """Give the findings that only the old report has, and those that only the new one has, these as one verdict.

    `steps` says what the steps of the old text are called in the new one. Findings of one pair of steps are one; but
    a text which has it by logic has a run that the other one has not, if that has it only as a race. What needs an
    adversity in one text and none in the other one is told where that is told which needs none. Where not all was
    looked at, what was not found may be there all the same. And so may a further endless run that only a race or an
    adversity makes, where the other text has one without: then it was not looked for. What is broken in a run that the
    other text has as well is neither new nor gone: there another run told of it.
    """
    was, now = partial(_defect, called=steps.now), partial(_defect, called=steps.whole)
    there = [was(one) for one in old.findings(key)], [now(one) for one in new.findings(key)]
    raced = {was(one) for one in old.findings(key) if one.kind == "race"}
    raced -= {was(one) for one in old.findings(key) if one.kind != "race"}
    gone = [one for one in old.own(key) if one.trace is not None and was(one) not in there[1]]
    made = [
        one for one in new.own(key)
        if one.trace is not None and (now(one) not in there[0] or (one.kind == "logic" and now(one) in raced))
    ]  # fmt: skip
    gone = [one for one in gone if not new.is_cut(key[1]) and not _is_masked(one, new.findings(key))]
    made = [one for one in made if not old.is_cut(key[1]) and not _is_masked(one, old.findings(key))]
    made, gone = [one for one in made if not runs[0](one)], [one for one in gone if not runs[1](one)]
    return gone, _as_verdict(made)


def _is_masked(one: Verdict, there: Sequence[Verdict]) -> bool:
    """Whether an endless run was not looked for in a text, which has one that needs no race, or no adversity."""
    others = [each for each in there if each.recurs() and (each.kind, each.needs) != (one.kind, one.needs)]
    return one.recurs() and any((each.needs, one.kind) != (one.needs, "logic") for each in others)


def _as_verdict(findings: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Give the one verdict with these findings, none where there are none."""
    return tuple(replace(first, others=tuple(findings[1:])) for first in findings[:1])


def _defect(one: Verdict, called: Callable[[Hashable], Hashable]) -> Defect:
    """Tell a defect by its steps, as `called` says that both texts call them; an Assert's by its id alone."""
    message, where, against = one.defect()
    said = "" if one.property.startswith("asserts/") else message
    return said, frozenset(map(called, where)), against and (called(against[0]), against[1])


class Said:
    """What a report says of a property in an environment, with the ids of another text."""

    def __init__(
        self, report: Report, names: Mapping[str, str] = MappingProxyType({}), lacks: Set[str] = frozenset()
    ) -> None:
        """`names` are the ids of its steps in the other text, `lacks` those of steps that only the other one has."""
        self.lacks = lacks
        self.verdicts = {(_renamed(v.property, names), v.needs): v for v in report.verdicts}
        self.explored = {explored.adversities for explored in report.explorations}
        self.cut = {explored.adversities for explored in report.explorations if not explored.complete}
        self.ended = {e.adversities for e in report.explorations if not (e.complete or e.of_doubts)}
        self.coverage = report.coverage
        self.of_text: dict[str, Verdict] = {}
        """A verdict on each property of the text as it stands; these are told place by place where they are broken."""
        for verdict in report.verdicts:
            if verdict.granularity == TEXT:
                self.of_text[verdict.property.split("/")[0]] = verdict

    def of(self, key: tuple[str, tuple[str, ...]]) -> Answer:
        """Say what there is of an id under adversities."""
        name, needs = key
        if (own := self.verdicts.get(key)) is not None:
            return own.verdict
        if name.endswith(GONE) or name.partition("/")[2] in self.lacks:
            return "not in this text"
        if not needs:
            judged = self.of_text.get(name.split("/")[0])
            if judged is None:
                return "not in this text"
            return "holds" if judged.verdict == "violated" else judged.verdict  # violated elsewhere, not here
        if (plain := self.verdicts.get((name, ()))) is None:
            return "not in this text"
        return plain.verdict if needs in self.explored else "not looked at"

    def is_cut(self, needs: tuple[str, ...]) -> bool:
        """Whether not all was looked at of what is told under adversities."""
        return needs in self.cut or () in self.cut

    def unreached(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        """Give the steps that no run comes to under adversities, if that is known of these; else none ever comes to."""
        return self.coverage.unreached_under.get(needs, self.coverage.unreached)

    def may_have_more(self, key: tuple[str, tuple[str, ...]]) -> bool:
        """Whether a violated id may be broken in further ways, since its search ended early."""
        return key[1] in self.ended and (own := self.verdicts.get(key)) is not None and own.granularity != TEXT

    def own(self, key: tuple[str, tuple[str, ...]]) -> tuple[Verdict, ...]:
        """Give the findings that are told of an id under adversities."""
        told = self.verdicts.get(key)
        return told.findings() if told is not None and told.verdict == "violated" else ()

    def findings(self, key: tuple[str, tuple[str, ...]]) -> tuple[Verdict, ...]:
        """Give the same with those that are there without adversities."""
        return tuple(one for each in dict.fromkeys((key, (key[0], ()))) for one in self.own(each))

    def move(self, other: "Said") -> None:
        """Take a finding in the text of an algorithm for one of the other report, if either is told at its place only.

        What is found at several places of an algorithm may be told at the first one, which an edit can take away.
        """
        for key, verdict in list(self.verdicts.items()):
            if verdict.granularity == TEXT and verdict.verdict == "violated" and key not in other.verdicts:
                alike = (k for k, v in other.verdicts.items() if k not in self.verdicts and _is_alike(v, verdict))
                if (moved := next(alike, None)) is not None:
                    self.verdicts[moved] = self.verdicts.pop(key)

    def is_told_by_place(self, key: tuple[str, tuple[str, ...]]) -> bool:
        """Whether an id is that of a property of the text as a whole, which is broken at some places."""
        name, needs = key
        return not needs and key not in self.verdicts and "/" not in name and name in self.of_text


def _grown(old: Report, new: Report) -> str:
    """Say where there are more than GROWTH times the states; "" where there are nowhere."""
    before, after = (
        {(e.granularity, e.adversities, e.monitor): e.states for e in reversed(each.explorations)}
        for each in (old, new)
    )
    unknown = {(e.granularity, e.adversities, e.monitor) for e in old.explorations if not e.complete}
    cut = {e.adversities for e in new.explorations if not e.complete}
    for place, now in sorted(after.items(), key=lambda item: item[1], reverse=True):
        was = before.get(place, now)
        if now > GROWTH * was and place not in unknown:
            needs = f" with {', '.join(place[1])}" if place[1] else ""
            least = "at least " if place[1] in cut else ""
            return f"{least}{now:,} states at granularity {place[0]}{needs}, and {was:,} in the old text"
    return ""


def _is_alike(one: Verdict, other: Verdict) -> bool:
    """Whether two findings are of one property of the text, in one algorithm."""
    places = ([place.algorithm for place in each.locations] for each in (one, other))
    same = one.property.split("/")[0] == other.property.split("/")[0]
    return same and (one.granularity, one.verdict) == (TEXT, "violated") and next(places) == next(places)


def _renumbered(specs: tuple[Spec, Spec]) -> tuple[dict[str, str], frozenset[str]]:
    """Give for every step of the old text, as it stands in an id, that of the new one, GONE where there is none.

    And give the steps that only the new one has.

    A step that asserts something else than it did makes another promise, so its id is another one, too.
    """
    claims = tuple(_asserted(spec) for spec in specs)
    found: dict[str, str] = {}
    for was, now in kept_steps(*specs):
        if alike_but_for_names(claims[0].get(str(was), ()), claims[1].get(str(now), ())):
            found[_part(was)] = _part(now)
    before, after = ([_part(origin) for origin in origins(spec).values()] for spec in specs)
    return {part: found.get(part, GONE) for part in before}, frozenset(after) - frozenset(found.values())


def _asserted(spec: Spec) -> dict[str, tuple[Expr, ...]]:
    """Give what each step of a spec asserts."""
    found: dict[str, tuple[Expr, ...]] = {}
    for statement in spec.statements():
        if isinstance(statement, Assert):
            found[str(statement.origin)] = (*found.get(str(statement.origin), ()), statement.condition)
    return found


def _part(origin: Origin) -> str:
    return f"{origin.algorithm.replace(' ', '-')}.{origin.step}"


def _renamed(name: str, parts: Mapping[str, str]) -> str:
    """Give the new id of a property of the old report."""
    base, _, part = name.partition("/")
    match = parts.get(part, part)
    return f"{name}{GONE}" if match == GONE else f"{base}/{match}" if match else base
