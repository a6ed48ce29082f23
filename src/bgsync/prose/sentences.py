"""The grammar of a step: its tables put together, and the phrases that only sentences have.

A form that speaks of steps which follow ("perform the following steps in parallel") leaves a `Following` in the body of
its statement; `bgsync.prose.algorithms` puts the steps there. What fits no form is `NotUnderstood`.
"""

from __future__ import annotations

from typing import ClassVar

from bgsync.prose import conditions, control, effects, reactions, values
from bgsync.prose.control import ALL, ANY
from bgsync.prose.effects import Following, Statements, WithMembers, following
from bgsync.prose.forms import Grammar
from bgsync.prose.phrases import Phrases
from bgsync.prose.spans import Result, Special

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

    def _command(self, start: int, end: int) -> Result | None:
        """A sequence that begins with a verb, so that a comma before it may be missing."""
        word = self.words.words[start]
        return self.part("sequence", start, end) if word.kind == "word" and word.text in _VERBS else None

    specials: ClassVar[dict[str, Special]] = {**Phrases.specials, "steps": _steps, "command": _command}
    grammar: ClassVar[Grammar] = Grammar(
        values.TABLES | conditions.TABLES | effects.TABLES | reactions.TABLES | control.TABLES,
        specials,
        {**Phrases.begins, "command": _VERBS},
    )


_THESE = {
    (*front, noun)
    for front in (
        ("following",), ("these",), ("following", "list", "of"), ("rest", "of", "these"), ("rest", "of", "following"),
        ("remaining",), ("this",), ("all", "following"), ("all", "of", "these"), ("current",), (), ("below",),
        ("rest", "of", "this"), ("such",), ("set", "of", "following"), ("remaining", "of", "these"),
        ("overall", "set", "of"), ("this", "set", "of"), ("subsequent",),
    )
    for noun in ("steps", "substeps", "algorithm", "sub-steps", "step", "operations", "instructions")
} | {("following",), ("steps", "below"), ("following", "steps", "below")}  # fmt: skip

__all__ = ["ALL", "ANY", "Following", "Sentences", "Statements", "WithMembers", "following"]
