"""Small specs drawn at random: the one-off model without some steps, and an outbox with parts put together anew."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from bgsync.language import (
    Abort,
    Add,
    And,
    Assert,
    Atomically,
    Else,
    Expr,
    Find,
    If,
    InParallel,
    Is,
    Let,
    Not,
    Or,
    Reject,
    Remove,
    Resolve,
    Set,
    Spec,
    Statement,
    Wait,
    v,
)
from bgsync.shipped.model.background_sync.one_off import ONLINE, REGISTRATIONS, SPEC
from bgsync.shipped.model.background_sync.registration import FIRING, PENDING, REREGISTERED, WAITING
from tests.models import ADDED, AGAIN, AT_ONCE, FINISH, FIRE, FIRST, FOUND, NEW, STATE, Items, known, outbox
from tests.test_tables import PLACES, without

STATES = (PENDING, FIRING, REREGISTERED, WAITING)
THERE = Not(Is(v.registration, None))


def condition(chance: random.Random, deep: int = 1) -> Expr:
    """Draw a condition."""
    kind = chance.randrange(6 if deep else 4)
    if kind == 4:
        return And(condition(chance, 0), condition(chance, 0))
    if kind == 5:
        return Or(condition(chance, 0), condition(chance, 0))
    return (ONLINE, Is(STATE, chance.choice(STATES)), THERE, Not(Is(STATE, chance.choice(STATES))))[kind]


def statement(chance: random.Random, deep: int, *, calls: bool) -> list[Statement]:
    """Draw a statement; one that fires only where `calls` says so."""
    body = items(chance, deep - 1, calls=calls) if deep else (Set(STATE, chance.choice(STATES)),)
    kind = chance.randrange(13)
    if kind == 0:
        return [If(condition(chance), body), Else((Set(STATE, chance.choice(STATES)),))]
    if kind in (1, 2):
        return [If(condition(chance), body)]
    if kind == 3:
        return [Atomically(body)]
    if kind == 4:
        return [InParallel((*((Wait("a while"),) if chance.random() < 0.5 else ()), *body))]
    if kind == 5:
        return [If(ONLINE, FIRE)] if calls else [Assert(condition(chance))]
    return [
        (
            Set(STATE, chance.choice(STATES)),
            Set(STATE, PENDING),
            Remove(v.registration, REGISTRATIONS),
            Add(v.registration, REGISTRATIONS),
            Abort(),
            Assert(condition(chance)),
            Let("registration", Find(REGISTRATIONS, "tag", v.tag)) if deep > 1 else Set(STATE, FIRING),
        )[kind - 6]
    ]


def items(chance: random.Random, deep: int, *, calls: bool) -> Items:
    """Draw a few statements."""
    found = [each for _ in range(chance.randint(1, 3)) for each in statement(chance, deep, calls=calls)]
    return tuple(found)


def around(chance: random.Random, part: Sequence[Statement], *, calls: bool) -> Items:
    """Edit a part of the outbox: leave something out, put something in, or draw it anew."""
    kept = list(part)
    kind = chance.randrange(5)
    if kind == 0 and kept:
        del kept[chance.randrange(len(kept))]
    elif kind == 1:
        at = chance.randint(0, len(kept))
        kept[at:at] = statement(chance, 1, calls=calls)
    elif kind == 2:
        kept = list(items(chance, 2, calls=calls))
    return tuple(kept) or (Set(STATE, PENDING),)


def drawn(chance: random.Random) -> tuple[Spec, str]:
    """Draw a spec, and say in words which."""
    if chance.random() < 0.4:
        places = set(chance.sample(PLACES, chance.randint(0, 3)))
        told = ", ".join(f"{algorithm} {step}" for algorithm, step in sorted(places))
        return without(SPEC, places), f"one-off without {told or 'nothing'}"
    promise = chance.choice([(Resolve(v.promise),), (Reject(v.promise, "AbortError"),), ()])
    parts: dict[str, Any] = {
        "found": chance.choice([FOUND, known(*around(chance, FOUND, calls=True), Resolve(v.promise)), ()]),
        "added": chance.choice([ADDED, (*NEW, *promise, *around(chance, (If(ONLINE, FIRE),), calls=True))]),
        "first": around(chance, FIRST, calls=False),
        "fulfilled": around(chance, FINISH, calls=True),
        "rejected": around(chance, chance.choice([FINISH, AGAIN]), calls=True),
        "online": chance.choice([(FIRE,), (FIRE,), (), around(chance, (FIRE,), calls=True)]),
    }
    event = chance.choice([AT_ONCE, SPEC.firing or AT_ONCE])
    told = "\n".join(f"{name} = {part!r}" for name, part in parts.items())
    return outbox(**parts, event=event), f"{told}\nevent {event.name}"
