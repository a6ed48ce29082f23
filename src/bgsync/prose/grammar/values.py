"""Values: the noun phrases of algorithm prose, as forms, from what binds loosest to what binds tightest.

A `value` is a choice between values or an item that is found; a `sum`, a `product`; a `noun` such as "the owner of x";
and `owned`, such as "x's owner". So "the tag of x's owner" is the tag of (x's owner), "a + b's c" is a + (b's c), and
"a copy of x's tag" is a copy of (x's tag).
"""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.lexicon import variants
from bgsync.prose.grammar.phrases import UNREAD, Phrases, Unread, variable
from bgsync.prose.grammar.wordclasses import INSTANCE, LISTS, PREPOSITIONS, QUALIFIERS


def field(p: Phrases, owner: e.Expr, name: str) -> e.Expr:
    """Give the member of something; of an interface that is named, what is associated with where the steps run."""
    name = p.lexicon.member(name)
    if name.lower() in p.lexicon.lists:
        return e.ListOf(name.lower(), owner)
    if isinstance(owner, str) and owner[:1].isupper():
        return None if name in LISTS else e.Associated(name)
    if isinstance(owner, str | bool | int | None) or not name:
        return None
    if isinstance(owner, e.Associated) and owner.name[:1].isupper():
        return e.Associated(name)
    if owner == e.Var("this") and name[:1].isupper():
        return e.Associated(name)
    return e.Field(owner, name)


def _that(p: Phrases, name: str) -> Any:
    """The one thing of a type that was named before; of what stands in a list it may be any."""
    return e.Associated(name) if name.lower() in p.lexicon.types and not p.lexicon.list_of(name) else None


def _its(p: Phrases, name: str) -> Any:
    """The list of what was named before: of those whose lists these are there is one."""
    return e.ListOf(name.lower()) if name.lower() in p.lexicon.lists else None


def _of(p: Phrases, name: str, owner: e.Expr) -> Any:
    return None if p.lexicon.algorithm(name) else field(p, owner, name)


def _find(p: Phrases, kind: str, where: e.Expr, name: str, value: e.Expr) -> Any:
    return e.Find(where, p.lexicon.member(name), value)


def _of_kind(p: Phrases, kind: str, value: e.Expr) -> Any:
    """A variable after what it is: a type, or words that its own name repeats."""
    low = kind.lower()
    name = value.name.lower() if isinstance(value, e.Var) else ""
    known = any(wanted in p.lexicon.types for wanted in variants(low)) or kind[:1].isupper()
    if known or low.replace(" ", "") == name:
        return value
    return value if low.rpartition(" ")[2] in name and not {"for", "of", "to"} & set(low.split()) else None


def _of_variable(p: Phrases, name: str, value: e.Expr) -> Any:
    """What a term says of a variable right after it; after a preposition comes an argument, and maybe a longer one."""
    return None if name.rpartition(" ")[2] in PREPOSITIONS else e.Apply(name, (value,))


def _absent(value: e.Expr) -> e.Expr:
    return e.Is(value, None)


def _rather(condition: e.Expr, other: e.Expr) -> e.Expr:
    """One of two conditions holds: the first, in both their words where they are open."""
    if isinstance(condition, e.Input) and isinstance(other, e.Input):
        return e.Input(f"{condition.text} rather than {other.text}", condition.reads + other.reads)
    return condition


def _or_if(p: Phrases, a: e.Expr, c: e.Expr, b: e.Expr, d: e.Expr) -> Any:
    """Two values with a condition each: one choice only where the second is the negation, or both are open."""
    if (isinstance(c, e.Input) and isinstance(d, e.Input)) or d == e.Not(c) or c == e.Not(d):
        return e.Conditional(_rather(c, d), a, b)
    if isinstance(c, e.Is) and isinstance(d, e.Is) and c.left == d.left and {c.right, d.right} == {True, False}:
        return e.Conditional(c, a, b)
    return None


def _list_of(p: Phrases, items: tuple[e.Expr, ...]) -> Any:
    """A list of these; words such as "books that were lost" or "the books of |x|" may be any number of things."""
    several = len(items) == 1 and not isinstance(items[0], e.Var | e.New | str | int | None)
    several = several or any(type(item) is str and item[:1].isupper() for item in items)  # a type, and no thing
    return None if several or any(isinstance(item, e.Input) for item in items) else e.Sequence(items)


def _empty(p: Phrases, kind: str) -> Any:
    """A list of nothing; several plain words say more than of which kind its items will be."""
    known = " " not in kind or kind.lower() in p.linked or p.lexicon.knows(kind)
    return e.Sequence() if known else None


def _number_of(p: Phrases, kind: str, where: e.Expr) -> Any:
    """How many things of a type are in the list of them."""
    listed = isinstance(where, e.ListOf) and p.lexicon.list_of(kind) == where.name
    return e.Field(where, "size") if listed else None


def _tuple(p: Phrases, items: tuple[e.Expr, ...]) -> Any:
    return e.Sequence(items) if len(items) > 1 else None


def _made(p: Phrases, kind: str, members: Any) -> Any:
    """A thing with these members is made; of what stands in a list, one that has them may be meant."""
    return None if p.lexicon.list_of(kind) else e.New(kind, members)


def _of_values(p: Phrases, kind: str, items: tuple[e.Expr, ...]) -> Any:
    """A thing with these values, in the order of its members; the name of a member is none of them."""
    named = any(isinstance(item, e.Input) and item.text.lower() in p.lexicon.members for item in items)
    return None if named or kind in INSTANCE else e.New(kind, (("values", e.Sequence(items)),))


def _current(p: Phrases) -> Any:
    """The time that it is, unless the text has a current time of its own."""
    own = any(f"current {what}" in p.lexicon.members for what in ("time", "timestamp", "date"))
    return None if own else e.Input("now")


OR_NULL = Category(
    [
        form(pattern, lambda p, *kind: True)
        for pattern in (
            ",? or null", ",? if it|one|any exists ,? else|otherwise|or null",
            ",? if it|one|any exists ,? and|or null otherwise",
            ",? if it|one exists",
            ",? if any ,? else|otherwise|or null", ",? if any ,? and|or null otherwise", ",? if any",
            ",? or null if none exists|exist", ",? or null if there is none", ",? or null if it does not exist",
            ",? or null if there is no such {kind}", ",? or null if no such {kind} exists", ",? or null otherwise",
            ",? if there is one ,? else|otherwise|or null", ",? if it does|exists ,? null otherwise",
            ",? null otherwise", ",|; otherwise|else null",
        )
    ]
)  # fmt: skip

_FOLLOWING = (("following", True),)
"""Stands for members that are listed below."""

VALUES = Category(
    [
        form("{find} {or-null}", 0),
        form("{find}", 0, 1),
        form("{sum}", 0),
        form("{sum} {or-null}", 0, 1),
        form("{sum} if {condition} ,|; otherwise|else ,? {value}", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} if {condition} ,? or else {value}", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} if {condition} otherwise|else {value}", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} , or to? {sum} if {condition}", lambda p, a, b, c: e.Conditional(c, b, a)),
        form("{sum} if {condition} ,? and|or to {sum} otherwise", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} with default {sum}",
             lambda p, a, b: e.Conditional(e.Not(_absent(a)), a, b) if isinstance(a, e.Item) else None),
        form("{sum} if {condition} ,? and|or {sum} otherwise", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} if {condition} , {sum} otherwise", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} if {condition} , {sum} if not", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("whether {condition}", lambda p, c: e.Conditional(c, True, False)),
        form("whether or not {condition}", lambda p, c: e.Conditional(c, True, False)),
        form("{sum} if {condition} ,? and|or {sum} if not", lambda p, a, c, b: e.Conditional(c, a, b)),
        form("{sum} if {condition} ,? or|and {sum} if {condition}", _or_if),
        form("{sum} unless {condition} , in which case {sum}", lambda p, a, c, b: e.Conditional(c, b, a)),
        form("{sum} if it? exists|present|given|any ,? otherwise|else|or {sum}",
             lambda p, a, b: e.Conditional(e.Not(_absent(a)), a, b)),
        form("{sum} if it is present|given|not null ,? otherwise|else|or {sum}",
             lambda p, a, b: e.Conditional(e.Not(_absent(a)), a, b)),
        form("{sum} if it exists ,? and|or {sum} otherwise", lambda p, a, b: e.Conditional(e.Not(_absent(a)), a, b)),
        form("{sum} if it is not {sum} ,? otherwise|else {sum}",
             lambda p, a, x, b: e.Conditional(e.Not(e.Is(a, x)), a, b)),
        form("{open}", 0),
        form("{open} {or-null}", 0),
        form("boolean|flag flag? that|which is initially? {value}", 0),
    ]
)  # fmt: skip
ITEM = Category([form("{sum}", 0), form("{find}", 0), form("{open}", 0)])
"""One of several values. No condition is told of it: "f of x if c" is a choice of what f gives, or of nothing."""
FIND = Category(
    [
        form("first|only? {kind} in|of|from|within {noun} whose|with|where {name} equals|is|matches {sum}", _find),
        form("first|only? {kind} in|of|from|within {noun} whose|with|where {name} is equal to {sum}", _find),
        form("first|only? {kind} in|of|from|within {noun} with {name} {sum}", _find, 1),
        form("first {kind} in|of|from {noun}", lambda p, kind, where: e.Item(where, 0), 1),
        form(
            "first|only? {kind} in|of|from|within {noun} with {sum} as its? {name}",
            lambda p, kind, where, value, name: _find(p, kind, where, name, value),
        ),
        form("instance of {kind} in|of|from|within {noun} whose|with|where {name} equals|is|matches {sum}", _find),
        form("instance of {kind} in|of|from|within {noun} whose|with|where {name} is equal to {sum}", _find),
    ]
)
SUMS = Category(
    [
        form("{product}", 0),
        form("{sum} +|plus {product}", lambda p, a, b: e.Arithmetic("+", a, b)),
        form("{sum} -|minus|− {product}", lambda p, a, b: e.Arithmetic("-", a, b)),
    ]
)
PRODUCTS = Category(
    [
        form("{noun}", 0),
        form("{product} *|times|× {noun}", lambda p, a, b: e.Arithmetic("*", a, b)),
        form("{product} multiplied by {noun}", lambda p, a, b: e.Arithmetic("*", a, b)),
        form("{product} divided by {noun}", lambda p, a, b: e.Arithmetic("/", a, b)),
    ]
)
NOUNS = Category(
    [
        form("{owned}", 0),
        form("result|results of {call}", lambda p, call: e.Apply(*call)),
        form("first item|element|entry of|in|from {noun}", lambda p, where: e.Apply("first item", (where,))),
        form("last item|element|entry of|in|from {noun}", lambda p, where: e.Apply("last item", (where,))),
        form("{quoted} / {owned}", lambda p, name, value: e.Sequence((name, value))),
        form("{described} whose {members}", _made),
        form("{described} with|whose following set|members|properties|fields|items|values?",
             lambda p, name: _made(p, name, _FOLLOWING)),
        form("{described} ( {items} )",
             lambda p, name, items: None if p.lexicon.algorithm(name) is None else e.Apply(name, items)),
        form("pair|triple|tuple consisting? of {items}", _tuple),
        form("tuple? ( {items} )", _tuple),
        form("« [ {entries} ] »", lambda p, entries: e.New("map", entries)),
        form("« [ ] »", lambda p: e.Sequence()),
        form("?|! {call}", lambda p, call: e.Apply(*call)),
        form("{camel} ( {items} )", lambda p, name, arguments: e.Apply(name, arguments)),
        form("{operation} ( {items} )", lambda p, name, arguments: e.Apply(name, arguments), 1),
        form("{owned} 's result of {call}", lambda p, owner, call: e.Apply(call[0], (owner, *call[1]))),
        form("value of {noun}", 0),
        form("copy|clone of {noun}", lambda p, value: e.Apply("a copy", (value,))),
        form("smaller|lesser|lower|minimum|smallest|lowest of {product} and {product}",
             lambda p, *two: e.Apply("minimum", two)),
        form("larger|greater|higher|maximum|largest|highest of {product} and {product}",
             lambda p, *two: e.Apply("maximum", two)),
        form("-|− {noun}", lambda p, value: e.Arithmetic("-", 0, value) if isinstance(value, int) else None),
        form("concatenation of {items}", lambda p, items: e.Apply("concatenation", items) if len(items) > 1 else None),
        form("number of items|entries|elements in|of {noun}", lambda p, where: e.Field(where, "size")),
        form("number of {kind} in|of {noun}", _number_of, 1),
        form("sum of {product} and {product}", lambda p, a, b: e.Arithmetic("+", a, b)),
        form("difference of|between {product} and {product}", lambda p, a, b: e.Arithmetic("-", a, b)),
        form("{name} associated with {noun}", _of),
        form("{attribute} of|for {noun}", _of),
        form("{name} these|this steps|algorithm is|are|was|were called|invoked|run with",
             lambda p, name: e.Associated(name)),
        form("empty string", lambda p: ""),
        form("empty ordered? list|map|set|sequence|tuple|array", lambda p: e.Sequence()),
        form("empty ordered? list|map|set|sequence|array of type? {kind}", _empty),
        form("ordered? list|map|set|sequence|array of {kind} ,? initially empty", _empty),
        form("ordered? list|map|set|sequence|array ,? initially empty", lambda p: e.Sequence()),
        form("new empty? ordered? list|lists|map|maps|set|sets|array|arrays", lambda p: e.Sequence()),
        form("empty? sequence < {kind} >", lambda p, _: e.Sequence()),
        form("ordered? list|set|array containing|of {items}", _list_of),
        form("ordered? list|set|array consisting of {items}", _list_of),
        form("{capital} object on|upon which this? method is|was invoked|called", lambda p, kind: e.Var("this")),
        form("« {items} »", lambda p, items: e.Sequence(items)),
        form("« »", lambda p: e.Sequence()),
        form("new promise", lambda p: e.New("promise")),
        form("new promise in {noun}", lambda p, where: e.New("promise", (("realm", where),))),
        form("new? promise rejected with reason? {error}",
             lambda p, error: e.Apply("a promise rejected with", (error,))),
        form("promise resolved with {sum}", lambda p, value: e.Apply("a promise resolved with", (value,))),
        form("newly created|constructed {error-object}", 0),
        form("new {error-object}", 0),
        form("that|thrown exception|error", lambda p: e.Input("that exception")),
        form("new {name} instance|object?", lambda p, name: e.New(name)),
        form("newly created|constructed {name} instance|object?",
             lambda p, name: None if name in INSTANCE else e.New(name)),
        form("new instance|object of {name}", lambda p, name: e.New(name)),
        form("new {name} instance|object? associated with {noun}",
             lambda p, name, value: e.New(name, (("associated", value),))),
        form("new {name} instance|object? ,? with following? set|members|properties|fields|items?",
             lambda p, name: e.New(name, _FOLLOWING)),
        form("newly created|constructed {name} instance|object? ,? with following? set|members|fields|items?",
             lambda p, name: e.New(name, _FOLLOWING)),
        form("new {name} instance|object? ,? whose|with its? members|properties|fields|items? are? set as follows",
             lambda p, name: e.New(name, _FOLLOWING)),
        form("new {name} instance|object? in {noun}", lambda p, name, where: e.New(name, (("realm", where),))),
        form("new {name} instance|object? in {noun} ,? with|whose its? {members}",
             lambda p, name, where, members: e.New(name, (("realm", where), *members))),
        form("new {name} instance|object? ,? whose|with its? {members}", lambda p, name, members: e.New(name, members)),
        form("new {name} ( {items} )", _of_values),
        form("new {name} {arguments}", _of_values, 1),
        form("new empty {name}", lambda p, name: e.New(name)),
        form("timestamp representing now", lambda p: e.Input("now")),
        form("current time|timestamp|date", _current),
        form("current date and time", lambda p: e.Input("now")),
        form("now", lambda p: e.Input("now")),
        form("maximum number of {loose}", lambda p, what: e.Input(f"maximum number of {what}"), 1),
        form("infinity", lambda p: e.Input("infinity")),
        form("some? user agent defined {text}", lambda p, text: e.Input(f"user agent defined {text}")),
        form("some? user-agent-defined|implementation-defined {text}", lambda p, text: e.Input(text)),
    ]
)  # fmt: skip
OWNED = Category(
    [
        form("{owned} 's {name}", field),
        form("{owned} . {name}", field),
        form("{owned} [ {value} ]", lambda p, owner, key: e.Item(owner, key)),
        form("( {value} )", 0),
        form("this {term}", lambda p, name: e.Associated(name)),
        form("this {capital}", lambda p, name: e.Associated(name)),
        form("that {term}", _that),
        form("its {term}", _its),
        form("{var} {term}", lambda p, owner, name: field(p, owner, name), 2),
        form("{kind} {var}", _of_kind, 1),
        form("{word} this", lambda p, kind: None if kind in QUALIFIERS else e.Var("this"), 2),
        form("{term} {var}", _of_variable, 2),
        form("{capital} value? {quoted}", 1, 1),
        form("{error-object}", 0),
        form("promise {owned}", lambda p, value: value if isinstance(value, e.Var | e.Field) else None),
        form("this object|instance", lambda p: e.Var("this")),
        form("user agent", lambda p: e.Input("user agent")),
    ]
)
ERROR_OBJECT = Category([form("{capital} DOMException|exception", 0)])
ITEMS = Category(
    [
        form("{item}", lambda p, value: (value,)),
        form("{argument}", lambda p, name: (e.Input(name),), 3),
        form("{item} ,? and {items}", lambda p, value, items: (value, *items)),
        form("{item} , {items}", lambda p, value, items: (value, *items)),
        form("{item} as {role}", lambda p, value, name: (value,), 1),
        form("{item} as {role} ,? and {items}", lambda p, value, name, items: (value, *items), 1),
        form("{item} as {role} , {items}", lambda p, value, name, items: (value, *items), 1),
    ]
)
ENTRIES = Category(
    [
        form("{quoted} → {sum}", lambda p, key, value: ((key, value),)),
        form("{entries} , {entries}", lambda p, a, b: a + b),
    ]
)
MEMBERS = Category(
    [
        form("{name} is {sum}", lambda p, name, value: ((p.lexicon.member(name), value),)),
        form("{name} set|initialized to {sum}", lambda p, name, value: ((p.lexicon.member(name), value),)),
        form("{term} as {sum}", lambda p, name, value: ((p.lexicon.member(name), value),)),
        form("{term} {sum}", lambda p, name, value: ((p.lexicon.member(name), value),), 1),
        form("{name} {sum}", lambda p, name, value: ((p.lexicon.member(name), value),), 3),
        form(
            "{name} and {name} attributes|members|fields|properties set|initialized to {sum}",
            lambda p, a, b, value: ((p.lexicon.member(a), value), (p.lexicon.member(b), value)),
        ),
        form("{members} ,? and whose|its? {members}", lambda p, a, b: a + b),
        form("{members} , whose|its? {members}", lambda p, a, b: a + b),
    ]
)
ERROR = Category(
    [
        form("new? {exception} exception|error?", 0),
        form("newly created|constructed {exception} exception|error?", 0),
        form("{sum}", 0, 2),
    ]
)
TABLES: dict[str, Category] = {
    "value": VALUES, "or-null": OR_NULL, "find": FIND, "sum": SUMS, "product": PRODUCTS, "noun": NOUNS, "owned": OWNED,
    "items": ITEMS, "item": ITEM, "members": MEMBERS, "entries": ENTRIES,
    "error": ERROR, "error-object": ERROR_OBJECT,
}  # fmt: skip

__all__ = ["TABLES", "UNREAD", "Unread", "field", "variable"]
