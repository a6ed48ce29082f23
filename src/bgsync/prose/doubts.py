"""Distrust: what looks wrong in a reading makes its sentence partly understood.

Names are conserved already (`conservation`); what goes wrong in silence is of attachment and category. Each doubt below
is a kind of misreading that was met: two readings that are equally good, a call that does not fit, a negation or a
constant that is on one side only, a comparison or a command that was taken for a thing, a plain word that was taken for
a value, and an open condition that holds more than a condition. A doubt may be wrong: then a sentence that was read
rightly counts as not understood, which costs the editor a word and nobody a false verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say_value
from bgsync.prose.grammar.conditions import COMMA_AND, COMMA_OR
from bgsync.prose.grammar.effects import several_of
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import Plain
from bgsync.prose.grammar.sentences import ALL, ANY, FALSE, Statements
from bgsync.prose.grammar.spans import Parser, Part
from bgsync.prose.grammar.wordclasses import COMMANDS, DEEDS, STARTS
from bgsync.prose.grammar.words import LINKS, Word, Words
from bgsync.prose.understood import operands_of

_NEGATIONS = frozenset(("not", "no", "never", "cannot", "without", "neither", "unless", "except", "none"))
_RELATIONS = (" than ", "same as ", "equal to ", "identical to ")
_VERBS = COMMANDS | STARTS | {"settle", "fulfill", "fulfil", "prepend", "insert", "delete", "dispatch", "terminate"}
_JOINS = frozenset(("and", "or", "then"))
_EXPLAINS = ("i.e.", "e.g.", "meaning", "which means", "that is to say", "for example", "in other words")
_ASKS = frozenset(("check", "checking", "checks", "determine", "determining", "as", "even", "see", "only"))
"""What may stand before an "if" that means whether."""
_BINDS = re.compile(r"\b(?:exception|error|value|result) [a-z]\w*$")
"""A condition that gives something a name."""
_PRONOUNS = frozenset(("it", "they"))
_IMPERSONAL = re.compile(
    r"^it (?:is|was) (?:not |never |still )?(?:im)?(?:possible|necessary|required|allowed|known|time)\b"
)
_ANY_STEP = re.compile(r"\b(?:any|one) (?:of (?:the |these )?)?(?:[\w-]+ ){0,2}steps? (?:above |below )?(?:fail|throw)")
"""What may come true in the middle of other steps."""
_SAYS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|cannot|may|must|should|will|would|exist|exists|contain|contains"
    r"|\w+n't|\w+ed|\w{3,}[^s\W]s)\b"
)
"""What a condition in its own words has in it."""
_RUNS = frozenset(("run", "perform", "invoke", "call", "execute", "follow", "running", "performing", "invoking"))
_RESULTS = frozenset(("failure", "success", "valid", "invalid"))
"""What steps return in plain words."""
_CONSTANTS: tuple[tuple[str, object], ...] = (("true", True), ("false", False), ("null", None))
LONGEST_CONDITION = 25
"""How many words a condition in its own words has at most."""


def doubts(parser: Parser, whole: Part, statements: Statements, lexicon: Lexicon) -> tuple[str, ...]:
    """Say what of the reading of a sentence is in doubt."""
    told: dict[str, None] = dict.fromkeys(_mixed(parser, whole))
    words, expressions = parser.words, [*_expressions(statements)]
    said = [*words.words]
    opened = any(_is_open(each) for each in traversal.walk(statements))
    for (category, start, end), _ in parser.derivation(*whole):
        if (category, start, end) in parser.tied:
            told[f"{words.said(start, end)!r} can be read in two ways"] = None
        if category == "guarded" and opened:
            told["what comes after the if may be about the value"] = None
        if category == "named" and any(isinstance(each, s.Call) for each in traversal.walk(statements)):
            told["which parameter is given what is said by name"] = None
        if category in ("or-null", "typed"):  # what is found has that in it, and a type needs not be kept
            said[start:end] = [Word("", "word", words.words[start].token)] * (end - start)
    found = (
        *_misfits(statements, lexicon),
        *_owners(words, expressions, statements, lexicon),
        *_negations(said, expressions, statements),
        *_constants(said, expressions, statements),
        *_flags(words, statements, lexicon),
        *_things(expressions),
        *_plain_words(statements),
        *_fragments(expressions, words),
        *_no_acts(statements, words, lexicon),
        *_conditions(statements),
    )
    return tuple(told | dict.fromkeys(found))


def _mixed(parser: Parser, whole: Part) -> Iterator[str]:
    """Conditions between commas that are joined by "or" and by "and": either may bind tighter."""
    joined = [(form.pattern, start, end) for (_, start, end), (_, _, form, _) in parser.derivation(*whole) if form]
    for pattern, start, end in joined:
        if pattern == COMMA_OR and any(p == COMMA_AND and start <= a and b <= end for p, a, b in joined):
            yield f"{parser.words.said(start, end)!r} can be read in two ways"


def _is_open(statement: s.Statement) -> bool:
    """Whether a variable gets a value that is in the text's own words."""
    return isinstance(statement, s.Let | s.Set) and isinstance(statement.value, e.Input)


def _expressions(statements: Statements) -> Iterator[e.Expr]:
    for statement in traversal.walk(statements):
        for expression in operands_of(statement):
            yield from e.parts(expression)


def _misfits(statements: Statements, lexicon: Lexicon) -> tuple[str, ...]:
    """Give the calls of algorithms of the text whose arguments do not fit: too few, too many, or in another order."""
    found: dict[str, None] = {}

    def look(name: str | None, arguments: tuple[e.Expr, ...]) -> None:
        if name is None or name not in lexicon.takes:
            return
        for each in arguments:
            if several_of(each):
                found[f"{say_value(each)!r} was taken for one thing"] = None
        least, most = lexicon.takes[name]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            found[f"{name} takes {wanted} argument{'s' * (most != 1)}, not {len(arguments)}"] = None
        for taken, given in zip(lexicon.parameters.get(name, ()), arguments, strict=False):
            if isinstance(given, e.Var) and given.name != taken and given.name in lexicon.parameters[name]:
                found[f"whether {name} is given {given.name} as its {taken}"] = None

    for statement in traversal.walk(statements):
        if isinstance(statement, s.Call):
            look(statement.algorithm, statement.arguments)
        for expression in operands_of(statement):
            for part in e.parts(expression):
                if isinstance(part, e.Apply):
                    look(lexicon.algorithm(part.name), part.arguments)
    return tuple(found)


def _owners(words: Words, expressions: list[e.Expr], statements: Statements, lexicon: Lexicon) -> Iterator[str]:
    """An "its" that was taken for somebody's who cannot have both members: "x's lid ... its colour", the lid's."""
    places: dict[int, int] = {}
    again = any(
        places.setdefault(id(word.token), at) < at - 1 and word.text == "'s" for at, word in enumerate(words.words)
    )
    if not again:
        return
    targets = (each.target for each in traversal.walk(statements) if isinstance(each, s.Set))
    owned: dict[e.Expr, list[str]] = {}
    for each in (*expressions, *targets):
        if isinstance(each, e.Field) and each.name.lower() in lexicon.owners:
            owned.setdefault(each.owner, []).append(each.name)
    for owner, names in owned.items():
        if not frozenset.intersection(*(frozenset(lexicon.owners[name.lower()]) for name in names)):
            yield f"whose {names[-1]!r} is meant, {say_value(owner)}'s or that of its {names[0]!r}"


def _negations(words: list[Word], expressions: list[e.Expr], statements: Statements) -> Iterator[str]:
    """A negation of the sentence that nothing of its reading has."""
    said = sum(word.kind in ("word", "term") and word.text in _NEGATIONS for word in words)
    if said:
        kept = sum(_denies(each) for each in expressions)
        ends = s.Abort if "further" in [word.text for word in words] else s.Else  # "take no further action"
        kept += sum(isinstance(each, s.Else | ends) for each in traversal.walk(statements))
        kept += sum(_count(text, _NEGATIONS) for text in _texts(expressions, statements))
        if kept < said:
            yield "a negation is lost"


def _denies(expression: e.Expr) -> bool:
    match expression:
        case e.Not() | e.Is(right=None | False | e.Sequence(items=())):
            return True
        case e.Conditional() | e.Compare(operator="<=" | ">="):  # "if not", "does not exceed"
            return True
        case _:
            return False


def _texts(expressions: list[e.Expr], statements: Statements) -> Iterator[str]:
    """Give everything that a reading has in words."""
    for expression in expressions:
        match expression:
            case e.Input(text=text) | e.Choice(name=text) | e.Apply(name=text) | e.Associated(name=text):
                yield text
            case str():
                yield expression
    for statement in traversal.walk(statements):
        match statement:
            case s.Remark(text=text) | s.Perform(name=text) | s.NotUnderstood(text=text):
                yield text
            case s.Call(algorithm=text):
                yield text


def _count(text: str, words: frozenset[str]) -> int:
    return sum(word in words for word in text.lower().replace(",", " ").split())


def _constants(words: list[Word], expressions: list[e.Expr], statements: Statements) -> Iterator[str]:
    """A constant of the sentence that its reading does not have."""
    for word, value in _CONSTANTS:
        said = any(each.text == word and each.kind in ("word", "string", "idl", "term") for each in words)
        if not said or ANY in expressions or ALL in expressions:
            continue
        found = any(part is value for part in expressions) or (
            value is False and any(isinstance(part, e.Not | e.Is) for part in expressions)
        )
        found = found or any(_count(text, frozenset((word,))) for text in _texts(expressions, statements))
        ends = value is None and any(isinstance(each, s.Return | s.Resolve) for each in traversal.walk(statements))
        if not found and not ends:
            yield f"{word!r} is lost"


def _flags(words: Words, statements: Statements, lexicon: Lexicon) -> Iterator[str]:
    """What is set to true or false although the sentence does not say so, and is no flag."""
    said = {word.text for word in words.words}
    if said & {"true", "false", "flag", "flags"}:
        return
    for statement in traversal.walk(statements):
        if isinstance(statement, s.Set) and isinstance(statement.value, bool):
            name = statement.target.name if isinstance(statement.target, e.Field | e.Var) else ""
            if not lexicon.is_flag(name):
                yield f"{name!r} is set to what the sentence does not say"


def _things(expressions: list[e.Expr]) -> Iterator[str]:
    """A comparison, a command or a plain word that was taken for a thing."""
    for each in expressions:
        if isinstance(each, e.Is) and type(each.left) is int and each.right is None:
            yield f"{each.left} was taken for a number"
        for part in _values_in(each):
            text = part.text if isinstance(part, e.Input) else part.name if isinstance(part, e.Apply) else ""
            if any(relation in f"{text} " for relation in _RELATIONS):
                yield f"{text!r} was taken for a thing"
        if isinstance(each, e.Apply) and each.name.lower() in _VERBS:
            yield f"{each.name!r} was taken for a value"


def _values_in(expression: e.Expr) -> tuple[e.Expr, ...]:
    """Give the values that an expression is made of; conditions are none."""
    match expression:
        case e.And() | e.Or() | e.Not():
            return ()
        case e.Conditional(then=then, otherwise=otherwise):
            return (then, otherwise)
        case _:
            return e.operands(expression)


def _fragments(expressions: list[e.Expr], words: Words) -> Iterator[str]:
    """One of several conditions that is no condition: a thing that the others speak of, or a part of a list."""
    for each in expressions:
        for part in (each.left, each.right) if isinstance(each, e.And | e.Or) else ():
            if isinstance(part, e.Apply) and not part.arguments and "agent" not in words.texts:
                yield f"{part.name!r} was taken for a condition"
            if isinstance(part, e.Is) and isinstance(part.left, e.Var) and part.right is True:
                if "true" not in words.texts:
                    yield f"{part.left.name!r} was taken for a condition"
            elif isinstance(part, e.Input) and part not in (ANY, ALL) and not _SAYS.search(_bare(part)):
                yield f"{part.text!r} was taken for a condition"


def _bare(said: e.Input) -> str:
    """Give words without the variables among them, and without what those own."""
    names = {name for read in said.reads for name in e.variables(read)}
    return " ".join(word for word in said.text.split() if word.removesuffix("'s").split(".")[0] not in names)


def _no_acts(statements: Statements, words: Words, lexicon: Lexicon) -> Iterator[str]:
    """A thing, as its article says, or what was done to one, that was taken for what is done."""
    made = {word.token.term for word in words.words if word.kind == "term" and word.token.text.lower().endswith("ed")}
    for statement in traversal.walk(statements):
        if isinstance(statement, s.Perform | s.Call) and not statement.arguments:
            name = statement.name if isinstance(statement, s.Perform) else statement.algorithm
            if name in made:
                yield f"{name!r} was taken for what is done"
    things = {
        word.token.term if word.kind == "term" else word.token.text
        for at, word in enumerate(words.words)
        if words.ends[at] and word.kind in LINKS and word.article and words.texts[at - 1] not in _RUNS
    }
    for statement in traversal.walk(statements):
        if isinstance(statement, s.Perform) and statement.name in things and lexicon.algorithm(statement.name) is None:
            yield f"{statement.name!r} was taken for what is done"


def _plain_words(statements: Statements) -> Iterator[str]:
    """A plain word that was taken for a value: it is one where steps return it, or where it is one of several."""
    for statement in traversal.walk(statements):
        for expression in operands_of(statement):
            if isinstance(statement, s.Return) and isinstance(expression, Plain):
                continue
            listed = {id(part) for each in e.parts(expression) if isinstance(each, e.Or) for part in e.parts(each)}
            for part in e.parts(expression):
                if isinstance(part, Plain) and part not in _RESULTS and id(part) not in listed:
                    yield f"{part!s} was taken for a value"


def _conditions(statements: Statements) -> Iterator[str]:
    """A condition in its own words that holds a command, an explanation, or too much."""
    for statement in traversal.walk(statements):
        if not isinstance(statement, s.If | s.While | s.WaitUntil | s.Assert | s.Whenever):
            continue
        for expression in operands_of(statement):
            for part in e.parts(expression):
                if isinstance(part, e.Input) and part not in (ANY, ALL, FALSE) and _is_more(part.text):
                    yield f"{part.text!r} is more than a condition"


def _is_more(text: str) -> bool:
    said = text.lower().split()
    if (said[0] in _PRONOUNS and not _IMPERSONAL.search(text.lower())) or _ANY_STEP.search(text.lower()):
        return True
    if said[:2] in (["under", "condition"], ["on", "condition"]) or said[:2] == ["provided", "that"]:
        return True
    if _BINDS.search(text) or "following" in said or said[:1] == ["but"]:
        return True
    if len(said) > LONGEST_CONDITION or any(word in text.lower() for word in _EXPLAINS):
        return True
    if said[0] in _VERBS | DEEDS and said[1:2] != ["is"]:
        return True
    if any(word == "if" and at and said[at - 1] not in _ASKS for at, word in enumerate(said)):
        return True
    return any(word in _VERBS and said[at - 1] in _JOINS for at, word in enumerate(said) if at)
