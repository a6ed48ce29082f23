"""Which steps of a spec an edit changed, each with its sentence and with what was read in it, before and after.

Steps are aligned inside of their algorithm, by what they do first and by their words second: in the order of the text
where both agree; then where they do the same below steps that are aligned, in whatever words; then by their sentences
in order, by the key of their origin and by what they do, wherever they stand; and last by how much their read-backs or
their sentences have in common. A step that was only renumbered or moved is no change of its own.
"""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any

from bgsync.compare.data import but_for_names, same_data
from bgsync.language import (
    Abort,
    Algorithm,
    Assert,
    Call,
    Else,
    If,
    Not,
    ObjectType,
    Origin,
    Return,
    Rule,
    Spec,
    Statement,
    Throw,
    say,
    walk,
)
from bgsync.language.readback import say_condition

__all__ = ["AlgorithmChange", "StepChange", "changed_steps", "same_data"]

ALIKE = 0.6
"""The share of their words that two readings have in common when one is held to be an edit of the other."""


@dataclass(frozen=True)
class StepChange:
    """One step that an edit changed.

    Kinds: added, removed, changed, moved (it stands before or below other steps), reworded (the same is read in other
    words).

    What belongs to an algorithm or type as a whole, such as its parameters or a member, has no origin.
    """

    kind: str
    old: Origin | None
    new: Origin | None
    old_reading: str
    new_reading: str


@dataclass(frozen=True)
class AlgorithmChange:
    """What changed in one algorithm, rule or type. Kinds: added, removed, changed, renamed."""

    name: str
    kind: str
    steps: tuple[StepChange, ...]
    old_name: str = ""
    """The name that it had, where it is renamed."""


@dataclass(frozen=True)
class _Step:
    """All statements of one sentence, without the numbered steps below it."""

    origin: Origin | None
    reading: str
    data: Any

    @property
    def sentence(self) -> str:
        return self.reading if self.origin is None else self.origin.sentence


def changed_steps(old: Spec, new: Spec) -> tuple[AlgorithmChange, ...]:
    """Give what changed in every algorithm, rule and type, in the order of the new text; what was removed is last."""
    before, after = _parts(old), _parts(new)
    known_as = _known_as(before, after)
    changes = []
    for name, now in after.items():
        was = known_as.get(name, "")
        renamed = was if was != name else ""
        steps = _changed(before.get(was, ()), now)
        if steps or renamed:
            kind = "added" if not was else "renamed" if renamed else "changed"
            changes.append(AlgorithmChange(name, kind, steps, renamed))
    for name, gone in before.items():
        if name not in known_as.values() and (steps := _changed(gone, ())):
            changes.append(AlgorithmChange(name, "removed", steps))
    return tuple(changes)


def kept_steps(old: Spec, new: Spec, name: str = "") -> tuple[tuple[Origin, Origin], ...]:
    """Give each step that both texts have, as it was and as it is, of one algorithm or rule or of all of them.

    Of all of them, a step may stand in another one: where an algorithm was split in two, or two are one now.
    """
    before, after = _parts(old), _parts(new)
    found = [] if name else _split(old, new, before, after)
    for now, was in _known_as(before, after).items():
        if name in ("", now):
            pairs = sorted(_aligned(before[was], after[now]).items())
            found += [(before[was][one].origin, after[now][other].origin) for one, other in pairs]
    return tuple((was, now) for was, now in found if was is not None and now is not None)


def parted_steps(old: Spec, new: Spec) -> tuple[tuple[Origin, Origin], ...]:
    """Give each new step that does a part of what a step above it did by itself in the old text, and that step."""
    before, after = _parts(old), _parts(new)
    found = []
    for name, was in _known_as(before, after).items():
        one, other = before[was], after[name]
        back = {place: at for at, place in _aligned(one, other).items()}
        for place, above in enumerate(_above(other)):
            part, whole = other[place].origin, other[above].origin
            if place not in back and above in back and part is not None and whole is not None:
                did, does = [*walk(one[back[above]].data)], [*walk(other[above].data)]
                if all(each in did and each not in does for each in other[place].data):
                    found.append((part, whole))
    return tuple(found)


def _split(
    old: Spec, new: Spec, before: Mapping[str, Sequence[_Step]], after: Mapping[str, Sequence[_Step]]
) -> list[tuple[Origin | None, Origin | None]]:
    """Give the steps of an algorithm that stand in a new one which it calls now, or stood in one that it called."""
    known_as = _known_as(before, after)
    found = []
    for now, was in known_as.items():
        pairs = _aligned(before[was], after[now])
        gone = [step for place, step in enumerate(before[was]) if place not in pairs]
        made = [step for place, step in enumerate(after[now]) if place not in pairs.values()]
        halves: list[tuple[Sequence[_Step], Sequence[_Step]]]
        halves = [(gone, after[name]) for name in _calls(new, now) if name not in known_as]
        halves += [(before[name], made) for name in _calls(old, was) if name not in known_as.values()]
        for one, other in halves:
            same: dict[int, int] = {}
            for says in (repr, but_for_names):
                was_said, said = ([says(step.data) if step.origin else None for step in side] for side in (one, other))
                _pair_up(was_said, said, same)
            found += [(one[place].origin, other[there].origin) for place, there in same.items()]
    return found


def _calls(spec: Spec, name: str) -> list[str]:
    """Give the algorithms that one calls, or a rule."""
    parts: tuple[Algorithm | Rule, ...] = (*spec.algorithms, *spec.rules)
    called = (each.algorithm for one in parts if one.name == name for each in walk(one.steps) if isinstance(each, Call))
    return [each for each in dict.fromkeys(called) if any(each == one.name for one in spec.algorithms)]


def _known_as(before: Mapping[str, Sequence[_Step]], after: Mapping[str, Sequence[_Step]]) -> dict[str, str]:
    """Give for each part of the new text its name in the old one; a new name is known by what stands below it."""
    same = {name: name for name in after if name in before}
    gone, added = ([name for name in one if name not in same] for one in (before, after))
    alike = sorted((-_share(before[was], after[now]), was, now) for was in gone for now in added)
    for less, was, now in alike:
        if -less >= ALIKE and now not in same and was not in same.values():
            same[now] = was
    return {name: same[name] for name in after if name in same}


def _share(old: Sequence[_Step], new: Sequence[_Step]) -> float:
    """Say how much two parts have in common, by their sentences."""
    if len(old) == 1 or len(new) == 1:  # a head alone
        return 0.0
    return SequenceMatcher(None, [s.sentence for s in old[1:]], [s.sentence for s in new[1:]], autojunk=False).ratio()


def _parts(spec: Spec) -> dict[str, tuple[_Step, ...]]:
    fired = (spec.firing,) if spec.firing else ()
    parts = {part.name: _steps(spec, part) for part in (*spec.algorithms, *fired, *spec.rules)}
    said = {kind.name: _members(kind) for kind in (spec.type, *spec.others)} | {
        "who may call": [f"a caller needs {one}" for one in spec.requires]
    }
    return parts | {name: tuple(_Step(None, each, each) for each in every) for name, every in said.items()}


def _members(kind: ObjectType) -> list[str]:
    said = [f"the {kind.list_name} holds every {kind.name}"]
    said += [f"its items are unique by {kind.unique}"] if kind.unique else []
    for member in kind.members:
        values = f": {' or '.join(member.values)}" if member.values is not None else ""
        initial = f", initially {member.initial}" if member.initial is not None else ""
        fixed = ", which never changes" if member.fixed else ""
        said.append(f"a {kind.name} has a {member.name}{values}{initial}{fixed}")
    return said


def _steps(spec: Spec, part: Algorithm | Rule) -> tuple[_Step, ...]:
    if isinstance(part, Rule):
        said = f"whenever {part.trigger} happens to the {part.machine}, the user agent {part.level} run these steps"
    else:
        given = f", given {', '.join(part.parameters)}" if part.parameters else ""
        returned = f" and returns {part.returns}" if part.returns else ""
        called = "a page or a worker may call it" if part.name in spec.methods else "the spec runs it"
        said = f"{called}{given}{returned}"
    return (_Step(None, said, said), *_grouped(part.steps))


def _grouped(body: tuple[Statement, ...]) -> list[_Step]:
    """Give the steps of a body in the order of the text, each with the statements that share its origin."""
    steps: list[_Step] = []
    place = 0
    while place < len(body):
        origin = body[place].origin
        group = [body[place]]
        while place + len(group) < len(body) and _same_step(body[place + len(group)].origin, origin):
            group.append(body[place + len(group)])
        place += len(group)
        data = tuple(_own(statement, origin) for statement in group)
        steps.append(_Step(origin, ", and ".join(map(say, group)), data))
        for statement in group:
            steps += _below(statement, origin)
    return steps


def _below(statement: Statement, origin: Origin | None) -> list[_Step]:
    """Give the numbered steps below a statement, however deep in its sentence they begin."""
    inner = _body(statement)
    if inner and not _same_step(inner[0].origin, origin):
        return _grouped(inner)
    return [step for each in inner for step in _below(each, origin)]


def _own(statement: Statement, origin: Origin | None) -> Statement:
    """Take the numbered steps below out of a statement."""
    if not any(each.name == "body" for each in fields(statement)):
        return statement
    inner = tuple(_own(each, origin) for each in _body(statement) if _same_step(each.origin, origin))
    return replace(statement, body=inner)  # type: ignore[call-arg]  # it has a body


def _body(statement: Statement) -> tuple[Statement, ...]:
    return tuple(each for each in getattr(statement, "body", ()) if isinstance(each, Statement))


def _same_step(one: Origin | None, other: Origin | None) -> bool:
    return one is not None and other is not None and (one.algorithm, one.path) == (other.algorithm, other.path)


def _changed(old: Sequence[_Step], new: Sequence[_Step]) -> tuple[StepChange, ...]:
    pairs = _aligned(old, new)
    back = {after: before for before, after in pairs.items()}
    moved = _moved(old, new, pairs)
    changes: list[tuple[float, StepChange]] = []
    for place, step in enumerate(new):
        known = None if place not in back else old[back[place]]
        if known is None:
            changes.append((place, StepChange("added", None, step.origin, "", step.reading)))
        elif known.data != step.data:
            changes.append((place, StepChange("changed", known.origin, step.origin, known.reading, step.reading)))
        elif back[place] in moved:
            changes.append((place, StepChange("moved", known.origin, step.origin, known.reading, step.reading)))
        elif known.sentence != step.sentence:
            changes.append((place, StepChange("reworded", known.origin, step.origin, known.reading, step.reading)))
    at = -1.0
    for place, step in enumerate(old):
        if place in pairs:
            at = pairs[place]
        else:
            changes.append((at + 0.5, StepChange("removed", step.origin, None, step.reading, "")))
    return tuple(change for _, change in sorted(changes, key=lambda item: item[0]))


def _moved(old: Sequence[_Step], new: Sequence[_Step], pairs: Mapping[int, int]) -> set[int]:
    """Give the steps that stand elsewhere now: as few as can be in another order, and those below another step."""
    ends, before = list[int](), dict[int, int | None]()
    last = list[int]()  # where the best run of each length ends
    for place in sorted(pairs):
        length = bisect_left(ends, pairs[place])
        before[place] = last[length - 1] if length else None
        ends[length:], last[length:] = [pairs[place], *ends[length + 1 :]], [place, *last[length + 1 :]]
    kept, place_of = set[int](), last[-1] if last else None
    while place_of is not None:
        kept.add(place_of)
        place_of = before[place_of]
    known_as = {_path(old[place]): _path(new[there]) for place, there in pairs.items()}
    below = {p for p, there in pairs.items() if known_as.get(_path(old[p])[:-1], ()) != _path(new[there])[:-1]}
    return (set(pairs) - kept) | below


def _path(step: _Step) -> tuple[Any, ...]:
    return () if step.origin is None else tuple(step.origin.path)


def _aligned(old: Sequence[_Step], new: Sequence[_Step]) -> dict[int, int]:
    """Give for steps of the old text their places in the new one."""
    pairs: dict[int, int] = {}
    was, now = ([(step.sentence, repr(_does(step.data))) for step in side] for side in (old, new))
    _match(was, now, pairs)
    above, there = _above(old), _above(new)
    known = -1
    while known < len(pairs):
        known = len(pairs)
        below = [-1 if place < 0 else pairs.get(place) for place in above]
        marks = [None if at is None else (at, does) for at, (_, does) in zip(below, was, strict=True)]
        _pair_up(marks, [(at, does) for at, (_, does) in zip(there, now, strict=True)], pairs)
    _match([sentence for sentence, _ in was], [sentence for sentence, _ in now], pairs)
    keys, others = ([step.origin and step.origin.key for step in side] for side in (old, new))
    _pair_up(keys, others, pairs)
    for part in (0, 1):
        _pair_up([each[part] for each in was], [each[part] for each in now], pairs)
    taken = set(pairs.values())
    left = [place for place in range(len(old)) if place not in pairs]
    right = [place for place in range(len(new)) if place not in taken]
    alike = sorted((-_alike(old[a], new[b]), a, b) for a in left for b in right)
    for less, a, b in alike:
        if -less >= ALIKE and a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)
    return pairs


def _does(data: Any) -> Any:
    """Give what a step does itself: that others are done only where its condition is false is told of those."""
    if not isinstance(data, tuple):
        return data
    return tuple(each for at, each in enumerate(data) if not (at and isinstance(each, Else) and not each.body))


def _above(steps: Sequence[_Step]) -> list[int]:
    """Give for each step the place of the one that it stands below, -1 where it stands below none."""
    places = {_path(step): place for place, step in enumerate(steps) if step.origin is not None}

    def nearest(path: tuple[Any, ...]) -> int:
        while path := path[:-1]:
            if path in places:
                return places[path]
        return -1

    return [nearest(_path(step)) for step in steps]


def _match(old: Sequence[Hashable], new: Sequence[Hashable], pairs: dict[int, int]) -> None:
    """Pair those that are left and have the same mark, in the order of both texts."""
    taken = set(pairs.values())
    left = [place for place in range(len(old)) if place not in pairs]
    right = [place for place in range(len(new)) if place not in taken]
    matcher = SequenceMatcher(None, [old[place] for place in left], [new[place] for place in right], autojunk=False)
    for block in matcher.get_matching_blocks():
        pairs.update((left[block.a + at], right[block.b + at]) for at in range(block.size))


def _pair_up(old: Sequence[Hashable], new: Sequence[Hashable], pairs: dict[int, int]) -> None:
    """Pair those that are left and have the same mark, in order, wherever they stand."""
    taken = set(pairs.values())
    free: dict[Hashable, list[int]] = {}
    for place, mark in enumerate(new):
        if place not in taken and mark is not None:
            free.setdefault(mark, []).append(place)
    for place, mark in enumerate(old):
        if place not in pairs and free.get(mark):
            pairs[place] = free[mark].pop(0)


def _alike(one: _Step, other: _Step) -> float:
    if (one.origin is None) != (other.origin is None):
        return 0.0
    both = (one.reading, other.reading), (one.sentence, other.sentence)
    return max(SequenceMatcher(None, was.split(), now.split(), autojunk=False).ratio() for was, now in both)


def conditions(spec: Spec) -> dict[str, str]:
    """Give in words when each step ends a run that can: where what it asserts is false, or the If around it is true."""
    found: dict[str, str] = {}

    def note(body: Sequence[Statement], around: str) -> None:
        for each in body:
            inner = around
            if isinstance(each, If):
                inner = say_condition(each.condition)
            elif isinstance(each, Else):
                inner = ""
            elif isinstance(each, Assert):
                inner = say_condition(Not(each.condition))
            if each.origin is not None and isinstance(each, Abort | Return | Throw | Assert):
                found.setdefault(str(each.origin), inner)
            note(_body(each), inner)

    for _, steps in spec.bodies():
        note(steps, "")
    return found


def origins(spec: Spec) -> dict[str, Origin]:
    """Give the origin of every step of a spec by its algorithm and number, such as `lend 8.2`."""
    found = (statement.origin for _, body in spec.bodies() for statement in walk(body))
    return {str(origin): origin for origin in found if origin is not None}
