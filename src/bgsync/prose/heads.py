"""The head of an algorithm: its name, its parameters, the promise it returns, and when it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bgsync.prose.grammar.words import words_of
from bgsync.prose.page.document import AlgorithmText, Interface, Place, Sentence, Token


@dataclass(frozen=True)
class Head:
    """What introduces a list of steps."""

    name: str
    parameters: tuple[str, ...]
    returns: str | None
    method: bool
    """Whether script can call it."""
    queue: str | None
    """The parallel queue that all its steps are enqueued to."""
    occasion: str | None
    """What makes the user agent run it by itself, in the words of the text."""
    place: Place
    sentence: Sentence | None
    parallel: bool = False
    """Whether it says that the steps run in parallel."""
    defaults: tuple[tuple[str, Sentence], ...] = ()
    """What a parameter is where none is given, in the words of the text."""


_RUN = re.compile(
    r"\b(?:when|whenever|once|if) (.*?) ,? (?:user agent (?:must|should|shall|may|will) )?(?:run|perform|execute)\b"
)
_RESPOND = re.compile(r"\bto (respond to .*?) (?:,|user agent)")
_PARALLEL = re.compile(r"\b(?:run|perform|execute|do|continue)\b[^,.]* in parallel\b|^in parallel\b|, in parallel\b")
_PLAIN = re.compile(r"[^\w\s-]")


def head_of(text: AlgorithmText) -> Head:
    """Read the head of an algorithm; one without a name is named after its line."""
    sentences = [*text.introduction]
    tokens = [token for sentence in sentences for token in sentence.tokens]
    heading = list(text.heading.tokens) if text.heading else []
    name = _name([*tokens], [*heading])
    said = " ".join(" ".join(words_of(sentence).texts) for sentence in sentences)
    returns = _after(tokens, ("promise",))
    method = name is not None and ("(" in name.text or name.type == "method")
    shown = name.text if name else _plain(text.heading) or f"steps at line {text.place.line}"
    shown, _, inside = shown.partition("(")
    declared = [word.strip(" |?.…") for word in re.split(r"[,\[\]]", inside.rstrip(") ")) if word.strip(" |?.…")]
    variables = dict.fromkeys(token.text for token in tokens if token.kind == "var")
    given = declared or [name for name in variables if name != returns]
    if method:
        given = [word.split()[-1] for word in declared]
    occasion = _RUN.search(said) or _RESPOND.search(said)
    queue = re.search(r"enqueue (?:following|these) steps (?:to|on) (.*)", said)
    return Head(
        shown.strip(),
        tuple(given),
        returns,
        method,
        _last_term(sentences) if queue else None,
        occasion[1] if occasion and not method else None,
        text.introduction[0].place if text.introduction else text.place,
        text.introduction[-1] if text.introduction else None,
        bool(_PARALLEL.search(said)),
        tuple(_defaults(tokens)),
    )


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


def declared_defaults(name: str, interfaces: Iterable[Interface]) -> Iterator[tuple[str, str]]:
    """Give the parameters of a method that have a default in a block of IDL, with the default as written."""
    for interface in interfaces:
        for found in re.finditer(rf"\b{re.escape(name)}\s*\(([^()]*)\)", interface.text):
            for argument in found[1].split(","):
                declared, _, value = argument.partition("=")
                if value and declared.split():
                    yield declared.split()[-1], value.strip()


def declared_promise(name: str, interfaces: Iterable[Interface]) -> bool:
    """Whether a method is declared to return a promise in a block of IDL."""
    return any(
        re.search(rf"\bPromise\s*(?:<|&lt;)[^;{{}}()]*(?:>|&gt;)\s*{re.escape(name)}\s*\(", interface.text)
        for interface in interfaces
    )


def _name(tokens: list[Token], heading: list[Token]) -> Token | None:
    """Give the token that names it: a definition, or else a link in its heading."""
    for token in (*tokens, *heading):
        if token.kind == "dfn":
            return token
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
