"""The head of an algorithm: its name, its parameters, the promise it returns, and when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import shorten

from bgsync.prose.grammar.words import ARTICLES, LINKS, words_of
from bgsync.prose.idl import Idl
from bgsync.prose.inline import sentence_of
from bgsync.prose.page.document import AlgorithmText, Item, Numbered, Place, Sentence, Token


@dataclass(frozen=True)
class Head:
    """What introduces a list of steps."""

    name: str
    parameters: tuple[str, ...]
    returns: str | None
    method: bool
    """Whether script can call it."""
    defined: bool
    """Whether a definition names it, so that others may run it."""
    queue: str | None
    """The parallel queue that all its steps are enqueued to."""
    occasion: str | None
    """What makes the user agent run it by itself, in the words of the text."""
    place: Place
    sentence: Sentence | None
    defaults: tuple[tuple[str, Sentence], ...] = ()
    """What a parameter is where none is given, in the words of the text."""
    optional: frozenset[str] = frozenset()
    """The parameters that a call may leave out."""
    condition: str | None = None
    """What has to be true for it to run, in the words of the text."""
    parallel: bool = False
    """Whether it says that the steps run in parallel."""
    task: bool = False
    """Whether what its steps are enqueued to runs tasks."""
    promised: bool = False
    """Whether it is declared to return a promise."""
    this: str = ""
    """The variable that it gives the object which it is invoked on."""
    scope: str = ""
    """The type that its definition is for, which is that of `this`."""


_RUN = re.compile(
    r"\b(?:when|whenever|once|if) (.*?) ,? (?:user agent (?:must|should|shall|may|will) )?(?:run|perform|execute)\b"
)
_RESPOND = re.compile(r"\bto (respond to .*?) (?:,|user agent)")
_QUEUE = re.compile(
    r"\benqueue (?:following|these) steps (?:to|on) |\bqueue (?:[\w-]+ ){0,3}task (?:on|using|given) .*\bto\b"
)
_PARALLEL = re.compile(
    r"\b(?:run|perform|execute|do|continue)\b[^,.]* (?:in parallel|async(?:hronously)?)\b"
    r"|(?:^|, )(?:in parallel|async(?:hronously)?)\b"
    r"|\b(?:in parallel|async(?:hronously)?) (?:run|perform|execute|do)\b"
)
_PLAIN = re.compile(r"[^\w\s-]")


_LOOP = re.compile(r"(?:for (?:each|every)|if|while|unless)\b", re.IGNORECASE)


def with_steps_of_introduction(text: AlgorithmText) -> AlgorithmText:
    """Give an algorithm in which a loop or a condition right before the list is its only step, and holds the others."""
    *before, last = text.introduction or (None,)
    if not before or last is None or not _LOOP.match(last.text) or not last.text.endswith(":"):
        return text
    item = Item((last, text.steps), last.place)
    return replace(text, introduction=tuple(before), steps=Numbered((item,), last.place))


def head_of(text: AlgorithmText, idl: Idl) -> Head:
    """Read the head of an algorithm; one without a name is named after its line."""
    sentences = [*text.introduction]
    tokens = [token for sentence in sentences for token in sentence.tokens]
    heading = list(text.heading.tokens) if text.heading else []
    name = _name(tokens, heading, sentences[-1].tokens if sentences else ())
    said = " ".join(" ".join(words_of(sentence).texts) for sentence in sentences)
    returns = _after(tokens, ("promise",))
    shown = name.text if name else _plain(text.heading) or f"steps at line {text.place.line}"
    shown, parentheses, inside = shown.partition("(")
    shown = shown.strip()
    abstract = shown[:1].isupper() and shown not in idl.operations
    method = name is not None and bool(parentheses) and not abstract
    operation = idl.operations.get(shown) if method else None
    given = _linked(tokens, shown) or _in_parentheses(inside)
    if not given and (text.inputs or not method):
        spoken = text.inputs or tuple(token for token in tokens if token.kind == "var")
        given = [token.text for token in spoken if token.text != returns]
    declared = operation.parameters if operation else ()
    given = given or [name for name, _, _ in declared]
    defaults = [(name, sentence_of(value)) for name, _, value in declared if value]
    occasion, condition = _occasion(said)
    queue = _QUEUE.search(said)
    return Head(
        shown,
        tuple(dict.fromkeys(given)),
        returns,
        method,
        name is not None and name.kind == "dfn",
        _last_term(sentences) if queue else None,
        None if method or CALLED.search(occasion or "") else occasion,
        text.introduction[0].place if text.introduction else text.place,
        text.introduction[-1] if text.introduction else None,
        tuple({**{name: value for name, value in defaults if value}, **dict(_defaults(tokens))}.items()),
        frozenset((*_optional(tokens), *(name for name, left, _ in declared if left))),
        condition,
        bool(_PARALLEL.search(said)),
        queue is not None and not queue[0].startswith("enqueue"),
        operation is not None and operation.returns.startswith("Promise"),
        _invoked_on(tokens),
        name.scope if name and (method or CALLED.search(said)) else "",
    )


def _invoked_on(tokens: list[Token]) -> str:
    """Give the variable of "when invoked on a {{Shelf}} |shelf|"."""
    plain = [token for token in tokens if token.text.lower() not in ARTICLES]
    for invoked, on, kind, variable in zip(plain, plain[1:], plain[2:], plain[3:], strict=False):
        said = (invoked.text.lower(), on.text.lower()) in (("invoked", "on"), ("called", "on"))
        if said and kind.kind in LINKS and variable.kind == "var":
            return variable.text
    return ""


def _in_parentheses(inside: str) -> list[str]:
    """Give the names between the parentheses after a method, types and marks left out."""
    words = (_named(word.strip(" |?.…")).split() for word in re.split(r"[,\[\]]", inside.rstrip(") ")))
    return [each[-1].strip(" |?.…") for each in words if each and each[-1].strip(" |?.…")]


def _named(word: str) -> str:
    """Give the name in "name: Type" and in "Type: name"."""
    first, colon, second = (each.strip(" |") for each in word.partition(":"))
    return second if colon and first[:1].isupper() and second[:1].islower() else first


def _linked(tokens: list[Token], name: str) -> list[str]:
    """Give the parameters of a method that its introduction names it with, of all its overloads."""
    return [
        given
        for token in tokens
        if token.kind in LINKS and token.text.partition("(")[0].rpartition("/")[2] == name
        for given in _in_parentheses(token.text.partition("(")[2])
    ]


def _occasion(said: str) -> tuple[str | None, str | None]:
    """Give what makes the user agent run the steps, and what has to be true then."""
    found = _RUN.search(said) or _RESPOND.search(said)
    if found is None:
        return None, None
    occasion, comma, condition = found[1].partition(" , if ")
    return occasion, condition if comma else None


def _optional(tokens: list[Token]) -> Iterator[str]:
    """Find "an optional |days|", "optionally a |colour|"."""
    left = False
    for token in tokens:
        if token.kind == "var":
            if left:
                yield token.text
            left = False
        elif token.text.lower() in ("optional", "optionally", "default", "defaults"):
            left = True
        elif token.text in (",", ".", ":", "and"):
            left = False


CALLED = re.compile(r"\b(?:getter|setter|constructor|method|invoked)\b")
"""What a head speaks of that is about something that script does."""


def not_read(text: AlgorithmText, head: Head) -> str:
    """Say that a head is not understood; "" where it is that of a method, or defines what others call."""
    if head.method:
        return ""
    if head.occasion is not None:
        return f"its head is not understood: it runs when {head.occasion}"
    said = " ".join(sentence.text for sentence in text.introduction)
    names = any(token.kind == "dfn" for sentence in text.introduction for token in sentence.tokens)
    if names and not CALLED.search(said.lower()):
        return ""
    return f"its head is not understood: {shorten(said, 100, placeholder=' ...') or 'there is none'}"


def _defaults(tokens: list[Token]) -> Iterator[tuple[str, Sentence]]:
    """Find "|days| (default 14)" and "|days|, which defaults to 14"."""
    variable = ""
    for at, token in enumerate(tokens):
        variable = token.text if token.kind == "var" else variable
        if variable and token.text.lower() in ("default", "defaults", "defaulting"):
            value = next((each for each in tokens[at + 1 :] if each.text.lower() not in _BEFORE_VALUE), None)
            if value is not None and value.kind != "mark":
                yield variable, Sentence((value,), value.text, value.place)


_BEFORE_VALUE = ("is", "to", "of", "value", "being", ":", "=", "a", "an", "the")


def _name(tokens: list[Token], heading: list[Token], said_last: tuple[Token, ...]) -> Token | None:
    """Give the token that names it: a definition, a link to a method in its introduction, or a link in its heading."""
    for token in (*said_last, *tokens, *heading):
        if token.kind == "dfn":
            return token
    for token in tokens:
        if token.kind == "idl" and token.text.endswith(")"):
            return token._replace(text=token.text.rpartition("/")[2])
    return next((token for token in heading if token.kind in ("term", "idl")), None)


def _plain(heading: Sentence | None) -> str:
    return _PLAIN.sub("", heading.text).strip() if heading else ""


def _after(tokens: list[Token], words: tuple[str, ...]) -> str | None:
    """Give the variable that comes right after "a new promise"."""
    for at, token in enumerate(tokens[:-1]):
        if token.text.lower().endswith(words) and "new" in (*token.text.lower().split(), tokens[at - 1].text.lower()):
            following = tokens[at + 1]
            if following.kind == "var":
                return following.text
    return None


def _last_term(sentences: list[Sentence]) -> str:
    terms = [token for sentence in sentences for token in sentence.tokens if token.kind == "term"]
    return terms[-1].term if terms else "parallel queue"
