"""Where a text speaks of the environment: the words of `model/vocabulary.py`, put into statements that were read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bgsync.language import Requirement
from bgsync.language import expressions as e

States = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Vocabulary:
    """The words of spec texts for the environment; see `model/vocabulary.py`."""

    predicates: Mapping[str, States] = field(default_factory=dict)
    presence: Mapping[str, States] = field(default_factory=dict)
    values: Mapping[str, States] = field(default_factory=dict)
    phrases: Sequence[tuple[str, str, tuple[str, ...]]] = ()
    populations: Mapping[str, str] = field(default_factory=dict)
    occasions: Sequence[tuple[str, str, str]] = ()
    choices: Sequence[tuple[str, str, bool, str, str]] = ()
    single: Sequence[str] = ()
    requirements: Sequence[tuple[str, str, str]] = ()
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Algorithm of another spec to the types of its parameters, all in lower case; "" for one that may be anything."""
    agent: str = "user agent"
    """Who does what a rule outside of steps says."""
    should: str = ""
    """What the document says that the user agent SHOULD do, in lower case."""

    def expression(self, expression: e.Expr) -> e.Expr:
        """Give what an expression says of the environment, or the expression as it is."""
        match expression:
            case e.Apply(name=name, arguments=arguments) if name.lower() in self.predicates and len(arguments) < 2:
                return e.Environment(*self.predicates[name.lower()], *arguments)
            case e.Is(left=e.Field(owner=owner, name=name), right=None) if name.lower() in self.presence:
                return e.Not(e.Environment(*self.presence[name.lower()], owner))
            case e.Is(left=left, right=str() as value) if value in self.values and not e.variables(left):
                return e.Environment(*self.values[value])
            case e.Field(owner=owner, name=name) if name.lower() in self.populations:
                return e.Population(self.populations[name.lower()], _root(owner))
            case e.Is(left=e.Field(owner=e.ListOf() as counted, name="size"), right=0):
                return e.Is(counted, e.Sequence())
            case e.Compare(operator=">", left=e.Field(owner=e.ListOf() as counted, name="size"), right=0):
                return e.Not(e.Is(counted, e.Sequence()))
            case e.Conditional(condition=condition, then=False, otherwise=True):
                return self.expression(e.Not(condition))
            case e.Not(operand=e.Not(operand=operand)):
                return operand
            case e.Apply(name=name, arguments=arguments) if len(arguments) < 2:
                return self._choice(" ".join((*("x" for _ in arguments), name))) or expression
            case e.Input(text=text) if only := self._only(text):
                return e.Sequence((e.Associated(only),))
            case e.Input(text=text, reads=reads) if reads:
                return self._phrase(text, reads) or expression
            case e.Input(text=text):
                chosen = self._choice(text)
                if chosen is not None:
                    return chosen
                return self._phrase(text) or expression
            case _:
                return expression

    def _only(self, text: str) -> str | None:
        """Give of what "every" is said where there is one of it, or one of it for what there is one of, too."""
        if not text.startswith("every "):
            return None
        one = "|".join(map(re.escape, self.single))
        found = re.fullmatch(rf"every ({one})(?: (?:of|for) (?:(?:that|this|its|[\w-]+'s) )?(?:{one}))?", text)
        return found[1] if found else None

    def _phrase(self, text: str, about: tuple[e.Expr, ...] = ()) -> e.Expr | None:
        """Give what a condition in plain words says of the environment, if it says anything."""
        for pattern, machine, states in self.phrases:
            if re.fullmatch(pattern, text, re.IGNORECASE):
                return e.Environment(machine, states, *about[:1])
        return None

    def _choice(self, text: str) -> e.Expr | None:
        for pattern, name, opposite, wanted, should in self.choices:
            if re.fullmatch(pattern, text, re.IGNORECASE):
                said = re.search(wanted, self.should, re.IGNORECASE)
                choice = e.Choice(name, should=should if said else None)
                return e.Not(choice) if opposite else choice
        return None

    def choices_in(self, text: str) -> tuple[str, str] | None:
        """Give the choice of which a sentence says that it is made in the end, and the name for that."""
        for _, choice, _, wanted, should in self.choices:
            if re.search(wanted, text.lower()):
                return choice, should
        return None

    def requirement(self, text: str) -> Requirement | None:
        """Give what a sentence outside of steps says that a caller needs, if it says anything of that."""
        for pattern, machine, member in self.requirements:
            if found := re.search(pattern, text, re.IGNORECASE):
                named = re.split(r" , (?:or )?| or ", found.groupdict().get("values") or "")
                return Requirement(machine, member, tuple(filter(None, map(str.strip, named))))
        return None

    def occasion(self, text: str) -> tuple[str, str]:
        """Give the machine and the trigger that words such as "changes to online" speak of; ("", "") if none."""
        for pattern, machine, trigger in self.occasions:
            if re.search(rf"\b(?:{pattern})", text, re.IGNORECASE):
                return machine, trigger
        return "", ""


def _root(expression: e.Expr) -> e.Expr:
    """Give the variable that a chain of members begins with."""
    return _root(expression.owner) if isinstance(expression, e.Field) else expression
