"""What each property says, for reports that explain their verdicts."""

import importlib
from functools import cache
from typing import NamedTuple


class Rule(NamedTuple):
    """A property: its id, one sentence, why it matters, the text that it rests on, and what happens where it breaks."""

    id: str
    sentence: str
    why: str
    reference: str
    broken: str = ""


@cache
def rules() -> dict[str, Rule]:
    """Give all properties by id, those of structure last."""
    known = (*importlib.import_module("bgsync.shipped.properties").PROPERTIES, *_structure())
    return {p.id: Rule(p.id, p.sentence, p.why, p.reference, getattr(p, "broken", "")) for p in reversed(known)}


def _structure() -> tuple[Rule, ...]:
    return tuple(importlib.import_module("bgsync.judge.structure").PROPERTIES)


def rule_of(property_id: str) -> Rule:
    """Give the property that a verdict is on; a part of one, after a slash, has the sentence of the whole."""
    name = property_id.split("/")[0]
    return rules().get(name) or Rule(name, name, "", "")
