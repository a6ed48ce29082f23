"""What an edit left of the steps that a run takes: whether a finding of one text is there in the other one."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bgsync.compare.steps import kept_steps, origins, parted_steps
from bgsync.judge.verdict import Verdict
from bgsync.language import Origin, Spec

Silence = Literal["not in this text", "not looked at", "not reached", "removed"]
"""Why a report gives no verdict, or none that counts: no run comes to the steps that broke it, or they are gone."""


@dataclass(frozen=True)
class Steps:
    """The steps of an old text: what the new one calls them, and those that are removed or moved below another one."""

    kept: Mapping[Hashable, Hashable]
    removed: frozenset[Hashable]
    parts: Mapping[Hashable, Hashable] = field(default_factory=dict)
    """The steps of the new text that do a part of what another one of it did by itself in the old text: that one."""

    @classmethod
    def of(cls, specs: tuple[Spec, Spec] | None) -> "Steps":
        """Give those of two texts; where they are not known, every step is there under its number.

        A step that stands below another one now is not there as it was: it may not be taken where it was.
        """
        pairs = kept_steps(*specs) if specs else ()
        kept = {_place(was): _place(now) for was, now in pairs}
        above = {_place(was): (_above(was), _above(now)) for was, now in pairs}
        there = {place for place, (was, now) in above.items() if kept.get(was, was) == now}
        every = map(_place, origins(specs[0]).values()) if specs else ()
        parts = {_place(part): _place(whole) for part, whole in parted_steps(*specs)} if specs else {}
        joined = {_place(part): _place(whole) for part, whole in parted_steps(*specs[::-1])} if specs else {}
        into = {part: kept[whole] for part, whole in joined.items() if whole in kept}
        return cls(kept | into, frozenset(every) - there, parts)

    def now(self, place: Hashable) -> Hashable:
        """Give what a step of the old text is called in the new one."""
        return self.kept.get(place, place)

    def whole(self, place: Hashable) -> Hashable:
        """Give the step of the new text that did by itself in the old text what a step does, or that step."""
        return self.parts.get(place, place)

    def _is_among(self, place: Hashable, steps: Collection[str]) -> bool:
        now = self.now(place)
        return isinstance(now, tuple) and " ".join(now) in steps

    def lost(self, findings: Sequence[Verdict], unreached: Collection[str]) -> Silence | None:
        """Say why some findings are gone without being repaired, if so: a step that brought one about is, too.

        That a step is gone which broke something itself repairs it, unless that is what an endless run ended with.
        """
        for one in findings:
            _, where, against = one.defect()
            endless = one.trace is not None and one.trace.loop is not None
            made = {step.place for step in one.trace.steps if step.changes} if one.trace else set[Hashable]()
            if ({against and against[0], *made} - (set() if endless else where)) & self.removed:
                return "removed"
            if any(self._is_among(place, unreached) for place in made):
                return "not reached"
            if where and all(self._is_among(place, unreached) for place in where):
                return "not reached"
        return None


def _place(origin: Origin) -> Hashable:
    return origin.algorithm, origin.step


def _above(origin: Origin) -> Hashable:
    """Give the place of the step that a step stands below."""
    return origin.algorithm, origin.step.rpartition(".")[0]
