"""The parser of prose, and what no table describes: names, single tokens, and what is left in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bgsync.language import expressions as e
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.spans import Parser, Result, Special
from bgsync.prose.grammar.wordclasses import (
    BACK,
    COMMANDS,
    CONSTANTS,
    DEEDS,
    DETERMINERS,
    ENDS_CONDITION,
    INSTANCE,
    NO_END,
    NO_START,
    NOT_PLAIN,
    QUALIFIERS,
    REQUIRES,
    RUNNING,
    SETTLED,
    SEVERAL,
    STARTS,
    STEPS_THAT,
    STOP,
    SUFFIXES,
    TELLING,
    THINGS_MARKS,
    VAGUE,
    VERBAL,
)
from bgsync.prose.grammar.words import LIMITS, LINKS, Words, number_of

UNREAD = 40
"""The cost of a phrase that is left in its own words."""
PLAIN = 5
"""The cost of a plain word that is taken for a value."""
OPAQUE = 20
"""The cost of a thing that is left in its own words: it may be any value."""
MOST_OPAQUE = 14
"""How many words it has at most."""
FREE = 15
"""The cost of a condition that is left in its own words: it may be true or false at any time."""


class Plain(str):
    """A plain word that was taken for a value, since nothing says what else it is."""

    __slots__ = ()


class Literal(str):
    """A string that the text quotes, and no name of a type."""

    __slots__ = ()


class Unread(e.Input):
    """A value that was not understood: anything at all, in its own words."""


class Phrases(Parser):
    """Parses noun phrases and conditions of one sentence."""

    words_only = frozenset({"outcome", "steps", "run", "loose", "queue"})

    def __init__(self, words: Words, lexicon: Lexicon) -> None:
        super().__init__(words)
        self.lexicon = lexicon
        tokens = [word.token for word in words.words if word.kind in LINKS]
        self.linked = {name.lower() for token in tokens for name in (token.term, token.text)}
        """What the sentence links."""

    def ends_of(self, category: str, start: int) -> Sequence[int] | None:
        """Give where a name, a variable or an operation that begins at a place can end."""
        match category:
            case "var" | "word" | "quoted" | "camel":
                return (start + 1,)
            case "term":
                return (self.words.ends[start],)
            case "name" | "attribute" | "kind" | "capital" | "exception" | "argument":
                end = self.words.ends[start]
                if not end or self.texts[start] == "associated":
                    return range(start + 1, start + 8)
                return (end, end + 1, end + 2) if self.texts[end : end + 2] == ("internal", "slot") else (end, end + 1)
            case "operation":
                end = self.words.ends[start]
                named = self.texts[start + 1 if self.texts[start] in RUNNING and start + 1 < self.size else start]
                return (end, end + 1) if end else None if self.lexicon.may_begin(named) else ()
            case _:
                return None

    def _word(self, start: int, end: int) -> Result | None:
        word = self.words.words[start]
        ok = end == start + 1 and (word.kind == "var" or (word.kind == "word" and word.text not in STOP))
        return Result(0 if word.kind == "var" else 1, word.token.text) if ok else None

    def _term(self, start: int, end: int) -> Result | None:
        whole = self.words.ends[start] == end and self.words.words[start].kind == "term"
        return self._name(start, end) if whole else None

    def _claim(self, start: int, end: int) -> Result | None:
        """A term that is true or not; one with an article is a thing."""
        return None if self.words.words[start].article else self._term(start, end)

    def _verbal(self, start: int, end: int) -> Result | None:
        """A term that says something of what stands before it, such as "should be renewed"."""
        return self._term(start, end) if self.texts[start] in VERBAL else None

    def _quoted(self, start: int, end: int) -> Result | None:
        word = self.words.words[start]
        return Result(0, word.text) if end == start + 1 and word.kind == "string" else None

    def _capital(self, start: int, end: int) -> Result | None:
        """The name of an enumeration or an interface."""
        found = self._name(start, end)
        return found if found is not None and found.value[:1].isupper() else None

    def _exception(self, start: int, end: int) -> Result | None:
        """The name of an exception; "exception" after it says nothing more."""
        if end - start > 1 and self.texts[end - 1] in ("exception", "error", "DOMException", "domexception"):
            end -= 1
        word = self.words.words[start]
        named = self.words.ends[start] == end or (end == start + 1 and word.kind in ("word", "string"))
        if not named or word.kind == "var" or word.text in STOP or word.text in CONSTANTS:
            return None
        return Result(0 if word.kind in ("idl", "string") else 2, word.token.text.strip('"'))

    def _camel(self, start: int, end: int) -> Result | None:
        """The name of an abstract operation: a word with a capital inside."""
        word = self.words.words[start]
        ok = end == start + 1 and word.kind in ("word", "idl") and any(each.isupper() for each in word.token.text[1:])
        return Result(0, word.token.text) if ok else None

    def _described(self, start: int, end: int) -> Result | None:
        """What a term or an interface calls a thing, in "is an [=overdue loan=]"."""
        word = self.words.words[start]
        if self.words.ends[start] != end or word.article not in ("a", "an"):
            return None
        found = self._name(start, end)
        return None if found is None or self.lexicon.value(found.value) else found

    def _text(self, start: int, end: int) -> Result | None:
        """Words of one clause."""
        if any(text in ENDS_CONDITION for text in self.literals[start:end]):
            return None
        return Result(end - start, self.words.said(start, end))

    def _rest(self, start: int, end: int) -> Result | None:
        """Any words, to the end of the sentence."""
        return Result(end - start, self.words.said(start, end)) if end == self.size else None

    def _why(self, start: int, end: int) -> Result | None:
        """A reason, to the end of the sentence: nothing in it tells to do something."""
        tells = any(text in COMMANDS or text in STARTS for text in self.texts[start:end])
        return None if tells else self._rest(start, end)

    def _comment(self, start: int, end: int) -> Result | None:
        """What explains, to the end of the sentence: it speaks of no end, of no promise and of nothing allowed."""
        tells = any(text.startswith(TELLING) or text in REQUIRES for text in self.texts[start:end])
        return None if tells else self._why(start, end)

    def _argument(self, start: int, end: int) -> Result | None:
        """A name that is given as it stands, such as that of an interface; no clause."""
        return None if self.texts[start] in COMMANDS | STARTS else self._name(start, end)

    def _kind(self, start: int, end: int) -> Result | None:
        """The name of a type, which may be dropped; what says which of its things is meant may not."""
        return None if self.texts[start] in QUALIFIERS and not self.words.ends[start] else self._name(start, end)

    def _role(self, start: int, end: int) -> Result | None:
        """What something is given as: a link, a word, or words that say so ("the first argument"); no adverb."""
        texts, linked = self.texts[start:end], self.words.ends[start]
        told = len(texts) == 1 and not texts[0].endswith(("ed", "ly")) and texts[0] not in ("possible", "follows")
        told = told or (len(texts) < 4 and texts[-1] in (*SUFFIXES, "argument", "parameter", "input"))
        return self._name(start, end) if linked or told else None

    def _parameter(self, start: int, end: int) -> Result | None:
        """The link that names a parameter."""
        return Result(0, self.words.words[start].token.text) if self.words.ends[start] == end else None

    def _loose(self, start: int, end: int) -> Result | None:
        few = end - start <= 3 and LIMITS.isdisjoint(self.texts[start:end])
        return Result(end - start, self.words.said(start, end)) if few else None

    def _open(self, start: int, end: int) -> Result | None:
        if self.texts[start] in NO_START or self.texts[end - 1] in NO_END:
            return None
        opened = self._input(start, end)
        if self._is_plain_thing(start, end):
            return Result(OPAQUE + end - start, opened)
        return Result(UNREAD + end - start, Unread(opened.text, opened.reads))

    def _thing(self, start: int, end: int) -> Result | None:
        """A thing that is not followed, in the text's own words."""
        plain = self._is_plain_thing(start, end) and self.texts[end - 1] not in NO_END
        return Result(OPAQUE + end - start, self._input(start, end)) if plain else None

    def _deed(self, start: int, end: int) -> Result | None:
        """What is done for the user or by the device, in the text's own words: nothing that is followed changes."""
        if self.texts[start] not in DEEDS or self.words.words[start].kind != "word" or end - start < 2:
            return None
        if not self._is_plain_thing(start + 1, end, bare=True):
            return None
        rest = self._input(start + 1, end)
        return Result(OPAQUE + end - start, e.Input(f"{self.texts[start]} {rest.text}", rest.reads))

    def _is_plain_thing(self, start: int, end: int, *, bare: bool = False) -> bool:
        """Whether words name one thing that is not followed: nothing in them says more than what it is.

        No clause, choice or enumeration, no verb that tells to do something, and nothing that the text defines and that
        is followed: what names that in words that are not understood may mean it.
        """
        words, lexicon = self.words.words[start:end], self.lexicon
        said = words[0].article or self.texts[start] in DETERMINERS or any(word.kind in LINKS for word in words)
        if not (said or bare) or end - start > MOST_OPAQUE or self.texts[start:end] in BACK or words[-1].text == "this":
            return False
        pairs = set(zip(self.texts[start:end], self.texts[start + 1 : end], strict=False))
        if not STEPS_THAT.isdisjoint(pairs) or any(a == "when" and not b.endswith("ed") for a, b in pairs):
            return False
        passive, between = self.texts[start] == "thrown", False
        for word in words:
            link = word.token.term.lower() if word.kind in ("term", "idl") else ""
            held = link in lexicon.members or link in lexicon.values or link in lexicon.lists
            held = held or (self.texts[start] == "that" and lexicon.list_of(link) is not None)  # which one, is not said
            if held or (link and (lexicon.algorithm(link) is not None or link.startswith(SETTLED))):
                return False
            if word.text == "and" and between:
                between = False
                continue
            between = between or word.text == "between"
            if word.kind == "word" and (word.text in NOT_PLAIN or word.text.startswith(TELLING)) and not passive:
                return False
            passive = word.text in ("was", "were", "been", "is", "are") or word.text == "thrown"
            if word.kind == "mark" and word.text not in THINGS_MARKS:
                return False
            if word.kind == "word" and (word.text in lexicon.members or word.text in lexicon.values):
                return False
        return True

    def _free(self, start: int, end: int) -> Result | None:
        """A condition in its own words: one clause, and nothing that tells to do something."""
        literals = self.literals
        if end == start + 1 and literals[start] == "any":
            return None
        if literals[end - 1] in ("and", "or", "not", "is") or literals[start] in ("and", "or", "if"):
            return None
        if "must" in literals[start:end] or "shall" in literals[start:end]:
            return None
        for place in range(start, end):
            text = literals[place]
            if (text in ENDS_CONDITION and text != "if") or (text in COMMANDS and self._commands(text, place, end)):
                return None
        return Result(FREE + end - start, self._input(start, end))

    def _commands(self, text: str | None, place: int, end: int) -> bool:
        if text == "set":
            passive = self.literals[place - 1] in ("is", "are", "be", "been")
            return "to" in self.literals[place + 1 : end] and not passive
        return place + 1 < end and self.words.words[place].kind == "word"

    def _input(self, start: int, end: int) -> e.Input:
        reads = tuple(dict.fromkeys(variable(name) for name in self.words.variables(start, end)))
        return e.Input(self.words.said(start, end), reads)

    def _variable(self, start: int, end: int) -> Result | None:
        word = self.words.words[start]
        return Result(0, variable(word.text)) if end == start + 1 and word.kind == "var" else None

    def _token(self, start: int, end: int) -> Result | None:
        """A thing that one token names, or a name."""
        word = self.words.words[start]
        if end == start + 1:
            if word.kind == "var":
                return Result(0, variable(word.text))
            if word.kind == "string":
                return Result(0, self.lexicon.value(word.text) or Literal(word.text))
            if word.kind == "number":
                number = number_of(word.text)
                return None if number is None else Result(0, number)
            if word.text in CONSTANTS:
                return Result(0, CONSTANTS[word.text])
            if word.text == "this":
                return Result(0, e.Var("this"))
        if word.text == "associated" and not self.words.ends[start]:
            found = self._name(start + 1, end) if end > start + 1 else None
            return None if found is None else Result(found.cost, e.Associated(found.value))
        named = self.part("name", start, end)
        return None if named is None else self._noun(start, end, named)

    def _noun(self, start: int, end: int, named: Result) -> Result | None:
        name, word = named.value, self.words.words[start]
        if name.lower() in ("context object", "this"):
            return Result(0, e.Var("this"))
        value = self.lexicon.value(name)
        if value is not None:
            return Result(named.cost, value)
        if name.lower() in self.lexicon.lists:
            return Result(named.cost, e.ListOf(name.lower()))
        if word.kind == "term" and word.article == "the" and name.lower() in self.lexicon.types:
            return Result(named.cost + 1, e.Associated(name))
        of_this = name.startswith("[[") or (end - start > 1 and self.texts[end - 1] in ("attribute", "slot"))
        if word.kind == "idl" and of_this:
            return Result(named.cost, e.Field(e.Var("this"), name))
        if word.kind == "idl" and end - start > 1 and word.article == "the" and self.texts[end - 1] in INSTANCE:
            return Result(named.cost, e.Associated(name))
        if word.kind == "idl":
            return Result(named.cost, name)
        if word.kind == "term":
            return Result(named.cost + 1, e.Input(name))
        vague = name in COMMANDS or name in VAGUE or name.startswith("non-")
        return None if end - start > 1 or vague else Result(PLAIN, Plain(name))

    def _name(self, start: int, end: int) -> Result | None:
        """A link, or up to six plain words; "associated" before it and "attribute" after it say nothing more."""
        words, texts = self.words, self.texts
        if words.words[start].kind == "string" and (
            end == start + 1 or (end == start + 2 and texts[start + 1] in SUFFIXES)
        ):
            return Result(0, texts[start])
        if texts[start] in ("associated", "internal") and end - start > 1 and not words.ends[start]:
            start += 1
        if words.ends[start] and end - start > 1 and end - words.ends[start] == 1 and texts[end - 1] in SUFFIXES:
            end -= 1
        if words.ends[start] and texts[words.ends[start] : end] == ("internal", "slot"):
            end -= 2
        if words.ends[start] == end:
            token = words.words[start].token
            name = token.text if token.kind == "idl" else token.term or token.text
            name = name.strip('"')
            if token.kind == "idl":
                name = name.removesuffix("()")
            return Result(0, self.lexicon.value(name) or name)
        if end - start > 6 or words.inside[start]:
            return None
        known = end - start > 1 and self.lexicon.knows(" ".join(texts[start:end]))
        if known or any(words.ends[start:end]):
            return Result(1, " ".join(texts[start:end])) if known else None
        for place in range(start, end):
            word = words.words[place]
            if word.kind not in ("word", "term", "number") or (word.text in STOP and word.kind != "term"):
                return None
        named = words.words[start].token.text
        camel = end == start + 1 and named[:1].islower() and not named.islower()
        return Result(2 + end - start, named if camel else " ".join(texts[start:end]))

    def _attribute(self, start: int, end: int) -> Result | None:
        """The name of what something has: a link, words that are declared, or words with an article; no adjective."""
        texts, word = self.texts[start:end], self.words.words[start]
        bare = not (any(self.words.ends[start:end]) or word.article or texts[-1].endswith("s"))
        told = texts[0] in DETERMINERS | {"associated"} or self.lexicon.knows(" ".join(texts))
        return None if texts[0] in SEVERAL or (bare and not told) else self._name(start, end)

    def _operation(self, start: int, end: int) -> Result | None:
        """The name of an algorithm: a link, or words that this text defines as one."""
        words, texts = self.words, self.texts
        extra = texts[end - 1] in ("algorithm", "steps", "operation", "procedure") and end - start > 1
        if extra and words.ends[start] != end:
            end -= 1
        if texts[start] in RUNNING and end - start > 1:
            start += 1
        if words.ends[start] == end:
            token = words.words[start].token
            return Result(0, token.term if token.kind != "idl" else _called(token.text))
        if words.words[start].kind == "var" or end - start > 12:
            return None
        name = words.said(start, end)
        return Result(1, name) if self.lexicon.phrase(name) else None

    specials: ClassVar[dict[str, Special]] = {
        "var": _variable, "word": _word, "name": _name, "kind": _kind, "term": _term, "text": _text, "rest": _rest,
        "loose": _loose, "owned": _token, "open": _open, "atom": _free, "operation": _operation, "quoted": _quoted,
        "exception": _exception, "described": _described, "capital": _capital, "opaque": _free, "verbal": _verbal,
        "why": _why, "comment": _comment, "camel": _camel, "argument": _argument,
        "deed": _deed, "claim": _claim, "parameter": _parameter,
        "thing": _thing, "attribute": _attribute, "role": _role,
    }  # fmt: skip
    begins: ClassVar[dict[str, frozenset[str]]] = {"verbal": VERBAL, "deed": DEEDS}
    """The first words of those that begin with one of a few words."""


def _called(text: str) -> str:
    """Give the name of what a link to IDL calls: "lend()" for "lend(book)"."""
    name, parentheses, _ = text.partition("(")
    return f"{name}()" if parentheses else name


def variable(name: str) -> e.Expr:
    """Give a variable, or a member of one where its name has dots in it."""
    first, *rest = name.split(".")
    made: e.Expr = e.Var(first)
    for part in rest:
        made = e.Field(made, part)
    return made
