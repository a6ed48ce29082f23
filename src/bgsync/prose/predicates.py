"""What a text says that an object, or a value of it, is: "a [=T=] is <dfn>P</dfn> if its [=M=] is one of ...".

A condition "x is P" is then the one that defines it, said of x. A definition that is not read in full, or that rests on
what is not followed, is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bgsync.language import expressions as e
from bgsync.language.readback import say_value
from bgsync.language.rewrite import Change, rewrite_expression
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.sentences import Sentences
from bgsync.prose.grammar.words import words_of
from bgsync.prose.page.document import Sentence, Token

_VERBS = frozenset(("is", "are"))
_IF = frozenset(("if", "when", "iff"))
_EXACTLY = ("if", "and", "only", "if")
_SUBJECT = "it"


@dataclass(frozen=True)
class Predicate:
    """What a term says of a variable."""

    variable: str
    condition: e.Expr

    def of(self, value: e.Expr) -> e.Expr:
        """Say it of a value."""
        return rewrite_expression(self.condition, lambda part: value if part == e.Var(self.variable) else part)


def predicates(
    sentences: Iterable[Sentence], lexicon: Lexicon, meant: Change, said: Callable[[Sentence, str], None]
) -> dict[str, Predicate]:
    """Read the definitions among some sentences; `meant` says what means the environment, `said` is told which."""
    found: dict[str, Predicate] = {}
    for sentence in sentences:
        read = _read(sentence, lexicon)
        if read is None:
            continue
        name, variable, condition = read
        condition = rewrite_expression(rewrite_expression(condition, meant), meaning(found))
        parts = e.parts(condition)
        if all(not isinstance(part, e.Input | e.Apply) for part in parts) and e.variables(condition) == {variable}:
            found.setdefault(name, Predicate(variable, condition))
            shown = say_value(condition).replace("it's ", "its ")
            said(sentence, f"{name} means: {shown}")
    return found


def meaning(known: Mapping[str, Predicate]) -> Change:
    """Give what puts the meaning of these terms in place of a condition that uses one."""

    def change(part: e.Expr) -> e.Expr:
        match part:
            case e.Apply(name=name, arguments=(value,)) if name.lower() in known:
                return known[name.lower()].of(value)
            case _:
                return part

    return change


def _read(sentence: Sentence, lexicon: Lexicon) -> tuple[str, str, e.Expr] | None:
    """Give the term that a sentence defines by a condition, the variable that it is said of, and the condition."""
    tokens = sentence.tokens
    at = next((at for at, token in enumerate(tokens) if token.kind == "dfn"), None)
    if at is None:
        return None
    front, after = tokens[:at], [token.text.lower() for token in tokens[at + 1 : at + 5]]
    if _VERBS.isdisjoint(token.text.lower() for token in front) or not after or after[0] not in _IF:
        return None
    start = at + 1 + (len(_EXACTLY) if tuple(after) == _EXACTLY else 1)
    variable = next((token.text for token in front if token.kind == "var"), _SUBJECT)
    said = tuple(each for token in tokens[start:] for each in _spoken(token, variable))
    words = words_of(Sentence(said, sentence.text, sentence.place))
    result = Sentences(words, lexicon).parse("condition", 0, len(words))
    name = (tokens[at].term or tokens[at].text).lower()
    return None if result is None else (name, variable, result.value)


def _spoken(token: Token, variable: str) -> tuple[Token, ...]:
    """Give a token with the variable in place of a pronoun for it."""
    named = token._replace(kind="var", text=variable)
    match token.text.lower() if token.kind == "word" else "":
        case "it":
            return (named,)
        case "its":
            return (named, token._replace(kind="mark", text="'s"))
        case _:
            return (token,)
