"""known-term, as far as a spec shows it: names in steps that are close to a declared name and are none."""

from __future__ import annotations

from collections.abc import Iterator

from bgsync.judge.structure.finding import Finding, Known, place
from bgsync.judge.structure.types import Types
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.close import close

LIKE = 0.83
"""How like a declared name another must be to be taken for a slip."""


def terms(spec: Spec, known: Known) -> Iterator[Finding]:
    """Find members, lists and algorithms that are named almost as a declared one."""
    types = Types(spec, known)
    members = {member.name.lower() for kind in types.objects.values() for member in kind.members}
    names = members | {*types.items} | {*known.owners}
    algorithms = {name.lower() for name, _ in spec.bodies()}
    for statement in spec.statements():
        told: set[str] = set()
        for found, names_of, what in _named(statement):
            low = found.lower()
            others = algorithms if names_of == "algorithm" else names
            meant = None if low in others or low in told or len(low) < 5 else close(low, others, LIKE)
            if meant is not None and not _another(low, meant):
                told.add(low)
                yield Finding(
                    "known-term", f"{found!r} is no {what} of this text; did you mean {meant!r}?", place(statement)
                )


def _named(statement: s.Statement) -> Iterator[tuple[str, str, str]]:
    if isinstance(statement, s.Perform):
        yield statement.name, "algorithm", "algorithm"
    targets: tuple[e.Expr, ...] = (statement.target,) if isinstance(statement, s.Set) else ()
    for expression in (*traversal.expressions(statement), *targets):
        for part in e.parts(expression):
            match part:
                case e.Field(name=name):
                    yield name, "member", "member"
                case e.ListOf(name=name):
                    yield name, "member", "list"
                case e.Apply(name=name):
                    yield name, "algorithm", "algorithm"
                case _:
                    pass


def _another(name: str, other: str) -> bool:
    """Whether two names differ by more than a slip: in the number of words, or in a form of one of them."""
    words, others = name.split(), other.split()
    if len(words) != len(others):
        return True
    different = [(one, two) for one, two in zip(words, others, strict=True) if one != two]
    return all(_stem(one) == _stem(two) for one, two in different)


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s", "e"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            return stem[:-1] if stem[-1] == stem[-2] else stem
    return word
