"""The grammar of a step: its tables put together, and the phrases that only sentences have.

A form that speaks of steps which follow ("perform the following steps in parallel") leaves a `Following` in the body of
its statement; `bgsync.prose.steps` puts the steps there. What fits no form is `NotUnderstood`.
"""

from __future__ import annotations

from typing import ClassVar

from bgsync.prose.grammar import (
    assignments,
    calls,
    conditions,
    control,
    effects,
    later,
    loops,
    predicates,
    reactions,
    values,
)
from bgsync.prose.grammar.conditions import ALL, ANY, FALSE
from bgsync.prose.grammar.effects import Following, Statements, Switch, WithMembers, following
from bgsync.prose.grammar.forms import Grammar
from bgsync.prose.grammar.phrases import Phrases
from bgsync.prose.grammar.spans import Result, Special

_VERBS = frozenset([
    "set", "let", "abort", "return", "throw", "reject", "resolve", "add", "append", "remove", "fire", "terminate",
    "continue", "break", "increment",
])  # fmt: skip


class Sentences(Phrases):
    """Parses one sentence of an algorithm."""

    def _steps(self, start: int, end: int) -> Result | None:
        """What a text calls the steps of a list."""
        texts = self.texts[start:end]
        return Result(0, texts) if texts in _THESE else None

    def _handed(self, start: int, end: int) -> Result | None:
        """Steps that something is handed, and what they are for: "the following success steps"."""
        words, texts = self.words.words[start:end], self.texts[start:end]
        announced = texts[0] in ("following", "these") and texts[-1] in ("steps", "substeps", "algorithm")
        if not announced or not 2 < len(texts) < 6 or any(word.kind not in ("word", "term") for word in words):
            return None
        return Result(0, " ".join(texts[1:]))

    def _typed(self, start: int, end: int) -> Result | None:
        """A variable after all that it may be: "null, failure, or a [=book=] |x|"."""
        *kinds, last = self.words.words[start:end]
        plain = last.kind == "var" and all(each.kind != "var" for each in kinds) and "and" not in self.texts[start:end]
        return Result(0, last.token.text) if plain and kinds else None

    def _label(self, start: int, end: int) -> Result | None:
        """What a step is called, before a colon: a link, or one word with a capital inside."""
        word = self.words.words[start]
        named = self.words.ends[start] == end or (end == 1 and any(each.isupper() for each in word.token.text[1:]))
        return Result(0, word.token.text) if start == 0 and named else None

    def _matched(self, start: int, end: int) -> Result | None:
        """What a text calls the case that applies: "the steps for the first matching case"."""
        texts = self.texts[start:end]
        named = not _MATCHED.isdisjoint(texts) or texts[-2:] == ("of", "following")
        return Result(0, texts) if named and _OF_CASES.issuperset(texts) else None

    def _command(self, start: int, end: int) -> Result | None:
        """A sequence that begins with a verb, so that a comma before it may be missing."""
        word = self.words.words[start]
        return self.part("sequence", start, end) if word.kind in ("word", "term") and word.text in _VERBS else None

    specials: ClassVar[dict[str, Special]] = {
        **Phrases.specials,
        "steps": _steps,
        "handed": _handed,
        "typed": _typed,
        "matched": _matched,
        "label": _label,
        "command": _command,
    }
    grammar: ClassVar[Grammar] = Grammar(
        values.TABLES
        | calls.TABLES
        | predicates.TABLES
        | conditions.TABLES
        | assignments.TABLES
        | effects.TABLES
        | later.TABLES
        | reactions.TABLES
        | control.TABLES
        | loops.TABLES,
        specials,
        {**Phrases.begins, "command": _VERBS, "handed": frozenset(("following", "these"))},
    )


_MATCHED = frozenset(["matching", "appropriate", "applicable", "corresponding", "relevant", "applies", "matches"])
_OF_CASES = _MATCHED | frozenset([
    "steps", "step", "substeps", "for", "of", "in", "from", "under", "with", "to", "associated", "first", "case",
    "cases", "entry", "branch", "condition", "conditions", "statement", "value", "that", "which", "following", "listed",
    "below", "one", "is", "true", "switch", "option", "if", "any", ",",
])  # fmt: skip
_THESE = {
    (*front, noun)
    for front in (
        ("following",), ("these",), ("following", "list", "of"), ("rest", "of", "these"), ("rest", "of", "following"),
        ("remaining",), ("all", "remaining"),
        ("all", "of", "remaining"), ("this",),
        ("all", "following"), ("all", "of", "these"), ("current",), (), ("below",),
        ("rest", "of", "this"), ("such",), ("set", "of", "following"), ("remaining", "of", "these"),
        ("overall", "set", "of"), ("this", "set", "of"), ("subsequent",),
        ("following", "abort"), ("these", "abort"), ("algorithm", "with", "following"),
    )
    for noun in ("steps", "substeps", "algorithm", "sub-steps", "step", "operations", "instructions", "procedure")
} | {("following",), ("steps", "below"), ("following", "steps", "below")}  # fmt: skip

__all__ = ["ALL", "ANY", "FALSE", "Following", "Sentences", "Statements", "Switch", "WithMembers", "following"]
