"""What is said of a value, as forms: that it is another one, stands in a list, is greater, has become something.

What is said may be joined: "x is not null and greater than y" says both of x.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bgsync.language import expressions as e
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import Literal, Phrases, Plain
from bgsync.prose.grammar.values import field

Said = Callable[[e.Expr], Any]
"""What is said of a value: gives the condition for it, or None where it cannot be said of it."""


def any_of(value: e.Expr, options: tuple[e.Expr, ...], lexicon: Lexicon | None = None) -> e.Expr:
    """A value is one of several."""
    made = _one(value, options[-1], lexicon)
    for option in reversed(options[:-1]):
        made = e.Or(_one(value, option, lexicon), made)
    return made


def _one(value: e.Expr, option: e.Expr, lexicon: Lexicon | None) -> e.Expr:
    """A value is another one, or is of the type that a capital names."""
    named = isinstance(option, str) and not isinstance(option, Literal) and option[:1].isupper()
    typed = named and lexicon is not None and lexicon.value(str(option)) is None
    return e.Apply(str(option), (value,)) if typed else e.Is(value, option)


def _is(p: Phrases, options: tuple[e.Expr, ...]) -> Said:
    """A value is one of several, or has a property that a term names."""
    lexicon = p.lexicon  # and not the parser, which holds what it has read

    happens = any(isinstance(each, e.Input) and each.text.rpartition(" ")[2] in _HAPPENS for each in options)

    def said(value: e.Expr) -> Any:
        if isinstance(value, str | bool | None) or happens:
            return None
        one = options[0]
        if len(options) == 1 and isinstance(one, Plain):
            return e.Apply(str(one), (value,))
        if len(options) == 1 and isinstance(one, e.Input) and not one.reads and one.text not in _NOW:
            name = one.text
            return None if name.lower() in lexicon.members else e.Apply(name, (value,))
        return any_of(value, options, lexicon)

    return said


_NOW = ("now", "infinity")
_HAPPENS = frozenset(["arrives", "elapses", "ends", "expires", "fails", "happens", "occurs", "passes", "rejects",
                      "resolves", "settles", "succeeds"])  # fmt: skip
"""What is said of something else, at the end of words that may otherwise be a value."""


def _described(p: Phrases, name: str) -> Said:
    return lambda value: None if isinstance(value, str | bool | None) else e.Apply(name, (value,))


def _becomes(p: Phrases, options: tuple[e.Expr, ...]) -> Any:
    """Something, or a member of it, comes to be in one of several states, or as a term says: waited for, it is so."""
    said = _is(p, options)
    states = all(isinstance(each, str) and p.lexicon.value(each) for each in options)
    term = len(options) == 1 and isinstance(options[0], e.Input) and not options[0].reads
    things = (e.Field, e.Var) if states else (e.Var, e.Input) if term else ()
    return lambda subject: said(subject) if isinstance(subject, things) else None


def _in_state(p: Phrases, state: e.Expr, name: str) -> Any:
    """A thing is in a state of a member, which is named after it."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared, name)
    return lambda thing: e.Is(e.Field(thing, member), declared) if member and isinstance(thing, e.Var) else None


def _opposite(said: Any) -> Any:
    def turned(p: Phrases, *parts: Any) -> Said:
        positive = said(p, *parts)

        def opposite(value: e.Expr) -> Any:
            made = positive(value)
            return None if made is None else e.Not(made)

        return opposite

    return turned


def _fixed(right: e.Expr) -> Any:
    return lambda p: _equal(p, right)


def _raised(right: bool) -> Any:
    """A flag is set or not; of anything else, "is set" may mean that it has a value."""

    def said(p: Phrases) -> Said:
        def of(value: e.Expr) -> Any:
            named = value.name if isinstance(value, e.Var | e.Field | e.Associated) else ""
            return e.Is(value, right) if p.lexicon.is_flag(named) else None

        return of

    return said


def _is_in(p: Phrases, where: e.Expr) -> Said:
    return lambda item: None if isinstance(where, e.Input | str | bool | None) else e.Contains(where, item)


def _contains(p: Phrases, item: e.Expr) -> Said:
    astray = isinstance(item, e.New)  # one that is made at that moment is in no list
    return lambda where: None if astray or isinstance(where, e.Input | str | bool | None) else e.Contains(where, item)


def _equal(p: Phrases, right: e.Expr) -> Said:
    """A value is another one; what is a value by itself, such as a name, has no other."""
    return lambda left: None if isinstance(left, str) else e.Is(left, right)


def _order(operator: str) -> Any:
    return lambda p, right: lambda left: e.Compare(operator, left, right)


def _between(p: Phrases, least: e.Expr, most: e.Expr) -> Said:
    return lambda value: e.And(e.Compare(">=", value, least), e.Compare("<=", value, most))


def _same_member(p: Phrases, name: str, owner: e.Expr) -> Said:
    def said(value: e.Expr) -> Any:
        left = field(p, value, name)
        return None if left is None else e.Is(left, owner if isinstance(owner, e.Var) else field(p, owner, name))

    return said


def both_said(p: Phrases, first: Said, second: Said, join: Any = e.And) -> Said:
    """Two things are said of one value."""

    def said(value: e.Expr) -> Any:
        a, b = first(value), second(value)
        return None if a is None or b is None else join(a, b)

    return said


def _and_its(p: Phrases, said: Said, name: str, of_member: Said) -> Said:
    """Something is said of a value, and something of its member; where another one is spoken of, it may be its."""

    def both(value: e.Expr) -> Any:
        first, second = said(value), of_member(e.Field(value, p.lexicon.member(name)))
        sure = first is not None and second is not None and e.variables(first) <= e.variables(value)
        return e.And(first, second) if sure else None

    return both


def _named(name: str) -> Said:
    return lambda value: e.Apply(name, (value,))


def _instance(p: Phrases, kind: e.Expr) -> Said:
    return lambda value: e.Apply("instance of", (value, kind))


def _nor(p: Phrases, options: tuple[e.Expr, ...], last: e.Expr) -> Said:
    return lambda value: e.Not(any_of(value, (*options, last)))


OPTIONS = Category(
    [
        form("{sum}", lambda p, value: (value,)),
        form("{listed}", 0),
    ]
)
LISTED = Category(
    [
        form("{sum} ,? or {sum}", lambda p, value, last: (value, last)),
        form("{sum} ,? or {listed}", lambda p, value, options: (value, *options)),
        form("{sum} , {listed}", lambda p, value, options: (value, *options)),
    ]
)
_IN = "in|inside|within"
PREDICATE = Category(
    [
        form("is|are {described}", _described),
        form("is|are now|still|already? {options}", _is),
        form("is|are not {described}", _opposite(_described)),
        form("is|are not|never yet|already? {options}", _opposite(_is)),
        form(
            "is|are not {options} and not {options}",
            lambda p, a, b: both_said(p, _opposite(_is)(p, a), _opposite(_is)(p, b)),
        ),
        form("is no longer {options}", _opposite(_is)),
        form("is anything|something but|except|other? than? {options}", _opposite(_is)),
        form("is other than {options}", _opposite(_is)),
        form("is still|already? in {sum} {name}", _in_state),
        form("is not in {sum} {name}", _opposite(_in_state)),
        form("becomes|become|turns|changes|changed to|into? {options}", _becomes),
        form("has become|changed to|into? {options}", _becomes),
        form("is one|any|either of {items}", _is),
        form("is one|any|either of {options}", _is),
        form("is not one|any|either of {items}", _opposite(_is)),
        form("is not one|any|either of {options}", _opposite(_is)),
        form("is none of {items}", _opposite(_is)),
        form("is neither|not {items} nor {sum}", _nor),
        form("is|are instance of {sum}", _instance),
        form("is|are not instance of {sum}", _opposite(_instance)),
        form("equals {sum}", _equal),
        form("is? equal|identical to {sum}", _equal),
        form("is same as {sum}", _equal),
        form("is set to {sum}", _equal),
        form("does not equal {sum}", _opposite(_equal)),
        form("is? not equal|identical to {sum}", _opposite(_equal)),
        form("is not same as {sum}", _opposite(_equal)),
        form("is different to|from|than {sum}", _opposite(_equal)),
        form("differs from {sum}", _opposite(_equal)),
        form("is? differs|different from|than {sum} and|or|nor from? {sum}", lambda p, a, b: _nor(p, (a,), b)),
        form("exists", _opposite(_fixed(None))),
        form("is|was present|given|passed|provided|defined|supplied", _opposite(_fixed(None))),
        form("is|are non-null", _opposite(_fixed(None))),
        form("does not exist", _fixed(None)),
        form("is|was not present|given|passed|provided|defined|supplied", _fixed(None)),
        form("is omitted|missing|absent", _fixed(None)),
        form("is set", _raised(True)),
        form("is unset", _raised(False)),
        form("is not set", _raised(False)),
        form("is empty", _fixed(e.Sequence())),
        form("is not empty", _opposite(_fixed(e.Sequence()))),
        form(f"is still|already? {_IN} {{noun}}", _is_in),
        form(f"is {_IN} either? {{noun}} or {{noun}}", lambda p, a, b: both_said(p, _is_in(p, a), _is_in(p, b), e.Or)),
        form(f"is not|never {_IN} {{noun}}", _opposite(_is_in)),
        form(f"is no longer {_IN} {{noun}}", _opposite(_is_in)),
        form("exists in {noun}", _is_in),
        form("does not exist in {noun}", _opposite(_is_in)),
        form("is still|already? part|member|item of {noun}", _is_in),
        form("is not|never part|member|item of {noun}", _opposite(_is_in)),
        form("is no longer part|member|item of {noun}", _opposite(_is_in)),
        form("contains {sum}", _contains),
        form("already contains {sum}", _contains),
        form("does not contain {sum}", _opposite(_contains)),
        form("contains no longer {sum}", _opposite(_contains)),
        form("no longer contains {sum}", _opposite(_contains)),
        form("was|were removed|deleted|taken from {noun}", _opposite(_is_in)),
        form("has|have been removed|deleted|taken from {noun}", _opposite(_is_in)),
        form("has|have not been removed|deleted|taken from {noun}", _opposite(_opposite(_is_in))),
        form("has|have been added|appended to {noun}", _is_in),
        form("reaches|reached {sum}", _order(">=")),
        form("has|have reached {sum}", _order(">=")),
        form("has|have not yet? reached {sum}", _opposite(_order(">="))),
        form("has|have exceeded {sum}", _order(">")),
        form("is above|over|beyond {sum}", _order(">")),
        form("is below|under {sum}", _order("<")),
        form("is? greater|more|larger|later than {sum}", _order(">")),
        form("is? less|smaller|fewer|earlier than {sum}", _order("<")),
        form("is? not greater|more|larger|later than {sum}", _opposite(_order(">"))),
        form("is? not less|smaller|fewer|earlier than {sum}", _opposite(_order("<"))),
        form("is? greater|more|larger|later than or equal to {sum}", _order(">=")),
        form("is? less|smaller|fewer|earlier than or equal to {sum}", _order("<=")),
        form("is {sum} or greater|more|larger|later|above", _order(">=")),
        form("is {sum} or less|smaller|fewer|earlier|below", _order("<=")),
        form("is at least {sum}", _order(">=")),
        form("is at most {sum}", _order("<=")),
        form("is in range {sum} to {sum} ,? inclusive?", _between),
        form("is not in range {sum} to {sum} ,? inclusive?", _opposite(_between)),
        form("exceeds {sum}", _order(">")),
        form("does not exceed {sum}", _order("<=")),
        form("= {sum}", _equal),
        form("≠ {sum}", _opposite(_equal)),
        form("≥ {sum}", _order(">=")),
        form("≤ {sum}", _order("<=")),
        form("> {sum}", _order(">")),
        form("< {sum}", _order("<")),
        form("is associated with same {name} as {noun}", _same_member),
        form("{predicate} meanwhile", 0),
        form("{predicate} in meantime", 0),
    ]
)
"""What is said of a value."""
PREDICATES = Category(
    [
        form("{predicate}", 0),
        form("{predicate} ,? and {predicates}", both_said),
        form("{predicate} and {claim}", lambda p, said, name: both_said(p, said, _named(name)), 1),
        form("{predicate} or {claim}", lambda p, said, name: both_said(p, said, _named(name), e.Or), 1),
        form("{predicate} ,? or {predicates}", lambda p, a, b: both_said(p, a, b, e.Or)),
        form("{predicate} ,? and its {name} {predicates}", _and_its),
    ]
)
TABLES: dict[str, Category] = {"options": OPTIONS, "listed": LISTED, "predicate": PREDICATE, "predicates": PREDICATES}
