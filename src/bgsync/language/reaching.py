"""Which algorithms of a spec nothing comes to, and why: a walk over who calls whom, without exploring anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Spec


def unreached(spec: Spec, heads: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the algorithms that no method, rule or event handler of a spec calls, directly or not, each with the reason.

    `heads` says of algorithms what of their head is not understood, so that they may be more than they are taken for.
    """
    algorithms = {part.name: part.steps for part in spec.algorithms}
    bodies = dict(spec.bodies())
    calls = {name: _called(body) & algorithms.keys() for name, body in bodies.items()}
    reached = set(bodies) - set(algorithms) | set(spec.methods)
    work = list(reached)
    while work:
        new = calls[work.pop()] - reached
        reached |= new
        work += new
    found = {}
    said = [(o, o.sentence.lower()) for st in spec.statements() if (o := st.origin) is not None]
    for name in algorithms:
        if name not in reached:
            callers = [other for other, called in calls.items() if name in called and other != name]
            found[name] = _why(said, name, callers, (heads or {}).get(name, ""))
    return found


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
