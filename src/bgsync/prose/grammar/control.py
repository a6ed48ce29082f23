"""Conditions and sequences of statements, as forms.

A sentence is a `sequence`, or several with a semicolon between them. What an "if", "for each" or "in parallel" begins
reaches to the end of its sequence. Of "if a, do b, and if c, do d" it is not known whether c counts only under a, and
the sentence is not understood. A condition after a clause counts for that clause only: "do a and do b if c" does a
anyhow.
"""

from __future__ import annotations

from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say
from bgsync.prose.grammar.assignments import both, let, set_
from bgsync.prose.grammar.effects import Following, Statements, Switch, duration, following, remove_if_there
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases

_STEPS = (Following(),)


def _if(p: Phrases, condition: e.Expr, body: Statements = _STEPS) -> Statements:
    return (s.If(condition, body),)


def _set_it(p: Phrases, subject: e.Expr, said: Any, value: e.Expr) -> Any:
    """In "if x is null, set it to y", what else could be meant?"""
    condition, body = said(subject), set_(p, subject, value)
    return None if condition is None or body is None else (s.If(condition, body),)


def _if_found(
    p: Phrases, where: e.Expr, kind: str, item: e.Expr, name: str, value: e.Expr, body: Statements = _STEPS
) -> Any:
    """The one of a list with a member is found, and has a name in what is done then."""
    if not isinstance(item, e.Var):
        return None
    return (s.Let(item.name, e.Find(where, p.lexicon.member(name), value)), s.If(e.Not(e.Is(item, None)), body))


def _if_there_is(p: Phrases, kind: str, item: e.Expr, where: e.Expr, *rest: Any) -> Any:
    return _if_found(p, where, kind, item, *rest)


def _until_it(p: Phrases, condition: e.Expr) -> Any:
    """What is not so is waited for: "if x is not online, wait until it is"."""
    denied = isinstance(condition, e.Not) or (isinstance(condition, e.Input) and " not " in condition.text)
    wanted = condition.operand if isinstance(condition, e.Not) else e.Not(condition)
    return (s.If(condition, (s.WaitUntil(wanted),)),) if denied else None


def _remove_it(p: Phrases, where: e.Expr, item: e.Expr, then: Statements = ()) -> Any:
    """What is in a list is taken out of it, and more is done if it was in it."""
    removed = remove_if_there(p, item, where)
    return removed and (s.If(removed[0].condition, (*removed[0].body, *then)),)


def _remove_this(p: Phrases, item: e.Expr, where: e.Expr, then: Statements = ()) -> Any:
    return _remove_it(p, where, item, then)


def _unless(p: Phrases, condition: e.Expr, body: Statements = _STEPS) -> Any:
    return _if(p, e.Not(condition), body)


def _after_it(p: Phrases, body: Statements, condition: e.Expr) -> Any:
    return (s.If(condition, body),) if len(body) == 1 else None


def _once(p: Phrases, body: Statements, condition: e.Expr) -> Any:
    """What a clause says is done as soon as something is so; what ends the steps may end them wherever they are."""
    if len(body) != 1 or isinstance(body[0], s.Abort | s.Return | s.Throw | s.Break | s.Continue):
        return None
    return (s.WaitUntil(condition), *body)


def _if_else(p: Phrases, condition: e.Expr, then: Statements, other: Statements) -> Any:
    if any(isinstance(each, s.If | s.Else) for each in then):
        return None
    return (s.If(condition, then), s.Else(other))


def _elliptic(p: Phrases, c: e.Expr, target: e.Expr, value: e.Expr, other: e.Expr) -> Any:
    then, otherwise = set_(p, target, value), set_(p, target, other)
    return None if then is None else (s.If(c, then), s.Else(otherwise))


def _in_which_case(p: Phrases, body: Statements, c: e.Expr, other: Statements) -> Any:
    return (s.If(c, other), s.Else(body))


_TIMES = frozenset(
    ["back-off", "backoff", "delay", "hour", "hours", "interval", "minute", "minutes", "period", "second", "seconds",
     "time", "timeout", "while"]
)  # fmt: skip


def _after_time(p: Phrases, text: str, body: Statements) -> Any:
    """What is done once some time has passed."""
    said = text.lower().split()
    passes = not _TIMES.isdisjoint(said) and {"is", "has", "was"}.isdisjoint(said)
    return both(duration(p, text), body) if passes else None


def _may(p: Phrases, body: Statements) -> Statements:
    return (s.If(e.Choice(f"user agent may {_said(body)}"), body),)


def _may_do(p: Phrases) -> Statements:
    return (s.If(e.Choice("user agent may do this"), _STEPS),)


def _should(p: Phrases, body: Statements) -> Statements:
    said = f"user agent should {_said(body)}"
    return (s.If(e.Choice(said, should=said), body),)


def _said(body: Statements) -> str:
    return ", ".join(map(say, body))


def _then(p: Phrases, first: Statements, second: Statements) -> Any:
    """One after the other; what is started or done beside what ends the steps is done first."""
    starts = bool(second) and all(isinstance(each, s.InParallel | s.Enqueue | s.Remark) for each in second)
    if starts and len(first) == 1 and isinstance(first[0], s.Return):
        return second + first
    if first and isinstance(first[-1], s.Abort):
        return both(first[:-1], both(second, () if isinstance(second[-1], s.Return | s.Throw) else first[-1:]))
    if bool(first) and isinstance(first[-1], s.Return | s.Throw | s.Continue | s.Break):
        ended = second in ((s.Abort(),), (s.Return(),)) and isinstance(first[-1], s.Return | s.Throw)
        return first if ended else None  # "throw x and abort these steps" says the end twice
    return both(first, second)


def _then_if(p: Phrases, first: Statements, second: Statements) -> Any:
    return None if any(traversal.body_of(each) for each in first) else first + second


def _explained(p: Phrases, body: Statements, why: str) -> Any:
    return None if following(body) else (*body, s.Remark(why))


_REMOVE_IT = "remove|delete it from? it|that? list|set|queue?"
_WHOSE = "whose|with|where {name} is|equals|matches {sum}"
CLAUSE = Category(
    [
        form("{start}", 0),
        form("{effect}", 0),
    ]
)
CONDITIONAL = Category(
    [
        form("if {condition} ,? then", _if),
        form("if {condition}", _if),
        form("if {condition} ,|: then? {sequence} ,|; otherwise|else ,|:? {sequence}", _if_else),
        form("if {condition} then {sequence} ,|; otherwise|else ,|:? {sequence}", _if_else),
        form("if {condition} ,|: then? {sequence}", _if),
        form("if {condition} then {sequence}", _if),
        form("in case|event that? {condition} ,? then?", _if),
        form("in case|event that? {condition} ,|: then? {sequence}", _if),
        form("if {condition} {command}", _if, 4),
        form("if {noun} {predicates} ,|: then? set it to {value}", _set_it, 1),
        form("if {condition} , then? set {noun} to {sum} ,|; otherwise|else to? {sum}", _elliptic, 1),
        form("make sure|certain that? {condition} ,|; if not ,? {sequence}", _unless),
        form("make sure|certain that? {condition} ,|; otherwise|else ,? {sequence}", _unless),
        form("ensure|check|verify that|whether? {condition} ,|; if not ,? {sequence}", _unless),
        form("ensure|check|verify that|whether? {condition} ,|; otherwise|else ,? {sequence}", _unless),
        form(f"if {{noun}} already? contains|has|includes {{kind}} {{var}} {_WHOSE} ,? then?", _if_found),
        form(f"if {{noun}} already? contains|has|includes {{kind}} {{var}} {_WHOSE} ,|: then? {{sequence}}", _if_found),
        form(f"if there is|exists already? {{kind}} {{var}} in|of {{noun}} {_WHOSE} ,? then?", _if_there_is),
        form(
            f"if there is|exists already? {{kind}} {{var}} in|of {{noun}} {_WHOSE} ,|: then? {{sequence}}", _if_there_is
        ),
        form("if {condition} ,? then? wait until it is", _until_it),
        form("if {noun} contains {value} ,|: then? remove|delete it", _remove_it),
        form("if {noun} contains {value} ,|: then? remove|delete it ,? and {sequence}", _remove_it),
        form(f"if {{value}} is still? in {{noun}} ,|: then? {_REMOVE_IT}", _remove_this),
        form(f"if {{value}} is still? in {{noun}} ,|: then? {_REMOVE_IT} ,? and {{sequence}}", _remove_this),
        form("unless {condition} ,|: {sequence}", _unless),
        form("unless {condition}", _unless),
        form("otherwise|else ,? then?", lambda p: (s.Else(_STEPS),)),
        form("otherwise|else ,|:? {sequence}", lambda p, body: (s.Else(body),)),
        form(
            "otherwise|else ,|:? leave it|them unset|unchanged|untouched",
            lambda p: (s.Else((s.Remark("nothing changes"),)),),
        ),
        form("if not ,? then?", lambda p: (s.Else(_STEPS),)),
        form("if not , then? {sequence}", lambda p, body: (s.Else(body),)),
    ]
)
SEQUENCE = Category(
    [
        form("{tail}", 0),
        form("{conditional}", 0),
    ]
)
TAIL = Category(
    [
        form("{clause}", 0),
        form("{reaction}", 0),
        form("{loop}", 0),
        form("{switch}", 0),
        form("then {sequence}", 0),
        form("finally|lastly ,? {sequence}", 0),
        form("find|locate|retrieve {find} ,|; and? call|name it {var}", lambda p, found, var: let(p, var, found)),
        form("look up {find} ,|; and? call|name it {var}", lambda p, found, var: let(p, var, found)),
        form("once|when|after {condition} , {sequence}", lambda p, c, body: (s.WaitUntil(c), *body)),
        form("after {text} , {sequence}", _after_time),
        form("{clause} after {text}", lambda p, body, text: _after_time(p, text, body), 3),
        form("when / if {condition} , {sequence}", lambda p, c, body: (s.WaitUntil(c), *body)),
        form("once|when {condition}", lambda p, c: (s.WaitUntil(c), *_STEPS)),
        form("whenever {condition} ,|: {sequence}", lambda p, c, body: (s.Whenever(c, body),)),
        form("whenever {condition}", lambda p, c: (s.Whenever(c, _STEPS),)),
        form("user agent may|might|can {sequence}", _may),
        form("user agent may|might|can", _may_do),
        form("if user agent may do this", _may_do),
        form("optionally ,? {sequence}", _may),
        form("optionally", _may_do),
        form("user agent should {sequence}", _should),
        form("user agent must|shall|will {sequence}", 0),
        form("must|shall {sequence}", 0),
        form("{clause} ,? and|then|but {tail}", _then),
        form("{clause} , {tail}", _then, 2),
        form("{guarded}", 0),
    ]
)
SWITCH = Category(
    [
        form("switch|branch", lambda p: (Switch(),)),
        form("switch|branch|switching on {noun}", lambda p, subject: (Switch(subject),)),
        form("switch|branch on {noun} ,? and? then? run|perform|execute|do|take|follow {matched}",
             lambda p, subject, _: (Switch(subject),)),
        form("depending|dependent|based on {noun}", lambda p, subject: (Switch(subject),)),
        form("depending|dependent|based on {noun} , run|perform|execute|do|take|follow {matched}",
             lambda p, subject, _: (Switch(subject),)),
        form("run|perform|execute|do|take|follow {matched}", lambda p, _: (Switch(),)),
        form("run|perform|execute|do|take|follow {matched} ,? switching|depending|based on {noun}",
             lambda p, _, subject: (Switch(subject),)),
    ]
)  # fmt: skip
GUARDED = Category(
    [
        form("{clause} ,? if {condition}", _after_it, 3),
        form("{clause} ,? only if {condition}", _after_it, 3),
        form("{clause} ,? unless {condition}", lambda p, body, c: _after_it(p, body, e.Not(c)), 3),
        form("{clause} ,? once {condition}", _once, 3),
        form("{clause} ,? as soon as {condition}", _once, 3),
        form("{clause} unless {condition} , in which case {clause}", _in_which_case, 3),
        form("{clause} if {condition} ,|; otherwise|else ,? {clause}",
             lambda p, body, c, other: _if_else(p, c, body, other), 3),
    ]
)  # fmt: skip
STATEMENT = Category(
    [
        form("{sequence}", 0),
        form("{label} : {sequence}", 1),
        form("{tail} ,? and|then then? {conditional}", _then_if),
        form("{sequence} ; and? then? {statement}", _then),
        form("{sequence} ,? since|because {why}", _explained, 20),
        form("{sequence} , as|so {why}", _explained, 20),
        form("{sequence} , in order {why}", _explained, 20),
    ]
)
TABLES: dict[str, Category] = {
    "clause": CLAUSE, "conditional": CONDITIONAL, "sequence": SEQUENCE, "tail": TAIL,
    "guarded": GUARDED, "switch": SWITCH, "statement": STATEMENT,
}  # fmt: skip
