"""Distrust of a sentence for where it stands: in whose steps, and after which sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.grammar.assignments import USER_AGENT
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.understood import SentenceRead, operands_of

_MINE = frozenset(("this", "context", "its", "it"))
"""What a sentence has in it that speaks of the object itself."""
_THROWN = re.compile(r"\b(?:threw|throws?|thrown)\b")
_WAITS = frozenset(("when", "once", "after", "as"))


def in_context(one: SentenceRead, lexicon: Lexicon, this: str, before: Sequence[SentenceRead]) -> tuple[str, ...]:
    """Say what of a sentence is in doubt; `this` is the type whose method it stands in, `before` what it follows."""
    return tuple(
        dict.fromkeys((*_named_alone(one, lexicon, this), *_caught(one, lexicon, before), *_waits(one, before)))
    )


def _named_alone(one: SentenceRead, lexicon: Lexicon, this: str) -> Iterator[str]:
    """What is changed without saying whose it is, and is that of another type than the one whose steps these are."""
    spoken = {token.text.lower() for token in one.sentence.tokens}
    if not _MINE.isdisjoint(spoken):
        return
    for statement in traversal.walk(one.statements):
        target: e.Expr = None
        if isinstance(statement, s.Set | s.Increment):
            target = statement.target
        elif isinstance(statement, s.Add | s.Remove | s.Empty):
            target = statement.collection
        if not isinstance(target, e.Field) or target.owner not in (e.Var("this"), USER_AGENT):
            continue
        low = target.name.lower()
        owners = lexicon.owners.get(low) or lexicon.scopes.get(low, set())
        if owners and owners.isdisjoint(("", "/", "user agent", this or "user agent", *spoken)):
            yield f"whose {target.name!r} is meant"


def _caught(one: SentenceRead, lexicon: Lexicon, before: Sequence[SentenceRead]) -> Iterator[str]:
    """What follows an algorithm of the text that throws: nothing of that is caught."""
    told = (statement.condition for statement in traversal.walk(one.statements) if isinstance(statement, s.If))
    if any(isinstance(part, e.Input) and _THROWN.search(part.text) for each in told for part in e.parts(each)):
        for each in before:
            called = next(_calls(each, lexicon), None)
            if called is not None:
                yield f"what {called} throws is not followed"


def _calls(one: SentenceRead, lexicon: Lexicon) -> Iterator[str]:
    for statement in traversal.walk(one.statements):
        if isinstance(statement, s.Call):
            yield statement.algorithm
        for expression in operands_of(statement):
            for part in e.parts(expression):
                if isinstance(part, e.Apply) and lexicon.algorithm(part.name) is not None:
                    yield part.name


def _waits(one: SentenceRead, before: Sequence[SentenceRead]) -> Iterator[str]:
    """A sentence that waits for what another one of the same step has begun in parallel: it may belong to that."""
    first = one.sentence.tokens[0].text.lower() if one.sentence.tokens else ""
    if first in _WAITS and one.statements and isinstance(one.statements[0], s.WaitUntil):
        for each in before:
            same = each.origin.path == one.origin.path
            begun = not each.understood or any(isinstance(x, s.InParallel) for x in traversal.walk(each.statements))
            if same and begun:
                yield "whether what runs in parallel waits, or these steps do"
