"""What the reader of a report has to be told: words of the spec, what each property says, what each adversity is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bgsync.words import Words


class Rule(NamedTuple):
    """A property: its id, one sentence, why it matters, the text that it rests on, and what happens where it breaks."""

    id: str
    sentence: str
    why: str
    reference: str
    broken: str = ""


@dataclass(frozen=True)
class Glossary:
    """What a report speaks of; what it does not know is told by its name."""

    words: Words = field(default_factory=Words)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    adversities: Mapping[str, str] = field(default_factory=dict)

    def rule(self, property_id: str) -> Rule:
        """Give the property that a verdict is on; a part of one, after a slash, has the sentence of the whole."""
        name = property_id.split("/")[0]
        return self.rules.get(name) or Rule(name, name, "", "")

    def adversity(self, needs: Iterable[str]) -> str:
        """Say in words what has to go wrong outside of the text."""
        return " and ".join(self.adversities.get(name, name) for name in needs)
