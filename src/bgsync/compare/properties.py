"""Which promises an edit broke, and which it repaired: the reports on two texts, side by side."""

from dataclasses import dataclass, replace

from bgsync.compare.steps import origins
from bgsync.judge.verdict import Report, Verdict
from bgsync.language import Origin, Spec

GONE = " (gone)"
"""Marks the id of a step that the new text does not have."""


@dataclass(frozen=True)
class Change:
    """A property whose verdict changed: its id in the old and in the new report, and both verdicts, if it has any."""

    property: str
    old_property: str
    needs: tuple[str, ...]
    old: Verdict | None
    new: Verdict | None


GROWTH = 10
"""How many times the states of the old text are worth a word."""


@dataclass(frozen=True)
class Changes:
    """What the verdicts of two reports say about an edit, in the order of the new report."""

    broken: tuple[Change, ...]
    """Violated now, and not before."""
    repaired: tuple[Change, ...]
    """Violated before; it holds now, or its step is gone."""
    changed_kind: tuple[Change, ...]
    """Violated in both, but by a race here and by logic there, or the other way round."""
    unsure: tuple[Change, ...] = ()
    """Where one of the two reports is inconclusive, and the other is not, or says nothing."""
    grown: str = ""
    """Where the new text has many times the states of the old one: often the first sign of a wrong edit."""


def broken_and_repaired(old: Report, new: Report, specs: tuple[Spec, Spec] | None = None) -> Changes:
    """Compare two reports on the same properties, with the same bounds.

    Ids that end in a step, such as `asserts/lend.3`, change when steps are renumbered. With `specs`, the old and
    the new one, these are matched by the key of the step's origin, or its sentence; else only by the id.
    """
    names = {} if specs is None else _renumbered(specs)
    before = {(_renamed(v.property, names), v.needs): v for v in old.verdicts}
    after = {(v.property, v.needs): v for v in new.verdicts}
    broken, repaired, kinds, unsure = list[Change](), list[Change](), list[Change](), list[Change]()
    for key in (*after, *(key for key in before if key not in after)):
        was, now = before.get(key), after.get(key)
        name = key[0].removesuffix(GONE)
        change = Change(name, was.property if was else name, key[1], was, now)
        bad_before, bad_now = (v is not None and v.verdict == "violated" for v in (was, now))
        doubt = any(v is not None and v.verdict == "inconclusive" for v in (was, now))
        if doubt and (was is None or now is None or was.verdict != now.verdict):
            unsure.append(change)
        elif bad_now and not bad_before:
            broken.append(change)
        elif bad_before and not bad_now:
            repaired.append(change)
        elif was is not None and now is not None and was.kind != now.kind:
            kinds.append(change)
    found = Changes(tuple(broken), tuple(repaired), tuple(kinds), tuple(unsure), _grown(old, new))
    return _without_harmed(found, before, after)


def _grown(old: Report, new: Report) -> str:
    """Say where there are more than GROWTH times the states; "" where there are nowhere."""
    before, after = (
        {(e.granularity, e.adversities, e.monitor): e.states for e in reversed(each.explorations)}
        for each in (old, new)
    )
    for place, now in sorted(after.items(), key=lambda item: item[1], reverse=True):
        was = before.get(place, now)
        if now > GROWTH * was:
            needs = f" with {', '.join(place[1])}" if place[1] else ""
            return f"{now:,} states at granularity {place[0]}{needs}, and {was:,} in the old text"
    return ""


Verdicts = dict[tuple[str, tuple[str, ...]], Verdict]


def _without_harmed(changes: Changes, before: Verdicts, after: Verdicts) -> Changes:
    """Leave out what needs an adversity in one report only because the other breaks it without any."""

    def hidden(change: Change, other: Verdicts) -> bool:
        plain = other.get((change.property, ()))
        return bool(change.needs) and plain is not None and plain.verdict == "violated"

    return replace(
        changes,
        broken=tuple(change for change in changes.broken if not hidden(change, before)),
        repaired=tuple(change for change in changes.repaired if not hidden(change, after)),
    )


def _renumbered(specs: tuple[Spec, Spec]) -> dict[str, str]:
    """Give for every step of the old text, as it stands in an id, that of the new one; GONE where there is none."""
    old, new = (list(origins(spec).values()) for spec in specs)
    free = {origin.key: origin for origin in new}
    pairs = {origin.key: free.pop(origin.key, None) for origin in old}
    for origin in old:
        if pairs[origin.key] is None:
            pairs[origin.key] = match = next((each for each in free.values() if _says_the_same(each, origin)), None)
            if match is not None:
                free.pop(match.key)
    return {_part(origin): GONE if (match := pairs[origin.key]) is None else _part(match) for origin in old}


def _says_the_same(one: Origin, other: Origin) -> bool:
    return (one.algorithm, one.sentence) == (other.algorithm, other.sentence)


def _part(origin: Origin) -> str:
    return f"{origin.algorithm.replace(' ', '-')}.{origin.step}"


def _renamed(name: str, parts: dict[str, str]) -> str:
    """Give the new id of a property of the old report."""
    base, _, part = name.partition("/")
    match = parts.get(part, part)
    return f"{name}{GONE}" if match == GONE else f"{base}/{match}" if match else base
