"""Joins verdicts: of both granularities, of what an adversity adds, and of two readings of what is not understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bgsync.judge.verdict import DEPENDS, Kind, Ruling, Verdict


def combined(base: dict[str, dict[str, Verdict]]) -> Iterable[Verdict]:
    """Join the granularities: broken at `algorithm` is logic, broken only at `step` is a race."""
    for name in dict.fromkeys(name for found in base.values() for name in found):
        found = {granularity: verdicts[name] for granularity, verdicts in base.items() if name in verdicts}
        coarse, fine = found.get("algorithm"), found.get("step")
        if coarse is not None and fine is not None and coarse.kind == "structure":
            yield fine  # what no behaviour does where an invocation is one action, a finer one may
        elif coarse is not None and coarse.verdict == "violated":
            logic = _of_kind(coarse, "logic")
            broken_finely = fine is not None and fine.verdict == "violated" and fine.kind != "structure"
            yield with_more(logic, _of_kind(fine, "race")) if fine is not None and broken_finely else logic
        elif fine is not None and fine.verdict == "violated":
            decided = coarse is not None and coarse.verdict != "inconclusive"
            yield _of_kind(fine, "race" if decided else None)
        elif coarse is not None and fine is not None and (coarse.verdict, fine.verdict) == ("conditional", "holds"):
            yield coarse
        elif coarse is not None and fine is None and "step" in base:
            yield replace(coarse, verdict="inconclusive", message="not looked at step by step", coarse=_decided(coarse))
        elif coarse is not None and fine is not None and fine.verdict == "inconclusive":
            yield replace(fine, coarse=_decided(coarse))
        else:
            yield fine or coarse or next(iter(found.values()))


def _decided(verdict: Verdict) -> Ruling | None:
    """Give what a verdict says, None where it leaves that open."""
    return None if verdict.verdict == "inconclusive" else verdict.verdict


def worse(
    verdict: Verdict, adversity: str, kind: Kind | None, base: Verdict | None, coarse: Verdict | None
) -> Verdict | None:
    """Give what an adversity adds to the base environment, and to itself at the other granularity; None for nothing."""
    if verdict.verdict == "inconclusive":
        unknown = base is None or base.verdict not in ("violated", "inconclusive")
        return replace(verdict, needs=(adversity,), kind=None) if coarse is None and unknown else coarse
    if verdict.verdict != "violated" or verdict.kind == "structure":
        return coarse
    told = tuple(replace(one, needs=(adversity,), kind=kind) for one in verdict.findings())
    found = replace(told[0], others=told[1:])
    new = _only_new(base, found) if base is not None and base.verdict == "violated" else found
    if new is None or coarse is None or coarse.verdict != "violated":
        return new or coarse
    return with_more(coarse, new)


def joined(certain: tuple[Verdict, ...], possible: tuple[Verdict, ...], ran: str) -> tuple[Verdict, ...]:
    """Join what is known of the runs that come to nothing that is not understood with what is of all that there may be.

    The first ones are there whatever the sentences mean, so what breaks a property among them does so. The others are
    all that there can be: what does not happen in them never does. All else depends on what is not understood.
    """
    message = f"{DEPENDS} {ran}"
    first, second = ({(v.property, v.needs): v for v in some} for some in (certain, possible))
    found: dict[tuple[str, tuple[str, ...]], Verdict] = {}
    for key in dict.fromkeys((*first, *second)):
        agreed = _agreed(first.get(key), second.get(key))
        if agreed is not None or not key[1] or key in second:
            found[key] = agreed or Verdict(key[0], "inconclusive", None, key[1], message)
    return tuple(verdict for verdict in found.values() if not verdict.needs or _adds(verdict, found))


def _adds(verdict: Verdict, joined: Mapping[tuple[str, tuple[str, ...]], Verdict]) -> bool:
    """Whether a verdict under an adversity says more than the one without: nothing where that is as bad, or worse."""
    base = joined.get((verdict.property, ()))
    return base is None or (base.verdict != "violated" and (verdict.verdict, base.verdict) != ("inconclusive",) * 2)


def _agreed(certain: Verdict | None, possible: Verdict | None) -> Verdict | None:
    """Give the verdict that is so whatever is not understood means; None where it depends on that."""
    missed = certain is not None and certain.verdict == "violated" and certain.trace is None
    if certain is not None and certain.verdict == "violated" and not missed:
        may_be_logic = possible is None or possible.verdict == "inconclusive" or possible.kind == "logic"
        return _without_kind(certain) if certain.kind == "race" and may_be_logic else certain
    if possible is None or (possible.verdict == "violated" and possible.trace is not None):
        return None
    if possible.verdict == "inconclusive":
        return possible if certain is None or certain.verdict == "inconclusive" else None
    return None if missed and possible.verdict != "violated" else possible


def with_more(known: Verdict, found: Verdict) -> Verdict:
    """Add those findings to a verdict that it has not."""
    new = _only_new(known, found)
    return known if new is None else replace(known, others=known.others + new.findings())


def _only_new(known: Verdict, found: Verdict) -> Verdict | None:
    """Give a verdict with those of its findings that another verdict on the same property has not; None without any."""
    new = tuple(one for one in found.findings() if not _is_known(known, one))
    return replace(new[0], others=new[1:]) if new else None


def _is_known(known: Verdict, one: Verdict) -> bool:
    """Whether one of the findings of a verdict is this one; of endless runs what they conflict with may differ.

    A loop in which the text goes on changing something is known where one is that is blamed on the same step, or that
    changes no more than it does.
    """
    if one.trace is not None and one.trace.loop is not None:
        where = {each.defect()[:2] for each in known.findings()}
        loops = [each for each in known.findings() if each.recurs()]
        like = (each.locations == one.locations or each.defect()[1] <= one.defect()[1] for each in loops)
        return one.defect()[:2] in where or (one.recurs() and any(like))
    return one.defect() in {each.defect() for each in known.findings()}


def _of_kind(verdict: Verdict, kind: Kind | None) -> Verdict:
    """Give a verdict with all its findings of a kind, but for those that have one."""
    first, *others = (replace(one, kind=one.kind or kind) for one in verdict.findings())
    return replace(first, others=tuple(others))


def _without_kind(verdict: Verdict) -> Verdict:
    """Give a verdict that does not say that it takes a race: where an invocation is one action not all is known."""
    first, *others = (replace(one, kind=None if one.kind == "race" else one.kind) for one in verdict.findings())
    return replace(first, others=tuple(others))


def weight(verdict: Verdict) -> int:
    """Give the rank of a verdict among others on the same property: the highest one is told."""
    return ("vacuous", "holds", "conditional", "inconclusive", "violated").index(verdict.verdict)
