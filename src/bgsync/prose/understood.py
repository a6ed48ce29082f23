"""What was understood of a sentence, and what of it was not."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.rewrite import rewrite
from bgsync.prose.grammar.later import STEPS_BELOW
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import Literal, Plain, Unread
from bgsync.prose.grammar.sentences import Following, Statements, Switch
from bgsync.prose.grammar.words import Words
from bgsync.prose.page.document import Sentence


@dataclass
class SentenceRead:
    """One sentence of an algorithm, and what it was read as."""

    origin: s.Origin
    sentence: Sentence
    statements: Statements
    cost: int
    unread: tuple[str, ...] = ()
    """The phrases that were left in their own words although a value was wanted, or are missing in the statements."""
    lost: tuple[str, ...] = ()
    """The variables of the sentence that its statements do not mention."""
    misspelt: tuple[tuple[str, str], ...] = ()
    """The variables of the sentence that nothing gives a value, each with the one that was meant."""

    within: bool = False
    """Whether it is a condition or a member of the step that it stands below, and no statement of its own."""
    annotated: bool = False
    """Whether it was read as what the sidecar says that it means."""

    @property
    def loses(self) -> bool:
        """Whether a word or a variable of the sentence is missing in its statements."""
        return bool(self.lost) or not set(self.unread) <= set(unread_values(self.statements))

    @property
    def understood(self) -> bool:
        """Whether every operand was read; conditions and waits may be left in their own words."""
        blind = any(isinstance(each, s.NotUnderstood) for each in traversal.walk(self.statements))
        return not (blind or self.unread or self.lost or self.misspelt)


def variables_of(statements: Statements, *, closures: bool = True) -> tuple[str, ...]:
    """Give every variable that statements read or bind; without `closures`, not those that are bound to steps."""
    names: dict[str, None] = {}
    for statement in traversal.walk(statements):
        if closures or not (isinstance(statement, s.Let) and statement.value == STEPS_BELOW):
            names |= dict.fromkeys(traversal.bound(statement))
        if isinstance(statement, s.FireEvent):
            names |= dict.fromkeys(e.variables(statement.event))
        if isinstance(statement, s.NotUnderstood):
            names |= dict.fromkeys(statement.reads)
        if isinstance(statement, Following) and statement.bind:
            names[statement.bind] = None
        if isinstance(statement, s.Set):
            names |= dict.fromkeys(e.variables(statement.target))
        if isinstance(statement, s.Remark):
            names |= dict.fromkeys(statement.text.replace("|", " ").split())
        for expression in operands_of(statement):
            names |= dict.fromkeys(e.variables(expression))
    return tuple(names)


def operands_of(statement: s.Statement) -> tuple[e.Expr, ...]:
    """Give the expressions of a statement; of a Switch, what it chooses by."""
    return (statement.subject,) if isinstance(statement, Switch) else traversal.expressions(statement)


def settled(statements: Statements) -> Statements:
    """Give statements in the language alone: a word that is in no doubt is a string like any other."""
    return tuple(
        rewrite(each, lambda part: str(part) if isinstance(part, Plain | Literal) else part) for each in statements
    )


def lost(words: Words, statements: Statements) -> tuple[str, ...]:
    """Give the variables of a sentence that its statements do not mention."""
    mentioned = set(variables_of(statements))
    return tuple(name for name in words.variables(0, len(words)) if name.split(".")[0] not in mentioned)


def unread_values(statements: Statements) -> tuple[str, ...]:
    """Give the values that were left in the text's own words; conditions and waits may be."""
    found: dict[str, None] = {}
    for statement in traversal.walk(statements):
        for expression in operands_of(statement):
            if isinstance(statement, s.Wait):
                continue
            conditional = isinstance(statement, s.If | s.While | s.Assert | s.WaitUntil | s.Whenever)
            found |= dict.fromkeys(_inputs(expression, conditional))
    return tuple(found)


LIKE = 0.75
"""How like a state a word is that is taken for a misspelt one where it may be a condition."""


def undeclared(statements: Statements, lexicon: Lexicon) -> tuple[str, ...]:
    """Give the values of members that say which values they have, and not these: a misspelt state is no new state.

    Of a name that several types have a member of, only where all of them say so.
    """
    values: dict[str, tuple[str, ...]] = {}
    for member in lexicon.declared:
        values[member.name] = (*values.get(member.name, ()), *(member.values or ()))
    for member in lexicon.declared:
        if not member.values:
            values.pop(member.name, None)
    found: dict[str, None] = {}

    def look(place: e.Expr, value: e.Expr) -> None:
        said = value.text if isinstance(value, e.Input) and not value.reads else value
        if isinstance(place, e.Field) and isinstance(said, str) and said not in values.get(place.name, (said,)):
            found[said] = None

    for statement in traversal.walk(statements):
        if isinstance(statement, s.Set):
            look(statement.target, statement.value)
        for expression in operands_of(statement):
            for part in e.parts(expression):
                match part:
                    case e.Is(left=left, right=right):
                        look(left, right)
                        look(right, left)
                    case e.Apply(name=name, arguments=(e.Field(name=of),)):
                        if get_close_matches(name, values.get(of, ()), 1, LIKE):
                            found[name] = None
    return tuple(found)


def _inputs(expression: e.Expr, condition: bool) -> list[str]:
    if isinstance(expression, Unread) and not condition:
        return [expression.text]
    inside = condition and isinstance(expression, e.And | e.Or | e.Not)
    return [text for part in e.operands(expression) for text in _inputs(part, inside)]
