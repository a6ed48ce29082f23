"""What a path through the steps takes to be true, and where the words of the text leave that open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from bgsync.judge.structure.finding import place
from bgsync.judge.structure.walking import Body
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say_value

Conditions = frozenset[tuple[object, bool]]
"""Conditions, each with whether it is taken to be true. A promise with outcomes stands for how it settled."""
P = TypeVar("P")

TOO_MANY = 400
"""Paths; an algorithm with more is not judged."""

_QUOTED = re.compile(r'"[^"]*"|`[^`]*`|“[^”]*”|\b[A-Z]\w*')
_LEAVES = re.compile(r"\b(?:abort|return|terminat|stop|throw|exit)(?:e|s|es|ing)?\b(?! (?:value|reason|error|signal))")
_CONDITION = re.compile(r"\b(?:if|unless|except|only|otherwise|when|whenever|instead|but|until|once)\b")
_SETTLES = re.compile(r"\b(?:resolv|reject|settl|fulfil|promise)")
_WORD = re.compile(r"[\w-]{3,}")
_COMMON = frozenset(
    ("and", "are", "can", "for", "from", "had", "has", "have", "into", "its", "not", "null", "one", "other", "some",
     "than", "that", "the", "their", "them", "then", "there", "these", "this", "those", "true", "false", "was", "were",
     "when", "which", "while", "whose", "with", "without", "you", "any", "all", "does", "been", "being", "empty")
)  # fmt: skip
"""Words that say nothing of what a condition is about."""
_CONDITIONAL = (s.If, s.Else, s.While, s.ForEach, s.Upon, s.Whenever, s.WaitUntil, s.Assert, s.NotUnderstood)


class TooManyPathsError(Exception):
    """An algorithm has more paths than are followed."""


def distinct(paths: Iterable[P]) -> list[P]:
    """Give paths, each once. Raises TooManyPathsError."""
    found = list(dict.fromkeys(paths))
    if len(found) > TOO_MANY:
        raise TooManyPathsError
    return found


def assume(taken: Conditions, condition: object, value: bool) -> Conditions | None:
    """Take a condition to be true or false as well; None where it cannot be."""
    while isinstance(condition, e.Not):
        condition, value = condition.operand, not value
    if (condition, not value) in taken or (value and _excluded(taken, condition)):
        return None
    return taken | {(condition, value)}


def _excluded(taken: Conditions, condition: object) -> bool:
    """Whether another outcome of the same promise, or another value of the same expression, was taken."""
    for other, value in taken:
        if not value or other == condition:
            continue
        if isinstance(other, e.Is) and isinstance(condition, e.Is):
            plain = isinstance(other.right, str | bool | int | None) and isinstance(
                condition.right, str | bool | int | None
            )
            if other.left == condition.left and plain:
                return True
        if isinstance(other, tuple) and isinstance(condition, tuple) and other[0] == condition[0]:
            return not set(other[1]) & set(condition[1])
    return False


def forgotten(taken: Conditions, statement: s.Statement) -> Conditions:
    """Forget what is taken to be true of what a statement changes."""
    changed: frozenset[str] = frozenset(traversal.bound(statement))
    fields = {
        part.name for part in ([statement.target] if isinstance(statement, s.Set) else []) if isinstance(part, e.Field)
    }
    if not changed and not fields:
        return taken
    return frozenset(
        (condition, value)
        for condition, value in taken
        if not (e.variables(_expression(condition)) & changed or _fields(condition) & fields)
    )


def _expression(condition: object) -> e.Expr:
    return condition[0] if isinstance(condition, tuple) else condition  # type: ignore[return-value]


def _fields(condition: object) -> frozenset[str]:
    return frozenset(part.name for part in e.parts(_expression(condition)) if isinstance(part, e.Field))


def is_open(condition: object) -> bool:
    """Whether it takes the words of the text, or an operation that it does not define, to say what a condition is."""
    return any(isinstance(part, e.Input | e.Apply | str) for part in e.parts(_expression(condition)))


def alike(some: Iterable[object], others: Iterable[object]) -> bool:
    """Whether two different conditions are about the same things, so that they may exclude each other, or be all."""
    told = [(each, _words(each)) for each in others]
    return any(one != other and _words(one) & words for one in some for other, words in told)


def _words(condition: object) -> frozenset[str]:
    said = say_value(_expression(condition)).lower()
    return frozenset(word.removesuffix("s") for word in _WORD.findall(said)) - _COMMON


def unquoted(sentence: str) -> str:
    """Give the words of a sentence in lower case, without those in quotation marks and without names in capitals."""
    first, rest = sentence[:1].lower(), sentence[1:]
    return _QUOTED.sub(" ", first + rest).lower()


def leaves(statement: s.Statement) -> bool:
    """Whether the sentence speaks of leaving the steps: where a path goes on after it, it may have been misread."""
    return bool(_LEAVES.search(unquoted(place(statement).sentence)))


def matters(statement: s.NotUnderstood, promise: str) -> bool:
    """Whether a sentence that is not understood may settle a promise, or leave the steps."""
    if {promise, "promise", "exit"} & {*statement.reads, *statement.may_write}:
        return True
    said = unquoted(place(statement).sentence)
    return bool(_LEAVES.search(said) or _SETTLES.search(said)) or promise.lower() in said.split()


def lacks_condition(body: Body) -> frozenset[s.Origin]:
    """Give the sentences that have the words of a condition, of which none was read."""
    statements = traversal.walk(body)
    conditional = {place(each) for each in statements if isinstance(each, _CONDITIONAL)}
    return frozenset(
        place(each)
        for each in statements
        if place(each) not in conditional and _CONDITION.search(unquoted(place(each).sentence))
    )
