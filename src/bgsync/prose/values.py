"""Values and conditions: the noun phrases of algorithm prose, as forms."""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.prose.lexicon import Lexicon
from bgsync.prose.spans import Category, Form, Parser, Result, form
from bgsync.prose.words import Words

UNREAD = 40
"""The cost of a phrase that is left in its own words."""
PLAIN = 5
"""The cost of a plain word that is taken for a value."""
FREE = 15
"""The cost of a condition that is left in its own words: it may be true or false at any time."""


class Unread(e.Input):
    """A value that was not understood: anything at all, in its own words."""


STOP = frozenset(
    "is are be to of in with and or if for from whose that not then as on by equals set exists has have which when "
    "until at was were it this into than else otherwise , . : ; ( ) [ ] + = 's while each all any new".split()
)
PREPOSITIONS = ("for", "with", "on", "given", "using", "of", "passing", "from", "to", "in", "as", "against", "into")
_NO_START = frozenset(", . : ; ) ] then and or if otherwise else to run is are 's".split())
_NO_END = frozenset(", . : ; ( [ and or if the to of with is are 's".split())
SUFFIXES = ("attribute", "member", "value", "field", "property", "instance", "object", "exception", "interface")


class Phrases(Parser):
    """Parses noun phrases and conditions of one sentence."""

    def __init__(self, words: Words, lexicon: Lexicon) -> None:
        super().__init__(words)
        self.lexicon = lexicon

    def special(self, category: str, start: int, end: int) -> Result | None:
        """Parse names, single tokens and what is left in its own words."""
        match category:
            case "var":
                return self._variable(start, end)
            case "word":
                word = self.words.words[start]
                ok = end == start + 1 and word.kind in ("var", "word") and word.text not in STOP
                return Result(0 if word.kind == "var" else 1, word.token.text) if ok else None
            case "name":
                return self._name(start, end)
            case "term":
                whole = self.words.ends[start] == end and self.words.words[start].kind == "term"
                return self._name(start, end) if whole else None
            case "text":
                return Result(end - start, self.words.said(start, end))
            case "value":
                return self._token(start, end)
            case "loose":
                return Result(end - start, self.words.said(start, end)) if end - start <= 3 else None
            case "open":
                if self.words.texts[start] in _NO_START or self.words.texts[end - 1] in _NO_END:
                    return None
                opened = self._input(start, end)
                return Result(UNREAD + end - start, Unread(opened.text, opened.reads))
            case "condition":
                return self._condition(start, end)
            case "operation":
                return self._operation(start, end)
            case _:
                return None

    def _condition(self, start: int, end: int) -> Result | None:
        texts = self.words.texts[start:end]
        if end == start + 1 and texts[0] in ("true", "false"):
            return Result(0, texts[0] == "true")
        if texts[0] in ("if", "otherwise", "else") or texts[-1] in (",", "and", "or"):
            return None
        inner = 20 * sum(text in ("if", "unless", "otherwise") for text in texts) + 5 * texts.count(",")
        return Result(FREE + inner + end - start, self._input(start, end))

    def _input(self, start: int, end: int) -> e.Input:
        reads = tuple(dict.fromkeys(variable(name) for name in self.words.variables(start, end)))
        return e.Input(self.words.said(start, end), reads)

    def _variable(self, start: int, end: int) -> Result | None:
        word = self.words.words[start]
        return Result(0, variable(word.text)) if end == start + 1 and word.kind == "var" else None

    def _token(self, start: int, end: int) -> Result | None:
        word = self.words.words[start]
        if end == start + 1 and word.kind == "var":
            return Result(0, variable(word.text))
        if end == start + 1 and word.kind == "string":
            return Result(0, self.lexicon.value(word.text) or word.text)
        if end == start + 1 and word.kind == "number":
            return Result(0, int(word.text)) if word.text.isdigit() else None
        if end == start + 1 and word.text in CONSTANTS and word.kind in ("word", "idl", "term"):
            return Result(0, CONSTANTS[word.text])
        named = self.parse("name", start, end)
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
        if word.kind == "idl":
            return Result(named.cost, name)
        if word.kind == "term":
            return Result(named.cost + 1, e.Input(name))
        return Result(UNREAD, Unread(name)) if end - start > 1 else Result(PLAIN, name)

    def _name(self, start: int, end: int) -> Result | None:
        """A link, or up to six plain words; "associated" before it and "attribute" after it say nothing more."""
        words = self.words
        if words.words[start].kind == "string" and (
            end == start + 1 or (end == start + 2 and words.texts[start + 1] in SUFFIXES)
        ):
            return Result(0, words.texts[start])
        if words.texts[start] == "associated" and end - start > 1:
            start += 1
        if words.ends[start] and end - start > 1 and end - words.ends[start] == 1 and words.texts[end - 1] in SUFFIXES:
            end -= 1
        if words.ends[start] == end:
            token = words.words[start].token
            name = token.text if token.kind == "idl" else token.term or token.text
            if token.kind == "idl":
                name = name.strip('"').removesuffix("()")
            return Result(0, self.lexicon.value(name) or name)
        if end - start > 6 or words.inside[start]:
            return None
        for place in range(start, end):
            if words.words[place].kind not in ("word", "term", "number") or (
                words.texts[place] in STOP and words.words[place].kind == "word"
            ):
                return None
        return Result(2 + end - start, " ".join(words.texts[start:end]))

    def _operation(self, start: int, end: int) -> Result | None:
        """The name of an algorithm: a link, or words that this text defines as one."""
        words = self.words
        if words.texts[end - 1] in ("algorithm", "steps", "operation", "procedure") and end - start > 1:
            end -= 1
        if words.texts[start] in ("running", "calling", "invoking", "performing", "executing") and end - start > 1:
            start += 1
        if words.ends[start] == end:
            token = words.words[start].token
            return Result(0, token.term if token.kind != "idl" else token.text.removesuffix("()"))
        name = self.words.said(start, end)
        return Result(1, name) if self.lexicon.algorithm(name) else None


CONSTANTS: dict[str, e.Expr] = {
    "null": None, "undefined": None, "true": True, "false": False, "zero": 0, "one": 1, "nothing": None,
}  # fmt: skip


def variable(name: str) -> e.Expr:
    """Give a variable, or a member of one where its name has dots in it."""
    first, *rest = name.split(".")
    made: e.Expr = e.Var(first)
    for part in rest:
        made = e.Field(made, part)
    return made


def field(p: Phrases, owner: e.Expr, name: str) -> e.Expr:
    """Give the member of something; of the object that a method is called on, what is associated with it."""
    name = p.lexicon.member(name)
    if name.lower() in p.lexicon.lists:
        return e.ListOf(name.lower(), owner)
    if isinstance(owner, str) and owner[:1].isupper():
        return e.Associated(name)
    if isinstance(owner, e.Input | str | bool | int | None):
        return None if isinstance(owner, str | bool | int | None) else e.Field(owner, name)
    if owner == e.Var("this") or (isinstance(owner, e.Associated) and owner.name[:1].isupper()):
        return e.Associated(name)
    return e.Field(owner, name)


def _field(p: Phrases, owner: e.Expr, name: str) -> Any:
    return field(p, owner, name)


def _of(p: Phrases, name: str, owner: e.Expr) -> Any:
    return None if p.lexicon.algorithm(name) else field(p, owner, name)


def _find(p: Phrases, kind: str, where: e.Expr, name: str, value: e.Expr) -> e.Expr:
    return e.Find(where, p.lexicon.member(name), value)


def _apply(p: Phrases, name: str, arguments: tuple[e.Expr, ...] = ()) -> e.Expr:
    return e.Apply(name, arguments)


def _any_of(value: e.Expr, options: tuple[e.Expr, ...]) -> e.Expr:
    made: e.Expr = e.Is(value, options[-1])
    for option in reversed(options[:-1]):
        made = e.Or(e.Is(value, option), made)
    return made


def _is(p: Phrases, value: e.Expr, options: tuple[e.Expr, ...]) -> Any:
    """A value is one of several, or has a property that a term names."""
    if value is None or isinstance(value, bool | str):
        return None
    if len(options) == 1 and isinstance(options[0], e.Input) and not options[0].reads:
        name = options[0].text
        return None if name.lower() in p.lexicon.members else e.Apply(name, (value,))
    return _any_of(value, options)


def _is_not(p: Phrases, value: e.Expr, options: tuple[e.Expr, ...]) -> Any:
    made = _is(p, value, options)
    return None if made is None else e.Not(made)


def _rather(condition: e.Expr, other: e.Expr) -> e.Expr:
    """One of two conditions holds: the first, in both their words where they are open."""
    if isinstance(condition, e.Input) and isinstance(other, e.Input):
        return e.Input(f"{condition.text}, rather than {other.text}", condition.reads + other.reads)
    return condition


OR_NULL = Category(
    [
        form(pattern, lambda p: True)
        for pattern in (
            ",? if it|one|any exists ,? else|otherwise|or null", ",? if it|one|any exists ,? and|or null otherwise",
            ",? if any ,? else|otherwise|or null", ",? if any ,? and|or null otherwise", ",? or null",
            ",? or null if none exists|exist", ",? or null if there is none", ",? or null if it does not exist",
            ",? or null if there is no such {name}", ",? or null if no such {name} exists", ",? or null otherwise",
            ",? if there is one ,? else|otherwise|or null", ",? if it does|exists ,? null otherwise",
        )
    ]
)  # fmt: skip

_AND_MORE = (("following", True),)
"""Stands for members that are listed below."""

VALUES = Category(
    [
        form("empty string", lambda p: ""),
        form("empty list|map|set|sequence|tuple|array", lambda p: e.Sequence()),
        form("new empty? ordered? list|map|set|array", lambda p: e.Sequence()),
        form("{find} {or-null}", lambda p, found, _: found),
        form("{find}", lambda p, found: found, 1),
        form("{value} if {condition} ,? otherwise|else {value}", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{value} if {condition} ,? and|or {value} otherwise", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{value} if {condition} and {value} if not", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{value} if {condition} , or {value} if {condition}",
             lambda p, a, c, b, d: e.Conditional(_rather(c, d), a, b)),
        form("{value} unless {condition} , in which case {value}", lambda p, a, c, b: e.Conditional(c, b, a)),
        form("result of {call}", lambda p, call: e.Apply(*call)),
        form("value of {value}", lambda p, value: value),
        form("this {name}", lambda p, name: e.Associated(name)),
        form("{name} these|this steps|algorithm is|are|was|were called|invoked|run with", lambda p, name: e.Associated(name)),
        form("{value} if present|given|any ,? otherwise|else {value}",
             lambda p, a, b: e.Conditional(e.Not(e.Is(a, None)), a, b)),
        form("{value} if it is not {value} ,? otherwise|else {value}",
             lambda p, a, x, b: e.Conditional(e.Not(e.Is(a, x)), a, b)),
        form("{name} associated with {value}", _of),
        form("{name} of|for {value}", _of),
        form("{value} 's {name}", _field),
        form("{value} 's result of {call}", lambda p, owner, call: e.Apply(call[0], (owner, *call[1]))),
        form("{var} {term}", lambda p, owner, name: field(p, owner, name), 2),
        form("{value} [ {value} ]", lambda p, owner, key: e.Item(owner, key)),
        form("{value} +|plus {value}", lambda p, a, b: e.Arithmetic("+", a, b)),
        form("sum of {value} and {value}", lambda p, a, b: e.Arithmetic("+", a, b)),
        form("{value} -|minus|− {value}", lambda p, a, b: e.Arithmetic("-", a, b)),
        form("{value} *|times|× {value}", lambda p, a, b: e.Arithmetic("*", a, b)),
        form("{value} multiplied by {value}", lambda p, a, b: e.Arithmetic("*", a, b)),
        form("{value} divided by {value}", lambda p, a, b: e.Arithmetic("/", a, b)),
        form("copy|clone of {value}", lambda p, value: e.Apply("a copy", (value,))),
        form("new promise", lambda p: e.New("promise")),
        form("promise rejected with {error}", lambda p, error: e.Apply("a promise rejected with", (error,))),
        form("promise resolved with {value}", lambda p, value: e.Apply("a promise resolved with", (value,))),
        form("new {name} instance|object?", lambda p, name: e.New(name)),
        form("new {name} instance|object? associated with {value}",
             lambda p, name, value: e.New(name, (("associated", value),))),
        form("new {name} instance|object? with following? set|members|properties|fields?",
             lambda p, name: e.New(name, _AND_MORE)),
        form("new {name} in {value}", lambda p, name, where: e.New(name, (("realm", where),))),
        form("new {name} in {value} ,? with|whose its? {members}",
             lambda p, name, where, members: e.New(name, (("realm", where), *members))),
        form("new {name} whose|with {members}", lambda p, name, members: e.New(name, members)),
        form("list|set|array containing|of {items}", lambda p, items: e.Sequence(items)),
        form("« {items} »", lambda p, items: e.Sequence(items)),
        form("« »", lambda p: e.Sequence()),
        form("timestamp representing now", lambda p: e.Input("now")),
        form("current time|timestamp|date", lambda p: e.Input("now")),
        form("current date and time", lambda p: e.Input("now")),
        form("now", lambda p: e.Input("now")),
        form("infinity", lambda p: e.Input("infinity")),
        form("some? user agent defined {text}", lambda p, text: e.Input(f"user agent defined {text}")),
        form("some? user-agent-defined|implementation-defined {text}", lambda p, text: e.Input(text)),
        form("{name} {value}", lambda p, kind, value: _quoted(p, kind, value), 1),
        form("{open}", lambda p, opened: opened),
    ]
)  # fmt: skip


def _quoted(p: Phrases, kind: str, value: e.Expr) -> Any:
    """The kind of a constant, and the constant, such as an enumeration's value."""
    return value if isinstance(value, str) and kind[:1].isupper() else None


FIND = Category(
    [
        form("{name} in|of|from|within {value} whose|with|where {name} equals|is|matches {value}", _find),
        form("{name} in|of|from|within {value} whose|with|where {name} is equal to {value}", _find),
        form("{name} in|of|from|within {value} with {name} {value}", _find, 1),
        form("first|only {name} in|of|from|within {value} whose|with|where {name} equals|is {value}", _find),
    ]
)

CALL = Category(
    [
        form("{operation}", lambda p, name: (name, ())),
        form("{operation} {arguments}", lambda p, name, arguments: (name, arguments)),
        form("{operation} {items}", lambda p, name, arguments: (name, arguments), 3),
        form("{operation} {items} {arguments}", lambda p, name, first, rest: (name, first + rest), 3),
        form("{operation} algorithm|steps {arguments}", lambda p, name, arguments: (name, arguments)),
        form("running|calling|invoking|performing|executing algorithm|steps? {operation} {arguments}",
             lambda p, name, arguments: (name, arguments)),
    ]
)  # fmt: skip

_PREPOSITION = "|".join(PREPOSITIONS)
ARGUMENTS = Category(
    [
        form(f"{_PREPOSITION} {{items}}", lambda p, items: items),
        form("with|passing {items} as arguments|argument|input", lambda p, items: items),
        form("passing|with arguments {items}", lambda p, items: items),
        form(f"{{arguments}} ,? and? {_PREPOSITION} {{items}}", lambda p, a, b: a + b),
    ]
)
ITEMS = Category(
    [
        form("{value}", lambda p, value: (value,)),
        form("{name}", lambda p, name: (e.Input(name),), 3),
        form("{value} ,? and {items}", lambda p, value, items: (value, *items)),
        form("{value} , {items}", lambda p, value, items: (value, *items)),
    ]
)
OPTIONS = Category(
    [
        form("{value}", lambda p, value: (value,)),
        form("{value} ,? or {options}", lambda p, value, options: (value, *options)),
        form("{value} , {options}", lambda p, value, options: (value, *options)),
    ]
)
MEMBERS = Category(
    [
        form("{name} is|set|initialized to? {value}", lambda p, name, value: ((p.lexicon.member(name), value),)),
        form("{members} ,? and whose? {members}", lambda p, a, b: a + b),
    ]
)
ERROR = Category(
    [
        form("new? {name} exception|error?", lambda p, name: name),
        form("new? {name} {name}", lambda p, name, kind: name, 1),
        form("{value}", lambda p, value: value, 2),
    ]
)


def _contains(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    if isinstance(where, e.Input | str | bool | None):
        return None
    return e.Contains(where, item)


def _lacks(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    made = _contains(p, item, where)
    return None if made is None else e.Not(made)


def _order(operator: str) -> Any:
    return lambda p, a, b: e.Compare(operator, a, b)


_IN = "in|inside|within"
CONDITIONS = Category(
    [
        form("{condition} ,? and {condition}", lambda p, a, b: e.And(a, b)),
        form("{condition} ,? or {condition}", lambda p, a, b: e.Or(a, b)),
        form("it is not case that {condition}", lambda p, c: e.Not(c)),
        form("user agent is {name}", lambda p, name: e.Apply(name)),
        form("user agent is not {name}", lambda p, name: e.Not(e.Apply(name))),
        form("there is|are no {value}", lambda p, value: e.Is(value, e.Sequence())),
        form("there is|are {value}", lambda p, value: e.Not(e.Is(value, e.Sequence()))),
        form("{value} is|are now|still|already? {options}", _is),
        form("{value} is|are not|never {options}", _is_not),
        form("{value} is no longer {options}", _is_not),
        form("{value} is neither {value} nor {value}", lambda p, v, a, b: e.Not(_any_of(v, (a, b)))),
        form("{value} is one|any of {options}", _is),
        form("{value} is not one|any of {options}", _is_not),
        form("{value} equals {value}", lambda p, a, b: e.Is(a, b)),
        form("{value} is equal|identical to {value}", lambda p, a, b: e.Is(a, b)),
        form("{value} is same as {value}", lambda p, a, b: e.Is(a, b)),
        form("{value} does not equal {value}", lambda p, a, b: e.Not(e.Is(a, b))),
        form("{value} is not equal to {value}", lambda p, a, b: e.Not(e.Is(a, b))),
        form("{value} is different to|from|than {value}", lambda p, a, b: e.Not(e.Is(a, b))),
        form("{value} differs from {value}", lambda p, a, b: e.Not(e.Is(a, b))),
        form("{value} exists|is present", lambda p, a: e.Not(e.Is(a, None))),
        form("{value} is present|given|provided|defined", lambda p, a: e.Not(e.Is(a, None))),
        form("{value} does not exist", lambda p, a: e.Is(a, None)),
        form("{value} is not present|given|provided|defined", lambda p, a: e.Is(a, None)),
        form("{value} is omitted|missing", lambda p, a: e.Is(a, None)),
        form("{value} is set", lambda p, a: e.Is(a, True)),
        form("{value} is unset", lambda p, a: e.Is(a, False)),
        form("{value} is not set", lambda p, a: e.Is(a, False)),
        form("{value} is empty", lambda p, a: e.Is(a, e.Sequence())),
        form("{value} is not empty", lambda p, a: e.Not(e.Is(a, e.Sequence()))),
        form(f"{{value}} is still|already? {_IN} {{value}}", _contains),
        form(f"{{value}} is not|never {_IN} {{value}}", _lacks),
        form(f"{{value}} is no longer {_IN} {{value}}", _lacks),
        form("{value} exists in {value}", _contains),
        form("{value} does not exist in {value}", _lacks),
        form("{value} is still|already? part|member|item of {value}", _contains),
        form("{value} is not|never part|member|item of {value}", _lacks),
        form("{value} is no longer part|member|item of {value}", _lacks),
        form("{value} contains {value}", lambda p, where, item: _contains(p, item, where)),
        form("{value} does not contain {value}", lambda p, where, item: _lacks(p, item, where)),
        form("{value} is greater|more|larger|later than {value}", _order(">")),
        form("{value} is less|smaller|fewer|earlier than {value}", _order("<")),
        form("{value} is greater than or equal to {value}", _order(">=")),
        form("{value} is less than or equal to {value}", _order("<=")),
        form("{value} is at least {value}", _order(">=")),
        form("{value} is at most {value}", _order("<=")),
        form("{value} exceeds {value}", _order(">")),
        form("{value} > {value}", _order(">")),
        form("{value} < {value}", _order("<")),
        form("{call} returns {value}", lambda p, call, value: e.Is(e.Apply(*call), value)),
        form("{value} {operation} {value}", lambda p, a, name, b: e.Apply(name, (a, b)), 2),
        form("{var}", lambda p, value: e.Is(value, True)),
        form("{term}", lambda p, name: e.Apply(name), 2),
    ]
)
"""Conditions. What fits none is a free condition, in the text's own words."""

CATEGORIES: dict[str, Category] = {
    "value": VALUES, "or-null": OR_NULL, "find": FIND, "call": CALL, "arguments": ARGUMENTS, "items": ITEMS,
    "options": OPTIONS, "members": MEMBERS, "error": ERROR, "condition": CONDITIONS,
}  # fmt: skip

__all__ = ["CATEGORIES", "Form", "Phrases", "field", "variable"]
