"""What makes a numbered list an algorithm: what is said right before it, or what its own items begin with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from bgsync.prose.page.document import Sentence, spoken
from bgsync.prose.page.markup import Element

STEPS_FOLLOW = re.compile(
    r"\b(?:following|these|those|below)\s(?:[\w-]+\s){0,3}(?:sub-?)?(?:steps|algorithm)\b|\b(?:sub-?)?steps\b[^.]*:$",
    re.IGNORECASE,
)
"""What says that steps follow."""
_INPUTS = re.compile(r"\s*(?:inputs?|arguments?|parameters?)\b", re.IGNORECASE)
_OUTPUTS = re.compile(r"\s*(?:outputs?|returns?|results?|return value)\b", re.IGNORECASE)
_COMMANDS = frozenset(
    (
        *("abort", "add", "append", "assert", "await", "break", "call", "clear", "complete", "continue", "create"),
        *("decrement", "delete", "dequeue", "detach", "dispatch", "empty", "enqueue", "execute", "exit", "fire"),
        *("follow", "for", "fulfil", "fulfill", "if", "in", "increment", "initialize", "insert", "invoke", "let"),
        *("mark", "notify", "otherwise", "perform", "prepend", "queue", "reject", "remove", "replace", "resolve"),
        *("return", "run", "schedule", "set", "start", "stop", "terminate", "throw", "unless", "unset", "upon"),
        *("wait", "when", "while"),
    )
)
"""What a step begins with, in lower case."""
_FIRST = re.compile(r"\W*([A-Za-z-]+)")
_VARIABLE = re.compile(r"<var\b|(?<![\w|])\|[^\W\d]\w*(?:[ -]\w+)*(?:\s?:\s?[^|\n]{1,100})?\|")


def defines(sentences: Iterable[Sentence]) -> bool:
    """Whether sentences define something."""
    return any(token.kind == "dfn" for sentence in sentences for token in sentence.tokens)


def says_steps(sentences: tuple[Sentence, ...]) -> bool:
    """Whether a paragraph says that steps follow."""
    return STEPS_FOLLOW.search(sentences[-1].text) is not None


def told_at_once(sentence: Sentence) -> tuple[Sentence, Sentence] | None:
    """Give the head and the only step of an algorithm that one sentence tells; None where it tells none.

    "The lend() method steps are to ..." is one, and "The lend() method must ...", "To lend a |book|, set ...", and
    "When lend() is called, the user agent must ..."; a getter that only returns is none.
    """
    tokens = sentence.tokens
    said = [token.text.lower() if token.kind in ("word", "mark", "term") else "" for token in tokens]
    for at in range(1, len(said) - 3):
        if said[at : at + 3] == ["steps", "are", "to"]:
            returns = "getter" in said[:at] and said[at + 3] == "return"
            return None if returns else (spoken(tokens[: at + 2]), spoken(tokens[at + 3 :]))
    defined = next((at for at, token in enumerate(tokens) if token.kind == "dfn"), None)
    if defined is not None and tokens[defined].text.endswith(")"):
        alone = not any(token.kind == "dfn" for token in tokens[defined + 1 :])
        for at in range(defined + 1, len(said) - 3):
            when = said[0] == "when" and said[at : at + 3] == ["user", "agent", "must"]
            if when and not STEPS_FOLLOW.search(sentence.text):
                return spoken(tokens[: at - (said[at - 1] == "the")]), spoken(tokens[at + 3 :])
            if alone and said[at : at + 2] == ["method", "must"] and not sentence.text.rstrip().endswith(":"):
                begin = at + 2 + (said[at + 2] == ",")
                if said[begin] in _COMMANDS - {"return"} and not STEPS_FOLLOW.search(sentence.text):
                    return spoken(tokens[: at + 1]), spoken(tokens[begin:])
    if defined is None or said[:1] != ["to"]:
        return None
    for mark in (":", ","):
        for at in range(defined + 1, len(said) - 1):
            if said[at] == mark and said[at + 1] in _COMMANDS and said[at + 1] != "for":
                return spoken(tokens[:at]), spoken(tokens[at + 1 :])
    return None


def has_definitions(element: Element) -> bool:
    """Whether most items of a list define something, so that they are no steps."""
    items = [child for child in element.children if isinstance(child, Element)]
    defining = [
        item for item in items if any(isinstance(part, Element) and part.name == "dfn" for part in item.children)
    ]
    return len(defining) * 2 > len(items)


def tells_to_do(element: Element, plain: Callable[[Element], str], source: str) -> bool:
    """Whether most items of a list begin with a command or speak of variables, so that they are steps."""
    items = [child for child in element.children if isinstance(child, Element) and child.name == "li"]
    found = 0
    for item in items:
        first = _FIRST.match(plain(item)[:100])
        inside = source[item.start : _end(item)]
        found += bool((first and first[1].lower() in _COMMANDS) or _VARIABLE.search(inside))
    return found * 2 > len(items)


def _end(element: Element) -> int:
    last = element
    while isinstance(last, Element) and last.children:
        last = last.children[-1]  # type: ignore[assignment]  # a leaf ends the loop
    return getattr(last, "end", last.start)


def is_inputs(element: Element, plain: Callable[[Element], str]) -> bool:
    """Whether a list of names with values says what an algorithm takes and gives."""
    names = [plain(name) for name, _ in _entries(element)]
    return bool(names) and all(_INPUTS.match(name) or _OUTPUTS.match(name) for name in names)


def inputs(element: Element, plain: Callable[[Element], str]) -> Iterator[Element]:
    """Give the values under the names that speak of inputs."""
    for name, values in _entries(element):
        if _INPUTS.match(plain(name)):
            yield from values


def _entries(element: Element) -> list[tuple[Element, list[Element]]]:
    found: list[tuple[Element, list[Element]]] = []
    for child in element.children:
        if isinstance(child, Element) and child.name == "div":
            found += _entries(child)
        elif isinstance(child, Element) and child.name == "dt":
            found.append((child, []))
        elif isinstance(child, Element) and child.name == "dd" and found:
            found[-1][1].append(child)
    return found
