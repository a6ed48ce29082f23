"""contradiction, as far as it is about reactions: an outcome that has two of them while another one has none.

Where steps react twice to the fulfilment of a promise and never to its rejection, one of the two was meant for the
other outcome: nothing happens upon that one, and both reactions run upon this one. Who reacts once, and to one outcome
only, may mean it; of an event, though, which can end either way, that is worth a look. So is an event of which both
outcomes are thought of, and not that its worker is terminated: the promise of what its handler waits for never settles
then (Service Workers, terminate service worker).
"""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, Known, place
from bgsync.judge.structure.walking import Body, parts
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value

OTHER = {"fulfilled": "rejected", "rejected": "fulfilled"}
NAMED = {"fulfilled": "fulfilment", "rejected": "rejection"}


def outcomes(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find promises of which one outcome has several reactions, or one, and the other outcome has none."""
    for part in parts(spec):
        everywhere = traversal.walk(part.steps)
        unread = [each.text.lower() for each in everywhere if isinstance(each, s.NotUnderstood)]
        fired = {each.bind for each in everywhere if isinstance(each, s.FireEvent)}
        settling = {promise for each in everywhere if (promise := _of_event(each, fired))}
        all_reactions = [each for each in everywhere if isinstance(each, s.Upon)]
        for body in _bodies(part.steps):
            for promise in dict.fromkeys(each.promise for each in body if isinstance(each, s.Upon)):
                reacted = {how for each in all_reactions if each.promise == promise for how in each.outcomes}
                if any(say_value(promise) in text or "reject" in text or "fulfil" in text for text in unread):
                    continue
                mine = [each for each in body if isinstance(each, s.Upon) and each.promise == promise]
                yield from _lacking(mine, promise, reacted, of_event=promise in settling)
                if promise in settling and reacted == {*OTHER} and not _speaks(everywhere, "terminat"):
                    message = (
                        f"reacts to the fulfilment of {say_value(promise)} and to its rejection, and no step to the "
                        "termination of the worker, by which it never settles"
                    )
                    yield Finding("contradiction", message, place(mine[-1]), NOTE)


def _bodies(body: Body) -> Iterator[Body]:
    yield body
    for each in body:
        yield from _bodies(traversal.body_of(each))


def _speaks(statements: Body, word: str) -> bool:
    return any(word in place(each).sentence.lower() for each in statements)


def _of_event(statement: s.Statement, fired: set[str]) -> e.Expr:
    """Give the variable that holds the promise of an event that was fired."""
    if isinstance(statement, s.Let) and e.variables(statement.value) & fired:
        return e.Var(statement.name)
    return None


def _lacking(mine: list[s.Upon], promise: e.Expr, reacted: set[str], *, of_event: bool) -> Iterator[Finding]:
    for outcome, other in OTHER.items():
        same = [each for each in mine if outcome in each.outcomes]
        if not same or other in reacted or not (of_event or len(same) > 1):
            continue
        level, twice = (ERROR, "twice ") if len(same) > 1 else (NOTE, "")
        firsts = ", ".join(dict.fromkeys(str(place(each).step) for each in same[:-1]))
        also = f" (as does step {firsts})" if firsts else ""
        message = (
            f"reacts {twice}to the {NAMED[outcome]} of {say_value(promise)}{also}, and no step to its {NAMED[other]}"
        )
        yield Finding("contradiction", message, place(same[-1]), level)
