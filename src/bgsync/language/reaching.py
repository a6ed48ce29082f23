"""Which algorithms of a spec nothing comes to, and why: a walk over who calls whom, without exploring anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec


def unreached(spec: Spec, heads: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the algorithms that no method, rule or event handler of a spec calls, directly or not, each with the reason.

    `heads` says of algorithms what of their head is not understood, so that they may be more than they are taken for.
    """
    calls = _calls(spec)
    reached = _reached(calls, _called_from_outside(spec))
    found = {}
    said = [(o, o.sentence.lower()) for st in spec.statements() if (o := st.origin) is not None]
    for name in (part.name for part in spec.algorithms):
        if name not in reached:
            callers = [other for other, called in calls.items() if name in called and other != name]
            found[name] = _why(said, name, callers, (heads or {}).get(name, ""))
    return found


def uncalled(spec: Spec) -> tuple[str, ...]:
    """Give the algorithms from which all is reached that no method, rule or event handler calls.

    They are those that no other one calls; of several that call each other, the first one.
    """
    calls = _calls(spec)
    reached = _reached(calls, _called_from_outside(spec))
    left = [part.name for part in spec.algorithms if part.name not in reached]
    called = {other for name in left for other in calls[name] if other != name}
    found = list[str]()
    for name in (*(each for each in left if each not in called), *left):
        if name not in reached:
            found.append(name)
            reached |= _reached(calls, {name})
    return tuple(found)


def firing(spec: Spec) -> frozenset[str]:
    """Give the algorithms and rules that fire an event, and those that call one of them, directly or not."""
    calls, grown = _calls(spec), True
    found = {name for name, body in spec.bodies() if traversal.fires(body)}
    while grown:
        more = {name for name, called in calls.items() if called & found} - found
        found |= more
        grown = bool(more)
    return frozenset(found)


def listed_parameter(spec: Spec, name: str, within: frozenset[str] = frozenset()) -> str | None:
    """Give the first parameter of an algorithm that is an object of the list, as its steps treat it.

    `within` are the algorithms that are looked at already.
    """
    algorithm, held = spec.algorithm(name), set[e.Expr]()
    members = {member.name for member in spec.type.members}
    for statement in traversal.walk(algorithm.steps):
        if isinstance(statement, s.Add | s.Remove):
            held.add(statement.item)
        if isinstance(statement, s.Call) and statement.algorithm not in within | {name}:
            inner = listed_parameter(spec, statement.algorithm, within | {name})
            given = dict(zip(spec.algorithm(statement.algorithm).parameters, statement.arguments, strict=False))
            held.add(given.get(inner or ""))
        parts = e.parts(e.Sequence(traversal.expressions(statement)))
        held |= {part.owner for part in parts if isinstance(part, e.Field) and part.name in members}
    return next((one for one in algorithm.parameters if e.Var(one) in held), None)


def _called_from_outside(spec: Spec) -> set[str]:
    return {name for name, _ in spec.bodies()} - {part.name for part in spec.algorithms} | set(spec.methods)


def _calls(spec: Spec) -> dict[str, set[str]]:
    names = {part.name for part in spec.algorithms}
    return {name: _called(body) & names for name, body in spec.bodies()}


def _reached(calls: Mapping[str, set[str]], first: Iterable[str]) -> set[str]:
    reached = set(first)
    work = list(reached)
    while work:
        new = calls[work.pop()] - reached
        reached |= new
        work += new
    return reached


def _called(body: tuple[s.Statement, ...]) -> set[str]:
    return {each.algorithm for each in traversal.walk(body) if isinstance(each, s.Call)}


def _why(said: Iterable[tuple[s.Origin, str]], name: str, callers: Sequence[str], head: str) -> str:
    if callers:
        return f"called only from {', '.join(callers)}, which nothing reaches"
    if head:
        return head
    low = name.lower()
    word = re.compile(rf"\b{re.escape(low)}\b")
    told = (origin for origin, text in said if low in text and origin.algorithm != name and word.search(text))
    places = dict.fromkeys(map(str, told))
    if places:
        return (
            f"named only in {', '.join(places)}, which {'is' if len(places) == 1 else 'are'} not read as a call of it"
        )
    return "nothing calls it, and it is no method and no rule"
