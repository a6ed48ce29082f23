"""Sentences: the statements of algorithm prose, as forms, each with what it means in the algorithm language.

A form that speaks of steps which follow ("perform the following steps in parallel") leaves a `Following` in the body of
its statement; `bgsync.prose.algorithms` puts the steps there. What fits no form is `NotUnderstood`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose import values
from bgsync.prose.spans import Category, Result, form
from bgsync.prose.values import Phrases

Statements = tuple[s.Statement, ...]


@dataclass(frozen=True)
class Following(s.Statement):
    """Stands for the numbered steps below the sentence; `bind` is what they are run with."""

    bind: str = ""


@dataclass(frozen=True)
class WithMembers(s.Statement):
    """Stands for the members that follow, of the value or event of the statement before."""


HANDLED = ("handle functional event", "fire functional event", "fire a functional event")


def following(*bodies: Statements) -> bool:
    """Whether statements speak of steps that follow."""
    return any(isinstance(each, Following) for body in bodies for each in s.walk(body))


class Sentences(Phrases):
    """Parses one sentence of an algorithm."""

    words_only = frozenset({"outcome", "steps", "run", "loose", "queue"})

    def special(self, category: str, start: int, end: int) -> Result | None:
        """Parse the names of steps, and an operation that stands as a sentence."""
        if category == "steps":
            return self._steps(start, end)
        return super().special(category, start, end)

    def _steps(self, start: int, end: int) -> Result | None:
        texts = self.words.texts[start:end]
        if texts in _THESE:
            return Result(0, texts)
        return None


_THESE = {
    (*front, noun)
    for front in (
        ("following",), ("these",), ("following", "list", "of"), ("rest", "of", "these"), ("rest", "of", "following"),
        ("remaining",), ("this",), ("all", "following"), ("all", "of", "these"), ("current",), ("", ""), (), ("below",),
        ("rest", "of", "this"), ("such",), ("set", "of", "following"), ("remaining", "of", "these"),
        ("overall", "set", "of"), ("this", "set", "of"), ("subsequent",),
    )
    for noun in ("steps", "substeps", "algorithm", "sub-steps", "step", "operations", "instructions")
} | {("following",), ("steps", "below"), ("following", "steps", "below")}  # fmt: skip


def _let(p: Phrases, name: Any, value: e.Expr) -> Statements:
    return (s.Let(name.name if isinstance(name, e.Var) else str(name), value),)


def _set(p: Phrases, target: e.Expr, value: e.Expr) -> Any:
    target = _target(target)
    return None if target is None else (s.Set(target, value),)  # type: ignore[arg-type]  # checked by _target


def _target(target: e.Expr) -> e.Expr:
    """Give what can be changed: a variable, a member, an item; the named thing itself where nothing owns it."""
    match target:
        case e.Var() | e.Field() | e.Item():
            return target
        case e.ListOf(name=name, owner=owner):
            return e.Field(owner, name)
        case e.Associated(name=name):
            return e.Field(e.Var("this"), name)
        case e.Input(text=text, reads=()):
            return e.Field(e.Var("this"), text)
        case _:
            return None


def _both(first: Any, second: Any) -> Any:
    return None if first is None or second is None else first + second


def _initialize(p: Phrases, name: str, owner: e.Expr, value: e.Expr) -> Any:
    return _set(p, values.field(p, owner, name), value)


def _if_else(p: Phrases, c: e.Expr, then: Statements, other: Statements) -> Statements:
    return (s.If(c, then), s.Else(other))


def _elliptic(p: Phrases, c: e.Expr, target: e.Expr, value: e.Expr, other: e.Expr) -> Any:
    then, otherwise = _set(p, target, value), _set(p, target, other)
    return None if then is None else (s.If(c, then), s.Else(otherwise))


def _each(p: Phrases, each: Any, body: Statements) -> Statements:
    name, collection, where = each
    if len(body) == 1 and isinstance(body[0], s.InParallel):
        return (s.ForEach(name, collection, body[0].body, where, True),)
    return (s.ForEach(name, collection, body, where),)


def _each_where(p: Phrases, each: Any, name: str, value: e.Expr) -> Any:
    variable, collection, where = each
    found = e.Is(e.Field(e.Var(variable), p.lexicon.member(name)), value)
    return (variable, collection, found if where is True else e.And(where, found))


def _each_that(p: Phrases, each: Any, condition: e.Expr) -> Any:
    variable, collection, where = each
    return (variable, collection, condition if where is True else e.And(where, condition))


def _each_is(p: Phrases, each: Any, name: str, negated: bool) -> Any:
    said: e.Expr = e.Apply(name, (e.Var(each[0]),))
    return _each_that(p, each, e.Not(said) if negated else said)


def _for_each_of_type(p: Phrases, name: str, kind: str, member: str, value: e.Expr) -> Any:
    """An algorithm is run for each object of a type, whose list the text declares."""
    where, algorithm = p.lexicon.list_of(kind), p.lexicon.algorithm(name)
    if where is None or algorithm is None:
        return None
    variable = kind.split()[-1]
    condition = e.Is(e.Field(e.Var(variable), p.lexicon.member(member)), value)
    return (s.ForEach(variable, e.ListOf(where), (s.Call(algorithm, (e.Var(variable),)),), condition),)


def _call(p: Phrases, call: Any) -> Statements:
    name, arguments = call
    known = p.lexicon.algorithm(name)
    return (s.Perform(name, arguments) if known is None else s.Call(known, arguments),)


def _flag(value: bool) -> Any:
    def build(p: Phrases, target: e.Expr) -> Any:
        return _set(p, target, value) if not isinstance(target, e.Var) else None

    return build


def _increment(p: Phrases, target: e.Expr, by: e.Expr = 1) -> Any:
    target = _target(target)
    return (s.Increment(target, by),) if isinstance(target, e.Var | e.Field) else None


def _decrement(p: Phrases, target: e.Expr, by: e.Expr = 1) -> Any:
    return _set(p, target, e.Arithmetic("-", target, by))


def _add(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    return None if where is None or isinstance(where, str | bool | int) else (s.Add(item, where),)


def _remove(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    return None if where is None or isinstance(where, str | bool | int) else (s.Remove(item, where),)


def _remove_item(p: Phrases, item: e.Expr) -> Any:
    return (s.Remove(item, item.collection),) if isinstance(item, e.Item) else None


def _resolve(p: Phrases, promise: e.Expr, value: e.Expr = None) -> Any:
    return (s.Resolve(promise, value),) if _held(promise) else None


def _reject(p: Phrases, promise: e.Expr, error: e.Expr = None) -> Any:
    return (s.Reject(promise, error),) if _held(promise) else None


def _held(promise: e.Expr) -> bool:
    return isinstance(promise, e.Var | e.Field | e.Associated)


def _parts(p: Phrases, names: tuple[str, ...], value: e.Expr) -> Any:
    """Several variables get the parts of one value."""
    return tuple(s.Let(name, e.Item(value, at)) for at, name in enumerate(names)) if len(names) > 1 else None


def _several(p: Phrases, items: tuple[e.Expr, ...]) -> Any:
    return (s.Return(e.Sequence(items)),) if len(items) > 1 else None


def _under(condition: e.Expr) -> Any:
    return lambda p: (s.If(condition, (Following(),)),)


ANY, ALL = e.Input("any of the following"), e.Input("all of the following")
"""Conditions that a list below spells out."""


def _upon(p: Phrases, outcomes: tuple[str, ...], promise: e.Expr, body: Statements, bind: str = "") -> Statements:
    return (s.Upon(outcomes, promise, body, bind),)


def _upon_or_if(p: Phrases, outcomes: Any, promise: e.Expr, condition: e.Expr, body: Statements) -> Any:
    """A reaction that also runs when the worker is terminated."""
    said = condition.text if isinstance(condition, e.Input) else condition.name if isinstance(condition, e.Apply) else ""
    if not any(word in said for word in ("terminat", "abort", "stopped", "killed")):
        return None
    return (s.Upon((*outcomes, "terminated"), promise, body),)


def _may(p: Phrases, body: Statements) -> Statements:
    return (s.If(e.Choice("the user agent may: " + p.words.said(0, len(p.words))), body),)


def _should(p: Phrases, body: Statements) -> Statements:
    said = p.words.said(0, len(p.words))
    return (s.If(e.Choice("the user agent should: " + said, should=said), body),)


def _fire_functional(p: Phrases, event: e.Expr, rest: Any = ()) -> Statements:
    """An event, what it is fired on, its members, and what is done with it then."""
    parts: dict[str, Any] = dict(rest)
    members = tuple(parts.get("members", ()))
    if isinstance(parts.get("interface"), e.Var):
        members = (("interface", parts["interface"]), *members)
    made = s.FireFunctionalEvent(event, None, members, "", (), parts.get("target"))
    extra = (WithMembers(),) if parts.get("follow") else ()
    return (made, *extra)


def _queue(p: Phrases, body: Statements, queue: e.Expr = "event loop") -> Statements:
    return (s.Enqueue(queue, body),)


def _then(*several: Any) -> Any:
    return tuple(each for body in several for each in body)


QUEUE = Category(
    [
        form("{loose}", lambda p, words: (None, None) if words.split()[-1] in ("task", "microtask") else None),
        form("{loose} {var}", lambda p, words, var: (None, var.name) if words.split()[-1] == "task" else None),
        form("{queue} ,? in|on {value} ,?", lambda p, queue, where: (where, queue[1])),
        form("{queue} ,? using|given {value} ,?", lambda p, queue, source: (queue[0] or source, queue[1])),
    ]
)


def _queued(p: Phrases, queue: Any, body: Statements) -> Statements:
    where, task = queue
    named: Statements = () if task is None else (s.Let(task, e.Input("this task")),)
    return (*named, s.Enqueue("event loop" if where is None else where, body))


EACH = Category(
    [
        form("{word} in|of {value}", lambda p, name, where: (name, where, True)),
        form("{name} {var} in|of {value}", lambda p, kind, name, where: (name.name, where, True), 1),
        form("{name} {var}", lambda p, kind, name: _each_of_kind(p, kind, name)),
        form("{each} whose|where {name} is|equals {value}", _each_where),
        form("{each} that is not {name}", lambda p, each, name: _each_is(p, each, name, True)),
        form("{each} that is {name}", lambda p, each, name: _each_is(p, each, name, False)),
        form("{each} where|whose|such|for that|which? {condition}", _each_that, 1),
    ]
)  # fmt: skip


def _each_of_kind(p: Phrases, kind: str, name: e.Expr) -> Any:
    where = p.lexicon.list_of(kind)
    collection: e.Expr = e.Input(f"every {kind}") if where is None else e.ListOf(where)
    return (name.name, collection, True) if isinstance(name, e.Var) else None


NAMES = Category(
    [
        form("{word}", lambda p, name: (name,)),
        form("{word} ,? and {names}", lambda p, name, names: (name, *names)),
        form("{word} , {names}", lambda p, name, names: (name, *names)),
    ]
)
OUTCOME = Category(
    [
        form("fulfillment|fulfilment|fulfilled|resolution|resolved", lambda p: ("fulfilled",)),
        form("rejection|rejected rejection?", lambda p: ("rejected",)),
        form("fulfillment|fulfilment or rejection", lambda p: ("fulfilled", "rejected")),
        form("settlement|settled|settling", lambda p: ("fulfilled", "rejected")),
    ]
)
FIRED = Category(
    [
        form("using|of type? {name}", lambda p, name: (("interface", name),)),
        form("using {var}", lambda p, var: (("interface", var),)),
        form("on|at|to {value}", lambda p, value: (("target", value),)),
        form("with following properties|attributes|members|initialization", lambda p: (("follow", True),)),
        form("with {members}", lambda p, members: (("members", members),)),
        form("{fired} {fired}", lambda p, a, b: a + b),
        form("{fired} , and? {fired}", lambda p, a, b: a + b),
    ]
)
RUN = Category(
    [
        form("run|perform|execute|do|follow {steps}", lambda p, _: (Following(),)),
        form("run|perform|execute|do|follow {steps} in parallel", lambda p, _: (s.InParallel((Following(),)),)),
        form("run|perform|execute|do|follow {steps} in order|sequence", lambda p, _: (Following(),)),
        form("run|perform|execute|do|follow {steps} atomically", lambda p, _: (s.Atomically((Following(),)),)),
        form("atomically run|perform|execute|do {steps}", lambda p, _: (s.Atomically((Following(),)),)),
        form("in parallel ,? run|perform|execute|do {steps}", lambda p, _: (s.InParallel((Following(),)),)),
        form("run|perform|execute|do {steps} with|given|using {var}", lambda p, _, var: (Following(var.name),)),
        form("run|perform|execute|do {steps} with|given|using {var} in parallel",
             lambda p, _, var: (s.InParallel((Following(var.name),)),)),
    ]
)  # fmt: skip

_EVENT = "functional event named|called?"
STATEMENTS = Category(
    [
        form("{run}", lambda p, body: body),
        form("then {statement}", lambda p, body: body),
        form("if any|one|either of following conditions? is|are true|met|satisfied ,? then?", _under(ANY)),
        form("if all|each of following conditions? is|are true|met|satisfied ,? then?", _under(ALL)),
        form("to {call} ,? {run}", lambda p, call, body: (s.Whenever(e.Apply(*call), body),)),
        form("if {condition} ,? then", lambda p, c: (s.If(c, (Following(),)),)),
        form("if {condition}", lambda p, c: (s.If(c, (Following(),)),)),
        form("if {condition} ,? then? {statement}", lambda p, c, body: (s.If(c, body),)),
        form("if {condition} , then? {statement} ,|; otherwise|else ,? {statement}", _if_else),
        form("if {condition} , then? set {value} to {value} ,|; otherwise|else to? {value}", _elliptic, 1),
        form("unless {condition} , {statement}", lambda p, c, body: (s.If(e.Not(c), body),)),
        form("{statement} ,? if {condition}", lambda p, body, c: (s.If(c, body),), 3),
        form("{statement} ,? unless {condition}", lambda p, body, c: (s.If(e.Not(c), body),), 3),
        form("otherwise|else ,? then?", lambda p: (s.Else((Following(),)),)),
        form("otherwise|else ,? {statement}", lambda p, body: (s.Else(body),)),
        form("while {condition}", lambda p, c: (s.While(c, (Following(),)),)),
        form("while {condition} , {statement}", lambda p, c, body: (s.While(c, body),)),
        form("for {word} of|in {value}", lambda p, name, where: _each(p, (name, where, True), (Following(),)), 1),
        form("for each {each}", lambda p, each: _each(p, each, (Following(),))),
        form("for each {each} , in any order", lambda p, each: (s.ForEach(each[0], each[1], (Following(),), each[2], True),)),
        form("for each {each} in parallel", lambda p, each: (s.ForEach(each[0], each[1], (Following(),), each[2], True),)),
        form("for each {each} , {statement}", _each),
        form("{operation} for each {name} whose {name} is {value}", _for_each_of_type),
        form("let {word} be {value}", _let),
        form("let {word} , {text} , be {value}", lambda p, name, text, value: _let(p, name, value), 1),
        form("let {word} represent {value}", _let),
        form("let {word} , {text} , represent {text}", lambda p, name, text, what: (s.Remark(f"|{name}| represents {what}"),)),
        form("let {word} be {value} , and? {word} be {value}", lambda p, a, x, b, y: _let(p, a, x) + _let(p, b, y)),
        form("let {names} be {value}", _parts, 1),
        form("let {word} be {value} and {word} be {value}", lambda p, a, x, b, y: _let(p, a, x) + _let(p, b, y)),
        form("let {name} of {value} be initialized to {value}", _initialize),
        form("let {value} be initialized to {value}", _set, 1),
        form("set {value} to {value}", _set),
        form("set {value} for key {value} to {value}", lambda p, m, k, x: _set(p, e.Item(m, k), x)),
        form("set {value} and {value} to {value}", lambda p, a, b, x: _both(_set(p, a, x), _set(p, b, x))),
        form("set {value} to {value} , and? {value} to {value}",
             lambda p, a, x, b, y: _both(_set(p, a, x), _set(p, b, y))),
        form("set {value} to {value} and {value} to {value}",
             lambda p, a, x, b, y: _both(_set(p, a, x), _set(p, b, y))),
        form("initialize|change|update|switch {value} to|with {value}", _set),
        form("set {value}", _flag(True), 1),
        form("unset|clear|reset {value}", _flag(False), 1),
        form("increment|increase {value}", _increment),
        form("increment|increase {value} by {value}", _increment),
        form("decrement|decrease {value}", _decrement),
        form("decrement|decrease {value} by {value}", _decrement),
        form("add|append|insert|push|put|prepend {value} to|into|in|onto {value}", _add),
        form("remove|delete|take {value} from {value}", _remove),
        form("remove|delete {value}", _remove_item),
        form("empty {value}", lambda p, where: (s.Empty(where),)),
        form("remove all items|entries from {value}", lambda p, where: (s.Empty(where),)),
        form("resolve|fulfill|fulfil {value}", _resolve),
        form("resolve|fulfill|fulfil {value} with {value}", _resolve),
        form("reject {value}", _reject),
        form("reject {value} with {error}", _reject),
        form("assert :|that? {condition}", lambda p, c: (s.Assert(c),)),
        form("abort|terminate|stop|exit|end|finish ,?", lambda p: (s.Abort(),)),
        form("abort|terminate|stop|exit|end|finish {steps}", lambda p, _: (s.Abort(),)),
        form("stop|abort running|executing {steps}", lambda p, _: (s.Abort(),)),
        form("return", lambda p: (s.Return(),)),
        form("return {items}", _several, 1),
        form("return {value}", lambda p, value: (s.Return(value),)),
        form("throw {error}", lambda p, error: (s.Throw(error),)),
        form("continue", lambda p: (s.Continue(),)),
        form("continue with|to next {text}", lambda p, text: (s.Continue(),), 1),
        form("skip to next {text}", lambda p, text: (s.Continue(),), 1),
        form("break", lambda p: (s.Break(),)),
        form("break|exit from|out? of? loop", lambda p: (s.Break(),)),
        form("wait until {condition}", lambda p, c: (s.WaitUntil(c),)),
        form("wait for? {text}", lambda p, text: (s.Wait(_duration(p, text)),), 5),
        form("once|when|after {condition} , {statement}", lambda p, c, body: (s.WaitUntil(c), *body)),
        form("when / if {condition} , {statement}", lambda p, c, body: (s.WaitUntil(c), *body)),
        form("once|when {condition}", lambda p, c: (s.WaitUntil(c), Following())),
        form("whenever {condition} , {statement}", lambda p, c, body: (s.Whenever(c, body),)),
        form("proceed|continue with|to {steps}", lambda p, _: (s.Remark("the steps go on"),)),
        form("in parallel", lambda p: (s.InParallel((Following(),)),)),
        form("in parallel ,|: {statement}", lambda p, body: (s.InParallel(body),)),
        form("{statement} ,? in parallel", lambda p, body: (s.InParallel(body),), 1),
        form("upon {outcome} of {value} , {statement}", _upon),
        form("upon {outcome} of {value}", lambda p, o, v: _upon(p, o, v, (Following(),))),
        form("upon {outcome} of {value} with|given reason|value|result? {var} , {statement}",
             lambda p, o, v, var, body: _upon(p, o, v, body, var.name)),
        form("upon {outcome} of {value} , or if {condition} , {statement}", _upon_or_if),
        form("if|when|once {value} is|was|gets {outcome} , then? {statement}", lambda p, v, o, body: _upon(p, o, v, body)),
        form("if|when|once {value} is|was|gets {outcome}", lambda p, v, o: _upon(p, o, v, (Following(),))),
        form("if|when|once {value} is|was|gets {outcome} with reason|value|result? {var} , then? {statement}",
             lambda p, v, o, var, body: _upon(p, o, v, body, var.name)),
        form("react to {outcome} of {value} with|by {steps}", lambda p, o, v, _: _upon(p, o, v, (Following(),))),
        form("react to rejection {outcome} of {value} with|by {steps}",
             lambda p, o, v, _: _upon(p, o, v, (Following(),)), 1),
        form("queue {queue} to {statement}", lambda p, q, body: _queued(p, q, body)),
        form("enqueue {steps} to|on {value}", lambda p, _, q: _queue(p, (Following(),), q)),
        form("enqueue {steps} to|on {value} to {statement}", lambda p, _, q, body: _queue(p, body, q)),
        form("for each {each} , enqueue {steps} to|on {value}",
             lambda p, each, _, q: _each(p, each, _queue(p, (Following(),), q))),
        form(f"fire {_EVENT} {{value}} {{fired}}", _fire_functional),
        form(f"fire {_EVENT} {{value}}", _fire_functional),
        form("fire event|{name} named|called? {value} at|on|to {value}",
             lambda p, *args: (s.Perform("fire an event", args[-2:]),), 1),
        form("fire event named|called? {value} {fired}",
             lambda p, event, rest: (s.Perform("fire an event", (event, *(v for _, v in rest if not isinstance(v, bool)))),), 2),
        form("dispatch {value} at|to|on {value}", lambda p, event, at: (s.Dispatch(event, at),)),
        form("dispatch {value}", lambda p, event: (s.Dispatch(event),)),
        form("create {name} event? {var} that|which uses {name} interface? , {text}",
             lambda p, what, var, kind, text: _let(p, var, e.New(kind))),
        form("create event {var} that|which uses {name} interface? , {text}",
             lambda p, var, kind, text: _let(p, var, e.New(kind))),
        form("create {value} , {var}", lambda p, value, var: _let(p, var, value), 1),
        form("invoke|run|call {operation} with {value} and {steps} as arguments",
             lambda p, name, about, _: _handle(p, name, about)),
        form("run|perform|invoke|call|execute|follow {call}", _call),
        form("{call}", _call, 1),
        form("user agent may|might|can {statement}", _may),
        form("user agent should {statement}", _should),
        form("user agent must|shall|will {statement}", lambda p, body: body),
        form("must|shall {statement}", lambda p, body: body),
        form("{statement} ,|; and|then {statement}", lambda p, a, b: _then(a, b)),
        form("{statement} , and then {statement}", lambda p, a, b: _then(a, b)),
        form("{statement} and|then {statement}", lambda p, a, b: _then(a, b)),
        form("{statement} and then {statement}", lambda p, a, b: _then(a, b)),
        form("{statement} , {statement}", lambda p, a, b: _then(a, b), 2),
        form("this|that is {text}", lambda p, text: (s.Remark(p.words.said(0, len(p.words))),), 6),
        form("for example|instance {text}", lambda p, text: (s.Remark(p.words.said(0, len(p.words))),), 30),
        form("note|thus|hence|therefore {text}", lambda p, text: (s.Remark(p.words.said(0, len(p.words))),), 30),
    ]
)  # fmt: skip


def _duration(p: Phrases, text: str) -> e.Expr:
    reads = tuple(e.Var(name) for name in p.words.variables(0, len(p.words)))
    return e.Input(text, tuple(r for r in reads if r.name in text.split()))


def _handle(p: Phrases, name: str, about: e.Expr) -> Any:
    return (s.HandleFunctionalEvent(about, (Following(),)),) if name.lower() in HANDLED else None


Sentences.categories = values.CATEGORIES | {
    "each": EACH, "names": NAMES, "queue": QUEUE, "outcome": OUTCOME, "fired": FIRED, "run": RUN, "statement": STATEMENTS,
}  # fmt: skip
