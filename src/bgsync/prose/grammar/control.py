"""Conditions, loops and sequences of statements, as forms.

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


def _repeat(p: Phrases, _: Any, condition: e.Expr) -> Statements:
    """The steps below are done, and again until it is so after them."""
    return (s.While(True, (*_STEPS, s.If(condition, (s.Break(),)))),)


_OFTEN = 20
"""How often steps are repeated at most, where a text says how often."""


def _times(p: Phrases, _: Any, count: e.Expr) -> Any:
    """The steps below are done as often as a number says."""
    if not isinstance(count, int) or not 0 < count <= _OFTEN:
        return None
    return (s.ForEach("round", e.Sequence(tuple(range(1, count + 1))), _STEPS),)


def _pairs(p: Phrases, first: e.Expr, second: e.Expr, where: e.Expr, body: Statements = _STEPS) -> Any:
    """Each pair of a list, its two parts by their names."""
    if not (isinstance(first, e.Var) and isinstance(second, e.Var)):
        return None
    pair = f"{first.name} and {second.name}"
    parts = tuple(s.Let(each.name, e.Item(e.Var(pair), at)) for at, each in enumerate((first, second)))
    return (s.ForEach(pair, where, (*parts, *body)),)


def _each(p: Phrases, each: Any, body: Statements = _STEPS) -> Statements:
    name, collection, where = each
    if len(body) == 1 and isinstance(body[0], s.InParallel) and not following(body):
        return (s.ForEach(name, collection, body[0].body, where, True),)
    return (s.ForEach(name, collection, body, where),)


def _remove_each(p: Phrases, each: Any) -> Any:
    """Each thing of a list that is meant is taken out of it, where it is in it."""
    name, collection, where = each
    held = isinstance(collection, e.ListOf | e.Var | e.Field)
    removed = s.If(e.Contains(collection, e.Var(name)), (s.Remove(e.Var(name), collection),))
    return (s.ForEach(name, collection, (removed,), where),) if held else None


def _in_any_order(p: Phrases, each: Any, body: Statements = _STEPS) -> Statements:
    return (s.ForEach(each[0], each[1], body, each[2], True),)


_TYPES = frozenset(["byte", "character", "client", "document", "element", "entry", "event", "item", "key", "node",
                    "number", "object", "promise", "record", "string", "task", "tuple", "value", "window"])  # fmt: skip


def _of_kind(p: Phrases, kind: str, name: e.Expr, where: e.Expr) -> Any:
    """Each thing of a list, after what it is; a plain word may also say which of the things are meant."""
    what, called = kind.lower().rpartition(" ")[2], name.name.lower() if isinstance(name, e.Var) else ""
    named = what in called.split() or called.endswith(what) or called == what[:1]
    known = kind.lower() in p.linked or p.lexicon.knows(kind) or kind in _TYPES
    return (name.name, where, True) if isinstance(name, e.Var) and (named or known) else None


def _in_range(p: Phrases, name: str, first: e.Expr, last: e.Expr) -> Any:
    return (name, e.Apply("range", (first, last)), True)


def _filtered(each: Any, condition: e.Expr) -> Any:
    name, collection, where = each
    return (name, collection, condition if where is True else e.And(where, condition))


def _that(p: Phrases, each: Any, said: Any) -> Any:
    condition = said(e.Var(each[0]))
    return None if condition is None else _filtered(each, condition)


def _whose(p: Phrases, each: Any, name: str, said: Any) -> Any:
    condition = said(e.Field(e.Var(each[0]), p.lexicon.member(name)))
    return None if condition is None else _filtered(each, condition)


def _entries(p: Phrases, key: e.Expr, value: e.Expr, where: e.Expr, body: Statements = _STEPS) -> Any:
    """Each key of a map with its value."""
    if not (isinstance(key, e.Var) and isinstance(value, e.Var)):
        return None
    return (s.ForEach(key.name, where, (s.Let(value.name, e.Item(where, key)), *body)),)


def _except(p: Phrases, each: Any, value: e.Expr) -> Any:
    return _filtered(each, e.Not(e.Is(e.Var(each[0]), value)))


def _each_of_kind(p: Phrases, kind: str, name: e.Expr) -> Any:
    where = p.lexicon.list_of(kind)
    collection: e.Expr = e.Input(f"every {kind}") if where is None else e.ListOf(where)
    return (name.name, collection, True) if isinstance(name, e.Var) else None


def _for_each_of_type(p: Phrases, name: str, kind: str, member: str = "", said: Any = None) -> Any:
    """An algorithm is run for each object of a type, whose list the text declares."""
    where, algorithm = p.lexicon.list_of(kind), p.lexicon.algorithm(name)
    if where is None or algorithm is None:
        return None
    variable = p.lexicon.lists[where].rpartition(" ")[2]
    condition = True if said is None else said(e.Field(e.Var(variable), p.lexicon.member(member)))
    if condition is None:
        return None
    return (s.ForEach(variable, e.ListOf(where), (s.Call(algorithm, (e.Var(variable),)),), condition),)


def _for_each_in_state(p: Phrases, name: str, kind: str, state: e.Expr) -> Any:
    """Those of a type are meant that are in a declared state."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    member = declared and p.lexicon.stateful(declared)
    return _for_each_of_type(p, name, kind, member, lambda value: e.Is(value, declared)) if member else None


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


EACH = Category(
    [
        form("{word} in|of {noun}", lambda p, name, where: (name, where, True)),
        form("{word} in|of range from? {sum} to {sum} ,? inclusive|exclusive?", _in_range),
        form("{kind} {var} in|of {noun}", _of_kind, 1),
        form("{var} {kind} in|of {noun}", lambda p, name, kind, where: (name.name, where, True), 1),
        form("{kind} {var}", _each_of_kind),
        form("{each} whose|where {name} {predicates}", _whose),
        form("{each} with {name} equal to {sum}", lambda p, each, name, x: _whose(p, each, name, lambda y: e.Is(y, x))),
        form("{each} that|which {predicates}", _that),
        form("{each} where|such|for that|which? {condition}", lambda p, each, c: _filtered(each, c), 1),
        form("{each} whose|that|which {opaque}", lambda p, each, c: _filtered(each, c), 2),
        form("{each} ,? except|but for? {noun}", _except),
        form("{each} other than {noun}", _except),
    ]
)  # fmt: skip
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
LOOPS = Category(
    [
        form("while {condition}", lambda p, c: (s.While(c, _STEPS),)),
        form("while {condition} ,|: {sequence}", lambda p, c, body: (s.While(c, body),)),
        form("as long as {condition} ,? wait", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("while {condition} ,? wait", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("repeat {steps} until {condition}", _repeat),
        form("repeat|run|perform {steps} {sum} times", _times),
        form("for {word} of|in {noun}", lambda p, name, where: _each(p, (name, where, True)), 1),
        form("for each {var} → {var} of|in {noun}", _entries),
        form("for each {var} → {var} of|in {noun} ,|: {sequence}", _entries),
        form("for each ( {var} , {var} ) of|in {noun}", _pairs),
        form("for each ( {var} , {var} ) of|in {noun} ,|: {sequence}", _pairs),
        form("for each|every {each}", _each),
        form("for each|every {each} ,|: {sequence}", _each),
        form("for each {each} , in any order", _in_any_order),
        form("for each {each} , in any order ,|: {sequence}", _in_any_order),
        form("for each {each} , in order", _each),
        form("for each {each} , in order ,|: {sequence}", _each),
        form("for each {each} in parallel", lambda p, each: _each(p, each, (s.InParallel(_STEPS),))),
        form("{operation} for? each|every|all {kind} whose {name} {predicates}", _for_each_of_type),
        form("{operation} for? each|every|all {kind} that|which is|are {sum}", _for_each_in_state),
        form("{operation} for? each|every|all {kind}", _for_each_of_type),
        form("remove|delete each|every {each}", _remove_each, 1),
        form("{clause} for each {each}", lambda p, body, each: _each(p, each, body), 1),
    ]
)  # fmt: skip
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
    "each": EACH, "clause": CLAUSE, "conditional": CONDITIONAL, "loop": LOOPS, "sequence": SEQUENCE, "tail": TAIL,
    "guarded": GUARDED, "switch": SWITCH, "statement": STATEMENT,
}  # fmt: skip
